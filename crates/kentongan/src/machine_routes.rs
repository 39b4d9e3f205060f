//! What the process answers to machines: whether it lives and is ready, its metrics, and the description of every call.

use crate::serve::Site;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use formats::taxonomy::Taxonomy;
use intake::IntakeLimits;
use intake::problem::{PROBLEM, Problem, ProblemDocument};
use serde_json::Value;
use utoipa_axum::router::UtoipaMethodRouter;
use utoipa_axum::routes;
use web::api::document::{Description, document};

/// The routes of every process, whatever its roles.
pub fn router(site: &Site) -> Router {
    let described = description(site.intake.limits(), site.intake.taxonomy());
    let described = Bytes::from(described.to_string());
    let state = MachineState { site: site.clone(), description: described };
    let mut router = Router::new();
    for (_, paths, methods) in calls() {
        for path in paths.paths.keys() {
            router = router.route(path, methods.clone().fallback(intake::http::wrong_method));
        }
    }
    router.with_state(state)
}

/// The description of the whole service: a process may play only some of its roles.
fn description(limits: IntakeLimits, taxonomy: &Taxonomy) -> Value {
    let own = calls().into_iter().map(|(schemas, paths, _)| (schemas, paths)).collect::<Vec<Description>>();
    document(limits, taxonomy, own)
}

fn calls() -> [UtoipaMethodRouter<MachineState>; 4] {
    [routes!(healthz), routes!(readyz), routes!(metrics), routes!(openapi)]
}

#[derive(Clone)]
struct MachineState {
    site: Site,
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
    if state.site.metrics.worker().is_ready() {
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
    let site = &state.site;
    if !site.metrics_token.is_shown(&headers) {
        let detail = "Metrik dibaca dengan token (Authorization: Bearer …), juga dari mesin ini sendiri: isi berkas \
                      metrics.token_file, atau metrics.token di folder data.";
        let problem = Problem::new(StatusCode::UNAUTHORIZED, "Perlu token", detail);
        return Err(problem.challenge("Bearer"));
    }
    match site.metrics.page(site, (site.clock)()).await {
        Ok(page) => Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], page).into_response()),
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "reading the store for /metrics failed");
            let detail = "Penyimpanan tidak menjawab. Coba lagi sebentar lagi.";
            Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "Sedang bermasalah", detail))
        }
    }
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
    use crate::assets;
    use std::collections::BTreeSet;
    use web::OPEN;
    use web::api::is_for_programs;

    fn described() -> Value {
        let taxonomy = Taxonomy::parse(assets::TAXONOMY).expect("the shipped taxonomy reads");
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
        let web = web::routes::paths().into_iter().map(|(path, _)| path);
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
