//! The intake over HTTP: `POST /v1/reports` for feeds with their token, and the schema for everybody.

use crate::problem::{PROBLEM, Problem, ProblemDocument};
use crate::{FeedIdentity, Intake, IntakeError, IntakeLimits, SubmitResult, TwinCounting};
use async_recursion::async_recursion as boxed;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use axum::{Json, Router};
use domain::report::ReportId;
use formats::decode::{MAX_RECORD, id};
use formats::envelope::cloudevent::REQUIRED;
use formats::envelope::{self, Packing};
use formats::json_schema;
use formats::plain_text::unmarked;
use serde::Serialize;
use std::borrow::Cow;
use store::{Retry, StoreError};
use utoipa::openapi::path::Paths;
use utoipa::openapi::schema::{ArrayBuilder, OneOfBuilder};
use utoipa::openapi::{ObjectBuilder, Ref, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};
use utoipa_axum::router::{UtoipaMethodRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

/// Where reports are posted.
pub const REPORTS: &str = "/v1/reports";

/// `POST /v1/reports` and `GET /schema/report-v1.json`.
pub fn router(intake: Intake) -> Router {
    let mut router = Router::new();
    for (_, paths, methods) in calls() {
        for path in paths.paths.keys() {
            router = router.route(path, methods.clone());
        }
    }
    router.with_state(intake)
}

/// The calls of the intake with their descriptions.
fn calls() -> [UtoipaMethodRouter<Intake>; 2] {
    let other = |methods: MethodRouter<Intake>| methods.fallback(wrong_method);
    [routes!(submit_reports).map(|methods| methods.fallback(only_post)), routes!(report_schema).map(other)]
}

/// What the intake's calls are, for the service's description; with the limits of this one.
#[allow(clippy::type_complexity)] // the parts of a description as utoipa hands them over
pub fn descriptions(limits: IntakeLimits) -> Vec<(Vec<(String, RefOr<Schema>)>, Paths)> {
    let limits_text = format!(
        "At most {} bytes a request, {MAX_RECORD} bytes a report, {} reports a minute and feed.",
        limits.request_bytes,
        if limits.records_a_minute == 0 {
            "any number of".into()
        } else {
            limits.records_a_minute.to_string()
        },
    );
    let mut all: Vec<_> = calls().into_iter().map(|(schemas, paths, _)| (schemas, paths)).collect();
    let operations = all.iter_mut().flat_map(|(_, paths)| paths.paths.values_mut());
    for operation in operations.filter_map(|item| item.post.as_mut()) {
        let text = operation.description.take().unwrap_or_default();
        operation.description = Some(format!("{text}\n\n{limits_text}"));
    }
    all
}

/// What a process answers that takes reports in and serves nothing else.
#[boxed]
pub async fn missing() -> Problem {
    let detail =
        "Layanan ini hanya menerima laporan: POST /v1/reports; bentuknya ada di /schema/report-v1.json.";
    Problem::new(StatusCode::NOT_FOUND, "Tidak ditemukan", detail)
}

/// An address for programs that was called by a method it has not; the router adds which it has.
#[boxed]
pub async fn wrong_method() -> Problem {
    let detail = "Alamat ini ada, tetapi tidak untuk metode ini; kepala Allow menyebut yang boleh.";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "Metode keliru", detail)
}

async fn only_post() -> Problem {
    let detail = "Alamat ini hanya menerima POST dengan laporan di dalamnya; bentuknya ada di /schema/report-v1.json. \
                  Laporan yang sudah masuk dibaca di halaman Laporan atau /v1/incidents.";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "Hanya POST", detail)
}

/// What became of a request's records, in its order.
#[derive(Serialize, ToSchema)]
#[schema(as = Submitted)]
struct SubmitAnswer {
    results: Vec<RecordResult>,
    accepted: usize,
    rejected: usize,
    duplicates: usize,
}

/// What became of one record.
#[derive(Serialize, ToSchema)]
#[serde(tag = "status", rename_all = "lowercase")]
enum RecordResult {
    /// On disk; the picture follows within seconds.
    Accepted {
        report_id: String,
        /// Given where the sender's clock cannot be believed, in Indonesian: the report is kept and marked.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(nullable = false)]
        doubtful_clock: Option<&'static str>,
    },
    /// Kept as a dead letter.
    Rejected {
        /// As it was sent; left out where none could be read.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(nullable = false)]
        report_id: Option<String>,
        #[schema(examples("schema", "district"))]
        reason: &'static str,
        /// The field that is wrong; empty where it is the whole record.
        field: &'static str,
        /// What would be right, in Indonesian.
        detail: String,
    },
    /// Known already; of two the earlier reported counts.
    Duplicate {
        report_id: String,
        /// `log`: a moment ago; `state`: long ago.
        #[schema(examples("log", "state"))]
        r#where: &'static str,
        /// Which counts: `same`, it is the one that is known; `sent`, this one, reported earlier, in place of the one that was
        /// known; `known`, that one, and this one changes nothing.
        #[schema(examples("same", "sent", "known"))]
        counts: &'static str,
        /// What that comes to, in Indonesian; left out where it is the same.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(nullable = false)]
        detail: Option<&'static str>,
    },
}

const DOUBTFUL_CLOCK: &str = "occurred_at atau reported_at lebih dari 5 menit di depan jam penerimaan, atau lebih dari 30 hari \
                              sebelumnya: periksa tahun, zona waktu, dan jam pengirim. Laporan ini disimpan dan ditandai.";

/// The document's name for a report; `web` puts the schema of `/schema/report-v1.json` there.
const REPORT: &str = "Report";

/// One report or several.
struct ReportsBody;

impl PartialSchema for ReportsBody {
    fn schema() -> RefOr<Schema> {
        let one = Ref::from_schema_name(REPORT);
        let several = ArrayBuilder::new().items(one.clone()).min_items(Some(1));
        OneOfBuilder::new().item(one).item(several).into()
    }
}

impl ToSchema for ReportsBody {
    fn name() -> Cow<'static, str> {
        "Reports".into()
    }
}

/// One report a line.
struct LinesBody;

impl PartialSchema for LinesBody {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).pattern(Some("\\S")).into()
    }
}

impl ToSchema for LinesBody {
    fn name() -> Cow<'static, str> {
        "ReportLines".into()
    }
}

/// Several events at once.
struct BatchBody;

impl PartialSchema for BatchBody {
    fn schema() -> RefOr<Schema> {
        ArrayBuilder::new().items(Ref::from_schema_name("CloudEvent")).min_items(Some(1)).into()
    }
}

impl ToSchema for BatchBody {
    fn name() -> Cow<'static, str> {
        "CloudEventBatch".into()
    }
}

/// A report in a CloudEvent 1.0, structured mode.
#[derive(ToSchema)]
#[schema(as = CloudEvent)]
#[expect(dead_code, reason = "only its schema is used")]
struct CloudEventDocument {
    #[schema(pattern = "^1\\.0$", examples("1.0"))]
    specversion: String,
    #[schema(min_length = 1)]
    id: String,
    #[schema(min_length = 1)]
    source: String,
    #[schema(min_length = 1)]
    r#type: String,
    #[schema(schema_with = report)]
    data: (),
}

fn report() -> Ref {
    Ref::from_schema_name(REPORT)
}

/// Reports in
///
/// One report, an array, NDJSON or CloudEvents 1.0. Answered once all are on disk, with what became of each; a rejected
/// one is kept as a dead letter with its original bytes (64 KiB of them at most). In binary mode an event's attributes are the headers
/// `ce-specversion` (1.0), `ce-id`, `ce-source` and `ce-type`: all four, or none.
#[utoipa::path(
    post, path = REPORTS, operation_id = "submit_reports", tag = "intake", security(("feed" = [])),
    request_body(content(
        (ReportsBody = "application/json"),
        (LinesBody = "application/x-ndjson"),
        (CloudEventDocument = "application/cloudevents+json"),
        (BatchBody = "application/cloudevents-batch+json"),
    )),
    responses(
        (status = 202, description = "Kept; what became of each, in the order sent", body = SubmitAnswer),
        (status = 400, description = "Empty, incomplete or cut off", body = ProblemDocument, content_type = PROBLEM),
        (status = 401, description = "No token, or one that is not valid", body = ProblemDocument, content_type = PROBLEM),
        (status = 413, description = "The request is too large", body = ProblemDocument, content_type = PROBLEM),
        (status = 415, description = "None of these forms", body = ProblemDocument, content_type = PROBLEM),
        (status = 429, description = "Too many this minute, or the feed is paused", body = ProblemDocument, content_type = PROBLEM,
            headers(("Retry-After" = u64, description = "Seconds"))),
        (status = 503, description = "Nothing was kept, or the first alone; try again", body = ProblemDocument, content_type = PROBLEM,
            headers(("Retry-After" = u64, description = "Seconds"))),
    ),
)]
async fn submit_reports(State(intake): State<Intake>, request: Request) -> Result<Response, Problem> {
    let (head, body) = request.into_parts();
    let feed = identify(&intake, &head.headers).await?;
    let packing = packing(&head.headers)?;
    let body = read(body, &head.headers, intake.limits().request_bytes).await?;
    let blank = unmarked(&body).iter().all(u8::is_ascii_whitespace);
    let records = if blank { Vec::new() } else { envelope::records(packing, &body) };
    if records.is_empty() {
        let detail = "Tidak ada laporan di dalamnya. Kirim satu laporan, larik, atau satu laporan per baris.";
        return Err(Problem::new(StatusCode::BAD_REQUEST, "Kiriman kosong", detail));
    }
    let sent: Vec<Option<String>> = records.iter().map(|record| id::as_sent(record)).collect();
    let results = intake.submit(&feed, records).await.map_err(problem)?;
    Ok((StatusCode::ACCEPTED, Json(SubmitAnswer::of(results, sent))).into_response())
}

/// The report format
///
/// JSON Schema (2020-12) of one report, with the categories of this service's taxonomy.
#[utoipa::path(
    get, path = json_schema::PATH, operation_id = "report_schema", tag = "intake", security(),
    responses((status = 200, description = "The schema", body = Object, content_type = "application/schema+json")),
)]
async fn report_schema(State(intake): State<Intake>) -> Response {
    let media = [(header::CONTENT_TYPE, "application/schema+json")];
    (media, json_schema::report_v1(intake.taxonomy()).to_string()).into_response()
}

async fn identify(intake: &Intake, headers: &HeaderMap) -> Result<FeedIdentity, Problem> {
    let unknown = |detail: &str| {
        Problem::new(StatusCode::UNAUTHORIZED, "Sumber laporan tidak dikenal", detail).challenge("Bearer")
    };
    let Some(token) = bearer(headers) else {
        return Err(unknown("Kirim token sumber laporan di kepala \"Authorization: Bearer …\"."));
    };
    let feed = intake.authenticate(token).await.map_err(|error| problem(error.into()))?;
    feed.ok_or_else(|| {
        unknown("Token ini tidak berlaku atau sudah dicabut. Minta yang baru kepada pengelola.")
    })
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|token| !token.is_empty())
}

/// How the body is packed. A CloudEvent in binary mode is marked by its headers; its body is the report.
fn packing(headers: &HeaderMap) -> Result<Packing, Problem> {
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let encoded = headers.get(header::CONTENT_ENCODING).is_some_and(|value| value != "identity");
    let version = headers.get("ce-specversion").map(|value| value.as_bytes());
    match Packing::of(content_type) {
        Some(packing) if !encoded && version.is_none_or(|version| version == b"1.0") => {
            whole_event(headers, packing)?;
            Ok(packing)
        }
        _ => {
            let detail = "Yang diterima: application/json, application/x-ndjson, application/cloudevents+json dan \
                          application/cloudevents-batch+json (CloudEvents 1.0), tanpa pemampatan.";
            Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Bentuk kiriman tidak dikenal", detail))
        }
    }
}

/// An event in binary mode has its attributes as headers: all that CloudEvents asks for, or none.
fn whole_event(headers: &HeaderMap, packing: Packing) -> Result<(), Problem> {
    let given = |name: &&str| headers.get(format!("ce-{name}")).is_some_and(|value| !value.is_empty());
    let binary = matches!(packing, Packing::Json | Packing::Lines)
        && REQUIRED.iter().any(|name| headers.contains_key(format!("ce-{name}")));
    match REQUIRED.iter().find(|name| binary && !given(name)) {
        None => Ok(()),
        Some(name) => {
            let detail = format!(
                "Kepala ce-{name} belum ada atau kosong. CloudEvents 1.0 mewajibkan ce-specversion, ce-id, ce-source dan \
                 ce-type; tanpa satu pun dari keempatnya, kiriman dibaca sebagai laporan biasa."
            );
            Err(Problem::new(StatusCode::BAD_REQUEST, "CloudEvent tidak lengkap", detail))
        }
    }
}

async fn read(body: Body, headers: &HeaderMap, limit: usize) -> Result<bytes::Bytes, Problem> {
    let too_large = || {
        let detail = format!("Kiriman paling besar {limit} bita. Bagi menjadi beberapa kiriman.");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "Kiriman terlalu besar", detail)
    };
    let announced =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    axum::body::to_bytes(body, limit).await.map_err(|error| {
        let mut cause: Option<&dyn std::error::Error> = Some(&error);
        while let Some(inner) = cause {
            if inner.to_string().contains("length limit") {
                return too_large();
            }
            cause = inner.source();
        }
        Problem::new(
            StatusCode::BAD_REQUEST,
            "Kiriman terputus",
            "Isi kiriman tidak sampai utuh. Kirim lagi.",
        )
    })
}

fn problem(error: IntakeError) -> Problem {
    let unavailable =
        |detail: &str| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "Belum bisa menerima", detail);
    match error {
        IntakeError::Busy => {
            unavailable("Terlalu banyak kiriman sekaligus. Kirim lagi sebentar lagi.").retry_after(2)
        }
        IntakeError::TooFast { limit, seconds, .. } => {
            let detail = format!(
                "Sumber laporan ini boleh mengirim {limit} laporan semenit. Kirim lagi setelah {seconds} detik."
            );
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "Terlalu cepat", detail).retry_after(seconds)
        }
        IntakeError::TooMuch { limit, seconds, .. } => {
            let detail = format!(
                "Sumber laporan ini boleh mengirim {} MiB semenit. Kirim lagi setelah {seconds} detik.",
                limit >> 20
            );
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "Terlalu banyak", detail).retry_after(seconds)
        }
        IntakeError::Paused { seconds, .. } => {
            let detail = format!(
                "Sumber laporan ini dihentikan sementara, karena hampir semua kirimannya yang terakhir ditolak. Perbaiki \
                 kirimannya, lalu kirim lagi setelah {seconds} detik atau minta pengelola membukanya."
            );
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "Dihentikan sementara", detail).retry_after(seconds)
        }
        IntakeError::Rest { kept, source } => {
            tracing::error!(error = %source, kept, "taking in the rest of a batch");
            let detail = format!(
                "Hanya {kept} laporan pertama dari kiriman ini yang tersimpan. Kirim lagi seluruhnya nanti: yang sudah \
                 tersimpan tidak dihitung dua kali."
            );
            unavailable(&detail).retry_after(30)
        }
        IntakeError::Store(StoreError::Full) => {
            tracing::error!("taking in reports: the log is full; make room or raise log.max_bytes");
            unavailable("Penyimpanan penuh; tidak ada yang disimpan dari kiriman ini. Kirim lagi nanti.")
                .retry_after(60)
        }
        IntakeError::Store(error) => {
            tracing::error!(%error, "taking in reports");
            let wait = if error.retry() == Retry::Soon { 5 } else { 30 };
            unavailable(
                "Penyimpanan sedang terganggu; tidak ada yang disimpan dari kiriman ini. Kirim lagi nanti.",
            )
            .retry_after(wait)
        }
    }
}

impl SubmitAnswer {
    /// `sent` holds the ids as they were sent.
    fn of(results: Vec<SubmitResult>, sent: Vec<Option<String>>) -> SubmitAnswer {
        let count = |like: fn(&SubmitResult) -> bool| results.iter().filter(|result| like(result)).count();
        SubmitAnswer {
            accepted: count(|result| matches!(result, SubmitResult::Accepted { .. })),
            rejected: count(|result| matches!(result, SubmitResult::Rejected(_))),
            duplicates: count(|result| matches!(result, SubmitResult::Duplicate { .. })),
            results: results
                .into_iter()
                .zip(sent)
                .map(|(result, sent)| RecordResult::of(result, sent))
                .collect(),
        }
    }
}

impl RecordResult {
    fn of(result: SubmitResult, sent: Option<String>) -> RecordResult {
        match result {
            SubmitResult::Accepted { id, doubtful } => RecordResult::Accepted {
                report_id: as_sent(id, sent),
                doubtful_clock: doubtful.then_some(DOUBTFUL_CLOCK),
            },
            SubmitResult::Rejected(refusal) => RecordResult::Rejected {
                report_id: sent,
                reason: refusal.reason.as_str(),
                field: refusal.field,
                detail: refusal.detail,
            },
            SubmitResult::Duplicate { id, place, counts } => RecordResult::Duplicate {
                report_id: as_sent(id, sent),
                r#where: place.as_str(),
                counts: counts.as_str(),
                detail: which_counts(counts),
            },
        }
    }
}

/// What becomes of another record of a report that is known.
fn which_counts(counts: TwinCounting) -> Option<&'static str> {
    match counts {
        TwinCounting::Same => None,
        TwinCounting::Sent => Some(
            "Nomor laporan ini sudah ada dengan isi lain. Kiriman ini dilaporkan lebih dulu, jadi isinya dipakai menggantikan \
             yang lama; kalau petugas piket sudah memverifikasi yang lama, mereka diminta memeriksanya lagi.",
        ),
        TwinCounting::Known => Some(
            "Nomor laporan ini sudah ada dengan isi lain yang dilaporkan lebih dulu. Isi yang lama tetap dipakai; kiriman ini \
             disimpan dan tidak mengubah apa pun. Untuk memperbaiki laporan, kirim laporan bernomor baru dengan supersedes.",
        ),
    }
}

/// A sender knows its report by the id it wrote: a UUID stays one. Within the service ids are ULIDs, of the same bits.
fn as_sent(id: ReportId, sent: Option<String>) -> String {
    sent.filter(|sent| ReportId::parse(sent) == Some(id)).unwrap_or_else(|| id.to_string())
}
