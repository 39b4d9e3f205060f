//! What a provider says later of a message that it took: asked for or waited for, written down once, whatever comes again.

use super::claim::{due, select_due};
use super::{ClaimedChannels, DueDelivery, NextChannels, finish, try_next};
use crate::delivery_failure::DeliveryFailure;
use crate::error::StoreError;
use crate::sql::{self, Cell, Column, Connection, SqlStatement};
use crate::store::{Store, in_transaction};
use async_recursion::async_recursion as boxed;
use domain::time::Time;

/// That a provider will say what becomes of a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExpectedReceipt {
    /// By which its receipt names the message; `None` where the provider gave no such name, so that no receipt is known.
    pub provider_id: Option<String>,
    /// When it is first asked for, or found to be missing; by the machine's clock.
    pub next_at: Time,
}

/// A message that a provider took.
#[derive(Clone, PartialEq, Debug)]
pub struct AwaitedReceipt {
    pub delivery: DueDelivery,
    pub provider_id: Option<String>,
    /// By the machine's clock.
    pub sent_at: Time,
    /// It was found to be missing before.
    pub missing: bool,
}

/// What a receipt says, or that there is none.
#[derive(Clone, PartialEq, Debug)]
pub enum ReceiptNews {
    Delivered,
    Read,
    /// It did not arrive after all.
    Failed(DeliveryFailure),
    /// None has come in time; it may still.
    Missing,
    /// It is on its way.
    UnderWay,
}

/// A message that was handed over and of which nothing else is known, so that a receipt may say more of it.
const TAKEN: &str = "state = 'sent'";
/// A message that was handed over once and may have been queued again or given up since: who has it has it.
const ONCE_TAKEN: &str = "state IN ('sent', 'queued', 'failed') AND provider_id IS NOT NULL";
const ONCE_TAKEN_OR_DELIVERED: &str =
    "state IN ('sent', 'queued', 'failed', 'delivered') AND provider_id IS NOT NULL";

impl Store {
    /// Takes up to `limit` messages of these channels whose receipt is to be asked for, or has not come in time; nobody else gets
    /// them before `lease`.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn claim_receipts(
        &self,
        channels: &ClaimedChannels,
        now: Time,
        lease: Time,
        limit: u32,
    ) -> Result<Vec<AwaitedReceipt>, StoreError> {
        let mut select = SqlStatement::new(&select_due());
        select.add(" d.state = 'sent' AND d.next_receipt_at <= ? AND", [Cell::Int(now.0)]);
        channels.add_to(&mut select, "d.channel");
        select.add(" ORDER BY d.next_receipt_at, d.id LIMIT ?", [Cell::Int(i64::from(limit))]);
        let mut found = awaited(select, self).await?;
        if found.is_empty() {
            return Ok(found); // an idle service writes nothing
        }
        in_transaction!(self, tx => {
            let mut claimed = Vec::with_capacity(found.len());
            for one in found.drain(..) {
                const LEASE: &str = "UPDATE deliveries SET next_receipt_at = $1 WHERE id = $2 AND state = 'sent' AND next_receipt_at <= $3";
                let lease = sql::query(LEASE).bind(lease.0).bind(one.delivery.id).bind(now.0);
                if lease.execute(&mut tx).await? == 1 {
                    claimed.push(one); // else another process was faster
                }
            }
            Ok::<_, StoreError>(claimed)
        })
    }

    /// The message of these channels that a provider calls so; the newest, where it gives names twice.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn message_called(
        &self,
        channels: &ClaimedChannels,
        provider_id: &str,
    ) -> Result<Option<AwaitedReceipt>, StoreError> {
        let mut select = SqlStatement::new(&select_due());
        select.add(" d.provider_id = ? AND", [Cell::Text(provider_id.to_owned())]);
        channels.add_to(&mut select, "d.channel");
        select.add(" ORDER BY d.id DESC LIMIT 1", []);
        Ok(awaited(select, self).await?.pop())
    }

    /// Writes down what a receipt says, and until when the next one is waited for. What says the same again, or less than is known,
    /// changes nothing. Where the message did not arrive, or is missed, the item goes by the first of the `next` channels by which
    /// it was not tried, unless there is a newer message to the person about the alert. True where anything changed.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn record_receipt(
        &self,
        of: &AwaitedReceipt,
        (news, next_receipt_at): (ReceiptNews, Option<Time>),
        next: Option<NextChannels>,
        at: Time,
    ) -> Result<bool, StoreError> {
        let next = next.as_ref();
        let changed =
            in_transaction!(self, tx => record(&mut tx, of, (&news, next_receipt_at), next, at).await)?;
        if changed {
            self.wake_outbox();
        }
        Ok(changed)
    }
}

/// The message was handed over: how its receipt will be known, and when to look for it.
pub(super) async fn expect(
    tx: &mut Connection<'_>,
    delivery: i64,
    receipt: Option<&ExpectedReceipt>,
) -> Result<(), StoreError> {
    const EXPECT: &str = "UPDATE deliveries SET provider_id = $1, next_receipt_at = $2 WHERE id = $3";
    let provider_id = Cell::MaybeText(receipt.and_then(|own| own.provider_id.clone()));
    let cells = [provider_id, receipt.map(|own| own.next_at).cell(), Cell::Int(delivery)];
    sql::query(EXPECT).bind_all(cells).execute(tx).await?;
    Ok(())
}

async fn awaited(select: SqlStatement, store: &Store) -> Result<Vec<AwaitedReceipt>, StoreError> {
    let rows = select.fetch_all(&store.readers).await?;
    let one = |row| {
        let (delivery, kept) = due(row)?;
        Ok(AwaitedReceipt {
            sent_at: kept.sent_at.unwrap_or(delivery.due_at),
            delivery,
            provider_id: kept.provider_id,
            missing: kept.last_error == Some(DeliveryFailure::NoReceipt),
        })
    };
    rows.iter().map(one).collect()
}

async fn record(
    tx: &mut Connection<'_>,
    of: &AwaitedReceipt,
    (news, next_receipt_at): (&ReceiptNews, Option<Time>),
    next: Option<&NextChannels>,
    at: Time,
) -> Result<bool, StoreError> {
    let id = of.delivery.id;
    let (set, cells, condition) = match news {
        ReceiptNews::Delivered => {
            ("state = 'delivered', last_error = NULL, receipt_at = ?,", vec![at.cell()], ONCE_TAKEN)
        }
        ReceiptNews::Read => {
            ("state = 'read', last_error = NULL, receipt_at = ?,", vec![at.cell()], ONCE_TAKEN_OR_DELIVERED)
        }
        ReceiptNews::Failed(failure) => {
            ("state = 'failed', last_error = ?, receipt_at = ?,", vec![failure.cell(), at.cell()], TAKEN)
        }
        ReceiptNews::Missing => ("last_error = ?,", vec![DeliveryFailure::NoReceipt.cell()], TAKEN),
        ReceiptNews::UnderWay => ("", Vec::new(), TAKEN),
    };
    let mut update = SqlStatement::new("UPDATE deliveries SET");
    update.add(&format!(" {set} next_receipt_at = ?"), [cells, vec![next_receipt_at.cell()]].concat());
    update.add(&format!(" WHERE id = ? AND {condition}"), [Cell::Int(id)]);
    if update.execute(tx).await? == 0 {
        return Ok(false);
    }
    let (outbox, person) = (of.delivery.item.id, &of.delivery.to.person);
    if let Some(next) = next
        && !superseded(tx, of).await?
        && try_next(tx, (outbox, person), next, at).await?
    {
        sql::query("UPDATE outbox SET done = 0 WHERE id = $1").bind(outbox).execute(tx).await?;
    }
    finish(tx, outbox).await?;
    Ok(*news != ReceiptNews::UnderWay)
}

/// True where the person is sent something newer about the alert anyway.
async fn superseded(tx: &mut Connection<'_>, of: &AwaitedReceipt) -> Result<bool, StoreError> {
    const NEWER: &str = "SELECT 1 FROM outbox o JOIN deliveries d ON d.outbox = o.id \
         WHERE o.alert = $1 AND o.id > $2 AND d.person = $3 LIMIT 1";
    let DueDelivery { item, to, .. } = &of.delivery;
    let newer = sql::query(NEWER).bind(item.alert.clone()).bind(item.id).bind(to.person.clone());
    Ok(newer.fetch_optional(tx).await?.is_some())
}
