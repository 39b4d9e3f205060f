//! The whole state as lines of JSON, and back into an empty store of either engine.
//!
//! One line a row: `["table", {"column": value, …}]`; bytes as `{"b": "<hex>"}`, as they lie in the store. The last line counts the rows, so a
//! file that was cut off is seen.

mod earlier;

use crate::error::StoreError;
use crate::sql::{self, Cell, Connection, Engine, SqlRow, get};
use crate::store::{Store, in_transaction};
use crate::table::{daily_counts, feeds, progress};
use async_recursion::async_recursion as boxed;
use domain::service_clock::ClockStep;
use domain::time::{Hour, Time};
use earlier::EarlierRows;
use futures::TryStreamExt;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Every table but those of which the tests say why they are left out; no key refers to another.
const TABLES: [&str; 41] = [
    "progress",
    "topic_offsets",
    "borders",
    "serials",
    "counters",
    "reports",
    "payloads",
    "duplicates",
    "report_links",
    "zero_reports",
    "incidents",
    "assessments",
    "newest_assessments",
    "conditions",
    "condition_levels",
    "cell_memory",
    "alerts",
    "alert_history",
    "outbox",
    "withheld_alerts",
    "deliveries",
    "delivery_attempts",
    "message_words",
    "feeds",
    "organisation_names",
    "feed_activity",
    "dead_letters",
    "dead_letter_bytes",
    "users",
    "ledger",
    "ledger_outcomes",
    "ledger_rechecks",
    "ledger_inputs",
    "hindcasts",
    "samples",
    "sample_checks",
    "verifier_saw",
    "kept_mappings",
    "table_uploads",
    "imports",
    "imported_parts",
];
/// Sealed columns go into the file as they lie in the store; what lies in clear there can be read by anybody who holds
/// the file, so the file is to be guarded like the database.
const IDENTITIES: &str = "identities";
/// Tables that were called otherwise up to schema 30.
const RENAMED: [(&str, &str); 2] = [("heard", "feed_activity"), ("origins", "topic_offsets")];
/// Tables whose rows stand at an offset of a log.
const PLACED: [&str; 6] =
    ["counters", "reports", "duplicates", "feed_activity", "dead_letters", "dead_letter_bytes"];

/// What a backup's rows are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BackupFormat {
    /// Rows of the builds with schema 10.
    First,
    /// Rows of the builds with schemas 11 to 14, where an id alone was a report's name.
    Second,
    /// Rows of this schema.
    Third,
}

impl BackupFormat {
    /// The format of a file whose first line names this number.
    pub const fn of(number: u64) -> Option<BackupFormat> {
        match number {
            1 => Some(BackupFormat::First),
            2 => Some(BackupFormat::Second),
            3 => Some(BackupFormat::Third),
            _ => None,
        }
    }

    /// The number that this program writes into the first line.
    pub const NUMBER: u64 = 3;
}

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
    ///
    /// # Errors
    /// [`StoreError::Busy`] where `take` fails; else where the store cannot be read.
    pub async fn backup(
        &self,
        mut take: impl FnMut(&Value) -> std::io::Result<()> + Send,
    ) -> Result<u64, StoreError> {
        self.write_backup(&mut take).await
    }

    #[boxed]
    async fn write_backup(
        &self,
        take: &mut (dyn FnMut(&Value) -> std::io::Result<()> + Send),
    ) -> Result<u64, StoreError> {
        let mut connection = self.writing().await?;
        let mut transaction = connection.begin_reading().await?;
        let mut tx = transaction.connection();
        let mut count = 0;
        for table in TABLES.into_iter().chain([IDENTITIES]) {
            let columns = columns(&mut tx, self.engine, table).await?;
            let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
            let text = format!("SELECT {} FROM {table}", names.join(", "));
            let mut rows = tx.stream(sql::query(text));
            while let Some(row) = rows.try_next().await? {
                let line = json!([table, object(&row, &columns)?]);
                take(&line).map_err(|error| StoreError::Busy(format!("writing the backup: {error}")))?;
                count += 1;
            }
        }
        Ok(count)
    }

    /// The lowest partition any row stands in: below 0 where a log was left behind before.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn lowest_partition(&self) -> Result<i64, StoreError> {
        let row = sql::query("SELECT MIN(log_partition) FROM counters").fetch_one(&self.readers).await?;
        Ok(get::<Option<i64>>(&row, 0)?.unwrap_or(0).min(0))
    }

    /// Puts rows into a store that has none, all of them or none. `rows` ends with `None`. Returns how many were read.
    ///
    /// # Errors
    /// [`StoreError::Occupied`] where there is a state already, [`StoreError::Corrupt`] where a row is not as a backup has
    /// it.
    pub async fn restore(
        &self,
        mut rows: impl FnMut() -> Result<Option<Value>, StoreError> + Send,
        (onto, format): (RestoreOnto, BackupFormat),
    ) -> Result<u64, StoreError> {
        self.put_back(&mut rows, (onto, format)).await
    }

    #[boxed]
    async fn put_back(
        &self,
        rows: &mut NextRow<'_>,
        (onto, format): (RestoreOnto, BackupFormat),
    ) -> Result<u64, StoreError> {
        let engine = self.engine;
        in_transaction!(self, tx => put_all(&mut tx, engine, rows, (onto, format)).await)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Int,
    Text,
    Bytes,
}

async fn columns(
    tx: &mut Connection<'_>,
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
    let rows = sql::query(query).fetch_all(tx).await?;
    let column = |row: &SqlRow| {
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

fn object(row: &SqlRow, columns: &[(String, Type)]) -> Result<Map<String, Value>, StoreError> {
    let mut object = Map::new();
    for (index, (name, kind)) in columns.iter().enumerate() {
        let null = row.is_null(index)?;
        let value = match kind {
            _ if null => Value::Null,
            Type::Int => get::<i64>(row, index)?.into(),
            Type::Text => get::<String>(row, index)?.into(),
            Type::Bytes => json!({ "b": hex::encode(get::<Vec<u8>>(row, index)?) }),
        };
        object.insert(name.clone(), value);
    }
    Ok(object)
}

/// The next row of a backup; `None` at its end.
type NextRow<'a> = dyn FnMut() -> Result<Option<Value>, StoreError> + Send + 'a;

async fn put_all(
    tx: &mut Connection<'_>,
    engine: Engine,
    rows: &mut NextRow<'_>,
    (onto, format): (RestoreOnto, BackupFormat),
) -> Result<u64, StoreError> {
    let there = sql::query("SELECT COUNT(*) FROM progress").fetch_one(&mut *tx).await?;
    if get::<i64>(&there, 0)? > 0 {
        return Err(StoreError::Occupied);
    }
    let mut known = KnownColumns { engine, tables: BTreeMap::new() };
    let mut earlier = (format != BackupFormat::Third).then(|| EarlierRows::of(format));
    let mut count = 0;
    while let Some(line) = rows()? {
        count += 1;
        let (Some(table), Value::Object(row)) = (line[0].as_str(), line[1].clone()) else {
            return Err(StoreError::corrupt("a line of the backup is no row"));
        };
        let translated = match &mut earlier {
            Some(earlier) => earlier.translate(table, row)?,
            None => vec![(table.to_owned(), row)],
        };
        for (table, row) in translated {
            let now = RENAMED.iter().find(|(earlier, _)| *earlier == table).map_or(&*table, |(_, now)| now);
            place(tx, (now, row), onto, &mut known).await?;
        }
    }
    daily_counts::recount(tx).await?;
    feeds::keep_organisations(tx, None).await?; // up to schema 31 they stood with the feeds alone
    Ok(count)
}

/// Columns of tables, asked once for each.
struct KnownColumns {
    engine: Engine,
    tables: BTreeMap<String, Vec<(String, Type)>>,
}

/// Puts one row where it belongs in the log the state goes on with.
async fn place(
    tx: &mut Connection<'_>,
    (table, mut row): (&str, Map<String, Value>),
    onto: RestoreOnto,
    known: &mut KnownColumns,
) -> Result<(), StoreError> {
    if table != IDENTITIES && !TABLES.contains(&table) {
        return Err(StoreError::corrupt(format!("the backup names a table '{table}' that is not known")));
    }
    if !known.tables.contains_key(table) {
        known.tables.insert(table.to_owned(), columns(tx, known.engine, table).await?);
    }
    if table == "reports" {
        earlier::name_speaker(&mut row)?;
    }
    if let RestoreOnto::NewLog { partitions, lowest } = onto {
        if table == "progress" {
            return begin_new_log(tx, &row, partitions).await;
        }
        if table == "topic_offsets" || table == "borders" {
            return Ok(());
        }
        if PLACED.contains(&table) {
            let old = row.get("log_partition").and_then(Value::as_i64).unwrap_or_default();
            let kept = if old < 0 { old } else { lowest - 1 - old };
            row.insert("log_partition".to_owned(), kept.into());
        }
    }
    put(tx, table, &known.tables[table], &row).await
}

async fn put(
    tx: &mut Connection<'_>,
    table: &str,
    columns: &[(String, Type)],
    row: &Map<String, Value>,
) -> Result<(), StoreError> {
    // A column that the backup does not name keeps its default.
    let columns: Vec<&(String, Type)> = columns.iter().filter(|(name, _)| row.contains_key(name)).collect();
    let mut cells = Vec::with_capacity(columns.len());
    for (name, kind) in &columns {
        let value = row.get(name).unwrap_or(&Value::Null);
        cells.push(match kind {
            Type::Int => Cell::MaybeInt(value.as_i64()),
            Type::Text => Cell::MaybeText(value.as_str().map(str::to_owned)),
            Type::Bytes => match (value["b"].as_str(), value["clear"].as_str()) {
                (Some(text), _) => Cell::Bytes(unhex(text)?),
                (None, Some(text)) => Cell::Sealed(Some(unhex(text)?)),
                (None, None) => Cell::MaybeBytes(None),
            },
        });
    }
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let marks: Vec<String> = (1..=columns.len()).map(|number| format!("${number}")).collect();
    let text = format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), marks.join(", "));
    sql::query(text).bind_all(cells).execute(tx).await?;
    Ok(())
}

/// Every partition of the new log begins at its start, and at the clock of the old one.
async fn begin_new_log(
    tx: &mut Connection<'_>,
    before: &Map<String, Value>,
    partitions: i32,
) -> Result<(), StoreError> {
    let number = |name: &str| before.get(name).and_then(Value::as_i64).unwrap_or_default();
    let clock = Time(number("clock"));
    let last_tick = i32::try_from(number("last_tick"));
    let last_tick =
        last_tick.map(Hour).map_err(|_| StoreError::corrupt("a tick of the backup is no hour"))?;
    let stepped = ClockStep { from: Time(number("stepped_from")), to: Time(number("stepped_to")) };
    let stepped = (stepped.from > stepped.to).then_some(stepped);
    for partition in 0..partitions {
        progress::begin_after(tx, partition, clock, last_tick, stepped).await?;
    }
    Ok(())
}

fn unhex(text: &str) -> Result<Vec<u8>, StoreError> {
    hex::decode(text).map_err(|_| StoreError::corrupt("bytes of the backup are no hexadecimal digits"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Tables that no backup has, and why.
    const LEFT_OUT: [(&str, &str); 9] = [
        ("sessions", "by them somebody could act"),
        ("second_links", "by them somebody could act; a person is asked again"),
        ("uploaded_files", "kept for some days alone, with people's names in them; who sent one has it"),
        ("jobs", "when a job ran last is of this machine; it runs again"),
        ("pulls", "what an agency answered; it is asked again"),
        ("snapshots", "made again from the other tables"),
        ("daily_reports", "counted again"),
        ("daily_incidents", "counted again"),
        ("schema_versions", "of the program that restores, which writes its own"),
    ];

    #[test]
    fn every_table_is_in_the_backup_or_is_left_out_for_a_reason() {
        let tables = |script: &str| -> BTreeSet<String> {
            let names = script.lines().filter_map(|line| line.strip_prefix("CREATE TABLE "));
            names.filter_map(|rest| rest.split([' ', '(']).next()).map(str::to_owned).collect()
        };
        let mut made = tables(include_str!("../schema/sqlite.sql"));
        assert_eq!(made, tables(include_str!("../schema/postgres.sql")), "both engines have the same tables");
        made.insert("schema_versions".to_owned());
        let kept = TABLES.iter().chain([&IDENTITIES]).chain(LEFT_OUT.iter().map(|(table, _)| table));
        let kept: Vec<String> = kept.map(|name| (*name).to_owned()).collect();
        assert_eq!(kept.len(), made.len(), "a table is named twice, or not at all");
        assert_eq!(made, kept.into_iter().collect());
        assert!(LEFT_OUT.iter().all(|(_, why)| !why.is_empty()));
    }

    #[test]
    fn bytes_come_back() {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(unhex(&hex::encode(&bytes)).unwrap(), bytes);
        assert!(unhex("0g").is_err());
    }
}
