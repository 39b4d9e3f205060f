//! Forgets logins that have expired.

use super::{Job, JobResult};
use crate::worker_context::ServiceClock;
use domain::time::{HOUR, Time};
use store::Store;

/// Deletes expired sessions. Sessions run on the machine's clock.
pub struct SessionCleanup {
    pub store: Store,
    pub wall: ServiceClock,
}

impl Job for SessionCleanup {
    fn name(&self) -> &'static str {
        "session_cleanup"
    }

    fn every(&self) -> i64 {
        HOUR
    }

    fn run(&self, _now: Time) -> JobResult<'_> {
        Box::pin(async {
            let forgotten = self.store.forget_expired_sessions((self.wall)()).await;
            forgotten.map(drop).map_err(|error| error.to_string())
        })
    }
}
