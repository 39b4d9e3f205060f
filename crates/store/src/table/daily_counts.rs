//! Tables `daily_reports` and `daily_incidents`: counts of whole regencies by local day, so that ninety days of one are
//! read in a moment however many reports it had. The commit that writes the rows adds what they change: a regency has one
//! writer. A district's days are counted from its rows.

mod read;

pub use read::{DayClass, DaySeverity, LocalDays};

use super::counters::add_counts;
use super::incidents::{COUNTS, IncidentRow};
use crate::error::StoreError;
use crate::sql::{self, Bulk, Connection, table_row};
use domain::kind::{FeedClass, Kind};
use domain::place::{Code, Zone};
use domain::time::{DAY, MINUTE, Time};
use std::collections::BTreeMap;

table_row! {
    pub(crate) struct DailyReportsRow in "daily_reports", key 3 {
        pub regency: Code,
        pub day: i64,
        pub class: FeedClass,
        pub count: i64,
    }
}

table_row! {
    pub(crate) struct DailyIncidentsRow in "daily_incidents", key 5 {
        pub regency: Code,
        pub kind: Kind,
        pub day: i64,
        pub severity: u8,
        pub patrol: bool,
        pub count: i64,
    }
}

/// What a commit changes in the counts.
#[derive(Default)]
pub(crate) struct CountChanges {
    reports: BTreeMap<(Code, i64, FeedClass), i64>,
    incidents: BTreeMap<(Code, Kind, i64, u8, bool), i64>,
}

impl CountChanges {
    /// A report that came (`by` is 1) or went (-1).
    pub fn report(&mut self, regency: Code, class: FeedClass, at: Time, by: i64) {
        *self.reports.entry((regency, Zone::of(regency).day(at), class)).or_default() += by;
    }

    /// An incident as it now stands (`by` is 1) or stood before (-1); rejected ones count for nothing.
    pub fn incident(&mut self, row: &IncidentRow, by: i64) {
        if row.verdict.counts() {
            let day = Zone::of(row.regency).day(row.at);
            *self
                .incidents
                .entry((row.regency, row.kind, day, row.counted_severity, row.patrol))
                .or_default() += by;
        }
    }

    /// Adds the changes to the counts.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where less is counted than goes: the counts no longer agree with the rows.
    pub async fn write(self, tx: &mut Connection<'_>) -> Result<(), StoreError> {
        let reports = self.reports.into_iter().map(|((regency, day, class), count)| DailyReportsRow {
            regency,
            day,
            class,
            count,
        });
        let incidents = self.incidents.into_iter().map(|((regency, kind, day, severity, patrol), count)| {
            DailyIncidentsRow { regency, kind, day, severity, patrol, count }
        });
        add_counts(tx, reports.map(|row| (row.count, row)).collect(), ADD_REPORTS, TAKE_REPORTS).await?;
        add_counts(tx, incidents.map(|row| (row.count, row)).collect(), ADD_INCIDENTS, TAKE_INCIDENTS).await
    }
}

const ADD_REPORTS: Bulk = Bulk::new(
    "INSERT INTO daily_reports (regency, day, class, count)",
    4,
    "ON CONFLICT (regency, day, class) DO UPDATE SET count = daily_reports.count + excluded.count",
);
const TAKE_REPORTS: Bulk = Bulk::new(
    "UPDATE daily_reports SET count = count + v.column4 FROM (",
    4,
    ") AS v WHERE regency = v.column1 AND day = v.column2 AND class = v.column3 AND count + v.column4 >= 0",
);
const ADD_INCIDENTS: Bulk = Bulk::new(
    "INSERT INTO daily_incidents (regency, kind, day, severity, patrol, count)",
    6,
    "ON CONFLICT (regency, kind, day, severity, patrol) DO UPDATE SET count = daily_incidents.count + excluded.count",
);
const TAKE_INCIDENTS: Bulk = Bulk::new(
    "UPDATE daily_incidents SET count = count + v.column6 FROM (",
    6,
    ") AS v WHERE regency = v.column1 AND kind = v.column2 AND day = v.column3 AND severity = v.column4 \
     AND patrol = v.column5 AND count + v.column6 >= 0",
);

/// Counts everything again from the rows, for a store that was filled without counting.
pub(crate) async fn recount(tx: &mut Connection<'_>) -> Result<(), StoreError> {
    for table in ["daily_reports", "daily_incidents"] {
        sql::query(format!("DELETE FROM {table}")).execute(tx).await?;
    }
    let day = local_day_sql();
    let reports = format!(
        "INSERT INTO daily_reports (regency, day, class, count) \
         SELECT regency, day, class, COUNT(*) FROM (SELECT regency, {day} AS day, class FROM reports) AS r \
         GROUP BY regency, day, class"
    );
    sql::query(reports).execute(tx).await?;
    let incidents = format!(
        "INSERT INTO daily_incidents (regency, kind, day, severity, patrol, count) \
         SELECT regency, kind, day, severity, patrol, COUNT(*) FROM \
         (SELECT regency, kind, {day} AS day, counted_severity AS severity, patrol FROM incidents WHERE {COUNTS}) AS i \
         GROUP BY regency, kind, day, severity, patrol"
    );
    sql::query(incidents).execute(tx).await?;
    Ok(())
}

/// The local day of columns `regency` and `at`, as SQL.
fn local_day_sql() -> String {
    let usual = Zone::Wib.minutes() * MINUTE;
    let mut shift = String::from("CASE regency / 10000");
    for province in 11..=99 {
        let own = Zone::of(Code(province * 10_000)).minutes() * MINUTE;
        if own != usual {
            shift += &format!(" WHEN {province} THEN {own}");
        }
    }
    format!("(at + {shift} ELSE {usual} END) / {DAY}")
}
