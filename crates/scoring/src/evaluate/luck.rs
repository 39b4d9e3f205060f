//! What the calibration figures could be at best: a forecast that is exactly right still shows an error and a slope off 1
//! by chance, and a forecast bent to fit the very cells it is judged on shows what is left after that.

use super::{Interval, Truth, bins, brier, calibration, ece};
use crate::chance::Chance;
use crate::logistic::{logit, sigmoid};
use crate::recalibrate::Stretch;
use serde::{Deserialize, Serialize};

/// Calibration error and slope that a right forecast shows, over some hundred worlds made from it: mean, and the ends
/// that leave 2.5 % out on either side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Luck {
    pub ece: Interval,
    /// None where too few worlds had both outcomes.
    pub slope: Option<Interval>,
}

/// Worlds drawn: fewer where there are so many cells that luck is small anyway.
fn draws(cells: usize) -> usize {
    (2_000_000 / cells.max(1)).clamp(40, 400)
}

/// Every cell comes true with its forecast's probability, independently: real cells swing together, so that real luck
/// is wider than this.
pub fn luck(truth: &Truth, risk: &[f64], seed: u64) -> Luck {
    let mut chance = Chance::new(seed);
    let mut world = truth.clone();
    let (mut errors, mut slopes) = (Vec::new(), Vec::new());
    let draws = draws(risk.len());
    for _ in 0..draws {
        world.labels.iter_mut().zip(risk).for_each(|(label, p)| *label = chance.unit() < *p);
        errors.push(ece(&bins(&world, risk)));
        slopes.extend(calibration(&world, risk).map(|(_, slope)| slope));
    }
    let slope = (slopes.len() >= draws / 2).then(|| middle(slopes));
    Luck { ece: middle(errors), slope }
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
        let mut chance = Chance::new(12);
        let z: Vec<f64> = (0..4000).map(|_| chance.normal() - 2.0).collect();
        let labels = z.iter().map(|z| chance.unit() < sigmoid(bend * z)).collect();
        let truth = Truth { units: 2, periods: 2000, quiet: Vec::new(), quarter: Vec::new(), labels };
        (truth, z.into_iter().map(sigmoid).collect())
    }

    #[test]
    fn a_right_forecast_lies_within_its_luck_and_a_bent_one_does_not() {
        let (right, risk) = cells(1.0);
        let (wrong, _) = cells(0.5);
        let luck = luck(&right, &risk, 3);
        let slope = luck.slope.expect("both outcomes");
        assert!((slope.value - 1.0).abs() < 0.03 && slope.low < 1.0 && slope.high > 1.0, "{luck:?}");
        assert!(luck.ece.low > 0.0 && luck.ece.high < 0.03, "{luck:?}");
        assert!(ece(&bins(&right, &risk)) < luck.ece.high && ece(&bins(&wrong, &risk)) > luck.ece.high);
        let found = calibration(&wrong, &risk).expect("a slope").1;
        assert!(found < slope.low, "{found} {luck:?}");
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
