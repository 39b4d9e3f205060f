//! Table `identities`: who a pseudonym is. No list ever gives it out.

use crate::error::StoreError;
use crate::sql::{self, Bulk, SealedText, table_row};
use crate::store::{Store, in_transaction};
use async_recursion::async_recursion as boxed;
use sha2::{Digest, Sha256};

table_row! {
    struct IdentityRow in "identities", key 1 {
        /// The key, since what is sealed cannot be looked up.
        reporter_sha256: [u8; 32],
        reporter: SealedText,
        identity: SealedText,
    }
}

impl Store {
    /// Keeps who a pseudonym is, sealed by the caller and by the store's codec. No list ever gives it out.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn seal_identity(&self, reporter: &str, identity: &str) -> Result<(), StoreError> {
        let row = IdentityRow {
            reporter_sha256: Sha256::digest(reporter).into(),
            reporter: SealedText(reporter.to_owned()),
            identity: SealedText(identity.to_owned()),
        };
        in_transaction!(self, tx => Bulk::upsert::<IdentityRow>().run_rows(&mut tx, [row]).await).map(drop)
    }

    /// What [`Store::seal_identity`] kept of a pseudonym.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn sealed_identity(&self, reporter: &str) -> Result<Option<String>, StoreError> {
        let key: [u8; 32] = Sha256::digest(reporter).into();
        let query = sql::query(format!("{} reporter_sha256 = $1", sql::select::<IdentityRow>()));
        let rows = query.bind(key.to_vec()).fetch_all(&self.readers).await?;
        Ok(sql::read_all::<IdentityRow>(&rows)?.into_iter().next().map(|row| row.identity.0))
    }
}
