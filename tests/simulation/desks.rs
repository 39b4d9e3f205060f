//! Desks: people who read the alerts, and act on what they saw under a version check.

use super::compare::Reference;
use domain::alert::{Act, ActRefusal, Alert, AlertOutcome, State};
use domain::author::StampedAuthor;
use domain::kind::Kind;
use domain::place::Code;
use domain::time::Time;
use kentongan_tests::bench::workload::Dice;
use std::collections::{BTreeMap, BTreeSet};
use store::{Actor, AlertDetail, AlertFilter, Store};

/// An act that was accepted: alert, the version it made, who and what.
pub type Won = (String, u32, String, String);

pub struct Desk {
    pub name: String,
    pub store: Store,
    /// Alerts as they were when somebody looked last.
    seen: Vec<Alert>,
}

/// What somebody is about to do.
pub struct Attempt {
    alert: Alert,
    act: Act,
    reason: &'static str,
}

impl Desk {
    pub fn new(name: String, store: Store) -> Desk {
        Desk { name, store, seen: Vec::new() }
    }

    /// Opens the list of alerts.
    pub async fn look(&mut self, live: bool) {
        let filter = AlertFilter { live, limit: 500, ..AlertFilter::default() };
        self.seen = self.store.alerts(&filter).await.expect("the list of alerts").items;
    }

    /// What the person will do about an alert that they saw.
    pub fn attempt(&self, dice: &mut Dice) -> Option<Attempt> {
        let (one, act) = (dice.below(self.seen.len().max(1)), dice.below(6));
        let outcome = AlertOutcome::ALL[dice.below(AlertOutcome::ALL.len())];
        let reason = ["sudah dicek", "sudah dicek", ""][dice.below(3)];
        let person = ["", self.name.as_str(), self.name.as_str(), self.name.as_str()][dice.below(4)];
        let alert = self.seen.get(one)?.clone();
        let act = match act {
            0 | 1 => Act::Acknowledge,
            2 => Act::Assign { to: self.name.clone() },
            3 => Act::Respond,
            4 => Act::Resolve { outcome, by: StampedAuthor::of_desk(&self.name, person) },
            _ => Act::Withdraw { by: StampedAuthor::of_desk(&self.name, person) },
        };
        Some(Attempt { alert, act, reason })
    }

    /// Does it, whatever else is under way.
    pub async fn act(&self, attempt: &Attempt, at: Time) -> Option<Won> {
        let Attempt { alert, act, reason } = attempt;
        let by = Actor { name: &self.name, reason, at };
        let done = self.store.act(&alert.id, act.clone(), alert.version, by).await.expect("an answer");
        match done.expect("an alert does not go away") {
            Ok(after) => {
                // Lines that leave the alert as it is may lie between.
                assert!(after.version > alert.version, "{}", alert.id);
                let word = act.history_word(&after).to_owned();
                Some((after.id, after.version, self.name.clone(), word))
            }
            Err(ActRefusal::Version { seen, now }) => {
                assert!(seen == alert.version && now > seen, "{}: {seen} and {now}", alert.id);
                None
            }
            Err(
                ActRefusal::State { .. }
                | ActRefusal::ReasonMissing
                | ActRefusal::SamePerson { .. }
                | ActRefusal::PersonUnknown
                | ActRefusal::NoRequest
                | ActRefusal::NotTheAsker
                | ActRefusal::NobodyWaits,
            ) => None,
        }
    }

    /// Does it while nothing else is under way: it wins where nobody acted since, and changes nothing where it is refused.
    pub async fn act_alone(&self, attempt: &Attempt, at: Time) -> Option<Won> {
        let read = async || self.store.alert(&attempt.alert.id).await.expect("reading").expect("it is there");
        let before = read().await;
        let won = self.act(attempt, at).await;
        let after = read().await;
        match &won {
            Some(_) => {
                let seen = Alert { version: before.alert.version, ..attempt.alert.clone() };
                assert_eq!(before.alert, seen, "an act on what was seen, but for lines that only note");
                assert_eq!(after.history.len(), before.history.len() + 1);
            }
            None => assert_eq!(before, after, "a refusal changes nothing"),
        }
        won
    }
}

/// No alert stays open on nothing: something stands behind its level that counts, or its sources fell silent.
async fn stand_on_something(store: &Store, alert: &AlertDetail) {
    let own = &alert.alert;
    if !own.state.is_live() || own.cleared_at.is_some() || own.stale {
        return;
    }
    let grounds =
        store.alert_grounds(std::slice::from_ref(own), own.changed_at).await.expect("what it rests on");
    let counts = grounds.gravest.get(&own.id).is_some_and(|first| first.incident.verdict.counts());
    let reasons = alert.history.iter().rev().find(|line| line.content.contains("\"reasons\":[{"));
    // Signs that pile up, sensors and districts are no incidents.
    let others = ["\"signs\":", "\"hotspots\":", "\"warning\":", "\"districts\":"];
    let by_others = reasons.is_some_and(|line| others.iter().any(|reason| line.content.contains(reason)));
    let stands = counts || by_others || grounds.by_model.contains(&own.id);
    assert!(stands, "{} is open on nothing: {:#?}", own.id, alert.history);
}

/// The alerts tell what was done to them and nothing else, once, chained; the pipeline's lines are what it emitted.
pub async fn histories(store: &Store, won: &[Won], reference: &Reference) {
    let (count, broken) = store.verify_histories().await.expect("the histories");
    assert_eq!(broken, Vec::<String>::new(), "broken histories");
    let filter = AlertFilter { limit: 500, ..AlertFilter::default() };
    let alerts = store.alerts(&filter).await.expect("the list of alerts").items;
    assert_eq!(alerts.len() as u64, count, "the list and the audit");
    let mut people: Vec<Won> = Vec::new();
    let mut emissions: BTreeMap<(Code, Kind), Vec<(Time, String)>> = BTreeMap::new();
    let mut live = BTreeSet::new();
    for alert in &alerts {
        let detail = store.alert(&alert.id).await.expect("reading").expect("it is in the list");
        assert_eq!(&detail.alert, alert, "the list and the page");
        stand_on_something(store, &detail).await;
        let cell = (alert.code, alert.kind);
        assert!(!alert.state.is_live() || live.insert(cell), "two live alerts of one cell: {cell:?}");
        assert!(alert.state != State::Withdrawn || alert.outcome.is_some(), "{}", alert.id);
        for line in detail.history {
            match line.actor.as_str() {
                // Grave incidents and disputes are no conditions, also where one opens an alert again.
                "kentongan"
                    if matches!(
                        line.act.as_str(),
                        "reopened"
                            | "raised_since"
                            | "new_incident"
                            | "grown"
                            | "dispute"
                            | "taken_back"
                            | "fewer_harmed"
                            | "second_asked"
                    ) => {}
                // What an alert stands on that opened after an end, once some of that was taken back.
                "kentongan" if line.content.contains("\"cause\":\"left\"") => {}
                "kentongan" => emissions.entry(cell).or_default().push((line.at, line.act)),
                _ => people.push((line.alert, line.version, line.actor, line.act)),
            }
        }
    }
    let mut won = won.to_vec();
    won.sort();
    people.sort();
    assert_eq!(people, won, "acts in the histories, and acts that were accepted");
    for (cell, lines) in &mut emissions {
        let emitted = reference.conditions.get(cell).map(Vec::as_slice).unwrap_or_default();
        let mut emitted: Vec<(Time, &str)> =
            emitted.iter().map(|condition| (condition.at, condition.change.as_str())).collect();
        lines.sort();
        for (at, act) in lines.iter() {
            let place = emitted.iter().position(|one| *one == (*at, act.as_str()));
            let place =
                place.unwrap_or_else(|| panic!("{cell:?}: '{act}' at {at:?} was not emitted so often"));
            emitted.swap_remove(place);
        }
        let unheard = emitted.iter().filter(|(_, change)| *change == "raised").count();
        assert_eq!(unheard, 0, "{cell:?}: raised, and no alert says so");
    }
}
