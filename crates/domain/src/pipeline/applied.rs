//! What goes into the pipeline and what became of it.

use crate::kind::Outcome;
use crate::place::Code;
use crate::report::Report;
use crate::silence::ExpectedFeed;
use crate::time::{Hour, Time};
use alloc::vec::Vec;

/// How a pipeline is run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PipelineOptions {
    /// Assessments say what they rest on and memories are kept; a replay, which nobody asks, does without.
    pub explains: bool,
    /// Reevaluates every condition every time, which must come to the same: the simulation compares.
    pub reevaluates_always: bool,
}

impl Default for PipelineOptions {
    fn default() -> PipelineOptions {
        PipelineOptions { explains: true, reevaluates_always: false }
    }
}

/// A report with the time it was received, the hour's tick, the service's clock that was set back, or as what a feed is registered.
pub enum Input<'a> {
    Report {
        received: Time,
        report: &'a Report,
    },
    Tick(Hour),
    /// To what the clock was set back ([`crate::service_clock::ClockStep`]).
    ClockStep(Time),
    Registered(&'a ExpectedFeed),
}

/// What became of an input.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Applied {
    /// Effective received time.
    pub received_at: Time,
    /// How the record ended; `None` for what is no report.
    pub outcome: Option<Outcome>,
    /// True where the report came at least one whole hourly bucket after it happened.
    pub late: bool,
    /// True where it came too late to repair anything: it is kept as history only.
    pub beyond_repair_horizon: bool,
}

impl Default for Applied {
    fn default() -> Applied {
        Applied { received_at: Time::MIN, outcome: None, late: false, beyond_repair_horizon: false }
    }
}

impl Applied {
    /// True where the report's identity was there already.
    pub fn is_duplicate(&self) -> bool {
        self.outcome == Some(Outcome::Duplicate)
    }
}

/// What must be loaded from the store before a record can be applied.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Needs {
    /// All kept reports of this regency.
    pub regency: Option<Code>,
}

impl Needs {
    pub fn is_empty(&self) -> bool {
        self.regency.is_none()
    }
}

/// What the store had of [`Needs`].
#[derive(Clone, PartialEq, Debug)]
pub struct Loaded {
    pub regency: Code,
    /// Every kept report of the regency, in any order.
    pub reports: Vec<LoadedReport>,
}

/// A kept report; of two that share an id only the one that counts.
#[derive(Clone, PartialEq, Debug)]
pub struct LoadedReport {
    pub report: Report,
    pub beyond_repair_horizon: bool,
}
