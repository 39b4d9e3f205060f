//! What agencies publish for programs, as signals of our places: warnings of BMKG (an index in RSS, documents in CAP 1.2) and
//! hotspots of SiPongi (GeoJSON). The crate `intake` fetches them.
//!
//! A signal's id is a hash of what the agency calls it and of its place, so that what is read twice is one report.

pub mod cap;
pub mod hotspots;
pub mod nowcast;
pub(crate) mod provinces;
pub mod rss;
mod xml;

use domain::place::Code;
use domain::report::ReportId;
use domain::time::Time;
use sha2::{Digest, Sha256};

/// Most of an agency's answer that is read, bytes.
pub const MOST_BYTES: usize = 16 << 20;

/// Why nothing of an answer can be used.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PulledError {
    #[error("it ends in the middle; the rest did not come")]
    CutOff,
    #[error("it is no XML: {0}")]
    NotXml(String),
    #[error("it is no JSON: {0}")]
    NotJson(String),
    /// What no feed needs and an attack may bring.
    #[error("it holds {0}, which is not read")]
    Unsafe(&'static str),
    #[error("it is <{found}>, and <{wanted}> was expected")]
    OtherDocument { found: String, wanted: &'static str },
    #[error("'{0}' is missing, or cannot be read")]
    Lacks(&'static str),
}

impl PulledError {
    /// Why it cannot be read, for a page that says it in its own language: a word, and what it is about. What a parser says is for
    /// the log. `None` where it was cut off, which is no fault of what came.
    pub fn fault(&self) -> Option<String> {
        Some(match self {
            PulledError::CutOff => return None,
            PulledError::NotXml(_) => "no_xml".to_owned(),
            PulledError::NotJson(_) => "no_json".to_owned(),
            PulledError::Unsafe(what) => format!("unsafe {what}"),
            PulledError::OtherDocument { found, .. } => format!("other_document {found}"),
            PulledError::Lacks(what) => format!("lacks {what}"),
        })
    }
}

/// A record for the intake.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PulledSignal {
    pub id: ReportId,
    /// The place that it is of.
    pub code: Code,
    /// The report as JSON.
    pub bytes: Vec<u8>,
}

/// What was not believed, for a person to look at: a word of [`PulledDoubt::WORDS`] and the name it is about.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct PulledDoubt {
    pub word: &'static str,
    pub name: String,
}

impl PulledDoubt {
    /// A kecamatan of ours is named, and the area drawn lies elsewhere; one lies in the area, and is not named; the code and
    /// the name of the province differ; a kecamatan or a regency is not known, a point lies far from the place it names or outside of
    /// Indonesia, is not given, or has no time; an entry of an index has no address.
    pub const WORDS: [&'static str; 9] =
        ["far", "unnamed", "province", "district", "point_far", "point", "no_point", "time", "link"];

    fn new(word: &'static str, name: impl Into<String>) -> PulledDoubt {
        debug_assert!(PulledDoubt::WORDS.contains(&word));
        PulledDoubt { word, name: name.into() }
    }
}

/// The id of a signal, and the text that it is written as: a UUID made of a hash.
fn id_of(parts: &[&str]) -> (ReportId, String) {
    let mut content = Sha256::new();
    for part in parts {
        content.update((part.len() as u64).to_be_bytes());
        content.update(part.as_bytes());
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&content.finalize()[..16]);
    let uuid = uuid::Builder::from_custom_bytes(bytes).into_uuid();
    (ReportId(uuid.as_u128()), uuid.hyphenated().to_string())
}

/// An instant as a report writes it.
fn rfc3339(at: Time) -> String {
    jiff::Timestamp::from_microsecond(at.0).map(|stamp| stamp.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
