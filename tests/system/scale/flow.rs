//! In over HTTP and over Kafka, out on the topics others read; several processes end where one would.

use super::country::{Country, Everywhere};
use kentongan_tests::ingest::Source;
use kentongan_tests::service::{self, Service};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(120);

fn next_hour() -> String {
    crate::system::service::site::next_hour()
}

/// Every cell's newest value on the topic `assessments` has the level that the API shows, at both horizons, and every
/// alert's newest value on the topic `alerts` that of the alert.
#[track_caller]
fn topic_shows_what_the_desk_shows(country: &Country, desk: &Service) {
    let person = super::elsewhere::person(country, desk);
    let mut differences = Vec::new();
    let agreed = service::eventually(PATIENCE, || {
        // The topic is compacted: of several values for a key the last counts.
        let topic: BTreeMap<String, String> = country.broker.consume("assessments").into_iter().collect();
        differences.clear();
        for horizon in ["7d", "30d"] {
            let shown = person.get(&format!("/v1/assessments?horizon={horizon}")).expect("asking").json();
            let cells = shown["items"].as_array().expect("items");
            assert!(
                cells.iter().any(|cell| cell["district"] == "16.13.04" && cell["level"] == "siaga"),
                "{shown}"
            );
            differences.extend(cells.iter().filter_map(|cell| difference(cell, horizon, &topic)));
        }
        let sent: BTreeMap<String, String> = country.broker.consume("alerts").into_iter().collect();
        let alerts = person.get("/v1/alerts").expect("asking").json();
        differences.extend(alerts["items"].as_array().expect("items").iter().filter_map(|alert| {
            let id = alert["id"].as_str().unwrap_or_default();
            let sent: Value =
                sent.get(id).and_then(|value| serde_json::from_str(value).ok()).unwrap_or_default();
            (sent["level"] != alert["level"])
                .then(|| format!("{id}: topic {}, API {}", sent["level"], alert["level"]))
        }));
        differences.is_empty().then_some(())
    });
    assert!(agreed.is_some(), "topic and API differ:\n{}", differences.join("\n"));
}

fn difference(cell: &Value, horizon: &str, topic: &BTreeMap<String, String>) -> Option<String> {
    let word = |key: &str| cell[key].as_str().unwrap_or_default();
    let key = format!("{}|{}|{horizon}", word("district"), word("kind"));
    let sent: Value = topic.get(&key).and_then(|value| serde_json::from_str(value).ok()).unwrap_or_default();
    (sent["level"] != cell["level"]).then(|| format!("{key}: topic {}, API {}", sent["level"], cell["level"]))
}

#[test]
fn what_comes_in_over_http_and_kafka_is_one_state_and_alerts_go_out() {
    let Some(country) = Country::start() else { return };
    assert_eq!(country.call(&["check"]).matches("reachable").count(), 2);
    let intake = country.serve("intake", "intake,desk,notify");
    let worker = country.serve("worker", "worker");
    let mut source = Everywhere::new(51);
    let posted = source.lines(2000);
    let reply = crate::system::service::site::post(&country.feed(&intake), &posted).expect("posting");
    assert_eq!(reply.status, 202, "{}", reply.text());
    let mut produced = source.lines(1000);
    let grave = Source::new(7).statement("16.13.04", ("disaster", "WA-01"), 4);
    produced.push(grave.to_string());
    country.broker.produce("feed.police.polres", &produced, &[]);
    let event = Source::new(8).statement("35.08.03", ("disaster", "WA-04"), 2);
    let envelope =
        json!({"specversion": "1.0", "id": "1", "source": "/polres", "type": "laporan", "data": event});
    let structured = ["-H", "content-type=application/cloudevents+json"];
    country.broker.produce("feed.police.polres", &[envelope.to_string()], &structured);
    let binary = Source::new(9).statement("61.02.01", ("disaster", "WA-04"), 2);
    let headers = ["-H", "ce_specversion=1.0", "-H", "ce_id=2", "-H", "content-type=application/json"];
    country.broker.produce("feed.police.polres", &[binary.to_string()], &headers);
    let garbage: Vec<String> = (0..20).map(|number| format!("{{\"garbage\": {number}")).collect();
    country.broker.produce("feed.police.polres", &garbage, &[]);

    let all = [posted, produced, vec![event.to_string(), binary.to_string()]].concat();
    country.wait_for(all.len() + garbage.len(), PATIENCE, &[&intake, &worker]);
    let alert = service::eventually(PATIENCE, || {
        let alerts = country.broker.consume("alerts");
        alerts.into_iter().find(|(_, value)| {
            value.contains("\"16.13.04\"") && value.contains("\"disaster\"") && value.contains("siaga")
        })
    });
    let (key, value) = alert.unwrap_or_else(|| panic!("no alert on the topic: {}", worker.output()));
    let alert: Value = serde_json::from_str(&value).expect("an alert is JSON");
    assert_eq!(
        (alert["id"].as_str(), alert["level"].as_str()),
        (Some(key.as_str()), Some("siaga")),
        "{value}"
    );
    let dead_letters = service::eventually(PATIENCE, || {
        let dead_letters = country.broker.consume("dead-letters");
        (dead_letters.len() == garbage.len()).then_some(dead_letters)
    });
    let dead_letters = dead_letters.expect("every dead letter is on its topic, once");
    assert!(dead_letters.iter().all(|(_, value)| garbage.contains(value)), "{dead_letters:?}");
    topic_shows_what_the_desk_shows(&country, &intake);
    intake.stop();
    worker.stop();
    let until = next_hour();
    assert_eq!(country.digest(&until), country.replayed(&all, &until));
}
