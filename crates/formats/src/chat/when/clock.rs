//! A clock among the words of a message: which words are one, and which minute of the day it means.

use super::{DAY, DayPart, day_part_at, is, number};
use crate::chat::Sureness;
use crate::chat::token::ChatWord;
use crate::written_date::month_name;
use std::ops::Range;

const ZONES: [&str; 3] = ["wib", "wita", "wit"];

/// A clock's numbers, and whether it counts to 24.
pub struct ClockTime {
    hour: i64,
    minute: i64,
    to_24: bool,
    pub tokens: Range<usize>,
}

impl ClockTime {
    /// True where it stands for two times of a day that both lie before the message.
    pub fn fits_twice(&self, day: i64, written: i64) -> bool {
        let later = day * DAY + (self.hour % 12 + 12) * 60 + self.minute;
        !self.to_24 && self.hour <= 12 && later <= written
    }
}

/// "jam 9", "pkl 21.15", "13:00 WIB", "setengah 9".
pub fn clock(tokens: &[ChatWord], at: usize) -> Option<ClockTime> {
    let led = is(tokens, at, &["jam", "pkl", "pukul", "jm", "pk", "puku", "jamnya", "pukulnya"]);
    let mut next = if led { at + 1 } else { at };
    next += usize::from(led && is(tokens, next, &["sekitar", "skitar", "sktr", "kurang", "lebih"]));
    let half = half_words(tokens, next, led);
    next += half;
    let half = half > 0;
    let first = tokens.get(next)?;
    let hour = i64::from(first.number()?);
    let joined = |token: &&ChatWord| matches!(token.before, '.' | ':') && token.text.len() == 2;
    let minute = tokens.get(next + 1).filter(joined).and_then(ChatWord::number);
    let quarter = if minute.is_none() && !half { quarter(tokens, next + 1) } else { 0 };
    let end = next + 1 + if quarter != 0 { 2 } else { usize::from(minute.is_some()) };
    let zone = is(tokens, end, &ZONES);
    let colon = minute.is_some() && tokens[next + 1].before == ':';
    let two_digits = minute.is_some() && first.text.len() == 2;
    let leads_line = begins_line(tokens, at) && leading_clock(tokens, at).is_some();
    let stands_alone = leads_line || two_digits && is_behind_date(tokens, at);
    let half_day = tokens.get(end).filter(|_| minute.is_some() && hour <= 12 && hour > 0);
    let half_day = half_day.map(|token| token.text.as_str()).filter(|word| matches!(*word, "am" | "pm"));
    // "23.30 semalam", "malam 23.30"
    let beside = minute.is_some()
        && ((end..end + 1).chain(at.checked_sub(1)).any(|other| day_part_at(tokens, other))
            || is(tokens, end, &["tadi", "td", "kemarin", "kmrn"]));
    // "2 jam lalu" and "jam 3 orang" are none; a number alone is none.
    if !(led || half || colon || beside || stands_alone || half_day.is_some() || zone && minute.is_some())
        || hour > 24
        || minute.is_some_and(|minute| minute > 59)
    {
        return None;
    }
    let minute = i64::from(minute.unwrap_or(0));
    let to_24 = first.text.len() == 2 && (first.text.starts_with('0') || end > next + 1) || hour > 12;
    let to_24 = to_24 || half_day.is_some() || leads_line && !led;
    let (hour, minute) = match half_day {
        Some("pm") => (hour % 12 + 12, minute),
        Some(_) => (hour % 12, minute),
        None if half => (hour - 1, 30),
        None if quarter < 0 => (hour - 1, 60 + quarter),
        None if quarter > 0 => (hour, quarter),
        None => (hour % 24, minute),
    };
    let end = end + usize::from(half_day.is_some());
    (hour >= 0).then_some(ClockTime { hour, minute, to_24, tokens: at..end })
}

/// "bubar jam 12", "selesai sekitar pkl 11.00": the clock at a token is that of the end.
pub fn is_of_end(tokens: &[ChatWord], at: usize) -> bool {
    const ENDED: [&str; 12] = [
        "bubar",
        "dibubarkan",
        "membubarkan",
        "selesai",
        "berakhir",
        "padam",
        "dipadamkan",
        "surut",
        "reda",
        "damai",
        "berdamai",
        "didamaikan",
    ];
    const BETWEEN: [&str; 14] = [
        "jam", "pkl", "pukul", "jm", "pk", "sekitar", "skitar", "sktr", "pada", "pd", "tadi", "td", "tertib",
        "aman",
    ];
    let own = |other: &usize| tokens[*other].clause == tokens[at].clause;
    let mut before = (at.saturating_sub(4)..at).rev().take_while(own);
    let Some(last) = before.find(|other| !tokens[*other].is(&BETWEEN)) else { return false };
    // "aksi damai jam 10" begins then.
    let is_peaceful = last > 0
        && tokens[last].is(&["damai"])
        && is(tokens, last - 1, &["aksi", "demo", "unras", "rasa", "secara"]);
    tokens[last].is(&ENDED) && !is_peaceful
}

/// "bubar jam 12 siang": the part of the day at a token is that of the end.
pub fn ends_clock_of_end(tokens: &[ChatWord], at: usize) -> bool {
    let from = at.saturating_sub(4);
    (from..at).any(|start| {
        clock(tokens, start).is_some_and(|clock| clock.tokens.end == at) && is_of_end(tokens, start)
    })
}

/// True of a word that leads a clock: "pukul 9", "pukul sekitar 09.00".
pub fn leads_clock(tokens: &[ChatWord], at: usize) -> bool {
    clock(tokens, at).is_some() || is_in_four(tokens, at + 1)
}

/// True of the time zone behind a clock: "14.00 WIT", "pukul 1430 wit".
pub fn is_zone(tokens: &[ChatWord], at: usize) -> bool {
    // The longest clock has a word before it, one of about, two of a half, hour, and two of minutes or a quarter.
    const LONGEST: usize = 7;
    let ends = |from: usize| clock(tokens, from).is_some_and(|clock| clock.tokens.end == at);
    is(tokens, at, &ZONES)
        && at > 0
        && (is(tokens, at - 1, &["waktu"])
            || is_in_four(tokens, at - 1)
            || (at.saturating_sub(LONGEST)..at).any(ends))
}

/// "1430": hour and minute without a sign between them.
fn is_in_four(tokens: &[ChatWord], at: usize) -> bool {
    let four = tokens
        .get(at)
        .filter(|token| token.text.len() == 4 && token.text.bytes().all(|one| one.is_ascii_digit()));
    four.and_then(ChatWord::number).is_some_and(|clock| clock / 100 < 25 && clock % 100 < 60)
}

/// How many words of a half stand before an hour: "setengah 9", "1/2 9"; none where they are what somebody measured.
fn half_words(tokens: &[ChatWord], at: usize, led: bool) -> usize {
    if is(tokens, at, &["setengah", "stengah", "stngah", "setngah", "satengah", "stgh"]) {
        return 1;
    }
    let is_half =
        is(tokens, at, &["1"]) && tokens.get(at + 1).is_some_and(|two| two.before == '/' && two.text == "2");
    let is_hour =
        number(tokens, at + 2).is_some_and(|hour| (1..=12).contains(&hour)) && tokens[at + 2].before == ' ';
    if is_half && is_hour && (led || day_part_at(tokens, at + 3)) { 2 } else { 0 }
}

/// "lebih seperempat", "kurang seperempat" behind an hour: the minutes more or less.
fn quarter(tokens: &[ChatWord], at: usize) -> i64 {
    let is_quarter = is(tokens, at + 1, &["seperempat", "sprempat", "seprapat"]);
    match is_quarter {
        true if is(tokens, at, &["lebih", "lewat", "liwat"]) => 15,
        true if is(tokens, at, &["kurang"]) => -15,
        _ => 0,
    }
}

/// Where the clock ends that a log's line begins with: "06.40 Toho: …", "pkl 7.30 WIB"; "12.50 ha" is what somebody measured,
/// and "12.11.2026" a date. `at`: where the line begins, behind its bullet.
pub fn leading_clock(tokens: &[ChatWord], at: usize) -> Option<usize> {
    const MEASURES: [&str; 16] = [
        "ha", "hektar", "hektare", "km", "m", "meter", "cm", "kg", "ton", "liter", "rb", "ribu", "jt",
        "juta", "persen", "orang",
    ];
    let at = at + usize::from(is(tokens, at, &["jam", "pkl", "pukul"]));
    let (hour, minute) = (tokens.get(at)?, tokens.get(at + 1)?);
    let is_clock = hour.number()? < 25
        && hour.text.len() <= 2
        && minute.number()? < 60
        && minute.text.len() == 2
        && matches!(minute.before, '.' | ':');
    let end = at + 2;
    let is_date = tokens.get(end).is_some_and(|next| {
        month_name(&next.text).is_some() || matches!(next.before, '.' | '/' | '-') && next.number().is_some()
    });
    let is_one = is_clock && !is_date && !is(tokens, end, &MEASURES);
    is_one.then(|| end + usize::from(is(tokens, end, &ZONES)))
}

/// The minute of a clock that begins at a token and is not the one with which a log begins its line, and its tokens.
pub fn names_clock(tokens: &[ChatWord], at: usize) -> Option<(i64, Range<usize>)> {
    if begins_line(tokens, at) {
        return None;
    }
    let own = clock(tokens, at).map(|clock| (clock.hour * 60 + clock.minute, clock.tokens));
    own.or_else(|| {
        let end = leading_clock(tokens, at)?;
        Some((i64::from(number(tokens, at)?) * 60 + i64::from(number(tokens, at + 1)?), at..end))
    })
}

/// True where a line begins at a token, or right behind its letter or its number: "a. 06.40 Toho".
fn begins_line(tokens: &[ChatWord], at: usize) -> bool {
    let is_mark =
        |token: &ChatWord| token.text.len() <= 2 && (token.text.len() == 1 || token.number().is_some());
    at == 0 || tokens[at].before == '\n' || at == 1 && is_mark(&tokens[0]) && tokens[1].before == ' '
}

/// "28 Nov 2026 / 19.30", "Waktu: 19.30": what stands behind a year, a month or the name of that field.
fn is_behind_date(tokens: &[ChatWord], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|before| &tokens[before]) else { return false };
    let is_year = before.text.len() == 4 && before.number().is_some_and(|year| (1970..2100).contains(&year));
    let is_month = month_name(&before.text).is_some() && number(tokens, at.wrapping_sub(2)).is_some();
    (is_year || is_month || before.is(&["waktu"])) && !matches!(tokens[at].before, '.' | '-')
}

/// The minute of the day a clock means, beside the part of the day and the time of writing.
pub fn of_clock(clock: &ClockTime, part: Option<DayPart>, is_today: bool, written: i64) -> (i64, Sureness) {
    let plain = clock.hour * 60 + clock.minute;
    if clock.hour > 12 || (part.is_none() && clock.to_24) {
        return (plain, Sureness::Sure);
    }
    let early = clock.hour % 12 * 60 + clock.minute;
    let later = early + DAY / 2;
    match part {
        // "jam 12 malam" and "jam 2 malam" lie behind midnight, "jam 11 siang" before noon.
        Some(part) if part.is_night() && (clock.hour < 5 || clock.hour == 12) => (early, Sureness::Likely),
        Some(part) if part.usual == 13 * 60 && (10..12).contains(&clock.hour) => (early, Sureness::Sure),
        Some(part) if part.afternoon => (later, Sureness::Sure),
        Some(_) => (early, Sureness::Sure),
        None if is_today => {
            let past = |minute: &i64| written.div_euclid(DAY) * DAY + minute <= written + 5;
            ([later, early].into_iter().find(past).unwrap_or(plain), Sureness::Likely)
        }
        None => (plain, Sureness::Likely),
    }
}
