//! The outbox drained over real sockets: to whom, what it says, what happens when a receiver fails,
//! hangs or dies, and after a crash of our own.

#[path = "drain/assigned.rs"]
mod assigned;
#[path = "drain/attested_again.rs"]
mod attested_again;
#[path = "drain/checks.rs"]
mod checks;
#[path = "drain/corrections.rs"]
mod corrections;
#[path = "drain/desk.rs"]
mod desk;
#[path = "drain/ending.rs"]
mod ending;
#[path = "drain/fall.rs"]
mod fall;
#[path = "drain/folding.rs"]
mod folding;
#[path = "drain/gateway.rs"]
mod gateway;
#[path = "drain/links.rs"]
mod links;
#[path = "drain/processes.rs"]
mod processes;
#[path = "drain/raised_again.rs"]
mod raised_again;
#[path = "drain/receipts.rs"]
mod receipts;
#[path = "drain/receivers.rs"]
mod receivers;
#[path = "drain/reopened.rs"]
mod reopened;
#[path = "drain/retracted.rs"]
mod retracted;
#[path = "drain/returned.rs"]
mod returned;
#[path = "drain/risen.rs"]
mod risen;
#[path = "drain/roster.rs"]
mod roster;
#[path = "drain/rows.rs"]
mod rows;
#[path = "drain/second_person.rs"]
mod second_person;
#[path = "drain/series.rs"]
mod series;
#[path = "drain/taken_back.rs"]
mod taken_back;
#[path = "drain/waiting.rs"]
mod waiting;
#[path = "drain/withheld.rs"]
mod withheld;

use desk::{Desk, PLANTED};
use domain::effect::ConditionChange;
use domain::kind::{Kind, Level};
use domain::time::{DAY, HOUR, MINUTE, SECOND};
use notify::Channel;
use notify::NotifyEvent;
use receivers::{Answer, Http, Smtp};
use store::ClaimedChannels;

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
    assert!(call.body.contains("\"category\":\"WP-05\""), "{}", call.body);
    assert!(mail.text.contains("Jenis: warga–perusahaan"), "{}", mail.text);
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
    assert!(mails[0].text.contains("What happened: flood"), "{}", mails[0].text);
    assert!(mails[1].text.contains("Yang terjadi: banjir"), "{}", mails[1].text);
    assert!(http.call().await.body.contains("\"category\":\"WA-01\""));
    running.stop().await;
}

#[tokio::test]
async fn an_earlier_report_of_another_feed_leaves_a_message_that_waits_its_words() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let desk = Desk::open(&smtp, &http).await;
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
    desk.earlier_report(Kind::Disaster).await;
    let running = desk.run();
    let mail = smtp.mail().await;
    for line in [
        "Yang terjadi: banjir",
        "Waktu kejadian: Min, 1 Mar 2026, 07.00 WIB",
        "Menurut: kepolisian, desa dan kelurahan",
    ] {
        assert!(mail.text.contains(line), "{line}: {}", mail.text);
    }
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
async fn tries_end_with_the_window_and_the_message_is_given_up() {
    let (smtp, mut http) = (Smtp::start().await, Http::start().await);
    http.answer([Answer::Refuse, Answer::Refuse, Answer::Refuse, Answer::Take]);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.settings.retry_hours = 2;
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
    desk.pass(11 * MINUTE);
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
    desk.pass(11 * MINUTE);
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

#[tokio::test]
async fn mail_and_webhook_dead_for_twenty_minutes_during_an_awas_lose_nothing_and_the_desk_sees_it() {
    let (mut smtp, mut http) = (Smtp::start().await, Http::start().await);
    smtp.answer([Answer::Refuse; 500]);
    http.answer([Answer::Refuse; 500]);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.second_channel(http.port);
    desk.condition(Kind::ResidentCompany, ConditionChange::Raised, Level::Awas).await;
    let running = desk.run();
    smtp.mail().await;
    assert!(http.call().await.head.starts_with("POST /k "), "the second channel of nobody yet");
    desk.failed(Channel::Email).await;
    assert!(desk.shown_late().await.is_empty());
    desk.pass(31 * SECOND);
    assert_eq!(desk.shown_late().await, ["16.13/camat", "16.13/posko"], "within the minute");
    desk.pass(30 * SECOND);
    while !http.call().await.head.starts_with("POST /camat ") {}
    for _ in 0..19 {
        desk.pass(MINUTE);
        desk.round().await;
    }
    smtp.back();
    http.back();
    desk.pass(15 * MINUTE);
    desk.drained().await;
    assert!(desk.shown_late().await.is_empty());
    let deliveries = desk.store.alert_deliveries(ALERT).await.unwrap();
    assert_eq!(deliveries.len(), 3);
    assert!(deliveries.iter().all(|delivery| delivery.state == store::DeliveryState::Sent), "{deliveries:?}");
    running.stop().await;
}

#[tokio::test]
async fn a_mailbox_that_is_not_there_is_given_up_at_once_and_the_second_channel_tried() {
    let (mut smtp, mut http) = (Smtp::start().await, Http::start().await);
    smtp.answer([Answer::RefuseForGood]);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.second_channel(http.port);
    desk.condition(Kind::ResidentCompany, ConditionChange::Raised, Level::Waspada).await;
    let running = desk.run();
    smtp.mail().await;
    let calls = [http.call().await.head, http.call().await.head];
    assert!(calls.iter().any(|head| head.starts_with("POST /camat ")), "{calls:?}");
    desk.drained().await;
    let deliveries = desk.store.alert_deliveries(ALERT).await.unwrap();
    let mail = deliveries.iter().find(|delivery| delivery.channel == "email").unwrap();
    assert_eq!((mail.state, mail.tries), (store::DeliveryState::Failed, 1));
    assert!(desk.shown_late().await.is_empty(), "the camat has it by the other channel");
    running.stop().await;
}

#[tokio::test]
async fn a_receiver_that_asks_to_wait_is_not_called_before() {
    let (smtp, mut http) = (Smtp::start().await, Http::start().await);
    http.answer([Answer::After(600)]);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.condition(Kind::ResidentCompany, ConditionChange::Raised, Level::Waspada).await;
    let running = desk.run();
    http.call().await;
    desk.failed(Channel::Webhook).await;
    let waits = async |desk: &Desk| {
        let now = desk.now();
        desk.store
            .claim_deliveries(&ClaimedChannels::Only(vec!["webhook".into()]), now, now, 9)
            .await
            .unwrap()
            .is_empty()
    };
    running.stop().await;
    desk.pass(599 * SECOND);
    assert!(waits(&desk).await);
    desk.pass(2 * SECOND);
    assert!(!waits(&desk).await);
}

#[tokio::test]
async fn a_server_that_answers_again_gets_what_waits_for_it_at_once() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.desk_by_mail(http.port);
    smtp.answer([Answer::Close; 2]);
    desk.condition(Kind::ResidentCompany, ConditionChange::Raised, Level::Siaga).await;
    let running = desk.run();
    for _ in 0..2 {
        desk.failed(Channel::Email).await;
    }
    smtp.rest();
    desk.condition(Kind::ResidentResident, ConditionChange::Raised, Level::Siaga).await;
    for _ in 0..2 {
        desk.delivered(Channel::Email).await;
    }
    // No time passes: the pauses of what failed are not over.
    let mut first = 0;
    for _ in 0..4 {
        let mail = tokio::time::timeout(std::time::Duration::from_secs(20), smtp.mail()).await;
        let mail = mail.expect("what waited for the server goes at once");
        first += usize::from(mail.text.contains("Jenis: warga–perusahaan"));
    }
    assert_eq!(first, 2);
    running.stop().await;
}

#[tokio::test]
async fn an_assignment_reaches_the_assignee_and_nobody_else() {
    let (mut smtp, mut http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    let running = desk.run();
    desk.condition(Kind::ResidentCompany, ConditionChange::Raised, Level::Siaga).await;
    smtp.mail().await;
    http.call().await;
    desk.settled().await;
    desk.assign(ALERT, "BPBD").await;
    let mail = smtp.mail().await;
    assert_eq!(mail.to, "bpbd@x.example");
    assert!(
        mail.text.contains("The alert of level siaga (alert, unverified) is assigned to BPBD."),
        "{}",
        mail.text
    );
    desk.drained().await;
    assert!(smtp.rest().is_empty());
    running.stop().await;
}

#[tokio::test]
async fn a_grave_incident_in_an_open_alert_is_notified_of_once_and_not_before_the_pause_is_over() {
    let (mut smtp, mut http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    let running = desk.run();
    desk.condition(Kind::ResidentCompany, ConditionChange::Raised, Level::Waspada).await;
    smtp.mail().await;
    http.call().await;
    desk.settled().await;
    for severity in [2, 3] {
        desk.reported(Kind::ResidentCompany, ("WP-05", severity)).await;
    }
    desk.pass(9 * MINUTE);
    desk.incident(Kind::ResidentCompany, ("WP-05", 3), 0).await;
    assert!(smtp.rest().is_empty(), "ten minutes are not over");
    desk.pass(2 * MINUTE);
    let mail = smtp.mail().await;
    assert!(mail.text.starts_with("Kejadian baru pada peringatan yang masih terbuka"), "{}", mail.text);
    assert!(mail.text.contains("Yang terjadi: pemortalan"), "{}", mail.text);
    http.call().await;
    desk.drained().await;
    desk.incident(Kind::ResidentCompany, ("WP-05", 3), 1).await;
    desk.pass(11 * MINUTE);
    let mail = smtp.mail().await;
    assert!(mail.text.starts_with("Ada laporan yang menyangkal"), "{}", mail.text);
    http.call().await;
    desk.drained().await;
    assert!(smtp.rest().is_empty());
    running.stop().await;
}

#[tokio::test]
async fn what_cleared_and_is_raised_again_is_notified_of_and_a_rise_waits_for_no_pause() {
    let (mut smtp, mut http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    let running = desk.run();
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Waspada).await;
    smtp.mail().await;
    http.call().await;
    desk.settled().await;
    desk.condition(Kind::Disaster, ConditionChange::Cleared, Level::Low).await;
    desk.pass(DAY);
    desk.condition(Kind::Disaster, ConditionChange::Changed, Level::Waspada).await;
    let mail = smtp.mail().await;
    assert!(mail.text.contains("kini terpicu lagi, level waspada"), "{}", mail.text);
    http.call().await;
    desk.drained().await;
    desk.condition(Kind::Disaster, ConditionChange::Changed, Level::Siaga).await;
    assert!(smtp.mail().await.text.contains("naik ke siaga"));
    running.stop().await;
}
