//! Workers that join and leave in quick succession, some asked to and some killed, while records flow. The broker is librdkafka's own: a storm of
//! rebalances is more than the test broker bears.

use super::country::Everywhere;
use super::sleeper::over_librdkafka;
use crate::system::service::site::next_hour;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(240);

#[test]
fn workers_that_come_and_go_lose_and_double_nothing() {
    let Some((country, _cluster)) = over_librdkafka("6000") else { return };
    let (intake, steady) = (country.serve("intake", "intake"), country.serve("steady", "worker"));
    let mut source = Everywhere::new(97);
    let mut all = Vec::new();
    for round in 0..3 {
        let lines = source.lines(1200);
        country.broker.produce("feed.police.polres", &lines, &[]);
        all.extend(lines);
        let second = country.serve(&format!("second-{round}"), "worker");
        let third = country.serve(&format!("third-{round}"), "worker");
        second.stop();
        let lines = source.lines(600);
        country.broker.produce("feed.police.polres", &lines, &[]);
        all.extend(lines);
        match round {
            1 => third.kill(),
            _ => third.stop(),
        }
    }
    country.wait_for(all.len(), PATIENCE, &[&intake, &steady]);
    intake.stop();
    steady.stop();
    let until = next_hour();
    assert_eq!(country.digest(&until), country.replayed(&all, &until));
}
