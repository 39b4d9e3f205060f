//! Days that a message lists, "tgl 28 dan 29", "Sabtu dan Minggu", "hari ini dan kemarin", "25/11 - 29/11".

use super::{LONGEST, YESTERDAY, led, leftover};
use crate::chat::token::ChatWord;
use crate::chat::when;
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
    /// Its month stands beside it.
    has_month: bool,
}

fn is(tokens: &[ChatWord], at: usize, list: &[&str]) -> bool {
    tokens.get(at).is_some_and(|token| token.is(list))
}

/// The list of two days or more that begins at a token.
pub fn listed(tokens: &[ChatWord], at: usize, today: i64) -> Option<ListedDays> {
    let first = day(tokens, at, today)?;
    if first.sort == Sort::Number && !leftover::may_be_day(tokens, at) {
        return None;
    }
    let mut list =
        DayList { days: vec![first.day], of_no_month: usize::from(!first.has_month), is_range: false };
    let (mut end, mut sort) = (first.end, first.sort);
    while list.days.len() < MOST {
        let Some(next) = next_day(tokens, (end, sort), (&list, today)) else { break };
        end = next.found.end;
        sort = if next.found.sort == Sort::Number { sort } else { next.found.sort };
        list.add(next);
    }
    let is_bare = sort == Sort::Number;
    let DayList { mut days, .. } = list;
    days.sort_unstable();
    days.dedup();
    let (first, last) = (*days.first()?, *days.last()?);
    // "1, 2, 3 nihil" may be of three hamlets.
    let is_doubtful = is_bare && last < today - LATELY;
    let is_whole = last - first + 1 == days.len() as i64 && last <= today && last - first < LONGEST;
    (days.len() > 1).then_some(ListedDays {
        first,
        last,
        run: led(tokens, at)..end,
        is_whole: is_whole && !is_doubtful,
    })
}

/// Days of numbers alone that lie so far back are rather something else.
const LATELY: i64 = 14;

/// The days of a list so far, since 1970.
struct DayList {
    days: Vec<i64>,
    /// So many of the last of them wait for the month that stands behind another.
    of_no_month: usize,
    is_range: bool,
}

/// The next day of a list, and whether it ends a range.
struct NextDay {
    found: ListedDay,
    is_range: bool,
}

impl DayList {
    fn add(&mut self, NextDay { found, is_range }: NextDay) {
        if found.has_month {
            // "24, 25, 26 Okt": all of that month, or of the one before.
            let from = self.days.len() - self.of_no_month;
            for own in &mut self.days[from..] {
                let number = when::day_of_month(*own);
                let before = (found.day - 31..=found.day).rev();
                *own = before.into_iter().find(|day| when::day_of_month(*day) == number).unwrap_or(*own);
            }
            self.of_no_month = 0;
        } else if found.sort == Sort::Number || found.sort == Sort::Date {
            self.of_no_month += 1;
        }
        if is_range {
            let last = self.days.last().copied().unwrap_or(found.day);
            self.days.extend(last + 1..found.day.min(last + LONGEST));
            self.of_no_month = 0;
        }
        self.is_range |= is_range;
        self.days.push(found.day);
    }
}

/// The day behind the end of a list, where the list goes on.
fn next_day(
    tokens: &[ChatWord],
    (end, sort): (usize, Sort),
    (list, today): (&DayList, i64),
) -> Option<NextDay> {
    let joined =
        is(tokens, end, &["dan", "dn", "lawan", "wan", "serta", "sareng", "karo", "kalih", "lan", "samo"]);
    let to = super::to_behind(tokens, end);
    let from = to.unwrap_or(end + usize::from(joined));
    let now = to.and_then(|to| super::now_ends(tokens, to));
    let found = match now {
        Some(end) => ListedDay { day: today, sort: Sort::Near, end, has_month: true },
        None => day(tokens, from, today)?,
    };
    if now.is_some() {
        let is_range = !list.is_range && matches!(sort, Sort::Date | Sort::Slashed | Sort::Weekday);
        return is_range.then_some(NextDay { found, is_range });
    }
    let is_apart = tokens[from].clause != tokens[from - 1].clause
        && tokens[from].sentence == tokens[from - 1].sentence
        || tokens[from].before == ',';
    let alike =
        sort != Sort::Near && found.sort != Sort::Near && (sort == found.sort || found.sort != Sort::Weekday);
    // "dari Kamis sampai Minggu", written on that Sunday.
    let is_of_week = sort == Sort::Weekday && found.sort == Sort::Weekday && found.day == today;
    let is_dated = matches!(sort, Sort::Date | Sort::Slashed)
        && matches!(found.sort, Sort::Date | Sort::Slashed | Sort::Number);
    let is_slashed = sort == Sort::Slashed && found.sort == Sort::Slashed && !joined && !is_apart;
    let is_range = !list.is_range && ((is_of_week || is_dated) && to.is_some() || is_slashed);
    let is_listed = to.is_none() && (joined || is_apart && alike);
    let is_day = found.sort != Sort::Number || is_day_number(tokens, found.end);
    ((is_range || is_listed) && is_day).then_some(NextDay { found, is_range })
}

/// What stands behind a number that is a day of a list, and counts nothing.
fn is_day_number(tokens: &[ChatWord], end: usize) -> bool {
    leftover::ends_day(tokens, end)
}

/// A day that is named from a token on, behind "tgl" and "hari".
fn day(tokens: &[ChatWord], at: usize, today: i64) -> Option<ListedDay> {
    let found = |day, sort, end| Some(ListedDay { day, sort, end, has_month: true });
    if is(tokens, at, &YESTERDAY) && !is(tokens, at + 1, &["lusa", "dulu"]) {
        return found(today - 1, Sort::Near, at + 1);
    }
    if is(tokens, at, &["hari", "hr"]) && is(tokens, at + 1, &["ini"]) {
        return found(today, Sort::Near, at + 2);
    }
    let is_led = is(tokens, at, &["tgl", "tanggal", "tg"]);
    let own = at + usize::from(is_led || is(tokens, at, &["hari", "hr"]));
    if let Some(of_week) = when::day_of_week(tokens, own) {
        // "Sabtu 28 Nov", "Sabtu, tgl 28": of a day of the week the date says which.
        let date = (own + 1..tokens.len().min(own + 3)).find_map(|next| when::date(tokens, next, today));
        return match date {
            Some((day, run)) => found(day, Sort::Date, run.end),
            None => found(today - (today - of_week).rem_euclid(7), Sort::Weekday, own + 1),
        };
    }
    let number = tokens.get(own)?.number().filter(|_| tokens[own].text.as_bytes()[0].is_ascii_digit())?;
    let slashed = tokens.get(own + 1).filter(|next| next.before == '/' && !is_third(tokens, own + 2));
    if let Some(month) = slashed.and_then(ChatWord::number) {
        let day = when::last_such_day(i64::from(number), i64::from(month), today)?;
        return found(day, Sort::Slashed, own + 2);
    }
    if let Some((day, run)) = when::date(tokens, own, today) {
        let has_month = run.len() > 1;
        return Some(ListedDay { day, sort: Sort::Date, end: run.end, has_month });
    }
    let day = (0..62).map(|back| today - back).find(|day| when::day_of_month(*day) == i64::from(number))?;
    // "tgl 23-29" is no month.
    let is_led = is_led || at > 0 && is(tokens, at - 1, &["tgl", "tanggal", "tg"]);
    let sort = if is_led { Sort::Date } else { Sort::Number };
    Some(ListedDay { day, sort, end: own + 1, has_month: false })
}

/// True where a year stands behind day and month: "25/11/2026".
fn is_third(tokens: &[ChatWord], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| token.before == '/' && token.number().is_some())
}
