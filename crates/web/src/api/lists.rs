//! Incidents and feeds.

use super::dto::{FeedDto, IncidentDto, PageDto};
use super::query::{FeedsQuery, IncidentsQuery, StrictQuery};
use super::{Answer, codes};
use crate::request::PageRequest;
use axum::Json;
use store::IncidentFilter;
use views::{feeds, incidents};

/// Incidents, the newest first
///
/// What the account may not see is left out, so a page may be shorter than `limit`; `next` goes on behind it.
#[utoipa::path(
    get, path = "/v1/incidents", operation_id = "incidents", tag = "picture", params(IncidentsQuery),
    responses((status = 200, description = "A page of incidents", body = PageDto<IncidentDto>)),
)]
pub async fn incidents(
    request: PageRequest,
    StrictQuery(asked): StrictQuery<IncidentsQuery>,
) -> Answer<PageDto<IncidentDto>> {
    let context = request.context()?;
    let filter = IncidentFilter {
        codes: codes(&context, asked.district.as_ref())?,
        kind: asked.kind.map(|kind| kind.0),
        cursor: asked.cursor.map(|cursor| cursor.0),
        limit: asked.limit.map_or(0, |limit| limit.0),
        ..IncidentFilter::default()
    };
    let page = incidents::load(&context, &filter).await?;
    let items = page.items.iter().map(|incident| IncidentDto::of(&context, incident)).collect();
    Ok(Json(PageDto { items, next: page.next }))
}

/// Feeds and whether they speak
///
/// By name for those who may read reports, by class alone for leaders.
#[utoipa::path(
    get, path = "/v1/feeds", operation_id = "feeds", tag = "picture", params(FeedsQuery),
    responses((status = 200, description = "The feeds of the account's places", body = PageDto<FeedDto>)),
)]
pub async fn feeds(
    request: PageRequest,
    StrictQuery(asked): StrictQuery<FeedsQuery>,
) -> Answer<PageDto<FeedDto>> {
    let context = request.context()?;
    let view = feeds::load(&context).await?;
    let regency = context.regency(asked.wilayah.map(|code| code.0).or(request.asked))?;
    let code = context.sources.places.code(regency);
    let items = view.feeds.iter().map(|feed| FeedDto::of(code, feed)).collect();
    Ok(Json(PageDto { items, next: None }))
}
