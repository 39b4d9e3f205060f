//! Synthetic history with a known truth: clustered (each event may have children), seasonal, reported late, by some places
//! not at all for a while, and by several sources at once. Results on it are tests of the machinery, never field results.

#[cfg(test)]
mod hawkes;
pub mod regimes;

use crate::events::Event;
use crate::period::Day;
use crate::rng::Rng;

#[derive(Clone, Debug)]
pub struct World {
    pub places: usize,
    pub days: u32,
    /// Spontaneous events a day and place on average; places differ by a factor of up to `spread` either way.
    pub rate: f64,
    pub spread: f64,
    /// 0: no season; 0.5: between half and one and a half times the rate.
    pub season: f64,
    pub branching: f64,
    pub half_life_days: f64,
    /// Mean days until a report arrives.
    pub delay_days: f64,
    /// Share of places whose reports stop for the last tenth of the time.
    pub silent: f64,
    /// Mean number of further sources that report the same event.
    pub duplicates: f64,
    /// From this day on the spontaneous rate is multiplied by the factor; never, at infinity.
    pub break_day: f64,
    pub break_factor: f64,
    pub seed: u64,
}

/// How events come: by themselves, and as children of earlier ones.
#[derive(Clone, Debug, PartialEq)]
pub struct Excitation {
    /// Spontaneous events a day, by place.
    pub background: Vec<f64>,
    /// Mean number of direct children of an event.
    pub branching: f64,
    /// A child's mean delay is 1 / decay days.
    pub decay: f64,
}

impl Excitation {
    /// Chance of at least one event in `days` after the history, if no further event came first: a lower bound that is
    /// close for the low rates here.
    pub fn risk_from(&self, background: f64, excited: f64, days: f64) -> f64 {
        let expected = background * days + self.branching * excited * -libm::expm1(-self.decay * days);
        -libm::expm1(-expected)
    }

    /// Σ e^(−decay · age) over the events known at a day.
    pub fn excited(&self, times: &[f64], now: f64) -> f64 {
        times.iter().filter(|time| **time <= now).map(|time| libm::exp(-self.decay * (now - time))).sum()
    }
}

/// What truly happened, and what was reported of it.
#[derive(Clone, Debug)]
pub struct History {
    pub truth: Excitation,
    /// Event times in days, by place, in order.
    pub times: Vec<Vec<f64>>,
    world: World,
    /// Reports; several may tell of one event, and a silent place tells nothing.
    pub reports: Vec<Event>,
}

impl World {
    /// About the base rates of Indonesian kabupaten: a cluster now and then, most places quiet.
    pub fn quiet_country(seed: u64) -> World {
        World {
            places: 120,
            days: 1460,
            rate: 0.006,
            spread: 4.0,
            season: 0.0,
            branching: 0.5,
            half_life_days: 10.0,
            delay_days: 0.0,
            silent: 0.0,
            duplicates: 0.0,
            break_day: f64::INFINITY,
            break_factor: 1.0,
            seed,
        }
    }

    pub fn make(&self) -> History {
        let mut rng = Rng::new(self.seed);
        let decay = std::f64::consts::LN_2 / self.half_life_days;
        let lift = libm::log(self.spread.max(1.0));
        let background: Vec<f64> =
            (0..self.places).map(|_| self.rate * libm::exp(lift * (2.0 * rng.unit() - 1.0))).collect();
        let truth = Excitation { background, branching: self.branching, decay };
        let times: Vec<Vec<f64>> =
            truth.background.iter().map(|rate| self.place(&mut rng, *rate, decay)).collect();
        let reports = self.report(&mut rng, &times);
        History { truth, times, world: self.clone(), reports }
    }

    /// Spontaneous events thinned by the season, each with its children and theirs.
    fn place(&self, rng: &mut Rng, rate: f64, decay: f64) -> Vec<f64> {
        let (length, most) = (f64::from(self.days), rate * self.most());
        let mut times = Vec::new();
        let mut now = rng.exponential() / most;
        while now < length {
            if rng.unit() * self.most() < self.level(now) {
                times.push(now);
            }
            now += rng.exponential() / most;
        }
        let mut parent = 0;
        while parent < times.len() {
            for _ in 0..rng.poisson(self.branching) {
                let child = times[parent] + rng.exponential() / decay;
                if child < length {
                    times.push(child);
                }
            }
            parent += 1;
        }
        times.sort_by(f64::total_cmp);
        times
    }

    /// The spontaneous rate of a day against the average, and the most it can be.
    fn level(&self, day: f64) -> f64 {
        let season = 1.0 + self.season * libm::cos(2.0 * std::f64::consts::PI * day / 365.25);
        if day < self.break_day { season } else { season * self.break_factor }
    }

    fn most(&self) -> f64 {
        (1.0 + self.season) * self.break_factor.max(1.0)
    }

    /// A place's name in the reports.
    pub fn name(place: usize) -> String {
        format!("u{place:03}")
    }

    fn report(&self, rng: &mut Rng, times: &[Vec<f64>]) -> Vec<Event> {
        let silence = f64::from(self.days) * 0.9;
        let mut reports = Vec::new();
        for (place, own) in times.iter().enumerate() {
            let silent = rng.unit() < self.silent;
            for time in own.iter().filter(|time| !silent || **time < silence) {
                for _ in 0..=rng.poisson(self.duplicates) {
                    let day = *time as Day;
                    let late = (self.delay_days * rng.exponential()) as Day;
                    let (unit, parent) = (World::name(place), Some(format!("p{}", place / 12)));
                    reports.push(Event {
                        unit,
                        parent,
                        day,
                        received: day + late,
                        gone: None,
                        severity: None,
                    });
                }
            }
        }
        reports
    }
}

impl History {
    /// The oracle's chance of an event in a place within `days` of `now`: it knows every parameter and every event so far.
    pub fn oracle(&self, place: usize, now: f64, days: f64) -> f64 {
        let excited = self.truth.excited(&self.times[place], now);
        self.truth.risk_from(self.truth.background[place] * self.world.level(now + days / 2.0), excited, days)
    }
}

#[cfg(test)]
mod tests;
