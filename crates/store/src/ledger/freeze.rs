//! A day's forecasts as they stood when it began, and the mean inputs behind them.

use super::OwnedRegencies;
use crate::error::StoreError;
use crate::sql::{Cell, Column, Connection, SqlStatement};
use crate::table::ledger::{self as table, InputMeanRow};
use domain::feature::NAMES;
use domain::kind::Kind;
use domain::time::DAY;
use std::collections::BTreeMap;

/// Copies the newest word on every cell from before the day. Strictly before: what is said at midnight itself may come
/// in a later commit, and the ledger must not depend on where commits are cut.
pub(super) async fn freeze(
    tx: &mut Connection<'_>,
    day: i64,
    own: &OwnedRegencies,
) -> Result<(), StoreError> {
    if table::freeze(tx, day, own).await? > 0 {
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
        let text = String::read(row, 1)?;
        let values: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        let (sum, count) = sums.entry(Kind::read(row, 0)?).or_insert(([0.0; NAMES.len()], 0));
        for (slot, name) in sum.iter_mut().zip(NAMES) {
            *slot += values[name].as_f64().unwrap_or(0.0);
        }
        *count += 1;
    }
    let means = sums.into_iter().flat_map(|(kind, (sum, count))| {
        NAMES.iter().zip(sum).map(move |(name, sum)| InputMeanRow {
            log_partition: own.partition,
            kind,
            day,
            name: (*name).to_owned(),
            mean_e6: (sum / count as f64 * 1e6).round() as i64,
            districts: count,
        })
    });
    table::insert_inputs(tx, means.collect()).await
}
