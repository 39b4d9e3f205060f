//! The number that a row has for ever, and the one that it corrects.

use super::column::{ColumnMeaning, is_of_submission};
use super::header::HeadedSheet;
use super::mapping::TableMapping;
use super::reader::{OwnId, TableRows, Trouble, trouble};
use super::report::id_of_word;
use crate::archive::words::letters;
use domain::report::ReportId;

/// What says where and when something happened.
const WHERE_AND_WHEN: [ColumnMeaning; 6] = [
    ColumnMeaning::Regency,
    ColumnMeaning::District,
    ColumnMeaning::Village,
    ColumnMeaning::PlaceCode,
    ColumnMeaning::Place,
    ColumnMeaning::Date,
];

/// The column of the rows' numbers where it holds one and the same in all of them though they differ in place or day, and so none of
/// any row. Rows of one place and day, and two rows of one number of a report, may be versions of one.
pub fn of_all(table: &HeadedSheet, mapping: &TableMapping) -> Option<usize> {
    let column = mapping.of(ColumnMeaning::Id).next()?;
    let mut cells = table.table_rows().map(|row| table.sheet.cell(row, column));
    let first = cells.next().filter(|cell| !cell.is_empty())?;
    let mut others = 0;
    let is_same = cells.all(|cell| {
        others += 1;
        cell == first
    });
    let is_of_all = is_same && others > usize::from(number(first).is_some());
    (is_of_all && differ_in_place_or_day(table, mapping)).then_some(column)
}

fn differ_in_place_or_day(table: &HeadedSheet, mapping: &TableMapping) -> bool {
    WHERE_AND_WHEN.into_iter().flat_map(|meaning| mapping.of(meaning)).any(|column| {
        let mut cells = table.table_rows().map(|row| table.sheet.merged_down(row, column));
        let first = cells.next();
        cells.any(|cell| Some(cell) != first)
    })
}

fn number(cell: &str) -> Option<ReportId> {
    ReportId::parse(cell.trim_start_matches("uuid:"))
}

impl TableRows<'_> {
    /// Asks about a row whose number is that of all rows: another column may hold the rows' own, or none does.
    pub(super) fn is_numbered(&self, row: usize) -> Result<(), Trouble> {
        match self.number_of_all {
            Some(column) => {
                let cell = self.table.sheet.cell(row, column);
                Err(trouble(true, Some(column), cell, ("sheet.number_of_all", vec![])))
            }
            None => Ok(()),
        }
    }

    /// The number a row has for ever, with those it replaces.
    pub(super) fn own_id(&self, row: usize) -> Option<OwnId> {
        let (column, cell) = self.cell(row, ColumnMeaning::Id);
        let own = self.number_in(column?, cell)?;
        // The number that a chain of edits began with says less than that of the last one.
        let mut others: Vec<usize> = self.mapping.of(ColumnMeaning::Corrects).collect();
        others.sort_by_key(|column| letters(&self.table.headings[*column]).ends_with("rootuuid"));
        let others = others
            .into_iter()
            .filter_map(|column| self.number_in(column, self.table.sheet.cell(row, column)));
        let mut replaces: Vec<ReportId> = Vec::new();
        for other in others.filter(|other| *other != own) {
            if !replaces.contains(&other) {
                replaces.push(other);
            }
        }
        Some(OwnId { id: own, replaces })
    }

    /// The number in a cell. What KoboToolbox calls a number is one, however short; elsewhere a short one may number the rows of
    /// one file.
    fn number_in(&self, column: usize, cell: &str) -> Option<ReportId> {
        let word = cell.trim_start_matches("uuid:");
        let is_one = !letters(word).is_empty() && is_of_submission(&self.table.headings[column]);
        number(cell).or_else(|| is_one.then(|| id_of_word(word)))
    }
}
