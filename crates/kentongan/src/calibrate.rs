//! `kentongan train --calibrate`: writes the models again with each regency's own calibration.

use crate::catalog::LoadedCatalog;
use crate::config::Config;
use crate::models;
use anyhow::{Context, Result};
use std::path::Path;
use store::Store;
use worker::calibration::{CalibrationCall, calibrate_in_use};

/// Writes into `folder` where any regency could be calibrated; returns what to print.
pub async fn run(config: &Config, folder: &Path, date: &str) -> Result<Vec<String>> {
    let catalog = LoadedCatalog::load(config, None)?;
    let scorer = models::load(config, catalog.own_positives)?;
    let store = Store::open(&config.state_url()).await.context("opening the state")?;
    let call = CalibrationCall {
        store: &store,
        places: &catalog.places,
        scorer: &scorer,
        files: &models::files(config),
        own_positives: catalog.own_positives,
        folder,
        date,
    };
    let notes = calibrate_in_use(&call).await;
    store.close().await;
    Ok(notes?)
}
