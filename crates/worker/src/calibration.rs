//! Each regency's own calibration of the models in use, from its resolved forecasts in the ledger.

use domain::place::Code;
use scoring::Artefact;
use scoring::artefact::Local;
use scoring::ledger::local::{CalibrationAttempt, OwnForecast, calibrate};
use store::{ForecastOutcome, LedgerRow};

/// Mondays between two forecasts whose horizons do not overlap, by days of the horizon.
fn apart(days: u32) -> i64 {
    i64::from(days.div_ceil(7))
}

/// What the ledger allowed.
pub struct Calibrations {
    /// One line a model, regency and level.
    pub notes: Vec<String>,
    /// Each model with the name it had before; where none changed there is nothing to write.
    pub models: Vec<(String, Artefact)>,
    pub is_changed: bool,
}

/// Gives each regency with enough forecasts that came true or not its own calibration of the models in use. `date` names
/// the models that change.
pub fn calibrate_models(
    rows: &[LedgerRow],
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
        if next.local != model.local {
            next.name = format!("{}-{}-{date}", model.kind, model.horizon);
            made.is_changed = true;
        }
        made.models.push((model.name.clone(), next));
    }
    made
}

/// A model's card with a section on its regencies' own calibrations.
pub fn card_with_calibrations(card: &str, model: &Artefact) -> String {
    let head = card.split(OWN).next().unwrap_or_default().trim_end();
    let lines: String = model.local.iter().map(line).collect();
    if lines.is_empty() { format!("{head}\n") } else { format!("{head}\n\n{OWN}\n\n{lines}") }
}

/// The decided forecasts of one regency's units that this model made, none overlapping the next.
fn history(rows: &[LedgerRow], model: &Artefact, (regency, level): (Code, &str)) -> Vec<OwnForecast> {
    let (Some(kind), Some(horizon)) = (model.kind(), model.horizon()) else { return Vec::new() };
    let named = model.served_name();
    let own = rows.iter().filter(|row| {
        let here = row.code.regency() == regency && row.code.is_regency() == (level == "regency");
        let whose = (row.kind, row.horizon) == (kind, horizon) && row.model == named;
        here && whose && row.day.div_euclid(7) % apart(horizon.days()) == 0
    });
    own.filter_map(|row| {
        let happened = match row.outcome? {
            ForecastOutcome::Happened => true,
            ForecastOutcome::DidNot => false,
            ForecastOutcome::Averted | ForecastOutcome::Void => return None,
        };
        Some(OwnForecast { day: row.day, risk_ppm: row.risk_ppm, calibrated: row.calibrated, happened })
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
        assert_eq!((apart(7), apart(30)), (1, 5));
    }
}
