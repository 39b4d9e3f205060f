//! The whole topic `reports`, read once: every partition from its beginning to where it ended when the reading began, the
//! records in the order of their receipt.

use super::client::{Reporter, in_words};
use super::record::consumed_record;
use super::{ConsumedRecord, KafkaFault, KafkaSettings, REPORTS};
use crate::log_writer::clock_step;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::{Offset, TopicPartitionList};
use std::collections::BTreeMap;
use std::time::Duration;
use store::NewRecord;

const PATIENCE: Duration = Duration::from_secs(10);

/// Reads the records of all partitions in the order of their receipt.
pub struct ReportsReader {
    partitions: Vec<PartitionReader>,
    brokers: String,
}

struct PartitionReader {
    consumer: BaseConsumer<Reporter>,
    next: Option<NewRecord>,
    /// The offset after the last record.
    end: i64,
    at: i64,
    /// The last record of each feed's topic and partition that came: one that comes again was taken once.
    origins: BTreeMap<(String, i32), i64>,
    /// How often the clock was set back up to and with the next record.
    clock_steps: u64,
}

impl ReportsReader {
    /// # Errors
    /// Where the broker does not answer or the settings are wrong.
    pub fn open(settings: &KafkaSettings) -> Result<ReportsReader, KafkaFault> {
        let open = |partition| PartitionReader::open(settings, partition);
        let partitions: Result<_, KafkaFault> = (0..settings.partitions).map(open).collect();
        Ok(ReportsReader { partitions: partitions?, brokers: settings.brokers.clone() })
    }

    /// The next record; `None` at the end.
    ///
    /// # Errors
    /// Where the broker does not answer.
    pub fn next_record(&mut self) -> Result<Option<NewRecord>, KafkaFault> {
        let heads = self.partitions.iter_mut().filter(|partition| partition.next.is_some());
        // A clock that was set back stands in every partition: what came before it comes first.
        let order = |partition: &&mut PartitionReader| {
            let received = partition.next.as_ref().map(|next| next.received_at);
            (partition.clock_steps, received)
        };
        let first = heads.min_by_key(order);
        let Some(first) = first else { return Ok(None) };
        let record = first.next.take();
        first.advance(&self.brokers)?;
        Ok(record)
    }
}

impl PartitionReader {
    fn open(settings: &KafkaSettings, partition: i32) -> Result<PartitionReader, KafkaFault> {
        let fault = |error: KafkaError| broker_fault(&settings.brokers, &error);
        let consumer: BaseConsumer<Reporter> = settings
            .consumer("export")?
            .create_with_context(Reporter::default())
            .map_err(|error| KafkaFault::Setting(error.to_string()))?;
        let (at, end) = consumer.fetch_watermarks(REPORTS, partition, PATIENCE).map_err(fault)?;
        let mut assigned = TopicPartitionList::new();
        assigned.add_partition_offset(REPORTS, partition, Offset::Offset(at)).map_err(fault)?;
        consumer.assign(&assigned).map_err(fault)?;
        let origins = BTreeMap::new();
        let mut reader = PartitionReader { consumer, next: None, end, at, origins, clock_steps: 0 };
        reader.advance(&settings.brokers)?;
        Ok(reader)
    }

    fn advance(&mut self, brokers: &str) -> Result<(), KafkaFault> {
        while self.at < self.end {
            match self.consumer.poll(PATIENCE) {
                Some(Ok(message)) => {
                    let ConsumedRecord { record, origin } = consumed_record(&message);
                    self.at = record.offset + 1;
                    let is_repeated = origin.is_some_and(|origin| {
                        let last = self.origins.entry((origin.topic, origin.partition)).or_insert(-1);
                        origin.offset <= std::mem::replace(last, origin.offset.max(*last))
                    });
                    if !is_repeated {
                        self.clock_steps += u64::from(clock_step(&record.record).is_some());
                        self.next = Some(record.record);
                        return Ok(());
                    }
                }
                Some(Err(KafkaError::PartitionEOF(_))) => return Ok(()),
                Some(Err(error)) => return Err(broker_fault(brokers, &error)),
                None => {
                    let why = format!("no record of {REPORTS} came within {PATIENCE:?}; try again");
                    return Err(KafkaFault::Broker { brokers: brokers.to_owned(), why });
                }
            }
        }
        Ok(())
    }
}

fn broker_fault(brokers: &str, error: &KafkaError) -> KafkaFault {
    let why = error.rdkafka_error_code().map_or_else(|| error.to_string(), |code| in_words(code, "reading"));
    KafkaFault::Broker { brokers: brokers.to_owned(), why }
}
