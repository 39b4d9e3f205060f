//! Table `topic_offsets`: how far each feed's own topic is in a partition, so that a record that intake sent twice is taken once.

use crate::error::StoreError;
use crate::partition::Origin;
use crate::sql::{self, Bulk, Connection, table_row};

table_row! {
    struct TopicOffsetRow in "topic_offsets", key 3 {
        log_partition: i32,
        topic: String,
        origin_partition: i32,
        next_offset: i64,
    }
}

/// How far the topics are in a partition, in order of topic and partition.
pub(crate) async fn of_partition(tx: &mut Connection<'_>, partition: i32) -> Result<Vec<Origin>, StoreError> {
    let text =
        format!("{} log_partition = $1 ORDER BY topic, origin_partition", sql::select::<TopicOffsetRow>());
    let rows = sql::query(text).bind(i64::from(partition)).fetch_all(tx).await?;
    let origin = |row: TopicOffsetRow| Origin {
        topic: row.topic,
        partition: row.origin_partition,
        next_offset: row.next_offset,
    };
    Ok(sql::read_all::<TopicOffsetRow>(&rows)?.into_iter().map(origin).collect())
}

/// Moves the topics of a partition to where a commit has them.
pub(crate) async fn write(
    tx: &mut Connection<'_>,
    partition: i32,
    origins: &[Origin],
) -> Result<(), StoreError> {
    let row = |origin: &Origin| TopicOffsetRow {
        log_partition: partition,
        topic: origin.topic.clone(),
        origin_partition: origin.partition,
        next_offset: origin.next_offset,
    };
    Bulk::upsert::<TopicOffsetRow>().run_rows(tx, origins.iter().map(row)).await?;
    Ok(())
}
