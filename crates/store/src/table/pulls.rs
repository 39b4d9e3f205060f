//! Table `pulls`: one row for each agency that is asked regularly, with how the last try ended and its last good answer.

use crate::error::StoreError;
use crate::pull_failure::PullFailure;
use crate::sql::{self, Bulk, Cell, Column, SqlRow, get, table_row};
use crate::store::{Store, in_transaction};
use async_recursion::async_recursion as boxed;
use domain::time::Time;

/// An agency that is asked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum PullSource {
    /// Warnings of the weather within hours.
    Bmkg,
    /// Hotspots that satellites see.
    Sipongi,
}

impl PullSource {
    pub const ALL: [PullSource; 2] = [PullSource::Bmkg, PullSource::Sipongi];

    /// Its name: in rows, and that of its feed.
    pub const fn as_str(self) -> &'static str {
        match self {
            PullSource::Bmkg => "bmkg",
            PullSource::Sipongi => "sipongi",
        }
    }

    pub fn parse(word: &str) -> Option<PullSource> {
        PullSource::ALL.into_iter().find(|source| source.as_str() == word)
    }
}

table_row! {
    /// What is known of an agency's answers.
    pub struct PullRow in "pulls", key 1 {
        pub source: PullSource,
        pub is_on: bool,
        /// The address that was asked.
        pub url: String,
        pub tried_at: Option<Time>,
        /// When everything came last.
        pub good_at: Option<Time>,
        pub failure: Option<PullFailure>,
        /// Before, the agency does not want to be asked.
        pub wait_until: Option<Time>,
        /// What a conditional request names: `ETag` and `Last-Modified`; empty where the answer had none.
        pub etag: String,
        pub modified: String,
        /// The last good answer; empty where there is none, or it is too large to be kept.
        pub answer: Vec<u8>,
        /// What of it was taken, one a line.
        pub documents: String,
        /// Signals that the last try brought and that were new.
        pub signals: u32,
        /// What of it was not believed, one a line: a word and a name.
        pub doubts: String,
    }
}

impl PullRow {
    /// Of what was never asked.
    pub fn new(source: PullSource) -> PullRow {
        PullRow {
            source,
            is_on: false,
            url: String::new(),
            tried_at: None,
            good_at: None,
            failure: None,
            wait_until: None,
            etag: String::new(),
            modified: String::new(),
            answer: Vec::new(),
            documents: String::new(),
            signals: 0,
            doubts: String::new(),
        }
    }
}

impl Column for PullSource {
    fn read(row: &SqlRow, at: usize) -> Result<PullSource, StoreError> {
        let word: String = get(row, at)?;
        PullSource::parse(&word).ok_or_else(|| StoreError::corrupt("a pull is of no agency"))
    }
    fn cell(&self) -> Cell {
        Cell::Text(self.as_str().to_owned())
    }
    fn null() -> Cell {
        Cell::MaybeText(None)
    }
}

impl Store {
    /// What is known of each agency's answers, in the order of their names.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn pulls(&self) -> Result<Vec<PullRow>, StoreError> {
        let all = sql::query(format!("{} 1 = 1 ORDER BY source", sql::select::<PullRow>()));
        sql::read_all(&all.fetch_all(&self.readers).await?)
    }

    /// What is known of one agency's answers.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn pull(&self, source: PullSource) -> Result<Option<PullRow>, StoreError> {
        let query = sql::query(format!("{} source = $1", sql::select::<PullRow>()));
        let rows = query.bind(source.as_str()).fetch_all(&self.readers).await?;
        Ok(sql::read_all(&rows)?.pop())
    }

    /// Writes down how a try ended.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn put_pull(&self, row: &PullRow) -> Result<(), StoreError> {
        let row = row.clone();
        in_transaction!(self, tx => Bulk::upsert::<PullRow>().run_rows(&mut tx, [row]).await).map(drop)
    }
}
