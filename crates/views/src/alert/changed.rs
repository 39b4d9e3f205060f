//! What a condition's line changed of what a reader sees: that it came back or is stale no longer, from which level, how sure it is by now,
//! which reasons came and went, and by whose word. A line that changed none of this is not shown.

use super::history::brought_by;
use crate::alerts::sureness_mark;
use crate::context::Context;
use crate::error::ViewError;
use crate::format;
use crate::level;
use crate::messages::account_words;
use crate::permit::Right;
use crate::reports::{label, may_read, place_name};
use crate::rules;
use domain::desk_feed::is_desk_feed;
use domain::effect::ConditionChange;
use domain::kind::Level;
use domain::place::{Code, Zone};
use domain::report::{Body, ReportName, Statement};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Display;
use store::{StoredReport, gives_reasons};

/// How an alert stood after a line, as a reader sees it.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct ShownState {
    pub level: Level,
    trigger: TriggerState,
    sureness: Option<&'static str>,
    /// It names incidents: only of these anybody can be sure.
    names_incidents: bool,
    /// Their names.
    reasons: Vec<String>,
}

/// Whether what an alert was raised by goes on, as the line of it has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum TriggerState {
    Stands,
    /// No source speaks any more.
    Stale,
    /// It has subsided.
    Cleared,
}

impl TriggerState {
    /// After a line of this act. `None` where that leaves it as it was.
    fn after(act: &str) -> Option<TriggerState> {
        const RAISED: &str = ConditionChange::Raised.as_str();
        const STALE: &str = ConditionChange::Stale.as_str();
        const CLEARED: &str = ConditionChange::Cleared.as_str();
        match act {
            RAISED | CHANGED => Some(TriggerState::Stands),
            STALE => Some(TriggerState::Stale),
            CLEARED => Some(TriggerState::Cleared),
            _ => None,
        }
    }
}

impl ShownState {
    /// After a line; what it does not say is as it was `before`. `None` where nothing says at which level it stands.
    pub fn after(
        context: &Context,
        (act, content): (&str, &Value),
        before: Option<&ShownState>,
    ) -> Option<ShownState> {
        let level = content["level"].as_str().and_then(Level::parse);
        let flag = |key: &str| content[key].as_bool();
        let sureness = match (flag("unverified"), before) {
            (Some(unverified), _) => sureness_mark(unverified, flag("one_party").unwrap_or(false)),
            (None, before) => before.and_then(|before| before.sureness),
        };
        let reasons = match gives_reasons(content) {
            true => rules::names(&content["reasons"], &context.sources.rules, context.lang),
            false => before.map(|before| before.reasons.clone()).unwrap_or_default(),
        };
        let level = level.or(before.map(|before| before.level))?;
        let named =
            gives_reasons(content).then(|| content["evidence"].as_array().is_some_and(|own| !own.is_empty()));
        let names_incidents = named.or(before.map(|before| before.names_incidents)).unwrap_or(false);
        let stood = before.map_or(TriggerState::Stands, |before| before.trigger);
        let trigger = TriggerState::after(act).unwrap_or(stood);
        Some(ShownState { level, trigger, sureness, names_incidents, reasons })
    }

    /// That it came back or is stale no longer, how high and how sure it stands by now, and which reasons came and went; nothing where a
    /// reader sees none other than `before`.
    fn words(&self, context: &Context, before: &ShownState) -> [Vec<String>; 2] {
        let lang = context.lang;
        let again = match before.trigger {
            TriggerState::Stands => None,
            same if same == self.trigger => None,
            TriggerState::Stale => Some(lang.text("alert.stale_no_longer").to_owned()),
            TriggerState::Cleared => Some(lang.text("alert.triggered_again").to_owned()),
        };
        let moved = (self.level != before.level).then(|| {
            let key = if self.level > before.level { "alert.rose_from" } else { "alert.fell_from" };
            lang.fill(key, &[("level", &level::word(before.level, lang))])
        });
        let sureness = match self.sureness {
            own if own == before.sureness => None,
            Some(mark) => Some(lang.fill("alert.by_now", &[("mark", &lang.word("alert_mark", mark))])),
            None => self.names_incidents.then(|| lang.text("alert.sure_by_now").to_owned()),
        };
        let other = |own: &ShownState, of: &ShownState, key| {
            let names = own.reasons.iter().filter(|name| !of.reasons.contains(name));
            let names: Vec<&str> = names.map(String::as_str).collect();
            (!names.is_empty()).then(|| lang.fill(key, &[("reasons", &names.join("; "))]))
        };
        let came = other(self, before, "alert.reasons_came");
        // What another took the place of is no news beside that.
        let reasons = came.or_else(|| other(before, self, "alert.reasons_gone"));
        [vec![again, moved, sureness], vec![reasons]].map(|own| own.into_iter().flatten().collect())
    }
}

/// The reports by which conditions changed, with what they take back.
#[derive(Default)]
pub(super) struct Causes {
    reports: BTreeMap<ReportName, StoredReport>,
}

impl Causes {
    /// Those of these lines.
    pub async fn read(
        context: &Context,
        regency: Code,
        lines: impl Iterator<Item = (&str, &Value)>,
    ) -> Result<Causes, ViewError> {
        let store = &context.sources.store;
        let by_somebody = |(act, _): &(&str, &Value)| *act == CHANGED || TAKES_BACK.contains(act);
        let names = lines.filter(by_somebody).filter_map(|(_, content)| brought_by(content));
        let mut reports = store.reports_named(regency, &names.collect::<Vec<_>>()).await?;
        let named: Vec<ReportName> = reports.values().filter_map(taken_back).collect();
        reports.extend(store.reports_named(regency, &named).await?);
        Ok(Causes { reports })
    }

    /// What a condition's line changed and by whose word. `None` of any other line; empty where no reader sees anything.
    pub fn words(
        &self,
        context: &Context,
        code: Code,
        (act, content): (&str, &Value),
        [before, now]: [Option<&ShownState>; 2],
    ) -> Option<String> {
        let (before, now) = (before?, now.filter(|_| act == CHANGED)?);
        let [stands, reasons] = now.words(context, before);
        let cause = self.cause(context, code, content);
        Some(match cause {
            // By whose word it stands so tells why: the reasons are others by that.
            Some(cause) if !stands.is_empty() => format!("{}: {cause}", stands.join(", ")),
            Some(cause) if !reasons.is_empty() => format!("{} · {cause}", reasons.join(", ")),
            _ => [stands, reasons].concat().join(", "),
        })
    }

    /// Who took back what a line says that holds no longer; `None` of any other line.
    pub fn who_took_back(
        &self,
        context: &Context,
        code: Code,
        (act, content): (&str, &Value),
    ) -> Option<String> {
        self.cause(context, code, content).filter(|_| TAKES_BACK.contains(&act))
    }

    /// By whose word a line came about: the class of the source, or the officer for those who may read reports.
    fn cause(&self, context: &Context, code: Code, content: &Value) -> Option<String> {
        let lang = context.lang;
        let record = self.reports.get(&brought_by(content)?)?;
        let of_desk = is_desk_feed(record.report.feed) && context.viewer.may(Right::SeeReports);
        let officer = of_desk.then(|| account_words(context, &record.account)).filter(|who| !who.is_empty());
        let who = officer.unwrap_or_else(|| lang.word("class", record.report.class));
        if let Some(taken_back) = taken_back(record) {
            let corrects = matches!(record.report.body, Body::Statement(_) | Body::Remark(_));
            let key = if corrects { "alert.corrected_by" } else { "alert.retracted_by" };
            let claim = self.reports.get(&taken_back).and_then(|claim| subject(context, code, claim));
            let words = lang.fill(key, &[("who", &who)]);
            return Some(claim.map_or(words.clone(), |claim| format!("{words} ({claim})")));
        }
        Some(match &record.report.body {
            Body::Nothing { .. } => return None,
            Body::Verification { act, .. } => {
                let act = lang.word("verification", act.as_str());
                lang.fill("alert.verified_by", &[("act", &act), ("who", &who)])
            }
            _ => match subject(context, code, record) {
                Some(subject) => lang.fill("alert.report_of_about", &[("who", &who), ("what", &subject)]),
                None => lang.fill("alert.report_of", &[("who", &who)]),
            },
        })
    }
}

/// The act of a condition's line where it stays open.
const CHANGED: &str = ConditionChange::Changed.as_str();
/// The acts of lines by which something holds no longer.
const TAKES_BACK: [&str; 2] = ["taken_back", "fewer_harmed"];

/// What a record of its source takes back or replaces.
fn taken_back(record: &StoredReport) -> Option<ReportName> {
    let target = match &record.report.body {
        Body::Retraction { target } => Some(*target),
        Body::Statement(Statement { supersedes, .. }) => *supersedes,
        Body::Remark(own) => own.supersedes,
        Body::Verification { .. } | Body::Nothing { .. } => None,
    };
    target.map(|id| ReportName { id, ..record.report.name() })
}

/// What a report says happened, where and when, as far as the viewer may read it.
fn subject(context: &Context, code: Code, report: &StoredReport) -> Option<String> {
    let Body::Statement(own) = &report.report.body else { return None };
    if !may_read(context, report) {
        return None;
    }
    let (what, place) = (label(context, own.category), place_name(context, report.report.place));
    let time = format::short_occurrence(own.occurred_at, Zone::of(code), context.lang);
    let values: [(&str, &dyn Display); 3] = [("what", &what), ("place", &place), ("time", &time)];
    Some(context.lang.fill("alert.subject_of_line", &values))
}
