//! Skill over what costs nothing. Two of the three baselines are fitted afterwards, to the very outcomes they are judged by, so
//! that they are as good as any of their kind could have been: a forecast that beats them beats all of these.

use super::{DecidedForecast, FEWEST_TRUE};
use crate::evaluate::{ErrorPair, blocks, skill_of};
use crate::logistic::{Rows, fit, sigmoid};
use crate::recalibrate::Stretch;
use std::collections::BTreeSet;

/// What a forecast is compared with.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum LedgerBaseline {
    /// The same number everywhere and always: the share that came true.
    Constant,
    /// The place's own climatology, frozen with the forecast.
    Climatology,
    /// A curve over the incidents of the last 30 days in the place.
    Count,
}

impl LedgerBaseline {
    pub const ALL: [LedgerBaseline; 3] =
        [LedgerBaseline::Constant, LedgerBaseline::Climatology, LedgerBaseline::Count];

    pub const fn as_str(self) -> &'static str {
        match self {
            LedgerBaseline::Constant => "constant",
            LedgerBaseline::Climatology => "climatology",
            LedgerBaseline::Count => "count_30d",
        }
    }
}

/// Skill over one baseline: 1 − Brier / its Brier.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SkillOver {
    pub baseline: LedgerBaseline,
    /// None where fewer than [`FEWEST_TRUE`] came true or the baseline made no error.
    pub skill: Option<f64>,
    /// Its 95 % interval, over places and over time ([`skill_of`]).
    pub interval: Option<(f64, f64)>,
}

/// Against each baseline.
pub(super) fn over_all(decided: &[DecidedForecast<'_>]) -> Vec<SkillOver> {
    let enough = decided.iter().filter(|one| one.happened).count() >= FEWEST_TRUE;
    let all = LedgerBaseline::ALL.into_iter();
    all.map(|baseline| match probabilities(baseline, decided).filter(|_| enough) {
        Some(other) => over(baseline, decided, &other),
        None => SkillOver { baseline, skill: None, interval: None },
    })
    .collect()
}

fn over(baseline: LedgerBaseline, decided: &[DecidedForecast<'_>], other: &[f64]) -> SkillOver {
    let own: f64 = decided.iter().map(|one| one.error(one.risk())).sum();
    let theirs: f64 = decided.iter().zip(other).map(|(one, risk)| one.error(*risk)).sum();
    let compared = theirs > 0.0;
    SkillOver {
        baseline,
        skill: compared.then(|| 1.0 - own / theirs),
        interval: if compared { interval(decided, other) } else { None },
    }
}

/// What a baseline would have forecast; None where it cannot be fitted.
fn probabilities(baseline: LedgerBaseline, decided: &[DecidedForecast<'_>]) -> Option<Vec<f64>> {
    match baseline {
        LedgerBaseline::Constant => Some(vec![share(decided); decided.len()]),
        LedgerBaseline::Climatology => {
            Some(decided.iter().map(|one| f64::from(one.of.baseline_ppm) / 1e6).collect())
        }
        LedgerBaseline::Count => count_curve(decided),
    }
}

fn share(decided: &[DecidedForecast<'_>]) -> f64 {
    let weight: f64 = decided.iter().map(|one| one.of.weight).sum();
    decided.iter().filter(|one| one.happened).map(|one| one.of.weight).sum::<f64>() / weight
}

/// A penalty that only keeps the fit from running away.
const PENALTY: f64 = 0.01;

/// The logistic curve over ln(1 + incidents) that fits what became of these forecasts.
fn count_curve(decided: &[DecidedForecast<'_>]) -> Option<Vec<f64>> {
    let cells: Vec<f64> = decided.iter().map(|one| f64::from(one.of.incidents_30d).ln_1p()).collect();
    let labels = decided.iter().map(|one| one.happened).collect();
    let rows = Rows { width: 1, cells, labels };
    let slope = fit(&rows, PENALTY, "a curve over the incidents of 30 days").ok()?.coefficients[0];
    let curve = Stretch::to_mean(slope, &rows.cells, share(decided));
    Some(rows.cells.iter().map(|count| sigmoid(curve.apply(*count))).collect())
}

/// Fewer days than this tell nothing about how days differ.
const DAYS: usize = 5;
const QUARTER_DAYS: i64 = 91;

/// The interval of the skill over places and blocks of time.
fn interval(decided: &[DecidedForecast<'_>], other: &[f64]) -> Option<(f64, f64)> {
    let days: BTreeSet<i64> = decided.iter().map(|one| one.of.day).collect();
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return None };
    if days.len() < DAYS {
        return None;
    }
    let quarters = ((last - first) / QUARTER_DAYS) as usize + 1;
    let (blocks, length) = (blocks(days.len(), quarters) as i64, last - first + 1);
    let pair = |(one, risk): (&DecidedForecast<'_>, &f64)| ErrorPair {
        unit: one.of.code.0 as usize,
        block: ((one.of.day - first) * blocks / length) as usize,
        own: one.error(one.risk()),
        other: one.error(*risk),
    };
    let skill = skill_of(&decided.iter().zip(other).map(pair).collect::<Vec<_>>());
    Some((skill.low, skill.high))
}
