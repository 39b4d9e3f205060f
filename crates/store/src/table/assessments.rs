//! Tables `assessments` and `newest_assessments`: every assessment of a cell, and when each was assessed last.

use crate::commit::NamedAssessment;
use crate::error::StoreError;
use crate::ledger::OwnedRegencies;
use crate::read::{Range, spans};
use crate::sql::{self, Bulk, Cell, Column, Connection, Engine, SqlStatement, table_row};
use crate::store::Store;
use async_recursion::async_recursion as boxed;
use domain::feature::{COMMON, FeatureVector, NAMES};
use domain::kind::{Horizon, Kind, Level};
use domain::place::Code;
use domain::scorer::Contributions;
use domain::time::Time;
use std::collections::BTreeMap;
use std::fmt::Write;

table_row! {
    /// An assessment as it was emitted.
    pub struct AssessmentRow in "assessments", key 4 {
        pub kind: Kind,
        pub horizon: Horizon,
        pub code: Code,
        /// Received time it was emitted at.
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
}

table_row! {
    struct NewestAssessmentRow in "newest_assessments", key 3 {
        kind: Kind,
        horizon: Horizon,
        code: Code,
        emitted_at: Time,
    }
}

/// Writes what a commit emitted, in the order of the keys.
pub(crate) async fn write(
    tx: &mut Connection<'_>,
    emitted: &BTreeMap<(Kind, Horizon, Code, Time), NamedAssessment<'_>>,
) -> Result<(), StoreError> {
    const NEWEST: &str = "ON CONFLICT (kind, horizon, code) DO UPDATE SET emitted_at = excluded.emitted_at \
         WHERE newest_assessments.emitted_at < excluded.emitted_at";
    let mut newest: BTreeMap<(Kind, Horizon, Code), Time> = BTreeMap::new();
    for (kind, horizon, code, at) in emitted.keys() {
        newest.insert((*kind, *horizon, *code), *at); // the map's order makes the last the newest
    }
    let rows = emitted.iter().map(|(key, emitted)| row(*key, emitted));
    Bulk::upsert::<AssessmentRow>().run_rows(tx, rows).await?;
    let rows = newest.into_iter().map(|((kind, horizon, code), emitted_at)| NewestAssessmentRow {
        kind,
        horizon,
        code,
        emitted_at,
    });
    Bulk::insert::<NewestAssessmentRow>().with_tail(NEWEST).run_rows(tx, rows).await?;
    Ok(())
}

/// The clock was set back to an instant: what was emitted later than that comes right before it, in its order.
pub(crate) async fn set_back(
    tx: &mut Connection<'_>,
    own: &OwnedRegencies,
    to: Time,
) -> Result<(), StoreError> {
    // The cells that are ahead first: few rows name all that have to be looked for.
    let mut ahead = SqlStatement::new("SELECT kind, horizon, code FROM newest_assessments WHERE");
    ahead.add(" emitted_at >= ?", [to.cell()]);
    own.codes(&mut ahead, "code");
    for row in &ahead.fetch_all(&mut *tx).await? {
        let (kind, horizon) = (Kind::read(row, 0)?, Horizon::read(row, 1)?);
        set_cell_back(tx, (kind, horizon, Code::read(row, 2)?), to).await?;
    }
    Ok(())
}

async fn set_cell_back(
    tx: &mut Connection<'_>,
    (kind, horizon, code): (Kind, Horizon, Code),
    to: Time,
) -> Result<(), StoreError> {
    const DROP: &str =
        "DELETE FROM assessments WHERE kind = $1 AND horizon = $2 AND code = $3 AND emitted_at = $4";
    const LATER: &str = "SELECT emitted_at FROM assessments WHERE kind = $1 AND horizon = $2 AND code = $3 \
         AND emitted_at >= $4 ORDER BY emitted_at";
    const MOVE: &str = "UPDATE assessments SET emitted_at = $1 WHERE kind = $2 AND horizon = $3 AND code = $4 \
         AND emitted_at = $5";
    const NEWEST: &str =
        "UPDATE newest_assessments SET emitted_at = $1 WHERE kind = $2 AND horizon = $3 AND code = $4";
    const BEFORE: &str = "SELECT MAX(emitted_at) FROM assessments WHERE kind = $1 AND horizon = $2 AND code = $3 \
         AND emitted_at < $4";
    let cell = || [kind.cell(), horizon.cell(), code.cell()];
    let later = sql::query(LATER).bind_all(cell()).bind(to.0).fetch_all(&mut *tx).await?;
    let later: Vec<Time> = later.iter().map(|row| Time::read(row, 0)).collect::<Result<_, _>>()?;
    let before = sql::query(BEFORE).bind_all(cell()).bind(to.0).fetch_one(&mut *tx).await?;
    let before = Option::<Time>::read(&before, 0)?;
    // Right before the instant, a microsecond apart, and after what came there by an earlier step to the same instant: where
    // there is no room, the latest stay.
    let room = before.map_or(usize::MAX, |before| usize::try_from(to.since(before) - 1).unwrap_or(0));
    let (dropped, moved) = later.split_at(later.len().saturating_sub(room));
    for emitted_at in dropped {
        sql::query(DROP).bind_all(cell()).bind(emitted_at.0).execute(&mut *tx).await?;
    }
    for (back, emitted_at) in (1..).zip(moved.iter().rev()) {
        let at = to.plus(-back);
        sql::query(MOVE).bind(at.0).bind_all(cell()).bind(emitted_at.0).execute(&mut *tx).await?;
    }
    let newest = if moved.is_empty() { before } else { Some(to.plus(-1)) };
    let Some(newest) = newest else { return Ok(()) };
    sql::query(NEWEST).bind(newest.0).bind_all(cell()).execute(&mut *tx).await?;
    Ok(())
}

/// What was not explained is kept as nothing: 0 and `{}`.
fn row(
    (kind, horizon, code, emitted_at): (Kind, Horizon, Code, Time),
    emitted: &NamedAssessment<'_>,
) -> AssessmentRow {
    let a = emitted.assessment;
    let why = a.why.as_deref();
    let empty = || String::from("{}");
    AssessmentRow {
        kind,
        horizon,
        code,
        emitted_at,
        risk_ppm: a.risk_ppm,
        base_ppm: a.base_ppm,
        baseline_ppm: why.map_or(0, |why| why.baseline_ppm),
        level: a.level,
        completeness_ppm: a.completeness_ppm,
        model: emitted.model.to_owned(),
        calibrated: a.calibrated,
        features: why.map_or_else(empty, |why| named(None, &why.features)),
        contributions: why.map_or_else(empty, |why| contributions(&why.contributions)),
    }
}

fn contributions(contributions: &Contributions) -> String {
    named(Some(contributions.intercept), &contributions.features)
}

/// `{"intercept":x,"count_3d":y,…}` in the features' order; `Display` gives the shortest text that reads back the same.
/// Of the features beyond the common ones a 0 is not written: most are 0 always, and what lacks reads as 0.
fn named(intercept: Option<f64>, values: &FeatureVector) -> String {
    let mut text = String::with_capacity(320);
    text.push('{');
    if let Some(intercept) = intercept {
        number(&mut text, "intercept", intercept);
    }
    for (at, (name, value)) in NAMES.iter().zip(values).enumerate() {
        if at < COMMON || *value != 0.0 {
            number(&mut text, name, *value);
        }
    }
    text.push('}');
    text
}

fn number(text: &mut String, name: &str, value: f64) {
    let comma = if text.len() > 1 { "," } else { "" };
    let value = if value.is_finite() { value } else { 0.0 }; // JSON has no word for the others
    write!(text, "{comma}\"{name}\":{value}").expect("a string takes all");
}

/// When each unit was assessed last.
pub(crate) async fn newest_times(store: &Store) -> Result<BTreeMap<Code, Time>, StoreError> {
    const NEWEST: &str = "SELECT code, MAX(emitted_at) FROM newest_assessments GROUP BY code";
    let rows = sql::query(NEWEST).fetch_all(&store.readers).await?;
    rows.iter().map(|row| Ok((Code::read(row, 0)?, Time::read(row, 1)?))).collect()
}

/// All columns but what a risk rests on, which is most of a row.
fn columns_without_why() -> String {
    let all = sql::columns::<AssessmentRow>("a.");
    all.replace("a.features", "''").replace("a.contributions", "''")
}

impl Store {
    /// The newest risk of each unit of the codes, by code; with `as_of` the newest that had been emitted by then.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn assessments(
        &self,
        kind: Kind,
        horizon: Horizon,
        codes: &[Code],
        as_of: Option<Time>,
    ) -> Result<Vec<AssessmentRow>, StoreError> {
        self.newest(&sql::columns::<AssessmentRow>("a."), (kind, horizon), codes, as_of).await
    }

    /// The same without what they rest on, for those who need the numbers only.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn risks(
        &self,
        kind: Kind,
        horizon: Horizon,
        codes: &[Code],
    ) -> Result<Vec<AssessmentRow>, StoreError> {
        self.newest(&columns_without_why(), (kind, horizon), codes, None).await
    }

    async fn newest(
        &self,
        columns: &str,
        (kind, horizon): (Kind, Horizon),
        codes: &[Code],
        as_of: Option<Time>,
    ) -> Result<Vec<AssessmentRow>, StoreError> {
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
            Engine::Sqlite => {
                format!("SELECT {columns} FROM newest_assessments c JOIN assessments a ON {of}")
            }
            // One look for each cell, whatever the planner thinks of walking the table instead.
            Engine::Postgres => format!(
                "SELECT {columns} FROM newest_assessments c CROSS JOIN LATERAL (SELECT * FROM assessments a \
                 WHERE {of} ORDER BY a.emitted_at DESC LIMIT 1) AS a"
            ),
        };
        let mut select = SqlStatement::default();
        select.add(&head, as_of.map(|as_of| Cell::Int(as_of.0)));
        select.add(" WHERE c.kind = ? AND c.horizon = ?", [kind.cell(), horizon.cell()]);
        spans(&mut select, "c.code", codes);
        select.add(" ORDER BY c.code", []);
        sql::read_all(&select.fetch_all(&self.readers).await?)
    }

    /// Every assessment of one (unit, kind, horizon) within the range, oldest first, at most 10,000 rows.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn assessment_series(
        &self,
        code: Code,
        kind: Kind,
        horizon: Horizon,
        range: Range,
    ) -> Result<Vec<AssessmentRow>, StoreError> {
        let mut select = SqlStatement::new(&sql::select::<AssessmentRow>());
        let cells = [kind.cell(), horizon.cell(), code.cell(), range.from.cell(), range.to.cell()];
        select.add(" kind = ? AND horizon = ? AND code = ? AND emitted_at >= ? AND emitted_at < ?", cells);
        select.add(" ORDER BY emitted_at LIMIT 10000", []);
        sql::read_all(&select.fetch_all(&self.readers).await?)
    }

    /// The cells of some regencies that were assessed at or after `since`.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn assessed_since(
        &self,
        regencies: &[Code],
        since: Time,
    ) -> Result<Vec<(Code, Kind, Horizon)>, StoreError> {
        let mut found = Vec::new();
        for regency in regencies {
            let mut select = SqlStatement::new("SELECT code, kind, horizon FROM newest_assessments WHERE");
            let (first, last) = (i64::from(regency.0), i64::from(regency.0) + 99);
            let cells = [since.cell(), Cell::Int(first), Cell::Int(last)];
            select.add(" emitted_at >= ? AND code BETWEEN ? AND ? ORDER BY code, kind, horizon", cells);
            for row in &select.fetch_all(&self.readers).await? {
                found.push((Code::read(row, 0)?, Kind::read(row, 1)?, Horizon::read(row, 2)?));
            }
        }
        Ok(found)
    }
}
