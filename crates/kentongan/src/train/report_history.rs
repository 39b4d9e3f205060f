//! The service's own record as a list of events to learn from: every incident as it was known at each time, so that
//! features see strictly what had been received, and labels what in the end stood.

use crate::catalog::Catalog;
use domain::evidence::fusion::IncidentState;
use domain::evidence::{Evidence, EvidenceChanges};
use domain::kind::Kind;
use domain::place::Code;
use domain::report::{Report, ReportId};
use domain::time::{DAY, Time};
use scoring::events::Event;
use scoring::period::Day;
use scoring::train::serving::Unit;
use std::collections::{BTreeMap, BTreeSet};

/// Fed with reports in the order in which they were received.
pub struct ReportHistory {
    evidence: Evidence,
    clock: Time,
    began: Option<Day>,
    /// Each state of each incident, the latest with no end.
    told: Vec<Told>,
    standing: BTreeMap<ReportId, usize>,
    /// Incidents that at some time only patrols knew of.
    patrol: BTreeSet<(Kind, ReportId)>,
}

#[derive(Clone, Copy, PartialEq)]
struct Told {
    kind: Kind,
    code: Code,
    day: Day,
    severity: u8,
    received: Day,
    gone: Option<Day>,
}

/// One kind at one level, ready to be fitted on.
pub struct Listed {
    pub events: Vec<Event>,
    pub units: Vec<String>,
    pub parents: BTreeMap<String, String>,
    /// Serious incidents that stand, at whatever level they were told of.
    pub serious: usize,
    /// Incidents known to patrols alone, and those told of only for a whole regency.
    pub patrol: usize,
    pub unplaced: usize,
}

impl Listed {
    /// What must be said beside the numbers; it stands on the card.
    pub fn words(&self, kind: Kind) -> Vec<String> {
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
    pub fn new(catalog: &Catalog) -> ReportHistory {
        ReportHistory {
            evidence: Evidence::new(catalog.places.clone(), catalog.policy.clone().into()),
            clock: Time::MIN,
            began: None,
            told: Vec::new(),
            standing: BTreeMap::new(),
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

    fn revise(&mut self, id: ReportId, now: Option<IncidentState>) {
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
            Some(Told { kind, code, day, severity, received, gone: None })
        });
        if let Some(at) = self.standing.get(&id) {
            let before = &mut self.told[*at];
            if now.is_some_and(|now| now == (Told { received, ..*before })) {
                return;
            }
            before.gone = Some(received);
            self.standing.remove(&id);
        }
        if let Some(now) = now {
            self.standing.insert(id, self.told.len());
            self.told.push(now);
        }
    }

    /// What there is to learn of a kind.
    pub fn listed(&self, kind: Kind, unit: Unit) -> Listed {
        let places = self.evidence.places();
        let codes = || places.ids().map(|id| places.code(id));
        let own = |code: &Code| code.is_regency() == (unit == Unit::Regency);
        let of_kind = || self.told.iter().filter(move |told| told.kind == kind);
        let stands = |told: &&Told| told.gone.is_none();
        let mut listed = Listed {
            events: Vec::new(),
            units: codes().filter(own).map(|code| code.to_string()).collect(),
            parents: BTreeMap::new(),
            serious: of_kind().filter(stands).filter(|told| told.severity >= 3).count(),
            patrol: self.patrol.iter().filter(|(of, _)| *of == kind).count(),
            unplaced: 0,
        };
        for code in codes().filter(own) {
            listed.parents.insert(code.to_string(), code.regency().to_string());
        }
        for told in of_kind() {
            let place = if unit == Unit::Regency { told.code.regency() } else { told.code };
            if place.is_regency() != (unit == Unit::Regency) {
                listed.unplaced += usize::from(told.gone.is_none());
                continue;
            }
            // Corrected on the day it came: nobody's features ever saw it at a day's end.
            if told.gone == Some(told.received) {
                continue;
            }
            listed.events.push(Event {
                unit: place.to_string(),
                parent: None,
                day: told.day,
                received: told.received,
                gone: told.gone,
                severity: Some(told.severity),
            });
        }
        listed
    }

    /// Standing incidents that came more than ninety days after they happened, and all.
    pub fn belated(&self, kind: Kind) -> (usize, usize) {
        let stands = || self.told.iter().filter(|told| told.kind == kind && told.gone.is_none());
        (stands().filter(|told| told.received - told.day > 90).count(), stands().count())
    }
}

#[cfg(test)]
mod tests;
