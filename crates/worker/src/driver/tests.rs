//! The driver over a scripted log, once as the embedded worker uses it and once as a partition of Kafka.

use super::*;
use crate::commit_size::CommitSize;
use crate::fixture;
use crate::metrics::{MetricMaker, WorkerMetrics};
use domain::author::StampedAuthor;
use domain::kind::{FeedClass, Horizon, Kind, Level};
use domain::place::{Areas, Code, Places};
use domain::policy::Rule;
use formats::record_stamp::RecordOrigin;
use intake::kafka::ConsumedRecord;
use prometheus::Registry;
use scoring::ModelScorer;
use std::collections::{BTreeSet, VecDeque};
use store::{
    AlertFilter, ChangeNotifier, Commit, LedgerPolicy, LogRecord, NewRecord, PARTITION, PartitionClaim,
    PartitionCommit, SNAPSHOT_CHUNK,
};

/// 1 November 2026, midnight UTC.
const BEGIN: Time = Time(1_793_491_200_000_000);
/// The regency of the tests; another one lies in another partition.
const OWN: Code = Code(161_300);

/// Gives the events of a script, then says that it is closed.
struct ScriptedLog {
    events: VecDeque<LogEvent>,
    /// Of a partition of Kafka.
    claim: Option<PartitionClaim>,
    seen: BTreeSet<(String, i32, i64)>,
    commits: usize,
    /// How many origins were remembered at each commit.
    seen_at_commits: Vec<usize>,
}

impl RecordLog for ScriptedLog {
    async fn next(&mut self, _offset: i64, _most: usize) -> Result<LogEvent, StoreError> {
        Ok(self.events.pop_front().unwrap_or(LogEvent::Closed))
    }
    fn is_repeated(&self, origin: &RecordOrigin) -> bool {
        self.seen.contains(&(origin.topic.clone(), origin.partition, origin.offset))
    }
    fn remember(&mut self, origin: RecordOrigin) {
        self.seen.insert((origin.topic, origin.partition, origin.offset));
    }
    fn fence(&mut self, progress: SharedProgress) -> Option<PartitionCommit> {
        self.seen_at_commits.push(self.seen.len());
        self.claim.as_ref().map(|claim| PartitionCommit {
            epoch: claim.epoch,
            number: claim.commits,
            complete_to: progress.complete_to,
            ticked: claim.last_tick,
            published: Time::MIN,
            origins: Vec::new(),
            borders: progress.borders,
            regencies: progress.regencies,
        })
    }
    async fn committed(&mut self, commit: &Commit) {
        self.commits += 1;
        if let Some(claim) = &mut self.claim {
            (claim.commits, claim.last_tick) = (claim.commits + 1, commit.last_tick);
        }
    }
    async fn after_event(&mut self, _clock: Time, _at_end: bool) {}
}

/// A store and what works on it.
struct World {
    _folder: tempfile::TempDir,
    store: Store,
    places: Arc<Places>,
    kafka: bool,
    stop: watch::Sender<bool>,
}

impl World {
    async fn new(kafka: bool) -> World {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state.sqlite").display().to_string();
        World {
            store: Store::open(&path).await.expect("opening the store"),
            _folder: folder,
            places: fixture::places(&["16.13", "35.08"]),
            kafka,
            stop: watch::channel(false).0,
        }
    }

    fn context(&self, model: &str) -> WorkerContext {
        let mut models = fixture::models();
        models.artefacts.iter_mut().for_each(|artefact| artefact.name.push_str(model));
        let scorer = Arc::new(ModelScorer::new(models));
        let ledger_policy = Arc::new(LedgerPolicy {
            min_severity: 3,
            grace_days: 7,
            unverified_counts: false,
            low_ppm: 500_000,
            sample: 2,
            seed: 1,
        });
        WorkerContext {
            store: self.store.clone(),
            places: self.places.clone(),
            taxonomy: Arc::new(fixture::taxonomy()),
            policy: fixture::policy(),
            ledger_policy,
            scorer,
            clock: Arc::new(|| BEGIN),
            changes: ChangeNotifier::new(8),
            metrics: WorkerMetrics::new(&MetricMaker(&Registry::new())).expect("new metrics"),
        }
    }

    /// A driver that has read the state, over these events.
    async fn driver(&self, model: &str, events: Vec<LogEvent>) -> Driver<ScriptedLog> {
        self.driver_in(self.context(model), events).await
    }

    /// The same under a policy that opens a disaster by this level.
    async fn driver_under(&self, level: Level, events: Vec<LogEvent>) -> Driver<ScriptedLog> {
        let mut policy = (*fixture::policy()).clone();
        policy.rules = vec![Rule {
            id: "uji".into(),
            kind: Kind::Disaster,
            level,
            categories: Vec::new(),
            min_severity: 3,
            min_stage: None,
            count: 1,
            window: 30 * domain::time::DAY,
            by_pair: false,
            min_harmed: 0,
        }];
        let context = WorkerContext { policy: Arc::new(policy), ..self.context("") };
        self.driver_in(context, events).await
    }

    async fn driver_in(&self, context: WorkerContext, events: Vec<LogEvent>) -> Driver<ScriptedLog> {
        let claim = match self.kafka {
            true => Some(self.store.claim(PARTITION).await.expect("claiming")),
            false => None,
        };
        let territory = match self.kafka {
            true => Territory::new(&self.places, PARTITION, |code| i32::from(code != OWN)),
            false => Territory::whole(&self.places),
        };
        let progress = self.store.recover(PARTITION).await.expect("reading the progress");
        let start = StartAt {
            next_offset: progress.map_or(0, |progress| progress.next_offset),
            left_at: progress.map(|progress| LeftAt { clock: progress.clock, last_tick: progress.last_tick }),
            complete_to: claim.as_ref().map_or(Hour(0), |claim| claim.complete_to),
        };
        let config = DriverConfig {
            context,
            territory: Arc::new(territory),
            border_wait: Duration::ZERO,
            snapshot_chunk: SNAPSHOT_CHUNK,
            hot_span: HOT_SPAN,
            forget_for: Duration::ZERO,
            commit_size: CommitSize::fixed(500),
            stop: self.stop.subscribe(),
        };
        let log = ScriptedLog {
            events: events.into(),
            claim,
            seen: BTreeSet::new(),
            commits: 0,
            seen_at_commits: Vec::new(),
        };
        Driver::recover(config, log, start).await.expect("recovering")
    }

    /// What stands in the flooded district: its condition's level, and its alert's.
    async fn levels(&self) -> [Option<Level>; 2] {
        let code = Code(161_304);
        let conditions = self.store.conditions(&[code]).await.expect("reading conditions");
        let filter = AlertFilter { codes: vec![code], limit: 9, ..AlertFilter::default() };
        let alerts = self.store.alerts(&filter).await.expect("reading alerts").items;
        [conditions.first().map(|row| row.level), alerts.first().map(|alert| alert.level)]
    }

    /// Models of the newest risks.
    async fn models(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for kind in Kind::ALL {
            for horizon in Horizon::ALL {
                let rows = self.store.risks(*kind, *horizon, &[]).await.expect("reading risks");
                found.extend(rows.into_iter().map(|row| row.model));
            }
        }
        found
    }
}

/// A flood in one of our districts, received some hours after the beginning.
fn flood(offset: i64, hours: i64) -> ConsumedRecord {
    let bytes = format!(
        r#"{{"report_id":"01K8YV3Q7N5T4W2X9A6B8C0D{offset:02}","feed":"police","reporter":"polsek-01","district":"16.13.04","kind":"disaster","category":"WA-01","severity":3,"occurred_at":"2026-10-31T20:00:00Z","reported_at":"2026-10-31T21:00:00Z"}}"#
    );
    let record = NewRecord {
        feed: "polres".into(),
        class: FeedClass::Police,
        areas: Areas::everywhere(),
        received_at: BEGIN.plus(hours * domain::time::HOUR),
        bytes: bytes.into_bytes(),
        refused: None,
        archive: false,
        author: StampedAuthor::default(),
    };
    ConsumedRecord { record: LogRecord { partition: PARTITION, offset, record }, origin: None }
}

fn end(hours: i64) -> LogEvent {
    LogEvent::End { complete_before: BEGIN.plus(hours * domain::time::HOUR) }
}

async fn restates_at_start(kafka: bool) {
    let world = World::new(kafka).await;
    let mut first = world.driver("-old", vec![LogEvent::Records(vec![flood(0, 1)]), end(5)]).await;
    first.work().await.expect("working");
    let old = world.models().await;
    assert!(!old.is_empty() && old.iter().all(|model| model.contains("-old")), "{old:?}");

    let mut same = world.driver("-old", Vec::new()).await;
    same.work().await.expect("working");
    assert_eq!(same.log.commits, 0, "nothing is stale where the same models serve");

    let mut changed = world.driver("-new", Vec::new()).await;
    changed.work().await.expect("working");
    let new = world.models().await;
    assert!(new.iter().all(|model| model.contains("-new")), "before any tick: {new:?}");
}

#[tokio::test]
async fn after_a_change_of_models_the_embedded_worker_restates_at_start() {
    restates_at_start(false).await;
}

#[tokio::test]
async fn after_a_change_of_models_a_partition_worker_restates_at_start() {
    restates_at_start(true).await;
}

/// A start is no event, and what it finds is kept: in the store, from which it is read again, and in the alert.
#[tokio::test]
async fn what_a_stricter_policy_finds_at_a_start_is_kept() {
    for kafka in [false, true] {
        let world = World::new(kafka).await;
        let mut lenient =
            world.driver_under(Level::Waspada, vec![LogEvent::Records(vec![flood(0, 1)]), end(1)]).await;
        lenient.work().await.expect("working");
        assert_eq!(world.levels().await, [Some(Level::Waspada); 2]);
        for _ in 0..2 {
            // Nothing comes and no hour ends.
            let mut strict = world.driver_under(Level::Siaga, vec![end(1), end(1)]).await;
            strict.work().await.expect("working");
            assert_eq!(world.levels().await, [Some(Level::Siaga); 2], "by Kafka: {kafka}");
        }
    }
}

#[tokio::test]
async fn a_driver_that_was_replaced_commits_nothing_and_says_so() {
    let world = World::new(true).await;
    let mut first = world.driver("", vec![LogEvent::Records(vec![flood(0, 1)])]).await;
    let second = world.driver("", Vec::new()).await;
    let ended = first.work().await;
    assert!(matches!(ended, Err(WorkEnd::Fenced(_))), "{ended:?}");
    assert_eq!(first.log.commits, 0);
    drop(second);
    assert_eq!(world.store.balance().await.expect("reading the balance").records(), 0);
}

#[tokio::test]
async fn a_commit_that_the_store_refuses_for_what_is_in_it_ends_the_work() {
    let world = World::new(false).await;
    world.driver("", vec![LogEvent::Records(vec![flood(0, 1)])]).await.work().await.expect("working");
    let mut behind = world.driver("", vec![LogEvent::Records(vec![flood(1, 2)])]).await;
    let mut ahead = world.driver("", vec![end(5)]).await;
    ahead.work().await.expect("working");
    // It read the state before the other moved the clock, and no record moved the offset that would fence it.
    let ended = behind.work().await;
    assert!(matches!(&ended, Err(WorkEnd::Store(error)) if error.to_string().contains("clock")), "{ended:?}");
    let mut again = world.driver("", vec![LogEvent::Records(vec![flood(1, 6)])]).await;
    again.work().await.expect("working on the state as it is");
    assert_eq!(world.store.balance().await.expect("reading the balance").records(), 2);
}

#[tokio::test]
async fn a_record_that_came_before_is_passed_over_and_its_offset_counts() {
    for kafka in [false, true] {
        let world = World::new(kafka).await;
        let again = |offset: i64| {
            let origin = RecordOrigin { topic: "feed.police.polres".into(), partition: 0, offset: 7 };
            ConsumedRecord { origin: Some(origin), ..flood(offset, 1) }
        };
        let records = vec![again(0), again(1)];
        let mut driver = world.driver("", vec![LogEvent::Records(records)]).await;
        driver.work().await.expect("working");
        assert_eq!(world.store.balance().await.expect("reading the balance").records(), 1);
        let progress = world.store.recover(PARTITION).await.expect("reading").expect("committed");
        assert_eq!(progress.next_offset, 2);
    }
}

#[tokio::test]
async fn a_commit_before_a_record_does_not_say_that_it_is_in() {
    let world = World::new(true).await;
    let origin = RecordOrigin { topic: "feed.police.polres".into(), partition: 0, offset: 7 };
    // The ticks before the second record fill a commit of their own; a crash after it repeats the record.
    let later = ConsumedRecord { origin: Some(origin), ..flood(1, 24 * 30) };
    let mut driver = world.driver("", vec![LogEvent::Records(vec![flood(0, 1), later])]).await;
    driver.work().await.expect("working");
    let seen = &driver.log.seen_at_commits;
    let (last, before) = seen.split_last().expect("it committed");
    assert!(before.len() > 1 && before.iter().all(|count| *count == 0) && *last == 1, "{seen:?}");
}

#[tokio::test]
async fn a_long_silence_is_committed_in_parts() {
    let world = World::new(false).await;
    let hours = 24 * 30;
    let mut driver = world.driver("", vec![LogEvent::Records(vec![flood(0, 1)]), end(hours)]).await;
    driver.work().await.expect("working");
    let ticks = driver.state.pipeline.view().last_tick().expect("it ticked");
    assert_eq!(ticks, BEGIN.plus(hours * domain::time::HOUR).hour());
    assert!(driver.log.commits > (hours as usize) / MOST_TICKS as usize, "{}", driver.log.commits);
}

/// What is cold leaves memory between two rounds, those of one regency at a time: no record waits for all of them.
#[tokio::test]
async fn a_pass_over_what_is_cold_is_spread_over_rounds() {
    let slight = |offset, district| {
        let mut consumed = flood(offset, 1);
        let bytes = String::from_utf8(consumed.record.record.bytes).expect("a text");
        let bytes = bytes.replace("16.13.04", district).replace("\"severity\":3", "\"severity\":1");
        consumed.record.record.bytes = bytes.replace("WA-01", "X-00").into_bytes();
        consumed
    };
    let mut cold = Vec::new();
    for rounds in 0..5 {
        let world = World::new(false).await;
        let mut events = vec![LogEvent::Records(vec![slight(0, "16.13.04"), slight(1, "35.08.01")])];
        events.extend((0..rounds).map(|_| end(24 * 60)));
        let mut driver = world.driver("", events).await;
        driver.work().await.expect("working");
        cold.push(driver.state.pipeline.cold_regencies().len());
    }
    // The pass of the first day is ended first, then that of the last begins.
    assert_eq!(cold, [0, 1, 2, 2, 2], "regencies of which reports left, by the rounds after the records");
}
