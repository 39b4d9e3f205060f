//! The desk's word by two persons: what one person confirms is the desk's word; what a second person confirms within a day
//! counts as what an uninvolved speaker affirms. Who contradicts what they confirmed is a first person no more, at once, but for what two had confirmed before; to take back what stands needs a second person likewise (`taking_back`).
//!
//! All of it follows from the set of verdicts on a report, so a request lapses without anybody doing anything: after its day
//! no record is a second one any more.

use crate::author::Author;
use crate::effect::Verdict;
use crate::report::ReportName;
use crate::time::{DAY, Time};
use alloc::vec::Vec;

/// How long one person's record waits for a second person's.
pub const SECOND_WITHIN: i64 = DAY;

/// What one person of the desk asked for and a second person may make so: the verification that asked, and when.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct DeskRequest {
    pub at: Time,
    pub verification: ReportName,
}

impl DeskVerdict {
    /// True where another person gave the other, and one of the two within a day of the other.
    pub fn is_joined_by(&self, other: &DeskVerdict) -> bool {
        let (first, second) = (self.request.min(other.request), self.request.max(other.request));
        first.waits(second.at)
            && matches!((self.person, other.person), (Some(one), Some(two)) if one.is_another_person(&two))
    }

    /// True where one person gave both.
    pub fn is_of_same_person(&self, other: &DeskVerdict) -> bool {
        matches!((self.person, other.person), (Some(one), Some(two)) if one.is_same_person(&two))
    }
}

impl DeskRequest {
    /// From when on no second person can make it so.
    pub fn lapses_at(&self) -> Time {
        self.at.plus(SECOND_WITHIN)
    }

    /// True where it still waits at `now`.
    pub fn waits(&self, now: Time) -> bool {
        now < self.lapses_at()
    }
}

/// One verdict of the desk on a report.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DeskVerdict {
    pub request: DeskRequest,
    /// Who stands behind it; `None` where nobody wrote down which person of the desk it was, or they contradicted it since.
    pub person: Option<Author>,
    pub verdict: Verdict,
}

/// The rejections of one report since its last confirmation.
#[derive(Default)]
pub struct Rejections(Vec<DeskVerdict>);

impl Rejections {
    /// Takes in the next verdict: true for a rejection that joins another person's, so that it is in force whatever stands.
    pub fn take(&mut self, verdict: DeskVerdict) -> bool {
        if verdict.verdict != Verdict::Rejected {
            self.0.clear();
            return false;
        }
        let joins = self.0.iter().any(|first| first.is_joined_by(&verdict));
        self.0.push(verdict);
        joins
    }
}

/// What the desk's verdicts on a report come to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct DeskWord {
    /// The latest verdict in force.
    pub verdict: Verdict,
    /// Two persons confirmed it, the second within a day of the first, and nobody rejected it since.
    pub by_two: bool,
    /// Two persons had rejected it and one person alone confirmed it since: it makes no pair that carries awas.
    pub restored_by_one: bool,
    /// The latest confirmation that no second person joined and its own did not contradict.
    pub request: Option<DeskRequest>,
    /// The latest rejection that no second person joined, of what stands without it.
    pub take_back: Option<DeskRequest>,
}

/// What these verdicts on one report come to, in any order.
pub fn desk_word(mut verdicts: Vec<DeskVerdict>) -> DeskWord {
    verdicts.sort_unstable_by_key(|verdict| verdict.request);
    let latest = verdicts.last().map_or(Verdict::Unverified, |verdict| verdict.verdict);
    let mut by_two = false;
    // The latest confirmation of each person since the last rejection, the earliest first.
    let mut confirmed: Vec<(Author, DeskRequest)> = Vec::new();
    for DeskVerdict { request, person, verdict } in verdicts {
        match (verdict, person) {
            (Verdict::Rejected, _) => {
                by_two = false;
                confirmed.clear();
            }
            (Verdict::Confirmed, Some(person)) => {
                let waits = |(other, first): &(Author, DeskRequest)| {
                    other.is_another_person(&person) && first.waits(request.at)
                };
                by_two |= confirmed.iter().any(waits);
                confirmed.retain(|(other, _)| *other != person);
                confirmed.push((person, request));
            }
            _ => {}
        }
    }
    let request = confirmed.last().map(|(_, request)| *request).filter(|_| !by_two);
    DeskWord { verdict: latest, by_two, request, ..DeskWord::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::speaker::AccountId;
    use crate::kind::FeedClass;
    use crate::report::{FeedId, ReportId};
    use crate::time::HOUR;

    fn verdict(hours: i64, number: Option<u32>, verdict: Verdict) -> DeskVerdict {
        let verification = ReportName { id: ReportId(hours as u128 + 1), feed: FeedId(7) };
        let request = DeskRequest { at: Time(hours * HOUR), verification };
        let person = |number: u32| Author {
            account: AccountId(number.wrapping_mul(0x9E37_79B9)),
            ..Author::of_feed(FeedId(number), FeedClass::Desk)
        };
        DeskVerdict { request, person: number.map(person), verdict }
    }

    fn confirmed(hours: i64, person: u32) -> DeskVerdict {
        verdict(hours, Some(person), Verdict::Confirmed)
    }

    fn word(verdicts: &[DeskVerdict]) -> DeskWord {
        let forward = desk_word(verdicts.to_vec());
        assert_eq!(desk_word(verdicts.iter().rev().copied().collect()), forward, "in any order");
        forward
    }

    #[test]
    fn a_rejection_that_another_person_joins_within_a_day_is_in_force_unless_somebody_confirms_between() {
        use Verdict::{Confirmed, Rejected};
        let joins = |verdicts: &[(i64, u32, Verdict)]| {
            let mut rejections = Rejections::default();
            let taken = verdicts.iter().map(|(at, who, own)| rejections.take(verdict(*at, Some(*who), *own)));
            taken.collect::<Vec<bool>>()
        };
        assert_eq!(joins(&[(1, 1, Rejected), (2, 2, Rejected)]), [false, true]);
        assert_eq!(joins(&[(1, 1, Rejected), (2, 1, Rejected)]), [false, false], "one person");
        assert_eq!(joins(&[(1, 1, Rejected), (25, 2, Rejected)]), [false, false], "a day later");
        assert_eq!(joins(&[(1, 1, Rejected), (2, 3, Confirmed), (3, 2, Rejected)]), [false; 3]);
    }

    #[test]
    fn a_second_person_within_a_day_makes_it_so_and_nobody_else() {
        assert!(word(&[confirmed(0, 1), confirmed(23, 2)]).by_two);
        assert!(!word(&[confirmed(0, 1), confirmed(24, 2)]).by_two, "the first has lapsed");
        assert!(!word(&[confirmed(0, 1), confirmed(1, 1), confirmed(2, 1)]).by_two, "one person");
        assert!(word(&[confirmed(0, 1), confirmed(20, 1), confirmed(40, 2)]).by_two, "asked again");
        let nobody = |hours| verdict(hours, None, Verdict::Confirmed);
        assert!(!word(&[nobody(0), confirmed(1, 1), nobody(2)]).by_two, "nobody knows who the other was");
    }

    #[test]
    fn a_rejection_undoes_both_and_the_next_confirmation_is_a_first_one() {
        let rejected = |hours| verdict(hours, Some(3), Verdict::Rejected);
        assert!(!word(&[confirmed(0, 1), confirmed(1, 2), rejected(2)]).by_two);
        assert!(!word(&[confirmed(0, 1), rejected(1), confirmed(2, 2)]).by_two);
        assert!(!word(&[confirmed(0, 1), confirmed(1, 2), rejected(2), confirmed(3, 1)]).by_two);
        assert!(word(&[rejected(0), confirmed(1, 1), confirmed(2, 2)]).by_two);
    }

    #[test]
    fn the_request_is_the_latest_confirmation_that_waits_for_somebody() {
        let of = |verdicts: &[DeskVerdict]| word(verdicts).request.map(|request| request.at);
        assert_eq!(of(&[confirmed(0, 1), confirmed(5, 1)]), Some(Time(5 * HOUR)));
        assert_eq!(of(&[confirmed(0, 1), confirmed(30, 2)]), Some(Time(30 * HOUR)));
        assert_eq!(of(&[confirmed(0, 1), confirmed(5, 2)]), None);
        let request = word(&[confirmed(0, 1)]).request.expect("a request");
        assert!(request.waits(Time(24 * HOUR - 1)) && !request.waits(Time(24 * HOUR)));
    }
}
