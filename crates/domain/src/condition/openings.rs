//! What single incidents of a cell open.

use super::finding::{changes_at, is_within};
use super::{NAMED, NOT_LOST};
use crate::evidence::opening::{Opening, opening};
use crate::evidence::{CellId, Evidence, EvidenceChanges, IncidentState};
use crate::policy::Policy;
use crate::report::ReportName;
use crate::time::Time;
use alloc::vec::Vec;
use core::cmp::{Ordering, Reverse};

/// Up to so many changed incidents are looked at one by one.
const FEW: usize = 8;

/// What single incidents of a cell open at an instant.
#[derive(Clone, PartialEq, Debug)]
pub struct Openings {
    pub best: Option<Opening>,
    /// The latest [`NAMED`] that open just that, by the last instant that counts, the newest first.
    named: Vec<(Reverse<Time>, ReportName)>,
    /// When the hour comes of one whose clock is ahead.
    ahead: Time,
}

impl Openings {
    pub const NOTHING: Openings = Openings { best: None, named: Vec::new(), ahead: NOT_LOST };

    /// What the incidents up to `at` open.
    pub fn find(evidence: &Evidence, cell: CellId, at: Time) -> Openings {
        let from = at.plus(-evidence.policy.opening.window);
        let mut openings = Openings::NOTHING;
        for incident in evidence.counted(cell, &[], (from, at)) {
            openings.add(evidence, incident, at);
        }
        openings
    }

    /// Comes to what [`Openings::find`] would find, given what changed since. True where that is something else than before.
    pub fn follow(&mut self, evidence: &Evidence, cell: CellId, at: Time, touched: &EvidenceChanges) -> bool {
        let changed = &touched.incidents;
        let is_named = |name: &ReportName| self.named.iter().any(|(_, named)| named == name);
        let is_another = |(name, incident): &(ReportName, Option<IncidentState>)| {
            is_named(name) && (changed.len() > 1 || !self.opens_still(evidence, cell, at, (*name, incident)))
        };
        if self.valid_until(&evidence.policy) <= at || changed.len() > FEW || changed.iter().any(is_another) {
            let before = core::mem::replace(self, Openings::find(evidence, cell, at));
            return before.best != self.best || !before.names().eq(self.names());
        }
        // What is not among the named opens less, or was too old to be named: only what it opens now counts.
        let (best, mut differs) = (self.best, false);
        for (place, (name, incident)) in changed.iter().enumerate() {
            let is_last = !changed[place + 1..].iter().any(|(later, _)| later == name);
            if let Some(incident) = incident.as_ref().filter(|incident| is_last && incident.cell == cell) {
                let before = self.named.iter().position(|(_, named)| named == name);
                before.map(|before| self.named.remove(before));
                differs |= self.add(evidence, incident, at) != before;
            }
        }
        differs || best != self.best
    }

    /// True where a changed incident that is named opens as much as it did or more, and is named as early or earlier.
    fn opens_still(
        &self,
        evidence: &Evidence,
        cell: CellId,
        at: Time,
        (name, incident): (ReportName, &Option<IncidentState>),
    ) -> bool {
        let policy = &evidence.policy.opening;
        let Some(incident) = incident.as_ref().filter(|incident| incident.cell == cell) else { return false };
        let opens = || Some(opening(policy, incident)?.rank() <= self.best?.rank());
        let own = (Reverse(incident.last_at(at)), name);
        self.ahead == NOT_LOST
            && !incident.is_ahead(at)
            && is_within(incident, at.plus(-policy.window), at)
            && self.named.iter().any(|old| old.1 == name && own <= *old)
            && opens() == Some(true)
    }

    /// Takes in one incident that is not among the named; returns its place among them, where it comes to be named.
    fn add(&mut self, evidence: &Evidence, incident: &IncidentState, at: Time) -> Option<usize> {
        let policy = &evidence.policy.opening;
        let within = is_within(incident, at.plus(-policy.window), at);
        if !within && !incident.is_ahead(at) {
            return None;
        }
        let opened = opening(policy, incident)?;
        self.ahead = self.ahead.min(changes_at(incident, at));
        if !within {
            return None;
        }
        match self.best.map_or(Ordering::Less, |best| opened.rank().cmp(&best.rank())) {
            Ordering::Less => {
                self.best = Some(opened);
                self.named.clear();
            }
            Ordering::Equal => {}
            Ordering::Greater => return None,
        }
        let own = (Reverse(incident.last_at(at)), evidence.name_of(incident));
        let place = self.named.partition_point(|other| *other < own);
        if place >= NAMED {
            return None;
        }
        self.named.truncate(NAMED - 1);
        self.named.insert(place, own);
        Some(place)
    }

    pub fn names(&self) -> impl Iterator<Item = ReportName> {
        self.named.iter().map(|(_, name)| *name)
    }

    /// Until when nothing of this changes by itself.
    pub fn valid_until(&self, policy: &Policy) -> Time {
        let first_gone = self.named.last().map_or(NOT_LOST, |(last, _)| last.0.plus(policy.opening.window));
        self.ahead.min(first_gone)
    }
}
