//! A request's body into records: one report, an array, lines, or CloudEvents 1.0 in its three modes.
//!
//! Nothing is lost on the way: what cannot be unpacked is a record as it came, and becomes a dead letter.

pub mod cloudevent;

use crate::decode::scan::{Scanner, Shape};
use crate::plain_text::unmarked;
use serde::de::IgnoredAny;

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

/// The records of a body, in its order. Whatever its media type, a whole event is unpacked, lines are taken one by one and what
/// is written over several lines is one: its sender took one way for another, and a refusal would name a fault that is none.
pub fn records(packing: Packing, body: &[u8]) -> Vec<Vec<u8>> {
    let body = unmarked(body);
    match packing {
        Packing::Lines if is_spread(body) => {
            values(body).into_iter().flat_map(items).flat_map(all_of).collect()
        }
        Packing::Lines => {
            let lines = body.split(|byte| *byte == b'\n').map(unmarked);
            lines.filter(|line| !line.iter().all(u8::is_ascii_whitespace)).flat_map(all_of).collect()
        }
        Packing::Json => values(body).into_iter().flat_map(items).flat_map(all_of).collect(),
        Packing::CloudEvent | Packing::CloudEvents => {
            values(body).into_iter().flat_map(items).flat_map(event_records).collect()
        }
    }
}

/// One record, out of its event where it came as one.
pub fn record(item: &[u8]) -> Vec<u8> {
    cloudevent::stray_data(item).unwrap_or_else(|| item.to_vec())
}

/// The records of a whole event, whose data may be an array of them, of an object that holds no more than reports, or of
/// several objects behind each other; `None` where the item is one record.
pub fn unpacked(item: &[u8]) -> Option<Vec<Vec<u8>>> {
    if is_followed(item)
        && let found = values(item)
        && found.len() > 1
    {
        return Some(found.into_iter().flat_map(all_of).collect());
    }
    let wrapped = || Some(wrapped(item)?.into_iter().flat_map(all_of).collect());
    cloudevent::stray_data(item).map(records_of).or_else(wrapped)
}

fn all_of(item: &[u8]) -> Vec<Vec<u8>> {
    unpacked(item).unwrap_or_else(|| vec![item.to_vec()])
}

/// The member of an object in which some programs send reports.
const WRAPPER: &[u8] = b"\"reports\"";

/// True where an object seems to stand behind another, which is rare and costs more to find out.
fn is_followed(item: &[u8]) -> bool {
    let opens = |at: usize| item[at + 1..].trim_ascii_start().starts_with(b"{");
    memchr::memchr_iter(b'}', item).any(opens)
}

/// The items of `{"reports": […]}`; `None` where the item is anything else, such as a report with a field of that name.
fn wrapped(item: &[u8]) -> Option<Vec<&[u8]>> {
    memchr::memmem::find(item, WRAPPER)?;
    let list = cloudevent::only_list(core::str::from_utf8(item).ok()?, "reports")?;
    let found = items(list.as_bytes());
    (!found.is_empty()).then_some(found)
}

fn event_records(event: &[u8]) -> Vec<Vec<u8>> {
    records_of(cloudevent::data(event))
}

/// An event's data: a record, or an array of them.
fn records_of(data: Vec<u8>) -> Vec<Vec<u8>> {
    if data.trim_ascii_start().starts_with(b"[") {
        let records: Vec<Vec<u8>> = items(&data).into_iter().map(<[u8]>::to_vec).collect();
        if !records.is_empty() {
            return records;
        }
    }
    vec![data]
}

/// True for an array of reports, and for reports that are written over several lines, none of which is a record.
fn is_spread(body: &[u8]) -> bool {
    let body = body.trim_ascii();
    let first = body.split(|byte| *byte == b'\n').next().unwrap_or_default();
    match body.first() {
        Some(b'[') => is_whole(body),
        Some(b'{') => first.len() < body.len() && !is_whole(first) && values(body).into_iter().all(is_whole),
        _ => false,
    }
}

/// The member of an object in which its list of reports stands again, so that nobody knows which counts.
pub fn doubled_list(object: &str) -> Option<&'static str> {
    cloudevent::is_doubled(object, "reports").then_some("reports")
}

/// The member, or member of a member, of an object that is no report in which a list of objects stands: "laporan", "data.reports".
pub fn other_list(object: &str) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(object).ok()?;
    let is_list = |value: &serde_json::Value| {
        value
            .as_array()
            .is_some_and(|items| !items.is_empty() && items.iter().all(serde_json::Value::is_object))
    };
    value.as_object()?.iter().find_map(|(name, own)| {
        let inner = || {
            own.as_object()?.iter().find(|(_, own)| is_list(own)).map(|(inner, _)| format!("{name}.{inner}"))
        };
        if is_list(own) { Some(name.clone()) } else { inner() }
    })
}

/// True of JSON that is one value.
pub fn is_whole(text: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(text).is_ok()
}

/// The values of a body in which several objects follow each other, as lines do; the body itself where it is one, or breaks off
/// in the first.
fn values(body: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let mut from = 0;
    while body[from..].trim_ascii_start().starts_with(b"{") {
        let mut values = serde_json::Deserializer::from_slice(&body[from..]).into_iter::<IgnoredAny>();
        let Some(Ok(_)) = values.next() else { break };
        let end = from + values.byte_offset();
        let rest = body[end..].trim_ascii_start();
        if !rest.is_empty() && !rest.starts_with(b"{") {
            break;
        }
        found.push(&body[from..end]);
        from = end;
    }
    if !body[from..].trim_ascii().is_empty() || found.is_empty() {
        found.push(&body[from..]);
    }
    if found.len() == 1 { vec![body] } else { found.into_iter().map(<[u8]>::trim_ascii).collect() }
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

    /// However reports are written and whatever the media type says, they are the same records.
    #[test]
    fn the_media_type_does_not_decide_what_a_body_holds() {
        let pretty = |report: &str| report.replace(':', ": ").replace('{', "{\n ").replace('}', "\n}");
        let event = |data: &str| {
            format!(r#"{{"specversion":"1.0","id":"1","source":"/a","type":"t","data":{data}}}"#)
        };
        let all = [r#"{"a":1}"#, r#"{"b":"x y"}"#, r#"{"c":null}"#];
        for reports in [&all[..1], &all[..2], &all[..]] {
            let mut bodies = vec![
                reports.join("\n"),
                reports.join("\r\n") + "\r\n",
                format!("[{}]", reports.join(",")),
                format!("[\n{}\n]", reports.join(",\n")),
                event(&format!("[{}]", reports.join(","))),
                reports.iter().copied().map(event).collect::<Vec<_>>().join("\n"),
            ];
            bodies.push(format!(
                "[\n{}\n]",
                reports.iter().copied().map(pretty).collect::<Vec<_>>().join(",\n")
            ));
            bodies.push(reports.iter().copied().map(pretty).collect::<Vec<_>>().join("\n"));
            let list = reports.iter().copied().map(pretty).collect::<Vec<_>>().join(",\n");
            bodies.push(format!("{{\n\"source\": \"x\",\n\"reports\": [{list}],\n\"next\": null\n}}"));
            for body in bodies {
                for packing in [Packing::Json, Packing::Lines] {
                    let found = shown(packing, &body);
                    let found: Vec<String> =
                        found.iter().map(|record| record.replace([' ', '\n', '\r'], "")).collect();
                    let right: Vec<String> = reports.iter().map(|report| report.replace(' ', "")).collect();
                    assert_eq!(found, right, "{packing:?} {body}");
                }
            }
        }
        // Where the list stands twice, nobody knows which counts.
        let twice = r#"{"reports":[{"a":1}],"reports":[{"b":2}]}"#;
        assert_eq!(shown(Packing::Json, twice), [twice]);
        assert_eq!(doubled_list(twice), Some("reports"));
        for (object, found) in [
            (r#"{"laporan":[{"a":1}]}"#, Some("laporan")),
            (r#"{"data":{"reports":[{"a":1},{}]}}"#, Some("data.reports")),
            (r#"{"parties":["resident"],"lat":1}"#, None),
            ("[]", None),
        ] {
            assert_eq!(other_list(object).as_deref(), found, "{object}");
        }
        // What breaks off is one record as it came, and those before it are taken.
        assert_eq!(shown(Packing::Json, "{\"a\":1}\n{\"b\":"), ["{\"a\":1}", "{\"b\":"]);
        assert_eq!(shown(Packing::Json, "{\"a\":1}}"), ["{\"a\":1}}"]);
        assert_eq!(shown(Packing::Json, "{\"a\":1} x"), ["{\"a\":1} x"]);
    }

    #[test]
    fn media_types() {
        assert_eq!(Packing::of("application/json; charset=utf-8"), Some(Packing::Json));
        assert_eq!(Packing::of("Application/CloudEvents-Batch+JSON"), Some(Packing::CloudEvents));
        assert_eq!(Packing::of("text/plain"), None);
    }
}
