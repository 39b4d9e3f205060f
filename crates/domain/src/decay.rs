//! Forward decay: sums in whole numbers, in which a later hour weighs more, and what they come to at an hour.
//!
//! For a half-life of `T` hours an hour `h` since the epoch lies in the octave `q = h div T`, at the phase `p = h mod T`, and weighs
//! `m[p] * 2^q` with `m[p] = round(2^40 * 2^(p / T))`: one octave later is twice as much, to the last bit. A sum stands at a landmark,
//! the octave of the last hour that counts: it is `Σ count * m[p] * 2^(q - landmark + DEPTH)` over the hours that lie in the
//! [`DEPTH`] octaves before the landmark's, or in its own. What lies lower weighs less than `2^-DEPTH` of the newest and is
//! no part of it, *by definition*.
//!
//! All of it is whole and none of it depends on the present, so a sum follows from the set of incidents alone: what comes
//! late is one addition, what is taken back one subtraction, whatever came between. A landmark moves exactly: before it
//! rises, what leaves is subtracted, and every other term is even; where it falls (the newest incident was taken back), what
//! comes back is added.
//!
//! **Bounds.** The tenths of all incidents of a cell are counted in 32 bits, no other count is larger, and `m` is below `2^41`: a sum
//! is below `2^(32 + 41 + DEPTH) = 2^127`.

use crate::feature::HALF_LIFE_HOURS;
use crate::history::HourBucket;
use crate::time::Hour;
use alloc::vec::Vec;
use core::array;
use core::ops::Range;

/// Decayed sums: serious incidents (weighed by severity) at the three half-lives, severity at 14 days, serious incidents at 90 days.
pub type Decayed = [f64; SUMS];

const SUMS: usize = 5;
const HALF_LIVES: usize = HALF_LIFE_HOURS.len();
/// Which half-life each of the sums has.
const HALF_LIFE_OF: [usize; SUMS] = [0, 1, 2, 1, 2];
/// How many octaves before the landmark's still count: 162 days, 2 years and 13 years.
const DEPTH: i32 = 54;
/// How many bits of an hour's weight stand behind the point.
const FRACTION: u32 = 40;

/// The octave and the phase of an hour.
#[inline]
fn octave_and_phase(hour: Hour, half_life: usize) -> (i32, usize) {
    let hours = HALF_LIFE_HOURS[half_life];
    (hour.0.div_euclid(hours), hour.0.rem_euclid(hours) as usize)
}

/// `of * 2^-octaves`, exactly; `of` lies above 1/2 and at 1 at most, `octaves` are 0 to 1,000.
#[inline]
fn halved(of: f64, octaves: u32) -> f64 {
    f64::from_bits(of.to_bits() - (u64::from(octaves) << 52))
}

/// What an hour weighs and what is left of it, by phase, for each half-life.
#[derive(Clone, Debug)]
pub struct DecayWeights {
    /// `round(2^40 * 2^(p / T))`.
    rising: [Vec<u64>; HALF_LIVES],
    /// `2^(-p / T)`.
    falling: [Vec<f64>; HALF_LIVES],
}

impl Default for DecayWeights {
    fn default() -> Self {
        let phases = |hours: i32| (0..hours).map(move |phase| f64::from(phase) / f64::from(hours));
        let rising = |share: f64| libm::floor(libm::exp2(share) * (1_u64 << FRACTION) as f64 + 0.5) as u64;
        DecayWeights {
            rising: HALF_LIFE_HOURS.map(|hours| phases(hours).map(rising).collect()),
            falling: HALF_LIFE_HOURS.map(|hours| phases(hours).map(|share| libm::exp2(-share)).collect()),
        }
    }
}

impl DecayWeights {
    /// What one incident of `hour` adds to a sum that stands at a landmark. Of a later octave nothing: only a patrol was there.
    fn weight(&self, hour: Hour, landmark: Landmark, half_life: usize) -> u128 {
        let (octave, phase) = octave_and_phase(hour, half_life);
        let above = octave - landmark.0[half_life] + DEPTH;
        if (0..=DEPTH).contains(&above) { u128::from(self.rising[half_life][phase]) << above } else { 0 }
    }

    /// What is left at `hour` of the sums that stand before it.
    #[inline]
    pub fn at(&self, hour: Hour) -> DecayAt {
        let (mut octaves, mut left) = ([0; HALF_LIVES], [0.0; HALF_LIVES]);
        for half_life in 0..HALF_LIVES {
            let (octave, phase) = octave_and_phase(hour, half_life);
            (octaves[half_life], left[half_life]) = (octave, self.falling[half_life][phase]);
        }
        DecayAt { hour, octaves, left }
    }

    /// A 14-day sum as of an hour as it is at a later one. Of one that stands at its landmark ([`Landmark::fortnight`]) these are the
    /// bits of the sum itself.
    pub fn fortnight_later(&self, sum: f64, as_of: Hour, hour: Hour) -> f64 {
        let (octave, phase) = octave_and_phase(as_of, FORTNIGHT);
        sum / self.falling[FORTNIGHT][phase] * self.at(hour.max(as_of)).left_of(octave, FORTNIGHT)
    }
}

/// The half-life of 14 days.
const FORTNIGHT: usize = 1;

/// An hour as sums are read at it: for each half-life its octave, and what is left there of an incident of the octave's first hour.
#[derive(Clone, Copy, Debug)]
pub struct DecayAt {
    pub(crate) hour: Hour,
    octaves: [i32; HALF_LIVES],
    left: [f64; HALF_LIVES],
}

impl DecayAt {
    /// No hour: before any.
    pub(crate) const NEVER: DecayAt =
        DecayAt { hour: Hour(i32::MIN), octaves: [i32::MIN; HALF_LIVES], left: [0.0; HALF_LIVES] };

    /// What is left of an incident of an octave's first hour; the octave is none after the hour's.
    #[inline]
    fn left_of(&self, octave: i32, half_life: usize) -> f64 {
        let since = self.octaves[half_life].wrapping_sub(octave) as u32;
        if since > DEPTH as u32 { 0.0 } else { halved(self.left[half_life], since) }
    }

    /// Sums that stand at a landmark as they are at this hour.
    #[inline]
    pub(crate) fn read(&self, sums: &Decayed, landmark: Landmark) -> Decayed {
        let [short, middle, long] = landmark.0;
        let (short, middle, long) = (self.left_of(short, 0), self.left_of(middle, 1), self.left_of(long, 2));
        [sums[0] * short, sums[1] * middle, sums[2] * long, sums[3] * middle, sums[4] * long]
    }

    /// The same of the 14-day sum alone.
    #[inline]
    pub(crate) fn read_fortnight(&self, sums: &Decayed, landmark: Landmark) -> f64 {
        sums[1] * self.left_of(landmark.0[FORTNIGHT], FORTNIGHT)
    }
}

/// Where the sums of a cell stand: an octave for each half-life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Landmark([i32; HALF_LIVES]);

impl Landmark {
    /// That of the last hour that counts.
    #[inline]
    pub fn of(last: Hour) -> Landmark {
        Landmark(array::from_fn(|half_life| octave_and_phase(last, half_life).0))
    }

    /// The hour at which a 14-day sum that stands here weighs what it says: the first of its octave.
    pub fn fortnight(self) -> Hour {
        Hour(self.0[FORTNIGHT] * HALF_LIFE_HOURS[FORTNIGHT])
    }
}

/// What an hour counts, or by how much that changes.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct HourCount {
    /// Tenths of a serious incident.
    pub tenths: i64,
    pub severity: i64,
    pub serious: i64,
}

impl HourCount {
    /// What comes in the place of what is gone.
    pub fn instead_of(self, gone: HourCount) -> HourCount {
        HourCount {
            tenths: self.tenths - gone.tenths,
            severity: self.severity - gone.severity,
            serious: self.serious - gone.serious,
        }
    }

    fn of_sum(self, sum: usize) -> i64 {
        [self.tenths, self.tenths, self.tenths, self.severity, self.serious][sum]
    }
}

/// The sums of a cell as whole numbers, as of a landmark that stands beside them.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct ForwardSums([u128; SUMS]);

impl ForwardSums {
    #[cfg(test)]
    pub fn short(&self) -> u128 {
        self.0[0]
    }

    pub fn are_empty(&self) -> bool {
        self.0 == [0; SUMS]
    }

    /// Adds (`sign` 1) or takes away (`sign` -1) what an hour counts; the hour lies in no later octave than the landmark.
    pub fn add(
        &mut self,
        weights: &DecayWeights,
        landmark: Landmark,
        hour: Hour,
        count: HourCount,
        sign: i64,
    ) {
        let of_one: [u128; HALF_LIVES] = array::from_fn(|at| weights.weight(hour, landmark, at));
        for sum in 0..SUMS {
            self.add_to(sum, of_one[HALF_LIFE_OF[sum]], sign * count.of_sum(sum));
        }
    }

    /// Modulo `2^128`, like every step between two sums that are both in bounds.
    fn add_to(&mut self, sum: usize, weight: u128, count: i64) {
        self.0[sum] = self.0[sum].wrapping_add(weight.wrapping_mul(i128::from(count) as u128));
    }

    /// Moves from one landmark to another. `buckets` are the hours up to either, in order. Where the landmark rises, what counts
    /// from then on is added afterwards; where it falls, no hour of a later octave is in the sums any more.
    pub fn stand_at(&mut self, weights: &DecayWeights, buckets: &[HourBucket], from: Landmark, to: Landmark) {
        for half_life in 0..HALF_LIVES {
            let (old, new) = (from.0[half_life], to.0[half_life]);
            let sums = (0..SUMS).filter(|sum| HALF_LIFE_OF[*sum] == half_life);
            if new > old + DEPTH {
                sums.for_each(|sum| self.0[sum] = 0);
            } else if new > old {
                let leaving = within_octaves(buckets, half_life, old - DEPTH..new - DEPTH);
                for sum in sums {
                    self.add_hours(sum, weights, leaving, from, -1);
                    let (whole, octaves) = (self.0[sum], (new - old) as u32);
                    assert!(whole == 0 || whole.trailing_zeros() >= octaves, "what left was not in the sums");
                    self.0[sum] >>= octaves;
                }
            } else if new < old {
                let returning = within_octaves(buckets, half_life, new - DEPTH..(old - DEPTH).min(new + 1));
                for sum in sums {
                    let (whole, octaves) = (self.0[sum], (old - new) as u32);
                    assert!(whole == 0 || whole.leading_zeros() > octaves, "a later hour is in the sums");
                    self.0[sum] = whole.checked_shl(octaves).unwrap_or(0);
                    self.add_hours(sum, weights, returning, to, 1);
                }
            }
        }
    }

    fn add_hours(
        &mut self,
        sum: usize,
        weights: &DecayWeights,
        buckets: &[HourBucket],
        landmark: Landmark,
        sign: i64,
    ) {
        for bucket in buckets {
            let weight = weights.weight(bucket.hour, landmark, HALF_LIFE_OF[sum]);
            self.add_to(sum, weight, sign * bucket.counted().of_sum(sum));
        }
    }

    /// The sums as they are at the first hour of their octaves.
    pub fn at_landmark(&self) -> Decayed {
        let unit = halved(1.0, FRACTION + DEPTH as u32);
        let [short, middle, long, severity, serious] = self.0.map(|sum| sum as f64 * unit);
        [short / 10.0, middle / 10.0, long / 10.0, severity, serious]
    }
}

/// The buckets from one octave on and before another.
fn within_octaves(buckets: &[HourBucket], half_life: usize, octaves: Range<i32>) -> &[HourBucket] {
    let begins = |octave: i32| {
        let hour = i64::from(octave) * i64::from(HALF_LIFE_HOURS[half_life]);
        buckets.partition_point(|bucket| i64::from(bucket.hour.0) < hour)
    };
    &buckets[begins(octaves.start)..begins(octaves.end)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_what_they_are_called_and_the_bits_of_the_first_machine() {
        let (weights, mut folded) = (DecayWeights::default(), 0_u64);
        for half_life in 0..HALF_LIVES {
            for (rising, falling) in weights.rising[half_life].iter().zip(&weights.falling[half_life]) {
                let one = *rising as f64 / (1_u64 << FRACTION) as f64;
                assert!((1.0..2.0).contains(&one) && (one * falling - 1.0).abs() < 1e-12, "{one} {falling}");
                folded = folded.rotate_left(7) ^ rising ^ falling.to_bits().rotate_left(31);
            }
        }
        assert_eq!(folded, 0xa28a_4237_7cce_cb78, "{folded:#018x}");
    }

    #[test]
    fn hours_before_the_epoch_have_octaves_like_others() {
        assert_eq!(octave_and_phase(Hour(-1), 0), (-1, 71));
        assert_eq!([0, 71, 72].map(|hour| octave_and_phase(Hour(hour), 0)), [(0, 0), (0, 71), (1, 0)]);
        assert_eq!(Landmark::of(Hour(-337)).fortnight(), Hour(-672));
    }
}
