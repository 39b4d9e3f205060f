//! Writing to topics: a record is taken once every in-sync replica has it.

use super::client::{Reporter, in_words};
use super::record;
use super::{KafkaFault, REPORTS, Settings};
use domain::place::Code;
use formats::record_stamp::RecordOrigin;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::OwnedHeaders;
use rdkafka::producer::Producer;
use rdkafka::producer::future_producer::{DeliveryFuture, FutureProducer, FutureRecord, OwnedDeliveryResult};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use store::{NewRecord, StoreError};

/// A producer of ours; cheap to clone.
#[derive(Clone)]
pub struct Appender {
    producer: FutureProducer<Reporter>,
    settings: Arc<Settings>,
}

impl Appender {
    /// For records that somebody waits for: they come in batches, so lingering for more only costs time.
    pub fn open(settings: Arc<Settings>) -> Result<Appender, KafkaFault> {
        Appender::with(settings, "1")
    }

    /// For telling others what is kept already: each partition of each topic is spoken to some ten times a second, however
    /// many commits there are.
    pub fn telling(settings: Arc<Settings>) -> Result<Appender, KafkaFault> {
        Appender::with(settings, "100")
    }

    fn with(settings: Arc<Settings>, linger: &str) -> Result<Appender, KafkaFault> {
        let producer = settings
            .producer(linger)?
            .create_with_context(Reporter::default())
            .map_err(|error| KafkaFault::Setting(error.to_string()))?;
        Ok(Appender { producer, settings })
    }

    /// Writes records into `reports`, each to the partition that owns its regency; answers once all are kept.
    /// After an error some may be kept and some not: ids make a repetition harmless.
    pub async fn append(
        &self,
        records: &[(NewRecord, Option<Code>, Option<RecordOrigin>)],
    ) -> Result<(), StoreError> {
        let mut waiting = Vec::with_capacity(records.len());
        for (record, regency, from) in records {
            let key = regency.map_or_else(|| record.feed.clone(), |code| code.to_string());
            let partition = match regency {
                Some(code) => self.settings.partition(*code),
                None => self.any_partition(&record.feed),
            };
            let headers = record::headers(record, from.as_ref());
            let place = (REPORTS, Some(partition));
            waiting.push(self.send(place, &key, Some(&record.bytes), Some(headers)).await?);
        }
        for delivery in waiting {
            delivered(delivery).await?;
        }
        Ok(())
    }

    /// What names no place goes by its feed.
    fn any_partition(&self, feed: &str) -> i32 {
        (xxhash_rust::xxh3::xxh3_64(feed.as_bytes()) % self.settings.partitions as u64) as i32
    }

    /// Hands one message over; waits while the queue is full. No value deletes the key.
    pub async fn send(
        &self,
        (topic, partition): (&str, Option<i32>),
        key: &str,
        value: Option<&[u8]>,
        headers: Option<OwnedHeaders>,
    ) -> Result<DeliveryFuture, StoreError> {
        let mut message =
            FutureRecord { topic, partition, key: Some(key), payload: value, timestamp: None, headers };
        loop {
            match self.producer.send_result(message) {
                Ok(delivery) => return Ok(delivery),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => {
                    message = back;
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                Err((error, _)) => return Err(busy(&error)),
            }
        }
    }

    /// Waits for what is under way, at the end.
    pub fn flush(&self) {
        if let Err(error) = self.producer.flush(Duration::from_secs(10)) {
            tracing::warn!(%error, "kafka: what was under way at the end is not confirmed");
        }
    }
}

/// Waits until the broker has a message.
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
