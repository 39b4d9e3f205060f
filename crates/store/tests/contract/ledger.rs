//! The ledger: frozen, resolved, corrected; the same ledger however commits are cut.

use crate::fixture::{
    Home, assessment, commit, condition, incident, name, noon, outcome, report, run, statement,
};
use domain::alert::{Act, AlertOutcome};
use domain::author::StampedAuthor;
use domain::effect::{ConditionChange, Effect, Incident, Verdict};
use domain::evidence::attestation::Attested;
use domain::kind::{Kind, Level, Outcome};
use domain::place::Code;
use domain::report::Body;
use domain::time::Hour;
use std::sync::Arc;
use store::{
    Actor, Check, CheckResult, Commit, DriftEpisode, ForecastOutcome, LedgerPolicy, LedgerRow,
    PartitionCommit, Store,
};

/// Monday 5 January 2026, as days since 1970: `noon(5)` lies in it.
const MONDAY: i64 = 20_458;
const HERE: u32 = 161_304;

fn policy() -> Arc<LedgerPolicy> {
    Arc::new(LedgerPolicy {
        min_severity: 3,
        grace_days: 2,
        unverified_counts: false,
        low_ppm: 500_000,
        sample: 1,
        seed: 3,
    })
}

/// A commit that ends with the tick at midnight of a day of January 2026.
fn midnight(from: i64, day: i64, effects: Vec<Effect>) -> Commit {
    let hour = Hour(((MONDAY - 5 + day) * 24) as i32);
    Commit { clock: hour.start(), last_tick: hour, effects, ledger: Some(policy()), ..commit(from, from) }
}

fn serious(id: u128, day: i64) -> Incident {
    Incident { attested: Attested::default(), speakers: 1, ..incident(id, HERE, noon(day)) }
}

/// Forecasts emitted on 3 January (and 4 January elsewhere), with the clock at 4 January.
async fn begun(home: &Home) -> Store {
    let store = home.open().await;
    let emitted = vec![assessment(HERE, noon(3), 200_000), assessment(161_301, noon(3), 20_000)];
    store.commit(midnight(0, 4, emitted)).await.expect("begun");
    store
}

async fn forecast(store: &Store, code: u32, day: i64) -> Option<LedgerRow> {
    let rows = store.ledger(&[Code(code)], 0).await.expect("the ledger");
    rows.into_iter().find(|row| row.day == MONDAY - 5 + day)
}

pub async fn a_day_is_frozen_and_resolved_when_its_time_has_passed(home: &Home) {
    let store = begun(home).await;
    let emitted = vec![assessment(HERE, noon(5), 900_000), Effect::Incident(incident(7, HERE, noon(8)))];
    store.commit(midnight(0, 6, emitted)).await.expect("a day passed");
    let row = forecast(&store, HERE, 5).await.expect("frozen");
    assert_eq!(
        (row.risk_ppm, row.outcome),
        (200_000, None),
        "what stood when the day began, not what came after"
    );
    store.commit(midnight(0, 13, vec![])).await.expect("the horizon passed");
    assert_eq!(
        forecast(&store, HERE, 5).await.expect("frozen").outcome,
        None,
        "late reports have their grace"
    );
    store.commit(midnight(0, 14, vec![])).await.expect("the grace passed");
    assert_eq!(forecast(&store, HERE, 5).await.expect("frozen").outcome, Some(ForecastOutcome::Happened));
    assert_eq!(forecast(&store, 161_301, 5).await.expect("frozen").outcome, Some(ForecastOutcome::DidNot));
    let means = store.input_means(0).await.expect("inputs");
    let mean = means.iter().find(|mean| mean.day == MONDAY && mean.name == "count_3d").expect("a mean");
    assert!((mean.mean - 0.3).abs() < 1e-6, "{mean:?}");
}

pub async fn the_ledger_does_not_depend_on_where_commits_are_cut(home: &Home) {
    let emitted = vec![
        assessment(HERE, noon(3), 200_000),
        assessment(HERE, noon(5), 300_000),
        Effect::Incident(incident(7, HERE, noon(9))),
        assessment(HERE, noon(9), 400_000),
    ];
    let store = home.open().await;
    store.commit(midnight(0, 20, emitted.clone())).await.expect("all at once");
    let whole = store.ledger(&[], 0).await.expect("the ledger");
    let other = crate::fixture::sqlite();
    let store = other.open().await;
    store.commit(midnight(0, 2, vec![])).await.expect("begun");
    for (day, effect) in [4, 6, 10, 11].into_iter().zip(emitted) {
        store.commit(midnight(0, day, vec![effect])).await.expect("one by one");
    }
    for day in 12..=20 {
        store.commit(midnight(0, day, vec![])).await.expect("day by day");
    }
    assert_eq!(store.ledger(&[], 0).await.expect("the ledger"), whole);
    assert_eq!(
        whole.iter().map(|row| row.outcome).collect::<Vec<_>>(),
        [Some(ForecastOutcome::Happened), None, None]
    );
}

pub async fn partitions_keep_the_ledger_of_one(home: &Home) {
    const THERE: u32 = 637_201;
    let of = |code: u32, id: u128| {
        vec![
            assessment(code, noon(3), 200_000 + code),
            Effect::Incident(incident(id, code, noon(9))),
            assessment(code, noon(8), 400_000),
        ]
    };
    let alone = crate::fixture::sqlite();
    let alone = alone.open().await;
    let emitted = [of(HERE, 7), of(THERE, 8)].concat();
    alone.commit(midnight(0, 5, emitted)).await.expect("begun");
    alone.commit(midnight(0, 9, vec![])).await.expect("days passed");
    alone.commit(midnight(0, 14, vec![])).await.expect("days passed");
    alone
        .commit(midnight(0, 20, vec![Effect::IncidentGone { regency: Code(637_200), id: name(8) }]))
        .await
        .expect("days passed");

    let store = home.open().await;
    for (partition, regency, code, id) in [(0, 161_300, HERE, 7), (5, 637_200, THERE, 8)] {
        let epoch = store.claim(partition).await.expect("claimed").epoch;
        let gone = if code == THERE {
            vec![Effect::IncidentGone { regency: Code(637_200), id: name(8) }]
        } else {
            vec![]
        };
        let (mut number, mut ticked) = (0, Hour(0));
        for (day, effects) in [(5, of(code, id)), (9, vec![]), (14, vec![]), (20, gone)] {
            let whole = midnight(0, day, effects);
            let partition_commit = Some(PartitionCommit {
                epoch,
                number,
                complete_to: whole.last_tick,
                ticked,
                published: noon(1),
                origins: vec![],
                borders: vec![],
                regencies: vec![Code(regency)],
            });
            (number, ticked) = (number + 1, whole.last_tick);
            store
                .commit(Commit { partition, partition_commit, ..whole })
                .await
                .expect("one partition's days");
        }
    }
    let (one, several) =
        (alone.ledger(&[], 0).await.expect("read"), store.ledger(&[], 0).await.expect("read"));
    assert!(one.len() >= 4, "{one:?}");
    assert_eq!(one, several);
    assert_eq!(alone.samples(&[], 0).await.expect("read"), store.samples(&[], 0).await.expect("read"));
    let (one, several) =
        (alone.input_means(0).await.expect("read"), store.input_means(0).await.expect("read"));
    let near = one
        .iter()
        .zip(&several)
        .all(|(a, b)| (&a.name, a.day) == (&b.name, b.day) && (a.mean - b.mean).abs() < 2e-6);
    assert!(near && one.len() == several.len() && !one.is_empty(), "{one:?} {several:?}");
}

pub async fn a_late_verification_corrects_and_keeps_the_original(home: &Home) {
    let store = begun(home).await;
    store.commit(midnight(0, 14, vec![])).await.expect("resolved");
    assert_eq!(forecast(&store, HERE, 5).await.expect("frozen").outcome, Some(ForecastOutcome::DidNot));
    let mut late = report(1, Body::Statement(statement()));
    late.offset = 0;
    let emitted = vec![outcome(1, Outcome::Incident, Some(1)), Effect::Incident(serious(1, 8))];
    let batch = Commit { next_offset: 1, reports: vec![late], ..midnight(0, 16, emitted) };
    store.commit(batch).await.expect("a late report");
    let row = forecast(&store, HERE, 5).await.expect("frozen");
    assert_eq!(
        (row.outcome, row.corrections),
        (Some(ForecastOutcome::SingleSource), 1),
        "emitted by one side, verified by nobody"
    );
    let ids = [name(1)];
    store.verifier_saw(&ids, ("sari", true), noon(16)).await.expect("noted");
    let confirmed = Incident { verdict: Verdict::Confirmed, ..serious(1, 8) };
    let batch = Commit { next_offset: 1, ..midnight(1, 18, vec![Effect::Incident(confirmed)]) };
    store.commit(batch).await.expect("verified");
    let row = forecast(&store, HERE, 5).await.expect("frozen");
    assert_eq!((row.outcome, row.corrections, row.saw), (Some(ForecastOutcome::Happened), 2, Some(true)));
    let batch = Commit {
        next_offset: 1,
        ..midnight(1, 20, vec![Effect::IncidentGone { regency: Code(161_300), id: name(1) }])
    };
    store.commit(batch).await.expect("gone");
    assert_eq!(forecast(&store, HERE, 5).await.expect("frozen").outcome, Some(ForecastOutcome::DidNot));
    assert_eq!(
        home.count("ledger_outcomes WHERE day = 20458 AND code = 161304").await,
        4,
        "every word is kept"
    );
}

pub async fn averted_silent_and_unverified_are_distinguished(home: &Home) {
    let store = home.open().await;
    let silent = match assessment(161_301, noon(3), 20_000) {
        Effect::Assessment(emitted) => {
            Effect::Assessment(domain::effect::Assessment { completeness_ppm: 100_000, ..emitted })
        }
        other => other,
    };
    let emitted = vec![assessment(HERE, noon(3), 200_000), silent, assessment(161_302, noon(3), 20_000)];
    store.commit(midnight(0, 4, emitted)).await.expect("begun");
    let raised = vec![
        condition(HERE, ConditionChange::Raised, Level::Siaga, noon(6)),
        Effect::Incident(Incident { attested: Attested::default(), ..incident(9, 161_302, noon(7)) }),
        Effect::Incident(Incident { patrol: true, ..incident(10, 161_301, noon(7)) }),
        Effect::Incident(Incident { counted_severity: 2, ..incident(11, HERE, noon(7)) }),
    ];
    store.commit(midnight(0, 8, raised)).await.expect("an alert");
    let by = Actor { name: "sari", reason: "portal dibuka", at: noon(9) };
    let id = store.alerts(&store::AlertFilter::default()).await.expect("alerts").items[0].id.clone();
    store.act(&id, Act::Acknowledge, 1, by).await.expect("done").expect("there").expect("allowed");
    let averted = Act::Resolve { outcome: AlertOutcome::Averted, by: StampedAuthor::of_desk("sari", "3201") };
    store.act(&id, averted, 2, by).await.expect("done").expect("there").expect("allowed");
    let averted = Act::Resolve { outcome: AlertOutcome::Averted, by: StampedAuthor::of_desk("budi", "3202") };
    store.act(&id, averted, 3, by).await.expect("done").expect("there").expect("allowed");
    store.commit(midnight(0, 14, vec![])).await.expect("resolved");
    let standing = |code| forecast(&store, code, 5);
    assert_eq!(standing(HERE).await.expect("frozen").outcome, Some(ForecastOutcome::Averted));
    assert_eq!(
        standing(161_301).await.expect("frozen").outcome,
        Some(ForecastOutcome::Void),
        "silent, and patrols do not count"
    );
    let one_source = standing(161_302).await.expect("frozen").outcome;
    assert_eq!(one_source, Some(ForecastOutcome::SingleSource), "nobody verified it");
    let weeks = store.ledger_weeks(0).await.expect("sums");
    let counted =
        |outcome| weeks.iter().filter(|week| week.outcome == outcome).map(|week| week.forecasts).sum::<u32>();
    assert_eq!([ForecastOutcome::Averted, ForecastOutcome::SingleSource].map(counted), [1, 1], "{weeks:?}");
    let days = store.incident_days(&[Code(161_300)], MONDAY - 5).await.expect("incidents");
    let of = |code: u32| days.iter().filter(|day| day.code == Code(code)).map(|day| day.count).sum::<u32>();
    assert_eq!((of(161_302), of(161_301)), (1, 0), "what patrols alone found does not count");
    let record = store.alert_record(&[Code(161_300)], 0).await.expect("a record");
    assert_eq!((record.averted, record.confirmed, record.false_alarms), (1, 0, 0));
}

pub async fn quiet_districts_are_drawn_and_their_answers_decide(home: &Home) {
    let store = home.open().await;
    let low = |code: u32| match assessment(code, noon(3), 20_000) {
        Effect::Assessment(emitted) => {
            Effect::Assessment(domain::effect::Assessment { level: Level::Low, ..emitted })
        }
        other => other,
    };
    let emitted = vec![assessment(HERE, noon(3), 200_000), low(161_301), low(161_302)];
    store.commit(midnight(0, 4, emitted)).await.expect("begun");
    store.commit(midnight(0, 12, vec![])).await.expect("the next Monday");
    let drawn = store.samples(&[Code(161_300)], 0).await.expect("a sample");
    assert_eq!(drawn.len(), 1, "one a regency and week");
    let quiet = store.quiet_districts(&[Code(161_300)], MONDAY).await.expect("counted");
    // The second is the draw of the Monday after, which was not made yet.
    let quiet: Vec<(i64, usize)> = quiet.iter().map(|one| (one.week, one.districts)).collect();
    assert_eq!(quiet, [(MONDAY + 7, 2), (MONDAY + 14, 2)]);
    let (week, code) = (drawn[0].week, drawn[0].code);
    assert_eq!(week, MONDAY + 7);
    assert!([Code(161_301), Code(161_302)].contains(&code), "a district at waspada is not quiet: {code}");
    let check = Check {
        week,
        code,
        at: noon(12),
        who: "sari".into(),
        result: CheckResult::Happened,
        kinds: vec![Kind::Disaster],
        saw: false,
    };
    assert!(store.check_sample(&check).await.expect("kept"));
    let other = Check { code: Code(HERE), ..check.clone() };
    assert!(!store.check_sample(&other).await.expect("refused"), "not drawn");
    store.commit(midnight(0, 14, vec![])).await.expect("resolved");
    let row = forecast(&store, code.0, 5).await.expect("frozen");
    assert_eq!((row.outcome, row.checked, row.saw), (Some(ForecastOutcome::Happened), true, Some(false)));
    let answer = Check { result: CheckResult::None, kinds: vec![], at: noon(15), ..check.clone() };
    assert!(store.check_sample(&answer).await.expect("kept"));
    store.commit(midnight(0, 16, vec![])).await.expect("corrected");
    let row = forecast(&store, code.0, 5).await.expect("frozen");
    assert_eq!((row.outcome, row.checked, row.corrections), (Some(ForecastOutcome::DidNot), true, 1));
    assert_eq!(store.samples(&[], week).await.expect("a sample")[0].check, Some(answer));
    assert_eq!(home.count("sample_checks").await, 2, "the first answer is kept");
}

pub async fn what_is_written_stays_written(home: &Home) {
    let store = begun(home).await;
    store.commit(midnight(0, 14, vec![])).await.expect("resolved");
    for statement in [
        "UPDATE ledger SET risk_ppm = 1",
        "DELETE FROM ledger",
        "UPDATE ledger_outcomes SET outcome = 'happened'",
        "DELETE FROM ledger_outcomes",
    ] {
        assert!(run(home, statement).await.is_err(), "{statement}");
    }
    assert_eq!(store.ledger_day().await.expect("a day"), Some(MONDAY + 9));
}

pub async fn an_episode_of_drift_is_new_once_and_lasts_until_nothing_strayed_for_four_weeks(home: &Home) {
    let store = home.open().await;
    assert_eq!(store.note_drift(100, false).await.expect("noted"), None);
    let began = store.note_drift(107, true).await.expect("noted");
    assert_eq!(began, Some(DriftEpisode { since: 107, new: true }));
    let again = home.open().await;
    for (day, strays) in [(107, true), (114, false), (121, true), (149, false)] {
        let known = Some(DriftEpisode { since: 107, new: false });
        assert_eq!(again.note_drift(day, strays).await.expect("noted"), known, "{day}");
        assert_eq!(store.drift_since(day).await.expect("read"), Some(107), "{day}");
    }
    assert_eq!(store.drift_since(156).await.expect("read"), None, "over");
    assert_eq!(store.note_drift(156, false).await.expect("noted"), None);
    let next = store.note_drift(163, true).await.expect("noted");
    assert_eq!(next, Some(DriftEpisode { since: 163, new: true }));
}
