//! What the pipeline needs of a model: for each unit, kind and horizon a line over the features. The models
//! themselves live in `scoring`.

use crate::feature::{COMMON, COUNT, FeatureVector};
use crate::kind::{Horizon, Kind};
use crate::number;
use crate::place::Code;

/// Calibrated (or openly transferred) lines; the same answer to the same question for as long as it lives.
pub trait Scorer {
    /// The line that speaks for a unit.
    fn line_for(&self, code: Code, kind: Kind, horizon: Horizon) -> ModelLine;
}

/// A line over the features: logit = intercept + Σ coefficient × feature.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ModelLine {
    /// The fitted intercept and the shift to where it is used, added once.
    pub intercept: f64,
    pub coefficients: [f64; COUNT],
    pub calibration: Calibration,
}

impl ModelLine {
    /// The logit of `x`: multiplied and added in the order of the features, nothing else.
    pub fn logit(&self, x: &FeatureVector) -> f64 {
        let mut sum = self.intercept;
        for (coefficient, value) in self.coefficients.iter().zip(x) {
            sum += coefficient * value;
        }
        sum
    }

    /// Each feature's share of the logit and the intercept; they sum to [`ModelLine::logit`] within 1e-9.
    pub fn contributions(&self, x: &FeatureVector) -> Contributions {
        let mut features = self.coefficients;
        features.iter_mut().zip(x).for_each(|(share, value)| *share *= value);
        Contributions { intercept: self.intercept, features }
    }
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Contributions {
    pub intercept: f64,
    pub features: [f64; COUNT],
}

/// How far a model may be believed here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Calibration {
    /// Position of the model in the list of loaded models.
    pub model: u16,
    /// True only where the model was calibrated on this unit's own regency.
    pub calibrated: bool,
    /// The base rate beside the risk ("dari biasanya …"), parts per million.
    pub base_ppm: u32,
    /// From where on the model opens waspada, as its risks are here; `None` where no bar was rehearsed.
    pub bar: Option<AlertBar>,
}

/// Where waspada is raised and, once it stands, cleared below. What it costs in false alarms was rehearsed on what came before
/// the fit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AlertBar {
    pub of: BarMeasure,
    /// Parts per million of the measure; one million is once what is usual.
    pub raise_ppm: u32,
    /// No more than `raise_ppm`.
    pub clear_ppm: u32,
}

/// What a bar is compared with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BarMeasure {
    /// The risk itself.
    Risk,
    /// The risk over what is usual in the cell.
    TimesUsual,
}

impl AlertBar {
    /// Where waspada is raised and cleared in a cell with this usual risk, parts per million of risk. A certain risk raises it
    /// always.
    #[inline]
    pub fn risks(self, usual_ppm: u32) -> [u32; 2] {
        [self.raise_ppm, self.clear_ppm].map(|ppm| match self.of {
            BarMeasure::Risk => ppm.min(1_000_000),
            BarMeasure::TimesUsual => {
                let risk = u64::from(usual_ppm) * u64::from(ppm) / 1_000_000;
                risk.min(1_000_000) as u32
            }
        })
    }
}

/// The lines of both horizons side by side, so that both are worked out in one walk over the features.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ModelLines {
    intercepts: [f64; Horizon::COUNT],
    coefficients: [[f64; Horizon::COUNT]; COUNT],
    pub calibrations: [Calibration; Horizon::COUNT],
    /// Which features have a coefficient at all, and whether one beyond the common ones has.
    pub uses: [bool; COUNT],
    rare: bool,
}

impl ModelLines {
    pub fn of(scorer: &dyn Scorer, code: Code, kind: Kind) -> ModelLines {
        let [week, month] = [0, 1].map(|index| scorer.line_for(code, kind, Horizon::ALL[index]));
        let coefficients = core::array::from_fn(|at| [week.coefficients[at], month.coefficients[at]]);
        let uses: [bool; COUNT] =
            core::array::from_fn(|at| week.coefficients[at] != 0.0 || month.coefficients[at] != 0.0);
        ModelLines {
            uses,
            rare: uses[COMMON..].contains(&true),
            intercepts: [week.intercept, month.intercept],
            coefficients,
            calibrations: [week.calibration, month.calibration],
        }
    }

    /// The bits of [`ModelLine::logit`], for both horizons.
    #[inline]
    pub fn logits(&self, x: &FeatureVector) -> [f64; Horizon::COUNT] {
        let mut sums = self.intercepts;
        let (common, rare) = self.coefficients.split_at(COMMON);
        for (pair, value) in common.iter().zip(x) {
            sums[0] += pair[0] * value;
            sums[1] += pair[1] * value;
        }
        if self.rare {
            for (pair, value) in rare.iter().zip(&x[COMMON..]) {
                sums[0] += pair[0] * value;
                sums[1] += pair[1] * value;
            }
        }
        sums
    }

    /// The features without those beyond the common ones at which these lines do not look.
    pub fn looked_at(&self, x: &FeatureVector) -> FeatureVector {
        core::array::from_fn(|at| if at < COMMON || self.uses[at] { x[at] } else { 0.0 })
    }

    /// What [`ModelLine::contributions`] says for one of the horizons.
    pub fn contributions(&self, horizon: Horizon, x: &FeatureVector) -> Contributions {
        let of = horizon.index();
        let features = core::array::from_fn(|at| self.coefficients[at][of] * x[at]);
        Contributions { intercept: self.intercepts[of], features }
    }
}

/// Probabilities in parts per million of two logits: 1 / (1 + e^-z), rounded half up.
#[inline]
pub fn ppm(logits: [f64; 2]) -> [u32; 2] {
    let [one, two] = number::exps([-logits[0], -logits[1]]);
    let shares = [1e6 / (1.0 + one), 1e6 / (1.0 + two)];
    [(shares[0] + 0.5) as u32, (shares[1] + 0.5) as u32]
}

#[cfg(test)]
mod tests {
    use super::ppm;

    #[test]
    fn parts_per_million_at_the_ends_and_the_middle() {
        assert_eq!((ppm([0.0, -800.0]), ppm([800.0, 0.0])), ([500_000, 0], [1_000_000, 500_000]));
    }
}
