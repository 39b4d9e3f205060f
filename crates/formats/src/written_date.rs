//! Dates as people and tables write them: with names of months, from a spreadsheet's own count, with two digits for the
//! year, in the order of the program that saved the table last, and as spans of two dates.

mod words;

use crate::archive::distance::within;
use crate::plain_text::is_blank;
use jiff::Span;
use jiff::civil::Date;
use std::collections::BTreeSet;
use words::{DateWords, letters};

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

    /// The order a column shows by days above twelve. `None` where none is, where both orders are there, or where nearly all dates
    /// may be read either way: a typing error in one date of twenty or more decides nothing.
    pub fn of<'a>(column: impl Iterator<Item = &'a str>) -> Option<DateOrder> {
        Self::shown(column, TYPING_ERRORS)
    }

    /// The same of a list of many months: there three of five dates have days above twelve, and where fewer than one in four do
    /// it is they that are odd.
    pub fn of_many_months<'a>(column: impl Iterator<Item = &'a str>) -> Option<DateOrder> {
        Self::shown(column, 4)
    }

    /// The order that at least one of so many different dates shows.
    fn shown<'a>(column: impl Iterator<Item = &'a str>, one_of: usize) -> Option<DateOrder> {
        // Both dates of a span show it.
        let words: Vec<&str> = column.flat_map(|cell| cell.split(words::is_gap)).collect();
        let is_year_last = stand_last(words.iter().copied());
        let (mut day_first, mut month_first) = (0, 0);
        let [mut plain, mut open] = [BTreeSet::new(), BTreeSet::new()];
        for word in words.into_iter().filter(|word| is_year_last || with_year_first(word).is_none()) {
            let Some((a, b, _)) = numeric(word) else { continue };
            match (a > 12, b > 12) {
                (true, false) => day_first += 1,
                (false, true) => month_first += 1,
                _ => {
                    if a != b && a <= 12 {
                        open.insert(word);
                    }
                    continue;
                }
            }
            plain.insert(word);
        }
        if plain.len() * one_of < plain.len() + open.len() {
            None
        } else if day_first > 0 && month_first * TYPING_ERRORS <= day_first {
            Some(DateOrder::DayFirst)
        } else if month_first > 0 && day_first * TYPING_ERRORS <= month_first {
            Some(DateOrder::MonthFirst)
        } else {
            None
        }
    }
}

/// True where the years of two digits in a column stand behind day and month: some date can be read no other way, or the
/// numbers in front are many and those behind are few, as days and years are.
fn stand_last<'a>(words: impl Iterator<Item = &'a str>) -> bool {
    let (mut in_front, mut behind, mut last_only, mut first_only) = (BTreeSet::new(), BTreeSet::new(), 0, 0);
    for word in words.filter(|word| parts_of_two(word).is_some()) {
        let with_year_last = numeric(word)
            .is_some_and(|(a, b, year)| checked(year, b, a).is_ok() || checked(year, a, b).is_ok());
        match (with_year_first(word).is_some(), with_year_last) {
            (false, true) => last_only += 1,
            (true, false) => first_only += 1,
            _ => (),
        }
        if let Some([front, _, back]) = parts_of_two(word) {
            in_front.insert(front);
            behind.insert(back);
        }
    }
    let is_many = in_front.len() >= 8 && in_front.len() >= 4 * behind.len();
    first_only * TYPING_ERRORS <= last_only && last_only > 0 || first_only == 0 && is_many
}

/// `26`, `01` and `05` of `26-01-05`.
fn parts_of_two(word: &str) -> Option<[&str; 3]> {
    let parts: Vec<&str> = word.split('-').collect();
    let &[front, middle, back] = parts.as_slice() else { return None };
    let parts = [front, middle, back];
    parts.iter().all(|part| part.len() == 2 && number(part).is_some()).then_some(parts)
}

/// The day of a date that may have its year, of two digits, in front: 5 January 2026 of `26-01-05`, which may be 26 January 2005
/// too.
fn with_year_first(word: &str) -> Option<Date> {
    let [year, month, day] = parts_of_two(word)?;
    checked(full_year(year)?, number(month)?, number(day)?).ok()
}

/// True where nothing in a column says whether years of two digits stand in front or behind.
fn leaves_years_open<'a>(column: impl Iterator<Item = &'a str>) -> bool {
    !stand_last(column.flat_map(|cell| cell.split(words::is_gap)))
}

/// True for a date that may have its year in front, by itself.
fn may_begin_with_year(cell: &str) -> bool {
    WrittenSpan::read(cell, None) == Err(DateFault::Ambiguous)
        && cell.split(words::is_gap).any(|word| with_year_first(word).is_some())
}

/// How the dates of a column are read: what a person chose, or what the column itself shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ColumnDates {
    order: Option<DateOrder>,
    is_year_open: bool,
}

impl ColumnDates {
    pub fn of<'a, I: Iterator<Item = &'a str>>(
        column: impl Fn() -> I,
        chosen: Option<DateOrder>,
    ) -> ColumnDates {
        let is_year_open = chosen.is_none() && leaves_years_open(column());
        ColumnDates { order: chosen.or_else(|| DateOrder::of(column())), is_year_open }
    }

    /// The same of a sheet of an office: dates with the month in front are of a program set up for another country, where those
    /// of which both numbers are below thirteen may be of either order. A person is asked.
    pub fn of_sheet<'a, I: Iterator<Item = &'a str>>(
        column: impl Fn() -> I,
        chosen: Option<DateOrder>,
    ) -> ColumnDates {
        let dates = ColumnDates::of(column, chosen);
        ColumnDates { order: dates.order.filter(|own| *own == DateOrder::DayFirst).or(chosen), ..dates }
    }

    /// The same of a list of many months ([`DateOrder::of_many_months`]).
    pub fn of_many_months<'a, I: Iterator<Item = &'a str>>(
        column: impl Fn() -> I,
        chosen: Option<DateOrder>,
    ) -> ColumnDates {
        let is_year_open = chosen.is_none() && leaves_years_open(column());
        ColumnDates { order: chosen.or_else(|| DateOrder::of_many_months(column())), is_year_open }
    }

    pub fn order(self) -> Option<DateOrder> {
        self.order
    }

    /// True for a cell whose year may stand in front, where nobody said and no date of the column shows that it does not.
    pub fn leaves_year_open(self, cell: &str) -> bool {
        self.is_year_open && may_begin_with_year(cell)
    }

    /// The order of day and month in a cell, as far as it is known.
    ///
    /// # Errors
    /// Where its year may stand in front.
    pub fn order_in(self, cell: &str) -> Result<Option<DateOrder>, DateFault> {
        if self.leaves_year_open(cell) { Err(DateFault::Ambiguous) } else { Ok(self.order) }
    }

    /// Reads a cell.
    ///
    /// # Errors
    /// Where it is no day, or may be two.
    pub fn read(self, cell: &str) -> Result<WrittenDate, DateFault> {
        WrittenDate::read(cell, self.order_in(cell)?)
    }
}

/// The day, since 1970, of a date with a year of two digits in front: `26-11-05` as 5 November 2026.
pub fn day_with_year_first(word: &str) -> Option<i64> {
    let day = with_year_first(word)?;
    Some(day.duration_since(Date::constant(1970, 1, 1)).as_secs() / 86_400)
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

/// The first and the last day of a span, of one day twice the same. "14 Maret - 16 Maret 2015" and "14-16 Maret 2015" name the
/// year, and the month, once.
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
        let words = DateWords::of(text);
        let written = match serial(text) {
            Some((year, month, day)) => checked(year, month, day),
            None => words.as_ref().map_or(Err(DateFault::Unreadable), |words| written_day(words, order)),
        }?;
        let moved = words.as_ref().and_then(DateWords::days_to_local_time).unwrap_or(0);
        let day = written.checked_add(Span::new().days(moved)).map_err(|_| DateFault::Unreadable)?;
        Ok(WrittenDate { day, is_moved: moved != 0 })
    }

    /// Seconds since 1970 of a day with a time in a zone outside Indonesia; `None` for what is local.
    pub fn instant(text: &str, order: Option<DateOrder>) -> Option<i64> {
        let words = DateWords::of(text)?;
        let second = words.second_in_utc()?;
        let day = written_day(&words, order).ok()?;
        Some(day.duration_since(Date::constant(1970, 1, 1)).as_secs() + second)
    }
}

/// What stands between the days of a span; the marks with spaces first, for "2004-06-01 - 2004-06-03".
const BETWEEN: [&str; 14] = [
    " - ", " – ", " — ", " s.d. ", " s.d ", " s/d ", " sd ", " sampai ", " hingga ", " to ", "..", "/", "–",
    "-",
];

impl WrittenSpan {
    /// Reads a day or a span of two.
    ///
    /// # Errors
    /// Where it is neither, or may be two.
    pub fn read(text: &str, order: Option<DateOrder>) -> Result<WrittenSpan, DateFault> {
        for mark in BETWEEN {
            let mut halves = text.split(mark);
            let (Some(first), Some(last), None) = (halves.next(), halves.next(), halves.next()) else {
                continue;
            };
            let last = match WrittenDate::read(last, order) {
                Err(DateFault::Unreadable) => continue,
                last => last?,
            };
            let first = match WrittenDate::read(first, order) {
                Err(DateFault::Unreadable) => match before(first, last.day, order) {
                    Err(DateFault::Unreadable) => continue,
                    first => first?,
                },
                first => first?,
            };
            let is_moved = first.is_moved || last.is_moved;
            let span = WrittenSpan { first: first.day, last: last.day, is_moved };
            return if span.first <= span.last { Ok(span) } else { Err(DateFault::Unreadable) };
        }
        let WrittenDate { day, is_moved } = WrittenDate::read(text, order)?;
        Ok(WrittenSpan { first: day, last: day, is_moved })
    }
}

/// The first day of a span whose year, or month and year, stand at its last day only: the latest such day that is not after it.
fn before(text: &str, last: Date, order: Option<DateOrder>) -> Result<WrittenDate, DateFault> {
    let text = text.trim_matches(is_blank);
    if let Some(day) = number(text) {
        let day = checked(last.year().into(), last.month().into(), day)?;
        return Ok(WrittenDate { day, is_moved: false });
    }
    let in_year = |year: i16| {
        let sign = text
            .chars()
            .find(|letter| matches!(letter, '/' | '-' | '.'))
            .filter(|_| named_month(text).is_none());
        WrittenDate::read(&format!("{text}{}{year}", sign.unwrap_or(' ')), order)
    };
    let same = in_year(last.year())?;
    if same.day <= last { Ok(same) } else { in_year(last.year() - 1) }
}

/// True for a day and a month without a year: "29-Nov", "29/11".
pub fn lacks_year(text: &str) -> bool {
    let has_month = named_month(text).is_some() || text.contains(['/', '-']);
    // With every day that a month can have.
    has_month && before(text, Date::constant(2028, 12, 31), None) != Err(DateFault::Unreadable)
}

/// The month that some word of a text names.
fn named_month(text: &str) -> Option<i64> {
    text.split(|letter: char| !letter.is_alphabetic()).find_map(month_name)
}

/// The day that the words of a cell name, as it stands there.
fn written_day(words: &DateWords<'_>, order: Option<DateOrder>) -> Result<Date, DateFault> {
    match iso(words).or_else(|| named(words)) {
        Some((year, month, day)) => checked(year, month, day),
        None => in_order(words, order),
    }
}

/// Two numbers and a year, in the order that is known, or in the only one that gives a day.
fn in_order(words: &DateWords<'_>, order: Option<DateOrder>) -> Result<Date, DateFault> {
    let word = words.alone(1).map(|date| date[0]).ok_or(DateFault::Unreadable)?;
    let (a, b, year) = numeric(word).ok_or(DateFault::Unreadable)?;
    let [day_first, month_first] = [checked(year, b, a), checked(year, a, b)];
    let days = match order {
        Some(DateOrder::DayFirst) => [day_first.ok(), None, None],
        Some(DateOrder::MonthFirst) => [month_first.ok(), None, None],
        None => [day_first.ok(), month_first.ok(), with_year_first(word)],
    };
    let mut days = days.into_iter().flatten();
    let day = days.next().ok_or(DateFault::Unreadable)?;
    if days.all(|other| other == day) { Ok(day) } else { Err(DateFault::Ambiguous) }
}

fn checked(year: i64, month: i64, day: i64) -> Result<Date, DateFault> {
    let date = || Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok();
    YEARS.contains(&year).then(date).flatten().ok_or(DateFault::Unreadable)
}

/// `2021-12-31`.
fn iso(words: &DateWords<'_>) -> Option<(i64, i64, i64)> {
    let parts: Vec<&str> = words.alone(1)?[0].split(['-', '/', '.']).collect();
    let &[year, month, day] = parts.as_slice() else { return None };
    (year.len() == 4).then(|| Some((number(year)?, number(month)?, number(day)?)))?
}

/// `31 Desember 2021`, `31-Des-21`, `Desember 31, 2021`.
fn named(words: &DateWords<'_>) -> Option<(i64, i64, i64)> {
    let words = words.parted();
    let &[a, b, c] = words.alone(3)? else { return None };
    if c.len() == 2 && words.names_month_behind(3) {
        return None; // "14 Maret - 16 Maret": two days and no year.
    }
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
fn numeric(word: &str) -> Option<(i64, i64, i64)> {
    let parts: Vec<&str> = word.split(['/', '-', '.']).collect();
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
    const NAMES: [(&str, i64); 24] = [
        ("januari", 1),
        ("january", 1),
        ("februari", 2),
        ("february", 2),
        ("pebruari", 2),
        ("maret", 3),
        ("march", 3),
        ("april", 4),
        ("mei", 5),
        ("may", 5),
        ("juni", 6),
        ("june", 6),
        ("juli", 7),
        ("july", 7),
        ("agustus", 8),
        ("august", 8),
        ("agts", 8),
        ("agst", 8),
        ("september", 9),
        ("oktober", 10),
        ("october", 10),
        ("november", 11),
        ("nopember", 11),
        ("desember", 12),
    ];
    let word = letters(word);
    let named =
        |names: &dyn Fn(&str) -> bool| NAMES.iter().find(|(name, _)| names(name)).map(|(_, month)| *month);
    // "desa" and "marah" begin like a month and are none.
    let slipped = |name: &str| {
        let most = if name.len() < 8 { 1 } else { 2 };
        name.len() >= 7
            && word.len() >= 6
            && name.as_bytes()[0] == word.as_bytes()[0]
            && within(&word, name, most).is_some()
    };
    (word.len() >= 3).then_some(())?;
    match word.as_str() {
        "agt" | "ags" => Some(8),
        "dec" | "december" => Some(12),
        _ => named(&|name| name.starts_with(word.as_str())).or_else(|| named(&slipped)),
    }
}

#[cfg(test)]
mod tests;
