//! What the ledger's figures and the drift watch read beside the forecasts: incidents by day and place, the sums of each week's
//! forecasts, and the service's episode of drift.

use super::MONDAY;
use crate::error::StoreError;
use crate::ledger::within;
use crate::sql::{self, Cell, Column, SqlRow, SqlStatement};
use crate::store::{Store, in_transaction};
use crate::table::incidents::COUNTS;
use crate::table::outbox::{last_serial, raise_serial};
use async_recursion::async_recursion as boxed;
use domain::forecast::ForecastOutcome;
use domain::kind::Kind;
use domain::place::Code;
use domain::time::DAY;

/// Incidents of a place and kind that happened on a day (UTC), as they are known now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IncidentDay {
    pub kind: Kind,
    pub code: Code,
    pub day: i64,
    pub count: u32,
}

/// The districts' forecasts of seven days that were made on a Monday by one model and came out alike.
#[derive(Clone, PartialEq, Debug)]
pub struct LedgerWeek {
    pub day: i64,
    pub kind: Kind,
    pub model: String,
    pub outcome: ForecastOutcome,
    pub forecasts: u32,
    /// Sums over them: of the risk p, and of p (1 − p).
    pub risk: f64,
    pub spread: f64,
}

/// The service's episode of drift that is not over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DriftEpisode {
    /// The day it began.
    pub since: i64,
    /// True for who noted it first: it is reported once.
    pub new: bool,
}

/// An episode is over when nothing has strayed for so many days.
const OVER_AFTER: i64 = 28;
const BEGAN: &str = "drift_began";
const STRAYED: &str = "drift_strayed";

impl Store {
    /// Incidents from a day on that were not rejected and that people reported, by place and day; no codes are everywhere.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn incident_days(&self, codes: &[Code], from: i64) -> Result<Vec<IncidentDay>, StoreError> {
        let mut select = SqlStatement::new(&format!(
            "SELECT i.kind, i.code, i.at / {DAY}, COUNT(*) FROM incidents i WHERE i.patrol = 0 AND i.{}",
            COUNTS.trim_start()
        ));
        select.add(" AND i.at >= ?", [Cell::Int(from * DAY)]);
        within(&mut select, "i", codes);
        select.add(
            &format!(" GROUP BY i.kind, i.code, i.at / {DAY} ORDER BY i.kind, i.code, i.at / {DAY}"),
            [],
        );
        let row = |row: &SqlRow| {
            Ok(IncidentDay {
                kind: Kind::read(row, 0)?,
                code: Code::read(row, 1)?,
                day: i64::read(row, 2)?,
                count: sql::small(row, 3)?,
            })
        };
        select.fetch_all(&self.readers).await?.iter().map(row).collect()
    }

    /// Sums of the districts' forecasts that have an outcome, of all regencies, from a day on.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn ledger_weeks(&self, from: i64) -> Result<Vec<LedgerWeek>, StoreError> {
        let text = format!(
            "SELECT l.day, l.kind, l.model, o.outcome, COUNT(*), CAST(SUM(l.risk_ppm) AS BIGINT), \
             CAST(SUM(l.risk_ppm * (1000000 - l.risk_ppm)) AS BIGINT), CAST(CASE WHEN o.why = 'unverified' THEN 1 ELSE 0 END AS BIGINT) \
             FROM ledger l JOIN ledger_outcomes o ON o.kind = l.kind AND o.horizon = l.horizon AND o.code = l.code \
             AND o.day = l.day AND o.number = (SELECT MAX(n.number) FROM ledger_outcomes n WHERE n.kind = l.kind \
             AND n.horizon = l.horizon AND n.code = l.code AND n.day = l.day) \
             WHERE l.horizon = '7d' AND l.code % 100 <> 0 AND l.day % 7 = {MONDAY}"
        );
        let mut select = SqlStatement::new("");
        select.add(&text, []).add(" AND l.day >= ?", [Cell::Int(from)]);
        select.add(" GROUP BY 1, 2, 3, 4, 8 ORDER BY 1, 2, 3, 4, 8", []);
        let row = |row: &SqlRow| {
            let single_source = i64::read(row, 7)? == 1;
            Ok(LedgerWeek {
                day: i64::read(row, 0)?,
                kind: Kind::read(row, 1)?,
                model: String::read(row, 2)?,
                outcome: match ForecastOutcome::read(row, 3)? {
                    ForecastOutcome::Void if single_source => ForecastOutcome::SingleSource,
                    outcome => outcome,
                },
                forecasts: sql::small(row, 4)?,
                risk: i64::read(row, 5)? as f64 / 1e6,
                spread: i64::read(row, 6)? as f64 / 1e12,
            })
        };
        select.fetch_all(&self.readers).await?.iter().map(row).collect()
    }

    /// Notes whether anything strays as of a day. Returns the episode that is not over then; it is new for one caller only,
    /// whichever process asks and however often it was started again.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn note_drift(&self, day: i64, strays: bool) -> Result<Option<DriftEpisode>, StoreError> {
        in_transaction!(self, tx => {
            let known = last_serial(&mut tx, STRAYED).await?;
            let goes_on = known.is_some_and(|last| day - last <= OVER_AFTER);
            let new = strays && !goes_on;
            if new {
                raise_serial(&mut tx, BEGAN, day).await?;
            }
            if strays {
                raise_serial(&mut tx, STRAYED, day).await?;
            }
            let since = last_serial(&mut tx, BEGAN).await?;
            let episode = since.filter(|_| new || goes_on).map(|since| DriftEpisode { since, new });
            Ok::<_, StoreError>(episode)
        })
    }

    /// The day the episode of drift began that is not over on a day.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn drift_since(&self, day: i64) -> Result<Option<i64>, StoreError> {
        const SINCE: &str =
            "SELECT b.last FROM serials b JOIN serials s ON s.name = $1 AND s.last >= $2 WHERE b.name = $3";
        let query = sql::query(SINCE).bind(STRAYED).bind(day - OVER_AFTER).bind(BEGAN);
        query.fetch_optional(&self.readers).await?.map(|row| i64::read(&row, 0)).transpose()
    }
}
