//! What a source sent under the id of a report that the desk judged: nobody judged that.

use super::{Index, Link, ReportTable, placement_of, verdict_of};
use crate::report::VerificationAct;
use core::num::NonZeroU64;

impl ReportTable {
    /// True where the desk judged what the report at `index` said before its source sent something else under its id, and not what it
    /// says: it gave verdicts on something else and none on this, or put something else where it belongs and nothing that it did means
    /// this. Where the report lies by now does not matter: a source can send another place, too.
    pub(in crate::evidence) fn is_changed_since_judged(&self, index: Index) -> bool {
        let (judged, placed) =
            (self.is_judged_otherwise(index, verdict_of), self.is_judged_otherwise(index, placement_of));
        judged && self.verdict(index).is_none() || placed && self.judgements(index, Some).next().is_none()
    }

    /// What the reports among these say whose sources sent something else than the desk judged, as one number: none of them depends on
    /// the order in which they came.
    pub(in crate::evidence) fn changed_contents(&self, reports: &[Index]) -> NonZeroU64 {
        let changed = reports.iter().filter(|index| self.is_changed_since_judged(**index));
        let all = changed.fold(0, |all, index| all ^ self.all[*index as usize].hash());
        NonZeroU64::new((all >> 64) as u64 ^ all as u64).unwrap_or(NonZeroU64::MIN)
    }

    /// True where a verification of this sort names the report at `index` with another content than it has.
    fn is_judged_otherwise<T>(&self, index: Index, sort: impl Fn(VerificationAct) -> Option<T>) -> bool {
        let (regency, name) = self.key(index);
        let hash = self.all[index as usize].hash();
        self.namers(regency, name.id).iter().any(|namer| match self.links.get(namer) {
            Some(Link::Verifies(verification)) => {
                let mut named = self.references_to(index, verification);
                sort(verification.act).is_some() && named.any(|reference| !reference.means_content(hash))
            }
            _ => false,
        })
    }
}
