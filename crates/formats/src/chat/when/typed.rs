//! A time that somebody types into a field of a form: a date with a clock, or the words of a chat where they mean one time only.

use super::{DAY, Sureness, ago, clock, day, day_of_week, is, just_now, occurred};
use crate::chat::token::{ChatWord, tokens};
use crate::decode::instant;

/// What a day alone stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DayAlone {
    /// Nothing: the clock is asked for.
    Refused,
    /// Its beginning.
    Begins,
    /// Its end, midnight.
    Ends,
}

/// Why what was typed gives no time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TypedTimeFault {
    Missing,
    /// "31/11", "11/29".
    NoSuchDay,
    /// "25.00", "07.75".
    NoSuchClock,
    /// A day without a clock.
    ClockMissing,
    /// A clock that has not come yet today and names no day; words that may mean two days.
    DayUnclear,
    /// "besok 07.00".
    NotYet,
    Unreadable,
}

/// The local minutes since 1970 that were typed at `now`.
///
/// # Errors
/// Why it is no time, or none that is sure.
pub fn typed_minutes(text: &str, now: i64, alone: DayAlone) -> Result<i64, TypedTimeFault> {
    let text = text.trim();
    if text.is_empty() {
        return Err(TypedTimeFault::Missing);
    }
    let Some((before, minute)) = behind_day(text)? else {
        return match day_of(text, now) {
            Some(found) => match alone {
                DayAlone::Refused => found.and(Err(TypedTimeFault::ClockMissing)),
                DayAlone::Begins => Ok(found? * DAY),
                DayAlone::Ends => Ok((found? + 1) * DAY),
            },
            None => in_words(text, now),
        };
    };
    match day_of(before, now) {
        Some(day) => Ok(day? * DAY + minute),
        None if before.is_empty() => {
            let at = now.div_euclid(DAY) * DAY + minute;
            if at > now + 5 { Err(TypedTimeFault::DayUnclear) } else { Ok(at) }
        }
        None => in_words(&format!("{before} pukul {:02}.{:02}", minute / 60, minute % 60), now),
    }
}

/// The clock that a text ends with, of 24 hours, and what stands before it.
fn behind_day(text: &str) -> Result<Option<(&str, i64)>, TypedTimeFault> {
    let from = text
        .rfind([' ', ',', 'T', '\u{a0}'])
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let digits = |part: &str, most: usize| -> Option<i64> {
        let fits = (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse().ok().filter(|_| fits)
    };
    let Some((hour, minute)) = text[from..].split_once(['.', ':']) else { return Ok(None) };
    let (Some(hour), Some(minutes)) = (digits(hour, 2), digits(minute, 2).filter(|_| minute.len() == 2))
    else {
        return Ok(None);
    };
    if minutes > 59 || hour > 24 || hour == 24 && minutes > 0 {
        return Err(TypedTimeFault::NoSuchClock);
    }
    let before = text[..from].trim_end_matches([' ', ',', 'T', '\u{a0}']);
    let lead = before.rfind([' ', ',']).map_or(0, |at| at + 1);
    let is_lead = ["jam", "pukul", "pkl"].iter().any(|word| before[lead..].eq_ignore_ascii_case(word));
    let before = if is_lead { before[..lead].trim_end_matches([' ', ',']) } else { before };
    Ok(Some((before, hour * 60 + minutes)))
}

/// The day that a text is and nothing else: a date in numbers, "kemarin", "29 Nov", "Sabtu"; `None` for any other text.
fn day_of(text: &str, now: i64) -> Option<Result<i64, TypedTimeFault>> {
    let today = now.div_euclid(DAY);
    if let Some(date) = numeric(text, today) {
        return Some(date);
    }
    let words = tokens(text, 0..text.len());
    if words.len() == 2 && is(&words, 0, &["hari"]) && is(&words, 1, &["ini"]) {
        return Some(Ok(today));
    }
    // Said in the evening, "semalam" is a part of a day, and which day it is of is asked.
    let of_week = |at: usize| day_of_week(&words, at).is_some();
    let words = if words.len() == 1 && of_week(0) {
        tokens(&format!("hari {text}"), 0..text.len() + 5)
    } else {
        words
    };
    let named = day(&words, now, None)?;
    let led = usize::from(is(&words, 0, &["hari", "hr", "tgl", "tanggal"]));
    let is_part = super::day_part(&words, words.len() - 1).is_some();
    let whole = named.tokens.start <= led && named.tokens.end == words.len() && !is_part;
    whole.then_some(if named.sure == Sureness::Guess {
        Err(TypedTimeFault::DayUnclear)
    } else {
        Ok(named.value)
    })
}

/// A date in numbers: "29/11", "29-11-25", "29.11.2025", "2025-11-29". Without a year it is of this year, or of the last one where
/// that is still to come.
fn numeric(text: &str, today: i64) -> Option<Result<i64, TypedTimeFault>> {
    let parts: Vec<&str> = text.split(['/', '-', '.']).map(str::trim).collect();
    let number =
        |part: &&str| part.parse::<i64>().ok().filter(|_| part.bytes().all(|byte| byte.is_ascii_digit()));
    let numbers: Vec<i64> = parts.iter().map(number).collect::<Option<_>>()?;
    let of = |year, month, day| instant::days(year, month, day).ok_or(TypedTimeFault::NoSuchDay);
    Some(match (numbers[..].as_ref(), parts.iter().map(|part| part.len()).collect::<Vec<_>>().as_slice()) {
        ([year, month, day], [4, 1..=2, 1..=2]) => of(*year, *month, *day),
        ([day, month], [1..=2, 1..=2]) => {
            let year = super::year_of(today);
            let days: Vec<i64> =
                [year, year - 1].iter().filter_map(|year| instant::days(*year, *month, *day)).collect();
            let past = days.iter().find(|day| **day <= today + 1);
            past.or(days.first()).copied().ok_or(TypedTimeFault::NoSuchDay)
        }
        ([day, month, year], [1..=2, 1..=2, 2]) => of(2_000 + year, *month, *day),
        ([day, month, year], [1..=2, 1..=2, 4]) => of(*year, *month, *day),
        _ => Err(TypedTimeFault::Unreadable),
    })
}

/// What the words of a chat mean, where every one of them is of a time, and they mean one only.
fn in_words(text: &str, now: i64) -> Result<i64, TypedTimeFault> {
    let all = tokens(text, 0..text.len());
    let of_week = |words: &[ChatWord]| day_of_week(words, 0).is_some();
    if is(&all, 0, &["besok", "lusa", "nanti", "bsk"]) {
        return Err(TypedTimeFault::NotYet);
    }
    let led = if of_week(&all) { format!("hari {text}") } else { text.to_owned() };
    let mut words = tokens(&led, 0..led.len());
    // "tadi pagi jam 8": of today.
    let last_night = is(&words, 1, &["malam", "mlm"]);
    let leads = usize::from(
        is(&words, 0, &["hari", "hr", "tgl", "tanggal"])
            || is(&words, 0, &["tadi", "td"]) && !last_night && words.len() > 1,
    );
    words.drain(..leads);
    let read = occurred(&words, now);
    let (Some(first), Some(last)) = (words.first(), words.last()) else {
        return Err(TypedTimeFault::Unreadable);
    };
    if read.found.words != Some(first.span.start..last.span.end) {
        return Err(TypedTimeFault::Unreadable);
    }
    let has_clock = (0..words.len()).any(|at| clock(&words, at).is_some() || just_now(&words, at).is_some());
    if read.is_ambiguous || read.found.sure == Sureness::Guess {
        return Err(TypedTimeFault::DayUnclear);
    }
    let is_counted = ago(&words, now).is_some();
    if has_clock || is_counted { Ok(read.found.value) } else { Err(TypedTimeFault::ClockMissing) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Local minutes of a day and a clock.
    fn at(day: (i64, i64, i64), hour: i64, minute: i64) -> i64 {
        instant::days(day.0, day.1, day.2).unwrap() * DAY + hour * 60 + minute
    }

    const TODAY: (i64, i64, i64) = (2026, 11, 30);
    const YESTERDAY: (i64, i64, i64) = (2026, 11, 29);

    #[test]
    fn a_time_is_typed_in_numbers_or_in_words_that_mean_one_time_only() {
        let now = at(TODAY, 8, 24); // a Monday
        for (typed, day, hour, minute) in [
            ("29/11 07.30", YESTERDAY, 7, 30),
            ("29-11 7.30", YESTERDAY, 7, 30),
            ("29/11/26, 07:30", YESTERDAY, 7, 30),
            ("2026-11-29T07:30", YESTERDAY, 7, 30),
            ("2026-11-29 07.30", YESTERDAY, 7, 30),
            ("29 Nov 07.30", YESTERDAY, 7, 30),
            ("29 nov 2026 pukul 7.30", YESTERDAY, 7, 30),
            ("29 November 2026, 19.30", YESTERDAY, 19, 30),
            ("tgl 29 jam 19.30", YESTERDAY, 19, 30),
            ("07.30", TODAY, 7, 30),
            ("jam 07.30", TODAY, 7, 30),
            ("hari ini 7.30", TODAY, 7, 30),
            ("tadi 07.30", TODAY, 7, 30),
            ("tadi pagi 07.30", TODAY, 7, 30),
            ("tadi pagi jam 7", TODAY, 7, 0),
            ("kemarin 21.00", YESTERDAY, 21, 0),
            ("Kemarin, 7.05", YESTERDAY, 7, 5),
            ("kemarin sore 16.00", YESTERDAY, 16, 0),
            ("kmrn jam 9 malam", YESTERDAY, 21, 0),
            ("semalam 23.00", YESTERDAY, 23, 0),
            ("semalam 02.00", TODAY, 2, 0),
            ("tadi malam 23.30", YESTERDAY, 23, 30),
            ("Minggu 21.00", YESTERDAY, 21, 0),
            ("hari Minggu 21.00", YESTERDAY, 21, 0),
            ("kemarin lusa 10.00", (2026, 11, 28), 10, 0),
            ("29/11 24.00", TODAY, 0, 0),
            ("kemarin 24.00", TODAY, 0, 0),
            ("2 jam lalu", TODAY, 6, 24),
            ("31/12 10.00", (2025, 12, 31), 10, 0),
        ] {
            assert_eq!(typed_minutes(typed, now, DayAlone::Refused), Ok(at(day, hour, minute)), "{typed}");
        }
    }

    #[test]
    fn what_is_no_time_or_may_be_two_says_which_of_them() {
        use TypedTimeFault::{ClockMissing, DayUnclear, Missing, NoSuchClock, NoSuchDay, NotYet, Unreadable};
        let now = at(TODAY, 8, 24);
        for (typed, fault) in [
            ("", Missing),
            ("31/11 07.30", NoSuchDay),
            ("29/13 07.30", NoSuchDay),
            ("11/29 07.30", NoSuchDay),
            ("29/2/2026 07.00", NoSuchDay),
            ("29/11 25.00", NoSuchClock),
            ("29/11 07.75", NoSuchClock),
            ("25.00", NoSuchClock),
            ("29/11", ClockMissing),
            ("kemarin", ClockMissing),
            ("29 Nov", ClockMissing),
            ("tadi pagi", ClockMissing),
            ("23.00", DayUnclear),
            ("besok 07.00", NotYet),
            ("lusa 08.00", NotYet),
            ("abc", Unreadable),
            ("abc 07.30", Unreadable),
            ("2/1/026 10.00", Unreadable),
            ("2025-11-21-22 10.00", Unreadable),
        ] {
            assert_eq!(typed_minutes(typed, now, DayAlone::Refused), Err(fault), "{typed}");
        }
        let evening = at(TODAY, 21, 0);
        assert_eq!(typed_minutes("semalam 20.00", evening, DayAlone::Refused), Err(DayUnclear));
    }

    #[test]
    fn a_day_alone_is_a_periods_beginning_or_its_end() {
        let now = at(TODAY, 8, 24);
        for day in ["29/11", "29-11-2026", "kemarin", "29 Nov", "Minggu", "hari Minggu"] {
            assert_eq!(typed_minutes(day, now, DayAlone::Begins), Ok(at(YESTERDAY, 0, 0)), "{day}");
            assert_eq!(typed_minutes(day, now, DayAlone::Ends), Ok(at(TODAY, 0, 0)), "{day}");
        }
        assert_eq!(typed_minutes("hari ini", now, DayAlone::Begins), Ok(at(TODAY, 0, 0)));
        assert_eq!(typed_minutes("31/11", now, DayAlone::Ends), Err(TypedTimeFault::NoSuchDay));
        assert_eq!(typed_minutes("kemarin 21.00", now, DayAlone::Ends), Ok(at(YESTERDAY, 21, 0)));
    }
}
