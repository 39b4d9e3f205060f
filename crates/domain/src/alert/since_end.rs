//! What an incident came to when a person ended the alert of its place and kind, and what it carries by what came in since.

use super::reopening::ReopeningCause;
use crate::alert::AlertOutcome;
use crate::alert::notice::{harms_more, has_grown, is_notified_of};
use crate::effect::{Incident, RaisedAlone, Verdict};
use crate::evidence::attestation::{Affirmation, Attested, Extent, ReportedUntil, is_news};
use crate::kind::{Level, Stage};
use crate::time::Time;

/// What an incident came to when a person ended the alert of its place and kind: that is what they answered of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StoodAtEnd {
    pub claimed: Extent,
    pub attested: Attested,
    pub counted_severity: u8,
    pub stage: Option<Stage>,
    pub speakers: u8,
    /// The level that it raised by itself.
    pub raised: Option<Level>,
    pub reported: ReportedUntil,
    /// The desk had confirmed it.
    pub confirmed: bool,
    /// The desk had rejected it.
    pub rejected: bool,
}

/// An incident that a person answered when they ended the alert of its place and kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AnsweredIncident {
    pub stood: StoodAtEnd,
    pub ended_at: Time,
    pub outcome: Option<AlertOutcome>,
}

impl StoodAtEnd {
    /// Of an incident as it is kept, with the level that it raises.
    pub fn of(incident: &Incident, raised: Option<Level>) -> StoodAtEnd {
        StoodAtEnd {
            claimed: incident.claimed,
            attested: incident.attested,
            counted_severity: incident.counted_severity,
            stage: incident.stage,
            speakers: incident.speakers,
            raised,
            reported: incident.reported,
            confirmed: incident.verdict == Verdict::Confirmed,
            rejected: !incident.verdict.counts(),
        }
    }

    /// The incident as it stood then; what is rejected by now counts for nothing all the same.
    pub fn shown(&self, now: &Incident) -> Incident {
        let then = if self.confirmed { Verdict::Confirmed } else { Verdict::Unverified };
        let verdict = match now.verdict {
            _ if self.rejected => Verdict::Rejected,
            verdict if verdict.counts() => then,
            verdict => verdict,
        };
        Incident { verdict, ..self.measured(now) }
    }

    /// The same with the desk's verdict of now, which makes no incident worse.
    fn measured(&self, now: &Incident) -> Incident {
        Incident {
            claimed: self.claimed,
            attested: self.attested,
            counted_severity: self.counted_severity,
            stage: self.stage,
            speakers: self.speakers,
            reported: self.reported,
            ..*now
        }
    }

    /// What two came to that are one incident by now.
    pub fn highest(self, other: StoodAtEnd) -> StoodAtEnd {
        StoodAtEnd {
            claimed: self.claimed.highest(other.claimed),
            attested: Attested {
                extent: self.attested.extent.highest(other.attested.extent),
                awas: self.attested.awas.max(other.attested.awas),
            },
            counted_severity: self.counted_severity.max(other.counted_severity),
            stage: self.stage.max(other.stage),
            speakers: self.speakers.max(other.speakers),
            raised: self.raised.max(other.raised),
            reported: ReportedUntil {
                latest: self.reported.latest.max(other.reported.latest),
                by_two: self.reported.by_two.max(other.reported.by_two),
            },
            confirmed: self.confirmed || other.confirmed,
            rejected: self.rejected && other.rejected,
        }
    }
}

/// What an incident carries by what came in since an end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Carried {
    pub raised: RaisedAlone,
    pub cause: ReopeningCause,
}

/// What an incident carries by what came in since its alert was ended, all of it where who ended that did not know of it. `None` where it
/// is neither worse nor surer and did not happen again: what says the same once more was answered.
pub(super) fn carried(incident: &Incident, answered: Option<&AnsweredIncident>) -> Option<Carried> {
    let all = |cause| Carried { raised: raised_by_all(incident), cause };
    let Some(AnsweredIncident { stood, ended_at, .. }) = answered else {
        return Some(all(ReopeningCause::New));
    };
    if !is_notified_of(incident) {
        return None;
    }
    if incident.reported.by_two > stood.reported.by_two.max(*ended_at) {
        return Some(all(ReopeningCause::Again));
    }
    if answered.is_some_and(|answered| answered.is_less_sure_than(incident)) {
        return Some(all(ReopeningCause::Surer));
    }
    let raises_more = incident.raises.map(|raised| raised.level) > stood.raised;
    let claimed = |cause| Carried { raised: raised_by_claims(incident), cause };
    if incident.reported.latest > stood.reported.latest.max(*ended_at) {
        Some(claimed(ReopeningCause::Again))
    } else if raises_more || has_grown(&stood.measured(incident), incident) {
        Some(claimed(ReopeningCause::Worse))
    } else {
        None
    }
}

impl AnsweredIncident {
    /// True where two speakers, or the desk, affirm more of it by now. That the desk confirms what it found to have happened when it
    /// ended the alert affirms nothing more.
    fn is_less_sure_than(&self, now: &Incident) -> bool {
        let (stood, attested) = (&self.stood, now.attested);
        let found = matches!(self.outcome, Some(AlertOutcome::Confirmed | AlertOutcome::Averted));
        let confirmed_since = now.verdict == Verdict::Confirmed && !stood.confirmed;
        let is_known = found && confirmed_since && !harms_more(stood.claimed, attested.extent);
        // What is affirmed of it is news by itself.
        if !is_news(attested.extent) {
            return false;
        }
        let more = attested.extent.severity > stood.attested.extent.severity
            || harms_more(stood.attested.extent, attested.extent);
        attested.awas > stood.attested.awas || more && !is_known
    }
}

/// What it raises by itself, waspada at least: it is notified of.
fn raised_by_all(incident: &Incident) -> RaisedAlone {
    incident.raises.unwrap_or(RaisedAlone {
        level: Level::Waspada,
        opening: None,
        rule: None,
        unverified: incident.affirmation() == Affirmation::Nothing,
    })
}

/// What it raises where nobody affirms what is new: a claim, which is never awas.
fn raised_by_claims(incident: &Incident) -> RaisedAlone {
    let by_rule = incident.raises.filter(|raised| raised.unverified && raised.level < Level::Awas);
    let claims = [by_rule, incident.claim_raises].into_iter().flatten();
    let most = claims.max_by_key(|raised| raised.level.min(Level::Siaga));
    let nothing = RaisedAlone { level: Level::Waspada, opening: None, rule: None, unverified: true };
    let most = most.unwrap_or(nothing);
    RaisedAlone { level: most.level.min(Level::Siaga), unverified: true, ..most }
}

#[cfg(test)]
mod tests;
