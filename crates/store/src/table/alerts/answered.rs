//! Levels at which a place stands only by what a person answered who ended the alert, and the districts that a regency counts.

use super::stood::BY_PERSON;
use super::{AlertRow, reasons_of_json};
use crate::error::StoreError;
use crate::sql::{self, Column, Connection, SqlStatement};
use crate::store::Store;
use crate::table::alerts;
use crate::table::conditions::ConditionRow;
use async_recursion::async_recursion as boxed;
use domain::alert::Alert;
use domain::alert::regency::DistrictLevels;
use domain::alert::reopening::stands_as_answered;
use domain::condition::finding::raises_regency;
use domain::kind::{Kind, Level};
use domain::place::Code;
use domain::time::Time;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// A condition that stands at a level only by what was answered.
#[derive(Clone, PartialEq, Debug)]
pub struct AnsweredCondition {
    pub code: Code,
    pub kind: Kind,
    pub level: Level,
    /// The alert that was ended last: its own, or, of a regency that its districts raise by their count, that of a district.
    pub ended: Alert,
}

/// A district that its regency's alert counts among those that raise it.
#[derive(Clone, PartialEq, Debug)]
pub struct CountedDistrict {
    pub code: Code,
    /// The level of its alert, which runs.
    pub level: Level,
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
        let of_regencies = conditions.iter().filter(|row| stands_by_districts(row)).map(|row| row.code);
        let of_regencies: BTreeSet<Code> = of_regencies.collect();
        // What a regency counts is known with its districts.
        let mut all = match of_regencies.is_empty() {
            true => Vec::new(),
            false => self.conditions(&Vec::from_iter(of_regencies)).await?,
        };
        all.extend(
            conditions
                .iter()
                .filter(|row| !all.iter().any(|own| (own.code, own.kind) == (row.code, row.kind)))
                .cloned()
                .collect::<Vec<_>>(),
        );
        let standing = || all.iter().filter(|row| row.change.stands_at(row.level));
        let Some(since) = standing().map(|row| row.since).min() else { return Ok(Vec::new()) };
        let codes: BTreeSet<Code> = standing().map(|row| row.code).collect();
        let mut select = SqlStatement::new(&format!("{} (live = 1 OR", sql::select::<AlertRow>()));
        select.add(" changed_at >= ?) AND", [since.cell()]);
        select.add_in("code", codes.iter().map(Column::cell).collect()).add(" ORDER BY changed_at, id", []);
        let rows = sql::read_all::<AlertRow>(&select.fetch_all(&self.readers).await?)?;
        let alerts: Vec<Alert> = rows.into_iter().map(AlertRow::alert).collect();
        let of = |row: &ConditionRow| {
            let own = || alerts.iter().filter(|alert| (alert.code, alert.kind) == (row.code, row.kind));
            (own().find(|alert| alert.state.is_live()), own().rfind(|alert| !alert.state.is_live()))
        };
        let as_ended = |row: &ConditionRow, ended: &Alert| AnsweredCondition {
            code: row.code,
            kind: row.kind,
            level: row.level,
            ended: ended.clone(),
        };
        let answered = |row: &ConditionRow| {
            let (live, ended) = of(row);
            let ended = ended.filter(|ended| stands_as_answered((row.level, row.since), live, ended))?;
            Some(as_ended(row, ended))
        };
        let mut found: Vec<AnsweredCondition> = standing().filter_map(answered).collect();
        for row in standing().filter(|row| stands_by_districts(row)) {
            let runs = of(row).0.filter(|live| live.cleared_at.is_none()).map(|live| live.level);
            let counted = |own: &&AnsweredCondition| {
                let of_regency = own.code.regency() == row.code && !own.code.is_regency();
                own.kind == row.kind && of_regency && raises_regency(own.level)
            };
            let last =
                found.iter().filter(counted).map(|own| &own.ended).max_by_key(|ended| ended.changed_at);
            let last = last.filter(|_| runs.is_none_or(|runs| runs < row.level)).cloned();
            if let Some(ended) =
                last.filter(|_| !found.iter().any(|own| (own.code, own.kind) == (row.code, row.kind)))
            {
                found.push(as_ended(row, &ended));
            }
        }
        found.retain(|own| conditions.iter().any(|row| (row.code, row.kind) == (own.code, own.kind)));
        Ok(found)
    }

    /// The districts that a regency's alert counts by now among those that raise it, the highest first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn counted_districts(
        &self,
        regency: Code,
        kind: Kind,
    ) -> Result<Vec<CountedDistrict>, StoreError> {
        let conditions = self.conditions(&[regency]).await?;
        let live = alerts::live_of(self, regency).await?;
        let counted = |row: &ConditionRow| {
            let own = live.iter().find(|alert| (alert.code, alert.kind) == (row.code, kind));
            let levels = DistrictLevels::of(row.level, own);
            levels.counts().then_some(CountedDistrict { code: row.code, level: levels.runs })
        };
        let districts =
            conditions.iter().filter(|row| row.kind == kind && !row.code.is_regency() && row.change.stands());
        let mut counted: Vec<CountedDistrict> = districts.filter_map(counted).collect();
        counted.sort_by_key(|own| (Reverse(own.level), own.code));
        Ok(counted)
    }
}

/// The live alerts of a regency's districts for one kind, as they stand in this transaction.
pub(crate) async fn live_in_districts(
    tx: &mut Connection<'_>,
    regency: Code,
    kind: Kind,
) -> Result<BTreeMap<Code, Alert>, StoreError> {
    let text = format!("{} live = 1 AND regency = $1 AND kind = $2", sql::select::<AlertRow>());
    let rows = sql::query(text).bind_all([regency.cell(), kind.cell()]).fetch_all(tx).await?;
    let alerts = sql::read_all::<AlertRow>(&rows)?.into_iter().map(AlertRow::alert);
    Ok(alerts.filter(|alert| alert.code != regency).map(|alert| (alert.code, alert)).collect())
}

/// The alert of a (unit, kind) that a person ended last, not before `since`.
pub(crate) async fn ended_last(
    tx: &mut Connection<'_>,
    (code, kind): (Code, Kind),
    since: Time,
) -> Result<Option<Alert>, StoreError> {
    let ended = format!("live = 0 AND code = $1 AND kind = $2 AND changed_at >= $3 AND {BY_PERSON}");
    let text = format!("{} {ended} ORDER BY changed_at DESC, id DESC LIMIT 1", sql::select::<AlertRow>());
    super::one(&sql::query(text).bind_all([code.cell(), kind.cell(), since.cell()]).fetch_all(tx).await?)
}

/// True for the condition of a regency that its districts raise by their count.
fn stands_by_districts(row: &ConditionRow) -> bool {
    row.code.is_regency()
        && row.change.stands_at(row.level)
        && reasons_of_json(&row.reasons).iter().any(|reason| reason.districts().is_some())
}
