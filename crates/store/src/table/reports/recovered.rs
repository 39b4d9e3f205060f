//! Reports as a worker reads them at its start: of `reports` and of `duplicates`, in the order of the log.

use crate::codec;
use crate::error::StoreError;
use crate::recover::RecoveredReport;
use crate::sql::{self, SqlRow, SqlStatement, TableRow, table_row};
use domain::place::Code;
use domain::time::Time;

table_row! {
    struct RecoveredRow in "reports", key 0 {
        encoded: Vec<u8>,
        received_at: Time,
        late: bool,
        beyond_horizon: bool,
        log_partition: i32,
        log_offset: i64,
    }
}

/// Every kept report; of two that share an id only the one that counts.
pub(crate) fn kept() -> SqlStatement {
    sql::query(format!("{} 1 = 1 ORDER BY log_partition, log_offset", sql::select::<RecoveredRow>()))
}

/// The kept reports of a regency, by the time of what happened.
pub(crate) fn of_regency(regency: Code) -> SqlStatement {
    let all = format!("{} regency = $1 ORDER BY at", sql::select::<RecoveredRow>());
    sql::query(all).bind(i64::from(regency.0))
}

/// Reports and those that lost their id, each narrowed by a condition.
pub(crate) fn with_duplicates(of_reports: &str, of_duplicates: &str) -> SqlStatement {
    let columns = sql::columns::<RecoveredRow>("");
    // One that lost its id never was late nor beyond the horizon: it changed nothing.
    let of_lost = columns.replace("late, beyond_horizon", "0, 0");
    sql::query(format!(
        "SELECT {columns} FROM reports WHERE {of_reports} UNION ALL \
         SELECT {of_lost} FROM duplicates WHERE {of_duplicates} ORDER BY log_partition, log_offset"
    ))
}

/// The report of a row of these statements.
pub(crate) fn report(row: &SqlRow) -> Result<RecoveredReport, StoreError> {
    let row = RecoveredRow::read(row, 0)?;
    Ok(RecoveredReport {
        report: codec::decode(&row.encoded)?,
        received_at: row.received_at,
        late: row.late,
        history: row.beyond_horizon,
    })
}
