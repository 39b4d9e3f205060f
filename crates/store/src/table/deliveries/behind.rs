//! The incidents behind a message: which it leads with, and which follow.

use crate::error::StoreError;
use crate::store::Store;
use crate::table::alerts::{INCIDENTS, NamedIncidents, evidence, gravest_first, led_by};
use crate::table::outbox::OutboxItem;
use domain::alert::notice::AlertChangeKind;
use domain::effect::Incident;
use domain::place::Code;
use domain::report::ReportName;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

impl Store {
    /// The incidents of the line itself first, then those that the level rests on, each part the gravest first.
    pub(super) async fn incidents_behind(
        &self,
        regency: Code,
        own: &Value,
        now: &[ReportName],
    ) -> Result<Vec<Incident>, StoreError> {
        Ok(in_order(own, self.found_behind(regency, own, now).await?))
    }

    /// The same behind an item, and which of them its message leads with: what its alert's page leads with, or nothing else than the
    /// line where that is about one incident.
    pub(super) async fn incidents_led(
        &self,
        item: &OutboxItem,
        own: &Value,
        named: &NamedIncidents,
    ) -> Result<(Vec<Incident>, Option<Incident>), StoreError> {
        use AlertChangeKind::{Disputed, FewerHarmed, Grown, NewIncident};
        let found = self.found_behind(item.code.regency(), own, &named.now).await?;
        let is_of_one = matches!(item.change, NewIncident | Grown | Disputed | FewerHarmed);
        let led_by = match is_of_one {
            true => None,
            false => {
                let raises = self.raised_levels(item.code.regency(), found.values()).await?;
                led_by(named, (&found, &raises), (item.kind, item.at))
            }
        };
        Ok((in_order(own, found), led_by))
    }

    async fn found_behind(
        &self,
        regency: Code,
        own: &Value,
        now: &[ReportName],
    ) -> Result<BTreeMap<ReportName, Incident>, StoreError> {
        let first: Vec<ReportName> = evidence(own).take(INCIDENTS).collect();
        self.incidents_as_answered(regency, &[&first, now].concat(), own).await
    }
}

fn in_order(own: &Value, found: BTreeMap<ReportName, Incident>) -> Vec<Incident> {
    let first: BTreeSet<ReportName> =
        evidence(own).filter_map(|name| found.get(&name)).map(|incident| incident.id).collect();
    // Two that were one each may have become one.
    let found: BTreeMap<ReportName, Incident> =
        found.into_values().map(|incident| (incident.id, incident)).collect();
    let mut incidents: Vec<Incident> = found.into_values().collect();
    gravest_first(&mut incidents);
    incidents.sort_by_key(|incident| !first.contains(&incident.id));
    incidents
}

/// The same with the one first that the message leads with.
pub(super) fn led_first(mut incidents: Vec<Incident>, led_by: Option<Incident>) -> Vec<Incident> {
    if let Some(led_by) = led_by {
        incidents.sort_by_key(|incident| incident.id != led_by.id);
    }
    incidents
}
