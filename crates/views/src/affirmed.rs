//! Whose word an incident is, in words: the same on pages and in messages.

use crate::words::Lang;
use domain::effect::{Affirmed, AffirmedBy};
use std::fmt::Display;

/// "terkonfirmasi lebih dari satu pihak"; where only that it happened is affirmed, what one side alone claims besides.
pub fn affirmed_words(affirmed: &Affirmed, lang: Lang) -> String {
    let by = lang.word("affirmed", affirmed.by.as_str());
    let claimed = match (affirmed.people_claimed, affirmed.severity_claimed) {
        (true, true) => Some("happening.claims_people_and_severity"),
        (true, false) => Some("happening.claims_people"),
        (false, true) => Some("happening.claims_severity"),
        (false, false) => None,
    };
    let nobodys = matches!(affirmed.by, AffirmedBy::Rejected | AffirmedBy::Nobody | AffirmedBy::InDoubt);
    let words = match claimed.filter(|_| !nobodys) {
        Some(key) => {
            let claimed = lang.text(key);
            let values: [(&str, &dyn Display); 2] = [("by", &by), ("claimed", &claimed)];
            lang.fill("happening.affirmed_in_part", &values)
        }
        None => by,
    };
    match affirmed.take_back_waits && affirmed.by != AffirmedBy::InDoubt {
        true => lang.fill("happening.take_back_waits", &[("affirmed", &words)]),
        false => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::evidence::attestation::Affirmation;

    #[test]
    fn what_one_side_alone_claims_is_named_beside_what_is_affirmed() {
        let words = |by, (people_claimed, severity_claimed), take_back_waits| {
            let how_much = Affirmation::Part;
            let own = Affirmed { how_much, by, people_claimed, severity_claimed, take_back_waits };
            affirmed_words(&own, Lang::Id)
        };
        for (words, says) in [
            (words(AffirmedBy::Sides, (false, false), false), "terkonfirmasi lebih dari satu pihak"),
            (
                words(AffirmedBy::Sides, (true, false), false),
                "kejadiannya terkonfirmasi lebih dari satu pihak; jumlah korban tertingginya baru klaim satu pihak",
            ),
            (
                words(AffirmedBy::Desk, (true, true), true),
                "kejadiannya terkonfirmasi petugas piket; jumlah korban dan keparahan tertingginya baru klaim satu pihak; penarikannya diminta, menunggu orang kedua",
            ),
            (words(AffirmedBy::Nobody, (true, true), false), "baru satu pihak, belum terkonfirmasi"),
        ] {
            assert_eq!(words, says);
        }
        let in_doubt = words(AffirmedBy::InDoubt, (true, false), true);
        assert!(in_doubt.starts_with("belum terverifikasi: "), "{in_doubt}");
        assert!(!in_doubt.contains("terkonfirmasi"), "nobody affirms it by now: {in_doubt}");
    }
}
