//! Who has not got a message in time, and questions that nobody was to be asked: for the next channel, for the desk, and for sending it
//! again by hand.

use super::folded::ROSE;
use super::{Delivery, DeliveryState, Recipient, address};
use crate::delivery_failure::DeliveryFailure;
use crate::error::StoreError;
use crate::sql::{self, Cell, Connection, SqlRow, SqlStatement, TableRow, get};
use crate::store::{Store, in_transaction};
use crate::table::alerts;
use crate::table::outbox::{self, OutboxItem};
use async_recursion::async_recursion as boxed;
use domain::alert::Alert;
use domain::alert::notice::{
    AlertChangeKind, CHECK_SHOWN_FOR, REFUSAL_SHOWN_AFTER, UNDELIVERED_SHOWN_FOR, hand_over_limit,
    shown_late_after,
};
use domain::evidence::second_person::SECOND_WITHIN;
use domain::kind::{Kind, Level};
use domain::place::Code;
use domain::time::{SECOND, Time};
use std::collections::{BTreeMap, BTreeSet};

/// What is tried within this time anyway.
const UNDER_WAY: i64 = 30 * SECOND;

/// A message that no channel tried so far has handed over in time.
#[derive(Clone, PartialEq, Debug)]
pub struct LateDelivery {
    pub item: OutboxItem,
    pub person: String,
    /// Keys of the channels that were tried.
    pub tried: BTreeSet<String>,
}

/// Somebody who has not got the newest message about an alert.
#[derive(Clone, PartialEq, Debug)]
pub struct UndeliveredPerson {
    pub alert: String,
    pub code: Code,
    pub kind: Kind,
    pub level: Level,
    /// What the message is about; a question to look into something is about no alert.
    pub change: AlertChangeKind,
    pub person: String,
    /// From when it was to go out, by the machine's clock.
    pub due_at: Time,
    /// No channel is tried any more.
    pub given_up: bool,
    pub last_error: Option<DeliveryFailure>,
    /// How long after that the desk is shown it.
    pub shown_after: i64,
    /// How many people the alert was addressed to.
    pub of: usize,
}

impl UndeliveredPerson {
    /// True where the desk should be shown it.
    pub fn is_late(&self, now: Time) -> bool {
        self.given_up || now.since(self.due_at) >= self.shown_after
    }
}

impl Store {
    /// Messages that no channel has handed over within the limit of their level.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn late_deliveries(&self, now: Time) -> Result<Vec<LateDelivery>, StoreError> {
        let text = format!(
            "SELECT {}, {} FROM outbox o JOIN deliveries d ON d.outbox = o.id WHERE o.done = 0 \
             ORDER BY o.id, d.person, d.id",
            sql::columns::<OutboxItem>("o."),
            sql::columns::<Delivery>("d.")
        );
        let mut people: BTreeMap<(i64, String), (OutboxItem, Vec<Delivery>)> = BTreeMap::new();
        for row in &sql::query(text).fetch_all(&self.readers).await? {
            let (item, delivery) = item_and_delivery(row)?;
            people.entry((item.id, delivery.person.clone())).or_insert((item, Vec::new())).1.push(delivery);
        }
        let late = people.into_values().filter(|(item, deliveries)| {
            let newest = deliveries.iter().map(|delivery| delivery.due_at).max().unwrap_or(Time::MAX);
            let open = deliveries.iter().any(|delivery| delivery.state == DeliveryState::Queued);
            let arrived = deliveries.iter().any(|delivery| arrived(delivery.state));
            open && !arrived && now.since(newest) >= hand_over_limit(item.change, item.level)
        });
        let late = late.map(|(item, deliveries)| {
            let tried = deliveries.iter().map(|delivery| delivery.channel.clone()).collect();
            LateDelivery { person: deliveries[0].person.clone(), item, tried }
        });
        Ok(late.collect())
    }

    /// Tries a further channel of a person for an item, whatever the others do.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn try_channel(
        &self,
        item: &OutboxItem,
        to: &Recipient,
        due_at: Time,
        at: Time,
    ) -> Result<(), StoreError> {
        in_transaction!(self, tx => address::add_unless_done(&mut tx, item.id, to, (due_at, at)).await)
    }

    /// Deliveries that wait for their next try because nobody answered the last one; what a receiver asked to wait for is none.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn unanswered(&self, now: Time) -> Result<Vec<(i64, Recipient)>, StoreError> {
        const UNANSWERED: &str = "SELECT id, person, channel FROM deliveries WHERE state = 'queued' AND next_try_at > $1 \
             AND tries > 0 AND claims <= tries AND (last_error LIKE 'no_answer: %' OR last_error LIKE 'failed: %') \
             ORDER BY next_try_at, id LIMIT 1000";
        let rows = sql::query(UNANSWERED).bind(now.0).fetch_all(&self.readers).await?;
        let one =
            |row: &SqlRow| Ok((get(row, 0)?, Recipient { person: get(row, 1)?, channel: get(row, 2)? }));
        rows.iter().map(one).collect()
    }

    /// Messages to a person by a channel that wait because the mail server answered that it does not take them now; none of them is
    /// one for which a receiver asked to wait.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn refused_before(&self, now: Time, to: &Recipient) -> Result<Vec<i64>, StoreError> {
        const REFUSED: &str = "SELECT id FROM deliveries WHERE state = 'queued' AND next_try_at > $1 AND person = $2 AND channel = $3 \
             AND tries > 0 AND claims <= tries AND last_error LIKE 'answered: %' ORDER BY next_try_at, id LIMIT 1000";
        let query = sql::query(REFUSED).bind(now.0).bind(to.person.clone()).bind(to.channel.clone());
        query.fetch_all(&self.readers).await?.iter().map(|row| get(row, 0)).collect()
    }

    /// Makes deliveries due at once that wait for their next try.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn try_now(&self, deliveries: &[i64], now: Time) -> Result<(), StoreError> {
        in_transaction!(self, tx => try_now(&mut tx, deliveries, now).await)
    }

    /// Everybody who has not got the newest message about an alert that is open, or that changed lately, and everybody who has not
    /// got a question that is still to be looked into, whether it is tried further or was given up, but for messages that have nothing
    /// to say any more; the caller asks each whether it is late. `now` is the service's clock.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn undelivered(&self, now: Time) -> Result<Vec<UndeliveredPerson>, StoreError> {
        let text = undelivered_text();
        let mut people: BTreeMap<(String, String), (OutboxItem, Vec<Delivery>)> = BTreeMap::new();
        let rows = sql::query(text).bind(now.plus(-UNDELIVERED_SHOWN_FOR).0).fetch_all(&self.readers).await?;
        let mut waiting = rows.iter().map(item_and_delivery).collect::<Result<Vec<_>, StoreError>>()?;
        waiting.extend(self.waiting_questions(now).await?);
        for (item, delivery) in waiting {
            let slot = people.entry((item.alert.clone(), delivery.person.clone()));
            let (newest, deliveries) = slot.or_insert_with(|| (item.clone(), Vec::new()));
            if newest.id != item.id {
                (*newest, *deliveries) = (item, Vec::new());
            }
            deliveries.push(delivery);
        }
        // What it was to say was rejected or taken back: it is not sent, and nobody waits for it.
        let waiting: Vec<(&OutboxItem, &str)> =
            people.iter().map(|((_, person), (item, _))| (item, person.as_str())).collect();
        let settled = self.saying_nothing(&waiting).await?;
        people.retain(|(_, person), (item, _)| !settled.contains(&(item.id, person.clone())));
        let alerts: BTreeSet<String> = people.keys().map(|(alert, _)| alert.clone()).collect();
        let addressed = self.addressed_people(&alerts).await?;
        let person = |(item, deliveries): (OutboxItem, Vec<Delivery>)| {
            let due_at = deliveries.iter().map(|delivery| delivery.due_at).min().unwrap_or(item.at);
            UndeliveredPerson {
                of: addressed.get(&item.alert).copied().unwrap_or(1),
                person: deliveries[0].person.clone(),
                due_at,
                shown_after: shown_after(&item, &deliveries),
                given_up: deliveries.iter().all(|delivery| delivery.state == DeliveryState::Failed),
                last_error: deliveries.iter().rev().find_map(|delivery| delivery.last_error.clone()),
                alert: item.alert,
                code: item.code,
                kind: item.kind,
                level: item.level,
                change: item.change,
            }
        };
        Ok(people.into_values().map(person).collect())
    }

    /// The live alerts of which nobody was to be notified, neither when they opened or rose nor since: nobody in the roster is
    /// concerned and has a channel.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn unnotified_alerts(&self) -> Result<Vec<Alert>, StoreError> {
        let rows = sql::query(unnotified_text()).fetch_all(&self.readers).await?;
        let ids: Vec<String> = rows.iter().map(|row| get(row, 0)).collect::<Result<_, StoreError>>()?;
        alerts::named(self, &ids).await
    }

    /// Questions of what is still to be looked into, or to be joined by a second person, that nobody was to be asked: nobody in
    /// the roster is on duty there, or concerned, and has a channel. The newest first; `now` is the service's clock.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn unasked_questions(&self, now: Time) -> Result<Vec<OutboxItem>, StoreError> {
        let asked_since = now.plus(-SECOND_WITHIN).0;
        let query = sql::query(unasked_questions_text()).bind(now.plus(-CHECK_SHOWN_FOR).0);
        let query = query.bind(asked_since).bind(asked_since);
        let mut unasked: Vec<OutboxItem> = sql::read_all(&query.fetch_all(&self.readers).await?)?;
        let open = self.open_questions(unasked.iter(), now).await?;
        unasked.retain(|item| open.contains(&item.alert));
        Ok(unasked)
    }

    /// Questions that no channel has handed over, of what is still to be looked into.
    async fn waiting_questions(&self, now: Time) -> Result<Vec<(OutboxItem, Delivery)>, StoreError> {
        let query = sql::query(waiting_questions_text()).bind(now.plus(-CHECK_SHOWN_FOR).0);
        let rows = query.fetch_all(&self.readers).await?;
        let mut waiting = rows.iter().map(item_and_delivery).collect::<Result<Vec<_>, StoreError>>()?;
        let open = self.open_questions(waiting.iter().map(|(item, _)| item), now).await?;
        waiting.retain(|(item, _)| open.contains(&item.alert));
        Ok(waiting)
    }

    async fn addressed_people(
        &self,
        alerts: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, usize>, StoreError> {
        if alerts.is_empty() {
            return Ok(BTreeMap::new());
        }
        const PEOPLE: &str = "SELECT o.alert, COUNT(DISTINCT d.person) FROM outbox o JOIN deliveries d ON d.outbox = o.id WHERE";
        let mut select = SqlStatement::new(PEOPLE);
        select.add_in("o.alert", alerts.iter().map(|alert| Cell::Text(alert.clone())).collect());
        select.add(" GROUP BY o.alert", []);
        let rows = select.fetch_all(&self.readers).await?;
        rows.iter().map(|row| Ok((get(row, 0)?, sql::small(row, 1)?))).collect()
    }
}

async fn try_now(tx: &mut Connection<'_>, deliveries: &[i64], now: Time) -> Result<(), StoreError> {
    const NOW: &str = "UPDATE deliveries SET next_try_at = $1 WHERE id = $2 AND state = 'queued' AND claims <= tries \
         AND next_try_at > $3";
    for delivery in deliveries {
        sql::query(NOW).bind(now.0).bind(*delivery).bind(now.0).execute(&mut *tx).await?;
    }
    Ok(())
}

/// Asked every few seconds: each part of the alerts has an index of its own, so that those that ended long ago are not looked at.
/// SQLite keeps the order of a CROSS JOIN: from the alerts to their messages.
fn undelivered_text() -> String {
    format!(
        "SELECT {}, {} FROM (SELECT id FROM alerts WHERE live = 1 \
         UNION ALL SELECT id FROM alerts WHERE live = 0 AND changed_at >= $1) a CROSS JOIN outbox o \
         JOIN deliveries d ON d.outbox = o.id WHERE o.alert = a.id AND d.state IN ('queued', 'failed') \
         AND (d.last_error IS NULL OR d.last_error NOT IN ('replaced', 'taken_back')) AND NOT EXISTS (SELECT 1 FROM outbox p \
         JOIN deliveries e ON e.outbox = p.id WHERE p.alert = o.alert AND p.id >= o.id AND e.person = d.person \
         AND e.state IN ('sent', 'delivered', 'read')) ORDER BY o.id, d.person, d.id",
        sql::columns::<OutboxItem>("o."),
        sql::columns::<Delivery>("d.")
    )
}

fn unnotified_text() -> String {
    let rises = ROSE.iter().map(|change| format!("'{}'", change.as_str())).collect::<Vec<_>>().join(", ");
    format!(
        "SELECT a.id FROM alerts a WHERE a.live = 1 \
         AND EXISTS (SELECT 1 FROM outbox o WHERE o.alert = a.id AND o.done = 1 AND o.change IN ({rises})) \
         AND NOT EXISTS (SELECT 1 FROM outbox o JOIN deliveries d ON d.outbox = o.id WHERE o.alert = a.id)"
    )
}

fn waiting_questions_text() -> String {
    format!(
        "SELECT {}, {} FROM outbox o JOIN deliveries d ON d.outbox = o.id WHERE {} AND o.at >= $1 \
         AND d.state IN ('queued', 'failed') AND (d.last_error IS NULL OR d.last_error NOT IN ('{}', '{}')) \
         AND NOT EXISTS (SELECT 1 FROM deliveries e WHERE e.outbox = o.id \
         AND e.person = d.person AND e.state IN ('sent', 'delivered', 'read')) ORDER BY o.at, o.id, d.person, d.id",
        sql::columns::<OutboxItem>("o."),
        sql::columns::<Delivery>("d."),
        outbox::questions("o."),
        DeliveryFailure::Replaced,
        DeliveryFailure::NothingToCheck,
    )
}

/// Settled ones stay unasked for as long as they are looked at: they are left out before the cut.
fn unasked_questions_text() -> String {
    format!(
        "SELECT {} FROM outbox o WHERE {} AND o.at >= $1 AND o.done = 1 AND NOT EXISTS (SELECT 1 FROM outbox p \
         JOIN deliveries d ON d.outbox = p.id WHERE p.alert = o.alert) AND {} ORDER BY o.at DESC, o.id DESC LIMIT 500",
        sql::columns::<OutboxItem>("o."),
        outbox::questions("o."),
        outbox::may_be_open("o.", ["$2", "$3"]),
    )
}

/// Queues the newest message about an alert for a person again, by every channel that has not handed it over: due at once, and
/// as late as before, so that the desk goes on seeing it; what waited for its time is due from now on, and what was given up is
/// late at once. False where the person has it, or nothing was ever to go there.
pub(crate) async fn queue_again(
    tx: &mut Connection<'_>,
    (alert, level): (&str, Level),
    person: &str,
    now: Time,
) -> Result<bool, StoreError> {
    const NEWEST: &str = "SELECT MAX(o.id) FROM outbox o JOIN deliveries d ON d.outbox = o.id \
         WHERE o.alert = $1 AND d.person = $2";
    let row = sql::query(NEWEST).bind(alert).bind(person).fetch_one(&mut *tx).await?;
    let Some(outbox) = get::<Option<i64>>(&row, 0)? else { return Ok(false) };
    // What is tried within moments anyway may be under way just now: it is not taken twice.
    const AGAIN: &str = "UPDATE deliveries SET \
         next_try_at = CASE WHEN state = 'queued' AND next_try_at <= $1 THEN next_try_at ELSE $2 END, \
         due_at = CASE WHEN state = 'failed' THEN $3 WHEN due_at <= $4 THEN due_at ELSE $5 END, state = 'queued' \
         WHERE outbox = $6 AND person = $7 AND state IN ('queued', 'failed') AND NOT EXISTS (SELECT 1 FROM deliveries e \
         WHERE e.outbox = $8 AND e.person = $9 AND e.state IN ('sent', 'delivered', 'read'))";
    let late_since = now.plus(-shown_late_after(AlertChangeKind::Opened, level));
    let query =
        sql::query(AGAIN).bind(now.plus(UNDER_WAY).0).bind(now.0).bind(late_since.0).bind(now.0).bind(now.0);
    let query = query.bind(outbox).bind(person).bind(outbox).bind(person);
    let again = query.execute(tx).await? > 0;
    if again {
        sql::query("UPDATE outbox SET done = 0 WHERE id = $1").bind(outbox).execute(tx).await?;
    }
    Ok(again)
}

fn item_and_delivery(row: &SqlRow) -> Result<(OutboxItem, Delivery), StoreError> {
    Ok((OutboxItem::read(row, 0)?, Delivery::read(row, OutboxItem::COLUMNS.len())?))
}

/// How long an item that no channel has handed over may be due before the desk is shown it: not at all where each of them refused
/// it for good.
fn shown_after(item: &OutboxItem, deliveries: &[Delivery]) -> i64 {
    let refused = |delivery: &Delivery| {
        let failure = delivery.last_error.as_ref();
        let is_given_up = delivery.state == DeliveryState::Failed;
        is_given_up && failure != Some(&DeliveryFailure::NoReceipt)
            || failure.is_some_and(DeliveryFailure::is_refusal)
    };
    let in_time = shown_late_after(item.change, item.level);
    match deliveries.iter().filter(|delivery| refused(delivery)).count() {
        0 => in_time,
        all if all == deliveries.len() => 0,
        _ => in_time.min(REFUSAL_SHOWN_AFTER),
    }
}

fn arrived(state: DeliveryState) -> bool {
    matches!(state, DeliveryState::Sent | DeliveryState::Delivered | DeliveryState::Read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_asked_every_few_seconds_walks_no_table() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("state.db").to_str().unwrap()).await.unwrap();
        for (text, indexes) in [
            (undelivered_text(), &["alerts_live", "alerts_lately_ended", "outbox_by_alert"][..]),
            (waiting_questions_text(), &["outbox_questions"]),
            (unnotified_text(), &["alerts_live", "outbox_by_alert"]),
            (unasked_questions_text(), &["outbox_questions", "outbox_by_alert"]),
        ] {
            let explain = sql::query(format!("EXPLAIN QUERY PLAN {text}"));
            let bound = ["$1", "$2", "$3"].iter().filter(|place| text.contains(**place)).count();
            let explain = (0..bound).fold(explain, |explain, _| explain.bind(0));
            let rows = explain.fetch_all(&store.readers).await.unwrap();
            let plan: Vec<String> = rows.iter().map(|row| get(row, 3).unwrap()).collect();
            let walks =
                |step: &&String| step.starts_with("SCAN ") && !step.contains("INDEX") && *step != "SCAN a";
            assert_eq!(plan.iter().filter(walks).collect::<Vec<_>>(), Vec::<&String>::new(), "{plan:#?}");
            for index in indexes {
                assert!(plan.iter().any(|step| step.contains(index)), "{index}: {plan:#?}");
            }
        }
    }
}
