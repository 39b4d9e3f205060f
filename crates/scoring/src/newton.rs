//! Newton's steps towards the ridge optimum. L-BFGS needs hundreds of passes where features are nearly collinear, as
//! decayed counts are; started from here, linfa's solver has only the last digits left to do, and the rolling folds need none.
//!
//! The many fits of a choice share their rows: a fold is the first rows of the same columns, the next penalty starts where
//! the last one ended, and only the rows' moments are worked out again.

mod curve;

use crate::logistic::Rows;
use curve::{BLOCK, Lane, dot, sigmoids, sum};

/// Features column by column in blocks of rows, so that a pass runs through memory once.
pub struct DesignColumns {
    width: usize,
    blocks: Vec<Lane>,
    labels: Vec<Lane>,
}

impl DesignColumns {
    pub fn new(rows: &Rows) -> DesignColumns {
        let count = rows.labels.len().div_ceil(BLOCK);
        let mut blocks = vec![[0.0; BLOCK]; count * rows.width];
        let mut labels = vec![[0.0; BLOCK]; count];
        for (index, label) in rows.labels.iter().enumerate() {
            let (block, at) = (index / BLOCK, index % BLOCK);
            labels[block][at] = f64::from(u8::from(*label));
            for (lane, x) in blocks[block * rows.width..][..rows.width].iter_mut().zip(rows.row(index)) {
                lane[at] = *x;
            }
        }
        DesignColumns { width: rows.width, blocks, labels }
    }
}

/// A fit's rows: the first ones of the columns, and what its penalty is measured in.
pub struct NewtonProblem<'a> {
    columns: &'a DesignColumns,
    rows: usize,
    means: Vec<f64>,
    /// 0 for a feature that never varies: it stays out of the work.
    spreads: Vec<f64>,
    positives: f64,
}

impl<'a> NewtonProblem<'a> {
    /// The penalty weighs standardised features.
    pub fn new(columns: &'a DesignColumns, rows: usize) -> NewtonProblem<'a> {
        let mut problem = NewtonProblem::plain(columns, rows);
        let n = rows.max(1) as f64;
        for at in 0..columns.width {
            let mean = problem.total(|block, len| sum(&block[at][..len])) / n;
            let squares =
                problem.total(|block, len| block[at][..len].iter().map(|x| (x - mean) * (x - mean)).sum());
            let variance = squares / n;
            problem.means[at] = mean;
            problem.spreads[at] = if variance > 1e-12 { libm::sqrt(variance) } else { 0.0 };
        }
        problem
    }

    /// The penalty weighs the features as they are.
    pub fn plain(columns: &'a DesignColumns, rows: usize) -> NewtonProblem<'a> {
        let (means, spreads) = (vec![0.0; columns.width], vec![1.0; columns.width]);
        let positives = columns.labels.iter().zip(lengths(rows)).map(|(lane, len)| sum(&lane[..len])).sum();
        NewtonProblem { columns, rows, means, spreads, positives }
    }

    fn total(&self, one: impl Fn(&[Lane], usize) -> f64) -> f64 {
        self.columns
            .blocks
            .chunks_exact(self.columns.width)
            .zip(lengths(self.rows))
            .map(|(b, len)| one(b, len))
            .sum()
    }

    /// False where there is only one kind of label.
    pub fn can_tell(&self) -> bool {
        0.0 < self.positives && self.positives < self.rows as f64
    }

    pub fn moments(&self) -> (&[f64], &[f64]) {
        (&self.means, &self.spreads)
    }

    /// Weights and, last, the intercept, for the features as they are; None where the steps do not settle.
    /// `free` tells which features take part; `from` is where to start, best the answer to a similar call.
    pub fn descend(&self, alpha: f64, free: &[bool], from: Option<&[f64]>) -> Option<Vec<f64>> {
        let active: Vec<usize> =
            (0..self.columns.width).filter(|at| free[*at] && self.spreads[*at] > 0.0).collect();
        let pass = Pass { alpha, every: 1, enough: 1e-6 };
        let warm = from.and_then(|from| {
            let mut weights: Vec<f64> =
                active.iter().map(|at| from[*at]).chain(from.last().copied()).collect();
            self.settle(&mut weights, &active, &pass).map(|()| weights)
        });
        let weights = match warm {
            Some(weights) => weights,
            None => {
                let mut weights = self.cold(&active, alpha);
                self.settle(&mut weights, &active, &pass)?;
                weights
            }
        };
        let mut all = vec![0.0; self.columns.width + 1];
        active.iter().zip(&weights).for_each(|(at, weight)| all[*at] = *weight);
        all[self.columns.width] = weights[active.len()];
        Some(all)
    }

    /// The first steps look at every eighth block only: they need not be exact, and the last ones double their digits.
    fn cold(&self, active: &[usize], alpha: f64) -> Vec<f64> {
        const EVERY: usize = 8;
        let share = self.positives / self.rows as f64;
        let mut start = vec![0.0; active.len() + 1];
        start[active.len()] = libm::log(share / (1.0 - share));
        let mut near = start.clone();
        let pass = Pass { alpha: alpha / EVERY as f64, every: EVERY, enough: 1e-2 };
        let rough = self.positives >= 100.0 * EVERY as f64;
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
        for ((block, label), len) in
            blocks.zip(&self.columns.labels).zip(lengths(self.rows)).step_by(pass.every)
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
    use crate::logistic::sigmoid;
    use crate::rng::Rng;

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
        let columns = DesignColumns::new(&rows);
        let problem = NewtonProblem::new(&columns, 400);
        let cold = problem.descend(1e-6, &[true], None).expect("settled");
        let far = problem.descend(1e-6, &[true], Some(&[-30.0, 50.0])).expect("settled");
        assert!(
            cold[0] > 5.0 && cold.iter().zip(&far).all(|(a, b)| (a - b).abs() < 1e-4),
            "{cold:?} {far:?}"
        );
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
        let columns = DesignColumns::new(&rows);
        for n in [300, 1000, 4999] {
            let problem = NewtonProblem::new(&columns, n);
            let alpha = 7.0;
            let weights = problem.descend(alpha, &free, None).expect("settled");
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
            let warm = problem.descend(alpha, &free, Some(&[9.0, 9.0, 9.0, 9.0, 0.1])).expect("settled");
            assert!(warm.iter().zip(&weights).all(|(a, b)| (a - b).abs() < 1e-6), "{warm:?} {weights:?}");
        }
    }
}
