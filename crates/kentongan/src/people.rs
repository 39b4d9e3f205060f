//! `kentongan feed …` and `kentongan user …`: who may report, who may look.

use crate::serve::wall;
use crate::user_error::{self, OrUserError};
use anyhow::{Context, Result};
use domain::desk_feed;
use domain::kind::FeedClass;
use domain::place::{Area, Areas, Places};
use sha2::{Digest, Sha256};
use store::{FeedRow, Role, Store, User};
use web::account::AccountError;

/// 20 characters of letters and digits that are not mistaken for each other: over 100 bits.
pub fn secret() -> Result<String> {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut random = [0u8; 20];
    getrandom::fill(&mut random)
        .map_err(|error| anyhow::anyhow!("reading the system's randomness: {error}"))?;
    Ok(random.iter().map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()])).collect())
}

pub fn sha256(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// Adds an account for places that `places_seen` let pass; without a password one is made. Returns the password.
pub async fn add(
    store: &Store,
    name: &str,
    role: Role,
    areas: Areas,
    password: Option<String>,
) -> Result<String> {
    named(name)?;
    if store.user(name).await?.is_some() {
        return Err(user_error::new(format!(
            "adding the account '{name}': it is there already; use `kentongan user password {name}` for a new password"
        )));
    }
    let (password, password_hash) = hashed(password)?;
    store.put_user(&User { name: name.to_owned(), role, areas, password_hash, enabled: true }).await?;
    Ok(password)
}

/// A new password for an account, which is let in again; its logins end.
pub async fn renew(store: &Store, name: &str, password: Option<String>) -> Result<String> {
    let user = account(store, name).await?;
    let (password, password_hash) = hashed(password)?;
    store.put_user(&User { password_hash, enabled: true, ..user }).await?;
    store.close_sessions_of(name).await?;
    Ok(password)
}

fn hashed(password: Option<String>) -> Result<(String, String)> {
    let password = match password {
        Some(password) => password,
        None => secret()?,
    };
    let hash = web::account::hash(&password).map_err(|error| match error {
        AccountError::Short(_) => user_error::new(error),
        other => other.into(),
    })?;
    Ok((password, hash))
}

async fn account(store: &Store, name: &str) -> Result<User> {
    store
        .user(name)
        .await?
        .with_context(|| format!("there is no account '{name}'; `kentongan user list` shows those there are"))
        .or_user_error()
}

pub async fn users(store: &Store) -> Result<String> {
    let mut text = String::new();
    for user in store.users().await? {
        let state = if user.enabled { "" } else { "  disabled" };
        text += &format!("{:<20} {:<14} {}{state}\n", user.name, user.role.as_str(), area_text(&user.areas));
    }
    Ok(text)
}

/// Shuts an account out at once, those logged in under its name too.
pub async fn disable_user(store: &Store, name: &str) -> Result<()> {
    let user = account(store, name).await?;
    store.put_user(&User { enabled: false, ..user }).await?;
    Ok(store.close_sessions_of(name).await?)
}

/// Adds a feed for places that `places_spoken_for` let pass. Returns its token, which is not kept.
pub async fn add_feed(store: &Store, name: &str, class: FeedClass, areas: Areas) -> Result<String> {
    named(name)?;
    if store.feeds().await?.iter().any(|feed| feed.name == name) {
        return Err(user_error::new(format!(
            "adding the feed '{name}': it is there already; use `kentongan feed rotate {name}` for a new token"
        )));
    }
    if desk_feed::is_reserved(name) {
        return Err(user_error::new(format!(
            "adding the feed '{name}': names that begin with desk- belong to the desk's own forms"
        )));
    }
    let token = secret()?;
    store
        .put_feed(&FeedRow {
            name: name.to_owned(),
            class,
            areas,
            token_sha256: sha256(&token),
            enabled: true,
            paused_until: None,
            since: wall(),
        })
        .await?;
    Ok(token)
}

/// A new token; the old one is dead at once. A disabled feed stays disabled: who renews what may have leaked does not
/// mean to let somebody in. Returns the token, and whether it lets anybody in.
pub async fn rotate(store: &Store, name: &str) -> Result<(String, bool)> {
    let feed = find(store, name).await?;
    let (token, enabled) = (secret()?, feed.enabled);
    store.put_feed(&FeedRow { token_sha256: sha256(&token), ..feed }).await?;
    Ok((token, enabled))
}

pub async fn disable_feed(store: &Store, name: &str) -> Result<()> {
    let feed = find(store, name).await?;
    Ok(store.put_feed(&FeedRow { enabled: false, ..feed }).await?)
}

/// Lets a disabled feed in again, and a paused one before its time is up.
pub async fn resume_feed(store: &Store, name: &str) -> Result<()> {
    let feed = find(store, name).await?;
    if !feed.enabled {
        store.put_feed(&FeedRow { enabled: true, ..feed }).await?;
    }
    store.pause_feed(name, None).await?;
    Ok(())
}

pub async fn find(store: &Store, name: &str) -> Result<FeedRow> {
    let feeds = store.feeds().await?;
    let known: Vec<String> = feeds.iter().map(|feed| feed.name.clone()).collect();
    let found = feeds.into_iter().find(|feed| feed.name == name).with_context(|| match known.is_empty() {
        true => format!("there is no feed '{name}', nor any other; add one with `kentongan feed add`"),
        false => format!("there is no feed '{name}'; there are {}", known.join(", ")),
    });
    found.or_user_error()
}

pub async fn feeds(store: &Store) -> Result<String> {
    let mut text = String::new();
    for feed in store.feeds().await? {
        let state = match (feed.enabled, feed.paused_until) {
            (false, _) => "  disabled",
            (true, Some(until)) if until > wall() => "  paused",
            _ => "",
        };
        text += &format!("{:<28} {:<10} {}{state}\n", feed.name, feed.class.as_str(), area_text(&feed.areas));
    }
    Ok(text)
}

fn area_text(areas: &Areas) -> String {
    if areas.is_everywhere() { "everywhere".to_owned() } else { areas.to_string() }
}

fn named(name: &str) -> Result<()> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if name.is_empty() || name.len() > 64 || !name.chars().all(fits) {
        return Err(user_error::new(format!(
            "'{name}' cannot be a name: use up to 64 letters, digits, '-', '_' and '.'"
        )));
    }
    Ok(())
}

/// Places an account may see. Villages have no pages of their own.
pub fn places_seen(codes: &str, places: &Places) -> Result<Areas> {
    let areas = configured(codes, places)?;
    let village = areas.iter().find(|area| matches!(area, Area::Village(_)));
    match village {
        Some(village) => Err(no_code(&village.to_string(), "16.13 or 16.13.04")),
        None => Ok(areas),
    }
}

/// Places a feed may speak for: also single villages.
pub fn places_spoken_for(codes: &str, places: &Places) -> Result<Areas> {
    configured(codes, places)
}

/// Areas of codes with a comma or a space between, each of a configured place.
fn configured(codes: &str, places: &Places) -> Result<Areas> {
    let areas =
        Areas::parse(codes).map_err(|error| no_code(&error.word, "16.13, 16.13.04 or 16.13.04.2003"))?;
    match areas.unknown_to(places) {
        None => Ok(areas),
        Some(area) => Err(user_error::new(format!(
            "'{area}' is none of the configured places; check the code, give the service's own --config, or make its file with `kentongan district add`"
        ))),
    }
}

fn no_code(word: &str, like: &str) -> anyhow::Error {
    user_error::new(format!("'{word}' is no code of a place; write for example {like}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::place::{Code, Unit};

    async fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("state.sqlite").display().to_string()).await.unwrap();
        (folder, store)
    }

    fn regency() -> Areas {
        Areas::of([Area::Regency(Code(161300))])
    }

    #[tokio::test]
    async fn an_account_is_added_once_and_keeps_what_it_has() {
        let (_folder, store) = store().await;
        add(&store, "sari", Role::Desk, regency(), Some("rahasia-satu".into())).await.unwrap();
        let before = store.user("sari").await.unwrap().unwrap();
        let again = add(&store, "sari", Role::Administrator, Areas::everywhere(), None).await.unwrap_err();
        assert_eq!(user_error::exit_code(&again), 2);
        assert!(again.to_string().contains("kentongan user password sari"), "{again}");
        let after = store.user("sari").await.unwrap().unwrap();
        assert_eq!((after.role, after.areas), (Role::Desk, regency()));
        assert_eq!(after.password_hash, before.password_hash);
    }

    #[tokio::test]
    async fn a_new_password_ends_the_logins_under_the_old_one() {
        let (_folder, store) = store().await;
        for name in ["sari", "budi"] {
            add(&store, name, Role::Desk, Areas::everywhere(), None).await.unwrap();
        }
        let (mine, other, now) = ([1; 32], [2; 32], wall());
        let until = now.plus(domain::time::DAY);
        store.open_session(&mine, "sari", now, until).await.unwrap();
        store.open_session(&other, "budi", now, until).await.unwrap();
        let old = store.user("sari").await.unwrap().unwrap().password_hash;
        renew(&store, "sari", None).await.unwrap();
        assert!(store.session(&mine, now).await.unwrap().is_none(), "the login outlived the password");
        assert!(store.session(&other, now).await.unwrap().is_some(), "somebody else was thrown out");
        assert_ne!(store.user("sari").await.unwrap().unwrap().password_hash, old);
        assert_eq!(user_error::exit_code(&renew(&store, "nobody", None).await.unwrap_err()), 2);
    }

    #[tokio::test]
    async fn a_new_token_does_not_let_a_disabled_feed_in() {
        let (_folder, store) = store().await;
        let first = add_feed(&store, "polres", FeedClass::Police, regency()).await.unwrap();
        disable_feed(&store, "polres").await.unwrap();
        let (second, enabled) = rotate(&store, "polres").await.unwrap();
        assert!(first != second && !enabled);
        assert!(!find(&store, "polres").await.unwrap().enabled);
        resume_feed(&store, "polres").await.unwrap();
        let feed = find(&store, "polres").await.unwrap();
        assert!(feed.enabled && feed.token_sha256 == sha256(&second));
        assert!(rotate(&store, "polres").await.unwrap().1);
    }

    #[test]
    fn places_that_are_not_configured_are_refused() {
        let units = [161300, 161304].map(|code| (Code(code), Unit::default()));
        let places = Places::new(units.to_vec(), false);
        assert_eq!(places_seen("16.13, 16.13.04", &places).unwrap().to_string(), "16.13 16.13.04");
        assert_eq!(places_seen("", &places).unwrap(), Areas::everywhere());
        for (code, says) in [
            ("nowhere", "no code"),
            ("99.99", "configured"),
            ("16.13.05", "configured"),
            ("1613", "no code"),
            ("16.13.04.2003", "no code"),
        ] {
            let refused = places_seen(code, &places).unwrap_err();
            assert!(
                refused.to_string().contains(says) && user_error::exit_code(&refused) == 2,
                "{code}: {refused}"
            );
        }
        assert!(places_spoken_for("16.13.04.2003", &places).is_ok());
        assert!(places_spoken_for("16.13.05.2003", &places).is_err());
    }
}
