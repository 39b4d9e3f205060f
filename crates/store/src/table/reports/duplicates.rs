//! Table `duplicates`: records whose id another record of the same regency holds.

use super::ReportKey;
use crate::codec;
use crate::commit::ReportRow;
use crate::error::StoreError;
use crate::sql::{Bulk, Connection, SealedBytes, table_row};
use domain::place::Code;
use domain::report::ReportId;
use domain::time::Time;

table_row! {
    struct DuplicateRow in "duplicates", key 2 {
        log_partition: i32,
        log_offset: i64,
        id: ReportId,
        regency: Code,
        feed: String,
        received_at: Time,
        encoded: Vec<u8>,
        /// Empty where the bytes are those of the report that holds the id.
        bytes: SealedBytes,
    }
}

/// A record that lost its id.
pub(crate) struct Duplicate<'a> {
    pub row: &'a ReportRow,
    /// True where its bytes are not those of the report that holds the id.
    pub differs: bool,
}

pub(crate) async fn insert(tx: &mut Connection<'_>, new: &[Duplicate<'_>]) -> Result<(), StoreError> {
    let row = |duplicate: &Duplicate<'_>| {
        let row = duplicate.row;
        let ReportKey { regency, id } = ReportKey::of(&row.report);
        DuplicateRow {
            log_partition: row.partition,
            log_offset: row.offset,
            id,
            regency,
            feed: row.feed_name.clone(),
            received_at: row.received_at,
            encoded: codec::encode(&row.report),
            bytes: SealedBytes(if duplicate.differs { row.payload.clone() } else { Vec::new() }),
        }
    };
    Bulk::insert::<DuplicateRow>().run_rows(tx, new.iter().map(row)).await?;
    Ok(())
}
