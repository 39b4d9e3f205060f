//! Report ids as feeds write them: a ULID or a UUID, both 128 bits.

use super::JsonText;
use super::scan::{Scanner, Shape};
use domain::report::ReportId;

/// Value of each Crockford digit, either case; 255 for anything else (I, L, O and U are no digits).
const DIGITS: [u8; 256] = {
    let mut table = [255; 256];
    let digits = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut value = 0;
    while value < 32 {
        table[digits[value] as usize] = value as u8;
        table[digits[value].to_ascii_lowercase() as usize] = value as u8;
        value += 1;
    }
    table
};

/// `01KDTNM8M0Y02FSFQYZGT4HPXA` or `0199d3a4-5b8e-7cc1-9d2f-3a4b5c6d7e8f`, in either case.
#[inline]
pub fn parse(text: &str) -> Option<ReportId> {
    match text.len() {
        26 => ulid(text.as_bytes()),
        36 => uuid(text.as_bytes()),
        _ => None,
    }
}

/// The longest text that is given back as an id.
const LONGEST: usize = 64;

/// A record's `report_id` as its sender wrote it, also where the record is no report: what a program that sent many
/// knows its own by. The first that stands there, as far as the text can be read.
pub fn as_sent(record: &[u8]) -> Option<String> {
    let text = match core::str::from_utf8(record) {
        Ok(text) => text,
        Err(error) => core::str::from_utf8(&record[..error.valid_up_to()]).ok()?,
    };
    let mut scanner = Scanner::new(text, 0);
    if !scanner.begins_object() {
        return None;
    }
    let mut more = scanner.open().ok()?;
    while more {
        let key = scanner.key().ok()?;
        let value = scanner.value().ok()?;
        if &text[key.start()..key.end()] == "report_id" {
            let escaped = value.shape() == Shape::Escaped;
            if !escaped && value.shape() != Shape::Text {
                return None;
            }
            let id = JsonText::new(&text[value.start()..value.end()], escaped).read();
            return (id.len() <= LONGEST).then(|| id.into_owned());
        }
        more = scanner.more().ok()?;
    }
    None
}

#[inline]
fn ulid(bytes: &[u8]) -> Option<ReportId> {
    let mut seen = 0;
    let mut run = |part: &[u8]| {
        part.iter().fold(0u64, |value, byte| {
            let digit = DIGITS[usize::from(*byte)];
            seen |= digit;
            value << 5 | u64::from(digit & 31)
        })
    };
    let (high, middle, low) = (run(&bytes[..10]), run(&bytes[10..18]), run(&bytes[18..]));
    // 26 digits hold 130 bits: the first may not use the upper two.
    let fits = high < 1 << 48 && seen < 32;
    fits.then_some(ReportId(u128::from(high) << 80 | u128::from(middle) << 40 | u128::from(low)))
}

fn uuid(bytes: &[u8]) -> Option<ReportId> {
    let mut value = 0u128;
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 8 | 13 | 18 | 23) {
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
    fn both_forms_give_the_same_bits() {
        let id = Some(ReportId(0x019b_7559_0a2c_f004_f7d6_1f8c_1a8b_71aa));
        assert_eq!(parse("019b7559-0a2c-f004-f7d6-1f8c1a8b71aa"), id);
        assert_eq!(parse("019B7559-0A2C-F004-F7D6-1F8C1A8B71AA"), id);
        assert_eq!(parse("7ZZZZZZZZZZZZZZZZZZZZZZZZZ"), Some(ReportId(u128::MAX)));
        assert_eq!(parse("01arz3ndektsv4rrffq69g5fav"), parse("01ARZ3NDEKTSV4RRFFQ69G5FAV"));
        assert_eq!(parse("00000000000000000000000010"), Some(ReportId(32)));
    }

    #[test]
    fn an_id_is_given_back_as_it_was_written() {
        let of = |record: &str| as_sent(record.as_bytes());
        assert_eq!(
            of(r#" {"a":{"report_id":"x"},"report_id":"019B7559-0A2c"}"#).as_deref(),
            Some("019B7559-0A2c")
        );
        assert_eq!(of(r#"{"report_id":"a\u0041","b":"#).as_deref(), Some("aA"), "the rest is broken");
        for none in ["", "[]", "{", "{}", r#"{"report_id":7}"#, r#"{"report_id":null}"#, r#"{"report_id":"x"#]
        {
            assert_eq!(of(none), None, "{none}");
        }
        assert_eq!(as_sent(b"{\"report_id\":\"x\",\"b\":\"\xff\"}").as_deref(), Some("x"));
        assert_eq!(of(&format!("{{\"report_id\":\"{}\"}}", "x".repeat(65))), None);
    }

    #[test]
    fn malformed_ids_are_none() {
        for text in [
            "",
            "8ZZZZZZZZZZZZZZZZZZZZZZZZZ",
            "01ARZ3NDEKTSV4RRFFQ69G5FA",
            "01ARZ3NDEKTSV4RRFFQ69G5FAU",
            "01ARZ3NDEKTSV4RRFFQ69G5FAI",
            "019b7559_0a2c-f004-f7d6-1f8c1a8b71aa",
            "019b7559-0a2c-f004-f7d6-1f8c1a8b71ag",
            "019b75590a2cf004f7d61f8c1a8b71aa",
            "é1ARZ3NDEKTSV4RRFFQ69G5FA",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
