//! Days, weeks that end on Sunday and calendar months, as whole numbers.

use crate::error::{Error, Result};
use formats::written_date::{DateOrder, WrittenDate};
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
/// Where the text is none, or may be two.
pub fn typed_day(text: &str) -> Result<Day> {
    let read = |order| WrittenDate::read(text, order).map(|date| date.day);
    match (read(None), read(Some(DateOrder::DayFirst))) {
        (Ok(day), _) => Ok(day_of(day)),
        (Err(_), Ok(day)) => {
            Err(Error::Options(format!("'{text}' may be day/month or month/day; write it like {day}")))
        }
        (Err(_), Err(_)) => Err(Error::Options(format!("'{text}' is no day; write it like 2021-12-31"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        typed_day(text).unwrap()
    }

    #[test]
    fn weeks_end_on_sunday_and_months_are_calendar_months() {
        let sunday = day("2021-08-08");
        assert_eq!(Period::Week.of(sunday), Period::Week.of(day("2021-08-02")));
        assert_eq!(Period::Week.of(sunday) + 1, Period::Week.of(sunday + 1));
        assert_eq!(Period::Week.first_day(Period::Week.of(sunday)), day("2021-08-02"));
        assert_eq!(Period::Month.first_day(Period::Month.of(day("2004-06-30"))), day("2004-06-01"));
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
