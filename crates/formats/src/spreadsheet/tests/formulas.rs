//! Formulas of old XLS files: their results are read as those of XLSX files are, and one that nobody counted is asked about.

use super::*;
use std::io::Write as _;

/// A result as a formula's record has it.
fn number(value: f64) -> [u8; 8] {
    value.to_le_bytes()
}
const EMPTY_TEXT: [u8; 8] = [3, 0, 0, 0, 0, 0, 0xff, 0xff];

fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
}

fn at(row: u16, column: u16) -> Vec<u8> {
    [row, column, 0].into_iter().flat_map(u16::to_le_bytes).collect()
}

fn label(row: u16, column: u16, text: &str) -> Vec<u8> {
    let text = [&(text.len() as u16).to_le_bytes()[..], &[0], text.as_bytes()].concat();
    record(0x0204, &[at(row, column), text].concat())
}

/// A cell with the formula `=1` and a result.
fn formula(row: u16, column: u16, result: [u8; 8]) -> Vec<u8> {
    let rest = [0, 0, 0, 0, 0, 0, 3, 0, 0x1e, 1, 0];
    record(0x0006, &[at(row, column).as_slice(), &result, &rest].concat())
}

/// A workbook of one sheet with these cells.
fn xls(cells: &[Vec<u8>]) -> Vec<u8> {
    let begins = |kind: u16| record(0x0809, &[&[0, 6][..], &kind.to_le_bytes(), &[0; 12]].concat());
    let sheet_name = |at: u32| record(0x0085, &[&at.to_le_bytes()[..], &[0, 0, 6, 0], b"Lembar"].concat());
    let end = record(0x000a, &[]);
    let globals = begins(5).len() + sheet_name(0).len() + end.len();
    let stream =
        [begins(5), sheet_name(globals as u32), end.clone(), begins(0x10), cells.concat(), end].concat();
    let mut file = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).unwrap();
    file.create_stream("/Workbook").unwrap().write_all(&stream).unwrap();
    file.flush().unwrap();
    file.into_inner().into_inner()
}

/// Two rows, the dead of each counted by a formula.
fn table(results: [[u8; 8]; 2]) -> Vec<String> {
    let headings = ["Tanggal", "Kecamatan", "Jenis Kejadian", "Uraian", "Meninggal"];
    let mut cells: Vec<Vec<u8>> =
        headings.iter().enumerate().map(|(column, text)| label(0, column as u16, text)).collect();
    for (row, result) in (1..).zip(results) {
        let words = ["20/11/2026", ["Rupit", "Nibung"][usize::from(row - 1)], "Banjir", "air naik"];
        cells.extend(words.iter().enumerate().map(|(column, text)| label(row, column as u16, text)));
        cells.push(formula(row, 4, result));
    }
    shapes(&xls(&cells))
}

#[test]
fn a_formula_of_an_old_file_is_its_result_and_asked_about_where_there_is_none() {
    let counted = table([number(2.0), number(0.0)]);
    assert!(counted[0].contains(" 2/-/-") && counted[1].contains(" 0/-/-"), "{counted:?}");
    let formula_is_empty = table([number(2.0), EMPTY_TEXT]);
    assert!(
        formula_is_empty[1].starts_with("3: 16.13.03 WA-01"),
        "an empty text is a result: {formula_is_empty:?}"
    );
    let uncounted = table([EMPTY_TEXT, EMPTY_TEXT]);
    assert!(uncounted.iter().all(|row| row.contains("asked sheet.formula")), "{uncounted:?}");
    let without = table([number(2.0), [0, 0, 0, 0, 0, 0, 0xff, 0xff]]);
    assert!(without[1].contains("asked sheet.formula"), "the text of its result is missing: {without:?}");
}
