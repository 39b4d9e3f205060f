//! What says that something is over, and what only has a word of an end in it.

use super::wording::{last, proposal};
use super::*;

/// What the one message of a chat, sent in Mempawah on Saturday, 28 November 2026 at 22.00, says of what happened.
fn stance(words: &Words, message: &str) -> Option<Stance> {
    let chat = format!("28/11/26 22.00 - Kades Terap: {message}\n");
    let reading = words.reader("61.02").read(&chat, ChatOccasion { now: now(), order: None });
    let PassageFate::Proposed(proposal) = &reading.passages.last()?.fate else { return None };
    Some(proposal.stance.value)
}

#[test]
fn each_word_of_an_end_ends_beside_its_hour_and_behind_sudah() {
    let words = Words::new();
    for end in [
        "bubar",
        "bubaran",
        "selesai",
        "sls",
        "rampung",
        "berakhir",
        "reda",
        "redo",
        "surut",
        "surot",
        "surud",
        "padam",
        "pajah",
        "dilerai",
        "dilerei",
        "dipisah",
        "dipisahkan",
        "berdamai",
        "didamaikan",
        "dibubarkan",
    ] {
        for text in [
            format!("Tawuran di Terap jam 8 pagi, {end} jam 2 siang"),
            format!("Tawuran di Terap, sudah {end}"),
        ] {
            assert_eq!(stance(&words, &text), Some(Stance::Ends), "{text}");
        }
    }
    for text in [
        "Portal jalan PT di Terap jam 8 pagi, dibongkar jam 2 siang",
        "warga Terap portal jalan PT, sudah dibongkar",
        "tawuran di Terap jam 4 sore, mari jam 5",
        "tawuran di Terap jam 4 sore, wis mari",
    ] {
        assert_eq!(stance(&words, text), Some(Stance::Ends), "{text}");
    }
}

#[test]
fn an_end_in_other_words_is_an_end_and_a_beginning_of_it_is_none() {
    let words = Words::new();
    for text in [
        "truknya lah lewat galo jam 6.45 di Terap, warga bubar",
        "sudah lewat semua truknya pak di Terap",
        "truk sudah dilepas di Terap, warga pulang",
        "buruhe wis mulih kabeh",
        "sudah dibuka ai jam 8, urangnya bulikan",
        "massa di Terap bubar",
        "banjir Terap tadi sudah surut, aman",
        "portal jalan PT di Terap tadi sudah dibuka",
        "kebakaran alas Terap wis pateni kabeh kemarin jam 4 sore, kobong e mulai Rabu",
        "kebakaran lahan di Terap jam 2 siang, geni wis dipateni",
    ] {
        assert_eq!(stance(&words, text), Some(Stance::Ends), "{text}");
    }
    for text in [
        "banjir Terap jam 2 pagi, mulai surut jam 9",
        "banjir Terap jam 2 pagi, sudah mulai surut jam 9",
        "kebakaran Terap jam 2 pagi, mulai padam jam 9",
        "banjir Terap jam 2 pagi, hampir surut",
    ] {
        let found = stance(&words, text);
        assert!(matches!(found, Some(Stance::Continues | Stance::Affirms)), "{text}: {found:?}");
    }
    for text in [
        "rapat desa Terap selesai, warga bubar",
        "warga Terap bubar dari rapat",
        "acara sudah bubar di Terap",
        "truk belum boleh lewat di Terap",
        "pasar malam sudah dibuka bupati",
        "warga sudah pulang dari pengajian Terap",
        "bantuan sudah lewat Terap",
    ] {
        assert_eq!(stance(&words, text), None, "{text}");
    }
    assert_ne!(stance(&words, "warga Terap dipateni wong, mayat ditemukan jam 8 pagi"), Some(Stance::Ends));
}

#[test]
fn a_call_to_come_and_what_was_done_about_it_end_nothing() {
    let words = Words::new();
    for text in [
        "Tawuran di Terap jam 21.00, mari jaga kampung malam ini",
        "Tawuran di Terap jam 21.00, mari jam 10 malam kita ronda",
        "Tawuran di Terap jam 8 pagi, rumah dibongkar jam 2 siang",
        "Tawuran di Terap jam 8 pagi, dimediasi jam 2 siang",
        "Tawuran di Terap jam 8 pagi, pelaku diamankan jam 2 siang",
    ] {
        assert_eq!(stance(&words, text), Some(Stance::Affirms), "{text}");
    }
}

#[test]
fn what_a_crowd_did_stands_where_it_went_home_behind_it() {
    for (text, category) in [
        ("Massa bakar truk PT di Terap, lalu massa bubar", "WP-08"),
        ("massa bakar rumah kades di Terap, massa bubar jam 11", ""),
        ("Massa mengamuk di kantor desa Terap, sekarang massa sudah bubar", ""),
        ("warga bakar truk PT di Terap, lalu warga bubar", "WP-08"),
    ] {
        let passage = last(14, &[&format!("Kades Terap: {text}")]);
        let found = proposal(&passage).category.as_ref().map(|found| found.value);
        assert!(found.is_some() && found != Some(Category::OTHER), "{text}: {passage:?}");
        assert!(category.is_empty() || found == Category::parse(category), "{text}: {passage:?}");
    }
    let passage = last(14, &["Kades Terap: massa di Terap sudah bubar pak"]);
    assert_eq!(proposal(&passage).stance.value, Stance::Ends, "{passage:?}");
}
