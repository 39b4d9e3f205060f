//! Joint windows: reports of several incidents of one place and category that lie no further apart than those of one incident may,
//! judged together.
//!
//! Reports become incidents by cuts in time, and one more report of the hours before can move a cut between two that affirm the
//! same. A joint window begins with an hour in which a report stands that could stand at siaga or above if others affirmed it, and
//! reaches as far from there as an incident reaches from its earliest report; so one more report that affirms only makes it
//! larger. What it comes to is worked out by the very function that works out an incident. It is no incident: nothing that
//! counts, weighs or shows incidents knows of it. Only what one incident alone may open, meet or carry is asked of it as well. What
//! the desk put together or apart is in none.

use super::attestation::Attested;
use super::fusion::{Changes, IncidentGroups, key};
use super::report_table::{Index, ReportTable};
use super::second_person::DeskRequest;
use super::{CellId, Evidence, EvidenceChanges, IncidentState};
use crate::effect::Effect;
use crate::kind::Category;
use crate::policy::FusionReach;
use crate::time::{HOUR, Hour, Time};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

/// Which joint window it is: of what, where, and from which hour on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct JointWindowKey {
    pub cell: CellId,
    pub category: Category,
    pub hour: Hour,
    /// The village of those of its reports that name one; 0 where none does.
    pub village: u16,
}

#[derive(Clone, PartialEq, Debug)]
pub struct JointWindow {
    /// What its reports come to together.
    pub state: IncidentState,
    /// The earliest reports of the incidents that hold those of them that could stand at siaga or above.
    pub incidents: Vec<Index>,
}

impl JointWindow {
    /// The last instant at which it may count for a rule, whenever it is looked at.
    fn counts_until(&self) -> Time {
        self.state.doubted_until().unwrap_or(self.state.until)
    }
}

/// All joint windows there are, by what they are and by how long they may count.
#[derive(Default)]
pub(super) struct JointWindows {
    all: BTreeMap<JointWindowKey, JointWindow>,
    by_end: BTreeSet<(CellId, Time, JointWindowKey)>,
}

impl JointWindows {
    fn insert(&mut self, key: JointWindowKey, window: JointWindow) {
        self.by_end.insert((key.cell, window.counts_until(), key));
        self.all.insert(key, window);
    }

    fn remove(&mut self, key: JointWindowKey) {
        if let Some(window) = self.all.remove(&key) {
            self.by_end.remove(&(key.cell, window.counts_until(), key));
        }
    }

    fn of_hours(&self, span: JointSpan) -> impl Iterator<Item = (&JointWindowKey, &JointWindow)> {
        let JointSpan { cell, category, from, to } = span;
        let key = |hour, village| JointWindowKey { cell, category, hour, village };
        self.all.range(key(from, 0)..=key(to, u16::MAX))
    }

    /// Those of a cell that may count after `from`.
    fn lasting_after(&self, cell: CellId, from: Time) -> impl Iterator<Item = &JointWindow> {
        let least = JointWindowKey { cell: CellId(0), category: Category::OTHER, hour: Hour(0), village: 0 };
        let later = self.by_end.range((cell, from, least)..).take_while(move |(other, ..)| *other == cell);
        let later = later.filter(move |(_, until, _)| *until > from);
        later.filter_map(|(.., key)| self.all.get(key))
    }
}

/// Joint windows of a cell and category that begin in some hours.
#[derive(Clone, Copy)]
pub(super) struct JointSpan {
    cell: CellId,
    category: Category,
    from: Hour,
    to: Hour,
}

impl JointSpan {
    /// Those that may be others since something changed at these times.
    fn around(cell: CellId, category: Category, (first, last): (Time, Time), length: i64) -> JointSpan {
        let (from, to) = (first.plus(-2 * length - HOUR).hour(), last.plus(length + HOUR).hour());
        JointSpan { cell, category, from, to }
    }
}

/// Reports of a group that make a joint window.
struct JointReports {
    hour: Hour,
    village: u16,
    /// The earliest first.
    members: Vec<Index>,
}

impl ReportTable {
    fn hour_of(&self, index: Index) -> Hour {
        self.all[index as usize].occurred.hour()
    }

    /// Those of some reports of a group, the earliest first, that a joint window holds that begins with this hour, of those that
    /// name this village or none.
    fn reached_from(&self, near: &[Index], (hour, village): (Hour, u16), reach: FusionReach) -> Vec<Index> {
        let mut members: Vec<Index> = Vec::new();
        for index in near {
            let entry = &self.all[*index as usize];
            if entry.village != 0 && entry.village != village {
                continue;
            }
            let last = members.last().map_or(entry.occurred, |last| self.all[*last as usize].occurred);
            if entry.occurred.hour() > hour && entry.occurred > last.plus(reach.gap) {
                break;
            }
            members.push(*index);
        }
        members
    }

    /// What joint windows may be made of among the reports of a group, the earliest first, from `earliest` on: those that no
    /// earlier one of their village holds.
    fn joint_reports(&self, members: &[Index], earliest: Hour, reach: FusionReach) -> Vec<JointReports> {
        let Some(first) = members.first() else { return Vec::new() };
        let grave = self.grave_between(
            *first,
            (earliest.start(), self.all[members[members.len() - 1] as usize].occurred),
        );
        let group = self.all[*first as usize].group;
        let grave: Vec<Index> = grave.filter(|index| self.all[*index as usize].group == group).collect();
        let (mut found, mut reached) = (Vec::new(), BTreeMap::new());
        for grave in grave.chunk_by(|one, other| self.hour_of(*one) == self.hour_of(*other)) {
            let hour = self.hour_of(grave[0]);
            let near = &members[members.partition_point(|index| self.hour_of(*index) < hour)..];
            let beyond = hour.start().plus(reach.length + HOUR);
            let near = &near[..near.partition_point(|index| self.hour_of(*index).start() < beyond)];
            let mut villages: Vec<u16> = near.iter().map(|index| self.all[*index as usize].village).collect();
            villages.sort_unstable_by_key(|village| core::cmp::Reverse(*village));
            villages.dedup();
            if villages.last() != Some(&0) {
                villages.push(0);
            }
            let mut any = false;
            for village in villages {
                let named = |index: &Index| self.all[*index as usize].village;
                if !grave.iter().any(|index| [0, village].contains(&named(index))) {
                    continue;
                }
                let members = self.reached_from(near, (hour, village), reach);
                let is_of_it =
                    if village == 0 { !any } else { members.iter().any(|index| named(index) == village) };
                let Some(last) = members.last().filter(|_| is_of_it).map(|last| key(self, *last)) else {
                    continue;
                };
                any = true;
                if reached.insert(village, last).is_none_or(|before| before < last) {
                    found.push(JointReports { hour, village, members });
                }
            }
        }
        found
    }
}

impl IncidentGroups {
    /// The joint windows of a group that begin in these hours.
    fn joint_windows(
        &mut self,
        table: &ReportTable,
        number: u32,
        span: JointSpan,
        reach: FusionReach,
    ) -> Vec<(JointWindowKey, JointWindow)> {
        let group = &self.groups[number as usize];
        let at = |index: &Index| table.all[*index as usize].occurred;
        let earliest = span.from.start().plus(-reach.length - HOUR);
        let (first, last) = (earliest.plus(-reach.length), span.to.start().plus(2 * (reach.length + HOUR)));
        let from = group.members.partition_point(|index| at(index) < first);
        let members = &group.members[from..];
        let members = &members[..members.partition_point(|index| at(index) < last)];
        let anchor = |index: Index| table.all[index as usize].anchor;
        let is_one = |members: &[Index]| members.iter().all(|index| anchor(*index) == anchor(members[0]));
        if is_one(members) {
            return Vec::new();
        }
        let mut found = table.joint_reports(members, earliest.hour(), reach);
        found.retain(|window| (span.from..=span.to).contains(&window.hour) && !is_one(&window.members));
        let JointSpan { cell, category, .. } = span;
        let windows = found.into_iter().map(|window| {
            let JointReports { hour, village, members: own } = window;
            let (first, last) = (at(&own[0]).plus(-reach.length), at(&own[own.len() - 1]).plus(reach.length));
            let near = members
                .iter()
                .copied()
                .filter(|index| (first..=last).contains(&at(index)) && !own.contains(index));
            let near: Vec<Index> = near.collect();
            let mut state =
                IncidentState::beside(table, &mut self.claims, own[0], own.iter().copied(), &near);
            state.claims.release(&mut self.claims);
            let mut incidents: Vec<Index> =
                own.iter().filter(|index| table.could_stand(**index)).map(|index| anchor(*index)).collect();
            incidents.sort_unstable_by_key(|anchor| key(table, *anchor));
            incidents.dedup();
            (JointWindowKey { cell, category, hour, village }, JointWindow { state, incidents })
        });
        windows.collect()
    }
}

impl Changes {
    /// The most that an incident counted for and carried before, and that one does after.
    pub(super) fn strengths(&self) -> (Attested, Attested) {
        let highest = |one: Attested, state: &Option<IncidentState>| {
            state.as_ref().map_or(one, |state| one.highest(state.strength()))
        };
        let both = |(one, other): (Attested, Attested), (before, after): &(_, _)| {
            (highest(one, before), highest(other, after))
        };
        self.incidents.iter().fold(Default::default(), both)
    }

    /// From when to when the reports lie that moved, with the one at `index`.
    pub(super) fn times(&self, table: &ReportTable, index: Index) -> (Time, Time) {
        let own = table.all[index as usize].occurred;
        let moved = self.moved.iter().map(|moved| table.all[*moved as usize].occurred);
        moved.fold((own, own), |(first, last), at| (first.min(at), last.max(at)))
    }
}

impl Evidence {
    /// Joint windows of a cell that rules that look at `at` count after `from`, and those whose hour has not come.
    pub fn joint_windows(
        &self,
        cell: CellId,
        (from, at): (Time, Time),
    ) -> impl Iterator<Item = &JointWindow> {
        let may_count = self.joint.lasting_after(cell, from);
        may_count.filter(move |window| window.state.last_at(at) > from || window.state.is_ahead(at))
    }

    /// Every joint window, by what it is.
    pub fn all_joint_windows(&self) -> impl Iterator<Item = (&JointWindowKey, &JointWindow)> {
        self.joint.all.iter()
    }

    /// The joint windows that may hold the report at `index` or reports near it.
    pub(super) fn joint_windows_around(&self, index: Index) -> Vec<JointWindow> {
        if self.joint.all.is_empty() {
            return Vec::new(); // nearly always
        }
        let entry = &self.reports.all[index as usize];
        let length = self.policy.fusion.reach(entry.category).length;
        let cell = CellId::new(entry.unit, entry.kind);
        let span = JointSpan::around(cell, entry.category, (entry.occurred, entry.occurred), length);
        self.joint.of_hours(span).map(|(_, window)| window.clone()).collect()
    }

    /// True where all joint windows around the report at `index` count for as much as these did.
    pub(super) fn joint_windows_count_as_much(&self, index: Index, before: &[JointWindow]) -> bool {
        before.is_empty() || counts_as_much(before, &self.joint_windows_around(index))
    }

    /// The latest record by which one person of the desk takes back some of what an incident holds together with others.
    pub(super) fn joint_take_back(&self, incident: &IncidentState) -> Option<DeskRequest> {
        if self.joint.all.is_empty() {
            return None;
        }
        let length = self.policy.fusion.reach(incident.category).length;
        let (from, to) = (incident.at.plus(-length - HOUR).hour(), incident.until.hour());
        let span = JointSpan { cell: incident.cell, category: incident.category, from, to };
        let own = self.joint.of_hours(span).filter(|(_, window)| window.incidents.contains(&incident.anchor));
        own.filter_map(|(_, window)| self.reports.request(window.state.take_back)).max()
    }

    /// Works out again the joint windows of a group after reports of these times joined it, left it or moved within it. `index` is
    /// one of them. Returns the most that windows around counted for and carry before and after.
    pub(super) fn renew_joint_windows(
        &mut self,
        (index, number): (Index, u32),
        times: (Time, Time),
        touched: &mut EvidenceChanges,
    ) -> (Attested, Attested) {
        if self.groups.groups[number as usize].own.is_some() {
            return Default::default(); // what the desk put together or apart is judged with nothing else
        }
        let entry = self.reports.all[index as usize];
        let (cell, reach) = (CellId::new(entry.unit, entry.kind), self.policy.fusion.reach(entry.category));
        let span = JointSpan::around(cell, entry.category, times, reach.length);
        let (keys, before): (Vec<JointWindowKey>, Vec<JointWindow>) =
            self.joint.of_hours(span).map(|(key, window)| (*key, window.clone())).unzip();
        let until = span.to.start().plus(reach.length + 2 * HOUR);
        let any_grave = self.reports.grave_between(index, (span.from.start(), until)).next().is_some();
        let found = match any_grave {
            true => self.groups.joint_windows(&self.reports, number, span, reach),
            false => Vec::new(),
        };
        let (new_keys, after): (Vec<JointWindowKey>, Vec<JointWindow>) = found.into_iter().unzip();
        let strengths = (strength(&before), strength(&after));
        if (&keys, &before) == (&new_keys, &after) {
            return strengths;
        }
        keys.iter().for_each(|key| self.joint.remove(*key));
        new_keys.into_iter().zip(&after).for_each(|(key, window)| self.joint.insert(key, window.clone()));
        touched.evidence_reduced |= !counts_as_much(&before, &after);
        for cells in [&mut touched.cells, &mut touched.joint] {
            if !cells.contains(&cell) {
                cells.push(cell);
            }
        }
        let gone = before.iter().filter(|window| !after.contains(window));
        let differing = gone.chain(after.iter().filter(|window| !before.contains(window)));
        self.note_joined(differing.flat_map(|window| window.incidents.iter().copied()).collect(), touched);
        strengths
    }

    /// Notes that incidents, by their earliest reports, are judged together with others than before.
    fn note_joined(&self, mut anchors: Vec<Index>, touched: &mut EvidenceChanges) {
        anchors.sort_unstable_by_key(|anchor| key(&self.reports, *anchor));
        anchors.dedup();
        for anchor in anchors {
            if let Some(incident) = self.groups.incident_of(&self.reports, anchor) {
                touched.incidents.push((self.report_name(anchor), Some(*incident)));
                touched.effects.push(Effect::Incident(self.incident_effect(incident)));
            }
        }
    }
}

/// The most that any of them counts for and carries.
fn strength(windows: &[JointWindow]) -> Attested {
    let strengths = windows.iter().map(|window| window.state.strength());
    strengths.fold(Attested::default(), Attested::highest)
}

/// True where for each window there is one now that counts for as much.
fn counts_as_much(before: &[JointWindow], after: &[JointWindow]) -> bool {
    let strengths = || after.iter().map(|window| window.state.strength());
    before.iter().all(|window| strengths().any(|now| now.covers(window.state.strength())))
}
