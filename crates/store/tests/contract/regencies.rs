//! The alert of a regency that its districts raise by their count: those count whose alerts run.

use crate::alerts::{emit, emit_reported, withdrawn_by_two};
use crate::fixture::*;
use domain::alert::{Act, SecondAnswer};
use domain::author::StampedAuthor;
use domain::effect::{
    Condition, ConditionChange, ConditionReason, DistrictCount, Effect, Incident, RaisedAlone,
};
use domain::kind::{Horizon, Kind, Level};
use domain::place::Code;
use domain::time::DAY;
use store::{Actor, AlertChangeKind, AlertFilter, LinkRequest, SecondLink, Store, token_hash};

const REGENCY: u32 = 161_300;

/// The regency's condition by so many districts, of which three are needed.
fn regency(change: ConditionChange, level: Level, count: u32, alone: Level) -> Effect {
    let Effect::Condition(own) = condition(REGENCY, change, level, noon(1)) else {
        unreachable!("a condition")
    };
    let count = DistrictCount { count, needed: 3, alone, with_model: alone };
    let reasons = vec![ConditionReason::Districts(count)];
    Effect::Condition(Box::new(Condition { reasons, evidence: Vec::new(), unverified: false, ..*own }))
}

fn raised(code: u32) -> Effect {
    condition(code, ConditionChange::Raised, Level::Awas, noon(1))
}

/// Of the regency's alerts: number, level, and whether it cleared.
async fn of_regency(store: &Store) -> Vec<(String, Level, bool)> {
    let live = AlertFilter { live: true, ..AlertFilter::default() };
    let alerts = store.alerts(&live).await.unwrap().items;
    let own = alerts.into_iter().filter(|alert| alert.code == Code(REGENCY));
    own.map(|alert| (alert.id, alert.level, alert.cleared_at.is_some())).collect()
}

async fn counted(store: &Store) -> Vec<u32> {
    let counted = store.counted_districts(Code(REGENCY), Kind::Disaster).await.unwrap();
    counted.into_iter().map(|own| own.code.0).collect()
}

pub async fn what_was_ended_does_not_count_for_the_regencys_alert(home: &Home) {
    let store = home.open().await;
    for code in [161_301, 161_302] {
        emit(&store, vec![raised(code)]).await;
    }
    withdrawn_by_two(&store, "16.13-2026-0001", 1).await;
    let third =
        emit(&store, vec![raised(161_303), regency(ConditionChange::Raised, Level::Awas, 3, Level::Low)])
            .await;
    assert_eq!(third, [(String::from("16.13-2026-0003"), AlertChangeKind::Opened)], "two run");
    // The fourth makes three that run: the regency's condition says nothing new, and its alert opens.
    let own = String::from("16.13-2026-0005");
    let fourth = emit(&store, vec![raised(161_304)]).await;
    assert_eq!(
        fourth,
        [(String::from("16.13-2026-0004"), AlertChangeKind::Opened), (own.clone(), AlertChangeKind::Opened)]
    );
    assert_eq!(of_regency(&store).await, [(own.clone(), Level::Awas, false)]);
    assert_eq!(counted(&store).await, [161_302, 161_303, 161_304]);
    let detail = store.alert(&own).await.unwrap().unwrap();
    assert!(detail.history[0].content.contains("\"districts\":3"), "{}", detail.history[0].content);
    withdrawn_by_two(&store, "16.13-2026-0003", 1).await;
    assert_eq!(of_regency(&store).await, [(own.clone(), Level::Awas, true)], "two run");
    let detail = store.alert(&own).await.unwrap().unwrap();
    assert_eq!(
        detail.history.last().map(|line| (line.act.as_str(), line.actor.as_str())),
        Some(("cleared", "kentongan"))
    );
    // The page of the regency says why its level stays: by what was answered last.
    let conditions = store.conditions(&[Code(REGENCY)]).await.unwrap();
    let answered = store.answered_conditions(&conditions).await.unwrap();
    let answered = answered.iter().find(|own| own.code == Code(REGENCY));
    assert_eq!(
        answered.map(|own| (own.level, own.ended.id.as_str())),
        Some((Level::Awas, "16.13-2026-0003"))
    );
    // What came in since the end opens an alert there, and counts as high as that.
    let raises = Some(RaisedAlone { level: Level::Siaga, opening: None, rule: None, unverified: true });
    let since =
        Incident { raises, counted_severity: 4, opens_until: Some(noon(9)), ..incident(7, 161_303, noon(1)) };
    let again = emit_reported(&store, since, Vec::new()).await;
    assert_eq!(
        again,
        [
            (String::from("16.13-2026-0006"), AlertChangeKind::Opened),
            (own.clone(), AlertChangeKind::Returned)
        ]
    );
    assert_eq!(of_regency(&store).await, [(own.clone(), Level::Siaga, false)]);
    // Its own incidents count without any district; the condition's end is its end.
    emit(&store, vec![regency(ConditionChange::Changed, Level::Awas, 4, Level::Awas)]).await;
    assert_eq!(of_regency(&store).await, [(own.clone(), Level::Awas, false)]);
    emit(&store, vec![regency(ConditionChange::Cleared, Level::Low, 4, Level::Low)]).await;
    assert_eq!(of_regency(&store).await, [(own, Level::Awas, true)]);
    assert_eq!(store.verify_histories().await.unwrap(), (6, vec![]));
}

/// Two of three districts that the regency counts run: its alert has not opened.
async fn two_of_three(store: &Store) {
    for code in [161_301, 161_302] {
        emit(store, vec![raised(code)]).await;
    }
    withdrawn_by_two(store, "16.13-2026-0001", 1).await;
    emit(store, vec![raised(161_303), regency(ConditionChange::Raised, Level::Awas, 3, Level::Low)]).await;
}

pub async fn a_regencys_alert_is_the_same_wherever_commits_are_cut(home: &Home) {
    let (another, mut kept) = (sqlite(), Vec::new());
    for (home, cut) in [(home, false), (&another, true)] {
        let store = home.open().await;
        two_of_three(&store).await;
        let first = vec![raised(161_304)];
        let later = vec![condition(161_302, ConditionChange::Cleared, Level::Low, noon(2))];
        if cut {
            emit(&store, first).await;
            emit(&store, later).await;
        } else {
            emit(&store, [first, later].concat()).await;
        }
        let mut own = Vec::new();
        for alert in store.alerts(&AlertFilter::default()).await.unwrap().items {
            own.push((store.alert(&alert.id).await.unwrap().unwrap().history, alert));
        }
        kept.push(own);
    }
    assert_eq!(kept[0], kept[1]);
    let opened = kept[0].iter().find(|(_, alert)| alert.code == Code(REGENCY)).expect("three ran for a day");
    assert_eq!((opened.1.opened_at, opened.1.level), (noon(1), Level::Awas));
}

/// A second person ends an alert on its page or by a link: what follows is the same.
pub async fn an_end_by_a_link_is_followed_by_the_regencys_alert(home: &Home) {
    let store = home.open().await;
    let districts = [161_301, 161_302, 161_303].map(raised);
    emit(
        &store,
        [districts.to_vec(), vec![regency(ConditionChange::Raised, Level::Awas, 3, Level::Low)]].concat(),
    )
    .await;
    let (ended, own) = ("16.13-2026-0001", String::from("16.13-2026-0004"));
    assert_eq!(of_regency(&store).await, [(own.clone(), Level::Awas, false)]);
    let at = noon(3);
    let act = Act::Withdraw { by: StampedAuthor::of_desk("sari", "160503") };
    let by = |name: &'static str| Actor { name, reason: "salah tempat", at };
    store.act(ended, act, 1, by("sari")).await.unwrap().unwrap().unwrap();
    let person = "16.13/kabag-ops";
    let link = SecondLink {
        token_hash: token_hash("token"),
        regency: Code(REGENCY),
        request: LinkRequest::End { alert: ended.into(), version: 2 },
        person: person.into(),
        expires_at: at.plus(DAY),
        browser_hash: None,
        answer: None,
    };
    assert!(store.issue_second_link(&link).await.unwrap());
    let agreed = (SecondAnswer::Agreed, &StampedAuthor::of_desk(person, "kabag"));
    let answered = store.answer_end_link(&link, agreed, by(person)).await.unwrap();
    assert!(answered.is_some_and(|answered| answered.is_ok_and(|alert| !alert.state.is_live())));
    assert_eq!(of_regency(&store).await, [(own.clone(), Level::Awas, true)], "two run");
    let items = store.alert_items(&own).await.unwrap();
    assert_eq!(items.last().map(|item| item.change), Some(AlertChangeKind::Cleared), "the team hears of it");
    assert_eq!(store.verify_histories().await.unwrap(), (4, vec![]));
}

/// All that raised it was ended; what stands of its condition by the model alone brings its alert not back.
pub async fn a_regencys_alert_that_cleared_stays_so_while_its_condition_falls(home: &Home) {
    let store = home.open().await;
    let districts = [161_301, 161_302, 161_303].map(raised);
    emit(
        &store,
        [districts.to_vec(), vec![regency(ConditionChange::Raised, Level::Awas, 3, Level::Low)]].concat(),
    )
    .await;
    let own = String::from("16.13-2026-0004");
    for serial in 1..=3 {
        withdrawn_by_two(&store, &format!("16.13-2026-000{serial}"), 1).await;
    }
    assert_eq!(of_regency(&store).await, [(own.clone(), Level::Awas, true)]);
    let cleared = [161_301, 161_302, 161_303]
        .map(|code| condition(code, ConditionChange::Cleared, Level::Low, noon(4)));
    assert_eq!(emit(&store, cleared.to_vec()).await, []);
    let Effect::Condition(fallen) = condition(REGENCY, ConditionChange::Changed, Level::Siaga, noon(5))
    else {
        unreachable!("a condition")
    };
    let model = ConditionReason::Model { horizon: Horizon::Week, risk_ppm: 700_000, base_ppm: 20_000 };
    let fallen = Condition { reasons: vec![model], evidence: Vec::new(), unverified: false, ..*fallen };
    let lines = async || store.alert(&own).await.unwrap().unwrap().history.len();
    let known = lines().await;
    assert_eq!(
        emit(&store, vec![Effect::Condition(Box::new(fallen))]).await,
        [],
        "it falls, and nothing returns"
    );
    let over = condition(REGENCY, ConditionChange::Cleared, Level::Low, noon(6));
    assert_eq!(emit(&store, vec![over]).await, []);
    assert_eq!(lines().await, known, "it cleared once");
    assert_eq!(of_regency(&store).await, [(own.clone(), Level::Awas, true)]);
}
