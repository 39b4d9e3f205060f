//! The way in for all reports: who speaks, what of it is a report, and on disk before anybody is answered.
//!
//! Everything handed in goes to the log, also what is refused (it becomes a dead letter with its original bytes) and
//! what is known already (of two reports with one id the earlier said counts, not the one that came first).

use crate::log_writer::LogWriter;
use crate::rate_limit::Buckets;
use crate::recent_ids::Recent;
use domain::kind::FeedClass;
use domain::place::Places;
use domain::place::{Areas, Code};
use domain::report::ReportId;
use domain::time::Time;
use formats::decode::{Catalog, RecordView, Refusal, decode};
use formats::taxonomy::Taxonomy;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::{NewRecord, ReportKey, Store, StoreError};
use tokio::sync::Semaphore;

/// The clock records are stamped by; a scenario brings its own.
pub type Clock = Arc<dyn Fn() -> Time + Send + Sync>;

/// What the configuration allows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IntakeLimits {
    /// Largest request body, bytes.
    pub request_bytes: usize,
    /// Records a feed may send in a minute (as many at once as in a whole one); 0 is no limit.
    pub records_a_minute: u32,
    /// Batches that may be under way; further ones are asked to come again.
    pub batches: usize,
    /// Ids remembered to tell a duplicate at once.
    pub recent_ids: usize,
}

impl Default for IntakeLimits {
    fn default() -> IntakeLimits {
        IntakeLimits { request_bytes: 16 << 20, records_a_minute: 60_000, batches: 64, recent_ids: 200_000 }
    }
}

/// What the intake is built from.
#[derive(Clone)]
pub struct IntakeParts {
    pub log: LogWriter,
    pub store: Store,
    pub places: Arc<Places>,
    pub taxonomy: Arc<Taxonomy>,
    pub clock: Clock,
    pub limits: IntakeLimits,
}

/// A feed that showed its token, or one of the desk's own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FeedIdentity {
    pub name: String,
    pub class: FeedClass,
    /// Where the feed may speak for.
    pub areas: Areas,
}

/// What became of one record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SubmitResult {
    Accepted(ReportId),
    /// Kept as a dead letter.
    Rejected(Refusal),
    /// Known already; kept, and the pipeline decides which of the two counts.
    Duplicate {
        id: ReportId,
        place: Known,
    },
}

/// Where an id is known from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Known {
    /// From the log, a moment ago.
    Log,
    /// From the state.
    State,
}

impl Known {
    pub const fn as_str(self) -> &'static str {
        match self {
            Known::Log => "log",
            Known::State => "state",
        }
    }
}

/// Why nothing of a batch was kept.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    #[error("taking in reports: too many batches under way; try again in a moment")]
    Busy,
    #[error("taking in reports of '{feed}': more than {limit} a minute; try again in {seconds} s")]
    TooFast { feed: String, limit: u32, seconds: u64 },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Cheap to clone; all clones are one intake.
#[derive(Clone)]
pub struct Intake(Arc<Inner>);

struct Inner {
    parts: IntakeParts,
    batches: Semaphore,
    recent: Mutex<Recent>,
    buckets: Mutex<Buckets>,
}

impl Intake {
    pub fn new(parts: IntakeParts) -> Intake {
        let limits = parts.limits;
        Intake(Arc::new(Inner {
            parts,
            batches: Semaphore::new(limits.batches.max(1)),
            recent: Mutex::new(Recent::new(limits.recent_ids)),
            buckets: Mutex::new(Buckets::new(limits.records_a_minute)),
        }))
    }

    pub fn limits(&self) -> IntakeLimits {
        self.0.parts.limits
    }

    pub fn taxonomy(&self) -> &Taxonomy {
        &self.0.parts.taxonomy
    }

    /// The feed a bearer token belongs to.
    pub async fn authenticate(&self, token: &str) -> Result<Option<FeedIdentity>, StoreError> {
        let shown: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let row = self.0.parts.store.feed_by_token(&shown).await?;
        // The database looked it up by hash; what is let in is decided here, in constant time.
        let row = row.filter(|row| row.enabled && same(&row.token_sha256, &shown));
        Ok(row.map(|row| FeedIdentity {
            areas: Areas::parse_kept(&row.areas),
            name: row.name,
            class: row.class,
        }))
    }

    /// Takes records in for a feed. Answers once all of them are on disk; an error means none is.
    pub async fn submit(
        &self,
        feed: &FeedIdentity,
        records: Vec<Vec<u8>>,
    ) -> Result<Vec<SubmitResult>, IntakeError> {
        let inner = &*self.0;
        if records.is_empty() {
            return Ok(Vec::new());
        }
        lock(&inner.buckets).take(feed, records.len(), tokio::time::Instant::now())?;
        let _permit = inner.batches.try_acquire().map_err(|_| IntakeError::Busy)?;
        let received_at = (inner.parts.clock)();
        let decoded: Vec<Result<(ReportId, Code), Refusal>> =
            records.iter().map(|bytes| inner.read(feed, bytes, received_at)).collect();
        let key = |read: &Result<(ReportId, Code), Refusal>| {
            read.as_ref().ok().map(|(id, regency)| ReportKey { regency: *regency, id: *id })
        };
        let keys: Vec<ReportKey> = decoded.iter().filter_map(key).collect();
        let ids: Vec<ReportId> = keys.iter().map(|key| key.id).collect();
        let new = |bytes| NewRecord {
            feed: feed.name.clone(),
            class: feed.class,
            areas: feed.areas.to_string(),
            received_at,
            bytes,
            refused: None,
        };
        let regencies = decoded.iter().map(|read| read.as_ref().ok().map(|(_, regency)| *regency)).collect();
        let kept = inner.parts.log.append(records.into_iter().map(new).collect(), regencies);
        let (known, kept) = tokio::join!(inner.known(&keys, received_at), kept);
        kept?;
        lock(&inner.recent).remember(&ids);
        Ok(results(decoded.into_iter().map(|read| read.map(|(id, _)| id)).collect(), known))
    }
}

impl Inner {
    fn read(
        &self,
        feed: &FeedIdentity,
        bytes: &[u8],
        received_at: Time,
    ) -> Result<(ReportId, Code), Refusal> {
        let record = RecordView {
            bytes,
            feed_name: &feed.name,
            class: Some(feed.class),
            areas: &feed.areas,
            received_at,
        };
        let catalog = Catalog { places: &self.parts.places, taxonomy: &self.parts.taxonomy };
        decode(&record, &catalog).map(|decoded| (decoded.report.id, decoded.report.place.code.regency()))
    }

    /// Ids that came before `received`: lately, or long ago. Looked up while the records go to disk, so that what
    /// the worker makes of these very records in between does not count. The answer may do without the long ago.
    async fn known(&self, keys: &[ReportKey], received: Time) -> [BTreeSet<ReportId>; 2] {
        let lately: BTreeSet<ReportId> = {
            let recent = lock(&self.recent);
            keys.iter().map(|key| key.id).filter(|id| recent.knows(*id)).collect()
        };
        let rest: Vec<ReportId> = keys.iter().map(|key| key.id).filter(|id| !lately.contains(id)).collect();
        let kept = self.parts.store.known_reports(&rest, received).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "looking up which reports are known; duplicates are not marked in this answer");
            BTreeSet::new()
        });
        // The same id in another regency is another report.
        let kept = keys.iter().filter(|key| kept.contains(key)).map(|key| key.id).collect();
        [lately, kept]
    }
}

fn results(
    decoded: Vec<Result<ReportId, Refusal>>,
    [lately, kept]: [BTreeSet<ReportId>; 2],
) -> Vec<SubmitResult> {
    let mut seen = BTreeSet::new();
    let result = |read| match read {
        Err(refusal) => SubmitResult::Rejected(refusal),
        Ok(id) if lately.contains(&id) || !seen.insert(id) => {
            SubmitResult::Duplicate { id, place: Known::Log }
        }
        Ok(id) if kept.contains(&id) => SubmitResult::Duplicate { id, place: Known::State },
        Ok(id) => SubmitResult::Accepted(id),
    };
    decoded.into_iter().map(result).collect()
}

/// Compares without stopping at the first difference.
fn same(a: &[u8; 32], b: &[u8; 32]) -> bool {
    let difference = a.iter().zip(b).fold(0u8, |difference, (a, b)| difference | (a ^ b));
    core::hint::black_box(difference) == 0
}

/// A panic elsewhere leaves counts that are still good enough to count on.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
