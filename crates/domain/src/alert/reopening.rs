//! What opens an alert again after a person ended one, and how high: who ended it answered what stood then.
//!
//! The condition goes on standing by that. The new alert says what came in since: its level is what that raises by itself, by the
//! policy's openings and rules, and it follows the condition only where that falls below it or rises above what was answered.

pub use super::since_end::{AnsweredIncident, StoodAtEnd};

use super::notice::{claims_news, is_news_since, is_of_alert};
use super::since_end::{Carried, carried};
use super::{Alert, AlertOutcome};
use crate::effect::{Condition, ConditionChange, ConditionReason, Incident, RaisedAlone};
use crate::kind::Level;
use crate::time::Time;
use alloc::{string::String, vec, vec::Vec};
use core::cmp::Reverse;

/// What came in since a person ended the alert before.
#[derive(Clone, PartialEq, Debug)]
pub struct Reopening {
    /// As a condition of its own.
    pub condition: Condition,
    /// The level at which the place stands by what was answered; `None` where it rose above that.
    pub answered: Option<Level>,
    pub cause: ReopeningCause,
    /// When it happened again, where that is the cause.
    pub again_at: Option<Time>,
    /// The alert of the same place and kind that was ended before; `None` where it is not known, or where this one is open already.
    pub after: Option<EndedAlert>,
}

states!(ReopeningCause {
    New = "new", Worse = "worse", Surer = "surer", Again = "again", Risen = "risen",
    Left = "left",
});

/// An alert that was ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EndedAlert {
    pub id: String,
    pub at: Time,
    pub outcome: Option<AlertOutcome>,
}

impl Reopening {
    /// The word kept in the history of what it does.
    pub(super) fn word(&self) -> &'static str {
        match self.condition.change {
            ConditionChange::Raised => "reopened",
            change if self.cause == ReopeningCause::Left => change.as_str(),
            _ => "raised_since",
        }
    }

    /// Of a condition that rises above what was answered.
    pub fn of_rise(condition: &Condition, after: EndedAlert) -> Reopening {
        let condition = Condition { change: ConditionChange::Raised, ..condition.clone() };
        Reopening {
            condition,
            answered: None,
            cause: ReopeningCause::Risen,
            again_at: None,
            after: Some(after),
        }
    }
}

/// The word that opens an alert where none is live: a grave incident came in at `at` where `condition` stands, and the person who ended
/// the last alert did not know of it, or it is worse or surer than what they `answered`. `None` where nothing stands any more, or where it
/// happened long before.
pub fn reopening(
    condition: &Condition,
    incident: &Incident,
    answered: Option<&AnsweredIncident>,
    at: Time,
) -> Option<Reopening> {
    if !condition.change.stands_at(condition.level) || !is_news_since(incident, at) {
        return None;
    }
    let Carried { raised, cause } = carried(incident, answered)?;
    let condition_of = condition_of((incident, raised), condition, ConditionChange::Raised, at);
    let again_at = again_at(incident, cause);
    Some(Reopening { condition: condition_of, answered: Some(condition.level), cause, again_at, after: None })
}

/// The word that raises an alert that was opened so, or makes it surer: by one of the incidents that came in since, or that are worse
/// or surer than what was `answered` of them; `condition` is the place's. `None` where it does neither.
pub fn raised_since(
    alert: &Alert,
    condition: &Condition,
    incident: &Incident,
    answered: Option<&AnsweredIncident>,
    at: Time,
) -> Option<Reopening> {
    incident.raises?;
    let since = since_end(alert, condition, incident, answered, at)?;
    let own = &since.condition;
    let surer = own.level == alert.level && alert.unverified && !own.unverified;
    (own.level > alert.level || surer).then_some(since)
}

/// What an incident carries of an alert that was opened so.
fn since_end(
    alert: &Alert,
    condition: &Condition,
    incident: &Incident,
    answered: Option<&AnsweredIncident>,
    at: Time,
) -> Option<Reopening> {
    let level = alert.answered?;
    if !incident.verdict.counts() || !is_of_alert(alert, incident) {
        return None;
    }
    let Carried { raised, cause } = carried(incident, answered)?;
    let own = condition_of((incident, raised), condition, ConditionChange::Changed, at);
    let own = Condition { level: own.level.min(level), ..own };
    let again_at = again_at(incident, cause);
    Some(Reopening { condition: own, answered: Some(level), cause, again_at, after: None })
}

/// An incident that may carry an alert that was opened so: one of which it says something, or that was answered before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SinceEnd {
    pub incident: Incident,
    pub answered: Option<AnsweredIncident>,
    /// Among those that the newest reasons of the alert name.
    pub is_basis: bool,
}

/// True where an incident may carry less than before: a report of it was taken back or corrected, or the desk judged it. That its time
/// passes is no such thing.
pub fn counts_for_less(known: &Incident, now: &Incident) -> bool {
    let (was, is) = (known.attested, now.attested);
    let is_lower = now.claimed.lowest(known.claimed) != known.claimed
        || is.extent.lowest(was.extent) != was.extent
        || is.awas < was.awas;
    let (was, is) = (known.reported, now.reported);
    let is_earlier = is.latest < was.latest || is.by_two < was.by_two;
    let by_fewer = now.speakers < known.speakers || now.counted_severity < known.counted_severity;
    let is_rejected = known.verdict.counts() && !now.verdict.counts();
    is_lower || is_earlier || by_fewer || now.stage < known.stage || is_rejected
}

/// The word with which an alert that was opened so follows what is left of it, of these incidents (`since`), where one that it stood by
/// counts for less: it falls to what still raises it, and is withdrawn where nothing does that is newer than the end before. `None` where
/// its newest reasons stand.
pub fn left_since(alert: &Alert, condition: &Condition, since: &[SinceEnd], at: Time) -> Option<Reopening> {
    let answered = alert.answered?;
    let carries = |own: &SinceEnd| {
        let counts = claims_news(&own.incident);
        let carried = since_end(alert, condition, &own.incident, own.answered.as_ref(), at)?.condition;
        counts.then_some((carried, *own))
    };
    let carried: Vec<(Condition, SinceEnd)> = since.iter().filter_map(carries).collect();
    let as_ever = |(carried, own): &(Condition, SinceEnd)| {
        own.is_basis && carried.level >= alert.level && (alert.unverified || !carried.unverified)
    };
    if carried.iter().any(as_ever) {
        return None;
    }
    let by_now = carried.into_iter().map(|(carried, own)| (still_raised(carried, &own.incident, at), own));
    let most = by_now.max_by_key(|(carried, own)| {
        let (level, latest) = (carried.level.min(alert.level), own.incident.occurred_at);
        (level, !carried.unverified, own.is_basis, latest, Reverse(own.incident.id))
    });
    let left = match most {
        Some((carried, _)) => Condition { level: carried.level.min(alert.level), ..carried },
        None => {
            let (reasons, evidence) = (Vec::new(), Vec::new());
            Condition { change: ConditionChange::Withdrawn, at, reasons, evidence, ..condition.clone() }
        }
    };
    let cause = ReopeningCause::Left;
    Some(Reopening { condition: left, answered: Some(answered), cause, again_at: None, after: None })
}

/// What an incident carries while it raises something by itself; once that is over, that the alert was notified of it.
fn still_raised(carried: Condition, incident: &Incident, at: Time) -> Condition {
    if incident.opens_until.is_some_and(|until| until > at) {
        return carried;
    }
    Condition { level: carried.level.min(Level::Waspada), reasons: Vec::new(), ..carried }
}

fn again_at(incident: &Incident, cause: ReopeningCause) -> Option<Time> {
    (cause == ReopeningCause::Again).then_some(incident.reported.latest)
}

/// True where a condition that stands at a level since some time stands so high only by what the person answered who ended `ended`,
/// the last alert of its place and kind that ended: no alert is live there, or one that says only what came in since, and less.
pub fn stands_as_answered((level, since): (Level, Time), live: Option<&Alert>, ended: &Alert) -> bool {
    match live {
        Some(live) => live.answered.is_some() && live.level < level,
        None => ended.changed_at >= since,
    }
}

/// An incident as a condition: of the level that it raises, by what raises it, never higher than its place.
fn condition_of(
    (incident, raised): (&Incident, RaisedAlone),
    condition: &Condition,
    change: ConditionChange,
    at: Time,
) -> Condition {
    let reasons = match raised.opening {
        Some((voice, ground)) => vec![ConditionReason::Opening { voice, ground }],
        None => condition.reasons.iter().filter(|reason| raised.is_by(reason)).cloned().collect(),
    };
    Condition {
        change,
        at,
        level: raised.level.min(condition.level),
        unverified: raised.unverified,
        reasons,
        evidence: vec![incident.id],
        ..condition.clone()
    }
}

impl Alert {
    /// True for a word of the condition that says no more than what the person answered who ended the alert before.
    pub(super) fn is_answered(&self, condition: &Condition) -> bool {
        condition.change == ConditionChange::Changed
            && self.answered.is_some_and(|answered| condition.level <= answered)
    }

    /// Follows such a word: the alert stands no higher than its place, and is as sure as it was.
    pub(super) fn stand_lower(&mut self, condition: &Condition) {
        self.answered = Some(condition.level);
        self.stale = false;
        if condition.level < self.level {
            self.level = condition.level;
            self.reached_at = condition.at;
            self.accepted = self.accepted.map(|accepted| accepted.min(condition.level));
        }
    }
}

#[cfg(test)]
mod tests;
