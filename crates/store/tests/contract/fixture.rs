//! Places to keep a store in, and the smallest things to put into it.

use domain::author::StampedAuthor;
use domain::effect::{
    Assessment, Condition, ConditionChange, ConditionReason, DistrictCount, Effect, Incident, Why,
};
use domain::evidence::attestation::{Attested, Extent};
use domain::feature::COUNT;
use domain::kind::{Category, FeedClass, FoundBy, Handling, Horizon, Kind, Level, Outcome, Parties};
use domain::place::{Code, Place, Places, Unit, UnitId};
use domain::report::{Body, FeedId, Report, ReportId, ReportName, Statement};
use domain::scorer::Contributions;
use domain::time::{Hour, Time};
use sqlx::{AssertSqlSafe, Connection, Executor};
use std::sync::Arc;
use store::{Commit, ReportRow, Store};

/// An empty place for one store; `open` may be called again and finds what was kept.
pub struct Home {
    pub url: String,
    _folder: Option<tempfile::TempDir>,
}

impl Home {
    pub fn at(url: String) -> Home {
        Home { url, _folder: None }
    }
    pub async fn open(&self) -> Store {
        Store::open(&self.url).await.expect("the store opens")
    }
    /// Another program's connection, to look or to meddle.
    pub async fn meddle(&self) -> sqlx::AnyConnection {
        sqlx::any::install_default_drivers();
        let url = if self.url.starts_with("postgres") {
            self.url.clone()
        } else {
            format!("sqlite://{}", self.url)
        };
        sqlx::AnyConnection::connect(&url).await.expect("a second connection")
    }
    pub async fn count(&self, table: &str) -> i64 {
        let text = format!("SELECT COUNT(*) FROM {table}");
        let row =
            sqlx::query(AssertSqlSafe(text)).fetch_one(&mut self.meddle().await).await.expect("the table");
        sqlx::Row::get(&row, 0)
    }
}

pub fn sqlite() -> Home {
    let folder = tempfile::tempdir().expect("a folder");
    Home { url: folder.path().join("state.db").to_string_lossy().into_owned(), _folder: Some(folder) }
}

/// A schema of its own for the case; `None` where no server is named.
pub async fn postgres(case: &str) -> Option<Home> {
    let Ok(server) = std::env::var("KENTONGAN_TEST_POSTGRES") else {
        println!("skipped on PostgreSQL: KENTONGAN_TEST_POSTGRES is not set");
        return None;
    };
    sqlx::any::install_default_drivers();
    let mark = if server.contains('?') { '&' } else { '?' };
    let home = Home { url: format!("{server}{mark}options[search_path]={case}"), _folder: None };
    if kept() {
        return Some(home);
    }
    let mut connection = sqlx::AnyConnection::connect(&server).await.expect("the server answers");
    let text = format!("DROP SCHEMA IF EXISTS {case} CASCADE; CREATE SCHEMA {case}");
    sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut connection).await.expect("a schema");
    connection.close().await.expect("closed");
    Some(home)
}

/// Rows that took an hour to make may be asked again: with KENTONGAN_VOLUME_KEPT set they are found and left.
pub fn kept() -> bool {
    std::env::var_os("KENTONGAN_VOLUME_KEPT").is_some()
}

pub async fn run(home: &Home, statement: &str) -> Result<u64, sqlx::Error> {
    let done = home.meddle().await.execute(AssertSqlSafe(statement.to_string())).await?;
    Ok(done.rows_affected())
}

/// 16.13 with 16.13.01 to 16.13.04, and 63.72 (WITA) with 63.72.01.
pub fn places() -> Arc<Places> {
    let mut rows = vec![(Code(637_200), Unit::default()), (Code(637_201), Unit::default())];
    rows.push((Code(917_101), Unit::default()));
    rows.extend((161_301..=161_304).map(|code| (Code(code), Unit::default())));
    Arc::new(Places::new(rows, false))
}

pub fn unit(code: u32) -> UnitId {
    places().find(Code(code)).expect("a code of the fixture")
}

/// Noon UTC of a day in 2026, so that local days are the same days.
pub fn noon(day: i64) -> Time {
    Time((1_767_225_600 + 43_200 + (day - 1) * 86_400) * 1_000_000)
}

pub fn commit(from: i64, next: i64) -> Commit {
    Commit {
        partition: 0,
        from_offset: from,
        next_offset: next,
        clock: noon(1),
        last_tick: Hour(5),
        reports: Vec::new(),
        snapshot: store::SnapshotChunks::default(),
        dead_letters: Vec::new(),
        registry_records: 0,
        clock_step: None,
        effects: Vec::new(),
        places: places(),
        models: vec![String::from("disaster-7d")],
        memory: Vec::new(),
        ledger: None,
        partition_commit: None,
    }
}

pub fn statement() -> Statement {
    Statement {
        kind: Kind::Disaster,
        category: Category::parse("WA-01").expect("a category"),
        severity: 3,
        occurred_at: noon(1),
        stage: None,
        reliability: 2,
        credibility: 0,
        handling: Handling::Open,
        parties: Parties::default(),
        found_by: FoundBy::Report,
        dead: 0,
        injured: 1,
        displaced: 20,
        supersedes: None,
        continues: false,
        ends: false,
        about: None,
        confidence: None,
        wording: None,
    }
}

/// The name of report number `id`.
pub fn name(id: u128) -> ReportName {
    ReportName { id: ReportId(id), feed: FeedId::of("desa") }
}

/// A hash of full range: its upper half grows with the number and its lower half falls, so that a comparison of half of it
/// is found out.
pub fn whole_hash(number: u128) -> u128 {
    number << 64 | u128::from(!(number as u64))
}

/// Report number `id`, at the offset of the same number, of 16.13.04.
pub fn report(id: u128, body: Body) -> ReportRow {
    ReportRow {
        report: Report {
            id: ReportId(id),
            hash: whole_hash(id),
            feed: FeedId::of("desa"),
            class: FeedClass::Village,
            author: None,
            place: Place { code: Code(161_304), village: 2003 },
            reported_at: noon(1).plus(id as i64),
            reconstructed: false,
            doubtful: None,
            body,
        },
        partition: 0,
        offset: id as i64,
        feed_name: String::from("desa"),
        author: StampedAuthor::default(),
        reporter: Some(String::from("skd-1")),
        received_at: noon(2).plus(id as i64),
        late: false,
        history: false,
        summary: Some(format!("laporan {id}")),
        lat: Some(-2.61),
        lon: Some(102.910_001),
        payload: format!("{{\"n\":{id}}}").into_bytes(),
    }
}

pub fn outcome(id: u128, outcome: Outcome, incident: Option<u128>) -> Effect {
    Effect::Outcome { regency: Code(161_300), report: name(id), outcome, incident: incident.map(name) }
}

pub fn incident(id: u128, code: u32, at: Time) -> Incident {
    let what = (Kind::Disaster, Category::parse("WA-01").expect("a category"));
    let claimed = Extent { severity: 3, dead: 0, injured: 1, displaced: 20 };
    Incident {
        attested: Attested { extent: Extent { displaced: 12, ..claimed }, awas: 3 },
        speakers: 2,
        reports: 2,
        ..Incident::of_one_report(name(id), Place { code: Code(code), village: 0 }, what, at, claimed)
    }
}

pub fn assessment(code: u32, at: Time, risk_ppm: u32) -> Effect {
    let mut features = [0.0; COUNT];
    features[0] = 0.1 + 0.2;
    Effect::Assessment(Assessment {
        unit: unit(code),
        kind: Kind::Disaster,
        horizon: Horizon::Week,
        at,
        risk_ppm,
        base_ppm: 20_000,
        level: Level::Waspada,
        completeness_ppm: 800_000,
        model: 0,
        calibrated: false,
        why: Some(Box::new(Why {
            baseline_ppm: 30_000,
            features,
            contributions: Contributions { intercept: -3.25, features },
        })),
    })
}

/// That so many districts raise their regency, which takes as many.
pub fn by_districts(count: u32) -> ConditionReason {
    ConditionReason::Districts(DistrictCount::of_earlier_build(count))
}

pub fn condition(code: u32, change: ConditionChange, level: Level, at: Time) -> Effect {
    Effect::Condition(Box::new(Condition {
        unit: unit(code),
        kind: Kind::Disaster,
        change,
        at,
        level,
        since: at,
        reasons: vec![ConditionReason::Rule(String::from("banjir-2")), by_districts(3)],
        evidence: vec![name(1)],
        unverified: true,
        completeness_ppm: 1_000_000,
        policy: String::from("2026-1"),
    }))
}
