//! What an incident that is no more goes on as: its reports lie in another by now, or its source put something in their place.

use super::Commit;
use super::emitted::EmittedEffects;
use crate::error::StoreError;
use crate::sql::{Column, Connection, rows_with_ids};
use crate::table::reports::ReportKey;
use domain::report::{Body, ReportName, Statement};
use std::collections::{BTreeMap, BTreeSet};

/// The incidents that are no more, by those to which one of their reports belongs now, or what its source put in its place. Called
/// before the commit's reports are written.
pub(super) async fn continued(
    tx: &mut Connection<'_>,
    commit: &Commit,
    effects: &EmittedEffects<'_>,
) -> Result<BTreeMap<ReportKey, BTreeSet<ReportKey>>, StoreError> {
    const REPORTS: &str = "SELECT id, regency, incident FROM reports WHERE incident";
    let ids: Vec<ReportName> = effects.gone.iter().map(|gone| gone.id).collect();
    let mut was_of: BTreeMap<ReportKey, ReportKey> = effects.gone.iter().map(|gone| (*gone, *gone)).collect();
    for row in rows_with_ids(tx, REPORTS, &ids, None).await? {
        let report = ReportKey::read(&row)?;
        let gone = ReportKey { id: ReportName::read(&row, 2)?, ..report };
        if effects.gone.contains(&gone) {
            was_of.insert(report, gone);
        }
    }
    let replacements = commit.reports.iter().filter_map(|row| {
        let report = ReportKey::of(&row.report);
        let Body::Statement(Statement { supersedes: Some(id), .. }) = row.report.body else { return None };
        let replaced = ReportKey { id: ReportName { id, ..report.id }, ..report };
        Some((report, *was_of.get(&replaced)?))
    });
    let replacements: Vec<(ReportKey, ReportKey)> = replacements.collect();
    let mut continued: BTreeMap<ReportKey, BTreeSet<ReportKey>> = BTreeMap::new();
    for (report, gone) in was_of.into_iter().chain(replacements) {
        let now: Option<ReportName> = effects.outcomes.get(&report).and_then(|(_, incident)| *incident);
        if let Some(id) = now.filter(|id| *id != gone.id) {
            continued.entry(ReportKey { id, ..gone }).or_default().insert(gone);
        }
    }
    Ok(continued)
}
