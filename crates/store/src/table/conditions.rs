//! Table `conditions`: the condition of each (unit, kind) as it was emitted last.

use crate::error::StoreError;
use crate::read::spans;
use crate::sql::{self, Bulk, Column, Connection, SqlStatement, table_row};
use crate::store::Store;
use crate::table::alerts::{reasons_json, reasons_of_json};
use async_recursion::async_recursion as boxed;
use domain::effect::{Condition, ConditionChange};
use domain::kind::{Kind, Level};
use domain::place::{Code, UnitId};
use domain::report::ReportName;
use domain::time::Time;
use std::collections::BTreeMap;

table_row! {
    struct ConditionsRow in "conditions", key 2 {
        code: Code,
        kind: Kind,
        at: Time,
        change: ConditionChange,
        level: Level,
        since: Time,
        reasons: String,
        evidence: String,
        unverified: bool,
        completeness_ppm: u32,
        policy: String,
    }
}

/// A condition as it was emitted last; `change` tells whether it still stands.
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
    pub evidence: Vec<ReportName>,
    pub unverified: bool,
    pub completeness_ppm: u32,
    pub policy: String,
}

/// Writes the last of a commit's conditions of each (unit, kind).
pub(crate) async fn write(tx: &mut Connection<'_>, emitted: &[(Code, &Condition)]) -> Result<(), StoreError> {
    let last: BTreeMap<(Code, Kind), &Condition> =
        emitted.iter().map(|(code, condition)| ((*code, condition.kind), *condition)).collect();
    let rows = last.into_iter().map(|((code, kind), condition)| {
        let evidence: Vec<String> = condition.evidence.iter().map(|id| id.to_string()).collect();
        ConditionsRow {
            code,
            kind,
            at: condition.at,
            change: condition.change,
            level: condition.level,
            since: condition.since,
            reasons: reasons_json(&condition.reasons, &condition.evidence).to_string(),
            evidence: evidence.join(" "),
            unverified: condition.unverified,
            completeness_ppm: condition.completeness_ppm,
            policy: condition.policy.clone(),
        }
    });
    Bulk::upsert::<ConditionsRow>().run_rows(tx, rows).await?;
    Ok(())
}

/// The level a (unit, kind) had when its condition was emitted last.
pub(crate) async fn level(
    tx: &mut Connection<'_>,
    code: Code,
    kind: Kind,
) -> Result<Option<Level>, StoreError> {
    let query = sql::query("SELECT level FROM conditions WHERE code = $1 AND kind = $2");
    let row = query.bind_all([code.cell(), kind.cell()]).fetch_optional(tx).await?;
    row.map(|row| Level::read(&row, 0)).transpose()
}

/// The condition of a (unit, kind) as it was emitted last.
pub(crate) async fn last(
    tx: &mut Connection<'_>,
    (code, unit): (Code, UnitId),
    kind: Kind,
) -> Result<Option<Condition>, StoreError> {
    let text = format!("{} code = $1 AND kind = $2", sql::select::<ConditionsRow>());
    let query = sql::query(text).bind_all([code.cell(), kind.cell()]);
    let Some(row) = sql::read_all::<ConditionsRow>(&query.fetch_all(tx).await?)?.into_iter().next() else {
        return Ok(None);
    };
    Ok(Some(condition(row)?.of(unit)))
}

/// The conditions of a regency and its districts for one kind, as they were emitted last.
pub(crate) async fn of_regency(
    tx: &mut Connection<'_>,
    regency: Code,
    kind: Kind,
) -> Result<BTreeMap<Code, ConditionRow>, StoreError> {
    let mut select = SqlStatement::new(&format!("{} 1 = 1", sql::select::<ConditionsRow>()));
    spans(&mut select, "code", &[regency]);
    select.add(" AND kind = ?", [kind.cell()]);
    let rows = sql::read_all::<ConditionsRow>(&select.fetch_all(tx).await?)?.into_iter().map(condition);
    rows.map(|row| row.map(|row| (row.code, row))).collect()
}

impl ConditionRow {
    /// As it was emitted, of a unit.
    pub(crate) fn of(self, unit: UnitId) -> Condition {
        Condition {
            unit,
            kind: self.kind,
            change: self.change,
            at: self.at,
            level: self.level,
            since: self.since,
            reasons: reasons_of_json(&self.reasons),
            evidence: self.evidence,
            unverified: self.unverified,
            completeness_ppm: self.completeness_ppm,
            policy: self.policy,
        }
    }
}

impl Store {
    /// The condition of every (unit, kind) of the codes that ever had one, cleared ones too.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn conditions(&self, codes: &[Code]) -> Result<Vec<ConditionRow>, StoreError> {
        let mut select = SqlStatement::new(&format!("{} 1 = 1", sql::select::<ConditionsRow>()));
        spans(&mut select, "code", codes);
        select.add(" ORDER BY code, kind", []);
        let rows = sql::read_all::<ConditionsRow>(&select.fetch_all(&self.readers).await?)?;
        rows.into_iter().map(condition).collect()
    }
}

fn condition(row: ConditionsRow) -> Result<ConditionRow, StoreError> {
    let parse = |name| {
        ReportName::parse(name).ok_or_else(|| StoreError::corrupt(format!("the report name '{name}'")))
    };
    Ok(ConditionRow {
        code: row.code,
        kind: row.kind,
        at: row.at,
        change: row.change,
        level: row.level,
        since: row.since,
        reasons: row.reasons,
        evidence: row.evidence.split_whitespace().map(parse).collect::<Result<_, StoreError>>()?,
        unverified: row.unverified,
        completeness_ppm: row.completeness_ppm,
        policy: row.policy,
    })
}
