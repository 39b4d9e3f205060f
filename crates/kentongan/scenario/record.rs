//! One record of the scenario: its three times, its fields, its line of NDJSON.

use domain::report::ReportId;
use jiff::{Timestamp, tz};

/// Seconds since 24 August 2026, 00.00 WIB.
pub type Seconds = i64;

pub const MINUTE: Seconds = 60;
pub const HOUR: Seconds = 3_600;
pub const DAY: Seconds = 86_400;
/// 24 August 2026, 00.00 WIB, in seconds since 1970 UTC.
const START: i64 = 20_689 * DAY - 7 * HOUR;

#[derive(Clone)]
pub struct Record {
    /// What the story calls it; also the seed of its id.
    pub name: String,
    pub feed: String,
    pub occurred: Seconds,
    pub reported: Seconds,
    pub received: Seconds,
    /// Where the demonstration can stop, by its word.
    pub moment: Option<String>,
    pub content: Content,
}

#[derive(Clone)]
pub enum Content {
    /// Field names with their values as JSON text, in writing order.
    Fields(Vec<(String, String)>),
    /// Bytes that are no JSON object.
    Raw(String),
}

impl Record {
    /// Adds a field, or replaces the value it has.
    pub fn set(&mut self, field: &str, json: String) {
        let Content::Fields(fields) = &mut self.content else { return };
        match fields.iter_mut().find(|(name, _)| name == field) {
            Some(known) => known.1 = json,
            None => fields.push((field.to_owned(), json)),
        }
    }

    pub fn remove(&mut self, field: &str) {
        if let Content::Fields(fields) = &mut self.content {
            fields.retain(|(name, _)| name != field);
        }
    }

    pub fn line(&self) -> String {
        let received = quoted(&time(self.received));
        let mut feed = quoted(&self.feed);
        if let Some(word) = &self.moment {
            feed += &format!(",\"moment\":{}", quoted(word));
        }
        match &self.content {
            Content::Raw(text) => {
                format!("{{\"received_at\":{received},\"feed\":{feed},\"raw\":{}}}", quoted(text))
            }
            Content::Fields(fields) => {
                let body: Vec<String> =
                    fields.iter().map(|(name, json)| format!("{}:{json}", quoted(name))).collect();
                format!("{{\"received_at\":{received},\"feed\":{feed},\"record\":{{{}}}}}", body.join(","))
            }
        }
    }
}

pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// RFC 3339 in WIB.
pub fn time(at: Seconds) -> String {
    let instant = Timestamp::from_second(START + at).expect("a time of the scenario");
    instant.display_with_offset(tz::offset(7)).to_string()
}

/// A ULID: when it was said, in milliseconds, and 80 bits that follow from its name.
pub fn ulid(reported: Seconds, name: &str) -> String {
    let milliseconds = ((START + reported) * 1_000) as u128;
    let mut dice = Dice::new(name);
    let bits = milliseconds << 80 | u128::from(dice.next()) << 16 | u128::from(dice.next() & 0xffff);
    ReportId(bits).to_string()
}

/// Reproducible chance: the same name gives the same throws.
pub struct Dice(u64);

impl Dice {
    pub fn new(name: &str) -> Dice {
        let fold = |state: u64, byte: u8| (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Dice(name.bytes().fold(0xcbf2_9ce4_8422_2325, fold))
    }

    pub fn next(&mut self) -> u64 {
        domain::splitmix::next(&mut self.0)
    }

    /// From `low` up to, not including, `high`.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.next() % (high - low) as u64) as i64
    }

    pub fn percent(&mut self, chance: i64) -> bool {
        self.between(0, 100) < chance
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.between(0, from.len() as i64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_calendar_runs_from_august_to_november() {
        assert_eq!(time(0), "2026-08-24T00:00:00+07:00");
        assert_eq!(time(89 * DAY + 5 * HOUR + 61), "2026-11-21T05:01:01+07:00");
        assert_eq!(time(-1), "2026-08-23T23:59:59+07:00");
    }

    #[test]
    fn ids_are_ulids_that_follow_from_the_name() {
        let id = ulid(0, "a-surat");
        assert_eq!(id.len(), 26);
        assert!(id.starts_with("01"), "{id}");
        assert_eq!(id, ulid(0, "a-surat"));
        assert_ne!(id, ulid(0, "a-rapat"));
    }
}
