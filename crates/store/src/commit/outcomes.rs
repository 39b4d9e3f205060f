//! New reports with their outcomes, losers of a shared id, and outcomes that changed later.
//!
//! Counters move with the rows, so that the balance is read without counting.

use super::ReportRow;
use super::reports::{self, Kept};
use super::said::Ended;
use crate::error::StoreError;
use crate::id;
use crate::sql::{self, Bulk, Cell, get};
use domain::kind::Outcome;
use domain::report::ReportId;
use domain::time::Time;
use sqlx::AnyConnection;
use std::collections::BTreeMap;

pub(super) async fn write(
    tx: &mut AnyConnection,
    partition: i32,
    rows: &[ReportRow],
    mut outcomes: BTreeMap<ReportId, Ended>,
) -> Result<(), StoreError> {
    let mut counts: Vec<(String, i64)> = Vec::new();
    counts.push((String::from("late"), rows.iter().filter(|row| row.late).count() as i64));
    reports::heard(tx, partition, rows).await?;

    let mut chosen = choose(tx, rows).await?;
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
    reports::insert(tx, kept).await?;
    counts.extend(change(tx, outcomes).await?);
    super::count(tx, partition, counts).await
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
}

/// Of the records with one id the earliest `reported_at`, then the smallest hash, is the report.
async fn choose<'a>(tx: &mut AnyConnection, rows: &'a [ReportRow]) -> Result<Chosen<'a>, StoreError> {
    let mut chosen = Chosen { winners: BTreeMap::new(), losers: Vec::new(), beaten: BTreeMap::new() };
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
}

async fn stored(tx: &mut AnyConnection, ids: &[ReportId]) -> Result<Vec<Stored>, StoreError> {
    let rows =
        sql::listed(tx, "SELECT id, reported_at, hash, outcome, incident FROM reports WHERE id", ids, None)
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
        })
    };
    rows.iter().map(stored).collect()
}

/// Changes the outcomes of reports that were kept before. Returns what that does to the counters.
async fn change(
    tx: &mut AnyConnection,
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
