//! A request's body into records: one report, an array, lines, or CloudEvents 1.0 in its three modes.
//!
//! Nothing is lost on the way: what cannot be unpacked is a record as it came, and becomes a dead letter.

pub mod cloudevent;

use crate::decode::scan::{Scanner, Shape};
use crate::plain_text::unmarked;

/// How a body holds its records.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Packing {
    /// A report or an array of them (also a CloudEvent's data in binary mode, whose attributes are headers).
    Json,
    Lines,
    CloudEvent,
    CloudEvents,
}

impl Packing {
    /// From a media type; parameters such as a character set do not matter.
    pub fn of(content_type: &str) -> Option<Packing> {
        let media = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        Some(match media.as_str() {
            "application/json" => Packing::Json,
            "application/x-ndjson" | "application/ndjson" | "application/jsonl" => Packing::Lines,
            "application/cloudevents+json" => Packing::CloudEvent,
            "application/cloudevents-batch+json" => Packing::CloudEvents,
            _ => return None,
        })
    }
}

/// The records of a body, in its order. A whole event is unpacked also where the media type speaks of plain JSON: its
/// sender took one of the two for the other.
pub fn records(packing: Packing, body: &[u8]) -> Vec<Vec<u8>> {
    let body = unmarked(body);
    match packing {
        Packing::Lines => {
            let lines = body.split(|byte| *byte == b'\n').map(unmarked);
            lines.filter(|line| !line.iter().all(u8::is_ascii_whitespace)).map(record).collect()
        }
        Packing::Json => items(body).into_iter().map(record).collect(),
        Packing::CloudEvent | Packing::CloudEvents => {
            items(body).into_iter().flat_map(event_records).collect()
        }
    }
}

/// One record, out of its event where it came as one.
pub fn record(item: &[u8]) -> Vec<u8> {
    cloudevent::stray_data(item).unwrap_or_else(|| item.to_vec())
}

/// The records of an event; its data may be an array of them.
fn event_records(event: &[u8]) -> Vec<Vec<u8>> {
    let data = cloudevent::data(event);
    if data.trim_ascii_start().starts_with(b"[") {
        let records: Vec<Vec<u8>> = items(&data).into_iter().map(<[u8]>::to_vec).collect();
        if !records.is_empty() {
            return records;
        }
    }
    vec![data]
}

/// The items of an array, or the body itself where it is none. Of an array that breaks off, what is whole and then
/// the rest in one piece.
fn items(body: &[u8]) -> Vec<&[u8]> {
    let Ok(text) = core::str::from_utf8(body) else { return vec![body] };
    let start = text.len() - text.trim_start().len();
    if !text[start..].starts_with('[') {
        return vec![body];
    }
    let mut items = Vec::new();
    let mut scanner = Scanner::new(text, start);
    let scanned = scanner.array(|token| {
        // A string's token leaves out its quotes.
        let quotes = usize::from(matches!(token.shape(), Shape::Text | Shape::Escaped));
        items.push((token.start() - quotes, token.end() + quotes));
    });
    let mut found: Vec<&[u8]> = items.iter().map(|(from, to)| &body[*from..*to]).collect();
    if scanned.and_then(|()| scanner.end()).is_err() {
        let from = items.last().map_or(start, |(_, to)| *to);
        let rest = body[from..].trim_ascii();
        found.push(rest.strip_prefix(b",").filter(|rest| !rest.is_empty()).unwrap_or(rest));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(packing: Packing, body: &str) -> Vec<String> {
        records(packing, body.as_bytes())
            .iter()
            .map(|record| String::from_utf8_lossy(record).into_owned())
            .collect()
    }

    #[test]
    fn one_many_and_lines() {
        assert_eq!(shown(Packing::Json, "{\"a\":1}"), ["{\"a\":1}"]);
        assert_eq!(
            shown(Packing::Json, " [ {\"a\":[1]} , \"x\\\"\",3 ] "),
            ["{\"a\":[1]}", "\"x\\\"\"", "3"]
        );
        assert!(shown(Packing::Json, "[]").is_empty());
        assert_eq!(shown(Packing::Json, "[{}"), ["{}", ""]);
        assert_eq!(shown(Packing::Json, "[{\"a\":1},{\"b\":"), ["{\"a\":1}", "{\"b\":"]);
        assert_eq!(shown(Packing::Json, "[1] 2"), ["1", "] 2"]);
        assert_eq!(shown(Packing::Lines, "{}\n\n garbage \r\n{}"), ["{}", " garbage \r", "{}"]);
        assert_eq!(records(Packing::Json, b"\xff[1]"), [b"\xff[1]"]);
    }

    #[test]
    fn a_byte_order_mark_loses_no_record() {
        for packing in [Packing::Json, Packing::Lines] {
            assert_eq!(shown(packing, "\u{feff}{\"a\":1}"), ["{\"a\":1}"]);
        }
        assert_eq!(shown(Packing::Json, "\u{feff}\u{feff}[{\"a\":1},2]"), ["{\"a\":1}", "2"]);
        assert_eq!(shown(Packing::Lines, "\u{feff}1\n\u{feff}2\n\u{feff}\n"), ["1", "2"]);
        let event = r#"{"specversion":"1.0","id":"1","source":"/a","type":"t","data":{"a":1}}"#;
        assert_eq!(shown(Packing::CloudEvent, &format!("\u{feff}{event}")), ["{\"a\":1}"]);
        assert_eq!(shown(Packing::CloudEvents, &format!("\u{feff}[{event}]")), ["{\"a\":1}"]);
    }

    #[test]
    fn a_whole_event_is_unpacked_whatever_the_media_type_says() {
        let event = r#"{"specversion":"1.0","id":"1","source":"/a","type":"t","data":{"a":1}}"#;
        assert_eq!(shown(Packing::Json, event), ["{\"a\":1}"]);
        assert_eq!(shown(Packing::Json, &format!("[{event},{{\"b\":2}}]")), ["{\"a\":1}", "{\"b\":2}"]);
        assert_eq!(shown(Packing::Lines, &format!("{event}\n{event}")), ["{\"a\":1}", "{\"a\":1}"]);
        assert_eq!(shown(Packing::CloudEvent, &format!("[{event}]")), ["{\"a\":1}"], "a batch sent as one");
        assert_eq!(shown(Packing::CloudEvents, event), ["{\"a\":1}"], "one sent as a batch");
        let several = event.replace(r#"{"a":1}"#, r#"[{"a":1},{"b":2}]"#);
        assert_eq!(shown(Packing::CloudEvent, &several), ["{\"a\":1}", "{\"b\":2}"]);
        let report = event.replace(r#""id":"1""#, r#""id":"1","report_id":"x""#);
        assert_eq!(shown(Packing::Json, &report), [report.as_str()], "a report may have any further fields");
    }

    #[test]
    fn media_types() {
        assert_eq!(Packing::of("application/json; charset=utf-8"), Some(Packing::Json));
        assert_eq!(Packing::of("Application/CloudEvents-Batch+JSON"), Some(Packing::CloudEvents));
        assert_eq!(Packing::of("text/plain"), None);
    }
}
