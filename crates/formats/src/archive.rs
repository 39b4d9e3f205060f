//! Archives: streams of records, read one at a time with little memory, plain or gzip.

mod bnpb;
mod crosswalk;
pub(crate) mod distance;
pub mod export;
mod format_hint;
mod gazetteer;
mod json_lines;
mod lines;
pub(crate) mod mention;
mod refusals;
mod row_fates;
mod sheets;
pub(crate) mod table;
mod unpack;
pub(crate) mod words;

use crate::decode::{Refusal, RefusalSentence};
use crate::spreadsheet::report::RowNumber;
use crate::taxonomy::Taxonomy;
use domain::kind::FeedClass;
use domain::place::{Areas, Code, Places};
use std::io::Read;

pub(crate) use bnpb::hazard;
pub(crate) use bnpb::row::{bnpb_hazard, count};
pub use bnpb::{Bnpb, BnpbFigures, read_figures};
pub use crosswalk::{Crosswalk, CrosswalkError};
pub use format_hint::format_hint;
pub use gazetteer::{Gazetteer, Recognition};
use json_lines::JsonLines;
pub use lines::{LineReader, MAX_LINE};
pub use refusals::Refusals;
pub use row_fates::{RowFates, RowProblem};
pub use sheets::Sheets;
use unpack::unpacked;

pub use crate::written_date::DateOrder;

/// How an archive is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// One report a line, or all of them in one array.
    Ndjson,
    /// BNPB's list of disasters as it is downloaded or saved again: a title, any delimiter, BPS codes, prose.
    BnpbCsv,
    /// A table of any layout: XLSX, XLS, delimited text; its columns are proposed from headings and cells.
    Table,
}

impl Format {
    /// Whether it names places in prose, so that their codes alone find nothing.
    pub const fn is_prose(self) -> bool {
        matches!(self, Format::BnpbCsv | Format::Table)
    }

    /// Whether it has rows and columns.
    pub const fn is_table(self) -> bool {
        matches!(self, Format::BnpbCsv | Format::Table)
    }

    pub const NAMES: [&'static str; 3] = ["ndjson", "bnpb-csv", "table"];

    pub fn parse(name: &str) -> Option<Format> {
        match name {
            "ndjson" => Some(Format::Ndjson),
            "bnpb-csv" => Some(Format::BnpbCsv),
            "table" => Some(Format::Table),
            _ => None,
        }
    }
}

/// Why an archive cannot be read on.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    #[error("reading '{file}': {source}")]
    Io { file: String, source: std::io::Error },
    #[error("reading '{file}': {source}")]
    Csv { file: String, source: csv::Error },
    #[error("reading '{file}': line {number} is no record of an export; was the file cut off?")]
    Line { file: String, number: u64 },
    #[error(
        "reading '{file}': no header line with the column '{column}'; is it a list of BNPB? Another table is read with --format table"
    )]
    Header { file: String, column: &'static str },
    #[error(
        "reading '{file}': line {line} opens a quotation mark that swallows the lines behind it; close or delete it"
    )]
    OpenQuote { file: String, line: u32 },
    #[error(
        "reading '{file}': line {line} has headings again, and others than the first; cut the file there into two"
    )]
    Headings { file: String, line: u64 },
    #[error("reading '{file}': {words}")]
    Sheet { file: String, words: String },
    #[error(
        "reading '{file}': a table of more than {} MiB or {} rows; cut it into several files",
        table::MAX_TABLE >> 20,
        table::MAX_ROWS
    )]
    TooLarge { file: String },
}

/// One record of an archive.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ArchiveRecord<'a> {
    pub bytes: &'a [u8],
    /// The archive gave no arrival time, and `reported_at` was rebuilt from a date.
    pub reconstructed: bool,
    /// The row of the table it comes from, for [`Archive::refuse_row`]; `None` where the archive is no table.
    pub row: Option<usize>,
    /// Line of the file, counted from 1.
    pub line: u64,
    /// Of a row whose source gave it a number for ever.
    pub number: Option<&'a RowNumber>,
}

/// What reading an archive of prose needs to know.
#[derive(Clone, Copy)]
pub struct Guide<'a> {
    pub places: &'a Places,
    pub crosswalk: &'a Crosswalk,
    /// The class the records of a list without classes get.
    pub class: FeedClass,
    /// Which of day and month stands first, where a person said it.
    pub dates: Option<DateOrder>,
    pub taxonomy: &'a Taxonomy,
    /// The only regency of which its feed may speak; where a table names none, it is meant.
    pub regency: Option<Code>,
}

/// The bytes of an archive.
pub type ArchiveSource = Box<dyn Read + Send>;

/// An open archive; ask it for the next record until there is none.
pub enum Archive<'a> {
    Ndjson(Box<JsonLines>),
    Bnpb(Box<Bnpb<'a>>),
    Sheets(Box<Sheets<'a>>),
}

impl<'a> Archive<'a> {
    /// Begins to read; `file` names the source in errors.
    ///
    /// # Errors
    /// Where the source cannot be read or lacks the header line the format needs.
    pub fn open(
        file: String,
        source: ArchiveSource,
        format: Format,
        guide: Guide<'a>,
    ) -> Result<Archive<'a>, ArchiveError> {
        let source = unpacked(source).map_err(|source| ArchiveError::Io { file: file.clone(), source })?;
        match format {
            Format::Ndjson => Ok(Archive::Ndjson(Box::new(JsonLines::new(file, source)))),
            Format::BnpbCsv => Ok(Archive::Bnpb(Box::new(Bnpb::open(file, source, guide)?))),
            Format::Table => Ok(Archive::Sheets(Box::new(Sheets::open(file, source, guide)?))),
        }
    }

    /// The next record, borrowed until the one after it is asked for; `None` at the end.
    ///
    /// # Errors
    /// Where the source cannot be read on.
    pub fn next_record(&mut self) -> Result<Option<ArchiveRecord<'_>>, ArchiveError> {
        match self {
            Archive::Ndjson(lines) => lines.next_record(),
            Archive::Bnpb(list) => list.next_record(),
            Archive::Sheets(sheets) => Ok(sheets.next_record()),
        }
    }

    /// Notes that a record of a row became no report.
    pub fn refuse_row(&mut self, row: Option<usize>, refusal: &Refusal) {
        let Some(row) = row else { return };
        match self {
            Archive::Ndjson(_) => {}
            Archive::Bnpb(list) => list.refuse_row(row, refusal),
            Archive::Sheets(sheets) => sheets.refuse_row(row, refusal),
        }
    }

    /// Says of what places the source of an archive speaks: of villages of one name in a table it is one of theirs.
    pub fn speaks_of(&mut self, own: &Areas) {
        if let Archive::Sheets(sheets) = self {
            sheets.speaks_of(own.clone());
        }
    }

    /// Notes that a person decides what is done with a row of a table.
    pub fn ask_row(&mut self, row: Option<usize>, why: &RefusalSentence) {
        if let (Some(row), Archive::Sheets(sheets)) = (row, self) {
            sheets.ask_row(row, why);
        }
    }

    /// Notes whether a report of a row is here already.
    pub fn know_row(&mut self, row: Option<usize>, is_known: bool) {
        let Some(row) = row else { return };
        match self {
            Archive::Ndjson(_) => {}
            Archive::Bnpb(list) => list.know_row(row, is_known),
            Archive::Sheets(sheets) => sheets.know_row(row, is_known),
        }
    }

    /// What became of the rows given out so far; `None` where the archive is no table.
    pub fn row_fates(&self) -> Option<RowFates> {
        match self {
            Archive::Ndjson(_) => None,
            Archive::Bnpb(list) => Some(list.row_fates()),
            Archive::Sheets(sheets) => Some(sheets.row_fates()),
        }
    }

    /// Which column of a table was taken for what, for a person to look over; `None` where the archive is no table.
    pub fn columns(&self) -> Option<String> {
        match self {
            Archive::Ndjson(_) => None,
            Archive::Bnpb(list) => Some(list.columns()),
            Archive::Sheets(sheets) => Some(sheets.columns()),
        }
    }

    /// The rows of a table that were not taken so far, as CSV with the reasons; `None` where the archive is no table.
    pub fn left_out(&self) -> Option<String> {
        match self {
            Archive::Ndjson(_) => None,
            Archive::Bnpb(list) => Some(list.left_out()),
            Archive::Sheets(sheets) => Some(sheets.left_out()),
        }
    }
}
