//! A few Newton steps towards the ridge optimum. L-BFGS needs hundreds of passes where features are nearly collinear,
//! as decayed counts are; started from here, linfa's solver has only the last digits left to do.

use crate::logistic::{Rows, sigmoid};

/// Weights and, last, the intercept, for standardised `cells`; None where the steps do not settle.
pub fn start(cells: &[f64], rows: &Rows, alpha: f64) -> Option<Vec<f64>> {
    let width = rows.width;
    let mut weights = vec![0.0; width + 1];
    let share = rows.positives() as f64 / rows.labels.len() as f64;
    weights[width] = libm::log(share / (1.0 - share));
    for _ in 0..25 {
        let (gradient, curvature) = derivatives(cells, rows, (&weights, alpha));
        let step = solve(curvature, gradient)?;
        let size = step.iter().fold(0.0_f64, |max, value| max.max(value.abs()));
        // Far steps overshoot: the logistic curve is flat there.
        let damp = if size > 4.0 { 4.0 / size } else { 1.0 };
        weights.iter_mut().zip(&step).for_each(|(weight, step)| *weight -= damp * step);
        if size < 1e-9 {
            break;
        }
    }
    weights.iter().all(|weight| weight.is_finite()).then_some(weights)
}

/// Gradient and (full) matrix of second derivatives of the penalised loss.
fn derivatives(cells: &[f64], rows: &Rows, (weights, alpha): (&[f64], f64)) -> (Vec<f64>, Vec<f64>) {
    let (width, size) = (rows.width, rows.width + 1);
    let (mut gradient, mut curvature) = (vec![0.0; size], vec![0.0; size * size]);
    let mut row = vec![1.0; size];
    for (index, label) in rows.labels.iter().enumerate() {
        row[..width].copy_from_slice(&cells[index * width..(index + 1) * width]);
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
