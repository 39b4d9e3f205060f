//! From a report to the team: a mail and a signed webhook, received by processes of their own.

use super::receiver::{self, Receiver};
use super::service::site::{Site, post};
use kentongan_tests::ingest::Source;
use std::fs;
use std::path::{Path, PathBuf};

const SECRET: &str = "rahasia-percobaan-yang-panjang";
const SUMMARY: &str = "kalimat yang tidak boleh keluar";

/// A roster with a member who has a mailbox and one who has a signed webhook.
fn team(folder: &Path, webhook: &str) -> PathBuf {
    let secret = folder.join("secret");
    fs::write(&secret, SECRET).expect("writing the secret");
    let mailbox = "{ kind = \"email\", to = \"camat@muratara.example\" }";
    let hook = format!(
        "{{ kind = \"webhook\", url = \"http://{webhook}/masuk\", secret_file = \"{}\" }}",
        secret.display()
    );
    receiver::team_of(folder, "16.13.04", &[mailbox, &hook])
}

#[test]
fn an_alert_reaches_the_team_by_mail_and_webhook() {
    let site = Site::new();
    let mail = Receiver::start("smtp_receiver.py", site.path("mails.ndjson"), &[]);
    let hook = Receiver::start("webhook_receiver.py", site.path("calls.ndjson"), &["--secret", SECRET]);
    let team = team(&site.path(""), &hook.address);
    let service = site.serve(&mail.configuration(&team));
    let mut report = Source::new(41).statement("16.13.04", ("disaster", "WA-01"), 4);
    report["summary"] = SUMMARY.into();
    let reply = post(&site.feed(&service), &[report.to_string()]).expect("posting");
    assert_eq!(reply.status, 202, "{}", reply.text());
    let message = mail.first();
    assert_eq!(message["to"][0], "camat@muratara.example", "{message}");
    let body = message["body"].as_str().unwrap_or_default();
    assert!(body.contains("siaga") && body.contains("Rawas Ilir"), "{body}");
    let call = hook.first();
    assert_eq!((call["signature"].as_str(), call["status"].as_u64()), (Some("valid"), Some(204)), "{call}");
    for sent in [message.to_string(), call.to_string()] {
        assert!(!sent.contains(SUMMARY), "a report's own words went out: {sent}");
    }
    service.stop();
}

#[test]
fn a_message_under_way_at_a_kill_comes_again_as_the_same_message() {
    let site = Site::new();
    let mail = Receiver::start("smtp_receiver.py", site.path("mails.ndjson"), &["--hang", "1"]);
    let hook = Receiver::start("webhook_receiver.py", site.path("calls.ndjson"), &["--secret", SECRET]);
    let config = mail.configuration(&team(&site.path(""), &hook.address));
    let service = site.serve(&config);
    let report = Source::new(42).statement("16.13.04", ("disaster", "WA-01"), 4);
    let reply = post(&site.feed(&service), &[report.to_string()]).expect("posting");
    assert_eq!(reply.status, 202, "{}", reply.text());
    let lost = mail.first(); // all of it is at the relay, which does not answer
    service.kill();
    let service = site.serve(&config);
    let again = mail.number(2);
    assert_eq!((&lost["answer"], &again["answer"]), (&"hung".into(), &"taken".into()));
    assert_eq!(lost["message_id"], again["message_id"]);
    assert_eq!(lost["body"], again["body"]);
    service.stop();
}
