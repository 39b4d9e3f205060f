//! The whole state as lines of JSON, and back into an empty store of either engine.
//!
//! One line a row: `["table", {"column": value, …}]`; bytes as `{"b": "<hex>"}`. The last line counts the rows, so a
//! file that was cut off is seen.

use crate::error::StoreError;
use crate::sql::{self, Cell, Engine, get};
use crate::store::{Store, in_transaction};
use domain::time::Time;
use futures::TryStreamExt;
use serde_json::{Map, Value, json};
use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection, AssertSqlSafe, Connection, Row, ValueRef};

/// Every table but the sessions, and what is made anew (bundles; counts by day); no key refers to another.
const TABLES: [&str; 33] = [
    "progress",
    "origins",
    "borders",
    "namings",
    "guests",
    "serials",
    "counters",
    "reports",
    "payloads",
    "duplicates",
    "zero_reports",
    "incidents",
    "assessments",
    "assessed",
    "conditions",
    "memory",
    "alerts",
    "alert_history",
    "outbox",
    "deliveries",
    "delivery_tries",
    "feeds",
    "heard",
    "dead_letters",
    "dead_letter_bytes",
    "users",
    "ledger",
    "ledger_outcomes",
    "ledger_stirred",
    "ledger_inputs",
    "samples",
    "sample_checks",
    "verifier_saw",
];
/// Sealed: whoever holds the file can read it, so the file is to be guarded like the database.
const IDENTITIES: &str = "identities";
/// Tables whose rows stand at an offset of a log.
const PLACED: [&str; 6] = ["counters", "reports", "duplicates", "heard", "dead_letters", "dead_letter_bytes"];

/// How a restored state goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RestoreOnto {
    /// The same log.
    SameLog,
    /// A new log, empty, of so many partitions; rows of the old log's keep places of their own below `lowest`.
    NewLog { partitions: i32, lowest: i64 },
}

impl Store {
    /// Gives every row to `take`, as of one instant. Returns how many.
    pub async fn backup(
        &self,
        mut take: impl FnMut(&Value) -> std::io::Result<()>,
    ) -> Result<u64, StoreError> {
        let mut connection = self.writing().await?;
        let mut tx = match self.engine {
            Engine::Sqlite => connection.begin().await?,
            Engine::Postgres => connection.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ").await?,
        };
        let mut count = 0;
        for table in TABLES.into_iter().chain([IDENTITIES]) {
            let columns = columns(&mut tx, self.engine, table).await?;
            let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
            let text = format!("SELECT {} FROM {table}", names.join(", "));
            let mut rows = sqlx::query(AssertSqlSafe(text)).fetch(&mut *tx);
            while let Some(row) = rows.try_next().await? {
                let line = json!([table, object(&row, &columns)?]);
                take(&line).map_err(|error| StoreError::Busy(format!("writing the backup: {error}")))?;
                count += 1;
            }
        }
        Ok(count)
    }

    /// The lowest partition any row stands in: below 0 where a log was left behind before.
    pub async fn lowest_partition(&self) -> Result<i64, StoreError> {
        let row = sqlx::query("SELECT MIN(log_partition) FROM counters").fetch_one(&self.readers).await?;
        Ok(get::<Option<i64>>(&row, 0)?.unwrap_or(0).min(0))
    }

    /// Puts rows into a store that has none, all of them or none. `rows` ends with `None`.
    pub async fn restore(
        &self,
        rows: impl FnMut() -> Result<Option<Value>, StoreError>,
        onto: RestoreOnto,
    ) -> Result<u64, StoreError> {
        let engine = self.engine;
        in_transaction!(self, tx => put_all(&mut tx, engine, rows, onto).await)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Int,
    Text,
    Bytes,
}

async fn columns(
    tx: &mut AnyConnection,
    engine: Engine,
    table: &str,
) -> Result<Vec<(String, Type)>, StoreError> {
    let query = match engine {
        Engine::Sqlite => format!("SELECT name, type FROM pragma_table_info('{table}') ORDER BY cid"),
        Engine::Postgres => format!(
            "SELECT CAST(column_name AS TEXT), CAST(data_type AS TEXT) FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name = '{table}' ORDER BY ordinal_position"
        ),
    };
    let rows = sqlx::query(AssertSqlSafe(query)).fetch_all(tx).await?;
    let column = |row: &AnyRow| {
        let kind: String = get(row, 1)?;
        let kind = match kind.to_ascii_lowercase().as_str() {
            "bigint" => Type::Int,
            "text" => Type::Text,
            _ => Type::Bytes,
        };
        Ok((get(row, 0)?, kind))
    };
    rows.iter().map(column).collect()
}

fn object(row: &AnyRow, columns: &[(String, Type)]) -> Result<Map<String, Value>, StoreError> {
    let mut object = Map::new();
    for (index, (name, kind)) in columns.iter().enumerate() {
        let null = row.try_get_raw(index)?.is_null();
        let value = match kind {
            _ if null => Value::Null,
            Type::Int => get::<i64>(row, index)?.into(),
            Type::Text => get::<String>(row, index)?.into(),
            Type::Bytes => json!({ "b": hex(&get::<Vec<u8>>(row, index)?) }),
        };
        object.insert(name.clone(), value);
    }
    Ok(object)
}

async fn put_all(
    tx: &mut AnyConnection,
    engine: Engine,
    mut rows: impl FnMut() -> Result<Option<Value>, StoreError>,
    onto: RestoreOnto,
) -> Result<u64, StoreError> {
    let there = sqlx::query("SELECT COUNT(*) FROM progress").fetch_one(&mut *tx).await?;
    if get::<i64>(&there, 0)? > 0 {
        return Err(StoreError::Occupied);
    }
    let mut known = None::<(String, Vec<(String, Type)>)>;
    let mut count = 0;
    while let Some(line) = rows()? {
        let table = line[0].as_str().unwrap_or_default().to_owned();
        if table != IDENTITIES && !TABLES.contains(&table.as_str()) {
            return Err(StoreError::corrupt(format!("the backup names a table '{table}' that is not known")));
        }
        if known.as_ref().is_none_or(|(name, _)| *name != table) {
            known = Some((table.clone(), columns(tx, engine, &table).await?));
        }
        let (Some((_, columns)), Value::Object(mut row)) = (&known, line[1].clone()) else {
            return Err(StoreError::corrupt("a line of the backup is no row"));
        };
        count += 1;
        if let RestoreOnto::NewLog { partitions, lowest } = onto {
            if table == "progress" {
                begin_anew(tx, &row, partitions).await?;
                continue;
            }
            if table == "origins" || table == "borders" {
                continue;
            }
            if PLACED.contains(&table.as_str()) {
                let old = row.get("log_partition").and_then(Value::as_i64).unwrap_or_default();
                let kept = if old < 0 { old } else { lowest - 1 - old };
                row.insert("log_partition".to_owned(), kept.into());
            }
        }
        put(tx, &table, columns, &row).await?;
    }
    Ok(count)
}

async fn put(
    tx: &mut AnyConnection,
    table: &str,
    columns: &[(String, Type)],
    row: &Map<String, Value>,
) -> Result<(), StoreError> {
    let mut cells = Vec::with_capacity(columns.len());
    for (name, kind) in columns {
        let value = row.get(name).unwrap_or(&Value::Null);
        cells.push(match kind {
            Type::Int => Cell::MaybeInt(value.as_i64()),
            Type::Text => Cell::MaybeText(value.as_str().map(str::to_owned)),
            Type::Bytes => match value["b"].as_str() {
                Some(text) => Cell::Bytes(unhex(text)?),
                None => Cell::MaybeBytes(None),
            },
        });
    }
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let values = sql::values(tx, 1, columns.len());
    let text = format!("INSERT INTO {table} ({}) VALUES {values}", names.join(", "));
    let query = sqlx::query_with::<Any, _>(AssertSqlSafe(text), sql::arguments(cells));
    query.execute(tx).await?;
    Ok(())
}

/// Every partition of the new log begins at its start, and at the clock of the old one.
async fn begin_anew(
    tx: &mut AnyConnection,
    before: &Map<String, Value>,
    partitions: i32,
) -> Result<(), StoreError> {
    let number = |name: &str| before.get(name).and_then(Value::as_i64).unwrap_or_default();
    for partition in 0..partitions {
        sqlx::query(
            "INSERT INTO progress (log_partition, next_offset, clock, last_tick, complete_to, published) \
             VALUES ($1, 0, $2, $3, $3, $4) ON CONFLICT (log_partition) DO UPDATE SET \
             clock = CASE WHEN excluded.clock > progress.clock THEN excluded.clock ELSE progress.clock END, \
             last_tick = CASE WHEN excluded.last_tick > progress.last_tick THEN excluded.last_tick ELSE progress.last_tick END",
        )
        .bind(i64::from(partition))
        .bind(number("clock"))
        .bind(number("last_tick"))
        .bind(Time::MIN.0)
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(b"0123456789abcdef"[usize::from(byte >> 4)]));
        text.push(char::from(b"0123456789abcdef"[usize::from(byte & 15)]));
    }
    text
}

fn unhex(text: &str) -> Result<Vec<u8>, StoreError> {
    let wrong = || StoreError::corrupt("bytes of the backup are no hexadecimal digits");
    let pair = |pair: &[u8]| {
        let pair = core::str::from_utf8(pair).map_err(|_| wrong())?;
        u8::from_str_radix(pair, 16).map_err(|_| wrong())
    };
    text.as_bytes().chunks(2).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_table_is_in_the_backup_but_sessions_and_what_is_made_anew() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
        let mut made = BTreeSet::new();
        for file in std::fs::read_dir(folder).unwrap().flatten() {
            let text = std::fs::read_to_string(file.path()).unwrap();
            let names = text.lines().filter_map(|line| line.strip_prefix("CREATE TABLE "));
            made.extend(names.filter_map(|rest| rest.split([' ', '(']).next()).map(str::to_owned));
        }
        let kept: BTreeSet<String> = TABLES
            .iter()
            .chain([&IDENTITIES, &"sessions", &"bundles", &"jobs"])
            .chain([&"zones", &"open_days", &"report_days", &"incident_days"])
            .map(|name| (*name).to_owned())
            .collect();
        assert_eq!(made, kept);
    }

    #[test]
    fn bytes_come_back() {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(unhex(&hex(&bytes)).unwrap(), bytes);
        assert!(unhex("0g").is_err());
    }
}
