//! Plays a scenario into the log on a clock of its own: what is received by that clock is appended first, then the clock
//! moves, so a tick never overtakes a record.

use crate::feed_registry::{secret, token_hash};
use crate::log_writer::{LogWriter, PlayedRecord};
use async_recursion::async_recursion as boxed;
use domain::time::{DAY, SECOND, Time};
use formats::scenario::{self, ScenarioError, ScenarioFeed, ScenarioRecord};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use store::{FeedRow, StoreError};

/// Played at once, so that the first page already has a history; the rest plays before one's eyes.
const BEFORE: i64 = 54 * DAY;
/// One step of the played clock.
const STEP: Duration = Duration::from_millis(100);

/// Why a scenario is not played.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    #[error("the scenario is empty")]
    Empty,
    #[error("the scenario has no feed '{0}'")]
    Feed(String),
    #[error("reading the system's randomness: {0}")]
    Random(getrandom::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How fast a scenario plays.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Speed {
    /// This many times real time.
    Times(f64),
    /// All of it at once.
    Max,
}

impl std::str::FromStr for Speed {
    type Err = String;

    fn from_str(text: &str) -> Result<Speed, String> {
        match text.parse::<f64>() {
            _ if text == "max" => Ok(Speed::Max),
            Ok(times) if times > 0.0 && times.is_finite() => Ok(Speed::Times(times)),
            _ => Err(format!("'{text}' is no speed; write a number above 0 (times real time) or max")),
        }
    }
}

/// The scenario's clock: set by the player, then running on with the machine's. Clones share it.
#[derive(Clone)]
pub struct ScenarioClock {
    now: Arc<AtomicI64>,
    /// Added to the machine's clock once the scenario is over; 0 while it plays.
    offset: Arc<AtomicI64>,
    machine: fn() -> Time,
}

impl ScenarioClock {
    pub fn now(&self) -> Time {
        match self.offset.load(Ordering::Acquire) {
            0 => Time(self.now.load(Ordering::Acquire)),
            offset => (self.machine)().plus(offset),
        }
    }
}

/// A scenario with its clock. [`register`](ScenarioPlayer::register) its feeds, then [`play`](ScenarioPlayer::play) it.
pub struct ScenarioPlayer {
    feeds: Vec<ScenarioFeed>,
    records: Vec<ScenarioRecord>,
    begin: Time,
    end: Time,
    clock: ScenarioClock,
}

impl ScenarioPlayer {
    /// `machine`: the machine's clock.
    ///
    /// # Errors
    /// Where a text is none of a scenario, or holds no record.
    pub fn read(records: &str, feeds: &str, machine: fn() -> Time) -> Result<ScenarioPlayer, PlayError> {
        let (records, feeds) = (scenario::records(records.as_bytes())?, scenario::feeds(feeds)?);
        let (Some(first), Some(last)) = (records.first(), records.last()) else {
            return Err(PlayError::Empty);
        };
        let (begin, end) = (first.received_at, last.received_at.plus(60 * SECOND));
        let clock = ScenarioClock { now: Arc::new(AtomicI64::new(begin.0)), offset: Arc::default(), machine };
        Ok(ScenarioPlayer { feeds, records, begin, end, clock })
    }

    pub fn clock(&self) -> ScenarioClock {
        self.clock.clone()
    }

    /// Registers the scenario's feeds, each with a token that nobody is given.
    ///
    /// # Errors
    /// Where the store or the log fails, or the system gives no randomness.
    #[boxed]
    pub async fn register(&mut self, writer: &LogWriter) -> Result<(), PlayError> {
        for ScenarioFeed { name, class, areas } in self.feeds.drain(..) {
            let token_sha256 = token_hash(&secret().map_err(PlayError::Random)?);
            let (enabled, paused_until, since) = (true, None, self.begin);
            let (organisation, party) = (String::new(), false);
            let feed = FeedRow {
                name,
                class,
                areas,
                token_sha256,
                enabled,
                paused_until,
                since,
                organisation,
                party,
            };
            writer.register(&feed).await?;
            writer.store().put_feed(&feed).await?;
        }
        Ok(())
    }

    /// Appends the records as the clock, moved on at `speed`, receives them. Returns once all are in the log.
    ///
    /// # Errors
    /// Where a record's feed is not registered or the log cannot be written.
    #[boxed]
    pub async fn play(self, writer: &LogWriter, speed: Speed) -> Result<(), PlayError> {
        let (begin, end, clock) = (self.begin, self.end, self.clock.clone());
        let mut records = self.of_feeds(writer).await?.into_iter().peekable();
        let mut now = match speed {
            Speed::Max => end,
            Speed::Times(_) => begin.plus(BEFORE),
        };
        loop {
            let mut batch = Vec::new();
            while let Some(record) = records.next_if(|record| record.received_at <= now) {
                batch.push(record);
            }
            writer.append_played(batch).await?;
            clock.now.store(now.0, Ordering::Release);
            let Speed::Times(times) = speed else { break };
            if now >= end {
                break;
            }
            tokio::time::sleep(STEP).await;
            now = now.plus((STEP.as_micros() as f64 * times) as i64).min(end);
        }
        clock.offset.store(end.since((clock.machine)()), Ordering::Release);
        Ok(())
    }

    /// The records as those of the registered feeds, in the order they are received.
    async fn of_feeds(self, writer: &LogWriter) -> Result<Vec<PlayedRecord>, PlayError> {
        let mut feeds = BTreeMap::new();
        let mut played = Vec::with_capacity(self.records.len());
        for ScenarioRecord { feed: name, received_at, bytes } in self.records {
            if !feeds.contains_key(&name) {
                let registered = writer.registered_feed(&name).await?;
                let feed = registered.ok_or_else(|| PlayError::Feed(name.clone()))?;
                feeds.insert(name.clone(), Arc::new(feed));
            }
            played.push(PlayedRecord { feed: feeds[&name].clone(), received_at, bytes });
        }
        Ok(played)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, report};

    const MACHINE: Time = Time(9 * DAY);
    const FEEDS: &str = "name,class,area\nskd-rupit,village,16.13.01\n";

    fn scenario() -> String {
        let record = String::from_utf8(report("01KDTNM8M0Y02FSFQYZGT4HPXA", "16.13.01", "")).unwrap();
        let line =
            |at: &str| format!("{{\"received_at\":\"{at}\",\"feed\":\"skd-rupit\",\"record\":{record}}}\n");
        line("1970-01-02T00:00:00Z") + &line("1970-01-03T00:00:00Z")
    }

    #[tokio::test]
    async fn all_is_in_the_log_when_the_clock_runs_on_from_the_scenarios_end() {
        let fixture = Fixture::build().await;
        let mut player = ScenarioPlayer::read(&scenario(), FEEDS, || MACHINE).unwrap();
        let clock = player.clock();
        assert_eq!(clock.now(), Time(DAY));
        player.register(&fixture.writer).await.unwrap();
        player.play(&fixture.writer, Speed::Max).await.unwrap();
        let kept = fixture.kept().await;
        let own = kept.iter().filter(|record| !crate::is_registry(record));
        let received: Vec<Time> = own.map(|record| record.received_at).collect();
        assert_eq!(received, [Time(DAY), Time(2 * DAY)]);
        assert_eq!(clock.now(), Time(2 * DAY + 60 * SECOND));
    }

    #[tokio::test]
    async fn a_record_of_a_feed_that_is_not_registered_is_named() {
        let fixture = Fixture::build().await;
        let player = ScenarioPlayer::read(&scenario(), FEEDS, || MACHINE).unwrap();
        let refused = player.play(&fixture.writer, Speed::Max).await.unwrap_err();
        assert_eq!(refused.to_string(), "the scenario has no feed 'skd-rupit'");
        assert!(ScenarioPlayer::read("", FEEDS, || MACHINE).is_err());
    }

    #[test]
    fn a_speed_is_above_nothing_or_max() {
        assert_eq!("60000".parse(), Ok(Speed::Times(60_000.0)));
        assert_eq!("max".parse(), Ok(Speed::Max));
        for word in ["0", "-1", "inf", "fast"] {
            assert!(word.parse::<Speed>().is_err(), "{word}");
        }
    }
}
