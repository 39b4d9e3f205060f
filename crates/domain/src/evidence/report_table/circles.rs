//! Reports that correct each other in a circle: the earliest of them stands.

use super::{Index, Link, ReportTable};
use crate::report::ReportName;
use alloc::vec::Vec;

/// So many reports that correct each other in a circle are looked at besides one of them.
const LONGEST_CIRCLE: usize = 32;

impl ReportTable {
    /// The report that the one at `index` corrects, where it is there.
    fn corrected(&self, index: Index) -> Option<Index> {
        let Some(Link::Supersedes(target)) = self.links.get(&index) else { return None };
        let (regency, name) = self.key(index);
        self.find(regency, ReportName { id: *target, feed: name.feed })
    }

    /// The other reports of the circle of corrections in which the one at `index` stands, from the one it corrects to the one
    /// that corrects it; none where there is no circle, or one of more than [`LONGEST_CIRCLE`].
    pub fn circle(&self, index: Index) -> Vec<Index> {
        let (mut circle, mut at) = (Vec::new(), index);
        while let Some(next) = self.corrected(at) {
            if next == index {
                return circle;
            }
            if circle.len() == LONGEST_CIRCLE {
                break;
            }
            circle.push(next);
            at = next;
        }
        Vec::new()
    }

    /// True where reports correct each other in a circle and the one at `index` is the earliest of them: it stands, else all of
    /// them would be gone.
    pub(in crate::evidence) fn is_void_correction(&self, index: Index, namer: Index) -> bool {
        if self.corrected(index).is_none() {
            return false;
        }
        let rank = |index: Index| (self.all[index as usize].rank(), self.all[index as usize].name());
        let circle = self.circle(index);
        circle.last() == Some(&namer) && circle.iter().all(|other| rank(*other) > rank(index))
    }
}
