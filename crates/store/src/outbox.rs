//! The outbox: what the team must be told, written with the alert, drained by `notify`.

use crate::alert::AlertChangeKind;
use crate::error::StoreError;
use crate::sql::{self, Cell, Connection, SqlRow, get};
use crate::store::Store;
use domain::alert::Alert;
use domain::kind::{Kind, Level};
use domain::place::Code;
use domain::time::Time;
use tokio::sync::watch;

/// The columns of [`item`], of the table named `o`.
pub(crate) const COLUMNS: &str = "o.id, o.alert, o.version, o.change, o.code, o.kind, o.level, o.at";

/// One thing to tell.
#[derive(Clone, PartialEq, Debug)]
pub struct OutboxItem {
    pub id: i64,
    pub alert: String,
    /// The alert's version this speaks of.
    pub version: u32,
    pub change: AlertChangeKind,
    pub code: Code,
    pub kind: Kind,
    pub level: Level,
    pub at: Time,
}

/// What one person got through one channel.
#[derive(Clone, PartialEq, Debug)]
pub struct Delivery {
    pub outbox: i64,
    pub person: String,
    pub channel: String,
    pub state: DeliveryState,
    pub tries: u32,
    pub at: Time,
    pub last_error: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DeliveryState {
    Queued,
    Sent,
    Delivered,
    Read,
    Failed,
}

impl DeliveryState {
    pub const ALL: [DeliveryState; 5] = [
        DeliveryState::Queued,
        DeliveryState::Sent,
        DeliveryState::Delivered,
        DeliveryState::Read,
        DeliveryState::Failed,
    ];
    pub const fn as_str(self) -> &'static str {
        match self {
            DeliveryState::Queued => "queued",
            DeliveryState::Sent => "sent",
            DeliveryState::Delivered => "delivered",
            DeliveryState::Read => "read",
            DeliveryState::Failed => "failed",
        }
    }
    pub fn parse(word: &str) -> Option<DeliveryState> {
        DeliveryState::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

impl Store {
    /// Everything sent about one alert, oldest first.
    pub async fn alert_deliveries(&self, alert: &str) -> Result<Vec<Delivery>, StoreError> {
        const READ: &str = "SELECT d.outbox, d.person, d.channel, d.state, d.tries, d.at, d.last_error FROM outbox o \
             JOIN deliveries d ON d.outbox = o.id WHERE o.alert = $1 ORDER BY d.outbox, d.person, d.channel";
        let rows = sql::query(READ).bind(alert.to_string()).fetch_all(&self.readers).await?;
        rows.iter().map(delivery).collect()
    }

    /// Items not yet done.
    pub async fn outbox_pending(&self) -> Result<u64, StoreError> {
        let row = sql::query("SELECT COUNT(*) FROM outbox WHERE done = 0").fetch_one(&self.readers).await?;
        sql::small(&row, 0)
    }

    /// Changes whenever this process wrote to the outbox.
    pub fn outbox_woken(&self) -> watch::Receiver<u64> {
        self.outbox.subscribe()
    }

    pub(crate) fn wake_outbox(&self) {
        self.outbox.send_modify(|count| *count += 1);
    }
}

/// Queues one item; called inside the transaction that changed the alert.
pub(crate) async fn put(
    tx: &mut Connection<'_>,
    alert: &Alert,
    change: AlertChangeKind,
    at: Time,
) -> Result<(), StoreError> {
    let id = next_serial(tx, "outbox").await?;
    const PUT: &str = "INSERT INTO outbox (id, alert, version, change, code, kind, level, at, done) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)";
    let cells = [
        Cell::Int(id),
        Cell::Text(alert.id.clone()),
        Cell::Int(i64::from(alert.version)),
        Cell::Text(change.as_str().to_string()),
        Cell::Int(i64::from(alert.code.0)),
        Cell::Text(alert.kind.to_string()),
        Cell::Text(alert.level.to_string()),
        Cell::Int(at.0),
    ];
    sql::query(PUT).bind_all(cells).execute(tx).await?;
    Ok(())
}

/// The next number of a named series, from 1; a number is used at most once.
pub(crate) async fn next_serial(tx: &mut Connection<'_>, name: &str) -> Result<i64, StoreError> {
    const NEXT: &str = "INSERT INTO serials (name, last) VALUES ($1, 1) \
         ON CONFLICT (name) DO UPDATE SET last = serials.last + 1 RETURNING last";
    let row = sql::query(NEXT).bind(name.to_string()).fetch_one(tx).await?;
    get(&row, 0)
}

pub(crate) fn item(row: &SqlRow) -> Result<OutboxItem, StoreError> {
    Ok(OutboxItem {
        id: get(row, 0)?,
        alert: get(row, 1)?,
        version: sql::small(row, 2)?,
        change: sql::word(row, 3, AlertChangeKind::parse)?,
        code: Code(sql::small(row, 4)?),
        kind: sql::word(row, 5, Kind::parse)?,
        level: sql::word(row, 6, Level::parse)?,
        at: Time(get(row, 7)?),
    })
}

fn delivery(row: &SqlRow) -> Result<Delivery, StoreError> {
    Ok(Delivery {
        outbox: get(row, 0)?,
        person: get(row, 1)?,
        channel: get(row, 2)?,
        state: sql::word(row, 3, DeliveryState::parse)?,
        tries: sql::small(row, 4)?,
        at: Time(get(row, 5)?),
        last_error: get(row, 6)?,
    })
}
