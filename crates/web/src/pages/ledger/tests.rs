//! The page's figures, and what it says where there are none.

use super::*;
use domain::kind::{Horizon, Kind};
use scoring::evaluate::Bin;
use scoring::ledger::{DriftBreach, ForecastCounts, ForecastSkill, LedgerPart, Share};
use views::Lang;

fn frame(lang: Lang) -> Frame {
    Frame::bare(lang)
}

fn skill() -> ForecastSkill {
    ForecastSkill {
        n: 60,
        averted: 1,
        void: 4,
        brier: 0.02,
        brier_skill: Some(0.12),
        skill_interval: Some((-0.01, 0.2)),
        forecast: 0.05,
        observed: Share { hits: 3, n: 60, low: 0.017, high: 0.137 },
        seen: 2,
        bins: vec![
            Bin { n: 40, forecast: 0.02, observed: 0.0, low: 0.0, high: 0.09 },
            Bin { n: 20, forecast: 0.6, observed: 0.15, low: 0.05, high: 0.36 },
        ],
    }
}

fn view(skill: Option<ForecastSkill>) -> LedgerFigures {
    let all =
        ForecastCounts { happened: 3, did_not: 57, averted: 1, void: 4, waiting: 14, corrections: 1, skill };
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
    assert!(text.contains("withheld: 60 decided forecasts of at least 30") && !text.contains("<circle"));
    assert!(text.contains("withheld: 0 alerts of at least 30"));
}

#[test]
fn a_breach_says_what_moved_and_that_nothing_changes_by_itself() {
    let mut view = view(None);
    let breach =
        |what: &str| DriftBreach { kind: Kind::Disaster, what: what.into(), value: 9.0, low: 1.0, high: 4.0 };
    view.drift.breaches = vec![breach("base_rate"), breach("completeness")];
    let text = page(&frame(Lang::Id), &view).into_string();
    assert!(text.contains("terjadi 9 kali, menurut ramalan antara 1 dan 4 kali"), "{text}");
    assert!(text.contains("kelengkapan laporan: rata-rata 9,00, batasnya 1,00 sampai 4,00"));
    assert!(text.contains("melatih ulang; tidak ada yang diubah otomatis"));
}
