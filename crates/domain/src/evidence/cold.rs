//! What is cold leaves memory, and comes back whole before anything may ask of it.
//!
//! An incident leaves with all its reports, and so does what joins none (a report that nothing happened, a signal). What a rule, a
//! condition, a remark, a verification or a correction may still ask of stays. Of what left, the history's buckets and
//! sums, who was heard and how records ended stay as they are; beside them four bytes for each id, so that a report whose id was there
//! is recognised. A record that may touch what left makes its whole regency come back first
//! ([`Evidence::touches_cold`]). Why that is exact: `.github/decisions/2026-11-29-hot-and-cold.md`.

use super::remarks::REACH;
use super::report_entry::NewReport;
use super::report_table::{Index, Link, ReportTable};
use super::taking_back::NEIGHBOURS;
use super::{CellId, Evidence, EvidenceChanges, IncidentState, NONE};
use crate::condition::finding::{CORROBORATION, any_rule_counts};
use crate::kind::{Category, FeedClass, Kind, Outcome};
use crate::packed::{PackedBytes, PackedReader};
use crate::place::UnitId;
use crate::policy::Policy;
use crate::report::{Body, Report, ReportId, ReportName};
use crate::sender_clock::AHEAD;
use crate::time::{HOUR, Time};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use xxhash_rust::xxh3::xxh3_64;

/// What left memory, by regency.
#[derive(Default)]
pub(super) struct ColdParts(pub BTreeMap<UnitId, ColdPart>);

/// What left memory of one regency.
pub(super) struct ColdPart {
    /// A hash of each id, in order.
    ids: Vec<u32>,
    reports: u64,
    /// The latest report of an incident that left: of what is over in a day, and of what lasts.
    until: [Time; 2],
}

/// The conditions that stand in a regency: what they ask of stays.
pub struct StandingConditions {
    pub at: Time,
    /// When each of them reached its level: whether rightly is asked of that instant.
    pub reached: Vec<Time>,
    pub evidence: BTreeSet<ReportName>,
}

impl StandingConditions {
    /// True where what lasted from `begun` to `until` is asked of as of now, or of an instant at which a level was reached; a rule that asks
    /// looks back so far.
    fn ask_of(&self, (begun, until): (Time, Time), window: i64) -> bool {
        let mut reached = self.reached.iter();
        until > self.at.plus(-window)
            || reached.any(|then| begun <= then.plus(AHEAD + HOUR) && until > then.plus(-window))
    }

    /// The earliest instant of which anything may be asked.
    pub(super) fn asked_from(&self) -> Time {
        self.reached.iter().copied().fold(self.at, Time::min)
    }
}

impl ColdPart {
    const NOTHING: ColdPart = ColdPart { ids: Vec::new(), reports: 0, until: [Time::MIN; 2] };

    pub fn pack(&self, out: &mut PackedBytes) {
        out.number(self.reports);
        self.until.into_iter().for_each(|until| out.time(until));
        out.number(self.ids.len() as u64);
        let mut before = 0;
        for id in &self.ids {
            out.number(id - before);
            before = *id;
        }
    }

    /// `None` where the bytes are not as they were packed.
    pub fn unpack(from: &mut PackedReader<'_>) -> Option<ColdPart> {
        let (reports, until) = (from.number()?, [from.time()?, from.time()?]);
        let mut before = 0_u32;
        let ids = (0..from.count()?).map(|_| {
            before = before.checked_add(from.small()?)?;
            Some(before)
        });
        Some(ColdPart { ids: ids.collect::<Option<_>>()?, reports, until })
    }

    fn may_have(&self, id: ReportId) -> bool {
        self.ids.binary_search(&short_hash(id)).is_ok()
    }

    /// True where a report of this category and time may be fused with what left, change which reports are, or lie so near to it that a
    /// merge, split or withdrawal of it takes a person more.
    fn may_be_near(&self, policy: &Policy, category: Category, occurred: Time) -> bool {
        let until = self.until[usize::from(policy.fusion.lasting.has(category))];
        occurred <= until.plus(near_reach(policy, category))
    }

    /// True where a remark of what happened then may speak of what left.
    fn may_be_spoken_of(&self, occurred: Time) -> bool {
        self.until.iter().any(|until| occurred <= until.plus(REACH))
    }
}

/// How far reports of a category lie apart at most of which one changes what becomes of the other.
fn near_reach(policy: &Policy, category: Category) -> i64 {
    NEIGHBOURS * policy.fusion.reach(category).length
}

fn cells_of(unit: &UnitId) -> impl Iterator<Item = CellId> + use<> {
    let unit = *unit;
    Kind::ALL.iter().map(move |kind| CellId::new(unit, *kind))
}

fn short_hash(id: ReportId) -> u32 {
    xxh3_64(&id.0.to_le_bytes()) as u32
}

/// How far back from an instant rules and models may ask of incidents that they count.
fn longest_window(policy: &Policy) -> i64 {
    let rules = policy.rules.iter().map(|rule| rule.window).max().unwrap_or(0);
    rules.max(policy.opening.window).max(CORROBORATION) + AHEAD + HOUR
}

/// How far back from an instant signals may be asked of.
fn longest_trigger(policy: &Policy) -> i64 {
    let triggers = [policy.sensors.hotspots, policy.sensors.warnings].into_iter().flatten();
    triggers.map(|trigger| trigger.window).max().unwrap_or(0) + AHEAD + HOUR
}

impl Evidence {
    /// The regencies of which something left memory.
    pub fn cold_regencies(&self) -> impl Iterator<Item = UnitId> {
        self.cold.0.keys().copied()
    }

    /// Drops of a regency what nothing can ask of any more and what ended before `before`, and longer before by as much as what comes
    /// then may lie near it; returns how many reports left.
    pub fn forget_cold(&mut self, regency: UnitId, before: Time, standing: &StandingConditions) -> u64 {
        let (policy, places, remarks) = (self.policy.clone(), self.places.clone(), &self.remarks);
        let (window, trigger) = (longest_window(&policy), longest_trigger(&policy));
        let is_asked = |incident: &IncidentState| {
            let counts = incident.carries_awas() > 0 || any_rule_counts(&policy, incident);
            // Of older signs a pile-up asks no more than when they began.
            let named = policy.pile_up.map_or(0, |rule| rule.window) + AHEAD + HOUR;
            let sign = incident.cell.kind() != Kind::Disaster && incident.sign().is_some();
            counts && standing.ask_of((incident.at, incident.until), window)
                || sign && standing.ask_of((incident.at, incident.at), named)
                || remarks.may_speak_of(incident)
        };
        let stays = |table: &ReportTable, index: Index| {
            let key = table.key(index);
            table.is_related(index) || remarks.name(key) || standing.evidence.contains(&key.1)
        };
        let is_old =
            |incident: &IncidentState| incident.until < before.plus(-near_reach(&policy, incident.category));
        let may_go = |incident: &IncidentState| is_old(incident) && !is_asked(incident);
        let units: Vec<UnitId> = places.units_of(regency).collect();
        let cells = || units.iter().flat_map(cells_of);
        let beside = self.beside_incidents(&units, before, standing, trigger);
        let forgotten = self.groups.forget(cells(), &mut self.reports, may_go, stays);
        for incident in &forgotten.incidents {
            let cold = self.cold.0.entry(regency).or_insert(ColdPart::NOTHING);
            let until = &mut cold.until[usize::from(policy.fusion.lasting.has(incident.category))];
            *until = incident.until.max(*until);
        }
        self.forget_signs(cells(), &forgotten.incidents, standing);
        let gone: Vec<Index> = forgotten.reports.into_iter().chain(beside).collect();
        self.remove_all((regency, &units), &gone);
        gone.len() as u64
    }

    /// Reports of these units and of no incident that nothing can ask of.
    fn beside_incidents(
        &self,
        units: &[UnitId],
        before: Time,
        standing: &StandingConditions,
        trigger: i64,
    ) -> Vec<Index> {
        let goes = |index: &Index| {
            let entry = &self.reports.all[*index as usize];
            let old = entry.group == NONE && entry.occurred < before && entry.reported < before;
            if !old || entry.marks.remark() || self.reports.is_related(*index) {
                return false;
            }
            let key = self.reports.key(*index);
            if self.remarks.name(key) || standing.evidence.contains(&key.1) {
                return false;
            }
            let seen = (entry.occurred, entry.occurred);
            entry.outcome != Outcome::Signal || !standing.ask_of(seen, trigger)
        };
        units.iter().flat_map(|unit| &self.naming[unit.index()]).copied().filter(goes).collect()
    }

    /// Takes reports of a regency that are in no group out of everything but what was counted of them.
    fn remove_all(&mut self, (regency, units): (UnitId, &[UnitId]), gone: &[Index]) {
        if gone.is_empty() {
            return;
        }
        let all: BTreeSet<Index> = gone.iter().copied().collect();
        for unit in units {
            let naming = &mut self.naming[unit.index()];
            naming.retain(|index| !all.contains(index));
            naming.shrink_to_fit();
        }
        for index in gone {
            let (_, name) = self.reports.key(*index);
            self.remove_signal(*index, &mut EvidenceChanges::default());
            self.set_aside.remove(index);
            let cold = self.cold.0.entry(regency).or_insert(ColdPart::NOTHING);
            cold.ids.push(short_hash(name.id));
            cold.reports += 1;
            self.reports.remove(*index);
        }
        let ids = &mut self.cold.0.get_mut(&regency).expect("it was just made").ids;
        ids.sort_unstable();
        ids.dedup();
        ids.shrink_to_fit();
    }

    /// The regency that must come back before this report is inserted; `None` where it touches nothing that left.
    pub fn touches_cold(&mut self, report: &Report) -> Option<UnitId> {
        let unit = self.places.find(report.place.code)?;
        let regency = self.places.regency(unit);
        let cold = self.cold.0.get(&regency)?;
        let new = NewReport::of(report, unit, false);
        let about = new.about.map(|about| about.name().id);
        let named = new.link.as_ref().map_or_else(Vec::new, Link::named);
        if [report.id].into_iter().chain(about).chain(named).any(|id| cold.may_have(id)) {
            return Some(regency);
        }
        if let Some(index) = self.reports.find(regency, report.name()) {
            // Who was heard and when the record began follow from all reports, where one comes in the place of another.
            let replaces = report.rank().supersedes_twin(self.reports.all[index as usize].rank());
            return replaces.then_some(regency);
        }
        let own = match &report.body {
            _ if report.class == FeedClass::Sensor => false,
            Body::Statement(statement) => {
                cold.may_be_near(&self.policy, statement.category, new.entry.occurred)
            }
            Body::Remark(_) => cold.may_be_spoken_of(new.entry.occurred),
            _ => false,
        };
        (own || self.settles_cold(regency, new)).then_some(regency)
    }

    /// True where a report that is new would make others look for their incidents again where some left.
    fn settles_cold(&mut self, regency: UnitId, new: NewReport) -> bool {
        let name = new.entry.name();
        if self.reports.settles_nothing(regency, &new) {
            return false; // the hot path: nobody corrects or judges anything around
        }
        let index = self.reports.add(new);
        let mut settled = self.reports.unsettled_by(index);
        settled.extend(self.reports.hanging_on(index));
        settled.extend(self.reports.circle(index));
        self.reports.remove(index);
        debug_assert!(self.reports.find(regency, name).is_none(), "it was there to be asked of only");
        let Some(cold) = self.cold.0.get(&regency) else { return false };
        settled.into_iter().filter(|other| *other != index).any(|other| {
            let entry = &self.reports.all[other as usize];
            match (entry.affirms(), entry.marks.remark()) {
                (true, _) => cold.may_be_near(&self.policy, entry.category, entry.occurred),
                (false, true) => cold.may_be_spoken_of(entry.occurred),
                (false, false) => false,
            }
        })
    }

    /// Brings back all that left of a regency: `reports` are the kept reports of it, with whether they came beyond their repair
    /// horizon; those that are in memory are passed over.
    ///
    /// # Panics
    /// Where fewer come than left.
    pub fn bring_back<'a>(&mut self, regency: UnitId, reports: impl Iterator<Item = (&'a Report, bool)>) {
        let Some(cold) = self.cold.0.remove(&regency) else { return };
        let places = self.places.clone();
        let units: Vec<UnitId> = places.units_of(regency).collect();
        // All of it was counted when it first came.
        let series: Vec<_> =
            units.iter().flat_map(cells_of).map(|cell| self.series[cell.index()].clone()).collect();
        let of_units = |unit: &UnitId| (self.voices[unit.index()].clone(), self.complete[unit.index()]);
        let heard: Vec<_> = units.iter().map(of_units).collect();
        let at = regency.index();
        let of_regency = (self.wide[at].clone(), self.sums[at], self.began[at].clone(), self.outcomes);
        for cell in units.iter().flat_map(cells_of) {
            if let Some(signs) = self.signs.get_mut(&cell) {
                signs.retain(|sign| sign.anchor != NONE);
            }
        }
        let mut touched = EvidenceChanges::default();
        let mut came = 0;
        for (report, beyond_repair_horizon) in reports {
            if self.reports.find(regency, report.name()).is_none() {
                touched.clear();
                came += u64::from(self.insert(report, beyond_repair_horizon, &mut touched).is_some());
                touched.effects.clear();
            }
        }
        // More come where another worker took the regency over: nothing that this one commits is kept any more.
        assert!(came >= cold.reports, "of {} reports that left {regency:?}, {came} come back", cold.reports);
        for (cell, own) in units.iter().flat_map(cells_of).zip(series) {
            self.series[cell.index()] = own;
        }
        for (unit, (voices, complete)) in units.iter().zip(heard) {
            (self.voices[unit.index()], self.complete[unit.index()]) = (voices, complete);
        }
        (self.wide[at], self.sums[at], self.began[at], self.outcomes) = of_regency;
    }
}
