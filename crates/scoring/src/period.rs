//! Days, weeks that end on Sunday and calendar months, as whole numbers.

use crate::error::{Error, Result};
use jiff::civil::Date;

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
/// Where the text is none.
pub fn typed_day(text: &str) -> Result<Day> {
    let written = parse(text, Order::DayFirst);
    let wrong = || Error::Options(format!("'{text}' is no day; write it like 2021-12-31"));
    written.map(|written| written.first).ok_or_else(wrong)
}

/// How a date column is written; decided once for the whole column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    DayFirst,
    MonthFirst,
}

/// A date, or the first day of a span of dates ("2004-06-01/2004-06-03", "1 – 3 …" is not understood).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Written {
    pub first: Day,
    pub last: Day,
}

/// Reads ISO dates (with or without a time), `dd/mm/yyyy`, `dd-mm-yyyy`, and spans of two of these.
pub fn parse(text: &str, order: Order) -> Option<Written> {
    let text = text.trim();
    if let Some(day) = single(text, order) {
        return Some(Written { first: day, last: day });
    }
    for mark in [" - ", " – ", "/", "–", " s.d. ", " s/d ", " to ", ".."] {
        let mut halves = text.split(mark);
        let (Some(a), Some(b), None) = (halves.next(), halves.next(), halves.next()) else { continue };
        if let (Some(first), Some(last)) = (single(a.trim(), order), single(b.trim(), order)) {
            return (first <= last).then_some(Written { first, last });
        }
    }
    None
}

fn single(text: &str, order: Order) -> Option<Day> {
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
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok().map(day_of)
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
        assert_eq!(span, Some(Written { first: day("2004-06-01"), last: day("2004-06-03") }));
        for wrong in ["", "2020-13-01", "31/02/2020", "June 2004", "2004-06-03/2004-06-01", "12/12/12"] {
            assert_eq!(parse(wrong, Order::DayFirst), None, "{wrong}");
        }
    }
}
