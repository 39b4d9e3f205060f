//! The whole state, and what the worker has not taken in yet, as lines of JSON that either engine takes back. The way
//! from one machine to several.

use crate::log_backup::BackupRecord;
use serde::Deserialize;
use serde_json::{Value, json};
use std::io::{self, BufRead, Lines, Write};
use store::{BackupFormat, Log, PARTITION, RestoreOnto, Store, StoreError};

/// Records of the log read at once.
const BATCH: usize = 1000;

/// Why a backup was not written or not restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("the backup ends before its last line; it was cut off")]
    CutOff,
    #[error("a line of the backup is no JSON")]
    Line(#[source] serde_json::Error),
    #[error("it is no backup this program knows")]
    Unknown,
    #[error("its last line does not count what it holds; make a new backup")]
    Miscounted,
    #[error("opening the log")]
    Log(#[source] StoreError),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl BackupError {
    /// True where another file or an empty state would help; false where the machine failed.
    pub fn is_call(&self) -> bool {
        matches!(
            self,
            BackupError::Unknown | BackupError::Miscounted | BackupError::Store(StoreError::Occupied)
        )
    }
}

/// Writes the backup; the service may run meanwhile. `partitions`: how many the topic of the log has, 0 where the log is
/// a file. `open_log` gives that file once the rows are written. Returns rows and records.
///
/// # Errors
/// Where the store or the log cannot be read, or `out` cannot be written.
pub async fn write(
    store: &Store,
    partitions: i32,
    open_log: impl AsyncFnOnce() -> Result<Log, StoreError>,
    out: &mut (impl Write + Send),
) -> Result<(u64, u64), BackupError> {
    let lowest = store.lowest_partition().await?;
    writeln!(
        out,
        "{}",
        json!({ "kentongan_backup": BackupFormat::NUMBER, "partitions": partitions, "lowest": lowest })
    )?;
    // Where the worker stands is read first: what it takes in meanwhile is then in the log's part too, and a report
    // that comes twice counts once.
    let mut next = store.recover(PARTITION).await?.map_or(0, |progress| progress.next_offset);
    let rows = store.backup(|line| writeln!(out, "{line}")).await?;
    let mut records = 0;
    if partitions == 0 {
        let log = open_log().await.map_err(BackupError::Log)?;
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
    Ok((rows, records))
}

/// A backup whose first line has been read.
pub struct BackupReader<R> {
    lines: Lines<R>,
    format: BackupFormat,
    onto: RestoreOnto,
}

impl<R: BufRead + Send> BackupReader<R> {
    /// `partitions`: how many the topic of the log has that it is restored onto, 0 where the log is a file.
    ///
    /// # Errors
    /// Where the first line is none of a backup this program knows.
    pub fn open(input: R, partitions: i32) -> Result<BackupReader<R>, BackupError> {
        let mut lines = input.lines();
        let head = next(&mut lines)?;
        let format = head["kentongan_backup"].as_u64().and_then(BackupFormat::of);
        let format = format.ok_or(BackupError::Unknown)?;
        let onto = match partitions > 0 && head["partitions"] == partitions {
            true => RestoreOnto::SameLog,
            false => RestoreOnto::NewLog {
                partitions: partitions.max(1),
                lowest: head["lowest"].as_i64().unwrap_or(0),
            },
        };
        Ok(BackupReader { lines, format, onto })
    }

    /// Puts the rows into an empty state, all of them or none. Returns how many, and the records that belong into the log
    /// ([`crate::log_backup::restore`]).
    ///
    /// # Errors
    /// Where there is a state already, or the backup is cut off, broken or miscounted.
    pub async fn restore_rows(self, store: &Store) -> Result<(u64, Vec<BackupRecord>), BackupError> {
        let BackupReader { mut lines, format, onto } = self;
        let (mut records, mut closing) = (Vec::new(), None);
        let read = || {
            loop {
                let line = next(&mut lines).map_err(corrupt)?;
                match line[0].as_str() {
                    Some("log") => records.push(log_record(&line[1])?),
                    Some(_) => return Ok(Some(line)),
                    None => {
                        closing = Some((line["rows"].as_u64(), line["records"].as_u64()));
                        return Ok(None);
                    }
                }
            }
        };
        let rows = store.restore(read, (onto, format)).await?;
        if closing != Some((Some(rows), Some(records.len() as u64))) {
            return Err(BackupError::Miscounted);
        }
        Ok((rows, records))
    }
}

fn next(lines: &mut Lines<impl BufRead>) -> Result<Value, BackupError> {
    let line = lines.next().ok_or(BackupError::CutOff)??;
    serde_json::from_str(&line).map_err(BackupError::Line)
}

fn corrupt(error: BackupError) -> StoreError {
    StoreError::Corrupt(match &error {
        BackupError::Line(source) => format!("{error}: {source}"),
        other => other.to_string(),
    })
}

fn log_record(line: &Value) -> Result<BackupRecord, StoreError> {
    BackupRecord::deserialize(line)
        .map_err(|error| StoreError::Corrupt(format!("a record of the log: {error}")))
}
