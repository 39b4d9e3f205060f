//! The ids that came last, as many as the configuration allows.

use domain::report::ReportId;
use std::collections::{HashSet, VecDeque};

pub struct Recent {
    most: usize,
    order: VecDeque<ReportId>,
    ids: HashSet<ReportId>,
}

impl Recent {
    pub fn new(most: usize) -> Recent {
        Recent { most, order: VecDeque::new(), ids: HashSet::new() }
    }

    pub fn knows(&self, id: ReportId) -> bool {
        self.ids.contains(&id)
    }

    pub fn remember(&mut self, ids: &[ReportId]) {
        for id in ids {
            if self.ids.insert(*id) {
                self.order.push_back(*id);
            }
        }
        while self.order.len() > self.most {
            if let Some(oldest) = self.order.pop_front() {
                self.ids.remove(&oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_is_forgotten_first() {
        let mut recent = Recent::new(2);
        recent.remember(&[ReportId(1), ReportId(2), ReportId(2)]);
        recent.remember(&[ReportId(1), ReportId(3)]);
        let known: Vec<bool> = (1..4).map(|id| recent.knows(ReportId(id))).collect();
        assert_eq!(known, [false, true, true]);
    }
}
