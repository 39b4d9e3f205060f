//! What the seeds of a schedule brought about.

use std::sync::atomic::{AtomicU64, Ordering};

/// What the seeds brought about, so that a schedule without it is seen.
#[derive(Default)]
pub struct Events {
    pub killed: AtomicU64,
    pub killed_in_commit: AtomicU64,
    pub replaced: AtomicU64,
    pub fenced: AtomicU64,
    pub won: AtomicU64,
    pub refused: AtomicU64,
    pub commits: AtomicU64,
    /// Starts that could go on from a kept state, from none since it was damaged, and from none since a report asked for what had left.
    pub kept_states: AtomicU64,
    pub damaged_states: AtomicU64,
    pub asked_for_cold: AtomicU64,
}

pub fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

impl Events {
    fn all(&self) -> [(&'static str, &AtomicU64); 10] {
        [
            ("killed", &self.killed),
            ("killed within a commit", &self.killed_in_commit),
            ("replaced in its sleep", &self.replaced),
            ("fenced", &self.fenced),
            ("acts accepted", &self.won),
            ("acts refused", &self.refused),
            ("turns", &self.commits),
            ("starts from a kept state", &self.kept_states),
            ("starts beside a damaged one", &self.damaged_states),
            ("starts that ask for what had left", &self.asked_for_cold),
        ]
    }

    pub fn add(&self, other: &Events) {
        for ((_, own), (_, more)) in self.all().into_iter().zip(other.all()) {
            own.fetch_add(more.load(Ordering::Relaxed), Ordering::Relaxed);
        }
    }

    pub fn assert_all_came_about(&self) {
        for (name, count) in self.all() {
            assert!(count.load(Ordering::Relaxed) > 20, "{name}: too seldom in {self}");
        }
    }
}

impl std::fmt::Display for Events {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.all()
            .iter()
            .try_for_each(|(name, count)| write!(f, "{name} {}, ", count.load(Ordering::Relaxed)))
    }
}
