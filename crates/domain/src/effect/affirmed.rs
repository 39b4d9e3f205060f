//! Whose word an incident is by now: how much of what is claimed is affirmed, and by whom, as pages and messages say it.

use super::{Incident, Verdict};
use crate::evidence::attestation::Affirmation;
use crate::time::Time;

/// Who affirms by now that an incident happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AffirmedBy {
    /// The desk rejected it.
    Rejected,
    /// One side alone says so.
    Nobody,
    /// Two speakers.
    Sides,
    /// The desk.
    Desk,
    SidesAndDesk,
    /// One person of the desk, who asks a second one for awas.
    OneOfDesk,
    /// Two speakers, and one person of the desk who asks a second one for awas.
    SidesAndOneOfDesk,
    /// The desk alone, of which one person takes that back by now and waits for a second one.
    InDoubt,
}

impl AffirmedBy {
    pub const fn as_str(self) -> &'static str {
        match self {
            AffirmedBy::Rejected => "rejected",
            AffirmedBy::Nobody => "nothing",
            AffirmedBy::Sides => "sides",
            AffirmedBy::Desk => "desk",
            AffirmedBy::SidesAndDesk => "sides_and_desk",
            AffirmedBy::OneOfDesk => "one_of_desk",
            AffirmedBy::SidesAndOneOfDesk => "sides_and_one_of_desk",
            AffirmedBy::InDoubt => "in_doubt",
        }
    }
}

/// How much of an incident is affirmed, by whom, and what of it one side alone claims.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Affirmed {
    pub how_much: Affirmation,
    pub by: AffirmedBy,
    /// How many people are harmed is claimed higher than it is affirmed.
    pub people_claimed: bool,
    /// How grave it is is claimed higher than it is affirmed.
    pub severity_claimed: bool,
    /// One person of the desk takes some of it back and waits for a second one.
    pub take_back_waits: bool,
}

impl Incident {
    /// How much of it is affirmed at `now`, by whom, and what of it is a claim.
    pub fn affirmed(&self, now: Time) -> Affirmed {
        let (claimed, attested) = (self.claimed, self.attested.extent);
        let take_back_waits = self.verdict.counts() && self.take_back_waits(now).is_some();
        let is_desks = self.verdict == Verdict::Confirmed;
        let asks = self.awas_waits(now).is_some();
        let how_much = self.affirmation();
        let by = match (self.speakers > 1, is_desks) {
            _ if !self.verdict.counts() => AffirmedBy::Rejected,
            _ if how_much == Affirmation::Nothing => AffirmedBy::Nobody,
            (_, false) => AffirmedBy::Sides,
            (false, true) if take_back_waits => AffirmedBy::InDoubt,
            (false, true) if asks => AffirmedBy::OneOfDesk,
            (false, true) => AffirmedBy::Desk,
            (true, true) if asks => AffirmedBy::SidesAndOneOfDesk,
            (true, true) => AffirmedBy::SidesAndDesk,
        };
        let people = [
            (u32::from(claimed.dead), u32::from(attested.dead)),
            (claimed.injured.into(), attested.injured.into()),
            (claimed.displaced, attested.displaced),
        ];
        Affirmed {
            how_much,
            by,
            people_claimed: people.iter().any(|(claimed, attested)| claimed > attested),
            severity_claimed: claimed.severity > attested.severity,
            take_back_waits,
        }
    }

    /// True where the desk alone had affirmed it and one person of it takes that back: until a second one decides, it stands and is
    /// unverified.
    pub fn is_in_doubt(&self, now: Time) -> bool {
        self.affirmed(now).by == AffirmedBy::InDoubt
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::attestation::{Attested, Extent};
    use crate::evidence::second_person::DeskRequest;
    use crate::kind::{Category, Kind};
    use crate::place::{Code, Place};
    use crate::report::{FeedId, ReportId, ReportName};
    use crate::time::HOUR;

    const NOW: Time = Time(2_000 * HOUR);

    /// A brawl with people hurt, all of it affirmed by as many speakers.
    fn brawl(speakers: u8, verdict: Verdict) -> Incident {
        let claimed = Extent { severity: 4, dead: 1, injured: 3, displaced: 0 };
        let id = ReportName { id: ReportId(0x5eed << 96 | 7), feed: FeedId::of("polsek-rupit") };
        let place = Place { code: Code(161_301), village: 0 };
        let what = (Kind::ResidentResident, Category::OTHER);
        Incident {
            attested: Attested { extent: claimed, awas: 0 },
            speakers,
            verdict,
            ..Incident::of_one_report(id, place, what, NOW, claimed)
        }
    }

    #[test]
    fn who_affirms_it_is_who_stands_behind_it_by_now() {
        let verification = ReportName { id: ReportId(9 << 96), feed: FeedId::of("desk") };
        let asks = |hours: i64| Some(DeskRequest { at: NOW.plus(-hours * HOUR), verification });
        let by = |incident: Incident| incident.affirmed(NOW).by;
        let one = brawl(1, Verdict::Confirmed);
        assert_eq!(by(one), AffirmedBy::Desk);
        assert_eq!(by(Incident { awas_request: asks(1), ..one }), AffirmedBy::OneOfDesk);
        assert_eq!(by(Incident { awas_request: asks(24), ..one }), AffirmedBy::Desk, "it lapsed");
        // Who confirmed it, or a colleague, takes it back: nobody affirms it until a second person decides.
        let doubted = Incident { take_back_request: asks(1), ..one };
        assert!(by(doubted) == AffirmedBy::InDoubt && doubted.is_in_doubt(NOW));
        assert_eq!(by(Incident { take_back_request: asks(24), ..one }), AffirmedBy::Desk);
        let two = Incident { take_back_request: asks(1), ..brawl(2, Verdict::Confirmed) };
        assert_eq!((by(two), two.affirmed(NOW).take_back_waits), (AffirmedBy::SidesAndDesk, true));
        assert_eq!(by(brawl(2, Verdict::Unverified)), AffirmedBy::Sides);
        assert_eq!(by(brawl(2, Verdict::Rejected)), AffirmedBy::Rejected);
        let alone = Incident { attested: Attested::default(), ..brawl(1, Verdict::Unverified) };
        assert_eq!(by(alone), AffirmedBy::Nobody);
    }

    #[test]
    fn what_is_claimed_beyond_what_is_affirmed_is_named() {
        let claims = |severity, injured| {
            let mut own = brawl(2, Verdict::Unverified);
            (own.attested.extent.severity, own.attested.extent.injured) = (severity, injured);
            let own = own.affirmed(NOW);
            (own.severity_claimed, own.people_claimed)
        };
        assert_eq!(claims(4, 3), (false, false));
        assert_eq!(claims(4, 2), (false, true));
        assert_eq!(claims(3, 3), (true, false));
    }
}
