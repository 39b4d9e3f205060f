//! Corrections, retractions and the desk's words that name reports of other regencies, and ids that two regencies use:
//! several workers end in the state of one process, and say of every report and incident what it says.

use super::country::{Country, PARTITIONS, REGENCIES};
use crate::system::service::site::{caught_up, metric, next_hour, post};
use kentongan_tests::ingest::Source;
use kentongan_tests::service::{self, Service};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(180);
/// Nothing that could be told across a border is untold.
const UNSETTLED: &str = "SELECT (SELECT COUNT(*) FROM namings n JOIN reports r ON r.id = n.target WHERE n.open = 1) \
     + (SELECT COUNT(*) FROM guests WHERE taken IS NULL)";

/// What a backup says of reports and incidents.
fn said(lines: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in lines.lines() {
        let row: Value = serde_json::from_str(line).expect("a backup's line is JSON");
        match row[0].as_str() {
            Some("reports") => {
                let of = &row[1];
                found.insert(json!([of["id"], of["code"], of["outcome"], of["incident"]]).to_string());
            }
            Some("incidents") => {
                found.insert(row[1].to_string());
            }
            _ => {}
        }
    }
    found
}

#[test]
fn what_concerns_another_regency_is_settled_as_one_process_does() {
    let Some(country) = Country::start() else { return };
    country.call(&["feed", "add", "posko", "--class", "desk"]);
    let mut source = Source::across(&REGENCIES, 2, 81);
    let mut told = source.lines(600);
    let mut judged: Vec<String> = (0..60).map(|_| source.verification().to_string()).collect();
    let more = source.lines(600);
    judged.extend((0..60).map(|_| source.verification().to_string()));
    told.extend(more);

    let door = country.serve("door", "intake");
    let first = country.serve("first", "worker");
    let second = country.serve("second", "worker");
    // The desk's words come before what they name, between, and after.
    country.broker.produce("feed.desk.posko", &judged[..20], &[]);
    country.broker.produce("feed.police.polres", &told[..700], &[]);
    country.broker.produce("feed.desk.posko", &judged[20..], &[]);
    country.wait_for(720 + 100, PATIENCE, &[&door, &first, &second]);
    second.kill();
    country.broker.produce("feed.police.polres", &told[700..], &[]);
    let third = country.serve("third", "worker");
    let all = [told.clone(), judged.clone()].concat();
    country.wait_for(all.len(), PATIENCE, &[&door, &first, &third]);
    let settled = service::eventually(PATIENCE, || (country.postgres.ask(UNSETTLED) == "0").then_some(()));
    assert!(
        settled.is_some(),
        "{} untold of {PARTITIONS} partitions: {}",
        country.postgres.ask(UNSETTLED),
        first.said()
    );
    assert_ne!(country.postgres.ask("SELECT COUNT(*) FROM guests"), "0", "nothing crossed a border");
    for service in [door, first, third] {
        service.stop();
    }
    let until = next_hour();
    assert_eq!(country.digest(&until), country.replayed(&all, &until));

    let folder = tempfile::tempdir().expect("making a folder");
    let place = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (data, scaled, alone) = (place("data"), place("scaled"), place("alone"));
    let police = service::add_feed(data.as_ref(), "polres", "police", "");
    let desk = service::add_feed(data.as_ref(), "posko", "desk", "");
    let embedded = Service::start("serve", data.as_ref(), &[]);
    for (token, lines) in [(police, &told), (desk, &judged)] {
        assert_eq!(post(&embedded.client().bearer(&token), lines).expect("posting").status, 202);
    }
    // Its worker may not have looked at the log yet, and knows of no lag.
    let taken = || metric(&embedded, "kentongan_records_total").filter(|taken| *taken >= all.len() as f64);
    assert!(service::eventually(PATIENCE, taken).is_some(), "not all came in: {}", embedded.said());
    caught_up(&embedded);
    embedded.stop();
    service::call(&["backup", &alone, "--data", &data]);
    country.call(&["backup", &scaled]);
    let [scaled, alone] = [scaled, alone].map(|file| said(&std::fs::read_to_string(file).expect("a backup")));
    let differ: Vec<&String> = scaled.symmetric_difference(&alone).take(10).collect();
    assert!(differ.is_empty(), "{differ:#?}");
}
