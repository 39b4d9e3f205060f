//! Levels at which a place stands only by what a person answered who ended the alert, and the districts that a regency counts.

use super::AlertRow;
use crate::error::StoreError;
use crate::sql::{self, Column, SqlStatement};
use crate::store::Store;
use crate::table::conditions::ConditionRow;
use async_recursion::async_recursion as boxed;
use domain::alert::Alert;
use domain::alert::reopening::stands_as_answered;
use domain::condition::finding::raises_regency;
use domain::kind::{Kind, Level};
use domain::place::Code;
use std::collections::BTreeSet;

/// A condition that stands at a level only by what was answered.
#[derive(Clone, PartialEq, Debug)]
pub struct AnsweredCondition {
    pub code: Code,
    pub kind: Kind,
    pub level: Level,
    /// The alert that was ended last.
    pub ended: Alert,
}

/// A district that its regency counts among those that raise it.
#[derive(Clone, PartialEq, Debug)]
pub struct CountedDistrict {
    pub code: Code,
    pub level: Level,
    /// The alert that was ended last, where the district stands so high only by what was answered.
    pub ended: Option<Alert>,
}

impl Store {
    /// Those of these conditions that stand at their level only by what a person answered who ended the alert there.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn answered_conditions(
        &self,
        conditions: &[ConditionRow],
    ) -> Result<Vec<AnsweredCondition>, StoreError> {
        let standing = || conditions.iter().filter(|row| row.change.stands_at(row.level));
        let Some(since) = standing().map(|row| row.since).min() else { return Ok(Vec::new()) };
        let codes: BTreeSet<Code> = standing().map(|row| row.code).collect();
        let mut select = SqlStatement::new(&format!("{} (live = 1 OR", sql::select::<AlertRow>()));
        select.add(" changed_at >= ?) AND", [since.cell()]);
        select.add_in("code", codes.iter().map(Column::cell).collect()).add(" ORDER BY changed_at, id", []);
        let rows = sql::read_all::<AlertRow>(&select.fetch_all(&self.readers).await?)?;
        let alerts: Vec<Alert> = rows.into_iter().map(AlertRow::alert).collect();
        let answered = |row: &ConditionRow| {
            let own = || alerts.iter().filter(|alert| (alert.code, alert.kind) == (row.code, row.kind));
            let live = own().find(|alert| alert.state.is_live());
            let ended = own().rfind(|alert| !alert.state.is_live())?;
            stands_as_answered((row.level, row.since), live, ended).then(|| AnsweredCondition {
                code: row.code,
                kind: row.kind,
                level: row.level,
                ended: ended.clone(),
            })
        };
        Ok(standing().filter_map(answered).collect())
    }

    /// The districts that a regency counts by now among those that raise it, the highest first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn counted_districts(
        &self,
        regency: Code,
        kind: Kind,
    ) -> Result<Vec<CountedDistrict>, StoreError> {
        let mut conditions = self.conditions(&[regency]).await?;
        conditions.retain(|row| {
            let counts = row.change.stands() && raises_regency(row.level);
            row.kind == kind && !row.code.is_regency() && counts
        });
        conditions.sort_by_key(|row| (std::cmp::Reverse(row.level), row.code));
        let mut answered = self.answered_conditions(&conditions).await?;
        let counted = |row: &ConditionRow| {
            let at = answered.iter().position(|own| own.code == row.code);
            let ended = at.map(|at| answered.swap_remove(at).ended);
            CountedDistrict { code: row.code, level: row.level, ended }
        };
        Ok(conditions.iter().map(counted).collect())
    }
}
