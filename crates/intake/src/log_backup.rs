//! A log's part of a backup: records as JSON with the stamps they have, and the way back into a log.

use crate::log_writer::LogWriter;
use async_recursion::async_recursion as boxed;
use domain::author::StampedAuthor;
use domain::kind::{FeedClass, Refused};
use domain::place::Areas;
use domain::time::Time;
use serde::{Deserialize, Serialize};
use store::{LogRecord, NewRecord, StoreError};

/// A record of the log as a backup keeps it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct BackupRecord {
    feed: String,
    class: String,
    areas: String,
    /// Microseconds since 1970.
    received_at: i64,
    refused: Option<String>,
    bytes: Vec<u8>,
    #[serde(default)]
    archive: bool,
    #[serde(default)]
    account: String,
    #[serde(default)]
    person: String,
    #[serde(default)]
    organisation: String,
    #[serde(default)]
    party: bool,
}

impl BackupRecord {
    pub fn of(LogRecord { record, .. }: LogRecord) -> BackupRecord {
        let StampedAuthor { account, person, organisation, party } = record.author;
        BackupRecord {
            feed: record.feed,
            class: record.class.to_string(),
            areas: record.areas.to_string(),
            received_at: record.received_at.0,
            refused: record.refused.map(|reason| reason.to_string()),
            bytes: record.bytes,
            archive: record.archive,
            account,
            person,
            organisation,
            party,
        }
    }

    /// `None` where a word is none this program knows.
    fn record(self) -> Option<NewRecord> {
        let refused = match self.refused {
            None => None,
            Some(reason) => Some(Refused::parse(&reason)?),
        };
        Some(NewRecord {
            feed: self.feed,
            class: FeedClass::parse(&self.class)?,
            areas: Areas::parse_kept(&self.areas),
            received_at: Time(self.received_at),
            bytes: self.bytes,
            refused,
            archive: self.archive,
            author: StampedAuthor {
                account: self.account,
                person: self.person,
                organisation: self.organisation,
                party: self.party,
            },
        })
    }
}

/// Puts a backup's records back into the log, with the stamps they had. Returns once all are kept.
///
/// # Errors
/// Where a record cannot be read, before anything is kept; or the log cannot be written.
#[boxed]
pub async fn restore(writer: &LogWriter, records: Vec<BackupRecord>) -> Result<(), StoreError> {
    let broken = || StoreError::Corrupt("a record of the log in the backup cannot be read".to_owned());
    let records: Vec<NewRecord> =
        records.into_iter().map(|record| record.record().ok_or_else(broken)).collect::<Result<_, _>>()?;
    writer.put_back(records).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_of_the_log_comes_back_whole() {
        let record = NewRecord {
            feed: "skd-16.13.04.2003".into(),
            class: FeedClass::Village,
            areas: Areas::parse("16.13.04.2003").unwrap(),
            received_at: Time(1_767_200_700_123_456),
            bytes: vec![0, 255, b'{', b'\n'],
            refused: Some(Refused::District),
            archive: true,
            author: StampedAuthor {
                account: "sari".into(),
                person: "160503".into(),
                organisation: "feed:desa-muara".into(),
                party: true,
            },
        };
        let kept = BackupRecord::of(LogRecord { partition: 0, offset: 41, record: record.clone() });
        let line = serde_json::to_string(&kept).unwrap();
        let back: BackupRecord = serde_json::from_str(&line).unwrap();
        assert_eq!(back.clone().record(), Some(record.clone()));
        for areas in [Areas::everywhere(), Areas::nowhere()] {
            let record = NewRecord { areas, ..record.clone() };
            let kept = BackupRecord::of(LogRecord { partition: 0, offset: 41, record: record.clone() });
            assert_eq!(kept.record(), Some(record));
        }
        assert_eq!(BackupRecord { class: "nobody".into(), ..back }.record(), None);
    }
}
