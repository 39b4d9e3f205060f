//! Several workers share the partitions of one log: who owns which, what lies across borders, what others were told.
//!
//! A claim raises the partition's epoch; a commit of an older epoch is refused, so a worker that slept through its
//! own replacement writes nothing. A commit also has a number: one whose answer was lost may be tried again.

use crate::error::StoreError;
use crate::sql::{self, Bulk, Cell, Connection, SqlRow, SqlStatement, get};
use crate::store::{Store, in_transaction};
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

/// The 14-day sum of a slot, faded from the bucket's hour, as a tick saw it.
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
    pub async fn claim(&self, partition: i32) -> Result<PartitionClaim, StoreError> {
        in_transaction!(self, tx => take(&mut tx, partition).await)
    }

    /// Up to which hour each of these partitions has everything that was received.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn complete_to(&self, partitions: &[i32]) -> Result<Vec<(i32, Hour)>, StoreError> {
        let mut select = SqlStatement::new("SELECT log_partition, complete_to FROM progress WHERE");
        select.add_in(
            "log_partition",
            partitions.iter().map(|partition| Cell::Int(i64::from(*partition))).collect(),
        );
        let rows = select.fetch_all(&self.readers).await?;
        rows.iter().map(|row| Ok((sql::small(row, 0)?, Hour(sql::small(row, 1)?)))).collect()
    }

    /// What is known of units across the border: as the newest tick saw them, and as the one before did.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn borders(&self, codes: &[Code]) -> Result<Vec<[BorderSum; 2]>, StoreError> {
        let mut found = Vec::new();
        for codes in codes.chunks(1000) {
            let mut select = SqlStatement::new(
                "SELECT code, kind, tick, bucket, sum_14d, previous_tick, previous_bucket, previous_sum_14d FROM borders WHERE",
            );
            select.add_in("code", codes.iter().map(|code| Cell::Int(i64::from(code.0))).collect());
            for row in &select.fetch_all(&self.readers).await? {
                found.push([border(row, 2)?, border(row, 5)?]);
            }
        }
        Ok(found)
    }
}

async fn take(tx: &mut Connection<'_>, partition: i32) -> Result<PartitionClaim, StoreError> {
    let row = sql::query(
        "INSERT INTO progress (log_partition, next_offset, clock, last_tick, epoch, published) \
         VALUES ($1, 0, $2, 0, 1, $2) ON CONFLICT (log_partition) DO UPDATE SET epoch = progress.epoch + 1 \
         RETURNING epoch, commits, next_offset, clock, last_tick, complete_to, published",
    )
    .bind(i64::from(partition))
    .bind(Time::MIN.0)
    .fetch_one(&mut *tx)
    .await?;
    let origins = sql::query(
        "SELECT topic, origin_partition, next_offset FROM origins WHERE log_partition = $1 ORDER BY topic, origin_partition",
    )
    .bind(i64::from(partition))
    .fetch_all(&mut *tx)
    .await?;
    let origin = |row: &SqlRow| {
        Ok(Origin { topic: get(row, 0)?, partition: sql::small(row, 1)?, next_offset: get(row, 2)? })
    };
    Ok(PartitionClaim {
        epoch: get(&row, 0)?,
        commits: get(&row, 1)?,
        next_offset: get(&row, 2)?,
        clock: Time(get(&row, 3)?),
        last_tick: Hour(sql::small(&row, 4)?),
        complete_to: Hour(sql::small(&row, 5)?),
        published: Time(get(&row, 6)?),
        origins: origins.iter().map(origin).collect::<Result<_, StoreError>>()?,
    })
}

fn border(row: &SqlRow, from: usize) -> Result<BorderSum, StoreError> {
    let bits: i64 = get(row, from + 2)?;
    Ok(BorderSum {
        code: Code(sql::small(row, 0)?),
        kind: sql::word(row, 1, Kind::parse)?,
        view: BorderView {
            tick: Hour(sql::small(row, from)?),
            bucket: Hour(sql::small(row, from + 1)?),
            fortnight: f64::from_bits(bits as u64),
        },
    })
}

pub(crate) async fn write_origins(
    tx: &mut Connection<'_>,
    partition: i32,
    origins: &[Origin],
) -> Result<(), StoreError> {
    const ORIGINS: Bulk = Bulk::new(
        "INSERT INTO origins (log_partition, topic, origin_partition, next_offset)",
        4,
        "ON CONFLICT (log_partition, topic, origin_partition) DO UPDATE SET next_offset = excluded.next_offset",
    );
    let rows = origins.iter().map(|origin| {
        vec![
            Cell::Int(i64::from(partition)),
            Cell::Text(origin.topic.clone()),
            Cell::Int(i64::from(origin.partition)),
            Cell::Int(origin.next_offset),
        ]
    });
    ORIGINS.run(tx, rows.collect()).await?;
    Ok(())
}

pub(crate) async fn write_borders(tx: &mut Connection<'_>, borders: &[BorderSum]) -> Result<(), StoreError> {
    // What a tick replaces stays as the view before it: a neighbour may be one tick behind.
    const BORDERS: Bulk = Bulk::new(
        "INSERT INTO borders (code, kind, tick, bucket, sum_14d, previous_tick, previous_bucket, previous_sum_14d)",
        8,
        "ON CONFLICT (code, kind) DO UPDATE SET previous_tick = borders.tick, \
         previous_bucket = borders.bucket, previous_sum_14d = borders.sum_14d, tick = excluded.tick, \
         bucket = excluded.bucket, sum_14d = excluded.sum_14d",
    );
    let rows = borders.iter().map(|border| {
        let view = border.view;
        vec![
            Cell::Int(i64::from(border.code.0)),
            Cell::Text(border.kind.to_string()),
            Cell::Int(i64::from(view.tick.0)),
            Cell::Int(i64::from(view.bucket.0)),
            Cell::Int(view.fortnight.to_bits() as i64),
            // Nothing was known before.
            Cell::Int(0),
            Cell::Int(0),
            Cell::Int(0),
        ]
    });
    BORDERS.run(tx, rows.collect()).await?;
    Ok(())
}
