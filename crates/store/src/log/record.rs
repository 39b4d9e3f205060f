//! Table `records` of the log: how a record lies in the file. What a record brought is sealed; who sent it and when is
//! not.

use super::{LogRecord, NewRecord, PARTITION};
use crate::error::StoreError;
use crate::sealed::SealedCodec;
use crate::sql::{self, Cell, Column, Connection, Pool, SealedBytes, SealedText, TableRow, table_row};
use domain::author::StampedAuthor;
use domain::kind::{FeedClass, Refused};
use domain::place::Areas;
use domain::time::Time;

pub(super) const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS records (
    log_partition BIGINT NOT NULL,
    log_offset BIGINT NOT NULL,
    feed TEXT NOT NULL,
    class TEXT NOT NULL,
    areas TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    bytes BLOB NOT NULL,
    refused TEXT,
    archive BIGINT NOT NULL,
    account BLOB,
    person BLOB,
    organisation TEXT NOT NULL,
    party BIGINT NOT NULL,
    PRIMARY KEY (log_partition, log_offset)
) WITHOUT ROWID";

table_row! {
    struct LogRecordRow in "records", key 2 {
        log_partition: i32,
        log_offset: i64,
        feed: String,
        class: FeedClass,
        areas: Areas,
        received_at: Time,
        bytes: SealedBytes,
        refused: Option<String>,
        archive: bool,
        /// Who typed it, and whose account that is; nothing where its feed sent it.
        account: Option<SealedText>,
        person: Option<SealedText>,
        organisation: String,
        party: bool,
    }
}

impl LogRecordRow {
    fn record(self) -> LogRecord {
        let text = |sealed: Option<SealedText>| sealed.map(|text| text.0).unwrap_or_default();
        let author = StampedAuthor {
            account: text(self.account),
            person: text(self.person),
            organisation: self.organisation,
            party: self.party,
        };
        let record = NewRecord {
            feed: self.feed,
            class: self.class,
            areas: self.areas,
            received_at: self.received_at,
            bytes: self.bytes.0,
            refused: self.refused.as_deref().and_then(Refused::parse),
            archive: self.archive,
            author,
        };
        LogRecord { partition: self.log_partition, offset: self.log_offset, record }
    }
}

/// The newest offset of the log; -1 while it is empty.
pub(super) async fn newest(connection: &mut Connection<'_>) -> Result<i64, StoreError> {
    const NEWEST: &str =
        "SELECT log_offset FROM records WHERE log_partition = $1 ORDER BY log_offset DESC LIMIT 1";
    let row = sql::query(NEWEST).bind_all([PARTITION.cell()]).fetch_optional(connection).await?;
    row.map_or(Ok(-1), |row| i64::read(&row, 0))
}

/// Up to `limit` records of a partition from an offset on, in order.
pub(super) async fn read(
    readers: &Pool,
    partition: i32,
    from_offset: i64,
    limit: i64,
) -> Result<Vec<LogRecord>, StoreError> {
    let text = format!(
        "{} log_partition = $1 AND log_offset >= $2 ORDER BY log_offset LIMIT $3",
        sql::select::<LogRecordRow>()
    );
    let query = sql::query(text).bind_all([partition.cell(), from_offset.cell(), limit.cell()]);
    let rows: Vec<LogRecordRow> = sql::read_all(&query.fetch_all(readers).await?)?;
    Ok(rows.into_iter().map(LogRecordRow::record).collect())
}

/// Most records in one statement.
const RUN: usize = 512;

/// How many of the first records one statement takes: alike but for their bytes, and a power of two, so that a
/// handful of prepared statements serves every number.
pub(super) fn run(batch: &[NewRecord]) -> usize {
    let origin = |record: &NewRecord| (record.class, record.received_at, record.refused, record.archive);
    let alike = |other: &&NewRecord| {
        let first = &batch[0];
        origin(other) == origin(first)
            && (&other.feed, &other.areas, &other.author) == (&first.feed, &first.areas, &first.author)
    };
    1 << batch.iter().take(RUN).take_while(alike).count().ilog2()
}

/// Writes records that are alike but for their bytes, from `offset` on. Who sent them and when is bound once for all of
/// them; each brings its offset and its bytes, which `codec` seals.
pub(super) async fn insert(
    connection: &mut Connection<'_>,
    records: Vec<NewRecord>,
    offset: i64,
    codec: &dyn SealedCodec,
) -> Result<(), StoreError> {
    let Some(first) = records.first() else { return Ok(()) };
    let sealed = |text: &str| Cell::MaybeBytes((!text.is_empty()).then(|| codec.seal(text.into())));
    let StampedAuthor { account, person, organisation, party } = &first.author;
    let shared = [
        PARTITION.cell(),
        first.feed.cell(),
        first.class.cell(),
        first.areas.cell(),
        first.received_at.cell(),
        first.refused.map(|reason| reason.as_str().to_owned()).cell(),
        first.archive.cell(),
        sealed(account),
        sealed(person),
        organisation.cell(),
        party.cell(),
    ];
    let value = |column: &&str| match *column {
        "log_offset" => "column1",
        "bytes" => "column2",
        _ => "?",
    };
    let values: Vec<&str> = LogRecordRow::COLUMNS.iter().map(value).collect();
    let text = format!(
        "INSERT INTO records ({}) SELECT {} FROM (VALUES {})",
        sql::columns::<LogRecordRow>(""),
        values.join(", "),
        vec!["(?,?)"; records.len()].join(",")
    );
    let own = records.into_iter().zip(offset..);
    let own = own.flat_map(|(record, at)| [at.cell(), Cell::Bytes(codec.seal(record.bytes))]);
    let cells: Vec<Cell> = shared.into_iter().chain(own).collect();
    sql::query(text).bind_all(cells).execute(connection).await?;
    Ok(())
}
