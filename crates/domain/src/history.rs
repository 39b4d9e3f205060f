//! History as integers in hourly buckets, and the decayed counts that follow from them.
//!
//! A decayed count is one recurrence over the buckets in hour order, so it is a function of the
//! buckets alone: a late report changes its bucket and the recurrence runs again from the start.

use crate::evidence::make_room;
use crate::feature::{HALF_LIVES, total_log};
use crate::time::Hour;
use alloc::{boxed::Box, vec::Vec};

/// What one incident adds to its hour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IncidentWeight {
    pub severity: u8,
    /// Found by patrols alone: counted apart, never in the features.
    pub patrol: bool,
}

/// Incidents of one hour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HourBucket {
    pub hour: Hour,
    pub count: u32,
    pub severity: u32,
    pub serious: u32,
    pub patrol: u32,
    /// Tenths of a serious incident, by severity.
    pub tenths: u32,
}

impl HourBucket {
    fn empty(hour: Hour) -> HourBucket {
        HourBucket { hour, count: 0, severity: 0, serious: 0, patrol: 0, tenths: 0 }
    }

    /// What the hour weighs, in serious incidents: a model fitted on lists of grave events must not take a
    /// petition for one. Both sums are integers, so the weight is the same in any order.
    fn weight(&self) -> f64 {
        f64::from(self.tenths) / 10.0
    }

    /// Adds (`sign` 1) or takes away (`sign` -1) one incident.
    fn add(&mut self, weight: IncidentWeight, sign: i32) {
        let add = |field: &mut u32, by: u32| *field = field.wrapping_add_signed(sign * by as i32);
        if weight.patrol {
            return add(&mut self.patrol, 1);
        }
        add(&mut self.count, 1);
        add(&mut self.severity, u32::from(weight.severity));
        add(&mut self.serious, u32::from(weight.severity >= 3));
        add(&mut self.tenths, tenths(weight.severity));
    }
}

/// Tenths of a serious incident that one of severity 1 to 5 weighs.
const WEIGHTS: [u32; 6] = [1, 1, 3, 10, 15, 20];

fn tenths(severity: u8) -> u32 {
    WEIGHTS[usize::from(severity.min(5))]
}

/// Decayed sums: serious incidents (weighed by severity) at the three half-lives, severity at 14 days, serious incidents at 90 days.
pub type Decayed = [f64; 5];

/// DecayWeights of the five sums after `k` hours: `2^(-k / half-life)`.
#[derive(Clone, Debug)]
pub struct DecayWeights {
    table: Vec<[f64; 3]>,
}

impl Default for DecayWeights {
    fn default() -> Self {
        DecayWeights { table: (0..4096).map(exact).collect() }
    }
}

fn exact(hours: i32) -> [f64; 3] {
    HALF_LIVES.map(|half_life| libm::exp2(-f64::from(hours) / half_life))
}

impl DecayWeights {
    /// DecayWeights after `hours` hours (0 or more); the table only remembers what `exact` gives.
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

/// One unit's history for one kind. What an hourly look needs is one cache line; the rest stands elsewhere.
#[derive(Clone, Debug)]
pub struct CellHistory {
    /// The sums as of the last bucket's hour, with it.
    sums: Decayed,
    last: Hour,
    /// The last hour in which something serious was reported.
    serious: Hour,
    /// Tenths of serious incidents, all hours.
    total: u32,
    /// Climatology's share of that ([`total_log`]).
    total_log: f64,
    rest: Box<Rest>,
}

#[derive(Clone, Debug, Default)]
struct Rest {
    buckets: Vec<HourBucket>,
    /// A bucket some way back and the sums as of its hour, without it: where the recurrence resumes when a
    /// late report changes one of the last buckets.
    settled: usize,
    before_settled: Decayed,
    /// The sums as of the last bucket's hour, without it: what nearly every report changes.
    before_last: Decayed,
}

/// No hour: before any.
const NEVER: Hour = Hour(i32::MIN);
/// How many buckets the resuming place stays behind the last, at least and at most.
const BEHIND: (usize, usize) = (8, 16);

impl Default for CellHistory {
    fn default() -> Self {
        let total_log = total_log(0.0);
        CellHistory { sums: [0.0; 5], last: NEVER, serious: NEVER, total: 0, total_log, rest: Box::default() }
    }
}

impl CellHistory {
    pub fn buckets(&self) -> &[HourBucket] {
        &self.rest.buckets
    }

    /// Takes one incident away from its hour and adds one: either, or both where an incident changed.
    pub fn change(
        &mut self,
        weights: &DecayWeights,
        hour: Hour,
        gone: Option<IncidentWeight>,
        come: Option<IncidentWeight>,
    ) {
        let found = if self.last < hour { Err(self.rest.buckets.len()) } else { self.find(hour) };
        let (at, inserted) = (found.unwrap_or_else(|at| at), found.is_err());
        if inserted {
            make_room(&mut self.rest.buckets);
            self.rest.buckets.insert(at, HourBucket::empty(hour));
        }
        for (weight, sign) in [(gone, -1), (come, 1)] {
            let Some(weight) = weight else { continue };
            self.rest.buckets[at].add(weight, sign);
            if !weight.patrol {
                self.total = self.total.wrapping_add_signed(sign * tenths(weight.severity) as i32);
            }
        }
        self.total_log = total_log(f64::from(self.total) / 10.0);
        let serious = self.rest.buckets[at].serious > 0;
        let empty = self.rest.buckets[at].count == 0 && self.rest.buckets[at].patrol == 0;
        if empty {
            self.rest.buckets.remove(at);
        }
        if serious {
            self.serious = self.serious.max(hour);
        } else if self.serious == hour {
            self.serious = self.serious_upto(hour);
        }
        if !empty && at + 1 == self.rest.buckets.len() {
            if inserted && at > 0 {
                self.rest.before_last = weights.fade(&self.sums, hour.0 - self.last.0);
            }
            (self.last, self.sums) = (hour, with(&self.rest.before_last, &self.rest.buckets[at]));
            return;
        }
        let moved = (inserted || empty) && at <= self.rest.settled;
        self.resume(weights, if moved || at < self.rest.settled { 0 } else { self.rest.settled });
    }

    /// Where the bucket of `hour` is, or would be; nearly always one of the last.
    fn find(&self, hour: Hour) -> Result<usize, usize> {
        let later = self.rest.buckets.iter().rev().take_while(|bucket| bucket.hour > hour).count();
        let after = self.rest.buckets.len() - later;
        let last = after.checked_sub(1).filter(|last| self.rest.buckets[*last].hour == hour);
        last.ok_or(after)
    }

    /// Runs the recurrence again from a bucket on: the settled one, or the first.
    fn resume(&mut self, weights: &DecayWeights, from: usize) {
        if from == 0 {
            (self.rest.settled, self.rest.before_settled) = (0, [0.0; 5]);
        }
        let (least, most) = BEHIND;
        let length = self.rest.buckets.len();
        let settle = if length - self.rest.settled > most { length - least } else { length };
        let (mut sums, mut previous) = (self.rest.before_settled, None::<Hour>);
        for (index, bucket) in self.rest.buckets.iter().enumerate().skip(self.rest.settled) {
            if let Some(previous) = previous {
                sums = weights.fade(&sums, bucket.hour.0 - previous.0);
            }
            if index == settle {
                (self.rest.settled, self.rest.before_settled) = (index, sums);
            }
            self.rest.before_last = sums;
            sums = with(&sums, bucket);
            previous = Some(bucket.hour);
        }
        self.last = previous.unwrap_or(NEVER);
        self.sums = sums;
        if previous.is_none() {
            (self.sums, self.rest.before_last) = ([0.0; 5], [0.0; 5]);
        }
    }

    /// The decayed sums as of `hour`: buckets up to and with it.
    #[inline]
    pub fn decayed(&self, weights: &DecayWeights, hour: Hour) -> Decayed {
        if self.last == NEVER {
            return [0.0; 5];
        }
        if self.last <= hour {
            return weights.fade(&self.sums, hour.0 - self.last.0);
        }
        self.decayed_then(weights, hour)
    }

    /// The same where buckets later than `hour` are known.
    fn decayed_then(&self, weights: &DecayWeights, hour: Hour) -> Decayed {
        let known = self.rest.buckets.get(self.rest.settled).is_some_and(|bucket| bucket.hour <= hour);
        let (from, mut sums) =
            if known { (self.rest.settled, self.rest.before_settled) } else { (0, [0.0; 5]) };
        let mut previous: Option<Hour> = None;
        for bucket in self.rest.buckets[from..].iter().take_while(|bucket| bucket.hour <= hour) {
            if let Some(previous) = previous {
                sums = weights.fade(&sums, bucket.hour.0 - previous.0);
            }
            sums = with(&sums, bucket);
            previous = Some(bucket.hour);
        }
        previous.map_or([0.0; 5], |last| weights.fade(&sums, hour.0 - last.0))
    }

    /// Reported incidents up to and with `hour`, weighed as serious ones.
    #[inline]
    pub fn total(&self, hour: Hour) -> f64 {
        let later = if self.last <= hour { 0 } else { self.later(hour) };
        f64::from(self.total - later) / 10.0
    }

    /// [`total_log`] of [`CellHistory::total`].
    #[inline]
    pub fn total_log(&self, hour: Hour) -> f64 {
        if self.last <= hour { self.total_log } else { total_log(self.total(hour)) }
    }

    /// Reported incidents of the `span` hours up to and with `hour`, weighed as serious ones, each in full.
    pub fn within(&self, hour: Hour, span: i32) -> f64 {
        let after = hour.0 - span;
        if self.last.0 <= after {
            return 0.0;
        }
        let upto = self.rest.buckets.iter().rev().skip_while(|bucket| bucket.hour > hour);
        let tenths: u32 = upto.take_while(|bucket| bucket.hour.0 > after).map(|bucket| bucket.tenths).sum();
        f64::from(tenths) / 10.0
    }

    /// Incidents of this hour and those after it; a patrol's own are not among them.
    pub fn begun_since(&self, hour: Hour) -> u32 {
        if self.last < hour {
            return 0;
        }
        self.rest
            .buckets
            .iter()
            .rev()
            .take_while(|bucket| bucket.hour >= hour)
            .map(|bucket| bucket.count)
            .sum()
    }

    fn later(&self, hour: Hour) -> u32 {
        let later = self.rest.buckets.iter().rev().take_while(|bucket| bucket.hour > hour);
        later.map(|bucket| bucket.tenths).sum()
    }

    /// The last hour up to `hour` in which something serious was reported.
    #[inline]
    pub fn last(&self, hour: Hour) -> Option<Hour> {
        let last = if self.serious <= hour { self.serious } else { self.serious_upto(hour) };
        (last != NEVER).then_some(last)
    }

    fn serious_upto(&self, hour: Hour) -> Hour {
        let upto = self.rest.buckets.iter().rev().skip_while(|bucket| bucket.hour > hour);
        upto.into_iter().find(|bucket| bucket.serious > 0).map_or(NEVER, |bucket| bucket.hour)
    }
}

fn with(sums: &Decayed, bucket: &HourBucket) -> Decayed {
    let (weight, severity, serious) =
        (bucket.weight(), f64::from(bucket.severity), f64::from(bucket.serious));
    [sums[0] + weight, sums[1] + weight, sums[2] + weight, sums[3] + severity, sums[4] + serious]
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRAVE: IncidentWeight = IncidentWeight { severity: 3, patrol: false };

    fn series(weights: &DecayWeights, hours: &[i32]) -> CellHistory {
        let mut series = CellHistory::default();
        for hour in hours {
            series.change(weights, Hour(*hour), None, Some(GRAVE));
        }
        series
    }

    /// The recurrence over all buckets up to `hour`, in hour order, and nothing else.
    fn plain(weights: &DecayWeights, buckets: &[HourBucket], hour: i32) -> Decayed {
        let mut sums = [0.0; 5];
        let mut before = None;
        for bucket in buckets.iter().filter(|bucket| bucket.hour.0 <= hour) {
            sums = with(&weights.fade(&sums, bucket.hour.0 - before.unwrap_or(bucket.hour.0)), bucket);
            before = Some(bucket.hour.0);
        }
        before.map_or(sums, |before| weights.fade(&sums, hour - before))
    }

    #[test]
    fn any_order_of_changes_gives_the_bits_of_the_plain_recurrence() {
        let weights = DecayWeights::default();
        for seed in 0..200u64 {
            let mut state = seed;
            let mut roll = |below: u64| crate::splitmix::next(&mut state) % below;
            let (mut series, mut there) = (CellHistory::default(), Vec::new());
            for step in 0..150i32 {
                let far = if roll(9) == 0 { 60 } else { 5 };
                let hour = Hour(step / 2 + 40 - roll(far) as i32);
                let weight = IncidentWeight { severity: roll(6) as u8, patrol: roll(8) == 0 };
                if roll(4) == 0 && !there.is_empty() {
                    let (hour, gone) = there.swap_remove(roll(there.len() as u64) as usize);
                    let stays = roll(2) == 0;
                    series.change(&weights, hour, Some(gone), stays.then_some(weight));
                    there.extend(stays.then_some((hour, weight)));
                } else {
                    series.change(&weights, hour, None, Some(weight));
                    there.push((hour, weight));
                }
                for hour in [step / 2 + 45, step / 2 + 30, step / 2] {
                    let (ours, slow) =
                        (series.decayed(&weights, Hour(hour)), plain(&weights, series.buckets(), hour));
                    assert_eq!(
                        ours.map(f64::to_bits),
                        slow.map(f64::to_bits),
                        "seed {seed}, step {step}, {hour}"
                    );
                    let reported = there.iter().filter(|(when, weight)| when.0 <= hour && !weight.patrol);
                    let total: u32 = reported.clone().map(|(_, weight)| tenths(weight.severity)).sum();
                    let last =
                        reported.filter(|(_, weight)| weight.severity >= 3).map(|(when, _)| *when).max();
                    assert_eq!(series.total(Hour(hour)), f64::from(total) / 10.0, "seed {seed}, step {step}");
                    assert_eq!(series.last(Hour(hour)), last, "seed {seed}, step {step}");
                    let near = there
                        .iter()
                        .filter(|(when, weight)| (hour - 19..=hour).contains(&when.0) && !weight.patrol);
                    let near: u32 = near.map(|(_, weight)| tenths(weight.severity)).sum();
                    assert_eq!(
                        series.within(Hour(hour), 20),
                        f64::from(near) / 10.0,
                        "seed {seed}, step {step}"
                    );
                }
            }
        }
    }

    #[test]
    fn decayed_counts_follow_the_plain_definition() {
        let weights = DecayWeights::default();
        let hours = [3, 40, 41, 500];
        let sums = series(&weights, &hours).decayed(&weights, Hour(700));
        for (slot, half_life) in HALF_LIVES.iter().enumerate() {
            let plain: f64 = hours.iter().map(|hour| libm::exp2(-f64::from(700 - hour) / half_life)).sum();
            assert!((sums[slot] - plain).abs() < 1e-12, "{} {plain}", sums[slot]);
        }
    }

    #[test]
    fn patrols_are_counted_apart() {
        let weights = DecayWeights::default();
        let mut series = CellHistory::default();
        series.change(&weights, Hour(9), None, Some(IncidentWeight { severity: 5, patrol: true }));
        assert_eq!((series.total(Hour(9)), series.decayed(&weights, Hour(9))), (0.0, [0.0; 5]));
        assert_eq!(series.buckets()[0].patrol, 1);
    }
}
