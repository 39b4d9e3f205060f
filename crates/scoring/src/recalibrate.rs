//! Recalibration on rolling folds: only the slope is learnt, the level of the forecasts is kept.
//!
//! An intercept taken from old folds goes stale as soon as the base rate moves, and did harm on every list
//! tried; an over- or under-confident slope is a property of the model and lasts.

use crate::logistic::{Rows, fit, loss, sigmoid};

/// Forecasts made on a fold from what came before it, and what then happened.
#[derive(Clone, Debug, Default)]
pub struct Fold {
    pub logits: Vec<f64>,
    pub labels: Vec<bool>,
}

impl Fold {
    pub fn loss(&self) -> f64 {
        self.logits.iter().zip(&self.labels).map(|(z, label)| loss(*z, *label)).sum()
    }
}

/// A stretch of logits: `slope · z + shift`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Stretch {
    pub slope: f64,
    pub shift: f64,
}

impl Stretch {
    pub const NONE: Stretch = Stretch { slope: 1.0, shift: 0.0 };

    /// Stretches by `slope` so that the mean forecast over `logits` stays what it was.
    pub fn keeping_mean(slope: f64, logits: &[f64]) -> Stretch {
        let want = logits.iter().map(|z| sigmoid(*z)).sum::<f64>() / logits.len().max(1) as f64;
        Stretch::to_mean(slope, logits, want)
    }

    /// Stretches by `slope` so that the mean forecast over `logits` becomes `want`.
    pub fn to_mean(slope: f64, logits: &[f64], want: f64) -> Stretch {
        let n = logits.len().max(1) as f64;
        let mut shift = 0.0;
        for _ in 0..50 {
            let (mean, rise) = logits.iter().fold((0.0, 1e-12), |(mean, rise), z| {
                let p = sigmoid(slope * z + shift);
                (mean + p / n, rise + p * (1.0 - p) / n)
            });
            let step = ((want - mean) / rise).clamp(-1.0, 1.0);
            shift += step;
            if step.abs() < 1e-12 {
                break;
            }
        }
        Stretch { slope, shift }
    }

    pub fn apply(&self, z: f64) -> f64 {
        self.slope * z + self.shift
    }
}

/// Fewest positives over the folds for a slope to be believed.
const POSITIVES: usize = 50;

/// The slope the folds ask for, or 1 where the last fold would not have been better for the earlier folds' slope.
pub fn slope(folds: &[Fold]) -> f64 {
    let Some((last, earlier)) = folds.split_last() else { return 1.0 };
    let positives =
        |folds: &[Fold]| folds.iter().flat_map(|fold| &fold.labels).filter(|label| **label).count();
    if positives(earlier) < POSITIVES || positives(std::slice::from_ref(last)) == 0 {
        return 1.0;
    }
    let Some(trial) = fitted(earlier) else { return 1.0 };
    let stretch = Stretch::keeping_mean(trial, &last.logits);
    let stretched =
        Fold { logits: last.logits.iter().map(|z| stretch.apply(*z)).collect(), labels: last.labels.clone() };
    if stretched.loss() >= last.loss() {
        return 1.0;
    }
    fitted(folds).unwrap_or(1.0)
}

/// The folds have less to learn from than the final fit, and their slope is itself an estimate: half of what they ask for
/// is taken, either way.
pub fn careful(slope: f64) -> f64 {
    1.0 + (slope - 1.0) / 2.0
}

/// A stronger penalty must lower the rolling loss to this share: the folds have less to learn from than the final fit
/// and ask for more shrinkage than it needs.
pub const WORTH: f64 = 0.95;

fn fitted(folds: &[Fold]) -> Option<f64> {
    let rows = Rows {
        width: 1,
        cells: folds.iter().flat_map(|fold| fold.logits.iter().copied()).collect(),
        labels: folds.iter().flat_map(|fold| fold.labels.iter().copied()).collect(),
    };
    let slope = fit(&rows, 1e-3, "recalibration").ok()?.coefficients[0];
    Some(slope.clamp(0.6, 1.5))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    fn folds(truth: f64) -> Vec<Fold> {
        let mut rng = Rng::new(11);
        let one = |rng: &mut Rng| {
            let logits: Vec<f64> = (0..3000).map(|_| rng.normal() - 2.0).collect();
            let labels = logits.iter().map(|z| rng.unit() < sigmoid(truth * (z + 2.0) - 2.0)).collect();
            Fold { logits, labels }
        };
        (0..4).map(|_| one(&mut rng)).collect()
    }

    #[test]
    fn overconfidence_is_taken_back_and_good_forecasts_are_left_alone() {
        assert!((slope(&folds(0.7)) - 0.7).abs() < 0.12, "{}", slope(&folds(0.7)));
        assert!((slope(&folds(1.0)) - 1.0).abs() < 0.12);
    }

    #[test]
    fn the_mean_is_kept() {
        let logits: Vec<f64> = (0..100).map(|i| f64::from(i) / 20.0 - 5.0).collect();
        let stretch = Stretch::keeping_mean(1.4, &logits);
        let mean = |f: &dyn Fn(f64) -> f64| logits.iter().map(|z| sigmoid(f(*z))).sum::<f64>();
        assert!((mean(&|z| z) - mean(&|z| stretch.apply(z))).abs() < 1e-9);
    }

    #[test]
    fn too_few_positives_teach_nothing() {
        let fold = Fold { logits: vec![0.0; 30], labels: vec![true; 30] };
        assert_eq!(slope(&[fold.clone(), fold]), 1.0);
    }
}
