//! What was reported of the incidents of an alert after an instant: who is asked to agree to its end must know what came after that was
//! asked for.

use super::rests_on::GravestIncident;
use crate::error::StoreError;
use crate::sql::{Column, SqlStatement};
use crate::store::Store;
use async_recursion::async_recursion as boxed;
use domain::alert::Alert;
use domain::effect::Incident;
use domain::kind::{FeedClass, Handling};
use domain::report::ReportName;
use domain::time::Time;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// An incident of an alert of which somebody reported after an instant that it happened.
#[derive(Clone, PartialEq, Debug)]
pub struct ReportedSince {
    pub incident: GravestIncident,
    /// Nobody had reported it before.
    pub is_new: bool,
    /// The classes of the feeds that reported it since.
    pub by: Vec<FeedClass>,
}

/// The reports of an incident of one class and handling: when the first and the last of them came.
struct ClassReports {
    class: FeedClass,
    handling: Handling,
    first: Time,
    last: Time,
}

impl Store {
    /// What of an alert's incidents, as far as its history names them, was reported after an instant: what is new first, then what
    /// happened last. No denial, no ending, nothing taken back or rejected.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn reported_since(&self, alert: &Alert, since: Time) -> Result<Vec<ReportedSince>, StoreError> {
        let regency = alert.code.regency();
        let mut histories = self.histories(std::slice::from_ref(alert)).await?;
        let Some(named) = histories.remove(&alert.id).map(|history| history.named()) else {
            return Ok(Vec::new());
        };
        let names: Vec<ReportName> = named.all().collect();
        let incidents: BTreeMap<ReportName, Incident> = self
            .incidents_once_called(regency, &names)
            .await?
            .into_values()
            .filter(|own| own.kind == alert.kind && own.verdict.counts())
            .map(|own| (own.id, own))
            .collect();
        if incidents.is_empty() {
            return Ok(Vec::new());
        }
        let mut select = SqlStatement::new(
            "SELECT incident, class, handling, MIN(received_at), MAX(received_at) FROM reports WHERE",
        );
        select
            .add(" regency = ? AND outcome <> 'statement' AND outcome <> 'retracted'", [regency.cell()])
            .add(" AND set_aside = 0 AND", [])
            .add_in("incident", incidents.keys().map(Column::cell).collect());
        select.add(" GROUP BY incident, class, handling ORDER BY incident, class", []);
        let mut reports: BTreeMap<ReportName, Vec<ClassReports>> = BTreeMap::new();
        for row in select.fetch_all(&self.readers).await? {
            reports.entry(ReportName::read(&row, 0)?).or_default().push(ClassReports {
                class: FeedClass::read(&row, 1)?,
                handling: Handling::read(&row, 2)?,
                first: Time::read(&row, 3)?,
                last: Time::read(&row, 4)?,
            });
        }
        let of = |(id, own): (ReportName, Vec<ClassReports>)| of_incident(*incidents.get(&id)?, &own, since);
        let mut found: Vec<ReportedSince> = reports.into_iter().filter_map(of).collect();
        found.sort_by_key(|own| Reverse((own.is_new, own.incident.incident.occurred_at)));
        Ok(found)
    }
}

fn of_incident(incident: Incident, reports: &[ClassReports], since: Time) -> Option<ReportedSince> {
    let classes = |of: &dyn Fn(&ClassReports) -> bool| {
        let mut classes: Vec<FeedClass> = reports.iter().filter(|own| of(own)).map(|own| own.class).collect();
        classes.dedup();
        classes
    };
    let by = classes(&|own| own.last > since);
    let handling = reports.iter().map(|own| own.handling).max().unwrap_or(Handling::Open);
    let is_new = reports.iter().all(|own| own.first > since);
    let incident = GravestIncident::alone(incident, classes(&|_| true), handling);
    (!by.is_empty()).then_some(ReportedSince { incident, is_new, by })
}
