//! One worker batch: state, effects and the offset, kept together or not at all.

mod alerts;
mod clock_step;
mod continued;
mod emitted;
mod incidents;
mod outcomes;
mod progress;

pub(crate) use alerts::open as open_alert;
pub(crate) use emitted::NamedAssessment;
pub(crate) use incidents::IncidentChanges;

use crate::alert::AlertChange;
use crate::error::StoreError;
use crate::ledger;
use crate::partition::PartitionCommit;
use crate::snapshot::{self, SnapshotChunks};
use crate::sql::Connection;
use crate::state;
use crate::store::{Store, in_transaction};
use crate::table::daily_counts::CountChanges;
use crate::table::{assessments, cell_memory, condition_levels, conditions, counters, dead_letters, reports};
use async_recursion::async_recursion as boxed;
use domain::author::StampedAuthor;
use domain::effect::Effect;
use domain::kind::{FeedClass, Kind, Refused};
use domain::place::{Code, Places};
use domain::policy::LedgerPolicy;
use domain::report::Report;
use domain::service_clock::ClockStep;
use domain::time::{Hour, Time};
use emitted::EmittedEffects;
use std::borrow::Borrow;
use std::sync::Arc;

/// What a worker wants kept after a batch of records.
pub struct Commit {
    pub partition: i32,
    /// The first offset of the batch: what the store must still hold as next.
    pub from_offset: i64,
    /// The offset after the batch's last record.
    pub next_offset: i64,
    /// Effective received time after the batch.
    pub clock: Time,
    pub last_tick: Hour,
    pub reports: Vec<ReportRow>,
    /// SnapshotChunks that became full with these reports.
    pub snapshot: SnapshotChunks,
    pub dead_letters: Vec<DeadLetter>,
    /// How many records were of the register or of the clock.
    pub registry_records: u64,
    /// Set where the commit holds the record of a clock that was set back, and nothing else: all its effects are as of then.
    pub clock_step: Option<ClockStep>,
    /// In the order the pipeline emitted them.
    pub effects: Vec<Effect>,
    pub places: Arc<Places>,
    /// Names of the loaded models; an assessment's `model` is a position in it.
    pub models: Vec<String>,
    /// What the pipeline must remember of each (unit, kind); replaces what was kept before.
    pub memory: Vec<(Code, Kind, Vec<u8>)>,
    /// How the ledger is kept; `None` keeps none.
    pub ledger: Option<Arc<LedgerPolicy>>,
    /// Set where several workers share out the partitions of one log.
    pub partition_commit: Option<PartitionCommit>,
}

/// A report as it came, duplicates included.
#[derive(Clone, PartialEq, Debug)]
pub struct ReportRow {
    pub report: Report,
    pub partition: i32,
    pub offset: i64,
    pub feed_name: String,
    /// Who stands behind it, as stamped when it came.
    pub author: StampedAuthor,
    /// A pseudonym.
    pub reporter: Option<String>,
    pub received_at: Time,
    /// Arrived after newer ones of its district.
    pub late: bool,
    /// Happened before the repair horizon: kept, and changed nothing.
    pub history: bool,
    pub summary: Option<String>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    /// The original bytes.
    pub payload: Vec<u8>,
}

/// A record that could not become a report.
#[derive(Clone, PartialEq, Debug)]
pub struct DeadLetter {
    pub partition: i32,
    pub offset: i64,
    pub feed_name: String,
    pub class: FeedClass,
    pub reason: Refused,
    /// The field at fault, where there is one.
    pub field: String,
    pub detail: String,
    pub received_at: Time,
    pub bytes: Vec<u8>,
}

/// What a commit changed that open pages should show.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Committed {
    pub alerts: Vec<AlertChange>,
    /// Incidents that the person on duty is asked to look into.
    pub checks: usize,
    /// The last day the ledger froze, where this commit passed a midnight.
    pub day: Option<i64>,
}

impl Store {
    /// Keeps the whole commit in one transaction, alerts and outbox included. Takes a [`Commit`] or a
    /// reference to one: a worker that may try again ([`StoreError::retry`]) keeps it.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] where another worker owns the partition by now.
    pub async fn commit(&self, commit: impl Borrow<Commit>) -> Result<Committed, StoreError> {
        self.keep(commit.borrow()).await
    }

    #[boxed]
    async fn keep(&self, commit: &Commit) -> Result<Committed, StoreError> {
        let committed = in_transaction!(self, tx => write(&mut tx, commit).await)?;
        if committed.checks > 0 || committed.alerts.iter().any(|change| change.notifies) {
            self.wake_outbox();
        }
        Ok(committed)
    }
}

async fn write(tx: &mut Connection<'_>, commit: &Commit) -> Result<Committed, StoreError> {
    let Some(before) = progress::advance(tx, commit).await? else { return Ok(Committed::default()) };
    if let Some(step) = commit.clock_step {
        clock_step::write(tx, commit, step).await?;
    }
    let effects = EmittedEffects::sort(commit);
    let incidents = IncidentChanges::load(tx, &effects).await?;
    let followed = alerts::follow(tx, commit, &effects, &incidents.before).await?;
    conditions::write(tx, &effects.conditions).await?;
    condition_levels::write(tx, &effects.conditions).await?;
    assessments::write(tx, &effects.assessments).await?;
    ledger::note_rechecks(tx, commit, &incidents).await?;
    let mut counts = CountChanges::default();
    outcomes::write(tx, commit, effects.outcomes, &mut counts).await?;
    reports::set_aside(tx, &effects.set_aside).await?;
    incidents.write(tx, &mut counts).await?;
    counts.write(tx).await?;
    counters::note_registry(tx, commit.partition, commit.registry_records).await?;
    dead_letters::write(tx, commit.partition, &commit.dead_letters).await?;
    cell_memory::write(tx, &commit.memory).await?;
    snapshot::write(tx, commit.partition, &commit.snapshot).await?;
    match &commit.snapshot.state {
        Some(rows) => state::write(tx, commit.partition, (commit.next_offset, rows)).await?,
        // What was seen at the last tick is another after a step.
        None if commit.clock_step.is_some() => state::delete(tx, commit.partition).await?,
        None => {}
    }
    let day = ledger::keep(tx, commit, before).await?;
    followed.outbox.write(tx).await?;
    Ok(Committed { alerts: followed.alerts, checks: followed.checks, day })
}
