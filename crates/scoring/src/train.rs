//! Fits the models the service applies: the pipeline's own features, one model for each horizon,
//! judged on the last fifth of the list and then fitted on all of it. The youngest weeks of a list that comes late are
//! in neither: they would teach a peace that there was not, and call a forecast of what is not known yet wrong.

pub mod bars;
pub mod card;
pub mod choose;
pub mod districts;
pub mod fallback;
mod judge;
pub mod serving;

use crate::artefact::{self, Artefact, Baseline, FittedOn, SCHEMA, Served, Use, UsedOn, coefficients};
use crate::drift;
use crate::error::{Error, Result};
use crate::events::Event;
use crate::logistic::{Rows, logit, sigmoid};
use crate::period::{Day, date};
use crate::pooling::record::PooledRecord;
use bars::{Rehearsal, judge_bars, share_of, times_a_quarter};
use choose::{Chosen, Material, choose, round, settle};
use districts::{DistrictList, Districts};
use domain::kind::{Horizon, Kind};
use judge::judge;
use serde_json::json;
use serving::{Listed, Looks, Neighbours, TrainingUnit, Vectors, vectors_of};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// What to fit, and what is believed about where it will be used.
#[derive(Clone, Debug)]
pub struct TrainOptions {
    pub kind: Kind,
    pub events: Vec<Event>,
    /// All places, also those never hit; empty where no list names them, and the places are those of the events.
    pub units: Vec<String>,
    /// Enclosing places that no event tells of.
    pub parents: BTreeMap<String, String>,
    /// Each place's neighbours where a register tells of them; see [`Listed`].
    pub neighbours: Option<Neighbours>,
    pub unit: TrainingUnit,
    pub from: Day,
    pub to: Day,
    /// The folder of models to write into, and the date in the model's name.
    pub folder: PathBuf,
    pub date: String,
    pub about: card::About,
    /// Incidents a week where the model is used; None: as often as where it was fitted.
    pub regency_rate: Option<Believed>,
    pub district_rate: Option<Believed>,
    /// The same events by district, where a list tells of them: the use on districts is measured, not believed.
    pub districts: Option<DistrictList>,
    /// The numbers are borrowed from another kind.
    pub prior: bool,
    /// False alarms a district and quarter that the policy leaves the models of all kinds together, parts per million.
    pub false_alarms_ppm: u32,
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

/// Fits and writes both horizons; gives the artefacts back.
pub fn train(options: &TrainOptions) -> Result<Vec<Artefact>> {
    let TrainOptions { events, units, parents, unit, .. } = options;
    let listed = Listed { events, units, parents, neighbours: options.neighbours.as_ref(), unit: *unit };
    let made = vectors_of(&listed, &Looks::weekly(options.from, options.to));
    let smaller = options.districts.as_ref().map(|list| (list.vectors(options.from, options.to), list));
    let mut artefacts = Vec::new();
    for horizon in Horizon::ALL {
        let districts = smaller.as_ref().map(|(made, list)| Districts {
            material: Material { made, question: horizon.index() },
            source: &list.source,
        });
        let (artefact, evaluation) = one(options, &made, districts.as_ref(), *horizon)?;
        let card = card::write(&artefact, &options.about, &evaluation);
        artefact::save(&options.folder, &artefact, &card, &evaluation)?;
        artefacts.push(artefact);
    }
    Ok(artefacts)
}

fn one(
    options: &TrainOptions,
    made: &Vectors,
    districts: Option<&Districts<'_>>,
    horizon: Horizon,
) -> Result<(Artefact, serde_json::Value)> {
    let what = format!("{}-{horizon}", options.kind);
    let material = Material { made, question: horizon.index() };
    let today = options.to + 1;
    let decided = made.learnable(horizon.index(), today);
    let cut = decided * 4 / 5;
    if cut == 0 || made.learnable(horizon.index(), made.origins[cut]) < 20 {
        return Err(Error::Empty(format!(
            "{decided} weeks of which the outcome is known are too few to fit {what}: at least 30 are needed"
        )));
    }
    let places = JudgedPlaces::of(options, made, made.origins[cut]);
    let judged = Material { made: places.made.as_ref().unwrap_or(made), ..material };
    let early = choose(&judged, cut, &what)?;
    let (share, times) = (share_of(options.false_alarms_ppm), times_a_quarter(horizon.days()));
    let alerts = judge_bars(&judged, &early, cut..decided, share, times);
    let test = judge(judged.made, horizon, &early, cut..decided, &what)?;
    // Penalty, slope and mix stay as they were judged; only the weeks grow.
    let last = settle(material.known_by(today), early.choice.clone(), &what)?;
    let fallback = test["fallback"].as_str().unwrap_or("base_rate");
    let mut artefact =
        describe(options, made, horizon, &last, decided, baseline(&last.rows, fallback, &what)?);
    artefact.alert_bars = Rehearsal::before(&material, today, &last.choice, times).bars(share);
    if let Some(districts) = districts {
        artefact.used_on.district = districts.place(&last, today);
    }
    let weeks = f64::from(horizon.days()) / 7.0;
    let believed = options.district_rate.as_ref();
    let smaller = districts.map(|own| own.judge(&early, believed, weeks, cut..decided));
    if let Some(judged) = &smaller {
        artefact.used_on.district.transfer_sd = Districts::transfer_sd(judged).map(round);
    }
    let evaluation = json!({
        "model": artefact.name,
        "unit": options.unit.word(),
        "test_from": date(made.origins[cut]).to_string(),
        "test_to": date(made.origins[decided - 1]).to_string(),
        "how": "fitted on what was known when the last fifth of the weeks began and judged on these, standing still as it is served; model.json is then fitted on all of which most was known when the list ended",
        "units_judged": judged.made.units,
        "units_not_known_yet": places.later,
        "ridge": early.choice.ridge, "slope": early.choice.slope,
        "weights": early.choice.weights.iter().copied().collect::<BTreeMap<_, _>>(),
        "alerts": alerts,
        "districts": smaller,
        "result": test,
    });
    Ok((artefact, evaluation))
}

/// The places that the held-out weeks are judged on. Where no list names all places, one that is first heard of in these weeks
/// is a place because of what happened in them: a forecast made before does not know it, so it is not judged.
struct JudgedPlaces {
    /// None where all places are known: a list names them, or none is new.
    made: Option<Vectors>,
    /// Places first heard of in the held-out weeks.
    later: usize,
}

impl JudgedPlaces {
    fn of(options: &TrainOptions, made: &Vectors, cut: Day) -> JudgedPlaces {
        let TrainOptions { events, parents, unit, from, to, .. } = options;
        let inside = |event: &&Event| (*from..=*to).contains(&event.day) && event.received < cut;
        let known: BTreeSet<&str> = events.iter().filter(inside).map(|event| event.unit.as_str()).collect();
        if !options.units.is_empty() || known.len() == made.units {
            return JudgedPlaces { made: None, later: 0 };
        }
        let events: Vec<Event> =
            events.iter().filter(|event| known.contains(event.unit.as_str())).cloned().collect();
        let neighbours = options.neighbours.as_ref();
        let listed = Listed { events: &events, units: &[], parents, neighbours, unit: *unit };
        let later = made.units - known.len();
        JudgedPlaces { made: Some(vectors_of(&listed, &Looks::weekly(*from, *to))), later }
    }
}

/// The line that speaks where the model does not earn its place, fitted on all weeks like the model.
pub(crate) fn baseline(rows: &Rows, name: &str, what: &str) -> Result<Baseline> {
    let mut lines = fallback::lines(rows, what)?;
    let at = lines.iter().position(|line| line.name == name).unwrap_or(0);
    let line = lines.swap_remove(at);
    Ok(Baseline {
        name: line.name.to_string(),
        intercept: round(line.fit.intercept),
        coefficients: coefficients(line.fit.coefficients.into_iter().map(round)),
    })
}

fn describe(
    options: &TrainOptions,
    made: &Vectors,
    horizon: Horizon,
    last: &Chosen,
    decided: usize,
    baseline: Baseline,
) -> Artefact {
    let base_rate = round(last.rows.positives() as f64 / last.rows.labels.len() as f64);
    let weeks = f64::from(horizon.days()) / 7.0;
    let place = |believed: &Option<Believed>, as_fitted: &str| -> Use {
        let (rate, why) = match believed {
            Some(believed) => (-libm::expm1(-believed.a_week * weeks), believed.why.clone()),
            None => (base_rate, as_fitted.to_string()),
        };
        let shift = round(logit(rate) - logit(base_rate));
        Use { base_rate: round(rate), why, shift, calibrated: false, transfer_sd: None }
    };
    Artefact {
        schema: SCHEMA,
        name: format!("{}-{horizon}-{}", options.kind, options.date),
        kind: options.kind.to_string(),
        horizon: horizon.to_string(),
        prior: options.prior,
        fitted_on: FittedOn {
            source: options.about.source.clone(),
            source_id: options.about.source_id.clone(),
            licence: options.about.licence.clone(),
            unit: options.unit.word().to_string(),
            from: date(options.from).to_string(),
            to: date(made.origins[decided - 1] + horizon.days() as Day - 1).to_string(),
            units: made.units,
            rows: last.rows.labels.len(),
            positives: last.rows.positives(),
            base_rate,
            ridge: last.choice.ridge,
            slope: round(last.choice.slope),
            shared: round(drift::shared(&risks(last), &last.rows.labels, made.units)),
            own_positives_needed: OWN_POSITIVES,
        },
        used_on: UsedOn {
            regency: place(&options.regency_rate, "as where it was fitted"),
            district: place(&options.district_rate, "as where it was fitted"),
        },
        intercept: last.fit.intercept,
        coefficients: coefficients(last.fit.coefficients.iter().copied()),
        baseline,
        local: Vec::new(),
        alert_bars: None,
        pooled: PooledRecord::default(),
        served: Served::Model,
    }
}

fn risks(chosen: &Chosen) -> Vec<f64> {
    (0..chosen.rows.labels.len()).map(|at| sigmoid(chosen.logit(chosen.rows.row(at)))).collect()
}

#[cfg(test)]
mod tests;
