//! A new regency, simulated on a list: a line fitted where it is not is used on it, its archive shifts the line, and the
//! time after the archive shows whether what was expected happened.

use super::{PlainForecast, Pooled, PoolingPrior, pool, shifted};
use crate::error::Result;
use crate::events::Event;
use crate::logistic::logit;
use crate::period::Day;
use crate::train::choose::{Material, choose};
use crate::train::serving::{Listed, Looks, NEVER, TrainingUnit, Vectors, vectors_of};
use domain::feature::{COUNT, FeatureVector};
use domain::place::Code;
use domain::scorer::{Calibration, ModelLine, ppm};
use std::collections::{BTreeMap, BTreeSet};

/// What a trial takes for a new regency, and how the line it gets was fitted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TrialRegency {
    /// A place of the list; the line was fitted on places of its size.
    Unit,
    /// An enclosing place with the places in it as its kecamatan; the line was fitted on places of their size.
    Parent,
    /// The same, but the line was fitted on enclosing places: it is used on smaller ones than it knows.
    ParentByItsOwnSize,
}

/// A list with its time: the archive lies between `archive_from` and `test_from`, the test up to `to`.
#[derive(Clone, Copy)]
pub struct TrialList<'a> {
    pub events: &'a [Event],
    /// Places that must be there though they were never hit.
    pub units: &'a [String],
    pub from: Day,
    /// The line is fitted on what was known before this day.
    pub fitted_by: Day,
    pub archive_from: Day,
    pub test_from: Day,
    pub to: Day,
}

/// What was expected of a new regency in the test and what happened, in weeks of its places in which anything did.
#[derive(Clone, PartialEq, Debug)]
pub struct NewRegency {
    pub name: String,
    /// By the line as it came.
    pub unshifted: f64,
    /// By the line as its archive shifts it, and the ends of the range.
    pub expected: f64,
    pub range: (f64, f64),
    pub observed: usize,
    /// What happened in its archive, and what the line had expected.
    pub archive: (usize, f64),
}

/// Groups of new regencies: each is left out with its group.
const GROUPS: usize = 5;

/// Leaves out each regency in its turn.
///
/// # Errors
/// Where no line can be fitted on the rest.
pub fn new_regencies(
    list: &TrialList<'_>,
    trial_regency: TrialRegency,
    prior: PoolingPrior,
) -> Result<Vec<NewRegency>> {
    let places = TrialPlaces::of(list, trial_regency);
    let looks = Looks::weekly(list.from, list.to);
    let listed = Listed {
        events: list.events,
        units: list.units,
        parents: &BTreeMap::new(),
        neighbours: None,
        unit: if trial_regency == TrialRegency::Unit {
            TrainingUnit::Regency
        } else {
            TrainingUnit::District
        },
    };
    let made = vectors_of(&listed, &looks);
    let mut all = Vec::new();
    for group in 0..GROUPS {
        let line = LeftOutLine::fit(list, trial_regency, &places, group)?;
        all.extend(places.in_group(group).map(|name| one(list, &places, &made, (name, &line), prior)));
    }
    Ok(all)
}

/// The list's places with the codes they have in a trial.
struct TrialPlaces {
    /// In the order of the rows: the regency of each place, and its code.
    units: Vec<(String, Code)>,
    regencies: Vec<String>,
}

impl TrialPlaces {
    fn of(list: &TrialList<'_>, trial_regency: TrialRegency) -> TrialPlaces {
        let inside = |event: &&Event| (list.from..=list.to).contains(&event.day);
        let mut parents: BTreeMap<&str, &str> = list.units.iter().map(|unit| (unit.as_str(), "")).collect();
        for event in list.events.iter().filter(inside) {
            let parent = parents.entry(&event.unit).or_default();
            *parent = event.parent.as_deref().unwrap_or(parent);
        }
        let regency = |(unit, parent): (&&str, &&str)| match trial_regency {
            TrialRegency::Unit => (*unit).to_owned(),
            TrialRegency::Parent | TrialRegency::ParentByItsOwnSize => (*parent).to_owned(),
        };
        let of: Vec<String> = parents.iter().map(regency).collect();
        let names: BTreeSet<&String> = of.iter().filter(|name| !name.is_empty()).collect();
        let regencies: Vec<String> = names.into_iter().cloned().collect();
        let mut counts = vec![0; regencies.len() + 1];
        let mut code = |name: &String| {
            // New regencies share nothing: each is of a province of its own.
            let at = regencies.iter().position(|own| own == name).unwrap_or(regencies.len());
            counts[at] += u32::from(trial_regency != TrialRegency::Unit);
            Code((at as u32 + 1) * 10_000 + 100 + counts[at].min(99))
        };
        TrialPlaces { units: of.iter().map(|name| (name.clone(), code(name))).collect(), regencies }
    }

    fn in_group(&self, group: usize) -> impl Iterator<Item = &String> {
        self.regencies.iter().enumerate().filter(move |(at, _)| at % GROUPS == group).map(|(_, name)| name)
    }
}

/// A line that was fitted without a group of regencies.
struct LeftOutLine(ModelLine);

impl LeftOutLine {
    fn fit(
        list: &TrialList<'_>,
        trial_regency: TrialRegency,
        places: &TrialPlaces,
        group: usize,
    ) -> Result<LeftOutLine> {
        let out: BTreeSet<&String> = places.in_group(group).collect();
        let own_size = trial_regency == TrialRegency::ParentByItsOwnSize;
        let regency = |event: &Event| match trial_regency {
            TrialRegency::Unit => event.unit.clone(),
            _ => event.parent.clone().unwrap_or_default(),
        };
        let kept = list.events.iter().filter(|event| !out.contains(&regency(event)));
        let events: Vec<Event> = kept
            .map(|event| match own_size {
                true => Event { unit: regency(event), parent: None, ..event.clone() },
                false => event.clone(),
            })
            .collect();
        let units =
            list.units.iter().filter(|unit| trial_regency != TrialRegency::Unit || !out.contains(unit));
        let units: Vec<String> = units.filter(|_| !own_size).cloned().collect();
        let unit = if trial_regency == TrialRegency::Parent {
            TrainingUnit::District
        } else {
            TrainingUnit::Regency
        };
        let listed =
            Listed { events: &events, units: &units, parents: &BTreeMap::new(), neighbours: None, unit };
        let made = vectors_of(&listed, &Looks::weekly(list.from, list.test_from - 1));
        let as_of = made.origins.partition_point(|origin| *origin < list.fitted_by).max(1);
        let chosen =
            choose(&Material { made: &made, question: 0 }, as_of.min(made.origins.len() - 1), "a line")?;
        let smaller = if own_size {
            // As a kabupaten's line is given to kecamatan: its events shared over the places in it.
            let share = chosen.rows.positives() as f64 / chosen.rows.labels.len() as f64;
            let rate = -libm::log1p(-share) * made.units as f64;
            let places = places.units.len() * made.units / places.regencies.len().max(1);
            logit(-libm::expm1(-rate / places.max(1) as f64)) - logit(share)
        } else {
            0.0
        };
        let mut coefficients = [0.0; COUNT];
        coefficients.iter_mut().zip(&chosen.fit.coefficients).for_each(|(own, fitted)| *own = *fitted);
        let calibration = Calibration { model: 0, calibrated: false, base_ppm: 0, bar: None };
        let intercept = chosen.fit.intercept + smaller;
        Ok(LeftOutLine(ModelLine { intercept, coefficients, calibration }))
    }
}

/// One week of one place, and what came of it.
struct TrialCell {
    code: Code,
    features: FeatureVector,
    happened: bool,
}

/// How many of the cells the service would expect to come true, with the shift of each place: in parts per million, by
/// the line as it is served.
fn expected(cells: &[TrialCell], line: ModelLine, shift: &dyn Fn(Code) -> f64) -> f64 {
    let risk = |cell: &TrialCell| {
        let logit = shifted(line, shift(cell.code)).logit(&cell.features);
        f64::from(ppm([logit, logit])[0]) / 1e6
    };
    cells.iter().map(risk).sum()
}

/// Shifts the line by a regency's archive, and counts what came after.
fn one(
    list: &TrialList<'_>,
    places: &TrialPlaces,
    made: &Vectors,
    (name, line): (&String, &LeftOutLine),
    prior: PoolingPrior,
) -> NewRegency {
    let own: Vec<usize> = (0..places.units.len()).filter(|place| places.units[*place].0 == *name).collect();
    let at = |day: Day| made.origins.partition_point(|origin| *origin < day);
    let (begin, cut) = (at(list.archive_from), at(list.test_from));
    let decided = made.outcomes[0].ends.partition_point(|end| *end <= list.test_from);
    let end = made.outcomes[0].ends.partition_point(|end| *end <= list.to + 1);
    let cells = |range: std::ops::Range<usize>, as_of: Day| -> Vec<TrialCell> {
        let rows = made.rows(0, range.clone(), as_of);
        let all = (0..range.len()).flat_map(|origin| own.iter().map(move |place| (origin, *place)));
        let cell = |(origin, place): (usize, usize)| {
            let row = origin * made.units + place;
            let mut features = [0.0; COUNT];
            features.copy_from_slice(rows.row(row));
            TrialCell { code: places.units[place].1, features, happened: rows.labels[row] }
        };
        all.map(cell).collect()
    };
    let archive = cells(begin..decided.min(cut).max(begin), list.test_from);
    let plain = archive.iter().map(|cell| PlainForecast {
        code: cell.code,
        logit: line.0.logit(&cell.features),
        happened: cell.happened,
    });
    let pooled: Pooled = pool(prior, &plain.collect::<Vec<_>>());
    let test = cells(cut..end.max(cut), NEVER);
    let sum = |shift: &dyn Fn(Code) -> f64| expected(&test, line.0, shift);
    let happened = |cells: &[TrialCell]| cells.iter().filter(|cell| cell.happened).count();
    NewRegency {
        name: name.clone(),
        unshifted: sum(&|_| 0.0),
        expected: sum(&|code| pooled.of(code).mean),
        range: (sum(&|code| pooled.of(code).range().0), sum(&|code| pooled.of(code).range().1)),
        observed: happened(&test),
        archive: (happened(&archive), expected(&archive, line.0, &|_| 0.0)),
    }
}

/// How many of the regencies that expect enough have O/E within bounds, before and after their archive shifted the line.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TrialFigures {
    pub regencies: usize,
    pub before: f64,
    pub after: f64,
    /// How many have what happened within the range of what was expected, chance included.
    pub within: f64,
    /// O/E of all of them together.
    pub all_before: f64,
    pub all_after: f64,
}

/// A regency whose expectation is smaller says little by its O/E: a perfect forecast of 10 has 82 of 100 within the bounds.
pub const EXPECTS: f64 = 10.0;
/// O/E between these is called right.
pub const BOUNDS: (f64, f64) = (0.67, 1.5);

/// The figures over the regencies that expect at least [`EXPECTS`] events in the test.
pub fn figures(regencies: &[NewRegency]) -> TrialFigures {
    let some: Vec<&NewRegency> = regencies.iter().filter(|one| one.expected >= EXPECTS).collect();
    let share = |holds: &dyn Fn(&NewRegency) -> bool| {
        some.iter().filter(|one| holds(one)).count() as f64 / some.len().max(1) as f64
    };
    let right = |observed: usize, expected: f64| {
        (BOUNDS.0..=BOUNDS.1).contains(&(observed as f64 / expected.max(1e-9)))
    };
    let observed: f64 = some.iter().map(|one| one.observed as f64).sum();
    let ratio =
        |of: &dyn Fn(&NewRegency) -> f64| observed / some.iter().map(|one| of(one)).sum::<f64>().max(1e-9);
    TrialFigures {
        regencies: some.len(),
        before: share(&|one| right(one.observed, one.unshifted)),
        after: share(&|one| right(one.observed, one.expected)),
        within: share(&|one| {
            let chance = |mean: f64| 1.645 * libm::sqrt(mean.max(0.25));
            let (low, high) = (one.range.0 - chance(one.range.0), one.range.1 + chance(one.range.1));
            (low..=high).contains(&(one.observed as f64))
        }),
        all_before: ratio(&|one| one.unshifted),
        all_after: ratio(&|one| one.expected),
    }
}
