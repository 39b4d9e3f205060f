//! How fast somebody may send: a bucket of a minute's records (or bytes) that fills evenly.

use std::collections::HashMap;
use tokio::time::Instant;

pub struct Buckets {
    /// So many a minute; 0 is no limit.
    rate: u32,
    senders: HashMap<String, Bucket>,
}

struct Bucket {
    /// Below zero after a batch larger than what was left: it was taken whole, and the next one waits.
    left: f64,
    at: Instant,
}

impl Buckets {
    pub fn new(rate: u32) -> Buckets {
        Buckets { rate, senders: HashMap::new() }
    }

    /// Takes so many of a sender's bucket.
    ///
    /// # Errors
    /// Where it must wait; for how many seconds.
    pub fn take(&mut self, sender: &str, many: usize, now: Instant) -> Result<(), u64> {
        self.wait(sender, now)?;
        self.charge(sender, many);
        Ok(())
    }

    /// Fills a sender's bucket up to now.
    ///
    /// # Errors
    /// Where nothing is left in it: for how many seconds the sender must wait.
    pub fn wait(&mut self, sender: &str, now: Instant) -> Result<(), u64> {
        if self.rate == 0 {
            return Ok(());
        }
        let full = f64::from(self.rate);
        let a_second = full / 60.0;
        let bucket = self.senders.entry(sender.to_owned()).or_insert(Bucket { left: full, at: now });
        let grown = now.saturating_duration_since(bucket.at).as_secs_f64() * a_second;
        (bucket.left, bucket.at) = ((bucket.left + grown).min(full), now);
        if bucket.left < 1.0 {
            return Err(((1.0 - bucket.left) / a_second).ceil() as u64);
        }
        Ok(())
    }

    /// Takes out of a bucket that was filled before.
    pub fn charge(&mut self, sender: &str, many: usize) {
        if let Some(bucket) = self.senders.get_mut(sender) {
            bucket.left -= many as f64;
        }
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
        assert_eq!(buckets.take("a", 1, start), Err(11));
        assert!(buckets.take("b", 1, start).is_ok());
        assert!(buckets.take("a", 1, start + Duration::from_secs(10)).is_err());
        assert!(buckets.take("a", 1, start + Duration::from_secs(11)).is_ok());
        assert!(Buckets::new(0).take("a", 1_000_000, start).is_ok());
    }
}
