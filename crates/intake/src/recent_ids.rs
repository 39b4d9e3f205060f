//! The reports received last, as many as the configuration allows, with the rank of the one that counts of each.

use domain::place::Code;
use domain::report::{ReportId, ReportName, ReportRank};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, VecDeque};
use store::ReportKey;

pub struct RecentIds {
    most: usize,
    order: VecDeque<ReportKey>,
    known: BTreeMap<(ReportName, Code), ReportRank>,
}

impl RecentIds {
    pub fn new(most: usize) -> RecentIds {
        RecentIds { most, order: VecDeque::new(), known: BTreeMap::new() }
    }

    /// The rank of a report; `None` where it is not known.
    pub fn rank(&self, ReportKey { regency, id }: ReportKey) -> Option<ReportRank> {
        self.known.get(&(id, regency)).copied()
    }

    /// The reports of an id, of whichever feeds and regencies.
    pub fn of_id(&self, id: ReportId) -> impl Iterator<Item = ReportKey> {
        let [first, last] = ReportName::all_with(id);
        let found = self.known.range((first, Code(0))..=(last, Code(u32::MAX)));
        found.map(|((id, regency), _)| ReportKey { regency: *regency, id: *id })
    }

    pub fn remember(&mut self, reports: &[(ReportKey, ReportRank)]) {
        for (key, rank) in reports {
            let of_key = self.known.entry((key.id, key.regency));
            if matches!(of_key, Entry::Vacant(_)) {
                self.order.push_back(*key);
            }
            let kept = of_key.or_insert(*rank);
            *kept = (*kept).min(*rank);
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
    use domain::time::Time;

    const RANK: ReportRank = ReportRank { reported_at: Time(7), hash: u128::MAX - 7 };
    const OWN: Code = Code(161300);
    const OTHER: Code = Code(350800);

    fn key(id: u128, regency: Code) -> ReportKey {
        ReportKey { regency, id: ReportName { id: ReportId(id << 80 | id), feed: FeedId(u32::MAX - 7) } }
    }

    fn ranked(keys: &[ReportKey]) -> Vec<(ReportKey, ReportRank)> {
        keys.iter().map(|key| (*key, RANK)).collect()
    }

    #[test]
    fn of_two_of_one_report_the_rank_of_the_one_that_counts_is_kept() {
        let mut recent = RecentIds::new(2);
        let earlier = ReportRank { reported_at: Time(6), ..RANK };
        recent.remember(&[(key(1, OWN), RANK), (key(1, OWN), earlier), (key(1, OWN), RANK)]);
        assert_eq!(recent.rank(key(1, OWN)), Some(earlier));
    }

    #[test]
    fn the_oldest_is_forgotten_first() {
        let mut recent = RecentIds::new(2);
        recent.remember(&ranked(&[key(1, OWN), key(2, OWN), key(2, OWN)]));
        recent.remember(&ranked(&[key(1, OWN), key(3, OWN)]));
        let known: Vec<bool> = (1..4).map(|id| recent.rank(key(id, OWN)).is_some()).collect();
        assert_eq!(known, [false, true, true]);
    }

    #[test]
    fn one_id_in_two_regencies_is_two_reports() {
        let mut recent = RecentIds::new(2);
        recent.remember(&ranked(&[key(9, OWN)]));
        assert!(recent.rank(key(9, OWN)).is_some() && recent.rank(key(9, OTHER)).is_none());
        recent.remember(&ranked(&[key(9, OTHER)]));
        let of_id = |recent: &RecentIds| recent.of_id(key(9, OWN).id.id).collect::<Vec<_>>();
        assert_eq!(of_id(&recent), [key(9, OWN), key(9, OTHER)]);
        recent.remember(&ranked(&[key(1, OWN)]));
        assert_eq!(of_id(&recent), [key(9, OTHER)], "the older of the two is forgotten");
        recent.remember(&ranked(&[key(2, OWN), key(3, OWN)]));
        assert!(of_id(&recent).is_empty());
        assert_eq!(recent.known.len(), 2);
    }

    #[test]
    fn one_id_of_two_feeds_is_two_reports() {
        let mut recent = RecentIds::new(9);
        let own = key(9, OWN);
        let other = ReportKey { id: ReportName { feed: FeedId(0), ..own.id }, ..own };
        recent.remember(&ranked(&[own]));
        assert!(recent.rank(own).is_some() && recent.rank(other).is_none());
        recent.remember(&ranked(&[other]));
        assert_eq!(recent.of_id(own.id.id).collect::<Vec<_>>(), [other, own]);
    }
}
