//! The worker of the embedded log: one process, one partition, every regency.

use crate::commit_size::CommitSize;
use crate::driver::{Driver, DriverConfig, FORGET_FOR, HOT_SPAN, StartAt, WorkEnd};
use crate::metrics::WorkerMetrics;
use crate::record_log::{LogEvent, RecordLog, SharedProgress};
use crate::recovery::LeftAt;
use crate::territory::Territory;
use crate::worker_context::{ServiceClock, WorkerContext};
use async_recursion::async_recursion as boxed;
use domain::time::{Hour, Time};
use formats::record_stamp::RecordOrigin;
use intake::backoff::{Backoff, sleep_unless_stopped};
use intake::kafka::ConsumedRecord;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::{Commit, Log, PARTITION, PartitionCommit, SNAPSHOT_CHUNK, StoreError, Worked};
use tokio::sync::watch;

/// How long the worker sleeps at most before it looks at the log and the clock again.
const NAP: Duration = Duration::from_millis(250);
/// What is taken in in so long is the pace that feeds are held to before others are heard.
const PACE_TIME: Duration = Duration::from_millis(100);
const LEAST_PACE: f64 = 10.0;
const MOST_PACE: f64 = 1000.0;
/// Work that lasted so long before it failed begins again with the shortest wait.
const LASTED: Duration = Duration::from_secs(60);

/// The worker of a single process.
pub struct EmbeddedWorker {
    pub log: Log,
    pub context: WorkerContext,
    /// Records read at once.
    pub batch: usize,
}

impl EmbeddedWorker {
    /// Works until `stop` is true. After a commit that was refused the state is read again and the records repeated.
    #[boxed]
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let mut backoff = Backoff::new(Duration::from_millis(200), Duration::from_secs(30));
        loop {
            let began = Instant::now();
            match self.work(&stop).await {
                Ok(()) | Err(WorkEnd::Stopped) => return,
                Err(error) => {
                    if began.elapsed() > LASTED {
                        backoff.reset();
                    }
                    let wait = backoff.step();
                    tracing::error!(%error, again_in = ?wait, "the worker stopped; it reads the state again");
                    if sleep_unless_stopped(wait, &stop).await {
                        return;
                    }
                }
            }
        }
    }

    async fn work(&self, stop: &watch::Receiver<bool>) -> Result<(), WorkEnd> {
        let progress = self.context.store.recover(PARTITION).await?;
        let start = StartAt {
            next_offset: progress.map_or(0, |progress| progress.next_offset),
            left_at: progress.map(|progress| LeftAt { clock: progress.clock, last_tick: progress.last_tick }),
            complete_to: Hour(0),
        };
        let config = DriverConfig {
            context: self.context.clone(),
            territory: Arc::new(Territory::whole(&self.context.places)),
            border_wait: Duration::ZERO,
            snapshot_chunk: SNAPSHOT_CHUNK,
            hot_span: HOT_SPAN,
            forget_for: FORGET_FOR,
            commit_size: CommitSize::timed(self.batch),
            stop: stop.clone(),
        };
        let newest = self.log.newest();
        let log = EmbeddedLog {
            log: self.log.clone(),
            newest: newest.clone(),
            at_end: false,
            read_at: Instant::now(),
            pace: self.batch,
            clock: self.context.clock.clone(),
            metrics: self.context.metrics.clone(),
        };
        let driver = Driver::recover(config, log, start).await?;
        self.log.set_worked(Worked { next_offset: start.next_offset, pace: self.batch });
        self.context.metrics.follow_log(newest);
        self.context.metrics.committed_before(start.next_offset);
        driver.run().await
    }
}

/// The log file as the driver reads it.
struct EmbeddedLog {
    log: Log,
    newest: watch::Receiver<i64>,
    /// Nothing was left when it was last read.
    at_end: bool,
    /// When records were last read.
    read_at: Instant,
    /// How many records are taken in in about a tenth of a second, from reading to commit.
    pace: usize,
    clock: ServiceClock,
    metrics: WorkerMetrics,
}

impl RecordLog for EmbeddedLog {
    async fn next(&mut self, offset: i64, most: usize) -> Result<LogEvent, StoreError> {
        if self.at_end {
            tokio::select! {
                _ = self.newest.changed() => {}
                () = tokio::time::sleep(NAP) => {}
            }
        }
        // The clock is read before the log: what was received before a tick is in the log before the tick is due.
        let now = (self.clock)();
        self.newest.mark_unchanged();
        let records = self.log.read(PARTITION, offset, most).await?;
        self.at_end = records.is_empty();
        match self.at_end {
            true => Ok(LogEvent::End { complete_before: now }),
            false => {
                self.read_at = Instant::now();
                let records = records.into_iter().map(|record| ConsumedRecord { record, origin: None });
                Ok(LogEvent::Records(records.collect()))
            }
        }
    }

    fn is_repeated(&self, _origin: &RecordOrigin) -> bool {
        false
    }

    fn remember(&mut self, _origin: RecordOrigin) {}

    /// The lock on the data folder keeps other services away; the commit's offset does the rest.
    fn fence(&mut self, _progress: SharedProgress) -> Option<PartitionCommit> {
        None
    }

    async fn committed(&mut self, commit: &Commit) {
        let records = (commit.next_offset - commit.from_offset) as f64;
        // Of a few records, most of the time is not theirs.
        if records >= self.pace as f64 / 2.0 {
            let fitting = records * PACE_TIME.as_secs_f64() / self.read_at.elapsed().as_secs_f64().max(1e-6);
            self.pace = ((self.pace as f64 + fitting) / 2.0).clamp(LEAST_PACE, MOST_PACE) as usize;
        }
        self.log.set_worked(Worked { next_offset: commit.next_offset, pace: self.pace });
        self.metrics.committed_before(commit.next_offset);
    }

    async fn after_event(&mut self, _clock: Time, at_end: bool) {
        if at_end {
            self.metrics.set_ready();
        }
    }
}
