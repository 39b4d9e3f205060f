//! What kind of incident a message tells of, in words of the field, and what only looks like one. All of it is made up.

use super::wording::{last, proposal};
use super::*;

fn code(text: &str) -> Option<String> {
    proposal(&last(14, &[text])).category.as_ref().map(|found| found.value.to_string())
}

#[test]
fn a_companys_trucks_that_are_stopped_are_a_blockade() {
    for (text, category) in [
        ("warga Terap nyetop mobil sawit PT di simpang, minta ganti rugi jalan rusak", "WP-05"),
        ("warga Terap hentikan truk sawit PT, minta ganti rugi jalan rusak, truk belum boleh lewat", "WP-05"),
        ("warga Terap larang truk tambang lewat", "WP-05"),
        ("warga Terap menahan truk batubara PT", "WP-05"),
        ("warga Terap menahan alat berat PT di lokasi", "WP-07"),
        ("warga malang jalan kebun PT di Terap", "WP-05"),
        ("dua kampung saling lempar batu di Terap", "WW-01"),
        ("karyawan PT kelahi dengan warga di Terap", "WP-09"),
        ("karyawan toko berkelahi di Terap", "WW-02"),
        ("Kebakaran lahan 2 Ha di Terap, api dekat rumah warga", "WA-03"),
        ("Kebakaran lahan di Terap merembet, rumah warga terbakar", "WA-12"),
        ("angin kencang di Terap, 4 rumah warga rusak", "WA-08"),
        ("longsor di Terap, jalan tertutup tanah", "WA-06"),
        ("rumah di Terap kemasukan air", "WA-01"),
        ("aek udah sampai lutut di Terap", "WA-01"),
        ("pohon roboh menimpa rumah di Terap", "WA-08"),
        ("Banjir di Terap, truk dari Malang tertahan", "WA-01"),
        ("kaputingan di Terap, atap tahambur", "WA-08"),
        ("bakalahi di Terap, 1 luka", "WW-02"),
    ] {
        let text = format!("Kades Terap: {text}");
        assert_eq!(code(&text).as_deref(), Some(category), "{text}");
        let others = proposal(&last(14, &[&text])).others.clone();
        assert!(!others.iter().any(|other| other.to_string() == "WP-08"), "{text}: {others:?}");
    }
    for text in [
        "sambungan air PDAM sudah masuk rumah warga Terap",
        "maling masuk rumah di Terap, mesin air hilang",
        "pohon jati di Terap dirobohkan orang",
        "truk dari Malang parkir di Terap",
        "rombongan Tapalang tiba di Terap",
        "Dishub larang truk tambang lewat di Terap siang hari",
    ] {
        let text = format!("Kades Terap: {text}");
        let passage = last(14, &[&text]);
        let found = match &passage.fate {
            PassageFate::Proposed(own) => own.category.as_ref().map(|found| found.value.to_string()),
            _ => None,
        };
        assert_eq!(found, None, "{text}");
    }
}
