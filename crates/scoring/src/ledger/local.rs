//! A regency's own recalibration: intercept and slope of what was forecast there against what came of it.

use crate::artefact::{Artefact, Local};
use crate::logistic::{Rows, fit, sigmoid};
use domain::place::Code;

/// A resolved forecast of a regency's own: the logit of the risk served, before any shift by its place's record, and
/// whether it happened, in the order of days.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct OwnForecast {
    pub day: i64,
    pub logit: f64,
    /// True where the risk had gone through the regency's earlier recalibration.
    pub calibrated: bool,
    pub happened: bool,
}

/// What came of an attempt to calibrate.
#[derive(Clone, PartialEq, Debug)]
pub enum CalibrationAttempt {
    /// Too few positives of its own: so many.
    TooFew(usize),
    /// On the later half, what the earlier half taught did worse than what is served: Brier with and without.
    NoBetter {
        with: f64,
        without: f64,
    },
    Calibrated(Local),
}

/// Slopes beyond these are noise: a forecast is not stretched threefold on one regency's word.
const SLOPES: (f64, f64) = (0.3, 3.0);

/// Fits the recalibration of one regency's districts (or of the regency itself), where it has enough positives of its
/// own and where the earlier half of its history would have helped in the later.
pub fn calibrate(
    artefact: &Artefact,
    regency: Code,
    unit: &str,
    own: &[OwnForecast],
    needed: u32,
) -> CalibrationAttempt {
    let positives = own.iter().filter(|row| row.happened).count();
    if positives < needed as usize || positives == own.len() {
        return CalibrationAttempt::TooFew(positives);
    }
    let before =
        artefact.local.iter().find(|local| local.regency == regency.to_string() && local.unit == unit);
    let mut rows: Vec<(i64, f64, bool)> =
        own.iter().map(|row| (row.day, plain(row, before), row.happened)).collect();
    rows.sort_by_key(|row| row.0);
    let (early, late) = rows.split_at(rows.len() / 2);
    if let Some((intercept, slope)) = stretch(early) {
        let brier = |of: &dyn Fn(f64) -> f64| {
            let error = |row: &(i64, f64, bool)| (sigmoid(of(row.1)) - f64::from(u8::from(row.2))).powi(2);
            late.iter().map(error).sum::<f64>() / late.len().max(1) as f64
        };
        let (with, without) = (brier(&|z| intercept + slope * z), brier(&|z| z));
        if with > without {
            return CalibrationAttempt::NoBetter { with, without };
        }
    }
    let Some((intercept, slope)) = stretch(&rows) else { return CalibrationAttempt::TooFew(positives) };
    let day = |at: Option<&(i64, f64, bool)>| {
        at.map_or_else(String::new, |row| crate::period::date(row.0 as i32).to_string())
    };
    CalibrationAttempt::Calibrated(Local {
        regency: regency.to_string(),
        unit: unit.to_string(),
        intercept: nine(intercept),
        slope: nine(slope),
        base_rate: nine(positives as f64 / own.len() as f64),
        from: day(rows.first()),
        to: day(rows.last()),
        rows: own.len(),
        positives,
    })
}

/// The logit before any recalibration of its own.
fn plain(own: &OwnForecast, before: Option<&Local>) -> f64 {
    match before {
        Some(local) if own.calibrated => (own.logit - local.intercept) / local.slope,
        _ => own.logit,
    }
}

/// Intercept and slope by logistic regression on the logit alone.
fn stretch(rows: &[(i64, f64, bool)]) -> Option<(f64, f64)> {
    let table = Rows {
        width: 1,
        cells: rows.iter().map(|row| row.1).collect(),
        labels: rows.iter().map(|row| row.2).collect(),
    };
    let slope = fit(&table, 1.0, "a regency's own calibration").ok()?.coefficients[0];
    let slope = slope.clamp(SLOPES.0, SLOPES.1);
    // With the slope fixed, the intercept that makes the mean forecast the share that happened.
    let share = table.positives() as f64 / table.labels.len().max(1) as f64;
    Some((crate::recalibrate::Stretch::to_mean(slope, &table.cells, share).shift, slope))
}

fn nine(value: f64) -> f64 {
    libm::round(value * 1e9) / 1e9 + 0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artefact::example;
    use crate::rng::Rng;
    use domain::kind::{Horizon, Kind};

    const HERE: Code = Code(161_300);

    /// Forecasts whose truth lies at `intercept + slope · logit`.
    fn history(weeks: i64, (intercept, slope): (f64, f64), calibrated: bool) -> Vec<OwnForecast> {
        let mut rng = Rng::new(21);
        (0..weeks * 7)
            .map(|i| {
                let z = rng.normal() - 2.0;
                let served = if calibrated { intercept + slope * z } else { z };
                OwnForecast {
                    day: 20_000 + i / 7 * 7,
                    logit: served,
                    calibrated,
                    happened: rng.unit() < sigmoid(intercept + slope * z),
                }
            })
            .collect()
    }

    fn calibrated(attempt: CalibrationAttempt) -> Local {
        match attempt {
            CalibrationAttempt::Calibrated(local) => local,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_shifted_and_flattened_truth_is_found_again() {
        let artefact = example(Kind::Disaster, Horizon::Week);
        let own = history(400, (0.8, 0.6), false);
        let local = calibrated(calibrate(&artefact, HERE, "district", &own, 50));
        assert!((local.slope - 0.6).abs() < 0.12 && (local.intercept - 0.8).abs() < 0.3, "{local:?}");
        assert_eq!((local.regency.as_str(), local.rows), ("16.13", own.len()));
    }

    #[test]
    fn too_few_positives_calibrate_nobody_and_say_how_many_there_were() {
        let artefact = example(Kind::Disaster, Horizon::Week);
        let own = history(8, (0.0, 1.0), false);
        let had = own.iter().filter(|row| row.happened).count();
        assert_eq!(calibrate(&artefact, HERE, "district", &own, 50), CalibrationAttempt::TooFew(had));
    }

    #[test]
    fn an_earlier_recalibration_is_undone_before_the_next() {
        let mut artefact = example(Kind::Disaster, Horizon::Week);
        let first = calibrated(calibrate(&artefact, HERE, "district", &history(400, (0.8, 0.6), false), 50));
        artefact.local.push(Local { intercept: 0.8, slope: 0.6, ..first.clone() });
        let again = calibrated(calibrate(&artefact, HERE, "district", &history(400, (0.8, 0.6), true), 50));
        assert!((again.slope - first.slope).abs() < 1e-3, "{again:?} {first:?}");
    }
}
