//! The log that feeds are registered with.

use crate::world::NOW;
use domain::place::Places;
use formats::taxonomy::Taxonomy;
use intake::{LogDestination, LogWriter, LogWriterParts};
use std::path::Path;
use std::sync::Arc;
use store::{Log, LogOptions, Store};

pub async fn log_writer(
    folder: &Path,
    store: Store,
    places: Arc<Places>,
    taxonomy: Arc<Taxonomy>,
) -> LogWriter {
    let log = Log::open(folder.join("log.db").to_str().unwrap(), LogOptions::default()).await.unwrap();
    let log = LogDestination::Embedded(log);
    let clock = Arc::new(|| NOW);
    LogWriter::new(LogWriterParts { log, store, places, taxonomy, clock, recent_ids: 100 })
}
