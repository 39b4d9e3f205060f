//! Signs of a conflict that pile up (*gejala bertumpuk*): slight ones too, on several days, and far more often than usual.
//!
//! A sign is an incident with at least one speaker, rejected by nobody and found otherwise than by a patrol alone. It counts
//! where it begins. What is usual is the place's own, so that a place where little happens is heard as soon as a busy one.

use super::NOT_LOST;
use super::finding::SKEW;
use crate::effect::{PileUp, Verdict};
use crate::evidence::{CellId, Evidence, IncidentState};
use crate::kind::Kind;
use crate::place::Zone;
use crate::policy::{PileUpPolicy, Policy};
use crate::report::ReportName;
use crate::time::{DAY, MINUTE, Time};
use alloc::vec::Vec;

/// Signs that are named: people need the latest, not a year of them.
const SHOWN: usize = 12;

/// What signs come to in a cell at an instant.
pub struct PileUpFinding {
    /// Given where they pile up.
    pub found: Option<PileUp>,
    /// The latest [`SHOWN`] signs, the newest first; none where they do not pile up.
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

/// What the signs of a cell come to at `at`. Most busy places are as busy as they usually are: they are counted, and no more,
/// and looked at again only when enough of what is usual has passed out of reach.
pub fn find_pile_up(evidence: &Evidence, cell: CellId, at: Time) -> PileUpFinding {
    let Some(rule) = rule(&evidence.policy, cell.kind()).filter(|_| may_pile_up(evidence, cell, at)) else {
        return PileUpFinding::NOTHING;
    };
    let (begun, again) = evidence.signs(cell, at);
    let up_to = |limit: Time| begun.partition_point(|begun| *begun <= limit);
    let newest = at.plus(-rule.window);
    let (first, middle, end) = (up_to(at.plus(-PileUpPolicy::REACH)), up_to(newest), up_to(at.plus(SKEW)));
    let (count, before) = (end - middle, (middle - first) as i128);
    let ahead = [begun.get(end).copied(), again].into_iter().flatten().min();
    let mut valid_until = ahead.map_or(NOT_LOST, |begun| begun.plus(-SKEW));
    let none_until = |valid_until| PileUpFinding { valid_until, ..PileUpFinding::NOTHING };
    if count < rule.signs as usize {
        return none_until(valid_until);
    }
    let usual = usual_at_most(rule, count as i128);
    if before > usual {
        let last = begun[first + (before - usual - 1) as usize];
        return none_until(valid_until.min(last.plus(PileUpPolicy::REACH)));
    }
    let zone = evidence.places.unit(cell.unit()).zone;
    let mut days: Vec<i64> = begun[middle..end].iter().map(|begun| local_day(*begun, zone)).collect();
    days.dedup();
    if days.len() < rule.on_days as usize {
        return none_until(valid_until);
    }
    valid_until = valid_until.min(begun[middle].plus(rule.window));
    if first < middle {
        valid_until = valid_until.min(begun[first].plus(PileUpPolicy::REACH));
    }
    let within = evidence.counted(cell, &[], (newest, at)).filter(|incident| incident.is_sign());
    let within = within.map(|incident| (incident.counts_at(at), incident));
    let within = within.filter(|(begun, _)| *begun > newest && *begun <= at.plus(SKEW));
    let mut signs: Vec<(Time, &IncidentState)> = within.collect();
    let verified = signs.iter().filter(|(_, sign)| is_verified(sign)).count() >= rule.signs as usize;
    let latest = |(one, a): &(Time, &IncidentState), (other, b): &(Time, &IncidentState)| {
        other.cmp(one).then_with(|| evidence.name_of(a).cmp(&evidence.name_of(b)))
    };
    if signs.len() > SHOWN {
        signs.select_nth_unstable_by(SHOWN, latest);
        signs.truncate(SHOWN);
    }
    signs.sort_unstable_by(latest);
    let (days, rest) = (rule.window, PileUpPolicy::REACH - rule.window);
    let usual_tenths = (before * 10 * i128::from(days) + i128::from(rest / 2)) / i128::from(rest);
    PileUpFinding {
        found: Some(PileUp {
            signs: count as u32,
            days: (days / DAY) as u32,
            usual_tenths: u32::try_from(usual_tenths).unwrap_or(u32::MAX),
        }),
        verified,
        signs: signs.iter().map(|(_, sign)| evidence.name_of(sign)).collect(),
        valid_until,
    }
}

/// How many signs in the rest of the reach at most leave `signs` as many times as often as the policy asks.
fn usual_at_most(rule: PileUpPolicy, signs: i128) -> i128 {
    let rest = i128::from(PileUpPolicy::REACH - rule.window);
    (signs * rest).checked_div(i128::from(rule.times_own_rate) * i128::from(rule.window)).unwrap_or(i128::MAX)
}

fn is_verified(incident: &IncidentState) -> bool {
    incident.verdict == Verdict::Confirmed || incident.claims.attested.extent.severity > 0
}

/// The day of a place's own clock, counted from the epoch.
fn local_day(at: Time, zone: Zone) -> i64 {
    at.plus(zone.minutes() * MINUTE).0.div_euclid(DAY)
}
