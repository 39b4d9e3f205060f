//! Incidents that leave memory with all their reports.
//!
//! That changes no other incident: a report joins the earliest open anchor that agrees with it, and that one is still there and
//! still the earliest.

use super::{CellId, IncidentGroups, IncidentState, Index, NONE, ReportTable};
use alloc::{collections::BTreeSet, vec::Vec};

/// What left the groups.
#[derive(Default)]
pub struct Forgotten {
    pub incidents: Vec<IncidentState>,
    pub reports: Vec<Index>,
}

impl IncidentGroups {
    /// Takes out the incidents of these cells that may go, of which no report must stay. What the desk put together stays.
    pub fn forget(
        &mut self,
        cells: impl Iterator<Item = CellId>,
        table: &mut ReportTable,
        may_go: impl Fn(&IncidentState) -> bool,
        stays: impl Fn(&ReportTable, Index) -> bool,
    ) -> Forgotten {
        let mut forgotten = Forgotten::default();
        let numbers = cells.flat_map(|cell| &self.by_cell[cell.index()]).map(|(_, group)| *group as usize);
        for number in numbers {
            let group = &mut self.groups[number];
            let candidates = group.incidents.iter().filter(|incident| may_go(incident));
            let mut gone: BTreeSet<Index> = candidates.map(|incident| incident.anchor).collect();
            if gone.is_empty() {
                continue;
            }
            for member in &group.members {
                let anchor = table.all[*member as usize].anchor;
                if gone.contains(&anchor) && stays(table, *member) {
                    gone.remove(&anchor);
                }
            }
            let first = forgotten.reports.len();
            group.members.retain(|member| {
                let goes = gone.contains(&table.all[*member as usize].anchor);
                if goes {
                    forgotten.reports.push(*member);
                }
                !goes
            });
            group.incidents.retain_mut(|incident| {
                let goes = gone.contains(&incident.anchor);
                if goes {
                    forgotten.incidents.push(*incident);
                    incident.claims.release(&mut self.claims);
                }
                !goes
            });
            group.members.shrink_to_fit();
            group.incidents.shrink_to_fit();
            for member in &forgotten.reports[first..] {
                let entry = &mut table.all[*member as usize];
                (entry.group, entry.anchor) = (NONE, NONE);
            }
        }
        forgotten
    }
}
