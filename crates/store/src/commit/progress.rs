//! How far a partition came, moved first of all: a worker that lost the partition writes nothing.

use super::Commit;
use crate::error::StoreError;
use crate::partition::PartitionCommit;
use crate::sql::Connection;
use crate::table::progress::{self, ProgressRow, ProgressStep};
use crate::table::{borders, topic_offsets};
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
        sets_clock_back: commit.clock_step.is_some(),
    };
    require_room(commit)?;
    match &commit.partition_commit {
        None if is_kept_alone(tx, commit, &step).await? => Ok(None),
        None => alone(tx, &step).await.map(Some),
        Some(partition_commit) => {
            let moved = shared(tx, &step, partition_commit).await?;
            if moved {
                topic_offsets::write(tx, commit.partition, &partition_commit.origins).await?;
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
    if before.next_offset == step.from_offset {
        require_forward(step, &before)?;
    }
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
    let fits = (step.from_offset, partition_commit.epoch, partition_commit.number);
    if (stored.next_offset, stored.epoch, stored.commits) == fits {
        require_forward(step, &stored)?;
    }
    Err(fenced(step, &stored))
}

/// Offset, clock and last tick never fall, but for the clock in the commit that says it was set back.
fn require_forward(step: &ProgressStep, stored: &ProgressRow) -> Result<(), StoreError> {
    let partition = step.partition;
    let error = |what| {
        format!("a commit of partition {partition} would take its {what} back; nothing of it was kept")
    };
    step.falls(stored).map_or(Ok(()), |what| Err(StoreError::corrupt(error(what))))
}

/// Every record has an offset of its own: a batch holds no more of them than it has offsets.
fn require_room(commit: &Commit) -> Result<(), StoreError> {
    let offsets = u64::try_from(commit.next_offset.saturating_sub(commit.from_offset)).ok();
    let records = (commit.reports.len() + commit.dead_letters.len()) as u64 + commit.registry_records;
    match offsets {
        Some(offsets) if records <= offsets => Ok(()),
        _ => Err(StoreError::corrupt(format!(
            "a commit of partition {} brings {records} records from offset {} to {}; nothing of it was kept",
            commit.partition, commit.from_offset, commit.next_offset
        ))),
    }
}

/// The partition's row; one that nobody claimed reads as one no commit fits.
async fn standing(tx: &mut Connection<'_>, step: &ProgressStep) -> Result<ProgressRow, StoreError> {
    let row = progress::of_partition(tx, step.partition).await?;
    Ok(row.unwrap_or(ProgressRow { next_offset: -1, ..ProgressRow::new(step.partition) }))
}

fn fenced(step: &ProgressStep, stored: &ProgressRow) -> StoreError {
    StoreError::Fenced { partition: step.partition, stored: stored.next_offset, from: step.from_offset }
}
