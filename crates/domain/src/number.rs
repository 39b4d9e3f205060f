//! Logarithm and exponential of our own: the same bits on every machine, no branch, no table.
//!
//! Both are plain IEEE additions, multiplications and divisions in a fixed order, so a compiler may run several
//! side by side but cannot change a bit of the outcome. Domain, error bound and the test that holds it stand at each.

const LN_2: f64 = core::f64::consts::LN_2;
/// ln 2 in two parts: the first has few enough bits that its products with whole exponents are exact.
const LN_2_HIGH: f64 = f64::from_bits(0x3FE6_2E42_FEE0_0000);
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
/// 2^52 and 1.5 * 2^52: adding them moves a whole number into the low bits.
const WHOLE: f64 = 4_503_599_627_370_496.0;
const NEAREST: f64 = 6_755_399_441_055_744.0;

/// The natural logarithm of a positive, normal, finite `x`; off by at most 4e-16 plus two units in the last place.
///
/// `x = 2^e * m` with m between √½ and √2, and ln m = 2 atanh s, s = (m - 1) / (m + 1), |s| < 0.1716.
/// The series in t = s² is cut after t^10: what is left out is below t^11 / 23 < 1e-18 of the whole.
#[inline]
pub fn ln(x: f64) -> f64 {
    const SQRT_HALF: u64 = 0x3FE6_A09E_667F_3BCD;
    const ONE: u64 = 0x3FF0_0000_0000_0000;
    // Shifted so that the exponent's bits change at √½ and not at 1.
    let shifted = x.to_bits().wrapping_add(ONE - SQRT_HALF);
    let exponent = f64::from_bits(WHOLE.to_bits() | shifted >> 52) - (WHOLE + 1023.0);
    let m = f64::from_bits((shifted & ((1 << 52) - 1)).wrapping_add(SQRT_HALF));
    let s = (m - 1.0) / (m + 1.0);
    let t = s * s;
    let t2 = t * t;
    let t4 = t2 * t2;
    let low = (1.0 / 3.0 + t * (1.0 / 5.0)) + t2 * (1.0 / 7.0 + t * (1.0 / 9.0));
    let middle = (1.0 / 11.0 + t * (1.0 / 13.0)) + t2 * (1.0 / 15.0 + t * (1.0 / 17.0));
    let high = (1.0 / 19.0) + t * (1.0 / 21.0);
    let series = (low + t4 * middle) + (t4 * t4) * high;
    exponent * LN_2_HIGH + (2.0 * s + (2.0 * s * t * series + exponent * LN_2_LOW))
}

/// `e^x` for each `x` that is a number, held between -700 and 700; relative error at most 1e-14.
///
/// `x = k ln 2 + r` with |r| at most 0.3466, and the series of e^r is cut after r^11: r^12 / 12! < 7e-15.
#[inline]
pub fn exps(x: [f64; 2]) -> [f64; 2] {
    let x = [x[0].clamp(-700.0, 700.0), x[1].clamp(-700.0, 700.0)];
    let near = plus(times(x, 1.0 / LN_2), NEAREST);
    let k = plus(near, -NEAREST);
    let r = sum(sum(x, times(k, -LN_2_HIGH)), times(k, -LN_2_LOW));
    let r2 = product(r, r);
    let r4 = product(r2, r2);
    let pair = |low: f64, high: f64| plus(times(r, high), low);
    let low = sum(pair(1.0, 1.0), product(r2, pair(0.5, 1.0 / 6.0)));
    let middle = sum(pair(1.0 / 24.0, 1.0 / 120.0), product(r2, pair(1.0 / 720.0, 1.0 / 5_040.0)));
    let last = product(r2, pair(1.0 / 3_628_800.0, 1.0 / 39_916_800.0));
    let high = sum(pair(1.0 / 40_320.0, 1.0 / 362_880.0), last);
    let series = sum(sum(low, product(r4, middle)), product(product(r4, r4), high));
    let scale = |near: f64| f64::from_bits(near.to_bits().wrapping_add(1023) << 52);
    product(series, [scale(near[0]), scale(near[1])])
}

// Two numbers side by side: one instruction each where the machine has one, the same bits where it has not.
fn sum(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    [a[0] + b[0], a[1] + b[1]]
}
fn product(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    [a[0] * b[0], a[1] * b[1]]
}
fn plus(a: [f64; 2], b: f64) -> [f64; 2] {
    sum(a, [b, b])
}
fn times(a: [f64; 2], b: f64) -> [f64; 2] {
    product(a, [b, b])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of every size, spread evenly over their exponents, from a fixed start.
    fn spread(from: f64, to: f64, count: u64) -> impl Iterator<Item = f64> {
        (0..count).map(move |step| {
            let share = step as f64 / (count - 1) as f64;
            libm::exp(libm::log(from) * (1.0 - share) + libm::log(to) * share)
        })
    }

    #[test]
    fn the_logarithm_keeps_its_bound() {
        let edges = [
            1.0,
            core::f64::consts::SQRT_2,
            0.5,
            2.0,
            1.0 + f64::EPSILON,
            1.0 - f64::EPSILON,
            f64::MIN_POSITIVE,
        ];
        for x in spread(1e-9, 1e9, 400_001).chain(spread(0.999, 1.001, 100_001)).chain(edges) {
            let (ours, theirs) = (ln(x), libm::log(x));
            let bound = 4e-16 + 2.0 * f64::EPSILON * libm::fabs(theirs);
            assert!(libm::fabs(ours - theirs) <= bound, "ln {x:e}: {ours:e} for {theirs:e}");
        }
        assert_eq!(ln(1.0), 0.0);
    }

    #[test]
    fn the_exponential_keeps_its_bound() {
        for step in -700_000..=700_000 {
            let x = f64::from(step) * 1e-3 + 1e-7;
            let ([ours, again], theirs) = (exps([x, x]), libm::exp(x.min(700.0)));
            assert_eq!(ours.to_bits(), again.to_bits());
            assert!(libm::fabs(ours / theirs - 1.0) <= 1e-14, "exp {x}: {ours:e} for {theirs:e}");
        }
        assert_eq!(exps([0.0, -1e300]), [1.0, exps([-700.0, 0.0])[0]]);
        assert_eq!(exps([1e300, 0.0])[0], exps([700.0, 0.0])[0]);
    }

    #[test]
    fn the_bits_are_the_ones_of_the_first_machine() {
        let mut folded = 0u64;
        for x in spread(1e-6, 1e6, 10_001) {
            folded =
                folded.rotate_left(7) ^ ln(x).to_bits() ^ exps([ln(x), 0.0])[0].to_bits().rotate_left(31);
        }
        assert_eq!(folded, 0x102e_4ca2_600f_79ce, "{folded:#018x}");
    }
}
