//! What the forecast ledger says, as pages and metrics show it: counts, figures, precision of alerts, drift.

use super::{ForecastSkill, Share};
use domain::kind::{Horizon, Kind};

/// The whole ledger over some places.
#[derive(Clone, Debug, Default)]
pub struct LedgerFigures {
    pub parts: Vec<LedgerPart>,
    pub alerts: AlertFigures,
    pub drift: DriftFindings,
    /// With fewer decided forecasts than this no figure is given.
    pub fewest: usize,
    pub grace_days: i64,
    pub unverified_counts: bool,
}

/// One kind and horizon over the districts.
#[derive(Clone, Debug)]
pub struct LedgerPart {
    pub kind: Kind,
    pub horizon: Horizon,
    pub all: ForecastCounts,
    /// The random sample alone, as far as it was called.
    pub sample: ForecastCounts,
    /// The baseline that is served in the model's place, where one is.
    pub served: Option<String>,
}

/// Forecasts by what became of them.
#[derive(Clone, Debug, Default)]
pub struct ForecastCounts {
    pub happened: usize,
    pub did_not: usize,
    pub averted: usize,
    pub void: usize,
    /// Not due yet.
    pub waiting: usize,
    pub corrections: usize,
    /// What enough decided forecasts allow to say.
    pub skill: Option<ForecastSkill>,
}

impl ForecastCounts {
    pub fn decided(&self) -> usize {
        self.happened + self.did_not
    }
}

/// Alerts that a person ended.
#[derive(Clone, Debug, Default)]
pub struct AlertFigures {
    pub confirmed: usize,
    pub false_alarms: usize,
    pub averted: usize,
    pub other: usize,
    pub precision: Option<Share>,
}

/// What strayed beyond the limits of an unchanged world.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DriftFindings {
    /// Kinds whose inputs are watched, and days still missing where they are not yet.
    pub watched: usize,
    pub missing_days: Option<i64>,
    pub breaches: Vec<DriftBreach>,
}

/// One input or base rate beyond its limits.
#[derive(Clone, Debug, PartialEq)]
pub struct DriftBreach {
    pub kind: Kind,
    /// A feature's name, or `base_rate`.
    pub what: String,
    pub value: f64,
    pub low: f64,
    pub high: f64,
}
