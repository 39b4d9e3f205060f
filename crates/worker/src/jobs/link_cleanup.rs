//! Forgets one-time links long after the request behind them lapsed.

use super::{Job, JobResult};
use domain::time::{DAY, HOUR, Time};
use store::Store;

/// How long somebody who opens a link that lapsed still reads that it did.
const SAID_FOR: i64 = 30 * DAY;

/// Deletes expired links. Requests run on the service's clock.
pub struct LinkCleanup(pub Store);

impl Job for LinkCleanup {
    fn name(&self) -> &'static str {
        "link_cleanup"
    }

    fn every(&self) -> i64 {
        HOUR
    }

    fn run(&self, now: Time) -> JobResult<'_> {
        Box::pin(async move {
            let forgotten = self.0.forget_second_links(now.plus(-SAID_FOR)).await;
            forgotten.map(drop).map_err(|error| error.to_string())
        })
    }
}
