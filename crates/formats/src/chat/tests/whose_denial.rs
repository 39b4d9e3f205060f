//! Which of several messages a denial is of, and what is no denial. All of it is made up.

use super::*;

fn is_marked(passage: &ChatPassage) -> bool {
    let is_note = |asked: &Question| matches!(asked, Question::Corrected { .. } | Question::Denied { .. });
    passage.questions().unwrap_or_default().iter().any(is_note)
}

/// Which parts of a chat are asked about, each line with its hour.
fn marked_of_hours(lines: &[&str]) -> (Vec<bool>, Vec<ChatPassage>) {
    let words = Words::new();
    let text: String = lines.iter().map(|line| format!("28/11/26 {line}\n")).collect();
    let reading = words.reader("61.02").read(&text, ChatOccasion { now: now(), order: None });
    check(&text, &reading);
    (reading.passages.iter().map(is_marked).collect(), reading.passages)
}

#[test]
fn a_denial_is_of_what_another_reported_after_its_senders_own() {
    let fight = "13.00 - Babinsa Toho: tawuran di Terap jam 12.50";
    let denial = "13.10 - Kades Terap: kabar itu tidak benar pak";
    for quiet in ["08.00", "12.55", "13.05"] {
        let quiet = format!("{quiet} - Kades Terap: Terap nihil");
        let lines = if quiet.as_str() < fight { [&quiet, fight, denial] } else { [fight, &quiet, denial] };
        let (marked, found) = marked_of_hours(&lines);
        let is_fight = |passage: &ChatPassage| matches!(passage.fate, PassageFate::Proposed(_));
        let asked: Vec<bool> = found.iter().map(is_fight).collect();
        assert_eq!(marked[..2], asked[..2], "{lines:?}: {found:?}");
    }
    // An event of that morning is none of the news.
    let flood = "06.00 - Kades Terap: Terap banjir jam 04.00";
    let (marked, found) = marked_of_hours(&[flood, fight, denial]);
    assert_eq!(marked[..2], [false, true], "{found:?}");
    let PassageFate::Proposed(own) = &found[2].fate else { panic!("{found:?}") };
    assert_eq!(own.category, None, "{found:?}");
    // Of two of the last hour a person says which.
    let flood = "12.50 - Kades Terap: Terap banjir jam 04.00";
    assert_eq!(marked_of_hours(&[flood, fight, denial]).0[..2], [true, true]);
    // Who names what was not there denies that, wherever it stands.
    let named = "13.10 - Kades Terap: banjir tadi tidak benar pak";
    assert_eq!(marked_of_hours(&[flood, fight, named]).0[..2], [true, false]);
    // Nobody else reported of that place.
    let other = "13.00 - Babinsa Segedong: tawuran di Segedong jam 12.50";
    assert_eq!(marked_of_hours(&[flood, other, denial]).0[..2], [true, false]);
    let quiet = "08.00 - Kades Terap: Terap nihil";
    assert_eq!(marked_of_hours(&[quiet, denial]).0[..1], [true]);
}

#[test]
fn who_corrects_nothing_of_their_own_denies_what_was_reported() {
    let fight = "09.00 - Kades Benuang: tawuran di Benuang jam 08.50";
    let denial = "Bukan tawuran di Benuang pak, cuma rame nonton orkes";
    let (marked, found) = marked_of_hours(&[fight, &format!("09.30 - Camat Toho: {denial}")]);
    assert!(marked[0], "{found:?}");
    let flood = "09.10 - Kades Benuang: banjir di Benuang jam 08.00";
    let (marked, found) = marked_of_hours(&[fight, flood, &format!("09.30 - Kades Benuang: {denial}")]);
    assert_eq!(marked[..2], [true, false], "{found:?}");
}

/// "bukan banjir biasa": it was one, and a worse one.
#[test]
fn what_is_no_ordinary_one_is_not_denied() {
    let flood = "09.00 - Kades Terap: banjir di Terap jam 08.00";
    for text in [
        "Bukan banjir biasa pak, air sedada di Terap",
        "bukan banjir lagi pak, air sedada di Terap",
        "bukan banjir main-main pak, air sedada di Terap",
        "dudu banjir biasa pak, banyune sedada nang Terap",
    ] {
        for sender in ["Kades Terap", "Camat Toho"] {
            let (marked, found) = marked_of_hours(&[flood, &format!("09.30 - {sender}: {text}")]);
            let PassageFate::Proposed(own) = &found[1].fate else { panic!("{text}: {found:?}") };
            assert!(!marked[0] && own.stance.value != Stance::Denies, "{sender}: {text}: {found:?}");
        }
    }
}
