//! The hook through which what is sealed passes on its way into a file and out of it: in the state the reporters'
//! pseudonyms, summaries, original bytes of reports and dead letters, identities; in the log the bytes of every record.
//! Today they lie in clear. A backup has the state's as they lie there, and the log's records opened.

use crate::error::StoreError;
use std::sync::Arc;

/// Seals what is written and opens what is read.
pub trait SealedCodec: Send + Sync {
    /// The bytes as they lie in the file.
    fn seal(&self, clear: Vec<u8>) -> Vec<u8>;

    /// The bytes as they were before [`SealedCodec::seal`].
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where they were not sealed by this codec.
    fn open(&self, sealed: Vec<u8>) -> Result<Vec<u8>, StoreError>;
}

/// A codec shared by all connections of a store.
pub(crate) type Codec = Arc<dyn SealedCodec>;

struct Clear;

impl SealedCodec for Clear {
    fn seal(&self, clear: Vec<u8>) -> Vec<u8> {
        clear
    }

    fn open(&self, sealed: Vec<u8>) -> Result<Vec<u8>, StoreError> {
        Ok(sealed)
    }
}

/// The codec that leaves everything as it is.
pub(crate) fn clear() -> Codec {
    Arc::new(Clear)
}
