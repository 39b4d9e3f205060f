//! The state store: one writing connection (SQLite), several readers, migrations in order.

mod schema;

use crate::error::StoreError;
use crate::sql::{self, Dialect, Engine};
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyPool};
use std::sync::Arc;
use tokio::sync::watch;

/// A handle on the state; clones share the connections.
#[derive(Clone)]
pub struct Store {
    pub(crate) readers: AnyPool,
    pub(crate) writer: AnyPool,
    pub(crate) engine: Engine,
    /// Counts commits that wrote to the outbox.
    pub(crate) outbox: Arc<watch::Sender<u64>>,
}

impl Store {
    /// Opens or makes the state at a path, a `sqlite:` or a `postgres:` URL, and brings its schema up to date.
    pub async fn open(path_or_url: &str) -> Result<Store, StoreError> {
        let url = sql::url(path_or_url)?;
        let engine = Engine::of(&url);
        let connections = if engine == Engine::Sqlite { 1 } else { 4 };
        let writer =
            sql::pool(&url, Dialect::State, connections).await.map_err(|error| error.opening(path_or_url))?;
        let mut connection = writer.acquire().await?;
        schema::migrate(&mut connection, engine).await?;
        drop(connection);
        let readers = sql::pool(&url, Dialect::StateReader, 4).await?;
        Ok(Store { readers, writer, engine, outbox: Arc::new(watch::Sender::new(0)) })
    }

    /// The version of the schema there, and the one this program knows. Changes nothing; 0 where there is none yet.
    pub async fn version(path_or_url: &str) -> Result<(i64, i64), StoreError> {
        let url = sql::url(path_or_url)?;
        let pool =
            sql::pool(&url, Dialect::StateReader, 1).await.map_err(|error| error.opening(path_or_url))?;
        let mut connection = pool.acquire().await?;
        let found = schema::version(&mut connection, Engine::of(&url)).await?;
        Ok((found, schema::known()))
    }

    /// Closes the connections; on SQLite this also folds the write-ahead log into the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    pub(crate) async fn writing(&self) -> Result<PoolConnection<Any>, StoreError> {
        Ok(self.writer.acquire().await?)
    }
}

/// Runs `$body` with `$tx` in one transaction: committed where it is `Ok`, undone where it is not.
/// After an error the connection is not used again: SQLite may have rolled back by itself (a full disk)
/// where the driver still counts an open transaction.
macro_rules! in_transaction {
    ($store:expr, $tx:ident => $body:expr) => {{
        let mut connection = $store.writing().await?;
        let result = async {
            use sqlx::Connection as _;
            let mut $tx = connection.begin_with($store.engine.begin()).await?;
            let value = $body?;
            $tx.commit().await?;
            Ok::<_, $crate::StoreError>(value)
        }
        .await;
        if result.is_err() {
            connection.close_on_drop();
        }
        result
    }};
}
pub(crate) use in_transaction;
