//! The header of a record in Kafka's log: who sent it, when it was received and which record of a feed's topic it was.
//!
//! One header holds everything, because brokers and clients pay for each. Its fields have tabs between them; the feed's
//! name stands last, for people choose it.

use domain::author::StampedAuthor;
use domain::kind::{FeedClass, Refused};
use domain::place::Areas;
use domain::time::Time;

/// The name of the header.
pub const HEADER: &str = "kentongan";
const VERSION: &str = "3";
/// Before it a record did not name who stands behind it: its feed alone.
const WITHOUT_AUTHOR: &str = "2";
/// Before it a record was never marked as of an archive.
const EARLIER: &str = "1";
/// What marks a record of an archive.
const ARCHIVE: &str = "archive";
/// What marks the word of a party.
const PARTY: &str = "party";

/// A record of a feed's own topic, from which a record of the log was made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordOrigin {
    pub topic: String,
    pub partition: i32,
    pub offset: i64,
}

/// What the intake stamped on a record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordStamp<'a> {
    pub received_at: Time,
    pub class: FeedClass,
    /// What the feed could speak for.
    pub areas: Areas,
    /// Set where the record may not become a report, whatever it holds.
    pub refused: Option<Refused>,
    /// Of an archive that was imported: old by nature.
    pub archive: bool,
    /// Who stands behind it, as its feed was registered when it came.
    pub author: StampedAuthor,
    /// Nothing for what came over HTTP.
    pub origin: Option<RecordOrigin>,
    pub feed: &'a str,
}

impl<'a> RecordStamp<'a> {
    /// The stamp a header holds; `None` where this program did not write it.
    pub fn parse(header: &'a [u8]) -> Option<RecordStamp<'a>> {
        let (version, fields) = core::str::from_utf8(header).ok()?.split_once('\t')?;
        let (fields, author) = match version {
            VERSION => {
                let mut fields = fields.splitn(5, '\t');
                let mut field = || fields.next();
                let [account, person, organisation] = [field()?, field()?, field()?].map(str::to_owned);
                let party = field()? == PARTY;
                (field()?, StampedAuthor { account, person, organisation, party })
            }
            _ => (fields, StampedAuthor::default()),
        };
        let (fields, archive) = match version {
            VERSION | WITHOUT_AUTHOR => {
                let (archive, fields) = fields.split_once('\t')?;
                (fields, archive == ARCHIVE)
            }
            EARLIER => (fields, false),
            _ => return None,
        };
        let mut fields = fields.splitn(6, '\t');
        let mut field = || fields.next();
        Some(RecordStamp {
            received_at: Time(field()?.parse().ok()?),
            class: FeedClass::parse(field()?)?,
            areas: Areas::parse_kept(field()?),
            refused: Refused::parse(field()?),
            archive,
            author,
            origin: RecordOrigin::parse(field()?),
            feed: field()?,
        })
    }

    /// The header's value.
    pub fn to_header(&self) -> String {
        let RecordStamp { received_at, class, areas, feed, author, .. } = self;
        let StampedAuthor { account, person, organisation, party } = author;
        let party = if *party { PARTY } else { "" };
        let refused = self.refused.map_or("", Refused::as_str);
        let archive = if self.archive { ARCHIVE } else { "" };
        let origin =
            self.origin.as_ref().map_or_else(String::new, |RecordOrigin { topic, partition, offset }| {
                format!("{topic}/{partition}/{offset}")
            });
        format!(
            "{VERSION}\t{account}\t{person}\t{organisation}\t{party}\t{archive}\t{}\t{class}\t{areas}\t{refused}\t{origin}\t{feed}",
            received_at.0
        )
    }
}

impl RecordOrigin {
    fn parse(text: &str) -> Option<RecordOrigin> {
        let (rest, offset) = text.rsplit_once('/')?;
        let (topic, partition) = rest.rsplit_once('/')?;
        Some(RecordOrigin {
            topic: topic.to_owned(),
            partition: partition.parse().ok()?,
            offset: offset.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_read_back_as_it_was_written() {
        let stamp = RecordStamp {
            received_at: Time(1_767_200_700_123_456),
            class: FeedClass::Village,
            areas: Areas::parse("16.13.04 63.72").unwrap(),
            refused: None,
            archive: true,
            author: StampedAuthor {
                account: "sari".into(),
                person: "160503".into(),
                organisation: "feed:desa-muara".into(),
                party: true,
            },
            origin: Some(RecordOrigin {
                topic: "feed.village.desa.muara".into(),
                partition: 2,
                offset: 9_007_199_254_740_993,
            }),
            feed: "desa\tmuara",
        };
        assert_eq!(RecordStamp::parse(stamp.to_header().as_bytes()), Some(stamp.clone()));
        for areas in [Areas::everywhere(), Areas::nowhere()] {
            let bare =
                RecordStamp { refused: Some(Refused::Forbidden), origin: None, areas, ..stamp.clone() };
            assert_eq!(RecordStamp::parse(bare.to_header().as_bytes()), Some(bare));
        }
        let own = "3\tsari\t160503\tfeed:desa-muara\tparty\tarchive\t";
        let earlier = |head| stamp.to_header().replacen(own, head, 1);
        let before = RecordStamp { author: StampedAuthor::default(), ..stamp.clone() };
        assert_eq!(RecordStamp::parse(earlier("2\tarchive\t").as_bytes()), Some(before.clone()));
        let live = RecordStamp { archive: false, ..before };
        assert_eq!(RecordStamp::parse(earlier("1\t").as_bytes()), Some(live), "written by an earlier build");
        let unreadable = stamp.to_header().replace("63.72", "oops");
        assert_eq!(RecordStamp::parse(unreadable.as_bytes()).unwrap().areas, Areas::nowhere());
    }

    #[test]
    fn what_this_program_did_not_write_has_no_stamp() {
        for header in [
            "",
            "1",
            "4\t\t5\tvillage\t\t\t\tx",
            "3\t\t5\tvillage\t\t\t\tx",
            "1\tnow\tvillage\t\t\t\tx",
            "1\t5\tnobody\t\t\t\tx",
        ] {
            assert_eq!(RecordStamp::parse(header.as_bytes()), None, "{header}");
        }
        assert_eq!(RecordStamp::parse(b"\xff"), None);
    }
}
