//! Feeds that are not read for a while, because they sent almost nothing but garbage.

use super::client::Reporter;
use super::feed_topics::{FeedPause, FeedRegistry, FeedTopics, TopicsError};
use crate::breaker::Breaker;
use async_recursion::async_recursion as boxed;
use rdkafka::TopicPartitionList;
use rdkafka::consumer::{Consumer, StreamConsumer};
use rdkafka::error::KafkaError;
use std::collections::BTreeMap;
use tokio::time::Instant;

/// Which feeds are paused, and until when.
#[derive(Default)]
pub(super) struct PausedFeeds {
    breakers: BTreeMap<String, Breaker>,
    paused: Vec<PausedFeed>,
}

/// A feed that is not read for a while.
struct PausedFeed {
    until: Instant,
    topic: String,
    feed: String,
    /// The store knows, so that an operator sees it and may let it in again.
    noted: bool,
}

impl PausedFeeds {
    /// Notes what became of a feed's record; true where the feed must be paused now.
    pub fn note(&mut self, intake: &FeedTopics, feed: &str, refused: bool) -> bool {
        let settings = &intake.settings;
        let new = || Breaker::new(settings.breaker_records, settings.breaker_percent);
        if !self.breakers.contains_key(feed) {
            self.breakers.insert(feed.to_owned(), new());
        }
        self.breakers.get_mut(feed).is_some_and(|breaker| breaker.note(refused))
    }

    /// Stops reading a feed's topic for as long as the settings say.
    #[boxed]
    pub async fn pause(
        &mut self,
        intake: &FeedTopics,
        consumer: &StreamConsumer<Reporter>,
        topic: &str,
        feed: &str,
    ) -> Result<(), TopicsError> {
        if self.paused.iter().any(|paused| paused.feed == feed) {
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
        self.paused.push(PausedFeed { until, topic: topic.to_owned(), feed: feed.to_owned(), noted });
        (intake.observe)(FeedPause { feed: feed.to_owned(), paused: true });
        Ok(())
    }

    /// Lets feeds in again whose time is up, or that an operator let in.
    #[boxed]
    pub async fn resume_due(
        &mut self,
        intake: &FeedTopics,
        consumer: &StreamConsumer<Reporter>,
        feeds: &mut FeedRegistry,
    ) -> Result<(), TopicsError> {
        if self.paused.is_empty() {
            return Ok(());
        }
        feeds.refresh(&intake.store).await?;
        let now = Instant::now();
        let let_in = |paused: &PausedFeed| {
            let row = feeds.rows.get(&paused.feed);
            // Read after it was noted, or it would be let in at once.
            let read = feeds.read.is_some_and(|read| read > paused.until - intake.pause());
            paused.noted && read && row.is_none_or(|row| row.paused_until.is_none())
        };
        while let Some(index) = self.paused.iter().position(|paused| paused.until <= now || let_in(paused)) {
            let PausedFeed { topic, feed, .. } = self.paused.swap_remove(index);
            consumer.resume(&assigned(consumer, &topic)?)?;
            intake.store.pause_feed(&feed, None).await?;
            tracing::info!(feed, "a paused feed is let in again");
            (intake.observe)(FeedPause { feed, paused: false });
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
