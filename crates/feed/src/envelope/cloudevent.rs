//! A CloudEvent in structured mode: its data is the report.

use crate::decode::Text;
use crate::decode::scan::{Scanner, Shape, Token};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The report inside an event: its data as it stands, a string's content, or what base64 holds.
/// The event itself where it is no CloudEvents 1.0 event or holds no data: it is refused for what it lacks.
pub fn data(event: &[u8]) -> Vec<u8> {
    core::str::from_utf8(event).ok().and_then(inner).unwrap_or_else(|| event.to_vec())
}

fn inner(event: &str) -> Option<Vec<u8>> {
    let start = event.len() - event.trim_start().len();
    if !event[start..].starts_with('{') {
        return None;
    }
    let mut members: [Token; 3] = Default::default();
    let mut scanner = Scanner::new(event, start);
    let scanned = scanner.object(|name, value| {
        let name = &event[name.start()..name.end()];
        if let Some(place) = ["specversion", "data", "data_base64"].iter().position(|known| *known == name) {
            members[place] = value;
        }
    });
    scanned.and_then(|()| scanner.end()).ok()?;
    let text = |token: Token| {
        let escaped = token.shape() == Shape::Escaped;
        let is_text = escaped || token.shape() == Shape::Text;
        is_text.then(|| Text::new(&event[token.start()..token.end()], escaped).read())
    };
    let [version, data, packed] = members;
    if text(version)? != "1.0" {
        return None;
    }
    if let Some(packed) = text(packed) {
        return STANDARD.decode(packed.as_bytes()).ok();
    }
    match text(data) {
        Some(text) => Some(text.into_owned().into_bytes()),
        None if data.is_given() => Some(event.as_bytes()[data.start()..data.end()].to_vec()),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(event: &str) -> String {
        String::from_utf8(data(event.as_bytes())).unwrap()
    }

    #[test]
    fn data_in_all_its_dresses() {
        let head = r#""specversion":"1.0","id":"1","source":"/a","type":"t""#;
        assert_eq!(shown(&format!(r#" {{{head},"data":{{"a": 1}}}}"#)), r#"{"a": 1}"#);
        assert_eq!(shown(&format!(r#"{{{head},"data":"{{\"a\":\"\\u0041\"}}"}}"#)), r#"{"a":"\u0041"}"#);
        assert_eq!(shown(&format!(r#"{{{head},"data_base64":"eyJhIjoxfQ=="}}"#)), r#"{"a":1}"#);
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
