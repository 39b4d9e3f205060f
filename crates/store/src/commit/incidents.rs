//! Incidents as they now stand.

use crate::error::StoreError;
use crate::id;
use crate::partition::PartitionCommit;
use crate::sql::{self, Bulk, Cell};
use domain::effect::Incident;
use domain::place::Code;
use domain::report::ReportId;
use sqlx::AnyConnection;
use std::collections::BTreeMap;

pub(super) async fn write(
    tx: &mut AnyConnection,
    share: Option<&PartitionCommit>,
    incidents: BTreeMap<ReportId, Option<Incident>>,
) -> Result<(), StoreError> {
    const INCIDENTS: Bulk = Bulk {
        head: "INSERT INTO incidents (id, code, regency, village, kind, category, at, severity, stage, sides, reports, \
               dead, injured, displaced, verdict, patrol)",
        columns: 16,
        tail: "ON CONFLICT (id) DO UPDATE SET code = excluded.code, regency = excluded.regency, village = excluded.village, \
               kind = excluded.kind, category = excluded.category, at = excluded.at, severity = excluded.severity, \
               stage = excluded.stage, sides = excluded.sides, reports = excluded.reports, dead = excluded.dead, \
               injured = excluded.injured, displaced = excluded.displaced, verdict = excluded.verdict, \
               patrol = excluded.patrol WHERE incidents.regency = excluded.regency \
               OR EXISTS (SELECT 1 FROM reports r WHERE r.id = excluded.id AND r.regency = excluded.regency)",
    };
    const GONE: Bulk = Bulk { head: "DELETE FROM incidents WHERE id IN (", columns: 1, tail: ")" };
    let (mut standing, mut gone) = (Vec::new(), Vec::new());
    for (id, incident) in incidents {
        match incident {
            Some(incident) => standing.push(row(&incident)),
            None => gone.push(id),
        }
    }
    let gone = match share {
        None => gone,
        Some(share) => ours(tx, share, &gone).await?,
    };
    GONE.run(tx, gone.into_iter().map(|id| vec![Cell::Text(id::to_text(id))]).collect()).await?;
    INCIDENTS.run(tx, standing).await?;
    Ok(())
}

/// Those that stand in the partition's own regencies: an id may be another's by now.
async fn ours(
    tx: &mut AnyConnection,
    share: &PartitionCommit,
    ids: &[ReportId],
) -> Result<Vec<ReportId>, StoreError> {
    let mut found = Vec::new();
    for row in &sql::listed(tx, "SELECT id, regency FROM incidents WHERE id", ids, None).await? {
        if share.regencies.contains(&Code(sql::small(row, 1)?)) {
            found.push(sql::word(row, 0, id::parse)?);
        }
    }
    Ok(found)
}

fn row(incident: &Incident) -> Vec<Cell> {
    let i = incident;
    vec![
        Cell::Text(id::to_text(i.id)),
        Cell::Int(i64::from(i.place.code.0)),
        Cell::Int(i64::from(i.place.code.regency().0)),
        Cell::Int(i64::from(i.place.village)),
        Cell::Text(i.kind.to_string()),
        Cell::Text(i.category.to_string()),
        Cell::Int(i.occurred_at.0),
        Cell::Int(i64::from(i.severity)),
        Cell::MaybeText(i.stage.map(|stage| stage.to_string())),
        Cell::Int(i64::from(i.sides.0)),
        Cell::Int(i64::from(i.reports)),
        Cell::Int(i64::from(i.dead)),
        Cell::Int(i64::from(i.injured)),
        Cell::Int(i64::from(i.displaced)),
        Cell::Text(i.verdict.as_str().to_string()),
        Cell::Int(i64::from(i.patrol)),
    ]
}
