//! What a try to deliver a message leads to: the delivery's state, the person's next channel, and what arrived with it.

use super::{AttemptResult, DeliveryState, DueDelivery, NextChannels, Recipient, address, folded, receipts};
use crate::delivery_failure::DeliveryFailure;
use crate::error::StoreError;
use crate::sql::{self, Cell, Column, Connection, get};
use domain::time::Time;

/// Keeps a try, and queues what follows from it. `at` is the service's clock.
pub(super) async fn record(
    tx: &mut Connection<'_>,
    due: &DueDelivery,
    tried: &AttemptResult,
    at: Time,
) -> Result<(), StoreError> {
    let (state, error, next_try_at) = match tried {
        AttemptResult::Sent { .. } => ("sent", None, 0),
        AttemptResult::Later { error, next_try_at } | AttemptResult::Refused { error, next_try_at, .. } => {
            ("queued", Some(error.clone()), next_try_at.0)
        }
        AttemptResult::GivenUp { error, .. } => ("failed", Some(error.clone()), 0),
    };
    // After a crash between the try and its record, the lost try's number is used again.
    const TRY: &str = "INSERT INTO delivery_attempts (delivery, number, at, error) SELECT $1, \
         COALESCE(MAX(number), 0) + 1, $2, $3 FROM delivery_attempts WHERE delivery = $4";
    let cells = [Cell::Int(due.id), Cell::Int(at.0), error.cell(), Cell::Int(due.id)];
    sql::query(TRY).bind_all(cells).execute(tx).await?;
    // What was taken was taken, even if a newer message replaced it meanwhile; a failure then changes nothing.
    const MOVE: &str = "UPDATE deliveries SET state = $1, at = $2, tries = tries + 1, claims = tries + 1, last_error = $3, \
         next_try_at = $4, sent_at = $5, receipt_at = NULL WHERE id = $6 AND (state = 'queued' OR $7 = 1)";
    let sent_at = if let AttemptResult::Sent { at, .. } = tried { Some(*at) } else { None };
    address::after_try(tx, due, sent_at).await?;
    let cells = [
        Cell::Text(state.to_string()),
        Cell::Int(at.0),
        error.cell(),
        Cell::Int(next_try_at),
        sent_at.cell(),
        Cell::Int(due.id),
        Cell::Int(i64::from(sent_at.is_some())),
    ];
    let moved = sql::query(MOVE).bind_all(cells).execute(tx).await? == 1;
    if !moved {
        // The message that took its place need not wait for it any more.
        const ENDED: &str = "UPDATE deliveries SET next_try_at = 0 WHERE id = $1 AND state = 'failed'";
        sql::query(ENDED).bind(due.id).execute(tx).await?;
    }
    if let AttemptResult::Sent { receipt, at: taken, carried } = tried {
        receipts::expect(tx, due.id, receipt.as_ref()).await?;
        folded::settle_carried(tx, (due, carried), (*taken, at)).await?;
    }
    let of = (due.item.id, due.to.person.as_str());
    match tried {
        AttemptResult::GivenUp { next: Some(next), .. } if moved => {
            try_next(tx, of, next, at).await?;
        }
        AttemptResult::Refused { next, .. } if moved && !has_another_way(tx, of, due.id).await? => {
            try_next(tx, of, next, at).await?;
        }
        _ => {}
    }
    finish(tx, due.item.id).await
}

/// True where an item reached a person by another delivery than this one, or may yet do so: it waits there and is not refused.
async fn has_another_way(
    tx: &mut Connection<'_>,
    (outbox, person): (i64, &str),
    delivery: i64,
) -> Result<bool, StoreError> {
    const OTHERS: &str =
        "SELECT state, last_error FROM deliveries WHERE outbox = $1 AND person = $2 AND id <> $3";
    let query = sql::query(OTHERS).bind(outbox).bind(person).bind(delivery);
    for row in query.fetch_all(tx).await? {
        let failure = get::<Option<String>>(&row, 1)?.map(|text| DeliveryFailure::parse(&text));
        match DeliveryState::read(&row, 0)? {
            DeliveryState::Failed => {}
            DeliveryState::Queued if failure.is_some_and(|failure| failure.is_refusal()) => {}
            _ => return Ok(true),
        }
    }
    Ok(false)
}

/// Queues an item for the first channel of a person by which it was not tried yet; false where there is none.
pub(super) async fn try_next(
    tx: &mut Connection<'_>,
    (outbox, person): (i64, &str),
    next: &NextChannels,
    at: Time,
) -> Result<bool, StoreError> {
    for channel in &next.channels {
        let to = Recipient { person: person.to_owned(), channel: channel.clone() };
        if address::add(tx, outbox, &to, next.due_at, at).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// An item is done once nothing of it waits.
pub(super) async fn finish(tx: &mut Connection<'_>, outbox: i64) -> Result<(), StoreError> {
    const FINISH: &str = "UPDATE outbox SET done = 1 WHERE id = $1 \
         AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.outbox = outbox.id AND d.state = 'queued')";
    sql::query(FINISH).bind(outbox).execute(tx).await?;
    Ok(())
}
