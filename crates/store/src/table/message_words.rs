//! Table `message_words`: what a message said, written down before it is handed over: what may have arrived is on record.

use crate::error::StoreError;
use crate::sql::{Bulk, table_row};
use crate::store::{Store, in_transaction};
use async_recursion::async_recursion as boxed;

table_row! {
    /// The words of a delivery's last try.
    pub struct MessageWords in "message_words", key 1 {
        /// The delivery.
        pub delivery: i64,
        pub subject: String,
        pub body: String,
    }
}

impl Store {
    /// Keeps what is about to be handed over, in place of what an earlier try of the same delivery said.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn keep_words(&self, words: &MessageWords) -> Result<(), StoreError> {
        in_transaction!(self, tx => write(&mut tx, words).await)
    }
}

async fn write(tx: &mut crate::sql::Connection<'_>, words: &MessageWords) -> Result<(), StoreError> {
    Bulk::upsert::<MessageWords>().run_rows(tx, [words.clone()]).await?;
    Ok(())
}
