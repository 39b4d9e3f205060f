//! Table `snapshots`: the chunks of each partition's snapshot, and under numbers below zero its state.

use crate::error::StoreError;
use crate::sql::{self, Bulk, Column, Connection, SqlRow, TableRow, table_row};
use crate::store::Store;
use futures::stream::BoxStream;

table_row! {
    pub(crate) struct SnapshotRow in "snapshots", key 2 {
        pub log_partition: i32,
        pub number: i64,
        /// The format's version, and whose reports these are.
        pub scope: String,
        /// Everything before this offset is in this row and those before it; -1 where more follows.
        pub upto: i64,
        pub bytes: Vec<u8>,
    }
}

table_row! {
    /// A chunk without its bytes.
    pub(crate) struct SnapshotExtentRow in "snapshots", key 0 {
        pub number: i64,
        pub scope: String,
        pub upto: i64,
    }
}

/// Deletes a partition's chunks.
pub(crate) async fn delete(tx: &mut Connection<'_>, partition: i32) -> Result<(), StoreError> {
    sql::query("DELETE FROM snapshots WHERE log_partition = $1 AND number >= 0")
        .bind_all([partition.cell()])
        .execute(tx)
        .await?;
    Ok(())
}

/// Deletes a partition's state.
pub(crate) async fn delete_state(tx: &mut Connection<'_>, partition: i32) -> Result<(), StoreError> {
    sql::query("DELETE FROM snapshots WHERE log_partition = $1 AND number < 0")
        .bind_all([partition.cell()])
        .execute(tx)
        .await?;
    Ok(())
}

/// Writes one chunk: a hundred kilobytes and more, so one at a time.
pub(crate) async fn insert(tx: &mut Connection<'_>, chunk: SnapshotRow) -> Result<(), StoreError> {
    Bulk::insert::<SnapshotRow>().run_rows(tx, [chunk]).await?;
    Ok(())
}

/// A partition's chunks without their bytes, in order.
pub(crate) async fn extent(store: &Store, partition: i32) -> Result<Vec<SnapshotExtentRow>, StoreError> {
    let text =
        format!("{} log_partition = $1 AND number >= 0 ORDER BY number", sql::select::<SnapshotExtentRow>());
    sql::read_all(&sql::query(text).bind_all([partition.cell()]).fetch_all(&store.readers).await?)
}

/// A partition's chunks in order, each as it comes.
pub(crate) fn stream(store: &Store, partition: i32) -> BoxStream<'_, Result<SqlRow, StoreError>> {
    let text = format!("{} log_partition = $1 AND number >= 0 ORDER BY number", sql::select::<SnapshotRow>());
    store.readers.stream(sql::query(text).bind_all([partition.cell()]))
}

/// The rows of a partition's state, the head first, each as it comes.
pub(crate) fn stream_state(store: &Store, partition: i32) -> BoxStream<'_, Result<SqlRow, StoreError>> {
    let all = "log_partition = $1 AND number < 0 ORDER BY number DESC";
    let text = format!("{} {all}", sql::select::<SnapshotRow>());
    store.readers.stream(sql::query(text).bind_all([partition.cell()]))
}

/// The chunk of a row of [`stream`], or a row of [`stream_state`].
pub(crate) fn chunk(row: &SqlRow) -> Result<SnapshotRow, StoreError> {
    SnapshotRow::read(row, 0)
}
