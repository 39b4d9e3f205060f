//! History as integers in hourly buckets, and the decayed sums that follow from them.
//!
//! The sums are whole numbers too ([`crate::decay`]), so they are a function of the buckets alone: a late report changes its
//! bucket and is one addition.

use crate::decay::{DecayAt, DecayWeights, Decayed, ForwardSums, HourCount, Landmark};
use crate::evidence::make_room;
use crate::feature::total_log;
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

    /// What the hour counts in the decayed sums; a patrol's own incidents do not.
    pub(crate) fn counted(&self) -> HourCount {
        let [tenths, severity, serious] = [self.tenths, self.severity, self.serious].map(i64::from);
        HourCount { tenths, severity, serious }
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

/// What an incident counts in the decayed sums; nothing where a patrol alone found it.
fn counted(weight: Option<IncidentWeight>) -> HourCount {
    let reported = weight.filter(|weight| !weight.patrol).map(|weight| weight.severity);
    reported.map_or(HourCount::default(), |severity| HourCount {
        tenths: i64::from(tenths(severity)),
        severity: i64::from(severity),
        serious: i64::from(severity >= 3),
    })
}

/// One unit's history for one kind. What an hourly look needs stands together; the rest elsewhere.
#[derive(Clone, Debug)]
pub struct CellHistory {
    /// The sums, and where they stand: at the landmark of `last`.
    sums: Decayed,
    landmark: Landmark,
    /// The last hour in which an incident counts. A patrol's own do not.
    last: Hour,
    /// The last hour in which something serious was reported.
    serious: Hour,
    /// Tenths of serious incidents, all hours.
    total: u32,
    /// Climatology's share of that ([`total_log`]).
    total_log: f64,
    rest: Box<Rest>,
}

#[derive(Clone, PartialEq, Debug, Default)]
struct Rest {
    buckets: Vec<HourBucket>,
    /// The same sums to the last bit.
    exact: ForwardSums,
}

/// No hour: before any.
const NEVER: Hour = Hour(i32::MIN);

impl Default for CellHistory {
    fn default() -> Self {
        let total_log = total_log(0.0);
        let (sums, landmark) = ([0.0; 5], Landmark::of(NEVER));
        CellHistory { sums, landmark, last: NEVER, serious: NEVER, total: 0, total_log, rest: Box::default() }
    }
}

impl CellHistory {
    /// Of buckets in the order of their hours.
    pub(crate) fn of_buckets(weights: &DecayWeights, buckets: Vec<HourBucket>) -> CellHistory {
        let last = last_counted(&buckets);
        let (landmark, mut exact) = (Landmark::of(last), ForwardSums::default());
        buckets.iter().for_each(|bucket| exact.add(weights, landmark, bucket.hour, bucket.counted(), 1));
        let total = buckets.iter().fold(0_u32, |total, bucket| total.wrapping_add(bucket.tenths));
        let serious = buckets.iter().rev().find(|bucket| bucket.serious > 0);
        CellHistory {
            sums: exact.at_landmark(),
            landmark,
            last,
            serious: serious.map_or(NEVER, |bucket| bucket.hour),
            total,
            total_log: total_log(f64::from(total) / 10.0),
            rest: Box::new(Rest { buckets, exact }),
        }
    }

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
        let found = self.find(hour);
        let at = found.unwrap_or_else(|at| at);
        if found.is_err() {
            make_room(&mut self.rest.buckets);
            self.rest.buckets.insert(at, HourBucket::empty(hour));
        }
        let bucket = &mut self.rest.buckets[at];
        for (weight, sign) in [(gone, -1), (come, 1)] {
            let Some(weight) = weight else { continue };
            bucket.add(weight, sign);
            if !weight.patrol {
                self.total = self.total.wrapping_add_signed(sign * tenths(weight.severity) as i32);
            }
        }
        self.total_log = total_log(f64::from(self.total) / 10.0);
        let HourBucket { count, serious, patrol, .. } = *bucket;
        if count == 0 && patrol == 0 {
            self.rest.buckets.remove(at);
        }
        if serious > 0 {
            self.serious = self.serious.max(hour);
        } else if self.serious == hour {
            self.serious = self.serious_upto(hour);
        }
        self.carry(weights, hour, count > 0, counted(come).instead_of(counted(gone)));
    }

    /// Carries a change of an hour into the sums.
    fn carry(&mut self, weights: &DecayWeights, hour: Hour, counts: bool, change: HourCount) {
        if change == HourCount::default() {
            return;
        }
        let Rest { buckets, exact } = &mut *self.rest;
        if counts && hour > self.last {
            let landmark = Landmark::of(hour);
            exact.stand_at(weights, buckets, self.landmark, landmark);
            (self.last, self.landmark) = (hour, landmark);
        }
        exact.add(weights, self.landmark, hour, change, 1);
        if !counts && hour == self.last {
            self.last = last_counted(buckets);
            assert!(self.last != NEVER || exact.are_empty(), "sums of nothing: {exact:?}");
            let landmark = Landmark::of(self.last);
            exact.stand_at(weights, buckets, self.landmark, landmark);
            self.landmark = landmark;
        }
        self.sums = exact.at_landmark();
    }

    /// Where the bucket of `hour` is, or would be; nearly always one of the last.
    fn find(&self, hour: Hour) -> Result<usize, usize> {
        let later = self.rest.buckets.iter().rev().take_while(|bucket| bucket.hour > hour).count();
        let after = self.rest.buckets.len() - later;
        let last = after.checked_sub(1).filter(|last| self.rest.buckets[*last].hour == hour);
        last.ok_or(after)
    }

    /// The decayed sums as of an hour: buckets up to and with it.
    #[inline]
    pub fn decayed(&self, weights: &DecayWeights, at: &DecayAt) -> Decayed {
        if self.last <= at.hour {
            return at.read(&self.sums, self.landmark);
        }
        let (landmark, sums) = self.standing_then(weights, at.hour);
        at.read(&sums, landmark)
    }

    /// The 14-day sum of [`CellHistory::decayed`].
    #[inline]
    pub fn fortnight(&self, weights: &DecayWeights, at: &DecayAt) -> f64 {
        if self.last <= at.hour {
            return at.read_fortnight(&self.sums, self.landmark);
        }
        let (landmark, sums) = self.standing_then(weights, at.hour);
        at.read_fortnight(&sums, landmark)
    }

    /// The same sum as it stands as of `hour`, with the hour at which it weighs that; none where nothing counts.
    pub fn standing_fortnight(&self, weights: &DecayWeights, hour: Hour) -> Option<(Hour, f64)> {
        let (landmark, sums) = self.standing_then(weights, hour);
        (sums != [0.0; 5]).then(|| (landmark.fortnight(), sums[1]))
    }

    /// The sums of [`CellHistory::decayed`] from the buckets alone, one after the other: slow and plain.
    pub fn summed(&self, weights: &DecayWeights, at: &DecayAt) -> Decayed {
        let known = self.upto(at.hour);
        let (mut exact, landmark) = (ForwardSums::default(), Landmark::of(last_counted(known)));
        for bucket in known {
            exact.add(weights, landmark, bucket.hour, bucket.counted(), 1);
        }
        at.read(&exact.at_landmark(), landmark)
    }

    /// The sums as they stand where no bucket after `hour` is known, and their landmark.
    #[cold]
    fn standing_then(&self, weights: &DecayWeights, hour: Hour) -> (Landmark, Decayed) {
        let known = self.upto(hour);
        let mut exact = self.rest.exact;
        for bucket in &self.rest.buckets[known.len()..] {
            exact.add(weights, self.landmark, bucket.hour, bucket.counted(), -1);
        }
        let landmark = Landmark::of(last_counted(known));
        exact.stand_at(weights, known, self.landmark, landmark);
        (landmark, exact.at_landmark())
    }

    /// The buckets up to and with `hour`.
    fn upto(&self, hour: Hour) -> &[HourBucket] {
        let buckets = &self.rest.buckets;
        &buckets[..buckets.partition_point(|bucket| bucket.hour <= hour)]
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

/// The last hour of some buckets in which an incident counts.
fn last_counted(buckets: &[HourBucket]) -> Hour {
    buckets.iter().rev().find(|bucket| bucket.count > 0).map_or(NEVER, |bucket| bucket.hour)
}

#[cfg(test)]
mod tests;
