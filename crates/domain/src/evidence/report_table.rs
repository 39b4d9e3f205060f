//! The table of reports: one entry for each regency and id, found by them, with the links between reports of a regency.

use super::attestation::{Claim, Extent};
use super::speaker::Speaker;
use super::{NONE, ReportEntry};
use crate::desk_feed;
use crate::effect::Verdict;
use crate::evidence::report_entry::{Harm, NewReport};
use crate::kind::FeedClass;
use crate::place::{Places, UnitId};
use crate::report::{FeedId, ReportId, VerificationAct};
use crate::time::Time;
use alloc::{collections::BTreeMap, vec::Vec};
use hashbrown::HashTable;

/// Where a report stands in the table.
pub type Index = u32;

/// A report's identity within this table: the unit of its regency and its id. One id in two regencies is two reports.
pub type TableKey = (UnitId, ReportId);

/// A link from one report to others of its regency, kept apart because few reports have any.
#[derive(Clone, PartialEq, Debug)]
pub enum Link {
    Retracts(ReportId),
    Supersedes(ReportId),
    Verifies(VerificationAct, Vec<ReportId>),
}

impl Link {
    /// The reports that the link names.
    pub fn targets(&self) -> &[ReportId] {
        match self {
            Link::Retracts(target) | Link::Supersedes(target) => core::slice::from_ref(target),
            Link::Verifies(_, reports) => reports,
        }
    }
}

/// What other reports say of one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct TakenBack {
    pub retracted: bool,
    pub superseded: bool,
}

/// The desk's latest judgement on a report, with when and by which verification.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Judgement<T> {
    pub at: Time,
    pub verification: ReportId,
    pub what: T,
}

pub struct ReportTable {
    pub all: Vec<ReportEntry>,
    /// The regency of each unit.
    regencies: Vec<UnitId>,
    by_key: HashTable<Index>,
    links: BTreeMap<Index, Link>,
    harm: BTreeMap<Index, Harm>,
    /// For each report that a link of its regency names: the reports that name it, in any order.
    named_by: BTreeMap<TableKey, Vec<Index>>,
    /// The desk's own feeds.
    desk_feeds: Vec<FeedId>,
}

impl ReportTable {
    pub fn new(places: &Places) -> ReportTable {
        ReportTable {
            all: Vec::new(),
            regencies: places.ids().map(|unit| places.regency(unit)).collect(),
            by_key: HashTable::new(),
            links: BTreeMap::new(),
            harm: BTreeMap::new(),
            named_by: BTreeMap::new(),
            desk_feeds: FeedClass::ALL.iter().map(|class| FeedId::of(&desk_feed::name(*class))).collect(),
        }
    }

    /// Who speaks in the report at `index`.
    pub fn speaker(&self, index: Index) -> Speaker {
        let ReportEntry { feed, class, .. } = self.all[index as usize];
        if self.desk_feeds.contains(&feed) {
            return Speaker::of_desk(self.desk_feeds[FeedClass::Desk.index()], class);
        }
        Speaker::of_feed(feed, class)
    }

    /// What the report at `index` claims.
    pub fn claim(&self, index: Index) -> Claim {
        let entry = &self.all[index as usize];
        let Harm { dead, injured, displaced } = self.harm(index);
        let extent = Extent { severity: entry.severity, dead, injured, displaced };
        Claim { speaker: self.speaker(index), named: entry.parties, extent }
    }

    pub fn find(&self, regency: UnitId, id: ReportId) -> Option<Index> {
        let same = |index: &Index| {
            let entry = &self.all[*index as usize];
            entry.id() == id && self.regencies[entry.unit.index()] == regency
        };
        self.by_key.find(spread((regency, id)), same).copied()
    }

    /// The identity of the report at `index`.
    pub fn key(&self, index: Index) -> TableKey {
        key(&self.regencies, &self.all[index as usize])
    }

    /// Adds a report that is not there yet.
    pub fn add(&mut self, new: NewReport) -> Index {
        let NewReport { entry, link, harm, about: _ } = new;
        let index = self.all.len() as Index;
        self.all.push(entry);
        let (all, regencies) = (&self.all, &self.regencies);
        self.by_key.insert_unique(spread(key(regencies, &entry)), index, |other| {
            spread(key(regencies, &all[*other as usize]))
        });
        self.put_aside(index, link, harm);
        index
    }

    /// Replaces the content at `index` by another report with the same identity.
    pub fn replace(&mut self, index: Index, new: NewReport) {
        let NewReport { entry, link, harm, about: _ } = new;
        self.unlink(index);
        self.harm.remove(&index);
        self.all[index as usize] = entry;
        self.put_aside(index, link, harm);
    }

    pub fn link_of(&self, index: Index) -> Option<&Link> {
        self.links.get(&index)
    }

    /// The reports that the report at `index` names and that are there.
    pub fn named_by(&self, index: Index) -> Vec<Index> {
        let regency = self.key(index).0;
        let targets = self.links.get(&index).map_or(&[][..], Link::targets);
        targets.iter().filter_map(|id| self.find(regency, *id)).collect()
    }

    /// The people that the report at `index` tells of.
    pub fn harm(&self, index: Index) -> Harm {
        let entry = &self.all[index as usize];
        if entry.marks.harm() { self.harm.get(&index).copied().unwrap_or_default() } else { Harm::default() }
    }

    fn put_aside(&mut self, index: Index, link: Option<Link>, harm: Option<Harm>) {
        if let Some(harm) = harm {
            self.harm.insert(index, harm);
        }
        let Some(link) = link else { return };
        let regency = self.key(index).0;
        for target in link.targets() {
            self.named_by.entry((regency, *target)).or_default().push(index);
        }
        self.links.insert(index, link);
    }

    fn unlink(&mut self, index: Index) {
        let Some(link) = self.links.remove(&index) else { return };
        let regency = self.key(index).0;
        for target in link.targets() {
            if let Some(namers) = self.named_by.get_mut(&(regency, *target)) {
                namers.retain(|namer| *namer != index);
            }
        }
    }

    fn namers(&self, key: TableKey) -> &[Index] {
        if self.named_by.is_empty() {
            return &[]; // the hot path: a feed without corrections
        }
        self.named_by.get(&key).map_or(&[], Vec::as_slice)
    }

    /// Whether a report is taken back or corrected, by its own feed or by the desk.
    pub fn taken_back(&self, index: Index) -> TakenBack {
        let own = &self.all[index as usize];
        let mut taken_back = TakenBack::default();
        for namer in self.namers(self.key(index)) {
            let other = &self.all[*namer as usize];
            let may = other.feed == own.feed || other.class == FeedClass::Desk;
            match self.links.get(namer) {
                Some(Link::Retracts(_)) if may => taken_back.retracted = true,
                Some(Link::Supersedes(_)) if may && *namer != index => taken_back.superseded = true,
                _ => {}
            }
        }
        taken_back
    }

    /// The desk's latest verdict on a report.
    pub fn verdict(&self, index: Index) -> Option<Judgement<Verdict>> {
        self.latest(index, |act| match act {
            VerificationAct::Confirm => Some(Verdict::Confirmed),
            VerificationAct::Reject => Some(Verdict::Rejected),
            _ => None,
        })
    }

    /// The merge or split that last named a report: the incident of its own it belongs to.
    pub fn placed_by(&self, index: Index) -> Option<TableKey> {
        let placed = |act| matches!(act, VerificationAct::Merge | VerificationAct::Split).then_some(());
        self.latest(index, placed).map(|judgement| (self.key(index).0, judgement.verification))
    }

    fn latest<T>(&self, index: Index, pick: impl Fn(VerificationAct) -> Option<T>) -> Option<Judgement<T>> {
        let mut latest: Option<Judgement<T>> = None;
        for namer in self.namers(self.key(index)) {
            let Some(Link::Verifies(act, _)) = self.links.get(namer) else { continue };
            let Some(what) = pick(*act) else { continue };
            let other = &self.all[*namer as usize];
            let (at, verification) = (other.reported, other.id());
            if latest.as_ref().is_none_or(|before| (before.at, before.verification) < (at, verification)) {
                latest = Some(Judgement { at, verification, what });
            }
        }
        latest
    }
}

fn key(regencies: &[UnitId], entry: &ReportEntry) -> TableKey {
    (regencies[entry.unit.index()], entry.id())
}

/// ULIDs share their high bits; fold and multiply so that the table's bits are spread.
fn spread((regency, id): TableKey) -> u64 {
    let folded = (id.0 >> 64) as u64 ^ (id.0 as u64) ^ u64::from(regency.0) << 48;
    let product = u128::from(folded).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
    (product >> 64) as u64 ^ product as u64
}

/// True where `index` points at a report.
pub fn is_some(index: Index) -> bool {
    index != NONE
}
