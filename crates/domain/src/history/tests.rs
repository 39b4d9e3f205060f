//! The sums of a history are a function of its incidents: in any order, however late, whatever was taken back.

use super::*;
use crate::feature::HALF_LIVES;
use crate::splitmix;
use alloc::format;

const GRAVE: IncidentWeight = IncidentWeight { severity: 3, patrol: false };
/// An hour of January 2026, the first of an octave of three days.
const NOW: i32 = 72 * 6_806;

fn series(weights: &DecayWeights, hours: &[i32]) -> CellHistory {
    let mut series = CellHistory::default();
    for hour in hours {
        series.change(weights, Hour(*hour), None, Some(GRAVE));
    }
    series
}

fn decayed(series: &CellHistory, weights: &DecayWeights, hour: i32) -> Decayed {
    series.decayed(weights, &weights.at(Hour(hour)))
}

/// The definition over all buckets up to `hour`, in numbers that round.
fn plain(buckets: &[HourBucket], hour: i32) -> Decayed {
    let mut sums = [0.0; 5];
    for bucket in buckets.iter().filter(|bucket| bucket.hour.0 <= hour) {
        let left = HALF_LIVES.map(|half_life| libm::exp2(-f64::from(hour - bucket.hour.0) / half_life));
        let [tenths, severity, serious] = [bucket.tenths, bucket.severity, bucket.serious].map(f64::from);
        let adds = [tenths / 10.0, tenths / 10.0, tenths / 10.0, severity, serious];
        for (at, half_life) in [0, 1, 2, 1, 2].into_iter().enumerate() {
            sums[at] += adds[at] * left[half_life];
        }
    }
    sums
}

/// A history of many years: far-off hours, hours that lie ahead, incidents that change and that are taken back.
struct Random {
    state: u64,
    weights: DecayWeights,
    series: CellHistory,
    there: Vec<(Hour, IncidentWeight)>,
    now: i32,
}

impl Random {
    fn new(seed: u64) -> Random {
        let (series, there) = (CellHistory::default(), Vec::new());
        let now = if seed.is_multiple_of(2) { NOW } else { -5_000 };
        Random { state: seed, weights: DecayWeights::default(), series, there, now }
    }

    fn roll(&mut self, below: u64) -> i32 {
        (splitmix::next(&mut self.state) % below) as i32
    }

    fn step(&mut self) {
        self.now += match self.roll(20) {
            0 => self.roll(40_000),
            1..4 => self.roll(200),
            _ => self.roll(3),
        };
        let hour = match self.roll(12) {
            0 => self.now - self.roll(60_000),
            1 => self.now - 54 * 72 + self.roll(150) - 75,
            2 => self.now + self.roll(30),
            _ => self.now - self.roll(40),
        };
        let weight = IncidentWeight { severity: self.roll(6) as u8, patrol: self.roll(8) == 0 };
        if self.roll(3) > 0 || self.there.is_empty() {
            self.series.change(&self.weights, Hour(hour), None, Some(weight));
            return self.there.push((Hour(hour), weight));
        }
        // Often the newest, so that landmarks fall.
        let newest = (0..self.there.len()).max_by_key(|at| self.there[*at].0);
        let any = self.roll(self.there.len() as u64) as usize;
        let at = newest.filter(|_| self.roll(2) == 0).unwrap_or(any);
        let (hour, gone) = self.there.swap_remove(at);
        let stays = self.roll(2) == 0;
        self.series.change(&self.weights, hour, Some(gone), stays.then_some(weight));
        self.there.extend(stays.then_some((hour, weight)));
    }

    /// The hours to look at: now, what lies ahead, and the past.
    fn looks(&mut self) -> [i32; 6] {
        let [near, far, further] = [100, 10_000, 100_000].map(|below| self.roll(below));
        [self.now, self.now + 30, self.now + far, self.now - near, self.now - far, self.now - further]
    }
}

#[test]
fn any_order_lateness_and_taking_back_give_the_bits_of_the_summed_buckets() {
    for seed in 0..120u64 {
        let mut history = Random::new(seed);
        for step in 0..150 {
            history.step();
            for hour in history.looks() {
                let at = history.weights.at(Hour(hour));
                let quick = history.series.decayed(&history.weights, &at);
                let slow = history.series.summed(&history.weights, &at);
                let context = || format!("seed {seed}, step {step}, hour {hour}");
                assert_eq!(quick.map(f64::to_bits), slow.map(f64::to_bits), "{}", context());
                let fortnight = history.series.fortnight(&history.weights, &at);
                assert_eq!(fortnight.to_bits(), slow[1].to_bits(), "{}", context());
                for (ours, theirs) in quick.iter().zip(plain(history.series.buckets(), hour)) {
                    // What the definition leaves out: at most 150 incidents of five, each below 2^-54.
                    let (off, left_out) = (libm::fabs(ours - theirs), 750.0 * libm::exp2(-54.0));
                    assert!(off <= 1e-12 * theirs + left_out, "{}: {ours:e} for {theirs:e}", context());
                }
            }
        }
    }
}

#[test]
fn the_sums_follow_from_the_incidents_and_not_from_the_way_there() {
    for seed in 0..200u64 {
        let mut history = Random::new(seed);
        (0..100).for_each(|_| history.step());
        let mut again = CellHistory::default();
        while !history.there.is_empty() {
            let at = history.roll(history.there.len() as u64) as usize;
            let (hour, weight) = history.there.swap_remove(at);
            again.change(&history.weights, hour, None, Some(weight));
        }
        let kept = |series: &CellHistory| {
            let CellHistory { sums, landmark, last, serious, total, total_log, rest } = series;
            (sums.map(f64::to_bits), *landmark, *last, *serious, *total, total_log.to_bits(), rest.clone())
        };
        assert_eq!(kept(&again), kept(&history.series), "seed {seed}");
    }
}

#[test]
fn what_is_counted_follows_the_incidents_up_to_an_hour() {
    for seed in 0..120u64 {
        let mut history = Random::new(seed);
        for step in 0..100 {
            history.step();
            for hour in history.looks() {
                let (series, context) = (&history.series, format!("seed {seed}, step {step}, hour {hour}"));
                let reported = || history.there.iter().filter(|(_, weight)| !weight.patrol);
                let upto = || reported().filter(|(when, _)| when.0 <= hour);
                let total: u32 = upto().map(|(_, weight)| tenths(weight.severity)).sum();
                assert_eq!(series.total(Hour(hour)), f64::from(total) / 10.0, "{context}");
                let last = upto().filter(|(_, weight)| weight.severity >= 3).map(|(when, _)| *when).max();
                assert_eq!(series.last(Hour(hour)), last, "{context}");
                let near = upto().filter(|(when, _)| when.0 > hour - 20);
                let near: u32 = near.map(|(_, weight)| tenths(weight.severity)).sum();
                assert_eq!(series.within(Hour(hour), 20), f64::from(near) / 10.0, "{context}");
                let begun = reported().filter(|(when, _)| when.0 >= hour).count();
                assert_eq!(series.begun_since(Hour(hour)) as usize, begun, "{context}");
            }
        }
    }
}

#[test]
fn decayed_counts_follow_the_plain_definition() {
    let weights = DecayWeights::default();
    let hours = [3, 40, 41, 500];
    let sums = decayed(&series(&weights, &hours), &weights, 700);
    for (slot, half_life) in HALF_LIVES.iter().enumerate() {
        let plain: f64 = hours.iter().map(|hour| libm::exp2(-f64::from(700 - hour) / half_life)).sum();
        assert!((sums[slot] - plain).abs() < 1e-12, "{} {plain}", sums[slot]);
    }
}

#[test]
fn patrols_are_counted_apart() {
    let weights = DecayWeights::default();
    let patrol = Some(IncidentWeight { severity: 5, patrol: true });
    let mut history = CellHistory::default();
    history.change(&weights, Hour(9), None, patrol);
    assert_eq!((history.total(Hour(9)), decayed(&history, &weights, 9)), (0.0, [0.0; 5]));
    assert_eq!(history.buckets()[0].patrol, 1);
    // Nor does one move a landmark: what is left of others stays as it is.
    let mut history = series(&weights, &[NOW - 55 * 72, NOW - 1]);
    let before = history.clone();
    history.change(&weights, Hour(NOW + 71), None, patrol);
    assert_eq!((history.landmark, history.rest.exact), (before.landmark, before.rest.exact));
    history.change(&weights, Hour(NOW + 71), patrol, None);
    assert_eq!(history.rest, before.rest);
}

#[test]
fn what_a_neighbour_is_shown_reads_as_the_sum_itself() {
    for seed in 0..60u64 {
        let mut history = Random::new(seed);
        for step in 0..100 {
            history.step();
            let [shown, ..] = history.looks();
            let Some((as_of, sum)) = history.series.standing_fortnight(&history.weights, Hour(shown)) else {
                continue;
            };
            // As if nothing had come since.
            let mut then = CellHistory::default();
            for (hour, weight) in history.there.iter().filter(|(hour, _)| hour.0 <= shown) {
                then.change(&history.weights, *hour, None, Some(*weight));
            }
            for hour in [shown, shown + 1, shown + 335, shown + 5_000, shown + 50_000] {
                let read = history.weights.fortnight_later(sum, as_of, Hour(hour));
                let own = decayed(&then, &history.weights, hour)[1];
                assert_eq!(read.to_bits(), own.to_bits(), "seed {seed}, step {step}, hour {hour}");
            }
        }
    }
}

#[test]
fn what_an_earlier_build_showed_of_its_last_hour_reads_on() {
    let weights = DecayWeights::default();
    for (hour, later) in [(NOW + 5, 40), (NOW - 77, 500), (-3, 7)] {
        let left = libm::exp2(-f64::from(later) / HALF_LIVES[1]);
        let read = weights.fortnight_later(2.3, Hour(hour), Hour(hour + later));
        assert!(libm::fabs(read - 2.3 * left) < 1e-14, "{read}");
        assert_eq!(weights.fortnight_later(2.3, Hour(hour), Hour(hour - 9)), 2.3, "a clock was set back");
    }
}

#[test]
fn an_incident_leaves_the_sum_of_three_days_by_definition_and_comes_back_with_its_landmark() {
    let weights = DecayWeights::default();
    let old = NOW - 54 * 72;
    let bits = |hours: &[i32]| series(&weights, hours).rest.exact;
    assert_ne!(bits(&[old, NOW]), bits(&[NOW]), "54 octaves before it counts");
    assert_eq!(bits(&[old - 1, NOW]).short(), bits(&[NOW]).short(), "55 do not");
    assert_ne!(bits(&[old - 1, NOW]), bits(&[NOW]), "but for the longer half-lives");
    let left = |hour: i32| decayed(&series(&weights, &[old]), &weights, hour)[0];
    assert_eq!(left(NOW).to_bits(), libm::exp2(-54.0).to_bits(), "so it is where nothing came since");
    assert_eq!((left(NOW + 71) > 0.0, left(NOW + 72)), (true, 0.0));
    let mut back = series(&weights, &[old - 1, NOW - 1]);
    let before = back.rest.exact;
    back.change(&weights, Hour(NOW), None, Some(GRAVE));
    back.change(&weights, Hour(NOW), Some(GRAVE), None);
    assert_eq!(back.rest.exact, before, "the newest was taken back");
    back.change(&weights, Hour(old - 1), Some(GRAVE), None);
    back.change(&weights, Hour(NOW - 1), Some(GRAVE), None);
    assert!(back.rest.exact.are_empty());
}

#[test]
fn many_incidents_of_the_gravest_over_years_stay_in_bounds() {
    let weights = DecayWeights::default();
    let mut history = CellHistory::default();
    let gravest = HourCount { tenths: i64::from(u32::MAX), severity: i64::from(u32::MAX), serious: 1 };
    let mut sums = ForwardSums::default();
    let newest = Hour(NOW - 1);
    sums.add(&weights, Landmark::of(newest), newest, gravest, 1);
    let read = weights.at(newest).read(&sums.at_landmark(), Landmark::of(newest));
    assert!(libm::fabs(read[0] / (f64::from(u32::MAX) / 10.0) - 1.0) < 1e-12, "{read:?}");
    for hour in (NOW - 60_000..NOW).step_by(37) {
        history.change(&weights, Hour(hour), None, Some(IncidentWeight { severity: 5, patrol: false }));
    }
    let ours = decayed(&history, &weights, NOW);
    for (ours, theirs) in ours.iter().zip(plain(history.buckets(), NOW)) {
        assert!(libm::fabs(ours / theirs - 1.0) < 1e-12, "{ours} for {theirs}");
    }
}
