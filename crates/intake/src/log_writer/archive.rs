//! Archives into the log: looked at before, and with what is new of them written down, so that it can be taken back.

use super::{LogWriter, ranked, results, stamped};
use crate::feed_identity::FeedIdentity;
use crate::submit::{SubmitResult, lock};
use async_recursion::async_recursion as boxed;
use domain::report::ReportName;
use domain::time::Time;
use store::{ImportedReport, ReportKey, StoreError};

/// A part of an import that is written down.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ImportPart {
    pub import: i64,
    pub part: i64,
}

impl LogWriter {
    /// What would become of a feed's records if they were appended now; nothing is kept.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn preview(
        &self,
        feed: &FeedIdentity,
        records: Vec<Vec<u8>>,
    ) -> Result<Vec<SubmitResult>, StoreError> {
        let read = self.0.read(&self.arrivals(feed, records, false)).await;
        let keys: Vec<ReportKey> = ranked(&read).into_iter().map(|(key, _)| key).collect();
        let in_log = self.0.recently_known(&keys);
        let names: Vec<ReportName> = keys.iter().map(|key| key.id).collect();
        let in_state = self.0.parts.store.known_reports(&names, Time(i64::MAX)).await?;
        Ok(results(read, &in_log, &in_state))
    }

    /// Appends records of an archive as a feed's: they are old by nature. Before that it writes down which reports of them are
    /// new: what is in the log can be taken back wherever the program is ended.
    ///
    /// # Errors
    /// As [`LogWriter::append`], and where the store cannot be read or written.
    #[boxed]
    pub(crate) async fn append_archive(
        &self,
        feed: &FeedIdentity,
        records: Vec<Vec<u8>>,
        ImportPart { import, part }: ImportPart,
    ) -> Result<Vec<SubmitResult>, StoreError> {
        let (inner, store) = (&*self.0, &self.0.parts.store);
        let mut arrivals = self.arrivals(feed, records, true);
        self.stamp_by_the_clock_of_now(&mut arrivals).await?;
        let read = inner.read(&arrivals).await;
        let ranked = ranked(&read);
        let keys: Vec<ReportKey> = ranked.iter().map(|(key, _)| *key).collect();
        let places: Vec<_> = read.iter().filter_map(|read| read.as_ref().ok()).map(|own| own.place).collect();
        let in_log = inner.recently_known(&keys);
        let names: Vec<ReportName> = keys.iter().map(|key| key.id).collect();
        let in_state = store.known_reports(&names, Time(i64::MAX)).await?;
        let records = stamped(arrivals, &read);
        let results = results(read, &in_log, &in_state);
        let of_reports = results.iter().filter(|result| !matches!(result, SubmitResult::Rejected(_)));
        let new: Vec<ImportedReport> = of_reports
            .zip(places)
            .filter_map(|(result, place)| match result {
                SubmitResult::Accepted { id, .. } => Some(ImportedReport { id: *id, place }),
                SubmitResult::Duplicate { .. } | SubmitResult::Rejected(_) => None,
            })
            .collect();
        store.put_imported_part(import, part, &new).await?;
        self.keep(records).await?;
        lock(&inner.recent).remember(&ranked);
        Ok(results)
    }
}
