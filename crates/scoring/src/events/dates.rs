//! The dates of a column of a list: a few that cannot be read are noted, many refuse the file.

use super::Table;
use crate::error::{Error, Result};
use formats::written_date::{ColumnDates, DateFault, DateOrder, WrittenSpan};

/// One unreadable date in so many refuses the file.
const MOST_UNREADABLE: usize = 20;

/// A column as it was read.
struct DateColumn<'a> {
    name: &'a str,
    /// Line and text of each row.
    cells: Vec<(u64, &'a str)>,
    /// The order that the column itself shows, where nobody said it.
    shown: Option<DateOrder>,
    dates: ColumnDates,
    read: Vec<std::result::Result<WrittenSpan, DateFault>>,
}

impl Table {
    /// The dates of a column. Dates that may be read in two ways are unreadable until other dates of the column, or a person,
    /// say which is meant; one odd date does not say it.
    pub(super) fn dates(
        &self,
        at: usize,
        name: &str,
        order: Option<DateOrder>,
        notes: &mut Vec<String>,
    ) -> Result<Vec<Option<WrittenSpan>>> {
        let cells: Vec<(u64, &str)> =
            self.rows.iter().map(|(line, row)| (*line, row.get(at).map_or("", String::as_str))).collect();
        let column = DateColumn::read(name, cells, order);
        if column.dates.order() == Some(DateOrder::MonthFirst) {
            notes.push(format!("dates in {name:?} are read as month/day/year"));
        }
        column.note_contrary(notes);
        column.refuse_or_note(notes)?;
        let dates: Vec<_> = column.read.into_iter().map(|date| date.ok()).collect();
        note_moved_and_spans(name, &dates, notes);
        Ok(dates)
    }
}

impl<'a> DateColumn<'a> {
    fn read(name: &'a str, cells: Vec<(u64, &'a str)>, given: Option<DateOrder>) -> DateColumn<'a> {
        let texts = || cells.iter().map(|cell| cell.1);
        let dates = ColumnDates::of_many_months(texts, given);
        let shown = dates.order().filter(|_| given.is_none());
        let read = texts().map(|text| WrittenSpan::read(text, dates.order_in(text)?)).collect();
        DateColumn { name, cells, shown, dates, read }
    }

    /// Notes which dates contradict the order that most show.
    fn note_contrary(&self, notes: &mut Vec<String>) {
        let (most, other) = match self.shown {
            Some(DateOrder::DayFirst) => ("day/month/year", DateOrder::MonthFirst),
            Some(DateOrder::MonthFirst) => ("month/day/year", DateOrder::DayFirst),
            None => return,
        };
        let is_contrary = |row: &usize| {
            self.read[*row].is_err() && WrittenSpan::read(self.cells[*row].1, Some(other)).is_ok()
        };
        let mut contrary = (0..self.read.len()).filter(is_contrary);
        let Some(first) = contrary.next() else { return };
        let (line, text) = self.cells[first];
        notes.push(format!(
            "most dates in {:?} show {most}, {} contradict it and are left out, the first on line {line}: {text:?}; if they are \
             right, the list has both orders and must be mended",
            self.name,
            contrary.count() + 1
        ));
    }

    /// How many have a fault, of how many, and the first of them.
    fn found(&self, is_fault: impl Fn(DateFault) -> bool) -> Option<(usize, String, String)> {
        let mut rows = (0..self.read.len()).filter(|row| self.read[*row].is_err_and(&is_fault));
        let (line, text) = self.cells[rows.next()?];
        let of = format!("of {} dates in {:?}", self.read.len(), self.name);
        Some((rows.count() + 1, of, format!("the first on line {line}: {text:?}")))
    }

    fn refuse_or_note(&self, notes: &mut Vec<String>) -> Result<()> {
        let name = self.name;
        let is_refused = |count: usize| count * MOST_UNREADABLE > self.read.len();
        if let Some((doubtful, of, first)) = self.found(|fault| fault == DateFault::Ambiguous) {
            let is_year = self.cells.iter().any(|cell| self.dates.leaves_year_open(cell.1));
            let or_year = if is_year { ", or begin with the year" } else { "" };
            let how =
                if is_year { " where the year stands last, else write years with four digits" } else { "" };
            if is_refused(doubtful) {
                return Err(Error::Events(format!(
                    "{doubtful} {of} may be day/month or month/day{or_year}, {first}; no day above twelve says which, or too few \
                     do: give --dates dmy or --dates mdy{how}"
                )));
            }
            notes.push(format!(
                "{doubtful} dates in {name:?} may be day/month or month/day{or_year} and count as unreadable; give --dates dmy or \
                 --dates mdy{how}"
            ));
        }
        if let Some((bad, of, first)) = self.found(|_| true) {
            let message = format!("{bad} {of} cannot be read, {first}");
            if is_refused(bad) {
                return Err(Error::Events(format!("{message}; use yyyy-mm-dd or dd/mm/yyyy")));
            }
            notes.push(format!("{message}; these rows are left out"));
        }
        Ok(())
    }
}

/// Notes dates that count on another day than the one written, and those that are spans.
fn note_moved_and_spans(name: &str, dates: &[Option<WrittenSpan>], notes: &mut Vec<String>) {
    let moved = dates.iter().flatten().filter(|date| date.is_moved).count();
    if moved > 0 {
        notes.push(format!(
            "{moved} dates in {name:?} are instants of a zone elsewhere and fall on another day here; they count on their day in \
             Western Indonesian Time (UTC+7). For places further east write local dates"
        ));
    }
    let spans = dates.iter().flatten().filter(|date| date.last > date.first).count();
    if spans > 0 {
        notes.push(format!(
            "{spans} dates in {name:?} are spans; each counts on its first day and as known from its last"
        ));
    }
}
