//! What came in since a person ended an alert and makes an incident of before worse or surer opens an alert again.

use crate::alerts::{emit, emit_reported, withdrawn_by_two};
use crate::fixture::*;
use domain::alert::Act;
use domain::author::StampedAuthor;
use domain::effect::{ConditionChange, Effect, Incident, RaisedAlone};
use domain::evidence::attestation::{Attested, Extent, ReportedUntil};
use domain::kind::{FeedClass, Level, Outcome};
use domain::place::Code;
use domain::report::Body;
use domain::time::HOUR;
use serde_json::{Value, json};
use store::{Actor, AlertChangeKind, ReportRow, RequestFate, Store};

const FIRST: &str = "16.13-2026-0001";
const SECOND: &str = "16.13-2026-0002";

/// A clash that two speakers affirm: four hurt.
fn clash() -> Incident {
    let claimed = Extent { severity: 4, dead: 0, injured: 4, displaced: 0 };
    let raised = |level, unverified| Some(RaisedAlone { level, opening: None, rule: None, unverified });
    Incident {
        claimed,
        attested: Attested { extent: claimed, awas: 4 },
        counted_severity: 4,
        raises: raised(Level::Awas, false),
        claim_raises: raised(Level::Siaga, true),
        opens_until: Some(noon(9)),
        ..incident(1, 161_304, noon(1))
    }
}

/// The same after one more source tells of six dead.
fn claimed_worse() -> Incident {
    let claimed = Extent { severity: 5, dead: 6, injured: 20, displaced: 0 };
    Incident { claimed, reports: 3, speakers: 3, ..clash() }
}

async fn ended(home: &Home, own: Incident, level: Level) -> Store {
    let store = home.open().await;
    let raised = condition(161_304, ConditionChange::Raised, level, noon(1));
    let opened = emit_reported(&store, own, vec![raised]).await;
    assert_eq!(opened, [(String::from(FIRST), AlertChangeKind::Opened)]);
    withdrawn_by_two(&store, FIRST, 1).await;
    store
}

async fn stands(store: &Store, id: &str) -> (Level, bool) {
    let alert = store.alert(id).await.unwrap().expect("the alert is there").alert;
    (alert.level, alert.unverified)
}

async fn line(store: &Store, id: &str, version: usize) -> (String, Value) {
    let detail = store.alert(id).await.unwrap().expect("the alert is there");
    let line = &detail.history[version - 1];
    (line.act.clone(), serde_json::from_str(&line.content).unwrap())
}

fn opened(id: &str) -> [(String, AlertChangeKind); 1] {
    [(id.to_owned(), AlertChangeKind::Opened)]
}

/// One more source claims that it was worse: a claim. A second one says so too: it is as high as two carry it.
pub async fn what_is_worse_than_at_the_end_opens_an_alert_as_high_as_it_carries(home: &Home) {
    let store = ended(home, clash(), Level::Awas).await;
    assert_eq!(emit(&store, vec![Effect::Incident(Incident { reports: 3, ..clash() })]).await, [], "again");
    assert_eq!(emit(&store, vec![Effect::Incident(claimed_worse())]).await, opened(SECOND));
    assert_eq!(stands(&store, SECOND).await, (Level::Siaga, true), "one person never makes awas");
    let (act, content) = line(&store, SECOND, 1).await;
    assert_eq!((act.as_str(), content["cause"].as_str()), ("reopened", Some("worse")));
    assert_eq!((&content["after"]["alert"], &content["after"]["outcome"]), (&json!(FIRST), &json!("void")));
    // The same once more says nothing more, neither by the claim nor by what was affirmed before the end.
    let again = Incident { reports: 4, ..claimed_worse() };
    assert_eq!(emit(&store, vec![Effect::Incident(again)]).await, []);
    assert_eq!(stands(&store, SECOND).await, (Level::Siaga, true));
    let asked = Act::Withdraw { by: StampedAuthor::of_desk("sari", "160503") };
    let by = Actor { name: "sari", reason: "salah tempat", at: noon(3) };
    let seen = store.act(SECOND, asked, 1, by).await.unwrap().unwrap().unwrap().version;
    let affirmed = Attested { extent: claimed_worse().claimed, awas: 5 };
    let risen = emit(&store, vec![Effect::Incident(Incident { attested: affirmed, ..again })]).await;
    assert_eq!(risen, [(String::from(SECOND), AlertChangeKind::Risen)]);
    assert_eq!(stands(&store, SECOND).await, (Level::Awas, false));
    let fate = store.fate_of_request(SECOND, (seen, noon(4))).await.unwrap();
    assert_eq!(fate, Some(RequestFate::Dropped), "it rose, of which who asked knew nothing");
    assert_eq!(store.verify_histories().await.unwrap(), (2, vec![]));
}

/// What the officers knew when they ended it is what the ended alert says.
pub async fn an_ended_alert_says_what_stood_when_it_was_ended(home: &Home) {
    let store = ended(home, clash(), Level::Awas).await;
    let from = store.recover(0).await.unwrap().map_or(0, |progress| progress.next_offset);
    let mut joined = commit(from, from + 1);
    let mut row = ReportRow { offset: from, ..report(2, Body::Statement(statement())) };
    (row.report.class, row.received_at) = (FeedClass::Military, noon(4));
    joined.reports = vec![row];
    joined.effects = vec![outcome(2, Outcome::Merged, Some(1)), Effect::Incident(claimed_worse())];
    store.commit(joined).await.unwrap();
    let harmed = async |id: &str| {
        let alert = store.alert(id).await.unwrap().unwrap().alert;
        let gravest = store.gravest_incidents(std::slice::from_ref(&alert), noon(5)).await.unwrap();
        gravest.get(id).map(|own| (own.incident.claimed.dead, own.incident.claimed.injured))
    };
    assert_eq!(harmed(SECOND).await, Some((6, 20)));
    assert_eq!(harmed(FIRST).await, Some((0, 4)));
    let claimed_by = async |id: &str| {
        let alert = store.alert(id).await.unwrap().unwrap().alert;
        store.gravest_incidents(&[alert], noon(5)).await.unwrap().remove(id).unwrap().claimed_by
    };
    assert_eq!(claimed_by(SECOND).await, [FeedClass::Military, FeedClass::Village]);
    assert_eq!(
        claimed_by(FIRST).await,
        [FeedClass::Village],
        "whose word came later is no word of what ended"
    );
    let (_, content) = line(&store, FIRST, 3).await;
    assert_eq!(content["stood"][0]["claimed"], json!([4, 0, 4, 0]));
    let items = store.alert_items(FIRST).await.unwrap();
    let end = items.iter().rev().find(|item| item.change.is_end()).expect("the message of the end");
    let facts = store.message_facts(end).await.unwrap();
    assert_eq!(facts.incidents.iter().map(|own| own.claimed.dead).collect::<Vec<_>>(), [0]);
    assert_eq!(facts.harmed.claimed.dead, 0);
    assert_eq!(facts.claimed_by, [FeedClass::Village], "as its page");
}

/// A claim of before the end that others affirm after it, and what happens again in the same village.
pub async fn what_is_surer_than_at_the_end_or_happens_again_opens_an_alert(home: &Home) {
    let claim = |reported: ReportedUntil| {
        let raised = RaisedAlone { level: Level::Siaga, opening: None, rule: None, unverified: true };
        Incident { attested: Attested::default(), speakers: 1, raises: Some(raised), reported, ..clash() }
    };
    let store = ended(home, claim(ReportedUntil::default()), Level::Siaga).await;
    let (before, after) = (noon(3).plus(-HOUR), noon(3).plus(HOUR));
    let reported = |latest, by_two| Effect::Incident(claim(ReportedUntil { latest, by_two }));
    assert_eq!(emit(&store, vec![reported(before, before)]).await, [], "reported late, of before the end");
    assert_eq!(emit(&store, vec![reported(after, before)]).await, opened(SECOND));
    assert_eq!(stands(&store, SECOND).await, (Level::Siaga, true));
    assert_eq!(line(&store, SECOND, 1).await.1["cause"], "again");
    withdrawn_by_two(&store, SECOND, 1).await;
    assert_eq!(emit(&store, vec![reported(after, before)]).await, [], "the last end answers that");
    let affirmed = Incident {
        attested: clash().attested,
        raises: clash().raises,
        ..claim(ReportedUntil { latest: after, by_two: before })
    };
    // The place is siaga still: as high as that.
    assert_eq!(emit(&store, vec![Effect::Incident(affirmed)]).await, opened("16.13-2026-0003"));
    assert_eq!(stands(&store, "16.13-2026-0003").await, (Level::Siaga, false));
    assert_eq!(line(&store, "16.13-2026-0003", 1).await.1["cause"], "surer");
}

/// A place that rises above what was answered opens an alert whose first line names the one before.
pub async fn a_place_that_rises_after_an_end_opens_an_alert_that_names_the_one_before(home: &Home) {
    let store = ended(home, clash(), Level::Siaga).await;
    let risen = condition(161_304, ConditionChange::Changed, Level::Awas, noon(4));
    assert_eq!(emit(&store, vec![risen]).await, opened(SECOND));
    let (act, content) = line(&store, SECOND, 1).await;
    assert_eq!((act.as_str(), content["cause"].as_str()), ("reopened", Some("risen")));
    assert_eq!(content["after"]["alert"], FIRST);
    assert!(content["reasons"].as_array().is_some_and(|reasons| !reasons.is_empty()));
    let alert = store.alert(SECOND).await.unwrap().unwrap().alert;
    assert_eq!((alert.level, alert.answered), (Level::Awas, None), "it follows its place");
}

/// What was answered is known to the next process too, whatever the incident is called by then.
pub async fn what_was_answered_is_known_after_a_restart_and_by_another_name(home: &Home) {
    drop(ended(home, clash(), Level::Awas).await);
    let store = home.open().await;
    let gone = Effect::IncidentGone { regency: Code(161_300), id: name(1) };
    let joined = vec![outcome(1, Outcome::Merged, Some(2)), gone];
    let renamed = Incident { id: name(2), ..clash() };
    assert_eq!(emit_reported(&store, renamed, joined).await, [], "an earlier report of the same");
    drop(store);
    let store = home.open().await;
    let worse = Incident { id: name(2), ..claimed_worse() };
    assert_eq!(emit(&store, vec![Effect::Incident(worse)]).await, opened(SECOND));
    assert_eq!(stands(&store, SECOND).await, (Level::Siaga, true));
}

/// However many slight incidents came after it: what somebody was notified of is known at the end, and what is worse since is news.
pub async fn slight_incidents_hide_nothing_that_an_end_answered(home: &Home) {
    let store = home.open().await;
    let raised = condition(161_304, ConditionChange::Raised, Level::Awas, noon(1));
    assert_eq!(emit_reported(&store, clash(), vec![raised]).await, opened(FIRST));
    let slight = |id: u128| {
        let claimed = Extent { severity: 2, dead: 0, injured: 0, displaced: 0 };
        let own = incident(id, 161_304, noon(2));
        Effect::Incident(Incident { claimed, attested: Attested::default(), counted_severity: 2, ..own })
    };
    assert_eq!(emit(&store, (100..501).map(slight).collect()).await, []);
    withdrawn_by_two(&store, FIRST, 1).await;
    assert_eq!(emit(&store, vec![Effect::Incident(claimed_worse())]).await, opened(SECOND));
    assert_eq!(line(&store, FIRST, 3).await.1["stood"].as_array().map(Vec::len), Some(1));
}

/// More that somebody was notified of than an end keeps: what is missing was not answered, and grows into news.
pub async fn what_an_end_has_no_room_for_is_not_answered_by_it(home: &Home) {
    let store = home.open().await;
    let raised = condition(161_304, ConditionChange::Raised, Level::Awas, noon(1));
    assert_eq!(emit_reported(&store, clash(), vec![raised]).await, opened(FIRST));
    let later = |id: u128| Effect::Incident(Incident { id: name(id), occurred_at: noon(2), ..clash() });
    emit(&store, (100..500).map(later).collect()).await;
    let version = store.alert(FIRST).await.unwrap().unwrap().alert.version;
    withdrawn_by_two(&store, FIRST, version).await;
    assert_eq!(
        emit(&store, vec![Effect::Incident(Incident { reports: 3, ..clash() })]).await,
        [],
        "the same"
    );
    assert_eq!(emit(&store, vec![Effect::Incident(claimed_worse())]).await, opened(SECOND));
}
