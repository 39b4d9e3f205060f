//! Who hands records in. Only this crate makes an identity, from the registry or as one of the desk's own feeds, so that
//! no way in can claim another name, class or area.

use domain::author::StampedAuthor;
use domain::desk_feed;
use domain::kind::FeedClass;
use domain::place::Areas;
use domain::time::Time;
use store::FeedRow;

/// A feed that is known: it showed its token, its name is registered, or it is one of the desk's own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FeedIdentity {
    name: String,
    class: FeedClass,
    areas: Areas,
    author: StampedAuthor,
    /// Nothing that its program sends is taken in until then.
    paused_until: Option<Time>,
}

impl FeedIdentity {
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn class(&self) -> FeedClass {
        self.class
    }

    /// Where the feed may speak for.
    pub fn areas(&self) -> &Areas {
        &self.areas
    }

    /// Who stands behind what it hands in.
    pub fn author(&self) -> &StampedAuthor {
        &self.author
    }

    /// Nearly all it sent was refused: until when nothing that its program sends is taken in.
    pub(crate) fn paused_until(&self) -> Option<Time> {
        self.paused_until
    }

    /// The desk's own feed of a class, which speaks for that class everywhere; who typed is not known.
    pub fn desk(class: FeedClass) -> FeedIdentity {
        FeedIdentity::everywhere(desk_feed::name(class), class)
    }

    /// The desk's own feed of a class as an account of the desk uses it: where that account may speak for, in whose word.
    pub fn typed(class: FeedClass, areas: Areas, author: StampedAuthor) -> FeedIdentity {
        FeedIdentity { areas, author, ..FeedIdentity::desk(class) }
    }

    /// A registered feed as an account that is bound to it uses it.
    pub fn of_reporter(row: &FeedRow, account: &str, person: &str) -> FeedIdentity {
        let FeedIdentity { author, .. } = FeedIdentity::of_row(row);
        let (account, person) = (account.to_owned(), person.to_owned());
        let author = StampedAuthor { account, person, ..author };
        FeedIdentity { author, paused_until: None, ..FeedIdentity::of_row(row) }
    }

    /// The desk's own feed of this name.
    pub(crate) fn desk_named(name: &str) -> Option<FeedIdentity> {
        FeedClass::ALL.iter().map(|class| FeedIdentity::desk(*class)).find(|feed| feed.name == name)
    }

    /// A sensor's feed that nobody registered yet, to see what would become of its records.
    pub(crate) fn sensor(name: &str) -> FeedIdentity {
        FeedIdentity::everywhere(name.to_owned(), FeedClass::Sensor)
    }

    /// As the registry has it.
    pub(crate) fn of_row(row: &FeedRow) -> FeedIdentity {
        let (organisation, party) = (row.organisation.clone(), row.party);
        FeedIdentity {
            name: row.name.clone(),
            class: row.class,
            areas: row.areas.clone(),
            author: StampedAuthor { organisation, party, ..StampedAuthor::default() },
            paused_until: row.paused_until,
        }
    }

    /// A topic nobody registered: its records are refused.
    pub(crate) fn unregistered(name: &str, class: FeedClass) -> FeedIdentity {
        FeedIdentity::everywhere(name.to_owned(), class)
    }

    fn everywhere(name: String, class: FeedClass) -> FeedIdentity {
        FeedIdentity {
            name,
            class,
            areas: Areas::everywhere(),
            author: StampedAuthor::default(),
            paused_until: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::evidence::speaker::Speaker;
    use domain::report::FeedId;
    use store::token_hash;

    #[test]
    fn who_reports_by_phone_is_another_speaker_than_an_account_of_the_desk_that_names_nobody() {
        let speaker = |feed: FeedIdentity| -> Speaker {
            let author = feed.author().author(feed.name(), feed.class());
            author.speaker(FeedId::of(feed.name()), feed.class())
        };
        let (village, police) = (FeedClass::Village, FeedClass::Police);
        let row = FeedRow::new("desa-a", village, Areas::everywhere(), token_hash("desa-a"), Time(0));
        let nobody = StampedAuthor::of_desk("meja", "");
        let nobody = speaker(FeedIdentity::typed(police, Areas::everywhere(), nobody));
        for person in ["", "160504"] {
            let kades = speaker(FeedIdentity::of_reporter(&row, "kades", person));
            assert!(kades.is_another(&nobody) && nobody.is_another(&kades), "{person}");
        }
        let sari = StampedAuthor::of_desk("sari", "160503");
        let sari = speaker(FeedIdentity::typed(village, Areas::everywhere(), sari));
        assert!(!nobody.is_another(&sari), "it may be hers");
    }
}
