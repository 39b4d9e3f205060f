//! What the generator makes is what it says, and the fits find it again.

use super::*;
use crate::backtest::choice::LineBeforeTest;
use crate::evaluate::{Truth, brier};
use crate::events::Events;
use crate::panel::{Panel, Window};
use crate::period::Period;
use crate::train::serving::TrainingUnit;

#[test]
fn parameters_are_recovered_within_fifteen_per_cent_at_two_thousand_events() {
    for seed in 1..=3 {
        let world = World::quiet_country(seed);
        let history = world.make();
        let events: usize = history.times.iter().map(Vec::len).sum();
        assert!((1500..3500).contains(&events), "about two thousand pooled events, got {events}");
        let found = hawkes::fit(&history.times, f64::from(world.days));
        let off = |found: f64, true_value: f64| (found / true_value - 1.0).abs();
        assert!(off(found.branching, 0.5) < 0.15, "seed {seed}: branching {}", found.branching);
        assert!(
            off(found.half_life_days(), 10.0) < 0.15,
            "seed {seed}: half-life {}",
            found.half_life_days()
        );
        let total = |model: &Excitation| model.background.iter().sum::<f64>();
        assert!(
            off(total(&found), total(&history.truth)) < 0.15,
            "seed {seed}: background {}",
            total(&found)
        );
    }
}

#[test]
fn season_delay_silence_and_duplicates_are_there() {
    let world =
        World { season: 0.8, delay_days: 6.0, silent: 0.5, duplicates: 1.0, ..World::quiet_country(5) };
    let history = world.make();
    let times: Vec<f64> = history.times.iter().flatten().copied().collect();
    let wet = times.iter().filter(|day| libm::cos(2.0 * std::f64::consts::PI * **day / 365.25) > 0.0).count();
    assert!(wet as f64 > 0.6 * times.len() as f64, "{wet} of {}", times.len());
    let late = history.reports.iter().map(|report| f64::from(report.received - report.day)).sum::<f64>();
    let mean = late / history.reports.len() as f64;
    assert!((4.5..7.0).contains(&mean), "mean delay {mean}");
    assert!(history.reports.len() as f64 > 1.6 * times.len() as f64, "duplicates");
    let end = f64::from(world.days) * 0.9;
    let (true_late, reported_late) = (
        times.iter().filter(|t| **t >= end).count(),
        history.reports.iter().filter(|r| f64::from(r.day) >= end).count(),
    );
    assert!(
        (reported_late as f64) < 1.6 * true_late as f64,
        "half the places fall silent: {reported_late} reported of {true_late}"
    );
    assert_eq!(history.reports, world.make().reports, "seeded");
}

/// Brier skill over the base rate, as a share of what the oracle (every parameter, every event) reaches.
#[test]
fn the_line_reaches_most_of_the_oracles_skill() {
    let world = World { branching: 0.7, ..World::quiet_country(8) };
    let history = world.make();
    let events = Events { rows: history.reports.clone(), notes: Vec::new() };
    let days = world.days as Day;
    let window = Window { period: Period::Week, from: 4, to: days - 8, test_from: days * 4 / 5 };
    let panel = Panel::new(events, window, None).expect("a panel");
    let model = LineBeforeTest::new(&panel, TrainingUnit::Regency, 1000).expect("fitted").risks();
    let hits = panel.hits(usize::MAX);
    let (units, periods) = (panel.units.len(), panel.len - panel.cut);
    let (mut labels, mut oracle) = (Vec::new(), Vec::new());
    for (unit, name) in panel.units.iter().enumerate() {
        let place: usize = name[1..].parse().expect("a number");
        for target in panel.cut..panel.len {
            labels.push(hits.at(unit, target) > 0.0);
            oracle.push(history.oracle(place, f64::from(panel.first_day(target)), 7.0));
        }
    }
    let truth = Truth { units, periods, labels, quiet: Vec::new(), quarter: Vec::new() };
    let before = (0..panel.units.len()).map(|unit| panel.hits(panel.cut - 1).row(unit).iter().sum::<f64>());
    let base = before.sum::<f64>() / (panel.units.len() * panel.cut) as f64;
    let base = brier(&truth, &vec![base; model.len()]);
    let skill = |risk: &[f64]| 1.0 - brier(&truth, risk) / base;
    let (own, best, rival) = (skill(&model), skill(&oracle), skill(&hawkes::forecast(&panel)));
    println!("skill: line {own:.3}, self-exciting {rival:.3}, oracle {best:.3}, share {:.2}", own / best);
    assert!(best > 0.1 && own / best > 0.8, "line {own}, oracle {best}");
    assert!(rival / best > 0.8, "self-exciting {rival}, oracle {best}");
}
