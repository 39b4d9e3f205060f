//! What the writer knows beside the records it is given: the places, and which reports there are.

use super::LogWriter;
use async_recursion::async_recursion as boxed;
use domain::place::Places;
use domain::report::ReportName;
use domain::time::Time;
use std::collections::BTreeSet;
use store::{ReportKey, StoreError};

impl LogWriter {
    /// The places that records may be of.
    pub(crate) fn places(&self) -> &Places {
        &self.0.parts.places
    }

    /// Those of some reports that are in the state, or in the log since a moment ago.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub(crate) async fn known(&self, keys: &[ReportKey]) -> Result<BTreeSet<ReportKey>, StoreError> {
        if keys.is_empty() {
            return Ok(BTreeSet::new());
        }
        let names: Vec<ReportName> = keys.iter().map(|key| key.id).collect();
        let mut known = self.0.parts.store.known_reports(&names, Time(i64::MAX)).await?;
        known.extend(self.0.recently_known(keys));
        Ok(known)
    }
}
