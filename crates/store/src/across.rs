//! Reports that concern another regency than their own, where each regency has a worker of its own: a correction, a
//! retraction or a verification that names a report elsewhere, and one id in two regencies.
//!
//! A commit notes what its reports name. The worker that owns what is named looks now and then, and makes the namer a
//! *guest* of its regency; a merge or split brings the other reports it names too, with all that name those. A guest is
//! taken into the pipeline outside every place of its own: it changes what it names and nothing else.

use crate::codec;
use crate::error::StoreError;
use crate::id;
use crate::sql::{self, Bulk, Cell, Engine, Select, get};
use crate::store::{Store, in_transaction};
use domain::place::Code;
use domain::report::{Body, Report, ReportId, VerificationAct};
use domain::time::Time;
use sqlx::AnyConnection;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{SystemTime, UNIX_EPOCH};

/// A report of another regency that one of ours must know.
#[derive(Clone, PartialEq, Debug)]
pub struct Guest {
    pub report: Report,
    /// Received time since when it is known; `None` for one that waits.
    pub taken: Option<Time>,
}

/// How far back a look goes for what may have been written beside it; a whole look goes over everything.
const LATELY: i64 = 10 * 60 * 1_000_000;
/// Namings in one look.
const MOST: i64 = 500;

impl Store {
    /// Makes guests of what names reports of these regencies. `whole` looks at everything that is open, also at what
    /// names a report that never came; a usual look only at the last ten minutes. Returns how many were settled.
    pub async fn exchange(&self, own: &[Code], whole: bool) -> Result<usize, StoreError> {
        let since = if whole { 0 } else { now() - LATELY };
        let mut select =
            Select::new("SELECT n.target, n.report FROM namings n JOIN reports t ON t.id = n.target");
        select.add(" WHERE n.open = 1 AND n.at >= ? AND", [Cell::Int(since)]).add_in("t.regency", cells(own));
        select.add(" ORDER BY n.target, n.report LIMIT ?", [Cell::Int(MOST)]);
        let mut open: Vec<(ReportId, ReportId)> = Vec::new();
        for row in &select.all(&self.readers).await? {
            open.push((sql::word(row, 0, id::parse)?, sql::word(row, 1, id::parse)?));
        }
        if open.is_empty() {
            return Ok(0);
        }
        let engine = self.engine;
        in_transaction!(self, tx => settle(&mut tx, engine, &open).await)?;
        Ok(open.len())
    }

    /// Guests of these regencies, those that wait or all, in the order of their ids.
    pub async fn guests(&self, own: &[Code], waiting: bool) -> Result<Vec<Guest>, StoreError> {
        let mut select = Select::new("SELECT packed, taken FROM guests WHERE");
        select.add_in("regency", cells(own));
        select.add(if waiting { " AND taken IS NULL" } else { "" }, []);
        select.add(" ORDER BY report, hash", []);
        let mut found: Vec<Guest> = Vec::new();
        for row in &select.all(&self.readers).await? {
            let guest =
                Guest { report: codec::decode(get(row, 0)?)?, taken: get::<Option<i64>>(row, 1)?.map(Time) };
            // Two regencies of one worker may have the same guest.
            if found.last().is_none_or(|last| last.report != guest.report) {
                found.push(guest);
            }
        }
        Ok(found)
    }
}

impl Store {
    /// Reports of these regencies that lost their ids to these guests, with when they were received. A worker that
    /// takes over before it has taken a guest must know what the guest is about to undo.
    pub async fn demoted(&self, own: &[Code], ids: &[ReportId]) -> Result<Vec<(Report, Time)>, StoreError> {
        let mut found = Vec::new();
        for id in ids {
            let query = sqlx::query("SELECT packed, received_at FROM duplicates WHERE id = $1");
            for row in &query.bind(id::to_text(*id)).fetch_all(&self.readers).await? {
                let report = codec::decode(get(row, 0)?)?;
                if own.contains(&report.place.code.regency()) {
                    found.push((report, Time(get(row, 1)?)));
                }
            }
        }
        Ok(found)
    }
}

/// Notes what reports name.
pub(crate) async fn note<'a>(
    tx: &mut AnyConnection,
    reports: impl Iterator<Item = &'a Report>,
) -> Result<(), StoreError> {
    const NAMINGS: Bulk = Bulk {
        head: "INSERT INTO namings (target, report, open, at)",
        columns: 4,
        tail: "ON CONFLICT (target, report) DO UPDATE SET open = 1, at = excluded.at",
    };
    let mut rows = BTreeMap::new();
    for report in reports {
        for target in named(report) {
            let ids = (id::to_text(target), id::to_text(report.id));
            let cells =
                vec![Cell::Text(ids.0.clone()), Cell::Text(ids.1.clone()), Cell::Int(1), Cell::Int(now())];
            rows.insert(ids, cells);
        }
    }
    NAMINGS.run(tx, rows.into_values().collect()).await?;
    Ok(())
}

/// One id in two regencies: the loser's must know the winner, and who names it must be told anew.
pub(crate) async fn contested(
    tx: &mut AnyConnection,
    loser: Code,
    winner: &Report,
) -> Result<(), StoreError> {
    invite(tx, loser, winner).await?;
    let id = id::to_text(winner.id);
    sqlx::query("UPDATE namings SET open = 1, at = $1 WHERE target = $2")
        .bind(now())
        .bind(id)
        .execute(tx)
        .await?;
    Ok(())
}

/// Another report came in the place of one with its id: whoever knows the old one must know it.
pub(crate) async fn replaced(tx: &mut AnyConnection, winner: &Report) -> Result<(), StoreError> {
    for regency in guest_of(tx, winner.id).await? {
        invite(tx, regency, winner).await?;
    }
    Ok(())
}

/// Guests are taken with the commit that knows them.
pub(crate) async fn taken(
    tx: &mut AnyConnection,
    own: &[Code],
    guests: &[(ReportId, u128)],
    clock: Time,
) -> Result<(), StoreError> {
    for (report, hash) in guests {
        let mut select = Select::new("UPDATE guests SET taken =");
        select.add(" ? WHERE", [Cell::Int(clock.0)]).add_in("regency", cells(own));
        let key = [Cell::Text(id::to_text(*report)), Cell::Bytes(hash.to_be_bytes().to_vec())];
        select.add(" AND report = ? AND hash = ?", key);
        select.run(tx).await?;
    }
    Ok(())
}

/// The reports a report names.
fn named(report: &Report) -> Vec<ReportId> {
    match &report.body {
        Body::Statement(statement) => statement.supersedes.into_iter().collect(),
        Body::Verification { reports, .. } => reports.clone(),
        Body::Retraction { target } => vec![*target],
        Body::Nothing { .. } => Vec::new(),
    }
}

async fn settle(
    tx: &mut AnyConnection,
    engine: Engine,
    open: &[(ReportId, ReportId)],
) -> Result<(), StoreError> {
    if engine == Engine::Postgres {
        // One after the other: who becomes a guest and who names it must not pass each other by.
        sqlx::query("SELECT pg_advisory_xact_lock(7255002)").execute(&mut *tx).await?;
    }
    for (target, namer) in open {
        // First of all: whoever replaces the target meanwhile waits for this row, and opens it again after us.
        sqlx::query("UPDATE namings SET open = 0 WHERE target = $1 AND report = $2")
            .bind(id::to_text(*target))
            .bind(id::to_text(*namer))
            .execute(&mut *tx)
            .await?;
        if let (Some(target), Some(namer)) = (stands(tx, *target).await?, stands(tx, *namer).await?)
            && named(&namer).contains(&target.id)
        {
            let home = target.place.code.regency();
            let mut told = guest_of(tx, target.id).await?;
            told.insert(home);
            for regency in told {
                invite(tx, regency, &namer).await?;
            }
            if let Body::Verification { act: VerificationAct::Merge | VerificationAct::Split, reports } =
                &namer.body
            {
                for other in reports.iter().filter(|other| **other != target.id) {
                    let Some(other) = stands(tx, *other).await? else { continue };
                    bring(tx, home, &other).await?;
                    bring(tx, other.place.code.regency(), &target).await?;
                }
            }
        }
    }
    Ok(())
}

/// Brings a report to a regency with all that name it.
async fn bring(tx: &mut AnyConnection, regency: Code, report: &Report) -> Result<(), StoreError> {
    if report.place.code.regency() == regency {
        return Ok(());
    }
    invite(tx, regency, report).await?;
    let namers = sqlx::query("SELECT report FROM namings WHERE target = $1").bind(id::to_text(report.id));
    for row in &namers.fetch_all(&mut *tx).await? {
        if let Some(namer) = stands(tx, sql::word(row, 0, id::parse)?).await? {
            invite(tx, regency, &namer).await?;
        }
    }
    Ok(())
}

/// Makes a report a guest, where it is not at home.
async fn invite(tx: &mut AnyConnection, regency: Code, report: &Report) -> Result<(), StoreError> {
    if report.place.code.regency() == regency {
        return Ok(());
    }
    const GUEST: &str = "INSERT INTO guests (regency, report, hash, packed) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (regency, report, hash) DO NOTHING";
    sqlx::query(GUEST)
        .bind(i64::from(regency.0))
        .bind(id::to_text(report.id))
        .bind(report.hash.to_be_bytes().to_vec())
        .bind(codec::encode(report))
        .execute(tx)
        .await?;
    Ok(())
}

/// The report that holds an id.
pub(crate) async fn stands(tx: &mut AnyConnection, id: ReportId) -> Result<Option<Report>, StoreError> {
    let row = sqlx::query("SELECT packed FROM reports WHERE id = $1")
        .bind(id::to_text(id))
        .fetch_optional(tx)
        .await?;
    row.map(|row| codec::decode(get(&row, 0)?)).transpose()
}

async fn guest_of(tx: &mut AnyConnection, report: ReportId) -> Result<BTreeSet<Code>, StoreError> {
    let query =
        sqlx::query("SELECT DISTINCT regency FROM guests WHERE report = $1").bind(id::to_text(report));
    query.fetch_all(tx).await?.iter().map(|row| Ok(Code(sql::small(row, 0)?))).collect()
}

pub(crate) fn cells(codes: &[Code]) -> Vec<Cell> {
    codes.iter().map(|code| Cell::Int(i64::from(code.0))).collect()
}

/// Microseconds by the machine's clock: only to tell what was written lately.
fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros() as i64)
}
