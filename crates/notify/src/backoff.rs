//! When to try again: doubling pauses, spread by a jitter that is the same after a restart.

use crate::settings::Settings;
use domain::time::SECOND;

/// Microseconds to wait after try number `tries` (1 for the first) of this delivery failed;
/// `None` when it was the last one.
pub fn pause(settings: &Settings, delivery: i64, tries: u32) -> Option<i64> {
    if tries >= settings.tries {
        return None;
    }
    let doublings = tries.saturating_sub(1).min(20);
    let full =
        (i64::from(settings.first_wait_seconds) << doublings).min(i64::from(settings.longest_wait_seconds));
    // Between half and all of the pause, so that what failed together does not come back together.
    let share = 500 + (mix(delivery as u64 ^ u64::from(tries) << 56) % 501) as i64;
    Some(full * SECOND / 1_000 * share)
}

/// Spreads neighbouring numbers (the finalizer of SplitMix64).
fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_cap_and_then_end() {
        let settings = Settings { tries: 12, ..Settings::default() };
        let mut longest = 0;
        for tries in 1..12 {
            let full = (5i64 << (tries - 1)).min(900) * SECOND;
            let pause = pause(&settings, 7, tries).unwrap();
            assert!((full / 2..=full).contains(&pause), "try {tries}: {pause}");
            longest = longest.max(pause);
        }
        assert!(longest > 450 * SECOND);
        assert_eq!(pause(&settings, 7, 12), None);
    }

    #[test]
    fn the_jitter_differs_between_deliveries_and_not_between_runs() {
        let settings = Settings::default();
        let pauses: Vec<_> = (0..20).map(|id| pause(&settings, id, 1)).collect();
        assert_eq!(pauses, (0..20).map(|id| pause(&settings, id, 1)).collect::<Vec<_>>());
        let mut distinct = pauses;
        distinct.sort_unstable();
        distinct.dedup();
        assert!(distinct.len() > 15);
    }
}
