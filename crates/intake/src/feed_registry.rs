//! Who may report: feeds are added, given new tokens, disabled and let in again.

use async_recursion::async_recursion as boxed;
use domain::desk_feed;
use domain::kind::FeedClass;
use domain::place::{Area, AreaError, Areas, Places};
use domain::time::Time;
use sha2::{Digest, Sha256};
use store::{FeedRow, Store, StoreError};

/// Why a feed was not changed.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    #[error("'{0}' cannot be a name: use up to 64 letters, digits, '-', '_' and '.'")]
    Name(String),
    #[error("adding the feed '{0}': it is there already; use `kentongan feed rotate {0}` for a new token")]
    Exists(String),
    #[error("adding the feed '{0}': names that begin with desk- belong to the desk's own forms")]
    Reserved(String),
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

/// What the store keeps of a feed's token.
pub fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Adds a feed for places that [`configured_areas`] let pass; `since`: now. Returns its token, which is not kept.
///
/// # Errors
/// Where the name is taken or cannot be one, or the store fails.
#[boxed]
pub async fn add(
    store: &Store,
    name: &str,
    class: FeedClass,
    areas: Areas,
    since: Time,
) -> Result<String, FeedError> {
    if !is_name(name) {
        return Err(FeedError::Name(name.to_owned()));
    }
    if store.feeds().await?.iter().any(|feed| feed.name == name) {
        return Err(FeedError::Exists(name.to_owned()));
    }
    if desk_feed::is_reserved(name) {
        return Err(FeedError::Reserved(name.to_owned()));
    }
    let token = secret().map_err(FeedError::Random)?;
    let feed = FeedRow {
        name: name.to_owned(),
        class,
        areas,
        token_sha256: token_hash(&token),
        enabled: true,
        paused_until: None,
        since,
    };
    store.put_feed(&feed).await?;
    Ok(token)
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
/// As [`rotate`].
#[boxed]
pub async fn disable(store: &Store, name: &str) -> Result<(), FeedError> {
    let feed = find(store, name).await?;
    Ok(store.put_feed(&FeedRow { enabled: false, ..feed }).await?)
}

/// Lets a disabled feed in again, and a paused one before its time is up.
///
/// # Errors
/// As [`rotate`].
#[boxed]
pub async fn resume(store: &Store, name: &str) -> Result<(), FeedError> {
    let feed = find(store, name).await?;
    if !feed.enabled {
        store.put_feed(&FeedRow { enabled: true, ..feed }).await?;
    }
    store.pause_feed(name, None).await?;
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
    use domain::place::{Code, Unit};

    #[tokio::test]
    async fn a_new_token_does_not_let_a_disabled_feed_in() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("state.sqlite").display().to_string()).await.unwrap();
        let areas = Areas::parse("16.13").unwrap();
        let first = add(&store, "polres", FeedClass::Police, areas, Time(0)).await.unwrap();
        disable(&store, "polres").await.unwrap();
        let (second, enabled) = rotate(&store, "polres").await.unwrap();
        assert!(first != second && !enabled);
        assert!(!find(&store, "polres").await.unwrap().enabled);
        resume(&store, "polres").await.unwrap();
        let feed = find(&store, "polres").await.unwrap();
        assert!(feed.enabled && feed.token_sha256 == token_hash(&second));
        assert!(rotate(&store, "polres").await.unwrap().1);
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
