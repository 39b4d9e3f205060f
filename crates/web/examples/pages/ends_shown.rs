//! An alert that one person asks to end, and the pages of the one-time link for it.

use crate::alerts_shown::alert_view;
use crate::{DAY, HOUR, NOW};
use domain::alert::{AlertOutcome, SecondAnswer};
use maud::Markup;
use views::Lang;
use views::alert::{AlertView, SinceRequest, WithdrawalView};
use views::second_link::{LinkAsks, SecondLinkView};
use web::pages::alert;
use web::pages::second_link as link;
use web::pages::shell::Frame;

/// The pages, by name.
pub fn pages(frame: &Frame) -> Vec<(&'static str, Markup)> {
    let view = asked_view();
    let (phone, own) = (Some("0733 112"), link::LinkFrame { lang: Lang::Id, scenario: true });
    let refused = "Di peramban ini orang yang meminta sedang atau pernah masuk dengan akunnya, jadi tautan ini tidak dapat \
                   dijawab di sini: orang kedua harus orang lain.";
    vec![
        ("permintaan", alert::page(frame, &asked_alert(false), None)),
        ("permintaan-sendiri", alert::page(frame, &asked_alert(true), None)),
        ("tanpa-orang", alert::page(frame, &AlertView { viewer_unnamed: true, ..alert_view() }, None)),
        ("tautan", link::first(own, "Kabupaten Musi Rawas Utara")),
        ("tautan-permintaan", link::request(&view, ("8f1c9a02", true), None)),
        ("tautan-terjawab", link::answered(own, (SecondAnswer::Declined, true), phone)),
        ("tautan-ditolak", link::refused(Lang::Id, refused, phone)),
    ]
}

fn asked_alert(own: bool) -> AlertView {
    let words = "**Diminta diakhiri oleh budi (Piket: Badan Kesbangpol), menunggu orang kedua**: alarm palsu, diminta Sab, 21 Nov \
                 2026, 06.00 WIB, berlaku sampai Min, 22 Nov 2026, 06.00 WIB. Sampai itu peringatan tetap berlaku.";
    let answer =
        "Kabag Ops Polres menjawab lewat tautan: tidak setuju (Sab, 21 Nov 2026, 07.00 WIB): masih ada massa";
    let request = WithdrawalView {
        asked_by: "budi".into(),
        asked_at: NOW.plus(-HOUR),
        lapses_at: NOW.plus(DAY - HOUR),
        outcome: AlertOutcome::FalseAlarm,
        own,
        words: words.into(),
        reason: Some("portal sudah dibuka sejak kemarin, laporan salah tempat".into()),
        answers: vec![answer.into()],
        since: since(),
    };
    AlertView { withdrawal: Some(request), second_by_link: vec!["Kabag Ops Polres".into()], ..alert_view() }
}

fn asked_view() -> SecondLinkView {
    let facts = [
        ("Yang terjadi", "pemblokiran atau pemortalan jalan perusahaan"),
        ("Waktu kejadian", "Jum, 20 Nov 2026, 23.00 WIB"),
        ("Hasil yang diminta", "alarm palsu"),
        ("Diminta oleh", "budi (Piket: Badan Kesbangpol)"),
        (
            "Alasan yang meminta",
            "tidak ditulis di luar piket Kesbangpol untuk konflik; tanyakan lewat telepon piket",
        ),
        (
            "Jawaban orang lain",
            "Pasi Ops Kodim menjawab lewat tautan: tidak dapat menilai (Sab, 21 Nov 2026, 07.00 WIB)",
        ),
    ];
    let asked = "**Diminta diakhiri** oleh budi (Piket: Badan Kesbangpol) pada Sab, 21 Nov 2026, 06.00 WIB (alarm palsu); berlaku \
                 sampai Min, 22 Nov 2026, 06.00 WIB. Perlu satu orang lain yang juga memastikannya; sampai itu peringatan \
                 16.13-2026-0007 tetap berlaku.";
    SecondLinkView {
        lang: Lang::Id,
        role: "Kabag Ops Polres".into(),
        asks: LinkAsks::End,
        headline:
            "**Warga–perusahaan** di Rawas Ilir, Kabupaten Musi Rawas Utara: peringatan level **siaga**."
                .into(),
        facts: facts.map(|(word, says)| (word.to_owned(), says.to_owned())).into(),
        asked: asked.into(),
        since: since(),
        duty_phone: Some("0733 112".into()),
    }
}

fn since() -> SinceRequest {
    let line = "**kejadian baru: bentrok antardesa** · laporan kepolisian · 09.40";
    SinceRequest::of(vec![line.to_owned()], Lang::Id)
}
