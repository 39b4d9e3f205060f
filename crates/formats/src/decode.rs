//! One record becomes a report, or a refusal with its reason. Never panics, reads no clock.
//!
//! The reasons are looked for in the contract's order: `scan` finds what is no JSON, `schema` what breaks the
//! schema, `semantics` everything after. A second, plain decoder in `oracle` (tests only) must always agree.

mod fields;
pub mod id;
pub mod instant;
#[cfg(test)]
mod near_names;
mod number;
#[cfg(test)]
pub(crate) mod oracle;
pub mod oversized;
mod refusal_sentence;
mod refusal_text;
pub(crate) mod scan;
mod schema;
mod semantics;
mod text;

use crate::envelope::{self, cloudevent};
use crate::plain_text::unmarked;
use crate::taxonomy::Taxonomy;
use core::ops::Range;
use domain::author::StampedAuthor;
use domain::kind::{FeedClass, Refused};
use domain::place::{Areas, Places};
use domain::report::Report;
use domain::time::Time;
use fields::{DoubledMembers, Field, Fields};
use schema::SchemaRecord;
use semantics::ParsedRecord;

pub use refusal_sentence::{RefusalSentence, RefusalValue};
pub use text::JsonText;

/// Longest record that can become a report, bytes without surrounding white space.
pub const MAX_RECORD: usize = 64 * 1024;

/// A record as the intake stamped it.
#[derive(Clone, Copy, Debug)]
pub struct RecordView<'a> {
    pub bytes: &'a [u8],
    /// Name of the feed; not used where `class` is `None`.
    pub feed_name: &'a str,
    /// `None` in an archive run: each class is one feed there, and nothing is forbidden.
    pub class: Option<FeedClass>,
    /// Codes (province, regency, district or village) the feed may speak for, spaces between; empty is all.
    pub areas: &'a Areas,
    pub received_at: Time,
    /// Of an archive: old by nature, so its clock is not doubted.
    pub archive: bool,
    /// Who stands behind it.
    pub author: &'a StampedAuthor,
}

/// What the configuration knows.
#[derive(Clone, Copy, Debug)]
pub struct Catalog<'a> {
    pub places: &'a Places,
    pub taxonomy: &'a Taxonomy,
}

/// A report and what stays with the store.
#[derive(Clone, PartialEq, Debug)]
pub struct Decoded<'a> {
    pub report: Report,
    /// A pseudonym; goes to the store only.
    pub reporter: Option<JsonText<'a>>,
    pub summary: Option<JsonText<'a>>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    /// Where the JSON object stands in the record's bytes, without white space around it.
    pub payload: Range<usize>,
}

/// Why a record could not become a report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    pub reason: Refused,
    /// The field at fault; empty where it is the record as a whole.
    pub field: &'static str,
    /// What is wrong and what would be right, in Indonesian, for the person behind the feed.
    pub detail: String,
    /// The same in any language.
    pub sentence: RefusalSentence,
}

/// The report that a record holds which comes in at the intake.
///
/// # Errors
/// The first reason, in the contract's order, why it holds none.
pub fn decode<'a>(record: &RecordView<'a>, catalog: &Catalog<'_>) -> Result<Decoded<'a>, Refusal> {
    read(record, catalog, DoubledMembers::Refused)
}

/// The report a record of the log holds, with the reason stamped on it why it may be none. Of a member that stands twice the last
/// counts: so the intake took it before it refused it, and the log is read as it was. What is refused for it is stamped as against
/// the schema ([`Refusal::stamp`]), and what was stamped for another reason keeps that.
///
/// # Errors
/// As [`decode`].
pub fn decode_logged<'a>(
    record: &RecordView<'a>,
    refused: Option<Refused>,
    catalog: &Catalog<'_>,
) -> Result<Decoded<'a>, Refusal> {
    let twice = match refused {
        Some(Refused::Schema) => DoubledMembers::Refused,
        _ => DoubledMembers::LastCounts,
    };
    let decoded = read(record, catalog, twice)?;
    refused.map_or(Ok(()), |reason| Err(stamped_refusal(reason, &decoded.report)))?;
    Ok(decoded)
}

fn read<'a>(
    record: &RecordView<'a>,
    catalog: &Catalog<'_>,
    twice: DoubledMembers,
) -> Result<Decoded<'a>, Refusal> {
    let payload = trimmed(record.bytes);
    let bytes = &record.bytes[payload.clone()];
    if bytes.len() > MAX_RECORD {
        let length = oversized::marked_length(bytes).unwrap_or(bytes.len());
        return Err(refusal_text::too_large(length));
    }
    let text = core::str::from_utf8(bytes).map_err(|error| refusal_text::utf8(error.valid_up_to()))?;
    let mut fields = Fields::new(text, twice);
    fields.scan()?;
    let parsed = SchemaRecord::read(&fields, record.class.map(|_| record.feed_name))
        .map_err(|refusal| unpacked(refusal, text))?;
    let report = semantics::check(
        &ParsedRecord { fields: &fields, values: &parsed, payload: bytes },
        record,
        catalog,
    )?;
    let (reporter, summary) = (fields.text(Field::Reporter), fields.text(Field::Summary));
    Ok(Decoded { report, reporter, summary, lat: parsed.lat, lon: parsed.lon, payload })
}

impl Refusal {
    /// The reason to stamp on a record that the intake refuses and the log's reader would take ([`decode_logged`]).
    pub fn stamp(&self) -> Option<Refused> {
        (self.sentence.key == refusal_text::DOUBLED).then_some(self.reason)
    }
}

/// Why a record that reads as `report` was refused before it was read, by the reason stamped on it.
pub fn stamped_refusal(reason: Refused, report: &Report) -> Refusal {
    match reason {
        Refused::District => refusal_text::foreign_name(report),
        Refused::Kind => refusal_text::merge_of_kinds(),
        Refused::Schema => refusal_text::unclear_reference(),
        _ => refusal_text::unknown_feed(reason),
    }
}

/// Why a record is refused whose regency is not of the partition in which it is.
pub fn foreign_partition() -> Refusal {
    refusal_text::foreign_partition()
}

/// What lacks a report's id may be a row of a table that gave none, a whole CloudEvent that lacks something of its own, or what
/// stands round reports.
#[cold]
fn unpacked(refusal: Refusal, text: &str) -> Refusal {
    if refusal.field != Field::ReportId.name() {
        return refusal;
    }
    match RefusedRow::of(text) {
        Some(row) => refusal_text::row(row),
        None => match (cloudevent::fault(text), envelope::doubled_list(text)) {
            (Some(fault), _) => refusal_text::envelope(fault),
            (None, Some(list)) => refusal_text::doubled_list(list),
            (None, None) => {
                envelope::other_list(text).map_or(refusal, |name| refusal_text::list_under(&name))
            }
        },
    }
}

/// What an archive gives in the place of a row that can be no report.
#[derive(serde::Deserialize)]
struct RefusedRow {
    row: u64,
    why: String,
}

impl RefusedRow {
    fn of(text: &str) -> Option<RefusedRow> {
        serde_json::from_str(text).ok()
    }
}

/// The names of the fields that are read.
pub fn field_names() -> impl Iterator<Item = &'static str> {
    Field::all().map(Field::name)
}

/// The range without JSON's white space at both ends, and without byte order marks at its head: files that were put
/// together have one before their first record, whichever way they come.
fn trimmed(bytes: &[u8]) -> Range<usize> {
    let solid = |byte: &u8| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    let mut start = 0;
    loop {
        start += bytes[start..].iter().position(solid).unwrap_or(bytes.len() - start);
        let unmarked = bytes.len() - unmarked(&bytes[start..]).len();
        if unmarked == start {
            break;
        }
        start = unmarked;
    }
    let end = bytes.iter().rposition(solid).map_or(start, |last| last + 1);
    start..end.max(start)
}
