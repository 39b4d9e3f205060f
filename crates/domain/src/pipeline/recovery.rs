//! Recovery: how a pipeline is put back at start from what the store kept.

use super::snapshot::SnapshotHead;
use super::{Needs, Pipeline};
use crate::cell_memory::CellMemory;
use crate::evidence::{CellId, EvidenceChanges};
use crate::report::Report;
use crate::silence::ExpectedFeed;
use crate::time::{Hour, Time};

/// A pipeline that is being put back. It takes a snapshot, where there is one, and the reports received before the last tick that the
/// snapshot does not have, in any order; then the clock.
pub struct Recovery {
    pub(super) pipeline: Pipeline,
    pub(super) head: Option<SnapshotHead>,
}

/// A pipeline that has its clock back. It takes the reports received since the last tick and the memories, in any order.
pub struct RecoverySinceTick {
    pipeline: Pipeline,
}

impl Recovery {
    /// `empty` is a pipeline over the same places, to which nothing was applied.
    pub fn new(empty: Pipeline) -> Recovery {
        Recovery { pipeline: empty, head: None }
    }

    /// Puts back a report received before the last tick.
    pub fn report(&mut self, report: &Report, beyond_repair_horizon: bool) {
        self.pipeline.put_back(report, beyond_repair_horizon);
    }

    /// The clock as it was at the snapshot that it goes on from.
    pub fn snapshot_clock(&self) -> Option<Time> {
        self.head.as_ref().map(|head| head.clock)
    }

    /// What a report needs that left memory before the snapshot.
    pub fn needs(&mut self, report: &Report) -> Needs {
        self.pipeline.needs(report)
    }

    /// Puts back as what a feed is registered.
    pub fn registered(&mut self, feed: &ExpectedFeed) {
        self.pipeline.evidence.register(feed, &mut EvidenceChanges::default());
    }

    /// Puts back what another process showed of a cell of its own at the last tick.
    pub fn set_border_view(&mut self, cell: CellId, as_of: Hour, fortnight: f64) {
        self.pipeline.set_border_view(cell, as_of, fortnight);
    }

    /// Puts back the clock: the effective time of the last input, and the last tick.
    pub fn clock(mut self, clock: Time, tick: Option<Hour>) -> RecoverySinceTick {
        let pipeline = &mut self.pipeline;
        (pipeline.clock, pipeline.tick) = (clock, tick);
        if let Some(hour) = tick {
            pipeline.tick_again(hour, self.head.as_ref());
        }
        RecoverySinceTick { pipeline: self.pipeline }
    }

    /// The pipeline with its reports alone: enough for the digest of the state.
    pub fn finish_without_clock(self) -> Pipeline {
        self.pipeline
    }
}

impl RecoverySinceTick {
    /// Puts back a report received since the last tick.
    pub fn report(&mut self, report: &Report, beyond_repair_horizon: bool) {
        self.pipeline.put_back(report, beyond_repair_horizon);
    }

    /// What a report needs that left memory before the snapshot.
    pub fn needs(&mut self, report: &Report) -> Needs {
        self.pipeline.needs(report)
    }

    /// Puts back what was last emitted of a cell. Bytes of another format are left out: everything is emitted again there.
    pub fn memory(&mut self, cell: CellId, bytes: &[u8]) {
        if let Some(CellMemory { emitted, condition, model_waits }) = CellMemory::from_bytes(bytes) {
            self.pipeline.assessor.restore(cell, emitted);
            self.pipeline.keeper.restore(cell, condition, model_waits);
        }
    }

    /// The pipeline as it was before the stop.
    pub fn finish(mut self) -> Pipeline {
        let pipeline = &mut self.pipeline;
        pipeline.keeper.resume(&pipeline.evidence, pipeline.clock);
        self.pipeline
    }
}

impl Pipeline {
    /// Takes a report in without effects.
    fn put_back(&mut self, report: &Report, beyond_repair_horizon: bool) {
        let mut touched = core::mem::take(&mut self.touched);
        touched.clear();
        self.evidence.insert(report, beyond_repair_horizon, &mut touched);
        touched.effects.clear();
        self.touched = touched;
    }
}
