//! Pulls: how a try of an agency ended comes back as it was kept, one row an agency.

use crate::fixture::{Home, noon};
use store::{PullFailure, PullRow, PullSource};

pub async fn how_a_pull_ended_comes_back_as_it_was_kept(home: &Home) {
    let store = home.open().await;
    assert_eq!(store.pulls().await.unwrap(), []);
    let new = PullRow::new(PullSource::Sipongi);
    store.put_pull(&new).await.unwrap();
    let good = PullRow {
        is_on: true,
        url: "https://a.example/x?satelit[]=NASA-MODIS".into(),
        tried_at: Some(noon(2)),
        good_at: Some(noon(1)),
        failure: Some(PullFailure::Unreachable("dns error: no such host".into())),
        wait_until: Some(noon(3)),
        etag: "W/\"1\"".into(),
        modified: "Wed, 31 Dec 2025 17:00:00 GMT".into(),
        answer: (0..=255).collect(),
        documents: "2.49.0.1\n2.49.0.2".into(),
        signals: u32::MAX,
        doubts: "far Karang Jaya".into(),
        ..PullRow::new(PullSource::Bmkg)
    };
    store.put_pull(&PullRow::new(PullSource::Bmkg)).await.unwrap();
    store.put_pull(&good).await.unwrap();
    assert_eq!(store.pull(PullSource::Bmkg).await.unwrap(), Some(good.clone()));
    assert_eq!(store.pulls().await.unwrap(), [good, new]);
}
