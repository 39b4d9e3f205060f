//! Which incidents the history of an alert names: those that its level rests on by now, and those of before. Pages and messages lead
//! with the same.

use super::led_by::{Rise, Rises};
use super::line::{gives_reasons, is_by_model, is_condition, names_incidents};
use super::stood::{StoodIncidents, of_line as stood_of_line};
use domain::effect::Incident;
use domain::report::ReportName;
use domain::time::DAY;
use serde_json::Value;
use std::cmp::Reverse;

/// Most incidents of one alert that are looked at.
pub(crate) const INCIDENTS: usize = 40;

/// The incidents that a history names, those of the newest line first, none twice.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct NamedIncidents {
    /// By conditions and as news since the level last rose or fell, or came back after it had cleared.
    pub now: Vec<ReportName>,
    /// Of the levels before.
    pub before: Vec<ReportName>,
    /// What stood when the alert was ended, where it was.
    pub stood: StoodIncidents,
    /// What raised it to where it stands, the newest first: what led to a level that it has left since is none of them.
    pub rises: Vec<Rise>,
}

impl NamedIncidents {
    /// All of them, with those that stood when the alert was ended.
    pub fn all(&self) -> impl Iterator<Item = ReportName> {
        let stood = self.stood.iter().map(|own| own.id);
        self.now.iter().chain(&self.before).copied().chain(stood)
    }
}

/// Goes through a history, the newest line first.
#[derive(Default)]
pub(crate) struct HistoryReader {
    named: NamedIncidents,
    rises: Rises,
    /// The level of the newest condition that stands.
    level: Option<String>,
    /// The line was passed with which that level began.
    is_before: bool,
    /// Whether the newest line that gives reasons gives the model alone.
    by_model: Option<bool>,
}

impl HistoryReader {
    /// Takes in the line before those that it has.
    pub fn take(&mut self, act: &str, content: &Value) {
        if let Some(stood) = stood_of_line(content) {
            self.named.stood = stood;
        }
        if is_condition(content) {
            self.follow(act, content);
        }
        self.rises.take(act, content);
        if self.by_model.is_none() && gives_reasons(content) {
            self.by_model = Some(is_by_model(&content["reasons"]));
        }
        if names_incidents(act, content) {
            for name in evidence(content) {
                self.add(name);
            }
        }
    }

    /// True where the alert rests on the model alone by its newest reasons.
    pub fn rests_on_model(&self) -> bool {
        self.by_model.unwrap_or(false)
    }

    /// What the lines came to.
    pub fn named(self) -> NamedIncidents {
        NamedIncidents { rises: self.rises.standing(), ..self.named }
    }

    fn follow(&mut self, act: &str, content: &Value) {
        match (act, &self.level) {
            ("cleared" | "withdrawn", None) => {}
            ("cleared" | "withdrawn", Some(_)) => self.is_before = true,
            (_, None) => self.level = content["level"].as_str().map(str::to_owned),
            (_, Some(level)) => self.is_before |= content["level"].as_str() != Some(level),
        }
    }

    fn add(&mut self, name: ReportName) {
        let NamedIncidents { now, before, .. } = &mut self.named;
        if now.len() + before.len() < INCIDENTS && !now.contains(&name) && !before.contains(&name) {
            if self.is_before { before.push(name) } else { now.push(name) }
        }
    }
}

/// The incidents that a line names.
pub(crate) fn evidence(content: &Value) -> impl Iterator<Item = ReportName> {
    let names = content["evidence"].as_array().into_iter().flatten();
    names.filter_map(|name| ReportName::parse(name.as_str()?))
}

/// Puts what an alert is about first: what the desk rejected last, what happened a week before the latest behind the rest, then by
/// severity, by who was hurt, by time.
pub(crate) fn gravest_first(incidents: &mut [Incident]) {
    let latest = incidents.iter().map(|incident| incident.occurred_at).max();
    incidents.sort_by_key(|incident| {
        let of_week = latest.is_some_and(|at| at.since(incident.occurred_at) <= 7 * DAY);
        let gravity = (incident.claimed, incident.occurred_at, Reverse(incident.id));
        (!incident.verdict.counts(), !of_week, Reverse(gravity))
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::report::{FeedId, ReportId};
    use serde_json::json;

    fn name(id: u128) -> ReportName {
        ReportName { id: ReportId(id << 96 | 0x5a5a), feed: FeedId::of("desa-rupit") }
    }

    /// The history, the oldest line first, as it is read.
    fn read(history: &[(&str, &str, &[u128])]) -> NamedIncidents {
        let mut reader = HistoryReader::default();
        for (act, level, evidence) in history.iter().rev() {
            let evidence: Vec<String> = evidence.iter().map(|id| name(*id).to_string()).collect();
            let mut content = json!({ "level": level, "evidence": evidence });
            if !matches!(*act, "new_incident" | "grown" | "dispute" | "assign") {
                content["reasons"] = json!([]);
            }
            reader.take(act, &content);
        }
        reader.named()
    }

    fn of(ids: &[u128]) -> Vec<ReportName> {
        ids.iter().map(|id| name(*id)).collect()
    }

    #[test]
    fn what_the_level_rests_on_begins_with_the_last_rise_fall_or_return() {
        let opened: (&str, &str, &[u128]) = ("raised", "waspada", &[1]);
        let same = read(&[opened, ("new_incident", "waspada", &[2]), ("changed", "waspada", &[3])]);
        assert_eq!((same.now, same.before), (of(&[3, 2, 1]), vec![]), "at one level all counts");
        let risen = read(&[opened, ("new_incident", "waspada", &[2]), ("changed", "awas", &[2])]);
        assert_eq!((risen.now, risen.before), (of(&[2]), of(&[1])));
        let fallen =
            read(&[("raised", "awas", &[1]), ("changed", "siaga", &[2]), ("dispute", "siaga", &[9])]);
        assert_eq!((fallen.now, fallen.before), (of(&[2]), of(&[1])), "a denial adds none");
        let cleared = [("raised", "siaga", &[1][..]), ("cleared", "siaga", &[1])];
        assert_eq!(read(&cleared).now, of(&[1]), "what has cleared is about what it was");
        let returned = [&cleared[..], &[("raised", "siaga", &[2]), ("stale", "siaga", &[2])]].concat();
        assert_eq!((read(&returned).now, read(&returned).before), (of(&[2]), of(&[1])));
        let again = [&returned[..], &[("cleared", "siaga", &[2]), ("assign", "siaga", &[])]].concat();
        assert_eq!((read(&again).now, read(&again).before), (of(&[2]), of(&[1])));
    }

    #[test]
    fn an_alert_rests_on_the_model_alone_by_the_newest_line_that_gives_reasons() {
        let of = |history: &[Value]| {
            let mut reader = HistoryReader::default();
            history.iter().rev().for_each(|reasons| reader.take("changed", &json!({ "reasons": reasons })));
            reader.rests_on_model()
        };
        let (model, rule, none) = (json!([{ "horizon": "7d" }]), json!(["aturan"]), json!([]));
        assert!(of(&[rule.clone(), model.clone()]) && of(&[model.clone(), none.clone()]));
        assert!(!of(&[model, rule.clone()]) && !of(&[rule, none]) && !of(&[]));
    }
}
