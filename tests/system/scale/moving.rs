//! From one machine and two files to Kafka and PostgreSQL, with the alerts' history and the log's tail.

use super::country::{Country, Everywhere};
use crate::system::service::site::{caught_up, next_hour, post};
use kentongan_tests::ingest::Source;
use kentongan_tests::service::{self, Service};
use std::time::Duration;

#[test]
fn a_state_moves_to_scale_without_loss() {
    let Some(mut country) = Country::empty() else { return };
    let folder = tempfile::tempdir().expect("making a folder");
    let data = folder.path().join("data");
    country.token = service::add_feed(&data, "polres", "police", "");
    let embedded = Service::start("serve", &data, &[]);
    let mut source = Everywhere::new(71);
    let mut all = source.lines(1500);
    all.push(Source::new(72).statement("16.13.04", ("disaster", "WA-01"), 4).to_string());
    assert_eq!(post(&country.feed(&embedded), &all).expect("posting").status, 202);
    caught_up(&embedded);
    let tail = source.lines(800);
    assert_eq!(post(&country.feed(&embedded), &tail).expect("posting").status, 202);
    all.extend(tail);
    embedded.kill(); // some of the last are in the log and not in the state
    let file = folder.path().join("cadangan").to_string_lossy().into_owned();
    service::call(&["backup", &file, "--data", &data.to_string_lossy()]);
    let again = service::run(&["backup", &file, "--data", &data.to_string_lossy()]);
    assert!(!again.status.success(), "a backup is never written over another");

    country.call(&["restore", &file]);
    let intake = country.serve("intake", "intake");
    let worker = country.serve("worker", "worker");
    let more = source.lines(700);
    assert_eq!(post(&country.feed(&intake), &more).expect("posting").status, 202);
    all.extend(more);
    country.wait_for(all.len(), Duration::from_secs(180), &[&intake, &worker]);
    intake.stop();
    worker.stop();
    let until = next_hour();
    assert_eq!(country.digest(&until), country.replayed(&all, &until));
    let alerts =
        country.postgres.ask("SELECT COUNT(*) FROM alerts WHERE code = 161304 AND kind = 'disaster'");
    assert_eq!(alerts, "1", "the alert opened before the move is the one that stands");
}
