//! Tables `outbox` and `serials`: what the team must be notified of, written with the alert and drained by `notify`.

use crate::error::StoreError;
use crate::sql::{self, Bulk, Connection, get, table_row};
use crate::store::Store;
use async_recursion::async_recursion as boxed;
use domain::alert::Alert;
use domain::alert::notice::AlertChangeKind;
use domain::effect::Incident;
use domain::kind::{Kind, Level};
use domain::place::Code;
use domain::report::ReportName;
use domain::time::Time;
use std::collections::BTreeMap;
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

/// What a transaction is to notify the team of. Written as its last step: the series that numbers it is one for all
/// partitions, and a transaction that has taken a number makes the others wait until it ends.
#[derive(Default)]
pub(crate) struct OutboxQueue(Vec<OutboxItem>);

/// What stands in place of an alert's number where an incident is to be looked into.
const CHECK: &str = "check";

/// What stands there where its source sent something else than what the desk judged; before the name stands what it sent.
const CHANGED: &str = "changed";

/// How many hexadecimal digits the content has there.
const CONTENT_DIGITS: usize = 16;

/// What stands there where a second person of the desk must confirm what one asked for.
const SECOND: &str = "second";

impl OutboxQueue {
    /// A change of an alert; called inside the transaction that changed it.
    pub fn add(&mut self, alert: &Alert, change: AlertChangeKind, at: Time) {
        self.0.push(OutboxItem {
            id: 0,
            alert: alert.id.clone(),
            version: alert.version,
            change,
            code: alert.code,
            kind: alert.kind,
            level: alert.level,
            at,
        });
    }

    /// How many items there are so far.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Gives what incidents did to live alerts, from this item on, the level at which those stand by now.
    pub fn level_stands(&mut self, from: usize, live: &BTreeMap<(Code, Kind), Alert>) {
        for item in self.0[from..].iter_mut().filter(|item| item.change.is_by_incident()) {
            if let Some(alert) = live.get(&(item.code, item.kind)).filter(|alert| alert.id == item.alert) {
                item.level = alert.level;
            }
        }
    }

    /// The question to who is on duty to look into an incident; called inside the transaction that found it. False where
    /// that was asked before: once of an incident, and once of each content that came in place of what the desk judged.
    pub async fn ask_check(
        &mut self,
        tx: &mut Connection<'_>,
        incident: &Incident,
        at: Time,
    ) -> Result<bool, StoreError> {
        let (regency, id) = (incident.place.code.regency(), incident.id);
        let task = match incident.changed {
            Some(content) => format!("{CHANGED}:{regency}:{content:0CONTENT_DIGITS$x}:{id}"),
            None => format!("{CHECK}:{regency}:{id}"),
        };
        self.ask(tx, incident, (task, AlertChangeKind::ToCheck, Level::Waspada), at).await
    }

    /// The question to the desk for a second person; called inside the transaction that found the request. False where
    /// that was asked before.
    pub async fn ask_second(
        &mut self,
        tx: &mut Connection<'_>,
        incident: &Incident,
        verification: ReportName,
        at: Time,
    ) -> Result<bool, StoreError> {
        let task = format!("{SECOND}:{}:{verification}", incident.place.code.regency());
        self.ask(tx, incident, (task, AlertChangeKind::ToSecond, Level::Siaga), at).await
    }

    async fn ask(
        &mut self,
        tx: &mut Connection<'_>,
        incident: &Incident,
        (task, change, level): (String, AlertChangeKind, Level),
        at: Time,
    ) -> Result<bool, StoreError> {
        let asked = sql::query("SELECT 1 FROM outbox WHERE alert = $1 LIMIT 1").bind(task.clone());
        if self.0.iter().any(|item| item.alert == task) || asked.fetch_optional(&mut *tx).await?.is_some() {
            return Ok(false);
        }
        self.0.push(OutboxItem {
            id: 0,
            alert: task,
            version: 0,
            change,
            code: incident.place.code,
            kind: incident.kind,
            level,
            at,
        });
        Ok(true)
    }

    /// Numbers the items in their order and writes them; gives them as they stand then.
    pub async fn write(mut self, tx: &mut Connection<'_>) -> Result<Vec<OutboxItem>, StoreError> {
        if self.0.is_empty() {
            return Ok(self.0);
        }
        let count = i64::try_from(self.0.len()).expect("a transaction's items fit into memory");
        let first = next_serials(tx, "outbox", count).await?;
        for (item, id) in self.0.iter_mut().zip(first..) {
            item.id = id;
        }
        Bulk::insert::<OutboxItem>().run_rows(tx, self.0.iter().cloned()).await?;
        Ok(self.0)
    }
}

impl OutboxItem {
    /// The incident to be looked into, where it is about one; it was called so then.
    pub(crate) fn incident_to_check(&self) -> Option<ReportName> {
        incident_named(&self.alert).map(|(_, name)| name)
    }

    /// The verification that a second person is asked to join, where it is about one.
    pub(crate) fn verification_to_second(&self) -> Option<ReportName> {
        question(&self.alert, SECOND).map(|(_, name)| name)
    }
}

/// The changes that go by a message of their own, as SQL lists them.
macro_rules! go_alone {
    () => {
        "('withdrawal_asked', 'not_agreed', 'request_dropped', 'request_lapsed')"
    };
}

/// The changes by which an alert is over, as SQL lists them.
macro_rules! ends {
    () => {
        "('withdrawn', 'ended')"
    };
}

pub(crate) use {ends, go_alone};

/// The condition of the index of questions, on the columns of the outbox with this prefix.
pub(crate) fn questions(prefix: &str) -> String {
    let [check, second] = [AlertChangeKind::ToCheck, AlertChangeKind::ToSecond].map(AlertChangeKind::as_str);
    format!("{prefix}change IN ('{check}', '{second}')")
}

/// The condition that something still waits for what a question (a row of the outbox with this prefix) asks: its incident, whatever
/// it is called by now, is to be looked into, or one asks for a second person since the instant bound to these places (one for awas,
/// one for what is to be taken back).
pub(crate) fn may_be_open(prefix: &str, [awas_since, take_back_since]: [&str; 2]) -> String {
    let regency = format!("{prefix}code / 100 * 100");
    // A task is a word, a regency (`16.13`) and a name, before which the content of what changed stands.
    let name = |word: &str| format!("substr({prefix}alert, {})", word.len() + ":16.13:".len() + 1);
    let (incident, verification) = (name(CHECK), name(SECOND));
    let changed = format!(
        "substr({prefix}alert, {})",
        CHANGED.len() + ":16.13:".len() + CONTENT_DIGITS + ":".len() + 1
    );
    format!(
        "(EXISTS (SELECT 1 FROM reports r JOIN incidents i ON i.id = r.incident AND i.regency = r.regency \
         WHERE r.id IN ({incident}, {changed}) AND r.regency = {regency} AND i.to_check IS NOT NULL) \
         OR EXISTS (SELECT 1 FROM incidents i WHERE i.regency = {regency} AND i.awas_asked_at > {awas_since} \
         AND i.awas_asked_by = {verification}) OR EXISTS (SELECT 1 FROM incidents i WHERE i.regency = {regency} \
         AND i.take_back_asked_at > {take_back_since} AND i.take_back_asked_by = {verification}))"
    )
}

/// The incident that a task of this regency asks to look into; it was called so then.
pub(crate) fn incident_to_check(task: &str, regency: Code) -> Option<ReportName> {
    incident_named(task).filter(|(own, _)| *own == regency.to_string()).map(|(_, name)| name)
}

/// The regency and the incident of a task that asks to look into one.
fn incident_named(task: &str) -> Option<(&str, ReportName)> {
    question(task, CHECK).or_else(|| question(task, CHANGED))
}

fn question<'a>(task: &'a str, sort: &str) -> Option<(&'a str, ReportName)> {
    let (word, rest) = task.split_once(':')?;
    let (regency, rest) = rest.split_once(':')?;
    let name = if word == CHANGED { rest.split_once(':')?.1 } else { rest };
    (word == sort).then(|| ReportName::parse(name)).flatten().map(|name| (regency, name))
}

/// The next number of a named series, from 1; a number is used at most once.
pub(crate) async fn next_serial(tx: &mut Connection<'_>, name: &str) -> Result<i64, StoreError> {
    next_serials(tx, name, 1).await
}

/// The first of the next `count` numbers of a named series. Who else asks for it waits until this transaction ends.
async fn next_serials(tx: &mut Connection<'_>, name: &str, count: i64) -> Result<i64, StoreError> {
    const NEXT: &str = "INSERT INTO serials (name, last) VALUES ($1, $2) \
         ON CONFLICT (name) DO UPDATE SET last = serials.last + excluded.last RETURNING last";
    let last: i64 = get(&sql::query(NEXT).bind(name).bind(count).fetch_one(tx).await?, 0)?;
    Ok(last - count + 1)
}

/// The last number of a named series; `None` before the first.
pub(crate) async fn last_serial(tx: &mut Connection<'_>, name: &str) -> Result<Option<i64>, StoreError> {
    let row = sql::query("SELECT last FROM serials WHERE name = $1").bind(name).fetch_optional(tx).await?;
    row.map(|row| get(&row, 0)).transpose()
}

/// Moves a named series on to a number, never back.
pub(crate) async fn raise_serial(tx: &mut Connection<'_>, name: &str, to: i64) -> Result<(), StoreError> {
    const RAISE: &str = "INSERT INTO serials (name, last) VALUES ($1, $2) ON CONFLICT (name) \
         DO UPDATE SET last = CASE WHEN excluded.last > serials.last THEN excluded.last ELSE serials.last END";
    sql::query(RAISE).bind(name).bind(to).execute(tx).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_of_changes_in_sql_are_those_of_the_domain() {
        let listed = |is: fn(AlertChangeKind) -> bool| {
            let words = AlertChangeKind::ALL.iter().filter(|change| is(**change));
            let words: Vec<String> = words.map(|change| format!("'{}'", change.as_str())).collect();
            format!("({})", words.join(", "))
        };
        assert_eq!(listed(AlertChangeKind::goes_alone), go_alone!());
        assert_eq!(listed(AlertChangeKind::is_end), ends!());
    }
}
