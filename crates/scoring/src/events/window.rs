//! What says that a window of days is not the one of the list: events outside it, and silences of the whole list within it.

use super::{Event, Events};
use crate::period::{Day, date};
use std::collections::BTreeSet;

/// A silence of the whole list as long as this is more likely missing data than peace; days.
const LONG_SILENCE: Day = 365;
/// So is a shorter one before the first or behind the last event, where it is longer than any between them; days.
const SILENT_END: Day = 60;

impl Events {
    /// Notes which events lie outside a window, and where the whole list is silent within it.
    pub fn note_window(&mut self, from: Day, to: Day) {
        let is_inside = |event: &&Event| (from..=to).contains(&event.day);
        let inside: BTreeSet<Day> = self.rows.iter().filter(is_inside).map(|event| event.day).collect();
        let outside = self.rows.iter().filter(|event| !is_inside(event)).map(|event| event.day);
        self.notes.extend(outside_in_words(outside, self.rows.len(), (from, to)));
        self.notes.extend(silences(&inside, (from, to)));
    }

    /// Notes what became known so late that its date of receipt, in column `name`, may be wrong.
    pub(super) fn note_late(&mut self, name: &str) {
        let late = self.rows.iter().filter(|event| event.received - event.day > LONG_SILENCE);
        let late: Vec<Day> = late.map(|event| event.received).collect();
        if let Some(last) = late.iter().max() {
            self.notes.push(format!(
                "{} events became known more than a year after they happened, the last on {}, and teach nothing before; is {name:?} right",
                late.len(),
                date(*last)
            ));
        }
    }
}

/// How many of `all` events lie outside the window, and when.
pub fn outside_in_words(
    outside: impl Iterator<Item = Day> + Clone,
    all: usize,
    (from, to): (Day, Day),
) -> Option<String> {
    let (first, last) = (outside.clone().min()?, outside.clone().max()?);
    Some(format!(
        "{} of {all} events lie outside {} to {} and are not used; they are of {} to {}",
        outside.count(),
        date(from),
        date(to),
        date(first),
        date(last)
    ))
}

/// Where no event is anywhere in a window, in words.
pub fn silences(days: &BTreeSet<Day>, (from, to): (Day, Day)) -> Vec<String> {
    let (Some(&first), Some(&last)) = (days.first(), days.last()) else { return Vec::new() };
    let length = |(begin, end): (Day, Day)| end - begin + 1;
    let between: Vec<(Day, Day)> =
        days.iter().zip(days.iter().skip(1)).map(|(before, after)| (before + 1, after - 1)).collect();
    let longest = between.iter().map(|gap| length(*gap)).max().unwrap_or(0);
    let end = longest.clamp(SILENT_END, LONG_SILENCE - 1);
    let ends = [(from, first - 1), (last + 1, to)];
    let within = between.into_iter().filter(|gap| length(*gap) >= LONG_SILENCE);
    let mut gaps: Vec<(Day, Day)> = within.chain(ends.into_iter().filter(|gap| length(*gap) > end)).collect();
    gaps.sort_unstable();
    let words = |(begin, end)| {
        let what = match (begin == from, end == to) {
            (_, true) => "if the list ends there, give its last day as --to",
            (true, _) => "if the list begins there, give its first day as --from",
            _ => "if the list has a gap there, begin after it",
        };
        format!(
            "no event anywhere from {} to {}: {what}; the model takes it for peace",
            date(begin),
            date(end)
        )
    };
    gaps.into_iter().map(words).collect()
}
