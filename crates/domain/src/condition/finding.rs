//! What speaks for a level at an instant: what the rules found, the model's opinion, districts that stand.

use crate::effect::{ConditionReason, DistrictCount, RaisedAlone, RuleMark};
use crate::evidence::IncidentState;
use crate::evidence::opening::{Opening, opening, openings};
use crate::evidence::second_person::DeskRequest;
use crate::evidence::{CellId, Evidence};
use crate::kind::{Horizon, Kind, Level, OpeningVoice};
use crate::policy::{Policy, Rule};
use crate::report::ReportName;
use crate::scorer::Calibration;
use crate::sender_clock;
use crate::thresholds::Thresholds;
use crate::time::{DAY, Time};
use alloc::vec::Vec;
use core::cmp::Ordering;

/// Clocks of sources run a little ahead; an incident this far in the future counts as now.
pub(super) const SKEW: i64 = sender_clock::AHEAD;
/// How far back an incident of which a pair carries awas lets a model reach it.
pub(crate) const CORROBORATION: i64 = 14 * DAY;

/// What speaks for a level at an instant.
#[derive(Clone, PartialEq, Debug)]
pub struct ConditionFinding {
    pub level: Level,
    pub reasons: Vec<ConditionReason>,
    pub evidence: Vec<ReportName>,
    pub unverified: bool,
}

impl Default for ConditionFinding {
    fn default() -> ConditionFinding {
        ConditionFinding::NOTHING
    }
}

impl ConditionFinding {
    /// Nothing speaks.
    pub const NOTHING: ConditionFinding =
        ConditionFinding { level: Level::Low, reasons: Vec::new(), evidence: Vec::new(), unverified: false };

    pub(super) fn add(
        &mut self,
        level: Level,
        reason: ConditionReason,
        evidence: impl IntoIterator<Item = ReportName>,
    ) {
        self.level = self.level.max(level);
        self.reasons.push(reason);
        self.add_evidence(evidence);
    }

    pub(super) fn add_evidence(&mut self, evidence: impl IntoIterator<Item = ReportName>) {
        for name in evidence {
            if !self.evidence.contains(&name) {
                self.evidence.push(name);
            }
        }
    }
}

/// True where an incident has happened, as rules that look at `at` count it, and some of it after `from`.
pub(super) fn is_within(incident: &IncidentState, from: Time, at: Time) -> bool {
    incident.counts_at(at) <= at.plus(SKEW) && incident.last_at(at) > from
}

/// When an incident whose clock is far ahead is to be looked at again: it counts when its hour comes.
pub(super) fn changes_at(incident: &IncidentState, at: Time) -> Time {
    if incident.is_ahead(at) { incident.at.plus(-SKEW) } else { Time::MAX }
}

/// True where some rule of the policy counts this incident, or it opens something by itself.
pub fn any_rule_counts(policy: &Policy, incident: &IncidentState) -> bool {
    let kind = incident.cell.kind();
    opening(&policy.opening, incident).is_some()
        || policy.rules.iter().any(|rule| rule.kind == kind && rule_counts(policy, rule, incident))
}

pub(super) fn rule_counts(policy: &Policy, rule: &Rule, incident: &IncidentState) -> bool {
    let counted = incident.counted();
    let grave = match rule.level {
        // Red is never one speaker's word, nor that of the involved alone, whatever the policy says.
        Level::Awas => carries_awas(policy, incident) && incident.carries_awas() >= rule.min_severity,
        _ if rule.by_pair => incident.carries_awas() >= rule.min_severity.max(1),
        _ => counted.severity >= rule.min_severity,
    };
    grave
        && incident.verdict.counts()
        && (rule.categories.is_empty() || rule.categories.contains(&incident.category))
        && (rule.min_stage.is_none() || incident.stage >= rule.min_stage)
        && counted.harmed() >= rule.min_harmed
}

/// True where two speakers affirm as much as the rule asks for, or the desk confirmed it.
pub(super) fn is_verified(incident: &IncidentState, rule: &Rule) -> bool {
    let verified = incident.verified();
    verified.severity >= rule.min_severity.max(1) && verified.harmed() >= rule.min_harmed
}

/// True where an incident lets a level be awas: a pair of speakers attests it, one of them not involved. There is no other
/// way to awas.
pub fn carries_awas(policy: &Policy, incident: &IncidentState) -> bool {
    incident.carries_awas() >= policy.awas.least(incident.cell.kind()).max(1)
}

/// True where an incident alone can hold a level of siaga or above: by what it opens, by a rule that asks for no other, or by a
/// pair of speakers that carries awas. To take it back needs a second person of the desk.
pub fn stands_at_siaga(policy: &Policy, incident: &IncidentState) -> bool {
    let opened = opening(&policy.opening, incident).is_some_and(|opened| opened.level >= Level::Siaga);
    opened
        || carries_awas(policy, incident)
        || grave_rules_of_one(policy, incident.cell.kind()).any(|rule| rule_counts(policy, rule, incident))
}

/// True where an incident stands at siaga or above once others affirm all that it says, or meets a part of what a rule asks for
/// that one incident meets: another report may bring the rest.
pub fn could_stand(policy: &Policy, affirmed: &IncidentState) -> bool {
    let counted = affirmed.counted();
    let meets_part = |rule: &Rule| {
        let severity = match rule.level {
            Level::Awas => rule.min_severity.max(policy.awas.least(affirmed.cell.kind())),
            _ => rule.min_severity,
        };
        severity > 0 && counted.severity >= severity
            || rule.min_harmed > 0 && counted.harmed() > 0
            || rule.min_stage.is_some() && affirmed.stage >= rule.min_stage
    };
    let of_category =
        |rule: &Rule| rule.categories.is_empty() || rule.categories.contains(&affirmed.category);
    stands_at_siaga(policy, affirmed)
        || grave_rules_of_one(policy, affirmed.cell.kind()).any(|rule| of_category(rule) && meets_part(rule))
}

/// The rules that one incident of a kind meets.
fn rules_of_one(policy: &Policy, kind: Kind) -> impl Iterator<Item = &Rule> {
    policy.rules.iter().filter(move |rule| rule.kind == kind && rule.count <= 1)
}

/// Those that raise siaga or above.
fn grave_rules_of_one(policy: &Policy, kind: Kind) -> impl Iterator<Item = &Rule> {
    rules_of_one(policy, kind).filter(|rule| rule.level >= Level::Siaga)
}

/// Until when an incident raises a level by itself where nothing stands: by what it opens, or by a rule that asks for no other
/// incident. `None` where it raises none.
pub fn opens_until(policy: &Policy, incident: &IncidentState) -> Option<Time> {
    let counts = |rule: &&Rule| rule_counts(policy, rule, incident);
    let windows = rules_of_one(policy, incident.cell.kind()).filter(counts).map(|rule| rule.window);
    let opened = opening(&policy.opening, incident).map(|_| policy.opening.window);
    windows.chain(opened).max().map(|window| incident.counts_until().plus(window))
}

/// What an incident raises by itself where nothing stands: by what it opens, or by a rule that asks for no other incident.
pub fn raised_alone(policy: &Policy, incident: &IncidentState) -> Option<RaisedAlone> {
    let rules = rules_of_one(policy, incident.cell.kind()).filter(|rule| rule_counts(policy, rule, incident));
    let by_rules = rules.map(|rule| RaisedAlone {
        level: rule.level,
        opening: None,
        rule: Some(RuleMark::of(&rule.id)),
        unverified: !is_verified(incident, rule),
    });
    let opened = opening(&policy.opening, incident).map(by_opening);
    by_rules.chain(opened).max_by_key(|raised| (raised.level, !raised.unverified, raised.opening.is_some()))
}

fn by_opening(opened: Opening) -> RaisedAlone {
    RaisedAlone {
        level: opened.level,
        opening: Some((opened.voice, opened.ground)),
        rule: None,
        unverified: opened.voice != OpeningVoice::Verified,
    }
}

/// What the words of an incident's single speakers open, whatever two of them affirm.
pub fn raised_by_claims(policy: &Policy, incident: &IncidentState) -> Option<RaisedAlone> {
    let alone = |opened: &Opening| opened.voice != OpeningVoice::Verified;
    openings(&policy.opening, incident).filter(alone).min_by_key(Opening::rank).map(by_opening)
}

/// The request of one person of the desk that this be awas: a second person's confirmation would let a rule raise it. `None`
/// where nobody asks, or where it is awas already.
pub fn awas_request(policy: &Policy, incident: &IncidentState) -> Option<DeskRequest> {
    let asked = incident.asked?;
    let rules =
        policy.rules.iter().filter(|rule| rule.kind == incident.cell.kind() && rule.level == Level::Awas);
    let is_awas = |incident: &IncidentState| rules.clone().any(|rule| rule_counts(policy, rule, incident));
    let mut seconded = *incident;
    seconded.claims.attested.awas = seconded.claims.attested.awas.max(asked.severity);
    (!is_awas(incident) && is_awas(&seconded)).then_some(asked.request)
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
        Thresholds::of(policy, self.calibration).level(self.risk_ppm, current)
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
    if level.is_warning() {
        finding.level = finding.level.max(level);
        finding.reasons.push(opinion.reason());
    }
    finding
}

/// True for a level at which a district counts among those that raise its regency.
pub fn raises_regency(level: Level) -> bool {
    level >= Level::Siaga
}

/// A district as its regency counts it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct DistrictStanding {
    pub level: Level,
    pub unverified: bool,
}

/// Adds a regency's districts, `alone` being what its own incidents raise: it stands as high as at least `regency_districts` of them. Where none of those rests on more than one
/// source's word, a level that they alone give is unverified too; what stands as high without them, by the model too, they make no
/// less sure.
pub fn add_districts(
    policy: &Policy,
    mut districts: Vec<DistrictStanding>,
    alone: Level,
    mut finding: ConditionFinding,
) -> ConditionFinding {
    districts.retain(|district| raises_regency(district.level));
    districts.sort_unstable();
    let needed = policy.regency_districts as usize;
    if needed == 0 || districts.len() < needed {
        return finding;
    }
    let level = districts[districts.len() - needed].level;
    let unverified = districts.iter().all(|district| district.unverified);
    let with_model = finding.level;
    finding.unverified = match level.cmp(&finding.level) {
        Ordering::Greater => unverified,
        Ordering::Equal => unverified && finding.unverified,
        Ordering::Less => finding.unverified,
    };
    finding.level = finding.level.max(level);
    finding.reasons.push(ConditionReason::Districts(DistrictCount {
        count: districts.len() as u32,
        needed: policy.regency_districts,
        alone,
        with_model,
    }));
    finding
}
