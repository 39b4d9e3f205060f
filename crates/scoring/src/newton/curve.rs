//! The arithmetic of a block of rows, written so that the compiler does several rows at once. Only additions,
//! multiplications, divisions and bits: the same answer on every machine.

use domain::number::exps;

/// Rows worked on together.
pub const BLOCK: usize = 128;
pub type Lane = [f64; BLOCK];

/// Each number becomes 1 / (1 + e^-z), by the service's own exponential; beyond ±36 the ends are reached.
pub fn sigmoids(lane: &mut Lane) {
    let (pairs, _) = lane.as_chunks_mut::<2>();
    for pair in pairs {
        let [one, two] = exps(pair.map(|z| -z.clamp(-36.0, 36.0)));
        *pair = [1.0 / (1.0 + one), 1.0 / (1.0 + two)];
    }
}

/// Eight sums side by side, then added up.
const SIDE: usize = 8;

pub fn dot(a: &Lane, b: &Lane) -> f64 {
    let mut sums = [0.0; SIDE];
    for (a, b) in a.chunks_exact(SIDE).zip(b.chunks_exact(SIDE)) {
        for k in 0..SIDE {
            sums[k] += a[k] * b[k];
        }
    }
    sums.iter().sum()
}

pub fn sum(values: &[f64]) -> f64 {
    let (whole, rest) = values.as_chunks::<SIDE>();
    let mut sums = [0.0; SIDE];
    for part in whole {
        for k in 0..SIDE {
            sums[k] += part[k];
        }
    }
    sums.iter().sum::<f64>() + rest.iter().sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_agrees_with_the_library_over_its_range() {
        for step in 0..6000 {
            let mut lane = [0.0; BLOCK];
            for (k, z) in lane.iter_mut().enumerate() {
                *z = -38.4 + f64::from(step) * 0.0128 + k as f64 * 1e-4;
            }
            let given = lane;
            sigmoids(&mut lane);
            for (z, found) in given.iter().zip(lane) {
                let plain = 1.0 / (1.0 + libm::exp(-z.clamp(-36.0, 36.0)));
                assert!((found / plain - 1.0).abs() < 2e-14, "{z}: {found} {plain}");
            }
        }
    }

    #[test]
    fn sums_are_sums() {
        let a: Vec<f64> = (0..BLOCK).map(|k| k as f64 * 0.5).collect();
        let lane: Lane = a.clone().try_into().expect("a lane");
        assert_eq!(sum(&a), 0.5 * 127.0 * 64.0);
        assert_eq!(sum(&a[..3]), 1.5);
        assert_eq!(dot(&lane, &[2.0; BLOCK]), 127.0 * 64.0);
    }
}
