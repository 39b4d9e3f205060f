//! Who was heard when, who said that nothing happened, what could not be read, and whether it all adds up.

use super::{Page, Range, limit, page, spans};
use crate::commit::counter;
use crate::error::StoreError;
use crate::id;
use crate::sql::{self, Cell, Select, get};
use crate::store::Store;
use domain::kind::{FeedClass, Outcome, Refused};
use domain::place::{Code, Place};
use domain::report::ReportId;
use domain::time::Time;
use sqlx::any::AnyRow;
use std::collections::BTreeMap;

/// What was heard of a feed.
#[derive(Clone, PartialEq, Debug)]
pub struct Heard {
    pub feed: String,
    pub class: FeedClass,
    /// When its last report came, and the latest `reported_at` it gave; `None` where only dead letters came.
    pub received_at: Option<Time>,
    pub reported_at: Option<Time>,
    /// The earliest `reported_at` it gave.
    pub first_at: Option<Time>,
    pub reports: u64,
    pub dead_letters: u64,
}

/// How every record ended. Nothing may be unaccounted.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Balance {
    /// In the order of [`Outcome::ALL`].
    pub outcomes: Vec<(Outcome, u64)>,
    /// In the order of [`Refused::ALL`].
    pub dead_letters: Vec<(Refused, u64)>,
    /// Reports whose outcome the pipeline has not said.
    pub unaccounted: i64,
    pub late: u64,
}

impl Heard {
    /// The usual time between two of its reports, microseconds; `None` where fewer than two came.
    pub fn usual(&self) -> Option<i64> {
        domain::silence::usual(self.first_at?, self.reported_at?, self.reports)
    }
}

impl Balance {
    pub fn reports(&self) -> u64 {
        self.outcomes.iter().map(|(_, count)| count).sum()
    }
    pub fn records(&self) -> u64 {
        self.reports() + self.dead_letters.iter().map(|(_, count)| count).sum::<u64>()
    }
}

/// A zero-report: this feed says nothing happened there in that time.
#[derive(Clone, PartialEq, Debug)]
pub struct Coverage {
    pub report: ReportId,
    pub place: Place,
    pub feed: String,
    pub class: FeedClass,
    pub from: Time,
    pub to: Time,
}

/// A dead letter without its bytes, which are sealed.
#[derive(Clone, PartialEq, Debug)]
pub struct DeadLetterRow {
    pub partition: i32,
    pub offset: i64,
    pub feed: String,
    pub class: FeedClass,
    pub reason: Refused,
    pub field: String,
    pub detail: String,
    pub received_at: Time,
    pub size: u64,
}

/// Which dead letters; empty means all.
#[derive(Clone, Debug, Default)]
pub struct DeadLetterFilter {
    pub reason: Option<Refused>,
    pub feed: Option<String>,
    pub cursor: Option<String>,
    pub limit: u32,
}

const LETTER: &str = "log_partition, log_offset, feed, class, reason, field, detail, received_at, size";

impl Store {
    /// Every feed ever heard, by name.
    pub async fn heard(&self) -> Result<Vec<Heard>, StoreError> {
        const ALL: &str = "SELECT feed, MAX(class), MAX(received_at), MAX(reported_at), MIN(first_at), \
             CAST(SUM(reports) AS BIGINT), CAST(SUM(dead_letters) AS BIGINT) FROM heard GROUP BY feed ORDER BY feed";
        let rows = sqlx::query(ALL).fetch_all(&self.readers).await?;
        let heard = |row: &AnyRow| {
            let known = |at: i64| (at != Time::MIN.0 && at != Time::MAX.0).then_some(Time(at));
            let time = |column| get::<i64>(row, column).map(known);
            Ok(Heard {
                feed: get(row, 0)?,
                class: sql::word(row, 1, FeedClass::parse)?,
                received_at: time(2)?,
                reported_at: time(3)?,
                first_at: time(4)?,
                reports: sql::small(row, 5)?,
                dead_letters: sql::small(row, 6)?,
            })
        };
        rows.iter().map(heard).collect()
    }

    pub async fn balance(&self) -> Result<Balance, StoreError> {
        const ALL: &str = "SELECT name, CAST(SUM(count) AS BIGINT) FROM counters GROUP BY name";
        let rows = sqlx::query(ALL).fetch_all(&self.readers).await?;
        let mut counts: BTreeMap<String, i64> = BTreeMap::new();
        for row in &rows {
            counts.insert(get(row, 0)?, get(row, 1)?);
        }
        let count = |name: &str| counts.get(name).copied().unwrap_or(0);
        let whole = |name: &str| count(name).unsigned_abs(); // a counter below nothing shows as a wrong sum
        Ok(Balance {
            outcomes: Outcome::ALL
                .iter()
                .map(|outcome| (*outcome, whole(&counter(outcome.as_str()))))
                .collect(),
            dead_letters: Refused::ALL
                .iter()
                .map(|reason| (*reason, whole(&format!("dead.{reason}"))))
                .collect(),
            unaccounted: count(&counter("")),
            late: whole("late"),
        })
    }

    /// Zero-reports that stand and speak of any part of the range, newest end first, at most 2,000.
    pub async fn zero_reports(&self, codes: &[Code], range: Range) -> Result<Vec<Coverage>, StoreError> {
        // CROSS JOIN: SQLite would otherwise walk all reports for the few that are zero-reports.
        let mut select = Select::new(
            "SELECT z.id, z.code, z.village, z.feed, z.class, z.from_at, z.to_at FROM zero_reports z \
             CROSS JOIN reports r WHERE r.id = z.id AND r.outcome = 'zero_report'",
        );
        select.add(" AND z.to_at > ? AND z.from_at < ?", [Cell::Int(range.from.0), Cell::Int(range.to.0)]);
        spans(&mut select, "z.code", codes);
        select.add(" ORDER BY z.to_at DESC, z.id LIMIT 2000", []);
        let rows = select.all(&self.readers).await?;
        let coverage = |row: &AnyRow| {
            Ok(Coverage {
                report: sql::word(row, 0, id::parse)?,
                place: Place { code: Code(sql::small(row, 1)?), village: sql::small(row, 2)? },
                feed: get(row, 3)?,
                class: sql::word(row, 4, FeedClass::parse)?,
                from: Time(get(row, 5)?),
                to: Time(get(row, 6)?),
            })
        };
        rows.iter().map(coverage).collect()
    }

    /// Dead letters without their bytes, the newest first.
    pub async fn dead_letters(&self, filter: &DeadLetterFilter) -> Result<Page<DeadLetterRow>, StoreError> {
        let mut select = Select::new(&format!("SELECT {LETTER} FROM dead_letters WHERE 1 = 1"));
        if let Some(reason) = filter.reason {
            select.add(" AND reason = ?", [Cell::Text(reason.to_string())]);
        }
        if let Some(feed) = &filter.feed {
            select.add(" AND feed = ?", [Cell::Text(feed.clone())]);
        }
        if let Some(cursor) = filter.cursor.as_deref().and_then(cursor3) {
            select.add(" AND (received_at, log_partition, log_offset) < (?, ?, ?)", cursor.map(Cell::Int));
        }
        let limit = limit(filter.limit);
        let order = " ORDER BY received_at DESC, log_partition DESC, log_offset DESC LIMIT ?";
        select.add(order, [Cell::Int(i64::from(limit) + 1)]);
        let rows = select.all(&self.readers).await?;
        let letters: Vec<DeadLetterRow> = rows.iter().map(letter).collect::<Result<_, _>>()?;
        Ok(page(letters, limit, |letter| {
            format!("{}.{}.{}", letter.received_at.0, letter.partition, letter.offset)
        }))
    }

    /// One dead letter with its original bytes: for those who may open the seal.
    pub async fn dead_letter(
        &self,
        partition: i32,
        offset: i64,
    ) -> Result<Option<(DeadLetterRow, Vec<u8>)>, StoreError> {
        const ONE: &str = "SELECT d.log_partition, d.log_offset, d.feed, d.class, d.reason, d.field, d.detail, d.received_at, \
             d.size, b.bytes FROM dead_letters d JOIN dead_letter_bytes b \
             ON b.log_partition = d.log_partition AND b.log_offset = d.log_offset \
             WHERE d.log_partition = $1 AND d.log_offset = $2";
        let row =
            sqlx::query(ONE).bind(i64::from(partition)).bind(offset).fetch_optional(&self.readers).await?;
        row.map(|row| Ok((letter(&row)?, get(&row, 9)?))).transpose()
    }
}

fn letter(row: &AnyRow) -> Result<DeadLetterRow, StoreError> {
    Ok(DeadLetterRow {
        partition: sql::small(row, 0)?,
        offset: get(row, 1)?,
        feed: get(row, 2)?,
        class: sql::word(row, 3, FeedClass::parse)?,
        reason: sql::word(row, 4, Refused::parse)?,
        field: get(row, 5)?,
        detail: get(row, 6)?,
        received_at: Time(get(row, 7)?),
        size: sql::small(row, 8)?,
    })
}

fn cursor3(text: &str) -> Option<[i64; 3]> {
    let mut parts = text.split('.').map(str::parse);
    let cursor = [parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?];
    parts.next().is_none().then_some(cursor)
}
