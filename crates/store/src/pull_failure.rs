//! Why an agency's answer was not taken, as it is kept: a word of a list, so that each reader gets it in their language, and
//! behind it what a server or the system said.

use crate::error::StoreError;
use crate::sql::{Cell, Column, SqlRow, get};
use std::fmt;

/// Declares the list with the words that are kept.
macro_rules! failures {
    ($($(#[$about:meta])* $name:ident = $word:literal),+ $(,)?) => {
        /// Why an agency's answer was not taken. The detail is in the words of what failed, or a number.
        #[derive(Clone, PartialEq, Eq, Debug)]
        pub enum PullFailure { $($(#[$about])* $name(String)),+ }

        impl PullFailure {
            /// Every word of the list.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word of the list.
            pub const fn word(&self) -> &'static str {
                match self { $(PullFailure::$name(_) => $word),+ }
            }

            /// What stands behind it; may be empty.
            pub fn detail(&self) -> &str {
                match self { $(PullFailure::$name(detail) => detail),+ }
            }

            /// The failure that [`Display`](fmt::Display) wrote; `None` for a word that is not of the list.
            pub fn parse(text: &str) -> Option<PullFailure> {
                let (word, detail) = text.split_once(": ").unwrap_or((text, ""));
                match word { $($word => Some(PullFailure::$name(detail.to_owned())),)+ _ => None }
            }
        }
    };
}

failures! {
    /// The host is not known, or nothing listens there.
    Unreachable = "unreachable",
    /// Seconds that were waited.
    NoAnswer = "no_answer",
    /// Its certificate is not believed.
    Certificate = "certificate",
    /// Its certificate does not hold yet, or no more: the clock of this machine may be wrong.
    CertificateTime = "certificate_time",
    /// It wants to be asked less often (429); the seconds that it wants to be left alone.
    TooOften = "too_often",
    /// The status line of its own failure (5xx).
    ServerFailed = "server_failed",
    /// The status line of a refusal.
    Refused = "refused",
    /// What it sent is not what was asked for.
    Unreadable = "unreadable",
    /// What it sent ends in the middle.
    CutOff = "cut_off",
    /// Megabytes that are read at most.
    TooLarge = "too_large",
    /// An index names a document at another host.
    OtherHost = "other_host",
    /// Minutes between its clock and ours; what it sent is taken.
    Clock = "clock",
    /// The name of the feed, which is disabled.
    FeedDisabled = "feed_disabled",
    /// The name of the feed, which is registered as another class.
    FeedClass = "feed_class",
    /// The intake does not take the signals, for this reason.
    NotTaken = "not_taken",
    /// The state or the log failed.
    Store = "store",
}

impl fmt::Display for PullFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())?;
        if self.detail().is_empty() { Ok(()) } else { write!(f, ": {}", self.detail()) }
    }
}

impl Column for PullFailure {
    fn read(row: &SqlRow, at: usize) -> Result<PullFailure, StoreError> {
        let text: String = get(row, at)?;
        PullFailure::parse(&text).ok_or_else(|| StoreError::corrupt("a pull failed in no known way"))
    }
    fn cell(&self) -> Cell {
        Cell::Text(self.to_string())
    }
    fn null() -> Cell {
        Cell::MaybeText(None)
    }
}

#[cfg(test)]
mod tests {
    use super::PullFailure;

    #[test]
    fn a_failure_comes_back_as_it_was_kept() {
        for word in PullFailure::WORDS {
            for text in [(*word).to_owned(), format!("{word}: dns error: no such host: x")] {
                assert_eq!(PullFailure::parse(&text).map(|own| own.to_string()), Some(text));
            }
        }
        assert_eq!(PullFailure::parse("tired"), None);
    }
}
