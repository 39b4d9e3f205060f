//! The ledger's arithmetic: frozen forecasts, resolved when their horizon has passed, and what may be said of them.

mod figures;
pub mod local;

pub use figures::{AlertFigures, DriftBreach, DriftFindings, ForecastCounts, LedgerFigures, LedgerPart};

use crate::evaluate::{Bin, ErrorPair, Truth, bins, blocks, skill_of, wilson};
use domain::forecast::ForecastOutcome;
use domain::place::Code;
use std::collections::BTreeSet;

/// A resolved forecast.
#[derive(Clone, Copy, Debug)]
pub struct ResolvedForecast {
    pub risk_ppm: u32,
    /// The baseline's probability, frozen with it.
    pub baseline_ppm: u32,
    pub outcome: ForecastOutcome,
    /// The place it is of: what was forecast for one place hangs together.
    pub code: Code,
    /// Day it was made: forecasts of one time share their weather.
    pub day: i64,
    /// Part of the random sample that is checked whatever the forecast was.
    pub sampled: bool,
    /// The verifier had seen the risk.
    pub verifier_saw: bool,
}

/// Fewer than this, and a figure would be noise dressed up.
pub const FEWEST: usize = 30;

/// With fewer forecasts that came true nothing is compared: where next to nothing happens, whatever says "nothing" looks good.
pub const FEWEST_TRUE: usize = 10;

/// A share of n with Wilson's 95 % interval.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Share {
    pub hits: usize,
    pub n: usize,
    pub low: f64,
    pub high: f64,
}

/// Live figures; None where fewer than [`FEWEST`] forecasts stand behind them.
#[derive(Clone, PartialEq, Debug)]
pub struct ForecastSkill {
    pub n: usize,
    pub averted: usize,
    pub void: usize,
    pub brier: f64,
    /// 1 − Brier / the baseline's Brier; None where fewer than [`FEWEST_TRUE`] came true or the baseline made no error.
    pub brier_skill: Option<f64>,
    /// Its 95 % interval, over places and over time ([`crate::evaluate::skill_of`]).
    pub skill_interval: Option<(f64, f64)>,
    /// Mean forecast against the share that came true.
    pub forecast: f64,
    pub observed: Share,
    /// How many of them were verified by someone who had seen the risk.
    pub seen: usize,
    /// Forecasts of about the same risk, and how often they came true.
    pub bins: Vec<Bin>,
}

/// Figures over the entries that could be decided.
pub fn forecast_skill(entries: &[ResolvedForecast]) -> Option<ForecastSkill> {
    let decided = |entry: &&ResolvedForecast| {
        matches!(entry.outcome, ForecastOutcome::Happened | ForecastOutcome::DidNot)
    };
    let count = |outcome: ForecastOutcome| entries.iter().filter(|entry| entry.outcome == outcome).count();
    let (mut n, mut own, mut other, mut sum) = (0usize, 0.0, 0.0, 0.0);
    for entry in entries.iter().filter(decided) {
        let truth = f64::from(u8::from(entry.outcome == ForecastOutcome::Happened));
        let (p, q) = (f64::from(entry.risk_ppm) / 1e6, f64::from(entry.baseline_ppm) / 1e6);
        n += 1;
        sum += p;
        own += (p - truth) * (p - truth);
        other += (q - truth) * (q - truth);
    }
    if n < FEWEST {
        return None;
    }
    let all = n as f64;
    let decided_entries: Vec<ResolvedForecast> = entries.iter().filter(decided).copied().collect();
    let happened = count(ForecastOutcome::Happened);
    let compared = happened >= FEWEST_TRUE && other > 0.0;
    Some(ForecastSkill {
        n,
        averted: count(ForecastOutcome::Averted),
        void: count(ForecastOutcome::Void),
        brier: own / all,
        brier_skill: compared.then(|| 1.0 - own / other),
        skill_interval: if compared { interval(&decided_entries) } else { None },
        forecast: sum / all,
        observed: share(happened, n),
        seen: entries.iter().filter(decided).filter(|entry| entry.verifier_saw).count(),
        bins: reliability(&decided_entries),
    })
}

fn reliability(decided: &[ResolvedForecast]) -> Vec<Bin> {
    let labels: Vec<bool> = decided.iter().map(|entry| entry.outcome == ForecastOutcome::Happened).collect();
    let risk: Vec<f64> = decided.iter().map(|entry| f64::from(entry.risk_ppm) / 1e6).collect();
    bins(&Truth { units: 1, periods: labels.len(), labels, quiet: Vec::new(), quarter: Vec::new() }, &risk)
}

/// Fewer days than this tell nothing about how days differ.
const DAYS: usize = 5;
const QUARTER_DAYS: i64 = 91;

/// The interval of the skill over places and blocks of time.
fn interval(decided: &[ResolvedForecast]) -> Option<(f64, f64)> {
    let days: BTreeSet<i64> = decided.iter().map(|entry| entry.day).collect();
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return None };
    if days.len() < DAYS {
        return None;
    }
    let quarters = ((last - first) / QUARTER_DAYS) as usize + 1;
    let (blocks, length) = (blocks(days.len(), quarters) as i64, last - first + 1);
    let pair = |entry: &ResolvedForecast| {
        let truth = f64::from(u8::from(entry.outcome == ForecastOutcome::Happened));
        let error = |ppm: u32| (f64::from(ppm) / 1e6 - truth) * (f64::from(ppm) / 1e6 - truth);
        ErrorPair {
            unit: entry.code.0 as usize,
            block: ((entry.day - first) * blocks / length) as usize,
            own: error(entry.risk_ppm),
            other: error(entry.baseline_ppm),
        }
    };
    let skill = skill_of(&decided.iter().map(pair).collect::<Vec<_>>());
    Some((skill.low, skill.high))
}

/// The same on the random sample alone, where nobody chose what to check.
pub fn sampled_forecast_skill(entries: &[ResolvedForecast]) -> Option<ForecastSkill> {
    let sampled: Vec<ResolvedForecast> = entries.iter().copied().filter(|entry| entry.sampled).collect();
    forecast_skill(&sampled)
}

/// Precision of alerts: confirmed over confirmed and false; averted alerts are shown apart and count for neither.
pub fn alert_precision(confirmed: usize, false_alarms: usize) -> Option<Share> {
    let n = confirmed + false_alarms;
    (n >= FEWEST).then(|| share(confirmed, n))
}

fn share(hits: usize, n: usize) -> Share {
    let (low, high) = wilson(hits, n);
    Share { hits, n, low, high }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::null_world;
    use crate::rng::Rng;

    fn entry(risk_ppm: u32, outcome: ForecastOutcome) -> ResolvedForecast {
        let sampled = risk_ppm < 100_000;
        ResolvedForecast {
            risk_ppm,
            baseline_ppm: 100_000,
            outcome,
            code: Code(161_301 + risk_ppm % 7),
            day: i64::from(risk_ppm),
            sampled,
            verifier_saw: true,
        }
    }

    #[test]
    fn under_thirty_nothing_is_said() {
        let few: Vec<ResolvedForecast> = (0..29).map(|_| entry(50_000, ForecastOutcome::DidNot)).collect();
        assert_eq!(forecast_skill(&few), None);
        assert_eq!((alert_precision(20, 9), alert_precision(20, 10).map(|share| share.n)), (None, Some(30)));
    }

    #[test]
    fn averted_and_void_are_neither_hits_nor_false_alarms() {
        let mut all: Vec<ResolvedForecast> =
            (0..40).map(|_| entry(50_000, ForecastOutcome::DidNot)).collect();
        all.extend((0..10).map(|_| entry(500_000, ForecastOutcome::Happened)));
        let plain = forecast_skill(&all).expect("enough");
        all.push(entry(900_000, ForecastOutcome::Averted));
        all.push(entry(900_000, ForecastOutcome::Void));
        let with = forecast_skill(&all).expect("enough");
        assert_eq!((with.n, with.averted, with.void, with.brier), (50, 1, 1, plain.brier));
        let brier = (40.0 * 0.0025 + 10.0 * 0.25) / 50.0;
        assert!((plain.brier - brier).abs() < 1e-12);
        let skill = 1.0 - brier / ((40.0 * 0.01 + 10.0 * 0.81) / 50.0);
        assert!((plain.brier_skill.expect("a baseline") - skill).abs() < 1e-12);
        assert!(plain.observed.low < 0.2 && plain.observed.high > 0.2);
        assert_eq!(sampled_forecast_skill(&all).map(|sample| sample.n), Some(40));
        assert_eq!(plain.skill_interval, None, "two days tell nothing of how days differ");
        assert_eq!(plain.bins.iter().map(|bin| bin.n).sum::<usize>(), 50);
    }

    #[test]
    fn where_next_to_nothing_happens_nothing_is_compared() {
        let happened = |n: i64| -> Vec<ResolvedForecast> {
            let outcome = |i| if i < n { ForecastOutcome::Happened } else { ForecastOutcome::DidNot };
            (0..400).map(|i| ResolvedForecast { day: i % 40 * 7, ..entry(1_000, outcome(i)) }).collect()
        };
        let none = forecast_skill(&happened(0)).expect("enough forecasts");
        assert_eq!(
            (none.brier_skill, none.skill_interval),
            (None, None),
            "a regency in which nothing happened"
        );
        assert_eq!(forecast_skill(&happened(9)).expect("enough forecasts").brier_skill, None);
        let ten = forecast_skill(&happened(10)).expect("enough forecasts");
        assert!(ten.brier_skill.is_some() && ten.skill_interval.is_some());
    }

    #[test]
    fn under_a_simulated_null_the_interval_holds_0() {
        const WORLDS: usize = 200;
        let mut rng = Rng::new(20_261_129);
        let mut missed = 0;
        for _ in 0..WORLDS {
            let (truth, [model, other]) = null_world(&mut rng, (20, 52), (0.4, 0.6));
            let ppm = |risk: f64| (risk * 1e6) as u32;
            let made = truth.labels.iter().enumerate().map(|(cell, label)| ResolvedForecast {
                risk_ppm: ppm(model[cell]),
                baseline_ppm: ppm(other[cell]),
                outcome: if *label { ForecastOutcome::Happened } else { ForecastOutcome::DidNot },
                code: Code(161_300 + (cell / 52) as u32),
                day: 7 * (cell % 52) as i64,
                sampled: false,
                verifier_saw: false,
            });
            let skill = forecast_skill(&made.collect::<Vec<_>>()).expect("enough");
            let (low, high) = skill.skill_interval.expect("an interval");
            missed += usize::from(low > 0.0 || high < 0.0);
        }
        assert!(missed <= WORLDS / 10, "{missed} of {WORLDS} worlds");
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
            forecast_skill(&made.collect::<Vec<_>>()).expect("enough")
        };
        let width =
            |of: &ForecastSkill| of.skill_interval.map(|(low, high)| high - low).expect("an interval");
        let (few, many) = (world(12), world(200));
        for one in [&few, &many] {
            let (low, high) = one.skill_interval.expect("an interval");
            let skill = one.brier_skill.expect("a skill");
            assert!(low <= skill && skill <= high, "{one:?}");
        }
        assert!(width(&many) < width(&few));
        assert_eq!(few.skill_interval, world(12).skill_interval, "the same each time");
    }
}
