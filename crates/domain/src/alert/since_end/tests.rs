//! Tests of what is more than it was when a person ended the alert.

use super::*;
use crate::alert::notice::tests::incident;
use crate::kind::{OpeningGround, OpeningVoice};
use crate::time::{DAY, HOUR};

const ENDED: Time = Time(40 * DAY);

fn hurt(severity: u8, dead: u16, injured: u16) -> Extent {
    Extent { severity, dead, injured, displaced: 0 }
}

fn raised(level: Level, unverified: bool) -> Option<RaisedAlone> {
    let opening = unverified.then_some((OpeningVoice::Uninvolved, OpeningGround::Grave));
    Some(RaisedAlone { level, opening, rule: None, unverified })
}

/// A clash of which two speakers affirm four hurt.
fn clash() -> Incident {
    let claimed = hurt(4, 0, 4);
    let attested = Attested { extent: claimed, awas: 4 };
    let (raises, claim_raises) = (raised(Level::Awas, false), raised(Level::Siaga, true));
    Incident { claimed, attested, raises, claim_raises, speakers: 2, ..incident(4, 0, ENDED) }
}

/// What one party says alone.
fn claim() -> Incident {
    let attested = Attested::default();
    Incident { attested, raises: raised(Level::Siaga, true), speakers: 1, ..clash() }
}

fn answered(then: &Incident) -> AnsweredIncident {
    let level = then.raises.map(|raised| raised.level);
    AnsweredIncident {
        stood: StoodAtEnd::of(then, level),
        ended_at: ENDED,
        outcome: Some(AlertOutcome::Averted),
    }
}

fn since(then: &Incident, now: &Incident) -> Option<(Level, bool, ReopeningCause)> {
    let carried = carried(now, Some(&answered(then)))?;
    Some((carried.raised.level, carried.raised.unverified, carried.cause))
}

#[test]
fn what_says_the_same_again_opens_nothing() {
    let known = [clash(), claim()];
    for then in known {
        let denied = Incident { denials: 2, ended_at: Some(ENDED.plus(HOUR)), ..then };
        let again = Incident { reports: 9, ..then };
        let slightly = Incident { claimed: hurt(4, 0, 5), ..then };
        let less = Incident { claimed: hurt(3, 0, 1), attested: Attested::default(), ..then };
        let rejected = Incident { verdict: Verdict::Rejected, claimed: hurt(5, 9, 90), ..then };
        for now in [denied, again, slightly, less, rejected] {
            assert_eq!(since(&then, &now), None, "{now:?}");
        }
    }
}

#[test]
fn what_one_speaker_adds_is_a_claim_and_never_awas() {
    let worse = |then: Incident| since(&then, &Incident { claimed: hurt(5, 6, 20), ..then });
    assert_eq!(worse(clash()), Some((Level::Siaga, true, ReopeningCause::Worse)));
    assert_eq!(worse(claim()), Some((Level::Siaga, true, ReopeningCause::Worse)));
    let nobody_opens = Incident { raises: None, claim_raises: None, ..clash() };
    assert_eq!(worse(nobody_opens), Some((Level::Waspada, true, ReopeningCause::Worse)));
    // A rule may count what one adds to what two affirm.
    let counted = Incident { raises: raised(Level::Awas, true), ..claim() };
    assert_eq!(since(&claim(), &counted), Some((Level::Siaga, true, ReopeningCause::Worse)));
}

#[test]
fn what_others_affirm_since_raises_all_that_it_carries() {
    let surer = Some((Level::Awas, false, ReopeningCause::Surer));
    assert_eq!(since(&claim(), &clash()), surer);
    let attested = Attested { extent: hurt(4, 3, 15), awas: 4 };
    assert_eq!(since(&clash(), &Incident { claimed: hurt(5, 6, 20), attested, ..clash() }), surer);
    let confirmed = Incident { raises: raised(Level::Siaga, false), ..claim() };
    let confirmed = Incident { attested: Attested { awas: 0, ..clash().attested }, ..confirmed };
    let by_speakers = Some((Level::Siaga, false, ReopeningCause::Surer));
    assert_eq!(since(&claim(), &confirmed), by_speakers);
    // What the desk found when it ended the alert, and confirms then, is no news of others.
    let by_desk = Incident { verdict: Verdict::Confirmed, ..confirmed };
    assert_eq!(since(&claim(), &by_desk), None);
    let false_alarm = AnsweredIncident { outcome: Some(AlertOutcome::FalseAlarm), ..answered(&claim()) };
    assert!(carried(&by_desk, Some(&false_alarm)).is_some(), "it takes back what was found");
    let by_two = Incident { attested: clash().attested, raises: clash().raises, ..by_desk };
    assert_eq!(since(&claim(), &by_two), surer);
}

#[test]
fn what_happens_again_after_the_end_opens_one_whatever_was_known() {
    let reported = |latest, by_two| Incident { reported: ReportedUntil { latest, by_two }, ..clash() };
    let (before, after) = (ENDED.plus(-HOUR), ENDED.plus(HOUR));
    assert_eq!(since(&clash(), &reported(before, before)), None, "reported later, of before the end");
    let claimed = Some((Level::Siaga, true, ReopeningCause::Again));
    assert_eq!(since(&clash(), &reported(after, before)), claimed);
    assert_eq!(since(&clash(), &reported(after, after)), Some((Level::Awas, false, ReopeningCause::Again)));
    assert_eq!(since(&reported(after, before), &reported(after, before)), None, "by a clock that runs ahead");
}

#[test]
fn what_nobody_knew_at_the_end_carries_all_that_it_raises() {
    let carried = carried(&clash(), None).unwrap();
    assert_eq!((carried.raised.level, carried.cause), (Level::Awas, ReopeningCause::New));
}

/// What an ended alert and the message of its end say of who affirmed it.
#[test]
fn what_the_desk_confirms_after_an_end_was_not_confirmed_then() {
    let confirmed = Incident { verdict: Verdict::Confirmed, ..clash() };
    let rejected = Incident { verdict: Verdict::Rejected, ..clash() };
    let shown = |then: &Incident, now: &Incident| StoodAtEnd::of(then, None).shown(now).verdict;
    assert_eq!(shown(&clash(), &confirmed), Verdict::Unverified);
    assert_eq!(shown(&confirmed, &clash()), Verdict::Confirmed, "what was withdrawn since stood then");
    assert_eq!(shown(&confirmed, &rejected), Verdict::Rejected, "what is rejected counts for nothing");
    let slight = Incident { counted_severity: 2, ..claim() };
    assert_eq!(since(&slight, &Incident { verdict: Verdict::Confirmed, ..slight }), None, "as it was found");
}
