//! Risks and conditions: the newest of every unit, as they stood then, and one unit's line through time.

use super::{Range, ids, spans};
use crate::error::StoreError;
use crate::sql::{self, Cell, Engine, Select, get};
use crate::store::Store;
use domain::effect::ConditionChange;
use domain::kind::{Horizon, Kind, Level};
use domain::place::Code;
use domain::report::ReportId;
use domain::time::Time;
use sqlx::any::AnyRow;

/// A risk as it was said.
#[derive(Clone, PartialEq, Debug)]
pub struct AssessmentRow {
    pub kind: Kind,
    pub horizon: Horizon,
    pub code: Code,
    /// Received time it was said at.
    pub emitted_at: Time,
    pub risk_ppm: u32,
    pub base_ppm: u32,
    pub baseline_ppm: u32,
    pub level: Level,
    pub completeness_ppm: u32,
    /// The model's name.
    pub model: String,
    pub calibrated: bool,
    /// JSON: feature name to value, in the features' order.
    pub features: String,
    /// JSON: `intercept` and each feature's share of the logit.
    pub contributions: String,
}

/// A condition as it was last said; `change` tells whether it still stands.
#[derive(Clone, PartialEq, Debug)]
pub struct ConditionRow {
    pub code: Code,
    pub kind: Kind,
    pub at: Time,
    pub change: ConditionChange,
    pub level: Level,
    pub since: Time,
    /// JSON: `[{"rule":"…"},{"horizon":"7d","risk_ppm":1,"base_ppm":1},{"districts":3}]`.
    pub reasons: String,
    pub evidence: Vec<ReportId>,
    pub unverified: bool,
    pub completeness_ppm: u32,
    pub policy: String,
}

const CHANGES: [ConditionChange; 5] = [
    ConditionChange::Raised,
    ConditionChange::Changed,
    ConditionChange::Stale,
    ConditionChange::Cleared,
    ConditionChange::Withdrawn,
];

const COLUMNS: &str = "a.kind, a.horizon, a.code, a.emitted_at, a.risk_ppm, a.base_ppm, a.baseline_ppm, a.level, \
     a.completeness_ppm, a.model, a.calibrated, a.features, a.contributions";

/// Without what a risk rests on, which is most of a row.
const BARE: &str = "a.kind, a.horizon, a.code, a.emitted_at, a.risk_ppm, a.base_ppm, a.baseline_ppm, a.level, \
     a.completeness_ppm, a.model, a.calibrated, '', ''";

impl Store {
    /// The newest risk of each unit of the codes, by code; with `as_of` the newest that had been said by then.
    pub async fn assessments(
        &self,
        kind: Kind,
        horizon: Horizon,
        codes: &[Code],
        as_of: Option<Time>,
    ) -> Result<Vec<AssessmentRow>, StoreError> {
        let rows = self.newest(COLUMNS, (kind, horizon), codes, as_of).await?;
        rows.iter().map(assessment).collect()
    }

    /// The same without what they rest on, for those who need the numbers only.
    pub async fn risks(
        &self,
        kind: Kind,
        horizon: Horizon,
        codes: &[Code],
    ) -> Result<Vec<AssessmentRow>, StoreError> {
        let rows = self.newest(BARE, (kind, horizon), codes, None).await?;
        rows.iter().map(assessment).collect()
    }

    async fn newest(
        &self,
        columns: &str,
        (kind, horizon): (Kind, Horizon),
        codes: &[Code],
        as_of: Option<Time>,
    ) -> Result<Vec<AnyRow>, StoreError> {
        let lookup = match (self.engine, as_of) {
            (_, None) => "a.emitted_at = c.emitted_at",
            (Engine::Postgres, Some(_)) => "a.emitted_at <= ?",
            (Engine::Sqlite, Some(_)) => {
                "a.emitted_at = (SELECT MAX(b.emitted_at) FROM assessments b WHERE b.kind = c.kind \
                 AND b.horizon = c.horizon AND b.code = c.code AND b.emitted_at <= ?)"
            }
        };
        let of = format!("a.kind = c.kind AND a.horizon = c.horizon AND a.code = c.code AND {lookup}");
        let head = match self.engine {
            Engine::Sqlite => format!("SELECT {columns} FROM assessed c JOIN assessments a ON {of}"),
            // One look for each cell, whatever the planner thinks of walking the table instead.
            Engine::Postgres => format!(
                "SELECT {columns} FROM assessed c CROSS JOIN LATERAL (SELECT * FROM assessments a WHERE {of} \
                 ORDER BY a.emitted_at DESC LIMIT 1) AS a"
            ),
        };
        let mut select = Select::new("");
        select.add(&head, as_of.map(|as_of| Cell::Int(as_of.0)));
        let cells = [Cell::Text(kind.to_string()), Cell::Text(horizon.to_string())];
        select.add(" WHERE c.kind = ? AND c.horizon = ?", cells);
        spans(&mut select, "c.code", codes);
        select.add(" ORDER BY c.code", []);
        select.all(&self.readers).await
    }

    /// Everything said of one (unit, kind, horizon) within the range, oldest first, at most 10,000 rows.
    pub async fn assessment_series(
        &self,
        code: Code,
        kind: Kind,
        horizon: Horizon,
        range: Range,
    ) -> Result<Vec<AssessmentRow>, StoreError> {
        let text = format!(
            "SELECT {COLUMNS} FROM assessments a WHERE a.kind = $1 AND a.horizon = $2 AND a.code = $3 \
             AND a.emitted_at >= $4 AND a.emitted_at < $5 ORDER BY a.emitted_at LIMIT 10000"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(text))
            .bind(kind.to_string())
            .bind(horizon.to_string())
            .bind(i64::from(code.0))
            .bind(range.from.0)
            .bind(range.to.0)
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(assessment).collect()
    }

    /// The last word on every (unit, kind) of the codes that ever had a condition, cleared ones too.
    pub async fn conditions(&self, codes: &[Code]) -> Result<Vec<ConditionRow>, StoreError> {
        let mut select = Select::new(
            "SELECT code, kind, at, change, level, since, reasons, evidence, unverified, completeness_ppm, policy \
             FROM conditions WHERE 1 = 1",
        );
        spans(&mut select, "code", codes);
        select.add(" ORDER BY code, kind", []);
        select.all(&self.readers).await?.iter().map(condition).collect()
    }
}

fn assessment(row: &AnyRow) -> Result<AssessmentRow, StoreError> {
    Ok(AssessmentRow {
        kind: sql::word(row, 0, Kind::parse)?,
        horizon: sql::word(row, 1, Horizon::parse)?,
        code: Code(sql::small(row, 2)?),
        emitted_at: Time(get(row, 3)?),
        risk_ppm: sql::small(row, 4)?,
        base_ppm: sql::small(row, 5)?,
        baseline_ppm: sql::small(row, 6)?,
        level: sql::word(row, 7, Level::parse)?,
        completeness_ppm: sql::small(row, 8)?,
        model: get(row, 9)?,
        calibrated: sql::flag(row, 10)?,
        features: get(row, 11)?,
        contributions: get(row, 12)?,
    })
}

fn condition(row: &AnyRow) -> Result<ConditionRow, StoreError> {
    Ok(ConditionRow {
        code: Code(sql::small(row, 0)?),
        kind: sql::word(row, 1, Kind::parse)?,
        at: Time(get(row, 2)?),
        change: sql::word(row, 3, |word| CHANGES.into_iter().find(|change| change.as_str() == word))?,
        level: sql::word(row, 4, Level::parse)?,
        since: Time(get(row, 5)?),
        reasons: get(row, 6)?,
        evidence: ids(get(row, 7)?)?,
        unverified: sql::flag(row, 8)?,
        completeness_ppm: sql::small(row, 9)?,
        policy: get(row, 10)?,
    })
}
