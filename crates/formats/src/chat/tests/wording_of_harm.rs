//! People hurt and damage in the wording of people who tried it: what no field holds is asked about. All of it is made up.

use super::wording::{harm, last, proposal};
use super::*;

#[test]
fn people_hurt_are_counted_in_the_words_of_the_field() {
    for (text, people) in [
        ("Kapolsek Toho: pengeroyokan di Benuang, 3 org babak belur", [None, Some(3), None]),
        ("Kapolsek Toho: bentrok pemuda di Pak Utan, 3 org bocor kepala", [None, Some(3), None]),
        ("Kapolsek Toho: tawuran di Sambora, 1 org putus jari", [None, Some(1), None]),
        ("Kapolsek Toho: perkelahian di Terap, 2 patah tangan", [None, Some(2), None]),
        ("Kapolsek Toho: banjir di Kecurit, 35 jiwa di pengungsian", [None, None, Some(35)]),
        ("Kades Terap: carok ndek Terap, siji mati siji kritis", [Some(1), Some(1), None]),
        ("Kades Terap: pamuda bakalahi di Terap, 1 urang mati, 1 urang luka parah", [Some(1), Some(1), None]),
    ] {
        assert_eq!(harm(proposal(&last(14, &[text]))), people, "{text}");
    }
    let passage = last(14, &["Kapolsek Toho: bentrok di Terap, 2 warga luka tembak, 1 sekuriti luka"]);
    assert!(!proposal(&passage).look_at.is_empty(), "{passage:?}");
}

#[test]
fn somebody_beaten_is_looked_at_without_a_number() {
    for text in [
        "Kapolsek Toho: maling dihajar massa di Terap, babak belur",
        "Kapolsek Toho: maling sawit tertangkap di Terap, dihajar massa sampai babak belur",
    ] {
        let passage = last(14, &[text]);
        assert!(!proposal(&passage).look_at.is_empty(), "{text}: {passage:?}");
    }
}

/// Whatever words say what became of them.
#[test]
fn a_number_of_people_that_no_field_holds_is_asked_about() {
    let mut seed = 8_u64;
    let mut next = |most: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % most
    };
    let numbers = ["2", "3", "12", "dua", "tiga", "seorang", "siji"];
    let people = ["org", "orang", "warga", "anak", "pemuda", "urang", "wong", "tiyang", "nenek", "sekuriti"];
    let states = [
        "babak belur",
        "lebam",
        "benjol",
        "bonyok",
        "gosong",
        "qaxat",
        "kena seng",
        "kena gir",
        "jatuh dari pohon",
        "tertimpa balok",
        "keracunan",
        "pingsan",
        "sesak napas",
        "tertimbun",
        "bocor sirahe",
        "patah kaki",
        "tarluka",
        "luka",
        "kritis",
        "meninggal",
        "hilang",
        "dicari",
        "digigit ular",
        "dilarikan ke RS",
    ];
    let events = ["tawuran di Terap", "banjir di Terap", "kebakaran rumah di Terap", "longsor di Terap"];
    for _ in 0..400 {
        let who = match numbers[next(numbers.len())] {
            "seorang" => "seorang warga".to_owned(),
            number => format!("{number} {}", people[next(people.len())]),
        };
        let (event, state) = (events[next(events.len())], states[next(states.len())]);
        let text = format!("Kades Terap: {event}, {who} {state}");
        let passage = last(14, &[&text]);
        let found = proposal(&passage);
        let counted = harm(found).into_iter().flatten().any(|count| count > 0);
        assert!(counted || !found.look_at.is_empty(), "{text}: {found:?}");
    }
    // A crowd is nobody's harm.
    for text in [
        "Kades Terap: unras di Terap, 200 orang hadir",
        "Kades Terap: warga segel kantor desa Terap, 40 org",
        "Kades Terap: 50 warga memblokir jalan PT di Terap",
    ] {
        let passage = last(14, &[text]);
        assert!(proposal(&passage).look_at.is_empty(), "{text}: {:?}", proposal(&passage));
    }
}

#[test]
fn that_nobody_was_hurt_is_no_nihil_and_damage_is_not_passed_over() {
    for text in [
        "Kades Malikian: tidak ada korban, rumah roboh tertimpa pohon di Malikian",
        "Kades Malikian: wit trembesi ambruk nimpa 2 omah, gak onok korban",
        "Kades Galang: 17 rumah di Galang kemasukan air, 3 KK numpang ke gereja",
        "Kades Galang: Banyu naik, 60 buah rumah tarandam, 4 KK maungsi ka langgar",
        "Kades Galang: 12 warga keracunan makanan hajatan",
        "Kades Galang: Kabakaran lahan gambut 3 Ha",
        "Kades Galang: Buayo nerkam warga mandi di sungai jam 6 pagi, 1 wong mati",
    ] {
        let passage = last(14, &[text]);
        assert!(matches!(passage.fate, PassageFate::Proposed(_)), "{text}: {passage:?}");
    }
    let passage = last(
        14,
        &["Kades Palam: warga Terap mahadang truk tambang PT, kada kawa lalu, 25 urang, damai jam 12"],
    );
    assert!(matches!(passage.fate, PassageFate::Proposed(_)), "{passage:?}");
    for text in ["Kades Galang: nihil, tidak ada korban", "Kades Galang: situasi aman, korban nihil"] {
        assert!(!matches!(last(14, &[text]).fate, PassageFate::Proposed(_)), "{text}");
    }
}
