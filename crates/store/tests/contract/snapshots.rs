//! A snapshot: a start that reads them knows what one that reads every row knows, and what one that never stopped knows.

use crate::fixture::{Home, commit, noon, places, report, run, statement};
use domain::effect::Effect;
use domain::evidence::CellId;
use domain::feature::COUNT;
use domain::kind::{Category, CategorySet, FeedClass, Horizon, Kind, Level};
use domain::pipeline::{Input, Pipeline, PipelineOptions, Recovery};
use domain::place::{Areas, Code, Place};
use domain::policy::{
    AlarmBudget, AwasPolicy, FusionPolicy, OpeningPolicy, Policy, Rule, SensorPolicy, Silence, Voices,
};
use domain::report::{Body, FeedId, Report, ReportId, Statement, VerificationAct};
use domain::scorer::{Calibration, ModelLine, Scorer};
use domain::time::{DAY, HOUR, Hour, MINUTE};
use std::sync::Arc;
use store::{Commit, ReportRow, SnapshotBuilder, Store};

/// Reports in a chunk, so that a short history fills many.
const FULL: usize = 5;
const HISTORIES: u64 = 10;
/// What may have become of the snapshot while nobody looked; the first leaves them.
const DAMAGE: [&str; 6] = [
    "UPDATE snapshots SET upto = upto",
    "DELETE FROM snapshots",
    "UPDATE snapshots SET scope = '0 all' WHERE number = 0",
    "UPDATE snapshots SET bytes = (SELECT b.bytes FROM snapshots b WHERE b.number = 1) WHERE number = 0",
    "DELETE FROM snapshots WHERE number = 1",
    "UPDATE snapshots SET upto = -1",
];

struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
    fn one_in(&mut self, sides: u64) -> bool {
        self.below(sides) == 0
    }
}

struct Line;

impl Scorer for Line {
    fn line_for(&self, _: Code, kind: Kind, _: Horizon) -> ModelLine {
        let coefficients: [f64; COUNT] = std::array::from_fn(|place| 0.3 - 0.04 * place as f64);
        let calibrated = kind != Kind::Disaster;
        ModelLine {
            intercept: -1.5,
            coefficients,
            calibration: Calibration { model: 0, calibrated, base_ppm: 60_000, bar: None },
        }
    }
}

fn pipeline() -> Pipeline {
    let rule = Rule {
        id: "A".to_owned(),
        kind: Kind::Disaster,
        level: Level::Siaga,
        categories: Vec::new(),
        min_severity: 3,
        min_stage: None,
        count: 2,
        window: 2 * DAY,
        by_pair: false,
        min_harmed: 0,
    };
    let policy = Policy {
        version: "test".to_owned(),
        fusion: FusionPolicy {
            window: 12 * HOUR,
            lasting: CategorySet::default(),
            gap: 36 * HOUR,
            longest: 14 * DAY,
        },
        repair_horizon: 400 * DAY,
        silence: Silence {
            factor: 300,
            at_least: 2 * DAY,
            at_most: 4 * DAY,
            low_ppm: 500_000,
            voices: Voices::usual(),
        },
        raise_ppm: [150_000, 300_000, 600_000],
        clear_ppm: [100_000, 220_000, 450_000],
        alarm_budget: AlarmBudget::USUAL,
        transferred_raise: 300,
        transferred_clear: 200,
        dwell: 6 * HOUR,
        emit_ppm: 1_000,
        regency_districts: 2,
        awas: AwasPolicy::LEAST,
        opening: OpeningPolicy::default(),
        pile_up: None,
        sensors: SensorPolicy::default(),
        chain_window: 0,
        rules: vec![rule],
    };
    Pipeline::new(places(), Arc::new(policy), &Line, PipelineOptions::default())
}

/// Few ids, so that duplicates, corrections and verifications hit each other; some too old to repair anything.
fn record(dice: &mut Dice, number: i64) -> ReportRow {
    let received_at = noon(1).plus(number * 3 * HOUR + dice.below(3) as i64 * HOUR);
    let reported_at = received_at.plus(-(dice.below(30) as i64) * HOUR - MINUTE);
    let mut other = || ReportId(500 + u128::from(dice.below(30)));
    let (id, one, two) = (other(), other(), other());
    let old = if dice.one_in(15) { 500 * DAY } else { dice.below(40) as i64 * HOUR };
    let stated = Statement {
        kind: [Kind::Disaster, Kind::ResidentCompany][dice.below(2) as usize],
        category: [Category::parse("WA-01").unwrap(), Category::OTHER][dice.below(2) as usize],
        severity: 1 + dice.below(5) as u8,
        occurred_at: reported_at.plus(-old),
        supersedes: dice.one_in(8).then_some(one),
        ..statement()
    };
    let body = match dice.below(16) {
        0 => Body::Nothing { from: reported_at.plus(-DAY), to: reported_at },
        1 => Body::Retraction { target: one },
        2 => Body::Verification {
            act: VerificationAct::Merge,
            reports: vec![one.into(), two.into()],
            areas: Areas::everywhere(),
        },
        3 => Body::Verification {
            act: VerificationAct::Reject,
            reports: vec![two.into()],
            areas: Areas::everywhere(),
        },
        _ => Body::Statement(stated),
    };
    let row = report(number as u128, body);
    let (class, feed) =
        [(FeedClass::Village, 1), (FeedClass::Police, 2), (FeedClass::Desk, 3)][dice.below(3) as usize];
    let place = Place { code: Code([161_301, 161_304, 161_300][dice.below(3) as usize]), village: 0 };
    let hash = u128::from(dice.below(1000));
    let report = Report { id, hash, class, place, reported_at, feed: FeedId(feed), ..row.report };
    ReportRow { report, received_at, ..row }
}

fn take(pipeline: &mut Pipeline, row: &mut ReportRow) -> Vec<Effect> {
    let mut effects = Vec::new();
    let received = pipeline.effective(row.received_at);
    while let Some(hour) = pipeline.due_tick(received) {
        pipeline.apply(Input::Tick(hour), &mut effects);
    }
    let applied = pipeline.apply(Input::Report { received, report: &row.report }, &mut effects);
    row.received_at = applied.received_at;
    row.history = applied.beyond_repair_horizon;
    effects
}

/// As a worker does at its start.
async fn start(store: &Store) -> (Pipeline, SnapshotBuilder) {
    let Some(progress) = store.recover(0).await.unwrap() else { return (pipeline(), snapshot_builder()) };
    let mut recovery = Recovery::new(pipeline());
    let mut since = Vec::new();
    let (_, mut gatherer) = store
        .each_report_in((0, None), |one| match one.received_at < progress.last_tick.start() {
            true => recovery.report(&one.report, one.history),
            false => since.push(one),
        })
        .await
        .unwrap();
    let tick = (progress.last_tick > Hour(0)).then_some(progress.last_tick);
    let mut recovery = recovery.clock(progress.clock, tick);
    since.iter().for_each(|one| recovery.report(&one.report, one.history));
    for (code, kind, bytes) in store.memory().await.unwrap() {
        recovery.memory(CellId::new(places().find(code).unwrap(), kind), &bytes);
    }
    let pipeline = recovery.finish();
    gatherer.full = FULL;
    (pipeline, gatherer)
}

fn snapshot_builder() -> SnapshotBuilder {
    let mut snapshot_builder = SnapshotBuilder::new(None);
    snapshot_builder.full = FULL;
    snapshot_builder
}

/// Commits what was taken in; `from` and `next` are offsets.
async fn keep(
    store: &Store,
    pipeline: &mut Pipeline,
    snapshot_builder: &mut SnapshotBuilder,
    rows: Vec<ReportRow>,
    effects: Vec<Effect>,
) {
    let (from, next) = (rows[0].offset, rows[rows.len() - 1].offset + 1);
    for row in &rows {
        snapshot_builder.add(&row.report, row.received_at, (row.late, row.history));
    }
    let memory = pipeline.take_changed().into_iter();
    let memory = memory.map(|(cell, bytes)| (places().code(cell.unit()), cell.kind(), bytes)).collect();
    let commit = Commit {
        clock: pipeline.view().clock(),
        last_tick: pipeline.view().last_tick().unwrap(),
        reports: rows,
        snapshot: snapshot_builder.take(next),
        effects,
        memory,
        ..commit(from, next)
    };
    store.commit(commit).await.unwrap();
}

pub async fn a_start_from_a_snapshot_is_one_from_rows_and_one_that_never_stopped(home: &Home) {
    home.open().await.close().await;
    let mut starts = [0; DAMAGE.len()];
    for seed in 0..HISTORIES {
        for table in [
            "progress",
            "reports",
            "payloads",
            "duplicates",
            "cell_memory",
            "report_links",
            "daily_reports",
            "daily_incidents",
            "zero_reports",
            "incidents",
            "snapshots",
        ] {
            run(home, &format!("DELETE FROM {table}")).await.unwrap();
        }
        let (store, mut dice) = (home.open().await, Dice(seed));
        let (mut straight, mut stopped, mut gatherer) = (pipeline(), pipeline(), snapshot_builder());
        let (mut rows, mut effects) = (Vec::new(), Vec::new());
        for number in 0..60 {
            let mut row = record(&mut dice, number);
            let (one, other) = (take(&mut straight, &mut row), take(&mut stopped, &mut row));
            assert_eq!(one, other, "history {seed}, record {number}");
            rows.push(row);
            // Outcomes alone: alerts outlive the history they come from.
            effects.extend(other.into_iter().filter(|effect| matches!(effect, Effect::Outcome { .. })));
            if !dice.one_in(3) {
                continue;
            }
            keep(
                &store,
                &mut stopped,
                &mut gatherer,
                std::mem::take(&mut rows),
                std::mem::take(&mut effects),
            )
            .await;
            if dice.one_in(3) && home.count("snapshots").await > 2 {
                let damage = dice.below(DAMAGE.len() as u64) as usize;
                starts[damage] += 1;
                run(home, DAMAGE[damage]).await.unwrap();
                (stopped, gatherer) = start(&store).await;
                let at = straight.view().clock().plus(DAY);
                let same = straight.view().state_digest(at) == stopped.view().state_digest(at);
                assert!(same, "history {seed}, record {number}, after {}", DAMAGE[damage]);
            }
        }
        store.close().await;
    }
    assert!(starts.iter().all(|count| *count > 2), "{starts:?}");
}

pub async fn a_start_reads_the_snapshot_and_what_came_after_it(home: &Home) {
    let (store, mut dice) = (home.open().await, Dice(7));
    let (mut held, mut gatherer) = (pipeline(), snapshot_builder());
    for number in 0..33 {
        let mut row = record(&mut dice, number);
        let effects = take(&mut held, &mut row);
        keep(&store, &mut held, &mut gatherer, vec![row], effects).await;
    }
    assert_eq!(home.count("snapshots").await, 6);
    // A row that the snapshot holds is not looked at.
    run(home, "UPDATE reports SET encoded = hash WHERE log_offset < 30").await.unwrap();
    run(home, "UPDATE duplicates SET bytes = encoded, encoded = bytes WHERE log_offset < 30").await.unwrap();
    let (again, _) = start(&store).await;
    let at = held.view().clock().plus(DAY);
    assert!(held.view().state_digest(at) == again.view().state_digest(at));
}
