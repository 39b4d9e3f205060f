//! The reports received last, as many as the configuration allows.

use domain::place::Code;
use domain::report::{ReportId, ReportName};
use std::collections::{BTreeSet, VecDeque};
use store::ReportKey;

pub struct RecentIds {
    most: usize,
    order: VecDeque<ReportKey>,
    known: BTreeSet<(ReportName, Code)>,
}

impl RecentIds {
    pub fn new(most: usize) -> RecentIds {
        RecentIds { most, order: VecDeque::new(), known: BTreeSet::new() }
    }

    pub fn knows(&self, ReportKey { regency, id }: ReportKey) -> bool {
        self.known.contains(&(id, regency))
    }

    /// The reports of an id, of whichever feeds and regencies.
    pub fn of_id(&self, id: ReportId) -> impl Iterator<Item = ReportKey> {
        let [first, last] = ReportName::all_with(id);
        let found = self.known.range((first, Code(0))..=(last, Code(u32::MAX)));
        found.map(|(id, regency)| ReportKey { regency: *regency, id: *id })
    }

    pub fn remember(&mut self, keys: &[ReportKey]) {
        for key in keys {
            if self.known.insert((key.id, key.regency)) {
                self.order.push_back(*key);
            }
        }
        while self.order.len() > self.most {
            if let Some(oldest) = self.order.pop_front() {
                self.known.remove(&(oldest.id, oldest.regency));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::report::FeedId;

    const OWN: Code = Code(161300);
    const OTHER: Code = Code(350800);

    fn key(id: u128, regency: Code) -> ReportKey {
        ReportKey { regency, id: ReportName { id: ReportId(id << 80 | id), feed: FeedId(u32::MAX - 7) } }
    }

    #[test]
    fn the_oldest_is_forgotten_first() {
        let mut recent = RecentIds::new(2);
        recent.remember(&[key(1, OWN), key(2, OWN), key(2, OWN)]);
        recent.remember(&[key(1, OWN), key(3, OWN)]);
        let known: Vec<bool> = (1..4).map(|id| recent.knows(key(id, OWN))).collect();
        assert_eq!(known, [false, true, true]);
    }

    #[test]
    fn one_id_in_two_regencies_is_two_reports() {
        let mut recent = RecentIds::new(2);
        recent.remember(&[key(9, OWN)]);
        assert!(recent.knows(key(9, OWN)) && !recent.knows(key(9, OTHER)));
        recent.remember(&[key(9, OTHER)]);
        let of_id = |recent: &RecentIds| recent.of_id(key(9, OWN).id.id).collect::<Vec<_>>();
        assert_eq!(of_id(&recent), [key(9, OWN), key(9, OTHER)]);
        recent.remember(&[key(1, OWN)]);
        assert_eq!(of_id(&recent), [key(9, OTHER)], "the older of the two is forgotten");
        recent.remember(&[key(2, OWN), key(3, OWN)]);
        assert!(of_id(&recent).is_empty());
        assert_eq!(recent.known.len(), 2);
    }

    #[test]
    fn one_id_of_two_feeds_is_two_reports() {
        let mut recent = RecentIds::new(9);
        let own = key(9, OWN);
        let other = ReportKey { id: ReportName { feed: FeedId(0), ..own.id }, ..own };
        recent.remember(&[own]);
        assert!(recent.knows(own) && !recent.knows(other));
        recent.remember(&[other]);
        assert_eq!(recent.of_id(own.id.id).collect::<Vec<_>>(), [other, own]);
    }
}
