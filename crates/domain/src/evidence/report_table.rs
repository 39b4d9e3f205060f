//! The table of reports: one entry for each regency, id and feed, found by them, with the links between reports of a regency.

mod changed;
mod circles;
mod removal;

use super::attestation::{Claim, Extent, is_news};
use super::merge::merge_fault;
use super::second_person::{DeskRequest, DeskVerdict, DeskWord, desk_word};
use super::speaker::Speaker;
use super::taking_back::NearbyKey;
use super::{NONE, ReportEntry};
use crate::author::Author;
use crate::desk_feed;
use crate::effect::Verdict;
use crate::evidence::report_entry::{Harm, NewReport};
use crate::place::{Areas, Place, Places, UnitId};
use crate::policy::Policy;
use crate::report::{FeedId, ReportId, ReportName, ReportReference, VerificationAct};
use crate::time::Time;
use crate::wording::Wording;
use alloc::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    vec::Vec,
};
use hashbrown::HashTable;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Where a report stands in the table.
pub type Index = u32;

/// A report's identity within this table: the unit of its regency and its name. One id in two regencies, or of two feeds, is
/// two reports.
pub type TableKey = (UnitId, ReportName);

/// A link from one report to others of its regency, kept apart because few reports have any.
#[derive(Clone, PartialEq, Debug)]
pub enum Link {
    /// A report of the same feed.
    Retracts(ReportId),
    /// A report of the same feed.
    Supersedes(ReportId),
    Verifies(Verification),
}

/// A judgement on reports, and where its author may judge.
#[derive(Clone, PartialEq, Debug)]
pub struct Verification {
    pub act: VerificationAct,
    pub reports: Vec<ReportReference>,
    pub areas: Areas,
}

impl Link {
    /// The ids that it names.
    pub(super) fn named(&self) -> Vec<ReportId> {
        self.targets(FeedId(0)).map(|target| target.id).collect()
    }

    /// The reports that the link of a report of this feed names.
    fn targets(&self, feed: FeedId) -> impl Iterator<Item = ReportReference> {
        let (own, any): (Option<ReportId>, &[ReportReference]) = match self {
            Link::Retracts(target) | Link::Supersedes(target) => (Some(*target), &[]),
            Link::Verifies(verification) => (None, &verification.reports),
        };
        own.into_iter().map(move |id| ReportName { id, feed }.into()).chain(any.iter().copied())
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
    pub verification: ReportName,
    pub what: T,
}

pub struct ReportTable {
    pub all: Vec<ReportEntry>,
    /// The wording of each report: four bytes, apart from the rest, since they are searched.
    wordings: Vec<Option<Wording>>,
    /// The regency of each unit.
    regencies: Vec<UnitId>,
    places: Arc<Places>,
    by_key: HashTable<Index>,
    /// Where reports stood that left memory.
    free: Vec<Index>,
    links: BTreeMap<Index, Link>,
    harm: BTreeMap<Index, Harm>,
    /// When those were received whose sender's clock cannot be believed.
    receipts: BTreeMap<Index, Time>,
    /// For each id that a link of its regency names: the reports that name it, in any order.
    pub(super) named_by: BTreeMap<(UnitId, ReportId), Vec<Index>>,
    /// Who stands behind those whose feed does not stand behind them alone.
    authors: BTreeMap<Index, Author>,
    /// By which it is decided what one person of the desk cannot take back alone.
    pub(super) policy: Arc<Policy>,
    /// Those that could stand at siaga or above if others affirmed them.
    pub(super) grave: BTreeSet<NearbyKey>,
    /// Those that some record of their regency names by their id.
    pub(super) named: BTreeSet<NearbyKey>,
}

impl ReportTable {
    pub fn new(places: Arc<Places>, policy: Arc<Policy>) -> ReportTable {
        ReportTable {
            all: Vec::new(),
            wordings: Vec::new(),
            regencies: places.ids().map(|unit| places.regency(unit)).collect(),
            places,
            by_key: HashTable::new(),
            free: Vec::new(),
            links: BTreeMap::new(),
            harm: BTreeMap::new(),
            receipts: BTreeMap::new(),
            named_by: BTreeMap::new(),
            authors: BTreeMap::new(),
            policy,
            grave: BTreeSet::new(),
            named: BTreeSet::new(),
        }
    }

    /// Who stands behind the report at `index`.
    pub fn author(&self, index: Index) -> Author {
        let entry = &self.all[index as usize];
        self.stated_author(index).unwrap_or_else(|| Author::of_feed(entry.feed, entry.class))
    }

    /// Who stands behind the report at `index`, where that is not its feed alone.
    pub(super) fn stated_author(&self, index: Index) -> Option<Author> {
        let authored = self.all[index as usize].marks.authored();
        if authored { self.authors.get(&index).copied() } else { None }
    }

    /// Who speaks in the report at `index`: as long as it waits to replace a colleague's, it is one voice with that.
    pub fn speaker(&self, index: Index) -> Speaker {
        let replaced = self.waits_to_replace(index).unwrap_or(index);
        let entry = &self.all[index as usize];
        self.author(replaced).speaker(entry.feed, entry.class)
    }

    /// What the report at `index` says word for word, where another report can echo it: nobody rated it low, and the desk has
    /// not judged it.
    pub fn echo_wording(&self, index: Index, verdict: Verdict) -> Option<Wording> {
        let wording = self.wordings[index as usize]?;
        let rating = self.all[index as usize].marks.rating();
        (rating.may_attest() && verdict == Verdict::Unverified).then_some(wording)
    }

    /// When the report at `index` was known: as it was stamped, or as it was received where its sender's clock cannot
    /// be believed.
    pub(super) fn known_at(&self, index: Index) -> Time {
        self.doubtful(index).unwrap_or(self.all[index as usize].reported)
    }

    /// The desk's last verdict on the report at `index`.
    pub fn verdict_of(&self, index: Index) -> Verdict {
        self.verdict(index).map_or(Verdict::Unverified, |judgement| judgement.what)
    }

    /// True where the desk's last verdict rejects the report at `index`, whether a second person did or not.
    pub fn is_rejected(&self, index: Index) -> bool {
        !self.verdict_of(index).counts()
    }

    /// The wording of the report at `index`, whether it can be an echo or not.
    pub fn wording(&self, index: Index) -> Option<Wording> {
        self.wordings[index as usize]
    }

    /// What the report at `index` claims.
    pub fn claim(&self, index: Index) -> Claim {
        let entry = &self.all[index as usize];
        let Harm { dead, injured, displaced, ends, .. } = self.harm(index);
        let extent = Extent { severity: entry.severity, dead, injured, displaced };
        // By a clock that cannot be believed it happened when it was received at the latest.
        let occurred = self.doubtful(index).map_or(entry.occurred, |received| entry.occurred.min(received));
        let latest = if is_news(extent) && !ends { occurred } else { Time::MIN };
        let (speaker, named) = (self.speaker(index), entry.parties);
        Claim { speaker, named, echo: None, restored: false, extent, latest }
    }

    pub fn find(&self, regency: UnitId, name: ReportName) -> Option<Index> {
        let same = |index: &Index| {
            let entry = &self.all[*index as usize];
            entry.feed == name.feed && entry.id() == name.id && self.regencies[entry.unit.index()] == regency
        };
        self.by_key.find(spread(regency, name.id), same).copied()
    }

    /// The reports of a regency that have this id: one of each feed at most.
    pub(super) fn with_id(&self, regency: UnitId, id: ReportId) -> impl Iterator<Item = Index> {
        // The hash leaves the feed out, so they stand together.
        self.by_key.iter_hash(spread(regency, id)).copied().filter(move |index| {
            let entry = &self.all[*index as usize];
            entry.id() == id && self.regencies[entry.unit.index()] == regency
        })
    }

    fn keys_with_id(&self, regency: UnitId, id: ReportId) -> Vec<NearbyKey> {
        self.with_id(regency, id).map(|index| self.nearby_key(index)).collect()
    }

    /// The reports that a reference of a record of this regency may mean; several where it leaves the feed open.
    fn meant(&self, regency: UnitId, reference: ReportReference) -> impl Iterator<Item = Index> {
        let with_id = self.with_id(regency, reference.id);
        with_id.filter(move |index| reference.feed.is_none_or(|feed| feed == self.all[*index as usize].feed))
    }

    /// Reports whose place a report that just came may have changed: those with its id, where a verification names the id alone.
    pub fn unsettled_by(&self, index: Index) -> Vec<Index> {
        let (regency, name) = self.key(index);
        let named = self.namers(regency, name.id).iter().any(|namer| {
            let link = self.links.get(namer);
            let feed = self.all[*namer as usize].feed;
            link.is_some_and(|link| {
                link.targets(feed).any(|target| target.id == name.id && target.feed.is_none())
            })
        });
        if !named {
            return Vec::new();
        }
        self.in_order(self.with_id(regency, name.id).filter(|other| *other != index))
    }

    /// By their names: where they stand in the table follows from what else is in it.
    fn in_order(&self, reports: impl Iterator<Item = Index>) -> Vec<Index> {
        let mut reports: Vec<Index> = reports.collect();
        reports.sort_unstable_by_key(|index| self.all[*index as usize].name());
        reports
    }

    /// The identity of the report at `index`.
    pub fn key(&self, index: Index) -> TableKey {
        key(&self.regencies, &self.all[index as usize])
    }

    /// Adds a report that is not there yet.
    pub fn add(&mut self, new: NewReport) -> Index {
        let (entry, wording) = (new.entry, new.wording);
        let index = self.place_for(entry, wording);
        let (all, regencies) = (&self.all, &self.regencies);
        let hash = |entry: &ReportEntry| spread(regencies[entry.unit.index()], entry.id());
        self.by_key.insert_unique(hash(&entry), index, |other| hash(&all[*other as usize]));
        self.put_aside(index, new);
        index
    }

    /// Replaces the content at `index` by another report with the same identity.
    pub fn replace(&mut self, index: Index, new: NewReport) {
        self.clear_aside(index);
        self.all[index as usize] = new.entry;
        self.wordings[index as usize] = new.wording;
        self.put_aside(index, new);
    }

    pub fn link_of(&self, index: Index) -> Option<&Link> {
        self.links.get(&index)
    }

    /// The reports that the report at `index` names and that are there.
    pub fn named_by(&self, index: Index) -> Vec<Index> {
        let regency = self.key(index).0;
        let feed = self.all[index as usize].feed;
        let targets = self.links.get(&index).into_iter().flat_map(|link| link.targets(feed));
        self.in_order(targets.flat_map(|target| self.meant(regency, target)))
    }

    /// The people that the report at `index` tells of.
    pub fn harm(&self, index: Index) -> Harm {
        let entry = &self.all[index as usize];
        if entry.marks.harm() { self.harm.get(&index).copied().unwrap_or_default() } else { Harm::default() }
    }

    /// When the report at `index` was received, where its sender's clock cannot be believed.
    pub fn doubtful(&self, index: Index) -> Option<Time> {
        let doubtful = self.all[index as usize].marks.doubtful();
        if doubtful { self.receipts.get(&index).copied() } else { None }
    }

    fn put_aside(&mut self, index: Index, new: NewReport) {
        let NewReport { entry: _, link, harm, author, about: _, doubtful, wording: _ } = new;
        if let Some(harm) = harm {
            self.harm.insert(index, harm);
        }
        if let Some(author) = author {
            self.authors.insert(index, author);
        }
        if let Some(received) = doubtful {
            self.receipts.insert(index, received);
        }
        self.grave.extend(self.grave_key(index));
        let (regency, name) = self.key(index);
        if !self.namers(regency, name.id).is_empty() {
            self.named.insert(self.nearby_key(index));
        }
        let Some(link) = link else { return };
        for target in link.targets(name.feed) {
            let namers = self.named_by.entry((regency, target.id)).or_default();
            namers.push(index);
            if namers.len() == 1 {
                self.named.extend(self.keys_with_id(regency, target.id));
            }
        }
        self.links.insert(index, link);
    }

    fn unlink(&mut self, index: Index) {
        let Some(link) = self.links.remove(&index) else { return };
        let (regency, name) = self.key(index);
        for target in link.targets(name.feed) {
            let Some(namers) = self.named_by.get_mut(&(regency, target.id)) else { continue };
            namers.retain(|namer| *namer != index);
            if namers.is_empty() {
                self.named_by.remove(&(regency, target.id));
                for key in self.keys_with_id(regency, target.id) {
                    self.named.remove(&key);
                }
            }
        }
    }

    pub(super) fn namers(&self, regency: UnitId, id: ReportId) -> &[Index] {
        if self.named_by.is_empty() {
            return &[]; // the hot path: a feed without corrections
        }
        self.named_by.get(&(regency, id)).map_or(&[], Vec::as_slice)
    }

    /// Whether a report is taken back or corrected by its own feed, and by a second person where that takes two.
    pub fn taken_back(&self, index: Index) -> TakenBack {
        let (regency, name) = self.key(index);
        let mut taken_back = TakenBack::default();
        for namer in self.namers(regency, name.id) {
            if self.all[*namer as usize].feed != name.feed || self.withdrawal_waits(index, *namer) {
                continue;
            }
            match self.links.get(namer) {
                Some(Link::Retracts(_)) => taken_back.retracted = true,
                Some(Link::Supersedes(_)) if *namer != index => {
                    taken_back.superseded |= !self.is_void_correction(index, *namer);
                }
                _ => {}
            }
        }
        taken_back
    }

    /// True for a correction or retraction whose sender's clock cannot be believed.
    pub(super) fn is_doubtful_correction(&self, index: Index) -> bool {
        let takes_back = |link: &Link| matches!(link, Link::Supersedes(_) | Link::Retracts(_));
        self.doubtful(index).is_some() && self.links.get(&index).is_some_and(takes_back)
    }

    /// True where a verification means the report at `index`: it names it as it is, and its author may judge there.
    pub(super) fn is_meant(&self, index: Index, verification: &Verification) -> bool {
        let entry = &self.all[index as usize];
        let place = Place { code: self.places.code(entry.unit), village: entry.village };
        let mut named = self.references_to(index, verification);
        verification.areas.contains(place) && named.any(|reference| reference.means_content(entry.hash()))
    }

    /// Those references of a verification that name the report at `index`, whatever it says and wherever it is.
    fn references_to<'a>(
        &self,
        index: Index,
        verification: &'a Verification,
    ) -> impl Iterator<Item = &'a ReportReference> + use<'a> {
        let (regency, name) = self.key(index);
        let of_any_feed = |reference: &&ReportReference| reference.id == name.id && reference.feed.is_none();
        let alone = verification.reports.iter().any(|reference| of_any_feed(&reference))
            && self.with_id(regency, name.id).nth(1).is_none();
        verification.reports.iter().filter(move |reference| reference.names(name, alone))
    }

    /// True where a merge puts together, of what is there, what is no one incident ([`merge_fault`]): it places nothing.
    fn is_void_merge(&self, namer: Index, verification: &Verification) -> bool {
        let mut named = self.named_by(namer);
        named.retain(|index| self.is_meant(*index, verification));
        let entries = named.iter().map(|index| &self.all[*index as usize]).filter(|entry| entry.affirms());
        let reports = entries.map(|entry| (entry.kind, self.places.code(entry.unit)));
        merge_fault(&self.places, reports).is_some()
    }

    /// The desk's latest verdict on a report.
    pub fn verdict(&self, index: Index) -> Option<Judgement<Verdict>> {
        self.latest(index, verdict_of)
    }

    /// The desk's verdicts on a report, with who gave them, in any order.
    pub(super) fn verdicts(&self, index: Index) -> impl Iterator<Item = DeskVerdict> {
        self.verdicts_with_records(index).map(|(verdict, _)| verdict)
    }

    /// The same, each with where its record stands.
    pub(super) fn verdicts_with_records(&self, index: Index) -> impl Iterator<Item = (DeskVerdict, Index)> {
        let verdicts = self.judgements(index, verdict_of);
        verdicts.map(|(namer, Judgement { at, verification, what })| {
            let (request, person) = (DeskRequest { at, verification }, self.desk_person(namer));
            (DeskVerdict { request, person, verdict: what }, namer)
        })
    }

    /// What the desk's verdicts on a report come to where none of them waits for a second person to take it back.
    pub fn desk_word(&self, index: Index) -> DeskWord {
        desk_word(self.verdicts(index).collect())
    }

    /// The person of the desk who typed the record at `index`, where that was written down.
    pub(super) fn desk_person(&self, index: Index) -> Option<Author> {
        let entry = &self.all[index as usize];
        let author = if entry.marks.authored() { *self.authors.get(&index)? } else { return None };
        (author.names_person() && desk_feed::is_desk_feed(entry.feed)).then_some(author)
    }

    /// The merge or split in force that last named a report: the incident of its own it belongs to.
    pub fn placed_by(&self, index: Index) -> Option<TableKey> {
        let placed = self.judgements(index, placement_of).filter(|(namer, _)| !self.placement_waits(*namer));
        let latest = placed.map(|(_, judgement)| (judgement.at, judgement.verification)).max();
        latest.map(|(_, verification)| (self.key(index).0, verification))
    }

    fn latest<T>(&self, index: Index, pick: impl Fn(VerificationAct) -> Option<T>) -> Option<Judgement<T>> {
        let judgements = self.judgements(index, pick).map(|(_, judgement)| judgement);
        judgements.max_by_key(|judgement| (judgement.at, judgement.verification))
    }

    /// What verifications say of a report, with where they stand; `pick` says which of them matter.
    pub(super) fn judgements<T>(
        &self,
        index: Index,
        pick: impl Fn(VerificationAct) -> Option<T>,
    ) -> impl Iterator<Item = (Index, Judgement<T>)> {
        let (regency, name) = self.key(index);
        self.namers(regency, name.id).iter().filter_map(move |namer| {
            let Some(Link::Verifies(verification)) = self.links.get(namer) else { return None };
            let what = pick(verification.act).filter(|_| self.is_meant(index, verification))?;
            if verification.act == VerificationAct::Merge && self.is_void_merge(*namer, verification) {
                return None;
            }
            let other = &self.all[*namer as usize];
            Some((*namer, Judgement { at: other.reported, verification: other.name(), what }))
        })
    }
}

/// The verdict that a verification gives; `None` where it only says what belongs together.
fn verdict_of(act: VerificationAct) -> Option<Verdict> {
    match act {
        VerificationAct::Confirm => Some(Verdict::Confirmed),
        VerificationAct::Reject => Some(Verdict::Rejected),
        VerificationAct::Merge | VerificationAct::Split => None,
    }
}

/// True for what says what belongs together.
pub(super) fn placement_of(act: VerificationAct) -> Option<()> {
    matches!(act, VerificationAct::Merge | VerificationAct::Split).then_some(())
}

fn key(regencies: &[UnitId], entry: &ReportEntry) -> TableKey {
    (regencies[entry.unit.index()], entry.name())
}

/// Ids are chosen by those who send them, so that each of their bits counts.
fn spread(regency: UnitId, id: ReportId) -> u64 {
    xxh3_64_with_seed(&id.0.to_le_bytes(), u64::from(regency.0))
}

/// True where `index` points at a report.
pub fn is_some(index: Index) -> bool {
    index != NONE
}
