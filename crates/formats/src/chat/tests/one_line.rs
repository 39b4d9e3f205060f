//! Lists that stand in one line, in words like those of the field: a part for each of their places, and to none what is another's.

use super::listed::{read, sent, shapes};
use super::*;

#[test]
fn a_list_in_one_line_is_a_part_of_each_of_its_places() {
    for (text, expected) in [
        (
            "Pak Laheng nihil, Terap nihil, Sambora pencurian sapi 2 ekor jam 02.00",
            &["nihil Toho", "nihil Toho", "Toho WW-12 0 02.00 -/-"][..],
        ),
        (
            "Toho: kebakaran lahan 2 ha, 1 luka. Segedong: nihil. Jongkat: banjir, 20 jiwa mengungsi",
            &["Toho WA-03 0 19.30 -/1", "nihil Segedong", "Jongkat WA-01 0 19.30 -/-"],
        ),
        (
            "Kec. Toho nihil, Kec. Segedong perkelahian pemuda jam 11.00 2 luka, Kec. Anjongan nihil",
            &["nihil Toho", "Segedong WW-02 0 11.00 -/2", "nihil Anjongan"],
        ),
        (
            "pos Toho: nihil, pos Segedong: kebakaran lahan jam 10.00, pos Anjongan: nihil",
            &["nihil Toho", "Segedong WA-03 0 10.00 -/-", "nihil Anjongan"],
        ),
        ("Kec. Toho: Terap: banjir, Sambora: nihil", &["Toho WA-01 0 19.30 -/-", "nihil Toho"]),
        ("Terap: maling sapi ilang 2 ekor. Sambora: nihil", &["Toho WW-12 0 19.30 -/-", "nihil Toho"]),
        ("Kec Toho tawuran pemuda 2 luka, Kec Segedong nihil", &["Toho WW-02 0 19.30 -/2", "nihil Segedong"]),
        ("tawuran di Sepang, Pentek aman", &["Toho WW-02 0 19.30 -/-", "nihil Sadaniang"]),
        (
            "Toho aman. Segedong aman. Tadi siang ada tawuran di Jongkat",
            &["nihil Toho", "nihil Segedong", "Jongkat WW-02 0 13.00 -/-"],
        ),
        ("Toho nihil, Segedong nihil, Jongkat nihil", &["nihil Toho", "nihil Segedong", "nihil Jongkat"]),
    ] {
        assert_eq!(shapes(&sent(text)), expected, "{text}");
    }
}

#[test]
fn the_numbers_of_a_list_in_one_line_part_it() {
    let text = "Lap hari ini. 1. Terap : tawuran pemuda, 2 luka. 2. Sambora : nihil. 3. Benuang : laka tunggal, 1 MD";
    let expected = ["no_incident", "Toho WW-02 0 19.30 -/2", "nihil Toho", "traffic_accident"];
    assert_eq!(shapes(&sent(text)), expected);
    let text = "1) Tawuran pemuda di Terap, 2 luka. 2) Banjir di Sepang. 3) Jongkat nihil";
    let expected = ["Toho WW-02 0 19.30 -/2", "Toho WA-01 0 19.30 -/-", "nihil Jongkat"];
    assert_eq!(shapes(&sent(text)), expected);
    for one in [
        "Banjir di Terap, 20 rumah. Tindakan: 1. evakuasi warga. 2. lapor BPBD. 3. dapur umum",
        "Lap: 1. Waktu: jam 10.00 2. Tempat: Ds Terap 3. Kejadian: tawuran pemuda 4. Korban: 1 luka",
        "TKP: Ds Terap, Kec. Toho: tawuran pemuda, 2 luka",
        "tawuran di Terap, 2 luka, Toho aman terkendali",
        "bentrok warga Sepang dengan Pentek. Sepang: 2 luka, Pentek: 1 luka",
    ] {
        assert_eq!(shapes(&sent(one)).len(), 1, "{one}");
    }
}

#[test]
fn who_was_hurt_in_an_accident_is_of_no_incident_beside_it() {
    let text = "Terap tawuran pemuda 2 luka, Sambora laka tunggal 1 MD";
    assert_eq!(shapes(&sent(text)), ["Toho WW-02 0 19.30 -/2", "traffic_accident"]);
    // Where both are of one place nobody says whose they are.
    let text = "laka di Terap, warga ngamuk bakar mobil, 1 luka";
    assert_eq!(shapes(&sent(text)), ["Toho WW-03 0 19.30 -/-"]);
}

#[test]
fn a_nihil_of_another_place_that_is_not_parted_is_asked_and_its_words_are_named() {
    let text = sent("perkelahian pemuda di Jongkat 2 luka sedangkan Segedong nihil");
    let reading = read(&Words::new(), &text);
    let [passage] = &reading.passages[..] else { panic!("{:?}", reading.passages) };
    let PassageFate::Proposed(proposal) = &passage.fate else { panic!("{:?}", passage.fate) };
    assert!(passage.asks(&Question::SeveralIncidents), "{proposal:?}");
    let named: Vec<&str> = proposal.look_at.iter().map(|words| &text[words.clone()]).collect();
    assert!(named.contains(&"Segedong nihil"), "{named:?}");
}

/// Whatever entries a line has, in whichever order and with whichever signs: each is a part of its own with its own people.
#[test]
fn no_entry_of_a_line_is_lost_and_none_has_the_hurt_of_another() {
    let entries = [
        ("Kec. Toho", "nihil", "nihil Toho"),
        ("Segedong", "tawuran pemuda, 2 luka", "Segedong WW-02 0 19.30 -/2"),
        ("Kec. Jongkat", "banjir", "Jongkat WA-01 0 19.30 -/-"),
        ("Ds Pentek", "perkelahian pemuda 1 MD", "Sadaniang WW-02 0 19.30 1/-"),
        ("Kec. Anjongan", "aman terkendali", "nihil Anjongan"),
        ("Sungai Kunyit", "laka tunggal, 3 luka", "traffic_accident"),
        ("Kec Mempawah Timur", "kebakaran lahan 2 ha", "Mempawah Timur WA-03 0 19.30 -/-"),
    ];
    let mut seed = 11_u64;
    let mut next = |most: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % most
    };
    for _ in 0..150 {
        let (sign, colon) = ([". ", "; ", ", "][next(3)], [": ", " : ", " - "][next(3)]);
        let is_numbered = next(3) == 0;
        let mut chosen: Vec<usize> = (0..entries.len()).filter(|_| next(2) == 0).collect();
        let turn = next(chosen.len().max(1));
        chosen.rotate_left(turn);
        let is_list = chosen.iter().filter(|at| **at != 5).count() > 1;
        let written = chosen.iter().enumerate().map(|(place, at)| {
            let number = if is_numbered { format!("{}. ", place + 1) } else { String::new() };
            format!("{number}{}{colon}{}", entries[*at].0, entries[*at].1)
        });
        let text = written.collect::<Vec<String>>().join(sign);
        let expected: Vec<&str> = chosen.iter().map(|at| entries[*at].2).collect();
        if is_list {
            assert_eq!(shapes(&sent(&text)), expected, "{text}");
        }
    }
}
