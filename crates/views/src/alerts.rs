//! The queue of alerts, most urgent first, and those that ended.

use crate::chains::{self, ChainView};
use crate::context::Context;
use crate::error::ViewError;
use crate::happening::{self, HappeningView};
use crate::json;
use crate::words::Lang;
use async_recursion::async_recursion as boxed;
use domain::alert::{Alert, AlertOutcome, PersonAct, State};
use domain::effect::AffirmedBy;
use domain::kind::{Kind, Level};
use domain::place::{Code, UnitId};
use domain::time::Time;
use serde::Serialize;
use std::collections::BTreeSet;
use store::AlertFilter;

/// One alert in a list.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct AlertItem {
    pub id: String,
    #[serde(serialize_with = "json::text")]
    pub code: Code,
    pub place: String,
    #[serde(serialize_with = "json::word")]
    pub kind: Kind,
    #[serde(serialize_with = "json::word")]
    pub level: Level,
    #[serde(serialize_with = "json::word")]
    pub state: State,
    #[serde(serialize_with = "json::time")]
    pub opened_at: Time,
    /// When it came to its present level.
    #[serde(serialize_with = "json::time")]
    pub reached_at: Time,
    /// The highest level it ever had.
    #[serde(serialize_with = "json::word")]
    pub peak: Level,
    pub assignee: Option<String>,
    #[serde(serialize_with = "json::word_option")]
    pub outcome: Option<AlertOutcome>,
    pub unverified: bool,
    /// It rests on what one party to the dispute claims.
    pub one_party: bool,
    pub stale: bool,
    pub cleared: bool,
    /// Nobody has taken it on at its present level.
    pub awaits_acceptance: bool,
    /// One person asked to take it back; it waits for a second person.
    pub withdrawal_waits: bool,
    /// What happened; `None` where the model alone spoke.
    pub happening: Option<HappeningView>,
    /// Of a regency's alert: the open alerts of its kecamatan of the same kind, the highest first, as far as the viewer may see them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub districts: Vec<DistrictAlertItem>,
}

/// An open alert of a kecamatan, beside its regency's.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct DistrictAlertItem {
    pub id: String,
    pub place: String,
    #[serde(serialize_with = "json::word")]
    pub level: Level,
}

impl AlertItem {
    /// Whether it stands so that a person may do this.
    pub fn allows(&self, act: PersonAct) -> bool {
        match act {
            PersonAct::Acknowledge => self.awaits_acceptance,
            _ => self.state.allows(act),
        }
    }

    /// The mark of what is not known for sure, by its word of `alert_mark`.
    pub fn sureness_mark(&self) -> Option<&'static str> {
        let is_in_doubt = |own: &HappeningView| own.affirmed.by == AffirmedBy::InDoubt;
        sureness_mark(self.unverified || self.happening.as_ref().is_some_and(is_in_doubt), self.one_party)
    }
}

/// "belum terverifikasi", or "klaim satu pihak" where one party to the dispute claims it; by its word of `alert_mark`.
pub fn sureness_mark(unverified: bool, one_party: bool) -> Option<&'static str> {
    unverified.then_some(if one_party { "one_party" } else { "unverified" })
}

#[derive(Clone, Debug, Serialize)]
pub struct AlertsView {
    pub live: Vec<AlertItem>,
    /// What may be one matter.
    pub chains: Vec<ChainView>,
    pub ended: Vec<AlertItem>,
    #[serde(serialize_with = "json::time_option")]
    pub last_check: Option<Time>,
}

/// The alerts of a regency, as far as the viewer's areas reach.
#[boxed]
pub async fn load(context: &Context, regency: UnitId) -> Result<AlertsView, ViewError> {
    let scope = context.scope(regency)?;
    let live = live(context, &scope).await?;
    Ok(AlertsView {
        chains: chains::of(context, &live),
        live,
        ended: ended(context, &scope).await?,
        last_check: context.as_of().await?,
    })
}

/// An alert and what happened.
pub fn item(context: &Context, alert: &Alert, happening: Option<HappeningView>) -> AlertItem {
    AlertItem {
        id: alert.id.clone(),
        code: alert.code,
        place: context.name(alert.code),
        kind: alert.kind,
        level: alert.level,
        state: alert.state,
        opened_at: alert.opened_at,
        reached_at: alert.reached_at,
        peak: alert.peak,
        assignee: alert.assignee.clone(),
        outcome: alert.outcome,
        unverified: alert.unverified,
        one_party: alert.one_party,
        stale: alert.stale,
        cleared: alert.cleared_at.is_some(),
        awaits_acceptance: alert.awaits_acceptance(),
        withdrawal_waits: alert.withdrawal_waits(context.now).is_some(),
        happening,
        districts: Vec::new(),
    }
}

/// Live alerts of the scope, most urgent first. A regency's own alert is seen by all who have a district of it.
#[boxed]
pub async fn live(context: &Context, scope: &[Code]) -> Result<Vec<AlertItem>, ViewError> {
    let codes = with_regency(scope);
    let filter = AlertFilter { live: true, codes, limit: 500, ..AlertFilter::default() };
    let page = context.sources.store.alerts(&filter).await?;
    let mut items = visible(context, page.items).await?;
    urgent_first(&mut items);
    let named: Vec<Vec<DistrictAlertItem>> = items.iter().map(|own| districts_of(own, &items)).collect();
    for (item, districts) in items.iter_mut().zip(named) {
        item.districts = districts;
    }
    Ok(items)
}

/// What stands in the kecamatan of a regency's alert; `live` has the most urgent first.
fn districts_of(own: &AlertItem, live: &[AlertItem]) -> Vec<DistrictAlertItem> {
    let below = |other: &&AlertItem| {
        own.code.is_regency()
            && !other.code.is_regency()
            && other.code.regency() == own.code
            && other.kind == own.kind
            && !other.cleared
    };
    let named = |other: &AlertItem| DistrictAlertItem {
        id: other.id.clone(),
        place: other.place.clone(),
        level: other.level,
    };
    live.iter().filter(below).map(named).collect()
}

/// The latest that ended.
async fn ended(context: &Context, scope: &[Code]) -> Result<Vec<AlertItem>, ViewError> {
    let states = vec![State::Resolved, State::Withdrawn];
    let filter = AlertFilter { states, codes: with_regency(scope), limit: 30, ..AlertFilter::default() };
    let page = context.sources.store.alerts(&filter).await?;
    visible(context, page.items).await
}

/// The store reads a regency's code as all of it, so what is not this viewer's is left out after.
async fn visible(context: &Context, mut alerts: Vec<Alert>) -> Result<Vec<AlertItem>, ViewError> {
    alerts.retain(|alert| context.viewer.covers(alert.code));
    let mut happenings = happening::load(context, &alerts).await?;
    Ok(alerts.iter().map(|alert| item(context, alert, happenings.remove(&alert.id))).collect())
}

fn with_regency(scope: &[Code]) -> Vec<Code> {
    let codes: BTreeSet<Code> = scope.iter().map(|code| code.regency()).collect();
    codes.into_iter().collect()
}

/// What still stands before what only waits to be resolved; then the highest level, those nobody has seen yet,
/// the newest.
pub fn urgent_first(alerts: &mut [AlertItem]) {
    alerts.sort_by(|a, b| {
        let order = a
            .cleared
            .cmp(&b.cleared)
            .then(b.level.cmp(&a.level))
            .then(b.awaits_acceptance.cmp(&a.awaits_acceptance))
            .then(a.state.cmp(&b.state));
        order.then(b.reached_at.cmp(&a.reached_at)).then(a.id.cmp(&b.id))
    });
}

/// The state; who it is assigned to where that is the state; the outcome where one was given (a withdrawn alert has none).
pub fn state_words(lang: Lang, alert: &AlertItem) -> String {
    let state = match alert.assignee.as_ref().filter(|_| alert.state == State::Assigned) {
        Some(name) => lang.fill("alert.assigned_to", &[("name", name)]),
        None => lang.word("alert_state", alert.state.as_str()),
    };
    if alert.awaits_acceptance && alert.state != State::Open {
        return lang.fill("alert.not_accepted_again", &[("state", &state)]);
    }
    match alert.outcome.filter(|outcome| *outcome != AlertOutcome::Void) {
        Some(outcome) => format!("{state}: {}", lang.word("outcome", outcome.as_str())),
        None => state,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: &str, level: Level, state: State, opened: i64) -> AlertItem {
        AlertItem {
            id: id.into(),
            code: Code(161304),
            place: "Rawas Ilir".into(),
            kind: Kind::Disaster,
            level,
            state,
            opened_at: Time(0),
            reached_at: Time(opened),
            peak: level,
            assignee: None,
            outcome: None,
            unverified: false,
            one_party: false,
            awaits_acceptance: state == State::Open,
            withdrawal_waits: false,
            stale: false,
            cleared: false,
            happening: None,
            districts: Vec::new(),
        }
    }

    #[test]
    fn a_regencys_alert_names_what_stands_in_its_districts_and_nothing_else() {
        let of =
            |id: &str, code: u32| AlertItem { code: Code(code), ..item(id, Level::Siaga, State::Open, 1) };
        let regency = of("r", 161_300);
        let over = AlertItem { cleared: true, ..of("d", 161_305) };
        let conflict = AlertItem { kind: Kind::ResidentCompany, ..of("c", 161_303) };
        let live = [regency.clone(), of("a", 161_304), conflict, over, of("n", 160_501)];
        let named: Vec<String> = districts_of(&regency, &live).into_iter().map(|own| own.id).collect();
        assert_eq!(named, ["a"]);
        assert!(districts_of(&live[1], &live).is_empty(), "a kecamatan has none");
    }

    #[test]
    fn the_most_urgent_stands_first() {
        let mut items = vec![
            item("a", Level::Waspada, State::Open, 1),
            item("b", Level::Awas, State::Responding, 5),
            item("c", Level::Awas, State::Open, 9),
            item("d", Level::Awas, State::Open, 3),
            AlertItem { cleared: true, ..item("e", Level::Awas, State::Open, 99) },
        ];
        urgent_first(&mut items);
        let order: Vec<&str> = items.iter().map(|item| item.id.as_str()).collect();
        assert_eq!(order, ["c", "d", "b", "a", "e"]);
    }
}
