//! Dates as tables hold them: with names of months, from a spreadsheet's own count, with two digits for the year, and in
//! the order of the program that saved the table last.

use crate::decode::instant;
use crate::plain_text::is_blank;
use jiff::Span;
use jiff::civil::Date;

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

/// A cell as a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TableDate {
    Day {
        year: i64,
        month: i64,
        day: i64,
    },
    /// May be read in two ways, and nothing says which is meant.
    Ambiguous,
    Unreadable,
}

impl TableDate {
    /// Reads a cell; `order` where the column or a person says it.
    pub fn read(cell: &str, order: Option<DateOrder>) -> TableDate {
        if let Some((year, month, day)) = iso(cell).or_else(|| named(cell)).or_else(|| serial(cell)) {
            return checked(year, month, day);
        }
        let Some((a, b, year)) = numeric(cell) else { return TableDate::Unreadable };
        match order {
            Some(DateOrder::DayFirst) => checked(year, b, a),
            Some(DateOrder::MonthFirst) => checked(year, a, b),
            None => match (checked(year, b, a), checked(year, a, b)) {
                (TableDate::Unreadable, other) | (other, TableDate::Unreadable) => other,
                (one, other) if one == other => one,
                _ => TableDate::Ambiguous,
            },
        }
    }
}

fn checked(year: i64, month: i64, day: i64) -> TableDate {
    let is_day = (1970..2100).contains(&year) && instant::days(year, month, day).is_some();
    if is_day { TableDate::Day { year, month, day } } else { TableDate::Unreadable }
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

    fn day(year: i64, month: i64, day: i64) -> TableDate {
        TableDate::Day { year, month, day }
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
            assert_eq!(TableDate::read(cell, None), day(2021, 12, 31), "{cell}");
        }
        assert_eq!(TableDate::read("17 Nopember 1998", None), day(1998, 11, 17));
        assert_eq!(TableDate::read("29/02/2020", None), day(2020, 2, 29));
        assert_eq!(TableDate::read("01/01/2021", None), day(2021, 1, 1));
        for cell in
            ["29/02/2021", "31/11/2021", "", "-", "besok", "31/12/0021", "31/12/212", "12", "13/14/2021"]
        {
            assert_eq!(TableDate::read(cell, None), TableDate::Unreadable, "{cell}");
        }
    }

    #[test]
    fn the_order_of_day_and_month_is_what_the_column_shows() {
        assert_eq!(TableDate::read("05/02/2020", None), TableDate::Ambiguous);
        assert_eq!(TableDate::read("05/02/2020", Some(DateOrder::DayFirst)), day(2020, 2, 5));
        assert_eq!(TableDate::read("05/02/2020", Some(DateOrder::MonthFirst)), day(2020, 5, 2));
        assert_eq!(TableDate::read("02/13/2020", Some(DateOrder::DayFirst)), TableDate::Unreadable);
        let order = |cells: &[&str]| DateOrder::of(cells.iter().copied());
        assert_eq!(order(&["05/02/2020", "13/02/2020"]), Some(DateOrder::DayFirst));
        assert_eq!(order(&["05/02/2020", "02/13/2020"]), Some(DateOrder::MonthFirst));
        assert_eq!(order(&["05/02/2020", "2020-02-13"]), None);
        assert_eq!(order(&["13/02/2020", "02/13/2020"]), None);
        let mut many = vec!["13/02/2020"; 40];
        many.push("02/13/2020");
        assert_eq!(order(&many), Some(DateOrder::DayFirst));
    }
}
