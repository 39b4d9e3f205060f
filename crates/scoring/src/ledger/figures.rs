//! What the forecast ledger says, as pages and metrics show it: counts, figures, precision of alerts, drift.

use super::{
    DriftFindings, FEWEST, ForecastSkill, OutcomeReading, ResolvedForecast, Share, alert_precision,
    forecast_skill,
};
use domain::forecast::ForecastOutcome;
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
    /// The quiet districts that were drawn by lot, whatever came of the call; each stands for those it was drawn from.
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
    pub single_source: usize,
    /// Due, and nobody can tell.
    pub void: usize,
    /// Not due yet.
    pub waiting: usize,
    pub corrections: usize,
    /// What enough decided forecasts allow to say, where only what is verified happened.
    pub skill: Option<ForecastSkill>,
    /// The same where what one speaker alone says happened too; none where nothing is.
    pub with_single_source: Option<ForecastSkill>,
    /// Where something was averted: what the figures would be if it counted.
    pub averted_bounds: Option<AvertedBounds>,
}

/// The figures if each forecast that was averted counted as not happened, and as happened.
#[derive(Clone, PartialEq, Debug)]
pub struct AvertedBounds {
    pub as_did_not: ForecastSkill,
    pub as_happened: ForecastSkill,
}

impl ForecastCounts {
    /// Counts and figures of forecasts that have an outcome, beside those that wait for one.
    pub fn of(resolved: &[ResolvedForecast], waiting: usize, corrections: usize) -> ForecastCounts {
        let count =
            |outcome: ForecastOutcome| resolved.iter().filter(|entry| entry.outcome == outcome).count();
        let (averted, single_source) =
            (count(ForecastOutcome::Averted), count(ForecastOutcome::SingleSource));
        let bound = |happened| forecast_skill(resolved, OutcomeReading::VERIFIED.with_averted(happened));
        let both = || Some(AvertedBounds { as_did_not: bound(false)?, as_happened: bound(true)? });
        ForecastCounts {
            happened: count(ForecastOutcome::Happened),
            did_not: count(ForecastOutcome::DidNot),
            averted,
            single_source,
            void: count(ForecastOutcome::Void),
            waiting,
            corrections,
            skill: forecast_skill(resolved, OutcomeReading::VERIFIED),
            with_single_source: if single_source > 0 {
                forecast_skill(resolved, OutcomeReading::SINGLE_SOURCE)
            } else {
                None
            },
            averted_bounds: if averted > 0 { both() } else { None },
        }
    }

    /// Those that the first line counts.
    pub fn decided(&self) -> usize {
        self.happened + self.did_not + self.single_source
    }

    /// All whose time has passed.
    pub fn due(&self) -> usize {
        self.decided() + self.averted + self.void
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
    /// The precision if each averted one counted as a false alarm, and as confirmed; none where nothing was averted.
    pub averted_bounds: Option<(f64, f64)>,
}

impl AlertFigures {
    pub fn of(confirmed: usize, false_alarms: usize, averted: usize, other: usize) -> AlertFigures {
        let all = confirmed + false_alarms + averted;
        let share = |hits: usize| hits as f64 / all as f64;
        AlertFigures {
            confirmed,
            false_alarms,
            averted,
            other,
            precision: alert_precision(confirmed, false_alarms),
            averted_bounds: (averted > 0 && all >= FEWEST)
                .then(|| (share(confirmed), share(confirmed + averted))),
        }
    }
}
