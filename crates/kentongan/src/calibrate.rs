//! `kentongan train --calibrate`: writes the models again with each regency's own calibration.

use crate::catalog::Catalog;
use crate::config::{Config, given};
use crate::models;
use crate::user_error;
use anyhow::{Context, Result};
use scoring::Artefact;
use scoring::artefact;
use std::path::Path;
use store::Store;
use worker::calibration::{Calibrations, calibrate_models, card_with_calibrations};

/// Writes into `folder` where any regency could be calibrated; returns what to print.
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
    let places = &catalog.places;
    let regencies: Vec<_> = places.regency_ids().map(|unit| places.code(unit)).collect();
    let made = calibrate_models(&rows, scorer.models(), &regencies, catalog.own_positives, date);
    let Calibrations { mut notes, models, is_changed } = made;
    if is_changed {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("making the folder '{}'", folder.display()))?;
        models.iter().try_for_each(|(old, next)| write(config, folder, old, next))?;
        notes.push(format!(
            "written to '{}'; set files.models to it and start again. One line of its current.toml rolls back",
            folder.display()
        ));
    } else {
        notes.push("no regency could be calibrated; the models stay as they are".to_owned());
    }
    Ok(notes)
}

/// The model's three files under its new name; evaluation and card go with it.
fn write(config: &Config, folder: &Path, old: &str, next: &Artefact) -> Result<()> {
    let source = given(&config.files.models);
    let evaluation =
        models::beside(source, old, "evaluation.json").context("reading the model's evaluation")?;
    let mut evaluation: serde_json::Value =
        serde_json::from_str(&evaluation).context("reading the model's evaluation")?;
    evaluation["model"] = serde_json::json!(next.name);
    let card = models::beside(source, old, "card.md").unwrap_or_default();
    Ok(artefact::save(folder, next, &card_with_calibrations(&card, next), &evaluation)?)
}
