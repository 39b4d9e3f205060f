//! Fits the models the service applies: the pipeline's own features, one model for each horizon,
//! judged on the last fifth of the list and then fitted on all of it.

pub mod card;
mod choose;
pub mod serving;

use crate::artefact::{self, Artefact, Coefficient, FittedOn, SCHEMA, Use, UsedOn};
use crate::error::{Error, Result};
use crate::evaluate::{Forecast, Truth, brier_skill, calibration_slope, measure};
use crate::events::Event;
use crate::logistic::{logit, sigmoid};
use crate::period::{Day, date};
use choose::{Chosen, Material, choose, settle};
use domain::feature::{COUNT, NAMES};
use domain::kind::{Horizon, Kind};
use serde_json::json;
use serving::{Listed, Unit, Vectors, vectors_of};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

/// What to fit, and what is believed about where it will be used.
#[derive(Clone, Debug)]
pub struct TrainOptions {
    pub kind: Kind,
    pub events: Vec<Event>,
    /// All places, also those never hit.
    pub units: Vec<String>,
    /// Enclosing places that no event tells of.
    pub parents: BTreeMap<String, String>,
    pub unit: Unit,
    pub from: Day,
    pub to: Day,
    /// The folder of models to write into, and the date in the model's name.
    pub folder: PathBuf,
    pub date: String,
    pub about: card::About,
    /// Incidents a week where the model is used; None: as often as where it was fitted.
    pub regency_rate: Option<Believed>,
    pub district_rate: Option<Believed>,
    /// The numbers are borrowed from another kind.
    pub prior: bool,
}

/// A rate believed elsewhere, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Believed {
    pub a_week: f64,
    pub why: String,
}

/// Own positives a regency needs before its numbers may be called calibrated: with fewer than 50, the 95 % interval
/// of an observed share of one in five is wider than ±11 percentage points, which cannot tell 20 % from 30 %.
pub const OWN_POSITIVES: u32 = 50;

/// Kecamatan to a kabupaten or kota, Indonesia on average (about 7,280 over 514).
pub const DISTRICTS_A_REGENCY: f64 = 14.2;

const SEED: u64 = 20_211_226;

/// Fits and writes both horizons; gives the artefacts back.
pub fn train(options: &TrainOptions) -> Result<Vec<Artefact>> {
    let TrainOptions { events, units, parents, unit, .. } = options;
    let listed = Listed { events, units, parents, unit: *unit };
    let made = vectors_of(&listed, options.from, options.to);
    let mut artefacts = Vec::new();
    for horizon in Horizon::ALL {
        let (artefact, evaluation) = one(options, &made, *horizon)?;
        let card = card::write(&artefact, &options.about, &evaluation);
        artefact::save(&options.folder, &artefact, &card, &evaluation)?;
        artefacts.push(artefact);
    }
    Ok(artefacts)
}

fn one(options: &TrainOptions, made: &Vectors, horizon: Horizon) -> Result<(Artefact, serde_json::Value)> {
    let what = format!("{}-{horizon}", options.kind);
    let decided = made.decided(horizon);
    // Labels reach `horizon` ahead: origins this close before a fold are not yet decided when it begins.
    let purge = (horizon.days() as usize).div_ceil(7) - 1;
    let cut = decided * 4 / 5;
    if cut < 20 + purge {
        return Err(Error::Empty(format!(
            "{decided} decided weeks are too few to fit {what}: at least 30 are needed"
        )));
    }
    let material = Material::new(made.rows(horizon, 0..decided), made.units);
    let early = choose(&material, (cut, purge), &what)?;
    let test = judge(made, horizon, (&early, cut..decided), &what)?;
    // Penalty and slope stay as they were judged; only the weeks grow.
    let last = settle(&material, decided, (early.ridge, early.stretch.slope), &what)?;
    let artefact = describe(options, made, horizon, (&last, decided));
    let evaluation = json!({
        "model": artefact.name,
        "unit": options.unit.word(),
        "test_from": date(made.origins[cut]).to_string(),
        "test_to": date(made.origins[decided - 1]).to_string(),
        "how": "fitted on the first four fifths of the weeks, judged on the last; model.json is then fitted on all",
        "ridge": early.ridge, "slope": early.stretch.slope,
        "result": test,
    });
    Ok((artefact, evaluation))
}

/// Nine decimals: readable, and the same bits after writing and reading.
fn round(value: f64) -> f64 {
    libm::round(value * 1e9) / 1e9 + 0.0
}

/// The held-out weeks: the model beside the base rate, persistence and the unit's own climatology.
fn judge(
    made: &Vectors,
    horizon: Horizon,
    (early, test): (&Chosen, Range<usize>),
    what: &str,
) -> Result<serde_json::Value> {
    let rows = made.rows(horizon, test.clone());
    if rows.positives() == 0 {
        return Ok(json!({ "withheld": format!("no positive in the held-out weeks of {what}") }));
    }
    let (units, periods) = (made.units, test.len());
    // Rows come origin by origin; the measures want them unit by unit.
    let order = |cell: usize| (cell % periods) * units + cell / periods;
    let turn =
        |values: Vec<f64>| -> Vec<f64> { (0..units * periods).map(|cell| values[order(cell)]).collect() };
    let column = |name: &str| NAMES.iter().position(|have| *have == name).unwrap_or(0);
    let since = column("days_since");
    let labels = (0..units * periods).map(|cell| rows.labels[order(cell)]).collect();
    let quiet = (0..units * periods).map(|cell| rows.row(order(cell))[since] >= libm::log1p(90.0)).collect();
    let truth = Truth { units, periods, labels, quiet, quarter: (0..periods).map(|p| p / 13).collect() };
    let model = turn((0..rows.labels.len()).map(|i| sigmoid(early.logit(rows.row(i)))).collect());
    let base = early.rows.positives() as f64 / early.rows.labels.len() as f64;
    let rate = column("climatology");
    let weeks = f64::from(horizon.days()) / 7.0;
    let climatology =
        turn((0..rows.labels.len()).map(|i| -libm::expm1(-libm::exp(rows.row(i)[rate]) * weeks)).collect());
    let persistence = persistence(made, horizon, early, test);
    let others = [
        ("base_rate", vec![base; units * periods]),
        ("persistence", turn(persistence)),
        ("climatology", climatology),
    ];
    let mut result = serde_json::Map::new();
    let mut best: Option<(f64, &str, &Vec<f64>)> = None;
    for (name, risk) in &others {
        let measures = measure(&truth, &Forecast::of(risk.clone()));
        if best.is_none_or(|(least, ..)| measures.brier < least) {
            best = Some((measures.brier, name, risk));
        }
        result.insert((*name).to_string(), json!(measures));
    }
    result.insert("base_rate_test".into(), json!(rows.positives() as f64 / rows.labels.len() as f64));
    result.insert("model".into(), json!(measure(&truth, &Forecast::of(model.clone()))));
    result.insert("calibration_slope".into(), json!(calibration_slope(&truth, &model)));
    if let Some((_, name, risk)) = best {
        result.insert("best_baseline".into(), json!(name));
        result.insert("brier_skill_vs_best".into(), json!(brier_skill(&truth, &model, risk, SEED)));
    }
    Ok(result.into())
}

/// The share of positives after a week with and after a week without an event, both from the weeks of the fit.
fn persistence(made: &Vectors, horizon: Horizon, early: &Chosen, test: Range<usize>) -> Vec<f64> {
    let mut counts = [[1.0, 2.0], [1.0, 2.0]];
    for (label, last) in early.rows.labels.iter().zip(&made.last_week) {
        counts[usize::from(*last)][0] += f64::from(u8::from(*label));
        counts[usize::from(*last)][1] += 1.0;
    }
    let cells = test.start * made.units..test.end * made.units;
    debug_assert!(made.labels[horizon.index()][cells.clone()].iter().all(Option::is_some));
    made.last_week[cells]
        .iter()
        .map(|last| counts[usize::from(*last)][0] / counts[usize::from(*last)][1])
        .collect()
}

fn describe(
    options: &TrainOptions,
    made: &Vectors,
    horizon: Horizon,
    (last, decided): (&Chosen, usize),
) -> Artefact {
    let stretch = last.stretch;
    let coefficients: Vec<f64> = last.fit.coefficients.iter().map(|c| c * stretch.slope).collect();
    debug_assert_eq!(coefficients.len(), COUNT);
    let base_rate = round(last.rows.positives() as f64 / last.rows.labels.len() as f64);
    let weeks = f64::from(horizon.days()) / 7.0;
    let place = |believed: &Option<Believed>, as_fitted: &str| -> Use {
        let (rate, why) = match believed {
            Some(believed) => (-libm::expm1(-believed.a_week * weeks), believed.why.clone()),
            None => (base_rate, as_fitted.to_string()),
        };
        Use { base_rate: round(rate), why, shift: round(logit(rate) - logit(base_rate)), calibrated: false }
    };
    Artefact {
        schema: SCHEMA,
        name: format!("{}-{horizon}-{}", options.kind, options.date),
        kind: options.kind.to_string(),
        horizon: horizon.to_string(),
        prior: options.prior,
        fitted_on: FittedOn {
            source: options.about.source.clone(),
            licence: options.about.licence.clone(),
            unit: options.unit.word().to_string(),
            from: date(options.from).to_string(),
            to: date(made.origins[decided - 1] + horizon.days() as Day - 1).to_string(),
            units: made.units,
            rows: last.rows.labels.len(),
            positives: last.rows.positives(),
            base_rate,
            ridge: last.ridge,
            slope: round(stretch.slope),
            own_positives_needed: OWN_POSITIVES,
        },
        used_on: UsedOn {
            regency: place(&options.regency_rate, "as where it was fitted"),
            district: place(&options.district_rate, "as where it was fitted"),
        },
        intercept: round(last.fit.intercept * stretch.slope + stretch.shift),
        coefficients: NAMES
            .iter()
            .zip(coefficients)
            .map(|(name, value)| Coefficient { feature: (*name).to_string(), value: round(value) })
            .collect(),
    }
}

#[cfg(test)]
mod tests;
