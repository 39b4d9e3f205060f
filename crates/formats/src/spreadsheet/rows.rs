//! The cells of one sheet, packed into one text, so that a large table costs little memory.

use super::SheetFault;
use std::collections::BTreeMap;

/// Most rows of one sheet that are read.
pub const MAX_ROWS: usize = 100_000;
/// Most columns; what stands further right would be lost unseen, so the sheet is refused.
pub const MAX_COLUMNS: usize = 500;
/// Most cells and most bytes of text of one sheet.
const MAX_CELLS: usize = 4_000_000;
const MAX_TEXT: usize = 32 << 20;
/// Longest text of one cell: a spreadsheet takes no more, and a quotation mark that nobody closed swallows a file.
pub const MAX_CELL: usize = 128 << 10;

/// One sheet, its rows in order.
#[derive(Clone, Debug, Default)]
pub struct SheetRows {
    pub name: String,
    pub is_hidden: bool,
    /// Without the blanks round each cell.
    text: String,
    /// Where each cell ends in the text.
    ends: Vec<u32>,
    rows: Vec<RowStart>,
    /// Cells that are covered by the cell at the top left of what was merged.
    covered: BTreeMap<(u32, u32), (u32, u32)>,
    /// Place in `rows` by line; filled by [`SheetRows::close`] where something is merged.
    lines: BTreeMap<u32, usize>,
}

#[derive(Clone, Copy, Debug)]
struct RowStart {
    /// In the sheet, counted from 1.
    line: u32,
    /// Its first cell.
    first: u32,
}

/// Rows and columns, counted from 0, of cells that were merged to one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MergedCells {
    pub from: (u32, u32),
    pub to: (u32, u32),
}

impl SheetRows {
    pub fn new(name: &str) -> SheetRows {
        SheetRows { name: name.to_owned(), ..SheetRows::default() }
    }

    /// A sheet that its file hides: nothing of it is read but its name.
    pub fn hidden(name: &str) -> SheetRows {
        SheetRows { is_hidden: true, ..SheetRows::new(name) }
    }

    /// Begins the row of a line, which is behind all lines before it.
    ///
    /// # Errors
    /// Where the sheet has too many rows, or its rows are not in order.
    pub fn begin_row(&mut self, line: u32) -> Result<(), SheetFault> {
        if self.rows.last().is_some_and(|last| last.line >= line) {
            return Err(SheetFault::bare("sheet.damaged"));
        }
        if self.rows.len() == MAX_ROWS {
            return Err(SheetFault::limited("sheet.too_many_rows", MAX_ROWS));
        }
        self.rows.push(RowStart { line, first: self.ends.len() as u32 });
        Ok(())
    }

    /// Adds the cell of a column of the row that was begun last; the columns before it that had none are empty.
    ///
    /// # Errors
    /// Where the sheet grows too large.
    pub fn push_cell(&mut self, column: usize, text: &str) -> Result<(), SheetFault> {
        if column >= MAX_COLUMNS {
            return Err(SheetFault::limited("sheet.too_wide", MAX_COLUMNS));
        }
        let line = self.rows.last().map_or(1, |row| row.line);
        if text.len() > MAX_CELL {
            return Err(SheetFault::at_line("sheet.cell_too_long", line));
        }
        let first = self.rows.last().map_or(0, |row| row.first as usize);
        if self.ends.len() > first + column {
            return Err(SheetFault::bare("sheet.damaged"));
        }
        if first + column >= MAX_CELLS || self.text.len() + text.len() > MAX_TEXT {
            return Err(SheetFault::limited("sheet.too_large", MAX_TEXT >> 20));
        }
        let end = self.text.len() as u32;
        self.ends.resize(first + column, end);
        self.text.push_str(text.trim_matches(crate::plain_text::is_blank));
        self.ends.push(self.text.len() as u32);
        Ok(())
    }

    /// Puts headings in front of all rows, in line 0.
    ///
    /// # Errors
    /// Where the sheet grows too large.
    pub fn put_in_front(&mut self, headings: &[String]) -> Result<(), SheetFault> {
        let mut front = SheetRows::default();
        front.begin_row(0)?;
        for (column, heading) in headings.iter().enumerate() {
            front.push_cell(column, heading)?;
        }
        let (bytes, cells) = (front.text.len() as u32, front.ends.len() as u32);
        if self.text.len() + front.text.len() > MAX_TEXT || self.ends.len() + front.ends.len() > MAX_CELLS {
            return Err(SheetFault::limited("sheet.too_large", MAX_TEXT >> 20));
        }
        self.text.insert_str(0, &front.text);
        self.ends.iter_mut().for_each(|end| *end += bytes);
        self.ends.splice(0..0, front.ends);
        self.rows.iter_mut().for_each(|row| row.first += cells);
        self.rows.splice(0..0, front.rows);
        Ok(())
    }

    /// Says which cells were merged, once all rows are in.
    pub fn close(&mut self, merged: &[MergedCells]) {
        let last = self.rows.last().map_or(0, |row| row.line);
        for cells in merged {
            let (rows, columns) = (cells.from.0..=cells.to.0.min(last), cells.from.1..=cells.to.1);
            let columns = *columns.start()..=(*columns.end()).min(MAX_COLUMNS as u32);
            for row in rows {
                for column in columns.clone() {
                    if self.covered.len() < MAX_COVERED && (row, column) != cells.from {
                        self.covered.insert((row, column), cells.from);
                    }
                }
            }
        }
        if !self.covered.is_empty() {
            self.lines = self.rows.iter().enumerate().map(|(row, start)| (start.line, row)).collect();
        }
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The line of a row in the sheet, counted from 1.
    pub fn line(&self, row: usize) -> u32 {
        self.rows[row].line
    }

    /// The row of a line.
    pub fn row_of(&self, line: u32) -> Option<usize> {
        self.rows.binary_search_by_key(&line, |row| row.line).ok()
    }

    /// How many cells a row has, empty ones before its last too.
    pub fn width(&self, row: usize) -> usize {
        let next = self.rows.get(row + 1).map_or(self.ends.len(), |next| next.first as usize);
        next - self.rows[row].first as usize
    }

    /// A cell without the blanks round it; empty where the row is too short.
    pub fn cell(&self, row: usize, column: usize) -> &str {
        if column >= self.width(row) {
            return "";
        }
        let at = self.rows[row].first as usize + column;
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.text[start..self.ends[at] as usize]
    }

    pub fn cells(&self, row: usize) -> impl Iterator<Item = &str> {
        (0..self.width(row)).map(move |column| self.cell(row, column))
    }

    /// The cell, or where it is empty what a merged cell above it says of its column.
    pub fn merged_down(&self, row: usize, column: usize) -> &str {
        match self.cell(row, column) {
            "" => self
                .over(row, column)
                .filter(|(_, own)| *own == column)
                .map_or("", |at| self.cell(at.0, at.1)),
            own => own,
        }
    }

    /// The cell, or where it is empty what the cell says with which it was merged.
    pub fn merged(&self, row: usize, column: usize) -> &str {
        match self.cell(row, column) {
            "" => self.over(row, column).map_or("", |at| self.cell(at.0, at.1)),
            own => own,
        }
    }

    /// Row and column of the cell with which this one was merged.
    fn over(&self, row: usize, column: usize) -> Option<(usize, usize)> {
        let at = (self.rows[row].line - 1, column as u32);
        let (top, left) = self.covered.get(&at)?;
        Some((*self.lines.get(&(top + 1))?, *left as usize))
    }
}

/// So many cells that were merged are remembered.
const MAX_COVERED: usize = 200_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_keep_their_places_and_merged_ones_their_words() {
        let mut sheet = SheetRows::new("x");
        sheet.begin_row(2).unwrap();
        sheet.push_cell(1, " a ").unwrap();
        sheet.begin_row(4).unwrap();
        sheet.push_cell(0, "é").unwrap();
        sheet.push_cell(3, "d").unwrap();
        sheet.close(&[MergedCells { from: (1, 1), to: (3, 1) }, MergedCells { from: (3, 3), to: (3, 4) }]);
        assert_eq!((sheet.len(), sheet.line(0), sheet.line(1)), (2, 2, 4));
        assert_eq!(sheet.cells(1).collect::<Vec<_>>(), ["é", "", "", "d"]);
        assert_eq!((sheet.cell(0, 1), sheet.cell(0, 7), sheet.width(0)), ("a", "", 2));
        assert_eq!((sheet.merged_down(1, 1), sheet.merged(1, 4), sheet.merged_down(1, 4)), ("a", "d", ""));
    }

    #[test]
    fn what_would_be_lost_or_fill_the_memory_is_refused() {
        let mut sheet = SheetRows::new("x");
        sheet.begin_row(1).unwrap();
        assert!(sheet.push_cell(MAX_COLUMNS, "x").is_err());
        assert!(sheet.push_cell(0, &"x".repeat(MAX_CELL + 1)).is_err());
        assert!(sheet.begin_row(1).is_err());
        for line in 2..=MAX_ROWS as u32 {
            sheet.begin_row(line).unwrap();
        }
        assert!(sheet.begin_row(MAX_ROWS as u32 + 1).is_err());
    }
}
