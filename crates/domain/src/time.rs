//! Instants and hours. The pipeline reads no clock: every instant here came in as input.

/// Microseconds in a second, minute, hour and day.
pub const SECOND: i64 = 1_000_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// An instant: microseconds since 1970-01-01T00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Time(pub i64);

impl Time {
    pub const MIN: Time = Time(i64::MIN);
    pub const MAX: Time = Time(i64::MAX);

    /// The hour this instant lies in, as a whole number of hours since the epoch.
    pub fn hour(self) -> Hour {
        Hour(self.0.div_euclid(HOUR) as i32)
    }

    /// The first whole hour at or after this instant.
    pub fn hour_ceil(self) -> Hour {
        Hour((-(-self.0).div_euclid(HOUR)) as i32)
    }

    pub fn plus(self, micros: i64) -> Time {
        Time(self.0.saturating_add(micros))
    }

    /// Microseconds from `earlier` to `self`; negative where `earlier` is later.
    pub fn since(self, earlier: Time) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// A whole hour: hours since 1970-01-01T00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Hour(pub i32);

impl Hour {
    /// True for the last hour of a day (UTC).
    pub const fn ends_day(self) -> bool {
        self.0.rem_euclid(24) == 23
    }

    /// The instant the hour begins.
    pub fn start(self) -> Time {
        Time(i64::from(self.0) * HOUR)
    }

    pub fn next(self) -> Hour {
        Hour(self.0 + 1)
    }
}

/// The wait after a first one and so many doublings, `longest` at most; in whatever unit the two waits are.
pub fn doubled_wait(first: i64, doublings: u32, longest: i64) -> i64 {
    first.saturating_mul(1 << doublings.min(40)).min(longest)
}

/// Day of the year as an angle in radians, 0 at New Year (UTC), for the season's features.
/// The year is taken as 365.25 days; the error of at most a day does not matter to a season.
pub fn season_angle(hour: Hour) -> f64 {
    const HOURS_A_YEAR: f64 = 365.25 * 24.0;
    let years = f64::from(hour.0) / HOURS_A_YEAR;
    (years - libm::floor(years)) * 2.0 * core::f64::consts::PI
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_floor_and_ceil_on_both_sides_of_the_epoch() {
        assert_eq!(Time(HOUR - 1).hour(), Hour(0));
        assert_eq!(Time(HOUR - 1).hour_ceil(), Hour(1));
        assert_eq!(Time(HOUR).hour_ceil(), Hour(1));
        assert_eq!(Time(-1).hour(), Hour(-1));
        assert_eq!(Time(-1).hour_ceil(), Hour(0));
    }

    #[test]
    fn waits_double_up_to_the_longest() {
        assert_eq!([0, 1, 2, 3].map(|doublings| doubled_wait(10, doublings, 60)), [10, 20, 40, 60]);
        assert_eq!(doubled_wait(MINUTE, u32::MAX, HOUR), HOUR);
        assert_eq!(doubled_wait(HOUR, 0, MINUTE), MINUTE);
    }
}
