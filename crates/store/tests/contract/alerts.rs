//! Conditions become alerts in the commit; people act on them; the history holds.

use crate::fixture::*;
use domain::alert::{Act, ActRefusal, Alert, AlertOutcome, State};
use domain::author::StampedAuthor;
use domain::effect::{ConditionChange, Effect, Incident};
use domain::evidence::attestation::Extent;
use domain::evidence::second_person::DeskRequest;
use domain::kind::{FeedClass, Level, Outcome};
use domain::place::Code;
use domain::report::{Body, ReportName};
use domain::time::{DAY, HOUR, Time};
use store::{Actor, AlertChangeKind, AlertFilter, OutboxItem, ReportRow, Store};

pub async fn emit(store: &Store, effects: Vec<Effect>) -> Vec<(String, AlertChangeKind)> {
    let from = store.recover(0).await.unwrap().map_or(0, |progress| progress.next_offset);
    let mut commit = commit(from, from + 1);
    commit.effects = effects;
    let committed = store.commit(commit).await.unwrap();
    committed.alerts.into_iter().map(|change| (change.alert.id, change.change)).collect()
}

/// A report that is an incident of its own, and what else the commit says.
pub async fn emit_reported(
    store: &Store,
    own: Incident,
    more: Vec<Effect>,
) -> Vec<(String, AlertChangeKind)> {
    let from = store.recover(0).await.unwrap().map_or(0, |progress| progress.next_offset);
    let number = own.id.id.0;
    let mut commit = commit(from, from + 1);
    let row = report(number, Body::Statement(statement()));
    commit.reports = vec![ReportRow { offset: from, ..row }];
    commit.effects = vec![outcome(number, Outcome::Incident, Some(number)), Effect::Incident(own)];
    commit.effects.extend(more);
    let committed = store.commit(commit).await.unwrap();
    committed.alerts.into_iter().map(|change| (change.alert.id, change.change)).collect()
}

async fn act(store: &Store, id: &str, act: Act, seen: u32) -> Result<Alert, ActRefusal> {
    let by = Actor { name: "budi", reason: "sudah dicek", at: noon(3) };
    store.act(id, act, seen, by).await.unwrap().expect("the alert is there")
}

fn averted() -> Act {
    Act::Resolve { outcome: AlertOutcome::Averted, by: StampedAuthor::of_desk("budi", "3202") }
}

/// Sari asks to take it back and budi agrees.
pub async fn withdrawn_by_two(store: &Store, id: &str, seen: u32) {
    for (name, seen) in [("sari", seen), ("budi", seen + 1)] {
        let act = Act::Withdraw { by: StampedAuthor::of_desk(name, name) };
        let by = Actor { name, reason: "sudah dicek", at: noon(3) };
        store.act(id, act, seen, by).await.unwrap().expect("the alert is there").unwrap();
    }
}

async fn all(store: &Store) -> Vec<Alert> {
    store.alerts(&AlertFilter::default()).await.unwrap().items
}

pub async fn a_raised_condition_opens_one_alert_and_follows_it(home: &Home) {
    let store = home.open().await;
    let id = String::from("16.13-2026-0001");
    let raised = condition(161_304, ConditionChange::Raised, Level::Waspada, noon(1));
    assert_eq!(emit(&store, vec![raised]).await, [(id.clone(), AlertChangeKind::Opened)]);
    let risen = condition(161_304, ConditionChange::Changed, Level::Awas, noon(2));
    let cleared = condition(161_304, ConditionChange::Cleared, Level::Low, noon(3));
    let again = condition(161_304, ConditionChange::Raised, Level::Siaga, noon(4));
    let changes = emit(&store, vec![risen, cleared, again]).await;
    assert_eq!(
        changes,
        [
            (id.clone(), AlertChangeKind::Risen),
            (id.clone(), AlertChangeKind::Cleared),
            (id.clone(), AlertChangeKind::Returned)
        ]
    );
    let detail = store.alert(&id).await.unwrap().unwrap();
    assert_eq!((detail.alert.level, detail.alert.version, detail.alert.cleared_at), (Level::Siaga, 4, None));
    assert_eq!(detail.history.len(), 4);
    assert!(detail.history[0].content.contains("\"rule\":\"banjir-2\""), "{}", detail.history[0].content);
    let withdrawn = condition(161_304, ConditionChange::Withdrawn, Level::Low, noon(5));
    assert_eq!(emit(&store, vec![withdrawn]).await, [(id, AlertChangeKind::Withdrawn)]);
    let alert = &all(&store).await[0];
    assert_eq!((alert.state, alert.outcome), (State::Withdrawn, Some(AlertOutcome::Void)));
    assert!(store.live_alert(Code(161_304), domain::kind::Kind::Disaster).await.unwrap().is_none());
    assert_eq!(store.verify_histories().await.unwrap(), (1, vec![]));
}

pub async fn numbers_begin_again_at_the_places_own_midnight(home: &Home) {
    let store = home.open().await;
    // 16.30 UTC of 31 December: 23.30 WIB, and 00.30 WITA and 01.30 WIT of the new year.
    let at = noon(365).plus(4 * HOUR + HOUR / 2);
    let raised = |code| condition(code, ConditionChange::Raised, Level::Siaga, at);
    let opened = emit(&store, vec![raised(161_304), raised(637_201), raised(917_101)]).await;
    let numbers: Vec<&str> = opened.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(numbers, ["16.13-2026-0001", "63.72-2027-0001", "91.71-2027-0001"]);
}

pub async fn a_grave_incident_and_a_dispute_are_lines_of_the_open_alert(home: &Home) {
    let store = home.open().await;
    let id = String::from("16.13-2026-0001");
    let grave = |id: u128, counted_severity| {
        Effect::Incident(Incident { counted_severity, ..incident(id, 161_304, noon(1)) })
    };
    let disputed = |id: u128| Effect::Incident(Incident { denials: 1, ..incident(id, 161_304, noon(1)) });
    let raised = condition(161_304, ConditionChange::Raised, Level::Waspada, noon(1));
    assert_eq!(emit(&store, vec![grave(1, 3), raised]).await.len(), 1, "what raised it is no news in it");
    assert_eq!(emit(&store, vec![grave(2, 2)]).await, []);
    assert_eq!(emit(&store, vec![grave(2, 3)]).await, [(id.clone(), AlertChangeKind::NewIncident)]);
    assert_eq!(emit(&store, vec![grave(2, 5)]).await, []);
    assert_eq!(emit(&store, vec![disputed(2)]).await, [(id.clone(), AlertChangeKind::Disputed)]);
    // An earlier report gives the incident another name: it is the one that everybody heard of.
    let outcome = |report| Effect::Outcome {
        regency: Code(161_300),
        report: name(report),
        outcome: Outcome::Merged,
        incident: Some(name(7)),
    };
    let gone = Effect::IncidentGone { regency: Code(161_300), id: name(1) };
    assert_eq!(emit(&store, vec![outcome(1), gone, grave(7, 4)]).await, []);
    assert_eq!(emit(&store, vec![grave(8, 4)]).await.len(), 1);
    let lines = store.alert(&id).await.unwrap().unwrap().history;
    let acts: Vec<&str> = lines.iter().map(|line| line.act.as_str()).collect();
    assert_eq!(acts, ["raised", "new_incident", "dispute", "new_incident"]);
    let named = format!("\"evidence\":[\"{}\"]", name(8));
    assert!(lines[3].content.contains(&named), "{}", lines[3].content);
    assert_eq!(store.verify_histories().await.unwrap(), (1, vec![]));
}

pub async fn what_stands_only_on_the_way_to_what_a_record_made_is_no_news(home: &Home) {
    let store = home.open().await;
    emit(&store, vec![condition(161_304, ConditionChange::Raised, Level::Siaga, noon(1))]).await;
    let grave =
        |id: u128| Effect::Incident(Incident { counted_severity: 4, ..incident(id, 161_304, noon(1)) });
    let gone = |id: u128| Effect::IncidentGone { regency: Code(161_300), id: name(id) };
    assert_eq!(emit(&store, vec![grave(7)]).await.len(), 1);
    // A confirmation takes the incident's reports apart and puts them together again.
    assert_eq!(emit(&store, vec![grave(9), grave(7), gone(9), grave(7)]).await, []);
    // What came with a record of its own stood, also where the next one of the same commit ends it.
    let outcome = |id: u128, incident: u128| Effect::Outcome {
        regency: Code(161_300),
        report: name(id),
        outcome: Outcome::Incident,
        incident: Some(name(incident)),
    };
    let from = store.recover(0).await.unwrap().unwrap().next_offset;
    let mut two = commit(from, from + 2);
    for (id, offset) in [(11, from), (12, from + 1)] {
        let mut row = report(id, Body::Statement(statement()));
        row.offset = offset;
        two.reports.push(row);
    }
    two.effects = vec![outcome(11, 11), grave(11), outcome(12, 7), outcome(11, 7), gone(11)];
    assert_eq!(store.commit(two).await.unwrap().alerts.len(), 1);
}

pub async fn numbers_are_never_used_again(home: &Home) {
    let store = home.open().await;
    let midnight = Time(1_767_225_600_000_000); // 2026 begins in UTC
    let raised = |code, at| condition(code, ConditionChange::Raised, Level::Siaga, at);
    let gone = |code, at| condition(code, ConditionChange::Withdrawn, Level::Low, at);
    let mut changes =
        emit(&store, vec![raised(161_304, midnight.plus(-7 * HOUR)), raised(161_303, midnight)]).await;
    changes.extend(
        emit(
            &store,
            vec![raised(161_302, midnight.plus(-7 * HOUR - 1)), raised(637_201, midnight.plus(-8 * HOUR))],
        )
        .await,
    );
    changes.extend(emit(&store, vec![gone(161_304, midnight), raised(161_304, midnight)]).await);
    let ids: Vec<&str> = changes.iter().map(|(id, _)| id.as_str()).collect();
    let expected = [
        "16.13-2026-0001",
        "16.13-2026-0002", // a year begins at local midnight
        "16.13-2025-0001",
        "63.72-2026-0001", // an hour earlier still in 63.72 (WITA)
        "16.13-2026-0001",
        "16.13-2026-0003",
    ];
    assert_eq!(ids, expected);
}

pub async fn two_people_cannot_both_win(home: &Home) {
    let store = home.open().await;
    let id = emit(&store, vec![condition(161_304, ConditionChange::Raised, Level::Siaga, noon(1))]).await[0]
        .0
        .clone();
    let after = act(&store, &id, Act::Acknowledge, 1).await.unwrap();
    assert_eq!((after.state, after.version), (State::Acknowledged, 2));
    assert_eq!(act(&store, &id, Act::Respond, 1).await, Err(ActRefusal::Version { seen: 1, now: 2 }));
    let assigned = act(&store, &id, Act::Assign { to: String::from("siti") }, 2).await.unwrap();
    assert_eq!(assigned.assignee.as_deref(), Some("siti"));
    let asked = act(&store, &id, averted(), 3).await.unwrap();
    assert!(asked.state.is_live(), "it stands at siaga, so a second person agrees");
    let outcome = AlertOutcome::Averted;
    let agreed = Act::Resolve { outcome, by: StampedAuthor::of_desk("sari", "3201") };
    let resolved = act(&store, &id, agreed, 4).await.unwrap();
    assert!(!resolved.state.is_live());
    assert!(matches!(act(&store, &id, Act::Respond, 5).await, Err(ActRefusal::State { .. })));
    let detail = store.alert(&id).await.unwrap().unwrap();
    let lines: Vec<(&str, &str)> =
        detail.history.iter().map(|line| (line.actor.as_str(), line.act.as_str())).collect();
    assert_eq!(
        lines,
        [
            ("kentongan", "raised"),
            ("budi", "acknowledge"),
            ("budi", "assign"),
            ("budi", "withdraw_requested"),
            ("budi", "resolve")
        ]
    );
    let by = Actor { name: "budi", reason: "", at: noon(3) };
    assert!(store.act("16.13-2026-9999", Act::Acknowledge, 1, by).await.unwrap().is_none());
}

pub async fn two_processes_cannot_lose_an_act(home: &Home) {
    let (one, two) = (home.open().await, home.open().await);
    let id = emit(&one, vec![condition(161_304, ConditionChange::Raised, Level::Siaga, noon(1))]).await[0]
        .0
        .clone();
    for seen in 1..6 {
        let to = |name: &str| Act::Assign { to: String::from(name) };
        let by = |name| Actor { name, reason: "", at: noon(3) };
        let (a, b) = tokio::join!(one.act(&id, to("a"), seen, by("a")), two.act(&id, to("b"), seen, by("b")));
        let (mut won, mut refused) = (0, 0);
        for act in [a, b] {
            match act.unwrap().unwrap() {
                Ok(alert) => won += usize::from(alert.version == seen + 1),
                Err(refusal) => {
                    refused += usize::from(refusal == ActRefusal::Version { seen, now: seen + 1 })
                }
            }
        }
        assert_eq!((won, refused), (1, 1), "version {seen}");
    }
    assert_eq!(one.verify_histories().await.unwrap(), (1, vec![]));
}

pub async fn an_ended_alert_opens_again_only_when_it_rises(home: &Home) {
    let store = home.open().await;
    let id = emit(&store, vec![condition(161_304, ConditionChange::Raised, Level::Waspada, noon(1))]).await
        [0]
    .0
    .clone();
    act(&store, &id, Act::Acknowledge, 1).await.unwrap();
    act(&store, &id, averted(), 2).await.unwrap();
    let say_one = async |change, level| emit(&store, vec![condition(161_304, change, level, noon(2))]).await;
    assert_eq!(say_one(ConditionChange::Changed, Level::Waspada).await, []);
    assert_eq!(say_one(ConditionChange::Stale, Level::Waspada).await, []);
    let risen = say_one(ConditionChange::Changed, Level::Siaga).await;
    assert_eq!(risen, [(String::from("16.13-2026-0002"), AlertChangeKind::Opened)]);
    let live = AlertFilter { live: true, ..AlertFilter::default() };
    assert_eq!(store.alerts(&live).await.unwrap().items.len(), 1);
    let counts = store.alert_counts().await.unwrap();
    assert_eq!((counts.len(), counts[0].level, counts[0].count), (1, Level::Siaga, 1));
}

pub async fn a_report_that_joins_a_known_incident_is_no_news(home: &Home) {
    let store = home.open().await;
    let grave = |id: u128| Effect::Incident(incident(id, 161_304, noon(1)));
    let gone = |id: u128| Effect::IncidentGone { regency: Code(161_300), id: name(id) };
    let raised = condition(161_304, ConditionChange::Raised, Level::Waspada, noon(1));
    emit(&store, vec![grave(1), raised]).await;
    // While a record regroups reports, the incident takes another name, comes apart and comes back.
    let apart = Effect::Incident(Incident { counted_severity: 1, ..incident(1, 161_304, noon(1)) });
    let merged = outcome(2, Outcome::Merged, Some(1));
    let record =
        vec![outcome(2, Outcome::Incident, Some(2)), grave(2), gone(1), merged, apart, gone(2), grave(1)];
    assert_eq!(emit(&store, record).await, []);
}

pub async fn an_alert_rests_on_what_came_in_while_it_was_open(home: &Home) {
    let store = home.open().await;
    let raised = condition(161_304, ConditionChange::Raised, Level::Waspada, noon(1));
    emit_reported(&store, incident(1, 161_304, noon(1)), vec![raised]).await;
    let mut worse = incident(2, 161_304, noon(1));
    (worse.claimed.severity, worse.claimed.dead) = (5, 9);
    emit_reported(&store, worse, Vec::new()).await;
    let alerts = all(&store).await;
    let gravest = store.gravest_incidents(&alerts, noon(1)).await.unwrap().remove(&alerts[0].id).unwrap();
    assert_eq!((gravest.incident.id, gravest.others, gravest.harmed.claimed.dead), (name(2), 1, 9));
    // A party's claim comes in too, with its figures; of the further ones the newest come first.
    for (id, hour) in [(3, 3), (4, 2), (5, 1), (6, 4)] {
        let at = noon(1).plus(hour * HOUR);
        let claim =
            Incident { counted_severity: 2, opens_until: Some(at.plus(DAY)), ..incident(id, 161_304, at) };
        let claim = Incident { claimed: Extent { severity: 4, dead: 1, ..Extent::default() }, ..claim };
        emit_reported(&store, claim, Vec::new()).await;
    }
    let gravest = store.gravest_incidents(&alerts, noon(1)).await.unwrap().remove(&alerts[0].id).unwrap();
    let further: Vec<ReportName> = gravest.further.iter().map(|own| own.incident.id).collect();
    assert_eq!((gravest.others, gravest.harmed.claimed.dead), (5, 13));
    assert_eq!(further, [name(6), name(3), name(4)]);
    assert!(gravest.further.iter().all(|own| !own.claimed_by.is_empty()), "{:?}", gravest.further);
}

pub async fn the_history_cannot_be_changed_unseen(home: &Home) {
    let store = home.open().await;
    let id = emit(&store, vec![condition(161_304, ConditionChange::Raised, Level::Siaga, noon(1))]).await[0]
        .0
        .clone();
    act(&store, &id, Act::Acknowledge, 1).await.unwrap();
    assert!(run(home, "DELETE FROM alert_history").await.is_err());
    assert!(run(home, "UPDATE alert_history SET actor = 'siti' WHERE version = 2").await.is_err());
    assert!(run(home, "UPDATE alert_history SET content = 'x' WHERE version = 2").await.is_err());
    assert!(run(home, "UPDATE alert_history SET content = '', reason = '' WHERE version = 2").await.is_err());
    // A deletion the law demands leaves the chain whole.
    assert_eq!(run(home, "UPDATE alert_history SET content = '' WHERE version = 2").await.unwrap(), 1);
    assert_eq!(store.verify_histories().await.unwrap(), (1, vec![]));
    // Someone with the file in hand takes the triggers away: the chain tells.
    let drop = if home.url.starts_with("postgres") {
        "DROP TRIGGER alert_history_keep ON alert_history"
    } else {
        "DROP TRIGGER alert_history_same"
    };
    run(home, drop).await.unwrap();
    run(home, "UPDATE alert_history SET actor = 'siti' WHERE version = 2").await.unwrap();
    let (read, wrong) = store.verify_histories().await.unwrap();
    assert_eq!((read, wrong.len()), (1, 1), "{wrong:?}");
    assert!(wrong[0].contains(&id), "{wrong:?}");
}

pub async fn what_the_team_must_hear_is_queued_in_the_commit(home: &Home) {
    let store = home.open().await;
    let mut woken = store.outbox_woken();
    let raised = condition(161_304, ConditionChange::Raised, Level::Waspada, noon(1));
    let same = condition(161_304, ConditionChange::Changed, Level::Waspada, noon(2));
    let risen = condition(161_304, ConditionChange::Changed, Level::Siaga, noon(2));
    let fallen = condition(161_304, ConditionChange::Changed, Level::Waspada, noon(2));
    let id = emit(&store, vec![raised, same, risen, fallen]).await[0].0.clone();
    assert!(woken.has_changed().unwrap());
    woken.mark_unchanged();
    act(&store, &id, Act::Acknowledge, 4).await.unwrap();
    assert!(!woken.has_changed().unwrap());
    act(&store, &id, Act::Withdraw { by: StampedAuthor::of_desk("budi", "3202") }, 5).await.unwrap();
    assert!(woken.has_changed().unwrap());
    let items = store.unaddressed(10).await.unwrap();
    let queued: Vec<(i64, AlertChangeKind, Level, u32)> =
        items.iter().map(|item| (item.id, item.change, item.level, item.version)).collect();
    assert_eq!(
        queued,
        [
            (1, AlertChangeKind::Opened, Level::Waspada, 1),
            (2, AlertChangeKind::Risen, Level::Siaga, 3),
            (3, AlertChangeKind::Lowered, Level::Waspada, 4),
            (4, AlertChangeKind::Withdrawn, Level::Waspada, 6),
        ]
    );
    assert_eq!(store.outbox_pending().await.unwrap(), 4);
}

pub async fn a_line_says_when_its_record_came_wherever_commits_are_cut(home: &Home) {
    let store = home.open().await;
    emit(&store, vec![condition(161_304, ConditionChange::Raised, Level::Siaga, noon(1))]).await;
    let grave = |id: u128| {
        let grave = Effect::Incident(Incident { counted_severity: 4, ..incident(id, 161_304, noon(1)) });
        [outcome(id, Outcome::Incident, Some(id)), grave]
    };
    let mut batch = commit(1, 9);
    batch.clock = noon(3);
    batch.reports = (5..8).map(|id| report(id, Body::Statement(statement()))).collect();
    let received: Vec<Time> = batch.reports.iter().map(|row| row.received_at).collect();
    batch.effects = [5, 6, 7].into_iter().flat_map(grave).collect();
    // The second's report joins it again with the third.
    batch.effects.push(outcome(6, Outcome::Merged, Some(7)));
    store.commit(batch).await.unwrap();
    let history = store.alert("16.13-2026-0001").await.unwrap().unwrap().history;
    let came: Vec<Time> = history.iter().skip(1).map(|line| line.at).collect();
    assert_eq!(came, received);
}

/// A message for each of Sari's request to end the alert and that of the record 9 to take something back, and what lapsed since.
async fn what_lapsed_is_queued_for_who_asked(store: &Store, id: &str) {
    let items = store.alert_items(id).await.unwrap();
    let lapsed: Vec<&OutboxItem> =
        items.iter().filter(|item| item.change == AlertChangeKind::RequestLapsed).collect();
    let [end, record] = lapsed.try_into().expect("one each");
    let end = store.message_facts(end).await.unwrap().ending.expect("it is about an end");
    assert_eq!((end.asked_by.as_str(), end.record), ("sari", None));
    assert_eq!(end.outcome, Some(AlertOutcome::Void));
    let record = store.message_facts(record).await.unwrap().ending.expect("it is about a request");
    assert_eq!((record.record, record.takes_back), (Some(name(9)), true));
    let at = commit(0, 0).clock.plus(DAY);
    let lapsed = store.lapsed_requests(&[Code(161_300)], at).await.unwrap();
    let asked: Vec<_> = lapsed
        .iter()
        .map(|request| (request.record, request.asked_by.account.as_str(), request.outcome))
        .collect();
    assert_eq!(asked[0], (None, "sari", Some(AlertOutcome::Void)));
    assert_eq!(asked[1].0, Some(name(9)));
    assert_eq!(store.lapsed_requests(&[Code(161_300)], at.plus(1)).await.unwrap(), [], "of long ago");
    assert_eq!(store.lapsed_requests(&[Code(637_200)], at).await.unwrap(), [], "of elsewhere");
}

pub async fn requests_and_their_lapses_stand_in_the_history(home: &Home) {
    let store = home.open().await;
    let id = String::from("16.13-2026-0001");
    let now = commit(0, 0).clock;
    let request = |by: u128| DeskRequest { at: now, verification: name(by) };
    let asking =
        Incident { awas_request: Some(request(8)), counted_severity: 2, ..incident(1, 161_304, noon(1)) };
    let taking = Incident {
        take_back_request: Some(request(9)),
        counted_severity: 2,
        ..incident(2, 161_304, noon(1))
    };
    // The first request comes with the condition that opens the alert.
    let raised = condition(161_304, ConditionChange::Raised, Level::Siaga, noon(1));
    emit(&store, vec![Effect::Incident(asking), raised]).await;
    emit(&store, vec![Effect::Incident(taking)]).await;
    emit(&store, vec![Effect::Incident(taking)]).await;
    let by = Actor { name: "sari", reason: "salah tempat", at: now };
    let withdraw = Act::Withdraw { by: StampedAuthor::of_desk("sari", "160503") };
    let seen = store
        .act(&id, withdraw, 1, by)
        .await
        .unwrap()
        .expect("there")
        .expect("what was noted makes no form stale");
    let request_kept = store.alert(&id).await.unwrap().unwrap().alert.withdrawal;
    assert_eq!(
        (seen.withdrawal.clone(), request_kept.map(|kept| kept.by.person)),
        (seen.withdrawal, Some("160503".into()))
    );
    let acts = async || {
        let history = store.alert(&id).await.unwrap().unwrap().history;
        history.into_iter().map(|line| (line.act, line.actor)).collect::<Vec<_>>()
    };
    let line = |act: &str, actor: &str| (String::from(act), String::from(actor));
    let asked = [
        line("raised", "kentongan"),
        line("second_asked", "kentongan"),
        line("second_asked", "kentongan"),
        line("withdraw_requested", "sari"),
    ];
    assert_eq!(acts().await, asked);
    assert!(store.lapse_requests(now.plus(DAY - 1)).await.unwrap().is_empty(), "they wait");
    // A second person joined one of them.
    emit(&store, vec![Effect::Incident(Incident { awas_request: None, ..asking })]).await;
    let mut woken = store.outbox_woken();
    woken.mark_unchanged();
    assert_eq!(store.lapse_requests(now.plus(DAY)).await.unwrap().len(), 2);
    assert!(woken.has_changed().unwrap(), "who asked hears of it at once");
    what_lapsed_is_queued_for_who_asked(&store, &id).await;
    let lapsed = [line("withdraw_lapsed", "kentongan"), line("second_lapsed", "kentongan")];
    assert_eq!(acts().await, [asked.to_vec(), lapsed.to_vec()].concat());
    let history = store.alert(&id).await.unwrap().unwrap().history;
    assert!(
        history[5].content.contains(&format!("\"verification\":\"{}\"", name(9))),
        "{}",
        history[5].content
    );
    assert!(store.lapse_requests(now.plus(2 * DAY)).await.unwrap().is_empty(), "once");
    assert_eq!(store.alert(&id).await.unwrap().unwrap().alert.withdrawal, None);
    assert_eq!(store.verify_histories().await.unwrap(), (1, vec![]));
}

/// What the desk rejected is nobody's word for what another says, on the page and in messages.
pub async fn who_was_rejected_is_not_among_those_who_claim_what_stands(home: &Home) {
    let store = home.open().await;
    let raised = condition(161_304, ConditionChange::Raised, Level::Siaga, noon(1));
    emit_reported(&store, incident(1, 161_304, noon(1)), vec![raised]).await;
    let from = store.recover(0).await.unwrap().map_or(0, |progress| progress.next_offset);
    let mut joined = commit(from, from + 1);
    let mut row = ReportRow { offset: from, ..report(2, Body::Statement(statement())) };
    row.report.class = FeedClass::Police;
    joined.reports = vec![row];
    joined.effects = vec![outcome(2, Outcome::Merged, Some(1))];
    store.commit(joined).await.unwrap();
    let (alerts, item) = (all(&store).await, store.unaddressed(1).await.unwrap().pop().unwrap());
    let claimed_by = async || {
        let gravest = store.gravest_incidents(&alerts, noon(1)).await.unwrap().remove(&alerts[0].id).unwrap();
        assert_eq!(store.message_facts(&item).await.unwrap().claimed_by, gravest.claimed_by);
        gravest.claimed_by
    };
    assert_eq!(claimed_by().await, [FeedClass::Police, FeedClass::Village]);
    let set_aside = |set_aside| {
        let (regency, report) = (Code(161_300), name(2));
        vec![Effect::SetAside { regency, report, set_aside }]
    };
    emit(&store, set_aside(true)).await;
    assert_eq!(claimed_by().await, [FeedClass::Village]);
    emit(&store, set_aside(false)).await;
    assert_eq!(claimed_by().await.len(), 2, "it was confirmed again");
}
