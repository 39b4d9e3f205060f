//! The alert of the same place and kind that was ended before this one opened, and by what this one opened again.

use super::basis::Basis;
use super::history::WITHDRAWN;
use super::{end_word, history};
use crate::claims::{self, ExtentView, IncidentClaims};
use crate::context::Context;
use crate::error::ViewError;
use crate::format;
use crate::words::Lang;
use domain::alert::HistoryEntry;
use domain::alert::reopening::{EndedAlert, ReopeningCause};
use domain::place::{Code, Zone};
use domain::report::ReportName;
use serde_json::Value;
use std::fmt::Display;
use store::calendar::parse_rfc3339;
use store::{StoredReport, WithdrawnEarlier, ended_before, stood_of_line, withdrawn_earlier};

/// The act of the line that opens an alert after another was ended.
pub(super) const REOPENED: &str = "reopened";

/// An alert that was ended before.
#[derive(Clone, Debug)]
pub struct AlertBefore {
    /// Its number.
    pub id: String,
    /// "Dibuka setelah peringatan 16.13-2026-0017 di tempat ini diakhiri 14.20 WIB: alarm palsu."
    pub words: String,
}

/// The one that the first line of a history names.
pub(super) fn of(context: &Context, code: Code, entries: &[HistoryEntry]) -> Option<AlertBefore> {
    let ended = ended_before(&history::content_of(entries.first()?))?;
    let words = words("alert.after", &ended, code, context.lang);
    Some(AlertBefore { id: ended.id, words })
}

/// The one that was withdrawn there shortly before, which the first line of a history names too.
pub(super) async fn withdrawn(
    context: &Context,
    code: Code,
    entries: &[HistoryEntry],
) -> Result<Option<AlertBefore>, ViewError> {
    let Some(first) = entries.first() else { return Ok(None) };
    let Some(earlier) = withdrawn_earlier(&history::content_of(first)) else { return Ok(None) };
    let words = withdrawn_words(context, code, ("alert.earlier", &earlier)).await?;
    Ok(Some(AlertBefore { id: earlier.id, words }))
}

/// The same in the line itself.
pub(super) async fn withdrawn_of_line(
    context: &Context,
    code: Code,
    content: &Value,
) -> Result<Option<String>, ViewError> {
    match withdrawn_earlier(content) {
        Some(earlier) => withdrawn_words(context, code, ("alert.earlier_of_line", &earlier)).await.map(Some),
        None => Ok(None),
    }
}

/// That an alert was withdrawn, when, and why, as far as its own history says so to the viewer.
async fn withdrawn_words(
    context: &Context,
    code: Code,
    (key, earlier): (&'static str, &WithdrawnEarlier),
) -> Result<String, ViewError> {
    let lang = context.lang;
    let mut why = None;
    if let Some(detail) = context.sources.store.alert(&earlier.id).await? {
        let is_end = |entry: &&HistoryEntry| ["withdraw", WITHDRAWN].contains(&entry.act.as_str());
        let end: Vec<HistoryEntry> = detail.history.iter().rfind(is_end).cloned().into_iter().collect();
        let lines = history::lines(context, &detail.alert, &end).await?;
        why = lines.into_iter().map(|line| line.reason).find(|reason| !reason.is_empty());
    }
    let unnamed = if earlier.rejected { "alert.earlier_rejected" } else { "happening.withdrawn" };
    let why = why.unwrap_or_else(|| lang.text(unnamed).to_owned());
    let time = format::long(earlier.at, Zone::of(code), lang);
    let values: [(&str, &dyn Display); 3] = [("alert", &earlier.id), ("time", &time), ("why", &why)];
    Ok(lang.fill(key, &values))
}

/// By what an alert opened again, and after which one, in the line that says so.
pub(super) fn reopened_words(
    context: &Context,
    code: Code,
    (act, content): (&str, &Value),
) -> Option<String> {
    let cause = content["cause"].as_str().and_then(ReopeningCause::parse).filter(|_| act == REOPENED)?;
    let again_at = content["again_at"].as_str().and_then(parse_rfc3339);
    let cause = match again_at.map(|at| format::short_occurrence(at, Zone::of(code), context.lang)) {
        Some(time) => context.lang.fill("alert.again_at", &[("time", &time)]),
        None => context.lang.word("reopened_by", cause.as_str()),
    };
    let after = ended_before(content).map(|ended| words("alert.after_of_line", &ended, code, context.lang));
    Some([Some(cause), after].into_iter().flatten().collect::<Vec<String>>().join(" · "))
}

/// What each speaker says of the incidents of these reports; of an alert that was ended, what was attested then.
pub(super) async fn claims(
    context: &Context,
    basis: &Basis,
    reports: &[StoredReport],
    history: &[HistoryEntry],
) -> Result<Vec<IncidentClaims>, ViewError> {
    if basis.evidence.is_empty() {
        return Ok(Vec::new());
    }
    let mut claims = claims::of_reports(context, reports).await?;
    let is_end = |entry: &&HistoryEntry| ["resolve", "withdraw", WITHDRAWN].contains(&entry.act.as_str());
    if let Some(end) = history.iter().rev().find(is_end) {
        let end = history::content_of(end);
        for own in &mut claims {
            let stood = ReportName::parse(&own.incident).and_then(|name| stood_of_line(&end, name));
            if let Some(stood) = stood {
                own.attested = ExtentView::of(stood.attested.extent);
                own.counted_severity = stood.counted_severity;
            }
        }
    }
    Ok(claims)
}

fn words(key: &'static str, ended: &EndedAlert, code: Code, lang: Lang) -> String {
    let time = format::long(ended.at, Zone::of(code), lang);
    let act = ended.outcome.map(|outcome| end_word(lang, outcome)).unwrap_or_default();
    let values: [(&str, &dyn Display); 3] = [("alert", &ended.id), ("time", &time), ("act", &act)];
    lang.fill(key, &values)
}
