//! `kentongan dead-letters …`: what could not become a report, with its original bytes.

use crate::append::End;
use crate::wrong::{self, OrWrong};
use anyhow::{Context, Result};
use domain::kind::Refused;
use domain::time::Time;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::io::Write;
use store::{DeadLetterFilter, NewRecord, PARTITION, Store};

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
                place(row.partition, row.offset),
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
        return Err(wrong::call(format!(
            "'{place}' is no place in the log; give an offset, or partition/offset, as `dead-letters list` shows it"
        )));
    };
    let (_, bytes) = store
        .dead_letter(partition, offset)
        .await?
        .with_context(|| format!("there is no dead letter at {place}"))
        .or_wrong()?;
    Ok(out.write_all(&bytes)?)
}

/// Puts letters back into the log under their feed, to be read anew (after a place or category was added). What is
/// refused again is a letter again, so of equal letters only one goes back.
pub async fn replay(store: &Store, log: &End<'_>, reason: Option<Refused>, now: Time) -> Result<u64> {
    let feeds = store.feeds().await?;
    let (mut cursor, mut count, mut gone) = (None, 0, BTreeSet::new());
    loop {
        let page = store.dead_letters(&DeadLetterFilter { reason, feed: None, cursor, limit: 500 }).await?;
        let mut records = Vec::new();
        for row in &page.items {
            let Some((_, bytes)) = store.dead_letter(row.partition, row.offset).await? else { continue };
            if !gone.insert((row.feed.clone(), <[u8; 32]>::from(Sha256::digest(&bytes)))) {
                continue;
            }
            let areas = feeds
                .iter()
                .find(|feed| feed.name == row.feed)
                .map(|feed| feed.areas.clone())
                .unwrap_or_default();
            records.push(NewRecord {
                feed: row.feed.clone(),
                class: row.class,
                areas,
                received_at: now,
                bytes,
                refused: None,
            });
        }
        count += records.len() as u64;
        log.append(records).await?;
        cursor = page.next;
        if cursor.is_none() {
            return Ok(count);
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
