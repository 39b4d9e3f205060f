//! Reports by their names, and those that name others.

use super::lists::{RANGES, read};
use super::{ReportKey, ReportsRow, StoredReport};
use crate::error::StoreError;
use crate::sql::{self, Cell, Column, SqlStatement, get};
use crate::store::Store;
use async_recursion::async_recursion as boxed;
use domain::place::Code;
use domain::report::{ReportId, ReportName};
use std::collections::{BTreeMap, BTreeSet};

/// Most reports that name one.
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
        let words: Vec<&String> = called.keys().collect();
        let mut links: Vec<(ReportName, ReportName)> = Vec::new();
        for words in words.chunks(RANGES) {
            let mut select = SqlStatement::new("SELECT target, report FROM report_links WHERE");
            select.add(" regency = ? AND", [regency.cell()]);
            select.add_in("target", words.iter().map(|word| Cell::Text((*word).clone())).collect());
            for row in select.fetch_all(&self.readers).await? {
                if let Some(target) = called.get(&get::<String>(&row, 0)?) {
                    links.push((*target, ReportName::read(&row, 1)?));
                }
            }
        }
        let names: BTreeSet<ReportName> = links.iter().map(|(_, name)| *name).collect();
        let reports = self.reports_named(regency, &names.into_iter().collect::<Vec<_>>()).await?;
        let mut naming: BTreeMap<ReportName, Vec<StoredReport>> = BTreeMap::new();
        for (target, name) in links {
            naming.entry(target).or_default().extend(reports.get(&name).cloned());
        }
        for reports in naming.values_mut() {
            reports.sort_by_key(|report| (report.received_at, report.report.name()));
            reports.dedup_by_key(|report| report.report.name());
            reports.truncate(NAMING);
        }
        Ok(naming)
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
