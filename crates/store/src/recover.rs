//! What a worker reads at start: how far it came, every report, and what it remembered.

use crate::codec;
use crate::error::StoreError;
use crate::sql::{self, get};
use crate::store::Store;
use domain::kind::Kind;
use domain::place::Code;
use domain::report::Report;
use domain::time::{Hour, Time};
use futures::{Stream, TryStreamExt};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

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
    pub async fn recover(&self, partition: i32) -> Result<Option<PartitionProgress>, StoreError> {
        let row = sqlx::query(
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
    pub async fn judged_until(&self) -> Result<Option<Time>, StoreError> {
        let rows = sqlx::query("SELECT clock, last_tick FROM progress WHERE clock <> $1").bind(Time::MIN.0);
        let mut until: Option<Time> = None;
        for row in &rows.fetch_all(&self.readers).await? {
            let own = Time(get(row, 0)?).max(Hour(sql::small(row, 1)?).start());
            until = Some(until.map_or(own, |other| other.min(own)));
        }
        Ok(until)
    }

    /// Gives every kept report to `take` in the order of the log, so that those received before an instant
    /// come first. Holds one at a time. Returns how many.
    pub async fn each_report(&self, mut take: impl FnMut(RecoveredReport)) -> Result<u64, StoreError> {
        const ALL: &str =
            "SELECT packed, received_at, late, history FROM reports ORDER BY log_partition, log_offset";
        let rows = sqlx::query(ALL).fetch(&self.readers);
        give(rows, &mut take).await
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
                (format!("WHERE regency IN {}", listed(own)), format!("WHERE log_partition = {partition}"))
            }
        };
        let rows = sqlx::query(AssertSqlSafe(rows(&ours, &theirs)));
        give(rows.fetch(&self.readers), take).await
    }

    /// The same of what came at an offset or after it.
    pub(crate) async fn each_row_since(
        &self,
        (partition, offset): (i32, i64),
        take: &mut impl FnMut(RecoveredReport),
    ) -> Result<u64, StoreError> {
        const SINCE: &str = "WHERE log_partition = $1 AND log_offset >= $2";
        let rows = sqlx::query(AssertSqlSafe(rows(SINCE, SINCE)));
        give(rows.bind(i64::from(partition)).bind(offset).fetch(&self.readers), take).await
    }

    /// What the pipeline asked to remember, by code and kind.
    pub async fn memory(&self) -> Result<Vec<(Code, Kind, Vec<u8>)>, StoreError> {
        let rows = sqlx::query("SELECT code, kind, bytes FROM memory ORDER BY code, kind")
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(remembered).collect()
    }

    /// The same of some regencies only.
    pub async fn memory_of(&self, regencies: &[Code]) -> Result<Vec<(Code, Kind, Vec<u8>)>, StoreError> {
        if regencies.is_empty() {
            return Ok(Vec::new());
        }
        let text = format!(
            "SELECT code, kind, bytes FROM memory WHERE code - code % 100 IN {} ORDER BY code, kind",
            listed(regencies)
        );
        let rows = sqlx::query(AssertSqlSafe(text)).fetch_all(&self.readers).await?;
        rows.iter().map(remembered).collect()
    }
}

fn rows(ours: &str, theirs: &str) -> String {
    format!(
        "SELECT packed, received_at, late, history, log_partition, log_offset FROM reports {ours} UNION ALL \
         SELECT packed, received_at, 0, 0, log_partition, log_offset FROM duplicates {theirs} ORDER BY 5, 6"
    )
}

/// One question for all of a partition's regencies: their number is the partition's own, so the text is always the same.
pub(crate) fn listed(regencies: &[Code]) -> String {
    let codes: Vec<String> = regencies.iter().map(|code| code.0.to_string()).collect();
    format!("({})", codes.join(", "))
}

fn remembered(row: &AnyRow) -> Result<(Code, Kind, Vec<u8>), StoreError> {
    Ok((Code(sql::small(row, 0)?), sql::word(row, 1, Kind::parse)?, get(row, 2)?))
}

async fn give(
    mut rows: impl Stream<Item = Result<AnyRow, sqlx::Error>> + Unpin,
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
