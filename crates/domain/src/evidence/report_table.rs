//! The set of reports: one entry for each id, found by id, with the links between them.

use super::{NONE, ReportEntry};
use crate::effect::Verdict;
use crate::kind::FeedClass;
use crate::report::{ReportId, VerificationAct};
use crate::time::Time;
use alloc::{collections::BTreeMap, vec::Vec};
use hashbrown::HashTable;

/// Where a report stands in the arena of reports.
pub type Index = u32;

/// Links from one report to others, kept apart because few reports have any.
#[derive(Clone, PartialEq, Debug)]
pub enum Link {
    Retracts(ReportId),
    Supersedes(ReportId),
    Verifies(VerificationAct, Vec<ReportId>),
}

#[derive(Default)]
pub struct ReportTable {
    pub all: Vec<ReportEntry>,
    by_id: HashTable<Index>,
    links: BTreeMap<Index, Link>,
    /// For each id that a link names: the reports that name it, in any order.
    named_by: BTreeMap<ReportId, Vec<Index>>,
}

impl ReportTable {
    pub fn find(&self, id: ReportId) -> Option<Index> {
        self.by_id.find(spread(id), |index| self.all[*index as usize].id() == id).copied()
    }

    /// Adds a report that is not there yet.
    pub fn add(&mut self, entry: ReportEntry, link: Option<Link>) -> Index {
        let index = self.all.len() as Index;
        let id = entry.id();
        self.all.push(entry);
        let all = &self.all;
        self.by_id.insert_unique(spread(id), index, |other| spread(all[*other as usize].id()));
        self.link(index, link);
        index
    }

    /// Replaces the content at `index` by another report with the same id.
    pub fn replace(&mut self, index: Index, entry: ReportEntry, link: Option<Link>) {
        self.unlink(index);
        self.all[index as usize] = entry;
        self.link(index, link);
    }

    pub fn link_of(&self, index: Index) -> Option<&Link> {
        self.links.get(&index)
    }

    fn link(&mut self, index: Index, link: Option<Link>) {
        let Some(link) = link else { return };
        for target in targets(&link) {
            self.named_by.entry(*target).or_default().push(index);
        }
        self.links.insert(index, link);
    }

    fn unlink(&mut self, index: Index) {
        let Some(link) = self.links.remove(&index) else { return };
        for target in targets(&link) {
            if let Some(namers) = self.named_by.get_mut(target) {
                namers.retain(|namer| *namer != index);
            }
        }
    }

    fn namers(&self, id: ReportId) -> &[Index] {
        if self.named_by.is_empty() {
            return &[]; // the hot path: a feed without corrections
        }
        self.named_by.get(&id).map_or(&[], Vec::as_slice)
    }

    /// Whether a report is taken back, and whether it is corrected: by its own feed or by the desk.
    pub fn taken_back(&self, index: Index) -> (bool, bool) {
        let own = &self.all[index as usize];
        let (mut retracted, mut superseded) = (false, false);
        for namer in self.namers(own.id()) {
            let other = &self.all[*namer as usize];
            let may = other.feed == own.feed || other.class == FeedClass::Desk;
            match self.links.get(namer) {
                Some(Link::Retracts(_)) if may => retracted = true,
                Some(Link::Supersedes(_)) if may && *namer != index => superseded = true,
                _ => {}
            }
        }
        (retracted, superseded)
    }

    /// The desk's latest word on a report: the verdict, with when and by which verification.
    pub fn verdict(&self, index: Index) -> Option<(Time, ReportId, Verdict)> {
        self.latest(index, |act| match act {
            VerificationAct::Confirm => Some(Verdict::Confirmed),
            VerificationAct::Reject => Some(Verdict::Rejected),
            _ => None,
        })
    }

    /// The merge or split that last named a report: the incident of its own it belongs to.
    pub fn placed_by(&self, index: Index) -> Option<ReportId> {
        let placed = |act| matches!(act, VerificationAct::Merge | VerificationAct::Split).then_some(());
        self.latest(index, placed).map(|(_, id, ())| id)
    }

    fn latest<T>(
        &self,
        index: Index,
        pick: impl Fn(VerificationAct) -> Option<T>,
    ) -> Option<(Time, ReportId, T)> {
        let mut best: Option<(Time, ReportId, T)> = None;
        for namer in self.namers(self.all[index as usize].id()) {
            let Some(Link::Verifies(act, _)) = self.links.get(namer) else { continue };
            let Some(what) = pick(*act) else { continue };
            let other = &self.all[*namer as usize];
            if best.as_ref().is_none_or(|(at, id, _)| (*at, *id) < (other.reported, other.id())) {
                best = Some((other.reported, other.id(), what));
            }
        }
        best
    }
}

/// The reports a link names.
pub fn targets(link: &Link) -> &[ReportId] {
    match link {
        Link::Retracts(target) | Link::Supersedes(target) => core::slice::from_ref(target),
        Link::Verifies(_, reports) => reports,
    }
}

/// ULIDs share their high bits; fold and multiply so that the table's bits are spread.
fn spread(id: ReportId) -> u64 {
    let folded = (id.0 >> 64) as u64 ^ (id.0 as u64);
    let product = u128::from(folded).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
    (product >> 64) as u64 ^ product as u64
}

/// True where `index` points at a report.
pub fn is_some(index: Index) -> bool {
    index != NONE
}
