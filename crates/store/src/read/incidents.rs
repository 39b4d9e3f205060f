//! Incidents as lists and as counts by day.

use super::reports::ANY_KIND;
use super::{List, Page, Range, after, apart, at, between, cursor, limit, page};
use crate::error::StoreError;
use crate::id;
use crate::sql::{self, Cell, Select, get};
use crate::store::Store;
use domain::effect::{Incident, Verdict};
use domain::kind::{Category, FeedClass, Kind, Sides, Stage};
use domain::place::{Code, Place};
use domain::report::ReportId;
use domain::time::{DAY, MINUTE, Time};
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

/// Incidents of one local day (days since 1970-01-01) and severity.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DaySeverity {
    pub day: i32,
    pub severity: u8,
    pub count: u32,
}

/// Reports of one local day and feed class, by when they say it happened; zero-reports by when they were given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DayClass {
    pub day: i32,
    pub class: FeedClass,
    pub count: u32,
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

    /// Incidents that were not rejected, by local day and severity, of the codes given (a regency's code
    /// counts its districts too). `minutes_east` is the zone's.
    pub async fn daily_incidents(
        &self,
        codes: &[Code],
        kind: Kind,
        range: Range,
        minutes_east: i64,
    ) -> Result<Vec<DaySeverity>, StoreError> {
        let mut select = Select::new("");
        select.add(
            &format!("SELECT (at + ?) / {DAY} AS day, severity, COUNT(*) FROM incidents WHERE kind = ?"),
            [Cell::Int(minutes_east * MINUTE), Cell::Text(kind.to_string())],
        );
        select.add(" AND verdict <> 'rejected'", []);
        anywhere_of(&mut select, codes);
        between(&mut select, "at", Some(range));
        select.add(" GROUP BY day, severity ORDER BY day, severity", []);
        let rows = select.all(&self.readers).await?;
        let count = |row: &AnyRow| {
            Ok(DaySeverity {
                day: sql::small(row, 0)?,
                severity: sql::small(row, 1)?,
                count: sql::small(row, 2)?,
            })
        };
        rows.iter().map(count).collect()
    }

    /// Incidents that were not rejected: how many people reported, and how many patrols alone found.
    pub async fn found_by(&self, codes: &[Code], kind: Kind, range: Range) -> Result<(u32, u32), StoreError> {
        let mut select = Select::new("SELECT patrol, COUNT(*) FROM incidents WHERE verdict <> 'rejected'");
        select.add(" AND kind = ?", [Cell::Text(kind.to_string())]);
        anywhere_of(&mut select, codes);
        between(&mut select, "at", Some(range));
        select.add(" GROUP BY patrol", []);
        let mut found = (0, 0);
        for row in &select.all(&self.readers).await? {
            let count = sql::small(row, 1)?;
            if sql::flag(row, 0)? { found.1 = count } else { found.0 = count }
        }
        Ok(found)
    }

    /// Reports by local day and feed class; `kind` `None` counts all, zero-reports too.
    pub async fn daily_reports(
        &self,
        codes: &[Code],
        kind: Option<Kind>,
        range: Range,
        minutes_east: i64,
    ) -> Result<Vec<DayClass>, StoreError> {
        let mut select = Select::new("");
        let shift = Cell::Int(minutes_east * MINUTE);
        let head = format!("SELECT (at + ?) / {DAY} AS day, class, COUNT(*) FROM (");
        select.add(&head, [shift]);
        let kinds = kind.map_or_else(|| ANY_KIND.to_vec(), |kind| vec![Some(kind)]);
        // Each kind has its own stretch of the index, which holds all that is asked for.
        for (number, kind) in kinds.into_iter().enumerate() {
            select.add(if number > 0 { " UNION ALL " } else { "" }, []);
            select.add("SELECT at, class FROM reports WHERE", []);
            match kind {
                None => select.add(" kind IS NULL", []),
                Some(kind) => select.add(" kind = ?", [Cell::Text(kind.to_string())]),
            };
            anywhere_of(&mut select, codes);
            between(&mut select, "at", Some(range));
        }
        select.add(") AS told GROUP BY day, class ORDER BY day, class", []);
        let rows = select.all(&self.readers).await?;
        let count = |row: &AnyRow| {
            Ok(DayClass {
                day: sql::small(row, 0)?,
                class: sql::word(row, 1, FeedClass::parse)?,
                count: sql::small(row, 2)?,
            })
        };
        rows.iter().map(count).collect()
    }
}

/// Keeps to the codes, whole regencies and single districts.
fn anywhere_of(select: &mut Select, codes: &[Code]) {
    match apart(codes)[..] {
        [] => {}
        [code] => at(select, code),
        ref several => {
            let of = |regency: bool| {
                let own = several.iter().filter(|code| code.is_regency() == regency);
                own.map(|code| Cell::Int(i64::from(code.0))).collect()
            };
            select.add(" AND (", []).add_in("regency", of(true)).add(" OR", []).add_in("code", of(false));
            select.add(")", []);
        }
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
