//! What would lower a risk: how it falls where nothing new happens, by the line's own weights.

use crate::logistic::sigmoid;
use domain::feature::{FeatureVector, NAMES, SURROUNDINGS_FLOOR};
use domain::scorer::Contributions;

/// Days looked ahead.
pub const AHEAD: u32 = 180;

/// In how many days a risk falls to a share of what it is, or to what is usual, where nothing new happens in the place and
/// around it and everything else stays as it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Outlook {
    /// Days until it is half as high; None: not within [`AHEAD`].
    pub half: Option<u32>,
    /// Days until it is as usual, give or take a tenth; 0 where it is.
    pub usual: Option<u32>,
}

/// A tenth above what is usual is usual.
const NEAR: f64 = 1.1;

/// The outlook of a risk with its features, what each contributes to its logit, and the usual risk, 0 to 1.
pub fn outlook(features: &FeatureVector, contributions: &Contributions, usual: f64) -> Outlook {
    let now = risk_after(features, contributions, 0);
    let first = |most: f64| (0..=AHEAD).find(|days| risk_after(features, contributions, *days) <= most);
    Outlook { half: first(now / 2.0), usual: first(usual * NEAR) }
}

/// The risk after so many quiet days.
pub fn risk_after(features: &FeatureVector, contributions: &Contributions, days: u32) -> f64 {
    let later = after_quiet(features, f64::from(days));
    let logit: f64 = (0..NAMES.len())
        .map(|at| match features[at] {
            // What stands at 0 has a weight that nobody can read off; it moves hardly.
            value if value.abs() < 1e-9 => contributions.features[at],
            value => contributions.features[at] * later[at] / value,
        })
        .sum();
    sigmoid(contributions.intercept + logit)
}

fn after_quiet(features: &FeatureVector, days: f64) -> FeatureVector {
    let left = |half_life: f64| libm::exp2(-days / half_life);
    let of = |name: &str| NAMES.iter().position(|own| *own == name).map_or(0.0, |at| features[at]);
    let decayed = |value: f64, half_life: f64| libm::log1p(libm::expm1(value).max(0.0) * left(half_life));
    let mut later = *features;
    for (at, name) in NAMES.iter().enumerate() {
        let value = features[at];
        later[at] = match *name {
            "count_3d" => decayed(value, 3.0),
            "count_14d" | "severity_14d" | "neighbours_14d" | "regency_14d" => decayed(value, 14.0),
            "count_90d" | "serious_90d" => decayed(value, 90.0),
            "count_30d" => libm::log1p(libm::expm1(value).max(0.0) * (1.0 - days / 30.0).max(0.0)),
            "days_since" => libm::log1p(libm::expm1(value) + days).min(libm::log1p(730.0)).max(value),
            "surroundings_14d" => {
                let mean = (libm::exp(value) - SURROUNDINGS_FLOOR).max(0.0);
                libm::log(SURROUNDINGS_FLOOR + mean * left(14.0))
            }
            "acceleration" => {
                let [short, long] = ["count_3d", "count_14d"].map(|name| libm::expm1(of(name)).max(0.0));
                libm::log((short * left(3.0) + 0.1) / (long * left(14.0) * 3.0 / 14.0 + 0.1))
            }
            _ => value,
        };
    }
    later
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::feature::COUNT;

    fn at(name: &str) -> usize {
        NAMES.iter().position(|own| *own == name).expect("a feature")
    }

    /// Three incidents, weights of one on two counts.
    fn busy() -> (FeatureVector, Contributions) {
        let (mut features, mut shares) = ([0.0; COUNT], [0.0; COUNT]);
        for name in ["count_3d", "count_14d"] {
            features[at(name)] = 3f64.ln_1p();
            shares[at(name)] = 3f64.ln_1p();
        }
        (features, Contributions { intercept: -5.0, features: shares })
    }

    #[test]
    fn a_risk_falls_by_the_half_lives_of_what_it_rests_on() {
        let (features, contributions) = busy();
        let now = risk_after(&features, &contributions, 0);
        assert!((now - sigmoid(-5.0 + 2.0 * 3f64.ln_1p())).abs() < 1e-12);
        let later = sigmoid(-5.0 + (3.0 * 0.5f64.powf(14.0 / 3.0)).ln_1p() + 1.5f64.ln_1p());
        assert!((risk_after(&features, &contributions, 14) - later).abs() < 1e-12);
        let all: Vec<f64> = (0..AHEAD).map(|days| risk_after(&features, &contributions, days)).collect();
        assert!(all.is_sorted_by(|a, b| a >= b), "it never rises where nothing happens");
        let found = outlook(&features, &contributions, sigmoid(-5.0) * 1.2);
        let (half, usual) = (found.half.expect("it halves"), found.usual.expect("it ends as usual"));
        assert!(all[half as usize] <= now / 2.0 && all[half as usize - 1] > now / 2.0 && half < usual);
    }

    #[test]
    fn where_nothing_counts_nothing_falls_and_what_is_usual_is_usual_now() {
        let contributions = Contributions { intercept: -3.0, features: [0.0; COUNT] };
        let found = outlook(&[0.0; COUNT], &contributions, sigmoid(-3.0));
        assert_eq!(found, Outlook { half: None, usual: Some(0) });
        let (features, contributions) = busy();
        assert_eq!(outlook(&features, &contributions, 1e-6).usual, None, "half a year is not enough");
    }
}
