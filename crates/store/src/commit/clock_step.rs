//! The clock was set back: what is ordered by time stays in its order, and what waits for a time does not wait the step longer.
//!
//! Nothing is taken away. What was emitted while the clock was ahead had been emitted by the time it was set back, so it
//! comes right before that instant, and what follows comes after it, as it did.

use super::Commit;
use crate::error::StoreError;
use crate::ledger::OwnedRegencies;
use crate::sql::Connection;
use crate::table::{assessments, condition_levels, deliveries, feeds, progress};
use domain::service_clock::ClockStep;

/// Follows the step of a commit's partition; before any effect of the commit is written.
pub(super) async fn write(
    tx: &mut Connection<'_>,
    commit: &Commit,
    step: ClockStep,
) -> Result<(), StoreError> {
    let own = OwnedRegencies::of(commit);
    assessments::set_back(tx, &own, step.to).await?;
    condition_levels::set_back(tx, &own, step.to).await?;
    deliveries::set_back(tx, step).await?;
    feeds::set_back(tx, step).await?;
    progress::note_clock_step(tx, commit.partition, step).await
}
