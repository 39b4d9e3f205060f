//! The little SQL machinery both files share: connections, rows in bulk, values out of rows.
//!
//! Only TEXT, BIGINT and BLOB columns exist. Every placeholder keeps its type from call to call, because
//! a prepared statement remembers the types of its first use.

mod columns;

use crate::error::StoreError;
use crate::id;
use domain::report::ReportId;
use sqlx::any::{AnyArguments, AnyConnectOptions, AnyPoolOptions, AnyRow};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Any, AnyConnection, AnyPool};
use sqlx::{Arguments, AssertSqlSafe, ConnectOptions, Decode, Executor, Row, Type};
use std::str::FromStr;
use std::time::Duration;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    pub fn of(url: &str) -> Engine {
        if url.starts_with("postgres") { Engine::Postgres } else { Engine::Sqlite }
    }
    /// Begins a transaction that will write. SQLite takes the write lock at once: a read lock that
    /// must grow later can be refused halfway.
    pub const fn begin(self) -> &'static str {
        match self {
            Engine::Sqlite => "BEGIN IMMEDIATE",
            Engine::Postgres => "BEGIN",
        }
    }
}

/// How a PostgreSQL session is set up: a worker that is stopped amid a transaction must not keep its locks from the
/// one that replaces it.
const SESSION: &str = "SET idle_in_transaction_session_timeout = '4s'; SET jit = off";

/// One that reads only: a plan made for any value does not know which values are rare.
const READING: &str = "SET jit = off; SET plan_cache_mode = force_custom_plan; SET random_page_cost = 1.1; \
     SET max_parallel_workers_per_gather = 0";

/// How a SQLite connection is set up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    LogReader,
    State,
    StateReader,
}

/// A path or a URL as a URL.
pub fn url(path_or_url: &str) -> Result<String, StoreError> {
    if path_or_url.starts_with("postgres:") || path_or_url.starts_with("postgresql:") {
        return Ok(path_or_url.to_string());
    }
    let path = path_or_url.strip_prefix("sqlite:").unwrap_or(path_or_url);
    let path = path.strip_prefix("//").unwrap_or(path);
    let absolute = std::path::absolute(path)
        .map_err(|error| StoreError::Open { path: path.to_string(), why: error.to_string() })?;
    Ok(SqliteConnectOptions::new().filename(absolute).create_if_missing(true).to_url_lossy().to_string())
}

pub fn options(url: &str) -> Result<AnyConnectOptions, StoreError> {
    sqlx::any::install_default_drivers();
    Ok(AnyConnectOptions::from_str(url)?.disable_statement_logging())
}

pub async fn pool(url: &str, dialect: Dialect, connections: u32) -> Result<AnyPool, StoreError> {
    let sqlite = Engine::of(url) == Engine::Sqlite;
    let pool = AnyPoolOptions::new()
        .max_connections(connections)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(!sqlite)
        .acquire_timeout(Duration::from_secs(30))
        .after_connect(move |connection, _| {
            Box::pin(async move {
                let session = if dialect == Dialect::StateReader { READING } else { SESSION };
                connection.execute(if sqlite { pragmas(dialect) } else { session }).await?;
                Ok(())
            })
        });
    Ok(pool.connect_with(options(url)?).await?)
}

/// A value to bind.
#[derive(Clone, Debug)]
pub enum Cell {
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
    MaybeInt(Option<i64>),
    MaybeText(Option<String>),
    MaybeBytes(Option<Vec<u8>>),
}

pub fn arguments(cells: impl IntoIterator<Item = Cell>) -> AnyArguments {
    let mut arguments = AnyArguments::default();
    for cell in cells {
        add(&mut arguments, cell);
    }
    arguments
}

fn add(arguments: &mut AnyArguments, cell: Cell) {
    let added = match cell {
        Cell::Int(value) => arguments.add(value),
        Cell::Text(value) => arguments.add(value),
        Cell::Bytes(value) => arguments.add(value),
        Cell::MaybeInt(value) => arguments.add(value),
        Cell::MaybeText(value) => arguments.add(value),
        Cell::MaybeBytes(value) => arguments.add(value),
    };
    added.expect("integers, texts and bytes always encode");
}

/// A statement with rows in the middle: `head VALUES (…), (…) tail`; on PostgreSQL `head SELECT … tail`, which gives
/// the same rows with the same names (`column1`, `column2`, …).
#[derive(Clone, Copy, Debug)]
pub struct Bulk {
    pub head: &'static str,
    pub columns: usize,
    pub tail: &'static str,
}

/// Rows in one statement on PostgreSQL.
const ROWS: usize = 4096;

/// Placeholders in one statement: fewer cost trips to the connection's thread, many more gained nothing. SQLite allows 32,766.
const PLACEHOLDERS: usize = 1024;

impl Bulk {
    /// Runs the statement over all rows, as few times as it takes. Sizes are powers of two, so that a
    /// handful of prepared statements serves every number of rows. Returns the rows affected.
    pub async fn run(&self, connection: &mut AnyConnection, rows: Vec<Vec<Cell>>) -> Result<u64, StoreError> {
        if !is_sqlite(connection) {
            return self.run_columns(connection, rows).await;
        }
        let most = (PLACEHOLDERS / self.columns).max(1);
        let mut affected = 0;
        let mut left = rows.len();
        let mut rows = rows.into_iter();
        while left > 0 {
            let take = 1 << left.min(most).ilog2();
            let values = values(connection, take, self.columns);
            let text = format!("{} VALUES {values} {}", self.head, self.tail);
            let arguments = arguments(rows.by_ref().take(take).flatten());
            let query = sqlx::query_with::<Any, _>(AssertSqlSafe(text), arguments);
            affected += query.execute(&mut *connection).await?.rows_affected();
            left -= take;
        }
        Ok(affected)
    }

    async fn run_columns(
        &self,
        connection: &mut AnyConnection,
        rows: Vec<Vec<Cell>>,
    ) -> Result<u64, StoreError> {
        let (mut affected, mut rows) = (0, rows);
        while !rows.is_empty() {
            let rest = rows.split_off(rows.len().min(ROWS));
            let (select, arguments) = columns::select(rows, self.columns);
            let text = format!("{} {select} {}", self.head, self.tail);
            let query = sqlx::query_with::<Any, _>(AssertSqlSafe(text), arguments);
            affected += query.execute(&mut *connection).await?.rows_affected();
            rows = rest;
        }
        Ok(affected)
    }
}

fn is_sqlite(connection: &AnyConnection) -> bool {
    connection.backend_name() == "SQLite"
}

/// `(…), (…)` with a placeholder for each value. SQLite's have no numbers: it looks a numbered one up
/// among all others, which was half the time of a bulk insert.
pub fn values(connection: &AnyConnection, rows: usize, columns: usize) -> String {
    let numbered = !is_sqlite(connection);
    let mut text = String::with_capacity(rows * (columns * 6 + 2));
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ",(" });
        for column in 0..columns {
            if column > 0 {
                text.push(',');
            }
            match numbered {
                true => text.push_str(&format!("${}", row * columns + column + 1)),
                false => text.push('?'),
            }
        }
        text.push(')');
    }
    text
}

/// Ids in one `IN (…)`. Always as many, so that one prepared statement serves every number of ids.
const LIST: usize = 512;

/// Runs `head IN (ids)` over all ids, some hundred at a time; `tail` is a further condition up to its placeholder.
pub async fn listed(
    connection: &mut AnyConnection,
    head: &str,
    ids: &[ReportId],
    tail: Option<(&str, i64)>,
) -> Result<Vec<AnyRow>, StoreError> {
    let mut found = Vec::new();
    if !is_sqlite(connection) {
        for ids in ids.chunks(ROWS) {
            let texts: Vec<String> = ids.iter().map(|id| id::to_text(*id)).collect();
            let further = tail.map_or_else(String::new, |(condition, _)| format!("{condition}$2"));
            let text = format!("{head} = ANY(CAST(CAST($1 AS text) AS text[])){further}");
            let list = Cell::Text(format!("{{{}}}", texts.join(",")));
            let cells = std::iter::once(list).chain(tail.map(|(_, value)| Cell::Int(value)));
            let query = sqlx::query_with::<Any, _>(AssertSqlSafe(text), arguments(cells));
            found.extend(query.fetch_all(&mut *connection).await?);
        }
        return Ok(found);
    }
    for ids in ids.chunks(LIST) {
        let filled = ids.iter().chain(std::iter::repeat(&ids[0])).take(LIST);
        let cells = filled.map(|id| Cell::Text(id::to_text(*id)));
        let cells = cells.chain(tail.map(|(_, value)| Cell::Int(value)));
        let mut text = format!("{head} IN {}", values(connection, 1, LIST));
        if let Some((condition, _)) = tail {
            text.push_str(condition);
            text.push('?');
        }
        let query = sqlx::query_with::<Any, _>(AssertSqlSafe(text), arguments(cells));
        found.extend(query.fetch_all(&mut *connection).await?);
    }
    Ok(found)
}

/// A `SELECT` put together from fixed parts and bound values.
#[derive(Debug, Default)]
pub struct Select {
    text: String,
    cells: Vec<Cell>,
}

impl Select {
    pub fn new(text: &str) -> Select {
        Select { text: text.to_string(), cells: Vec::new() }
    }
    /// Adds text; every `?` in it becomes the next placeholder, filled from `cells`.
    pub fn add(&mut self, text: &str, cells: impl IntoIterator<Item = Cell>) -> &mut Select {
        self.cells.extend(cells);
        let mut number = self.text.matches('$').count();
        for part in text.split_inclusive('?') {
            match part.strip_suffix('?') {
                Some(before) => {
                    number += 1;
                    self.text.push_str(&format!("{before}${number}"));
                }
                None => self.text.push_str(part),
            }
        }
        self
    }
    /// Adds `expression IN (…)` with one placeholder for each cell; no cells match nothing.
    pub fn add_in(&mut self, expression: &str, cells: Vec<Cell>) -> &mut Select {
        if cells.is_empty() {
            return self.add(" 1 = 0", []);
        }
        let marks = vec!["?"; cells.len()].join(",");
        self.add(&format!(" {expression} IN ({marks})"), cells)
    }
    pub async fn run(self, connection: &mut AnyConnection) -> Result<u64, StoreError> {
        let query = sqlx::query_with::<Any, _>(AssertSqlSafe(self.text), arguments(self.cells));
        Ok(query.execute(connection).await?.rows_affected())
    }
    pub async fn rows(self, connection: &mut AnyConnection) -> Result<Vec<AnyRow>, StoreError> {
        let query = sqlx::query_with::<Any, _>(AssertSqlSafe(self.text), arguments(self.cells));
        Ok(query.fetch_all(connection).await?)
    }
    pub async fn one(self, connection: &mut AnyConnection) -> Result<AnyRow, StoreError> {
        let query = sqlx::query_with::<Any, _>(AssertSqlSafe(self.text), arguments(self.cells));
        Ok(query.fetch_one(connection).await?)
    }
    pub async fn all(self, pool: &AnyPool) -> Result<Vec<AnyRow>, StoreError> {
        let query = sqlx::query_with::<Any, _>(AssertSqlSafe(self.text), arguments(self.cells));
        Ok(query.fetch_all(pool).await?)
    }
}

/// The value of a column.
pub fn get<'r, T: Decode<'r, Any> + Type<Any>>(row: &'r AnyRow, column: usize) -> Result<T, StoreError> {
    Ok(row.try_get(column)?)
}

/// A word of a closed list.
pub fn word<T>(row: &AnyRow, column: usize, parse: impl Fn(&str) -> Option<T>) -> Result<T, StoreError> {
    let text: String = get(row, column)?;
    parse(&text).ok_or_else(|| StoreError::corrupt(format!("the word '{text}' is not on its list")))
}

/// A stored number that must fit a smaller type.
pub fn small<T: TryFrom<i64>>(row: &AnyRow, column: usize) -> Result<T, StoreError> {
    let value: i64 = get(row, column)?;
    T::try_from(value).map_err(|_| StoreError::corrupt(format!("the number {value} is out of its range")))
}

pub fn flag(row: &AnyRow, column: usize) -> Result<bool, StoreError> {
    Ok(get::<i64>(row, column)? != 0)
}

const fn pragmas(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::LogReader => "PRAGMA busy_timeout = 5000; PRAGMA query_only = 1; PRAGMA cache_size = -1024",
        Dialect::State => {
            "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
             PRAGMA foreign_keys = 0; PRAGMA cache_size = -8192; PRAGMA journal_size_limit = 67108864"
        }
        Dialect::StateReader => {
            "PRAGMA busy_timeout = 5000; PRAGMA query_only = 1; PRAGMA cache_size = -2048"
        }
    }
}
