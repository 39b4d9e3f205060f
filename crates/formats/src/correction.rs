//! Why the desk corrects a report: a field of the report that says what is right, beside the one that names what was wrong
//! (`about`, or `supersedes` for a report of the desk's own). It changes nothing and is shown.

use serde_json::{Value, json};

/// The field's name.
pub const FIELD: &str = "correction";

/// The field's value.
pub fn value(why: &str) -> Value {
    json!({ "why": why.trim() })
}

/// Why a report corrects another, from its bytes; `None` where it says nothing of that.
pub fn why(bytes: &[u8]) -> Option<String> {
    let record: Value = serde_json::from_slice(bytes).ok()?;
    let why = record[FIELD]["why"].as_str()?.trim();
    (!why.is_empty()).then(|| why.to_owned())
}

/// Of which other report a report speaks, from its bytes, as its own field says it.
pub fn about(bytes: &[u8]) -> Option<Value> {
    let record: Value = serde_json::from_slice(bytes).ok()?;
    record.get("about").filter(|about| about.is_object()).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_read_back_and_what_gives_none_has_none() {
        let record = json!({ "report_id": "x", FIELD: value(" angka dari puskesmas ") }).to_string();
        assert_eq!(why(record.as_bytes()).as_deref(), Some("angka dari puskesmas"));
        for other in ["", "{}", r#"{"correction":"x"}"#, r#"{"correction":{"why":"  "}}"#] {
            assert_eq!(why(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn the_report_that_one_speaks_of_is_read_as_it_is_written() {
        let named = json!({ "feed": "kades", "report_id": "x" });
        let record = json!({ "stance": "ends", "about": named, "severity": 3 }).to_string();
        assert_eq!(about(record.as_bytes()), Some(named));
        for other in ["x", "[1]", r#"{"about":null}"#, r#"{"about":"x"}"#] {
            assert_eq!(about(other.as_bytes()), None, "{other}");
        }
    }
}
