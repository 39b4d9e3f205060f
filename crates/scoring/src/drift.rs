//! Drift against limits from a simulated null: how far would these figures stray if nothing had changed?
//! A breach is a message to the operator and a suggestion to retrain, never a change by itself.

use crate::logistic::sigmoid;
use crate::rng::Rng;

/// Limits that a figure stays within in 99 of 100 unchanged worlds.
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

/// Limits of the number of hits among forecasts, if the forecasts are right. Places of one week rise and fall together:
/// `shared` is the standard deviation of their common logit (0: independent), as measured in the fit's residuals.
pub fn hit_limits(risks: &[f64], shared: f64, seed: u64) -> Limits {
    let mut rng = Rng::new(seed);
    let logits: Vec<f64> = risks.iter().map(|risk| crate::logistic::logit(*risk)).collect();
    let worlds = (0..WORLDS).map(|_| {
        let together = shared * rng.normal() - shared * shared / 2.0;
        logits.iter().filter(|logit| rng.unit() < sigmoid(**logit + together)).count() as f64
    });
    ends(worlds.collect())
}

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

/// An input's mean over the last days beside the limits that all inputs together keep in 99 of 100 unchanged worlds.
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
    let reach = furthest[WORLDS - 1 - WORLDS / 100];
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

fn ends(mut worlds: Vec<f64>) -> Limits {
    worlds.sort_by(f64::total_cmp);
    Limits { low: worlds[WORLDS / 200], high: worlds[WORLDS - 1 - WORLDS / 200] }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Breaches among many unchanged worlds, and among worlds with twice the rate.
    #[test]
    fn an_unchanged_world_seldom_breaches_and_a_doubled_one_does() {
        let risks: Vec<f64> = (0..500).map(|i| 0.02 + 0.1 * f64::from(i % 7) / 7.0).collect();
        let limits = hit_limits(&risks, 0.0, 1);
        let mut rng = Rng::new(99);
        let mut breaches = |scale: f64| {
            (0..400)
                .filter(|_| {
                    let hits = risks.iter().filter(|risk| rng.unit() < **risk * scale).count();
                    !limits.hold(hits as f64)
                })
                .count()
        };
        assert!(breaches(1.0) < 16, "about one in a hundred of 400");
        assert!(breaches(2.0) > 380);
    }

    #[test]
    fn shared_weather_widens_the_limits() {
        let risks = vec![0.05; 500];
        let (alone, together) = (hit_limits(&risks, 0.0, 1), hit_limits(&risks, 0.6, 1));
        assert!(together.high > alone.high && together.low < alone.low, "{alone:?} {together:?}");
    }

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

    /// Thirty unchanged inputs, two hundred worlds: the limit is on the furthest of all.
    #[test]
    fn many_inputs_do_not_breach_more_often() {
        let mut rng = Rng::new(5);
        let breaches = (0..200)
            .filter(|_| {
                let inputs: Vec<DriftInput> =
                    (0..30).map(|_| input("a", (0..254).map(|_| rng.normal()))).collect();
                let watched = watch(&inputs, 14, 9).expect("enough");
                watched.iter().any(|one| !one.limits.hold(one.value))
            })
            .count();
        assert!(breaches <= 10, "{breaches} of 200");
    }
}
