//! Choice by blending: the model and the simple forecasts are mixed by how each did on folds before the test.
//!
//! Mixed are logits, under weights of 0 or more that sum to one, so that a mix of lines is a line and still falls apart into
//! its features. A choice of one by a test of significance loses whenever few events cannot tell them apart; a mix takes most
//! of the better one and stands when it fails. Nothing of the test is looked at.

use crate::logistic::{loss, sigmoid};

/// What several forecasts gave for the cells of a fold, and what then happened.
#[derive(Clone, Debug, Default)]
pub struct TrialFold {
    /// One row of logits for each forecast.
    pub logits: Vec<Vec<f64>>,
    pub labels: Vec<bool>,
}

/// So much is the first guess believed, in the measure of log loss: as much as some cells that were all missed would say.
const BELIEF: f64 = 2.0;
/// The share of the first guess that the first forecast, the model, has; the others share the rest.
const FIRST: f64 = 0.5;
/// A mix must lower the loss of the first forecast on the folds to this share: the folds leave it less to learn from than the final
/// fit has, and ask for more of the simple ones than it needs.
const WORTH: f64 = 0.98;
/// What weighs less than this is left out: it moves no figure, and a person reads the weights.
const LEAST: f64 = 0.02;
const STEPS: usize = 500;

/// Weights of the forecasts that lose least on the folds, all on the first where a mix is not worth it ([`WORTH`]); those of a first guess (half for the first, the rest for the others
/// alike) where there is nothing to learn from.
pub fn weights(forecasts: usize, folds: &[TrialFold]) -> Vec<f64> {
    let rest = if forecasts > 1 { (1.0 - FIRST) / (forecasts - 1) as f64 } else { 0.0 };
    let guess: Vec<f64> =
        (0..forecasts).map(|at| if at == 0 { 1.0 - rest * (forecasts - 1) as f64 } else { rest }).collect();
    let (mut at, mut step) = (guess.clone(), 1.0);
    let mut least = cost(&at, &guess, folds);
    for _ in 0..STEPS {
        let slope = slope(&at, &guess, folds);
        let next = moved(&at, &slope, step);
        let cost = cost(&next, &guess, folds);
        if cost < least {
            let settled = least - cost < 1e-9 * least.abs();
            (at, least, step) = (next, cost, step * 1.5);
            if settled {
                break;
            }
        } else {
            step /= 4.0;
        }
    }
    let alone: Vec<f64> = (0..forecasts).map(|at| f64::from(u8::from(at == 0))).collect();
    if lost(&at, folds) > WORTH * lost(&alone, folds) {
        return alone;
    }
    rounded(at)
}

/// The mix of the forecasts' logits of one cell.
pub fn mixed(weights: &[f64], logits: impl Iterator<Item = f64>) -> f64 {
    weights.iter().zip(logits).map(|(weight, logit)| weight * logit).sum()
}

fn cells<'a>(weights: &'a [f64], fold: &'a TrialFold) -> impl Iterator<Item = (usize, f64, bool)> + 'a {
    let labels = fold.labels.iter().enumerate();
    labels.map(|(cell, label)| (cell, mixed(weights, fold.logits.iter().map(|own| own[cell])), *label))
}

/// The loss on the folds, and what straying from the guess costs.
fn cost(weights: &[f64], guess: &[f64], folds: &[TrialFold]) -> f64 {
    let strayed = weights.iter().zip(guess).map(|(weight, guess)| guess * libm::log(weight.max(1e-12)));
    lost(weights, folds) - BELIEF * strayed.sum::<f64>()
}

fn lost(weights: &[f64], folds: &[TrialFold]) -> f64 {
    let cells = folds.iter().flat_map(|fold| cells(weights, fold));
    cells.map(|(_, logit, label)| loss(logit, label)).sum()
}

fn slope(weights: &[f64], guess: &[f64], folds: &[TrialFold]) -> Vec<f64> {
    let mut slope: Vec<f64> =
        weights.iter().zip(guess).map(|(weight, guess)| -BELIEF * guess / weight.max(1e-12)).collect();
    for fold in folds {
        for (cell, logit, label) in cells(weights, fold) {
            let over = sigmoid(logit) - f64::from(u8::from(label));
            slope.iter_mut().zip(&fold.logits).for_each(|(slope, own)| *slope += over * own[cell]);
        }
    }
    slope
}

/// A step down the slope that keeps the weights above 0 and their sum at one. It is measured by the steepest weight, so that
/// lists of any length start alike.
fn moved(weights: &[f64], slope: &[f64], step: f64) -> Vec<f64> {
    let mean = mixed(weights, slope.iter().copied());
    let steepest = slope.iter().map(|own| (own - mean).abs()).fold(1e-12, f64::max);
    let next: Vec<f64> = weights
        .iter()
        .zip(slope)
        .map(|(weight, own)| weight * libm::exp(-step * (own - mean) / steepest))
        .collect();
    let sum: f64 = next.iter().sum();
    next.into_iter().map(|weight| weight / sum).collect()
}

/// To hundredths, without what weighs next to nothing; what is over or lacking goes to the largest.
fn rounded(weights: Vec<f64>) -> Vec<f64> {
    let heard = |weight: f64| if weight < LEAST { 0.0 } else { weight };
    let sum: f64 = weights.iter().map(|weight| heard(*weight)).sum();
    let mut hundredths: Vec<i64> =
        weights.iter().map(|weight| libm::round(heard(*weight) / sum * 100.0) as i64).collect();
    let over = 100 - hundredths.iter().sum::<i64>();
    if let Some(largest) = hundredths.iter_mut().max() {
        *largest += over;
    }
    hundredths.into_iter().map(|weight| weight as f64 / 100.0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    /// Cells of a truth known to the first forecast, to the second with another's noise in it, and not at all to the third.
    fn folds(cells: usize, noise: [f64; 2]) -> Vec<TrialFold> {
        let mut rng = Rng::new(5);
        let mut fold = TrialFold { logits: vec![Vec::new(); 3], labels: Vec::new() };
        for _ in 0..cells {
            let truth = rng.normal() - 2.0;
            fold.logits[0].push(truth + noise[0] * rng.normal());
            fold.logits[1].push(truth + noise[1] * rng.normal());
            fold.logits[2].push(-2.0);
            fold.labels.push(rng.unit() < sigmoid(truth));
        }
        vec![fold]
    }

    #[test]
    fn who_knows_more_weighs_more() {
        let first = weights(3, &folds(20_000, [0.0, 1.5]));
        assert!(first[0] > 0.9, "{first:?}");
        let second = weights(3, &folds(20_000, [1.5, 0.0]));
        assert!(second[1] > 0.9, "{second:?}");
        let equal = weights(3, &folds(20_000, [0.7, 0.7]));
        assert!((equal[0] - equal[1]).abs() < 0.1 && equal[2] < 0.3, "two errors half cancel: {equal:?}");
    }

    #[test]
    fn what_gains_little_is_not_mixed() {
        assert_eq!(weights(3, &folds(20_000, [0.3, 1.0])), [1.0, 0.0, 0.0]);
    }

    #[test]
    fn they_are_hundredths_that_sum_to_one_and_the_guess_where_nothing_is_known() {
        for folds in [folds(3_000, [0.4, 0.6]), folds(40, [0.4, 0.6])] {
            let weights = weights(3, &folds);
            assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{weights:?}");
            assert!(weights.iter().all(|weight| *weight == 0.0 || *weight >= LEAST), "{weights:?}");
        }
        assert_eq!(weights(3, &[]), [0.5, 0.25, 0.25]);
        assert_eq!(weights(1, &[]), [1.0]);
    }

    /// No mix on a grid loses less than the one that was found.
    #[test]
    fn no_other_mix_loses_less() {
        let folds = folds(4_000, [0.8, 0.6]);
        let found = weights(3, &folds);
        let guess = [0.5, 0.25, 0.25];
        let least = cost(&found, &guess, &folds);
        for first in 1..20 {
            for second in 1..20 - first {
                let [one, two] = [first, second].map(|part| f64::from(part) / 20.0);
                let other = cost(&[one, two, 1.0 - one - two], &guess, &folds);
                assert!(other > least - 0.05, "{found:?} loses {least}, ({one}, {two}) only {other}");
            }
        }
    }
}
