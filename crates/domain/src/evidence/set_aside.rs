//! Reports that say nothing any more of an incident which stands: the desk rejected them, in force, and another report of it
//! stands. What they claimed is shown beside the report itself, and in no line of the incident.

use super::Evidence;
use super::report_table::Index;
use crate::effect::Effect;

impl Evidence {
    /// A report that is taken back or replaced is of no incident that it could be set aside in.
    pub(super) fn set_aside_no_more(&mut self, index: Index, effects: &mut alloc::vec::Vec<Effect>) {
        if self.set_aside.remove(&index) {
            let entry = self.reports.all[index as usize];
            let (regency, report) = (self.regency_code(entry.unit), entry.name());
            effects.push(Effect::SetAside { regency, report, set_aside: false });
        }
    }

    /// Emits which reports of an incident were set aside, or no longer are. Where all are rejected, what they say is shown.
    pub(super) fn mark_set_aside(&mut self, anchor: Index, effects: &mut alloc::vec::Vec<Effect>) {
        let members = self.groups.members(&self.reports, anchor);
        let words = self.groups.words_in_force(&self.reports, &members);
        let stands = words.iter().any(|word| word.verdict.counts());
        for (index, word) in members.into_iter().zip(words) {
            let set_aside = stands && !word.verdict.counts();
            let changed =
                if set_aside { self.set_aside.insert(index) } else { self.set_aside.remove(&index) };
            if changed {
                let entry = self.reports.all[index as usize];
                let regency = self.regency_code(entry.unit);
                effects.push(Effect::SetAside { regency, report: entry.name(), set_aside });
            }
        }
    }
}
