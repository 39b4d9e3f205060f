//! Newton's steps towards the ridge optimum: a dozen passes, where methods that know the gradient alone need hundreds, for
//! the features are nearly collinear, as decayed counts are.
//!
//! The many fits of a choice share their rows: a fold is the first rows of the same columns, the next penalty starts where
//! the last one ended, and only the rows' moments are worked out again.

mod curve;

use crate::logistic::Ridge;
use curve::{BLOCK, Lane, dot, sigmoids, sum};
use linfa::DatasetBase;
use linfa::dataset::Records;
use ndarray::{ArrayView1, ArrayView2};
use std::borrow::Cow;

/// Features column by column in blocks of rows, so that a pass runs through memory once.
pub struct DesignColumns {
    width: usize,
    blocks: Vec<Lane>,
    labels: Vec<Lane>,
}

/// A linfa dataset of the first rows of the columns, which it borrows.
pub type FirstRows<'a> = DatasetBase<FirstRecords<'a>, FirstLabels<'a>>;

/// The first rows' features, and the moments in which a penalty is measured.
pub struct FirstRecords<'a> {
    columns: &'a DesignColumns,
    rows: usize,
    means: Vec<f64>,
    /// 0 for a feature that never varies: it stays out of the work.
    spreads: Vec<f64>,
}

/// The first rows' labels.
pub struct FirstLabels<'a> {
    lanes: &'a [Lane],
    pub positives: f64,
}

impl Records for FirstRecords<'_> {
    type Elem = f64;

    fn nsamples(&self) -> usize {
        self.rows
    }

    fn nfeatures(&self) -> usize {
        self.columns.width
    }
}

impl FirstRecords<'_> {
    /// False where a feature holds what is no number.
    pub fn is_finite(&self) -> bool {
        self.means.iter().all(|mean| mean.is_finite())
    }
}

impl DesignColumns {
    pub fn new(records: ArrayView2<'_, f64>, labels: ArrayView1<'_, bool>) -> DesignColumns {
        let (width, count) = (records.ncols(), labels.len().div_ceil(BLOCK));
        let mut blocks = vec![[0.0; BLOCK]; count * width];
        let mut lanes = vec![[0.0; BLOCK]; count];
        for (index, (row, label)) in records.rows().into_iter().zip(labels).enumerate() {
            let (block, at) = (index / BLOCK, index % BLOCK);
            lanes[block][at] = f64::from(u8::from(*label));
            for (lane, x) in blocks[block * width..][..width].iter_mut().zip(row) {
                lane[at] = *x;
            }
        }
        DesignColumns { width, blocks, labels: lanes }
    }

    /// The first `rows` rows.
    pub fn first(&self, rows: usize) -> FirstRows<'_> {
        let (mut means, mut spreads) = (vec![0.0; self.width], vec![0.0; self.width]);
        let n = rows.max(1) as f64;
        for at in 0..self.width {
            let mean = self.total(rows, |block, len| sum(&block[at][..len])) / n;
            let squares =
                self.total(rows, |block, len| block[at][..len].iter().map(|x| (x - mean) * (x - mean)).sum());
            let variance = squares / n;
            means[at] = mean;
            spreads[at] = if variance > 1e-12 { libm::sqrt(variance) } else { 0.0 };
        }
        let positives = self.labels.iter().zip(lengths(rows)).map(|(lane, len)| sum(&lane[..len])).sum();
        DatasetBase::new(
            FirstRecords { columns: self, rows, means, spreads },
            FirstLabels { lanes: &self.labels, positives },
        )
    }

    fn total(&self, rows: usize, one: impl Fn(&[Lane], usize) -> f64) -> f64 {
        self.blocks.chunks_exact(self.width).zip(lengths(rows)).map(|(b, len)| one(b, len)).sum()
    }
}

/// Weights and, last, the intercept, for the features as they are; None where the steps do not settle. There must be
/// labels of both kinds.
pub fn descend(dataset: &FirstRows<'_>, ridge: &Ridge<'_>) -> Option<Vec<f64>> {
    let (records, labels) = (&dataset.records, &dataset.targets);
    let width = records.columns.width;
    let (means, spreads) = match ridge.standardised {
        true => (Cow::from(&records.means), Cow::from(&records.spreads)),
        false => (Cow::from(vec![0.0; width]), Cow::from(vec![1.0; width])),
    };
    let active: Vec<usize> =
        (0..width).filter(|at| ridge.free.is_none_or(|free| free[*at]) && spreads[*at] > 0.0).collect();
    let share = labels.positives / records.rows as f64;
    let level = libm::log(share / (1.0 - share));
    let mut all = vec![0.0; width + 1];
    all[width] = level;
    if active.is_empty() {
        return Some(all);
    }
    let descent =
        Descent { columns: records.columns, rows: records.rows, labels, means: &means, spreads: &spreads };
    let pass = Pass { alpha: ridge.alpha, every: 1, enough: 1e-6 };
    let warm = ridge.start.and_then(|start| {
        let own = active.iter().map(|at| start.coefficients[*at]);
        let mut weights: Vec<f64> = own.chain([start.intercept]).collect();
        descent.settle(&mut weights, &active, &pass).map(|()| weights)
    });
    let weights = match warm {
        Some(weights) => weights,
        None => {
            let mut weights = descent.cold(&active, ridge.alpha, level);
            descent.settle(&mut weights, &active, &pass)?;
            weights
        }
    };
    active.iter().zip(&weights).for_each(|(at, weight)| all[*at] = *weight);
    all[width] = weights[active.len()];
    Some(all)
}

/// One fit's rows, and the units of its penalty.
struct Descent<'a> {
    columns: &'a DesignColumns,
    rows: usize,
    labels: &'a FirstLabels<'a>,
    means: &'a [f64],
    spreads: &'a [f64],
}

impl Descent<'_> {
    /// The first steps look at every eighth block only: they need not be exact, and the last ones double their digits.
    fn cold(&self, active: &[usize], alpha: f64, level: f64) -> Vec<f64> {
        const EVERY: usize = 8;
        let mut start = vec![0.0; active.len() + 1];
        start[active.len()] = level;
        let mut near = start.clone();
        let pass = Pass { alpha: alpha / EVERY as f64, every: EVERY, enough: 1e-2 };
        let rough = self.labels.positives >= 100.0 * EVERY as f64;
        if rough && self.settle(&mut near, active, &pass).is_some() { near } else { start }
    }

    /// Steps until the last one was shorter than `enough`, measured in standard deviations. The curvature is costly and
    /// hardly moves near the end, so short steps that shrink fast keep the one they have.
    fn settle(&self, weights: &mut [f64], active: &[usize], pass: &Pass) -> Option<()> {
        let (mut factor, mut last) = (Vec::new(), f64::INFINITY);
        let (mut taken, mut fall) = (vec![0.0; weights.len()], 0.0);
        for _ in 0..60 {
            let (gradient, curvature) = self.derivatives(weights, active, pass, factor.is_empty());
            // The loss is convex: where it climbs behind a step more steeply than half of what it fell before it, the
            // step went too far, for the logistic curve is flat there. Half of it is taken back.
            if -along(&gradient, &taken) > 0.5 * fall && fall > 0.0 {
                taken.iter_mut().zip(weights.iter_mut()).for_each(|(step, weight)| {
                    *step *= 0.5;
                    *weight += *step;
                });
                fall *= 0.5;
                factor.clear();
                continue;
            }
            if factor.is_empty() {
                factor = decomposed(curvature, weights.len())?;
            }
            taken = solved(&factor, gradient.clone());
            fall = along(&gradient, &taken);
            weights.iter_mut().zip(&taken).for_each(|(weight, step)| *weight -= step);
            let size = self.size(&taken, active);
            if size < pass.enough {
                return weights.iter().all(|weight| weight.is_finite()).then_some(());
            }
            if size > 0.2 || size > 0.2 * last {
                factor.clear();
            }
            last = size;
        }
        None
    }

    /// The largest move of a weight, in standard deviations of its feature, or of the mean row's logit.
    fn size(&self, step: &[f64], active: &[usize]) -> f64 {
        let mut level = step[active.len()];
        let mut size = 0.0_f64;
        for (at, step) in active.iter().zip(step) {
            size = size.max((step * self.spreads[*at]).abs());
            level += step * self.means[*at];
        }
        size.max(level.abs())
    }

    /// Gradient and, if asked for, (lower triangle of the) matrix of second derivatives of the penalised loss.
    fn derivatives(
        &self,
        weights: &[f64],
        active: &[usize],
        pass: &Pass,
        bent: bool,
    ) -> (Vec<f64>, Vec<f64>) {
        let size = active.len() + 1;
        let (mut gradient, mut curvature) = (vec![0.0; size], vec![0.0; size * size]);
        let blocks = self.columns.blocks.chunks_exact(self.columns.width);
        for ((block, label), len) in blocks.zip(self.labels.lanes).zip(lengths(self.rows)).step_by(pass.every)
        {
            let mut risk = [weights[size - 1]; BLOCK];
            for (at, weight) in active.iter().zip(weights) {
                risk.iter_mut().zip(&block[*at]).for_each(|(z, x)| *z += weight * x);
            }
            sigmoids(&mut risk);
            let (mut error, mut bend) = ([0.0; BLOCK], [0.0; BLOCK]);
            for k in 0..len {
                error[k] = risk[k] - label[k];
                bend[k] = (risk[k] * (1.0 - risk[k])).max(1e-12);
            }
            for (i, at) in active.iter().enumerate() {
                gradient[i] += dot(&error, &block[*at]);
                if !bent {
                    continue;
                }
                let mut scaled = bend;
                scaled.iter_mut().zip(&block[*at]).for_each(|(v, x)| *v *= x);
                for (cell, other) in curvature[i * size..].iter_mut().zip(&active[..=i]) {
                    *cell += dot(&scaled, &block[*other]);
                }
                curvature[(size - 1) * size + i] += sum(&scaled);
            }
            gradient[size - 1] += sum(&error);
            curvature[size * size - 1] += sum(&bend);
        }
        for (i, at) in active.iter().enumerate() {
            let penalty = pass.alpha * self.spreads[*at] * self.spreads[*at];
            gradient[i] += penalty * weights[i];
            curvature[i * size + i] += penalty;
        }
        (gradient, curvature)
    }
}

/// Which rows a pass looks at, under which penalty, and how near is near enough.
struct Pass {
    alpha: f64,
    every: usize,
    enough: f64,
}

fn along(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Rows in each block of the first `rows`.
fn lengths(rows: usize) -> impl Iterator<Item = usize> {
    (0..rows.div_ceil(BLOCK)).map(move |block| (rows - block * BLOCK).min(BLOCK))
}

/// Cholesky's factor of a symmetric positive matrix given by its lower triangle.
fn decomposed(mut a: Vec<f64>, n: usize) -> Option<Vec<f64>> {
    for i in 0..n {
        for j in 0..=i {
            let sum: f64 = (0..j).map(|k| a[i * n + k] * a[j * n + k]).sum();
            let rest = a[i * n + j] - sum;
            if i == j {
                if rest <= 0.0 {
                    return None;
                }
                a[i * n + i] = libm::sqrt(rest);
            } else {
                a[i * n + j] = rest / a[j * n + j];
            }
        }
    }
    Some(a)
}

/// Solves A x = b, A given by its factor.
fn solved(factor: &[f64], mut b: Vec<f64>) -> Vec<f64> {
    let (a, n) = (factor, b.len());
    for i in 0..n {
        let sum: f64 = (0..i).map(|k| a[i * n + k] * b[k]).sum();
        b[i] = (b[i] - sum) / a[i * n + i];
    }
    for i in (0..n).rev() {
        let sum: f64 = (i + 1..n).map(|k| a[k * n + i] * b[k]).sum();
        b[i] = (b[i] - sum) / a[i * n + i];
    }
    b
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logistic::{Fit, FitError, Rows, sigmoid};
    use crate::rng::Rng;
    use linfa::traits::Fit as _;

    fn columns(rows: &Rows) -> DesignColumns {
        let dataset = rows.dataset().expect("a table");
        DesignColumns::new(dataset.records, dataset.targets)
    }

    #[test]
    fn solves_a_small_system_and_refuses_a_singular_one() {
        let x = solved(&decomposed(vec![4.0, 0.0, 2.0, 3.0], 2).expect("a factor"), vec![10.0, 8.0]);
        assert!((x[0] - 1.75).abs() < 1e-12 && (x[1] - 1.5).abs() < 1e-12, "{x:?}");
        assert_eq!(decomposed(vec![1.0, 0.0, 1.0, 1.0], 2), None);
    }

    /// From a start far off, where the curve is flat and a plain Newton step flies away.
    #[test]
    fn a_far_start_and_a_steep_truth_settle_all_the_same() {
        let cells: Vec<f64> = (0..400).map(|i| f64::from(i) / 20.0 - 18.0).collect();
        let labels = cells.iter().enumerate().map(|(i, x)| *x > 0.5 || i == 350).collect();
        let rows = Rows { width: 1, cells, labels };
        let columns = columns(&rows);
        let (known, ridge) = (columns.first(400), Ridge::new(1e-6));
        let cold = descend(&known, &ridge).expect("settled");
        let start = Fit { intercept: 50.0, coefficients: vec![-30.0] };
        let far = descend(&known, &Ridge { start: Some(&start), ..ridge }).expect("settled");
        assert!(
            cold[0] > 5.0 && cold.iter().zip(&far).all(|(a, b)| (a - b).abs() < 1e-4),
            "{cold:?} {far:?}"
        );
    }

    /// One feature tells the labels apart without fault, one is its copy, one is a million times as large.
    #[test]
    fn what_no_curve_can_fit_settles_under_the_penalty_and_what_is_no_number_is_refused() {
        let mut rows = Rows { width: 3, ..Rows::default() };
        for i in 0..600 {
            let x = f64::from(i) / 100.0 - 4.0;
            rows.cells.extend([x, x, 1e6 * x * x]);
            rows.labels.push(x > 0.0);
        }
        for alpha in [1e-3, 1.0, 1000.0] {
            for standardised in [true, false] {
                let ridge = Ridge { standardised, ..Ridge::new(alpha) };
                let fit = ridge.fit(&rows.dataset().expect("a table")).expect("settled");
                let [one, two, _] = fit.coefficients[..] else { panic!("{fit:?}") };
                assert!(one > 0.0 && (one - two).abs() < 1e-4 * one, "{alpha} {standardised}: {fit:?}");
            }
        }
        rows.cells[7] = f64::NAN;
        let refused = Ridge::new(1.0).fit(&rows.dataset().expect("a table"));
        assert!(matches!(refused, Err(FitError::NotFinite)), "{refused:?}");
    }

    fn made(n: usize) -> Rows {
        let mut rng = Rng::new(8);
        let mut rows = Rows { width: 4, ..Rows::default() };
        for _ in 0..n {
            let x = [rng.normal(), 3.0 + 2.0 * rng.normal(), 1.0, rng.normal()];
            rows.labels.push(rng.unit() < sigmoid(-2.0 + x[0] - 0.4 * (x[1] - 3.0)));
            rows.cells.extend(x);
        }
        rows
    }

    /// At the optimum of the standardised problem the penalised gradient is nothing, worked out row by row here.
    #[test]
    fn the_first_rows_are_fitted_to_their_optimum_and_the_rest_is_not_seen() {
        let (rows, free) = (made(5000), [true, true, true, false]);
        let columns = columns(&rows);
        for n in [300, 1000, 4999] {
            let known = columns.first(n);
            let alpha = 7.0;
            let ridge = Ridge { free: Some(&free), ..Ridge::new(alpha) };
            let weights = descend(&known, &ridge).expect("settled");
            assert_eq!((weights[2], weights[3]), (0.0, 0.0), "one never varies, one is not free");
            let mut gradient = [0.0; 3];
            for index in 0..n {
                let x = rows.row(index);
                let z = x.iter().zip(&weights).fold(weights[4], |sum, (x, w)| sum + x * w);
                let error = sigmoid(z) - f64::from(u8::from(rows.labels[index]));
                gradient[0] += error * x[0];
                gradient[1] += error * x[1];
                gradient[2] += error;
            }
            for at in 0..2 {
                let column = || (0..n).map(|index| rows.row(index)[at]);
                let mean = column().sum::<f64>() / n as f64;
                let variance = column().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n as f64;
                gradient[at] += alpha * variance * weights[at];
            }
            assert!(gradient.iter().all(|g| g.abs() < 1e-4), "{n}: {gradient:?}");
            let start = Fit { intercept: 0.1, coefficients: vec![9.0; 4] };
            let warm = descend(&known, &Ridge { start: Some(&start), ..ridge }).expect("settled");
            assert!(warm.iter().zip(&weights).all(|(a, b)| (a - b).abs() < 1e-6), "{warm:?} {weights:?}");
        }
    }
}
