//! The messages that went out, as the desk reads them.

use crate::alerts::{emit, emit_reported};
use crate::deliveries::{queue_change, taken};
use crate::fixture::*;
use domain::alert::Act;
use domain::alert::notice::AlertChangeKind;
use domain::effect::{ConditionChange, ConditionReason, Effect, Incident, Verdict};
use domain::evidence::attestation::Extent;
use domain::kind::{CheckReason, Horizon, Level};
use domain::place::Code;
use domain::report::ReportName;
use domain::time::{DAY, HOUR, SECOND, Time};
use std::collections::BTreeSet;
use std::num::NonZeroU64;
use std::sync::Arc;
use store::{
    Actor, AddressPlan, AlertFilter, AttemptResult, Change, ChangeNotifier, ClaimedChannels, DeliveryClocks,
    DeliveryFailure, DeliveryState, MessageFilter, MessageWords, Recipient, Store, watch_undelivered,
};
use tokio::sync::watch;

const NOW: Time = Time(1_000 * SECOND);
const CAMAT: &str = "16.13/camat";
const DESK: &str = "16.13/piket";

fn to(names: &[(&str, &str)]) -> AddressPlan {
    let one = |(person, channel): &(&str, &str)| {
        (Recipient { person: (*person).to_owned(), channel: (*channel).to_owned() }, Time(0))
    };
    AddressPlan { to: names.iter().map(one).collect(), ..AddressPlan::default() }
}

/// An alert rises; its message goes to these.
async fn queue(store: &Store, code: u32, level: Level, names: &[(&str, &str)]) {
    let change = if level == Level::Awas { ConditionChange::Changed } else { ConditionChange::Raised };
    emit(store, vec![condition(code, change, level, noon(1))]).await;
    let item = store.unaddressed(10).await.unwrap().pop().unwrap();
    store.address(&item, &to(names), noon(1)).await.unwrap();
}

/// Hands over what is due by mail, each with words of its own.
async fn send(store: &Store, tried: &AttemptResult) {
    for due in store
        .claim_deliveries(&ClaimedChannels::Only(vec!["email".into()]), NOW, NOW.plus(SECOND), 10)
        .await
        .unwrap()
    {
        let (subject, body) = (format!("kepada {}", due.to.person), "Apa: banjir\nDi mana: Rupit".to_owned());
        store.keep_words(&MessageWords { delivery: due.id, subject, body }).await.unwrap();
        store.record_delivery(&due, tried.clone(), noon(2)).await.unwrap();
    }
}

pub async fn messages_come_newest_first_with_everybody_they_went_to_and_their_words(home: &Home) {
    let store = home.open().await;
    queue(&store, 161_304, Level::Siaga, &[(CAMAT, "email"), (DESK, "email"), (DESK, "webhook")]).await;
    let failed = AttemptResult::Later {
        error: DeliveryFailure::Answered("451".into()),
        next_try_at: NOW.plus(2 * SECOND),
    };
    send(&store, &failed).await;
    queue(&store, 161_304, Level::Awas, &[(CAMAT, "email")]).await;
    send(&store, &taken()).await;
    let page = store.messages(&MessageFilter::default()).await.unwrap();
    assert_eq!(page.next, None);
    let about: Vec<_> = page.items.iter().map(|message| (message.item.change, message.item.level)).collect();
    assert_eq!(about, [(AlertChangeKind::Risen, Level::Awas), (AlertChangeKind::Opened, Level::Siaga)]);
    let went = |at: usize| {
        let one = |one: &store::MessageDelivery| {
            let subject = one.words.as_ref().map(|words| words.subject.clone());
            (one.delivery.person.clone(), one.delivery.channel.clone(), one.delivery.state, subject)
        };
        page.items[at].deliveries.iter().map(one).collect::<Vec<_>>()
    };
    let subject = |person: &str| Some(format!("kepada {person}"));
    assert_eq!(went(0), [(CAMAT.into(), "email".into(), DeliveryState::Sent, subject(CAMAT))]);
    assert_eq!(
        went(1),
        [
            (CAMAT.into(), "email".into(), DeliveryState::Failed, subject(CAMAT)),
            (DESK.into(), "email".into(), DeliveryState::Queued, subject(DESK)),
            (DESK.into(), "webhook".into(), DeliveryState::Queued, None),
        ],
        "what was replaced keeps the words of its try, and what was not tried has none"
    );
    let words = MessageWords { delivery: 0, subject: "lain".into(), body: "lain".into() };
    let delivery = page.items[0].deliveries[0].delivery.id;
    store.keep_words(&MessageWords { delivery, ..words }).await.unwrap();
    let page = store.messages(&MessageFilter::default()).await.unwrap();
    assert_eq!(page.items[0].deliveries[0].words.as_ref().unwrap().subject, "lain", "the last try's");
}

pub async fn messages_are_found_by_place_person_and_alert_page_by_page(home: &Home) {
    let store = home.open().await;
    for code in [161_301, 161_304, 637_201] {
        queue(&store, code, Level::Siaga, &[(CAMAT, "email"), (CAMAT, "email-2")]).await;
    }
    queue(&store, 161_303, Level::Siaga, &[(DESK, "email")]).await;
    let found = async |filter: MessageFilter| {
        let items = store.messages(&filter).await.unwrap().items;
        items.into_iter().map(|message| message.item.code.0).collect::<Vec<_>>()
    };
    let regency = || vec![Code(161_300)];
    let by_place = |codes: &[u32]| MessageFilter {
        codes: codes.iter().map(|code| Code(*code)).collect(),
        ..MessageFilter::default()
    };
    assert_eq!(found(by_place(&[161_300])).await, [161_303, 161_304, 161_301]);
    assert_eq!(found(by_place(&[161_303, 637_201])).await, [161_303, 637_201]);
    let person = Some(CAMAT.to_owned());
    let to_camat = MessageFilter { codes: regency(), person: person.clone(), ..MessageFilter::default() };
    assert_eq!(found(to_camat).await, [161_304, 161_301], "once, whatever the channels");
    let everywhere = MessageFilter { person: person.clone(), ..MessageFilter::default() };
    assert_eq!(found(everywhere).await, [637_201, 161_304, 161_301]);
    let in_a_district = MessageFilter { codes: vec![Code(161_304)], person, ..MessageFilter::default() };
    assert_eq!(found(in_a_district).await, [161_304]);
    let first = store.messages(&MessageFilter::default()).await.unwrap().items[2].item.alert.clone();
    let about = MessageFilter { codes: regency(), alert: Some(first), ..MessageFilter::default() };
    assert_eq!(found(about).await, [161_304]);
    let mut filter = MessageFilter { codes: regency(), limit: 2, ..MessageFilter::default() };
    let page = store.messages(&filter).await.unwrap();
    assert_eq!(page.items.len(), 2);
    filter.cursor = page.next;
    let page = store.messages(&filter).await.unwrap();
    assert_eq!((page.items.len(), page.items[0].item.code.0, page.next), (1, 161_301, None));
}

/// Where nobody in the roster is concerned, nobody has a message and nobody waits for one: the alert itself is shown.
pub async fn an_alert_of_which_nobody_was_to_be_notified_is_shown_as_long_as_that_is_so(home: &Home) {
    let store = home.open().await;
    let unnotified = async || -> Vec<String> {
        store.unnotified_alerts().await.unwrap().into_iter().map(|alert| alert.id).collect()
    };
    let item = queue_change(&store, ConditionChange::Raised, Level::Awas).await;
    assert!(unnotified().await.is_empty(), "nobody has looked yet whom it concerns");
    store.address(&item, &AddressPlan::default(), noon(1)).await.unwrap();
    assert_eq!(unnotified().await, [item.alert.as_str()]);
    let changes = ChangeNotifier::new(4);
    let (mut heard, (stop, stopped)) = (changes.subscribe(), watch::channel(false));
    let clocks = DeliveryClocks { service: Arc::new(|| noon(1)), machine: Arc::new(|| NOW) };
    let watching = tokio::spawn(watch_undelivered(store.clone(), changes, clocks, stopped));
    let change = heard.recv().await.unwrap().1;
    assert_eq!(change, Change::Picture { regency: Code(161_300) }, "open pages hear of it");
    stop.send(true).unwrap();
    watching.await.unwrap();
    let by = Actor { name: "sari", reason: "", at: noon(1) };
    let act = Act::Assign { to: String::from("Camat") };
    store.act(&item.alert, act, item.version, by).await.unwrap().unwrap().unwrap();
    let assigned = store.unaddressed(9).await.unwrap().pop().unwrap();
    store.address(&assigned, &to(&[("a", "email")]), noon(1)).await.unwrap();
    assert!(unnotified().await.is_empty(), "the camat is");
    emit(&store, vec![condition(161_303, ConditionChange::Raised, Level::Siaga, noon(1))]).await;
    let other = store.unaddressed(9).await.unwrap().pop().unwrap();
    store.address(&other, &AddressPlan::default(), noon(1)).await.unwrap();
    assert_eq!(unnotified().await, [other.alert.as_str()]);
    emit(&store, vec![condition(161_303, ConditionChange::Withdrawn, Level::Low, noon(2))]).await;
    assert!(unnotified().await.is_empty(), "it is over");
}

/// Where nobody is on duty and nobody else is concerned, nobody is asked and nobody waits for a message: the question itself is shown.
pub async fn a_question_that_nobody_was_to_be_asked_is_shown_until_it_is_settled(home: &Home) {
    let store = home.open().await;
    let own = |check| Incident { check, ..incident(1, 161_304, noon(1)) };
    let asked = |check| Effect::Incident(own(check));
    let unasked = async |now| -> Vec<String> {
        store.unasked_questions(now).await.unwrap().into_iter().map(|item| item.alert).collect()
    };
    emit_reported(&store, own(Some(CheckReason::Community)), Vec::new()).await;
    let item = store.unaddressed(9).await.unwrap().pop().unwrap();
    assert_eq!(item.change, AlertChangeKind::ToCheck);
    assert!(unasked(noon(1)).await.is_empty(), "nobody has looked yet who is on duty");
    store.address(&item, &AddressPlan::default(), noon(1)).await.unwrap();
    assert_eq!(unasked(noon(1)).await, [item.alert.as_str()]);
    assert!(store.undelivered(noon(1)).await.unwrap().is_empty(), "nobody waits for a message");
    let changes = ChangeNotifier::new(4);
    let (mut heard, (stop, stopped)) = (changes.subscribe(), watch::channel(false));
    let clocks = DeliveryClocks { service: Arc::new(|| noon(1)), machine: Arc::new(|| NOW) };
    let watching = tokio::spawn(watch_undelivered(store.clone(), changes, clocks, stopped));
    let change = heard.recv().await.unwrap().1;
    assert_eq!(change, Change::Picture { regency: Code(161_300) }, "open pages hear of it");
    stop.send(true).unwrap();
    watching.await.unwrap();
    emit(&store, vec![asked(None)]).await;
    assert!(unasked(noon(1)).await.is_empty(), "somebody looked into it");
    emit(&store, vec![asked(Some(CheckReason::Unjudged))]).await;
    assert!(unasked(noon(1).plus(40 * DAY)).await.is_empty(), "of long ago");
}

/// What a source sends in place of what the desk judged is asked of each content once, although the incident was asked about before.
pub async fn what_changed_after_a_verdict_is_asked_of_each_content_once(home: &Home) {
    let store = home.open().await;
    let own = |check| Incident { check, ..incident(1, 161_304, noon(1)) };
    let changed = |content| Incident { changed: NonZeroU64::new(content), ..own(Some(CheckReason::Changed)) };
    let queued = async |store: &Store| store.unaddressed(9).await.unwrap();
    emit_reported(&store, own(Some(CheckReason::Community)), Vec::new()).await;
    let judged = async |store: &Store, then: Incident| {
        emit(store, vec![Effect::Incident(own(None))]).await;
        emit(store, vec![Effect::Incident(then)]).await;
    };
    judged(&store, changed(7)).await;
    assert_eq!(queued(&store).await.len(), 2);
    let store = home.open().await;
    judged(&store, changed(7)).await;
    assert_eq!(queued(&store).await.len(), 2, "once, also after a restart");
    judged(&store, changed(u64::MAX)).await;
    let items = queued(&store).await;
    assert_eq!(items.len(), 3, "what came after a second verdict is asked, too");
    for item in &items {
        assert_eq!(item.change, AlertChangeKind::ToCheck);
        let facts = store.message_facts(item).await.unwrap();
        assert_eq!(facts.incidents.iter().map(|own| own.id).collect::<Vec<_>>(), [name(1)]);
        assert_eq!(facts.check.map(|check| check.reason), Some(CheckReason::Changed));
        store.address(item, &AddressPlan::default(), noon(1)).await.unwrap();
    }
    let unasked = async || -> BTreeSet<String> {
        store.unasked_questions(noon(1)).await.unwrap().into_iter().map(|item| item.alert).collect()
    };
    assert_eq!(unasked().await, items.iter().map(|item| item.alert.clone()).collect());
    emit(&store, vec![Effect::Incident(own(None))]).await;
    assert!(unasked().await.is_empty(), "somebody looked into it");
    // A source that changes it twice before anybody looks is asked about twice.
    emit(&store, vec![Effect::Incident(changed(11))]).await;
    emit(&store, vec![Effect::Incident(changed(12))]).await;
    assert_eq!(queued(&store).await.len(), 2);
    emit(&store, vec![Effect::Incident(changed(12))]).await;
    assert_eq!(queued(&store).await.len(), 2, "once of each");
    emit(&store, vec![Effect::Incident(own(None))]).await;
    for item in queued(&store).await {
        store.address(&item, &AddressPlan::default(), noon(1)).await.unwrap();
    }
    // Who was asked for another reason is asked of this, too.
    emit(&store, vec![Effect::Incident(own(Some(CheckReason::Echo))), Effect::Incident(changed(8))]).await;
    assert_eq!(queued(&store).await.len(), 1);
}

/// What is settled stays unasked as well, and hides nothing that is open.
pub async fn an_open_question_is_shown_however_many_settled_ones_came_after_it(home: &Home) {
    let store = home.open().await;
    let asks = |check| Incident { check, ..incident(1, 161_304, noon(1)) };
    emit_reported(&store, asks(Some(CheckReason::Community)), Vec::new()).await;
    let item = store.unaddressed(9).await.unwrap().pop().unwrap();
    store.address(&item, &AddressPlan::default(), noon(1)).await.unwrap();
    let settled: Vec<String> = (2..700)
        .map(|id| {
            let task = format!("check:16.13:{}", name(id));
            format!(
                "({}, '{task}', 0, 'check', 161304, 'disaster', 'waspada', {}, 1)",
                1_000 + id,
                item.at.0 + id as i64
            )
        })
        .collect();
    let columns = "id, alert, version, change, code, kind, level, at, done";
    run(home, &format!("INSERT INTO outbox ({columns}) VALUES {}", settled.join(", "))).await.unwrap();
    let unasked = store.unasked_questions(noon(1).plus(HOUR)).await.unwrap();
    assert_eq!(unasked.iter().map(|item| item.alert.as_str()).collect::<Vec<_>>(), [item.alert.as_str()]);
}

/// What the desk rejects is in no sum, is no further incident and is not what the alert is shown by, on pages and in messages.
pub async fn what_the_desk_rejected_is_in_no_sum_of_an_alert(home: &Home) {
    let store = home.open().await;
    let claims = |id: u128, hour: i64, (severity, dead): (u8, u16)| Incident {
        claimed: Extent { severity, dead, ..Extent::default() },
        ..incident(id, 161_304, noon(1).plus(hour * HOUR))
    };
    let all = [claims(1, 0, (3, 1)), claims(2, 1, (5, 9)), claims(3, 2, (4, 2)), claims(4, 3, (3, 5))];
    let raised = condition(161_304, ConditionChange::Raised, Level::Waspada, noon(1));
    emit_reported(&store, all[0], vec![raised]).await;
    for later in &all[1..] {
        emit_reported(&store, *later, Vec::new()).await;
    }
    let reject = |own: Incident| Effect::Incident(Incident { verdict: Verdict::Rejected, ..own });
    let seen = async || {
        let alerts = store.alerts(&AlertFilter::default()).await.unwrap().items;
        let gravest = store.gravest_incidents(&alerts, noon(1)).await.unwrap().remove(&alerts[0].id).unwrap();
        let item = store.alert_items(&alerts[0].id).await.unwrap().pop().unwrap();
        let message = store.message_facts(&item).await.unwrap().harmed;
        let further: Vec<ReportName> = gravest.further.iter().map(|own| own.incident.id).collect();
        (gravest.incident.id, gravest.others, further, gravest.harmed.claimed.dead, message.claimed.dead)
    };
    assert_eq!(seen().await, (name(2), 3, vec![name(4), name(3), name(1)], 17, 17));
    emit(&store, vec![reject(all[1]), reject(all[3])]).await;
    assert_eq!(seen().await, (name(3), 1, vec![name(1)], 3, 3));
    // Where nothing else is left it is named, for the alert is about it, and harms nobody.
    emit(&store, vec![reject(all[0]), reject(all[2])]).await;
    assert_eq!(seen().await, (name(2), 0, vec![], 0, 0));
}

/// A regency's page keeps silent of what stands in its districts where the model alone speaks by now.
pub async fn an_alert_rests_on_the_model_alone_by_its_newest_reasons(home: &Home) {
    let store = home.open().await;
    let model = ConditionReason::Model { horizon: Horizon::Week, risk_ppm: 90_000, base_ppm: 20_000 };
    let rule = ConditionReason::Rule("banjir-2".into());
    let raised = async |change, level, reason: &ConditionReason| {
        let mut effect = condition(161_304, change, level, noon(1));
        if let Effect::Condition(own) = &mut effect {
            own.reasons = vec![reason.clone()];
        }
        emit(&store, vec![effect]).await;
        let alerts = store.alerts(&AlertFilter::default()).await.unwrap().items;
        store.alert_grounds(&alerts, noon(1)).await.unwrap().by_model.len()
    };
    assert_eq!(raised(ConditionChange::Raised, Level::Waspada, &rule).await, 0);
    assert_eq!(raised(ConditionChange::Changed, Level::Siaga, &model).await, 1);
    assert_eq!(raised(ConditionChange::Changed, Level::Awas, &rule).await, 0);
}
