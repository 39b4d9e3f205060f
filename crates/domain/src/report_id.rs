//! Ids and names of reports, and how they are written. An id is a ULID or a UUID, both 128 bits; a name is an id and the feed
//! that gave it.

use crate::report::FeedId;
use core::fmt;
use ulid::Ulid;
use uuid::Uuid;

/// A ULID or UUID as 128 bits; printed as a ULID, whose text sorts as the number does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ReportId(pub u128);

impl ReportId {
    /// `01KDTNM8M0Y02FSFQYZGT4HPXA` or `0199d3a4-5b8e-7cc1-9d2f-3a4b5c6d7e8f`, in either case.
    #[inline]
    pub fn parse(text: &str) -> Option<ReportId> {
        match text.len() {
            // 26 digits hold 130 bits: the first may not use the upper two.
            26 if text.as_bytes()[0] <= b'7' => Ulid::from_string(text).ok().map(|id| ReportId(id.0)),
            36 => Uuid::try_parse(text).ok().map(|id| ReportId(id.as_u128())),
            _ => None,
        }
    }
}

impl fmt::Display for ReportId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(Ulid(self.0).array_to_str(&mut [0; ulid::ULID_LEN]))
    }
}

/// What a report is called within its regency, and the incident that it is the earliest report of: its id and its feed, for two
/// feeds may give one id. Printed as `01KDTNM8M0Y02FSFQYZGT4HPXA-0c41d2aa`, whose text sorts as the name does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ReportName {
    pub id: ReportId,
    pub feed: FeedId,
}

impl ReportName {
    /// Before and after all others.
    pub const MIN: ReportName = ReportName { id: ReportId(0), feed: FeedId(0) };
    pub const MAX: ReportName = ReportName { id: ReportId(u128::MAX), feed: FeedId(u32::MAX) };
    /// How long [`ReportName::to_bytes`] is.
    pub const BYTES: usize = 20;

    /// Reads what is printed of a name.
    pub fn parse(text: &str) -> Option<ReportName> {
        let (id, feed) = text.split_at_checked(ulid::ULID_LEN)?;
        let feed = feed.strip_prefix('-').filter(|digits| digits.len() == 8)?;
        let digits = feed.bytes().all(|byte| byte.is_ascii_hexdigit());
        let feed = u32::from_str_radix(feed, 16).ok().filter(|_| digits)?;
        Some(ReportName { id: ReportId::parse(id)?, feed: FeedId(feed) })
    }

    /// The first and the last of the names with an id.
    pub fn all_with(id: ReportId) -> [ReportName; 2] {
        [FeedId(0), FeedId(u32::MAX)].map(|feed| ReportName { id, feed })
    }

    pub fn to_bytes(self) -> [u8; ReportName::BYTES] {
        let mut bytes = [0; ReportName::BYTES];
        bytes[..16].copy_from_slice(&self.id.0.to_le_bytes());
        bytes[16..].copy_from_slice(&self.feed.0.to_le_bytes());
        bytes
    }

    /// Reads what [`ReportName::to_bytes`] wrote; `None` where there are more or fewer bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<ReportName> {
        let (id, feed) = bytes.split_first_chunk()?;
        let (id, feed) = (u128::from_le_bytes(*id), u32::from_le_bytes(feed.try_into().ok()?));
        Some(ReportName { id: ReportId(id), feed: FeedId(feed) })
    }
}

impl fmt::Display for ReportName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:08x}", self.id, self.feed.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn names_survive_the_round_trip_and_sort_as_their_text() {
        let name = |id, feed| ReportName { id: ReportId(id), feed: FeedId(feed) };
        let id = 0x0190_0000_0000_0000_0000_0000_0000_0001;
        let names = [
            ReportName::MIN,
            name(id, 9),
            name(id, 10),
            name(id, u32::MAX - 1),
            name(id + 1, 0),
            ReportName::MAX,
        ];
        for name in names {
            assert_eq!(ReportName::parse(&name.to_string()), Some(name));
            assert_eq!(ReportName::from_bytes(&name.to_bytes()), Some(name));
        }
        let texts = names.map(|name| name.to_string());
        assert!(names.is_sorted() && texts.is_sorted());
        let [first, last] = ReportName::all_with(ReportId(id));
        assert!(first < names[1] && names[3] < last && last < names[4]);
    }

    #[test]
    fn malformed_names_are_none() {
        let whole = ReportName { id: ReportId(7), feed: FeedId(0xc41_d2aa) }.to_string();
        for text in [
            "",
            &whole[..26],
            &whole[..27],
            &whole[..34],
            &whole.replace('-', "_"),
            &whole.replace("c41", "+41"),
        ] {
            assert_eq!(ReportName::parse(text), None, "{text}");
        }
        assert!(ReportName::from_bytes(&[0; 19]).is_none() && ReportName::from_bytes(&[0; 21]).is_none());
    }

    fn parse(text: &str) -> Option<ReportId> {
        ReportId::parse(text)
    }

    #[test]
    fn both_forms_give_the_same_bits() {
        let id = Some(ReportId(0x019b_7559_0a2c_f004_f7d6_1f8c_1a8b_71aa));
        assert_eq!(parse("019b7559-0a2c-f004-f7d6-1f8c1a8b71aa"), id);
        assert_eq!(parse("019B7559-0A2C-F004-F7D6-1F8C1A8B71AA"), id);
        assert_eq!(parse("7ZZZZZZZZZZZZZZZZZZZZZZZZZ"), Some(ReportId(u128::MAX)));
        assert_eq!(parse("01arz3ndektsv4rrffq69g5fav"), parse("01ARZ3NDEKTSV4RRFFQ69G5FAV"));
        assert_eq!(parse("00000000000000000000000010"), Some(ReportId(32)));
    }

    #[test]
    fn ids_survive_the_round_trip_and_sort_as_numbers() {
        let ids = [0u128, 1, 31, 32, u128::MAX, 0x0190_0000_0000_0000_0000_0000_0000_0001];
        for id in ids.map(ReportId) {
            assert_eq!(parse(&id.to_string()), Some(id));
        }
        assert!(ReportId(31).to_string() < ReportId(32).to_string());
        let text = "01KDTNM8M0Y02FSFQYZGT4HPXA";
        assert_eq!(parse(text).unwrap().to_string(), text);
    }

    #[test]
    fn malformed_ids_are_none() {
        for text in [
            "",
            "8ZZZZZZZZZZZZZZZZZZZZZZZZZ",
            "01ARZ3NDEKTSV4RRFFQ69G5FA",
            "01ARZ3NDEKTSV4RRFFQ69G5FAU",
            "01ARZ3NDEKTSV4RRFFQ69G5FAI",
            "019b7559_0a2c-f004-f7d6-1f8c1a8b71aa",
            "019b7559-0a2c-f004-f7d6-1f8c1a8b71ag",
            "019b75590a2cf004f7d61f8c1a8b71aa",
            "é1ARZ3NDEKTSV4RRFFQ69G5FA",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
