//! The evidence: reports joined into incidents and into each cell's history.
//!
//! All of it is a function of the set of reports, so any order, duplication or lateness of the same
//! reports ends in the same state.

pub mod attestation;
mod beginning;
mod cell_id;
mod changes;
pub mod cold;
mod correction;
mod echo;
pub mod fusion;
mod hearing;
mod incident_state;
pub mod merge;
pub mod opening;
pub mod remarks;
pub mod report_entry;
pub mod report_table;
pub mod second_person;
mod set_aside;
mod sign;
pub mod signals;
mod snapshot;
pub mod speaker;
mod taking_back;
mod withdrawal;

use crate::condition::finding::{awas_request, opens_until, raised_alone, raised_by_claims};
use crate::decay::DecayWeights;
use crate::effect::Effect;
use crate::history::{CellHistory, IncidentWeight};
use crate::kind::{Category, Kind, Outcome};
use crate::place::{Code, Place, Places, UnitId};
use crate::policy::Policy;
use crate::report::{FeedId, Report, ReportName};
use crate::silence::{HeardFeeds, Voice};
use crate::time::{Hour, Time};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::{sync::Arc, vec, vec::Vec};
use attestation::{Attested, ReportedUntil};
use beginning::Beginning;
pub use cell_id::CellId;
pub use changes::EvidenceChanges;
use fusion::IncidentGroups;
pub use incident_state::{AwasAsked, IncidentState};
use remarks::Remarks;
use report_entry::NewReport;
pub use report_entry::ReportEntry;
use report_table::{Index, Link, ReportTable, TakenBack};
pub use sign::Sign;
use signals::Signals;

/// No report, or no list.
pub const NONE: u32 = u32::MAX;

pub struct Evidence {
    pub(crate) places: Arc<Places>,
    pub(crate) policy: Arc<Policy>,
    pub(crate) weights: DecayWeights,
    pub(crate) reports: ReportTable,
    groups: IncidentGroups,
    remarks: Remarks,
    signals: Signals,
    /// Incidents of which a sender's clock cannot be believed, by how long they may count and their earliest report.
    doubtful: BTreeMap<(CellId, Time, Index), IncidentState>,
    /// The signs of a conflict cell ([`IncidentState::sign`]), the earliest first.
    signs: BTreeMap<CellId, Vec<Sign>>,
    /// Reports that the desk set aside.
    set_aside: BTreeSet<Index>,
    /// History by cell; a regency's series holds all that happened in it.
    series: Vec<CellHistory>,
    /// Feeds heard, by unit.
    voices: Vec<HeardFeeds>,
    /// Feeds heard anywhere in a regency, at the regency's place.
    wide: Vec<HeardFeeds>,
    /// Feeds that are registered to speak of no more than a unit, by unit; regencies expect none.
    registered: Vec<Vec<(FeedId, Voice)>>,
    /// Reports that name a unit, by unit (to hear a feed again after a replacement).
    naming: Vec<Vec<Index>>,
    /// Completeness as of the running hour, by unit, and until when it holds if nothing is heard.
    complete: Vec<([u32; Kind::COUNT], Time)>,
    /// Sums of the districts' completeness, by regency and kind.
    sums: Vec<[u64; Kind::COUNT]>,
    /// How many districts each regency has; 0 for a district.
    counts: Vec<u32>,
    hour: Hour,
    /// When the record begins, by unit; only regencies' are kept.
    began: Vec<Beginning>,
    /// What left memory.
    cold: cold::ColdParts,
    /// Lent to the lists again and again.
    changes: fusion::Changes,
    /// How records ended, by outcome.
    pub(crate) outcomes: [u64; Outcome::COUNT],
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

impl Evidence {
    pub fn new(places: Arc<Places>, policy: Arc<Policy>) -> Evidence {
        let units = places.len();
        Evidence {
            weights: DecayWeights::default(),
            reports: ReportTable::new(places.clone(), policy.clone()),
            groups: IncidentGroups::new(units * Kind::COUNT),
            remarks: Remarks::default(),
            signals: Signals::default(),
            doubtful: BTreeMap::new(),
            signs: BTreeMap::new(),
            set_aside: BTreeSet::new(),
            series: vec![CellHistory::default(); units * Kind::COUNT],
            voices: vec![HeardFeeds::default(); units],
            wide: vec![HeardFeeds::default(); units],
            registered: vec![Vec::new(); units],
            naming: vec![Vec::new(); units],
            complete: vec![([0; Kind::COUNT], Time(i64::MAX)); units],
            sums: vec![[0; Kind::COUNT]; units],
            counts: districts(&places),
            hour: Hour(i32::MIN / 2),
            began: vec![Beginning::default(); units],
            cold: cold::ColdParts::default(),
            changes: fusion::Changes::default(),
            outcomes: [0; Outcome::COUNT],
            places,
            policy,
        }
    }

    pub fn places(&self) -> &Arc<Places> {
        &self.places
    }
    /// The cell of the same kind in the cell's regency.
    pub fn regency_cell(&self, cell: CellId) -> CellId {
        CellId::new(self.places.regency(cell.unit()), cell.kind())
    }
    /// The name of an incident: that of its earliest report.
    pub fn name_of(&self, incident: &IncidentState) -> ReportName {
        self.report_name(incident.anchor)
    }
    pub fn report_name(&self, index: Index) -> ReportName {
        self.reports.all[index as usize].name()
    }
    pub fn series(&self, cell: CellId) -> &CellHistory {
        &self.series[cell.index()]
    }
    /// How many districts a regency has.
    pub fn districts(&self, regency: UnitId) -> usize {
        self.counts[regency.index()] as usize
    }

    /// Incidents of a cell that end after `from` and begin at `to` or before, by their reports' own clocks, newest first
    /// in each group; of these categories where any are given.
    pub fn recent<'a>(
        &'a self,
        cell: CellId,
        of: &'a [Category],
        from: Time,
        to: Time,
    ) -> impl Iterator<Item = &'a IncidentState> {
        self.groups.recent(self.places.regency(cell.unit()), cell, of, &self.policy.fusion, (from, to))
    }

    /// Incidents of a cell that rules that look at `at` count after `from` ([`IncidentState::last_at`]), and those whose
    /// hour has not come; of these categories where any are given.
    pub fn counted<'a>(
        &'a self,
        cell: CellId,
        of: &'a [Category],
        (from, at): (Time, Time),
    ) -> impl Iterator<Item = &'a IncidentState> {
        let believed = self.recent(cell, of, from, Time::MAX);
        let believed = believed.filter(|incident| incident.counts_by_receipt().is_none());
        let doubtful = self.doubted(cell, from).filter(move |incident| {
            incident.counts_by_receipt().is_some()
                && (incident.last_at(at) > from || incident.is_ahead(at))
                && (of.is_empty() || of.contains(&incident.category))
        });
        believed.chain(doubtful)
    }

    /// Incidents of a cell of which a clock cannot be believed and that may count after `from`.
    fn doubted(&self, cell: CellId, from: Time) -> impl Iterator<Item = &IncidentState> {
        self.doubtful.range((cell, from, 0)..=(cell, Time::MAX, NONE)).map(|(_, incident)| incident)
    }

    /// How many incidents that are no patrol's begin after `from` in a cell, or somewhat more: those of the hour of `from`, of
    /// a regency's districts and of clocks that nobody believes are among them.
    pub fn begun_since_at_most(&self, cell: CellId, from: Time) -> u32 {
        let doubtful = self.doubted(cell, from).count() as u32;
        self.series(cell).begun_since(from.hour()).saturating_add(doubtful)
    }

    /// Takes a report in and returns how it ended; `None` where its place is none of the register, which decoding refuses.
    /// `beyond_repair_horizon` marks one that came too late to repair anything.
    pub fn insert(
        &mut self,
        report: &Report,
        beyond_repair_horizon: bool,
        touched: &mut EvidenceChanges,
    ) -> Option<Outcome> {
        let unit = self.places.find(report.place.code)?;
        let new = NewReport::of(report, unit, beyond_repair_horizon);
        let (first_outcome, about) = (new.entry.outcome, new.about);
        let mut may_reduce = new.link.is_some();
        let index = match self.reports.find(self.places.regency(unit), report.name()) {
            None => {
                self.count_outcome(None, first_outcome);
                let index = self.reports.add(new);
                touched.effects.push(self.outcome_effect(index, first_outcome, None));
                for other in self.reports.unsettled_by(index) {
                    self.settle(other, touched);
                }
                index
            }
            Some(index) => {
                self.count_outcome(None, Outcome::Duplicate);
                if !report.rank().supersedes_twin(self.reports.all[index as usize].rank()) {
                    return Some(Outcome::Duplicate);
                }
                touched.effects.push(self.outcome_effect(index, first_outcome, None));
                may_reduce = true;
                self.replace(index, new, touched);
                index
            }
        };
        self.hear(index, touched);
        match first_outcome {
            Outcome::Statement => self.add_remark(index, about),
            Outcome::Signal => self.add_signal(index, report),
            _ => {}
        }
        self.settle(index, touched);
        for named in self.reports.hanging_on(index).into_iter().chain(self.reports.circle(index)) {
            self.settle(named, touched);
        }
        self.resolve_remarks(touched);
        self.note_corrections(index, touched);
        // What only adds withdraws nothing by moving where incidents begin.
        touched.evidence_reduced &= may_reduce || touched.weakened || touched.withdrawn;
        Some(self.reports.all[index as usize].outcome)
    }

    /// An earlier report with the same identity comes in the place of the one we had.
    fn replace(&mut self, index: Index, new: NewReport, touched: &mut EvidenceChanges) {
        self.leave(index, touched);
        self.wake_remarks(index);
        if self.reports.all[index as usize].marks.remark() {
            self.remove_remark(index, touched);
        }
        self.remove_signal(index, touched);
        self.set_aside.remove(&index);
        let old = self.reports.all[index as usize];
        self.count_outcome(Some(old.outcome), new.entry.outcome);
        let mut freed = self.reports.hanging_on(index);
        freed.extend(self.reports.circle(index));
        self.reports.replace(index, new);
        for named in freed {
            self.settle(named, touched);
        }
        self.naming[old.unit.index()].retain(|other| *other != index);
        let regency = self.places.regency(old.unit);
        self.begin_again(regency);
        self.hear_again(regency, old.feed);
    }

    /// Brings one report to where the set says it belongs.
    fn settle(&mut self, index: Index, touched: &mut EvidenceChanges) {
        let entry = self.reports.all[index as usize];
        let statement = match entry.outcome {
            Outcome::Incident | Outcome::Merged | Outcome::Superseded | Outcome::Statement => true,
            Outcome::Retracted => !matches!(self.reports.link_of(index), Some(Link::Retracts(_))),
            _ => false,
        };
        if entry.outcome == Outcome::Signal {
            return self.settle_signal(index, touched);
        }
        if !statement {
            return; // zero-reports, verifications and retractions fuse with nothing
        }
        let outcome = match self.reports.taken_back(index) {
            TakenBack { retracted: true, .. } => Outcome::Retracted,
            TakenBack { superseded: true, .. } => Outcome::Superseded,
            TakenBack { .. } => Outcome::Incident,
        };
        if entry.marks.remark() {
            let taken_back = (outcome != Outcome::Incident).then_some(outcome);
            return self.settle_remark(index, taken_back, touched);
        }
        let (before, reduced) = (self.incident_with(index), touched.evidence_reduced);
        self.leave(index, touched);
        if outcome == Outcome::Incident && !entry.marks.beyond_repair_horizon() {
            self.fuse(index, true, touched);
            if before.is_some() && Evidence::counts_as_much(before, self.incident_with(index)) {
                touched.evidence_reduced = reduced; // it went and came back
            }
        } else {
            touched.withdrawn |= before.is_some();
            self.set_aside_no_more(index, &mut touched.effects);
            self.set_outcome(index, outcome, NONE, &mut touched.effects);
        }
    }

    /// The group and the incident that a report belongs to.
    fn incident_with(&self, index: Index) -> Option<(u32, IncidentState)> {
        let ReportEntry { group, anchor, .. } = self.reports.all[index as usize];
        if group == NONE { None } else { Some((group, *self.groups.incident_of(&self.reports, anchor)?)) }
    }

    /// True where a report that was taken out of its group and put back left an incident that counts for as much.
    fn counts_as_much(before: Option<(u32, IncidentState)>, after: Option<(u32, IncidentState)>) -> bool {
        let (Some((group, before)), Some((other, after))) = (before, after) else { return false };
        (group, before.anchor, before.weight(), before.carries_awas())
            == (other, after.anchor, after.weight(), after.carries_awas())
    }

    fn leave(&mut self, index: Index, touched: &mut EvidenceChanges) {
        if self.reports.all[index as usize].group != NONE {
            self.fuse(index, false, touched);
        }
    }

    /// Puts a report into its list (or takes it out) and carries the changes into the history.
    fn fuse(&mut self, index: Index, join: bool, touched: &mut EvidenceChanges) {
        let mut changes = core::mem::take(&mut self.changes);
        let reach = self.policy.fusion.reach(self.reports.all[index as usize].category);
        if join {
            self.groups.join(&mut self.reports, index, reach, &mut changes);
        } else {
            self.groups.leave(&mut self.reports, index, reach, &mut changes);
        }
        touched.weakened |= changes.weaken();
        for moved in changes.moved.drain(..) {
            let anchor = self.reports.all[moved as usize].anchor;
            let outcome = if anchor == moved { Outcome::Incident } else { Outcome::Merged };
            self.set_outcome(moved, outcome, anchor, &mut touched.effects);
        }
        let judged: Vec<Index> = changes.judged().collect();
        for (before, after) in changes.incidents.drain(..) {
            if before == after {
                continue;
            }
            if let Some((gone, until)) = before.and_then(|before| Some((before, before.doubted_until()?))) {
                self.doubtful.remove(&(gone.cell, until, gone.anchor));
            }
            if let Some((come, until)) = after.and_then(|after| Some((after, after.doubted_until()?))) {
                self.doubtful.insert((come.cell, until, come.anchor), come);
            }
            self.keep_signs(before.as_ref(), after.as_ref(), &mut touched.signs);
            touched.evidence_reduced |= self.count(before.as_ref(), after.as_ref());
            touched.note_step(before, after);
            let carries = |state: &Option<IncidentState>| state.map_or(0, |state| state.carries_awas());
            touched.evidence_reduced |= carries(&after) < carries(&before);
            for incident in [&before, &after].into_iter().flatten() {
                self.remarks.incident_changed(incident);
                let hour = incident.at.hour();
                touched.oldest = Some(touched.oldest.map_or(hour, |oldest| oldest.min(hour)));
            }
            let Some(incident) = after.as_ref().or(before.as_ref()) else { continue };
            let id = self.reports.all[incident.anchor as usize].name();
            touched.incidents.push((id, after));
            for cell in [&before, &after].into_iter().flatten().map(|incident| incident.cell) {
                if !touched.cells.contains(&cell) {
                    touched.cells.push(cell);
                }
            }
            touched.effects.push(match &after {
                Some(incident) => Effect::Incident(self.incident_effect(incident)),
                None => Effect::IncidentGone { regency: self.regency_code(incident.cell.unit()), id },
            });
        }
        self.changes = changes;
        judged.into_iter().for_each(|anchor| self.mark_set_aside(anchor, &mut touched.effects));
    }

    /// Carries an incident's change into the history of its unit and of its regency. True where it counts less now.
    fn count(&mut self, before: Option<&IncidentState>, after: Option<&IncidentState>) -> bool {
        let weigh = |incident: Option<&IncidentState>| {
            incident.and_then(|incident| Some((incident.cell, incident.at.hour(), incident.weight()?)))
        };
        match (weigh(before), weigh(after)) {
            (Some((cell, hour, gone)), Some((to, then, come))) if (cell, hour) == (to, then) => {
                if gone != come {
                    self.change(cell, hour, Some(gone), Some(come));
                }
                come.severity < gone.severity || come.patrol && !gone.patrol
            }
            (gone, come) => {
                if let Some((cell, hour, weight)) = gone {
                    self.change(cell, hour, Some(weight), None);
                }
                if let Some((cell, hour, weight)) = come {
                    self.change(cell, hour, None, Some(weight));
                }
                gone.is_some()
            }
        }
    }

    fn change(
        &mut self,
        cell: CellId,
        hour: Hour,
        gone: Option<IncidentWeight>,
        come: Option<IncidentWeight>,
    ) {
        let regency = CellId::new(self.places.regency(cell.unit()), cell.kind());
        self.series[cell.index()].change(&self.weights, hour, gone, come);
        if regency != cell {
            self.series[regency.index()].change(&self.weights, hour, gone, come);
        }
    }

    fn set_outcome(&mut self, index: Index, outcome: Outcome, anchor: Index, out: &mut Vec<Effect>) {
        let entry = &mut self.reports.all[index as usize];
        let before = core::mem::replace(&mut entry.outcome, outcome);
        self.count_outcome(Some(before), outcome);
        let incident = report_table::is_some(anchor).then(|| self.reports.all[anchor as usize].name());
        let effect = self.outcome_effect(index, outcome, incident);
        let key = self.reports.key(index);
        self.wake_remarks(index);
        let same = |last: &Effect| {
            matches!(last, Effect::Outcome { regency, report, .. }
            if (self.places.find(*regency), *report) == (Some(key.0), key.1))
        };
        if out.last().is_some_and(same) {
            out.pop(); // only the last outcome of a report matters
        }
        out.push(effect);
    }

    /// Counts a record under its outcome, and no longer under the one it had before.
    fn count_outcome(&mut self, before: Option<Outcome>, now: Outcome) {
        if let Some(before) = before {
            let count = &mut self.outcomes[before.index()];
            assert!(*count > 0, "no record is counted as {before}");
            *count -= 1;
        }
        self.outcomes[now.index()] += 1;
    }

    fn outcome_effect(&self, index: Index, outcome: Outcome, incident: Option<ReportName>) -> Effect {
        let entry = &self.reports.all[index as usize];
        Effect::Outcome { regency: self.regency_code(entry.unit), report: entry.name(), outcome, incident }
    }

    fn regency_code(&self, unit: UnitId) -> Code {
        self.places.code(self.places.regency(unit))
    }

    /// The incident as an effect tells it.
    pub fn incident_effect(&self, incident: &IncidentState) -> crate::effect::Incident {
        let anchor = &self.reports.all[incident.anchor as usize];
        let remarks = self.remarks_on(incident.anchor);
        let raises = raised_alone(&self.policy, incident);
        let lasts = self.policy.fusion.lasting.has(incident.category);
        crate::effect::Incident {
            id: anchor.name(),
            place: Place { code: self.places.code(incident.cell.unit()), village: incident.village },
            kind: incident.cell.kind(),
            category: anchor.category,
            occurred_at: incident.at,
            doubtful: incident.doubtful(),
            stage: incident.stage,
            claimed: incident.claims.claimed,
            attested: Attested { extent: incident.verified(), ..incident.claims.attested },
            counted_severity: incident.counted().severity,
            speakers: incident.claims.speakers,
            reports: incident.reports,
            verdict: incident.verdict,
            patrol: incident.patrol,
            check: opening::check_reason(&self.policy.opening, incident),
            changed: incident
                .changed
                .then(|| self.reports.changed_contents(&self.groups.members(&self.reports, incident.anchor))),
            awas_request: awas_request(&self.policy, incident),
            take_back_request: self.reports.request(incident.take_back),
            denials: remarks.denials,
            ended_at: remarks.ended_at.max(incident.ended_at),
            opens_until: raises.and_then(|_| opens_until(&self.policy, incident)),
            raises,
            claim_raises: raised_by_claims(&self.policy, incident),
            reported: if lasts { ReportedUntil::default() } else { incident.claims.until },
        }
    }
}
