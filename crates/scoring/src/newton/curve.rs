//! The arithmetic of a block of rows, written so that the compiler does several rows at once. Only additions,
//! multiplications, divisions and bits: the same answer on every machine.

/// Rows worked on together.
pub const BLOCK: usize = 128;
pub type Lane = [f64; BLOCK];

/// Each number becomes 1 / (1 + e^-z), within a few units of the last place; beyond ±36 the ends are reached.
pub fn sigmoids(lane: &mut Lane) {
    for z in lane {
        *z = 1.0 / (1.0 + exp(-z.clamp(-36.0, 36.0)));
    }
}

/// Adding this and taking it away again rounds to a whole number, which then stands in the lowest bits.
const ROUND: f64 = 6_755_399_441_055_744.0;
const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// 1 / n!, from the twelfth down.
const TERMS: [f64; 13] = [
    1.0 / 479_001_600.0,
    1.0 / 39_916_800.0,
    1.0 / 3_628_800.0,
    1.0 / 362_880.0,
    1.0 / 40_320.0,
    1.0 / 5_040.0,
    1.0 / 720.0,
    1.0 / 120.0,
    1.0 / 24.0,
    1.0 / 6.0,
    0.5,
    1.0,
    1.0,
];

/// e^x = 2^n · e^r with |r| at most half of ln 2, where the series left off after r^12 is below 2e-16.
#[inline(always)]
fn exp(x: f64) -> f64 {
    let shifted = x * std::f64::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (x - n * LN_2_HIGH) - n * LN_2_LOW;
    let mut series = TERMS[0];
    for term in &TERMS[1..] {
        series = series * r + term;
    }
    series * f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52)
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
                assert!((found / plain - 1.0).abs() < 1e-14, "{z}: {found} {plain}");
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
