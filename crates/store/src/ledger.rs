//! The ledger: each day's forecasts frozen, resolved when their time has passed, and corrected by further rows.
//! It runs inside the commit that passes midnight (UTC), on the service's clock, so that a replay keeps the same book.

mod decide;
mod evidence;
mod freeze;
mod read;
mod sample;

use decide::Decision;
pub use decide::ForecastOutcome;
pub use read::{AlertRecord, DayMean, LedgerRow};
pub(crate) use sample::stir_alert;
pub use sample::{Check, CheckResult, SampleRow};

use crate::across;
use crate::commit::Commit;
use crate::error::StoreError;
use crate::read::spans;
use crate::sql::{self, Bulk, Cell, Select, get};
use decide::decide;
use domain::effect::Incident;
use domain::kind::{Horizon, Kind};
use domain::place::Code;
use domain::report::ReportId;
use domain::time::{DAY, Hour, Time};
use evidence::Evidence;
use sqlx::AnyConnection;
use std::collections::{BTreeMap, BTreeSet};

/// How the book is kept, from the policy.
#[derive(Clone, PartialEq, Debug)]
pub struct LedgerPolicy {
    /// From this severity on an incident makes a forecast come true.
    pub min_severity: u8,
    /// Days that late reports are given after the horizon.
    pub grace_days: i64,
    /// True where an incident that one side told and nobody verified counts; else it decides nothing.
    pub unverified_counts: bool,
    /// Below this mean share of speaking feeds nothing can be told from silence.
    pub low_ppm: u32,
    /// Quiet districts drawn in each regency and week.
    pub sample: usize,
    /// Makes the draw another one; the same seed draws the same.
    pub seed: u64,
}

/// A forecast that has its outcome, by kind, code and day.
type Key = (Kind, Horizon, Code, i64);

/// The whole days passed by this commit, each in its turn; gives back the last.
pub(crate) async fn keep(
    tx: &mut AnyConnection,
    commit: &Commit,
    before: Hour,
) -> Result<Option<i64>, StoreError> {
    let Some(policy) = &commit.ledger else { return Ok(None) };
    let own = OwnedRegencies::of(commit);
    let day = |hour: Hour| i64::from(hour.0).div_euclid(24);
    let before = match before {
        Hour(0) => match first_told(tx, &own).await? {
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

/// When anything was first told: a store's first commit may hold many days.
async fn first_told(tx: &mut AnyConnection, own: &OwnedRegencies) -> Result<Option<Time>, StoreError> {
    let mut select = Select::new("SELECT MIN(emitted_at) FROM assessments WHERE 1 = 1");
    own.codes(&mut select, "code");
    let row = select.one(tx).await?;
    Ok(get::<Option<i64>>(&row, 0)?.map(Time))
}

/// The regencies whose book a commit keeps: all of them, or a partition's own.
pub(super) struct OwnedRegencies {
    partition: i32,
    regencies: Option<Vec<Code>>,
}

impl OwnedRegencies {
    fn of(commit: &Commit) -> OwnedRegencies {
        let regencies = commit.share.as_ref().map(|share| share.regencies.clone());
        OwnedRegencies { partition: if regencies.is_some() { commit.partition } else { 0 }, regencies }
    }

    /// Keeps a statement to them by a column that holds regencies.
    fn regencies(&self, select: &mut Select, column: &str) {
        if let Some(own) = &self.regencies {
            select.add(" AND", []).add_in(column, across::cells(own));
        }
    }

    /// The same by a column that holds units of any kind.
    fn codes(&self, select: &mut Select, column: &str) {
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
    tx: &mut AnyConnection,
    today: i64,
    (policy, own): (&LedgerPolicy, &OwnedRegencies),
) -> Result<(), StoreError> {
    let last_due = |horizon: Horizon| today - i64::from(horizon.days()) - policy.grace_days;
    for horizon in Horizon::ALL {
        judge(tx, (*horizon, last_due(*horizon)), None, (today, policy, own)).await?;
    }
    let mut stirred = Select::new("SELECT kind, code, day FROM ledger_stirred WHERE 1 = 1");
    own.codes(&mut stirred, "code");
    let rows = stirred.rows(tx).await?;
    let mut days: BTreeMap<(Horizon, i64), BTreeSet<(Kind, Code)>> = BTreeMap::new();
    for row in &rows {
        let (kind, code) = (sql::word(row, 0, Kind::parse)?, Code(sql::small(row, 1)?));
        let at: i64 = get(row, 2)?;
        for horizon in Horizon::ALL {
            for day in at - i64::from(horizon.days()) + 1..=at.min(last_due(*horizon)) {
                days.entry((*horizon, day)).or_default().extend([(kind, code), (kind, code.regency())]);
            }
        }
    }
    for (origin, cells) in days {
        judge(tx, origin, Some(&cells), (today, policy, own)).await?;
    }
    // What is not due yet will be judged by all that is known then.
    let mut done = Select::new("DELETE FROM ledger_stirred WHERE 1 = 1");
    own.codes(&mut done, "code");
    done.run(tx).await?;
    Ok(())
}

/// Decides the forecasts of one day and horizon (`only` these cells) and writes what is new.
async fn judge(
    tx: &mut AnyConnection,
    (horizon, day): (Horizon, i64),
    only: Option<&BTreeSet<(Kind, Code)>>,
    (today, policy, own): (i64, &LedgerPolicy, &OwnedRegencies),
) -> Result<(), StoreError> {
    let frozen = freeze::frozen(tx, horizon, day, own).await?;
    let wanted = |cell: &freeze::Frozen| only.is_none_or(|only| only.contains(&(cell.kind, cell.code)));
    let frozen: Vec<freeze::Frozen> = frozen.into_iter().filter(wanted).collect();
    if frozen.is_empty() {
        return Ok(());
    }
    let evidence = Evidence::load(tx, (horizon, day), policy, own).await?;
    let mut rows = Vec::new();
    for cell in frozen {
        let now = decide(&evidence.of(&cell), policy);
        if cell.last.as_ref().is_some_and(|(_, outcome)| *outcome == now) {
            continue;
        }
        let number = cell.last.map_or(1, |(number, _)| number + 1);
        rows.push(outcome_row((cell.kind, horizon, cell.code, day), number, &now, today));
    }
    const OUTCOMES: Bulk = Bulk {
        head: "INSERT INTO ledger_outcomes (kind, horizon, code, day, number, at, outcome, why, saw, checked)",
        columns: 10,
        tail: "",
    };
    OUTCOMES.run(tx, rows).await?;
    Ok(())
}

fn outcome_row((kind, horizon, code, day): Key, number: i64, said: &Decision, today: i64) -> Vec<Cell> {
    vec![
        Cell::Text(kind.to_string()),
        Cell::Text(horizon.to_string()),
        Cell::Int(i64::from(code.0)),
        Cell::Int(day),
        Cell::Int(number),
        Cell::Int(today * DAY),
        Cell::Text(said.outcome.as_str().to_string()),
        Cell::Text(said.why.clone()),
        Cell::MaybeInt(said.saw.map(i64::from)),
        Cell::Int(i64::from(said.checked)),
    ]
}

/// Notes where the evidence moved, before the incidents are written: later than its forecasts were judged, by what
/// came late, was verified or is no more.
pub(crate) async fn stir(
    tx: &mut AnyConnection,
    commit: &Commit,
    incidents: &BTreeMap<ReportId, Option<Incident>>,
) -> Result<(), StoreError> {
    let Some(policy) = &commit.ledger else { return Ok(()) };
    // The earliest forecast an incident can decide ends the day after it and is judged when the grace has passed.
    let due = commit.clock.plus(-policy.grace_days * DAY);
    let old = |at: Time| at < due;
    let mut stirred: BTreeSet<(Kind, Code, i64)> = BTreeSet::new();
    let mut ids = Vec::new();
    for (id, incident) in incidents {
        match incident {
            Some(incident) if old(incident.occurred_at) => {
                stirred.insert((incident.kind, incident.place.code, incident.occurred_at.0.div_euclid(DAY)));
                ids.push(*id);
            }
            Some(_) => {}
            None => ids.push(*id),
        }
    }
    // Where it stood before: it may have been of another place, kind or day.
    for row in sql::listed(tx, "SELECT kind, code, at FROM incidents WHERE id", &ids, None).await? {
        let at = Time(get(&row, 2)?);
        if old(at) {
            stirred.insert((
                sql::word(&row, 0, Kind::parse)?,
                Code(sql::small(&row, 1)?),
                at.0.div_euclid(DAY),
            ));
        }
    }
    put_stirred(tx, stirred).await
}

pub(super) async fn put_stirred(
    tx: &mut AnyConnection,
    stirred: BTreeSet<(Kind, Code, i64)>,
) -> Result<(), StoreError> {
    const STIRRED: Bulk = Bulk {
        head: "INSERT INTO ledger_stirred (kind, code, day)",
        columns: 3,
        tail: "ON CONFLICT (kind, code, day) DO NOTHING",
    };
    let rows = stirred.into_iter().map(|(kind, code, day)| {
        vec![Cell::Text(kind.to_string()), Cell::Int(i64::from(code.0)), Cell::Int(day)]
    });
    STIRRED.run(tx, rows.collect()).await?;
    Ok(())
}
