//! A few Newton steps towards the ridge optimum. L-BFGS needs hundreds of passes where features are nearly collinear,
//! as decayed counts are; started from here, linfa's solver has only the last digits left to do.

use crate::logistic::{Rows, sigmoid};

/// Weights and, last, the intercept, for standardised `cells`; None where the steps do not settle.
///
/// Features that never vary are left out of the work, and the first steps look at every eighth row only: they need not
/// be exact, and the last ones start close enough to double their digits each time.
pub fn start(cells: &[f64], rows: &Rows, alpha: f64) -> Option<Vec<f64>> {
    let active: Vec<usize> =
        (0..rows.width).filter(|at| cells.iter().skip(*at).step_by(rows.width).any(|x| *x != 0.0)).collect();
    let narrow = Rows {
        width: active.len(),
        cells: cells.chunks_exact(rows.width).flat_map(|row| active.iter().map(|at| row[*at])).collect(),
        labels: rows.labels.clone(),
    };
    let share = rows.positives() as f64 / rows.labels.len() as f64;
    let mut weights = vec![0.0; active.len() + 1];
    weights[active.len()] = libm::log(share / (1.0 - share));
    let sample = thinned(&narrow);
    if sample.positives() >= 100 {
        settle(&mut weights, &sample, (alpha / THIN as f64, 1e-2))?;
    }
    settle(&mut weights, &narrow, (alpha, 1e-5))?;
    let mut all = vec![0.0; rows.width + 1];
    active.iter().zip(&weights).for_each(|(at, weight)| all[*at] = *weight);
    all[rows.width] = weights[active.len()];
    Some(all)
}

const THIN: usize = 8;

fn thinned(rows: &Rows) -> Rows {
    let picked = || (0..rows.labels.len()).step_by(THIN);
    Rows {
        width: rows.width,
        cells: picked().flat_map(|index| rows.row(index).iter().copied()).collect(),
        labels: picked().map(|index| rows.labels[index]).collect(),
    }
}

/// Steps until the last one was shorter than `enough`.
fn settle(weights: &mut [f64], rows: &Rows, (alpha, enough): (f64, f64)) -> Option<()> {
    for _ in 0..25 {
        let (gradient, curvature) = derivatives(rows, (weights, alpha));
        let step = solve(curvature, gradient)?;
        let size = step.iter().fold(0.0_f64, |max, value| max.max(value.abs()));
        // Far steps overshoot: the logistic curve is flat there.
        let damp = if size > 4.0 { 4.0 / size } else { 1.0 };
        weights.iter_mut().zip(&step).for_each(|(weight, step)| *weight -= damp * step);
        if size < enough {
            return weights.iter().all(|weight| weight.is_finite()).then_some(());
        }
    }
    None
}

/// Gradient and (full) matrix of second derivatives of the penalised loss.
fn derivatives(rows: &Rows, (weights, alpha): (&[f64], f64)) -> (Vec<f64>, Vec<f64>) {
    let (width, size) = (rows.width, rows.width + 1);
    let (mut gradient, mut curvature) = (vec![0.0; size], vec![0.0; size * size]);
    let mut row = vec![1.0; size];
    for (index, label) in rows.labels.iter().enumerate() {
        row[..width].copy_from_slice(rows.row(index));
        let z: f64 = row.iter().zip(weights).map(|(x, w)| x * w).sum();
        let p = sigmoid(z);
        let (error, weight) = (p - f64::from(u8::from(*label)), (p * (1.0 - p)).max(1e-12));
        for i in 0..size {
            gradient[i] += error * row[i];
            let scaled = weight * row[i];
            let line = &mut curvature[i * size..i * size + i + 1];
            line.iter_mut().zip(&row).for_each(|(cell, x)| *cell += scaled * x);
        }
    }
    for i in 0..width {
        gradient[i] += alpha * weights[i];
        curvature[i * size + i] += alpha;
    }
    for i in 0..size {
        // A feature that never varies has no curvature of its own.
        curvature[i * size + i] += 1e-9;
    }
    (gradient, curvature)
}

/// Solves A x = b for a symmetric positive matrix given by its lower triangle (Cholesky).
fn solve(mut a: Vec<f64>, mut b: Vec<f64>) -> Option<Vec<f64>> {
    let n = b.len();
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
    for i in 0..n {
        let sum: f64 = (0..i).map(|k| a[i * n + k] * b[k]).sum();
        b[i] = (b[i] - sum) / a[i * n + i];
    }
    for i in (0..n).rev() {
        let sum: f64 = (i + 1..n).map(|k| a[k * n + i] * b[k]).sum();
        b[i] = (b[i] - sum) / a[i * n + i];
    }
    Some(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_a_small_system_and_refuses_a_singular_one() {
        let x = solve(vec![4.0, 0.0, 2.0, 3.0], vec![10.0, 8.0]).expect("solved");
        assert!((x[0] - 1.75).abs() < 1e-12 && (x[1] - 1.5).abs() < 1e-12, "{x:?}");
        assert_eq!(solve(vec![1.0, 0.0, 1.0, 1.0], vec![1.0, 1.0]), None);
    }
}
