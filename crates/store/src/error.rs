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
    #[error("opening '{path}': {why}")]
    Open { path: String, why: String },
    /// What is in the store, or what was to go in, does not fit together.
    #[error("the store's contents do not fit together: {0}")]
    Corrupt(String),
    #[error(
        "opening the store: its schema is version {found}, this program knows {known}; use the newer program"
    )]
    Newer { found: i64, known: i64 },
    #[error(
        "opening the store: an earlier build of the program made it (schema {found}); write a backup with that program \
         (`kentongan backup FILE`), then restore it with this one into an empty place (`kentongan restore FILE`)"
    )]
    EarlierBuild { found: i64 },
    #[error("there is a state already; restore into an empty one")]
    Occupied,
    #[error("the log's writer has stopped; see the earlier errors and restart the service")]
    Closed,
    #[error("talking to the database: {}", in_words(.0))]
    Database(Arc<sqlx::Error>),
}

/// What a caller may do about a [`StoreError`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Retry {
    /// The same call may succeed within seconds.
    Soon,
    /// Only once somebody made room.
    WhenRoom,
    /// Reload what was read before (the partition's progress) and decide again.
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
            | StoreError::EarlierBuild { .. }
            | StoreError::Occupied
            | StoreError::Closed
            | StoreError::Database(_) => Retry::Never,
        }
    }

    /// Names the path where a file could not be opened; SQLite's own words do not.
    pub(crate) fn opening(self, path: &str) -> StoreError {
        match self {
            StoreError::Database(source) => StoreError::Open { path: shown(path), why: in_words(&source) },
            StoreError::Busy(why) => StoreError::Open { path: shown(path), why },
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
            // A certificate does not get better by waiting.
            sqlx::Error::Io(inner) if inner.kind() == std::io::ErrorKind::InvalidData => {
                StoreError::Database(Arc::new(error))
            }
            sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) => StoreError::Busy(error.to_string()),
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
                StoreError::Corrupt(error.to_string())
            }
            _ => StoreError::Database(Arc::new(error)),
        }
    }
}

/// What went wrong and what to do, with the database's own words behind it.
fn in_words(error: &sqlx::Error) -> String {
    const TLS: &str =
        "TLS failed; check sslmode, sslrootcert, the certificate's name, sslcert and sslkey in state.url";
    let hint = match error {
        sqlx::Error::Database(inner) if inner.code().is_some_and(|code| code.len() == 5) => {
            hint(inner.code().as_deref().unwrap_or_default())
        }
        sqlx::Error::Database(_) => Some("check that the folder is there and may be written"),
        sqlx::Error::Tls(_) => Some(TLS),
        sqlx::Error::Io(inner) if inner.kind() == std::io::ErrorKind::InvalidData => Some(TLS),
        _ => None,
    };
    hint.map_or_else(|| error.to_string(), |hint| format!("{hint} ({error})"))
}

/// PostgreSQL's codes that a person can do something about.
fn hint(code: &str) -> Option<&'static str> {
    Some(match code {
        "28P01" => "the database refused this password; check the user and the password in state.url",
        "28000" => {
            "the database refused this user; check pg_hba.conf for it, this machine and TLS, and the client certificate"
        }
        "42501" => {
            "the database refused this user a right; let the schema's owner run `kentongan migrate`, or grant it"
        }
        "3D000" => "there is no database of that name; make it with `createdb`, or check state.url",
        "3F000" => "there is no schema of that name; check search_path",
        "53300" => "the database has no connection left; raise max_connections or use fewer processes",
        _ => return None,
    })
}

/// A path or a URL without its password.
fn shown(path: &str) -> String {
    let mut shown = path.to_owned();
    if let (Some(scheme), Some(at)) = (shown.find("://"), shown.rfind('@'))
        && let Some(colon) = shown.get(scheme + 3..at).and_then(|user| user.find(':'))
    {
        shown.replace_range(scheme + 4 + colon..at, "***");
    }
    if let Some(start) = shown.find("password=").map(|start| start + "password=".len()) {
        let end = shown[start..].find('&').map_or(shown.len(), |length| start + length);
        shown.replace_range(start..end, "***");
    }
    shown
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_given_in_words() {
        for (code, word) in
            [("28P01", "password"), ("28000", "pg_hba.conf"), ("42501", "right"), ("3D000", "createdb")]
        {
            assert!(hint(code).is_some_and(|hint| hint.contains(word)), "{code}");
        }
        assert_eq!(hint("42601"), None);
        let tls = sqlx::Error::Tls("unknown issuer".into());
        assert!(in_words(&tls).contains("sslrootcert") && in_words(&tls).contains("unknown issuer"));
    }

    #[test]
    fn no_password_is_printed() {
        assert_eq!(
            shown("postgres://k:geheim@db/k?sslmode=require"),
            "postgres://k:***@db/k?sslmode=require"
        );
        assert_eq!(
            shown("postgres://db/k?user=k&password=geheim&x=1"),
            "postgres://db/k?user=k&password=***&x=1"
        );
        assert_eq!(shown("postgres://k@db/k"), "postgres://k@db/k");
        assert_eq!(shown("/srv/data/state.db"), "/srv/data/state.db");
    }
}
