//! Workers and desks on one store, killed, replaced and put to sleep by the seed, end as the plain model says.
//!
//! KENTONGAN_SIMULATION_HISTORIES says how many histories are tried, KENTONGAN_SIMULATION_SEED tries one alone.

use super::compare::{self, Reference};
use super::desks::{self, Desk, Won};
use super::events::{Events, count};
use super::stream::{self, BEGIN, Layout, Stream};
use super::workers::{Halt, Permit, Records, Worker};
use super::world;
use domain::pipeline::{Pipeline, PipelineOptions};
use domain::policy::{LedgerPolicy, Policy};
use domain::time::{HOUR, MINUTE, Time};
use formats::taxonomy::Taxonomy;
use kentongan_tests::bench::workload::Dice;
use kentongan_tests::house;
use scoring::{ModelScorer, Models};
use sqlx::{AssertSqlSafe, Connection};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::{ChangeNotifier, Store};
use worker::audit::{StateComparison, compare_state};
use worker::{LeftAt, MetricMaker, Territory, WorkEnd, WorkerContext, WorkerMetrics, evidence};

const HISTORIES: u64 = 24;
const ROUNDS: usize = 16;
/// What may have become of what was packed for a start while nobody looked.
const DAMAGE: [&str; 7] = [
    "DELETE FROM snapshots",
    "DELETE FROM snapshots WHERE number >= 0",
    "DELETE FROM snapshots WHERE number = -2",
    "UPDATE snapshots SET scope = 'state 0 0 all' WHERE number = -1",
    "UPDATE snapshots SET scope = 'state 1 0 all' WHERE number < 0",
    "UPDATE snapshots SET bytes = COALESCE((SELECT b.bytes FROM snapshots b WHERE b.number = -1 ORDER BY b.log_partition LIMIT 1), bytes) WHERE number = -2",
    "UPDATE snapshots SET number = -99 WHERE number = -1",
];
const LAYOUTS: [Layout; 5] = [[0, 1, 2], [0, 1, 0], [0, 0, 1], [0, 0, 0], [2, 1, 0]];

/// A place for one store at a time.
struct Home {
    url: String,
    _folder: Option<tempfile::TempDir>,
}

impl Home {
    fn sqlite() -> Home {
        let folder = tempfile::tempdir().expect("a folder");
        Home { url: folder.path().join("state.db").to_string_lossy().into_owned(), _folder: Some(folder) }
    }

    /// A schema of its own on the server; `None` where no server is named.
    async fn postgres(seed: u64) -> Option<Home> {
        let server = std::env::var("KENTONGAN_TEST_POSTGRES").ok()?;
        sqlx::any::install_default_drivers();
        let mut connection = sqlx::AnyConnection::connect(&server).await.expect("the server answers");
        let case = format!("together_{seed}");
        let text = format!("DROP SCHEMA IF EXISTS {case} CASCADE; CREATE SCHEMA {case}");
        sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut connection).await.expect("a schema");
        connection.close().await.expect("closed");
        let mark = if server.contains('?') { '&' } else { '?' };
        Some(Home { url: format!("{server}{mark}options[search_path]={case}"), _folder: None })
    }

    /// What was packed for a start is lost or damaged; the rows are there.
    async fn damage_snapshots(&self, damage: &'static str) {
        sqlx::any::install_default_drivers();
        let url = match self.url.starts_with("postgres") {
            true => self.url.clone(),
            false => format!("sqlite://{}", self.url),
        };
        let mut connection = sqlx::AnyConnection::connect(&url).await.expect("a second connection");
        sqlx::query(damage).execute(&mut connection).await.expect("the statement runs");
        connection.close().await.expect("closed");
    }
}

/// What all histories share.
struct Common {
    places: Arc<domain::place::Places>,
    taxonomy: Arc<Taxonomy>,
    policy: Arc<Policy>,
    scorer: Arc<ModelScorer>,
}

impl Common {
    fn load() -> Common {
        let models = Models::load(&house::root().join("models")).expect("the models load");
        Common {
            places: stream::places(),
            taxonomy: Arc::new(
                Taxonomy::parse(&house::read("config/taxonomy.toml")).expect("the taxonomy reads"),
            ),
            policy: Arc::new(world::policy()),
            scorer: Arc::new(ModelScorer::new(models)),
        }
    }

    fn pipeline(&self) -> Pipeline {
        let options = PipelineOptions::default();
        Pipeline::new(self.places.clone(), self.policy.clone(), &*self.scorer, options)
    }

    /// What a worker of a process of its own works with.
    async fn context(&self, home: &Home) -> WorkerContext {
        let ledger_policy = LedgerPolicy {
            min_severity: 3,
            grace_days: 7,
            unverified_counts: false,
            low_ppm: 500_000,
            sample: 2,
            seed: 1,
        };
        WorkerContext {
            store: Store::open(&home.url).await.expect("the store opens"),
            places: self.places.clone(),
            taxonomy: self.taxonomy.clone(),
            policy: self.policy.clone(),
            ledger_policy: Arc::new(ledger_policy),
            scorer: self.scorer.clone(),
            clock: Arc::new(|| BEGIN),
            changes: ChangeNotifier::new(8),
            metrics: WorkerMetrics::new(&MetricMaker(&prometheus::Registry::new())).expect("new metrics"),
        }
    }
}

/// One history as it goes on; prints where it was when it fails.
struct History<'a> {
    seed: u64,
    step: u64,
    home: Home,
    layout: Layout,
    common: &'a Common,
    contexts: BTreeMap<i32, WorkerContext>,
    records: BTreeMap<i32, Records>,
    workers: BTreeMap<i32, Worker>,
    sleepers: Vec<Worker>,
    /// A worker died within a commit and none was kept since: the store may keep that one after the next has read
    /// the state, and then refuses what the next brings.
    in_doubt: bool,
    desks: Vec<Desk>,
    won: Vec<Won>,
    stream: Stream<'a>,
    given: usize,
    reference: Reference,
    now: Time,
    pub events: Events,
}

impl Drop for History<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!(
                "history {} failed at step {}; KENTONGAN_SIMULATION_SEED={0} tries it alone",
                self.seed, self.step
            );
        }
    }
}

impl<'a> History<'a> {
    async fn new(seed: u64, home: Home, common: &'a Common) -> History<'a> {
        let layout = LAYOUTS[seed as usize % LAYOUTS.len()];
        let (mut contexts, mut records) = (BTreeMap::new(), BTreeMap::new());
        for partition in layout {
            contexts.insert(partition, common.context(&home).await);
            records.insert(partition, Records::default());
        }
        let mut desks = Vec::new();
        for name in ["budi", "siti", "made"] {
            let store = Store::open(&home.url).await.expect("the store opens");
            desks.push(Desk::new(name.to_owned(), store));
        }
        let ids = 6 + 3 * (seed as usize % 9);
        let mut stream = Stream::new(&common.places, &common.taxonomy, layout, ids);
        stream.begin();
        let reference = Reference::new(common.pipeline());
        History {
            seed,
            step: 0,
            home,
            layout,
            common,
            contexts,
            records,
            workers: BTreeMap::new(),
            sleepers: Vec::new(),
            in_doubt: false,
            desks,
            won: Vec::new(),
            stream,
            given: 0,
            reference,
            now: BEGIN,
            events: Events::default(),
        }
    }

    fn is_shared(&self) -> bool {
        self.layout.iter().any(|number| *number != 0)
    }

    /// Some hours go by, and what was received in them lies in the log.
    fn receive(&mut self, dice: &mut Dice) {
        let hours = [1, 2, 3, 6, 14][dice.below(5)];
        // In some nobody says a word, and the hours alone bring what they bring.
        let count = if dice.one_in(4) { 0 } else { 3 + dice.below(7) };
        let mut times: Vec<i64> = (0..count).map(|_| dice.below(hours * 60) as i64 * MINUTE).collect();
        times.sort_unstable();
        for time in times {
            self.stream.next(dice, self.now.plus(time));
        }
        self.now = self.now.plus(hours as i64 * HOUR);
        for sent in &self.stream.sent[self.given..] {
            let records = &self.records[&sent.partition];
            records.lock().expect("nobody panicked").push(sent.record.clone());
            self.reference.take(sent);
        }
        self.given = self.stream.sent.len();
        self.reference.tick_until(self.now);
    }

    fn log_end(&self, partition: i32) -> i64 {
        self.records[&partition].lock().expect("nobody panicked").len() as i64
    }

    fn is_done(&self, partition: i32) -> bool {
        let end = self.log_end(partition);
        self.workers.get(&partition).is_some_and(|worker| {
            worker.known_end == self.now && matches!(worker.at, Halt::Reading { offset } if offset == end)
        })
    }

    /// Workers and desks take turns until everything received is in the store.
    async fn settle(&mut self) {
        loop {
            let open: Vec<i32> =
                self.contexts.keys().copied().filter(|partition| !self.is_done(*partition)).collect();
            if open.is_empty() {
                return;
            }
            self.step += 1;
            assert!(self.step < 100_000, "it does not come to an end");
            let mut dice = Dice::new(self.seed << 32 | self.step);
            let partition = open[dice.below(open.len())];
            if dice.one_in(6) {
                self.visit(&mut dice).await;
            }
            if dice.one_in(8) {
                self.wake_sleeper(&mut dice).await;
            }
            match self.workers.remove(&partition) {
                None => self.start(&mut dice, partition).await,
                Some(worker) if self.waits(&worker).await => {
                    self.workers.insert(partition, worker);
                }
                Some(worker) => self.turn(&mut dice, worker).await,
            }
        }
    }

    async fn start(&mut self, dice: &mut Dice, partition: i32) {
        if dice.one_in(4) {
            self.home.damage_snapshots(DAMAGE[dice.below(DAMAGE.len())]).await;
        }
        let context = self.contexts[&partition].clone();
        self.compare_state(&context, partition).await;
        let (places, records) = (&self.common.places, self.records[&partition].clone());
        let worker = Worker::start(context, places, partition, self.layout, records).await;
        assert!(worker.is_alive(), "a worker ended at its start: {:?}", worker.at);
        self.workers.insert(partition, worker);
    }

    /// A start from the kept state, where it is not damaged, comes to what one from every row comes to.
    async fn compare_state(&self, context: &WorkerContext, partition: i32) {
        let Some(left) = context.store.recover(partition).await.expect("reading the progress") else {
            return;
        };
        let left_at = LeftAt { clock: left.clock, last_tick: left.last_tick };
        let layout = self.layout;
        let territory = match self.is_shared() {
            true => Territory::new(&self.common.places, partition, |code| stream::partition_of(layout, code)),
            false => Territory::whole(&self.common.places),
        };
        let found = compare_state(&context.recovery_source(), &territory, left_at).await;
        match found.expect("reading the state") {
            StateComparison::Nothing => {}
            StateComparison::Unusable(why) if why.contains("asks for") => count(&self.events.asked_for_cold),
            StateComparison::Unusable(_) => count(&self.events.damaged_states),
            StateComparison::Compared { differing, head_differs, .. } => {
                count(&self.events.kept_states);
                assert!(differing.is_empty() && !head_differs, "{differing:?}, the head: {head_differs}");
            }
        }
    }

    /// True where a worker would wait for what lies across its border: the others go first.
    async fn waits(&self, worker: &Worker) -> bool {
        if !self.is_shared() {
            return false;
        }
        let numbers: Vec<i32> = self.contexts.keys().copied().collect();
        let reached = self.contexts[&worker.partition].store.complete_to(&numbers).await;
        let reached = reached.expect("how far the partitions are");
        let own = *worker.complete_to.lock().expect("nobody panicked");
        numbers.iter().any(|number| !reached.iter().any(|(other, hour)| other == number && *hour >= own))
            && own.0 > 0
    }

    /// A worker goes on, or what the seed has in store for it happens.
    async fn turn(&mut self, dice: &mut Dice, mut worker: Worker) {
        let partition = worker.partition;
        let permit = Permit {
            now: self.now,
            batch: 1 + dice.below(6),
            loses_answers: dice.one_in(if self.is_shared() { 4 } else { 2 }),
            dies_after: dice.one_in(15).then(|| dice.below(70) as u32),
        };
        if dice.one_in(40) {
            count(&self.events.killed);
            return worker.kill().await;
        }
        if self.is_shared() && dice.one_in(40) {
            count(&self.events.replaced);
            self.sleepers.push(worker);
            return self.start(dice, partition).await;
        }
        let end = self.log_end(partition);
        match dice.one_in(5).then(|| self.desks[0].attempt(dice)).flatten() {
            Some(attempt) => {
                let (one, two) = (&self.desks[0], &self.desks[1]);
                let at = self.now;
                let ((), first, second) =
                    tokio::join!(worker.step(permit, end), one.act(&attempt, at), two.act(&attempt, at));
                assert!(first.is_none() || second.is_none(), "both acts on one version won");
                self.won.extend(first.into_iter().chain(second));
            }
            None => worker.step(permit, end).await,
        }
        match &worker.at {
            Halt::Committed if permit.dies_after.is_some() => {
                count(&self.events.killed);
                worker.kill().await;
            }
            Halt::Committed | Halt::Reading { .. } => {
                count(&self.events.commits);
                self.in_doubt &= !matches!(worker.at, Halt::Committed);
                self.workers.insert(partition, worker);
            }
            Halt::Killed => {
                self.in_doubt = true;
                count(&self.events.killed_in_commit);
            }
            // A worker that claims nothing reads the state again, as the service's does.
            Halt::Ended(Err(WorkEnd::Fenced(_))) if self.in_doubt && !self.is_shared() => {
                self.in_doubt = false
            }
            Halt::Ended(ended) => panic!("the worker of partition {partition} ended: {ended:?}"),
        }
    }

    /// One that was replaced goes on as if nothing had happened, and writes nothing.
    async fn wake_sleeper(&mut self, dice: &mut Dice) {
        if self.sleepers.is_empty() {
            return;
        }
        let mut sleeper = self.sleepers.swap_remove(dice.below(self.sleepers.len()));
        if self.waits(&sleeper).await {
            return self.sleepers.push(sleeper);
        }
        let permit = Permit { now: self.now, batch: 3, loses_answers: false, dies_after: None };
        sleeper.step(permit, i64::MAX).await;
        match &sleeper.at {
            Halt::Ended(Err(WorkEnd::Fenced(_))) => count(&self.events.fenced),
            Halt::Reading { .. } => self.sleepers.push(sleeper),
            other => panic!("a worker that was replaced: {other:?}"),
        }
    }

    /// A person looks or acts; meanwhile nothing else goes on.
    async fn visit(&mut self, dice: &mut Dice) {
        let desk = dice.below(self.desks.len());
        if dice.one_in(3) {
            return self.desks[desk].look(dice.one_in(2)).await;
        }
        let desk = &self.desks[desk];
        let Some(attempt) = desk.attempt(dice) else { return };
        match desk.act_alone(&attempt, self.now).await {
            Some(won) => {
                count(&self.events.won);
                self.won.push(won);
            }
            None => count(&self.events.refused),
        }
    }

    async fn compare(&self) {
        let store = &self.desks[2].store;
        compare::compare(store, &self.stream.sent, &self.reference).await;
        desks::histories(store, &self.won, &self.reference).await;
    }

    async fn run(mut self) -> Events {
        let mut dice = Dice::new(self.seed);
        for _ in 0..ROUNDS {
            self.receive(&mut dice);
            self.settle().await;
            if dice.one_in(5) {
                self.compare().await;
            }
        }
        self.compare().await;
        let Common { places, policy, scorer, .. } = self.common;
        let kept = evidence(&self.desks[0].store, places, policy, scorer).await.expect("the evidence");
        self.stream.sent.reverse();
        compare::another_order(self.common.pipeline(), &self.stream.sent, &kept);
        std::mem::take(&mut self.events)
    }
}

/// Tries every seed on its own store, on as many threads as the machine has.
fn try_all(postgres: bool) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seeds: Vec<u64> = match number("KENTONGAN_SIMULATION_SEED") {
        Some(seed) => vec![seed],
        None => (0..number("KENTONGAN_SIMULATION_HISTORIES").unwrap_or(HISTORIES)).collect(),
    };
    let (common, next, total) = (Common::load(), AtomicU64::new(0), Events::default());
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let work = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        while let Some(seed) = seeds.get(next.fetch_add(1, Ordering::Relaxed) as usize) {
            runtime.block_on(async {
                let home = match postgres {
                    true => Home::postgres(*seed).await.expect("a server is named"),
                    false => Home::sqlite(),
                };
                let events = History::new(*seed, home, &common).await.run().await;
                total.add(&events);
            });
        }
    };
    std::thread::scope(|scope| {
        (0..threads).for_each(|_| {
            scope.spawn(work);
        });
    });
    println!("{} histories: {total}", seeds.len());
    if seeds.len() as u64 >= HISTORIES {
        total.assert_all_came_about();
    }
}

mod sqlite {
    #[test]
    fn workers_and_desks_end_as_the_plain_model_says() {
        super::try_all(false);
    }
}

mod postgres {
    #[test]
    fn workers_and_desks_end_as_the_plain_model_says() {
        if std::env::var_os("KENTONGAN_TEST_POSTGRES").is_none() {
            println!("skipped on PostgreSQL: KENTONGAN_TEST_POSTGRES is not set");
            return;
        }
        super::try_all(true);
    }
}
