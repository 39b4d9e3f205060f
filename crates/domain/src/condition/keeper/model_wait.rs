//! What the model may raise. A level rises by what is reported: that a feed is heard again, a nihil included, or that a district's
//! condition ends says of nothing that it happened. What the model asks for since before then raises nothing, until something
//! is reported there or it once asks for no more than stands.

use super::{ConditionKeeper, KeeperContext, Reevaluation};
use crate::condition::finding::ModelOpinion;
use crate::evidence::{CellId, Evidence, EvidenceChanges};
use crate::kind::Level;
use crate::policy::Policy;

/// True where a record makes more of an incident of the cell, or of the regency's where the cell is a regency's.
fn reports_more(evidence: &Evidence, touched: &EvidenceChanges, cell: CellId) -> bool {
    let of_cell = |other: CellId| other == cell || evidence.regency_cell(other) == cell;
    let mut incidents = touched.incidents.iter().filter_map(|(_, incident)| incident.as_ref());
    match touched.evidence_reduced {
        true => touched.makes_more(of_cell),
        false => incidents.any(|incident| of_cell(incident.cell)),
    }
}

impl ConditionKeeper {
    /// True where the model raises nothing in a cell until something is reported there.
    pub fn model_waits(&self, cell: CellId) -> bool {
        self.model_waits[cell.index()]
    }

    /// Lets the model of a cell raise what it asks for: another one speaks there now.
    pub fn let_model_speak(&mut self, cell: CellId) {
        self.model_waits[cell.index()] = false;
    }

    /// A feed is heard of a cell: its model waits with what it asks for since before then.
    pub fn note_hearing<O>(&mut self, cell: CellId, opinion: ModelOpinion, context: KeeperContext<'_, O>) {
        let touched = &EvidenceChanges { adds_nothing: true, ..EvidenceChanges::default() };
        let heard = Reevaluation { cell, opinion, touched, rule_input_changed: false };
        if self.note_opinion(context.evidence, heard) {
            context.changed.note(cell);
            self.schedule_review(context.evidence, cell, context.at);
        }
    }

    /// Notes whether the model waits; true where that is something else than before.
    pub(super) fn note_opinion(&mut self, evidence: &Evidence, reevaluation: Reevaluation<'_>) -> bool {
        let Reevaluation { cell, opinion, touched, .. } = reevaluation;
        let current = self.settled[cell.index()].current;
        let asks_more = opinion.level(&evidence.policy, current) > current;
        let waited = self.model_waits[cell.index()];
        let waits = asks_more && !reports_more(evidence, touched, cell) && (waited || touched.adds_nothing);
        self.model_waits[cell.index()] = waits;
        waits != waited
    }

    /// The level for which the model speaks: what it asks for, and no more than stands while it waits.
    pub(super) fn model_level(&self, policy: &Policy, cell: CellId, opinion: ModelOpinion) -> Level {
        let current = self.settled[cell.index()].current;
        let asked = opinion.level(policy, current);
        if self.model_waits(cell) { asked.min(current) } else { asked }
    }
}
