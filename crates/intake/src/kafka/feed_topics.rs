//! Every feed's own topic, read by a group of intakes and re-keyed into `reports`.
//!
//! A batch's offsets are committed once all its records are in `reports`. An intake that dies in between sends them
//! again with the same origin; the worker takes each origin once.

use super::client::Reporter;
use super::paused_feeds::PausedFeeds;
use super::topic_batch::{TopicBatch, gather, reach};
use super::{KafkaFault, KafkaSettings};
use crate::backoff::{Backoff, sleep_unless_stopped};
use crate::feed_identity::FeedIdentity;
use crate::log_writer::{Arrival, LogWriter};
use crate::submit::ReceiptClock;
use async_recursion::async_recursion as boxed;
use domain::kind::{FeedClass, Refused};
use formats::envelope::{self, Packing};
use formats::record_stamp::RecordOrigin;
use rdkafka::TopicPartitionList;
use rdkafka::consumer::{CommitMode, Consumer, ConsumerContext, StreamConsumer};
use rdkafka::error::KafkaError;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use store::{FeedRow, Store, StoreError};
use tokio::sync::watch;
use tokio::time::Instant;

impl ConsumerContext for Reporter {}

/// How long a feed that was added, changed or disabled may go unnoticed.
const REGISTRY_HOLDS: Duration = Duration::from_secs(5);
/// How often the intake commits its position to Kafka: what it sends again after a crash is taken once.
const COMMIT_EVERY: Duration = Duration::from_millis(500);

/// A feed was paused, or let in again, because it sent almost nothing but garbage.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FeedPause {
    pub feed: String,
    pub paused: bool,
}

/// The intake of the feeds' own topics.
#[derive(Clone)]
pub struct FeedTopics {
    pub settings: Arc<KafkaSettings>,
    pub writer: LogWriter,
    pub store: Store,
    pub clock: ReceiptClock,
    /// Called for metrics.
    pub observe: Arc<dyn Fn(FeedPause) + Send + Sync>,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum TopicsError {
    #[error(transparent)]
    Kafka(#[from] KafkaFault),
    #[error("reading the feeds' topics: {0}")]
    Read(#[from] KafkaError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl FeedTopics {
    /// Works until `stop` is true; after an error it begins again where the last kept batch ended.
    #[boxed]
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut backoff = Backoff::new(Duration::from_millis(200), Duration::from_secs(30));
        while !*stop.borrow() {
            let began = Instant::now();
            let Err(error) = self.work(&mut stop).await else { return };
            if began.elapsed() > Duration::from_secs(60) {
                backoff.reset();
            }
            let wait = backoff.step();
            tracing::error!(%error, again_in = ?wait, "the intake of the feeds' topics stopped at a batch");
            if sleep_unless_stopped(wait, &stop).await {
                return;
            }
        }
    }

    async fn work(&self, stop: &mut watch::Receiver<bool>) -> Result<(), TopicsError> {
        let consumer: StreamConsumer<Reporter> = self
            .settings
            .consumer("intake")?
            .set("enable.partition.eof", "false")
            .create_with_context(Reporter::default())
            .map_err(|error| KafkaFault::Setting(error.to_string()))?;
        consumer.subscribe(&["^feed\\..+"])?;
        let mut feeds = FeedRegistry::default();
        let mut paused = PausedFeeds::default();
        let (mut reached, mut committed) = (TopicPartitionList::new(), Instant::now());
        loop {
            let mut batch = TopicBatch::default();
            let stopped = tokio::select! {
                first = gather(&consumer, &mut batch, self.settings.batch) => first.map(|()| false)?,
                () = tokio::time::sleep(Duration::from_secs(1)) => false,
                _ = stop.wait_for(|stop| *stop) => true,
            };
            if reached.count() > 0 && (stopped || committed.elapsed() > COMMIT_EVERY) {
                consumer.commit(&reached, CommitMode::Async)?;
                (reached, committed) = (TopicPartitionList::new(), Instant::now());
            }
            if stopped {
                return Ok(());
            }
            paused.resume_due(self, &consumer, &mut feeds).await?;
            if batch.messages.is_empty() {
                continue;
            }
            feeds.refresh(&self.store).await?;
            let arrivals: Vec<Arrival> = batch
                .messages
                .into_iter()
                .map(|(origin, packing, value)| self.arrival(&feeds, origin, packing, value))
                .collect();
            let senders: Vec<(String, Arc<FeedIdentity>)> =
                arrivals.iter().map(|arrival| (arrival.topic().to_owned(), arrival.feed.clone())).collect();
            let refusals = self.writer.write_unanswered(arrivals).await?;
            for ((topic, feed), refusal) in senders.iter().zip(refusals) {
                if paused.note(self, feed.name(), refusal.is_some()) {
                    paused.pause(self, &consumer, topic, feed.name()).await?;
                }
            }
            for place in batch.offsets.elements() {
                reach(&mut reached, (place.topic(), place.partition()), place.offset())?;
            }
        }
    }

    /// How long a feed that sends garbage is not read.
    pub(super) fn pause(&self) -> Duration {
        Duration::from_secs(self.settings.breaker_pause_seconds)
    }

    /// A record of a feed's topic, as whose it comes and when.
    fn arrival(
        &self,
        feeds: &FeedRegistry,
        origin: RecordOrigin,
        packing: Packing,
        value: Vec<u8>,
    ) -> Arrival {
        let bytes = match packing {
            // A message is one record: an array in it is refused in words.
            Packing::CloudEvent => envelope::cloudevent::data(&value),
            _ => envelope::record(&value),
        };
        let (class, name) = parts(&origin.topic);
        let registered = class.and_then(|class| feeds.known(name, class)).map(FeedIdentity::of_row);
        // The broker decides who may write the topic; which feed it is must be known here too.
        let refused = registered.is_none().then_some(Refused::Forbidden);
        let unregistered = || FeedIdentity::unregistered(name, class.unwrap_or(FeedClass::Desk));
        let feed = Arc::new(registered.unwrap_or_else(unregistered));
        Arrival { feed, received_at: (self.clock)(), bytes, origin: Some(origin), refused, archive: false }
    }
}

/// The topic an outside system writes as this feed: `feed.<class>.<name>`.
pub fn feed_topic(feed: &FeedRow) -> String {
    format!("feed.{}.{}", feed.class, feed.name)
}

/// Class and name of a [`feed_topic`].
fn parts(topic: &str) -> (Option<FeedClass>, &str) {
    let rest = topic.strip_prefix("feed.").unwrap_or(topic);
    match rest.split_once('.') {
        Some((class, name)) => (FeedClass::parse(class), name),
        None => (None, rest),
    }
}

/// The feeds as the store has them, read now and then.
#[derive(Default)]
pub(super) struct FeedRegistry {
    pub rows: BTreeMap<String, FeedRow>,
    pub read: Option<Instant>,
}

impl FeedRegistry {
    #[boxed]
    pub async fn refresh(&mut self, store: &Store) -> Result<(), StoreError> {
        if self.read.is_none_or(|read| read.elapsed() > REGISTRY_HOLDS) {
            self.rows = store.feeds().await?.into_iter().map(|row| (row.name.clone(), row)).collect();
            self.read = Some(Instant::now());
        }
        Ok(())
    }

    fn known(&self, name: &str, class: FeedClass) -> Option<&FeedRow> {
        self.rows.get(name).filter(|row| row.enabled && row.class == class)
    }
}

#[cfg(test)]
mod tests;
