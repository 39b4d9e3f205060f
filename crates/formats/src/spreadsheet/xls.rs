//! Reads the sheets of an old XLS file. Its library keeps every sheet as a full rectangle of cells, so the rectangle is
//! measured first.

use super::rows::{MergedCells, SheetRows};
use super::xlsx::NO_VALUE;
use super::{SheetFault, cell_text};
use calamine::{Data, Reader, SheetVisible, Xls, XlsError};
use cfb::CompoundFile;
use std::collections::HashSet;
use std::io::{Cursor, Read};
use std::panic::catch_unwind;

/// Most sheets, and most cells of all their rectangles together.
const MAX_SHEETS: usize = 64;
const MAX_CELLS: usize = 1_000_000;
/// Largest stream of records.
const MAX_STREAM: u64 = 16 << 20;

/// The sheets of a file; of those that are hidden the name.
///
/// # Errors
/// Where it is no XLS file, is damaged, locked or larger than a table may be.
pub fn read(bytes: &[u8]) -> Result<Vec<SheetRows>, SheetFault> {
    weigh(bytes)?;
    // The library stops hard at some files that are cut off.
    let read = catch_unwind(|| sheets(bytes));
    read.unwrap_or_else(|_| Err(SheetFault::bare("sheet.damaged")))
}

fn sheets(bytes: &[u8]) -> Result<Vec<SheetRows>, SheetFault> {
    let mut workbook: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(fault)?;
    let sheets = workbook.sheets_metadata().to_vec();
    let is_counted = sheets.iter().any(|sheet| holds_a_result(&mut workbook, &sheet.name));
    let read = |sheet: calamine::Sheet| match sheet.visible {
        SheetVisible::Visible => one(&mut workbook, &sheet.name, is_counted),
        _ => Ok(SheetRows::hidden(&sheet.name)),
    };
    sheets.into_iter().map(read).collect()
}

/// True where some formula of a sheet has a result that is no empty text: a program that does not count writes none.
fn holds_a_result(workbook: &mut Xls<Cursor<&[u8]>>, name: &str) -> bool {
    let Ok(range) = workbook.worksheet_range(name) else { return false };
    let is_filled = |cell: &Data| !matches!(cell, Data::Empty) && *cell != Data::String(String::new());
    formulas(workbook, name).iter().any(|at| range.get_value(*at).is_some_and(is_filled))
}

/// Row and column of the cells with a formula.
fn formulas(workbook: &mut Xls<Cursor<&[u8]>>, name: &str) -> HashSet<(u32, u32)> {
    let range = workbook.worksheet_formula(name).unwrap_or_default();
    let (top, left) = range.start().unwrap_or_default();
    let filled = range.used_cells().filter(|(.., formula)| !formula.is_empty());
    filled.map(|(row, column, _)| (top + row as u32, left + column as u32)).collect()
}

/// `is_counted`: the program that saved the file wrote the results of its formulas, so that an empty text is one.
fn one(workbook: &mut Xls<Cursor<&[u8]>>, name: &str, is_counted: bool) -> Result<SheetRows, SheetFault> {
    let range = workbook.worksheet_range(name).map_err(fault)?;
    let formulas = formulas(workbook, name);
    let merged = workbook.merge_cells_by_sheet_name(name).unwrap_or_default();
    let merged: Vec<MergedCells> =
        merged.into_iter().map(|cells| MergedCells { from: cells.start, to: cells.end }).collect();
    let (top, left) = range.start().unwrap_or_default();
    let mut sheet = SheetRows::new(name);
    let mut text = String::new();
    for (row, cells) in range.rows().enumerate() {
        let mut is_begun = false;
        for (column, cell) in cells.iter().enumerate() {
            text.clear();
            cell_text(cell, &mut text);
            let is_open = text.is_empty() && !(is_counted && matches!(cell, Data::String(_)));
            if is_open && formulas.contains(&(top + row as u32, left + column as u32)) {
                text.push_str(NO_VALUE);
            }
            if text.is_empty() {
                continue;
            }
            if !is_begun {
                sheet.begin_row(top + row as u32 + 1)?;
                is_begun = true;
            }
            sheet.push_cell(left as usize + column, &text)?;
        }
    }
    sheet.close(&merged);
    Ok(sheet)
}

/// Measures the rectangle that all cells span, times the sheets.
fn weigh(bytes: &[u8]) -> Result<(), SheetFault> {
    let damaged = |_| SheetFault::bare("sheet.damaged");
    let mut file = CompoundFile::open(Cursor::new(bytes)).map_err(damaged)?;
    // A new file behind a password is wrapped as an old one.
    if file.is_stream("/EncryptedPackage") {
        return Err(SheetFault::bare("sheet.locked"));
    }
    // As Excel since 1997 calls it, and as earlier ones did.
    let name = ["/Workbook", "/\x42ook"].into_iter().find(|name| file.is_stream(name));
    let name = name.ok_or(SheetFault::bare("sheet.unknown_file"))?;
    let mut stream = Vec::new();
    let opened = file.open_stream(name).map_err(damaged)?;
    opened.take(MAX_STREAM + 1).read_to_end(&mut stream).map_err(damaged)?;
    let (mut rows, mut columns, mut sheets) = (0, 0, 0);
    let mut rest = stream.as_slice();
    while let [kind_low, kind_high, low, high, behind @ ..] = rest {
        let length = usize::from(u16::from_le_bytes([*low, *high]));
        let Some((data, next)) = behind.split_at_checked(length) else { break };
        let number = |at: usize| Some(usize::from(u16::from_le_bytes([*data.get(at)?, *data.get(at + 1)?])));
        match u16::from_le_bytes([*kind_low, *kind_high]) {
            SHEET => sheets += 1,
            kind if CELLS.contains(&kind) => {
                rows = rows.max(number(0).unwrap_or(0) + 1);
                let last = if kind == MANY_NUMBERS { data.len().saturating_sub(2) } else { 2 };
                columns = columns.max(number(2).max(number(last)).unwrap_or(0) + 1);
            }
            _ => {}
        }
        rest = next;
    }
    let is_large = stream.len() as u64 > MAX_STREAM || sheets > MAX_SHEETS;
    let is_wide = rows * columns * sheets.max(1) > MAX_CELLS;
    if is_large || is_wide { Err(SheetFault::bare("sheet.bomb")) } else { Ok(()) }
}

/// Kinds of records: one sheet's name, and what holds cells.
const SHEET: u16 = 0x0085;
const MANY_NUMBERS: u16 = 0x00bd;
const CELLS: [u16; 9] = [0x0006, 0x00bd, 0x00be, 0x00d6, 0x00fd, 0x0203, 0x0204, 0x0205, 0x027e];

fn fault(error: XlsError) -> SheetFault {
    match error {
        XlsError::Password => SheetFault::bare("sheet.locked"),
        _ => SheetFault::bare("sheet.damaged"),
    }
}
