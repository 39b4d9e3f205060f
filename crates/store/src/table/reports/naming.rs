//! Reports by their names, and those that name others.

use super::lists::{RANGES, read};
use super::{ReportKey, ReportsRow, StoredReport};
use crate::error::StoreError;
use crate::sql::{self, Cell, Column, SqlStatement, get};
use crate::store::Store;
use async_recursion::async_recursion as boxed;
use domain::place::Code;
use domain::report::{ReportId, ReportName};
use domain::time::Time;
use std::collections::{BTreeMap, BTreeSet};

/// Most reports that name one and are read.
const NAMING: usize = 100;

impl Store {
    /// The reports of a regency with these names.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn reports_named(
        &self,
        regency: Code,
        names: &[ReportName],
    ) -> Result<BTreeMap<ReportName, StoredReport>, StoreError> {
        let mut found = BTreeMap::new();
        for names in names.chunks(RANGES) {
            let mut select = SqlStatement::new(&sql::select::<ReportsRow>());
            select.add(" regency = ? AND", [regency.cell()]);
            select.add_in("id", names.iter().map(Column::cell).collect());
            let reports = read(&select.fetch_all(&self.readers).await?)?;
            found.extend(reports.into_iter().map(|report| (report.report.name(), report)));
        }
        Ok(found)
    }

    /// Reports of its regency that name each of these, in the order they came, at most 100 of one: verifications, retractions,
    /// corrections. What nobody names has none.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn reports_naming_each(
        &self,
        regency: Code,
        targets: &[ReportName],
    ) -> Result<BTreeMap<ReportName, Vec<StoredReport>>, StoreError> {
        let ids: Vec<ReportId> = targets.iter().map(|target| target.id).collect();
        let others = self.reports_of_ids(&ids).await?;
        let mut called: BTreeMap<String, ReportName> = BTreeMap::new();
        for target in targets {
            called.insert(target.to_string(), *target);
            // A verification may name it by its id alone, which means it where no other report of the regency has that id.
            let is_other = |other: &ReportKey| {
                other.regency == regency && other.id.id == target.id && other.id != *target
            };
            if !others.keys().any(is_other) {
                called.insert(target.id.to_string(), *target);
            }
        }
        let mut first: BTreeMap<ReportName, Vec<(Time, ReportName)>> = BTreeMap::new();
        for (word, at, name) in self.first_naming(regency, called.keys()).await? {
            if let Some(target) = called.get(&word) {
                first.entry(*target).or_default().push((at, name));
            }
        }
        for names in first.values_mut() {
            names.sort();
            names.dedup();
            names.truncate(NAMING);
        }
        let names: BTreeSet<ReportName> = first.values().flatten().map(|(_, name)| *name).collect();
        let reports = self.reports_named(regency, &names.into_iter().collect::<Vec<_>>()).await?;
        let with = |names: Vec<(Time, ReportName)>| {
            names.into_iter().filter_map(|(_, name)| reports.get(&name).cloned()).collect()
        };
        Ok(first.into_iter().map(|(target, names)| (target, with(names))).collect())
    }

    /// Of each of these words for a target the first reports that name it, and when they came. However many do, no more than
    /// [`NAMING`] of each leave the server.
    async fn first_naming(
        &self,
        regency: Code,
        words: impl Iterator<Item = &String>,
    ) -> Result<Vec<(String, Time, ReportName)>, StoreError> {
        const FIRST: &str = "SELECT target, received_at, report FROM (SELECT l.target, r.received_at, l.report, \
             ROW_NUMBER() OVER (PARTITION BY l.target ORDER BY r.received_at, l.report) AS place \
             FROM report_links l JOIN reports r ON r.id = l.report AND r.regency = l.regency WHERE";
        let (words, mut found): (Vec<&String>, Vec<_>) = (words.collect(), Vec::new());
        for words in words.chunks(RANGES) {
            let mut select = SqlStatement::new(FIRST);
            select.add(" l.regency = ? AND", [regency.cell()]);
            select.add_in("l.target", words.iter().map(|word| Cell::Text((*word).clone())).collect());
            select.add(") AS placed WHERE place <= ?", [Cell::Int(NAMING as i64)]);
            for row in select.fetch_all(&self.readers).await? {
                found.push((get(&row, 0)?, Time::read(&row, 1)?, ReportName::read(&row, 2)?));
            }
        }
        Ok(found)
    }

    /// [`Store::reports_naming_each`] of one.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn reports_naming(&self, target: ReportKey) -> Result<Vec<StoredReport>, StoreError> {
        let mut naming = self.reports_naming_each(target.regency, &[target.id]).await?;
        Ok(naming.remove(&target.id).unwrap_or_default())
    }
}
