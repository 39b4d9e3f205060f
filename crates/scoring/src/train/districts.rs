//! What a line fitted by regency is worth by district, measured where a list tells of both.
//!
//! A district's history is thinner than its regency's, so the line is lower there by itself: a shift by the base rates besides counts
//! the difference twice. The shift is therefore the one at which the mean forecast is the share that came true.

use super::Believed;
use super::choose::{Chosen, Material, round};
use super::serving::{Listed, Looks, NEVER, TrainingUnit, Vectors, vectors_of};
use crate::artefact::Use;
use crate::events::Event;
use crate::logistic::{Rows, logit, sigmoid};
use crate::period::Day;
use crate::recalibrate::Stretch;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::ops::Range;

/// The same events by district.
#[derive(Clone, Debug)]
pub struct DistrictList {
    pub events: Vec<Event>,
    /// All districts, also those never hit.
    pub units: Vec<String>,
    /// The regency of each.
    pub parents: BTreeMap<String, String>,
    /// Where the list is from, and how it was read.
    pub source: String,
}

impl DistrictList {
    pub(super) fn vectors(&self, from: Day, to: Day) -> Vectors {
        let Self { events, units, parents, .. } = self;
        let listed = Listed { events, units, parents, neighbours: None, unit: TrainingUnit::District };
        vectors_of(&listed, &Looks::weekly(from, to))
    }
}

/// The districts' side of one horizon.
pub(super) struct Districts<'a> {
    pub material: Material<'a>,
    pub source: &'a str,
}

/// Levels of places move by so much between two times.
const LEAST_SD: f64 = 0.3;

impl Districts<'_> {
    /// The use on districts, by all that is known before a day.
    pub fn place(&self, line: &Chosen, day: Day) -> Use {
        let rows = self.material.known_by(day);
        Use {
            base_rate: round(share(&rows)),
            why: format!("measured: {}", self.source),
            shift: round(shift(line, &rows)),
            calibrated: false,
            transfer_sd: None,
        }
    }

    /// How far the line's log odds strayed in a test by the shift measured before it; one test says no less than [`LEAST_SD`].
    pub fn transfer_sd(judged: &Value) -> Option<f64> {
        let ratio = judged["observed_to_expected"].as_f64().filter(|ratio| *ratio > 0.0)?;
        Some(libm::log(ratio).abs().max(LEAST_SD))
    }

    /// The shift as measured before a test, in the test; beside it the shift by the believed base rates alone.
    pub fn judge(&self, line: &Chosen, believed: Option<&Believed>, weeks: f64, test: Range<usize>) -> Value {
        let Material { made, question } = self.material;
        let before = self.material.known_by(made.origins[test.start]);
        let rows = made.rows(question, test, NEVER);
        let ratio = |shift: f64| {
            let risk = |at: usize| sigmoid(line.logit(rows.row(at)) + shift);
            rows.positives() as f64 / (0..rows.labels.len()).map(risk).sum::<f64>()
        };
        let shares = logit(share(&before)) - logit(share(&line.rows));
        let believed =
            believed.map(|own| ratio(logit(-libm::expm1(-own.a_week * weeks)) - logit(share(&line.rows))));
        json!({
            "units": made.units,
            "positives": rows.positives(),
            "observed_to_expected": ratio(shift(line, &before)),
            "observed_to_expected_by_shares": ratio(shares),
            "observed_to_expected_as_believed": believed,
            "observed_to_expected_unshifted": ratio(0.0),
        })
    }
}

fn share(rows: &Rows) -> f64 {
    rows.positives() as f64 / rows.labels.len().max(1) as f64
}

fn shift(line: &Chosen, rows: &Rows) -> f64 {
    let logits: Vec<f64> = (0..rows.labels.len()).map(|at| line.logit(rows.row(at))).collect();
    Stretch::to_mean(1.0, &logits, share(rows)).shift
}
