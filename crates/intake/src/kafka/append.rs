//! Writing to topics: a record is taken once every in-sync replica has it.

use super::client::{Reporter, in_words};
use super::record;
use super::{ALERTS, ASSESSMENTS, DEAD_LETTERS, KafkaFault, KafkaSettings, REPORTS};
use crate::log_writer::StampedRecord;
use async_recursion::async_recursion as boxed;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::OwnedHeaders;
use rdkafka::producer::Producer;
use rdkafka::producer::future_producer::{DeliveryFuture, FutureProducer, FutureRecord, OwnedDeliveryResult};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use store::{NewRecord, StoreError};

/// Writes the records of the log into `reports`; cheap to clone. Only the log's writer appends with it.
#[derive(Clone)]
pub struct ReportsProducer {
    client: Client,
    settings: Arc<KafkaSettings>,
}

/// Publishes what is committed for others to read; cheap to clone.
#[derive(Clone)]
pub struct TopicPublisher(Client);

/// The topics for others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PublishedTopic {
    Assessments,
    Alerts,
    DeadLetters,
}

impl PublishedTopic {
    const fn as_str(self) -> &'static str {
        match self {
            PublishedTopic::Assessments => ASSESSMENTS,
            PublishedTopic::Alerts => ALERTS,
            PublishedTopic::DeadLetters => DEAD_LETTERS,
        }
    }
}

impl ReportsProducer {
    /// Somebody waits for the records and they come in batches, so lingering for more only costs time.
    ///
    /// # Errors
    /// Where the settings are not what the library takes.
    pub fn open(settings: Arc<KafkaSettings>) -> Result<ReportsProducer, KafkaFault> {
        Ok(ReportsProducer { client: Client::open(&settings, "1")?, settings })
    }

    /// Writes records, each to the partition that owns its regency; returns once all are kept.
    ///
    /// # Errors
    /// Some may be kept then and some not: ids make a repetition harmless.
    pub(crate) async fn append(&self, records: &[StampedRecord]) -> Result<(), StoreError> {
        let mut waiting = Vec::with_capacity(records.len());
        for stamped in records {
            let partition = self.partition_of(stamped);
            let StampedRecord { record, regency, origin } = stamped;
            let key = regency.map_or_else(|| record.feed.clone(), |code| code.to_string());
            let headers = record::headers(record, origin.as_ref());
            let place = (REPORTS, Some(partition));
            waiting.push(self.client.send(place, &key, Some(&record.bytes), Some(headers)).await?);
        }
        for delivery in waiting {
            delivered(delivery).await?;
        }
        Ok(())
    }

    /// Writes into every partition the record that is made for it; returns once all are kept.
    pub(crate) async fn append_everywhere(
        &self,
        record: impl Fn(i32) -> NewRecord,
    ) -> Result<(), StoreError> {
        let mut waiting = Vec::new();
        for partition in 0..self.settings.partitions {
            let record = record(partition);
            let headers = record::headers(&record, None);
            let place = (REPORTS, Some(partition));
            waiting.push(self.client.send(place, &record.feed, Some(&record.bytes), Some(headers)).await?);
        }
        for delivery in waiting {
            delivered(delivery).await?;
        }
        Ok(())
    }

    /// The partition that owns a record's regency.
    pub(crate) fn partition_of(&self, stamped: &StampedRecord) -> i32 {
        match stamped.regency {
            Some(code) => self.settings.partition(code),
            None => self.any_partition(&stamped.record.feed),
        }
    }

    /// What names no place goes by its feed.
    fn any_partition(&self, feed: &str) -> i32 {
        (xxhash_rust::xxh3::xxh3_64(feed.as_bytes()) % self.settings.partitions as u64) as i32
    }

    /// Waits for what is under way, at the end.
    pub fn flush(&self) {
        self.client.flush();
    }
}

impl TopicPublisher {
    /// Each partition of each topic gets some ten messages a second at most, however many commits there are.
    ///
    /// # Errors
    /// Where the settings are not what the library takes.
    pub fn open(settings: &KafkaSettings) -> Result<TopicPublisher, KafkaFault> {
        Ok(TopicPublisher(Client::open(settings, "100")?))
    }

    /// Hands one message over; waits while the queue is full. No value deletes the key.
    ///
    /// # Errors
    /// Where the library does not take the message.
    #[boxed]
    pub async fn send(
        &self,
        topic: PublishedTopic,
        key: &str,
        value: Option<&[u8]>,
        headers: Option<OwnedHeaders>,
    ) -> Result<DeliveryFuture, StoreError> {
        self.0.send((topic.as_str(), None), key, value, headers).await
    }

    /// Waits for what is under way, at the end.
    pub fn flush(&self) {
        self.0.flush();
    }
}

#[derive(Clone)]
struct Client(FutureProducer<Reporter>);

impl Client {
    /// A producer that waits so many milliseconds for more to send at once.
    fn open(settings: &KafkaSettings, linger: &str) -> Result<Client, KafkaFault> {
        let producer = settings
            .producer(linger)?
            .create_with_context(Reporter::default())
            .map_err(|error| KafkaFault::Setting(error.to_string()))?;
        Ok(Client(producer))
    }

    async fn send(
        &self,
        (topic, partition): (&str, Option<i32>),
        key: &str,
        value: Option<&[u8]>,
        headers: Option<OwnedHeaders>,
    ) -> Result<DeliveryFuture, StoreError> {
        let mut message =
            FutureRecord { topic, partition, key: Some(key), payload: value, timestamp: None, headers };
        loop {
            match self.0.send_result(message) {
                Ok(delivery) => return Ok(delivery),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => {
                    message = back;
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                Err((error, _)) => return Err(busy(&error)),
            }
        }
    }

    fn flush(&self) {
        if let Err(error) = self.0.flush(Duration::from_secs(10)) {
            tracing::warn!(%error, "kafka: what was under way at the end is not confirmed");
        }
    }
}

/// Waits until the broker has a message.
#[boxed]
pub async fn delivered(delivery: DeliveryFuture) -> Result<(), StoreError> {
    answered(delivery.await)
}

/// Whether the broker has a message, as far as is known now.
pub fn asked(delivery: &mut DeliveryFuture) -> Poll<Result<(), StoreError>> {
    Pin::new(delivery).poll(&mut Context::from_waker(Waker::noop())).map(answered)
}

fn answered<E>(answer: Result<OwnedDeliveryResult, E>) -> Result<(), StoreError> {
    match answer {
        Ok(Ok(_)) => Ok(()),
        Ok(Err((error, _))) => Err(busy(&error)),
        Err(_) => Err(StoreError::Closed),
    }
}

fn busy(error: &KafkaError) -> StoreError {
    StoreError::Busy(match error.rdkafka_error_code() {
        Some(code) => in_words(code, "writing to Kafka"),
        None => format!("writing to Kafka: {error}"),
    })
}
