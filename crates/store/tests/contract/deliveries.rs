//! From the outbox to people: addressed once, leased, tried, kept; who was notified before.

use crate::alerts::emit;
use crate::fixture::*;
use domain::alert::notice::AlertChangeKind;
use domain::alert::{Act, ActRefusal, SecondAnswer};
use domain::effect::{ConditionChange, ConditionReason, Effect, Incident};
use domain::evidence::second_person::DeskRequest;
use domain::kind::{CheckReason, FeedClass, Horizon, Level, Outcome};
use domain::place::Code;
use domain::report::{Body, ReportName};
use domain::time::{DAY, HOUR, SECOND, Time};
use std::sync::Arc;
use store::{
    Actor, AddressPlan, AlertFilter, AttemptResult, Change, ChangeNotifier, ClaimedChannels, DeliveryClocks,
    DeliveryFailure, DeliveryState, DueDelivery, LinkRequest, NextChannels, OutboxItem, Recipient,
    SecondLink, Store, token_hash, watch_undelivered,
};
use tokio::sync::watch;

pub const NOW: Time = Time(1_000 * SECOND);
pub const LEASE: Time = Time(1_030 * SECOND);

/// Each to go out at once.
pub fn to(names: &[(&str, &str)]) -> AddressPlan {
    from(Time(0), names)
}

pub fn from(due_at: Time, names: &[(&str, &str)]) -> AddressPlan {
    let one = |(person, channel): &(&str, &str)| (recipient(person, channel), due_at);
    AddressPlan { to: names.iter().map(one).collect(), ..AddressPlan::default() }
}

pub fn recipient(person: &str, channel: &str) -> Recipient {
    Recipient { person: String::from(person), channel: String::from(channel) }
}

pub async fn queue_change(store: &Store, change: ConditionChange, level: Level) -> OutboxItem {
    emit(store, vec![condition(161_304, change, level, noon(1))]).await;
    store.unaddressed(10).await.unwrap().pop().unwrap()
}

/// A receiver took it.
pub fn taken() -> AttemptResult {
    AttemptResult::Sent { at: NOW, receipt: None, carried: Vec::new() }
}

pub fn answered(text: &str) -> DeliveryFailure {
    DeliveryFailure::Answered(text.to_owned())
}

pub async fn claim(store: &Store, channel: &str, now: Time) -> Vec<DueDelivery> {
    let channels = ClaimedChannels::Only(vec![channel.to_owned(), format!("{channel}-2")]);
    store.claim_deliveries(&channels, now, LEASE, 10).await.unwrap()
}

pub async fn states(store: &Store, item: &OutboxItem) -> Vec<(i64, String, DeliveryState)> {
    let deliveries = store.alert_deliveries(&item.alert).await.unwrap();
    deliveries.into_iter().map(|delivery| (delivery.outbox, delivery.channel, delivery.state)).collect()
}

pub async fn where_more_is_due_than_can_be_sent_the_highest_level_goes_first(home: &Home) {
    let store = home.open().await;
    for (code, level) in [(161_301, Level::Waspada), (161_302, Level::Siaga), (161_304, Level::Awas)] {
        emit(&store, vec![condition(code, ConditionChange::Raised, level, noon(1))]).await;
    }
    for item in store.unaddressed(10).await.unwrap() {
        store.address(&item, &to(&[("a", "email")]), noon(1)).await.unwrap();
    }
    let mut levels = Vec::new();
    for _ in 0..3 {
        let one = store
            .claim_deliveries(&ClaimedChannels::Only(vec!["email".into()]), NOW, LEASE, 1)
            .await
            .unwrap();
        levels.extend(one.into_iter().map(|due| due.item.level));
    }
    assert_eq!(levels, [Level::Awas, Level::Siaga, Level::Waspada]);
}

pub async fn a_delivery_is_leased_tried_and_kept(home: &Home) {
    let store = home.open().await;
    let item = queue_change(&store, ConditionChange::Raised, Level::Siaga).await;
    assert!(store.message_facts(&item).await.unwrap().notified == 0);
    store.address(&item, &to(&[("a", "email"), ("a", "email-2"), ("b", "webhook")]), noon(1)).await.unwrap();
    assert!(store.unaddressed(10).await.unwrap().is_empty());
    assert_eq!(store.outbox_pending().await.unwrap(), 1);
    let mails = claim(&store, "email", NOW).await;
    assert_eq!(mails.iter().map(|due| due.to.channel.as_str()).collect::<Vec<_>>(), ["email", "email-2"]);
    // Leased: neither this process nor one that starts now gets them before the lease ends.
    assert!(claim(&home.open().await, "email", NOW).await.is_empty());
    let again = claim(&home.open().await, "email", LEASE).await;
    assert_eq!(
        again.iter().map(|due| due.id).collect::<Vec<_>>(),
        mails.iter().map(|due| due.id).collect::<Vec<_>>()
    );
    let later = AttemptResult::Later { error: answered("451"), next_try_at: Time(2_000 * SECOND) };
    store.record_delivery(&mails[0], later, noon(1)).await.unwrap();
    store
        .record_delivery(&mails[1], AttemptResult::GivenUp { error: answered("550"), next: None }, noon(1))
        .await
        .unwrap();
    assert!(claim(&store, "email", Time(1_999 * SECOND)).await.is_empty());
    let second = claim(&store, "email", Time(2_000 * SECOND)).await;
    assert_eq!((second.len(), second[0].tries), (1, 1));
    store.record_delivery(&second[0], taken(), noon(2)).await.unwrap();
    let hooks = claim(&store, "webhook", NOW).await;
    assert_eq!(store.outbox_pending().await.unwrap(), 1);
    store.record_delivery(&hooks[0], taken(), noon(2)).await.unwrap();
    assert_eq!(store.outbox_pending().await.unwrap(), 0);
    let tries = store.delivery_attempts(&item.alert).await.unwrap();
    let kept: Vec<_> =
        tries.iter().map(|row| (row.to.channel.as_str(), row.number, row.error.clone())).collect();
    assert_eq!(
        kept,
        [
            ("email", 1, Some(answered("451"))),
            ("email", 2, None),
            ("email-2", 1, Some(answered("550"))),
            ("webhook", 1, None)
        ]
    );
}

pub async fn each_channel_of_a_person_is_tried_once_and_none_for_what_was_replaced(home: &Home) {
    let store = home.open().await;
    let item = queue_change(&store, ConditionChange::Raised, Level::Siaga).await;
    store.address(&item, &from(NOW, &[("a", "email")]), noon(1)).await.unwrap();
    let gone = |others: &[&str]| {
        let channels = others.iter().map(|key| (*key).to_owned()).collect();
        AttemptResult::GivenUp { error: answered("550"), next: Some(NextChannels { channels, due_at: NOW }) }
    };
    let mail = claim(&store, "email", NOW).await.remove(0);
    store.record_delivery(&mail, gone(&["webhook", "gateway"]), noon(1)).await.unwrap();
    let hook = claim(&store, "webhook", NOW).await.remove(0);
    store.record_delivery(&hook, gone(&["email", "gateway"]), noon(1)).await.unwrap();
    let sms = claim(&store, "gateway", NOW).await.remove(0);
    // While the last is tried the alert falls, and the message is replaced.
    let lowered = queue_change(&store, ConditionChange::Changed, Level::Waspada).await;
    store.address(&lowered, &from(NOW, &[("a", "email")]), noon(1)).await.unwrap();
    store.record_delivery(&sms, gone(&["email", "webhook", "gateway-2"]), noon(1)).await.unwrap();
    let channels: Vec<String> =
        states(&store, &item).await.into_iter().filter(|one| one.0 == item.id).map(|one| one.1).collect();
    assert_eq!(channels, ["email", "gateway", "webhook"], "and no other");
}

pub async fn an_item_is_addressed_once(home: &Home) {
    let store = home.open().await;
    let item = queue_change(&store, ConditionChange::Raised, Level::Siaga).await;
    let (one, two) = (to(&[("a", "email")]), to(&[("b", "email")]));
    let other = home.open().await;
    let both = tokio::join!(store.address(&item, &one, noon(1)), other.address(&item, &two, noon(1)));
    both.0.unwrap();
    both.1.unwrap();
    assert_eq!(states(&store, &item).await.len(), 1);
    let both = tokio::join!(claim(&store, "email", NOW), claim(&other, "email", NOW));
    assert_eq!(both.0.len() + both.1.len(), 1);
}

pub async fn what_waits_for_its_hour_is_not_due_and_nobody_was_notified_by_it(home: &Home) {
    let store = home.open().await;
    let item = queue_change(&store, ConditionChange::Raised, Level::Waspada).await;
    let morning = NOW.plus(8 * HOUR);
    store.address(&item, &from(morning, &[("a", "email")]), noon(1)).await.unwrap();
    assert!(claim(&store, "email", NOW).await.is_empty());
    let withdrawn = queue_change(&store, ConditionChange::Withdrawn, Level::Low).await;
    assert!(store.already_notified(&withdrawn).await.unwrap().is_empty(), "it lay here all the time");
    assert_eq!(claim(&store, "email", morning).await.len(), 1);
    assert_eq!(store.already_notified(&withdrawn).await.unwrap().len(), 1);
}

pub async fn an_item_that_concerns_nobody_is_done(home: &Home) {
    let store = home.open().await;
    let item = queue_change(&store, ConditionChange::Raised, Level::Siaga).await;
    store.address(&item, &AddressPlan::default(), noon(1)).await.unwrap();
    assert!(store.unaddressed(10).await.unwrap().is_empty());
    assert_eq!(store.outbox_pending().await.unwrap(), 0);
}

pub async fn a_newer_message_replaces_what_waits_and_a_withdrawal_knows_who_was_notified(home: &Home) {
    let store = home.open().await;
    let opened = queue_change(&store, ConditionChange::Raised, Level::Awas).await;
    store.address(&opened, &to(&[("a", "email"), ("b", "webhook")]), noon(1)).await.unwrap();
    let under_way = claim(&store, "email", NOW).await; // b's is never tried
    let fallen = queue_change(&store, ConditionChange::Changed, Level::Waspada).await;
    let all = AddressPlan { replaces_all: true, ..to(&[("c", "telegram")]) };
    store.address(&fallen, &all, noon(1)).await.unwrap();
    assert_eq!(
        states(&store, &opened).await,
        [
            (opened.id, String::from("email"), DeliveryState::Failed),
            (opened.id, String::from("webhook"), DeliveryState::Failed),
            (fallen.id, String::from("telegram"), DeliveryState::Queued),
        ]
    );
    // What was under way when it was replaced and arrived all the same, arrived.
    store.record_delivery(&under_way[0], taken(), noon(1)).await.unwrap();
    assert_eq!(states(&store, &opened).await[0].2, DeliveryState::Sent);
    let withdrawn = queue_change(&store, ConditionChange::Withdrawn, Level::Low).await;
    assert_eq!(store.already_notified(&withdrawn).await.unwrap(), [recipient("a", "email")].into());
    assert_eq!(store.message_facts(&withdrawn).await.unwrap().notified, 1);
}

/// Raised by the model alone, by the model beside a rule, and by the model where no baseline stood in its place.
pub async fn a_message_names_the_baseline_only_where_it_alone_spoke(home: &Home) {
    let store = home.open().await;
    let model = ConditionReason::Model { horizon: Horizon::Week, risk_ppm: 90_000, base_ppm: 20_000 };
    let cases = [
        (161_301, "disaster-7d/baseline:analyst", vec![model.clone()], Some("analyst")),
        (
            161_302,
            "disaster-7d/baseline:analyst",
            vec![model.clone(), ConditionReason::Rule("banjir-2".into())],
            None,
        ),
        (161_303, "disaster-7d", vec![model], None),
        (161_304, "disaster-7d/baseline:analyst", vec![by_districts(3)], None),
    ];
    for (code, name, reasons, expected) in cases {
        let Effect::Condition(mut emitted) =
            condition(code, ConditionChange::Raised, Level::Waspada, noon(1))
        else {
            panic!("a condition")
        };
        emitted.reasons = reasons;
        let from = store.recover(0).await.unwrap().map_or(0, |progress| progress.next_offset);
        let mut commit = commit(from, from + 1);
        commit.models = vec![name.into()];
        commit.effects = vec![assessment(code, noon(1), 90_000), Effect::Condition(emitted)];
        store.commit(commit).await.unwrap();
        let item = store.unaddressed(10).await.unwrap().pop().expect("a message");
        assert_eq!(store.message_facts(&item).await.unwrap().baseline.as_deref(), expected, "{code} {name}");
    }
}

/// The message of another item waits on for those whom the newer one does not concern, and a replaced one's lateness goes
/// over to what replaces it.
pub async fn a_message_replaces_what_waits_for_its_own_people_and_is_as_late(home: &Home) {
    let store = home.open().await;
    let opened = queue_change(&store, ConditionChange::Raised, Level::Awas).await;
    store.address(&opened, &from(NOW, &[("a", "email"), ("b", "email")]), noon(1)).await.unwrap();
    let lowered = queue_change(&store, ConditionChange::Changed, Level::Siaga).await;
    let later = NOW.plus(60 * SECOND);
    store.address(&lowered, &from(later, &[("b", "email")]), noon(1)).await.unwrap();
    let waiting: Vec<_> = claim(&store, "email", later).await;
    let people: Vec<_> =
        waiting.iter().map(|due| (due.to.person.as_str(), due.item.id, due.due_at)).collect();
    assert_eq!(people, [("a", opened.id, NOW), ("b", lowered.id, NOW)]);
}

pub async fn who_has_not_got_the_newest_message_is_shown_and_can_be_sent_it_again(home: &Home) {
    let store = home.open().await;
    let item = queue_change(&store, ConditionChange::Raised, Level::Awas).await;
    store
        .address(&item, &from(NOW, &[("a", "email"), ("b", "email"), ("c", "email")]), noon(1))
        .await
        .unwrap();
    let mails = claim(&store, "email", NOW).await;
    store.record_delivery(&mails[0], taken(), noon(1)).await.unwrap();
    let gone = AttemptResult::GivenUp { error: answered("550"), next: None };
    store.record_delivery(&mails[1], gone, noon(1)).await.unwrap();
    let late = async |now: Time| {
        let people = store.undelivered(noon(1)).await.unwrap();
        let late = people.into_iter().filter(|one| one.is_late(now));
        late.map(|one| (one.person, one.given_up, one.of)).collect::<Vec<_>>()
    };
    assert_eq!(late(NOW).await, [(String::from("b"), true, 3)], "at once, where nothing is tried any more");
    assert_eq!(late(NOW.plus(30 * SECOND)).await.len(), 2, "at awas after half a minute");
    assert!(store.late_deliveries(NOW.plus(59 * SECOND)).await.unwrap().is_empty());
    let further = store.late_deliveries(NOW.plus(60 * SECOND)).await.unwrap();
    assert_eq!(further.iter().map(|one| one.person.as_str()).collect::<Vec<_>>(), ["c"]);
    store.try_channel(&item, &recipient("c", "webhook"), NOW, noon(1)).await.unwrap();
    let hook = claim(&store, "webhook", NOW).await;
    store.record_delivery(&hook[0], taken(), noon(1)).await.unwrap();
    assert_eq!(late(NOW.plus(90 * SECOND)).await.len(), 1, "c has it by the second channel");
    let changes = ChangeNotifier::new(4);
    let (mut heard, (stop, stopped)) = (changes.subscribe(), watch::channel(false));
    let clocks =
        DeliveryClocks { service: Arc::new(|| noon(1)), machine: Arc::new(|| NOW.plus(90 * SECOND)) };
    let watching = tokio::spawn(watch_undelivered(store.clone(), changes, clocks, stopped));
    let change = heard.recv().await.unwrap().1;
    assert_eq!(change, Change::Picture { regency: Code(161_300) }, "open pages hear of it");
    stop.send(true).unwrap();
    watching.await.unwrap();
    let again = async |people: &[&str]| {
        let people: Vec<String> = people.iter().map(|person| (*person).to_owned()).collect();
        let by = Actor { name: "sari", reason: "", at: noon(2) };
        store.send_again(&item.alert, &people, NOW.plus(90 * SECOND), by).await.unwrap().unwrap()
    };
    assert_eq!(
        again(&["nobody", "a", "c"]).await,
        Err(ActRefusal::NobodyWaits),
        "who has it gets it no second time"
    );
    let before = store.alert(&item.alert).await.unwrap().unwrap();
    let sent = again(&["a", "b"]).await.unwrap();
    assert_eq!((sent.version, sent.changed_at), (before.alert.version + 1, before.alert.changed_at));
    let history = store.alert(&item.alert).await.unwrap().unwrap().history;
    let line = history.last().unwrap();
    assert_eq!((line.actor.as_str(), line.act.as_str()), ("sari", "send_again"));
    assert!(line.content.contains(r#""people":["b"]"#), "{}", line.content);
    assert_eq!(store.verify_histories().await.unwrap(), (1, vec![]));
    assert_eq!(late(NOW.plus(90 * SECOND)).await.len(), 1, "until it arrives the desk goes on seeing it");
    let now = NOW.plus(90 * SECOND);
    let again = claim(&store, "email", now).await;
    let again = again.iter().find(|due| due.to.person == "b").unwrap();
    assert_eq!(again.id, mails[1].id, "the same message");
    store.record_delivery(again, taken(), noon(1)).await.unwrap();
    assert!(late(NOW.plus(90 * SECOND)).await.is_empty());
}

pub async fn what_somebody_must_look_into_is_asked_once(home: &Home) {
    let store = home.open().await;
    let checked = |id: u128, check| Effect::Incident(Incident { check, ..incident(id, 161_304, noon(1)) });
    let (asked, settled) = (|id| checked(id, Some(CheckReason::Community)), |id| checked(id, None));
    let queued = async |store: &Store| -> Vec<(i64, AlertChangeKind, Code)> {
        let items = store.unaddressed(9).await.unwrap();
        items.into_iter().map(|item| (item.id, item.change, item.code)).collect()
    };
    let one = (1, AlertChangeKind::ToCheck, Code(161_304));
    emit(&store, vec![settled(1), asked(1), asked(1)]).await;
    assert_eq!(queued(&store).await, [one]);
    let store = home.open().await;
    emit(&store, vec![asked(1)]).await;
    emit(&store, vec![settled(1)]).await;
    emit(&store, vec![asked(1)]).await;
    assert_eq!(queued(&store).await, [one], "once, also after a restart");
    // An earlier report gives the incident another name: it is the one that somebody was asked about.
    let outcome = |report| Effect::Outcome {
        regency: Code(161_300),
        report: name(report),
        outcome: Outcome::Merged,
        incident: Some(name(7)),
    };
    let gone = Effect::IncidentGone { regency: Code(161_300), id: name(1) };
    emit(&store, vec![gone, outcome(1), asked(7)]).await;
    assert_eq!(queued(&store).await, [one]);
    let old = Effect::Incident(Incident {
        check: Some(CheckReason::Community),
        ..incident(8, 161_304, noon(1).plus(-40 * DAY))
    });
    emit(&store, vec![old]).await;
    assert_eq!(queued(&store).await, [one], "an archive asks nobody");
    emit(&store, vec![asked(9)]).await;
    assert_eq!(queued(&store).await.len(), 2);
}

pub async fn an_incident_that_an_earlier_report_renamed_is_still_what_a_message_is_about(home: &Home) {
    let store = home.open().await;
    let regency = Code(161_300);
    let belongs = |report, incident| outcome(report, Outcome::Merged, Some(incident));
    let mut kept = commit(0, 9);
    kept.reports = (5..9).map(|id| report(id, Body::Statement(statement()))).collect();
    kept.effects = vec![belongs(6, 6), belongs(7, 7), belongs(8, 8)];
    kept.effects.extend([6, 7, 8].map(|id| Effect::Incident(incident(id, 161_304, noon(1)))));
    let mut raised = condition(161_304, ConditionChange::Raised, Level::Siaga, noon(1));
    if let Effect::Condition(condition) = &mut raised {
        condition.evidence = vec![name(6), name(7)];
    }
    kept.effects.push(raised);
    store.commit(kept).await.unwrap();
    let item = store.unaddressed(10).await.unwrap().pop().unwrap();
    let about = async || -> Vec<ReportName> {
        let facts = store.message_facts(&item).await.unwrap();
        facts.incidents.iter().map(|incident| incident.id).collect()
    };
    assert_eq!(about().await, [name(6), name(7)]);
    let gone = |id| Effect::IncidentGone { regency, id: name(id) };
    let earlier = Effect::Incident(incident(5, 161_304, noon(1)));
    emit(&store, vec![gone(7), belongs(5, 5), belongs(7, 5), earlier]).await;
    assert_eq!(about().await, [name(5), name(6)], "called by its earliest report");
    assert_eq!(store.message_facts(&item).await.unwrap().claimed_by, [FeedClass::Village]);
    emit(&store, vec![gone(6), belongs(6, 5)]).await;
    assert_eq!(about().await, [name(5)], "two that became one are named once");
    let once = [name(6), name(8), name(9)];
    let found = store.incidents_once_called(regency, &once).await.unwrap();
    let found: Vec<_> = found.into_iter().map(|(once, incident)| (once, incident.id)).collect();
    assert_eq!(found, [(name(6), name(5)), (name(8), name(8))]);
    assert!(
        store.incidents_once_called(Code(637_200), &once).await.unwrap().is_empty(),
        "of its regency only"
    );
}

pub async fn a_question_given_up_is_shown_until_it_is_looked_into(home: &Home) {
    let store = home.open().await;
    let asked = |check| Effect::Incident(Incident { check, ..incident(6, 161_304, noon(1)) });
    let mut kept = commit(0, 9);
    kept.reports = vec![report(6, Body::Statement(statement()))];
    kept.effects = vec![outcome(6, Outcome::Incident, Some(6)), asked(Some(CheckReason::Community))];
    store.commit(kept).await.unwrap();
    let item = store.unaddressed(9).await.unwrap().pop().unwrap();
    store.address(&item, &from(NOW, &[("a", "email"), ("b", "email")]), noon(1)).await.unwrap();
    let shown = async |now: Time| -> Vec<(String, bool)> {
        let people = store.undelivered(now).await.unwrap();
        people.into_iter().map(|one| (one.person, one.given_up)).collect()
    };
    assert_eq!(shown(noon(2)).await.len(), 2);
    let mails = claim(&store, "email", NOW).await;
    store.record_delivery(&mails[0], taken(), noon(1)).await.unwrap();
    let gone = AttemptResult::GivenUp { error: answered("550"), next: None };
    store.record_delivery(&mails[1], gone, noon(1)).await.unwrap();
    assert_eq!(store.outbox_pending().await.unwrap(), 0);
    assert_eq!(shown(noon(20)).await, [(String::from("b"), true)], "nobody tries further, and it is open");
    assert!(shown(noon(40)).await.is_empty(), "as long as it stands on the list");
    emit(&store, vec![asked(None)]).await;
    assert!(shown(noon(2)).await.is_empty(), "it was looked into");
}

pub async fn a_second_person_is_asked_for_once_while_the_request_waits(home: &Home) {
    let store = home.open().await;
    let request = |by: u128, at| Some(DeskRequest { at, verification: name(by) });
    let asked = |awas_request| Effect::Incident(Incident { awas_request, ..incident(1, 161_304, noon(1)) });
    let queued = async |store: &Store| store.unaddressed(9).await.unwrap();
    let (now, long_ago) = (commit(0, 0).clock, noon(1).plus(-40 * DAY));
    emit(&store, vec![asked(request(8, long_ago))]).await;
    assert!(queued(&store).await.is_empty(), "what lapsed long ago asks nobody");
    emit(&store, vec![asked(request(9, now))]).await;
    emit(&store, vec![asked(None)]).await;
    emit(&store, vec![asked(request(9, now))]).await;
    let store = home.open().await;
    let items = queued(&store).await;
    let [item] = &items[..] else { panic!("once: {items:?}") };
    assert_eq!(
        (item.change, item.code, item.level),
        (AlertChangeKind::ToSecond, Code(161_304), Level::Siaga)
    );
    let facts = store.message_facts(item).await.unwrap();
    let second = facts.second.expect("it still waits");
    assert_eq!(
        (second.lapses_at, facts.check.map(|check| check.reason)),
        (now.plus(DAY), Some(CheckReason::Second))
    );
    let kept = store.incident(Code(161_300), name(1)).await.unwrap().unwrap();
    assert_eq!(kept.awas_request, request(9, now));
    emit(&store, vec![asked(None)]).await;
    let facts = store.message_facts(item).await.unwrap();
    assert_eq!((facts.second, facts.check), (None, None), "a second person came");
    emit(&store, vec![asked(request(10, now))]).await;
    assert_eq!(queued(&store).await.len(), 2, "another request is another question");
    let taken_back =
        |take_back_request| Effect::Incident(Incident { take_back_request, ..incident(2, 161_304, noon(1)) });
    emit(&store, vec![taken_back(request(11, now))]).await;
    emit(&store, vec![taken_back(request(11, now))]).await;
    let items = queued(&store).await;
    let [.., item] = &items[..] else { panic!("a third: {items:?}") };
    assert_eq!((items.len(), item.change), (3, AlertChangeKind::ToSecond));
    let facts = store.message_facts(item).await.unwrap();
    assert!(facts.second.is_some_and(|second| second.takes_back && second.lapses_at == now.plus(DAY)));
    assert_eq!(facts.check.map(|check| check.reason), Some(CheckReason::TakeBack));
    let kept = store.incident(Code(161_300), name(2)).await.unwrap().unwrap();
    assert_eq!((kept.take_back_request, kept.awas_request), (request(11, now), None));
    emit(&store, vec![taken_back(None)]).await;
    assert!(store.message_facts(item).await.unwrap().second.is_none(), "a second person came");
}

pub async fn a_link_is_issued_bound_and_answered_once(home: &Home) {
    let store = home.open().await;
    emit(&store, vec![condition(161_304, ConditionChange::Raised, Level::Siaga, noon(1))]).await;
    let alert = store.alerts(&AlertFilter::default()).await.unwrap().items.remove(0);
    let own = Incident { kind: alert.kind, ..incident(1, 161_304, noon(1)) };
    let link = |token: &str, by: u128| SecondLink {
        token_hash: token_hash(token),
        regency: Code(161_300),
        request: LinkRequest::Record(name(by)),
        person: String::from("16.13/kabag-ops"),
        expires_at: noon(2),
        browser_hash: None,
        answer: None,
    };
    let (first, newer, browser) = (link("a", 9), link("b", 9), token_hash("browser"));
    let issued = async |link: &SecondLink| store.issue_second_link(link).await.unwrap();
    assert!(issued(&first).await && issued(&first).await, "a message that goes out again carries it again");
    assert!(issued(&newer).await, "nobody opened the earlier one");
    assert_eq!(store.second_link(&first.token_hash).await.unwrap(), None);
    assert!(!store.bind_second_link(&first.token_hash, &browser).await.unwrap());
    assert!(store.bind_second_link(&newer.token_hash, &browser).await.unwrap());
    assert!(!store.bind_second_link(&newer.token_hash, &token_hash("other")).await.unwrap());
    assert!(!issued(&first).await, "one is open in a browser");
    let store = home.open().await;
    let bound = store.second_link(&newer.token_hash).await.unwrap().unwrap();
    assert_eq!(bound.browser_hash, Some(browser));
    let by = Actor { name: "16.13/kabag-ops", reason: "belum ada kabar", at: noon(1) };
    let declined = (&own, SecondAnswer::Declined);
    assert!(store.answer_second_link(&bound, declined, by).await.unwrap());
    assert!(
        !store.answer_second_link(&bound, (&own, SecondAnswer::Agreed), by).await.unwrap(),
        "it is spent"
    );
    assert!(!store.issue_second_link(&newer).await.unwrap(), "who answered is asked no more");
    let after = store.alert(&alert.id).await.unwrap().unwrap();
    assert_eq!((after.alert.level, after.alert.version), (alert.level, alert.version + 1));
    let line = after.history.last().unwrap();
    assert_eq!((line.act.as_str(), line.actor.as_str()), ("second_declined", "16.13/kabag-ops"));
    let acknowledged = store.act(&alert.id, Act::Acknowledge, alert.version, by).await.unwrap().unwrap();
    assert!(acknowledged.is_ok(), "a form that was open meanwhile is not stale: {acknowledged:?}");
    assert_eq!(store.forget_second_links(noon(2)).await.unwrap(), 0);
    assert_eq!(store.forget_second_links(noon(3)).await.unwrap(), 1);
}
