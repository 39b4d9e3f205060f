//! One regularised logistic regression by linfa. The only file that names `ndarray`.

use crate::error::{Error, Result};
use crate::newton::{DesignColumns, NewtonProblem};
use linfa::Dataset;
use linfa::traits::Fit as _;
use linfa_logistic::LogisticRegression;
use ndarray::{Array1, Array2};

/// Coefficients on the features as they are (not standardised), and the intercept.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    pub intercept: f64,
    pub coefficients: Vec<f64>,
}

impl Fit {
    pub fn logit(&self, row: &[f64]) -> f64 {
        self.coefficients.iter().zip(row).fold(self.intercept, |sum, (c, x)| sum + c * x)
    }
}

/// Rows of features, one after another, with their labels.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    pub width: usize,
    pub cells: Vec<f64>,
    pub labels: Vec<bool>,
}

impl Rows {
    pub fn row(&self, index: usize) -> &[f64] {
        &self.cells[index * self.width..(index + 1) * self.width]
    }

    pub fn positives(&self) -> usize {
        self.labels.iter().filter(|label| **label).count()
    }

    /// The first `n` rows.
    pub fn first(&self, n: usize) -> Rows {
        Rows {
            width: self.width,
            cells: self.cells[..n * self.width].to_vec(),
            labels: self.labels[..n].to_vec(),
        }
    }
}

/// Fits on standardised features with an L2 penalty of `alpha`/2·|w|²; a feature that never varies gets 0.
pub fn fit(rows: &Rows, alpha: f64, what: &str) -> Result<Fit> {
    let columns = DesignColumns::new(rows);
    let problem = NewtonProblem::new(&columns, rows.labels.len());
    polish(rows, &problem, alpha, what)
}

/// Fits on the features as given, without standardising.
pub fn fit_raw(rows: &Rows, alpha: f64, what: &str) -> Result<Fit> {
    let columns = DesignColumns::new(rows);
    polish(rows, &NewtonProblem::plain(&columns, rows.labels.len()), alpha, what)
}

/// A fit with all features free by Newton's steps, and linfa's solver from there on.
fn polish(rows: &Rows, problem: &NewtonProblem<'_>, alpha: f64, what: &str) -> Result<Fit> {
    if !problem.can_tell() {
        let all = if rows.positives() == 0 { "no" } else { "every" };
        let reason = format!("{all} row is a positive, there is nothing to tell apart");
        return Err(Error::Fit { what: what.to_string(), reason });
    }
    let free = vec![true; rows.width];
    solve(rows, problem, alpha, &free, problem.descend(alpha, &free, None), what)
}

impl Fit {
    /// From weights with the intercept last.
    pub fn of(mut weights: Vec<f64>) -> Fit {
        let intercept = weights.pop().unwrap_or(0.0);
        Fit { intercept, coefficients: weights }
    }
}

/// linfa's solver on the `free` features, in the units of the problem's penalty, from `start` (weights, the intercept last).
pub fn solve(
    rows: &Rows,
    problem: &NewtonProblem<'_>,
    alpha: f64,
    free: &[bool],
    start: Option<Vec<f64>>,
    what: &str,
) -> Result<Fit> {
    let failed = |reason: String| Error::Fit { what: what.to_string(), reason };
    let n = rows.labels.len();
    let positives = rows.positives();
    let (means, spreads) = problem.moments();
    let active: Vec<usize> = (0..rows.width).filter(|at| free[*at] && spreads[*at] > 0.0).collect();
    if active.is_empty() {
        let share = positives as f64 / n as f64;
        return Ok(Fit { intercept: logit(share), coefficients: vec![0.0; rows.width] });
    }
    let mut cells = Vec::with_capacity(n * active.len());
    for row in rows.cells.chunks_exact(rows.width) {
        cells.extend(active.iter().map(|at| (row[*at] - means[*at]) / spreads[*at]));
    }
    let records =
        Array2::from_shape_vec((n, active.len()), cells).map_err(|error| failed(error.to_string()))?;
    let dataset = Dataset::new(records, Array1::from(rows.labels.clone()));
    // The gradient is a sum over rows, so its tolerance grows with them.
    let mut solver = LogisticRegression::default()
        .alpha(alpha)
        .max_iterations(300)
        .gradient_tolerance((n as f64 * 1e-7).max(1e-5));
    if let Some(start) = start {
        let sign = if 2 * positives < n { -1.0 } else { 1.0 };
        let mut level = start[rows.width];
        let mut scaled = Vec::new();
        for at in &active {
            scaled.push(sign * start[*at] * spreads[*at]);
            level += start[*at] * means[*at];
        }
        scaled.push(sign * level);
        solver = solver.initial_params(Array1::from(scaled));
    }
    let fitted = solver.fit(&dataset).map_err(|error| failed(error.to_string()))?;
    // linfa calls the more frequent label the positive class, so most of our fits come back with the sign turned.
    let sign = if fitted.labels().pos.class { 1.0 } else { -1.0 };
    let mut fit = Fit { intercept: sign * fitted.intercept(), coefficients: vec![0.0; rows.width] };
    for (at, scaled) in active.iter().zip(fitted.params()) {
        fit.coefficients[*at] = sign * scaled / spreads[*at];
        fit.intercept -= fit.coefficients[*at] * means[*at];
    }
    if fit.coefficients.iter().any(|c| !c.is_finite()) {
        return Err(failed("the solver did not converge".to_string()));
    }
    Ok(fit)
}

/// 1 / (1 + e^-z).
pub fn sigmoid(z: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-z))
}

/// ln(p / (1 - p)), p kept off the ends.
pub fn logit(p: f64) -> f64 {
    let p = p.clamp(1e-9, 1.0 - 1e-9);
    libm::log(p / (1.0 - p))
}

/// Negative log-likelihood of a label under a logit.
pub fn loss(z: f64, label: bool) -> f64 {
    let signed = if label { -z } else { z };
    if signed > 30.0 { signed } else { libm::log1p(libm::exp(signed)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    #[test]
    fn recovers_the_coefficients_it_was_made_from() {
        let mut rng = Rng::new(3);
        let mut rows = Rows { width: 3, ..Rows::default() };
        for _ in 0..20_000 {
            let x = [rng.normal() * 2.0, rng.normal() + 5.0, 1.0];
            rows.labels.push(rng.unit() < sigmoid(-1.0 + 0.8 * x[0] - 0.5 * (x[1] - 5.0)));
            rows.cells.extend(x);
        }
        let fit = fit(&rows, 1.0, "test").expect("fitted");
        assert!(
            (fit.coefficients[0] - 0.8).abs() < 0.05 && (fit.coefficients[1] + 0.5).abs() < 0.05,
            "{fit:?}"
        );
        assert_eq!(fit.coefficients[2], 0.0);
        assert!((fit.logit(&[0.0, 5.0, 1.0]) + 1.0).abs() < 0.06, "{fit:?}");
    }

    #[test]
    fn a_fit_at_equal_counts_keeps_its_sign() {
        let rows = Rows {
            width: 1,
            cells: vec![0.0, 1.0, 2.0, 3.0, 1.5, 1.6],
            labels: vec![false, false, true, true, true, false],
        };
        let mut turned = rows.clone();
        turned.labels.iter_mut().for_each(|label| *label = !*label);
        let (up, down) = (fit(&rows, 0.1, "a").expect("fitted"), fit(&turned, 0.1, "b").expect("fitted"));
        assert!(up.coefficients[0] > 0.5, "{up:?}");
        assert!((up.coefficients[0] + down.coefficients[0]).abs() < 1e-4, "{up:?} {down:?}");
    }

    #[test]
    fn one_class_is_an_error_and_not_a_model() {
        let rows = Rows { width: 1, cells: vec![1.0, 2.0], labels: vec![false, false] };
        assert!(fit(&rows, 1.0, "test").unwrap_err().to_string().contains("no row"));
    }
}
