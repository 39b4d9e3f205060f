//! Feeds are added, changed and renamed, and every change stands in the log.

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
    let to =
        FeedChange { organisation: Some("polda-sumsel".into()), party: Some(true), ..FeedChange::default() };
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
    let polsek =
        |organisation: &str| NewFeed { name: "polsek".into(), organisation: organisation.into(), ..polres() };
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

/// A name is one, however it is written, for feeds and organisations alike.
#[tokio::test]
async fn no_feed_and_no_organisation_is_another_in_another_spelling() {
    let fixture = Fixture::build().await;
    let writer = &fixture.writer;
    add(writer, polres()).await.unwrap();
    let refused = |result: Result<String, FeedError>, twin: &str| {
        let error = result.unwrap_err();
        assert!(
            error.is_call() && error.to_string().contains(&format!("there is '{twin}' already")),
            "{error}"
        );
    };
    for name in ["Polres", "pol-res", "POL.RES", "polres_", "Polres-Muratara", "polresmuratara"] {
        let twin = if name.to_lowercase().contains("mura") { "polres-muratara" } else { "polres" };
        refused(
            add(writer, NewFeed { name: name.into(), organisation: String::new(), ..polres() }).await,
            twin,
        );
        let of = |organisation: &str| Some(organisation.to_owned());
        refused(
            add(writer, NewFeed { name: "polsek".into(), organisation: name.into(), ..polres() }).await,
            twin,
        );
        let change = FeedChange { organisation: of(name), ..FeedChange::default() };
        assert!(
            matches!(super::change(writer, "polres", change).await, Err(FeedError::Twin { .. })),
            "{name}"
        );
    }
    let kodim = NewFeed { name: "kodim".into(), organisation: "kodim-0406".into(), ..polres() };
    add(writer, kodim).await.unwrap();
    for to in ["Polres", "POLRES-MURATARA"] {
        let renamed = rename_organisation(writer, "kodim-0406", to).await;
        assert!(matches!(renamed, Err(FeedError::Twin { .. })), "{to}");
    }
    // The same spelling is the same organisation, and one may be called as the feed is that it was.
    add(writer, NewFeed { name: "polsek".into(), ..polres() }).await.unwrap();
    add(writer, NewFeed { name: "intel".into(), organisation: "polsek".into(), ..polres() }).await.unwrap();
    assert_eq!(rename_organisation(writer, "kodim-0406", "KODIM-0406").await.unwrap(), 1, "its own name");
}
