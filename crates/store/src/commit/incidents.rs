//! Incidents that a commit changes: the rows before and after, for everything that follows from the difference.

use super::emitted::EmittedEffects;
use crate::error::StoreError;
use crate::sql::Connection;
use crate::table::daily_counts::CountChanges;
use crate::table::incidents::{self, IncidentRow};
use crate::table::reports::ReportKey;
use domain::report::ReportName;

/// Incidents before a commit and after it.
pub(crate) struct IncidentChanges {
    pub before: Vec<IncidentRow>,
    pub after: Vec<IncidentRow>,
    gone: Vec<ReportKey>,
}

impl IncidentChanges {
    pub async fn load(
        tx: &mut Connection<'_>,
        effects: &EmittedEffects<'_>,
    ) -> Result<IncidentChanges, StoreError> {
        let touched = |key: &ReportKey| effects.incidents.contains_key(key) || effects.gone.contains(key);
        let keys = effects.incidents.keys().chain(&effects.gone);
        let ids: Vec<ReportName> = keys.map(|key| key.id).collect();
        let mut before = incidents::with_ids(tx, &ids).await?;
        before.retain(|row| touched(&row.key()));
        let after = effects.incidents.values().map(IncidentRow::of).collect();
        Ok(IncidentChanges { before, after, gone: effects.gone.iter().copied().collect() })
    }

    /// Writes the rows after the commit; adds to `counts` what that changes in the daily counts.
    pub async fn write(self, tx: &mut Connection<'_>, counts: &mut CountChanges) -> Result<(), StoreError> {
        self.before.iter().for_each(|row| counts.incident(row, -1));
        self.after.iter().for_each(|row| counts.incident(row, 1));
        incidents::write(tx, self.after, &self.gone).await
    }
}
