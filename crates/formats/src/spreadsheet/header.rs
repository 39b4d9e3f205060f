//! Where a sheet's table begins: its headings below titles, in one or two rows, and the rows under them.

use super::rows::SheetRows;
use super::title_day::TitleDays;
use super::{SheetFault, column, harm_heading};
use crate::archive::words::letters;
use crate::plain_text::HEADER_WITHIN;
use crate::written_date::WrittenDate;
use std::ops::Range;
use std::sync::Arc;

/// A table of a sheet with its headings.
#[derive(Clone, Debug)]
pub struct HeadedSheet {
    pub sheet: Arc<SheetRows>,
    /// One for each column, empty where there is none.
    pub headings: Vec<String>,
    /// The rows below them.
    pub body: Range<usize>,
    /// The days that the titles of the sheet name, where it is a daily report.
    pub titles: Option<Arc<TitleDays>>,
}

/// So often the headings of one sheet may change.
const MOST_TABLES: usize = 50;

impl HeadedSheet {
    /// Finds the headings of a sheet; `None` where it has no table.
    pub fn of(sheet: SheetRows) -> Option<HeadedSheet> {
        let first = (0..sheet.len().min(HEADER_WITHIN)).map(|row| (known(&sheet, row), row));
        let best = first.max_by_key(|(known, row)| (*known, std::cmp::Reverse(*row)))?;
        let header = match best {
            (2.., row) => row,
            _ => (0..sheet.len().min(HEADER_WITHIN)).find(|row| texts(&sheet, *row) >= 3)?,
        };
        let is_grouped = header > 0 && is_group_above(&sheet, header);
        let titles = TitleDays::of(&sheet, header - usize::from(is_grouped)).map(Arc::new);
        Some(HeadedSheet::under(Arc::new(sheet), header, is_grouped, titles))
    }

    /// The tables of a sheet: where headings come again in another order, a table of its own begins.
    ///
    /// # Errors
    /// Where they change too often to be shown.
    pub fn all(sheet: SheetRows) -> Result<Vec<HeadedSheet>, SheetFault> {
        let mut found: Vec<HeadedSheet> = HeadedSheet::of(sheet).into_iter().collect();
        while let Some((table, header)) = found.last().and_then(|table| Some((table, table.next_header()?))) {
            if found.len() == MOST_TABLES {
                return Err(SheetFault::limited("sheet.too_many_headings", MOST_TABLES));
            }
            let above = header - 1;
            let is_grouped = above >= table.body.start
                && (table.is_heading(above) || reads_as_headings(&table.sheet, above))
                && is_group_above(&table.sheet, header);
            let titles = table.titles.clone();
            let next = HeadedSheet::under(Arc::clone(&table.sheet), header, is_grouped, titles);
            let end = header - usize::from(is_grouped);
            if let Some(table) = found.last_mut() {
                table.body.end = end;
            }
            found.push(next);
        }
        Ok(found)
    }

    /// The table whose headings stand in a row, and in the one above where that groups them.
    fn under(
        sheet: Arc<SheetRows>,
        header: usize,
        is_grouped: bool,
        titles: Option<Arc<TitleDays>>,
    ) -> HeadedSheet {
        let (top, sub) = if is_grouped {
            (header - 1, Some(header))
        } else if header + 1 < sheet.len() && is_below(&sheet, header) {
            (header, Some(header + 1))
        } else {
            (header, None)
        };
        let mut headings = headings(&sheet, top, sub);
        let mut start = sub.unwrap_or(top) + 1;
        if start < sheet.len() && sets_people_apart(&sheet, start, &mut headings) {
            start += 1;
        }
        while start < sheet.len() && counts_columns(&sheet, start) {
            start += 1;
        }
        let body = start..sheet.len();
        HeadedSheet { sheet, headings, body, titles }
    }

    /// The first row of the body that holds headings other than these.
    fn next_header(&self) -> Option<usize> {
        self.body.clone().find(|row| reads_as_headings(&self.sheet, *row) && !self.is_heading(*row))
    }

    /// The rows of the body that are rows of the table: not the headings again, as at the head of each printed page.
    pub fn table_rows(&self) -> impl Iterator<Item = usize> + '_ {
        self.body.clone().filter(|row| !self.is_heading(*row))
    }

    fn is_heading(&self, row: usize) -> bool {
        let mut filled = 0;
        for (column, cell) in self.sheet.cells(row).enumerate().filter(|(_, cell)| !cell.is_empty()) {
            let own = self.headings.get(column).map_or("", String::as_str);
            let ends = || own.strip_suffix(cell).is_some_and(|rest| rest.ends_with(' '));
            let begins = || own.strip_prefix(cell).is_some_and(|rest| rest.starts_with(' '));
            if own != cell && !ends() && !begins() {
                return false;
            }
            filled += 1;
        }
        filled > 1 || counts_columns(&self.sheet, row)
    }
}

/// How many cells of a row are headings that are known.
fn known(sheet: &SheetRows, row: usize) -> usize {
    sheet.cells(row).filter(|cell| is_known(cell)).count()
}

/// True for a cell that is a heading that is known.
pub(super) fn is_known(cell: &str) -> bool {
    cell.len() <= 80 && (column::of_heading(cell).is_some() || column::is_never_read(cell))
}

/// True for a row of words of which two or more, and half of all, are headings that are known.
fn reads_as_headings(sheet: &SheetRows, row: usize) -> bool {
    let is_word = |cell: &str| cell.len() <= 80 && !cell.bytes().any(|byte| byte.is_ascii_digit());
    // Most rows hold a digit, which is seen at once; what headings mean costs a hundred times as much.
    sheet.cells(row).all(is_word) && {
        let known = known(sheet, row);
        known >= 2 && known * 2 >= filled(sheet, row)
    }
}

/// How many cells of a row are words.
fn texts(sheet: &SheetRows, row: usize) -> usize {
    sheet.cells(row).filter(|cell| cell.chars().any(char::is_alphabetic)).count()
}

fn filled(sheet: &SheetRows, row: usize) -> usize {
    sheet.cells(row).filter(|cell| !cell.is_empty()).count()
}

/// True where the row above holds what groups these headings: more than a title, and short words.
fn is_group_above(sheet: &SheetRows, header: usize) -> bool {
    let above = header - 1;
    known(sheet, above) >= 1
        && filled(sheet, above) >= 2
        && sheet.cells(above).all(|cell| cell.len() <= 60)
        && sheet.line(above) + 1 == sheet.line(header)
}

/// True where the next row holds headings under those of this one: words alone, below what is empty or spans several columns.
/// Half of them are known, or one stands below a cell that was merged over its column.
fn is_below(sheet: &SheetRows, header: usize) -> bool {
    let next = header + 1;
    let cells: Vec<(usize, &str)> =
        sheet.cells(next).enumerate().filter(|(_, cell)| !cell.is_empty()).collect();
    // "Luka2", "Jiwa (balita <5)": a digit behind letters.
    let is_word = |cell: &str| {
        cell.len() <= 60
            && !cell.starts_with(|letter: char| letter.is_ascii_digit())
            && cell.chars().any(char::is_alphabetic)
            && WrittenDate::read(cell, None).is_err()
    };
    let is_merged = |column: usize| sheet.merged(header, column) != sheet.cell(header, column);
    // A third row of headings tells the people apart.
    let is_part =
        |column: usize| next + 1 < sheet.len() && harm_heading::is_part(sheet.cell(next + 1, column));
    let spans = |column: usize| {
        let right = column + 1;
        sheet.cell(header, column).is_empty()
            || sheet.cell(header, right).is_empty() && (!sheet.cell(next, right).is_empty() || is_part(right))
    };
    let is_open = |(column, _): &(usize, &str)| spans(*column) || is_merged(*column);
    let is_known = |(column, cell): &&(usize, &str)| {
        column::of_heading(cell).is_some()
            || harm_heading::is_part(cell) && harm_heading::names_harm(group_of(sheet, header, *column))
    };
    !cells.is_empty()
        && sheet.line(header) + 1 == sheet.line(next)
        && cells.iter().all(|(_, cell)| is_word(cell))
        && (cells.iter().filter(|cell| is_known(cell)).count() * 2 >= cells.len()
            || cells.iter().any(|(column, _)| is_merged(*column)))
        && cells.iter().filter(|cell| is_open(cell)).count() * 3 >= cells.len() * 2
}

/// A row of "L", "P" under headings of people hurt: each joins the heading above it.
fn sets_people_apart(sheet: &SheetRows, row: usize, headings: &mut Vec<String>) -> bool {
    let words: Vec<(usize, &str)> =
        sheet.cells(row).enumerate().filter(|(_, cell)| !cell.is_empty()).collect();
    let group = |column: usize| {
        let left = headings.iter().take(column + 1).rev().find(|heading| !heading.is_empty());
        left.map_or("", String::as_str)
    };
    let fits = |(column, word): &(usize, &str)| {
        harm_heading::is_part(word) && harm_heading::names_harm(group(*column))
    };
    if words.len() < 2 || !words.iter().all(fits) {
        return false;
    }
    let joined: Vec<(usize, String)> =
        words.iter().map(|(column, word)| (*column, format!("{} {word}", group(*column)))).collect();
    for (column, heading) in joined {
        headings.resize(headings.len().max(column + 1), String::new());
        headings[column] = heading;
    }
    true
}

/// The heading above a column, or the nearest on its left.
fn group_of(sheet: &SheetRows, header: usize, column: usize) -> &str {
    let left = (0..=column).rev().map(|other| sheet.cell(header, other));
    left.into_iter().find(|cell| !cell.is_empty()).unwrap_or_default()
}

fn headings(sheet: &SheetRows, top: usize, sub: Option<usize>) -> Vec<String> {
    let width = sheet.width(top).max(sub.map_or(0, |sub| sheet.width(sub)));
    let mut group = "";
    let one = |column: usize| {
        let own = sheet.cell(top, column);
        if !own.is_empty() {
            group = own;
        }
        let Some(sub) = sub else { return own.to_owned() };
        let below = sheet.cell(sub, column);
        let above = if own.is_empty() && !below.is_empty() { group } else { own };
        match (above, below) {
            (above, "") => above.to_owned(),
            ("", below) => below.to_owned(),
            (above, below) => {
                let both = format!("{above} {below}");
                let is_known = column::of_heading(&both).is_some() || column::of_heading(below).is_none();
                if is_known || column::is_never_read(&both) { both } else { below.to_owned() }
            }
        }
    };
    (0..width).map(one).collect()
}

/// `1 2 3 4` below the headings, as forms of offices have it.
fn counts_columns(sheet: &SheetRows, row: usize) -> bool {
    let number = |cell: &str| cell.trim_matches(['(', ')', '.']).parse::<u32>().ok();
    let cells: Vec<&str> = sheet.cells(row).filter(|cell| !cell.is_empty()).collect();
    let mut numbers = cells.iter().filter_map(|cell| number(cell));
    let mut before = numbers.next();
    let rising = numbers.all(|own| {
        let follows = before.is_some_and(|before| own == before + 1);
        before = Some(own);
        follows
    });
    cells.len() >= 3 && rising && cells.iter().all(|cell| number(cell).is_some())
}

/// The running number of a row, and what a file of rows that were not taken adds in front.
pub(super) fn is_running(heading: &str) -> bool {
    matches!(
        letters(heading).as_str(),
        "no" | "nomor" | "nourut" | "baris" | "hasil" | "alasan" | "line" | "fate" | "why"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headed(text: &str) -> HeadedSheet {
        HeadedSheet::of(super::super::delimited::read(text.as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn headings_stand_below_titles_and_in_two_rows() {
        let sheet = headed(
            "KEPOLISIAN DAERAH SUMATERA SELATAN;;;;;;\nLAPORAN HARIAN GANGGUAN KAMTIBMAS;;;;;;\n;;;;;;\n\
             NO;WAKTU KEJADIAN;TKP;KORBAN;;;URAIAN\n;;;MD;LB;LR;\n(1);(2);(3);(4);(5);(6);(7)\n\
             1;20/11/2026;Ds. Noman;0;0;1;x\nNO;WAKTU KEJADIAN;TKP;KORBAN;;;URAIAN\n2;21/11/2026;Ds. Noman;0;0;0;y\n",
        );
        assert_eq!(
            sheet.headings,
            ["NO", "WAKTU KEJADIAN", "TKP", "KORBAN MD", "KORBAN LB", "KORBAN LR", "URAIAN"]
        );
        let lines: Vec<u32> = sheet.table_rows().map(|row| sheet.sheet.line(row)).collect();
        assert_eq!(lines, [7, 9]);
    }

    #[test]
    fn a_first_row_of_data_is_no_heading() {
        let sheet =
            headed("Tanggal;Kecamatan;Jenis;Uraian\n20/11/2026;Rupit;Banjir;air naik\n21/11/2026;Rupit;;\n");
        assert_eq!(sheet.body, 1..3);
        let sheet = headed("Tanggal;Kecamatan;Kejadian\n;Rupit;Banjir\n");
        assert_eq!((sheet.body, sheet.headings.len()), (1..2, 3));
    }

    #[test]
    fn groups_may_say_less_than_what_stands_below_them() {
        let sheet =
            headed("WAKTU;LOKASI;;;KORBAN;\n;KECAMATAN;DESA;ALAMAT;MD;LUKA\n20/11/2026;Rupit;Noman;x;0;0\n");
        assert_eq!(sheet.headings, ["WAKTU", "KECAMATAN", "DESA", "ALAMAT", "KORBAN MD", "KORBAN LUKA"]);
        assert_eq!(sheet.body, 2..3);
    }
}
