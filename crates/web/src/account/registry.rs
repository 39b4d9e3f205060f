//! Who may look: accounts are added, given new passwords and shut out.

use super::{AccountError, hash, link_hash, token};
use domain::kind::FeedClass;
use domain::place::{Area, Areas, Places};
use domain::spelling::twin_of;
use domain::time::Time;
use intake::feed_registry::{self, configured_areas, is_name, secret};
use store::{FeedRow, Role, Store, User};
use views::reporter;

/// An account to be added.
#[derive(Clone, Debug)]
pub struct NewAccount<'a> {
    pub name: &'a str,
    pub role: Role,
    pub areas: Areas,
    /// The identifier of the person whose account it is; empty where nobody wrote it down.
    pub person: &'a str,
    /// The registered feed that a reporter's account reports for; empty for every other role.
    pub feed: &'a str,
}

/// Adds an account for places that [`places_seen`] let pass; without a password one is made. Returns the password.
///
/// # Errors
/// Where the name is taken or cannot be one, the password is too short, or the store fails.
pub async fn add(
    store: &Store,
    NewAccount { name, role, areas, person, feed }: NewAccount<'_>,
    password: Option<String>,
) -> Result<String, AccountError> {
    if !is_name(name) {
        return Err(AccountError::Name(name.to_owned()));
    }
    let users = store.users().await?;
    if users.iter().any(|user| user.name == name) {
        return Err(AccountError::Exists(name.to_owned()));
    }
    refuse_twin(name, users.iter().map(|user| user.name.as_str()))?;
    check_person(person, &users)?;
    let (password, password_hash) = hashed(password).await?;
    let (person, feed) = (person.to_owned(), feed.to_owned());
    let user = User { name: name.to_owned(), role, areas, password_hash, enabled: true, person, feed };
    match store.add_user(&user).await? {
        true => Ok(password),
        // Added by another process since they were read: that one's password stays.
        false => Err(AccountError::Exists(user.name)),
    }
}

/// The feed that an account of this role reports for; `None` for every role but a reporter's.
///
/// # Errors
/// Where a reporter names no feed, or one that is not registered, that speaks for no place of its own or that is a sensor's;
/// where another role names one; or where the store fails.
pub async fn feed_of(store: &Store, role: Role, feed: Option<&str>) -> Result<Option<FeedRow>, AccountError> {
    match (role, feed) {
        (Role::Reporter, Some(feed)) => {
            let feed = feed_registry::find(store, feed).await?;
            check_reported_for(&feed.name, feed.class, &feed.areas)?;
            Ok(Some(feed))
        }
        (Role::Reporter, None) => Err(AccountError::NoFeed),
        (_, Some(_)) => Err(AccountError::NoReporter),
        (_, None) => Ok(None),
    }
}

/// The token of a one-time link that opens a reporter's account until an instant; a new password, or disabling the account, revokes it.
///
/// # Errors
/// Where there is no such account, it is no reporter's or is disabled, or the store fails.
pub async fn link(store: &Store, name: &str, now: Time, until: Time) -> Result<String, AccountError> {
    let user = find(store, name).await?;
    if user.role != Role::Reporter || !user.enabled {
        return Err(AccountError::NoLink(user.name));
    }
    let token = token()?;
    store.open_session(&link_hash(&token), name, now, until).await?;
    Ok(token)
}

/// # Errors
/// Where nobody reports for such a feed from a phone.
pub fn check_reported_for(name: &str, class: FeedClass, areas: &Areas) -> Result<(), AccountError> {
    if reporter::is_of_desk(name, class) {
        return Err(AccountError::FeedOfDesk(name.to_owned()));
    }
    match reporter::reports_from_a_place(name, class, areas) {
        true => Ok(()),
        false => Err(AccountError::FeedWithoutPlace(name.to_owned())),
    }
}

/// Whose account it is, from now on: what was typed with it before keeps the person it had.
///
/// # Errors
/// Where there is no such account, the person cannot be identified so, or the store fails.
pub async fn set_person(store: &Store, name: &str, person: &str) -> Result<(), AccountError> {
    let users = store.users().await?;
    let others: Vec<User> = users.into_iter().filter(|user| user.name != name).collect();
    check_person(person, &others)?;
    let user = find(store, name).await?;
    Ok(store.put_user(&User { person: person.to_owned(), ..user }).await?)
}

/// A person has one identifier in one spelling, whatever accounts it has.
fn check_person(person: &str, users: &[User]) -> Result<(), AccountError> {
    match person {
        "" => Ok(()),
        person if !is_name(person) => Err(AccountError::Person(person.to_owned())),
        person => refuse_twin(person, users.iter().map(|user| user.person.as_str())),
    }
}

/// Refuses a name that is there in another spelling.
pub(super) fn refuse_twin<'a>(
    called: &str,
    known: impl Iterator<Item = &'a str>,
) -> Result<(), AccountError> {
    match twin_of(called, known) {
        Some(twin) => Err(AccountError::Twin { called: called.to_owned(), twin: twin.to_owned() }),
        None => Ok(()),
    }
}

/// A new password for an account, which is let in again; its logins end. Returns the password.
///
/// # Errors
/// Where there is no such account, the password is too short, or the store fails.
pub async fn renew(store: &Store, name: &str, password: Option<String>) -> Result<String, AccountError> {
    let user = find(store, name).await?;
    let (password, password_hash) = hashed(password).await?;
    store.put_user(&User { password_hash, enabled: true, ..user }).await?;
    store.close_sessions_of(name).await?;
    Ok(password)
}

/// Shuts an account out at once, those logged in under its name too.
///
/// # Errors
/// Where there is no such account, or the store fails.
pub async fn disable(store: &Store, name: &str) -> Result<(), AccountError> {
    let user = find(store, name).await?;
    store.put_user(&User { enabled: false, ..user }).await?;
    Ok(store.close_sessions_of(name).await?)
}

async fn find(store: &Store, name: &str) -> Result<User, AccountError> {
    store.user(name).await?.ok_or_else(|| AccountError::Unknown(name.to_owned()))
}

async fn hashed(password: Option<String>) -> Result<(String, String), AccountError> {
    let password = match password {
        Some(password) => password,
        None => secret().map_err(AccountError::Random)?,
    };
    let hashing = tokio::task::spawn_blocking(move || hash(&password).map(|hash| (password, hash)));
    hashing.await.map_err(|_| AccountError::Interrupted)?
}

/// Places an account may see. Villages have no pages of their own.
///
/// # Errors
/// Where a word is no code of a regency or district, or its place is not configured.
pub fn places_seen(codes: &str, places: &Places) -> Result<Areas, AccountError> {
    let areas = configured_areas(codes, places)?;
    let village = areas.iter().find(|area| matches!(area, Area::Village(_)));
    match village {
        Some(village) => Err(AccountError::Village(village)),
        None => Ok(areas),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::wall;
    use domain::place::{Code, Unit};

    async fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("state.sqlite").display().to_string()).await.unwrap();
        (folder, store)
    }

    #[tokio::test]
    async fn an_account_is_added_once_and_keeps_what_it_has() {
        let (_folder, store) = store().await;
        let areas = Areas::parse("16.13").unwrap();
        let sari =
            NewAccount { name: "sari", role: Role::Desk, areas: areas.clone(), person: "160503", feed: "" };
        add(&store, sari.clone(), Some("rahasia-satu".into())).await.unwrap();
        let before = store.user("sari").await.unwrap().unwrap();
        let other = NewAccount { role: Role::Administrator, areas: Areas::everywhere(), person: "", ..sari };
        let again = add(&store, other, None).await.unwrap_err();
        assert!(again.is_call() && again.to_string().contains("kentongan user password sari"), "{again}");
        let after = store.user("sari").await.unwrap().unwrap();
        assert_eq!((after.role, after.areas, after.person.as_str()), (Role::Desk, areas, "160503"));
        set_person(&store, "sari", "160504").await.unwrap();
        let moved = store.user("sari").await.unwrap().unwrap();
        assert_eq!((moved.person.as_str(), &moved.password_hash), ("160504", &before.password_hash));
        assert!(matches!(set_person(&store, "sari", "Sari D.").await, Err(AccountError::Person(_))));
        assert!(set_person(&store, "nobody", "160504").await.unwrap_err().is_call());
        let unfit = NewAccount {
            name: "budi",
            role: Role::Desk,
            areas: Areas::everywhere(),
            person: "Budi S.",
            feed: "",
        };
        assert!(matches!(add(&store, unfit, None).await, Err(AccountError::Person(_))));
        assert_eq!(after.password_hash, before.password_hash);
    }

    #[tokio::test]
    async fn no_account_and_no_person_is_another_in_another_spelling() {
        let (_folder, store) = store().await;
        let new = |name, person| {
            let areas = Areas::everywhere();
            NewAccount { name, role: Role::Desk, areas, person, feed: "" }
        };
        add(&store, new("sari", "dewi-s"), None).await.unwrap();
        add(&store, new("sari-2", "dewi-s"), None).await.unwrap();
        let mut refused = Vec::new();
        for (name, person) in
            [("Sari", ""), ("sa.ri", ""), ("SARI2", ""), ("budi", "DEWI-S"), ("budi", "dewis")]
        {
            refused.push(add(&store, new(name, person), None).await.unwrap_err());
        }
        add(&store, new("budi", "160503"), None).await.unwrap();
        refused.push(set_person(&store, "budi", "Dewi.S").await.unwrap_err());
        for error in refused {
            let words = error.to_string();
            assert!(error.is_call() && words.contains("already; use it, or name '"), "{words}");
        }
        set_person(&store, "budi", "dewi-s").await.unwrap();
        set_person(&store, "budi", "160503").await.unwrap();
        set_person(&store, "budi", "160-503").await.unwrap();
    }

    #[tokio::test]
    async fn a_new_password_ends_the_logins_under_the_old_one() {
        let (_folder, store) = store().await;
        for name in ["sari", "budi"] {
            let new = NewAccount { name, role: Role::Desk, areas: Areas::everywhere(), person: "", feed: "" };
            add(&store, new, None).await.unwrap();
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
        assert!(renew(&store, "nobody", None).await.unwrap_err().is_call());
    }

    async fn feed(store: &Store, name: &str, class: FeedClass, areas: Areas) {
        let row = FeedRow::new(name, class, areas, [name.len() as u8; 32], wall());
        store.put_feed(&row).await.unwrap();
    }

    #[tokio::test]
    async fn a_reporters_account_is_bound_to_one_registered_feed_of_a_place() {
        let (_folder, store) = store().await;
        feed(&store, "kec-rupit", FeedClass::Agency, Areas::parse("16.13.01").unwrap()).await;
        feed(&store, "bmkg", FeedClass::Sensor, Areas::parse("16.13").unwrap()).await;
        feed(&store, "dinas-apa-saja", FeedClass::Agency, Areas::everywhere()).await;
        let of = async |role, name| feed_of(&store, role, name).await;
        assert_eq!(of(Role::Reporter, Some("kec-rupit")).await.unwrap().unwrap().name, "kec-rupit");
        assert!(of(Role::Desk, None).await.unwrap().is_none());
        for (role, name, says) in [
            (Role::Reporter, None, "--feed"),
            (Role::Reporter, Some("kec-pauh"), "there are"),
            (Role::Reporter, Some("bmkg"), "sensor"),
            (Role::Reporter, Some("dinas-apa-saja"), "feed set"),
            (Role::Desk, Some("kec-rupit"), "--role pelapor"),
        ] {
            let refused = of(role, name).await.unwrap_err();
            assert!(refused.is_call() && refused.to_string().contains(says), "{name:?}: {refused}");
        }
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
            assert!(refused.to_string().contains(says) && refused.is_call(), "{code}: {refused}");
        }
    }
}
