//! Conditions: risk, rules and policy become a level that is raised, changed, cleared or withdrawn.

use crate::assess::{Assessed, Basis, bounds};
use crate::effect::{Change, Condition, Reason, Verdict};
use crate::kind::{Horizon, Level, Sides};
use crate::policy::{Policy, Rule};
use crate::report::ReportId;
use crate::time::{DAY, MINUTE, Time};
use crate::window::Slot;
use crate::window::fusion::Fused;
use alloc::vec::Vec;

/// Clocks of sources run a little ahead; an incident this far in the future counts as now.
const SKEW: i64 = 5 * MINUTE;
/// How far back an incident told by two sides (or confirmed) lets a model reach awas.
const CORROBORATION: i64 = 14 * DAY;

/// What speaks for a level at an instant.
#[derive(Clone, PartialEq, Debug)]
pub struct Finding {
    pub level: Level,
    pub reasons: Vec<Reason>,
    pub evidence: Vec<ReportId>,
    pub unverified: bool,
}

/// A condition that stands, with what it takes to let go of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Standing {
    pub level: Level,
    pub since: Time,
    /// When the present level was reached.
    pub reached: Time,
    /// When waspada, siaga and awas last had a reason.
    pub held: [Time; 3],
    pub reasons: Vec<Reason>,
    pub evidence: Vec<ReportId>,
    pub unverified: bool,
    pub stale: bool,
}

/// Rules over the incidents up to `at`; `None` for the level where nothing speaks.
pub fn rules(basis: &Basis<'_>, slot: Slot, at: Time) -> Finding {
    let (window, policy) = (basis.window, basis.policy);
    let mut finding =
        Finding { level: Level::Low, reasons: Vec::new(), evidence: Vec::new(), unverified: false };
    let mut told = (Sides::default(), false);
    for rule in policy.rules.iter().filter(|rule| rule.kind == slot.kind()) {
        let mut matched: Vec<&Fused> = Vec::new();
        for fused in window.recent(slot, at.plus(-rule.window), at.plus(SKEW)) {
            if counts_for(rule, fused) {
                matched.push(fused);
            }
            if matched.len() as u32 >= rule.count {
                break;
            }
        }
        if (matched.len() as u32) < rule.count {
            continue;
        }
        finding.level = finding.level.max(rule.level);
        finding.reasons.push(Reason::Rule(rule.id.clone()));
        for fused in matched {
            told.0 = told.0.join(fused.sides);
            told.1 |= fused.verdict == Verdict::Confirmed;
            let id = window.set.all[fused.anchor as usize].id;
            if !finding.evidence.contains(&id) {
                finding.evidence.push(id);
            }
        }
    }
    finding.unverified = !finding.evidence.is_empty() && told.0.len() < 2 && !told.1;
    finding
}

fn counts_for(rule: &Rule, fused: &Fused) -> bool {
    // Red is never one party's word, whatever the policy file says.
    let sides = if rule.level == Level::Awas { rule.min_sides.max(2) } else { rule.min_sides };
    let harmed = u32::from(fused.dead) + u32::from(fused.injured) + fused.displaced;
    fused.verdict != Verdict::Rejected
        && (rule.categories.is_empty() || rule.categories.contains(&fused.category))
        && fused.severity >= rule.min_severity
        && (rule.min_stage.is_none() || fused.stage >= rule.min_stage)
        && harmed >= rule.min_harmed
        && corroborated(fused, sides)
}

fn corroborated(fused: &Fused, sides: u32) -> bool {
    fused.sides.len() >= sides || fused.verdict == Verdict::Confirmed
}

/// Adds what the model says to what the rules found. `current` is the level that stands, for hysteresis.
pub fn with_model(
    basis: &Basis<'_>,
    (slot, at): (Slot, Time),
    assessed: &Assessed,
    current: Level,
    mut finding: Finding,
) -> Finding {
    let (window, policy) = (basis.window, basis.policy);
    if assessed.completeness == 0 {
        return finding;
    }
    let standing = basis.standing(slot, Horizon::Week);
    let risk = assessed.risks[Horizon::Week.index()];
    let raise = bounds(standing, &policy.raise_ppm, policy.transferred_raise);
    let clear = bounds(standing, &policy.clear_ppm, policy.transferred_clear);
    let mut level = Level::Low;
    for (step, up, down) in [
        (Level::Waspada, raise.0, clear.0),
        (Level::Siaga, raise.1, clear.1),
        (Level::Awas, raise.2, clear.2),
    ] {
        let threshold = if current >= step { down } else { up };
        if risk >= threshold {
            level = step;
        }
    }
    if level == Level::Awas
        && !window
            .recent(slot, at.plus(-CORROBORATION), at.plus(SKEW))
            .any(|fused| fused.verdict != Verdict::Rejected && corroborated(fused, 2))
    {
        level = Level::Siaga;
    }
    if level >= Level::Waspada {
        finding.level = finding.level.max(level);
        finding.reasons.push(Reason::Model {
            horizon: Horizon::Week,
            risk_ppm: risk,
            base_ppm: standing.base_ppm,
        });
    }
    finding
}

/// The regency's own: as high as at least so many of its districts stand.
pub fn with_districts(policy: &Policy, mut levels: Vec<Level>, mut finding: Finding) -> Finding {
    levels.retain(|level| *level >= Level::Siaga);
    levels.sort_unstable();
    let needed = policy.regency_districts as usize;
    if needed > 0 && levels.len() >= needed {
        finding.level = finding.level.max(levels[levels.len() - needed]);
        finding.reasons.push(Reason::Districts(levels.len() as u32));
    }
    finding
}

/// The instant of a step.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    pub at: Time,
    /// Parts per million.
    pub completeness: u32,
    /// The level that today's evidence supports for the time the level was reached; given only when evidence behind it changed.
    pub repaired: Option<Level>,
}

/// Where a condition goes from a new finding.
pub fn step(policy: &Policy, standing: &mut Option<Standing>, finding: Finding, now: Now) -> Option<Change> {
    let Now { at, completeness, repaired } = now;
    let Some(held) = standing else {
        if finding.level < Level::Waspada {
            return None;
        }
        let mut new = Standing {
            level: finding.level,
            since: at,
            reached: at,
            held: [Time::MIN; 3],
            reasons: finding.reasons,
            evidence: finding.evidence,
            unverified: finding.unverified,
            stale: false,
        };
        hold(&mut new, finding.level, at);
        *standing = Some(new);
        return Some(Change::Raised);
    };
    hold(held, finding.level, at);
    if let Some(supported) = repaired {
        for level in [Level::Waspada, Level::Siaga, Level::Awas] {
            if level > supported && level > finding.level {
                held.held[level.index() - Level::Waspada.index()] = Time::MIN;
            }
        }
    }
    let kept = kept(held, policy.dwell, at);
    if kept >= held.level {
        return keep(held, kept, finding, at);
    }
    let withdrawn = repaired.is_some_and(|supported| supported < held.level);
    if completeness < policy.silence.low_ppm && !withdrawn {
        // Quiet because nothing happens, or because nobody can tell us: a person decides.
        return (!core::mem::replace(&mut held.stale, true)).then_some(Change::Stale);
    }
    if kept < Level::Waspada {
        *standing = None;
        return Some(if withdrawn { Change::Withdrawn } else { Change::Cleared });
    }
    held.level = kept;
    held.reached = at;
    held.stale = false;
    if finding.level >= kept {
        take(held, finding);
    }
    Some(Change::Changed)
}

fn keep(held: &mut Standing, kept: Level, finding: Finding, at: Time) -> Option<Change> {
    let risen = kept > held.level;
    if risen {
        held.level = kept;
        held.reached = at;
    }
    if finding.level < kept {
        return None; // the dwell keeps it; the reasons that raised it stay
    }
    let same = !risen
        && !held.stale
        && rule_ids(&held.reasons) == rule_ids(&finding.reasons)
        && held.unverified == finding.unverified;
    held.stale = false;
    take(held, finding);
    (!same).then_some(Change::Changed)
}

fn take(held: &mut Standing, finding: Finding) {
    held.reasons = finding.reasons;
    held.evidence = finding.evidence;
    held.unverified = finding.unverified;
}

fn rule_ids(reasons: &[Reason]) -> Vec<&str> {
    reasons
        .iter()
        .filter_map(|reason| if let Reason::Rule(id) = reason { Some(id.as_str()) } else { None })
        .collect()
}

fn hold(held: &mut Standing, level: Level, at: Time) {
    for step in Level::Waspada.index()..=level.index() {
        held.held[step - Level::Waspada.index()] = at;
    }
}

fn kept(held: &Standing, dwell: i64, at: Time) -> Level {
    let still = |level: &&Level| at.since(held.held[level.index() - Level::Waspada.index()]) < dwell;
    [Level::Awas, Level::Siaga, Level::Waspada].iter().find(still).copied().unwrap_or(Level::Low)
}

/// The condition as the world is told of it.
pub fn told(policy: &Policy, slot: Slot, change: Change, standing: &Standing, now: Now) -> Condition {
    let Now { at, completeness, .. } = now;
    let gone = matches!(change, Change::Cleared | Change::Withdrawn);
    Condition {
        unit: slot.unit(),
        kind: slot.kind(),
        change,
        at,
        level: if gone { Level::Low } else { standing.level },
        since: standing.since,
        reasons: standing.reasons.clone(),
        evidence: standing.evidence.clone(),
        unverified: standing.unverified,
        completeness_ppm: completeness,
        policy: policy.version.clone(),
    }
}
