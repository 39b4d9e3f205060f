//! How far a partition came, moved first of all: a worker that lost the partition writes nothing.

use super::Commit;
use crate::error::StoreError;
use crate::partition::{self, PartitionCommit};
use crate::sql::{self, Connection};
use domain::time::Hour;

/// Moves the partition's progress and gives back the last tick before. `None` where this very commit was kept before
/// and only its answer was lost.
pub(super) async fn advance(tx: &mut Connection<'_>, commit: &Commit) -> Result<Option<Hour>, StoreError> {
    match &commit.share {
        None => alone(tx, commit).await.map(Some),
        Some(share) => {
            let moved = shared(tx, commit, share).await?;
            if moved {
                partition::write_origins(tx, commit.partition, &share.origins).await?;
                partition::write_borders(tx, &share.borders).await?;
            }
            Ok(moved.then_some(share.ticked))
        }
    }
}

/// One worker for the whole log: the offset is fence enough.
async fn alone(tx: &mut Connection<'_>, commit: &Commit) -> Result<Hour, StoreError> {
    sql::query(
        "INSERT INTO progress (log_partition, next_offset, clock, last_tick) VALUES ($1, 0, $2, 0) \
         ON CONFLICT (log_partition) DO NOTHING",
    )
    .bind(i64::from(commit.partition))
    .bind(commit.clock.0)
    .execute(tx)
    .await?;
    let row = sql::query("SELECT last_tick FROM progress WHERE log_partition = $1")
        .bind(i64::from(commit.partition))
        .fetch_one(&mut *tx)
        .await?;
    let before = Hour(sql::small(&row, 0)?);
    let moved = sql::query(
        "UPDATE progress SET next_offset = $1, clock = $2, last_tick = $3 WHERE log_partition = $4 AND next_offset = $5",
    )
    .bind(commit.next_offset)
    .bind(commit.clock.0)
    .bind(i64::from(commit.last_tick.0))
    .bind(i64::from(commit.partition))
    .bind(commit.from_offset)
    .execute(tx)
    .await?;
    if moved == 1 {
        return Ok(before);
    }
    let (stored, _, _) = standing(tx, commit.partition).await?;
    Err(StoreError::Fenced { partition: commit.partition, stored, from: commit.from_offset })
}

/// Several workers: the epoch of the claim and the commit's number must be the stored ones.
async fn shared(
    tx: &mut Connection<'_>,
    commit: &Commit,
    share: &PartitionCommit,
) -> Result<bool, StoreError> {
    let moved = sql::query(
        "UPDATE progress SET next_offset = $1, clock = $2, last_tick = $3, complete_to = $4, published = $5, \
         commits = commits + 1 WHERE log_partition = $6 AND next_offset = $7 AND epoch = $8 AND commits = $9",
    )
    .bind(commit.next_offset)
    .bind(commit.clock.0)
    .bind(i64::from(commit.last_tick.0))
    .bind(i64::from(share.complete_to.0))
    .bind(share.published.0)
    .bind(i64::from(commit.partition))
    .bind(commit.from_offset)
    .bind(share.epoch)
    .bind(share.number)
    .execute(tx)
    .await?;
    if moved == 1 {
        return Ok(true);
    }
    let (stored, epoch, commits) = standing(tx, commit.partition).await?;
    if (stored, epoch, commits) == (commit.next_offset, share.epoch, share.number + 1) {
        return Ok(false);
    }
    Err(StoreError::Fenced { partition: commit.partition, stored, from: commit.from_offset })
}

async fn standing(tx: &mut Connection<'_>, partition: i32) -> Result<(i64, i64, i64), StoreError> {
    let row = sql::query("SELECT next_offset, epoch, commits FROM progress WHERE log_partition = $1")
        .bind(i64::from(partition))
        .fetch_optional(tx)
        .await?;
    row.map_or(Ok((-1, 0, 0)), |row| Ok((sql::get(&row, 0)?, sql::get(&row, 1)?, sql::get(&row, 2)?)))
}
