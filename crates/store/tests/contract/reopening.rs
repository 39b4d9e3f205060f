//! An alert that opens after a person ended one says what came in since; what is taken back within one is a line of it.

use crate::alerts::{emit, emit_reported, withdrawn_by_two};
use crate::fixture::*;
use domain::effect::{ConditionChange, Effect, Incident, RaisedAlone, RuleMark, Verdict};
use domain::evidence::attestation::Extent;
use domain::kind::{Kind, Level, Outcome};
use domain::place::Code;
use domain::report::{Body, Statement};
use domain::time::DAY;
use store::{AlertChangeKind, AlertFilter, CountedDistrict, ReportRow, Store};

pub async fn a_grave_incident_opens_an_alert_again_where_the_condition_stands(home: &Home) {
    let store = home.open().await;
    let first = String::from("16.13-2026-0001");
    let grave = |id: u128, counted_severity| {
        Effect::Incident(Incident { counted_severity, ..incident(id, 161_304, noon(1)) })
    };
    let emitted = |change, level| condition(161_304, change, level, noon(1));
    let raised = emitted(ConditionChange::Raised, Level::Siaga);
    assert_eq!(
        emit(&store, vec![grave(1, 4), grave(2, 2), raised]).await,
        [(first.clone(), AlertChangeKind::Opened)]
    );
    withdrawn_by_two(&store, &first, 1).await;
    assert_eq!(emit(&store, vec![grave(1, 5)]).await, [], "who ended the alert knew of it");
    assert_eq!(emit(&store, vec![grave(3, 2)]).await, [], "slight");
    let long_ago = Incident { counted_severity: 5, ..incident(4, 161_304, noon(-1)) };
    assert_eq!(emit(&store, vec![Effect::Incident(long_ago)]).await, []);
    // What the record's own condition says comes first; it rose by nothing, so the incident opens the alert.
    let same = emitted(ConditionChange::Changed, Level::Siaga);
    let second = String::from("16.13-2026-0002");
    let by_rule = RaisedAlone {
        level: Level::Siaga,
        opening: None,
        rule: Some(RuleMark::of("banjir-2")),
        unverified: true,
    };
    let claim = |id, raises| Effect::Incident(Incident { raises, ..incident(id, 161_304, noon(1)) });
    let opens = claim(5, Some(by_rule));
    assert_eq!(emit(&store, vec![opens, same]).await, [(second.clone(), AlertChangeKind::Opened)]);
    let detail = store.alert(&second).await.unwrap().unwrap();
    assert_eq!((detail.alert.level, detail.alert.unverified), (Level::Siaga, true));
    let line = &detail.history[0];
    assert_eq!(line.act, "reopened");
    assert!(line.content.contains(&format!("\"evidence\":[\"{}\"]", name(5))), "{}", line.content);
    assert!(line.content.contains("\"rule\":\"banjir-2\""), "{}", line.content);
    assert_eq!(emit(&store, vec![grave(6, 3)]).await, [(second.clone(), AlertChangeKind::NewIncident)]);
    // With a rise it is one opening; with the evidence gone nothing opens.
    withdrawn_by_two(&store, &second, 2).await;
    let risen = emitted(ConditionChange::Changed, Level::Awas);
    let third = String::from("16.13-2026-0003");
    assert_eq!(emit(&store, vec![grave(7, 5), risen]).await, [(third.clone(), AlertChangeKind::Opened)]);
    let withdrawn = emitted(ConditionChange::Withdrawn, Level::Low);
    assert_eq!(emit(&store, vec![withdrawn]).await, [(third, AlertChangeKind::Withdrawn)]);
    assert_eq!(emit(&store, vec![grave(8, 5)]).await, []);
    assert_eq!(store.verify_histories().await.unwrap(), (3, vec![]));
}

/// As high and as sure as it stands, and its history's words.
async fn stands(store: &Store, id: &str) -> (Level, bool, Vec<String>) {
    let detail = store.alert(id).await.unwrap().expect("the alert is there");
    let acts = detail.history.iter().map(|line| line.act.clone()).collect();
    (detail.alert.level, detail.alert.unverified, acts)
}

/// Who ended an awas answered what stood then: one speaker's word opens no awas after it, whatever the place still stands at.
pub async fn what_one_speaker_says_after_an_end_is_never_awas(home: &Home) {
    let store = home.open().await;
    let [first, second] = ["16.13-2026-0001", "16.13-2026-0002"];
    let claimed = |id: u128, level, unverified| {
        let raises = Some(RaisedAlone { level, opening: None, rule: None, unverified });
        let opens_until = Some(noon(9));
        Incident { raises, opens_until, counted_severity: 4, ..incident(id, 161_304, noon(1)) }
    };
    let emitted = |change, level| condition(161_304, change, level, noon(1));
    let old = claimed(1, Level::Awas, false);
    emit_reported(&store, old, vec![emitted(ConditionChange::Raised, Level::Awas)]).await;
    withdrawn_by_two(&store, first, 1).await;
    let opened = emit_reported(&store, claimed(2, Level::Siaga, true), Vec::new()).await;
    assert_eq!(opened, [(String::from(second), AlertChangeKind::Opened)]);
    assert_eq!(stands(&store, second).await, (Level::Siaga, true, vec![String::from("reopened")]));
    // Neither does the condition's own word, nor one more report of what was answered.
    let same = emitted(ConditionChange::Changed, Level::Awas);
    emit(&store, vec![Effect::Incident(Incident { reports: 3, ..old }), same]).await;
    let (level, unverified, acts) = stands(&store, second).await;
    assert_eq!((level, unverified, acts.len()), (Level::Siaga, true, 2), "{acts:?}");
    // What came in since does, once two speakers affirm it.
    let risen = emit(&store, vec![Effect::Incident(claimed(2, Level::Awas, false))]).await;
    assert_eq!(risen, [(String::from(second), AlertChangeKind::Risen)]);
    assert_eq!(stands(&store, second).await.0, Level::Awas);
    let live = AlertFilter { live: true, ..AlertFilter::default() };
    let kept = store.alerts(&live).await.unwrap().items;
    assert_eq!((kept.len(), kept[0].answered), (1, Some(Level::Awas)));
    assert_eq!(store.verify_histories().await.unwrap(), (2, vec![]));
}

/// Where the alert goes on, what was taken back stands in its history once, whatever it was called when it came in.
pub async fn what_is_taken_back_within_an_open_alert_stands_in_its_history(home: &Home) {
    let store = home.open().await;
    let alert = String::from("16.13-2026-0001");
    let raised = condition(161_304, ConditionChange::Raised, Level::Siaga, noon(1));
    emit_reported(&store, incident(1, 161_304, noon(1)), vec![raised]).await;
    let line = |change| [(alert.clone(), change)];
    for id in [2, 3, 4, 6] {
        let new = emit_reported(&store, incident(id, 161_304, noon(1)), Vec::new()).await;
        assert_eq!(new, line(AlertChangeKind::NewIncident));
    }
    let now = |id: u128, verdict, counted_severity| {
        Effect::Incident(Incident { verdict, counted_severity, ..incident(id, 161_304, noon(1)) })
    };
    let rejected = now(2, Verdict::Rejected, 4);
    assert_eq!(emit(&store, vec![rejected.clone()]).await, line(AlertChangeKind::TakenBack));
    assert_eq!(emit(&store, vec![rejected]).await, [], "once");
    assert_eq!(emit(&store, vec![now(2, Verdict::Confirmed, 4)]).await, line(AlertChangeKind::NewIncident));
    let corrected = emit(&store, vec![Effect::Incident(slight(3))]).await;
    assert_eq!(corrected, line(AlertChangeKind::TakenBack), "corrected to what is no news");
    let claim = emit(&store, vec![now(6, Verdict::Unverified, 2)]).await;
    assert_eq!(claim, [], "one party's claim still, which nobody took back");
    let gone = |id: u128| {
        let outcome = outcome(id, Outcome::Retracted, None);
        vec![outcome, Effect::IncidentGone { regency: Code(161_300), id: name(id) }]
    };
    assert_eq!(emit(&store, gone(4)).await, line(AlertChangeKind::TakenBack), "by its source");
    assert_eq!(emit(&store, gone(6)).await, line(AlertChangeKind::TakenBack), "the claim too");
    // Of what this alert never named nobody was notified by it; and an end says it all.
    let long_ago = incident(5, 161_304, noon(1).plus(-3 * DAY));
    assert_eq!(emit_reported(&store, long_ago, Vec::new()).await, []);
    assert_eq!(emit(&store, gone(5)).await, []);
    let withdrawn = condition(161_304, ConditionChange::Withdrawn, Level::Low, noon(2));
    let last = emit(&store, [gone(1), vec![withdrawn]].concat()).await;
    assert_eq!(last, line(AlertChangeKind::Withdrawn));
    assert_eq!(store.verify_histories().await.unwrap(), (1, vec![]));
}

/// Who affirm it take it back one after the other: who was notified of it by what the alert opened with reads of the end too.
pub async fn what_opened_an_alert_and_is_taken_back_in_two_steps_is_a_line_of_it(home: &Home) {
    let store = home.open().await;
    let alert = String::from("16.13-2026-0001");
    let raised = condition(161_304, ConditionChange::Raised, Level::Siaga, noon(1));
    let opened = emit_reported(&store, incident(1, 161_304, noon(1)), vec![raised]).await;
    assert_eq!(opened, [(alert.clone(), AlertChangeKind::Opened)]);
    emit_reported(&store, incident(2, 161_304, noon(1)), Vec::new()).await; // it stays open by this one
    let claim = Incident { counted_severity: 2, ..incident(1, 161_304, noon(1)) };
    assert_eq!(emit(&store, vec![Effect::Incident(claim)]).await, [], "one party's claim still");
    let gone = || {
        let outcome = outcome(1, Outcome::Retracted, None);
        vec![outcome, Effect::IncidentGone { regency: Code(161_300), id: name(1) }]
    };
    assert_eq!(emit(&store, gone()).await, [(alert.clone(), AlertChangeKind::TakenBack)]);
    let detail = store.alert(&alert).await.unwrap().unwrap();
    let line = detail.history.last().unwrap();
    assert!(line.content.contains("\"lines\":[1]"), "whom the opening reached: {}", line.content);
    // A claim that comes again and goes was no news in between.
    emit_reported(&store, claim, Vec::new()).await;
    assert_eq!(emit(&store, gone()).await, [], "once");
}

/// One that nobody would be notified of.
fn slight(id: u128) -> Incident {
    let own = incident(id, 161_304, noon(1));
    Incident { claimed: Extent { severity: 1, ..Extent::default() }, counted_severity: 1, ..own }
}

/// Each record reads on in the history where the one before stopped.
pub async fn what_comes_and_is_taken_back_in_one_commit_is_both_in_the_history(home: &Home) {
    let store = home.open().await;
    let raised = condition(161_304, ConditionChange::Raised, Level::Siaga, noon(1));
    emit_reported(&store, incident(1, 161_304, noon(1)), vec![raised]).await;
    emit_reported(&store, incident(2, 161_304, noon(1)), Vec::new()).await;
    let from = store.recover(0).await.unwrap().map_or(0, |progress| progress.next_offset);
    let gone = |id: u128| Effect::IncidentGone { regency: Code(161_300), id: name(id) };
    let retraction = |id, target| report(id, Body::Retraction { target: name(target).id });
    let rows = [retraction(3, 2), report(4, Body::Statement(statement())), retraction(5, 4)];
    let mut commit = commit(from, from + 3);
    commit.reports = rows.into_iter().zip(from..).map(|(row, offset)| ReportRow { offset, ..row }).collect();
    commit.effects = vec![
        outcome(3, Outcome::Statement, None),
        gone(2),
        outcome(4, Outcome::Incident, Some(4)),
        Effect::Incident(incident(4, 161_304, noon(1))),
        outcome(5, Outcome::Statement, None),
        gone(4),
    ];
    let committed = store.commit(commit).await.unwrap();
    let changes: Vec<AlertChangeKind> = committed.alerts.into_iter().map(|change| change.change).collect();
    let expected = [AlertChangeKind::TakenBack, AlertChangeKind::NewIncident, AlertChangeKind::TakenBack];
    assert_eq!(changes, expected);
}

/// A report of another incident, in place of one of its source where it names one.
async fn reported_into(
    store: &Store,
    id: u128,
    supersedes: Option<u128>,
    more: Vec<Effect>,
) -> Vec<AlertChangeKind> {
    let from = store.recover(0).await.unwrap().map_or(0, |progress| progress.next_offset);
    let mut commit = commit(from, from + 1);
    let supersedes = supersedes.map(|id| name(id).id);
    let row = report(id, Body::Statement(Statement { supersedes, ..statement() }));
    commit.reports = vec![ReportRow { offset: from, ..row }];
    commit.effects = more;
    let committed = store.commit(commit).await.unwrap();
    committed.alerts.into_iter().map(|change| change.change).collect()
}

pub async fn what_goes_on_in_another_of_its_reports_is_neither_taken_back_nor_new(home: &Home) {
    let store = home.open().await;
    let raised = condition(161_304, ConditionChange::Raised, Level::Siaga, noon(1));
    emit_reported(&store, incident(1, 161_304, noon(1)), vec![raised]).await;
    emit_reported(&store, incident(2, 161_304, noon(1)), Vec::new()).await;
    let own = |id: u128| Effect::Incident(incident(id, 161_304, noon(1)));
    let gone = |id: u128| Effect::IncidentGone { regency: Code(161_300), id: name(id) };
    let joined = vec![outcome(3, Outcome::Merged, Some(2)), own(2)];
    assert_eq!(reported_into(&store, 3, None, joined).await, []);
    // The source of its earliest report takes that back: the other one stands, and it is called after it.
    let taken_back =
        vec![outcome(2, Outcome::Retracted, None), outcome(3, Outcome::Incident, Some(3)), gone(2), own(3)];
    assert_eq!(emit(&store, taken_back).await, []);
    // A source puts its report right: what it says now stands in its place.
    let corrected =
        vec![outcome(4, Outcome::Incident, Some(4)), outcome(3, Outcome::Superseded, None), gone(3), own(4)];
    assert_eq!(reported_into(&store, 4, Some(3), corrected).await, []);
    // Corrected to what is no news, it is so no more.
    emit_reported(&store, incident(6, 161_304, noon(1)), Vec::new()).await;
    let corrected = vec![
        outcome(5, Outcome::Incident, Some(5)),
        outcome(6, Outcome::Superseded, None),
        gone(6),
        Effect::Incident(slight(5)),
    ];
    assert_eq!(reported_into(&store, 5, Some(6), corrected).await, [AlertChangeKind::TakenBack]);
}

/// A place that stands by what was answered alone, and the districts that its regency counts.
pub async fn what_stands_only_by_what_was_answered_is_known_with_the_alert_that_ended(home: &Home) {
    let store = home.open().await;
    let first = "16.13-2026-0001";
    let answered = async || {
        let conditions = store.conditions(&[Code(161_300)]).await.unwrap();
        let own = store.answered_conditions(&conditions).await.unwrap();
        own.into_iter().map(|own| (own.code, own.level, own.ended.id)).collect::<Vec<_>>()
    };
    let emitted = |change, level| condition(161_304, change, level, noon(1));
    let old = Incident { counted_severity: 4, ..incident(1, 161_304, noon(1)) };
    emit_reported(&store, old, vec![emitted(ConditionChange::Raised, Level::Awas)]).await;
    emit(&store, vec![condition(161_303, ConditionChange::Raised, Level::Siaga, noon(1))]).await;
    assert_eq!(answered().await, [], "its alert is open");
    withdrawn_by_two(&store, first, 1).await;
    let own = (Code(161_304), Level::Awas, first.to_owned());
    assert_eq!(answered().await, std::slice::from_ref(&own));
    let counted = store.counted_districts(Code(161_300), Kind::Disaster).await.unwrap();
    assert_eq!(
        counted,
        [CountedDistrict { code: Code(161_303), level: Level::Siaga }],
        "what was ended counts no more"
    );
    assert_eq!(store.counted_districts(Code(161_300), Kind::ResidentCompany).await.unwrap(), []);
    // A new alert that says only what came in since, and less, changes nothing of that; one as high does.
    let claimed = |unverified, level| {
        let raises = Some(RaisedAlone { level, opening: None, rule: None, unverified });
        Incident { raises, counted_severity: 4, opens_until: Some(noon(9)), ..incident(2, 161_304, noon(1)) }
    };
    emit_reported(&store, claimed(true, Level::Siaga), Vec::new()).await;
    assert_eq!(answered().await, [own]);
    emit(&store, vec![Effect::Incident(claimed(false, Level::Awas))]).await;
    assert_eq!(answered().await, []);
    // What rose again later is nothing that was answered.
    emit(&store, vec![emitted(ConditionChange::Cleared, Level::Low)]).await;
    assert_eq!(answered().await, []);
}
