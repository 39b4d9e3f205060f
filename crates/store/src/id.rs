//! Ids as text: reports as 26 characters (ULID form), alerts as `16.13-2026-0007`.

use domain::place::Code;
use domain::report::ReportId;
use domain::time::{DAY, MINUTE, Time};

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The 26 characters of a report id; sorts as the number does.
pub fn to_text(id: ReportId) -> String {
    (0..26).rev().map(|place| char::from(ALPHABET[(id.0 >> (5 * place)) as usize & 31])).collect()
}

/// Reads a ULID (26 characters, either case) or a UUID (36 characters) as the same 128 bits.
pub fn parse(text: &str) -> Option<ReportId> {
    match text.len() {
        26 => parse_ulid(text.as_bytes()),
        36 => parse_uuid(text.as_bytes()),
        _ => None,
    }
}

/// `16.13-2026-0007`: the regency, the year of its local time, and a serial never used twice.
pub fn alert_number(code: Code, year: i64, serial: i64) -> String {
    format!("{}-{year:04}-{serial:04}", code.regency())
}

/// Calendar year of an instant, so many minutes east of UTC.
pub fn year(at: Time, minutes_east: i64) -> i64 {
    // Days are counted from 1 March of the year 0, so that the leap day comes last.
    let days = at.plus(minutes_east * MINUTE).0.div_euclid(DAY) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = era * 400 + year_of_era;
    if day_of_year >= 306 { from_march + 1 } else { from_march }
}

fn parse_ulid(text: &[u8]) -> Option<ReportId> {
    let mut value: u128 = 0;
    for (index, byte) in text.iter().enumerate() {
        let digit = ALPHABET.iter().position(|c| *c == byte.to_ascii_uppercase())?;
        if index == 0 && digit > 7 {
            return None; // 26 characters hold 130 bits; an id has 128
        }
        value = value << 5 | digit as u128;
    }
    Some(ReportId(value))
}

fn parse_uuid(text: &[u8]) -> Option<ReportId> {
    let mut value: u128 = 0;
    for (index, byte) in text.iter().enumerate() {
        if matches!(index, 8 | 13 | 18 | 23) {
            if *byte != b'-' {
                return None;
            }
            continue;
        }
        value = value << 4 | u128::from(char::from(*byte).to_digit(16)?);
    }
    Some(ReportId(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_survive_the_round_trip_and_sort_as_numbers() {
        let ids = [0u128, 1, 31, 32, u128::MAX, 0x0190_0000_0000_0000_0000_0000_0000_0001];
        for id in ids {
            assert_eq!(parse(&to_text(ReportId(id))), Some(ReportId(id)));
        }
        assert!(to_text(ReportId(31)) < to_text(ReportId(32)));
        assert_eq!(to_text(parse("01KDTNM8M0Y02FSFQYZGT4HPXA").unwrap()), "01KDTNM8M0Y02FSFQYZGT4HPXA");
        let uuid = parse("0190a5c0-0000-7000-8000-0000000000ff").unwrap();
        assert_eq!(uuid.0, 0x0190_a5c0_0000_7000_8000_0000_0000_00ff);
        for wrong in [
            "",
            "8ZZZZZZZZZZZZZZZZZZZZZZZZZ",
            "01KDTNM8M0Y02FSFQYZGT4HPXU",
            "0190a5c0+0000-7000-8000-0000000000ff",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

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
