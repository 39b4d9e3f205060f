//! A record of `reports`: the original bytes as value; who sent it, when it came and from where in one header.

use domain::kind::{FeedClass, Refused};
use domain::time::Time;
use rdkafka::Message;
use rdkafka::message::{Header, Headers, OwnedHeaders};
use store::{LogRecord, NewRecord};

/// Where a record came from: a feed's own topic. Nothing for what came over HTTP.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Came {
    pub topic: String,
    pub partition: i32,
    pub offset: i64,
}

/// A record as it lies in `reports`.
#[derive(Clone, PartialEq, Debug)]
pub struct Arrived {
    pub record: LogRecord,
    pub from: Option<Came>,
}

/// The one header of a record: brokers and clients pay for each. Fields with tabs between, the feed's name last, for
/// it alone is chosen by people.
const HEADER: &str = "kentongan";

pub(super) fn headers(record: &NewRecord, from: Option<&Came>) -> OwnedHeaders {
    let from =
        from.map_or_else(String::new, |from| format!("{}/{}/{}", from.topic, from.partition, from.offset));
    let refused = record.refused.map_or("", Refused::as_str);
    let NewRecord { feed, class, areas, received_at, .. } = record;
    let value = format!("1\t{}\t{class}\t{areas}\t{refused}\t{from}\t{feed}", received_at.0);
    OwnedHeaders::new_with_capacity(1).insert(Header { key: HEADER, value: Some(&value) })
}

/// What the header says.
struct Stamp<'a> {
    received_at: Time,
    class: FeedClass,
    areas: &'a str,
    refused: Option<Refused>,
    from: Option<Came>,
    feed: &'a str,
}

impl<'a> Stamp<'a> {
    fn read(text: &'a str) -> Option<Stamp<'a>> {
        let mut fields = text.splitn(7, '\t');
        let mut field = || fields.next();
        if field()? != "1" {
            return None;
        }
        Some(Stamp {
            received_at: Time(field()?.parse().ok()?),
            class: FeedClass::parse(field()?)?,
            areas: field()?,
            refused: Refused::parse(field()?),
            from: came(field()?),
            feed: field()?,
        })
    }
}

/// Reads a record back. What somebody else wrote into the topic has no header of ours: it is refused, with its bytes.
pub fn arrived(message: &impl Message) -> Arrived {
    let stamp = message.headers().and_then(|headers| {
        let found = headers.iter().find(|header| header.key == HEADER)?;
        Stamp::read(core::str::from_utf8(found.value?).ok()?)
    });
    let bytes = message.payload().unwrap_or_default().to_vec();
    let (record, from) = match stamp {
        Some(Stamp { received_at, class, areas, refused, from, feed }) => {
            let (feed, areas) = (feed.to_owned(), areas.to_owned());
            (NewRecord { feed, class, areas, received_at, bytes, refused }, from)
        }
        None => (foreign(Time(message.timestamp().to_millis().unwrap_or(0).max(0) * 1000), bytes), None),
    };
    Arrived { record: LogRecord { partition: message.partition(), offset: message.offset(), record }, from }
}

fn foreign(received_at: Time, bytes: Vec<u8>) -> NewRecord {
    NewRecord {
        feed: "(reports)".to_owned(),
        class: FeedClass::Desk,
        areas: String::new(),
        received_at,
        bytes,
        refused: Some(Refused::Forbidden),
    }
}

fn came(text: &str) -> Option<Came> {
    let (rest, offset) = text.rsplit_once('/')?;
    let (topic, partition) = rest.rsplit_once('/')?;
    Some(Came { topic: topic.to_owned(), partition: partition.parse().ok()?, offset: offset.parse().ok()? })
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
            areas: "16.13".into(),
            received_at: Time(17),
            bytes: b"{}".to_vec(),
            refused: None,
        };
        let from = Came { topic: "feed.village.desa-muara".into(), partition: 2, offset: 9 };
        let back = arrived(&message(Some(headers(&record, Some(&from)))));
        assert_eq!(back.record, LogRecord { partition: 3, offset: 41, record });
        assert_eq!(back.from, Some(from));
    }

    #[test]
    fn what_somebody_else_wrote_is_refused_and_kept() {
        let back = arrived(&message(None));
        assert_eq!(back.record.record.refused, Some(Refused::Forbidden));
        assert_eq!(back.record.record.bytes, b"{}");
        assert_eq!(back.record.record.received_at, Time(1_700_000_000_000_000));
    }
}
