//! The reports received last, as many as the configuration allows.

use domain::place::Code;
use domain::report::ReportId;
use std::collections::{HashMap, VecDeque};
use store::ReportKey;

pub struct RecentIds {
    most: usize,
    order: VecDeque<ReportKey>,
    /// Nearly every id is of one regency.
    first: HashMap<ReportId, Code>,
    further: HashMap<ReportId, Vec<Code>>,
}

impl RecentIds {
    pub fn new(most: usize) -> RecentIds {
        RecentIds { most, order: VecDeque::new(), first: HashMap::new(), further: HashMap::new() }
    }

    pub fn knows(&self, ReportKey { regency, id }: ReportKey) -> bool {
        self.first.get(&id) == Some(&regency)
            || self.further.get(&id).is_some_and(|regencies| regencies.contains(&regency))
    }

    /// The reports of an id, in whichever regencies.
    pub fn of_id(&self, id: ReportId) -> impl Iterator<Item = ReportKey> {
        let regencies = self.first.get(&id).into_iter().chain(self.further.get(&id).into_iter().flatten());
        regencies.map(move |regency| ReportKey { regency: *regency, id })
    }

    pub fn remember(&mut self, keys: &[ReportKey]) {
        for key in keys {
            if self.knows(*key) {
                continue;
            }
            let known = self.first.contains_key(&key.id);
            if known {
                self.further.entry(key.id).or_default().push(key.regency);
            } else {
                self.first.insert(key.id, key.regency);
            }
            self.order.push_back(*key);
        }
        while self.order.len() > self.most {
            if let Some(oldest) = self.order.pop_front() {
                self.forget(oldest);
            }
        }
    }

    fn forget(&mut self, ReportKey { regency, id }: ReportKey) {
        if self.first.get(&id) == Some(&regency) {
            self.first.remove(&id);
        } else if let Some(regencies) = self.further.get_mut(&id) {
            regencies.retain(|known| *known != regency);
            if regencies.is_empty() {
                self.further.remove(&id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: Code = Code(161300);
    const OTHER: Code = Code(350800);

    fn key(id: u128, regency: Code) -> ReportKey {
        ReportKey { regency, id: ReportId(id << 80 | id) }
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
        let of_id = |recent: &RecentIds| recent.of_id(key(9, OWN).id).collect::<Vec<_>>();
        assert_eq!(of_id(&recent), [key(9, OWN), key(9, OTHER)]);
        recent.remember(&[key(1, OWN)]);
        assert_eq!(of_id(&recent), [key(9, OTHER)], "the older of the two is forgotten");
        recent.remember(&[key(2, OWN), key(3, OWN)]);
        assert!(of_id(&recent).is_empty());
        assert!(recent.first.len() == 2 && recent.further.is_empty());
    }
}
