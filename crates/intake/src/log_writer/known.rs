//! What the writer knows beside the records it is given: the places, and which reports there are.

use super::{LogDestination, LogWriter, as_decoded};
use crate::submit::lock;
use async_recursion::async_recursion as boxed;
use domain::place::Places;
use domain::report::{ReportName, ReportRank};
use domain::time::Time;
use formats::decode::decode_logged;
use std::collections::{BTreeMap, BTreeSet};
use store::{PARTITION, ReportKey, StoreError};

/// Waiting records that are read at once.
const AT_ONCE: usize = 1000;

impl LogWriter {
    /// Remembers the reports that wait in the log file for the worker, so that a process which has just begun knows them too.
    ///
    /// # Errors
    /// Where the log or the store cannot be read.
    #[boxed]
    pub(crate) async fn remember_waiting(&self) -> Result<(), StoreError> {
        let LogDestination::Embedded(log) = &self.0.parts.log else { return Ok(()) };
        let mut from = self.0.parts.store.first_waiting(PARTITION).await?;
        loop {
            let records = log.read(PARTITION, from, AT_ONCE).await?;
            let Some(last) = records.last() else { return Ok(()) };
            from = last.offset + 1;
            let catalog = self.0.catalog();
            let reports = records.iter().filter_map(|kept| {
                decode_logged(&as_decoded(&kept.record), kept.record.refused, &catalog).ok()
            });
            let ranked = reports.map(|decoded| (ReportKey::of(&decoded.report), decoded.report.rank()));
            let ranked: Vec<(ReportKey, ReportRank)> = ranked.collect();
            lock(&self.0.recent).remember(&ranked);
        }
    }

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
        Ok(self.known_ranks(keys).await?.into_keys().collect())
    }

    /// The same, each with the rank of the one that counts.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub(crate) async fn known_ranks(
        &self,
        keys: &[ReportKey],
    ) -> Result<BTreeMap<ReportKey, ReportRank>, StoreError> {
        if keys.is_empty() {
            return Ok(BTreeMap::new());
        }
        let names: Vec<ReportName> = keys.iter().map(|key| key.id).collect();
        let mut known = self.0.recently_known(keys);
        known.extend(self.0.parts.store.known_reports(&names, Time(i64::MAX)).await?);
        Ok(known)
    }
}
