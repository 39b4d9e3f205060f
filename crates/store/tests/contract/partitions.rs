//! Several workers: a claim fences earlier owners, a commit whose answer was lost is kept once, borders keep two ticks.

use crate::fixture::{Home, commit, incident, name, noon, report, statement};
use domain::effect::Effect;
use domain::kind::{Kind, Outcome};
use domain::place::{Areas, Code};
use domain::report::{Body, FeedId, NamedReport, ReportId, Statement, VerificationAct};
use domain::service_clock::ClockStep;
use domain::time::{Hour, Time};
use store::{
    BorderSum, BorderView, Commit, Committed, Origin, PartitionCommit, ReportKey, ReportRow, Store,
    StoreError,
};

fn partition_commit(epoch: i64, number: i64) -> Option<PartitionCommit> {
    Some(PartitionCommit {
        epoch,
        number,
        complete_to: Hour(7),
        ticked: Hour(0),
        published: Time(3),
        origins: Vec::new(),
        borders: Vec::new(),
        regencies: vec![Code(161_300)],
    })
}

fn shared(from: i64, next: i64, (epoch, number): (i64, i64)) -> Commit {
    Commit { partition_commit: partition_commit(epoch, number), ..commit(from, next) }
}

pub async fn a_worker_that_lost_its_partition_writes_nothing(home: &Home) {
    let (sleeper, other) = (home.open().await, home.open().await);
    let first = sleeper.claim(0).await.unwrap();
    assert_eq!((first.epoch, first.commits, first.next_offset, first.is_new()), (1, 0, 0, true));
    assert_eq!(sleeper.recover(0).await.unwrap(), None, "a claim is no progress");
    sleeper.commit(shared(0, 3, (1, 0))).await.unwrap();

    let second = other.claim(0).await.unwrap();
    assert_eq!((second.epoch, second.commits, second.next_offset, second.is_new()), (2, 1, 3, false));
    assert_eq!((second.complete_to, second.published), (Hour(7), Time(3)));
    let refused = sleeper.commit(shared(3, 5, (1, 1))).await.unwrap_err();
    assert!(matches!(refused, StoreError::Fenced { partition: 0, stored: 3, from: 3 }), "{refused}");
    other.commit(shared(3, 4, (2, 1))).await.unwrap();
    assert_eq!(other.recover(0).await.unwrap().unwrap().next_offset, 4);
}

/// What a partition came to never falls: not its epoch, number of commits, offset, clock or last tick.
pub async fn a_partitions_progress_never_falls(home: &Home) {
    let store = home.open().await;
    store.claim(0).await.unwrap();
    store.commit(shared(0, 3, (1, 0))).await.unwrap();
    store.claim(0).await.unwrap();
    let good = || shared(3, 4, (2, 1));
    let (before, earlier) = (good().clock.plus(-1), Hour(good().last_tick.0 - 1));
    for (epoch, number) in [(1, 1), (3, 1), (2, 0), (2, 2)] {
        let refused = store.commit(shared(3, 4, (epoch, number))).await.unwrap_err();
        assert!(matches!(refused, StoreError::Fenced { .. }), "{epoch} {number}: {refused}");
    }
    let refused = [
        ("clock", Commit { clock: before, ..good() }),
        ("last tick", Commit { last_tick: earlier, ..good() }),
        ("records", Commit { next_offset: 2, ..good() }),
        ("records", Commit { registry_records: 2, ..good() }),
    ];
    for (what, commit) in refused {
        let error = store.commit(commit).await.unwrap_err();
        assert!(
            matches!(error, StoreError::Corrupt(_)) && error.to_string().contains(what),
            "{what}: {error}"
        );
    }
    let stored = store.claim(0).await.unwrap();
    assert_eq!((stored.epoch, stored.commits, stored.next_offset), (3, 1, 3), "nothing of them was kept");
    let step = ClockStep { from: good().clock, to: before };
    let back = Commit { clock: before, clock_step: Some(step), ..shared(3, 4, (3, 1)) };
    store.commit(back).await.unwrap();
}

pub async fn a_commit_whose_answer_was_lost_is_kept_once(home: &Home) {
    let store = home.open().await;
    store.claim(4).await.unwrap();
    let mut full = shared(0, 2, (1, 0));
    full.partition = 4;
    let body = Body::Statement(statement());
    full.reports.push(ReportRow { partition: 4, ..report(1, body) });
    store.commit(&full).await.unwrap();
    let again = store.commit(&full).await.unwrap();
    assert!(again.alerts.is_empty());
    assert_eq!(home.count("reports").await, 1);
    assert_eq!(store.claim(4).await.unwrap().commits, 1);
    let stale = store.commit(&full).await.unwrap_err();
    assert!(matches!(stale, StoreError::Fenced { .. }), "{stale}");
}

pub async fn partitions_keep_their_own_origins_and_progress(home: &Home) {
    let store = home.open().await;
    let origin = |offset| Origin { topic: "feed.village.muara".into(), partition: 0, next_offset: offset };
    for (partition, offset) in [(1, 10), (2, 20)] {
        store.claim(partition).await.unwrap();
        let mut one = Commit { partition, ..shared(0, 1, (1, 0)) };
        one.partition_commit.as_mut().unwrap().origins = vec![origin(offset)];
        store.commit(one).await.unwrap();
    }
    assert_eq!(store.claim(2).await.unwrap().origins, [origin(20)]);
    let mut marks = store.complete_to(&[1, 2, 3]).await.unwrap();
    marks.sort_unstable();
    assert_eq!(marks, [(1, Hour(7)), (2, Hour(7))]);
}

pub async fn a_border_shows_its_newest_tick_and_the_one_before(home: &Home) {
    let store = home.open().await;
    store.claim(0).await.unwrap();
    let border = |tick, fortnight| BorderSum {
        code: Code(161304),
        kind: Kind::Disaster,
        view: BorderView { tick: Hour(tick), bucket: Hour(tick - 1), fortnight },
    };
    for (number, shown) in [border(10, 0.1 + 0.2), border(11, 4.0), border(14, 5.5)].into_iter().enumerate() {
        let mut one = shared(0, 0, (1, number as i64));
        one.partition_commit.as_mut().unwrap().borders = vec![shown];
        store.commit(one).await.unwrap();
    }
    let seen = store.borders(&[Code(161304), Code(999999)]).await.unwrap();
    assert_eq!(seen, [[border(14, 5.5), border(11, 4.0)]]);
    assert!(store.assessed_since(&[Code(161300)], Time::MIN).await.unwrap().is_empty());
}

/// A statement of 16.13.04 or 63.72.01, as its regency's partition commits it.
fn of(code: u32, id: u128, body: Body) -> ReportRow {
    let mut row = report(id, body);
    row.report.place.code = Code(code);
    ReportRow { partition: i32::from(code > 200_000), ..row }
}

async fn take(store: &Store, row: ReportRow, number: i64, effects: Vec<Effect>) -> Committed {
    let (partition, own) = (row.partition, row.report.place.code.regency());
    let mut one =
        Commit { partition, reports: vec![row], effects, ..shared(number, number + 1, (1, number)) };
    one.partition_commit.as_mut().unwrap().regencies = vec![own];
    store.commit(one).await.unwrap()
}

pub async fn one_id_in_two_regencies_is_two_reports(home: &Home) {
    let store = home.open().await;
    store.claim(0).await.unwrap();
    store.claim(1).await.unwrap();
    const HERE: Code = Code(161_300);
    const THERE: Code = Code(637_200);
    let emitted = |code: u32, id| {
        let regency = Code(code).regency();
        let outcome = Outcome::Incident;
        vec![
            Effect::Outcome { regency, report: name(id), outcome, incident: Some(name(id)) },
            Effect::Incident(incident(id, code, noon(1))),
        ]
    };
    let place = async |regency, id: u128| {
        store.incident(regency, name(id)).await.unwrap().map(|incident| incident.place.code.0)
    };
    let body = || Body::Statement(statement());
    take(&store, of(161_304, 1, body()), 0, emitted(161_304, 1)).await;
    let mut later = of(637_201, 1, body());
    (later.report.reported_at, later.payload) = (noon(9), b"di sana".to_vec());
    take(&store, later, 0, emitted(637_201, 1)).await;
    assert_eq!((place(HERE, 1).await, place(THERE, 1).await), (Some(161_304), Some(637_201)));
    let both = store.reports_with_id(ReportId(1)).await.unwrap();
    assert_eq!(both.iter().map(|report| report.report.place.code.0).collect::<Vec<_>>(), [161_304, 637_201]);
    let there = ReportKey { regency: THERE, id: name(1) };
    assert_eq!(store.payload(there).await.unwrap(), Some(b"di sana".to_vec()));
    assert_eq!(store.known_reports(&[name(1)], Time(i64::MAX)).await.unwrap().len(), 2);
    assert_eq!(home.count("duplicates").await, 0, "neither is the other's duplicate");
    // What becomes of one is nothing to the other.
    let mut farewell = shared(1, 1, (1, 1));
    farewell.effects = vec![
        Effect::IncidentGone { regency: HERE, id: name(1) },
        Effect::Outcome { regency: HERE, report: name(1), outcome: Outcome::Retracted, incident: None },
    ];
    store.commit(farewell).await.unwrap();
    assert_eq!((place(HERE, 1).await, place(THERE, 1).await), (None, Some(637_201)));
    let outcome = async |regency| store.report(regency, name(1)).await.unwrap().unwrap().outcome;
    assert_eq!(
        (outcome(HERE).await, outcome(THERE).await),
        (Some(Outcome::Retracted), Some(Outcome::Incident))
    );
    assert_eq!(store.balance().await.unwrap().unaccounted, 0);
}

pub async fn one_id_of_two_feeds_is_two_reports(home: &Home) {
    const HERE: Code = Code(161_300);
    let store = home.open().await;
    store.claim(0).await.unwrap();
    let body = || Body::Statement(statement());
    let mut other = of(161_304, 1, body());
    (other.report.feed, other.feed_name) = (FeedId::of("perusahaan"), "perusahaan".into());
    (other.report.reported_at, other.report.hash, other.payload) = (noon(0), 0, b"milik perusahaan".to_vec());
    other.offset = 9;
    let taken = other.report.name();
    let outcome = |report| Effect::Outcome {
        regency: HERE,
        report,
        outcome: Outcome::Incident,
        incident: Some(report),
    };
    take(&store, of(161_304, 1, body()), 0, vec![outcome(name(1))]).await;
    take(&store, other, 1, vec![outcome(taken)]).await;
    assert_eq!(home.count("duplicates").await, 0, "neither is the other's duplicate");
    let both = store.reports_with_id(ReportId(1)).await.unwrap();
    assert_eq!(both.len(), 2);
    for report in &both {
        assert_eq!(report.incident, Some(report.report.name()));
        assert_eq!(store.report(HERE, report.report.name()).await.unwrap().as_ref(), Some(report));
    }
    let payload = store.payload(ReportKey { regency: HERE, id: taken }).await.unwrap();
    assert_eq!(payload, Some(b"milik perusahaan".to_vec()));
    assert_eq!(store.known_reports(&[name(1)], Time(i64::MAX)).await.unwrap().len(), 1);
    assert_eq!(store.reports_of_ids(&[ReportId(1), ReportId(2)]).await.unwrap().len(), 2);
    // What is taken back is the feed's own; a verification means the feed it names, and no one by an id that two have.
    let naming = async |id| -> Vec<u128> {
        let target = ReportKey { regency: HERE, id };
        store.reports_naming(target).await.unwrap().iter().map(|found| found.report.id.0).collect()
    };
    take(&store, of(161_304, 3, Body::Retraction { target: ReportId(1) }), 2, vec![]).await;
    let confirm =
        |reports| Body::Verification { act: VerificationAct::Confirm, reports, areas: Areas::everywhere() };
    take(&store, of(161_304, 4, confirm(vec![ReportId(1).into()])), 3, vec![]).await;
    take(&store, of(161_304, 5, confirm(vec![taken.into()])), 4, vec![]).await;
    assert_eq!((naming(name(1)).await, naming(taken).await), (vec![3], vec![5]));
    // What an officer affirms about another's report corrects it; what a feed says about it is no correction.
    let named = NamedReport { feed: taken.feed, report: taken.id, district: Code(161_304) };
    let about = || Body::Statement(Statement { about: Some(named), ..statement() });
    let typed = |mut row: ReportRow, account: &str| {
        row.author.account = account.into();
        row
    };
    take(&store, typed(of(161_304, 6, about()), "sari"), 5, vec![]).await;
    take(&store, of(161_304, 7, about()), 6, vec![]).await;
    assert_eq!(naming(taken).await, vec![5, 6]);
    let corrects = async |id| store.report(HERE, name(id)).await.unwrap().unwrap().corrects();
    assert_eq!((corrects(6).await, corrects(7).await), (Some(taken), None));
}

pub async fn what_names_a_report_is_found_in_its_own_regency_only(home: &Home) {
    let store = home.open().await;
    store.claim(0).await.unwrap();
    store.claim(1).await.unwrap();
    let naming = async |regency: u32, id: u128| -> Vec<u128> {
        let target = ReportKey { regency: Code(regency), id: name(id) };
        store.reports_naming(target).await.unwrap().iter().map(|found| found.report.id.0).collect()
    };
    take(&store, of(637_201, 3, Body::Retraction { target: ReportId(1) }), 0, vec![]).await;
    take(&store, of(161_304, 1, Body::Statement(statement())), 0, vec![]).await;
    assert_eq!(naming(161_300, 1).await, []);
    assert_eq!(naming(637_200, 1).await, [3], "what it names may still come");
    let merge = Body::Verification {
        act: VerificationAct::Merge,
        reports: vec![name(1).into(), name(4).into()],
        areas: Areas::everywhere(),
    };
    take(&store, of(161_304, 5, merge), 1, vec![]).await;
    take(&store, of(161_304, 6, Body::Retraction { target: ReportId(1) }), 2, vec![]).await;
    assert_eq!((naming(161_300, 1).await, naming(161_300, 4).await), (vec![5, 6], vec![5]));
}

pub async fn of_what_is_named_many_times_the_first_that_came_are_read(home: &Home) {
    const HERE: Code = Code(161_300);
    let store = home.open().await;
    store.claim(0).await.unwrap();
    // What came later has the lower number.
    for at in 0..130 {
        let mut row = of(161_304, 1_000 - at as u128, Body::Retraction { target: ReportId(1) });
        row.received_at = row.received_at.plus(2 * at);
        take(&store, row, at, vec![]).await;
    }
    take(&store, of(161_304, 2, Body::Retraction { target: ReportId(3) }), 130, vec![]).await;
    let naming = store.reports_naming_each(HERE, &[name(1), name(3), name(4)]).await.unwrap();
    let of =
        |target| naming.get(&name(target)).map(|found| found.iter().map(|one| one.report.id.0).collect());
    assert_eq!(of(1), Some((901..=1_000).rev().collect::<Vec<u128>>()));
    assert_eq!((of(3), of(4)), (Some(vec![2]), None), "one that many name leaves room for the others");
}
