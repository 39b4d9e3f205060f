//! Table `counters`: how many records of each partition ended as what. Counters move with the rows, so that the balance
//! is read without counting. Each partition has its own, so that no two workers wait for one row.

use crate::error::StoreError;
use crate::sql::{self, Bulk, Connection, TableRow, get, table_row};
use crate::store::Store;
use std::collections::BTreeMap;

table_row! {
    struct CounterRow in "counters", key 2 {
        log_partition: i32,
        name: String,
        count: i64,
    }
}

const GROW: Bulk = Bulk::new(
    "INSERT INTO counters (log_partition, name, count)",
    3,
    "ON CONFLICT (log_partition, name) DO UPDATE SET count = counters.count + excluded.count",
);
const SHRINK: Bulk = Bulk::new(
    "UPDATE counters SET count = count + v.column3 FROM (",
    3,
    ") AS v WHERE log_partition = v.column1 AND name = v.column2 AND count + v.column3 >= 0",
);

/// Adds to a partition's named counters; zero changes nothing.
///
/// # Errors
/// [`StoreError::Corrupt`] where a counter would fall below zero.
pub(crate) async fn add(
    tx: &mut Connection<'_>,
    partition: i32,
    changes: impl IntoIterator<Item = (String, i64)>,
) -> Result<(), StoreError> {
    let mut sums = BTreeMap::<String, i64>::new();
    for (name, by) in changes {
        *sums.entry(name).or_default() += by;
    }
    let row = |(name, count)| (count, CounterRow { log_partition: partition, name, count });
    add_counts(tx, sums.into_iter().map(row).collect(), GROW, SHRINK).await
}

/// Rows that grow are inserted or added to; rows that shrink must be there, and be large enough.
///
/// # Errors
/// [`StoreError::Corrupt`] where a count would fall below zero.
pub(crate) async fn add_counts<R: TableRow>(
    tx: &mut Connection<'_>,
    changes: Vec<(i64, R)>,
    grow: Bulk,
    shrink: Bulk,
) -> Result<(), StoreError> {
    let (mut more, mut less) = (Vec::new(), Vec::new());
    for (by, row) in changes {
        match by {
            0 => {}
            1.. => more.push(row),
            _ => less.push(row),
        }
    }
    let wanted = less.len() as u64;
    grow.run_rows(tx, more).await?;
    let taken = shrink.run_rows(tx, less).await?;
    if taken != wanted {
        let table = R::TABLE;
        return Err(StoreError::corrupt(format!("{table}: {} counts would fall below zero", wanted - taken)));
    }
    Ok(())
}

/// The counter of an outcome; a report whose outcome was never decided counts under the bare name.
pub(crate) fn of_outcome(outcome: &str) -> String {
    format!("outcome.{outcome}")
}

/// True for a counter that [`of_outcome`] names.
pub(crate) fn is_outcome(name: &str) -> bool {
    name.starts_with("outcome.")
}

/// The counter of dead letters with a reason.
pub(crate) fn of_dead_letter(reason: &str) -> String {
    format!("dead.{reason}")
}

/// Records of the register.
pub(crate) const REGISTRY: &str = "registry";

/// Counts records of the register.
pub(crate) async fn note_registry(
    tx: &mut Connection<'_>,
    partition: i32,
    records: u64,
) -> Result<(), StoreError> {
    let by = i64::try_from(records).unwrap_or(i64::MAX);
    add(tx, partition, [(REGISTRY.to_owned(), by)]).await
}

/// Reports that came after newer ones of their district.
pub(crate) const LATE: &str = "late";

/// All counters, summed over the partitions.
pub(crate) async fn sums(store: &Store) -> Result<BTreeMap<String, i64>, StoreError> {
    const SUMS: &str = "SELECT name, CAST(SUM(count) AS BIGINT) FROM counters GROUP BY name";
    let rows = sql::query(SUMS).fetch_all(&store.readers).await?;
    rows.iter().map(|row| Ok((get(row, 0)?, get(row, 1)?))).collect()
}
