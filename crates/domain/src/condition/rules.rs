//! What the rules of a policy find in a cell, part by part: what a change cannot have touched is not looked at again.

use super::NOT_LOST;
use super::finding::{ConditionFinding, changes_at, is_verified, is_within, rule_counts};
use super::openings::Openings;
use super::pile_up::{PileUpFinding, find_pile_up};
use super::sensors::{SensorFinding, find_by_sensors};
use crate::effect::ConditionReason;
use crate::evidence::{CellId, Evidence, EvidenceChanges, IncidentState};
use crate::kind::{Kind, Level, OpeningVoice};
use crate::policy::{Policy, Rule};
use crate::report::ReportName;
use crate::time::Time;
use alloc::vec::Vec;

/// What the rules found in a cell. It holds until `valid_until`, as long as no incident and no signal of the cell changes.
#[derive(Clone, PartialEq, Debug)]
pub struct RuleFinding {
    pub found: ConditionFinding,
    pub valid_until: Time,
    /// By rule of the cell's kind, in the policy's order; none where none ever matched.
    matches: Vec<RuleMatch>,
    openings: Openings,
    pile_up: PileUpFinding,
    sensors: SensorFinding,
}

/// What the rules find over the incidents up to `at`.
pub fn find_by_rules(evidence: &Evidence, cell: CellId, at: Time) -> RuleFinding {
    let mut finding = RuleFinding {
        matches: rules(&evidence.policy, cell.kind())
            .map(|rule| RuleMatch::find(evidence, cell, at, rule))
            .collect(),
        openings: Openings::find(evidence, cell, at),
        pile_up: find_pile_up(evidence, cell, at, &PileUpFinding::NOTHING),
        sensors: find_by_sensors(evidence, cell, at),
        ..RuleFinding::NOTHING
    };
    finding.put_together(&evidence.policy, cell.kind(), at);
    finding
}

impl RuleFinding {
    /// No rule counts anything there is.
    pub const NOTHING: RuleFinding = RuleFinding {
        found: ConditionFinding::NOTHING,
        valid_until: NOT_LOST,
        matches: Vec::new(),
        openings: Openings::NOTHING,
        pile_up: PileUpFinding::NOTHING,
        sensors: SensorFinding::NOTHING,
    };

    /// Comes to what [`find_by_rules`] would find, given what was found before and what changed since. True where that is
    /// something else than before.
    pub fn follow(&mut self, evidence: &Evidence, cell: CellId, at: Time, touched: &EvidenceChanges) -> bool {
        let (policy, kind) = (&evidence.policy, cell.kind());
        self.matches.resize(rules(policy, kind).count(), RuleMatch::NOTHING);
        let mut differs = false;
        for (rule, matched) in rules(policy, kind).zip(&mut self.matches) {
            if matched.valid_until <= at || matched.is_touched(policy, rule, cell, touched) {
                let before = core::mem::replace(matched, RuleMatch::find(evidence, cell, at, rule));
                differs |= (&before.incidents, before.verified) != (&matched.incidents, matched.verified);
            }
        }
        differs |= self.openings.follow(evidence, cell, at, touched);
        if self.pile_up.valid_until <= at || touched.signs.contains(&cell) {
            let before = core::mem::replace(&mut self.pile_up, PileUpFinding::NOTHING);
            self.pile_up = find_pile_up(evidence, cell, at, &before);
            differs |= !before.says_the_same(&self.pile_up);
        }
        if self.sensors.valid_until <= at || touched.signals.iter().any(|(other, _)| *other == cell) {
            let before = core::mem::replace(&mut self.sensors, find_by_sensors(evidence, cell, at));
            differs |= (&before.reasons, &before.signals) != (&self.sensors.reasons, &self.sensors.signals);
        }
        if differs {
            self.put_together(policy, kind, at);
        } else {
            self.prolong(policy, at);
        }
        differs
    }

    /// Notes until when the parts hold.
    fn prolong(&mut self, policy: &Policy, at: Time) {
        let parts = [self.openings.valid_until(policy), self.pile_up.valid_until, self.sensors.valid_until];
        let parts = parts.into_iter().chain(self.matches.iter().map(|matched| matched.valid_until));
        let valid_until = parts.min().unwrap_or(NOT_LOST);
        debug_assert!(
            valid_until > at,
            "a finding that has lapsed when it is made is reviewed for ever: {:?}",
            self.found
        );
        self.valid_until = valid_until.max(at.plus(1));
    }

    /// Makes the whole of its parts.
    fn put_together(&mut self, policy: &Policy, kind: Kind, at: Time) {
        let mut found = ConditionFinding::default();
        let mut verified = Level::Low;
        for (rule, matched) in rules(policy, kind).zip(&self.matches) {
            if !matched.incidents.is_empty() {
                found.add(
                    rule.level,
                    ConditionReason::Rule(rule.id.clone()),
                    matched.incidents.iter().copied(),
                );
                if matched.verified {
                    verified = verified.max(rule.level);
                }
            }
        }
        if let Some(best) = self.openings.best {
            let reason = ConditionReason::Opening { voice: best.voice, ground: best.ground };
            found.add(best.level, reason, self.openings.names());
            if best.voice == OpeningVoice::Verified {
                verified = verified.max(best.level);
            }
        }
        if let Some(pile_up) = self.pile_up.found {
            found.add(Level::Waspada, ConditionReason::PileUp(pile_up), self.pile_up.names());
            if self.pile_up.verified {
                verified = verified.max(Level::Waspada);
            }
        }
        for reason in &self.sensors.reasons {
            found.add(Level::Waspada, reason.clone(), []);
        }
        found.add_evidence(self.sensors.signals.iter().copied());
        found.unverified = !found.evidence.is_empty() && verified < found.level;
        self.found = found;
        self.prolong(policy, at);
    }
}

/// The policy's rules for a kind.
fn rules(policy: &Policy, kind: Kind) -> impl Iterator<Item = &Rule> {
    policy.rules.iter().filter(move |rule| rule.kind == kind)
}

/// What one rule found.
#[derive(Clone, PartialEq, Debug)]
struct RuleMatch {
    /// As many as it asks for, or none.
    incidents: Vec<ReportName>,
    /// True where each of them is verified.
    verified: bool,
    valid_until: Time,
}

impl RuleMatch {
    const NOTHING: RuleMatch = RuleMatch { incidents: Vec::new(), verified: false, valid_until: NOT_LOST };

    fn find(evidence: &Evidence, cell: CellId, at: Time, rule: &Rule) -> RuleMatch {
        let mut matched: Vec<&IncidentState> = Vec::new();
        let mut found = RuleMatch::NOTHING;
        let from = at.plus(-rule.window);
        for incident in evidence.counted(cell, &rule.categories, (from, at)) {
            if !rule_counts(&evidence.policy, rule, incident) {
                continue;
            }
            found.valid_until = found.valid_until.min(changes_at(incident, at));
            if !is_within(incident, from, at) {
                continue;
            }
            matched.push(incident);
            if matched.len() as u32 >= rule.count {
                break;
            }
        }
        if matched.len() as u32 >= rule.count {
            for incident in &matched {
                found.valid_until = found.valid_until.min(incident.last_at(at).plus(rule.window));
            }
            found.verified = matched.iter().all(|incident| is_verified(incident, rule));
            found.incidents = matched.into_iter().map(|incident| evidence.name_of(incident)).collect();
        }
        found
    }

    /// True where something changed that the rule counts, or that is among what it found.
    fn is_touched(&self, policy: &Policy, rule: &Rule, cell: CellId, touched: &EvidenceChanges) -> bool {
        touched.incidents.iter().any(|(name, incident)| {
            let counts =
                |incident: &IncidentState| incident.cell == cell && rule_counts(policy, rule, incident);
            self.incidents.contains(name) || incident.as_ref().is_some_and(counts)
        })
    }
}
