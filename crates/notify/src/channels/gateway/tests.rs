//! Templates: what is filled in where, and what is refused before anything is sent.

use super::*;
use store::ReceiptNews;

const LINES: &str = r#"
    name = "sms"
    url = "https://sms.example/kirim"
    headers = { Content-Type = "application/json", Authorization = "Bearer {secret}" }
    body = '{"target": "{to}", "message": "{text}", "n": {delivery}}'
    secret_env = "S"
    accepted = { field = "status", is = ["true"] }
    reason = "detail"
"#;

fn gateway(text: &str) -> Result<Gateway, String> {
    let lines: GatewayLines = toml::from_str(text).map_err(|error| error.to_string())?;
    Gateway::parse(&lines, &|name| (name == "S").then(|| String::from("kunci-rahasia")))
}

#[test]
fn a_value_is_escaped_for_where_it_stands() {
    let value = |_| String::from("a \"b\"\n&c=1");
    let filled =
        |text: &str, escape| Template::parse(text, escape, &TemplateField::OF_MESSAGE).unwrap().fill(value);
    assert_eq!(filled(r#"{"m": "{text}"}"#, Escape::Json), r#"{"m": "a \"b\"\n&c=1"}"#);
    assert_eq!(filled("m={text}&x={}", Escape::Percent), "m=a%20%22b%22%0A%26c%3D1&x={}");
    assert_eq!(filled("{to}", Escape::Nothing), "a \"b\"\n&c=1");
}

#[test]
fn a_template_that_cannot_be_sent_or_shows_the_secret_is_refused_in_words() {
    assert!(gateway(LINES).is_ok());
    let message = r#""message": "{text}""#;
    for (right, wrong, named) in [
        ("{to}", "{nomor}", "'{nomor}' is no field"),
        ("https://", "http://", "must begin with https://"),
        (r#"secret_env = "S""#, "", "needs secret_file or secret_env"),
        ("Bearer {secret}", "Bearer abc", "headers.authorization holds a secret as it is"),
        ("kirim\"", "kirim?x={secret}\"", "addresses are kept in logs"),
        ("kirim\"", "kirim?token=abc\"", "'token' looks like a secret"),
        ("kirim\"", "kirim?x=kunci-rahasia\"", "a template holds the secret itself"),
        (message, r#""message": "{text} {secret}""#, "its receiver would read it"),
        (
            message,
            r#""message": "{text}", "auth": {"passkey": "abc"}"#,
            "body.passkey holds a secret as it is",
        ),
        (message, r#""message": "{text}", "Token": 12345"#, "body.Token holds a secret as it is"),
        (message, r#""message": {text}"#, "body is no JSON"),
        (message, r#""message": "halo""#, "would be empty"),
        (r#""target": "{to}","#, "", "would reach nobody"),
        (r#"Content-Type = "application/json", "#, "", "needs headers.Content-Type"),
        ("Content-Type", "X-Pesan = \"{text}\", Content-Type", "not in a header"),
        ("name = \"sms\"", "name = \"sms\"\nmethod = \"SEND\"", "method 'SEND'"),
        ("name = \"sms\"", "name = \"webhook-2\"", "must not begin with webhook"),
        ("[\"true\"]", "[]", "accepted.is"),
        ("reason =", "resaon =", "resaon"),
    ] {
        let text = LINES.replacen(right, wrong, 1);
        assert_ne!(text, LINES, "{right}");
        let refused = gateway(&text).err().unwrap_or_else(|| panic!("{wrong} was taken"));
        assert!(refused.contains(named), "{wrong}: {refused}");
        assert!(!refused.contains("kunci-rahasia"), "{refused}");
    }
}

#[test]
fn an_answer_is_believed_by_its_field() {
    let accepted = Accepted { field: "data.0.status".into(), is: vec!["true".into(), "sent".into()] };
    let judge = |text: &str| accepted.judge("200 OK", text.as_bytes(), Some("pesan"));
    assert_eq!(judge(r#"{"data":[{"status":"sent"}]}"#).unwrap(), "200 OK, data.0.status: sent");
    assert_eq!(judge(r#"{"data":[{"status":true}]}"#).unwrap(), "200 OK, data.0.status: true");
    let not_taken = |found: Option<&str>, reason: Option<&str>| {
        DeliveryFailure::NotTaken(NotTaken {
            status: String::from("200 OK"),
            field: String::from("data.0.status"),
            found: found.map(String::from),
            reason: reason.map(String::from),
        })
    };
    let refused = judge(r#"{"data":[{"status":false}],"pesan":"saldo habis"}"#).unwrap_err();
    assert_eq!(refused, not_taken(Some("false"), Some("saldo habis")));
    assert_eq!(judge("{}").unwrap_err(), not_taken(None, None));
    assert_eq!(judge("<html>").unwrap_err(), DeliveryFailure::UnreadableAnswer(String::from("200 OK")));
}

#[test]
fn a_receipt_that_could_not_be_known_or_believed_is_refused_in_words() {
    let polled = r#"
    [receipt]
    by = "poll"
    url = "https://sms.example/status/{id}"
    headers = { Authorization = "Bearer {secret}" }
    state = "status"
    delivered = ["DELIVRD"]
    failed = ["UNDELIV"]
    "#;
    let called = r#"
    [receipt]
    by = "callback"
    message = "id"
    state = "status"
    delivered = ["DELIVRD"]
    failed = ["UNDELIV"]
    token_header = "X-Token"
    secret_env = "S"
    "#;
    for (receipt, right, wrong, named) in [
        (polled, "/{id}", "/{text}", "'{text}' is no field; there are {id}"),
        (polled, "/{id}", "", "no template names {id}"),
        (polled, "/{id}", "/{id}?token=abc", "'token' looks like a secret"),
        (polled, "/{id}", "/{id}?x=kunci-rahasia", "a template holds the secret itself"),
        (polled, "https://", "http://", "must begin with https://"),
        (polled, "url =", "message =", "for by = \"callback\""),
        (polled, "Bearer {secret}", "Bearer abc", "headers.authorization holds a secret as it is"),
        (polled, "[\"DELIVRD\"]", "[]", "receipt.delivered: the empty list"),
        (polled, "[\"UNDELIV\"]", "[\"delivrd\"]", "'delivrd' stands in delivered, read and failed"),
        (polled, "state =", "wait_minutes = 0\nstate =", "receipt.wait_minutes: must be at least 1"),
        (polled, "\"poll\"", "\"push\"", "push"),
        (called, "message = \"id\"", "", "needs message"),
        (called, "message =", "url = \"https://x.example\"\nmessage =", "for by = \"poll\""),
        (called, "token_header = \"X-Token\"", "", "needs token_header or signature_header"),
        (
            called,
            "token_header =",
            "signature_header = \"X\"\ntoken_header =",
            "needs token_header or signature_header",
        ),
        (called, "secret_env = \"S\"", "", "needs secret_file or secret_env"),
        (called, "\"X-Token\"", "\"X Token\"", "no name of a header"),
    ] {
        assert!(gateway(&format!("{LINES}{receipt}")).is_ok());
        let text = receipt.replacen(right, wrong, 1);
        assert_ne!(text, receipt, "{right}");
        let refused = gateway(&format!("{LINES}{text}")).err().unwrap_or_else(|| panic!("{wrong} was taken"));
        assert!(refused.contains(named), "{wrong}: {refused}");
        assert!(!refused.contains("kunci-rahasia"), "{refused}");
    }
    let unset = gateway(&format!("{LINES}{}", called.replace("\"S\"", "\"ABSENT\""))).unwrap();
    assert!(warning(&unset).is_some_and(|words| words.contains("ABSENT")), "check says so");
}

#[test]
fn no_secret_and_no_receiver_stands_in_what_is_kept_of_a_providers_words() {
    let receipt = r#"
    [receipt]
    by = "callback"
    message = "id"
    state = "status"
    delivered = ["DELIVRD"]
    failed = ["UNDELIV"]
    reason = "why"
    token_header = "X-Token"
    secret_env = "T"
    "#;
    let lines: GatewayLines = toml::from_str(&format!("{LINES}{receipt}")).unwrap();
    let secrets = |name: &str| match name {
        "S" => Some(String::from("kunci \"rahasia\"")),
        "T" => Some(String::from("kunci-balik")),
        _ => None,
    };
    let gateway = Gateway::parse(&lines, &secrets).unwrap();
    let long = "x".repeat(290);
    for (answer, kept) in [
        ("key kunci \"rahasia\" invalid", "key *** invalid"),
        ("key kunci%20%22rahasia%22 invalid", "key *** invalid"),
        (r#"{"key": "kunci \"rahasia\""} invalid"#, r#"{"key": "***"} invalid"#),
        ("token kunci-balik of 08123456789", "token *** of 0***"),
        (&format!("{long} kunci \"rahasia\" kunci-balik"), &format!("{long} *** ***")),
    ] {
        assert_eq!(gateway.kept_words("0812-3456-789", answer), kept);
        let receipt = serde_json::json!({"status": "UNDELIV", "why": answer});
        let ReceiptNews::Failed(DeliveryFailure::NotDelivered(words)) =
            gateway.news(&receipt, "0812-3456-789")
        else {
            panic!("no failure");
        };
        assert_eq!(words.reason.as_deref(), Some(kept));
    }
}
