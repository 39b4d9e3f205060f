//! The id of a record as its sender wrote it.

use super::JsonText;
use super::scan::{Scanner, Shape};
use crate::plain_text::unmarked;

/// The longest text that is given back as an id.
const LONGEST: usize = 64;

/// A record's `report_id` as its sender wrote it, also where the record is no report: what a program that sent many
/// knows its own by. The first that stands there, as far as the text can be read.
pub fn as_sent(record: &[u8]) -> Option<String> {
    let record = unmarked(record);
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
