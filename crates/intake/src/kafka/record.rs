//! A record of `reports`: the original bytes as its value, the intake's stamp as its one header.

use domain::author::StampedAuthor;
use domain::kind::{FeedClass, Refused};
use domain::place::Areas;
use domain::time::Time;
use formats::record_stamp::{HEADER, RecordOrigin, RecordStamp};
use rdkafka::Message;
use rdkafka::message::{Header, Headers, OwnedHeaders};
use store::{LogRecord, NewRecord};

/// A record as it lies in `reports`.
#[derive(Clone, PartialEq, Debug)]
pub struct ConsumedRecord {
    pub record: LogRecord,
    /// Nothing for what came over HTTP.
    pub origin: Option<RecordOrigin>,
}

pub(super) fn headers(record: &NewRecord, origin: Option<&RecordOrigin>) -> OwnedHeaders {
    let stamp = RecordStamp {
        received_at: record.received_at,
        class: record.class,
        areas: record.areas.clone(),
        refused: record.refused,
        archive: record.archive,
        author: record.author.clone(),
        origin: origin.cloned(),
        feed: &record.feed,
    };
    OwnedHeaders::new_with_capacity(1).insert(Header { key: HEADER, value: Some(&stamp.to_header()) })
}

/// The record a message of `reports` holds. What somebody else wrote there has no stamp: it is refused, and its bytes kept.
pub fn consumed_record(message: &impl Message) -> ConsumedRecord {
    let stamp = message.headers().and_then(|headers| {
        let found = headers.iter().find(|header| header.key == HEADER)?;
        RecordStamp::parse(found.value?)
    });
    let bytes = message.payload().unwrap_or_default().to_vec();
    let (record, origin) = match stamp {
        Some(RecordStamp { received_at, class, areas, refused, archive, author, origin, feed }) => {
            let feed = feed.to_owned();
            (NewRecord { feed, class, areas, received_at, bytes, refused, archive, author }, origin)
        }
        None => (foreign(Time(message.timestamp().to_millis().unwrap_or(0).max(0) * 1000), bytes), None),
    };
    ConsumedRecord {
        record: LogRecord { partition: message.partition(), offset: message.offset(), record },
        origin,
    }
}

fn foreign(received_at: Time, bytes: Vec<u8>) -> NewRecord {
    NewRecord {
        feed: "(reports)".to_owned(),
        class: FeedClass::Desk,
        areas: Areas::everywhere(),
        received_at,
        bytes,
        refused: Some(Refused::Forbidden),
        archive: false,
        author: StampedAuthor::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rdkafka::Timestamp;
    use rdkafka::message::OwnedMessage;

    fn message(headers: Option<OwnedHeaders>) -> OwnedMessage {
        let stamp = Timestamp::CreateTime(1_700_000_000_000);
        OwnedMessage::new(Some(b"{}".to_vec()), None, "reports".into(), stamp, 3, 41, headers)
    }

    #[test]
    fn a_record_comes_back_as_it_was_sent() {
        let record = NewRecord {
            feed: "desa-muara".into(),
            class: FeedClass::Village,
            areas: Areas::parse("16.13").unwrap(),
            received_at: Time(17),
            bytes: b"{}".to_vec(),
            refused: None,
            archive: true,
            author: StampedAuthor { organisation: "pemdes".into(), party: true, ..StampedAuthor::default() },
        };
        let origin = RecordOrigin { topic: "feed.village.desa-muara".into(), partition: 2, offset: 9 };
        let back = consumed_record(&message(Some(headers(&record, Some(&origin)))));
        assert_eq!(back.record, LogRecord { partition: 3, offset: 41, record });
        assert_eq!(back.origin, Some(origin));
    }

    #[test]
    fn what_somebody_else_wrote_is_refused_and_kept() {
        let back = consumed_record(&message(None));
        assert_eq!(back.record.record.refused, Some(Refused::Forbidden));
        assert_eq!(back.record.record.bytes, b"{}");
        assert_eq!(back.record.record.received_at, Time(1_700_000_000_000_000));
    }
}
