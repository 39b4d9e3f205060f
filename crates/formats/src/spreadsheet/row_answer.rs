//! What a person answers of a row that says it did not happen, or may not have.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Names a row by what it says: one name wherever the same row stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct RowKey(u128);

impl RowKey {
    pub(super) fn of(content: &[u8; 32]) -> RowKey {
        let mut own = [0; 16];
        own.copy_from_slice(&content[..16]);
        RowKey(u128::from_be_bytes(own))
    }

    /// Reads what is printed of a key.
    pub fn parse(text: &str) -> Option<RowKey> {
        let is_hex = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hex.then(|| u128::from_str_radix(text, 16).ok()).flatten().map(RowKey)
    }
}

impl fmt::Display for RowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl From<RowKey> for String {
    fn from(key: RowKey) -> String {
        key.to_string()
    }
}

impl TryFrom<String> for RowKey {
    type Error = &'static str;

    fn try_from(text: String) -> Result<RowKey, &'static str> {
        RowKey::parse(&text).ok_or("no key of a row")
    }
}

/// The answer of a person who knows, or asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowAnswer {
    /// It happened, whatever the row's words leave open.
    Happened,
    /// It did not: the row's report denies it.
    Denied,
    /// No report is made of the row.
    LeftOut,
}

impl RowAnswer {
    pub const ALL: [RowAnswer; 3] = [RowAnswer::Happened, RowAnswer::Denied, RowAnswer::LeftOut];

    pub const fn as_str(self) -> &'static str {
        match self {
            RowAnswer::Happened => "happened",
            RowAnswer::Denied => "denied",
            RowAnswer::LeftOut => "left_out",
        }
    }

    pub fn parse(word: &str) -> Option<RowAnswer> {
        RowAnswer::ALL.into_iter().find(|answer| answer.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_back_as_it_was_printed() {
        for content in [[0; 32], [0xff; 32], [7; 32]] {
            let key = RowKey::of(&content);
            assert_eq!(RowKey::parse(&key.to_string()), Some(key));
        }
        for text in ["", "+fffffffffffffffffffffffffffffff", "zz", &"f".repeat(33)] {
            assert_eq!(RowKey::parse(text), None, "{text}");
        }
    }
}
