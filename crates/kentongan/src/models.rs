//! The models that serve, as the pipeline sees them.

use domain::feature::{COUNT, FeatureVector};
use domain::scorer::{Cell, Contributions, Scorer, Standing};

/// Stand-in weights.
pub struct Prior;

const WEIGHTS: [f64; COUNT] = [0.5, 0.3, 0.1, 0.15, 0.1, 0.1, 0.3, 0.2, -0.05, 0.1, 0.1, 0.0, 0.2];

impl Scorer for Prior {
    fn logit(&self, _: Cell, x: &FeatureVector) -> f64 {
        let mut sum = -2.5;
        for index in 0..COUNT {
            sum += WEIGHTS[index] * x[index];
        }
        sum
    }
    fn contributions(&self, _: Cell, x: &FeatureVector) -> Contributions {
        let mut features = [0.0; COUNT];
        for index in 0..COUNT {
            features[index] = WEIGHTS[index] * x[index];
        }
        Contributions { intercept: -2.5, features }
    }
    fn slopes(&self, _: Cell) -> [f64; COUNT] {
        WEIGHTS.map(f64::abs)
    }
    fn standing(&self, _: Cell) -> Standing {
        Standing { model: 0, calibrated: false, base_ppm: 40_000 }
    }
}
