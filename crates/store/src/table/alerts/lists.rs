//! Alerts as lists, one with its history, how many stand, and which the broker does not have yet.

use super::{AlertHistoryRow, AlertRow, one};
use crate::error::StoreError;
use crate::read::{NewestList, Page, after, cursor, limit, page};
use crate::sql::{self, Cell, Column, SqlRow, SqlStatement, get, table_row};
use crate::store::Store;
use async_recursion::async_recursion as boxed;
use domain::alert::{Alert, HistoryEntry, State, verify};
use domain::kind::{Kind, Level};
use domain::place::Code;

table_row! {
    /// Which version an alert is at.
    pub(crate) struct AlertVersionRow in "alerts", key 0 {
        pub id: String,
        pub code: Code,
        pub version: i64,
    }
}

/// The versions of the live alerts.
pub(crate) async fn live_versions(store: &Store) -> Result<Vec<AlertVersionRow>, StoreError> {
    let text = format!("{} live = 1", sql::select::<AlertVersionRow>());
    sql::read_all(&sql::query(text).fetch_all(&store.readers).await?)
}

/// An alert with its whole history, oldest first.
#[derive(Clone, PartialEq, Debug)]
pub struct AlertDetail {
    pub alert: Alert,
    pub history: Vec<HistoryEntry>,
}

/// Which alerts; empty lists mean all.
#[derive(Clone, Debug, Default)]
pub struct AlertFilter {
    /// True: only those that are someone's work.
    pub live: bool,
    pub states: Vec<State>,
    pub codes: Vec<Code>,
    pub kind: Option<Kind>,
    pub cursor: Option<String>,
    pub limit: u32,
}

/// How many live alerts stand at a level, kind and state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AlertCount {
    pub level: Level,
    pub kind: Kind,
    pub state: State,
    pub count: u64,
}

impl Store {
    /// Alerts, the newest opened first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn alerts(&self, filter: &AlertFilter) -> Result<Page<Alert>, StoreError> {
        let limit = limit(filter.limit);
        let head = format!("{} 1 = 1", sql::select::<AlertRow>());
        let list = NewestList { head: &head, order: ["opened_at", "id"], limit };
        let kinds: Vec<Option<Kind>> = filter.kind.into_iter().map(Some).collect();
        let select = list.select(&filter.codes, &kinds, |select| {
            if filter.live {
                select.add(" AND live = 1", []);
            }
            if !filter.states.is_empty() {
                let states = filter.states.iter().map(|state| Cell::Text(state.as_str().to_string()));
                select.add(" AND", []).add_in("state", states.collect());
            }
            after(select, filter.cursor.as_deref(), "opened_at, id");
        });
        let rows = sql::read_all::<AlertRow>(&select.fetch_all(&self.readers).await?)?;
        let alerts: Vec<Alert> = rows.into_iter().map(AlertRow::alert).collect();
        Ok(page(alerts, limit, |alert| cursor(alert.opened_at, &alert.id)))
    }

    /// One alert with its whole history.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn alert(&self, id: &str) -> Result<Option<AlertDetail>, StoreError> {
        let query = sql::query(format!("{} id = $1", sql::select::<AlertRow>())).bind(id);
        let Some(alert) = one(&query.fetch_all(&self.readers).await?)? else { return Ok(None) };
        Ok(Some(AlertDetail { alert, history: self.history(id).await? }))
    }

    /// The live alert of a (unit, kind).
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn live_alert(&self, code: Code, kind: Kind) -> Result<Option<Alert>, StoreError> {
        let text = format!("{} code = $1 AND kind = $2 AND live = 1", sql::select::<AlertRow>());
        one(&sql::query(text).bind_all([code.cell(), kind.cell()]).fetch_all(&self.readers).await?)
    }

    /// Live alerts by level, kind and state, for the metrics.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn alert_counts(&self) -> Result<Vec<AlertCount>, StoreError> {
        const COUNT: &str =
            "SELECT level, kind, state, COUNT(*) FROM alerts WHERE live = 1 GROUP BY level, kind, state";
        let count = |row: &SqlRow| {
            Ok(AlertCount {
                level: Level::read(row, 0)?,
                kind: Kind::read(row, 1)?,
                state: State::read(row, 2)?,
                count: sql::small(row, 3)?,
            })
        };
        sql::query(COUNT).fetch_all(&self.readers).await?.iter().map(count).collect()
    }

    /// Checks every alert's hash chain. Returns how many alerts were read and what is wrong, one line each.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn verify_histories(&self) -> Result<(u64, Vec<String>), StoreError> {
        let text = format!("{} 1 = 1 ORDER BY id", sql::select::<AlertVersionRow>());
        let rows = sql::read_all(&sql::query(text).fetch_all(&self.readers).await?)?;
        let (mut wrong, count) = (Vec::new(), rows.len() as u64);
        for AlertVersionRow { id, version, .. } in rows {
            let history = self.history(&id).await?;
            if history.len() != version as usize {
                wrong.push(format!("alert '{id}': {} history lines for version {version}", history.len()));
            }
            wrong.extend(verify(&history).err());
        }
        Ok((count, wrong))
    }

    async fn history(&self, id: &str) -> Result<Vec<HistoryEntry>, StoreError> {
        let text = format!("{} alert = $1 ORDER BY version", sql::select::<AlertHistoryRow>());
        let rows = sql::query(text).bind(id).fetch_all(&self.readers).await?;
        Ok(sql::read_all::<AlertHistoryRow>(&rows)?.into_iter().map(AlertHistoryRow::entry).collect())
    }

    /// Alerts of some regencies whose newest version is not with the broker yet, at most 200.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn unpublished_alerts(&self, regencies: &[Code]) -> Result<Vec<String>, StoreError> {
        let mut select = SqlStatement::new("SELECT id FROM alerts WHERE published < version AND");
        select.add_in("regency", regencies.iter().map(Column::cell).collect());
        select.add(" ORDER BY changed_at LIMIT 200", []);
        select.fetch_all(&self.readers).await?.iter().map(|row| get(row, 0)).collect()
    }

    /// Notes that the broker has this version of the alert.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn published_alert(&self, id: &str, version: i64) -> Result<(), StoreError> {
        let query = sql::query("UPDATE alerts SET published = $1 WHERE id = $2 AND published < $1");
        self.execute(query.bind(version).bind(id)).await.map(drop)
    }
}
