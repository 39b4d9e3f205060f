//! What a row holds that no column reads and that must not be lost unseen: cells without a heading, people hurt under a heading
//! that nobody understands, a formula without its value.

use super::cells;
use super::column::{self, ColumnMeaning};
use super::harm_heading;
use super::header::HeadedSheet;
use super::mapping::TableMapping;
use super::reader::{TableRows, Trouble, trouble};
use super::xlsx::NO_VALUE;
use crate::archive::words::letters;
use crate::chat::Finding;
use crate::chat::hurt::people_hurt;
use crate::chat::token::tokens;

/// The columns of a table by what their cells may hide.
pub struct UnreadColumns {
    /// Behind the last column that has a heading or is read.
    end: usize,
    read: Vec<usize>,
    /// Not read, and people hurt under a heading that is not understood.
    counts: Vec<usize>,
    /// Not read, and victims in words.
    victims: Vec<usize>,
}

impl UnreadColumns {
    pub fn of(table: &HeadedSheet, mapping: &TableMapping) -> UnreadColumns {
        let mut found = UnreadColumns { end: 0, read: Vec::new(), counts: Vec::new(), victims: Vec::new() };
        for (column, heading) in table.headings.iter().enumerate() {
            let is_read = mapping.columns[column].is_some();
            if is_read || !heading.is_empty() {
                found.end = column + 1;
            }
            let is_counted =
                harm_heading::counts_households(heading) && mapping.has(ColumnMeaning::Displaced);
            if is_read {
                found.read.push(column);
            } else if harm_heading::names_harm(heading) {
                if !is_counted && !column::is_never_read(heading) {
                    found.counts.push(column);
                }
            } else if letters(heading).starts_with("korban") {
                found.victims.push(column);
            }
        }
        found
    }
}

impl TableRows<'_> {
    /// Asks about a row whose cells say more than its columns read: cells to the right of the last heading, where a sign
    /// between cells stood in the prose or somebody wrote beside the table, and people hurt whom no column counts.
    pub(super) fn is_all_read(&self, row: usize) -> Result<(), Trouble> {
        let sheet = &self.table.sheet;
        let ask = |column, cell: &str, key| Err(trouble(true, column, cell, (key, vec![])));
        let UnreadColumns { end, read, counts, victims } = &self.unread;
        if let Some(cell) = sheet.cells(row).skip(*end).find(|cell| !cell.is_empty()) {
            return ask(None, cell, "sheet.more_cells");
        }
        let is_formula = |column: &&usize| sheet.cell(row, **column) == NO_VALUE;
        if let Some(column) = read.iter().find(is_formula) {
            return ask(Some(*column), NO_VALUE, "sheet.formula");
        }
        let counts_some =
            |column: &usize| !matches!(cells::count(sheet.cell(row, *column)), Some(None | Some(0)));
        let hides = |column: &&usize| {
            counts_some(column) && (counts.contains(column) || self.names_victims(row, **column))
        };
        match counts.iter().chain(victims).find(hides) {
            Some(column) => ask(Some(*column), sheet.cell(row, *column), "sheet.unread_harm"),
            None => Ok(()),
        }
    }

    /// True where a cell tells of people hurt whom no column counts.
    fn names_victims(&self, row: usize, column: usize) -> bool {
        use ColumnMeaning::{Casualties, Dead, Injured};
        let cell = self.table.sheet.cell(row, column);
        let hurt = people_hurt(cell, &tokens(cell, 0..cell.len()));
        let counted = |slot: &Option<Finding<u32>>| slot.as_ref().is_some_and(|found| found.value > 0);
        let dead = counted(&hurt.dead) || hurt.uncounted.dead.is_some() || hurt.missing.is_some();
        let injured = counted(&hurt.injured) || hurt.uncounted.injured.is_some();
        dead && !self.mapping.has(Dead)
            || injured && !self.mapping.has(Injured) && !self.mapping.has(Casualties)
    }
}
