//! Hours and parts of a day that are of an end, or of who came later, and not of when something happened: "bubar jam 12 siang",
//! "sore sudah padam", "jam 8-12 siang".

use super::clock::{ClockTime, bare_clock, clock, of_clock};
use super::day_part::{self, day_part};
use super::{DAY, Part, is};
use crate::chat::ending::has_hour_of_end;
use crate::chat::token::ChatWord;
use std::ops::Range;

/// Words that lead to an end: "sampai jam 1 siang".
const UNTIL: [&str; 8] = ["sampai", "hingga", "sampe", "tekan", "nganti", "sampek", "smpai", "sampay"];
/// The same behind a time, and schools elsewhere.
const UNTIL_BEHIND_TIME: [&str; 2] = ["sd", "smp"];
const ARRIVED: [&str; 10] =
    ["datang", "tiba", "teko", "sampai", "meluncur", "turun", "datangnya", "tibo", "rawuh", "dtg"];
const HELPERS: [&str; 14] = [
    "damkar", "pemadam", "polisi", "petugas", "aparat", "tim", "bpbd", "berat", "brimob", "polsek", "tni",
    "anggota", "ambulans", "koramil",
];
/// What may stand between the word of an end and its hour.
const BETWEEN: [&str; 54] = [
    "jam", "pkl", "pukul", "jm", "pk", "jame", "sekitar", "skitar", "sktr", "kira", "pada", "pd", "tadi",
    "td", "tertib", "aman", "dengan", "dgn", "oleh", "polisi", "warga", "wrg", "petugas", "damkar", "aparat",
    "massa", "api", "total", "lagi", "semua", "sendiri", "akhirnya", "baru", "hanyar", "lah", "sudah", "sdh",
    "dah", "alah", "mulai", "air", "aek", "banyu", "jalan", "pak", "kades", "babinsa", "diri", "situasi",
    "kembali", "wis", "uwis", "korban", "pelaku",
];

/// True where a token is the word of an end, or of those who came to help.
fn ends(tokens: &[ChatWord], at: usize) -> bool {
    has_hour_of_end(tokens, at) || tokens[at].is(&ARRIVED) && at > 0 && is(tokens, at - 1, &HELPERS)
}

/// "s.d.", "s/d".
fn is_until(tokens: &[ChatWord], at: usize) -> bool {
    let last = at.checked_sub(1);
    let is_behind_time = || {
        last.is_some_and(|last| {
            is(tokens, last, &["wib", "wita", "wit"])
                || tokens[last].number().is_some()
                || day_part(tokens, last).is_some()
        })
    };
    tokens[at].is(&UNTIL)
        || tokens[at].is(&UNTIL_BEHIND_TIME) && is_behind_time()
        || tokens[at].is(&["d"]) && last.is_some_and(|last| is(tokens, last, &["s"]))
}

/// What stands before a token in its clause, near, besides words that belong to an hour.
fn lead(tokens: &[ChatWord], at: usize) -> Option<usize> {
    let own = |other: &usize| tokens[*other].clause == tokens[at].clause;
    let mut before = (at.saturating_sub(7)..at).rev().take_while(own);
    before.find(|other| !tokens[*other].is(&BETWEEN) || is_until(tokens, *other))
}

/// True where what stands before a token leads to an end.
fn is_led_by_end(tokens: &[ChatWord], at: usize) -> bool {
    lead(tokens, at).is_some_and(|last| ends(tokens, last) || is_until(tokens, last))
}

/// "sampai sore": a time up to which it went on.
pub fn is_until_then(tokens: &[ChatWord], at: usize) -> bool {
    lead(tokens, at).is_some_and(|last| is_until(tokens, last))
}

/// True where what stands behind the time at the head of a clause says that it is of an end: "jam 11 siang bubar".
fn is_followed_by_end(tokens: &[ChatWord], run: &Range<usize>) -> bool {
    let own = |other: &usize| tokens[*other].clause == tokens[run.end - 1].clause;
    let leads = (run.start.saturating_sub(3)..run.start).rev().take_while(own);
    let is_first =
        is_behind_all(tokens, run) || leads.clone().all(|at| tokens[at].is(&BETWEEN)) && leads.count() < 3;
    let skipped = |at: &usize| {
        tokens[*at].is(&BETWEEN) || tokens[*at].is(&["wib", "wita", "wit"]) || day_part(tokens, *at).is_some()
    };
    let mut behind = (run.end..tokens.len().min(run.end + 5)).take_while(own);
    is_first && behind.find(|at| !skipped(at)).is_some_and(|at| ends(tokens, at))
}

fn is_behind_all(tokens: &[ChatWord], run: &Range<usize>) -> bool {
    run.start > 0 && is(tokens, run.start - 1, &["setelah", "stlh", "sesudah", "abis", "habis"])
}

/// "setelah semalam surut": behind the end of something before.
pub fn follows_end(tokens: &[ChatWord], run: &Range<usize>) -> bool {
    is_behind_all(tokens, run) && is_followed_by_end(tokens, run)
}

/// "bubar jam 12", "selesai sekitar pkl 11.00", "jam 11 bubar": the clock at a token is that of the end.
pub fn is_of_end(tokens: &[ChatWord], at: usize) -> bool {
    // "mulai jam 8 …" is of the begin, whatever ends in that clause; "mulai surut" is an end.
    let begins = at > 0 && is(tokens, at - 1, &["mulai", "sejak", "dari", "wiwit", "awit"]);
    if begins {
        return false;
    }
    is_led_by_end(tokens, at)
        || clock(tokens, at).is_some_and(|clock| is_followed_by_end(tokens, &clock.tokens))
}

/// "surut sore tadi", "sampai siang", "malam baru padam": of no begin.
pub fn is_part_of_end(tokens: &[ChatWord], run: &Range<usize>) -> bool {
    is_led_by_end(tokens, run.start) || is_followed_by_end(tokens, run)
}

/// "kumpul lagi sore", "tadi malam naik lagi": beside another hour it is of what came later.
pub fn is_of_later(tokens: &[ChatWord], run: &Range<usize>) -> bool {
    let own = |at: usize| tokens.get(at).is_some_and(|token| token.clause == tokens[run.start].clause);
    let again = |at: usize| own(at) && is(tokens, at, &["lagi", "lg", "maneh", "pulang"]);
    let is_behind = (1..3).any(|back| run.start.checked_sub(back).is_some_and(again));
    let is_first = run.start == 0 || tokens[run.start - 1].clause != tokens[run.start].clause;
    is_behind || is_first && (run.end + 1..run.end + 4).any(again)
}

/// When what happened had ended, in minutes of a day.
pub struct EndTime {
    /// One, or two where its hour is of either half of a day.
    pub minutes: Vec<i64>,
    /// "jam 8-10 malam": the part of the day is of both hours where it can be.
    pub is_joined: bool,
    /// "07.30 malam": who writes so counts to twelve.
    pub counts_to_12: bool,
    /// The part of the day that stands beside its hour.
    pub part: Option<Range<usize>>,
}

/// The minute at which something began whose end is named, of an hour that may be of either half of the day.
pub struct Begin {
    pub minute: i64,
    pub is_open: bool,
    /// The end is yet to come today: it was yesterday.
    pub is_day_before: bool,
}

impl EndTime {
    /// The hour of an event of either half of a day that lies before its end; `limit`: the minute up to which it may have been.
    /// `None` where the clock itself says which.
    pub fn begin_of(&self, began: &ClockTime, limit: i64, may_be_before: bool) -> Option<Begin> {
        let is_of_other_day = limit > DAY;
        if began.to_24 || !(1..=12).contains(&began.hour) {
            return None;
        }
        let is_past = |minute: &i64| *minute <= limit;
        let is_day_before = may_be_before && !self.minutes.iter().any(is_past);
        let early = began.hour % 12 * 60 + began.minute;
        let fits = |half: &i64| {
            let ends = self.minutes.iter().any(|end| end >= half && (is_day_before || is_past(end)));
            ends && (is_day_before || is_past(half))
        };
        let [is_early, is_later] = [early, early + 720].map(|half| fits(&half));
        // "tgl 27 jam 9-11" is the morning, as "tgl 27 jam 9" is; of today it is the last one.
        let is_of_either_half = is_early && self.minutes.len() > 1;
        let minute = if is_later && !(is_of_either_half && is_of_other_day) { early + 720 } else { early };
        let is_settled = self.is_joined && self.minutes.len() == 1;
        let is_open = is_early && is_later && !is_settled;
        (is_early || is_later).then_some(Begin { minute, is_open, is_day_before })
    }

    /// "jam 07.00, … jam 07.30 malam": who counts to twelve may have meant the evening both times.
    pub fn may_turn(&self, began: &ClockTime) -> bool {
        let later = (began.hour + 12) * 60 + began.minute;
        self.counts_to_12 && began.to_24 && began.hour < 12 && self.minutes.iter().any(|end| *end >= later)
    }
}

/// The end that stands behind the clock of an event.
pub fn end_behind(tokens: &[ChatWord], began: &ClockTime, written: i64) -> Option<EndTime> {
    // Far behind it is of something else.
    const NEAR: usize = 40;
    let to = tokens.len().min(began.tokens.end + NEAR);
    let range = |at: usize| range_end(tokens, &began.tokens).filter(|_| at == began.tokens.end);
    let of_clock_at =
        |at: usize| range(at).or_else(|| Some((clock(tokens, at).filter(|_| is_of_end(tokens, at))?, false)));
    if let Some((end, is_joined)) = (began.tokens.end..to).find_map(of_clock_at) {
        let part = day_part::beside(tokens, &end.tokens);
        let run = part.as_ref().map(|part| part.tokens.clone());
        let part = part.map(|part| part.value);
        let counts_to_12 = part.is_some_and(|part| part.afternoon) && end.hour <= 12 && end.has_minute;
        let one = of_clock(&end, part, false, written).0;
        let is_plain = part.is_some() || end.to_24;
        let minutes = if is_plain { vec![one] } else { vec![one % 720, one % 720 + 720] };
        return Some(EndTime { minutes, is_joined, counts_to_12, part: run });
    }
    let part =
        |at: usize| day_part(tokens, at).filter(|Part { tokens: run, .. }| is_part_of_end(tokens, run));
    let part = (began.tokens.end..to).find_map(part)?;
    // So long after its usual minute a part of the day is over.
    let minutes = vec![part.value.usual + 120];
    Some(EndTime { minutes, is_joined: false, counts_to_12: false, part: Some(part.tokens) })
}

/// "8-12 siang", "9 s/d 11.30", "jam 10 sampe jam 1": the second hour, and whether a dash joins it.
fn range_end(tokens: &[ChatWord], began: &Range<usize>) -> Option<(ClockTime, bool)> {
    let (at, before) = (began.end, began.start.checked_sub(1));
    let is_between = before.is_some_and(|before| is(tokens, before, &["antara", "antra"]));
    let skipped = |at: &usize| is(tokens, *at, &["wib", "wita", "wit"]) || day_part(tokens, *at).is_some();
    let at = (at..tokens.len().min(at + 3)).find(|at| !skipped(at))?;
    if matches!(tokens[at].before, '-' | '–') {
        return Some((bare_clock(tokens, at)?, true));
    }
    let until = match tokens[at].text.as_str() {
        "s" if is(tokens, at + 1, &["d"]) => at + 2,
        // "antara jam 8 dan jam 9 malam"
        "dan" | "dn" if is_between => {
            return Some((clock(tokens, at + 1).or_else(|| bare_clock(tokens, at + 1))?, true));
        }
        _ if tokens[at].is(&UNTIL) || tokens[at].is(&UNTIL_BEHIND_TIME) => {
            at + 1 + usize::from(is(tokens, at + 1, &["dengan", "dgn"]))
        }
        _ => return None,
    };
    Some((clock(tokens, until).or_else(|| bare_clock(tokens, until))?, false))
}
