//! Measures of a forecast: ranking, calibration, and what a team with room for a tenth of the places would catch.

mod alerts;
mod brier_skill;
mod early;
mod noise_floor;
mod rank;

pub use alerts::{Alerts, alerts};
#[cfg(test)]
pub(crate) use brier_skill::tests::null_world;
pub use brier_skill::{ErrorPair, Interval, blocks, brier_skill, skill_of};
pub use early::{Course, EarlyAlerts, ScoreBar, at_equal_volume, early_alerts, lowest_bar, standing};
pub use noise_floor::{Bent, NoiseFloor, Oracle, Swing, noise_floor, noise_floor_together, oracle};
pub use rank::auroc;

use crate::logistic::{Rows, fit, logit};
use serde::{Deserialize, Serialize};

/// Test cells, unit by unit: what happened, and the forecasts beside it.
#[derive(Clone, Debug)]
pub struct Truth {
    pub units: usize,
    pub periods: usize,
    /// Unit-major, like every forecast.
    pub labels: Vec<bool>,
    /// Cells with no event in the ninety days up to the origin: what starts here is an onset.
    pub quiet: Vec<bool>,
    /// Quarter of each test period.
    pub quarter: Vec<usize>,
}

/// A forecast of every cell: what it ranks by, and its probability.
#[derive(Clone, Debug)]
pub struct Forecast {
    pub score: Vec<f64>,
    pub risk: Vec<f64>,
}

impl Forecast {
    pub fn of(risk: Vec<f64>) -> Forecast {
        Forecast { score: risk.clone(), risk }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measures {
    pub auroc: Option<f64>,
    pub auroc_onset: Option<f64>,
    pub auroc_within: Option<f64>,
    pub brier: f64,
    pub log_score: f64,
    pub ece: f64,
    pub precision_top10: f64,
    pub recall_top10: f64,
}

/// One bin of the reliability diagram: forecasts of about the same risk, and how often it came true.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    pub n: usize,
    pub forecast: f64,
    pub observed: f64,
    /// Wilson's 95 % interval of the observed share.
    pub low: f64,
    pub high: f64,
}

pub fn measure(truth: &Truth, forecast: &Forecast) -> Measures {
    let tenth = top(truth, &forecast.score, 0.1);
    let onset: Vec<(f64, bool)> =
        pairs(truth, forecast).zip(&truth.quiet).filter(|(_, quiet)| **quiet).map(|(pair, _)| pair).collect();
    Measures {
        auroc: auroc(&pairs(truth, forecast).collect::<Vec<_>>()),
        auroc_onset: auroc(&onset),
        auroc_within: within(truth, &forecast.score),
        brier: brier(truth, &forecast.risk),
        log_score: log_score(truth, &forecast.risk),
        ece: ece(&bins(truth, &forecast.risk)),
        precision_top10: tenth.precision,
        recall_top10: tenth.recall,
    }
}

fn pairs<'a>(truth: &'a Truth, forecast: &'a Forecast) -> impl Iterator<Item = (f64, bool)> + 'a {
    forecast.score.iter().copied().zip(truth.labels.iter().copied())
}

pub fn brier(truth: &Truth, risk: &[f64]) -> f64 {
    let error = |(p, y): (&f64, &bool)| (p - f64::from(u8::from(*y))).powi(2);
    risk.iter().zip(&truth.labels).map(error).sum::<f64>() / risk.len() as f64
}

/// Mean negative log-likelihood; forecasts of exactly 0 or 1 are taken as 1e-4 off.
pub fn log_score(truth: &Truth, risk: &[f64]) -> f64 {
    let one = |(p, y): (&f64, &bool)| {
        let p = p.clamp(1e-4, 1.0 - 1e-4);
        -libm::log(if *y { p } else { 1.0 - p })
    };
    risk.iter().zip(&truth.labels).map(one).sum::<f64>() / risk.len() as f64
}

/// AUROC inside each unit, weighted by its pairs: does the score rise before the unit's own events?
pub(crate) fn within(truth: &Truth, score: &[f64]) -> Option<f64> {
    let (mut sum, mut weight) = (0.0, 0.0);
    for unit in 0..truth.units {
        let range = unit * truth.periods..(unit + 1) * truth.periods;
        let labels = &truth.labels[range.clone()];
        let own: Vec<(f64, bool)> = score[range].iter().copied().zip(labels.iter().copied()).collect();
        let Some(area) = auroc(&own) else { continue };
        let positives = labels.iter().filter(|label| **label).count();
        let pairs = (positives * (labels.len() - positives)) as f64;
        sum += area * pairs;
        weight += pairs;
    }
    (weight > 0.0).then(|| sum / weight)
}

/// Ten bins of about equal numbers of cells; equal forecasts are never parted.
pub fn bins(truth: &Truth, risk: &[f64]) -> Vec<Bin> {
    let mut cells: Vec<(f64, bool)> = risk.iter().copied().zip(truth.labels.iter().copied()).collect();
    cells.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (n, mut begin, mut bins) = (cells.len(), 0, Vec::new());
    for number in 1..=10 {
        let mut end = (n * number).div_ceil(10);
        if end <= begin {
            continue;
        }
        while end < n && cells[end].0 == cells[end - 1].0 {
            end += 1;
        }
        let part = &cells[begin..end];
        let hits = part.iter().filter(|cell| cell.1).count();
        let forecast = part.iter().map(|cell| cell.0).sum::<f64>() / part.len() as f64;
        let (low, high) = wilson(hits, part.len());
        bins.push(Bin { n: part.len(), forecast, observed: hits as f64 / part.len() as f64, low, high });
        begin = end;
    }
    bins
}

/// Expected calibration error over the bins.
pub fn ece(bins: &[Bin]) -> f64 {
    let n: usize = bins.iter().map(|bin| bin.n).sum();
    bins.iter().map(|bin| bin.n as f64 * (bin.forecast - bin.observed).abs()).sum::<f64>() / n.max(1) as f64
}

/// Wilson's 95 % interval of a share.
pub fn wilson(hits: usize, n: usize) -> (f64, f64) {
    wilson_of(hits as f64 / n.max(1) as f64, n as f64)
}

/// The same of a share that is worth `n` equal ones.
pub fn wilson_of(p: f64, n: f64) -> (f64, f64) {
    if n <= 0.0 {
        return (0.0, 1.0);
    }
    let z = 1.959_963_985;
    let middle = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * libm::sqrt(p * (1.0 - p) / n + z * z / (4.0 * n * n));
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

/// A share of looks with its 95 % interval, as if no look resembled the next: where alerts stand for weeks it is too narrow.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct LookShare {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

impl LookShare {
    /// None of nothing.
    pub fn of(part: usize, of: usize) -> Option<LookShare> {
        let (low, high) = wilson(part, of);
        let three = |value: f64| libm::round(value * 1e3) / 1e3;
        let value = part as f64 / of.max(1) as f64;
        (of > 0).then(|| LookShare { value: three(value), low: three(low), high: three(high) })
    }
}

impl std::fmt::Display for LookShare {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.2} ({:.2} to {:.2})", self.value, self.low, self.high)
    }
}

/// Slope of the truth on the forecast's logit: 1 is calibrated, below 1 overconfident. None where it cannot be fitted.
pub fn calibration_slope(truth: &Truth, risk: &[f64]) -> Option<f64> {
    calibration(truth, risk).map(|(_, slope)| slope)
}

/// Intercept and slope of the truth on the forecast's logit.
pub fn calibration(truth: &Truth, risk: &[f64]) -> Option<(f64, f64)> {
    let cells = risk.iter().map(|p| logit(p.clamp(1e-4, 1.0 - 1e-4))).collect();
    let rows = Rows { width: 1, cells, labels: truth.labels.clone() };
    let line = fit(&rows, 1e-6, "calibration").ok()?;
    Some((line.intercept, line.coefficients[0])).filter(|(_, slope)| *slope != 0.0)
}

/// Shares of the places there may be room for.
pub const SHARES: [f64; 4] = [0.01, 0.05, 0.1, 0.2];

/// What is found when this share of the places is flagged each period; ties share their places.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Top {
    pub share: f64,
    /// Places flagged each period.
    pub room: usize,
    pub precision: f64,
    pub recall: f64,
    /// Prediction accuracy index: recall over the share of places flagged.
    pub pai: f64,
}

pub fn top(truth: &Truth, score: &[f64], share: f64) -> Top {
    let room = ((truth.units as f64 * share).round() as usize).max(1);
    let (mut hits, mut all) = (0.0, 0usize);
    for period in 0..truth.periods {
        let mut cells: Vec<(f64, bool)> = (0..truth.units)
            .map(|unit| unit * truth.periods + period)
            .map(|cell| (score[cell], truth.labels[cell]))
            .collect();
        all += cells.iter().filter(|cell| cell.1).count();
        cells.sort_by(|a, b| b.0.total_cmp(&a.0));
        let edge = cells[room - 1].0;
        let above = cells.iter().filter(|cell| cell.0 > edge);
        let (mut n, mut sure) = (0, 0);
        above.for_each(|cell| {
            n += 1;
            sure += usize::from(cell.1);
        });
        let tied: Vec<bool> = cells.iter().filter(|cell| cell.0 == edge).map(|cell| cell.1).collect();
        let fair = (room - n) as f64 / tied.len() as f64;
        hits += sure as f64 + fair * tied.iter().filter(|hit| **hit).count() as f64;
    }
    let (precision, recall) = (hits / (room * truth.periods) as f64, hits / all.max(1) as f64);
    Top { share, room, precision, recall, pai: recall / (room as f64 / truth.units as f64) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn truth(labels: Vec<bool>) -> Truth {
        let n = labels.len() / 2;
        Truth { units: 2, periods: n, quiet: vec![true; 2 * n], quarter: vec![0; n], labels }
    }

    #[test]
    fn figures_agree_with_a_hand_count() {
        let truth = truth(vec![true, false, false, false, true, true, false, false]);
        let forecast = Forecast::of(vec![0.9, 0.1, 0.2, 0.1, 0.8, 0.3, 0.3, 0.2]);
        let measures = measure(&truth, &forecast);
        let brier = (0.01 + 0.01 + 0.04 + 0.01 + 0.04 + 0.49 + 0.09 + 0.04) / 8.0;
        assert!((measures.brier - brier).abs() < 1e-12);
        // 15 pairs: one tie (0.3 against 0.3), all others in order.
        assert!((measures.auroc.expect("area") - 14.5 / 15.0).abs() < 1e-12);
        // unit a: 3 of 3 pairs; unit b: 4 pairs of which one is a tie.
        assert!((measures.auroc_within.expect("area") - 6.5 / 7.0).abs() < 1e-12);
        // One place each period: a, b, b, b are on top, or share a tie.
        assert!((measures.recall_top10 - 2.0 / 3.0).abs() < 1e-12, "{measures:?}");
    }

    /// Every figure again by its plain definition, over random cells with many ties.
    #[test]
    fn figures_agree_with_a_slow_plain_model() {
        let mut rng = crate::rng::Rng::new(21);
        for round in 0..20 {
            let (units, periods) = (7 + round % 5, 11);
            let n = units * periods;
            let risk: Vec<f64> = (0..n).map(|_| (1 + rng.below(12)) as f64 / 14.0).collect();
            let labels: Vec<bool> = risk.iter().map(|p| rng.unit() < *p).collect();
            let quiet: Vec<bool> = (0..n).map(|_| rng.unit() < 0.5).collect();
            let truth = Truth { units, periods, labels, quiet, quarter: vec![0; periods] };
            let found = measure(&truth, &Forecast::of(risk.clone()));
            let area = |may: &dyn Fn(usize, usize) -> bool| {
                let (mut sum, mut pairs) = (0.0, 0.0);
                for a in (0..n).filter(|a| truth.labels[*a]) {
                    for b in (0..n).filter(|b| !truth.labels[*b] && may(a, *b)) {
                        pairs += 1.0;
                        sum += if risk[a] > risk[b] {
                            1.0
                        } else {
                            f64::from(u8::from(risk[a] == risk[b])) / 2.0
                        };
                    }
                }
                (pairs > 0.0).then(|| sum / pairs)
            };
            let near = |a: Option<f64>, b: Option<f64>| match (a, b) {
                (Some(a), Some(b)) => (a - b).abs() < 1e-9,
                (a, b) => a == b,
            };
            assert!(near(found.auroc, area(&|_, _| true)));
            assert!(near(found.auroc_onset, area(&|a, b| truth.quiet[a] && truth.quiet[b])));
            assert!(
                near(found.auroc_within, area(&|a, b| a / periods == b / periods)),
                "pairs within a place"
            );
            // With all places flagged everything is found, and nothing gained.
            let whole = top(&truth, &risk, 1.0);
            assert!((whole.recall - 1.0).abs() < 1e-9 && (whole.pai - 1.0).abs() < 1e-9, "{whole:?}");
            let bins = bins(&truth, &risk);
            assert_eq!(bins.iter().map(|bin| bin.n).sum::<usize>(), n);
            let share = bins.iter().map(|bin| bin.n as f64 * bin.observed).sum::<f64>();
            assert!((share - truth.labels.iter().filter(|label| **label).count() as f64).abs() < 1e-9);
        }
    }

    #[test]
    fn a_perfectly_calibrated_forecast_has_little_error_and_ties_stay_together() {
        let labels: Vec<bool> = (0..2000).map(|i| i % 10 == 0).collect();
        let truth =
            Truth { units: 2, periods: 1000, quiet: vec![false; 2000], quarter: vec![0; 1000], labels };
        let bins = bins(&truth, &vec![0.1; 2000]);
        assert_eq!(bins.len(), 1);
        assert!(ece(&bins) < 1e-12 && bins[0].low < 0.1 && bins[0].high > 0.1);
        assert!(measure(&truth, &Forecast::of(vec![0.1; 2000])).auroc_onset.is_none());
    }

    #[test]
    fn the_slope_of_a_doubled_logit_is_a_half() {
        let mut rng = crate::rng::Rng::new(5);
        let z: Vec<f64> = (0..20_000).map(|_| rng.normal() - 1.0).collect();
        let labels = z.iter().map(|z| rng.unit() < crate::logistic::sigmoid(*z)).collect();
        let truth = Truth { units: 2, periods: 10_000, quiet: Vec::new(), quarter: Vec::new(), labels };
        let risk: Vec<f64> = z.iter().map(|z| crate::logistic::sigmoid(2.0 * z)).collect();
        let slope = calibration_slope(&truth, &risk).expect("a slope");
        assert!((slope - 0.5).abs() < 0.03, "{slope}");
    }
}
