//! Rubbish tips that are called as polling stations are, mayors, and villages by their initials. All of it is made up.

use super::wording::{last, proposal};
use super::*;

#[test]
fn a_tip_is_no_polling_station_and_a_mayor_no_company() {
    let code = |text: &str| {
        let passage = last(14, &[text]);
        (
            proposal(&passage).category.as_ref().map(|found| found.value.to_string()),
            passage.asks(&Question::NoCategory),
        )
    };
    for text in [
        "Kades Terap: warga Terap tolak TPS di dekat sekolah, kumpul 40 orang jam 8 pagi",
        "Kades Terap: warga Terap manolak TPS, kumpul 40 urang",
        "Kades Terap: ribut soal TPS sampah di Terap",
        "Kades Terap: aksi damai di Terap dapan kantor wali kota",
    ] {
        assert_eq!(code(text), (None, true), "{text}");
    }
    for text in [
        "Kades Terap: warga protes hasil hitung suara di TPS 3 Terap",
        "Kades Terap: ribut saksi paslon di TPS 2 Terap",
        "Kades Terap: massa geruduk kantor KPU, protes pilkada di Terap",
    ] {
        assert_eq!(code(text), (Some("WW-07".to_owned()), false), "{text}");
    }
}

#[test]
fn villages_are_known_by_initials_and_everyday_names_where_all_is_quiet() {
    let words = Words::new();
    let villages = |regency: &str, text: &str| -> Vec<Option<u16>> {
        let reading = words.reader(regency).read(text, ChatOccasion { now: now(), order: None });
        let of = |passage: &ChatPassage| match &passage.fate {
            PassageFate::Proposed(found) => found.village.as_ref().map(|found| found.value),
            PassageFate::Quiet(found) => found.village.as_ref().map(|found| found.value),
            PassageFate::LeftOut(_) => None,
        };
        reading.passages.iter().map(of).collect()
    };
    let chat = |line: &str| format!("28/11/26 14.00 - {line}\n");
    for (regency, line, found) in [
        ("63.72", "Camat Liang Anggang: LA Tengah banjir 15 rumah", &[1002][..]),
        ("63.72", "Camat: LU Barat nihil, LU Selatan nihil", &[1001, 1004][..]),
        ("63.72", "Lurah LU Barat: kabakaran lahan di LU Barat jam 1 siang", &[1001][..]),
        ("16.13", "Babinsa Karang Jaya: Terusan aman, Suka Menang aman", &[2008, 2007][..]),
    ] {
        let found: Vec<Option<u16>> = found.iter().copied().map(Some).collect();
        assert_eq!(villages(regency, &chat(line)), found, "{line}");
    }
    for (regency, line) in [
        ("16.13", "Kades Noman: Pasar aman"),
        ("63.72", "Satpam: RS Utara aman"),
        ("63.72", "Guru: SD Tengah banjir"),
    ] {
        assert!(villages(regency, &chat(line)).iter().all(Option::is_none), "{line}");
    }
}

#[test]
fn a_measure_is_no_fruit_and_a_river_no_kecamatan() {
    let passage = last(14, &["Kades Terap: ada kamalingan 2 buah rumah di Terap jam 2 malam"]);
    assert!(proposal(&passage).category.is_none(), "{passage:?}");
    let passage = last(14, &["Kades Terap: warga Terap curi 20 buah sawit kebun PT"]);
    assert_eq!(proposal(&passage).category.as_ref().unwrap().value.to_string(), "WP-09");
    for (text, code) in [
        ("Kades Terap: warga Terap mancagat truk batubara jam 9 pagi", "WP-05"),
        ("Kades Terap: jam 6 pagi ini warga Terap nutup pintu air kebun PT", "WP-05"),
        ("Kades Terap: angin kenceng nang Terap jam 3 isuk, 7 omah gendenge mabur", "WA-08"),
        ("Kades Terap: rumah warga Terap katimpa puhun jam 5 sore kemarin", "WA-08"),
    ] {
        let passage = last(14, &[text]);
        let found = proposal(&passage).category.as_ref().map(|found| found.value.to_string());
        assert_eq!(found.as_deref(), Some(code), "{text}");
    }
    let words = Words::new();
    let text = "28/11/26 14.00 - Danramil: banjir kali Jatiroto nang Sukosari jam 5 isuk\n";
    let reading = words.reader("35.08").read(text, ChatOccasion { now: now(), order: None });
    assert!(reading.passages[0].asks(&Question::SeveralPlaces), "{:?}", reading.passages);
}
