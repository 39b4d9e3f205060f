//! One partition of Kafka's `reports`: a bounded queue that the consumer fills, fenced commits, publishing.

use crate::commit_size::CommitSize;
use crate::driver::{Driver, DriverConfig, FORGET_FOR, HOT_SPAN, StartAt, WorkEnd};
use crate::metrics::RecoveredPartition;
use crate::publisher::Publisher;
use crate::record_log::{LogEvent, RecordLog, SharedProgress};
use crate::recovery::LeftAt;
use crate::territory::Territory;
use crate::worker_context::{ServiceClock, WorkerContext};
use async_recursion::async_recursion as boxed;
use domain::time::{Hour, SECOND, Time};
use formats::record_stamp::RecordOrigin;
use intake::kafka::{ConsumedRecord, TopicPublisher};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use store::{Commit, Origin, PartitionClaim, PartitionCommit, SNAPSHOT_CHUNK, StoreError};
use tokio::sync::{mpsc, watch};

/// What the consumer hands to a partition.
pub enum QueueItem {
    Record(Box<ConsumedRecord>),
    /// The end of the partition, for now.
    End,
}

/// How long the partition sleeps before it looks at the clock again.
const NAP: Duration = Duration::from_millis(250);
/// Records received before an hour may still be on their way to the log so long after it.
const GRACE: i64 = 2 * SECOND;

/// What every partition of a process works with.
#[derive(Clone)]
pub struct PartitionConfig {
    pub context: WorkerContext,
    pub publisher: TopicPublisher,
    /// Records taken at once.
    pub batch: usize,
    pub border_wait: Duration,
    /// The machine's clock, for what is stamped on published messages.
    pub wall: ServiceClock,
}

/// A partition that was claimed and is to be worked on.
pub struct ClaimedPartition {
    pub config: PartitionConfig,
    pub territory: Arc<Territory>,
    pub claim: PartitionClaim,
    pub queue: mpsc::Receiver<QueueItem>,
    /// The offset that is committed, for those who measure the lag.
    pub reached: Arc<AtomicI64>,
    pub stop: watch::Receiver<bool>,
}

impl ClaimedPartition {
    /// Works until the queue is closed, `stop` is true, or another worker owns the partition.
    ///
    /// # Errors
    /// [`WorkEnd::Fenced`] where another worker owns it, [`WorkEnd::Store`] where its state cannot be read.
    #[boxed]
    pub async fn run(self) -> Result<(), WorkEnd> {
        let ClaimedPartition { config, territory, claim, queue, reached, stop } = self;
        let start = StartAt {
            next_offset: claim.next_offset,
            left_at: (!claim.is_new()).then_some(LeftAt { clock: claim.clock, last_tick: claim.last_tick }),
            complete_to: claim.complete_to,
        };
        let own = (territory.number, territory.regencies.clone());
        let context = config.context;
        let store = context.store.clone();
        let origins = claim.origins.into_iter().map(|o| ((o.topic, o.partition), o.next_offset));
        let log = KafkaPartition {
            queue,
            at_end: false,
            clock: context.clock.clone(),
            epoch: claim.epoch,
            commits: claim.commits,
            ticked: claim.last_tick,
            origins: origins.collect(),
            publisher: Publisher::new(config.publisher, store, own, claim.published, config.wall),
            reached,
            recovered: None,
        };
        let metrics = context.metrics.clone();
        // Several write to a server's state at once: nobody waits for a commit of this partition.
        let commit_size = CommitSize::fixed(config.batch);
        let driver = DriverConfig {
            context,
            territory,
            border_wait: config.border_wait,
            snapshot_chunk: SNAPSHOT_CHUNK,
            commit_size,
            hot_span: HOT_SPAN,
            forget_for: FORGET_FOR,
            stop,
        };
        let mut driver = Driver::recover(driver, log, start).await?;
        driver.log_mut().recovered = Some(metrics.partition_recovered());
        driver.run().await
    }
}

/// The queue of a partition as the driver reads it.
struct KafkaPartition {
    queue: mpsc::Receiver<QueueItem>,
    at_end: bool,
    clock: ServiceClock,
    epoch: i64,
    /// Commits kept so far.
    commits: i64,
    /// The last tick that is committed.
    ticked: Hour,
    /// The next offset of each topic and partition that records came from.
    origins: BTreeMap<(String, i32), i64>,
    publisher: Publisher,
    reached: Arc<AtomicI64>,
    recovered: Option<RecoveredPartition>,
}

impl RecordLog for KafkaPartition {
    async fn next(&mut self, _offset: i64, most: usize) -> Result<LogEvent, StoreError> {
        let mut items = Vec::new();
        tokio::select! {
            count = self.queue.recv_many(&mut items, most) => if count == 0 { return Ok(LogEvent::Closed) },
            () = tokio::time::sleep(NAP) => {}
        }
        let mut records = Vec::with_capacity(items.len());
        for item in items {
            self.at_end = matches!(item, QueueItem::End);
            if let QueueItem::Record(record) = item {
                records.push(*record);
            }
        }
        Ok(match (records.is_empty(), self.at_end) {
            (false, _) => LogEvent::Records(records),
            (true, true) => LogEvent::End { complete_before: (self.clock)().plus(-GRACE) },
            (true, false) => LogEvent::Nothing,
        })
    }

    fn is_repeated(&self, origin: &RecordOrigin) -> bool {
        let next = self.origins.get(&(origin.topic.clone(), origin.partition));
        next.is_some_and(|next| origin.offset < *next)
    }

    fn remember(&mut self, origin: RecordOrigin) {
        let next = self.origins.entry((origin.topic, origin.partition)).or_insert(0);
        *next = (*next).max(origin.offset + 1);
    }

    fn fence(&mut self, progress: SharedProgress) -> Option<PartitionCommit> {
        let origin = |((topic, partition), next): (&(String, i32), &i64)| Origin {
            topic: topic.clone(),
            partition: *partition,
            next_offset: *next,
        };
        let SharedProgress { complete_to, clock, borders, regencies } = progress;
        Some(PartitionCommit {
            epoch: self.epoch,
            number: self.commits,
            complete_to,
            ticked: self.ticked,
            published: self.publisher.published().min(clock),
            origins: self.origins.iter().map(origin).collect(),
            borders,
            regencies,
        })
    }

    async fn committed(&mut self, commit: &Commit) {
        (self.commits, self.ticked) = (self.commits + 1, commit.last_tick);
        self.reached.store(commit.next_offset, Ordering::Relaxed);
        self.publisher.publish(commit).await;
    }

    async fn after_event(&mut self, clock: Time, _at_end: bool) {
        self.publisher.catch_up(clock, false).await;
    }
}
