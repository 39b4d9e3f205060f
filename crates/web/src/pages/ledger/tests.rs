//! The page's figures, and what it says where there are none.

use super::*;
use domain::kind::{Horizon, Kind};
use scoring::drift::rate::{RateFinding, RateShift};
use scoring::evaluate::Bin;
use scoring::ledger::{
    AvertedBounds, DriftBreach, ForecastCounts, ForecastSkill, LedgerBaseline, LedgerPart, Share, SkillOver,
};
use views::Lang;

fn frame(lang: Lang) -> Frame {
    Frame::bare(lang)
}

fn skill() -> ForecastSkill {
    let over =
        |baseline, skill, low, high| SkillOver { baseline, skill: Some(skill), interval: Some((low, high)) };
    ForecastSkill {
        n: 60,
        brier: 0.02,
        skills: vec![
            over(LedgerBaseline::Constant, 0.3, 0.1, 0.5),
            over(LedgerBaseline::Climatology, 0.12, -0.01, 0.2),
            over(LedgerBaseline::Count, 0.05, -0.1, 0.2),
        ],
        forecast: 0.05,
        observed: Share { hits: 3, n: 60, value: 0.05, low: 0.017, high: 0.137 },
        seen: 2,
        bins: vec![
            Bin { n: 40, forecast: 0.02, observed: 0.0, low: 0.0, high: 0.09 },
            Bin { n: 20, forecast: 0.6, observed: 0.15, low: 0.05, high: 0.36 },
        ],
    }
}

fn view(skill: Option<ForecastSkill>) -> LedgerFigures {
    let observed = |value| {
        skill.as_ref().map(|own| ForecastSkill { observed: Share { value, ..own.observed }, ..own.clone() })
    };
    let bounds = observed(0.03).zip(observed(0.09));
    let all = ForecastCounts {
        happened: 3,
        did_not: 57,
        averted: 1,
        single_source: 2,
        void: 4,
        waiting: 14,
        corrections: 1,
        with_single_source: observed(0.08),
        averted_bounds: bounds.map(|(as_did_not, as_happened)| AvertedBounds { as_did_not, as_happened }),
        skill,
    };
    let part = LedgerPart {
        kind: Kind::Disaster,
        horizon: Horizon::Week,
        all,
        sample: ForecastCounts { did_not: 12, ..ForecastCounts::default() },
        served: Some("decayed".into()),
    };
    LedgerFigures { parts: vec![part], fewest: 30, grace_days: 7, ..LedgerFigures::default() }
}

#[test]
fn figures_are_given_with_their_intervals_and_drawn_with_a_text_twin() {
    let text = page(&frame(Lang::Id), &view(Some(skill()))).into_string();
    for part in [
        "12,0\u{a0}% (−1,0\u{a0}% sampai 20,0\u{a0}%)",
        "5,0\u{a0}% (3 dari 60",
        "Belum terbukti lebih baik dari: kebiasaan setempat, hitungan kejadian 30 hari.",
        "30,0\u{a0}% (10,0\u{a0}% sampai 50,0\u{a0}%)",
        "5 dari 67 yang waktunya lewat",
        "8,0\u{a0}% (3 dari 60",
        "3,0\u{a0}% sampai 9,0\u{a0}%",
        "Dalam 1 dari 2 kelompok",
        "<circle",
        "Kalibrasi sebagai tabel",
        "Pembanding dipakai",
    ] {
        assert!(text.contains(part), "lacks {part}: {text}");
    }
    assert!(text.contains("baru 12 dari sedikitnya 30 ramalan"), "the sample is too small");
}

#[test]
fn under_the_fewest_nothing_is_drawn_and_the_words_say_why() {
    let text = page(&frame(Lang::En), &view(None)).into_string();
    assert!(text.contains("withheld: 62 decided forecasts of at least 30") && !text.contains("<circle"));
    assert!(text.contains("withheld: 0 alerts of at least 30"));
}

#[test]
fn an_episode_says_since_when_what_moved_and_that_nothing_changes_by_itself() {
    let mut view = view(None);
    let none = page(&frame(Lang::Id), &view).into_string();
    assert!(none.contains("Tidak ada pergeseran data") && !none.contains("dua kali lebih sering"), "{none}");
    view.drift.since = Some(20_780);
    view.drift.rate = Some(RateFinding {
        shift: Some(RateShift::More),
        observed: 41,
        expected: 20.4,
        weeks: 26,
        power: 0.93,
    });
    let breach =
        DriftBreach { kind: Kind::Disaster, what: "completeness".into(), value: 9.0, low: 1.0, high: 4.0 };
    view.drift.breaches = vec![breach];
    let text = page(&frame(Lang::Id), &view).into_string();
    for part in [
        "sejak 23 Nov 2026",
        "lebih sering dari ramalan: 41 kali dalam 26 minggu terakhir, diharapkan sekitar 20,4",
        "kelengkapan laporan: rata-rata 9,00, batasnya 1,00 sampai 4,00",
        "melatih ulang; tidak ada yang diubah otomatis",
        "peluang ketahuan dalam enam bulan sekitar 93",
    ] {
        assert!(text.contains(part), "lacks {part}: {text}");
    }
    view.drift.breaches.clear();
    view.drift.rate = view.drift.rate.map(|rate| RateFinding { shift: None, ..rate });
    let text = page(&frame(Lang::Id), &view).into_string();
    assert!(text.contains("kembali di dalam batas"), "the episode lasts: {text}");
}
