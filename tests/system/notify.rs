//! From a report to the team: a mail and a signed webhook, received by processes of their own.

use super::receiver::{self, Receiver};
use super::service::site::{Site, post};
use kentongan_tests::ingest::Source;
use kentongan_tests::service;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

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

/// At least once, and at most one repetition for each kill: one message is under way at a time, and each kill comes when the
/// receiver has it and has not answered.
#[test]
fn every_message_arrives_and_a_kill_repeats_at_most_one() {
    const KILLS: usize = 3;
    let site = Site::new();
    let mail = Receiver::start("smtp_receiver.py", site.path("mails.ndjson"), &[]);
    let slow = ["--secret", SECRET, "--slow", "0.5"];
    let hook = Receiver::start("webhook_receiver.py", site.path("calls.ndjson"), &slow);
    let secret = site.path("secret");
    fs::write(&secret, SECRET).expect("writing the secret");
    let channel = format!(
        "{{ kind = \"webhook\", url = \"http://{}/masuk\", secret_file = \"{}\" }}",
        hook.address,
        secret.display()
    );
    let team = receiver::team_of(&site.path(""), "16.13", &[&channel]);
    let config = mail.configuration(&team).replace("[notify]\n", "[notify]\nbatch = 1\n");
    let mut service = site.serve(&config);
    let mut source = Source::new(45);
    let districts = ["16.13.01", "16.13.02", "16.13.03", "16.13.04", "16.13.05", "16.13.06", "16.13.07"];
    let reports = districts.map(|district| source.statement(district, ("disaster", "WA-01"), 4).to_string());
    let reply = post(&site.feed(&service), &reports).expect("posting");
    assert_eq!(reply.status, 202, "{}", reply.text());
    for _ in 0..KILLS {
        hook.number(hook.all().len() + 1);
        service.kill();
        service = site.serve(&config);
    }
    let keys =
        || hook.all().iter().map(|call| call["headers"]["idempotency-key"].to_string()).collect::<Vec<_>>();
    let places =
        || hook.all().iter().map(|call| call["json"]["district"].to_string()).collect::<BTreeSet<_>>();
    let whole =
        service::eventually(Duration::from_secs(60), || (places().len() >= districts.len()).then_some(()));
    assert!(whole.is_some(), "some never arrived: {:?}", places());
    service.stop();
    let (all, distinct) = (keys().len(), keys().into_iter().collect::<BTreeSet<_>>().len());
    assert!(all - distinct <= KILLS, "{all} calls of {distinct} messages after {KILLS} kills");
    assert!(hook.all().iter().all(|call| call["signature"] == "valid"));
}

#[test]
fn a_trial_goes_through_each_channel_of_a_person_and_says_what_each_answered() {
    let site = Site::new();
    let mail = Receiver::start("smtp_receiver.py", site.path("mails.ndjson"), &[]);
    let hook = Receiver::start(
        "webhook_receiver.py",
        site.path("calls.ndjson"),
        &["--secret", SECRET, "--refuse", "1"],
    );
    let secret = site.path("secret");
    fs::write(&secret, SECRET).expect("writing the secret");
    let channels = format!(
        "{{ kind = \"email\", to = \"camat@muratara.example\" }}, {{ kind = \"webhook\", url = \"http://{}/masuk\", secret_file = \"{}\" }}",
        hook.address,
        secret.display()
    );
    let team = receiver::team_of(&site.path(""), "16.13.04", &[&channels]);
    let config = site.path("own.toml");
    fs::write(&config, mail.configuration(&team)).expect("writing the configuration");
    let trial = |person: &str, more: &[&str]| {
        let config = config.to_string_lossy().into_owned();
        let output = service::run(&[&["notify", "test", person, "--config", &config], more].concat());
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, words, error) = trial("camat-0", &[]);
    assert_eq!(code, Some(1), "{words}{error}");
    assert!(words.contains("email: diterima (250 "), "{words}");
    assert!(words.contains("webhook: gagal. Server menjawab 503"), "{words}");
    assert!(error.contains("Dari 2 kanal milik 16.13/camat-0, 1 tidak menerima pesannya."), "{error}");
    let message = mail.first();
    let (subject, body) = (message["subject"].as_str().unwrap(), message["body"].as_str().unwrap());
    assert_eq!(subject, "Uji coba Kentongan untuk Camat: bukan peringatan");
    assert!(body.contains("tidak ada peringatan") && body.contains("https://desk.example"), "{body}");
    let (code, words, _) = trial("Camat", &["--lang", "en"]);
    assert_eq!(code, Some(0), "{words}");
    assert!(words.contains("webhook: accepted (204 No Content)"), "{words}");
    let call = hook.number(2);
    assert_eq!(call["signature"], "valid", "{call}");
    assert!(call["body"].to_string().contains("trial"), "{call}");
    let (code, _, error) = trial("bupati", &[]);
    assert_eq!(code, Some(2), "{error}");
    assert!(error.contains("Tidak ada 'bupati' di daftar tim. Yang ada: '16.13/camat-0'"), "{error}");
    drop(mail);
    let (code, words, _) = trial("16.13/camat-0", &[]);
    assert_eq!(code, Some(1), "{words}");
    assert!(words.contains("email: gagal. "), "{words}");
}

#[test]
fn a_death_that_only_the_community_reports_asks_who_is_on_duty_within_a_minute_and_once() {
    let site = Site::new();
    let mail = Receiver::start("smtp_receiver.py", site.path("mails.ndjson"), &[]);
    let mailbox = |who: &str| format!("{{ kind = \"email\", to = \"{who}@muratara.example\" }}");
    let team = receiver::team_of(&site.path(""), "16.13", &[&mailbox("camat"), &mailbox("piket")]);
    let roster = fs::read_to_string(&team).expect("the roster");
    let (head, last) = roster.rsplit_once("office = \"camat\"").expect("two members");
    let nobody = head.replace("waspada.all", "awas.all");
    fs::write(&team, format!("{nobody}office = \"piket\"{last}")).expect("writing the roster");
    let config = mail.configuration(&team);
    let token = service::add_feed(&site.data, "fkdm", "community", "16.13");
    let service = site.serve(&config);
    let mut report = Source::new(43).statement("16.13.04", ("resident_resident", "WW-01"), 4);
    (report["feed"], report["summary"], report["dead"]) = ("community".into(), SUMMARY.into(), 1.into());
    let send = |service: &service::Service| {
        let reply = post(&service.client().bearer(&token), &[report.to_string()]).expect("posting");
        assert_eq!(reply.status, 202, "{}", reply.text());
    };
    send(&service);
    let message = mail.first();
    assert_eq!(message["to"][0], "piket@muratara.example", "{message}");
    let subject = message["subject"].as_str().unwrap_or_default();
    assert_eq!(subject, "Perlu diperiksa: warga–warga di Rawas Ilir");
    let body = message["body"].as_str().unwrap_or_default();
    assert!(body.starts_with("Ada kabar yang perlu diperiksa: baru kabar dari masyarakat."), "{body}");
    for hidden in [SUMMARY, "fkdm", report["report_id"].as_str().unwrap_or_default()] {
        assert!(!message.to_string().contains(hidden), "'{hidden}' went out: {message}");
    }
    // What is sent again, and a restart, ask nothing again; a question of another place comes after all that.
    send(&service);
    service.kill();
    let service = site.serve(&config);
    send(&service);
    let mut other = Source::new(44).statement("16.13.05", ("disaster", "WA-01"), 5);
    (other["feed"], other["dead"]) = ("community".into(), 2.into());
    let reply = post(&service.client().bearer(&token), &[other.to_string()]).expect("posting");
    assert_eq!(reply.status, 202, "{}", reply.text());
    let second = mail.number(2);
    let body = second["body"].as_str().unwrap_or_default();
    assert!(body.contains("Karang Dapo") && body.contains("meninggal 2"), "{second}");
    service.stop();
}
