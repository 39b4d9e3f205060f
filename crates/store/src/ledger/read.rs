//! The ledger read: one forecast a week of each cell with its outcome, what alerts came to, and the inputs' daily means.

use super::MONDAY;
use crate::error::StoreError;
use crate::sql::{self, Cell, Column, SqlRow, SqlStatement};
use crate::store::Store;
use crate::table::ledger as table;
use async_recursion::async_recursion as boxed;
use domain::forecast::ForecastOutcome;
use domain::kind::{Horizon, Kind, Level};
use domain::place::Code;
use std::collections::BTreeSet;

/// A frozen forecast with the last word on it.
#[derive(Clone, PartialEq, Debug)]
pub struct LedgerRow {
    pub kind: Kind,
    pub horizon: Horizon,
    pub code: Code,
    pub day: i64,
    pub risk_ppm: u32,
    pub baseline_ppm: u32,
    pub level: Level,
    pub calibrated: bool,
    pub model: String,
    /// `None` until it falls due.
    pub outcome: Option<ForecastOutcome>,
    /// How often the word was changed afterwards.
    pub corrections: u32,
    pub saw: Option<bool>,
    /// Decided by a call of the weekly sample.
    pub checked: bool,
}

/// What became of the alerts a person ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct AlertRecord {
    pub confirmed: usize,
    pub false_alarms: usize,
    pub averted: usize,
    pub other: usize,
}

/// A feature's mean over the districts on a day.
#[derive(Clone, PartialEq, Debug)]
pub struct DayMean {
    pub kind: Kind,
    pub day: i64,
    pub name: String,
    pub mean: f64,
}

impl Store {
    /// Forecasts of Mondays from a day on, oldest first: one a week, because those of the next days are nearly the same
    /// forecast again and would pass for more evidence than there is.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn ledger(&self, codes: &[Code], from: i64) -> Result<Vec<LedgerRow>, StoreError> {
        let mut select = SqlStatement::new(&table::with_last());
        select.add(&format!(" l.day >= ? AND l.day % 7 = {MONDAY}"), [Cell::Int(from)]);
        within(&mut select, "l", codes);
        select.add(" ORDER BY l.day, l.kind, l.horizon, l.code", []);
        let row = |row: &SqlRow| {
            let (forecast, last) = table::read_with_last(row)?;
            Ok(LedgerRow::of(forecast, last))
        };
        select.fetch_all(&self.readers).await?.iter().map(row).collect()
    }

    /// How the alerts that ended since an instant (microseconds) came out; empty codes mean all.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn alert_record(&self, codes: &[Code], from: i64) -> Result<AlertRecord, StoreError> {
        let mut select =
            SqlStatement::new("SELECT outcome, COUNT(*) FROM alerts a WHERE outcome IS NOT NULL");
        select.add(" AND a.changed_at >= ?", [Cell::Int(from)]);
        within(&mut select, "a", codes);
        select.add(" GROUP BY outcome", []);
        let mut record = AlertRecord::default();
        for row in &select.fetch_all(&self.readers).await? {
            let (outcome, count): (String, usize) = (String::read(row, 0)?, sql::small(row, 1)?);
            match outcome.as_str() {
                "confirmed" => record.confirmed += count,
                "false_alarm" => record.false_alarms += count,
                "averted" => record.averted += count,
                _ => record.other += count,
            }
        }
        Ok(record)
    }

    /// The daily means of the inputs from a day on, by kind, name and day.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn input_means(&self, from: i64) -> Result<Vec<DayMean>, StoreError> {
        const MEANS: &str = "SELECT kind, day, name, CAST(SUM(mean_e6 * districts) / SUM(districts) AS BIGINT) FROM ledger_inputs \
             WHERE day >= $1 GROUP BY kind, name, day ORDER BY kind, name, day";
        let rows = sql::query(MEANS).bind(from).fetch_all(&self.readers).await?;
        rows.iter()
            .map(|row| {
                Ok(DayMean {
                    kind: Kind::read(row, 0)?,
                    day: i64::read(row, 1)?,
                    name: String::read(row, 2)?,
                    mean: i64::read(row, 3)? as f64 / 1e6,
                })
            })
            .collect()
    }

    /// The last day that was frozen.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn ledger_day(&self) -> Result<Option<i64>, StoreError> {
        let row = sql::query("SELECT MAX(day) FROM ledger").fetch_one(&self.readers).await?;
        Option::read(&row, 0)
    }
}

/// Keeps to the codes; a regency's code means itself and all of its districts.
pub(crate) fn within(select: &mut SqlStatement, table: &str, codes: &[Code]) {
    if codes.is_empty() {
        return;
    }
    let cells = |regency: bool| -> Vec<Cell> {
        let own = codes.iter().filter(|code| code.is_regency() == regency);
        own.map(|code| Cell::Int(i64::from(code.0))).collect()
    };
    // The index is by regency.
    let regencies: BTreeSet<Code> = codes.iter().map(|code| code.regency()).collect();
    let regencies = regencies.into_iter().map(|code| Cell::Int(i64::from(code.0))).collect();
    select.add(" AND", []).add_in(&format!("{table}.regency"), regencies);
    select.add(" AND (", []);
    select.add_in(&format!("{table}.regency"), cells(true));
    select.add(" OR", []);
    select.add_in(&format!("{table}.code"), cells(false));
    select.add(")", []);
}
