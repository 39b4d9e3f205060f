//! A country's events as a list by cells of a grid: a cell is a place, a larger cell encloses it, those that touch it
//! are its neighbours.

use super::deadly_events::DeadlyEvent;
use crate::error::Result;
use crate::events::{Event, Events};
use crate::panel::{Panel, Window};
use crate::train::serving::{Listed, Looks, Neighbours, TrainingUnit, Vectors, vectors_of};
use std::collections::{BTreeMap, BTreeSet};

/// Edges of the cells, in hundredths of a degree, and what they stand for in the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GridSize {
    pub cell: i32,
    /// The enclosing cell's.
    pub parent: i32,
    pub unit: TrainingUnit,
}

impl GridSize {
    /// Half a degree, about as large as an Indonesian kabupaten; sixteen of them lie in an enclosing cell.
    pub const FITTED: GridSize = GridSize { cell: 50, parent: 200, unit: TrainingUnit::District };
    /// A quarter of a degree, in enclosing cells of one.
    pub const SMALL: GridSize = GridSize { cell: 25, parent: 100, unit: TrainingUnit::District };
    /// The enclosing cell as a unit of its own, which has no neighbours.
    pub const WHOLE: GridSize = GridSize { cell: 200, parent: 200, unit: TrainingUnit::Regency };
}

/// A cell by its row and column.
type CellIndex = (i32, i32);

fn cell_of(event: &DeadlyEvent, edge: i32) -> CellIndex {
    let index = |degrees: f64| libm::floor(degrees * 100.0 / f64::from(edge)) as i32;
    (index(event.latitude), index(event.longitude))
}

fn name((row, column): CellIndex) -> String {
    format!("{row}/{column}")
}

fn touching((row, column): CellIndex) -> impl Iterator<Item = CellIndex> {
    let around = (-1..=1).flat_map(|down| (-1..=1).map(move |right| (down, right)));
    around.filter(|step| *step != (0, 0)).map(move |(down, right)| (row + down, column + right))
}

/// A country's list: its panel, on which baselines are tuned, and the pipeline's own vectors from the panel's cut on.
pub struct GridList {
    pub country: String,
    /// Places are the cells that were hit before the panel's cut, and those that touch them.
    pub panel: Panel,
    /// One look at the first hour of each period from the cut on, with all that is known since the panel began.
    pub vectors: Vectors,
    /// The same for the first looks, as if the record began at the cut: a new regency's.
    pub new_record: Vectors,
}

/// Years from the cut on in which a record counts as new.
const NEW_YEARS: usize = 2;

impl GridList {
    /// Makes the list. What lies in cells that were quiet, and touched none that was hit, before the cut is left out: no list of
    /// all places of a country is at hand.
    ///
    /// # Errors
    /// Where no event lies in the window.
    pub fn new(country: &str, events: &[DeadlyEvent], size: GridSize, window: Window) -> Result<GridList> {
        let inside = |event: &&DeadlyEvent| (window.from..=window.to).contains(&event.day);
        let before = events.iter().filter(inside).filter(|event| event.day < window.test_from);
        let hit: BTreeSet<CellIndex> = before.map(|event| cell_of(event, size.cell)).collect();
        let cells: BTreeSet<CellIndex> = hit.iter().flat_map(|cell| touching(*cell).chain([*cell])).collect();
        let of = |event: &DeadlyEvent| {
            let (unit, day) = (name(cell_of(event, size.cell)), event.day);
            Event { unit, parent: None, day, received: day, gone: None, severity: None }
        };
        let listed = |event: &&DeadlyEvent| cells.contains(&cell_of(event, size.cell));
        let rows: Vec<Event> = events.iter().filter(inside).filter(listed).map(of).collect();
        let units: Vec<String> = cells.iter().map(|cell| name(*cell)).collect();
        let (mut parents, mut neighbours) = (BTreeMap::new(), Neighbours::new());
        if size.unit == TrainingUnit::District {
            for cell in &cells {
                parents.insert(name(*cell), name(enclosing(*cell, size)));
                neighbours.insert(name(*cell), touching(*cell).map(name).collect());
            }
        }
        let panel =
            Panel::new(Events { rows: rows.clone(), notes: Vec::new() }, window, Some(units.clone()))?;
        let listed = Listed {
            events: &rows,
            units: &units,
            parents: &parents,
            neighbours: Some(&neighbours),
            unit: size.unit,
        };
        let new = panel.len.min(panel.cut + NEW_YEARS * panel.period.year());
        let vectors = vectors_of(&listed, &looks(&panel, 0, panel.len));
        let new_record = vectors_of(&listed, &looks(&panel, panel.cut, new));
        Ok(GridList { country: country.to_string(), panel, vectors, new_record })
    }

    /// Cells that were hit before the cut, and from it on.
    pub fn hits(&self) -> (usize, usize) {
        let Panel { cut, len, .. } = self.panel;
        let hits = self.panel.hits(usize::MAX);
        let sum = |range: std::ops::Range<usize>| -> f64 {
            (0..hits.units()).map(|unit| hits.row(unit)[range.clone()].iter().sum::<f64>()).sum()
        };
        (sum(0..cut) as usize, sum(cut..len) as usize)
    }

    /// The share of cells hit before the cut: what would be believed of the places then.
    pub fn base_rate(&self) -> f64 {
        (self.hits().0 as f64 + 0.5) / ((self.panel.units.len() * self.panel.cut) as f64 + 1.0)
    }
}

fn enclosing((row, column): CellIndex, size: GridSize) -> CellIndex {
    let times = size.parent / size.cell;
    (row.div_euclid(times), column.div_euclid(times))
}

/// Looks from the panel's cut to the one before `end`, at a record that begins with period `begin`.
fn looks(panel: &Panel, begin: usize, end: usize) -> Looks {
    let edges: Vec<_> = (0..=end).map(|at| panel.first_day(at)).collect();
    Looks {
        from: edges[begin],
        to: edges[end] - 1,
        origins: edges[panel.cut..end].to_vec(),
        ends: vec![edges[panel.cut + 1..].to_vec()],
    }
}
