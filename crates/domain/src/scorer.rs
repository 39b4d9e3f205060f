//! What the pipeline needs of a model. The models themselves live in `scoring`.

use crate::feature::{COUNT, FeatureVector};
use crate::kind::{Horizon, Kind};

/// Calibrated (or openly transferred) risk for one vector.
pub trait Scorer {
    /// The logit of `x`. Multiplied and added in the order of the features.
    fn logit(&self, cell: Cell, x: &FeatureVector) -> f64;

    /// Each feature's share of the logit and the intercept; they sum to [`Scorer::logit`] within 1e-9.
    fn contributions(&self, cell: Cell, x: &FeatureVector) -> Contributions;

    /// At most how much the logit moves for a move of one in each feature: the weights' absolute values
    /// in a linear model. The pipeline uses it to know how long a score cannot have moved enough to be said again.
    fn slopes(&self, cell: Cell) -> [f64; COUNT];

    /// What the numbers of this cell rest on.
    fn standing(&self, cell: Cell) -> Standing;
}

/// Which model speaks: kind, horizon and whether the unit is a regency or a district.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cell {
    pub kind: Kind,
    pub horizon: Horizon,
    pub regency: bool,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Contributions {
    pub intercept: f64,
    pub features: [f64; COUNT],
}

/// How far a model may be believed here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Standing {
    /// Position of the model in the list of loaded models.
    pub model: u16,
    /// True only where the model was calibrated on this unit's own regency.
    pub calibrated: bool,
    /// The base rate beside the risk ("dari biasanya …"), parts per million.
    pub base_ppm: u32,
}

/// Probability in parts per million of a logit: 1 / (1 + e^-z), rounded half up.
pub fn ppm(logit: f64) -> u32 {
    let p = 1.0 / (1.0 + libm::exp(-logit));
    libm::floor(p * 1e6 + 0.5) as u32
}

#[cfg(test)]
mod tests {
    use super::ppm;

    #[test]
    fn parts_per_million_at_the_ends_and_the_middle() {
        assert_eq!((ppm(0.0), ppm(-800.0), ppm(800.0)), (500_000, 0, 1_000_000));
    }
}
