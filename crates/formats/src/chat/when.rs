//! When a message says it happened: days, times of day and clocks in words, from when it was written.

mod clock;
mod dates;
mod day_part;
mod ended;
mod event_hour;
pub mod typed;
mod vague;

use super::stance::QUIET;
use super::token::ChatWord;
use super::{Finding, Sureness};
use clock::{ClockTime, clock, of_clock};
pub use clock::{is_zone, leading_clock, leads_clock, leads_hour, names_clock};
pub use dates::{
    date, day_of_month, day_of_week, is_doubtful_date, is_numbered, is_sunday_or_week, is_week, last_such_day,
};
use dates::{dated_or_short, weekday, year_of};
pub use day_part::names_day_part;
use day_part::{DayPart, LAST_NIGHT, NIGHT, day_part};
use event_hour::EventHour;
use std::ops::Range;
use vague::is_vague;

/// Minutes of a day.
const DAY: i64 = 1440;

/// So many minutes ahead an hour is rather written wrong than of yesterday.
const SOON: i64 = 120;

/// So many minutes behind midnight many still speak of the day before as of this one.
const STILL_NIGHT: i64 = 4 * 60;

/// Words of a day or a clock: what they give and where they stand.
struct Part<T> {
    value: T,
    tokens: Range<usize>,
    sure: Sureness,
}

/// Whose hour a time has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HourGiven {
    /// Words name it, or it is when the message was written.
    Given,
    /// That of the end is the only one.
    OfEnd,
    /// A day is named and no hour: it is that of the writing.
    Missing,
}

/// When something happened as the words of a message have it.
pub struct OccurredTime<T> {
    /// Local minutes since 1970, or an instant.
    pub found: Finding<T>,
    /// True where its words fit two times: "jam 8" in the evening, "jam 23.00" before noon.
    pub is_ambiguous: bool,
    pub hour: HourGiven,
}

impl<T> OccurredTime<T> {
    pub fn map<U>(self, other: impl Fn(T) -> U) -> OccurredTime<U> {
        let Finding { value, words, sure } = self.found;
        let found = Finding { value: other(value), words, sure };
        OccurredTime { found, is_ambiguous: self.is_ambiguous, hour: self.hour }
    }
}

/// A day that stands elsewhere than the clock of which it is: in the head of a list.
#[derive(Clone, Copy)]
pub struct HeadDay {
    day: i64,
    sure: Sureness,
    /// It is a night, whose small hours are of the day behind it.
    is_night: bool,
}

impl HeadDay {
    pub fn of_day(day: i64) -> HeadDay {
        HeadDay { day, sure: Sureness::Likely, is_night: false }
    }
}

/// The day that the head of a list names.
pub fn head_day(tokens: &[ChatWord], written: i64) -> Option<HeadDay> {
    let part = (0..tokens.len()).find_map(|at| day_part(tokens, at)).map(|part| part.value);
    let Part { value, sure, .. } = day(tokens, written, part)?;
    Some(HeadDay { day: value, sure, is_night: part.is_some_and(DayPart::is_night) })
}

/// What the words say of when it happened, of a message written at `written`. Without any it is when it was written, as a guess.
pub fn occurred(tokens: &[ChatWord], written: i64) -> OccurredTime<i64> {
    occurred_on(tokens, written, None)
}

/// The same of words below a head that names the day.
pub fn occurred_on(tokens: &[ChatWord], written: i64, head: Option<HeadDay>) -> OccurredTime<i64> {
    let named = EventHour::of(tokens, written);
    let own = day_where(tokens, written, named.part.as_ref().map(|part| part.value), |day| {
        !named.is_begin_behind_end(tokens, &day.tokens)
    });
    let ago = own.is_none().then(|| ago(tokens, written)).flatten();
    // "2 hari lalu jam 9": so many days before this one.
    let is_counted =
        |ago: &Part<i64>| (written - ago.value) % DAY == 0 && number(tokens, ago.tokens.start).is_some();
    let (of_days, ago) = match ago {
        Some(ago) if is_counted(&ago) => {
            let sure = Sureness::Likely;
            (Some(Part { value: ago.value.div_euclid(DAY), tokens: ago.tokens, sure }), None)
        }
        ago => (None, ago),
    };
    let of_head = || head.map(|head| Part { value: head.day, tokens: 0..0, sure: head.sure });
    let day = own.or(of_days).or_else(of_head);
    if let Some(ago) = ago.filter(|_| day.is_none()) {
        let is_ambiguous = number(tokens, ago.tokens.start).is_none() && written - ago.value > DAY;
        return OccurredTime { found: finding(tokens, ago), is_ambiguous, hour: HourGiven::Given };
    }
    let today = written.div_euclid(DAY);
    let is_night = head.is_some_and(|head| head.is_night)
        || day.as_ref().is_some_and(|day| day.tokens.clone().any(|at| names_night(tokens, at)));
    let is_open = |at: usize| is_doubtful_date(tokens, at, today) || is_vague(tokens, at);
    let is_doubtful = day.is_none() && (0..tokens.len()).any(is_open);
    let is_this = named.is_this_part(tokens);
    let of = EventDay { day, today, written, is_night, is_this };
    let mut found = of.time(tokens, named);
    found.is_ambiguous |= is_doubtful;
    found
}

/// The day of an event, of a message written at `written`.
struct EventDay {
    day: Option<Part<i64>>,
    today: i64,
    written: i64,
    /// It is a night, whose small hours are of the day behind it.
    is_night: bool,
    /// "malam ini": its part of the day is this one, which may be yet to come.
    is_this: bool,
}

impl EventDay {
    fn value(&self) -> i64 {
        self.day.as_ref().map_or(self.today, |day| day.value)
    }

    /// True of a minute that is yet to come, where no day is named.
    fn is_ahead(&self, minute: i64) -> bool {
        self.day.is_none() && self.value() * DAY + minute > self.written + 5
    }

    /// "malam ini", written by day; just behind midnight it may be the night that began the evening before.
    fn is_yet_to_come(&self) -> bool {
        self.is_this && self.written.rem_euclid(DAY) >= STILL_NIGHT
    }

    /// An hour that is yet to come today is one of yesterday, but for one of this night or this afternoon: that is asked about.
    fn settled(&self, minute: i64, sure: Sureness) -> (i64, Sureness) {
        let is_late = self.is_ahead(minute);
        let sure = if is_late { Sureness::Guess } else { sure };
        if is_late && self.is_yet_to_come() {
            return (self.written, sure);
        }
        ((self.value() - i64::from(is_late)) * DAY + minute, sure)
    }

    /// "malam tadi" is this evening or, where its hour is yet to come, the last one.
    fn before_ahead(&self, value: i64, is_night: bool) -> i64 {
        let is_guess = self.day.as_ref().is_some_and(|day| day.sure == Sureness::Guess);
        let is_ahead = is_guess && self.value() == self.today && value > self.written + 5;
        if is_night && is_ahead { value - DAY } else { value }
    }

    fn time(self, tokens: &[ChatWord], named: EventHour) -> OccurredTime<i64> {
        let mut hour = if named.is_of_end { HourGiven::OfEnd } else { HourGiven::Given };
        // Written in the evening, "malam" may be this one.
        let mut is_ambiguous = self.day.as_ref().is_some_and(|day| day.sure == Sureness::Guess);
        let (value, sure, spans) = match (&named.clock, &named.part) {
            (Some(clock), part) => {
                let (value, sure, is_open) = self.of_clock(clock, &named);
                is_ambiguous |= is_open;
                let part = part.as_ref().map(|part| part.tokens.clone());
                (value, sure, vec![Some(clock.tokens.clone()), part])
            }
            (None, Some(part)) => {
                is_ambiguous |= self.is_yet_to_come() && self.is_ahead(part.value.usual - SOON);
                let (value, _) = self.settled(part.value.usual, Sureness::Likely);
                let value = self.before_ahead(value, part.value.is_night());
                (value.min(self.written), Sureness::Likely, vec![Some(part.tokens.clone())])
            }
            (None, None) if self.day.is_some() && self.value() != self.today => {
                hour = HourGiven::Missing;
                (self.value() * DAY + self.written.rem_euclid(DAY), Sureness::Guess, Vec::new())
            }
            (None, None) => match (0..tokens.len()).find_map(|at| just_now(tokens, at)) {
                Some(part) => (self.written, part.sure, vec![Some(part.tokens)]),
                None => (self.written, Sureness::Guess, Vec::new()),
            },
        };
        let day_span = self.day.map(|day| day.tokens).filter(|run| !run.is_empty());
        let runs: Vec<Range<usize>> = spans.into_iter().chain([day_span]).flatten().collect();
        let words = runs.iter().map(|run| run.start).min().zip(runs.iter().map(|run| run.end).max());
        // Words far apart are marked by the first of them alone.
        let words = words.map(|(start, end)| start..if end - start > 8 { start + 1 } else { end });
        let found = Finding { value, words: words.map(|run| span(tokens, &run)), sure };
        OccurredTime { found, is_ambiguous, hour }
    }

    /// The minute that a clock means, how sure that is, and whether it may be another one.
    fn of_clock(&self, clock: &ClockTime, named: &EventHour) -> (i64, Sureness, bool) {
        let (written, is_today) = (self.written, self.value() == self.today);
        let part = named.part.as_ref().map(|part| part.value);
        let by_end = named.end.as_ref().filter(|_| part.is_none()).and_then(|end| {
            let limit = if is_today { written.rem_euclid(DAY) + 5 } else { 2 * DAY };
            end.begin_of(clock, limit, self.day.is_none())
        });
        let ((minute, sure), is_open) = match &by_end {
            Some(begin) => ((begin.minute, Sureness::Likely), begin.is_open),
            None => {
                let found = of_clock(clock, part, is_today, written);
                (found, part.is_none() && clock.fits_twice(self.value(), written))
            }
        };
        let to_24 = part.is_none() && named.end.as_ref().is_some_and(|end| end.may_turn(clock));
        let ahead = self.value() * DAY + minute - written;
        // Right behind the sending it may be a slip, whichever part of the day is named.
        let is_to_come = self.is_this && self.is_ahead(minute);
        let is_slip = self.day.is_none() && ahead > 5 && (part.is_none() || ahead <= SOON || is_to_come);
        // Just behind midnight the last evening is meant.
        let is_slip = is_slip && ahead < DAY - STILL_NIGHT;
        let is_open = is_open || to_24 || is_slip;
        if by_end.is_some_and(|begin| begin.is_day_before) {
            return ((self.value() - 1) * DAY + minute, Sureness::Guess, is_open);
        }
        let (value, sure) = self.settled(minute, sure);
        // Of what ended then nobody says when it began.
        let sure = if named.is_of_end { Sureness::Guess } else { sure };
        // The small hours of last night are of the day behind it.
        let is_night = part.is_some_and(DayPart::is_night) || self.is_night;
        let small = minute < 5 * 60 && self.day.is_some() && is_night;
        let is_behind = small && value + DAY <= written;
        // "tgl 28 jam 2 malam" may be of the night before or behind that day.
        let of_clock = named.part.as_ref().is_some_and(|part| part.tokens.start == clock.tokens.end);
        let is_open = is_open || is_behind && of_clock && !self.is_night;
        let value = if is_behind { value + DAY } else { value };
        (self.before_ahead(value, is_night), sure, is_open)
    }
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
    if is(tokens, at, &["barusan", "sekarang", "skrg", "skr", "skrng", "saiki", "wayahini"]) {
        return Some(Part { value: (), tokens: at..at + 1, sure });
    }
    let two = is(tokens, at, &["baru", "saat"]) && is(tokens, at + 1, &["saja", "aja", "ini"]);
    if two || is(tokens, at, &["hari"]) && is(tokens, at + 1, &["ini"]) {
        return Some(Part { value: (), tokens: at..at + 2, sure });
    }
    let part = Part { value: (), tokens: at..at + 1, sure: Sureness::Likely };
    is(tokens, at, &["tadi", "td"]).then_some(part)
}

/// The day that the words name: the first that they name, or the date right behind it. Where the two are not one it is a guess.
fn day(tokens: &[ChatWord], written: i64, part: Option<DayPart>) -> Option<Part<i64>> {
    day_where(tokens, written, part, |_| true)
}

/// The same of the days that are of what happened.
fn day_where(
    tokens: &[ChatWord],
    written: i64,
    part: Option<DayPart>,
    is_own: impl Fn(&Part<i64>) -> bool,
) -> Option<Part<i64>> {
    let happened = |day: &Part<i64>| !is_of_quiet(tokens, day.tokens.end) && is_own(day);
    let first = (0..tokens.len()).find_map(|at| day_at(tokens, at, written, part).filter(happened))?;
    let today = written.div_euclid(DAY);
    let (from, to) = (first.tokens.end, tokens.len().min(first.tokens.end + 3));
    let close = (from..to)
        .take_while(|at| tokens[*at].sentence == tokens[first.tokens.start].sentence)
        .find_map(|at| dated_or_short(tokens, at, today));
    let Some(date) = close else {
        // "27 dan 28 November": of two days nobody says which.
        let is_listed = vague::is_listed(tokens, first.tokens.start);
        return Some(if is_listed { Part { sure: Sureness::Guess, ..first } } else { first });
    };
    // Of a day of the week the date says which.
    let is_weekday = day_of_week(tokens, first.tokens.start).is_some();
    let apart = date.value - first.value;
    let fits = apart == 0 || is_weekday && apart % 7 == 0;
    let sure = if fits { Sureness::Sure } else { Sureness::Guess };
    Some(Part { value: date.value, tokens: first.tokens.start..date.tokens.end, sure })
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

/// "tadi malam", "semalam", "bengi mau": a night by itself.
fn names_night(tokens: &[ChatWord], at: usize) -> bool {
    is(tokens, at, &NIGHT) || is(tokens, at, &LAST_NIGHT)
}

/// A day whose words begin at a token.
fn day_at(tokens: &[ChatWord], at: usize, written: i64, part: Option<DayPart>) -> Option<Part<i64>> {
    const YESTERDAY: [&str; 10] = [
        "kemarin",
        "kmrn",
        "kemaren",
        "kmren",
        "wingi",
        "samalam",
        "kamarin",
        "kemarennya",
        "kamare",
        "kemaron",
    ];
    let (today, minute) = (written.div_euclid(DAY), written.rem_euclid(DAY));
    let found = |value, length, sure| Some(Part { value, tokens: at..at + length, sure });
    if is(tokens, at, &YESTERDAY) {
        let before = is(tokens, at + 1, &["lusa", "dulu", "dahulu"]);
        let sure = if minute < STILL_NIGHT { Sureness::Guess } else { Sureness::Sure };
        return found(today - if before { 2 } else { 1 }, 1 + usize::from(before), sure);
    }
    let night = is(tokens, at, &LAST_NIGHT);
    // "bengi mau" is last night; of "mau" alone somebody only wants.
    let ago = |ago: usize, other: usize| {
        is(tokens, ago, &["tadi", "td", "wau", "tadik"])
            || is(tokens, ago, &["mau"]) && is(tokens, other, &["bengi", "mbengi"])
    };
    let middle = usize::from(is(tokens, at + 1, &["tengah"]));
    let last = ago(at, at + 1) && is(tokens, at + 1 + middle, &NIGHT);
    let behind = is(tokens, at, &NIGHT) && ago(at + 1, at) && tokens[at].clause == tokens[at + 1].clause;
    // Written late in the evening it may be this one; "malam tadi" rather is.
    let is_evening = minute >= 18 * 60;
    if night || last || behind {
        let sure = if is_evening { Sureness::Guess } else { Sureness::Sure };
        let back = i64::from(!(behind && is_evening));
        return found(today - back, if night { 1 } else { 2 + if last { middle } else { 0 } }, sure);
    }
    if let Some(eve) = eve(tokens, at, today) {
        return Some(eve);
    }
    if is(tokens, at, &["jumatan"]) {
        // Before noon it is that of a week ago.
        let back = (today - 1).rem_euclid(7);
        let back = if back == 0 && minute < 12 * 60 { 7 } else { back };
        return found(today - back, 1, Sureness::Likely);
    }
    dated_or_short(tokens, at, today).or_else(|| weekday(tokens, at, written, part))
}

/// "malam Minggu", the night before it; "jam 11 malam Minggu" may be that of the day itself.
fn eve(tokens: &[ChatWord], at: usize, today: i64) -> Option<Part<i64>> {
    if !is(tokens, at, &NIGHT) {
        return None;
    }
    let of_week = day_of_week(tokens, at + 1)?;
    let is_joined = tokens[at].clause == tokens[at + 1].clause;
    let is_hour = at > 0 && (number(tokens, at - 1).is_some() || is(tokens, at - 1, &["wib", "wita", "wit"]));
    let is_open = is_hour || is(tokens, at + 2, &["lalu", "kemarin", "kmrn"]);
    let sure = if is_open { Sureness::Guess } else { Sureness::Likely };
    let value = today - (today - (of_week - 1)).rem_euclid(7);
    is_joined.then_some(Part { value, tokens: at..at + 2, sure })
}

/// "2 jam lalu", "3 hari yang lalu".
fn ago(tokens: &[ChatWord], written: i64) -> Option<Part<i64>> {
    (0..tokens.len()).find_map(|at| {
        let unit = match tokens[at].text.as_str() {
            "menit" | "mnt" => 1,
            "jam" => 60,
            "hari" | "hr" => DAY,
            _ if is_week(tokens, at) => 7 * DAY,
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
