//! Table `second_links`: one-time links by which people of the roster, who have no account, answer as the second person.
//!
//! A link is made when its message goes out, bound to the browser that first opens it, and closed by one answer.

use crate::alert::{Actor, advance, advance_by_person};
use crate::error::StoreError;
use crate::sql::{self, Bulk, Cell, Column, Connection, SqlRow, table_row};
use crate::store::{Store, in_transaction};
use crate::table::alerts::{self, ActContext, AlertDetail, RequestAnswer};
use crate::table::outbox::OutboxQueue;
use async_recursion::async_recursion as boxed;
use domain::alert::withdrawal::{END_REQUESTED, WithdrawalRequest};
use domain::alert::{Act, ActRefusal, Alert, HistoryEntry, SecondAnswer, transition};
use domain::author::StampedAuthor;
use domain::effect::Incident;
use domain::evidence::second_person::SECOND_WITHIN;
use domain::kind::Level;
use domain::place::Code;
use domain::report::ReportName;
use domain::time::Time;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::{Display, Formatter};

/// What a link's person is asked to join.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LinkRequest {
    /// What one person of the desk asks for by this record.
    Record(ReportName),
    /// The end of an alert, asked for by the line of its history with this version.
    End { alert: String, version: u32 },
}

impl LinkRequest {
    /// Reads what is printed of a request.
    pub fn parse(text: &str) -> Option<LinkRequest> {
        let Some(end) = text.strip_prefix("end/") else {
            return ReportName::parse(text).map(LinkRequest::Record);
        };
        let (alert, version) = end.rsplit_once('/')?;
        Some(LinkRequest::End { alert: alert.to_owned(), version: version.parse().ok()? })
    }
}

impl Display for LinkRequest {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            LinkRequest::Record(name) => name.fmt(f),
            LinkRequest::End { alert, version } => write!(f, "end/{alert}/{version}"),
        }
    }
}

impl Column for LinkRequest {
    fn read(row: &SqlRow, at: usize) -> Result<LinkRequest, StoreError> {
        sql::word(row, at, LinkRequest::parse)
    }
    fn cell(&self) -> Cell {
        Cell::Text(self.to_string())
    }
    fn null() -> Cell {
        Cell::MaybeText(None)
    }
}

/// Why a request to end an alert does not wait any more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RequestFate {
    /// The alert has ended, by whomever.
    Ended,
    /// Who asked cancelled it.
    Cancelled,
    /// Another request took its place.
    Replaced,
    /// The alert rose or came back, of which who asked knew nothing.
    Dropped,
    /// A day passed.
    Lapsed,
}

impl RequestFate {
    /// By the history of the alert, of which the line of this version asks until `lapses_at`.
    fn of(AlertDetail { alert, history }: &AlertDetail, (version, lapses_at): (u32, Time)) -> RequestFate {
        let level = |entry: &HistoryEntry| {
            let content: Value = serde_json::from_str(&entry.content).unwrap_or_default();
            content["level"].as_str().and_then(Level::parse)
        };
        let asked_at = history.iter().find(|entry| entry.version == version).and_then(level);
        let mut cleared = false;
        for entry in history.iter().filter(|entry| entry.version > version) {
            match entry.act.as_str() {
                _ if entry.at >= lapses_at => return RequestFate::Lapsed,
                "cancel_request" => return RequestFate::Cancelled,
                "withdraw_lapsed" => return RequestFate::Lapsed,
                "withdraw" | "withdrawn" | "resolve" => return RequestFate::Ended,
                END_REQUESTED => return RequestFate::Replaced,
                "cleared" => cleared = true,
                "raised" | "changed" | "raised_since" if cleared || level(entry) > asked_at => {
                    return RequestFate::Dropped;
                }
                _ => {}
            }
        }
        if alert.state.is_live() { RequestFate::Lapsed } else { RequestFate::Ended }
    }
}

/// The end of an alert that one person asked for and that waits for a second.
#[derive(Clone, PartialEq, Debug)]
pub struct AskedEnd {
    pub alert: Alert,
    pub request: WithdrawalRequest,
    /// Why it is asked for.
    pub reason: String,
    /// Who did not agree, or could not judge, so far.
    pub answers: Vec<RequestAnswer>,
}

/// The request of the alert that the line of this version made, where it waits at `now`. `newest`: the version of the alert's newest
/// line that asks for its end; an earlier one lapsed or is settled.
fn waiting(alert: &Alert, (version, newest): (u32, Option<u32>), now: Time) -> Option<&WithdrawalRequest> {
    alert.withdrawal_waits(now).filter(|_| newest == Some(version))
}

table_row! {
    /// A link for one person, one request and one answer.
    pub struct SecondLink in "second_links", key 1 {
        pub token_hash: [u8; 32],
        pub regency: Code,
        /// What it asks for.
        pub request: LinkRequest,
        /// Whose link it is, by the roster's key.
        pub person: String,
        /// When the request lapses.
        pub expires_at: Time,
        /// Of what the browser holds that it was first opened in; `None` before.
        pub browser_hash: Option<[u8; 32]>,
        /// What was answered by it; it is spent then.
        pub answer: Option<SecondAnswer>,
    }
}

impl Store {
    /// Keeps a link before its message goes out; the same again changes nothing. One with another token takes the place of
    /// the person's earlier one for this request as long as nobody opened that. False where the message must not carry it:
    /// the person has answered, or has opened another.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn issue_second_link(&self, link: &SecondLink) -> Result<bool, StoreError> {
        in_transaction!(self, tx => issue(&mut tx, link).await)
    }

    /// The link with the token of this hash.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn second_link(&self, token_hash: &[u8; 32]) -> Result<Option<SecondLink>, StoreError> {
        let query = sql::query(format!("{} token_hash = $1", sql::select::<SecondLink>()));
        let rows = query.bind(token_hash.to_vec()).fetch_all(&self.readers).await?;
        Ok(sql::read_all(&rows)?.into_iter().next())
    }

    /// Binds a link to the browser that opens it first; false where another was first or it is spent.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn bind_second_link(
        &self,
        token_hash: &[u8; 32],
        browser_hash: &[u8; 32],
    ) -> Result<bool, StoreError> {
        const BIND: &str = "UPDATE second_links SET browser_hash = $1 \
             WHERE token_hash = $2 AND browser_hash IS NULL AND answer IS NULL";
        let bind = sql::query(BIND).bind(browser_hash.to_vec()).bind(token_hash.to_vec());
        Ok(self.execute(bind).await? == 1)
    }

    /// Closes a link with its answer and writes that into the history of the live alert about the incident, where there is
    /// one. False where it was spent before.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn answer_second_link<'a>(
        &'a self,
        link: &'a SecondLink,
        (incident, answer): (&'a Incident, SecondAnswer),
        by: Actor<'a>,
    ) -> Result<bool, StoreError> {
        let first = in_transaction!(self, tx => close(&mut tx, link, (incident, answer), &by).await)?;
        if first && answer != SecondAnswer::Agreed {
            self.wake_outbox();
        }
        Ok(first)
    }

    /// The end of an alert that the line of this version asks for, where that still waits at `now`.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn asked_end(
        &self,
        alert: &str,
        version: u32,
        now: Time,
    ) -> Result<Option<AskedEnd>, StoreError> {
        let Some(AlertDetail { alert, history }) = self.alert(alert).await? else { return Ok(None) };
        let Some(newest) = history.iter().rev().find(|line| line.act == END_REQUESTED) else {
            return Ok(None);
        };
        let Some(request) = waiting(&alert, (version, Some(newest.version)), now).cloned() else {
            return Ok(None);
        };
        let mut answers = RequestAnswer::of_history(&history);
        answers.retain(|answer| answer.record.is_none());
        Ok(Some(AskedEnd { request, reason: newest.reason.clone(), answers, alert }))
    }

    /// What became of the request to end an alert that the line of this version made and that asked until `lapses_at`, where it does
    /// not wait any more; `None` where there is no such alert.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn fate_of_request(
        &self,
        alert: &str,
        request: (u32, Time),
    ) -> Result<Option<RequestFate>, StoreError> {
        Ok(self.alert(alert).await?.map(|detail| RequestFate::of(&detail, request)))
    }

    /// When a link was answered, as far as a history says so: an answer to a record has a line only where an alert stood.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn answered_at(&self, link: &SecondLink) -> Result<Option<Time>, StoreError> {
        const OF_END: &str =
            "SELECT MIN(at) FROM alert_history WHERE alert = $1 AND version > $2 AND actor = $3";
        const OF_RECORD: &str = "SELECT MIN(h.at) FROM (SELECT id FROM alerts WHERE live = 1 AND regency = $1 UNION ALL \
             SELECT id FROM alerts WHERE live = 0 AND regency = $1 AND changed_at >= $2) a \
             JOIN alert_history h ON h.alert = a.id WHERE h.actor = $3 \
             AND h.act IN ('second_agreed', 'second_declined', 'second_unjudged') AND h.content LIKE $4";
        let query = match &link.request {
            LinkRequest::End { alert, version } => {
                sql::query(OF_END).bind(alert.clone()).bind(i64::from(*version)).bind(link.person.clone())
            }
            LinkRequest::Record(name) => {
                let since = link.expires_at.plus(-SECOND_WITHIN);
                let query = sql::query(OF_RECORD).bind_all([link.regency.cell(), since.cell()]);
                query.bind(link.person.clone()).bind(format!("%{name}%"))
            }
        };
        let rows = query.fetch_all(&self.readers).await?;
        let at = rows.first().map(|row| sql::get::<Option<i64>>(row, 0)).transpose()?.flatten();
        Ok(at.map(Time))
    }

    /// Closes a link with its answer to the request to end an alert: who agrees ends it as the second person, any other answer
    /// is a line of its history. What the rules refuse leaves the link open; `None` where it was spent before or the request
    /// does not wait any more.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn answer_end_link<'a>(
        &'a self,
        link: &'a SecondLink,
        (answer, author): (SecondAnswer, &'a StampedAuthor),
        by: Actor<'a>,
    ) -> Result<Option<Result<Alert, ActRefusal>>, StoreError> {
        let done = in_transaction!(self, tx => end(&mut tx, link, (answer, author), &by).await)?;
        if let Some(Ok(_)) = &done {
            self.wake_outbox();
        }
        Ok(done)
    }

    /// Forgets the links that expired before an instant; returns how many.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn forget_second_links(&self, before: Time) -> Result<u64, StoreError> {
        self.execute(sql::query("DELETE FROM second_links WHERE expires_at < $1").bind(before.0)).await
    }
}

async fn issue(tx: &mut Connection<'_>, link: &SecondLink) -> Result<bool, StoreError> {
    let own = format!("{} regency = $1 AND request = $2 AND person = $3", sql::select::<SecondLink>());
    let key = [link.regency.cell(), link.request.cell(), link.person.cell()];
    let rows = sql::query(own).bind_all(key.clone()).fetch_all(&mut *tx).await?;
    if let Some(earlier) = sql::read_all::<SecondLink>(&rows)?.first() {
        let same = earlier.token_hash == link.token_hash;
        if same || earlier.answer.is_some() || earlier.browser_hash.is_some() {
            return Ok(same && earlier.answer.is_none());
        }
        const DROP: &str = "DELETE FROM second_links WHERE regency = $1 AND request = $2 AND person = $3";
        sql::query(DROP).bind_all(key).execute(&mut *tx).await?;
    }
    Bulk::insert::<SecondLink>().run_rows(tx, [link.clone()]).await?;
    Ok(true)
}

async fn close(
    tx: &mut Connection<'_>,
    link: &SecondLink,
    (incident, answer): (&Incident, SecondAnswer),
    by: &Actor<'_>,
) -> Result<bool, StoreError> {
    if !spend(tx, link, answer).await? {
        return Ok(false);
    }
    let (code, kind) = (incident.place.code, incident.kind);
    let Some(alert) = alerts::live_at(tx, &BTreeSet::from([code])).await?.remove(&(code, kind)) else {
        return Ok(true);
    };
    let verification = match &link.request {
        LinkRequest::Record(name) => Some(*name),
        LinkRequest::End { .. } => None,
    };
    let act = Act::AnswerSecond { answer, verification };
    let context = ActContext::by_person(*by);
    if let Ok(next) = transition(&alert, &act, None, by.reason, by.at) {
        let mut outbox = OutboxQueue::default();
        advance(tx, &alert, next, &act, &context, &mut outbox).await?;
        outbox.write(tx).await?;
    }
    Ok(true)
}

/// False where the link was spent before.
async fn spend(tx: &mut Connection<'_>, link: &SecondLink, answer: SecondAnswer) -> Result<bool, StoreError> {
    const CLOSE: &str = "UPDATE second_links SET answer = $1 WHERE token_hash = $2 AND answer IS NULL";
    let close = sql::query(CLOSE).bind(answer.as_str().to_owned()).bind(link.token_hash.to_vec());
    Ok(close.execute(tx).await? > 0)
}

async fn end(
    tx: &mut Connection<'_>,
    link: &SecondLink,
    (answer, author): (SecondAnswer, &StampedAuthor),
    by: &Actor<'_>,
) -> Result<Option<Result<Alert, ActRefusal>>, StoreError> {
    const NEWEST: &str = "SELECT MAX(version) FROM alert_history WHERE alert = $1 AND act = $2";
    let LinkRequest::End { alert, version } = &link.request else { return Ok(None) };
    let Some(standing) = alerts::by_id(tx, alert).await? else { return Ok(None) };
    let newest = sql::query(NEWEST).bind(alert.clone()).bind(END_REQUESTED.to_owned());
    let newest: Option<i64> = sql::get(&newest.fetch_one(&mut *tx).await?, 0)?;
    let newest = newest.and_then(|newest| u32::try_from(newest).ok());
    let Some(request) = waiting(&standing, (*version, newest), by.at) else { return Ok(None) };
    let act = match answer {
        SecondAnswer::Agreed => request.agreed_by(author.clone()),
        _ => Act::AnswerSecond { answer, verification: None },
    };
    let next = match transition(&standing, &act, None, by.reason, by.at) {
        Err(refusal) => return Ok(Some(Err(refusal))),
        Ok(next) if answer == SecondAnswer::Agreed && next.state.is_live() => {
            // It ends nothing: who answers is not known to be another person than who asked.
            return Ok(Some(Err(ActRefusal::SamePerson { lapses_at: request.lapses_at() })));
        }
        Ok(next) => next,
    };
    if !spend(tx, link, answer).await? {
        return Ok(None);
    }
    let context = ActContext::by_person(*by);
    let change = advance_by_person(tx, &standing, next, &act, &context).await?;
    Ok(Some(Ok(change.alert)))
}
