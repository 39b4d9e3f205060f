//! What a model may look at, for every unit and origin: features as of what was received by the end of the origin.
//!
//! Names: `d4` ln(1 + decayed events, half-life 4 periods); `r8` ln of the decayed share of hit periods, shrunk to the base
//! rate; `c8` ln of the unit's share of hit periods so far, shrunk with 8 periods' weight; `p2` ln(1 + decayed events of the
//! other units of the enclosing place); `m2` ln of these units' mean decayed share; `n1` the same over all units; `tot`
//! ln(1 + events of all units in the period); `place` the unit's shrunken share over the training window, cross-fitted;
//! `own` the same not cross-fitted; `last` hit in the period; `sin`, `cos` the season of the target.

use crate::level_filter::KnownOutcomes;
use crate::panel::{Grid, Panel};
use crate::period::date;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Decayed sums of a panel, made once and shared by every fold.
pub struct Sums<'a> {
    pub panel: &'a Panel,
    made: RefCell<BTreeMap<(u64, bool), Rc<Grid>>>,
}

impl<'a> Sums<'a> {
    pub fn new(panel: &'a Panel) -> Sums<'a> {
        Sums { panel, made: RefCell::default() }
    }

    /// Decayed events (or periods hit at least once) with a half-life in periods; infinity only adds up.
    pub fn decayed(&self, half_life: f64, hits: bool) -> Rc<Grid> {
        let key = (half_life.to_bits(), hits);
        if let Some(grid) = self.made.borrow().get(&key) {
            return Rc::clone(grid);
        }
        let grid = Rc::new(decayed(self.panel, half_life, hits));
        self.made.borrow_mut().insert(key, Rc::clone(&grid));
        grid
    }

    /// When each cell became known as hit.
    pub fn known(&self) -> KnownOutcomes {
        let panel = self.panel;
        let (units, periods) = (panel.units.len(), panel.len);
        let mut by = vec![usize::MAX; units * periods];
        let mut lags = Vec::new();
        for mark in &panel.marks {
            let cell = &mut by[mark.unit * periods + mark.at];
            if *cell == usize::MAX && mark.known < panel.cut {
                lags.push(mark.known - mark.at);
            }
            *cell = (*cell).min(mark.known);
        }
        lags.sort_unstable();
        let lag = lags.get(lags.len() * 9 / 10).copied().unwrap_or(0);
        KnownOutcomes { units, periods, by, lag, periods_a_year: panel.period.year() }
    }
}

/// The weight a period keeps after one more.
pub fn keep(half_life: f64) -> f64 {
    if half_life.is_infinite() { 1.0 } else { libm::exp2(-1.0 / half_life) }
}

fn decayed(panel: &Panel, half_life: f64, hits: bool) -> Grid {
    let keep = keep(half_life);
    let mut grid = Grid::zeros(panel.units.len(), panel.len);
    let mut seen = BTreeSet::new();
    // What arrives in a period enters with the weight it has kept since it happened.
    for mark in &panel.marks {
        if mark.known < panel.len && (!hits || seen.insert((mark.unit, mark.at))) {
            *grid.at_mut(mark.unit, mark.known) += libm::pow(keep, (mark.known - mark.at) as f64);
        }
    }
    for row in grid.cells.chunks_mut(panel.len) {
        for at in 1..row.len() {
            row[at] += keep * row[at - 1];
        }
    }
    grid
}

/// Features as they stand when everything before target period `cut` may be learnt from.
pub struct Design<'a> {
    sums: &'a Sums<'a>,
    pub cut: usize,
    /// Share of hit cells among the training targets, as known at the cut.
    pub base: f64,
    hits: Grid,
    made: RefCell<BTreeMap<&'static str, Rc<Grid>>>,
}

/// Time blocks of the cross-fit, and the weights (in periods) of the enclosing place's and of all units' share.
const BLOCKS: usize = 20;
const CROSS_WEIGHT: f64 = 4.0;
const OWN_WEIGHT: f64 = 12.0;
const PARENT_WEIGHT: f64 = 80.0;

impl<'a> Design<'a> {
    pub fn new(sums: &'a Sums<'a>, cut: usize) -> Design<'a> {
        let hits = sums.panel.hits(cut.saturating_sub(1));
        let (mut positives, mut cells) = (0.0, 0.0);
        for unit in 0..hits.units() {
            positives += hits.row(unit)[1..cut].iter().sum::<f64>();
            cells += (cut - 1) as f64;
        }
        Design { sums, cut, base: positives / f64::max(cells, 1.0), hits, made: RefCell::default() }
    }

    pub fn units(&self) -> usize {
        self.hits.units()
    }

    pub fn known(&self) -> KnownOutcomes {
        self.sums.known()
    }

    /// Was the target after `origin` hit, as known at the cut?
    pub fn label(&self, unit: usize, origin: usize) -> bool {
        self.hits.at(unit, origin + 1) > 0.0
    }

    pub fn feature(&self, name: &'static str) -> Rc<Grid> {
        if let Some(grid) = self.made.borrow().get(name) {
            return Rc::clone(grid);
        }
        let grid = Rc::new(self.make(name));
        self.made.borrow_mut().insert(name, Rc::clone(&grid));
        grid
    }

    fn make(&self, name: &'static str) -> Grid {
        let split = name.find(|letter: char| letter.is_ascii_digit()).unwrap_or(name.len());
        let (family, number) = name.split_at(split);
        let life: f64 = number.parse().unwrap_or(1.0);
        match family {
            "d" => (*self.sums.decayed(life, false)).clone().map(libm::log1p),
            "r" => self.share(life),
            "c" => self.so_far(life),
            "p" => self.others(life, false).map(libm::log1p),
            "m" => self.others(life, true),
            "n" => self.everywhere(life),
            "tot" => self.total(),
            "place" => self.place(BLOCKS, CROSS_WEIGHT),
            "own" => self.place(0, OWN_WEIGHT),
            "last" => self.sums.decayed(1e-9, true).as_ref().clone(),
            _ => self.season(family == "sin"),
        }
    }

    fn share(&self, life: f64) -> Grid {
        const WEIGHT: f64 = 2.0;
        let (keep, sums, mut seen) = (keep(life), self.sums.decayed(life, true), Vec::new());
        let mut length = 0.0;
        for _ in 0..sums.periods {
            length = length * keep + 1.0;
            seen.push(length);
        }
        by_cell(&sums, |_, at, sum| libm::log((sum + WEIGHT * self.floor()) / (seen[at] + WEIGHT)))
    }

    fn so_far(&self, weight: f64) -> Grid {
        let sums = self.sums.decayed(f64::INFINITY, true);
        by_cell(&sums, |_, at, sum| libm::log((sum + weight * self.floor()) / ((at + 1) as f64 + weight)))
    }

    /// The base rate, never so small that its logarithm runs away.
    fn floor(&self) -> f64 {
        self.base.max(1e-4)
    }

    /// The other units of the same enclosing place: the sum of their events, or ln of their mean share of hit periods.
    fn others(&self, life: f64, share: bool) -> Grid {
        let sums = self.sums.decayed(life, share);
        let parents = &self.sums.panel.parents;
        let mut groups = Grid::zeros(self.sums.panel.groups(), sums.periods);
        let mut members = vec![0.0; groups.units()];
        for (unit, parent) in parents.iter().enumerate() {
            members[*parent] += 1.0;
            for (at, sum) in sums.row(unit).iter().enumerate() {
                *groups.at_mut(*parent, at) += sum;
            }
        }
        let fresh = 1.0 - keep(life);
        // Where some places are known and a unit's is not, it is taken to lie in an average one: which units these are
        // depends on what was hit before, and must not become a feature by itself.
        let known = members.len() as f64 - 1.0;
        let average: Vec<f64> = (0..sums.periods)
            .map(|at| {
                (1..members.len()).map(|group| groups.at(group, at)).sum::<f64>() / f64::max(known, 1.0)
            })
            .collect();
        let size = members[1..].iter().sum::<f64>() / f64::max(known, 1.0);
        by_cell(&sums, |unit, at, own| {
            let stray = parents[unit] == 0 && known > 0.0;
            let (all, count) = if stray {
                (average[at], size)
            } else {
                (groups.at(parents[unit], at) - own, members[parents[unit]] - 1.0)
            };
            let (others, count) = (all.max(0.0), f64::max(count, 1.0));
            if share { libm::log(others / count * fresh + self.floor() * 0.5) } else { others }
        })
    }

    fn everywhere(&self, life: f64) -> Grid {
        let sums = self.sums.decayed(life, true);
        let all = column_sums(&sums);
        let scale = (1.0 - keep(life)) / sums.units() as f64;
        by_cell(&sums, |_, at, _| libm::log(all[at] * scale + self.floor() * 0.1))
    }

    fn total(&self) -> Grid {
        let panel = self.sums.panel;
        let mut all = vec![0.0; panel.len];
        panel.marks.iter().filter(|mark| mark.known == mark.at).for_each(|mark| all[mark.at] += 1.0);
        let grid = Grid::zeros(panel.units.len(), panel.len);
        by_cell(&grid, |_, at, _| libm::log1p(all[at]))
    }

    /// ln of each unit's share of hit training periods, shrunk to its enclosing place's, that to all. With `blocks`,
    /// an origin whose target lies in a block sees only the other blocks: its own label is never among its features.
    fn place(&self, blocks: usize, weight: f64) -> Grid {
        let (units, periods) = (self.units(), self.hits.periods);
        let mut grid = Grid::zeros(units, periods);
        let whole = self.encoded(0..0, weight);
        for (unit, value) in whole.iter().enumerate() {
            (0..periods).for_each(|at| *grid.at_mut(unit, at) = *value);
        }
        let edge = |i: usize| (i * self.cut + blocks / 2) / blocks.max(1);
        for block in 0..blocks {
            let (begin, end) = (edge(block), edge(block + 1));
            let without = self.encoded(begin..end, weight);
            for (unit, value) in without.iter().enumerate() {
                (begin.max(1)..end).for_each(|target| *grid.at_mut(unit, target - 1) = *value);
            }
        }
        grid
    }

    fn encoded(&self, left_out: std::ops::Range<usize>, weight: f64) -> Vec<f64> {
        let parents = &self.sums.panel.parents;
        let length = (self.cut - left_out.len()) as f64;
        let own: Vec<f64> = (0..self.units())
            .map(|unit| {
                let row = self.hits.row(unit);
                row[..self.cut].iter().sum::<f64>() - row[left_out.clone()].iter().sum::<f64>()
            })
            .collect();
        let base = (own.iter().sum::<f64>() / (own.len() as f64 * length)).max(1e-4);
        let mut groups = vec![(0.0, 0.0); self.sums.panel.groups()];
        for (sum, parent) in own.iter().zip(parents) {
            groups[*parent].0 += sum;
            groups[*parent].1 += length;
        }
        let stray = |parent: usize| parent == 0 && groups.len() > 1;
        let shrunk = |(sum, n): (f64, f64)| (sum + PARENT_WEIGHT * base) / (n + PARENT_WEIGHT);
        let share = |parent: usize| if stray(parent) { base } else { shrunk(groups[parent]) };
        own.iter()
            .zip(parents)
            .map(|(sum, parent)| libm::log((sum + weight * share(*parent)) / (length + weight)))
            .collect()
    }

    fn season(&self, sine: bool) -> Grid {
        let panel = self.sums.panel;
        let grid = Grid::zeros(panel.units.len(), panel.len);
        let angle = |at: usize| {
            let day = date(panel.first_day(at + 1)).day_of_year();
            f64::from(day) * 2.0 * std::f64::consts::PI / 365.25
        };
        let turn: Vec<f64> =
            (0..panel.len).map(angle).map(|a| if sine { libm::sin(a) } else { libm::cos(a) }).collect();
        by_cell(&grid, |_, at, _| turn[at])
    }
}

fn by_cell(grid: &Grid, f: impl Fn(usize, usize, f64) -> f64) -> Grid {
    let periods = grid.periods;
    let cells = grid
        .cells
        .iter()
        .enumerate()
        .map(|(cell, value)| f(cell / periods, cell % periods, *value))
        .collect();
    Grid { periods, cells }
}

fn column_sums(grid: &Grid) -> Vec<f64> {
    let mut sums = vec![0.0; grid.periods];
    for row in grid.cells.chunks(grid.periods) {
        row.iter().zip(&mut sums).for_each(|(value, sum)| *sum += value);
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panel::Mark;
    use crate::period::Period;

    pub(super) fn panel(marks: &[(usize, usize, usize)]) -> Panel {
        let mut marks: Vec<Mark> =
            marks.iter().map(|&(unit, at, known)| Mark { unit, at, known, day: 0, known_day: 0 }).collect();
        marks.sort_by_key(|mark| mark.known);
        Panel {
            units: vec!["a".into(), "b".into(), "c".into()],
            parents: vec![1, 1, 2],
            period: Period::Week,
            first: 2600,
            len: 12,
            cut: 8,
            marks,
            notes: Vec::new(),
        }
    }

    #[test]
    fn a_late_event_has_decayed_by_the_time_it_is_known() {
        let panel = panel(&[(0, 2, 5), (0, 2, 2), (1, 3, 3)]);
        let sums = Sums::new(&panel);
        let grid = sums.decayed(1.0, false);
        assert!((grid.at(0, 4) - 0.25).abs() < 1e-12);
        assert!((grid.at(0, 5) - 0.25).abs() < 1e-12, "1/8 kept and 1/8 arrived: {}", grid.at(0, 5));
        assert!((sums.decayed(1.0, true).at(0, 5) - 0.125).abs() < 1e-12, "one hit period, not two");
    }

    #[test]
    fn no_feature_moves_when_the_future_changes() {
        let past = [(0, 1, 1), (1, 4, 4), (2, 6, 6), (0, 7, 7)];
        let names = ["d4", "r2", "c8", "p2", "m8", "n1", "tot", "place", "own", "last", "sin"];
        let mut other = past.to_vec();
        other.extend([(0, 8, 8), (1, 3, 9), (2, 11, 11)]);
        let (one, two) = (panel(&past), panel(&other));
        let (a, b) = (Sums::new(&one), Sums::new(&two));
        let (a, b) = (Design::new(&a, 8), Design::new(&b, 8));
        for name in names {
            for unit in 0..3 {
                for at in 0..8 {
                    assert_eq!(
                        a.feature(name).at(unit, at),
                        b.feature(name).at(unit, at),
                        "{name} {unit} {at}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_label_is_not_among_its_own_features() {
        let (with, without) = (panel(&[(0, 1, 1), (0, 6, 6)]), panel(&[(0, 1, 1)]));
        let (a, b) = (Sums::new(&with), Sums::new(&without));
        let (a, b) = (Design::new(&a, 8), Design::new(&b, 8));
        assert_eq!(
            a.feature("place").at(0, 5),
            b.feature("place").at(0, 5),
            "the target at 6 must not matter at 5"
        );
        assert!(a.feature("place").at(0, 9) > b.feature("place").at(0, 9));
    }
}
