//! Drift against limits from a simulated null: how far would these figures stray if nothing had changed?
//! A breach is a message to the operator and a suggestion to retrain, never a change by itself.

use crate::chance::Chance;
use crate::logistic::sigmoid;

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
    let mut chance = Chance::new(seed);
    let logits: Vec<f64> = risks.iter().map(|risk| crate::logistic::logit(*risk)).collect();
    let worlds = (0..WORLDS).map(|_| {
        let together = shared * chance.normal() - shared * shared / 2.0;
        logits.iter().filter(|logit| chance.unit() < sigmoid(**logit + together)).count() as f64
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

/// Limits of the mean of a feature over `recent` origins, if they were drawn like the training origins. Whole runs of
/// consecutive origins are drawn, so that slow swings of the training years belong to the null.
pub fn input_limits(training: &[f64], recent: usize, seed: u64) -> Option<Limits> {
    if recent == 0 || training.len() < 4 * recent {
        return None;
    }
    let mut chance = Chance::new(seed);
    let starts = training.len() - recent + 1;
    let mean = |start: usize| training[start..start + recent].iter().sum::<f64>() / recent as f64;
    // Between neighbouring runs the truth is not sharper than their own spread: a jitter of it widens the null.
    let means: Vec<f64> = (0..starts).map(mean).collect();
    let centre = means.iter().sum::<f64>() / starts as f64;
    let spread = libm::sqrt(means.iter().map(|m| (m - centre) * (m - centre)).sum::<f64>() / starts as f64);
    let jitter = spread / libm::sqrt(training.len() as f64 / recent as f64);
    let worlds = (0..WORLDS).map(|_| means[chance.below(starts)] + jitter * chance.normal());
    Some(ends(worlds.collect()))
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
        let mut chance = Chance::new(99);
        let mut breaches = |scale: f64| {
            (0..400)
                .filter(|_| {
                    let hits = risks.iter().filter(|risk| chance.unit() < **risk * scale).count();
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
            let (mut chance, mut risks, mut labels) = (Chance::new(17), Vec::new(), Vec::new());
            for _ in 0..400 {
                let together = truth * chance.normal();
                for place in 0..100 {
                    let logit = -2.5 + f64::from(place % 5) * 0.3;
                    risks.push(sigmoid(logit));
                    labels.push(chance.unit() < sigmoid(logit + together));
                }
            }
            let found = shared(&risks, &labels, 100);
            assert!((found - truth).abs() < 0.12, "{found} where {truth} was put in");
        }
    }

    #[test]
    fn slow_swings_of_training_are_no_drift_and_a_new_level_is() {
        let training: Vec<f64> = (0..208).map(|week| libm::sin(f64::from(week) * 0.12)).collect();
        let limits = input_limits(&training, 8, 3).expect("enough");
        assert!(limits.hold(0.9) && limits.hold(-0.9), "{limits:?}");
        assert!(!limits.hold(1.6), "{limits:?}");
        assert_eq!(input_limits(&training[..20], 8, 3), None);
    }
}
