//! The pipeline's state as others may read it.

use super::Pipeline;
use crate::assess::{self, ExplainedScore};
use crate::board::CellScore;
use crate::cell_memory::{CellMemory, EmittedAssessment};
use crate::condition::ActiveCondition;
use crate::digest;
use crate::effect::Incident;
use crate::evidence::IncidentState;
use crate::evidence::{CellId, NONE};
use crate::history::HourBucket;
use crate::kind::{Horizon, Kind, Outcome};
use crate::place::{Code, Places};
use crate::policy::Policy;
use crate::report::ReportName;
use crate::scorer::Calibration;
use crate::time::{Hour, Time};
use alloc::{boxed::Box, sync::Arc};

/// A pipeline's state, to read.
#[derive(Clone, Copy)]
pub struct PipelineView<'a>(pub(super) &'a Pipeline);

/// How a report stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct ReportStatus {
    pub regency: Code,
    pub id: ReportName,
    pub reported_at: Time,
    pub outcome: Outcome,
    /// The incident it belongs to.
    pub incident: Option<ReportName>,
}

impl<'a> PipelineView<'a> {
    pub(super) fn new(pipeline: &'a Pipeline) -> PipelineView<'a> {
        PipelineView(pipeline)
    }

    pub fn places(self) -> &'a Arc<Places> {
        &self.0.evidence.places
    }

    pub fn policy(self) -> &'a Arc<Policy> {
        &self.0.evidence.policy
    }

    /// Effective received time of the last input.
    pub fn clock(self) -> Time {
        self.0.clock
    }

    pub fn last_tick(self) -> Option<Hour> {
        self.0.tick
    }

    /// How records ended, by outcome, since the start or the recovery.
    pub fn outcomes(self) -> [u64; Outcome::COUNT] {
        self.0.evidence.outcomes
    }

    /// Reports applied since the start or the recovery that came late.
    pub fn late(self) -> u64 {
        self.0.late
    }

    /// Every cell of the configured places, a regency's before its districts'.
    pub fn cells(self) -> impl Iterator<Item = CellId> {
        (0..(self.places().len() * Kind::COUNT) as u32).map(CellId)
    }

    /// What was last emitted of a cell, and the condition that stands there.
    pub fn memory(self, cell: CellId) -> CellMemory {
        let condition = self.0.keeper.condition(cell).map(|active| Box::new(active.clone()));
        let model_waits = self.0.keeper.model_waits(cell);
        CellMemory { emitted: self.0.assessor.emitted(cell), condition, model_waits }
    }

    /// The assessment last emitted of a cell.
    pub fn emitted(self, cell: CellId, horizon: Horizon) -> Option<EmittedAssessment> {
        self.0.assessor.emitted(cell)[horizon.index()]
    }

    /// The condition that stands in a cell.
    pub fn condition(self, cell: CellId) -> Option<&'a ActiveCondition> {
        self.0.keeper.condition(cell)
    }

    /// Share of the usual feeds that speak of a cell as of an hour, parts per million; 0 is *no data*.
    pub fn completeness(self, cell: CellId, hour: Hour) -> u32 {
        self.0.evidence.completeness(cell, hour)
    }

    /// The same, worked out from the evidence alone.
    pub fn plain_completeness(self, cell: CellId, hour: Hour) -> u32 {
        self.0.evidence.plain_completeness(cell, hour)
    }

    /// Which model speaks for a cell, and how far it may be believed there.
    pub fn calibration(self, cell: CellId, horizon: Horizon) -> Calibration {
        self.0.assessor.board().lines(cell).calibrations[horizon.index()]
    }

    /// How every report in memory stands.
    pub fn reports(self) -> impl Iterator<Item = ReportStatus> + 'a {
        let (evidence, places) = (&self.0.evidence, self.places());
        evidence.reports.indices().map(move |index| {
            let entry = &evidence.reports.all[index as usize];
            ReportStatus {
                regency: places.code(places.regency(entry.unit)),
                id: entry.name(),
                reported_at: entry.reported,
                outcome: entry.outcome,
                incident: (entry.anchor != NONE).then(|| evidence.reports.all[entry.anchor as usize].name()),
            }
        })
    }

    /// Incidents of a cell that happened after `from` and not after `to`.
    pub fn incidents(self, cell: CellId, from: Time, to: Time) -> impl Iterator<Item = &'a IncidentState> {
        self.0.evidence.recent(cell, &[], from, to)
    }

    /// Every incident of a cell, as it is emitted.
    pub fn emitted_incidents(self, cell: CellId) -> impl Iterator<Item = Incident> + 'a {
        let evidence = &self.0.evidence;
        let incidents = evidence.recent(cell, &[], Time::MIN, Time::MAX);
        incidents.map(|incident| evidence.incident_effect(incident))
    }

    /// A cell's history, hour by hour; a regency's holds all that happened in it.
    pub fn history(self, cell: CellId) -> &'a [HourBucket] {
        self.0.evidence.series(cell).buckets()
    }

    /// What other processes are shown of a cell: its 14-day sum as of `hour`, and the hour at which it weighs that.
    pub fn border_sum(self, cell: CellId, hour: Hour) -> (Hour, f64) {
        assess::fortnight_at(&self.0.evidence, cell, hour)
    }

    /// The score of a cell worked out from the evidence alone.
    pub fn score_from_evidence(self, cell: CellId, hour: Hour) -> ExplainedScore {
        assess::from_evidence(&self.0.evidence, self.0.assessor.board().lines(cell), cell, hour)
    }

    /// The same with every sum added up from its buckets: slow and plain.
    pub fn plain_score(self, cell: CellId, hour: Hour) -> ExplainedScore {
        assess::plain(&self.0.evidence, self.0.assessor.board().lines(cell), cell, hour)
    }

    /// SHA-256 over the state, the same for any order of the same reports; assessments are worked out at `at`.
    pub fn state_digest(self, at: Time) -> [u8; 32] {
        digest::state_digest(&self.0.evidence, self.0.assessor.board(), at)
    }
}

impl Pipeline {
    /// The score of a cell in the running hour, from what is kept: the bits of [`PipelineView::plain_score`].
    pub fn score(&mut self, cell: CellId, hour: Hour) -> CellScore {
        self.assessor.score(&self.evidence, cell, hour)
    }
}
