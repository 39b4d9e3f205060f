//! Unit × period: what happened where and when, and when it became known.

use crate::error::{Error, Result};
use crate::events::{Event, Events, outside_in_words, silences};
use crate::period::{Day, Period, date};
use std::collections::{BTreeMap, BTreeSet};

/// The window and the split.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    pub period: Period,
    pub from: Day,
    pub to: Day,
    pub test_from: Day,
}

/// One event on the grid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    pub unit: usize,
    pub at: usize,
    /// The period by whose end it was known; may lie beyond the panel.
    pub known: usize,
    pub day: Day,
    pub known_day: Day,
}

#[derive(Clone, Debug)]
pub struct Panel {
    pub units: Vec<String>,
    /// For each unit, the number of its enclosing place (0 = not known).
    pub parents: Vec<usize>,
    pub period: Period,
    /// Number of the first period, and how many there are.
    pub first: i32,
    pub len: usize,
    /// The first test period: targets from here on are never seen in fitting.
    pub cut: usize,
    pub marks: Vec<Mark>,
    pub notes: Vec<String>,
}

impl Panel {
    /// Places the events. Without a list of all places, the units are those of which an event was known before the test window.
    pub fn new(events: Events, window: Window, all: Option<Vec<String>>) -> Result<Panel> {
        let Window { period, from, to, test_from } = window;
        let (first, last, test) = (period.of(from), period.of(to), period.of(test_from));
        if !(first < test && test <= last) {
            return Err(Error::Options(format!(
                "the test must begin after --from and no later than --to (from {}, test from {}, to {})",
                date(from),
                date(test_from),
                date(to)
            )));
        }
        let (len, cut) = ((last - first + 1) as usize, (test - first) as usize);
        let mut notes = events.notes;
        let inside = |event: &Event| (first..=last).contains(&period.of(event.day));
        let outside = events.rows.iter().filter(|event| !inside(event)).map(|event| event.day);
        notes.extend(outside_in_words(outside, events.rows.len(), (from, to)));
        let rows: Vec<Event> = events.rows.into_iter().filter(inside).collect();
        if rows.is_empty() {
            return Err(Error::Empty(format!("no event between {} and {}", date(from), date(to))));
        }
        let units = choose_units(&rows, period, test, all);
        let mut panel =
            Panel { units, parents: Vec::new(), period, first, len, cut, marks: Vec::new(), notes };
        panel.place(&rows);
        panel.parents = parents(&panel.units, &rows, (period, test));
        let days = panel.marks.iter().map(|mark| mark.day).collect();
        panel.notes.extend(silences(&days, (from, to)));
        Ok(panel)
    }

    fn place(&mut self, rows: &[Event]) {
        let index: BTreeMap<&str, usize> =
            self.units.iter().enumerate().map(|(i, unit)| (unit.as_str(), i)).collect();
        let mut unseen = 0;
        for event in rows {
            let Some(&unit) = index.get(event.unit.as_str()) else {
                unseen += 1;
                continue;
            };
            let at = (self.period.of(event.day) - self.first) as usize;
            let known = (self.period.of(event.received) - self.first) as usize;
            self.marks.push(Mark { unit, at, known, day: event.day, known_day: event.received });
        }
        self.marks.sort_by_key(|mark| (mark.known, mark.unit, mark.at, mark.day));
        if unseen > 0 {
            self.notes.push(format!(
                "{unseen} events fell in places never seen before the test, or known only in it; name all places with --units to judge these too"
            ));
        }
    }

    /// The panel as it is known at its cut, with an earlier test from period `cut` to the one before `end`.
    #[must_use]
    pub fn until(&self, cut: usize, end: usize) -> Panel {
        let inside = |mark: &&Mark| mark.at < end && mark.known < self.cut;
        let marks = self.marks.iter().filter(inside).copied().collect();
        Panel {
            units: self.units.clone(),
            parents: self.parents.clone(),
            cut,
            len: end,
            marks,
            notes: Vec::new(),
            ..*self
        }
    }

    pub fn first_day(&self, at: usize) -> Day {
        self.period.first_day(self.first + at as i32)
    }

    /// Number of enclosing places, the unknown one included.
    pub fn groups(&self) -> usize {
        self.parents.iter().max().map_or(1, |max| max + 1)
    }

    /// 1 where the unit had at least one event in the period, of what was known by the end of `known_by`.
    pub fn hits(&self, known_by: usize) -> Grid {
        let mut grid = Grid::zeros(self.units.len(), self.len);
        for mark in self.marks.iter().filter(|mark| mark.known <= known_by) {
            *grid.at_mut(mark.unit, mark.at) = 1.0;
        }
        grid
    }
}

/// A number for every unit and period, unit by unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    pub periods: usize,
    pub cells: Vec<f64>,
}

impl Grid {
    pub fn zeros(units: usize, periods: usize) -> Grid {
        Grid { periods, cells: vec![0.0; units * periods] }
    }

    pub fn units(&self) -> usize {
        self.cells.len() / self.periods.max(1)
    }

    pub fn at(&self, unit: usize, period: usize) -> f64 {
        self.cells[unit * self.periods + period]
    }

    pub fn at_mut(&mut self, unit: usize, period: usize) -> &mut f64 {
        &mut self.cells[unit * self.periods + period]
    }

    pub fn row(&self, unit: usize) -> &[f64] {
        &self.cells[unit * self.periods..(unit + 1) * self.periods]
    }

    pub fn map(mut self, f: impl Fn(f64) -> f64) -> Grid {
        self.cells.iter_mut().for_each(|cell| *cell = f(*cell));
        self
    }
}

fn choose_units(rows: &[Event], period: Period, test: i32, all: Option<Vec<String>>) -> Vec<String> {
    let listed = all.is_some();
    let mut units: BTreeSet<String> = all.unwrap_or_default().into_iter().collect();
    let seen = rows.iter().filter(|event| listed || period.of(event.received) < test);
    units.extend(seen.map(|event| event.unit.clone()));
    units.into_iter().collect()
}

/// Each unit's enclosing place: the one most often named with it before the test window.
fn parents(units: &[String], rows: &[Event], (period, test): (Period, i32)) -> Vec<usize> {
    let mut votes: BTreeMap<&str, BTreeMap<&str, u32>> = BTreeMap::new();
    for event in rows.iter().filter(|event| period.of(event.day) < test) {
        if let Some(parent) = &event.parent {
            *votes.entry(&event.unit).or_default().entry(parent).or_default() += 1;
        }
    }
    let most = |unit: &str| -> Option<&str> {
        let named = votes.get(unit)?;
        named.iter().max_by_key(|(name, n)| (**n, std::cmp::Reverse(**name))).map(|(name, _)| *name)
    };
    let names: BTreeSet<&str> = units.iter().filter_map(|unit| most(unit)).collect();
    let number: BTreeMap<&str, usize> =
        names.into_iter().enumerate().map(|(i, name)| (name, i + 1)).collect();
    units.iter().map(|unit| most(unit).map_or(0, |name| number[name])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::period::day_of;
    use jiff::civil::date as civil;

    fn event(unit: &str, day: (i16, i8, i8), late: i32) -> Event {
        let day = day_of(civil(day.0, day.1, day.2));
        Event {
            unit: unit.into(),
            parent: Some(unit[..1].into()),
            day,
            received: day + late,
            gone: None,
            severity: None,
        }
    }

    fn window() -> Window {
        let day = |y, m, d| day_of(civil(y, m, d));
        Window {
            period: Period::Week,
            from: day(2020, 1, 6),
            to: day(2020, 3, 1),
            test_from: day(2020, 2, 3),
        }
    }

    #[test]
    fn units_are_those_seen_before_the_test_unless_listed() {
        let rows =
            vec![event("a1", (2020, 1, 6), 0), event("b1", (2020, 2, 5), 0), event("z", (2019, 1, 1), 0)];
        let events = Events { rows, notes: Vec::new() };
        let panel = Panel::new(events.clone(), window(), None).expect("a panel");
        assert_eq!((panel.units.len(), panel.len, panel.cut), (1, 8, 4));
        assert!(panel.notes.iter().any(|note| note.contains("never seen")));
        let mut late = events.clone();
        late.rows.push(event("c1", (2020, 2, 1), 20));
        assert_eq!(
            Panel::new(late, window(), None).expect("a panel").units,
            ["a1"],
            "known in the test only"
        );
        let listed = Panel::new(events, window(), Some(vec!["a1".into(), "c".into()])).expect("a panel");
        assert_eq!(listed.units, ["a1", "b1", "c"]);
    }

    #[test]
    fn what_was_not_yet_received_is_not_seen() {
        let events = Events { rows: vec![event("a1", (2020, 1, 6), 10)], notes: Vec::new() };
        let panel = Panel::new(events, window(), None).expect("a panel");
        assert_eq!((panel.hits(0).at(0, 0), panel.hits(1).at(0, 0)), (0.0, 1.0));
    }

    #[test]
    fn an_impossible_window_is_refused() {
        let mut wrong = window();
        wrong.test_from = wrong.to + 30;
        let events = Events { rows: vec![event("a1", (2020, 1, 6), 0)], notes: Vec::new() };
        assert!(matches!(Panel::new(events, wrong, None), Err(Error::Options(_))));
    }
}
