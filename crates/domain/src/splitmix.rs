//! SplitMix64: numbers that look random and are the same on every machine, for jitter, draws and made-up histories.
//! Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (OOPSLA 2014). It keeps no secret.

/// What a state grows by with each number: 2^64 divided by the golden ratio, odd.
pub const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// The next number of the sequence that `state` counts.
pub fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(STEP);
    let mixed = (*state ^ *state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}

/// A number spread over all 64 bits: neighbours come out far apart.
pub fn spread(mut number: u64) -> u64 {
    next(&mut number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_the_published_one() {
        let mut state = 1_234_567;
        let numbers = [(); 3].map(|()| next(&mut state));
        assert_eq!(
            numbers,
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
        assert_eq!(spread(1_234_567), numbers[0]);
    }
}
