//! Corrections, retractions, verifications and ids that two regencies use, over several workers: they end in the state
//! of one process and hold the same reports and incidents. What names a report of another regency changes nothing there.

use super::country::{Country, Everywhere};
use crate::system::service::site::{caught_up, metric, next_hour, post};
use kentongan_tests::ingest::Source;
use kentongan_tests::service::{self, Service};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(180);

/// The reports and incidents of a backup.
fn reports_and_incidents(lines: &str) -> BTreeSet<String> {
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

/// A grave flood, a rejection of it by a desk of another regency, and another regency's report with the flood's id.
struct AcrossABorder {
    flood: Value,
    rejection: Value,
    same_id: Value,
}

impl AcrossABorder {
    fn new() -> AcrossABorder {
        let flood = Source::new(83).statement("16.13.04", ("disaster", "WA-12"), 4);
        let mut rejection = Source::of("35.08", 84).verification();
        rejection["verification"] = json!({"act": "reject", "reports": [flood["report_id"]]});
        let mut same_id = Source::of("61.02", 85).statement("61.02.01", ("disaster", "WA-04"), 2);
        same_id["report_id"] = flood["report_id"].clone();
        AcrossABorder { flood, rejection, same_id }
    }
}

#[test]
fn links_over_several_workers_end_as_in_one_process_and_reach_no_other_regency() {
    let Some(country) = Country::start() else { return };
    let desk = country.add_feed("posko", "desk");
    let mut source = Everywhere::new(81);
    let mut statements = source.lines(600);
    let mut verifications = source.verifications(60);
    let across = AcrossABorder::new();
    // The rejection comes first, so that no intake can know what it names.
    let first_words = vec![across.rejection.to_string()];
    statements.extend([across.flood.to_string(), across.same_id.to_string()]);
    statements.extend(source.lines(600));
    verifications.extend(source.verifications(60));

    let intake = country.serve("intake", "intake");
    let first = country.serve("first", "worker");
    let second = country.serve("second", "worker");
    country.broker.produce("feed.desk.posko", &first_words, &[]);
    country.wait_for(1, PATIENCE, &[&intake, &first, &second]);
    // The desk's verifications come before what they name, between, and after.
    country.broker.produce("feed.desk.posko", &verifications[..20], &[]);
    country.broker.produce("feed.police.polres", &statements[..700], &[]);
    country.broker.produce("feed.desk.posko", &verifications[20..], &[]);
    country.wait_for(1 + 700 + verifications.len(), PATIENCE, &[&intake, &first, &second]);
    country.broker.wait_until_formed();
    second.kill();
    country.broker.produce("feed.police.polres", &statements[700..], &[]);
    let third = country.serve("third", "worker");
    let all = [first_words, statements, verifications].concat();
    country.wait_for(all.len(), PATIENCE, &[&intake, &first, &third]);
    refused_where_known(&intake, &desk, &across);
    country.wait_for(all.len() + 1, PATIENCE, &[&intake, &first, &third]);
    assert!(country.call(&["dead-letters", "list", "--reason", "district"]).lines().count() > 0);
    let stands =
        "SELECT COUNT(*) FROM alerts WHERE code = 161304 AND kind = 'disaster' AND state <> 'withdrawn'";
    assert_eq!(country.postgres.ask(stands), "1", "another regency's desk has no say here");
    for service in [intake, first, third] {
        service.stop();
    }
    let until = next_hour();
    let taken = without_refused(&country, &all);
    assert_eq!(country.digest(&until), country.replayed(&taken, &until));
    same_as_one_process(&country, &taken);
}

/// The lines without what the intake refused. A merge is judged by what is known of the reports it names when it comes, and
/// one of them may be of another kind later.
#[track_caller]
fn without_refused(country: &Country, all: &[String]) -> Vec<String> {
    let listed = country.call(&["dead-letters", "list"]);
    let places = listed.lines().filter_map(|line| line.split_whitespace().next());
    let shown = places.map(|place| country.call(&["dead-letters", "show", place]).trim_end().to_owned());
    let refused: BTreeSet<String> = shown.collect();
    all.iter().filter(|line| !refused.contains(*line)).cloned().collect()
}

/// Once it is known where the named report lies, the same rejection is refused with the reason `district`.
#[track_caller]
fn refused_where_known(intake: &Service, desk: &str, across: &AcrossABorder) {
    let mut again = Source::of("35.08", 86).verification();
    again["verification"] = across.rejection["verification"].clone();
    let reply = post(&intake.client().bearer(desk), &[again.to_string()]).expect("posting");
    let body = reply.json();
    let result = body.as_array().or_else(|| body["results"].as_array()).and_then(|results| results.first());
    assert_eq!(result.map(|result| &result["reason"]), Some(&json!("district")), "{body}");
}

/// One process that takes the same lines holds the same reports and incidents.
#[track_caller]
fn same_as_one_process(country: &Country, all: &[String]) {
    let folder = tempfile::tempdir().expect("making a folder");
    let place = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (data, scaled, alone) = (place("data"), place("scaled"), place("alone"));
    let police = service::add_feed(data.as_ref(), "polres", "police", "");
    let desk = service::add_feed(data.as_ref(), "posko", "desk", "");
    let embedded = Service::start("serve", data.as_ref(), &[]);
    let (of_the_desk, of_the_police): (Vec<String>, Vec<String>) =
        all.iter().cloned().partition(|line| line.contains("\"feed\":\"desk\""));
    for (token, lines) in [(desk, &of_the_desk), (police, &of_the_police)] {
        assert_eq!(post(&embedded.client().bearer(&token), lines).expect("posting").status, 202);
    }
    // Its worker may not have looked at the log yet, and knows of no lag.
    let taken = || metric(&embedded, "kentongan_records_total").filter(|taken| *taken >= all.len() as f64);
    assert!(service::eventually(PATIENCE, taken).is_some(), "not all came in: {}", embedded.output());
    caught_up(&embedded);
    embedded.stop();
    service::call(&["backup", &alone, "--data", &data]);
    country.call(&["backup", &scaled]);
    let [scaled, alone] =
        [scaled, alone].map(|file| reports_and_incidents(&std::fs::read_to_string(file).expect("a backup")));
    let differ: Vec<&String> = scaled.symmetric_difference(&alone).take(10).collect();
    assert!(differ.is_empty(), "{differ:#?}");
}
