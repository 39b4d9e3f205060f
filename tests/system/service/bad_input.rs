//! What a stream can hold that is no report: kept as a dead letter with its reason, and nothing stalls.

use super::site::{Site, caught_up, metric, next_hour, post};
use kentongan_tests::bench::workload::Dice;
use kentongan_tests::ingest::{CLASS, Source};
use kentongan_tests::service;
use serde_json::{Value, json};

/// The result of each record of an answer.
fn results(body: &Value) -> Vec<&Value> {
    let list = body.as_array().or_else(|| body["results"].as_array());
    list.unwrap_or_else(|| panic!("no results in {body}")).iter().collect()
}

#[test]
fn each_sort_of_bad_record_is_refused_for_its_reason() {
    let site = Site::new();
    let service = site.serve("");
    let mut source = Source::new(31);
    let good = source.statement("16.13.04", ("resident_company", "WP-05"), 2);
    let with = |key: &str, value: Value| {
        let mut report = good.clone();
        report[key] = value;
        report.to_string().into_bytes()
    };
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("json", b"{\"report_id\":\"01K".to_vec()),
        ("json", [b"{\"report_id\":\"".as_slice(), &[0xff, 0xfe], b"\"}"].concat()),
        ("schema", with("summary", json!("nol \u{0} di tengah"))),
        ("schema", with("severity", json!("tiga"))),
        ("schema", with("report_id", json!("bukan ulid"))),
        ("kind", with("kind", json!("banjir"))),
        ("category", with("category", json!("WW-01"))),
        ("district", with("district", json!("16.13.99"))),
        ("severity", with("severity", json!(9))),
        ("time", with("reported_at", json!("kemarin"))),
        ("time", with("occurred_at", json!("9999-01-01T00:00:00Z"))), // no year this service will see
        ("future", with("occurred_at", json!("2099-01-01T00:00:00Z"))),
        ("district", with("district", json!("35.08.01"))), // no regency of this service
        ("forbidden", with("feed", json!("company"))),
    ];
    let lines: Vec<Vec<u8>> = cases.iter().map(|(_, line)| line.clone()).collect();
    let feed = site.feed(&service);
    let reply = feed.post("/v1/reports", "application/x-ndjson", &lines.join(&b'\n')).expect("posting");
    assert_eq!(reply.status, 202, "{}", reply.text());
    let body = reply.json();
    let results = results(&body);
    assert_eq!(results.len(), cases.len(), "{body}");
    for ((reason, line), result) in cases.iter().zip(results) {
        assert_eq!(result["reason"], *reason, "{}: {result}", String::from_utf8_lossy(line));
    }
    caught_up(&service);
    assert_eq!(metric(&service, "kentongan_dead_letters"), Some(cases.len() as f64));
    service.stop();
    let listed = service::call(&["dead-letters", "list", "--data", &site.data.to_string_lossy()]);
    for reason in
        ["json", "schema", "kind", "category", "district", "severity", "time", "future", "forbidden"]
    {
        assert!(listed.contains(reason), "'{reason}' is not listed: {listed}");
    }
}

#[test]
fn a_feed_speaks_for_its_own_place_only() {
    let site = Site::new();
    let token = service::add_feed(&site.data, "polsek-rupit", CLASS, "16.13.01");
    let service = site.serve("");
    let mut source = Source::new(34);
    let lines: Vec<String> = ["16.13.01", "16.13.04"]
        .map(|district| source.statement(district, ("disaster", "WA-01"), 2).to_string())
        .to_vec();
    let reply = post(&service.client().bearer(&token), &lines).expect("posting");
    let body = reply.json();
    let results = results(&body);
    assert_eq!(
        (&results[0]["status"], &results[1]["reason"]),
        (&json!("accepted"), &json!("forbidden")),
        "{body}"
    );
    service.stop();
}

#[test]
fn a_line_of_ten_megabytes_is_one_dead_letter() {
    let site = Site::new();
    let service = site.serve("");
    let mut source = Source::new(32);
    let mut lines = source.lines(3);
    lines.insert(1, format!("{{\"summary\":\"{}\"}}", "a".repeat(10 << 20)));
    let reply = post(&site.feed(&service), &lines).expect("posting");
    assert_eq!(reply.status, 202, "{}", reply.text());
    let body = reply.json();
    assert_eq!(results(&body)[1]["reason"], "too_large", "{body}");
    caught_up(&service);
    let until = next_hour();
    service.stop();
    lines.remove(1);
    assert_eq!(site.digest(&until), site.replayed(&lines, &until));
}

#[test]
fn a_stream_half_of_garbage_neither_stalls_nor_loses() {
    let site = Site::new();
    let service = site.serve("");
    let (mut source, mut dice) = (Source::new(33), Dice::new(33));
    let mut all = Vec::new();
    for _ in 0..20 {
        let good = source.lines(50);
        let mixed: Vec<String> =
            good.iter().flat_map(|line| [line.clone(), garbage(&mut dice, line)]).collect();
        assert_eq!(post(&site.feed(&service), &mixed).expect("posting").status, 202);
        all.extend(good);
    }
    caught_up(&service);
    assert_eq!(metric(&service, "kentongan_dead_letters"), Some(1_000.0));
    service.stop();
    let until = next_hour();
    assert_eq!(site.digest(&until), site.replayed(&all, &until));
}

/// A line that is no report; never empty, never with a line break.
fn garbage(dice: &mut Dice, line: &str) -> String {
    match dice.below(5) {
        0 => line[..line.len() / 2].to_owned(),
        1 => "[]".to_owned(),
        2 => (0..40).map(|_| char::from(b'!' + dice.below(90) as u8)).collect(),
        3 => line.replacen("16.13", "99.99", 1),
        _ => "null".to_owned(),
    }
}
