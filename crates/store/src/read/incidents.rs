//! Incidents as lists and one by one.

use super::{List, Page, Range, after, between, cursor, limit, page};
use crate::error::StoreError;
use crate::id;
use crate::sql::{self, get};
use crate::store::Store;
use domain::effect::{Incident, Verdict};
use domain::kind::{Category, Kind, Sides, Stage};
use domain::place::{Code, Place};
use domain::report::ReportId;
use domain::time::Time;
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;
use std::collections::BTreeSet;

/// Which incidents; empty means all.
#[derive(Clone, Debug, Default)]
pub struct IncidentFilter {
    pub codes: Vec<Code>,
    pub kind: Option<Kind>,
    /// By `occurred_at`.
    pub range: Option<Range>,
    pub cursor: Option<String>,
    pub limit: u32,
}

const COLUMNS: &str = "id, code, village, kind, category, at, severity, stage, sides, reports, dead, injured, displaced, verdict, patrol";

impl Store {
    /// Incidents, the latest to happen first.
    pub async fn incidents(&self, filter: &IncidentFilter) -> Result<Page<Incident>, StoreError> {
        let limit = limit(filter.limit);
        let head = format!("SELECT {COLUMNS} FROM incidents WHERE 1 = 1");
        let list = List { head: &head, order: ["at", "id"], limit };
        let asked = |kind: &&Kind| filter.kind.is_none_or(|asked| asked == **kind);
        let kinds: Vec<Option<Kind>> = Kind::ALL.iter().filter(asked).map(|kind| Some(*kind)).collect();
        let select = list.select(&filter.codes, &kinds, |select| {
            between(select, "at", filter.range);
            after(select, filter.cursor.as_deref(), "at, id");
        });
        let rows = select.all(&self.readers).await?;
        let incidents: Vec<Incident> = rows.iter().map(incident).collect::<Result<_, _>>()?;
        Ok(page(incidents, limit, |incident| cursor(incident.occurred_at, &id::to_text(incident.id))))
    }

    pub async fn incident(&self, id: ReportId) -> Result<Option<Incident>, StoreError> {
        let text = format!("SELECT {COLUMNS} FROM incidents WHERE id = $1");
        let row =
            sqlx::query(AssertSqlSafe(text)).bind(id::to_text(id)).fetch_optional(&self.readers).await?;
        row.as_ref().map(incident).transpose()
    }

    /// Which of these incidents the desk found not borne out.
    pub async fn rejected(&self, ids: &[ReportId]) -> Result<BTreeSet<ReportId>, StoreError> {
        const REJECTED: &str = "SELECT id FROM incidents WHERE verdict = 'rejected' AND id";
        let mut connection = self.readers.acquire().await?;
        let rows = sql::listed(&mut connection, REJECTED, ids, None).await?;
        rows.iter().map(|row| sql::word(row, 0, id::parse)).collect()
    }
}

fn incident(row: &AnyRow) -> Result<Incident, StoreError> {
    let stage: Option<String> = get(row, 7)?;
    Ok(Incident {
        id: sql::word(row, 0, id::parse)?,
        place: Place { code: Code(sql::small(row, 1)?), village: sql::small(row, 2)? },
        kind: sql::word(row, 3, Kind::parse)?,
        category: sql::word(row, 4, Category::parse)?,
        occurred_at: Time(get(row, 5)?),
        severity: sql::small(row, 6)?,
        stage: stage.as_deref().and_then(Stage::parse),
        sides: Sides(sql::small(row, 8)?),
        reports: sql::small(row, 9)?,
        dead: sql::small(row, 10)?,
        injured: sql::small(row, 11)?,
        displaced: sql::small(row, 12)?,
        verdict: sql::word(row, 13, verdict)?,
        patrol: sql::flag(row, 14)?,
    })
}

fn verdict(word: &str) -> Option<Verdict> {
    [Verdict::Unverified, Verdict::Confirmed, Verdict::Rejected]
        .into_iter()
        .find(|verdict| verdict.as_str() == word)
}
