//! When a row says that something happened and was reported: by its columns, or by the titles of a daily report.

use super::clock::{WrittenTime, ahead_of_cell, is_of_two_days, minute_of_day, other_weekday};
use super::column::{ColumnMeaning, is_of_receipt};
use super::date_cells::DateCell;
use super::header::HeadedSheet;
use super::mapping::TableMapping;
use super::period;
use super::reader::{TableRows, Trouble, trouble};
use super::report::RowTimes;
use super::title_day::TitleDay;
use crate::archive::words::letters;
use crate::written_date::{DateFault, DateOrder, WrittenSpan, lacks_year};
use domain::place::{Code, Zone};
use domain::sender_clock;
use domain::time::{MINUTE, Time};
use std::sync::Arc;

/// The column that gives the day of the week beside the date: "HARI".
pub(super) fn weekday_column(table: &HeadedSheet, mapping: &TableMapping) -> Option<usize> {
    let is_date = |column: &usize| mapping.columns[*column] == Some(ColumnMeaning::Date);
    let is_named = |column: &usize| {
        matches!(letters(&table.headings[*column]).as_str(), "hari" | "day" | "harikejadian")
    };
    (0..table.headings.len()).find(|column| is_named(column) && !is_date(column))
}

/// True for a cell of a first and a last day: of what happened it does not say on which.
fn is_span(cell: &str, order: Option<DateOrder>) -> bool {
    match WrittenSpan::read(cell, order) {
        Ok(span) => span.first < span.last,
        Err(fault) => fault == DateFault::Ambiguous,
    }
}

impl TableRows<'_> {
    pub(super) fn written_time(&mut self, row: usize) -> Result<(WrittenTime, Option<i64>), Trouble> {
        let sheet = Arc::clone(&self.table.sheet);
        let column = self.mapping.of(ColumnMeaning::Date).next();
        let cell = column.map_or("", |column| sheet.merged_down(row, column));
        if column.is_none() && self.mapping.is_dated_by_title {
            return self.day_of_title(row);
        }
        if cell.is_empty() {
            return Err(self.without_day(row, column));
        }
        let DateCell { written, other_weekday: other } =
            self.dates.read(cell).map_err(|fault| match fault {
                DateFault::Ambiguous => trouble(true, column, cell, ("sheet.ambiguous_date", vec![])),
                DateFault::Unreadable if period::names_month(cell) => {
                    trouble(true, column, cell, ("sheet.month_only", vec![]))
                }
                DateFault::Unreadable => {
                    let (is_asked, key) = match self.dates.order_in(cell) {
                        Ok(order) if is_span(cell, order) => (true, "sheet.several_days"),
                        _ if lacks_year(cell) => (true, "sheet.no_year"),
                        _ => (false, "sheet.unreadable_date"),
                    };
                    trouble(is_asked, column, cell, (key, vec![]))
                }
            })?;
        if let Some(weekday) = other {
            return Err(trouble(true, column, &weekday, ("sheet.other_weekday", vec![])));
        }
        self.is_of_weekday(row, written)?;
        Ok((written, self.clock(row)?))
    }

    /// Asks where a column of its own has another day of the week than the date.
    fn is_of_weekday(&self, row: usize, written: WrittenTime) -> Result<(), Trouble> {
        let (Some(column), WrittenTime::Local { day, .. }) = (self.weekday, written) else { return Ok(()) };
        match other_weekday(self.table.sheet.merged_down(row, column), day) {
            Some(weekday) => Err(trouble(true, Some(column), &weekday, ("sheet.other_weekday", vec![]))),
            None => Ok(()),
        }
    }

    /// What to do about a row that gives no day: of a table by the month a person is asked when each thing happened.
    fn without_day(&self, row: usize, column: Option<usize>) -> Trouble {
        if column.is_some() {
            return trouble(false, column, "", ("sheet.no_date", vec![]));
        }
        let of_period = period::column(&self.table).map(|own| (own, self.table.sheet.merged_down(row, own)));
        let period = match of_period {
            Some((own, cell)) if !cell.is_empty() => Some((Some(own), cell.to_owned())),
            _ => period::of_titles(&self.table).map(|title| (None, title)),
        };
        match period {
            Some((column, period)) => trouble(true, column, &period, ("sheet.month_only", vec![])),
            None => trouble(false, None, "", ("sheet.no_date_column", vec![])),
        }
    }

    /// The day that the titles above a row name.
    fn day_of_title(&self, row: usize) -> Result<(WrittenTime, Option<i64>), Trouble> {
        match self.table.titles.as_ref().map(|titles| titles.at(row)) {
            Some(TitleDay::One(day)) => Ok((WrittenTime::Local { day, minute: None }, self.clock(row)?)),
            _ => Err(trouble(true, None, "", ("sheet.title_dates", vec![]))),
        }
    }

    /// The minute of the day in a column of its own.
    fn clock(&self, row: usize) -> Result<Option<i64>, Trouble> {
        let (column, cell) = self.cell(row, ColumnMeaning::Clock);
        let minute = minute_of_day(cell);
        let says = cell.bytes().any(|byte| byte.is_ascii_digit());
        if minute.is_none() && is_of_two_days(cell) {
            return Err(trouble(true, column, cell, ("sheet.night_of_two_days", vec![])));
        }
        if minute.is_none() && says {
            return Err(trouble(false, column, cell, ("sheet.unreadable_clock", vec![])));
        }
        Ok(minute)
    }

    /// When it happened and was reported, in the zone of its place. A day alone is one from its beginning to its end.
    pub(super) fn times(
        &mut self,
        row: usize,
        code: Code,
        written: WrittenTime,
        clock: Option<i64>,
    ) -> Result<RowTimes, Trouble> {
        let zone = Zone::of(code);
        let instant = |local: i64| Time((local - zone.minutes()) * MINUTE);
        let (occurred, end, has_clock) = match written {
            WrittenTime::Instant(at) => (at, at, true),
            WrittenTime::Local { day, minute } => {
                let midnight = days(day) * 1440;
                let beside = if clock.is_some() { ColumnMeaning::Clock } else { ColumnMeaning::Date };
                let ahead = ahead_of_cell(zone, self.cell(row, beside).1);
                let minute = clock.or(minute).map(|minute| minute + ahead);
                let end = instant(midnight + 1440.max(minute.unwrap_or(0) + 1)).plus(-1_000_000);
                (instant(midnight + minute.unwrap_or(0)), end, minute.is_some())
            }
        };
        let given = self.reported(row, zone)?.filter(|at| *at >= occurred);
        let reported = given.unwrap_or(end);
        let Some(now) = self.occasion.now else {
            return Ok(RowTimes { occurred, reported, given, has_clock, zone });
        };
        let (column, cell) = self.cell(row, ColumnMeaning::Date);
        if occurred.since(now) > sender_clock::AHEAD {
            return Err(trouble(false, column, cell, ("sheet.future", vec![])));
        }
        // Of what is older the service doubts the clock, and takes what is grave as of today.
        let reported = reported.min(now);
        if sender_clock::is_doubtful(occurred, now) || sender_clock::is_doubtful(reported, now) {
            return Err(trouble(true, column, cell, ("sheet.long_ago", vec![])));
        }
        Ok(RowTimes { occurred, reported, given, has_clock, zone })
    }

    /// When its column says that it was reported, in the zone of its place where the cell names none.
    fn reported(&mut self, row: usize, zone: Zone) -> Result<Option<Time>, Trouble> {
        let Some(column) = self.mapping.of(ColumnMeaning::ReportedAt).next() else { return Ok(None) };
        let sheet = Arc::clone(&self.table.sheet);
        let cell = sheet.merged_down(row, column);
        match self.dates.read(cell).map(|cell| cell.written) {
            Ok(WrittenTime::Instant(at)) => Ok(Some(at)),
            Ok(WrittenTime::Local { day, minute }) => {
                let ahead = match minute {
                    Some(_) if is_of_receipt(&self.table.headings[column]) => zone.minutes(),
                    _ => ahead_of_cell(zone, cell),
                };
                let minute = minute.map_or(1439, |minute| minute + ahead);
                Ok(Some(Time((days(day) * 1440 + minute - zone.minutes()) * MINUTE)))
            }
            Err(DateFault::Ambiguous) if !cell.is_empty() => {
                Err(trouble(true, Some(column), cell, ("sheet.ambiguous_date", vec![])))
            }
            Err(_) => Ok(None),
        }
    }

    /// When its column says that it was reported, to tell which of two rows of this table with one number is the later one: both
    /// are read in one zone, for the place of neither is known yet.
    pub(super) fn given(&mut self, row: usize) -> Option<Time> {
        self.reported(row, Zone::Wib).ok()?
    }
}

pub(super) fn days(day: jiff::civil::Date) -> i64 {
    crate::decode::instant::days(day.year().into(), day.month().into(), day.day().into()).unwrap_or(0)
}
