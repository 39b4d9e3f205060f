//! What a pipeline gives to be kept, and how it is put back at start.

use super::Pipeline;
use crate::cell_memory::CellMemory;
use crate::evidence::CellId;
use crate::kind::Kind;
use crate::place::UnitId;
use crate::report::Report;
use crate::time::{Hour, Time};
use alloc::vec::Vec;

impl Pipeline {
    /// What a cell was last told to be.
    pub fn memory(&self, cell: CellId) -> &CellMemory {
        &self.memories[cell.index()]
    }

    /// Memories changed since the last call, as bytes for the store.
    pub fn take_changed(&mut self) -> Vec<(CellId, Vec<u8>)> {
        let changed = core::mem::take(&mut self.changed);
        changed.into_iter().map(|cell| (cell, self.memories[cell.index()].to_bytes())).collect()
    }

    /// Puts a report back at start, in any order and without a word: first those received before the last
    /// tick, then [`Pipeline::restore_clock`], then those that came since.
    pub fn restore(&mut self, report: &Report, beyond_repair_horizon: bool) {
        let mut touched = core::mem::take(&mut self.touched);
        touched.clear();
        self.evidence.insert(report, beyond_repair_horizon, &mut touched);
        touched.effects.clear();
        self.touched = touched;
    }

    /// Puts back what was last said of a cell.
    pub fn restore_memory(&mut self, unit: UnitId, kind: Kind, bytes: &[u8]) {
        let cell = CellId::new(unit, kind);
        if let Some(memory) = CellMemory::from_bytes(bytes) {
            self.memories[cell.index()] = memory;
        }
    }

    /// Puts back the clock, after the reports received before the last tick.
    pub fn restore_clock(&mut self, clock: Time, tick: Option<Hour>) {
        (self.clock, self.tick) = (clock, tick);
        if let Some(hour) = tick {
            self.evidence.tick(hour);
            self.board.tick(&self.evidence, hour);
        }
    }

    /// After everything is put back: what the rules find now, as they found it before the stop.
    pub fn resume(&mut self) {
        for index in 0..self.memories.len() {
            self.refresh_rule_finding(CellId(index as u32), true);
            self.schedule_review(CellId(index as u32));
        }
    }
}
