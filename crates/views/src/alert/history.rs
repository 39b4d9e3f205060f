//! The history of one alert, line by line, as far as the viewer may read it.

use super::after::{self, REOPENED};
use super::changed::{Causes, ShownState};
use super::request_end::{RequestEnd, end_of};
use super::{HistoryLine, RetractedView, end_word, fewer, retracted_report};
use crate::context::Context;
use crate::error::ViewError;
use crate::format;
use crate::messages::{self, account_words};
use crate::permit::Right;
use crate::reports::{label, may_read, place_name};
use crate::second_person::RequestedAct;
use async_recursion::async_recursion as boxed;
use domain::alert::withdrawal::END_REQUESTED;
use domain::alert::{Alert, AlertOutcome, HistoryEntry};
use domain::effect::Incident;
use domain::kind::{Level, Outcome};
use domain::place::{Code, Zone};
use domain::report::{Body, ReportName, Statement, VerificationAct};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use store::calendar::parse_rfc3339;
use store::{RetractedClaim, StoredReport, incident_of_line, retracted_claims, stood_of_line, was_of_line};

/// The act of a line about an incident that came.
const NEW_INCIDENT: &str = "new_incident";
/// The act of the line with which the service withdrew an alert.
pub(super) const WITHDRAWN: &str = "withdrawn";
/// Most reports that are named of those that their sources took back.
const RETRACTED_NAMED: usize = 3;

/// The lines of the history, the first first.
#[boxed]
pub(super) async fn lines(
    context: &Context,
    alert: &Alert,
    entries: &[HistoryEntry],
) -> Result<Vec<HistoryLine>, ViewError> {
    let read: Vec<LineContent> = entries.iter().map(LineContent::of).collect();
    let behind = match context.viewer.may(Right::SeeReports) {
        true => Behind::read(context, alert.code.regency(), &read).await?,
        false => Behind::default(),
    };
    let acts = read.iter().map(|own| (own.entry.act.as_str(), &own.content));
    let causes = Causes::read(context, alert.code.regency(), acts).await?;
    let mut lines = Vec::with_capacity(entries.len());
    let mut asked: Option<ReportName> = None;
    let mut stood: Option<ShownState> = None;
    for LineContent { entry, content } in &read {
        let before = stood.clone();
        stood = ShownState::after(context, (&entry.act, content), before.as_ref());
        let states = [before.as_ref(), stood.as_ref()];
        let changed = causes.words(context, alert.code, (&entry.act, content), states);
        let name = incident_of_line(&entry.act, content).filter(|_| context.viewer.may(Right::SeeReports));
        let about = match name {
            Some(name) => behind.incident_words(context, alert.code, (name, content)),
            None => end_words(context, alert.code, (entry, content))
                .or_else(|| behind.request_words(context, alert.code, content))
                .or_else(|| behind.reopened_words(context, alert.code, (entry, content)))
                .or_else(|| behind.why_withdrawn(context, alert, (entry, content))),
        };
        if content["takes_back"].as_bool() == Some(false) {
            asked = verification(content);
        }
        let is_awas = content.get("reasons").is_some() && content["level"] == Level::Awas.as_str();
        let joined = asked.take_if(|_| is_awas).and_then(|request| {
            let who = account_words(context, &behind.end(request)?.joined()?.account);
            Some(context.lang.fill("alert.second_confirmed", &[("who", &who)]))
        });
        let about = match fewer::people(context.lang, (&entry.act, content)) {
            Some(people) => Some(about.map_or(people.clone(), |about| format!("{about}: {people}"))),
            None => about,
        };
        let dropped = no_more_words(context, alert.code, (content, "dropped"));
        let shows_change = changed.as_ref().is_none_or(|words| !words.is_empty());
        let changed = changed.filter(|words| !words.is_empty());
        let took_back = causes.who_took_back(context, alert.code, (&entry.act, content));
        let earlier = after::withdrawn_of_line(context, alert.code, content).await?;
        let own = [changed, about, joined, took_back, dropped, earlier];
        let words: Vec<String> = own.into_iter().flatten().collect();
        if words.is_empty() && !shows_change {
            continue;
        }
        let about = (!words.is_empty()).then(|| words.join(" · "));
        let mut line = line(context, (entry, content), about);
        let moved = states[0].zip(states[1]).filter(|(before, now)| before.level != now.level);
        line.level = line.level.or(moved.filter(|_| entry.act == "changed").map(|(_, now)| now.level));
        if entry.act == NEW_INCIDENT && name.is_some_and(|name| behind.replaces(name)) {
            line.act = String::from("replaced");
        }
        lines.push(line);
    }
    Ok(lines)
}

/// A line with what it says.
struct LineContent<'a> {
    entry: &'a HistoryEntry,
    content: Value,
}

impl LineContent<'_> {
    fn of(entry: &HistoryEntry) -> LineContent<'_> {
        // A lawful deletion leaves a content empty.
        LineContent { entry, content: content_of(entry) }
    }
}

/// The report by which what a line says came about.
pub(super) fn brought_by(content: &Value) -> Option<ReportName> {
    ReportName::parse(content["by"].as_str()?)
}

/// What a line says in full.
pub(super) fn content_of(entry: &HistoryEntry) -> Value {
    serde_json::from_str(&entry.content).unwrap_or_default()
}

/// The incident by which a line opens an alert again; a place that rises names many.
fn reopened_by(entry: &HistoryEntry, content: &Value) -> Option<ReportName> {
    let mut names = evidence(content).filter(|_| entry.act == REOPENED);
    names.next().filter(|_| names.next().is_none())
}

/// The record of the desk that a line is about.
fn verification(content: &Value) -> Option<ReportName> {
    content["verification"].as_str().and_then(ReportName::parse)
}

/// The incidents that a line names.
fn evidence(content: &Value) -> impl Iterator<Item = ReportName> {
    let names = content["evidence"].as_array().into_iter().flatten();
    names.filter_map(|name| ReportName::parse(name.as_str()?))
}

/// What an alert rested on that the service withdrew.
pub(super) fn rested_on(history: &[HistoryEntry]) -> Vec<ReportName> {
    let withdrawn = history.iter().rev().find(|entry| entry.act == WITHDRAWN);
    withdrawn.map(|entry| evidence(&LineContent::of(entry).content).collect()).unwrap_or_default()
}

/// What stands behind a history's lines, of each sort read at once, however many lines there are.
#[derive(Default)]
struct Behind {
    incidents: BTreeMap<ReportName, Incident>,
    /// Reports after which incidents were called, what they replaced, and records of the desk that ask for a second person.
    reports: BTreeMap<ReportName, StoredReport>,
    /// Reports that name what was asked about or rejected.
    naming: BTreeMap<ReportName, Vec<StoredReport>>,
}

impl Behind {
    async fn read(context: &Context, regency: Code, lines: &[LineContent<'_>]) -> Result<Behind, ViewError> {
        let store = &context.sources.store;
        let (mut named, mut came_in) = (BTreeSet::new(), BTreeSet::new());
        let mut brought = BTreeSet::new();
        let (mut requests, mut rested_on) = (BTreeSet::new(), BTreeSet::new());
        for LineContent { entry, content } in lines {
            let own = incident_of_line(&entry.act, content);
            named.extend(own.or_else(|| reopened_by(entry, content)));
            brought.extend(brought_by(content));
            came_in.extend(own.filter(|_| entry.act == NEW_INCIDENT));
            requests.extend(verification(content).filter(|_| content["takes_back"].is_boolean()));
            rested_on.extend(evidence(content).filter(|_| entry.act == WITHDRAWN));
        }
        named.extend(&rested_on);
        let list = |names: BTreeSet<ReportName>| names.into_iter().collect::<Vec<ReportName>>();
        let mut reports = store.reports_named(regency, &list(&(&named | &requests) | &brought)).await?;
        let incidents = store.incidents_once_called(regency, &list(named)).await?;
        let of = |names: &BTreeSet<ReportName>, other: fn(&StoredReport) -> Option<ReportName>| {
            let own = names.iter().filter_map(|name| reports.get(name));
            own.filter_map(other).collect::<BTreeSet<ReportName>>()
        };
        let (replaced, mut judged) = (of(&came_in, superseded), of(&requests, target));
        for LineContent { content, .. } in lines.iter().filter(|line| line.entry.act == WITHDRAWN) {
            judged.extend(rejected_of(content, &incidents));
        }
        let retracted = |name: &&ReportName| {
            reports.get(*name).is_some_and(|own| own.outcome == Some(Outcome::Retracted))
        };
        judged.extend(rested_on.iter().filter(retracted));
        reports.extend(store.reports_named(regency, &list(replaced)).await?);
        let naming = store.reports_naming_each(regency, &list(judged)).await?;
        Ok(Behind { incidents, reports, naming })
    }

    /// The incident of a line as it was called then, whatever it became part of since: by the report that made it so much worse or surer,
    /// else by the one after which it was called, as far as the viewer may read that.
    fn incident_words(
        &self,
        context: &Context,
        code: Code,
        (name, content): (ReportName, &Value),
    ) -> Option<String> {
        let report = self.reports.get(&brought_by(content).unwrap_or(name));
        let stated = |report: &StoredReport| match &report.report.body {
            Body::Statement(statement) => Some((statement.category, statement.occurred_at)),
            _ => None,
        };
        let own = report.and_then(stated);
        let called = || self.reports.get(&name).and_then(stated);
        let now = || self.incidents.get(&name).map(|incident| (incident.category, incident.occurred_at));
        let (category, at) = was_of_line(content).or(own).or_else(called).or_else(now)?;
        let when = format::short_occurrence(at, Zone::of(code), context.lang);
        let what = label(context, category);
        let named = report.filter(|report| own == Some((category, at)) && may_read(context, report));
        Some(match named {
            Some(report) => {
                let place = place_name(context, report.report.place);
                let who = context.lang.word("class", report.report.class);
                let values: [(&str, &dyn Display); 4] =
                    [("what", &what), ("place", &place), ("time", &when), ("who", &who)];
                context.lang.fill("alert.incident_of_line_by", &values)
            }
            None => context.lang.fill("alert.incident_of_line", &[("what", &what), ("time", &when)]),
        })
    }

    /// True where the report after which a new incident is called replaced an earlier one of its source: it is no other event.
    fn replaces(&self, name: ReportName) -> bool {
        let replaced = self.reports.get(&name).and_then(superseded);
        let replaced = replaced.and_then(|replaced| self.reports.get(&replaced));
        replaced.is_some_and(|replaced| replaced.outcome == Some(Outcome::Superseded))
    }

    /// What became of what one person asked a second one for by a record; `None` while nothing did.
    fn end(&self, request: ReportName) -> Option<RequestEnd<'_>> {
        let asked = self.reports.get(&request)?;
        end_of(asked, self.naming.get(&target(asked)?)?)
    }

    /// What one person asked a second one for, who asked, and what became of it, in a line about that; for those who may read reports.
    fn request_words(&self, context: &Context, code: Code, content: &Value) -> Option<String> {
        let takes_back = content["takes_back"].as_bool()?;
        let name = verification(content).filter(|_| context.viewer.may(Right::SeeReports))?;
        let who = self.reports.get(&name).map(|record| record.account.clone()).unwrap_or_default();
        let key = if takes_back { "alert.take_back_of_line" } else { "alert.awas_of_line" };
        let asked = context.lang.fill(key, &[("who", &who)]);
        let end = self.end(name).map(|end| end.words(context, code));
        Some([Some(asked), end].into_iter().flatten().collect::<Vec<_>>().join(" · "))
    }

    /// By which incident an alert opened again, and after which one.
    fn reopened_words(
        &self,
        context: &Context,
        code: Code,
        (entry, content): (&HistoryEntry, &Value),
    ) -> Option<String> {
        let words = after::reopened_words(context, code, (&entry.act, content))?;
        let name = reopened_by(entry, content);
        let incident = name.and_then(|name| self.incident_words(context, code, (name, content)));
        Some(incident.into_iter().chain([words]).collect::<Vec<String>>().join(" · "))
    }

    /// Why the service withdrew an alert: who rejected what it rested on, and what its source took back.
    fn why_withdrawn(
        &self,
        context: &Context,
        alert: &Alert,
        (entry, content): (&HistoryEntry, &Value),
    ) -> Option<String> {
        let words: Vec<String> = self
            .rejected_by(context, (entry, content))
            .into_iter()
            .chain(self.retracted(context, alert, (entry, content)))
            .collect();
        (!words.is_empty()).then(|| words.join(" · "))
    }

    /// What a withdrawn alert rested on that its source had taken back by then.
    fn retracted(
        &self,
        context: &Context,
        alert: &Alert,
        (entry, content): (&HistoryEntry, &Value),
    ) -> Vec<String> {
        let names = evidence(content).filter(|_| entry.act == WITHDRAWN);
        let claims = retracted_claims(names.filter_map(|name| self.reports.get(&name)), alert.kind);
        let by_then = |claim: &&RetractedClaim| {
            let takes_back = |own: &&StoredReport| matches!(own.report.body, Body::Retraction { target } if target == claim.report.id);
            let mut naming = self.naming.get(&claim.report).into_iter().flatten().filter(takes_back);
            naming.any(|own| own.report.feed == claim.report.feed && own.received_at <= entry.at)
        };
        let words = |claim: &RetractedClaim| {
            let own = RetractedView::of(context, alert, claim);
            let time = format::short_occurrence(own.occurred_at, Zone::of(alert.code), context.lang);
            retracted_report(&own.what, &time, context.lang)
        };
        claims.iter().filter(by_then).take(RETRACTED_NAMED).map(words).collect()
    }

    /// Who of the desk rejected what a withdrawn alert rested on.
    fn rejected_by(&self, context: &Context, (entry, content): (&HistoryEntry, &Value)) -> Option<String> {
        let withdrawn = (entry.act == WITHDRAWN).then_some(content)?;
        let rejected = rejected_of(withdrawn, &self.incidents);
        let naming = rejected.iter().filter_map(|name| self.naming.get(name));
        let rejects = |own: &&StoredReport| {
            let act = RequestedAct::of(own);
            let rejects = matches!(act, Some(RequestedAct::Verify(VerificationAct::Reject, _)));
            rejects && own.received_at <= entry.at
        };
        let who: BTreeSet<String> =
            naming.flatten().filter(rejects).map(|own| account_words(context, &own.account)).collect();
        let who: Vec<String> = who.into_iter().filter(|who| !who.is_empty()).collect();
        (!who.is_empty()).then(|| context.lang.fill("alert.rejected_of_line", &[("who", &who.join(", "))]))
    }
}

/// What a withdrawn alert rested on and the desk had rejected by then, by its names: what came in since takes that back nowhere.
fn rejected_of(content: &Value, incidents: &BTreeMap<ReportName, Incident>) -> BTreeSet<ReportName> {
    let is_rejected = |name: &ReportName| match stood_of_line(content, *name) {
        Some(then) => then.rejected,
        None => incidents.get(name).is_some_and(|own| !own.verdict.counts()),
    };
    let rejected = evidence(content).filter(is_rejected);
    rejected.flat_map(|name| [Some(name), incidents.get(&name).map(|own| own.id)]).flatten().collect()
}

/// The report that a source's correction takes the place of.
fn superseded(report: &StoredReport) -> Option<ReportName> {
    let Body::Statement(Statement { supersedes: Some(id), .. }) = &report.report.body else { return None };
    Some(ReportName { id: *id, ..report.report.name() })
}

/// The first report that a record of the desk judges.
pub(super) fn target(record: &StoredReport) -> Option<ReportName> {
    let RequestedAct::Verify(_, reports) = RequestedAct::of(record)? else { return None };
    reports.first().and_then(|own| ReportName::parse(&own.to_string()))
}

/// How an alert is to end or ended, and, where two persons ended it, who asked, when, and by which way the second agreed.
fn end_words(context: &Context, code: Code, (entry, content): (&HistoryEntry, &Value)) -> Option<String> {
    let lang = context.lang;
    let outcome = content["outcome"].as_str().and_then(AlertOutcome::parse);
    let outcome = outcome.map(|outcome| end_word(lang, outcome));
    match entry.act.as_str() {
        END_REQUESTED | "cancel_request" => {
            let outcome = outcome.map(|outcome| lang.fill("alert.end_of_line", &[("act", &outcome)]));
            let words: Vec<String> =
                outcome.into_iter().chain(no_more_words(context, code, (content, "replaced"))).collect();
            (!words.is_empty()).then(|| words.join(" · "))
        }
        "resolve" | "withdraw" => {
            let joined = content["joined"]["account"].as_str().map(|account| {
                let at = content["joined"]["at"].as_str().and_then(parse_rfc3339);
                let time = at.map(|at| format::short(at, Zone::of(code), lang)).unwrap_or_default();
                let key = if is_by_link(entry) { "alert.joined_by_link" } else { "alert.joined_on_page" };
                lang.fill(key, &[("who", &account), ("time", &time)])
            });
            let words: Vec<String> = outcome.into_iter().chain(joined).collect();
            (!words.is_empty()).then(|| words.join(" · "))
        }
        _ => None,
    }
}

/// The end of a request by the line that dropped it or took its place (`by`).
fn no_more_words(context: &Context, code: Code, (content, by): (&Value, &str)) -> Option<String> {
    let word = |key: &str| content[by][key].as_str();
    let (who, outcome) = (word("account")?, AlertOutcome::parse(word("outcome")?)?);
    let time = format::short(parse_rfc3339(word("at")?)?, Zone::of(code), context.lang);
    let values: [(&str, &dyn Display); 3] =
        [("who", &who), ("time", &time), ("act", &end_word(context.lang, outcome))];
    let key =
        if by == "dropped" { "alert.request_dropped_of_line" } else { "alert.request_replaced_of_line" };
    Some(context.lang.fill(key, &values))
}

/// True where somebody of the roster acted, who has no account there: no account's name has a stroke.
fn is_by_link(entry: &HistoryEntry) -> bool {
    entry.actor.contains('/')
}

/// A line of the history; what people wrote in their own words is not for those who see aggregates only.
fn line(context: &Context, (entry, content): (&HistoryEntry, &Value), about: Option<String>) -> HistoryLine {
    let words = context.viewer.may(Right::SeeReports);
    let people = content["people"]
        .as_array()
        .map(|people| messages::roles(context, people.iter().filter_map(Value::as_str)));
    let to = content["to"].as_str().map(str::to_owned).or(people).map(|to| format!("→ {to}"));
    let reason = [about, to, Some(entry.reason.clone()).filter(|reason| words && !reason.is_empty())];
    HistoryLine {
        version: entry.version,
        at: entry.at,
        actor: entry.actor.clone(),
        act: entry.act.clone(),
        level: content.get("reasons").and(content["level"].as_str()).and_then(Level::parse),
        reason: reason.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        role: is_by_link(entry).then(|| messages::contact(context, &entry.actor).role),
    }
}
