//! The same picture as JSON, for programs. Times are RFC 3339 in the place's own zone; risks are parts per million.

use crate::context::Context;
use crate::fault::{Fault, problem};
use crate::load::alerts::row;
use crate::load::picture::stands;
use crate::load::reports::place_name;
use crate::permit::Right;
use crate::serve::alerts::{Said, perform, refusal_words};
use axum::Json;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::alert::{Alert, Refusal, State};
use domain::effect::Incident;
use domain::kind::{Horizon, Kind, Level};
use domain::place::Code;
use domain::time::Time;
use serde::Deserialize;
use serde_json::{Value, json};
use store::{AlertFilter, AssessmentRow, IncidentFilter, Page};

/// A fault as a problem document.
pub struct Problem(Fault);

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Problem {
        Problem(fault)
    }
}

impl From<store::StoreError> for Problem {
    fn from(error: store::StoreError) -> Problem {
        Problem(Fault::Store(error))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.0.problem()
    }
}

type Answer = Result<Json<Value>, Problem>;

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Asked {
    kind: Option<String>,
    horizon: Option<String>,
    as_of: Option<String>,
    state: Option<String>,
    district: Option<String>,
    cursor: Option<String>,
    limit: Option<u32>,
}

impl Asked {
    fn kinds(&self) -> Result<Vec<Kind>, Problem> {
        match &self.kind {
            None => Ok(Kind::ALL.to_vec()),
            Some(word) => Ok(vec![
                Kind::parse(word)
                    .ok_or_else(|| bad("kind", "resident_company, resident_resident, disaster"))?,
            ]),
        }
    }
    fn horizon(&self) -> Result<Horizon, Problem> {
        let word = self.horizon.as_deref().unwrap_or("7d");
        Horizon::parse(word).ok_or_else(|| bad("horizon", "7d, 30d"))
    }
    fn as_of(&self) -> Result<Option<Time>, Problem> {
        let Some(text) = &self.as_of else { return Ok(None) };
        let at: jiff::Timestamp = text
            .replace(' ', "+")
            .parse()
            .map_err(|_| bad("as_of", "RFC 3339, misalnya 2026-11-22T07:40:00+07:00"))?;
        Ok(Some(Time(at.as_microsecond())))
    }
}

fn bad(name: &str, allowed: &str) -> Problem {
    Problem(Fault::Bad(format!("Nilai '{name}' tidak dikenal; yang boleh: {allowed}.")))
}

pub async fn assessments(context: Context, Query(asked): Query<Asked>) -> Answer {
    let (horizon, as_of) = (asked.horizon()?, asked.as_of()?);
    let viewer = context.viewer()?.clone();
    let mut items = Vec::new();
    for kind in asked.kinds()? {
        let rows = context.state.store.assessments(kind, horizon, as_of).await?;
        items.extend(rows.iter().filter(|row| viewer.covers(row.code)).map(|row| assessment(&context, row)));
    }
    Ok(Json(json!({ "items": items })))
}

fn assessment(context: &Context, row: &AssessmentRow) -> Value {
    let places = &context.state.places;
    let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    json!({
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
        "features": parsed(&row.features),
        "contributions": parsed(&row.contributions),
    })
}

fn time(context: &Context, at: Time, code: Code) -> String {
    crate::format::machine(at, context.zone(code))
}

pub async fn heatmap(context: Context, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let (horizon, as_of) = (asked.horizon()?, asked.as_of()?);
    let (viewer, state) = (context.viewer()?.clone(), context.state.clone());
    let mut features = Vec::new();
    for kind in asked.kinds()? {
        let rows = state.store.assessments(kind, horizon, as_of).await?;
        for unit in state.places.ids() {
            let code = state.places.code(unit);
            let rings = state.shapes.of(code);
            if rings.is_empty() || !viewer.covers(code) {
                continue;
            }
            let row = rows.iter().find(|row| row.code == code);
            let mut properties = row
                .map_or_else(|| json!({ "level": Level::NoData.as_str() }), |row| assessment(&context, row));
            properties["district"] = json!(code.to_string());
            properties["name"] = json!(state.places.name(unit));
            properties["kind"] = json!(kind.as_str());
            properties["approximate"] = json!(state.shapes.is_approximate(code));
            features.push(json!({ "type": "Feature", "id": format!("{code}/{kind}"), "geometry": geometry(rings), "properties": properties }));
        }
    }
    let body = json!({ "type": "FeatureCollection", "features": features }).to_string();
    Ok(([(axum::http::header::CONTENT_TYPE, "application/geo+json")], body).into_response())
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

pub async fn district(context: Context, Path(code): Path<String>) -> Answer {
    let unit = context.unit(&code)?;
    let (places, store) = (&context.state.places, &context.state.store);
    let code = places.code(unit);
    let mut assessments = Vec::new();
    for kind in Kind::ALL {
        for horizon in Horizon::ALL {
            let rows = store.assessments(*kind, *horizon, None).await?;
            assessments
                .extend(rows.iter().filter(|row| row.code == code).map(|row| assessment(&context, row)));
        }
    }
    let conditions = store.conditions().await?.into_iter().filter(|row| row.code == code && stands(row.change)).map(|row| {
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

/// The codes a program asked for, within what this person has.
fn codes(context: &Context, asked: &Asked) -> Result<Vec<Code>, Problem> {
    let viewer = context.viewer()?;
    match asked.district.as_deref() {
        None => Ok(viewer.areas.clone()),
        Some(text) => {
            let code =
                Code::parse(text).ok_or_else(|| bad("district", "kode seperti 16.13 atau 16.13.04"))?;
            if code.is_regency() {
                let unit = context.state.places.find(code).ok_or(Problem(Fault::NotFound))?;
                return Ok(context.scope(unit)?);
            }
            if viewer.covers(code) { Ok(vec![code]) } else { Err(Problem(Fault::Forbidden)) }
        }
    }
}

pub async fn incidents(context: Context, Query(asked): Query<Asked>) -> Answer {
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
    let page = context.state.store.incidents(&filter).await?;
    let viewer = context.viewer()?;
    let seen = |incident: &&Incident| {
        let restricted = context.state.taxonomy.get(incident.category).is_some_and(|entry| entry.restricted);
        viewer.covers(incident.place.code)
            && crate::permit::reads(viewer.role, domain::kind::Handling::Limited, restricted)
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
        "stage": incident.stage.map(domain::kind::Stage::as_str),
        "sides": incident.sides.len(),
        "reports": incident.reports,
        "dead": incident.dead, "injured": incident.injured, "displaced": incident.displaced,
        "verdict": incident.verdict.as_str(),
        "found_by_patrol": incident.patrol,
    })
}

fn paged(items: Vec<Value>, next: Option<String>) -> Json<Value> {
    Json(json!({ "items": items, "next": next }))
}

pub async fn feeds(context: Context) -> Answer {
    let view = crate::load::feeds::view(&context).await?;
    let zone = context.regency()?;
    let code = context.state.places.code(zone);
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

pub async fn alerts(context: Context, Query(asked): Query<Asked>) -> Answer {
    let states = match asked.state.as_deref() {
        None | Some("live") => Vec::new(),
        Some(word) => vec![State::parse(word).ok_or_else(|| {
            bad("state", "live, open, acknowledged, assigned, responding, resolved, withdrawn")
        })?],
    };
    let live = asked.state.as_deref() == Some("live");
    let codes = codes(&context, &asked)?.iter().map(|code| code.regency()).collect();
    let filter = AlertFilter {
        live,
        states,
        codes,
        cursor: asked.cursor.clone(),
        limit: asked.limit.unwrap_or(0),
        kind: None,
    };
    let Page { items, next } = context.state.store.alerts(&filter).await?;
    let viewer = context.viewer()?;
    let asked_code = asked.district.as_deref().and_then(Code::parse).filter(|code| !code.is_regency());
    let wanted =
        |alert: &&Alert| viewer.covers(alert.code) && asked_code.is_none_or(|code| alert.code == code);
    Ok(paged(items.iter().filter(wanted).map(|alert| alert_json(&context, alert)).collect(), next))
}

fn alert_json(context: &Context, alert: &Alert) -> Value {
    let row = row(context, alert);
    json!({
        "id": alert.id, "district": alert.code.to_string(), "name": row.place, "kind": alert.kind.as_str(),
        "level": alert.level.as_str(), "state": alert.state.as_str(), "version": alert.version,
        "opened_at": time(context, alert.opened_at, alert.code), "changed_at": time(context, alert.changed_at, alert.code),
        "assignee": alert.assignee, "outcome": alert.outcome.map(|outcome| outcome.as_str()),
        "stale": alert.stale, "unverified": alert.unverified,
        "cleared_at": alert.cleared_at.map(|at| time(context, at, alert.code)),
    })
}

pub async fn alert(context: Context, Path(id): Path<String>) -> Answer {
    let detail = context.state.store.alert(&id).await?.ok_or(Problem(Fault::NotFound))?;
    let viewer = context.viewer()?;
    if !viewer.covers(detail.alert.code) {
        return Err(Problem(Fault::Forbidden));
    }
    let all = viewer.may(Right::SeeReports);
    let history = detail.history.iter().map(|entry| {
        let mut line = json!({ "version": entry.version, "at": time(&context, entry.at, detail.alert.code), "actor": entry.actor,
            "act": entry.act, "reason": entry.reason });
        if all {
            line["content"] = serde_json::from_str(&entry.content).unwrap_or_default();
        }
        line
    });
    let mut body = alert_json(&context, &detail.alert);
    body["history"] = history.collect();
    Ok(Json(body))
}

pub async fn act(
    context: Context,
    Path((id, word)): Path<(String, String)>,
    body: axum::body::Bytes,
) -> Result<Response, Problem> {
    let said: Said = if body.is_empty() {
        Said::default()
    } else {
        serde_json::from_slice(&body)
            .map_err(|error| Problem(Fault::Bad(format!("Isi permintaan bukan JSON yang benar: {error}."))))?
    };
    match perform(&context, &id, &word, &said).await? {
        Ok(alert) => Ok(Json(alert_json(&context, &alert)).into_response()),
        Err(refusal) => {
            let more = match &refusal {
                Refusal::Version { seen, now } => json!({ "seen": seen, "version": now }),
                Refusal::State { state, act } => json!({ "state": state.as_str(), "act": act }),
                Refusal::ReasonMissing => json!({ "field": "reason" }),
            };
            Ok(problem(StatusCode::CONFLICT, "Belum dilakukan", &refusal_words(context.lang, &refusal), more))
        }
    }
}
