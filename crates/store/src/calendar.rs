//! Instants in the calendar: what they are called there, for other programs and for people.

use domain::time::{SECOND, Time};
use jiff::Timestamp;
use jiff::tz::Offset;

/// RFC 3339 in UTC, to the microsecond.
pub fn rfc3339(time: Time) -> String {
    timestamp(time).to_string()
}

/// The instant that [`rfc3339`] wrote.
pub fn parse_rfc3339(text: &str) -> Option<Time> {
    text.parse::<Timestamp>().ok().map(|at| Time(at.as_microsecond()))
}

/// RFC 3339 so many minutes east of UTC, in whole seconds: of what people read, too.
pub fn local_rfc3339(time: Time, minutes_east: i64) -> String {
    let second = Time(time.0.saturating_sub(time.0.rem_euclid(SECOND)));
    timestamp(second).display_with_offset(offset(minutes_east)).to_string()
}

/// The instant in the calendar's words; what no calendar holds is its first or last instant.
pub fn timestamp(time: Time) -> Timestamp {
    let end = if time.0 < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_microsecond(time.0).unwrap_or(end)
}

/// So many minutes east of UTC.
pub fn offset(minutes_east: i64) -> Offset {
    let seconds = i32::try_from(minutes_east * 60).ok();
    seconds.and_then(|seconds| Offset::from_seconds(seconds).ok()).unwrap_or(Offset::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_written_in_utc_or_in_a_places_own_time() {
        let time = Time(1_782_952_800_250_000);
        assert_eq!(rfc3339(time), "2026-07-02T00:40:00.25Z");
        assert_eq!(parse_rfc3339(&rfc3339(time)), Some(time));
        assert_eq!(local_rfc3339(time, 420), "2026-07-02T07:40:00+07:00");
        assert_eq!(local_rfc3339(Time(-1), 0), "1969-12-31T23:59:59+00:00");
        assert_eq!(rfc3339(Time::MAX), rfc3339(Time(i64::MAX - 1)));
    }
}
