//! One record of the scenario: its three times, its fields, its line of NDJSON.

/// Seconds since 24 August 2026, 00.00 WIB.
pub type Seconds = i64;

pub const MINUTE: Seconds = 60;
pub const HOUR: Seconds = 3_600;
pub const DAY: Seconds = 86_400;
/// Days from 1 January 1970 to 24 August 2026.
const FIRST_DAY: i64 = 20_689;
const WIB: i64 = 7 * HOUR;

#[derive(Clone)]
pub struct Record {
    /// What the story calls it; also the seed of its id.
    pub name: String,
    pub feed: String,
    pub occurred: Seconds,
    pub reported: Seconds,
    pub received: Seconds,
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
        let feed = quoted(&self.feed);
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
    let (year, month, day) = date(FIRST_DAY + at.div_euclid(DAY));
    let of_day = at.rem_euclid(DAY);
    let (hour, minute, second) = (of_day / HOUR, of_day / MINUTE % 60, of_day % MINUTE);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}+07:00")
}

/// Year, month and day of a day count from 1970, for the one leap cycle we are in.
fn date(mut days: i64) -> (i64, i64, i64) {
    let mut year = 1970;
    loop {
        let length = if year % 4 == 0 { 366 } else { 365 };
        if days < length {
            break;
        }
        days -= length;
        year += 1;
    }
    let february = if year % 4 == 0 { 29 } else { 28 };
    let mut month = 0;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        month += 1;
        if days < length {
            break;
        }
        days -= length;
    }
    (year, month, days + 1)
}

/// A ULID: when it was said, in milliseconds, and 80 bits that follow from its name.
pub fn ulid(reported: Seconds, name: &str) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let milliseconds = ((FIRST_DAY * DAY - WIB + reported) * 1_000) as u128;
    let mut dice = Dice::new(name);
    let bits = milliseconds << 80 | u128::from(dice.next()) << 16 | u128::from(dice.next() & 0xffff);
    (0..26).rev().map(|place| char::from(ALPHABET[(bits >> (place * 5) & 31) as usize])).collect()
}

/// Reproducible chance: the same name gives the same throws.
pub struct Dice(u64);

impl Dice {
    pub fn new(name: &str) -> Dice {
        let fold = |state: u64, byte: u8| (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Dice(name.bytes().fold(0xcbf2_9ce4_8422_2325, fold))
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
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
