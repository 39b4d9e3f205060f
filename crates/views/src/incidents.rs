//! Incidents as far as the viewer may see them, page by page.

use crate::context::Context;
use crate::error::ViewError;
use crate::permit::reads;
use async_recursion::async_recursion as boxed;
use domain::effect::Incident;
use domain::kind::Handling;
use domain::place::Code;
use domain::report::ReportName;
use std::collections::{BTreeMap, BTreeSet};
use store::{IncidentFilter, Page};

/// One stretch of incidents, the newest first. A stretch may be shorter than asked for: what the viewer may not see is
/// left out, and the cursor goes on behind it.
#[boxed]
pub async fn load(context: &Context, filter: &IncidentFilter) -> Result<Page<Incident>, ViewError> {
    let Page { mut items, next } = context.sources.store.incidents(filter).await?;
    items.retain(|incident| context.viewer.covers(incident.place.code));
    let confidential = confidential(context, &items).await?;
    items.retain(|incident| {
        let entry = context.sources.taxonomy.get(incident.category);
        let restricted = entry.is_some_and(|entry| entry.restricted);
        let is_confidential = confidential.contains(&(incident.place.code.regency(), incident.id));
        let handling = if is_confidential { Handling::Confidential } else { Handling::Limited };
        reads(context.viewer.role, handling, restricted)
    });
    Ok(Page { items, next })
}

/// The incidents that rest on a confidential report; not asked where it makes no difference.
async fn confidential(
    context: &Context,
    items: &[Incident],
) -> Result<BTreeSet<(Code, ReportName)>, ViewError> {
    let role = context.viewer.role;
    if reads(role, Handling::Confidential, false) == reads(role, Handling::Limited, false) {
        return Ok(BTreeSet::new());
    }
    let mut of_regency: BTreeMap<Code, Vec<ReportName>> = BTreeMap::new();
    for incident in items {
        of_regency.entry(incident.place.code.regency()).or_default().push(incident.id);
    }
    let mut found = BTreeSet::new();
    for (regency, incidents) in of_regency {
        let own = context.sources.store.confidential_incidents(regency, &incidents).await?;
        found.extend(own.into_iter().map(|incident| (regency, incident)));
    }
    Ok(found)
}
