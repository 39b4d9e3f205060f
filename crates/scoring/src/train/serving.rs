//! The pipeline's own feature vectors, computed from an event list at weekly origins, with labels 7 and 30 days ahead.

use crate::error::{Error, Result};
use crate::events::Event;
use crate::logistic::Rows;
use crate::period::{Day, Period};
use domain::feature::{Ahead, COUNT, Counts, FeatureVector, HALF_LIVES, MONTH, season, vector};
use domain::kind::Horizon;
use domain::time::Hour;
use std::collections::{BTreeMap, BTreeSet};

/// What the units of the list are: a regency's own count is also its regency's count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TrainingUnit {
    Regency,
    District,
}

impl TrainingUnit {
    /// A level by its word.
    ///
    /// # Errors
    /// Where there is no such level.
    pub fn parse(word: &str) -> Result<TrainingUnit> {
        match word {
            "regency" => Ok(TrainingUnit::Regency),
            "district" => Ok(TrainingUnit::District),
            other => Err(Error::Options(format!("'{other}' is no level; use regency or district"))),
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            TrainingUnit::Regency => "regency",
            TrainingUnit::District => "district",
        }
    }
}

/// One vector for each unit and weekly origin, origin by origin, with both labels (None: not yet decided).
pub struct Vectors {
    pub units: usize,
    pub origins: Vec<Day>,
    pub vectors: Vec<FeatureVector>,
    pub labels: [Vec<Option<bool>>; Horizon::COUNT],
    /// Any event in the seven days before the origin, for the persistence baseline.
    pub last_week: Vec<bool>,
    pub severities: bool,
}

/// A list and its places.
#[derive(Clone, Copy)]
pub struct Listed<'a> {
    pub events: &'a [Event],
    /// Places that must be there though they were never hit.
    pub units: &'a [String],
    /// Enclosing places that no event tells of.
    pub parents: &'a BTreeMap<String, String>,
    pub unit: TrainingUnit,
}

/// Computes them from `from` to `to`; `units` names places that were never hit.
pub fn vectors(events: &[Event], units: &[String], unit: TrainingUnit, from: Day, to: Day) -> Vectors {
    vectors_of(&Listed { events, units, parents: &BTreeMap::new(), unit }, from, to)
}

/// The same where the enclosing places are known by themselves.
pub fn vectors_of(listed: &Listed<'_>, from: Day, to: Day) -> Vectors {
    let places = Places::new(listed, from, to);
    let count = places.names.len();
    let first = Period::Week.first_day(Period::Week.of(from + 6));
    let mut out = Vectors {
        units: count,
        origins: Vec::new(),
        vectors: Vec::new(),
        labels: [Vec::new(), Vec::new()],
        last_week: Vec::new(),
        severities: listed.events.iter().any(|event| event.severity.is_some()),
    };
    let mut states = vec![State::default(); count];
    let (mut origin, mut pending) = (first, 0);
    while origin <= to {
        states.iter_mut().for_each(|state| state.fade());
        while places.changes.get(pending).is_some_and(|change| change.known < origin) {
            let change = &places.changes[pending];
            states[change.place].take(change, origin);
            pending += 1;
        }
        out.origins.push(origin);
        places.rows_of(&states, listed.unit, origin, from, to, &mut out);
        origin += 7;
    }
    out
}

impl Vectors {
    /// Rows of the origins `range`, for one horizon; only features the list can know are kept as they vary.
    pub fn rows(&self, horizon: Horizon, range: std::ops::Range<usize>) -> Rows {
        let mut rows = Rows { width: COUNT, ..Rows::default() };
        for index in range.start * self.units..range.end * self.units {
            let Some(label) = self.labels[horizon.index()][index] else { continue };
            rows.labels.push(label);
            rows.cells.extend(self.known(&self.vectors[index]));
        }
        rows
    }

    /// A list without severities cannot teach what severity means: these features stay out of the fit.
    fn known(&self, vector: &FeatureVector) -> FeatureVector {
        let mut vector = *vector;
        if !self.severities {
            for (at, name) in domain::feature::NAMES.iter().enumerate() {
                if name.starts_with("severity") || name.starts_with("serious") {
                    vector[at] = 0.0;
                }
            }
        }
        vector
    }

    /// Origins whose label is decided for this horizon.
    pub fn decided(&self, horizon: Horizon) -> usize {
        let labels = &self.labels[horizon.index()];
        labels.chunks(self.units.max(1)).take_while(|chunk| chunk.iter().all(Option::is_some)).count()
    }
}

/// An event that became known, or was known no more.
struct Change {
    place: usize,
    day: Day,
    known: Day,
    severity: u8,
    /// 1 or −1.
    sign: f64,
}

struct Places {
    names: Vec<String>,
    parents: Vec<usize>,
    changes: Vec<Change>,
    /// Days of serious events of each place, in order.
    serious: Vec<Vec<Day>>,
}

impl Places {
    fn new(listed: &Listed<'_>, from: Day, to: Day) -> Places {
        let inside = |event: &&Event| (from..=to).contains(&event.day);
        let events = || listed.events.iter().filter(inside);
        let mut names: BTreeSet<&str> = listed.units.iter().map(String::as_str).collect();
        names.extend(events().map(|event| event.unit.as_str()));
        let index: BTreeMap<&str, usize> = names.iter().enumerate().map(|(i, name)| (*name, i)).collect();
        let mut parents = vec![0; names.len()];
        let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
        let known = listed.parents.iter().map(|(unit, parent)| (unit.as_str(), parent.as_str()));
        let named = events().filter_map(|event| Some((event.unit.as_str(), event.parent.as_deref()?)));
        for (unit, parent) in known.chain(named) {
            let next = groups.len() + 1;
            if let Some(place) = index.get(unit) {
                parents[*place] = *groups.entry(parent).or_insert(next);
            }
        }
        let mut serious = vec![Vec::new(); names.len()];
        let mut changes = Vec::new();
        for event in events() {
            let (place, severity) = (index[event.unit.as_str()], event.severity.unwrap_or(3));
            if severity >= 3 && event.gone.is_none() {
                serious[place].push(event.day);
            }
            let change = |known, sign| Change { place, day: event.day, known, severity, sign };
            changes.push(change(event.received, 1.0));
            changes.extend(event.gone.map(|gone| change(gone, -1.0)));
        }
        serious.iter_mut().for_each(|days| days.sort_unstable());
        changes.sort_by_key(|change| (change.known, change.place, change.day, change.sign < 0.0));
        let names = names.into_iter().map(str::to_string).collect();
        Places { names, parents, changes, serious }
    }

    fn rows_of(
        &self,
        states: &[State],
        unit: TrainingUnit,
        origin: Day,
        from: Day,
        to: Day,
        out: &mut Vectors,
    ) {
        let groups = self.parents.iter().max().map_or(1, |max| max + 1);
        let mut sums = vec![(0.0, 0.0); groups];
        for (state, parent) in states.iter().zip(&self.parents) {
            sums[*parent].0 += state.decayed[1];
            sums[*parent].1 += 1.0;
        }
        let weeks = f64::from(origin - from) / 7.0;
        for (place, state) in states.iter().enumerate() {
            let (sum, members) = sums[self.parents[place]];
            let own = state.decayed[1];
            let alone = self.parents[place] == 0 || members < 2.0;
            let counts = Counts {
                decayed: [state.decayed[0], own, state.decayed[2]],
                severity: state.decayed[3],
                serious: state.decayed[4],
                neighbours: if alone { 0.0 } else { (sum - own) / (members - 1.0) },
                regency: if unit == TrainingUnit::Regency || self.parents[place] == 0 { own } else { sum },
                total: state.total,
                weeks,
                days_since: state.last().map_or(-1.0, |last| f64::from(origin - last) - 0.5),
                completeness: 1.0,
                month: state.month(origin),
                ahead: Ahead::NONE,
            };
            out.vectors.push(vector(&counts, season(Hour(origin * 24))));
            out.last_week.push(state.last().is_some_and(|last| origin - last <= 7));
            for horizon in Horizon::ALL {
                let end = origin + horizon.days() as Day;
                let days = &self.serious[place];
                let next = days.get(days.partition_point(|day| *day < origin));
                let label = (end <= to + 1).then(|| next.is_some_and(|day| *day < end));
                out.labels[horizon.index()].push(label);
            }
        }
    }
}

/// Decayed sums at an origin: counts at the three half-lives (weighed by severity), severity, serious.
#[derive(Clone, Default)]
struct State {
    decayed: [f64; 5],
    total: f64,
    /// Days of the serious events known, in order.
    serious: Vec<Day>,
    /// Weight by day, of the days that may still lie in the analyst's window.
    recent: BTreeMap<Day, f64>,
}

/// The half-life of each of the five sums.
const LIVES: [f64; 5] = [HALF_LIVES[0], HALF_LIVES[1], HALF_LIVES[2], HALF_LIVES[1], HALF_LIVES[2]];

/// What an event of severity 1 to 5 weighs, in serious ones: as in the pipeline's history.
const WEIGHTS: [f64; 6] = [0.1, 0.1, 0.3, 1.0, 1.5, 2.0];

impl State {
    /// One week on.
    fn fade(&mut self) {
        for (sum, life) in self.decayed.iter_mut().zip(LIVES) {
            *sum *= libm::exp2(-168.0 / life);
        }
    }

    /// Events of the last thirty days, each in full.
    fn month(&self, origin: Day) -> f64 {
        self.recent.range(origin - MONTH / 24..).map(|(_, weight)| weight).sum::<f64>().max(0.0)
    }

    fn last(&self) -> Option<Day> {
        self.serious.last().copied()
    }

    /// An event of noon of its day, as it stands at the origin's first hour.
    fn take(&mut self, change: &Change, origin: Day) {
        let hours = f64::from(origin - change.day) * 24.0 - 12.0;
        let weight = WEIGHTS[usize::from(change.severity.min(5))];
        let serious = f64::from(u8::from(change.severity >= 3));
        let adds = [weight, weight, weight, f64::from(change.severity), serious];
        for (at, add) in adds.into_iter().enumerate() {
            self.decayed[at] += change.sign * add * libm::exp2(-hours / LIVES[at]);
            // What was added and taken away leaves a rounding's crumb.
            if change.sign < 0.0 && self.decayed[at] < 1e-9 {
                self.decayed[at] = 0.0;
            }
        }
        self.total = (self.total + change.sign * weight).max(0.0);
        self.recent = self.recent.split_off(&(origin - MONTH / 24));
        *self.recent.entry(change.day).or_default() += change.sign * weight;
        if change.severity >= 3 {
            let at = self.serious.partition_point(|day| *day < change.day);
            if change.sign > 0.0 {
                self.serious.insert(at, change.day);
            } else if self.serious.get(at) == Some(&change.day) {
                self.serious.remove(at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(unit: &str, day: Day, late: i32) -> Event {
        Event {
            unit: unit.into(),
            parent: Some("p".into()),
            day,
            received: day + late,
            gone: None,
            severity: None,
        }
    }

    #[test]
    fn a_late_report_enters_when_it_is_known_and_labels_know_the_truth() {
        let events = [event("a", 20, 10), event("b", 4, 0)];
        let made = vectors(&events, &["c".into()], TrainingUnit::Regency, 0, 60);
        assert_eq!(made.units, 3);
        let at = |origin: usize, unit: usize| made.vectors[origin * 3 + unit];
        let origin = |day: Day| made.origins.iter().position(|o| *o > day).expect("an origin");
        assert_eq!(at(origin(20), 0)[1], 0.0, "not yet received");
        assert!(at(origin(30), 0)[1] > 0.0);
        let before = origin(20) - 1;
        assert_eq!(made.labels[0][before * 3], Some(true));
        assert_eq!(made.labels[1].last(), Some(&None), "the last month is undecided");
        assert!(at(origin(4), 0)[4] > 0.0, "b is a neighbour of a");
    }

    #[test]
    fn what_was_taken_back_counts_until_then_and_is_no_label() {
        let taken = Event { gone: Some(30), severity: Some(4), ..event("a", 20, 1) };
        let made = vectors(&[taken, event("b", 3, 0)], &[], TrainingUnit::Regency, 0, 90);
        for (index, origin) in made.origins.iter().enumerate() {
            let vector = made.vectors[index * 2];
            let counted = (22..=30).contains(origin);
            assert_eq!(vector[1] > 0.0, counted, "{origin}");
            assert_eq!(vector[8] < libm::log1p(20.0), counted, "days since, {origin}");
            assert_ne!(made.labels[0][index * 2], Some(true), "{origin}");
        }
    }

    /// The pipeline's own history over the same events, severities and all.
    #[test]
    fn the_sums_are_the_pipelines() {
        use domain::history::{CellHistory, DecayWeights, IncidentWeight};
        let severities = [1, 2, 3, 4, 5, 3];
        let events: Vec<Event> = severities
            .iter()
            .enumerate()
            .map(|(at, severity)| Event { severity: Some(*severity), ..event("a", 2 + 5 * at as Day, 0) })
            .collect();
        let made = vectors(&events, &[], TrainingUnit::Regency, 0, 75);
        let weights = DecayWeights::default();
        for (index, origin) in made.origins.iter().enumerate() {
            let mut series = CellHistory::default();
            for event in events.iter().filter(|event| event.day < *origin) {
                let weight = IncidentWeight { severity: event.severity.unwrap_or(3), patrol: false };
                series.change(&weights, Hour(event.day * 24 + 12), None, Some(weight));
            }
            let decayed = series.decayed(&weights, Hour(origin * 24));
            let plain = [decayed[0], decayed[1], decayed[2], decayed[3], decayed[4]].map(libm::log1p);
            let vector = made.vectors[index];
            let month = libm::log1p(series.within(Hour(origin * 24), MONTH));
            assert!((vector[13] - month).abs() < 1e-9, "{origin}: {} {month}", vector[13]);
            let ours = [vector[0], vector[1], vector[2], vector[3], vector[12]];
            assert!(
                ours.iter().zip(plain).all(|(a, b)| (a - b).abs() < 1e-9),
                "{origin}: {ours:?} {plain:?}"
            );
        }
    }

    #[test]
    fn the_sums_agree_with_the_plain_definition() {
        let events = [event("a", 3, 0), event("a", 17, 0)];
        let made = vectors(&events, &[], TrainingUnit::Regency, 0, 90);
        for (index, origin) in made.origins.iter().enumerate() {
            let sum: f64 = events
                .iter()
                .filter(|event| event.day < *origin)
                .map(|event| libm::exp2(-(f64::from(origin - event.day) * 24.0 - 12.0) / HALF_LIVES[2]))
                .sum();
            assert!((made.vectors[index][2] - libm::log1p(sum)).abs() < 1e-12);
        }
    }
}
