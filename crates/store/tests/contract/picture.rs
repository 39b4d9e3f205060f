//! What people read: newest and as of then, page by page, kept to areas.

use crate::commits::letter;
use crate::fixture::*;
use domain::effect::{ConditionChange, Effect, Incident};
use domain::evidence::second_person::DeskRequest;
use domain::kind::{CheckReason, Handling, Horizon, Kind, Level, Outcome, Refused};
use domain::place::{Areas, Code};
use domain::report::{Body, Remark, RemarkKind, ReportId, ReportName, VerificationAct};
use domain::service_clock::ClockStep;
use domain::time::{HOUR, Time};
use store::{DeadLetterFilter, IncidentFilter, Range, ReportFilter, Store};

fn everywhen() -> Range {
    Range { from: Time(0), to: Time(i64::MAX) }
}

pub async fn the_newest_risk_and_the_one_as_of_then(home: &Home) {
    let store = home.open().await;
    let mut first = commit(0, 1);
    first.effects = vec![
        assessment(161_304, noon(1), 100),
        assessment(161_304, noon(2), 200),
        assessment(161_304, noon(2), 250), // two in one instant: the last counts
        assessment(161_303, noon(3), 300),
    ];
    store.commit(first).await.unwrap();
    let mut second = commit(1, 2);
    second.effects = vec![assessment(161_304, noon(4), 400)];
    store.commit(second).await.unwrap();
    let risks = async |as_of| -> Vec<(u32, u32)> {
        let rows = store.assessments(Kind::Disaster, Horizon::Week, &[], as_of).await.unwrap();
        rows.iter().map(|row| (row.code.0, row.risk_ppm)).collect()
    };
    assert_eq!(risks(None).await, [(161_303, 300), (161_304, 400)]);
    assert_eq!(risks(Some(noon(3))).await, [(161_303, 300), (161_304, 250)]);
    assert_eq!(risks(Some(noon(3).plus(-1))).await, [(161_304, 250)]);
    assert_eq!(risks(Some(noon(0))).await, []);
    assert_eq!(store.assessments(Kind::Disaster, Horizon::Month, &[], None).await.unwrap(), []);

    let range = Range { from: noon(2), to: noon(4) };
    let series = store.assessment_series(Code(161_304), Kind::Disaster, Horizon::Week, range).await.unwrap();
    assert_eq!(series.len(), 1);
    assert_eq!((series[0].model.as_str(), series[0].calibrated), ("disaster-7d", false));
    let shares: serde_json::Value = serde_json::from_str(&series[0].contributions).unwrap();
    assert_eq!((shares["intercept"].as_f64(), shares["count_3d"].as_f64()), (Some(-3.25), Some(0.1 + 0.2)));
    let named: serde_json::Value = serde_json::from_str(&series[0].features).unwrap();
    assert_eq!(
        named.as_object().unwrap().len(),
        domain::feature::COMMON,
        "what is 0 beyond these is not kept"
    );
}

pub async fn the_levels_of_the_conditions_are_those_that_stood_then(home: &Home) {
    let store = home.open().await;
    let emitted = |code, change, level, at| condition(code, change, level, at);
    let mut first = commit(0, 1);
    first.effects = vec![
        emitted(161_304, ConditionChange::Raised, Level::Siaga, noon(1)),
        emitted(161_304, ConditionChange::Changed, Level::Awas, noon(2)),
        emitted(161_304, ConditionChange::Stale, Level::Awas, noon(3)),
        emitted(161_303, ConditionChange::Raised, Level::Waspada, noon(2)),
    ];
    store.commit(first).await.unwrap();
    let mut second = commit(1, 2);
    second.effects = vec![emitted(161_304, ConditionChange::Cleared, Level::Low, noon(4))];
    (second.clock, second.last_tick) = (noon(5), noon(5).hour());
    store.commit(second).await.unwrap();
    let levels = async |at| -> Vec<(u32, Level)> {
        let levels = store.condition_levels(&[Code(161_300)], at).await.unwrap();
        levels.into_iter().map(|((code, _), level)| (code.0, level)).collect()
    };
    let (waspada, siaga, awas) = ((161_303, Level::Waspada), (161_304, Level::Siaga), (161_304, Level::Awas));
    assert_eq!(levels(noon(1).plus(-1)).await, []);
    assert_eq!(levels(noon(1)).await, [siaga]);
    assert_eq!(levels(noon(2)).await, [waspada, awas]);
    assert_eq!(levels(noon(4).plus(-1)).await, [waspada, awas], "a stale condition stands");
    assert_eq!(levels(noon(4)).await, [waspada]);
    assert!(
        store.condition_levels(&[Code(637_200)], noon(3)).await.unwrap().is_empty(),
        "of other places none"
    );

    // The clock was ahead: what was said then comes right before the instant it was set back to, in its order.
    let step = ClockStep { from: noon(5), to: noon(2).plus(HOUR) };
    let mut back = commit(2, 3);
    (back.registry_records, back.clock_step) = (1, Some(step));
    (back.clock, back.last_tick) = (step.to, step.to.hour());
    store.commit(back).await.unwrap();
    assert_eq!(levels(step.to.plus(-2)).await, [waspada, awas]);
    assert_eq!(levels(step.to).await, [waspada]);
    // What an earlier build said last is known from then on.
    run(home, "DELETE FROM condition_levels").await.unwrap();
    assert_eq!(levels(noon(2)).await, [waspada]);
    assert_eq!(levels(noon(2).plus(-1)).await, []);
}

/// Incidents and reports 1 to `count`, two at each instant, alternating between 16.13.04 and 63.72.01.
async fn fill(store: &Store, count: u128) {
    let mut commit = commit(0, count as i64 + 1);
    for id in 1..=count {
        let (code, at) = (if id % 2 == 0 { 161_304 } else { 637_201 }, noon(1).plus(id as i64 / 2));
        let mut row =
            report(id, Body::Statement(domain::report::Statement { occurred_at: at, ..statement() }));
        row.report.place.code = Code(code);
        commit.reports.push(row);
        commit.effects.push(Effect::Outcome {
            regency: Code(code).regency(),
            report: name(id),
            outcome: Outcome::Incident,
            incident: Some(name(id)),
        });
        commit.effects.push(Effect::Incident(incident(id, code, at)));
    }
    store.commit(commit).await.unwrap();
}

pub async fn lists_come_page_by_page(home: &Home) {
    let store = home.open().await;
    fill(&store, 25).await;
    let (mut incidents, mut reports) = (Vec::new(), Vec::new());
    let mut filter = IncidentFilter { limit: 4, ..IncidentFilter::default() };
    loop {
        let page = store.incidents(&filter).await.unwrap();
        incidents.extend(page.items.iter().map(|incident| incident.id.id.0));
        filter.cursor = page.next;
        if filter.cursor.is_none() {
            break;
        }
        assert_eq!(page.items.len(), 4);
    }
    let mut filter = ReportFilter { limit: 7, ..ReportFilter::default() };
    loop {
        let page = store.reports(&filter).await.unwrap();
        reports.extend(page.items.iter().map(|view| view.report.id.0));
        filter.cursor = page.next;
        if filter.cursor.is_none() {
            break;
        }
    }
    let expected: Vec<u128> = (1..=25).rev().collect();
    assert_eq!((incidents, reports), (expected.clone(), expected));
    let ids: Vec<ReportName> = (0..1_300).map(name).collect();
    let known = store.known_reports(&ids, Time(i64::MAX)).await.unwrap();
    assert!(
        known.keys().map(|key| key.id.id.0).collect::<std::collections::BTreeSet<_>>().into_iter().eq(1..=25)
    );
    assert!(store.known_reports(&[], Time(i64::MAX)).await.unwrap().is_empty());
    assert!(store.known_reports(&ids, Time(0)).await.unwrap().is_empty(), "received by then");
    let nonsense = IncidentFilter { cursor: Some(String::from("x'; --")), ..IncidentFilter::default() };
    assert_eq!(store.incidents(&nonsense).await.unwrap().items.len(), 25);
}

pub async fn denials_are_kept_with_their_incident_and_those_without_one_are_listed(home: &Home) {
    let store = home.open().await;
    fill(&store, 4).await;
    let denial = |id: u128| {
        let remark = Remark {
            what: RemarkKind::Denies,
            kind: statement().kind,
            category: None,
            occurred_at: noon(1).plus(id as i64),
            reliability: 0,
            credibility: 0,
            handling: Handling::Limited,
            about: None,
            supersedes: None,
        };
        report(id, Body::Remark(remark))
    };
    let mut next = commit(5, 10);
    next.reports = [11, 12, 13, 14].map(denial).into();
    let verified = Body::Verification {
        act: VerificationAct::Reject,
        reports: vec![name(13).into()],
        areas: Areas::everywhere(),
    };
    next.reports.push(report(15, verified));
    next.effects = vec![
        outcome(11, Outcome::Statement, Some(2)),
        outcome(12, Outcome::Statement, None),
        outcome(13, Outcome::Statement, None),
        outcome(14, Outcome::Retracted, None),
        outcome(15, Outcome::Verification, None),
        Effect::Incident(Incident {
            denials: 1,
            ended_at: Some(noon(2)),
            ..incident(2, 161_304, noon(1).plus(1))
        }),
    ];
    store.commit(next).await.unwrap();
    let kept = store.incident(Code(161_300), name(2)).await.unwrap().unwrap();
    assert_eq!((kept.denials, kept.ended_at, kept.is_disputed()), (1, Some(noon(2)), true));
    let beside = store.incident_reports(Code(161_300), name(2)).await.unwrap();
    let beside: Vec<u128> = beside.iter().map(|report| report.report.id.0).collect();
    assert_eq!(beside, [2, 11], "the denial stands beside what it denies");
    let ids = async |codes: &[u32], since| {
        let codes: Vec<Code> = codes.iter().map(|code| Code(*code)).collect();
        let found = store.unplaced_remarks(&codes, since, 10).await.unwrap();
        found.iter().map(|report| report.report.id.0).collect::<Vec<u128>>()
    };
    assert_eq!(ids(&[161_300], noon(1)).await, [12], "not the placed, the one set aside, the retracted");
    assert_eq!(ids(&[161_304], noon(1)).await, [12]);
    assert!(ids(&[637_200], noon(1)).await.is_empty());
    assert!(ids(&[161_300], noon(2)).await.is_empty());
}

pub async fn what_somebody_must_look_into_is_listed_until_it_is_settled(home: &Home) {
    let store = home.open().await;
    fill(&store, 4).await;
    let listed = async |codes: &[u32], since| {
        let codes: Vec<Code> = codes.iter().map(|code| Code(*code)).collect();
        let found = store.reports_to_check(&codes, since, 10).await.unwrap();
        found.iter().map(|report| report.report.id.0).collect::<Vec<u128>>()
    };
    let asked = |id, check| {
        Effect::Incident(Incident { check, speakers: 1, ..incident(id, 161_304, noon(1).plus(id as i64)) })
    };
    let mut next = commit(5, 6);
    next.effects = vec![asked(2, Some(CheckReason::Unjudged)), asked(4, Some(CheckReason::Community))];
    store.commit(next).await.unwrap();
    assert_eq!(listed(&[161_300], noon(1)).await, [4, 2], "the latest first");
    assert_eq!(listed(&[161_304], noon(1)).await, [4, 2]);
    assert!(listed(&[637_200], noon(1)).await.is_empty() && listed(&[161_300], noon(2)).await.is_empty());
    let kept = store.incident(Code(161_300), name(2)).await.unwrap().unwrap();
    assert_eq!((kept.check, kept.speakers), (Some(CheckReason::Unjudged), 1));
    let second = Some(DeskRequest { at: noon(3), verification: name(9) });
    let waits = Incident { awas_request: second, ..incident(2, 161_304, noon(1)) };
    let awaiting = async |codes: &[u32], since| {
        let codes: Vec<Code> = codes.iter().map(|code| Code(*code)).collect();
        let found = store.reports_awaiting_second(&codes, since, 10).await.unwrap();
        found.iter().map(|report| report.report.id.0).collect::<Vec<u128>>()
    };
    let mut settled = commit(6, 7);
    settled.effects = vec![Effect::Incident(waits)];
    store.commit(settled).await.unwrap();
    assert_eq!(listed(&[161_300], noon(1)).await, [4]);
    assert_eq!(awaiting(&[161_300], noon(2)).await, [2], "asked after that");
    let taken_back = Incident { take_back_request: second, ..incident(4, 161_304, noon(1)) };
    let mut more = commit(7, 8);
    more.effects =
        vec![Effect::Incident(taken_back), Effect::Incident(Incident { take_back_request: second, ..waits })];
    store.commit(more).await.unwrap();
    assert_eq!(awaiting(&[161_300], noon(2)).await, [2, 4], "each once, awas first");
    assert!(awaiting(&[161_300], noon(3)).await.is_empty() && awaiting(&[637_200], noon(2)).await.is_empty());
}

pub async fn areas_and_handling_are_kept(home: &Home) {
    let store = home.open().await;
    fill(&store, 10).await;
    let mut next = commit(11, 12);
    let secret = domain::report::Statement { handling: Handling::Confidential, ..statement() };
    next.reports = vec![report(11, Body::Statement(secret))];
    next.effects = vec![outcome(11, Outcome::Incident, Some(11))];
    store.commit(next).await.unwrap();
    let count = async |codes: &[u32], at_most| {
        let codes = codes.iter().map(|code| Code(*code)).collect();
        store.reports(&ReportFilter { codes, at_most, ..ReportFilter::default() }).await.unwrap().items.len()
    };
    assert_eq!(count(&[], None).await, 11);
    assert_eq!(count(&[], Some(Handling::Limited)).await, 10);
    assert_eq!(count(&[161_300], None).await, 6);
    assert_eq!(count(&[161_304], Some(Handling::Open)).await, 5);
    assert_eq!(count(&[161_303], None).await, 0);
    assert_eq!(count(&[161_303, 637_200], None).await, 5);
    assert_eq!(count(&[161_304, 637_200], None).await, 11);
    let by = |feed: &str, kind| ReportFilter {
        feed: Some(feed.into()),
        kind: Some(kind),
        ..ReportFilter::default()
    };
    assert_eq!(store.reports(&by("desa", Kind::Disaster)).await.unwrap().items.len(), 11);
    assert_eq!(store.reports(&by("desa", Kind::ResidentCompany)).await.unwrap().items.len(), 0);
    assert_eq!(store.reports(&by("lain", Kind::Disaster)).await.unwrap().items.len(), 0);
    let merged = ReportFilter { outcome: Some(Outcome::Merged), ..ReportFilter::default() };
    assert_eq!(store.reports(&merged).await.unwrap().items.len(), 0);
}

pub async fn zero_reports_cover_until_retracted(home: &Home) {
    let store = home.open().await;
    let mut first = commit(0, 2);
    first.reports = vec![report(1, Body::Nothing { from: noon(1), to: noon(8) })];
    first.effects = vec![outcome(1, Outcome::ZeroReport, None)];
    store.commit(first).await.unwrap();
    let found = async |code: u32, from, to| {
        let range = Range { from: noon(from), to: noon(to) };
        store.zero_reports(&[Code(code)], range).await.unwrap().len()
    };
    assert_eq!(found(161_304, 2, 3).await, 1);
    assert_eq!(found(161_300, 7, 30).await, 1);
    assert_eq!(found(161_304, 8, 30).await, 0);
    assert_eq!(found(161_303, 2, 3).await, 0);
    assert_eq!(store.zero_reports(&[], everywhen()).await.unwrap()[0].place.village, 2003);
    let mut second = commit(2, 3);
    second.reports = vec![report(2, Body::Retraction { target: ReportId(1) })];
    second.effects = vec![outcome(1, Outcome::Retracted, None), outcome(2, Outcome::Retracted, None)];
    store.commit(second).await.unwrap();
    assert_eq!(found(161_304, 2, 3).await, 0);
}

pub async fn feeds_are_heard(home: &Home) {
    let store = home.open().await;
    let mut first = commit(0, 3);
    let late = store::ReportRow { late: true, ..report(2, Body::Statement(statement())) };
    first.reports = vec![late, report(1, Body::Statement(statement()))];
    first.dead_letters = vec![store::DeadLetter { feed_name: String::from("polsek"), ..letter(0) }];
    store.commit(first).await.unwrap();
    let heard = store.heard().await.unwrap();
    assert_eq!(heard.len(), 2);
    assert_eq!(
        (heard[0].feed.as_str(), heard[0].reports, heard[0].received_at),
        ("desa", 2, Some(noon(2).plus(2)))
    );
    let (first, last) = (heard[0].first_at.unwrap(), heard[0].reported_at.unwrap());
    assert_eq!(heard[0].usual(), Some(last.since(first)), "two reports, one gap");
    assert_eq!((heard[1].feed.as_str(), heard[1].dead_letters, heard[1].received_at), ("polsek", 1, None));
    assert_eq!((heard[1].first_at, heard[1].usual()), (None, None), "dead letters are no word");
    assert_eq!(store.balance().await.unwrap().late, 1);
}

pub async fn dead_letters_are_sealed(home: &Home) {
    let store = home.open().await;
    let mut first = commit(0, 6);
    first.clock = Time::MIN;
    first.dead_letters = (0..6).map(letter).collect();
    first.dead_letters[5].reason = Refused::Future;
    store.commit(first).await.unwrap();
    assert_eq!(store.recover(0).await.unwrap().unwrap().next_offset, 6, "a start goes on after them");
    let mut filter =
        DeadLetterFilter { reason: Some(Refused::Json), limit: 2, ..DeadLetterFilter::default() };
    let mut offsets = Vec::new();
    loop {
        let page = store.dead_letters(&filter).await.unwrap();
        assert!(!format!("{page:?}").contains("rahasia"));
        offsets.extend(page.items.iter().map(|letter| letter.log_offset));
        filter.cursor = page.next;
        if filter.cursor.is_none() {
            break;
        }
    }
    assert_eq!(offsets, [4, 3, 2, 1, 0]);
    let (header, bytes) = store.dead_letter(0, 5).await.unwrap().unwrap();
    assert_eq!((header.reason, header.size, bytes.as_slice()), (Refused::Future, 9, &b"{\"rahasia"[..]));
    assert!(store.dead_letter(0, 6).await.unwrap().is_none());
    let balance = store.balance().await.unwrap();
    assert!(balance.dead_letters.contains(&(Refused::Json, 5)) && balance.records() == 6);
}
