//! Signs of a conflict that pile up (*gejala bertumpuk*): slight ones too, on several days, and far more often than usual.
//!
//! A sign is an incident with at least one speaker, rejected by nobody and found otherwise than by a patrol alone. It counts
//! where it begins. What is usual is the place's own, so that a place where little happens is heard as soon as a busy one.

use super::NOT_LOST;
use super::finding::{SKEW, changes_at};
use crate::effect::{PileUp, Verdict};
use crate::evidence::{CellId, Evidence, IncidentState};
use crate::kind::Kind;
use crate::place::Zone;
use crate::policy::{PileUpPolicy, Policy};
use crate::report::ReportName;
use crate::time::{DAY, MINUTE, Time};
use alloc::{collections::BTreeSet, vec::Vec};

/// What signs come to in a cell at an instant.
pub struct PileUpFinding {
    /// Given where they pile up.
    pub found: Option<PileUp>,
    /// The signs, the earliest first; none where they do not pile up.
    pub signs: Vec<ReportName>,
    /// True where as many as are needed are attested by two speakers or confirmed by the desk.
    pub verified: bool,
    /// Until when nothing of this changes by itself.
    pub valid_until: Time,
}

impl PileUpFinding {
    const NOTHING: PileUpFinding =
        PileUpFinding { found: None, signs: Vec::new(), verified: false, valid_until: NOT_LOST };
}

/// The policy's rule for this kind: only conflicts give signs.
fn rule(policy: &Policy, kind: Kind) -> Option<PileUpPolicy> {
    policy.pile_up.filter(|_| kind != Kind::Disaster)
}

/// True where enough begins near enough to pile up, as far as a quick look tells.
pub fn may_pile_up(evidence: &Evidence, cell: CellId, at: Time) -> bool {
    let rule = rule(&evidence.policy, cell.kind());
    rule.is_some_and(|rule| evidence.begun_since_at_most(cell, at.plus(-rule.window)) >= rule.signs)
}

/// What the signs of a cell come to at `at`.
pub fn find_pile_up(evidence: &Evidence, cell: CellId, at: Time) -> PileUpFinding {
    let Some(rule) = rule(&evidence.policy, cell.kind()).filter(|_| may_pile_up(evidence, cell, at)) else {
        return PileUpFinding::NOTHING;
    };
    let mut valid_until = NOT_LOST;
    let (mut signs, mut before) = (Vec::new(), 0);
    let from = at.plus(-PileUpPolicy::REACH);
    for incident in evidence.counted(cell, &[], (from, at)).filter(|incident| is_sign(incident)) {
        valid_until = valid_until.min(changes_at(incident, at));
        let begun = incident.counts_at(at);
        if begun > at.plus(SKEW) {
            continue;
        } else if begun > at.plus(-rule.window) {
            valid_until = valid_until.min(begun.plus(rule.window));
            signs.push((begun, evidence.name_of(incident), is_verified(incident)));
        } else if begun > from {
            valid_until = valid_until.min(begun.plus(PileUpPolicy::REACH));
            before += 1;
        }
    }
    let count = signs.len() as u32;
    let zone = evidence.places.unit(cell.unit()).zone;
    let days: BTreeSet<i64> = signs.iter().map(|(begun, ..)| local_day(*begun, zone)).collect();
    let piled_up = count >= rule.signs
        && days.len() >= rule.on_days as usize
        && is_unusual(rule, i128::from(count), before);
    if !piled_up {
        return PileUpFinding { valid_until, ..PileUpFinding::NOTHING };
    }
    signs.sort_unstable();
    let (days, rest) = (rule.window, PileUpPolicy::REACH - rule.window);
    let usual_tenths = (before * 10 * i128::from(days) + i128::from(rest / 2)) / i128::from(rest);
    PileUpFinding {
        found: Some(PileUp {
            signs: count,
            days: (days / DAY) as u32,
            usual_tenths: u32::try_from(usual_tenths).unwrap_or(u32::MAX),
        }),
        verified: signs.iter().filter(|(.., verified)| *verified).count() >= rule.signs as usize,
        signs: signs.into_iter().map(|(_, name, _)| name).collect(),
        valid_until,
    }
}

/// True where `signs` are as many times as often as the `before` ones, counted in the rest of the reach.
fn is_unusual(rule: PileUpPolicy, signs: i128, before: i128) -> bool {
    let rest = PileUpPolicy::REACH - rule.window;
    signs * i128::from(rest) >= i128::from(rule.times_own_rate) * before * i128::from(rule.window)
}

fn is_sign(incident: &IncidentState) -> bool {
    incident.verdict != Verdict::Rejected && !incident.patrol && incident.claims.speakers > 0
}

fn is_verified(incident: &IncidentState) -> bool {
    incident.verdict == Verdict::Confirmed || incident.claims.attested.extent.severity > 0
}

/// The day of a place's own clock, counted from the epoch.
fn local_day(at: Time, zone: Zone) -> i64 {
    at.plus(zone.minutes() * MINUTE).0.div_euclid(DAY)
}
