//! Tables as people fill them in: sheets of a spreadsheet, delimited text and exports of KoboToolbox, as JSON too, become
//! reports.
//!
//! [`read`] takes the bytes of a file apart into sheets of plain text cells ([`rows`]): what a spreadsheet keeps as a date is
//! written as one that reads in one way only. [`mapping`] proposes what each column holds, for a person to correct;
//! [`reader`] makes a report of each row, or says what is wrong with it and what to do. Every row is taken, refused or asked
//! about: none is lost. Reading is bounded, so that no file fills the memory.

pub(crate) mod category;
pub(crate) mod cells;
pub mod clock;
pub mod column;
mod date_cells;
mod delimited;
mod harm_counts;
mod harm_heading;
pub mod header;
mod json_table;
pub mod mapping;
pub(crate) mod office_form;
mod period;
mod place;
pub(crate) mod prose;
mod quiet_period;
pub mod reader;
pub mod report;
pub mod row_answer;
mod row_harm;
mod row_nothing;
mod row_number;
mod row_shape;
pub(crate) mod row_stance;
pub(crate) mod row_status;
mod row_time;
mod row_victims;
mod row_words;
pub mod rows;
mod several_places;
pub mod title_day;
pub mod written;
mod xls;
mod xlsx;

use crate::decode::RefusalSentence;
use calamine::Data;
use header::HeadedSheet;
use mapping::{KeptMapping, TableMapping};
pub use office_form::{is_of_signs, plus_codes};
pub(crate) use place::regency_key;
pub use rows::SheetRows;
use std::fmt::Write;

/// Largest file that is read, packed.
pub const MAX_FILE: usize = 24 << 20;

/// Why a file cannot be read, in words for the person who has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SheetFault(pub RefusalSentence);

impl SheetFault {
    pub fn bare(key: &'static str) -> SheetFault {
        SheetFault(RefusalSentence::bare(key))
    }

    pub fn limited(key: &'static str, most: usize) -> SheetFault {
        SheetFault(RefusalSentence { key, values: vec![("most", most.to_string().into())] })
    }

    fn at_line(key: &'static str, line: u32) -> SheetFault {
        SheetFault(RefusalSentence { key, values: vec![("line", line.to_string().into())] })
    }
}

/// The sheets of a file, whatever it is.
///
/// # Errors
/// Where it is nothing that can be read, damaged, locked, or larger than a table may be.
pub fn read(bytes: &[u8]) -> Result<Vec<SheetRows>, SheetFault> {
    if bytes.len() > MAX_FILE {
        return Err(SheetFault::limited("sheet.file_too_large", MAX_FILE >> 20));
    }
    let sheets = match bytes {
        [b'P', b'K', 3, 4, ..] if is_open_document(bytes) => {
            return Err(SheetFault::bare("sheet.open_document"));
        }
        [b'P', b'K', 3, 4, ..] => unstopped(|| xlsx::read(bytes))?,
        [0xd0, 0xcf, 0x11, 0xe0, ..] => unstopped(|| xls::read(bytes))?,
        _ if json_table::is_json(bytes) => vec![json_table::read(bytes)?],
        _ => vec![delimited::read(bytes)?],
    };
    let filled: Vec<SheetRows> =
        sheets.into_iter().filter(|sheet| sheet.is_hidden || !sheet.is_empty()).collect();
    if filled.iter().all(|sheet| sheet.is_hidden) { Err(SheetFault::bare("sheet.empty")) } else { Ok(filled) }
}

/// True of a file of LibreOffice: it says first what it is, unpacked.
fn is_open_document(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(120)];
    memchr::memmem::find(head, b"mimetypeapplication/vnd.oasis.opendocument").is_some()
}

/// What `reads` gives. A library that a damaged file stops (a row numbered beyond all numbers) stops nobody else: nothing of it
/// is kept.
fn unstopped(
    reads: impl FnOnce() -> Result<Vec<SheetRows>, SheetFault> + std::panic::UnwindSafe,
) -> Result<Vec<SheetRows>, SheetFault> {
    std::panic::catch_unwind(reads).unwrap_or_else(|_| Err(SheetFault::bare("sheet.damaged")))
}

/// The tables of a file's sheets with what their columns hold, and the names of the sheets that hold none. Where no sheet
/// seems to hold reports, the longest table stands for a person to say what it holds.
///
/// # Errors
/// Where no sheet has a table.
pub fn tables(sheets: Vec<SheetRows>, kept: &KeptMapping) -> Result<SheetTables, SheetFault> {
    let mut found = SheetTables::default();
    let mut others: Vec<(HeadedSheet, TableMapping)> = Vec::new();
    for sheet in sheets {
        let name = sheet.name.clone();
        if sheet.is_hidden {
            found.unread.push(format!("{name} (tersembunyi/hidden)"));
            continue;
        }
        let all = HeadedSheet::all(sheet)?;
        if all.is_empty() {
            found.unread.push(name);
        }
        // What follows a table of reports under other headings is read with it, and refused row by row where it is none.
        let mut is_followed = false;
        for table in all {
            let mapping = TableMapping::propose(&table, kept);
            is_followed |= mapping.is_of_incidents() || column::is_of_repeats(&table.headings);
            match is_followed {
                true => found.tables.push((table, mapping)),
                false => others.push((table, mapping)),
            }
        }
    }
    if found.tables.is_empty() {
        others.sort_by_key(|(table, _)| table.body.len());
        found.tables.extend(others.pop());
    }
    found.unread.extend(others.into_iter().map(|(table, _)| table.sheet.name.clone()));
    if found.tables.is_empty() { Err(SheetFault::bare("sheet.no_headings")) } else { Ok(found) }
}

/// The letters by which a heading or a word is kept.
pub fn word_key(text: &str) -> String {
    crate::archive::words::letters(text)
}

/// The tables of a file.
#[derive(Clone, Debug, Default)]
pub struct SheetTables {
    pub tables: Vec<(HeadedSheet, TableMapping)>,
    /// Sheets without a table of reports, and those that the file hides.
    pub unread: Vec<String>,
}

/// A cell of a spreadsheet as text: dates and times in the one way that reads in one way.
fn cell_text(cell: &Data, text: &mut String) {
    // Writing to a String cannot fail.
    let _ = match cell {
        Data::Empty => Ok(()),
        Data::String(own) | Data::DateTimeIso(own) | Data::DurationIso(own) => {
            text.push_str(own);
            Ok(())
        }
        Data::Int(number) => write!(text, "{number}"),
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => write!(text, "{number:.0}"),
        Data::Float(number) => write!(text, "{number}"),
        Data::Bool(is) => write!(text, "{is}"),
        Data::Error(error) => write!(text, "{error}"),
        Data::DateTime(at) => {
            let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
            match at.as_f64() {
                days if at.is_duration() || (0.0..1.0).contains(&days) => {
                    write!(text, "{hour:02}:{minute:02}")
                }
                days if days.fract() == 0.0 => write!(text, "{year:04}-{month:02}-{day:02}"),
                _ => write!(text, "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"),
            }
        }
    };
}

#[cfg(test)]
mod tests;
