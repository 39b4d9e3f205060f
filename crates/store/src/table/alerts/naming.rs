//! The lines of an alert's history that name an incident, whatever it was called then.

use super::line::{gives_reasons, is_condition, names_incidents};
use super::named::evidence;
use super::reasons_of_json;
use super::stood::names_of;
use crate::error::StoreError;
use crate::sql::{self, Connection, get};
use crate::table::reports::ReportKey;
use domain::effect::ConditionReason;
use domain::kind::Level;
use domain::report::ReportName;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A line that names an incident.
#[derive(Clone)]
pub(crate) struct NamingLine {
    pub version: u32,
    pub act: String,
    /// True where the alert rests on what it names.
    pub is_basis: bool,
}

impl NamingLine {
    /// True where what it names came in after the alert's place had been answered, or opened it.
    pub fn came_in(&self) -> bool {
        ["reopened", "new_incident"].contains(&self.act.as_str())
    }
}

/// The histories of alerts as far as a transaction has read them, so that it reads no line twice.
#[derive(Default)]
pub(crate) struct ReadHistories(BTreeMap<String, ReadHistory>);

#[derive(Default)]
struct ReadHistory {
    /// The version of the last line that was read.
    last: u32,
    naming: BTreeMap<ReportName, Vec<NamingLine>>,
    basis: Arc<AlertBasis>,
}

/// What the lines of conditions say of an alert's ground.
#[derive(Clone, Default)]
pub(crate) struct AlertBasis {
    /// The incidents that the newest of them names.
    pub evidence: Vec<ReportName>,
    /// The reports by which the lines came about.
    pub brought_by: Vec<ReportName>,
    /// The newest reasons of an incident, of lines that name no other.
    pub reasons: BTreeMap<ReportName, Vec<ConditionReason>>,
    /// The one incident that the newest of them names, where it names no other, and what the alert stands at by that.
    pub sole: Option<(ReportName, WrittenLevel)>,
}

/// A level, and whether nobody affirms as much as that takes, as a line says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct WrittenLevel {
    pub level: Level,
    pub unverified: bool,
}

impl WrittenLevel {
    fn of(content: &Value) -> Option<WrittenLevel> {
        let level = Level::parse(content["level"].as_str()?)?;
        Some(WrittenLevel { level, unverified: content["unverified"].as_bool()? })
    }
}

impl ReadHistories {
    /// The lines that name one of these incidents, the first first; called before the commit's reports are written.
    pub async fn lines_naming(
        &mut self,
        tx: &mut Connection<'_>,
        alert: &str,
        incidents: &[ReportKey],
    ) -> Result<Vec<NamingLine>, StoreError> {
        let names = names_of(tx, incidents).await?;
        self.lines_with(tx, alert, &names).await
    }

    /// The lines that name an incident by one of these names, the first first.
    pub async fn lines_with(
        &mut self,
        tx: &mut Connection<'_>,
        alert: &str,
        names: &BTreeSet<ReportName>,
    ) -> Result<Vec<NamingLine>, StoreError> {
        let history = self.0.entry(alert.to_owned()).or_default();
        history.read_on(tx, alert).await?;
        let lines = names.iter().filter_map(|name| history.naming.get(name)).flatten();
        let lines: BTreeMap<u32, &NamingLine> = lines.map(|line| (line.version, line)).collect();
        Ok(lines.into_values().cloned().collect())
    }

    /// What the alert's lines of conditions say.
    pub async fn basis(
        &mut self,
        tx: &mut Connection<'_>,
        alert: &str,
    ) -> Result<Arc<AlertBasis>, StoreError> {
        let history = self.0.entry(alert.to_owned()).or_default();
        history.read_on(tx, alert).await?;
        Ok(Arc::clone(&history.basis))
    }

    /// True where one of the lines read so far says that an incident with one of these names came in.
    pub fn came_in(&self, alert: &str, names: &BTreeSet<ReportName>) -> bool {
        let history = self.0.get(alert);
        let lines = |name| history.and_then(|history| history.naming.get(name)).into_iter().flatten();
        names.iter().flat_map(lines).any(NamingLine::came_in)
    }
}

impl ReadHistory {
    async fn read_on(&mut self, tx: &mut Connection<'_>, alert: &str) -> Result<(), StoreError> {
        const LINES: &str = "SELECT version, act, content FROM alert_history WHERE alert = $1 AND version > $2 ORDER BY version";
        let lines = sql::query(LINES).bind(alert.to_owned()).bind(i64::from(self.last));
        for row in lines.fetch_all(tx).await? {
            self.last = sql::small(&row, 0)?;
            // A lawful deletion leaves a content empty.
            let content: Value = serde_json::from_str(&get::<String>(&row, 2)?).unwrap_or_default();
            let act: String = get(&row, 1)?;
            let is_basis = names_incidents(&act, &content);
            Arc::make_mut(&mut self.basis).take(&content);
            for name in evidence(&content) {
                let line = NamingLine { version: self.last, act: act.clone(), is_basis };
                self.naming.entry(name).or_default().push(line);
            }
        }
        Ok(())
    }
}

impl AlertBasis {
    fn take(&mut self, content: &Value) {
        self.brought_by.extend(content["by"].as_str().and_then(ReportName::parse));
        if !is_condition(content) {
            return;
        }
        self.evidence = evidence(content).collect();
        self.sole = None;
        if let [sole] = self.evidence[..] {
            self.sole = WrittenLevel::of(content).map(|written| (sole, written));
            if gives_reasons(content) {
                self.reasons.insert(sole, reasons_of_json(&content["reasons"].to_string()));
            }
        }
    }
}
