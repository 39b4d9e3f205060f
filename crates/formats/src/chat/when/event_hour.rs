//! The hour of an event among the hours that a message names: not that of its end, of its report or of what is yet to come.

use super::clock::{ClockTime, clock};
use super::day_part::{self, DayPart, day_part};
use super::ended::{EndTime, end_behind, follows_end, is_of_end, is_of_later, is_part_of_end, is_until_then};
use super::{Part, is, is_of_quiet};
use crate::chat::token::ChatWord;
use std::ops::Range;

/// Its clock, the part of the day beside it, and the end that stands behind it.
pub struct EventHour {
    pub clock: Option<ClockTime>,
    pub part: Option<Part<DayPart>>,
    pub end: Option<EndTime>,
    /// Nothing but the hour of its end is named.
    pub is_of_end: bool,
}

impl EventHour {
    pub fn of(tokens: &[ChatWord], written: i64) -> EventHour {
        let happened = |run: &Range<usize>| !is_of_quiet(tokens, run.end);
        let own = |at: usize| {
            clock(tokens, at).filter(|clock| happened(&clock.tokens) && !is_ahead(tokens, &clock.tokens))
        };
        let began = |at: usize| own(at).filter(|_| !is_of_end(tokens, at));
        let of_event = (0..tokens.len()).find_map(|at| began(at).filter(|_| !is_of_report(tokens, at)));
        if let Some(clock) = of_event {
            return EventHour::at(tokens, clock, written);
        }
        let alone = day_part::alone(tokens, None, happened);
        if alone.is_some() {
            return EventHour { clock: None, part: alone, end: None, is_of_end: false };
        }
        let all = (0..tokens.len()).filter(|at| clock(tokens, *at).is_some()).collect::<Vec<usize>>();
        // "update jam 18.00 banjir": where none other is named.
        if let Some(of_report) = all.iter().find_map(|at| began(*at)) {
            return EventHour::at(tokens, of_report, written);
        }
        let clock = all.iter().find(|at| is_of_end(tokens, **at)).and_then(|at| clock(tokens, *at));
        let of_end = |at: usize| {
            day_part(tokens, at).filter(|part| happened(&part.tokens) && !is_until_then(tokens, at))
        };
        let part = match &clock {
            Some(clock) => day_part::beside(tokens, &clock.tokens),
            None => (0..tokens.len()).find_map(of_end),
        };
        EventHour { is_of_end: clock.is_some() || part.is_some(), clock, part, end: None }
    }

    fn at(tokens: &[ChatWord], clock: ClockTime, written: i64) -> EventHour {
        let happened = |run: &Range<usize>| !is_of_quiet(tokens, run.end);
        // Beside its part of the day no end says which half of the day it is.
        if let Some(part) = day_part::beside(tokens, &clock.tokens) {
            return EventHour { clock: Some(clock), part: Some(part), end: None, is_of_end: false };
        }
        let end = end_behind(tokens, &clock, written);
        let is_other =
            |part: &Part<DayPart>| end.as_ref().is_none_or(|end| end.part.as_ref() != Some(&part.tokens));
        let part = day_part::alone(tokens, Some(&clock.tokens), happened).filter(is_other);
        EventHour { clock: Some(clock), part, end, is_of_end: false }
    }

    /// "malam ini jam 8", "jam 4 sore ini": the part of the day is that of the day of writing.
    pub fn is_this_part(&self, tokens: &[ChatWord]) -> bool {
        let is_this =
            |at: usize| is(tokens, at, &["ini", "iki", "niki", "ko", "ni", "iko", "ngini", "ngene"]);
        self.part.as_ref().is_some_and(|part| is_this(part.tokens.end))
    }

    /// True where the hour at which it began is named and a day is that of an end: "setelah semalam surut", ", dibuka kemarin".
    pub fn is_begin_behind_end(&self, tokens: &[ChatWord], day: &Range<usize>) -> bool {
        let Some(clock) = self.clock.as_ref().filter(|_| !self.is_of_end) else { return false };
        let is_apart = tokens[day.start].clause != tokens[clock.tokens.start].clause;
        let is_other = is_part_of_end(tokens, day) || is_of_later(tokens, day);
        is_apart && is_other || follows_end(tokens, day)
    }
}

/// "laporan jam 20.00: …", "update pkl 18.00": when it was reported.
fn is_of_report(tokens: &[ChatWord], at: usize) -> bool {
    const REPORTED: [&str; 10] = [
        "laporan",
        "lap",
        "lapor",
        "melapor",
        "dilaporkan",
        "update",
        "sitrep",
        "info",
        "sitkam",
        "diterima",
    ];
    at > 0 && is(tokens, at - 1, &REPORTED)
}

/// "besok jam 8 pagi mediasi", "jam 8 besok": an hour that is yet to come.
fn is_ahead(tokens: &[ChatWord], run: &Range<usize>) -> bool {
    const AHEAD: [&str; 14] = [
        "besok", "bsk", "nanti", "nnt", "ntar", "sesuk", "besuknya", "esok", "entar", "nantik", "ngko",
        "mengko", "engko", "kaina",
    ];
    let own = |at: &usize| tokens[*at].clause == tokens[run.end - 1].clause;
    let mut near = (run.start.saturating_sub(3)..run.start).chain(run.end..tokens.len().min(run.end + 3));
    near.any(|at| own(&at) && tokens[at].is(&AHEAD))
}
