//! Kafka as the log: outside systems write to `feed.<class>.<name>`, intake re-keys into `reports` by regency.
//!
//! A regency's partition is its four digits modulo the number of partitions: provinces number their regencies one
//! after the other, so neighbours spread evenly, and everybody can work it out by hand.

mod append;
mod client;
mod feed_topics;
mod paused_feeds;
mod record;
mod reports_reader;
mod topic_batch;
mod topics;

pub use append::{PublishedTopic, ReportsProducer, TopicPublisher, asked, delivered};
pub use client::{Reporter, in_words, note};
pub use feed_topics::{FeedPause, FeedTopics};
pub use record::{ConsumedRecord, consumed_record};
pub use reports_reader::ReportsReader;
pub use topics::{ALERTS, ASSESSMENTS, DEAD_LETTERS, MissingTopicsError, REPORTS, Topics};

use domain::place::Code;
use rdkafka::ClientConfig;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// How soon a silent member of a group is given up, in milliseconds: librdkafka's property and our default.
const SESSION_TIMEOUT: (&str, &str) = ("session.timeout.ms", "10000");
/// How rarely a member may poll, in milliseconds: librdkafka's property and its default.
const POLL_INTERVAL: (&str, &str) = ("max.poll.interval.ms", "300000");

/// `[kafka]` of the configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KafkaSettings {
    pub brokers: String,
    pub group: String,
    pub partitions: i32,
    pub replication: i32,
    pub retention_hours: i64,
    pub batch: usize,
    pub partition_queue: usize,
    pub breaker_records: usize,
    pub breaker_percent: usize,
    pub breaker_pause_seconds: u64,
    pub password_file: PathBuf,
    /// Any property of librdkafka, for every client.
    pub properties: BTreeMap<String, String>,
}

/// What can go wrong between us and the broker.
#[derive(thiserror::Error, Clone, Debug)]
pub enum KafkaFault {
    #[error("setting up the connection to Kafka: {0}; see [kafka.properties]")]
    Setting(String),
    #[error("reading kafka.password_file '{path}': {why}")]
    Password { path: String, why: String },
    #[error("talking to Kafka at '{brokers}': {why}")]
    Broker { brokers: String, why: String },
    #[error("{0}")]
    Topic(String),
}

impl KafkaSettings {
    pub fn is_on(&self) -> bool {
        !self.brokers.is_empty()
    }

    pub fn check(&self) -> Result<(), String> {
        let counts = [self.partition_queue, self.batch, self.breaker_records];
        if self.partitions < 1 || counts.contains(&0) {
            return Err(
                "kafka.partitions, batch, partition_queue and breaker_records must be at least 1".to_owned()
            );
        }
        match self.properties.keys().find(|key| OWN.contains(&key.as_str())) {
            Some(key) => Err(format!(
                "kafka.properties.{key} is not yours to set: what the service promises rests on it"
            )),
            None => Ok(()),
        }
    }

    /// The partition of `reports` that owns a regency.
    pub fn partition(&self, regency: Code) -> i32 {
        (regency.0 / 100) as i32 % self.partitions
    }

    /// What every client of ours is set to.
    fn client(&self) -> Result<ClientConfig, KafkaFault> {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &self.brokers).set("client.id", "kentongan");
        for (key, value) in &self.properties {
            config.set(key, value);
        }
        if let Some(password) = self.password()? {
            config.set("sasl.password", password);
        }
        Ok(config)
    }

    fn password(&self) -> Result<Option<String>, KafkaFault> {
        if let Ok(password) = std::env::var("KENTONGAN_KAFKA_PASSWORD") {
            return Ok(Some(password));
        }
        if self.password_file.as_os_str().is_empty() {
            return Ok(None);
        }
        let path = &self.password_file;
        let read = std::fs::read_to_string(path).map_err(|error| KafkaFault::Password {
            path: path.display().to_string(),
            why: error.to_string(),
        })?;
        Ok(Some(read.trim().to_owned()))
    }

    /// A producer that neither doubles nor reorders, and waits so many milliseconds for more to send at once.
    pub fn producer(&self, linger: &str) -> Result<ClientConfig, KafkaFault> {
        let mut config = self.client()?;
        let defaults = [("compression.type", "lz4"), ("linger.ms", linger), ("message.timeout.ms", "30000")];
        self.unless_given(&mut config, &defaults);
        self.unless_given(&mut config, &[("queue.buffering.max.kbytes", "65536")]);
        config.set("enable.idempotence", "true").set("acks", "all");
        Ok(config)
    }

    /// How long a member of a group may go without an answer about its partitions: no rebalance lasts longer than a
    /// member's silence and its last poll together; the broker is given twice that.
    pub fn longest_rebalance(&self) -> Duration {
        let milliseconds = |(key, default): (&str, &str)| {
            let set = self.properties.get(key).and_then(|value| value.parse::<u64>().ok());
            set.or_else(|| default.parse().ok()).unwrap_or_default()
        };
        2 * Duration::from_millis(milliseconds(SESSION_TIMEOUT) + milliseconds(POLL_INTERVAL))
    }

    /// A consumer of the group `<kafka.group>-<role>` that commits only the offsets it is given.
    pub fn consumer(&self, role: &str) -> Result<ClientConfig, KafkaFault> {
        let mut config = self.client()?;
        let defaults = [
            (SESSION_TIMEOUT.0, SESSION_TIMEOUT.1),
            ("heartbeat.interval.ms", "500"),
            ("queued.min.messages", "20000"),
            ("queued.max.messages.kbytes", "16384"),
            ("topic.metadata.refresh.interval.ms", "10000"),
        ];
        self.unless_given(&mut config, &defaults);
        config
            .set("group.id", format!("{}-{role}", self.group))
            .set("partition.assignment.strategy", "cooperative-sticky")
            .set("enable.auto.commit", "false")
            .set("enable.partition.eof", "true")
            .set("auto.offset.reset", "earliest");
        Ok(config)
    }

    /// One for administration: no group, no queue.
    pub fn admin(&self) -> Result<ClientConfig, KafkaFault> {
        self.client()
    }

    fn unless_given(&self, config: &mut ClientConfig, defaults: &[(&str, &str)]) {
        for (key, value) in defaults {
            if !self.properties.contains_key(*key) {
                config.set(*key, *value);
            }
        }
    }
}

/// Properties that exactly-once effects rest on.
const OWN: [&str; 8] = [
    "bootstrap.servers",
    "group.id",
    "partition.assignment.strategy",
    "enable.auto.commit",
    "enable.partition.eof",
    "auto.offset.reset",
    "enable.idempotence",
    "acks",
];
