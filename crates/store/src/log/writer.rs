//! The log's only writer: takes what waits, writes it in one transaction, answers everyone.

use super::{Append, LogOptions, NewRecord, PARTITION};
use crate::error::StoreError;
use crate::sql::{self, Cell, Column, Connection};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection as _, Executor, SqliteConnection};
use std::str::FromStr;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// Who sent a run of records and when is bound once for all of them; each brings its offset and its bytes.
const INSERT: &str = "INSERT INTO records (log_partition, log_offset, feed, class, areas, received_at, bytes, refused) \
     SELECT ?, column1, ?, ?, ?, ?, column2, ? FROM";

/// Most records in one statement.
const RUN: usize = 512;

const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS records (
    log_partition BIGINT NOT NULL,
    log_offset BIGINT NOT NULL,
    feed TEXT NOT NULL,
    class TEXT NOT NULL,
    areas TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    bytes BLOB NOT NULL,
    refused TEXT,
    PRIMARY KEY (log_partition, log_offset)
) WITHOUT ROWID";

/// Most bytes taken into one transaction, beyond the append that passes it.
const GROUP_BYTES: usize = 8 << 20;

/// How long the writer sleeps before it looks whether another process (an import) wrote to the log.
const LOOK: Duration = Duration::from_secs(1);

pub(super) struct Writer {
    url: String,
    max_bytes: Option<u64>,
    group: usize,
    /// Gone after an error: what SQLite rolled back by itself and what the driver believes may differ.
    connection: Option<SqliteConnection>,
}

impl Writer {
    /// The writer, and the newest offset on disk.
    pub(super) async fn open(url: String, options: &LogOptions) -> Result<(Writer, i64), StoreError> {
        let (max_bytes, group) = (options.max_bytes, options.group.max(1));
        let mut writer = Writer { url, max_bytes, group, connection: None };
        let newest = newest(writer.connect().await?).await?;
        Ok((writer, newest))
    }

    pub(super) async fn run(mut self, mut waiting: mpsc::Receiver<Append>, newest: watch::Sender<i64>) {
        loop {
            match tokio::time::timeout(LOOK, waiting.recv()).await {
                Ok(Some(first)) => {
                    let appends = self.gather(first, &mut waiting);
                    self.serve(appends, &newest).await;
                }
                Ok(None) => break,
                Err(_) => self.look(&newest).await,
            }
        }
        if let Some(connection) = self.connection.take()
            && let Err(error) = connection.close().await
        {
            tracing::warn!(%error, "closing the log");
        }
    }

    /// The first append and those that wait behind it, as far as one transaction should go.
    fn gather(&self, first: Append, waiting: &mut mpsc::Receiver<Append>) -> Vec<Append> {
        let (mut records, mut bytes) = (first.records.len(), first.bytes());
        let mut appends = vec![first];
        while records < self.group
            && bytes < GROUP_BYTES
            && let Ok(append) = waiting.try_recv()
        {
            records += append.records.len();
            bytes += append.bytes();
            appends.push(append);
        }
        appends
    }

    /// One transaction for all; where it fails, nobody's records were kept.
    async fn serve(&mut self, appends: Vec<Append>, newest_offset: &watch::Sender<i64>) {
        let (mut batches, mut replies) =
            (Vec::with_capacity(appends.len()), Vec::with_capacity(appends.len()));
        for append in appends {
            replies.push((append.reply, append.records.len() as i64));
            batches.push(append.records);
        }
        match self.write(batches).await {
            Ok(mut offset) => {
                for (reply, count) in replies {
                    // A caller that went away lost its answer, not its records.
                    let _ = reply.send(Ok((offset..offset + count).collect()));
                    offset += count;
                }
                newest_offset.send_replace(offset - 1);
            }
            Err(error) => {
                self.connection = None;
                for (reply, _) in replies {
                    let _ = reply.send(Err(error.clone()));
                }
            }
        }
    }

    /// Writes the batches one after the other. Returns the offset of the first record.
    async fn write(&mut self, batches: Vec<Vec<NewRecord>>) -> Result<i64, StoreError> {
        let connection = self.connect().await?;
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        // Read under the write lock: another process may have written since.
        let first = newest(&mut transaction).await? + 1;
        let mut offset = first;
        for mut batch in batches {
            while !batch.is_empty() {
                let rest = batch.split_off(run(&batch));
                let count = batch.len() as i64;
                insert(&mut transaction, batch, offset).await?;
                offset += count;
                batch = rest;
            }
        }
        transaction.commit().await?;
        Ok(first)
    }

    async fn look(&mut self, newest_offset: &watch::Sender<i64>) {
        let found = match self.connect().await {
            Ok(connection) => newest(connection).await,
            Err(error) => Err(error),
        };
        match found {
            Ok(newest) => {
                newest_offset.send_if_modified(|known| std::mem::replace(known, newest) != newest);
            }
            Err(error) => {
                self.connection = None;
                tracing::debug!(%error, "looking for records of another process");
            }
        }
    }

    /// The connection, made again after an error.
    async fn connect(&mut self) -> Result<&mut SqliteConnection, StoreError> {
        if self.connection.is_none() {
            let options = SqliteConnectOptions::from_str(&self.url)?.disable_statement_logging();
            let mut connection = options.connect().await?;
            connection.execute(AssertSqlSafe(self.pragmas())).await?;
            connection.execute(SCHEMA).await?;
            self.connection = Some(connection);
        }
        self.connection.as_mut().ok_or(StoreError::Closed)
    }

    fn pragmas(&self) -> String {
        const PAGE_BYTES: u64 = 4096;
        // 2^32 - 2 is SQLite's own most.
        let pages =
            self.max_bytes.map_or(4_294_967_294, |bytes| (bytes / PAGE_BYTES).clamp(4, 4_294_967_294));
        format!(
            "PRAGMA busy_timeout = 10000; PRAGMA page_size = {PAGE_BYTES}; PRAGMA journal_mode = WAL; \
             PRAGMA synchronous = FULL; PRAGMA cache_size = -4096; PRAGMA journal_size_limit = 67108864; \
             PRAGMA max_page_count = {pages}"
        )
    }
}

async fn newest(connection: &mut SqliteConnection) -> Result<i64, StoreError> {
    const NEWEST: &str =
        "SELECT log_offset FROM records WHERE log_partition = $1 ORDER BY log_offset DESC LIMIT 1";
    let newest = sql::query(NEWEST).bind(i64::from(PARTITION));
    let row = newest.fetch_optional(&mut Connection::of_sqlite(connection)).await?;
    row.map_or(Ok(-1), |row| sql::get(&row, 0))
}

/// How many of the first records one statement takes: alike but for their bytes, and a power of two, so that a
/// handful of prepared statements serves every number.
fn run(batch: &[NewRecord]) -> usize {
    let origin = |record: &NewRecord| (record.class, record.received_at, record.refused);
    let alike = |other: &&NewRecord| {
        let first = &batch[0];
        origin(other) == origin(first) && other.feed == first.feed && other.areas == first.areas
    };
    1 << batch.iter().take(RUN).take_while(alike).count().ilog2()
}

/// Writes records that are alike but for their bytes, from `offset` on.
async fn insert(
    connection: &mut SqliteConnection,
    records: Vec<NewRecord>,
    offset: i64,
) -> Result<(), StoreError> {
    let Some(first) = records.first() else { return Ok(()) };
    let shared = [
        Cell::Int(i64::from(PARTITION)),
        Cell::Text(first.feed.clone()),
        Cell::Text(first.class.as_str().to_string()),
        first.areas.cell(),
        Cell::Int(first.received_at.0),
        Cell::MaybeText(first.refused.map(|reason| reason.as_str().to_string())),
    ];
    let text = format!("{INSERT} (VALUES {})", vec!["(?,?)"; records.len()].join(","));
    let own =
        records.into_iter().zip(offset..).flat_map(|(record, at)| [Cell::Int(at), Cell::Bytes(record.bytes)]);
    let statement = sql::query(text).bind_all(shared.into_iter().chain(own));
    statement.execute(&mut Connection::of_sqlite(connection)).await?;
    Ok(())
}
