//! The queue, one alert and people's acts as JSON.

use super::{Answer, Asked, Problem, bad, codes, paged, time};
use crate::fault::{Fault, problem};
use crate::handlers::alerts::{ActRequest, perform, refusal_words};
use crate::request::PageRequest;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::alert::{Alert, Refusal, State};
use domain::place::Code;
use serde_json::{Value, json};
use store::{AlertFilter, Page};
use views::{Context, Right, alerts};

pub async fn list(request: PageRequest, Query(asked): Query<Asked>) -> Answer {
    let context = request.context()?;
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
    let Page { items, next } = context.sources.store.alerts(&filter).await?;
    let viewer = &context.viewer;
    let asked_code = asked.district.as_deref().and_then(Code::parse).filter(|code| !code.is_regency());
    let wanted =
        |alert: &&Alert| viewer.covers(alert.code) && asked_code.is_none_or(|code| alert.code == code);
    Ok(paged(items.iter().filter(wanted).map(|alert| alert_json(&context, alert)).collect(), next))
}

fn alert_json(context: &Context, alert: &Alert) -> Value {
    let row = alerts::item(context, alert);
    json!({
        "id": alert.id, "district": alert.code.to_string(), "name": row.place, "kind": alert.kind.as_str(),
        "level": alert.level.as_str(), "peak": alert.peak.as_str(), "state": alert.state.as_str(), "version": alert.version,
        "opened_at": time(context, alert.opened_at, alert.code), "changed_at": time(context, alert.changed_at, alert.code),
        "reached_at": time(context, alert.reached_at, alert.code), "assignee": alert.assignee, "outcome": alert.outcome.map(|outcome| outcome.as_str()),
        "stale": alert.stale, "unverified": alert.unverified,
        "cleared_at": alert.cleared_at.map(|at| time(context, at, alert.code)),
    })
}

pub async fn one(request: PageRequest, Path(id): Path<String>) -> Answer {
    let context = request.context()?;
    let detail = context.sources.store.alert(&id).await?.ok_or(Problem(Fault::NotFound))?;
    let viewer = &context.viewer;
    if !viewer.covers(detail.alert.code) {
        return Err(Problem(Fault::Forbidden));
    }
    let all = viewer.may(Right::SeeReports);
    let history = detail.history.iter().map(|entry| {
        let mut line = json!({ "version": entry.version, "at": time(&context, entry.at, detail.alert.code), "actor": entry.actor, "act": entry.act });
        if all {
            line["reason"] = json!(entry.reason);
            line["content"] = serde_json::from_str(&entry.content).unwrap_or_default();
        }
        line
    });
    let mut body = alert_json(&context, &detail.alert);
    body["history"] = history.collect();
    Ok(Json(body))
}

pub async fn act(
    request: PageRequest,
    Path((id, word)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response, Problem> {
    let context = request.context()?;
    let said: ActRequest = if body.is_empty() {
        ActRequest::default()
    } else {
        serde_json::from_slice(&body)
            .map_err(|error| Problem(Fault::Bad(format!("Isi permintaan bukan JSON yang benar: {error}."))))?
    };
    match perform(&request, &context, &id, &word, &said).await? {
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
