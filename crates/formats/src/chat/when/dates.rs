//! Dates and days of the week among the words of a message, with and without what says that they are one.

use super::clock::{clock, leads_hour};
use super::day_part::{DayPart, NIGHT, names_day_part};
use super::{DAY, Part, is, number};
use crate::chat::short_year::year_in_front;
use crate::chat::token::ChatWord;
use crate::chat::{Sureness, hurt};
use crate::decode::instant;
use crate::written_date::month_name;
use std::ops::Range;

/// The day, since 1970, that a date gives that begins at a token, and its tokens.
pub fn date(tokens: &[ChatWord], at: usize, today: i64) -> Option<(i64, Range<usize>)> {
    let of_short = || short(tokens, at, today).filter(|part| part.sure == Sureness::Sure);
    dated(tokens, at, today).or_else(of_short).map(|part| (part.value, part.tokens))
}

/// True of two numbers that may be day and month, and may be something else.
pub fn is_doubtful_date(tokens: &[ChatWord], at: usize, today: i64) -> bool {
    dated(tokens, at, today).is_none()
        && (short(tokens, at, today).is_some_and(|part| part.sure == Sureness::Guess)
            || is_impossible(tokens, at))
}

/// A date, or two numbers that may be one.
pub fn dated_or_short(tokens: &[ChatWord], at: usize, today: i64) -> Option<Part<i64>> {
    dated(tokens, at, today).or_else(|| short(tokens, at, today))
}

/// A date; one whose short year may stand in front, where that is the later of two past days, is a guess.
pub fn dated(tokens: &[ChatWord], at: usize, today: i64) -> Option<Part<i64>> {
    let plain = year_behind(tokens, at, today);
    let Some(front) = year_in_front(tokens, at, today) else { return plain };
    let is_nearer = plain.as_ref().is_none_or(|own| own.tokens.len() < 3 || own.value < front);
    if is_nearer { Some(Part { value: front, tokens: at..at + 3, sure: Sureness::Guess }) } else { plain }
}

/// "11 Juli 2025", "tgl 11/7", "11-07-25", "tgl 11".
fn year_behind(tokens: &[ChatWord], at: usize, today: i64) -> Option<Part<i64>> {
    let day = number(tokens, at).filter(|_| tokens[at].text.as_bytes()[0].is_ascii_digit())?;
    let day = i64::from(day).clamp(0, 99);
    let led = at > 0 && is(tokens, at - 1, &["tgl", "tanggal", "tg"]);
    let alone = || {
        // The last such day of a month.
        let mut days = (0..62).map(|back| today - back).filter(|_| led);
        let value = days.find(|value| day_of_month(*value) == day)?;
        Some(Part { value, tokens: at..at + 1, sure: Sureness::Sure })
    };
    let Some(next) = tokens.get(at + 1) else { return alone() };
    let named = month_name(&next.text).filter(|_| next.text.bytes().all(|byte| byte.is_ascii_lowercase()));
    let sign = matches!(next.before, '/' | '-' | '.');
    let is_dotted =
        |at: usize| tokens.get(at).is_some_and(|token| token.before == '.' && token.number().is_some());
    let sign = sign && (led || next.before != '.' || is_dotted(at + 2));
    let month = match named {
        Some(month) => month,
        None if sign && next.number().is_some() => i64::from(next.number()?),
        None => return alone(),
    };
    let year = tokens.get(at + 2).filter(|token| named.is_some() || matches!(token.before, '/' | '-' | '.'));
    let year = year.and_then(ChatWord::number).map(i64::from).and_then(|year| match year {
        1970..2100 => Some(year),
        20..70 if named.is_none() => Some(2000 + year),
        _ => None,
    });
    // Two numbers are a date where something says so; else they are "2-3 orang". "Sabtu 28/11" is one where it is a Saturday.
    let of_week = at.checked_sub(1).and_then(|before| day_of_week(tokens, before));
    let is_written = next.before == '/' || next.before == '-' && tokens[at].before == ' ';
    let of_week = of_week.filter(|_| named.is_none() && year.is_none() && !led && is_written);
    if named.is_none() && year.is_none() && !led && of_week.is_none() {
        return None;
    }
    let length = if year.is_some() { 3 } else { 2 };
    let of_year = |year| instant::days(year, month, day);
    let value = match year {
        Some(year) => of_year(year)?,
        // Without a year it is the last such day.
        None => (0..2).find_map(|back| of_year(year_of(today) - back).filter(|day| *day <= today))?,
    };
    let fits = of_week.is_none_or(|of_week| (value - of_week).rem_euclid(7) == 0);
    fits.then_some(Part { value, tokens: at..at + length, sure: Sureness::Sure })
}

/// The last day of this number and month.
pub fn last_such_day(day: i64, month: i64, today: i64) -> Option<i64> {
    (0..2).find_map(|back| instant::days(year_of(today) - back, month, day).filter(|day| *day <= today))
}

pub fn day_of_month(day: i64) -> i64 {
    let year = year_of(day);
    let first = (1..=12).rev().find_map(|month| instant::days(year, month, 1).filter(|first| *first <= day));
    first.map_or(0, |first| day - first + 1)
}

pub fn year_of(day: i64) -> i64 {
    let estimate = 1970 + day.div_euclid(365);
    (estimate - 1..=estimate)
        .rev()
        .find(|year| instant::days(*year, 1, 1).is_some_and(|first| first <= day))
        .unwrap_or(estimate)
}

const WEEKDAYS: [&[&str]; 7] = [
    &["kamis", "kemis", "kmis"],
    &["jumat", "jumaat", "jmt", "jemuah", "jumuah", "jemuwah", "jumahat"],
    &["sabtu", "sbtu", "sbt", "setu", "saptu", "septu"],
    &["minggu", "ahad"],
    &["senin", "snn", "senen", "sanayan", "isnin", "isnen"],
    &["selasa", "slasa", "seloso", "salasa", "selase"],
    &["rabu", "rbu", "rebo", "rabo", "arba", "rebu"],
];
/// Words that are a day of the week where a date stands behind them or "hari" before: alone "sls" is an end as well, "akad" a
/// wedding, and "kms" begins a name.
const SHORT_WEEKDAYS: [&[&str]; 7] = [
    &["kam", "kms"],
    &["jum"],
    &["sab"],
    &["min", "mng", "mgg", "mnggu", "akad"],
    &["sen"],
    &["sel", "sls"],
    &["rab"],
];
/// Sunday, and a week: "minggu ini", "2 mgg lalu".
const SUNDAY_OR_WEEK: [&str; 3] = ["minggu", "mgg", "mnggu"];

/// True of a word that is Sunday and a week as well.
pub fn is_sunday_or_week(tokens: &[ChatWord], at: usize) -> bool {
    is(tokens, at, &SUNDAY_OR_WEEK)
}

/// True of a word for a week, which may be Sunday.
pub fn is_week(tokens: &[ChatWord], at: usize) -> bool {
    is_sunday_or_week(tokens, at) || is(tokens, at, &["pekan"])
}

/// True where a token is the whole name of a day of the week.
pub fn is_weekday_name(tokens: &[ChatWord], at: usize) -> bool {
    WEEKDAYS.iter().any(|names| is(tokens, at, names))
}

/// The day of the week that a token names, counted from a Thursday.
pub fn day_of_week(tokens: &[ChatWord], at: usize) -> Option<i64> {
    let named =
        |names: &[&[&str]; 7]| names.iter().position(|names| is(tokens, at, names)).map(|day| day as i64);
    named(&WEEKDAYS).or_else(|| named(&SHORT_WEEKDAYS).filter(|_| is_led_or_dated(tokens, at)))
}

/// True where a date stands behind a word, "hari" before it, or a part of the day beside it: "Sel 24/11", "malam mgg", "kms pagi".
fn is_led_or_dated(tokens: &[ChatWord], at: usize) -> bool {
    let is_digits =
        |at: usize| number(tokens, at).is_some() && tokens[at].text.as_bytes()[0].is_ascii_digit();
    let is_month = |at: usize| tokens.get(at).is_some_and(|token| month_name(&token.text).is_some());
    let is_signed = |at: usize| tokens.get(at).is_some_and(|token| matches!(token.before, '/' | '-'));
    let is_dated = is_digits(at + 1) && (is_month(at + 2) || is_signed(at + 2) && is_digits(at + 2));
    let is_led = at > 0 && is(tokens, at - 1, &["hari", "hr", "tgl", "dino", "dinten", "ari"]);
    // "selesai pagi" and "akad malam" are no days.
    let is_counted = || at > 0 && number(tokens, at - 1).is_some();
    let is_parted = || {
        let own = |other: usize| tokens.get(other).is_some_and(|other| other.clause == tokens[at].clause);
        is(tokens, at, &["mgg", "mnggu", "kms"])
            && !is_counted()
            && (own(at + 1) && names_day_part(tokens, at + 1)
                || at > 0 && own(at - 1) && is(tokens, at - 1, &NIGHT))
    };
    is_dated || is_led || is_parted()
}

/// Words behind which two numbers are those of a place, a size, a price or a score.
const NUMBERED: [&str; 44] = [
    "rt",
    "rw",
    "km",
    "no",
    "nomor",
    "nmr",
    "blok",
    "gang",
    "gg",
    "kav",
    "petak",
    "dusun",
    "dsn",
    "pasal",
    "harga",
    "skor",
    "score",
    "lk",
    "sebanyak",
    "kelas",
    "kls",
    "tingkat",
    "divisi",
    "afdeling",
    "afd",
    "sk",
    "perda",
    "uu",
    "yonif",
    "kodim",
    "koramil",
    "kompi",
    "lorong",
    "lr",
    "kilometer",
    "tower",
    "kk",
    "ukuran",
    "luas",
    "rp",
    "sedalam",
    "setebal",
    "lebar",
    "panjang",
];
/// Words behind which they are that or a date: "air naik 27/11", "tutup jalan 27/11".
const MAY_BE_NUMBERED: [&str; 14] = [
    "jl", "jln", "jalan", "naik", "turun", "tinggi", "setinggi", "sisa", "sekitar", "simpang", "jalur",
    "pos", "hampir", "dalam",
];
const MEASURES: [&str; 30] = [
    "ha", "hektar", "hektare", "km", "m", "meter", "cm", "kg", "ton", "liter", "rb", "ribu", "jt", "juta",
    "persen", "bagian", "kubik", "rumah", "unit", "ekor", "kk", "jiwa", "desa", "dusun", "hari", "kali",
    "titik", "buah", "batang", "lantai",
];

/// "25/11", "26-11", "27.11" that nothing else says to be a date: sure where an hour stands beside it, or where it can be nothing
/// else and is not long past; a guess where it may be.
fn short(tokens: &[ChatWord], at: usize, today: i64) -> Option<Part<i64>> {
    const LATELY: i64 = 62;
    let (first, second) = pair(tokens, at)?;
    let sign = tokens[at + 1].before;
    let is_confirmed = is_confirmed(tokens, at);
    let day = last_such_day(first, second, today);
    // With the month in front it is of a phone that is set up for another country.
    let turned = || last_such_day(second, first, today).filter(|_| second > 12 && is_confirmed);
    let value = day.or_else(turned)?;
    let is_late = day.is_some() && value > today - LATELY;
    let is_numbered = may_be_numbered(tokens, at);
    let is_range = sign == '-' && (first < second || first <= 12) || first < second && second <= 10;
    let found = |is_sure: bool| {
        let sure = if is_sure && !(is_numbered && is_range) { Sureness::Sure } else { Sureness::Guess };
        Some(Part { value, tokens: at..at + 2, sure })
    };
    if sign == '.' {
        // "12.11" is rather a clock.
        let is_day = first > 24 || leads_hour(tokens, at + 2);
        return if is_day { found(first > 24 && is_confirmed && is_late) } else { None };
    }
    if is_confirmed {
        return found(is_late);
    }
    // "Sabtu 29/11" that is no Saturday.
    let is_of_week = sign == '/' && at > 0 && day_of_week(tokens, at - 1).is_some();
    let behind = tokens.get(at + 2).filter(|next| next.clause == tokens[at].clause);
    let counts = behind.is_some_and(|next| next.is(&MEASURES) || first < second && hurt::is_of_people(next));
    // "24/7" is always, "2-3" and "2/3" are some of something.
    let leads = at == 0 || tokens[at - 1].clause != tokens[at].clause;
    let is_counting = is_range
        && (is_numbered && sign == '-'
            || !(leads && sign == '/' && is_late) && behind.is_some_and(|next| !is_plain(next)));
    if !is_of_week && (counts || is_counting || (first, second) == (24, 7)) {
        return None;
    }
    found(first > 12 && is_late && !is_of_week)
}

/// True where a word stands before a number that a place, a size, a price or a score has.
pub fn is_numbered(tokens: &[ChatWord], at: usize) -> bool {
    at > 0 && (is(tokens, at - 1, &NUMBERED) || is(tokens, at - 1, &MAY_BE_NUMBERED))
}

/// True where two numbers stand behind a word that a number of a place or of a measure has as well.
fn may_be_numbered(tokens: &[ChatWord], at: usize) -> bool {
    at > 0 && is(tokens, at - 1, &MAY_BE_NUMBERED) && tokens[at].clause == tokens[at - 1].clause
}

/// "harga sembako naik 2/3": so much of a price.
fn is_of_price(tokens: &[ChatWord], at: usize) -> bool {
    let own = |other: &usize| tokens[*other].clause == tokens[at].clause;
    let mut before = (at.saturating_sub(5)..at).rev().take_while(own);
    may_be_numbered(tokens, at) && before.any(|other| is(tokens, other, &["harga", "hrg", "tarif", "upah"]))
}

/// True of a word that goes on behind a date and is not what is counted.
fn is_plain(token: &ChatWord) -> bool {
    token.is(&[
        "di", "ds", "telah", "tlh", "terjadi", "tjd", "ada", "sudah", "sdh", "pada", "kec", "kel", "wib",
    ])
}

/// Two numbers of two digits at most that a sign joins, and no third.
fn pair(tokens: &[ChatWord], at: usize) -> Option<(i64, i64)> {
    let digits = |at: usize| {
        let token = tokens
            .get(at)
            .filter(|token| token.text.len() <= 2 && token.text.as_bytes()[0].is_ascii_digit())?;
        token.number().map(i64::from)
    };
    let (first, second) = (digits(at)?, digits(at + 1)?);
    let sign = tokens[at + 1].before;
    let is_signed = matches!(sign, '/' | '-' | '.') && (sign != '.' || tokens[at + 1].text.len() == 2);
    let goes_on = tokens.get(at + 2).is_some_and(|next| {
        matches!(next.before, '/' | '-' | '.' | ':') && next.text.as_bytes()[0].is_ascii_digit()
    });
    let is_hour = at > 0 && leads_hour(tokens, at - 1);
    let is_inside = is_hour || at > 0 && matches!(tokens[at].before, '/' | '-' | '.' | ':');
    let is_numbered = at > 0 && is(tokens, at - 1, &NUMBERED) && tokens[at].clause == tokens[at - 1].clause
        || at > 1 && is(tokens, at - 1, &["rw"]);
    let is_other = is_numbered || is_of_price(tokens, at);
    let fits = is_signed && !goes_on && !is_inside && !is_other && (1..=31).contains(&first);
    (fits && (1..=31).contains(&second)).then_some((first, second))
}

/// True where an hour or a word of dates stands beside two numbers.
fn is_confirmed(tokens: &[ChatWord], at: usize) -> bool {
    const LEADS: [&str; 9] =
        ["pada", "pd", "sejak", "mulai", "kejadian", "tertanggal", "per", "waktu", "wkt"];
    let end = at + 2;
    // "2-3, jam 10" may be some of something.
    let is_near = |other: usize| {
        tokens[other].clause == tokens[at].clause
            || tokens[at + 1].before != '-'
            || number(tokens, at) > Some(12)
    };
    let is_clock = |at: usize| at < tokens.len() && (leads_hour(tokens, at) || clock(tokens, at).is_some());
    let begins_part = |at: usize| names_day_part(tokens, at) && tokens[at].clause == tokens[at - 1].clause;
    let zone = usize::from(at > 0 && is(tokens, at - 1, &["wib", "wita", "wit"]));
    let ends_clock = (at.saturating_sub(5)..at)
        .any(|from| clock(tokens, from).is_some_and(|clock| clock.tokens.end + zone == at));
    at > 0 && is(tokens, at - 1, &LEADS)
        || is_clock(end) && is_near(end)
        || begins_part(end)
        || ends_clock && is_near(at - 1)
}

/// "31/11 jam 10.00": a day that is in no calendar.
fn is_impossible(tokens: &[ChatWord], at: usize) -> bool {
    pair(tokens, at).is_some_and(|(day, month)| {
        tokens[at + 1].before != '.' && is_confirmed(tokens, at) && instant::days(2024, month, day).is_none()
    })
}

/// "hari Jumat", "Jumat malam", "Sabtu ada warga ribut": the last one.
pub fn weekday(tokens: &[ChatWord], at: usize, written: i64, part: Option<DayPart>) -> Option<Part<i64>> {
    let today = written.div_euclid(DAY);
    let of_week = day_of_week(tokens, at)?; // 1970-01-01 was a Thursday
    let is_week = is_sunday_or_week(tokens, at);
    let led = at > 0
        && (is(
            tokens,
            at - 1,
            &["hari", "hr", "tgl", "dino", "dinten", "ari", "sholat", "salat", "shalat", "solat"],
        ) || is(tokens, at - 1, &["sejak", "sjk", "sajak", "dari", "mulai", "wiwit", "awit", "kawit"])
            || !is_week && is(tokens, at - 1, &["pada", "pd"]));
    // "Senin lalu", "Jumat kemarin", "Jumat tgl 20", "Senin, 20/11"; "minggu lalu" is a week ago.
    let named = !is_week && is(tokens, at + 1, &["lalu", "kemarin", "kmrn", "tgl", "tanggal", "wingi"])
        || (at + 1..at + 3).any(|next| next < tokens.len() && dated_or_short(tokens, next, today).is_some());
    let parted = part.is_some() && (0..2).any(|next| names_day_part(tokens, at + 1 + next));
    let named = named || clock(tokens, at + 1).is_some_and(|clock| clock.tokens.len() > 1);
    // "Sabtu malam lalu", and an evening that is yet to come today, are of the week before.
    let is_last = (1..4).any(|next| is(tokens, at + next, &["lalu", "kemarin", "kmrn"]));
    let is_ahead = part.is_some_and(|part| part.usual > written.rem_euclid(DAY) + 120);
    let back = (today - of_week).rem_euclid(7);
    let value = today - if back == 0 && (is_last || is_ahead) { 7 } else { back };
    let begins = !is_week
        && (at == 0 || tokens[at].clause != tokens[at - 1].clause)
        && is(tokens, at + 1, &["ada", "terjadi", "tjd", "telah", "tlh"]);
    let is_led = led || parted || named;
    let sure = if is_led { Sureness::Likely } else { Sureness::Guess };
    (is_led || begins).then_some(Part { value, tokens: at..at + 1, sure })
}
