//! What the pipeline emitted, sorted by where it goes; assessments and conditions written.

use super::Commit;
use crate::alert::reasons;
use crate::error::StoreError;
use crate::id;
use crate::sql::{Bulk, Cell};
use domain::effect::{Assessment, Condition, Effect, Incident};
use domain::feature::{COMMON, FeatureVector, NAMES};
use domain::kind::{Horizon, Kind, Outcome};
use domain::place::Code;
use domain::report::ReportId;
use domain::scorer::Contributions;
use domain::time::Time;
use sqlx::AnyConnection;
use std::collections::BTreeMap;
use std::fmt::Write;

/// An outcome and the incident behind it.
pub(super) type Ended = (Outcome, Option<ReportId>);
type AssessmentKey = (Kind, Horizon, Code, Time);

/// The effects of a commit; of several words on one thing the last counts, but every condition is kept.
#[derive(Default)]
pub(super) struct Effects<'a> {
    pub outcomes: BTreeMap<ReportId, Ended>,
    /// `None` is an incident that is no more.
    pub incidents: BTreeMap<ReportId, Option<Incident>>,
    pub assessments: BTreeMap<AssessmentKey, EmittedAssessment<'a>>,
    pub conditions: Vec<(Code, &'a Condition)>,
}

pub(super) struct EmittedAssessment<'a> {
    assessment: &'a Assessment,
    model: &'a str,
}

impl<'a> Effects<'a> {
    pub(super) fn sort(commit: &'a Commit) -> Effects<'a> {
        let places = &commit.places;
        let mut sorted = Effects::default();
        for effect in &commit.effects {
            match effect {
                // A duplicate is a record whose id another report holds: the id's own outcome stands.
                Effect::Outcome { outcome: Outcome::Duplicate, .. } => {}
                Effect::Outcome { report, outcome, incident, .. } => {
                    sorted.outcomes.insert(*report, (*outcome, *incident));
                }
                Effect::Incident(incident) => {
                    sorted.incidents.insert(incident.id, Some(*incident));
                }
                Effect::IncidentGone { id, .. } => {
                    sorted.incidents.insert(*id, None);
                }
                Effect::Assessment(assessment) => {
                    let key =
                        (assessment.kind, assessment.horizon, places.code(assessment.unit), assessment.at);
                    let model = commit.models.get(usize::from(assessment.model)).map_or("", String::as_str);
                    sorted.assessments.insert(key, EmittedAssessment { assessment, model });
                }
                Effect::Condition(condition) => {
                    sorted.conditions.push((places.code(condition.unit), condition));
                }
            }
        }
        sorted
    }
}

pub(super) async fn assessments(
    tx: &mut AnyConnection,
    emitted: BTreeMap<AssessmentKey, EmittedAssessment<'_>>,
) -> Result<(), StoreError> {
    const ASSESSMENTS: Bulk = Bulk {
        head: "INSERT INTO assessments (kind, horizon, code, emitted_at, risk_ppm, base_ppm, baseline_ppm, level, \
               completeness_ppm, model, calibrated, features, contributions)",
        columns: 13,
        tail: "ON CONFLICT (kind, horizon, code, emitted_at) DO UPDATE SET risk_ppm = excluded.risk_ppm, \
               base_ppm = excluded.base_ppm, baseline_ppm = excluded.baseline_ppm, level = excluded.level, \
               completeness_ppm = excluded.completeness_ppm, model = excluded.model, calibrated = excluded.calibrated, \
               features = excluded.features, contributions = excluded.contributions",
    };
    const ASSESSED: Bulk = Bulk {
        head: "INSERT INTO assessed (kind, horizon, code, emitted_at)",
        columns: 4,
        tail: "ON CONFLICT (kind, horizon, code) DO UPDATE SET emitted_at = excluded.emitted_at \
               WHERE assessed.emitted_at < excluded.emitted_at",
    };
    let mut newest: BTreeMap<(Kind, Horizon, Code), Time> = BTreeMap::new();
    let mut rows = Vec::with_capacity(emitted.len());
    for ((kind, horizon, code, at), emitted) in emitted {
        newest.insert((kind, horizon, code), at); // the map's order makes the last the newest
        let mut row = key(kind, horizon, code, at);
        row.extend(values(emitted));
        rows.push(row);
    }
    ASSESSMENTS.run(tx, rows).await?;
    let rows = newest.into_iter().map(|((kind, horizon, code), at)| key(kind, horizon, code, at));
    ASSESSED.run(tx, rows.collect()).await?;
    Ok(())
}

pub(super) async fn conditions(
    tx: &mut AnyConnection,
    emitted: &[(Code, &Condition)],
) -> Result<(), StoreError> {
    const CONDITIONS: Bulk = Bulk {
        head: "INSERT INTO conditions (code, kind, at, change, level, since, reasons, evidence, unverified, \
               completeness_ppm, policy)",
        columns: 11,
        tail: "ON CONFLICT (code, kind) DO UPDATE SET at = excluded.at, change = excluded.change, level = excluded.level, \
               since = excluded.since, reasons = excluded.reasons, evidence = excluded.evidence, \
               unverified = excluded.unverified, completeness_ppm = excluded.completeness_ppm, policy = excluded.policy",
    };
    let last: BTreeMap<(Code, Kind), &Condition> =
        emitted.iter().map(|(code, c)| ((*code, c.kind), *c)).collect();
    let rows = last.into_iter().map(|((code, kind), condition)| {
        let evidence: Vec<String> = condition.evidence.iter().map(|id| id::to_text(*id)).collect();
        vec![
            Cell::Int(i64::from(code.0)),
            Cell::Text(kind.to_string()),
            Cell::Int(condition.at.0),
            Cell::Text(condition.change.as_str().to_string()),
            Cell::Text(condition.level.to_string()),
            Cell::Int(condition.since.0),
            Cell::Text(reasons(&condition.reasons).to_string()),
            Cell::Text(evidence.join(" ")),
            Cell::Int(i64::from(condition.unverified)),
            Cell::Int(i64::from(condition.completeness_ppm)),
            Cell::Text(condition.policy.clone()),
        ]
    });
    CONDITIONS.run(tx, rows.collect()).await?;
    Ok(())
}

fn key(kind: Kind, horizon: Horizon, code: Code, at: Time) -> Vec<Cell> {
    vec![
        Cell::Text(kind.to_string()),
        Cell::Text(horizon.to_string()),
        Cell::Int(i64::from(code.0)),
        Cell::Int(at.0),
    ]
}

/// What was not explained is kept as nothing: 0 and `{}`.
fn values(emitted: EmittedAssessment<'_>) -> [Cell; 9] {
    let a = emitted.assessment;
    let why = a.why.as_deref();
    let empty = || String::from("{}");
    [
        Cell::Int(i64::from(a.risk_ppm)),
        Cell::Int(i64::from(a.base_ppm)),
        Cell::Int(i64::from(why.map_or(0, |why| why.baseline_ppm))),
        Cell::Text(a.level.to_string()),
        Cell::Int(i64::from(a.completeness_ppm)),
        Cell::Text(emitted.model.to_string()),
        Cell::Int(i64::from(a.calibrated)),
        Cell::Text(why.map_or_else(empty, |why| named(None, &why.features))),
        Cell::Text(why.map_or_else(empty, |why| contributions(&why.contributions))),
    ]
}

fn contributions(contributions: &Contributions) -> String {
    named(Some(contributions.intercept), &contributions.features)
}

/// `{"intercept":x,"count_3d":y,…}` in the features' order; `Display` gives the shortest text that reads back the same.
/// Of the features beyond the common ones a 0 is not written: most are 0 always, and what lacks reads as 0.
fn named(intercept: Option<f64>, values: &FeatureVector) -> String {
    let mut text = String::with_capacity(320);
    text.push('{');
    if let Some(intercept) = intercept {
        number(&mut text, "intercept", intercept);
    }
    for (at, (name, value)) in NAMES.iter().zip(values).enumerate() {
        if at < COMMON || *value != 0.0 {
            number(&mut text, name, *value);
        }
    }
    text.push('}');
    text
}

fn number(text: &mut String, name: &str, value: f64) {
    let comma = if text.len() > 1 { "," } else { "" };
    let value = if value.is_finite() { value } else { 0.0 }; // JSON has no word for the others
    write!(text, "{comma}\"{name}\":{value}").expect("a string takes all");
}
