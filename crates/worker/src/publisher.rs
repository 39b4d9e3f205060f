//! What others are told over Kafka: the newest assessment of each cell, each alert as it stands, and dead letters.
//!
//! Told after the commit, not before. How far the broker has it stands with the next commit, so what a crash swallows
//! is told again: at least once, and the topics are compacted by key. A reader that sees an older `emitted_at` or
//! `version` after a newer one passes over it.

use crate::worker_context::Clock;
use domain::alert::Alert;
use domain::effect::Effect;
use domain::kind::{Horizon, Kind};
use domain::place::Code;
use domain::time::Time;
use intake::kafka::{ALERTS, ASSESSMENTS, Appender, DEAD_LETTERS, asked, delivered};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::future_producer::DeliveryFuture;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::task::Poll;
use std::time::{Duration, Instant};
use store::{Commit, DeadLetter, Store, StoreError};

/// How often acts of people (who write from another process) are looked for.
const LOOK: Duration = Duration::from_millis(500);

/// The publisher of one partition.
pub struct Publisher {
    appender: Appender,
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
    /// Something was not confirmed: tell again from `published` on.
    behind: bool,
    looked: Instant,
    wall: Clock,
}

impl Publisher {
    /// `published` is what the store knows to be with the broker; everything said since is told again.
    pub fn new(
        appender: Appender,
        store: Store,
        (partition, regencies): (i32, Vec<Code>),
        published: Time,
        wall: Clock,
    ) -> Publisher {
        Publisher {
            appender,
            store,
            partition,
            regencies,
            waiting: VecDeque::new(),
            upto: published,
            before: published,
            published,
            alerts: Vec::new(),
            behind: true,
            looked: Instant::now(),
            wall,
        }
    }

    /// Up to which received time everything said is with the broker, as far as is known: no commit waits for it.
    pub fn published(&mut self) -> Time {
        while let Some((_, delivery)) = self.waiting.front_mut() {
            match asked(delivery) {
                Poll::Pending => break,
                Poll::Ready(Ok(())) => drop(self.waiting.pop_front()),
                Poll::Ready(Err(error)) => {
                    tracing::warn!(%error, "what was committed is not with the broker yet; it will be told again");
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
    pub async fn publish(&mut self, commit: &Commit) {
        (self.before, self.upto) = (self.upto, commit.clock);
        if self.behind {
            return; // told again from the store, newest words only
        }
        if let Err(error) = self.publish_all(commit).await {
            tracing::warn!(%error, "what was committed is not with the broker yet; it will be told again");
            self.behind = true;
        }
    }

    async fn publish_all(&mut self, commit: &Commit) -> Result<(), StoreError> {
        // Of several words on one cell the last: the topic keeps no more.
        let mut newest = BTreeMap::new();
        for effect in &commit.effects {
            if let Effect::Assessment(told) = effect {
                newest.insert((told.unit, told.kind, told.horizon), told);
            }
        }
        for told in newest.into_values() {
            let code = commit.places.code(told.unit);
            let model = commit.models.get(usize::from(told.model)).map_or("", String::as_str);
            let body = json!({
                "district": code.to_string(), "kind": told.kind.as_str(), "horizon": told.horizon.as_str(),
                "risk_ppm": told.risk_ppm, "base_ppm": told.base_ppm, "level": told.level.as_str(),
                "completeness_ppm": told.completeness_ppm, "model": model, "calibrated": told.calibrated,
                "emitted_at": instant(told.at),
            });
            self.assessment((code, told.kind, told.horizon), &body).await?;
        }
        for letter in &commit.dead_letters {
            self.letter(letter).await?;
        }
        Ok(())
    }

    /// Between commits: what was left untold, and alerts that anybody changed.
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
            tracing::warn!(%error, "telling the topics again later");
        }
    }

    /// Everything said since `published`, as the store has it.
    async fn again(&mut self) -> Result<(), StoreError> {
        let cells = self.store.assessed_since(&self.regencies, self.published).await?;
        for kind in Kind::ALL {
            for horizon in Horizon::ALL {
                let wanted: Vec<Code> = cells
                    .iter()
                    .filter(|(_, of, upto)| (of, upto) == (kind, horizon))
                    .map(|(code, _, _)| *code)
                    .collect();
                if wanted.is_empty() {
                    continue;
                }
                for row in self.store.assessments(*kind, *horizon, &self.regencies, None).await? {
                    if wanted.binary_search(&row.code).is_err() {
                        continue;
                    }
                    let body = json!({
                        "district": row.code.to_string(), "kind": kind.as_str(), "horizon": horizon.as_str(),
                        "risk_ppm": row.risk_ppm, "base_ppm": row.base_ppm, "level": row.level.as_str(),
                        "completeness_ppm": row.completeness_ppm, "model": row.model,
                        "calibrated": row.calibrated, "emitted_at": instant(row.emitted_at),
                    });
                    self.assessment((row.code, *kind, *horizon), &body).await?;
                }
            }
        }
        for letter in self.store.dead_letters_since(self.partition, self.published).await? {
            self.letter(&letter).await?;
        }
        Ok(())
    }

    async fn assessment(
        &mut self,
        (code, kind, horizon): (Code, Kind, Horizon),
        body: &Value,
    ) -> Result<(), StoreError> {
        let key = format!("{code}|{}|{}", kind.as_str(), horizon.as_str());
        let body = body.to_string();
        let sent = self.appender.send((ASSESSMENTS, None), &key, Some(body.as_bytes()), None).await?;
        self.waiting.push_back((self.before, sent));
        Ok(())
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
        let sent = self.appender.send((DEAD_LETTERS, None), &at, Some(&letter.bytes), Some(headers)).await?;
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
            let body = alert(&detail.alert, (self.wall)()).to_string();
            let delivery = self.appender.send((ALERTS, None), &id, Some(body.as_bytes()), None).await?;
            self.alerts.push((id, i64::from(detail.alert.version), delivery));
        }
        Ok(())
    }
}

fn alert(alert: &Alert, now: Time) -> Value {
    json!({
        "id": alert.id, "district": alert.code.to_string(), "kind": alert.kind.as_str(),
        "level": alert.level.as_str(), "peak": alert.peak.as_str(), "state": alert.state.as_str(), "version": alert.version,
        "opened_at": instant(alert.opened_at), "changed_at": instant(alert.changed_at), "reached_at": instant(alert.reached_at),
        "outcome": alert.outcome.map(|outcome| outcome.as_str()), "stale": alert.stale,
        "unverified": alert.unverified, "cleared_at": alert.cleared_at.map(instant),
        "published_at": instant(now),
    })
}

/// RFC 3339, UTC.
fn instant(at: Time) -> String {
    jiff::Timestamp::from_microsecond(at.0).map_or_else(|_| at.0.to_string(), |at| at.to_string())
}
