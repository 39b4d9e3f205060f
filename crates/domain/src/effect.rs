//! Effects: what the pipeline emits, as plain values committed together with state and offsets.

mod affirmed;
mod harmed;
mod raised;

pub use affirmed::{Affirmed, AffirmedBy};
pub use harmed::{HarmedPeople, RegencyHarm};
pub use raised::{RaisedAlone, RuleMark};

use crate::evidence::attestation::{Affirmation, Attested, Extent, ReportedUntil};
use crate::evidence::second_person::DeskRequest;
use crate::feature::FeatureVector;
use crate::kind::{Category, CheckReason, Horizon, Kind, Level, OpeningGround, OpeningVoice, Outcome, Stage};
use crate::place::{Code, Place, UnitId};
use crate::report::ReportName;
use crate::scorer::Contributions;
use crate::time::{HOUR, Time};
use alloc::{boxed::Box, string::String, vec::Vec};
use core::num::NonZeroU64;

#[expect(
    clippy::large_enum_variant,
    reason = "most effects of a record are incidents: a box for each would cost an allocation and save nothing"
)]
#[derive(Clone, PartialEq, Debug)]
pub enum Effect {
    /// A report's outcome as it now stands, and the incident it belongs to (its earliest report's name).
    /// EmittedAssessment again whenever a later record changes it.
    Outcome {
        regency: Code,
        report: ReportName,
        outcome: Outcome,
        incident: Option<ReportName>,
    },
    /// An incident as it now stands; the same `id` replaces what was emitted before.
    Incident(Incident),
    /// The incident of this name is no more (its earliest report moved, merged or went).
    IncidentGone {
        regency: Code,
        id: ReportName,
    },
    /// A report of an incident says nothing of it any more, since the desk rejected it and another report of it stands; or it
    /// says it again.
    SetAside {
        regency: Code,
        report: ReportName,
        set_aside: bool,
    },
    Assessment(Assessment),
    Condition(Box<Condition>),
}

/// How long after its begin what is reported of an incident is called another time of it.
const AGAIN_AFTER: i64 = 3 * HOUR;

/// What happened; one or more reports incident. Its id is the name of its earliest report.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Incident {
    pub id: ReportName,
    pub place: Place,
    pub kind: Kind,
    pub category: Category,
    pub occurred_at: Time,
    /// When the first of its reports was received, where no sender's clock can be believed; of what was just emitted only.
    pub doubtful: Option<Time>,
    pub stage: Option<Stage>,
    /// The highest that any of its reports says.
    pub claimed: Extent,
    /// What two speakers affirm or the desk confirmed.
    pub attested: Attested,
    /// The severity that counts: attested, or said by one whose word counts alone.
    pub counted_severity: u8,
    /// How many independent speakers affirm it.
    pub speakers: u8,
    pub reports: u16,
    pub verdict: Verdict,
    /// True where patrols alone found it: kept out of the features.
    pub patrol: bool,
    /// Why a person must look into it.
    pub check: Option<CheckReason>,
    /// Where that is [`CheckReason::Changed`]: what its sources send by now, as one number; of what was just emitted only.
    pub changed: Option<NonZeroU64>,
    /// One person of the desk asks for awas, and no second person has confirmed it.
    pub awas_request: Option<DeskRequest>,
    /// One person of the desk takes some of it back, which stands at siaga or above, and no second person has joined.
    pub take_back_request: Option<DeskRequest>,
    /// How many reports deny it: it is disputed where any does. No level follows from it.
    pub denials: u16,
    /// The latest time at which a report says that it was over. No level follows from it.
    pub ended_at: Option<Time>,
    /// Until when it opens an alert by itself where nothing stands, if only as a claim; `None` where it opens none. What is
    /// notified of within an open alert asks the same.
    pub opens_until: Option<Time>,
    /// What it raises by itself where nothing stands, where it raises anything; of what was just emitted only.
    pub raises: Option<RaisedAlone>,
    /// What the words of its single speakers open, siaga at most; of what was just emitted only.
    pub claim_raises: Option<RaisedAlone>,
    /// Until when its reports tell of something that is news by itself; never of what lasts for days.
    pub reported: ReportedUntil,
}

impl Incident {
    /// The incident of one report, by a speaker whose word counts alone: nobody else affirms or denies it, and the desk has not judged
    /// it.
    pub fn of_one_report(
        id: ReportName,
        place: Place,
        (kind, category): (Kind, Category),
        occurred_at: Time,
        claimed: Extent,
    ) -> Incident {
        Incident {
            id,
            place,
            kind,
            category,
            occurred_at,
            doubtful: None,
            stage: None,
            claimed,
            attested: Attested::default(),
            counted_severity: claimed.severity,
            speakers: 1,
            reports: 1,
            verdict: Verdict::Unverified,
            patrol: false,
            check: None,
            changed: None,
            awas_request: None,
            take_back_request: None,
            denials: 0,
            ended_at: None,
            opens_until: None,
            raises: None,
            claim_raises: None,
            reported: ReportedUntil::default(),
        }
    }

    /// True where a report says that it did not happen.
    pub fn is_disputed(&self) -> bool {
        self.denials > 0
    }

    /// When it counts as news: as it happened; as it was received where no sender's clock can be believed.
    pub fn news_at(&self) -> Time {
        self.doubtful.unwrap_or(self.occurred_at)
    }

    /// When something of it happened again, hours after it began; what sources say of one event differs by less.
    pub fn again_at(&self) -> Option<Time> {
        let again = self.reported.latest;
        (again >= self.occurred_at.plus(AGAIN_AFTER)).then_some(again)
    }

    /// How much of what is claimed is affirmed.
    pub fn affirmation(&self) -> Affirmation {
        let (attested, claimed) = (self.attested.extent, self.claimed);
        // The desk confirms what it was shown, and vouches for nothing that others claim later.
        if attested.highest(claimed) == attested {
            Affirmation::All
        } else if attested.severity > 0 || self.verdict == Verdict::Confirmed {
            Affirmation::Part
        } else {
            Affirmation::Nothing
        }
    }

    /// The request for awas that still waits for a second person at `now`.
    pub fn awas_waits(&self, now: Time) -> Option<DeskRequest> {
        self.awas_request.filter(|request| request.waits(now))
    }

    /// The request to take some of it back that still waits for a second person at `now`.
    pub fn take_back_waits(&self, now: Time) -> Option<DeskRequest> {
        self.take_back_request.filter(|request| request.waits(now))
    }

    /// The request that a record of the desk makes of it, for awas or to take something back.
    pub fn request_of(&self, record: ReportName) -> Option<DeskRequest> {
        let requests = [self.awas_request, self.take_back_request].into_iter().flatten();
        requests.into_iter().find(|request| request.verification == record)
    }

    /// Why a person must look into it at `now`.
    pub fn to_check(&self, now: Time) -> Option<CheckReason> {
        let awas = self.awas_waits(now).map(|_| CheckReason::Second);
        let take_back = self.take_back_waits(now).map(|_| CheckReason::TakeBack);
        self.check.or(awas).or(take_back)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Verdict {
    #[default]
    Unverified,
    Confirmed,
    Rejected,
}

impl Verdict {
    /// False where the desk rejected the incident: it then counts for nothing, whatever counts.
    pub const fn counts(self) -> bool {
        !matches!(self, Verdict::Rejected)
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Verdict::Unverified => "unverified",
            Verdict::Confirmed => "confirmed",
            Verdict::Rejected => "rejected",
        }
    }
}

/// Risk of one (unit, kind, horizon) at an instant, with what it rests on.
#[derive(Clone, PartialEq, Debug)]
pub struct Assessment {
    pub unit: UnitId,
    pub kind: Kind,
    pub horizon: Horizon,
    pub at: Time,
    pub risk_ppm: u32,
    pub base_ppm: u32,
    pub level: Level,
    pub completeness_ppm: u32,
    pub model: u16,
    pub calibrated: bool,
    /// What it rests on; left out where nobody will read it (a replay).
    pub why: Option<Box<Why>>,
}

/// What an assessment rests on.
#[derive(Clone, PartialEq, Debug)]
pub struct Why {
    /// The local climatology's probability over the horizon: the baseline beside the risk.
    pub baseline_ppm: u32,
    pub features: FeatureVector,
    pub contributions: Contributions,
}

/// A cell's condition as it now stands, and what changed.
#[derive(Clone, PartialEq, Debug)]
pub struct Condition {
    pub unit: UnitId,
    pub kind: Kind,
    pub change: ConditionChange,
    pub at: Time,
    pub level: Level,
    pub since: Time,
    pub reasons: Vec<ConditionReason>,
    /// Incidents the reasons rest on, by the name of their earliest report.
    pub evidence: Vec<ReportName>,
    /// Rests on one source alone and no verification: shown as "belum terverifikasi".
    pub unverified: bool,
    pub completeness_ppm: u32,
    /// Version of the policy file that decided.
    pub policy: String,
}

impl Condition {
    /// What its districts give it by their count, where they do.
    pub fn districts(&self) -> Option<DistrictCount> {
        self.reasons.iter().find_map(ConditionReason::districts)
    }

    /// True where it rests on nothing surer than what one party to the dispute claims: shown as "klaim satu pihak". What districts
    /// raise rests on more.
    pub fn is_claimed_by_one_party(&self) -> bool {
        let claim = |reason: &ConditionReason| {
            matches!(reason, ConditionReason::Opening { voice: OpeningVoice::OneParty, .. })
        };
        let by_districts = |reason: &ConditionReason| matches!(reason, ConditionReason::Districts(_));
        self.unverified && self.reasons.iter().any(claim) && !self.reasons.iter().any(by_districts)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ConditionChange {
    /// A level where there was none.
    Raised,
    /// Another level, or other reasons.
    Changed,
    /// The reasons are gone but the feeds are silent: the level stays and a person is asked.
    Stale,
    /// The reasons are gone and the feeds still speak.
    Cleared,
    /// Evidence that came late shows the reasons never held.
    Withdrawn,
}

impl ConditionChange {
    /// True where a condition stands after this change.
    pub const fn stands(self) -> bool {
        !matches!(self, ConditionChange::Cleared | ConditionChange::Withdrawn)
    }

    /// True where it says at which level it stands, and why.
    pub const fn moves_level(self) -> bool {
        matches!(self, ConditionChange::Raised | ConditionChange::Changed)
    }

    /// True where it stands at a level that warns.
    pub fn stands_at(self, level: Level) -> bool {
        self.stands() && level.is_warning()
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            ConditionChange::Raised => "raised",
            ConditionChange::Changed => "changed",
            ConditionChange::Stale => "stale",
            ConditionChange::Cleared => "cleared",
            ConditionChange::Withdrawn => "withdrawn",
        }
    }
}

/// Why a condition stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ConditionReason {
    /// A rule of the policy, by id.
    Rule(String),
    /// The model's risk at this horizon.
    Model { horizon: Horizon, risk_ppm: u32, base_ppm: u32 },
    /// What an incident opens by itself.
    Opening { voice: OpeningVoice, ground: OpeningGround },
    /// So many districts of the regency stand at siaga or above.
    Districts(DistrictCount),
    /// Signs of a conflict pile up.
    PileUp(PileUp),
    /// Sensors see at least this many hotspots of high confidence within so many hours.
    Hotspots { count: u32, hours: u32 },
    /// A sensor warns of a disaster of at least this severity, for so many hours.
    Warning { severity: u32, hours: u32 },
}

impl ConditionReason {
    /// What districts give by their count, where that is the reason.
    pub fn districts(&self) -> Option<DistrictCount> {
        if let ConditionReason::Districts(districts) = self { Some(*districts) } else { None }
    }

    /// True where a reader need not be notified of the difference: signs that pile up come and go all day.
    pub fn says_the_same(&self, other: &ConditionReason) -> bool {
        match (self, other) {
            (ConditionReason::PileUp(one), ConditionReason::PileUp(other)) => {
                let (less, more) = (one.signs.min(other.signs), one.signs.max(other.signs));
                one.days == other.days && more / 2 < less
            }
            _ => self == other,
        }
    }
}

/// What the districts that stand at siaga or above give their regency by their count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DistrictCount {
    pub count: u32,
    /// From how many on they raise the regency.
    pub needed: u32,
    /// What the regency's own incidents raise without them.
    pub alone: Level,
    /// The same with what the model asks for.
    pub with_model: Level,
}

impl DistrictCount {
    /// As builds before 30 November 2026 kept it: so many are needed as there are, and nothing else raises anything.
    pub const fn of_earlier_build(count: u32) -> DistrictCount {
        DistrictCount { count, needed: count, alone: Level::Low, with_model: Level::Low }
    }
}

/// How many signs of a conflict there are within so many days, and how many tenths of a sign as many days have on the average of
/// the days before, up to [`PileUpPolicy::REACH`](crate::policy::PileUpPolicy::REACH) back; 0 where none is on record then.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PileUp {
    pub signs: u32,
    pub days: u32,
    pub usual_tenths: u32,
}
