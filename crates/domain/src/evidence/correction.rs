//! Corrections and retractions whose sender's clock cannot be believed: the set of reports follows them as any other, and no level
//! falls by one until the desk confirms it. A clock that was set wrong may have made one of what a feed meant to add.

use super::report_table::{Index, Link};
use super::{CellId, Evidence, EvidenceChanges};
use crate::effect::Verdict;
use crate::report::VerificationAct;

impl Evidence {
    /// Notes which cells a correction or retraction with a doubtful clock touches: the one at `index`, or those that it confirms.
    pub(super) fn note_corrections(&self, index: Index, touched: &mut EvidenceChanges) {
        let Some(link) = self.reports.link_of(index) else { return };
        let waits = |index: Index| self.reports.is_doubtful_correction(index);
        let cell = |index: Index| {
            let entry = &self.reports.all[index as usize];
            CellId::new(entry.unit, entry.kind)
        };
        let corrected = |index: Index| self.reports.named_by(index).into_iter().map(cell);
        match link {
            Link::Supersedes(_) | Link::Retracts(_)
                if waits(index) && self.reports.verdict_of(index) != Verdict::Confirmed =>
            {
                touched.doubtful_corrections.extend(corrected(index));
            }
            Link::Verifies(judgement) if judgement.act == VerificationAct::Confirm => {
                let corrections = self.reports.named_by(index).into_iter().filter(|named| waits(*named));
                touched.confirmed_corrections.extend(corrections.flat_map(corrected));
                for cell in &touched.confirmed_corrections {
                    if !touched.cells.contains(cell) {
                        touched.cells.push(*cell);
                    }
                }
            }
            _ => {}
        }
    }
}
