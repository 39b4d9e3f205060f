//! History as integers in hourly buckets, and the decayed counts that follow from them.
//!
//! A decayed count is one recurrence over the buckets in hour order, so it is a function of the
//! buckets alone: a late report changes its bucket and the recurrence runs again from the start.

use crate::feature::HALF_LIVES;
use crate::time::Hour;
use alloc::vec::Vec;

/// What one incident adds to its hour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Weight {
    pub severity: u8,
    /// Found by patrols alone: counted apart, never in the features.
    pub patrol: bool,
}

/// Incidents of one hour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bucket {
    pub hour: Hour,
    pub count: u32,
    pub severity: u32,
    pub serious: u32,
    pub patrol: u32,
    /// Tenths of a serious incident, by severity.
    pub tenths: u32,
}

impl Bucket {
    /// What the hour weighs, in serious incidents: a model fitted on lists of grave events must not take a
    /// petition for one. Both sums are integers, so the weight is the same in any order.
    fn weight(&self) -> f64 {
        f64::from(self.tenths) / 10.0
    }
}

/// Tenths of a serious incident that one of severity 1 to 5 weighs.
const WEIGHTS: [u32; 6] = [1, 1, 3, 10, 15, 20];

/// Decayed sums: serious incidents (weighed by severity) at the three half-lives, severity at 14 days, serious incidents at 90 days.
pub type Decayed = [f64; 5];

/// Weights of the five sums after `k` hours: `2^(-k / half-life)`.
#[derive(Clone, Debug)]
pub struct Weights {
    table: Vec<[f64; 3]>,
}

impl Default for Weights {
    fn default() -> Self {
        Weights { table: (0..4096).map(exact).collect() }
    }
}

fn exact(hours: i32) -> [f64; 3] {
    HALF_LIVES.map(|half_life| libm::exp2(-f64::from(hours) / half_life))
}

impl Weights {
    /// Weights after `hours` hours (0 or more); the table only remembers what `exact` gives.
    pub fn after(&self, hours: i32) -> [f64; 3] {
        self.table.get(hours as usize).copied().unwrap_or_else(|| exact(hours))
    }

    /// `sums` as they stand `hours` hours later.
    pub fn fade(&self, sums: &Decayed, hours: i32) -> Decayed {
        if hours == 0 {
            return *sums;
        }
        let [short, middle, long] = self.after(hours);
        [sums[0] * short, sums[1] * middle, sums[2] * long, sums[3] * middle, sums[4] * long]
    }
}

/// One unit's history for one kind.
#[derive(Clone, Debug, Default)]
pub struct Series {
    buckets: Vec<Bucket>,
    /// The sums faded to the last bucket's hour, without that bucket.
    before_last: Decayed,
    /// Tenths of serious incidents, all hours.
    total: u64,
}

impl Series {
    pub fn buckets(&self) -> &[Bucket] {
        &self.buckets
    }

    /// Adds (`sign` 1) or takes away (`sign` -1) one incident.
    pub fn change(&mut self, weights: &Weights, hour: Hour, weight: Weight, sign: i32) {
        let at = match self.buckets.last() {
            Some(last) if last.hour == hour => self.buckets.len() - 1,
            _ => self.bucket(weights, hour),
        };
        let bucket = &mut self.buckets[at];
        let add = |field: &mut u32, by: u32| *field = field.wrapping_add_signed(sign * by as i32);
        if weight.patrol {
            add(&mut bucket.patrol, 1);
        } else {
            add(&mut bucket.count, 1);
            add(&mut bucket.severity, u32::from(weight.severity));
            add(&mut bucket.serious, u32::from(weight.severity >= 3));
            let tenths = WEIGHTS[usize::from(weight.severity.min(5))];
            add(&mut bucket.tenths, tenths);
            self.total = self.total.wrapping_add_signed(i64::from(sign) * i64::from(tenths));
        }
        let empty = self.buckets[at].count == 0 && self.buckets[at].patrol == 0;
        if empty {
            self.buckets.remove(at);
        }
        if empty || at + 1 < self.buckets.len() {
            self.rebuild(weights);
        }
    }

    /// Finds or makes the bucket of `hour`; a new last bucket moves the recurrence on by one step.
    fn bucket(&mut self, weights: &Weights, hour: Hour) -> usize {
        let at = self.buckets.partition_point(|bucket| bucket.hour < hour);
        if self.buckets.get(at).is_none_or(|bucket| bucket.hour != hour) {
            if at == self.buckets.len()
                && let Some(last) = self.buckets.last()
            {
                self.before_last = weights.fade(&with(&self.before_last, last), hour.0 - last.hour.0);
            }
            self.buckets.insert(at, Bucket { hour, count: 0, severity: 0, serious: 0, patrol: 0, tenths: 0 });
        }
        at
    }

    fn rebuild(&mut self, weights: &Weights) {
        self.before_last =
            self.buckets.last().map_or([0.0; 5], |last| sums_before(weights, &self.buckets, last.hour));
    }

    /// The decayed sums as of `hour`: buckets up to and with it.
    pub fn decayed(&self, weights: &Weights, hour: Hour) -> Decayed {
        let Some(last) = self.buckets.last() else { return [0.0; 5] };
        if last.hour <= hour {
            return weights.fade(&with(&self.before_last, last), hour.0 - last.hour.0);
        }
        let upto = self.buckets.partition_point(|bucket| bucket.hour <= hour);
        match self.buckets[..upto].last() {
            None => [0.0; 5],
            Some(last) => {
                let before = sums_before(weights, &self.buckets[..upto], last.hour);
                weights.fade(&with(&before, last), hour.0 - last.hour.0)
            }
        }
    }

    /// The 14-day sum at the last bucket up to `hour`, and that bucket's hour: fading it gives [`Series::decayed`]'s bits.
    pub fn fortnight_at(&self, weights: &Weights, hour: Hour) -> (Hour, f64) {
        let upto = self.buckets.iter().rev().find(|bucket| bucket.hour <= hour);
        upto.map_or((hour, 0.0), |last| (last.hour, self.decayed(weights, last.hour)[1]))
    }

    /// Reported incidents up to and with `hour`, weighed as serious ones.
    pub fn total(&self, hour: Hour) -> f64 {
        let later = self.buckets.iter().rev().take_while(|bucket| bucket.hour > hour);
        (self.total - later.map(|bucket| u64::from(bucket.tenths)).sum::<u64>()) as f64 / 10.0
    }

    /// The last hour up to `hour` in which something serious was reported.
    pub fn last(&self, hour: Hour) -> Option<Hour> {
        let upto = self.buckets.iter().rev().skip_while(|bucket| bucket.hour > hour);
        upto.into_iter().find(|bucket| bucket.serious > 0).map(|bucket| bucket.hour)
    }
}

fn with(sums: &Decayed, bucket: &Bucket) -> Decayed {
    let (weight, severity, serious) =
        (bucket.weight(), f64::from(bucket.severity), f64::from(bucket.serious));
    [sums[0] + weight, sums[1] + weight, sums[2] + weight, sums[3] + severity, sums[4] + serious]
}

/// The recurrence over the buckets before `hour`, faded to `hour`.
fn sums_before(weights: &Weights, buckets: &[Bucket], hour: Hour) -> Decayed {
    let mut sums = [0.0; 5];
    let mut previous: Option<&Bucket> = None;
    for bucket in buckets.iter().take_while(|bucket| bucket.hour < hour) {
        if let Some(previous) = previous {
            sums = weights.fade(&with(&sums, previous), bucket.hour.0 - previous.hour.0);
        }
        previous = Some(bucket);
    }
    previous.map_or(sums, |last| weights.fade(&with(&sums, last), hour.0 - last.hour.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(weights: &Weights, hours: &[i32]) -> Series {
        let mut series = Series::default();
        for hour in hours {
            series.change(weights, Hour(*hour), Weight { severity: 3, patrol: false }, 1);
        }
        series
    }

    #[test]
    fn order_and_repair_do_not_change_a_bit() {
        let weights = Weights::default();
        let straight = series(&weights, &[1, 5, 5, 90, 200, 4000]);
        let mut mixed = series(&weights, &[200, 5, 4000, 1, 77, 90, 5]);
        mixed.change(&weights, Hour(77), Weight { severity: 3, patrol: false }, -1);
        for hour in [0, 1, 4, 5, 100, 4000, 9999] {
            let (a, b) = (straight.decayed(&weights, Hour(hour)), mixed.decayed(&weights, Hour(hour)));
            assert_eq!(a.map(f64::to_bits), b.map(f64::to_bits), "hour {hour}");
            assert_eq!(straight.total(Hour(hour)), mixed.total(Hour(hour)));
            assert_eq!(straight.last(Hour(hour)), mixed.last(Hour(hour)));
        }
    }

    #[test]
    fn decayed_counts_follow_the_plain_definition() {
        let weights = Weights::default();
        let hours = [3, 40, 41, 500];
        let sums = series(&weights, &hours).decayed(&weights, Hour(700));
        for (slot, half_life) in HALF_LIVES.iter().enumerate() {
            let plain: f64 = hours.iter().map(|hour| libm::exp2(-f64::from(700 - hour) / half_life)).sum();
            assert!((sums[slot] - plain).abs() < 1e-12, "{} {plain}", sums[slot]);
        }
    }

    #[test]
    fn patrols_are_counted_apart() {
        let weights = Weights::default();
        let mut series = Series::default();
        series.change(&weights, Hour(9), Weight { severity: 5, patrol: true }, 1);
        assert_eq!((series.total(Hour(9)), series.decayed(&weights, Hour(9))), (0.0, [0.0; 5]));
        assert_eq!(series.buckets()[0].patrol, 1);
    }
}
