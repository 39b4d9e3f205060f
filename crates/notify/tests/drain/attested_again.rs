//! A second party that affirms and takes it back again and again beside one that stands by its word.

use crate::desk::Desk;
use crate::receivers::{Http, Mail, Smtp};
use crate::roster::parse;
use crate::withheld::shipped_roster;
use domain::effect::ConditionChange;
use domain::kind::{Kind, Level};
use domain::time::{MINUTE, SECOND};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Siaga by one party; another makes it awas and takes that back, fifteen times within 45 s, and stands by it in the end or does
/// not. What went to each person, oldest first.
async fn fifteen_rises(kind: Kind, stands: bool) -> BTreeMap<String, Vec<Mail>> {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.team = Arc::new(parse(&shipped_roster()));
    let running = desk.run();
    desk.condition(kind, ConditionChange::Raised, Level::Siaga).await;
    desk.quiet().await;
    for cycle in 0..15 {
        for level in [Level::Awas, Level::Siaga] {
            if stands && cycle == 14 && level == Level::Siaga {
                break;
            }
            desk.condition(kind, ConditionChange::Changed, level).await;
            desk.quiet().await;
            desk.pass(3 * SECOND / 2);
        }
    }
    desk.pass(11 * MINUTE);
    desk.drained().await;
    running.stop().await;
    let mut by_person: BTreeMap<String, Vec<Mail>> = BTreeMap::new();
    for mail in smtp.rest() {
        by_person.entry(mail.to.clone()).or_default().push(mail);
    }
    by_person
}

#[tokio::test]
async fn fifteen_cycles_of_who_affirms_and_takes_back_are_three_messages_to_each() {
    for (kind, stands) in
        [(Kind::ResidentCompany, false), (Kind::ResidentCompany, true), (Kind::Disaster, false)]
    {
        let by_person = fifteen_rises(kind, stands).await;
        assert!(!by_person.is_empty());
        for (person, mails) in by_person {
            let says = |text: &str| mails.iter().filter(|mail| mail.text.contains(text)).count();
            let last = &mails.last().unwrap().text;
            assert!(mails.len() <= 3, "{person}: {mails:?}");
            assert!(says("naik ke awas") <= 1, "{person}: {mails:?}");
            // Who knows of an awas knows of its end, and only of that.
            assert_eq!(last.contains("turun dari awas"), !stands, "{person}: {last}");
        }
    }
}
