//! Tests of what opens an alert again, and how high.

use super::*;
use crate::alert::notice::AlertChangeKind;
use crate::alert::notice::tests::{incident, name};
use crate::alert::tests::condition;
use crate::alert::{Act, Alert, open, transition};
use crate::kind::{OpeningGround, OpeningVoice};
use crate::place::Code;
use crate::time::{DAY, HOUR};
use alloc::string::String;

const AT: Time = Time(40 * DAY);

fn standing(level: Level) -> Condition {
    condition(ConditionChange::Changed, level)
}

/// What a village says alone, and what two speakers say.
fn claimed() -> Incident {
    let opening = Some((OpeningVoice::Uninvolved, OpeningGround::Grave));
    Incident {
        raises: Some(RaisedAlone { level: Level::Siaga, opening, rule: None, unverified: true }),
        ..incident(4, 0, AT)
    }
}

fn attested() -> Incident {
    let raises = Some(RaisedAlone { level: Level::Awas, opening: None, rule: None, unverified: false });
    Incident { raises, ..incident(4, 0, AT) }
}

fn opened(since: &Reopening) -> Alert {
    let alert = open(String::from("16.13-2026-0002"), Code(161_304), &since.condition);
    Alert { answered: since.answered, ..alert }
}

#[test]
fn what_came_in_since_an_end_opens_what_it_raises_by_itself() {
    let of = |level, incident: &Incident| {
        let since = reopening(&standing(level), incident, None, AT).expect("it stands");
        assert_eq!(since.condition.evidence, [name(7)], "what was answered before is not what it rests on");
        (since.condition.level, since.condition.unverified, since.answered.expect("its level"))
    };
    let slight = incident(3, 0, AT);
    for level in [Level::Waspada, Level::Siaga, Level::Awas] {
        assert_eq!(
            of(level, &claimed()),
            (level.min(Level::Siaga), true, level),
            "one speaker's word is never awas"
        );
        assert_eq!(of(level, &attested()), (level, false, level));
        assert_eq!(of(level, &slight), (Level::Waspada, true, level), "it is notified of and raises nothing");
    }
    let since = reopening(&standing(Level::Awas), &claimed(), None, AT).unwrap();
    assert!(matches!(since.condition.reasons[..], [ConditionReason::Opening { .. }]));
    assert_eq!(
        reopening(&standing(Level::Siaga), &incident(3, 0, AT.plus(-25 * HOUR)), None, AT),
        None,
        "of long before"
    );
    for change in [ConditionChange::Withdrawn, ConditionChange::Cleared] {
        assert_eq!(reopening(&condition(change, Level::Siaga), &slight, None, AT), None);
    }
    assert_eq!(reopening(&standing(Level::Low), &slight, None, AT), None);
}

#[test]
fn an_alert_opened_after_an_end_follows_its_place_only_below_its_own_level_or_above_what_was_answered() {
    let alert = opened(&reopening(&standing(Level::Awas), &claimed(), None, AT).unwrap());
    let follow = |alert: &Alert, change, level| {
        let act = Act::Condition(condition(change, level));
        let next = transition(alert, &act, None, "", AT).unwrap();
        (AlertChangeKind::of(alert, &next, &act), next)
    };
    let marks = |alert: &Alert| (alert.level, alert.unverified, alert.answered);
    let (change, stays) = follow(&alert, ConditionChange::Changed, Level::Awas);
    assert_eq!(marks(&stays), (Level::Siaga, true, Some(Level::Awas)), "other reasons of what was answered");
    assert_eq!(change, AlertChangeKind::Changed);
    let (_, stays) = follow(&stays, ConditionChange::Stale, Level::Awas);
    assert_eq!((marks(&stays), stays.stale), ((Level::Siaga, true, Some(Level::Awas)), true));
    let (_, below) = follow(&stays, ConditionChange::Changed, Level::Siaga);
    assert_eq!((marks(&below), below.stale), ((Level::Siaga, true, Some(Level::Siaga)), false));
    let (change, lower) = follow(&below, ConditionChange::Changed, Level::Waspada);
    assert_eq!(
        (change, marks(&lower)),
        (AlertChangeKind::Lowered, (Level::Waspada, true, Some(Level::Waspada)))
    );
    let (change, risen) = follow(&below, ConditionChange::Changed, Level::Awas);
    assert_eq!(
        (change, marks(&risen)),
        (AlertChangeKind::Risen, (Level::Awas, false, None)),
        "something is new"
    );
    let (_, cleared) = follow(&alert, ConditionChange::Cleared, Level::Low);
    let (change, back) = follow(&cleared, ConditionChange::Raised, Level::Awas);
    assert_eq!((change, back.level, back.answered), (AlertChangeKind::Risen, Level::Awas, None));
}

#[test]
fn what_came_in_since_raises_it_and_makes_it_surer_and_nothing_else_does() {
    let place = standing(Level::Awas);
    let alert = opened(&reopening(&place, &claimed(), None, AT).unwrap());
    assert_eq!(raised_since(&alert, &place, &claimed(), None, AT), None, "one speaker again");
    let confirmed = Incident {
        raises: claimed().raises.map(|raised| RaisedAlone { unverified: false, ..raised }),
        ..claimed()
    };
    let moved = |incident: &Incident| {
        let act = Act::Reopened(raised_since(&alert, &place, incident, None, AT).expect("it moves it"));
        let next = transition(&alert, &act, None, "", AT).unwrap();
        (act.word(), AlertChangeKind::of(&alert, &next, &act), next.level, next.unverified, next.answered)
    };
    let answered = Some(Level::Awas);
    assert_eq!(moved(&confirmed), ("raised_since", AlertChangeKind::Grown, Level::Siaga, false, answered));
    assert_eq!(moved(&attested()), ("raised_since", AlertChangeKind::Risen, Level::Awas, false, answered));
    let ordinary = Alert { answered: None, ..alert.clone() };
    assert_eq!(raised_since(&ordinary, &place, &attested(), None, AT), None, "it follows its place");
    let old = Incident { occurred_at: AT.plus(-30 * HOUR), ..attested() };
    let lower = Alert { opened_at: AT, ..alert };
    assert_eq!(raised_since(&lower, &place, &old, None, AT), None);
}

#[test]
fn what_raises_nothing_any_more_carries_no_level() {
    let since = |incident: Incident, is_basis| [SinceEnd { incident, answered: None, is_basis }];
    let place = standing(Level::Awas);
    let alert = opened(&reopening(&place, &attested(), None, AT).expect("it stands"));
    for (until, level, reasons) in [(AT.plus(HOUR), Level::Siaga, 1), (AT, Level::Waspada, 0)] {
        let other = Incident { opens_until: Some(until), ..claimed() };
        let left = left_since(&alert, &place, &since(other, false), AT).expect("what raised it is gone");
        assert_eq!((left.condition.level, left.condition.reasons.len()), (level, reasons));
        assert_eq!(left.condition.change, ConditionChange::Changed);
        // That time passes lets no alert fall that stands on it.
        let own = opened(&reopening(&place, &claimed(), None, AT).expect("it stands"));
        assert_eq!(left_since(&own, &place, &since(other, true), AT), None);
    }
}
