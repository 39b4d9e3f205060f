//! How fast a feed may speak: a bucket of a minute's records that fills evenly.

use crate::IntakeError;
use std::collections::HashMap;
use tokio::time::Instant;

pub struct Buckets {
    /// Records a minute; 0 is no limit.
    rate: u32,
    feeds: HashMap<String, Bucket>,
}

struct Bucket {
    /// Below zero after a batch larger than what was left: it was taken whole, and the next one waits.
    left: f64,
    at: Instant,
}

impl Buckets {
    pub fn new(rate: u32) -> Buckets {
        Buckets { rate, feeds: HashMap::new() }
    }

    /// # Errors
    /// Where it must wait; it says for how long.
    pub fn take(&mut self, feed: &str, records: usize, now: Instant) -> Result<(), IntakeError> {
        if self.rate == 0 {
            return Ok(());
        }
        let full = f64::from(self.rate);
        let a_second = full / 60.0;
        let bucket = self.feeds.entry(feed.to_owned()).or_insert(Bucket { left: full, at: now });
        let grown = now.saturating_duration_since(bucket.at).as_secs_f64() * a_second;
        (bucket.left, bucket.at) = ((bucket.left + grown).min(full), now);
        if bucket.left < 1.0 {
            let seconds = ((1.0 - bucket.left) / a_second).ceil() as u64;
            return Err(IntakeError::TooFast { feed: feed.to_owned(), limit: self.rate, seconds });
        }
        bucket.left -= records as f64;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_feed_that_spoke_too_much_waits_and_others_do_not() {
        let (start, mut buckets) = (Instant::now(), Buckets::new(60));
        assert!(buckets.take("a", 70, start).is_ok());
        let refused = buckets.take("a", 1, start).unwrap_err();
        assert!(matches!(refused, IntakeError::TooFast { seconds: 11, .. }), "{refused}");
        assert!(buckets.take("b", 1, start).is_ok());
        assert!(buckets.take("a", 1, start + Duration::from_secs(10)).is_err());
        assert!(buckets.take("a", 1, start + Duration::from_secs(11)).is_ok());
        assert!(Buckets::new(0).take("a", 1_000_000, start).is_ok());
    }
}
