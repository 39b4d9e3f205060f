//! What a server gives back of a one-time link is kept nowhere, whichever way the message went.

use crate::ALERT;
use crate::checks::{KABAG_OPS, token};
use crate::desk::{Desk, NOW};
use crate::receivers::{Answer, Http, Smtp};
use domain::alert::Act;
use domain::author::StampedAuthor;
use domain::effect::ConditionChange;
use domain::kind::{Kind, Level};
use domain::time::DAY;
use notify::Channel;
use store::{Actor, LinkRequest, MessageFilter, token_hash};

/// Kabag Ops is reached by these channels; gives what the failed try is kept with.
async fn kept_of_a_refusal(channel: Channel, channels: impl Fn(u16) -> String, more: impl Fn(u16) -> String) {
    let (mut smtp, mut http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    let port = http.port;
    desk.roster_by_mail(port, |text| {
        let seconds = "name = \"Tim\"\nsecond_by_link = [\"kabag-ops\"]";
        let kabag = KABAG_OPS.replace(r#"[{ kind = "email", to = "bagops@x.example" }]"#, &channels(port));
        text.replacen("name = \"Tim\"", seconds, 1) + &kabag + &more(port)
    });
    let status = if channel == Channel::Webhook { 503 } else { 200 };
    http.answer([Answer::Echo(status)]);
    if channel == Channel::Email {
        smtp.answer([Answer::Echo(0); 2]);
    }
    let running = desk.run();
    desk.awas_asked(Kind::ResidentCompany, "WP-05", NOW).await;
    desk.failed(channel).await;
    let own = match channel {
        Channel::Email => {
            desk.failed(channel).await;
            let mails = smtp.rest();
            token(&mails.iter().find(|mail| mail.to == "bagops@x.example").unwrap().text)
        }
        _ => token(&http.call().await.body),
    };
    let messages =
        desk.store.messages(&MessageFilter { limit: 10, ..MessageFilter::default() }).await.unwrap();
    let deliveries = messages.items.iter().flat_map(|message| &message.deliveries);
    let errors: Vec<String> = deliveries
        .filter(|one| one.delivery.person == "16.13/kabag-ops")
        .filter_map(|one| one.delivery.last_error.as_ref().map(ToString::to_string))
        .collect();
    running.stop().await;
    let [error] = errors.as_slice() else { panic!("{errors:?}") };
    assert!(!error.contains(&own), "{error}");
    // The code and the relay's own words, none of the mail library's.
    assert_eq!(error.starts_with("answered: 451 "), channel == Channel::Email, "{error}");
    assert_eq!(error.contains("orang-kedua/…"), channel != Channel::Webhook, "what it said is kept: {error}");
    for file in ["state.db", "state.db-wal"] {
        let bytes = std::fs::read(desk.folder.path().join(file)).unwrap_or_default();
        assert!(!bytes.windows(own.len()).any(|window| window == own.as_bytes()), "{file}");
    }
}

#[tokio::test]
async fn a_relay_that_quotes_the_link_leaves_no_token() {
    let mail = |_| String::from(r#"[{ kind = "email", to = "bagops@x.example" }]"#);
    kept_of_a_refusal(Channel::Email, mail, |_| String::new()).await;
}

#[tokio::test]
async fn a_webhook_that_gives_back_what_it_was_sent_leaves_no_token() {
    let hook = |port| {
        format!(r#"[{{ kind = "webhook", url = "http://127.0.0.1:{port}/bagops", secret_env = "S" }}]"#)
    };
    kept_of_a_refusal(Channel::Webhook, hook, |_| String::new()).await;
}

#[tokio::test]
async fn a_provider_that_gives_back_what_it_was_sent_leaves_no_token() {
    let wa = |_| String::from(r#"[{ kind = "gateway", gateway = "wa", to = "0812-3456 789" }]"#);
    let described = |port| {
        format!(
            r#"
            [[gateway]]
            name = "wa"
            url = "http://127.0.0.1:{port}/kirim"
            headers = {{ Content-Type = "application/json" }}
            body = '{{"target": "{{to}}", "message": "{{short}}"}}'
            accepted = {{ field = "status", is = ["true"] }}
            reason = "reason"
            "#
        )
    };
    kept_of_a_refusal(Channel::Gateway, wa, described).await;
}

#[tokio::test]
async fn who_seconds_by_link_is_asked_for_an_alerts_end_beside_the_desk_and_the_link_is_kept_nowhere() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.roster_by_mail(http.port, |text| {
        let seconds = "name = \"Tim\"\nsecond_by_link = [\"kabag-ops\"]";
        text.replacen("name = \"Tim\"", seconds, 1) + KABAG_OPS
    });
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
    let running = desk.run();
    desk.settled().await;
    smtp.rest();
    let by = StampedAuthor::of_desk("sari", "orang-1");
    let actor = Actor { name: "sari", reason: "bukan banjir", at: NOW };
    let seen = desk.store.alert(ALERT).await.unwrap().unwrap().alert.version;
    desk.store.act(ALERT, Act::Withdraw { by }, seen, actor).await.unwrap().unwrap().unwrap();
    let mails = [smtp.mail().await, smtp.mail().await];
    desk.drained().await;
    assert!(smtp.rest().is_empty(), "nobody else is asked");
    let to =
        |to: &str| &mails.iter().find(|mail| mail.to == to).unwrap_or_else(|| panic!("none to {to}")).text;
    let (own, piket) = (to("bagops@x.example"), to("piket@x.example"));
    assert!(!piket.contains("orang-kedua/") && piket.contains(&format!("/peringatan/{ALERT}")), "{piket}");
    for words in ["ini diakhiri sebagai “ditarik”, menunggu orang kedua", "tanpa akun", "jangan diteruskan"]
    {
        assert!(own.contains(words), "'{words}' is missing: {own}");
    }
    let token = token(own);
    let link = desk.store.second_link(&token_hash(&token)).await.unwrap().expect("the link is known");
    let request = LinkRequest::End { alert: ALERT.into(), version: seen + 1 };
    assert_eq!(
        (link.person.as_str(), link.request, link.expires_at),
        ("16.13/kabag-ops", request, NOW.plus(DAY))
    );
    running.stop().await;
    let newest = desk.store.messages(&MessageFilter { limit: 1, ..MessageFilter::default() }).await.unwrap();
    let kept = newest.items[0].deliveries.iter().find(|one| one.delivery.person == "16.13/kabag-ops");
    let words = kept.and_then(|one| one.words.as_ref()).expect("its words are kept");
    assert!(words.body.contains("orang-kedua/…") && !words.body.contains(&token), "{}", words.body);
    for file in ["state.db", "state.db-wal"] {
        let bytes = std::fs::read(desk.folder.path().join(file)).unwrap_or_default();
        assert!(!bytes.windows(token.len()).any(|window| window == token.as_bytes()), "{file}");
    }
}
