//! The weekly call list: quiet districts drawn by lot, asked alike, whatever their risk was.

use super::{MONDAY, OwnedRegencies};
use crate::error::StoreError;
use crate::sql::{self, Cell, Column, Connection, SqlRow, SqlStatement};
use crate::store::{Store, in_transaction};
use crate::table::ledger::insert_rechecks;
use crate::table::samples::{self, DrawnSampleRow};
use async_recursion::async_recursion as boxed;
use domain::alert::Alert;
use domain::kind::Kind;
use domain::place::Code;
use domain::policy::LedgerPolicy;
use domain::report::ReportName;
use domain::splitmix::{STEP, spread};
use domain::time::{DAY, Time};
use std::collections::{BTreeMap, BTreeSet};

/// `SELECT` of day, regency and code of districts that no alert stood in on a day, up to further conditions; what an alert says
/// is not quiet, whatever the model said.
fn quiet() -> String {
    format!(
        "SELECT l.day, l.regency, l.code FROM ledger l WHERE l.horizon = '7d' AND l.code % 100 <> 0 \
         AND NOT EXISTS (SELECT 1 FROM alerts a WHERE a.code = l.code AND a.opened_at < l.day * {DAY} \
         AND (a.live = 1 OR a.changed_at >= l.day * {DAY}))"
    )
}

/// ... and of which no kind was at a level above low.
const QUIET_THROUGHOUT: &str = " GROUP BY l.day, l.regency, l.code \
     HAVING MIN(CASE WHEN l.level IN ('low', 'no_data') THEN 1 ELSE 0 END) = 1";

/// From how many districts of a regency a week's draw was made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct QuietDistricts {
    /// The Monday of the draw, as [`SampleRow::week`].
    pub week: i64,
    pub regency: Code,
    pub districts: usize,
}

/// Draws from the districts that were quiet a week ago: the forecasts of that day are what the calls judge.
pub(super) async fn draw(
    tx: &mut Connection<'_>,
    week: i64,
    (policy, own): (&LedgerPolicy, &OwnedRegencies),
) -> Result<(), StoreError> {
    let mut select = SqlStatement::new(&quiet());
    select.add(" AND l.day = ?", [Cell::Int(week - 7)]);
    own.regencies(&mut select, "l.regency");
    select.add(QUIET_THROUGHOUT, []).add(" ORDER BY l.code", []);
    let rows = select.fetch_all(&mut *tx).await?;
    let mut quiet: BTreeMap<Code, Vec<(u64, Code)>> = BTreeMap::new();
    for row in &rows {
        let code = Code::read(row, 2)?;
        let lot = lot(policy.seed, week, code);
        quiet.entry(code.regency()).or_default().push((lot, code));
    }
    let mut drawn = Vec::new();
    for (regency, mut lots) in quiet {
        lots.sort_unstable();
        let row = |code: Code| DrawnSampleRow { week, code, regency };
        drawn.extend(lots.into_iter().take(policy.sample).map(|(_, code)| row(code)));
    }
    samples::insert_drawn(tx, drawn).await
}

/// A number that looks random and is the same for the same seed, week and place.
fn lot(seed: u64, week: i64, code: Code) -> u64 {
    spread(spread(seed ^ (week as u64).wrapping_mul(STEP) ^ (u64::from(code.0) << 40)))
}

/// What a call found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CheckResult {
    /// Nothing serious in the week.
    None,
    Happened,
    /// Nobody answered: decides nothing.
    Unreachable,
}

impl CheckResult {
    pub const ALL: [CheckResult; 3] = [CheckResult::None, CheckResult::Happened, CheckResult::Unreachable];

    pub const fn as_str(self) -> &'static str {
        match self {
            CheckResult::None => "none",
            CheckResult::Happened => "happened",
            CheckResult::Unreachable => "unreachable",
        }
    }

    pub fn parse(word: &str) -> Option<CheckResult> {
        CheckResult::ALL.into_iter().find(|result| result.as_str() == word)
    }
}

/// A call's answer; a later one for the same week and place replaces it and the earlier stays on record.
#[derive(Clone, PartialEq, Debug)]
pub struct Check {
    pub week: i64,
    pub code: Code,
    pub at: Time,
    /// Account name.
    pub who: String,
    pub result: CheckResult,
    /// What happened, where something did.
    pub kinds: Vec<Kind>,
    /// Whether the caller had seen the risk of the place.
    pub saw: bool,
}

/// A drawn district and the last answer.
#[derive(Clone, PartialEq, Debug)]
pub struct SampleRow {
    pub week: i64,
    pub code: Code,
    pub check: Option<Check>,
}

impl Store {
    /// The draws from a week on, newest first; none for no codes but with an empty list all.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn samples(&self, codes: &[Code], from: i64) -> Result<Vec<SampleRow>, StoreError> {
        samples::since(self, codes, from).await
    }

    /// From how many quiet districts of each regency is drawn, for the draws from a week on up to the next; no codes are
    /// everywhere.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn quiet_districts(
        &self,
        codes: &[Code],
        from: i64,
    ) -> Result<Vec<QuietDistricts>, StoreError> {
        let mut select = SqlStatement::new(&format!("SELECT q.day, q.regency, COUNT(*) FROM ({}", quiet()));
        select.add(&format!(" AND l.day % 7 = {MONDAY} AND l.day >= ?"), [Cell::Int(from - 7)]);
        let regencies: BTreeSet<Code> = codes.iter().map(|code| code.regency()).collect();
        if !regencies.is_empty() {
            let cells = regencies.into_iter().map(|code| code.cell()).collect();
            select.add(" AND", []).add_in("l.regency", cells);
        }
        select.add(QUIET_THROUGHOUT, []).add(") q GROUP BY q.day, q.regency ORDER BY q.day, q.regency", []);
        let row = |row: &SqlRow| {
            Ok(QuietDistricts {
                week: i64::read(row, 0)? + 7,
                regency: Code::read(row, 1)?,
                districts: sql::small(row, 2)?,
            })
        };
        select.fetch_all(&self.readers).await?.iter().map(row).collect()
    }

    /// Keeps an answer; `false` where that place was not drawn that week.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn check_sample(&self, check: &Check) -> Result<bool, StoreError> {
        in_transaction!(self, tx => keep(&mut tx, check).await)
    }

    /// Notes whether the person who verified these reports had seen the risk.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn verifier_saw(
        &self,
        reports: &[ReportName],
        (who, saw): (&str, bool),
        at: Time,
    ) -> Result<(), StoreError> {
        in_transaction!(self, tx => samples::insert_verifier_saw(&mut tx, reports, (who, saw), at).await)
    }
}

async fn keep(tx: &mut Connection<'_>, check: &Check) -> Result<bool, StoreError> {
    if !samples::insert_check(tx, check).await? {
        return Ok(false);
    }
    let begin = check.week - 7;
    insert_rechecks(tx, Kind::ALL.iter().map(|kind| (*kind, check.code, begin)).collect()).await?;
    Ok(true)
}

/// A person ended an alert as averted: the forecasts of its time are looked at again.
pub(crate) async fn note_alert_recheck(tx: &mut Connection<'_>, alert: &Alert) -> Result<(), StoreError> {
    let day = |at: Time| at.0.div_euclid(DAY);
    let days = day(alert.opened_at)..=day(alert.changed_at).min(day(alert.opened_at) + 60);
    insert_rechecks(tx, days.map(|day| (alert.kind, alert.code, day)).collect()).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lots_are_the_same_for_the_same_week_and_fall_on_everyone_in_time() {
        let codes: Vec<Code> = (161_301..=161_307).map(Code).collect();
        let winner = |week: i64| codes.iter().copied().min_by_key(|code| lot(7, week, *code));
        assert_eq!(winner(20_000), winner(20_000));
        let mut won: BTreeMap<Code, u32> = BTreeMap::new();
        for week in 0..700 {
            *won.entry(winner(week * 7 + 4).unwrap()).or_default() += 1;
        }
        assert!(codes.iter().all(|code| (60..=145).contains(&won[code])), "{won:?}");
    }
}
