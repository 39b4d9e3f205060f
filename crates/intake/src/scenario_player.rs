//! Plays a scenario into the log on a clock of its own: what is received by that clock is appended first, then the clock
//! moves, so a tick never overtakes a record. Before it moves on, what came is worked out and its messages are handed over: so
//! a scenario played at once says what it would have said in its own time.

use crate::feed_registry::secret;
use crate::log_writer::{LogWriter, PlayedRecord};
use async_recursion::async_recursion as boxed;
use domain::time::{DAY, SECOND, Time};
use formats::scenario::{self, ScenarioError, ScenarioFeed, ScenarioRecord};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use store::{FeedRow, StoreError, token_hash};

/// Played at once, so that the first page already has a history; the rest plays before one's eyes.
const BEFORE: i64 = 54 * DAY;
/// One step of the played clock.
const STEP: Duration = Duration::from_millis(100);

/// How soon it looks again whether what came is worked out.
const SETTLING: Duration = Duration::from_millis(1);

/// Why a scenario is not played.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    #[error("the scenario is empty")]
    Empty,
    #[error("the scenario has no feed '{0}'")]
    Feed(String),
    #[error("the scenario has no moment '{word}'; write one of: {known}")]
    Moment { word: String, known: String },
    #[error("--speed max plays all of the scenario at once; leave --at out")]
    AllAtOnce,
    #[error("reading the system's randomness: {0}")]
    Random(getrandom::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Records that are in the log and not yet worked out.
pub type Waiting = Arc<dyn Fn() -> u64 + Send + Sync>;

/// How a scenario is played.
#[derive(Clone, Debug)]
pub struct Playing {
    /// By this instant all is played at once; the rest at `speed`.
    pub from: Time,
    pub speed: Speed,
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

    /// How it plays for who asks: at once up to a moment, by itself the first one, then in real time; with a speed alone
    /// as fast as that after the days that make a history.
    ///
    /// # Errors
    /// Where the scenario has no moment of this word, or all of it is to be played at once as well.
    pub fn playing(&self, moment: Option<&str>, speed: Option<Speed>) -> Result<Playing, PlayError> {
        match (moment, speed) {
            (None, Some(speed @ Speed::Max)) => return Ok(Playing { from: self.end, speed }),
            (None, Some(speed)) => return Ok(Playing { from: self.begin.plus(BEFORE), speed }),
            (Some(_), Some(Speed::Max)) => return Err(PlayError::AllAtOnce),
            _ => {}
        }
        let mut moments = self.moments();
        let found = match moment {
            Some(word) => moments.find(|(own, _)| *own == word),
            None => moments.next(),
        };
        let (_, from) = found.ok_or_else(|| {
            let known: Vec<&str> = self.moments().map(|(word, _)| word).collect();
            PlayError::Moment { word: moment.unwrap_or_default().to_owned(), known: known.join(", ") }
        })?;
        Ok(Playing { from, speed: speed.unwrap_or(Speed::Times(1.0)) })
    }

    /// The moments at which it can stop, by their words, in their order.
    fn moments(&self) -> impl Iterator<Item = (&str, Time)> {
        self.records.iter().filter_map(|record| Some((record.moment.as_deref()?, record.received_at)))
    }

    /// Registers the scenario's feeds, each with a token of its own. Gives the tokens by the feeds' names.
    ///
    /// # Errors
    /// Where the store or the log fails, or the system gives no randomness.
    #[boxed]
    pub async fn register(&mut self, writer: &LogWriter) -> Result<BTreeMap<String, String>, PlayError> {
        let mut tokens = BTreeMap::new();
        for ScenarioFeed { name, class, areas } in self.feeds.drain(..) {
            let token = secret().map_err(PlayError::Random)?;
            let feed = FeedRow::new(name.clone(), class, areas, token_hash(&token), self.begin);
            tokens.insert(name, token);
            writer.register(&feed).await?;
            writer.store().put_feed(&feed).await?;
        }
        Ok(tokens)
    }

    /// Appends the records as the clock receives them: one after the other until `playing.from`, then `reached` is called and the
    /// clock moves on at the speed. Returns once all are in the log.
    ///
    /// # Errors
    /// Where a record's feed is not registered or the log cannot be written.
    #[boxed]
    pub async fn play(
        self,
        writer: &LogWriter,
        playing: Playing,
        waiting: Waiting,
        reached: Box<dyn FnOnce() + Send>,
    ) -> Result<(), PlayError> {
        let (end, clock) = (self.end, self.clock.clone());
        let mut records = self.of_feeds(writer).await?.into_iter().peekable();
        let mut now = playing.from.min(end);
        while let Some(record) = records.next_if(|record| record.received_at <= now) {
            let received_at = record.received_at;
            let mut batch = vec![record];
            while let Some(record) = records.next_if(|record| record.received_at == received_at) {
                batch.push(record);
            }
            // Nothing is received before it by the clock, so the clock may move first: what follows from it happens then.
            clock.now.store(received_at.0, Ordering::Release);
            writer.append_played(batch).await?;
            settled(writer, &waiting, &clock).await;
        }
        clock.now.store(now.0, Ordering::Release);
        settled(writer, &waiting, &clock).await;
        reached();
        while let Speed::Times(times) = playing.speed
            && now < end
        {
            tokio::time::sleep(STEP).await;
            now = now.plus((STEP.as_micros() as f64 * times) as i64).min(end);
            let mut batch = Vec::new();
            while let Some(record) = records.next_if(|record| record.received_at <= now) {
                batch.push(record);
            }
            writer.append_played(batch).await?;
            clock.now.store(now.0, Ordering::Release);
            settled(writer, &waiting, &clock).await;
        }
        clock.offset.store(end.since((clock.machine)()), Ordering::Release);
        Ok(())
    }

    /// The records as those of the registered feeds, in the order they are received.
    async fn of_feeds(self, writer: &LogWriter) -> Result<Vec<PlayedRecord>, PlayError> {
        let mut feeds = BTreeMap::new();
        let mut played = Vec::with_capacity(self.records.len());
        for ScenarioRecord { feed: name, received_at, bytes, .. } in self.records {
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

/// Until all that came is worked out and no message is due or on its way.
async fn settled(writer: &LogWriter, waiting: &Waiting, clock: &ScenarioClock) {
    // A store that cannot be read holds nothing up: the service says so itself.
    while waiting() > 0 || writer.store().anything_to_send(clock.now()).await.unwrap_or(false) {
        tokio::time::sleep(SETTLING).await;
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

    fn nothing_waits() -> Waiting {
        Arc::new(|| 0)
    }

    /// The first record is a moment.
    fn marked() -> String {
        scenario().replacen("skd-rupit\"", "skd-rupit\",\"moment\":\"bentrok\"", 1)
    }

    #[tokio::test]
    async fn it_plays_up_to_a_moment_works_out_what_came_and_runs_on_from_there() {
        let fixture = Fixture::build().await;
        let mut player = ScenarioPlayer::read(&marked(), FEEDS, || MACHINE).unwrap();
        assert_eq!(player.register(&fixture.writer).await.unwrap().len(), 1);
        let (clock, seen, asked) = (player.clock(), Arc::new(AtomicI64::new(0)), Arc::new(AtomicI64::new(0)));
        let counted = asked.clone();
        let waiting: Waiting = Arc::new(move || u64::from(counted.fetch_add(1, Ordering::AcqRel) % 2 == 0));
        let at = seen.clone();
        let reached = Box::new(move || at.store(clock.now().0, Ordering::Release));
        let playing = Playing { from: Time(DAY), speed: Speed::Times(864_000.0) };
        player.play(&fixture.writer, playing, waiting, reached).await.unwrap();
        assert_eq!(seen.load(Ordering::Acquire), DAY, "the moment, before what comes next");
        let asked = asked.load(Ordering::Acquire);
        assert!(asked >= 6 && asked % 2 == 0, "each step ends once nothing waits: {asked}");
    }

    #[test]
    fn a_moment_is_found_by_its_word_and_an_unknown_one_is_refused_with_the_list() {
        let player = ScenarioPlayer::read(&marked(), FEEDS, || MACHINE).unwrap();
        let from = |moment, speed| player.playing(moment, speed).map(|playing| (playing.from, playing.speed));
        assert_eq!(
            from(None, None).unwrap(),
            (Time(DAY), Speed::Times(1.0)),
            "the first by itself, in real time"
        );
        let faster = Some(Speed::Times(60.0));
        assert_eq!(from(Some("bentrok"), faster).unwrap(), (Time(DAY), Speed::Times(60.0)));
        assert_eq!(
            from(None, faster).unwrap(),
            (Time(55 * DAY), Speed::Times(60.0)),
            "as before there were any"
        );
        assert_eq!(from(None, Some(Speed::Max)).unwrap().0, Time(2 * DAY + 60 * SECOND));
        let unknown = from(Some("gempa"), None).unwrap_err().to_string();
        assert_eq!(unknown, "the scenario has no moment 'gempa'; write one of: bentrok");
        assert!(from(Some("bentrok"), Some(Speed::Max)).is_err());
    }

    #[tokio::test]
    async fn all_is_in_the_log_when_the_clock_runs_on_from_the_scenarios_end() {
        let fixture = Fixture::build().await;
        let mut player = ScenarioPlayer::read(&scenario(), FEEDS, || MACHINE).unwrap();
        let clock = player.clock();
        assert_eq!(clock.now(), Time(DAY));
        player.register(&fixture.writer).await.unwrap();
        let playing = player.playing(None, Some(Speed::Max)).unwrap();
        player.play(&fixture.writer, playing, nothing_waits(), Box::new(|| {})).await.unwrap();
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
        let playing = player.playing(None, Some(Speed::Max)).unwrap();
        let refused =
            player.play(&fixture.writer, playing, nothing_waits(), Box::new(|| {})).await.unwrap_err();
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
