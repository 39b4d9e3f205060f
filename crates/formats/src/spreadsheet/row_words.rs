//! What a row says beside the columns that are read: its content, by which it is known again, and cells that speak of the whole
//! row. Which columns those are is found once for a table.

use super::column::{self, ColumnMeaning};
use super::header::{HeadedSheet, is_running};
use super::mapping::TableMapping;
use super::row_stance::RowStance;
use super::row_status::StatusColumn;
use super::title_day::TitleDay;
use crate::archive::words::letters;
use sha2::{Digest, Sha256};

/// True for a cell with a letter or a digit: "-" says nothing.
pub(super) fn says_something(cell: &str) -> bool {
    cell.contains(char::is_alphanumeric)
}

/// The columns of a table by what is asked of each row.
pub struct RowColumns {
    /// Those that make a row what it is, with the letters of their headings: all but the running number.
    content: Vec<(usize, String)>,
    /// The day of the titles makes a row what it is where no column gives one, or its cell is empty.
    date: Option<usize>,
    /// Those that may call the whole row untrue or a drill, and what their headings say of that.
    status: Vec<(usize, StatusColumn)>,
}

impl RowColumns {
    pub fn of(table: &HeadedSheet, mapping: &TableMapping) -> RowColumns {
        let mut columns = RowColumns {
            content: Vec::new(),
            date: mapping.of(ColumnMeaning::Date).next(),
            status: Vec::new(),
        };
        for (column, heading) in table.headings.iter().enumerate() {
            let key = letters(heading);
            let is_open = matches!(mapping.columns[column], None | Some(ColumnMeaning::Approval));
            if is_open && !column::is_never_read(heading) {
                columns.status.push((column, StatusColumn::of(heading)));
            }
            if !is_running(heading) {
                columns.content.push((column, key));
            }
        }
        // Sorted here, so that a row's cells are nearly so.
        columns.content.sort_by(|(one, _), (other, _)| table.headings[*one].cmp(&table.headings[*other]));
        columns
    }

    /// A hash of what the row says: its cells with their headings, in whatever order.
    pub fn content(&self, table: &HeadedSheet, row: usize) -> [u8; 32] {
        let mut cells: Vec<(&str, &str, &str)> = self
            .content
            .iter()
            .map(|(column, key)| {
                (table.headings[*column].as_str(), table.sheet.merged_down(row, *column), key.as_str())
            })
            .filter(|(_, cell, _)| !cell.is_empty())
            .collect();
        cells.sort_unstable();
        let mut hash = Sha256::new();
        for (_, cell, key) in cells {
            hash.update(key);
            hash.update([0]);
            hash.update(cell);
            hash.update([1]);
        }
        let is_dated = |column| says_something(table.sheet.merged_down(row, column));
        if let Some(titles) = table.titles.as_ref().filter(|_| !self.date.is_some_and(is_dated)) {
            match titles.at(row) {
                TitleDay::One(day) => {
                    hash.update([2]);
                    hash.update(day.to_string());
                }
                TitleDay::Span(span) => {
                    hash.update([3]);
                    hash.update(format!("{span:?}"));
                }
                TitleDay::Open => {}
            }
        }
        hash.finalize().into()
    }

    /// The first cell that says of the whole row that it did not happen, or may not have, and its column.
    pub fn status<'a>(&self, table: &'a HeadedSheet, row: usize) -> Option<(RowStance, usize, &'a str)> {
        self.status.iter().find_map(|(column, status)| {
            let cell = table.sheet.merged_down(row, *column);
            let stance = status.stance(cell);
            (stance != RowStance::Happened).then_some((stance, *column, cell))
        })
    }
}
