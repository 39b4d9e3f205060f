//! What a page shows, as a few characters that change with it: who agrees agrees to what they read, and an open page knows when it is old.

use sha2::{Digest, Sha256};

/// Sixteen hexadecimal characters that change with any of these words.
pub fn mark_of<'a>(shown: impl IntoIterator<Item = &'a str>) -> String {
    let mut hasher = Sha256::new();
    for words in shown {
        hasher.update(words.len().to_le_bytes());
        hasher.update(words);
    }
    hex::encode(&hasher.finalize()[..8])
}
