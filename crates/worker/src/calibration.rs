//! What the records of places say of the models in use: each regency's own calibration, from its resolved forecasts in the
//! ledger, and the shift of every place by partial pooling, from the hindcast ledger too.

use crate::risk_ranges::recorded;
use async_recursion::async_recursion as boxed;
use domain::place::{Code, Places};
use scoring::artefact::Local;
use scoring::ledger::local::{CalibrationAttempt, OwnForecast, calibrate};
use scoring::pooling::pool;
use scoring::pooling::range::{ForecastSource, RecordedForecast, apart, plain, plain_forecasts};
use scoring::pooling::record::PooledPlace;
use scoring::{Artefact, ModelFiles, ModelScorer};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use store::{ForecastOutcome, HindcastRow, LedgerRow, Store, StoreError};

/// What the ledger allowed.
struct Calibrations {
    /// One line a model, regency and level.
    notes: Vec<String>,
    /// Each model with the name it had before; where none changed there is nothing to write.
    models: Vec<(String, Artefact)>,
    is_changed: bool,
}

/// Gives each regency with enough forecasts that came true or not its own calibration of the models in use. `date` names
/// the models that change.
fn calibrate_models(
    rows: &[LedgerRow],
    hindcast: &[HindcastRow],
    models: &[Artefact],
    regencies: &[Code],
    own_positives: u32,
    date: &str,
) -> Calibrations {
    let mut made = Calibrations { notes: Vec::new(), models: Vec::new(), is_changed: false };
    for model in models {
        let mut next = model.clone();
        for code in regencies.iter().copied() {
            for level in ["district", "regency"] {
                let own = history(rows, model, (code, level));
                let attempt = calibrate(model, code, level, &own, own_positives);
                let found = words(&attempt, own_positives);
                made.notes.push(format!("{} {code} {level}: {found}", model.name));
                if let CalibrationAttempt::Calibrated(local) = attempt {
                    next.local.retain(|old| (&old.regency, &old.unit) != (&local.regency, &local.unit));
                    next.local.push(local);
                }
            }
        }
        next.local.sort_by(|a, b| (&a.regency, &a.unit).cmp(&(&b.regency, &b.unit)));
        made.notes.extend(shift_by_record(&mut next, &recorded(model, rows, hindcast)));
        if (&next.local, &next.pooled) != (&model.local, &model.pooled) {
            next.rename(format!("{}-{}-{date}", model.kind, model.horizon), &model.pooled);
            made.is_changed = true;
        }
        made.models.push((model.name.clone(), next));
    }
    made
}

/// Shifts a model in every place with a record. Returns a line for each regency and level.
fn shift_by_record(model: &mut Artefact, record: &[RecordedForecast<'_>]) -> Vec<String> {
    let mut notes = Vec::new();
    for (is_regency, level) in [(false, "district"), (true, "regency")] {
        let plain = plain_forecasts(model, is_regency, record);
        let mut forecasts: BTreeMap<Code, [usize; 2]> = BTreeMap::new();
        let mut codes: BTreeSet<Code> = BTreeSet::new();
        for (at, own) in &plain {
            let of = forecasts.entry(own.code.regency()).or_default();
            of[usize::from(record[*at].source == ForecastSource::Own)] += 1;
            codes.insert(own.code);
        }
        let pooled =
            pool(model.pooling_prior(is_regency), &plain.iter().map(|one| one.1).collect::<Vec<_>>());
        let codes: Vec<(Code, [usize; 2])> =
            codes.into_iter().map(|code| (code, forecasts[&code.regency()])).collect();
        model.take_shifts(&pooled, &codes);
        for (regency, [hindcast, own]) in forecasts {
            let shift = pooled.of(regency);
            let (low, high) = shift.range();
            let [times, low, high] = [shift.mean, low, high].map(f64::exp);
            notes.push(format!(
                "{} {regency} {level}: odds times {times:.2} ({low:.2} to {high:.2}), by {hindcast} forecasts of its hindcast and {own} of its own",
                model.name
            ));
        }
    }
    notes
}

/// What [`calibrate_in_use`] works with.
pub struct CalibrationCall<'a> {
    pub store: &'a Store,
    pub places: &'a Places,
    /// The models in use, and where they stand.
    pub scorer: &'a ModelScorer,
    pub files: &'a ModelFiles,
    pub own_positives: u32,
    /// Where the calibrated models are written, where any could be calibrated.
    pub folder: &'a Path,
    /// Names the models that change.
    pub date: &'a str,
}

/// Why the models in use could not be calibrated.
#[derive(Debug, thiserror::Error)]
pub enum CalibrationError {
    #[error(
        "calibrating from the store: its ledger holds no resolved forecast yet; it fills while the service runs, or at once from the archive of a regency with `kentongan hindcast`"
    )]
    NothingResolved,
    #[error("reading the ledger")]
    Store(#[from] StoreError),
    #[error("calibrating the models")]
    Models(#[from] scoring::Error),
}

/// Calibrates the models in use on the store's ledger and writes them again, each with its three files. Returns what the
/// person who calibrates reads.
///
/// # Errors
/// Where nothing is resolved yet, the ledger or a model cannot be read, or the folder cannot be written.
#[boxed]
pub async fn calibrate_in_use(call: &CalibrationCall<'_>) -> Result<Vec<String>, CalibrationError> {
    let CalibrationCall { store, places, scorer, files, own_positives, folder, date } = *call;
    let rows = store.ledger(&[], 0).await?;
    let hindcast = store.hindcasts(&[]).await?;
    if hindcast.is_empty() && rows.iter().all(|row| row.outcome.is_none()) {
        return Err(CalibrationError::NothingResolved);
    }
    let regencies: Vec<Code> = places.regency_ids().map(|unit| places.code(unit)).collect();
    let made = calibrate_models(&rows, &hindcast, scorer.models(), &regencies, own_positives, date);
    let Calibrations { mut notes, models, is_changed } = made;
    if !is_changed {
        notes.push("no regency could be calibrated; the models stay as they are".to_owned());
        return Ok(notes);
    }
    for (old, next) in &models {
        files.save_successor(folder, old, next, &card_with_calibrations(&files.card(old), next))?;
    }
    notes.push(format!(
        "written to '{}'; set files.models to it and start again. One line of its current.toml rolls back",
        folder.display()
    ));
    Ok(notes)
}

/// A model's card with a section on its regencies' own calibrations.
fn card_with_calibrations(card: &str, model: &Artefact) -> String {
    let head = card.split(OWN).next().unwrap_or_default().trim_end();
    let pooled = model.pooled.places.iter().map(pooled_line);
    let lines: String = model.local.iter().map(line).chain(pooled).collect();
    if lines.is_empty() { format!("{head}\n") } else { format!("{head}\n\n{OWN}\n\n{lines}") }
}

/// The decided forecasts of one regency's units that this model made, none overlapping the next.
fn history(rows: &[LedgerRow], model: &Artefact, (regency, level): (Code, &str)) -> Vec<OwnForecast> {
    let (Some(kind), Some(horizon)) = (model.kind(), model.horizon()) else { return Vec::new() };
    let named = model.served_name();
    let own = rows.iter().filter(|row| {
        let here = row.code.regency() == regency && row.code.is_regency() == (level == "regency");
        let whose = (row.kind, row.horizon) == (kind, horizon) && row.model == named;
        here && whose && row.day.div_euclid(7) % apart(horizon) == 0
    });
    own.filter_map(|row| {
        let happened = match row.outcome? {
            ForecastOutcome::Happened => true,
            ForecastOutcome::DidNot => false,
            ForecastOutcome::Averted | ForecastOutcome::SingleSource | ForecastOutcome::Void => return None,
        };
        // Where its place's record had shifted it, the shift is taken off.
        let shift = model.shift_under(&row.model, row.code).filter(|_| !row.calibrated);
        let logit = plain(row.risk_ppm) - shift.unwrap_or(0.0);
        Some(OwnForecast { day: row.day, logit, calibrated: row.calibrated, happened })
    })
    .collect()
}

fn words(attempt: &CalibrationAttempt, needed: u32) -> String {
    match attempt {
        CalibrationAttempt::TooFew(had) if *had >= needed as usize => {
            format!("all its {had} forecasts came true: there is nothing to tell apart; stays uncalibrated")
        }
        CalibrationAttempt::TooFew(had) => {
            format!("{had} own positives of the {needed} needed; stays uncalibrated")
        }
        CalibrationAttempt::NoBetter { with, without } => {
            format!(
                "its earlier half would not have helped in the later (Brier {with:.4} against {without:.4}); stays as it is"
            )
        }
        CalibrationAttempt::Calibrated(own) => format!(
            "calibrated on {} forecasts with {} positives: intercept {:+.3}, slope {:.3}",
            own.rows, own.positives, own.intercept, own.slope
        ),
    }
}

/// The card's last section.
const OWN: &str = "## Own calibration";

fn line(own: &Local) -> String {
    format!(
        "- {} ({}): {} to {}, {} forecasts, {} positives, intercept {:+.3}, slope {:.3}. Fitted on the service's own ledger.\n",
        own.regency, own.unit, own.from, own.to, own.rows, own.positives, own.intercept, own.slope
    )
}

fn pooled_line(place: &PooledPlace) -> String {
    let [times, low, high] = [place.shift, place.low, place.high].map(f64::exp);
    format!(
        "- {}: odds times {times:.2} ({low:.2} to {high:.2}, nine of ten), by {} forecasts of its regency's hindcast and {} of its own.\n",
        place.code, place.hindcast, place.own
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::kind::{Horizon, Kind, Level};

    fn row(code: u32, day: i64, outcome: Option<ForecastOutcome>, model: &str) -> LedgerRow {
        LedgerRow {
            kind: Kind::Disaster,
            horizon: Horizon::Week,
            code: Code(code),
            day,
            risk_ppm: 100_000,
            baseline_ppm: 50_000,
            level: Level::Low,
            calibrated: false,
            model: model.into(),
            outcome,
            corrections: 0,
            saw: None,
            checked: false,
        }
    }

    #[test]
    fn only_decided_forecasts_of_this_model_and_regency_teach() {
        let models = crate::fixture::models();
        let model = models
            .artefacts
            .iter()
            .find(|model| model.kind() == Some(Kind::Disaster) && model.horizon() == Some(Horizon::Week))
            .unwrap();
        let named = model.served_name();
        let rows = [
            row(161304, 20_458, Some(ForecastOutcome::Happened), &named),
            row(161301, 20_465, Some(ForecastOutcome::DidNot), &named),
            row(161301, 20_472, Some(ForecastOutcome::Void), &named),
            row(161301, 20_472, None, &named),
            row(161300, 20_465, Some(ForecastOutcome::DidNot), &named),
            row(350801, 20_465, Some(ForecastOutcome::DidNot), &named),
            row(161301, 20_465, Some(ForecastOutcome::Happened), "another"),
        ];
        let own = history(&rows, model, (Code(161300), "district"));
        assert_eq!(own.iter().map(|own| own.happened).collect::<Vec<_>>(), [true, false]);
        assert_eq!(history(&rows, model, (Code(161300), "regency")).len(), 1);
        assert_eq!((apart(Horizon::Week), apart(Horizon::Month)), (1, 5));
    }
}
