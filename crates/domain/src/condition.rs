//! Conditions: what stands in a cell, and how it is raised, changed, kept, cleared or withdrawn.
//!
//! [`step`] is the whole hysteresis; [`finding`] says what speaks for a level; [`keeper`] keeps the conditions of all cells.

pub mod finding;
pub mod keeper;
mod openings;
pub mod pile_up;
pub mod rules;
mod sensors;

use crate::alert::notice::CHECK_SHOWN_FOR;
use crate::effect::{Condition, ConditionChange, ConditionReason};
use crate::evidence::CellId;
use crate::kind::Level;
use crate::policy::Policy;
use crate::report::ReportName;
use crate::time::Time;
use alloc::{boxed::Box, vec::Vec};
use core::cmp::Ordering;
use finding::ConditionFinding;
use rules::RuleFinding;

/// Stands for the instant at which a level that has a reason now lost it.
pub const NOT_LOST: Time = Time::MAX;

/// Of what may be many, a condition names the latest so many: people need those, not a year of them.
const NAMED: usize = 12;

/// A condition that stands, with what decides when it ends.
#[derive(Clone, PartialEq, Debug)]
pub struct ActiveCondition {
    pub level: Level,
    pub since: Time,
    /// When the present level was reached.
    pub reached: Time,
    /// When waspada, siaga and awas lost their reason: [`NOT_LOST`] while they have one, `Time::MIN` where they never had.
    pub reason_lost_at: [Time; 3],
    pub reasons: Vec<ConditionReason>,
    pub evidence: Vec<ReportName>,
    pub unverified: bool,
    pub stale: bool,
}

impl ActiveCondition {
    /// Adds names to what it rests on.
    fn add_evidence(&mut self, names: Vec<ReportName>) {
        for name in names {
            if !self.evidence.contains(&name) {
                self.evidence.push(name);
            }
        }
    }

    /// The level under which it does not fall, where `asked` may rest on what the desk is asked to look at again
    /// ([`crate::evidence::Evidence::kept_until_checked`]): as long after it lost its reason as such a question is shown.
    fn floor(&self, asked: Level, at: Time) -> Level {
        let lost = |level: Level| self.reason_lost_at[level.index() - Level::Waspada.index()];
        let open = |level: &Level| *level <= asked && at.since(lost(*level)) < CHECK_SHOWN_FOR;
        Level::WARNINGS.into_iter().rev().find(open).unwrap_or(Level::Low)
    }

    /// Nothing of it is later than `at`.
    fn set_back(&mut self, at: Time) {
        let lost = self.reason_lost_at.iter_mut().filter(|lost| **lost != NOT_LOST);
        for time in [&mut self.since, &mut self.reached].into_iter().chain(lost) {
            *time = (*time).min(at);
        }
    }
}

/// Until when a cell's condition cannot change, worked out once when the condition is reevaluated, so that most cells
/// need no [`step`] in most hours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NoChangeUntil {
    /// Before this instant.
    pub until: Time,
    /// What the rules found until then.
    pub rules: Level,
    /// Rules and model together ask for just this level.
    pub asks: Level,
    /// The level that stands, for hysteresis.
    pub current: Level,
    /// What the model asked for when the condition was reevaluated and stayed at its level; `None` where it did not.
    pub evaluated: Option<Level>,
    /// When the condition is reviewed.
    pub review: Time,
}

impl NoChangeUntil {
    /// Nothing stands and no rule found anything.
    pub const NOTHING: NoChangeUntil = NoChangeUntil {
        until: NOT_LOST,
        rules: Level::Low,
        asks: Level::Low,
        current: Level::Low,
        evaluated: None,
        review: NOT_LOST,
    };

    /// What keeps `active` as it is, given what the rules found.
    pub fn of(policy: &Policy, active: &ActiveCondition, rules: &RuleFinding, at: Time) -> NoChangeUntil {
        let current = active.level;
        let marks = active.reason_lost_at.iter().take_while(|until| **until == NOT_LOST).count();
        let asks = Level::ALL[Level::Waspada.index() + marks - 1];
        let whole = !active.reason_lost_at[marks..].contains(&NOT_LOST);
        let lapses = match asks.cmp(&current) {
            Ordering::Equal if rests_on(active, &rules.found) => NOT_LOST,
            // The dwell keeps it for a while, with the reasons that raised it.
            Ordering::Less if kept(active, policy.dwell, at) == current => {
                active.reason_lost_at[current.index() - Level::Waspada.index()].plus(policy.dwell)
            }
            _ => Time::MIN,
        };
        let until = if whole && !active.stale { rules.valid_until.min(lapses) } else { Time::MIN };
        NoChangeUntil { until, rules: rules.found.level, asks, current, ..NoChangeUntil::NOTHING }
    }

    /// True where this level of the model changes nothing: it leaves what is asked for as it is, or was asked for already when the
    /// condition was last reevaluated. Awas is never the model's alone, so it is always evaluated.
    #[inline]
    pub fn stays(self, model: Level, at: Time) -> bool {
        let asks_the_same = at < self.until && self.rules.max(model) == self.asks;
        let asked_before = at < self.review && self.evaluated == Some(model);
        model < Level::Awas && (asks_the_same || asked_before)
    }
}

/// True where a condition's reasons are what the rules found, with or without the model's.
fn rests_on(active: &ActiveCondition, rules: &ConditionFinding) -> bool {
    let own = match active.reasons.split_last() {
        Some((ConditionReason::Model { .. }, rest)) => rest,
        _ => &active.reasons[..],
    };
    says_the_same(own.iter(), rules.reasons.iter())
        && active.evidence == rules.evidence
        && active.unverified == rules.unverified
}

/// True where what rules say now may not be what a condition rests on: they gave it other reasons, or it is kept by the
/// dwell, when its reasons do not tell.
fn has_lapsed(active: &ActiveCondition, rules: &ConditionFinding) -> bool {
    let kept = active.reason_lost_at[active.level.index() - Level::Waspada.index()] != NOT_LOST;
    kept || !says_the_same(by_evidence(&active.reasons), by_evidence(&rules.reasons))
        || active.evidence != rules.evidence
        || active.unverified != rules.unverified
}

/// The instant of a step and what is known then.
#[derive(Clone, Copy, Debug)]
pub struct StepContext {
    pub at: Time,
    pub completeness_ppm: u32,
    /// The level that today's evidence supports for the time the level was reached; given only when evidence behind it changed.
    pub supported: Option<Level>,
    /// The level under which what stands does not fall (`ActiveCondition::floor`).
    pub floor: Level,
    /// True at a record that makes more of an incident and takes nothing away: it lowers nothing. What is over by then falls with the hour.
    pub adds_only: bool,
}

/// Moves a condition on by a new finding and returns what changed. A condition that is cleared or withdrawn is left in
/// place, so that its effect can be made of it; the caller removes it then.
pub fn step(
    policy: &Policy,
    active: &mut Option<Box<ActiveCondition>>,
    finding: ConditionFinding,
    context: StepContext,
) -> Option<ConditionChange> {
    let StepContext { at, completeness_ppm, supported, floor, adds_only } = context;
    let Some(active) = active else {
        if !finding.level.is_warning() {
            return None;
        }
        let mut new = ActiveCondition {
            level: finding.level,
            since: at,
            reached: at,
            reason_lost_at: [Time::MIN; 3],
            reasons: finding.reasons,
            evidence: finding.evidence,
            unverified: finding.unverified,
            stale: false,
        };
        hold(&mut new, finding.level, at);
        *active = Some(Box::new(new));
        return Some(ConditionChange::Raised);
    };
    hold(active, finding.level, at);
    if let Some(supported) = supported {
        for level in Level::WARNINGS {
            if level > supported && level > finding.level && level > floor {
                active.reason_lost_at[level.index() - Level::Waspada.index()] = Time::MIN;
            }
        }
    }
    let kept = kept(active, policy.dwell, at).max(floor.min(active.level));
    if kept >= active.level {
        return keep(active, kept, finding, at);
    }
    if adds_only {
        return None;
    }
    let withdrawn = supported.is_some_and(|supported| supported < active.level);
    if completeness_ppm < policy.silence.low_ppm && !withdrawn {
        // Quiet because nothing happens, or because nobody can tell us: a person decides.
        return (!core::mem::replace(&mut active.stale, true)).then_some(ConditionChange::Stale);
    }
    if !kept.is_warning() {
        return Some(if withdrawn { ConditionChange::Withdrawn } else { ConditionChange::Cleared });
    }
    active.level = kept;
    active.reached = at;
    active.stale = false;
    if finding.level >= kept {
        take(active, finding);
    }
    Some(ConditionChange::Changed)
}

fn keep(
    active: &mut ActiveCondition,
    kept: Level,
    finding: ConditionFinding,
    at: Time,
) -> Option<ConditionChange> {
    let risen = kept > active.level;
    if risen {
        active.level = kept;
        active.reached = at;
    }
    if finding.level < kept {
        return None; // the dwell keeps it; the reasons that raised it stay
    }
    let same = !risen
        && !active.stale
        && says_the_same(by_evidence(&active.reasons), by_evidence(&finding.reasons))
        && active.unverified == finding.unverified
        && without_districts(&active.reasons) == without_districts(&finding.reasons);
    active.stale = false;
    let emitted = core::mem::take(&mut active.reasons);
    take(active, finding);
    for now in active.reasons.iter_mut().filter(|_| same) {
        if let Some(emitted) = emitted.iter().find(|emitted| is_newer(now, emitted)) {
            *now = emitted.clone(); // until it is emitted again
        }
    }
    (!same).then_some(ConditionChange::Changed)
}

/// True for a reason that is the emitted one with other numbers: asking again without a change leaves no trace.
fn is_newer(now: &ConditionReason, emitted: &ConditionReason) -> bool {
    match (now, emitted) {
        (ConditionReason::Model { horizon, .. }, ConditionReason::Model { horizon: of, .. }) => horizon == of,
        (ConditionReason::PileUp(_), _) => now.says_the_same(emitted),
        _ => false,
    }
}

fn take(active: &mut ActiveCondition, finding: ConditionFinding) {
    active.reasons = finding.reasons;
    active.evidence = finding.evidence;
    active.unverified = finding.unverified;
}

/// The reasons that rules and openings gave; the model's numbers move all the time.
fn by_evidence(reasons: &[ConditionReason]) -> impl Iterator<Item = &ConditionReason> {
    let of_evidence = |reason: &&ConditionReason| {
        !matches!(reason, ConditionReason::Model { .. } | ConditionReason::Districts(_))
    };
    reasons.iter().filter(of_evidence)
}

/// What a regency stands at without its districts, where they count: its alert stands no lower, whatever was ended in them.
fn without_districts(reasons: &[ConditionReason]) -> Option<(Level, Level)> {
    let districts = reasons.iter().find_map(ConditionReason::districts);
    districts.map(|districts| (districts.alone, districts.with_model))
}

/// True for reasons that say the same one by one.
fn says_the_same<'a>(
    mut one: impl Iterator<Item = &'a ConditionReason>,
    mut other: impl Iterator<Item = &'a ConditionReason>,
) -> bool {
    loop {
        match (one.next(), other.next()) {
            (None, None) => return true,
            (Some(one), Some(other)) if one.says_the_same(other) => {}
            _ => return false,
        }
    }
}

/// Marks the levels that have a reason now, and when the others lost theirs.
fn hold(active: &mut ActiveCondition, level: Level, at: Time) {
    for (step, until) in active.reason_lost_at.iter_mut().enumerate() {
        if step + Level::Waspada.index() <= level.index() {
            *until = NOT_LOST;
        } else if *until == NOT_LOST {
            *until = at;
        }
    }
}

fn kept(active: &ActiveCondition, dwell: i64, at: Time) -> Level {
    let still =
        |level: &&Level| at.since(active.reason_lost_at[level.index() - Level::Waspada.index()]) < dwell;
    Level::WARNINGS.iter().rev().find(still).copied().unwrap_or(Level::Low)
}

/// When a condition must be reevaluated if nothing is reported and nothing emitted until then.
pub fn next_review(policy: &Policy, active: &ActiveCondition, at: Time) -> Time {
    if active.stale {
        return at.hour().next().start(); // waits for the feeds to speak again
    }
    let lapse = |until: &Time| {
        if *until == NOT_LOST || *until == Time::MIN { NOT_LOST } else { until.plus(policy.dwell) }
    };
    let next = active.reason_lost_at.iter().map(lapse).filter(|time| *time > at).min().unwrap_or(NOT_LOST);
    let behind = kept(active, policy.dwell, at) < active.level;
    if !behind {
        return next;
    }
    let ends = active.reason_lost_at.iter().map(|lost| lost.plus(CHECK_SHOWN_FOR)).filter(|end| *end > at);
    ends.fold(at.hour().next().start(), Time::min)
}

/// The effect that tells of a condition after `change`.
pub fn condition_effect(
    policy: &Policy,
    cell: CellId,
    change: ConditionChange,
    active: &ActiveCondition,
    context: StepContext,
) -> Condition {
    let StepContext { at, completeness_ppm, .. } = context;
    let gone = matches!(change, ConditionChange::Cleared | ConditionChange::Withdrawn);
    Condition {
        unit: cell.unit(),
        kind: cell.kind(),
        change,
        at,
        level: if gone { Level::Low } else { active.level },
        since: active.since,
        reasons: active.reasons.clone(),
        evidence: active.evidence.clone(),
        unverified: active.unverified,
        completeness_ppm,
        policy: policy.version.clone(),
    }
}
