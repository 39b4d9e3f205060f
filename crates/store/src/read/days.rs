//! Reports and incidents counted by local day. A district's are counted from its rows; a whole regency has far more, and
//! its counts are kept beside every write.

use super::reports::ANY_KIND;
use super::{Range, at, between};
use crate::error::StoreError;
use crate::sql::{self, Cell, Select};
use crate::store::Store;
use domain::kind::{FeedClass, Kind};
use domain::place::Code;
use domain::time::{DAY, MINUTE};
use sqlx::any::AnyRow;

/// Incidents of one local day (days since 1970-01-01) and severity.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DaySeverity {
    pub day: i32,
    pub severity: u8,
    pub count: u32,
}

/// Reports of one local day and feed class, by when they say it happened; zero-reports by when they were given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DayClass {
    pub day: i32,
    pub class: FeedClass,
    pub count: u32,
}

/// Whole local days of a place: `minutes_east` is its zone's. A range that begins or ends within a day takes in all of
/// that day where the place is a regency.
#[derive(Clone, Copy, Debug)]
pub struct LocalDays {
    pub code: Code,
    pub range: Range,
    pub minutes_east: i64,
}

impl LocalDays {
    fn day(self) -> String {
        format!("(at + {}) / {DAY}", self.minutes_east * MINUTE)
    }

    /// Keeps a regency's counts to these days.
    fn of_regency(self, select: &mut Select) {
        let day = |time: i64| Cell::Int((time + self.minutes_east * MINUTE).div_euclid(DAY));
        select.add(
            " AND regency = ? AND day >= ? AND day <= ?",
            [Cell::Int(i64::from(self.code.0)), day(self.range.from.0), day(self.range.to.0 - 1)],
        );
    }

    /// Keeps a district's rows to this range.
    fn of_district(self, select: &mut Select) {
        at(select, self.code);
        between(select, "at", Some(self.range));
    }
}

impl Store {
    /// Incidents that were not rejected, by local day and severity; a regency's are those of its districts too.
    pub async fn daily_incidents(&self, of: LocalDays, kind: Kind) -> Result<Vec<DaySeverity>, StoreError> {
        let kind = Cell::Text(kind.to_string());
        let mut select = Select::new("");
        if of.code.is_regency() {
            select.add(
                "SELECT day, severity, CAST(SUM(count) AS BIGINT) FROM incident_days WHERE kind = ?",
                [kind],
            );
            of.of_regency(&mut select);
            select.add(" GROUP BY day, severity HAVING SUM(count) > 0 ORDER BY day, severity", []);
        } else {
            let head =
                format!("SELECT {} AS day, severity, COUNT(*) FROM incidents WHERE kind = ?", of.day());
            select.add(&head, [kind]).add(" AND verdict <> 'rejected'", []);
            of.of_district(&mut select);
            select.add(" GROUP BY day, severity ORDER BY day, severity", []);
        }
        let rows = select.all(&self.readers).await?;
        let count = |row: &AnyRow| {
            Ok(DaySeverity {
                day: sql::small(row, 0)?,
                severity: sql::small(row, 1)?,
                count: sql::small(row, 2)?,
            })
        };
        rows.iter().map(count).collect()
    }

    /// Incidents that were not rejected: how many people reported, and how many patrols alone found.
    pub async fn found_by(&self, of: LocalDays, kind: Kind) -> Result<(u32, u32), StoreError> {
        let kind = Cell::Text(kind.to_string());
        let mut select = Select::new("");
        if of.code.is_regency() {
            select.add("SELECT patrol, CAST(SUM(count) AS BIGINT) FROM incident_days WHERE kind = ?", [kind]);
            of.of_regency(&mut select);
        } else {
            select.add("SELECT patrol, COUNT(*) FROM incidents WHERE kind = ?", [kind]);
            select.add(" AND verdict <> 'rejected'", []);
            of.of_district(&mut select);
        }
        select.add(" GROUP BY patrol", []);
        let mut found = (0, 0);
        for row in &select.all(&self.readers).await? {
            let count = sql::small(row, 1)?;
            if sql::flag(row, 0)? { found.1 = count } else { found.0 = count }
        }
        Ok(found)
    }

    /// Reports by local day and feed class, zero-reports too.
    pub async fn daily_reports(&self, of: LocalDays) -> Result<Vec<DayClass>, StoreError> {
        let mut select = Select::new("");
        if of.code.is_regency() {
            select.add("SELECT day, class, CAST(SUM(count) AS BIGINT) FROM report_days WHERE 1 = 1", []);
            of.of_regency(&mut select);
            select.add(" GROUP BY day, class HAVING SUM(count) > 0 ORDER BY day, class", []);
        } else {
            select.add(&format!("SELECT {} AS day, class, COUNT(*) FROM (", of.day()), []);
            // Each kind has its own stretch of the index, which holds all that is asked for.
            for (number, kind) in ANY_KIND.into_iter().enumerate() {
                select.add(if number > 0 { " UNION ALL " } else { "" }, []);
                select.add("SELECT at, class FROM reports WHERE", []);
                match kind {
                    None => select.add(" kind IS NULL", []),
                    Some(kind) => select.add(" kind = ?", [Cell::Text(kind.to_string())]),
                };
                of.of_district(&mut select);
            }
            select.add(") AS told GROUP BY day, class ORDER BY day, class", []);
        }
        let rows = select.all(&self.readers).await?;
        let count = |row: &AnyRow| {
            Ok(DayClass {
                day: sql::small(row, 0)?,
                class: sql::word(row, 1, FeedClass::parse)?,
                count: sql::small(row, 2)?,
            })
        };
        rows.iter().map(count).collect()
    }
}
