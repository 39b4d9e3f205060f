//! Counting the days of whole regencies. Every write of reports and incidents opens the days it touches (by triggers, so
//! that none can pass them by); a day that has ended is counted here and closed. What is open is counted from its rows
//! when somebody asks, so that a count is right at any time and only the work of reading it grows with open days.

use crate::error::StoreError;
use crate::read::reports::ANY_KIND;
use crate::sql::{self, Cell, Engine, Select, get};
use crate::store::{Store, in_transaction};
use domain::kind::Kind;
use domain::place::Zone;
use domain::time::{DAY, MINUTE, Time};
use sqlx::AnyConnection;

/// A local day of a regency, and the instants it begins and ends at.
struct Open {
    regency: i64,
    day: i64,
    begins: i64,
}

impl Store {
    /// Counts and closes days that ended a day or more before `now` and were touched since they were last counted, at
    /// most so many. Returns how many were closed: fewer than `most` means that none is left.
    pub async fn close_days(&self, now: Time, most: u32) -> Result<usize, StoreError> {
        let before = (now.0 + Zone::Wit.minutes() * MINUTE).div_euclid(DAY) - 1;
        // Commits wait while days are counted, so not without need.
        let mut any = Select::new("SELECT regency FROM open_days WHERE");
        any.add(" day < ? LIMIT 1", [Cell::Int(before)]);
        if any.all(&self.readers).await?.is_empty() {
            return Ok(0);
        }
        let engine = self.engine;
        in_transaction!(self, tx => close(&mut tx, engine, before, most).await)
    }
}

async fn close(tx: &mut AnyConnection, engine: Engine, before: i64, most: u32) -> Result<usize, StoreError> {
    if engine == Engine::Postgres {
        // A commit moves its progress first of all: none is under way beside us, so no row of a day is unseen.
        sqlx::query("LOCK TABLE progress IN SHARE MODE").execute(&mut *tx).await?;
    }
    let mut select = Select::new(
        "SELECT o.regency, o.day, COALESCE(z.minutes_east, 420) FROM open_days o \
         LEFT JOIN zones z ON z.province = o.regency / 10000 WHERE",
    );
    select
        .add(" o.day < ? ORDER BY o.regency, o.day LIMIT ?", [Cell::Int(before), Cell::Int(i64::from(most))]);
    let rows = select.rows(tx).await?;
    for row in &rows {
        let (regency, day): (i64, i64) = (get(row, 0)?, get(row, 1)?);
        let east: i64 = get(row, 2)?;
        count(tx, &Open { regency, day, begins: day * DAY - east * MINUTE }).await?;
    }
    Ok(rows.len())
}

async fn count(tx: &mut AnyConnection, open: &Open) -> Result<(), StoreError> {
    let key = [Cell::Int(open.regency), Cell::Int(open.day)];
    for table in ["open_days", "report_days", "incident_days"] {
        let mut gone = Select::new(&format!("DELETE FROM {table} WHERE"));
        gone.add(" regency = ? AND day = ?", key.clone());
        gone.run(tx).await?;
    }
    let within = |select: &mut Select| {
        let cells = [Cell::Int(open.regency), Cell::Int(open.begins), Cell::Int(open.begins + DAY)];
        select.add(" AND regency = ? AND at >= ? AND at < ?", cells);
    };
    let mut reports = Select::new("INSERT INTO report_days (regency, day, class, count)");
    reports.add(" SELECT ?, ?, class, COUNT(*) FROM (", key.clone());
    for (number, kind) in ANY_KIND.into_iter().enumerate() {
        reports.add(if number > 0 { " UNION ALL " } else { "" }, []);
        of_kind(&mut reports, "SELECT class FROM reports WHERE", kind);
        within(&mut reports);
    }
    reports.add(") AS told GROUP BY class", []);
    reports.run(tx).await?;
    for kind in Kind::ALL {
        let mut incidents =
            Select::new("INSERT INTO incident_days (regency, day, kind, severity, patrol, count)");
        incidents.add(" SELECT ?, ?, kind, severity, patrol, COUNT(*)", key.clone());
        of_kind(&mut incidents, " FROM incidents WHERE verdict <> 'rejected' AND", Some(*kind));
        within(&mut incidents);
        incidents.add(" GROUP BY kind, severity, patrol", []);
        incidents.run(tx).await?;
    }
    Ok(())
}

/// Each kind has its own stretch of the index.
pub(crate) fn of_kind(select: &mut Select, head: &str, kind: Option<Kind>) {
    match kind {
        None => select.add(head, []).add(" kind IS NULL", []),
        Some(kind) => select.add(head, []).add(" kind = ?", [Cell::Text(kind.to_string())]),
    };
}

/// Days without gaps between them, as the first and the last of each stretch.
pub(crate) fn stretches(days: &[i64]) -> Vec<(i64, i64)> {
    let mut stretches: Vec<(i64, i64)> = Vec::new();
    for day in days {
        match stretches.last_mut() {
            Some((_, last)) if *last + 1 == *day => *last = *day,
            _ => stretches.push((*day, *day)),
        }
    }
    stretches
}

/// Days of a regency that are open, in their order.
pub(crate) async fn open_days(
    store: &Store,
    regency: i64,
    (first, last): (i64, i64),
) -> Result<Vec<i64>, StoreError> {
    let mut select = Select::new("SELECT day FROM open_days WHERE");
    let cells = [Cell::Int(regency), Cell::Int(first), Cell::Int(last)];
    select.add(" regency = ? AND day >= ? AND day <= ? ORDER BY day", cells);
    select.all(&store.readers).await?.iter().map(|row| sql::get(row, 0)).collect()
}

#[cfg(test)]
mod tests {
    use super::stretches;

    #[test]
    fn days_in_a_row_are_one_stretch() {
        assert_eq!(stretches(&[3, 4, 5, 9, 11, 12]), [(3, 5), (9, 9), (11, 12)]);
        assert_eq!(stretches(&[]), []);
    }
}
