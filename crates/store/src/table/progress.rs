//! Table `progress`: how far each partition of the log is committed, and the epoch of its owner.

use crate::error::StoreError;
use crate::partition::PartitionCommit;
use crate::sql::{self, Bulk, Cell, Column, Connection, SqlStatement, TableRow, table_row};
use crate::store::Store;
use domain::service_clock::ClockStep;
use domain::time::{Hour, Time};

table_row! {
    pub(crate) struct ProgressRow in "progress", key 1 {
        pub log_partition: i32,
        pub next_offset: i64,
        /// Effective received time of the last record; `Time::MIN` before the first.
        pub clock: Time,
        pub last_tick: Hour,
        /// Grows with every claim.
        pub epoch: i64,
        pub commits: i64,
        /// Every record received before this hour is in.
        pub complete_to: Hour,
        /// What was emitted up to this received time is with the broker.
        pub published: Time,
        /// When the clock was last set back: what it had come to, and to what; both 0 where it never was.
        pub stepped_from: Time,
        pub stepped_to: Time,
    }
}

impl ProgressRow {
    /// A partition that nobody owned and nothing was committed of.
    pub fn new(partition: i32) -> ProgressRow {
        ProgressRow {
            log_partition: partition,
            next_offset: 0,
            clock: Time::MIN,
            last_tick: Hour(0),
            epoch: 0,
            commits: 0,
            complete_to: Hour(0),
            published: Time(0),
            stepped_from: Time(0),
            stepped_to: Time(0),
        }
    }
}

impl ProgressRow {
    /// How the clock was last set back.
    pub fn clock_step(&self) -> Option<ClockStep> {
        let step = ClockStep { from: self.stepped_from, to: self.stepped_to };
        (step.from > step.to).then_some(step)
    }
}

/// Notes that the clock was set back.
pub(crate) async fn note_clock_step(
    tx: &mut Connection<'_>,
    partition: i32,
    step: ClockStep,
) -> Result<(), StoreError> {
    const NOTE: &str = "UPDATE progress SET stepped_from = $1, stepped_to = $2 WHERE log_partition = $3";
    let cells = [step.from.cell(), step.to.cell(), partition.cell()];
    sql::query(NOTE).bind_all(cells).execute(tx).await?;
    Ok(())
}

/// Takes a partition over: its row with an epoch that nobody had before.
pub(crate) async fn claim(tx: &mut Connection<'_>, partition: i32) -> Result<ProgressRow, StoreError> {
    let text = format!(
        "{} ON CONFLICT (log_partition) DO UPDATE SET epoch = progress.epoch + 1 RETURNING {}",
        sql::insert_one::<ProgressRow>(),
        sql::columns::<ProgressRow>("")
    );
    let first = ProgressRow { epoch: 1, published: Time::MIN, ..ProgressRow::new(partition) };
    ProgressRow::read(&sql::query(text).bind_all(first.cells()).fetch_one(tx).await?, 0)
}

/// Makes the partition's row where there is none.
pub(crate) async fn begin(tx: &mut Connection<'_>, partition: i32, clock: Time) -> Result<(), StoreError> {
    let row = ProgressRow { clock, ..ProgressRow::new(partition) };
    Bulk::insert_new::<ProgressRow>().run_rows(tx, [row]).await?;
    Ok(())
}

/// Begins a partition of a new log at the clock of the old one, or of the one of several that is furthest.
pub(crate) async fn begin_after(
    tx: &mut Connection<'_>,
    partition: i32,
    clock: Time,
    last_tick: Hour,
    stepped: Option<ClockStep>,
) -> Result<(), StoreError> {
    const LATEST: &str = "ON CONFLICT (log_partition) DO UPDATE SET \
         clock = CASE WHEN excluded.clock > progress.clock THEN excluded.clock ELSE progress.clock END, \
         last_tick = CASE WHEN excluded.last_tick > progress.last_tick THEN excluded.last_tick ELSE progress.last_tick END";
    let stepped = stepped.unwrap_or(ClockStep { from: Time(0), to: Time(0) });
    let row = ProgressRow {
        clock,
        last_tick,
        stepped_from: stepped.from,
        stepped_to: stepped.to,
        complete_to: last_tick,
        published: Time::MIN,
        ..ProgressRow::new(partition)
    };
    Bulk::insert::<ProgressRow>().with_tail(LATEST).run_rows(tx, [row]).await?;
    Ok(())
}

/// The partition's row, read inside a transaction.
pub(crate) async fn of_partition(
    tx: &mut Connection<'_>,
    partition: i32,
) -> Result<Option<ProgressRow>, StoreError> {
    let text = format!("{} log_partition = $1", sql::select::<ProgressRow>());
    let row = sql::query(text).bind(i64::from(partition)).fetch_optional(tx).await?;
    row.map(|row| ProgressRow::read(&row, 0)).transpose()
}

/// How far a commit moves its partition.
pub(crate) struct ProgressStep {
    pub partition: i32,
    /// What must still be the stored offset.
    pub from_offset: i64,
    pub next_offset: i64,
    pub clock: Time,
    pub last_tick: Hour,
    /// True for the commit of a clock step, the only one after which it may be earlier than before.
    pub sets_clock_back: bool,
}

impl ProgressStep {
    /// What of a partition would fall by this; `None` where nothing would.
    pub fn falls(&self, stored: &ProgressRow) -> Option<&'static str> {
        match () {
            () if self.next_offset < self.from_offset => Some("offset"),
            () if self.sets_clock_back => None,
            () if self.clock < stored.clock => Some("clock"),
            () if self.last_tick < stored.last_tick => Some("last tick"),
            () => None,
        }
    }
}

/// Moves a partition that one worker has alone; false where its offset is another by now.
pub(crate) async fn advance(tx: &mut Connection<'_>, step: &ProgressStep) -> Result<bool, StoreError> {
    const ADVANCE: &str = "UPDATE progress SET next_offset = $1, clock = $2, last_tick = $3 \
         WHERE log_partition = $4 AND next_offset = $5";
    let cells = [
        step.next_offset.cell(),
        step.clock.cell(),
        step.last_tick.cell(),
        step.partition.cell(),
        step.from_offset.cell(),
    ];
    Ok(sql::query(ADVANCE).bind_all(cells).execute(tx).await? == 1)
}

/// Moves a partition under its owner's epoch; false where offset, epoch or number of commits are others by now, or its clock
/// would fall.
pub(crate) async fn advance_owned(
    tx: &mut Connection<'_>,
    step: &ProgressStep,
    partition_commit: &PartitionCommit,
) -> Result<bool, StoreError> {
    const ADVANCE: &str = "UPDATE progress SET next_offset = $1, clock = $2, last_tick = $3, complete_to = $4, \
         published = $5, commits = commits + 1 \
         WHERE log_partition = $6 AND next_offset = $7 AND epoch = $8 AND commits = $9 \
         AND ($10 = 1 OR clock <= $2 AND last_tick <= $3)";
    let cells = [
        step.next_offset.cell(),
        step.clock.cell(),
        step.last_tick.cell(),
        partition_commit.complete_to.cell(),
        partition_commit.published.cell(),
        step.partition.cell(),
        step.from_offset.cell(),
        partition_commit.epoch.cell(),
        partition_commit.number.cell(),
        Cell::Int(i64::from(step.sets_clock_back)),
    ];
    Ok(sql::query(ADVANCE).bind_all(cells).execute(tx).await? == 1)
}

/// The rows of these partitions.
pub(crate) async fn of_partitions(store: &Store, partitions: &[i32]) -> Result<Vec<ProgressRow>, StoreError> {
    let mut select = SqlStatement::new(&sql::select::<ProgressRow>());
    select.add_in("log_partition", partitions.iter().map(Column::cell).collect());
    sql::read_all(&select.fetch_all(&store.readers).await?)
}

/// The rows of all partitions.
pub(crate) async fn all(store: &Store) -> Result<Vec<ProgressRow>, StoreError> {
    let all = sql::query(format!("{} 1 = 1", sql::select::<ProgressRow>()));
    sql::read_all(&all.fetch_all(&store.readers).await?)
}
