//! How the line does in a country that it was not fitted on, beside the best simple forecast tuned there.

use super::grid_list::GridList;
use super::pooled::PooledLine;
use crate::backtest::truth;
use crate::baseline;
use crate::decayed::Sums;
use crate::drift;
use crate::error::Result;
use crate::evaluate::{Forecast, Measures, Truth, calibration_slope, measure};
use crate::train::bars::Rehearsal;
use crate::train::serving::{NEVER, Vectors};

/// The test weeks or months of a country left out of the fit.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct LeftOutCountry {
    pub country: String,
    /// The first and last year of its list.
    pub years: (i16, i16),
    pub cells: usize,
    pub positives: usize,
    /// The share of cells hit before the test, which the line was given, and in it.
    pub base_rate_before: f64,
    pub base_rate: f64,
    pub brier: f64,
    /// The simple forecast with the lowest Brier score of the test, tuned on the country's own time before it.
    pub best_baseline: &'static str,
    pub best_baseline_brier: f64,
    /// Below 1 the line that never saw the country is better.
    pub brier_ratio: f64,
    pub calibration_slope: Option<f64>,
    pub observed_to_expected: f64,
    /// The same in the first two years of the test, with a record that begins there.
    pub observed_to_expected_new_record: f64,
    pub auroc: Option<f64>,
    pub auroc_onset: Option<f64>,
    pub best_baseline_auroc_onset: Option<f64>,
}

/// A country's test with what the line and the baselines, by name, forecast of it.
pub struct LeftOutTest {
    pub figures: LeftOutCountry,
    pub truth: Truth,
    pub risk: Vec<f64>,
    pub baselines: Vec<(&'static str, Vec<f64>)>,
    /// How far the logits of all places rise and fall together ([`drift::shared`]).
    pub shared: f64,
}

impl LeftOutTest {
    /// Judges a line that was fitted without this country.
    ///
    /// # Errors
    /// Where the country's own baselines cannot be tuned.
    pub fn judge(list: &GridList, years: (i16, i16), line: &PooledLine) -> Result<LeftOutTest> {
        let truth = truth(&list.panel)?;
        let baselines = baseline::all(&Sums::new(&list.panel))?;
        let measured: Vec<Measures> =
            baselines.iter().map(|(_, forecast)| measure(&truth, forecast)).collect();
        let best = (0..measured.len())
            .min_by(|one, other| measured[*one].brier.total_cmp(&measured[*other].brier))
            .unwrap_or(0);
        let risk = risks(list, line);
        let own = measure(&truth, &Forecast::of(risk.clone()));
        let positives = truth.labels.iter().filter(|label| **label).count();
        let figures = LeftOutCountry {
            country: list.country.clone(),
            years,
            cells: truth.labels.len(),
            positives,
            base_rate_before: list.base_rate(),
            base_rate: positives as f64 / truth.labels.len() as f64,
            brier: own.brier,
            best_baseline: baselines[best].0,
            best_baseline_brier: measured[best].brier,
            brier_ratio: own.brier / measured[best].brier,
            calibration_slope: calibration_slope(&truth, &risk),
            observed_to_expected: positives as f64 / risk.iter().sum::<f64>(),
            observed_to_expected_new_record: new_record(list, line),
            auroc: own.auroc,
            auroc_onset: own.auroc_onset,
            best_baseline_auroc_onset: measured[best].auroc_onset,
        };
        let baselines = baselines.into_iter().map(|(name, forecast)| (name, forecast.risk)).collect();
        let looks = by_look(&list.vectors, list, line);
        let labels = list.vectors.rows(0, 0..list.vectors.origins.len(), NEVER).labels;
        let shared = drift::shared(&looks, &labels, list.vectors.units);
        Ok(LeftOutTest { figures, truth, risk, baselines, shared })
    }
}

/// The risks of the test cells, unit by unit.
pub fn risks(list: &GridList, line: &PooledLine) -> Vec<f64> {
    let (risks, units) = (by_look(&list.vectors, list, line), list.vectors.units);
    let looks = list.vectors.origins.len();
    (0..looks * units).map(|cell| risks[(cell % looks) * units + cell / looks]).collect()
}

/// The risks look by look.
fn by_look(vectors: &Vectors, list: &GridList, line: &PooledLine) -> Vec<f64> {
    let base_rate = list.base_rate();
    let rows = vectors.rows(0, 0..vectors.origins.len(), NEVER);
    (0..rows.labels.len()).map(|at| line.risk(rows.row(at), base_rate)).collect()
}

fn new_record(list: &GridList, line: &PooledLine) -> f64 {
    let new = &list.new_record;
    let positives = new.rows(0, 0..new.origins.len(), NEVER).positives();
    positives as f64 / by_look(new, list, line).iter().sum::<f64>()
}

/// Adds the test of a list to a rehearsal of alerts, place by place.
pub fn rehearse(rehearsal: &mut Rehearsal, list: &GridList, line: &PooledLine) {
    let (vectors, base_rate) = (&list.vectors, list.base_rate());
    let rows = vectors.rows(0, 0..vectors.origins.len(), NEVER);
    for unit in 0..vectors.units {
        let looks = || (unit..rows.labels.len()).step_by(vectors.units);
        let risks = looks().map(|at| line.risk(rows.row(at), base_rate)).collect();
        let usual = |at: usize| line.risk(&vectors.usual[at], base_rate).max(base_rate);
        let usual: Vec<f64> = looks().map(usual).collect();
        rehearsal.add(risks, &usual, looks().map(|at| rows.labels[at]).collect());
    }
}
