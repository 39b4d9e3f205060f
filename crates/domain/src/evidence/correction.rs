//! Corrections and retractions whose sender's clock cannot be believed: the set of reports follows them as any other, and no level
//! falls by one until it is settled: the desk confirms it, or its own feed takes the same back by a right clock, or takes it back
//! itself by one. A clock that was set wrong may have made one of what a feed meant to add.

use super::report_table::{Index, Link, ReportTable};
use super::{CellId, Evidence, EvidenceChanges, IncidentState};
use crate::condition::finding::could_stand;
use crate::effect::Verdict;
use crate::kind::Level;
use crate::report::{ReportName, VerificationAct};
use alloc::vec::Vec;

impl ReportTable {
    /// True where somebody took the report at `index` back by a right clock, or the desk confirmed what took it back, or what took
    /// it back was itself taken back so. `seen`: what was looked at.
    fn is_settled(&self, index: Index, seen: &mut Vec<Index>) -> bool {
        if seen.contains(&index) {
            return false;
        }
        seen.push(index);
        self.withdrawals(index).any(|taking| {
            !self.is_doubtful_correction(taking)
                || self.verdict_of(taking) == Verdict::Confirmed
                || self.is_settled(taking, seen)
        })
    }

    /// True for what a wrong clock alone took back.
    fn is_in_doubt(&self, index: Index) -> bool {
        self.withdrawals(index).next().is_some() && !self.is_settled(index, &mut Vec::new())
    }

    /// What the record at `index` takes back, by way of whatever that took back.
    pub(super) fn taken_by(&self, index: Index) -> Vec<Index> {
        let mut taken = Vec::new();
        let mut at = index;
        while let Some(Link::Supersedes(_) | Link::Retracts(_)) = self.link_of(at) {
            let Some(next) = self.named_by(at).first().copied().filter(|next| !taken.contains(next)) else {
                break;
            };
            taken.push(next);
            at = next;
        }
        taken
    }
}

impl Evidence {
    /// Notes which cells a correction or retraction with a doubtful clock touches: the one at `index`, or those that it settles.
    pub(super) fn note_corrections(&self, index: Index, touched: &mut EvidenceChanges) {
        let Some(link) = self.reports.link_of(index) else { return };
        let waits = |index: Index| self.reports.is_doubtful_correction(index);
        let cell = |index: Index| {
            let entry = &self.reports.all[index as usize];
            CellId::new(entry.unit, entry.kind)
        };
        let corrected = |index: Index| self.reports.named_by(index).into_iter().map(cell);
        match link {
            Link::Supersedes(_) | Link::Retracts(_) if waits(index) => {
                if self.reports.verdict_of(index) != Verdict::Confirmed {
                    touched.doubtful_corrections.extend(corrected(index));
                }
            }
            Link::Supersedes(_) | Link::Retracts(_) => {
                let taken = self.reports.taken_by(index);
                if taken.iter().any(|report| self.reports.withdrawals(*report).any(waits)) {
                    touched.settled_corrections.extend(taken.into_iter().map(cell));
                }
            }
            Link::Verifies(judgement) if judgement.act == VerificationAct::Confirm => {
                let corrections = self.reports.named_by(index).into_iter().filter(|named| waits(*named));
                touched.settled_corrections.extend(corrections.flat_map(corrected));
            }
            Link::Verifies(_) => {}
        }
        for cell in &touched.settled_corrections {
            if !touched.cells.contains(cell) {
                touched.cells.push(*cell);
            }
        }
    }

    /// The level under which a condition of this cell that rests on `names` does not fall, since what may have been of these
    /// incidents was taken back by a wrong clock alone.
    pub fn held_by_doubt(&self, cell: CellId, names: &[ReportName]) -> Level {
        let in_doubt = self.named_near(cell, names).filter(|index| self.reports.is_in_doubt(*index));
        let levels = in_doubt.map(|index| {
            let grave = could_stand(&self.policy, &IncidentState::affirmed(&self.reports, index));
            if grave { Level::Siaga } else { Level::Waspada }
        });
        levels.max().unwrap_or(Level::Low)
    }

    /// The level under which a condition of this cell that rests on `names` does not fall as long as the desk is asked to look again:
    /// of what may have been of these incidents the desk confirmed something, and its source sent something else under its id.
    pub fn kept_until_checked(&self, cell: CellId, names: &[ReportName]) -> Level {
        let levels = self.named_near(cell, names).filter_map(|index| self.reports.confirmed_otherwise(index));
        levels.max().unwrap_or(Level::Low)
    }

    /// The reports of these names, wherever they lie by now, and those near them that some record names.
    fn named_near(&self, cell: CellId, names: &[ReportName]) -> impl Iterator<Item = Index> {
        let regency = self.places.regency(cell.unit());
        let found = names.iter().filter_map(move |name| self.reports.find(regency, *name));
        let near = |index: Index| self.reports.near(&self.reports.named, index, 1);
        found.flat_map(move |index| core::iter::once(index).chain(near(index)))
    }
}
