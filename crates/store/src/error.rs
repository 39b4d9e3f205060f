//! What can go wrong between us and the disk, and whether trying again helps.

use sqlx::error::DatabaseError;
use std::sync::Arc;

/// The world failed. Bad data never comes this way: it is a dead letter or a refusal.
#[derive(thiserror::Error, Clone, Debug)]
pub enum StoreError {
    #[error(
        "writing: the disk or the configured size is full; nothing of this write was kept; make room or raise the limit"
    )]
    Full,
    #[error("waiting for the database: {0}; try again")]
    Busy(String),
    #[error(
        "committing partition {partition}: stored offset is {stored}, this commit starts from {from}; another worker owns the partition now"
    )]
    Fenced { partition: i32, stored: i64, from: i64 },
    #[error("opening '{path}': {why}; check that the folder is there and may be written")]
    Open { path: String, why: String },
    #[error("reading the store: {0}")]
    Corrupt(String),
    #[error(
        "opening the store: its schema is version {found}, this program knows {known}; use the newer program"
    )]
    Newer { found: i64, known: i64 },
    #[error("the log's writer has stopped; see the earlier errors and restart the service")]
    Closed,
    #[error("talking to the database: {0}")]
    Database(Arc<sqlx::Error>),
}

/// What a caller may do about a [`StoreError`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Retry {
    /// The same call may succeed within seconds.
    Soon,
    /// Only once somebody made room.
    WhenRoom,
    /// Reload what was read before (the partition's progress) and decide anew.
    Reload,
    Never,
}

impl StoreError {
    pub fn retry(&self) -> Retry {
        match self {
            StoreError::Full => Retry::WhenRoom,
            StoreError::Busy(_) => Retry::Soon,
            StoreError::Fenced { .. } => Retry::Reload,
            StoreError::Open { .. }
            | StoreError::Corrupt(_)
            | StoreError::Newer { .. }
            | StoreError::Closed
            | StoreError::Database(_) => Retry::Never,
        }
    }

    /// Names the path where a file could not be opened; SQLite's own words do not.
    pub(crate) fn opening(self, path: &str) -> StoreError {
        match self {
            StoreError::Database(source) => {
                StoreError::Open { path: path.to_string(), why: source.to_string() }
            }
            other => other,
        }
    }

    pub(crate) fn corrupt(what: impl Into<String>) -> StoreError {
        StoreError::Corrupt(what.into())
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> StoreError {
        match &error {
            sqlx::Error::Database(inner) => match classify(inner.as_ref()) {
                Class::Full => StoreError::Full,
                Class::Busy => StoreError::Busy(inner.to_string()),
                Class::Other => StoreError::Database(Arc::new(error)),
            },
            sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) => StoreError::Busy(error.to_string()),
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
                StoreError::Corrupt(error.to_string())
            }
            _ => StoreError::Database(Arc::new(error)),
        }
    }
}

enum Class {
    Full,
    Busy,
    Other,
}

/// SQLite gives its extended result code as a number, PostgreSQL its SQLSTATE.
fn classify(error: &dyn DatabaseError) -> Class {
    const SQLITE_FULL: i64 = 13;
    const SQLITE_IOERR_SHMSIZE: i64 = 4874; // no room to grow the -shm file
    let code = error.code().unwrap_or_default();
    if code.len() == 5 {
        return match code.as_ref() {
            "53100" => Class::Full,
            "40001" | "40P01" | "55P03" | "57P01" | "57P02" | "57P03" | "53300" | "25P03" => Class::Busy,
            _ => Class::Other,
        };
    }
    match code.parse::<i64>() {
        Ok(SQLITE_FULL | SQLITE_IOERR_SHMSIZE) => Class::Full,
        Ok(number) if matches!(number & 0xff, 5 | 6) => Class::Busy,
        _ => Class::Other,
    }
}
