//! What waits and is out of date by now, and what need not wait any longer.

use crate::desk::{DISTRICT, Desk};
use crate::processes::Receiver;
use crate::receivers::{Answer, Http, Smtp};
use crate::roster::{desk_roster, parse};
use crate::rows::name;
use domain::effect::{ConditionChange, Effect};
use domain::kind::{Kind, Level};
use domain::report::ReportId;
use domain::time::{MINUTE, SECOND};
use notify::Channel;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// No time passes: the pauses of what was refused are not over.
#[tokio::test]
async fn who_gets_a_message_gets_at_once_what_their_mail_server_did_not_take_before() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.desk_by_mail(http.port);
    smtp.answer([Answer::Refuse; 2]);
    desk.condition(Kind::ResidentCompany, ConditionChange::Raised, Level::Siaga).await;
    let running = desk.run();
    for _ in 0..2 {
        desk.failed(Channel::Email).await;
    }
    smtp.rest();
    desk.condition(Kind::ResidentResident, ConditionChange::Raised, Level::Siaga).await;
    let mut earlier = 0;
    for _ in 0..4 {
        let mail = tokio::time::timeout(std::time::Duration::from_secs(20), smtp.mail()).await;
        let mail = mail.expect("what was refused goes at once");
        earlier += usize::from(mail.text.contains("Jenis: warga–perusahaan"));
    }
    assert_eq!(earlier, 2);
    running.stop().await;
}

#[tokio::test]
async fn who_waits_for_an_awas_when_it_falls_hears_of_the_siaga() {
    let (mut smtp, mut http) = (Smtp::start().await, Http::start().await);
    smtp.answer([Answer::Refuse]);
    let mut desk = Desk::open(&smtp, &http).await;
    let running = desk.run();
    desk.condition(Kind::ResidentCompany, ConditionChange::Raised, Level::Awas).await;
    smtp.mail().await;
    http.call().await;
    desk.failed(Channel::Email).await;
    desk.condition(Kind::ResidentCompany, ConditionChange::Changed, Level::Siaga).await;
    let mail = smtp.mail().await;
    assert!(
        mail.to == "camat@x.example" && mail.text.contains("Peringatan baru, level siaga"),
        "{}",
        mail.text
    );
    assert!(mail.text.contains("Juga: tingkat turun, level siaga"), "{}", mail.text);
    running.stop().await;
}

/// Subject, first line and body are of one moment.
#[tokio::test]
async fn how_sure_a_level_is_is_as_it_stands_when_its_message_goes() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let desk = Desk::open(&smtp, &http).await;
    desk.condition(Kind::ResidentCompany, ConditionChange::Raised, Level::Siaga).await;
    let evidence = [1, 2].map(|id| name(ReportId(id))).to_vec();
    let mut affirmed = desk.raised(DISTRICT, (Kind::ResidentCompany, Level::Siaga), evidence);
    if let Effect::Condition(own) = &mut affirmed {
        (own.change, own.unverified) = (ConditionChange::Changed, false);
    }
    desk.commit(Vec::new(), vec![affirmed]).await;
    let running = desk.run();
    let mail = smtp.mail().await;
    let first = mail.text.lines().next().unwrap_or_default();
    assert!(first.contains("level siaga") && !first.contains("belum terverifikasi"), "{}", mail.text);
    let subject = mail.raw.lines().find(|line| line.starts_with("Subject:")).unwrap_or_default();
    assert!(!subject.contains("belum terverifikasi"), "{subject}");
    running.stop().await;
}

/// At siaga the other channel has minutes.
#[tokio::test]
async fn what_one_channel_refused_for_good_is_shown_within_the_minute_while_another_is_tried() {
    let (mut smtp, mut http) = (Smtp::start().await, Http::start().await);
    smtp.answer([Answer::RefuseForGood]);
    http.answer([Answer::Refuse; 9]);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.second_channel(http.port);
    desk.condition(Kind::ResidentCompany, ConditionChange::Raised, Level::Siaga).await;
    let running = desk.run();
    smtp.mail().await;
    while !http.call().await.head.starts_with("POST /camat ") {}
    desk.failed(Channel::Webhook).await;
    assert!(desk.shown_late().await.is_empty(), "the other channel is tried just now");
    desk.pass(31 * SECOND);
    assert_eq!(desk.shown_late().await, ["16.13/camat"], "of the duty post no server refused it for good");
    running.stop().await;
}

fn hook_then_mail(http: u16) -> String {
    let hook = format!(r#"{{ kind = "webhook", url = "http://127.0.0.1:{http}/k", secret_env = "S" }}"#);
    format!(r#"[{hook}, {{ kind = "email", to = "piket@x.example" }}]"#)
}

/// A gateway that answers a success with an error, a webhook that is gone and a mailbox that is not there are one rule.
#[tokio::test]
async fn what_a_channel_refuses_goes_by_the_next_one_at_once_whatever_the_level() {
    const HOOK: &str = r#"{ kind = "webhook", url = "http://127.0.0.1:PORT/k", secret_env = "S" }"#;
    const MAIL: &str = r#"{ kind = "email", to = "piket@x.example" }"#;
    const GATEWAY: &str = r#"{ kind = "gateway", gateway = "wa", to = "0812-3456 789" }"#;
    for (first, next) in [(GATEWAY, MAIL), (HOOK, MAIL), (MAIL, HOOK)] {
        let (mut smtp, mut http) = (Smtp::start().await, Http::start().await);
        let mut desk = Desk::open(&smtp, &http).await;
        let gateway = Receiver::start(
            "gateway_receiver.py",
            desk.folder.path(),
            &["--answers", r#"[[200, {"status": false, "reason": "nomor tidak terdaftar"}]]"#],
        );
        let described = format!(
            r#"
            [[gateway]]
            name = "wa"
            url = "http://127.0.0.1:{}/kirim"
            headers = {{ Content-Type = "application/json" }}
            body = '{{"target": "{{to}}", "message": "{{text}}"}}'
            accepted = {{ field = "status", is = ["true"] }}
            reason = "reason"
        "#,
            gateway.port
        );
        let channels = format!("[{first}, {next}]").replace("PORT", &http.port.to_string());
        let roster = desk_roster(http.port, &channels).replace(r#"office = "camat""#, r#"office = "bpbd""#);
        desk.team = Arc::new(parse(&format!("{roster}\n{described}")));
        match first {
            MAIL => smtp.answer([Answer::RefuseForGood]),
            HOOK => http.answer([Answer::RefuseForGood]),
            _ => {}
        }
        desk.condition(Kind::ResidentCompany, ConditionChange::Raised, Level::Waspada).await;
        let running = desk.run();
        // No time passes: a waspada has half an hour to be handed over.
        let within = Duration::from_secs(20);
        let arrived = async { if next == MAIL { smtp.mail().await.to } else { http.call().await.head } };
        timeout(within, arrived)
            .await
            .unwrap_or_else(|_| panic!("{first}: the next channel is tried at once"));
        desk.delivered(if next == MAIL { Channel::Email } else { Channel::Webhook }).await;
        assert!(desk.shown_late().await.is_empty(), "{first}");
        running.stop().await;
    }
}

/// What it took the place of waits by the channel that refused it, and has reached the person.
#[tokio::test]
async fn who_got_it_by_the_next_channel_is_sent_the_next_news_after_the_pause() {
    let (mut smtp, mut http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.team = Arc::new(parse(&desk_roster(http.port, &hook_then_mail(http.port))));
    http.answer([Answer::RefuseForGood]);
    desk.condition(Kind::ResidentCompany, ConditionChange::Raised, Level::Siaga).await;
    let running = desk.run();
    for _ in 0..2 {
        desk.delivered(Channel::Email).await;
    }
    desk.reported(Kind::ResidentCompany, ("WP-05", 3)).await;
    desk.round().await;
    desk.round().await;
    assert_eq!((smtp.rest().len(), http.rest().len()), (2, 1), "it waits for the pause");
    desk.pass(11 * MINUTE);
    assert!(http.call().await.body.contains("new_incident"));
    running.stop().await;
}

/// It says when: nobody is called by another way before.
#[tokio::test]
async fn a_receiver_that_asks_to_wait_refuses_nothing() {
    let (mut smtp, mut http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.team = Arc::new(parse(&desk_roster(http.port, &hook_then_mail(http.port))));
    http.answer([Answer::After(600)]);
    desk.condition(Kind::ResidentCompany, ConditionChange::Raised, Level::Waspada).await;
    let running = desk.run();
    http.call().await;
    desk.failed(Channel::Webhook).await;
    desk.round().await;
    assert!(smtp.rest().iter().all(|mail| mail.to != "piket@x.example"));
    running.stop().await;
}
