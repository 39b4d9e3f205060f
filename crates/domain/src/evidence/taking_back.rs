//! Taking back takes two persons: what one person of the desk rejects, puts elsewhere or withdraws of what stands at siaga or
//! above stays as it is until a second person does the same within a day.
//!
//! All of it follows from the set of records. Whether an incident stood is asked of the reports that were known at the time of
//! the record, so that what joins later revives nothing that was rejected before and undoes no merge. Merges, splits and withdrawals decide which
//! reports an incident has, so that it cannot be asked: they take two persons where a report that they name, or one that may
//! be of its incident, would stand if others affirmed it.

use super::attestation::ClaimPool;
use super::report_table::{Index, Link, ReportTable, placement_of};
use super::second_person::{DeskRequest, DeskVerdict, DeskWord, desk_word};
use super::{CellId, IncidentState, NONE, ReportEntry};
use crate::condition::finding::stands_at_siaga;
use crate::desk_feed;
use crate::effect::Verdict;
use crate::kind::{Category, FeedClass};
use crate::report::ReportId;
use crate::sender_clock::AHEAD;
use crate::time::Time;
use alloc::vec::Vec;

/// How many times the longest incident a report may lie from another that its incident changes with: those of the one begin
/// where those of the other end.
const NEIGHBOURS: i64 = 2;

/// Where a report is found that would stand at siaga or above if others affirmed it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct GraveKey {
    cell: CellId,
    category: Category,
    at: Time,
    index: Index,
}

impl GraveKey {
    fn of(entry: &ReportEntry, index: Index) -> GraveKey {
        let cell = CellId::new(entry.unit, entry.kind);
        GraveKey { cell, category: entry.category, at: entry.occurred, index }
    }
}

/// The desk's verdicts on one report, as far as they have been gone through.
#[derive(Clone, Default)]
struct Judgements {
    in_force: Vec<DeskVerdict>,
    /// Rejections that wait for a second person.
    waiting: Vec<DeskVerdict>,
}

impl Judgements {
    /// Takes in the next verdict; `stands`: the incident stands at siaga or above without it.
    fn take(&mut self, verdict: DeskVerdict, stands: bool) {
        let waits = verdict.verdict == Verdict::Rejected && stands && !self.is_joined_by(&verdict);
        if waits && self.word().verdict.counts() {
            self.waiting.push(verdict);
        } else {
            self.in_force.push(verdict);
            self.waiting.clear();
        }
    }

    /// True where another person's rejection waits for this one.
    fn is_joined_by(&self, verdict: &DeskVerdict) -> bool {
        let another = |first: &DeskVerdict| matches!((first.person, verdict.person), (Some(one), Some(other)) if one != other);
        self.waiting.iter().any(|first| another(first) && first.request.waits(verdict.request.at))
    }

    fn word(&self) -> DeskWord {
        let take_back = self.waiting.last().map(|verdict| verdict.request);
        DeskWord { take_back, ..desk_word(self.in_force.clone()) }
    }
}

/// What the desk's verdicts on each report of one incident come to.
pub(super) fn words_in_force(table: &ReportTable, pool: &mut ClaimPool, members: &[Index]) -> Vec<DeskWord> {
    let mut judged = alloc::vec![Judgements::default(); members.len()];
    let of_member =
        |(place, index): (usize, &Index)| table.verdicts(*index).map(move |verdict| (verdict, place));
    let mut verdicts: Vec<(DeskVerdict, usize)> = members.iter().enumerate().flat_map(of_member).collect();
    verdicts.sort_unstable_by_key(|(verdict, place)| (verdict.request, *place));
    for record in verdicts.chunk_by(|one, other| one.0.request == other.0.request) {
        let rejects = record[0].0.verdict == Verdict::Rejected;
        let stands = rejects && stood(table, pool, (members, &judged), record);
        for (verdict, place) in record {
            judged[*place].take(*verdict, stands);
        }
    }
    judged.iter().map(Judgements::word).collect()
}

/// True where an incident stood at siaga or above when a record rejected some of it, by what was known then.
fn stood(
    table: &ReportTable,
    pool: &mut ClaimPool,
    (members, judged): (&[Index], &[Judgements]),
    record: &[(DeskVerdict, usize)],
) -> bool {
    let request = record[0].0.request;
    let known = |place: usize| {
        table.known_at(members[place]).plus(-AHEAD) <= request.at
            || record.iter().any(|(_, named)| *named == place)
    };
    let places = (0..members.len()).filter(|place| known(*place));
    let words: Vec<(Index, DeskWord)> = places.map(|place| (members[place], judged[place].word())).collect();
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
        Some(DeskRequest { at: record.reported, verification: record.name() })
    }

    /// Where the report at `index` is found if it would stand at siaga or above once others affirmed it.
    pub(super) fn grave_key(&self, index: Index) -> Option<GraveKey> {
        let entry = &self.all[index as usize];
        let affirms = entry.severity > 0 && !entry.marks.remark() && entry.class != FeedClass::Sensor;
        let could_stand = affirms && stands_at_siaga(&self.policy, &IncidentState::affirmed(self, index));
        could_stand.then(|| GraveKey::of(entry, index))
    }

    fn could_stand(&self, index: Index) -> bool {
        self.grave.contains(&GraveKey::of(&self.all[index as usize], index))
    }

    /// True where an incident of the report at `index`, which the record at `namer` names, could stand at siaga or above: by
    /// itself, by one known then that may be fused with it or whose neighbours may, or by one that somebody had put together
    /// with it.
    fn may_be_of_what_stands(&self, index: Index, namer: Index) -> bool {
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
        let entry = &self.all[index as usize];
        if entry.severity == 0 || entry.marks.remark() {
            return false;
        }
        let reach = NEIGHBOURS * self.policy.fusion.reach(entry.category).length;
        let at = |time: Time, index| GraveKey { at: time, index, ..GraveKey::of(entry, index) };
        let (from, to) = (entry.occurred.plus(-reach), entry.occurred.plus(reach));
        let known = |grave: &GraveKey| self.known_at(grave.index).plus(-AHEAD) <= then;
        self.grave.range(at(from, 0)..=at(to, NONE)).any(known)
    }

    /// Reports that records name and that may be fused with the one at `index` or with its neighbours: whether those records
    /// take two persons hangs on it where it is grave.
    fn named_near(&self, index: Index) -> Vec<Index> {
        let (regency, _) = self.key(index);
        let entry = &self.all[index as usize];
        let reach = NEIGHBOURS * self.policy.fusion.reach(entry.category).length;
        let named = self.named_by.range((regency, ReportId(0))..=(regency, ReportId(u128::MAX)));
        let named = named.filter(|(_, namers)| !namers.is_empty());
        let reports = named.flat_map(|((_, id), _)| self.with_id(regency, *id));
        reports
            .filter(|other| {
                let other = &self.all[*other as usize];
                (other.unit, other.kind, other.category) == (entry.unit, entry.kind, entry.category)
                    && other.occurred.since(entry.occurred).abs() <= reach
            })
            .collect()
    }

    /// True where two persons of the desk typed these records, the second within a day of the first.
    fn are_of_two(&self, one: Index, other: Index) -> bool {
        let persons = (self.desk_person(one), self.desk_person(other));
        let (Some(first), Some(second)) = (self.request(one), self.request(other)) else { return false };
        matches!(persons, (Some(one), Some(other)) if one != other)
            && first.min(second).waits(first.max(second).at)
    }

    /// Where one person of the desk takes back or replaces by the record at `namer` what a colleague typed at `index`: true as
    /// long as no second person does.
    pub(super) fn withdrawal_waits(&self, index: Index, namer: Index) -> bool {
        let by_colleague = desk_feed::is_desk_feed(self.all[index as usize].feed)
            && self.author(namer).account != self.author(index).account;
        by_colleague
            && self.may_be_of_what_stands(index, namer)
            && !self.withdrawals(index).any(|other| self.are_of_two(namer, other))
    }

    /// The records by which a report's own feed takes it back or replaces it.
    fn withdrawals(&self, index: Index) -> impl Iterator<Item = Index> {
        let (regency, name) = self.key(index);
        self.namers(regency, name.id).iter().copied().filter(move |namer| {
            let own = self.all[*namer as usize].feed == name.feed && *namer != index;
            own && matches!(self.link_of(*namer), Some(Link::Retracts(_) | Link::Supersedes(_)))
        })
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
            reports.extend(self.named_near(index));
        }
        for _ in 0..2 {
            let further: Vec<Index> = reports.iter().flat_map(|other| self.placed_with(*other)).collect();
            reports.extend(further);
            reports.sort_unstable();
            reports.dedup();
        }
        reports.retain(|other| *other != index);
        reports.sort_unstable_by_key(|other| self.all[*other as usize].name());
        reports
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
