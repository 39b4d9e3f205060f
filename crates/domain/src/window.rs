//! The reports joined into incidents and into each unit's history: everything the evidence says.
//!
//! All of it is a function of the set of reports, so any order, duplication or lateness of the same
//! reports ends in the same window.

pub mod fusion;
pub mod set;
pub mod stored;

use crate::effect::Effect;
use crate::history::{Series, Weight, Weights};
use crate::kind::{Category, Kind, Outcome};
use crate::place::{Place, Places, UnitId};
use crate::policy::Policy;
use crate::report::{FeedId, Report, ReportId};
use crate::silence::Voices;
use crate::time::{Hour, Time};
use alloc::{sync::Arc, vec, vec::Vec};
use fusion::{Fused, Lists};
use set::{Index, Link, Set};
pub use stored::Stored;

/// No report, or no list.
pub const NONE: u32 = u32::MAX;

/// What a record did to the window.
#[derive(Default)]
pub struct Touched {
    /// What the world is told; whoever inserts many reports lends the same list again and again.
    pub effects: Vec<Effect>,
    /// Units and kinds whose incidents changed, in the order they were touched.
    pub slots: Vec<Slot>,
    /// Incidents that changed or went, by id, and as they now stand.
    pub incidents: Vec<(ReportId, Option<Fused>)>,
    /// Units of which more or fewer feeds are heard now.
    pub heard: Vec<UnitId>,
    /// The earliest hour whose incidents changed.
    pub oldest: Option<Hour>,
    /// Something that counted counts less or elsewhere now: a report was taken back, corrected or rejected.
    pub lessened: bool,
}

impl Touched {
    /// Ready for the next report; the effects stay.
    pub fn clear(&mut self) {
        self.slots.clear();
        self.incidents.clear();
        self.heard.clear();
        self.oldest = None;
        self.lessened = false;
    }
}

/// A (unit, kind): `unit * 3 + kind`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Slot(pub u32);

impl Slot {
    pub fn new(unit: UnitId, kind: Kind) -> Slot {
        Slot(u32::from(unit.0) * Kind::COUNT as u32 + kind.index() as u32)
    }
    pub fn unit(self) -> UnitId {
        UnitId((self.0 / Kind::COUNT as u32) as u16)
    }
    pub fn kind(self) -> Kind {
        Kind::ALL[self.0 as usize % Kind::COUNT]
    }
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

pub struct Window {
    pub places: Arc<Places>,
    pub policy: Arc<Policy>,
    pub weights: Weights,
    pub set: Set,
    lists: Lists,
    /// History by slot; a regency's series holds all that happened in it.
    series: Vec<Series>,
    /// Feeds heard, by unit.
    voices: Vec<Voices>,
    /// Feeds heard anywhere in a regency, at the regency's place.
    wide: Vec<Voices>,
    /// Reports that name a unit, by unit (to hear a feed again after a replacement).
    naming: Vec<Vec<Index>>,
    /// Completeness as of the running hour, by unit, and until when it holds if nothing is heard.
    complete: Vec<(u32, Time)>,
    /// Sums of the districts' completeness, by regency.
    sums: Vec<u64>,
    /// How many districts each regency has; 0 for a district.
    counts: Vec<u32>,
    hour: Hour,
    /// First hour anything was reported, by unit; only regencies' are kept.
    began: Vec<Option<Hour>>,
    /// Lent to the lists again and again.
    changes: fusion::Changes,
    /// How records ended, by outcome.
    pub outcomes: [u64; Outcome::COUNT],
}

/// Room for one more, a quarter at a time: of hundreds of thousands of short lists, doubling would leave half empty.
pub fn make_room<T>(list: &mut Vec<T>) {
    if list.len() == list.capacity() {
        list.reserve_exact(list.len() / 4 + 2);
    }
}

fn districts(places: &Places) -> Vec<u32> {
    let whole = |unit: UnitId| places.code(unit).is_regency();
    places.ids().map(|unit| if whole(unit) { places.districts(unit).count() as u32 } else { 0 }).collect()
}

impl Window {
    pub fn new(places: Arc<Places>, policy: Arc<Policy>) -> Window {
        let units = places.len();
        Window {
            weights: Weights::default(),
            set: Set::default(),
            lists: Lists::new(units * Kind::COUNT),
            series: vec![Series::default(); units * Kind::COUNT],
            voices: vec![Voices::default(); units],
            wide: vec![Voices::default(); units],
            naming: vec![Vec::new(); units],
            complete: vec![(0, Time(i64::MAX)); units],
            sums: vec![0; units],
            counts: districts(&places),
            hour: Hour(i32::MIN / 2),
            began: vec![None; units],
            changes: fusion::Changes::default(),
            outcomes: [0; Outcome::COUNT],
            places,
            policy,
        }
    }

    pub fn series(&self, slot: Slot) -> &Series {
        &self.series[slot.index()]
    }
    pub fn voices(&self, unit: UnitId) -> &Voices {
        &self.voices[unit.index()]
    }
    /// The first hour anything was reported in the unit's regency.
    pub fn began(&self, unit: UnitId) -> Option<Hour> {
        self.began[self.places.regency(unit).index()]
    }
    /// The running hour moved on: feeds may have fallen silent.
    pub fn tick(&mut self, hour: Hour) {
        self.hour = hour;
        for index in 0..self.complete.len() {
            if self.complete[index].1 <= hour.start() {
                self.measure(UnitId(index as u16));
            }
        }
    }

    /// Measures one unit's completeness anew: whether it changed.
    fn measure(&mut self, unit: UnitId) -> bool {
        let at = self.hour.start();
        let regency = self.places.regency(unit);
        let (voices, wide) = (&self.voices[unit.index()], &self.wide[regency.index()]);
        let new = (voices.completeness(wide, at), voices.next_change(wide, at).unwrap_or(Time::MAX));
        let old = core::mem::replace(&mut self.complete[unit.index()], new);
        if regency != unit {
            let sum = &mut self.sums[regency.index()];
            *sum = *sum + u64::from(new.0) - u64::from(old.0);
        }
        new.0 != old.0
    }

    /// Share of the usual feeds heard in a unit as of an hour, parts per million; a regency's is the mean of
    /// its districts'. 0 is *no data*.
    pub fn completeness(&self, unit: UnitId, hour: Hour) -> u32 {
        if hour == self.hour {
            let own = self.complete[unit.index()].0;
            let count = u64::from(self.counts[unit.index()]); // a district has none
            return self.sums[unit.index()].checked_div(count).map_or(own, |mean| mean as u32);
        }
        self.plain_completeness(unit, hour)
    }

    /// The same with nothing kept from before.
    pub fn plain_completeness(&self, unit: UnitId, hour: Hour) -> u32 {
        let wide = &self.wide[self.places.regency(unit).index()];
        let of = |unit: UnitId| u64::from(self.voices[unit.index()].completeness(wide, hour.start()));
        let count = u64::from(self.counts[unit.index()]);
        if count == 0 {
            return of(unit) as u32;
        }
        let sum: u64 = self.places.districts(unit).map(of).sum();
        (sum / count) as u32
    }

    /// How many districts a regency has.
    pub fn districts(&self, regency: UnitId) -> usize {
        self.counts[regency.index()] as usize
    }

    /// Incidents of a slot that happened after `from` and not after `to`, newest first in each list;
    /// of these categories where any are given.
    pub fn recent<'a>(
        &'a self,
        slot: Slot,
        of: &'a [Category],
        from: Time,
        to: Time,
    ) -> impl Iterator<Item = &'a Fused> {
        self.lists.recent(slot, of, from, to)
    }

    /// Takes a report in. `bygone` marks one beyond the repair horizon.
    pub fn insert(&mut self, report: &Report, bygone: bool, touched: &mut Touched) {
        // A place outside the register is refused before it comes here.
        let Some(unit) = self.places.find(report.place.code) else { return };
        let (stored, link) = Stored::of(report, unit, bygone);
        let index = match self.set.find(report.id) {
            None => {
                self.outcomes[stored.outcome.index()] += 1;
                self.set.add(stored, link)
            }
            Some(index) => {
                self.outcomes[Outcome::Duplicate.index()] += 1;
                let old = self.set.all[index as usize];
                if (old.reported, old.hash) <= (stored.reported, stored.hash) {
                    return;
                }
                self.replace(index, stored, link, touched);
                index
            }
        };
        self.hear(index, touched);
        touched.effects.push(Effect::Outcome { report: report.id, outcome: stored.outcome, incident: None });
        self.settle(index, touched);
        self.settle_named(index, touched);
    }

    /// An earlier report with the same id comes in the place of the one we had.
    fn replace(&mut self, index: Index, stored: Stored, link: Option<Link>, touched: &mut Touched) {
        self.leave(index, touched);
        let old = self.set.all[index as usize];
        self.outcomes[old.outcome.index()] -= 1;
        self.outcomes[stored.outcome.index()] += 1;
        let freed: Vec<ReportId> =
            self.set.link_of(index).map(|link| set::targets(link).to_vec()).unwrap_or_default();
        self.set.replace(index, stored, link);
        for id in freed {
            self.settle_id(id, touched);
        }
        self.naming[old.unit.index()].retain(|other| *other != index);
        let regency = self.places.regency(old.unit);
        self.begin_again(regency);
        self.hear_again(regency, old.feed);
    }

    /// Hears a feed anew from all its reports that stand in a regency.
    fn hear_again(&mut self, regency: UnitId, feed: FeedId) {
        self.wide[regency.index()].forget(feed);
        let units: Vec<UnitId> = core::iter::once(regency).chain(self.places.districts(regency)).collect();
        for unit in &units {
            self.voices[unit.index()].forget(feed);
            for index in &self.naming[unit.index()] {
                let stored = self.set.all[*index as usize];
                if stored.feed == feed {
                    let (rule, class, at) = (&self.policy.silence, stored.class, stored.reported);
                    self.voices[unit.index()].hear(rule, feed, class, at);
                    self.wide[regency.index()].hear(rule, feed, class, at);
                }
            }
        }
        for unit in units {
            self.measure(unit);
        }
    }

    fn begin_again(&mut self, regency: UnitId) {
        let units = core::iter::once(regency).chain(self.places.districts(regency));
        let all = units.flat_map(|unit| self.naming[unit.index()].iter());
        let first = all.map(|index| self.set.all[*index as usize].reported.hour()).min();
        self.began[regency.index()] = first;
    }

    fn hear(&mut self, index: Index, touched: &mut Touched) {
        let stored = self.set.all[index as usize];
        let unit = stored.unit.index();
        make_room(&mut self.naming[unit]);
        self.naming[unit].push(index);
        let regency = self.places.regency(stored.unit);
        let (rule, feed) = (&self.policy.silence, stored.feed);
        let new = self.voices[unit].of(feed).is_none();
        self.voices[unit].hear(rule, feed, stored.class, stored.reported);
        let wide = &mut self.wide[regency.index()];
        let before = wide.of(feed).map_or(Time::MIN, |heard| heard.silent_from);
        wide.hear(rule, feed, stored.class, stored.reported);
        let after = wide.of(feed).map_or(Time::MAX, |heard| heard.silent_from);
        if new || before <= self.hour.start() || after < before {
            // The other places may hear or miss it now; else what was measured there holds.
            let units: Vec<UnitId> =
                core::iter::once(regency).chain(self.places.districts(regency)).collect();
            touched.heard.extend(units.into_iter().filter(|unit| self.measure(*unit)));
        } else if self.measure(stored.unit) {
            touched.heard.push(stored.unit);
        }
        let hour = stored.reported.hour();
        let first = &mut self.began[regency.index()];
        *first = Some(first.map_or(hour, |before| before.min(hour)));
    }

    /// Reports that a newly linked report names may stand differently now.
    fn settle_named(&mut self, index: Index, touched: &mut Touched) {
        let Some(link) = self.set.link_of(index) else { return };
        for id in set::targets(link).to_vec() {
            self.settle_id(id, touched);
        }
    }

    fn settle_id(&mut self, id: ReportId, touched: &mut Touched) {
        if let Some(index) = self.set.find(id) {
            self.settle(index, touched);
        }
    }

    /// Brings one report to where the set says it belongs.
    fn settle(&mut self, index: Index, touched: &mut Touched) {
        let stored = self.set.all[index as usize];
        let statement = match stored.outcome {
            Outcome::Incident | Outcome::Merged | Outcome::Superseded => true,
            Outcome::Retracted => !matches!(self.set.link_of(index), Some(Link::Retracts(_))),
            _ => false,
        };
        if !statement {
            return; // signals, zero-reports, verifications and retractions fuse with nothing
        }
        let outcome = match self.set.taken_back(index) {
            (true, _) => Outcome::Retracted,
            (false, true) => Outcome::Superseded,
            (false, false) => Outcome::Incident,
        };
        self.leave(index, touched);
        if outcome == Outcome::Incident && !stored.marks.bygone() {
            self.fuse(index, true, touched);
        } else {
            self.say(index, outcome, NONE, &mut touched.effects);
        }
    }

    fn leave(&mut self, index: Index, touched: &mut Touched) {
        if self.set.all[index as usize].list != NONE {
            self.fuse(index, false, touched);
        }
    }

    /// Puts a report into its list (or takes it out) and carries the changes into the history.
    fn fuse(&mut self, index: Index, join: bool, touched: &mut Touched) {
        let mut changes = core::mem::take(&mut self.changes);
        if join {
            self.lists.join(&mut self.set, index, self.policy.fusion_window, &mut changes);
        } else {
            self.lists.leave(&mut self.set, index, self.policy.fusion_window, &mut changes);
        }
        for moved in changes.moved.drain(..) {
            let anchor = self.set.all[moved as usize].anchor;
            let outcome = if anchor == moved { Outcome::Incident } else { Outcome::Merged };
            self.say(moved, outcome, anchor, &mut touched.effects);
        }
        for (before, after) in changes.incidents.drain(..) {
            if before == after {
                continue;
            }
            touched.lessened |= self.count(before.as_ref(), after.as_ref());
            for fused in [&before, &after].into_iter().flatten() {
                let hour = fused.at.hour();
                touched.oldest = Some(touched.oldest.map_or(hour, |oldest| oldest.min(hour)));
            }
            let Some(fused) = after.as_ref().or(before.as_ref()) else { continue };
            let id = self.set.all[fused.anchor as usize].id();
            touched.incidents.push((id, after));
            for slot in [&before, &after].into_iter().flatten().map(|fused| fused.slot) {
                if !touched.slots.contains(&slot) {
                    touched.slots.push(slot);
                }
            }
            touched.effects.push(match &after {
                Some(fused) => Effect::Incident(self.incident(fused)),
                None => Effect::IncidentGone(id),
            });
        }
        self.changes = changes;
    }

    /// Carries an incident's change into the history of its unit and of its regency. True where it counts less now.
    fn count(&mut self, before: Option<&Fused>, after: Option<&Fused>) -> bool {
        let weigh = |fused: Option<&Fused>| {
            fused.and_then(|fused| Some((fused.slot, fused.at.hour(), fused.weight()?)))
        };
        match (weigh(before), weigh(after)) {
            (Some((slot, hour, gone)), Some((to, then, come))) if (slot, hour) == (to, then) => {
                if gone != come {
                    self.change(slot, hour, Some(gone), Some(come));
                }
                come.severity < gone.severity || come.patrol && !gone.patrol
            }
            (gone, come) => {
                if let Some((slot, hour, weight)) = gone {
                    self.change(slot, hour, Some(weight), None);
                }
                if let Some((slot, hour, weight)) = come {
                    self.change(slot, hour, None, Some(weight));
                }
                gone.is_some()
            }
        }
    }

    fn change(&mut self, slot: Slot, hour: Hour, gone: Option<Weight>, come: Option<Weight>) {
        let regency = Slot::new(self.places.regency(slot.unit()), slot.kind());
        self.series[slot.index()].change(&self.weights, hour, gone, come);
        if regency != slot {
            self.series[regency.index()].change(&self.weights, hour, gone, come);
        }
    }

    fn say(&mut self, index: Index, outcome: Outcome, anchor: Index, out: &mut Vec<Effect>) {
        let stored = &mut self.set.all[index as usize];
        self.outcomes[stored.outcome.index()] -= 1;
        self.outcomes[outcome.index()] += 1;
        stored.outcome = outcome;
        let report = stored.id();
        let incident = set::is_some(anchor).then(|| self.set.all[anchor as usize].id());
        match out.last_mut() {
            // Only the last word on a report matters to those who listen.
            Some(Effect::Outcome { report: same, outcome: word, incident: of }) if *same == report => {
                (*word, *of) = (outcome, incident);
            }
            _ => out.push(Effect::Outcome { report, outcome, incident }),
        }
    }

    /// The incident as the world is told of it.
    pub fn incident(&self, fused: &Fused) -> crate::effect::Incident {
        let anchor = &self.set.all[fused.anchor as usize];
        crate::effect::Incident {
            id: anchor.id(),
            place: Place { code: self.places.code(fused.slot.unit()), village: fused.village },
            kind: fused.slot.kind(),
            category: anchor.category,
            occurred_at: fused.at,
            severity: fused.severity,
            stage: fused.stage,
            sides: fused.sides,
            reports: fused.reports,
            dead: fused.dead,
            injured: fused.injured,
            displaced: fused.displaced,
            verdict: fused.verdict,
            patrol: fused.patrol,
        }
    }
}
