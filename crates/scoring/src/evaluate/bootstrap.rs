//! Brier skill of one forecast over another, with a 95 % interval from resampling blocks of unit × quarter:
//! weeks of one place in one season are not independent, so they are drawn together.

use super::Truth;
use crate::rng::Rng;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

const DRAWS: usize = 2000;

/// 1 − Brier(model) / Brier(other).
pub fn brier_skill(truth: &Truth, model: &[f64], other: &[f64], seed: u64) -> Interval {
    let blocks = blocks(truth, model, other);
    let skill = |(own, reference): (f64, f64)| if reference > 0.0 { 1.0 - own / reference } else { 0.0 };
    let total = |sum: (f64, f64), block: &(f64, f64)| (sum.0 + block.0, sum.1 + block.1);
    let value = skill(blocks.iter().fold((0.0, 0.0), total));
    let mut rng = Rng::new(seed);
    let mut draws: Vec<f64> = (0..DRAWS)
        .map(|_| {
            let draw = |sum, _| total(sum, &blocks[rng.below(blocks.len())]);
            skill((0..blocks.len()).fold((0.0, 0.0), draw))
        })
        .collect();
    draws.sort_by(f64::total_cmp);
    Interval { value, low: draws[DRAWS / 40], high: draws[DRAWS - 1 - DRAWS / 40] }
}

/// Squared errors of both forecasts, summed by unit and quarter.
fn blocks(truth: &Truth, model: &[f64], other: &[f64]) -> Vec<(f64, f64)> {
    let quarters = truth.quarter.iter().max().map_or(1, |max| max + 1);
    let mut blocks = vec![(0.0, 0.0); truth.units * quarters];
    for (cell, label) in truth.labels.iter().enumerate() {
        let y = f64::from(u8::from(*label));
        let (unit, period) = (cell / truth.periods, cell % truth.periods);
        let block = &mut blocks[unit * quarters + truth.quarter[period]];
        block.0 += (model[cell] - y) * (model[cell] - y);
        block.1 += (other[cell] - y) * (other[cell] - y);
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let skill = brier_skill(&truth, &good, &flat, 1);
        assert!(skill.low > 0.2 && skill.low < skill.value && skill.value < skill.high, "{skill:?}");
        assert_eq!(skill, brier_skill(&truth, &good, &flat, 1), "seeded");
        assert_eq!(brier_skill(&truth, &flat, &flat, 1), Interval { value: 0.0, low: 0.0, high: 0.0 });
    }
}
