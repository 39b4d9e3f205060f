//! `kentongan backup` and `kentongan restore`: the whole state, and what the worker has not taken in yet, in one file
//! that either engine takes back. The way from one machine to several.

use crate::catalog::Catalog;
use crate::config::Config;
use crate::data_folder;
use crate::log_access::{self, BATCH};
use crate::user_error::{self, OrUserError};
use anyhow::{Context, Result};
use intake::log_backup::{self, BackupRecord};
use serde::Deserialize;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use store::{BackupFormat, Log, LogOptions, PARTITION, RestoreOnto, Store, StoreError};

/// Writes the backup; the service may run meanwhile. Returns rows and records.
pub async fn backup(config: &Config, path: &Path) -> Result<(u64, u64)> {
    let store = Store::open(&config.state_url()).await.context("opening the state")?;
    let file = File::create_new(path)
        .with_context(|| format!("making '{}'; a backup is never written over another", path.display()))
        .or_user_error()?;
    let mut out = BufWriter::new(file);
    let partitions = if config.kafka.is_on() { config.kafka.partitions } else { 0 };
    let lowest = store.lowest_partition().await?;
    writeln!(
        out,
        "{}",
        json!({ "kentongan_backup": BackupFormat::NUMBER, "partitions": partitions, "lowest": lowest })
    )?;
    // Where the worker stands is read first: what it takes in meanwhile is then in the log's part too, and a report
    // that comes twice counts once.
    let from = store.recover(PARTITION).await?.map_or(0, |progress| progress.next_offset);
    let rows = store.backup(|line| writeln!(out, "{line}")).await?;
    let mut records = 0;
    if !config.kafka.is_on() {
        let log = Log::open(&config.log_path(), LogOptions::default()).await.context("opening the log")?;
        let mut next = from;
        loop {
            let some = log.read(PARTITION, next, BATCH).await?;
            let Some(last) = some.last() else { break };
            next = last.offset + 1;
            records += some.len() as u64;
            for record in some {
                writeln!(out, "{}", json!(["log", BackupRecord::of(record)]))?;
            }
        }
    }
    writeln!(out, "{}", json!({ "rows": rows, "records": records }))?;
    out.into_inner().context("writing the backup")?.sync_all()?;
    store.close().await;
    Ok((rows, records))
}

/// Reads the backup into an empty state (and an empty log). Returns rows and records.
pub async fn restore(config: &Config, path: &Path) -> Result<(u64, u64)> {
    let catalog = Catalog::load(config, None)?;
    let name = path.display();
    let file = File::open(path).with_context(|| format!("opening '{name}'")).or_user_error()?;
    // Nobody may begin to work on what is half restored.
    let _held = data_folder::lock(config)?;
    let mut lines = BufReader::new(file).lines();
    let mut next = move || -> Result<Value> {
        let line = lines.next().context("the backup ends before its last line; it was cut off")??;
        serde_json::from_str(&line).context("a line of the backup is no JSON")
    };
    let head = next().with_context(|| format!("reading '{name}'"))?;
    let Some(format) = head["kentongan_backup"].as_u64().and_then(BackupFormat::of) else {
        return Err(user_error::new(format!("reading '{name}': it is no backup this program knows")));
    };
    let kafka = config.kafka.is_on();
    let partitions = if kafka { config.kafka.partitions } else { 1 };
    let onto = match kafka && head["partitions"] == partitions {
        true => RestoreOnto::SameLog,
        false => RestoreOnto::NewLog { partitions, lowest: head["lowest"].as_i64().unwrap_or(0) },
    };
    let store = Store::open(&config.state_url()).await.context("opening the state")?;
    let mut records = Vec::new();
    let mut closing = None;
    let rows = store
        .restore(
            || {
                loop {
                    let line = next().map_err(|error| StoreError::Corrupt(format!("{error:#}")))?;
                    match line[0].as_str() {
                        Some("log") => records.push(log_record(&line[1])?),
                        Some(_) => return Ok(Some(line)),
                        None => {
                            closing = Some((line["rows"].as_u64(), line["records"].as_u64()));
                            return Ok(None);
                        }
                    }
                }
            },
            (onto, format),
        )
        .await
        .map_err(|error| match error {
            StoreError::Occupied => user_error::new(error),
            other => other.into(),
        })
        .with_context(|| format!("restoring '{name}'"))?;
    let count = records.len() as u64;
    if closing != Some((Some(rows), Some(count))) {
        return Err(user_error::new(format!(
            "restoring '{name}': its last line does not count what it holds; make a new backup"
        )));
    }
    if !records.is_empty() {
        let writer = log_access::writer(config, &catalog, &store).await?;
        log_backup::restore(&writer, records).await.context("writing the log")?;
    }
    store.close().await;
    Ok((rows, count))
}

fn log_record(line: &Value) -> Result<BackupRecord, StoreError> {
    BackupRecord::deserialize(line)
        .map_err(|error| StoreError::Corrupt(format!("a record of the log: {error}")))
}
