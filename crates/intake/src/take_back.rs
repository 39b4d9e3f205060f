//! Imports are listed and taken back as one: a retraction by the same feed for each report that was new, in order, through the
//! one writer of the log.

use crate::feed_identity::FeedIdentity;
use crate::log_writer::LogWriter;
use crate::submit::SubmitResult;
use async_recursion::async_recursion as boxed;
use domain::kind::Outcome;
use domain::place::{Code, Zone};
use domain::report::{FeedId, ReportId, ReportName};
use domain::time::{MINUTE, Time};
use formats::archive::Refusals;
use formats::spreadsheet::report::{instant_text, withdrawal_id};
use serde_json::{Map, Value};
use std::fmt;
use std::time::{Duration, Instant};
use store::{ImportRow, ImportedReport, ReportKey, Store, StoreError};

/// Why an import is not taken back.
#[derive(Debug, thiserror::Error)]
pub enum TakeBackError {
    #[error("there is no import {0}; `kentongan imports list` names them")]
    Unknown(i64),
    #[error("say why, for those who read of it: --reason \"wrong file\"")]
    NoReason,
    #[error(
        "the feed '{0}' is disabled, so nothing can be sent for it; `kentongan feed resume {0}` lets it in again"
    )]
    Disabled(String),
    #[error("import {number} was taken back already, by {by}: {reason}; {state}")]
    Already { number: i64, by: String, reason: String, state: WithdrawalState },
    #[error(
        "taking back import {number} after {count} reports; call it again, what is taken back counts once"
    )]
    Log { number: i64, count: u64, source: StoreError },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl TakeBackError {
    /// True where the caller can mend it.
    pub fn is_call(&self) -> bool {
        !matches!(self, TakeBackError::Log { .. } | TakeBackError::Store(_))
    }
}

/// What became of the reports of an import.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct WithdrawalState {
    pub reports: u64,
    /// They stand no longer.
    pub withdrawn: u64,
    /// Taken back by the feed, and standing until a second person agrees.
    pub waiting: u64,
    /// Taken back in the log, from which the service has not read it yet.
    pub coming: u64,
}

impl fmt::Display for WithdrawalState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let WithdrawalState { reports, withdrawn, waiting, coming } = self;
        write!(f, "of {reports} reports {withdrawn} are withdrawn")?;
        if *waiting > 0 {
            write!(f, ", {waiting} stand until a second person of the desk rejects them too (see /laporan)")?;
        }
        if *coming > 0 {
            write!(
                f,
                ", {coming} wait in the log for the service (`kentongan imports list` shows how far it is)"
            )?;
        }
        Ok(())
    }
}

/// An import that was taken back.
pub struct WithdrawnImport {
    pub import: ImportRow,
    pub state: WithdrawalState,
    /// Retractions that became dead letters.
    pub refusals: Refusals,
}

impl WithdrawnImport {
    /// What became of the reports as soon as a service that runs has read all retractions; one that does not read on is not
    /// waited for.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn settle(&mut self, store: &Store) -> Result<(), StoreError> {
        let mut moved_at = Instant::now();
        while self.state.coming > 0 && moved_at.elapsed() < PATIENCE {
            tokio::time::sleep(ASK_AGAIN).await;
            let next = import_state(store, &self.import).await?;
            if next.coming < self.state.coming {
                moved_at = Instant::now();
            }
            self.state = next;
        }
        Ok(())
    }
}

impl fmt::Display for WithdrawnImport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ImportRow { number, file_name, feed, .. } = &self.import;
        write!(f, "import {number} ('{file_name}' of '{feed}') is taken back: {}", self.state)?;
        match self.refusals.total() {
            0 => Ok(()),
            some => write!(f, "; {some} retractions are dead letters ({})", self.refusals.words()),
        }
    }
}

/// How long a service that reads nothing of the log is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
const ASK_AGAIN: Duration = Duration::from_millis(200);

/// Takes every report back that was new in an import, and none that was here before. What others of the desk confirmed stands
/// until a second person agrees, as with any retraction of a source.
///
/// # Errors
/// Where there is no such import or it was taken back, no reason is given, its feed is disabled, or the log or the store cannot
/// be written: what was taken back before stays so, and a second call goes on.
#[boxed]
pub async fn take_back(
    writer: &LogWriter,
    number: i64,
    (account, reason): (&str, &str),
) -> Result<WithdrawnImport, TakeBackError> {
    let store = writer.store();
    let mut import = store.import(number).await?.ok_or(TakeBackError::Unknown(number))?;
    if import.taken_back_at.is_some() {
        let (by, reason) = (import.taken_back_by.clone(), import.reason.clone());
        let state = import_state(store, &import).await?;
        return Err(TakeBackError::Already { number, by, reason, state });
    }
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(TakeBackError::NoReason);
    }
    let feed = writer.registered_feed(&import.feed).await?;
    let feed = feed.ok_or_else(|| TakeBackError::Disabled(import.feed.clone()))?;
    writer.remember_waiting().await?;
    let (mut part, mut count, mut refusals) = (0, 0, Refusals::default());
    while let Some(mut reports) = store.imported_part(number, part).await? {
        if import.ended_at.is_none() && count as i64 + reports.len() as i64 > import.reports {
            // The program ended while these went into the log.
            reports = arrived(writer, &feed, reports).await?;
            store.put_imported_part(number, part, &reports).await?;
        }
        let records = reports.iter().map(|report| retraction(&feed, report, reason, writer)).collect();
        let failed = |source| TakeBackError::Log { number, count, source };
        for result in writer.append(&feed, records).await.map_err(failed)? {
            count += 1;
            if let SubmitResult::Rejected(refusal) = result {
                refusals.note(count, None, refusal);
            }
        }
        part += 1;
    }
    import.taken_back_at = Some(writer.now());
    (import.taken_back_by, import.reason) = (account.to_owned(), reason.to_owned());
    store.put_import(&import).await?;
    let state = import_state(store, &import).await?;
    Ok(WithdrawnImport { import, state, refusals })
}

/// Those of some reports that are in the log or the state.
async fn arrived(
    writer: &LogWriter,
    feed: &FeedIdentity,
    reports: Vec<ImportedReport>,
) -> Result<Vec<ImportedReport>, StoreError> {
    let feed = FeedId::of(feed.name());
    let key = |report: &ImportedReport| ReportKey {
        regency: report.place.code.regency(),
        id: ReportName { id: report.id, feed },
    };
    let keys: Vec<ReportKey> = reports.iter().map(key).collect();
    let known = writer.known(&keys).await?;
    Ok(reports.into_iter().filter(|report| known.contains(&key(report))).collect())
}

fn retraction(feed: &FeedIdentity, report: &ImportedReport, reason: &str, writer: &LogWriter) -> Vec<u8> {
    let mut fields = Map::new();
    let mut put = |name: &str, value: String| fields.insert(name.to_owned(), Value::String(value));
    put("report_id", withdrawal_id(report.id).to_string());
    put("feed", feed.class().as_str().to_owned());
    put("district", report.place.code.to_string());
    if report.place.village > 0 {
        put("village", report.place.to_string());
    }
    put("reported_at", instant_text(writer.now(), Zone::of(report.place.code)));
    put("retracts", report.id.to_string());
    put("summary", reason.to_owned());
    Value::Object(fields).to_string().into_bytes()
}

/// What became of an import's reports by now; `coming` counts only where it was taken back.
///
/// # Errors
/// Where the store cannot be read.
pub async fn import_state(store: &Store, import: &ImportRow) -> Result<WithdrawalState, StoreError> {
    let (mut state, mut part) = (WithdrawalState::default(), 0);
    while let Some(reports) = store.imported_part(import.number, part).await? {
        part += 1;
        let reports: Vec<(ReportId, Code)> =
            reports.iter().map(|report| (report.id, report.place.code.regency())).collect();
        let own = WithdrawalState::of(store, &import.feed, &reports).await?;
        state.reports += own.reports;
        state.withdrawn += own.withdrawn;
        state.waiting += own.waiting;
        state.coming += if import.taken_back_at.is_some() { own.coming } else { 0 };
    }
    Ok(state)
}

impl WithdrawalState {
    /// What became by now of reports of a feed, each with its regency, that were taken back as [`withdrawal_id`] names it.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn of(
        store: &Store,
        feed: &str,
        reports: &[(ReportId, Code)],
    ) -> Result<WithdrawalState, StoreError> {
        let feed = FeedId::of(feed);
        let both = |id: ReportId| [id, withdrawal_id(id)].map(|id| ReportName { id, feed });
        let names: Vec<ReportName> = reports.iter().flat_map(|(id, _)| both(*id)).collect();
        let outcomes = store.outcomes(&names).await?;
        let mut state = WithdrawalState { reports: reports.len() as u64, ..WithdrawalState::default() };
        for (id, regency) in reports {
            let [own, withdrawal] = both(*id).map(|id| outcomes.get(&ReportKey { regency: *regency, id }));
            match (own, withdrawal) {
                (Some(Some(Outcome::Retracted | Outcome::Superseded)), _) => state.withdrawn += 1,
                (_, Some(_)) => state.waiting += 1,
                (_, None) => state.coming += 1,
            }
        }
        Ok(state)
    }
}

/// The last imports in words, the newest first.
///
/// # Errors
/// Where the store cannot be read.
pub async fn list(store: &Store) -> Result<Vec<String>, StoreError> {
    let mut lines = Vec::new();
    for import in store.imports(None).await? {
        let ImportRow { number, account, feed, file_name, records, reports, .. } = &import;
        let at = instant_text(Time(import.began_at.0 / MINUTE * MINUTE), Zone::Wib);
        let ended = if import.ended_at.is_none() { ", cut off" } else { "" };
        let became = match import.taken_back_at {
            None => String::new(),
            Some(_) => {
                let state = import_state(store, &import).await?;
                format!("; taken back by {} ({}): {state}", import.taken_back_by, import.reason)
            }
        };
        lines.push(format!(
            "{number}  {at}  {account}  '{file_name}' of '{feed}': {records} records, {reports} new reports{ended}{became}"
        ));
    }
    Ok(lines)
}
