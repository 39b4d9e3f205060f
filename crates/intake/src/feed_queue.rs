//! A queue of its own for each feed between its requests and the log: however much one feed sends, only so much of it lies
//! before the worker at a time, so a report of another feed never waits for more than that of each.
//!
//! Only with the log in the data folder and the worker in this process; a broker's partitions are shared by their keys.

use crate::submit::lock;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::{Log, Worked};
use tokio::sync::watch;
use tokio::time::timeout;

/// Parts of what the worker takes in in a tenth of a second that a feed's records are appended in, and how many of them may lie
/// in the log before the worker, those included that it works on.
const SLICES: usize = 2;
const SLICES_AHEAD: usize = 4;
/// What is appended at once where no worker is known.
const WITHOUT_WORKER: usize = 250;
/// Entries that are kept of what lies there; what comes above is added to the newest.
const ENTRIES: usize = 64;
/// A worker that took nothing for so long stands still. Reports are taken in all the same: nobody is ahead of anybody then.
const PATIENCE: Duration = Duration::from_secs(2);

/// The queues of all feeds.
pub(crate) struct FeedQueues {
    log: Option<Log>,
    feeds: Mutex<HashMap<String, Arc<FeedQueue>>>,
    /// How far the worker had come when it was found standing still.
    stands_at: Mutex<Option<Worked>>,
    patience: Duration,
}

#[derive(Default)]
struct FeedQueue {
    /// Who waits for room, in the order they came.
    turn: tokio::sync::Mutex<()>,
    ahead: Mutex<Ahead>,
}

#[derive(Default)]
struct Ahead {
    /// Records that are being appended.
    appending: usize,
    /// Records in the log, with an offset that none of them is behind.
    lying: VecDeque<(i64, usize)>,
}

/// Room for some records of a feed. What was not appended is given back when it is dropped.
pub(crate) struct Room<'a> {
    queue: Arc<FeedQueue>,
    log: Option<&'a Log>,
    records: usize,
}

impl FeedQueues {
    pub fn new(log: Option<Log>) -> FeedQueues {
        FeedQueues { log, feeds: Mutex::default(), stands_at: Mutex::default(), patience: PATIENCE }
    }

    /// How many records of a feed are appended at once.
    pub fn slice(&self) -> usize {
        let worked = self.log.as_ref().and_then(|log| *log.worked().borrow());
        worked.map_or(WITHOUT_WORKER, |worked| worked.pace.div_ceil(SLICES).max(1))
    }

    /// Waits until so many records of a feed may go into the log.
    pub async fn room(&self, feed: &str, records: usize) -> Room<'_> {
        let queue = lock(&self.feeds).entry(feed.to_owned()).or_default().clone();
        if let Some(log) = &self.log {
            self.wait(&queue, log.worked(), records).await;
        }
        Room { queue, log: self.log.as_ref(), records }
    }

    async fn wait(&self, queue: &FeedQueue, mut worked: watch::Receiver<Option<Worked>>, records: usize) {
        let _turn = queue.turn.lock().await;
        loop {
            let before = *worked.borrow_and_update();
            let Some(before) = before else { break };
            let most = SLICES_AHEAD * before.pace.div_ceil(SLICES);
            let left = lock(&queue.ahead).worked(before.next_offset);
            if left == 0 || left + records <= most || *lock(&self.stands_at) == Some(before) {
                break;
            }
            if timeout(self.patience, worked.changed()).await.is_err() {
                *lock(&self.stands_at) = Some(before);
            }
        }
        lock(&queue.ahead).appending += records;
    }
}

impl Ahead {
    /// Forgets what the worker has taken in, which is all before this offset; gives how many records are left.
    fn worked(&mut self, before: i64) -> usize {
        self.lying.retain(|(newest, _)| *newest >= before);
        self.appending + self.lying.iter().map(|(_, records)| records).sum::<usize>()
    }
}

impl Room<'_> {
    /// The records are in the log.
    pub fn filled(self) {
        if let Some(log) = self.log.filter(|log| log.worked().borrow().is_some()) {
            let newest = *log.newest().borrow();
            let lying = &mut lock(&self.queue.ahead).lying;
            let is_full = lying.len() == ENTRIES;
            match lying.back_mut().filter(|_| is_full) {
                Some(last) => *last = (newest.max(last.0), last.1 + self.records),
                None => lying.push_back((newest, self.records)),
            }
        }
    }
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        if self.log.is_some() {
            let ahead = &mut *lock(&self.queue.ahead);
            ahead.appending = ahead.appending.saturating_sub(self.records);
        }
    }
}

#[cfg(test)]
mod tests;
