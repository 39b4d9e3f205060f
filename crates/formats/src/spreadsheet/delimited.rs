//! Reads a table of delimited text: any usual delimiter, any encoding, titles above its header.

use super::rows::SheetRows;
use super::{SheetFault, header};
use crate::open_quote::open_quote;
use crate::plain_text::{HEADER_WITHIN, decoded, is_blank};

/// Records by which the delimiter is found.
const LOOKED_AT: usize = 60;
const LOOKED_AT_BYTES: usize = 256 << 10;

/// The one sheet of a file.
///
/// # Errors
/// Where it is no text, or larger than a table may be.
pub fn read(bytes: &[u8]) -> Result<SheetRows, SheetFault> {
    let text = decoded(bytes);
    if text.bytes().take(4096).any(|byte| byte == 0) {
        return Err(SheetFault::bare("sheet.unknown_file"));
    }
    let (stated, text) = stated_delimiter(&text);
    let delimiter = stated.unwrap_or_else(|| likely_delimiter(text));
    if let Some(line) = open_quote(text, delimiter) {
        return Err(SheetFault::at_line("sheet.open_quote", line + u32::from(stated.is_some())));
    }
    let mut sheet = SheetRows::new("");
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    // Lines are counted here: the reader counts one too few where they end with two characters.
    let (mut line, mut counted) = (1 + u32::from(stated.is_some()), 0);
    loop {
        let ends = |letter: &u8| matches!(letter, b'\r' | b'\n');
        let at = reader.position().byte() as usize;
        let start = at + text.as_bytes()[at..].iter().take_while(|letter| ends(letter)).count();
        line += text.as_bytes()[counted..start].iter().filter(|letter| **letter == b'\n').count() as u32;
        counted = start;
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(_) => return Err(SheetFault::at_line("sheet.cell_too_long", line)),
        }
        let is_filled = |cell: &str| !cell.trim_matches(is_blank).is_empty();
        let Some(last) = (0..record.len()).rfind(|column| is_filled(&record[*column])) else { continue };
        sheet.begin_row(line)?;
        for (column, cell) in record.iter().take(last + 1).enumerate() {
            sheet.push_cell(column, cell)?;
        }
    }
    sheet.close(&[]);
    Ok(sheet)
}

/// The delimiter that a first line `sep=;` states, and the text behind it.
fn stated_delimiter(text: &str) -> (Option<u8>, &str) {
    let line = text.lines().next().unwrap_or_default();
    let stated = line.trim().trim_matches('"').strip_prefix("sep=").map(str::as_bytes);
    match stated {
        Some([sign]) => (Some(*sign), text[line.len()..].trim_start_matches(['\r', '\n'])),
        _ => (None, text),
    }
}

/// The delimiter under which the most cells of one of the first records are headings that are known; of several, or where none
/// are known, the one under which most of the first records have the same number of cells, and many.
fn likely_delimiter(text: &str) -> u8 {
    let text = &text[..text.floor_char_boundary(LOOKED_AT_BYTES)];
    let weight = |delimiter: &u8| {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(*delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let (mut widths, mut known) = (Vec::new(), 0);
        for record in reader.records().take(LOOKED_AT).flatten() {
            if widths.len() < HEADER_WITHIN {
                known = known
                    .max(record.iter().filter(|cell| header::is_known(cell.trim_matches(is_blank))).count());
            }
            widths.push(record.len());
        }
        let alike = |width: &usize| widths.iter().filter(|other| *other == width).count();
        let width = widths.iter().filter(|width| **width > 1).map(|width| alike(width) * width).max();
        (if known > 1 { known } else { 0 }, width.unwrap_or(0))
    };
    // Of two as likely the earlier: a comma stands in prose, too.
    let mut best = ((0, 0), b',');
    for delimiter in [b';', b'\t', b',', b'|'] {
        let own = weight(&delimiter);
        if own > best.0 {
            best = (own, delimiter);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(bytes: &[u8]) -> Vec<Vec<String>> {
        let sheet = read(bytes).unwrap();
        (0..sheet.len()).map(|row| sheet.cells(row).map(str::to_owned).collect()).collect()
    }

    #[test]
    fn a_table_is_read_however_it_was_saved() {
        let plain = [vec!["No".to_owned(), "Désa".to_owned()], vec!["1".to_owned(), "a, b; c".to_owned()]];
        for text in [
            "No;Désa\n1;\"a, b; c\"\n",
            "\u{feff}No,Désa\r\n1,\"a, b; c\"\r\n",
            "sep=|\r\nNo|Désa\n1|a, b; c\n;;\n",
        ] {
            assert_eq!(rows(text.as_bytes())[..2], plain, "{text}");
        }
        assert_eq!(rows(b"No\tD\xe9sa\n1\ta, b; c\n"), plain);
        let sheet = read("Judul;;\n;;\nNo;Nama;x\n1;\"dua\nbaris\";y\n2;z;w\n".as_bytes()).unwrap();
        assert_eq!((0..sheet.len()).map(|row| sheet.line(row)).collect::<Vec<_>>(), [1, 3, 4, 6]);
        assert!(read(b"\x00\x01\x02").is_err());
    }

    #[test]
    fn a_quotation_mark_that_nobody_closed_swallows_nothing_unseen() {
        let text = format!("a;\"b\n{}", "1;2\n".repeat(60_000));
        assert!(read(text.as_bytes()).is_err());
    }
}
