//! What one person of the desk asks for and a second person may make so: a request for awas.

use crate::context::Context;
use crate::error::ViewError;
use crate::format;
use crate::json;
use async_recursion::async_recursion as boxed;
use domain::author::StampedAuthor;
use domain::desk_feed;
use domain::effect::Incident;
use domain::kind::FeedClass;
use domain::place::Zone;
use domain::report::ReportName;
use domain::time::Time;
use serde::Serialize;
use std::fmt::Display;

/// One person's request that an incident be awas.
#[derive(Clone, Debug, Serialize)]
pub struct AwasRequestView {
    /// The verification that asked.
    pub verification: String,
    /// The account that asked.
    pub asked_by: String,
    #[serde(serialize_with = "json::time")]
    pub asked_at: Time,
    #[serde(serialize_with = "json::time")]
    pub lapses_at: Time,
    /// False where it lapsed: siaga stays.
    pub waits: bool,
    /// True where the viewer asked: somebody else must confirm it.
    pub own: bool,
    /// Who asked, when, and until when a second person may confirm it; `**` marks what is strong.
    pub words: String,
}

/// The request that an incident carries; `None` where nobody asks.
#[boxed]
pub async fn awas_request(
    context: &Context,
    incident: &Incident,
) -> Result<Option<AwasRequestView>, ViewError> {
    let Some(request) = incident.awas_request else { return Ok(None) };
    let code = incident.place.code;
    let record = context.sources.store.report(code.regency(), request.verification).await?;
    let asker = record.as_ref().and_then(|record| record.report.author).map(|author| author.account);
    let asked_by = record.map(|record| match record.account.as_str() {
        "" => record.reporter.unwrap_or(record.feed_name),
        _ => record.account,
    });
    let asked_by = asked_by.unwrap_or_default();
    let viewer = &context.viewer;
    let (account, person) = (viewer.name.clone(), viewer.person.clone());
    let typed = StampedAuthor { account, person, ..StampedAuthor::default() };
    let own = typed.author(&desk_feed::name(FeedClass::Desk), FeedClass::Desk).account;
    let waits = request.waits(context.now);
    let long = |at: Time| format::long(at, Zone::of(code), context.lang);
    let (time, until) = (long(request.at), long(request.lapses_at()));
    let values: [(&str, &dyn Display); 3] = [("who", &asked_by), ("time", &time), ("until", &until)];
    let words = context.lang.fill(if waits { "claims.awas_asked" } else { "claims.awas_lapsed" }, &values);
    Ok(Some(AwasRequestView {
        verification: request.verification.to_string(),
        asked_by,
        asked_at: request.at,
        lapses_at: request.lapses_at(),
        waits,
        own: asker == Some(own),
        words,
    }))
}

/// Why the viewer's confirmation of an incident is not taken, as a key of the locale; `seconds`: the verification it is to
/// join as the second person's.
pub fn confirmation_fault(
    request: Option<&AwasRequestView>,
    seconds: Option<ReportName>,
) -> Option<&'static str> {
    let joined = request.filter(|request| {
        seconds.is_none_or(|verification| request.verification == verification.to_string())
    });
    match joined {
        None => seconds.map(|_| "report.second_gone"),
        Some(request) if request.waits && request.own => Some("report.second_same_person"),
        Some(request) if !request.waits && seconds.is_some() => Some("report.second_lapsed"),
        Some(_) => None,
    }
}
