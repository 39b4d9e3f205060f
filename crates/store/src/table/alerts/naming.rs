//! The lines of an alert's history that name an incident, whatever it was called then.

use crate::error::StoreError;
use crate::sql::{self, Column, Connection, SqlStatement, get};
use crate::table::reports::ReportKey;
use domain::report::ReportName;
use serde_json::Value;
use std::collections::BTreeSet;

/// A line that names an incident.
pub(crate) struct NamingLine {
    pub version: u32,
    pub act: String,
}

/// The lines that name one of these incidents, the first first; called before the commit's reports are written.
pub(crate) async fn lines_naming(
    tx: &mut Connection<'_>,
    alert: &str,
    incidents: &[ReportKey],
) -> Result<Vec<NamingLine>, StoreError> {
    let mut names: BTreeSet<ReportName> = incidents.iter().map(|key| key.id).collect();
    if let Some(first) = incidents.first() {
        // It was called by another of its reports, where an earlier one came since.
        let mut select = SqlStatement::new("SELECT id FROM reports WHERE");
        select.add(" regency = ? AND", [first.regency.cell()]);
        select.add_in("incident", incidents.iter().map(|key| key.id.cell()).collect());
        for row in select.fetch_all(&mut *tx).await? {
            names.insert(ReportName::read(&row, 0)?);
        }
    }
    const LINES: &str = "SELECT version, act, content FROM alert_history WHERE alert = $1 ORDER BY version";
    let mut lines = Vec::new();
    for row in sql::query(LINES).bind(alert.to_owned()).fetch_all(tx).await? {
        // A lawful deletion leaves a content empty.
        let content: Value = serde_json::from_str(&get::<String>(&row, 2)?).unwrap_or_default();
        let mut ids = content["evidence"].as_array().into_iter().flatten();
        if ids.any(|id| id.as_str().and_then(ReportName::parse).is_some_and(|id| names.contains(&id))) {
            lines.push(NamingLine { version: sql::small(&row, 0)?, act: get(&row, 1)? });
        }
    }
    Ok(lines)
}
