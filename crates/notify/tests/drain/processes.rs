//! The same, to receivers that are processes of their own and speak TLS: nothing of ours is on their side.

use crate::desk::{Desk, SECRET};
use domain::effect::ConditionChange;
use domain::kind::{Kind, Level};
use domain::time::SECOND;
use notify::Channel;
use notify::settings::Security;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A receiver of `tests/system`, ended with the test.
pub struct Receiver {
    child: Child,
    pub port: u16,
    file: PathBuf,
}

impl Receiver {
    pub fn start(script: &str, folder: &Path, options: &[&str]) -> Receiver {
        let file = folder.join(format!("{script}.ndjson"));
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/system");
        let mut child = Command::new("python3")
            .arg(scripts.join(script))
            .arg("--file")
            .arg(&file)
            .args(options)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().rsplit(':').next().unwrap().parse().unwrap();
        Receiver { child, port, file }
    }

    pub fn lines(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(&self.file).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A certificate for this machine; `None`, said aloud, where a tool is missing.
fn certificate(folder: &Path) -> Option<(String, String)> {
    for tool in ["python3", "openssl"] {
        if Command::new(tool).arg("--help").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
            eprintln!("skipped: '{tool}' is not installed");
            return None;
        }
    }
    let path = |name: &str| folder.join(name).to_str().unwrap().to_string();
    let (certificate, key) = (path("certificate.pem"), path("key.pem"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"])
        .args([
            "-addext",
            "subjectAltName=DNS:localhost,IP:127.0.0.1",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
        ])
        .args(["-keyout", &key, "-out", &certificate])
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(made.success(), "openssl could not make a certificate");
    Some((certificate, key))
}

#[tokio::test]
async fn a_relay_is_reached_by_starttls_with_a_password_and_a_webhook_judges_the_signature() {
    let folder = tempfile::tempdir().unwrap();
    let Some((certificate, key)) = certificate(folder.path()) else { return };
    let starttls =
        ["--starttls", "--cert", &certificate, "--key", &key, "--user", "kentongan", "--password", "sandi"];
    let smtp = Receiver::start("smtp_receiver.py", folder.path(), &starttls);
    let http = Receiver::start("webhook_receiver.py", folder.path(), &["--secret", SECRET, "--refuse", "1"]);
    let mut desk = Desk::at(smtp.port, http.port).await;
    let password = folder.path().join("password");
    std::fs::write(&password, "sandi\n").unwrap();
    desk.settings.smtp.host = String::from("localhost");
    desk.settings.smtp.security = Security::Starttls;
    desk.settings.smtp.ca_file = PathBuf::from(&certificate);
    desk.settings.smtp.user = String::from("kentongan");
    desk.settings.smtp.password_file = password;
    desk.condition(Kind::ResidentCompany, ConditionChange::Raised, Level::Siaga).await;
    let running = desk.run();
    desk.failed(Channel::Webhook).await;
    desk.pass(10 * SECOND);
    desk.drained().await;
    running.stop().await;
    let mails = smtp.lines();
    assert_eq!((mails.len(), &mails[0]["to"][0]), (1, &Value::from("camat@x.example")));
    assert!(
        mails[0]["subject"].as_str().unwrap().starts_with("Peringatan SIAGA: warga–perusahaan di Rawas"),
        "{mails:?}"
    );
    assert!(mails[0]["body"].as_str().unwrap().contains("Nomor: 16.13-2026-0001"), "{mails:?}");
    let calls = http.lines();
    let of = |name: &str| calls.iter().map(|call| call[name].clone()).collect::<Vec<_>>();
    assert_eq!(of("status"), [503, 204]);
    assert_eq!(of("signature"), ["valid", "valid"]);
    assert_eq!(calls[0]["headers"]["idempotency-key"], calls[1]["headers"]["idempotency-key"]);
}

#[tokio::test]
async fn a_relay_with_an_unknown_certificate_gets_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let Some((certificate, key)) = certificate(folder.path()) else { return };
    for (security, options) in [
        (Security::Starttls, ["--starttls", "--cert", &certificate, "--key", &key].as_slice()),
        (Security::Tls, ["--cert", &certificate, "--key", &key].as_slice()),
    ] {
        let smtp = Receiver::start("smtp_receiver.py", folder.path(), options);
        let mut desk = Desk::at(smtp.port, 9).await;
        desk.settings.smtp.host = String::from("localhost");
        desk.settings.smtp.security = security;
        desk.condition(Kind::ResidentCompany, ConditionChange::Raised, Level::Siaga).await;
        let running = desk.run();
        desk.failed(Channel::Email).await;
        running.stop().await;
        assert!(smtp.lines().is_empty());
        let tries = desk.store.delivery_attempts("16.13-2026-0001").await.unwrap();
        let mail = tries.iter().find(|row| row.to.channel == "email").unwrap();
        let error = mail.error.as_ref().unwrap();
        let error = error.to_string();
        assert!(error.contains("certificate") || error.contains("TLS"), "{error}");
        // With the authority named, the same relay is spoken to.
        desk.settings.smtp.ca_file = PathBuf::from(&certificate);
        let running = desk.run();
        desk.pass(10 * SECOND);
        desk.delivered(Channel::Email).await;
        running.stop().await;
        assert_eq!(smtp.lines().len(), 1);
        std::fs::remove_file(&smtp.file).unwrap();
    }
}
