//! Answers by one-time link that agree to nothing, as the histories of live alerts have them.

use super::AlertHistoryRow;
use crate::error::StoreError;
use crate::sql::{self, Column, SqlStatement};
use crate::store::Store;
use async_recursion::async_recursion as boxed;
use domain::alert::withdrawal::END_REQUESTED;
use domain::alert::{HistoryEntry, SecondAnswer};
use domain::place::Code;
use domain::report::ReportName;
use domain::time::Time;
use serde_json::Value;

/// What somebody answered by a one-time link who does not agree, or cannot judge.
#[derive(Clone, PartialEq, Debug)]
pub struct RequestAnswer {
    pub alert: String,
    pub at: Time,
    /// Key of the roster.
    pub person: String,
    pub answer: SecondAnswer,
    pub reason: String,
    /// The record that asks; `None`: the newest request to end the alert.
    pub record: Option<ReportName>,
}

impl RequestAnswer {
    /// The answers in a history to what still may wait, oldest first: those to single records, and those to the newest request to
    /// end the alert.
    pub fn of_history(history: &[HistoryEntry]) -> Vec<RequestAnswer> {
        let mut answers: Vec<RequestAnswer> = Vec::new();
        for entry in history {
            if entry.act == END_REQUESTED {
                answers.retain(|answer| answer.record.is_some());
            }
            let answer = entry.act.strip_prefix("second_").and_then(SecondAnswer::parse);
            let Some(answer) = answer.filter(|answer| *answer != SecondAnswer::Agreed) else { continue };
            let content: Value = serde_json::from_str(&entry.content).unwrap_or_default();
            answers.push(RequestAnswer {
                alert: entry.alert.clone(),
                at: entry.at,
                person: entry.actor.clone(),
                answer,
                reason: entry.reason.clone(),
                record: content["verification"].as_str().and_then(ReportName::parse),
            });
        }
        answers
    }
}

impl Store {
    /// What was answered without agreeing about live alerts of these regencies, to what still may wait.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn request_answers(&self, regencies: &[Code]) -> Result<Vec<RequestAnswer>, StoreError> {
        let head = format!(
            "SELECT {} FROM alerts a JOIN alert_history h ON h.alert = a.id WHERE a.live = 1 AND",
            sql::columns::<AlertHistoryRow>("h.")
        );
        let mut select = SqlStatement::new(&head);
        select.add_in("a.regency", regencies.iter().map(Column::cell).collect());
        select.add(" AND h.act IN ('second_declined', 'second_unjudged', 'withdraw_requested')", []);
        select.add(" ORDER BY h.alert, h.version", []);
        let rows: Vec<AlertHistoryRow> = sql::read_all(&select.fetch_all(&self.readers).await?)?;
        let entries: Vec<HistoryEntry> = rows.into_iter().map(AlertHistoryRow::entry).collect();
        let of_alerts = entries.chunk_by(|one, other| one.alert == other.alert);
        Ok(of_alerts.flat_map(RequestAnswer::of_history).collect())
    }
}
