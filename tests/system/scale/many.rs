//! A country's reports through Kafka with three workers, two of them killed again and again: the state is the one of a
//! single process that read the same lines.

use super::country::{Country, PARTITIONS, SESSION};
use super::kills::{owned, shared};
use crate::system::service::site::{metric, next_hour};
use kentongan_tests::bench::flow;
use kentongan_tests::bench::workload::{self, INDONESIA};
use kentongan_tests::service::{self, Service};
use std::fs;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(900);
const PAUSE: Duration = Duration::from_millis(200);
/// Lines that may lie with the broker untaken: each answer of this one looks at all of them.
const AHEAD: usize = 10_000;

#[test]
fn a_country_with_workers_killed_again_and_again_ends_as_one_replay() {
    country_with_kills(24_000, 3);
}

/// `lines` lines in as many parts as there are kills; during each part one of two workers is killed. Gives how long the
/// last takeover took, with all of it stored.
pub fn country_with_kills(lines: usize, kills: usize) -> Option<Duration> {
    let country = Country::whole()?;
    for (class, name) in flow::FEEDS {
        country.call(&["feed", "add", name, "--class", class]);
    }
    let mut text = Vec::with_capacity(lines * 420);
    workload::write(lines, 42, &mut text).expect("writing to memory");
    let all = country.path("lines.ndjson");
    fs::write(&all, &text).expect("writing the lines");
    let intake = country.serve("intake", "intake");
    let first = country.serve("worker-0", "worker");
    let mut mortal = Vec::from(["worker-1", "worker-2"].map(|name| country.serve(name, "worker")));
    let began = Instant::now();
    let part = lines.div_ceil(kills);
    let each: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    for (round, lines) in each.chunks(part).enumerate() {
        let victim = round % 2;
        // Where a member dies while the group shares its partitions out, this broker leaves some with nobody.
        shared(&[&first, &mortal[0], &mortal[1]]);
        country.broker.wait_until_formed();
        for (index, lines) in lines.chunks(AHEAD).enumerate() {
            let kept = round * part + index * AHEAD;
            let room =
                service::eventually_each(PAUSE, PATIENCE, || (country.taken() + AHEAD >= kept).then_some(()));
            assert!(room.is_some(), "round {round}: {}\n{}", first.output(), mortal[victim].output());
            flow::produce(&country.broker.address, lines.iter().copied(), 0).expect("producing");
        }
        let last = lines.len().min(AHEAD);
        let enough = round * part + lines.len() - last + last / 3;
        let under_way =
            service::eventually_each(PAUSE, PATIENCE, || (country.taken() >= enough).then_some(()));
        assert!(under_way.is_some(), "round {round}: {}\n{}", first.output(), mortal[victim].output());
        let name = format!("worker-{}", victim + 1);
        mortal.remove(victim).kill();
        mortal.insert(victim, country.serve(&name, "worker"));
        println!(
            "kill {}: {} of {} records in after {:?}",
            round + 1,
            country.taken(),
            each.len(),
            began.elapsed()
        );
    }
    country.wait_for(each.len(), PATIENCE, &[&intake, &first, &mortal[0], &mortal[1]]);
    let took = began.elapsed();
    let rate = each.len() as f64 / took.as_secs_f64();
    println!("{} records in {took:.0?}, {rate:.0} a second, {kills} kills", each.len());
    shared(&[&first, &mortal[0], &mortal[1]]);
    country.broker.wait_until_formed();
    // Of several that are left the test broker lets all but one wait three seconds before it answers them.
    mortal.remove(0).stop();
    shared(&[&first, &mortal[0]]);
    country.broker.wait_until_formed();
    let takeover = taken_over(mortal.remove(0), &first);
    for service in [intake, first] {
        service.stop();
    }
    let until = next_hour();
    assert_eq!(country.digest(&until), country.replayed_file(&all, &until));
    Some(takeover)
}

/// Kills one of two workers and waits until the other has its partitions and their state.
fn taken_over(dead: Service, left: &Service) -> Duration {
    let held = owned(&dead);
    dead.kill();
    let began = Instant::now();
    let until = |name: &str| {
        let there = || (metric(left, name)? as usize == PARTITIONS).then(|| began.elapsed());
        service::eventually(PATIENCE, there).unwrap_or_else(|| panic!("nobody took over: {}", left.output()))
    };
    let given = until("kentongan_owned_partitions");
    let took = until("kentongan_recovered_partitions");
    let read = metric(left, "kentongan_recovery_seconds").unwrap_or_default();
    println!(
        "{held} partitions of {INDONESIA} districts given to the other worker {given:.1?} after the kill, taken over after {took:.1?} \
         (session timeout {SESSION:?}); the last read its state in {read:.2} s"
    );
    took
}
