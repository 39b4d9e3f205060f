//! Answers by one-time link that agree to nothing, and requests that lapsed, as the histories of live alerts have them.

use super::AlertHistoryRow;
use crate::error::StoreError;
use crate::sql::{self, Cell, Column, SqlStatement};
use crate::store::Store;
use async_recursion::async_recursion as boxed;
use domain::alert::withdrawal::END_REQUESTED;
use domain::alert::{AlertOutcome, HistoryEntry, SecondAnswer};
use domain::author::StampedAuthor;
use domain::evidence::second_person::SECOND_WITHIN;
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

/// A request for a second person that nobody joined within its day.
#[derive(Clone, PartialEq, Debug)]
pub struct LapsedRequest {
    pub alert: String,
    /// When its day was over; of a record when that was written down.
    pub at: Time,
    /// The record that asked; `None`: to end the alert.
    pub record: Option<ReportName>,
    /// Who asked to end the alert, and as what; nobody where a record asked.
    pub asked_by: StampedAuthor,
    pub outcome: Option<AlertOutcome>,
}

impl LapsedRequest {
    /// The lapsed requests of a history since then, oldest first, but for those to end the alert that another one followed.
    pub fn of_history(history: &[HistoryEntry], since: Time) -> Vec<LapsedRequest> {
        let mut lapsed: Vec<LapsedRequest> = Vec::new();
        let mut asked = (StampedAuthor::default(), None, None);
        for entry in history {
            let content: Value = serde_json::from_str(&entry.content).unwrap_or_default();
            if entry.act == END_REQUESTED {
                lapsed.retain(|request| request.record.is_some());
                let word = |key: &str| content["asker"][key].as_str().unwrap_or_default();
                let outcome = content["outcome"].as_str().and_then(AlertOutcome::parse);
                let over = Some(entry.at.plus(SECOND_WITHIN));
                asked = (StampedAuthor::of_desk(word("account"), word("person")), outcome, over);
            }
            if !["withdraw_lapsed", "second_lapsed"].contains(&entry.act.as_str()) || entry.at < since {
                continue;
            }
            let record = content["verification"].as_str().and_then(ReportName::parse);
            let (asked_by, outcome, over) = if record.is_none() { asked.clone() } else { Default::default() };
            lapsed.push(LapsedRequest {
                alert: entry.alert.clone(),
                at: over.unwrap_or(entry.at),
                record,
                asked_by,
                outcome,
            });
        }
        lapsed
    }
}

impl Store {
    /// The requests about live alerts of these regencies that lapsed since then and may still be missed.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn lapsed_requests(
        &self,
        regencies: &[Code],
        since: Time,
    ) -> Result<Vec<LapsedRequest>, StoreError> {
        const ACTS: [&str; 3] = ["withdraw_lapsed", "second_lapsed", END_REQUESTED];
        let histories = self.live_histories(regencies, &ACTS).await?;
        let of_alerts = histories.chunk_by(|one, other| one.alert == other.alert);
        Ok(of_alerts.flat_map(|history| LapsedRequest::of_history(history, since)).collect())
    }

    /// What was answered without agreeing about live alerts of these regencies, to what still may wait.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn request_answers(&self, regencies: &[Code]) -> Result<Vec<RequestAnswer>, StoreError> {
        const ACTS: [&str; 3] = ["second_declined", "second_unjudged", END_REQUESTED];
        let entries = self.live_histories(regencies, &ACTS).await?;
        let of_alerts = entries.chunk_by(|one, other| one.alert == other.alert);
        Ok(of_alerts.flat_map(RequestAnswer::of_history).collect())
    }

    /// The lines of these acts in the histories of live alerts of these regencies, alert by alert, oldest first.
    async fn live_histories(
        &self,
        regencies: &[Code],
        acts: &[&str],
    ) -> Result<Vec<HistoryEntry>, StoreError> {
        let head = format!(
            "SELECT {} FROM alerts a JOIN alert_history h ON h.alert = a.id WHERE a.live = 1 AND",
            sql::columns::<AlertHistoryRow>("h.")
        );
        let mut select = SqlStatement::new(&head);
        select.add_in("a.regency", regencies.iter().map(Column::cell).collect()).add(" AND", []);
        select.add_in("h.act", acts.iter().map(|act| Cell::Text((*act).to_owned())).collect());
        select.add(" ORDER BY h.alert, h.version", []);
        let rows: Vec<AlertHistoryRow> = sql::read_all(&select.fetch_all(&self.readers).await?)?;
        Ok(rows.into_iter().map(AlertHistoryRow::entry).collect())
    }
}
