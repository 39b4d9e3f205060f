//! An export of a service's log: one record a line, with the stamps the intake gave it when it came.

use super::{ArchiveError, ArchiveSource, LineReader, unpacked};
use crate::clock_record;
use domain::author::StampedAuthor;
use domain::desk_feed;
use domain::kind::{FeedClass, Refused};
use domain::place::Areas;
use domain::service_clock::ClockStep;
use domain::time::Time;
use serde::{Deserialize, Serialize};

/// The version that every line names, and by which an export is known.
const VERSION: u32 = 1;
/// How a line begins.
const HEAD: &[u8] = b"{\"kentongan_log\":";

/// A record of the log with its stamps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LoggedRecord {
    pub feed: String,
    pub class: FeedClass,
    pub areas: Areas,
    pub received_at: Time,
    /// Set where the record may not become a report, whatever it holds.
    pub refused: Option<Refused>,
    /// Of an archive that was imported.
    pub archive: bool,
    pub author: StampedAuthor,
    pub bytes: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    kentongan_log: u32,
    /// Microseconds since 1970.
    received_at: i64,
    feed: String,
    class: String,
    areas: String,
    account: String,
    person: String,
    organisation: String,
    party: bool,
    archive: bool,
    refused: Option<String>,
    /// The record as it came, where it is text.
    record: Option<String>,
    /// The record's bytes, where they are no text.
    bytes: Option<Vec<u8>>,
}

impl LoggedRecord {
    /// True for what the service itself wrote: what a source is from then on, or that its clock was set back. It is no report.
    pub fn is_registry(&self) -> bool {
        self.feed == desk_feed::REGISTRY && self.refused.is_none()
    }

    /// The step that the record tells of, where it says that the service's clock was set back.
    pub fn clock_step(&self) -> Option<ClockStep> {
        clock_record::parse(&self.bytes).filter(|_| self.is_registry())
    }

    /// The record as a line of an export, without its end.
    ///
    /// # Errors
    /// Where the line cannot be written.
    pub fn to_line(&self) -> Result<String, serde_json::Error> {
        let StampedAuthor { account, person, organisation, party } = self.author.clone();
        let text = String::from_utf8(self.bytes.clone());
        let (record, bytes) = match text {
            Ok(text) => (Some(text), None),
            Err(other) => (None, Some(other.into_bytes())),
        };
        serde_json::to_string(&Line {
            kentongan_log: VERSION,
            received_at: self.received_at.0,
            feed: self.feed.clone(),
            class: self.class.to_string(),
            areas: self.areas.to_string(),
            account,
            person,
            organisation,
            party,
            archive: self.archive,
            refused: self.refused.map(|reason| reason.to_string()),
            record,
            bytes,
        })
    }

    /// The record of a line; `None` where it is no line of an export this program knows.
    pub fn parse(line: &[u8]) -> Option<LoggedRecord> {
        let line: Line = serde_json::from_slice(line).ok()?;
        let refused = match line.refused {
            None => None,
            Some(reason) => Some(Refused::parse(&reason)?),
        };
        let (account, person, organisation) = (line.account, line.person, line.organisation);
        (line.kentongan_log == VERSION).then_some(LoggedRecord {
            feed: line.feed,
            class: FeedClass::parse(&line.class)?,
            areas: Areas::parse_kept(&line.areas),
            received_at: Time(line.received_at),
            refused,
            archive: line.archive,
            author: StampedAuthor { account, person, organisation, party: line.party },
            bytes: line.record.map(String::into_bytes).or(line.bytes)?,
        })
    }
}

/// True for a line of an export.
pub fn is_line(line: &[u8]) -> bool {
    line.trim_ascii_start().starts_with(HEAD)
}

/// True where the first line is one of an export.
pub fn is_export(source: ArchiveSource) -> bool {
    let Ok(source) = unpacked(source) else { return false };
    LineReader::new(source).next_line().is_ok_and(|line| line.is_some_and(is_line))
}

/// An open export.
pub struct Export {
    lines: LineReader<ArchiveSource>,
    file: String,
    number: u64,
}

impl Export {
    /// Begins to read; `file` names the source in errors.
    ///
    /// # Errors
    /// Where the source cannot be read.
    pub fn open(file: String, source: ArchiveSource) -> Result<Export, ArchiveError> {
        match unpacked(source) {
            Ok(source) => Ok(Export { lines: LineReader::new(source), file, number: 0 }),
            Err(source) => Err(ArchiveError::Io { file, source }),
        }
    }

    /// The next record with its stamps; `None` at the end.
    ///
    /// # Errors
    /// Where the source cannot be read on, or a line is none of an export.
    pub fn next_record(&mut self) -> Result<Option<LoggedRecord>, ArchiveError> {
        let line = self.lines.next_line();
        let line = line.map_err(|source| ArchiveError::Io { file: self.file.clone(), source })?;
        let Some(line) = line else { return Ok(None) };
        self.number += 1;
        let (file, number) = (&self.file, self.number);
        let record = LoggedRecord::parse(line);
        record.map(Some).ok_or_else(|| ArchiveError::Line { file: file.clone(), number })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_of_the_log_comes_back_as_it_lay_there() {
        let text = LoggedRecord {
            feed: "desk-village".into(),
            class: FeedClass::Village,
            areas: Areas::parse("16.13").unwrap(),
            received_at: Time(1_767_200_700_123_456),
            refused: None,
            archive: true,
            author: StampedAuthor {
                account: "sari".into(),
                person: "1605".into(),
                organisation: "feed:desa-muara".into(),
                party: true,
            },
            bytes: b" {\"report_id\": \"\xc3\xa9\"}\r".to_vec(),
        };
        let garbage = LoggedRecord {
            refused: Some(Refused::Forbidden),
            areas: Areas::nowhere(),
            bytes: vec![0, 255, b'\n'],
            ..text.clone()
        };
        for record in [&text, &garbage] {
            let line = record.to_line().unwrap();
            assert!(is_line(line.as_bytes()) && !line.contains('\n'), "{line}");
            assert_eq!(LoggedRecord::parse(line.as_bytes()).as_ref(), Some(record));
            assert_eq!(LoggedRecord::parse(&line.as_bytes()[..line.len() - 1]), None, "cut off");
        }
        let lines = [text.to_line().unwrap(), "{\"report_id\":\"1\"}".into()].join("\n");
        let mut export =
            Export::open("log.ndjson".into(), Box::new(std::io::Cursor::new(lines.into_bytes()))).unwrap();
        assert_eq!(export.next_record().unwrap(), Some(text));
        assert!(export.next_record().unwrap_err().to_string().contains("line 2"));
    }
}
