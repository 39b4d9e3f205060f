//! What the calibration figures could be at best: a forecast that is exactly right still shows an error and a slope off 1
//! by chance, and a forecast bent to fit the very cells it is judged on shows what is left after that.

use super::{Interval, Truth, bins, brier, calibration, ece};
use crate::logistic::{logit, sigmoid};
use crate::recalibrate::Stretch;
use crate::rng::Rng;
use serde::{Deserialize, Serialize};

/// Calibration error and slope that a right forecast shows, over some hundred worlds made from it: mean, and the ends
/// that leave 2.5 % out on either side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NoiseFloor {
    pub ece: Interval,
    /// None where too few worlds had both outcomes.
    pub slope: Option<Interval>,
}

/// Worlds drawn: fewer where there are so many cells that noise is small anyway.
fn draws(cells: usize) -> usize {
    (2_000_000 / cells.max(1)).clamp(40, 400)
}

/// Every cell comes true with its forecast's probability, independently: real cells swing together, so that the real noise
/// is wider than this.
pub fn noise_floor(truth: &Truth, risk: &[f64], seed: u64) -> NoiseFloor {
    let mut rng = Rng::new(seed);
    drawn(truth, risk, draws(risk.len()), |labels| {
        labels.iter_mut().zip(risk).for_each(|(label, p)| *label = rng.unit() < *p);
    })
}

/// What swings together: labels that look `days` ahead from weekly origins share events, and all places share the
/// weather of a week, whose logits move by `shared` (a standard deviation) without anybody knowing it before.
#[derive(Clone, Copy, Debug)]
pub struct Swing {
    pub days: u32,
    pub shared: f64,
}

/// Few, for each draws every week of every place: the ends are those of so many draws.
const SWINGING: usize = 40;

/// The noise floor of a forecast that is right but for the weather: events fall week by week at the rates the forecast speaks of.
pub fn noise_floor_together(truth: &Truth, risk: &[f64], swing: Swing, seed: u64) -> NoiseFloor {
    let weeks = f64::from(swing.days) / 7.0;
    let span = truth.periods + weeks.ceil() as usize - 1;
    let rate = |unit: usize, week: usize| {
        let own = risk[unit * truth.periods + week.min(truth.periods - 1)];
        -libm::log1p(-own.min(1.0 - 1e-9)) / weeks
    };
    // The last week of a horizon may count in part.
    let part = |ahead: usize| (weeks - ahead as f64).clamp(0.0, 1.0);
    let ahead = || 0..weeks.ceil() as usize;
    let cells = || (0..truth.units).flat_map(|unit| (0..truth.periods).map(move |origin| (unit, origin)));
    let expected = |(unit, origin): (usize, usize)| {
        -libm::expm1(-ahead().map(|k| part(k) * rate(unit, origin + k)).sum::<f64>())
    };
    let right: Vec<f64> = cells().map(expected).collect();
    let mut rng = Rng::new(seed);
    drawn(truth, &right, SWINGING, |labels| {
        let weather: Vec<f64> = (0..span)
            .map(|_| libm::exp(swing.shared * rng.normal() - swing.shared * swing.shared / 2.0))
            .collect();
        for unit in 0..truth.units {
            // When in its week the first event falls, as a share of the week; beyond 1 it has none.
            let first: Vec<f64> =
                (0..span).map(|week| rng.exponential() / (rate(unit, week) * weather[week])).collect();
            for origin in 0..truth.periods {
                labels[unit * truth.periods + origin] = ahead().any(|k| first[origin + k] < part(k));
            }
        }
    })
}

/// Error and slope of `risk` over worlds whose labels `fill` draws.
fn drawn(truth: &Truth, risk: &[f64], draws: usize, mut fill: impl FnMut(&mut [bool])) -> NoiseFloor {
    let mut world = truth.clone();
    let (mut errors, mut slopes) = (Vec::new(), Vec::new());
    for _ in 0..draws {
        fill(&mut world.labels);
        errors.push(ece(&bins(&world, risk)));
        slopes.extend(calibration(&world, risk).map(|(_, slope)| slope));
    }
    let slope = (slopes.len() >= draws / 2).then(|| middle(slopes));
    NoiseFloor { ece: middle(errors), slope }
}

/// Mean and the ends that leave 2.5 % out on either side.
fn middle(mut values: Vec<f64>) -> Interval {
    values.sort_by(f64::total_cmp);
    let out = values.len() / 40;
    Interval {
        value: values.iter().sum::<f64>() / values.len() as f64,
        low: values[out],
        high: values[values.len() - 1 - out],
    }
}

/// The same forecast recalibrated on the test cells themselves: no honest forecast can know this much.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Oracle {
    /// Only the level moved, so that the mean forecast is the share hit.
    pub level: Bent,
    /// Level and slope.
    pub both: Bent,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bent {
    pub brier: f64,
    pub ece: f64,
    pub slope: f64,
    pub shift: f64,
}

pub fn oracle(truth: &Truth, risk: &[f64]) -> Option<Oracle> {
    let logits: Vec<f64> = risk.iter().map(|p| logit(p.clamp(1e-4, 1.0 - 1e-4))).collect();
    let share = truth.labels.iter().filter(|label| **label).count() as f64 / truth.labels.len() as f64;
    let (shift, slope) = calibration(truth, risk)?;
    let bent = |stretch: Stretch| {
        let risk: Vec<f64> = logits.iter().map(|z| sigmoid(stretch.apply(*z))).collect();
        Bent {
            brier: brier(truth, &risk),
            ece: ece(&bins(truth, &risk)),
            slope: stretch.slope,
            shift: stretch.shift,
        }
    };
    Some(Oracle { level: bent(Stretch::to_mean(1.0, &logits, share)), both: bent(Stretch { slope, shift }) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(bend: f64) -> (Truth, Vec<f64>) {
        let mut rng = Rng::new(12);
        let z: Vec<f64> = (0..4000).map(|_| rng.normal() - 2.0).collect();
        let labels = z.iter().map(|z| rng.unit() < sigmoid(bend * z)).collect();
        let truth = Truth { units: 2, periods: 2000, quiet: Vec::new(), quarter: Vec::new(), labels };
        (truth, z.into_iter().map(sigmoid).collect())
    }

    #[test]
    fn a_right_forecast_lies_within_its_noise_floor_and_a_bent_one_does_not() {
        let (right, risk) = cells(1.0);
        let (wrong, _) = cells(0.5);
        let noise_floor = noise_floor(&right, &risk, 3);
        let slope = noise_floor.slope.expect("both outcomes");
        assert!((slope.value - 1.0).abs() < 0.03 && slope.low < 1.0 && slope.high > 1.0, "{noise_floor:?}");
        assert!(noise_floor.ece.low > 0.0 && noise_floor.ece.high < 0.03, "{noise_floor:?}");
        assert!(
            ece(&bins(&right, &risk)) < noise_floor.ece.high
                && ece(&bins(&wrong, &risk)) > noise_floor.ece.high
        );
        let found = calibration(&wrong, &risk).expect("a slope").1;
        assert!(found < slope.low, "{found} {noise_floor:?}");
    }

    #[test]
    fn labels_that_overlap_and_swing_together_leave_more_to_noise() {
        let (truth, risk) = cells(1.0);
        let truth = Truth { units: 40, periods: 100, ..truth };
        let alone = noise_floor(&truth, &risk, 3);
        let same = noise_floor_together(&truth, &risk, Swing { days: 7, shared: 0.0 }, 3);
        assert!((alone.ece.value - same.ece.value).abs() < 0.003, "{alone:?} {same:?}");
        let month = noise_floor_together(&truth, &risk, Swing { days: 30, shared: 0.0 }, 3);
        let weather = noise_floor_together(&truth, &risk, Swing { days: 7, shared: 0.5 }, 3);
        assert!(
            month.ece.value > 1.2 * same.ece.value && weather.ece.high > same.ece.high,
            "{month:?} {weather:?}"
        );
        let slope = month.slope.expect("both outcomes");
        assert!((slope.value - 1.0).abs() < 0.1, "{month:?}");
    }

    #[test]
    fn the_oracle_takes_the_bend_back() {
        let (wrong, risk) = cells(0.5);
        let oracle = oracle(&wrong, &risk).expect("both outcomes");
        assert!((oracle.both.slope - 0.5).abs() < 0.1, "{oracle:?}");
        let plain = ece(&bins(&wrong, &risk));
        assert!(oracle.both.ece < oracle.level.ece && oracle.level.ece < plain, "{oracle:?} {plain}");
        assert!(oracle.both.brier < brier(&wrong, &risk));
    }
}
