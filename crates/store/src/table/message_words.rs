//! Table `message_words`: what a message said, written down before it is handed over: what may have arrived is on record.

use crate::error::StoreError;
use crate::sql::{Bulk, Connection, table_row};
use crate::store::{Store, in_transaction};
use async_recursion::async_recursion as boxed;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use tokio::sync::oneshot;

table_row! {
    /// The words of a delivery's last try.
    pub struct MessageWords in "message_words", key 1 {
        /// The delivery.
        pub delivery: i64,
        pub subject: String,
        pub body: String,
    }
}

/// Words that wait to be written, each with where to answer; shared by the clones of a store. No more wait than messages are
/// under way (`notify.batch`).
#[derive(Default)]
pub(crate) struct WordsQueue(Mutex<Vec<WaitingWords>>);

type WaitingWords = (MessageWords, oneshot::Sender<Result<(), StoreError>>);

impl WordsQueue {
    /// True where nobody waited before: the caller sees to it that all are written.
    fn push(&self, words: MessageWords, reply: oneshot::Sender<Result<(), StoreError>>) -> bool {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.push((words, reply));
        waiting.len() == 1
    }

    fn take(&self) -> Vec<WaitingWords> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Store {
    /// Keeps what is about to be handed over, in place of what an earlier try of the same delivery said. What several messages
    /// say is written in one transaction: where an alert concerns many people, the last does not wait for as many syncs as there
    /// are people.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn keep_words(&self, words: &MessageWords) -> Result<(), StoreError> {
        let (reply, answer) = oneshot::channel();
        if self.words.push(words.clone(), reply) {
            // By itself: whose try has timed out meanwhile must not take the others' words along.
            let store = self.clone();
            tokio::spawn(async move { store.write_words().await });
        }
        answer.await.map_err(|_| StoreError::Closed)?
    }

    #[boxed]
    async fn write_words(&self) {
        let mut taken = Vec::new();
        let written = self.write_waiting(&mut taken).await;
        if taken.is_empty() {
            taken = self.words.take(); // the transaction did not begin
        }
        let is_shared = taken.len() > 1;
        for (words, reply) in taken {
            let written = match &written {
                // What the store refuses of one message keeps no other back.
                Err(_) if is_shared => self.write_one(&words).await,
                written => written.clone(),
            };
            // A try that timed out does not wait for its answer any more.
            let _ = reply.send(written);
        }
    }

    async fn write_waiting(&self, taken: &mut Vec<WaitingWords>) -> Result<(), StoreError> {
        in_transaction!(self, tx => {
            *taken = self.words.take(); // once it is this one's turn to write: all that came until then
            write(&mut tx, taken.iter().map(|(words, _)| words)).await
        })
    }

    async fn write_one(&self, words: &MessageWords) -> Result<(), StoreError> {
        in_transaction!(self, tx => write(&mut tx, [words].into_iter()).await)
    }
}

/// In the order of their deliveries, so that two processes do not wait for each other; of one delivery the last.
async fn write(
    tx: &mut Connection<'_>,
    words: impl Iterator<Item = &MessageWords>,
) -> Result<(), StoreError> {
    let rows: BTreeMap<i64, MessageWords> = words.map(|words| (words.delivery, words.clone())).collect();
    Bulk::upsert::<MessageWords>().run_rows(tx, rows.into_values()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql;
    use std::path::Path;

    fn words(delivery: i64) -> MessageWords {
        MessageWords { delivery, subject: String::from("Perihal"), body: String::from("Isi") }
    }

    /// Thirty messages that come while the store writes something else.
    async fn keep_thirty(store: &Store) -> Vec<Result<(), StoreError>> {
        let busy = store.writing().await.unwrap();
        let keep = |delivery| {
            let store = store.clone();
            tokio::spawn(async move { store.keep_words(&words(delivery)).await })
        };
        let keeping: Vec<_> = (1..=30).map(keep).collect();
        while store.words.0.lock().unwrap().len() < keeping.len() {
            tokio::task::yield_now().await;
        }
        drop(busy);
        let mut kept = Vec::new();
        for one in keeping {
            kept.push(one.await.unwrap());
        }
        kept
    }

    /// Commits in a write-ahead log: the frames that say how large the database is after them.
    fn commits(state: &Path) -> usize {
        const HEADER: usize = 32;
        const FRAME: usize = 24 + 4096;
        let log = std::fs::read(state.with_extension("db-wal")).unwrap();
        log[HEADER..].chunks_exact(FRAME).filter(|frame| frame[4..8] != [0; 4]).count()
    }

    #[tokio::test]
    async fn what_thirty_messages_say_is_written_in_one_commit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.db");
        let store = Store::open(path.to_str().unwrap()).await.unwrap();
        let before = commits(&path);
        assert!(keep_thirty(&store).await.iter().all(Result::is_ok));
        assert_eq!(commits(&path) - before, 1);
        let row = sql::query("SELECT COUNT(*) FROM message_words").fetch_one(&store.readers).await.unwrap();
        assert_eq!(sql::get::<i64>(&row, 0).unwrap(), 30);
    }

    #[tokio::test]
    async fn words_that_the_store_refuses_keep_no_others_back() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("state.db").to_str().unwrap()).await.unwrap();
        const REFUSE: &str = "CREATE TRIGGER refuse BEFORE INSERT ON message_words WHEN NEW.delivery = 7 \
             BEGIN SELECT RAISE(ABORT, 'no'); END";
        store.execute(sql::query(REFUSE)).await.unwrap();
        let kept = keep_thirty(&store).await;
        let refused: Vec<usize> = (1..=30).filter(|delivery| kept[delivery - 1].is_err()).collect();
        assert_eq!(refused, [7]);
    }
}
