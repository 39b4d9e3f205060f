//! Conditions: risk, rules and policy become a level that is raised, changed, cleared or withdrawn.

use crate::assess::bounds;
use crate::effect::{Change, Condition, Reason, Verdict};
use crate::evidence::fusion::IncidentState;
use crate::evidence::{CellId, Evidence};
use crate::kind::{Horizon, Level, Sides};
use crate::policy::{Policy, Rule};
use crate::report::ReportId;
use crate::scorer;
use crate::time::{DAY, MINUTE, Time};
use alloc::{boxed::Box, vec::Vec};
use core::cmp::Ordering;

/// Clocks of sources run a little ahead; an incident this far in the future counts as now.
const SKEW: i64 = 5 * MINUTE;
/// How far back an incident told by two sides (or confirmed) lets a model reach awas.
const CORROBORATION: i64 = 14 * DAY;

/// A level that has a reason now.
pub const NOT_LOST: Time = Time(i64::MAX);

/// What speaks for a level at an instant.
#[derive(Clone, PartialEq, Debug)]
pub struct Finding {
    pub level: Level,
    pub reasons: Vec<Reason>,
    pub evidence: Vec<ReportId>,
    pub unverified: bool,
}

impl Default for Finding {
    /// Nothing speaks.
    fn default() -> Finding {
        Finding { level: Level::Low, reasons: Vec::new(), evidence: Vec::new(), unverified: false }
    }
}

/// A condition that stands, with what it takes to let go of it.
#[derive(Clone, PartialEq, Debug)]
pub struct ActiveCondition {
    pub level: Level,
    pub since: Time,
    /// When the present level was reached.
    pub reached: Time,
    /// When waspada, siaga and awas lost their reason: [`NOT_LOST`] while they have one, `Time::MIN` where they never had.
    pub reason_lost_at: [Time; 3],
    pub reasons: Vec<Reason>,
    pub evidence: Vec<ReportId>,
    pub unverified: bool,
    pub stale: bool,
}

/// Rules over the incidents up to `at`. The finding holds until the instant given with it, as long as no
/// incident of the cell changes.
pub fn rules(evidence: &Evidence, cell: CellId, at: Time) -> (Finding, Time) {
    let mut finding = Finding::default();
    let mut valid_until = Time(i64::MAX);
    let mut sources = (Sides::default(), false);
    for rule in evidence.policy.rules.iter().filter(|rule| rule.kind == cell.kind()) {
        let mut matched: Vec<&IncidentState> = Vec::new();
        for incident in evidence.recent(cell, &rule.categories, at.plus(-rule.window), Time(i64::MAX)) {
            if !counts_for(rule, incident) {
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
        finding.level = finding.level.max(rule.level);
        finding.reasons.push(Reason::Rule(rule.id.clone()));
        for incident in matched {
            valid_until = valid_until.min(incident.at.plus(rule.window));
            sources.0 = sources.0.join(incident.sides);
            sources.1 |= incident.verdict == Verdict::Confirmed;
            let id = evidence.reports.all[incident.anchor as usize].id();
            if !finding.evidence.contains(&id) {
                finding.evidence.push(id);
            }
        }
    }
    finding.unverified = !finding.evidence.is_empty() && sources.0.len() < 2 && !sources.1;
    (finding, valid_until)
}

/// True where some rule of the policy counts this incident.
pub fn matters(policy: &Policy, incident: &IncidentState) -> bool {
    let kind = incident.cell.kind();
    policy.rules.iter().any(|rule| rule.kind == kind && counts_for(rule, incident))
}

fn counts_for(rule: &Rule, incident: &IncidentState) -> bool {
    // Red is never one party's word, whatever the policy file says.
    let sides = if rule.level == Level::Awas { rule.min_sides.max(2) } else { rule.min_sides };
    let harmed = u32::from(incident.dead) + u32::from(incident.injured) + incident.displaced;
    incident.verdict != Verdict::Rejected
        && (rule.categories.is_empty() || rule.categories.contains(&incident.category))
        && incident.severity >= rule.min_severity
        && (rule.min_stage.is_none() || incident.stage >= rule.min_stage)
        && harmed >= rule.min_harmed
        && corroborated(incident, sides)
}

fn corroborated(incident: &IncidentState, sides: u32) -> bool {
    incident.sides.len() >= sides || incident.verdict == Verdict::Confirmed
}

/// What the week's assessment last told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ModelOpinion {
    pub risk_ppm: u32,
    /// How far the model may be believed here, and what the risk is compared with.
    pub calibration: scorer::Calibration,
    pub completeness: u32,
    /// The level that stands, for hysteresis.
    pub current: Level,
}

impl ModelOpinion {
    /// The level that the model alone asks for, before awas is held to two sides.
    #[inline]
    pub fn level(&self, policy: &Policy) -> Level {
        if self.completeness == 0 {
            return Level::Low;
        }
        let raise = bounds(self.calibration, &policy.raise_ppm, policy.transferred_raise);
        let clear = bounds(self.calibration, &policy.clear_ppm, policy.transferred_clear);
        let reached =
            |level: Level, up: u32, down: u32| self.risk_ppm >= if self.current >= level { down } else { up };
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

    pub fn reason(&self) -> Reason {
        let (risk_ppm, base_ppm) = (self.risk_ppm, self.calibration.base_ppm);
        Reason::Model { horizon: Horizon::Week, risk_ppm, base_ppm }
    }
}

/// Adds what the model told to what the rules found.
pub fn with_model(
    evidence: &Evidence,
    (cell, at): (CellId, Time),
    opinion: ModelOpinion,
    mut finding: Finding,
) -> Finding {
    let mut level = opinion.level(&evidence.policy);
    if level == Level::Awas
        && !evidence
            .recent(cell, &[], at.plus(-CORROBORATION), at.plus(SKEW))
            .any(|incident| incident.verdict != Verdict::Rejected && corroborated(incident, 2))
    {
        level = Level::Siaga;
    }
    if level >= Level::Waspada {
        finding.level = finding.level.max(level);
        finding.reasons.push(opinion.reason());
    }
    finding
}

/// What must be so for a cell's condition to stay as it is, worked out once when it is judged: [`step`] would come
/// to the same with more words.
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
}

impl NoChangeUntil {
    /// Nothing stands and no rule found anything.
    pub const NOTHING: NoChangeUntil =
        NoChangeUntil { until: NOT_LOST, rules: Level::Low, asks: Level::Low, current: Level::Low };

    /// What keeps `active` as it is, beside `rules`, which hold until `until`.
    pub fn of(
        policy: &Policy,
        active: &ActiveCondition,
        (rules, until): (&Finding, Time),
        at: Time,
    ) -> NoChangeUntil {
        let current = active.level;
        let marks = active.reason_lost_at.iter().take_while(|until| **until == NOT_LOST).count();
        let asks = Level::ALL[Level::Waspada.index() + marks - 1];
        let whole = !active.reason_lost_at[marks..].contains(&NOT_LOST);
        let lapses = match asks.cmp(&current) {
            Ordering::Equal if is_taken(active, rules) => NOT_LOST,
            // The dwell keeps it for a while, with the reasons that raised it.
            Ordering::Less if kept(active, policy.dwell, at) == current => {
                active.reason_lost_at[current.index() - Level::Waspada.index()].plus(policy.dwell)
            }
            _ => Time::MIN,
        };
        let until = if whole && !active.stale { until.min(lapses) } else { Time::MIN };
        NoChangeUntil { until, rules: rules.level, asks, current }
    }

    /// True where the model's word changes nothing. Awas is never the model's alone, so it is looked at.
    #[inline]
    pub fn stays(self, model: Level, at: Time) -> bool {
        at < self.until && model < Level::Awas && self.rules.max(model) == self.asks
    }
}

/// True where a condition's reasons are what the rules found, with or without the model's.
pub fn is_taken(active: &ActiveCondition, rules: &Finding) -> bool {
    let own = match active.reasons.split_last() {
        Some((Reason::Model { .. }, rest)) => rest,
        _ => &active.reasons[..],
    };
    own == &rules.reasons[..] && active.evidence == rules.evidence && active.unverified == rules.unverified
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

/// Where a condition goes from a new finding. What is cleared or withdrawn is left in place for the last word
/// on it; the caller drops it then.
pub fn step(
    policy: &Policy,
    active: &mut Option<Box<ActiveCondition>>,
    finding: Finding,
    now: Now,
) -> Option<Change> {
    let Now { at, completeness, repaired } = now;
    let Some(active) = active else {
        if finding.level < Level::Waspada {
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
        return Some(Change::Raised);
    };
    hold(active, finding.level, at);
    if let Some(supported) = repaired {
        for level in [Level::Waspada, Level::Siaga, Level::Awas] {
            if level > supported && level > finding.level {
                active.reason_lost_at[level.index() - Level::Waspada.index()] = Time::MIN;
            }
        }
    }
    let kept = kept(active, policy.dwell, at);
    if kept >= active.level {
        return keep(active, kept, finding, at);
    }
    let withdrawn = repaired.is_some_and(|supported| supported < active.level);
    if completeness < policy.silence.low_ppm && !withdrawn {
        // Quiet because nothing happens, or because nobody can tell us: a person decides.
        return (!core::mem::replace(&mut active.stale, true)).then_some(Change::Stale);
    }
    if kept < Level::Waspada {
        return Some(if withdrawn { Change::Withdrawn } else { Change::Cleared });
    }
    active.level = kept;
    active.reached = at;
    active.stale = false;
    if finding.level >= kept {
        take(active, finding);
    }
    Some(Change::Changed)
}

fn keep(active: &mut ActiveCondition, kept: Level, finding: Finding, at: Time) -> Option<Change> {
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
        && rule_ids(&active.reasons) == rule_ids(&finding.reasons)
        && active.unverified == finding.unverified;
    active.stale = false;
    take(active, finding);
    (!same).then_some(Change::Changed)
}

fn take(active: &mut ActiveCondition, finding: Finding) {
    active.reasons = finding.reasons;
    active.evidence = finding.evidence;
    active.unverified = finding.unverified;
}

fn rule_ids(reasons: &[Reason]) -> Vec<&str> {
    reasons
        .iter()
        .filter_map(|reason| if let Reason::Rule(id) = reason { Some(id.as_str()) } else { None })
        .collect()
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
    [Level::Awas, Level::Siaga, Level::Waspada].iter().find(still).copied().unwrap_or(Level::Low)
}

/// When a standing condition must be looked at again if nothing is reported and nothing told.
pub fn review(policy: &Policy, active: &ActiveCondition, at: Time) -> Time {
    if active.stale {
        return at.hour().next().start(); // waits for the feeds to speak again
    }
    let lapse = |until: &Time| {
        if *until == NOT_LOST || *until == Time::MIN { NOT_LOST } else { until.plus(policy.dwell) }
    };
    let next = active.reason_lost_at.iter().map(lapse).filter(|time| *time > at).min().unwrap_or(NOT_LOST);
    let behind = kept(active, policy.dwell, at) < active.level;
    if behind { at.hour().next().start() } else { next }
}

/// The condition as the world is told of it.
pub fn condition_effect(
    policy: &Policy,
    cell: CellId,
    change: Change,
    active: &ActiveCondition,
    now: Now,
) -> Condition {
    let Now { at, completeness, .. } = now;
    let gone = matches!(change, Change::Cleared | Change::Withdrawn);
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
        completeness_ppm: completeness,
        policy: policy.version.clone(),
    }
}
