//! What was reported after somebody asked to end an alert: who agrees must have read it, on the desk's page and on that of the link.

use crate::context::Context;
use crate::error::ViewError;
use crate::happening::HappeningView;
use domain::alert::Alert;
use domain::time::Time;
use std::fmt::Display;
use store::ReportedSince;

/// Most incidents that are named.
const NAMED: usize = 5;

/// A line for each incident of the alert, of a regency's with its districts, that somebody reported after it was asked for; empty where
/// nobody did.
pub(crate) async fn lines(
    context: &Context,
    alert: &Alert,
    asked_at: Time,
) -> Result<Vec<String>, ViewError> {
    let store = &context.sources.store;
    let mut alerts = vec![alert.clone()];
    if alert.code.is_regency() {
        let districts = store.open_districts((alert.code, alert.kind), context.now).await?;
        alerts.extend(districts.into_iter().map(|(district, _)| district));
    }
    let mut found: Vec<(Alert, ReportedSince)> = Vec::new();
    for alert in alerts.into_iter().filter(|own| context.viewer.covers(own.code)) {
        let reported = store.reported_since(&alert, asked_at).await?;
        found.extend(reported.into_iter().map(|own| (alert.clone(), own)));
    }
    let more = found.len().saturating_sub(NAMED);
    let lang = context.lang;
    let line = |(alert, own): (Alert, ReportedSince)| {
        let who: Vec<String> = own.by.iter().map(|class| lang.word("class", class)).collect();
        let key = if own.is_new { "alert.new_since_request" } else { "alert.reported_since_request" };
        let happened = HappeningView::of_incident(context, asked_at, own.incident);
        let what = happened.line((alert.kind, alert.code), lang);
        let values: [(&str, &dyn Display); 2] = [("who", &who.join(", ")), ("what", &what)];
        lang.fill(key, &values)
    };
    let mut lines: Vec<String> = found.into_iter().take(NAMED).map(line).collect();
    if more > 0 {
        lines.push(lang.count("happening.other_incidents", more));
    }
    Ok(lines)
}

/// The same of an alert's request as it waits by now; `None` where none waits.
///
/// # Errors
/// Where the store cannot be read.
pub async fn reported_by_now(context: &Context, alert: &Alert) -> Result<Option<Vec<String>>, ViewError> {
    let Some(request) = alert.withdrawal_waits(context.now) else { return Ok(None) };
    Ok(Some(lines(context, alert, request.at).await?))
}
