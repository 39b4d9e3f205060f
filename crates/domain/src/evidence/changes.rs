//! What a record changed in the evidence, for those who follow it.

use super::attestation::{Attested, Extent};
use super::fusion::Changes;
use super::{CellId, IncidentState};
use crate::effect::Effect;
use crate::place::UnitId;
use crate::report::ReportName;
use crate::time::Hour;
use alloc::vec::Vec;

/// What a record did to the evidence.
#[derive(Default)]
pub struct EvidenceChanges {
    /// What is emitted; a caller that inserts many reports lends the same list again and again.
    pub effects: Vec<Effect>,
    /// Units and kinds whose incidents changed, in the order they were touched.
    pub cells: Vec<CellId>,
    /// Incidents that changed or went, by name, and as they now stand.
    pub incidents: Vec<(ReportName, Option<IncidentState>)>,
    /// What was touched, before the record and by now.
    pub touched: Vec<(Option<IncidentState>, Option<IncidentState>)>,
    /// Conflict cells of which a sign came, changed or went.
    pub signs: Vec<CellId>,
    /// Signals that count now or count no longer, with their cells.
    pub signals: Vec<(CellId, ReportName)>,
    /// Units of which more or fewer feeds are heard now.
    pub heard: Vec<UnitId>,
    /// The earliest hour whose incidents changed.
    pub oldest: Option<Hour>,
    /// Something that counted counts less or elsewhere now: a report was taken back, corrected or rejected.
    pub evidence_reduced: bool,
    /// The most that an incident around counts for or carries is less now.
    pub weakened: bool,
    /// A report that counted is taken back or replaced now, whatever made it so.
    pub withdrawn: bool,
    /// Where a correction or retraction came whose sender's clock cannot be believed: it withdraws nothing that stands until the desk confirms it.
    pub doubtful_corrections: Vec<CellId>,
    /// Where such a correction is settled, by the desk or a right clock: what it corrects is gone.
    pub settled_corrections: Vec<CellId>,
    /// It reports nothing that happened: a feed is heard or registered, or a condition ended. No level rises by that.
    pub adds_nothing: bool,
}

impl EvidenceChanges {
    /// Ready for the next report; the effects stay.
    pub fn clear(&mut self) {
        self.cells.clear();
        self.incidents.clear();
        self.touched.clear();
        self.signs.clear();
        self.signals.clear();
        self.heard.clear();
        self.oldest = None;
        self.evidence_reduced = false;
        self.weakened = false;
        self.withdrawn = false;
        self.doubtful_corrections.clear();
        self.settled_corrections.clear();
        self.adds_nothing = false;
    }

    /// True for a record that makes more of an incident and takes nothing away.
    pub fn adds_only(&self) -> bool {
        !self.incidents.is_empty() && !self.evidence_reduced && self.settled_corrections.is_empty()
    }
}

impl EvidenceChanges {
    /// Notes a step of the record: an incident was so before it and is so after it.
    pub(super) fn note_step(&mut self, before: Option<IncidentState>, after: Option<IncidentState>) {
        let earlier = self.touched.iter_mut().find(|(_, now)| before.is_some() && *now == before);
        match earlier {
            Some((_, now)) => *now = after,
            None => self.touched.push((before, after)),
        }
    }

    /// True where some of what was touched of such a cell claims more now, or carries more, than any of it did before the record: a
    /// correction takes and adds.
    pub fn makes_more(&self, is_of: impl Fn(CellId) -> bool) -> bool {
        let most = |highest: Attested, state: &IncidentState| {
            let claimed = if state.verdict.counts() { state.claims.claimed } else { Extent::default() };
            highest.highest(Attested { extent: claimed, ..state.strength() })
        };
        let of_cell = |state: &&IncidentState| is_of(state.cell);
        let before = self.touched.iter().filter_map(|(before, _)| before.as_ref()).filter(of_cell);
        let before = before.fold(Attested::default(), most);
        let now = self.touched.iter().filter_map(|(_, now)| now.as_ref()).filter(of_cell).fold(before, most);
        now != before
    }
}

impl Changes {
    /// True where no incident counts for or carries as much as the gravest did before.
    pub(super) fn weaken(&self) -> bool {
        let most = |highest: Attested, state: &Option<IncidentState>| {
            state.as_ref().map_or(highest, |state| highest.highest(state.strength()))
        };
        let before = self.incidents.iter().map(|(before, _)| before).fold(Attested::default(), most);
        let after = self.incidents.iter().map(|(_, after)| after).fold(Attested::default(), most);
        after.highest(before) != after
    }
}
