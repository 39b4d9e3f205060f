//! Who stands behind a record: who typed or sent it, and whose word it gives, as its feed was registered when it came.

use crate::desk_feed;
use crate::evidence::speaker::{AccountId, OrganisationId, Speaker, Word};
use crate::kind::FeedClass;
use crate::report::FeedId;
use crate::spelling;
use alloc::string::String;

/// Who stands behind a report. A later change of the register changes no report that came before it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Author {
    /// The person, where the register names one; else the feed's account: the desk's officers whom nobody wrote down are one.
    pub account: AccountId,
    /// The account itself, whatever person it is registered for.
    pub login: AccountId,
    pub word: Word,
    /// True where it speaks for a party to the disputes of its place.
    pub party: bool,
}

impl Author {
    /// Where nothing else is stamped: a feed is an account and an organisation of its own. The desk's own feeds are one
    /// account, and which village or office they quote is not known.
    pub fn of_feed(feed: FeedId, class: FeedClass) -> Author {
        let (account, word) = match desk_feed::is_desk_feed(feed) {
            true => (AccountId(desk_feed::DESK.0), Word::Unnamed(class)),
            false => (AccountId(feed.0), Word::Of(OrganisationId(feed.0))),
        };
        Author { account, login: account, word, party: false }
    }

    /// True where the register names the person behind the account.
    pub fn names_person(&self) -> bool {
        self.account != self.login && self.account.0 != desk_feed::DESK.0
    }

    /// True where another person stands behind the other, as far as the register says: it names both. An account that was given
    /// its person between two acts is still one.
    pub fn is_another_person(&self, other: &Author) -> bool {
        self.names_person() && other.names_person() && !self.is_same_person(other)
    }

    /// True where one person stands behind both: by one account, or by two that the register names one person for.
    pub fn is_same_person(&self, other: &Author) -> bool {
        self.login == other.login || self.names_person() && self.account == other.account
    }

    /// The speaker it is in a report of this feed and class.
    pub fn speaker(self, feed: FeedId, class: FeedClass) -> Speaker {
        let Author { account, login, word, party } = self;
        Speaker { account, login, word, class, party, of_desk: desk_feed::is_desk_feed(feed) }
    }
}

/// What comes before a feed's name where an organisation is a feed of its own.
const OF_FEED: &str = "feed:";

/// Who stands behind a record, by the register's identifiers, as the intake stamped it. Empty is what nobody stated.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct StampedAuthor {
    /// The account that typed it; empty where the feed itself sent it.
    pub account: String,
    /// The person whose account it is; empty where nobody wrote that down, so that it may be anybody of the desk.
    pub person: String,
    /// The organisation whose word it gives; empty where a feed is its own, or where the desk does not say whose.
    pub organisation: String,
    /// True where it speaks for a party to the disputes of its place.
    pub party: bool,
}

impl StampedAuthor {
    /// Who types for the desk with this account, and whose account it is.
    pub fn of_desk(account: &str, person: &str) -> StampedAuthor {
        StampedAuthor { account: account.into(), person: person.into(), ..StampedAuthor::default() }
    }

    /// The author of a record of the desk by them.
    pub fn desk_author(&self) -> Author {
        self.author(&desk_feed::name(FeedClass::Desk), FeedClass::Desk)
    }

    /// The organisation that a feed without another one is.
    pub fn own_organisation(feed: &str) -> String {
        [OF_FEED, feed].concat()
    }

    /// The feed that an organisation is, where it is one.
    pub fn feed_of(organisation: &str) -> Option<&str> {
        organisation.strip_prefix(OF_FEED)
    }

    /// The author of a report of this feed, where that is not the feed alone, by the very name that it has.
    pub fn stated(&self, feed: &str, class: FeedClass) -> Option<Author> {
        (*self != StampedAuthor::default() || !spelling::is_plain(feed)).then(|| self.author(feed, class))
    }

    /// The author of a record of this feed. All accounts of one person are one account, and so are those of the desk of which
    /// nobody wrote down whose they are. No name means another in another spelling ([`spelling`]), and an organisation that is
    /// called as a feed is, is that feed's own.
    pub fn author(&self, feed: &str, class: FeedClass) -> Author {
        let own = match desk_feed::is_name(feed) {
            true => Author::of_feed(desk_feed::DESK, class),
            false => Author::of_feed(FeedId::of(&spelling::plain(feed)), class),
        };
        let login = match self.account.as_str() {
            "" => own.login,
            account => AccountId(hashed("account:", account)),
        };
        let account = match self.person.as_str() {
            "" => own.account,
            person => AccountId(hashed("person:", person)),
        };
        let word = match self.organisation.as_str() {
            "" => own.word,
            organisation => {
                let name = StampedAuthor::feed_of(organisation).unwrap_or(organisation);
                Word::Of(OrganisationId(FeedId::of(&spelling::plain(name)).0))
            }
        };
        Author { account, login, word, party: self.party }
    }
}

/// Of an account's or a person's name.
fn hashed(of: &str, identifier: &str) -> u32 {
    FeedId::of(&[of, &spelling::folded(identifier)].concat()).0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamped(account: &str, person: &str, organisation: &str) -> StampedAuthor {
        let [account, person, organisation] = [account, person, organisation].map(String::from);
        StampedAuthor { account, person, organisation, party: false }
    }

    fn are_two(one: (&str, FeedClass, StampedAuthor), other: (&str, FeedClass, StampedAuthor)) -> bool {
        let [one, other] = [one, other]
            .map(|(feed, class, stamp)| stamp.author(feed, class).speaker(FeedId::of(feed), class));
        assert_eq!(one.is_another(&other), other.is_another(&one));
        one.is_another(&other)
    }

    #[test]
    fn no_name_in_another_spelling_is_another_speaker_or_person() {
        use FeedClass::Police;
        let desk = |account, person| stamped(account, person, "").author("desk", FeedClass::Desk);
        for (one, other) in [("sari", "Sari"), ("dewi-s", "dewi.s"), ("dewi-s", "DewiS"), ("dewi", "déwi")] {
            assert!(!desk("a", one).is_another_person(&desk("b", other)), "{one} {other}");
            assert!(desk(one, "").is_same_person(&desk(other, "")), "{one} {other}");
        }
        for (one, other) in [("polres", "Polres"), ("pol-res", "pol.res"), ("pol-res", "Pol_Res")] {
            let silent = || stamped("", "", "");
            assert!(!are_two(
                ("polsek-a", Police, stamped("", "", one)),
                ("polsek-b", Police, stamped("", "", other))
            ));
            assert!(!are_two((one, Police, silent()), (other, Police, silent())), "{one} {other}");
            assert!(
                !are_two((one, Police, silent()), ("intel", Police, stamped("", "", other))),
                "{one} {other}"
            );
            assert!(!are_two((one, Police, silent()), ("intel", Police, stamped("", "", one))), "{one}");
            let quoted = stamped("sari", "", &StampedAuthor::own_organisation(other));
            assert!(!are_two((one, Police, silent()), ("desk-police", Police, quoted)), "{one} {other}");
            let own = silent().stated(one, Police).unwrap_or(Author::of_feed(FeedId::of(one), Police));
            let others = silent().stated(other, Police).map(|author| author.account);
            assert_eq!(others, Some(own.account), "{one} {other}");
        }
    }

    #[test]
    fn an_account_is_one_person_before_and_after_it_was_given_one() {
        let author = |account, person| stamped(account, person, "").author("desk", FeedClass::Desk);
        let (before, after) = (author("sari", ""), author("sari", "3201"));
        assert!(before.account != after.account && !before.is_another_person(&after));
        assert!(!after.is_another_person(&author("sari-2", "3201")), "two accounts of one person");
        let budi = author("budi", "3202");
        assert!(after.is_another_person(&budi) && budi.is_another_person(&after));
        for unknown in [author("budi", ""), author("", ""), before] {
            assert!(
                !after.is_another_person(&unknown) && !unknown.is_another_person(&after),
                "nobody knows who"
            );
            assert!(
                !before.is_another_person(&unknown),
                "two accounts of nobody knows whom are not two persons"
            );
        }
        assert!(before.is_same_person(&after) && after.is_same_person(&author("sari-2", "3201")));
        assert!(!before.is_same_person(&author("budi", "")) && !after.is_same_person(&budi));
    }

    #[test]
    fn a_feed_that_states_nothing_is_its_own_account_and_organisation() {
        for class in FeedClass::ALL {
            for feed in [String::from("polsek-rawas"), desk_feed::name(*class), String::from("desk")] {
                let stated = StampedAuthor::default().author(&feed, *class);
                assert_eq!(stated, Author::of_feed(FeedId::of(&feed), *class), "{feed}");
            }
        }
    }

    #[test]
    fn two_feeds_of_one_organisation_are_one_speaker_and_so_is_one_person_who_types_for_two_villages() {
        use FeedClass::{Police, Village};
        let of = |organisation| stamped("", "", organisation);
        assert!(!are_two(("polsek", Police, of("polres")), ("polres", Police, of("polres"))));
        assert!(are_two(("polsek", Police, of("polres")), ("polres", Police, of("polda"))));
        let typed = |account, person, village: &str| {
            stamped(account, person, &StampedAuthor::own_organisation(village))
        };
        let (one, other) = (typed("sari", "", "desa-a"), typed("budi", "", "desa-b"));
        let nobody_knows = (("desk-village", Village, one.clone()), ("desk-village", Village, other));
        assert!(
            !are_two(nobody_knows.0, nobody_knows.1),
            "two accounts without a person may be one person's"
        );
        let (again, budi) = (typed("sari2", "3201", "desa-b"), typed("budi", "3202", "desa-b"));
        let sari = typed("sari", "3201", "desa-a");
        assert!(!are_two(("desk-village", Village, sari), ("desk-village", Village, again)), "one person");
        assert!(
            !are_two(("desk-village", Village, one.clone()), ("desk-village", Village, budi)),
            "it may be an account of budi's, too"
        );
        let person_named_later = typed("sari", "3201", "desa-b");
        assert!(!are_two(
            ("desk-village", Village, one.clone()),
            ("desk-village", Village, person_named_later)
        ));
        // What the village itself sends is the word that the desk wrote down.
        assert!(!are_two(
            ("desk-village", Village, one.clone()),
            ("desa-a", Village, StampedAuthor::default())
        ));
        assert!(are_two(("desk-village", Village, one), ("desa-b", Village, StampedAuthor::default())));
        let nameless = stamped("sari", "", "");
        assert!(!are_two(("desk-village", Village, nameless), ("desa-b", Village, StampedAuthor::default())));
    }
}
