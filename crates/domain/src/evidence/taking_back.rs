//! Taking back takes two persons: what one person of the desk rejects, puts elsewhere or withdraws of what stands at siaga or
//! above stays as it is until a second person does the same within a day.
//!
//! All of it follows from the set of records. Whether an incident stood is asked of the reports that were known at the time of
//! the record, those among them that were withdrawn or replaced since: so what joins later revives nothing that was rejected
//! before and undoes no merge, and what goes later brings no request into force. Merges, splits and withdrawals decide which
//! reports an incident has, so that it cannot be asked: they take two persons where a report that they name, or one that may
//! be of its incident, would stand if others affirmed it.

use super::attestation::ClaimPool;
use super::fusion::agrees;
use super::report_entry::NewReport;
use super::report_table::{Index, Link, ReportTable, placement_of};
use super::second_person::{DeskRequest, DeskVerdict, DeskWord, Rejections, desk_word};
use super::{CellId, IncidentState, NONE, ReportEntry};
use crate::condition::finding::{could_stand, stands_at_siaga};
use crate::effect::Verdict;
use crate::kind::{Category, FeedClass};
use crate::place::UnitId;
use crate::sender_clock::AHEAD;
use crate::time::Time;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

/// How many times the longest incident a report may lie from another that its incident changes with: those of the one begin
/// where those of the other end.
pub(super) const NEIGHBOURS: i64 = 2;

/// Where a report is found by its place, category and time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct NearbyKey {
    cell: CellId,
    category: Category,
    at: Time,
    index: Index,
}

impl NearbyKey {
    fn of(entry: &ReportEntry, index: Index) -> NearbyKey {
        let cell = CellId::new(entry.unit, entry.kind);
        NearbyKey { cell, category: entry.category, at: entry.occurred, index }
    }
}

/// A report whose verdicts are gone through: one of the incident, or one that was of it and is withdrawn or replaced.
struct Judged {
    index: Index,
    withdrawn: Option<Time>,
    judgements: Judgements,
}

/// The desk's verdicts on one report, as far as they have been gone through.
#[derive(Default)]
struct Judgements {
    in_force: Vec<DeskVerdict>,
    /// Rejections that wait for a second person.
    waiting: Vec<DeskVerdict>,
    /// Rejections since the last confirmation.
    rejections: Rejections,
    /// Two persons rejected it, and no two confirmed it since.
    rejected_by_two: bool,
}

impl Judgements {
    /// Takes in the next verdict; `stands`: the incident stands at siaga or above without it.
    fn take(&mut self, verdict: DeskVerdict, stands: bool) {
        let joined = self.rejections.take(verdict);
        if verdict.verdict == Verdict::Rejected {
            self.rejected_by_two |= joined;
            if stands && !joined && self.word().verdict.counts() {
                self.wait(verdict);
                return;
            }
        }
        self.in_force.push(verdict);
        self.waiting.clear();
        self.rejected_by_two &= !self.word().by_two;
    }

    /// Takes in a rejection that waits. It lowers nothing yet, but whose it is holds what they confirmed themselves no more: that
    /// stays the desk's word, asks nobody and makes no pair. What two persons confirmed before stands until two take it back.
    fn wait(&mut self, rejection: DeskVerdict) {
        if !self.word().by_two {
            for confirmation in self.in_force.iter_mut().filter(|own| own.is_of_same_person(&rejection)) {
                confirmation.person = None;
            }
        }
        self.waiting.push(rejection);
    }

    fn word(&self) -> DeskWord {
        let take_back = self.waiting.last().map(|verdict| verdict.request);
        let word = desk_word(self.in_force.clone());
        let restored_by_one = self.rejected_by_two && word.verdict == Verdict::Confirmed;
        DeskWord { take_back, restored_by_one, ..word }
    }
}

/// What the desk's verdicts on each report of one incident come to; the earliest of its reports stands first.
pub(super) fn words_in_force(table: &ReportTable, pool: &mut ClaimPool, members: &[Index]) -> Vec<DeskWord> {
    let unjudged = |index, withdrawn| Judged { index, withdrawn, judgements: Judgements::default() };
    let mut judged: Vec<Judged> = members.iter().map(|index| unjudged(*index, None)).collect();
    let withdrawn = table.withdrawn_since(members).into_iter();
    judged.extend(withdrawn.map(|(index, since)| unjudged(index, Some(since))));
    judged.sort_by_key(|report| {
        let entry = &table.all[report.index as usize];
        (entry.occurred, entry.name())
    });
    let of_report =
        |(place, report): (usize, &Judged)| table.verdicts(report.index).map(move |verdict| (verdict, place));
    let mut verdicts: Vec<(DeskVerdict, usize)> = judged.iter().enumerate().flat_map(of_report).collect();
    verdicts.sort_unstable_by_key(|(verdict, place)| (verdict.request, *place));
    for record in verdicts.chunk_by(|one, other| one.0.request == other.0.request) {
        let rejects = record[0].0.verdict == Verdict::Rejected;
        let stands = rejects && stood(table, pool, &judged, record);
        for (verdict, place) in record {
            judged[*place].judgements.take(*verdict, stands);
        }
    }
    let members = judged.iter().filter(|report| report.withdrawn.is_none());
    members.map(|report| report.judgements.word()).collect()
}

/// True where an incident stood at siaga or above when a record rejected some of it, by what was known then.
fn stood(
    table: &ReportTable,
    pool: &mut ClaimPool,
    judged: &[Judged],
    record: &[(DeskVerdict, usize)],
) -> bool {
    let at = record[0].0.request.at;
    let was_there = |(place, report): &(usize, &Judged)| {
        let named = record.iter().any(|(_, named)| named == place);
        let known = named || table.known_at(report.index).plus(-AHEAD) <= at;
        known && report.withdrawn.is_none_or(|withdrawn| withdrawn > at)
    };
    let there = judged.iter().enumerate().filter(was_there);
    let words: Vec<(Index, DeskWord)> =
        there.map(|(_, report)| (report.index, report.judgements.word())).collect();
    let Some((anchor, _)) = words.first() else { return false };
    let mut before = IncidentState::judged(table, pool, *anchor, words.iter().copied());
    before.claims.release(pool);
    stands_at_siaga(&table.policy, &before)
}

impl ReportTable {
    /// When the desk last rejected a report, whether that is in force or not; `None` where nobody did.
    pub(super) fn rejected_until(&self, index: Index) -> Option<Time> {
        let rejections = self.verdicts(index).filter(|verdict| verdict.verdict == Verdict::Rejected);
        rejections.map(|verdict| verdict.request.at).max()
    }

    /// The record at `index` as a request; `None` where there is none.
    pub(super) fn request(&self, index: Index) -> Option<DeskRequest> {
        let record = self.all.get(index as usize)?;
        let at = match self.link_of(index) {
            Some(Link::Verifies(_)) => record.reported,
            _ => self.known_at(index), // what a source takes back, whatever its clock
        };
        Some(DeskRequest { at, verification: record.name() })
    }

    pub(super) fn nearby_key(&self, index: Index) -> NearbyKey {
        NearbyKey::of(&self.all[index as usize], index)
    }

    /// Where the report at `index` is found if it could stand at siaga or above once others affirmed it.
    pub(super) fn grave_key(&self, index: Index) -> Option<NearbyKey> {
        let affirmed = || IncidentState::affirmed(self, index);
        let could_stand = self.affirms(index) && could_stand(&self.policy, &affirmed());
        could_stand.then(|| self.nearby_key(index))
    }

    /// True for a report that an incident can be made of.
    fn affirms(&self, index: Index) -> bool {
        let entry = &self.all[index as usize];
        entry.severity > 0 && !entry.marks.remark() && entry.class != FeedClass::Sensor
    }

    fn could_stand(&self, index: Index) -> bool {
        self.grave.contains(&self.nearby_key(index))
    }

    /// True where an incident of the report at `index`, which the record at `namer` names, could stand at siaga or above: by
    /// itself, by one known then that may be fused with it or whose neighbours may, or by one that somebody had put together
    /// with it.
    pub(super) fn may_be_of_what_stands(&self, index: Index, namer: Index) -> bool {
        if self.grave.is_empty() {
            return false;
        }
        let then = self.all[namer as usize].reported;
        let placed = self.judgements(index, placement_of).filter(|(_, placement)| placement.at <= then);
        let mut placed = placed.flat_map(|(other, _)| self.judged_by(other));
        self.could_stand(index)
            || self.any_grave_near(index, then)
            || placed.any(|other| self.could_stand(other))
    }

    fn any_grave_near(&self, index: Index, then: Time) -> bool {
        let known = |grave: Index| self.known_at(grave).plus(-AHEAD) <= then;
        self.affirms(index) && self.near(&self.grave, index, NEIGHBOURS).any(known)
    }

    /// Those of some reports that lie so many longest incidents at most from the one at `index`, of its place and category.
    pub(super) fn near<'a>(
        &self,
        reports: &'a BTreeSet<NearbyKey>,
        index: Index,
        longest: i64,
    ) -> impl Iterator<Item = Index> + use<'a> {
        self.near_entry(reports, &self.all[index as usize], longest)
    }

    /// The same of a report that need not be there.
    fn near_entry<'a>(
        &self,
        reports: &'a BTreeSet<NearbyKey>,
        entry: &ReportEntry,
        longest: i64,
    ) -> impl Iterator<Item = Index> + use<'a> {
        let reach = longest * self.policy.fusion.reach(entry.category).length;
        let entry = *entry;
        let key = |at: Time, index| NearbyKey { at, ..NearbyKey::of(&entry, index) };
        let keys = key(entry.occurred.plus(-reach), 0)..=key(entry.occurred.plus(reach), NONE);
        reports.range(keys).map(|key| key.index)
    }

    /// True where two persons of the desk typed these records, the second within a day of the first.
    pub(super) fn are_of_two(&self, one: Index, other: Index) -> bool {
        let verdict = |index| {
            let record = self.all.get(index as usize)?;
            let request = DeskRequest { at: record.reported, verification: record.name() };
            Some(DeskVerdict { request, person: self.desk_person(index), verdict: Verdict::Rejected })
        };
        matches!((verdict(one), verdict(other)), (Some(one), Some(other)) if one.is_joined_by(&other))
    }

    /// The reports that are withdrawn or replaced, with since when, and that may have been of an incident of these reports with
    /// one of them that the desk rejected.
    fn withdrawn_since(&self, members: &[Index]) -> Vec<(Index, Time)> {
        let mut reports: Vec<(Index, Time)> = Vec::new();
        for member in members.iter().filter(|member| self.rejected_until(**member).is_some()) {
            let own = self.placed_by(*member);
            let merged = own.and_then(|(regency, verification)| self.find(regency, verification));
            let others: Vec<Index> = match merged {
                Some(verification) => self.judged_by(verification),
                None => self.near(&self.named, *member, 1).collect(),
            };
            let village = self.all[*member as usize].village;
            let together = |other: &Index| {
                let entry = &self.all[*other as usize];
                self.affirms(*other)
                    && !entry.marks.beyond_repair_horizon()
                    && (own.is_some() || agrees(village, entry.village))
                    && self.placed_by(*other) == own
            };
            let withdrawn = others.into_iter().filter(together);
            reports.extend(withdrawn.filter_map(|other| Some((other, self.withdrawn_at(other)?))));
        }
        reports.sort_unstable();
        reports.dedup();
        reports
    }

    /// True as long as one person alone put reports together or apart by the record at `namer`, and one of them may be of what
    /// stands at siaga or above.
    pub(super) fn placement_waits(&self, namer: Index) -> bool {
        let named = self.judged_by(namer);
        let Some(first) = named.first() else { return false };
        let act = |index| match self.link_of(index) {
            Some(Link::Verifies(verification)) => Some(verification.act),
            _ => None,
        };
        let seconds = |other: Index| {
            act(other) == act(namer) && self.are_of_two(namer, other) && self.judged_by(other) == named
        };
        named.iter().any(|index| self.may_be_of_what_stands(*index, namer))
            && !self.judgements(*first, placement_of).any(|(other, _)| seconds(other))
    }

    /// The reports that the verification at `namer` names and may judge.
    fn judged_by(&self, namer: Index) -> Vec<Index> {
        let Some(Link::Verifies(verification)) = self.link_of(namer) else { return Vec::new() };
        let mut named = self.named_by(namer);
        named.retain(|index| self.is_meant(*index, verification));
        named.dedup();
        named
    }

    /// The reports whose merges, splits or withdrawals may take one person more or less because of the record at `index`, new
    /// there, going or changed: by what it says, or by what it puts together.
    pub(super) fn hanging_on(&self, index: Index) -> Vec<Index> {
        if self.named_by.is_empty() {
            return Vec::new(); // the hot path: a feed without corrections
        }
        let mut reports = self.named_by(index);
        reports.extend(self.placed_with(index));
        if self.could_stand(index) {
            reports.extend(self.near(&self.named, index, NEIGHBOURS));
        }
        let withdrawn =
            reports.iter().chain([&index]).filter(|other| self.withdrawals(**other).next().is_some());
        let rejected = withdrawn.flat_map(|other| self.near(&self.named, *other, NEIGHBOURS));
        let rejected: Vec<Index> = rejected.filter(|other| self.rejected_until(*other).is_some()).collect();
        reports.extend(rejected);
        for _ in 0..2 {
            let further: Vec<Index> = reports.iter().flat_map(|other| self.placed_with(*other)).collect();
            reports.extend(further);
            reports.sort_unstable();
            reports.dedup();
        }
        reports.push(index);
        self.add_replacements(&mut reports);
        reports.retain(|other| *other != index);
        reports.sort_unstable_by_key(|other| self.all[*other as usize].name());
        reports
    }

    /// True where a report that is new makes no other look for its incident again ([`ReportTable::unsettled_by`],
    /// [`ReportTable::hanging_on`], [`ReportTable::circle`]): it names none, none names its id, and it lies near none that is named.
    pub(super) fn settles_nothing(&self, regency: UnitId, new: &NewReport) -> bool {
        new.link.is_none()
            && self.namers(regency, new.entry.id()).is_empty()
            && self.near_entry(&self.named, &new.entry, NEIGHBOURS).next().is_none()
    }

    /// Adds what replaces any of these reports, and so on: whether it speaks for itself hangs on whether that waits.
    fn add_replacements(&self, reports: &mut Vec<Index>) {
        let mut next = 0;
        while let Some(report) = reports.get(next).copied() {
            next += 1;
            let replaces = |namer: &Index| matches!(self.link_of(*namer), Some(Link::Supersedes(_)));
            let replacements: Vec<Index> = self.withdrawals(report).filter(replaces).collect();
            for replacement in replacements {
                if !reports.contains(&replacement) {
                    reports.push(replacement);
                }
            }
        }
    }

    /// The other reports of the merges and splits that name the report at `index`.
    fn placed_with(&self, index: Index) -> Vec<Index> {
        let (regency, name) = self.key(index);
        let places = |namer: &&Index| match self.link_of(**namer) {
            Some(Link::Verifies(verification)) => placement_of(verification.act).is_some(),
            _ => false,
        };
        let placements = self.namers(regency, name.id).iter().filter(places);
        let mut others: Vec<Index> = placements.flat_map(|namer| self.named_by(*namer)).collect();
        others.retain(|other| *other != index);
        others
    }

    /// The latest record by which one person of the desk alone puts a report elsewhere or withdraws it.
    pub(super) fn waiting_removal(&self, index: Index) -> Option<DeskRequest> {
        let (regency, name) = self.key(index);
        if self.namers(regency, name.id).is_empty() {
            return None; // the hot path
        }
        let in_force = self.placed_by(index).map(|(_, verification)| verification);
        let (mut waiting, mut latest) = (None, None);
        for (namer, judgement) in self.judgements(index, placement_of) {
            let request = DeskRequest { at: judgement.at, verification: judgement.verification };
            if self.placement_waits(namer) {
                waiting = waiting.max(Some(request));
            } else if Some(judgement.verification) == in_force {
                latest = Some(request);
            }
        }
        let withdrawals = self.withdrawals(index).filter(|namer| self.withdrawal_waits(index, *namer));
        let withdrawn = withdrawals.filter_map(|namer| self.request(namer)).max();
        withdrawn.max(waiting.filter(|_| waiting > latest))
    }
}
