//! The consumer group: which partitions of `reports` this process owns, and the thread that feeds them.
//!
//! The consumer has a thread of its own. On assignment the thread claims each partition in the store, so that earlier
//! owners are fenced, and begins at the store's offset, not at Kafka's. Each partition is a task with a bounded queue;
//! a full queue pauses its partition, so a slow database slows the reading and memory stays flat.

use crate::driver::WorkEnd;
use crate::partition::{ClaimedPartition, PartitionConfig, QueueItem};
use crate::territory::Territory;
use backon::{ConstantBuilder, Retryable};
use domain::place::Code;
use intake::backoff::Backoff;
use intake::kafka::{KafkaSettings, REPORTS, Reporter, consumed_record, note};
use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer, ConsumerContext};
use rdkafka::error::KafkaError;
use rdkafka::statistics::Statistics;
use rdkafka::types::RDKafkaRespErr;
use rdkafka::{Message, Offset, TopicPartitionList};
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use store::{PartitionClaim, StoreError};
use tokio::runtime::Handle;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

/// How long a poll waits for a record.
const POLL: Duration = Duration::from_millis(50);
/// How long a partition that is taken away may finish its commit.
const FAREWELL: Duration = Duration::from_secs(3);
/// How often Kafka is reported how far the group is, for those who look there.
const TELL: Duration = Duration::from_secs(5);
/// How long an answer about the log's end may take.
const ASK: Duration = Duration::from_millis(500);

/// The worker at scale.
#[derive(Clone)]
pub struct Group {
    pub settings: Arc<KafkaSettings>,
    pub config: PartitionConfig,
}

impl Group {
    /// Works until `stop` is true; blocks its thread.
    pub fn run(self, stop: watch::Receiver<bool>, runtime: Handle) {
        let mut backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(15));
        while !*stop.borrow() {
            let began = Instant::now();
            match self.work(&stop, &runtime) {
                Ok(()) => return,
                Err(error) => {
                    if began.elapsed() > Duration::from_secs(60) {
                        backoff.reset();
                    }
                    let wait = backoff.step();
                    tracing::error!(error, again_in = ?wait, "the worker left its group and joins it again");
                    let until = Instant::now() + wait;
                    while Instant::now() < until && !*stop.borrow() {
                        std::thread::sleep(POLL);
                    }
                }
            }
        }
    }

    fn work(&self, stop: &watch::Receiver<bool>, runtime: &Handle) -> Result<(), String> {
        let shared = Arc::new(Shared {
            group: self.clone(),
            runtime: runtime.clone(),
            owned: Mutex::default(),
            without_partitions_since: Mutex::default(),
            broken: AtomicBool::new(false),
            reporter: Reporter::default(),
        });
        let consumer: BaseConsumer<Rebalancer> = self
            .settings
            .consumer("worker")
            .map_err(|error| error.to_string())?
            .set("statistics.interval.ms", "2000")
            .create_with_context(Rebalancer(shared.clone()))
            .map_err(|error| error.to_string())?;
        consumer.subscribe(&[REPORTS]).map_err(|error| error.to_string())?;
        // What it will own may be nothing: others may have it all.
        self.config.context.metrics.set_ready();
        let mut reported = Instant::now();
        while !*stop.borrow() && !shared.broken.load(Ordering::Relaxed) {
            match consumer.poll(POLL) {
                None => {}
                Some(Ok(message)) => {
                    let item = QueueItem::Record(Box::new(consumed_record(&message)));
                    shared.feed(&consumer, message.partition(), item)?;
                }
                Some(Err(KafkaError::PartitionEOF(number))) => {
                    shared.feed(&consumer, number, QueueItem::End)?
                }
                Some(Err(error)) => shared.reporter.keep(&error, "reading reports"),
            }
            shared.drain(&consumer)?;
            if reported.elapsed() > TELL {
                reported = Instant::now();
                shared.tell(&consumer);
                shared.ask(&consumer);
                shared.require_assignment()?;
            }
        }
        shared.tell(&consumer);
        let all: Vec<i32> = shared.owned().keys().copied().collect();
        shared.release(&all, FAREWELL);
        consumer.unsubscribe();
        match shared.broken.load(Ordering::Relaxed) && !*stop.borrow() {
            true => Err("a partition was lost to another worker, or could not be claimed".to_owned()),
            false => Ok(()),
        }
    }
}

/// A partition this process owns.
struct Owned {
    sender: mpsc::Sender<QueueItem>,
    /// Taken from the consumer while the queue was full.
    kept: VecDeque<QueueItem>,
    paused: bool,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
    reached: Arc<AtomicI64>,
    /// The log's end as last asked for: what a paused partition is not reported.
    newest: i64,
}

struct Shared {
    group: Group,
    runtime: Handle,
    owned: Mutex<BTreeMap<i32, Owned>>,
    /// Since when all partitions are gone and the group has assigned nothing again, not even nothing.
    without_partitions_since: Mutex<Option<Instant>>,
    /// The consumer must be built again.
    broken: AtomicBool,
    reporter: Reporter,
}

impl Shared {
    fn owned(&self) -> MutexGuard<'_, BTreeMap<i32, Owned>> {
        self.owned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn feed(&self, consumer: &BaseConsumer<Rebalancer>, number: i32, item: QueueItem) -> Result<(), String> {
        let mut owned = self.owned();
        let Some(partition) = owned.get_mut(&number) else { return Ok(()) };
        if partition.kept.is_empty() {
            match partition.sender.try_send(item) {
                Ok(()) | Err(TrySendError::Closed(_)) => return Ok(()),
                Err(TrySendError::Full(item)) => partition.kept.push_back(item),
            }
        } else {
            partition.kept.push_back(item);
        }
        if !partition.paused {
            partition.paused = true;
            consumer.pause(&only(number)).map_err(|error| format!("pausing partition {number}: {error}"))?;
        }
        Ok(())
    }

    /// Hands on what was kept and lets partitions flow whose queue has room.
    fn drain(&self, consumer: &BaseConsumer<Rebalancer>) -> Result<(), String> {
        for (number, partition) in self.owned().iter_mut().filter(|(_, partition)| partition.paused) {
            while let Some(item) = partition.kept.pop_front() {
                match partition.sender.try_send(item) {
                    Ok(()) => {}
                    Err(TrySendError::Closed(_)) => break,
                    Err(TrySendError::Full(item)) => {
                        partition.kept.push_front(item);
                        break;
                    }
                }
            }
            if partition.kept.is_empty() && partition.sender.capacity() > partition.sender.max_capacity() / 2
            {
                partition.paused = false;
                consumer
                    .resume(&only(*number))
                    .map_err(|error| format!("resuming partition {number}: {error}"))?;
            }
        }
        Ok(())
    }

    /// Asks how far the log is where nothing is fetched, so that the lag of a partition that waits is not hidden.
    fn ask(&self, consumer: &BaseConsumer<Rebalancer>) {
        let paused: Vec<i32> = self
            .owned()
            .iter()
            .filter(|(_, partition)| partition.paused)
            .map(|(number, _)| *number)
            .collect();
        for number in paused {
            let Ok((_, newest)) = consumer.fetch_watermarks(REPORTS, number, ASK) else { return };
            if let Some(partition) = self.owned().get_mut(&number) {
                partition.newest = newest;
            }
        }
    }

    /// Tells Kafka how far each partition is. Only for those who look: a start reads the store.
    fn tell(&self, consumer: &BaseConsumer<Rebalancer>) {
        let mut list = TopicPartitionList::new();
        for (number, partition) in self.owned().iter() {
            let reached = partition.reached.load(Ordering::Relaxed);
            if reached > 0 && list.add_partition_offset(REPORTS, *number, Offset::Offset(reached)).is_err() {
                return;
            }
        }
        if list.count() > 0
            && let Err(error) = consumer.commit(&list, CommitMode::Async)
        {
            tracing::debug!(%error, "telling Kafka how far the group is");
        }
    }

    /// Fails once the group has taken the last partition away and has not answered for as long as any rebalance may
    /// last: a member that it forgot must join as a new one.
    fn require_assignment(&self) -> Result<(), String> {
        let since = *self.without_partitions_since.lock().unwrap_or_else(PoisonError::into_inner);
        match since.map(|since| since.elapsed()) {
            Some(waited) if waited > self.group.settings.longest_rebalance() => Err(format!(
                "the group took every partition away and assigned none again within {waited:.0?}"
            )),
            _ => Ok(()),
        }
    }

    fn note_assignment(&self, is_assigned: bool) {
        let gone = (!is_assigned && self.owned().is_empty()).then(Instant::now);
        *self.without_partitions_since.lock().unwrap_or_else(PoisonError::into_inner) = gone;
    }

    /// Claims partitions and starts their work; sets the offsets the consumer is to begin at.
    fn take(self: &Arc<Self>, list: &mut TopicPartitionList) {
        let numbers: Vec<i32> = list.elements().iter().map(|place| place.partition()).collect();
        for number in numbers {
            // A task that is still there lost its partition without being reported.
            self.release(&[number], Duration::ZERO);
            match self.runtime.block_on(self.claim(number)) {
                Ok(claim) => {
                    let from = Offset::Offset(claim.next_offset);
                    if let Err(error) = list.set_partition_offset(REPORTS, number, from) {
                        tracing::error!(%error, number, "setting the offset to begin at");
                        self.broken.store(true, Ordering::Relaxed);
                    }
                    self.start(number, claim);
                }
                Err(error) => {
                    tracing::error!(%error, number, "claiming a partition");
                    self.broken.store(true, Ordering::Relaxed);
                }
            }
        }
    }

    async fn claim(&self, number: i32) -> Result<PartitionClaim, StoreError> {
        let pace = ConstantBuilder::new().with_delay(Duration::from_millis(250)).with_max_times(20);
        (|| self.group.config.context.store.claim(number))
            .retry(pace)
            .notify(|error, _| tracing::warn!(%error, number, "claiming a partition; trying again"))
            .await
    }

    fn start(self: &Arc<Self>, number: i32, claim: PartitionClaim) {
        let group = &self.group;
        let settings = group.settings.clone();
        let territory =
            Territory::new(&group.config.context.places, number, |code: Code| settings.partition(code));
        let (sender, queue) = mpsc::channel(settings.partition_queue);
        let (stop, stopped) = watch::channel(false);
        let reached = Arc::new(AtomicI64::new(claim.next_offset));
        tracing::info!(number, epoch = claim.epoch, from = claim.next_offset, "took a partition over");
        let (shared, config) = (self.clone(), group.config.clone());
        let task = self.runtime.spawn({
            let reached = reached.clone();
            async move {
                let territory = Arc::new(territory);
                let partition = ClaimedPartition { config, territory, claim, queue, reached, stop: stopped };
                match partition.run().await {
                    Ok(()) | Err(WorkEnd::Stopped) => return,
                    Err(WorkEnd::Fenced(error)) => {
                        tracing::warn!(%error, number, "another worker owns the partition now")
                    }
                    Err(error) => {
                        tracing::error!(%error, number, "a partition's work ended; its state is read again")
                    }
                }
                shared.broken.store(true, Ordering::Relaxed);
            }
        });
        let owned = Owned { sender, kept: VecDeque::new(), paused: false, stop, task, reached, newest: 0 };
        self.owned().insert(number, owned);
    }

    /// Ends the work on partitions; what is under way may finish for a while, and is fenced if it does not.
    fn release(&self, numbers: &[i32], patience: Duration) {
        let gone: Vec<Owned> = {
            let mut owned = self.owned();
            numbers.iter().filter_map(|number| owned.remove(number)).collect()
        };
        for partition in &gone {
            partition.stop.send_replace(true);
        }
        self.runtime.block_on(async {
            let end = tokio::time::Instant::now() + patience;
            for mut partition in gone {
                if tokio::time::timeout_at(end, &mut partition.task).await.is_err() {
                    partition.task.abort();
                }
            }
        });
    }
}

fn only(number: i32) -> TopicPartitionList {
    let mut list = TopicPartitionList::new();
    list.add_partition(REPORTS, number);
    list
}

/// What librdkafka calls back on the consumer's thread.
struct Rebalancer(Arc<Shared>);

impl ClientContext for Rebalancer {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        note(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.0.reporter.keep(&error, reason);
    }

    fn stats(&self, statistics: Statistics) {
        let Some(topic) = statistics.topics.get(REPORTS) else { return };
        let owned = self.0.owned();
        let behind = owned.iter().filter_map(|(number, partition)| {
            let newest = topic.partitions.get(number)?.hi_offset.max(partition.newest);
            Some((newest - partition.reached.load(Ordering::Relaxed)).max(0))
        });
        self.0.group.config.context.metrics.set_lag(behind.sum());
    }
}

impl ConsumerContext for Rebalancer {
    fn rebalance(&self, consumer: &BaseConsumer<Self>, code: RDKafkaRespErr, list: &mut TopicPartitionList) {
        let shared = &self.0;
        shared.group.config.context.metrics.rebalanced();
        let done = if code == RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
            shared.take(list);
            shared.note_assignment(true);
            consumer.incremental_assign(list)
        } else {
            let numbers: Vec<i32> = list.elements().iter().map(|place| place.partition()).collect();
            let lost = consumer.assignment_lost();
            tracing::info!(?numbers, lost, "gave partitions back");
            shared.release(&numbers, if lost { Duration::ZERO } else { FAREWELL });
            shared.note_assignment(false);
            consumer.incremental_unassign(list)
        };
        if let Err(error) = done {
            tracing::error!(%error, "following the group's assignment");
            shared.broken.store(true, Ordering::Relaxed);
        }
        shared.group.config.context.metrics.set_owned_partitions(shared.owned().len());
    }
}
