//! The topics: made with the partitions, retention and compaction the work rests on, and looked at before anything starts.

use super::client::{Reporter, in_words};
use super::feed_topics::feed_topic;
use super::{KafkaFault, KafkaSettings};
use async_recursion::async_recursion as boxed;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use std::time::{Duration, Instant};
use store::{Store, StoreError};

/// Everything taken in, keyed by regency.
pub const REPORTS: &str = "reports";
/// The newest assessment of each district, kind and horizon, for others.
pub const ASSESSMENTS: &str = "assessments";
/// Each alert as it stands, for others.
pub const ALERTS: &str = "alerts";
/// What could not become a report, with its original bytes. Sealed by the broker's ACLs.
pub const DEAD_LETTERS: &str = "dead-letters";

const PATIENCE: Duration = Duration::from_secs(10);

/// Why the topics were not made.
#[derive(Debug, thiserror::Error)]
pub enum MissingTopicsError {
    #[error("making the topics: {}", .0.join("; "))]
    Lacking(Vec<String>),
    #[error(transparent)]
    Kafka(#[from] KafkaFault),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A look at the broker, for `migrate` and `check`.
pub struct Topics<'a> {
    settings: &'a KafkaSettings,
    client: AdminClient<Reporter>,
    reporter: Reporter,
}

impl<'a> Topics<'a> {
    pub fn open(settings: &'a KafkaSettings) -> Result<Topics<'a>, KafkaFault> {
        let reporter = Reporter::default();
        let client = settings
            .admin()?
            .create_with_context(reporter.clone())
            .map_err(|error| KafkaFault::Setting(error.to_string()))?;
        Ok(Topics { settings, client, reporter })
    }

    /// The topics the broker has, with their partitions.
    pub fn there(&self) -> Result<Vec<(String, usize)>, KafkaFault> {
        let metadata =
            self.client.inner().fetch_metadata(None, PATIENCE).map_err(|error| self.fault(&error))?;
        Ok(metadata
            .topics()
            .iter()
            .map(|topic| (topic.name().to_owned(), topic.partitions().len()))
            .collect())
    }

    /// How many topics there are, in words.
    pub fn summary(&self) -> Result<String, KafkaFault> {
        let there = self.there()?;
        let feeds = there.iter().filter(|(name, _)| name.starts_with("feed.")).count();
        Ok(format!("{} topics, {feeds} of them feeds'", there.len()))
    }

    /// Makes the topics that are missing, those of the enabled feeds included. Says what it made.
    ///
    /// # Errors
    /// Where the broker refuses, our own topics are not as they must be, or the store cannot be read.
    #[boxed]
    pub async fn make_missing(&self, store: &Store) -> Result<Vec<String>, MissingTopicsError> {
        let feeds = store.feeds().await?;
        let feeds: Vec<String> = feeds.iter().filter(|feed| feed.enabled).map(feed_topic).collect();
        let made = self.make(&feeds).await?;
        let lacking = self.lacking()?;
        if lacking.is_empty() { Ok(made) } else { Err(MissingTopicsError::Lacking(lacking)) }
    }

    /// Makes the topics that are missing, and a topic for each of `feeds`. Says what it made.
    async fn make(&self, feeds: &[String]) -> Result<Vec<String>, KafkaFault> {
        let there = self.there()?;
        let missing = |name: &str| !there.iter().any(|(known, _)| known == name);
        let retention = (self.settings.retention_hours * 3_600_000).to_string();
        let fixed = || TopicReplication::Fixed(self.settings.replication);
        let mut new = Vec::new();
        for (name, compacted) in
            [(REPORTS, false), (ASSESSMENTS, true), (ALERTS, true), (DEAD_LETTERS, false)]
        {
            let topic = NewTopic::new(name, self.settings.partitions, fixed());
            new.push(match compacted {
                true => topic.set("cleanup.policy", "compact"),
                false => topic.set("cleanup.policy", "delete").set("retention.ms", &retention),
            });
        }
        for name in feeds {
            let topic = NewTopic::new(name, 1, fixed());
            new.push(topic.set("cleanup.policy", "delete").set("retention.ms", &retention));
        }
        new.retain(|topic| missing(topic.name));
        if new.is_empty() {
            return Ok(Vec::new());
        }
        let options = AdminOptions::new().operation_timeout(Some(PATIENCE)).request_timeout(Some(PATIENCE));
        let made = self.client.create_topics(&new, &options).await.map_err(|error| self.fault(&error))?;
        let mut names = Vec::new();
        for result in made {
            match result {
                Ok(name) => names.push(name),
                Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => {}
                Err((name, code)) => {
                    let why = in_words(code, "making the topic");
                    return Err(KafkaFault::Topic(format!("making the topic '{name}': {why}")));
                }
            }
        }
        Ok(names)
    }

    /// Our own topics as they must be; each thing that is not, in words.
    pub fn lacking(&self) -> Result<Vec<String>, KafkaFault> {
        let there = self.there()?;
        let mut lacking = Vec::new();
        for name in [REPORTS, ASSESSMENTS, ALERTS, DEAD_LETTERS] {
            match there.iter().find(|(known, _)| known == name) {
                None => lacking.push(format!("the topic '{name}' is missing; make it with `kentongan migrate`")),
                Some((_, count)) if name == REPORTS && *count != self.settings.partitions as usize => lacking.push(format!(
                    "the topic '{name}' has {count} partitions and kafka.partitions is {}: a regency's partition \
                     follows from the number, so it must stay what it was when the topic was made",
                    self.settings.partitions
                )),
                Some(_) => {}
            }
        }
        Ok(lacking)
    }

    /// Why no broker answers. An administrator's client does not say; a consumer's events do.
    fn refusal(&self) -> Option<String> {
        let mut config = self.settings.admin().ok()?;
        config.set("group.id", format!("{}-check", self.settings.group));
        let consumer: BaseConsumer<Reporter> = config.create_with_context(self.reporter.clone()).ok()?;
        let end = Instant::now() + PATIENCE / 2;
        while self.reporter.last().is_none() && Instant::now() < end {
            // Asking makes it connect; what comes of that waits among its events.
            let _ = consumer.fetch_metadata(None, Duration::from_secs(1));
            let _ = consumer.poll(Duration::from_millis(100));
        }
        self.reporter.last()
    }

    fn fault(&self, error: &KafkaError) -> KafkaFault {
        let fault = match error.rdkafka_error_code() {
            Some(code) => in_words(code, "asking for the topics"),
            None => error.to_string(),
        };
        let why = self.refusal().unwrap_or(fault);
        KafkaFault::Broker { brokers: self.settings.brokers.clone(), why }
    }
}
