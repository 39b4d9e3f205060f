//! Tests of what the team is notified of.

use super::*;
use crate::alert::reopening::reopening;
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

pub(in crate::alert) fn name(id: u128) -> ReportName {
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
    let grown = Act::Grown { incident: name(1), was: Extent::default(), by_people_alone: true };
    assert_eq!(of(&grown), AlertChangeKind::Grown);
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
    assert_eq!(change, AlertChangeKind::Cleared, "nobody heard of a fall before");
    let (lower, change) = moved(&siaga, &emitted(ConditionChange::Changed, Level::Waspada));
    assert_eq!(change, AlertChangeKind::Lowered);
    let quiet = moved(&lower, &emitted(ConditionChange::Cleared, Level::Low)).1;
    assert!(!quiet.notifies(), "who heard of the siaga heard of the fall");
    let taken_back = Act::TakenBack { incident: incident(4, 0, Time(9)), lines: alloc::vec![2] };
    assert_eq!(of(&taken_back), AlertChangeKind::TakenBack);
    for level in [Level::Waspada, Level::Siaga] {
        assert_eq!(moved(&cleared, &emitted(ConditionChange::Raised, level)).1, AlertChangeKind::Returned);
    }
    assert_eq!(moved(&cleared, &emitted(ConditionChange::Raised, Level::Awas)).1, AlertChangeKind::Risen);
}

#[test]
fn an_end_takes_the_place_of_all_that_waits_and_a_dropped_request_that_of_the_request() {
    use AlertChangeKind::{
        Assigned, Ended, Lowered, NotAgreed, Opened, RequestDropped, RequestLapsed, Risen, WithdrawalAsked,
    };
    for end in AlertChangeKind::ALL.iter().filter(|change| change.is_end()) {
        assert!(AlertChangeKind::ALL.iter().all(|waiting| end.takes_place_of(*waiting)), "{end:?}");
    }
    assert!(RequestDropped.takes_place_of(WithdrawalAsked) && Risen.takes_place_of(Opened));
    assert!(!RequestDropped.takes_place_of(Opened) && !Risen.takes_place_of(WithdrawalAsked));
    assert!(RequestLapsed.takes_place_of(WithdrawalAsked) && !RequestLapsed.takes_place_of(NotAgreed));
    assert!(!NotAgreed.takes_place_of(Assigned) && !Opened.takes_place_of(NotAgreed));
    assert!(Assigned.takes_place_of(Opened) && Opened.takes_place_of(Assigned), "one message says both");
    assert!(Assigned.outdates(Assigned) && Lowered.outdates(Risen) && Ended.outdates(Assigned));
    assert!(!Assigned.outdates(Opened) && !Lowered.outdates(Assigned));
    assert!(!Assigned.outdates(WithdrawalAsked) && !Lowered.outdates(NotAgreed));
    assert!(Ended.notifies() && !Ended.is_rise());
}

pub(in crate::alert) fn incident(severity: u8, denials: u16, at: Time) -> Incident {
    let place = Place { code: Code(161304), village: 0 };
    let (what, claimed) = ((Kind::Disaster, Category::OTHER), Extent { severity: 5, ..Extent::default() });
    Incident {
        counted_severity: severity,
        denials,
        ..Incident::of_one_report(name(7), place, what, at, claimed)
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
    let of = |before: &Incident, now: &Incident| match incident_act(Some(before), now)? {
        Act::Grown { incident, was, by_people_alone } if incident == name(7) && was == before.claimed => {
            Some(by_people_alone)
        }
        other => panic!("{other:?}"),
    };
    let (grown, graver) = (Some(true), Some(false));
    let known = flood(0, 120, Some(Stage::Emerging));
    assert_eq!(of(&known, &flood(1, 120, Some(Stage::Emerging))), grown, "the first dead");
    assert_eq!(of(&known, &flood(0, 360, Some(Stage::Emerging))), grown, "three times as many");
    assert_eq!(of(&known, &flood(0, 120, Some(Stage::Occurring))), graver, "a graver stage");
    assert_eq!(of(&known, &flood(0, 130, Some(Stage::Emerging))), None);
    assert_eq!(of(&flood(0, 0, None), &flood(0, 20, Some(Stage::Potential))), grown, "the first displaced");
    assert_eq!(of(&flood(1, 0, None), &flood(0, 0, None)), None, "fewer than was thought");
    // In small steps it is news as often as in one.
    let news = (100..1000).filter(|n| of(&flood(0, *n, None), &flood(0, n + 1, None)).is_some()).count();
    assert_eq!(news, 2);
    let slight = Incident { counted_severity: 2, ..flood(9, 0, None) };
    assert_eq!(of(&Incident { counted_severity: 2, ..known }, &slight), None, "nobody was notified of it");
}

#[test]
fn what_opens_an_alert_as_a_claim_is_news_in_an_open_one_and_again_once_it_is_more() {
    let at = alert().opened_at;
    let opens_until = Some(at.plus(DAY));
    let claim = Incident {
        claimed: Extent { severity: 5, dead: 4, injured: 9, displaced: 0 },
        opens_until,
        ..incident(2, 0, at)
    };
    let new = Some(Act::NewIncident { incident: name(7) });
    let grown = Some(Act::Grown { incident: name(7), was: claim.claimed, by_people_alone: false });
    assert_eq!(incident_act(None, &claim), new, "people killed according to a party");
    assert_eq!(incident_act(Some(&Incident { opens_until: None, ..claim }), &claim), new);
    assert_eq!(incident_act(Some(&claim), &claim), None);
    let denied = Incident { denials: 1, ..claim };
    assert_eq!(
        incident_act(Some(&claim), &denied),
        Some(Act::Dispute { incident: name(7) }),
        "it raises nothing"
    );
    let counts = Incident { counted_severity: 5, ..claim };
    assert_eq!(incident_act(Some(&claim), &counts), grown, "it is more than a claim");
    let extent = Extent { severity: 2, dead: 1, ..Extent::default() };
    let affirmed = Incident { attested: Attested { extent, awas: 0 }, ..claim };
    assert_eq!(incident_act(Some(&claim), &affirmed), grown, "a second speaker affirms some of it");
    assert_eq!(incident_act(Some(&affirmed), &claim), None, "one of them takes it back");
    let rejected = Incident { verdict: Verdict::Rejected, ..claim };
    assert_eq!(incident_act(None, &rejected), None);
    let standing = condition(ConditionChange::Stale, Level::Awas);
    assert!(reopening(&standing, &claim, None, at).is_some(), "an alert that was ended opens again");
    let late = Incident { occurred_at: at.plus(-30 * HOUR), opens_until: Some(at.plus(HOUR)), ..claim };
    assert!(
        reopening(&standing, &late, None, at).is_some() && is_of_alert(&alert(), &late),
        "it could open one by itself"
    );
    assert!(reopening(&standing, &late, None, at.plus(2 * HOUR)).is_none());
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
    let changed = Incident { check: Some(CheckReason::Changed), ..plain };
    assert!(becomes_check([asked(at)].iter(), &changed, at), "somebody was asked something else");
    assert!(becomes_check([changed].iter(), &changed, at), "it may have changed once more");
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

#[test]
fn a_message_about_an_incident_holds_as_long_as_the_team_would_be_notified_of_it() {
    use AlertChangeKind::{Disputed, Grown, NewIncident, Opened, TakenBack};
    let at = Time(40 * DAY);
    let grave = incident(4, 0, at);
    let claim = incident(2, 0, at);
    let slight = Incident { claimed: Extent { severity: 2, ..Extent::default() }, ..claim };
    let rejected = Incident { verdict: Verdict::Rejected, ..grave };
    for change in [NewIncident, Grown] {
        assert!(change.holds_of(Some(&grave)) && change.holds_of(Some(&claim)), "its claim stands");
        assert!(
            ![None, Some(&slight), Some(&rejected)].iter().any(|now| change.holds_of(*now)),
            "{change:?}"
        );
    }
    assert!(
        Disputed.holds_of(Some(&slight)) && !Disputed.holds_of(Some(&rejected)) && !Disputed.holds_of(None)
    );
    assert!(
        TakenBack.holds_of(None) && TakenBack.holds_of(Some(&rejected)) && !TakenBack.holds_of(Some(&grave))
    );
    assert!(!TakenBack.holds_of(Some(&claim)));
    assert!(Opened.holds_of(None), "it is about no single incident");
    assert!(is_taken_back(&grave, None) && is_taken_back(&grave, Some(&rejected)));
    assert!(is_taken_back(&grave, Some(&slight)), "corrected to what nobody would be notified of");
    assert!(!is_taken_back(&grave, Some(&incident(3, 2, at))), "a denial takes nothing back");
    assert!(!is_taken_back(&slight, None), "nobody was notified of it");
    assert!(!is_taken_back(&grave, Some(&claim)), "it counts for less, and nobody says that it was not so");
    assert!(is_taken_back(&claim, None) && is_taken_back(&claim, Some(&rejected)), "somebody may know of it");
}

#[test]
fn a_correction_claims_less_where_any_one_figure_is_lower() {
    let at = Time(40 * DAY);
    let of = |severity, dead, injured, displaced, counted_severity| Incident {
        claimed: Extent { severity, dead, injured, displaced },
        counted_severity,
        ..incident(2, 0, at)
    };
    let many_displaced = of(2, 0, 0, 150, 3);
    let fewer = of(2, 0, 1, 20, 2);
    assert!(is_taken_back(&many_displaced, Some(&fewer)), "more injured, and far fewer displaced");
    let one_dead = of(1, 1, 0, 0, 5);
    assert!(is_taken_back(&one_dead, Some(&of(2, 0, 0, 0, 2))), "graver by its stage, and nobody dead");
    assert!(!is_taken_back(&one_dead, Some(&of(3, 0, 0, 0, 2))), "what is left is news by itself");
    assert!(
        !is_taken_back(&many_displaced, Some(&of(2, 0, 0, 150, 2))),
        "it counts for less, and claims the same"
    );
    assert!(!is_taken_back(&many_displaced, Some(&of(2, 0, 1, 150, 2))), "it claims more");
}

#[test]
fn what_goes_on_with_fewer_people_harmed_is_fewer_harmed_where_as_many_more_were_news() {
    let at = Time(40 * DAY);
    let of = |dead, displaced, counted_severity| Incident {
        claimed: Extent { severity: 4, dead, injured: 0, displaced },
        ..incident(counted_severity, 0, at)
    };
    let known = of(6, 900, 4);
    assert!(is_fewer_harmed(&known, &of(0, 900, 4)) && is_fewer_harmed(&known, &of(6, 110, 4)));
    assert!(is_fewer_harmed(&known, &of(9, 110, 4)), "more dead, and far fewer displaced");
    assert!(!is_fewer_harmed(&known, &of(5, 880, 4)), "as many are no news either way");
    assert!(!is_fewer_harmed(&known, &of(6, 900, 2)), "it counts for less, and claims the same");
    let rejected = Incident { verdict: Verdict::Rejected, ..of(0, 110, 4) };
    assert!(!is_fewer_harmed(&known, &rejected), "it is taken back");
}
