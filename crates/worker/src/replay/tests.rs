//! An export of a service's log, replayed, ends where the service stood: evidence, levels and their times.

use super::*;
use crate::fixture;
use crate::metrics::{MetricMaker, WorkerMetrics};
use crate::{EmbeddedWorker, LeftAt, Territory, WorkerContext, evidence};
use domain::author::StampedAuthor;
use domain::kind::FeedClass;
use domain::policy::LedgerPolicy;
use domain::time::{DAY, HOUR, MINUTE};
use formats::archive::export::Export;
use intake::feed_registry::{self, FeedChange, NewFeed};
use intake::{FeedIdentity, Intake, IntakeLimits, IntakeParts, LogDestination, SubmitResult};
use prometheus::Registry;
use scoring::ModelScorer;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use store::{ChangeNotifier, Log, LogOptions, PARTITION, Store};
use tokio::sync::watch;

/// 1 November 2026, 00.30 in Palembang.
const BEGIN: Time = Time(1_793_467_800_000_000);

/// A service's intake, log, worker and store, on a clock of the test's.
struct Site {
    _folder: tempfile::TempDir,
    context: WorkerContext,
    log: Log,
    intake: Intake,
    clock: Arc<AtomicI64>,
    reports: u64,
}

impl Site {
    async fn new() -> Site {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name).display().to_string();
        let log = Log::open(&path("log.sqlite"), LogOptions::default()).await.expect("opening the log");
        let store = Store::open(&path("state.sqlite")).await.expect("opening the store");
        let (places, taxonomy) = (fixture::places(&["16.13"]), Arc::new(fixture::taxonomy()));
        let clock = Arc::new(AtomicI64::new(BEGIN.0));
        let now = |clock: &Arc<AtomicI64>| {
            let clock = clock.clone();
            Arc::new(move || Time(clock.load(Ordering::SeqCst)))
        };
        let intake = Intake::new(IntakeParts {
            log: LogDestination::Embedded(log.clone()),
            store: store.clone(),
            places: places.clone(),
            taxonomy: taxonomy.clone(),
            clock: now(&clock),
            limits: IntakeLimits::default(),
        });
        let ledger_policy = LedgerPolicy {
            min_severity: 3,
            grace_days: 7,
            unverified_counts: false,
            low_ppm: 500_000,
            sample: 2,
            seed: 1,
        };
        let context = WorkerContext {
            store,
            places,
            taxonomy,
            policy: fixture::policy(),
            ledger_policy: Arc::new(ledger_policy),
            scorer: Arc::new(ModelScorer::new(fixture::models())),
            clock: now(&clock),
            changes: ChangeNotifier::new(8),
            metrics: WorkerMetrics::new(&MetricMaker(&Registry::new())).expect("new metrics"),
        };
        Site { _folder: folder, context, log, intake, clock, reports: 0 }
    }

    fn now(&self) -> Time {
        Time(self.clock.load(Ordering::SeqCst))
    }

    async fn add(&self, name: &str, class: FeedClass, organisation: &str) {
        self.add_of("16.13", (name, class, organisation)).await;
    }

    async fn add_of(&self, areas: &str, (name, class, organisation): (&str, FeedClass, &str)) {
        let feed = NewFeed {
            name: name.into(),
            class,
            areas: Areas::parse(areas).expect("codes"),
            organisation: organisation.into(),
            party: false,
            since: BEGIN,
        };
        feed_registry::add(self.intake.log_writer(), feed).await.expect("adding a feed");
    }

    /// A feed says that people clashed so many minutes after the beginning.
    async fn clash(&mut self, feed: &FeedIdentity, district: &str, minutes: i64) {
        self.reports += 1;
        let at = |time: Time| jiff::Timestamp::from_microsecond(time.0).expect("a time").to_string();
        let (occurred, reported) = (at(BEGIN.plus(minutes * MINUTE)), at(self.now()));
        let record = serde_json::json!({
            "report_id": format!("01KDTNM8M0Y02FSFQYZ{:07}", self.reports), "feed": feed.class().as_str(),
            "district": district, "kind": "resident_resident", "category": "WW-01", "severity": 4,
            "occurred_at": occurred, "reported_at": reported,
        });
        let results = self.intake.submit(feed, vec![record.to_string().into_bytes()]).await;
        let results = results.expect("taken in");
        assert!(matches!(results[0], SubmitResult::Accepted { .. }), "{results:?}");
    }

    async fn registered(&self, name: &str) -> FeedIdentity {
        self.intake.log_writer().registered_feed(name).await.expect("reading").expect("registered")
    }

    fn later(&self, by: i64) {
        self.clock.fetch_add(by, Ordering::SeqCst);
    }

    /// Lets a worker take in everything that there is, up to the clock.
    async fn work(&self) {
        // As every second in a service: the worker's hours come from a clock that the log knows of.
        let (_ended, at_once) = watch::channel(true);
        self.intake.log_writer().clone().watch_clock(at_once).await;
        let (stop, stopped) = watch::channel(false);
        let worker = EmbeddedWorker { log: self.log.clone(), context: self.context.clone(), batch: 3 };
        let task = tokio::spawn(worker.run(stopped));
        let newest = *self.log.newest().borrow();
        for _ in 0..600 {
            let came = self.context.store.recover(PARTITION).await.expect("reading the progress");
            let is_done = |came: store::PartitionProgress| {
                came.next_offset > newest && came.last_tick == self.now().hour()
            };
            if came.is_some_and(is_done) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        stop.send(true).expect("the worker listens");
        task.await.expect("the worker ended");
    }
}

/// The desk's form as an account uses it, in whose word.
fn typed(account: &str, class: FeedClass, whose: &str) -> FeedIdentity {
    let (account, organisation) = (account.to_owned(), whose.to_owned());
    let author = StampedAuthor { account, organisation, ..StampedAuthor::default() };
    FeedIdentity::typed(class, Areas::parse("16.13").expect("a code"), author)
}

async fn live(site: &mut Site) {
    site.add("desa-a", FeedClass::Village, "").await;
    site.add("polsek", FeedClass::Police, "polres-muratara").await;
    site.add("polres", FeedClass::Police, "polres-muratara").await;
    let (village, police) = (site.registered("desa-a").await, site.registered("polsek").await);
    site.clash(&village, "16.13.01", 0).await;
    site.later(5 * MINUTE);
    site.clash(&police, "16.13.01", 1).await;
    let headquarters = site.registered("polres").await;
    site.clash(&police, "16.13.02", 2).await;
    site.clash(&headquarters, "16.13.02", 3).await;
    site.work().await;
    site.later(HOUR);
    for (class, whose) in [(FeedClass::Village, "feed:desa-a"), (FeedClass::Police, "polres-muratara")] {
        site.clash(&typed("sari", class, whose), "16.13.03", 10).await;
    }
    // From now on the village gives the word of the police; what it said before stays its own.
    let to = FeedChange { organisation: Some("polres-muratara".into()), ..FeedChange::default() };
    feed_registry::change(site.intake.log_writer(), "desa-a", to).await.expect("changing");
    let village = site.registered("desa-a").await;
    site.clash(&village, "16.13.04", 20).await;
    site.clash(&police, "16.13.04", 21).await;
    feed_registry::disable(site.intake.log_writer(), "polres").await.expect("disabling");
    site.add("desa-b", FeedClass::Village, "").await;
    let other = site.registered("desa-b").await;
    site.clash(&other, "16.13.05", 30).await;
    site.clash(&typed("budi", FeedClass::Village, "feed:desa-b"), "16.13.05", 31).await;
    site.intake.submit(&police, vec![b"\xff no report".to_vec()]).await.expect("kept");
    site.later(HOUR);
    site.work().await;
}

/// Replays the log's export and compares what it ends in with what the service holds: evidence, levels and their times. Returns
/// the counts, and what stands in districts.
async fn replayed(site: &Site) -> (ReplayTally, Vec<(u32, Level)>) {
    let mut exported = Vec::new();
    let records = intake::export::write_log(&site.log, &mut exported).await.expect("exporting");
    let (context, until) = (&site.context, site.now());
    let scorer = &*context.scorer;
    let (places, taxonomy) = (context.places.clone(), context.taxonomy.clone());
    let mut replay = Replay::of_log(places, taxonomy, &context.policy, scorer, until);
    let source = Box::new(std::io::Cursor::new(exported));
    let export = Export::open("log.ndjson".into(), source).expect("opening the export");
    replay.logs(&mut [export]).expect("reading the export");
    let finished = replay.finish(Some(until));
    finished.balance().expect("every record ended as one thing");
    assert_eq!(finished.tally.records + finished.tally.registry, records);

    let kept = evidence(&context.store, &context.places, &context.policy, scorer).await.expect("reading");
    assert_eq!(finished.state, kept.view().state_digest(until), "one digest");
    let progress = context.store.recover(PARTITION).await.expect("reading").expect("work was done");
    let left_at = LeftAt { clock: progress.clock, last_tick: progress.last_tick };
    let territory = Territory::whole(&context.places);
    let live = crate::recovery::recover(&context.recovery_source(), &territory, Some(left_at))
        .await
        .expect("recovering");
    let (live, replayed) = (live.pipeline, finished.pipeline);
    assert_eq!(live.view().clock(), replayed.view().clock());
    let mut standing = Vec::new();
    for cell in live.view().cells() {
        assert_eq!(live.view().memory(cell), replayed.view().memory(cell), "levels and their times");
        let code = live.view().places().code(cell.unit());
        let level = live.view().condition(cell).map(|active| active.level);
        standing.extend(level.filter(|_| !code.is_regency()).map(|level| (code.0, level)));
    }
    (finished.tally, standing)
}

const fn siaga(code: u32) -> (u32, Level) {
    (code, Level::Siaga)
}

#[tokio::test]
async fn an_export_replayed_ends_where_the_service_stood() {
    let mut site = Site::new().await;
    live(&mut site).await;
    let (tally, standing) = replayed(&site).await;
    assert_eq!((tally.records, tally.registry), (11, 6), "eleven records, and six of the register");
    // A pair; two feeds of one office; one officer; two feeds that are of one office by then; a village and who quotes it.
    let expected = [(161_301, Level::Awas), siaga(161_302), siaga(161_303), siaga(161_304), siaga(161_305)];
    assert_eq!(standing, expected);
}

/// A village that is registered and never reports is missing in its district: in what the service emits, after a start, and in a
/// replay of the export; once it is let in no more, nobody expects it.
#[tokio::test]
async fn who_is_registered_and_never_heard_is_missing_in_service_and_replay_alike() {
    let mut site = Site::new().await;
    site.add_of("16.13.01", ("desa-bisu", FeedClass::Village, "")).await;
    live(&mut site).await;
    let share = async |site: &Site| {
        let rows = site.context.store.risks(Kind::ResidentResident, Horizon::Week, &[]).await;
        let own = rows.expect("reading").into_iter().find(|row| row.code.0 == 161_301);
        own.expect("assessed").completeness_ppm
    };
    assert_eq!(share(&site).await, 666_666, "the village and the police of three");
    replayed(&site).await;
    site.add_of("16.13.01", ("desa-sunyi", FeedClass::Village, "")).await;
    site.later(HOUR);
    site.work().await;
    assert_eq!(share(&site).await, 500_000, "from the registration on");
    replayed(&site).await;
    for feed in ["desa-bisu", "desa-sunyi"] {
        feed_registry::disable(site.intake.log_writer(), feed).await.expect("disabling");
    }
    site.later(HOUR);
    site.work().await;
    assert_eq!(share(&site).await, 1_000_000, "of those that are let in");
    replayed(&site).await;
}

#[tokio::test]
async fn exports_go_by_their_receipts_in_whatever_order_they_are_given() {
    let mut site = Site::new().await;
    live(&mut site).await;
    let mut exported = Vec::new();
    intake::export::write_log(&site.log, &mut exported).await.expect("exporting");
    let lines: Vec<&[u8]> = exported.split_inclusive(|byte| *byte == b'\n').collect();
    let part = |rest: usize| lines.iter().skip(rest).step_by(2).copied().collect::<Vec<_>>().concat();
    let ends = |files: &[&[u8]]| {
        let context = &site.context;
        let (places, taxonomy) = (context.places.clone(), context.taxonomy.clone());
        let mut replay = Replay::of_log(places, taxonomy, &context.policy, &*context.scorer, site.now());
        let open = |bytes: &&[u8]| {
            Export::open("log.ndjson".into(), Box::new(std::io::Cursor::new(bytes.to_vec())))
                .expect("an export")
        };
        let mut exports: Vec<Export> = files.iter().map(open).collect();
        replay.logs(&mut exports).expect("reading the exports");
        let finished = replay.finish(Some(site.now()));
        (finished.tally.records, finished.state, finished.tally.raised, finished.effects)
    };
    let (one, other) = (part(0), part(1));
    let (there, back, whole) = (ends(&[&one, &other]), ends(&[&other, &one]), ends(&[&exported]));
    assert_eq!(there, back);
    assert_eq!((there.0, there.1, there.2), (whole.0, whole.1, whole.2));
}

#[tokio::test]
async fn a_clock_that_was_ahead_for_an_hour_switches_no_rule_off_and_its_export_ends_where_the_service_stood()
{
    let mut site = Site::new().await;
    site.add("polsek", FeedClass::Police, "").await;
    let police = site.registered("polsek").await;
    site.clash(&police, "16.13.01", 0).await;
    site.later(MINUTE);
    site.work().await;
    let emitted = assessments(&site).await;
    // Three weeks ahead, for an hour: what is reported now is long past by that clock.
    site.later(21 * DAY);
    site.clash(&police, "16.13.02", 1).await;
    site.work().await;
    site.later(HOUR);
    site.work().await;
    let (tally, standing) = replayed(&site).await;
    assert!(!standing.contains(&siaga(161_302)), "nothing is found of three weeks ago: {standing:?}");
    assert_eq!(tally.registry, 1);
    // The clock is right again, while the worker is away; and once more within a minute.
    site.later(-21 * DAY);
    site.clash(&police, "16.13.03", 61).await;
    site.later(-10 * MINUTE);
    site.clash(&police, "16.13.04", 50).await;
    site.work().await;
    let (tally, standing) = replayed(&site).await;
    assert_eq!(tally.registry, 3, "a source, and two steps");
    let expected = [siaga(161_301), siaga(161_302), siaga(161_303), siaga(161_304)];
    assert_eq!(standing, expected, "each is as of now");
    let step = site.context.store.clock_step().await.expect("reading").expect("noted");
    assert_eq!(step.to, site.now());
    let balance = site.context.store.balance().await.expect("reading");
    assert_eq!((balance.records(), balance.unaccounted), (4, 0));
    // What was emitted is there, in its order; the newest is the newest.
    let after = assessments(&site).await;
    assert!(after.len() > emitted.len() && after.iter().all(|at| *at <= site.now()), "{after:?}");
    for minutes in [30, 60, 90] {
        site.later(minutes * MINUTE);
        site.work().await;
        let (_, standing) = replayed(&site).await;
        assert_eq!(standing, expected);
    }
    let newest = site.context.store.risks(Kind::ResidentResident, Horizon::Week, &[]).await.expect("reading");
    let of_regency = newest.iter().find(|row| row.code.0 == 161_302).expect("assessed");
    assert!(of_regency.emitted_at >= step.to, "{of_regency:?}");
}

/// When a place's risk was emitted, in the store's order.
async fn assessments(site: &Site) -> Vec<Time> {
    let range = store::Range { from: Time(0), to: Time::MAX };
    let code = domain::place::Code(161_302);
    let series =
        site.context.store.assessment_series(code, Kind::ResidentResident, Horizon::Week, range).await;
    series.expect("reading").into_iter().map(|row| row.emitted_at).collect()
}
