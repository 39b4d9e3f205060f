//! Fills an empty data folder with some years of invented floods in Musi Rawas Utara, as if the service had received them
//! day by day; `kentongan serve` then takes them in and keeps its ledger. For trying training and calibration, never for
//! results: `cargo run --release -p kentongan --example years -- DATA DAYS [SILENT_DAYS]`
//!
//! With SILENT_DAYS one of the two feeds says nothing in so many last days: something for the drift watch.

use anyhow::{Context, Result, bail};
use domain::kind::FeedClass;
use domain::time::{DAY, HOUR, Time};
use scoring::synthetic::World;
use serde_json::{Value, json};
use store::{FeedRow, Log, LogOptions, NewRecord, Store};

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
    records.retain(|record| record.feed == FEEDS[0].0 || record.received_at < quiet);
    let url = |name: &str| std::path::Path::new(data).join(name).display().to_string();
    std::fs::create_dir_all(data).with_context(|| format!("making '{data}'"))?;
    let store = Store::open(&url("state.sqlite")).await?;
    for (number, (name, class)) in FEEDS.into_iter().enumerate() {
        // No token has this sum: nobody can post as this feed.
        let token_sha256 = [number as u8; 32];
        let feed = FeedRow {
            name: name.into(),
            class,
            areas: REGENCY.into(),
            token_sha256,
            enabled: true,
            paused_until: None,
            since: Time(0),
        };
        store.put_feed(&feed).await?;
    }
    store.close().await;
    let log = Log::open(&url("log.sqlite"), LogOptions::default()).await?;
    let count = records.len();
    for some in records.chunks(1000) {
        log.append(some.to_vec()).await?;
    }
    println!("{count} records of {days} days are in the log of '{data}'");
    Ok(())
}

/// Every event reported by both feeds within the day, and each evening by each that nothing else happened.
fn reports(world: &World, begin: Time) -> Vec<NewRecord> {
    let mut records = Vec::new();
    let mut number = 0u64;
    let mut add = |at: Time, feed: usize, more: Value| {
        let (name, class) = FEEDS[feed];
        number += 1;
        let mut report = json!({
            "report_id": format!("01{number:024}"), "feed": class.as_str(), "district": REGENCY,
            "reported_at": stamp(at),
        });
        if let (Some(report), Some(more)) = (report.as_object_mut(), more.as_object()) {
            report.extend(more.clone());
        }
        records.push(NewRecord {
            feed: name.into(),
            class,
            areas: REGENCY.into(),
            received_at: at.plus(HOUR / 12),
            bytes: report.to_string().into_bytes(),
            refused: None,
        });
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
    jiff::Timestamp::from_microsecond(at.0).map_or_else(|_| String::new(), |at| at.to_string())
}
