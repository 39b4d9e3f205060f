//! `kentongan dead-letters …`: what could not become a report, with its original bytes.

use crate::append::End;
use crate::catalog::Catalog;
use crate::user_error::{self, OrUserError};
use anyhow::{Context, Result};
use domain::kind::Refused;
use domain::place::Areas;
use domain::report::ReportId;
use domain::time::Time;
use formats::decode::{RecordView, decode};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt;
use std::io::Write;
use store::{DeadLetterFilter, NewRecord, PARTITION, ReportKey, Store};

/// One line a letter: place, reason, field, feed, when, size, what would be right.
pub async fn list(store: &Store, reason: Option<Refused>, out: &mut dyn Write) -> Result<()> {
    let mut cursor = None;
    loop {
        let filter = DeadLetterFilter { reason, feed: None, cursor, limit: 500 };
        let page = store.dead_letters(&filter).await?;
        for row in &page.items {
            let at = stamp(row.received_at);
            writeln!(
                out,
                "{:>8}  {:<9} {:<14} {:<24} {at}  {:>7} B  {}",
                place(row.log_partition, row.log_offset),
                row.reason.as_str(),
                row.field,
                row.feed,
                row.size,
                row.detail
            )?;
        }
        cursor = page.next;
        if cursor.is_none() {
            return Ok(());
        }
    }
}

/// The original bytes, as they came.
pub async fn show(store: &Store, place: &str, out: &mut dyn Write) -> Result<()> {
    let (partition, offset) = match place.split_once('/') {
        Some((partition, offset)) => (partition.parse().ok(), offset.parse().ok()),
        None => (Some(PARTITION), place.parse().ok()),
    };
    let (Some(partition), Some(offset)) = (partition, offset) else {
        return Err(user_error::new(format!(
            "'{place}' is no place in the log; give an offset, or partition/offset, as `dead-letters list` shows it"
        )));
    };
    let (_, bytes) = store
        .dead_letter(partition, offset)
        .await?
        .with_context(|| format!("there is no dead letter at {place}"))
        .or_user_error()?;
    Ok(out.write_all(&bytes)?)
}

/// What became of letters that were to go back.
#[derive(Default)]
pub struct PutBack {
    /// In the log again.
    pub back: u64,
    /// Would be refused again as things are.
    pub refused: u64,
    /// Came in by another way, or went back before.
    pub known: u64,
}

impl fmt::Display for PutBack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PutBack { back, refused, known } = self;
        write!(f, "{back} dead letters are in the log again")?;
        if *known > 0 {
            write!(f, "; {known} are reports already")?;
        }
        if *refused > 0 {
            write!(
                f,
                "; {refused} would be refused again and stay (`dead-letters list` says what would be right)"
            )?;
        }
        Ok(())
    }
}

/// Puts letters that can be read by now (a place or category was added) back into the log under their feed, of equal
/// letters one. What would be refused again stays what it is; so does what is a report by now.
pub async fn replay(
    store: &Store,
    (log, catalog): (&End<'_>, &Catalog),
    reason: Option<Refused>,
    now: Time,
) -> Result<PutBack> {
    let feeds = store.feeds().await?;
    let (mut cursor, mut put, mut gone) = (None, PutBack::default(), BTreeSet::new());
    loop {
        let page = store.dead_letters(&DeadLetterFilter { reason, feed: None, cursor, limit: 500 }).await?;
        let mut readable = Vec::new();
        for row in &page.items {
            let Some((_, bytes)) = store.dead_letter(row.log_partition, row.log_offset).await? else {
                continue;
            };
            if !gone.insert((row.feed.clone(), <[u8; 32]>::from(Sha256::digest(&bytes)))) {
                continue;
            }
            let feed = feeds.iter().find(|feed| feed.name == row.feed);
            let areas = feed.map_or_else(Areas::everywhere, |feed| Areas::parse_kept(&feed.areas));
            let view = RecordView {
                bytes: &bytes,
                feed_name: &row.feed,
                class: Some(row.class),
                areas: &areas,
                received_at: now,
            };
            let Ok(key) = decode(&view, &catalog.for_decode()).map(|decoded| ReportKey::of(&decoded.report))
            else {
                put.refused += 1;
                continue;
            };
            let (feed, class) = (row.feed.clone(), row.class);
            readable.push((
                key,
                NewRecord { feed, class, areas: areas.to_string(), received_at: now, bytes, refused: None },
            ));
        }
        let ids: Vec<ReportId> = readable.iter().map(|(key, _)| key.id).collect();
        let known = store.known_reports(&ids, Time(i64::MAX)).await?;
        put.known += readable.iter().filter(|(key, _)| known.contains(key)).count() as u64;
        readable.retain(|(key, _)| !known.contains(key));
        put.back += readable.len() as u64;
        log.append(readable.into_iter().map(|(_, record)| record).collect()).await?;
        cursor = page.next;
        if cursor.is_none() {
            return Ok(put);
        }
    }
}

/// The offset, after its partition where there are several.
fn place(partition: i32, offset: i64) -> String {
    if partition == PARTITION { offset.to_string() } else { format!("{partition}/{offset}") }
}

fn stamp(at: Time) -> String {
    jiff::Timestamp::from_microsecond(at.0).map(|stamp| stamp.to_string()).unwrap_or_default()
}
