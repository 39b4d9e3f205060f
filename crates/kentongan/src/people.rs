//! `kentongan feed …` and `kentongan user …`: who may report, who may look.

use crate::serve::wall;
use anyhow::{Context, Result, bail};
use domain::kind::FeedClass;
use domain::place::{Code, Place};
use sha2::{Digest, Sha256};
use store::{FeedRow, Role, Store, User};

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

/// Adds an account; without a password one is made. Returns the password.
pub async fn add(
    store: &Store,
    name: &str,
    role: Role,
    areas: &str,
    password: Option<String>,
) -> Result<String> {
    named(name)?;
    let areas = checked(areas)?;
    if store.user(name).await?.is_some() {
        bail!(
            "adding the account '{name}': it is there already; use `kentongan user password {name}` for a new password"
        );
    }
    let (password, password_hash) = hashed(password)?;
    store.put_user(&User { name: name.to_owned(), role, areas, password_hash, enabled: true }).await?;
    Ok(password)
}

/// A new password for an account, which is let in again; whoever is logged in under its name is not any more.
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
    let hash = desk::account::hash(&password)?;
    Ok((password, hash))
}

async fn account(store: &Store, name: &str) -> Result<User> {
    store
        .user(name)
        .await?
        .with_context(|| format!("there is no account '{name}'; `kentongan user list` shows those there are"))
}

pub async fn users(store: &Store) -> Result<String> {
    let mut text = String::new();
    for user in store.users().await? {
        let state = if user.enabled { "" } else { "  disabled" };
        text += &format!("{:<20} {:<14} {}{state}\n", user.name, user.role.as_str(), everywhere(&user.areas));
    }
    Ok(text)
}

/// Shuts an account out at once, those logged in under its name too.
pub async fn disable_user(store: &Store, name: &str) -> Result<()> {
    let user = account(store, name).await?;
    store.put_user(&User { enabled: false, ..user }).await?;
    Ok(store.close_sessions_of(name).await?)
}

/// Adds a feed. Returns its token, which is not kept.
pub async fn add_feed(store: &Store, name: &str, class: FeedClass, areas: &str) -> Result<String> {
    named(name)?;
    let areas = checked(areas)?;
    if store.feeds().await?.iter().any(|feed| feed.name == name) {
        bail!(
            "adding the feed '{name}': it is there already; use `kentongan feed rotate {name}` for a new token"
        );
    }
    if name.starts_with("desk-") {
        bail!("adding the feed '{name}': names that begin with desk- belong to the desk's own forms");
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

/// A new token; the old one is dead at once.
pub async fn rotate(store: &Store, name: &str) -> Result<String> {
    let feed = find(store, name).await?;
    let token = secret()?;
    store.put_feed(&FeedRow { token_sha256: sha256(&token), enabled: true, ..feed }).await?;
    Ok(token)
}

pub async fn disable_feed(store: &Store, name: &str) -> Result<()> {
    let feed = find(store, name).await?;
    Ok(store.put_feed(&FeedRow { enabled: false, ..feed }).await?)
}

/// Lets a paused feed in again before its time is up.
pub async fn resume_feed(store: &Store, name: &str) -> Result<()> {
    find(store, name).await?;
    store.pause_feed(name, None).await?;
    Ok(())
}

pub async fn find(store: &Store, name: &str) -> Result<FeedRow> {
    let feeds = store.feeds().await?;
    let known: Vec<String> = feeds.iter().map(|feed| feed.name.clone()).collect();
    feeds.into_iter().find(|feed| feed.name == name).with_context(|| match known.is_empty() {
        true => format!("there is no feed '{name}', nor any other; add one with `kentongan feed add`"),
        false => format!("there is no feed '{name}'; there are {}", known.join(", ")),
    })
}

pub async fn feeds(store: &Store) -> Result<String> {
    let mut text = String::new();
    for feed in store.feeds().await? {
        let state = match (feed.enabled, feed.paused_until) {
            (false, _) => "  disabled",
            (true, Some(until)) if until > wall() => "  paused",
            _ => "",
        };
        text +=
            &format!("{:<28} {:<10} {}{state}\n", feed.name, feed.class.as_str(), everywhere(&feed.areas));
    }
    Ok(text)
}

fn everywhere(areas: &str) -> &str {
    if areas.is_empty() { "everywhere" } else { areas }
}

fn named(name: &str) -> Result<()> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if name.is_empty() || name.len() > 64 || !name.chars().all(fits) {
        bail!("'{name}' cannot be a name: use up to 64 letters, digits, '-', '_' and '.'");
    }
    Ok(())
}

/// Codes with a comma or a space between, written with a space.
fn checked(areas: &str) -> Result<String> {
    let codes: Vec<&str> = areas.split([',', ' ']).filter(|code| !code.is_empty()).collect();
    for code in &codes {
        if Code::parse(code).is_none() && Place::parse_village(code).is_none() {
            bail!("'{code}' is no code of a place; write for example 16.13, 16.13.04 or 16.13.04.2003");
        }
    }
    Ok(codes.join(" "))
}
