//! The alert of the same place and kind that was ended before this one opened, and by what this one opened again.

use super::{end_word, history};
use crate::context::Context;
use crate::format;
use crate::words::Lang;
use domain::alert::HistoryEntry;
use domain::alert::reopening::{EndedAlert, ReopeningCause};
use domain::place::{Code, Zone};
use serde_json::Value;
use std::fmt::Display;
use store::ended_before;

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

/// By what an alert opened again, and after which one, in the line that says so.
pub(super) fn reopened_words(
    context: &Context,
    code: Code,
    (act, content): (&str, &Value),
) -> Option<String> {
    let cause = content["cause"].as_str().and_then(ReopeningCause::parse).filter(|_| act == REOPENED)?;
    let cause = context.lang.word("reopened_by", cause.as_str());
    let after = ended_before(content).map(|ended| words("alert.after_of_line", &ended, code, context.lang));
    Some([Some(cause), after].into_iter().flatten().collect::<Vec<String>>().join(" · "))
}

fn words(key: &'static str, ended: &EndedAlert, code: Code, lang: Lang) -> String {
    let time = format::long(ended.at, Zone::of(code), lang);
    let act = ended.outcome.map(|outcome| end_word(lang, outcome)).unwrap_or_default();
    let values: [(&str, &dyn Display); 3] = [("alert", &ended.id), ("time", &time), ("act", &act)];
    lang.fill(key, &values)
}
