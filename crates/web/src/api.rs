//! The same picture as JSON, for programs. Times are RFC 3339 in the place's own zone; risks are parts per million.

pub mod alerts;
pub mod picture;

use crate::fault::{Fault, problem};
use crate::routes::{OPEN, paths};
use axum::Json;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use domain::kind::{Horizon, Kind};
use domain::place::Code;
use domain::time::Time;
use serde::Deserialize;
use serde_json::{Value, json};
use views::{Context, ViewError};

/// A fault as a problem document.
pub struct Problem(Fault);

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Problem {
        Problem(fault)
    }
}

impl From<ViewError> for Problem {
    fn from(error: ViewError) -> Problem {
        Problem(error.into())
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

/// Nothing stands at this address; a program is told what does.
pub async fn missing(uri: Uri) -> Response {
    let program = |path: &&str| *path == "/v1" || path.starts_with("/v1/");
    if !program(&uri.path()) {
        return Fault::NotFound.into_response();
    }
    let own = paths().into_iter().map(|(path, _)| path);
    let known: Vec<&str> = OPEN.iter().copied().chain(own).filter(program).collect();
    let detail = format!("Tidak ada panggilan '{}' di sini. Yang ada: {}.", uri.path(), known.join(", "));
    problem(StatusCode::NOT_FOUND, "Tidak ditemukan", &detail, json!({}))
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

fn time(context: &Context, at: Time, code: Code) -> String {
    views::format::machine(at, context.zone(code))
}

/// The codes a program asked for, within what this person has.
fn codes(context: &Context, asked: &Asked) -> Result<Vec<Code>, Problem> {
    let viewer = &context.viewer;
    match asked.district.as_deref() {
        None => Ok(viewer.areas.unit_filter()),
        Some(text) => {
            let code =
                Code::parse(text).ok_or_else(|| bad("district", "kode seperti 16.13 atau 16.13.04"))?;
            if code.is_regency() {
                let unit = context.sources.places.find(code).ok_or(Problem(Fault::NotFound))?;
                return Ok(context.scope(unit)?);
            }
            if viewer.covers(code) { Ok(vec![code]) } else { Err(Problem(Fault::Forbidden)) }
        }
    }
}

fn paged(items: Vec<Value>, next: Option<String>) -> Json<Value> {
    Json(json!({ "items": items, "next": next }))
}
