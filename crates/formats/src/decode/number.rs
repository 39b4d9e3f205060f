//! JSON numbers whose syntax the scanner has checked.

/// A whole number of zero or more; `3.0` and `3e0` are whole too. Larger than a `u64` saturates.
#[inline]
pub fn whole(text: &str) -> Option<u64> {
    if text.len() < 19 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(text.bytes().fold(0, |value, byte| value * 10 + u64::from(byte - b'0')));
    }
    let value: f64 = text.parse().ok()?;
    (value >= 0.0 && value.fract() == 0.0).then_some(value as u64)
}

/// The nearest double.
#[inline]
pub fn double(text: &str) -> Option<f64> {
    short_decimal(text).or_else(|| text.parse().ok())
}

/// Up to 15 digits without exponent: mantissa and power of ten are both exact, so one division rounds right.
#[inline]
fn short_decimal(text: &str) -> Option<f64> {
    const POWERS: [f64; 16] =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.len() > 16 {
        return None;
    }
    let (mut mantissa, mut places, mut point) = (0u64, 0usize, false);
    for byte in digits.bytes() {
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa * 10 + u64::from(byte - b'0');
                places += usize::from(point);
            }
            b'.' => point = true,
            _ => return None,
        }
    }
    if mantissa >= 1 << 53 {
        return None;
    }
    let value = mantissa as f64 / POWERS[places];
    Some(if digits.len() < text.len() { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_are_the_ones_the_standard_library_reads() {
        let mut seed = 7u64;
        for round in 0..20_000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let (a, b) = (seed >> 40, seed % 10u64.pow(1 + (round % 12) as u32));
            for text in [
                format!("{a}.{b}"),
                format!("-{}.{b:05}", a % 180),
                format!("{b}"),
                format!("{a}e-{}", round % 30),
            ] {
                assert_eq!(double(&text).map(f64::to_bits), text.parse().ok().map(f64::to_bits), "{text}");
            }
        }
        assert_eq!(double("-0").unwrap().to_bits(), (-0.0f64).to_bits());
    }

    #[test]
    fn whole_numbers_in_every_dress() {
        for (text, value) in [
            ("0", Some(0)),
            ("3", Some(3)),
            ("3.0", Some(3)),
            ("3e1", Some(30)),
            ("-0", Some(0)),
            ("3.5", None),
            ("-1", None),
            ("99999999999999999999", Some(u64::MAX)),
            ("1e300", Some(u64::MAX)),
            ("000", Some(0)),
        ] {
            assert_eq!(whole(text), value, "{text}");
        }
    }
}
