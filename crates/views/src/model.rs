//! The models that serve: what each was fitted on, how far it may be believed, and whether a baseline serves in its place.

use crate::context::Context;
use crate::error::ViewError;
use crate::format;
use crate::json;
use crate::range::ShownRange;
use crate::words::Lang;
use async_recursion::async_recursion as boxed;
use domain::kind::{Horizon, Kind};
use domain::place::{Code, Places, UnitId, Zone};
use domain::scorer::{AlertBar, BarMeasure};
use scoring::artefact::Served;
use scoring::ledger::DriftFindings;
use scoring::pooling::range::{RiskRange, RiskRanges};
use scoring::{Artefact, ModelFiles, ModelScorer};
use serde::Serialize;
use serde_json::Value;

/// A served model, as the model's file, evaluation and card describe it.
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
    /// From which risk on it warns in a kecamatan; `None` where its file has no bar of risk.
    pub bar: Option<DistrictBar>,
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

/// Where a model warns in a kecamatan, and the budget it was rehearsed with.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct DistrictBar {
    pub raise_ppm: u32,
    pub clear_ppm: u32,
    /// False alarms a kecamatan and quarter, of this model alone.
    pub budget: f64,
}

impl DistrictBar {
    fn of(model: &Artefact) -> Option<DistrictBar> {
        let own = model.alert_bars.as_ref()?;
        let AlertBar { of, raise_ppm, clear_ppm } = own.used_on(&model.used_on.district);
        (of == BarMeasure::Risk).then_some(DistrictBar { raise_ppm, clear_ppm, budget: own.budget })
    }
}

impl ServedModel {
    /// A model as its file, its evaluation and its card describe it.
    pub fn of(model: &Artefact, evaluation: &Value, card: String, places: &Places) -> ServedModel {
        let skill = &evaluation["result"]["brier_skill_vs_best"];
        let number = |key: &str| skill[key].as_f64();
        let fit = &model.fitted_on;
        let indonesian = if fit.source_id.is_empty() { &fit.source } else { &fit.source_id };
        let local = model.local.iter().map(|own| {
            let place = Code::parse(&own.regency).and_then(|code| places.find(code));
            LocalCalibration {
                place: place.map_or_else(|| own.regency.clone(), |unit| places.name(unit)),
                positives: own.positives,
            }
        });
        ServedModel {
            name: model.name.clone(),
            kind: model.kind(),
            horizon: model.horizon(),
            source: [indonesian.clone(), fit.source.clone()],
            unit: fit.unit.clone(),
            from: fit.from.clone(),
            to: fit.to.clone(),
            positives: fit.positives,
            rows: fit.rows,
            prior: model.prior,
            base_ppm: (model.used_on.district.base_rate * 1e6).round() as u32,
            bar: DistrictBar::of(model),
            best: evaluation["result"]["best_baseline"].as_str().unwrap_or_default().to_owned(),
            brier_skill: number("value")
                .zip(number("low"))
                .zip(number("high"))
                .map(|((value, low), high)| SkillInterval { value, low, high }),
            baseline: (model.served == Served::Baseline).then(|| model.baseline.name.clone()),
            needed: fit.own_positives_needed,
            local: local.collect(),
            card,
        }
    }
}

/// The models in use, as their files describe them.
pub fn describe(scorer: &ModelScorer, files: &ModelFiles, places: &Places) -> Vec<ServedModel> {
    let one = |model: &Artefact| {
        let evaluation = files.evaluation(&model.name).unwrap_or_default();
        ServedModel::of(model, &evaluation, files.card(&model.name), places)
    };
    scorer.models().iter().map(one).collect()
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
    /// What is on record of each of them in the regency's kecamatan, in the same order where it is.
    pub ranges: Vec<ModelRange>,
    #[serde(serialize_with = "json::drift")]
    pub drift: DriftFindings,
}

/// The models of the service, with the drift seen in a regency.
#[boxed]
pub async fn load(context: &Context, regency: UnitId) -> Result<ModelsView, ViewError> {
    let ledger = (context.sources.ledger)(context.scope(regency)?).await?;
    let code = context.sources.places.code(regency);
    let ranges = (context.sources.ranges)(code).await?;
    let models = context.sources.models.to_vec();
    let range = |model: &ServedModel| ModelRange::of(&ranges, code, (model.kind?, model.horizon?));
    let place = context.name(code);
    let ranges = models.iter().filter_map(range).map(|range| ModelRange { place: place.clone(), ..range });
    Ok(ModelsView { ranges: ranges.collect(), models, drift: ledger.drift })
}

/// What the records of a regency's kecamatan say of a model there.
#[derive(Clone, Debug, Serialize)]
pub struct ModelRange {
    pub place: String,
    #[serde(serialize_with = "json::word")]
    pub kind: Kind,
    #[serde(serialize_with = "json::word")]
    pub horizon: Horizon,
    /// What it rests on; its ends are of no risk in particular.
    pub basis: ShownRange,
    pub happened: usize,
    pub expected: f64,
    /// By what the odds come true as often: the middle, and the ends of nine of ten.
    pub factor: [f64; 3],
}

impl ModelRange {
    fn of(ranges: &RiskRanges, regency: Code, (kind, horizon): (Kind, Horizon)) -> Option<ModelRange> {
        let basis = ranges.basis(kind, horizon, false)?;
        // Any district without a record of its own stands for the regency's usual one.
        let factor = ranges.factor((Code(regency.0 + 99), kind, horizon))?;
        let none = RiskRange { low_ppm: 0, high_ppm: 1_000_000 };
        Some(ModelRange {
            place: String::new(),
            kind,
            horizon,
            basis: ShownRange::of(none, basis),
            happened: basis.happened,
            expected: basis.expected,
            factor,
        })
    }
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
