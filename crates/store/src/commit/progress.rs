//! How far a partition came, moved first of all: a worker that lost the partition writes nothing.

use super::Commit;
use crate::error::StoreError;
use crate::partition::PartitionCommit;
use crate::sql::Connection;
use crate::table::progress::{self, ProgressRow, ProgressStep};
use crate::table::{borders, origins};
use domain::time::Hour;

/// Moves the partition's progress and gives back the last tick before. `None` where this very commit was kept before
/// and only its answer was lost.
pub(super) async fn advance(tx: &mut Connection<'_>, commit: &Commit) -> Result<Option<Hour>, StoreError> {
    let step = ProgressStep {
        partition: commit.partition,
        from_offset: commit.from_offset,
        next_offset: commit.next_offset,
        clock: commit.clock,
        last_tick: commit.last_tick,
    };
    match &commit.partition_commit {
        None if is_kept_alone(tx, commit, &step).await? => Ok(None),
        None => alone(tx, &step).await.map(Some),
        Some(partition_commit) => {
            let moved = shared(tx, &step, partition_commit).await?;
            if moved {
                origins::write(tx, commit.partition, &partition_commit.origins).await?;
                borders::write(tx, &partition_commit.borders).await?;
            }
            Ok(moved.then_some(partition_commit.ticked))
        }
    }
}

/// One worker for the whole log: the offset is fence enough.
async fn alone(tx: &mut Connection<'_>, step: &ProgressStep) -> Result<Hour, StoreError> {
    progress::begin(tx, step.partition, step.clock).await?;
    let before = standing(tx, step).await?;
    if progress::advance(tx, step).await? {
        return Ok(before.last_tick);
    }
    Err(fenced(step, &before))
}

/// True where this very commit of one worker alone was kept before and only its answer was lost: it brought ticks and no
/// records, so the offset that fences it is still the stored one, and what it emitted would be followed twice.
async fn is_kept_alone(
    tx: &mut Connection<'_>,
    commit: &Commit,
    step: &ProgressStep,
) -> Result<bool, StoreError> {
    if step.from_offset != step.next_offset || commit.effects.is_empty() {
        return Ok(false);
    }
    let stored = standing(tx, step).await?;
    Ok((stored.next_offset, stored.clock, stored.last_tick) == (step.next_offset, step.clock, step.last_tick))
}

/// Several workers: the epoch of the claim and the commit's number must be the stored ones.
async fn shared(
    tx: &mut Connection<'_>,
    step: &ProgressStep,
    partition_commit: &PartitionCommit,
) -> Result<bool, StoreError> {
    if progress::advance_owned(tx, step, partition_commit).await? {
        return Ok(true);
    }
    let stored = standing(tx, step).await?;
    let kept = (step.next_offset, partition_commit.epoch, partition_commit.number + 1);
    if (stored.next_offset, stored.epoch, stored.commits) == kept {
        return Ok(false);
    }
    Err(fenced(step, &stored))
}

/// The partition's row; one that nobody claimed reads as one no commit fits.
async fn standing(tx: &mut Connection<'_>, step: &ProgressStep) -> Result<ProgressRow, StoreError> {
    let row = progress::of_partition(tx, step.partition).await?;
    Ok(row.unwrap_or(ProgressRow { next_offset: -1, ..ProgressRow::new(step.partition) }))
}

fn fenced(step: &ProgressStep, stored: &ProgressRow) -> StoreError {
    StoreError::Fenced { partition: step.partition, stored: stored.next_offset, from: step.from_offset }
}
