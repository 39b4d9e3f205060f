//! Days, weeks that end on Sunday and calendar months, as whole numbers.

use crate::error::{Error, Result};
use jiff::civil::Date;
use jiff::fmt::temporal::{Pieces, PiecesOffset};

/// Days since 1970-01-01.
pub type Day = i32;

#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Period {
    Week,
    Month,
}

impl Period {
    pub fn parse(word: &str) -> Result<Period> {
        match word {
            "week" => Ok(Period::Week),
            "month" => Ok(Period::Month),
            _ => Err(Error::Options(format!("unknown period {word:?}: use week or month"))),
        }
    }

    /// The number of the period `day` lies in.
    pub fn of(self, day: Day) -> i32 {
        match self {
            // 1970-01-01 was a Thursday, so its week began three days before.
            Period::Week => (day + 3).div_euclid(7),
            Period::Month => {
                let date = date(day);
                i32::from(date.year()) * 12 + i32::from(date.month()) - 1
            }
        }
    }

    /// The first day of a period.
    pub fn first_day(self, number: i32) -> Day {
        match self {
            Period::Week => number * 7 - 3,
            Period::Month => {
                let (year, month) = (number.div_euclid(12), number.rem_euclid(12) + 1);
                Date::new(year as i16, month as i8, 1).map(day_of).unwrap_or(Day::MAX)
            }
        }
    }

    /// Periods in a year and in ninety days, the usual quiet before an onset.
    pub fn year(self) -> usize {
        match self {
            Period::Week => 52,
            Period::Month => 12,
        }
    }

    pub fn quarter(self) -> usize {
        self.year() / 4
    }

    pub fn word(self) -> &'static str {
        match self {
            Period::Week => "week",
            Period::Month => "month",
        }
    }
}

pub fn date(day: Day) -> Date {
    let epoch = Date::constant(1970, 1, 1);
    epoch.checked_add(jiff::Span::new().days(day)).unwrap_or(Date::MAX)
}

pub fn day_of(date: Date) -> Day {
    let epoch = Date::constant(1970, 1, 1);
    epoch.until(date).map(|span| span.get_days()).unwrap_or(Day::MAX)
}

/// A day that a person typed.
///
/// # Errors
/// Where the text is none, or may be two.
pub fn typed_day(text: &str) -> Result<Day> {
    let wrong = || Error::Options(format!("'{text}' is no day; write it like 2021-12-31"));
    let written = parse(text, Order::DayFirst).ok_or_else(wrong)?;
    match parse(text, Order::MonthFirst) {
        Some(other) if other.first != written.first => Err(Error::Options(format!(
            "'{text}' may be day/month or month/day; write it like {}",
            date(written.first)
        ))),
        _ => Ok(written.first),
    }
}

/// How a date column is written; decided once for the whole column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    DayFirst,
    MonthFirst,
}

impl Order {
    pub const NAMES: [&'static str; 2] = ["dmy", "mdy"];

    /// # Errors
    /// Where the word is none of [`Order::NAMES`].
    pub fn parse(word: &str) -> Result<Order> {
        match word {
            "dmy" => Ok(Order::DayFirst),
            "mdy" => Ok(Order::MonthFirst),
            _ => Err(Error::Options(format!("'{word}' is no order of dates; use dmy or mdy"))),
        }
    }
}

/// A date, or the first day of a span of dates ("2004-06-01/2004-06-03", "1 – 3 …" is not understood).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Written {
    pub first: Day,
    pub last: Day,
    /// An instant of a zone outside Indonesia, on another day there: it counts on its day in Western Indonesian Time.
    pub is_moved: bool,
}

/// Years of lists that people keep; what lies outside is a slip such as 0025.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2100;

/// Reads ISO dates (with or without a time), `dd/mm/yyyy`, `dd-mm-yyyy`, and spans of two of these.
pub fn parse(text: &str, order: Order) -> Option<Written> {
    let text = text.trim();
    if let Some((day, is_moved)) = single(text, order) {
        return Some(Written { first: day, last: day, is_moved });
    }
    for mark in [" - ", " – ", "/", "–", " s.d. ", " s/d ", " to ", ".."] {
        let mut halves = text.split(mark);
        let (Some(a), Some(b), None) = (halves.next(), halves.next(), halves.next()) else { continue };
        if let (Some((first, moved)), Some((last, also))) = (single(a.trim(), order), single(b.trim(), order))
        {
            return (first <= last).then_some(Written { first, last, is_moved: moved || also });
        }
    }
    None
}

/// A day, and whether it is another than the one written.
fn single(text: &str, order: Order) -> Option<(Day, bool)> {
    let head = text.split(['T', ' ']).next()?;
    let parts: Vec<&str> = head.split(['-', '/', '.']).collect();
    let [a, b, c] = parts[..] else { return None };
    if parts.iter().any(|part| part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let (year, month, day) = match (a.len(), order) {
        (4, _) => (a, b, c),
        (_, Order::DayFirst) => (c, b, a),
        (_, Order::MonthFirst) => (c, a, b),
    };
    if year.len() != 4 {
        return None;
    }
    let year = year.parse().ok().filter(|year| YEARS.contains(year))?;
    let written = Date::new(year, month.parse().ok()?, day.parse().ok()?).ok().map(day_of)?;
    let local = local_day(text).unwrap_or(written);
    Some((local, local != written))
}

/// The day in Western Indonesian Time of an instant that is written with another zone; `None` for a date, a time without
/// a zone, and one in a zone of Indonesia, whose date is the local one.
fn local_day(text: &str) -> Option<Day> {
    const HOUR: i32 = 3600;
    if text.len() < 14 {
        return None;
    }
    let pieces = Pieces::parse(text).ok()?;
    let seconds = match pieces.offset()? {
        PiecesOffset::Zulu => 0,
        PiecesOffset::Numeric(offset) => offset.offset().seconds(),
        _ => return None,
    };
    if (7 * HOUR..=9 * HOUR).contains(&seconds) {
        return None;
    }
    let written = pieces.date().to_datetime(pieces.time()?);
    let instant = written.checked_add(jiff::Span::new().seconds(7 * HOUR - seconds)).ok()?;
    Some(day_of(instant.date()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        parse(text, Order::DayFirst).map(|written| written.first).unwrap_or(Day::MIN)
    }

    #[test]
    fn weeks_end_on_sunday_and_months_are_calendar_months() {
        let sunday = day("2021-08-08");
        assert_eq!(Period::Week.of(sunday), Period::Week.of(day("2021-08-02")));
        assert_eq!(Period::Week.of(sunday) + 1, Period::Week.of(sunday + 1));
        assert_eq!(Period::Week.first_day(Period::Week.of(sunday)), day("02/08/2021"));
        assert_eq!(Period::Month.first_day(Period::Month.of(day("2004-06-30"))), day("2004-06-01"));
    }

    #[test]
    fn dates_in_the_usual_ways_and_spans() {
        assert_eq!(day("31/12/2021"), day("2021-12-31 00:00:00.000"));
        assert_eq!(parse("03/04/2020", Order::MonthFirst).map(|w| w.first), Some(day("2020-03-04")));
        let span = parse("2004-06-01/2004-06-03", Order::DayFirst);
        assert_eq!(
            span,
            Some(Written { first: day("2004-06-01"), last: day("2004-06-03"), is_moved: false })
        );
        for wrong in [
            "",
            "2020-13-01",
            "31/02/2020",
            "June 2004",
            "2004-06-03/2004-06-01",
            "12/12/12",
            "0025-01-07",
            "07/01/0025",
        ] {
            assert_eq!(parse(wrong, Order::DayFirst), None, "{wrong}");
        }
    }

    #[test]
    fn an_evening_in_utc_is_the_next_day_here() {
        let read =
            |text: &str| parse(text, Order::DayFirst).map(|written| (date(written.first), written.is_moved));
        let on = |day: i8, is_moved: bool| Some((Date::constant(2015, 1, day), is_moved));
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

    #[test]
    fn a_typed_day_that_may_be_two_is_asked_about() {
        let of = |text: &str| typed_day(text).map(date);
        assert_eq!(of("31/12/2021").unwrap(), of("2021-12-31").unwrap());
        assert_eq!(of("07/07/2021").unwrap(), of("2021-07-07").unwrap());
        let error = of("05/02/2020").unwrap_err().to_string();
        assert!(error.contains("may be day/month") && error.contains("2020-02-05"), "{error}");
    }
}
