//! What became of messages after a provider took them: asked for, or brought by the provider's own call.

use crate::desk::{Desk, NOW, SECRET};
use crate::processes::Receiver;
use crate::receivers::{Http, Smtp};
use domain::effect::ConditionChange;
use domain::kind::{Kind, Level};
use domain::time::{MINUTE, SECOND};
use hmac::{Hmac, KeyInit, Mac};
use notify::{CallbackRefusal, Channel, ReceiptCallbacks};
use reqwest::header::{HeaderMap, HeaderName};
use sha2::Sha256;
use store::{Delivery, DeliveryFailure, DeliveryState, NotDelivered};

const ALERT: &str = "16.13-2026-0001";
const WORDS: &str = r#"
    state = "data.state"
    delivered = ["delivered"]
    read = ["read"]
    failed = ["failed", "expired"]
    reason = "data.why"
"#;

/// A provider that calls its messages by numbers of its own.
fn described(port: u16, receipt: &str) -> String {
    format!(
        r#"
        [[gateway]]
        name = "wa"
        url = "http://127.0.0.1:{port}/kirim"
        headers = {{ Authorization = "{{secret}}", Content-Type = "application/json" }}
        body = '{{"target": "{{to}}", "message": "{{text}}"}}'
        secret_env = "S"
        [gateway.receipt]
        {receipt}
        {WORDS}
    "#
    )
}

fn poll(port: u16) -> String {
    let receipt = format!(
        r#"by = "poll"
        id = "id"
        url = "http://127.0.0.1:{port}/receipt/{{id}}"
        headers = {{ Authorization = "{{secret}}" }}"#
    );
    described(port, &receipt)
}

fn callback(port: u16, more: &str) -> String {
    let receipt = format!(
        r#"by = "callback"
        id = "id"
        message = "data.id"
        secret_env = "S"
        {more}"#
    );
    described(port, &receipt)
}

/// A desk that reads messages by the provider first and then by mail, and the provider as a process.
async fn desk(options: &[&str], described: impl Fn(u16) -> String) -> (Desk, Smtp, Receiver) {
    let (smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    let gateway = Receiver::start("gateway_receiver.py", desk.folder.path(), options);
    desk.desk_by_gateway_then_mail(&described(gateway.port));
    (desk, smtp, gateway)
}

impl Desk {
    async fn by(&self, channel: &str) -> Option<Delivery> {
        let deliveries = self.store.alert_deliveries(ALERT).await.unwrap();
        deliveries.into_iter().find(|one| one.person == "16.13/posko" && one.channel == channel)
    }

    /// Waits until the message by the provider came to this state.
    async fn came_to(&mut self, state: DeliveryState) -> Delivery {
        loop {
            match self.by("wa").await {
                Some(delivery) if delivery.state == state => return delivery,
                _ => self.round().await,
            }
        }
    }

    async fn called(&self, callbacks: &ReceiptCallbacks, body: &str) -> Result<(), CallbackRefusal> {
        callbacks.take("wa", &headers(&[("x-token", SECRET)]), body.as_bytes()).await
    }
}

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
}

const TAKEN: [&str; 2] = ["--answers", r#"[[200, {"id": "m-1"}]]"#];

#[tokio::test]
async fn a_provider_is_asked_until_the_message_arrived_and_then_no_more() {
    let answers =
        r#"[[200, {"data": {"state": "queued"}}], [503, {}], [200, {"data": {"state": "Delivered"}}]]"#;
    let (mut desk, _smtp, gateway) = desk(&[&TAKEN[..], &["--receipts", answers]].concat(), poll).await;
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
    let running = desk.run();
    desk.delivered(Channel::Gateway).await;
    let sent_at = desk.by("wa").await.unwrap().sent_at.unwrap();
    for seconds in [10, 20] {
        desk.pass(seconds * SECOND);
        // It is asked again once it is as old again.
        let age = desk.now().since(sent_at);
        while desk.by("wa").await.unwrap().next_receipt_at != Some(desk.now().plus(age)) {
            desk.round().await;
        }
    }
    desk.pass(60 * SECOND);
    let arrived = desk.came_to(DeliveryState::Delivered).await;
    assert_eq!((arrived.receipt_at, arrived.at), (Some(NOW.plus(42)), NOW.plus(42)));
    desk.pass(60 * MINUTE);
    desk.round().await;
    running.stop().await;
    let calls = gateway.lines();
    let asked: Vec<_> = calls.iter().filter(|call| call["path"] == "/receipt/m-1").collect();
    assert_eq!(asked.len(), 3, "{calls:?}");
    assert_eq!(asked[0]["headers"]["authorization"], SECRET);
    assert!(desk.by("email").await.is_none(), "nobody is sent it twice");
}

#[tokio::test]
async fn what_a_provider_says_did_not_arrive_goes_by_the_next_channel_and_counts_as_not_received() {
    let answers =
        format!(r#"[[200, {{"data": {{"state": "failed", "why": "08123456789 mati, {SECRET}"}}}}]]"#);
    let (mut desk, mut smtp, _gateway) = desk(&[&TAKEN[..], &["--receipts", &answers]].concat(), poll).await;
    smtp.answer([crate::receivers::Answer::Take, crate::receivers::Answer::RefuseForGood]);
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
    let running = desk.run();
    assert_eq!(smtp.mail().await.to, "camat@x.example");
    desk.delivered(Channel::Gateway).await;
    assert!(desk.shown_late().await.is_empty(), "it was handed over");
    desk.pass(10 * SECOND);
    let mail = smtp.mail().await;
    assert_eq!(mail.to, "piket@x.example");
    desk.failed(Channel::Email).await;
    assert_eq!(desk.shown_late().await, ["16.13/posko"], "neither way brought it over");
    running.stop().await;
    let failed = desk.by("wa").await.unwrap();
    let words = NotDelivered { state: "failed".into(), reason: Some("*** mati, ***".into()) };
    assert_eq!(
        (failed.state, failed.last_error),
        (DeliveryState::Failed, Some(DeliveryFailure::NotDelivered(words)))
    );
    assert!(failed.receipt_at.is_some() && failed.sent_at.is_some());
}

#[tokio::test]
async fn a_callback_that_repeats_the_secret_leaves_it_nowhere() {
    let (mut desk, mut smtp, _gateway) =
        desk(&TAKEN, |port| callback(port, "token_header = \"X-Token\"")).await;
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
    let running = desk.run();
    smtp.mail().await;
    desk.delivered(Channel::Gateway).await;
    desk.drained().await;
    let body =
        format!(r#"{{"data": {{"id": "m-1", "state": "failed", "why": "key {SECRET} of 08123456789"}}}}"#);
    desk.called(&desk.callbacks(), &body).await.unwrap();
    let words = NotDelivered { state: "failed".into(), reason: Some("key *** of ***".into()) };
    assert_eq!(desk.by("wa").await.unwrap().last_error, Some(DeliveryFailure::NotDelivered(words)));
    running.stop().await;
}

#[tokio::test]
async fn a_missing_receipt_is_said_and_sends_again_only_where_the_file_says_so() {
    for (more, sent_again) in [("", false), ("next_channel = true", true)] {
        let more = format!("token_header = \"X-Token\"\nwait_minutes = 5\n{more}");
        let (mut desk, mut smtp, gateway) = desk(&TAKEN, |port| callback(port, &more)).await;
        desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
        let running = desk.run();
        assert_eq!(smtp.mail().await.to, "camat@x.example");
        desk.delivered(Channel::Gateway).await;
        desk.drained().await;
        desk.pass(4 * MINUTE);
        desk.round().await;
        assert_eq!(desk.by("wa").await.unwrap().last_error, None);
        desk.pass(MINUTE);
        while desk.by("wa").await.unwrap().last_error.is_none() {
            desk.round().await;
        }
        let missing = desk.by("wa").await.unwrap();
        assert_eq!(
            (missing.state, missing.last_error),
            (DeliveryState::Sent, Some(DeliveryFailure::NoReceipt))
        );
        if sent_again {
            assert_eq!(smtp.mail().await.to, "piket@x.example");
        }
        desk.pass(60 * MINUTE);
        desk.round().await;
        assert!(smtp.rest().is_empty() && desk.shown_late().await.is_empty());
        assert_eq!(desk.by("email").await.is_some(), sent_again);
        // It comes after all.
        let callbacks = desk.callbacks();
        desk.called(&callbacks, r#"{"data": {"id": "m-1", "state": "read"}}"#).await.unwrap();
        let read = desk.by("wa").await.unwrap();
        assert_eq!((read.state, read.last_error), (DeliveryState::Read, None));
        running.stop().await;
        assert_eq!(gateway.lines().len(), 1);
    }
}

#[tokio::test]
async fn a_callback_again_or_out_of_order_changes_nothing_and_one_of_an_unknown_message_is_answered_alike() {
    let (mut desk, mut smtp, _gateway) =
        desk(&TAKEN, |port| callback(port, "token_header = \"X-Token\"")).await;
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
    let running = desk.run();
    smtp.mail().await;
    desk.delivered(Channel::Gateway).await;
    desk.drained().await;
    let callbacks = desk.callbacks();
    let state = |word: &str| format!(r#"{{"data": {{"id": "m-1", "state": "{word}"}}}}"#);
    for (word, expected) in [
        ("accepted", DeliveryState::Sent),
        ("read", DeliveryState::Read),
        ("delivered", DeliveryState::Read),
        ("failed", DeliveryState::Read),
        ("read", DeliveryState::Read),
    ] {
        desk.called(&callbacks, &state(word)).await.unwrap();
        assert_eq!(desk.by("wa").await.unwrap().state, expected, "{word}");
    }
    desk.called(&callbacks, &state("read").replace("m-1", "m-2")).await.unwrap();
    desk.called(&callbacks, &format!("[{}, {{}}, 7]", state("read"))).await.unwrap();
    let form = headers(&[
        ("x-token", &format!("Bearer {SECRET}")),
        ("content-type", "application/x-www-form-urlencoded"),
    ]);
    callbacks.take("wa", &form, b"data.id=m-1").await.unwrap();
    assert!(matches!(desk.called(&callbacks, "bukan json").await, Err(CallbackRefusal::Unreadable)));
    desk.round().await;
    assert!(smtp.rest().is_empty(), "nothing was sent again");
    running.stop().await;
}

#[tokio::test]
async fn a_callback_of_a_failure_sends_by_the_next_channel_once_unless_something_newer_is_sent() {
    let answers = ["--answers", r#"[[200, {"id": "m-1"}], [200, {"id": "m-2"}]]"#];
    let (mut desk, mut smtp, _gateway) =
        desk(&answers, |port| callback(port, "token_header = \"X-Token\"")).await;
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
    let running = desk.run();
    smtp.mail().await;
    desk.delivered(Channel::Gateway).await;
    desk.drained().await;
    let failed = r#"{"data": {"id": "m-1", "state": "expired"}}"#;
    let callbacks = desk.callbacks();
    desk.called(&callbacks, failed).await.unwrap();
    desk.called(&callbacks, failed).await.unwrap();
    assert_eq!(smtp.mail().await.to, "piket@x.example");
    desk.drained().await;
    // Who has it after all has it.
    desk.called(&callbacks, &failed.replace("expired", "delivered")).await.unwrap();
    assert_eq!(desk.by("wa").await.unwrap().state, DeliveryState::Delivered);
    desk.pass(11 * MINUTE);
    desk.condition(Kind::ResidentResident, ConditionChange::Raised, Level::Siaga).await;
    desk.delivered(Channel::Gateway).await;
    desk.drained().await;
    smtp.rest();
    running.stop().await;
    desk.condition(Kind::ResidentResident, ConditionChange::Changed, Level::Awas).await;
    let running = desk.run();
    desk.delivered(Channel::Gateway).await;
    desk.drained().await;
    smtp.rest();
    desk.called(&desk.callbacks(), &failed.replace("m-1", "m-2")).await.unwrap();
    desk.round().await;
    let alert = desk.store.alert_deliveries("16.13-2026-0002").await.unwrap();
    let mails = alert.iter().filter(|one| one.person == "16.13/posko" && one.channel == "email");
    assert!(mails.count() <= 1, "{alert:?}");
    running.stop().await;
}

#[tokio::test]
async fn a_callback_that_is_not_proved_changes_nothing() {
    for (more, proved) in
        [("token_header = \"X-Token\"", false), ("signature_header = \"X-Signature\"", true)]
    {
        let (mut desk, mut smtp, _gateway) = desk(&TAKEN, |port| callback(port, more)).await;
        desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
        let running = desk.run();
        smtp.mail().await;
        desk.delivered(Channel::Gateway).await;
        desk.drained().await;
        running.stop().await;
        let callbacks = desk.callbacks();
        let body = br#"{"data": {"id": "m-1", "state": "delivered"}}"#;
        let sum = |key: &str| {
            let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
            hex::encode(mac.chain_update(body).finalize().into_bytes())
        };
        let wrong = [
            headers(&[]),
            headers(&[("x-token", "")]),
            headers(&[("x-token", "kunci-bersam")]),
            headers(&[("x-signature", &sum("kunci-lain"))]),
            headers(&[("x-signature", "bukan hex")]),
        ];
        for wrong in &wrong {
            let refused = callbacks.take("wa", wrong, body).await;
            assert!(matches!(refused, Err(CallbackRefusal::Unproved)), "{wrong:?}");
        }
        let signed = headers(&[("x-signature", &format!("sha256={}", sum(SECRET)))]);
        let refused = callbacks.take("sms", &signed, body).await;
        assert!(matches!(refused, Err(CallbackRefusal::Unproved)), "of a provider that nobody knows");
        assert_eq!(desk.by("wa").await.unwrap().state, DeliveryState::Sent);
        assert_eq!(callbacks.take("wa", &signed, body).await.is_ok(), proved);
        let expected = if proved { DeliveryState::Delivered } else { DeliveryState::Sent };
        assert_eq!(desk.by("wa").await.unwrap().state, expected);
    }
}

/// Each way out has hands of its own: a provider that never answers holds neither mail nor another provider.
#[tokio::test]
async fn a_provider_that_hangs_holds_nobody_else() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    let never = Receiver::start("gateway_receiver.py", desk.folder.path(), &["--answers", "[[0, {}]]"]);
    let folder = tempfile::tempdir().unwrap();
    let other = Receiver::start("gateway_receiver.py", folder.path(), &[]);
    desk.settings.batch = 4;
    desk.gateways_of_the_desk([never.port, other.port]);
    let running = desk.run();
    let begun = std::time::Instant::now();
    let kinds = [Kind::Disaster, Kind::ResidentCompany, Kind::ResidentResident];
    for kind in kinds {
        desk.condition(kind, ConditionChange::Raised, Level::Siaga).await;
        assert_eq!(smtp.mail().await.to, "camat@x.example");
        while other.lines().len() < kinds.iter().position(|own| *own == kind).unwrap() + 1 {
            desk.round().await;
        }
    }
    assert!(
        begun.elapsed().as_secs() < 10,
        "{:?}: within the time that one hanging call takes",
        begun.elapsed()
    );
    for _ in 0..20 {
        desk.round().await;
    }
    assert_eq!(never.lines().len(), 1, "at_once = 1, and no further one is on its way");
    running.kill();
}
