//! `kentongan backup` and `kentongan restore`: opens what [`intake::backup`] writes from and reads into.

use crate::catalog::LoadedCatalog;
use crate::config::Config;
use crate::data_folder;
use crate::log_access;
use crate::user_error::OrUserError;
use anyhow::{Context, Result};
use intake::backup::{BackupReader, write};
use intake::log_backup;
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;
use store::{Log, LogOptions, Store};

/// Writes the backup; the service may run meanwhile. Returns rows and records.
pub async fn backup(config: &Config, path: &Path) -> Result<(u64, u64)> {
    let store = Store::open(&config.state_url()).await.context("opening the state")?;
    let file = File::create_new(path)
        .with_context(|| format!("making '{}'; a backup is never written over another", path.display()))
        .or_user_error()?;
    let mut out = BufWriter::new(file);
    let log = async || Log::open(&config.log_path(), LogOptions::default()).await;
    let counts = write(&store, partitions(config), log, &mut out).await?;
    out.into_inner().context("writing the backup")?.sync_all()?;
    store.close().await;
    Ok(counts)
}

/// Reads the backup into an empty state (and an empty log). Returns rows and records.
pub async fn restore(config: &Config, path: &Path) -> Result<(u64, u64)> {
    let catalog = LoadedCatalog::load(config, None)?;
    let name = path.display();
    let file = File::open(path).with_context(|| format!("opening '{name}'")).or_user_error()?;
    // Nobody may begin to work on what is half restored.
    let _held = data_folder::lock(config)?;
    let backup = BackupReader::open(BufReader::new(file), partitions(config));
    let backup = backup.with_context(|| format!("reading '{name}'"))?;
    let store = Store::open(&config.state_url()).await.context("opening the state")?;
    let restored = backup.restore_rows(&store).await;
    let (rows, records) = restored.with_context(|| format!("restoring '{name}'"))?;
    let count = records.len() as u64;
    if !records.is_empty() {
        let writer = log_access::writer(config, &catalog, &store).await?;
        log_backup::restore(&writer, records).await.context("writing the log")?;
    }
    store.close().await;
    Ok((rows, count))
}

/// How many partitions the log's topic has; 0 where the log is a file.
fn partitions(config: &Config) -> i32 {
    if config.kafka.is_on() { config.kafka.partitions } else { 0 }
}
