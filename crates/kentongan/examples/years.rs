//! Fills an empty data folder with some years of invented floods in Musi Rawas Utara, as if the service had received them
//! day by day; `kentongan serve` then takes them in and keeps its ledger. For trying training and calibration, never for
//! results: `cargo run --release -p kentongan --example years -- DATA DAYS [SILENT_DAYS]`
//!
//! With SILENT_DAYS one of the two feeds says nothing in so many last days: something for the drift watch.

use anyhow::{Context, Result, bail};
use domain::kind::FeedClass;
use domain::place::Areas;
use domain::time::{DAY, HOUR, Time};
use formats::places;
use formats::taxonomy::Taxonomy;
use intake::{LogDestination, LogWriter, LogWriterParts, PlayedRecord};
use scoring::synthetic::World;
use serde_json::{Value, json};
use std::sync::Arc;
use store::{FeedRow, Log, LogOptions, Store};

/// Two classes that are no party: what both tell counts as verified.
const FEEDS: [(&str, FeedClass); 2] = [("polsek", FeedClass::Police), ("bpbd", FeedClass::Agency)];
const REGENCY: &str = "16.13";
const DISTRICTS: u32 = 7;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (data, days, silent): (_, u32, u32) = match &arguments[..] {
        [data, days] => (data, days.parse()?, 0),
        [data, days, silent] => (data, days.parse()?, silent.parse()?),
        _ => bail!(
            "give an empty data folder, a number of days, and perhaps how many last days a feed is silent"
        ),
    };
    let world = World {
        places: DISTRICTS as usize,
        days,
        rate: 0.05,
        branching: 0.4,
        season: 0.4,
        spread: 3.0,
        ..World::quiet_country(2026)
    };
    let now = jiff::Timestamp::now().as_microsecond();
    let begin = Time(now.div_euclid(DAY) * DAY - i64::from(days) * DAY);
    let mut records = reports(&world, begin);
    let quiet = begin.plus(i64::from(days.saturating_sub(silent)) * DAY);
    records.retain(|record| record.feed == 0 || record.received_at < quiet);
    let url = |name: &str| std::path::Path::new(data).join(name).display().to_string();
    std::fs::create_dir_all(data).with_context(|| format!("making '{data}'"))?;
    let store = Store::open(&url("state.sqlite")).await?;
    for (number, (name, class)) in FEEDS.into_iter().enumerate() {
        // No token has this sum: nobody can post as this feed.
        let token_sha256 = [number as u8; 32];
        let feed = FeedRow::new(name, class, Areas::parse(REGENCY)?, token_sha256, Time(0));
        store.put_feed(&feed).await?;
    }
    let districts = include_str!("../../../config/districts/16.13.csv").to_owned();
    let writer = LogWriter::new(LogWriterParts {
        log: LogDestination::Embedded(Log::open(&url("log.sqlite"), LogOptions::default()).await?),
        store: store.clone(),
        places: Arc::new(places::from_csv(&[("16.13.csv".to_owned(), districts)])?),
        taxonomy: Arc::new(Taxonomy::parse(include_str!("../../../config/taxonomy.toml"))?),
        clock: Arc::new(move || Time(now)),
        recent_ids: 1000,
    });
    let mut feeds = Vec::new();
    for (name, _) in FEEDS {
        feeds.push(Arc::new(writer.registered_feed(name).await?.context("a feed just registered")?));
    }
    let count = records.len();
    let mut played = records.into_iter().map(|YearsRecord { feed, received_at, bytes }| PlayedRecord {
        feed: feeds[feed].clone(),
        received_at,
        bytes,
    });
    loop {
        let batch: Vec<PlayedRecord> = played.by_ref().take(1000).collect();
        if batch.is_empty() {
            break;
        }
        writer.append_played(batch).await?;
    }
    store.close().await;
    println!("{count} records of {days} days are in the log of '{data}'");
    Ok(())
}

struct YearsRecord {
    /// Its position among [`FEEDS`].
    feed: usize,
    received_at: Time,
    bytes: Vec<u8>,
}

/// Every event reported by both feeds within the day, and each evening by each that nothing else happened.
fn reports(world: &World, begin: Time) -> Vec<YearsRecord> {
    let mut records = Vec::new();
    let mut number = 0u64;
    let mut add = |at: Time, feed: usize, more: Value| {
        let (_, class) = FEEDS[feed];
        number += 1;
        let mut report = json!({
            "report_id": format!("01{number:024}"), "feed": class.as_str(), "district": REGENCY,
            "reported_at": stamp(at),
        });
        if let (Some(report), Some(more)) = (report.as_object_mut(), more.as_object()) {
            report.extend(more.clone());
        }
        let bytes = report.to_string().into_bytes();
        records.push(YearsRecord { feed, received_at: at.plus(HOUR / 12), bytes });
    };
    for event in world.make().reports {
        let place: u32 = event.unit[1..].parse().unwrap_or(0);
        let at = begin.plus(i64::from(event.day) * DAY + 5 * HOUR);
        for feed in 0..FEEDS.len() {
            let more = json!({
                "district": format!("{REGENCY}.{:02}", place + 1), "kind": "disaster", "category": "WA-01",
                "severity": 3, "occurred_at": stamp(at),
            });
            add(at.plus((1 + feed as i64) * HOUR), feed, more);
        }
    }
    for day in 0..i64::from(world.days) {
        let evening = begin.plus(day * DAY + 20 * HOUR);
        for feed in 0..FEEDS.len() {
            let quiet =
                json!({ "nothing_happened": { "from": stamp(evening.plus(-DAY)), "to": stamp(evening) } });
            add(evening, feed, quiet);
        }
    }
    records.sort_by_key(|record| record.received_at);
    records
}

fn stamp(at: Time) -> String {
    store::calendar::rfc3339(at)
}
