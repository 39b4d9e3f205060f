//! What of an alert's life the team is notified of, and how soon a message has to arrive.

use super::{Act, Alert, SecondAnswer, State};
use crate::effect::{Condition, ConditionChange, Incident};
use crate::evidence::second_person::DeskRequest;
use crate::kind::Level;
use crate::place::Code;
use crate::time::{DAY, MINUTE, SECOND, Time};
use alloc::vec;

states!(AlertChangeKind {
    Opened = "opened", Risen = "risen", Returned = "returned", NewIncident = "new_incident", Grown = "grown", Assigned = "assigned",
    Disputed = "disputed", Lowered = "lowered", Cleared = "cleared", Withdrawn = "withdrawn", Ended = "ended", Changed = "changed",
    ToCheck = "check", ToSecond = "second", WithdrawalAsked = "withdrawal_asked", NotAgreed = "not_agreed",
    RequestDropped = "request_dropped", RequestLapsed = "request_lapsed",
});

impl AlertChangeKind {
    /// True for what is about no alert: an incident that a person must look into, or that a second person must confirm.
    pub const fn is_check(self) -> bool {
        matches!(self, AlertChangeKind::ToCheck | AlertChangeKind::ToSecond)
    }

    /// What an act made of an alert that stood as `before`.
    pub fn of(before: &Alert, next: &Alert, act: &Act) -> AlertChangeKind {
        let condition = if let Act::Condition(condition) = act { Some(condition.change) } else { None };
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
            // It had cleared and is back, at whatever level: who went home must hear of it again.
            _ if before.cleared_at.is_some() && condition.is_some_and(ConditionChange::stands) => {
                if next.cleared_at.is_none() { AlertChangeKind::Returned } else { AlertChangeKind::Changed }
            }
            // Who heard of an awas hears also that it is over.
            _ if condition == Some(ConditionChange::Cleared) && before.cleared_at.is_none() => {
                if next.peak == Level::Awas { AlertChangeKind::Cleared } else { AlertChangeKind::Changed }
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

    /// True where it is no news of the alert but for who gets it alone, such as a question: it is folded into no other message.
    pub const fn goes_alone(self) -> bool {
        use AlertChangeKind::{Assigned, NotAgreed, RequestDropped, RequestLapsed, WithdrawalAsked};
        matches!(self, Assigned | WithdrawalAsked | NotAgreed | RequestDropped | RequestLapsed)
    }

    /// True where the alert is over by it: a person ended it, or it was withdrawn.
    pub const fn is_end(self) -> bool {
        matches!(self, AlertChangeKind::Withdrawn | AlertChangeKind::Ended)
    }

    /// How much worse it is than other news of the same alert, for the order in which one message says them.
    pub const fn weight(self) -> u8 {
        match self {
            AlertChangeKind::Withdrawn | AlertChangeKind::Ended => 6,
            AlertChangeKind::Opened | AlertChangeKind::Risen => 5,
            AlertChangeKind::Returned => 4,
            AlertChangeKind::NewIncident | AlertChangeKind::Grown => 3,
            AlertChangeKind::Disputed => 2,
            _ => 1,
        }
    }

    /// True where somebody is notified of it.
    pub fn notifies(self) -> bool {
        self != AlertChangeKind::Changed
    }

    /// True where it may not wait for the pause between two messages to one person: what is worse than what is known.
    pub const fn is_rise(self) -> bool {
        matches!(self, AlertChangeKind::Opened | AlertChangeKind::Risen)
    }
}

/// From this counted severity on an incident that comes into an open alert is notified of.
const NOTIFIED_SEVERITY: u8 = 3;
/// What happened longer before an alert opened is no news of it.
const BEFORE_OPENING: i64 = DAY;
/// At most one message about an alert to one person in this time, but for a rise.
pub const MESSAGE_PAUSE: i64 = 10 * MINUTE;

/// True where the team would be notified of this incident.
pub fn is_notified_of(incident: &Incident) -> bool {
    incident.counted_severity >= NOTIFIED_SEVERITY && incident.verdict.counts()
}

/// What an incident that is now `now` and was `before` does to the open alert of its place and kind. Of one that
/// becomes severe enough and disputed at once the severity is the news.
pub fn incident_act(before: Option<&Incident>, now: &Incident) -> Option<Act> {
    if is_notified_of(now) {
        let Some(known) = before.filter(|before| is_notified_of(before)) else {
            return Some(Act::NewIncident { incident: now.id });
        };
        if has_grown(known, now) {
            return Some(Act::Grown { incident: now.id });
        }
    }
    let disputed = now.is_disputed() && !before.is_some_and(Incident::is_disputed);
    disputed.then_some(Act::Dispute { incident: now.id })
}

/// True where an incident that the team was notified of became so much worse that it must hear of it: the first dead or injured
/// person, a number that is three times as high, a graver stage.
///
/// A number is news where it passes a power of three, so that each tripling is news, also one in small steps, and wherever
/// commits are cut.
fn has_grown(before: &Incident, now: &Incident) -> bool {
    let people =
        |of: &Incident| [u32::from(of.claimed.dead), u32::from(of.claimed.injured), of.claimed.displaced];
    let steps = |number: u32| number.checked_ilog(3).map_or(0, |power| power + 1);
    let [dead, injured, displaced] = people(before).map(steps);
    let [more_dead, more_injured, more_displaced] = people(now).map(steps);
    // The first displaced people are news by their level only.
    let displaces_more = displaced > 0 && more_displaced > displaced;
    let graver_stage = before.stage.is_some() && now.stage > before.stage;
    more_dead > dead || more_injured > injured || displaces_more || graver_stage
}

/// The word that opens an alert where none is live: a grave incident came in at `at` where `condition` stands, and the person who ended
/// the last alert did not know of it. `None` where nothing stands any more, or where it happened long before.
pub fn reopening(condition: &Condition, incident: &Incident, at: Time) -> Option<Condition> {
    let stands = condition.change.stands_at(condition.level);
    let news = incident.news_at() >= at.plus(-BEFORE_OPENING);
    (stands && news).then(|| Condition {
        change: ConditionChange::Raised,
        at,
        evidence: vec![incident.id],
        ..condition.clone()
    })
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

/// True where an incident becomes one that somebody must look into, at `at`; `before` is all it was made from.
pub fn becomes_check<'a>(mut before: impl Iterator<Item = &'a Incident>, now: &Incident, at: Time) -> bool {
    let news = at.since(now.news_at()) <= CHECK_SHOWN_FOR;
    now.check.is_some() && news && !before.any(|before| before.check.is_some())
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

/// True where an incident is of the time of an alert: what happened long before it opened is no news of it.
pub fn is_of_alert(alert: &Alert, incident: &Incident) -> bool {
    incident.news_at() >= alert.opened_at.plus(-BEFORE_OPENING)
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

/// How long after its last change an alert that ended still shows who has not got the last message about it.
pub const UNDELIVERED_SHOWN_FOR: i64 = DAY;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::tests::{alert, condition};
    use crate::alert::{AlertOutcome, transition};
    use crate::author::StampedAuthor;
    use crate::effect::Verdict;
    use crate::evidence::attestation::{Attested, Extent};
    use crate::kind::{Category, CheckReason, Kind, Stage};
    use crate::place::Place;
    use crate::report::{FeedId, ReportId, ReportName};
    use crate::time::HOUR;
    use alloc::string::String;

    fn name(id: u128) -> ReportName {
        ReportName { id: ReportId(id), feed: FeedId(1) }
    }

    fn moved(before: &Alert, act: &Act) -> (Alert, AlertChangeKind) {
        let next = transition(before, act, None, "sebab", Time(9)).unwrap();
        let change = AlertChangeKind::of(before, &next, act);
        (next, change)
    }

    #[test]
    fn every_rise_return_assignment_fall_and_withdrawal_notifies_and_other_acts_do_not() {
        let emitted = |change, level| Act::Condition(condition(change, level));
        let siaga = alert();
        let of = |act: &Act| moved(&siaga, act).1;
        assert_eq!(of(&emitted(ConditionChange::Changed, Level::Awas)), AlertChangeKind::Risen);
        assert_eq!(of(&emitted(ConditionChange::Changed, Level::Waspada)), AlertChangeKind::Lowered);
        assert_eq!(of(&emitted(ConditionChange::Changed, Level::Siaga)), AlertChangeKind::Changed);
        assert_eq!(of(&emitted(ConditionChange::Withdrawn, Level::Low)), AlertChangeKind::Withdrawn);
        let withdraw = |account| Act::Withdraw { by: StampedAuthor::of_desk(account, account) };
        assert_eq!(of(&withdraw("sari")), AlertChangeKind::WithdrawalAsked);
        let (asked, _) = moved(&siaga, &withdraw("sari"));
        assert_eq!(moved(&asked, &withdraw("budi")).1, AlertChangeKind::Withdrawn);
        for (answer, change) in [
            (SecondAnswer::Agreed, AlertChangeKind::Changed),
            (SecondAnswer::Declined, AlertChangeKind::NotAgreed),
            (SecondAnswer::Unjudged, AlertChangeKind::NotAgreed),
        ] {
            assert_eq!(moved(&asked, &Act::AnswerSecond { answer, verification: None }).1, change);
        }
        assert_eq!(moved(&asked, &Act::LapseWithdrawal).1, AlertChangeKind::RequestLapsed);
        let lapse = Act::LapseSecond { verification: name(9), takes_back: false };
        assert_eq!(moved(&siaga, &lapse).1, AlertChangeKind::RequestLapsed);
        let below = Alert { level: Level::Waspada, state: State::Acknowledged, ..siaga.clone() };
        let by = StampedAuthor::of_desk("sari", "sari");
        let resolve = |outcome| Act::Resolve { outcome, by: by.clone() };
        for outcome in [AlertOutcome::Confirmed, AlertOutcome::FalseAlarm] {
            assert_eq!(moved(&below, &resolve(outcome)).1, AlertChangeKind::Ended, "{outcome:?}");
        }
        assert_eq!(of(&Act::Assign { to: String::from("Camat") }), AlertChangeKind::Assigned);
        assert_eq!(of(&Act::NewIncident { incident: name(1) }), AlertChangeKind::NewIncident);
        assert_eq!(of(&Act::Grown { incident: name(1) }), AlertChangeKind::Grown);
        assert_eq!(of(&Act::Dispute { incident: name(1) }), AlertChangeKind::Disputed);
        let again = Act::SendAgain { people: alloc::vec![String::from("16.13/camat")] };
        for quiet in [again, Act::Acknowledge, Act::Respond, emitted(ConditionChange::Stale, Level::Siaga)] {
            assert!(!of(&quiet).notifies(), "{quiet:?}");
        }
        let (withdrawn, _) = moved(&asked, &withdraw("budi"));
        let again = Act::SendAgain { people: alloc::vec![String::from("16.13/camat")] };
        assert!(!moved(&withdrawn, &again).1.notifies(), "the withdrawal is not withdrawn again");
        let (awas, _) = moved(&siaga, &emitted(ConditionChange::Changed, Level::Awas));
        let (fallen, _) = moved(&awas, &emitted(ConditionChange::Changed, Level::Waspada));
        let (over, change) = moved(&fallen, &emitted(ConditionChange::Cleared, Level::Low));
        assert_eq!(change, AlertChangeKind::Cleared, "who heard of the awas hears that it is over");
        assert!(!moved(&over, &emitted(ConditionChange::Cleared, Level::Low)).1.notifies(), "once");
        let (cleared, change) = moved(&siaga, &emitted(ConditionChange::Cleared, Level::Low));
        assert!(!change.notifies());
        for level in [Level::Waspada, Level::Siaga] {
            assert_eq!(
                moved(&cleared, &emitted(ConditionChange::Raised, level)).1,
                AlertChangeKind::Returned
            );
        }
        assert_eq!(moved(&cleared, &emitted(ConditionChange::Raised, Level::Awas)).1, AlertChangeKind::Risen);
    }

    #[test]
    fn an_end_takes_the_place_of_all_that_waits_and_a_dropped_request_that_of_the_request() {
        use AlertChangeKind::{
            Assigned, Ended, NotAgreed, Opened, RequestDropped, RequestLapsed, Risen, WithdrawalAsked,
        };
        for end in AlertChangeKind::ALL.iter().filter(|change| change.is_end()) {
            assert!(AlertChangeKind::ALL.iter().all(|waiting| end.takes_place_of(*waiting)), "{end:?}");
        }
        assert!(RequestDropped.takes_place_of(WithdrawalAsked) && Risen.takes_place_of(Opened));
        assert!(!RequestDropped.takes_place_of(Opened) && !Risen.takes_place_of(WithdrawalAsked));
        assert!(RequestLapsed.takes_place_of(WithdrawalAsked) && !RequestLapsed.takes_place_of(NotAgreed));
        assert!(!NotAgreed.takes_place_of(Assigned) && !Opened.takes_place_of(NotAgreed));
        assert!(Ended.notifies() && !Ended.is_rise());
    }

    fn incident(severity: u8, denials: u16, at: Time) -> Incident {
        Incident {
            id: name(7),
            place: Place { code: Code(161304), village: 0 },
            kind: Kind::Disaster,
            category: Category::OTHER,
            occurred_at: at,
            doubtful: None,
            stage: None,
            claimed: Extent { severity: 5, ..Extent::default() },
            attested: Attested::default(),
            counted_severity: severity,
            speakers: 1,
            reports: 1,
            verdict: Verdict::Unverified,
            patrol: false,
            check: None,
            awas_request: None,
            take_back_request: None,
            denials,
            ended_at: None,
        }
    }

    #[test]
    fn a_grave_incident_in_an_open_alert_is_news_once_and_so_is_its_dispute() {
        let alert = alert();
        let at = alert.opened_at;
        let new = Some(Act::NewIncident { incident: name(7) });
        assert_eq!(incident_act(None, &incident(3, 0, at)), new);
        assert_eq!(incident_act(None, &incident(2, 0, at)), None);
        assert_eq!(incident_act(Some(&incident(2, 0, at)), &incident(3, 0, at)), new, "it grew grave");
        assert_eq!(incident_act(Some(&incident(3, 0, at)), &incident(5, 0, at)), None, "it was news before");
        assert!(is_of_alert(&alert, &incident(3, 0, at.plus(-23 * HOUR))));
        assert!(!is_of_alert(&alert, &incident(3, 0, at.plus(-25 * HOUR))), "of long before");
        let rejected = Incident { verdict: Verdict::Rejected, ..incident(4, 0, at) };
        assert_eq!(incident_act(None, &rejected), None);
        let dispute = Some(Act::Dispute { incident: name(7) });
        assert_eq!(incident_act(Some(&incident(3, 0, at)), &incident(3, 1, at)), dispute);
        assert_eq!(incident_act(Some(&incident(3, 1, at)), &incident(3, 2, at)), None);
    }

    #[test]
    fn an_incident_that_harms_many_more_or_becomes_graver_is_news_again() {
        let flood = |dead, displaced, stage| {
            let claimed = Extent { severity: 4, dead, injured: 0, displaced };
            Incident { claimed, stage, ..incident(4, 0, Time(9)) }
        };
        let grown = Some(Act::Grown { incident: name(7) });
        let of = |before: &Incident, now: &Incident| incident_act(Some(before), now);
        let known = flood(0, 120, Some(Stage::Emerging));
        assert_eq!(of(&known, &flood(1, 120, Some(Stage::Emerging))), grown, "the first dead");
        assert_eq!(of(&known, &flood(0, 360, Some(Stage::Emerging))), grown, "three times as many");
        assert_eq!(of(&known, &flood(0, 120, Some(Stage::Occurring))), grown, "a graver stage");
        assert_eq!(of(&known, &flood(0, 130, Some(Stage::Emerging))), None);
        assert_eq!(of(&flood(0, 0, None), &flood(0, 20, Some(Stage::Potential))), None, "known by its level");
        assert_eq!(of(&flood(1, 0, None), &flood(0, 0, None)), None, "fewer than was thought");
        // In small steps it is news as often as in one.
        let news = (100..1000).filter(|n| of(&flood(0, *n, None), &flood(0, n + 1, None)).is_some()).count();
        assert_eq!(news, 2);
        let slight = Incident { counted_severity: 2, ..flood(9, 0, None) };
        assert_eq!(
            of(&Incident { counted_severity: 2, ..known }, &slight),
            None,
            "nobody was notified of it"
        );
    }

    #[test]
    fn a_grave_incident_opens_an_alert_where_the_condition_still_stands() {
        let at = Time(40 * DAY);
        let standing = condition(ConditionChange::Stale, Level::Siaga);
        let opened = reopening(&standing, &incident(3, 0, at), at).expect("it stands");
        assert_eq!((opened.change, opened.level, opened.at), (ConditionChange::Raised, Level::Siaga, at));
        assert_eq!(opened.evidence, [name(7)], "what was answered before is not what it rests on");
        assert_eq!(reopening(&standing, &incident(3, 0, at.plus(-25 * HOUR)), at), None, "of long before");
        for change in [ConditionChange::Withdrawn, ConditionChange::Cleared] {
            assert_eq!(reopening(&condition(change, Level::Siaga), &incident(3, 0, at), at), None);
        }
        assert_eq!(
            reopening(&condition(ConditionChange::Changed, Level::Low), &incident(3, 0, at), at),
            None
        );
    }

    #[test]
    fn an_incident_moves_its_districts_alert_else_the_regencys() {
        assert_eq!(alert_unit(Code(161_304), true), Code(161_304));
        assert_eq!(alert_unit(Code(161_304), false), Code(161_300));
        assert_eq!(alert_unit(Code(161_300), false), Code(161_300));
    }

    #[test]
    fn what_the_team_knew_is_the_first_it_was_notified_of_else_its_own() {
        let at = Time(40 * DAY);
        let (slight, grave, graver) = (incident(1, 0, at), incident(3, 0, at), incident(4, 0, at));
        let known = |own, continued: &[Incident]| known_before(own, continued.iter()).copied();
        assert_eq!(known(Some(&grave), &[graver]), Some(grave));
        assert_eq!(known(Some(&slight), &[slight, graver, grave]), Some(graver));
        assert_eq!(known(Some(&slight), &[]), Some(slight));
        assert_eq!(known(None, &[slight]), None);
    }

    #[test]
    fn what_somebody_must_look_into_is_news_once_and_not_of_long_ago() {
        let at = Time(40 * DAY);
        let asked = |occurred| Incident { check: Some(CheckReason::Community), ..incident(4, 0, occurred) };
        let plain = incident(4, 0, at);
        assert!(becomes_check([].iter(), &asked(at), at));
        assert!(becomes_check([plain].iter(), &asked(at), at));
        assert!(!becomes_check([plain, asked(at)].iter(), &asked(at), at), "somebody was asked");
        assert!(!becomes_check([asked(at)].iter(), &plain, at), "it is settled");
        assert!(!becomes_check([].iter(), &asked(at.plus(-31 * DAY)), at), "an archive asks nobody");
        let doubtful = Incident { doubtful: Some(at), ..asked(Time(0)) };
        assert!(becomes_check([].iter(), &doubtful, at), "a clock that stands still hides it from nobody");
    }

    #[test]
    fn a_request_is_news_once_and_only_while_it_waits() {
        let at = Time(40 * DAY);
        let request = DeskRequest { at, verification: name(9) };
        let asked = Incident { awas_request: Some(request), ..incident(4, 0, at) };
        let plain = incident(4, 0, at);
        let of = |before: &[Incident], now: &Incident, at| {
            new_requests(before.iter(), now, at).collect::<alloc::vec::Vec<_>>()
        };
        assert_eq!(of(&[plain], &asked, at), [request]);
        assert_eq!(of(&[plain, asked], &asked, at), [], "somebody was asked");
        assert_eq!(of(&[plain], &asked, at.plus(DAY)), [], "it has lapsed");
        let again = DeskRequest { at: at.plus(HOUR), verification: name(10) };
        let renewed = Incident { awas_request: Some(again), ..asked };
        assert_eq!(of(&[asked], &renewed, at.plus(HOUR)), [again], "another asks");
        let taken_back = Incident { take_back_request: Some(again), ..asked };
        assert_eq!(of(&[plain], &taken_back, at.plus(HOUR)), [request, again]);
        assert_eq!(of(&[taken_back], &taken_back, at.plus(HOUR)), []);
        assert_eq!(asked.to_check(at), Some(CheckReason::Second));
        assert_eq!(asked.to_check(at.plus(DAY)), None);
        let taken_back = Incident { take_back_request: Some(request), ..plain };
        assert_eq!(taken_back.to_check(at), Some(CheckReason::TakeBack));
        assert_eq!(taken_back.to_check(at.plus(DAY)), None);
    }

    #[test]
    fn an_awas_has_a_minute_and_the_desk_sees_it_before() {
        let limit = |level| hand_over_limit(AlertChangeKind::Risen, level);
        let limits = [Level::Awas, Level::Siaga, Level::Waspada].map(limit);
        assert_eq!(limits, [60 * SECOND, 5 * MINUTE, 30 * MINUTE]);
        assert_eq!(hand_over_limit(AlertChangeKind::ToCheck, Level::Waspada), MINUTE);
        assert!(shown_late_after(AlertChangeKind::Risen, Level::Awas) < MINUTE);
    }
}
