//! `kentongan dead-letters …`: what could not become a report, with its original bytes.

use crate::user_error::{self, OrUserError};
use anyhow::{Context, Result};
use domain::kind::{FeedClass, Refused};
use domain::time::Time;
use intake::{FeedIdentity, KnownFrom, LogWriter, SubmitResult};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::Write;
use store::{DeadLetterFilter, PARTITION, Store};

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
            "'{place}' is no place in the log; give an offset, or partition/offset, as `dead-dead_letters list` shows it"
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
                "; {refused} would be refused again and stay (`dead-dead_letters list` says what would be right)"
            )?;
        }
        Ok(())
    }
}

/// Appends dead letters that can be read by now (a place or category was added) to the log under their feed, as it is
/// registered now; of equal letters one. What would be refused again stays what it is; so does what is a report by now.
///
/// # Errors
/// Where the store cannot be read or the log cannot be written.
pub async fn replay(store: &Store, writer: &LogWriter, reason: Option<Refused>) -> Result<PutBack> {
    let (mut cursor, mut put, mut replayed) = (None, PutBack::default(), BTreeSet::new());
    loop {
        let page = store.dead_letters(&DeadLetterFilter { reason, feed: None, cursor, limit: 500 }).await?;
        let mut by_feed: BTreeMap<(String, FeedClass), Vec<Vec<u8>>> = BTreeMap::new();
        for row in &page.items {
            let Some((_, bytes)) = store.dead_letter(row.log_partition, row.log_offset).await? else {
                continue;
            };
            if replayed.insert((row.feed.clone(), <[u8; 32]>::from(Sha256::digest(&bytes)))) {
                by_feed.entry((row.feed.clone(), row.class)).or_default().push(bytes);
            }
        }
        for ((feed, class), dead_letters) in by_feed {
            match writer.registered_feed(&feed).await?.filter(|feed| feed.class() == class) {
                Some(feed) => put_back(writer, &feed, dead_letters, &mut put).await?,
                None => put.refused += dead_letters.len() as u64,
            }
        }
        cursor = page.next;
        if cursor.is_none() {
            return Ok(put);
        }
    }
}

/// Appends those of a feed's letters that would become reports.
async fn put_back(
    writer: &LogWriter,
    feed: &FeedIdentity,
    dead_letters: Vec<Vec<u8>>,
    put: &mut PutBack,
) -> Result<()> {
    let mut readable = Vec::new();
    for (result, bytes) in writer.preview(feed, dead_letters.clone()).await?.into_iter().zip(dead_letters) {
        match result {
            SubmitResult::Rejected(_) => put.refused += 1,
            SubmitResult::Duplicate { place: KnownFrom::State, .. } => put.known += 1,
            // Of two letters with one id both go back: which of them counts does not follow from their order.
            SubmitResult::Accepted(_) | SubmitResult::Duplicate { .. } => readable.push(bytes),
        }
    }
    put.back += readable.len() as u64;
    writer.append(feed, readable).await?;
    Ok(())
}

/// The offset, after its partition where there are several.
fn place(partition: i32, offset: i64) -> String {
    if partition == PARTITION { offset.to_string() } else { format!("{partition}/{offset}") }
}

fn stamp(at: Time) -> String {
    jiff::Timestamp::from_microsecond(at.0).map(|stamp| stamp.to_string()).unwrap_or_default()
}
