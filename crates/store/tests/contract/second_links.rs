//! One-time links by which a second person ends an alert that stands.

use crate::alerts::emit;
use crate::fixture::*;
use domain::alert::{Act, ActRefusal, SecondAnswer, State};
use domain::author::StampedAuthor;
use domain::effect::ConditionChange;
use domain::kind::Level;
use domain::place::Code;
use domain::time::DAY;
use store::{Actor, AlertChangeKind, LinkRequest, MessageFilter, SecondLink, token_hash};

pub async fn a_link_to_end_an_alert_ends_it_once_and_only_as_it_was_asked(home: &Home) {
    const ALERT: &str = "16.13-2026-0001";
    let store = home.open().await;
    emit(&store, vec![condition(161_304, ConditionChange::Raised, Level::Siaga, noon(1))]).await;
    let at = noon(3);
    let sari = StampedAuthor::of_desk("sari", "160503");
    let by = |name: &'static str, reason: &'static str, at| Actor { name, reason, at };
    let act = Act::Withdraw { by: sari.clone() };
    store.act(ALERT, act.clone(), 1, by("sari", "salah tempat", at)).await.unwrap().unwrap().unwrap();
    let link = |version: u32| SecondLink {
        token_hash: token_hash(&format!("token {version}")),
        regency: Code(161_300),
        request: LinkRequest::End { alert: ALERT.into(), version },
        person: String::from("16.13/kabag-ops"),
        expires_at: at.plus(DAY),
        browser_hash: None,
        answer: None,
    };
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
