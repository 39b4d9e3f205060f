//! The pipeline's own feature vectors, computed from an event list by the pipeline's own histories, with what came after.

use crate::error::{Error, Result};
use crate::events::Event;
use crate::logistic::Rows;
use crate::period::{Day, Period};
use domain::assess::{EnclosingPlace, mean, usual_features, weeks};
use domain::decay::DecayWeights;
use domain::feature::{Ahead, COUNT, Counts, FeatureVector, MONTH, NAMES, season, vector};
use domain::history::{CellHistory, IncidentWeight};
use domain::kind::Horizon;
use domain::time::Hour;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

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

/// One vector for each unit and origin, origin by origin, and what came after it.
pub struct Vectors {
    pub units: usize,
    pub origins: Vec<Day>,
    pub vectors: Vec<FeatureVector>,
    /// Beside each vector that of the place's usual state, with which the service compares a risk that is not calibrated.
    pub usual: Vec<FeatureVector>,
    /// One for each end that was asked about.
    pub outcomes: Vec<Outcomes>,
    /// Any event in the seven days before the origin, for the persistence baseline.
    pub last_week: Vec<bool>,
    /// Anything known of the place before the origin.
    pub begun: Vec<bool>,
    pub severities: bool,
    /// When each serious event was known, and how many days after it had happened; the earliest known first.
    delays: Vec<(Day, Day)>,
}

/// What came of each row by the end of its time.
pub struct Outcomes {
    /// The day after the last that counts, origin by origin.
    pub ends: Vec<Day>,
    /// Each row in which something happened, with each spell in which that was known; in the order of the rows.
    pub known: Vec<(usize, Spell)>,
}

/// From one day something was known, until another it was known no more, as this.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Spell {
    pub known: Day,
    pub gone: Day,
}

impl Spell {
    /// Whether it was known before a day and not taken back before it.
    fn holds(self, as_of: Day) -> bool {
        self.known < as_of && as_of <= self.gone
    }
}

/// A day that does not come: as of it, what stands in the end is known.
pub const NEVER: Day = Day::MAX;

/// A list and its places.
#[derive(Clone, Copy)]
pub struct Listed<'a> {
    pub events: &'a [Event],
    /// Places that must be there though they were never hit.
    pub units: &'a [String],
    /// Enclosing places that no event tells of.
    pub parents: &'a BTreeMap<String, String>,
    /// Each place's neighbours, where they are known as the service's register knows them; else the other places of the same
    /// enclosing one stand in for them. A neighbour that is no place of the list is quiet.
    pub neighbours: Option<&'a Neighbours>,
    pub unit: TrainingUnit,
}

/// The neighbours of places, by name.
pub type Neighbours = BTreeMap<String, Vec<String>>;

/// When one looks, and how far ahead.
#[derive(Clone, Debug)]
pub struct Looks {
    /// The first and last day of the list.
    pub from: Day,
    pub to: Day,
    /// The days at whose first hour one looks.
    pub origins: Vec<Day>,
    /// For each question and origin the day after the last that counts.
    pub ends: Vec<Vec<Day>>,
}

impl Looks {
    /// Every Monday, 7 and 30 days ahead: as a model that is served is fitted.
    pub fn weekly(from: Day, to: Day) -> Looks {
        let first = Period::Week.first_day(Period::Week.of(from + 6));
        let origins: Vec<Day> = (first..=to).step_by(7).collect();
        let ahead = |horizon: &Horizon| origins.iter().map(|day| day + horizon.days() as Day).collect();
        Looks { from, to, ends: Horizon::ALL.iter().map(ahead).collect(), origins }
    }
}

/// Computes them from `from` to `to`; `units` names places that were never hit.
pub fn vectors(events: &[Event], units: &[String], unit: TrainingUnit, from: Day, to: Day) -> Vectors {
    let listed = Listed { events, units, parents: &BTreeMap::new(), neighbours: None, unit };
    vectors_of(&listed, &Looks::weekly(from, to))
}

/// The same where the enclosing places are known by themselves, at the days asked for: the pipeline's own histories, fed
/// with what was known before each day.
pub fn vectors_of(listed: &Listed<'_>, looks: &Looks) -> Vectors {
    let mut places = Places::new(listed, looks);
    let outcomes = looks.ends.iter().map(|ends| places.outcomes(looks, ends)).collect();
    let mut out = Vectors {
        units: places.histories.len(),
        origins: looks.origins.clone(),
        vectors: Vec::new(),
        usual: Vec::new(),
        outcomes,
        last_week: Vec::new(),
        begun: Vec::new(),
        severities: listed.events.iter().any(|event| event.severity.is_some()),
        delays: places.delays(),
    };
    for origin in &looks.origins {
        places.learn_before(*origin);
        places.look(Hour(origin * 24), &mut out);
    }
    out
}

impl Vectors {
    /// The rows of some origins, labelled by what was known before the day `as_of`.
    pub fn rows(&self, question: usize, range: Range<usize>, as_of: Day) -> Rows {
        let rows = range.start * self.units..range.end * self.units;
        let known = &self.outcomes[question].known;
        let (first, end) = (&rows.start, &rows.end);
        let known = &known[known.partition_point(|(row, _)| row < first)..];
        let mut labels = vec![false; rows.len()];
        for (row, spell) in known.iter().take_while(|(row, _)| row < end) {
            labels[row - first] |= spell.holds(as_of);
        }
        let cells = self.vectors[rows].iter().flat_map(|vector| self.known(vector)).collect();
        Rows { width: COUNT, cells, labels }
    }

    /// A list without severities cannot teach what severity means: these features stay out of the fit.
    fn known(&self, vector: &FeatureVector) -> FeatureVector {
        let mut vector = *vector;
        if !self.severities {
            for (at, name) in NAMES.iter().enumerate() {
                if name.starts_with("severity") || name.starts_with("serious") {
                    vector[at] = 0.0;
                }
            }
        }
        vector
    }

    /// Origins to learn from as of a day: their time is over, and most of what happened in it is known. The youngest
    /// of a list that comes late would teach a peace that there was not; at least half are kept.
    pub fn learnable(&self, question: usize, day: Day) -> usize {
        let over = |lag: Day| self.outcomes[question].ends.partition_point(|end| *end <= day - lag);
        over(self.delay(day)).max(over(0) / 2)
    }

    /// Days until nine of ten of the events known before a day were known.
    fn delay(&self, day: Day) -> Day {
        let before = &self.delays[..self.delays.partition_point(|(known, _)| *known < day)];
        let mut days: Vec<Day> = before.iter().map(|(_, delay)| *delay).collect();
        days.sort_unstable();
        days.get(days.len() * 9 / 10).copied().unwrap_or(0).max(0)
    }
}

/// An event that became known, or was known no more.
struct Change {
    place: usize,
    day: Day,
    known: Day,
    severity: u8,
    gone: bool,
}

/// Where each place stands, by its name.
type PlaceIndex<'a> = BTreeMap<&'a str, usize>;

/// The neighbours of a place; none for one of which the list tells nothing.
type Around = Vec<Option<usize>>;

/// The neighbours of each place: the known ones, or else all others of its enclosing place.
fn around(listed: &Listed<'_>, index: &PlaceIndex<'_>, parents: &[usize]) -> Vec<Around> {
    if let Some(neighbours) = listed.neighbours {
        let of = |name: &&str| neighbours.get(*name).into_iter().flatten();
        return index
            .keys()
            .map(|name| of(name).map(|own| index.get(own.as_str()).copied()).collect())
            .collect();
    }
    let mut members = vec![Vec::new(); parents.len() + 1];
    parents.iter().enumerate().for_each(|(place, parent)| members[*parent].push(place));
    let others = |(place, parent): (usize, &usize)| -> Around {
        let of: &[usize] = if *parent == 0 { &[] } else { &members[*parent] };
        of.iter().filter(|other| **other != place).map(|other| Some(*other)).collect()
    };
    parents.iter().enumerate().map(others).collect()
}

/// The places of a list with the pipeline's histories.
struct Places {
    unit: TrainingUnit,
    began: Hour,
    weights: DecayWeights,
    histories: Vec<CellHistory>,
    /// For each place the number of its enclosing one, 0 where none is known, its neighbours, and the enclosing ones' histories.
    parents: Vec<usize>,
    around: Vec<Around>,
    wholes: Vec<CellHistory>,
    /// How many places each enclosing one has.
    districts: Vec<usize>,
    changes: Vec<Change>,
    learnt: usize,
    /// Serious events of each place in the order of their days: when they happened, and while that was known.
    serious: Vec<Vec<(Day, Spell)>>,
}

impl Places {
    fn new(listed: &Listed<'_>, looks: &Looks) -> Places {
        let inside = |event: &&Event| (looks.from..=looks.to).contains(&event.day);
        let events = || listed.events.iter().filter(inside);
        let mut names: BTreeSet<&str> = listed.units.iter().map(String::as_str).collect();
        names.extend(events().map(|event| event.unit.as_str()));
        let index: PlaceIndex<'_> = names.iter().enumerate().map(|(i, name)| (*name, i)).collect();
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
        let (mut serious, mut changes) = (vec![Vec::new(); names.len()], Vec::new());
        for event in events() {
            let (place, severity) = (index[event.unit.as_str()], event.severity.unwrap_or(3));
            if severity >= 3 {
                let gone = event.gone.unwrap_or(NEVER);
                serious[place].push((event.day, Spell { known: event.received, gone }));
            }
            let change = |known, gone| Change { place, day: event.day, known, severity, gone };
            changes.push(change(event.received, false));
            changes.extend(event.gone.map(|day| change(day, true)));
        }
        serious.iter_mut().for_each(|days| days.sort_unstable());
        changes.sort_by_key(|change| (change.known, change.place, change.day, change.gone));
        Places {
            unit: listed.unit,
            began: Hour(looks.from * 24),
            weights: DecayWeights::default(),
            histories: vec![CellHistory::default(); parents.len()],
            wholes: vec![CellHistory::default(); groups.len() + 1],
            around: around(listed, &index, &parents),
            districts: (0..=groups.len())
                .map(|group| parents.iter().filter(|own| **own == group).count())
                .collect(),
            parents,
            changes,
            learnt: 0,
            serious,
        }
    }

    /// Takes in what was known before a day; an event is one of its day's noon.
    fn learn_before(&mut self, day: Day) {
        while let Some(change) = self.changes.get(self.learnt).filter(|change| change.known < day) {
            let weight = Some(IncidentWeight { severity: change.severity, patrol: false });
            let (gone, come) = if change.gone { (weight, None) } else { (None, weight) };
            let hour = Hour(change.day * 24 + 12);
            let parent = self.parents[change.place];
            for history in [&mut self.histories[change.place], &mut self.wholes[parent]] {
                history.change(&self.weights, hour, gone, come);
            }
            self.learnt += 1;
        }
    }

    /// The vectors of all places at an hour; what lies around is as of the hour before, as at a tick.
    fn look(&self, hour: Hour, out: &mut Vectors) {
        let (weeks, season) = (weeks(Some(self.began), hour), season(hour));
        let (now, before) = (self.weights.at(hour), self.weights.at(Hour(hour.0 - 1)));
        let fortnight = |history: &CellHistory| history.fortnight(&self.weights, &before);
        let fortnights: Vec<f64> = self.histories.iter().map(fortnight).collect();
        let wholes: Vec<f64> = self.wholes.iter().map(fortnight).collect();
        for (place, history) in self.histories.iter().enumerate() {
            let (parent, sums) = (self.parents[place], history.decayed(&self.weights, &now));
            let own = self.unit == TrainingUnit::Regency || parent == 0;
            let within = (!own)
                .then(|| EnclosingPlace { history: &self.wholes[parent], districts: self.districts[parent] });
            let last = history.last(hour).map(|last| hour.0 - last.0);
            let counts = Counts {
                decayed: [sums[0], sums[1], sums[2]],
                severity: sums[3],
                serious: sums[4],
                neighbours: mean(&self.around[place], |other| other.map_or(0.0, |other| fortnights[other])),
                regency: if own { fortnights[place] } else { wholes[parent] },
                total: history.total(hour),
                weeks,
                days_since: last.map_or(-1.0, |hours| f64::from(hours) / 24.0),
                completeness: 1.0,
                month: history.within(hour, MONTH),
                ahead: Ahead::NONE,
            };
            out.vectors.push(vector(&counts, season));
            out.usual.push(usual_features(history, within, Some(self.began), hour));
            out.last_week.push(last.is_some_and(|hours| hours <= 7 * 24));
            out.begun.push(counts.total > 0.0);
        }
    }

    fn outcomes(&self, looks: &Looks, ends: &[Day]) -> Outcomes {
        let mut known = Vec::new();
        for (at, (origin, end)) in looks.origins.iter().zip(ends).enumerate() {
            for (place, days) in self.serious.iter().enumerate() {
                let first = days.partition_point(|(day, _)| day < origin);
                let within = days[first..].iter().take_while(|(day, _)| day < end);
                known.extend(within.map(|(_, spell)| (at * self.serious.len() + place, *spell)));
            }
        }
        Outcomes { ends: ends.to_vec(), known }
    }

    /// What happened in a place on a day was known from the first report of it: a report made graver later did not
    /// come late.
    fn delays(&self) -> Vec<(Day, Day)> {
        let mut delays: Vec<(Day, Day)> = Vec::new();
        for days in &self.serious {
            for of_day in days.chunk_by(|one, other| one.0 == other.0) {
                let known = of_day.iter().map(|(_, spell)| spell.known).min().unwrap_or(NEVER);
                delays.push((known, known - of_day[0].0));
            }
        }
        delays.sort_unstable();
        delays
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
        let known = Spell { known: 30, gone: NEVER };
        assert!(made.outcomes[0].known.contains(&(before * 3, known)), "known on day 30");
        assert!(
            made.rows(0, before..before + 1, 31).labels[0] && !made.rows(0, before..before + 1, 30).labels[0]
        );
        assert!(made.learnable(1, 61) < made.learnable(0, 61), "the last month is undecided");
        assert!(at(origin(4), 0)[4] > 0.0, "b is a neighbour of a");
    }

    #[test]
    fn what_was_taken_back_counts_until_then_and_is_a_label_only_before() {
        let taken = Event { gone: Some(30), severity: Some(4), ..event("a", 20, 1) };
        let made = vectors(&[taken, event("b", 3, 0)], &[], TrainingUnit::Regency, 0, 90);
        for (index, origin) in made.origins.iter().enumerate() {
            let vector = made.vectors[index * 2];
            let counted = (22..=30).contains(origin);
            assert_eq!(vector[1] > 0.0, counted, "{origin}");
            assert_eq!(vector[8] < libm::log1p(20.0), counted, "days since, {origin}");
            let label = |as_of| made.rows(0, index..index + 1, as_of).labels[0];
            assert!(!label(NEVER) && !label(31) && !label(21), "{origin}");
            assert_eq!(label(22) && label(30), (14..=20).contains(origin), "{origin}");
        }
    }

    /// Known at severity 3 on day 20, and as of severity 4 on day 60.
    #[test]
    fn what_is_reported_graver_later_was_known_before() {
        let first = Event { gone: Some(60), severity: Some(3), ..event("a", 10, 10) };
        let graver = Event { severity: Some(4), received: 60, ..event("a", 10, 0) };
        let made = vectors(&[first, graver], &[], TrainingUnit::Regency, 0, 90);
        let week = made.origins.iter().rposition(|origin| *origin <= 10).expect("its week");
        let label = |as_of| made.rows(0, week..week + 1, as_of).labels[0];
        assert!(!label(20), "not yet known");
        assert!([21, 50, 60, 61, NEVER].into_iter().all(label), "known from day 20 on");
        assert_eq!((made.delay(50), made.delay(90)), (10, 10), "ten days, not fifty");
    }

    /// Three places in a row, one that touches nothing, and a neighbour that the list does not tell of.
    #[test]
    fn known_neighbours_are_those_that_touch_and_the_quiet_ones_count() {
        let row = [("a", "b"), ("b", "a c quiet"), ("c", "b"), ("e", "")];
        let touching = |others: &str| others.split_whitespace().map(str::to_owned).collect();
        let row = row.map(|(unit, others)| (unit.to_owned(), touching(others))).into();
        let units = ["a", "b", "c", "e"].map(str::to_owned);
        let events = [event("a", 20, 0)];
        let parents = units.iter().map(|unit| (unit.clone(), "p".to_owned())).collect();
        let (units, unit) = (&units[..], TrainingUnit::District);
        let listed = Listed { events: &events, units, parents: &parents, neighbours: Some(&row), unit };
        let made = vectors_of(&listed, &Looks::weekly(0, 60));
        let origin = made.origins.iter().position(|origin| *origin > 20).expect("an origin");
        let near =
            |made: &Vectors| [0, 1, 2, 3].map(|place| libm::expm1(made.vectors[origin * 4 + place][4]));
        let [own, touched, far, alone] = near(&made);
        assert!(own == 0.0 && far == 0.0 && alone == 0.0 && touched > 0.0);
        let siblings = near(&vectors_of(&Listed { neighbours: None, ..listed }, &Looks::weekly(0, 60)));
        assert!(siblings[1] > 0.0 && siblings[2] > 0.0 && siblings[3] > 0.0);
        assert!((touched - siblings[1]).abs() < 1e-12, "one of three, the quiet one among them");
    }

    #[test]
    fn the_sums_agree_with_the_plain_definition() {
        let events = [event("a", 3, 0), event("a", 17, 0)];
        let made = vectors(&events, &[], TrainingUnit::Regency, 0, 90);
        for (index, origin) in made.origins.iter().enumerate() {
            let sum: f64 = events
                .iter()
                .filter(|event| event.day < *origin)
                .map(|event| {
                    libm::exp2(
                        -(f64::from(origin - event.day) * 24.0 - 12.0) / domain::feature::HALF_LIVES[2],
                    )
                })
                .sum();
            assert!((made.vectors[index][2] - libm::log1p(sum)).abs() < 1e-12);
        }
    }
}
