//! Tables `ledger`, `ledger_outcomes`, `ledger_rechecks` and `ledger_inputs`: each day's forecasts as they stood when it
//! began, what became of each, whose evidence moved since, and the mean inputs of each day.

use crate::error::StoreError;
use crate::ledger::{LedgerRow, OwnedRegencies};
use crate::sql::{self, Bulk, Cell, Column, Connection, SqlRow, SqlStatement, TableRow, table_row};
use domain::forecast::{ForecastDecision, ForecastOutcome};
use domain::kind::{Horizon, Kind, Level};
use domain::place::Code;
use domain::time::{DAY, Time};
use std::collections::BTreeSet;

table_row! {
    /// A forecast as it stood when its day began.
    pub(crate) struct FrozenForecastRow in "ledger", key 4 {
        pub kind: Kind,
        pub horizon: Horizon,
        pub code: Code,
        pub day: i64,
        pub regency: Code,
        pub risk_ppm: u32,
        pub base_ppm: u32,
        pub baseline_ppm: u32,
        pub level: Level,
        pub completeness_ppm: u32,
        pub model: String,
        pub calibrated: bool,
    }
}

table_row! {
    /// What became of a forecast; each later word on it has the next number.
    pub(crate) struct ForecastOutcomeRow in "ledger_outcomes", key 5 {
        pub kind: Kind,
        pub horizon: Horizon,
        pub code: Code,
        pub day: i64,
        pub number: i64,
        pub at: Time,
        pub outcome: ForecastOutcome,
        pub why: String,
        pub saw: Option<bool>,
        pub checked: bool,
    }
}

table_row! {
    /// The last word on a forecast, beside the forecast.
    pub(crate) struct LastOutcomeRow in "ledger_outcomes", key 0 {
        pub number: i64,
        pub outcome: ForecastOutcome,
        pub why: String,
        pub saw: Option<bool>,
        pub checked: bool,
    }
}

table_row! {
    /// A cell and a day whose evidence moved after its forecasts were judged.
    pub(crate) struct RecheckRow in "ledger_rechecks", key 3 {
        pub kind: Kind,
        pub code: Code,
        pub day: i64,
    }
}

table_row! {
    /// A feature's mean over a partition's districts on a day.
    pub(crate) struct InputMeanRow in "ledger_inputs", key 4 {
        pub log_partition: i32,
        pub kind: Kind,
        pub day: i64,
        pub name: String,
        /// Millionths.
        pub mean_e6: i64,
        pub districts: i64,
    }
}

impl LastOutcomeRow {
    /// The outcome; what earlier builds wrote as void because one speaker alone says it is what they meant.
    fn outcome(&self) -> ForecastOutcome {
        match (self.outcome, self.why.as_str()) {
            (ForecastOutcome::Void, "unverified") => ForecastOutcome::SingleSource,
            (outcome, _) => outcome,
        }
    }

    /// The number of the word, and the word.
    pub fn decision(self) -> (i64, ForecastDecision) {
        let decision = ForecastDecision {
            outcome: self.outcome(),
            why: self.why,
            verifier_saw: self.saw,
            checked: self.checked,
        };
        (self.number, decision)
    }
}

impl LedgerRow {
    /// A forecast with the last word on it.
    pub(crate) fn of(forecast: FrozenForecastRow, last: Option<LastOutcomeRow>) -> LedgerRow {
        LedgerRow {
            kind: forecast.kind,
            horizon: forecast.horizon,
            code: forecast.code,
            day: forecast.day,
            risk_ppm: forecast.risk_ppm,
            baseline_ppm: forecast.baseline_ppm,
            level: forecast.level,
            calibrated: forecast.calibrated,
            model: forecast.model,
            outcome: last.as_ref().map(LastOutcomeRow::outcome),
            corrections: last.as_ref().map_or(0, |last| last.number.max(1) as u32 - 1),
            saw: last.as_ref().and_then(|last| last.saw),
            checked: last.is_some_and(|last| last.checked),
        }
    }
}

/// Copies the newest word on every cell from before the day. Returns how many forecasts that made.
pub(crate) async fn freeze(
    tx: &mut Connection<'_>,
    day: i64,
    own: &OwnedRegencies,
) -> Result<u64, StoreError> {
    let value = |column: &&str| match *column {
        "day" => String::from("CAST(? AS BIGINT)"),
        "regency" => String::from("a.code - a.code % 100"),
        column => format!("a.{column}"),
    };
    let values: Vec<String> = FrozenForecastRow::COLUMNS.iter().map(value).collect();
    let text = format!(
        "INSERT INTO ledger ({}) SELECT {} \
         FROM newest_assessments c JOIN assessments a ON a.kind = c.kind AND a.horizon = c.horizon AND a.code = c.code \
         AND a.emitted_at = (SELECT MAX(b.emitted_at) FROM assessments b WHERE b.kind = c.kind AND b.horizon = c.horizon \
         AND b.code = c.code AND b.emitted_at < ?) WHERE 1 = 1",
        sql::columns::<FrozenForecastRow>(""),
        values.join(", ")
    );
    let mut insert = SqlStatement::new("");
    insert.add(&text, [Cell::Int(day), Cell::Int(day * DAY)]);
    own.codes(&mut insert, "c.code");
    insert.add(" ON CONFLICT (kind, horizon, code, day) DO NOTHING", []);
    insert.execute(tx).await
}

/// `SELECT` of forecasts (`l`) and the last word on each (`o`), up to `WHERE`; [`read_with_last`] reads its rows.
pub(crate) fn with_last() -> String {
    format!(
        "SELECT {}, {} FROM ledger l \
         LEFT JOIN ledger_outcomes o ON o.kind = l.kind AND o.horizon = l.horizon AND o.code = l.code AND o.day = l.day \
         AND o.number = (SELECT MAX(n.number) FROM ledger_outcomes n WHERE n.kind = l.kind AND n.horizon = l.horizon \
         AND n.code = l.code AND n.day = l.day) WHERE",
        sql::columns::<FrozenForecastRow>("l."),
        sql::columns::<LastOutcomeRow>("o.")
    )
}

/// A forecast and the last word on it.
pub(crate) fn read_with_last(
    row: &SqlRow,
) -> Result<(FrozenForecastRow, Option<LastOutcomeRow>), StoreError> {
    Ok((FrozenForecastRow::read(row, 0)?, sql::read_joined(row, FrozenForecastRow::COLUMNS.len())?))
}

/// The forecasts of a day and horizon, each with the last word on it, by kind and code.
pub(crate) async fn of_day(
    tx: &mut Connection<'_>,
    (horizon, day): (Horizon, i64),
    own: &OwnedRegencies,
) -> Result<Vec<(FrozenForecastRow, Option<LastOutcomeRow>)>, StoreError> {
    let mut select = SqlStatement::new(&with_last());
    select.add(" l.day = ? AND l.horizon = ?", [Cell::Int(day), horizon.cell()]);
    own.regencies(&mut select, "l.regency");
    select.add(" ORDER BY l.kind, l.code", []);
    select.fetch_all(tx).await?.iter().map(read_with_last).collect()
}

/// Writes new words on forecasts.
pub(crate) async fn insert_outcomes(
    tx: &mut Connection<'_>,
    outcomes: Vec<ForecastOutcomeRow>,
) -> Result<(), StoreError> {
    Bulk::insert::<ForecastOutcomeRow>().run_rows(tx, outcomes).await?;
    Ok(())
}

/// Notes that the evidence of these cells and days moved.
pub(crate) async fn insert_rechecks(
    tx: &mut Connection<'_>,
    rechecks: BTreeSet<(Kind, Code, i64)>,
) -> Result<(), StoreError> {
    let rows = rechecks.into_iter().map(|(kind, code, day)| RecheckRow { kind, code, day });
    Bulk::insert_new::<RecheckRow>().run_rows(tx, rows).await?;
    Ok(())
}

/// Takes out all that is to be looked at again.
pub(crate) async fn take_rechecks(
    tx: &mut Connection<'_>,
    own: &OwnedRegencies,
) -> Result<Vec<RecheckRow>, StoreError> {
    let mut select = SqlStatement::new(&format!("{} 1 = 1", sql::select::<RecheckRow>()));
    own.codes(&mut select, "code");
    let rows = sql::read_all(&select.fetch_all(&mut *tx).await?)?;
    let mut done = SqlStatement::new("DELETE FROM ledger_rechecks WHERE 1 = 1");
    own.codes(&mut done, "code");
    done.execute(tx).await?;
    Ok(rows)
}

/// Keeps a day's mean inputs.
pub(crate) async fn insert_inputs(
    tx: &mut Connection<'_>,
    means: Vec<InputMeanRow>,
) -> Result<(), StoreError> {
    Bulk::insert_new::<InputMeanRow>().run_rows(tx, means).await?;
    Ok(())
}

/// The mean completeness of each kind and unit over some days.
pub(crate) async fn mean_completeness(
    tx: &mut Connection<'_>,
    (from, to): (i64, i64),
    own: &OwnedRegencies,
) -> Result<Vec<((Kind, Code), u32)>, StoreError> {
    const HEARD: &str = "SELECT kind, code, CAST(SUM(completeness_ppm) AS BIGINT), COUNT(*) FROM ledger WHERE day >= ? \
         AND day < ? AND horizon = '7d'";
    let mut select = SqlStatement::new("");
    select.add(HEARD, [Cell::Int(from), Cell::Int(to)]);
    own.regencies(&mut select, "regency");
    select.add(" GROUP BY kind, code ORDER BY kind, code", []);
    let mean = |row: &SqlRow| {
        let (sum, count) = (i64::read(row, 2)?, i64::read(row, 3)?);
        let cell = (sql::word(row, 0, Kind::parse)?, Code::read(row, 1)?);
        Ok((cell, (sum / count.max(1)) as u32))
    };
    select.fetch_all(tx).await?.iter().map(mean).collect()
}
