//! What a model must beat: five simple forecasts, each with honest probabilities, tuned on the training window only.

use crate::decayed::Sums;
use crate::error::Result;
use crate::evaluate::{Forecast, auroc};
use crate::logistic::{Fit, Ridge, Rows, sigmoid};
use crate::panel::{Grid, Panel};
use linfa::traits::Fit as _;

/// The baselines' names, in the order they are shown.
pub const NAMES: [&str; 5] = ["base_rate", "persistence", "climatology", "decayed", "analyst"];

/// Forecasts of the test cells, unit by unit, by name.
pub fn all(sums: &Sums<'_>) -> Result<Vec<(&'static str, Forecast)>> {
    let split = Split::new(sums);
    let made =
        [base_rate(&split), persistence(&split), climatology(&split), decayed(&split)?, analyst(&split)?];
    Ok(NAMES.into_iter().zip(made).collect())
}

/// Origins of training and test, and the labels as known at the cut.
struct Split<'a> {
    sums: &'a Sums<'a>,
    panel: &'a Panel,
    hits: Grid,
    train: std::ops::Range<usize>,
    /// The last quarter of training, where strengths and half-lives are tuned.
    tune: std::ops::Range<usize>,
    test: std::ops::Range<usize>,
    base: f64,
}

impl<'a> Split<'a> {
    fn new(sums: &'a Sums<'a>) -> Split<'a> {
        let panel = sums.panel;
        let train = 0..panel.cut - 1;
        let tune = train.len() * 3 / 4..train.len();
        let test = panel.cut - 1..panel.len - 1;
        let hits = panel.hits(panel.cut - 1);
        let mut split = Split { sums, panel, hits, train, tune, test, base: 0.0 };
        let (positives, cells) = split
            .cells(&split.train)
            .fold((0.0, 0.0), |(p, n), (unit, at)| (p + split.label(unit, at), n + 1.0));
        split.base = positives / f64::max(cells, 1.0);
        split
    }

    fn cells(&self, range: &std::ops::Range<usize>) -> impl Iterator<Item = (usize, usize)> + use<> {
        let range = range.clone();
        (0..self.panel.units.len()).flat_map(move |unit| range.clone().map(move |at| (unit, at)))
    }

    fn label(&self, unit: usize, origin: usize) -> f64 {
        self.hits.at(unit, origin + 1)
    }

    fn forecast(&self, score: impl Fn(usize, usize) -> f64, risk: impl Fn(usize, usize) -> f64) -> Forecast {
        let cells = || self.cells(&self.test);
        Forecast {
            score: cells().map(|(unit, at)| score(unit, at)).collect(),
            risk: cells().map(|(unit, at)| risk(unit, at)).collect(),
        }
    }
}

fn off_the_ends(p: f64) -> f64 {
    p.clamp(1e-4, 1.0 - 1e-4)
}

fn base_rate(split: &Split<'_>) -> Forecast {
    split.forecast(|_, _| 0.0, |_, _| split.base)
}

/// Any event in the period: the two shares that followed in training.
fn persistence(split: &Split<'_>) -> Forecast {
    let last = split.sums.decayed(1e-9, true);
    let mut counts = [(0.0, 0.0); 2];
    for (unit, at) in split.cells(&split.train) {
        let side = &mut counts[usize::from(last.at(unit, at) > 0.5)];
        *side = (side.0 + split.label(unit, at), side.1 + 1.0);
    }
    let share = |side: (f64, f64)| off_the_ends(if side.1 > 0.0 { side.0 / side.1 } else { split.base });
    let shares = counts.map(share);
    split.forecast(|unit, at| last.at(unit, at), |unit, at| shares[usize::from(last.at(unit, at) > 0.5)])
}

/// The unit's share of hit periods so far, shrunk to the base rate with a tuned strength.
fn climatology(split: &Split<'_>) -> Forecast {
    let sums = split.sums.decayed(f64::INFINITY, true);
    let share = |k: f64, unit: usize, at: usize| (sums.at(unit, at) + k * split.base) / ((at + 1) as f64 + k);
    let mut best = (f64::INFINITY, 8.0);
    for strength in [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0] {
        let error = |(unit, at): (usize, usize)| (share(strength, unit, at) - split.label(unit, at)).powi(2);
        let brier: f64 = split.cells(&split.tune).map(error).sum();
        if brier < best.0 {
            best = (brier, strength);
        }
    }
    split.forecast(|unit, at| share(best.1, unit, at), |unit, at| share(best.1, unit, at))
}

const HALF_LIVES: [f64; 15] =
    [0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 18.0, 26.0, 39.0, 52.0, 78.0, 104.0, 208.0];

/// The decayed count with the half-life that ranked best at the end of training, calibrated by a logistic curve.
fn decayed(split: &Split<'_>) -> Result<Forecast> {
    let mut best: Option<(f64, f64)> = None;
    for life in HALF_LIVES.into_iter().filter(|life| *life <= split.panel.len as f64) {
        let sums = split.sums.decayed(life, false);
        let cells: Vec<(f64, bool)> = split
            .cells(&split.tune)
            .map(|(unit, at)| (sums.at(unit, at), split.label(unit, at) > 0.0))
            .collect();
        let Some(area) = auroc(&cells) else { continue };
        if best.is_none_or(|(most, _)| area > most) {
            best = Some((area, life));
        }
    }
    let sums = split.sums.decayed(best.map_or(8.0, |best| best.1), false);
    let shape = |x: f64| vec![libm::log1p(x), libm::log(x + 0.02)];
    calibrated(split, |unit, at| sums.at(unit, at), shape)
}

/// What an analyst would do: rank by the events of the last thirty days.
fn analyst(split: &Split<'_>) -> Result<Forecast> {
    let panel = split.panel;
    let mut grid = Grid::zeros(panel.units.len(), panel.len);
    for mark in &panel.marks {
        for at in mark.known..panel.len.min(mark.known + panel.period.year()) {
            let end = panel.first_day(at + 1);
            if mark.known_day < end && mark.day < end && mark.day >= end - 30 {
                *grid.at_mut(mark.unit, at) += 1.0;
            }
        }
    }
    let shape = |x: f64| vec![libm::log1p(x), f64::from(u8::from(x > 0.0))];
    calibrated(split, |unit, at| grid.at(unit, at), shape)
}

fn calibrated(
    split: &Split<'_>,
    score: impl Fn(usize, usize) -> f64,
    shape: impl Fn(f64) -> Vec<f64>,
) -> Result<Forecast> {
    let mut rows = Rows { width: 2, ..Rows::default() };
    for (unit, at) in split.cells(&split.train) {
        rows.cells.extend(shape(score(unit, at)));
        rows.labels.push(split.label(unit, at) > 0.0);
    }
    let positives = rows.positives();
    let curve = if positives == 0 || positives == rows.labels.len() {
        Fit { intercept: crate::logistic::logit(off_the_ends(split.base)), coefficients: vec![0.0; 2] }
    } else {
        let ridge = Ridge { standardised: false, ..Ridge::new(0.1) };
        ridge.fit(&rows.dataset()?).map_err(|error| error.of("calibration of a baseline"))?
    };
    Ok(split.forecast(&score, |unit, at| sigmoid(curve.logit(&shape(score(unit, at))))))
}

#[cfg(test)]
mod tests;
