//! Dates as people and tables write them: with names of months, from a spreadsheet's own count, with two digits for the
//! year, in the order of the program that saved the table last, and as spans of two dates.

use crate::plain_text::is_blank;
use jiff::Span;
use jiff::civil::Date;
use jiff::fmt::temporal::{Pieces, PiecesOffset};

/// Which of day and month stands first in `05/02/2020`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DateOrder {
    DayFirst,
    MonthFirst,
}

impl DateOrder {
    pub const NAMES: [&'static str; 2] = ["dmy", "mdy"];

    pub fn parse(word: &str) -> Option<DateOrder> {
        match word {
            "dmy" => Some(DateOrder::DayFirst),
            "mdy" => Some(DateOrder::MonthFirst),
            _ => None,
        }
    }

    /// The order a column shows by days above twelve. `None` where none is, or where both orders are there; a typing
    /// error in one date of twenty or more decides nothing.
    pub fn of<'a>(column: impl Iterator<Item = &'a str>) -> Option<DateOrder> {
        let (mut day_first, mut month_first) = (0, 0);
        for (a, b) in column.filter_map(numeric).map(|(a, b, _)| (a, b)) {
            day_first += usize::from(a > 12 && b <= 12);
            month_first += usize::from(b > 12 && a <= 12);
        }
        if day_first > 0 && month_first * TYPING_ERRORS <= day_first {
            Some(DateOrder::DayFirst)
        } else if month_first > 0 && day_first * TYPING_ERRORS <= month_first {
            Some(DateOrder::MonthFirst)
        } else {
            None
        }
    }
}

/// One contrary date in so many is a slip.
const TYPING_ERRORS: usize = 20;

/// Years that are no slip such as 0025; the instants of a report are of the same.
const YEARS: std::ops::Range<i64> = 1970..2100;

/// A day that was read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WrittenDate {
    pub day: Date,
    /// An instant of a zone outside Indonesia, on another day there: it counts on its day in Western Indonesian Time.
    pub is_moved: bool,
}

/// The first and the last day of a span ("2004-06-01/2004-06-03"; "1 – 3 June" is not understood), of one day twice the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WrittenSpan {
    pub first: Date,
    pub last: Date,
    pub is_moved: bool,
}

/// Why a text is no day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DateFault {
    /// May be read in two ways, and nothing says which is meant.
    Ambiguous,
    Unreadable,
}

impl WrittenDate {
    /// Reads a text; `order` where the column or a person says it.
    ///
    /// # Errors
    /// Where it is no day, or may be two.
    pub fn read(text: &str, order: Option<DateOrder>) -> Result<WrittenDate, DateFault> {
        let written = match iso(text).or_else(|| named(text)).or_else(|| serial(text)) {
            Some((year, month, day)) => checked(year, month, day),
            None => in_order(text, order),
        }?;
        let day = local_day(text).unwrap_or(written);
        Ok(WrittenDate { day, is_moved: day != written })
    }
}

impl WrittenSpan {
    /// Reads a day or a span of two.
    ///
    /// # Errors
    /// Where it is neither, or may be two.
    pub fn read(text: &str, order: Option<DateOrder>) -> Result<WrittenSpan, DateFault> {
        for mark in [" - ", " – ", "/", "–", " s.d. ", " s/d ", " to ", ".."] {
            let mut halves = text.split(mark);
            let (Some(first), Some(last), None) = (halves.next(), halves.next(), halves.next()) else {
                continue;
            };
            let [first, last] = [first, last].map(|half| WrittenDate::read(half, order));
            let (first, last) = match (first, last) {
                (Err(DateFault::Unreadable), _) | (_, Err(DateFault::Unreadable)) => continue,
                (first, last) => (first?, last?),
            };
            let is_moved = first.is_moved || last.is_moved;
            let span = WrittenSpan { first: first.day, last: last.day, is_moved };
            return if span.first <= span.last { Ok(span) } else { Err(DateFault::Unreadable) };
        }
        let WrittenDate { day, is_moved } = WrittenDate::read(text, order)?;
        Ok(WrittenSpan { first: day, last: day, is_moved })
    }
}

/// Two numbers and a year, in the order that is known, or in the only one that gives a day.
fn in_order(text: &str, order: Option<DateOrder>) -> Result<Date, DateFault> {
    let (a, b, year) = numeric(text).ok_or(DateFault::Unreadable)?;
    let [day_first, month_first] = [checked(year, b, a), checked(year, a, b)];
    match (order, day_first, month_first) {
        (Some(DateOrder::DayFirst), day, _) | (Some(DateOrder::MonthFirst), _, day) => day,
        (None, Err(_), day) | (None, day, Err(_)) => day,
        (None, one, other) if one == other => one,
        _ => Err(DateFault::Ambiguous),
    }
}

fn checked(year: i64, month: i64, day: i64) -> Result<Date, DateFault> {
    let date = || Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok();
    YEARS.contains(&year).then(date).flatten().ok_or(DateFault::Unreadable)
}

/// The day in Western Indonesian Time of an instant that is written with another zone; `None` for a date, a time without
/// a zone, and one in a zone of Indonesia, whose date is the local one.
fn local_day(text: &str) -> Option<Date> {
    const HOUR: i32 = 3600;
    let pieces = Pieces::parse(text.trim_matches(is_blank)).ok()?;
    let time = pieces.time()?;
    let seconds = match pieces.offset()? {
        PiecesOffset::Zulu => 0,
        PiecesOffset::Numeric(offset) => offset.offset().seconds(),
        _ => return None,
    };
    if (7 * HOUR..=9 * HOUR).contains(&seconds) {
        return None;
    }
    let instant =
        pieces.date().to_datetime(time).checked_add(Span::new().seconds(7 * HOUR - seconds)).ok()?;
    Some(instant.date())
}

/// The words of a cell without a day of the week before them and a time of day behind them.
fn date_words(cell: &str) -> Vec<&str> {
    let is_gap = |letter: char| is_blank(letter) || letter == ',';
    let words = cell.split(is_gap).filter(|word| !word.is_empty());
    let is_zone = |word: &str| matches!(word, "WIB" | "WITA" | "WIT" | "AM" | "PM" | "pukul" | "Pukul");
    let is_time = |word: &str| word.contains(':') || is_zone(word);
    let is_weekday = |word: &str| WEEKDAYS.contains(&letters(word).as_str());
    words.filter(|word| !is_weekday(word) && !is_time(word)).collect()
}

fn letters(word: &str) -> String {
    word.chars().filter(|letter| letter.is_alphabetic()).collect::<String>().to_lowercase()
}

const WEEKDAYS: [&str; 9] = ["senin", "selasa", "rabu", "kamis", "jumat", "jum", "sabtu", "minggu", "ahad"];

/// `2021-12-31`, with or without a time behind a `T` or a space.
fn iso(cell: &str) -> Option<(i64, i64, i64)> {
    let words = cell.trim_matches(is_blank);
    let date = words.split(['T', ' ']).next()?;
    let parts: Vec<&str> = date.split(['-', '/', '.']).collect();
    let &[year, month, day] = parts.as_slice() else { return None };
    (year.len() == 4).then(|| Some((number(year)?, number(month)?, number(day)?)))?
}

/// `31 Desember 2021`, `31-Des-21`, `Desember 31, 2021`.
fn named(cell: &str) -> Option<(i64, i64, i64)> {
    let words = date_words(cell);
    let parts: Vec<&str> =
        words.iter().flat_map(|word| word.split(['-', '/', '.'])).filter(|part| !part.is_empty()).collect();
    let &[a, b, c, ..] = parts.as_slice() else { return None };
    let (day, month) = match (month_name(b), month_name(a)) {
        (Some(month), _) => (number(a)?, month),
        (None, Some(month)) => (number(b)?, month),
        _ => return None,
    };
    Some((full_year(c)?, month, day))
}

/// A spreadsheet's count of days: 44561 is 2021-12-31.
fn serial(cell: &str) -> Option<(i64, i64, i64)> {
    const FIRST: i64 = 25_569; // 1970-01-01
    let days = number(cell.trim_matches(is_blank).split(['.', ',']).next()?)?;
    let since = (FIRST..FIRST + 47_482).contains(&days).then_some(days - FIRST)?;
    let date = Date::constant(1970, 1, 1).checked_add(Span::new().days(since)).ok()?;
    Some((date.year().into(), date.month().into(), date.day().into()))
}

/// Day and month in either order, and the year.
fn numeric(cell: &str) -> Option<(i64, i64, i64)> {
    let words = date_words(cell);
    let parts: Vec<&str> = words.first()?.split(['/', '-', '.']).collect();
    let &[a, b, year] = parts.as_slice() else { return None };
    (a.len() <= 2 && b.len() <= 2).then(|| Some((number(a)?, number(b)?, full_year(year)?)))?
}

/// Two digits are of this century up to 69.
fn full_year(text: &str) -> Option<i64> {
    let year = number(text)?;
    match text.len() {
        4 => Some(year),
        2 if year < 70 => Some(2000 + year),
        2 => Some(1900 + year),
        _ => None,
    }
}

fn number(text: &str) -> Option<i64> {
    let is_plain = !text.is_empty() && text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().ok())?
}

/// The number of the month that a word names, in Indonesian or English, whole or cut short.
pub(crate) fn month_name(word: &str) -> Option<i64> {
    let word = letters(word);
    let starts = [
        ["jan", "jan"],
        ["feb", "peb"],
        ["mar", "mar"],
        ["apr", "apr"],
        ["mei", "may"],
        ["jun", "jun"],
        ["jul", "jul"],
        ["ag", "aug"],
        ["sep", "sep"],
        ["okt", "oct"],
        ["nov", "nop"],
        ["des", "dec"],
    ];
    let is_short = word.len() >= 3 && word.len() <= 9;
    let at = starts.iter().position(|names| names.iter().any(|name| word.starts_with(name)));
    at.filter(|_| is_short).map(|at| at as i64 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i16, month: i8, day: i8) -> Result<Date, DateFault> {
        Ok(Date::constant(year, month, day))
    }

    fn read(text: &str, order: Option<DateOrder>) -> Result<Date, DateFault> {
        WrittenDate::read(text, order).map(|written| written.day)
    }

    #[test]
    fn a_date_is_read_however_the_table_was_saved() {
        for cell in [
            "31/12/2021",
            "31-12-2021",
            "31.12.2021",
            "31/12/21",
            "31/12/2021 14:30",
            "31/12/2021 14:30:00",
            "2021-12-31",
            "2021/12/31",
            "2021-12-31T14:30:00+07:00",
            "2021-12-31 14:30",
            "44561",
            "44561.604",
            "44561,5",
            "31 Desember 2021",
            "31 desember 2021 14:30 WIB",
            "Jumat, 31 Desember 2021",
            "31-Des-21",
            "31 Dec 2021",
            "Desember 31, 2021",
            "\u{a0}31/12/2021 ",
        ] {
            assert_eq!(read(cell, None), day(2021, 12, 31), "{cell}");
        }
        assert_eq!(read("17 Nopember 1998", None), day(1998, 11, 17));
        assert_eq!(read("29/02/2020", None), day(2020, 2, 29));
        assert_eq!(read("01/01/2021", None), day(2021, 1, 1));
        for cell in
            ["29/02/2021", "31/11/2021", "", "-", "besok", "31/12/0021", "31/12/212", "12", "13/14/2021"]
        {
            assert_eq!(read(cell, None), Err(DateFault::Unreadable), "{cell}");
        }
    }

    #[test]
    fn the_order_of_day_and_month_is_what_the_column_shows() {
        assert_eq!(read("05/02/2020", None), Err(DateFault::Ambiguous));
        assert_eq!(read("05/02/2020", Some(DateOrder::DayFirst)), day(2020, 2, 5));
        assert_eq!(read("05/02/2020", Some(DateOrder::MonthFirst)), day(2020, 5, 2));
        assert_eq!(read("02/13/2020", Some(DateOrder::DayFirst)), Err(DateFault::Unreadable));
        let order = |cells: &[&str]| DateOrder::of(cells.iter().copied());
        assert_eq!(order(&["05/02/2020", "13/02/2020"]), Some(DateOrder::DayFirst));
        assert_eq!(order(&["05/02/2020", "02/13/2020"]), Some(DateOrder::MonthFirst));
        assert_eq!(order(&["05/02/2020", "2020-02-13"]), None);
        assert_eq!(order(&["13/02/2020", "02/13/2020"]), None);
        let mut many = vec!["13/02/2020"; 40];
        many.push("02/13/2020");
        assert_eq!(order(&many), Some(DateOrder::DayFirst));
    }

    #[test]
    fn a_span_is_two_days_and_a_day_is_a_span_of_one() {
        let span = |text: &str| WrittenSpan::read(text, None).map(|span| (span.first, span.last));
        let june = |first: i8, last: i8| Ok((Date::constant(2004, 6, first), Date::constant(2004, 6, last)));
        for text in [
            "2004-06-01/2004-06-13",
            "01/06/2004 - 13/06/2004",
            "1 Juni 2004 s.d. 13 Juni 2004",
            "1/6/04..13/6/04",
        ] {
            let order = Some(DateOrder::DayFirst);
            assert_eq!(
                WrittenSpan::read(text, order).map(|span| (span.first, span.last)),
                june(1, 13),
                "{text}"
            );
        }
        assert_eq!(span("13 Juni 2004"), june(13, 13));
        assert_eq!(span("01/06/2004 - 13/06/2004"), Err(DateFault::Ambiguous));
        for wrong in ["", "2004-06-03/2004-06-01", "1 – 3 Juni 2004", "Juni 2004", "07/01/0025", "0025-01-07"]
        {
            assert_eq!(span(wrong), Err(DateFault::Unreadable), "{wrong}");
        }
    }

    #[test]
    fn an_evening_in_utc_is_the_next_day_here() {
        let read = |text: &str| WrittenDate::read(text, None).map(|written| (written.day, written.is_moved));
        let on = |day: i8, is_moved: bool| Ok((Date::constant(2015, 1, day), is_moved));
        assert_eq!(read("2015-01-06T18:00:00Z"), on(7, true));
        assert_eq!(read("2015-01-06 18:00:00+00"), on(7, true));
        assert_eq!(read("2015-01-06T18:00:00.000Z"), on(7, true));
        assert_eq!(read("2015-01-06T16:59:59Z"), on(6, false));
        assert_eq!(read("2015-01-07T02:00:00+12:00"), on(6, true));
        for local in
            ["2015-01-06T23:30:00+07:00", "2015-01-06T23:30:00+09:00", "2015-01-06 23:30:00", "2015-01-06"]
        {
            assert_eq!(read(local), on(6, false), "{local}");
        }
    }
}
