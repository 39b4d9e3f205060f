//! Publishes to Kafka what a partition committed: the newest assessment of each cell, each alert as it stands, and dead
//! letters.
//!
//! Publishing follows the commit. How far the broker has it stands with the next commit, so what a crash swallows is
//! published again: at least once, and the topics are compacted by key. A reader that sees an older `emitted_at` or
//! `version` after a newer one passes over it. The level of an assessment is the level shown, so a cell is published again
//! also where only its condition changed.

use crate::messages::{AlertMessage, AssessedCell};
use crate::worker_context::ServiceClock;
use async_recursion::async_recursion as boxed;
use domain::effect::{Condition, Effect};
use domain::kind::{Horizon, Kind, Level};
use domain::place::Code;
use domain::time::Time;
use intake::kafka::{PublishedTopic, TopicPublisher, asked, delivered};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::future_producer::DeliveryFuture;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::task::Poll;
use std::time::{Duration, Instant};
use store::{AssessmentRow, Commit, DeadLetter, Store, StoreError};

/// How often acts of people (who write from another process) are looked for.
const LOOK: Duration = Duration::from_millis(500);

/// The publisher of one partition.
pub struct Publisher {
    topics: TopicPublisher,
    store: Store,
    partition: i32,
    regencies: Vec<Code>,
    /// Handed to the broker and not confirmed, each with the clock of the commit before its own; no more than the
    /// producer's own queue holds.
    waiting: VecDeque<(Time, DeliveryFuture)>,
    /// Clock of the last commit, and of the one before.
    upto: Time,
    before: Time,
    published: Time,
    /// Alerts handed to the broker, each with its version.
    alerts: Vec<(String, i64, DeliveryFuture)>,
    /// Levels of the conditions that stand; read from the store whenever the publisher is behind.
    standing: BTreeMap<(Code, Kind), Level>,
    /// Something was not confirmed: publish again from `published` on.
    behind: bool,
    looked: Instant,
    wall: ServiceClock,
}

impl Publisher {
    /// `published` is what the store knows to be with the broker; everything since is published again.
    pub fn new(
        topics: TopicPublisher,
        store: Store,
        (partition, regencies): (i32, Vec<Code>),
        published: Time,
        wall: ServiceClock,
    ) -> Publisher {
        Publisher {
            topics,
            store,
            partition,
            regencies,
            waiting: VecDeque::new(),
            upto: published,
            before: published,
            published,
            alerts: Vec::new(),
            standing: BTreeMap::new(),
            behind: true,
            looked: Instant::now(),
            wall,
        }
    }

    /// Up to which received time everything is with the broker, as far as is known: no commit waits for it.
    pub fn published(&mut self) -> Time {
        while let Some((_, delivery)) = self.waiting.front_mut() {
            match asked(delivery) {
                Poll::Pending => break,
                Poll::Ready(Ok(())) => drop(self.waiting.pop_front()),
                Poll::Ready(Err(error)) => {
                    tracing::warn!(%error, "what was committed is not with the broker yet; it will be published again");
                    self.behind = true;
                    self.waiting.clear();
                }
            }
        }
        if !self.behind {
            self.published = self.waiting.front().map_or(self.upto, |(before, _)| *before);
        }
        self.published
    }

    /// Publishes what a commit brought.
    #[boxed]
    pub async fn publish(&mut self, commit: &Commit) {
        // Where the clock was set back, what is emitted from there on is not with the broker.
        (self.before, self.upto) = (self.upto.min(commit.clock), commit.clock);
        if self.behind {
            return; // published again from the store, the newest only
        }
        if let Err(error) = self.publish_all(commit).await {
            tracing::warn!(%error, "what was committed is not with the broker yet; it will be published again");
            self.behind = true;
        }
    }

    async fn publish_all(&mut self, commit: &Commit) -> Result<(), StoreError> {
        let mut changed = BTreeSet::new();
        // Of several assessments of one cell the last: the topic keeps no more.
        let mut newest = BTreeMap::new();
        for effect in &commit.effects {
            match effect {
                Effect::Assessment(assessment) => {
                    newest.insert((assessment.unit, assessment.kind, assessment.horizon), assessment);
                }
                Effect::Condition(condition) => {
                    let code = commit.places.code(condition.unit);
                    if self.note_condition(code, condition) {
                        changed.insert((code, condition.kind));
                    }
                }
                _ => {}
            }
        }
        let mut sent = BTreeSet::new();
        for assessment in newest.into_values() {
            let cell = AssessedCell {
                code: commit.places.code(assessment.unit),
                kind: assessment.kind,
                horizon: assessment.horizon,
                risk_ppm: assessment.risk_ppm,
                base_ppm: assessment.base_ppm,
                risk_level: assessment.level,
                completeness_ppm: assessment.completeness_ppm,
                model: commit.models.get(usize::from(assessment.model)).map_or("", String::as_str),
                calibrated: assessment.calibrated,
                at: assessment.at,
            };
            sent.insert((cell.code, cell.kind, cell.horizon));
            self.send_assessment(&cell).await?;
        }
        for (code, kind) in changed {
            for horizon in Horizon::ALL {
                if !sent.contains(&(code, kind, *horizon)) {
                    self.send_stored(kind, *horizon, &[code]).await?;
                }
            }
        }
        for letter in &commit.dead_letters {
            self.letter(letter).await?;
        }
        Ok(())
    }

    /// Whether the level that stands at the condition's place became another one.
    fn note_condition(&mut self, code: Code, condition: &Condition) -> bool {
        let key = (code, condition.kind);
        let before = match condition.change.stands() {
            true => self.standing.insert(key, condition.level),
            false => self.standing.remove(&key),
        };
        before != self.standing.get(&key).copied()
    }

    /// Between commits: what was left unpublished, and alerts that anybody changed.
    #[boxed]
    pub async fn catch_up(&mut self, clock: Time, at_once: bool) {
        if !at_once && self.looked.elapsed() < LOOK {
            return;
        }
        self.looked = Instant::now();
        let done = async {
            if self.behind {
                self.again().await?;
                for (_, delivery) in std::mem::take(&mut self.waiting) {
                    delivered(delivery).await?;
                }
                (self.behind, self.upto) = (false, self.upto.max(clock));
            }
            self.alerts().await
        };
        if let Err(error) = done.await {
            tracing::warn!(%error, "publishing to the topics again later");
        }
    }

    /// Everything since `published`, as the store has it.
    async fn again(&mut self) -> Result<(), StoreError> {
        let mut cells: BTreeSet<(Code, Kind, Horizon)> = BTreeSet::new();
        cells.extend(self.store.assessed_since(&self.regencies, self.published).await?);
        self.standing.clear();
        for regency in &self.regencies {
            for row in self.store.conditions(&[*regency]).await? {
                if row.change.stands() {
                    self.standing.insert((row.code, row.kind), row.level);
                }
                if row.at >= self.published {
                    cells.extend(Horizon::ALL.iter().map(|horizon| (row.code, row.kind, *horizon)));
                }
            }
        }
        for kind in Kind::ALL {
            for horizon in Horizon::ALL {
                let wanted: Vec<Code> = cells
                    .iter()
                    .filter(|(_, of, upto)| (of, upto) == (kind, horizon))
                    .map(|(code, _, _)| *code)
                    .collect();
                self.send_stored(*kind, *horizon, &wanted).await?;
            }
        }
        for letter in self.store.dead_letters_since(self.partition, self.published).await? {
            self.letter(&letter).await?;
        }
        Ok(())
    }

    /// Sends the newest assessments of some units of ours, in the order of their codes, as the store has them.
    async fn send_stored(&mut self, kind: Kind, horizon: Horizon, codes: &[Code]) -> Result<(), StoreError> {
        if codes.is_empty() {
            return Ok(());
        }
        let asked: BTreeSet<Code> = codes.iter().map(|code| code.regency()).collect();
        let asked: Vec<Code> = if let [one] = codes { vec![*one] } else { asked.into_iter().collect() };
        for row in self.store.risks(kind, horizon, &asked).await? {
            if codes.binary_search(&row.code).is_ok() {
                self.send_assessment(&stored_cell(&row)).await?;
            }
        }
        Ok(())
    }

    async fn send_assessment(&mut self, cell: &AssessedCell<'_>) -> Result<(), StoreError> {
        let message = cell.message(self.standing.get(&(cell.code, cell.kind)).copied());
        let sent = self.send(PublishedTopic::Assessments, &message.key(), &message).await?;
        self.waiting.push_back((self.before, sent));
        Ok(())
    }

    async fn send<T: Serialize>(
        &self,
        topic: PublishedTopic,
        key: &str,
        message: &T,
    ) -> Result<DeliveryFuture, StoreError> {
        let body = serde_json::to_vec(message)
            .map_err(|error| StoreError::Corrupt(format!("writing a message as JSON: {error}")))?;
        self.topics.send(topic, key, Some(&body), None).await
    }

    async fn letter(&mut self, letter: &DeadLetter) -> Result<(), StoreError> {
        let at = format!("{}/{}", letter.partition, letter.offset);
        let mut headers = OwnedHeaders::new_with_capacity(6);
        let words = [
            ("feed", letter.feed_name.as_str()),
            ("class", letter.class.as_str()),
            ("reason", letter.reason.as_str()),
            ("field", &letter.field),
            ("detail", &letter.detail),
            ("from", &format!("reports/{at}")),
        ];
        for (key, value) in words {
            headers = headers.insert(Header { key, value: Some(value) });
        }
        let sent =
            self.topics.send(PublishedTopic::DeadLetters, &at, Some(&letter.bytes), Some(headers)).await?;
        self.waiting.push_back((self.before, sent));
        Ok(())
    }

    /// Alerts whose newest version the broker does not have: sent now, noted when the next look finds them confirmed.
    async fn alerts(&mut self) -> Result<(), StoreError> {
        let mut under_way = Vec::new();
        for (id, version, mut delivery) in std::mem::take(&mut self.alerts) {
            match asked(&mut delivery) {
                Poll::Pending => under_way.push((id, version, delivery)),
                Poll::Ready(confirmed) => {
                    confirmed?;
                    self.store.published_alert(&id, version).await?;
                }
            }
        }
        self.alerts = under_way;
        if !self.alerts.is_empty() {
            return Ok(());
        }
        for id in self.store.unpublished_alerts(&self.regencies).await? {
            let Some(detail) = self.store.alert(&id).await? else { continue };
            let message = AlertMessage::new(&detail.alert, (self.wall)());
            let delivery = self.send(PublishedTopic::Alerts, &id, &message).await?;
            self.alerts.push((id, i64::from(detail.alert.version), delivery));
        }
        Ok(())
    }
}

fn stored_cell(row: &AssessmentRow) -> AssessedCell<'_> {
    AssessedCell {
        code: row.code,
        kind: row.kind,
        horizon: row.horizon,
        risk_ppm: row.risk_ppm,
        base_ppm: row.base_ppm,
        risk_level: row.level,
        completeness_ppm: row.completeness_ppm,
        model: &row.model,
        calibrated: row.calibrated,
        at: row.emitted_at,
    }
}
