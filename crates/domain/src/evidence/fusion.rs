//! Fusion: near-duplicates from village, police and company become one incident.
//!
//! The reports of one place and category stand in a group, sorted by (occurred_at, id, feed). The earliest is an
//! anchor; a later one within reach of an anchor joins the earliest such anchor whose village agrees
//! (or where one of the two names none); otherwise it is an anchor itself. What is over in a day is never chained: its
//! reach is measured from the anchor. What lasts (a blockade, a flood) reaches from its latest report to the next, and
//! from the anchor no further than the policy's longest. A merge or split of the desk makes a group that is one incident.

mod cold;

use super::IncidentState;
use super::attestation::{ClaimPool, ClaimReport};
use super::echo::Newcomer;
use super::report_table::{Index, ReportTable, TableKey};
use super::second_person::DeskWord;
use super::taking_back::words_in_force;
use super::{CellId, NONE, ReportEntry};
use crate::effect::Verdict;
use crate::kind::Category;
use crate::place::UnitId;
use crate::policy::{FusionPolicy, FusionReach};
use crate::report::ReportName;
use crate::time::Time;
use alloc::{collections::BTreeMap, vec, vec::Vec};

/// What joining or leaving changed.
#[derive(Default)]
pub struct Changes {
    /// Reports whose anchor is another now.
    pub moved: Vec<Index>,
    /// Incidents before and after.
    pub incidents: Vec<(Option<IncidentState>, Option<IncidentState>)>,
}

impl Changes {
    /// The earliest reports of incidents of which the desk rejected some, before or after.
    pub fn judged(&self) -> impl Iterator<Item = Index> {
        let both = self.incidents.iter().flat_map(|(before, after)| [before, after].into_iter().flatten());
        both.filter(|incident| incident.has_rejections()).map(|incident| incident.anchor)
    }
}

struct IncidentGroup {
    /// The merge or split that made it, or `None` for the group of a place and category.
    own: Option<TableKey>,
    /// Sorted by (occurred_at, id, feed).
    members: Vec<Index>,
    /// No member is newer: a report that is comes last without a look at the others.
    newest: (Time, ReportName),
    /// Sorted by their anchors' (occurred_at, id, feed).
    incidents: Vec<IncidentState>,
}

pub struct IncidentGroups {
    groups: Vec<IncidentGroup>,
    by_cell: Vec<Vec<(Category, u32)>>,
    /// By the merge or split that made them.
    own: BTreeMap<TableKey, u32>,
    /// The claims of incidents that have several.
    claims: ClaimPool,
}

impl IncidentGroups {
    pub fn new(cells: usize) -> IncidentGroups {
        IncidentGroups {
            groups: Vec::new(),
            by_cell: vec![Vec::new(); cells],
            own: BTreeMap::new(),
            claims: ClaimPool::default(),
        }
    }

    /// Incidents of a cell of this regency that begin at `to` or before and end after `from`, by their reports' own clocks,
    /// newest first in each group; of these categories where any are given.
    pub fn recent<'a>(
        &'a self,
        regency: UnitId,
        cell: CellId,
        of: &'a [Category],
        fusion: &'a FusionPolicy,
        (from, to): (Time, Time),
    ) -> impl Iterator<Item = &'a IncidentState> {
        let wanted = |(category, _): &&(Category, u32)| of.is_empty() || of.contains(category);
        let begun_after = move |category: Category| {
            from.plus(-if fusion.lasting.has(category) { fusion.longest } else { fusion.window })
        };
        let auto = self.by_cell[cell.index()].iter().filter(wanted);
        let auto = auto.map(move |(category, group)| (begun_after(*category), *group));
        let own = self.own.range((regency, ReportName::MIN)..=(regency, ReportName::MAX));
        // The desk may merge what lies far apart: such a group is one incident, looked at whenever it began.
        let groups = auto.chain(own.map(|(_, group)| (Time::MIN, *group)));
        groups.flat_map(move |(begun_after, group)| {
            let incidents = self.groups[group as usize].incidents.iter().rev();
            incidents
                .skip_while(move |incident| incident.at > to)
                .take_while(move |incident| incident.at > begun_after)
                .filter(move |incident| incident.cell == cell && incident.until > from)
        })
    }

    /// Incidents of a cell of this regency whose span from the first to the last report meets `from` to `to`. `window` is
    /// the longest span there is, but for what the desk merged.
    pub fn meeting(
        &self,
        regency: UnitId,
        cell: CellId,
        (from, to): (Time, Time),
        window: i64,
    ) -> impl Iterator<Item = &IncidentState> {
        let auto = self.by_cell[cell.index()].iter().flat_map(move |(_, group)| {
            let incidents = &self.groups[*group as usize].incidents;
            let first = incidents.partition_point(|incident| incident.at < from.plus(-window));
            incidents[first..].iter()
        });
        let own = self.own.range((regency, ReportName::MIN)..=(regency, ReportName::MAX));
        let own = own.flat_map(|(_, group)| self.groups[*group as usize].incidents.iter());
        auto.chain(own)
            .filter(move |incident| incident.cell == cell && incident.at <= to && incident.until >= from)
    }

    /// The incident whose earliest report this is.
    pub fn incident_of(&self, table: &ReportTable, anchor: Index) -> Option<&IncidentState> {
        let entry = &table.all[anchor as usize];
        let group = self.groups.get(entry.group as usize).filter(|_| entry.group != NONE)?;
        group.find(table, anchor).ok().map(|at| &group.incidents[at])
    }

    /// The reports of the incident whose earliest this is, the earliest first; none where it is no incident.
    pub fn members(&self, table: &ReportTable, anchor: Index) -> Vec<Index> {
        let entry = &table.all[anchor as usize];
        let group = self.groups.get(entry.group as usize).filter(|_| entry.group != NONE);
        let members = group.into_iter().flat_map(|group| group.members.iter().copied());
        members.filter(|member| table.all[*member as usize].anchor == anchor).collect()
    }

    /// What the desk says, in force, of each report of an incident.
    pub fn words_in_force(&mut self, table: &ReportTable, members: &[Index]) -> Vec<DeskWord> {
        words_in_force(table, &mut self.claims, members)
    }

    pub fn join(&mut self, table: &mut ReportTable, index: Index, reach: FusionReach, changes: &mut Changes) {
        let entry = table.all[index as usize];
        let number = self.group_for(table, index);
        table.all[index as usize].group = number;
        let (group, pool) = (&mut self.groups[number as usize], &mut self.claims);
        let own = (entry.occurred, entry.name());
        let mut place = group.members.len();
        if own > group.newest {
            group.newest = own;
        } else {
            let newest = group.members.iter().rev().take(NEAR);
            let newer = newest.take_while(|member| key(table, **member) > own).count();
            place -= newer; // nearly always among the newest
            if newer == NEAR {
                place = group.members.partition_point(|member| key(table, *member) < own);
            }
        }
        super::make_room(&mut group.members);
        group.members.insert(place, index);
        if group.own.is_some() {
            group.gather(table, pool, changes);
        } else if place + 1 == group.members.len() {
            group.append(table, pool, index, reach, changes);
        } else if let Some(at) = group.quiet(table, index, reach) {
            group.take_in(table, pool, (index, at), reach, changes);
        } else {
            group.regroup(table, pool, place, None, reach, changes);
        }
    }

    pub fn leave(
        &mut self,
        table: &mut ReportTable,
        index: Index,
        reach: FusionReach,
        changes: &mut Changes,
    ) {
        let entry = table.all[index as usize];
        let (group, pool) = (&mut self.groups[entry.group as usize], &mut self.claims);
        let place =
            group.members.partition_point(|member| key(table, *member) < (entry.occurred, entry.name()));
        assert_eq!(group.members.get(place), Some(&index), "each member stands once, in order");
        group.members.remove(place);
        table.all[index as usize].group = NONE;
        let old = core::mem::replace(&mut table.all[index as usize].anchor, NONE);
        if group.own.is_some() {
            group.gather(table, pool, changes);
        } else {
            group.regroup(table, pool, place, Some(old), reach, changes);
        }
    }

    fn group_for(&mut self, table: &ReportTable, index: Index) -> u32 {
        let entry = &table.all[index as usize];
        let fresh = self.groups.len() as u32;
        let make = |own| IncidentGroup {
            own,
            members: Vec::new(),
            newest: (Time::MIN, ReportName::MIN),
            incidents: Vec::new(),
        };
        if let Some(verification) = table.placed_by(index) {
            let number = *self.own.entry(verification).or_insert(fresh);
            if number == fresh {
                self.groups.push(make(Some(verification)));
            }
            return number;
        }
        let here = &mut self.by_cell[CellId::new(entry.unit, entry.kind).index()];
        let found = here.iter().find(|(category, _)| *category == entry.category);
        found.map(|(_, group)| *group).unwrap_or_else(|| {
            here.push((entry.category, fresh));
            self.groups.push(make(None));
            fresh
        })
    }
}

/// How many of the newest members are looked at one by one before the group is halved.
const NEAR: usize = 8;

fn key(table: &ReportTable, index: Index) -> (Time, ReportName) {
    let entry = &table.all[index as usize];
    (entry.occurred, entry.name())
}

/// An anchor that a report may still join.
struct Open {
    anchor: Index,
    at: Time,
    /// The latest of its reports so far.
    last: Time,
    village: u16,
}

impl Open {
    fn begin(anchor: Index, entry: &ReportEntry) -> Open {
        Open { anchor, at: entry.occurred, last: entry.occurred, village: entry.village }
    }
}

/// True where two villages can be one: the same, or one that is not known.
pub fn agrees(one: u16, other: u16) -> bool {
    one == other || one == 0 || other == 0
}

impl IncidentGroup {
    fn find(&self, table: &ReportTable, anchor: Index) -> Result<usize, usize> {
        let wanted = key(table, anchor);
        self.incidents.binary_search_by_key(&wanted, |incident| key(table, incident.anchor))
    }

    /// The usual case: the newest report of the group.
    fn append(
        &mut self,
        table: &mut ReportTable,
        pool: &mut ClaimPool,
        index: Index,
        reach: FusionReach,
        changes: &mut Changes,
    ) {
        let entry = table.all[index as usize];
        let oldest = entry.occurred.plus(-reach.length);
        let open = self.incidents.iter().rev().take_while(|incident| incident.at >= oldest).count();
        let first = self.incidents.len() - open;
        let joined = self.incidents[first..].iter().position(|incident| {
            agrees(incident.village, entry.village)
                && reach.holds(incident.at, incident.until, entry.occurred)
        });
        match joined {
            Some(offset) => self.take_in(table, pool, (index, first + offset), reach, changes),
            None => {
                changes.moved.push(index);
                table.all[index as usize].anchor = index;
                let incident = IncidentState::of(table, pool, index, core::iter::once(index));
                super::make_room(&mut self.incidents);
                self.incidents.push(incident);
                changes.incidents.push((None, Some(incident)));
            }
        }
    }

    /// A report joins the incident at `at`, which stays as it is otherwise.
    fn take_in(
        &mut self,
        table: &mut ReportTable,
        pool: &mut ClaimPool,
        (index, at): (Index, usize),
        reach: FusionReach,
        changes: &mut Changes,
    ) {
        let before = self.incidents[at];
        let anchor = before.anchor;
        table.all[index as usize].anchor = anchor;
        changes.moved.push(index);
        // The anchor is the earliest: nothing before it is looked at.
        let mut newest_first = self.members.iter().rev().copied();
        let mut passed = false;
        let others = core::iter::from_fn(|| {
            let member = newest_first.next().filter(|_| !passed)?;
            passed = member == anchor;
            Some(member)
        });
        let others = others.filter(|member| *member != index);
        let newcomer = match before.verdict {
            Verdict::Rejected => Newcomer::ChangesOthers, // it may be the first that stands
            _ if before.is_judged_with(table, index) || table.waiting_removal(index).is_some() => {
                Newcomer::ChangesOthers
            }
            _ => Newcomer::of(table, (index, anchor), others, before.has_rejections()),
        };
        match newcomer {
            Newcomer::Own => self.incidents[at].absorb(table, pool, ClaimReport::plain(index)),
            Newcomer::Echo(wording) => {
                let report = ClaimReport { echo: Some(wording), ..ClaimReport::plain(index) };
                self.incidents[at].absorb(table, pool, report);
            }
            Newcomer::ChangesOthers => {
                self.incidents[at].claims.release(pool);
                self.incidents[at] = self.put_together(table, pool, anchor, reach);
            }
        }
        changes.incidents.push((Some(before), Some(self.incidents[at])));
    }

    /// The incident that a report in the middle of the group joins without a change for any other report: one whose
    /// village is known and its own, or that it need not name, and that it does not lengthen. None where that takes a
    /// closer look. Without this a flood of reports of one place and day would cost the square of their number.
    fn quiet(&self, table: &ReportTable, index: Index, reach: FusionReach) -> Option<usize> {
        let entry = &table.all[index as usize];
        let own = (entry.occurred, entry.name());
        let oldest = entry.occurred.plus(-reach.length);
        let first = self.incidents.partition_point(|incident| incident.at < oldest);
        let earlier = self.incidents[first..].iter().take_while(|incident| key(table, incident.anchor) < own);
        for (offset, incident) in earlier.enumerate() {
            // How far it reaches may hang on how far it had come by then; only what covers the report is sure to hold it.
            let covers = incident.until >= entry.occurred || reach.gap >= reach.length;
            let lengthens = reach.holds(incident.at, incident.until, entry.occurred);
            match (incident.village, entry.village) {
                (candidate, village) if agrees(candidate, village) && !covers && lengthens => return None,
                (candidate, village) if agrees(candidate, village) && !covers => {}
                (_, 0) => return Some(first + offset),
                (candidate, village) if candidate == village => return Some(first + offset),
                // It may have had no village yet when this report came, unless its anchor named one.
                _ if table.all[incident.anchor as usize].village == 0 => return None,
                _ => {}
            }
        }
        None
    }

    /// A report came in the middle of the group (at `place`) or left it (`left` was its anchor): assign again
    /// from there until nothing can differ any more, then count the incidents that changed.
    fn regroup(
        &mut self,
        table: &mut ReportTable,
        pool: &mut ClaimPool,
        place: usize,
        left: Option<Index>,
        reach: FusionReach,
        changes: &mut Changes,
    ) {
        let mut affected: Vec<Index> = Vec::new();
        let mut until = Time::MIN;
        if let Some(old) = left {
            affected.push(old);
            until = key(table, old).0.plus(reach.length);
        }
        let Some(first) = self.members.get(place).copied() else {
            return self.recount(table, pool, affected, reach, changes);
        };
        let mut open = self.open_before(table, place, key(table, first).0.plus(-reach.length));
        for position in place..self.members.len() {
            let index = self.members[position];
            let entry = table.all[index as usize];
            if entry.anchor != NONE && entry.occurred > until {
                break;
            }
            open.retain(|candidate| reach.holds(candidate.at, candidate.last, entry.occurred));
            let joined = open.iter_mut().find(|candidate| agrees(candidate.village, entry.village));
            let anchor = match joined {
                Some(candidate) => {
                    candidate.last = entry.occurred;
                    if candidate.village == 0 {
                        candidate.village = entry.village;
                    }
                    candidate.anchor
                }
                None => {
                    open.push(Open::begin(index, &entry));
                    index
                }
            };
            if anchor != entry.anchor {
                for changed in [anchor, entry.anchor].into_iter().filter(|changed| *changed != NONE) {
                    affected.push(changed);
                    until = until.max(key(table, changed).0.plus(reach.length));
                }
                table.all[index as usize].anchor = anchor;
                changes.moved.push(index);
            }
        }
        self.recount(table, pool, affected, reach, changes);
    }

    /// Anchors before `place` that are not older than `oldest`, with the village and the instant they had come to by then.
    fn open_before(&self, table: &ReportTable, place: usize, oldest: Time) -> Vec<Open> {
        let from = self.members[..place].partition_point(|member| key(table, *member).0 < oldest);
        let mut open: Vec<Open> = Vec::new();
        for member in &self.members[from..place] {
            let entry = &table.all[*member as usize];
            if entry.anchor == *member {
                open.push(Open::begin(*member, entry));
            } else if let Some(candidate) = open.iter_mut().find(|candidate| candidate.anchor == entry.anchor)
            {
                candidate.last = entry.occurred;
                if candidate.village == 0 {
                    candidate.village = entry.village;
                }
            }
        }
        open
    }

    /// Builds the incidents of `affected` anchors again from their members.
    fn recount(
        &mut self,
        table: &ReportTable,
        pool: &mut ClaimPool,
        mut affected: Vec<Index>,
        reach: FusionReach,
        changes: &mut Changes,
    ) {
        affected.sort_unstable_by_key(|anchor| key(table, *anchor));
        affected.dedup();
        for anchor in affected {
            let stands = table.all[anchor as usize].anchor == anchor;
            let after = stands.then(|| self.put_together(table, pool, anchor, reach));
            let found = self.find(table, anchor);
            let before = found.ok().map(|at| {
                self.incidents[at].claims.release(pool);
                self.incidents[at]
            });
            match (found, after) {
                (Ok(at), Some(incident)) => self.incidents[at] = incident,
                (Ok(at), None) => drop(self.incidents.remove(at)),
                (Err(at), Some(incident)) => self.incidents.insert(at, incident),
                (Err(_), None) => {}
            }
            changes.incidents.push((before, after));
        }
    }

    /// The incident of an anchor from all its members.
    fn put_together(
        &self,
        table: &ReportTable,
        pool: &mut ClaimPool,
        anchor: Index,
        reach: FusionReach,
    ) -> IncidentState {
        let start = self.members.partition_point(|member| key(table, *member) < key(table, anchor));
        let last = key(table, anchor).0.plus(reach.length);
        let near = self.members[start..].iter().copied().take_while(|member| key(table, *member).0 <= last);
        let own = near.filter(|member| table.all[*member as usize].anchor == anchor);
        IncidentState::of(table, pool, anchor, own)
    }

    /// A group the desk made: all its members are one incident.
    fn gather(&mut self, table: &mut ReportTable, pool: &mut ClaimPool, changes: &mut Changes) {
        let mut before = self.incidents.pop();
        if let Some(incident) = &mut before {
            incident.claims.release(pool);
        }
        let after = self.members.first().copied().map(|anchor| {
            for member in &self.members {
                if table.all[*member as usize].anchor != anchor {
                    table.all[*member as usize].anchor = anchor;
                    changes.moved.push(*member);
                }
            }
            IncidentState::of(table, pool, anchor, self.members.iter().copied())
        });
        self.incidents.extend(after);
        match (before, after) {
            (Some(old), Some(new)) if old.anchor != new.anchor => {
                changes.incidents.push((Some(old), None));
                changes.incidents.push((None, Some(new)));
            }
            pair => changes.incidents.push(pair),
        }
    }
}
