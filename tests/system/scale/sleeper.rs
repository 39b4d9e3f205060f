//! A worker that sleeps longer than its session: the broker gives its partitions to another, and what it wakes up with
//! is refused. The broker here is librdkafka's own, which puts a silent member out of its group.

use super::broker::Broker;
use super::country::{Country, Everywhere, PARTITIONS};
use super::kills::{owned, shared, signal};
use crate::system::service::site::next_hour;
use kentongan_tests::service;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(120);
const FEED: &str = "feed.police.polres";

/// A country over librdkafka's own broker, which keeps its groups as Kafka does; in memory, and gone when dropped.
pub fn over_librdkafka(session: &str) -> Option<(Country, Cluster)> {
    let cluster = MockCluster::new(1).expect("librdkafka's own broker");
    for topic in ["reports", "assessments", "alerts", "dead-letters"] {
        cluster.create_topic(topic, PARTITIONS as i32, 1).expect("a topic");
    }
    cluster.create_topic(FEED, 1, 1).expect("a topic");
    let folder = tempfile::tempdir().expect("making a folder");
    let broker = Broker::elsewhere(cluster.bootstrap_servers());
    let country = Country::over(folder, broker, session)?;
    country.add_feed("polres", "police");
    Some((country, cluster))
}

type Cluster = MockCluster<'static, DefaultProducerContext>;

#[test]
fn a_worker_that_sleeps_longer_than_its_session_is_replaced() {
    let Some((country, _cluster)) = over_librdkafka("6000") else { return };
    let intake = country.serve("intake", "intake");
    let (sleeper, other) = (country.serve("sleeper", "worker"), country.serve("other", "worker"));
    shared(&[&sleeper, &other]);
    let mut source = Everywhere::new(99);
    let mut all = source.lines(800);
    country.broker.produce(FEED, &all, &[]);
    country.wait_for(all.len(), PATIENCE, &[&intake, &sleeper, &other]);
    let more = source.lines(1500);
    country.broker.produce(FEED, &more, &[]);
    signal(&sleeper, "-STOP");
    let began = Instant::now();
    all.extend(more);
    country.wait_for(all.len(), PATIENCE, &[&intake, &other]);
    assert_eq!(owned(&other), PARTITIONS);
    println!("a sleeper was replaced and the rest taken in after {:?}", began.elapsed());
    signal(&sleeper, "-CONT");
    shared(&[&sleeper, &other]);
    let last = source.lines(300);
    country.broker.produce(FEED, &last, &[]);
    all.extend(last);
    country.wait_for(all.len(), PATIENCE, &[&intake, &sleeper, &other]);
    let woke = service::eventually(PATIENCE, || (owned(&sleeper) > 0).then_some(()));
    assert!(woke.is_some(), "{}", sleeper.output());
    for service in [intake, sleeper, other] {
        service.stop();
    }
    let until = next_hour();
    assert_eq!(country.digest(&until), country.replayed(&all, &until));
}
