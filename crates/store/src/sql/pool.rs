//! Connections of either engine behind one type, and how they are set up.
//!
//! What calls sqlx returns a boxed future: sqlx's own futures are then compiled here, once, and not again in every crate
//! and test that awaits a call of the store.

use super::statement::SqlStatement;
use super::{Cell, SqlRow, cell};
use crate::error::StoreError;
use crate::sealed::Codec;
use futures::future::BoxFuture;
use futures::stream::{BoxStream, StreamExt, TryStreamExt};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection as _, Executor, PgConnection, PgPool, Postgres, Sqlite,
    SqliteConnection, SqlitePool,
};
use std::fs::{OpenOptions, Permissions};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
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
}

/// How a PostgreSQL session is set up: a worker that is stopped within a transaction must not keep its locks from the
/// one that replaces it. It finds rows by key: a plan made while a table was small, kept for the session, must not read
/// the whole of it once it has grown.
const SESSION: &str = "SET idle_in_transaction_session_timeout = '4s'; SET jit = off; SET enable_seqscan = off; \
     SET random_page_cost = 1.1";

/// One that reads only: a plan made for any value does not know which values are rare.
const READING: &str = "SET jit = off; SET plan_cache_mode = force_custom_plan; SET random_page_cost = 1.1; \
     SET max_parallel_workers_per_gather = 0";

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    LogReader,
    State,
    StateReader,
}

impl Dialect {
    /// The writer's cache holds what a commit of many reports touches (their keys lie everywhere in the indexes), or pages are
    /// read from the file again and again; and the pages go from the write-ahead log into the file after 16 MB of it, not after
    /// 4: most are written several times in between.
    const fn pragmas(self) -> &'static str {
        match self {
            Dialect::LogReader => {
                "PRAGMA busy_timeout = 5000; PRAGMA query_only = 1; PRAGMA cache_size = -1024"
            }
            Dialect::State => {
                "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                 PRAGMA foreign_keys = 0; PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = 4000; \
                 PRAGMA journal_size_limit = 67108864"
            }
            Dialect::StateReader => {
                "PRAGMA busy_timeout = 5000; PRAGMA query_only = 1; PRAGMA cache_size = -2048"
            }
        }
    }
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

/// Connections of one engine, shared by clones.
#[derive(Clone)]
pub struct Pool {
    raw: RawPool,
    codec: Codec,
}

#[derive(Clone)]
enum RawPool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Pool {
    /// Connects; every connection is set up for `dialect`.
    pub fn connect(
        url: &str,
        dialect: Dialect,
        connections: u32,
        codec: Codec,
    ) -> BoxFuture<'_, Result<Pool, StoreError>> {
        Box::pin(async move {
            let raw = match Engine::of(url) {
                Engine::Sqlite => RawPool::Sqlite(connect_sqlite(url, dialect, connections).await?),
                Engine::Postgres => RawPool::Postgres(connect_postgres(url, dialect, connections).await?),
            };
            Ok(Pool { raw, codec })
        })
    }

    pub fn acquire(&self) -> BoxFuture<'_, Result<PooledConnection, StoreError>> {
        Box::pin(async move {
            let raw = match &self.raw {
                RawPool::Sqlite(pool) => RawPooled::Sqlite(pool.acquire().await?),
                RawPool::Postgres(pool) => RawPooled::Postgres(pool.acquire().await?),
            };
            Ok(PooledConnection { raw, codec: self.codec.clone() })
        })
    }

    pub async fn close(&self) {
        match &self.raw {
            RawPool::Sqlite(pool) => pool.close().await,
            RawPool::Postgres(pool) => pool.close().await,
        }
    }

    /// The rows of a statement one by one, as the database sends them.
    pub fn stream(&self, statement: SqlStatement) -> BoxStream<'_, Result<SqlRow, StoreError>> {
        let (text, cells) = statement.into_parts();
        let codec = self.codec.clone();
        match &self.raw {
            RawPool::Sqlite(pool) => {
                let arguments = cell::sqlite_arguments(cells, &*codec);
                sqlx::query_with::<Sqlite, _>(AssertSqlSafe(text), arguments)
                    .fetch(pool)
                    .map_ok(move |row| SqlRow::sqlite(row, codec.clone()))
                    .map_err(StoreError::from)
                    .boxed()
            }
            RawPool::Postgres(pool) => {
                let arguments = cell::postgres_arguments(cells, &*codec);
                sqlx::query_with::<Postgres, _>(AssertSqlSafe(text), arguments)
                    .fetch(pool)
                    .map_ok(move |row| SqlRow::postgres(row, codec.clone()))
                    .map_err(StoreError::from)
                    .boxed()
            }
        }
    }
}

/// Makes a database's file, new or not, readable for the service's account only, and the files beside it that an earlier build left;
/// SQLite gives those that it makes the same mode. One that cannot be made is SQLite's to refuse. What is there is not opened: to
/// close it would end the locks that this process has on it.
pub(crate) fn keep_private(path: &Path) {
    drop(OpenOptions::new().write(true).create_new(true).mode(0o600).open(path));
    for end in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(end);
        let is_shared = std::fs::metadata(&file)
            .is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o077 != 0);
        if is_shared && let Err(error) = std::fs::set_permissions(&file, Permissions::from_mode(0o600)) {
            tracing::warn!(path = %Path::new(&file).display(), %error, "other accounts of this machine may read the database");
        }
    }
}

async fn connect_sqlite(url: &str, dialect: Dialect, connections: u32) -> Result<SqlitePool, sqlx::Error> {
    let options = SqliteConnectOptions::from_str(url)?.disable_statement_logging();
    keep_private(options.get_filename());
    let pool = SqlitePoolOptions::new()
        .max_connections(connections)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .acquire_timeout(Duration::from_secs(30))
        .after_connect(move |connection, _| {
            Box::pin(async move { connection.execute(dialect.pragmas()).await.map(drop) })
        });
    pool.connect_with(options).await
}

async fn connect_postgres(url: &str, dialect: Dialect, connections: u32) -> Result<PgPool, sqlx::Error> {
    let options = PgConnectOptions::from_str(url)?.disable_statement_logging();
    let session = if dialect == Dialect::StateReader { READING } else { SESSION };
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(true)
        .acquire_timeout(Duration::from_secs(30))
        .after_connect(move |connection, _| {
            Box::pin(async move { connection.execute(session).await.map(drop) })
        });
    pool.connect_with(options).await
}

/// One connection taken from a pool.
pub struct PooledConnection {
    raw: RawPooled,
    codec: Codec,
}

enum RawPooled {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

impl PooledConnection {
    /// Begins a transaction that will write. SQLite takes the write lock at once: a read lock that must grow later can
    /// be refused halfway.
    pub async fn begin(&mut self) -> Result<Transaction<'_>, StoreError> {
        self.begin_with("BEGIN").await
    }

    /// Begins a transaction that sees one instant and writes nothing.
    pub async fn begin_reading(&mut self) -> Result<Transaction<'_>, StoreError> {
        self.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ").await
    }

    fn begin_with(&mut self, postgres: &'static str) -> BoxFuture<'_, Result<Transaction<'_>, StoreError>> {
        Box::pin(async move {
            let raw = match &mut self.raw {
                RawPooled::Sqlite(connection) => {
                    RawTransaction::Sqlite(connection.begin_with("BEGIN IMMEDIATE").await?)
                }
                RawPooled::Postgres(connection) => {
                    RawTransaction::Postgres(connection.begin_with(postgres).await?)
                }
            };
            Ok(Transaction { raw, codec: self.codec.clone() })
        })
    }

    pub fn connection(&mut self) -> Connection<'_> {
        let raw = match &mut self.raw {
            RawPooled::Sqlite(connection) => RawConnection::Sqlite(connection),
            RawPooled::Postgres(connection) => RawConnection::Postgres(connection),
        };
        Connection { raw, codec: self.codec.clone() }
    }

    pub fn close_on_drop(&mut self) {
        match &mut self.raw {
            RawPooled::Sqlite(connection) => connection.close_on_drop(),
            RawPooled::Postgres(connection) => connection.close_on_drop(),
        }
    }
}

/// An open transaction; dropped without [`Transaction::commit`] it is undone.
pub struct Transaction<'c> {
    raw: RawTransaction<'c>,
    codec: Codec,
}

enum RawTransaction<'c> {
    Sqlite(sqlx::Transaction<'c, Sqlite>),
    Postgres(sqlx::Transaction<'c, Postgres>),
}

impl<'c> Transaction<'c> {
    pub fn connection(&mut self) -> Connection<'_> {
        let raw = match &mut self.raw {
            RawTransaction::Sqlite(transaction) => RawConnection::Sqlite(transaction),
            RawTransaction::Postgres(transaction) => RawConnection::Postgres(transaction),
        };
        Connection { raw, codec: self.codec.clone() }
    }

    pub fn commit(self) -> BoxFuture<'c, Result<(), StoreError>> {
        Box::pin(async move {
            match self.raw {
                RawTransaction::Sqlite(transaction) => transaction.commit().await?,
                RawTransaction::Postgres(transaction) => transaction.commit().await?,
            }
            Ok(())
        })
    }
}

/// A borrowed connection, within a transaction or not.
pub struct Connection<'c> {
    raw: RawConnection<'c>,
    codec: Codec,
}

enum RawConnection<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

impl<'c> Connection<'c> {
    /// A SQLite connection that is not of a pool; what it writes is not sealed.
    pub fn of_sqlite(connection: &'c mut SqliteConnection) -> Connection<'c> {
        Connection { raw: RawConnection::Sqlite(connection), codec: crate::sealed::clear() }
    }

    pub fn engine(&self) -> Engine {
        match self.raw {
            RawConnection::Sqlite(_) => Engine::Sqlite,
            RawConnection::Postgres(_) => Engine::Postgres,
        }
    }

    pub(super) fn codec(&self) -> &Codec {
        &self.codec
    }

    /// Runs several statements without values, as a script has them.
    pub fn run_script(&mut self, text: String) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move {
            let script = sqlx::raw_sql(AssertSqlSafe(text));
            match &mut self.raw {
                RawConnection::Sqlite(connection) => {
                    script.execute(&mut **connection).await?;
                }
                RawConnection::Postgres(connection) => {
                    script.execute(&mut **connection).await?;
                }
            }
            Ok(())
        })
    }

    /// Runs a statement. Returns how many rows it touched.
    pub(super) fn execute(
        &mut self,
        text: String,
        cells: Vec<Cell>,
    ) -> BoxFuture<'_, Result<u64, StoreError>> {
        Box::pin(async move {
            let text = AssertSqlSafe(text);
            match &mut self.raw {
                RawConnection::Sqlite(connection) => {
                    let arguments = cell::sqlite_arguments(cells, &*self.codec);
                    let query = sqlx::query_with::<Sqlite, _>(text, arguments);
                    Ok(query.execute(&mut **connection).await?.rows_affected())
                }
                RawConnection::Postgres(connection) => {
                    let arguments = cell::postgres_arguments(cells, &*self.codec);
                    let query = sqlx::query_with::<Postgres, _>(text, arguments);
                    Ok(query.execute(&mut **connection).await?.rows_affected())
                }
            }
        })
    }

    /// Runs a statement whose values are whole columns, on PostgreSQL.
    pub(super) fn execute_arrays(
        &mut self,
        text: String,
        arguments: sqlx::postgres::PgArguments,
    ) -> BoxFuture<'_, Result<u64, StoreError>> {
        Box::pin(async move {
            let RawConnection::Postgres(connection) = &mut self.raw else {
                return Err(StoreError::corrupt("SQLite binds no arrays"));
            };
            let query = sqlx::query_with::<Postgres, _>(AssertSqlSafe(text), arguments);
            Ok(query.execute(&mut **connection).await?.rows_affected())
        })
    }

    pub(super) fn fetch(
        &mut self,
        text: String,
        cells: Vec<Cell>,
    ) -> BoxFuture<'_, Result<Vec<SqlRow>, StoreError>> {
        Box::pin(async move {
            let text = AssertSqlSafe(text);
            let codec = self.codec.clone();
            match &mut self.raw {
                RawConnection::Sqlite(connection) => {
                    let arguments = cell::sqlite_arguments(cells, &*codec);
                    let rows =
                        sqlx::query_with::<Sqlite, _>(text, arguments).fetch_all(&mut **connection).await?;
                    Ok(rows.into_iter().map(|row| SqlRow::sqlite(row, codec.clone())).collect())
                }
                RawConnection::Postgres(connection) => {
                    let arguments = cell::postgres_arguments(cells, &*codec);
                    let rows =
                        sqlx::query_with::<Postgres, _>(text, arguments).fetch_all(&mut **connection).await?;
                    Ok(rows.into_iter().map(|row| SqlRow::postgres(row, codec.clone())).collect())
                }
            }
        })
    }

    /// Rows whose ids stand in a list that goes as one array, on PostgreSQL.
    pub(super) fn fetch_arrays(
        &mut self,
        text: String,
        arguments: sqlx::postgres::PgArguments,
    ) -> BoxFuture<'_, Result<Vec<SqlRow>, StoreError>> {
        Box::pin(async move {
            let codec = self.codec.clone();
            let RawConnection::Postgres(connection) = &mut self.raw else {
                return Err(StoreError::corrupt("SQLite binds no arrays"));
            };
            let query = sqlx::query_with::<Postgres, _>(AssertSqlSafe(text), arguments);
            let rows = query.fetch_all(&mut **connection).await?;
            Ok(rows.into_iter().map(|row| SqlRow::postgres(row, codec.clone())).collect())
        })
    }

    /// The rows of a statement one by one.
    pub fn stream(&mut self, statement: SqlStatement) -> BoxStream<'_, Result<SqlRow, StoreError>> {
        let (text, cells) = statement.into_parts();
        let codec = self.codec.clone();
        match &mut self.raw {
            RawConnection::Sqlite(connection) => {
                let arguments = cell::sqlite_arguments(cells, &*codec);
                sqlx::query_with::<Sqlite, _>(AssertSqlSafe(text), arguments)
                    .fetch(&mut **connection)
                    .map_ok(move |row| SqlRow::sqlite(row, codec.clone()))
                    .map_err(StoreError::from)
                    .boxed()
            }
            RawConnection::Postgres(connection) => {
                let arguments = cell::postgres_arguments(cells, &*codec);
                sqlx::query_with::<Postgres, _>(AssertSqlSafe(text), arguments)
                    .fetch(&mut **connection)
                    .map_ok(move |row| SqlRow::postgres(row, codec.clone()))
                    .map_err(StoreError::from)
                    .boxed()
            }
        }
    }
}
