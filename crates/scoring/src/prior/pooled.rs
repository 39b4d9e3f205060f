//! One line over the lists of many countries, with the base rate of the places as an input: a mix of two fits.

use super::grid_list::GridList;
use crate::error::Result;
use crate::logistic::{Fit, Rows, logit};
use crate::newton::DesignColumns;
use crate::train::choose::{bounded, round, signed};
use crate::train::serving::NEVER;
use domain::feature::{COUNT, NAMES};
use domain::scorer::ppm;

/// What many countries cannot teach: seasons differ between them, the list knows no severity below a death, nobody was
/// silent, and the analyst's count is a baseline's.
const CLOSED: [&str; 8] = [
    "severity_14d",
    "season_sin",
    "season_cos",
    "completeness",
    "serious_90d",
    "count_30d",
    "calendar",
    "agreement",
];

/// So many positives each list gives at most, in looks spread evenly over its time, so that none dominates.
const POSITIVES_A_LIST: usize = 300;
/// So many looks, likewise: those of neighbouring weeks say nearly the same.
const LOOKS_A_LIST: usize = 45;

/// The penalty; with this many rows a stronger one moves nothing.
pub const RIDGE: f64 = 10.0;

/// The line: over the features of the pipeline, and the logit of the base rate.
#[derive(Clone, Debug, PartialEq)]
pub struct PooledLine {
    pub fit: Fit,
    /// What a step of one in the logit of the places' base rate moves the line.
    pub of_base_rate: f64,
    /// The share of positives in the rows, how many rows there were, and how many positives.
    pub base_rate: f64,
    pub rows: usize,
    pub positives: usize,
}

impl PooledLine {
    /// The risk as the service shows it of a place with this history, among places with this base rate.
    pub fn risk(&self, row: &[f64], base_rate: f64) -> f64 {
        let logit = self.fit.logit(row) + self.shift(base_rate);
        f64::from(ppm([logit, logit])[0]) / 1e6
    }

    /// The line as a start for the fit of nearly the same rows.
    fn as_start(&self) -> Fit {
        let coefficients = self.fit.coefficients.iter().copied().chain([self.of_base_rate]).collect();
        Fit { intercept: self.fit.intercept - self.of_base_rate * logit(self.base_rate), coefficients }
    }

    /// By how much the line moves among places with this base rate.
    pub fn shift(&self, base_rate: f64) -> f64 {
        self.of_base_rate * (logit(base_rate) - logit(self.base_rate))
    }
}

/// A country's rows: looks from the cut on, and those at a record that begins there, with the base rate of before.
pub fn rows_of(list: &GridList) -> Rows {
    let closed: Vec<bool> = NAMES.iter().map(|name| CLOSED.contains(name)).collect();
    let base = logit(list.base_rate());
    let looks = list.vectors.origins.len();
    let every = list.hits().1.div_ceil(POSITIVES_A_LIST).max(looks.div_ceil(LOOKS_A_LIST)).max(1);
    let mut rows = Rows { width: COUNT + 1, ..Rows::default() };
    for vectors in [&list.vectors, &list.new_record] {
        let all = vectors.rows(0, 0..vectors.origins.len(), NEVER);
        for look in (0..vectors.origins.len()).step_by(every) {
            for at in look * vectors.units..(look + 1) * vectors.units {
                let open = all.row(at).iter().zip(&closed).map(|(x, closed)| if *closed { 0.0 } else { *x });
                rows.cells.extend(open.chain([base]));
                rows.labels.push(all.labels[at]);
            }
        }
    }
    rows
}

/// The two lines that are mixed in equal parts: with the days since the last incident, and without.
///
/// Among deadly events this clock and the counts say nearly the same, and a fit gives most of it to the clock, which stands still
/// for signs below a death. Without it counts of three and fourteen days get their weights. Both do alike in countries left out.
const WITHOUT: &str = "days_since";

/// Fits the rows of some countries; the fit of nearly the same rows is a good start and changes nothing else.
///
/// # Errors
/// Where the rows hold nothing to tell apart.
pub fn fit_pooled(rows: &Rows, near: Option<&PooledLine>, what: &str) -> Result<PooledLine> {
    let start = near.map(PooledLine::as_start);
    let with = fit_one(rows, start.as_ref(), what)?;
    let clock = NAMES.iter().position(|name| *name == WITHOUT);
    let mut silent = rows.clone();
    silent.cells.iter_mut().skip(clock.unwrap_or(rows.width)).step_by(rows.width).for_each(|x| *x = 0.0);
    let without = fit_one(&silent, Some(&with), what)?;
    let half = |(one, other): (&f64, &f64)| (one + other) / 2.0;
    let mut coefficients: Vec<f64> =
        with.coefficients.iter().zip(&without.coefficients).map(half).map(round).collect();
    let of_base_rate = coefficients.pop().unwrap_or(0.0);
    let (count, positives) = (rows.labels.len(), rows.positives());
    let base_rate = positives as f64 / count as f64;
    let intercept = round(half((&with.intercept, &without.intercept)) + of_base_rate * logit(base_rate));
    Ok(PooledLine { fit: Fit { intercept, coefficients }, of_base_rate, base_rate, rows: count, positives })
}

fn fit_one(rows: &Rows, start: Option<&Fit>, what: &str) -> Result<Fit> {
    let dataset = rows.dataset()?;
    let columns = DesignColumns::new(dataset.records, dataset.targets);
    let fit = signed(&columns.first(rows.labels.len()), RIDGE, start);
    bounded(fit.map_err(|error| error.of(what))?, rows)
}
