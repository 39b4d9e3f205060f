//! An alert that opened after an end stands on what came in since, and on nothing once that is taken back or rejected.

use crate::alerts::{emit, emit_reported, withdrawn_by_two};
use crate::fixture::*;
use domain::effect::{ConditionChange, Effect, Incident, RaisedAlone, Verdict};
use domain::evidence::attestation::{Attested, Extent};
use domain::kind::{Category, Kind, Level, OpeningGround, OpeningVoice, Outcome};
use domain::place::Code;
use domain::report::Body;
use serde_json::Value;
use store::{AlertChangeKind, ReportRow, Store};

const FIRST: &str = "16.13-2026-0001";
const SECOND: &str = "16.13-2026-0002";

fn alone(level: Level, unverified: bool) -> Option<RaisedAlone> {
    Some(RaisedAlone { level, opening: None, rule: None, unverified })
}

/// What one source claims: it opens an alert as high as `level`.
fn claim(id: u128, code: u32, level: Level) -> Incident {
    let claimed = Extent { severity: 4, dead: 0, injured: 4, displaced: 0 };
    Incident {
        claimed,
        attested: Attested::default(),
        counted_severity: 0,
        speakers: 1,
        reports: 1,
        raises: alone(level, true),
        claim_raises: alone(level, true),
        opens_until: Some(noon(9)),
        ..incident(id, code, noon(1))
    }
}

/// The first one two speakers affirm, and its alert was ended by two persons.
async fn ended(home: &Home, code: u32) -> (Store, Incident) {
    let store = home.open().await;
    let own = claim(1, code, Level::Siaga);
    let attested = Attested { extent: own.claimed, awas: 4 };
    let own =
        Incident { attested, counted_severity: 4, speakers: 2, raises: alone(Level::Awas, false), ..own };
    let raised = condition(code, ConditionChange::Raised, Level::Awas, noon(1));
    let opened = emit_reported(&store, own, vec![raised]).await;
    assert_eq!(opened, [(String::from(FIRST), AlertChangeKind::Opened)]);
    withdrawn_by_two(&store, FIRST, 1).await;
    (store, own)
}

fn line(alert: &str, change: AlertChangeKind) -> [(String, AlertChangeKind); 1] {
    [(alert.to_owned(), change)]
}

/// A report that joins what is known by another name.
async fn joins(store: &Store, id: u128, own: Incident) -> Vec<(String, AlertChangeKind)> {
    let effects = vec![outcome(id, Outcome::Merged, Some(own.id.id.0)), Effect::Incident(own)];
    reported(store, report(id, Body::Statement(statement())), effects).await
}

/// Its source takes a report back; what is left of its incident is `effects`.
async fn taken_back(store: &Store, id: u128, effects: Vec<Effect>) -> Vec<(String, AlertChangeKind)> {
    let retraction = report(id + 100, Body::Retraction { target: name(id).id });
    let of_it = vec![outcome(id + 100, Outcome::Statement, None), outcome(id, Outcome::Retracted, None)];
    reported(store, retraction, [of_it, effects].concat()).await
}

async fn reported(store: &Store, row: ReportRow, effects: Vec<Effect>) -> Vec<(String, AlertChangeKind)> {
    let from = store.recover(0).await.unwrap().map_or(0, |progress| progress.next_offset);
    let mut commit = commit(from, from + 1);
    commit.reports = vec![ReportRow { offset: from, ..row }];
    commit.effects = effects;
    let committed = store.commit(commit).await.unwrap();
    committed.alerts.into_iter().map(|change| (change.alert.id, change.change)).collect()
}

fn gone(id: u128) -> Effect {
    Effect::IncidentGone { regency: Code(161_300), id: name(id) }
}

async fn last_line(store: &Store, id: &str) -> (String, Value) {
    let detail = store.alert(id).await.unwrap().expect("the alert is there");
    let line = detail.history.last().unwrap();
    (line.act.clone(), serde_json::from_str(&line.content).unwrap())
}

/// What was worse than at the end is taken back: the alert is over, and who was notified of it is notified of that, with the reason.
pub async fn an_alert_that_opened_again_by_what_is_taken_back_is_withdrawn(home: &Home) {
    for code in [161_304, 161_300] {
        let another = sqlite();
        let home = if code == 161_304 { home } else { &another };
        let (store, own) = ended(home, code).await;
        let worse = Extent { severity: 5, dead: 6, injured: 30, displaced: 900 };
        let worse = Incident { claimed: worse, reports: 3, speakers: 3, ..own };
        assert_eq!(joins(&store, 2, worse).await, line(SECOND, AlertChangeKind::Opened));
        let withdrawn = taken_back(&store, 2, vec![Effect::Incident(own)]).await;
        assert_eq!(withdrawn, line(SECOND, AlertChangeKind::Withdrawn));
        let (act, content) = last_line(&store, SECOND).await;
        assert_eq!((act.as_str(), content["cause"].as_str()), ("withdrawn", Some("left")));
        let items = store.alert_items(SECOND).await.unwrap();
        let facts = store.message_facts(items.last().unwrap()).await.unwrap();
        let ending = facts.ending.expect("it is about an end");
        let statement = statement();
        assert_eq!(ending.retracted, [(statement.category, statement.occurred_at)]);
        // The officers' end answers as before: the same claim again opens one more alert after that.
        assert_eq!(joins(&store, 3, own).await, []);
        assert_eq!(joins(&store, 4, worse).await, line("16.13-2026-0003", AlertChangeKind::Opened));
        let (_, content) = last_line(&store, "16.13-2026-0003").await;
        assert_eq!(content["after"]["alert"], FIRST);
        assert_eq!(store.verify_histories().await.unwrap(), (3, vec![]));
    }
}

/// What came in since and stands carries the alert as high as it does.
pub async fn an_alert_that_opened_again_stands_on_what_is_left(home: &Home) {
    let (store, own) = ended(home, 161_304).await;
    let of = |id| claim(id, 161_304, Level::Siaga);
    assert_eq!(emit_reported(&store, of(2), Vec::new()).await, line(SECOND, AlertChangeKind::Opened));
    assert_eq!(emit_reported(&store, of(3), Vec::new()).await, line(SECOND, AlertChangeKind::NewIncident));
    let slight = Incident { raises: None, claim_raises: None, opens_until: None, ..of(4) };
    let slight = Incident { counted_severity: 3, occurred_at: noon(2), ..slight };
    assert_eq!(emit_reported(&store, slight, Vec::new()).await, line(SECOND, AlertChangeKind::NewIncident));
    // What stands as high takes its place, and who read of it hears what is gone.
    let next = taken_back(&store, 2, vec![gone(2)]).await;
    let (changed, taken) = (AlertChangeKind::Changed, AlertChangeKind::TakenBack);
    assert_eq!(next, [(String::from(SECOND), changed), (String::from(SECOND), taken)]);
    let detail = store.alert(SECOND).await.unwrap().unwrap();
    assert_eq!((detail.alert.level, detail.alert.answered), (Level::Siaga, Some(Level::Awas)));
    let content: Value = serde_json::from_str(&detail.history[detail.history.len() - 2].content).unwrap();
    assert_eq!(content["evidence"], serde_json::json!([name(3).to_string()]));
    // Its own nobody wrote down, and the place's are of what was answered.
    assert_eq!(content["reasons"], serde_json::json!([]));
    // What carries less lets it fall, and nothing that was answered keeps it.
    let rejected = Incident { verdict: Verdict::Rejected, ..of(3) };
    let lower = emit(&store, vec![Effect::Incident(rejected)]).await;
    assert_eq!(lower, [(String::from(SECOND), AlertChangeKind::Lowered), (String::from(SECOND), taken)]);
    assert_eq!(store.alert(SECOND).await.unwrap().unwrap().alert.level, Level::Waspada);
    assert_eq!(emit(&store, vec![Effect::Incident(Incident { reports: 9, ..own })]).await, [], "as answered");
    let last = taken_back(&store, 4, vec![gone(4)]).await;
    assert_eq!(last, line(SECOND, AlertChangeKind::Withdrawn));
    assert_eq!(store.verify_histories().await.unwrap(), (2, vec![]));
}

/// A conflict's too: one clash after the end, which the desk rejects.
pub async fn an_alert_that_opened_again_by_what_the_desk_rejects_is_withdrawn(home: &Home) {
    let store = home.open().await;
    let of_conflict = |own: Incident| Incident {
        kind: Kind::ResidentResident,
        category: Category::parse("WW-01").expect("a category"),
        ..own
    };
    let raised = |level| {
        let Effect::Condition(own) = condition(161_304, ConditionChange::Raised, level, noon(1)) else {
            unreachable!("a condition")
        };
        Effect::Condition(Box::new(domain::effect::Condition { kind: Kind::ResidentResident, ..*own }))
    };
    let first = of_conflict(claim(1, 161_304, Level::Siaga));
    emit_reported(&store, first, vec![raised(Level::Siaga)]).await;
    withdrawn_by_two(&store, FIRST, 1).await;
    let second = of_conflict(claim(2, 161_304, Level::Siaga));
    assert_eq!(emit_reported(&store, second, Vec::new()).await, line(SECOND, AlertChangeKind::Opened));
    let rejected = Incident { verdict: Verdict::Rejected, ..second };
    let withdrawn = emit(&store, vec![Effect::Incident(rejected)]).await;
    assert_eq!(withdrawn, line(SECOND, AlertChangeKind::Withdrawn));
    let (_, content) = last_line(&store, SECOND).await;
    assert_eq!(content["evidence"], serde_json::json!([name(2).to_string()]));
}

/// Who rejected what it rested on, and what that was, stands when another source reports the same; the alert of that names it.
pub async fn a_withdrawn_alert_keeps_what_it_said_and_the_next_one_names_it(home: &Home) {
    let store = home.open().await;
    let emitted = |change, level| condition(161_304, change, level, noon(3));
    let own = claim(1, 161_304, Level::Siaga);
    let raised = emitted(ConditionChange::Raised, Level::Siaga);
    assert_eq!(emit_reported(&store, own, vec![raised.clone()]).await, line(FIRST, AlertChangeKind::Opened));
    let rejected = Effect::Incident(Incident { verdict: Verdict::Rejected, ..own });
    let withdrawn = emitted(ConditionChange::Withdrawn, Level::Low);
    assert_eq!(emit(&store, vec![rejected, withdrawn]).await, line(FIRST, AlertChangeKind::Withdrawn));
    let known = async || {
        let alert = store.alert(FIRST).await.unwrap().unwrap().alert;
        let own = store.gravest_incidents(&[alert], noon(3)).await.unwrap().remove(FIRST).unwrap();
        (own.incident.verdict, own.incident.claimed, own.claimed_by, own.harmed)
    };
    let before = known().await;
    assert_eq!((before.0, before.1), (Verdict::Rejected, own.claimed));
    // The desk's word was of the first report: the second one makes it another matter.
    let claimed = Extent { severity: 3, dead: 0, injured: 0, displaced: 120 };
    let set_aside = Effect::SetAside { regency: Code(161_300), report: name(1), set_aside: true };
    let joined = outcome(2, Outcome::Merged, Some(1));
    let again = vec![joined, set_aside, Effect::Incident(Incident { claimed, ..own }), raised];
    let opened = reported(&store, report(2, Body::Statement(statement())), again).await;
    assert_eq!(opened, line(SECOND, AlertChangeKind::Opened));
    assert_eq!(known().await, before);
    let items = store.alert_items(FIRST).await.unwrap();
    let facts = store.message_facts(items.last().unwrap()).await.unwrap();
    assert_eq!((facts.incidents[0].verdict, facts.harmed), (Verdict::Rejected, before.3));
    let (_, content) = last_line(&store, SECOND).await;
    let earlier = store::withdrawn_earlier(&content).expect("it was withdrawn a moment before");
    assert_eq!((earlier.id.as_str(), earlier.rejected), (FIRST, true));
    assert_eq!(store.verify_histories().await.unwrap(), (2, vec![]));
}

/// The second alert rests on what two speakers affirm, and beside it on a brawl of which one party alone claims a death.
fn claimed_in_part(code: u32) -> (Incident, Incident) {
    let sure = claim(2, code, Level::Siaga);
    let attested = Attested { extent: sure.claimed, awas: 0 };
    let sure =
        Incident { attested, counted_severity: 4, speakers: 2, raises: alone(Level::Siaga, false), ..sure };
    let brawl = Extent { severity: 2, dead: 0, injured: 1, displaced: 0 };
    let claimed = Extent { severity: 4, dead: 1, ..brawl };
    let by = Some((OpeningVoice::OneParty, OpeningGround::Death));
    let raises = Some(RaisedAlone { level: Level::Siaga, opening: by, rule: None, unverified: true });
    let attested = Attested { extent: brawl, awas: 0 };
    let part = claim(3, code, Level::Siaga);
    let part = Incident {
        claimed,
        attested,
        counted_severity: 2,
        speakers: 2,
        raises,
        claim_raises: raises,
        ..part
    };
    (sure, part)
}

/// What is left is as sure as it is affirmed, and has no reason that others gave; wherever commits are cut.
pub async fn what_is_left_is_no_surer_than_its_own_word(home: &Home) {
    let mut contents = Vec::new();
    let another = sqlite();
    for (home, is_cut) in [(home, true), (&another, false)] {
        let (store, _) = ended(home, 161_304).await;
        let (sure, part) = claimed_in_part(161_304);
        assert_eq!(emit_reported(&store, sure, Vec::new()).await, line(SECOND, AlertChangeKind::Opened));
        assert!(!store.alert(SECOND).await.unwrap().unwrap().alert.unverified);
        let came = vec![outcome(3, Outcome::Incident, Some(3)), Effect::Incident(part)];
        let went =
            [(102, Outcome::Statement), (2, Outcome::Retracted)].map(|(id, own)| outcome(id, own, None));
        let went: Vec<Effect> = went.into_iter().chain([gone(2)]).collect();
        let rows =
            [report(3, Body::Statement(statement())), report(102, Body::Retraction { target: name(2).id })];
        if is_cut {
            for (row, effects) in rows.into_iter().zip([came, went]) {
                reported(&store, row, effects).await;
            }
        } else {
            let from = store.recover(0).await.unwrap().map_or(0, |progress| progress.next_offset);
            let mut both = commit(from, from + 2);
            let row = |(offset, row)| ReportRow { offset, ..row };
            both.reports = (from..).zip(rows).map(row).collect();
            both.effects = [came, went].concat();
            store.commit(both).await.unwrap();
        }
        let detail = store.alert(SECOND).await.unwrap().unwrap();
        assert_eq!((detail.alert.level, detail.alert.unverified), (Level::Siaga, true), "cut: {is_cut}");
        let left =
            detail.history.iter().find(|own| own.content.contains("\"left\"")).expect("it fell on that");
        let content: Value = serde_json::from_str(&left.content).unwrap();
        assert_eq!(content["evidence"], serde_json::json!([name(3).to_string()]));
        assert_eq!(content["reasons"], serde_json::json!([]), "the place's are of what was answered");
        contents.push(detail.history.iter().map(|own| own.content.clone()).collect::<Vec<String>>());
    }
    assert_eq!(contents[0], contents[1]);
}

/// What was answered and is claimed again raises no more by that than lines say.
pub async fn what_was_answered_carries_no_level_that_nobody_claims_since(home: &Home) {
    let (store, own) = ended(home, 161_304).await;
    let sure = claim(2, 161_304, Level::Siaga);
    assert_eq!(emit_reported(&store, sure, Vec::new()).await, line(SECOND, AlertChangeKind::Opened));
    // One source claims more of it, which opens nothing by itself; a pair affirms awas as before.
    let claimed = Extent { severity: 4, injured: 40, ..own.claimed };
    joins(&store, 3, Incident { claimed, reports: 3, claim_raises: None, ..own }).await;
    taken_back(&store, 2, vec![gone(2)]).await;
    let alert = store.alert(SECOND).await.unwrap().unwrap().alert;
    assert_eq!((alert.level, alert.state.is_live()), (Level::Waspada, true));
}
