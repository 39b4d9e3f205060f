//! How often it happens, watched for the whole service at once: each week's hits over all cells and kinds beside what their
//! forecasts let expect. Page's cumulative sums say from when on it happens twice as often, or half as often; where they stand
//! for a shift is set by worlds without one, so that these begin fewer than [`FALSE_EPISODES`] episodes a year.

use crate::rng::Rng;

/// Episodes a year that chance alone may begin by this watch; the inputs have the rest of 0.2.
pub const FALSE_EPISODES: f64 = 0.1;

/// A week of forecasts that have an outcome, over all cells and kinds of a service.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct WeekSum {
    /// The Monday they were made.
    pub day: i64,
    pub expected: f64,
    pub observed: u32,
    /// Standard deviation of what the cells of a week share, as a share of what is expected.
    pub shared: f64,
}

/// Which way it strays.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RateShift {
    More,
    Fewer,
}

impl RateShift {
    pub const fn as_str(self) -> &'static str {
        match self {
            RateShift::More => "more",
            RateShift::Fewer => "fewer",
        }
    }
}

/// What the watch says of the last week.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct RateFinding {
    /// None where what happened is what was expected, as far as anybody can tell.
    pub shift: Option<RateShift>,
    /// Over the last [`LOOK`] weeks, for people to read.
    pub observed: u32,
    pub expected: f64,
    pub weeks: usize,
    /// The chance that a doubling is found within six months, the wait for outcomes included.
    pub power: f64,
}

/// Fewer weeks than this let expect nothing.
const FEWEST_WEEKS: usize = 8;
/// Weeks shown.
pub const LOOK: usize = 26;
/// A shift that is looked for: twice as often, or half as often.
const TIMES: f64 = 2.0;

/// How often it happened against how often it was to be expected. `wait` weeks pass until a forecast has its outcome. None
/// while there are too few weeks, or nothing is expected.
pub fn watch_rate(weeks: &[WeekSum], wait: usize, seed: u64) -> Option<RateFinding> {
    let expected: f64 = weeks.iter().map(|week| week.expected).sum();
    if weeks.len() < FEWEST_WEEKS || expected <= 0.0 {
        return None;
    }
    let null = NullWorlds::new(weeks, seed);
    let limit = null.limit();
    let mut sums = CumulativeSums::new(limit);
    for week in weeks {
        sums.add(week.expected, f64::from(week.observed));
    }
    let last = &weeks[weeks.len().saturating_sub(LOOK)..];
    Some(RateFinding {
        shift: sums.shift,
        observed: last.iter().map(|week| week.observed).sum(),
        expected: last.iter().map(|week| week.expected).sum(),
        weeks: last.len(),
        power: null.power(limit, LOOK.saturating_sub(wait)),
    })
}

/// Two sums of log likelihood ratios, that never fall below 0 nor rise above the limit: a shift stands from where one reaches
/// the limit until it is back at 0.
struct CumulativeSums {
    limit: f64,
    more: f64,
    fewer: f64,
    shift: Option<RateShift>,
}

impl CumulativeSums {
    fn new(limit: f64) -> CumulativeSums {
        CumulativeSums { limit, more: 0.0, fewer: 0.0, shift: None }
    }

    /// True where an episode begins.
    fn add(&mut self, expected: f64, observed: f64) -> bool {
        let gain = observed * libm::log(TIMES);
        self.more = (self.more + gain - (TIMES - 1.0) * expected).clamp(0.0, self.limit);
        self.fewer = (self.fewer - gain + (1.0 - 1.0 / TIMES) * expected).clamp(0.0, self.limit);
        let before = self.shift;
        self.shift = match self.shift {
            Some(RateShift::More) if self.more > 0.0 => before,
            Some(RateShift::Fewer) if self.fewer > 0.0 => before,
            _ if self.more >= self.limit => Some(RateShift::More),
            _ if self.fewer >= self.limit => Some(RateShift::Fewer),
            _ => None,
        };
        before.is_none() && self.shift.is_some()
    }
}

const YEARS: usize = 600;
const WEEKS_A_YEAR: usize = 52;
const TRIALS: usize = 300;

/// Weeks like those of the record in a world where the forecasts are right.
struct NullWorlds<'a> {
    weeks: &'a [WeekSum],
    seed: u64,
    draws: Vec<(f64, f64)>,
}

impl NullWorlds<'_> {
    fn new(weeks: &[WeekSum], seed: u64) -> NullWorlds<'_> {
        let weeks = &weeks[weeks.len().saturating_sub(WEEKS_A_YEAR)..];
        let mut rng = Rng::new(seed);
        let all = (0..YEARS * WEEKS_A_YEAR).map(|at| weeks[at % weeks.len()]);
        let draws = all.map(|week| (week.expected, hits(&mut rng, week.expected, week.shared))).collect();
        NullWorlds { weeks, seed, draws }
    }

    /// The lowest limit at which chance begins few enough episodes.
    fn limit(&self) -> f64 {
        let few = (FALSE_EPISODES * YEARS as f64) as usize;
        let (mut low, mut high) = (0.0, 1.0);
        while self.episodes(high) > few {
            (low, high) = (high, high * 2.0);
        }
        for _ in 0..8 {
            let middle = (low + high) / 2.0;
            if self.episodes(middle) > few { low = middle } else { high = middle }
        }
        high
    }

    fn episodes(&self, limit: f64) -> usize {
        let mut sums = CumulativeSums::new(limit);
        self.draws.iter().filter(|(expected, observed)| sums.add(*expected, *observed)).count()
    }

    /// How often a doubling is found within so many weeks.
    fn power(&self, limit: f64, within: usize) -> f64 {
        let mut rng = Rng::new(self.seed ^ 1);
        let found = (0..TRIALS).filter(|trial| {
            let mut sums = CumulativeSums::new(limit);
            (0..within).any(|at| {
                let week = self.weeks[(trial * 7 + at) % self.weeks.len()];
                let observed = hits(&mut rng, TIMES * week.expected, week.shared);
                sums.add(week.expected, observed) && sums.shift == Some(RateShift::More)
            })
        });
        found.count() as f64 / TRIALS as f64
    }
}

/// Hits of a week that lets expect so many, of places that rise and fall together by `shared`.
pub(super) fn hits(rng: &mut Rng, expected: f64, shared: f64) -> f64 {
    const MANY: f64 = 30.0;
    let deviation = libm::sqrt(libm::log1p(shared * shared));
    let mean = expected * libm::exp(deviation * rng.normal() - deviation * deviation / 2.0);
    if mean > MANY {
        return libm::round(mean + libm::sqrt(mean) * rng.normal()).max(0.0);
    }
    f64::from(rng.poisson(mean))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A record of so many weeks; from `from` on it happens `times` as often as forecast.
    fn record(
        rng: &mut Rng,
        expected: f64,
        shared: f64,
        weeks: usize,
        (from, times): (usize, f64),
    ) -> Vec<WeekSum> {
        (0..weeks)
            .map(|at| {
                let times = if at >= from { times } else { 1.0 };
                // More is expected in the wet half of the year.
                let season = 1.0 + 0.5 * libm::sin(at as f64 / 52.0 * std::f64::consts::TAU);
                let expected = expected * season;
                let observed = hits(rng, expected * times, shared) as u32;
                WeekSum { day: 7 * at as i64 + 4, expected, observed, shared }
            })
            .collect()
    }

    /// Weekly expectations, and what the cells of a week share.
    const WORLDS: [(f64, f64); 4] = [(0.3, 0.0), (0.8, 0.3), (3.0, 0.3), (40.0, 0.2)];

    /// Episodes a year that chance begins in each kind of world, in eight hundred years of each.
    pub fn false_episodes_a_year() -> [((f64, f64), f64); 4] {
        const YEARS_AFTER: usize = 20;
        const RECORDS: usize = 40;
        let mut rng = Rng::new(20_261_129);
        WORLDS.map(|(expected, shared)| {
            let mut episodes = 0;
            for _ in 0..RECORDS {
                let weeks = record(&mut rng, expected, shared, 52 * (1 + YEARS_AFTER), (usize::MAX, 1.0));
                let limit = NullWorlds::new(&weeks[..52], 5).limit();
                let mut sums = CumulativeSums::new(limit);
                let begin = |week: &&WeekSum| sums.add(week.expected, f64::from(week.observed));
                episodes += weeks[52..].iter().filter(begin).count();
            }
            ((expected, shared), episodes as f64 / (RECORDS * YEARS_AFTER) as f64)
        })
    }

    #[test]
    fn in_an_unchanged_world_few_episodes_begin() {
        let worlds = false_episodes_a_year();
        let a_year = worlds.iter().map(|world| world.1).sum::<f64>() / worlds.len() as f64;
        assert!((0.03..=0.15).contains(&a_year), "{worlds:?}");
    }

    #[test]
    fn a_doubling_is_found_within_six_months_and_a_halving_is_found() {
        let mut rng = Rng::new(7);
        let found = |rng: &mut Rng, expected: f64, times: f64, within: usize| {
            (0..40)
                .filter(|_| {
                    let weeks = record(rng, expected, 0.3, 60 + within, (60, times));
                    watch_rate(&weeks, 2, 5).is_some_and(|finding| finding.shift.is_some())
                })
                .count()
        };
        // Two weeks pass until a forecast has its outcome: of six months 24 are left.
        assert!(found(&mut rng, 2.0, 2.0, 24) >= 36, "about a hundred events a year");
        assert!(found(&mut rng, 2.0, 0.4, 52) >= 34);
        assert!(found(&mut rng, 0.05, 2.0, 24) <= 20, "three events a year tell nothing so soon");
    }

    #[test]
    fn how_likely_a_doubling_is_found_is_what_a_trial_says() {
        let mut rng = Rng::new(3);
        let power = |rng: &mut Rng, expected: f64| {
            let weeks = record(rng, expected, 0.3, 104, (104, 1.0));
            watch_rate(&weeks, 2, 5).expect("enough").power
        };
        let (many, few) = (power(&mut rng, 2.0), power(&mut rng, 0.1));
        assert!(many > 0.9 && few < 0.5, "{many} {few}");
        assert_eq!(watch_rate(&record(&mut rng, 2.0, 0.0, 7, (7, 1.0)), 2, 5), None, "too few weeks");
    }
}
