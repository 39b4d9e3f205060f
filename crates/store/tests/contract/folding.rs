//! One message for several news, one at a time to each person, and what a message says that rests on no incident.

use crate::alerts::{emit, emit_reported};
use crate::deliveries::{LEASE, NOW, answered, claim, queue_change, recipient, states, taken, to};
use crate::fixture::*;
use domain::alert::notice::AlertChangeKind;
use domain::alert::{Act, Alert};
use domain::effect::{ConditionChange, Effect, Incident, Verdict};
use domain::kind::Level;
use domain::place::Code;
use domain::report::ReportName;
use domain::time::{SECOND, Time};
use sqlx::AssertSqlSafe;
use store::{
    Actor, AddressPlan, AttemptResult, ClaimTime, DeliveryFailure, DeliveryState, MessagePause, OutboxItem,
};

pub async fn a_message_that_rests_on_no_incident_knows_what_happened_last_and_a_regencys_its_districts(
    home: &Home,
) {
    let store = home.open().await;
    let raised = |code, evidence: Vec<ReportName>| {
        let emitted = condition(code, ConditionChange::Raised, Level::Siaga, noon(9));
        let Effect::Condition(mut emitted) = emitted else { panic!("a condition") };
        emitted.evidence = evidence;
        Effect::Condition(emitted)
    };
    let (id, mut effects) = (31, Vec::new());
    effects.push(Effect::Incident(incident(30, 161_304, noon(1))));
    effects.push(Effect::Incident(incident(id, 161_304, noon(8))));
    effects.push(Effect::Incident(incident(32, 161_303, noon(8))));
    effects.extend([raised(161_304, Vec::new()), raised(161_300, Vec::new())]);
    emit(&store, effects).await;
    let items = store.unaddressed(10).await.unwrap();
    let facts = store.message_facts(&items[0]).await.unwrap();
    assert!(facts.incidents.is_empty() && facts.districts.is_empty());
    assert_eq!(
        facts.latest.iter().map(|own| own.id).collect::<Vec<_>>(),
        [name(id)],
        "of its place, of the week"
    );
    let facts = store.message_facts(&items[1]).await.unwrap();
    assert_eq!(facts.latest.len(), 2, "of all its districts");
    let districts: Vec<Code> = facts.districts.iter().map(|(alert, _)| alert.code).collect();
    assert_eq!(districts, [Code(161_304)]);
    // Once a district that raises it rests on an incident, of those the gravest: nothing of what raises it not.
    let named = |code, level, evidence| {
        let mut named = raised(code, evidence);
        let Effect::Condition(condition) = &mut named else { panic!("a condition") };
        condition.level = level;
        named
    };
    let mut grave = incident(33, 161_302, noon(9));
    grave.claimed.displaced = 120;
    emit_reported(&store, grave, vec![named(161_302, Level::Waspada, vec![name(33)])]).await;
    let slight = incident(34, 161_303, noon(9));
    emit_reported(&store, slight, vec![named(161_303, Level::Siaga, vec![name(34)])]).await;
    let facts = store.message_facts(&items[1]).await.unwrap();
    assert_eq!(facts.latest.iter().map(|own| own.id).collect::<Vec<_>>(), [name(34)]);
    let districts: Vec<Code> = facts.districts.iter().map(|(alert, _)| alert.code).collect();
    assert_eq!(districts, [Code(161_303), Code(161_304), Code(161_302)]);
    // What the desk rejected shows no regency: not by what its districts rest on, nor by what it rests on itself.
    let rejected = Incident { verdict: Verdict::Rejected, ..slight };
    let mut own = raised(161_300, vec![name(34)]);
    if let Effect::Condition(condition) = &mut own {
        (condition.change, condition.level) = (ConditionChange::Changed, Level::Awas);
    }
    emit(&store, vec![Effect::Incident(rejected), own]).await;
    let mut items_now = store.unaddressed(20).await.unwrap();
    items_now.retain(|item| item.change == AlertChangeKind::Risen);
    let risen = items_now.pop().unwrap();
    assert_eq!((risen.code, risen.level), (Code(161_300), Level::Awas));
    for item in [&items[1], &risen] {
        let facts = store.message_facts(item).await.unwrap();
        assert!(facts.incidents.is_empty(), "{:?}", facts.incidents);
        assert_eq!(facts.latest.iter().map(|own| own.id).collect::<Vec<_>>(), [33, id, 32].map(name));
    }
}

pub async fn one_message_at_a_time_is_on_its_way_to_a_person_the_oldest_first(home: &Home) {
    let store = home.open().await;
    let opened = queue_change(&store, ConditionChange::Raised, Level::Siaga).await;
    store.address(&opened, &to(&[("a", "email")]), noon(1)).await.unwrap();
    let under_way = claim(&store, "email", NOW).await;
    let risen = queue_change(&store, ConditionChange::Changed, Level::Awas).await;
    store.address(&risen, &to(&[("a", "email"), ("b", "email")]), noon(1)).await.unwrap();
    let others = claim(&store, "email", NOW).await;
    assert_eq!(others.iter().map(|due| due.to.person.as_str()).collect::<Vec<_>>(), ["b"]);
    store.record_delivery(&under_way[0], taken(), noon(1)).await.unwrap();
    let due = claim(&store, "email", NOW).await;
    assert_eq!((due.len(), due[0].item.id), (1, risen.id));
    // One that was given up, or whose try was lost, holds the next for no longer than its lease.
    let fallen = queue_change(&store, ConditionChange::Changed, Level::Siaga).await;
    store.address(&fallen, &to(&[("a", "email"), ("b", "email")]), noon(1)).await.unwrap();
    assert!(claim(&store, "email", NOW).await.is_empty());
    let later = AttemptResult::Later { error: answered("451"), next_try_at: Time(2_000 * SECOND) };
    store.record_delivery(&others[0], later, noon(1)).await.unwrap();
    assert_eq!(claim(&store, "email", NOW).await[0].to.person, "b");
    assert_eq!(claim(&store, "email", LEASE).await.len(), 2);
}

pub async fn a_message_says_what_it_took_the_place_of_and_a_withdrawal_is_owed(home: &Home) {
    let store = home.open().await;
    let sent = async |item: &OutboxItem| {
        store.address(item, &to(&[("a", "email")]), noon(1)).await.unwrap();
        let due = claim(&store, "email", NOW).await;
        store.record_delivery(&due[0], taken(), noon(1)).await.unwrap();
    };
    let news = async |item: &OutboxItem| {
        let news = store.folded(item, &recipient("a", "email")).await.unwrap();
        news.into_iter().map(|one| (one.item.change, one.incident.map(|own| own.id))).collect::<Vec<_>>()
    };
    let opened = queue_change(&store, ConditionChange::Raised, Level::Siaga).await;
    sent(&opened).await;
    let mut last = opened.clone();
    for id in [11, 12] {
        emit_reported(&store, incident(id, 161_304, noon(1)), Vec::new()).await;
        last = store.unaddressed(10).await.unwrap().pop().unwrap();
        store.address(&last, &to(&[("a", "email")]), noon(1)).await.unwrap();
    }
    let new = |id| (AlertChangeKind::NewIncident, Some(name(id)));
    assert_eq!(news(&last).await, [new(11), new(12)]);
    // An assignment says what waits with it, and whose it is no more nobody says.
    let by = Actor { name: "sari", reason: "", at: noon(1) };
    let mut assigned = opened.clone();
    for seen in [3, 4] {
        let act = Act::Assign { to: String::from("Camat") };
        store.act(&opened.alert, act, seen, by).await.unwrap().unwrap().unwrap();
        assigned = store.unaddressed(10).await.unwrap().pop().unwrap();
        store.address(&assigned, &to(&[("a", "email")]), noon(1)).await.unwrap();
    }
    assert_eq!(news(&assigned).await, [new(11), new(12), (AlertChangeKind::Assigned, None)]);
    let due = claim(&store, "email", NOW).await;
    assert_eq!((due.len(), due[0].item.id), (1, assigned.id), "one message");
    store.record_delivery(&due[0], taken(), noon(1)).await.unwrap();
    assert_eq!(news(&last).await, [new(12)], "what arrived is not said again");
    // The withdrawal waits; another alert of the place takes no place of it, and its message carries it.
    let withdrawn = queue_change(&store, ConditionChange::Withdrawn, Level::Low).await;
    store.address(&withdrawn, &to(&[("a", "email")]), noon(1)).await.unwrap();
    let again = queue_change(&store, ConditionChange::Raised, Level::Siaga).await;
    let pause = Some((NOW, MessagePause::PlaceAndKind));
    let plan = AddressPlan { pause, ..to(&[("a", "email")]) };
    store.address(&again, &plan, noon(1)).await.unwrap();
    let both = [(AlertChangeKind::Withdrawn, None), (AlertChangeKind::Opened, None)];
    assert_eq!(news(&again).await, both);
    let after = NOW.plus(601 * SECOND);
    let due = claim(&store, "email", after).await;
    assert_eq!((due.len(), due[0].item.id), (1, again.id));
    // It arrives with the message that carried it.
    let carried = vec![withdrawn.id];
    store
        .record_delivery(&due[0], AttemptResult::Sent { at: after, receipt: None, carried }, noon(1))
        .await
        .unwrap();
    assert!(claim(&store, "email", after).await.is_empty());
    assert_eq!(store.outbox_pending().await.unwrap(), 0);
    let arrived = states(&store, &withdrawn).await.into_iter().find(|(outbox, ..)| *outbox == withdrawn.id);
    assert_eq!(arrived.map(|(.., state)| state), Some(DeliveryState::Sent), "who read it there has it");
}

/// Nobody else is notified of it.
pub async fn a_siaga_for_the_desk_alone_waits_moments_behind_news_of_what_is_over(home: &Home) {
    let store = home.open().await;
    for wait in [0, 0, 30, 30, 30, 30, 150] {
        let opened = queue_change(&store, ConditionChange::Raised, Level::Siaga).await;
        let pause = Some((NOW, MessagePause::PlaceAndKind));
        let plan = AddressPlan { pause, withholds: true, ..to(&[("a", "email")]) };
        store.address(&opened, &plan, noon(1)).await.unwrap();
        if wait > 0 {
            assert!(claim(&store, "email", NOW.plus(wait * SECOND - 1)).await.is_empty());
        }
        let due = claim(&store, "email", NOW.plus(wait * SECOND)).await;
        assert_eq!((due.len(), due[0].item.id), (1, opened.id), "{wait} seconds");
        store.record_delivery(&due[0], taken(), noon(1)).await.unwrap();
        // Its end is no message yet.
        queue_change(&store, ConditionChange::Withdrawn, Level::Low).await;
    }
}

/// News that comes while a message is on its way waits for the pause after it where that arrives, and for nothing where it does not.
pub async fn news_during_a_message_waits_for_the_pause_after_it_unless_that_message_fails(home: &Home) {
    let store = home.open().await;
    let pausing =
        |person| AddressPlan { pause: Some((NOW, MessagePause::Alert)), ..to(&[(person, "email")]) };
    let opened = queue_change(&store, ConditionChange::Raised, Level::Siaga).await;
    store.address(&opened, &to(&[("a", "email"), ("b", "email"), ("c", "email")]), noon(1)).await.unwrap();
    let under_way = claim(&store, "email", NOW).await;
    let mut last = opened.clone();
    for id in [11, 12] {
        emit_reported(&store, incident(id, 161_304, noon(1)), Vec::new()).await;
        last = store.unaddressed(10).await.unwrap().pop().unwrap();
        let plan = ["a", "b", "c"].map(|person| pausing(person).to).into_iter().flatten().collect();
        store.address(&last, &AddressPlan { to: plan, ..pausing("a") }, noon(1)).await.unwrap();
    }
    assert!(claim(&store, "email", NOW).await.is_empty());
    let [a, b, _] = &under_way[..] else { panic!("three are under way") };
    store.record_delivery(a, taken(), noon(1)).await.unwrap();
    let later = AttemptResult::Later { error: answered("451"), next_try_at: Time(2_000 * SECOND) };
    store.record_delivery(b, later, noon(1)).await.unwrap();
    // What did not arrive is said with the news, at once; who has the message hears of the news after the pause.
    let due = claim(&store, "email", NOW).await;
    assert_eq!(
        due.iter().map(|due| (due.to.person.as_str(), due.item.id)).collect::<Vec<_>>(),
        [("b", last.id)]
    );
    store.record_delivery(&due[0], taken(), noon(1)).await.unwrap();
    // Nobody knows what became of a try whose process died: its lease is all that is waited for.
    let lost = claim(&store, "email", LEASE).await;
    assert_eq!(lost.iter().map(|due| due.to.person.as_str()).collect::<Vec<_>>(), ["c"]);
    store.record_delivery(&lost[0], taken(), noon(1)).await.unwrap();
    // A rise does not wait for the pause.
    let risen = queue_change(&store, ConditionChange::Changed, Level::Awas).await;
    store.address(&risen, &to(&[("b", "email")]), noon(1)).await.unwrap();
    let due = claim(&store, "email", NOW.plus(SECOND)).await;
    assert_eq!(due.iter().map(|due| due.to.person.as_str()).collect::<Vec<_>>(), ["b"]);
    store.record_delivery(&due[0], taken(), noon(1)).await.unwrap();
    assert!(claim(&store, "email", NOW.plus(599 * SECOND)).await.is_empty());
    let due = claim(&store, "email", NOW.plus(600 * SECOND)).await;
    assert_eq!(due.iter().map(|due| due.to.person.as_str()).collect::<Vec<_>>(), ["a"]);
}

pub async fn a_server_that_answers_again_makes_due_what_waits_for_it(home: &Home) {
    let store = home.open().await;
    let item = queue_change(&store, ConditionChange::Raised, Level::Siaga).await;
    store.address(&item, &to(&[("a", "email"), ("b", "email"), ("c", "email")]), noon(1)).await.unwrap();
    let next_try_at = Time(2_000 * SECOND);
    let errors = [DeliveryFailure::Failed("refused".into()), DeliveryFailure::NoAnswer(30), answered("451")];
    for (due, error) in claim(&store, "email", NOW).await.iter().zip(errors) {
        store.record_delivery(due, AttemptResult::Later { error, next_try_at }, noon(1)).await.unwrap();
    }
    let waiting = store.unanswered(NOW).await.unwrap();
    let people: Vec<&str> = waiting.iter().map(|(_, to)| to.person.as_str()).collect();
    assert_eq!(people, ["a", "b"], "who was asked to wait waits");
    assert!(claim(&store, "email", NOW).await.is_empty());
    store.try_now(&waiting.iter().map(|(id, _)| *id).collect::<Vec<_>>(), NOW).await.unwrap();
    assert_eq!(claim(&store, "email", NOW).await.len(), 2);
}

/// What was queued while a message was on its way is not in it.
pub async fn only_what_a_message_said_needs_no_message_of_its_own(home: &Home) {
    let store = home.open().await;
    let sent = |carried| AttemptResult::Sent { at: NOW, receipt: None, carried };
    let raised = |code| condition(code, ConditionChange::Raised, Level::Siaga, noon(1));
    let mut waiting = Vec::new();
    for carries in [false, true] {
        let (district, regency) = if carries { (161_303, 161_300) } else { (917_101, 917_100) };
        emit(&store, vec![raised(district)]).await;
        let own = store.unaddressed(10).await.unwrap().pop().unwrap();
        store.address(&own, &to(&[("a", "email")]), noon(1)).await.unwrap();
        let due = claim(&store, "email", NOW).await.into_iter().find(|due| due.item.id == own.id).unwrap();
        emit(&store, vec![raised(regency)]).await;
        let above = store.unaddressed(10).await.unwrap().pop().unwrap();
        store.address(&above, &to(&[("a", "email")]), noon(1)).await.unwrap();
        let carried = if carries { vec![above.id] } else { Vec::new() };
        store.record_delivery(&due, sent(carried), noon(1)).await.unwrap();
        waiting.push(states(&store, &above).await[0].2);
    }
    assert_eq!(waiting, [DeliveryState::Queued, DeliveryState::Sent]);
}

/// Each is looked at in its turn, and one that was moved meanwhile is looked at again.
pub async fn withheld_alerts_are_looked_at_in_turn_and_released_as_they_were_seen(home: &Home) {
    let store = home.open().await;
    let raised = |level, change| condition(161_304, change, level, noon(1));
    let mut last = None;
    for _ in 0..21 {
        emit(&store, vec![raised(Level::Siaga, ConditionChange::Raised)]).await;
        let item = store.unaddressed(100).await.unwrap().pop().unwrap();
        let plan = AddressPlan { withholds: true, ..to(&[("a", "email")]) };
        store.address(&item, &plan, noon(1)).await.unwrap();
        last = Some(item);
        emit(&store, vec![raised(Level::Low, ConditionChange::Withdrawn)]).await;
    }
    let first = store.withheld_alerts("").await.unwrap();
    assert_eq!(first.len(), 20);
    let next = store.withheld_alerts(&first[19].alert.id).await.unwrap();
    let item = last.unwrap();
    assert_eq!((next.len(), next[0].alert.id.as_str(), next[0].since), (1, item.alert.as_str(), item.id));
    let seen = &next[0].alert;
    let moved = Alert { version: seen.version - 1, ..seen.clone() };
    let plan = to(&[("b", "email")]);
    assert!(!store.release_withheld(&moved, &plan, noon(2)).await.unwrap(), "it was moved meanwhile");
    let renamed = format!("UPDATE outbox SET change = 'new_incident' WHERE id = {}", item.id);
    run(home, &renamed).await.unwrap();
    assert!(store.release_withheld(seen, &plan, noon(2)).await.unwrap());
    let released = claim(&store, "email", NOW).await.into_iter().find(|due| due.to.person == "b").unwrap();
    assert_eq!(released.item.change, AlertChangeKind::NewIncident, "as it was to go out then");
    assert!(!store.release_withheld(seen, &plan, noon(2)).await.unwrap(), "once");
    let notified = store.notified_since(&next[0]).await.unwrap();
    assert_eq!(notified.into_iter().collect::<Vec<_>>(), ["a", "b"]);
}

/// Who releases holds a withheld row and asks for a number; who addresses must not hold the numbers and ask for that row.
pub async fn what_is_withheld_is_kept_before_a_delivery_takes_a_number(home: &Home) {
    if !home.url.starts_with("postgres") {
        return; // one writer at a time
    }
    let store = home.open().await;
    for code in [161_303, 161_304] {
        emit(&store, vec![condition(code, ConditionChange::Raised, Level::Siaga, noon(1))]).await;
    }
    let items = store.unaddressed(10).await.unwrap();
    let plan = |withholds| AddressPlan { withholds, ..to(&[("a", "email")]) };
    let planned = [(items[0].clone(), plan(false)), (items[1].clone(), plan(true))];
    let (mut other, mut watch) = (home.meddle().await, home.meddle().await);
    let held = format!(
        "BEGIN; SET LOCAL lock_timeout = '5s'; INSERT INTO withheld_alerts VALUES ('{}', 0)",
        items[1].alert
    );
    sqlx::raw_sql(AssertSqlSafe(held)).execute(&mut other).await.unwrap();
    let time = ClaimTime { at: noon(1), now: NOW, lease: LEASE };
    let releases = async {
        const WAITS: &str = "SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM \
             pg_stat_activity WHERE query LIKE 'INSERT INTO withheld_alerts (alert, since)%')";
        while sqlx::query_scalar::<_, i64>(WAITS).fetch_one(&mut watch).await.unwrap() == 0 {
            tokio::task::yield_now().await;
        }
        const NUMBER: &str = "INSERT INTO serials (name, last) VALUES ('delivery', 1) \
             ON CONFLICT (name) DO UPDATE SET last = serials.last + 1; COMMIT";
        sqlx::raw_sql(NUMBER).execute(&mut other).await.expect("the numbers are free");
    };
    let (addressed, ()) = tokio::join!(store.address_and_claim(&planned, &[], time), releases);
    addressed.unwrap();
    assert_eq!(store.withheld_alerts("").await.unwrap().len(), 1);
}
