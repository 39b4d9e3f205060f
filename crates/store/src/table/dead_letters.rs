//! Tables `dead_letters` and `dead_letter_bytes`: records that could not become a report. Their original bytes are
//! sealed and read one at a time.

use super::counters;
use crate::commit::DeadLetter;
use crate::error::StoreError;
use crate::read::{Page, limit, page};
use crate::sql::{self, Bulk, Cell, Connection, SealedBytes, SqlRow, SqlStatement, TableRow, table_row};
use crate::store::Store;
use async_recursion::async_recursion as boxed;
use domain::kind::{FeedClass, Refused};
use domain::time::Time;

table_row! {
    /// A dead letter without its bytes.
    pub struct DeadLetterRow in "dead_letters", key 2 {
        pub log_partition: i32,
        pub log_offset: i64,
        pub feed: String,
        pub class: FeedClass,
        pub reason: Refused,
        /// The field at fault; empty where there is none.
        pub field: String,
        pub detail: String,
        pub received_at: Time,
        /// Bytes.
        pub size: i64,
    }
}

table_row! {
    struct DeadLetterBytesRow in "dead_letter_bytes", key 2 {
        log_partition: i32,
        log_offset: i64,
        bytes: SealedBytes,
    }
}

/// Which dead rows; empty means all.
#[derive(Clone, Debug, Default)]
pub struct DeadLetterFilter {
    pub reason: Option<Refused>,
    pub feed: Option<String>,
    pub cursor: Option<String>,
    pub limit: u32,
}

/// Keeps a commit's dead rows and counts them.
pub(crate) async fn write(
    tx: &mut Connection<'_>,
    partition: i32,
    rows: &[DeadLetter],
) -> Result<(), StoreError> {
    let header = |letter: &DeadLetter| DeadLetterRow {
        log_partition: letter.partition,
        log_offset: letter.offset,
        feed: letter.feed_name.clone(),
        class: letter.class,
        reason: letter.reason,
        field: letter.field.clone(),
        detail: letter.detail.clone(),
        received_at: letter.received_at,
        size: letter.bytes.len() as i64,
    };
    let bytes = |letter: &DeadLetter| DeadLetterBytesRow {
        log_partition: letter.partition,
        log_offset: letter.offset,
        bytes: SealedBytes(letter.bytes.clone()),
    };
    Bulk::insert::<DeadLetterRow>().run_rows(tx, rows.iter().map(header)).await?;
    Bulk::insert::<DeadLetterBytesRow>().run_rows(tx, rows.iter().map(bytes)).await?;
    let counts = rows.iter().map(|letter| (counters::of_dead_letter(letter.reason.as_str()), 1));
    counters::add(tx, partition, counts).await
}

impl Store {
    /// Dead rows without their bytes, the newest first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn dead_letters(&self, filter: &DeadLetterFilter) -> Result<Page<DeadLetterRow>, StoreError> {
        let mut select = SqlStatement::new(&format!("{} 1 = 1", sql::select::<DeadLetterRow>()));
        if let Some(reason) = filter.reason {
            select.add(" AND reason = ?", [Cell::Text(reason.to_string())]);
        }
        if let Some(feed) = &filter.feed {
            select.add(" AND feed = ?", [Cell::Text(feed.clone())]);
        }
        if let Some(cursor) = filter.cursor.as_deref().and_then(parse_cursor) {
            select.add(" AND (received_at, log_partition, log_offset) < (?, ?, ?)", cursor.map(Cell::Int));
        }
        let limit = limit(filter.limit);
        let order = " ORDER BY received_at DESC, log_partition DESC, log_offset DESC LIMIT ?";
        select.add(order, [Cell::Int(i64::from(limit) + 1)]);
        let rows: Vec<DeadLetterRow> = sql::read_all(&select.fetch_all(&self.readers).await?)?;
        Ok(page(rows, limit, |letter| {
            format!("{}.{}.{}", letter.received_at.0, letter.log_partition, letter.log_offset)
        }))
    }

    /// One dead letter with its original bytes: for those who may open the seal.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn dead_letter(
        &self,
        partition: i32,
        offset: i64,
    ) -> Result<Option<(DeadLetterRow, Vec<u8>)>, StoreError> {
        let text = format!("{} WHERE d.log_partition = $1 AND d.log_offset = $2", with_bytes());
        let one = sql::query(text).bind(i64::from(partition)).bind(offset);
        one.fetch_optional(&self.readers).await?.as_ref().map(read_with_bytes).transpose()
    }

    /// A partition's dead rows received at or after `since`, with their original bytes, at most 10,000.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn dead_letters_since(
        &self,
        partition: i32,
        since: Time,
    ) -> Result<Vec<DeadLetter>, StoreError> {
        let text = format!(
            "{} WHERE d.log_partition = $1 AND d.received_at >= $2 ORDER BY d.log_offset LIMIT 10000",
            with_bytes()
        );
        let rows = sql::query(text).bind(i64::from(partition)).bind(since.0).fetch_all(&self.readers).await?;
        let letter = |row: &SqlRow| {
            let (header, bytes) = read_with_bytes(row)?;
            Ok(DeadLetter {
                partition: header.log_partition,
                offset: header.log_offset,
                feed_name: header.feed,
                class: header.class,
                reason: header.reason,
                field: header.field,
                detail: header.detail,
                received_at: header.received_at,
                bytes,
            })
        };
        rows.iter().map(letter).collect()
    }
}

fn with_bytes() -> String {
    format!(
        "SELECT {}, {} FROM dead_letters d JOIN dead_letter_bytes b ON b.log_partition = d.log_partition \
         AND b.log_offset = d.log_offset",
        sql::columns::<DeadLetterRow>("d."),
        sql::columns::<DeadLetterBytesRow>("b.")
    )
}

fn read_with_bytes(row: &SqlRow) -> Result<(DeadLetterRow, Vec<u8>), StoreError> {
    let bytes = DeadLetterBytesRow::read(row, DeadLetterRow::COLUMNS.len())?.bytes;
    Ok((DeadLetterRow::read(row, 0)?, bytes.0))
}

/// Received time, partition and offset of the last row of a page.
fn parse_cursor(text: &str) -> Option<[i64; 3]> {
    let mut parts = text.split('.').map(str::parse);
    let cursor = [parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?];
    parts.next().is_none().then_some(cursor)
}
