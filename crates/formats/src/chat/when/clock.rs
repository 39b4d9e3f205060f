//! A clock among the words of a message: which words are one, and which minute of the day it means.

use super::dates::is_numbered;
use super::day_part::{DayPart, names_day_part};
use super::{DAY, is, number};
use crate::chat::Sureness;
use crate::chat::token::ChatWord;
use crate::written_date::month_name;
use std::ops::Range;

const ZONES: [&str; 3] = ["wib", "wita", "wit"];

/// A clock's numbers, and whether it counts to 24.
pub struct ClockTime {
    pub hour: i64,
    pub minute: i64,
    pub to_24: bool,
    pub has_minute: bool,
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
    let led = leads_hour(tokens, at);
    let mut next = if led { at + 1 } else { at };
    next += usize::from(led && is(tokens, next, &["sekitar", "skitar", "sktr", "kurang", "lebih"]));
    let half = half_words(tokens, next, led);
    next += half;
    let half = half > 0;
    if led && is_in_four(tokens, next) {
        return clock_in_four(tokens, at, next);
    }
    let first = tokens.get(next)?;
    let (hour, teen) = hour_of(tokens, next, led)?;
    next += teen;
    let joined = |token: &&ChatWord| matches!(token.before, '.' | ':') && token.text.len() == 2;
    let minute = tokens.get(next + 1).filter(joined).and_then(ChatWord::number);
    let (quarter, length) = if minute.is_none() && !half { minutes_beside(tokens, next + 1) } else { (0, 0) };
    let end = next + 1 + if quarter != 0 { length } else { usize::from(minute.is_some()) };
    let zone = is(tokens, end, &ZONES);
    let colon = minute.is_some() && tokens[next + 1].before == ':';
    let two_digits = minute.is_some() && first.text.len() == 2;
    let leads_line = begins_line(tokens, at) && leading_clock(tokens, at).is_some();
    let stands_alone = leads_line || two_digits && (is_behind_date(tokens, at) || ends_clause(tokens, at));
    let half_day = tokens.get(end).filter(|_| minute.is_some() && hour <= 12 && hour > 0);
    let half_day = half_day.map(|token| token.text.as_str()).filter(|word| matches!(*word, "am" | "pm"));
    // "23.30 semalam", "malam 23.30"
    let beside = minute.is_some()
        && ((end..end + 1).chain(at.checked_sub(1)).any(|other| names_day_part(tokens, other))
            || is(tokens, end, &["tadi", "td", "kemarin", "kmrn"]));
    // "2 jam lalu" and "jam 3 orang" are none; a number alone is none.
    if !(led || half || colon || beside || stands_alone || half_day.is_some() || zone && minute.is_some())
        || hour > 24
        || minute.is_some_and(|minute| minute > 59)
    {
        return None;
    }
    let has_minute = minute.is_some();
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
    (hour >= 0).then_some(ClockTime { hour, minute, to_24, has_minute, tokens: at..end })
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
    if is(tokens, at, &["setengah", "stengah", "stngah", "setngah", "satengah", "satangah", "stgh"]) {
        return 1;
    }
    let is_half =
        is(tokens, at, &["1"]) && tokens.get(at + 1).is_some_and(|two| two.before == '/' && two.text == "2");
    let is_hour =
        number(tokens, at + 2).is_some_and(|hour| (1..=12).contains(&hour)) && tokens[at + 2].before == ' ';
    if is_half && is_hour && (led || names_day_part(tokens, at + 3)) { 2 } else { 0 }
}

/// "lebih seperempat", "kurang 10 menit" behind an hour: the minutes more or less, and how many words they are.
fn minutes_beside(tokens: &[ChatWord], at: usize) -> (i64, usize) {
    let sign = match tokens.get(at) {
        Some(word) if word.is(&["lebih", "lewat", "liwat", "lwt", "lebeh"]) => 1,
        Some(word) if word.is(&["kurang", "krg"]) => -1,
        _ => return (0, 0),
    };
    if is(tokens, at + 1, &["seperempat", "sprempat", "seprapat"]) {
        return (sign * 15, 2);
    }
    let counted = number(tokens, at + 1).filter(|minutes| (1..60).contains(minutes));
    match counted {
        Some(minutes) if is(tokens, at + 2, &["menit", "mnt", "menet"]) => (sign * i64::from(minutes), 3),
        // Without their name they are minutes where nothing else is counted.
        Some(minutes) if minutes % 5 == 0 && (at + 2 == tokens.len() || names_day_part(tokens, at + 2)) => {
            (sign * i64::from(minutes), 2)
        }
        _ => (0, 0),
    }
}

/// True of a word behind which an hour stands.
pub fn leads_hour(tokens: &[ChatWord], at: usize) -> bool {
    const LEADS: [&str; 12] =
        ["jam", "pkl", "pukul", "jm", "pk", "puku", "jamnya", "pukulnya", "jame", "jem", "pkul", "pukol"];
    is(tokens, at, &LEADS)
}

/// An hour in digits or in a word, behind "jam" also one of a dialect, and how many words follow that belong to it.
fn hour_of(tokens: &[ChatWord], at: usize, led: bool) -> Option<(i64, usize)> {
    const OF_DIALECT: [&[&str]; 12] = [
        &["setunggal", "asa"],
        &["kalih", "due", "duak"],
        &["tige", "talu", "talo"],
        &["sekawan", "ampat"],
        &["gangsal", "lime"],
        &["anam", "nem"],
        &["tujoh"],
        &["lapan", "walu", "dalapan"],
        &["sanga", "semilan", "samilan"],
        &["sepuloh", "sapuluh", "sedoso", "sedasa"],
        &["sabalas", "sebelas"],
        &["duabelas", "dualas", "duwelas"],
    ];
    let word = tokens.get(at)?;
    let of_dialect = || OF_DIALECT.iter().position(|names| led && word.is(names)).map(|at| at as i64 + 1);
    let hour = word.number().map(i64::from).or_else(of_dialect)?;
    let is_teen = led && (1..10).contains(&hour) && is(tokens, at + 1, &["belas", "balas"]);
    Some(if is_teen { (hour + 10, 1) } else { (hour, 0) })
}

/// "pukul 1430 WIB".
fn clock_in_four(tokens: &[ChatWord], from: usize, at: usize) -> Option<ClockTime> {
    let four = i64::from(number(tokens, at)?);
    let (hour, minute) = (four / 100 % 24, four % 100);
    Some(ClockTime { hour, minute, to_24: true, has_minute: true, tokens: from..at + 1 })
}

/// A clock of which the word before it says that it is one: "12", "11.30".
pub fn bare_clock(tokens: &[ChatWord], at: usize) -> Option<ClockTime> {
    let (first, hour) = (tokens.get(at)?, i64::from(number(tokens, at)?));
    let joined = |token: &&ChatWord| matches!(token.before, '.' | ':') && token.text.len() == 2;
    let minute = tokens.get(at + 1).filter(joined).and_then(ChatWord::number);
    let has_minute = minute.is_some();
    let minute = i64::from(minute.unwrap_or(0));
    let to_24 = first.text.len() == 2 && (first.text.starts_with('0') || has_minute) || hour > 12;
    let tokens = at..at + 1 + usize::from(has_minute);
    (hour <= 24 && minute < 60).then_some(ClockTime { hour: hour % 24, minute, to_24, has_minute, tokens })
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

/// "longsor di Galang 04.30, …": hour and minute in two digits each at the end of a clause, where no word before says that they
/// measure something and they are no day and month.
fn ends_clause(tokens: &[ChatWord], at: usize) -> bool {
    let is_range = |next: &ChatWord| {
        matches!(next.before, '-' | '–') && next.number().is_some()
            || next.is(&["s", "sd", "sampai", "hingga"])
    };
    let is_last = |next: &ChatWord| next.clause != tokens[at].clause || is_range(next);
    let is_last = tokens.get(at + 2).is_none_or(is_last);
    let is_month = number(tokens, at + 1).is_some_and(|minute| (1..=12).contains(&minute));
    // "tawuran Terap 13.10": behind a name no date stands without a word that says so.
    let is_hour = tokens[at].text.starts_with('0') || !is_month || at > 0 && tokens[at - 1].capital;
    let follows = at > 0
        && !leads_hour(tokens, at - 1)
        && tokens[at].before == ' '
        && tokens[at - 1].clause == tokens[at].clause;
    is_last && is_hour && follows && !is_numbered(tokens, at) && number(tokens, at - 1).is_none()
}

/// "28 Nov 2026 / 19.30", "Waktu: 19.30": what stands behind a year, a month or the name of that field.
fn is_behind_date(tokens: &[ChatWord], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|before| &tokens[before]) else { return false };
    let is_year = before.text.len() == 4 && before.number().is_some_and(|year| (1970..2100).contains(&year));
    let is_month = month_name(&before.text).is_some() && number(tokens, at.wrapping_sub(2)).is_some();
    // "27/11 19.00"
    let sign = |at: usize| matches!(tokens[at].before, '/' | '-' | '.') && tokens[at].text.len() <= 2;
    let is_short =
        at > 1 && sign(at - 1) && number(tokens, at - 1).is_some() && number(tokens, at - 2).is_some();
    let is_dated =
        is_short && tokens[at].before == ' ' && number(tokens, at - 2).is_some_and(|day| day <= 31);
    (is_year || is_month || is_dated || before.is(&["waktu"])) && !matches!(tokens[at].before, '.' | '-')
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
