//! What sensors open: hotspots of high confidence, so many in a district, and warnings. Waspada, never more.

use super::NOT_LOST;
use super::finding::SKEW;
use crate::effect::ConditionReason;
use crate::evidence::signals::SignalKind;
use crate::evidence::{CellId, Evidence};
use crate::policy::SensorTrigger;
use crate::report::ReportName;
use crate::time::{HOUR, Time};
use alloc::vec::Vec;

/// What the signals of a cell open at an instant.
#[derive(Clone, PartialEq, Debug)]
pub struct SensorFinding {
    pub reasons: Vec<ConditionReason>,
    /// The signals it rests on: as many as are needed, the latest.
    pub signals: Vec<ReportName>,
    pub valid_until: Time,
}

/// What the signals of a cell open at `at`.
pub fn find_by_sensors(evidence: &Evidence, cell: CellId, at: Time) -> SensorFinding {
    let policy = &evidence.policy.sensors;
    let mut finding = SensorFinding::NOTHING;
    if let Some(trigger) = policy.hotspots {
        let needed = trigger.at_least;
        if finding.add(evidence, cell, (SignalKind::Hotspot, trigger), needed, at) {
            let hours = (trigger.window / HOUR) as u32;
            finding.reasons.push(ConditionReason::Hotspots { count: needed, hours });
        }
    }
    if let Some(trigger) = policy.warnings
        && finding.add(evidence, cell, (SignalKind::Warning, trigger), 1, at)
    {
        let hours = (trigger.window / HOUR) as u32;
        finding.reasons.push(ConditionReason::Warning { severity: trigger.at_least, hours });
    }
    finding
}

impl SensorFinding {
    pub const NOTHING: SensorFinding =
        SensorFinding { reasons: Vec::new(), signals: Vec::new(), valid_until: NOT_LOST };

    /// Adds the latest `needed` signals of a kind; true where there are as many.
    fn add(
        &mut self,
        evidence: &Evidence,
        cell: CellId,
        (kind, trigger): (SignalKind, SensorTrigger),
        needed: u32,
        at: Time,
    ) -> bool {
        let now = at.plus(SKEW);
        // A clock far ahead: it counts when its hour comes.
        if let Some((seen, _)) = evidence.signals_between(cell, kind, (now, Time::MAX)).next() {
            self.valid_until = self.valid_until.min(seen.plus(-SKEW));
        }
        let within = evidence.signals_between(cell, kind, (at.plus(-trigger.window), now));
        let matched: Vec<(Time, ReportName)> = within.rev().take(needed as usize).collect();
        let enough = needed > 0 && matched.len() as u32 >= needed;
        if enough {
            let first = matched.iter().map(|(seen, _)| *seen).min().unwrap_or(at);
            self.valid_until = self.valid_until.min(first.plus(trigger.window));
            self.signals.extend(matched.into_iter().map(|(_, name)| name));
        }
        enough
    }
}
