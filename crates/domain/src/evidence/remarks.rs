//! Remarks: denials and endings, and the incidents they speak of. An ending that tells of people killed or hurt is none: it is a
//! claim of that harm, a report like any other.
//!
//! A remark stands beside the groups, never in them: it joins the one incident it can speak of, or none, and then a
//! person is asked. Which one that is follows from the set of reports, so a remark is looked at again whenever an incident near it
//! or the report it names changes. No cell is scored and no condition judged because of a remark.

use super::IncidentState;
use super::fusion::agrees;
use super::report_table::{Index, TableKey};
use super::{CellId, Evidence, EvidenceChanges, NONE, ReportEntry};
use crate::effect::Effect;
use crate::kind::Outcome;
use crate::place::UnitId;
use crate::report::{NamedReport, ReportName};
use crate::time::{DAY, Time};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

/// A remark speaks of an incident whose span is at most this far away.
pub(super) const REACH: i64 = DAY;

/// The remarks of all regencies.
#[derive(Default)]
pub struct Remarks {
    /// Those that stand, by the cell they speak of and in the order of what they speak of.
    standing: BTreeMap<(CellId, Time, ReportName), Index>,
    /// The report that a remark names; and the remarks that name a report.
    about: BTreeMap<Index, NamedReport>,
    naming: BTreeMap<TableKey, Vec<Index>>,
    /// By the incident's earliest report: the remarks that joined it.
    joined: BTreeMap<Index, Vec<Index>>,
    /// Remarks whose incident must be looked for again before the record is done.
    pending: BTreeSet<Index>,
}

/// What remarks say of one incident.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RemarkSummary {
    /// How many deny it: it is disputed where any does.
    pub denials: u16,
    /// The latest time at which one says that it was over.
    pub ended_at: Option<Time>,
}

impl Remarks {
    fn put(&mut self, index: Index, entry: &ReportEntry, regency: UnitId, about: Option<NamedReport>) {
        self.standing.insert(place_of(entry), index);
        if let Some(about) = about {
            self.about.insert(index, about);
            self.naming.entry((regency, about.name())).or_default().push(index);
        }
    }

    /// An incident of this cell and span changed or went.
    pub fn incident_changed(&mut self, incident: &IncidentState) {
        if self.standing.is_empty() {
            return; // the hot path: nobody denied anything
        }
        let first = (incident.cell, incident.at.plus(-REACH), ReportName::MIN);
        let last = (incident.cell, incident.until.plus(REACH), ReportName::MAX);
        self.pending.extend(self.standing.range(first..=last).map(|(_, index)| *index));
    }

    /// True where a remark speaks of an incident, or may: it is of its place and near its span.
    pub(super) fn may_speak_of(&self, incident: &IncidentState) -> bool {
        let first = (incident.cell, incident.at.plus(-REACH), ReportName::MIN);
        let last = (incident.cell, incident.until.plus(REACH), ReportName::MAX);
        self.standing.range(first..=last).next().is_some() || self.joined.contains_key(&incident.anchor)
    }

    /// The report that a remark names.
    pub(super) fn named_by(&self, remark: Index) -> Option<NamedReport> {
        self.about.get(&remark).copied()
    }

    /// True where a remark names this report.
    pub(super) fn name(&self, key: TableKey) -> bool {
        self.naming.contains_key(&key)
    }
}

fn place_of(entry: &ReportEntry) -> (CellId, Time, ReportName) {
    (CellId::new(entry.unit, entry.kind), entry.occurred, entry.name())
}

impl Evidence {
    /// Puts a new remark into its place.
    pub(super) fn add_remark(&mut self, index: Index, about: Option<NamedReport>) {
        let entry = self.reports.all[index as usize];
        self.remarks.put(index, &entry, self.places.regency(entry.unit), about);
    }

    /// Takes a remark out that another record comes in the place of.
    pub(super) fn remove_remark(&mut self, index: Index, touched: &mut EvidenceChanges) {
        self.join_incident(index, NONE, touched);
        let entry = self.reports.all[index as usize];
        self.remarks.standing.remove(&place_of(&entry));
        self.remarks.pending.remove(&index);
        if let Some(about) = self.remarks.about.remove(&index) {
            let key = (self.reports.key(index).0, about.name());
            if let Some(naming) = self.remarks.naming.get_mut(&key) {
                naming.retain(|other| *other != index);
                if naming.is_empty() {
                    self.remarks.naming.remove(&key);
                }
            }
        }
    }

    /// Brings a remark to where the set says it belongs: taken back or corrected, or standing.
    pub(super) fn settle_remark(
        &mut self,
        index: Index,
        taken_back: Option<Outcome>,
        touched: &mut EvidenceChanges,
    ) {
        if let Some(outcome) = taken_back {
            self.join_incident(index, NONE, touched);
            return self.set_outcome(index, outcome, NONE, &mut touched.effects);
        }
        let entry = self.reports.all[index as usize];
        if entry.outcome != Outcome::Statement {
            self.set_outcome(index, Outcome::Statement, entry.anchor, &mut touched.effects);
        }
        self.remarks.pending.insert(index);
    }

    /// Looks again for the incidents of the remarks that a record may have moved.
    pub(super) fn resolve_remarks(&mut self, touched: &mut EvidenceChanges) {
        while let Some(index) = self.remarks.pending.pop_first() {
            if self.reports.all[index as usize].outcome != Outcome::Statement {
                continue; // taken back or corrected
            }
            let incident = self.spoken_of(index).unwrap_or(NONE);
            if self.join_incident(index, incident, touched) {
                self.set_outcome(index, Outcome::Statement, incident, &mut touched.effects);
            }
        }
    }

    /// The earliest report of the one incident that a remark speaks of; `None` where there is none or are several.
    fn spoken_of(&self, index: Index) -> Option<Index> {
        let entry = &self.reports.all[index as usize];
        let set_aside = self.reports.is_rejected(index);
        if entry.marks.beyond_repair_horizon() || set_aside {
            return None;
        }
        match self.remarks.about.get(&index) {
            Some(about) => self.named_incident(entry, about),
            None => self.only_incident_near(entry),
        }
    }

    /// The one incident of the report that a remark names, or of what stands in that report's place.
    fn named_incident(&self, remark: &ReportEntry, about: &NamedReport) -> Option<Index> {
        let regency = self.places.regency(remark.unit);
        let index = self.reports.find(regency, about.name())?;
        let named = &self.reports.all[index as usize];
        let there = about.district.is_regency() || about.district == self.places.code(named.unit);
        if !there || !named.affirms() || named.kind != remark.kind {
            return None;
        }
        let forms = self.reports.forms_of(index).into_iter().map(|form| &self.reports.all[form as usize]);
        let counts = |form: &&ReportEntry| matches!(form.outcome, Outcome::Incident | Outcome::Merged);
        let mut incidents = forms.filter(counts).map(|form| form.anchor).filter(|anchor| *anchor != NONE);
        let first = incidents.next()?;
        incidents.all(|other| other == first).then_some(first)
    }

    /// A report stands otherwise than before, and so does what it stands in the place of: remarks that name one of them look again.
    pub(super) fn wake_remarks(&mut self, index: Index) {
        if self.remarks.naming.is_empty() {
            return; // the hot path: no remark names a report
        }
        for report in core::iter::once(index).chain(self.reports.taken_by(index)) {
            if let Some(remarks) = self.remarks.naming.get(&self.reports.key(report)) {
                self.remarks.pending.extend(remarks);
            }
        }
    }

    /// The one incident of a remark's place and kind near enough in time; an ending speaks of its own category only.
    fn only_incident_near(&self, remark: &ReportEntry) -> Option<Index> {
        let (cell, at) = (CellId::new(remark.unit, remark.kind), remark.occurred);
        let span = (at.plus(-REACH), at.plus(REACH));
        let regency = self.places.regency(remark.unit);
        let near = self.groups.meeting(regency, cell, span, self.policy.fusion.longest_incident());
        let mut candidates = near.filter(|incident| {
            agrees(incident.village, remark.village)
                && (!remark.marks.ends() || incident.category == remark.category)
        });
        let first = candidates.next()?.anchor;
        candidates.next().is_none().then_some(first)
    }

    /// Moves a remark to an incident, or to none; true where it was elsewhere before.
    fn join_incident(&mut self, index: Index, incident: Index, touched: &mut EvidenceChanges) -> bool {
        let before = core::mem::replace(&mut self.reports.all[index as usize].anchor, incident);
        if before == incident {
            return false;
        }
        if let Some(others) = self.remarks.joined.get_mut(&before) {
            others.retain(|other| *other != index);
            if others.is_empty() {
                self.remarks.joined.remove(&before);
            }
        }
        if incident != NONE {
            self.remarks.joined.entry(incident).or_default().push(index);
        }
        for changed in [before, incident] {
            if changed != NONE
                && let Some(state) = self.groups.incident_of(&self.reports, changed)
            {
                let effect = Effect::Incident(self.incident_effect(state));
                touched.effects.push(effect);
            }
        }
        true
    }

    /// What remarks say of the incident with this earliest report.
    pub fn remarks_on(&self, anchor: Index) -> RemarkSummary {
        let mut summary = RemarkSummary::default();
        if self.remarks.joined.is_empty() {
            return summary;
        }
        for index in self.remarks.joined.get(&anchor).into_iter().flatten() {
            let remark = &self.reports.all[*index as usize];
            if remark.marks.ends() {
                summary.ended_at = summary.ended_at.max(Some(remark.occurred));
            } else {
                summary.denials = summary.denials.saturating_add(1);
            }
        }
        summary
    }
}
