//! Tables `imports` and `imported_parts`: files that were put into the log as archives, and which reports came by each, so that
//! they can be taken back as one.

use crate::error::StoreError;
use crate::sql::{self, Bulk, Cell, SqlStatement, get, rows_with_ids, table_row};
use crate::store::{Store, in_transaction};
use crate::table::outbox::next_serial;
use crate::table::reports::ReportKey;
use async_recursion::async_recursion as boxed;
use domain::kind::Outcome;
use domain::place::{Code, Place};
use domain::report::{ReportId, ReportName};
use domain::time::Time;
use std::collections::BTreeMap;

table_row! {
    /// A file that was put into the log.
    pub struct ImportRow in "imports", key 1 {
        /// Its name: from 1.
        pub number: i64,
        pub began_at: Time,
        /// Who called the program.
        pub account: String,
        pub feed: String,
        pub file_name: String,
        /// SHA-256 of the file in hex; empty of what came over the standard input.
        pub file_hash: String,
        /// Records read.
        pub records: i64,
        /// Those of them whose reports were new: what is taken back.
        pub reports: i64,
        /// `None` where it was cut off.
        pub ended_at: Option<Time>,
        pub taken_back_at: Option<Time>,
        pub taken_back_by: String,
        pub reason: String,
    }
}

table_row! {
    struct ImportedPart in "imported_parts", key 2 {
        import: i64,
        part: i64,
        reports: Vec<u8>,
    }
}

/// A report that came by an import, and the place it names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ImportedReport {
    pub id: ReportId,
    pub place: Place,
}

impl ImportedReport {
    const BYTES: usize = 22;

    fn bytes(&self) -> impl Iterator<Item = u8> + use<> {
        let (code, village) = (self.place.code.0.to_be_bytes(), self.place.village.to_be_bytes());
        self.id.0.to_be_bytes().into_iter().chain(code).chain(village)
    }

    fn read(bytes: &[u8]) -> ImportedReport {
        let number = |bytes: &[u8]| bytes.iter().fold(0, |number, byte| number << 8 | u128::from(*byte));
        let place =
            Place { code: Code(number(&bytes[16..20]) as u32), village: number(&bytes[20..22]) as u16 };
        ImportedReport { id: ReportId(number(&bytes[..16])), place }
    }

    /// Those of a part.
    fn all(bytes: &[u8]) -> Result<Vec<ImportedReport>, StoreError> {
        let reports = bytes.chunks_exact(ImportedReport::BYTES);
        if !reports.remainder().is_empty() {
            return Err(StoreError::corrupt("a part of an import is cut off"));
        }
        Ok(reports.map(ImportedReport::read).collect())
    }
}

/// Imports that are listed.
const LISTED: i64 = 100;

impl Store {
    /// Keeps a new import under the next number, whatever number the row has; returns the number.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn add_import(&self, import: &ImportRow) -> Result<i64, StoreError> {
        let import = import.clone();
        in_transaction!(self, tx => async {
            let number = next_serial(&mut tx, "imports").await?;
            Bulk::insert::<ImportRow>().run_rows(&mut tx, [ImportRow { number, ..import.clone() }]).await?;
            Ok::<_, StoreError>(number)
        }.await)
    }

    /// Writes down how far an import came, or that it was taken back.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn put_import(&self, import: &ImportRow) -> Result<(), StoreError> {
        let import = import.clone();
        in_transaction!(self, tx => Bulk::upsert::<ImportRow>().run_rows(&mut tx, [import]).await).map(drop)
    }

    /// One import.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn import(&self, number: i64) -> Result<Option<ImportRow>, StoreError> {
        let query = sql::query(format!("{} number = $1", sql::select::<ImportRow>()));
        Ok(sql::read_all(&query.bind(number).fetch_all(&self.readers).await?)?.pop())
    }

    /// The last imports, the newest first; with a file's hash, those of that file alone.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn imports(&self, file_hash: Option<&str>) -> Result<Vec<ImportRow>, StoreError> {
        let mut select = SqlStatement::new(&sql::select::<ImportRow>());
        match file_hash {
            Some(hash) => select.add(" file_hash = ?", [Cell::Text(hash.to_owned())]),
            None => select.add(" 1 = 1", []),
        };
        select.add(" ORDER BY number DESC LIMIT ?", [Cell::Int(LISTED)]);
        sql::read_all(&select.fetch_all(&self.readers).await?)
    }

    /// The imports of a feed that were taken back.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn imports_taken_back(&self, feed: &str) -> Result<Vec<ImportRow>, StoreError> {
        let text = format!("{} feed = $1 AND taken_back_at IS NOT NULL", sql::select::<ImportRow>());
        sql::read_all(&sql::query(text).bind(feed.to_owned()).fetch_all(&self.readers).await?)
    }

    /// Keeps which reports come by a part of an import, before they are put into the log; a part that is there is replaced.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn put_imported_part(
        &self,
        import: i64,
        part: i64,
        reports: &[ImportedReport],
    ) -> Result<(), StoreError> {
        let reports = reports.iter().flat_map(ImportedReport::bytes).collect();
        let row = ImportedPart { import, part, reports };
        in_transaction!(self, tx => Bulk::upsert::<ImportedPart>().run_rows(&mut tx, [row]).await).map(drop)
    }

    /// The reports of a part of an import, from 0; `None` after the last.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn imported_part(
        &self,
        import: i64,
        part: i64,
    ) -> Result<Option<Vec<ImportedReport>>, StoreError> {
        let select = sql::select::<ImportedPart>();
        let query = sql::query(format!("{select} import = $1 AND part = $2"));
        let rows = query.bind(import).bind(part).fetch_all(&self.readers).await?;
        let row = sql::read_all::<ImportedPart>(&rows)?.pop();
        row.map(|row| ImportedReport::all(&row.reports)).transpose()
    }

    /// What these reports ended as, by regency and name; those that are not here are left out.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn outcomes(
        &self,
        names: &[ReportName],
    ) -> Result<BTreeMap<ReportKey, Option<Outcome>>, StoreError> {
        const HEAD: &str = "SELECT id, regency, outcome FROM reports WHERE id";
        let mut connection = self.readers.acquire().await?;
        let rows = rows_with_ids(&mut connection.connection(), HEAD, names, None).await?;
        let one = |row| Ok((ReportKey::read(row)?, Outcome::parse(&get::<String>(row, 2)?)));
        rows.iter().map(one).collect()
    }
}
