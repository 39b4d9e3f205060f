//! The drift watch as a job: looks once a week of the ledger, and reports an episode that begins.

use super::{Job, JobResult};
use crate::ledger_service::LedgerService;
use domain::time::{MINUTE, Time};

/// Looks for drift beyond the limits of an unchanged world; a week that was looked at costs a few short queries.
pub struct DriftWatch(pub LedgerService);

impl Job for DriftWatch {
    fn name(&self) -> &'static str {
        "drift_watch"
    }

    fn every(&self) -> i64 {
        MINUTE
    }

    fn run(&self, _now: Time) -> JobResult<'_> {
        Box::pin(async { self.0.watch_drift().await.map_err(|error| error.to_string()) })
    }
}
