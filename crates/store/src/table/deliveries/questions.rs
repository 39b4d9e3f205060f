//! Which questions to somebody are still open: what is to be looked into, and what waits for a second person.

use crate::error::StoreError;
use crate::sql::{self, Column, SqlStatement};
use crate::store::Store;
use crate::table::incidents::IncidentRow;
use crate::table::outbox::OutboxItem;
use crate::table::reports::ReportKey;
use domain::effect::Incident;
use domain::place::Code;
use domain::report::ReportName;
use domain::time::Time;
use std::collections::{BTreeMap, BTreeSet};

/// Records that are asked of with one statement.
const AT_ONCE: usize = 500;

impl Store {
    /// Of these questions the tasks that still wait for somebody.
    pub(super) async fn open_questions<'a>(
        &self,
        items: impl Iterator<Item = &'a OutboxItem> + Clone,
        now: Time,
    ) -> Result<BTreeSet<String>, StoreError> {
        let key = |item: &OutboxItem, id| ReportKey { regency: item.code.regency(), id };
        let to_check = |item: &OutboxItem| item.incident_to_check().map(|name| key(item, name));
        let to_second = |item: &OutboxItem| item.verification_to_second().map(|name| key(item, name));
        let checks = self.incidents_of(&items.clone().filter_map(to_check).collect()).await?;
        let seconds = self.incidents_to_second(&items.clone().filter_map(to_second).collect()).await?;
        let waits = |record: ReportKey| {
            let incident = seconds.get(&record);
            incident.and_then(|own| own.request_of(record.id)).is_some_and(|request| request.waits(now))
        };
        let is_open = |item: &&OutboxItem| match to_second(item) {
            Some(record) => waits(record),
            None => {
                let incident = to_check(item).and_then(|named| checks.get(&named));
                incident.is_some_and(|own| own.check.is_some())
            }
        };
        Ok(items.filter(is_open).map(|item| item.alert.clone()).collect())
    }

    /// The incidents that ask for a second person to join one of these records, by the record.
    async fn incidents_to_second(
        &self,
        records: &BTreeSet<ReportKey>,
    ) -> Result<BTreeMap<ReportKey, Incident>, StoreError> {
        let all: Vec<ReportKey> = records.iter().copied().collect();
        let mut found = BTreeMap::new();
        for some in all.chunks(AT_ONCE) {
            let regencies: BTreeSet<Code> = some.iter().map(|record| record.regency).collect();
            for asked in ["awas_asked", "take_back_asked"] {
                let mut select = SqlStatement::new(&sql::select::<IncidentRow>());
                select.add(&format!(" {asked}_at IS NOT NULL AND"), []);
                select.add_in("regency", regencies.iter().map(Column::cell).collect()).add(" AND", []);
                select.add_in(&format!("{asked}_by"), some.iter().map(|record| record.id.cell()).collect());
                select.add(&format!(" ORDER BY {asked}_at, id"), []);
                for row in sql::read_all::<IncidentRow>(&select.fetch_all(&self.readers).await?)? {
                    let by = if asked == "awas_asked" { row.awas_asked_by } else { row.take_back_asked_by };
                    let record = by.map(|id| ReportKey { regency: row.regency, id });
                    if let Some(record) = record.filter(|record| records.contains(record)) {
                        found.entry(record).or_insert(row.incident());
                    }
                }
            }
        }
        Ok(found)
    }

    /// The incident that asks for a second person to join this record.
    pub(crate) async fn incident_to_second(
        &self,
        regency: Code,
        verification: ReportName,
    ) -> Result<Option<Incident>, StoreError> {
        let record = ReportKey { regency, id: verification };
        Ok(self.incidents_to_second(&BTreeSet::from([record])).await?.remove(&record))
    }
}
