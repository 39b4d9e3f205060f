//! How long a start takes as the history grows: from every report, and from the kept state and what came since.
//!
//! `cargo run --release -p worker --example start [reports] [days]` from the root of the repository.

mod country;

use country::{Country, START, places};
use domain::author::StampedAuthor;
use domain::pipeline::{Input, Pipeline, PipelineOptions, snapshot_basis};
use domain::time::{DAY, Hour, Time};
use formats::policy::PolicyFile;
use formats::taxonomy::Taxonomy;
use scoring::{ModelScorer, Models};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use store::{Commit, PARTITION, ReportRow, SNAPSHOT_CHUNK, SnapshotBuilder, StateRows, StateScope, Store};
use worker::audit::{StateComparison, compare_state};
use worker::{HOT_SPAN, LeftAt, RecoverySource, Territory};

type Failed = Box<dyn std::error::Error>;

/// A store as it fills.
struct Filling {
    store: Store,
    pipeline: Pipeline,
    builder: SnapshotBuilder,
    rows: Vec<ReportRow>,
    next: i64,
}

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let mut numbers = std::env::args().skip(1).map(|word| word.parse::<i64>());
    let reports = numbers.next().transpose()?.unwrap_or(100_000);
    let days = numbers.next().transpose()?.unwrap_or(100);
    let taxonomy = Taxonomy::parse(&std::fs::read_to_string("config/taxonomy.toml")?)?;
    let policy =
        Arc::new(PolicyFile::parse(&std::fs::read_to_string("config/policy.toml")?, &taxonomy)?.policy);
    let scorer = Arc::new(ModelScorer::new(Models::load(Path::new("models"))?));
    let (folder, places) = (tempfile::tempdir()?, Arc::new(places()));
    let store = Store::open(&folder.path().join("state.db").to_string_lossy()).await?;
    let options = PipelineOptions { explains: false, ..PipelineOptions::default() };
    let pipeline = Pipeline::new(places.clone(), policy.clone(), &*scorer, options);
    let builder = SnapshotBuilder::new(None);
    let mut filling = Filling { store: store.clone(), pipeline, builder, rows: Vec::new(), next: 0 };
    let mut country = Country::new(42);
    let mut today = 0;
    for number in 0..reports {
        let at = START.plus((i128::from(number) * i128::from(days * DAY) / i128::from(reports)) as i64);
        let day = at.since(START) / DAY;
        if day > today {
            today = day;
            filling.pipeline.apply(Input::Tick(at.hour()), &mut Vec::new());
            filling.pipeline.forget_cold(HOT_SPAN);
            filling.commit(day + 1 == days).await?;
        }
        filling.take(&mut country, at);
        if filling.rows.len() >= SNAPSHOT_CHUNK {
            filling.commit(false).await?;
        }
    }
    filling.commit(false).await?;
    let left = store.recover(PARTITION).await?.ok_or("nothing was committed")?;
    let left_at = LeftAt { clock: left.clock, last_tick: left.last_tick };
    let source = RecoverySource { store, policy, scorer };
    match compare_state(&source, &Territory::whole(&places), left_at).await? {
        StateComparison::Compared { since, took: [from_state, from_rows], differing, head_differs } => {
            println!(
                "{} reports: from the state and {since} since {from_state:.2?}, from every report {from_rows:.2?}; {} regencies differ, the \
             head {head_differs}",
                filling.next,
                differing.len(),
            )
        }
        other => println!("{other}"),
    }
    Ok(())
}

impl Filling {
    fn take(&mut self, country: &mut Country, at: Time) {
        let report = country.report(self.next as u64, at);
        if !self.pipeline.needs(&report).is_empty() {
            return;
        }
        let applied = self.pipeline.apply(Input::Report { received: at, report: &report }, &mut Vec::new());
        self.builder.add(&report, at, (applied.late, applied.beyond_repair_horizon));
        self.rows.push(ReportRow {
            report,
            partition: PARTITION,
            offset: self.next,
            feed_name: "feed".to_owned(),
            author: StampedAuthor::default(),
            reporter: None,
            received_at: at,
            late: applied.late,
            history: applied.beyond_repair_horizon,
            summary: None,
            lat: None,
            lon: None,
            payload: Vec::new(),
        });
        self.next += 1;
    }

    async fn commit(&mut self, keeps_state: bool) -> Result<(), Failed> {
        let from = self.next - self.rows.len() as i64;
        let places = self.pipeline.view().places().clone();
        let memory = self.pipeline.take_changed().into_iter();
        let memory = memory.map(|(cell, bytes)| (places.code(cell.unit()), cell.kind(), bytes)).collect();
        let view = self.pipeline.view();
        let mut snapshot = self.builder.take(self.next);
        if let Some(head) = view.snapshot_head().filter(|_| keeps_state) {
            let began = Instant::now();
            let scope = StateScope::new(snapshot_basis(&places, view.policy()), None);
            let regencies = places.regency_ids().filter_map(|unit| view.snapshot_of(places.code(unit)));
            let state = StateRows::pack(&scope, &head, regencies);
            let (size, in_memory) = (state.size(), view.reports().count());
            println!("packed {size} bytes, {in_memory} reports in memory, in {:.2?}", began.elapsed());
            snapshot.state = Some(state);
        }
        let commit = Commit {
            partition: PARTITION,
            from_offset: from,
            next_offset: self.next,
            clock: view.clock(),
            last_tick: view.last_tick().unwrap_or(Hour(0)),
            reports: std::mem::take(&mut self.rows),
            snapshot,
            dead_letters: Vec::new(),
            registry_records: 0,
            clock_step: None,
            effects: Vec::new(),
            places,
            models: vec!["model".to_owned()],
            memory,
            ledger: None,
            partition_commit: None,
        };
        let (began, rows) = (Instant::now(), commit.reports.len());
        self.store.commit(commit).await?;
        if keeps_state {
            println!("a commit of {rows} reports and the state took {:.2?}", began.elapsed());
        }
        Ok(())
    }
}
