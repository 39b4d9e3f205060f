//! What one source raises again on its word alone: how long the desk waits for it.

use crate::ALERT;
use crate::desk::{Desk, Running};
use crate::receivers::{Http, Smtp};
use crate::roster::parse;
use crate::withheld::{SHIPPED_DESK, fifteen_cycles, shipped_roster};
use domain::effect::ConditionChange;
use domain::kind::{Kind, Level};
use domain::time::{MINUTE, SECOND};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A desk that alone is notified of what the source raised on its word.
async fn raised_alone((smtp, http): (&mut Smtp, &Http), level: Level) -> (Desk, Running) {
    let mut desk = Desk::open(smtp, http).await;
    desk.desk_by_mail(http.port);
    desk.taken_back_three().await;
    desk.condition(Kind::Disaster, ConditionChange::Raised, level).await;
    let running = desk.run();
    assert_eq!(smtp.mail().await.to, "piket@x.example");
    (desk, running)
}

/// The desk alone is notified of it: while that waited, nobody knew.
#[tokio::test]
async fn a_siaga_raised_again_waits_for_nothing_where_the_last_message_was_that_it_was_over() {
    for over in [ConditionChange::Withdrawn, ConditionChange::Cleared] {
        let (mut smtp, http) = (Smtp::start().await, Http::start().await);
        let (mut desk, running) = raised_alone((&mut smtp, &http), Level::Siaga).await;
        desk.settled().await;
        desk.pass(11 * MINUTE);
        desk.condition(Kind::Disaster, over, Level::Low).await;
        assert_eq!(smtp.mail().await.to, "piket@x.example");
        desk.settled().await;
        desk.pass(2 * MINUTE);
        desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
        desk.quiet().await;
        let mails = smtp.rest();
        assert_eq!(mails.len(), 1, "{over:?}: {mails:?}");
        assert!(mails[0].to == "piket@x.example" && mails[0].text.contains("umpan-desa-x"), "{mails:?}");
        running.stop().await;
    }
}

/// Raised so often by one source, which lets it stand so long and takes it back, with the shipped roster; what went to the desk.
async fn cycles(desk: &mut Desk, smtp: &mut Smtp, (cycles, stands): (u128, i64)) -> usize {
    for cycle in 0..cycles {
        desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
        desk.quiet().await;
        desk.pass(stands);
        desk.quiet().await;
        desk.taken_back_one(cycle).await;
        desk.condition(Kind::Disaster, ConditionChange::Withdrawn, Level::Low).await;
        desk.quiet().await;
        desk.pass(2 * SECOND);
    }
    smtp.rest().iter().filter(|mail| mail.to == SHIPPED_DESK).count()
}

/// The desk's last message was of an opening that is withdrawn by now, and nobody was notified of that.
#[tokio::test]
async fn who_alone_is_notified_of_a_siaga_waits_minutes_behind_no_opening_that_is_withdrawn_by_now() {
    for (times, before) in [(3, 1), (15, 2)] {
        let (mut smtp, http) = (Smtp::start().await, Http::start().await);
        let mut desk = Desk::open(&smtp, &http).await;
        desk.team = Arc::new(parse(&shipped_roster()));
        let running = desk.run();
        assert_eq!(cycles(&mut desk, &mut smtp, (times, 2 * SECOND)).await, before);
        desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
        desk.quiet().await;
        if times > 3 {
            assert!(smtp.rest().is_empty(), "the third within the hour");
            desk.pass(31 * SECOND);
            desk.quiet().await;
        }
        let mails = smtp.rest();
        assert_eq!(
            mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(),
            [SHIPPED_DESK],
            "{mails:?}"
        );
        assert!(mails[0].raw.contains("SIAGA") && mails[0].text.contains("umpan-desa-x"), "{mails:?}");
        running.stop().await;
    }
}

#[tokio::test]
async fn fifteen_cycles_that_stand_for_longer_than_the_desk_waits_are_fifteen_messages_at_most() {
    for stands in [40, 100, 140] {
        let (mut smtp, http) = (Smtp::start().await, Http::start().await);
        let mut desk = Desk::open(&smtp, &http).await;
        desk.team = Arc::new(parse(&shipped_roster()));
        let running = desk.run();
        let sent = cycles(&mut desk, &mut smtp, (15, stands * SECOND)).await;
        desk.pass(21 * MINUTE);
        desk.drained().await;
        let of_desk = sent + smtp.rest().iter().filter(|mail| mail.to == SHIPPED_DESK).count();
        assert!((3..=15).contains(&of_desk), "{stands} seconds: {of_desk}");
        running.stop().await;
    }
}

#[tokio::test]
async fn what_waits_for_the_desk_goes_out_with_the_others_once_another_source_speaks() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let (mut desk, running) = raised_alone((&mut smtp, &http), Level::Waspada).await;
    desk.settled().await;
    desk.condition(Kind::Disaster, ConditionChange::Withdrawn, Level::Low).await;
    desk.pass(2 * MINUTE);
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Waspada).await;
    desk.quiet().await;
    assert!(smtp.rest().is_empty(), "its messages about a source that raises and takes back are one");
    desk.earlier_report(Kind::Disaster).await;
    let mut notified = [smtp.mail().await, smtp.mail().await];
    notified.sort_by(|a, b| a.to.cmp(&b.to));
    assert_eq!([notified[0].to.as_str(), notified[1].to.as_str()], ["camat@x.example", "piket@x.example"]);
    assert!(notified[1].text.contains("kepolisian"), "{}", notified[1].text);
    assert!(!notified[1].text.contains("Hanya petugas piket"), "{}", notified[1].text);
    desk.pass(11 * MINUTE);
    desk.drained().await;
    desk.round().await;
    assert!(smtp.rest().is_empty(), "once");
    running.stop().await;
}

/// Each rise that follows an end at once, and each end after its pause, were two messages for each cycle.
#[tokio::test]
async fn fifteen_cycles_with_eleven_minutes_between_are_fifteen_messages_to_the_desk_too() {
    for rest in [9, 11] {
        let (mut smtp, http) = (Smtp::start().await, Http::start().await);
        let mut desk = Desk::open(&smtp, &http).await;
        desk.team = Arc::new(parse(&shipped_roster()));
        let cycles = (Kind::Disaster, Level::Siaga);
        let mails = fifteen_cycles(&mut desk, &mut smtp, cycles, rest * MINUTE).await;
        let mut by_person: BTreeMap<&str, usize> = BTreeMap::new();
        for mail in &mails {
            *by_person.entry(&mail.to).or_default() += 1;
        }
        let of_desk = by_person.remove(SHIPPED_DESK).unwrap_or_default();
        assert!((5..=15).contains(&of_desk), "{rest} minutes between: {of_desk}");
        // Until the source has taken back three, the others are notified: twice that it is so, twice that it is not.
        assert!(by_person.values().all(|count| *count <= 4), "{rest} minutes between: {by_person:?}");
    }
}

/// The message that the alert is somebody else's by now waits for a pause, and is no news of it.
#[tokio::test]
async fn who_knows_of_a_siaga_is_not_sent_it_again_because_it_is_theirs_no_more() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let (mut desk, running) = raised_alone((&mut smtp, &http), Level::Siaga).await;
    desk.drained().await;
    for (role, to) in [("Posko", "piket@x.example"), ("BPBD", "bpbd@x.example")] {
        desk.assign(ALERT, role).await;
        assert_eq!(smtp.mail().await.to, to);
        desk.quiet().await;
    }
    desk.earlier_report(Kind::Disaster).await;
    let mut released = [smtp.mail().await.to, smtp.mail().await.to];
    released.sort();
    assert_eq!(released, ["bpbd@x.example", "camat@x.example"]);
    desk.round().await;
    desk.quiet().await;
    let mails = smtp.rest();
    assert!(mails.iter().all(|mail| mail.to != "piket@x.example"), "{mails:?}");
    desk.pass(11 * MINUTE);
    desk.drained().await;
    let mails = smtp.rest();
    let own: Vec<_> = mails.iter().filter(|mail| mail.to == "piket@x.example").collect();
    assert!(own.len() == 1 && own[0].text.contains("BPBD"), "whose it is by now: {mails:?}");
    running.stop().await;
}
