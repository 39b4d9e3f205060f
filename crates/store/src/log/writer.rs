//! The log's only writer: takes what waits, writes it in one transaction, answers everyone.

use super::record::{self, SCHEMA};
use super::{Append, LogOptions, NewRecord};
use crate::error::StoreError;
use crate::sealed::Codec;
use crate::sql::{Connection, keep_private};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection as _, Executor, SqliteConnection};
use std::str::FromStr;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// Most bytes taken into one transaction, beyond the append that passes it.
const GROUP_BYTES: usize = 8 << 20;

/// How long the writer sleeps before it looks whether another process (an import) wrote to the log.
const LOOK: Duration = Duration::from_secs(1);

pub(super) struct Writer {
    url: String,
    max_bytes: Option<u64>,
    group: usize,
    /// Seals what records brought.
    codec: Codec,
    /// Gone after an error: what SQLite rolled back by itself and what the driver believes may differ.
    connection: Option<SqliteConnection>,
}

impl Writer {
    /// The writer, and the newest offset on disk.
    pub(super) async fn open(
        url: String,
        options: &LogOptions,
        codec: Codec,
    ) -> Result<(Writer, i64), StoreError> {
        let (max_bytes, group) = (options.max_bytes, options.group.max(1));
        let mut writer = Writer { url, max_bytes, group, codec, connection: None };
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
        let codec = self.codec.clone();
        let connection = self.connect().await?;
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        // Read under the write lock: another process may have written since.
        let first = newest(&mut transaction).await? + 1;
        let mut offset = first;
        for mut batch in batches {
            while !batch.is_empty() {
                let rest = batch.split_off(record::run(&batch));
                let count = batch.len() as i64;
                let mut tx = Connection::of_sqlite(&mut transaction);
                record::insert(&mut tx, batch, offset, &*codec).await?;
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
            keep_private(options.get_filename());
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
    record::newest(&mut Connection::of_sqlite(connection)).await
}
