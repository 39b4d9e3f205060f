//! Table `withheld_alerts`: alerts of which the desk alone was notified, because one source speaks for them that takes much
//! back. Once another speaks too, the others are owed a message.

use super::deliveries::{self, AddressPlan, SoleFeed};
use crate::error::StoreError;
use crate::sql::{self, Cell, Column, Connection, SqlStatement, get, table_row};
use crate::store::{Store, in_transaction};
use crate::table::alerts;
use crate::table::outbox::{OutboxItem, OutboxQueue, go_alone};
use async_recursion::async_recursion as boxed;
use domain::alert::Alert;
use domain::alert::notice::{AlertChangeKind, is_for_desk_alone};
use domain::kind::Level;
use domain::time::Time;
use std::collections::BTreeSet;

table_row! {
    struct WithheldRow in "withheld_alerts", key 1 {
        alert: String,
        since: i64,
    }
}

/// An alert of which others than the desk are owed a message.
#[derive(Clone, PartialEq, Debug)]
pub struct WithheldAlert {
    pub alert: Alert,
    /// The first item of it that went to the desk alone; 0 where an earlier build did not keep it: then who ever got a message
    /// counts as notified, and the alert goes out as opened.
    pub since: i64,
}

impl WithheldAlert {
    /// What would be notified of it at this time: the alert as it stands, as opened.
    pub fn item(&self, at: Time) -> OutboxItem {
        let alert = &self.alert;
        OutboxItem {
            id: i64::MAX, // after all there is
            alert: alert.id.clone(),
            version: alert.version,
            change: AlertChangeKind::Opened,
            code: alert.code,
            kind: alert.kind,
            level: alert.level,
            at,
        }
    }
}

/// Most alerts that are looked at in one round.
const ALERTS: i64 = 20;

impl Store {
    /// Alerts of which the others are owed a message, by their numbers from the one after `after` on: a handful at a time,
    /// none where there is no further one.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn withheld_alerts(&self, after: &str) -> Result<Vec<WithheldAlert>, StoreError> {
        const NEXT: &str = " alert > ? ORDER BY alert LIMIT ?";
        let mut select = SqlStatement::new(&sql::select::<WithheldRow>());
        select.add(NEXT, [Cell::Text(after.to_owned()), Cell::Int(ALERTS)]);
        let rows: Vec<WithheldRow> = sql::read_all(&select.fetch_all(&self.readers).await?)?;
        let ids: Vec<String> = rows.iter().map(|row| row.alert.clone()).collect();
        let alerts = alerts::named(self, &ids).await?;
        let since = |alert: &Alert| rows.iter().find(|row| row.alert == alert.id).map_or(0, |row| row.since);
        Ok(alerts.into_iter().map(|alert| WithheldAlert { since: since(&alert), alert }).collect())
    }

    /// Because of whose word alone the desk alone was notified of an alert; `None` where that is not so, or others are owed a message.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn withheld_because_of(
        &self,
        alert: &Alert,
        now: Time,
    ) -> Result<Option<SoleFeed>, StoreError> {
        const WITHHELD: &str = "SELECT since FROM withheld_alerts WHERE alert = $1";
        let row = sql::query(WITHHELD).bind(alert.id.clone()).fetch_optional(&self.readers).await?;
        let Some(row) = row else { return Ok(None) };
        let withheld = WithheldAlert { alert: alert.clone(), since: get(&row, 0)? };
        let item = withheld.item(now);
        let feed = self.message_facts(&item).await?.sole_feed;
        Ok(feed.filter(|feed| is_for_desk_alone(item.change, item.level, feed.retractions)))
    }

    /// Who got, or waits for, a message about the alert at its level or a higher one since something of it was withheld.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn notified_since(&self, withheld: &WithheldAlert) -> Result<BTreeSet<String>, StoreError> {
        let WithheldAlert { alert, since } = withheld;
        // An assignment or a question is to one person alone: who got both in one message gets the news once more.
        const NOTIFIED: &str = concat!(
            "SELECT DISTINCT d.person FROM outbox o JOIN deliveries d ON d.outbox = o.id WHERE \
             o.alert = ? AND o.id >= ? AND o.change NOT IN ",
            go_alone!(),
            " AND o.change <> 'assigned' AND d.state IN ('queued', 'sent', 'delivered', 'read') AND"
        );
        let mut select = SqlStatement::new("");
        select
            .add(NOTIFIED, [Cell::Text(alert.id.clone()), Cell::Int(*since)])
            .add_in("o.level", as_high(alert));
        let rows = select.fetch_all(&self.readers).await?;
        rows.iter().map(|row| get(row, 0)).collect()
    }

    /// Who waits for news of the alert that nobody has tried and that is not due at `now`, by the machine's clock: for a rise, or for
    /// whatever else where they have received nothing of a level as high since something was withheld.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn waiting_until_later(
        &self,
        withheld: &WithheldAlert,
        now: Time,
    ) -> Result<BTreeSet<String>, StoreError> {
        let WithheldAlert { alert, since } = withheld;
        // Whose the alert is, or is no more, is no news of it.
        const LATER: &str = concat!(
            "SELECT DISTINCT d.person FROM outbox o JOIN deliveries d ON d.outbox = o.id WHERE o.alert = ? AND \
             d.state = 'queued' AND d.claims = 0 AND d.next_try_at > ? AND o.change <> 'assigned' AND o.change NOT IN ",
            go_alone!(),
            " AND ("
        );
        const RECEIVED: &str = concat!(
            " OR NOT EXISTS (SELECT 1 FROM outbox p JOIN deliveries e ON e.outbox = p.id WHERE p.alert = o.alert \
             AND p.id >= ? AND p.change <> 'assigned' AND p.change NOT IN ",
            go_alone!(),
            " AND e.person = d.person AND e.state IN ('sent', 'delivered', 'read') AND"
        );
        let rises = AlertChangeKind::ALL.iter().filter(|change| change.is_rise()).map(Column::cell);
        let mut select = SqlStatement::new("");
        select.add(LATER, [Cell::Text(alert.id.clone()), now.cell()]).add_in("o.change", rises.collect());
        select.add(RECEIVED, [Cell::Int(*since)]).add_in("p.level", as_high(alert)).add("))", []);
        let rows = select.fetch_all(&self.readers).await?;
        rows.iter().map(|row| get(row, 0)).collect()
    }

    /// What was withheld goes out to those whom the plan names, or to nobody where nothing is owed any more. Of two processes
    /// one sends it, and none where somebody moved the alert meanwhile: it is looked at again.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn release_withheld(
        &self,
        alert: &Alert,
        plan: &AddressPlan,
        at: Time,
    ) -> Result<bool, StoreError> {
        in_transaction!(self, tx => release(&mut tx, alert, plan, at).await)
    }
}

/// The alert's level and those above it.
fn as_high(alert: &Alert) -> Vec<Cell> {
    Level::ALL.iter().filter(|level| **level >= alert.level).map(Column::cell).collect()
}

/// Keeps that others than the desk are owed a message about an item's alert, from this item on.
pub(super) async fn withhold(tx: &mut Connection<'_>, item: &OutboxItem) -> Result<(), StoreError> {
    const WITHHOLD: &str =
        "INSERT INTO withheld_alerts (alert, since) VALUES ($1, $2) ON CONFLICT (alert) DO NOTHING";
    sql::query(WITHHOLD).bind(item.alert.clone()).bind(item.id).execute(tx).await?;
    Ok(())
}

async fn release(
    tx: &mut Connection<'_>,
    alert: &Alert,
    plan: &AddressPlan,
    at: Time,
) -> Result<bool, StoreError> {
    let now = alerts::by_id(tx, &alert.id).await?; // held until the transaction ends
    if now.is_some_and(|now| now.version != alert.version) {
        return Ok(false);
    }
    const FIRST: &str =
        "SELECT o.change, o.level FROM withheld_alerts w JOIN outbox o ON o.id = w.since WHERE w.alert = $1";
    let first = sql::query(FIRST).bind(alert.id.clone()).fetch_optional(&mut *tx).await?;
    const RELEASE: &str = "DELETE FROM withheld_alerts WHERE alert = $1";
    let released = sql::query(RELEASE).bind(alert.id.clone()).execute(&mut *tx).await?;
    if released == 0 || plan.to.is_empty() {
        return Ok(released > 0);
    }
    // It goes out as it was to go out then: some know of a lower level, of the time before it cleared, or of the alert itself.
    let change = match &first {
        Some(row) => match (AlertChangeKind::read(row, 0)?, Level::read(row, 1)?) {
            (
                change @ (AlertChangeKind::Risen
                | AlertChangeKind::Returned
                | AlertChangeKind::NewIncident
                | AlertChangeKind::Grown),
                level,
            ) if level <= alert.level => change,
            _ => AlertChangeKind::Opened,
        },
        None => AlertChangeKind::Opened,
    };
    let mut queue = OutboxQueue::default();
    queue.add(alert, change, at);
    let items: Vec<_> = queue.write(tx).await?.into_iter().map(|item| (item, plan.clone())).collect();
    deliveries::address(tx, &items, at).await?;
    Ok(true)
}
