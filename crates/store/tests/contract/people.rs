//! Feeds, users, sessions, identities.

use crate::fixture::*;
use domain::kind::FeedClass;
use domain::place::Areas;
use store::{FeedRow, Role, User};

pub async fn feeds_by_token(home: &Home) {
    let store = home.open().await;
    let mut feed =
        FeedRow::new("polres", FeedClass::Police, Areas::parse("16.13").unwrap(), [7; 32], noon(1));
    store.put_feed(&feed).await.unwrap();
    assert!(store.pause_feed("polres", Some(noon(3))).await.unwrap());
    assert_eq!(store.feeds().await.unwrap()[0].paused_until, Some(noon(3)));
    assert!(
        store.pause_feed("polres", None).await.unwrap() && !store.pause_feed("lain", None).await.unwrap()
    );
    assert_eq!(store.feed_by_token(&[7; 32]).await.unwrap(), Some(feed.clone()));
    feed.token_sha256 = [8; 32]; // rotated: the old token opens nothing
    store.put_feed(&FeedRow { since: noon(9), ..feed.clone() }).await.unwrap(); // registered once
    assert_eq!(store.feed_by_token(&[7; 32]).await.unwrap(), None);
    feed.enabled = false;
    store.put_feed(&feed).await.unwrap();
    assert_eq!(store.feed_by_token(&[8; 32]).await.unwrap(), None);
    assert_eq!(store.feeds().await.unwrap(), [feed]);
}

pub async fn sessions_end(home: &Home) {
    let store = home.open().await;
    let mut user = User {
        name: String::from("budi"),
        role: Role::Desk,
        areas: Areas::everywhere(),
        password_hash: String::from("$argon2id$…"),
        enabled: true,
        person: String::new(),
        feed: String::new(),
    };
    assert!(store.add_user(&user).await.unwrap());
    let other = User { password_hash: String::from("$argon2id$other"), enabled: false, ..user.clone() };
    assert!(!store.add_user(&other).await.unwrap(), "a name that is taken");
    assert_eq!(store.users().await.unwrap(), [user.clone()], "who is added keeps the password");
    store.open_session(&[1; 32], "budi", noon(1), noon(3)).await.unwrap();
    store.open_session(&[2; 32], "budi", noon(1), noon(9)).await.unwrap();
    let session = store.session(&[1; 32], noon(2)).await.unwrap().unwrap();
    assert_eq!((session.user, session.expires_at), (user.clone(), noon(3)));
    assert!(store.session(&[1; 32], noon(3)).await.unwrap().is_none());
    assert!(store.session(&[3; 32], noon(2)).await.unwrap().is_none());
    store.open_session(&[4; 32], "budi", noon(4), noon(9)).await.unwrap();
    assert_eq!(store.forget_expired_sessions(noon(4)).await.unwrap(), 1);
    assert_eq!(home.count("sessions").await, 2);
    assert!(store.close_session(&[4; 32]).await.unwrap() && !store.close_session(&[4; 32]).await.unwrap());
    assert!(store.session(&[4; 32], noon(4)).await.unwrap().is_none());
    user.enabled = false;
    store.put_user(&user).await.unwrap();
    assert!(store.session(&[2; 32], noon(4)).await.unwrap().is_none());
    assert_eq!(store.user("budi").await.unwrap(), Some(user.clone()));
    assert_eq!(store.users().await.unwrap(), [user]);
    store.close_sessions_of("budi").await.unwrap();
    assert_eq!(home.count("sessions").await, 0);
}

pub async fn areas_come_back_and_unreadable_ones_grant_nothing(home: &Home) {
    let store = home.open().await;
    let feed = |areas: Areas| FeedRow::new("polres", FeedClass::Police, areas, [7; 32], noon(1));
    let user = |areas: Areas| User {
        name: String::from("budi"),
        role: Role::Desk,
        areas,
        password_hash: String::from("$argon2id$…"),
        enabled: true,
        person: String::new(),
        feed: String::new(),
    };
    let some = Areas::parse("16.13 61.02.01 63.72.01.1001").unwrap();
    for areas in [Areas::everywhere(), some, Areas::nowhere()] {
        store.put_feed(&feed(areas.clone())).await.unwrap();
        store.put_user(&user(areas.clone())).await.unwrap();
        assert_eq!(store.feeds().await.unwrap(), [feed(areas.clone())]);
        assert_eq!(store.user("budi").await.unwrap(), Some(user(areas)));
    }
    store.open_session(&[1; 32], "budi", noon(1), noon(3)).await.unwrap();
    for unreadable in ["16.13 oops", " "] {
        for table in ["feeds", "users"] {
            run(home, &format!("UPDATE {table} SET areas = '{unreadable}'")).await.unwrap();
        }
        assert_eq!(store.feed_by_token(&[7; 32]).await.unwrap(), Some(feed(Areas::nowhere())));
        let session = store.session(&[1; 32], noon(2)).await.unwrap().unwrap();
        assert_eq!(session.user, user(Areas::nowhere()));
    }
}

pub async fn identities_are_sealed(home: &Home) {
    let store = home.open().await;
    store.seal_identity("skd-1", "terkunci").await.unwrap();
    store.seal_identity("skd-1", "terkunci lagi").await.unwrap();
    assert_eq!(store.sealed_identity("skd-1").await.unwrap().as_deref(), Some("terkunci lagi"));
    assert_eq!(store.sealed_identity("skd-2").await.unwrap(), None);
}
