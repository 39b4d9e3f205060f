//! What of an alert's life the team is notified of, and how soon a message has to arrive.

use super::reopening::ReopeningCause;
use super::{Act, Alert, SecondAnswer, State};
use crate::effect::{ConditionChange, Incident};
use crate::evidence::attestation::{Affirmation, Extent};
use crate::evidence::second_person::DeskRequest;
use crate::kind::{CheckReason, Level};
use crate::place::Code;
use crate::time::{DAY, HOUR, MINUTE, SECOND, Time};

states!(AlertChangeKind {
    Opened = "opened", Risen = "risen", Returned = "returned", NewIncident = "new_incident", Grown = "grown", Assigned = "assigned",
    Disputed = "disputed", TakenBack = "taken_back", FewerHarmed = "fewer_harmed", Lowered = "lowered", Cleared = "cleared", Withdrawn = "withdrawn", Ended = "ended", Changed = "changed",
    ToCheck = "check", ToSecond = "second", WithdrawalAsked = "withdrawal_asked", NotAgreed = "not_agreed",
    RequestDropped = "request_dropped", RequestLapsed = "request_lapsed",
});

/// Whom a message about an alert's change is for; who of them is in the roster and what reaches them is for who sends it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ChangeAudience {
    Nobody,
    /// Who is on duty, or the second person who is to confirm it.
    Duty,
    /// Those whom the place, the kind and the level concern.
    Concerned,
    /// Who was notified of the alert before: to anybody else its fall or end is no news.
    Notified,
    /// Who was notified of the incident that is taken back, or of which less is claimed.
    NotifiedOfIncident,
    Assignee,
    /// Who may be the second person.
    SecondPersons,
    /// The desk and who asked, and, where the request was dropped, whom they asked.
    Asked,
}

impl AlertChangeKind {
    /// Whom a message about it is for.
    pub const fn audience(self) -> ChangeAudience {
        match self {
            AlertChangeKind::Changed => ChangeAudience::Nobody,
            AlertChangeKind::ToCheck | AlertChangeKind::ToSecond => ChangeAudience::Duty,
            AlertChangeKind::Opened
            | AlertChangeKind::Risen
            | AlertChangeKind::Returned
            | AlertChangeKind::NewIncident
            | AlertChangeKind::Grown => ChangeAudience::Concerned,
            AlertChangeKind::Lowered
            | AlertChangeKind::Cleared
            | AlertChangeKind::Withdrawn
            | AlertChangeKind::Ended
            | AlertChangeKind::Disputed => ChangeAudience::Notified,
            AlertChangeKind::TakenBack | AlertChangeKind::FewerHarmed => ChangeAudience::NotifiedOfIncident,
            AlertChangeKind::Assigned => ChangeAudience::Assignee,
            AlertChangeKind::WithdrawalAsked => ChangeAudience::SecondPersons,
            AlertChangeKind::NotAgreed | AlertChangeKind::RequestDropped | AlertChangeKind::RequestLapsed => {
                ChangeAudience::Asked
            }
        }
    }

    /// True for what is about no alert: an incident that a person must look into, or that a second person must confirm.
    pub const fn is_check(self) -> bool {
        matches!(self.audience(), ChangeAudience::Duty)
    }

    /// What an act made of an alert that stood as `before`.
    pub fn of(before: &Alert, next: &Alert, act: &Act) -> AlertChangeKind {
        let condition = match act {
            Act::Condition(condition) => Some(condition.change),
            Act::Reopened(since) if since.cause == ReopeningCause::Left => Some(since.condition.change),
            _ => None,
        };
        match act {
            Act::AnswerSecond { answer: SecondAnswer::Declined | SecondAnswer::Unjudged, .. } => {
                AlertChangeKind::NotAgreed
            }
            Act::CancelRequest { .. } => AlertChangeKind::RequestDropped,
            Act::LapseSecond { .. } | Act::LapseWithdrawal => AlertChangeKind::RequestLapsed,
            // The alert stays as it is, also where it was withdrawn long ago.
            Act::SendAgain { .. } | Act::AskSecond { .. } | Act::AnswerSecond { .. } => {
                AlertChangeKind::Changed
            }
            _ if act.ends().is_some() && next.state.is_live() => AlertChangeKind::WithdrawalAsked,
            _ if next.state == State::Withdrawn => AlertChangeKind::Withdrawn,
            // Who heard of it hears how it ended.
            _ if next.state == State::Resolved => AlertChangeKind::Ended,
            _ if next.level > before.level => AlertChangeKind::Risen,
            Act::Assign { .. } => AlertChangeKind::Assigned,
            Act::NewIncident { .. } => AlertChangeKind::NewIncident,
            Act::Grown { .. } => AlertChangeKind::Grown,
            Act::Dispute { .. } => AlertChangeKind::Disputed,
            Act::TakenBack { .. } => AlertChangeKind::TakenBack,
            Act::FewerHarmed { .. } => AlertChangeKind::FewerHarmed,
            // It had cleared and is back, at whatever level: who went home must hear of it again.
            _ if before.cleared_at.is_some() && condition.is_some_and(ConditionChange::stands) => {
                if next.cleared_at.is_none() { AlertChangeKind::Returned } else { AlertChangeKind::Changed }
            }
            // It stands as high as before by something that is worse or surer: what came in since an end moves the alert alone.
            Act::Reopened(since) if since.cause != ReopeningCause::Left => AlertChangeKind::Grown,
            // Who heard of an awas, or of a siaga that never fell before, hears also that it is over.
            _ if condition == Some(ConditionChange::Cleared) && before.cleared_at.is_none() => {
                let heard = next.peak == Level::Awas || next.level >= Level::Siaga;
                if heard { AlertChangeKind::Cleared } else { AlertChangeKind::Changed }
            }
            _ if next.level < before.level && condition == Some(ConditionChange::Changed) => {
                AlertChangeKind::Lowered
            }
            _ => AlertChangeKind::Changed,
        }
    }

    /// True where a message about this takes the place of one about `waiting` that the same person waits for about the same
    /// alert. What is for who gets it alone is said by a message of its own; what has ended needs nobody's work.
    pub fn takes_place_of(self, waiting: AlertChangeKind) -> bool {
        use AlertChangeKind::{RequestDropped, RequestLapsed, WithdrawalAsked};
        let own = |change: AlertChangeKind| change.goes_alone().then_some(change);
        let drops = matches!(self, RequestDropped | RequestLapsed) && waiting == WithdrawalAsked;
        self.is_end() || drops || own(self) == own(waiting)
    }

    /// True where this also makes untrue what waits about `waiting` for others, who get no message about this: a fall does that to
    /// news of the level before, an assignment to the one before it, an end to everything.
    pub fn outdates(self, waiting: AlertChangeKind) -> bool {
        match self {
            AlertChangeKind::Assigned => waiting == AlertChangeKind::Assigned,
            AlertChangeKind::Lowered => waiting != AlertChangeKind::Assigned && self.takes_place_of(waiting),
            _ => self.is_end(),
        }
    }

    /// True where it is no news of the alert but for who gets it alone, such as a question: it is folded into no other message.
    pub const fn goes_alone(self) -> bool {
        use AlertChangeKind::{NotAgreed, RequestDropped, RequestLapsed, WithdrawalAsked};
        matches!(self, WithdrawalAsked | NotAgreed | RequestDropped | RequestLapsed)
    }

    /// True where the alert is over by it: a person ended it, or it was withdrawn.
    pub const fn is_end(self) -> bool {
        matches!(self, AlertChangeKind::Withdrawn | AlertChangeKind::Ended)
    }

    /// How much worse it is than other news of the same alert, for the order in which one message says them.
    pub const fn weight(self) -> u8 {
        match self {
            AlertChangeKind::Withdrawn | AlertChangeKind::Ended => 7,
            AlertChangeKind::Opened | AlertChangeKind::Risen => 6,
            AlertChangeKind::Returned => 5,
            AlertChangeKind::Assigned => 4,
            AlertChangeKind::NewIncident | AlertChangeKind::Grown => 3,
            AlertChangeKind::Disputed | AlertChangeKind::TakenBack => 2,
            AlertChangeKind::FewerHarmed => 0,
            _ => 1,
        }
    }

    /// True where it is what one incident does to an open alert, its denial and its end too.
    pub const fn is_by_incident(self) -> bool {
        use AlertChangeKind::{Disputed, FewerHarmed, TakenBack};
        self.is_of_incident() || matches!(self, Disputed | TakenBack | FewerHarmed)
    }

    /// True where what it says of its one incident is still so; `incident` is `None` where that is no more. News of what is rejected
    /// or taken back by now is not sent, nor that something was which is claimed again.
    pub fn holds_of(self, incident: Option<&Incident>) -> bool {
        let counts = incident.is_some_and(claims_news);
        match self {
            AlertChangeKind::TakenBack => !counts,
            AlertChangeKind::FewerHarmed => counts,
            AlertChangeKind::Disputed => incident.is_some_and(|incident| incident.verdict.counts()),
            change => !change.is_of_incident() || counts,
        }
    }

    /// True where it is about one incident within an open alert that came in, or became worse or surer.
    pub const fn is_of_incident(self) -> bool {
        matches!(self, AlertChangeKind::NewIncident | AlertChangeKind::Grown)
    }

    /// True where somebody is notified of it.
    pub fn notifies(self) -> bool {
        self.audience() != ChangeAudience::Nobody
    }

    /// True for what is worse than what is known: it is new, it rose, or it stands again after it had cleared.
    pub const fn is_rise(self) -> bool {
        matches!(self, AlertChangeKind::Opened | AlertChangeKind::Risen | AlertChangeKind::Returned)
    }

    /// True where it waits for no pause after `last`, which was that what stood is over. Who knows of nothing that
    /// stands would else know nothing of a siaga while it waits. `rises` so high were sent within [`RISES_COUNTED_FOR`]: who was sent
    /// as many as [`RISES_AT_ONCE`] knows of a source that raises and takes back.
    pub fn follows_an_end(self, level: Level, last: AlertChangeKind, rises: u64) -> bool {
        let was_over = last.is_end() || last == AlertChangeKind::Cleared;
        self.is_rise() && level >= Level::Siaga && was_over && rises < RISES_AT_ONCE
    }

    /// True where it waits for no pause between two messages to one person: what is worse, what calls one person to act, and a
    /// request for a second person with what came of it.
    pub const fn goes_at_once(self) -> bool {
        self.is_rise() || self.goes_alone() || matches!(self, AlertChangeKind::Assigned)
    }
}

/// From this counted severity on an incident that comes into an open alert is notified of.
pub const NOTIFIED_SEVERITY: u8 = 3;
/// What happened longer before an alert opened is no news of it.
const BEFORE_OPENING: i64 = DAY;
/// At most one message about an alert to one person in this time, but for what [goes at once](AlertChangeKind::goes_at_once).
pub const MESSAGE_PAUSE: i64 = 10 * MINUTE;
/// Of what one source raises again on its word alone, of one place and kind, so many rises to siaga or above go to one person without a
/// pause after the end of the one before, within [`RISES_COUNTED_FOR`].
pub const RISES_AT_ONCE: u64 = 2;
/// How far back the rises are counted.
pub const RISES_COUNTED_FOR: i64 = HOUR;

/// How long a message waits after the last one that its pause counts: twice as long where so many `rises` as go at once were sent
/// lately, and the desk alone is notified.
pub const fn pause_after(rises: u64, to_desk_alone: bool) -> i64 {
    if to_desk_alone && rises >= RISES_AT_ONCE { 2 * MESSAGE_PAUSE } else { MESSAGE_PAUSE }
}

/// How long a siaga of which the desk alone is notified waits after news of another alert that is over by now: not at all, but for the third
/// within an hour and those after it, which such a source may take back again within moments. Nobody else is notified of it meanwhile: only
/// from the seventh on it waits longer. No pause that is for everybody's sake keeps it.
pub const fn raised_again_pause(rises: u64) -> Option<i64> {
    match rises {
        0..RISES_AT_ONCE => None,
        RISES_AT_ONCE..RISES_SOON => Some(RAISED_AGAIN_SOON),
        _ => Some(RAISED_AGAIN_PAUSE),
    }
}

/// So many rises within [`RISES_COUNTED_FOR`] wait no longer than it takes to see that a source which raises and takes back in turn lets
/// this one stand.
const RISES_SOON: u64 = 6;
const RAISED_AGAIN_SOON: i64 = 30 * SECOND;
/// Half again as long as a source that raises and takes back mostly lets it stand.
const RAISED_AGAIN_PAUSE: i64 = 150 * SECOND;

/// From this many reports taken back in a day on, a source's word alone goes to the desk only.
pub const TAKEN_BACK: u64 = 3;

/// True where news of an alert that rests on the word of one source, which took so many reports back in a day, goes to the desk only:
/// the others are owed it. Awas never rests on one word.
pub fn is_for_desk_alone(change: AlertChangeKind, level: Level, taken_back: u64) -> bool {
    (change.is_rise() || change.is_of_incident()) && level < Level::Awas && taken_back >= TAKEN_BACK
}

/// True where the team would be notified of this incident: it counts as grave, or it is one that opens an alert where nothing
/// stands, as one party's claim also.
pub fn is_notified_of(incident: &Incident) -> bool {
    incident.verdict.counts() && (is_counted_grave(incident) || incident.opens_until.is_some())
}

/// From this counted severity on more than a claim stands behind it.
pub fn is_counted_grave(incident: &Incident) -> bool {
    incident.counted_severity >= NOTIFIED_SEVERITY
}

/// What an incident that is now `now` and was `before` does to the open alert of its place and kind. Of one that
/// becomes severe enough and disputed at once the severity is the news.
pub fn incident_act(before: Option<&Incident>, now: &Incident) -> Option<Act> {
    if is_notified_of(now) {
        let Some(known) = before.filter(|before| is_notified_of(before)) else {
            return Some(Act::NewIncident { incident: now.id });
        };
        if has_grown(known, now) {
            let by_people_alone = !is_graver_or_surer(known, now);
            return Some(Act::Grown { incident: now.id, was: known.claimed, by_people_alone });
        }
    }
    let disputed = now.is_disputed() && !before.is_some_and(Incident::is_disputed);
    disputed.then_some(Act::Dispute { incident: now.id })
}

/// True where an incident that the team may know of as it was `known` did not happen so: it is no more (`None`), was rejected, or less is
/// claimed of it than the team would be notified of, where any one figure is lower. What counts for less while its claim stands
/// is not taken back.
pub fn is_taken_back(known: &Incident, now: Option<&Incident>) -> bool {
    let is_lower = |now: &Incident| now.claimed.lowest(known.claimed) != known.claimed;
    let claims_less = |now: &Incident| is_lower(now) && !claims_news(now);
    claims_news(known) && now.is_none_or(|now| !now.verdict.counts() || claims_less(now))
}

/// True where an incident that the team may know of as it was `known` goes on with fewer people harmed, so many that the same in the
/// other direction were news: who reads those figures reads what nobody stands by.
pub fn is_fewer_harmed(known: &Incident, now: &Incident) -> bool {
    claims_news(known) && claims_news(now) && harms_more(now.claimed, known.claimed)
}

/// True where the team would be notified of what is claimed of an incident, if it counted.
pub fn claims_news(incident: &Incident) -> bool {
    let is_grave = is_counted_grave(incident) || incident.claimed.severity >= NOTIFIED_SEVERITY;
    incident.verdict.counts() && (is_grave || incident.opens_until.is_some())
}

/// True where an incident that the team was notified of became so much worse that it must hear of it: the first dead, injured
/// or displaced person, a number that is three times as high, a graver stage; or where it was a claim and counts as grave by now,
/// or somebody else affirms some of it.
///
/// A number is news where it passes a power of three, so that each tripling is news, also one in small steps, and wherever
/// commits are cut.
pub(super) fn has_grown(before: &Incident, now: &Incident) -> bool {
    harms_more(before.claimed, now.claimed) || is_graver_or_surer(before, now)
}

fn is_graver_or_surer(before: &Incident, now: &Incident) -> bool {
    let graver_stage = before.stage.is_some() && now.stage > before.stage;
    let is_claim = |incident: &Incident| incident.affirmation() == Affirmation::Nothing;
    let surer = !is_counted_grave(before) && (is_counted_grave(now) || is_claim(before) && !is_claim(now));
    graver_stage || surer
}

/// True where an incident is no news of long before `since`: it happened not more than a day before, or could open an alert by
/// itself then.
pub(super) fn is_news_since(incident: &Incident, since: Time) -> bool {
    incident.news_at() >= since.plus(-BEFORE_OPENING)
        || incident.opens_until.is_some_and(|until| until > since)
}

/// Whose alert an incident of `district` moves: the district's where it has one, else the regency's.
pub fn alert_unit(district: Code, has_alert: bool) -> Code {
    if has_alert { district } else { district.regency() }
}

/// The incident that the team knew before a change: of the one with its name (`own`) and those that it continues the first
/// that it was notified of, else `own`.
pub fn known_before<'a>(
    own: Option<&'a Incident>,
    continued: impl Iterator<Item = &'a Incident>,
) -> Option<&'a Incident> {
    own.into_iter().chain(continued).find(|incident| is_notified_of(incident)).or(own)
}

/// How long after it happened an incident that somebody must look into stands on the list, and is news to who is on duty.
pub const CHECK_SHOWN_FOR: i64 = 30 * DAY;

/// True where an incident becomes one that somebody must look into, at `at`; `before` is all it was made from. What a source sends
/// in place of what the desk judged may be another thing each time: it is asked about whatever was asked before, once of each
/// content by who keeps the questions.
pub fn becomes_check<'a>(mut before: impl Iterator<Item = &'a Incident>, now: &Incident, at: Time) -> bool {
    let news = at.since(now.news_at()) <= CHECK_SHOWN_FOR;
    let changed = now.check == Some(CheckReason::Changed);
    now.check.is_some() && news && (changed || !before.any(|before| before.check.is_some()))
}

/// The requests that are news at `at`, for awas and to take something back: they wait for a second person, and the incident did
/// not carry them before.
pub fn new_requests<'a>(
    before: impl Iterator<Item = &'a Incident> + Clone,
    now: &Incident,
    at: Time,
) -> impl Iterator<Item = DeskRequest> {
    let waiting = [now.awas_waits(at), now.take_back_waits(at)].into_iter().flatten();
    waiting.filter(move |request| {
        !before.clone().any(|before| before.request_of(request.verification) == Some(*request))
    })
}

/// True where so many more people are harmed than before that it is news.
pub fn harms_more(before: Extent, now: Extent) -> bool {
    let people = |of: Extent| [u32::from(of.dead), u32::from(of.injured), of.displaced];
    let steps = |number: u32| number.checked_ilog(3).map_or(0, |power| power + 1);
    let (known, people) = (people(before).map(steps), people(now).map(steps));
    people.iter().zip(known).any(|(now, before)| *now > before)
}

/// True where an incident is of the time of an alert: what happened long before it opened is no news of it.
pub fn is_of_alert(alert: &Alert, incident: &Incident) -> bool {
    is_news_since(incident, alert.opened_at)
}

/// How long a message may take to be handed over before the person's next channel is tried. Who is on duty is asked to look
/// into something within a minute, whatever the level.
pub const fn hand_over_limit(change: AlertChangeKind, level: Level) -> i64 {
    match level {
        _ if change.is_check() => 60 * SECOND,
        Level::Awas => 60 * SECOND,
        Level::Siaga => 5 * MINUTE,
        _ => 30 * MINUTE,
    }
}

/// How long it may take before the desk is shown who has not got it: half of that, so that the desk knows within a minute
/// at awas.
pub const fn shown_late_after(change: AlertChangeKind, level: Level) -> i64 {
    hand_over_limit(change, level) / 2
}

/// How long it may take at the most, whatever the level, where a channel refused it for good and another is tried.
pub const REFUSAL_SHOWN_AFTER: i64 = 30 * SECOND;

/// How long after its last change an alert that ended still shows who has not got the last message about it.
pub const UNDELIVERED_SHOWN_FOR: i64 = DAY;

#[cfg(test)]
pub(super) mod tests;
