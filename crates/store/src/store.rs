//! The state store: one writing connection (SQLite), several readers, the schema.

mod schema;

use crate::error::StoreError;
use crate::sealed::{self, SealedCodec};
use crate::sql::{self, Dialect, Engine, Pool, PooledConnection, SqlStatement};
use crate::table::message_words::WordsQueue;
use async_recursion::async_recursion as boxed;
use std::cmp::Ordering;
use std::sync::Arc;
use tokio::sync::watch;

/// A handle on the state; clones share the connections.
#[derive(Clone)]
pub struct Store {
    pub(crate) readers: Pool,
    pub(crate) writer: Pool,
    pub(crate) engine: Engine,
    /// Counts commits that wrote to the outbox.
    pub(crate) outbox: Arc<watch::Sender<u64>>,
    pub(crate) words: Arc<WordsQueue>,
}

/// The version of a state's schema beside this program's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SchemaVersion {
    /// 0 where there is no schema yet.
    pub found: i64,
    pub known: i64,
}

impl SchemaVersion {
    /// What to do before this program can work on the state; `None` where it can.
    pub fn remedy(self) -> Option<String> {
        let SchemaVersion { found, known } = self;
        match found.cmp(&known) {
            Ordering::Equal => None,
            Ordering::Less => Some(format!(
                "the state's schema is version {found} and this program's is {known}; run `kentongan migrate`"
            )),
            Ordering::Greater => Some(format!(
                "the state's schema is version {found}, newer than this program's {known}; use the newer program"
            )),
        }
    }
}

impl Store {
    /// Opens or makes the state at a path, a `sqlite:` or a `postgres:` URL.
    ///
    /// # Errors
    /// [`StoreError::EarlierBuild`] and [`StoreError::Newer`] where another program made it.
    #[boxed]
    pub async fn open(path_or_url: &str) -> Result<Store, StoreError> {
        Store::open_sealed(path_or_url, sealed::clear()).await
    }

    /// The same with a codec for the sealed columns; everybody who opens the state must bring the same one.
    ///
    /// # Errors
    /// As [`Store::open`].
    #[boxed]
    pub async fn open_sealed(path_or_url: &str, codec: Arc<dyn SealedCodec>) -> Result<Store, StoreError> {
        let url = sql::url(path_or_url)?;
        let engine = Engine::of(&url);
        let connections = if engine == Engine::Sqlite { 1 } else { 4 };
        let writer = Pool::connect(&url, Dialect::State, connections, codec.clone()).await;
        let writer = writer.map_err(|error| error.opening(path_or_url))?;
        schema::create(&mut writer.acquire().await?, engine).await?;
        let readers = Pool::connect(&url, Dialect::StateReader, 4, codec).await?;
        let (outbox, words) = (Arc::new(watch::Sender::new(0)), Arc::default());
        Ok(Store { readers, writer, engine, outbox, words })
    }

    /// The version of the schema there, beside the one this program knows. Changes nothing.
    ///
    /// # Errors
    /// Where the place cannot be opened.
    #[boxed]
    pub async fn version(path_or_url: &str) -> Result<SchemaVersion, StoreError> {
        let url = sql::url(path_or_url)?;
        let pool = Pool::connect(&url, Dialect::StateReader, 1, sealed::clear()).await;
        let pool = pool.map_err(|error| error.opening(path_or_url))?;
        let found = schema::version(&mut pool.acquire().await?.connection(), Engine::of(&url)).await?;
        Ok(SchemaVersion { found, known: schema::VERSION })
    }

    /// Closes the connections; on SQLite this also folds the write-ahead log into the file.
    #[boxed]
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Runs one statement in its own transaction. Returns how many rows it touched.
    pub(crate) async fn execute(&self, statement: SqlStatement) -> Result<u64, StoreError> {
        let mut connection = self.writing().await?;
        statement.execute(&mut connection.connection()).await
    }

    pub(crate) async fn writing(&self) -> Result<PooledConnection, StoreError> {
        self.writer.acquire().await
    }
}

/// Runs `$body` with `$tx` in one transaction: committed where it is `Ok`, undone where it is not.
/// After an error the connection is not used again: SQLite may have rolled back by itself (a full disk)
/// where the driver still counts an open transaction.
macro_rules! in_transaction {
    ($store:expr, $tx:ident => $body:expr) => {{
        let mut connection = $store.writing().await?;
        let result = async {
            let mut transaction = connection.begin().await?;
            let value = {
                let mut $tx = transaction.connection();
                $body?
            };
            transaction.commit().await?;
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
