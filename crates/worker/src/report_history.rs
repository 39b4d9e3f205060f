//! The service's own record as a list of events to learn from: every incident as it was known at each time, so that
//! features see strictly what had been received, and labels what in the end stood.

mod training;

pub use training::fit_on_reports;

use domain::evidence::IncidentState;
use domain::evidence::{Evidence, EvidenceChanges};
use domain::kind::Kind;
use domain::place::{Code, Places};
use domain::policy::Policy;
use domain::report::{Report, ReportName};
use domain::time::{DAY, Time};
use scoring::events::Event;
use scoring::period::Day;
use scoring::train::serving::TrainingUnit;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Fed with reports in the order in which they were received.
pub struct ReportHistory {
    evidence: Evidence,
    clock: Time,
    began: Option<Day>,
    /// Each state of each incident, the latest with no end.
    states: Vec<KnownIncident>,
    /// Where in `states` each incident's latest state is.
    latest: BTreeMap<ReportName, usize>,
    /// Incidents that at some time only patrols knew of.
    patrol: BTreeSet<(Kind, ReportName)>,
}

#[derive(Clone, Copy, PartialEq)]
struct KnownIncident {
    kind: Kind,
    code: Code,
    day: Day,
    severity: u8,
    received: Day,
    gone: Option<Day>,
}

/// One kind at one level, ready to be fitted on.
pub struct TrainingEvents {
    pub events: Vec<Event>,
    pub units: Vec<String>,
    pub parents: BTreeMap<String, String>,
    /// The register's neighbours of each place.
    pub neighbours: BTreeMap<String, Vec<String>>,
    /// Serious incidents that stand, reported for a district or a whole regency.
    pub serious: usize,
    /// Incidents known to patrols alone, and those reported only for a whole regency.
    pub patrol: usize,
    pub unplaced: usize,
}

impl TrainingEvents {
    /// What the card must say beside the numbers.
    pub fn notes(&self, kind: Kind) -> Vec<String> {
        let mut words = vec![format!(
            "{} {kind} incidents known from patrols alone are left out of features and labels; {} reported ones of severity 3 or more were learnt from",
            self.patrol, self.serious
        )];
        if self.unplaced > 0 {
            words.push(format!("{} incidents name only a regency and are left out", self.unplaced));
        }
        words
    }
}

fn day(time: Time) -> Day {
    time.0.div_euclid(DAY) as Day
}

impl ReportHistory {
    pub fn new(places: Arc<Places>, policy: Arc<Policy>) -> ReportHistory {
        ReportHistory {
            evidence: Evidence::new(places, policy),
            clock: Time::MIN,
            began: None,
            states: Vec::new(),
            latest: BTreeMap::new(),
            patrol: BTreeSet::new(),
        }
    }

    /// `beyond_repair_horizon`: it came after its repair horizon and is history only.
    pub fn take(&mut self, report: &Report, received: Time, beyond_repair_horizon: bool) {
        self.clock = self.clock.max(received);
        self.began.get_or_insert(day(received));
        let mut touched = EvidenceChanges::default();
        self.evidence.insert(report, beyond_repair_horizon, &mut touched);
        for (id, now) in touched.incidents {
            self.revise(id, now);
        }
    }

    /// The first and the last whole day of the record; None where it is empty.
    pub fn days(&self, until: Option<Time>) -> Option<(Day, Day)> {
        Some((self.began?, day(self.clock.max(until.unwrap_or(self.clock))) - 1))
    }

    fn revise(&mut self, id: ReportName, now: Option<IncidentState>) {
        let received = day(self.clock);
        let now = now.and_then(|incident| {
            let weight = incident.weight()?;
            let kind = incident.cell.kind();
            // More patrols find more incidents: a model that learnt from them would send them there again.
            if weight.patrol {
                self.patrol.insert((kind, id));
                return None;
            }
            self.patrol.remove(&(kind, id));
            let code = self.evidence.places().code(incident.cell.unit());
            let (day, severity) = (day(incident.at), weight.severity);
            Some(KnownIncident { kind, code, day, severity, received, gone: None })
        });
        if let Some(at) = self.latest.get(&id) {
            let before = &mut self.states[*at];
            if now.is_some_and(|now| now == (KnownIncident { received, ..*before })) {
                return;
            }
            before.gone = Some(received);
            self.latest.remove(&id);
        }
        if let Some(now) = now {
            self.latest.insert(id, self.states.len());
            self.states.push(now);
        }
    }

    /// What there is to learn of a kind.
    pub fn training_events(&self, kind: Kind, unit: TrainingUnit) -> TrainingEvents {
        let places = self.evidence.places();
        let codes = || places.ids().map(|id| places.code(id));
        let own = |code: &Code| code.is_regency() == (unit == TrainingUnit::Regency);
        let of_kind = || self.states.iter().filter(move |state| state.kind == kind);
        let stands = |state: &&KnownIncident| state.gone.is_none();
        let mut training = TrainingEvents {
            events: Vec::new(),
            units: codes().filter(own).map(|code| code.to_string()).collect(),
            parents: BTreeMap::new(),
            neighbours: BTreeMap::new(),
            serious: of_kind().filter(stands).filter(|state| state.severity >= 3).count(),
            patrol: self.patrol.iter().filter(|(of, _)| *of == kind).count(),
            unplaced: 0,
        };
        for code in codes().filter(own) {
            let touching =
                places.find(code).map(|unit| &places.unit(unit).neighbours[..]).unwrap_or_default();
            training.neighbours.insert(code.to_string(), touching.iter().map(Code::to_string).collect());
            training.parents.insert(code.to_string(), code.regency().to_string());
        }
        for state in of_kind() {
            let place = if unit == TrainingUnit::Regency { state.code.regency() } else { state.code };
            if place.is_regency() != (unit == TrainingUnit::Regency) {
                training.unplaced += usize::from(state.gone.is_none());
                continue;
            }
            // Corrected on the day it came: nobody's features ever saw it at a day's end.
            if state.gone == Some(state.received) {
                continue;
            }
            training.events.push(Event {
                unit: place.to_string(),
                parent: None,
                day: state.day,
                received: state.received,
                gone: state.gone,
                severity: Some(state.severity),
            });
        }
        training
    }

    /// Standing incidents that came more than ninety days after they happened, and all.
    pub fn belated(&self, kind: Kind) -> (usize, usize) {
        let stands = || self.states.iter().filter(|state| state.kind == kind && state.gone.is_none());
        (stands().filter(|state| state.received - state.day > 90).count(), stands().count())
    }
}

#[cfg(test)]
mod tests;
