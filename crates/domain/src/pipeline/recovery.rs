//! What a pipeline gives to be kept, and how it is put back at start.

use super::Pipeline;
use crate::kind::Kind;
use crate::memory::Memory;
use crate::place::UnitId;
use crate::report::Report;
use crate::time::{Hour, Time};
use crate::window::Slot;
use alloc::vec::Vec;

impl Pipeline {
    /// What a slot was last told to be.
    pub fn memory(&self, slot: Slot) -> &Memory {
        &self.memories[slot.index()]
    }

    /// Memories changed since the last call, as bytes for the store.
    pub fn take_changed(&mut self) -> Vec<(Slot, Vec<u8>)> {
        let changed = core::mem::take(&mut self.changed);
        changed.into_iter().map(|slot| (slot, self.memories[slot.index()].to_bytes())).collect()
    }

    /// Puts a report back at start, in any order and without a word: first those received before the last
    /// tick, then [`Pipeline::restore_clock`], then those that came since.
    pub fn restore(&mut self, report: &Report, bygone: bool) {
        let mut touched = core::mem::take(&mut self.touched);
        touched.clear();
        self.window.insert(report, bygone, &mut touched);
        touched.effects.clear();
        self.touched = touched;
    }

    /// Puts back what was last said of a slot.
    pub fn restore_memory(&mut self, unit: UnitId, kind: Kind, bytes: &[u8]) {
        let slot = Slot::new(unit, kind);
        if let Some(memory) = Memory::from_bytes(bytes) {
            self.memories[slot.index()] = memory;
        }
    }

    /// Puts back the clock, after the reports received before the last tick.
    pub fn restore_clock(&mut self, clock: Time, tick: Option<Hour>) {
        (self.clock, self.tick) = (clock, tick);
        if let Some(hour) = tick {
            self.window.tick(hour);
            self.board.tick(&self.window, hour);
        }
    }

    /// After everything is put back: what the rules find now, as they found it before the stop.
    pub fn resume(&mut self) {
        for index in 0..self.memories.len() {
            self.rule(Slot(index as u32), true);
            self.plan(Slot(index as u32));
        }
    }
}
