//! Ids of reports, and how they are written: a ULID or a UUID, both 128 bits.

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

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

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
