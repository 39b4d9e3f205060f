//! What agencies are asked for, on the page of the feeds.

use crate::world::{NOW, World, report};
use axum::http::StatusCode;
use domain::effect::Effect;
use domain::kind::{Category, FeedClass, Handling, Kind, Outcome};
use domain::place::{Areas, Code};
use domain::report::{Body, ReportId};
use domain::time::{DAY, HOUR};
use store::{Commit, FeedRow, PullFailure, PullRow, PullSource};

#[tokio::test]
async fn a_pull_is_shown_with_its_age_and_what_failed() {
    let world = World::new().await;
    let store = &world.state.sources.store;
    let cookie = world.login("sari").await;
    let page = async || {
        let (status, text) = world.page("/umpan", &cookie).await;
        assert_eq!(status, StatusCode::OK);
        text
    };
    assert!(!page().await.contains("Data yang diambil dari lembaga"), "nothing is asked for");
    let off = PullRow { url: "https://a.example/rss.xml".into(), ..PullRow::new(PullSource::Bmkg) };
    store.put_pull(&off).await.unwrap();
    let text = page().await;
    for part in [
        "Data yang diambil dari lembaga",
        "BMKG: peringatan dini cuaca",
        "mati (nyalakan",
        "Sumber data: <strong>BMKG</strong>",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let failing = PullRow {
        is_on: true,
        url: "https://a.example/api?kunci=rahasia".into(),
        tried_at: Some(NOW.plus(-HOUR)),
        good_at: Some(NOW.plus(-3 * HOUR)),
        failure: Some(PullFailure::TooOften("120".into())),
        doubts: "far Karang Jaya\ndistrict <b>".into(),
        ..off.clone()
    };
    store.put_pull(&failing).await.unwrap();
    let text = page().await;
    for part in [
        "jangan terlalu sering ditanya (429)",
        "3 jam lalu",
        "1 jam lalu",
        "'Karang Jaya' disebut",
        "&lt;b&gt;",
        "https://a.example/api<",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("rahasia"), "what is asked for may hold a key");
    // Who sees classes only sees no addresses.
    let leader = world.login("bupati").await;
    assert!(!world.page("/umpan", &leader).await.1.contains("a.example"));
}

#[tokio::test]
async fn a_feed_that_the_service_asks_itself_is_not_called_silent() {
    let world = World::new().await;
    let store = &world.state.sources.store;
    let since = NOW.plus(-30 * DAY);
    store
        .put_feed(&FeedRow::new("bmkg", FeedClass::Sensor, Areas::everywhere(), [9; 32], since))
        .await
        .unwrap();
    let cookie = world.login("sari").await;
    let silent = async || {
        let (_, text) = world.page("/kecamatan", &cookie).await;
        let (_, feeds) = world.page("/umpan", &cookie).await;
        let row = feeds
            .split("<tr")
            .find(|row| row.contains(">bmkg<br>") && row.contains("sensor"))
            .unwrap_or_default()
            .to_owned();
        (text.contains("bmkg"), row.contains("– tidak melapor"))
    };
    assert!(silent().await.1, "nobody asks for it: it should report by itself");
    store.put_pull(&PullRow { is_on: true, ..PullRow::new(PullSource::Bmkg) }).await.unwrap();
    assert_eq!(silent().await, (false, false));
}

#[tokio::test]
async fn a_signal_that_fits_no_category_is_called_one_and_not_an_event() {
    let world = World::new().await;
    let mut row = report(ReportId(8 << 80), FeedClass::Sensor, Handling::Open, "BMKG: hujan lebat");
    if let Body::Statement(own) = &mut row.report.body {
        (own.kind, own.category) = (Kind::Disaster, Category::OTHER);
    }
    row.offset = 3;
    let (regency, report) = (Code(161_300), row.report.name());
    let signal = Effect::Outcome { regency, report, outcome: Outcome::Signal, incident: None };
    let commit = Commit { next_offset: 4, reports: vec![row], ..world.commit_of(NOW, vec![signal]) };
    world.state.sources.store.commit(commit).await.unwrap();
    let cookie = world.login("sari").await;
    let (_, page) = world.page("/laporan", &cookie).await;
    assert!(page.contains("isyarat dari alat atau lembaga") && !page.contains("kejadian lain"), "{page}");
}
