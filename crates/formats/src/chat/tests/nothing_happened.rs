//! That nothing happened, in the words of four tongues, and what happened and hurt nobody. All of it is made up.

use super::wording::last;
use super::*;

#[test]
fn a_nihil_of_dialect_is_one_and_an_accident_without_hurt_is_none() {
    for text in [
        "Terap kadada apa-apa minggu ini pang",
        "Terap kadada kajadian",
        "Terap mboten wonten punopo-punopo minggu niki",
        "Terap mboten wonten kedadosan",
        "Terap ora ono opo-opo",
        "Terap dak katek apo-apo",
        "Terap nadai ape-ape",
        "Terap nisi' ape-ape",
        "Terap kadada papa",
    ] {
        let passage = last(14, &[&format!("Kades Terap: {text}")]);
        assert!(matches!(passage.fate, PassageFate::Quiet(_)), "{text}: {passage:?}");
        assert_eq!(passage.questions(), Some(&[][..]), "{text}");
    }
    for text in [
        "kapal karam di Terap jam 4 pagi tadi, semua selamat, tidak ada korban jiwa",
        "pesawat tergelincir di Terap jam 8 pagi, tidak ada korban",
        "perahu nelayan Terap kebalik jam 5 pagi, 2 slamat",
        "motor air karam di Terap jam 3 pagi, semue selamat",
        "kalotok tabalik di Terap jam 7 baisukan, salamat barataan",
        "jukung tabalik di Terap, kadada apa-apa orangnya",
    ] {
        let passage = last(14, &[&format!("Kades Terap: {text}")]);
        assert!(passage.asks(&Question::NoCategory), "{text}: {passage:?}");
    }
    // What calmed down was something.
    for text in ["situasi Terap sudah kondusif, jalan bisa dilalui", "Terap wis aman"] {
        let passage = last(14, &[&format!("Kades Terap: {text}")]);
        assert!(passage.asks(&Question::BesidesQuiet), "{text}: {passage:?}");
    }
    for text in ["gak apa-apa pak", "kapal jatuh tempo cicilan", "perahu baru sudah jadi di Terap"] {
        let passage = last(14, &[&format!("Kades Terap: {text}")]);
        assert!(matches!(passage.fate, PassageFate::LeftOut(LeftOut::NoIncident)), "{text}: {passage:?}");
    }
}
