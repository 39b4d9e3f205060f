//! Table `withheld_alerts`: alerts of which the desk alone was notified, because one source speaks for them that takes much
//! back. Once another speaks too, the others are owed a message.

use super::deliveries::{self, AddressPlan};
use crate::error::StoreError;
use crate::sql::{self, Connection, SqlRow, get};
use crate::store::{Store, in_transaction};
use crate::table::alerts;
use crate::table::outbox::OutboxQueue;
use async_recursion::async_recursion as boxed;
use domain::alert::Alert;
use domain::alert::notice::AlertChangeKind;
use domain::time::Time;

/// Most alerts that are looked at in one round.
const ALERTS: i64 = 100;

impl Store {
    /// The alerts of which the others are owed a message.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn withheld_alerts(&self) -> Result<Vec<Alert>, StoreError> {
        const WITHHELD: &str = "SELECT alert FROM withheld_alerts ORDER BY alert LIMIT $1";
        let rows = sql::query(WITHHELD).bind(ALERTS).fetch_all(&self.readers).await?;
        let ids = rows.iter().map(|row: &SqlRow| get(row, 0)).collect::<Result<Vec<String>, StoreError>>()?;
        alerts::named(self, &ids).await
    }

    /// What was withheld goes out to those whom the plan names, or to nobody where nothing is owed any more. Of two processes
    /// one sends it.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn release_withheld(
        &self,
        alert: &Alert,
        plan: &AddressPlan,
        at: Time,
    ) -> Result<(), StoreError> {
        in_transaction!(self, tx => release(&mut tx, alert, plan, at).await)
    }
}

/// Keeps that others than the desk are owed a message about an alert.
pub(super) async fn withhold(tx: &mut Connection<'_>, alert: &str) -> Result<(), StoreError> {
    const WITHHOLD: &str = "INSERT INTO withheld_alerts (alert) VALUES ($1) ON CONFLICT (alert) DO NOTHING";
    sql::query(WITHHOLD).bind(alert.to_owned()).execute(tx).await?;
    Ok(())
}

async fn release(
    tx: &mut Connection<'_>,
    alert: &Alert,
    plan: &AddressPlan,
    at: Time,
) -> Result<(), StoreError> {
    const RELEASE: &str = "DELETE FROM withheld_alerts WHERE alert = $1";
    let released = sql::query(RELEASE).bind(alert.id.clone()).execute(&mut *tx).await?;
    if released == 0 || plan.to.is_empty() {
        return Ok(());
    }
    let mut queue = OutboxQueue::default();
    queue.add(alert, AlertChangeKind::Opened, at);
    for item in queue.write(tx).await? {
        deliveries::address(tx, &item, plan, at).await?;
    }
    Ok(())
}
