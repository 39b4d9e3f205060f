//! What became of a feed's own reports: received, checked, part of an alert, over. Who checked or who else reported is not shown.

use crate::context::Context;
use crate::error::ViewError;
use crate::json;
use crate::reports::{IncidentMarks, SharedIds, item, place_name};
use async_recursion::async_recursion as boxed;
use domain::effect::{Incident, Verdict};
use domain::kind::{Kind, Level, Outcome};
use domain::place::{Code, Zone};
use domain::report::{Body, ReportName};
use domain::time::Time;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use store::{AlertFilter, StoredReport};

/// A report of the viewer's feed.
#[derive(Clone, Debug, Serialize)]
pub struct OwnReport {
    pub id: String,
    /// What it says, in words.
    pub what: String,
    pub place: String,
    #[serde(serialize_with = "json::time")]
    pub at: Time,
    #[serde(serialize_with = "json::time")]
    pub received_at: Time,
    #[serde(skip)]
    pub zone: Zone,
    /// It says that something happened or goes on, and stands: there may be further news of it, and it can be put right.
    pub is_open: bool,
    /// It can be withdrawn.
    pub stands: bool,
    pub fate: ReportFate,
}

/// What became of a report.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct ReportFate {
    /// The desk looked into it.
    pub checked: bool,
    /// The level of the alert that it is part of.
    #[serde(serialize_with = "json::word_option")]
    pub alert: Option<Level>,
    /// What it speaks of is over, or the alert is closed.
    pub closed: bool,
    /// The feed withdrew it or put another in its place.
    #[serde(serialize_with = "json::word_option")]
    pub taken_back: Option<Outcome>,
}

/// An alert and the reports and incidents it rested on.
struct RestingAlert {
    level: Level,
    is_live: bool,
    evidence: BTreeSet<ReportName>,
}

/// Alerts of one place and kind that are looked through.
const ALERTS: u32 = 3;

/// True for what says that something happened, goes on, or harmed people before it ended, and stands.
pub(super) fn affirms(report: &StoredReport) -> bool {
    stands(report) && matches!(report.report.body, Body::Statement(_))
}

/// Until when a report that stands says that nothing happened.
pub(super) fn nothing_until(report: &StoredReport) -> Option<Time> {
    match report.report.body {
        Body::Nothing { to, .. } if stands(report) => Some(to),
        _ => None,
    }
}

fn stands(report: &StoredReport) -> bool {
    !matches!(report.outcome, Some(Outcome::Retracted | Outcome::Superseded | Outcome::Duplicate))
}

/// These reports, which are the viewer's feed's own.
#[boxed]
pub(super) async fn load(context: &Context, reports: &[StoredReport]) -> Result<Vec<OwnReport>, ViewError> {
    let store = &context.sources.store;
    let shared = SharedIds::among(context, reports).await?;
    let mut alerts: BTreeMap<(Code, Kind), Vec<RestingAlert>> = BTreeMap::new();
    let mut own = Vec::with_capacity(reports.len());
    for report in reports.iter().filter(|report| says_something(report)) {
        let place = report.report.place;
        let incident = match report.incident {
            Some(id) => store.incident(place.code.regency(), id).await?,
            None => None,
        };
        if let Some(incident) = &incident {
            let cell = (incident.place.code, incident.kind);
            if let std::collections::btree_map::Entry::Vacant(entry) = alerts.entry(cell) {
                entry.insert(resting_alerts(context, cell).await?);
            }
        }
        let marks = incident.as_ref().map(|found| IncidentMarks::of(found, context.now)).unwrap_or_default();
        let shown = item(context, (report, &shared), marks);
        let known = |incident: &Incident| alerts.get(&(incident.place.code, incident.kind));
        let resting = incident.as_ref().and_then(known).map_or(&[][..], Vec::as_slice);
        own.push(OwnReport {
            what: shown
                .what
                .as_ref()
                .map_or_else(|| shown.outcome_words(context.lang), |what| what.label.clone()),
            id: shown.id,
            place: place_name(context, place),
            at: report.at,
            received_at: report.received_at,
            zone: Zone::of(place.code),
            is_open: affirms(report),
            stands: stands(report),
            fate: fate(report, incident.as_ref(), resting),
        });
    }
    Ok(own)
}

/// Withdrawals and the like are seen by what they did.
fn says_something(report: &StoredReport) -> bool {
    matches!(report.report.body, Body::Statement(_) | Body::Remark(_) | Body::Nothing { .. })
}

fn fate(report: &StoredReport, incident: Option<&Incident>, alerts: &[RestingAlert]) -> ReportFate {
    let taken_back =
        report.outcome.filter(|outcome| matches!(outcome, Outcome::Retracted | Outcome::Superseded));
    let Some(incident) = incident.filter(|_| taken_back.is_none()) else {
        return ReportFate { taken_back, ..ReportFate::default() };
    };
    let names = [report.report.name(), incident.id];
    let resting: Vec<&RestingAlert> =
        alerts.iter().filter(|alert| names.iter().any(|name| alert.evidence.contains(name))).collect();
    let live = resting.iter().find(|alert| alert.is_live);
    ReportFate {
        checked: incident.verdict != Verdict::Unverified,
        alert: live.map(|alert| alert.level),
        closed: incident.ended_at.is_some() || (live.is_none() && !resting.is_empty()),
        taken_back,
    }
}

#[boxed]
async fn resting_alerts(
    context: &Context,
    (code, kind): (Code, Kind),
) -> Result<Vec<RestingAlert>, ViewError> {
    let store = &context.sources.store;
    let filter = AlertFilter { codes: vec![code], kind: Some(kind), limit: ALERTS, ..AlertFilter::default() };
    let mut resting = Vec::new();
    for alert in store.alerts(&filter).await?.items {
        let Some(detail) = store.alert(&alert.id).await? else { continue };
        let contents = detail.history.iter().filter_map(|line| serde_json::from_str(&line.content).ok());
        let evidence = contents.flat_map(|content: serde_json::Value| {
            let ids = content["evidence"].as_array().cloned().unwrap_or_default();
            ids.into_iter().filter_map(|id| ReportName::parse(id.as_str()?)).collect::<Vec<_>>()
        });
        resting.push(RestingAlert {
            level: alert.level,
            is_live: alert.state.is_live(),
            evidence: evidence.collect(),
        });
    }
    Ok(resting)
}
