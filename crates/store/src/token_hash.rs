//! What is kept of a secret that somebody shows: its hash.

use sha2::{Digest, Sha256};

/// What the store keeps of a feed's token, a session's, a one-time link's, and of what the browser holds that opened one.
pub fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_the_hash_and_not_the_token() {
        let kept = token_hash("abc");
        assert_eq!(hex::encode(kept), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
