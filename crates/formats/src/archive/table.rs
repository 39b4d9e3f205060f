//! A table as people save it: any usual delimiter, titles above its header, any encoding; read whole, within a limit.

use super::ArchiveError;
use super::words::letters;
use crate::open_quote::open_quote;
use crate::plain_text::{decoded, delimiter, is_blank};
use std::io::Read;

/// Largest table read, unpacked, and most of its rows: it is kept whole. BNPB's list of two years is under 3 MiB.
pub const MAX_TABLE: u64 = 16 << 20;
pub const MAX_ROWS: usize = 100_000;

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
    /// the head of each printed page, and rows without anything in them are left out; where it comes again in another order,
    /// the rows below it are put into the order of the first.
    ///
    /// # Errors
    /// Where the source cannot be read or is larger than [`MAX_TABLE`] or has more than [`MAX_ROWS`] rows, a quotation mark swallows rows, or a header comes
    /// again with other columns.
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
        if let Some(line) = open_quote(&text, delimiter) {
            return Err(ArchiveError::OpenQuote { file: file.to_owned(), line });
        }
        let rows = separated(file, &text, delimiter)?;
        let mut rows = rows.into_iter();
        let Some((_, header)) = rows.find(|(_, cells)| is_header(cells)) else { return Ok(None) };
        let is_empty = |cells: &[String]| cells.iter().all(|cell| cell.trim_matches(is_blank).is_empty());
        let mut order: Option<Vec<usize>> = None;
        let mut kept = Vec::new();
        for (line, cells) in rows {
            if is_header(&cells) {
                let changed = || ArchiveError::Headings { file: file.to_owned(), line };
                order =
                    if cells == header { None } else { Some(columns(&header, &cells).ok_or_else(changed)?) };
            } else if !is_empty(&cells) {
                let cells = order.as_ref().map(|order| in_order(&cells, order)).unwrap_or(cells);
                kept.push(CellRow { line, cells });
            }
        }
        Ok(Some(Table { header, rows: kept.into_iter() }))
    }
}

/// For each column of a header where it stands in another; `None` where that has other columns.
fn columns(header: &[String], other: &[String]) -> Option<Vec<usize>> {
    let other: Vec<String> = other.iter().map(|cell| letters(cell)).collect();
    let mut is_used = vec![false; other.len()];
    let mut place = |heading: &String| {
        let own = letters(heading);
        let at = (0..other.len()).find(|at| !is_used[*at] && other[*at] == own)?;
        is_used[at] = true;
        Some(at)
    };
    let trimmed = header.iter().rposition(|heading| !letters(heading).is_empty()).map_or(0, |last| last + 1);
    let found = header[..trimmed].iter().map(&mut place).collect::<Option<Vec<usize>>>()?;
    (0..other.len()).all(|at| is_used[at] || other[at].is_empty()).then_some(found)
}

fn in_order(cells: &[String], order: &[usize]) -> Vec<String> {
    order.iter().map(|at| cells.get(*at).cloned().unwrap_or_default()).collect()
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
        if rows.len() > MAX_ROWS {
            return Err(ArchiveError::TooLarge { file: file.to_owned() });
        }
        let record = record.map_err(|source| ArchiveError::Csv { file: file.to_owned(), source })?;
        let line = record.position().map_or(0, csv::Position::line);
        rows.push((line, record.iter().map(str::to_owned).collect()));
    }
    Ok(rows)
}
