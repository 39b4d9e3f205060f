//! Pairs across incidents: two speakers who affirm the same within the time of one incident attest it, though an earlier report
//! made the two be of two incidents. It counts for the incident of the later one.
//!
//! Without it one more report that tells of the hours before would part a pair and end a level that rests on it. What a pair
//! attests follows from its two reports, so that no third one changes it. Only reports that could stand at siaga or above are
//! looked at; what the desk put together or apart is a matter of its own.

use super::attestation::{Attested, Claim, pair_of};
use super::echo::is_echo;
use super::fusion::{Changes, IncidentGroups, agrees};
use super::report_table::{Index, ReportTable};
use super::{IncidentState, NONE};
use crate::policy::FusionReach;
use crate::sender_clock::AHEAD;
use crate::time::Time;
use alloc::vec::Vec;

/// How far the two reports of a pair may lie apart: as far as one reaches to the next of its incident.
fn within(reach: FusionReach) -> i64 {
    reach.gap.min(reach.length)
}

/// True where two reports may be a pair by what they themselves state: of villages that agree, and neither rated low.
fn may_attest(table: &ReportTable, one: Index, other: Index) -> bool {
    let [one, other] = [one, other].map(|index| &table.all[index as usize]);
    one.marks.rating().may_attest() && other.marks.rating().may_attest() && agrees(one.village, other.village)
}

/// What two reports attest where each is of an incident of its own. What one person of the desk rejects still attests: to take
/// back what stands takes two.
fn attested_by(table: &ReportTable, one: Index, other: Index) -> Option<Attested> {
    if !may_attest(table, one, other) || is_echo(table, one, other) {
        return None;
    }
    let words = [one, other].map(|index| table.word_of_two(index));
    if words.iter().any(|word| !word.verdict.counts()) {
        return None;
    }
    let kind = table.all[one as usize].kind;
    let attested = pair_of(kind, &table.claim(one), &table.claim(other))?;
    let restored = words.iter().any(|word| word.restored_by_one);
    Some(Attested { awas: if restored { 0 } else { attested.awas }, ..attested })
}

/// What reports may have attested each with another that was known at `at`, whatever the desk says of that one: as long as it
/// does, one person of the desk does not take them back alone.
pub(super) fn may_have_attested(table: &ReportTable, reports: &[Index], at: Time) -> Attested {
    let claim = |index: Index| {
        let speaker = table.author(index).speaker(table.all[index as usize].class);
        Claim { speaker, ..table.claim(index) }
    };
    let was_there = |other: &Index| {
        let known = table.known_at(*other).plus(-AHEAD) <= at;
        known && table.withdrawn_at(*other).is_none_or(|withdrawn| withdrawn > at)
    };
    let mut attested = Attested::default();
    for own in reports.iter().copied().filter(|own| table.could_stand(*own)) {
        let entry = &table.all[own as usize];
        let within = within(table.policy.fusion.reach(entry.category));
        let others = table.grave_between(own, (entry.occurred.plus(-within), entry.occurred.plus(within)));
        let others = others.filter(|other| !reports.contains(other) && may_attest(table, own, *other));
        let pairs =
            others.filter(was_there).filter_map(|other| pair_of(entry.kind, &claim(own), &claim(other)));
        attested = pairs.fold(attested, Attested::highest);
    }
    attested
}

impl IncidentGroups {
    /// Brings up to date what pairs across the incidents of a place and category attest, after the report at `index` joined its
    /// group or left it.
    pub(super) fn attest_across(
        &mut self,
        table: &ReportTable,
        (index, number): (Index, u32),
        reach: FusionReach,
        changes: &mut Changes,
    ) {
        if table.grave.is_empty() || self.is_of_the_desk(number) {
            return;
        }
        let joined = table.all[index as usize].anchor != NONE;
        if joined && !changes.rebuilt {
            for (anchor, attested) in self.pairs_with(table, (index, number), reach) {
                self.set_across(table, (number, anchor), changes, |before| before.highest(attested));
            }
            return;
        }
        for anchor in self.pairs_to_renew(table, (index, number), reach, changes) {
            let Some(incident) = self.incident_of(table, anchor).copied() else { continue };
            let attested = self.pairs_of(table, (&incident, number), reach);
            self.set_across(table, (number, anchor), changes, |_| attested);
        }
    }

    /// True for a group that a merge or split of the desk made.
    fn is_of_the_desk(&self, number: u32) -> bool {
        self.groups[number as usize].own.is_some()
    }

    /// Sets what pairs across incidents attest of one.
    fn set_across(
        &mut self,
        table: &ReportTable,
        (number, anchor): (u32, Index),
        changes: &mut Changes,
        attested: impl Fn(Attested) -> Attested,
    ) {
        let group = &mut self.groups[number as usize];
        let Ok(at) = group.find(table, anchor) else { return };
        let before = group.incidents[at];
        let mut after = before;
        after.across = attested(before.across);
        if after.across == before.across {
            return;
        }
        group.incidents[at] = after;
        let mut changed = changes.incidents.iter_mut().rev();
        match changed.find(|(_, last)| last.as_ref().is_some_and(|last| last.anchor == anchor)) {
            Some((_, last)) => *last = Some(after),
            None => changes.incidents.push((Some(before), Some(after))),
        }
    }

    /// The incidents to which the report at `index` and one of another incident bring what the two attest, by their earliest.
    fn pairs_with(
        &self,
        table: &ReportTable,
        (index, number): (Index, u32),
        reach: FusionReach,
    ) -> Vec<(Index, Attested)> {
        let entry = &table.all[index as usize];
        if !table.could_stand(index) {
            return Vec::new();
        }
        let times = (entry.occurred.plus(-within(reach)), entry.occurred.plus(within(reach)));
        let others = table.grave_between(index, times).filter(|other| {
            let other = &table.all[*other as usize];
            other.group == number && other.anchor != entry.anchor
        });
        let pairs = others.filter_map(|other| {
            let later = if table.comes_before(other, index) { index } else { other };
            Some((table.all[later as usize].anchor, attested_by(table, other, index)?))
        });
        pairs.collect()
    }

    /// What reports of an incident attest, each with an earlier one of another.
    fn pairs_of(
        &self,
        table: &ReportTable,
        (incident, number): (&IncidentState, u32),
        reach: FusionReach,
    ) -> Attested {
        let times = (incident.at.plus(-within(reach)), incident.until);
        let near = table.grave_between(incident.anchor, times);
        let near = near.filter(|index| table.all[*index as usize].group == number);
        let (own, others): (Vec<Index>, Vec<Index>) =
            near.partition(|index| table.all[*index as usize].anchor == incident.anchor);
        let mut attested = Attested::default();
        for own in own {
            let from = table.all[own as usize].occurred.plus(-within(reach));
            let earlier = others.iter().filter(|other| {
                table.all[**other as usize].occurred >= from && table.comes_before(**other, own)
            });
            let pairs = earlier.filter_map(|other| attested_by(table, *other, own));
            attested = pairs.fold(attested, Attested::highest);
        }
        attested
    }

    /// The incidents whose pairs may be others since reports moved, by their earliest: those that changed, and those that a
    /// moved report may be a pair with.
    fn pairs_to_renew(
        &self,
        table: &ReportTable,
        (index, number): (Index, u32),
        reach: FusionReach,
        changes: &Changes,
    ) -> Vec<Index> {
        let time = |index: &Index| table.all[*index as usize].occurred;
        let moved = || changes.moved.iter().chain([&index]).map(time);
        let (Some(first), Some(last)) = (moved().min(), moved().max()) else { return Vec::new() };
        let after = table.grave_between(index, (first, last.plus(within(reach))));
        let after = after.filter(|index| table.all[*index as usize].group == number);
        let mut anchors: Vec<Index> = after.map(|index| table.all[index as usize].anchor).collect();
        anchors.extend(changes.incidents.iter().filter_map(|(_, after)| Some(after.as_ref()?.anchor)));
        anchors.sort_unstable_by_key(|anchor| (time(anchor), table.all[*anchor as usize].name()));
        anchors.dedup();
        anchors
    }
}

impl ReportTable {
    /// True where a report is the earlier one of two, as incidents have them.
    fn comes_before(&self, one: Index, other: Index) -> bool {
        let key = |index: Index| (self.all[index as usize].occurred, self.all[index as usize].name());
        key(one) < key(other)
    }
}
