//! A database that stands still: workers wait, nothing heaps up in them, the lag says so, and it drains.

use super::country::{Country, Everywhere};
use crate::system::service::site::metric;
use kentongan_tests::service::{self, Service};
use std::process::{Command, Stdio};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(240);
/// More than the queues hold: what a worker fetches ahead, and its partitions' queues.
const RECORDS: usize = 30_000;
/// Megabytes a worker may grow by while it waits: librdkafka's queue (16) and 8 partitions' of 2,000 records, twice over.
const ROOM: u64 = 96;

/// Megabytes a process has in memory.
fn resident(service: &Service) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", service.pid())).expect("its status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
    line.split_whitespace().next().and_then(|size| size.parse::<u64>().ok()).expect("kilobytes") / 1024
}

fn lag(service: &Service) -> f64 {
    metric(service, "kentongan_consumer_lag_records").unwrap_or(0.0)
}

#[test]
fn a_database_that_stands_still_fills_no_memory_and_the_lag_drains() {
    let Some(country) = Country::start() else { return };
    let (intake, worker) = (country.serve("intake", "intake"), country.serve("worker", "worker"));
    let mut source = Everywhere::new(95);
    let first = source.lines(1000);
    country.broker.produce("feed.police.polres", &first, &[]);
    country.wait_for(first.len(), PATIENCE, &[&intake, &worker]);
    let before = resident(&worker);
    let url = country.postgres.url();
    let hold = "BEGIN; LOCK TABLE reports IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(600)";
    let mut holder = Command::new("psql")
        .args([&url, "-qAtXc", hold])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("starting psql");
    let held = "SELECT COUNT(*) FROM pg_locks WHERE granted AND mode = 'AccessExclusiveLock' AND relation = 'reports'::regclass";
    let holds = service::eventually(PATIENCE, || (country.postgres.ask(held) == "1").then_some(()));
    assert!(holds.is_some(), "nobody holds the table");
    let more = source.lines(RECORDS);
    country.broker.produce("feed.police.polres", &more, &[]);
    let risen = service::eventually(PATIENCE, || (lag(&worker) > RECORDS as f64 * 0.9).then_some(()));
    assert!(risen.is_some(), "the lag is {}: {}", lag(&worker), worker.output());
    let grown = resident(&worker).saturating_sub(before);
    println!("a worker grew by {grown} MB over {before} MB with {} records waiting", lag(&worker));
    assert!(grown < ROOM, "{grown} MB");
    country.postgres.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid()");
    holder.wait().expect("waiting for psql");
    country.wait_for(first.len() + more.len(), PATIENCE, &[&intake, &worker]);
    let drained = service::eventually(PATIENCE, || (lag(&worker) == 0.0).then_some(()));
    assert!(drained.is_some(), "the lag is {}", lag(&worker));
    intake.stop();
    worker.stop();
}
