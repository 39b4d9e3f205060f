//! An alert's life: who may do what when, what asks for a person again, and a history that shows a change.

use super::*;

pub(super) fn condition(change: ConditionChange, level: Level) -> Condition {
    Condition {
        unit: crate::place::UnitId(1),
        kind: Kind::Disaster,
        change,
        at: Time(5),
        level,
        since: Time(5),
        reasons: Vec::new(),
        evidence: Vec::new(),
        unverified: false,
        completeness_ppm: 1_000_000,
        policy: String::from("1"),
    }
}
pub(super) fn alert() -> Alert {
    alert_at(Level::Siaga)
}
fn alert_at(level: Level) -> Alert {
    open(String::from("16.13-2026-0001"), Code(161304), &condition(ConditionChange::Raised, level))
}

#[test]
fn a_second_person_cannot_win_with_a_stale_version() {
    let alert = transition(&alert(), &Act::Acknowledge, Some(1), "", Time(6)).unwrap();
    let second = transition(&alert, &Act::Acknowledge, Some(1), "", Time(7));
    assert_eq!(second, Err(ActRefusal::Version { seen: 1, now: 2 }));
}

#[test]
fn a_cleared_condition_marks_and_never_resolves() {
    let act = Act::Condition(condition(ConditionChange::Cleared, Level::Low));
    let next = transition(&alert(), &act, None, "", Time(9)).unwrap();
    assert_eq!((next.state, next.cleared_at, next.level), (State::Open, Some(Time(5)), Level::Siaga));
}

#[test]
fn the_hour_of_its_level_moves_with_the_level_only() {
    let word = |change, level, at| Act::Condition(Condition { at: Time(at), ..condition(change, level) });
    let reached = |alert: &Alert, act: &Act| transition(alert, act, None, "", Time(99)).unwrap();
    let alert = reached(&alert(), &word(ConditionChange::Changed, Level::Siaga, 6));
    assert_eq!(alert.reached_at, Time(5));
    let risen = reached(&alert, &word(ConditionChange::Changed, Level::Awas, 7));
    assert_eq!((risen.reached_at, risen.opened_at), (Time(7), Time(5)));
    let fallen = reached(&risen, &word(ConditionChange::Changed, Level::Waspada, 8));
    assert_eq!((fallen.level, fallen.peak, fallen.reached_at), (Level::Waspada, Level::Awas, Time(8)));
    let again = reached(
        &reached(&risen, &word(ConditionChange::Cleared, Level::Low, 8)),
        &word(ConditionChange::Raised, Level::Awas, 9),
    );
    assert_eq!(again.reached_at, Time(9), "what went and came back is new");
}

#[test]
fn what_rises_or_comes_back_after_it_was_assigned_asks_for_a_person_again() {
    let word = |change, level| Act::Condition(condition(change, level));
    let after = |alert: &Alert, act: &Act| transition(alert, act, None, "", Time(9)).unwrap();
    let rise = |level| word(ConditionChange::Changed, level);
    let assigned = after(&alert(), &Act::Assign { to: "Danramil".into() });
    assert!(alert().awaits_acceptance() && !assigned.awaits_acceptance());
    let risen = after(&assigned, &rise(Level::Awas));
    assert!(risen.awaits_acceptance() && risen.allows(PersonAct::Acknowledge));
    let accepted = after(&risen, &Act::Acknowledge);
    assert_eq!((accepted.state, accepted.awaits_acceptance()), (State::Assigned, false), "it stays assigned");
    assert!(transition(&accepted, &Act::Acknowledge, None, "", Time(9)).is_err(), "once is enough");
    let fallen = after(&accepted, &rise(Level::Siaga));
    assert!(!fallen.awaits_acceptance(), "a lower level was taken on with the higher");
    assert!(after(&fallen, &rise(Level::Awas)).awaits_acceptance());
    let cleared = after(&accepted, &word(ConditionChange::Cleared, Level::Low));
    assert!(!cleared.awaits_acceptance());
    assert!(after(&cleared, &word(ConditionChange::Raised, Level::Awas)).awaits_acceptance());
}

#[test]
fn a_raised_condition_opens_an_alert_and_so_does_one_that_rises_above_what_was_answered() {
    let opens = |change, level, before| condition_opens_alert(&condition(change, level), before);
    assert!(opens(ConditionChange::Raised, Level::Waspada, None));
    assert!(opens(ConditionChange::Changed, Level::Awas, Some(Level::Siaga)));
    assert!(!opens(ConditionChange::Changed, Level::Siaga, Some(Level::Siaga)));
    assert!(!opens(ConditionChange::Changed, Level::Siaga, Some(Level::Awas)));
    for change in [ConditionChange::Stale, ConditionChange::Cleared, ConditionChange::Withdrawn] {
        assert!(!opens(change, Level::Awas, None), "{change:?}");
    }
}

#[test]
fn an_ended_alert_takes_no_further_act() {
    let gone =
        transition(&alert_at(Level::Waspada), &withdraw("sari"), Some(1), "salah orang", Time(6)).unwrap();
    assert!(matches!(transition(&gone, &Act::Respond, Some(2), "", Time(7)), Err(ActRefusal::State { .. })));
    assert_eq!(
        transition(&alert(), &withdraw("sari"), Some(1), " ", Time(6)),
        Err(ActRefusal::ReasonMissing)
    );
}

fn withdraw(account: &str) -> Act {
    Act::Withdraw { by: StampedAuthor::of_desk(account, person_of(account)) }
}

fn resolved(outcome: AlertOutcome, account: &str) -> Act {
    Act::Resolve { outcome, by: StampedAuthor::of_desk(account, person_of(account)) }
}

/// Ends with this, or withdraws.
fn ends_with(outcome: AlertOutcome, account: &str) -> Act {
    if outcome == AlertOutcome::Void { withdraw(account) } else { resolved(outcome, account) }
}

#[test]
fn two_persons_agree_on_one_outcome_and_another_one_is_a_new_request() {
    let act = |alert: &Alert, act: &Act| transition(alert, act, None, "salah orang", Time(7)).unwrap();
    let taken_on = act(&alert(), &Act::Acknowledge);
    let asked = act(&taken_on, &withdraw("sari"));
    // Another person means another end, or the same person thought again.
    for account in ["budi", "sari-2"] {
        for outcome in FOUND {
            let differs = resolved(outcome, account);
            let other = act(&asked, &differs);
            let request = other.withdrawal.clone().expect("it waits for a second person");
            assert_eq!((other.state, other.outcome), (State::Acknowledged, None), "it stands: {account}");
            assert_eq!((request.by.account.as_str(), request.outcome), (account, outcome));
            assert_eq!(
                notice::AlertChangeKind::of(&asked, &other, &differs),
                notice::AlertChangeKind::WithdrawalAsked
            );
        }
    }
    let other = act(&asked, &resolved(AlertOutcome::Averted, "budi"));
    let over = act(&other, &resolved(AlertOutcome::Averted, "sari"));
    assert_eq!((over.state, over.outcome), (State::Resolved, Some(AlertOutcome::Averted)), "they agree");
}

#[test]
fn who_asked_cancels_the_request_and_nobody_else_does() {
    let cancel = |account| Act::CancelRequest { by: StampedAuthor::of_desk(account, person_of(account)) };
    let act = |alert: &Alert, act: &Act, at| transition(alert, act, None, "salah orang", at);
    assert_eq!(act(&alert(), &cancel("sari"), Time(7)), Err(ActRefusal::NoRequest));
    let asked = act(&alert(), &withdraw("sari"), Time(6)).unwrap();
    for other in ["budi", "tim"] {
        assert_eq!(act(&asked, &cancel(other), Time(7)), Err(ActRefusal::NotTheAsker), "{other}");
    }
    let lapsed = Time(6).plus(crate::time::DAY);
    assert_eq!(act(&asked, &cancel("sari"), lapsed), Err(ActRefusal::NoRequest), "it lapsed by itself");
    for own in ["sari", "sari-2"] {
        let stands = act(&asked, &cancel(own), Time(7)).unwrap();
        assert_eq!((stands.state, stands.version, stands.withdrawal.clone()), (State::Open, 3, None));
        assert_eq!(cancel(own).history_word(&stands), "cancel_request");
        let change = notice::AlertChangeKind::of(&asked, &stands, &cancel(own));
        assert_eq!(change, notice::AlertChangeKind::RequestDropped);
        assert!(asked.drops_request(&stands));
        assert!(
            act(&stands, &withdraw("budi"), Time(8)).unwrap().state.is_live(),
            "budi is the first to ask"
        );
    }
}

/// Who has the account, as the register says.
fn person_of(account: &str) -> &str {
    match account {
        "sari" | "sari-2" => "3201",
        "budi" => "3202",
        _ => "",
    }
}

/// What a person may say was found.
const FOUND: [AlertOutcome; 4] =
    [AlertOutcome::Confirmed, AlertOutcome::Averted, AlertOutcome::FalseAlarm, AlertOutcome::Unverified];

#[test]
fn what_stands_at_siaga_or_above_two_persons_end() {
    let at = Time(6);
    let act = |alert: &Alert, act: &Act, at| transition(alert, act, Some(alert.version), "salah orang", at);
    for level in [Level::Siaga, Level::Awas] {
        let taken_on = act(&alert_at(level), &Act::Acknowledge, at).unwrap();
        for first in FOUND.map(|outcome| resolved(outcome, "sari")).into_iter().chain([withdraw("sari")]) {
            let asked = act(&taken_on, &first, at).unwrap();
            assert_eq!(
                (asked.state, asked.level, asked.outcome),
                (State::Acknowledged, level, None),
                "it stands"
            );
            assert_eq!(first.history_word(&asked), "withdraw_requested");
            assert_eq!(
                notice::AlertChangeKind::of(&taken_on, &asked, &first),
                notice::AlertChangeKind::WithdrawalAsked
            );
            let lapses_at = at.plus(crate::time::DAY);
            let (_, outcome) = first.ends().unwrap();
            for account in ["sari", "sari-2"] {
                let own = act(&asked, &ends_with(outcome, account), at.plus(1));
                assert_eq!(own, Err(ActRefusal::SamePerson { lapses_at }));
            }
            let over = act(&asked, &ends_with(outcome, "budi"), lapses_at.plus(-1)).unwrap();
            let state = if outcome == AlertOutcome::Void { State::Withdrawn } else { State::Resolved };
            assert_eq!((over.state, over.outcome, over.withdrawal), (state, Some(outcome), None));
            // A day later nobody joins any more: it is a new request, of anybody.
            let again = act(&asked, &withdraw("budi"), lapses_at).unwrap();
            assert!(
                again.state.is_live() && again.withdrawal.is_some_and(|request| request.by.account == "budi")
            );
            let lapsed = act(&asked, &Act::LapseWithdrawal, lapses_at).unwrap();
            assert_eq!((lapsed.state, lapsed.withdrawal), (State::Acknowledged, None));
        }
    }
}

#[test]
fn two_accounts_without_a_person_are_not_two_persons() {
    let act = |alert: &Alert, act: &Act| transition(alert, act, None, "salah orang", Time(6));
    for nobody_knows in [withdraw("tim"), resolved(AlertOutcome::Averted, "tim")] {
        let taken_on = act(&alert(), &Act::Acknowledge).unwrap();
        assert_eq!(act(&taken_on, &nobody_knows), Err(ActRefusal::PersonUnknown));
        let asked = act(&taken_on, &withdraw("sari")).unwrap();
        assert_eq!(act(&asked, &nobody_knows), Err(ActRefusal::PersonUnknown), "it may be sari");
        // A request of an earlier build that nobody can join is replaced by one that somebody can.
        let by = StampedAuthor::of_desk("tim", "");
        let earlier = Alert {
            withdrawal: Some(WithdrawalRequest { by, at: Time(5), outcome: AlertOutcome::Void }),
            ..taken_on
        };
        let asked = act(&earlier, &withdraw("budi")).unwrap();
        assert!(
            asked.state.is_live() && asked.withdrawal.is_some_and(|request| request.by.account == "budi")
        );
    }
    let below = alert_at(Level::Waspada);
    assert_eq!(act(&below, &withdraw("tim")).unwrap().state, State::Withdrawn, "one account is enough");
}

#[test]
fn one_person_ends_what_stands_below_siaga_or_has_cleared() {
    let act = |alert: &Alert, act: &Act| transition(alert, act, None, "salah orang", Time(9)).unwrap();
    let word = |change, level| Act::Condition(condition(change, level));
    let fallen = act(&alert(), &word(ConditionChange::Changed, Level::Waspada));
    let cleared = act(&alert(), &word(ConditionChange::Cleared, Level::Low));
    for alert in [alert_at(Level::Waspada), fallen, cleared] {
        assert_eq!(act(&alert, &withdraw("sari")).state, State::Withdrawn);
        let taken_on = act(&alert, &Act::Assign { to: String::from("Camat") });
        for outcome in FOUND {
            let over = act(&taken_on, &resolved(outcome, "sari"));
            assert_eq!((over.state, over.outcome), (State::Resolved, Some(outcome)));
        }
    }
}

#[test]
fn a_rise_makes_a_request_void_and_other_news_does_not() {
    let act = |alert: &Alert, act: &Act| transition(alert, act, None, "salah orang", Time(9)).unwrap();
    let asked = act(&alert(), &withdraw("sari"));
    let risen = act(&asked, &Act::Condition(condition(ConditionChange::Changed, Level::Awas)));
    assert_eq!(risen.withdrawal, None);
    assert!(asked.drops_request(&risen) && !alert().drops_request(&risen));
    assert!(act(&risen, &withdraw("budi")).state.is_live(), "budi is the first to ask");
    let same = act(&asked, &Act::Condition(condition(ConditionChange::Changed, Level::Siaga)));
    assert!(!asked.drops_request(&same));
    assert_eq!(act(&same, &withdraw("budi")).state, State::Withdrawn);
    let cleared = act(&asked, &Act::Condition(condition(ConditionChange::Cleared, Level::Low)));
    let again = act(&cleared, &Act::Condition(condition(ConditionChange::Raised, Level::Siaga)));
    assert_eq!((again.cleared_at, again.withdrawal), (None, None), "what comes back is news");
}

#[test]
fn a_request_says_why() {
    let taken_on = transition(&alert(), &Act::Acknowledge, None, "", Time(6)).unwrap();
    for act in [withdraw("sari"), resolved(AlertOutcome::Averted, "sari")] {
        assert_eq!(transition(&taken_on, &act, None, " ", Time(6)), Err(ActRefusal::ReasonMissing));
    }
    let below = Alert { level: Level::Waspada, ..taken_on };
    let averted = resolved(AlertOutcome::Averted, "sari");
    assert_eq!(transition(&below, &averted, None, "", Time(6)).unwrap().state, State::Resolved);
}

#[test]
fn a_message_goes_out_again_also_of_an_ended_alert_and_changes_nothing_else() {
    let gone =
        transition(&alert_at(Level::Waspada), &withdraw("sari"), Some(1), "salah orang", Time(6)).unwrap();
    let again = |people| transition(&gone, &Act::SendAgain { people }, None, "", Time(7));
    let sent = again(Vec::from([String::from("16.13/camat")])).unwrap();
    assert_eq!(sent, Alert { version: 3, ..gone.clone() });
    assert_eq!(again(Vec::new()), Err(ActRefusal::NobodyWaits));
}

#[test]
fn history_shows_a_changed_line_and_bears_an_emptied_one() {
    let mut previous = [0; 32];
    let mut history = Vec::new();
    for version in 1..4 {
        let mut entry = HistoryEntry {
            alert: String::from("a"),
            version,
            at: Time(i64::from(version)),
            actor: String::from("budi"),
            act: String::from("assign"),
            reason: String::new(),
            content: format!("{{\"v\":{version}}}"),
            content_hash: [0; 32],
            hash: [0; 32],
        };
        (entry.content_hash, entry.hash) = seal(&previous, &entry);
        previous = entry.hash;
        history.push(entry);
    }
    assert_eq!(verify(&history), Ok(()));
    history[1].content.clear();
    assert_eq!(verify(&history), Ok(()));
    history[1].actor = String::from("siti");
    assert!(verify(&history).is_err());
}
