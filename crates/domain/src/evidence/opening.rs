//! What a single speaker's report opens, before anybody affirms it, and what somebody must look into.
//!
//! The desk's rating and a feed's own, as far as it goes down, are heard first: what is doubted opens nothing, what cannot be
//! judged asks a person in a conflict. No rating silences a death or a disaster that threatens lives.

use super::IncidentState;
use super::attestation::{Claim, Extent};
use super::report_entry::Rating;
use crate::effect::Verdict;
use crate::kind::{CheckReason, FeedClass, Kind, Level, OpeningGround, OpeningVoice};
use crate::policy::OpeningPolicy;
use core::cmp::Reverse;

/// From this severity, or from so many injured or displaced, a report is grave, whatever severity was chosen.
const GRAVE_SEVERITY: u8 = 4;
const GRAVE_INJURED: u16 = 3;
/// "Hundreds displaced" are an example of severity 4 in the taxonomy.
pub const GRAVE_DISPLACED: u32 = 100;
/// From this severity on a disaster is serious.
const SERIOUS_SEVERITY: u8 = 3;

/// Which voices said what of an incident: a set that each of its reports adds to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Openers(u16);

/// One sort of what is said; a voice's place is added to it.
const DEATH: u32 = 0;
const GRAVE: u32 = 3;
const GRAVE_UNJUDGED: u32 = 6;
const GRAVE_DOUBTED: u32 = 9;
const SERIOUS: u32 = 12;
/// Not by voice: something of a conflict that cannot be judged, grave or not.
const UNJUDGED: u32 = 13;

/// Voices of single speakers, by their place in the set.
const SINGLE: [OpeningVoice; 3] = [OpeningVoice::Uninvolved, OpeningVoice::OneParty, OpeningVoice::Community];

impl Openers {
    /// What one report adds.
    pub fn of(kind: Kind, claim: &Claim, rating: Rating) -> Openers {
        let voice = place(voice(kind, claim));
        let mut openers = Openers::default();
        if claim.extent.dead > 0 {
            openers.0 |= 1 << (DEATH + voice);
        }
        if is_grave(claim.extent) {
            let sort = match rating {
                Rating::Usable => GRAVE,
                Rating::Unjudged => GRAVE_UNJUDGED,
                Rating::Doubted => GRAVE_DOUBTED,
            };
            openers.0 |= 1 << (sort + voice);
        }
        // In a disaster what cannot be judged opens what it would: waiting costs more there than a false alarm.
        let unjudged = rating == Rating::Unjudged;
        let heard_as = if unjudged && kind == Kind::Disaster { Rating::Usable } else { rating };
        if unjudged && kind != Kind::Disaster {
            openers.0 |= 1 << UNJUDGED;
        }
        let counts = claim.counts_alone(kind, heard_as).severity;
        if counts >= SERIOUS_SEVERITY && claim.speaker.class != FeedClass::Community {
            openers.0 |= 1 << SERIOUS;
        }
        openers
    }

    pub fn join(self, other: Openers) -> Openers {
        Openers(self.0 | other.0)
    }

    fn has(self, sort: u32, voice: OpeningVoice) -> bool {
        voice != OpeningVoice::Verified && self.0 & 1 << (sort + place(voice)) != 0
    }
}

/// The place of a single speaker's voice among [`SINGLE`].
fn place(voice: OpeningVoice) -> u32 {
    SINGLE.iter().position(|single| *single == voice).unwrap_or_default() as u32
}

/// Whose word it is where nobody else affirms it.
fn voice(kind: Kind, claim: &Claim) -> OpeningVoice {
    if claim.speaker.class == FeedClass::Community {
        OpeningVoice::Community
    } else if claim.is_involved(kind) && !claim.is_village_between_residents(kind) {
        OpeningVoice::OneParty
    } else {
        OpeningVoice::Uninvolved
    }
}

/// True for what opens a level by [`OpeningGround::Grave`].
pub const fn is_grave(extent: Extent) -> bool {
    extent.severity >= GRAVE_SEVERITY
        || extent.injured >= GRAVE_INJURED
        || extent.displaced >= GRAVE_DISPLACED
}

/// What opens a level for one incident.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Opening {
    pub level: Level,
    pub voice: OpeningVoice,
    pub ground: OpeningGround,
}

impl Opening {
    /// The lowest is what speaks.
    pub fn rank(&self) -> (Reverse<Level>, OpeningVoice, OpeningGround) {
        (Reverse(self.level), self.voice, self.ground)
    }
}

/// The highest that an incident opens, by the surest voice; `None` where it opens nothing. Awas never opens here.
pub fn opening(policy: &OpeningPolicy, incident: &IncidentState) -> Option<Opening> {
    // Of equal levels the surest voice and the gravest ground speak: they stand first in their lists.
    openings(policy, incident).min_by_key(Opening::rank)
}

/// All that an incident opens, by whatever voice.
pub fn openings<'a>(
    policy: &'a OpeningPolicy,
    incident: &IncidentState,
) -> impl Iterator<Item = Opening> + use<'a> {
    let verified = incident.verified();
    let (kind, openers) = (incident.cell.kind(), incident.claims.openers);
    // The hot path: most of what is reported is slight.
    let is_slight =
        openers == Openers::default() && verified.severity < SERIOUS_SEVERITY && verified.harmed() == 0;
    let disaster = kind == Kind::Disaster;
    let threatens = disaster && policy.life_threatening.has(incident.category);
    let holds = move |voice: OpeningVoice, ground: OpeningGround| match (voice, ground) {
        (OpeningVoice::Verified, OpeningGround::Death) => verified.dead > 0,
        (OpeningVoice::Verified, OpeningGround::LifeThreatening) => threatens && is_grave(verified),
        (OpeningVoice::Verified, OpeningGround::Grave) => is_grave(verified),
        (OpeningVoice::Verified, OpeningGround::Serious) => disaster && verified.severity >= SERIOUS_SEVERITY,
        (voice, OpeningGround::Death) => openers.has(DEATH, voice),
        (voice, OpeningGround::LifeThreatening) => {
            threatens && [GRAVE, GRAVE_UNJUDGED, GRAVE_DOUBTED].iter().any(|sort| openers.has(*sort, voice))
        }
        (voice, OpeningGround::Grave) => {
            openers.has(GRAVE, voice) || disaster && openers.has(GRAVE_UNJUDGED, voice)
        }
        (voice, OpeningGround::Serious) => {
            voice == OpeningVoice::Uninvolved && disaster && openers.0 & 1 << SERIOUS != 0
        }
    };
    let heard = incident.verdict.counts() && !is_slight;
    let voices = OpeningVoice::ALL.iter().filter(move |_| heard);
    let open = voices
        .flat_map(|voice| OpeningGround::ALL.iter().map(move |ground| (*voice, *ground)))
        .filter(move |(voice, ground)| holds(*voice, *ground));
    open.map(|(voice, ground)| Opening { level: policy.level(voice, ground), voice, ground })
}

/// Why a person must look into an incident: the desk judged something else than what is said now, nobody can judge what is said, or
/// only the community says it. But for the first nothing is asked once two speakers affirm it or the desk has judged it.
pub fn check_reason(policy: &OpeningPolicy, incident: &IncidentState) -> Option<CheckReason> {
    if incident.changed {
        return Some(CheckReason::Changed);
    }
    if incident.claims.openers == Openers::default() {
        return is_unclear_echo(incident).then_some(CheckReason::Echo);
    }
    let opened = opening(policy, incident);
    if is_judged(incident)
        || opened.is_some_and(|opened| {
            opened.voice == OpeningVoice::Verified && opened.ground != OpeningGround::Serious
        })
    {
        return None;
    }
    if is_unjudged(incident) {
        return Some(CheckReason::Unjudged);
    }
    let community = opened.is_some_and(|opened| opened.voice == OpeningVoice::Community);
    if community {
        return Some(CheckReason::Community);
    }
    is_unclear_echo(incident).then_some(CheckReason::Echo)
}

/// True where something of a conflict cannot be judged: it is grave, or two speakers or the desk affirm less than what is claimed.
fn is_unjudged(incident: &IncidentState) -> bool {
    let openers = incident.claims.openers;
    let grave = SINGLE.iter().any(|voice| openers.has(GRAVE_UNJUDGED, *voice));
    let any = openers.0 & 1 << UNJUDGED != 0;
    incident.cell.kind() != Kind::Disaster
        && (grave || any && incident.verified().severity < incident.claims.claimed.severity)
}

/// True where the desk rejected it, or confirmed all that is claimed.
fn is_judged(incident: &IncidentState) -> bool {
    match incident.verdict {
        Verdict::Unverified => false,
        Verdict::Confirmed => incident.claims.confirmed == incident.claims.claimed,
        Verdict::Rejected => true,
    }
}

/// True where two speakers say the same word for word, nobody judged it, and others affirm less than what is claimed. Slight
/// things are forwarded all day, and no level hangs on them.
fn is_unclear_echo(incident: &IncidentState) -> bool {
    let claims = &incident.claims;
    claims.echoed
        && (claims.claimed.severity >= SERIOUS_SEVERITY || claims.claimed.harmed() > 0)
        && !is_judged(incident)
        && incident.verified().severity < claims.claimed.severity
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hundreds_displaced_are_grave_whatever_severity_was_chosen() {
        let displaced = |displaced| Extent { severity: 2, displaced, ..Extent::default() };
        assert!(is_grave(displaced(120)) && is_grave(displaced(1_200)));
        assert!(!is_grave(displaced(99)), "some displaced are severity 3 in the taxonomy");
    }
}
