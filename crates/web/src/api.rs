//! The same picture as JSON, for programs: typed answers, problems where there is none, and their description.

pub mod alerts;
pub mod document;
pub mod dto;
pub mod lists;
pub mod query;
pub mod risks;

use crate::fault::Fault;
use crate::guard::Access;
use crate::live;
use crate::routes::{OPEN, paths};
use crate::state::WebState;
use axum::Json;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use domain::alert::PersonAct;
use domain::place::Code;
use intake::problem::Problem;
use query::PlaceCode;
use utoipa_axum::router::UtoipaMethodRouter;
use utoipa_axum::routes;
use views::permit::right_for;
use views::{Context, Right, ViewError};

/// Every call of the API: who may pass, and its handler with its description.
pub fn calls() -> Vec<(Access, UtoipaMethodRouter<WebState>)> {
    use Access::{Person, With};
    vec![
        (Person, routes!(live::stream)),
        (Person, routes!(risks::list)),
        (Person, routes!(risks::heatmap)),
        (Person, routes!(risks::district)),
        (With(Right::SeeReports), routes!(lists::incidents)),
        (Person, routes!(lists::feeds)),
        (Person, routes!(alerts::list)),
        (Person, routes!(alerts::one)),
        (With(right_for(PersonAct::Acknowledge)), routes!(alerts::acknowledge)),
        (With(right_for(PersonAct::Respond)), routes!(alerts::respond)),
        (With(right_for(PersonAct::Assign)), routes!(alerts::assign)),
        (With(right_for(PersonAct::Resolve)), routes!(alerts::resolve)),
        (With(right_for(PersonAct::Withdraw)), routes!(alerts::withdraw)),
        (With(right_for(PersonAct::CancelRequest)), routes!(alerts::cancel_request)),
    ]
}

/// Whether an address is for programs: it answers with problems, not with pages.
pub fn is_for_programs(path: &str) -> bool {
    const OWN: [&str; 5] = ["/healthz", "/readyz", "/metrics", "/schema/report-v1.json", "/openapi.json"];
    path == "/v1" || path.starts_with("/v1/") || path.starts_with("/receipts/") || OWN.contains(&path)
}

/// What a call of the API ends with besides its answer.
pub struct ApiError(Problem);

pub type Answer<T> = Result<Json<T>, ApiError>;

impl From<Fault> for ApiError {
    fn from(fault: Fault) -> ApiError {
        ApiError(fault.problem())
    }
}

impl From<ViewError> for ApiError {
    fn from(error: ViewError) -> ApiError {
        Fault::from(error).into()
    }
}

impl From<store::StoreError> for ApiError {
    fn from(error: store::StoreError) -> ApiError {
        Fault::from(error).into()
    }
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> ApiError {
        ApiError(problem)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

/// Nothing stands at this address; the answer lists what does.
pub async fn missing(uri: Uri) -> Response {
    if !is_for_programs(uri.path()) {
        return Fault::NotFound.into_response();
    }
    let own = paths();
    let all = OPEN.iter().copied().chain(own.iter().map(|(path, _)| path.as_str()));
    let known: Vec<&str> = all.filter(|path| path.starts_with("/v1/")).collect();
    let detail = format!(
        "Tidak ada panggilan '{}' di sini. Yang ada: {}. Uraiannya di /openapi.json.",
        uri.path(),
        known.join(", ")
    );
    Problem::new(StatusCode::NOT_FOUND, "Tidak ditemukan", detail).into_response()
}

/// The codes a program asked for, within what this person has.
fn codes(context: &Context, district: Option<&PlaceCode>) -> Result<Vec<Code>, ApiError> {
    let Some(PlaceCode(code)) = district else { return Ok(context.viewer.areas.unit_filter()) };
    let unit = context.unit(&code.to_string())?;
    if code.is_regency() { Ok(context.scope(unit)?) } else { Ok(vec![*code]) }
}
