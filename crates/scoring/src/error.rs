//! What can go wrong, said so that a person can act on it.

use std::path::PathBuf;

pub type Result<T> = std::result::Result<T, Error>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("reading {path:?}: {source}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("writing {path:?}: {source}")]
    Write { path: PathBuf, source: std::io::Error },
    /// The list itself is not usable; the text says which line or column and what to do.
    #[error("reading the events: {0}")]
    Events(String),
    /// The options contradict each other or the data.
    #[error("{0}")]
    Options(String),
    /// Too little to judge or fit by: refusing is the answer.
    #[error("nothing to judge: {0}")]
    Empty(String),
    #[error("the list leaks what was not yet known: {0}")]
    Leak(String),
    #[error("fitting the {what}: {reason}")]
    Fit { what: String, reason: String },
    #[error("loading the model {path:?}: {reason}")]
    Artefact { path: PathBuf, reason: String },
}

impl Error {
    /// True where another file, column or date would help; false where the machine failed.
    pub fn is_call(&self) -> bool {
        match self {
            Error::Read { source, .. } => source.kind() == std::io::ErrorKind::NotFound,
            Error::Write { .. } => false,
            _ => true,
        }
    }
}
