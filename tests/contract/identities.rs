//! Who reported, and the words they used, stand nowhere they could be read by one who may not.

use kentongan_tests::ingest::{CLASS, REGENCY, Source};
use kentongan_tests::service::{self, Service};
use std::fs;
use std::time::Duration;

const REPORTER: &str = "pelapor-tersembunyi-7731";
const SUMMARY: &str = "kalimat-yang-tidak-boleh-keluar";
const BROKEN: &str = "{\"reporter\":\"pelapor-rusak-9914\",\"report_id\":";

/// What a person of this role can read, page by page.
fn readable(service: &Service, name: &str, password: &str) -> Vec<(String, String)> {
    let login =
        service.client().form("/masuk", &[("name", name), ("password", password)]).expect("logging in");
    let cookie = login.header("set-cookie").and_then(|cookie| cookie.split(';').next());
    let cookie =
        cookie.unwrap_or_else(|| panic!("no session for '{name}': {} {}", login.status, login.text()));
    let person = service.client().with("Cookie", cookie);
    let paths = [
        "/",
        "/peringatan",
        "/kecamatan",
        "/kecamatan/16.13.01",
        "/umpan",
        "/model",
        "/anggaran",
        "/bantuan",
        "/laporan",
        "/pelapor",
        "/pesan",
        "/v1/alerts",
        "/v1/assessments",
        "/v1/incidents",
        "/v1/feeds",
        "/v1/districts/16.13.01",
        "/v1/heatmap.geojson",
    ];
    let read =
        |path: &&str| (path.to_string(), person.get(path).map(|reply| reply.text()).unwrap_or_default());
    paths.iter().map(read).collect()
}

#[test]
fn who_reported_stands_nowhere_it_could_be_read() {
    let folder = tempfile::tempdir().expect("making a folder");
    let data = folder.path().join("data");
    fs::create_dir_all(&data).expect("making the data folder");
    let token = service::add_feed(&data, "polres", CLASS, REGENCY);
    let leader = service::add_user(&data, "bupati", "leader", REGENCY);
    let service = Service::start("serve", &data, &[]);
    let feed = service.client().bearer(&token);
    let mut report = Source::new(61).statement("16.13.01", ("disaster", "WA-01"), 4);
    report["reporter"] = REPORTER.into();
    report["summary"] = SUMMARY.into();
    let body = format!("{report}\n{BROKEN}");
    let reply = feed.post("/v1/reports", "application/x-ndjson", body.as_bytes()).expect("posting");
    assert_eq!(reply.status, 202, "{}", reply.text());
    let opened = service::eventually(Duration::from_secs(30), || {
        let metrics = service.metrics().ok()?.text();
        metrics
            .lines()
            .any(|line| line.starts_with("kentongan_alerts{") && !line.ends_with(" 0"))
            .then_some(metrics)
    });
    let metrics = opened.unwrap_or_else(|| panic!("no alert was opened: {}", service.output()));
    let mut printed = readable(&service, "bupati", &leader);
    printed.push(("/metrics".to_owned(), metrics));
    printed.push(("the log".to_owned(), service.output()));
    printed.push(("the answer".to_owned(), reply.text()));
    for (place, text) in printed {
        for hidden in [REPORTER, SUMMARY, "pelapor-rusak", token.as_str(), leader.as_str()] {
            assert!(!text.contains(hidden), "'{hidden}' stands in {place}");
        }
    }
    service.stop();
}
