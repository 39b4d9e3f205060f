//! Days that a message lists, "tgl 28 dan 29", "Sabtu dan Minggu", "hari ini dan kemarin", "25/11 - 29/11".

use super::{LONGEST, led};
use crate::chat::token::ChatWord;
use crate::chat::{stance, when};
use crate::written_date::month_name;
use std::ops::Range;

/// So many days are listed at most.
const MOST: usize = 14;

/// The days of a list, and its words. `is_whole`: no day lies between the first and the last that it does not name.
pub struct ListedDays {
    pub first: i64,
    pub last: i64,
    pub run: Range<usize>,
    pub is_whole: bool,
}

/// How a list names a day.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Date,
    /// "25/11".
    Slashed,
    Weekday,
    /// "kemarin", "hari ini": no other stands beside it without a word that joins them.
    Near,
    /// A number alone, which is a day behind another.
    Number,
}

struct ListedDay {
    day: i64,
    sort: Sort,
    end: usize,
}

fn is(tokens: &[ChatWord], at: usize, list: &[&str]) -> bool {
    tokens.get(at).is_some_and(|token| token.is(list))
}

/// The list of two days or more that begins at a token.
pub fn listed(tokens: &[ChatWord], at: usize, today: i64) -> Option<ListedDays> {
    let first = day(tokens, at, today).filter(|first| first.sort != Sort::Number)?;
    let mut days = vec![first.day];
    let (mut end, mut sort) = (first.end, first.sort);
    while days.len() < MOST {
        let joined = is(tokens, end, &["dan", "dn", "lawan", "serta", "sareng", "karo"]);
        let to = super::leads_on(tokens, end);
        let from = to.unwrap_or(end + usize::from(joined));
        let Some(next) = day(tokens, from, today) else { break };
        let is_apart = tokens[from].clause != tokens[from - 1].clause
            && tokens[from].sentence == tokens[from - 1].sentence;
        let alike = sort != Sort::Near
            && next.sort != Sort::Near
            && (sort == next.sort || next.sort != Sort::Weekday);
        // "dari Kamis sampai Minggu", written on that Sunday.
        let is_of_week = sort == Sort::Weekday && next.sort == Sort::Weekday && next.day == today;
        let is_range = days.len() == 1
            && (is_of_week && to.is_some()
                || sort == Sort::Slashed
                    && next.sort == Sort::Slashed
                    && (to.is_some() || !joined && !is_apart));
        let is_listed = to.is_none() && (joined || is_apart && alike);
        if is_range {
            days.extend(days[0] + 1..next.day.min(days[0] + LONGEST));
        } else if !is_listed || next.sort == Sort::Number && !is_day_number(tokens, next.end) {
            break;
        }
        days.push(next.day);
        (end, sort) = (next.end, if next.sort == Sort::Number { sort } else { next.sort });
    }
    days.sort_unstable();
    days.dedup();
    let (first, last) = (*days.first()?, *days.last()?);
    let is_whole = last - first + 1 == days.len() as i64 && last <= today && last - first < LONGEST;
    (days.len() > 1).then_some(ListedDays { first, last, run: led(tokens, at)..end, is_whole })
}

/// What stands behind a number that is a day of a list, and counts nothing.
fn is_day_number(tokens: &[ChatWord], end: usize) -> bool {
    let Some(next) = tokens.get(end) else { return true };
    let is_other = next.clause != tokens[end - 1].clause || next.is(&stance::QUIET);
    let joins =
        ["dan", "dn", "lawan", "kec", "kecamatan", "ds", "desa", "di", "utk", "untuk", "wil", "wilayah"];
    is_other || next.is(&joins) || month_name(&next.text).is_some()
}

/// A day that is named from a token on, behind "tgl" and "hari".
fn day(tokens: &[ChatWord], at: usize, today: i64) -> Option<ListedDay> {
    if is(tokens, at, &["kemarin", "kmrn", "kemaren", "kmren"]) && !is(tokens, at + 1, &["lusa", "dulu"]) {
        return Some(ListedDay { day: today - 1, sort: Sort::Near, end: at + 1 });
    }
    if is(tokens, at, &["hari", "hr"]) && is(tokens, at + 1, &["ini"]) {
        return Some(ListedDay { day: today, sort: Sort::Near, end: at + 2 });
    }
    let own = at + usize::from(is(tokens, at, &["tgl", "tanggal", "hari", "hr"]));
    if let Some(of_week) = when::day_of_week(tokens, own) {
        // "Sabtu 28 Nov", "Sabtu, tgl 28": of a day of the week the date says which.
        let date = (own + 1..tokens.len().min(own + 3)).find_map(|next| when::date(tokens, next, today));
        return Some(match date {
            Some((day, run)) => ListedDay { day, sort: Sort::Date, end: run.end },
            None => {
                ListedDay { day: today - (today - of_week).rem_euclid(7), sort: Sort::Weekday, end: own + 1 }
            }
        });
    }
    let number = tokens.get(own)?.number().filter(|_| tokens[own].text.as_bytes()[0].is_ascii_digit())?;
    let slashed = tokens.get(own + 1).filter(|next| next.before == '/' && !is_third(tokens, own + 2));
    if let Some(month) = slashed.and_then(ChatWord::number) {
        let day = when::last_such_day(i64::from(number), i64::from(month), today)?;
        return Some(ListedDay { day, sort: Sort::Slashed, end: own + 2 });
    }
    if let Some((day, run)) = when::date(tokens, own, today) {
        return Some(ListedDay { day, sort: Sort::Date, end: run.end });
    }
    let day = (0..62).map(|back| today - back).find(|day| when::day_of_month(*day) == i64::from(number))?;
    Some(ListedDay { day, sort: Sort::Number, end: own + 1 })
}

/// True where a year stands behind day and month: "25/11/2026".
fn is_third(tokens: &[ChatWord], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| token.before == '/' && token.number().is_some())
}
