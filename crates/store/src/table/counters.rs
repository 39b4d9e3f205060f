//! Table `counters`: how many records of each partition ended as what. Counters move with the rows, so that the balance
//! is read without counting. Each partition has its own, so that no two workers wait for one row.

use crate::error::StoreError;
use crate::sql::{self, Bulk, Connection, get, table_row};
use crate::store::Store;
use std::collections::BTreeMap;

table_row! {
    struct CounterRow in "counters", key 2 {
        log_partition: i32,
        name: String,
        count: i64,
    }
}

/// Adds to a partition's named counters; zero changes nothing.
pub(crate) async fn add(
    tx: &mut Connection<'_>,
    partition: i32,
    changes: impl IntoIterator<Item = (String, i64)>,
) -> Result<(), StoreError> {
    const ADD: &str =
        "ON CONFLICT (log_partition, name) DO UPDATE SET count = counters.count + excluded.count";
    let mut sums = BTreeMap::<String, i64>::new();
    for (name, by) in changes {
        *sums.entry(name).or_default() += by;
    }
    let rows = sums.into_iter().filter(|(_, by)| *by != 0);
    let rows = rows.map(|(name, count)| CounterRow { log_partition: partition, name, count });
    Bulk::insert::<CounterRow>().with_tail(ADD).run_rows(tx, rows).await?;
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

/// Reports that came after newer ones of their district.
pub(crate) const LATE: &str = "late";

/// All counters, summed over the partitions.
pub(crate) async fn sums(store: &Store) -> Result<BTreeMap<String, i64>, StoreError> {
    const SUMS: &str = "SELECT name, CAST(SUM(count) AS BIGINT) FROM counters GROUP BY name";
    let rows = sql::query(SUMS).fetch_all(&store.readers).await?;
    rows.iter().map(|row| Ok((get(row, 0)?, get(row, 1)?))).collect()
}
