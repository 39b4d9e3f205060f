//! The outbox drained over real sockets: to whom, what it says, what happens when a receiver fails,
//! hangs or dies, and after a crash of our own.

#[path = "drain/desk.rs"]
mod desk;
#[path = "drain/processes.rs"]
mod processes;
#[path = "drain/receivers.rs"]
mod receivers;

use desk::{Desk, PLANTED};
use domain::effect::ConditionChange;
use domain::kind::{Kind, Level};
use domain::time::{HOUR, MINUTE, SECOND};
use notify::Channel;
use notify::NotifyEvent;
use receivers::{Answer, Http, Smtp};

const ALERT: &str = "16.13-2026-0001";

#[tokio::test]
async fn a_conflict_reaches_its_people_and_says_nothing_more_than_it_may() {
    let (mut smtp, mut http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.condition(Kind::ResidentCompany, ConditionChange::Raised, Level::Siaga).await;
    let running = desk.run();
    let mail = smtp.mail().await;
    assert_eq!(mail.to, "camat@x.example");
    assert!(mail.text.contains("level siaga (belum terverifikasi)"), "{}", mail.text);
    assert!(mail.text.contains(&format!("Tautan: https://desk.example/peringatan/{ALERT}")), "{}", mail.text);
    let call = http.call().await;
    desk.check_signature(&call);
    for sent in [&mail.text, &mail.raw, &call.body, &call.head] {
        for hidden in PLANTED {
            assert!(!sent.contains(hidden), "'{hidden}' went out: {sent}");
        }
    }
    assert!(!call.body.contains("category") && !call.body.contains("kind"), "{}", call.body);
    desk.settled().await;
    let deliveries = desk.store.alert_deliveries(ALERT).await.unwrap();
    assert!(deliveries.iter().all(|delivery| delivery.state == store::DeliveryState::Sent), "{deliveries:?}");
    assert_eq!(deliveries.len(), 2, "the one who hears of disasters only was notified");
    running.stop().await;
}

#[tokio::test]
async fn a_disaster_names_its_gravest_category() {
    let (mut smtp, mut http) = (Smtp::start().await, Http::start().await);
    let desk = Desk::open(&smtp, &http).await;
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Awas).await;
    let running = desk.run();
    let mut mails = [smtp.mail().await, smtp.mail().await];
    mails.sort_by(|a, b| a.to.cmp(&b.to));
    assert_eq!([mails[0].to.as_str(), mails[1].to.as_str()], ["bpbd@x.example", "camat@x.example"]);
    assert!(mails[0].text.contains("Disaster: flood"), "{}", mails[0].text);
    assert!(mails[1].text.contains("Bencana: banjir"), "{}", mails[1].text);
    assert!(http.call().await.body.contains("\"category\":\"WA-01\""));
    running.stop().await;
}

#[tokio::test]
async fn a_failed_try_is_kept_and_repeated_as_the_same_message() {
    let (mut smtp, mut http) = (Smtp::start().await, Http::start().await);
    smtp.answer([Answer::Refuse, Answer::Refuse, Answer::Take]);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.condition(Kind::ResidentCompany, ConditionChange::Raised, Level::Siaga).await;
    let running = desk.run();
    let first = smtp.mail().await;
    http.call().await; // the other channel is not held up
    desk.failed(Channel::Email).await;
    desk.pass(10 * SECOND);
    let second = smtp.mail().await;
    desk.failed(Channel::Email).await;
    desk.pass(20 * SECOND);
    let third = smtp.mail().await;
    desk.settled().await;
    assert_eq!((&first.id, &second.id), (&second.id, &third.id));
    assert!(first.id.contains(ALERT), "{}", first.id);
    let tries = desk.store.delivery_attempts(ALERT).await.unwrap();
    let mails: Vec<_> = tries.iter().filter(|row| row.to.channel == "email").collect();
    assert_eq!(mails.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(mails[0].error.as_ref().unwrap().to_string().contains("451"), "{mails:?}");
    assert!(mails[2].error.is_none());
    running.stop().await;
}

#[tokio::test]
async fn in_quiet_hours_a_siaga_waits_and_an_awas_does_not() {
    let (mut smtp, mut http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.sleeper_joined(http.port);
    desk.at_noon();
    let running = desk.run();
    desk.condition(Kind::ResidentCompany, ConditionChange::Raised, Level::Siaga).await;
    assert_eq!(smtp.mail().await.to, "camat@x.example");
    http.call().await;
    desk.condition(Kind::ResidentResident, ConditionChange::Raised, Level::Awas).await;
    let mut notified = [smtp.mail().await.to, smtp.mail().await.to];
    notified.sort();
    assert_eq!(notified, ["camat@x.example", "tidur@x.example"]);
    http.call().await;
    desk.pass(12 * HOUR); // the minute before midnight, when the quiet hours end
    let late = smtp.mail().await;
    assert_eq!((late.to.as_str(), late.id.contains(ALERT)), ("tidur@x.example", true));
    running.stop().await;
}

#[tokio::test]
async fn a_relay_that_hangs_holds_nobody_else() {
    let (mut smtp, mut http) = (Smtp::start().await, Http::start().await);
    smtp.answer([Answer::Hang, Answer::Hang, Answer::Hang]);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.settings.batch = 1;
    desk.condition(Kind::ResidentCompany, ConditionChange::Raised, Level::Siaga).await;
    let running = desk.run();
    smtp.mail().await; // taken in and never answered
    http.call().await;
    desk.condition(Kind::ResidentResident, ConditionChange::Raised, Level::Siaga).await;
    assert!(http.call().await.body.contains("16.13-2026-0002"));
    running.kill();
}

#[tokio::test]
async fn tries_end_and_the_message_is_given_up() {
    let (smtp, mut http) = (Smtp::start().await, Http::start().await);
    http.answer([Answer::Refuse, Answer::Refuse, Answer::Refuse, Answer::Take]);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.settings.tries = 3;
    desk.condition(Kind::ResidentCompany, ConditionChange::Raised, Level::Siaga).await;
    let running = desk.run();
    for last in [false, false, true] {
        let call = http.call().await;
        desk.check_signature(&call);
        assert_eq!(
            desk.failed(Channel::Webhook).await,
            NotifyEvent::Failed { channel: Channel::Webhook, last }
        );
        desk.pass(HOUR);
    }
    desk.drained().await;
    let deliveries = desk.store.alert_deliveries(ALERT).await.unwrap();
    let webhook = deliveries.iter().find(|delivery| delivery.channel == "webhook").unwrap();
    assert_eq!((webhook.state, webhook.tries), (store::DeliveryState::Failed, 3));
    assert!(webhook.last_error.as_ref().unwrap().to_string().contains("503"), "{webhook:?}");
    running.stop().await;
}

#[tokio::test]
async fn a_crash_between_the_try_and_its_record_loses_nothing() {
    let (mut smtp, mut http) = (Smtp::start().await, Http::start().await);
    smtp.answer([Answer::Hang, Answer::Take]);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.condition(Kind::ResidentCompany, ConditionChange::Raised, Level::Siaga).await;
    let running = desk.run();
    let lost = smtp.mail().await;
    http.call().await;
    running.kill();
    desk.reopen().await;
    let running = desk.run();
    desk.pass(MINUTE);
    let again = smtp.mail().await;
    assert_eq!(lost.id, again.id);
    desk.settled().await;
    running.stop().await;
}

#[tokio::test]
async fn a_withdrawal_reaches_those_who_were_notified_and_nobody_else() {
    let (mut smtp, mut http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    let running = desk.run();
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
    assert_eq!(smtp.mail().await.to, "camat@x.example"); // bpbd hears from awas only
    http.call().await;
    desk.settled().await;
    desk.condition(Kind::Disaster, ConditionChange::Withdrawn, Level::Low).await;
    let mail = smtp.mail().await;
    assert_eq!(mail.to, "camat@x.example");
    assert!(mail.text.contains("ditarik dan tidak berlaku lagi. Level terakhirnya siaga"), "{}", mail.text);
    assert!(mail.text.contains("kepada 2 penerima; semuanya dikabari"), "{}", mail.text);
    let call = http.call().await;
    assert!(
        call.body.contains("\"change\":\"withdrawn\"") && call.body.contains("\"notified_before\":2"),
        "{}",
        call.body
    );
    desk.settled().await;
    running.stop().await;
}

#[tokio::test]
async fn a_fall_reaches_those_who_were_notified_of_the_rise_and_nobody_else() {
    let (mut smtp, mut http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    let running = desk.run();
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Awas).await;
    smtp.mail().await;
    smtp.mail().await;
    http.call().await;
    desk.settled().await;
    running.stop().await;
    desk.joined(http.port);
    let running = desk.run();
    desk.condition(Kind::Disaster, ConditionChange::Changed, Level::Siaga).await;
    let mut notified = [smtp.mail().await.to, smtp.mail().await.to];
    notified.sort();
    // A person who hears of awas only heard of this one: a siaga would not be theirs, its fall is.
    assert_eq!(notified, ["bpbd@x.example", "camat@x.example"]);
    let call = http.call().await;
    assert!(call.body.contains("\"change\":\"lowered\""), "{}", call.body);
    desk.settled().await;
    let deliveries = desk.store.alert_deliveries(ALERT).await.unwrap();
    assert!(deliveries.iter().all(|delivery| delivery.person != "16.13/baru"), "{deliveries:?}");
    running.stop().await;
}

#[tokio::test]
async fn a_newer_message_replaces_one_that_waits() {
    let (mut smtp, mut http) = (Smtp::start().await, Http::start().await);
    smtp.answer([Answer::Refuse, Answer::Take]);
    let mut desk = Desk::open(&smtp, &http).await;
    let running = desk.run();
    desk.condition(Kind::ResidentCompany, ConditionChange::Raised, Level::Waspada).await;
    smtp.mail().await;
    http.call().await;
    desk.failed(Channel::Email).await;
    desk.condition(Kind::ResidentCompany, ConditionChange::Changed, Level::Awas).await;
    let risen = smtp.mail().await;
    assert!(risen.text.contains("naik ke awas"), "{}", risen.text);
    desk.settled().await;
    let deliveries = desk.store.alert_deliveries(ALERT).await.unwrap();
    let replaced = deliveries.iter().find(|delivery| delivery.channel == "email").unwrap();
    assert_eq!(replaced.last_error, Some(store::DeliveryFailure::Replaced));
    running.stop().await;
}

#[tokio::test]
async fn without_a_relay_the_reason_is_written_down_at_once() {
    let (smtp, mut http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.settings.smtp.host.clear();
    desk.condition(Kind::ResidentCompany, ConditionChange::Raised, Level::Siaga).await;
    let running = desk.run();
    http.call().await;
    desk.settled().await;
    let deliveries = desk.store.alert_deliveries(ALERT).await.unwrap();
    let mail = deliveries.iter().find(|delivery| delivery.channel == "email").unwrap();
    assert_eq!(mail.state, store::DeliveryState::Failed);
    assert_eq!(mail.last_error, Some(store::DeliveryFailure::NoMailServer));
    running.stop().await;
}
