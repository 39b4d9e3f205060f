//! The log as verbs write to it, whichever it is: the file in the data folder, or the topic `reports`.

use crate::catalog::Catalog;
use crate::config::Config;
use anyhow::{Context, Result};
use domain::place::Areas;
use formats::decode::{RecordView, decode};
use intake::kafka::Appender;
use std::sync::Arc;
use store::{Log, LogOptions, NewRecord};

/// Records handed over at once.
pub const TOGETHER: usize = 1000;

/// An opened log; records are kept when a call answers.
pub enum End<'a> {
    File(Log),
    Kafka(Appender, &'a Catalog),
}

impl End<'_> {
    pub async fn open<'a>(config: &Config, catalog: &'a Catalog) -> Result<End<'a>> {
        if config.kafka.is_on() {
            return Ok(End::Kafka(Appender::open(Arc::new(config.kafka.clone()))?, catalog));
        }
        let max_bytes = (config.log.max_bytes > 0).then_some(config.log.max_bytes);
        let options = LogOptions { max_bytes, ..LogOptions::default() };
        Ok(End::File(Log::open(&config.log_path(), options).await.context("opening the log")?))
    }

    /// Appends records, over Kafka each to its regency's partition.
    pub async fn append(&self, records: Vec<NewRecord>) -> Result<()> {
        match self {
            End::File(log) => log.append(records).await.map(drop).context("writing the log"),
            End::Kafka(appender, catalog) => {
                for some in records.chunks(TOGETHER) {
                    let keyed: Vec<_> = some.iter().map(|record| keyed(catalog, record)).collect();
                    appender.append(&keyed).await.context("writing to Kafka")?;
                }
                Ok(())
            }
        }
    }
}

fn keyed(
    catalog: &Catalog,
    record: &NewRecord,
) -> (NewRecord, Option<domain::place::Code>, Option<formats::record_stamp::RecordOrigin>) {
    let view = RecordView {
        bytes: &record.bytes,
        feed_name: &record.feed,
        class: Some(record.class),
        areas: &Areas::parse_kept(&record.areas),
        received_at: record.received_at,
    };
    let read = decode(&view, &catalog.for_decode()).ok();
    (record.clone(), read.map(|decoded| decoded.report.place.code.regency()), None)
}
