//! A batch of records from the feeds' topics, and how each is packed.

use super::client::Reporter;
use formats::envelope::Packing;
use formats::record_stamp::RecordOrigin;
use rdkafka::consumer::StreamConsumer;
use rdkafka::error::KafkaError;
use rdkafka::message::Headers;
use rdkafka::{Message, Offset, TopicPartitionList};
use std::time::Duration;
use tokio::time::Instant;

/// How long the first of a batch waits for more.
const GATHER: Duration = Duration::from_millis(10);

#[derive(Default)]
pub(super) struct TopicBatch {
    pub messages: Vec<(RecordOrigin, Packing, Vec<u8>)>,
    pub offsets: TopicPartitionList,
}

/// Waits for a first record and takes what comes close behind it. Dropped while it waits for the first, it has lost none.
pub(super) async fn gather(
    consumer: &StreamConsumer<Reporter>,
    batch: &mut TopicBatch,
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
            // Logged by the reporter, and over when the broker is back or the first feed's topic is made.
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

/// Notes in a list how far a topic's partition is.
pub(super) fn reach(
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
pub(super) fn packing(message: &impl Message, value: &[u8]) -> Packing {
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
