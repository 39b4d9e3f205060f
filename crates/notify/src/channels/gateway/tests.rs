//! Templates: what is filled in where, and what is refused before anything is sent.

use super::*;

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
    let filled = |text: &str, escape| Template::parse(text, escape).unwrap().fill(value);
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
