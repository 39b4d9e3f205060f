//! One worker batch: state, effects and the offset, kept together or not at all.

mod alerts;
mod emitted;
mod incidents;
mod outcomes;
mod progress;
mod reports;

pub(crate) use outcomes::counter;

use crate::across;
use crate::alert::AlertChange;
use crate::error::StoreError;
use crate::ledger::{self, LedgerPolicy};
use crate::partition::PartitionCommit;
use crate::snapshot::{self, SnapshotChunks};
use crate::sql::{Bulk, Cell};
use crate::store::{Store, in_transaction};
use domain::effect::Effect;
use domain::kind::{FeedClass, Kind, Refused};
use domain::place::{Code, Places};
use domain::report::Report;
use domain::time::{Hour, Time};
use sqlx::AnyConnection;
use std::borrow::Borrow;
use std::collections::BTreeMap;
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
    /// In the order the pipeline said them.
    pub effects: Vec<Effect>,
    pub places: Arc<Places>,
    /// Names of the loaded models; an assessment's `model` is a position in it.
    pub models: Vec<String>,
    /// What the pipeline must remember of each (unit, kind); replaces what was kept before.
    pub memory: Vec<(Code, Kind, Vec<u8>)>,
    /// How the ledger is kept; `None` keeps none.
    pub ledger: Option<Arc<LedgerPolicy>>,
    /// Set where several workers share the partitions of one log.
    pub share: Option<PartitionCommit>,
}

/// A report as it came, duplicates included.
#[derive(Clone, PartialEq, Debug)]
pub struct ReportRow {
    pub report: Report,
    pub partition: i32,
    pub offset: i64,
    pub feed_name: String,
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

/// What a commit changed that live pages should hear of.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Committed {
    pub alerts: Vec<AlertChange>,
    /// The last day the ledger froze, where this commit passed a midnight.
    pub day: Option<i64>,
    /// A report's id is another regency's too: who holds it waits as a guest.
    pub contested: bool,
}

impl Store {
    /// Keeps the whole commit in one transaction, alerts and outbox included. Takes a [`Commit`] or a
    /// reference to one: a worker that may try again ([`StoreError::retry`]) keeps it.
    pub async fn commit(&self, commit: impl Borrow<Commit>) -> Result<Committed, StoreError> {
        let committed = in_transaction!(self, tx => write(&mut tx, commit.borrow()).await)?;
        if committed.alerts.iter().any(|change| change.notifies) {
            self.wake_outbox();
        }
        Ok(committed)
    }
}

async fn write(tx: &mut AnyConnection, commit: &Commit) -> Result<Committed, StoreError> {
    let Some(before) = progress::advance(tx, commit).await? else { return Ok(Committed::default()) };
    let effects = emitted::Effects::sort(commit);
    let alerts = alerts::follow(tx, &commit.places, &effects.conditions).await?;
    emitted::conditions(tx, &effects.conditions).await?;
    emitted::assessments(tx, effects.assessments).await?;
    ledger::stir(tx, commit, &effects.incidents).await?;
    // Before the incidents: who holds an id decides whose incident it may be.
    let contested = outcomes::write(tx, commit, effects.outcomes).await?;
    incidents::write(tx, commit.share.as_ref(), effects.incidents).await?;
    if let Some(share) = &commit.share {
        across::taken(tx, &share.regencies, &share.guests, commit.clock).await?;
    }
    reports::dead_letters(tx, commit.partition, &commit.dead_letters).await?;
    memory(tx, &commit.memory).await?;
    snapshot::write(tx, commit.partition, &commit.snapshot).await?;
    let day = ledger::keep(tx, commit, before).await?;
    Ok(Committed { alerts, day, contested })
}

async fn memory(tx: &mut AnyConnection, memory: &[(Code, Kind, Vec<u8>)]) -> Result<(), StoreError> {
    const MEMORY: Bulk = Bulk {
        head: "INSERT INTO memory (code, kind, bytes)",
        columns: 3,
        tail: "ON CONFLICT (code, kind) DO UPDATE SET bytes = excluded.bytes",
    };
    let last: BTreeMap<(Code, Kind), &Vec<u8>> =
        memory.iter().map(|(code, kind, bytes)| ((*code, *kind), bytes)).collect();
    let rows = last.into_iter().map(|((code, kind), bytes)| {
        vec![Cell::Int(i64::from(code.0)), Cell::Text(kind.to_string()), Cell::Bytes(bytes.clone())]
    });
    MEMORY.run(tx, rows.collect()).await?;
    Ok(())
}

/// Adds to a partition's named counters; zero changes nothing. Each partition has its own, so that no two workers
/// wait for one row.
async fn count(
    tx: &mut AnyConnection,
    partition: i32,
    changes: impl IntoIterator<Item = (String, i64)>,
) -> Result<(), StoreError> {
    const COUNT: Bulk = Bulk {
        head: "INSERT INTO counters (log_partition, name, count)",
        columns: 3,
        tail: "ON CONFLICT (log_partition, name) DO UPDATE SET count = counters.count + excluded.count",
    };
    let mut sums = BTreeMap::<String, i64>::new();
    for (name, by) in changes {
        *sums.entry(name).or_default() += by;
    }
    let place = || Cell::Int(i64::from(partition));
    let rows = sums
        .into_iter()
        .filter(|(_, by)| *by != 0)
        .map(|(name, by)| vec![place(), Cell::Text(name), Cell::Int(by)]);
    COUNT.run(tx, rows.collect()).await?;
    Ok(())
}
