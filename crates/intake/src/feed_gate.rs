//! What one feed may take of what is everybody's: records and bytes a minute, batches at once; and one that sends almost nothing
//! but garbage is paused, as it is over Kafka.

use crate::breaker::Breaker;
use crate::entrance::{EntranceCounts, EntranceRefusal};
use crate::feed_identity::FeedIdentity;
use crate::rate_limit::Buckets;
use crate::submit::{IntakeError, IntakeLimits, SubmitResult, lock};
use domain::time::Time;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// When a feed that is handed in over HTTP is paused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BreakerLimits {
    /// A feed is paused where more than `percent` of its last `records` were refused.
    pub records: usize,
    pub percent: usize,
    pub pause: Duration,
}

impl Default for BreakerLimits {
    fn default() -> BreakerLimits {
        BreakerLimits { records: 1000, percent: 90, pause: Duration::from_secs(300) }
    }
}

pub(crate) struct FeedGate {
    limits: IntakeLimits,
    records: Mutex<Buckets>,
    bytes: Mutex<Buckets>,
    batches: Arc<Semaphore>,
    /// Of each feed: batches that are under way, and how its last records ended.
    feeds: Mutex<HashMap<String, FeedShare>>,
    counts: EntranceCounts,
}

struct FeedShare {
    batches: Arc<Semaphore>,
    breaker: Breaker,
}

/// A batch is under way as long as it is kept.
pub(crate) struct BatchPermit {
    _all: OwnedSemaphorePermit,
    _feed: OwnedSemaphorePermit,
}

impl FeedGate {
    pub fn new(limits: IntakeLimits, counts: EntranceCounts) -> FeedGate {
        FeedGate {
            limits,
            records: Mutex::new(Buckets::new(limits.records_a_minute)),
            bytes: Mutex::new(Buckets::new(limits.bytes_a_minute)),
            batches: Arc::new(Semaphore::new(limits.batches.max(1))),
            feeds: Mutex::default(),
            counts,
        }
    }

    /// Lets a batch in.
    ///
    /// # Errors
    /// Where the feed is paused, sends too much, or too many batches are under way.
    pub fn enter(
        &self,
        feed: &FeedIdentity,
        records: &[Vec<u8>],
        now: Time,
    ) -> Result<BatchPermit, IntakeError> {
        self.admit(feed, records, now).inspect_err(|refused| {
            self.counts.count(match refused {
                IntakeError::Paused { .. } => EntranceRefusal::FeedPaused,
                IntakeError::TooFast { .. } => EntranceRefusal::FeedRate,
                IntakeError::TooMuch { .. } => EntranceRefusal::FeedBytes,
                _ => EntranceRefusal::Busy,
            });
        })
    }

    fn admit(&self, feed: &FeedIdentity, records: &[Vec<u8>], now: Time) -> Result<BatchPermit, IntakeError> {
        let name = feed.name();
        if let Some(until) = feed.paused_until().filter(|until| *until > now) {
            let seconds = ((until.0 - now.0) as u64).div_ceil(1_000_000);
            return Err(IntakeError::Paused { feed: name.to_owned(), seconds });
        }
        let own = self.share(name, |share| share.batches.clone());
        let busy = |_| IntakeError::Busy;
        let permit = BatchPermit {
            _feed: own.try_acquire_owned().map_err(busy)?,
            _all: self.batches.clone().try_acquire_owned().map_err(busy)?,
        };
        let at = Instant::now();
        let bytes = records.iter().map(Vec::len).sum();
        // Both are asked before either is charged: who is refused by one has spent nothing of the other.
        let (mut of_records, mut of_bytes) = (lock(&self.records), lock(&self.bytes));
        let (limit, feed) = (self.limits.records_a_minute, name.to_owned());
        of_records.wait(name, at).map_err(|seconds| IntakeError::TooFast { feed, limit, seconds })?;
        let (limit, feed) = (self.limits.bytes_a_minute, name.to_owned());
        of_bytes.wait(name, at).map_err(|seconds| IntakeError::TooMuch { feed, limit, seconds })?;
        of_records.charge(name, records.len());
        of_bytes.charge(name, bytes);
        Ok(permit)
    }

    /// Notes what became of a feed's records; gives for how long it must be paused now, where it must.
    pub fn note(&self, feed: &FeedIdentity, results: &[SubmitResult]) -> Option<Duration> {
        let is_refused = |result: &SubmitResult| matches!(result, SubmitResult::Rejected(_));
        let trips = self.share(feed.name(), |share| {
            // All of them are noted, also after it trips.
            results.iter().filter(|result| share.breaker.note(is_refused(result))).count() > 0
        });
        trips.then_some(self.limits.breaker.pause)
    }

    fn share<T>(&self, feed: &str, of: impl FnOnce(&mut FeedShare) -> T) -> T {
        let IntakeLimits { batches, breaker, .. } = self.limits;
        let mut feeds = lock(&self.feeds);
        let share = feeds.entry(feed.to_owned()).or_insert_with(|| FeedShare {
            // Three feeds that fill their share leave room for a fourth.
            batches: Arc::new(Semaphore::new(batches.div_ceil(4).max(1))),
            breaker: Breaker::new(breaker.records, breaker.percent),
        });
        of(share)
    }
}
