//! Decayed sums of a panel, as of what was received by the end of each period: what the baselines look at.

use crate::panel::{Grid, Panel};
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
}
