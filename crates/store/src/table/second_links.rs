//! Table `second_links`: one-time links by which people of the roster, who have no account, answer as the second person.
//!
//! A link is made when its message goes out, bound to the browser that first opens it, and closed by one answer.

use crate::alert::{Actor, advance};
use crate::error::StoreError;
use crate::sql::{self, Bulk, Column, Connection, table_row};
use crate::store::{Store, in_transaction};
use crate::table::alerts::{self, ActContext};
use crate::table::outbox::OutboxQueue;
use async_recursion::async_recursion as boxed;
use domain::alert::{Act, SecondAnswer, transition};
use domain::effect::Incident;
use domain::place::Code;
use domain::report::ReportName;
use domain::time::Time;
use std::collections::BTreeSet;

table_row! {
    /// A link for one person, one request and one answer.
    pub struct SecondLink in "second_links", key 1 {
        pub token_hash: [u8; 32],
        pub regency: Code,
        /// The record that asks.
        pub verification: ReportName,
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
        in_transaction!(self, tx => close(&mut tx, link, (incident, answer), &by).await)
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
    let own = format!("{} regency = $1 AND verification = $2 AND person = $3", sql::select::<SecondLink>());
    let key = [link.regency.cell(), link.verification.cell(), link.person.cell()];
    let rows = sql::query(own).bind_all(key.clone()).fetch_all(&mut *tx).await?;
    if let Some(earlier) = sql::read_all::<SecondLink>(&rows)?.first() {
        let same = earlier.token_hash == link.token_hash;
        if same || earlier.answer.is_some() || earlier.browser_hash.is_some() {
            return Ok(same && earlier.answer.is_none());
        }
        const DROP: &str =
            "DELETE FROM second_links WHERE regency = $1 AND verification = $2 AND person = $3";
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
    const CLOSE: &str = "UPDATE second_links SET answer = $1 WHERE token_hash = $2 AND answer IS NULL";
    let spend = sql::query(CLOSE).bind(answer.as_str().to_owned()).bind(link.token_hash.to_vec());
    if spend.execute(&mut *tx).await? == 0 {
        return Ok(false);
    }
    let (code, kind) = (incident.place.code, incident.kind);
    let Some(alert) = alerts::live_at(tx, &BTreeSet::from([code])).await?.remove(&(code, kind)) else {
        return Ok(true);
    };
    let act = Act::AnswerSecond { answer, verification: link.verification };
    let context = ActContext { actor: by.name, reason: by.reason, at: by.at };
    if let Ok(next) = transition(&alert, &act, None, by.reason, by.at) {
        advance(tx, &alert, next, &act, &context, &mut OutboxQueue::default()).await?;
    }
    Ok(true)
}
