//! Sums of those who came on top, days of a correction, plans of later the same day and ranges of hours. All of it is made up.

use super::wording::{harm, last, proposal};
use super::*;

/// Day of the month and hour, with a mark where it is asked about.
fn time(passage: &ChatPassage) -> String {
    let minutes = proposal(passage).occurred.as_ref().unwrap().value.0.div_euclid(MINUTE) + 7 * 60;
    let back = minutes.div_euclid(1440) - (now().0.div_euclid(MINUTE) + 7 * 60).div_euclid(1440);
    let minute = minutes.rem_euclid(1440);
    let asks = [Question::AmbiguousTime, Question::HourMissing, Question::FarTime];
    let asked = if asks.iter().any(|question| passage.asks(question)) { "!" } else { "" };
    format!("{back} {:02}.{:02}{asked}", minute / 60, minute % 60)
}

#[test]
fn a_sum_behind_what_came_on_top_is_the_figure() {
    for (first, later, people) in [
        ("longsor di Terap jam 9 pagi, 1 MD 2 LB", "bertambah 1 MD, total 2", [Some(2), Some(2), None]),
        ("tawuran di Terap jam 9 pagi, luka 2", "korban luka bertambah 3 jadi 5", [None, Some(5), None]),
        ("tawuran di Terap jam 9 pagi, luka 2", "yang luka nambah 1 dadi 3", [None, Some(3), None]),
        ("tawuran di Terap, sing kenek clurit 2", "sing kenek clurit tambah 1 dadi 3", [None, Some(3), None]),
        (
            "banjir di Terap, mengungsi 20 jiwa",
            "pengungsi tambah 15 jiwa jadi 35 jiwa",
            [None, None, Some(35)],
        ),
        (
            "banjir di Terap, 2 luka",
            "update: luka bertambah 1 lagi total 3 orang, MD 1",
            [Some(1), Some(3), None],
        ),
    ] {
        let passage = last(14, &[&format!("Kades Terap: {first}"), &format!("Kades Terap: {later}")]);
        assert!(passage.asks(&Question::Correction), "{later}: {passage:?}");
        assert_eq!(harm(proposal(&passage)), people, "{later}");
        assert!(proposal(&passage).look_at.is_empty(), "{later}: {passage:?}");
    }
    // Of whom the sum is nobody says.
    let passage = last(
        14,
        &["Kades Terap: longsor di Terap, 1 MD 2 LB", "Kades Terap: bertambah 1 MD, total korban 4"],
    );
    assert!(!proposal(&passage).look_at.is_empty(), "{passage:?}");
}

#[test]
fn a_correction_of_the_day_keeps_the_hour() {
    for (first, later, at) in [
        ("tawuran di Terap jam 09.30 hari ini", "ralat, kejadiannya kemarin", "-1 09.30"),
        ("tawuran di Terap kemarin jam 09.30", "ralat pak, hari Kamis", "-2 09.30"),
        ("tawuran di Terap kemarin jam 21.00", "ralat, tgl 26 bukan tgl 27", "-2 21.00"),
        ("tawuran di Terap kemarin jam 09.30", "ralat, hari ini", "0 09.30"),
        ("tawuran di Terap", "ralat, kejadiannya kemarin", "-1 14.01!"),
        ("tawuran di Terap jam 09.30 hari ini", "ralat, kemarin jam 10.15", "-1 10.15"),
    ] {
        let passage = last(14, &[&format!("Kades Terap: {first}"), &format!("Kades Terap: {later}")]);
        assert_eq!(time(&passage), at, "{first} / {later}");
    }
}

#[test]
fn a_night_that_is_yet_to_come_is_never_the_last_one() {
    for text in [
        "Kades Terap: ada isu warga Terap nyerang kampung sebelah malam ini",
        "Kades Terap: malam ini jam 8 warga Terap demo di gerbang PT",
        "Kades Terap: warga Terap portal jalan PT bengi iki jam 8",
        "Kades Terap: warga Terap tutup jalan PT sore ini jam 4",
        "Kades Terap: jam 7 malam ini tawuran di Terap",
        "Kades Terap: malam ngini ujar habar ada tawuran di Terap",
    ] {
        let passage = last(10, &[text]);
        match &passage.fate {
            PassageFate::LeftOut(reason) => assert_eq!(*reason, LeftOut::Planned, "{text}"),
            PassageFate::Proposed(_) => assert_eq!(time(&passage), "0 10.00!", "{text}"),
            PassageFate::Quiet(_) => panic!("{text}: {passage:?}"),
        }
    }
    for text in [
        "Kades Terap: nanti malam jam 7 warga Terap demo di gerbang PT",
        "Kades Terap: nanti siang jam 1 ratusan warga Terap portal jalan PT",
        "Kades Terap: ngko bengi jam 8 warga Terap demo nang pabrik",
        "Kades Terap: jam 1 siang nanti warga Terap tutup jalan PT",
        "Kades Terap: warga Terap demo di pabrik malam nanti",
        "Kades Terap: entar sore jam 4 aksi damai di kebun PT di Terap",
    ] {
        let passage = last(10, &[text]);
        assert!(matches!(passage.fate, PassageFate::LeftOut(LeftOut::Planned)), "{text}: {passage:?}");
    }
    for (text, at) in [
        ("Kades Terap: pagi ini jam 8 warga Terap demo di gerbang PT", "0 08.00"),
        ("Kades Terap: tawuran di Terap pagi ini", "0 07.00"),
        ("Kades Terap: tawuran di Terap malam tadi jam 8", "-1 20.00"),
    ] {
        assert_eq!(time(&last(10, &[text])), at, "{text}");
    }
}

#[test]
fn hours_of_a_range_of_another_day_are_those_of_its_morning() {
    for (text, at) in [
        ("Kades Terap: demo di pabrik Terap tgl 27 jam 9-11, 200 orang", "-1 09.00!"),
        ("Kades Terap: demo di pabrik Terap kemarin jam 9 s/d 11", "-1 09.00!"),
        ("Kades Terap: demo di pabrik Terap tgl 27 jam 9-11 malam", "-1 21.00"),
        ("Kades Terap: air naik 27/11 di Terap, banjir 20 rumah", "-1 14.00!"),
        ("Kades Sambora: tawuran Sambora 13.10, 2 luka", "0 13.10"),
        ("Kades Terap: air naik 27/11 jam 04.00 di Terap, banjir 20 rumah", "-1 04.00"),
    ] {
        assert_eq!(time(&last(14, &[text])), at, "{text}");
    }
}
