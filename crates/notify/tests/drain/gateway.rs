//! A provider of SMS or WhatsApp messages as a process of its own: called as the team file describes, believed by its field.

use crate::desk::{Desk, SECRET};
use crate::processes::Receiver;
use crate::receivers::{Http, Smtp};
use domain::effect::ConditionChange;
use domain::kind::{Kind, Level};
use domain::time::SECOND;
use notify::Channel;
use store::{DeliveryFailure, NotTaken};

const ALERT: &str = "16.13-2026-0001";

fn described(port: u16, (content, body): (&str, &str)) -> String {
    format!(
        r#"
        [[gateway]]
        name = "wa"
        url = "http://127.0.0.1:{port}/kirim?ref={{delivery}}"
        headers = {{ Authorization = "{{secret}}", Content-Type = "{content}" }}
        body = '{body}'
        secret_env = "S"
        accepted = {{ field = "status", is = ["true"] }}
        reason = "reason"
    "#
    )
}

#[tokio::test]
async fn a_gateway_that_answers_200_with_an_error_has_not_taken_the_message() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let answers = format!(
        r#"[[200, {{"status": false, "reason": "saldo habis untuk {SECRET}"}}], [503, {{}}], [200, {{"status": true}}]]"#
    );
    let mut desk = Desk::open(&smtp, &http).await;
    let gateway = Receiver::start("gateway_receiver.py", desk.folder.path(), &["--answers", &answers]);
    let text = described(
        gateway.port,
        ("application/json", r#"{"target": "{to}", "message": "{text}", "once": "{short}"}"#),
    );
    desk.desk_by_gateway(&text);
    desk.condition(Kind::ResidentCompany, ConditionChange::Raised, Level::Siaga).await;
    let running = desk.run();
    smtp.mail().await;
    for _ in 0..2 {
        desk.failed(Channel::Gateway).await;
        desk.pass(20 * SECOND);
    }
    desk.drained().await;
    running.stop().await;
    let calls = gateway.lines();
    assert_eq!(calls.len(), 3, "{calls:?}");
    assert_eq!(
        (&calls[0]["headers"], &calls[0]["body"]),
        (&calls[2]["headers"], &calls[2]["body"]),
        "the same message"
    );
    assert!(calls[0]["path"].as_str().unwrap().starts_with("/kirim?ref="), "{calls:?}");
    assert_eq!(calls[0]["headers"]["authorization"], SECRET);
    let sent: serde_json::Value = serde_json::from_str(calls[0]["body"].as_str().unwrap()).unwrap();
    assert_eq!(sent["target"], "08123456789");
    assert!(sent["message"].as_str().unwrap().contains("Kecamatan: Rawas Ilir, 16.13\n"), "{sent}");
    let once = sent["once"].as_str().unwrap();
    assert!(
        once.starts_with("Peringatan SIAGA: ") && once.ends_with(&format!("/peringatan/{ALERT}")),
        "{once}"
    );
    let tries = desk.store.delivery_attempts(ALERT).await.unwrap();
    let failures: Vec<_> = tries.into_iter().filter_map(|one| one.error).collect();
    let refused = NotTaken {
        status: String::from("200 OK"),
        field: String::from("status"),
        found: Some(String::from("false")),
        reason: Some(String::from("saldo habis untuk ***")),
    };
    let unavailable = DeliveryFailure::HttpStatus(String::from("503 Service Unavailable"));
    assert_eq!(failures, [DeliveryFailure::NotTaken(refused), unavailable]);
}

/// Another try is made, and nobody has it meanwhile.
#[tokio::test]
async fn what_a_gateway_refuses_is_shown_at_once_whatever_the_level() {
    for level in [Level::Waspada, Level::Siaga] {
        let (smtp, http) = (Smtp::start().await, Http::start().await);
        let mut desk = Desk::open(&smtp, &http).await;
        let answers = r#"[[200, {"status": false}], [503, {}], [200, {"status": true}]]"#;
        let gateway = Receiver::start("gateway_receiver.py", desk.folder.path(), &["--answers", answers]);
        let body = r#"{"target": "{to}", "message": "{text}"}"#;
        desk.desk_by_gateway(&described(gateway.port, ("application/json", body)));
        desk.condition(Kind::ResidentCompany, ConditionChange::Raised, level).await;
        let running = desk.run();
        desk.failed(Channel::Gateway).await;
        assert_eq!(desk.shown_late().await, ["16.13/posko"], "{level}");
        desk.pass(6 * SECOND);
        desk.failed(Channel::Gateway).await;
        assert!(
            desk.shown_late().await.is_empty(),
            "a server that cannot take it just now has its time: {level}"
        );
        desk.pass(20 * SECOND);
        desk.drained().await;
        assert!(desk.shown_late().await.is_empty());
        running.stop().await;
    }
}

/// It may have been sent, and is paid for.
#[tokio::test]
async fn an_answer_that_does_not_say_whether_the_message_was_taken_ends_the_tries() {
    for answer in [r#"[200, {"Status": true}]"#, r#"[200, "terima kasih"]"#] {
        let (mut smtp, http) = (Smtp::start().await, Http::start().await);
        let mut desk = Desk::open(&smtp, &http).await;
        let answers = format!(r#"[{answer}, [200, {{"status": true}}]]"#);
        let gateway = Receiver::start("gateway_receiver.py", desk.folder.path(), &["--answers", &answers]);
        desk.desk_by_gateway(&described(
            gateway.port,
            ("application/json", r#"{"to": "{to}", "text": "{text}"}"#),
        ));
        desk.condition(Kind::ResidentCompany, ConditionChange::Raised, Level::Siaga).await;
        let running = desk.run();
        smtp.mail().await;
        desk.failed(Channel::Gateway).await;
        desk.drained().await;
        desk.pass(3600 * SECOND);
        desk.round().await;
        running.stop().await;
        assert_eq!(gateway.lines().len(), 1, "{answer}");
        let tries = desk.store.delivery_attempts(ALERT).await.unwrap();
        let failures: Vec<_> = tries.into_iter().filter_map(|one| one.error).collect();
        let unclear = |failure: &DeliveryFailure| {
            matches!(failure, DeliveryFailure::NotTaken(NotTaken { found: None, .. }))
                || matches!(failure, DeliveryFailure::UnreadableAnswer(_))
        };
        assert!(failures.len() == 1 && unclear(&failures[0]), "{failures:?}");
    }
}

#[tokio::test]
async fn a_form_is_escaped_and_a_gateway_without_its_secret_is_not_called() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    let gateway = Receiver::start("gateway_receiver.py", desk.folder.path(), &[]);
    let form = described(gateway.port, ("application/x-www-form-urlencoded", "to={to}&text={short}"));
    desk.desk_by_gateway(&form);
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
    let running = desk.run();
    smtp.mail().await;
    desk.delivered(Channel::Gateway).await;
    running.stop().await;
    let body = gateway.lines()[0]["body"].as_str().unwrap().to_owned();
    assert!(
        body.starts_with("to=08123456789&text=Peringatan%20SIAGA%3A%20banjir%20di%20Rawas%20Ilir"),
        "{body}"
    );
    desk.desk_by_gateway(&form.replace("secret_env = \"S\"", "secret_file = \"/nowhere/key\""));
    desk.condition(Kind::ResidentResident, ConditionChange::Raised, Level::Siaga).await;
    let running = desk.run();
    desk.failed(Channel::Gateway).await;
    running.stop().await;
    assert_eq!(gateway.lines().len(), 1);
    let tries = desk.store.delivery_attempts("16.13-2026-0002").await.unwrap();
    let error = tries.iter().find(|one| one.to.channel == "wa").unwrap().error.clone().unwrap();
    assert!(
        error.to_string().starts_with("gateway_unset: reading the secret from '/nowhere/key'"),
        "{error}"
    );
}

#[test]
fn what_shows_the_secret_to_somebody_or_cannot_be_sent_is_refused_in_words() {
    let text = |body: &str, method: &str| {
        format!(
            r#"
            [[gateway]]
            name = "wa"
            url = "http://127.0.0.1:9/kirim"
            method = "{method}"
            headers = {{ Content-Type = "application/json" }}
            body = '{body}'
            secret_env = "S"
        "#
        )
    };
    let own = r#"{"to": "{to}", "text": "{text}", "key": "{secret}"}"#;
    let glued = r#"{"to": "{to}{secret}", "text": "{text}"}"#;
    for (body, method, refused) in [
        (own, "POST", None),
        (glued, "POST", Some("body.to: {secret} stands there with something else")),
        (own, "GET", Some("method GET sends no body")),
    ] {
        let roster = format!("{}\n{}", crate::roster::roster(9, ""), text(body, method));
        let found = notify::team::Team::parse(&roster, &|_| Some(String::from(crate::desk::SECRET)));
        match (found, refused) {
            (Ok(_), None) => {}
            (Err(words), Some(named)) => assert!(words.to_string().contains(named), "{words}"),
            (found, _) => panic!("{body}, {method}: {:?}", found.err().map(|words| words.to_string())),
        }
    }
}
