//! Speakers: who says something, whose word it is, and whether that organisation is involved in what it reports.

use crate::desk_feed;
use crate::kind::{FeedClass, Kind, Parties, Party};

/// Who typed or sent a report: a feed is an account of its own, a person with several accounts is one, and the desk's officers
/// whom nobody wrote down are one, who may be any of those that are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct AccountId(pub u32);

/// The organisation whose word a report gives; a feed that has none is its own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct OrganisationId(pub u32);

/// Whose word it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Word {
    Of(OrganisationId),
    /// One of this class, and nobody wrote down which: it may be any of them.
    Unnamed(FeedClass),
}

/// One who speaks: an account together with the organisation whose word it gives.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Speaker {
    pub account: AccountId,
    /// The account itself, whatever person it was registered for then.
    pub login: AccountId,
    pub word: Word,
    pub class: FeedClass,
    /// True where the feed is registered as one that speaks for a party to the disputes of its place.
    pub party: bool,
    /// True where the desk's own feed carried it. Who reports by phone has an account, too, and none of the desk's.
    pub of_desk: bool,
}

impl Speaker {
    /// True where the two give the word of one organisation, or may: one officer who writes "according to a village" and that
    /// village's own feed are one.
    pub fn may_be_one_word(&self, other: &Speaker) -> bool {
        match (self.word, other.word) {
            (Word::Of(one), Word::Of(another)) => one == another,
            (Word::Unnamed(class), Word::Unnamed(another)) => class == another,
            (Word::Unnamed(class), Word::Of(_)) => class == other.class,
            (Word::Of(_), Word::Unnamed(class)) => class == self.class,
        }
    }

    /// True where nobody wrote down who of the desk typed it: it may be any of them.
    pub fn may_be_anybody_of_the_desk(&self) -> bool {
        self.account.0 == desk_feed::DESK.0
    }

    /// True where a person of the desk typed it whom the register names.
    pub fn is_named_of_the_desk(&self) -> bool {
        self.of_desk && self.account != self.login && !self.may_be_anybody_of_the_desk()
    }

    /// True where one person may have typed both. An account that was given its person between two reports is still one.
    fn may_be_one_person(&self, other: &Speaker) -> bool {
        let any =
            |one: &Speaker, other: &Speaker| one.may_be_anybody_of_the_desk() && other.is_named_of_the_desk();
        self.account == other.account || self.login == other.login || any(self, other) || any(other, self)
    }

    /// True where the two are two speakers: neither the account nor the word is the same, or may be.
    pub fn is_another(&self, other: &Speaker) -> bool {
        !self.may_be_one_person(other) && !self.may_be_one_word(other)
    }

    /// True where this speaker has a part of its own in what it reports, given whom the reports at hand name.
    pub fn is_involved(&self, kind: Kind, named: Parties) -> bool {
        match involvement(kind, self.class, self.party) {
            Involvement::Always => true,
            Involvement::IfNamed(party) => named.has(party),
            Involvement::Never => false,
        }
    }
}

/// When an organisation is involved in an incident.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Involvement {
    Always,
    /// Where a report at hand names it among the parties.
    IfNamed(Party),
    Never,
}

/// When one who speaks for a class is involved in an incident of a kind; `party`: its feed is registered as a party's.
pub fn involvement(kind: Kind, class: FeedClass, party: bool) -> Involvement {
    match class {
        _ if party => Involvement::Always,
        // They speak for the residents' side of a dispute.
        FeedClass::Village | FeedClass::Community if kind == Kind::Disaster => Involvement::Never,
        FeedClass::Village | FeedClass::Community => Involvement::Always,
        FeedClass::Company if kind == Kind::ResidentCompany => Involvement::Always,
        FeedClass::Company => Involvement::IfNamed(Party::Company),
        FeedClass::Police => Involvement::IfNamed(Party::Police),
        FeedClass::Military => Involvement::IfNamed(Party::Military),
        FeedClass::Agency | FeedClass::Desk => Involvement::IfNamed(Party::Government),
        FeedClass::Sensor => Involvement::Always, // no speaker: its signals join no incident
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::author::{Author, StampedAuthor};
    use crate::evidence::attestation::count_speakers;
    use crate::report::FeedId;

    const KINDS: [Kind; 3] = [Kind::ResidentCompany, Kind::ResidentResident, Kind::Disaster];

    #[test]
    fn one_officer_is_one_speaker_for_every_class_quoted() {
        let of = |feed: FeedId, class| Author::of_feed(feed, class).speaker(feed, class);
        let desk = |class| of(FeedId::of(&desk_feed::name(class)), class);
        let village = of(FeedId(1), FeedClass::Village);
        let (quoted, police) = (desk(FeedClass::Village), desk(FeedClass::Police));
        assert!(!quoted.is_another(&police), "one account");
        assert!(!quoted.is_another(&village) && !village.is_another(&quoted), "it may be the same village");
        assert!(police.is_another(&village) && village.is_another(&police));
        assert!(village.is_another(&of(FeedId(2), FeedClass::Village)));
        let twin = Speaker { account: AccountId(2), login: AccountId(2), ..village };
        assert!(!twin.is_another(&village), "two accounts give one organisation's word");
    }

    /// An officer with two accounts, of which one names nobody, is one speaker; with a source of its own either is two.
    #[test]
    fn an_account_without_a_person_is_no_other_speaker_than_one_of_the_desk() {
        let typed = |account: &str, person: &str, class| {
            let feed = desk_feed::name(class);
            let author = StampedAuthor::of_desk(account, person).stated(&feed, class);
            author.expect("it is stated").speaker(FeedId::of(&feed), class)
        };
        let nobody = typed("meja", "", FeedClass::Village);
        let sari = typed("sari", "160503", FeedClass::Police);
        let budi = typed("budi", "160504", FeedClass::Military);
        assert!(!nobody.is_another(&sari) && !sari.is_another(&nobody));
        assert!(sari.is_another(&budi));
        let police = Author::of_feed(FeedId(9), FeedClass::Police).speaker(FeedId(9), FeedClass::Police);
        assert!(nobody.is_another(&police) && police.is_another(&nobody) && budi.is_another(&police));
        assert_eq!(count_speakers([nobody, sari, budi].iter()), 2, "the two that are named");
        assert_eq!(count_speakers([nobody, sari].iter()), 1);
        assert_eq!(count_speakers([nobody, police].iter()), 2);
        // Who reports by phone has an account, too, and none of the desk's.
        for person in ["", "160505"] {
            let phone = StampedAuthor::of_desk("kapolsek", person).stated("polsek", FeedClass::Police);
            let phone = phone.expect("it is stated").speaker(FeedId::of("polsek"), FeedClass::Police);
            assert!(nobody.is_another(&phone) && phone.is_another(&nobody) && phone.is_another(&budi));
            assert_eq!(count_speakers([nobody, phone].iter()), 2);
            assert_eq!(count_speakers([nobody, phone, budi].iter()), 2);
        }
    }

    #[test]
    fn who_is_involved_follows_from_class_kind_and_the_parties_named() {
        let (nobody, mut police) = (Parties::default(), Parties::default());
        police.add(Party::Police);
        for class in FeedClass::ALL.iter().copied().filter(|class| *class != FeedClass::Sensor) {
            let speaker = Author::of_feed(FeedId(1), class).speaker(FeedId(1), class);
            let unnamed = KINDS.map(|kind| speaker.is_involved(kind, nobody));
            let expected = match class {
                FeedClass::Village | FeedClass::Community => [true, true, false],
                FeedClass::Company => [true, false, false],
                _ => [false; 3],
            };
            assert_eq!(unnamed, expected, "{class}");
            let named = KINDS.map(|kind| speaker.is_involved(kind, police));
            assert_eq!(named, if class == FeedClass::Police { [true; 3] } else { expected }, "{class}");
            let party = Speaker { party: true, ..speaker };
            assert!(KINDS.iter().all(|kind| party.is_involved(*kind, nobody)), "{class}");
        }
    }
}
