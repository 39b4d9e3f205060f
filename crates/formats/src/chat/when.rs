//! When a message says it happened: days, times of day and clocks in words, from when it was written.

mod clock;
pub mod typed;

use super::short_year::year_in_front;
use super::stance::QUIET;
use super::token::ChatWord;
use super::{Finding, Sureness};
use crate::decode::instant;
use crate::written_date::month_name;
use clock::{ClockTime, clock, ends_clock_of_end, is_of_end, of_clock};
pub use clock::{is_zone, leading_clock, leads_clock, names_clock};
use std::ops::Range;

/// Minutes of a day.
const DAY: i64 = 1440;

/// So many minutes ahead an hour is rather written wrong than of yesterday.
const SOON: i64 = 120;

/// Words of a day or a clock: what they give and where they stand.
struct Part<T> {
    value: T,
    tokens: Range<usize>,
    sure: Sureness,
}

/// A part of the day: from, usual and to, in minutes.
#[derive(Clone, Copy, PartialEq, Eq)]
struct DayPart {
    usual: i64,
    /// Hours of a twelve-hour clock that lie in its second half.
    afternoon: bool,
}

impl DayPart {
    fn is_night(self) -> bool {
        self.usual >= 21 * 60
    }
}

/// When something happened as the words of a message have it.
pub struct OccurredTime {
    /// Local minutes since 1970.
    pub found: Finding<i64>,
    /// True where its words fit two times: "jam 8" in the evening, "jam 23.00" before noon.
    pub is_ambiguous: bool,
}

/// A day that stands elsewhere than the clock of which it is: in the head of a list.
#[derive(Clone, Copy)]
pub struct HeadDay {
    day: i64,
    sure: Sureness,
    /// It is a night, whose small hours are of the day behind it.
    is_night: bool,
}

/// The day that the head of a list names.
pub fn head_day(tokens: &[ChatWord], written: i64) -> Option<HeadDay> {
    let part = (0..tokens.len()).find_map(|at| day_part(tokens, at)).map(|part| part.value);
    let Part { value, sure, .. } = day(tokens, written, part)?;
    Some(HeadDay { day: value, sure, is_night: part.is_some_and(DayPart::is_night) })
}

/// What the words say of when it happened, of a message written at `written`. Without any it is when it was written, as a guess.
pub fn occurred(tokens: &[ChatWord], written: i64) -> OccurredTime {
    occurred_on(tokens, written, None)
}

/// The same of words below a head that names the day.
pub fn occurred_on(tokens: &[ChatWord], written: i64, head: Option<HeadDay>) -> OccurredTime {
    let happened = |run: &Range<usize>| !is_of_quiet(tokens, run.end);
    let is_own = |at: &usize| !ends_clock_of_end(tokens, *at);
    let part = (0..tokens.len())
        .filter(is_own)
        .find_map(|at| day_part(tokens, at).filter(|part| happened(&part.tokens)));
    let own = day(tokens, written, part.as_ref().map(|part| part.value));
    let of_head = || head.map(|head| Part { value: head.day, tokens: 0..0, sure: head.sure });
    let day = own.or_else(of_head);
    if let Some(ago) = day.is_none().then(|| ago(tokens, written)).flatten() {
        let is_ambiguous = number(tokens, ago.tokens.start).is_none() && written - ago.value > DAY;
        return OccurredTime { found: finding(tokens, ago), is_ambiguous };
    }
    let (clock, of_end) = clock_of(tokens, happened);
    let part = of_end.or(part);
    let is_end = clock.as_ref().is_some_and(|clock| is_of_end(tokens, clock.tokens.start));
    let today = written.div_euclid(DAY);
    let own_day = day.as_ref().map_or(today, |day| day.value);
    let settled = |minute: i64, sure: Sureness| {
        // An hour that is yet to come today is one of yesterday.
        let is_late = day.is_none() && own_day * DAY + minute > written + 5;
        let sure = if is_late { Sureness::Guess } else { sure };
        ((own_day - i64::from(is_late)) * DAY + minute, sure)
    };
    // "malam tadi" is this evening or, where its hour is yet to come, the last one.
    let is_guess = day.as_ref().is_some_and(|day| day.sure == Sureness::Guess);
    let is_ahead = |value: i64| is_guess && own_day == today && value > written + 5;
    // Said in the evening, "malam" may be this one.
    let mut is_ambiguous = day.as_ref().is_some_and(|day| day.sure == Sureness::Guess);
    let (value, sure, spans) = match (clock, part) {
        (Some(clock), part) => {
            let of_day = part.as_ref().map(|part| part.value);
            let (minute, sure) = of_clock(&clock, of_day, own_day == today, written);
            is_ambiguous |= of_day.is_none() && clock.fits_twice(own_day, written);
            let ahead = own_day * DAY + minute - written;
            // Right behind the sending it may be a slip, whichever part of the day is named.
            is_ambiguous |= day.is_none() && ahead > 5 && (of_day.is_none() || ahead <= SOON);
            let (value, sure) = settled(minute, sure);
            // Of what ended then nobody says when it began.
            let sure = if is_end { Sureness::Guess } else { sure };
            // The small hours of last night are of the day behind it.
            let is_night = of_day.is_some_and(DayPart::is_night) || head.is_some_and(|head| head.is_night);
            let small = minute < 5 * 60 && day.is_some() && is_night;
            let value = if small && value + DAY <= written { value + DAY } else { value };
            let value = if is_night && is_ahead(value) { value - DAY } else { value };
            (value, sure, vec![Some(clock.tokens), part.map(|part| part.tokens)])
        }
        (None, Some(part)) => {
            let (value, _) = settled(part.value.usual, Sureness::Likely);
            let value = if part.value.is_night() && is_ahead(value) { value - DAY } else { value };
            (value.min(written), Sureness::Likely, vec![Some(part.tokens)])
        }
        (None, None) if day.is_some() && own_day != today => {
            (own_day * DAY + written.rem_euclid(DAY), Sureness::Guess, Vec::new())
        }
        (None, None) => match (0..tokens.len()).find_map(|at| just_now(tokens, at)) {
            Some(part) => (written, part.sure, vec![Some(part.tokens)]),
            None => (written, Sureness::Guess, Vec::new()),
        },
    };
    let day_span = day.map(|day| day.tokens).filter(|run| !run.is_empty());
    let runs: Vec<Range<usize>> = spans.into_iter().chain([day_span]).flatten().collect();
    let words = runs.iter().map(|run| run.start).min().zip(runs.iter().map(|run| run.end).max());
    // Words far apart are marked by the first of them alone.
    let words = words.map(|(start, end)| start..if end - start > 8 { start + 1 } else { end });
    let found = Finding { value, words: words.map(|run| span(tokens, &run)), sure };
    OccurredTime { found, is_ambiguous }
}

/// The clock of when it happened; where only that of its end is named, that one with its part of the day.
fn clock_of(
    tokens: &[ChatWord],
    happened: impl Fn(&Range<usize>) -> bool,
) -> (Option<ClockTime>, Option<Part<DayPart>>) {
    let began =
        |at: usize| clock(tokens, at).filter(|clock| happened(&clock.tokens) && !is_of_end(tokens, at));
    if let Some(began) = (0..tokens.len()).find_map(began) {
        return (Some(began), None);
    }
    let end = (0..tokens.len()).filter(|at| is_of_end(tokens, *at)).find_map(|at| clock(tokens, at));
    let behind = end.as_ref().map(|end| end.tokens.end).filter(|behind| *behind < tokens.len());
    let part = behind.and_then(|behind| day_part(tokens, behind));
    (end, part)
}

fn span(tokens: &[ChatWord], run: &Range<usize>) -> Range<usize> {
    tokens[run.start].span.start..tokens[run.end - 1].span.end
}

fn finding(tokens: &[ChatWord], part: Part<i64>) -> Finding<i64> {
    Finding { value: part.value, words: Some(span(tokens, &part.tokens)), sure: part.sure }
}

fn is(tokens: &[ChatWord], at: usize, list: &[&str]) -> bool {
    tokens.get(at).is_some_and(|token| token.is(list))
}

fn number(tokens: &[ChatWord], at: usize) -> Option<u32> {
    tokens.get(at)?.number()
}

fn just_now(tokens: &[ChatWord], at: usize) -> Option<Part<()>> {
    let sure = Sureness::Sure;
    if is(tokens, at, &["barusan", "sekarang", "skrg", "skr", "skrng"]) {
        return Some(Part { value: (), tokens: at..at + 1, sure });
    }
    let two = is(tokens, at, &["baru", "saat"]) && is(tokens, at + 1, &["saja", "aja", "ini"]);
    if two || is(tokens, at, &["hari"]) && is(tokens, at + 1, &["ini"]) {
        return Some(Part { value: (), tokens: at..at + 2, sure });
    }
    let part = Part { value: (), tokens: at..at + 1, sure: Sureness::Likely };
    is(tokens, at, &["tadi", "td"]).then_some(part)
}

fn day_part(tokens: &[ChatWord], at: usize) -> Option<Part<DayPart>> {
    let at_hour = |hour: i64, afternoon| DayPart { usual: hour * 60, afternoon };
    let word = tokens[at].text.as_str();
    let value = match word {
        "subuh" | "subuhnya" => at_hour(5, false),
        "pagi" | "pg" | "paginya" | "isuk" | "esuk" | "enjing" | "baisukan" => at_hour(7, false),
        "siang" | "siangnya" => at_hour(13, true),
        "sore" | "petang" | "sorenya" | "sonten" | "kamarian" => at_hour(16, true),
        "magrib" | "maghrib" => at_hour(18, true),
        "malam" | "mlm" | "malamnya" | "semalam" | "semalem" | "smalam" => at_hour(21, true),
        "bengi" | "bengine" | "dalu" | "ndalu" | "malem" => at_hour(21, true),
        "dini" if is(tokens, at + 1, &["hari"]) => at_hour(2, false),
        _ => return None,
    };
    // "selamat malam" greets.
    let greets = at > 0 && is(tokens, at - 1, &["selamat", "slmt", "met", "slamat", "sugeng"]);
    let length = if word == "dini" { 2 } else { 1 };
    (!greets).then_some(Part { value, tokens: at..at + length, sure: Sureness::Likely })
}

/// The day that the words name: the first that they name, or the date right behind it. Where the two are not one it is a guess.
fn day(tokens: &[ChatWord], written: i64, part: Option<DayPart>) -> Option<Part<i64>> {
    let first = first_day(tokens, written, part)?;
    let today = written.div_euclid(DAY);
    let (from, to) = (first.tokens.end, tokens.len().min(first.tokens.end + 3));
    let close = (from..to)
        .take_while(|at| tokens[*at].sentence == tokens[first.tokens.start].sentence)
        .find_map(|at| dated(tokens, at, today));
    let Some(date) = close else { return Some(first) };
    // Of a day of the week the date says which.
    let is_weekday = WEEKDAYS.iter().any(|names| is(tokens, first.tokens.start, names));
    let apart = date.value - first.value;
    let fits = apart == 0 || is_weekday && apart % 7 == 0;
    let sure = if fits { Sureness::Sure } else { Sureness::Guess };
    Some(Part { value: date.value, tokens: first.tokens.start..date.tokens.end, sure })
}

fn first_day(tokens: &[ChatWord], written: i64, part: Option<DayPart>) -> Option<Part<i64>> {
    let happened = |day: &Part<i64>| !is_of_quiet(tokens, day.tokens.end);
    (0..tokens.len()).find_map(|at| day_at(tokens, at, written, part).filter(happened))
}

/// "kemarin nihil pak, hari ini …", "td pagi aman, …": of the day or hour before these words the message says that nothing
/// happened.
fn is_of_quiet(tokens: &[ChatWord], end: usize) -> bool {
    const BETWEEN: [&str; 20] = [
        "ini", "kemarin", "kmrn", "lalu", "lusa", "tadi", "td", "pagi", "siang", "sore", "malam", "mlm",
        "wib", "wita", "wit", "masih", "msh", "sudah", "sdh", "situasi",
    ];
    const TAIL: [&str; 9] = ["pak", "bu", "bapak", "ibu", "ndan", "dan", "komandan", "bang", "saja"];
    let Some(last) = end.checked_sub(1) else { return false };
    let own = |at: &usize| tokens[*at].clause == tokens[last].clause;
    let skips = |list: &[&str], from: usize| {
        from + (from..tokens.len()).take_while(own).take_while(|at| tokens[*at].is(list)).count()
    };
    let at = skips(&BETWEEN, end);
    let behind = skips(&TAIL, (at + 1).min(tokens.len()));
    // "kemarin aman saja, malamnya …" goes on with that day.
    let goes_on = is(tokens, behind, &["malamnya", "sorenya", "siangnya", "paginya"]);
    let is_quiet = at < tokens.len() && own(&at) && tokens[at].is(&QUIET);
    is_quiet && !goes_on && (behind >= tokens.len() || !own(&behind))
}

/// True where words say of a day alone that nothing happened: "tgl 28 nihil, tgl 29 tawuran".
pub fn names_quiet_day(tokens: &[ChatWord], written: i64) -> bool {
    let of_quiet = |day: Part<i64>| {
        is_of_quiet(tokens, day.tokens.end)
            && !is(tokens, day.tokens.start, &["malam", "semalam", "tadi", "td"])
    };
    (0..tokens.len()).any(|at| day_at(tokens, at, written, None).is_some_and(of_quiet))
}

/// What a night is called by itself.
const NIGHT: [&str; 6] = ["malam", "mlm", "malem", "bengi", "dalu", "ndalu"];

/// A day whose words begin at a token.
fn day_at(tokens: &[ChatWord], at: usize, written: i64, part: Option<DayPart>) -> Option<Part<i64>> {
    let (today, minute) = (written.div_euclid(DAY), written.rem_euclid(DAY));
    let found = |value, length, sure| Some(Part { value, tokens: at..at + length, sure });
    if is(tokens, at, &["kemarin", "kmrn", "kemaren", "kmren", "wingi"]) {
        let before = is(tokens, at + 1, &["lusa", "dulu"]);
        return found(today - if before { 2 } else { 1 }, 1 + usize::from(before), Sureness::Sure);
    }
    let night = is(tokens, at, &["semalam", "semalem", "smalam"]);
    // "bengi mau" is last night; of "mau" alone somebody only wants.
    let ago = |ago: usize, other: usize| {
        is(tokens, ago, &["tadi", "td", "wau"]) || is(tokens, ago, &["mau"]) && is(tokens, other, &["bengi"])
    };
    let last = ago(at, at + 1) && is(tokens, at + 1, &NIGHT);
    let behind = is(tokens, at, &NIGHT) && ago(at + 1, at) && tokens[at].clause == tokens[at + 1].clause;
    // Said late in the evening it may be this one; "malam tadi" rather is.
    let is_evening = minute >= 18 * 60;
    if night || last || behind {
        let sure = if is_evening { Sureness::Guess } else { Sureness::Sure };
        let back = i64::from(!(behind && is_evening));
        return found(today - back, if night { 1 } else { 2 }, sure);
    }
    dated(tokens, at, today).or_else(|| weekday(tokens, at, written, part))
}

/// The day, since 1970, that a date gives that begins at a token, and its tokens.
pub fn date(tokens: &[ChatWord], at: usize, today: i64) -> Option<(i64, Range<usize>)> {
    dated(tokens, at, today).map(|part| (part.value, part.tokens))
}

/// A date; one whose short year may stand in front, where that is the later of two past days, is a guess.
fn dated(tokens: &[ChatWord], at: usize, today: i64) -> Option<Part<i64>> {
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
    let month = match named {
        Some(month) => month,
        None if sign && (led || next.before != '.') && next.number().is_some() => i64::from(next.number()?),
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

fn year_of(day: i64) -> i64 {
    let estimate = 1970 + day.div_euclid(365);
    (estimate - 1..=estimate)
        .rev()
        .find(|year| instant::days(*year, 1, 1).is_some_and(|first| first <= day))
        .unwrap_or(estimate)
}

const WEEKDAYS: [&[&str]; 7] = [
    &["kamis", "kms"],
    &["jumat", "jumaat"],
    &["sabtu", "sbtu"],
    &["minggu", "ahad"],
    &["senin", "snn"],
    &["selasa"],
    &["rabu"],
];

/// The day of the week that a token names, counted from a Thursday.
pub fn day_of_week(tokens: &[ChatWord], at: usize) -> Option<i64> {
    Some(WEEKDAYS.iter().position(|names| is(tokens, at, names))? as i64)
}

/// "hari Jumat", "Jumat malam", "Sabtu ada warga ribut": the last one.
fn weekday(tokens: &[ChatWord], at: usize, written: i64, part: Option<DayPart>) -> Option<Part<i64>> {
    let today = written.div_euclid(DAY);
    let of_week = day_of_week(tokens, at)?; // 1970-01-01 was a Thursday
    let is_week = is(tokens, at, &["minggu"]);
    let led = at > 0
        && (is(tokens, at - 1, &["hari", "hr", "tgl"]) || !is_week && is(tokens, at - 1, &["pada", "pd"]));
    // "Senin lalu", "Jumat kemarin", "Jumat tgl 20", "Senin, 20/11"; "minggu lalu" is a week ago.
    let named = !is_week && is(tokens, at + 1, &["lalu", "kemarin", "kmrn", "tgl", "tanggal"])
        || (at + 1..at + 3).any(|next| next < tokens.len() && dated(tokens, next, today).is_some());
    let parted = part.is_some() && (0..2).any(|next| day_part_at(tokens, at + 1 + next));
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

/// True where words of a part of the day begin at a token.
pub fn names_day_part(tokens: &[ChatWord], at: usize) -> bool {
    day_part_at(tokens, at)
}

fn day_part_at(tokens: &[ChatWord], at: usize) -> bool {
    at < tokens.len() && day_part(tokens, at).is_some()
}

/// "2 jam lalu", "3 hari yang lalu".
fn ago(tokens: &[ChatWord], written: i64) -> Option<Part<i64>> {
    (0..tokens.len()).find_map(|at| {
        let unit = match tokens[at].text.as_str() {
            "menit" | "mnt" => 1,
            "jam" => 60,
            "hari" | "hr" => DAY,
            "minggu" | "pekan" => 7 * DAY,
            "bulan" | "bln" => 30 * DAY,
            "sejam" => {
                return behind(tokens, at + 1).map(|end| Part {
                    value: written - 60,
                    tokens: at..end,
                    sure: Sureness::Likely,
                });
            }
            "seminggu" | "sepekan" => {
                return behind(tokens, at + 1).map(|end| Part {
                    value: written - 7 * DAY,
                    tokens: at..end,
                    sure: Sureness::Guess,
                });
            }
            _ => return None,
        };
        let end = behind(tokens, at + 1)?;
        let counted = at
            .checked_sub(1)
            .filter(|before| number(tokens, *before).is_some() || is(tokens, *before, &["setengah", "stgh"]));
        let Some(before) = counted else {
            // "minggu lalu", "bulan lalu": some day of it.
            return (unit > DAY).then(|| Part {
                value: written - unit,
                tokens: at..end,
                sure: Sureness::Guess,
            });
        };
        if unit == 60 && is(tokens, before, &["setengah", "stgh"]) {
            return Some(Part { value: written - 30, tokens: before..end, sure: Sureness::Likely });
        }
        let count = i64::from(number(tokens, before)?.min(60));
        let sure = if unit < DAY { Sureness::Likely } else { Sureness::Guess };
        Some(Part { value: written - count * unit, tokens: at - 1..end, sure })
    })
}

/// Where "lalu" or "yang lalu" ends.
fn behind(tokens: &[ChatWord], at: usize) -> Option<usize> {
    let at = at + usize::from(is(tokens, at, &["yang", "yg"]));
    is(tokens, at, &["lalu", "ll", "kemudian"]).then_some(at + 1)
}

/// True where words name a clock and no day: the head of their list may name it.
pub fn names_clock_alone(tokens: &[ChatWord], written: i64) -> bool {
    let clock = (0..tokens.len()).find_map(|at| clock(tokens, at));
    clock.is_some() && day(tokens, written, None).is_none() && ago(tokens, written).is_none()
}

#[cfg(test)]
mod tests;
