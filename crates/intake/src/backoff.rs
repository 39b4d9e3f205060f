//! Waiting between tries: each wait is twice the one before, up to a limit.

use async_recursion::async_recursion as boxed;
use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use std::time::Duration;
use tokio::sync::watch;

/// The next wait after a failure, for those who must also look after something else meanwhile. Where nothing else is to be
/// done, `backon::Retryable` waits by itself.
pub struct Backoff {
    pace: ExponentialBuilder,
    waits: ExponentialBackoff,
    longest: Duration,
}

impl Backoff {
    pub fn new(first: Duration, longest: Duration) -> Backoff {
        let pace =
            ExponentialBuilder::new().with_min_delay(first).with_max_delay(longest).without_max_times();
        Backoff { pace, waits: pace.build(), longest }
    }

    /// The time to wait now; the next one is twice as long.
    pub fn step(&mut self) -> Duration {
        self.waits.next().unwrap_or(self.longest)
    }

    /// To be called after a success.
    pub fn reset(&mut self) {
        self.waits = self.pace.build();
    }
}

/// Sleeps; returns true where `stop` turned true meanwhile, or nobody is left to say so.
#[boxed]
pub async fn sleep_unless_stopped(time: Duration, stop: &watch::Receiver<bool>) -> bool {
    let mut stop = stop.clone();
    tokio::select! {
        () = tokio::time::sleep(time) => false,
        _ = stop.wait_for(|stop| *stop) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_limit_and_begin_again_after_a_success() {
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(5));
        let waits: Vec<u64> = (0..4).map(|_| backoff.step().as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 5]);
        backoff.reset();
        assert_eq!(backoff.step().as_secs(), 1);
    }
}
