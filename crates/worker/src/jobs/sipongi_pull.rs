//! Asks SiPongi for the hotspots that satellites see.

use super::{Job, JobResult};
use domain::time::Time;
use intake::pull::Puller;

/// One try of the puller; does nothing where the pull is off.
pub struct SipongiPull(pub Puller);

impl Job for SipongiPull {
    fn name(&self) -> &'static str {
        "sipongi_pull"
    }

    fn every(&self) -> i64 {
        self.0.every()
    }

    fn run(&self, _now: Time) -> JobResult<'_> {
        Box::pin(self.0.run())
    }
}
