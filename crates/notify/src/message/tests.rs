//! What a message says, and what it must never say.

use super::*;
use domain::place::Unit;

fn places() -> Places {
    let named = |name: &str| Unit { name: String::from(name), ..Unit::default() };
    let rows = vec![(Code(161300), named("Kabupaten Musi Rawas Utara")), (Code(161304), named("Rawas Ilir"))];
    Places::new(rows, true)
}

fn notice(kind: Kind) -> Notice {
    Notice {
        change: NoticeReason::Opened,
        alert: String::from("16.13-2026-0007"),
        code: Code(161304),
        kind,
        level: Level::Siaga,
        unverified: true,
        category: Category::parse(if kind == Kind::Disaster { "WA-01" } else { "WP-05" }),
        baseline: None,
        earlier_recipients: 0,
    }
}

fn settings() -> MessageSettings {
    let label = |code: &str, id: &str, en: &str| (Category::parse(code).unwrap(), [id.into(), en.into()]);
    MessageSettings {
        base_url: String::from("https://desk.example/"),
        scenario: false,
        categories: [label("WA-01", "banjir", "flood"), label("WP-05", "pemortalan", "road block")].into(),
    }
}

#[test]
fn a_conflict_says_level_place_number_and_link_only() {
    for kind in [Kind::ResidentCompany, Kind::ResidentResident] {
        let text = notice(kind).text(&places(), &settings(), Language::Indonesian);
        assert_eq!(text.subject, "Peringatan SIAGA: Rawas Ilir (16.13-2026-0007) – belum terverifikasi");
        let expected = "Peringatan baru, level siaga (belum terverifikasi).\n\n\
            Kecamatan: Rawas Ilir\nNomor: 16.13-2026-0007\n\
            Tautan: https://desk.example/peringatan/16.13-2026-0007\n\n\
            Level ini untuk keperluan internal tim terpadu.\n\
            Pesan otomatis, jangan dibalas. Rincian: buka tautan dan masuk dengan akun Kentongan.\n";
        assert_eq!(text.body, expected);
    }
}

#[test]
fn a_disaster_names_its_category_in_the_readers_language() {
    let notice = notice(Kind::Disaster);
    let text = notice.text(&places(), &settings(), Language::Indonesian);
    assert!(text.body.contains("Bencana: banjir\n") && text.body.contains("BMKG"), "{}", text.body);
    let text = notice.text(&places(), &settings(), Language::English);
    assert!(
        text.body.contains("Disaster: flood\n") && text.subject.starts_with("Alert SIAGA"),
        "{}",
        text.body
    );
}

#[test]
fn a_withdrawal_says_so_and_counts_who_is_notified_again() {
    let notice =
        Notice { change: NoticeReason::Withdrawn, earlier_recipients: 5, ..notice(Kind::ResidentCompany) };
    let text = notice.text(&places(), &settings(), Language::Indonesian);
    assert_eq!(text.subject, "Ditarik: Rawas Ilir (16.13-2026-0007)");
    assert!(text.body.contains("ditarik dan tidak berlaku lagi"), "{}", text.body);
    assert!(text.body.contains("kepada 5 penerima; semuanya dikabari"), "{}", text.body);
}

#[test]
fn what_was_withdrawn_with_its_incidents_names_no_disaster_it_does_not_know() {
    let nameless = |change| Notice { change, category: None, ..notice(Kind::Disaster) };
    let text = |change| nameless(change).text(&places(), &settings(), Language::Indonesian).body;
    assert!(!text(NoticeReason::Withdrawn).contains("Bencana:"), "{}", text(NoticeReason::Withdrawn));
    assert!(text(NoticeReason::Opened).contains("Bencana: belum dirinci"));
}

#[test]
fn a_scenario_is_marked_in_subject_and_body() {
    let settings = MessageSettings { scenario: true, ..settings() };
    for language in [Language::Indonesian, Language::English] {
        for change in
            [NoticeReason::Opened, NoticeReason::Risen, NoticeReason::Lowered, NoticeReason::Withdrawn]
        {
            let notice = Notice { change, ..notice(Kind::Disaster) };
            let text = notice.text(&places(), &settings, language);
            assert!(text.subject.starts_with("[SKENARIO] ") && text.body.starts_with("[SKENARIO] "));
        }
    }
}

#[test]
fn a_regency_is_called_one_and_an_unknown_place_goes_by_its_code() {
    let notice = Notice { code: Code(161300), change: NoticeReason::Risen, ..notice(Kind::ResidentCompany) };
    let text = notice.text(&places(), &settings(), Language::Indonesian);
    assert!(text.body.contains("Kabupaten/kota: Kabupaten Musi Rawas Utara\n"), "{}", text.body);
    assert!(text.subject.starts_with("Naik ke SIAGA"), "{}", text.subject);
    assert_eq!(name(&places(), Code(991101)), "99.11.01");
}

#[test]
fn a_disasters_message_says_that_a_baseline_spoke_and_a_conflicts_does_not() {
    let spoke = |kind: Kind| Notice { baseline: Some("decayed".into()), ..notice(kind) };
    let body = |kind: Kind| spoke(kind).text(&places(), &settings(), Language::Indonesian).body;
    assert!(
        body(Kind::Disaster)
            .contains("Pembanding dipakai (model belum terbukti lebih baik): jumlah kejadian")
    );
    assert!(!body(Kind::ResidentCompany).contains("Pembanding"));
}

#[test]
fn links_that_lead_to_this_machine_alone_are_warned_of() {
    for here in [
        "http://127.0.0.1:8080",
        "http://localhost:8080",
        "http://0.0.0.0:80/x",
        "http://[::1]:8080",
        "http://[::]:8080",
        "https://127.0.0.9",
    ] {
        assert!(link_warning(here).is_some_and(|words| words.contains(here)), "{here}");
    }
    assert_eq!(link_warning("https://kentongan.muratara.example"), None);
}
