//! What became of a feed's own reports: received, checked, part of an alert, over. Who checked or who else reported is not shown.

use crate::context::Context;
use crate::error::ViewError;
use crate::json;
use crate::reporter::OwnNothing;
use crate::reports::{IncidentMarks, SharedIds, item, place_name, statement};
use async_recursion::async_recursion as boxed;
use domain::effect::{Incident, Verdict};
use domain::kind::{Kind, Level, Outcome};
use domain::place::{Code, Place, Zone};
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
    /// It says that nothing happened, and this report of the feed that something did, in that place and period.
    #[serde(skip)]
    pub against: Option<String>,
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

/// What a report that stands says of nothing having happened.
pub(super) fn nothing(report: &StoredReport) -> Option<OwnNothing> {
    let Body::Nothing { from, to } = report.report.body else { return None };
    let id = report.report.id.to_string();
    stands(report).then_some(OwnNothing { id, place: report.report.place, from, to })
}

/// Of which place a report is that nothing happened and that was withdrawn, and until when it reaches.
pub(super) fn nothing_withdrawn(report: &StoredReport) -> Option<(Place, Time)> {
    match report.report.body {
        Body::Nothing { to, .. } if report.outcome == Some(Outcome::Retracted) => {
            Some((report.report.place, to))
        }
        _ => None,
    }
}

/// The first of some reports that affirms something within a place and period of which another says that nothing happened.
fn against<'a>(own: &OwnNothing, recent: &'a [StoredReport]) -> Option<&'a StoredReport> {
    recent.iter().find(|report| affirms(report) && own.is_of(report.report.place, report.at))
}

/// Where it is of which a report speaks: where that was put right, as it is now.
fn place_of(report: &StoredReport, recent: &[StoredReport]) -> Place {
    let mut place = report.report.place;
    let Some(mut about) = report.report.about().map(|about| about.report) else { return place };
    let own = |found: &&StoredReport| found.report.feed == report.report.feed;
    let corrects = |found: &StoredReport| statement(found).and_then(|statement| statement.supersedes);
    // Each correction is followed once.
    for _ in 0..recent.len() {
        let Some(next) = recent.iter().filter(own).find(|found| corrects(found) == Some(about)) else {
            break;
        };
        (about, place) = (next.report.id, next.report.place);
    }
    place
}

fn stands(report: &StoredReport) -> bool {
    !matches!(report.outcome, Some(Outcome::Retracted | Outcome::Superseded | Outcome::Duplicate))
}

/// The first of the viewer's feed's own reports, at most `most`.
#[boxed]
pub(super) async fn load(
    context: &Context,
    recent: &[StoredReport],
    most: usize,
) -> Result<Vec<OwnReport>, ViewError> {
    let reports = &recent[..recent.len().min(most)];
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
            place: place_name(context, place_of(report, recent)),
            at: report.at,
            received_at: report.received_at,
            zone: Zone::of(place.code),
            is_open: affirms(report),
            stands: stands(report),
            against: nothing(report)
                .and_then(|own| against(&own, recent))
                .map(|event| event.report.id.to_string()),
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
