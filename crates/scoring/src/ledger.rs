//! The ledger's arithmetic: frozen forecasts, resolved when their horizon has passed, and what may be said of them.
//!
//! It cannot flatter. What is compared with a forecast is as good as it can be ([`LedgerBaseline`]); forecasts whose time
//! overlaps count once ([`counts_once`]); what is neither true nor false is read both ways ([`OutcomeReading`]); a place that
//! was drawn by lot stands for those it was drawn from ([`ResolvedForecast::weight`]).

mod drift_findings;
mod figures;
pub mod local;
mod skill;

pub use drift_findings::{DriftBreach, DriftFindings};
pub use figures::{AlertFigures, AvertedBounds, ForecastCounts, LedgerFigures, LedgerPart};
pub use skill::{LedgerBaseline, SkillOver};

use crate::evaluate::{Bin, Truth, bins, wilson, wilson_of};
use domain::forecast::ForecastOutcome;
use domain::kind::Horizon;
use domain::place::Code;

/// A resolved forecast.
#[derive(Clone, Copy, Debug)]
pub struct ResolvedForecast {
    pub risk_ppm: u32,
    /// The local climatology's probability, frozen with it.
    pub baseline_ppm: u32,
    /// Incidents of the 30 days before it, in the place and of the kind, as they are known now.
    pub incidents_30d: u32,
    pub outcome: ForecastOutcome,
    /// The place it is of: what was forecast for one place hangs together.
    pub code: Code,
    /// Day it was made: forecasts of one time share their weather.
    pub day: i64,
    /// How many places it stands for: one over the chance by which it was drawn, 1 where all are looked at.
    pub weight: f64,
    /// The verifier had seen the risk.
    pub verifier_saw: bool,
}

/// How outcomes that are neither true nor false are read; `None` leaves them out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OutcomeReading {
    pub single_source: Option<bool>,
    pub averted: Option<bool>,
}

impl OutcomeReading {
    /// Only what is verified happened.
    pub const VERIFIED: OutcomeReading = OutcomeReading { single_source: Some(false), averted: None };
    /// What one speaker alone says happened too.
    pub const SINGLE_SOURCE: OutcomeReading = OutcomeReading { single_source: Some(true), averted: None };

    /// The same with what was averted as happened, or as not.
    pub const fn with_averted(self, happened: bool) -> OutcomeReading {
        OutcomeReading { averted: Some(happened), ..self }
    }

    /// Whether it happened; `None` where it does not count.
    pub const fn happened(self, outcome: ForecastOutcome) -> Option<bool> {
        match outcome {
            ForecastOutcome::Happened => Some(true),
            ForecastOutcome::DidNot => Some(false),
            ForecastOutcome::SingleSource => self.single_source,
            ForecastOutcome::Averted => self.averted,
            ForecastOutcome::Void => None,
        }
    }
}

/// Fewer than this, and a figure would be noise dressed up.
pub const FEWEST: usize = 30;

/// With fewer forecasts that came true nothing is compared: where next to nothing happens, whatever says "nothing" looks good.
pub const FEWEST_TRUE: usize = 10;

/// Whether the forecast of a Monday counts: the times of those that do never overlap.
pub fn counts_once(horizon: Horizon, day: i64) -> bool {
    let weeks = (i64::from(horizon.days()) + 6) / 7;
    day.div_euclid(7).rem_euclid(weeks) == 0
}

/// A share of n with Wilson's 95 % interval.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Share {
    pub hits: usize,
    pub n: usize,
    /// By weight; hits over n where all weigh the same.
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

/// Live figures; None where fewer than [`FEWEST`] forecasts stand behind them.
#[derive(Clone, PartialEq, Debug)]
pub struct ForecastSkill {
    pub n: usize,
    pub brier: f64,
    /// Against each of [`LedgerBaseline::ALL`], in that order.
    pub skills: Vec<SkillOver>,
    /// Mean forecast against the share that came true.
    pub forecast: f64,
    pub observed: Share,
    /// How many of them were verified by someone who had seen the risk.
    pub seen: usize,
    /// Forecasts of about the same risk, and how often they came true.
    pub bins: Vec<Bin>,
}

impl ForecastSkill {
    /// The skill over one of them.
    pub fn over(&self, baseline: LedgerBaseline) -> Option<f64> {
        self.skills.iter().find(|skill| skill.baseline == baseline).and_then(|skill| skill.skill)
    }
}

/// A forecast that counts, with what became of it.
pub(crate) struct DecidedForecast<'a> {
    pub of: &'a ResolvedForecast,
    pub happened: bool,
}

impl DecidedForecast<'_> {
    /// The squared error of a probability, by weight.
    pub fn error(&self, risk: f64) -> f64 {
        let miss = risk - f64::from(u8::from(self.happened));
        self.of.weight * miss * miss
    }

    pub fn risk(&self) -> f64 {
        f64::from(self.of.risk_ppm) / 1e6
    }
}

/// Figures over the entries that count under a reading.
pub fn forecast_skill(entries: &[ResolvedForecast], reading: OutcomeReading) -> Option<ForecastSkill> {
    let decided: Vec<DecidedForecast<'_>> = entries
        .iter()
        .filter_map(|of| reading.happened(of.outcome).map(|happened| DecidedForecast { of, happened }))
        .collect();
    if decided.len() < FEWEST {
        return None;
    }
    let weight: f64 = decided.iter().map(|one| one.of.weight).sum();
    let mean = |of: &dyn Fn(&DecidedForecast<'_>) -> f64| decided.iter().map(of).sum::<f64>() / weight;
    Some(ForecastSkill {
        n: decided.len(),
        brier: mean(&|one| one.error(one.risk())),
        skills: skill::over_all(&decided),
        forecast: mean(&|one| one.of.weight * one.risk()),
        observed: observed(&decided, weight),
        seen: decided.iter().filter(|one| one.of.verifier_saw).count(),
        bins: reliability(&decided),
    })
}

fn reliability(decided: &[DecidedForecast<'_>]) -> Vec<Bin> {
    let labels: Vec<bool> = decided.iter().map(|one| one.happened).collect();
    let risk: Vec<f64> = decided.iter().map(DecidedForecast::risk).collect();
    bins(&Truth { units: 1, periods: labels.len(), labels, quiet: Vec::new(), quarter: Vec::new() }, &risk)
}

/// The share that came true by weight. Its interval is that of as many equal ones as say as much (Kish).
fn observed(decided: &[DecidedForecast<'_>], weight: f64) -> Share {
    let hits = decided.iter().filter(|one| one.happened).count();
    let value = decided.iter().filter(|one| one.happened).map(|one| one.of.weight).sum::<f64>() / weight;
    let squares: f64 = decided.iter().map(|one| one.of.weight * one.of.weight).sum();
    let worth = weight * weight / squares;
    let (low, high) = wilson_of(value, worth);
    Share { hits, n: decided.len(), value, low, high }
}

/// Precision of alerts: confirmed over confirmed and false; averted alerts are shown apart and count for neither.
pub fn alert_precision(confirmed: usize, false_alarms: usize) -> Option<Share> {
    let n = confirmed + false_alarms;
    let (low, high) = wilson(confirmed, n);
    (n >= FEWEST).then(|| Share { hits: confirmed, n, value: confirmed as f64 / n as f64, low, high })
}

#[cfg(test)]
mod tests;
