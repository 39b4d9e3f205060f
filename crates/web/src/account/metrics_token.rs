//! The token that opens `/metrics`, for everybody: a proxy on the same machine makes all the world look local.

use super::{AccountError, token};
use axum::http::{HeaderMap, header};
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use store::token_hash;
use thiserror::Error;

/// Kept hashed, so that what is shown is compared without a hint at the token.
pub struct MetricsToken([u8; 32]);

/// Why there is no token.
#[derive(Debug, Error)]
pub enum MetricsTokenError {
    #[error("no random bytes for it")]
    Random(#[from] AccountError),
    #[error("its file cannot be used")]
    File(#[from] std::io::Error),
    #[error("its file is empty; write a token into it")]
    Empty,
}

impl MetricsToken {
    /// The token in a file of somebody else's.
    ///
    /// # Errors
    /// Where the file cannot be read or is empty.
    pub fn read(path: &Path) -> Result<MetricsToken, MetricsTokenError> {
        let text = fs::read_to_string(path)?;
        match text.trim() {
            "" => Err(MetricsTokenError::Empty),
            token => Ok(MetricsToken(token_hash(token))),
        }
    }

    /// The token in a file of our own, which is made where it is not there yet, for the service's account only.
    ///
    /// # Errors
    /// Where the file cannot be made or read.
    pub fn make(path: &Path) -> Result<MetricsToken, MetricsTokenError> {
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
            Ok(mut file) => file.write_all(format!("{}\n", token()?).as_bytes())?,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error.into()),
        }
        MetricsToken::read(path)
    }

    /// Whether the request shows it (`Authorization: Bearer …`); nothing else makes anybody known.
    pub fn is_shown(&self, headers: &HeaderMap) -> bool {
        let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        shown.and_then(|value| value.split_once(' ')).is_some_and(|(scheme, token)| {
            scheme.eq_ignore_ascii_case("bearer") && token_hash(token.trim()) == self.0
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn shown(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::AUTHORIZATION, value.parse().unwrap())])
    }

    #[test]
    fn a_token_is_made_once_and_is_nobody_elses_to_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.token");
        let (first, again) = (MetricsToken::make(&path).unwrap(), MetricsToken::make(&path).unwrap());
        let text = fs::read_to_string(&path).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!((mode & 0o777, text.trim().len()), (0o600, 64));
        for token in [first, again] {
            assert!(token.is_shown(&shown(&format!("Bearer {}", text.trim()))));
            for wrong in ["Bearer ", "Bearer x", text.trim(), &format!("Basic {}", text.trim())] {
                assert!(!token.is_shown(&shown(wrong)), "{wrong}");
            }
            assert!(!token.is_shown(&HeaderMap::new()));
        }
    }

    #[test]
    fn an_empty_token_opens_nothing() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(matches!(MetricsToken::read(file.path()), Err(MetricsTokenError::Empty)));
        assert!(matches!(MetricsToken::make(file.path()), Err(MetricsTokenError::Empty)));
    }
}
