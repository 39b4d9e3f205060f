//! People hurt in words that no list of harms has whole: each is counted, or a person looks. All of it is made up.

use super::wording::{harm, last, passages, proposal};
use super::*;

#[test]
fn who_stands_in_a_pronoun_or_behind_the_harm_is_counted() {
    for (text, people) in [
        ("Kapolsek Toho: tawuran di Terap jam 9 malam, yang kena bacok 2", [None, Some(2), None]),
        ("Kapolsek Toho: tawuran di Terap, sing kenek bacok 2", [None, Some(2), None]),
        ("Kapolsek Toho: tawuran di Terap, nang kana tusuk talu", [None, Some(3), None]),
        ("Kapolsek Toho: kelahi di Terap, satu kena tikam dilarikan ke RS Rubini", [None, Some(1), None]),
        ("Kapolsek Toho: pohon tumbang di Terap, sing mlebu rumah sakit telu", [None, Some(3), None]),
        ("Kapolsek Toho: tawuran di Terap, yang masuk puskesmas 4", [None, Some(4), None]),
        ("Kades Terap: banjir di Terap jam 3 pagi, nang mangungsi 60 urang", [None, None, Some(60)]),
        ("Kades Terap: banjir di Terap, 11 KK 39 jiwa mangungsi ka masjid", [None, None, Some(39)]),
        ("Kades Terap: banjir di Terap, wong ngungsine 25 jiwa", [None, None, Some(25)]),
        ("Kades Terap: tawuran di Terap, 2 org kepalanya bocor", [None, Some(2), None]),
    ] {
        assert_eq!(harm(proposal(&last(14, &[text]))), people, "{text}");
    }
}

#[test]
fn somebody_beside_a_word_of_harm_that_no_rule_counts_is_asked_about() {
    for text in [
        "Kades Terap: demo di kantor desa Terap, 1 perangkat kena lempar batu, kepala sobek",
        "Kades Terap: banjir di Terap jam 3 pagi, wong siji kentir",
        "Kades Terap: banjir di Terap jam 3 pagi, wong 2 kentir durung ketemu",
        "Kades Terap: tawuran di Terap, sing siji sirahe bocor",
        "Kapolsek Toho: maling sapi di Terap konangan warga, digebugi nganti semaput",
        "Kapolsek Toho: tawuran di Terap, seorang wartawan dipentung",
        "Kapolsek Toho: tawuran di Terap, ketua pemuda ditebas tangannya",
        "Kapolsek Toho: bentrok di Terap, yang ditendang ada tiga",
        "Kapolsek Toho: longsor di Terap, sing ketimbun durung ketemu",
        "Kades Terap: pohon tumbang di Terap, yang punyo warung pingsan",
        "Kades Terap: kebakaran dapur di Terap jam 7 malam, 1 nenek melepuh",
        "Kades Terap: banjir di Terap jam 2 pagi, sopire keli, kernete slamet",
        "Kades Terap: rebutan lahan di Terap, sing kenek pacul loro",
        "Kades Terap: pohon tumbang di Terap, ngebruki wong ngarit",
        "Kades Terap: tawuran di Terap, wong loro digepuki preman",
        "Kades Terap: pemuda Terap memukul satpam PT jam 9 pagi",
        "Kades Terap: tukang listrik kasatrum di Terap jam 9 pagi",
        "Kades Terap: 2 budak tenggelam di sungai Terap kemarin jam 5 sore, sikok dapat sikok belum",
        "Kades Terap: perahu karam di Terap jam 6 pagi, 5 penumpang, 4 naik 1 lum dapat",
        "Kades Terap: wong Terap ngepung maling ayam jam 4 subuh, malingnyo bonyok",
        "Kades Terap: angin puting beliung di Terap, atap sekolah terbang nimpe budak sekolah",
        "Kades Terap: semalam ade kelahi di Terap, kene libas kayu di belakang",
        "Kades Terap: carok di Terap jam 4 sore, loro sekarat",
        "Kades Terap: geger di Terap, sing siji kecemplung sumur",
        "Kades Terap: rumah di Terap katimpa puhun, kai nang di dalam tagapit",
        "Kades Terap: rumah di Terap dimasuki orang jam 2 malam, pemilik diikat",
        "Kades Terap: perahu kuwalik di Terap, 3 nelayan, siji durung bali",
    ] {
        let passage = last(14, &[text]);
        let found = proposal(&passage);
        let is_counted = harm(found).into_iter().flatten().any(|count| count > 0);
        assert!(is_counted || !found.look_at.is_empty(), "{text}: {found:?}");
    }
}

const HARMS: [&str; 42] = [
    "dibacok",
    "ditebas",
    "ditendang",
    "dipukul",
    "dikeroyok",
    "dihajar massa",
    "digebugi",
    "dipentung",
    "dijotos",
    "dikapak",
    "disiram air keras",
    "kena bacok",
    "kena tikam",
    "kenek clurit",
    "kana tusuk",
    "kene parang",
    "kena panah",
    "kena lempar batu",
    "kena hantam kayu",
    "ketabrak",
    "tatabrak motor",
    "ketiban wit",
    "keruntuhan tebing",
    "tatimbun",
    "ketimbun",
    "tertimpa dahan",
    "kesetrum",
    "kasatrum",
    "kentir banyu",
    "hanyut",
    "dilarikan ke RS",
    "mlebu rumah sakit",
    "dibawak ke puskesmas",
    "kepalanya bocor",
    "sirahe bocor",
    "tangannyo patah",
    "sikile tugel",
    "semaput",
    "pingsan",
    "kobong",
    "terbakar tangannye",
    "tabakar",
];
const WHO: [&str; 11] = [
    "2 orang",
    "siji",
    "satu warga",
    "wong loro",
    "seorang pemuda",
    "sorang budak",
    "1 perangkat desa",
    "yang 2",
    "sing siji",
    "saikung pamuda",
    "anak pak RT",
];
const EVENTS: [&str; 3] =
    ["tawuran di Terap jam 9 pagi", "banjir di Terap jam 3 pagi", "angin ribut di Terap"];

/// Every harm beside everybody, in four tongues and in four orders.
#[test]
fn no_report_of_a_harm_to_somebody_is_ready_without_a_count_or_a_question() {
    let mut texts = Vec::new();
    for (at, harmed) in HARMS.iter().enumerate() {
        for (place, who) in WHO.iter().enumerate() {
            let event = EVENTS[(at + place) % EVENTS.len()];
            texts.push(format!("Kades Terap: {event}, {who} {harmed}"));
            texts.push(format!("Kades Terap: {event}, ada {who} yang {harmed}"));
        }
    }
    let mut silent = Vec::new();
    for texts in texts.chunks(50) {
        let lines: Vec<&str> = texts.iter().map(String::as_str).collect();
        for (text, passage) in lines.iter().zip(passages(14, &lines)) {
            let PassageFate::Proposed(found) = &passage.fate else {
                silent.push((*text).to_owned());
                continue;
            };
            let is_counted = harm(found).into_iter().flatten().any(|count| count > 0);
            if !is_counted && found.look_at.is_empty() {
                silent.push((*text).to_owned());
            }
        }
    }
    assert!(silent.is_empty(), "{}: {silent:#?}", silent.len());
}

#[test]
fn things_beasts_and_who_only_acts_are_nobody_hurt() {
    for text in [
        "Kades Terap: angin ribut di Terap, rumah warga tertimpa pohon",
        "Kades Terap: angin ribut di Terap, 3 rumah ketiban wit",
        "Kades Terap: banjir di Terap, 2 motor hanyut",
        "Kades Terap: banjir di Terap, sapi warga kentir",
        "Kades Terap: tawuran di Terap, mobil kena lempar batu",
        "Kades Terap: kebakaran rumah di Terap, 2 ruko terbakar",
        "Kades Terap: warga tutup jalan PT di Terap, 30 orang",
        "Kades Terap: tawuran di Terap, tidak ada yang kena bacok",
        "Kades Terap: longsor di Terap, jalan tertimbun 20 meter",
        "Kades Terap: pohon tumbang di Terap menimpa rumah warga",
        "Kades Terap: banjir di Terap, warga kena dampak butuh sembako",
        "Kades Terap: banjir di Terap, warga tertimpa musibah butuh bantuan",
        "Kades Terap: kebakaran lahan di Terap, api kena angin",
        "Kades Terap: warga Terap tutup jalan PT, sopir truk kena macet",
        "Kades Terap: kekeringan di Terap, lahan kritis 20 ha",
        "Kades Terap: warga Terap demo di pabrik jam 9 pagi, sudah ada kesepakatan warga dan PT",
        "Kades Terap: warga Terap portal jalan PT, mediasi warga disepakati",
        "Kades Terap: warga Terap portal jalan PT, kades mengatakan warga minta plasma",
        "Kades Terap: warga Terap demo di pabrik, babinsa merukunkan warga",
        "Kades Terap: banjir di Terap, pak camat marang warga njaluk sabar",
        "Kades Terap: banjir di Terap, warga terbentur biaya",
    ] {
        let passage = last(14, &[text]);
        assert!(proposal(&passage).look_at.is_empty(), "{text}: {:?}", proposal(&passage));
        assert!(harm(proposal(&passage)).into_iter().flatten().all(|count| count == 0), "{text}");
    }
}

#[test]
fn a_figure_on_top_without_a_word_of_harm_marks_the_one_before() {
    for (first, later) in [
        ("banjir di Terap subuh tadi, mengungsi 10 jiwa", "nambah 6 jiwo jadi 16 jiwo"),
        ("banjir di Terap, 33 urang maungsi ka musholla", "batambah 9 urang, samunyaan 42 urang"),
    ] {
        let all = passages(14, &[&format!("Kades Terap: {first}"), &format!("Kades Terap: {later}")]);
        let is_marked = |question: &Question| matches!(question, Question::Corrected { .. });
        assert!(all[0].questions().unwrap().iter().any(is_marked), "{first}");
        assert!(all[1].asks(&Question::Correction) && !proposal(&all[1]).look_at.is_empty(), "{later}");
    }
}
