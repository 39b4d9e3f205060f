//! New reports with their outcomes, losers of a shared id, and outcomes that changed later.
//!
//! Counters move with the rows, so that the balance is read without counting.

use super::emitted::Ended;
use super::reports::{self, Kept};
use super::{Commit, ReportRow};
use crate::across;
use crate::error::StoreError;
use crate::id;
use crate::sql::{self, Bulk, Cell, get};
use domain::kind::Outcome;
use domain::place::Code;
use domain::report::ReportId;
use domain::time::Time;
use sqlx::AnyConnection;
use std::collections::BTreeMap;

/// Returns whether a report's id turned out to be another regency's too.
pub(super) async fn write(
    tx: &mut AnyConnection,
    commit: &Commit,
    mut outcomes: BTreeMap<ReportId, Ended>,
) -> Result<bool, StoreError> {
    let (partition, rows) = (commit.partition, &commit.reports[..]);
    let mut counts: Vec<(String, i64)> = Vec::new();
    counts.push((String::from("late"), rows.iter().filter(|row| row.late).count() as i64));
    reports::heard(tx, partition, rows).await?;

    let mut chosen = choose(tx, rows).await?;
    let contested = match commit.share {
        Some(_) => elsewhere(tx, &chosen).await?,
        None => false,
    };
    counts.push((counter(Outcome::Duplicate.as_str()), (chosen.losers.len() + chosen.beaten.len()) as i64));
    for (id, stored) in &chosen.beaten {
        reports::demote(tx, *id).await?;
        counts.push((counter(&stored.outcome), -1));
    }
    reports::duplicates(tx, chosen.losers).await?;
    let mut kept = Vec::with_capacity(chosen.winners.len());
    for (id, row) in chosen.winners {
        // A report that takes another's id and is not spoken of ends as that one did.
        let before = chosen.beaten.remove(&id).map(|stored| (stored.outcome, stored.incident));
        let now = outcomes.remove(&id).map(as_text);
        let (outcome, incident) = now.or(before).unwrap_or_default();
        counts.push((counter(&outcome), 1));
        kept.push(Kept { row, outcome, incident });
    }
    across::note(tx, kept.iter().map(|kept| &kept.row.report)).await?;
    reports::insert(tx, kept).await?;
    let own = commit.share.as_ref().map(|share| &share.regencies[..]);
    counts.extend(change(tx, own, outcomes).await?);
    super::count(tx, partition, counts).await?;
    Ok(contested)
}

/// Tells other regencies who holds an id now, and ours who holds it elsewhere. Rare, so one by one.
async fn elsewhere(tx: &mut AnyConnection, chosen: &Chosen<'_>) -> Result<bool, StoreError> {
    for (id, stored) in &chosen.beaten {
        let Some(winner) = chosen.winners.get(id) else { continue };
        across::replaced(tx, &winner.report).await?;
        if stored.regency != winner.report.place.code.regency() {
            across::contested(tx, stored.regency, &winner.report).await?;
        }
    }
    let mut contested = false;
    for (row, holder) in &chosen.lost {
        let regency = row.report.place.code.regency();
        if *holder != regency
            && let Some(winner) = across::stands(tx, row.report.id).await?
        {
            across::contested(tx, regency, &winner).await?;
            contested = true;
        }
    }
    Ok(contested)
}

fn as_text((outcome, incident): Ended) -> (String, Option<String>) {
    (outcome.to_string(), incident.map(id::to_text))
}

/// The counter of an outcome; a report whose outcome was never said counts under the bare name.
pub(crate) fn counter(outcome: &str) -> String {
    format!("outcome.{outcome}")
}

struct Chosen<'a> {
    winners: BTreeMap<ReportId, &'a ReportRow>,
    /// Records that lose their id, and whether their bytes say something else than the winner's.
    losers: Vec<(&'a ReportRow, bool)>,
    /// Stored reports that a new record beats.
    beaten: BTreeMap<ReportId, Stored>,
    /// New records that a stored report beats, and the regency of that one.
    lost: Vec<(&'a ReportRow, Code)>,
}

/// Of the records with one id the earliest `reported_at`, then the smallest hash, is the report.
async fn choose<'a>(tx: &mut AnyConnection, rows: &'a [ReportRow]) -> Result<Chosen<'a>, StoreError> {
    let mut chosen =
        Chosen { winners: BTreeMap::new(), losers: Vec::new(), beaten: BTreeMap::new(), lost: Vec::new() };
    for row in rows {
        let winner = match chosen.winners.get(&row.report.id).copied() {
            None => row,
            Some(held) => {
                let (winner, loser) = if rank(row) < rank(held) { (row, held) } else { (held, row) };
                chosen.losers.push((loser, loser.report.hash != winner.report.hash));
                winner
            }
        };
        chosen.winners.insert(winner.report.id, winner);
    }
    let ids: Vec<ReportId> = chosen.winners.keys().copied().collect();
    for stored in stored(tx, &ids).await? {
        let Some(new) = chosen.winners.get(&stored.id).copied() else { continue };
        if rank(new) < (stored.reported_at, stored.hash) {
            chosen.beaten.insert(stored.id, stored);
        } else {
            chosen.winners.remove(&stored.id);
            chosen.lost.push((new, stored.regency));
            chosen.losers.push((new, new.report.hash != stored.hash));
        }
    }
    Ok(chosen)
}

fn rank(row: &ReportRow) -> (Time, u128) {
    (row.report.reported_at, row.report.hash)
}

struct Stored {
    id: ReportId,
    reported_at: Time,
    hash: u128,
    outcome: String,
    incident: Option<String>,
    regency: Code,
}

async fn stored(tx: &mut AnyConnection, ids: &[ReportId]) -> Result<Vec<Stored>, StoreError> {
    let rows = sql::listed(
        tx,
        "SELECT id, reported_at, hash, outcome, incident, regency FROM reports WHERE id",
        ids,
        None,
    )
    .await?;
    let stored = |row| {
        let hash: Vec<u8> = get(row, 2)?;
        let hash =
            hash.try_into().map_err(|_| StoreError::corrupt("a report's hash has the wrong length"))?;
        Ok(Stored {
            id: sql::word(row, 0, id::parse)?,
            reported_at: Time(get(row, 1)?),
            hash: u128::from_be_bytes(hash),
            outcome: get(row, 3)?,
            incident: get(row, 4)?,
            regency: Code(sql::small(row, 5)?),
        })
    };
    rows.iter().map(stored).collect()
}

/// Changes the outcomes of reports that were kept before, of our own regencies where they are shared. Returns what
/// that does to the counters.
async fn change(
    tx: &mut AnyConnection,
    own: Option<&[Code]>,
    outcomes: BTreeMap<ReportId, Ended>,
) -> Result<Vec<(String, i64)>, StoreError> {
    const CHANGE: Bulk = Bulk {
        head: "UPDATE reports SET outcome = v.column2, incident = v.column3 FROM (",
        columns: 3,
        tail: ") AS v WHERE reports.id = v.column1",
    };
    let ids: Vec<ReportId> = outcomes.keys().copied().collect();
    let (mut counts, mut rows) = (Vec::new(), Vec::new());
    for stored in stored(tx, &ids).await? {
        let Some((outcome, incident)) = outcomes.get(&stored.id) else { continue };
        if own.is_some_and(|own| !own.contains(&stored.regency)) {
            continue; // the id is another regency's
        }
        let incident = incident.map(id::to_text);
        if stored.outcome == outcome.as_str() && stored.incident == incident {
            continue;
        }
        counts.push((counter(&stored.outcome), -1));
        counts.push((counter(outcome.as_str()), 1));
        let outcome = Cell::Text(outcome.as_str().to_string());
        rows.push(vec![Cell::Text(id::to_text(stored.id)), outcome, Cell::MaybeText(incident)]);
    }
    CHANGE.run(tx, rows).await?;
    Ok(counts)
}
