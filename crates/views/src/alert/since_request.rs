//! What was reported after somebody asked to end an alert: who agrees must have read it, on the desk's page and on that of the link.

use crate::context::Context;
use crate::error::ViewError;
use crate::happening::HappeningView;
use crate::words::Lang;
use domain::alert::Alert;
use domain::time::Time;
use std::cmp::Reverse;
use std::fmt::Display;
use store::ReportedSince;

/// Most incidents that are named.
const NAMED: usize = 5;

/// What was reported since, as a page shows it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SinceRequest {
    /// A line for each incident, what is new first, then the gravest, then what happened last; `**` marks what is strong.
    all: Vec<String>,
    /// How many more there are than are shown.
    more: Option<String>,
}

impl SinceRequest {
    /// Of these lines.
    pub fn of(all: Vec<String>, lang: Lang) -> SinceRequest {
        let more = all.len().saturating_sub(NAMED);
        let more = (more > 0).then(|| lang.count("happening.other_incidents", more));
        SinceRequest { all, more }
    }

    /// True where nobody reported anything.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The lines of a page.
    pub fn shown(&self) -> impl Iterator<Item = &str> {
        self.all.iter().take(NAMED).chain(&self.more).map(String::as_str)
    }

    /// All lines, those too that a page only counts: with each of them there is something else to read.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(String::as_str)
    }
}

/// What somebody reported after it was asked for, of each incident of the alert, of a regency's with its districts.
pub(crate) async fn reported_since(
    context: &Context,
    alert: &Alert,
    asked_at: Time,
) -> Result<SinceRequest, ViewError> {
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
    let gravity = |own: &ReportedSince| {
        let incident = own.incident.incident;
        (own.is_new, incident.claimed, incident.counted_severity, incident.occurred_at)
    };
    found.sort_by_key(|(_, own)| Reverse(gravity(own)));
    let lang = context.lang;
    let line = |(alert, own): (Alert, ReportedSince)| {
        let who: Vec<String> = own.by.iter().map(|class| lang.word("class", class)).collect();
        let key = if own.is_new { "alert.new_since_request" } else { "alert.reported_since_request" };
        let happened = HappeningView::of_incident(context, asked_at, own.incident);
        let what = happened.line((alert.kind, alert.code), lang);
        let values: [(&str, &dyn Display); 2] = [("who", &who.join(", ")), ("what", &what)];
        lang.fill(key, &values)
    };
    Ok(SinceRequest::of(found.into_iter().map(line).collect(), lang))
}

/// The same of an alert's request as it waits by now; `None` where none waits.
///
/// # Errors
/// Where the store cannot be read.
pub async fn reported_by_now(context: &Context, alert: &Alert) -> Result<Option<SinceRequest>, ViewError> {
    let Some(request) = alert.withdrawal_waits(context.now) else { return Ok(None) };
    Ok(Some(reported_since(context, alert, request.at).await?))
}
