//! Every feed's own topic, read by a group of intakes and re-keyed into `reports`.
//!
//! A batch's offsets are committed once all its records are in `reports`. An intake that dies in between sends them
//! again with the same origin; the worker takes each origin once.

use super::append::Appender;
use super::breaker::Breaker;
use super::client::Reporter;
use super::{KafkaFault, Settings};
use crate::Clock;
use domain::kind::{FeedClass, Refused};
use domain::place::{Areas, Code, Places};
use formats::decode::{Catalog, RecordView, decode};
use formats::envelope::{self, Packing};
use formats::record_stamp::RecordOrigin;
use formats::taxonomy::Taxonomy;
use rdkafka::consumer::{CommitMode, Consumer, ConsumerContext, StreamConsumer};
use rdkafka::error::KafkaError;
use rdkafka::message::Headers;
use rdkafka::{Message, Offset, TopicPartitionList};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use store::{FeedRow, NewRecord, Store, StoreError};
use tokio::sync::watch;
use tokio::time::Instant;

impl ConsumerContext for Reporter {}

/// How long a feed that was added, changed or disabled may go unnoticed.
const FEEDS_HOLD: Duration = Duration::from_secs(5);
/// How long the first of a batch waits for more.
const GATHER: Duration = Duration::from_millis(10);
/// How often Kafka is told how far the intake is: what it sends again after a crash is taken once.
const TELL: Duration = Duration::from_millis(500);

/// What the intake saw, for metrics.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Seen {
    /// A feed was paused (or let in again) because it sent almost nothing but garbage.
    Paused { feed: String, paused: bool },
}

/// The intake of the feeds' own topics.
#[derive(Clone)]
pub struct FeedTopics {
    pub settings: Arc<Settings>,
    pub appender: Appender,
    pub store: Store,
    pub places: Arc<Places>,
    pub taxonomy: Arc<Taxonomy>,
    pub clock: Clock,
    pub observe: Arc<dyn Fn(Seen) + Send + Sync>,
}

type Keyed = (NewRecord, Option<Code>, Option<RecordOrigin>);

#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error(transparent)]
    Kafka(#[from] KafkaFault),
    #[error("reading the feeds' topics: {0}")]
    Read(#[from] KafkaError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl FeedTopics {
    /// Works until `stop` is true; after an error it begins again where the last kept batch ended.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut wait = Duration::from_millis(200);
        while !*stop.borrow() {
            let began = Instant::now();
            let Err(error) = self.work(&mut stop).await else { return };
            if began.elapsed() > Duration::from_secs(60) {
                wait = Duration::from_millis(200);
            }
            tracing::error!(%error, again_in = ?wait, "the intake of the feeds' topics stopped at a batch");
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
            wait = (wait * 2).min(Duration::from_secs(30));
        }
    }

    async fn work(&self, stop: &mut watch::Receiver<bool>) -> Result<(), Stopped> {
        let consumer: StreamConsumer<Reporter> = self
            .settings
            .consumer("intake")?
            .set("enable.partition.eof", "false")
            .create_with_context(Reporter::default())
            .map_err(|error| KafkaFault::Setting(error.to_string()))?;
        consumer.subscribe(&["^feed\\..+"])?;
        let mut feeds = Feeds::default();
        let mut gate = Gate::default();
        let (mut reached, mut told) = (TopicPartitionList::new(), Instant::now());
        loop {
            let mut batch = Batch::default();
            let stopped = tokio::select! {
                first = gather(&consumer, &mut batch, self.settings.batch) => first.map(|()| false)?,
                () = tokio::time::sleep(Duration::from_secs(1)) => false,
                _ = stop.wait_for(|stop| *stop) => true,
            };
            if reached.count() > 0 && (stopped || told.elapsed() > TELL) {
                consumer.commit(&reached, CommitMode::Async)?;
                (reached, told) = (TopicPartitionList::new(), Instant::now());
            }
            if stopped {
                return Ok(());
            }
            gate.open(self, &consumer, &mut feeds).await?;
            if batch.messages.is_empty() {
                continue;
            }
            feeds.refresh(&self.store).await?;
            let mut keyed = Vec::with_capacity(batch.messages.len());
            for (origin, packing, value) in batch.messages {
                let (record, refused) = self.keyed(&feeds, origin, packing, value);
                if gate.note(self, &record.0.feed, refused) {
                    let topic = record.2.as_ref().map_or("", |origin| origin.topic.as_str());
                    gate.shut(self, &consumer, topic, &record.0.feed).await?;
                }
                keyed.push(record);
            }
            self.appender.append(&keyed).await?;
            for place in batch.offsets.elements() {
                reach(&mut reached, (place.topic(), place.partition()), place.offset())?;
            }
        }
    }

    /// How long a feed that sends garbage is not read.
    fn pause(&self) -> Duration {
        Duration::from_secs(self.settings.breaker_pause_seconds)
    }

    /// A record with the regency it belongs to, and whether it will become a dead letter.
    fn keyed(&self, feeds: &Feeds, origin: RecordOrigin, packing: Packing, value: Vec<u8>) -> (Keyed, bool) {
        let bytes = match packing {
            Packing::CloudEvent => envelope::records(packing, &value).pop().unwrap_or(value),
            _ => value,
        };
        let (class, name) = parts(&origin.topic);
        let row = class.and_then(|class| feeds.known(name, class));
        let received_at = (self.clock)();
        let record = NewRecord {
            feed: name.to_owned(),
            class: class.unwrap_or(FeedClass::Desk),
            areas: row.map_or_else(String::new, |row| row.areas.clone()),
            received_at,
            bytes,
            // Whoever may write the topic is let in by the broker; which feed it is must be known here too.
            refused: row.is_none().then_some(Refused::Forbidden),
        };
        let areas = Areas::parse_kept(&record.areas);
        let view = RecordView { bytes: &record.bytes, feed_name: name, class, areas: &areas, received_at };
        let catalog = Catalog { places: &self.places, taxonomy: &self.taxonomy };
        let regency = match record.refused {
            Some(_) => None,
            None => decode(&view, &catalog).ok().map(|decoded| decoded.report.place.code.regency()),
        };
        ((record, regency, Some(origin)), regency.is_none())
    }
}

/// `feed.<class>.<name>`.
fn parts(topic: &str) -> (Option<FeedClass>, &str) {
    let rest = topic.strip_prefix("feed.").unwrap_or(topic);
    match rest.split_once('.') {
        Some((class, name)) => (FeedClass::parse(class), name),
        None => (None, rest),
    }
}

/// The feeds as the store has them, read now and then.
#[derive(Default)]
struct Feeds {
    rows: BTreeMap<String, FeedRow>,
    read: Option<Instant>,
}

impl Feeds {
    async fn refresh(&mut self, store: &Store) -> Result<(), StoreError> {
        if self.read.is_none_or(|read| read.elapsed() > FEEDS_HOLD) {
            self.rows = store.feeds().await?.into_iter().map(|row| (row.name.clone(), row)).collect();
            self.read = Some(Instant::now());
        }
        Ok(())
    }

    fn known(&self, name: &str, class: FeedClass) -> Option<&FeedRow> {
        self.rows.get(name).filter(|row| row.enabled && row.class == class)
    }
}

#[derive(Default)]
struct Batch {
    messages: Vec<(RecordOrigin, Packing, Vec<u8>)>,
    offsets: TopicPartitionList,
}

/// Waits for a first record and takes what comes close behind it. Dropped while it waits for the first, it has lost none.
async fn gather(
    consumer: &StreamConsumer<Reporter>,
    batch: &mut Batch,
    limit: usize,
) -> Result<(), KafkaError> {
    let mut until = None;
    while batch.messages.len() < limit {
        let next = async {
            match until {
                Some(until) => tokio::time::timeout_at(until, consumer.recv()).await.ok(),
                None => Some(consumer.recv().await),
            }
        };
        let message = match next.await {
            None => return Ok(()),
            // Told by the reporter, and over when the broker is back or the first feed's topic is made.
            Some(Err(KafkaError::MessageConsumption(_))) => continue,
            Some(message) => message?,
        };
        let origin = RecordOrigin {
            topic: message.topic().to_owned(),
            partition: message.partition(),
            offset: message.offset(),
        };
        let next = Offset::Offset(origin.offset + 1);
        reach(&mut batch.offsets, (&origin.topic, origin.partition), next)?;
        let value = message.payload().unwrap_or_default().to_vec();
        batch.messages.push((origin, packing(&message, &value), value));
        until.get_or_insert_with(|| Instant::now() + GATHER);
    }
    Ok(())
}

fn reach(
    list: &mut TopicPartitionList,
    (topic, partition): (&str, i32),
    next: Offset,
) -> Result<(), KafkaError> {
    match list.find_partition(topic, partition) {
        Some(mut place) => place.set_offset(next),
        None => list.add_partition_offset(topic, partition, next),
    }
}

/// CloudEvents: in binary mode headers hold the attributes and the value is the report; in structured mode the
/// content type says so, or, where the writer sets no headers, the event itself.
fn packing(message: &impl Message, value: &[u8]) -> Packing {
    let content_type = message.headers().and_then(|headers| {
        let found = headers.iter().find(|header| header.key.eq_ignore_ascii_case("content-type"))?;
        core::str::from_utf8(found.value?).ok()
    });
    match content_type.and_then(Packing::of) {
        Some(Packing::CloudEvent) => Packing::CloudEvent,
        None if memchr::memmem::find(value, b"\"specversion\"").is_some() => Packing::CloudEvent,
        _ => Packing::Json,
    }
}

/// Which feeds are paused, and until when.
#[derive(Default)]
struct Gate {
    breakers: BTreeMap<String, Breaker>,
    shut: Vec<Shut>,
}

/// A feed that is not read for a while.
struct Shut {
    until: Instant,
    topic: String,
    feed: String,
    /// The store knows, so that an operator sees it and may let it in again.
    noted: bool,
}

impl Gate {
    fn note(&mut self, intake: &FeedTopics, feed: &str, refused: bool) -> bool {
        let settings = &intake.settings;
        let new = || Breaker::new(settings.breaker_records, settings.breaker_percent);
        if !self.breakers.contains_key(feed) {
            self.breakers.insert(feed.to_owned(), new());
        }
        self.breakers.get_mut(feed).is_some_and(|breaker| breaker.note(refused))
    }

    async fn shut(
        &mut self,
        intake: &FeedTopics,
        consumer: &StreamConsumer<Reporter>,
        topic: &str,
        feed: &str,
    ) -> Result<(), Stopped> {
        if self.shut.iter().any(|shut| shut.feed == feed) {
            return Ok(()); // the rest of its batch
        }
        let settings = &intake.settings;
        tracing::error!(
            feed,
            "a feed was paused for {} s: more than {} % of its last {} records became dead letters; \
             look with `kentongan dead-letters list`, mend it with its owner, then `kentongan feed resume`",
            settings.breaker_pause_seconds,
            settings.breaker_percent,
            settings.breaker_records
        );
        consumer.pause(&assigned(consumer, topic)?)?;
        let until = (intake.clock)().plus(intake.pause().as_micros() as i64);
        let noted = intake.store.pause_feed(feed, Some(until)).await?;
        let until = Instant::now() + intake.pause();
        self.shut.push(Shut { until, topic: topic.to_owned(), feed: feed.to_owned(), noted });
        (intake.observe)(Seen::Paused { feed: feed.to_owned(), paused: true });
        Ok(())
    }

    /// Lets feeds in again whose time is up, or that an operator let in.
    async fn open(
        &mut self,
        intake: &FeedTopics,
        consumer: &StreamConsumer<Reporter>,
        feeds: &mut Feeds,
    ) -> Result<(), Stopped> {
        if self.shut.is_empty() {
            return Ok(());
        }
        feeds.refresh(&intake.store).await?;
        let now = Instant::now();
        let let_in = |shut: &Shut| {
            let row = feeds.rows.get(&shut.feed);
            // Read after it was noted, or it would be let in at once.
            let read = feeds.read.is_some_and(|read| read > shut.until - intake.pause());
            shut.noted && read && row.is_none_or(|row| row.paused_until.is_none())
        };
        while let Some(index) = self.shut.iter().position(|shut| shut.until <= now || let_in(shut)) {
            let Shut { topic, feed, .. } = self.shut.swap_remove(index);
            consumer.resume(&assigned(consumer, &topic)?)?;
            intake.store.pause_feed(&feed, None).await?;
            tracing::info!(feed, "a paused feed is let in again");
            (intake.observe)(Seen::Paused { feed, paused: false });
        }
        Ok(())
    }
}

fn assigned(consumer: &StreamConsumer<Reporter>, topic: &str) -> Result<TopicPartitionList, KafkaError> {
    let mut list = TopicPartitionList::new();
    for place in consumer.assignment()?.elements_for_topic(topic) {
        list.add_partition(topic, place.partition());
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rdkafka::Timestamp;
    use rdkafka::message::{Header, OwnedHeaders, OwnedMessage};

    #[test]
    fn the_topic_names_class_and_feed() {
        assert_eq!(parts("feed.village.desa.muara"), (Some(FeedClass::Village), "desa.muara"));
        assert_eq!(parts("feed.nobody.x").0, None);
        assert_eq!(parts("feed.village"), (None, "village"));
    }

    #[test]
    fn events_are_known_by_header_or_by_what_they_hold() {
        let with = |content_type: Option<&str>, value: &str| {
            let headers = content_type
                .map(|value| OwnedHeaders::new().insert(Header { key: "content-type", value: Some(value) }));
            let none = Timestamp::NotAvailable;
            let message =
                OwnedMessage::new(Some(value.into()), None, "feed.village.x".into(), none, 0, 0, headers);
            packing(&message, value.as_bytes())
        };
        assert_eq!(with(Some("application/cloudevents+json; charset=utf-8"), "{}"), Packing::CloudEvent);
        assert_eq!(with(None, r#"{"specversion":"1.0","data":{}}"#), Packing::CloudEvent);
        assert_eq!(with(None, "{}"), Packing::Json);
        assert_eq!(with(Some("application/json"), r#"{"specversion":"1.0"}"#), Packing::Json, "binary mode");
    }
}
