//! State, effects and offset together or not at all; what comes back after a restart.

use crate::fixture::*;
use domain::effect::{ConditionChange, Effect};
use domain::kind::{FeedClass, Kind, Level, Outcome, Refused};
use domain::place::{Areas, Code};
use domain::report::{Body, VerificationAct};
use domain::time::{Hour, Time};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use store::{Commit, Committed, DeadLetter, ReportKey, Retry, StoreError};

/// The regency of the fixture's reports.
const HERE: Code = Code(161_300);

/// A commit with something for every table.
pub fn full(from: i64) -> Commit {
    let mut commit = commit(from, from + 4);
    let zero = Body::Nothing { from: noon(1), to: noon(2) };
    let verified = Body::Verification {
        act: VerificationAct::Merge,
        reports: vec![name(1).into(), name(9).into()],
        areas: Areas::everywhere(),
    };
    commit.reports = vec![report(1, Body::Statement(statement())), report(2, zero), report(3, verified)];
    commit.dead_letters = vec![letter(0)];
    commit.effects = vec![
        outcome(1, Outcome::Incident, Some(1)),
        outcome(2, Outcome::ZeroReport, None),
        outcome(3, Outcome::Verification, None),
        Effect::Incident(incident(1, 161_304, noon(1))),
        assessment(161_304, noon(2), 340_000),
        condition(161_304, ConditionChange::Raised, Level::Siaga, noon(2)),
    ];
    commit.memory = vec![(Code(161_304), Kind::Disaster, vec![1, 2, 3])];
    commit
}

pub fn letter(offset: i64) -> DeadLetter {
    DeadLetter {
        partition: 0,
        offset,
        feed_name: String::from("desa"),
        class: FeedClass::Village,
        reason: Refused::Json,
        field: String::new(),
        detail: String::from("baris 1"),
        received_at: noon(2),
        bytes: b"{\"rahasia".to_vec(),
    }
}

/// Tables that grow by the same number of rows at every [`full`] commit.
const GROWING: [&str; 7] =
    ["reports", "payloads", "zero_reports", "incidents", "assessments", "alert_history", "dead_letters"];
const OTHERS: [&str; 6] = ["progress", "conditions", "alerts", "outbox", "serials", "counters"];

async fn rows(home: &Home, tables: &[&str]) -> i64 {
    let mut rows = 0;
    for table in tables {
        rows += home.count(table).await;
    }
    rows
}

pub async fn a_commit_is_kept_whole_and_comes_back_after_a_restart(home: &Home) {
    let store = home.open().await;
    assert_eq!(store.recover(0).await.unwrap(), None);
    let committed = store.commit(full(0)).await.unwrap();
    assert_eq!(committed.alerts.len(), 1);
    store.close().await;

    let store = home.open().await;
    let progress = store.recover(0).await.unwrap().unwrap();
    assert_eq!((progress.next_offset, progress.clock, progress.last_tick), (4, noon(1), Hour(5)));
    let mut back = Vec::new();
    store.each_report(|kept| back.push(kept)).await.unwrap();
    let sent: Vec<_> = full(0).reports;
    assert_eq!(back.len(), sent.len());
    for (back, sent) in back.iter().zip(&sent) {
        assert_eq!((&back.report, back.received_at), (&sent.report, sent.received_at));
    }
    assert_eq!(store.memory().await.unwrap(), full(0).memory);
    let balance = store.balance().await.unwrap();
    assert_eq!((balance.reports(), balance.records(), balance.unaccounted), (3, 4, 0));
    let view = store.report(HERE, name(1)).await.unwrap().unwrap();
    assert_eq!((view.lat, view.lon, view.incident), (Some(-2.61), Some(102.910_001), Some(name(1))));
    assert_eq!(
        store.payload(ReportKey { regency: HERE, id: name(1) }).await.unwrap(),
        Some(b"{\"n\":1}".to_vec())
    );
}

pub async fn a_second_worker_is_fenced(home: &Home) {
    let (one, two) = (home.open().await, home.open().await);
    one.commit(commit(0, 3)).await.unwrap();
    let error = two.commit(full(0)).await.unwrap_err();
    assert!(matches!(error, StoreError::Fenced { partition: 0, stored: 3, from: 0 }), "{error}");
    assert_eq!(error.retry(), Retry::Reload);
    assert_eq!((home.count("reports").await, home.count("alerts").await), (0, 0));
    two.commit(commit(3, 4)).await.unwrap();
}

/// Where one worker has the whole log, too, what it came to never falls, and no record is without an offset.
pub async fn progress_never_falls_and_every_record_has_an_offset(home: &Home) {
    let store = home.open().await;
    store.commit(full(0)).await.unwrap();
    let tables = || async { (rows(home, &GROWING).await, rows(home, &OTHERS).await) };
    let kept = tables().await;
    let refused = [
        ("clock", Commit { clock: noon(1).plus(-1), ..full(4) }),
        ("last tick", Commit { last_tick: Hour(4), ..full(4) }),
        ("records", Commit { next_offset: 3, ..full(4) }),
        ("records", Commit { next_offset: 7, ..full(4) }),
    ];
    for (what, commit) in refused {
        let error = store.commit(commit).await.unwrap_err();
        assert!(
            matches!(error, StoreError::Corrupt(_)) && error.to_string().contains(what),
            "{what}: {error}"
        );
        assert_eq!(tables().await, kept, "{what}: nothing was kept");
    }
    store.commit(commit(4, 8)).await.unwrap();
}

pub async fn ticks_whose_answer_was_lost_are_kept_once(home: &Home) {
    let store = home.open().await;
    store.commit(commit(0, 4)).await.unwrap();
    let mut ticks = Commit { clock: noon(2), last_tick: Hour(6), ..commit(4, 4) };
    ticks.effects = vec![condition(161_304, ConditionChange::Raised, Level::Siaga, noon(2))];
    assert_eq!(store.commit(&ticks).await.unwrap().alerts.len(), 1);
    assert!(store.commit(&ticks).await.unwrap().alerts.is_empty(), "it was kept");
    assert_eq!(home.count("alert_history").await, 1);
    ticks.last_tick = Hour(7);
    assert_eq!(store.commit(&ticks).await.unwrap().alerts.len(), 1, "another hour's is another commit");
}

pub async fn a_failed_commit_leaves_nothing(home: &Home) {
    let store = home.open().await;
    let mut broken = Commit { next_offset: 5, ..full(0) };
    broken.dead_letters.push(letter(0)); // written near the end; one offset cannot be refused twice
    assert!(matches!(store.commit(broken).await, Err(StoreError::Database(_))));
    assert_eq!((rows(home, &GROWING).await, rows(home, &OTHERS).await), (0, 0));
    store.commit(full(0)).await.unwrap();
    assert_eq!(store.recover(0).await.unwrap().unwrap().next_offset, 4);
}

/// Polls a future so many times, then gives up; dropping it then is the crash between two statements.
struct AtMost<F> {
    future: Pin<Box<F>>,
    polls: usize,
}

impl<F: Future> Future for AtMost<F> {
    type Output = Option<F::Output>;
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls == 0 {
            return Poll::Ready(None);
        }
        self.polls -= 1;
        self.future.as_mut().poll(context).map(Some)
    }
}

pub async fn a_commit_dropped_at_any_point_is_whole_or_absent(home: &Home) {
    let store = home.open().await;
    store.commit(full(0)).await.unwrap();
    store.close().await;
    let whole = rows(home, &GROWING).await;
    let (mut from, mut kept, mut polls) = (4, 1, 0);
    for attempt in 1.. {
        assert!(attempt < 10_000, "the commit never ends, or was never cut in the middle");
        polls += 1;
        let store = home.open().await;
        let mut next = full(from);
        renumber(&mut next, 1000 * attempt as u128);
        let end: Option<Result<Committed, StoreError>> =
            AtMost { future: Box::pin(store.commit(next)), polls }.await;
        // A COMMIT that was under way when its caller went away may still come to pass: wait for it.
        store.close().await;
        let stored = home.open().await.recover(0).await.unwrap().unwrap().next_offset;
        if stored != from {
            (from, kept) = (stored, kept + 1);
        }
        assert_eq!(rows(home, &GROWING).await, kept * whole, "after {polls} polls");
        if end.is_some() {
            assert!(kept >= 2, "what ended was kept");
            if polls > 5 {
                return;
            }
            // A database that answers at once leaves little to cut: once more.
            polls = 0;
        }
    }
}

/// Ids, offsets and instants of its own, so that each whole commit adds as many rows.
fn renumber(commit: &mut Commit, shift: u128) {
    for row in &mut commit.reports {
        row.report.id.0 += shift;
        row.offset += shift as i64;
    }
    commit.dead_letters[0].offset += shift as i64;
    for effect in &mut commit.effects {
        match effect {
            Effect::Outcome { report, incident, .. } => {
                report.id.0 += shift;
                incident.iter_mut().for_each(|name| name.id.0 += shift);
            }
            Effect::Incident(incident) => {
                incident.id.id.0 += shift;
                incident.counted_severity = 2; // a grave one would be a further line of the alert that is open by then
            }
            Effect::Assessment(assessment) => assessment.at = assessment.at.plus(shift as i64),
            Effect::Condition(condition) => condition.at = condition.at.plus(shift as i64),
            Effect::IncidentGone { .. } | Effect::SetAside { .. } => {}
        }
    }
}

pub async fn of_two_reports_with_one_id_the_earlier_counts_in_any_order(home: &Home) {
    let store = home.open().await;
    let row = |offset: i64, reported: i64, hash: u128| {
        let mut row = report(7, Body::Statement(statement()));
        (row.offset, row.report.reported_at, row.report.hash) = (offset, Time(reported), whole_hash(hash));
        row.payload = format!("{reported}-{hash}").into_bytes();
        row
    };
    let mut first = commit(0, 3);
    first.reports = vec![row(0, 50, 2), row(1, 60, 1), row(2, 50, 2)];
    first.effects = vec![outcome(7, Outcome::Signal, None)];
    store.commit(first).await.unwrap();
    let mut second = commit(3, 6);
    second.reports = vec![row(3, 50, 3), row(4, 50, 1), row(5, 40, 9)];
    second.effects = vec![outcome(7, Outcome::Incident, Some(7)), outcome(7, Outcome::Duplicate, None)];
    store.commit(second).await.unwrap();

    // An earlier one of which the pipeline has nothing new to say.
    let mut third = commit(6, 7);
    third.reports = vec![row(6, 30, 4)];
    store.commit(&third).await.unwrap();

    let view = store.report(HERE, name(7)).await.unwrap().unwrap();
    assert_eq!((view.report.reported_at, view.offset), (Time(30), 6));
    assert_eq!((view.outcome, view.incident), (Some(Outcome::Incident), Some(name(7))));
    assert_eq!(
        store.payload(ReportKey { regency: HERE, id: name(7) }).await.unwrap(),
        Some(b"30-4".to_vec())
    );
    assert_eq!(home.count("duplicates").await, 6);
    let balance = store.balance().await.unwrap();
    assert_eq!((balance.records(), balance.unaccounted), (7, 0));
    assert!(
        balance.outcomes.contains(&(Outcome::Duplicate, 6))
            && balance.outcomes.contains(&(Outcome::Incident, 1))
    );
    let mut kept = 0;
    store.each_report(|_| kept += 1).await.unwrap();
    assert_eq!(kept, 1);
}

pub async fn outcomes_change_and_the_balance_follows(home: &Home) {
    let store = home.open().await;
    let mut first = commit(0, 3);
    first.reports = (1..=3).map(|id| report(id, Body::Statement(statement()))).collect();
    first.effects = vec![
        outcome(1, Outcome::Incident, Some(1)),
        outcome(2, Outcome::Incident, Some(2)),
        Effect::Incident(incident(1, 161_304, noon(1))),
        Effect::Incident(incident(2, 161_304, noon(1))),
    ];
    store.commit(first).await.unwrap();
    assert_eq!(store.balance().await.unwrap().unaccounted, 1);

    let mut second = commit(3, 4);
    second.effects = vec![
        outcome(2, Outcome::Merged, Some(1)),
        outcome(3, Outcome::Incident, Some(3)),
        outcome(3, Outcome::Merged, Some(1)),
        outcome(99, Outcome::Incident, Some(99)), // never kept: changes nothing
        Effect::IncidentGone { regency: Code(161_300), id: name(2) },
    ];
    store.commit(second).await.unwrap();
    let balance = store.balance().await.unwrap();
    assert_eq!((balance.reports(), balance.unaccounted), (3, 0));
    assert!(
        balance.outcomes.contains(&(Outcome::Incident, 1))
            && balance.outcomes.contains(&(Outcome::Merged, 2))
    );
    let fused: Vec<u128> =
        store.incident_reports(HERE, name(1)).await.unwrap().iter().map(|view| view.report.id.0).collect();
    assert_eq!(fused, [1, 2, 3]);
    assert!(store.incident(HERE, name(2)).await.unwrap().is_none());
}

pub async fn fifty_thousand_effects_fit_one_commit(home: &Home) {
    const REPORTS: u128 = 12_500;
    let store = home.open().await;
    let mut big = commit(0, REPORTS as i64);
    big.reports = (1..=REPORTS).map(|id| report(id, Body::Statement(statement()))).collect();
    for id in 1..=REPORTS {
        big.effects.push(outcome(id, Outcome::Incident, Some(id)));
        big.effects.push(Effect::Incident(incident(id, 161_304, noon(1))));
        big.effects.push(assessment(161_304, noon(2).plus(id as i64), id as u32));
    }
    let began = std::time::Instant::now();
    store.commit(big).await.unwrap();
    println!("{REPORTS} reports with their effects: {:?}", began.elapsed());
    let mut moved = commit(REPORTS as i64, REPORTS as i64 + 1);
    moved.effects = (2..=REPORTS).map(|id| outcome(id, Outcome::Merged, Some(1))).collect();
    store.commit(moved).await.unwrap();
    println!("and {REPORTS} outcomes moved: {:?}", began.elapsed());
    let balance = store.balance().await.unwrap();
    assert!(balance.outcomes.contains(&(Outcome::Merged, REPORTS as u64 - 1)));
    assert_eq!(home.count("assessments").await, REPORTS as i64);
}

pub async fn a_newer_schema_is_refused(home: &Home) {
    home.open().await.close().await;
    home.open().await.close().await; // a second time changes nothing
    run(home, "INSERT INTO schema_versions (version) VALUES (999)").await.unwrap();
    let error = store::Store::open(&home.url).await.err().unwrap();
    assert!(matches!(error, StoreError::Newer { found: 999, .. }), "{error}");
}

/// Schemas 1 to 10 were those of builds before; their tables are no tables of this one.
pub async fn a_state_of_an_earlier_build_is_refused_with_what_to_do(home: &Home) {
    let earlier = "CREATE TABLE schema_versions (version BIGINT NOT NULL PRIMARY KEY);
        INSERT INTO schema_versions (version) VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10);
        CREATE TABLE reports (id TEXT NOT NULL PRIMARY KEY)";
    if !home.url.starts_with("postgres") {
        std::fs::write(&home.url, "").expect("an empty file");
    }
    let mut connection = home.meddle().await;
    sqlx::raw_sql(earlier).execute(&mut connection).await.expect("a state as it was");
    drop(connection);
    let error = store::Store::open(&home.url).await.err().unwrap();
    assert!(matches!(error, StoreError::EarlierBuild { found: 10 }), "{error}");
    assert_eq!(error.retry(), Retry::Never);
    let words = error.to_string();
    assert!(words.contains("kentongan backup FILE") && words.contains("kentongan restore FILE"), "{words}");
    assert_eq!(home.count("reports").await, 0, "nothing was changed");
    assert_eq!(store::Store::version(&home.url).await.unwrap().found, 10);
}
