//! What the history of an alert says up to one of its lines, for a message about that line.

use crate::error::StoreError;
use crate::sql::{self, get};
use crate::store::Store;
use crate::table::alerts::{HistoryReader, NamedIncidents, evidence};
use domain::kind::Level;
use domain::report::ReportName;
use serde_json::Value;
use std::collections::BTreeSet;

/// What an alert's history says up to one of its lines.
#[derive(Default)]
pub(super) struct AlertLines {
    /// The line itself.
    pub own: Value,
    /// The newest up to it that says why the alert stands.
    pub basis: Value,
    /// The newest before it that says why the alert stood higher.
    pub above: Value,
    /// The records by which the alert fell up to it, as far as lines name them.
    pub lowered_by: BTreeSet<ReportName>,
    /// Those by which an incident became less, with that.
    pub reduced_by: Vec<(ReportName, ReportName)>,
    /// What the lines up to it that say why the alert stands name.
    pub rested_on: BTreeSet<ReportName>,
    pub named: NamedIncidents,
}

impl AlertLines {
    /// The record by which a line came about.
    pub fn by_of(line: &Value) -> Option<ReportName> {
        ReportName::parse(line["by"].as_str()?)
    }
}

/// Most lines of the history that are searched for the condition behind an act.
pub(super) const LINES: i64 = 200;
/// The acts of lines by which something holds no longer, at whatever level.
const TAKES_BACK: [&str; 2] = ["taken_back", "fewer_harmed"];

impl Store {
    /// What the history says up to an alert's line of this version.
    pub(super) async fn alert_lines(&self, alert: &str, version: u32) -> Result<AlertLines, StoreError> {
        const HISTORY: &str = "SELECT act, content FROM alert_history WHERE alert = $1 AND version <= $2 \
             ORDER BY version DESC LIMIT $3";
        let query = sql::query(HISTORY).bind(alert.to_owned()).bind(i64::from(version)).bind(LINES);
        let rows = query.fetch_all(&self.readers).await?;
        let (mut lines, mut reader) = (AlertLines::default(), HistoryReader::default());
        let mut newer = (None, None);
        for (place, row) in rows.iter().enumerate() {
            // A lawful deletion leaves a content empty.
            let content: Value = serde_json::from_str(&get::<String>(row, 1)?).unwrap_or_default();
            let act: String = get(row, 0)?;
            reader.take(&act, &content);
            let (by, level) = (AlertLines::by_of(&content), level_of(&content));
            if TAKES_BACK.contains(&act.as_str()) {
                lines.reduced_by.extend(by.zip(evidence(&content).next()));
            }
            if level.is_some() {
                let (newer_by, newer_level) = std::mem::replace(&mut newer, (by, level));
                lines
                    .lowered_by
                    .extend(newer_by.filter(|_| newer_level.is_some_and(|newer| Some(newer) < level)));
            }
            if content.get("reasons").is_some() {
                lines.rested_on.extend(evidence(&content));
                if lines.basis.is_null() {
                    lines.basis = content.clone();
                }
            }
            if place == 0 {
                lines.own = content;
            } else if lines.above.is_null() && stands_higher(&content, &lines.own) {
                lines.above = content;
            }
        }
        Ok(AlertLines { named: reader.named(), ..lines })
    }
}

/// True where a condition's line has a higher level than another line.
fn stands_higher(line: &Value, than: &Value) -> bool {
    line.get("reasons").is_some() && level_of(than).is_some_and(|than| level_of(line) > Some(than))
}

fn level_of(line: &Value) -> Option<Level> {
    line["level"].as_str().and_then(Level::parse)
}
