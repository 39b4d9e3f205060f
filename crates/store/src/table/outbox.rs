//! Tables `outbox` and `serials`: what the team must be notified of, written with the alert and drained by `notify`.

use crate::error::StoreError;
use crate::sql::{self, Bulk, Cell, Column, Connection, SqlRow, get, table_row};
use crate::store::Store;
use async_recursion::async_recursion as boxed;
use domain::alert::Alert;
use domain::alert::notice::AlertChangeKind;
use domain::effect::Incident;
use domain::kind::{Kind, Level};
use domain::place::Code;
use domain::report::ReportName;
use domain::time::Time;
use tokio::sync::watch;

table_row! {
    /// One thing to notify the team of, but for whether that is done.
    pub struct OutboxItem in "outbox", key 1 {
        pub id: i64,
        /// The alert's number; of an incident to be looked into, what names the task.
        pub alert: String,
        /// The alert's version this speaks of.
        pub version: u32,
        pub change: AlertChangeKind,
        pub code: Code,
        pub kind: Kind,
        pub level: Level,
        pub at: Time,
    }
}

impl Column for AlertChangeKind {
    fn read(row: &SqlRow, at: usize) -> Result<AlertChangeKind, StoreError> {
        sql::word(row, at, AlertChangeKind::parse)
    }
    fn cell(&self) -> Cell {
        Cell::Text(self.as_str().to_owned())
    }
    fn null() -> Cell {
        Cell::MaybeText(None)
    }
}

impl Store {
    /// Items not yet done.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn outbox_pending(&self) -> Result<u64, StoreError> {
        let row = sql::query("SELECT COUNT(*) FROM outbox WHERE done = 0").fetch_one(&self.readers).await?;
        sql::small(&row, 0)
    }

    /// Items that nobody has addressed yet, oldest first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn unaddressed(&self, limit: u32) -> Result<Vec<OutboxItem>, StoreError> {
        let text = format!(
            "SELECT {} FROM outbox o WHERE o.done = 0 AND NOT EXISTS \
             (SELECT 1 FROM deliveries d WHERE d.outbox = o.id) ORDER BY o.id LIMIT $1",
            sql::columns::<OutboxItem>("o.")
        );
        sql::read_all(&sql::query(text).bind(i64::from(limit)).fetch_all(&self.readers).await?)
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
    let item = OutboxItem {
        id: next_serial(tx, "outbox").await?,
        alert: alert.id.clone(),
        version: alert.version,
        change,
        code: alert.code,
        kind: alert.kind,
        level: alert.level,
        at,
    };
    Bulk::insert::<OutboxItem>().run_rows(tx, [item]).await?;
    Ok(())
}

/// What stands in place of an alert's number where an incident is to be looked into.
const CHECK: &str = "check";

/// What stands there where a second person of the desk must confirm what one asked for.
const SECOND: &str = "second";

/// Queues the question to who is on duty to look into an incident; called inside the transaction that found it. False
/// where that was asked before.
pub(crate) async fn put_check(
    tx: &mut Connection<'_>,
    incident: &Incident,
    at: Time,
) -> Result<bool, StoreError> {
    let task = format!("{CHECK}:{}:{}", incident.place.code.regency(), incident.id);
    put_question(tx, incident, (task, AlertChangeKind::ToCheck, Level::Waspada), at).await
}

/// Queues the question to the desk for a second person; called inside the transaction that found the request. False where
/// that was asked before.
pub(crate) async fn put_second(
    tx: &mut Connection<'_>,
    incident: &Incident,
    verification: ReportName,
    at: Time,
) -> Result<bool, StoreError> {
    let task = format!("{SECOND}:{}:{verification}", incident.place.code.regency());
    put_question(tx, incident, (task, AlertChangeKind::ToSecond, Level::Siaga), at).await
}

async fn put_question(
    tx: &mut Connection<'_>,
    incident: &Incident,
    (task, change, level): (String, AlertChangeKind, Level),
    at: Time,
) -> Result<bool, StoreError> {
    let asked = sql::query("SELECT 1 FROM outbox WHERE alert = $1 LIMIT 1").bind(task.clone());
    if asked.fetch_optional(&mut *tx).await?.is_some() {
        return Ok(false);
    }
    let item = OutboxItem {
        id: next_serial(tx, "outbox").await?,
        alert: task,
        version: 0,
        change,
        code: incident.place.code,
        kind: incident.kind,
        level,
        at,
    };
    Bulk::insert::<OutboxItem>().run_rows(tx, [item]).await?;
    Ok(true)
}

impl OutboxItem {
    /// The incident to be looked into, where it is about one; it was called so then.
    pub(crate) fn incident_to_check(&self) -> Option<ReportName> {
        self.question(CHECK)
    }

    /// The verification that a second person is asked to join, where it is about one.
    pub(crate) fn verification_to_second(&self) -> Option<ReportName> {
        self.question(SECOND)
    }

    fn question(&self, sort: &str) -> Option<ReportName> {
        let (word, rest) = self.alert.split_once(':')?;
        let (_, name) = rest.split_once(':')?;
        (word == sort).then(|| ReportName::parse(name)).flatten()
    }
}

/// The next number of a named series, from 1; a number is used at most once.
pub(crate) async fn next_serial(tx: &mut Connection<'_>, name: &str) -> Result<i64, StoreError> {
    const NEXT: &str = "INSERT INTO serials (name, last) VALUES ($1, 1) \
         ON CONFLICT (name) DO UPDATE SET last = serials.last + 1 RETURNING last";
    get(&sql::query(NEXT).bind(name).fetch_one(tx).await?, 0)
}
