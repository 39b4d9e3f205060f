//! Who calls incidents over: the classes of the feeds whose reports say so. No level follows from it, so a reader judges whose word it is.

use crate::error::StoreError;
use crate::sql::Column;
use crate::store::Store;
use crate::table::reports::{self, StoredReport};
use async_recursion::async_recursion as boxed;
use domain::effect::Incident;
use domain::kind::{FeedClass, Stance};
use domain::place::Code;
use domain::report::ReportName;
use domain::time::Time;
use std::collections::BTreeMap;

/// Incidents that are looked up in one statement.
const AT_ONCE: usize = 100;

/// The reports that call an incident over, the earliest first.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct CallsOver(Vec<StoredReport>);

impl CallsOver {
    /// The classes of the feeds that called it over up to then, those of the latest word about when first.
    pub fn classes(&self, until: Time) -> Vec<FeedClass> {
        let mut classes = Vec::new();
        for own in self.0.iter().rev().filter(|own| own.received_at <= until) {
            if !classes.contains(&own.report.class) {
                classes.push(own.report.class);
            }
        }
        classes
    }
}

impl Store {
    /// The reports that call these incidents of a regency over, but for what was taken back or set aside.
    pub(crate) async fn calls_over(
        &self,
        regency: Code,
        incidents: impl Iterator<Item = &Incident>,
    ) -> Result<BTreeMap<ReportName, CallsOver>, StoreError> {
        let over: Vec<ReportName> =
            incidents.filter(|own| own.ended_at.is_some()).map(|own| own.id).collect();
        let mut found: BTreeMap<ReportName, CallsOver> = BTreeMap::new();
        for some in over.chunks(AT_ONCE) {
            let mut select = reports::selected();
            select.add(" regency = ? AND outcome <> 'retracted' AND set_aside = 0 AND", [regency.cell()]);
            select.add_in("incident", some.iter().map(Column::cell).collect());
            select.add(" ORDER BY at, id", []);
            for own in reports::read(&select.fetch_all(&self.readers).await?)? {
                if let (Some(incident), Some(Stance::Ends)) = (own.incident, own.report.stance()) {
                    found.entry(incident).or_default().0.push(own);
                }
            }
        }
        Ok(found)
    }

    /// The classes of the feeds that called an incident over up to then.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn over_by(&self, incident: &Incident, until: Time) -> Result<Vec<FeedClass>, StoreError> {
        let regency = incident.place.code.regency();
        let found = self.calls_over(regency, std::iter::once(incident)).await?;
        Ok(found.get(&incident.id).map(|own| own.classes(until)).unwrap_or_default())
    }
}
