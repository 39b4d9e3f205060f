//! When to try again: doubling pauses, spread by a jitter that is the same after a restart.

use crate::settings::Settings;
use domain::kind::Level;
use domain::splitmix::spread;
use domain::time::{HOUR, SECOND, doubled_wait};

/// The longest pause of an awas, seconds: who has one channel only waits for nothing else.
const LONGEST_AT_AWAS: i64 = 120;

/// Microseconds to wait after try number `tries` (1 for the first) of this delivery failed, `late` after it was due;
/// `None` when it was the last one. At awas no pause is longer than two minutes. What the receiver asked for (`wait`) is never shortened.
pub fn pause(
    settings: &Settings,
    (delivery, level): (i64, Level),
    tries: u32,
    late: i64,
    wait: Option<i64>,
) -> Option<i64> {
    let (first, longest) = (i64::from(settings.first_wait_seconds), i64::from(settings.longest_wait_seconds));
    let longest = if level == Level::Awas { longest.min(LONGEST_AT_AWAS).max(first) } else { longest };
    let full = doubled_wait(first, tries.saturating_sub(1), longest);
    // Between half and all of the pause, so that what failed together does not come back together.
    let share = 500 + (spread(delivery as u64 ^ u64::from(tries) << 56) % 501) as i64;
    let pause = (full * SECOND / 1_000 * share).max(wait.unwrap_or(0));
    (late.saturating_add(pause) <= i64::from(settings.retry_hours) * HOUR).then_some(pause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_cap_and_end_with_the_window() {
        let settings = Settings::default();
        let (mut longest, mut late, mut tries) = (0, 0, 0);
        while let Some(pause) = pause(&settings, (7, Level::Siaga), tries + 1, late, None) {
            tries += 1;
            let full = (5i64 << (tries - 1).min(20)).min(900) * SECOND;
            assert!((full / 2..=full).contains(&pause), "try {tries}: {pause}");
            longest = longest.max(pause);
            late += pause;
        }
        assert!(longest > 450 * SECOND);
        assert!((23 * HOUR..=24 * HOUR).contains(&late), "tried for {late}");
    }

    #[test]
    fn an_awas_is_tried_at_least_every_two_minutes_but_where_a_receiver_asks_to_wait() {
        let settings = Settings::default();
        let of = |tries, wait| pause(&settings, (7, Level::Awas), tries, 0, wait).unwrap();
        for tries in 1..400 {
            assert!(of(tries, None) <= 120 * SECOND, "try {tries}");
        }
        assert!(of(1, None) <= 5 * SECOND);
        assert_eq!(of(9, Some(600 * SECOND)), 600 * SECOND);
    }

    #[test]
    fn what_the_receiver_asks_for_is_obeyed_within_the_window() {
        let settings = Settings::default();
        assert_eq!(pause(&settings, (7, Level::Siaga), 1, 0, Some(3_600 * SECOND)), Some(3_600 * SECOND));
        assert!(
            pause(&settings, (7, Level::Siaga), 9, 0, Some(SECOND)).unwrap() > 400 * SECOND,
            "and never sooner than ours"
        );
        assert_eq!(pause(&settings, (7, Level::Siaga), 1, 23 * HOUR, Some(2 * HOUR)), None);
    }

    #[test]
    fn the_jitter_differs_between_deliveries_and_not_between_runs() {
        let settings = Settings::default();
        let pauses: Vec<_> = (0..20).map(|id| pause(&settings, (id, Level::Siaga), 1, 0, None)).collect();
        assert_eq!(
            pauses,
            (0..20).map(|id| pause(&settings, (id, Level::Siaga), 1, 0, None)).collect::<Vec<_>>()
        );
        let mut distinct = pauses;
        distinct.sort_unstable();
        distinct.dedup();
        assert!(distinct.len() > 15);
    }
}
