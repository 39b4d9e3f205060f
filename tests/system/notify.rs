//! From a report to the team: a mail and a signed webhook, received by processes of their own.

use super::service::site::{Site, post};
use kentongan_tests::ingest::Source;
use kentongan_tests::{house, service};
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const SECRET: &str = "rahasia-percobaan-yang-panjang";
const SUMMARY: &str = "kalimat yang tidak boleh keluar";

/// A receiver as its own process; it appends what it gets to a file, one JSON object a line.
struct Receiver {
    child: Child,
    address: String,
    file: PathBuf,
}

impl Receiver {
    fn start(script: &str, file: PathBuf, more: &[&str]) -> Receiver {
        fs::write(&file, "").expect("making the receiver's file");
        let mut command = Command::new("python3");
        command.arg(house::root().join("tests/system").join(script)).arg("--file").arg(&file).args(more);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("starting a receiver");
        let mut line = String::new();
        let out = child.stdout.take().expect("the receiver's output");
        BufReader::new(out).read_line(&mut line).expect("reading the receiver's address");
        let address = line.trim().rsplit(' ').next().unwrap_or_default().to_owned();
        assert!(line.starts_with("listening on"), "the receiver said '{line}'");
        Receiver { child, address, file }
    }

    /// Waits for the first thing received.
    #[track_caller]
    fn first(&self) -> Value {
        self.number(1)
    }

    /// Waits until so many things were received, and gives the last of them.
    #[track_caller]
    fn number(&self, number: usize) -> Value {
        let line = service::eventually(Duration::from_secs(30), || {
            let text = fs::read_to_string(&self.file).unwrap_or_default();
            text.lines().nth(number - 1).filter(|_| text.ends_with('\n')).map(String::from)
        });
        let line = line.unwrap_or_else(|| panic!("nothing came to {} within 30 s", self.address));
        serde_json::from_str(&line).expect("a receiver writes JSON")
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn team(folder: &Path, webhook: &str) -> PathBuf {
    let secret = folder.join("secret");
    fs::write(&secret, SECRET).expect("writing the secret");
    let text = format!(
        r#"version = "percobaan"
[[team]]
regency = "16.13"
name = "Tim terpadu percobaan"
[[team.member]]
id = "camat"
role = "Camat"
areas = ["16.13.04"]
kinds = ["resident_company", "resident_resident", "disaster"]
from_level = "waspada"
channels = [
  {{ kind = "email", to = "camat@muratara.example" }},
  {{ kind = "webhook", url = "http://{webhook}/masuk", secret_file = "{}" }},
]
"#,
        secret.display()
    );
    let path = folder.join("team.toml");
    fs::write(&path, text).expect("writing the team");
    path
}

/// The configuration of a service with this roster and this relay.
fn told_by(team: &Path, relay: &str) -> String {
    let (host, port) = relay.rsplit_once(':').expect("an address has a port");
    // A short try makes a short lease, so that what a kill left behind is soon due again.
    format!(
        "[service]\npublic_url = \"https://desk.example\"\n[files]\nteam = \"{}\"\n[notify]\ntimeout_seconds = 2\n\
         [notify.smtp]\nhost = \"{host}\"\nport = {port}\nsecurity = \"plain\"\n",
        team.display()
    )
}

#[test]
fn an_alert_reaches_the_team_by_mail_and_webhook() {
    let site = Site::new();
    let mail = Receiver::start("smtp_receiver.py", site.path("mails.ndjson"), &[]);
    let hook = Receiver::start("webhook_receiver.py", site.path("calls.ndjson"), &["--secret", SECRET]);
    let team = team(&site.path(""), &hook.address);
    let service = site.serve(&told_by(&team, &mail.address));
    let mut report = Source::new(41).statement("16.13.04", ("disaster", "WA-01"), 4);
    report["summary"] = SUMMARY.into();
    let reply = post(&site.feed(&service), &[report.to_string()]).expect("posting");
    assert_eq!(reply.status, 202, "{}", reply.text());
    let told = mail.first();
    assert_eq!(told["to"][0], "camat@muratara.example", "{told}");
    let body = told["body"].as_str().unwrap_or_default();
    assert!(body.contains("siaga") && body.contains("Rawas Ilir"), "{body}");
    let call = hook.first();
    assert_eq!((call["signature"].as_str(), call["status"].as_u64()), (Some("valid"), Some(204)), "{call}");
    for said in [told.to_string(), call.to_string()] {
        assert!(!said.contains(SUMMARY), "a report's own words went out: {said}");
    }
    service.stop();
}

#[test]
fn a_message_under_way_at_a_kill_comes_again_as_the_same_message() {
    let site = Site::new();
    let mail = Receiver::start("smtp_receiver.py", site.path("mails.ndjson"), &["--hang", "1"]);
    let hook = Receiver::start("webhook_receiver.py", site.path("calls.ndjson"), &["--secret", SECRET]);
    let config = told_by(&team(&site.path(""), &hook.address), &mail.address);
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
