//! Corrections of a place and denials: what each becomes, and what is asked of the message before. All of it is made up.

use super::wording::{last, passages};
use super::*;

fn is_marked(passage: &ChatPassage) -> bool {
    let is_note = |asked: &Question| matches!(asked, Question::Corrected { .. } | Question::Denied { .. });
    passage.questions().unwrap_or_default().iter().any(is_note)
}

#[test]
fn a_correction_of_the_place_marks_the_report_before_it() {
    let report = "Kades Sekabuk: kebakaran lahan di Sekabuk jam 10.00";
    for text in [
        "Bukan Sekabuk, yang betul Ansiap",
        "bukan di Sekabuk, yg bener di Ansiap",
        "ternyata bukan di Sekabuk tapi di Ansiap",
        "sakalinya lain di Sekabuk tapi di Ansiap",
        "rupanya bukan Sekabuk pak, benarnya Ansiap",
    ] {
        let found = passages(14, &[report, &format!("Kades Sekabuk: {text}")]);
        assert!(is_marked(&found[0]), "{text}: {found:?}");
        assert!(found[1].asks(&Question::Correction), "{text}: {found:?}");
    }
    let of_hour = ["Kades Terap: tawuran di Terap jam 5 pagi", "Kades Terap: bukan jam 5 pak, jam 4"];
    assert!(is_marked(&passages(14, &of_hour)[0]));
    let slide = "Kades Terap: longsor di Terap jam 04.00";
    let found = passages(14, &[slide, "Kades Terap: bukan longsor pak, pohon tumbang"]);
    assert!(is_marked(&found[0]) && found[1].asks(&Question::Correction), "{found:?}");
    let found = passages(14, &[slide, "Kades Terap: bukan banjir pak, pohon tumbang di Sepang"]);
    assert!(!is_marked(&found[0]), "{found:?}");
    let of_day =
        ["Kades Terap: tawuran di Terap hari Jumat jam 11.30", "Kades Terap: kada jadi Jum'at, Kamis pang"];
    assert!(is_marked(&passages(14, &of_day)[0]));
    // What it corrects stands elsewhere: a person says what it was.
    let alone = last(14, &["Kades Sekabuk: ternyata bukan di Sekabuk tapi di Ansiap"]);
    assert!(alone.asks(&Question::NoCategory) && alone.asks(&Question::Correction), "{alone:?}");
}

#[test]
fn a_denial_marks_the_report_that_it_is_of_and_is_no_new_event() {
    let report = "Kades Dema: Dema banjir jam 04.00";
    for text in [
        "kabar itu tidak benar pak",
        "info tadi tdk benar",
        "itu hoax pak",
        "hoaks ternyata, aman",
        "kada bujur kabar tadi",
        "ora bener kabare mau",
        "kada bujur habar tadi pang",
        "info tadi tidak benar menurut pak Terap",
        "kabar iku ngapusi pak",
    ] {
        let found = passages(14, &[report, &format!("Kades Dema: {text}")]);
        assert!(is_marked(&found[0]), "{text}: {found:?}");
        let PassageFate::Proposed(denial) = &found[1].fate else { panic!("{text}: {found:?}") };
        assert_eq!(denial.stance.value, Stance::Denies, "{text}");
        assert!(found[1].asks(&Question::Correction), "{text}: {found:?}");
    }
    let found = passages(14, &[report, "Kades Dema: info banjir iku ngapusi pak"]);
    assert!(is_marked(&found[0]), "{found:?}");
    let quarrel = "Kades Nusapati: bentrok warga Nusapati dengan satpam PT jam 08.00";
    for text in ["tidak jadi bentrok pak, cuma adu mulut", "gak jadi bentrok", "ora sido bentrok, aman"] {
        assert!(is_marked(&passages(14, &[quarrel, &format!("Kades Nusapati: {text}")])[0]), "{text}");
    }
    // Of somebody else's report it is where the place is the same, or right behind it.
    let fight = "Kades Benuang: tawuran di Benuang jam 09.00";
    for (text, is_of_it) in [
        ("Camat Toho: kabar dari Benuang tadi tidak benar pak", true),
        ("Camat Toho: info itu hoax", true),
        ("Pak Yanto: itu hoax pak", true),
        ("Camat Toho: Benuang iku dudu tawuran, mung rame nonton orkes", true),
        ("Camat Segedong: info itu hoax", false),
        ("Camat Toho: kabar dari Terap tadi tidak benar", false),
        ("Camat Toho: banjir Benuang tadi tidak benar pak", false),
        ("Camat Toho: info itu benar pak", false),
        ("Kades Benuang: tidak jadi hujan pak", false),
    ] {
        let found = passages(14, &[fight, text]);
        assert_eq!(is_marked(&found[0]), is_of_it, "{text}: {found:?}");
    }
    let alone = last(14, &["Kades Terap: kabar itu tidak benar pak"]);
    assert!(alone.asks(&Question::NoCategory), "{alone:?}");
    for text in
        ["Kades Terap: beredar hoaks soal agama di Terap", "Kades Terap: warga Terap sebar hoax di grup"]
    {
        let PassageFate::Proposed(event) = last(14, &[text]).fate else { panic!("{text}") };
        assert_eq!((event.stance.value, event.questions), (Stance::Affirms, Vec::new()), "{text}");
    }
}
