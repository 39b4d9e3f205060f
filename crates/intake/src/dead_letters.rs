//! Dead letters back into the log, once a place or category was added that they lacked.

use crate::feed_identity::FeedIdentity;
use crate::log_writer::LogWriter;
use crate::submit::{KnownFrom, SubmitResult};
use domain::kind::{FeedClass, Refused};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use store::{DeadLetterFilter, Store, StoreError};

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

/// Appends dead letters that can be read by now (a place or category was added) to the log under their feed, as it is
/// registered now; of equal letters one. What would be refused again stays what it is; so does what is a report by now.
///
/// # Errors
/// Where the store cannot be read or the log cannot be written.
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
            SubmitResult::Accepted(_) | SubmitResult::Duplicate { .. } => readable.push(bytes),
        }
    }
    put.back += readable.len() as u64;
    writer.append(feed, readable).await?;
    Ok(())
}
