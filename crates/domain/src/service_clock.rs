//! The service's own clock against the last time it stamped. The clock that stamps records may be set back; what was stamped while it
//! was ahead must not switch the rules off until the right time has come there too.

use crate::time::{DAY, MINUTE, Time};

/// A clock this far behind its last stamp was set back; less is how clocks run, and time stands still until it has
/// caught up. Microseconds.
pub const SET_BACK: i64 = 5 * MINUTE;

/// The service's clock was set back.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct ClockStep {
    /// What it had come to.
    pub from: Time,
    /// What it showed then.
    pub to: Time,
}

impl ClockStep {
    /// The step from the last stamp to what the clock shows now; `None` where it was not set back.
    pub fn between(last: Time, now: Time) -> Option<ClockStep> {
        (last > Time::MIN && last.since(now) > SET_BACK).then_some(ClockStep { from: last, to: now })
    }

    /// True where the clock was ahead; a partition of the log of which it was not says so too.
    pub fn is_back(self) -> bool {
        ClockStep::between(self.from, self.to).is_some()
    }

    /// True as long as people must know of it: until the clock has passed what it had come to, and for a day at least.
    pub fn is_recent(self, now: Time) -> bool {
        now < self.from.max(self.to.plus(DAY))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_was_set_back_where_it_is_more_than_five_minutes_behind() {
        let last = Time(1_000 * DAY);
        for (now, is_step) in [
            (last.plus(DAY), false),
            (last, false),
            (last.plus(-SET_BACK), false),
            (last.plus(-SET_BACK - 1), true),
            (Time(0), true),
        ] {
            assert_eq!(ClockStep::between(last, now).is_some(), is_step, "{now:?}");
        }
        assert_eq!(ClockStep::between(Time::MIN, Time(0)), None, "nothing came before");
    }

    #[test]
    fn a_step_is_shown_until_the_old_stamp_is_passed_and_for_a_day_at_least() {
        let to = Time(1_000 * DAY);
        for (back, days) in [(6 * MINUTE, 1), (3 * DAY, 3)] {
            let step = ClockStep { from: to.plus(back), to };
            assert!(step.is_recent(to.plus(days * DAY - 1)) && !step.is_recent(to.plus(days * DAY)));
        }
    }
}
