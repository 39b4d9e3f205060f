//! What a feed hands in by itself: it shows who it is, keeps its quota, and its records go to the log.

use crate::entrance::EntranceCounts;
use crate::feed_gate::{BreakerLimits, FeedGate};
use crate::feed_identity::FeedIdentity;
use crate::feed_queue::FeedQueues;
use crate::log_writer::{LogDestination, LogWriter, LogWriterParts};
use async_recursion::async_recursion as boxed;
use domain::place::Places;
use domain::report::{ReportId, ReportRank};
use domain::time::Time;
use formats::decode::Refusal;
use formats::taxonomy::Taxonomy;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::{Store, StoreError, token_hash};

/// The clock records are stamped by; a scenario brings its own.
pub type ReceiptClock = Arc<dyn Fn() -> Time + Send + Sync>;

/// What the configuration allows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IntakeLimits {
    /// Largest request body, bytes.
    pub request_bytes: usize,
    /// Records a feed may send in a minute (as many at once as in a whole one); 0 is no limit.
    pub records_a_minute: u32,
    /// The same in bytes.
    pub bytes_a_minute: u32,
    /// When a feed is paused that sends almost nothing but garbage.
    pub breaker: BreakerLimits,
    /// Batches that may be under way; further ones are asked to come again.
    pub batches: usize,
    /// Ids remembered to recognise a duplicate at once.
    pub recent_ids: usize,
}

impl Default for IntakeLimits {
    fn default() -> IntakeLimits {
        IntakeLimits {
            request_bytes: 16 << 20,
            records_a_minute: 60_000,
            bytes_a_minute: 64 << 20,
            breaker: BreakerLimits::default(),
            batches: 64,
            recent_ids: 200_000,
        }
    }
}

/// What the intake is built from.
#[derive(Clone)]
pub struct IntakeParts {
    pub log: LogDestination,
    pub store: Store,
    pub places: Arc<Places>,
    pub taxonomy: Arc<Taxonomy>,
    pub clock: ReceiptClock,
    pub limits: IntakeLimits,
}

/// What became of one record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SubmitResult {
    Accepted {
        id: ReportId,
        /// Its sender's clock cannot be believed.
        doubtful: bool,
    },
    /// Kept as a dead letter.
    Rejected(Refusal),
    /// Known already; kept, and the pipeline decides which of the two counts.
    Duplicate { id: ReportId, place: KnownFrom, counts: TwinCounting },
}

/// Which of two records of one report counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TwinCounting {
    /// Both: the record is the one that is known, byte for byte.
    Same,
    /// The record that came now: it was reported earlier.
    Sent,
    /// The one that is known; the record that came now changes nothing.
    Known,
}

impl TwinCounting {
    pub(crate) fn of(sent: ReportRank, known: ReportRank) -> TwinCounting {
        match sent == known {
            true => TwinCounting::Same,
            false if sent.supersedes_twin(known) => TwinCounting::Sent,
            false => TwinCounting::Known,
        }
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            TwinCounting::Same => "same",
            TwinCounting::Sent => "sent",
            TwinCounting::Known => "known",
        }
    }
}

/// Where an id is known from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KnownFrom {
    /// From the log, a moment ago.
    Log,
    /// From the state.
    State,
}

impl KnownFrom {
    pub const fn as_str(self) -> &'static str {
        match self {
            KnownFrom::Log => "log",
            KnownFrom::State => "state",
        }
    }
}

/// Why a batch was not kept, or not the whole of it.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    #[error("taking in reports: too many batches under way; try again in a moment")]
    Busy,
    #[error("taking in reports of '{feed}': more than {limit} a minute; try again in {seconds} s")]
    TooFast { feed: String, limit: u32, seconds: u64 },
    #[error("taking in reports of '{feed}': more than {limit} bytes a minute; try again in {seconds} s")]
    TooMuch { feed: String, limit: u32, seconds: u64 },
    #[error(
        "taking in reports of '{feed}': it is paused for {seconds} s, because nearly all it sent was refused"
    )]
    Paused { feed: String, seconds: u64 },
    #[error("keeping the rest of a batch, of which {kept} records are kept: {source}")]
    Rest { kept: usize, source: StoreError },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Cheap to clone; all clones are one intake.
#[derive(Clone)]
pub struct Intake(Arc<Inner>);

struct Inner {
    store: Store,
    taxonomy: Arc<Taxonomy>,
    limits: IntakeLimits,
    clock: ReceiptClock,
    writer: LogWriter,
    gate: FeedGate,
    queues: FeedQueues,
    refusals: EntranceCounts,
}

impl Intake {
    pub fn new(parts: IntakeParts) -> Intake {
        let (limits, refusals) = (parts.limits, EntranceCounts::default());
        let queues = FeedQueues::new(match &parts.log {
            LogDestination::Embedded(log) => Some(log.clone()),
            LogDestination::Kafka(_) => None,
        });
        let writer = LogWriter::new(LogWriterParts {
            log: parts.log,
            store: parts.store.clone(),
            places: parts.places,
            taxonomy: parts.taxonomy.clone(),
            clock: parts.clock.clone(),
            recent_ids: limits.recent_ids,
        });
        Intake(Arc::new(Inner {
            store: parts.store,
            taxonomy: parts.taxonomy,
            limits,
            clock: parts.clock,
            writer,
            gate: FeedGate::new(limits, refusals.clone()),
            queues,
            refusals,
        }))
    }

    pub fn limits(&self) -> IntakeLimits {
        self.0.limits
    }

    pub fn taxonomy(&self) -> &Taxonomy {
        &self.0.taxonomy
    }

    /// What is counted of those who are sent away.
    pub fn refusals(&self) -> &EntranceCounts {
        &self.0.refusals
    }

    /// The log's writer, for records that come neither over HTTP nor from a form.
    pub fn log_writer(&self) -> &LogWriter {
        &self.0.writer
    }

    /// The feed a bearer token belongs to; `None` for a token that is unknown or of a disabled feed.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn authenticate(&self, token: &str) -> Result<Option<FeedIdentity>, StoreError> {
        let shown = token_hash(token);
        let row = self.0.store.feed_by_token(&shown).await?;
        // The database looked it up by hash; what is let in is decided here, in constant time.
        let row = row.filter(|row| row.enabled && same(&row.token_sha256, &shown));
        Ok(row.as_ref().map(FeedIdentity::of_row))
    }

    /// Takes records in for a feed. Returns what became of each, in their order, once all of them are on disk.
    ///
    /// # Errors
    /// Where the feed is paused or sends too much, too many batches are under way or the log cannot be written: nothing was
    /// kept, or ([`IntakeError::Rest`]) the first records alone, which a repetition does not double.
    #[boxed]
    pub async fn submit(
        &self,
        feed: &FeedIdentity,
        records: Vec<Vec<u8>>,
    ) -> Result<Vec<SubmitResult>, IntakeError> {
        let inner = &*self.0;
        if records.is_empty() {
            return Ok(Vec::new());
        }
        let _permit = inner.gate.enter(feed, &records, (inner.clock)())?;
        let mut results = Vec::with_capacity(records.len());
        let mut records = records.into_iter().peekable();
        while records.peek().is_some() {
            let slice: Vec<Vec<u8>> = records.by_ref().take(inner.queues.slice()).collect();
            let room = inner.queues.room(feed.name(), slice.len()).await;
            match inner.writer.append(feed, slice).await {
                Ok(of_slice) => results.extend(of_slice),
                Err(source) if results.is_empty() => return Err(source.into()),
                Err(source) => return Err(IntakeError::Rest { kept: results.len(), source }),
            }
            room.filled();
        }
        self.pause_where_needed(feed, &results).await;
        Ok(results)
    }

    /// Pauses a feed of which almost everything was refused of late.
    async fn pause_where_needed(&self, feed: &FeedIdentity, results: &[SubmitResult]) {
        let Some(pause) = self.0.gate.note(feed, results) else { return };
        let until = (self.0.clock)().plus(pause.as_micros() as i64);
        match self.0.store.pause_feed(feed.name(), Some(until)).await {
            Ok(false) => {} // one of the desk's own, which people type into
            Ok(true) => tracing::error!(
                feed = feed.name(),
                "a feed was paused for {} s: nearly all of its last records became dead letters; look with \
                 `kentongan dead-letters list`, mend it with its owner, then `kentongan feed resume`",
                pause.as_secs(),
            ),
            Err(error) => tracing::warn!(%error, feed = feed.name(), "pausing a feed that sends garbage"),
        }
    }
}

/// Compares without stopping at the first difference.
fn same(a: &[u8; 32], b: &[u8; 32]) -> bool {
    let difference = a.iter().zip(b).fold(0u8, |difference, (a, b)| difference | (a ^ b));
    core::hint::black_box(difference) == 0
}

/// A panic elsewhere leaves counts that are still good enough to count on.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
