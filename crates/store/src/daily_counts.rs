//! Counting the days of whole regencies. Every write of reports and incidents opens the days it touches (by triggers, so
//! that none can pass them by); a day that has ended is counted here and closed. What is open is counted from its rows
//! when somebody asks, so that a count is right at any time and only the work of reading it grows with open days.
//!
//! Nobody waits for it. A day is first marked as closing; a write that comes after takes the mark away. Once every write
//! that was under way at the marking has ended, and so can be seen, what is still marked is counted and closed.

use crate::error::StoreError;
use crate::read::reports::ANY_KIND;
use crate::sql::{self, Cell, Engine, Select, get};
use crate::store::{Store, in_transaction};
use domain::kind::Kind;
use domain::place::Zone;
use domain::time::{DAY, MINUTE, Time};
use sqlx::{AnyConnection, AssertSqlSafe};

/// A local day of a regency, and the instants it begins and ends at.
struct Open {
    regency: i64,
    day: i64,
    begins: i64,
}

/// Days marked as closing, each with the mark.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClosingDays {
    mark: i64,
    /// The transaction from which on a write knew of the mark; nothing where writes come one by one.
    seen: Option<i64>,
}

impl Store {
    /// Marks days that ended a day or more before `now` and were touched since they were last counted; `None` where there
    /// are none. `mark` is this caller's, and not 0.
    pub async fn begin_closing(
        &self,
        now: Time,
        mark: i64,
        most: u32,
    ) -> Result<Option<ClosingDays>, StoreError> {
        let before = (now.0 + Zone::Wit.minutes() * MINUTE).div_euclid(DAY) - 1;
        let mut select = Select::new("UPDATE open_days SET");
        select.add(
            " closing = ? WHERE (regency, day) IN (SELECT regency, day FROM open_days \
             WHERE day < ? AND closing IN (0, ?) ORDER BY regency, day LIMIT ?)",
            [Cell::Int(mark), Cell::Int(before), Cell::Int(mark), Cell::Int(i64::from(most))],
        );
        if in_transaction!(self, tx => select.run(&mut tx).await)? == 0 {
            return Ok(None);
        }
        let seen = match self.engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(self.transaction("pg_snapshot_xmax").await?),
        };
        Ok(Some(ClosingDays { mark, seen }))
    }

    /// Takes all marks away; those of a process that ended would keep their days open.
    pub async fn end_closing(&self) -> Result<(), StoreError> {
        let select = Select::new("UPDATE open_days SET closing = 0 WHERE closing <> 0");
        in_transaction!(self, tx => select.run(&mut tx).await)?;
        Ok(())
    }

    /// Counts what is still marked and closes it. `None` while a write from before the marking is under way: to be asked
    /// again; otherwise how many were closed.
    pub async fn close_days(&self, closing: ClosingDays) -> Result<Option<usize>, StoreError> {
        if let Some(seen) = closing.seen
            && self.transaction("pg_snapshot_xmin").await? < seen
        {
            return Ok(None);
        }
        let mut select = Select::new(
            "SELECT o.regency, o.day, COALESCE(z.minutes_east, 420) FROM open_days o \
             LEFT JOIN zones z ON z.province = o.regency / 10000 WHERE",
        );
        select.add(" o.closing = ? ORDER BY o.regency, o.day", [Cell::Int(closing.mark)]);
        let mut closed = 0;
        for row in &select.all(&self.readers).await? {
            let (regency, day): (i64, i64) = (get(row, 0)?, get(row, 1)?);
            let east: i64 = get(row, 2)?;
            let open = Open { regency, day, begins: day * DAY - east * MINUTE };
            closed += usize::from(in_transaction!(self, tx => close(&mut tx, &open, closing.mark).await)?);
        }
        Ok(Some(closed))
    }

    async fn transaction(&self, end: &str) -> Result<i64, StoreError> {
        let text = format!("SELECT CAST(CAST({end}(pg_current_snapshot()) AS TEXT) AS BIGINT)");
        get(&sqlx::query(AssertSqlSafe(text)).fetch_one(&self.readers).await?, 0)
    }
}

/// False where a write touched the day meanwhile: it stays open.
async fn close(tx: &mut AnyConnection, open: &Open, mark: i64) -> Result<bool, StoreError> {
    count(tx, open).await?;
    let mut gone = Select::new("DELETE FROM open_days WHERE");
    let cells = [Cell::Int(open.regency), Cell::Int(open.day), Cell::Int(mark)];
    gone.add(" regency = ? AND day = ? AND closing = ?", cells);
    Ok(gone.run(tx).await? > 0)
}

async fn count(tx: &mut AnyConnection, open: &Open) -> Result<(), StoreError> {
    let key = [Cell::Int(open.regency), Cell::Int(open.day)];
    for table in ["report_days", "incident_days"] {
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
