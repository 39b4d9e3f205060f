//! The line that is judged: the one that `train` fits and the service applies, by what was known before the test.

use super::Named;
use crate::baseline;
use crate::error::Result;
use crate::events::Event;
use crate::panel::Panel;
use crate::period::Period;
use crate::train::bars::{BarJudgement, judge_bars};
use crate::train::choose::{Chosen, Material, choose};
use crate::train::serving::{Listed, Looks, TrainingUnit, Vectors, vectors_of};
use std::collections::BTreeMap;

/// A baseline with this weight speaks alone.
const ALONE: f64 = 0.95;
/// Below this many training positives nothing is fitted: the base rate is the calibrated answer.
pub const FEWEST_POSITIVES: usize = 10;

/// The pipeline's vectors of a panel, one look at the first hour of each period, and the line chosen and fitted before the test.
pub struct LineBeforeTest {
    pub chosen: Chosen,
    pub vectors: Vectors,
    cut: usize,
}

impl LineBeforeTest {
    pub fn new(panel: &Panel, level: TrainingUnit, known: usize) -> Result<LineBeforeTest> {
        let vectors = vectors(panel, level);
        let material = Material { made: &vectors, question: 0 };
        let learnt = material.known_by(vectors.origins[panel.cut]).positives();
        let chosen = if known.min(learnt) < FEWEST_POSITIVES {
            Chosen::base_rate(&material, panel.cut)
        } else {
            choose(&material, panel.cut, "the model")?
        };
        Ok(LineBeforeTest { chosen, vectors, cut: panel.cut })
    }

    /// The alerts of the line under a bar that was rehearsed before the test.
    pub fn alerts(&self, budget: f64, period: Period) -> BarJudgement {
        let material = Material { made: &self.vectors, question: 0 };
        let test = self.cut..self.vectors.origins.len();
        judge_bars(&material, &self.chosen, test, budget, period.quarter() as f64)
    }

    /// The risks of the test cells, unit by unit, as the service shows them.
    pub fn risks(&self) -> Vec<f64> {
        risks_from(&self.chosen, &self.vectors, self.cut)
    }
}

/// The risks of all looks of these vectors, unit by unit.
pub fn risks_of(line: &Chosen, vectors: &Vectors) -> Vec<f64> {
    risks_from(line, vectors, 0)
}

fn risks_from(line: &Chosen, vectors: &Vectors, first: usize) -> Vec<f64> {
    let rows = vectors.rows(0, first..vectors.origins.len(), 0);
    let periods = vectors.origins.len() - first;
    let cell = |cell: usize| line.risk(rows.row((cell % periods) * vectors.units + cell / periods));
    (0..periods * vectors.units).map(cell).collect()
}

/// The pipeline's vectors of a panel's test periods alone.
pub fn test_vectors(panel: &Panel, unit: TrainingUnit) -> Vectors {
    vectors_at(panel, unit, panel.cut)
}

fn vectors(panel: &Panel, unit: TrainingUnit) -> Vectors {
    vectors_at(panel, unit, 0)
}

fn vectors_at(panel: &Panel, unit: TrainingUnit, first: usize) -> Vectors {
    let event = |mark: &crate::panel::Mark| Event {
        unit: panel.units[mark.unit].clone(),
        parent: None,
        day: mark.day,
        received: mark.known_day,
        gone: None,
        severity: None,
    };
    let events: Vec<Event> = panel.marks.iter().map(event).collect();
    let known = panel.units.iter().zip(&panel.parents).filter(|(_, parent)| **parent > 0);
    let parents: BTreeMap<String, String> =
        known.map(|(unit, parent)| (unit.clone(), parent.to_string())).collect();
    let edges: Vec<_> = (0..=panel.len).map(|at| panel.first_day(at)).collect();
    let looks = Looks {
        from: edges[0],
        to: edges[panel.len] - 1,
        origins: edges[first..panel.len].to_vec(),
        ends: vec![edges[first + 1..].to_vec()],
    };
    let listed = Listed { events: &events, units: &panel.units, parents: &parents, neighbours: None, unit };
    vectors_of(&listed, &looks)
}

/// `model`, or the baseline that speaks alone.
pub fn served(weights: &Named<f64>) -> &'static str {
    let alone = weights.0.iter().find(|part| part.1 >= ALONE && baseline::NAMES.contains(&part.0));
    alone.map_or("model", |part| part.0)
}
