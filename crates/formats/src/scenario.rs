//! A scenario: the feeds of a table, and records with when each is received, one JSON object a line.

use crate::archive::LineReader;
use crate::decode::instant;
use domain::kind::FeedClass;
use domain::place::{AreaError, Areas};
use domain::time::Time;
use serde::Deserialize;
use serde_json::value::RawValue;

/// Why a scenario cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    #[error("reading the scenario's feed '{0}': its class is none")]
    Class(String),
    #[error("reading the scenario's feed '{feed}': '{}' is no code of a place", .error.word)]
    Areas { feed: String, error: AreaError },
    #[error("reading the scenario's line {line}: {what}")]
    Line { line: usize, what: String },
}

/// A feed that reports in the scenario.
pub struct ScenarioFeed {
    pub name: String,
    pub class: FeedClass,
    pub areas: Areas,
}

/// A record and when the scenario receives it.
pub struct ScenarioRecord {
    pub feed: String,
    pub received_at: Time,
    /// The word of a moment at which the demonstration can stop, once this is received.
    pub moment: Option<String>,
    pub bytes: Vec<u8>,
}

/// The feeds of a table whose first columns are name, class and area.
///
/// # Errors
/// Where a class is none.
pub fn feeds(table: &str) -> Result<Vec<ScenarioFeed>, ScenarioError> {
    let mut feeds = Vec::new();
    for line in table.lines().skip(1) {
        let mut cells = line.split(',');
        let (Some(name), Some(class), Some(areas)) = (cells.next(), cells.next(), cells.next()) else {
            continue;
        };
        let class = FeedClass::parse(class).ok_or_else(|| ScenarioError::Class(name.to_owned()))?;
        let name = name.to_owned();
        let areas =
            Areas::parse(areas).map_err(|error| ScenarioError::Areas { feed: name.clone(), error })?;
        feeds.push(ScenarioFeed { name, class, areas });
    }
    Ok(feeds)
}

/// The records in the order of the lines.
///
/// # Errors
/// Where a line is none of a scenario.
pub fn records(text: &[u8]) -> Result<Vec<ScenarioRecord>, ScenarioError> {
    let mut records = Vec::new();
    let mut lines = LineReader::new(text);
    loop {
        let line = records.len() + 1;
        let wrong = |what: String| ScenarioError::Line { line, what };
        let Some(read) = lines.next_line().map_err(|error| wrong(error.to_string()))? else {
            return Ok(records);
        };
        records.push(record(read).map_err(wrong)?);
    }
}

#[derive(Deserialize)]
struct Line<'a> {
    received_at: &'a str,
    feed: &'a str,
    moment: Option<String>,
    #[serde(borrow)]
    record: Option<&'a RawValue>,
    /// What is no JSON.
    raw: Option<String>,
}

fn record(line: &[u8]) -> Result<ScenarioRecord, String> {
    let line: Line<'_> = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    let bytes = match (line.record, line.raw) {
        (Some(record), _) => record.get().as_bytes().to_vec(),
        (None, Some(raw)) => raw.into_bytes(),
        (None, None) => return Err("neither record nor raw".into()),
    };
    let received_at = instant::parse(line.received_at).ok_or("its received_at is no instant")?;
    Ok(ScenarioRecord { feed: line.feed.to_owned(), received_at, moment: line.moment, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_is_read_and_a_wrong_line_is_named() {
        let feeds = feeds("name,class,place,title\nskd-rupit,village,16.13.01,SKD\n").unwrap();
        assert_eq!((feeds[0].name.as_str(), feeds[0].areas.to_string().as_str()), ("skd-rupit", "16.13.01"));
        assert!(super::feeds("name,class,place\nx,nobody,16.13\n").is_err());
        let good = r#"{"received_at":"1970-01-01T00:00:01Z","feed":"a","record":{"x":1}}"#;
        let raw = r#"{"received_at":"1970-01-01T00:00:02Z","feed":"a","raw":"{"}"#;
        let read = records(format!("{good}\n{raw}\n").as_bytes()).unwrap();
        assert_eq!(
            (read[0].received_at, read[0].bytes.as_slice()),
            (Time(1_000_000), br#"{"x":1}"#.as_slice())
        );
        assert_eq!(read[1].bytes, b"{");
        let wrong = records(format!("{good}\n{{}}\n").as_bytes()).err().unwrap();
        assert!(wrong.to_string().contains("line 2"), "{wrong}");
    }
}
