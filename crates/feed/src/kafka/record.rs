//! A record of `reports`: the original bytes as value; who sent it, when it came and from where as headers.

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

/// The headers of a record.
pub(super) fn headers(record: &NewRecord, from: Option<&Came>) -> OwnedHeaders {
    let mut headers = OwnedHeaders::new_with_capacity(6);
    let mut add = |key: &str, value: &str| {
        headers = std::mem::take(&mut headers).insert(Header { key, value: Some(value) });
    };
    add("feed", &record.feed);
    add("class", record.class.as_str());
    add("areas", &record.areas);
    add("received-at", &record.received_at.0.to_string());
    if let Some(reason) = record.refused {
        add("refused", reason.as_str());
    }
    if let Some(from) = from {
        add("from", &format!("{}/{}/{}", from.topic, from.partition, from.offset));
    }
    headers
}

/// Reads a record back. What somebody else wrote into the topic has no headers of ours: it is refused, with its bytes.
pub fn arrived(message: &impl Message) -> Arrived {
    let header = |name: &str| -> Option<&str> {
        let headers = message.headers()?;
        let found = headers.iter().find(|header| header.key == name)?;
        core::str::from_utf8(found.value?).ok()
    };
    let class = header("class").and_then(FeedClass::parse);
    let feed = header("feed");
    let foreign = (feed.is_none() || class.is_none()).then_some(Refused::Forbidden);
    let stamped = header("received-at").and_then(|text| text.parse().ok()).map(Time);
    let record = NewRecord {
        feed: feed.unwrap_or("(reports)").to_owned(),
        class: class.unwrap_or(FeedClass::Desk),
        areas: header("areas").unwrap_or_default().to_owned(),
        received_at: stamped
            .unwrap_or_else(|| Time(message.timestamp().to_millis().unwrap_or(0).max(0) * 1000)),
        bytes: message.payload().unwrap_or_default().to_vec(),
        refused: header("refused").and_then(Refused::parse).or(foreign),
    };
    let record = LogRecord { partition: message.partition(), offset: message.offset(), record };
    Arrived { record, from: header("from").and_then(came) }
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
