//! Table `cell_memory`: what the pipeline must remember of each (unit, kind), in its own format.

use crate::error::StoreError;
use crate::sql::{self, Bulk, Connection, table_row};
use crate::store::Store;
use async_recursion::async_recursion as boxed;
use domain::kind::Kind;
use domain::place::Code;
use std::collections::BTreeMap;

table_row! {
    struct CellMemoryRow in "cell_memory", key 2 {
        code: Code,
        kind: Kind,
        bytes: Vec<u8>,
    }
}

/// Replaces what was remembered of each cell; the last of several words on one cell counts.
pub(crate) async fn write(
    tx: &mut Connection<'_>,
    memory: &[(Code, Kind, Vec<u8>)],
) -> Result<(), StoreError> {
    let last: BTreeMap<(Code, Kind), &Vec<u8>> =
        memory.iter().map(|(code, kind, bytes)| ((*code, *kind), bytes)).collect();
    let row =
        |((code, kind), bytes): ((Code, Kind), &Vec<u8>)| CellMemoryRow { code, kind, bytes: bytes.clone() };
    Bulk::upsert::<CellMemoryRow>().run_rows(tx, last.into_iter().map(row)).await?;
    Ok(())
}

impl Store {
    /// What the pipeline asked to remember, by code and kind.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn memory(&self) -> Result<Vec<(Code, Kind, Vec<u8>)>, StoreError> {
        self.remembered("1 = 1").await
    }

    /// The same of some regencies only.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn memory_of(&self, regencies: &[Code]) -> Result<Vec<(Code, Kind, Vec<u8>)>, StoreError> {
        match regencies {
            [] => Ok(Vec::new()),
            own => self.remembered(&format!("code - code % 100 IN {}", code_list(own))).await,
        }
    }

    async fn remembered(&self, of: &str) -> Result<Vec<(Code, Kind, Vec<u8>)>, StoreError> {
        let text = format!("{} {of} ORDER BY code, kind", sql::select::<CellMemoryRow>());
        let rows = sql::query(text).fetch_all(&self.readers).await?;
        let rows = sql::read_all::<CellMemoryRow>(&rows)?;
        Ok(rows.into_iter().map(|row| (row.code, row.kind, row.bytes)).collect())
    }
}

/// One question for all of a partition's regencies: their number is the partition's own, so the text is always the same.
pub(crate) fn code_list(codes: &[Code]) -> String {
    let codes: Vec<String> = codes.iter().map(|code| code.0.to_string()).collect();
    format!("({})", codes.join(", "))
}
