//! A feed that sends almost nothing but garbage is paused, so that it does not drown what others say.

use std::collections::VecDeque;

/// Remembers how the last records of one feed ended.
#[derive(Debug)]
pub struct Breaker {
    last: VecDeque<bool>,
    refused: usize,
    records: usize,
    percent: usize,
}

impl Breaker {
    /// Trips where more than `percent` of the last `records` were refused; with 0 records never.
    pub fn new(records: usize, percent: usize) -> Breaker {
        Breaker { last: VecDeque::with_capacity(records), refused: 0, records, percent }
    }

    /// Notes a record; true where the feed must now be paused. It then counts from nothing.
    pub fn note(&mut self, refused: bool) -> bool {
        if self.records == 0 {
            return false;
        }
        if self.last.len() == self.records {
            self.refused -= usize::from(self.last.pop_front() == Some(true));
        }
        self.last.push_back(refused);
        self.refused += usize::from(refused);
        let trips = self.last.len() == self.records && self.refused * 100 > self.records * self.percent;
        if trips {
            (self.refused, self.last) = (0, VecDeque::with_capacity(self.records));
        }
        trips
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trips_above_the_share_of_a_full_count_and_not_before() {
        let mut breaker = Breaker::new(1000, 90);
        for index in 0..3000 {
            assert!(!breaker.note(index % 10 != 0), "exactly 90 % is allowed");
        }
        let until = (0..2000).position(|_| breaker.note(true));
        assert!(until.is_some_and(|records| records < 200), "{until:?}");
        let again = (0..2000).position(|_| breaker.note(true));
        assert_eq!(again, Some(999), "counts from nothing");
    }
}
