//! Several runners on one store: each due job runs once, a dead holder is replaced, a failure is retried and seen.

use super::*;
use crate::metrics::MetricMaker;
use crate::state_metrics::StateMetrics;
use domain::place::Code;
use domain::place::Places;
use domain::report::{FeedId, ReportId, ReportName};
use domain::time::DAY;
use prometheus::Registry;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use store::{LinkRequest, SecondLink, TableUpload};

/// A clock that stands where the test puts it.
#[derive(Clone, Default)]
struct TestClock(Arc<AtomicI64>);

impl TestClock {
    fn advance(&self, time: i64) {
        self.0.fetch_add(time, Ordering::SeqCst);
    }
    fn clock(&self) -> ServiceClock {
        let now = self.0.clone();
        Arc::new(move || Time(now.load(Ordering::SeqCst)))
    }
}

/// Counts its runs; fails or hangs while the test asks for it.
#[derive(Default)]
struct Counting {
    runs: AtomicU32,
    fails_with: Mutex<Option<String>>,
    hangs: bool,
}

impl Job for Counting {
    fn name(&self) -> &'static str {
        "counting"
    }
    fn every(&self) -> i64 {
        10 * MINUTE
    }
    fn run(&self, _now: Time) -> JobResult<'_> {
        Box::pin(async {
            self.runs.fetch_add(1, Ordering::SeqCst);
            // Lets other runners try meanwhile.
            tokio::task::yield_now().await;
            if self.hangs {
                std::future::pending::<()>().await;
            }
            self.fails_with.lock().expect("no test panics with it").clone().map_or(Ok(()), Err)
        })
    }
}

impl Counting {
    fn runs(&self) -> u32 {
        self.runs.load(Ordering::SeqCst)
    }
}

struct World {
    _folder: tempfile::TempDir,
    store: Store,
    clock: TestClock,
    registry: Registry,
    stop: watch::Receiver<bool>,
    _stop: watch::Sender<bool>,
}

impl World {
    async fn new() -> World {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state.sqlite").display().to_string();
        let store = Store::open(&path).await.expect("opening the store");
        let (sender, stop) = watch::channel(false);
        let clock = TestClock::default();
        clock.advance(1_000_000 * SECOND);
        World { _folder: folder, store, clock, registry: Registry::new(), stop, _stop: sender }
    }

    /// A runner of another process; of the metrics only one has a registry.
    async fn runner(&self, holder: &str, job: &Arc<Counting>) -> JobRunner {
        let registry = if holder == "a" { self.registry.clone() } else { Registry::new() };
        let runner = JobRunner {
            store: self.store.clone(),
            jobs: vec![job.clone()],
            holder: holder.to_owned(),
            wall: self.clock.clock(),
            clock: self.clock.clock(),
            metrics: JobMetrics::new(&MetricMaker(&registry)).expect("new metrics"),
        };
        runner.register(&**job).await.expect("registering");
        runner
    }

    async fn attempt(&self, runner: &JobRunner, job: &Arc<Counting>) -> JobAttempt {
        runner.attempt(&**job, &self.stop).await.expect("the store answers")
    }
}

#[tokio::test]
async fn of_two_runners_one_runs_a_due_job_and_both_leave_it_until_it_is_due_again() {
    let (world, job) = (World::new().await, Arc::new(Counting::default()));
    let (a, b) = (world.runner("a", &job).await, world.runner("b", &job).await);
    for round in 1..=3 {
        let (one, other) = tokio::join!(world.attempt(&a, &job), world.attempt(&b, &job));
        let mut both = [one, other];
        both.sort_by_key(|attempt| *attempt != JobAttempt::Done);
        assert_eq!(both, [JobAttempt::Done, JobAttempt::NotDue]);
        assert_eq!(job.runs(), round);
        assert_eq!(world.attempt(&a, &job).await, JobAttempt::NotDue, "not due again so soon");
        world.clock.advance(10 * MINUTE);
    }
    let rows = world.store.jobs().await.expect("reading jobs");
    assert_eq!((rows.len(), rows[0].name.as_str(), rows[0].failures), (1, "counting", 0));
}

#[tokio::test]
async fn a_holder_that_dies_is_replaced_once_its_lease_has_ended() {
    let world = World::new().await;
    let (hanging, job) =
        (Arc::new(Counting { hangs: true, ..Counting::default() }), Arc::new(Counting::default()));
    let (a, b) = (world.runner("a", &hanging).await, world.runner("b", &job).await);
    {
        let mut run = Box::pin(world.attempt(&a, &hanging));
        while hanging.runs() == 0 {
            tokio::select! {
                attempt = &mut run => panic!("it hangs, and ended as {attempt:?}"),
                () = tokio::task::yield_now() => {}
            }
        }
        // Dropped here: the process is gone and notes nothing.
    }
    assert_eq!(world.attempt(&b, &job).await, JobAttempt::NotDue, "the lease holds");
    world.clock.advance(LEASE);
    assert_eq!(world.attempt(&b, &job).await, JobAttempt::Done);
    assert_eq!(job.runs(), 1);
}

#[tokio::test]
async fn who_slept_through_its_lease_notes_nothing() {
    let (world, job) = (World::new().await, Arc::new(Counting::default()));
    let (a, b) = (world.runner("a", &job).await, world.runner("b", &job).await);
    let now = (a.wall)();
    let lease = world.store.lease_job("counting", "a", now, now.plus(LEASE)).await.expect("leasing");
    let lease = lease.expect("it is due");
    world.clock.advance(LEASE);
    assert_eq!(world.attempt(&b, &job).await, JobAttempt::Done);
    assert!(!world.store.renew_job(&lease, (a.wall)().plus(LEASE)).await.expect("asking"));
    let ended = a.finish(&*job, &lease, Err("too late".into())).await.expect("asking");
    assert_eq!(ended, JobAttempt::TakenOver);
    let rows = world.store.jobs().await.expect("reading jobs");
    assert_eq!((rows[0].last_error.as_deref(), rows[0].failures), (None, 0));
}

#[tokio::test]
async fn a_failing_job_is_tried_again_sooner_and_its_error_is_seen_until_it_succeeds() {
    let (world, job) = (World::new().await, Arc::new(Counting::default()));
    let a = world.runner("a", &job).await;
    *job.fails_with.lock().expect("free") = Some("the table is locked".into());
    for failures in 1..=3 {
        assert_eq!(world.attempt(&a, &job).await, JobAttempt::Failed("the table is locked".into()));
        let row = world.store.jobs().await.expect("reading jobs").remove(0);
        assert_eq!((row.last_error.as_deref(), row.failures), (Some("the table is locked"), failures));
        assert_eq!(world.attempt(&a, &job).await, JobAttempt::NotDue);
        world.clock.advance(FIRST_RETRY << (failures - 1));
    }
    *job.fails_with.lock().expect("free") = None;
    assert_eq!(world.attempt(&a, &job).await, JobAttempt::Done);
    let row = world.store.jobs().await.expect("reading jobs").remove(0);
    assert_eq!((row.last_error, row.failures), (None, 0));
    let counted = |outcome: &str| {
        let families = world.registry.gather();
        let family = families.iter().find(|family| family.name() == "job_runs_total").expect("counted");
        let of =
            |metric: &&prometheus::proto::Metric| metric.get_label().iter().any(|l| l.value() == outcome);
        family.get_metric().iter().find(of).map_or(0.0, |metric| metric.get_counter().get_value())
    };
    assert_eq!((counted("failed"), counted("done")), (3.0, 1.0));
}

#[tokio::test]
async fn a_runner_that_is_stopped_gives_its_job_back_at_once() {
    let world = World::new().await;
    let (hanging, job) =
        (Arc::new(Counting { hangs: true, ..Counting::default() }), Arc::new(Counting::default()));
    let (a, b) = (world.runner("a", &hanging).await, world.runner("b", &job).await);
    let (stop, stopped) = watch::channel(false);
    let run = a.attempt(&*hanging, &stopped);
    let stopping = async {
        while hanging.runs() == 0 {
            tokio::task::yield_now().await;
        }
        stop.send_replace(true);
    };
    let (attempt, ()) = tokio::join!(run, stopping);
    assert_eq!(attempt.expect("the store answers"), JobAttempt::NotDue);
    assert_eq!(world.attempt(&b, &job).await, JobAttempt::Done);
}

#[tokio::test]
async fn a_job_that_never_ended_a_run_is_seen_as_late_from_when_it_was_due() {
    let (world, job) = (World::new().await, Arc::new(Counting::default()));
    let a = world.runner("a", &job).await;
    let (registry, due) = (Registry::new(), (a.wall)());
    let metrics = StateMetrics::new(&MetricMaker(&registry)).expect("new metrics");
    let silence = crate::fixture::policy().silence;
    let read = async || {
        let now = (a.wall)();
        metrics.read(&world.store, &Places::default(), &silence, now).await.expect("reading the store");
        let families = registry.gather();
        let name = "job_last_run_timestamp_seconds";
        let family = families.iter().find(|family| family.name() == name).expect("a series");
        (family.get_metric()[0].get_gauge().get_value() * SECOND as f64) as i64
    };
    world.clock.advance(MINUTE);
    assert_eq!(read().await, due.0);
    assert_eq!(world.attempt(&a, &job).await, JobAttempt::Done);
    assert_eq!(read().await, due.0 + MINUTE);
}

#[tokio::test]
async fn links_are_forgotten_a_month_after_their_request_lapsed() {
    let world = World::new().await;
    let now = Time(1_000_000 * SECOND);
    let link = |number: u8, expires_at| SecondLink {
        token_hash: [number; 32],
        regency: Code(161_300),
        request: LinkRequest::Record(ReportName {
            id: ReportId(u128::from(number)),
            feed: FeedId::of("piket"),
        }),
        person: String::from("16.13/kabag-ops"),
        expires_at,
        browser_hash: None,
        answer: None,
    };
    let (old, recent) = (link(1, now.plus(-31 * DAY)), link(2, now.plus(-29 * DAY)));
    for link in [&old, &recent] {
        assert!(world.store.issue_second_link(link).await.expect("kept"));
    }
    LinkCleanup(world.store.clone()).run(now).await.expect("the job runs");
    let kept = async |link: &SecondLink| world.store.second_link(&link.token_hash).await.expect("read");
    assert_eq!((kept(&old).await, kept(&recent).await), (None, Some(recent.clone())));
}

#[tokio::test]
async fn a_file_of_tables_is_forgotten_after_a_day_and_what_was_taken_of_it_after_a_season() {
    let world = World::new().await;
    let now = Time(1_000 * DAY);
    let upload = |id: &str, uploaded_at| TableUpload {
        id: id.to_owned(),
        regency: Code(161_300),
        account: String::from("sari"),
        uploaded_at,
        file_name: String::from("lhgk.xlsx"),
        file_hash: String::new(),
        choices: String::new(),
        taken_at: None,
        reports: String::new(),
        withdrawn_at: None,
    };
    for (id, age) in [("new", 0), ("old", 2), ("ancient", 100)] {
        world.store.add_table_upload(&upload(id, now.plus(-age * DAY)), vec![1, 2, 3]).await.expect("kept");
    }
    UploadCleanup(world.store.clone()).run(now).await.expect("the job runs");
    let file = async |id: &str| world.store.uploaded_file(id).await.expect("read");
    assert_eq!((file("new").await, file("old").await), (Some(vec![1, 2, 3]), None));
    let known = world.store.table_uploads(Code(161_300)).await.expect("read");
    assert_eq!(known.iter().map(|upload| upload.id.as_str()).collect::<Vec<_>>(), ["new", "old"]);
}
