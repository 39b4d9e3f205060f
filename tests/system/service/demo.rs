//! The demonstration shows what it is for: risk rises before each of the three events, the page says which line speaks,
//! and the ledger is kept from the first day.

use super::site::metric;
use kentongan_tests::http::Client;
use kentongan_tests::service::{self, Service};
use std::time::Duration;

/// The account the demonstration prints: `login <name> / <password>`.
pub fn login(service: &Service) -> Client {
    let printed = service.output();
    let line = printed.lines().find(|line| line.starts_with("login")).expect("an account");
    let words: Vec<&str> = line.split_whitespace().collect();
    enter(service, words[1], words[3])
}

/// A client with the session of this account.
pub fn enter(service: &Service, name: &str, password: &str) -> Client {
    let client = service.client();
    let reply = client.form("/masuk", &[("name", name), ("password", password)]).expect("logging in");
    let cookie = reply.header("set-cookie").and_then(|line| line.split(';').next()).expect("a session");
    client.with("Cookie", cookie)
}

/// The demonstration with all of its scenario taken in.
pub fn played() -> (tempfile::TempDir, Service) {
    let folder = tempfile::tempdir().expect("making a folder");
    let service = Service::start("demo", &folder.path().join("data"), &["--speed", "max"]);
    let done = service::eventually(Duration::from_secs(120), || {
        // What is asked first must be true still when the other is: the lag is read once all is in the log.
        let over = service.output().contains("has been played");
        let lag = over.then(|| metric(&service, "kentongan_consumer_lag_records")).flatten()?;
        (lag == 0.0).then_some(())
    });
    assert!(done.is_some(), "the scenario was not played: {}", service.output());
    (folder, service)
}

/// What was risk_then of a district by an instant: risk in parts per million and the model.
#[track_caller]
fn risk_then(client: &Client, (district, kind): (&str, &str), as_of: &str) -> (u64, String) {
    let reply = client.get(&format!("/v1/assessments?kind={kind}&as_of={as_of}")).expect("asking");
    let answer = reply.json();
    let items = answer["items"].as_array().expect("items");
    let own = items.iter().find(|item| item["district"] == district).expect("the district");
    (own["risk_ppm"].as_u64().expect("a risk"), own["model"].as_str().expect("a model").to_owned())
}

#[test]
fn risk_rises_before_each_event_and_the_ledger_is_kept() {
    let (_folder, service) = played();
    let desk = login(&service);
    let events = [
        // the road blockade of 9 November, 05.30 WIB
        (("16.13.04", "resident_company"), "2026-11-01T00:00:00Z", "2026-11-08T22:00:00Z", 5),
        // the clash of 22 October, 13.40 WIB
        (("16.13.05", "resident_resident"), "2026-10-12T00:00:00Z", "2026-10-22T06:00:00Z", 4),
        // the flood of 15 November, 03.00 WIB
        (("16.13.01", "disaster"), "2026-10-30T00:00:00Z", "2026-11-14T19:00:00Z", 3),
    ];
    for (place, before, eve, times) in events {
        let (quiet, _) = risk_then(&desk, place, before);
        let (risen, model) = risk_then(&desk, place, eve);
        assert!(risen >= quiet * times, "{place:?}: {quiet} ppm, then {risen} on the eve");
        assert!(!model.contains("/baseline:"), "{model}");
    }
    let page = desk.get("/kecamatan/16.13.04").expect("the district").text();
    assert!(page.contains("belum terkalibrasi") && page.contains(" minggu seperti ini"), "{page}");
    let models = desk.get("/model").expect("the models").text();
    assert!(models.contains("memerlukan 50"));
    let decided: f64 = ["happened", "did_not"].iter().map(|fate| of_fate(&service, fate)).sum();
    // Of the months one Monday of five counts.
    assert!(decided > 200.0 && of_fate(&service, "happened") >= 2.0, "{decided} decided forecasts");
    let ledger = desk.get("/ledger").expect("the ledger").text();
    assert!(ledger.contains("Kalibrasi sebagai tabel") && ledger.contains("belum ditampilkan: baru 0"));
    let calls = desk.get("/panggilan").expect("the calls").text();
    assert!(calls.contains("adakah kejadian berat"), "two quiet districts are drawn each week");
}

fn of_fate(service: &Service, fate: &str) -> f64 {
    let text = service.metrics().expect("metrics").text();
    let own = |line: &&str| {
        line.starts_with("kentongan_ledger_forecasts{")
            && line.contains(&format!("fate=\"{fate}\""))
            && line.contains("part=\"all\"")
    };
    text.lines().filter(own).filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
}
