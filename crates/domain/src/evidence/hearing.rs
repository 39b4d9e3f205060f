//! Who was heard of each unit, and when the record begins.

use super::report_table::{Index, Link};
use super::{CellId, Evidence, EvidenceChanges, make_room};
use crate::desk_feed::is_desk_feed;
use crate::kind::{Kind, Outcome};
use crate::place::UnitId;
use crate::report::FeedId;
use crate::silence::{ExpectedFeed, HeardFeed, HeardFeeds, Voice};
use crate::time::{Hour, Time};
use alloc::vec::Vec;

impl Evidence {
    pub fn voices(&self, unit: UnitId) -> &HeardFeeds {
        &self.voices[unit.index()]
    }
    /// When the record of the unit's regency begins.
    pub fn began(&self, unit: UnitId) -> Option<Hour> {
        self.began[self.places.regency(unit).index()].hour()
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

    /// The clock was set back to this hour: who is heard is measured again everywhere.
    pub fn set_back(&mut self, hour: Hour) {
        self.hour = hour;
        for index in 0..self.complete.len() {
            self.measure(UnitId(index as u16));
        }
    }

    /// Takes in as what a feed is registered from now on: it is expected to speak of each district in which one of its areas lies,
    /// and missing there until it is heard. Its regencies' districts are looked at again also where nothing changes: after a start
    /// the register is known before the log's records of it come.
    pub(crate) fn register(&mut self, feed: &ExpectedFeed, touched: &mut EvidenceChanges) {
        let places = self.places.clone();
        let regencies = feed.areas.regencies().unwrap_or_default();
        for unit in places.ids().filter(|unit| !places.code(*unit).is_regency()) {
            let (code, list) = (places.code(unit), &mut self.registered[unit.index()]);
            let before = list.len();
            list.retain(|(other, _)| *other != feed.feed);
            let was_expected = list.len() < before;
            if feed.enabled && !is_desk_feed(feed.feed) && feed.areas.report_on(code) {
                list.push((feed.feed, feed.voice));
            }
            if was_expected || regencies.contains(&code.regency()) {
                self.measure(unit);
                touched.heard.push(unit);
                let regency = places.regency(unit);
                if !touched.heard.contains(&regency) {
                    touched.heard.push(regency);
                }
            }
        }
    }

    /// Measures one unit's completeness again; true where it changed.
    fn measure(&mut self, unit: UnitId) -> bool {
        let at = self.hour.start();
        let regency = self.places.regency(unit);
        let (voices, wide) = (&self.voices[unit.index()], &self.wide[regency.index()]);
        let (registered, rule) = (&self.registered[unit.index()], &self.policy.silence);
        let of = |kind: &Kind| voices.completeness_beside(registered, rule, *kind, wide, at);
        let mut shares = [0; Kind::COUNT];
        Kind::ALL.iter().for_each(|kind| shares[kind.index()] = of(kind));
        let new = (shares, voices.next_change(wide, at).unwrap_or(Time::MAX));
        let old = core::mem::replace(&mut self.complete[unit.index()], new);
        if regency != unit {
            for (sum, (new, old)) in self.sums[regency.index()].iter_mut().zip(new.0.iter().zip(old.0)) {
                *sum = *sum + u64::from(*new) - u64::from(old);
            }
        }
        new.0 != old.0
    }

    /// Share of the usual feeds heard of a cell as of an hour, of those whose word counts for its kind, parts per
    /// million; a regency's is the mean of its districts'. 0 is *no data*.
    pub fn completeness(&self, cell: CellId, hour: Hour) -> u32 {
        if hour == self.hour {
            let (unit, kind) = (cell.unit().index(), cell.kind().index());
            let own = self.complete[unit].0[kind];
            let count = u64::from(self.counts[unit]); // a district has none
            return self.sums[unit][kind].checked_div(count).map_or(own, |mean| mean as u32);
        }
        self.plain_completeness(cell, hour)
    }

    /// The same with nothing kept from before.
    pub fn plain_completeness(&self, cell: CellId, hour: Hour) -> u32 {
        let (unit, rule) = (cell.unit(), &self.policy.silence);
        let wide = &self.wide[self.places.regency(unit).index()];
        let of = |unit: UnitId| {
            let (voices, registered) = (&self.voices[unit.index()], &self.registered[unit.index()]);
            u64::from(voices.completeness_beside(registered, rule, cell.kind(), wide, hour.start()))
        };
        let count = u64::from(self.counts[unit.index()]);
        if count == 0 {
            return of(unit) as u32;
        }
        let sum: u64 = self.places.districts(unit).map(of).sum();
        (sum / count) as u32
    }

    /// Hears a feed again from all its reports that stand in a regency.
    pub(super) fn hear_again(&mut self, regency: UnitId, feed: FeedId) {
        self.wide[regency.index()].forget(feed);
        let units: Vec<UnitId> = self.places.units_of(regency).collect();
        for unit in &units {
            self.voices[unit.index()].forget(feed);
            for index in &self.naming[unit.index()] {
                let entry = self.reports.all[*index as usize];
                if entry.feed == feed {
                    let (rule, voice, at) = (&self.policy.silence, self.voice(*index), entry.reported);
                    self.voices[unit.index()].hear(rule, feed, voice, at);
                    self.wide[regency.index()].hear(rule, feed, voice, at);
                }
            }
        }
        for unit in units {
            self.measure(unit);
        }
    }

    pub(super) fn begin_again(&mut self, regency: UnitId) {
        let units = self.places.units_of(regency);
        let all = units.flat_map(|unit| self.naming[unit.index()].iter());
        let statements = all.filter_map(|index| self.states_at(*index));
        self.began[regency.index()] = statements.collect();
    }

    pub(super) fn hear(&mut self, index: Index, touched: &mut EvidenceChanges) {
        let entry = self.reports.all[index as usize];
        let unit = entry.unit.index();
        make_room(&mut self.naming[unit]);
        self.naming[unit].push(index);
        let regency = self.places.regency(entry.unit);
        let (rule, feed, voice) = (&self.policy.silence, entry.feed, self.voice(index));
        let heard_before = self.voices[unit].of(feed).copied();
        self.voices[unit].hear(rule, feed, voice, entry.reported);
        let wide = &mut self.wide[regency.index()];
        let before = wide.of(feed).map_or(Time::MIN, |heard| heard.silent_from);
        wide.hear(rule, feed, voice, entry.reported);
        let after = wide.of(feed).map_or(Time::MAX, |heard| heard.silent_from);
        if heard_before.is_none() || before <= self.hour.start() || after < before {
            // The other places may hear or miss it now; else what was measured there holds.
            let units: Vec<UnitId> = self.places.units_of(regency).collect();
            touched.heard.extend(units.into_iter().filter(|unit| self.measure(*unit)));
        } else if !self.speaks_on(entry.unit, heard_before) && self.measure(entry.unit) {
            touched.heard.push(entry.unit);
        }
        if let Some(hour) = self.states_at(index) {
            self.began[regency.index()].add(hour);
        }
    }

    /// True where a feed spoke in a unit before a record and speaks as long or longer after it, in the same voice: who is heard there
    /// stays as it was measured, and it is measured again by the instant at which it would have fallen silent before.
    fn speaks_on(&self, unit: UnitId, before: Option<HeardFeed>) -> bool {
        let Some(before) = before.filter(|before| before.silent_from > self.hour.start()) else {
            return false;
        };
        let now = self.voices[unit.index()].of(before.feed);
        now.is_some_and(|now| now.voice == before.voice && now.silent_from >= before.silent_from)
    }

    fn voice(&self, index: Index) -> Voice {
        Voice { class: self.reports.all[index as usize].class, party: self.reports.author(index).party }
    }

    /// The hour at which a report says that something happened: what was only observed, denied, verified, taken back or
    /// nihil sets no beginning, nor does what came too late to repair anything, whose incidents do not count either.
    fn states_at(&self, index: Index) -> Option<Hour> {
        let entry = &self.reports.all[index as usize];
        let states = match entry.outcome {
            Outcome::Incident | Outcome::Merged | Outcome::Superseded => true,
            Outcome::Retracted => !matches!(self.reports.link_of(index), Some(Link::Retracts(_))),
            _ => false,
        };
        let received = self.reports.doubtful(index);
        let too_late = entry.marks.beyond_repair_horizon()
            || received.is_some_and(|at| at.since(entry.occurred) > self.policy.repair_horizon);
        (states && !too_late && !entry.marks.remark()).then(|| entry.reported.hour())
    }
}
