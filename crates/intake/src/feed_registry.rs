//! Who may report: feeds are added, given new tokens, disabled and let in again.

use crate::log_writer::LogWriter;
use async_recursion::async_recursion as boxed;
use domain::desk_feed;
use domain::kind::FeedClass;
use domain::place::{Area, AreaError, Areas, Places};
use domain::spelling::twin_of;
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
    #[error(
        "there is '{twin}' already; use it, or name '{called}' differently: the two are one name in two spellings"
    )]
    Twin { called: String, twin: String },
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
    refuse_twin(writer.store(), &feeds, &name).await?;
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
    if !called.is_empty() && !is_name(called) {
        return Err(FeedError::Organisation(called.to_owned()));
    }
    refuse_twin(store, feeds, called).await?;
    let once = if called.is_empty() { None } else { store.organisation_once_called(called).await? };
    let identifier = once.unwrap_or_else(|| called.to_owned());
    match feeds.iter().find(|feed| !called.is_empty() && feed.organisation == identifier) {
        Some(feed) => Err(FeedError::Renamed(called.to_owned(), feed.organisation_is_called().to_owned())),
        None if identifier == called => Ok(Organisation { identifier, name: String::new() }),
        None => Ok(Organisation { identifier, name: called.to_owned() }),
    }
}

/// Refuses a name that a feed or an organisation has, or had, in another spelling: nobody could tell the two apart. Feeds and
/// organisations share their names, since a feed may be its own organisation.
async fn refuse_twin(store: &Store, feeds: &[FeedRow], called: &str) -> Result<(), FeedError> {
    let organisations = store.organisation_names().await?;
    refuse_twin_among(called, feeds, organisations.iter().map(|(name, _)| name.as_str()))
}

fn refuse_twin_among<'a>(
    called: &str,
    feeds: impl IntoIterator<Item = &'a FeedRow>,
    organisations: impl Iterator<Item = &'a str>,
) -> Result<(), FeedError> {
    let names =
        |feed: &'a FeedRow| [&feed.name, &feed.organisation, &feed.organisation_name].map(String::as_str);
    match twin_of(called, feeds.into_iter().flat_map(names).chain(organisations)) {
        Some(twin) => Err(FeedError::Twin { called: called.to_owned(), twin: twin.to_owned() }),
        None => Ok(()),
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
    let known = writer.store().organisation_names().await?;
    let known = known.iter().filter(|(_, organisation)| *organisation != identifier);
    refuse_twin_among(to, others.iter().copied(), known.map(|(name, _)| name.as_str()))?;
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
pub(crate) async fn register(writer: &LogWriter, feed: &FeedRow) -> Result<(), FeedError> {
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
mod tests;
