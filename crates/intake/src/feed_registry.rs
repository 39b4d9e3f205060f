//! Who may report: feeds are added, given new tokens, disabled and let in again.

use crate::log_writer::LogWriter;
use async_recursion::async_recursion as boxed;
use domain::desk_feed;
use domain::kind::FeedClass;
use domain::place::{Area, AreaError, Areas, Places};
use domain::time::Time;
use formats::registry_record::RegisteredFeed;
use store::{FeedRow, Store, StoreError, token_hash};

/// Why a feed was not changed.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    #[error("'{0}' cannot be a name: use up to 64 letters, digits, '-', '_' and '.'")]
    Name(String),
    #[error("adding the feed '{0}': it is there already; use `kentongan feed rotate {0}` for a new token")]
    Exists(String),
    #[error(
        "adding the feed '{0}': names that begin with desk-, and 'kentongan', belong to the service itself"
    )]
    Reserved(String),
    #[error("'{0}' cannot identify an organisation: use up to 64 letters, digits, '-', '_' and '.'")]
    Organisation(String),
    #[error("the organisation '{0}' is called '{1}' now; use that name")]
    Renamed(String, String),
    #[error("renaming '{0}': another organisation is called '{1}', or was; choose another name")]
    NameTaken(String, String),
    #[error("no feed gives the word of an organisation '{0}'; `kentongan feed list` names them")]
    NoOrganisation(String),
    #[error("there is no feed '{0}', nor any other; add one with `kentongan feed add`")]
    None(String),
    #[error("there is no feed '{name}'; there are {}", known.join(", "))]
    Unknown { name: String, known: Vec<String> },
    #[error("reading the system's randomness: {0}")]
    Random(getrandom::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl FeedError {
    /// True where another call would succeed; false where the machine failed.
    pub fn is_call(&self) -> bool {
        !matches!(self, FeedError::Random(_) | FeedError::Store(_))
    }
}

/// Codes that are no areas here.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    #[error("{0}")]
    Code(AreaError),
    #[error(
        "'{0}' is none of the configured places; check the code, give the service's own --config, or make its file with `kentongan district add`"
    )]
    NotConfigured(Area),
}

/// Areas of codes with a comma or a space between, each of a configured place: what a feed may speak for, also single
/// villages.
///
/// # Errors
/// Where a word is no code, or its place is not configured.
pub fn configured_areas(codes: &str, places: &Places) -> Result<Areas, PlaceError> {
    let areas = Areas::parse(codes).map_err(PlaceError::Code)?;
    match areas.unknown_to(places) {
        None => Ok(areas),
        Some(area) => Err(PlaceError::NotConfigured(area)),
    }
}

/// Whether feeds and accounts may be called so.
pub fn is_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    !name.is_empty() && name.len() <= 64 && name.chars().all(fits)
}

/// Whether a feed of one's own may be called so.
pub fn may_be_called(name: &str) -> bool {
    is_name(name) && !desk_feed::is_reserved(name)
}

/// 20 characters of letters and digits that are not mistaken for each other: over 100 bits.
///
/// # Errors
/// Where the system gives no randomness.
pub fn secret() -> Result<String, getrandom::Error> {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut random = [0u8; 20];
    getrandom::fill(&mut random)?;
    Ok(random.iter().map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()])).collect())
}

/// A feed to be registered, for places that [`configured_areas`] let pass.
#[derive(Clone, Debug)]
pub struct NewFeed {
    pub name: String,
    pub class: FeedClass,
    pub areas: Areas,
    /// The identifier of the organisation whose word it gives; empty where it is its own.
    pub organisation: String,
    /// True where it speaks for a party to the disputes of its place.
    pub party: bool,
    /// Now.
    pub since: Time,
}

/// What is to be another of a registered feed; what is `None` stays.
#[derive(Clone, Default, Debug)]
pub struct FeedChange {
    pub areas: Option<Areas>,
    /// Empty: it is its own organisation.
    pub organisation: Option<String>,
    pub party: Option<bool>,
    pub enabled: Option<bool>,
}

/// Adds a feed. Returns its token, which is not kept.
///
/// # Errors
/// Where the name is taken or cannot be one, or the store or the log fails.
#[boxed]
pub async fn add(writer: &LogWriter, new: NewFeed) -> Result<String, FeedError> {
    let NewFeed { name, class, areas, organisation, party, since } = new;
    let feeds = writer.store().feeds().await?;
    if !is_name(&name) {
        return Err(FeedError::Name(name));
    }
    if feeds.iter().any(|feed| feed.name == name) {
        return Err(FeedError::Exists(name));
    }
    if desk_feed::is_reserved(&name) {
        return Err(FeedError::Reserved(name));
    }
    let token = secret().map_err(FeedError::Random)?;
    let Organisation { identifier: organisation, name: organisation_name } =
        organisation_called(writer.store(), &feeds, &organisation).await?;
    let feed = FeedRow {
        organisation,
        party,
        organisation_name,
        ..FeedRow::new(name, class, areas, token_hash(&token), since)
    };
    register(writer, &feed).await?;
    Ok(token)
}

/// Changes what a feed is from now on; what came before keeps what the feed was then.
///
/// # Errors
/// Where there is no such feed, or the store or the log fails.
#[boxed]
pub async fn change(writer: &LogWriter, name: &str, change: FeedChange) -> Result<(), FeedError> {
    let feed = find(writer.store(), name).await?;
    let now = feed.clone();
    let organisation = match change.organisation {
        Some(called) => {
            let feeds = writer.store().feeds().await?;
            organisation_called(writer.store(), &feeds, &called).await?
        }
        None => Organisation { identifier: now.organisation, name: now.organisation_name },
    };
    let changed = FeedRow {
        areas: change.areas.unwrap_or(now.areas),
        organisation: organisation.identifier,
        organisation_name: organisation.name,
        party: change.party.unwrap_or(now.party),
        enabled: change.enabled.unwrap_or(now.enabled),
        ..feed.clone()
    };
    if changed != feed {
        register(writer, &changed).await?;
    }
    Ok(())
}

/// An organisation by the identifier that its reports are stamped with, and its name where that is another.
struct Organisation {
    identifier: String,
    name: String,
}

/// The organisation that is called so now; a new one where none is, nor was. One of which no feed is any more may be called by any
/// name that it ever had, and is called so from then on.
async fn organisation_called(
    store: &Store,
    feeds: &[FeedRow],
    called: &str,
) -> Result<Organisation, FeedError> {
    let known = feeds.iter().find(|feed| !called.is_empty() && feed.organisation_is_called() == called);
    if let Some(feed) = known {
        return Ok(Organisation {
            identifier: feed.organisation.clone(),
            name: feed.organisation_name.clone(),
        });
    }
    let once = if called.is_empty() { None } else { store.organisation_once_called(called).await? };
    let identifier = once.unwrap_or_else(|| called.to_owned());
    match feeds.iter().find(|feed| !called.is_empty() && feed.organisation == identifier) {
        Some(feed) => Err(FeedError::Renamed(called.to_owned(), feed.organisation_is_called().to_owned())),
        None if identifier == called => Ok(Organisation { identifier, name: String::new() }),
        None => Ok(Organisation { identifier, name: called.to_owned() }),
    }
}

/// Calls an organisation otherwise from now on, in each of its feeds. Its identifier stays, so all that it ever says is one
/// speaker's. Returns how many feeds it has.
///
/// # Errors
/// Where no feed is of an organisation that is called so, another one is or was called as this is to be, or the store or the
/// log fails.
#[boxed]
pub async fn rename_organisation(writer: &LogWriter, from: &str, to: &str) -> Result<usize, FeedError> {
    if !is_name(to) {
        return Err(FeedError::Organisation(to.to_owned()));
    }
    let feeds = writer.store().feeds().await?;
    let identifier = match organisation_called(writer.store(), &feeds, from).await? {
        known if feeds.iter().any(|feed| !from.is_empty() && feed.organisation == known.identifier) => {
            known.identifier
        }
        _ => return Err(FeedError::NoOrganisation(from.to_owned())),
    };
    let (own, others): (Vec<&FeedRow>, Vec<&FeedRow>) =
        feeds.iter().partition(|feed| feed.organisation == identifier);
    let once = writer.store().organisation_once_called(to).await?;
    let of_others = once.is_some_and(|organisation| organisation != identifier);
    if of_others || others.iter().any(|feed| feed.organisation == to || feed.organisation_is_called() == to) {
        return Err(FeedError::NameTaken(from.to_owned(), to.to_owned()));
    }
    let name = if to == identifier { String::new() } else { to.to_owned() };
    for feed in &own {
        register(writer, &FeedRow { organisation_name: name.clone(), ..(*feed).clone() }).await?;
    }
    Ok(own.len())
}

/// What the log says of a feed.
pub(crate) fn registered(feed: &FeedRow) -> RegisteredFeed {
    RegisteredFeed {
        feed: feed.name.clone(),
        class: feed.class,
        areas: feed.areas.clone(),
        organisation: feed.organisation.clone(),
        organisation_name: feed.organisation_name.clone(),
        party: feed.party,
        enabled: feed.enabled,
    }
}

/// Writes into the log and into the store as what a feed is registered.
async fn register(writer: &LogWriter, feed: &FeedRow) -> Result<(), FeedError> {
    if !feed.organisation.is_empty() && !is_name(&feed.organisation) {
        return Err(FeedError::Organisation(feed.organisation.clone()));
    }
    writer.register(feed).await?;
    Ok(writer.store().put_feed(feed).await?)
}

/// A new token; the old one is dead at once. A disabled feed stays disabled: who renews what may have leaked does not
/// mean to let somebody in. Returns the token, and whether it lets anybody in.
///
/// # Errors
/// Where there is no such feed or the store fails.
#[boxed]
pub async fn rotate(store: &Store, name: &str) -> Result<(String, bool), FeedError> {
    let feed = find(store, name).await?;
    let (token, enabled) = (secret().map_err(FeedError::Random)?, feed.enabled);
    store.put_feed(&FeedRow { token_sha256: token_hash(&token), ..feed }).await?;
    Ok((token, enabled))
}

/// Lets a feed in no more; its reports stay.
///
/// # Errors
/// As [`change`].
#[boxed]
pub async fn disable(writer: &LogWriter, name: &str) -> Result<(), FeedError> {
    change(writer, name, FeedChange { enabled: Some(false), ..FeedChange::default() }).await
}

/// Lets a disabled feed in again, and a paused one before its time is up.
///
/// # Errors
/// As [`change`].
#[boxed]
pub async fn resume(writer: &LogWriter, name: &str) -> Result<(), FeedError> {
    change(writer, name, FeedChange { enabled: Some(true), ..FeedChange::default() }).await?;
    writer.store().pause_feed(name, None).await?;
    Ok(())
}

/// The feed of that name.
///
/// # Errors
/// As [`rotate`].
#[boxed]
pub async fn find(store: &Store, name: &str) -> Result<FeedRow, FeedError> {
    let feeds = store.feeds().await?;
    let known: Vec<String> = feeds.iter().map(|feed| feed.name.clone()).collect();
    let name = name.to_owned();
    feeds.into_iter().find(|feed| feed.name == name).ok_or(match known.is_empty() {
        true => FeedError::None(name),
        false => FeedError::Unknown { name, known },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, NOW};
    use crate::is_registry;
    use domain::place::{Code, Unit};

    fn polres() -> NewFeed {
        NewFeed {
            name: "polres".into(),
            class: FeedClass::Police,
            areas: Areas::parse("16.13").unwrap(),
            organisation: "polres-muratara".into(),
            party: false,
            since: NOW,
        }
    }

    #[tokio::test]
    async fn a_new_token_does_not_let_a_disabled_feed_in() {
        let Fixture { writer, store, .. } = &Fixture::build().await;
        let first = add(writer, polres()).await.unwrap();
        disable(writer, "polres").await.unwrap();
        let (second, enabled) = rotate(store, "polres").await.unwrap();
        assert!(first != second && !enabled);
        assert!(!find(store, "polres").await.unwrap().enabled);
        resume(writer, "polres").await.unwrap();
        let feed = find(store, "polres").await.unwrap();
        assert!(feed.enabled && feed.token_sha256 == token_hash(&second));
        assert!(rotate(store, "polres").await.unwrap().1);
    }

    #[tokio::test]
    async fn what_a_feed_becomes_stands_in_the_log_and_what_it_sent_before_stays_what_it_was() {
        let fixture = Fixture::build().await;
        let writer = &fixture.writer;
        add(writer, polres()).await.unwrap();
        let sent = async || {
            let feed = writer.registered_feed("polres").await.unwrap().unwrap();
            writer.append(&feed, vec![b"{}".to_vec()]).await.unwrap();
        };
        sent().await;
        let to = FeedChange {
            organisation: Some("polda-sumsel".into()),
            party: Some(true),
            ..FeedChange::default()
        };
        change(writer, "polres", to.clone()).await.unwrap();
        change(writer, "polres", to).await.unwrap();
        sent().await;
        let kept = fixture.kept().await;
        let registered: Vec<RegisteredFeed> = kept
            .iter()
            .filter(|record| is_registry(record))
            .map(|record| RegisteredFeed::parse(&record.bytes).unwrap())
            .collect();
        let words: Vec<(&str, bool)> =
            registered.iter().map(|feed| (feed.organisation.as_str(), feed.party)).collect();
        assert_eq!(words, [("polres-muratara", false), ("polda-sumsel", true)], "once for each change");
        let stamps: Vec<(&str, bool)> = kept
            .iter()
            .filter(|record| !is_registry(record))
            .map(|record| (record.author.organisation.as_str(), record.author.party))
            .collect();
        assert_eq!(stamps, words);
        let unfit = FeedChange { organisation: Some("Polda Sumsel".into()), ..FeedChange::default() };
        assert!(matches!(change(writer, "polres", unfit).await, Err(FeedError::Organisation(_))));
        assert!(matches!(
            add(writer, NewFeed { name: "kentongan".into(), ..polres() }).await,
            Err(FeedError::Reserved(_))
        ));
    }

    #[tokio::test]
    async fn no_name_that_an_organisation_ever_had_is_anothers() {
        let fixture = Fixture::build().await;
        let writer = &fixture.writer;
        let kodim = || NewFeed { name: "kodim".into(), organisation: "kodim-0406".into(), ..polres() };
        add(writer, polres()).await.unwrap();
        add(writer, kodim()).await.unwrap();
        let author = async || {
            let feed = writer.registered_feed("polres").await.unwrap().unwrap();
            feed.author().organisation.clone()
        };
        let first = author().await;
        for (from, to) in [("polres-muratara", "polres-mura"), ("polres-mura", "polres-baru")] {
            rename_organisation(writer, from, to).await.unwrap();
        }
        // The name between is nobody else's, and leads to what it is called now.
        let refused = rename_organisation(writer, "kodim-0406", "polres-mura").await;
        assert!(matches!(refused, Err(FeedError::NameTaken(..))));
        let between = NewFeed { name: "pospol".into(), organisation: "polres-mura".into(), ..polres() };
        assert!(matches!(add(writer, between).await, Err(FeedError::Renamed(..))));
        // Once no feed is of it, it is still the organisation that it was.
        let belongs = |to: &str| FeedChange { organisation: Some(to.into()), ..FeedChange::default() };
        change(writer, "polres", belongs("")).await.unwrap();
        let refused = rename_organisation(writer, "kodim-0406", "polres-baru").await;
        assert!(matches!(refused, Err(FeedError::NameTaken(..))));
        change(writer, "polres", belongs("polres-baru")).await.unwrap();
        assert_eq!(author().await, first, "one speaker, whatever it is called");
    }

    #[tokio::test]
    async fn an_organisation_that_is_called_otherwise_stays_one_speaker() {
        let fixture = Fixture::build().await;
        let writer = &fixture.writer;
        add(writer, polres()).await.unwrap();
        add(writer, NewFeed { name: "kodim".into(), organisation: "kodim-0406".into(), ..polres() })
            .await
            .unwrap();
        let sent = async |name: &str| {
            let feed = writer.registered_feed(name).await.unwrap().unwrap();
            writer.append(&feed, vec![b"{}".to_vec()]).await.unwrap();
        };
        sent("polres").await;
        assert_eq!(rename_organisation(writer, "polres-muratara", "polres-mura").await.unwrap(), 1);
        sent("polres").await;
        // A feed that comes later is of the same organisation, by the name that it has now.
        let polsek = |organisation: &str| NewFeed {
            name: "polsek".into(),
            organisation: organisation.into(),
            ..polres()
        };
        let old = add(writer, polsek("polres-muratara")).await.unwrap_err();
        assert_eq!(
            old.to_string(),
            "the organisation 'polres-muratara' is called 'polres-mura' now; use that name"
        );
        add(writer, polsek("polres-mura")).await.unwrap();
        sent("polsek").await;
        assert_eq!(rename_organisation(writer, "polres-mura", "polres-baru").await.unwrap(), 2);
        sent("polsek").await;
        let kept = fixture.kept().await;
        let authors: Vec<_> =
            kept.iter().filter(|record| !is_registry(record)).map(|record| &record.author).collect();
        assert!(authors.len() == 4 && authors.iter().all(|author| *author == authors[0]), "{authors:?}");
        let names: Vec<String> = kept
            .iter()
            .filter(|record| is_registry(record))
            .map(|record| RegisteredFeed::parse(&record.bytes).unwrap().organisation_name)
            .collect();
        assert_eq!(
            names,
            ["", "", "polres-mura", "polres-mura", "polres-baru", "polres-baru"],
            "each change is in the log"
        );
        for taken in ["kodim-0406", "polres-muratara"] {
            let refused = rename_organisation(writer, "kodim-0406", taken).await;
            match taken {
                "kodim-0406" => assert_eq!(refused.unwrap(), 1, "its own name"),
                _ => assert!(matches!(refused, Err(FeedError::NameTaken(..))), "it was another's"),
            }
        }
        let taken = rename_organisation(writer, "polres-baru", "kodim-0406").await.unwrap_err();
        assert_eq!(
            taken.to_string(),
            "renaming 'polres-baru': another organisation is called 'kodim-0406', or was; choose another name"
        );
        for unknown in ["polres-mura", ""] {
            assert!(matches!(
                rename_organisation(writer, unknown, "x").await,
                Err(FeedError::NoOrganisation(_) | FeedError::Renamed(..))
            ));
        }
        assert!(matches!(
            rename_organisation(writer, "polres-baru", "Polres Baru").await,
            Err(FeedError::Organisation(_))
        ));
    }

    #[test]
    fn a_feed_speaks_for_configured_places_down_to_the_village() {
        let units = [161300, 161304].map(|code| (Code(code), Unit::default()));
        let places = Places::new(units.to_vec(), false);
        assert!(configured_areas("16.13.04.2003", &places).is_ok());
        assert!(matches!(configured_areas("16.13.05.2003", &places), Err(PlaceError::NotConfigured(_))));
        assert!(matches!(configured_areas("1613", &places), Err(PlaceError::Code(_))));
    }
}
