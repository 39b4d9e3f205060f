//! Conditions: risk, rules and policy become a level that is raised, changed, cleared or withdrawn.

use crate::assess::bounds;
use crate::effect::{Change, Condition, Reason, Verdict};
use crate::kind::{Horizon, Level, Sides};
use crate::policy::{Policy, Rule};
use crate::report::ReportId;
use crate::scorer;
use crate::time::{DAY, MINUTE, Time};
use crate::window::fusion::Fused;
use crate::window::{Slot, Window};
use alloc::{boxed::Box, vec::Vec};
use core::cmp::Ordering;

/// Clocks of sources run a little ahead; an incident this far in the future counts as now.
const SKEW: i64 = 5 * MINUTE;
/// How far back an incident told by two sides (or confirmed) lets a model reach awas.
const CORROBORATION: i64 = 14 * DAY;

/// A level that has a reason now.
pub const HOLDS: Time = Time(i64::MAX);

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
pub struct Standing {
    pub level: Level,
    pub since: Time,
    /// When the present level was reached.
    pub reached: Time,
    /// When waspada, siaga and awas lost their reason: [`HOLDS`] while they have one, `Time::MIN` where they never had.
    pub held: [Time; 3],
    pub reasons: Vec<Reason>,
    pub evidence: Vec<ReportId>,
    pub unverified: bool,
    pub stale: bool,
}

/// Rules over the incidents up to `at`. The finding holds until the instant given with it, as long as no
/// incident of the slot changes.
pub fn rules(window: &Window, slot: Slot, at: Time) -> (Finding, Time) {
    let mut finding = Finding::default();
    let mut holds = Time(i64::MAX);
    let mut told = (Sides::default(), false);
    for rule in window.policy.rules.iter().filter(|rule| rule.kind == slot.kind()) {
        let mut matched: Vec<&Fused> = Vec::new();
        for fused in window.recent(slot, &rule.categories, at.plus(-rule.window), Time(i64::MAX)) {
            if !counts_for(rule, fused) {
                continue;
            }
            if fused.at > at.plus(SKEW) {
                holds = holds.min(fused.at.plus(-SKEW)); // a clock far ahead: it counts when its hour comes
                continue;
            }
            matched.push(fused);
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
            holds = holds.min(fused.at.plus(rule.window));
            told.0 = told.0.join(fused.sides);
            told.1 |= fused.verdict == Verdict::Confirmed;
            let id = window.set.all[fused.anchor as usize].id();
            if !finding.evidence.contains(&id) {
                finding.evidence.push(id);
            }
        }
    }
    finding.unverified = !finding.evidence.is_empty() && told.0.len() < 2 && !told.1;
    (finding, holds)
}

/// True where some rule of the policy counts this incident.
pub fn matters(policy: &Policy, fused: &Fused) -> bool {
    let kind = fused.slot.kind();
    policy.rules.iter().any(|rule| rule.kind == kind && counts_for(rule, fused))
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

/// What the week's assessment last told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Told {
    pub risk_ppm: u32,
    /// How far the model may be believed here, and what the risk is compared with.
    pub standing: scorer::Standing,
    pub completeness: u32,
    /// The level that stands, for hysteresis.
    pub current: Level,
}

impl Told {
    /// The level that the model alone asks for, before awas is held to two sides.
    #[inline]
    pub fn level(&self, policy: &Policy) -> Level {
        if self.completeness == 0 {
            return Level::Low;
        }
        let raise = bounds(self.standing, &policy.raise_ppm, policy.transferred_raise);
        let clear = bounds(self.standing, &policy.clear_ppm, policy.transferred_clear);
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
        let (risk_ppm, base_ppm) = (self.risk_ppm, self.standing.base_ppm);
        Reason::Model { horizon: Horizon::Week, risk_ppm, base_ppm }
    }
}

/// Adds what the model told to what the rules found.
pub fn with_model(window: &Window, (slot, at): (Slot, Time), told: Told, mut finding: Finding) -> Finding {
    let mut level = told.level(&window.policy);
    if level == Level::Awas
        && !window
            .recent(slot, &[], at.plus(-CORROBORATION), at.plus(SKEW))
            .any(|fused| fused.verdict != Verdict::Rejected && corroborated(fused, 2))
    {
        level = Level::Siaga;
    }
    if level >= Level::Waspada {
        finding.level = finding.level.max(level);
        finding.reasons.push(told.reason());
    }
    finding
}

/// What must be so for a slot's condition to stay as it is, worked out once when it is judged: [`step`] would come
/// to the same with more words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Calm {
    /// Before this instant.
    pub until: Time,
    /// What the rules found until then.
    pub rules: Level,
    /// Rules and model together ask for just this level.
    pub asks: Level,
    /// The level that stands, for hysteresis.
    pub current: Level,
}

impl Calm {
    /// Nothing stands and no rule found anything.
    pub const NOTHING: Calm = Calm { until: HOLDS, rules: Level::Low, asks: Level::Low, current: Level::Low };

    /// What keeps `held` as it is, beside `rules`, which hold until `until`.
    pub fn of(policy: &Policy, held: &Standing, (rules, until): (&Finding, Time), at: Time) -> Calm {
        let current = held.level;
        let marks = held.held.iter().take_while(|until| **until == HOLDS).count();
        let asks = Level::ALL[Level::Waspada.index() + marks - 1];
        let whole = !held.held[marks..].contains(&HOLDS);
        let lapses = match asks.cmp(&current) {
            Ordering::Equal if is_taken(held, rules) => HOLDS,
            // The dwell keeps it for a while, with the reasons that raised it.
            Ordering::Less if kept(held, policy.dwell, at) == current => {
                held.held[current.index() - Level::Waspada.index()].plus(policy.dwell)
            }
            _ => Time::MIN,
        };
        let until = if whole && !held.stale { until.min(lapses) } else { Time::MIN };
        Calm { until, rules: rules.level, asks, current }
    }

    /// True where the model's word changes nothing. Awas is never the model's alone, so it is looked at.
    #[inline]
    pub fn stays(self, model: Level, at: Time) -> bool {
        at < self.until && model < Level::Awas && self.rules.max(model) == self.asks
    }
}

/// True where a condition's reasons are what the rules found, with or without the model's.
pub fn is_taken(held: &Standing, rules: &Finding) -> bool {
    let own = match held.reasons.split_last() {
        Some((Reason::Model { .. }, rest)) => rest,
        _ => &held.reasons[..],
    };
    own == &rules.reasons[..] && held.evidence == rules.evidence && held.unverified == rules.unverified
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
    standing: &mut Option<Box<Standing>>,
    finding: Finding,
    now: Now,
) -> Option<Change> {
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
        *standing = Some(Box::new(new));
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

/// Marks the levels that have a reason now, and when the others lost theirs.
fn hold(held: &mut Standing, level: Level, at: Time) {
    for (step, until) in held.held.iter_mut().enumerate() {
        if step + Level::Waspada.index() <= level.index() {
            *until = HOLDS;
        } else if *until == HOLDS {
            *until = at;
        }
    }
}

fn kept(held: &Standing, dwell: i64, at: Time) -> Level {
    let still = |level: &&Level| at.since(held.held[level.index() - Level::Waspada.index()]) < dwell;
    [Level::Awas, Level::Siaga, Level::Waspada].iter().find(still).copied().unwrap_or(Level::Low)
}

/// When a standing condition must be looked at again if nothing is reported and nothing told.
pub fn review(policy: &Policy, standing: &Standing, at: Time) -> Time {
    if standing.stale {
        return at.hour().next().start(); // waits for the feeds to speak again
    }
    let lapse =
        |until: &Time| if *until == HOLDS || *until == Time::MIN { HOLDS } else { until.plus(policy.dwell) };
    let next = standing.held.iter().map(lapse).filter(|time| *time > at).min().unwrap_or(HOLDS);
    let behind = kept(standing, policy.dwell, at) < standing.level;
    if behind { at.hour().next().start() } else { next }
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
