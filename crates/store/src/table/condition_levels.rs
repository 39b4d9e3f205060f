//! Table `condition_levels`: the level that the condition of each (unit, kind) gave it from an instant on, for a look at the past.

use crate::error::StoreError;
use crate::ledger::OwnedRegencies;
use crate::read::spans;
use crate::sql::{self, Bulk, Column, Connection, SqlStatement, get, table_row};
use crate::store::Store;
use async_recursion::async_recursion as boxed;
use domain::effect::{Condition, ConditionChange};
use domain::kind::{Kind, Level};
use domain::place::Code;
use domain::time::Time;
use std::collections::BTreeMap;

table_row! {
    struct ConditionLevelRow in "condition_levels", key 3 {
        code: Code,
        kind: Kind,
        at: Time,
        /// `low` where no condition stands from then on.
        level: Level,
    }
}

/// Writes every word of a commit's conditions; of several in one instant the last.
pub(crate) async fn write(tx: &mut Connection<'_>, emitted: &[(Code, &Condition)]) -> Result<(), StoreError> {
    let level = |condition: &Condition| standing(condition.change, condition.level);
    let levels: BTreeMap<(Code, Kind, Time), Level> = emitted
        .iter()
        .map(|(code, condition)| ((*code, condition.kind, condition.at), level(condition)))
        .collect();
    let rows =
        levels.into_iter().map(|((code, kind, at), level)| ConditionLevelRow { code, kind, at, level });
    Bulk::upsert::<ConditionLevelRow>().run_rows(tx, rows).await?;
    Ok(())
}

fn standing(change: ConditionChange, level: Level) -> Level {
    if change.stands() { level } else { Level::Low }
}

/// The clock was set back to an instant: what was said later than that comes right before it, in its order.
pub(crate) async fn set_back(
    tx: &mut Connection<'_>,
    own: &OwnedRegencies,
    to: Time,
) -> Result<(), StoreError> {
    let mut ahead = SqlStatement::new(&sql::select::<ConditionLevelRow>());
    ahead.add(" at >= ?", [to.cell()]);
    own.codes(&mut ahead, "code");
    ahead.add(" ORDER BY at DESC", []);
    let rows: Vec<ConditionLevelRow> = sql::read_all(&ahead.fetch_all(&mut *tx).await?)?;
    let mut back: BTreeMap<(Code, Kind), i64> = BTreeMap::new();
    let mut moved = Vec::with_capacity(rows.len());
    for row in rows {
        const DROP: &str = "DELETE FROM condition_levels WHERE code = $1 AND kind = $2 AND at = $3";
        let cells = [row.code.cell(), row.kind.cell(), row.at.cell()];
        sql::query(DROP).bind_all(cells).execute(&mut *tx).await?;
        let before = back.entry((row.code, row.kind)).or_default();
        *before += 1;
        moved.push(ConditionLevelRow { at: to.plus(-*before), ..row });
    }
    Bulk::upsert::<ConditionLevelRow>().run_rows(tx, moved).await?;
    Ok(())
}

impl Store {
    /// The level of every condition of the codes that stood at an instant, as it was then.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn condition_levels(
        &self,
        codes: &[Code],
        as_of: Time,
    ) -> Result<BTreeMap<(Code, Kind), Level>, StoreError> {
        // One look for each cell. What an earlier build said last has no row here.
        const THEN: &str = "SELECT c.code, c.kind, c.at, c.change, c.level, (SELECT h.level FROM condition_levels h \
             WHERE h.code = c.code AND h.kind = c.kind AND h.at <= ? ORDER BY h.at DESC LIMIT 1) \
             FROM conditions c WHERE 1 = 1";
        let mut select = SqlStatement::new("");
        select.add(THEN, [as_of.cell()]);
        spans(&mut select, "c.code", codes);
        let mut levels = BTreeMap::new();
        for row in &select.fetch_all(&self.readers).await? {
            let last = (Time::read(row, 2)? <= as_of)
                .then(|| Ok::<_, StoreError>(standing(ConditionChange::read(row, 3)?, Level::read(row, 4)?)));
            let level = match get::<Option<String>>(row, 5)? {
                Some(_) => Some(Level::read(row, 5)?),
                None => last.transpose()?,
            };
            if let Some(level) = level.filter(|level| level.is_warning()) {
                levels.insert((Code::read(row, 0)?, Kind::read(row, 1)?), level);
            }
        }
        Ok(levels)
    }
}
