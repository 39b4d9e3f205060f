//! How many records go into one commit: what is written in about a tenth of a second, for what is written beside the worker
//! (a message's hand-over, a person's act) waits for the commit that is under way.

use std::time::Duration;

/// What a commit may take.
const COMMIT_TIME: Duration = Duration::from_millis(100);
/// The least that a commit is cut down to is this part of the most: each has a cost of its own.
const LEAST_PART: usize = 10;

/// The size of the next commit, in records, by what the last ones took.
#[derive(Clone, Copy, Debug)]
pub struct CommitSize {
    least: usize,
    most: usize,
    next: usize,
}

impl CommitSize {
    /// What the store writes in a tenth of a second, and `most` at most.
    pub const fn timed(most: usize) -> CommitSize {
        CommitSize { least: most.div_ceil(LEAST_PART), most, next: most }
    }

    pub const fn fixed(size: usize) -> CommitSize {
        CommitSize { least: size, most: size, next: size }
    }

    /// Records that the next commit may hold.
    pub const fn next(&self) -> usize {
        self.next
    }

    /// A commit of so many records took so long. A small one says nothing: of it, most is not the records'.
    pub fn took(&mut self, records: usize, time: Duration) {
        if records * 2 < self.next {
            return;
        }
        let fitting = records as f64 * COMMIT_TIME.as_secs_f64() / time.as_secs_f64().max(1e-6);
        // Half the way: one slow write says little.
        self.next =
            ((self.next as f64 + fitting) / 2.0).min(self.most as f64).max(self.least as f64) as usize;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_come_to_take_a_tenth_of_a_second_and_are_neither_tiny_nor_above_the_most() {
        let run = |most: usize, a_record: Duration| {
            let mut size = CommitSize::timed(most);
            for _ in 0..20 {
                let records = size.next();
                size.took(records, a_record * records as u32);
            }
            size.next()
        };
        assert!((190..=200).contains(&run(500, Duration::from_micros(500))));
        assert_eq!(run(500, Duration::from_micros(10)), 500);
        assert_eq!(run(500, Duration::from_millis(50)), 50);
        assert_eq!(run(3, Duration::from_secs(1)), 1);
        let mut fixed = CommitSize::fixed(500);
        fixed.took(500, Duration::from_secs(1));
        assert_eq!(fixed.next(), 500);
    }

    #[test]
    fn a_small_commit_says_nothing_and_a_fast_store_brings_the_size_back() {
        let mut size = CommitSize::timed(500);
        size.took(100, Duration::from_secs(1));
        assert_eq!(size.next(), 500);
        size.took(500, Duration::from_secs(1));
        assert_eq!(size.next(), 275);
        for _ in 0..20 {
            size.took(size.next(), Duration::from_millis(1));
        }
        assert_eq!(size.next(), 500);
    }
}
