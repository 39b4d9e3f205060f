//! The bar of a model file: from which risk on it warns, and what the rehearsal of it came to.

use super::{Coefficient, Use};
use crate::evaluate::EarlyAlerts;
use crate::logistic::{logit, sigmoid};
use crate::recalibrate::Stretch;
use domain::feature::MOST_ACCELERATION;
use domain::scorer::{AlertBar, BarMeasure};
use serde::{Deserialize, Serialize};

/// Where waspada is raised and cleared at the base rate of the fit, and what that came to on looks before the fit's end, each
/// forecast from what was known then (`train::bars`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertBars {
    /// `risk`, or `times_usual`: the risk over what was usual in the place.
    pub of: String,
    /// Parts per million of it; of `times_usual` one million is once.
    pub raise_ppm: u32,
    pub clear_ppm: u32,
    /// False alarms a place and quarter that it might spend.
    pub budget: f64,
    pub rehearsed: EarlyAlerts,
}

/// A bar where the line's logits were stretched (a slope above 0): the same history raises and keeps an alert. A bar of how often a
/// risk is the usual one does not move.
pub fn seen_through(bar: AlertBar, stretch: Stretch) -> AlertBar {
    // A risk is rounded half up, so half a part below the bar still reaches it.
    let moved = |ppm: u32| {
        let least = ((f64::from(ppm) - 0.5) / 1e6).clamp(1e-7, 1.0 - 1e-7);
        (libm::floor(sigmoid(stretch.apply(logit(least))) * 1e6 + 0.5 - 1e-6) as u32).max(1)
    };
    match bar.of {
        BarMeasure::Risk => {
            AlertBar { raise_ppm: moved(bar.raise_ppm), clear_ppm: moved(bar.clear_ppm), ..bar }
        }
        BarMeasure::TimesUsual => bar,
    }
}

/// Six decimals: the same bits after writing and reading.
fn round(value: f64) -> f64 {
    libm::round(value * 1e6) / 1e6
}

const RISK: &str = "risk";
const TIMES_USUAL: &str = "times_usual";

impl AlertBars {
    pub fn new(bar: AlertBar, budget: f64, rehearsed: EarlyAlerts) -> AlertBars {
        let of = match bar.of {
            BarMeasure::Risk => RISK,
            BarMeasure::TimesUsual => TIMES_USUAL,
        };
        let AlertBar { raise_ppm, clear_ppm, .. } = bar;
        let rehearsed = EarlyAlerts {
            detected: round(rehearsed.detected),
            detection: round(rehearsed.detection),
            precision: round(rehearsed.precision),
            false_a_quarter: round(rehearsed.false_a_quarter),
            ..rehearsed
        };
        AlertBars { of: of.to_owned(), raise_ppm, clear_ppm, budget: round(budget), rehearsed }
    }

    /// The bar as it stands where the model was fitted.
    pub fn fitted(&self) -> AlertBar {
        let of = if self.of == RISK { BarMeasure::Risk } else { BarMeasure::TimesUsual };
        AlertBar { of, raise_ppm: self.raise_ppm, clear_ppm: self.clear_ppm }
    }

    /// The same in a place where another base rate is believed: a bar of risk moves with the intercept, so that the same history
    /// raises an alert; how often a risk is the usual one does not move.
    pub fn used_on(&self, place: &Use) -> AlertBar {
        let bar = self.fitted();
        let moved = |ppm: u32| {
            let risk = (f64::from(ppm) / 1e6).clamp(1e-6, 1.0 - 1e-6);
            (libm::floor(sigmoid(logit(risk) + place.shift) * 1e6 + 0.5) as u32).max(1)
        };
        match bar.of {
            BarMeasure::Risk if place.shift != 0.0 => {
                AlertBar { raise_ppm: moved(bar.raise_ppm), clear_ppm: moved(bar.clear_ppm), ..bar }
            }
            _ => bar,
        }
    }

    /// Whether this is a bar, and one of a line whose risk over it more evidence never lowers.
    pub(super) fn check(&self, line: &[Coefficient]) -> Result<(), String> {
        let known = [RISK, TIMES_USUAL].contains(&self.of.as_str());
        let grows = 0 < self.clear_ppm && self.clear_ppm <= self.raise_ppm;
        if !known || !grows || self.of == RISK && self.raise_ppm > 1_000_000 {
            return Err(format!(
                "its alert bar raises at {} and clears below {} of {:?}; it must clear above 0 and no higher than it raises, of \
                 '{RISK}' or '{TIMES_USUAL}'",
                self.raise_ppm, self.clear_ppm, self.of
            ));
        }
        match falls_with_evidence(line) {
            Some(feature) => Err(format!(
                "its coefficient of {feature} would let more incidents lower the risk that its alert bar is compared with; fit it \
                 under the signs and bounds of `train::choose`"
            )),
            None => Ok(()),
        }
    }
}

/// A feature by which more incidents would lower the risk.
fn falls_with_evidence(line: &[Coefficient]) -> Option<&str> {
    let of = |name: &str| line.iter().find(|own| own.feature == name).map_or(0.0, |own| own.value);
    let most = MOST_ACCELERATION * of("count_14d") + ROUNDED;
    let wrong = |own: &&Coefficient| match own.feature.as_str() {
        "season_sin" | "season_cos" | "completeness" | "calendar" | "agreement" => false,
        "days_since" => own.value > 0.0,
        "acceleration" => !(0.0..=most).contains(&own.value),
        _ => own.value < 0.0,
    };
    line.iter().find(wrong).map(|own| own.feature.as_str())
}

/// What writing a coefficient with nine decimals may move it by.
const ROUNDED: f64 = 1e-8;
