//! What the process answers to machines: whether it lives and is ready, its metrics, the receipts that providers of messages bring,
//! and the description of every call.

use crate::account::metrics_token::MetricsToken;
use crate::api::document::{Description, document};
use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use formats::taxonomy::Taxonomy;
use futures::future::BoxFuture;
use intake::IntakeLimits;
use intake::problem::{PROBLEM, Problem, ProblemDocument};
use serde_json::Value;
use std::sync::Arc;
use utoipa_axum::router::UtoipaMethodRouter;
use utoipa_axum::routes;

/// Why a provider's receipt was not taken.
pub enum ReceiptRefusal {
    /// No provider of this name calls us, or it was not the provider who called.
    Unproved,
    /// No JSON and no form.
    Unreadable,
    /// The store did not answer, as it said.
    Store(String),
}

/// A call of a provider: the name in the path, the headers and the body.
pub type ReceiptCall = (String, HeaderMap, Bytes);

/// What these routes need of the process.
#[derive(Clone)]
pub struct MachineParts {
    pub limits: IntakeLimits,
    pub taxonomy: Arc<Taxonomy>,
    /// What opens `/metrics`.
    pub metrics_token: Arc<MetricsToken>,
    pub is_ready: Arc<dyn Fn() -> bool + Send + Sync>,
    /// The page of metrics, or why the store did not answer.
    pub metrics: Arc<dyn Fn() -> BoxFuture<'static, Result<Vec<u8>, String>> + Send + Sync>,
    /// Takes a receipt; at most `receipt_bytes` of it are read.
    pub receipt: Arc<dyn Fn(ReceiptCall) -> BoxFuture<'static, Result<(), ReceiptRefusal>> + Send + Sync>,
    pub receipt_bytes: usize,
}

/// The routes of every process, whatever its roles.
pub fn router(parts: MachineParts) -> Router {
    let described = Bytes::from(description(parts.limits, &parts.taxonomy).to_string());
    let bytes = parts.receipt_bytes;
    let state = MachineState { parts, description: described };
    let mut router = Router::new();
    for (_, paths, methods) in calls() {
        for path in paths.paths.keys() {
            router = router.route(path, methods.clone().fallback(intake::http::wrong_method));
        }
    }
    router.layer(DefaultBodyLimit::max(bytes)).with_state(state)
}

/// The description of the whole service: a process may play only some of its roles.
fn description(limits: IntakeLimits, taxonomy: &Taxonomy) -> Value {
    let own = calls().into_iter().map(|(schemas, paths, _)| (schemas, paths)).collect::<Vec<Description>>();
    document(limits, taxonomy, own)
}

fn calls() -> [UtoipaMethodRouter<MachineState>; 5] {
    [routes!(healthz), routes!(readyz), routes!(metrics), routes!(take_receipt), routes!(openapi)]
}

#[derive(Clone)]
struct MachineState {
    parts: MachineParts,
    description: Bytes,
}

/// Whether the process lives
#[utoipa::path(
    get, path = "/healthz", operation_id = "healthz", tag = "machine", security(),
    responses((status = 200, description = "It does", body = String, content_type = "text/plain")),
)]
async fn healthz() -> &'static str {
    "ok\n"
}

/// Whether the process is ready for work
#[utoipa::path(
    get, path = "/readyz", operation_id = "readyz", tag = "machine", security(),
    responses(
        (status = 200, description = "It is", body = String, content_type = "text/plain"),
        (status = 503, description = "Not yet: the worker reads the state or catches up with the log",
            body = ProblemDocument, content_type = PROBLEM),
    ),
)]
async fn readyz(State(state): State<MachineState>) -> Result<&'static str, Problem> {
    if (state.parts.is_ready)() {
        return Ok("ready\n");
    }
    let detail = "Pekerja masih membaca keadaan atau mengejar log. Coba lagi sebentar lagi.";
    Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "Belum siap", detail))
}

/// Metrics in Prometheus' text format
///
/// With the token of `metrics.token_file`, from wherever: behind a proxy on the same machine everybody would look local.
#[utoipa::path(
    get, path = "/metrics", operation_id = "metrics", tag = "machine", security(("metrics" = [])),
    responses(
        (status = 200, description = "The metrics", body = String, content_type = "text/plain"),
        (status = 401, description = "Without the token", body = ProblemDocument, content_type = PROBLEM),
        (status = 503, description = "The store did not answer", body = ProblemDocument, content_type = PROBLEM),
    ),
)]
async fn metrics(State(state): State<MachineState>, headers: HeaderMap) -> Result<Response, Problem> {
    if !state.parts.metrics_token.is_shown(&headers) {
        let detail = "Metrik dibaca dengan token (Authorization: Bearer …), juga dari mesin ini sendiri: isi berkas \
                      metrics.token_file, atau metrics.token di folder data.";
        let problem = Problem::new(StatusCode::UNAUTHORIZED, "Perlu token", detail);
        return Err(problem.challenge("Bearer"));
    }
    match (state.parts.metrics)().await {
        Ok(page) => Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], page).into_response()),
        Err(error) => {
            tracing::error!(error, "reading the store for /metrics failed");
            let detail = "Penyimpanan tidak menjawab. Coba lagi sebentar lagi.";
            Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "Sedang bermasalah", detail))
        }
    }
}

/// What became of messages, brought by the provider that took them
///
/// For a `[[gateway]]` of the team file with `receipt = { by = "callback", … }`: one receipt or a list of them, as JSON or as a form.
/// The header that the file names proves that the provider calls: a token, or HMAC-SHA256 of the body. A receipt that is sent again
/// changes nothing, and the answer does not say whether a message is known.
#[utoipa::path(
    post, path = "/receipts/{gateway}", operation_id = "take_receipt", tag = "machine", security(),
    params(("gateway" = String, Path, description = "The name of the gateway in the team file")),
    request_body(content = Object, content_type = "application/json"),
    responses(
        (status = 204, description = "Taken"),
        (status = 400, description = "No JSON and no form", body = ProblemDocument, content_type = PROBLEM),
        (status = 401, description = "Not proved to be the provider's", body = ProblemDocument, content_type = PROBLEM),
        (status = 413, description = "More than 64 KiB", body = ProblemDocument, content_type = PROBLEM),
        (status = 503, description = "The store did not answer", body = ProblemDocument, content_type = PROBLEM),
    ),
)]
async fn take_receipt(
    State(state): State<MachineState>,
    Path(gateway): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Problem> {
    let body = body.map_err(|refused| match refused.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            let detail = "Isinya lebih dari 64 KiB. Kirim tanda terima dalam beberapa panggilan.";
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "Terlalu besar", detail)
        }
        _ => unreadable_receipt(),
    })?;
    match (state.parts.receipt)((gateway, headers, body)).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(ReceiptRefusal::Unproved) => {
            let detail = "Panggilan ini tidak terbukti dari penyedia pesan yang terdaftar: periksa nama di alamat, header bukti dan \
                          rahasianya di berkas tim (receipt).";
            let problem = Problem::new(StatusCode::UNAUTHORIZED, "Tidak dikenal", detail);
            Err(problem.challenge("Bearer"))
        }
        Err(ReceiptRefusal::Unreadable) => Err(unreadable_receipt()),
        Err(ReceiptRefusal::Store(error)) => {
            tracing::error!(
                error,
                "recording a provider's receipt failed; the provider is asked to call again"
            );
            let detail = "Penyimpanan tidak menjawab. Kirim lagi sebentar lagi.";
            Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "Sedang bermasalah", detail))
        }
    }
}

fn unreadable_receipt() -> Problem {
    let detail = "Isi tanda terima bukan JSON dan bukan formulir.";
    Problem::new(StatusCode::BAD_REQUEST, "Tidak terbaca", detail)
}

/// This description
///
/// OpenAPI 3.1 of every call of the service; needs no login and holds no data.
#[utoipa::path(
    get, path = "/openapi.json", operation_id = "openapi", tag = "machine", security(),
    responses((status = 200, description = "The description", body = Object)),
)]
async fn openapi(State(state): State<MachineState>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], state.description).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OPEN;
    use crate::api::is_for_programs;
    use std::collections::BTreeSet;

    fn described() -> Value {
        let taxonomy = Taxonomy::parse(include_str!("../../../config/taxonomy.toml"))
            .expect("the shipped taxonomy reads");
        description(IntakeLimits::default(), &taxonomy)
    }

    fn operations(document: &Value) -> Vec<(String, String, &Value)> {
        let mut all = Vec::new();
        for (path, item) in document["paths"].as_object().expect("paths") {
            for (method, operation) in item.as_object().expect("an item") {
                all.push((path.clone(), method.clone(), operation));
            }
        }
        all
    }

    #[test]
    fn every_route_for_programs_is_described_and_every_described_route_is_there() {
        let document = described();
        let described: BTreeSet<String> = operations(&document).into_iter().map(|(path, ..)| path).collect();
        let web = crate::routes::paths().into_iter().map(|(path, _)| path);
        let intake = intake::http::descriptions(IntakeLimits::default());
        let intake = intake.into_iter().flat_map(|(_, paths)| paths.paths.into_keys());
        let own = calls().into_iter().flat_map(|(_, paths, _)| paths.paths.into_keys());
        let routes: BTreeSet<String> =
            web.chain(intake).chain(own).filter(|path| is_for_programs(path)).collect();
        assert_eq!(described, routes);
        assert!(described.len() >= 15, "{described:?}");
    }

    #[test]
    fn what_is_described_as_open_is_on_the_list_of_open_routes_and_nothing_else() {
        let document = described();
        for (path, method, operation) in operations(&document) {
            let needs = operation["security"].as_array().expect("each call says who may pass");
            let session = needs.iter().any(|way| way.get("session").is_some());
            assert_eq!(!session, OPEN.contains(&path.as_str()), "{method} {path}");
        }
    }

    #[test]
    fn the_description_is_whole() {
        let document = described();
        assert_eq!(document["openapi"], "3.1.0");
        let text = document.to_string();
        for reference in text.split("\"$ref\":\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            let at = reference.strip_prefix('#').expect("nothing is referred to elsewhere");
            assert!(document.pointer(at).is_some(), "{reference} is not there");
        }
        let mut ids = BTreeSet::new();
        for (path, method, operation) in operations(&document) {
            let id = operation["operationId"].as_str().expect("an id").to_string();
            assert!(ids.insert(id.clone()), "'{id}' is the id of two calls");
            assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{method} {path}");
            for (status, answer) in operation["responses"].as_object().expect("answers") {
                let problem = answer["content"].get("application/problem+json").is_some();
                assert_eq!(problem, status.starts_with(['4', '5']), "{method} {path}: {status}");
            }
        }
    }
}
