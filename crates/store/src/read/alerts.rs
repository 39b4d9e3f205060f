//! Alerts as lists, one with its history, and how many stand.

use super::{List, Page, after, cursor, limit, page};
use crate::alert::{AlertDetail, COLUMNS, from_row, hash};
use crate::error::StoreError;
use crate::sql::{self, Cell, get};
use crate::store::Store;
use domain::alert::{Alert, HistoryEntry, State, verify};
use domain::kind::{Kind, Level};
use domain::place::Code;
use domain::time::Time;
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

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
    pub async fn alerts(&self, filter: &AlertFilter) -> Result<Page<Alert>, StoreError> {
        let limit = limit(filter.limit);
        let head = format!("SELECT {COLUMNS} FROM alerts WHERE 1 = 1");
        let list = List { head: &head, order: ["opened_at", "id"], limit };
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
        let rows = select.all(&self.readers).await?;
        let alerts: Vec<Alert> = rows.iter().map(from_row).collect::<Result<_, _>>()?;
        Ok(page(alerts, limit, |alert| cursor(alert.opened_at, &alert.id)))
    }

    /// One alert with its whole history.
    pub async fn alert(&self, id: &str) -> Result<Option<AlertDetail>, StoreError> {
        let query = format!("SELECT {COLUMNS} FROM alerts WHERE id = $1");
        let row =
            sqlx::query(AssertSqlSafe(query)).bind(id.to_string()).fetch_optional(&self.readers).await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(AlertDetail { alert: from_row(&row)?, history: self.history(id).await? }))
    }

    /// The live alert of a (unit, kind).
    pub async fn live_alert(&self, code: Code, kind: Kind) -> Result<Option<Alert>, StoreError> {
        let query = format!("SELECT {COLUMNS} FROM alerts WHERE code = $1 AND kind = $2 AND live = 1");
        let query = sqlx::query(AssertSqlSafe(query)).bind(i64::from(code.0)).bind(kind.to_string());
        query.fetch_optional(&self.readers).await?.as_ref().map(from_row).transpose()
    }

    /// Live alerts by level, kind and state, for the metrics.
    pub async fn alert_counts(&self) -> Result<Vec<AlertCount>, StoreError> {
        const COUNT: &str =
            "SELECT level, kind, state, COUNT(*) FROM alerts WHERE live = 1 GROUP BY level, kind, state";
        let rows = sqlx::query(COUNT).fetch_all(&self.readers).await?;
        let count = |row: &AnyRow| {
            Ok(AlertCount {
                level: sql::word(row, 0, Level::parse)?,
                kind: sql::word(row, 1, Kind::parse)?,
                state: sql::word(row, 2, State::parse)?,
                count: sql::small(row, 3)?,
            })
        };
        rows.iter().map(count).collect()
    }

    /// Checks every alert's hash chain. Returns how many alerts were read and what is wrong, one line each.
    pub async fn verify_histories(&self) -> Result<(u64, Vec<String>), StoreError> {
        let rows = sqlx::query("SELECT id, version FROM alerts ORDER BY id").fetch_all(&self.readers).await?;
        let mut wrong = Vec::new();
        for row in &rows {
            let (id, version): (String, u32) = (get(row, 0)?, sql::small(row, 1)?);
            let history = self.history(&id).await?;
            if history.len() != version as usize {
                wrong.push(format!("alert '{id}': {} history lines for version {version}", history.len()));
            }
            wrong.extend(verify(&history).err());
        }
        Ok((rows.len() as u64, wrong))
    }

    async fn history(&self, id: &str) -> Result<Vec<HistoryEntry>, StoreError> {
        const HISTORY: &str = "SELECT alert, version, at, actor, act, reason, content, content_hash, hash \
             FROM alert_history WHERE alert = $1 ORDER BY version";
        let rows = sqlx::query(HISTORY).bind(id.to_string()).fetch_all(&self.readers).await?;
        rows.iter().map(entry).collect()
    }
}

fn entry(row: &AnyRow) -> Result<HistoryEntry, StoreError> {
    Ok(HistoryEntry {
        alert: get(row, 0)?,
        version: sql::small(row, 1)?,
        at: Time(get(row, 2)?),
        actor: get(row, 3)?,
        act: get(row, 4)?,
        reason: get(row, 5)?,
        content: get(row, 6)?,
        content_hash: hash(row, 7)?,
        hash: hash(row, 8)?,
    })
}
