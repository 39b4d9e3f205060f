//! Brier skill of one forecast over another, with a 95 % interval that counts two ways in which cells hang together: all of
//! one place, and all of one stretch of time.
//!
//! The variance is that of sums over places, plus that of sums over blocks of time, less that of sums over both at once (which
//! the two have counted twice), of each cell's share in 1 − Σ own / Σ other to first order. Blocks are a quarter or, where the
//! time is short, an eighth of it; Student's t for as many as there are of the fewer. Resampling place × quarter, as was done
//! before, takes a week that was bad everywhere for as many independent ones as there are places.

use super::Truth;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

/// The squared errors of two forecasts of one cell, and where it lies.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ErrorPair {
    pub unit: usize,
    pub block: usize,
    pub own: f64,
    pub other: f64,
}

/// Fewer blocks than this say little of how blocks differ.
const BLOCKS: usize = 8;

/// How many blocks `periods` are cut into that lie in so many quarters.
pub fn blocks(periods: usize, quarters: usize) -> usize {
    quarters.max(periods.min(BLOCKS)).max(1)
}

/// 1 − Brier(model) / Brier(other).
pub fn brier_skill(truth: &Truth, model: &[f64], other: &[f64]) -> Interval {
    let quarters = truth.quarter.iter().max().map_or(1, |max| max + 1);
    let blocks = blocks(truth.periods, quarters);
    let pair = |(cell, label): (usize, &bool)| {
        let y = f64::from(u8::from(*label));
        let error = |risk: f64| (risk - y) * (risk - y);
        ErrorPair {
            unit: cell / truth.periods,
            block: cell % truth.periods * blocks / truth.periods,
            own: error(model[cell]),
            other: error(other[cell]),
        }
    };
    skill_of(&truth.labels.iter().enumerate().map(pair).collect::<Vec<_>>())
}

/// The same of cells that lie anywhere.
pub fn skill_of(cells: &[ErrorPair]) -> Interval {
    let (own, other) = cells.iter().fold((0.0, 0.0), |sum, cell| (sum.0 + cell.own, sum.1 + cell.other));
    if other <= 0.0 {
        return Interval::default();
    }
    let ratio = own / other;
    let mut by_unit: BTreeMap<usize, f64> = BTreeMap::new();
    let mut by_block: BTreeMap<usize, f64> = BTreeMap::new();
    let mut by_both: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for cell in cells {
        let share = (ratio * cell.other - cell.own) / other;
        *by_unit.entry(cell.unit).or_default() += share;
        *by_block.entry(cell.block).or_default() += share;
        *by_both.entry((cell.unit, cell.block)).or_default() += share;
    }
    let (units, blocks) = (spread(by_unit.values()), spread(by_block.values()));
    let both: f64 = by_both.values().map(|sum| sum * sum).sum();
    let variance = (units + blocks - both).max(units).max(blocks);
    let ways = [by_unit.len(), by_block.len()].into_iter().filter(|n| *n > 1);
    let reach = student(ways.min().unwrap_or(2) - 1) * libm::sqrt(variance);
    let value = 1.0 - ratio;
    Interval { value, low: value - reach, high: value + reach }
}

/// The variance of the total of these sums, which are about as likely to lie above 0 as below.
fn spread<'a>(sums: impl ExactSizeIterator<Item = &'a f64>) -> f64 {
    let n = sums.len() as f64;
    let squares: f64 = sums.map(|sum| sum * sum).sum();
    if n > 1.0 { squares * n / (n - 1.0) } else { 0.0 }
}

/// Student's t that is passed once in forty, by degrees of freedom; beyond the table by Cornish and Fisher's series.
fn student(freedom: usize) -> f64 {
    const TABLE: [f64; 10] = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];
    const NORMAL: f64 = 1.959_964;
    if let Some(known) = freedom.checked_sub(1).and_then(|at| TABLE.get(at)) {
        return *known;
    }
    let (v, z) = (freedom.max(1) as f64, NORMAL);
    let (z3, z5) = (z * z * z, z * z * z * z * z);
    z + (z3 + z) / (4.0 * v) + (5.0 * z5 + 16.0 * z3 + 3.0 * z) / (96.0 * v * v)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::logistic::{logit, sigmoid};
    use crate::rng::Rng;

    #[test]
    fn a_better_forecast_has_skill_and_an_equal_one_has_none() {
        let labels: Vec<bool> = (0..400).map(|i| i % 4 == 0).collect();
        let good: Vec<f64> = labels.iter().map(|y| if *y { 0.6 } else { 0.2 }).collect();
        let flat = vec![0.25; 400];
        let truth = Truth {
            units: 20,
            periods: 20,
            quiet: Vec::new(),
            quarter: (0..20).map(|p| p / 13).collect(),
            labels,
        };
        let skill = brier_skill(&truth, &good, &flat);
        assert!(skill.low > 0.2 && skill.low < skill.value && skill.value < skill.high, "{skill:?}");
        assert_eq!(brier_skill(&truth, &flat, &flat), Interval { value: 0.0, low: 0.0, high: 0.0 });
    }

    #[test]
    fn students_t_as_printed() {
        for (freedom, printed) in [(1, 12.706), (7, 2.365), (11, 2.201), (29, 2.045), (200, 1.972)] {
            assert!((student(freedom) - printed).abs() < 0.003, "{freedom}: {}", student(freedom));
        }
    }

    /// What persists from one period to the next, with this standard deviation.
    fn persisting(rng: &mut Rng, n: usize, deviation: f64) -> Vec<f64> {
        let mut value = rng.normal();
        (0..n)
            .map(|_| {
                value = 0.5 * value + libm::sqrt(0.75) * rng.normal();
                value * deviation
            })
            .collect()
    }

    /// A world in which two forecasts are equally good: each has errors of its own, of a place, of a time and of a cell.
    pub(crate) fn null_world(
        rng: &mut Rng,
        (units, periods): (usize, usize),
        (of_unit, of_period): (f64, f64),
    ) -> (Truth, [Vec<f64>; 2]) {
        let places: Vec<f64> = (0..units).map(|_| rng.normal()).collect();
        let weather = persisting(rng, periods, 0.6);
        let cells = (0..units).flat_map(|unit| (0..periods).map(move |period| (unit, period)));
        let eta: Vec<f64> = cells
            .clone()
            .map(|(unit, period)| logit(0.06) + places[unit] + weather[period] + 0.3 * rng.normal())
            .collect();
        let labels = eta.iter().map(|eta| rng.unit() < sigmoid(*eta)).collect();
        let mut forecast = || {
            let own: Vec<f64> = (0..units).map(|_| of_unit * rng.normal()).collect();
            let swings = persisting(rng, periods, of_period);
            let risk = |((unit, period), eta): ((usize, usize), &f64)| {
                sigmoid(eta - 0.3 + own[unit] + swings[period] + 0.3 * rng.normal())
            };
            cells.clone().zip(&eta).map(risk).collect::<Vec<f64>>()
        };
        let risks = [forecast(), forecast()];
        let quarter = (0..periods).map(|period| period / 13).collect();
        (Truth { units, periods, labels, quiet: Vec::new(), quarter }, risks)
    }

    /// An interval of 95 % may miss one world in twenty; ten in a hundred are allowed for two hundred worlds' luck.
    #[test]
    fn under_a_simulated_null_the_interval_holds_0() {
        const WORLDS: usize = 200;
        for (size, errors) in
            [((60, 40), (0.5, 0.0)), ((60, 40), (0.0, 0.6)), ((60, 40), (0.5, 0.5)), ((150, 21), (0.3, 0.6))]
        {
            let mut rng = Rng::new(20_261_128);
            let missed = (0..WORLDS)
                .filter(|_| {
                    let (truth, [model, other]) = null_world(&mut rng, size, errors);
                    let skill = brier_skill(&truth, &model, &other);
                    skill.low > 0.0 || skill.high < 0.0
                })
                .count();
            assert!(missed <= WORLDS / 10, "{size:?} {errors:?}: {missed} of {WORLDS} worlds");
        }
    }

    #[test]
    fn a_forecast_that_knows_more_is_found() {
        let mut rng = Rng::new(3);
        let (truth, [model, _]) = null_world(&mut rng, (150, 60), (0.2, 0.1));
        let share = truth.labels.iter().filter(|label| **label).count() as f64 / truth.labels.len() as f64;
        assert!(brier_skill(&truth, &model, &vec![share; truth.labels.len()]).low > 0.0);
    }
}
