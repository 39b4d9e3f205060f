//! What a worker reads at start: how far it came, and every report.

use crate::error::StoreError;
use crate::sql::SqlRow;
use crate::store::Store;
use crate::table::cell_memory::code_list;
use crate::table::progress::{self, ProgressRow};
use crate::table::reports::recovered;
use async_recursion::async_recursion as boxed;
use domain::place::Code;
use domain::report::Report;
use domain::service_clock::ClockStep;
use domain::time::{Hour, Time};
use futures::TryStreamExt;
use futures::stream::BoxStream;

/// How far a partition came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PartitionProgress {
    pub next_offset: i64,
    pub clock: Time,
    pub last_tick: Hour,
}

/// A kept report; of two that share an id only the one that counts.
#[derive(Clone, PartialEq, Debug)]
pub struct RecoveredReport {
    pub report: Report,
    pub received_at: Time,
    pub late: bool,
    /// Came after its repair horizon: it changed nothing then and must change nothing now.
    pub history: bool,
}

impl Store {
    /// The partition's progress; `None` before its first commit. Where all there was became dead letters the clock is
    /// still `Time::MIN`, and the offset counts all the same.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn recover(&self, partition: i32) -> Result<Option<PartitionProgress>, StoreError> {
        let rows = progress::of_partitions(self, &[partition]).await?;
        let came = rows.into_iter().find(|row| row.clock != Time::MIN || row.next_offset > 0);
        Ok(came.map(|row| PartitionProgress {
            next_offset: row.next_offset,
            clock: row.clock,
            last_tick: row.last_tick,
        }))
    }

    /// Up to when everything was judged: of several partitions that ever took a report in, the one that is furthest behind.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn judged_until(&self) -> Result<Option<Time>, StoreError> {
        let rows = progress::all(self).await?;
        let took = rows.iter().filter(|row| row.clock != Time::MIN);
        Ok(took.map(|row| row.clock.max(row.last_tick.start())).min())
    }

    /// What the clock of each partition came to that ever took a report in.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn clocks(&self) -> Result<Vec<(i32, Time)>, StoreError> {
        let rows = progress::all(self).await?;
        let took = rows.iter().filter(|row| row.clock != Time::MIN);
        Ok(took.map(|row| (row.log_partition, row.clock)).collect())
    }

    /// How the clock was last set back, in any partition; `None` where it never was.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn clock_step(&self) -> Result<Option<ClockStep>, StoreError> {
        let rows = progress::all(self).await?;
        Ok(rows.iter().filter_map(ProgressRow::clock_step).max_by_key(|step| (step.to, step.from)))
    }

    /// Gives every kept report to `take` in the order of the log, so that those received before an instant
    /// come first. Holds one at a time. Returns how many.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn each_report(&self, mut take: impl FnMut(RecoveredReport) + Send) -> Result<u64, StoreError> {
        self.each_stored_report(&mut take).await
    }

    #[boxed]
    async fn each_stored_report(&self, take: &mut TakeReport<'_>) -> Result<u64, StoreError> {
        give(self.readers.stream(recovered::kept()), take).await
    }

    /// The kept reports of a regency; of two that share an id only the one that counts.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn kept_reports_of(&self, regency: Code) -> Result<Vec<RecoveredReport>, StoreError> {
        let mut reports = Vec::new();
        give(self.readers.stream(recovered::of_regency(regency)), &mut |report| reports.push(report)).await?;
        Ok(reports)
    }

    /// Everything a partition took in, of these regencies where there are several partitions, in the order of the log.
    /// What lost its id is among it: until the next tick, what was seen at the last one rests on that too.
    pub(crate) async fn each_row(
        &self,
        (partition, own): (i32, Option<&[Code]>),
        take: &mut TakeReport<'_>,
    ) -> Result<u64, StoreError> {
        let (ours, theirs) = match own {
            None => (String::from("1 = 1"), String::from("1 = 1")),
            Some([]) => return Ok(0),
            Some(own) => (format!("regency IN {}", code_list(own)), format!("log_partition = {partition}")),
        };
        give(self.readers.stream(recovered::with_duplicates(&ours, &theirs)), take).await
    }

    /// The same of what came at an offset or after it.
    pub(crate) async fn each_row_since(
        &self,
        (partition, offset): (i32, i64),
        take: &mut TakeReport<'_>,
    ) -> Result<u64, StoreError> {
        const SINCE: &str = "log_partition = $1 AND log_offset >= $2";
        let rows = recovered::with_duplicates(SINCE, SINCE).bind(i64::from(partition)).bind(offset);
        give(self.readers.stream(rows), take).await
    }
}

/// What each report is handed to.
pub(crate) type TakeReport<'a> = dyn FnMut(RecoveredReport) + Send + 'a;

async fn give(
    mut rows: BoxStream<'_, Result<SqlRow, StoreError>>,
    take: &mut TakeReport<'_>,
) -> Result<u64, StoreError> {
    let mut count = 0;
    while let Some(row) = rows.try_next().await? {
        take(recovered::report(&row)?);
        count += 1;
    }
    Ok(count)
}
