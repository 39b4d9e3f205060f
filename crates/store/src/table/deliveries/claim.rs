//! Deliveries that are due are leased to one process, the gravest first, by the channels it has hands for.

use super::folded::ROSE;
use super::{Delivery, DueDelivery, Recipient};
use crate::error::StoreError;
use crate::sql::{self, Cell, Column, Connection, SqlRow, SqlStatement, TableRow};
use crate::table::outbox::{OutboxItem, ends, go_alone};
use domain::alert::notice::MESSAGE_PAUSE;
use domain::kind::Level;
use domain::time::Time;

/// Of which channels, by key, deliveries are taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ClaimedChannels {
    Only(Vec<String>),
    AllBut(Vec<String>),
}

impl ClaimedChannels {
    /// Adds the condition on a column.
    pub(super) fn add_to(&self, select: &mut SqlStatement, column: &str) {
        let cells = |keys: &[String]| keys.iter().map(|key| Cell::Text(key.clone())).collect();
        match self {
            ClaimedChannels::Only(keys) => select.add_in(column, cells(keys)),
            ClaimedChannels::AllBut(keys) => {
                select.add(" NOT (", []).add_in(column, cells(keys)).add(")", [])
            }
        };
    }
}

/// The channels that have so many hands free.
#[derive(Clone, Copy, Debug)]
pub struct ClaimLane<'a> {
    pub channels: &'a ClaimedChannels,
    pub limit: u32,
}

/// When something is taken, and until when nobody else takes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClaimTime {
    /// By the service's clock.
    pub at: Time,
    /// By the machine's, as `lease`.
    pub now: Time,
    pub lease: Time,
}

/// Orders rows by the level in this column, the highest first: where there are more messages than hands, awas goes first.
fn gravest_first(column: &str) -> String {
    let rank = |(rank, level): (usize, &Level)| format!(" WHEN '{}' THEN {rank}", level.as_str());
    let ranks: String = Level::ALL.iter().rev().enumerate().map(rank).collect();
    format!("CASE {column}{ranks} END")
}

/// What goes to a person before a delivery `d` of the item `o`, in the order of the items `p`: of the same place and kind, one
/// message is on its way at a time, so that none that is older arrives last; of what is due the oldest goes first, but for an
/// end that a newer message carries.
const ONE_BY_ONE: &str = concat!(
    " AND NOT EXISTS (SELECT 1 FROM outbox p JOIN deliveries e ON e.outbox = p.id \
     WHERE p.code = o.code AND p.kind = o.kind AND p.id <> o.id AND e.person = d.person \
     AND p.change NOT IN ('check', 'second') AND o.change NOT IN ('check', 'second') \
     AND ((e.claims > e.tries AND e.next_try_at > ?) OR (e.state = 'queued' AND e.next_try_at <= ? \
     AND CASE WHEN p.alert <> o.alert AND p.change IN ",
    ends!(),
    " AND o.change NOT IN ",
    go_alone!(),
    " AND p.id < o.id THEN 0 WHEN p.alert <> o.alert AND o.change IN ",
    ends!(),
    " AND p.change NOT IN ",
    go_alone!(),
    " AND p.id > o.id THEN 1 WHEN p.id < o.id THEN 1 ELSE 0 END = 1)))"
);

/// What the same thing did to a regency's alert `o` goes to a person with the message about the district `p` that rose with it,
/// at least as high: it waits while that is due or on its way.
fn with_its_district(select: &mut SqlStatement, now: Time) {
    let rose = || ROSE.iter().map(Column::cell).collect();
    let rank = gravest_first;
    select.add(" AND NOT (o.code % 100 = 0 AND", []).add_in("o.change", rose());
    select
        .add(" AND EXISTS (SELECT 1 FROM outbox p JOIN deliveries e ON e.outbox = p.id WHERE p.done = 0", []);
    select
        .add(" AND p.code / 100 = o.code / 100 AND p.code <> o.code AND p.kind = o.kind AND", [])
        .add_in("p.change", rose());
    let near = [Cell::Int(MESSAGE_PAUSE), Cell::Int(MESSAGE_PAUSE)];
    select.add(" AND p.at >= o.at - ? AND p.at <= o.at + ?", near);
    select.add(&format!(" AND {} <= {}", rank("p.level"), rank("o.level")), []);
    let now = || Cell::Int(now.0);
    let waits = " AND e.person = d.person AND e.state = 'queued' \
         AND (e.claims > e.tries AND e.next_try_at > ? OR e.next_try_at <= ?)))";
    select.add(waits, [now(), now()]);
}

pub(super) async fn claim(
    tx: &mut Connection<'_>,
    channels: &ClaimedChannels,
    (now, lease): (Time, Time),
    limit: u32,
) -> Result<Vec<DueDelivery>, StoreError> {
    let mut select = SqlStatement::new(&select_due());
    select.add(" d.state = 'queued' AND d.next_try_at <= ? AND", [Cell::Int(now.0)]);
    channels.add_to(&mut select, "d.channel");
    select.add(ONE_BY_ONE, [Cell::Int(now.0), Cell::Int(now.0)]);
    with_its_district(&mut select, now);
    let order = format!(" ORDER BY {}, d.next_try_at, d.id LIMIT ?", gravest_first("o.level"));
    select.add(&order, [Cell::Int(i64::from(limit))]);
    let rows = select.fetch_all(&mut *tx).await?;
    let mut claimed = Vec::with_capacity(rows.len());
    for row in &rows {
        let (due, _) = due(row)?;
        const LEASE: &str = "UPDATE deliveries SET next_try_at = $1, claims = claims + 1 WHERE id = $2 AND state = 'queued' AND next_try_at <= $3";
        let leased = sql::query(LEASE).bind(lease.0).bind(due.id).bind(now.0).execute(tx).await?;
        if leased == 1 {
            claimed.push(due); // else another process was faster
        }
    }
    Ok(claimed)
}

/// Items and their deliveries, up to the condition.
pub(super) fn select_due() -> String {
    format!(
        "SELECT {}, {} FROM deliveries d JOIN outbox o ON o.id = d.outbox WHERE",
        sql::columns::<OutboxItem>("o."),
        sql::columns::<Delivery>("d.")
    )
}

/// Reads a row of [`select_due`]; gives the delivery's row too.
pub(super) fn due(row: &SqlRow) -> Result<(DueDelivery, Delivery), StoreError> {
    let delivery = Delivery::read(row, OutboxItem::COLUMNS.len())?;
    let due = DueDelivery {
        item: OutboxItem::read(row, 0)?,
        id: delivery.id,
        to: Recipient { person: delivery.person.clone(), channel: delivery.channel.clone() },
        tries: delivery.tries,
        due_at: delivery.due_at,
    };
    Ok((due, delivery))
}
