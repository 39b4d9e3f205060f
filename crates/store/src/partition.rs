//! Several workers share the partitions of one log: who owns which, what lies across borders, what others were sent.
//!
//! A claim raises the partition's epoch; a commit of an older epoch is refused, so a worker that slept through its
//! own replacement writes nothing. A commit also has a number: one whose answer was lost may be tried again.

use crate::error::StoreError;
use crate::sql::Connection;
use crate::store::{Store, in_transaction};
use crate::table::{progress, topic_offsets};
use async_recursion::async_recursion as boxed;
use domain::kind::Kind;
use domain::place::Code;
use domain::time::{Hour, Time};

/// What a commit carries where several workers share the log.
#[derive(Clone, PartialEq, Debug)]
pub struct PartitionCommit {
    pub epoch: i64,
    /// Commits kept before this one.
    pub number: i64,
    /// Every record received before this hour is in.
    pub complete_to: Hour,
    /// The last tick of the commit before.
    pub ticked: Hour,
    /// What was emitted up to this received time is with the broker.
    pub published: Time,
    pub origins: Vec<Origin>,
    pub borders: Vec<BorderSum>,
    /// The partition's own: nothing of others' is changed.
    pub regencies: Vec<Code>,
}

/// How far a feed's own topic is in this partition.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Origin {
    pub topic: String,
    pub partition: i32,
    pub next_offset: i64,
}

/// The 14-day sum of a slot, as a tick saw it, and the hour at which it weighs that.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct BorderView {
    pub tick: Hour,
    pub bucket: Hour,
    pub fortnight: f64,
}

/// What regencies of other partitions see of a unit.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct BorderSum {
    pub code: Code,
    pub kind: Kind,
    pub view: BorderView,
}

/// A partition as its new owner finds it.
#[derive(Clone, PartialEq, Debug)]
pub struct PartitionClaim {
    pub epoch: i64,
    pub commits: i64,
    pub next_offset: i64,
    pub clock: Time,
    pub last_tick: Hour,
    pub complete_to: Hour,
    pub published: Time,
    pub origins: Vec<Origin>,
}

impl PartitionClaim {
    /// Nothing was ever committed.
    pub fn is_new(&self) -> bool {
        self.clock == Time::MIN
    }
}

impl Store {
    /// Takes a partition over: from here on the commits of every earlier owner are refused.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn claim(&self, partition: i32) -> Result<PartitionClaim, StoreError> {
        in_transaction!(self, tx => take(&mut tx, partition).await)
    }

    /// The offset of the first record of a partition that is not in the state yet.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn first_waiting(&self, partition: i32) -> Result<i64, StoreError> {
        let rows = progress::of_partitions(self, &[partition]).await?;
        Ok(rows.first().map_or(0, |row| row.next_offset))
    }

    /// Up to which hour each of these partitions has everything that was received.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn complete_to(&self, partitions: &[i32]) -> Result<Vec<(i32, Hour)>, StoreError> {
        let rows = progress::of_partitions(self, partitions).await?;
        Ok(rows.into_iter().map(|row| (row.log_partition, row.complete_to)).collect())
    }
}

async fn take(tx: &mut Connection<'_>, partition: i32) -> Result<PartitionClaim, StoreError> {
    let row = progress::claim(tx, partition).await?;
    Ok(PartitionClaim {
        epoch: row.epoch,
        commits: row.commits,
        next_offset: row.next_offset,
        clock: row.clock,
        last_tick: row.last_tick,
        complete_to: row.complete_to,
        published: row.published,
        origins: topic_offsets::of_partition(tx, partition).await?,
    })
}
