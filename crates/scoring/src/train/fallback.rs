//! Simple forecasts as lines over the feature vector: what a model must beat, and what speaks where it does not.

use crate::error::Result;
use crate::logistic::{Fit, Rows, fit, logit, loss};
use domain::feature::{COUNT, NAMES as FEATURES};

/// A simple forecast, fitted like the model and on the same weeks.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub name: &'static str,
    pub fit: Fit,
}

/// The features each line may use; of the decayed counts the half-life that fits best is taken.
const PERSISTENCE: [&str; 2] = ["count_3d", "days_since"];
const DECAYED: [&str; 3] = ["count_3d", "count_14d", "count_90d"];
/// Few numbers from many rows: hardly a penalty.
const RIDGE: f64 = 0.1;

/// The lines' names, in their order.
pub const NAMES: [&str; 5] = crate::baseline::NAMES;

/// Base rate, persistence, climatology, decayed count and the analyst's, in this order.
pub fn lines(rows: &Rows, what: &str) -> Result<Vec<Line>> {
    let base = rows.positives() as f64 / rows.labels.len().max(1) as f64;
    let flat = Fit { intercept: logit(base), coefficients: vec![0.0; COUNT] };
    let mut decayed: Option<(f64, Fit)> = None;
    for name in DECAYED {
        let fit = on(rows, &[name], what)?;
        let worse = total(&fit, rows)?;
        if decayed.as_ref().is_none_or(|(least, _)| worse < *least) {
            decayed = Some((worse, fit));
        }
    }
    let fits = [
        flat.clone(),
        on(rows, &PERSISTENCE, what)?,
        on(rows, &["climatology"], what)?,
        decayed.map_or(flat, |(_, fit)| fit),
        on(rows, &["count_30d"], what)?,
    ];
    Ok(NAMES.into_iter().zip(fits).map(|(name, fit)| Line { name, fit }).collect())
}

/// Fits these features alone, under the signs a person can follow: one that comes out the wrong way round is left out.
fn on(rows: &Rows, features: &[&str], what: &str) -> Result<Fit> {
    let mut at: Vec<usize> =
        features.iter().filter_map(|name| FEATURES.iter().position(|own| own == name)).collect();
    loop {
        let cells = (0..rows.labels.len()).flat_map(|row| at.iter().map(move |at| rows.row(row)[*at]));
        let narrow = Rows { width: at.len(), cells: cells.collect(), labels: rows.labels.clone() };
        let fitted = fit(&narrow, RIDGE, what)?;
        let against = |(place, c): (usize, &f64)| if FEATURES[at[place]] == "days_since" { *c } else { -c };
        let wrong = fitted.coefficients.iter().enumerate().map(|pair| (against(pair), pair.0));
        let worst = wrong.filter(|(against, _)| *against > 0.0).max_by(|a, b| a.0.total_cmp(&b.0));
        let Some((_, worst)) = worst else {
            let mut coefficients = vec![0.0; COUNT];
            at.iter().zip(fitted.coefficients).for_each(|(at, c)| coefficients[*at] = c);
            return Ok(Fit { intercept: fitted.intercept, coefficients });
        };
        at.remove(worst);
        if at.is_empty() {
            let base = rows.positives() as f64 / rows.labels.len().max(1) as f64;
            return Ok(Fit { intercept: logit(base), coefficients: vec![0.0; COUNT] });
        }
    }
}

fn total(line: &Fit, rows: &Rows) -> Result<f64> {
    let logits = line.logits(rows, 0..rows.labels.len())?;
    Ok(logits.iter().zip(&rows.labels).map(|(logit, label)| loss(*logit, *label)).sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logistic::sigmoid;
    use crate::rng::Rng;

    fn rows(slope: f64) -> Rows {
        let (mut rng, mut rows) = (Rng::new(8), Rows { width: COUNT, ..Rows::default() });
        for _ in 0..4000 {
            let mut x = [0.0; COUNT];
            x.iter_mut().for_each(|value| *value = rng.unit());
            rows.labels.push(rng.unit() < sigmoid(-2.0 + slope * x[2]));
            rows.cells.extend(x);
        }
        rows
    }

    #[test]
    fn each_line_uses_its_own_features_and_keeps_the_mean() {
        let rows = rows(2.0);
        let lines = lines(&rows, "a test").expect("fitted");
        let base = rows.positives() as f64 / rows.labels.len() as f64;
        for line in &lines {
            let n = rows.labels.len();
            let mean = (0..n).map(|at| sigmoid(line.fit.logit(rows.row(at)))).sum::<f64>() / n as f64;
            assert!((mean - base).abs() < 0.002, "{}: {mean} against {base}", line.name);
        }
        let used = |line: &Line| line.fit.coefficients.iter().filter(|c| **c != 0.0).count();
        assert_eq!(used(&lines[0]), 0);
        assert!(lines[1..].iter().all(|line| used(line) <= 2), "{lines:?}");
        assert!(lines[3].fit.coefficients[2] > 1.0, "the half-life that tells is chosen: {:?}", lines[3]);
    }

    #[test]
    fn a_count_that_would_lower_the_risk_is_left_out() {
        let lines = lines(&rows(-2.0), "a test").expect("fitted");
        assert!(lines[3].fit.coefficients.iter().all(|c| *c >= 0.0), "{:?}", lines[3]);
    }
}
