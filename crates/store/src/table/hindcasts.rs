//! Table `hindcasts`: the hindcast ledger. What the models named would have forecast of the past that an archive tells of, and
//! what by the archive came of it. No such forecast was ever made: the ledger knows nothing of these rows.

use crate::error::StoreError;
use crate::ledger::within;
use crate::sql::{self, Bulk, Column, SqlStatement, table_row};
use crate::store::{Store, in_transaction};
use async_recursion::async_recursion as boxed;
use domain::kind::{Horizon, Kind};
use domain::place::Code;
use domain::time::Time;
use std::collections::BTreeSet;

table_row! {
    /// What a model would have forecast on a day, and what came of it.
    pub struct HindcastRow in "hindcasts", key 4 {
        pub kind: Kind,
        pub horizon: Horizon,
        pub code: Code,
        pub day: i64,
        pub regency: Code,
        /// Before any shift by the place's record.
        pub risk_ppm: u32,
        pub baseline_ppm: u32,
        /// As scores name it; the date is in it.
        pub model: String,
        pub happened: bool,
        /// When the hindcast was made.
        pub made_at: Time,
    }
}

impl Store {
    /// Puts a hindcast in the place of the earlier ones of its regencies. Returns how many forecasts it holds.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn replace_hindcast(&self, rows: Vec<HindcastRow>) -> Result<u64, StoreError> {
        let regencies: BTreeSet<Code> = rows.iter().map(|row| row.regency).collect();
        let count = rows.len() as u64;
        in_transaction!(self, tx => {
            for regency in regencies {
                let gone = sql::query("DELETE FROM hindcasts WHERE regency = $1").bind(i64::from(regency.0));
                gone.execute(&mut tx).await?;
            }
            Bulk::insert::<HindcastRow>().run_rows(&mut tx, rows).await
        })?;
        Ok(count)
    }

    /// The hindcasts of some places, by day; no codes are everywhere.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn hindcasts(&self, codes: &[Code]) -> Result<Vec<HindcastRow>, StoreError> {
        let mut select = SqlStatement::new("");
        select.add(&format!("SELECT {} FROM hindcasts h WHERE 1 = 1", sql::columns::<HindcastRow>("h.")), []);
        within(&mut select, "h", codes);
        select.add(" ORDER BY h.day, h.kind, h.horizon, h.code", []);
        sql::read_all(&select.fetch_all(&self.readers).await?)
    }

    /// When the hindcast of a regency was made; `None` where there is none.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn hindcast_made_at(&self, regency: Code) -> Result<Option<Time>, StoreError> {
        let query = sql::query("SELECT MAX(made_at) FROM hindcasts WHERE regency = $1");
        Option::read(&query.bind(i64::from(regency.0)).fetch_one(&self.readers).await?, 0)
    }
}
