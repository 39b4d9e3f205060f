//! One-time links by which a second person ends an alert that stands.

use crate::alerts::emit;
use crate::fixture::*;
use domain::alert::{Act, ActRefusal, AlertOutcome, SecondAnswer, State};
use domain::author::StampedAuthor;
use domain::effect::ConditionChange;
use domain::kind::Level;
use domain::place::Code;
use domain::time::{DAY, Time};
use store::{Actor, AlertChangeKind, LinkRequest, MessageFilter, RequestFate, SecondLink, token_hash};

const ALERT: &str = "16.13-2026-0001";

/// The link of Kabag Ops for the request that this version of the alert made.
fn link_of(version: u32, expires_at: Time) -> SecondLink {
    SecondLink {
        token_hash: token_hash(&format!("token {version}")),
        regency: Code(161_300),
        request: LinkRequest::End { alert: ALERT.into(), version },
        person: String::from("16.13/kabag-ops"),
        expires_at,
        browser_hash: None,
        answer: None,
    }
}

pub async fn a_link_to_end_an_alert_ends_it_once_and_only_as_it_was_asked(home: &Home) {
    let store = home.open().await;
    emit(&store, vec![condition(161_304, ConditionChange::Raised, Level::Siaga, noon(1))]).await;
    let at = noon(3);
    let sari = StampedAuthor::of_desk("sari", "160503");
    let by = |name: &'static str, reason: &'static str, at| Actor { name, reason, at };
    let act = Act::Withdraw { by: sari.clone() };
    store.act(ALERT, act.clone(), 1, by("sari", "salah tempat", at)).await.unwrap().unwrap().unwrap();
    let link = |version: u32| link_of(version, at.plus(DAY));
    let first = link(2);
    assert!(store.issue_second_link(&first).await.unwrap() && store.issue_second_link(&first).await.unwrap());
    assert_eq!(store.second_link(&first.token_hash).await.unwrap(), Some(first.clone()), "it is read back");
    let waits = async |version, now| store.asked_end(ALERT, version, now).await.unwrap().is_some();
    assert!(waits(2, at).await && !waits(2, at.plus(DAY)).await && !waits(1, at).await);
    let kabag = StampedAuthor::of_desk("16.13/kabag-ops", "kabag");
    let answer = async |link: &SecondLink, answer, author: &StampedAuthor, reason, at| {
        store.answer_end_link(link, (answer, author), by("16.13/kabag-ops", reason, at)).await.unwrap()
    };
    let agreed = SecondAnswer::Agreed;
    assert_eq!(answer(&first, agreed, &kabag, "", at).await, Some(Err(ActRefusal::ReasonMissing)));
    let same = answer(&first, agreed, &sari, "x", at).await;
    assert_eq!(same, Some(Err(ActRefusal::SamePerson { lapses_at: at.plus(DAY) })));
    assert_eq!(answer(&first, agreed, &kabag, "x", at.plus(DAY)).await, None, "it lapsed");
    assert_eq!(store.alert(ALERT).await.unwrap().unwrap().alert.version, 2, "a refusal changes nothing");
    // A later request is another one: the link of the first does nothing for it.
    let later = at.plus(DAY);
    store.act(ALERT, act, 2, by("sari", "salah tempat", later)).await.unwrap().unwrap().unwrap();
    let second = SecondLink { expires_at: later.plus(DAY), ..link(3) };
    assert!(store.issue_second_link(&second).await.unwrap());
    assert_eq!(answer(&first, agreed, &kabag, "x", later).await, None);
    let ended = answer(&second, agreed, &kabag, "sudah dilihat", later).await.unwrap().unwrap();
    assert_eq!((ended.state, ended.version, ended.withdrawal), (State::Withdrawn, 4, None));
    assert_eq!(answer(&second, agreed, &kabag, "lagi", later).await, None, "it is spent");
    assert!(
        !store.issue_second_link(&SecondLink { ..second.clone() }).await.unwrap(),
        "who answered is asked no more"
    );
    let newest = store.messages(&MessageFilter { limit: 1, ..MessageFilter::default() }).await.unwrap().items;
    assert_eq!(
        newest.first().map(|one| one.item.change),
        Some(AlertChangeKind::Withdrawn),
        "the team hears of it"
    );
    assert_eq!(store.verify_histories().await.unwrap(), (1, vec![]));
}

pub async fn what_became_of_a_request_to_end_is_known_and_so_is_who_did_not_agree(home: &Home) {
    let store = home.open().await;
    emit(&store, vec![condition(161_304, ConditionChange::Raised, Level::Siaga, noon(1))]).await;
    let (sari, kabag) =
        (StampedAuthor::of_desk("sari", "160503"), StampedAuthor::of_desk("16.13/kabag-ops", "kabag"));
    let act = async |act: Act, at: Time| {
        let seen = store.alert(ALERT).await.unwrap().unwrap().alert.version;
        let by = Actor { name: "sari", reason: "salah tempat", at };
        store.act(ALERT, act, seen, by).await.unwrap().unwrap().unwrap()
    };
    let withdraw = || Act::Withdraw { by: sari.clone() };
    let at = noon(3);
    let lapses = at.plus(DAY);
    let fate = async |version: u32, lapses| store.fate_of_request(ALERT, (version, lapses)).await.unwrap();
    let answers = async || store.request_answers(&[Code(161_300)]).await.unwrap();
    // Kabag Ops does not agree to the second request.
    assert_eq!(act(withdraw(), at).await.version, 2);
    act(Act::CancelRequest { by: sari.clone() }, at.plus(1)).await;
    assert_eq!(fate(2, lapses).await, Some(RequestFate::Cancelled));
    assert_eq!(act(withdraw(), at.plus(2)).await.version, 4);
    let link = |version: u32| link_of(version, lapses);
    assert!(store.issue_second_link(&link(4)).await.unwrap());
    assert_eq!(store.answered_at(&link(4)).await.unwrap(), None);
    let by = Actor { name: "16.13/kabag-ops", reason: "masih ada massa", at: at.plus(3) };
    let declined = store.answer_end_link(&link(4), (SecondAnswer::Declined, &kabag), by).await.unwrap();
    assert!(declined.unwrap().is_ok());
    assert_eq!(store.answered_at(&link(4)).await.unwrap(), Some(at.plus(3)));
    let [answer] = answers().await.try_into().expect("one answer");
    let given = (answer.person.as_str(), answer.answer, answer.reason.as_str(), answer.record);
    assert_eq!(given, ("16.13/kabag-ops", SecondAnswer::Declined, "masih ada massa", None));
    let asked = store.asked_end(ALERT, 4, at.plus(4)).await.unwrap().expect("it still waits");
    assert_eq!((asked.reason.as_str(), asked.answers), ("salah tempat", vec![answer]));
    let items = store.alert_items(ALERT).await.unwrap();
    let newest = items.last().unwrap();
    assert_eq!(newest.change, AlertChangeKind::NotAgreed);
    let facts = store.message_facts(newest).await.unwrap().ending.expect("it is about an end");
    assert_eq!((facts.asked_by.as_str(), facts.actor.as_str()), ("sari", "16.13/kabag-ops"));
    assert_eq!((facts.outcome, facts.answer), (Some(AlertOutcome::Void), Some(SecondAnswer::Declined)));
    assert_eq!(facts.asked_at, Some((at.plus(2), 4)));
    // Another outcome is another request: what was answered to the first is not an answer to it.
    act(Act::Acknowledge, at.plus(5)).await;
    let averted = |by: &StampedAuthor| Act::Resolve { outcome: AlertOutcome::Averted, by: by.clone() };
    assert_eq!(act(averted(&sari), at.plus(6)).await.version, 7);
    assert_eq!((fate(4, lapses).await, answers().await), (Some(RequestFate::Replaced), vec![]));
    let risen = condition(161_304, ConditionChange::Changed, Level::Awas, at.plus(7));
    emit(&store, vec![risen]).await;
    assert_eq!(fate(7, lapses).await, Some(RequestFate::Dropped));
    let line = store.alert(ALERT).await.unwrap().unwrap().history.pop().unwrap();
    let dropped = r#""dropped":{"account":"sari","at":""#;
    assert!(line.content.contains(dropped), "the request has its end in the history: {}", line.content);
    let changes: Vec<AlertChangeKind> =
        store.alert_items(ALERT).await.unwrap().iter().map(|item| item.change).collect();
    assert_eq!(changes[changes.len() - 2..], [AlertChangeKind::RequestDropped, AlertChangeKind::Risen]);
    // The last one is agreed to, and the history's line says to whose request.
    let last = act(averted(&sari), at.plus(8)).await.version;
    assert_eq!(fate(last, at.plus(8)).await, Some(RequestFate::Lapsed), "nothing came until then");
    assert!(store.issue_second_link(&link(last)).await.unwrap());
    let by = Actor { name: "16.13/kabag-ops", reason: "dilihat", at: at.plus(9) };
    let agreed = store.answer_end_link(&link(last), (SecondAnswer::Agreed, &kabag), by).await.unwrap();
    assert_eq!(agreed.unwrap().unwrap().outcome, Some(AlertOutcome::Averted));
    assert_eq!(fate(last, lapses).await, Some(RequestFate::Ended));
    let detail = store.alert(ALERT).await.unwrap().unwrap();
    let content: serde_json::Value = serde_json::from_str(&detail.history.last().unwrap().content).unwrap();
    assert_eq!(content["joined"]["account"], "sari");
    let items = store.alert_items(ALERT).await.unwrap();
    assert_eq!(items.last().unwrap().change, AlertChangeKind::Ended);
    let facts = store.message_facts(items.last().unwrap()).await.unwrap().ending.unwrap();
    assert_eq!((facts.outcome, facts.asked_by.as_str()), (Some(AlertOutcome::Averted), "sari"));
    assert_eq!(store.asked_to_end(ALERT, last).await.unwrap().len(), 0, "nobody was addressed here");
    assert_eq!(fate(2, lapses).await, Some(RequestFate::Cancelled));
    assert_eq!(store.fate_of_request("16.13-2026-9999", (1, lapses)).await.unwrap(), None);
    assert_eq!(store.verify_histories().await.unwrap(), (1, vec![]));
}
