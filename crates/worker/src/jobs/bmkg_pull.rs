//! Asks BMKG for its warnings of the weather.

use super::{Job, JobResult};
use domain::time::Time;
use intake::pull::Puller;

/// One try of the puller; does nothing where the pull is off.
pub struct BmkgPull(pub Puller);

impl Job for BmkgPull {
    fn name(&self) -> &'static str {
        "bmkg_pull"
    }

    fn every(&self) -> i64 {
        self.0.every()
    }

    fn run(&self, _now: Time) -> JobResult<'_> {
        Box::pin(self.0.run())
    }
}
