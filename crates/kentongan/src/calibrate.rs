//! `kentongan train --calibrate`: each regency's own calibration from its resolved forecasts, kept in the model files.

use crate::catalog::Catalog;
use crate::config::{Config, given};
use crate::models;
use crate::user_error;
use anyhow::{Context, Result};
use domain::place::Code;
use scoring::Artefact;
use scoring::artefact::{self, Local};
use scoring::ledger::local::{Attempt, Own, calibrate};
use std::path::Path;
use store::{ForecastOutcome, LedgerRow, Store};

/// Mondays between two forecasts whose horizons do not overlap, by days of the horizon.
fn apart(days: u32) -> i64 {
    i64::from(days.div_ceil(7))
}

/// Writes the models anew into `folder` where any regency could be calibrated; gives back what to print.
pub async fn run(config: &Config, folder: &Path, date: &str) -> Result<Vec<String>> {
    let catalog = Catalog::load(config, None)?;
    let scorer = models::load(given(&config.files.models), catalog.own_positives)?;
    let store = Store::open(&config.state_url()).await.context("opening the state")?;
    let rows = store.ledger(&[], 0).await?;
    store.close().await;
    if rows.iter().all(|row| row.outcome.is_none()) {
        return Err(user_error::new(
            "calibrating from the store: its ledger holds no resolved forecast yet; it fills while the service runs",
        ));
    }
    let (mut said, mut made, mut changed) = (Vec::new(), Vec::new(), false);
    for model in scorer.models() {
        let mut next = model.clone();
        for unit in catalog.places.regency_ids() {
            let code = catalog.places.code(unit);
            for level in ["district", "regency"] {
                let own = history(&rows, model, (code, level));
                let attempt = calibrate(model, (code, level), &own, catalog.own_positives);
                said.push(format!(
                    "{} {code} {level}: {}",
                    model.name,
                    words(&attempt, catalog.own_positives)
                ));
                if let Attempt::Calibrated(local) = attempt {
                    next.local.retain(|old| (&old.regency, &old.unit) != (&local.regency, &local.unit));
                    next.local.push(local);
                }
            }
        }
        next.local.sort_by(|a, b| (&a.regency, &a.unit).cmp(&(&b.regency, &b.unit)));
        if next.local != model.local {
            next.name = format!("{}-{}-{date}", model.kind, model.horizon);
            changed = true;
        }
        made.push((model.name.clone(), next));
    }
    if changed {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("making the folder '{}'", folder.display()))?;
        made.iter().try_for_each(|(old, next)| write(config, folder, old, next))?;
        said.push(format!(
            "written to '{}'; set files.models to it and start again. One line of its current.toml rolls back",
            folder.display()
        ));
    } else {
        said.push("no regency could be calibrated; the models stay as they are".to_owned());
    }
    Ok(said)
}

/// The decided forecasts of one regency's units that this model made, none overlapping the next.
fn history(rows: &[LedgerRow], model: &Artefact, (regency, level): (Code, &str)) -> Vec<Own> {
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
        Some(Own { day: row.day, risk_ppm: row.risk_ppm, calibrated: row.calibrated, happened })
    })
    .collect()
}

fn words(attempt: &Attempt, needed: u32) -> String {
    match attempt {
        Attempt::TooFew(had) if *had >= needed as usize => {
            format!("all its {had} forecasts came true: there is nothing to tell apart; stays uncalibrated")
        }
        Attempt::TooFew(had) => format!("{had} own positives of the {needed} needed; stays uncalibrated"),
        Attempt::NoBetter { with, without } => {
            format!(
                "its earlier half would not have helped in the later (Brier {with:.4} against {without:.4}); stays as it is"
            )
        }
        Attempt::Calibrated(own) => format!(
            "calibrated on {} forecasts with {} positives: intercept {:+.3}, slope {:.3}",
            own.rows, own.positives, own.intercept, own.slope
        ),
    }
}

/// The model's three files under its new name; evaluation and card go with it.
fn write(config: &Config, folder: &Path, old: &str, next: &Artefact) -> Result<()> {
    let source = given(&config.files.models);
    let judged = models::beside(source, old, "evaluation.json").context("reading the model's evaluation")?;
    let mut judged: serde_json::Value =
        serde_json::from_str(&judged).context("reading the model's evaluation")?;
    judged["model"] = serde_json::json!(next.name);
    let card = models::beside(source, old, "card.md").unwrap_or_default();
    let head = card.split(OWN).next().unwrap_or_default().trim_end();
    let lines: String = next.local.iter().map(line).collect();
    let card = if lines.is_empty() { format!("{head}\n") } else { format!("{head}\n\n{OWN}\n\n{lines}") };
    Ok(artefact::save(folder, next, &card, &judged)?)
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
        let scorer = models::load(None, 0).unwrap();
        let model = scorer
            .models()
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
