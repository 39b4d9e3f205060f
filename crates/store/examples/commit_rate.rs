//! How fast reports with their effects come into the state, in batches as a worker commits them.
//!
//! `cargo run --release -p store --example commit_rate [batches] [reports] [postgres://…]`; without a URL into a new file.

use domain::author::StampedAuthor;
use domain::effect::{Assessment, Effect, Incident, Why};
use domain::evidence::attestation::Extent;
use domain::feature::COUNT;
use domain::kind::{Category, FeedClass, FoundBy, Handling, Horizon, Kind, Level, Outcome, Parties};
use domain::place::{Code, Place, Places, Unit, UnitId};
use domain::report::{Body, FeedId, Report, ReportId, Statement};
use domain::scorer::Contributions;
use domain::time::{Hour, Time};
use std::sync::Arc;
use std::time::Instant;
use store::{Commit, ReportRow, Store};

type Failed = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let mut numbers = std::env::args().skip(1).take(2).map(|word| word.parse::<i64>());
    let batches = numbers.next().transpose()?.unwrap_or(50);
    let rows = numbers.next().transpose()?.unwrap_or(1000);
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("state.db").to_string_lossy().into_owned();
    let store = Store::open(&std::env::args().nth(3).unwrap_or(file)).await?;
    let places = Arc::new(Places::new(vec![(Code(161_304), Unit::default())], false));
    let mut spent = std::time::Duration::ZERO;
    for batch in 0..batches {
        let commit = commit(&places, batch * rows..(batch + 1) * rows);
        let began = Instant::now();
        store.commit(commit).await?;
        spent += began.elapsed();
    }
    println!("commit: {:.0} reports/s", (batches * rows) as f64 / spent.as_secs_f64());
    let began = Instant::now();
    let count = store.each_report(drop).await?;
    println!("read back: {:.0} reports/s", count as f64 / began.elapsed().as_secs_f64());
    Ok(())
}

fn commit(places: &Arc<Places>, offsets: std::ops::Range<i64>) -> Commit {
    let mut commit = Commit {
        partition: 0,
        from_offset: offsets.start,
        next_offset: offsets.end,
        clock: Time(offsets.end),
        last_tick: Hour(0),
        reports: Vec::new(),
        snapshot: store::SnapshotChunks::default(),
        dead_letters: Vec::new(),
        registry_records: 0,
        clock_step: None,
        effects: Vec::new(),
        places: places.clone(),
        models: vec![String::from("model")],
        memory: Vec::new(),
        ledger: None,
        partition_commit: None,
    };
    for offset in offsets {
        let row = report(offset);
        let id = row.report.name();
        commit.effects.push(Effect::Outcome {
            regency: Code(161_300),
            report: id,
            outcome: Outcome::Incident,
            incident: Some(id),
        });
        commit.effects.push(Effect::Incident(incident(&row.report)));
        commit.effects.push(Effect::Assessment(assessment(offset)));
        commit.reports.push(row);
    }
    commit
}

fn statement(offset: i64) -> Statement {
    Statement {
        kind: Kind::Disaster,
        category: Category::OTHER,
        severity: 3,
        occurred_at: Time(offset),
        stage: None,
        reliability: 0,
        credibility: 0,
        handling: Handling::Open,
        parties: Parties::default(),
        found_by: FoundBy::Report,
        dead: 0,
        injured: 0,
        displaced: 0,
        supersedes: None,
        continues: false,
        ends: false,
        about: None,
        confidence: None,
        wording: None,
    }
}

fn report(offset: i64) -> ReportRow {
    // As a ULID grows: time above, chance below.
    let chance = domain::splitmix::spread(offset as u64);
    let id = ReportId((offset as u128 / 100) << 80 | u128::from(chance));
    ReportRow {
        report: Report {
            id,
            hash: u128::from(chance) << 64 | u128::from(!chance),
            feed: FeedId(1),
            class: FeedClass::Village,
            author: None,
            place: Place { code: Code(161_304), village: 2003 },
            reported_at: Time(offset),
            reconstructed: false,
            doubtful: None,
            body: Body::Statement(statement(offset)),
        },
        partition: 0,
        offset,
        feed_name: String::from("desa-16.13.04.2003"),
        author: StampedAuthor::default(),
        reporter: Some(String::from("skd-16.13.04.2003")),
        received_at: Time(offset),
        late: false,
        history: false,
        summary: Some(String::from("warga memblokir jalan angkut")),
        lat: Some(-2.61),
        lon: Some(102.91),
        payload: vec![b'x'; 330],
    }
}

fn incident(report: &Report) -> Incident {
    let claimed = Extent { severity: 3, dead: 0, injured: 0, displaced: 0 };
    let what = (Kind::Disaster, Category::OTHER);
    Incident::of_one_report(report.name(), report.place, what, report.reported_at, claimed)
}

fn assessment(offset: i64) -> Assessment {
    let features = [0.123_456_789; COUNT];
    Assessment {
        unit: UnitId(1),
        kind: Kind::Disaster,
        horizon: Horizon::Week,
        at: Time(offset),
        risk_ppm: 1,
        base_ppm: 1,
        level: Level::Low,
        completeness_ppm: 1,
        model: 0,
        calibrated: false,
        why: Some(Box::new(Why {
            baseline_ppm: 1,
            features,
            contributions: Contributions { intercept: 0.0, features },
        })),
    }
}
