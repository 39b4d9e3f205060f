//! The embedded log: bytes by (partition, offset) in a SQLite file of its own.
//!
//! An offset is given out only by a commit that was synced to disk. One writer task takes waiting
//! appends together into one transaction (group commit); readers have their own connections.
//! Another process may append too (an import into a running service): offsets are given under the
//! write lock, and an idle writer looks once a second for what others wrote.

mod record;
mod writer;

use crate::error::StoreError;
use crate::sealed::{self, SealedCodec};
use crate::sql::{self, Dialect, Pool};
use async_recursion::async_recursion as boxed;
use domain::author::StampedAuthor;
use domain::kind::{FeedClass, Refused};
use domain::place::Areas;
use domain::time::Time;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot, watch};

/// The embedded log has one partition.
pub const PARTITION: i32 = 0;

#[derive(Clone, Debug)]
pub struct LogOptions {
    /// Largest size of the log's file (its write-ahead file comes on top, some megabytes at most);
    /// `None` leaves it to the disk.
    pub max_bytes: Option<u64>,
    /// Appends that may wait for the writer; more wait in the caller.
    pub queue: usize,
    /// Most records taken into one transaction.
    pub group: usize,
}

impl Default for LogOptions {
    fn default() -> LogOptions {
        LogOptions { max_bytes: None, queue: 64, group: 8192 }
    }
}

/// What intake hands over.
#[derive(Clone, PartialEq, Debug)]
pub struct NewRecord {
    /// The feed's name.
    pub feed: String,
    pub class: FeedClass,
    /// What the feed may speak for.
    pub areas: Areas,
    pub received_at: Time,
    pub bytes: Vec<u8>,
    /// Set only where the record was refused before decoding.
    pub refused: Option<Refused>,
    /// Of an archive that was imported: old by nature.
    pub archive: bool,
    /// Who stands behind it, as its feed was registered when it came.
    pub author: StampedAuthor,
}

/// A record at its offset.
#[derive(Clone, PartialEq, Debug)]
pub struct LogRecord {
    pub partition: i32,
    pub offset: i64,
    pub record: NewRecord,
}

/// How far the log's worker has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Worked {
    /// Everything before this offset is committed.
    pub next_offset: i64,
    /// Records that it takes in in about a tenth of a second, from reading to commit.
    pub pace: usize,
}

/// A handle on the log; clones share it. The writer ends when the last handle is gone.
#[derive(Clone)]
pub struct Log {
    queue: mpsc::Sender<Append>,
    readers: Pool,
    newest: watch::Receiver<i64>,
    worked: watch::Sender<Option<Worked>>,
}

/// One caller's records and where to answer.
struct Append {
    records: Vec<NewRecord>,
    reply: oneshot::Sender<Result<Vec<i64>, StoreError>>,
}

impl Append {
    fn bytes(&self) -> usize {
        self.records.iter().map(|record| record.bytes.len()).sum()
    }
}

impl Log {
    /// Opens or makes the log at `path` (a path or a `sqlite:` URL) and starts its writer.
    ///
    /// # Errors
    /// [`StoreError::Open`] where the file cannot be opened or made.
    #[boxed]
    pub async fn open(path: &str, options: LogOptions) -> Result<Log, StoreError> {
        Log::open_sealed(path, options, sealed::clear()).await
    }

    /// The same with a codec for what records bring; everybody who opens the log must bring the same one.
    ///
    /// # Errors
    /// As [`Log::open`].
    #[boxed]
    pub async fn open_sealed(
        path: &str,
        options: LogOptions,
        codec: Arc<dyn SealedCodec>,
    ) -> Result<Log, StoreError> {
        let url = sql::url(path)?;
        if sql::Engine::of(&url) != sql::Engine::Sqlite {
            let why = String::from("the log is a SQLite file, not a server");
            return Err(StoreError::Open { path: path.to_string(), why });
        }
        let writer = writer::Writer::open(url.clone(), &options, codec.clone()).await;
        let (writer, newest) = writer.map_err(|error| error.opening(path))?;
        let readers = Pool::connect(&url, Dialect::LogReader, 2, codec).await?;
        let (queue, waiting) = mpsc::channel(options.queue.max(1));
        let (sender, newest) = watch::channel(newest);
        tokio::spawn(writer.run(waiting, sender));
        Ok(Log { queue, readers, newest, worked: watch::Sender::new(None) })
    }

    /// Writes the records, all or none, and answers with their offsets once they are on disk.
    /// Waits while the queue is full. No records give no offsets.
    ///
    /// # Errors
    /// [`StoreError::Full`] where there is no room: nothing of the records was kept.
    #[boxed]
    pub async fn append_records(&self, records: Vec<NewRecord>) -> Result<Vec<i64>, StoreError> {
        if records.is_empty() {
            return Ok(Vec::new());
        }
        let (reply, answer) = oneshot::channel();
        self.queue.send(Append { records, reply }).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Up to `limit` records from `from_offset` on, in order.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn read(
        &self,
        partition: i32,
        from_offset: i64,
        limit: usize,
    ) -> Result<Vec<LogRecord>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        record::read(&self.readers, partition, from_offset, limit).await
    }

    /// The newest offset on disk (-1 while the log is empty); changes after every commit, and within a
    /// second of another process's.
    pub fn newest(&self) -> watch::Receiver<i64> {
        self.newest.clone()
    }

    /// How far a worker of this process has come; `None` while none works.
    pub fn worked(&self) -> watch::Receiver<Option<Worked>> {
        self.worked.subscribe()
    }

    /// The worker of this process has come so far.
    pub fn set_worked(&self, worked: Worked) {
        self.worked.send_replace(Some(worked));
    }

    /// Appends that wait for the writer now.
    pub fn waiting(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }
}
