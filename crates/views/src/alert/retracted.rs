//! What a withdrawn alert rested on that its source took back: no incident is left of it that could name it.

use super::AlertView;
use super::history::rested_on;
use crate::context::Context;
use crate::error::ViewError;
use crate::format;
use crate::happening::how_it_ended;
use crate::json;
use crate::level;
use crate::permit;
use crate::reports::label;
use crate::words::Lang;
use domain::alert::{Alert, HistoryEntry};
use domain::kind::Category;
use domain::place::Zone;
use domain::time::Time;
use serde::Serialize;
use std::fmt::Display;
use store::{RetractedClaim, retracted_claims};

/// What a report claimed that its source took back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RetractedView {
    /// What it was, by its category; its kind where that is for the desk alone.
    #[serde(skip)]
    pub what: String,
    /// Absent where that is for the desk alone.
    #[serde(serialize_with = "json::text_option", skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    #[serde(serialize_with = "json::time")]
    pub occurred_at: Time,
}

impl RetractedView {
    pub(super) fn of(context: &Context, alert: &Alert, claim: &RetractedClaim) -> RetractedView {
        let restricted = context.sources.taxonomy.get(claim.category).is_none_or(|entry| entry.restricted);
        let named = !restricted || permit::reads(context.viewer.role, claim.handling, restricted);
        let kind = || context.lang.word("kind", alert.kind);
        let what = if named { label(context, claim.category) } else { kind() };
        let category = named.then_some(claim.category);
        RetractedView { what, category, occurred_at: claim.occurred_at }
    }
}

/// What a withdrawn alert rested on and its source took back, the gravest first.
pub async fn retracted(
    context: &Context,
    alert: &Alert,
    history: &[HistoryEntry],
) -> Result<Vec<RetractedView>, ViewError> {
    let names = rested_on(history);
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let reports = context.sources.store.reports_named(alert.code.regency(), &names).await?;
    let claims = retracted_claims(reports.values(), alert.kind);
    Ok(claims.iter().map(|claim| RetractedView::of(context, alert, claim)).collect())
}

/// What an alert's page leads with where all that it rested on is taken back.
pub(super) fn headline(view: &AlertView, retracted: &RetractedView, lang: Lang) -> String {
    let alert = &view.alert;
    let time = format::occurrence(retracted.occurred_at, Zone::of(alert.code), lang);
    let (level, how) = (level::word(alert.peak, lang), how_it_ended(alert, lang));
    let values: [(&str, &dyn Display); 5] = [
        ("what", &retracted.what),
        ("place", &alert.place),
        ("time", &time),
        ("level", &level),
        ("how", &how),
    ];
    lang.fill("alert.headline_retracted", &values)
}

/// That a report was taken back by its source: what it was and when that happened.
pub fn retracted_report(what: &str, time: &str, lang: Lang) -> String {
    lang.fill("alert.retracted_of_line", &[("what", &what), ("time", &time)])
}
