//! kill -9 of workers, of the broker and of the database, and a worker that sleeps through its own replacement:
//! the state is the one of a single process that read the same records.

use super::country::{Country, Everywhere, PARTITIONS};
use super::sleeper::over_librdkafka;
use kentongan_tests::bench::workload::Dice;
use kentongan_tests::service::{self, Service};
use std::process::Command;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(240);
const FEED: &str = "feed.police.polres";

fn next_hour() -> String {
    crate::system::service::site::next_hour()
}

pub fn signal(service: &Service, name: &str) {
    let sent = Command::new("kill").args([name, &service.pid().to_string()]).status();
    assert!(sent.expect("running kill").success());
}

/// How many partitions a worker says it owns.
pub fn owned(service: &Service) -> usize {
    let owned = crate::system::service::site::metric(service, "kentongan_owned_partitions");
    owned.map_or(0, |owned| owned as usize)
}

#[track_caller]
pub fn shared(workers: &[&Service]) {
    let all = service::eventually(PATIENCE, || {
        let each: Vec<usize> = workers.iter().map(|worker| owned(worker)).collect();
        (each.iter().all(|count| *count > 0) && each.iter().sum::<usize>() == PARTITIONS).then_some(())
    });
    assert!(all.is_some(), "the workers did not share the partitions");
}

/// The broker is librdkafka's own: a worker is killed wherever it is, also while the group shares its partitions out,
/// and the test broker then leaves those of the dead with nobody.
#[test]
fn killed_workers_are_replaced_and_nothing_is_lost_or_doubled() {
    let Some((country, _cluster)) = over_librdkafka("6000") else { return };
    let intake = country.serve("intake", "intake");
    let first = country.serve("first", "worker");
    let mut dice = Dice::new(5);
    let mut source = Everywhere::new(61);
    let mut all = Vec::new();
    let mut second = country.serve("second", "worker");
    for round in 0..3 {
        let lines = source.lines(1500);
        country.broker.produce(FEED, &lines, &[]);
        all.extend(lines);
        let some = all.len() - 1500 + dice.below(1400);
        let query = "SELECT COALESCE(SUM(count), 0) FROM counters WHERE name LIKE 'outcome.%'";
        let under_way = service::eventually(PATIENCE, || {
            (country.postgres.ask(query).parse().unwrap_or(0) >= some).then_some(())
        });
        assert!(under_way.is_some(), "round {round}: {}\n{}", first.output(), second.output());
        second.kill();
        second = country.serve("second", "worker");
    }
    country.wait_for(all.len(), PATIENCE, &[&intake, &first, &second]);
    for service in [intake, first, second] {
        service.stop();
    }
    let until = next_hour();
    assert_eq!(country.digest(&until), country.replayed(&all, &until));
}

/// The test takes the partitions over in the store, as another worker would: this broker does not notice a member
/// that sleeps with its connection open.
#[test]
fn a_worker_that_slept_through_its_replacement_writes_nothing_of_it() {
    let Some(country) = Country::start() else { return };
    let (intake, sleeper) = (country.serve("intake", "intake"), country.serve("sleeper", "worker"));
    let mut source = Everywhere::new(62);
    let mut all = source.lines(1000);
    country.broker.produce(FEED, &all, &[]);
    country.wait_for(all.len(), PATIENCE, &[&intake, &sleeper]);
    let more = source.lines(4000);
    country.broker.produce(FEED, &more, &[]);
    all.extend(more);
    let query = "SELECT COALESCE(SUM(count), 0) FROM counters WHERE name LIKE 'outcome.%'";
    let begun = service::eventually(PATIENCE, || {
        (country.postgres.ask(query).parse().unwrap_or(0) > 1000).then_some(())
    });
    assert!(begun.is_some(), "{}", sleeper.output());
    signal(&sleeper, "-STOP");
    // Waits until the sleeper's own transaction, if it slept during one, is ended by the server.
    country.postgres.ask("UPDATE progress SET epoch = epoch + 1");
    let before = country.postgres.ask(query);
    signal(&sleeper, "-CONT");
    let refused = service::eventually(PATIENCE, || {
        sleeper.output().contains("another worker owns the partition now").then_some(())
    });
    assert!(refused.is_some(), "after {before} records: {}", sleeper.output());
    country.wait_for(all.len(), PATIENCE, &[&intake, &sleeper]);
    intake.stop();
    sleeper.stop();
    let until = next_hour();
    assert_eq!(country.digest(&until), country.replayed(&all, &until));
}

#[test]
fn broker_and_database_may_be_killed_and_come_back() {
    let Some(mut country) = Country::start() else { return };
    let intake = country.serve("intake", "intake");
    let workers = [country.serve("first", "worker"), country.serve("second", "worker")];
    shared(&[&workers[0], &workers[1]]);
    let mut source = Everywhere::new(63);
    let mut all = Vec::new();
    for round in 0..3 {
        let lines = source.lines(1500);
        country.broker.produce(FEED, &lines, &[]);
        all.extend(lines);
        match round {
            0 => {
                country.broker.kill();
                country.broker.restart();
            }
            1 => {
                country.postgres.kill();
                country.postgres.up();
            }
            _ => {}
        }
    }
    country.wait_for(all.len(), PATIENCE, &[&intake, &workers[0], &workers[1]]);
    intake.stop();
    for worker in workers {
        worker.stop();
    }
    let until = next_hour();
    assert_eq!(country.digest(&until), country.replayed(&all, &until));
}
