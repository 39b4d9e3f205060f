//! What the joint windows of a cell find: what one incident alone may open, and what rules that ask for one incident find.

use super::NOT_LOST;
use super::finding::{changes_at, is_verified, is_within, rule_counts};
use super::rules::rules;
use crate::evidence::joint_windows::JointWindow;
use crate::evidence::opening::{Opening, opening};
use crate::evidence::{CellId, Evidence};
use crate::report::ReportName;
use crate::time::Time;
use alloc::vec::Vec;

/// What the joint windows of a cell find at an instant.
#[derive(Clone, PartialEq, Debug)]
pub struct JointFinding {
    /// By the rule's place among those of the kind.
    matches: Vec<(usize, JointMatch)>,
    opening: Option<(Opening, Vec<ReportName>)>,
    pub valid_until: Time,
}

#[derive(Clone, PartialEq, Debug)]
struct JointMatch {
    incidents: Vec<ReportName>,
    verified: bool,
}

/// What a rule found, or what is opened: by incidents of these names.
#[derive(Clone, Copy)]
pub struct NamedFinding<'a, T> {
    pub names: &'a [ReportName],
    pub what: T,
    /// True where their reports say it together.
    pub together: bool,
}

/// What the joint windows up to `at` find.
pub fn find_by_joint_windows(evidence: &Evidence, cell: CellId, at: Time) -> JointFinding {
    let (policy, mut finding) = (&evidence.policy, JointFinding::NOTHING);
    for (place, rule) in rules(policy, cell.kind()).enumerate().filter(|(_, rule)| rule.count <= 1) {
        let counts = |window: &&JointWindow| rule_counts(policy, rule, &window.state);
        let rank = |window: &JointWindow| is_verified(&window.state, rule);
        let found = finding.latest(evidence, cell, (at.plus(-rule.window), at), counts, rank);
        if let Some(window) = found {
            let verified = is_verified(&window.state, rule);
            finding.note_end(window, at, rule.window);
            finding.matches.push((place, JointMatch { incidents: names(evidence, window), verified }));
        }
    }
    let opens = |window: &JointWindow| opening(&policy.opening, &window.state);
    let rank = |window: &JointWindow| core::cmp::Reverse(opens(window).map(|opened| opened.rank()));
    let from = at.plus(-policy.opening.window);
    let found = finding.latest(evidence, cell, (from, at), |window| opens(window).is_some(), rank);
    if let Some((window, opened)) = found.and_then(|window| Some((window, opens(window)?))) {
        finding.note_end(window, at, policy.opening.window);
        finding.opening = Some((opened, names(evidence, window)));
    }
    finding
}

fn names(evidence: &Evidence, window: &JointWindow) -> Vec<ReportName> {
    window.incidents.iter().map(|anchor| evidence.report_name(*anchor)).collect()
}

impl JointFinding {
    /// There is no joint window.
    pub const NOTHING: JointFinding =
        JointFinding { matches: Vec::new(), opening: None, valid_until: NOT_LOST };

    /// Of the windows that count the one of the highest rank that lasts the longest.
    fn latest<'a, R: Ord>(
        &mut self,
        evidence: &'a Evidence,
        cell: CellId,
        (from, at): (Time, Time),
        counts: impl Fn(&&JointWindow) -> bool,
        rank: impl Fn(&JointWindow) -> R,
    ) -> Option<&'a JointWindow> {
        let counting = evidence.joint_windows(cell, (from, at)).filter(counts);
        let within = counting.filter(|window| {
            self.valid_until = self.valid_until.min(changes_at(&window.state, at));
            is_within(&window.state, from, at)
        });
        within.max_by_key(|window| (rank(window), window.state.last_at(at)))
    }

    fn note_end(&mut self, window: &JointWindow, at: Time, length: i64) {
        self.valid_until = self.valid_until.min(window.state.last_at(at).plus(length));
    }

    pub fn says_the_same(&self, other: &JointFinding) -> bool {
        (&self.matches, &self.opening) == (&other.matches, &other.opening)
    }

    /// What a rule found by incidents, with whether each is verified, or by a joint window where it found nothing, or nothing
    /// verified, by incidents alone.
    pub fn better_match<'a>(
        &'a self,
        place: usize,
        own: NamedFinding<'a, bool>,
    ) -> Option<NamedFinding<'a, bool>> {
        let joint = self.matches.iter().find(|(other, _)| *other == place);
        let joint = joint.map(|(_, joint)| NamedFinding {
            names: &joint.incidents,
            what: joint.verified,
            together: joint.incidents.len() > 1,
        });
        if own.names.is_empty() {
            return joint;
        }
        Some(joint.filter(|joint| joint.what && !own.what).unwrap_or(own))
    }

    /// What a joint window opens where that is more than `own`, what single incidents open.
    pub fn better_opening(&self, own: Option<Opening>) -> Option<NamedFinding<'_, Opening>> {
        let (opened, names) = self.opening.as_ref()?;
        let is_better = own.is_none_or(|own| opened.rank() < own.rank());
        is_better.then_some(NamedFinding { names, what: *opened, together: names.len() > 1 })
    }
}
