//! A day's forecasts as they stood when it began, and the mean inputs behind them.

use super::OwnedRegencies;
use crate::error::StoreError;
use crate::sql::{self, Bulk, Cell, Connection, SqlStatement, get};
use domain::feature::NAMES;
use domain::forecast::{ForecastDecision, ForecastOutcome};
use domain::kind::{Horizon, Kind, Level};
use domain::place::Code;
use domain::time::DAY;
use std::collections::BTreeMap;

/// Copies the newest word on every cell from before the day. Strictly before: what is said at midnight itself may come
/// in a later commit, and the book must not depend on where commits are cut.
pub(super) async fn freeze(
    tx: &mut Connection<'_>,
    day: i64,
    own: &OwnedRegencies,
) -> Result<(), StoreError> {
    const FREEZE: &str = "INSERT INTO ledger (kind, horizon, code, day, regency, risk_ppm, base_ppm, baseline_ppm, level, \
         completeness_ppm, model, calibrated) \
         SELECT a.kind, a.horizon, a.code, CAST(? AS BIGINT), a.code - a.code % 100, a.risk_ppm, a.base_ppm, a.baseline_ppm, \
         a.level, a.completeness_ppm, a.model, a.calibrated \
         FROM newest_assessments c JOIN assessments a ON a.kind = c.kind AND a.horizon = c.horizon AND a.code = c.code \
         AND a.emitted_at = (SELECT MAX(b.emitted_at) FROM assessments b WHERE b.kind = c.kind AND b.horizon = c.horizon \
         AND b.code = c.code AND b.emitted_at < ?) WHERE 1 = 1";
    let mut select = SqlStatement::new("");
    select.add(FREEZE, [Cell::Int(day), Cell::Int(day * DAY)]);
    own.codes(&mut select, "c.code");
    select.add(" ON CONFLICT (kind, horizon, code, day) DO NOTHING", []);
    if select.execute(tx).await? > 0 {
        inputs(tx, day, own).await?;
    }
    Ok(())
}

/// Mean of each feature over the districts, by kind; the week's vectors are the month's.
async fn inputs(tx: &mut Connection<'_>, day: i64, own: &OwnedRegencies) -> Result<(), StoreError> {
    const VECTORS: &str = "SELECT c.kind, a.features FROM newest_assessments c JOIN assessments a ON a.kind = c.kind \
         AND a.horizon = c.horizon AND a.code = c.code AND a.emitted_at = (SELECT MAX(b.emitted_at) FROM assessments b \
         WHERE b.kind = c.kind AND b.horizon = c.horizon AND b.code = c.code AND b.emitted_at < ?) \
         WHERE c.horizon = '7d' AND c.code % 100 <> 0 AND a.level <> 'no_data'";
    let mut select = SqlStatement::new("");
    select.add(VECTORS, [Cell::Int(day * DAY)]);
    own.codes(&mut select, "c.code");
    select.add(" ORDER BY c.kind, c.code", []);
    let rows = select.fetch_all(&mut *tx).await?;
    let mut sums: BTreeMap<Kind, ([f64; NAMES.len()], i64)> = BTreeMap::new();
    for row in &rows {
        let text: String = get(row, 1)?;
        let values: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        let (sum, count) = sums.entry(sql::word(row, 0, Kind::parse)?).or_insert(([0.0; NAMES.len()], 0));
        for (slot, name) in sum.iter_mut().zip(NAMES) {
            *slot += values[name].as_f64().unwrap_or(0.0);
        }
        *count += 1;
    }
    const INPUTS: Bulk = Bulk::new(
        "INSERT INTO ledger_inputs (log_partition, kind, day, name, mean_e6, districts)",
        6,
        "ON CONFLICT (log_partition, kind, day, name) DO NOTHING",
    );
    let rows = sums.into_iter().flat_map(|(kind, (sum, count))| {
        NAMES.iter().zip(sum).map(move |(name, sum)| {
            vec![
                Cell::Int(i64::from(own.partition)),
                Cell::Text(kind.to_string()),
                Cell::Int(day),
                Cell::Text((*name).to_string()),
                Cell::Int((sum / count as f64 * 1e6).round() as i64),
                Cell::Int(count),
            ]
        })
    });
    INPUTS.run(tx, rows.collect()).await?;
    Ok(())
}

/// A frozen forecast and the last word on it.
pub(super) struct Frozen {
    pub kind: Kind,
    pub code: Code,
    pub level: Level,
    pub last: Option<(i64, ForecastDecision)>,
}

pub(super) async fn frozen(
    tx: &mut Connection<'_>,
    horizon: Horizon,
    day: i64,
    own: &OwnedRegencies,
) -> Result<Vec<Frozen>, StoreError> {
    const FROZEN: &str = "SELECT l.kind, l.code, l.level, o.number, o.outcome, o.why, o.saw, o.checked FROM ledger l \
         LEFT JOIN ledger_outcomes o ON o.kind = l.kind AND o.horizon = l.horizon AND o.code = l.code AND o.day = l.day \
         AND o.number = (SELECT MAX(n.number) FROM ledger_outcomes n WHERE n.kind = l.kind AND n.horizon = l.horizon \
         AND n.code = l.code AND n.day = l.day) \
         WHERE l.day = ? AND l.horizon = ?";
    let mut select = SqlStatement::new("");
    select.add(FROZEN, [Cell::Int(day), Cell::Text(horizon.to_string())]);
    own.regencies(&mut select, "l.regency");
    select.add(" ORDER BY l.kind, l.code", []);
    let rows = select.fetch_all(&mut *tx).await?;
    rows.iter()
        .map(|row| {
            let number: Option<i64> = get(row, 3)?;
            let last = match number {
                None => None,
                Some(number) => Some((
                    number,
                    ForecastDecision {
                        outcome: sql::word(row, 4, ForecastOutcome::parse)?,
                        why: get(row, 5)?,
                        verifier_saw: get::<Option<i64>>(row, 6)?.map(|saw| saw != 0),
                        checked: sql::flag(row, 7)?,
                    },
                )),
            };
            Ok(Frozen {
                kind: sql::word(row, 0, Kind::parse)?,
                code: Code(sql::small(row, 1)?),
                level: sql::word(row, 2, Level::parse)?,
                last,
            })
        })
        .collect()
}
