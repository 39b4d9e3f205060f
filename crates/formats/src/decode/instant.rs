//! RFC 3339 instants, read exactly: an offset is required, fractions are cut at the microsecond.

use domain::time::{DAY, HOUR, MINUTE, SECOND, Time};

/// 1970-01-01T00:00Z up to and without 2100-01-01T00:00Z: beyond lies a typing error, not a report.
pub const ACCEPTED: core::ops::Range<i64> = 0..47_482 * DAY;

/// The instant, or `None` where the text is not one or lies outside [`ACCEPTED`].
/// A leap second counts as the first instant of the next minute.
#[inline]
pub fn parse(text: &str) -> Option<Time> {
    read(text).filter(|time| ACCEPTED.contains(&time.0))
}

/// The instant of any year.
#[inline]
fn read(text: &str) -> Option<Time> {
    let bytes = text.as_bytes();
    let (head, rest) = bytes.split_first_chunk::<19>()?;
    let date = days(two(head, 0)? * 100 + two(head, 2)?, two(head, 5)?, two(head, 8)?)?;
    let (hour, minute, second) = (two(head, 11)?, two(head, 14)?, two(head, 17)?);
    let marks = [head[4], head[7], head[10] | 0x20, head[13], head[16]];
    if marks != *b"--t::" || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let (fraction, zone) = if rest.first() == Some(&b'.') { fraction(&rest[1..])? } else { (0, rest) };
    let clock = hour * HOUR + minute * MINUTE + second * SECOND + fraction;
    Some(Time(date * DAY + clock - offset(zone)?))
}

/// Whether a text that is no instant here would be one in another year: a slip in the year, not in the writing.
pub fn is_of_another_age(text: &str) -> bool {
    read(text).is_some_and(|time| !ACCEPTED.contains(&time.0))
}

/// Microseconds east of UTC of `Z` or `±HH:MM`.
#[inline]
fn offset(zone: &[u8]) -> Option<i64> {
    if matches!(zone, b"Z" | b"z") {
        return Some(0);
    }
    let zone: &[u8; 6] = zone.try_into().ok()?;
    let (hours, minutes) = (two(zone, 1)?, two(zone, 4)?);
    if zone[3] != b':' || hours > 23 || minutes > 59 {
        return None;
    }
    match zone[0] {
        b'+' => Some(hours * HOUR + minutes * MINUTE),
        b'-' => Some(-hours * HOUR - minutes * MINUTE),
        _ => None,
    }
}

/// Reads digits as a fraction of a second; gives microseconds and what stands behind.
fn fraction(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let shown = bytes[..digits].iter().map(|byte| i64::from(byte - b'0'));
    let micros = shown.chain(core::iter::repeat(0)).take(6).fold(0, |micros, digit| micros * 10 + digit);
    (digits > 0).then_some((micros, &bytes[digits..]))
}

#[inline]
fn two(bytes: &[u8], at: usize) -> Option<i64> {
    let (tens, ones) = (bytes[at].wrapping_sub(b'0'), bytes[at + 1].wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then_some(i64::from(tens) * 10 + i64::from(ones))
}

/// Days since 1970-01-01 of a Gregorian date.
#[inline]
pub fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if day < 1 || day > length {
        return None;
    }
    // Count from March, so that the leap day is the last of its year.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let before = year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(before + (153 * month + 2) / 5 + day - 1 - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_agrees_with_the_calendar() {
        let mut date = jiff::civil::date(1970, 1, 1);
        for day in 0..47_482 {
            let parts = (i64::from(date.year()), i64::from(date.month()), i64::from(date.day()));
            assert_eq!(days(parts.0, parts.1, parts.2), Some(day));
            date = date.tomorrow().unwrap();
        }
        assert_eq!(date, jiff::civil::date(2100, 1, 1));
    }

    #[test]
    fn offsets_and_fractions_are_exact() {
        for text in [
            "2026-01-01T00:00:00+07:00",
            "2026-01-01t00:00:00z",
            "2026-02-28T23:59:59.999999999-11:30",
            "2024-02-29T12:00:00.5Z",
            "1970-01-01T07:00:00+07:00",
            "2099-12-31T23:59:59.999999Z",
            "2026-01-01T00:00:00-00:00",
            "2026-06-01T08:15:30.000001+08:00",
        ] {
            let oracle: jiff::Timestamp = text.to_uppercase().parse().unwrap();
            assert_eq!(parse(text), Some(Time(oracle.as_nanosecond().div_euclid(1000) as i64)), "{text}");
        }
        assert_eq!(parse("2016-12-31T23:59:60Z"), parse("2017-01-01T00:00:00Z"));
    }

    #[test]
    fn a_wrong_year_is_distinguished_from_wrong_writing() {
        for text in [
            "9999-01-01T00:00:00+07:00",
            "1969-12-31T23:59:59Z",
            "0026-02-28T00:00:00Z",
            "2100-01-01T00:00:00Z",
            "1970-01-01T00:00:00+07:00",
            "2099-12-31T23:00:00-07:00",
            "1900-02-28T00:00:00+07:00",
        ] {
            assert!(parse(text).is_none() && is_of_another_age(text), "{text}");
        }
        for text in [
            "",
            "9999",
            "9999-01-01",
            "9999-13-01T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "+999-01-01T00:00:00Z",
            "é99-01-01T00:00:00Z",
        ] {
            assert!(!is_of_another_age(text), "{text}");
        }
    }

    #[test]
    fn what_is_not_an_instant_is_refused() {
        for text in [
            "",
            "2026-01-01",
            "2026-01-01T00:00:00",
            "2026-01-01 00:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z",
            "2026-01-01T00:00:61Z",
            "2026-01-01T00:00:00+7:00",
            "2026-01-01T00:00:00+0700",
            "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00+24:00",
            "2026-01-01T00:00:00Zx",
            "9999-01-01T00:00:00Z",
            "1969-12-31T23:59:59Z",
            "2100-01-01T00:00:00Z",
            "é026-01-01T00:00:00Z",
            "2026-01-01T00:00:00+07:0",
            "2026-00-10T00:00:00Z",
            "2026-01-00T00:00:00Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
