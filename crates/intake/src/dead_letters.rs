//! What could not become a report: listed, shown with its original bytes, and put back into the log once a place or
//! category was added that it lacked.

use crate::feed_identity::FeedIdentity;
use crate::log_writer::LogWriter;
use crate::submit::{KnownFrom, SubmitResult};
use async_recursion::async_recursion as boxed;
use domain::desk_feed;
use domain::kind::{FeedClass, Refused};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{self, Write};
use store::calendar::rfc3339;
use store::{DeadLetterFilter, DeadLetterRow, PARTITION, Store, StoreError};

/// Why dead letters were not listed or shown.
#[derive(Debug, thiserror::Error)]
pub enum DeadLetterError {
    #[error(
        "'{0}' is no place in the log; give an offset, or partition/offset, as `dead-letters list` shows it"
    )]
    Place(String),
    #[error("there is no dead letter at {0}")]
    Unknown(String),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DeadLetterError {
    /// True where another call would succeed; false where the machine failed.
    pub fn is_call(&self) -> bool {
        matches!(self, DeadLetterError::Place(_) | DeadLetterError::Unknown(_))
    }
}

/// Writes one line a letter: place in the log, reason, field, feed, when, size, what would be right.
///
/// # Errors
/// Where the store cannot be read or `out` cannot be written.
#[boxed]
pub async fn list(
    store: &Store,
    reason: Option<Refused>,
    out: &mut (dyn Write + Send),
) -> Result<(), DeadLetterError> {
    let mut cursor = None;
    loop {
        let page = store.dead_letters(&DeadLetterFilter { reason, feed: None, cursor, limit: 500 }).await?;
        for row in &page.items {
            writeln!(out, "{}", line(row))?;
        }
        cursor = page.next;
        if cursor.is_none() {
            return Ok(());
        }
    }
}

fn line(row: &DeadLetterRow) -> String {
    format!(
        "{:>8}  {:<9} {:<14} {:<24} {}  {:>7} B  {}",
        place(row.log_partition, row.log_offset),
        row.reason.as_str(),
        row.field,
        row.feed,
        rfc3339(row.received_at),
        row.size,
        row.detail
    )
}

/// The offset, after its partition where there are several.
fn place(partition: i32, offset: i64) -> String {
    if partition == PARTITION { offset.to_string() } else { format!("{partition}/{offset}") }
}

/// The original bytes of the letter at a place that [`list`] shows, as they came.
///
/// # Errors
/// Where the text is no place, no letter is there, or the store cannot be read.
#[boxed]
pub async fn original(store: &Store, place: &str) -> Result<Vec<u8>, DeadLetterError> {
    let (partition, offset) = match place.split_once('/') {
        Some((partition, offset)) => (partition.parse().ok(), offset.parse().ok()),
        None => (Some(PARTITION), place.parse().ok()),
    };
    let (partition, offset) =
        partition.zip(offset).ok_or_else(|| DeadLetterError::Place(place.to_owned()))?;
    let letter = store.dead_letter(partition, offset).await?;
    let (_, bytes) = letter.ok_or_else(|| DeadLetterError::Unknown(place.to_owned()))?;
    Ok(bytes)
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
    /// Typed at the desk: who typed it, and how far they may judge, is not kept with a letter.
    pub typed: u64,
}

impl fmt::Display for PutBack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PutBack { back, refused, known, typed } = self;
        write!(f, "{back} dead letters are in the log again")?;
        if *known > 0 {
            write!(f, "; {known} are reports already")?;
        }
        if *typed > 0 {
            write!(
                f,
                "; {typed} were typed at the desk and stay (the people who typed them can enter them again)"
            )?;
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

/// Appends dead letters that can be read by now (a place or category was added) to the log under their feed, as it is
/// registered now; of equal letters one. What would be refused again stays what it is; so does what is a report by now, and what was
/// typed at the desk.
///
/// # Errors
/// Where the store cannot be read or the log cannot be written.
#[boxed]
pub async fn replay(
    store: &Store,
    writer: &LogWriter,
    reason: Option<Refused>,
) -> Result<PutBack, StoreError> {
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
            if desk_feed::is_name(&feed) {
                put.typed += dead_letters.len() as u64;
                continue;
            }
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
) -> Result<(), StoreError> {
    let mut readable = Vec::new();
    for (result, bytes) in writer.preview(feed, dead_letters.clone()).await?.into_iter().zip(dead_letters) {
        match result {
            SubmitResult::Rejected(_) => put.refused += 1,
            SubmitResult::Duplicate { place: KnownFrom::State, .. } => put.known += 1,
            // Of two letters with one id both go back: which of them counts does not follow from their order.
            SubmitResult::Accepted { .. } | SubmitResult::Duplicate { .. } => readable.push(bytes),
        }
    }
    put.back += readable.len() as u64;
    writer.append(feed, readable).await?;
    Ok(())
}
