//! Reports and incidents counted by local day: a district's from its rows, a whole regency's from the counts of its closed
//! days (`store::days`) and the rows of the others.

use super::reports::ANY_KIND;
use super::{Range, at, between};
use crate::daily_counts::{of_kind, open_days, stretches};
use crate::error::StoreError;
use crate::sql::{self, Cell, Select, get};
use crate::store::Store;
use domain::kind::{FeedClass, Kind};
use domain::place::Code;
use domain::time::{DAY, MINUTE, Time};
use sqlx::any::AnyRow;
use std::collections::BTreeMap;

/// Incidents of one local day (days since 1970-01-01) and severity that were not rejected.
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

    fn ends(self) -> (i64, i64) {
        let day = |time: i64| (time + self.shift()).div_euclid(DAY);
        (day(self.range.from.0), day(self.range.to.0 - 1))
    }

    /// Stretches of open days, the first and the last of each; none of a district.
    async fn open(self, store: &Store) -> Result<Vec<(i64, i64)>, StoreError> {
        match self.code.is_regency() {
            true => Ok(stretches(&open_days(store, i64::from(self.code.0), self.ends()).await?)),
            false => Ok(Vec::new()),
        }
    }

    /// The stretches of time to be counted from rows.
    fn rows_of(self, open: &[(i64, i64)]) -> Vec<Range> {
        let begins = |day: i64| Time(day * DAY - self.shift());
        let range = |(first, last): &(i64, i64)| Range { from: begins(*first), to: begins(*last + 1) };
        if self.code.is_regency() { open.iter().map(range).collect() } else { vec![self.range] }
    }

    /// Keeps counts to the other days: those that were not open when that was asked, whatever was closed since, or a day
    /// would be counted twice.
    fn counts_of(self, select: &mut Select, open: &[(i64, i64)]) {
        let (first, last) = self.ends();
        let cells = [Cell::Int(i64::from(self.code.0)), Cell::Int(first), Cell::Int(last)];
        select.add(" regency = ? AND day >= ? AND day <= ?", cells);
        for (first, last) in open {
            select.add(" AND NOT day BETWEEN ? AND ?", [Cell::Int(*first), Cell::Int(*last)]);
        }
    }
}

impl Store {
    /// Incidents by local day and severity; a regency's are those of its districts too.
    pub async fn daily_incidents(&self, of: LocalDays, kind: Kind) -> Result<Vec<DaySeverity>, StoreError> {
        let (mut select, open) = (Select::new(""), of.open(self).await?);
        for range in of.rows_of(&open) {
            select.add("SELECT severity, patrol, day, COUNT(*) FROM (", []);
            let head =
                format!("SELECT severity, patrol, (at + {}) / {DAY} AS day FROM incidents WHERE", of.shift());
            of_kind(&mut select, &head, Some(kind));
            select.add(" AND verdict <> 'rejected'", []);
            at(&mut select, of.code);
            between(&mut select, "at", Some(range));
            select.add(") AS rows_of GROUP BY severity, patrol, day UNION ALL ", []);
        }
        of_kind(&mut select, "SELECT severity, patrol, day, count FROM incident_days WHERE", Some(kind));
        select.add(" AND", []);
        of.counts_of(&mut select, &open);
        let rows = select.all(&self.readers).await?;
        let count = |row: &AnyRow| {
            Ok(DaySeverity {
                severity: sql::small(row, 0)?,
                patrol: sql::flag(row, 1)?,
                day: sql::small(row, 2)?,
                count: sql::small(row, 3)?,
            })
        };
        let mut days = rows.iter().map(count).collect::<Result<Vec<_>, StoreError>>()?;
        days.sort_unstable_by_key(|row| (row.day, row.severity, row.patrol));
        Ok(days)
    }

    /// Reports by local day and feed class, zero-reports too.
    pub async fn daily_reports(&self, of: LocalDays) -> Result<Vec<DayClass>, StoreError> {
        let (mut select, open) = (Select::new(""), of.open(self).await?);
        for range in of.rows_of(&open) {
            select.add("SELECT class, day, COUNT(*) FROM (", []);
            for (number, kind) in ANY_KIND.into_iter().enumerate() {
                select.add(if number > 0 { " UNION ALL " } else { "" }, []);
                let head = format!("SELECT class, (at + {}) / {DAY} AS day FROM reports WHERE", of.shift());
                of_kind(&mut select, &head, kind);
                at(&mut select, of.code);
                between(&mut select, "at", Some(range));
            }
            select.add(") AS rows_of GROUP BY class, day UNION ALL ", []);
        }
        select.add("SELECT class, day, count FROM report_days WHERE", []);
        of.counts_of(&mut select, &open);
        let mut days: BTreeMap<(i32, FeedClass), u32> = BTreeMap::new();
        for row in &select.all(&self.readers).await? {
            let class = sql::word(row, 0, FeedClass::parse)?;
            let count: i64 = get(row, 2)?;
            *days.entry((sql::small(row, 1)?, class)).or_default() += count as u32;
        }
        Ok(days.into_iter().map(|((day, class), count)| DayClass { day, class, count }).collect())
    }
}
