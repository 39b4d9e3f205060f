//! Tables `table_uploads`, `uploaded_files` and `kept_mappings`: files of tables that the desk looks over before it takes their
//! rows, what it took of them, and what the columns of each source hold.

use crate::error::StoreError;
use crate::sql::{self, Bulk, Cell, SealedBytes, SqlStatement, table_row};
use crate::store::{Store, in_transaction};
use async_recursion::async_recursion as boxed;
use domain::place::Code;
use domain::time::Time;

table_row! {
    /// A file that somebody of the desk sent.
    pub struct TableUpload in "table_uploads", key 1 {
        pub id: String,
        pub regency: Code,
        /// Who sent it; nobody else sees it.
        pub account: String,
        pub uploaded_at: Time,
        pub file_name: String,
        /// SHA-256 of the file in hex.
        pub file_hash: String,
        /// What was chosen for it, as the desk's page writes it.
        pub choices: String,
        pub taken_at: Option<Time>,
        /// What was taken of it, as the desk's page writes it.
        pub reports: String,
        pub withdrawn_at: Option<Time>,
    }
}

table_row! {
    struct UploadedFile in "uploaded_files", key 1 {
        upload: String,
        uploaded_at: Time,
        bytes: SealedBytes,
    }
}

table_row! {
    struct KeptMappingRow in "kept_mappings", key 1 {
        source: String,
        mapping: String,
        changed_at: Time,
    }
}

/// Uploads that are listed.
const LISTED: i64 = 100;

impl Store {
    /// Keeps a file with what is known of it.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn add_table_upload(&self, upload: &TableUpload, bytes: Vec<u8>) -> Result<(), StoreError> {
        let (upload, uploaded_at) = (upload.clone(), upload.uploaded_at);
        let file = UploadedFile { upload: upload.id.clone(), uploaded_at, bytes: SealedBytes(bytes) };
        in_transaction!(self, tx => {
            Bulk::insert::<TableUpload>().run_rows(&mut tx, [upload]).await?;
            Bulk::insert::<UploadedFile>().run_rows(&mut tx, [file]).await
        })
        .map(drop)
    }

    /// Writes down what was chosen for an upload, or became of it.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn put_table_upload(&self, upload: &TableUpload) -> Result<(), StoreError> {
        let upload = upload.clone();
        in_transaction!(self, tx => Bulk::upsert::<TableUpload>().run_rows(&mut tx, [upload]).await).map(drop)
    }

    /// One upload.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn table_upload(&self, id: &str) -> Result<Option<TableUpload>, StoreError> {
        let query = sql::query(format!("{} id = $1", sql::select::<TableUpload>()));
        let rows = query.bind(id.to_owned()).fetch_all(&self.readers).await?;
        Ok(sql::read_all(&rows)?.pop())
    }

    /// The bytes of an upload's file; `None` once they are forgotten.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn uploaded_file(&self, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let query = sql::query(format!("{} upload = $1", sql::select::<UploadedFile>()));
        let rows = query.bind(id.to_owned()).fetch_all(&self.readers).await?;
        Ok(sql::read_all::<UploadedFile>(&rows)?.pop().map(|file| file.bytes.0))
    }

    /// The uploads for a regency, the newest first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn table_uploads(&self, regency: Code) -> Result<Vec<TableUpload>, StoreError> {
        let mut select = SqlStatement::new(&sql::select::<TableUpload>());
        let by = [Cell::Int(i64::from(regency.0)), Cell::Int(LISTED)];
        select.add(" regency = ? ORDER BY uploaded_at DESC, id LIMIT ?", by);
        sql::read_all(&select.fetch_all(&self.readers).await?)
    }

    /// Forgets files sent before an instant, and what is known of those sent before an earlier one; returns how many files.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn forget_uploaded_files(&self, before: Time, known_before: Time) -> Result<u64, StoreError> {
        let known = sql::query("DELETE FROM table_uploads WHERE uploaded_at < $1").bind(known_before.0);
        self.execute(known).await?;
        self.execute(sql::query("DELETE FROM uploaded_files WHERE uploaded_at < $1").bind(before.0)).await
    }

    /// What the columns of a source's tables hold, as the desk's page writes it.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn kept_mapping(&self, source: &str) -> Result<Option<String>, StoreError> {
        let query = sql::query(format!("{} source = $1", sql::select::<KeptMappingRow>()));
        let rows = query.bind(source.to_owned()).fetch_all(&self.readers).await?;
        Ok(sql::read_all::<KeptMappingRow>(&rows)?.pop().map(|kept| kept.mapping))
    }

    /// Keeps what the columns of a source's tables hold.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn keep_mapping(&self, source: &str, mapping: &str, at: Time) -> Result<(), StoreError> {
        let row = KeptMappingRow { source: source.to_owned(), mapping: mapping.to_owned(), changed_at: at };
        in_transaction!(self, tx => Bulk::upsert::<KeptMappingRow>().run_rows(&mut tx, [row]).await).map(drop)
    }
}
