//! The queue, one alert, and people's acts on it.

use super::dto::{
    ActDto, AlertDetailDto, AlertDto, AlertHistoryEntryDto, AssignmentDto, PageDto, ResolutionDto,
    RetractedDto, RiskDto,
};
use super::query::{AlertsQuery, StateFilter, StrictQuery};
use super::{Answer, codes, query};
use crate::handlers::alerts::{ActRequest, perform, refusal_words};
use crate::request::PageRequest;
use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use domain::alert::ActRefusal;
use intake::problem::{PROBLEM, Problem, ProblemDocument};
use store::{AlertFilter, Page};
use views::{Right, assessments, text_findings};

/// Alerts, the newest first
#[utoipa::path(
    get, path = "/v1/alerts", operation_id = "alerts", tag = "alerts", params(AlertsQuery),
    responses((status = 200, description = "A page of alerts", body = PageDto<AlertDto>)),
)]
pub async fn list(
    request: PageRequest,
    StrictQuery(asked): StrictQuery<AlertsQuery>,
) -> Answer<PageDto<AlertDto>> {
    let context = request.context()?;
    let codes = codes(&context, asked.district.as_ref())?;
    let filter = AlertFilter {
        live: asked.state == Some(StateFilter(None)),
        states: asked.state.and_then(|state| state.0).into_iter().collect(),
        codes: codes.iter().map(|code| code.regency()).collect(),
        cursor: asked.cursor.map(|cursor| cursor.0),
        limit: asked.limit.map_or(0, |limit| limit.0),
        kind: None,
    };
    let Page { items, next } = context.sources.store.alerts(&filter).await?;
    let district = asked.district.map(|code| code.0).filter(|code| !code.is_regency());
    let wanted = items
        .iter()
        .filter(|alert| context.viewer.covers(alert.code) && district.is_none_or(|code| alert.code == code));
    let items = wanted.map(|alert| AlertDto::of(&context, alert)).collect();
    Ok(Json(PageDto { items, next }))
}

/// One alert with its history
#[utoipa::path(
    get, path = "/v1/alerts/{id}", operation_id = "alert", tag = "alerts",
    params(("id" = String, Path, description = "Number of the alert", example = "16.13-2026-0001")),
    responses((status = 200, description = "The alert and everything that happened to it", body = AlertDetailDto)),
)]
pub async fn one(request: PageRequest, Path(id): Path<String>) -> Answer<AlertDetailDto> {
    let context = request.context()?;
    let detail = views::alert::find(&context, &id).await?;
    let words = context.viewer.may(Right::SeeReports);
    let code = detail.alert.code;
    let risk = assessments::of_cell(&context, code, detail.alert.kind).await?;
    let retracted = views::alert::retracted(&context, &detail.alert, &detail.history).await?;
    Ok(Json(AlertDetailDto {
        retracted: retracted.iter().map(|claim| RetractedDto::of(code, claim)).collect(),
        alert: AlertDto::of(&context, &detail.alert),
        risk: risk.map(|item| RiskDto::of(context.lang, item)),
        history: detail
            .history
            .into_iter()
            .map(|entry| AlertHistoryEntryDto::of(code, entry, words))
            .collect(),
    }))
}

const NOT_DONE: &str = "Not done: somebody changed the alert since (`version` is the one now), its state does not allow it \
                        (`state`), a reason is missing (`field`), or it was you who asked to take it back \
                        (`lapses_at`)";
const NOT_CANCELLED: &str = "Not done: no request waits (it lapsed, was agreed to, or was never made), somebody else made it, or somebody \
                             changed the alert since (`version` is the one now)";
const SCREENED: &str = "Not done: the reason seems to name a person or a group, or to give a number of theirs; send it without that, or \
                        with `keep`";
const EXAMPLE: &str = "{\"version\": 3, \"reason\": \"…\"}";
const EXAMPLE_TO: &str = "{\"version\": 3, \"to\": \"Danramil\"}";
const EXAMPLE_OUTCOME: &str = "{\"version\": 3, \"outcome\": \"averted\"}";

/// Acknowledge an alert
///
/// Somebody has seen it.
#[utoipa::path(
    post, path = "/v1/alerts/{id}/acknowledge", operation_id = "acknowledge_alert", tag = "alerts",
    params(("id" = String, Path, description = "Number of the alert", example = "16.13-2026-0001")),
    request_body = ActDto,
    responses(
        (status = 200, description = "The alert after the act", body = AlertDto),
        (status = 409, description = NOT_DONE, body = ProblemDocument, content_type = PROBLEM),
        (status = 422, description = SCREENED, body = ProblemDocument, content_type = PROBLEM),
    ),
)]
pub async fn acknowledge(request: PageRequest, Path(id): Path<String>, body: Bytes) -> Answer<AlertDto> {
    act_for_a_reason(request, &id, "acknowledge", &body).await
}

/// Assign an alert
///
/// For roles that may direct.
#[utoipa::path(
    post, path = "/v1/alerts/{id}/assign", operation_id = "assign_alert", tag = "alerts",
    params(("id" = String, Path, description = "Number of the alert", example = "16.13-2026-0001")),
    request_body = AssignmentDto,
    responses(
        (status = 200, description = "The alert after the act", body = AlertDto),
        (status = 409, description = NOT_DONE, body = ProblemDocument, content_type = PROBLEM),
        (status = 422, description = SCREENED, body = ProblemDocument, content_type = PROBLEM),
    ),
)]
pub async fn assign(request: PageRequest, Path(id): Path<String>, body: Bytes) -> Answer<AlertDto> {
    let AssignmentDto { version, to, reason, keep } = query::body(&body, EXAMPLE_TO)?;
    let form = ActRequest { version, reason, to, keep: kept(keep), ..ActRequest::default() };
    act(request, &id, "assign", form).await
}

/// Respond to an alert
///
/// Somebody is at work on it.
#[utoipa::path(
    post, path = "/v1/alerts/{id}/respond", operation_id = "respond_alert", tag = "alerts",
    params(("id" = String, Path, description = "Number of the alert", example = "16.13-2026-0001")),
    request_body = ActDto,
    responses(
        (status = 200, description = "The alert after the act", body = AlertDto),
        (status = 409, description = NOT_DONE, body = ProblemDocument, content_type = PROBLEM),
        (status = 422, description = SCREENED, body = ProblemDocument, content_type = PROBLEM),
    ),
)]
pub async fn respond(request: PageRequest, Path(id): Path<String>, body: Bytes) -> Answer<AlertDto> {
    act_for_a_reason(request, &id, "respond", &body).await
}

/// Resolve an alert
///
/// With what was found; for roles that may direct. Where the alert's condition stands at siaga or awas it takes two persons and a
/// reason, as a withdrawal does: the first one's act is a request. Both must name one outcome: another one is a new request, which
/// takes the place of the first. Everybody who heard of the alert hears how it ended.
#[utoipa::path(
    post, path = "/v1/alerts/{id}/resolve", operation_id = "resolve_alert", tag = "alerts",
    params(("id" = String, Path, description = "Number of the alert", example = "16.13-2026-0001")),
    request_body = ResolutionDto,
    responses(
        (status = 200, description = "The alert after the act", body = AlertDto),
        (status = 409, description = NOT_DONE, body = ProblemDocument, content_type = PROBLEM),
        (status = 422, description = SCREENED, body = ProblemDocument, content_type = PROBLEM),
    ),
)]
pub async fn resolve(request: PageRequest, Path(id): Path<String>, body: Bytes) -> Answer<AlertDto> {
    let ResolutionDto { version, outcome, reason, keep } = query::body(&body, EXAMPLE_OUTCOME)?;
    let outcome = outcome.map_or_else(String::new, |outcome| outcome.0.as_str().to_string());
    let form = ActRequest { version, reason, outcome, keep: kept(keep), ..ActRequest::default() };
    act(request, &id, "resolve", form).await
}

/// Withdraw an alert
///
/// With a reason; all who had heard of it are informed. What stands at siaga or awas takes two persons: the first one's act is a
/// request (`withdrawal_request` of the answer), and the alert stands until another person does the same within 24 hours; who
/// resolves it instead makes a new request. For roles that may direct.
#[utoipa::path(
    post, path = "/v1/alerts/{id}/withdraw", operation_id = "withdraw_alert", tag = "alerts",
    params(("id" = String, Path, description = "Number of the alert", example = "16.13-2026-0001")),
    request_body = ActDto,
    responses(
        (status = 200, description = "The alert after the act", body = AlertDto),
        (status = 409, description = NOT_DONE, body = ProblemDocument, content_type = PROBLEM),
        (status = 422, description = SCREENED, body = ProblemDocument, content_type = PROBLEM),
    ),
)]
pub async fn withdraw(request: PageRequest, Path(id): Path<String>, body: Bytes) -> Answer<AlertDto> {
    act_for_a_reason(request, &id, "withdraw", &body).await
}

/// Cancel a request to end an alert
///
/// Who asked for its end (`withdrawal_request`) does not ask any more: the alert stands, no second person can agree, the one-time
/// links that were sent open nothing, and who was asked hears of it. Only the person who asked may. For roles that may direct.
#[utoipa::path(
    post, path = "/v1/alerts/{id}/cancel-request", operation_id = "cancel_alert_request", tag = "alerts",
    params(("id" = String, Path, description = "Number of the alert", example = "16.13-2026-0001")),
    request_body = ActDto,
    responses(
        (status = 200, description = "The alert after the act", body = AlertDto),
        (status = 409, description = NOT_CANCELLED, body = ProblemDocument, content_type = PROBLEM),
        (status = 422, description = SCREENED, body = ProblemDocument, content_type = PROBLEM),
    ),
)]
pub async fn cancel_request(request: PageRequest, Path(id): Path<String>, body: Bytes) -> Answer<AlertDto> {
    act_for_a_reason(request, &id, "cancel-request", &body).await
}

/// An act of which the body gives no more than a reason.
async fn act_for_a_reason(request: PageRequest, id: &str, word: &str, body: &Bytes) -> Answer<AlertDto> {
    let ActDto { version, reason, keep } = query::body(body, EXAMPLE)?;
    act(request, id, word, ActRequest { version, reason, keep: kept(keep), ..ActRequest::default() }).await
}

/// As the form's tick says that a reason stays as it is.
fn kept(keep: bool) -> String {
    String::from(if keep { "yes" } else { "" })
}

async fn act(request: PageRequest, id: &str, word: &str, form: ActRequest) -> Answer<AlertDto> {
    let context = request.context()?;
    let typed = [form.to.as_str(), &form.reason].join("\n");
    let found = text_findings::in_reason(&typed, "alert.reason_screened_by_program", request.lang);
    if let Some(words) = found.filter(|_| form.keep.is_empty()) {
        let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "Belum dilakukan", words);
        return Err(problem.with("field", "reason").into());
    }
    match perform(&request, &context, id, word, &form).await? {
        Ok(alert) => Ok(Json(AlertDto::of(&context, &alert))),
        Err(refusal) => Err(conflict(&refusal, refusal_words(request.lang, &refusal)).into()),
    }
}

fn conflict(refusal: &ActRefusal, words: String) -> Problem {
    let problem = Problem::new(StatusCode::CONFLICT, "Belum dilakukan", words);
    match refusal {
        ActRefusal::Version { seen, now } => problem.with("seen", *seen).with("version", *now),
        ActRefusal::State { state, act } => problem.with("state", state.as_str()).with("act", *act),
        ActRefusal::ReasonMissing => problem.with("field", "reason"),
        ActRefusal::SamePerson { lapses_at } => {
            problem.with("lapses_at", store::calendar::rfc3339(*lapses_at))
        }
        ActRefusal::PersonUnknown
        | ActRefusal::NoRequest
        | ActRefusal::NotTheAsker
        | ActRefusal::NobodyWaits => problem,
    }
}
