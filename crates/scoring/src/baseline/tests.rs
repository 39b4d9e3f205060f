//! The baselines' scores against their plain definitions, over marks that arrive late.

use super::*;
use crate::panel::Mark;
use crate::period::Period;
use crate::rng::Rng;

/// Six places over 60 weeks; some marks are known up to five weeks late.
fn panel() -> Panel {
    let mut rng = Rng::new(33);
    let first = 2600;
    let mut marks: Vec<Mark> = (0..160)
        .map(|_| {
            let (unit, at) = (rng.below(6) * rng.below(2), rng.below(60));
            let day = Period::Week.first_day(first + at as i32) + rng.below(7) as i32;
            let known_day = day + rng.below(2) as i32 * rng.below(36) as i32;
            let known = (Period::Week.of(known_day) - first) as usize;
            Mark { unit, at, known, day, known_day }
        })
        .collect();
    marks.sort_by_key(|mark| (mark.known, mark.unit, mark.at, mark.day));
    Panel {
        units: (0..6).map(|unit| format!("u{unit}")).collect(),
        parents: vec![1; 6],
        period: Period::Week,
        first,
        len: 60,
        cut: 45,
        marks,
        notes: Vec::new(),
    }
}

#[test]
fn every_baseline_ranks_by_what_it_says_and_by_nothing_known_later() {
    let panel = panel();
    let all = all(&Sums::new(&panel)).expect("fitted");
    assert_eq!(all.iter().map(|(name, _)| *name).collect::<Vec<_>>(), NAMES);
    let score = |name: &str| &all.iter().find(|(have, _)| *have == name).expect("there").1.score;
    let risk = |name: &str| &all.iter().find(|(have, _)| *have == name).expect("there").1.risk;
    for unit in 0..6 {
        for target in 45..60 {
            let (cell, origin) = (unit * 15 + target - 45, target - 1);
            let own = || panel.marks.iter().filter(|mark| mark.unit == unit && mark.known <= origin);
            let hit = |at: usize| own().any(|mark| mark.at == at);
            assert_eq!(score("persistence")[cell] > 0.5, hit(origin), "{unit} {target}");
            // Climatology: the share of periods so far, shrunk; its order within one origin is that of the hit periods.
            let hits = (0..=origin).filter(|at| hit(*at)).count();
            let shares: Vec<f64> =
                (0..6).map(|other| score("climatology")[other * 15 + target - 45]).collect();
            let counts = |other: usize| {
                let of = panel.marks.iter().filter(|mark| mark.unit == other && mark.known <= origin);
                of.map(|mark| mark.at).collect::<std::collections::BTreeSet<_>>().len()
            };
            (0..6).for_each(|other| {
                assert_eq!(shares[other] < shares[unit], counts(other) < hits, "{unit} {other} {target}");
            });
            let end = panel.first_day(target);
            let recent = |mark: &&Mark| mark.known_day < end && mark.day < end && mark.day >= end - 30;
            let month = panel.marks.iter().filter(|mark| mark.unit == unit).filter(recent).count();
            assert_eq!(score("analyst")[cell], month as f64, "{unit} {target}");
        }
    }
    // The decayed count is one of the half-lives tried, exactly.
    let plain = |life: f64, unit: usize, target: usize| -> f64 {
        let own = panel.marks.iter().filter(|mark| mark.unit == unit && mark.known < target);
        own.map(|mark| libm::exp2(-((target - 1 - mark.at) as f64) / life)).sum()
    };
    let fits = |life: &f64| {
        (0..90).all(|cell| (score("decayed")[cell] - plain(*life, cell / 15, 45 + cell % 15)).abs() < 1e-9)
    };
    assert!(HALF_LIVES.iter().any(fits));
    for name in NAMES {
        assert!(risk(name).iter().all(|p| (1e-5..1.0).contains(p)), "{name}");
    }
    let known: f64 =
        (0..6).map(|unit| (1..45).filter(|at| panel.hits(44).at(unit, *at) > 0.0).count() as f64).sum();
    assert!((risk("base_rate")[0] - known / (6.0 * 44.0)).abs() < 1e-12);
}
