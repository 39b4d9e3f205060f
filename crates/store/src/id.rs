//! Ids of alerts as text, `16.13-2026-0007`.

use crate::calendar::{offset, timestamp};
use domain::place::Code;
use domain::time::Time;

/// `16.13-2026-0007`: the regency, the year of its local time, and a serial never used twice.
pub fn alert_number(code: Code, year: i64, serial: i64) -> String {
    format!("{}-{year:04}-{serial:04}", code.regency())
}

/// Calendar year of an instant, so many minutes east of UTC.
pub fn year(at: Time, minutes_east: i64) -> i64 {
    i64::from(offset(minutes_east).to_datetime(timestamp(at)).year())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::MINUTE;

    #[test]
    fn years_turn_at_local_midnight() {
        let new_year_utc = Time(1_767_225_600 * 1_000_000); // 2026-01-01T00:00Z
        assert_eq!(year(new_year_utc, 0), 2026);
        assert_eq!(year(new_year_utc.plus(-1), 0), 2025);
        assert_eq!(year(new_year_utc.plus(-420 * MINUTE), 420), 2026);
        assert_eq!(year(new_year_utc.plus(-420 * MINUTE - 1), 420), 2025);
        assert_eq!(year(Time(951_782_400 * 1_000_000), 0), 2000); // 29 February 2000
        assert_eq!(year(Time(0), 0), 1970);
    }
}
