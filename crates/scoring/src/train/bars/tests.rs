//! Bars chosen on rehearsals that are made up here.

use super::*;
use crate::rng::Rng;

/// Places of which the first half is restless by nature; something happens as often as the risk says.
fn world(seed: u64, of_usual: bool) -> Rehearsal {
    let (mut rng, mut rehearsal) = (Rng::new(seed), Rehearsal::new(13.0));
    for place in 0..40 {
        let usual: f64 = if place < 20 { 0.2 } else { 0.01 };
        let mut looks = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..100 {
            let heat = if rng.unit() < 0.1 { 8.0 } else { 0.5 };
            let risk = (usual * heat).min(0.9);
            // Where only what is unusual comes true, the restless half is calm by its own standard.
            let chance = if of_usual { if heat > 1.0 && place >= 20 { 0.6 } else { 0.0 } } else { risk };
            looks.0.push((risk * 1e6).round() / 1e6);
            looks.1.push(usual);
            looks.2.push(rng.unit() < chance);
        }
        rehearsal.add(looks.0, &looks.1, looks.2);
    }
    rehearsal
}

#[test]
fn the_measure_that_detects_more_is_taken_and_its_budget_kept() {
    let by_risk = world(1, false).bars(0.25).expect("a bar");
    assert_eq!(by_risk.fitted().of, BarMeasure::Risk);
    let by_usual = world(1, true).bars(2.0).expect("a bar");
    assert_eq!(by_usual.fitted().of, BarMeasure::TimesUsual, "{by_usual:?}");
    for (bars, world) in [(by_risk, world(1, false)), (by_usual, world(1, true))] {
        let figures = world.walk(bars.fitted());
        assert!(figures.false_a_quarter <= bars.budget && figures.detected > 0.0, "{figures:?}");
        assert!((figures.detection - bars.rehearsed.detection).abs() < 1e-6);
    }
}

#[test]
fn a_larger_budget_never_raises_the_bar_nor_detects_less() {
    for seed in 0..5 {
        let rehearsal = world(seed, false);
        let bars: Vec<AlertBars> =
            [0.05, 0.1, 0.25, 0.5, 1.0].into_iter().filter_map(|budget| rehearsal.bars(budget)).collect();
        assert!(bars.len() >= 3, "{bars:?}");
        for pair in bars.windows(2) {
            assert!(pair[1].rehearsed.detected >= pair[0].rehearsed.detected, "{pair:?}");
        }
    }
}

#[test]
fn where_nothing_happened_there_is_no_bar() {
    let mut quiet = Rehearsal::new(13.0);
    quiet.add(vec![0.1, 0.2, 0.3], &[0.1; 3], vec![false; 3]);
    assert_eq!(quiet.bars(0.25), None);
    assert_eq!(Rehearsal::new(13.0).bars(0.25), None);
}

#[test]
fn three_kinds_share_the_budget() {
    assert!((share_of(250_000) - 0.25 / 3.0).abs() < 1e-12);
    assert!((times_a_quarter(7) - 13.04).abs() < 0.01 && (times_a_quarter(30) - 3.04).abs() < 0.01);
}
