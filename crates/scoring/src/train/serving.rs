//! The pipeline's own feature vectors, computed from an event list at weekly origins, with labels 7 and 30 days ahead.

use crate::events::Event;
use crate::logistic::Rows;
use crate::period::{Day, Period};
use domain::feature::{COUNT, Counts, FeatureVector, HALF_LIVES, season, vector};
use domain::kind::Horizon;
use domain::time::Hour;
use std::collections::{BTreeMap, BTreeSet};

/// What the units of the list are: a regency's own count is also its regency's count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    Regency,
    District,
}

impl Unit {
    pub fn word(self) -> &'static str {
        match self {
            Unit::Regency => "regency",
            Unit::District => "district",
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

/// Computes them from `from` to `to`; `units` names places that were never hit.
pub fn vectors(events: &[Event], units: &[String], unit: Unit, from: Day, to: Day) -> Vectors {
    let places = Places::new(events, units, from, to);
    let count = places.names.len();
    let first = Period::Week.first_day(Period::Week.of(from + 6));
    let mut out = Vectors {
        units: count,
        origins: Vec::new(),
        vectors: Vec::new(),
        labels: [Vec::new(), Vec::new()],
        last_week: Vec::new(),
        severities: events.iter().any(|event| event.severity.is_some()),
    };
    let mut states = vec![State::default(); count];
    let (mut origin, mut pending) = (first, 0);
    while origin <= to {
        states.iter_mut().for_each(|state| state.fade());
        while places.arrivals.get(pending).is_some_and(|arrival| arrival.known < origin) {
            let arrival = &places.arrivals[pending];
            states[arrival.place].add(arrival, origin);
            pending += 1;
        }
        out.origins.push(origin);
        places.rows_of(&states, unit, (origin, from, to), &mut out);
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

struct Arrival {
    place: usize,
    day: Day,
    known: Day,
    severity: f64,
}

struct Places {
    names: Vec<String>,
    parents: Vec<usize>,
    arrivals: Vec<Arrival>,
    /// Days of serious events of each place, in order.
    serious: Vec<Vec<Day>>,
}

impl Places {
    fn new(events: &[Event], units: &[String], from: Day, to: Day) -> Places {
        let inside = |event: &&Event| (from..=to).contains(&event.day);
        let mut names: BTreeSet<&str> = units.iter().map(String::as_str).collect();
        names.extend(events.iter().filter(inside).map(|event| event.unit.as_str()));
        let index: BTreeMap<&str, usize> = names.iter().enumerate().map(|(i, name)| (*name, i)).collect();
        let mut parents = vec![0; names.len()];
        let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
        let mut serious = vec![Vec::new(); names.len()];
        let mut arrivals = Vec::new();
        for event in events.iter().filter(inside) {
            let place = index[event.unit.as_str()];
            if let Some(parent) = &event.parent {
                let next = groups.len() + 1;
                parents[place] = *groups.entry(parent).or_insert(next);
            }
            let severity = event.severity.unwrap_or(3);
            if severity >= 3 {
                serious[place].push(event.day);
            }
            arrivals.push(Arrival {
                place,
                day: event.day,
                known: event.received,
                severity: f64::from(severity),
            });
        }
        serious.iter_mut().for_each(|days| days.sort_unstable());
        arrivals.sort_by_key(|arrival| (arrival.known, arrival.place, arrival.day));
        let names = names.into_iter().map(str::to_string).collect();
        Places { names, parents, arrivals, serious }
    }

    fn rows_of(&self, states: &[State], unit: Unit, (origin, from, to): (Day, Day, Day), out: &mut Vectors) {
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
                regency: if unit == Unit::Regency || self.parents[place] == 0 { own } else { sum },
                total: state.total,
                weeks,
                days_since: state.last.map_or(-1.0, |last| f64::from(origin - last) - 0.5),
                completeness: 1.0,
            };
            out.vectors.push(vector(&counts, season(Hour(origin * 24))));
            out.last_week.push(state.last.is_some_and(|last| origin - last <= 7));
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

/// Decayed sums at an origin: counts at the three half-lives, severity, serious.
#[derive(Clone, Default)]
struct State {
    decayed: [f64; 5],
    total: f64,
    last: Option<Day>,
}

/// The half-life of each of the five sums.
const LIVES: [f64; 5] = [HALF_LIVES[0], HALF_LIVES[1], HALF_LIVES[2], HALF_LIVES[1], HALF_LIVES[2]];

impl State {
    /// One week on.
    fn fade(&mut self) {
        for (sum, life) in self.decayed.iter_mut().zip(LIVES) {
            *sum *= libm::exp2(-168.0 / life);
        }
    }

    /// An event of noon of its day, as it stands at the origin's first hour.
    fn add(&mut self, arrival: &Arrival, origin: Day) {
        let hours = f64::from(origin - arrival.day) * 24.0 - 12.0;
        let serious = f64::from(u8::from(arrival.severity >= 3.0));
        for (at, weight) in [1.0, 1.0, 1.0, arrival.severity, serious].into_iter().enumerate() {
            self.decayed[at] += weight * libm::exp2(-hours / LIVES[at]);
        }
        self.total += 1.0;
        self.last = self.last.max(Some(arrival.day));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(unit: &str, day: Day, late: i32) -> Event {
        Event { unit: unit.into(), parent: Some("p".into()), day, received: day + late, severity: None }
    }

    #[test]
    fn a_late_report_enters_when_it_is_known_and_labels_know_the_truth() {
        let events = [event("a", 20, 10), event("b", 4, 0)];
        let made = vectors(&events, &["c".into()], Unit::Regency, 0, 60);
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
    fn the_sums_agree_with_the_plain_definition() {
        let events = [event("a", 3, 0), event("a", 17, 0)];
        let made = vectors(&events, &[], Unit::Regency, 0, 90);
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
