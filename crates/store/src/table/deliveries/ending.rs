//! What a message may say of an alert's end: asked for, not agreed to, dropped or reached.

use crate::error::StoreError;
use crate::sql::{self, Column, SqlRow, get};
use crate::store::Store;
use crate::table::alerts;
use crate::table::outbox::OutboxItem;
use async_recursion::async_recursion as boxed;
use domain::alert::notice::AlertChangeKind;
use domain::alert::withdrawal::END_REQUESTED;
use domain::alert::{AlertOutcome, SecondAnswer};
use domain::author::{Author, StampedAuthor};
use domain::kind::Category;
use domain::report::ReportName;
use domain::time::Time;
use serde_json::Value;
use std::collections::BTreeSet;

/// What the history says of the end that an item is about.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct EndingFacts {
    /// How the alert ended, or is to end; `None` where a record asks for something else.
    pub outcome: Option<AlertOutcome>,
    /// Who asked for a second person, and by which account; empty where nobody had to be asked.
    pub asker: Option<Author>,
    pub asked_by: String,
    /// When that was asked, and by which version of the alert; `None` where a record asks, or nobody.
    pub asked_at: Option<(Time, u32)>,
    /// Why that was asked.
    pub asked_because: String,
    /// Why it ended, in the words of who did it; empty where the service did.
    pub because: String,
    /// No person ended it: what it rested on is gone.
    pub by_the_service: bool,
    /// The account or the roster's key of who did what the item is about.
    pub actor: String,
    /// The person who ended the alert; `None` where nobody did, or an earlier build did not write it down.
    pub ended_by: Option<Author>,
    /// What who was asked by a link answered.
    pub answer: Option<SecondAnswer>,
    /// The record that asks, where it is no end, and whether it takes something back.
    pub record: Option<ReportName>,
    pub takes_back: bool,
    /// Who asked cancelled the request.
    pub cancelled: bool,
    /// Another request took its place, which this person made.
    pub replaced_by: Option<Author>,
    /// What it rested on that its source took back, and when that happened, the gravest first.
    pub retracted: Vec<(Category, Time)>,
}

/// A line of the history.
struct Line {
    version: u32,
    at: Time,
    actor: String,
    act: String,
    reason: String,
    content: Value,
}

impl Line {
    fn outcome(&self) -> Option<AlertOutcome> {
        let named = self.content["outcome"].as_str().and_then(AlertOutcome::parse);
        named.or_else(|| matches!(self.act.as_str(), "withdraw" | "withdrawn").then_some(AlertOutcome::Void))
    }

    /// The account and the person that the line names under this key.
    fn author(&self, key: &str) -> Option<Author> {
        let named = self.content.get(key).filter(|named| named.is_object())?;
        let word = |key: &str| named[key].as_str().unwrap_or_default();
        Some(StampedAuthor::of_desk(word("account"), word("person")).desk_author())
    }
}

impl Store {
    /// What the item's line says of an end, and the request that it is about.
    pub(super) async fn ending(&self, item: &OutboxItem) -> Result<Option<EndingFacts>, StoreError> {
        use AlertChangeKind::{NotAgreed, RequestDropped, RequestLapsed, WithdrawalAsked};
        let about_requests = [NotAgreed, RequestDropped, RequestLapsed, WithdrawalAsked];
        if !item.change.is_end() && !about_requests.contains(&item.change) {
            return Ok(None);
        }
        let mut lines = self.line_and_requests(item).await?.into_iter();
        let Some(own) = lines.next().filter(|line| line.version == item.version) else { return Ok(None) };
        let record = own.content["verification"].as_str().and_then(ReportName::parse);
        let mut facts = EndingFacts {
            outcome: own.outcome(),
            answer: own.act.strip_prefix("second_").and_then(SecondAnswer::parse),
            by_the_service: own.actor == alerts::PIPELINE,
            actor: own.actor.clone(),
            ended_by: own.author("ended_by"),
            because: own.reason.clone(),
            cancelled: own.act == "cancel_request",
            record,
            ..EndingFacts::default()
        };
        if let Some(record) = record {
            if let Some(asked) = self.asked_second(item.code.regency(), record).await? {
                facts.asker = asked.asker();
                facts.asked_by = asked.asked_by();
                facts.takes_back = asked.takes_back;
            }
            return Ok(Some(facts));
        }
        if facts.by_the_service {
            facts.retracted = self.retracted_of(item, &own.content).await?;
        }
        let has_joined = own.content.get("joined").is_some();
        let is_void = item.change == RequestDropped && own.act == END_REQUESTED;
        if is_void {
            facts.replaced_by = own.author("asker");
            facts.outcome = None;
        }
        let asked = if own.act == END_REQUESTED && !is_void { Some(own) } else { lines.next() };
        // What one person ends alone was asked of nobody.
        if let Some(asked) = asked.filter(|_| !item.change.is_end() || has_joined) {
            facts.asked_by = asked.content["asker"]["account"].as_str().unwrap_or_default().to_owned();
            facts.asker = asked.author("asker");
            facts.asked_at = Some((asked.at, asked.version));
            facts.outcome = facts.outcome.or(asked.outcome());
            facts.asked_because = asked.reason;
        }
        Ok(Some(facts))
    }

    /// What a line rests on that its source took back.
    async fn retracted_of(
        &self,
        item: &OutboxItem,
        line: &Value,
    ) -> Result<Vec<(Category, Time)>, StoreError> {
        let names: Vec<ReportName> = alerts::evidence(line).take(alerts::INCIDENTS).collect();
        let reports = self.reports_named(item.code.regency(), &names).await?;
        let claims = alerts::retracted_claims(reports.values(), item.kind).into_iter();
        Ok(claims.map(|claim| (claim.category, claim.occurred_at)).collect())
    }

    /// The item's line, then the earlier requests to end the alert, the newest first.
    async fn line_and_requests(&self, item: &OutboxItem) -> Result<Vec<Line>, StoreError> {
        const LINES: &str = "SELECT version, at, actor, act, reason, content FROM alert_history WHERE alert = $1 \
             AND (version = $2 OR version < $2 AND act = $3) ORDER BY version DESC";
        let query = sql::query(LINES).bind(item.alert.clone()).bind(i64::from(item.version));
        let rows = query.bind(END_REQUESTED.to_owned()).fetch_all(&self.readers).await?;
        let line = |row: &SqlRow| -> Result<Line, StoreError> {
            Ok(Line {
                version: sql::small(row, 0)?,
                at: Time::read(row, 1)?,
                actor: get(row, 2)?,
                act: get(row, 3)?,
                reason: get(row, 4)?,
                // A lawful deletion leaves a content empty.
                content: serde_json::from_str(&get::<String>(row, 5)?).unwrap_or_default(),
            })
        };
        rows.iter().map(line).collect()
    }

    /// Keys of the people who were or may have been asked, by the line of this version, to agree to an alert's end.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn asked_to_end(&self, alert: &str, version: u32) -> Result<BTreeSet<String>, StoreError> {
        const ASKED: &str = "SELECT DISTINCT d.person FROM outbox o JOIN deliveries d ON d.outbox = o.id \
             WHERE o.alert = $1 AND o.version = $2 AND o.change = $3 AND d.id > 0 \
             AND (d.tries > 0 OR d.claims > 0 OR d.state IN ('sent', 'delivered', 'read'))";
        let query = sql::query(ASKED).bind(alert.to_owned()).bind(i64::from(version));
        let query = query.bind(AlertChangeKind::WithdrawalAsked.as_str());
        query.fetch_all(&self.readers).await?.iter().map(|row| get(row, 0)).collect()
    }
}
