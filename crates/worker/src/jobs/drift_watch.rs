//! The drift watch as a job: looks once a day of the ledger, and logs what is new.

use super::{Job, JobResult};
use crate::ledger_service::LedgerService;
use domain::time::{MINUTE, Time};

/// Looks for drift beyond the limits of an unchanged world; a day that was looked at costs one query.
pub struct DriftWatch(pub LedgerService);

impl Job for DriftWatch {
    fn name(&self) -> &'static str {
        "drift_watch"
    }

    fn every(&self) -> i64 {
        MINUTE
    }

    fn run(&self, _now: Time) -> JobResult<'_> {
        Box::pin(async { self.0.drift().await.map(drop).map_err(|error| error.to_string()) })
    }
}
