//! The signs of a conflict, as they are kept to be counted.

use super::cold::StandingConditions;
use super::report_table::Index;
use super::{CellId, Evidence, IncidentState, NONE, make_room};
use crate::effect::Verdict;
use crate::kind::Kind;
use crate::policy::PileUpPolicy;
use crate::time::Time;
use alloc::{borrow::Cow, vec::Vec};

/// A sign of a conflict: an incident of which no more is asked than when it begins and whether it is verified. The anchor of one that
/// left memory is [`NONE`](super::NONE).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Sign {
    pub begun: Time,
    pub anchor: Index,
    /// Two speakers attest it, or the desk confirmed it.
    pub verified: bool,
}

impl Sign {
    pub(super) fn of(incident: &IncidentState, begun: Time) -> Sign {
        let attested = incident.claims.attested.extent.severity > 0;
        Sign { begun, anchor: incident.anchor, verified: attested || incident.verdict == Verdict::Confirmed }
    }
}

impl Evidence {
    /// Keeps the signs as an incident changes; cells whose signs are others now are added to `changed`.
    pub(super) fn keep_signs(
        &mut self,
        before: Option<&IncidentState>,
        after: Option<&IncidentState>,
        changed: &mut Vec<CellId>,
    ) {
        // What counts by its receipt is put among the signs when they are asked for.
        let doubtful = |incident: &&IncidentState| incident.counts_by_receipt().is_some();
        let both = [before, after].into_iter().flatten();
        changed.extend(both.filter(doubtful).map(|incident| incident.cell));
        let sign = |incident: Option<&IncidentState>| {
            incident.filter(|incident| incident.cell.kind() != Kind::Disaster)?.sign()
        };
        let (gone, come) = (sign(before), sign(after));
        if gone == come {
            return;
        }
        if let Some((cell, sign)) = gone
            && let Some(list) = self.signs.get_mut(&cell)
        {
            let place = list.partition_point(|other| *other < sign);
            assert!(list.get(place) == Some(&sign), "a sign that goes was counted when it came");
            list.remove(place);
            changed.push(cell);
        }
        if let Some((cell, sign)) = come {
            let list = self.signs.entry(cell).or_default();
            make_room(list);
            list.insert(list.partition_point(|other| *other < sign), sign);
            changed.push(cell);
        }
    }

    /// Keeps of incidents of these cells that leave memory when their signs began, and drops what is out of every reach.
    pub(super) fn forget_signs(
        &mut self,
        cells: impl Iterator<Item = CellId>,
        incidents: &[IncidentState],
        standing: &StandingConditions,
    ) {
        for incident in incidents.iter().filter(|incident| incident.cell.kind() != Kind::Disaster) {
            let Some((cell, sign)) = incident.sign() else { continue };
            let list = self.signs.get_mut(&cell).expect("a sign that leaves was counted when it came");
            let place = list.partition_point(|other| *other < sign);
            assert!(list.get(place) == Some(&sign), "a sign that leaves was counted when it came");
            list.remove(place);
            let left = Sign { anchor: NONE, ..sign };
            list.insert(list.partition_point(|other| *other < left), left);
        }
        let reach = standing.asked_from().plus(-PileUpPolicy::REACH);
        for cell in cells {
            let Some(list) = self.signs.get_mut(&cell) else { continue };
            list.retain(|sign| sign.anchor != NONE || sign.begun > reach);
            if list.is_empty() {
                self.signs.remove(&cell);
            }
        }
    }

    /// The signs of a conflict cell that rules count at `at`, the earliest first; and when one that is ahead is due again.
    pub fn signs(&self, cell: CellId, at: Time) -> (Cow<'_, [Sign]>, Option<Time>) {
        let mut signs = Cow::Borrowed(self.signs.get(&cell).map_or(&[][..], Vec::as_slice));
        let mut again = None;
        for incident in self.doubted(cell, at.plus(-PileUpPolicy::REACH)) {
            if incident.is_sign() && incident.counts_by_receipt().is_some() {
                let (list, sign) = (signs.to_mut(), Sign::of(incident, incident.counts_at(at)));
                list.insert(list.partition_point(|other| *other < sign), sign);
                let own = incident.is_ahead(at).then_some(incident.at);
                again = [again, own].into_iter().flatten().min();
            }
        }
        (signs, again)
    }
}
