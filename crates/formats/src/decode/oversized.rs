//! What is kept of a record that is too large to become a report: its beginning, its length and its hash.

use super::{MAX_RECORD, trimmed};
use sha2::{Digest, Sha256};

const MARK: &str = "\n[dipotong: ";
const UNIT: &str = " bita, sha256 ";

/// The record as it is kept: whole where it may become a report, or else its first [`MAX_RECORD`] bytes and a line that says how
/// long it was and what its SHA-256 is, by which its sender can find it again.
pub fn kept(bytes: Vec<u8>) -> Vec<u8> {
    let payload = trimmed(&bytes);
    if payload.len() <= MAX_RECORD || marked_length(&bytes[payload.clone()]).is_some() {
        return bytes;
    }
    let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let mark = format!("{MARK}{}{UNIT}{hash}]", payload.len());
    let start = payload.start;
    [&bytes[start..start + MAX_RECORD], mark.as_bytes()].concat()
}

/// How long a record was before it was cut, bytes; `None` for one that was not.
pub(super) fn marked_length(bytes: &[u8]) -> Option<usize> {
    let mark = core::str::from_utf8(bytes.get(MAX_RECORD..)?).ok()?;
    let (length, hash) = mark.strip_prefix(MARK)?.strip_suffix(']')?.split_once(UNIT)?;
    (hash.len() == 64).then(|| length.parse().ok()).flatten().filter(|length| *length > MAX_RECORD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_record_is_kept_to_its_beginning_and_its_length_is_still_known() {
        let large = [b"  {".to_vec(), vec![b'x'; 3 << 20]].concat();
        let cut = kept(large);
        assert!(cut.len() < MAX_RECORD + 120 && cut.starts_with(b"{xxx"), "{}", cut.len());
        assert_eq!(marked_length(&cut), Some((3 << 20) + 1));
        assert_eq!(kept(cut.clone()), cut, "it is cut once");
        for short in [vec![b'x'; MAX_RECORD], [vec![b' '; MAX_RECORD], b"{}".to_vec()].concat(), Vec::new()] {
            assert_eq!((kept(short.clone()), marked_length(&short)), (short, None));
        }
        // Who writes such a line themselves has no more kept of it than anybody.
        let forged =
            [vec![b'x'; MAX_RECORD], b"\n[dipotong: 9 bita, sha256 y]".to_vec(), vec![b'x'; 1 << 20]];
        assert!(kept(forged.concat()).len() < MAX_RECORD + 120);
    }
}
