//! What leaves memory and what comes back: the whole state is in memory or in the store, and no answer hangs on which.

use super::{Loaded, Needs, Pipeline};
use crate::evidence::CellId;
use crate::evidence::cold::StandingConditions;
use crate::kind::Kind;
use crate::place::Code;
use crate::report::Report;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

impl Pipeline {
    /// What must be loaded before the report can be applied: its regency, where it may touch what left memory.
    pub fn needs(&mut self, report: &Report) -> Needs {
        let regency = self.evidence.touches_cold(report);
        Needs { regency: regency.map(|unit| self.evidence.places.code(unit)) }
    }

    /// The regencies of which something left memory.
    pub fn cold_regencies(&self) -> Vec<Code> {
        self.evidence.cold_regencies().map(|unit| self.evidence.places.code(unit)).collect()
    }

    /// Takes in what the store has of a regency. Nothing is emitted: it was when it first came.
    ///
    /// # Panics
    /// Where the store has fewer reports than left memory.
    pub fn load(&mut self, loaded: &Loaded) {
        let Some(regency) = self.evidence.places.find(loaded.regency) else { return };
        let reports = loaded.reports.iter().map(|kept| (&kept.report, kept.beyond_repair_horizon));
        self.evidence.bring_back(regency, reports);
    }

    /// Drops reports that ended more than `hot_span` microseconds ago and that nothing can ask of; returns how many left. What was
    /// applied must be in the store by now.
    pub fn forget_cold(&mut self, hot_span: i64) -> u64 {
        let places = self.evidence.places.clone();
        places.regency_ids().map(|regency| self.forget_cold_of(places.code(regency), hot_span)).sum()
    }

    /// The same of one regency, which hangs on no other: a pass over all of them may be done a regency at a time.
    pub fn forget_cold_of(&mut self, regency: Code, hot_span: i64) -> u64 {
        let places = &self.evidence.places;
        let Some(regency) = places.find(regency) else { return 0 };
        let units = places.units_of(regency);
        let cells = units.flat_map(|unit| Kind::ALL.iter().map(move |kind| CellId::new(unit, *kind)));
        let mut standing =
            StandingConditions { at: self.clock, reached: Vec::new(), evidence: BTreeSet::new() };
        for active in cells.filter_map(|cell| self.keeper.condition(cell)) {
            standing.reached.push(active.reached);
            standing.evidence.extend(&active.evidence);
        }
        self.evidence.forget_cold(regency, self.clock.plus(-hot_span), &standing)
    }
}
