//! An ordinary evening beside a word of quiet: boats at the jetty, people who went home. All of it is made up.

use super::wording::{last, passages};
use super::*;

#[test]
fn boats_at_the_jetty_and_what_came_to_nothing_are_no_mishap() {
    for text in [
        "Terap aman, perahu nelayan bersandar sampai larut malam",
        "Terap aman, mediasi lahan kandas",
        "Terap aman, warga karem mancing",
        "Terap aman, speed internet jatuh",
        "Terap aman, kapal wisata di darat pecah ban",
    ] {
        let found = passages(14, &[&format!("Kades Terap: {text}")]);
        let is_quiet = |passage: &ChatPassage| matches!(passage.fate, PassageFate::Quiet(_));
        assert!(found.iter().all(is_quiet), "{text}: {found:?}");
    }
    for text in [
        "perahu kandas di Terap jam 3, aman",
        "Terap aman, perahu karam jam 3",
        "Terap aman, perahu patroli tenggelam jam 3",
        "Terap aman, kapal larut terbawa arus",
        "kapal karem nang Terap",
    ] {
        let passage = last(14, &[&format!("Kades Terap: {text}")]);
        assert!(matches!(passage.fate, PassageFate::Proposed(_)), "{text}: {passage:?}");
    }
}

#[test]
fn a_mishap_that_is_excepted_leaves_the_nihil_of_the_rest() {
    let found = passages(14, &["Camat Toho: Kec. Toho nihil, kecuali perahu karam di Sepang jam 3"]);
    let is_quiet = |passage: &&ChatPassage| matches!(passage.fate, PassageFate::Quiet(_));
    let is_event = |passage: &&ChatPassage| matches!(passage.fate, PassageFate::Proposed(_));
    assert_eq!(
        (found.iter().filter(is_quiet).count(), found.iter().filter(is_event).count()),
        (1, 1),
        "{found:?}"
    );
}

#[test]
fn who_went_home_of_an_evening_ends_nothing_where_all_is_quiet() {
    for text in [
        "Terap aman terkendali, warga sudah pulang ke rumah",
        "Terap nihil, truk sampah sudah lewat",
        "Terap nihil, posko sudah dibuka",
        "Posko sudah dibuka di Terap, aman",
    ] {
        let passage = last(14, &[&format!("Kades Terap: {text}")]);
        assert!(matches!(passage.fate, PassageFate::Quiet(_)), "{text}: {passage:?}");
    }
    let passage = last(14, &["Kades Terap: pendaftaran sudah dibuka pak"]);
    assert!(matches!(passage.fate, PassageFate::LeftOut(_)), "{passage:?}");
    for text in
        ["massa sudah bubar, Terap aman", "warga Terap sudah pulang, situasi aman", "sudah dibuka pak jam 8"]
    {
        let PassageFate::Proposed(found) = last(14, &[&format!("Kades Terap: {text}")]).fate else {
            panic!("{text}")
        };
        assert_eq!(found.stance.value, Stance::Ends, "{text}");
    }
}
