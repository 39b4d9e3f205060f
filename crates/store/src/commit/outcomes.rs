//! New reports with their outcomes, losers of a shared id, and outcomes that changed later.
//!
//! Counters and daily counts move with the rows, so that nothing is counted to be read.

use super::emitted::Ended;
use super::{Commit, ReportRow};
use crate::error::StoreError;
use crate::sql::Connection;
use crate::table::counters::{self, of_outcome};
use crate::table::daily_counts::CountChanges;
use crate::table::feed_activity;
use crate::table::reports::duplicates::{self, Duplicate};
use crate::table::reports::{self, ChangedOutcome, KeptReport, ReportKey, WinningReport};
use domain::kind::Outcome;
use domain::report::ReportName;
use std::collections::BTreeMap;

/// Writes a commit's reports and what became of reports; adds to `counts` what that changes in the daily counts.
pub(super) async fn write(
    tx: &mut Connection<'_>,
    commit: &Commit,
    mut outcomes: BTreeMap<ReportKey, Ended>,
    counts: &mut CountChanges,
) -> Result<(), StoreError> {
    let (partition, rows) = (commit.partition, &commit.reports[..]);
    feed_activity::write(tx, partition, rows, &commit.dead_letters).await?;
    let mut chosen = choose(tx, rows).await?;
    let duplicates = (chosen.losers.len() + chosen.beaten.len()) as i64;
    let late = rows.iter().filter(|row| row.late).count() as i64;
    let mut moved =
        vec![(counters::LATE.to_owned(), late), (of_outcome(Outcome::Duplicate.as_str()), duplicates)];
    for (key, kept) in &chosen.beaten {
        reports::demote(tx, *key).await?;
        counts.report(key.regency, kept.class, kept.at, -1);
        moved.push((of_outcome(&kept.outcome), -1));
    }
    duplicates::insert(tx, &chosen.losers).await?;
    let mut new = Vec::with_capacity(chosen.winners.len());
    for (key, row) in chosen.winners {
        // A report that takes another's id and has no outcome of its own ends as that one did.
        let before = chosen.beaten.remove(&key).map(|kept| (kept.outcome, kept.incident));
        let now = outcomes.remove(&key).map(|(outcome, incident)| (outcome.to_string(), incident));
        let (outcome, incident) = now.or(before).unwrap_or_default();
        counts.report(key.regency, row.report.class, row.report.happened_at(), 1);
        moved.push((of_outcome(&outcome), 1));
        new.push(WinningReport { row, outcome, incident });
    }
    reports::insert(tx, &new).await?;
    moved.extend(change(tx, outcomes).await?);
    require_balance(&moved, rows.len())?;
    counters::add(tx, partition, moved).await
}

/// Every report ends as exactly one thing: the outcomes of a commit grow by as many as it brings.
fn require_balance(moved: &[(String, i64)], reports: usize) -> Result<(), StoreError> {
    let outcomes = moved.iter().filter(|(name, _)| counters::is_outcome(name));
    let grown: i64 = outcomes.map(|(_, by)| by).sum();
    match usize::try_from(grown) == Ok(reports) {
        true => Ok(()),
        false => Err(StoreError::corrupt(format!("{reports} reports of a commit ended as {grown} outcomes"))),
    }
}

struct Chosen<'a> {
    winners: BTreeMap<ReportKey, &'a ReportRow>,
    losers: Vec<Duplicate<'a>>,
    /// Kept reports that a new record beats.
    beaten: BTreeMap<ReportKey, KeptReport>,
}

/// Of the records with one identity the domain's rank decides which is the report.
async fn choose<'a>(tx: &mut Connection<'_>, rows: &'a [ReportRow]) -> Result<Chosen<'a>, StoreError> {
    let mut chosen = Chosen { winners: BTreeMap::new(), losers: Vec::new(), beaten: BTreeMap::new() };
    for row in rows {
        let key = ReportKey::of(&row.report);
        let winner = match chosen.winners.get(&key).copied() {
            None => row,
            Some(held) => {
                let takes = row.report.rank().supersedes_twin(held.report.rank());
                let (winner, loser) = if takes { (row, held) } else { (held, row) };
                let differs = loser.report.hash != winner.report.hash;
                chosen.losers.push(Duplicate { row: loser, differs });
                winner
            }
        };
        chosen.winners.insert(key, winner);
    }
    let ids: Vec<ReportName> = chosen.winners.keys().map(|key| key.id).collect();
    for kept in reports::with_ids(tx, &ids).await? {
        let Some(new) = chosen.winners.get(&kept.key).copied() else { continue };
        if new.report.rank().supersedes_twin(kept.rank) {
            chosen.beaten.insert(kept.key, kept);
        } else {
            chosen.winners.remove(&kept.key);
            chosen.losers.push(Duplicate { row: new, differs: new.report.hash != kept.rank.hash });
        }
    }
    Ok(chosen)
}

/// Changes the outcomes of reports that were kept before. Returns what that does to the counters.
async fn change(
    tx: &mut Connection<'_>,
    outcomes: BTreeMap<ReportKey, Ended>,
) -> Result<Vec<(String, i64)>, StoreError> {
    let ids: Vec<ReportName> = outcomes.keys().map(|key| key.id).collect();
    let (mut moved, mut changed) = (Vec::new(), Vec::new());
    for kept in reports::with_ids(tx, &ids).await? {
        let Some((outcome, incident)) = outcomes.get(&kept.key).copied() else { continue };
        if kept.outcome == outcome.as_str() && kept.incident == incident {
            continue;
        }
        moved.push((of_outcome(&kept.outcome), -1));
        moved.push((of_outcome(outcome.as_str()), 1));
        changed.push(ChangedOutcome { key: kept.key, outcome, incident });
    }
    reports::change_outcomes(tx, changed).await?;
    Ok(moved)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_whose_outcomes_are_not_its_reports_is_refused() {
        let moved =
            |by: &[(&str, i64)]| by.iter().map(|(name, by)| ((*name).to_owned(), *by)).collect::<Vec<_>>();
        let balanced =
            moved(&[("late", 3), ("outcome.incident", 2), ("outcome.merged", -1), ("outcome.duplicate", 1)]);
        assert!(require_balance(&balanced, 2).is_ok());
        assert!(require_balance(&balanced, 3).is_err());
        assert!(require_balance(&moved(&[("outcome.merged", -1)]), 0).is_err());
    }
}
