//! What speaks for a level at an instant: rules over incidents, the model's opinion, districts that stand.

use super::pile_up::find_pile_up;
use super::sensors::find_by_sensors;
use crate::assess::bounds;
use crate::effect::{ConditionReason, Verdict};
use crate::evidence::IncidentState;
use crate::evidence::opening::{Opening, opening};
use crate::evidence::{CellId, Evidence};
use crate::kind::{Horizon, Level, OpeningVoice};
use crate::policy::{Policy, Rule};
use crate::report::ReportName;
use crate::scorer::Calibration;
use crate::sender_clock;
use crate::time::{DAY, Time};
use alloc::vec::Vec;
use core::cmp::Ordering;

/// Clocks of sources run a little ahead; an incident this far in the future counts as now.
pub(super) const SKEW: i64 = sender_clock::AHEAD;
/// How far back an incident of which a pair carries awas lets a model reach it.
const CORROBORATION: i64 = 14 * DAY;

/// What speaks for a level at an instant.
#[derive(Clone, PartialEq, Debug)]
pub struct ConditionFinding {
    pub level: Level,
    pub reasons: Vec<ConditionReason>,
    pub evidence: Vec<ReportName>,
    pub unverified: bool,
}

impl Default for ConditionFinding {
    /// Nothing speaks.
    fn default() -> ConditionFinding {
        ConditionFinding { level: Level::Low, reasons: Vec::new(), evidence: Vec::new(), unverified: false }
    }
}

impl ConditionFinding {
    fn add(&mut self, level: Level, reason: ConditionReason, evidence: impl IntoIterator<Item = ReportName>) {
        self.level = self.level.max(level);
        self.reasons.push(reason);
        self.add_evidence(evidence);
    }

    fn add_evidence(&mut self, evidence: impl IntoIterator<Item = ReportName>) {
        for name in evidence {
            if !self.evidence.contains(&name) {
                self.evidence.push(name);
            }
        }
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
    let mut verified = Level::Low;
    let policy = &evidence.policy;
    for rule in policy.rules.iter().filter(|rule| rule.kind == cell.kind()) {
        let mut matched: Vec<&IncidentState> = Vec::new();
        let from = at.plus(-rule.window);
        for incident in evidence.counted(cell, &rule.categories, (from, at)) {
            if !rule_counts(policy, rule, incident) {
                continue;
            }
            valid_until = valid_until.min(changes_at(incident, at));
            if !is_within(incident, from, at) {
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
        for incident in &matched {
            valid_until = valid_until.min(incident.last_at(at).plus(rule.window));
            if is_verified(incident, rule) {
                verified = verified.max(rule.level);
            }
        }
        let names = matched.into_iter().map(|incident| evidence.name_of(incident));
        found.add(rule.level, ConditionReason::Rule(rule.id.clone()), names);
    }
    let opened = find_openings(evidence, cell, at);
    valid_until = valid_until.min(opened.valid_until);
    if let Some(best) = opened.best {
        let reason = ConditionReason::Opening { voice: best.voice, ground: best.ground };
        found.add(best.level, reason, opened.incidents);
        if best.voice == OpeningVoice::Verified {
            verified = verified.max(best.level);
        }
    }
    let piled_up = find_pile_up(evidence, cell, at);
    valid_until = valid_until.min(piled_up.valid_until);
    if let Some(pile_up) = piled_up.found {
        found.add(Level::Waspada, ConditionReason::PileUp(pile_up), piled_up.signs);
        if piled_up.verified {
            verified = verified.max(Level::Waspada);
        }
    }
    let seen = find_by_sensors(evidence, cell, at);
    valid_until = valid_until.min(seen.valid_until);
    for reason in seen.reasons {
        found.add(Level::Waspada, reason, Vec::new());
    }
    found.add_evidence(seen.signals);
    found.unverified = !found.evidence.is_empty() && verified < found.level;
    debug_assert!(
        valid_until > at,
        "a finding that has lapsed when it is made is reviewed for ever: {found:?}"
    );
    RuleFinding { found, valid_until: valid_until.max(at.plus(1)) }
}

/// What single incidents open.
struct Openings {
    best: Option<Opening>,
    /// Those that open just that.
    incidents: Vec<ReportName>,
    valid_until: Time,
}

fn find_openings(evidence: &Evidence, cell: CellId, at: Time) -> Openings {
    let policy = &evidence.policy.opening;
    let from = at.plus(-policy.window);
    let mut openings = Openings { best: None, incidents: Vec::new(), valid_until: Time::MAX };
    for incident in evidence.counted(cell, &[], (from, at)) {
        let within = is_within(incident, from, at);
        if !within && !incident.is_ahead(at) {
            continue;
        }
        let Some(opened) = opening(policy, incident) else { continue };
        openings.valid_until = openings.valid_until.min(changes_at(incident, at));
        if !within {
            continue;
        }
        match openings.best.map_or(Ordering::Less, |best| opened.rank().cmp(&best.rank())) {
            Ordering::Less => {
                openings.best = Some(opened);
                openings.incidents.clear();
            }
            Ordering::Equal => {}
            Ordering::Greater => continue,
        }
        openings.incidents.push(evidence.name_of(incident));
        openings.valid_until = openings.valid_until.min(incident.last_at(at).plus(policy.window));
    }
    openings
}

/// True where an incident has happened, as rules that look at `at` count it, and some of it after `from`.
fn is_within(incident: &IncidentState, from: Time, at: Time) -> bool {
    incident.counts_at(at) <= at.plus(SKEW) && incident.last_at(at) > from
}

/// When an incident whose clock is far ahead is to be looked at again: it counts when its hour comes.
fn changes_at(incident: &IncidentState, at: Time) -> Time {
    if incident.is_ahead(at) { incident.at.plus(-SKEW) } else { Time::MAX }
}

/// True where some rule of the policy counts this incident, or it opens something by itself.
pub fn any_rule_counts(policy: &Policy, incident: &IncidentState) -> bool {
    let kind = incident.cell.kind();
    opening(&policy.opening, incident).is_some()
        || policy.rules.iter().any(|rule| rule.kind == kind && rule_counts(policy, rule, incident))
}

fn rule_counts(policy: &Policy, rule: &Rule, incident: &IncidentState) -> bool {
    let counted = incident.counted();
    let grave = match rule.level {
        // Red is never one speaker's word, nor that of the involved alone, whatever the policy says.
        Level::Awas => carries_awas(policy, incident) && incident.carries_awas() >= rule.min_severity,
        _ if rule.by_pair => incident.carries_awas() >= rule.min_severity.max(1),
        _ => counted.severity >= rule.min_severity,
    };
    grave
        && incident.verdict != Verdict::Rejected
        && (rule.categories.is_empty() || rule.categories.contains(&incident.category))
        && (rule.min_stage.is_none() || incident.stage >= rule.min_stage)
        && counted.harmed() >= rule.min_harmed
}

/// True where two speakers affirm as much as the rule asks for, or the desk confirmed it.
fn is_verified(incident: &IncidentState, rule: &Rule) -> bool {
    let attested = incident.claims.attested.extent;
    let enough = attested.severity >= rule.min_severity.max(1) && attested.harmed() >= rule.min_harmed;
    enough || incident.verdict == Verdict::Confirmed
}

/// True where an incident lets a level be awas: a pair of speakers attests it, one of them not involved. There is no other
/// way to awas.
pub fn carries_awas(policy: &Policy, incident: &IncidentState) -> bool {
    incident.carries_awas() >= policy.awas.least(incident.cell.kind()).max(1)
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
    /// The level that the model alone asks for, before awas is held to a pair of speakers. `current` is the level that stands:
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

/// Adds the model's level to what the rules found: siaga at most, unless a pair of speakers carries awas for an incident.
pub fn add_model(
    evidence: &Evidence,
    cell: CellId,
    at: Time,
    opinion: ModelOpinion,
    mut level: Level,
    mut finding: ConditionFinding,
) -> ConditionFinding {
    let carried = || {
        let mut recent = evidence.recent(cell, &[], at.plus(-CORROBORATION), at.plus(SKEW));
        recent.any(|incident| carries_awas(&evidence.policy, incident))
    };
    if level == Level::Awas && !carried() {
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
