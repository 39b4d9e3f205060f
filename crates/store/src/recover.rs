//! What a worker reads at start: how far it came, and every report.

use crate::codec;
use crate::error::StoreError;
use crate::sql::{self, SqlRow, get};
use crate::store::Store;
use crate::table::cell_memory::code_list;
use domain::place::Code;
use domain::report::Report;
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
    pub async fn recover(&self, partition: i32) -> Result<Option<PartitionProgress>, StoreError> {
        let row = sql::query(
            "SELECT next_offset, clock, last_tick FROM progress \
             WHERE log_partition = $1 AND (clock <> $2 OR next_offset > 0)",
        )
        .bind(i64::from(partition))
        .bind(Time::MIN.0)
        .fetch_optional(&self.readers)
        .await?;
        row.map(|row| {
            Ok(PartitionProgress {
                next_offset: get(&row, 0)?,
                clock: Time(get(&row, 1)?),
                last_tick: Hour(sql::small(&row, 2)?),
            })
        })
        .transpose()
    }

    /// Up to when everything was judged: of several partitions that ever took a report in, the one that is furthest behind.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn judged_until(&self) -> Result<Option<Time>, StoreError> {
        let rows = sql::query("SELECT clock, last_tick FROM progress WHERE clock <> $1").bind(Time::MIN.0);
        let mut until: Option<Time> = None;
        for row in &rows.fetch_all(&self.readers).await? {
            let own = Time(get(row, 0)?).max(Hour(sql::small(row, 1)?).start());
            until = Some(until.map_or(own, |other| other.min(own)));
        }
        Ok(until)
    }

    /// Gives every kept report to `take` in the order of the log, so that those received before an instant
    /// come first. Holds one at a time. Returns how many.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn each_report(&self, mut take: impl FnMut(RecoveredReport)) -> Result<u64, StoreError> {
        const ALL: &str = "SELECT encoded, received_at, late, beyond_horizon FROM reports ORDER BY log_partition, log_offset";
        give(self.readers.stream(sql::query(ALL)), &mut take).await
    }

    /// Everything a partition took in, of these regencies where there are several partitions, in the order of the log.
    /// What lost its id is among it: until the next tick, what was seen at the last one rests on that too.
    pub(crate) async fn each_row(
        &self,
        (partition, own): (i32, Option<&[Code]>),
        take: &mut impl FnMut(RecoveredReport),
    ) -> Result<u64, StoreError> {
        let (ours, theirs) = match own {
            None => (String::new(), String::new()),
            Some([]) => return Ok(0),
            Some(own) => {
                (format!("WHERE regency IN {}", code_list(own)), format!("WHERE log_partition = {partition}"))
            }
        };
        give(self.readers.stream(sql::query(rows(&ours, &theirs))), take).await
    }

    /// The same of what came at an offset or after it.
    pub(crate) async fn each_row_since(
        &self,
        (partition, offset): (i32, i64),
        take: &mut impl FnMut(RecoveredReport),
    ) -> Result<u64, StoreError> {
        const SINCE: &str = "WHERE log_partition = $1 AND log_offset >= $2";
        let rows = sql::query(rows(SINCE, SINCE)).bind(i64::from(partition)).bind(offset);
        give(self.readers.stream(rows), take).await
    }
}

fn rows(ours: &str, theirs: &str) -> String {
    format!(
        "SELECT encoded, received_at, late, beyond_horizon, log_partition, log_offset FROM reports {ours} UNION ALL \
         SELECT encoded, received_at, 0, 0, log_partition, log_offset FROM duplicates {theirs} ORDER BY 5, 6"
    )
}

async fn give(
    mut rows: BoxStream<'_, Result<SqlRow, StoreError>>,
    take: &mut impl FnMut(RecoveredReport),
) -> Result<u64, StoreError> {
    let mut count = 0;
    while let Some(row) = rows.try_next().await? {
        let report = codec::decode(get(&row, 0)?)?;
        let received_at = Time(get(&row, 1)?);
        take(RecoveredReport {
            report,
            received_at,
            late: sql::flag(&row, 2)?,
            history: sql::flag(&row, 3)?,
        });
        count += 1;
    }
    Ok(count)
}
