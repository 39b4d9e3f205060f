//! A commit's effects, sorted by where they go.

use super::Commit;
use domain::effect::{Assessment, Condition, Effect, Incident};
use domain::kind::{Horizon, Kind, Outcome};
use domain::place::Code;
use domain::report::ReportName;
use domain::time::Time;
use std::collections::{BTreeMap, BTreeSet};

use crate::table::reports::ReportKey;

/// An outcome and the incident behind it.
pub(crate) type Ended = (Outcome, Option<ReportName>);

/// The effects of a commit; of several on one thing the last counts, but every condition is kept.
#[derive(Default)]
pub(crate) struct EmittedEffects<'a> {
    pub outcomes: BTreeMap<ReportKey, Ended>,
    /// Reports of which the desk set aside what they say, or no longer does.
    pub set_aside: BTreeMap<ReportKey, bool>,
    pub incidents: BTreeMap<ReportKey, Incident>,
    /// Incidents that are no more.
    pub gone: BTreeSet<ReportKey>,
    pub assessments: BTreeMap<(Kind, Horizon, Code, Time), NamedAssessment<'a>>,
    pub conditions: Vec<(Code, &'a Condition)>,
}

/// An assessment and the name of its model.
pub(crate) struct NamedAssessment<'a> {
    pub assessment: &'a Assessment,
    pub model: &'a str,
}

impl<'a> EmittedEffects<'a> {
    pub fn sort(commit: &'a Commit) -> EmittedEffects<'a> {
        let mut sorted = EmittedEffects::default();
        commit.effects.iter().for_each(|effect| sorted.add(effect, commit));
        sorted
    }

    fn add(&mut self, effect: &'a Effect, commit: &'a Commit) {
        let places = &commit.places;
        match effect {
            // A duplicate is a record whose id another report holds: the id's own outcome stands.
            Effect::Outcome { outcome: Outcome::Duplicate, .. } => {}
            Effect::Outcome { regency, report, outcome, incident } => {
                self.outcomes.insert(ReportKey { regency: *regency, id: *report }, (*outcome, *incident));
            }
            Effect::Incident(incident) => {
                let key = ReportKey { regency: incident.place.code.regency(), id: incident.id };
                self.gone.remove(&key);
                self.incidents.insert(key, *incident);
            }
            Effect::IncidentGone { regency, id } => {
                let key = ReportKey { regency: *regency, id: *id };
                self.incidents.remove(&key);
                self.gone.insert(key);
            }
            Effect::SetAside { regency, report, set_aside } => {
                self.set_aside.insert(ReportKey { regency: *regency, id: *report }, *set_aside);
            }
            Effect::Assessment(assessment) => {
                let key = (assessment.kind, assessment.horizon, places.code(assessment.unit), assessment.at);
                let model = commit.models.get(usize::from(assessment.model)).map_or("", String::as_str);
                self.assessments.insert(key, NamedAssessment { assessment, model });
            }
            Effect::Condition(condition) => {
                self.conditions.push((places.code(condition.unit), condition));
            }
        }
    }
}
