//! The held-out weeks of a fit that is meant to be served: beside the simple forecasts, and beside what could be had.

use super::choose::Chosen;
use super::fallback;
use super::serving::{NEVER, Vectors};
use crate::drift;
use crate::error::Result;
use crate::evaluate::{
    Forecast, Measures, Swing, Truth, brier_skill, calibration_slope, measure, noise_floor_together,
};
use crate::logistic::{Rows, sigmoid};
use crate::recalibrate::Stretch;
use domain::feature::NAMES;
use domain::kind::Horizon;
use serde_json::{Value, json};
use std::ops::Range;

const SEED: u64 = 20_211_226;

/// The held-out weeks: the model beside the simple forecasts. Those that are lines can speak in its place
/// (`fallback` is the best of them); `last_week` cannot, and is there so that none is beaten by being weak.
pub fn judge(
    made: &Vectors,
    horizon: Horizon,
    early: &Chosen,
    test: Range<usize>,
    what: &str,
) -> Result<serde_json::Value> {
    let rows = made.rows(horizon.index(), test.clone(), NEVER);
    if rows.positives() == 0 {
        return Ok(json!({ "withheld": format!("no positive in the held-out weeks of {what}") }));
    }
    let cells = made.units * test.len();
    let turn = |values: Vec<f64>| -> Vec<f64> {
        (0..cells).map(|cell| values[order(made.units, test.len(), cell)]).collect()
    };
    let truth = truth(made, &rows, test.len());
    let logits: Vec<f64> = (0..cells).map(|i| early.logit(rows.row(i))).collect();
    let model = turn((0..cells).map(|i| early.risk(rows.row(i))).collect());
    let mut others: Vec<(&str, Vec<f64>)> = Vec::new();
    for line in fallback::lines(&early.rows, what)? {
        others.push((line.name, turn((0..cells).map(|i| sigmoid(line.fit.logit(rows.row(i)))).collect())));
    }
    others.push((LAST_WEEK, turn(last_week(made, early, test.clone()))));
    let mut result = serde_json::Map::new();
    let mut best: Best<'_> = None;
    for (name, risk) in &others {
        let measures = measure(&truth, &Forecast::of(risk.clone()));
        if best.is_none_or(|(least, ..)| measures.brier < least) {
            best = Some((measures.brier, name, risk));
        }
        result.insert((*name).to_string(), json!(measures));
    }
    let fallback = stand_in(&truth, &others);
    result.insert("base_rate_test".into(), json!(rows.positives() as f64 / rows.labels.len() as f64));
    result.insert("model".into(), json!(measure(&truth, &Forecast::of(model.clone()))));
    result.insert("calibration_slope".into(), json!(calibration_slope(&truth, &model)));
    let view = |logits: Vec<f64>| turn(logits.into_iter().map(sigmoid).collect());
    result.insert("level_known".into(), calibrated(&truth, &view(known(&logits, &rows.labels, made.units))));
    if misses(&truth, &model) {
        let fitted: Vec<f64> =
            (0..early.rows.labels.len()).map(|at| sigmoid(early.logit(early.rows.row(at)))).collect();
        let shared = drift::shared(&fitted, &early.rows.labels, made.units);
        let swing = Swing { days: horizon.days(), shared };
        result.insert("by_chance".into(), json!(noise_floor_together(&truth, &model, swing, SEED)));
    }
    if let (Some((_, name, risk)), Some((_, line, _))) = (best, fallback) {
        result.insert("best_baseline".into(), json!(name));
        result.insert("fallback".into(), json!(line));
        result.insert("brier_skill_vs_best".into(), json!(brier_skill(&truth, &model, risk)));
    }
    Ok(result.into())
}

/// The line that may stand in for the model: of those that are not shown to be worse in Brier score than the lowest,
/// the one with the best log score.
///
/// Not simply the lowest Brier score: events are rare, so the lines differ in it by a few hits, and the lowest is the one that
/// was lucky on those. Brier hardly charges for what a service must not do, to call a place as good as safe where something
/// then happens; the log score does. Where the difference is shown (the same interval as for the model), Brier decides.
fn stand_in<'a>(truth: &Truth, others: &'a [(&'a str, Vec<f64>)]) -> Best<'a> {
    let lines = others.iter().filter(|(name, _)| *name != LAST_WEEK);
    let judged = lines.map(|(name, risk)| (measure(truth, &Forecast::of(risk.clone())), *name, risk));
    let judged: Vec<_> = judged.collect();
    let (_, _, lowest) = judged.iter().min_by(|a, b| a.0.brier.total_cmp(&b.0.brier))?;
    let worse = |risk: &Vec<f64>| brier_skill(truth, lowest, risk).low > 0.0;
    let level = judged.iter().filter(|(.., risk)| !worse(risk));
    let (measures, name, risk) = level.min_by(|a, b| a.0.log_score.total_cmp(&b.0.log_score))?;
    Some((measures.brier, *name, *risk))
}

/// Calibration is worth a word where the error is above this, or the slope outside of these.
const ERROR: f64 = 0.02;
const SLOPES: Range<f64> = 0.9..1.1;

fn misses(truth: &Truth, risk: &[f64]) -> bool {
    let error = measure(truth, &Forecast::of(risk.to_vec())).ece;
    error > ERROR || !calibration_slope(truth, risk).is_some_and(|slope| SLOPES.contains(&slope))
}

fn calibrated(truth: &Truth, risk: &[f64]) -> Value {
    let Measures { brier, ece, .. } = measure(truth, &Forecast::of(risk.to_vec()));
    json!({ "brier": brier, "ece": ece, "calibration_slope": calibration_slope(truth, risk) })
}

/// The forecasts at the level each week turned out to have: what nobody can know beforehand, and the most that following
/// the level could give.
fn known(logits: &[f64], labels: &[bool], units: usize) -> Vec<f64> {
    let weeks = logits.chunks(units.max(1)).zip(labels.chunks(units.max(1)));
    let moved = weeks.flat_map(|(logits, labels)| {
        let hits = labels.iter().filter(|label| **label).count() as f64;
        let share = hits.max(0.5) / labels.len() as f64;
        let shift = Stretch::to_mean(1.0, logits, share).shift;
        logits.iter().map(move |logit| logit + shift)
    });
    moved.collect()
}

/// Brier score, name and forecast.
type Best<'a> = Option<(f64, &'a str, &'a Vec<f64>)>;

/// Rows come origin by origin; the measures want them unit by unit.
fn order(units: usize, periods: usize, cell: usize) -> usize {
    (cell % periods) * units + cell / periods
}

fn truth(made: &Vectors, rows: &Rows, periods: usize) -> Truth {
    let units = made.units;
    let since = NAMES.iter().position(|have| *have == "days_since").unwrap_or(0);
    let cells = || (0..units * periods).map(|cell| order(units, periods, cell));
    let labels = cells().map(|row| rows.labels[row]).collect();
    let quiet = cells().map(|row| rows.row(row)[since] >= libm::log1p(90.0)).collect();
    Truth { units, periods, labels, quiet, quarter: (0..periods).map(|p| p / 13).collect() }
}

/// The name under which plain persistence is judged.
const LAST_WEEK: &str = "last_week";

/// The share of positives after a week with and after a week without an event, both from the weeks of the fit.
fn last_week(made: &Vectors, early: &Chosen, test: Range<usize>) -> Vec<f64> {
    let mut counts = [[1.0, 2.0], [1.0, 2.0]];
    for (label, last) in early.rows.labels.iter().zip(&made.last_week) {
        counts[usize::from(*last)][0] += f64::from(u8::from(*label));
        counts[usize::from(*last)][1] += 1.0;
    }
    let cells = test.start * made.units..test.end * made.units;
    made.last_week[cells]
        .iter()
        .map(|last| counts[usize::from(*last)][0] / counts[usize::from(*last)][1])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Five hits in a year of twenty places.
    fn year() -> Truth {
        let (units, periods) = (20, 52);
        let mut labels = vec![false; units * periods];
        for hit in [100, 300, 500, 700, 900] {
            labels[hit] = true;
        }
        let quarter = (0..periods).map(|period| period / 13).collect();
        Truth { units, periods, quiet: vec![true; labels.len()], labels, quarter }
    }

    #[test]
    fn among_equals_in_brier_the_best_log_score_stands_in() {
        let truth = year();
        let all = |risk: f64| vec![risk; truth.labels.len()];
        let mut lucky = all(1e-6); // sure of nothing happening, but for one week
        lucky[500] = 0.5;
        let others = [
            ("lucky", lucky.clone()),
            ("even", all(0.005)),
            ("loud", all(0.3)),
            (LAST_WEEK, truth.labels.iter().map(|hit| if *hit { 1.0 } else { 0.0 }).collect()),
        ];
        let brier = |name: &str| {
            let (_, risk) = others.iter().find(|(own, _)| *own == name).unwrap();
            measure(&truth, &Forecast::of(risk.clone())).brier
        };
        assert!(brier("lucky") < brier("even") && brier("even") < brier("loud"));
        let chosen =
            |others: &[(&str, Vec<f64>)]| stand_in(&truth, others).map(|(_, name, _)| name.to_owned());
        assert_eq!(chosen(&others).as_deref(), Some("even"), "one hit is no proof");
        let without = [others[0].clone(), others[2].clone(), others[3].clone()];
        assert_eq!(chosen(&without).as_deref(), Some("lucky"), "what is shown to be worse does not stand in");
        assert_eq!(chosen(&others[3..]), None, "last week is no line");
    }
}
