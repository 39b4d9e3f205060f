//! A CloudEvent in structured mode: its data is the report.

use crate::decode::JsonText;
use crate::decode::scan::{Scanner, Shape, Token};
use crate::plain_text::unmarked;
use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use memchr::memmem;
use std::borrow::Cow;

/// Padding may be left out: many programs do.
const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// The attributes every event has, and where the report is.
const MEMBERS: [&str; 6] = ["specversion", "id", "source", "type", "data", "data_base64"];

/// The attributes without which a text is no CloudEvent 1.0; none of them may be empty.
pub const REQUIRED: [&str; 4] = ["specversion", "id", "source", "type"];

/// The report inside an event: its data as it stands, a string's content, or what base64 holds.
/// The event itself where it is no CloudEvents 1.0 event or holds no data: it is refused for what it lacks.
pub fn data(event: &[u8]) -> Vec<u8> {
    let event = unmarked(event);
    core::str::from_utf8(event).ok().and_then(inner).unwrap_or_else(|| event.to_vec())
}

/// The report inside a text that is a whole event, where one of plain JSON was expected; `None` where the text is anything
/// else, such as a report with further fields.
pub fn stray_data(text: &[u8]) -> Option<Vec<u8>> {
    memmem::find(text, b"\"specversion\"")?;
    let event = core::str::from_utf8(unmarked(text)).ok()?;
    let is_report = members(event, ["report_id"])?.found.iter().any(|(_, token)| token.is_given());
    if is_report { None } else { inner(event) }
}

/// What is wrong with an event whose report was not looked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EventFault {
    /// An attribute is missing or wrong.
    Lacks(&'static str),
    /// An attribute stands there twice, and nobody knows which counts.
    Doubled(&'static str),
    /// It is whole, and was the data of another.
    Nested,
}

/// The first thing an event lacks or has wrong; `None` where the text is no event at all.
pub fn fault(event: &str) -> Option<EventFault> {
    let Members { found, doubled } = members(event, MEMBERS)?;
    if !found.iter().any(|(name, token)| *name == "specversion" && token.is_given()) {
        return None;
    }
    if let Some(name) = doubled {
        return Some(EventFault::Doubled(name));
    }
    let [.., (data, own), (base64, packed)] = found;
    Some(match attribute(event, &found) {
        Some(name) => EventFault::Lacks(name),
        None if packed.is_given() => EventFault::Lacks(base64),
        None if own.is_given() => EventFault::Nested,
        None => EventFault::Lacks(data),
    })
}

/// True of an object without `report_id` that has a member twice.
pub fn is_doubled(object: &str, name: &'static str) -> bool {
    let is_own = |Members { found: [_, (_, id)], doubled }| !id.is_given() && doubled == Some(name);
    members(object, [name, "report_id"]).is_some_and(is_own)
}

/// The list that an object without `report_id` holds under a name once, as it stands.
pub fn only_list<'a>(object: &'a str, name: &'static str) -> Option<&'a str> {
    let Members { found: [(_, list), (_, id)], doubled } = members(object, [name, "report_id"])?;
    if doubled.is_some() {
        return None;
    }
    let own = object.get(list.start()..list.end())?;
    (own.starts_with('[') && !id.is_given()).then_some(own)
}

fn inner(event: &str) -> Option<Vec<u8>> {
    let Members { found, doubled } = members(event, MEMBERS)?;
    if doubled.is_some() || attribute(event, &found).is_some() {
        return None;
    }
    let [.., (_, data), (_, packed)] = found;
    if let Some(packed) = text(event, packed) {
        return unpacked(&packed);
    }
    match text(event, data) {
        Some(text) => Some(text.into_owned().into_bytes()),
        None if data.is_given() => Some(event.as_bytes()[data.start()..data.end()].to_vec()),
        None => None,
    }
}

/// What base64 of either alphabet holds, with or without padding and line breaks.
fn unpacked(packed: &str) -> Option<Vec<u8>> {
    let solid: Vec<u8> = packed.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let standard = GeneralPurpose::new(&STANDARD, LENIENT).decode(&solid);
    standard.or_else(|_| GeneralPurpose::new(&URL_SAFE, LENIENT).decode(&solid)).ok()
}

/// Where the named members of an object stand, and the first that stands there twice.
struct Members<const N: usize> {
    found: [(&'static str, Token); N],
    doubled: Option<&'static str>,
}

/// The named members; `None` where the text is no JSON object.
fn members<const N: usize>(event: &str, names: [&'static str; N]) -> Option<Members<N>> {
    let start = event.len() - event.trim_start().len();
    if !event[start..].starts_with('{') {
        return None;
    }
    let mut found = names.map(|name| (name, Token::default()));
    let (mut seen, mut doubled) = ([false; N], None);
    let mut scanner = Scanner::new(event, start);
    let scanned = scanner.object(|name, value| {
        let name = &event[name.start()..name.end()];
        if let Some(at) = found.iter().position(|(known, _)| *known == name) {
            if seen[at] {
                doubled = doubled.or(Some(found[at].0));
            }
            (found[at].1, seen[at]) = (value, true);
        }
    });
    scanned.and_then(|()| scanner.end()).ok()?;
    Some(Members { found, doubled })
}

/// The first required attribute that is missing, empty or not what it must be.
fn attribute(event: &str, members: &[(&'static str, Token)]) -> Option<&'static str> {
    let lacks = |(name, token): &&(&'static str, Token)| match text(event, *token) {
        Some(value) => value.is_empty() || *name == "specversion" && value != "1.0",
        None => true,
    };
    members.iter().filter(|(name, _)| REQUIRED.contains(name)).find(lacks).map(|(name, _)| *name)
}

fn text(event: &str, token: Token) -> Option<Cow<'_, str>> {
    let escaped = token.shape() == Shape::Escaped;
    let is_text = escaped || token.shape() == Shape::Text;
    is_text.then(|| JsonText::new(&event[token.start()..token.end()], escaped).read())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(event: &str) -> String {
        String::from_utf8(data(event.as_bytes())).unwrap()
    }

    #[test]
    fn data_is_found_in_every_encoding() {
        let head = r#""specversion":"1.0","id":"1","source":"/a","type":"t""#;
        assert_eq!(shown(&format!(r#" {{{head},"data":{{"a": 1}}}}"#)), r#"{"a": 1}"#);
        assert_eq!(shown(&format!(r#"{{{head},"data":"{{\"a\":\"\\u0041\"}}"}}"#)), r#"{"a":"\u0041"}"#);
        for packed in ["eyJhIjoxfQ==", "eyJhIjoxfQ", "eyJh\\nIjoxfQ", "eyJhIjoiPz8_In0"] {
            let found = shown(&format!(r#"{{{head},"data_base64":"{packed}"}}"#));
            assert!(found.starts_with(r#"{"a":"#), "{packed}: {found}");
        }
    }

    #[test]
    fn an_event_without_a_required_attribute_is_none_and_says_which() {
        let whole = r#"{"specversion":"1.0","id":"1","source":"/a","type":"t","data":{"a":1}}"#;
        assert_eq!(shown(whole), r#"{"a":1}"#);
        for (right, wrong, lacks) in [
            (r#""id":"1","#, "", "id"),
            (r#""id":"1""#, r#""id":"""#, "id"),
            (r#""id":"1""#, r#""id":1"#, "id"),
            (r#""source":"/a","#, "", "source"),
            (r#""type":"t""#, r#""type":null"#, "type"),
            (r#""1.0""#, r#""0.3""#, "specversion"),
            (r#","data":{"a":1}"#, "", "data"),
            (r#""data":{"a":1}"#, r#""data_base64":"e?""#, "data_base64"),
        ] {
            let event = whole.replace(right, wrong);
            let lacks = Some(EventFault::Lacks(lacks));
            assert_eq!((shown(&event), fault(&event)), (event.clone(), lacks), "{event}");
        }
        for other in ["", "[]", "{", "{}", r#"{"id":"1","source":"/a","type":"t"}"#] {
            assert_eq!(fault(other), None, "{other}");
        }
    }

    #[test]
    fn an_attribute_that_stands_there_twice_is_not_chosen_from() {
        let whole = r#"{"specversion":"1.0","id":"1","source":"/a","type":"t","data":{"a":1}}"#;
        for (name, more) in [("data", r#""data":{"b":2}"#), ("id", r#""id":"2""#), ("data", r#""data":null"#)]
        {
            let event = whole.replace("}}", &format!("}},{more}}}"));
            assert_eq!((shown(&event), fault(&event)), (event.clone(), Some(EventFault::Doubled(name))));
            assert_eq!(stray_data(event.as_bytes()), None, "{event}");
        }
        // What a report says twice is the report's own matter, and the data stays as it stands.
        assert_eq!(shown(&whole.replace("\"a\":1", "\"a\":1,\"a\":2")), r#"{"a":1,"a":2}"#);
    }

    #[test]
    fn an_event_within_an_event_is_no_report() {
        let event = |data: &str| {
            format!(r#"{{"specversion":"1.0","id":"1","source":"/a","type":"t","data":{data}}}"#)
        };
        let inner = event(r#"{"a":1}"#);
        assert_eq!((shown(&event(&inner)), fault(&inner)), (inner.clone(), Some(EventFault::Nested)));
    }

    #[test]
    fn what_is_no_event_stays_as_it_came() {
        for event in [
            "{\"specversion\":\"0.3\",\"data\":{}}",
            "{\"data\":{}}",
            "{\"specversion\":\"1.0\"}",
            "{\"specversion\":\"1.0\",\"data\":null}",
            "{\"specversion\":\"1.0\",\"data_base64\":\"?\"}",
            "[]",
            "{\"specversion\":\"1.0\",\"data\":",
        ] {
            assert_eq!(shown(event), event);
        }
        assert_eq!(data(b"\xff"), b"\xff");
    }
}
