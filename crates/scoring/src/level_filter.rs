//! The level of the forecasts follows what came true: where fewer places were hit than forecast, all later forecasts sink,
//! and the other way round. Ranking within a period is untouched.
//!
//! Base rates move (a peace is signed, a dry year follows a wet one) and a fitted intercept is then wrong for as long as
//! nobody fits again. The shift is the mean of a random walk under the outcomes known by then (one step of Kalman's
//! filter a period): few outcomes hardly move it, many move it at once.

use crate::logistic::sigmoid;
use std::ops::Range;

/// Variance a year of the true level's walk, in logits: a third up or down within a year is nothing unusual. One number
/// for all lists; on windows of public lists anything from 0.03 to 0.25 did better than standing still.
const A_YEAR: f64 = 0.12;

/// A filter of the level: the shift it stands at, and how unsure it is.
#[derive(Clone, Copy, Debug)]
pub struct LevelFilter {
    pub shift: f64,
    doubt: f64,
    step: f64,
}

impl LevelFilter {
    pub fn new(periods_a_year: usize) -> LevelFilter {
        LevelFilter { shift: 0.0, doubt: A_YEAR / 4.0, step: A_YEAR / periods_a_year as f64 }
    }

    /// One period's outcomes. Where each counts again in `overlap` periods running, it counts for that share here.
    pub fn see(&mut self, cells: impl Iterator<Item = (f64, bool)>, overlap: f64) {
        let (mut surplus, mut weight) = (0.0, 0.0);
        for (logit, hit) in cells {
            let risk = sigmoid(logit + self.shift);
            surplus += f64::from(u8::from(hit)) - risk;
            weight += risk * (1.0 - risk);
        }
        let gain = self.doubt / (1.0 + self.doubt * (weight / overlap));
        // Never more than a step of one logit: a single burst is not a new world.
        self.shift += (gain * (surplus / overlap)).clamp(-1.0, 1.0);
        self.doubt = gain + self.step;
    }
}

/// When each cell became known as hit.
pub struct KnownOutcomes {
    pub units: usize,
    pub periods: usize,
    /// Unit by unit: the period by whose end it was known; `usize::MAX` where never.
    pub by: Vec<usize>,
    /// Periods until nine of ten hits of training were known: outcomes younger than that are not looked at.
    pub lag: usize,
    pub periods_a_year: usize,
}

/// The logits of the target periods (unit by unit) with the level that the outcomes before each ask for, and the last shift.
pub fn follow(logits: &[f64], targets: Range<usize>, known: &KnownOutcomes) -> (Vec<f64>, f64) {
    let mut level = LevelFilter::new(known.periods_a_year);
    let mut followed = logits.to_vec();
    for (at, target) in targets.clone().enumerate() {
        let origin = target.saturating_sub(1);
        let settled = target.checked_sub(1 + known.lag).filter(|settled| *settled >= targets.start);
        if let Some(settled) = settled {
            let cell = |unit: usize| {
                let hit = known.by[unit * known.periods + settled] <= origin;
                (logits[unit * targets.len() + settled - targets.start], hit)
            };
            level.see((0..known.units).map(cell), 1.0);
        }
        (0..known.units).for_each(|unit| followed[unit * targets.len() + at] += level.shift);
    }
    (followed, level.shift)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logistic::logit;
    use crate::rng::Rng;

    /// Outcomes of 50 places over 104 weeks at `rate`, each known `late` periods after.
    fn outcomes(rate: impl Fn(usize) -> f64, late: usize, lag: usize) -> KnownOutcomes {
        let mut rng = Rng::new(17);
        let by = (0..50 * 104)
            .map(|cell| (cell % 104, rng.unit()))
            .map(|(at, draw)| if draw < rate(at) { at + late } else { usize::MAX })
            .collect();
        KnownOutcomes { units: 50, periods: 104, by, lag, periods_a_year: 52 }
    }

    #[test]
    fn a_right_level_stays_and_a_wrong_one_is_left() {
        let logits = vec![logit(0.05); 50 * 104];
        let (_, right) = follow(&logits, 0..104, &outcomes(|_| 0.05, 0, 0));
        assert!(right.abs() < 0.35, "{right}");
        let (followed, wrong) = follow(&logits, 0..104, &outcomes(|_| 0.005, 0, 0));
        let mean = (0..50).map(|unit| sigmoid(followed[unit * 104 + 103])).sum::<f64>() / 50.0;
        assert!(wrong < -1.5 && mean < 0.011, "{wrong} {mean}");
    }

    #[test]
    fn what_was_not_yet_known_moves_nothing() {
        let logits = vec![logit(0.05); 50 * 104];
        let (mut changed, plain) = (outcomes(|_| 0.3, 0, 0), outcomes(|_| 0.3, 0, 0));
        for unit in 0..50 {
            changed.by[unit * 104 + 60..(unit + 1) * 104].fill(usize::MAX);
        }
        let ((a, _), (b, _)) = (follow(&logits, 0..104, &plain), follow(&logits, 0..104, &changed));
        // The outcome of period 60 is first known when 61 is forecast.
        assert!((0..50).all(|unit| a[unit * 104..][..61] == b[unit * 104..][..61]));
        assert!((0..50).all(|unit| a[unit * 104 + 61] > b[unit * 104 + 61]));
    }

    #[test]
    fn late_reports_are_waited_for_and_not_taken_for_peace() {
        let logits = vec![logit(0.05); 50 * 104];
        let (_, hasty) = follow(&logits, 0..104, &outcomes(|_| 0.05, 4, 0));
        let (_, patient) = follow(&logits, 0..104, &outcomes(|_| 0.05, 4, 4));
        assert!(hasty < -1.0 && patient.abs() < 0.35, "{hasty} {patient}");
    }
}
