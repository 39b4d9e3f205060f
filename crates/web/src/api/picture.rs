//! Risks, maps, districts, incidents and feeds as JSON.

use super::{Answer, Asked, Problem, codes, paged, time};
use crate::request::PageRequest;
use axum::Json;
use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::effect::Incident;
use domain::kind::{Handling, Horizon, Kind, Level, Stage};
use domain::place::Code;
use domain::shown_level;
use domain::time::Time;
use serde_json::{Value, json};
use store::{AssessmentRow, IncidentFilter, StoreError};
use views::permit::reads;
use views::picture::stands;
use views::reports::place_name;
use views::{Context, Right, Viewer};

pub async fn assessments(request: PageRequest, Query(asked): Query<Asked>) -> Answer {
    let context = request.context()?;
    let (horizon, as_of) = (asked.horizon()?, asked.as_of()?);
    let viewer = context.viewer.clone();
    let mut items = Vec::new();
    for kind in asked.kinds()? {
        let rows = newest(&context, &viewer, (kind, horizon), as_of).await?;
        items.extend(rows.iter().filter(|row| viewer.covers(row.code)).map(|row| assessment(&context, row)));
    }
    Ok(Json(json!({ "items": items })))
}

/// Regencies asked for at once: an answer about the whole country is put together from short queries.
const AT_ONCE: usize = 50;

/// The newest risks of every regency a person has anything of.
async fn newest(
    context: &Context,
    viewer: &Viewer,
    (kind, horizon): (Kind, Horizon),
    as_of: Option<Time>,
) -> Result<Vec<AssessmentRow>, StoreError> {
    let places = &context.sources.places;
    let everywhere = || places.regency_ids().map(|unit| places.code(unit)).collect();
    let own: Vec<Code> = viewer.areas.regencies().unwrap_or_else(everywhere);
    let mut rows = Vec::new();
    for some in own.chunks(AT_ONCE) {
        rows.extend(context.sources.store.assessments(kind, horizon, some, as_of).await?);
    }
    Ok(rows)
}

fn assessment(context: &Context, row: &AssessmentRow) -> Value {
    let places = &context.sources.places;
    let mut told = json!({
        "district": row.code.to_string(),
        "name": places.find(row.code).map(|unit| places.name(unit)),
        "kind": row.kind.as_str(),
        "horizon": row.horizon.as_str(),
        "at": time(context, row.emitted_at, row.code),
        "level": row.level.as_str(),
        "risk_ppm": row.risk_ppm,
        "base_ppm": row.base_ppm,
        "baseline_ppm": row.baseline_ppm,
        "completeness_ppm": row.completeness_ppm,
        "calibrated": row.calibrated,
        "model": row.model,
    });
    // Features are counts to the decimal: for those who may see incidents, not for aggregates.
    if context.viewer.may(Right::SeeReports) {
        let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
        told["features"] = parsed(&row.features);
        told["contributions"] = parsed(&row.contributions);
    }
    told
}

pub async fn heatmap(request: PageRequest, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let context = request.context()?;
    let (horizon, as_of) = (asked.horizon()?, asked.as_of()?);
    let (viewer, sources) = (&context.viewer, &context.sources);
    let mut features = Vec::new();
    // A map shows what stands, as the desk's does: a rule's siaga is not hidden behind a model's low risk.
    let mut standing = if as_of.is_none() { sources.store.conditions(&[]).await? } else { Vec::new() };
    standing.retain(|row| stands(row.change));
    for kind in asked.kinds()? {
        let rows = newest(&context, viewer, (kind, horizon), as_of).await?;
        for unit in sources.places.ids() {
            let code = sources.places.code(unit);
            let rings = request.state.shapes.of(code);
            if rings.is_empty() || !viewer.covers(code) {
                continue;
            }
            let row = rows.iter().find(|row| row.code == code);
            let mut properties = row
                .map_or_else(|| json!({ "level": Level::NoData.as_str() }), |row| assessment(&context, row));
            let held = standing.iter().find(|row| row.code == code && row.kind == kind).map(|row| row.level);
            let completeness_ppm = row.map_or(0, |row| row.completeness_ppm);
            let level = shown_level(held, row.map(|row| row.level), completeness_ppm);
            properties["level"] = json!(level.as_str());
            properties["district"] = json!(code.to_string());
            properties["name"] = json!(sources.places.name(unit));
            properties["kind"] = json!(kind.as_str());
            properties["approximate"] = json!(request.state.shapes.is_approximate(code));
            features.push(json!({ "type": "Feature", "id": format!("{code}/{kind}"), "geometry": geometry(rings), "properties": properties }));
        }
    }
    let body = json!({ "type": "FeatureCollection", "features": features }).to_string();
    Ok(([(header::CONTENT_TYPE, "application/geo+json")], body).into_response())
}

/// Rings as polygons of their own, closed as GeoJSON wants them.
fn geometry(rings: &[Vec<(f64, f64)>]) -> Value {
    let polygon = |ring: &Vec<(f64, f64)>| {
        let corners = ring.iter().chain(ring.first()).map(|(x, y)| json!([round(*x), round(*y)]));
        json!([corners.collect::<Vec<_>>()])
    };
    json!({ "type": "MultiPolygon", "coordinates": rings.iter().map(polygon).collect::<Vec<_>>() })
}

fn round(degrees: f64) -> f64 {
    (degrees * 1e6).round() / 1e6
}

pub async fn district(request: PageRequest, Path(code): Path<String>) -> Answer {
    let context = request.context()?;
    let unit = context.unit(&code)?;
    let (places, store) = (&context.sources.places, &context.sources.store);
    let code = places.code(unit);
    let mut assessments = Vec::new();
    for kind in Kind::ALL {
        for horizon in Horizon::ALL {
            let rows = store.assessments(*kind, *horizon, &[code], None).await?;
            assessments
                .extend(rows.iter().filter(|row| row.code == code).map(|row| assessment(&context, row)));
        }
    }
    let conditions = store.conditions(&[code]).await?.into_iter().filter(|row| row.code == code && stands(row.change)).map(|row| {
        json!({ "kind": row.kind.as_str(), "level": row.level.as_str(), "change": row.change.as_str(), "since": time(&context, row.since, code),
            "reasons": serde_json::from_str::<Value>(&row.reasons).unwrap_or_default(), "unverified": row.unverified, "policy": row.policy })
    });
    let own = places.unit(unit);
    Ok(Json(json!({
        "district": code.to_string(),
        "name": places.name(unit),
        "rank": own.rank,
        "regency": code.regency().to_string(),
        "centre": own.centre.map(|(lat, lon)| json!({ "lat": lat, "lon": lon })),
        "neighbours": own.neighbours.iter().map(Code::to_string).collect::<Vec<_>>(),
        "assessments": assessments,
        "conditions": conditions.collect::<Vec<_>>(),
    })))
}

pub async fn incidents(request: PageRequest, Query(asked): Query<Asked>) -> Answer {
    let context = request.context()?;
    let filter = IncidentFilter {
        codes: codes(&context, &asked)?,
        kind: asked
            .kind
            .is_some()
            .then(|| asked.kinds())
            .transpose()?
            .and_then(|kinds| kinds.first().copied()),
        cursor: asked.cursor.clone(),
        limit: asked.limit.unwrap_or(0),
        ..IncidentFilter::default()
    };
    let page = context.sources.store.incidents(&filter).await?;
    let viewer = &context.viewer;
    let seen = |incident: &&Incident| {
        let restricted =
            context.sources.taxonomy.get(incident.category).is_some_and(|entry| entry.restricted);
        viewer.covers(incident.place.code) && reads(viewer.role, Handling::Limited, restricted)
    };
    let items: Vec<Value> =
        page.items.iter().filter(seen).map(|incident| incident_json(&context, incident)).collect();
    Ok(paged(items, page.next))
}

fn incident_json(context: &Context, incident: &Incident) -> Value {
    json!({
        "id": store::id::to_text(incident.id),
        "place": incident.place.to_string(),
        "name": place_name(context, incident.place),
        "kind": incident.kind.as_str(),
        "category": incident.category.to_string(),
        "occurred_at": time(context, incident.occurred_at, incident.place.code),
        "severity": incident.severity,
        "stage": incident.stage.map(Stage::as_str),
        "sides": incident.sides.len(),
        "reports": incident.reports,
        "dead": incident.dead, "injured": incident.injured, "displaced": incident.displaced,
        "verdict": incident.verdict.as_str(),
        "found_by_patrol": incident.patrol,
    })
}

pub async fn feeds(request: PageRequest) -> Answer {
    let context = request.context()?;
    let view = views::feeds::load(&context).await?;
    let zone = context.regency(request.asked)?;
    let code = context.sources.places.code(zone);
    let items = view.feeds.iter().map(|feed| {
        json!({
            "name": (!view.by_class).then_some(&feed.name),
            "class": feed.class.as_str(),
            "enabled": feed.enabled,
            "silent": feed.silent,
            "last_reported_at": feed.last.map(|at| time(&context, at, code)),
            "reports": (!view.by_class).then_some(feed.reports),
        })
    });
    Ok(paged(items.collect(), None))
}
