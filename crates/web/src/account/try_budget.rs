//! Tries in a budget: so many at once, and one more every so often.

use super::REMEMBERED;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Tries counted by a key. In no stretch of time are there more than `at_once` and one for every `every` that it lasts.
pub struct TryBudget {
    /// What a key spent, as the time until all of it has come back, and when that was so.
    spent: Mutex<HashMap<String, (Duration, Instant)>>,
    at_once: u32,
    every: Duration,
}

impl TryBudget {
    pub fn new(at_once: u32, every: Duration) -> TryBudget {
        TryBudget { spent: Mutex::default(), at_once, every }
    }

    /// How long this key must still wait; `None` where it may try.
    pub fn wait(&self, key: &str, now: Instant) -> Option<Duration> {
        let spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        let left = left(*spent.get(key)?, now);
        (left + self.every).checked_sub(self.every * self.at_once).filter(|wait| !wait.is_zero())
    }

    pub fn spend(&self, key: &str, now: Instant) {
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        if spent.len() >= REMEMBERED && !spent.contains_key(key) {
            let oldest = spent.iter().min_by_key(|(_, (_, last))| *last).map(|(key, _)| key.clone());
            oldest.map(|key| spent.remove(&key));
        }
        let entry = spent.entry(key.to_owned()).or_insert((Duration::ZERO, now));
        *entry = (left(*entry, now) + self.every, now);
    }

    /// Takes one back that was spent and was no guess.
    pub fn take_back(&self, key: &str) {
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((left, _)) = spent.get_mut(key) else { return };
        *left = left.saturating_sub(self.every);
        if left.is_zero() {
            spent.remove(key);
        }
    }
}

fn left((left, last): (Duration, Instant), now: Instant) -> Duration {
    left.saturating_sub(now.saturating_duration_since(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_come_back_one_by_one_and_what_was_no_guess_at_once() {
        let (budget, start) = (TryBudget::new(3, Duration::from_secs(60)), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        for _ in 0..3 {
            assert_eq!(budget.wait("sari", start), None);
            budget.spend("sari", start);
        }
        assert_eq!(budget.wait("sari", at(1)), Some(Duration::from_secs(59)));
        assert_eq!((budget.wait("budi", start), budget.wait("sari", at(60))), (None, None));
        budget.spend("sari", at(60));
        assert_eq!(budget.wait("sari", at(61)), Some(Duration::from_secs(59)), "one, no more");
        budget.take_back("sari");
        assert_eq!(budget.wait("sari", at(61)), None);
        let rested = at(100_000);
        let tries = (0..9).filter(|_| {
            budget.wait("sari", rested).is_none().then(|| budget.spend("sari", rested)).is_some()
        });
        assert_eq!(tries.count(), 3, "who rests saves no more up");
    }
}
