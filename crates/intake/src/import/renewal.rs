//! Rows of a table that were imported and taken back are other reports when they are imported again: the first stay withdrawn.

use domain::report::ReportId;
use formats::spreadsheet::report::id_after;
use serde_json::Value;
use std::collections::BTreeSet;
use store::{Store, StoreError};

/// The ids of a feed's reports that were taken back with their imports.
#[derive(Default)]
pub(super) struct TakenBackIds(BTreeSet<ReportId>);

impl TakenBackIds {
    pub async fn load(store: &Store, feed: &str) -> Result<TakenBackIds, StoreError> {
        let mut ids = BTreeSet::new();
        for import in store.imports_taken_back(feed).await? {
            let mut part = 0;
            while let Some(reports) = store.imported_part(import.number, part).await? {
                ids.extend(reports.into_iter().map(|report| report.id));
                part += 1;
            }
        }
        Ok(TakenBackIds(ids))
    }

    pub fn contains(&self, id: ReportId) -> bool {
        self.0.contains(&id)
    }

    /// Gives a record of a row the ids that are in use: its own, and those it names.
    pub fn renew(&self, record: &mut Vec<u8>) {
        if self.0.is_empty() {
            return;
        }
        let Ok(mut value) = serde_json::from_slice::<Value>(record) else { return };
        let mut is_changed = false;
        for name in ["/report_id", "/supersedes", "/retracts", "/about/report_id"] {
            let Some(field) = value.pointer_mut(name) else { continue };
            let Some(id) = field.as_str().and_then(ReportId::parse).filter(|id| self.contains(*id)) else {
                continue;
            };
            *field = self.in_use(id).to_string().into();
            is_changed = true;
        }
        if is_changed {
            *record = value.to_string().into_bytes();
        }
    }

    /// The first id after this one that was not taken back.
    fn in_use(&self, id: ReportId) -> ReportId {
        let mut ids = (1..).map(|times| id_after(id, times));
        ids.find(|id| !self.contains(*id)).unwrap_or(id)
    }
}
