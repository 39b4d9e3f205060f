//! Drift against limits from a simulated null: how far would these figures stray if nothing had changed?
//! A breach is a message to the operator and a suggestion to retrain, never a change by itself.

pub mod rate;

use crate::rng::Rng;

/// Limits that a figure stays within in an unchanged world.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Limits {
    pub low: f64,
    pub high: f64,
}

impl Limits {
    pub fn hold(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

const WORLDS: usize = 2000;
/// Of so many unchanged worlds one has an input beyond the limits: looked at every week, over all inputs of all kinds at once,
/// that is less than one false episode in ten years.
const ONE_IN: usize = 1000;

/// What so few runs leave out of how far the furthest strays, as a factor: without it 160 unchanged years of thirty inputs began
/// 0.13 episodes a year, and those of what happens ([`rate::FALSE_EPISODES`]) come on top.
const FURTHER: f64 = 1.07;

/// How far the logits of all units rise and fall together between origins, as a standard deviation: what the sums over
/// each origin's `units` rows strayed beyond chance. A common move s of the logits adds s²·(Σp(1−p))² to a sum's variance.
pub fn shared(risks: &[f64], labels: &[bool], units: usize) -> f64 {
    let (mut beyond, mut weight) = (0.0, 0.0);
    for (risks, labels) in risks.chunks(units.max(1)).zip(labels.chunks(units.max(1))) {
        let hits = labels.iter().filter(|label| **label).count() as f64;
        let expected: f64 = risks.iter().sum();
        let chance: f64 = risks.iter().map(|p| p * (1.0 - p)).sum();
        beyond += (hits - expected) * (hits - expected) - chance;
        weight += chance * chance;
    }
    if weight > 0.0 { libm::sqrt((beyond / weight).max(0.0)) } else { 0.0 }
}

/// One input through time: its mean over all places, day by day.
#[derive(Clone, PartialEq, Debug)]
pub struct DriftInput {
    pub name: String,
    pub days: Vec<f64>,
}

/// An input's mean over the last days beside the limits that all inputs together keep in all but one of [`ONE_IN`] unchanged
/// worlds.
#[derive(Clone, PartialEq, Debug)]
pub struct Watched {
    pub name: String,
    pub value: f64,
    pub limits: Limits,
}

/// Days before the last `recent` ones that a reference needs, as a multiple of them.
pub const REFERENCE: usize = 8;

/// Compares the last `recent` days of each input with the days before. Whole runs of consecutive days are drawn, the same
/// run for every input, so that slow swings and inputs that move together belong to the null; the limit is on the
/// furthest of all inputs, so that thirty inputs do not breach thirty times as often. None while there is too little
/// to compare with.
pub fn watch(inputs: &[DriftInput], recent: usize, seed: u64) -> Option<Vec<Watched>> {
    let length = inputs.first().map(|input| input.days.len())?;
    let before = length.checked_sub(recent)?;
    if recent == 0 || before < REFERENCE * recent || inputs.iter().any(|input| input.days.len() != length) {
        return None;
    }
    let starts = before - recent + 1;
    let runs: Vec<Runs> = inputs.iter().map(|input| Runs::new(&input.days[..before], recent)).collect();
    // A few dozen runs do not show how far a further one may stray: each draw is smeared, by the usual width of a kernel
    // over so many, and by what the centre itself is unsure of.
    let independent = before as f64 / recent as f64;
    let jitter = libm::pow(independent, -0.2) + 1.0 / libm::sqrt(independent);
    let mut rng = Rng::new(seed);
    let furthest = (0..WORLDS).map(|_| {
        let start = rng.below(starts);
        let one = |runs: &Runs, noise: f64| libm::fabs(runs.far(runs.means[start]) + jitter * noise);
        runs.iter().map(|runs| one(runs, rng.normal())).fold(0.0, f64::max)
    });
    let mut furthest: Vec<f64> = furthest.collect();
    furthest.sort_by(f64::total_cmp);
    let reach = FURTHER * furthest[WORLDS - 1 - WORLDS / ONE_IN];
    let watched = inputs.iter().zip(&runs).map(|(input, runs)| Watched {
        name: input.name.clone(),
        value: input.days[before..].iter().sum::<f64>() / recent as f64,
        limits: Limits { low: runs.centre - reach * runs.spread, high: runs.centre + reach * runs.spread },
    });
    Some(watched.collect())
}

/// Means of all runs of consecutive days, their centre and their spread.
struct Runs {
    means: Vec<f64>,
    centre: f64,
    spread: f64,
}

/// An input that never moved still has this much room: rounding is no drift.
const ROOM: f64 = 1e-3;

impl Runs {
    fn new(days: &[f64], recent: usize) -> Runs {
        let means: Vec<f64> =
            days.windows(recent).map(|run| run.iter().sum::<f64>() / recent as f64).collect();
        let n = means.len() as f64;
        let centre = means.iter().sum::<f64>() / n;
        let spread = libm::sqrt(means.iter().map(|m| (m - centre) * (m - centre)).sum::<f64>() / n);
        Runs { means, centre, spread: spread.max(ROOM) }
    }

    fn far(&self, mean: f64) -> f64 {
        (mean - self.centre) / self.spread
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logistic::sigmoid;

    #[test]
    fn what_places_share_is_found_again_and_nothing_is_made_up() {
        for truth in [0.0, 0.5] {
            let (mut rng, mut risks, mut labels) = (Rng::new(17), Vec::new(), Vec::new());
            for _ in 0..400 {
                let together = truth * rng.normal();
                for place in 0..100 {
                    let logit = -2.5 + f64::from(place % 5) * 0.3;
                    risks.push(sigmoid(logit));
                    labels.push(rng.unit() < sigmoid(logit + together));
                }
            }
            let found = shared(&risks, &labels, 100);
            assert!((found - truth).abs() < 0.12, "{found} where {truth} was put in");
        }
    }

    fn input(name: &str, days: impl Iterator<Item = f64>) -> DriftInput {
        DriftInput { name: name.into(), days: days.collect() }
    }

    #[test]
    fn slow_swings_are_no_drift_and_a_new_level_is() {
        let swing = |day: i32| libm::sin(f64::from(day) * 0.12);
        let level =
            |last: f64| input("a", (0..222).map(move |day| if day < 208 { swing(day) } else { last }));
        let hold = |last: f64| {
            let watched = watch(&[level(last)], 14, 3).expect("enough");
            watched[0].limits.hold(watched[0].value)
        };
        assert!(hold(0.8) && hold(-0.8));
        assert!(!hold(2.5) && !hold(-2.5));
        assert_eq!(watch(&[input("a", (0..120).map(swing))], 14, 3), None, "too little to compare with");
        let flat = watch(&[input("a", (0..222).map(|_| 0.7))], 14, 3).expect("enough");
        assert!(flat[0].limits.hold(flat[0].value), "what never moves has not drifted");
    }

    /// Thirty unchanged inputs that persist from day to day, looked at week by week: how many episodes begin in so many years.
    fn false_episodes_of_inputs(years: usize) -> usize {
        let mut rng = Rng::new(5);
        let mut series = |of: usize| -> Vec<f64> {
            let mut value = rng.normal();
            let mut day = || {
                value = 0.7 * value + 0.7 * rng.normal();
                value
            };
            (0..of).map(|_| day()).collect()
        };
        let mut episodes = 0;
        for _ in 0..years / 2 {
            let inputs: Vec<Vec<f64>> = (0..30).map(|_| series(365 * 3)).collect();
            let mut strayed: Option<usize> = None;
            for day in (365..365 * 3).step_by(7) {
                let last_year = |days: &Vec<f64>| input("a", days[day - 365..day].iter().copied());
                let inputs: Vec<DriftInput> = inputs.iter().map(last_year).collect();
                let watched = watch(&inputs, 14, 9).expect("enough");
                if watched.iter().any(|one| !one.limits.hold(one.value)) {
                    episodes += usize::from(strayed.is_none_or(|last| day - last > 28));
                    strayed = Some(day);
                }
            }
        }
        episodes
    }

    /// The goal is of the service: what both watches begin is added up, as if no two fell together.
    #[test]
    fn both_watches_together_begin_at_most_a_fifth_of_an_episode_a_year_in_an_unchanged_world() {
        const YEARS: usize = 40;
        let inputs = false_episodes_of_inputs(YEARS) as f64 / YEARS as f64;
        assert!(inputs <= 0.1, "{inputs} a year by the inputs");
        for (of, rate) in rate::tests::false_episodes_a_year() {
            assert!(
                rate + inputs <= 0.2,
                "{rate} a year where {of:?} are expected, and {inputs} by the inputs"
            );
        }
    }
}
