//! What is cold leaves memory, and the state as it stands then is kept with the next commit for those who start later.

use super::{Driver, WorkerState};
use crate::record_log::RecordLog;
use crate::recovery::state_scope;
use domain::pipeline::Pipeline;
use domain::place::Code;
use domain::time::DAY;
use std::time::Instant;
use store::{StateRows, StateScope};

/// Where the daily pass over what is cold stands.
pub(super) struct DailyPass {
    /// The day, counted since 1970, on which the last pass began.
    began_on: i64,
    /// The regencies that the running pass has yet to look at.
    left: Vec<Code>,
    /// A pass ended since the state was last kept.
    state_is_due: bool,
}

impl DailyPass {
    pub const NEVER: DailyPass = DailyPass { began_on: i64::MIN, left: Vec::new(), state_is_due: false };
}

impl<L: RecordLog> Driver<L> {
    /// Once a day drops what is cold, a regency at least after each round, so that nothing waits for all of them. What was applied is
    /// in the store between two rounds.
    pub(super) fn forget_cold(&mut self) {
        let began = Instant::now();
        let WorkerState { pipeline, pass, .. } = &mut self.state;
        let day = pipeline.view().clock().0.div_euclid(DAY);
        // A pass that takes longer than a day is ended first, so that no regency is left out.
        if pass.left.is_empty() && std::mem::replace(&mut pass.began_on, day) != day {
            pass.left.clone_from(&self.config.territory.regencies);
        }
        let mut reports = 0;
        while let Some(regency) = pass.left.pop() {
            reports += pipeline.forget_cold_of(regency, self.config.hot_span);
            pass.state_is_due |= pass.left.is_empty();
            if began.elapsed() >= self.config.forget_for {
                break;
            }
        }
        if reports > 0 {
            tracing::debug!(reports, took = ?began.elapsed(), "reports left memory");
        }
    }

    /// The state as it stands with what is about to be committed; `None` where it is not due.
    pub(super) fn state_due(&mut self) -> Option<StateRows> {
        let WorkerState { pipeline, pass, .. } = &mut self.state;
        if !std::mem::take(&mut pass.state_is_due) {
            return None;
        }
        let began = Instant::now();
        let territory = &self.config.territory;
        let rows = pack(pipeline, &state_scope(territory, pipeline.view().policy()))?;
        tracing::debug!(bytes = rows.size(), took = ?began.elapsed(), "packed the state");
        Some(rows)
    }
}

/// A pipeline's state, packed; `None` before the first report.
fn pack(pipeline: &Pipeline, scope: &StateScope) -> Option<StateRows> {
    let view = pipeline.view();
    let head = view.snapshot_head()?;
    let places = view.places();
    let regencies = places.regency_ids().filter_map(|regency| view.snapshot_of(places.code(regency)));
    Some(StateRows::pack(scope, &head, regencies))
}
