//! Reports and incidents by local day: a regency's from its counts, a district's from its rows.

use super::{DailyIncidentsRow, DailyReportsRow};
use crate::error::StoreError;
use crate::read::{Range, at, between, of_kind};
use crate::sql::{self, Cell, SqlRow, SqlStatement, get};
use crate::store::Store;
use crate::table::incidents::COUNTS;
use crate::table::reports::ANY_KIND;
use async_recursion::async_recursion as boxed;
use domain::kind::{FeedClass, Kind};
use domain::place::Code;
use domain::time::{DAY, MINUTE};
use std::collections::BTreeMap;

/// Incidents of one local day (days since 1970-01-01) and counted severity that were not rejected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DaySeverity {
    pub day: i32,
    pub severity: u8,
    /// Found by patrols alone.
    pub patrol: bool,
    pub count: u32,
}

/// Reports of one local day and feed class, by when they say it happened; zero-reports by when they were given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DayClass {
    pub day: i32,
    pub class: FeedClass,
    pub count: u32,
}

/// Local days of a place; `minutes_east` is its zone's. A range that begins or ends within a day takes in all of that day
/// where the place is a regency.
#[derive(Clone, Copy, Debug)]
pub struct LocalDays {
    pub code: Code,
    pub range: Range,
    pub minutes_east: i64,
}

impl LocalDays {
    fn shift(self) -> i64 {
        self.minutes_east * MINUTE
    }

    /// Keeps a statement on counts to the place's days.
    fn counts_of(self, select: &mut SqlStatement) {
        let day = |time: i64| Cell::Int((time + self.shift()).div_euclid(DAY));
        let cells = [Cell::Int(i64::from(self.code.0)), day(self.range.from.0), day(self.range.to.0 - 1)];
        select.add(" regency = ? AND day >= ? AND day <= ? AND count > 0", cells);
    }
}

fn whole(number: i64) -> Result<i32, StoreError> {
    i32::try_from(number).map_err(|_| StoreError::corrupt(format!("the day {number} is out of its range")))
}

impl Store {
    /// Incidents by local day and counted severity; a regency's are those of its districts too.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn daily_incidents(&self, of: LocalDays, kind: Kind) -> Result<Vec<DaySeverity>, StoreError> {
        let mut days = match of.code.is_regency() {
            true => self.counted_incidents(of, kind).await?,
            false => self.incidents_from_rows(of, kind).await?,
        };
        days.sort_unstable_by_key(|row| (row.day, row.severity, row.patrol));
        Ok(days)
    }

    async fn counted_incidents(&self, of: LocalDays, kind: Kind) -> Result<Vec<DaySeverity>, StoreError> {
        let mut select = SqlStatement::new(&sql::select::<DailyIncidentsRow>());
        select.add(" kind = ? AND", [Cell::Text(kind.to_string())]);
        of.counts_of(&mut select);
        let rows = sql::read_all::<DailyIncidentsRow>(&select.fetch_all(&self.readers).await?)?;
        let day = |row: DailyIncidentsRow| {
            let (severity, patrol) = (row.severity, row.patrol);
            Ok(DaySeverity { day: whole(row.day)?, severity, patrol, count: row.count as u32 })
        };
        rows.into_iter().map(day).collect()
    }

    async fn incidents_from_rows(&self, of: LocalDays, kind: Kind) -> Result<Vec<DaySeverity>, StoreError> {
        let mut select = SqlStatement::new("SELECT severity, patrol, day, COUNT(*) FROM (");
        let head = format!(
            "SELECT counted_severity AS severity, patrol, (at + {}) / {DAY} AS day FROM incidents WHERE",
            of.shift()
        );
        of_kind(&mut select, &head, Some(kind));
        select.add(" AND", []).add(COUNTS, []);
        at(&mut select, of.code);
        between(&mut select, "at", Some(of.range));
        select.add(") AS rows_of GROUP BY severity, patrol, day", []);
        let count = |row: &SqlRow| {
            Ok(DaySeverity {
                severity: sql::small(row, 0)?,
                patrol: sql::flag(row, 1)?,
                day: sql::small(row, 2)?,
                count: sql::small(row, 3)?,
            })
        };
        select.fetch_all(&self.readers).await?.iter().map(count).collect()
    }

    /// Reports by local day and feed class, zero-reports too.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn daily_reports(&self, of: LocalDays) -> Result<Vec<DayClass>, StoreError> {
        let mut days: BTreeMap<(i32, FeedClass), u32> = BTreeMap::new();
        if of.code.is_regency() {
            let mut select = SqlStatement::new(&sql::select::<DailyReportsRow>());
            of.counts_of(&mut select);
            for row in sql::read_all::<DailyReportsRow>(&select.fetch_all(&self.readers).await?)? {
                *days.entry((whole(row.day)?, row.class)).or_default() += row.count as u32;
            }
        } else {
            for row in &reports_from_rows(of).fetch_all(&self.readers).await? {
                let class = sql::word(row, 0, FeedClass::parse)?;
                *days.entry((sql::small(row, 1)?, class)).or_default() += get::<i64>(row, 2)? as u32;
            }
        }
        Ok(days.into_iter().map(|((day, class), count)| DayClass { day, class, count }).collect())
    }
}

fn reports_from_rows(of: LocalDays) -> SqlStatement {
    let mut select = SqlStatement::new("SELECT class, day, COUNT(*) FROM (");
    for (number, kind) in ANY_KIND.into_iter().enumerate() {
        select.add(if number > 0 { " UNION ALL " } else { "" }, []);
        let head = format!("SELECT class, (at + {}) / {DAY} AS day FROM reports WHERE", of.shift());
        of_kind(&mut select, &head, kind);
        at(&mut select, of.code);
        between(&mut select, "at", Some(of.range));
    }
    select.add(") AS rows_of GROUP BY class, day", []);
    select
}
