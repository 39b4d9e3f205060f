//! The words of a cell that holds a date: those that name the day, and the time of day and the zone beside them.

use super::{month_name, number};
use crate::plain_text::is_blank;

/// The zones of Indonesia are within these seconds east of UTC: a date in one of them is the local one.
const LOCAL: std::ops::RangeInclusive<i64> = 7 * HOUR..=9 * HOUR;
const HOUR: i64 = 3600;
/// No zone is further from UTC.
const FURTHEST: i64 = 14 * HOUR;

/// The days of the week, and what offices shorten them to.
const WEEKDAYS: [&str; 20] = [
    "senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu", "ahad", "sen", "sel", "rab", "rabo",
    "kam", "jum", "jmt", "sab", "sbt", "min", "mgg", "ahd",
];

/// A cell without days of the week, brackets and its time of day.
#[derive(Debug, Default)]
pub struct DateWords<'a> {
    words: Vec<&'a str>,
    /// Seconds of the day.
    second: Option<i64>,
    /// Seconds east of UTC, where a zone is named.
    zone: Option<i64>,
    /// Of a time that counts to twelve.
    is_afternoon: Option<bool>,
}

impl<'a> DateWords<'a> {
    /// The words of a cell; `None` where a time or a zone in it is none that is known: on which day it falls nobody can say.
    pub fn of(cell: &'a str) -> Option<DateWords<'a>> {
        let cell = cell.split('[').next().unwrap_or(cell);
        let mut found = DateWords::default();
        let mut is_led = false;
        let signs = |letter: char| matches!(letter, '(' | ')' | ';' | '"');
        for word in cell.split(is_gap).flat_map(behind_weekday).flat_map(at_the_t) {
            let word = word.trim_matches(signs).trim_end_matches(['.', ':']);
            let is_sign = !word.contains(char::is_alphanumeric);
            let lower = word.to_lowercase();
            if is_sign || WEEKDAYS.contains(&letters(word).as_str()) {
                continue;
            }
            match lower.as_str() {
                "pukul" | "pkl" | "jam" | "pk" => is_led = true,
                "am" | "pm" => found.is_afternoon = Some(lower == "pm"),
                _ if word.contains(':')
                    || is_led && starts_with_digit(word)
                    || found.is_dotted_time(word) =>
                {
                    found.add_time(word)?;
                    is_led = false;
                }
                _ => match zone(word) {
                    Some(zone) => found.zone = Some(zone),
                    None if found.second.is_some() && may_be_zone(word) && month_name(word).is_none() => {
                        return None;
                    }
                    None => found.words.push(word),
                },
            }
        }
        if let (Some(second), Some(is_afternoon)) = (&mut found.second, found.is_afternoon) {
            *second = *second % (12 * HOUR) + 12 * HOUR * i64::from(is_afternoon);
        }
        Some(found)
    }

    /// The first `count` words, where no digit stands behind them: what else a cell holds may be another day.
    pub fn alone(&self, count: usize) -> Option<&[&'a str]> {
        let (date, rest) = self.words.split_at_checked(count)?;
        let is_plain = |word: &&str| !word.bytes().any(|byte| byte.is_ascii_digit());
        rest.iter().all(is_plain).then_some(date)
    }

    /// True where a month is named behind the first `count` words.
    pub fn names_month_behind(&self, count: usize) -> bool {
        self.words.iter().skip(count).any(|word| month_name(word).is_some())
    }

    /// The same with words such as `31-Des-21` taken apart.
    pub fn parted(&self) -> DateWords<'a> {
        let parts = self.words.iter().flat_map(|word| word.split(['-', '/', '.']));
        DateWords { words: parts.filter(|part| !part.is_empty()).collect(), ..DateWords::default() }
    }

    /// By how many days the day in Western Indonesian Time is another than the one written, where a zone elsewhere is named
    /// with a time.
    pub fn days_to_local_time(&self) -> Option<i64> {
        Some((self.second_in_utc()? + 7 * HOUR).div_euclid(24 * HOUR))
    }

    /// Seconds from the day's beginning in UTC, where a zone outside Indonesia is named with a time.
    pub fn second_in_utc(&self) -> Option<i64> {
        let zone = self.zone.filter(|zone| !LOCAL.contains(zone))?;
        // Midnight at a day's end is of that day.
        Some(self.second?.min(24 * HOUR - 1) - zone)
    }

    /// `14.30` behind a date; what stands first is a part of it.
    fn is_dotted_time(&self, word: &str) -> bool {
        let is_behind = self.words.iter().any(|word| month_name(word).is_some() || word.len() >= 6)
            && self.words.last().is_some_and(|last| last.ends_with(|letter: char| letter.is_ascii_digit()));
        let Some((hour, minute)) = word.split_once('.') else { return false };
        is_behind && hour.len() <= 2 && minute.len() == 2 && of_day(word).is_some()
    }

    /// Takes a time of day with what is written at its end: `18:00:00Z`, `23:30-05:00`, `14:30WIB`, `18:00-20:00`.
    fn add_time(&mut self, word: &str) -> Option<()> {
        let is_time = |letter: char| letter.is_ascii_digit() || matches!(letter, ':' | '.');
        let end = word.find(|letter| !is_time(letter)).unwrap_or(word.len());
        let (time, rest) = word.split_at(end);
        // A date is none the less one beside a time that is none.
        let Some(second) = of_day(time) else { return Some(()) };
        // Of two times the first counts.
        let is_first = self.second.is_none();
        self.second = self.second.or(Some(second));
        match (zone(rest), rest.to_lowercase().as_str()) {
            (_, half @ ("am" | "pm")) => self.is_afternoon = Some(half == "pm"),
            (Some(zone), _) if is_first => self.zone = Some(zone),
            (None, _) if may_be_zone(rest) => return None,
            _ => (),
        }
        Some(())
    }
}

/// What parts the words of a cell.
pub fn is_gap(letter: char) -> bool {
    is_blank(letter) || letter == ','
}

/// A word without the day of the week that a sign parts from its date: "Sabtu/28", "Sab.28/11/2026".
fn behind_weekday(word: &str) -> impl Iterator<Item = &str> {
    let at = word.find(['/', '.', '-', ':']).filter(|at| WEEKDAYS.contains(&letters(&word[..*at]).as_str()));
    at.map_or_else(|| Some(word), |at| Some(&word[at + 1..]).filter(|rest| !rest.is_empty())).into_iter()
}

/// A word cut in two at the `T` between a date and a time.
fn at_the_t(word: &str) -> impl Iterator<Item = &str> {
    let at = word.find('T').filter(|at| {
        let (date, time) = word.split_at(*at);
        date.ends_with(|letter: char| letter.is_ascii_digit()) && starts_with_digit(&time[1..])
    });
    let (date, time) = at.map_or((word, ""), |at| (&word[..at], &word[at + 1..]));
    [date, time].into_iter().filter(|part| !part.is_empty())
}

fn starts_with_digit(word: &str) -> bool {
    word.starts_with(|letter: char| letter.is_ascii_digit())
}

/// The second of the day of `14:30`, `14.30`, `14:30:05.250` or `9`.
fn of_day(time: &str) -> Option<i64> {
    let mut parts = time.split([':', '.']);
    let hour = parts.next().filter(|hour| hour.len() <= 2).and_then(number)?;
    let minute = parts.next().map_or(Some(0), |minute| number(minute).filter(|_| minute.len() <= 2))?;
    let second = parts.next().map_or(Some(0), |second| number(second).filter(|_| second.len() <= 2))?;
    let is_day = hour < 24 && minute < 60 && second <= 60 || (hour, minute, second) == (24, 0, 0);
    is_day.then_some(hour * HOUR + minute * 60 + second)
}

/// Seconds east of UTC of a zone: `Z`, `UTC`, `GMT+7`, `+07:00`, `WIB`.
fn zone(word: &str) -> Option<i64> {
    let upper = word.to_uppercase();
    let hours = match upper.as_str() {
        "Z" | "UTC" | "GMT" => 0,
        "WIB" => 7,
        "WITA" => 8,
        "WIT" => 9,
        other => {
            let offset = other.strip_prefix("UTC").or(other.strip_prefix("GMT")).unwrap_or(other);
            return from_utc(offset);
        }
    };
    Some(hours * HOUR)
}

/// `+07:00`, `-0500`, `+7`.
fn from_utc(offset: &str) -> Option<i64> {
    let east = match offset.chars().next()? {
        '+' => 1,
        '-' | '−' => -1,
        _ => return None,
    };
    let digits: String = offset.chars().skip(1).filter(|letter| *letter != ':').collect();
    let (hours, minutes) =
        if digits.len() > 2 { digits.split_at_checked(digits.len() - 2)? } else { (digits.as_str(), "0") };
    let seconds = number(hours)? * HOUR + number(minutes)? * 60;
    (seconds <= FURTHEST).then_some(east * seconds)
}

/// True for what looks like a zone's name.
fn may_be_zone(word: &str) -> bool {
    (2..=5).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// The letters of a word, small.
pub fn letters(word: &str) -> String {
    word.chars().filter(|letter| letter.is_alphabetic()).collect::<String>().to_lowercase()
}
