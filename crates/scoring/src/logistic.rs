//! One penalised logistic regression, by our own Newton steps (`newton`) behind linfa's traits: [`Ridge`] is fitted to a
//! linfa dataset, and the [`Fit`] that comes of it predicts.

use crate::error::{Error, Result};
use crate::newton::{DesignColumns, FirstLabels, FirstRecords, FirstRows, descend};
use linfa::dataset::{AsSingleTargets, Records};
use linfa::traits::{self, Fit as _, Predict as _, PredictInplace};
use linfa::{DatasetBase, DatasetView};
use ndarray::{Array1, ArrayBase, ArrayView1, ArrayView2, Data, Ix1, Ix2};
use std::ops::Range;

/// What is asked of a fit: an L2 penalty of `alpha`/2·|w|², from which the intercept is free.
#[derive(Clone, Copy, Debug)]
pub struct Ridge<'a> {
    pub alpha: f64,
    /// The penalty weighs standardised features, and one that never varies gets 0; or else the features as they are.
    pub standardised: bool,
    /// Which features take part: all, unless it is given.
    pub free: Option<&'a [bool]>,
    /// Where to start: best the answer to a similar call.
    pub start: Option<&'a Fit>,
}

impl Ridge<'_> {
    pub fn new(alpha: f64) -> Self {
        Ridge { alpha, standardised: true, free: None, start: None }
    }
}

/// Why there is no fit.
#[derive(Debug, thiserror::Error)]
pub enum FitError {
    #[error("no row is a positive, there is nothing to tell apart")]
    NoPositive,
    #[error("every row is a positive, there is nothing to tell apart")]
    NoNegative,
    #[error("a feature holds what is no number")]
    NotFinite,
    #[error("the steps did not settle")]
    NotSettled,
    #[error(transparent)]
    Linfa(#[from] linfa::Error),
}

impl FitError {
    /// As an error of the crate: what was to be fitted, and why it is not.
    pub fn of(self, what: &str) -> Error {
        Error::Fit { what: what.to_string(), reason: self.to_string() }
    }
}

/// Any table of numbers with a yes or no for each row.
impl<D, T> traits::Fit<ArrayBase<D, Ix2>, T, FitError> for Ridge<'_>
where
    D: Data<Elem = f64>,
    T: AsSingleTargets<Elem = bool>,
{
    type Object = Fit;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> std::result::Result<Fit, FitError> {
        let (rows, labels) = (dataset.records.view(), dataset.targets.as_single_targets());
        if rows.nrows() != labels.len() {
            return Err(linfa::Error::MismatchedShapes(rows.nrows(), labels.len()).into());
        }
        self.fit(&DesignColumns::new(rows, labels).first(labels.len()))
    }
}

/// The first rows of columns that are already there: the folds of a choice share them.
impl<'a> traits::Fit<FirstRecords<'a>, FirstLabels<'a>, FitError> for Ridge<'_> {
    type Object = Fit;

    fn fit(&self, dataset: &FirstRows<'a>) -> std::result::Result<Fit, FitError> {
        let width = dataset.nfeatures();
        let lengths = [self.free.map(<[bool]>::len), self.start.map(|fit| fit.coefficients.len())];
        if lengths.into_iter().flatten().any(|length| length != width) {
            let what = format!("free or start: not one for each of {width} features");
            return Err(linfa::Error::Parameters(what).into());
        }
        if !dataset.records.is_finite() {
            return Err(FitError::NotFinite);
        }
        if dataset.targets.positives == 0.0 {
            return Err(FitError::NoPositive);
        }
        if dataset.targets.positives == dataset.nsamples() as f64 {
            return Err(FitError::NoNegative);
        }
        descend(dataset, self).map(Fit::of).ok_or(FitError::NotSettled)
    }
}

/// Coefficients on the features as they are (not standardised), and the intercept.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    pub intercept: f64,
    pub coefficients: Vec<f64>,
}

impl Fit {
    /// From weights with the intercept last.
    fn of(mut weights: Vec<f64>) -> Fit {
        let intercept = weights.pop().unwrap_or(0.0);
        Fit { intercept, coefficients: weights }
    }

    pub fn logit(&self, row: &[f64]) -> f64 {
        self.along(row.iter())
    }

    /// The logits of some rows.
    pub fn logits(&self, rows: &Rows, range: Range<usize>) -> Result<Vec<f64>> {
        let logits: Array1<f64> = self.predict(&rows.records(range)?);
        Ok(logits.to_vec())
    }

    fn along<'a>(&self, row: impl Iterator<Item = &'a f64>) -> f64 {
        self.coefficients.iter().zip(row).fold(self.intercept, |sum, (c, x)| sum + c * x)
    }
}

/// A row's logit, for levels and stretches act on it; [`sigmoid`] makes it a risk.
impl<D: Data<Elem = f64>> PredictInplace<ArrayBase<D, Ix2>, Array1<f64>> for Fit {
    fn predict_inplace<'a>(&'a self, x: &'a ArrayBase<D, Ix2>, y: &mut Array1<f64>) {
        assert_eq!(x.nrows(), y.len(), "a logit for each row");
        y.iter_mut().zip(x.rows()).for_each(|(logit, row)| *logit = self.along(row.iter()));
    }

    fn default_target(&self, x: &ArrayBase<D, Ix2>) -> Array1<f64> {
        Array1::zeros(x.nrows())
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

    /// A linfa dataset of all rows, which it borrows.
    pub fn dataset(&self) -> Result<DatasetView<'_, f64, bool, Ix1>> {
        Ok(DatasetBase::new(self.records(0..self.labels.len())?, ArrayView1::from(&self.labels)))
    }

    fn records(&self, range: Range<usize>) -> Result<ArrayView2<'_, f64>> {
        let cells = &self.cells[range.start * self.width..range.end * self.width];
        ArrayView2::from_shape((range.len(), self.width), cells)
            .map_err(|error| FitError::from(linfa::Error::from(error)).of("table"))
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

/// Fits all features, standardised, with a penalty of `alpha`.
pub fn fit(rows: &Rows, alpha: f64, what: &str) -> Result<Fit> {
    Ridge::new(alpha).fit(&rows.dataset()?).map_err(|error| error.of(what))
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

    /// Owned arrays of any caller's go the same way as the crate's own tables.
    #[test]
    fn any_dataset_of_linfa_is_fitted_and_predicted() {
        let rows = Rows {
            width: 2,
            cells: vec![0.0, 5.0, 1.0, 3.0, 2.0, 4.0, 3.0, 5.0, 1.5, 4.5, 1.6, 3.5],
            labels: vec![false, false, true, true, true, false],
        };
        let view = rows.dataset().expect("a table");
        let owned = linfa::Dataset::new(view.records.to_owned(), view.targets.to_owned());
        let model = Ridge::new(0.1).fit(&owned).expect("fitted");
        assert_eq!(model, fit(&rows, 0.1, "a test").expect("fitted"));
        let logits: Array1<f64> = model.predict(&owned);
        assert_eq!(logits.to_vec(), (0..6).map(|at| model.logit(rows.row(at))).collect::<Vec<_>>());
        assert_eq!(model.logits(&rows, 2..4).expect("a table"), logits.to_vec()[2..4]);
        let short = linfa::Dataset::new(view.records.to_owned(), Array1::from(vec![true, false]));
        assert!(matches!(Ridge::new(0.1).fit(&short), Err(FitError::Linfa(_))));
        let narrow = Ridge { free: Some(&[true]), ..Ridge::new(0.1) };
        assert!(matches!(narrow.fit(&owned), Err(FitError::Linfa(_))));
        let flat = Ridge { free: Some(&[false, false]), ..Ridge::new(0.1) }.fit(&owned).expect("fitted");
        assert_eq!(flat, Fit { intercept: 0.0, coefficients: vec![0.0, 0.0] });
    }

    #[test]
    fn one_class_is_an_error_and_not_a_model() {
        let rows = Rows { width: 1, cells: vec![1.0, 2.0], labels: vec![false, false] };
        assert!(fit(&rows, 1.0, "test").unwrap_err().to_string().contains("no row"));
    }
}
