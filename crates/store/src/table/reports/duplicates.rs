//! Table `duplicates`: records whose id another record of the same regency and feed holds.

use super::ReportKey;
use crate::codec;
use crate::commit::ReportRow;
use crate::error::StoreError;
use crate::sql::{self, Bulk, Connection, SealedBytes, TableRow, table_row};
use domain::place::Code;
use domain::report::ReportName;
use domain::time::Time;

table_row! {
    struct DuplicateRow in "duplicates", key 2 {
        log_partition: i32,
        log_offset: i64,
        id: ReportName,
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

/// Copies a kept report, with its bytes as they lie in the store, to where records without an id are.
pub(crate) async fn take_report(tx: &mut Connection<'_>, key: ReportKey) -> Result<(), StoreError> {
    let value = |column: &&str| match *column {
        "bytes" => String::from("p.bytes"),
        column => format!("r.{column}"),
    };
    let values: Vec<String> = DuplicateRow::COLUMNS.iter().map(value).collect();
    let text = format!(
        "INSERT INTO duplicates ({}) SELECT {} FROM reports r \
         JOIN payloads p ON p.id = r.id AND p.regency = r.regency WHERE r.id = $1 AND r.regency = $2",
        sql::columns::<DuplicateRow>(""),
        values.join(", ")
    );
    sql::query(text).bind_all(key.cells()).execute(tx).await?;
    Ok(())
}
