//! The log as it came, one record a line with its stamps: what the pipeline and nothing else saw. A replay of it ends where
//! the service did.

use crate::kafka::{KafkaFault, KafkaSettings, ReportsReader};
use async_recursion::async_recursion as boxed;
use formats::archive::export::LoggedRecord;
use std::io::{self, Write};
use store::{Log, NewRecord, PARTITION, StoreError};

/// Records read at once.
const BATCH: usize = 1000;

/// Why a log was not exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("a record cannot be written")]
    Record(#[source] serde_json::Error),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Kafka(#[from] KafkaFault),
}

/// Writes the log that is a file; the service may run meanwhile. Returns how many records.
///
/// # Errors
/// Where the log cannot be read or `out` cannot be written.
#[boxed]
pub async fn write_log(log: &Log, out: &mut (dyn Write + Send)) -> Result<u64, ExportError> {
    let (mut next, mut count) = (0, 0);
    loop {
        let records = log.read(PARTITION, next, BATCH).await?;
        let Some(last) = records.last() else { break };
        (next, count) = (last.offset + 1, count + records.len() as u64);
        for record in records {
            write(record.record, out)?;
        }
    }
    out.flush()?;
    Ok(count)
}

/// Writes the log that is the topic `reports`, as far as it reaches back, in the order its records were received.
///
/// # Errors
/// As [`write_log`].
pub fn write_topic(settings: &KafkaSettings, out: &mut (dyn Write + Send)) -> Result<u64, ExportError> {
    let (mut reader, mut count) = (ReportsReader::open(settings)?, 0);
    while let Some(record) = reader.next_record()? {
        write(record, out)?;
        count += 1;
    }
    out.flush()?;
    Ok(count)
}

fn write(record: NewRecord, out: &mut (dyn Write + Send)) -> Result<(), ExportError> {
    let NewRecord { feed, class, areas, received_at, bytes, refused, archive, author } = record;
    let record = LoggedRecord { feed, class, areas, received_at, refused, archive, author, bytes };
    Ok(writeln!(out, "{}", record.to_line().map_err(ExportError::Record)?)?)
}
