//! Clocks that are off: what is grave raises its alert at once, and pages and answers say whose clock is in doubt.

use super::site::{Site, caught_up, metric, post};
use domain::time::Time;
use jiff::{SignedDuration, Timestamp};
use kentongan_tests::ingest::{REGENCY, Source};
use kentongan_tests::service;
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Duration;
use store::{Log, LogOptions, NewRecord, PARTITION};

#[test]
fn deadly_floods_of_wrong_clocks_raise_at_once_and_are_marked() {
    let site = Site::new();
    let login = service::add_user(&site.data, "piket", "desk", REGENCY);
    let service = site.serve("");
    let feed = site.feed(&service);
    let mut source = Source::new(77);
    let off = [
        ("16.13.01", SignedDuration::from_mins(7)),
        ("16.13.02", SignedDuration::from_hours(7)),
        ("16.13.03", SignedDuration::from_hours(23)),
        ("16.13.04", SignedDuration::from_hours(-24 * 365)),
        ("16.13.05", SignedDuration::from_hours(-24 * 365 * 40)),
    ];
    for (district, off) in off {
        let mut report = source.statement(district, ("disaster", "WA-01"), 5);
        let at = Timestamp::now() + off;
        (report["occurred_at"], report["reported_at"]) = (at.to_string().into(), at.to_string().into());
        report["dead"] = 3.into();
        let answer = post(&feed, &[report.to_string()]).expect("posting").json();
        assert!(answer["results"][0]["doubtful_clock"].is_string(), "{answer}");
    }
    caught_up(&service);
    let client = service.client();
    let logged_in = client.form("/masuk", &[("name", "piket"), ("password", &login)]).expect("logging in");
    let cookie = logged_in.header("set-cookie").expect("a session").split(';').next().unwrap_or_default();
    let desk = client.with("Cookie", cookie);
    let alerts: Value = serde_json::from_str(&desk.get("/v1/alerts").expect("asking").text()).expect("JSON");
    let raised: BTreeSet<&str> = alerts["items"]
        .as_array()
        .expect("items")
        .iter()
        .filter(|alert| alert["level"] == "siaga")
        .filter_map(|alert| alert["district"].as_str())
        .collect();
    let all: BTreeSet<&str> = off.iter().map(|(district, _)| *district).collect();
    assert!(raised.is_superset(&all), "{raised:?}: {alerts}");
    let page = desk.get("/").expect("asking").text();
    assert!(page.contains("jam pengirim diragukan"), "the overview asks: {page}");
    let feeds = desk.get("/umpan").expect("asking").text();
    let just_now = ["menit lalu", "baru saja"].iter().any(|words| feeds.contains(words));
    assert!(just_now, "heard by receipt: {feeds}");
    assert!(!feeds.contains("00 hari"), "forty years are no rhythm: {feeds}");
}

#[test]
fn a_clock_that_was_days_ahead_is_said_everywhere_and_switches_no_rule_off() {
    let site = Site::new();
    let login = service::add_user(&site.data, "piket", "desk", REGENCY);
    let service = site.serve("");
    let mut source = Source::new(78);
    post(&site.feed(&service), &[source.statement("16.13.01", ("disaster", "WA-05"), 1).to_string()])
        .expect("posting");
    caught_up(&service);
    service.stop();
    let ahead = stamp_one_ahead(&site, &mut source, SignedDuration::from_hours(24 * 20));

    // The clock is right when the service starts again: it finds the later stamp, and says so.
    let service = site.serve("");
    let stepped = service::eventually(Duration::from_secs(30), || {
        metric(&service, "kentongan_clock_steps_total").filter(|steps| *steps > 0.0)
    });
    assert_eq!(stepped, Some(1.0), "{}", service.output());
    let mut flood = source.statement("16.13.02", ("disaster", "WA-01"), 5);
    flood["dead"] = 3.into();
    let answer = post(&site.feed(&service), &[flood.to_string()]).expect("posting").json();
    assert!(answer["results"][0]["doubtful_clock"].is_null(), "{answer}");
    caught_up(&service);
    let client = service.client();
    let logged_in = client.form("/masuk", &[("name", "piket"), ("password", &login)]).expect("logging in");
    let cookie = logged_in.header("set-cookie").expect("a session").split(';').next().unwrap_or_default();
    let desk = client.with("Cookie", cookie);
    let alerts = desk.get("/v1/alerts").expect("asking").json();
    let items = alerts["items"].as_array().expect("items");
    let is_flood = |alert: &&Value| alert["district"] == "16.13.02" && alert["level"] == "siaga";
    let alert = items.iter().find(is_flood).unwrap_or_else(|| panic!("no alert: {alerts}"));
    let opened = alert["opened_at"].as_str().expect("a time").parse::<Timestamp>().expect("a time");
    assert!(opened <= Timestamp::now() && opened < ahead, "as of now: {alert}");
    let page = desk.get("/").expect("asking").text();
    assert!(page.contains("Jam server dimundurkan"), "the page says so: {page}");
    service.stop();

    let (data, config) = (site.data.to_string_lossy(), site.path("kentongan.toml"));
    let config = config.to_string_lossy();
    let audit = service::call(&["audit", "verify", "--config", &config, "--data", &data]);
    assert!(audit.contains("clock: set back last from"), "{audit}");
    let file = site.path("log.ndjson");
    let file = file.to_string_lossy();
    service::call(&["export", &file, "--config", &config, "--data", &data]);
    let printed = service::call(&["replay", &file, "--config", &config, "--json"]);
    let closing: Value = serde_json::from_str(printed.lines().last().unwrap_or_default()).expect("a line");
    let digest = closing["state_digest"].as_str().expect("a digest");
    assert!(audit.contains(digest), "one digest: {audit} {closing}");
}

/// Adds to the log of a stopped service what it would have stamped by a clock that is so far ahead; returns the stamp.
pub fn stamp_one_ahead(site: &Site, source: &mut Source, ahead: SignedDuration) -> Timestamp {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let at = Timestamp::now() + ahead;
    runtime.block_on(async {
        let path = site.data.join("log.sqlite").display().to_string();
        let log = Log::open(&path, LogOptions::default()).await.expect("opening the log");
        let newest = *log.newest().borrow();
        let last = log.read(PARTITION, newest, 1).await.expect("reading the log").remove(0).record;
        let bytes = source.statement("16.13.03", ("disaster", "WA-01"), 5).to_string().into_bytes();
        let record = NewRecord { bytes, received_at: Time(at.as_microsecond()), ..last };
        log.append_records(vec![record]).await.expect("appending");
    });
    at
}
