//! Signs of a conflict that pile up (*gejala bertumpuk*): slight ones too, on several days, and far more often than usual.
//!
//! A sign is an incident with at least one speaker, rejected by nobody and found otherwise than by a patrol alone. It counts
//! where it begins. What is usual is the place's own, so that a place where little happens is heard as soon as a busy one.

use super::finding::SKEW;
use super::{NAMED, NOT_LOST};
use crate::effect::PileUp;
use crate::evidence::report_table::Index;
use crate::evidence::{CellId, Evidence, Sign};
use crate::kind::Kind;
use crate::place::Zone;
use crate::policy::{PileUpPolicy, Policy};
use crate::report::ReportName;
use crate::time::{DAY, Time};
use alloc::vec::Vec;

/// What signs come to in a cell at an instant.
#[derive(Clone, PartialEq, Debug)]
pub struct PileUpFinding {
    /// Given where they pile up.
    pub found: Option<PileUp>,
    /// The latest [`NAMED`] signs, the newest first; none where they do not pile up. Where each stands among the reports is kept
    /// beside its name, so that the next finding need not look the name up.
    signs: Vec<(Index, ReportName)>,
    /// True where as many as are needed are attested by two speakers or confirmed by the desk.
    pub verified: bool,
    /// Until when nothing of this changes by itself.
    pub valid_until: Time,
}

impl PileUpFinding {
    pub const NOTHING: PileUpFinding =
        PileUpFinding { found: None, signs: Vec::new(), verified: false, valid_until: NOT_LOST };

    /// The signs by name, the newest first.
    pub fn names(&self) -> impl Iterator<Item = ReportName> {
        self.signs.iter().map(|(_, name)| *name)
    }

    /// True where two findings differ in nothing but how long they hold.
    pub fn says_the_same(&self, other: &PileUpFinding) -> bool {
        (self.found, &self.signs, self.verified) == (other.found, &other.signs, other.verified)
    }
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

/// What the signs of a cell come to at `at`. Most busy places are as busy as they usually are: they are counted, and no more,
/// and looked at again only when enough of what is usual has passed out of reach. `before` is what was found last.
pub fn find_pile_up(evidence: &Evidence, cell: CellId, at: Time, before: &PileUpFinding) -> PileUpFinding {
    let Some(rule) = rule(&evidence.policy, cell.kind()).filter(|_| may_pile_up(evidence, cell, at)) else {
        return PileUpFinding::NOTHING;
    };
    let (all, again) = evidence.signs(cell, at);
    let up_to = |limit: Time| all.partition_point(|sign| sign.begun <= limit);
    let newest = at.plus(-rule.window);
    let (first, middle, end) = (up_to(at.plus(-PileUpPolicy::REACH)), up_to(newest), up_to(at.plus(SKEW)));
    let (count, usual_signs) = (end - middle, (middle - first) as i128);
    let ahead = [all.get(end).map(|sign| sign.begun), again].into_iter().flatten().min();
    let mut valid_until = ahead.map_or(NOT_LOST, |begun| begun.plus(-SKEW));
    let none_until = |valid_until| PileUpFinding { valid_until, ..PileUpFinding::NOTHING };
    if count < rule.signs as usize {
        return none_until(valid_until);
    }
    let usual = usual_at_most(rule, count as i128);
    if usual_signs > usual {
        let last = all[first + (usual_signs - usual - 1) as usize].begun;
        return none_until(valid_until.min(last.plus(PileUpPolicy::REACH)));
    }
    let within = &all[middle..end];
    if !are_on_days(within, rule.on_days, Zone::of(evidence.places.code(cell.unit()))) {
        return none_until(valid_until);
    }
    valid_until = valid_until.min(within[0].begun.plus(rule.window));
    if first < middle {
        valid_until = valid_until.min(all[first].begun.plus(PileUpPolicy::REACH));
    }
    let verified = within.iter().rev().filter(|sign| sign.verified).take(rule.signs as usize).count();
    let (days, rest) = (rule.window, PileUpPolicy::REACH - rule.window);
    // No tenth at all stands only where none is on record.
    let usual_tenths = (usual_signs * 10 * i128::from(days) + i128::from(rest / 2)) / i128::from(rest);
    let usual_tenths = usual_tenths.max(usual_signs.min(1));
    PileUpFinding {
        found: Some(PileUp {
            signs: count as u32,
            days: (days / DAY) as u32,
            usual_tenths: u32::try_from(usual_tenths).unwrap_or(u32::MAX),
        }),
        verified: verified == rule.signs as usize,
        signs: latest(evidence, within, &before.signs),
        valid_until,
    }
}

/// How many signs in the rest of the reach at most leave `signs` as many times as often as the policy asks.
fn usual_at_most(rule: PileUpPolicy, signs: i128) -> i128 {
    let rest = i128::from(PileUpPolicy::REACH - rule.window);
    (signs * rest).checked_div(i128::from(rule.times_own_rate) * i128::from(rule.window)).unwrap_or(i128::MAX)
}

/// True for signs on at least so many days of a place's own clock.
fn are_on_days(mut signs: &[Sign], days: u32, zone: Zone) -> bool {
    for _ in 0..days {
        let Some(first) = signs.first() else { return false };
        let day = zone.day(first.begun);
        signs = &signs[signs.partition_point(|sign| zone.day(sign.begun) <= day)..];
    }
    true
}

/// The latest [`NAMED`] by name, the newest first; of one instant by name.
fn latest(evidence: &Evidence, signs: &[Sign], known: &[(Index, ReportName)]) -> Vec<(Index, ReportName)> {
    let named_before = |sign: &Sign| known.iter().find(|(anchor, _)| *anchor == sign.anchor).copied();
    let name =
        |sign: &Sign| named_before(sign).unwrap_or_else(|| (sign.anchor, evidence.report_name(sign.anchor)));
    let mut named = Vec::new();
    for of_one_instant in signs.chunk_by(|one, other| one.begun == other.begun).rev() {
        let start = named.len();
        named.extend(of_one_instant.iter().map(name));
        named[start..].sort_unstable_by_key(|(_, name)| *name);
        if named.len() >= NAMED {
            break;
        }
    }
    named.truncate(NAMED);
    named
}
