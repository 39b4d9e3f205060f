//! Reports as this person may see them.

use crate::context::Context;
use crate::fault::Fault;
use crate::page::reports::{ReportRow, What};
use crate::permit::{Viewer, reads};
use domain::effect::Verdict;
use domain::kind::Handling;
use domain::place::Place;
use domain::report::{Body, ReportId, Statement};
use domain::time::DAY;
use std::collections::BTreeMap;
use store::ReportView;

/// What may be shown, and how many may not.
pub struct Shown {
    pub rows: Vec<ReportRow>,
    pub hidden: usize,
}

/// Turns store rows into page rows; reads each incident's verdict once.
pub async fn shown(context: &Context, views: &[ReportView]) -> Result<Shown, Fault> {
    let mut verdicts: BTreeMap<ReportId, Verdict> = BTreeMap::new();
    for incident in views.iter().filter_map(|view| view.incident) {
        if let std::collections::btree_map::Entry::Vacant(entry) = verdicts.entry(incident) {
            let found = context.state.store.incident(incident).await?;
            entry.insert(found.map_or(Verdict::Unverified, |incident| incident.verdict));
        }
    }
    let viewer = context.viewer()?;
    let mut shown = Shown { rows: Vec::with_capacity(views.len()), hidden: 0 };
    for view in views {
        if may_read(context, viewer, view) {
            let verdict = view.incident.and_then(|id| verdicts.get(&id).copied()).unwrap_or_default();
            shown.rows.push(row(context, view, verdict));
        } else {
            shown.hidden += 1;
        }
    }
    Ok(shown)
}

pub fn may_read(context: &Context, viewer: &Viewer, view: &ReportView) -> bool {
    let (handling, restricted) = statement(view).map_or((Handling::Open, false), |statement| {
        let entry = context.state.taxonomy.get(statement.category);
        (statement.handling, entry.is_some_and(|entry| entry.restricted))
    });
    viewer.covers(view.report.place.code) && reads(viewer.role, handling, restricted)
}

pub fn statement(view: &ReportView) -> Option<&Statement> {
    match &view.report.body {
        Body::Statement(statement) => Some(statement),
        _ => None,
    }
}

pub fn row(context: &Context, view: &ReportView, verdict: Verdict) -> ReportRow {
    let statement = statement(view);
    ReportRow {
        id: store::id::to_text(view.report.id),
        place: place_name(context, view.report.place),
        class: view.report.class,
        reported_at: view.report.reported_at,
        occurred_at: statement.map(|statement| statement.occurred_at),
        handling: statement.map_or(Handling::Open, |statement| statement.handling),
        outcome: view.outcome,
        verdict,
        // Every report comes some time after; what a person must know of is one that missed a day.
        late: view.late && statement.is_some_and(|told| view.received_at.since(told.occurred_at) >= DAY),
        what: statement.map(|statement| What {
            kind: statement.kind,
            code: statement.category.to_string(),
            label: label(context, statement),
            severity: statement.severity,
        }),
        summary: view.summary.clone().filter(|text| !text.trim().is_empty()),
    }
}

fn label(context: &Context, statement: &Statement) -> String {
    let entry = context.state.taxonomy.get(statement.category);
    entry.map_or_else(
        || statement.category.to_string(),
        |entry| entry.label(context.lang.as_str()).to_string(),
    )
}

/// "Beringin Makmur II, Rawas Ilir"; codes where there is no name.
pub fn place_name(context: &Context, place: Place) -> String {
    let places = &context.state.places;
    let Some(unit) = places.find(place.code) else { return place.to_string() };
    match (place.village, places.village(place)) {
        (0, _) => places.name(unit),
        (_, Some(village)) => format!("{}, {}", village.name, places.name(unit)),
        (_, None) => format!("{place}, {}", places.name(unit)),
    }
}
