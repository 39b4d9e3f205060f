//! The log as verbs and the service open it: the file in the data folder, or the topic `reports`.

use crate::catalog::LoadedCatalog;
use crate::config::Config;
use crate::serve::wall;
use anyhow::{Context, Result};
use intake::kafka::ReportsProducer;
use intake::{LogDestination, LogWriter, LogWriterParts};
use std::sync::Arc;
use store::{Log, LogOptions, Store};

/// The configured log.
///
/// # Errors
/// Where the file cannot be opened or the Kafka settings are wrong.
pub async fn open(config: &Config) -> Result<LogDestination> {
    if config.kafka.is_on() {
        return Ok(LogDestination::Kafka(ReportsProducer::open(Arc::new(config.kafka.clone()))?));
    }
    let max_bytes = (config.log.max_bytes > 0).then_some(config.log.max_bytes);
    let options = LogOptions { max_bytes, queue: config.log.append_queue, ..LogOptions::default() };
    let log = Log::open(&config.log_path(), options).await.context("opening the log")?;
    Ok(LogDestination::Embedded(log))
}

/// The configured log's writer, for a verb: records are stamped by the machine's clock.
///
/// # Errors
/// As [`open`].
pub async fn writer(config: &Config, catalog: &LoadedCatalog, store: &Store) -> Result<LogWriter> {
    Ok(LogWriter::new(LogWriterParts {
        log: open(config).await?,
        store: store.clone(),
        places: catalog.places.clone(),
        taxonomy: catalog.taxonomy.clone(),
        clock: Arc::new(wall),
        recent_ids: config.intake.recent_ids,
    }))
}
