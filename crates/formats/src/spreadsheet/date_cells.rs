//! What the cells of a table that give a day or an instant say. A table repeats its days, so that each is read once.

use super::clock::{WrittenTime, other_weekday};
use crate::written_date::{ColumnDates, DateFault, DateOrder};
use std::collections::HashMap;

/// A cell that gives a day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DateCell {
    pub written: WrittenTime,
    /// The day of the week that it names, where its date was another.
    pub other_weekday: Option<String>,
}

/// The cells that were read.
pub struct DateCells {
    dates: ColumnDates,
    known: HashMap<String, Result<DateCell, DateFault>>,
}

/// So many different cells are remembered, each of at most so many bytes.
const MOST_KNOWN: usize = 5_000;
const LONGEST: usize = 64;

impl DateCells {
    pub fn new(dates: ColumnDates) -> DateCells {
        DateCells { dates, known: HashMap::new() }
    }

    /// The order of day and month in a cell, as far as it is known.
    ///
    /// # Errors
    /// Where its year may stand in front.
    pub fn order_in(&self, cell: &str) -> Result<Option<DateOrder>, DateFault> {
        self.dates.order_in(cell)
    }

    /// Reads a cell.
    ///
    /// # Errors
    /// Where it is no day, or may be two.
    pub fn read(&mut self, cell: &str) -> Result<DateCell, DateFault> {
        if let Some(known) = self.known.get(cell) {
            return known.clone();
        }
        let found = self.plain(cell);
        if self.known.len() < MOST_KNOWN && cell.len() <= LONGEST {
            self.known.insert(cell.to_owned(), found.clone());
        }
        found
    }

    fn plain(&self, cell: &str) -> Result<DateCell, DateFault> {
        let written = WrittenTime::read(cell, self.dates.order_in(cell)?)?;
        let other_weekday = match written {
            WrittenTime::Local { day, .. } => other_weekday(cell, day),
            WrittenTime::Instant(_) => None,
        };
        Ok(DateCell { written, other_weekday })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_says_the_same_however_often_it_is_read() {
        let chosen = Some(DateOrder::DayFirst);
        let mut cells = DateCells::new(ColumnDates::of(std::iter::empty, chosen));
        for cell in ["20/11/2026", "Senin, 20 November 2026", "2026-11-20T14:30:00+07:00", "11/20/2026", "x"]
        {
            let first = cells.read(cell);
            let plain = WrittenTime::read(cell, chosen);
            assert_eq!(first.as_ref().map(|cell| cell.written).map_err(|fault| *fault), plain, "{cell}");
            assert_eq!(cells.read(cell), first, "{cell}");
        }
        let other = cells.read("Senin, 20 November 2026").unwrap().other_weekday;
        assert_eq!(other.as_deref(), Some("senin"));
    }
}
