//! The ledger's figures: what is withheld, what is read both ways, and that no world without skill shows any.

use super::*;
use crate::evaluate::null_world;
use crate::logistic::{logit, sigmoid};
use crate::rng::Rng;

fn entry(risk_ppm: u32, outcome: ForecastOutcome) -> ResolvedForecast {
    ResolvedForecast {
        risk_ppm,
        baseline_ppm: 100_000,
        incidents_30d: risk_ppm / 100_000,
        outcome,
        code: Code(161_301 + risk_ppm % 7),
        day: i64::from(risk_ppm),
        weight: 1.0,
        verifier_saw: true,
    }
}

fn verified(entries: &[ResolvedForecast]) -> Option<ForecastSkill> {
    forecast_skill(entries, OutcomeReading::VERIFIED)
}

#[test]
fn under_thirty_nothing_is_said() {
    let few: Vec<ResolvedForecast> = (0..29).map(|_| entry(50_000, ForecastOutcome::DidNot)).collect();
    assert_eq!(verified(&few), None);
    assert_eq!((alert_precision(20, 9), alert_precision(20, 10).map(|share| share.n)), (None, Some(30)));
    assert_eq!(AlertFigures::of(20, 10, 10, 0).averted_bounds, Some((0.5, 0.75)));
}

/// Forty that did not happen and ten that did.
fn fifty() -> Vec<ResolvedForecast> {
    let mut all: Vec<ResolvedForecast> = (0..40).map(|_| entry(50_000, ForecastOutcome::DidNot)).collect();
    all.extend((0..10).map(|_| entry(500_000, ForecastOutcome::Happened)));
    all
}

#[test]
fn what_is_averted_bounds_the_figures_both_ways_and_void_is_counted() {
    let mut all = fifty();
    let plain = verified(&all).expect("enough");
    all.push(entry(900_000, ForecastOutcome::Averted));
    all.push(entry(900_000, ForecastOutcome::Void));
    let counts = ForecastCounts::of(&all, 3, 0);
    let with = counts.skill.as_ref().expect("enough");
    assert_eq!((with.n, counts.averted, counts.void, with.brier), (50, 1, 1, plain.brier));
    assert_eq!((counts.decided(), counts.due(), counts.waiting), (50, 52, 3));
    let bounds = counts.averted_bounds.expect("one was averted");
    assert_eq!((bounds.as_did_not.observed.hits, bounds.as_happened.observed.hits), (10, 11));
    assert!(bounds.as_did_not.brier > with.brier, "said 90 % and did not happen");
    let brier = (40.0 * 0.0025 + 10.0 * 0.25) / 50.0;
    assert!((plain.brier - brier).abs() < 1e-12);
    let skill = 1.0 - brier / ((40.0 * 0.01 + 10.0 * 0.81) / 50.0);
    assert!((plain.over(LedgerBaseline::Climatology).expect("a baseline") - skill).abs() < 1e-12);
    let constant = 1.0 - brier / (0.2 * 0.8);
    assert!((plain.over(LedgerBaseline::Constant).expect("a baseline") - constant).abs() < 1e-12);
    assert!(plain.observed.low < 0.2 && plain.observed.high > 0.2);
    assert!(
        plain.skills.iter().all(|over| over.interval.is_none()),
        "two days tell nothing of how days differ"
    );
    assert_eq!(plain.bins.iter().map(|bin| bin.n).sum::<usize>(), 50);
}

#[test]
fn what_one_source_alone_says_is_a_second_line() {
    let mut all = fifty();
    assert_eq!(ForecastCounts::of(&all, 0, 0).with_single_source, None);
    all.push(entry(50_000, ForecastOutcome::SingleSource));
    let counts = ForecastCounts::of(&all, 0, 0);
    let (first, second) = (counts.skill.expect("enough"), counts.with_single_source.expect("enough"));
    assert_eq!((first.n, first.observed.hits, second.n, second.observed.hits), (51, 10, 51, 11));
}

#[test]
fn what_is_drawn_stands_for_those_it_was_drawn_from() {
    let weighed = |entry: ResolvedForecast, weight| ResolvedForecast { weight, ..entry };
    let mut all: Vec<ResolvedForecast> =
        (0..30).map(|_| weighed(entry(50_000, ForecastOutcome::DidNot), 9.0)).collect();
    all.extend((0..30).map(|_| weighed(entry(50_000, ForecastOutcome::Happened), 1.0)));
    let skill = verified(&all).expect("enough");
    assert!((skill.observed.value - 0.1).abs() < 1e-12, "{:?}", skill.observed);
    let equal: Vec<ResolvedForecast> = all.iter().map(|one| weighed(*one, 1.0)).collect();
    let equal = verified(&equal).expect("enough").observed;
    assert_eq!((equal.hits, equal.value), (30, 0.5));
    let width = |share: &Share| share.high - share.low;
    let as_said = crate::evaluate::wilson(6, 60);
    assert!(width(&skill.observed) > as_said.1 - as_said.0, "sixty of unequal weight say less than sixty");
}

#[test]
fn months_that_overlap_count_once() {
    let counted: Vec<i64> =
        (0..20).map(|week| 7 * week + 4).filter(|day| counts_once(Horizon::Month, *day)).collect();
    assert_eq!(counted, [4, 39, 74, 109]);
    assert!((0..20).all(|week| counts_once(Horizon::Week, 7 * week + 4)));
}

#[test]
fn where_next_to_nothing_happens_nothing_is_compared() {
    let happened = |n: i64| -> Vec<ResolvedForecast> {
        let outcome = |i| if i < n { ForecastOutcome::Happened } else { ForecastOutcome::DidNot };
        (0..400).map(|i| ResolvedForecast { day: i % 40 * 7, ..entry(1_000, outcome(i)) }).collect()
    };
    for few in [0, 9] {
        let skill = verified(&happened(few)).expect("enough forecasts");
        let silent = |over: &SkillOver| over.skill.is_none() && over.interval.is_none();
        assert!(skill.skills.len() == 3 && skill.skills.iter().all(silent), "{few} happened: {skill:?}");
    }
    let ten = verified(&happened(10)).expect("enough forecasts");
    assert!(ten.skills.iter().all(|over| over.skill.is_some() && over.interval.is_some()), "{ten:?}");
}

const WORLDS: usize = 200;

/// In how many worlds the interval over a baseline misses 0, and in how many it lies above it.
fn missed(
    baseline: LedgerBaseline,
    mut world: impl FnMut(&mut Rng) -> Vec<ResolvedForecast>,
) -> (usize, usize) {
    let mut rng = Rng::new(20_261_129);
    let (mut missed, mut above) = (0, 0);
    for _ in 0..WORLDS {
        let skill = verified(&world(&mut rng)).expect("enough");
        let over = skill.skills.iter().find(|over| over.baseline == baseline).expect("each");
        let (low, high) = over.interval.expect("an interval");
        missed += usize::from(low > 0.0 || high < 0.0);
        above += usize::from(low > 0.0);
    }
    (missed, above)
}

#[test]
fn under_a_simulated_null_the_interval_holds_0() {
    let (missed, _) = missed(LedgerBaseline::Climatology, |rng| {
        let (truth, [model, other]) = null_world(rng, (20, 52), (0.4, 0.6));
        let ppm = |risk: f64| (risk * 1e6) as u32;
        let made = truth.labels.iter().enumerate().map(|(cell, label)| ResolvedForecast {
            baseline_ppm: ppm(other[cell]),
            outcome: if *label { ForecastOutcome::Happened } else { ForecastOutcome::DidNot },
            code: Code(161_300 + (cell / 52) as u32),
            day: 7 * (cell % 52) as i64,
            ..entry(ppm(model[cell]), ForecastOutcome::Void)
        });
        made.collect()
    });
    assert!(missed <= WORLDS / 10, "{missed} of {WORLDS} worlds");
}

/// Nothing tells one cell from another but weeks that are alike everywhere; what is forecast is the true rate, and the 30-day
/// count is chance. Some are averted or said by one source, whatever was forecast; weights as of a draw.
fn world_without_skill(rng: &mut Rng, weighed: bool) -> Vec<ResolvedForecast> {
    let (places, weeks, rate) = (14, 78, 0.04);
    let weather: Vec<f64> = (0..weeks).map(|_| 0.5 * rng.normal()).collect();
    let mut made = Vec::new();
    for place in 0..places {
        for (week, together) in weather.iter().enumerate() {
            let happened = rng.unit() < sigmoid(logit(rate) + together);
            let outcome = match (happened, rng.below(20)) {
                (true, 0..4) => ForecastOutcome::SingleSource,
                (true, 4) => ForecastOutcome::Averted,
                (true, _) => ForecastOutcome::Happened,
                (false, 0) => ForecastOutcome::Void,
                (false, _) => ForecastOutcome::DidNot,
            };
            made.push(ResolvedForecast {
                incidents_30d: rng.poisson(0.3),
                code: Code(161_301 + place),
                day: 7 * week as i64 + 4,
                weight: if weighed { f64::from(1 + place % 3 * 4) } else { 1.0 },
                ..entry((rate * 1e6) as u32, outcome)
            });
        }
    }
    made
}

#[test]
fn in_a_world_without_skill_none_is_shown_over_what_was_fitted_afterwards() {
    for weighed in [false, true] {
        for baseline in [LedgerBaseline::Constant, LedgerBaseline::Count] {
            let (missed, above) = missed(baseline, |rng| world_without_skill(rng, weighed));
            assert!(missed <= WORLDS / 10, "{baseline:?}, {weighed}: {missed} of {WORLDS} worlds");
            assert!(above <= WORLDS / 40, "{baseline:?}, {weighed}: skill in {above} of {WORLDS} worlds");
        }
    }
}

#[test]
fn the_interval_holds_the_skill_and_shrinks_with_more_days() {
    let world = |days: i64| -> ForecastSkill {
        let made = (0..days * 10).map(|i| ResolvedForecast {
            day: i / 10,
            ..entry(
                20_000 + 5_000 * (i % 10) as u32,
                if i % 7 == 0 { ForecastOutcome::Happened } else { ForecastOutcome::DidNot },
            )
        });
        verified(&made.collect::<Vec<_>>()).expect("enough")
    };
    let over = |of: &ForecastSkill| of.skills[1];
    let width = |of: &ForecastSkill| over(of).interval.map(|(low, high)| high - low).expect("an interval");
    let (few, many) = (world(12), world(200));
    for one in [&few, &many] {
        let (low, high) = over(one).interval.expect("an interval");
        let skill = over(one).skill.expect("a skill");
        assert!(low <= skill && skill <= high, "{one:?}");
    }
    assert!(width(&many) < width(&few));
    assert_eq!(over(&few).interval, over(&world(12)).interval, "the same each time");
}
