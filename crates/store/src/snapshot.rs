//! A snapshot: what a partition took in, in chunks of thousands of reports to a row, so that a start reads them as fast as they are sent.
//! Beside them stands the partition's state ([`crate::state`]), which a start reads in their place where it can.
//!
//! A chunk repeats what `reports` and `duplicates` hold and can be made again from them at any time: a start that finds
//! none, or one it cannot read, reads the rows and writes chunks again. Nothing is ever taken out of a chunk: of two
//! reports with one id the pipeline knows which counts.

use crate::codec;
use crate::error::StoreError;
use crate::recover::RecoveredReport;
use crate::recover::TakeReport;
use crate::sql::Connection;
use crate::state::StateRows;
use crate::store::Store;
use crate::table::cell_memory::code_list;
use crate::table::snapshots::{self, SnapshotRow};
use async_recursion::async_recursion as boxed;
use domain::place::Code;
use domain::report::Report;
use domain::time::Time;
use futures::TryStreamExt;
use std::collections::VecDeque;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// Of what is written below; another one is not read.
const VERSION: u32 = 1;
/// Reports in a full chunk, where nobody asks for another size.
pub const SNAPSHOT_CHUNK: usize = 2048;
/// Chunks in one commit: what is written again comes in several.
const MOST: usize = 64;
/// The offset of chunks that others must follow before they can be relied on.
const MORE: i64 = -1;

/// Gathers what a partition takes in until it fills a chunk.
#[derive(Debug)]
pub struct SnapshotBuilder {
    /// Reports in a full chunk.
    pub full: usize,
    scope: String,
    /// Of the next chunk; before the first one all that is there is thrown away.
    number: i64,
    open: Vec<u8>,
    count: usize,
    closed: VecDeque<Vec<u8>>,
}

/// What a commit writes of them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SnapshotChunks {
    scope: String,
    number: i64,
    /// Everything before this offset is in these and the ones before.
    upto: i64,
    bytes: Vec<Vec<u8>>,
    /// The state after the commit, where it is due.
    pub state: Option<StateRows>,
}

impl SnapshotBuilder {
    /// For a partition that has no chunks, or none that can be read.
    pub fn new(own: Option<&[Code]>) -> SnapshotBuilder {
        let (scope, open) = (scope(own), Vec::new());
        SnapshotBuilder { full: SNAPSHOT_CHUNK, scope, number: 0, open, count: 0, closed: VecDeque::new() }
    }

    pub fn add(&mut self, report: &Report, received_at: Time, (late, history): (bool, bool)) {
        let start = self.open.len();
        self.open.extend([0; 4]);
        self.open.push(u8::from(late) | u8::from(history) << 1);
        self.open.extend(received_at.0.to_le_bytes());
        codec::encode_into(&mut self.open, report);
        let size = (self.open.len() - start - 4) as u32;
        self.open[start..start + 4].copy_from_slice(&size.to_le_bytes());
        self.count += 1;
        if self.count >= self.full {
            self.close();
        }
    }

    /// True where the next commit should come soon, for what it has to write.
    pub fn is_full(&self) -> bool {
        !self.closed.is_empty()
    }

    /// What the commit up to `next` is to write: nothing until a chunk is full.
    pub fn take(&mut self, next: i64) -> SnapshotChunks {
        if self.closed.is_empty() {
            return SnapshotChunks::default();
        }
        if self.count > 0 {
            self.close();
        }
        let bytes: Vec<Vec<u8>> = self.closed.drain(..self.closed.len().min(MOST)).collect();
        let number = self.number;
        self.number += bytes.len() as i64;
        let upto = if self.closed.is_empty() { next } else { MORE };
        SnapshotChunks { scope: self.scope.clone(), number, upto, bytes, state: None }
    }

    /// The sum comes last, so that a chunk with a wrong byte, or in the place of another, is not read.
    fn close(&mut self) {
        let mut bytes = std::mem::take(&mut self.open);
        let number = self.number + self.closed.len() as i64;
        bytes.extend(xxh3_64_with_seed(&bytes, number as u64).to_le_bytes());
        self.closed.push_back(bytes);
        self.count = 0;
    }
}

impl Store {
    /// Gives every report that a partition took in to `take`, of these regencies where there are several partitions;
    /// one that lost its id may be among them, and one may come twice. Returns how many, and what gathers the next
    /// ones. Where there are no chunks that can be read, the rows are.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn each_report_in(
        &self,
        (partition, own): (i32, Option<&[Code]>),
        mut take: impl FnMut(RecoveredReport) + Send,
    ) -> Result<(u64, SnapshotBuilder), StoreError> {
        self.each_stored_report_in((partition, own), &mut take).await
    }

    #[boxed]
    async fn each_stored_report_in(
        &self,
        (partition, own): (i32, Option<&[Code]>),
        take: &mut TakeReport<'_>,
    ) -> Result<(u64, SnapshotBuilder), StoreError> {
        let mut builder = SnapshotBuilder::new(own);
        if let Some((numbers, upto)) = self.snapshot_extent(partition, &builder.scope).await? {
            match self.read_snapshot(partition, numbers, take).await {
                Ok(count) => {
                    builder.number = numbers;
                    let since =
                        self.each_row_since((partition, upto), &mut gathering(&mut builder, take)).await?;
                    return Ok((count + since, builder));
                }
                Err(StoreError::Corrupt(why)) => {
                    tracing::warn!(
                        partition,
                        why,
                        "a chunk of the snapshot cannot be read; reading the reports one by one"
                    )
                }
                Err(error) => return Err(error),
            }
        }
        let count = self.each_row((partition, own), &mut gathering(&mut builder, take)).await?;
        Ok((count, builder))
    }

    /// Gives what a partition took in at an offset or after it to `take`, for a start that has a state of before, and returns what
    /// [`Store::each_report_in`] does. `None`, and nothing given, where its chunks are not whole and must be written again.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn each_report_since(
        &self,
        (partition, own): (i32, Option<&[Code]>),
        offset: i64,
        mut take: impl FnMut(RecoveredReport) + Send,
    ) -> Result<Option<(u64, SnapshotBuilder)>, StoreError> {
        self.each_stored_report_since((partition, own), offset, &mut take).await
    }

    #[boxed]
    async fn each_stored_report_since(
        &self,
        (partition, own): (i32, Option<&[Code]>),
        offset: i64,
        take: &mut TakeReport<'_>,
    ) -> Result<Option<(u64, SnapshotBuilder)>, StoreError> {
        let mut builder = SnapshotBuilder::new(own);
        let Some((numbers, upto)) = self.snapshot_extent(partition, &builder.scope).await? else {
            return Ok(None);
        };
        builder.number = numbers;
        self.each_row_since((partition, upto), &mut gathering(&mut builder, &mut |_| {})).await?;
        let count = self.each_row_since((partition, offset), take).await?;
        Ok(Some((count, builder)))
    }

    /// How many chunks there are and up to which offset they hold everything; `None` where they are not whole.
    async fn snapshot_extent(&self, partition: i32, scope: &str) -> Result<Option<(i64, i64)>, StoreError> {
        let chunks = snapshots::extent(self, partition).await?;
        let Some(last) = chunks.last() else { return Ok(None) };
        let (count, upto) =
            (chunks.len() as i64, chunks.iter().map(|chunk| chunk.upto).max().unwrap_or(MORE));
        let ours = chunks.iter().all(|chunk| chunk.scope == scope);
        Ok((ours && last.number + 1 == count && upto != MORE).then_some((count, upto)))
    }

    async fn read_snapshot(
        &self,
        partition: i32,
        numbers: i64,
        take: &mut TakeReport<'_>,
    ) -> Result<u64, StoreError> {
        let mut rows = snapshots::stream(self, partition);
        let (mut count, mut read) = (0, 0);
        while let Some(row) = rows.try_next().await? {
            count += open(read, &snapshots::chunk(&row)?.bytes, take).ok_or_else(|| {
                StoreError::corrupt(format!(
                    "chunk {read} of the snapshot of partition {partition} is not as it was written"
                ))
            })?;
            read += 1;
        }
        if read != numbers {
            return Err(StoreError::corrupt(format!(
                "{read} of {numbers} chunks of the snapshot of partition {partition} were there"
            )));
        }
        Ok(count)
    }
}

/// Gives on what it also gathers.
fn gathering<'a>(
    builder: &'a mut SnapshotBuilder,
    take: &'a mut TakeReport<'_>,
) -> impl FnMut(RecoveredReport) + Send + 'a {
    move |recovered: RecoveredReport| {
        builder.add(&recovered.report, recovered.received_at, (recovered.late, recovered.history));
        take(recovered);
    }
}

/// Whose reports a partition's chunks hold: another version or other regencies are read again.
fn scope(own: Option<&[Code]>) -> String {
    match own {
        None => format!("{VERSION} all"),
        Some(own) => format!("{VERSION} {:016x}", xxh3_64(code_list(own).as_bytes())),
    }
}

/// How many reports were in a chunk; `None`, and nothing given, where its sum is wrong.
fn open(number: i64, bytes: &[u8], take: &mut TakeReport<'_>) -> Option<u64> {
    let (mut rest, sum) = bytes.split_last_chunk::<8>()?;
    if u64::from_le_bytes(*sum) != xxh3_64_with_seed(rest, number as u64) {
        return None;
    }
    let mut count = 0;
    while let Some((size, tail)) = rest.split_first_chunk::<4>() {
        let (entry, tail) = tail.split_at_checked(u32::from_le_bytes(*size) as usize)?;
        let (marks, entry) = entry.split_first()?;
        let (received, packed) = entry.split_first_chunk::<8>()?;
        take(RecoveredReport {
            report: codec::decode(packed).ok()?,
            received_at: Time(i64::from_le_bytes(*received)),
            late: marks & 1 != 0,
            history: marks & 2 != 0,
        });
        count += 1;
        rest = tail;
    }
    rest.is_empty().then_some(count)
}

/// Writes what a commit has of them; the first replaces all that is there.
pub(crate) async fn write(
    tx: &mut Connection<'_>,
    partition: i32,
    snapshot: &SnapshotChunks,
) -> Result<(), StoreError> {
    if snapshot.number == 0 && !snapshot.bytes.is_empty() {
        snapshots::delete(tx, partition).await?;
    }
    for (number, bytes) in (snapshot.number..).zip(&snapshot.bytes) {
        let (scope, bytes) = (snapshot.scope.clone(), bytes.clone());
        let chunk = SnapshotRow { log_partition: partition, number, scope, upto: snapshot.upto, bytes };
        snapshots::insert(tx, chunk).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::kind::FeedClass;
    use domain::place::Place;
    use domain::report::{Body, FeedId, ReportId};

    #[test]
    fn a_chunk_comes_back_whole_or_not_at_all() {
        let mut builder = SnapshotBuilder::new(None);
        builder.full = 2;
        let place = Place { code: Code(161_304), village: 2003 };
        for id in 1..=5 {
            let report = Report {
                id: ReportId(id),
                hash: id << 64 | u128::from(!(id as u64)),
                feed: FeedId(7),
                class: FeedClass::Village,
                author: None,
                place,
                reported_at: Time(id as i64),
                reconstructed: false,
                doubtful: None,
                body: Body::Retraction { target: ReportId(40 + id) },
            };
            builder.add(&report, Time(100 + id as i64), (id == 2, id == 3));
        }
        let snapshot = builder.take(77);
        assert_eq!((snapshot.number, snapshot.upto, snapshot.bytes.len()), (0, 77, 3));
        assert!(!builder.is_full() && builder.take(80).bytes.is_empty());
        let mut given = Vec::new();
        for (number, bytes) in (0..).zip(&snapshot.bytes) {
            assert!(open(number, bytes, &mut |one| given.push(one)).is_some());
            let nothing = &mut |_| panic!("given although it is not whole");
            assert_eq!(open(number + 1, bytes, nothing), None);
            for place in 0..bytes.len() {
                let mut wrong = bytes.clone();
                wrong[place] ^= 4;
                assert_eq!(open(number, &wrong, nothing), None);
            }
            assert_eq!(open(number, &bytes[..bytes.len() - 1], nothing), None);
        }
        let ids: Vec<(u128, i64, bool, bool)> =
            given.iter().map(|one| (one.report.id.0, one.received_at.0, one.late, one.history)).collect();
        let marks = |id| (id, 100 + id as i64, id == 2, id == 3);
        assert_eq!(ids, (1..=5).map(marks).collect::<Vec<_>>());
    }
}
