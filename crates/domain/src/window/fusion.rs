//! Fusion: near-duplicates from village, police and company become one incident.
//!
//! The reports of one place and category stand in a list, sorted by (occurred_at, id). The earliest is an
//! anchor; a later one within the window of an anchor joins the earliest such anchor whose village agrees
//! (or where one of the two names none); otherwise it is an anchor itself. Never chained: the window
//! is measured from the anchor. A merge or split of the desk makes a list that is one incident.

use super::set::{Index, Set};
use super::{NONE, Slot, Stored};
use crate::effect::Verdict;
use crate::history::Weight;
use crate::kind::{Category, Sides, Stage, side};
use crate::report::ReportId;
use crate::time::Time;
use alloc::{collections::BTreeMap, vec, vec::Vec};

/// An incident as the window keeps it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fused {
    pub anchor: Index,
    pub at: Time,
    pub slot: Slot,
    pub category: Category,
    pub village: u16,
    pub severity: u8,
    pub stage: Option<Stage>,
    pub sides: Sides,
    pub reports: u16,
    pub dead: u16,
    pub injured: u16,
    pub displaced: u32,
    pub verdict: Verdict,
    /// The report whose verdict stands, for the latest to win; [`NONE`] where there is no verdict.
    judged: Index,
    pub patrol: bool,
}

impl Fused {
    /// What it adds to the history; a rejected incident adds nothing.
    pub fn weight(&self) -> Option<Weight> {
        (self.verdict != Verdict::Rejected).then_some(Weight { severity: self.severity, patrol: self.patrol })
    }

    fn begin(anchor: Index, stored: &Stored) -> Fused {
        Fused {
            anchor,
            at: stored.occurred,
            slot: Slot::new(stored.unit, stored.kind),
            category: stored.category,
            village: 0,
            severity: 0,
            stage: None,
            sides: Sides::default(),
            reports: 0,
            dead: 0,
            injured: 0,
            displaced: 0,
            verdict: Verdict::Unverified,
            judged: NONE,
            patrol: true,
        }
    }

    fn absorb(&mut self, set: &Set, index: Index) {
        let stored = &set.all[index as usize];
        if self.village == 0 {
            self.village = stored.village;
        }
        self.severity = self.severity.max(stored.severity);
        self.stage = self.stage.max(stored.stage);
        self.sides.add(side(stored.kind, stored.class, stored.parties));
        self.reports = self.reports.saturating_add(1);
        // Several sources count the same people: the highest number stands, never the sum.
        self.dead = self.dead.max(stored.dead);
        self.injured = self.injured.max(stored.injured);
        self.displaced = self.displaced.max(stored.displaced);
        self.patrol &= stored.marks.patrol();
        if let Some((at, id, verdict)) = set.verdict(index) {
            let before = if self.judged == NONE { None } else { set.verdict(self.judged) };
            if before.is_none_or(|(then, other, _)| (then, other) <= (at, id)) {
                self.judged = index;
                self.verdict = verdict;
            }
        }
    }
}

/// What joining or leaving changed.
#[derive(Default)]
pub struct Changes {
    /// Reports whose anchor is another now.
    pub moved: Vec<Index>,
    /// Incidents before and after.
    pub incidents: Vec<(Option<Fused>, Option<Fused>)>,
}

struct List {
    /// The merge or split that made it, or `None` for the list of a place and category.
    own: Option<ReportId>,
    /// Sorted by (occurred_at, id).
    members: Vec<Index>,
    /// No member is newer: a report that is comes last without a look at the others.
    newest: (Time, ReportId),
    /// Sorted by their anchors' (occurred_at, id).
    incidents: Vec<Fused>,
}

pub struct Lists {
    lists: Vec<List>,
    by_slot: Vec<Vec<(Category, u32)>>,
    own: BTreeMap<ReportId, u32>,
}

impl Lists {
    pub fn new(slots: usize) -> Lists {
        Lists { lists: Vec::new(), by_slot: vec![Vec::new(); slots], own: BTreeMap::new() }
    }

    /// Incidents of a slot within `(from, to]`, newest first in each list; of these categories where any are given.
    pub fn recent<'a>(
        &'a self,
        slot: Slot,
        of: &'a [Category],
        from: Time,
        to: Time,
    ) -> impl Iterator<Item = &'a Fused> {
        let wanted = |(category, _): &&(Category, u32)| of.is_empty() || of.contains(category);
        let auto = self.by_slot[slot.index()].iter().filter(wanted).map(|(_, list)| *list);
        let lists = auto.chain(self.own.values().copied()).map(|list| &self.lists[list as usize]);
        lists.flat_map(move |list| {
            let incidents = list.incidents.iter().rev();
            incidents
                .skip_while(move |fused| fused.at > to)
                .take_while(move |fused| fused.at > from)
                .filter(move |fused| fused.slot == slot)
        })
    }

    pub fn join(&mut self, set: &mut Set, index: Index, window: i64, changes: &mut Changes) {
        let stored = set.all[index as usize];
        let number = self.list_for(set, index);
        set.all[index as usize].list = number;
        let list = &mut self.lists[number as usize];
        let own = (stored.occurred, stored.id());
        let mut place = list.members.len();
        if own > list.newest {
            list.newest = own;
        } else {
            let newest = list.members.iter().rev().take(NEAR);
            let newer = newest.take_while(|member| key(set, **member) > own).count();
            place -= newer; // nearly always among the newest
            if newer == NEAR {
                place = list.members.partition_point(|member| key(set, *member) < own);
            }
        }
        super::make_room(&mut list.members);
        list.members.insert(place, index);
        if list.own.is_some() {
            list.gather(set, changes);
        } else if place + 1 == list.members.len() {
            list.append(set, index, window, changes);
        } else if let Some(at) = list.quiet(set, index, window) {
            list.take_in(set, index, at, changes);
        } else {
            list.regroup(set, (place, None), window, changes);
        }
    }

    pub fn leave(&mut self, set: &mut Set, index: Index, window: i64, changes: &mut Changes) {
        let stored = set.all[index as usize];
        let list = &mut self.lists[stored.list as usize];
        let place = list.members.partition_point(|member| key(set, *member) < (stored.occurred, stored.id()));
        debug_assert_eq!(list.members.get(place), Some(&index));
        list.members.remove(place);
        set.all[index as usize].list = NONE;
        let old = core::mem::replace(&mut set.all[index as usize].anchor, NONE);
        if list.own.is_some() {
            list.gather(set, changes);
        } else {
            list.regroup(set, (place, Some(old)), window, changes);
        }
    }

    fn list_for(&mut self, set: &Set, index: Index) -> u32 {
        let stored = &set.all[index as usize];
        let fresh = self.lists.len() as u32;
        let make =
            |own| List { own, members: Vec::new(), newest: (Time::MIN, ReportId(0)), incidents: Vec::new() };
        if let Some(verification) = set.placed_by(index) {
            let number = *self.own.entry(verification).or_insert(fresh);
            if number == fresh {
                self.lists.push(make(Some(verification)));
            }
            return number;
        }
        let here = &mut self.by_slot[Slot::new(stored.unit, stored.kind).index()];
        let found = here.iter().find(|(category, _)| *category == stored.category);
        found.map(|(_, list)| *list).unwrap_or_else(|| {
            here.push((stored.category, fresh));
            self.lists.push(make(None));
            fresh
        })
    }
}

/// How many of the newest members are looked at one by one before the list is halved.
const NEAR: usize = 8;

fn key(set: &Set, index: Index) -> (Time, ReportId) {
    let stored = &set.all[index as usize];
    (stored.occurred, stored.id())
}

/// An anchor that a report may still join.
struct Open {
    anchor: Index,
    at: Time,
    village: u16,
}

fn agrees(one: u16, other: u16) -> bool {
    one == other || one == 0 || other == 0
}

impl List {
    fn find(&self, set: &Set, anchor: Index) -> Result<usize, usize> {
        let wanted = key(set, anchor);
        self.incidents.binary_search_by_key(&wanted, |fused| key(set, fused.anchor))
    }

    /// The usual case: the newest report of the list.
    fn append(&mut self, set: &mut Set, index: Index, window: i64, changes: &mut Changes) {
        let stored = set.all[index as usize];
        let oldest = stored.occurred.plus(-window);
        let open = self.incidents.iter().rev().take_while(|fused| fused.at >= oldest).count();
        let first = self.incidents.len() - open;
        let joined = self.incidents[first..].iter().position(|fused| agrees(fused.village, stored.village));
        match joined {
            Some(offset) => self.take_in(set, index, first + offset, changes),
            None => {
                changes.moved.push(index);
                set.all[index as usize].anchor = index;
                let mut fused = Fused::begin(index, &stored);
                fused.absorb(set, index);
                super::make_room(&mut self.incidents);
                self.incidents.push(fused);
                changes.incidents.push((None, Some(fused)));
            }
        }
    }

    /// A report joins an incident that stays as it is otherwise.
    fn take_in(&mut self, set: &mut Set, index: Index, at: usize, changes: &mut Changes) {
        let before = self.incidents[at];
        set.all[index as usize].anchor = before.anchor;
        self.incidents[at].absorb(set, index);
        changes.moved.push(index);
        changes.incidents.push((Some(before), Some(self.incidents[at])));
    }

    /// The incident that a report in the middle of the list joins without a change for any other report: one whose
    /// village is known and its own, or that it need not name. None where that takes a closer look. Without this a
    /// flood of reports of one place and day would cost the square of their number.
    fn quiet(&self, set: &Set, index: Index, window: i64) -> Option<usize> {
        let stored = &set.all[index as usize];
        let own = (stored.occurred, stored.id());
        let oldest = stored.occurred.plus(-window);
        let first = self.incidents.partition_point(|fused| fused.at < oldest);
        let earlier = self.incidents[first..].iter().take_while(|fused| key(set, fused.anchor) < own);
        for (offset, fused) in earlier.enumerate() {
            match (fused.village, stored.village) {
                (_, 0) => return Some(first + offset),
                (group, village) if group == village => return Some(first + offset),
                // It may have had no village yet when this report came, unless its anchor named one.
                _ if set.all[fused.anchor as usize].village == 0 => return None,
                _ => {}
            }
        }
        None
    }

    /// A report came in the middle of the list (at `place`) or left it (`left` was its anchor): assign anew
    /// from there until nothing can differ any more, then count the incidents that changed.
    fn regroup(
        &mut self,
        set: &mut Set,
        (place, left): (usize, Option<Index>),
        window: i64,
        changes: &mut Changes,
    ) {
        let mut affected: Vec<Index> = Vec::new();
        let mut until = Time::MIN;
        if let Some(old) = left {
            affected.push(old);
            until = key(set, old).0.plus(window);
        }
        let Some(first) = self.members.get(place).copied() else {
            return self.recount(set, affected, window, changes);
        };
        let mut open = self.open_before(set, place, key(set, first).0.plus(-window));
        for position in place..self.members.len() {
            let index = self.members[position];
            let stored = set.all[index as usize];
            if stored.anchor != NONE && stored.occurred > until {
                break;
            }
            open.retain(|group| group.at >= stored.occurred.plus(-window));
            let joined = open.iter_mut().find(|group| agrees(group.village, stored.village));
            let anchor = match joined {
                Some(group) => {
                    if group.village == 0 {
                        group.village = stored.village;
                    }
                    group.anchor
                }
                None => {
                    open.push(Open { anchor: index, at: stored.occurred, village: stored.village });
                    index
                }
            };
            if anchor != stored.anchor {
                for changed in [anchor, stored.anchor].into_iter().filter(|changed| *changed != NONE) {
                    affected.push(changed);
                    until = until.max(key(set, changed).0.plus(window));
                }
                set.all[index as usize].anchor = anchor;
                changes.moved.push(index);
            }
        }
        self.recount(set, affected, window, changes);
    }

    /// Anchors before `place` that are not older than `oldest`, with the village they had come to by then.
    fn open_before(&self, set: &Set, place: usize, oldest: Time) -> Vec<Open> {
        let from = self.members[..place].partition_point(|member| key(set, *member).0 < oldest);
        let mut open: Vec<Open> = Vec::new();
        for member in &self.members[from..place] {
            let stored = &set.all[*member as usize];
            if stored.anchor == *member {
                open.push(Open { anchor: *member, at: stored.occurred, village: stored.village });
            } else if let Some(group) = open.iter_mut().find(|group| group.anchor == stored.anchor)
                && group.village == 0
            {
                group.village = stored.village;
            }
        }
        open
    }

    /// Builds the incidents of `affected` anchors anew from their members.
    fn recount(&mut self, set: &Set, mut affected: Vec<Index>, window: i64, changes: &mut Changes) {
        affected.sort_unstable_by_key(|anchor| key(set, *anchor));
        affected.dedup();
        for anchor in affected {
            let start = self.members.partition_point(|member| key(set, *member) < key(set, anchor));
            let last = key(set, anchor).0.plus(window);
            let mut after: Option<Fused> = None;
            if set.all[anchor as usize].anchor == anchor {
                let mut fused = Fused::begin(anchor, &set.all[anchor as usize]);
                for member in self.members[start..].iter().take_while(|member| key(set, **member).0 <= last) {
                    if set.all[*member as usize].anchor == anchor {
                        fused.absorb(set, *member);
                    }
                }
                after = Some(fused);
            }
            let found = self.find(set, anchor);
            let before = found.ok().map(|at| self.incidents[at]);
            match (found, after) {
                (Ok(at), Some(fused)) => self.incidents[at] = fused,
                (Ok(at), None) => drop(self.incidents.remove(at)),
                (Err(at), Some(fused)) => self.incidents.insert(at, fused),
                (Err(_), None) => {}
            }
            changes.incidents.push((before, after));
        }
    }

    /// A list the desk made: all its members are one incident.
    fn gather(&mut self, set: &mut Set, changes: &mut Changes) {
        let before = self.incidents.pop();
        let after = self.members.first().copied().map(|anchor| {
            let mut fused = Fused::begin(anchor, &set.all[anchor as usize]);
            for member in &self.members {
                if set.all[*member as usize].anchor != anchor {
                    set.all[*member as usize].anchor = anchor;
                    changes.moved.push(*member);
                }
                fused.absorb(set, *member);
            }
            fused
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
