//! What speaks for a level at an instant: rules over incidents, the model's opinion, districts that stand.

use crate::assess::bounds;
use crate::effect::{ConditionReason, Verdict};
use crate::evidence::fusion::IncidentState;
use crate::evidence::{CellId, Evidence};
use crate::kind::{Horizon, Level, Sides};
use crate::policy::{Policy, Rule};
use crate::report::ReportId;
use crate::scorer::Calibration;
use crate::time::{DAY, MINUTE, Time};
use alloc::vec::Vec;

/// Clocks of sources run a little ahead; an incident this far in the future counts as now.
const SKEW: i64 = 5 * MINUTE;
/// How far back an incident reported by two sides (or confirmed) lets a model reach awas.
const CORROBORATION: i64 = 14 * DAY;

/// What speaks for a level at an instant.
#[derive(Clone, PartialEq, Debug)]
pub struct ConditionFinding {
    pub level: Level,
    pub reasons: Vec<ConditionReason>,
    pub evidence: Vec<ReportId>,
    pub unverified: bool,
}

impl Default for ConditionFinding {
    /// Nothing speaks.
    fn default() -> ConditionFinding {
        ConditionFinding { level: Level::Low, reasons: Vec::new(), evidence: Vec::new(), unverified: false }
    }
}

/// What the rules found in a cell. It holds until `valid_until`, as long as no incident of the cell changes.
#[derive(Clone, PartialEq, Debug)]
pub struct RuleFinding {
    pub found: ConditionFinding,
    pub valid_until: Time,
}

/// What the rules find over the incidents up to `at`.
pub fn find_by_rules(evidence: &Evidence, cell: CellId, at: Time) -> RuleFinding {
    let mut found = ConditionFinding::default();
    let mut valid_until = Time::MAX;
    let (mut sides, mut confirmed) = (Sides::default(), false);
    for rule in evidence.policy.rules.iter().filter(|rule| rule.kind == cell.kind()) {
        let mut matched: Vec<&IncidentState> = Vec::new();
        for incident in evidence.recent(cell, &rule.categories, at.plus(-rule.window), Time::MAX) {
            if !rule_counts(rule, incident) {
                continue;
            }
            if incident.at > at.plus(SKEW) {
                valid_until = valid_until.min(incident.at.plus(-SKEW)); // a clock far ahead: it counts when its hour comes
                continue;
            }
            matched.push(incident);
            if matched.len() as u32 >= rule.count {
                break;
            }
        }
        if (matched.len() as u32) < rule.count {
            continue;
        }
        found.level = found.level.max(rule.level);
        found.reasons.push(ConditionReason::Rule(rule.id.clone()));
        for incident in matched {
            valid_until = valid_until.min(incident.at.plus(rule.window));
            sides = sides.join(incident.sides);
            confirmed |= incident.verdict == Verdict::Confirmed;
            let id = evidence.id_of(incident);
            if !found.evidence.contains(&id) {
                found.evidence.push(id);
            }
        }
    }
    found.unverified = !found.evidence.is_empty() && sides.len() < 2 && !confirmed;
    RuleFinding { found, valid_until }
}

/// True where some rule of the policy counts this incident.
pub fn any_rule_counts(policy: &Policy, incident: &IncidentState) -> bool {
    let kind = incident.cell.kind();
    policy.rules.iter().any(|rule| rule.kind == kind && rule_counts(rule, incident))
}

fn rule_counts(rule: &Rule, incident: &IncidentState) -> bool {
    // Red is never one party's word, whatever the policy file says.
    let sides = if rule.level == Level::Awas { rule.min_sides.max(2) } else { rule.min_sides };
    let harmed = u32::from(incident.dead) + u32::from(incident.injured) + incident.displaced;
    incident.verdict != Verdict::Rejected
        && (rule.categories.is_empty() || rule.categories.contains(&incident.category))
        && incident.severity >= rule.min_severity
        && (rule.min_stage.is_none() || incident.stage >= rule.min_stage)
        && harmed >= rule.min_harmed
        && is_corroborated(incident.sides, incident.verdict, sides)
}

/// Whether an incident stands on so many sides, or on the desk's word.
pub fn is_corroborated(sides: Sides, verdict: Verdict, wanted: u32) -> bool {
    sides.len() >= wanted || verdict == Verdict::Confirmed
}

/// What the week's model says of a cell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ModelOpinion {
    pub risk_ppm: u32,
    /// How far the model may be believed here, and what the risk is compared with.
    pub calibration: Calibration,
    pub completeness_ppm: u32,
}

impl ModelOpinion {
    /// The level that the model alone asks for, before awas is held to two sides. `current` is the level that stands:
    /// it is kept down to the lower thresholds.
    #[inline]
    pub fn level(&self, policy: &Policy, current: Level) -> Level {
        if self.completeness_ppm == 0 {
            return Level::Low;
        }
        let raise = bounds(self.calibration, &policy.raise_ppm, policy.transferred_raise);
        let clear = bounds(self.calibration, &policy.clear_ppm, policy.transferred_clear);
        let reached =
            |level: Level, up: u32, down: u32| self.risk_ppm >= if current >= level { down } else { up };
        if reached(Level::Awas, raise.2, clear.2) {
            Level::Awas
        } else if reached(Level::Siaga, raise.1, clear.1) {
            Level::Siaga
        } else if reached(Level::Waspada, raise.0, clear.0) {
            Level::Waspada
        } else {
            Level::Low
        }
    }

    /// The reason that the model gives for a condition.
    pub fn reason(&self) -> ConditionReason {
        let (risk_ppm, base_ppm) = (self.risk_ppm, self.calibration.base_ppm);
        ConditionReason::Model { horizon: Horizon::Week, risk_ppm, base_ppm }
    }
}

/// Adds the model's level to what the rules found: siaga at most, unless two sides or the desk stand behind an incident.
pub fn add_model(
    evidence: &Evidence,
    cell: CellId,
    at: Time,
    opinion: ModelOpinion,
    mut level: Level,
    mut finding: ConditionFinding,
) -> ConditionFinding {
    if level == Level::Awas
        && !evidence.recent(cell, &[], at.plus(-CORROBORATION), at.plus(SKEW)).any(|incident| {
            incident.verdict != Verdict::Rejected && is_corroborated(incident.sides, incident.verdict, 2)
        })
    {
        level = Level::Siaga;
    }
    if level >= Level::Waspada {
        finding.level = finding.level.max(level);
        finding.reasons.push(opinion.reason());
    }
    finding
}

/// Adds a regency's districts: it stands as high as at least `regency_districts` of them.
pub fn add_districts(
    policy: &Policy,
    mut levels: Vec<Level>,
    mut finding: ConditionFinding,
) -> ConditionFinding {
    levels.retain(|level| *level >= Level::Siaga);
    levels.sort_unstable();
    let needed = policy.regency_districts as usize;
    if needed > 0 && levels.len() >= needed {
        finding.level = finding.level.max(levels[levels.len() - needed]);
        finding.reasons.push(ConditionReason::Districts(levels.len() as u32));
    }
    finding
}
