//! Incidents as far as the viewer may see them, page by page.

use crate::context::Context;
use crate::error::ViewError;
use crate::permit::reads;
use async_recursion::async_recursion as boxed;
use domain::effect::Incident;
use domain::kind::Handling;
use store::{IncidentFilter, Page};

/// One stretch of incidents, the newest first. A stretch may be shorter than asked for: what the viewer may not see is
/// left out, and the cursor goes on behind it.
#[boxed]
pub async fn load(context: &Context, filter: &IncidentFilter) -> Result<Page<Incident>, ViewError> {
    let Page { mut items, next } = context.sources.store.incidents(filter).await?;
    items.retain(|incident| {
        let entry = context.sources.taxonomy.get(incident.category);
        let restricted = entry.is_some_and(|entry| entry.restricted);
        context.viewer.covers(incident.place.code)
            && reads(context.viewer.role, Handling::Limited, restricted)
    });
    Ok(Page { items, next })
}
