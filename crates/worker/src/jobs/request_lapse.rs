//! Writes down in the histories of alerts which requests lapsed because no second person joined them.

use super::{Job, JobResult};
use domain::time::{MINUTE, Time};
use store::{Change, ChangeNotifier, Store};

/// Notes lapsed requests and tells open pages. Requests run on the service's clock.
pub struct RequestLapse {
    pub store: Store,
    pub changes: ChangeNotifier,
}

impl Job for RequestLapse {
    fn name(&self) -> &'static str {
        "request_lapse"
    }

    fn every(&self) -> i64 {
        MINUTE
    }

    fn run(&self, now: Time) -> JobResult<'_> {
        Box::pin(async move {
            let lapsed = self.store.lapse_requests(now).await.map_err(|error| error.to_string())?;
            for alert in lapsed {
                self.changes.notify(Change::Alert { id: alert.id, code: alert.code });
            }
            Ok(())
        })
    }
}
