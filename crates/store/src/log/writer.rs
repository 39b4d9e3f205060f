//! The log's only writer: takes what waits, writes it in one transaction, answers everyone.

use super::{Append, LogOptions, NewRecord, PARTITION};
use crate::error::StoreError;
use crate::sql::{self, Bulk, Cell};
use sqlx::AnyConnection;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, Row};
use tokio::sync::{mpsc, watch};

const INSERT: Bulk = Bulk {
    head: "INSERT INTO records (log_partition, log_offset, feed, class, areas, received_at, bytes, refused)",
    columns: 8,
    tail: "",
};

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

pub(super) struct Writer {
    url: String,
    max_bytes: Option<u64>,
    group: usize,
    /// Gone after an error: what SQLite rolled back by itself and what the driver believes may differ.
    connection: Option<AnyConnection>,
    next_offset: i64,
}

impl Writer {
    pub(super) async fn open(url: String, options: &LogOptions) -> Result<Writer, StoreError> {
        let (max_bytes, group) = (options.max_bytes, options.group.max(1));
        let mut writer = Writer { url, max_bytes, group, connection: None, next_offset: 0 };
        writer.connect().await?;
        Ok(writer)
    }

    pub(super) fn next_offset(&self) -> i64 {
        self.next_offset
    }

    pub(super) async fn run(mut self, mut waiting: mpsc::Receiver<Append>, newest: watch::Sender<i64>) {
        while let Some(first) = waiting.recv().await {
            let mut appends = vec![first];
            let mut records = appends[0].records.len();
            while records < self.group
                && let Ok(append) = waiting.try_recv()
            {
                records += append.records.len();
                appends.push(append);
            }
            self.serve(appends, &newest).await;
        }
        if let Some(connection) = self.connection.take()
            && let Err(error) = connection.close().await
        {
            tracing::warn!(%error, "closing the log");
        }
    }

    /// One transaction for all; where it fails, nobody's records were kept.
    async fn serve(&mut self, appends: Vec<Append>, newest: &watch::Sender<i64>) {
        // Before offsets are given: a new connection reads them from the disk.
        if let Err(error) = self.connect().await {
            for append in appends {
                let _ = append.reply.send(Err(error.clone()));
            }
            return;
        }
        let mut rows = Vec::with_capacity(appends.iter().map(|append| append.records.len()).sum());
        let mut replies = Vec::with_capacity(appends.len());
        let mut offset = self.next_offset;
        for append in appends {
            let first = offset;
            for record in append.records {
                rows.push(row(offset, record));
                offset += 1;
            }
            replies.push((append.reply, first..offset));
        }
        match self.write(rows).await {
            Ok(()) => {
                self.next_offset = offset;
                newest.send_replace(offset - 1);
                for (reply, offsets) in replies {
                    // A caller that went away lost its answer, not its records.
                    let _ = reply.send(Ok(offsets.collect()));
                }
            }
            Err(error) => {
                self.connection = None;
                for (reply, _) in replies {
                    let _ = reply.send(Err(error.clone()));
                }
            }
        }
    }

    async fn write(&mut self, rows: Vec<Vec<Cell>>) -> Result<(), StoreError> {
        let connection = self.connect().await?;
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        INSERT.run(&mut transaction, rows).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The connection, made anew after an error; then the next offset is what the disk says.
    async fn connect(&mut self) -> Result<&mut AnyConnection, StoreError> {
        if self.connection.is_none() {
            let mut connection = sql::options(&self.url)?.connect().await?;
            connection.execute(AssertSqlSafe(self.pragmas())).await?;
            connection.execute(SCHEMA).await?;
            let newest = sqlx::query("SELECT MAX(log_offset) FROM records WHERE log_partition = $1")
                .bind(i64::from(PARTITION))
                .fetch_one(&mut connection)
                .await?;
            self.next_offset = newest.try_get::<Option<i64>, _>(0)?.map_or(0, |newest| newest + 1);
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

fn row(offset: i64, record: NewRecord) -> Vec<Cell> {
    vec![
        Cell::Int(i64::from(PARTITION)),
        Cell::Int(offset),
        Cell::Text(record.feed),
        Cell::Text(record.class.as_str().to_string()),
        Cell::Text(record.areas),
        Cell::Int(record.received_at.0),
        Cell::Bytes(record.bytes),
        Cell::MaybeText(record.refused.map(|reason| reason.as_str().to_string())),
    ]
}
