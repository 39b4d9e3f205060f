//! The models that serve: what each was fitted on, how far it may be believed, and whether a baseline serves in its place.

use crate::context::Context;
use crate::error::ViewError;
use crate::format;
use crate::json;
use crate::words::Lang;
use domain::kind::{Horizon, Kind};
use domain::place::{UnitId, Zone};
use scoring::ledger::DriftFindings;
use serde::Serialize;

/// A served model, filled by the binary from the model's file, evaluation and card.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ServedModel {
    /// The folder's name, which ends in the date it was fitted.
    pub name: String,
    #[serde(serialize_with = "json::word_option")]
    pub kind: Option<Kind>,
    #[serde(serialize_with = "json::word_option")]
    pub horizon: Option<Horizon>,
    /// Where the numbers come from: Indonesian, English.
    pub source: [String; 2],
    /// `regency` or `district`, first and last day, positives of rows.
    pub unit: String,
    pub from: String,
    pub to: String,
    pub positives: usize,
    pub rows: usize,
    /// Numbers borrowed from another kind.
    pub prior: bool,
    pub base_ppm: u32,
    /// The best of the simple forecasts, and the Brier skill over it with its interval, where judged.
    pub best: String,
    pub brier_skill: Option<SkillInterval>,
    /// The baseline that serves in the model's place; `None` where the model serves.
    pub baseline: Option<String>,
    /// Own positives a regency needs, and those that have them: place and its number.
    pub needed: u32,
    pub local: Vec<LocalCalibration>,
    /// The card, plain text.
    pub card: String,
}

/// A Brier skill with its 95 % interval.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct SkillInterval {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

/// A regency whose own record calibrates the model.
#[derive(Clone, Debug, Serialize)]
pub struct LocalCalibration {
    pub place: String,
    pub positives: usize,
}

#[derive(Clone, Debug, Serialize)]
pub struct ModelsView {
    pub models: Vec<ServedModel>,
    #[serde(serialize_with = "json::drift")]
    pub drift: DriftFindings,
}

/// The models of the service, with the drift seen in a regency.
pub async fn load(context: &Context, regency: UnitId) -> Result<ModelsView, ViewError> {
    let ledger = (context.sources.ledger)(context.scope(regency)?).await?;
    Ok(ModelsView { models: context.sources.models.to_vec(), drift: ledger.drift })
}

/// `name/baseline:which` taken apart: the model, and the baseline that serves in its place.
pub fn split(model: &str) -> (&str, Option<&str>) {
    match model.split_once("/baseline:") {
        Some((name, baseline)) => (name, Some(baseline)),
        None => (model, None),
    }
}

/// A simple forecast by the name people use.
pub fn baseline_word(lang: Lang, name: &str) -> String {
    lang.word("baseline", name)
}

/// The date a model's name ends in, in words.
pub fn dated(name: &str, lang: Lang) -> String {
    let at = name.len().saturating_sub("2026-01-01".len());
    name.get(at..).map_or_else(|| "–".to_string(), |text| day(text, lang))
}

/// "1 Jan 2020" from `2020-01-01`; what is no day stays as it is.
pub fn day(text: &str, lang: Lang) -> String {
    let zone = Zone::Wib;
    match format::parse_local(&format!("{text}T12:00"), zone) {
        Some(at) => format!("{} {}", format::date(at, zone, lang), format::civil(at, zone).year),
        None => text.to_string(),
    }
}

/// A share as a percentage with one decimal, minus as people write it.
pub fn hundredths(value: f64, lang: Lang) -> String {
    format!("{}\u{a0}%", format::fixed(value * 100.0, 1, lang))
}
