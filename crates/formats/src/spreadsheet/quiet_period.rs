//! From when to when a row says that nothing happened: a day, a span in one cell or in two, or what the titles name.

use super::clock::WrittenTime;
use super::column::ColumnMeaning;
use super::date_cells::DateCell;
use super::period;
use super::prose::Prose;
use super::reader::{TableRows, Trouble, trouble};
use super::row_time::days;
use super::row_words::says_something;
use super::title_day::TitleDay;
use crate::written_date::{DateFault, WrittenSpan};
use domain::place::Zone;
use domain::time::{DAY, MINUTE, Time};
use jiff::civil::Date;

/// Why a cell gives no single day: it may be a span.
const DAYLESS: [&str; 3] = ["sheet.unreadable_date", "sheet.month_only", "sheet.several_days"];

/// What a row says of when nothing happened.
#[derive(Clone, Copy, Debug)]
pub(super) struct QuietSpan {
    pub first: WrittenTime,
    pub clock: Option<i64>,
    /// `None` where it is one day.
    last: Option<QuietEnd>,
    /// Whether it begins at the minute of its first time, and not with that day.
    is_exact: bool,
}

/// When it ends: with a day, or at an instant of one.
#[derive(Clone, Copy, Debug)]
enum QuietEnd {
    Day(Date),
    Minute(Date, i64),
    Instant(Time),
}

impl QuietSpan {
    fn of_days(first: Date, last: Option<Date>) -> QuietSpan {
        let first = WrittenTime::Local { day: first, minute: None };
        QuietSpan { first, clock: None, last: last.map(QuietEnd::Day), is_exact: false }
    }

    /// True where its last day is whole.
    pub const fn ends_with_day(&self) -> bool {
        matches!(self.last, None | Some(QuietEnd::Day(_)))
    }

    /// From when to when in a zone; `began`: when its first time was.
    pub fn within(&self, began: Time, zone: Zone) -> (Time, Time) {
        let ahead = zone.minutes() * MINUTE;
        let of_day = |at: Time| Time((at.0 + ahead).div_euclid(DAY) * DAY - ahead);
        let from = if self.is_exact { began } else { of_day(began) };
        let at = |day: Date, minute: i64| Time((days(day) * 1440 + minute - zone.minutes()) * MINUTE);
        let to = match self.last {
            None => of_day(began).plus(DAY),
            Some(QuietEnd::Day(day)) => at(day, 1440),
            Some(QuietEnd::Minute(day, minute)) => at(day, minute),
            Some(QuietEnd::Instant(instant)) => instant,
        };
        (from, to)
    }
}

impl TableRows<'_> {
    /// When nothing happened. Where its columns give no day it is what the titles name.
    pub(super) fn quiet_period(&mut self, row: usize) -> Result<QuietSpan, Trouble> {
        let column = self.mapping.of(ColumnMeaning::Date).next();
        let cell = column.map_or("", |column| self.table.sheet.merged_down(row, column)).to_owned();
        if says_something(&cell) {
            return self.of_cells(row, column, &cell);
        }
        let of_column = period::column(&self.table).map(|own| self.table.sheet.merged_down(row, own));
        if let Some(span) = of_column.and_then(|cell| WrittenSpan::read(cell, None).ok()) {
            return Ok(QuietSpan::of_days(span.first, Some(span.last)));
        }
        match self.table.titles.as_ref().map(|titles| titles.at(row)) {
            Some(TitleDay::One(day)) => Ok(QuietSpan::of_days(day, None)),
            Some(TitleDay::Span(span)) => {
                let Some((from, to)) = span.minutes else {
                    return Ok(QuietSpan::of_days(span.first, Some(span.last)));
                };
                let first = WrittenTime::Local { day: span.first, minute: Some(from) };
                let last = Some(QuietEnd::Minute(span.last, to));
                Ok(QuietSpan { first, clock: None, last, is_exact: true })
            }
            Some(TitleDay::Open) | None => {
                let (first, clock) = self.written_time(row)?;
                Ok(QuietSpan { first, clock, last: None, is_exact: false })
            }
        }
    }

    /// What the columns of the first and the last day say, or a span in the first.
    fn of_cells(&mut self, row: usize, column: Option<usize>, cell: &str) -> Result<QuietSpan, Trouble> {
        let (first, clock) = match self.written_time(row) {
            Err(why) if DAYLESS.contains(&why.1.sentence.key) => {
                let order = self.dates.order_in(cell);
                return match order.and_then(|order| WrittenSpan::read(cell, order)) {
                    Ok(span) => Ok(QuietSpan::of_days(span.first, Some(span.last))),
                    Err(DateFault::Ambiguous) => {
                        Err(trouble(true, column, cell, ("sheet.ambiguous_date", vec![])))
                    }
                    Err(DateFault::Unreadable) => Err(why),
                };
            }
            found => found?,
        };
        let last = self.until(row)?;
        Ok(QuietSpan { first, clock, last, is_exact: false })
    }

    /// Asks when something happened where the row is of several days and its prose names another than the first: "banjir tgl 17".
    pub(super) fn is_of_one_day(
        &mut self,
        row: usize,
        first: WrittenTime,
        prose: Prose<'_>,
    ) -> Result<(), Trouble> {
        let (_, cell) = self.cell(row, ColumnMeaning::Until);
        let (WrittenTime::Local { day, .. }, true) = (first, says_something(cell)) else { return Ok(()) };
        let cell = cell.to_owned();
        let last = match self.dates.read(&cell).map(|cell| cell.written) {
            Ok(WrittenTime::Local { day, .. }) => day,
            _ => return Ok(()),
        };
        let number = |word: &str| {
            let digits = word.find(|letter: char| !letter.is_ascii_digit()).map_or(word, |end| &word[..end]);
            digits.parse::<i8>().ok()
        };
        let names_other = prose.words.windows(2).any(|pair| {
            pair[0].is(&["tgl", "tanggal", "tg"])
                && number(&pair[1].text).is_some_and(|own| (1..=31).contains(&own) && own != day.day())
        });
        if last <= day || !names_other {
            return Ok(());
        }
        let column = self.mapping.of(ColumnMeaning::Text).next();
        Err(trouble(true, column, prose.text, ("sheet.several_days", vec![])))
    }

    /// The end that a column of its own gives; one before the beginning is asked about.
    fn until(&mut self, row: usize) -> Result<Option<QuietEnd>, Trouble> {
        let (column, cell) = self.cell(row, ColumnMeaning::Until);
        if !says_something(cell) {
            return Ok(None);
        }
        let cell = cell.to_owned();
        let DateCell { written, other_weekday } = self.dates.read(&cell).map_err(|fault| match fault {
            DateFault::Ambiguous => trouble(true, column, &cell, ("sheet.ambiguous_date", vec![])),
            DateFault::Unreadable => trouble(false, column, &cell, ("sheet.unreadable_date", vec![])),
        })?;
        if let Some(weekday) = other_weekday {
            return Err(trouble(true, column, &weekday, ("sheet.other_weekday", vec![])));
        }
        Ok(Some(match written {
            WrittenTime::Instant(at) => QuietEnd::Instant(at),
            WrittenTime::Local { day, minute: None | Some(0) } => QuietEnd::Day(day),
            WrittenTime::Local { day, minute: Some(minute) } => QuietEnd::Minute(day, minute),
        }))
    }
}
