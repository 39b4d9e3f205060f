//! A table as people save it: any usual delimiter, titles above its header, any encoding; read whole, within a limit.

use super::ArchiveError;
use crate::plain_text::{decoded, delimiter, is_blank};
use std::io::Read;

/// Largest table read, unpacked. BNPB's list of two years is under 3 MiB.
pub const MAX_TABLE: u64 = 64 << 20;

/// The rows below a header.
pub struct Table {
    pub header: Vec<String>,
    pub rows: std::vec::IntoIter<CellRow>,
}

/// One row with something in it.
pub struct CellRow {
    /// In the file, counted from 1.
    pub line: u64,
    pub cells: Vec<String>,
}

impl CellRow {
    /// A cell without the blanks round it; empty where the row is too short.
    pub fn cell(&self, at: Option<usize>) -> &str {
        at.and_then(|at| self.cells.get(at)).map_or("", |cell| cell.trim_matches(is_blank))
    }
}

impl Table {
    /// Reads `source` to its end; `None` where no line of its beginning is a header. A header that comes again, as at
    /// the head of each printed page, and rows without anything in them are left out.
    ///
    /// # Errors
    /// Where the source cannot be read or is larger than [`MAX_TABLE`].
    pub fn read(
        file: &str,
        source: impl Read,
        is_header: impl Fn(&[String]) -> bool,
    ) -> Result<Option<Table>, ArchiveError> {
        let mut bytes = Vec::new();
        let read = source.take(MAX_TABLE + 1).read_to_end(&mut bytes);
        read.map_err(|source| ArchiveError::Io { file: file.to_owned(), source })?;
        if bytes.len() as u64 > MAX_TABLE {
            return Err(ArchiveError::TooLarge { file: file.to_owned() });
        }
        let text = decoded(&bytes);
        let Some(delimiter) = delimiter(&text, &is_header) else { return Ok(None) };
        let rows = separated(file, &text, delimiter)?;
        let mut rows = rows.into_iter();
        let Some((_, header)) = rows.find(|(_, cells)| is_header(cells)) else { return Ok(None) };
        let is_empty = |cells: &[String]| cells.iter().all(|cell| cell.trim_matches(is_blank).is_empty());
        let rows = rows.filter(|(_, cells)| *cells != header && !is_empty(cells));
        let rows: Vec<CellRow> = rows.map(|(line, cells)| CellRow { line, cells }).collect();
        Ok(Some(Table { header, rows: rows.into_iter() }))
    }
}

/// The records of a text with the lines they begin on.
fn separated(file: &str, text: &str, delimiter: u8) -> Result<Vec<(u64, Vec<String>)>, ArchiveError> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|source| ArchiveError::Csv { file: file.to_owned(), source })?;
        let line = record.position().map_or(0, csv::Position::line);
        rows.push((line, record.iter().map(str::to_owned).collect()));
    }
    Ok(rows)
}
