//! The ledger: each day's forecasts frozen, resolved when their time has passed, and corrected by further rows.
//! It runs inside the commit that passes midnight (UTC), on the service's clock, so that a replay keeps the same ledger.

mod evidence;
mod freeze;
mod read;
mod sample;
mod watch;

pub(crate) use read::within;
pub use read::{AlertRecord, DayMean, LedgerRow};
pub(crate) use sample::note_alert_recheck;
pub use sample::{Check, CheckResult, QuietDistricts, SampleRow};
pub use watch::{DriftEpisode, IncidentDay, LedgerWeek};

use crate::commit::{Commit, IncidentChanges};
use crate::error::StoreError;
use crate::read::spans;
use crate::sql::{Column, Connection, SqlStatement};
use crate::table::ledger::{
    self as table, ForecastOutcomeRow, FrozenForecastRow, LastOutcomeRow, RecheckRow,
};
use domain::forecast::{ForecastDecision, decide_forecast};
use domain::kind::{Horizon, Kind};
use domain::place::Code;
use domain::policy::LedgerPolicy;
use domain::time::{DAY, Hour, Time};
use evidence::LedgerEvidence;
use std::collections::{BTreeMap, BTreeSet};

/// A forecast that has its outcome, by kind, code and day.
type Key = (Kind, Horizon, Code, i64);

/// The whole days passed by this commit, each in its turn; gives back the last.
pub(crate) async fn keep(
    tx: &mut Connection<'_>,
    commit: &Commit,
    before: Hour,
) -> Result<Option<i64>, StoreError> {
    let Some(policy) = &commit.ledger else { return Ok(None) };
    let own = OwnedRegencies::of(commit);
    let day = |hour: Hour| i64::from(hour.0).div_euclid(24);
    let before = match before {
        Hour(0) => match first_emitted(tx, &own).await? {
            Some(at) => at.hour(),
            None => return Ok(None),
        },
        ticked => ticked,
    };
    // Who slept for years has nothing to freeze for the days nobody was there.
    let first = (day(before) + 1).max(day(commit.last_tick) - 400);
    for today in first..=day(commit.last_tick) {
        freeze::freeze(tx, today, &own).await?;
        if today.rem_euclid(7) == MONDAY {
            sample::draw(tx, today, (policy, &own)).await?;
        }
        resolve(tx, today, (policy, &own)).await?;
    }
    Ok((first <= day(commit.last_tick)).then(|| day(commit.last_tick)))
}

/// When anything was first emitted: a store's first commit may hold many days.
async fn first_emitted(tx: &mut Connection<'_>, own: &OwnedRegencies) -> Result<Option<Time>, StoreError> {
    let mut select = SqlStatement::new("SELECT MIN(emitted_at) FROM assessments WHERE 1 = 1");
    own.codes(&mut select, "code");
    Option::read(&select.fetch_one(&mut *tx).await?, 0)
}

/// The regencies whose ledger a commit keeps: all of them, or a partition's own.
pub(crate) struct OwnedRegencies {
    partition: i32,
    regencies: Option<Vec<Code>>,
}

impl OwnedRegencies {
    pub(crate) fn of(commit: &Commit) -> OwnedRegencies {
        let regencies = commit.partition_commit.as_ref().map(|own| own.regencies.clone());
        OwnedRegencies { partition: if regencies.is_some() { commit.partition } else { 0 }, regencies }
    }

    /// Keeps a statement to them by a column that holds regencies.
    pub fn regencies(&self, select: &mut SqlStatement, column: &str) {
        if let Some(own) = &self.regencies {
            select.add(" AND", []).add_in(column, own.iter().map(Column::cell).collect());
        }
    }

    /// The same by a column that holds units of any kind.
    pub fn codes(&self, select: &mut SqlStatement, column: &str) {
        match self.regencies.as_deref() {
            None => {}
            Some([]) => drop(select.add(" AND 1 = 0", [])),
            Some(own) => spans(select, column, own),
        }
    }
}

/// Days since a Thursday: 4 is Monday.
pub const MONDAY: i64 = 4;

/// Those that fell due, and those whose evidence moved since.
async fn resolve(
    tx: &mut Connection<'_>,
    today: i64,
    (policy, own): (&LedgerPolicy, &OwnedRegencies),
) -> Result<(), StoreError> {
    let last_due = |horizon: Horizon| today - i64::from(horizon.days()) - policy.grace_days;
    for horizon in Horizon::ALL {
        judge(tx, (*horizon, last_due(*horizon)), None, (today, policy, own)).await?;
    }
    let mut days: BTreeMap<(Horizon, i64), BTreeSet<(Kind, Code)>> = BTreeMap::new();
    // What is not due yet will be judged by all that is known then.
    for RecheckRow { kind, code, day: at } in table::take_rechecks(tx, own).await? {
        for horizon in Horizon::ALL {
            for day in at - i64::from(horizon.days()) + 1..=at.min(last_due(*horizon)) {
                days.entry((*horizon, day)).or_default().extend([(kind, code), (kind, code.regency())]);
            }
        }
    }
    for (origin, cells) in days {
        judge(tx, origin, Some(&cells), (today, policy, own)).await?;
    }
    Ok(())
}

/// Decides the forecasts of one day and horizon (`only` these cells) and writes what is new.
async fn judge(
    tx: &mut Connection<'_>,
    (horizon, day): (Horizon, i64),
    only: Option<&BTreeSet<(Kind, Code)>>,
    (today, policy, own): (i64, &LedgerPolicy, &OwnedRegencies),
) -> Result<(), StoreError> {
    let frozen = table::of_day(tx, (horizon, day), own).await?.into_iter();
    let wanted =
        |(cell, _): &(FrozenForecastRow, _)| only.is_none_or(|only| only.contains(&(cell.kind, cell.code)));
    let frozen: Vec<_> = frozen.filter(wanted).collect();
    if frozen.is_empty() {
        return Ok(());
    }
    let evidence = LedgerEvidence::load(tx, (horizon, day), policy, own).await?;
    let mut rows = Vec::new();
    for (cell, last) in frozen {
        let now = decide_forecast(&evidence.of(&cell), policy);
        let last = last.map(LastOutcomeRow::decision);
        if last.as_ref().is_some_and(|(_, outcome)| *outcome == now) {
            continue;
        }
        let number = last.map_or(1, |(number, _)| number + 1);
        rows.push(outcome_row((cell.kind, horizon, cell.code, day), number, now, today));
    }
    table::insert_outcomes(tx, rows).await
}

fn outcome_row(
    (kind, horizon, code, day): Key,
    number: i64,
    decision: ForecastDecision,
    today: i64,
) -> ForecastOutcomeRow {
    ForecastOutcomeRow {
        kind,
        horizon,
        code,
        day,
        number,
        at: Time(today * DAY),
        outcome: decision.outcome,
        why: decision.why,
        saw: decision.verifier_saw,
        checked: decision.checked,
    }
}

/// Notes where the evidence moved later than its forecasts were judged: by what came late, was verified or is no more.
pub(crate) async fn note_rechecks(
    tx: &mut Connection<'_>,
    commit: &Commit,
    incidents: &IncidentChanges,
) -> Result<(), StoreError> {
    let Some(policy) = &commit.ledger else { return Ok(()) };
    // The earliest forecast an incident can decide ends the day after it and is judged when the grace has passed.
    let due = commit.clock.plus(-policy.grace_days * DAY);
    // Where it stood before counts too: it may have been of another place, kind or day.
    let rows = incidents.before.iter().chain(&incidents.after).filter(|row| row.at < due);
    let rechecks = rows.map(|row| (row.kind, row.code, row.at.0.div_euclid(DAY))).collect();
    table::insert_rechecks(tx, rechecks).await
}
