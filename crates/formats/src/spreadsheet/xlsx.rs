//! Reads the sheets of an XLSX file, cell by cell. The file is weighed first: what unpacks to more than a table may have is
//! refused before anything of it is kept.

use super::rows::{MergedCells, SheetRows};
use super::{SheetFault, cell_text};
use calamine::{DataRef, Reader, SheetVisible, Xlsx, XlsxError};
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// Most bytes that the parts of a file may have unpacked: the cells of a sheet, which are read one by one; the texts that
/// all cells share, which are kept; whatever else is read.
const MAX_SHEET: u64 = 128 << 20;
const MAX_STRINGS: u64 = 24 << 20;
const MAX_OTHER: u64 = 8 << 20;
const MAX_PARTS: usize = 2000;
/// What stands for a formula whose result the file does not hold.
pub(super) const NO_VALUE: &str = "=?";
/// Longest run of bytes without a tag: one text is kept whole.
const MAX_RUN: usize = 1 << 20;

/// The sheets of a file; of those that are hidden the name.
///
/// # Errors
/// Where it is no XLSX file, is damaged, locked or larger than a table may be.
pub fn read(bytes: &[u8]) -> Result<Vec<SheetRows>, SheetFault> {
    weigh(bytes)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(fault)?;
    let sheets = workbook.sheets_metadata().to_vec();
    let read = |sheet: calamine::Sheet| match sheet.visible {
        SheetVisible::Visible => one(&mut workbook, &sheet.name),
        _ => Ok(SheetRows::hidden(&sheet.name)),
    };
    sheets.into_iter().map(read).collect()
}

fn one(workbook: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<SheetRows, SheetFault> {
    let merged = workbook.merge_cells_by_sheet_name(name).map_err(fault)?;
    let merged: Vec<MergedCells> =
        merged.into_iter().map(|cells| MergedCells { from: cells.start, to: cells.end }).collect();
    let mut sheet = SheetRows::new(name);
    let mut last = None;
    let mut text = String::new();
    let mut reader = match workbook.worksheet_cells_reader(name) {
        // A sheet of nothing but a chart has no cells.
        Err(XlsxError::WorksheetNotFound(_) | XlsxError::NotAWorksheet(_)) => return Ok(sheet),
        other => other.map_err(fault)?,
    };
    while let Some(cell) = reader.next_cell_with_formula_metadata().map_err(fault)? {
        let (row, column) = cell.pos;
        text.clear();
        match cell.value {
            DataRef::SharedString(own) => text.push_str(own),
            DataRef::Empty if cell.formula.is_some() => text.push_str(NO_VALUE),
            other => cell_text(&other.into(), &mut text),
        }
        if text.is_empty() {
            continue;
        }
        if last != Some(row) {
            sheet.begin_row(row.saturating_add(1))?;
            last = Some(row);
        }
        sheet.push_cell(column as usize, &text)?;
    }
    sheet.close(&merged);
    Ok(sheet)
}

/// Unpacks every part once and keeps nothing of it.
fn weigh(bytes: &[u8]) -> Result<(), SheetFault> {
    let damaged = |_| SheetFault::bare("sheet.damaged");
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    if zip.len() > MAX_PARTS {
        return Err(SheetFault::bare("sheet.bomb"));
    }
    let mut all = 0;
    let mut buffer = vec![0; 64 << 10];
    for index in 0..zip.len() {
        let mut part = zip.by_index(index).map_err(damaged)?;
        let name = part.name().map_err(damaged)?.to_ascii_lowercase();
        if !(name.ends_with(".xml") || name.ends_with(".rels")) {
            continue; // pictures and the like are not read
        }
        let most = match name.as_str() {
            name if name.contains("worksheets/") => MAX_SHEET,
            name if name.ends_with("sharedstrings.xml") => MAX_STRINGS,
            _ => MAX_OTHER,
        };
        let (mut size, mut run) = (0, 0);
        loop {
            let count = part.read(&mut buffer).map_err(|_| SheetFault::bare("sheet.damaged"))?;
            if count == 0 {
                break;
            }
            let piece = &buffer[..count];
            if size == 0 && memchr::memmem::find(piece, b"<!DOCTYPE").is_some() {
                return Err(SheetFault::bare("sheet.entities"));
            }
            size += count as u64;
            run = longest_run(piece, run)?;
            if size > most || all + size > 2 * MAX_SHEET {
                return Err(SheetFault::bare("sheet.bomb"));
            }
        }
        all += size;
    }
    Ok(())
}

/// The bytes since the last tag, with those before the piece.
fn longest_run(piece: &[u8], before: usize) -> Result<usize, SheetFault> {
    let mut run = before;
    let mut at = 0;
    for tag in memchr::memchr_iter(b'<', piece) {
        if run + tag - at > MAX_RUN {
            return Err(SheetFault::bare("sheet.bomb"));
        }
        (run, at) = (0, tag);
    }
    run += piece.len() - at;
    if run > MAX_RUN { Err(SheetFault::bare("sheet.bomb")) } else { Ok(run) }
}

fn fault(error: XlsxError) -> SheetFault {
    match error {
        XlsxError::Password => SheetFault::bare("sheet.locked"),
        _ => SheetFault::bare("sheet.damaged"),
    }
}
