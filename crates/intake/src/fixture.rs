//! A log and a store in a temporary folder, for this crate's own tests.

use crate::{FeedIdentity, LogDestination, LogWriter, LogWriterParts, ReceiptClock};
use domain::kind::FeedClass;
use domain::place::Areas;
use domain::time::Time;
use formats::places;
use formats::taxonomy::Taxonomy;
use std::sync::Arc;
use store::{FeedRow, Log, LogOptions, NewRecord, PARTITION, Store};

/// 2026-01-01T00:05:00+07:00.
pub const NOW: Time = Time(1_767_200_700_000_000);

pub struct Fixture {
    pub writer: LogWriter,
    pub store: Store,
    pub log: Log,
    _folder: tempfile::TempDir,
}

impl Fixture {
    pub async fn build() -> Fixture {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let log = Log::open(&path("log.sqlite"), LogOptions::default()).await.unwrap();
        let store = Store::open(&path("state.sqlite")).await.unwrap();
        let config = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config");
        let read = |name: &str| std::fs::read_to_string(format!("{config}/{name}")).unwrap();
        let files = ["16.13.csv", "35.08.csv"].map(|file| (file.into(), read(&format!("districts/{file}"))));
        let writer = LogWriter::new(LogWriterParts {
            log: LogDestination::Embedded(log.clone()),
            store: store.clone(),
            places: Arc::new(places::from_csv(&files).unwrap()),
            taxonomy: Arc::new(Taxonomy::parse(&read("taxonomy.toml")).unwrap()),
            clock: Arc::new(|| NOW),
            recent_ids: 1000,
        });
        Fixture { writer, store, log, _folder: folder }
    }

    pub fn clock(&self) -> ReceiptClock {
        Arc::new(|| NOW)
    }

    /// Registers a feed.
    pub async fn feed(&self, name: &str, class: FeedClass, areas: &str) -> FeedIdentity {
        let row = FeedRow::new(name, class, Areas::parse(areas).unwrap(), [name.len() as u8; 32], Time(0));
        self.store.put_feed(&row).await.unwrap();
        self.writer.registered_feed(name).await.unwrap().expect("registered")
    }

    /// Everything in the log.
    pub async fn kept(&self) -> Vec<NewRecord> {
        let kept = self.log.read(PARTITION, 0, 1_000_000).await.unwrap();
        kept.into_iter().map(|kept| kept.record).collect()
    }
}

/// A report of the class `village`; `more` is further JSON members, each after a comma.
pub fn report(id: &str, district: &str, more: &str) -> Vec<u8> {
    format!(
        "{{\"report_id\":\"{id}\",\"feed\":\"village\",\"district\":\"{district}\",\"kind\":\"resident_company\",\
         \"category\":\"WP-05\",\"severity\":3,\"occurred_at\":\"2026-01-01T00:00:00+07:00\",\
         \"reported_at\":\"2026-01-01T00:01:30+07:00\"{more}}}"
    )
    .into_bytes()
}
