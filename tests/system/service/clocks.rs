//! Clocks that are off: what is grave raises its alert at once, and pages and answers say whose clock is in doubt.

use super::site::{Site, caught_up, post};
use jiff::{SignedDuration, Timestamp};
use kentongan_tests::ingest::{REGENCY, Source};
use kentongan_tests::service;
use serde_json::Value;
use std::collections::BTreeSet;

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
