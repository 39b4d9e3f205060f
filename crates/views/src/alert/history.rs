//! The history of one alert, line by line, as far as the viewer may read it.

use super::{HistoryLine, end_word};
use crate::context::Context;
use crate::error::ViewError;
use crate::format;
use crate::messages::{self, account_words};
use crate::permit::Right;
use crate::reports::label;
use crate::second_person::{RequestedAct, may_join};
use domain::alert::withdrawal::END_REQUESTED;
use domain::alert::{Alert, AlertOutcome, HistoryEntry};
use domain::kind::{Category, Level, Outcome};
use domain::place::{Code, Zone};
use domain::report::{Body, ReportName, Statement, VerificationAct};
use domain::time::Time;
use serde_json::Value;
use std::collections::BTreeSet;
use store::calendar::parse_rfc3339;
use store::{ReportKey, StoredReport};

/// The act of a line about an incident that came.
const NEW_INCIDENT: &str = "new_incident";

/// The lines of the history, the first first.
pub(super) async fn lines(
    context: &Context,
    alert: &Alert,
    entries: &[HistoryEntry],
) -> Result<Vec<HistoryLine>, ViewError> {
    let contents: Vec<Value> =
        entries.iter().map(|entry| serde_json::from_str(&entry.content).unwrap_or_default()).collect();
    let of_incident = entries.iter().zip(&contents).map(|(entry, content)| incident_of(entry, content));
    let named: Vec<Option<ReportName>> = match context.viewer.may(Right::SeeReports) {
        true => of_incident.collect(),
        false => vec![None; entries.len()],
    };
    let names: Vec<ReportName> = named.iter().flatten().copied().collect();
    let incidents = context.sources.store.incidents_once_called(alert.code.regency(), &names).await?;
    let mut lines = Vec::with_capacity(entries.len());
    let mut asked: Option<ReportName> = None;
    for ((entry, content), name) in entries.iter().zip(&contents).zip(&named) {
        let replaces = match name {
            Some(name) if entry.act == NEW_INCIDENT => replaces(context, alert.code, *name).await?,
            _ => false,
        };
        let about = match name.as_ref().and_then(|name| incidents.get(name)) {
            Some(incident) => {
                Some(incident_words(context, alert.code, (incident.category, incident.occurred_at)))
            }
            None if name.is_some() => was(content).map(|was| incident_words(context, alert.code, was)),
            None => match end_words(context, alert.code, (entry, content)) {
                Some(words) => Some(words),
                None => match request_words(context, alert.code, content).await? {
                    Some(words) => Some(words),
                    None => rejected_by(context, alert.code, (entry, content)).await?,
                },
            },
        };
        if content["takes_back"].as_bool() == Some(false) {
            asked = content["verification"].as_str().and_then(ReportName::parse);
        }
        let is_awas = content.get("reasons").is_some() && content["level"] == Level::Awas.as_str();
        let joined = match asked.take_if(|_| is_awas) {
            Some(request) => {
                let joined = joined(context, alert.code, request).await?;
                let who = joined.map(|record| account_words(context, &record.account));
                who.map(|who| context.lang.fill("alert.second_confirmed", &[("who", &who)]))
            }
            None => None,
        };
        let mut line = line(context, (entry, content), about.or(joined));
        if replaces {
            line.act = String::from("replaced");
        }
        lines.push(line);
    }
    Ok(lines)
}

/// The one incident that a line is about.
fn incident_of(entry: &HistoryEntry, content: &Value) -> Option<ReportName> {
    let about_one = matches!(entry.act.as_str(), NEW_INCIDENT | "grown" | "dispute" | "taken_back");
    about_one.then(|| ReportName::parse(content["evidence"][0].as_str()?)).flatten()
}

/// True where the report after which a new incident is called replaced an earlier one of its source: it is no other event.
async fn replaces(context: &Context, code: Code, name: ReportName) -> Result<bool, ViewError> {
    let store = &context.sources.store;
    let Some(report) = store.report(code.regency(), name).await? else { return Ok(false) };
    let Body::Statement(Statement { supersedes: Some(id), .. }) = report.report.body else {
        return Ok(false);
    };
    let replaced = store.report(code.regency(), ReportName { id, ..name }).await?;
    Ok(replaced.is_some_and(|replaced| replaced.outcome == Some(Outcome::Superseded)))
}

/// What an incident was that is no more, and when it happened, as its line has it.
fn was(content: &Value) -> Option<(Category, Time)> {
    let word = |key: &str| content[key].as_str();
    Some((Category::parse(word("category")?)?, parse_rfc3339(word("occurred_at")?)?))
}

/// What happened in the incident of a line, and when.
fn incident_words(context: &Context, code: Code, (category, at): (Category, Time)) -> String {
    let when = format::short(at, Zone::of(code), context.lang);
    let what = label(context, category);
    context.lang.fill("alert.incident_of_line", &[("what", &what), ("time", &when)])
}

/// The record by which a second person joined what one asked for by a record; for those who may read reports.
async fn joined(
    context: &Context,
    code: Code,
    request: ReportName,
) -> Result<Option<StoredReport>, ViewError> {
    let (store, regency) = (&context.sources.store, code.regency());
    if !context.viewer.may(Right::SeeReports) {
        return Ok(None);
    }
    let Some(asked) = store.report(regency, request).await? else { return Ok(None) };
    let Some(asks) = RequestedAct::of(&asked) else { return Ok(None) };
    let RequestedAct::Verify(_, reports) = &asks else { return Ok(None) };
    let Some(target) = reports.first().and_then(|own| ReportName::parse(&own.to_string())) else {
        return Ok(None);
    };
    let naming = store.reports_naming(ReportKey { regency, id: target }).await?;
    Ok(naming.into_iter().find(|other| {
        let same = RequestedAct::of(other).is_some_and(|own| own.says_the_same(&asks, target));
        let later = other.received_at >= asked.received_at && other.report.name() != request;
        later && same && other.report.author.is_some_and(|author| may_join(&asked, &author))
    }))
}

/// What one person asked a second one for, who asked, and who joined, in a line about that; for those who may read reports.
async fn request_words(context: &Context, code: Code, content: &Value) -> Result<Option<String>, ViewError> {
    let takes_back = content["takes_back"].as_bool();
    let (Some(takes_back), true) = (takes_back, context.viewer.may(Right::SeeReports)) else {
        return Ok(None);
    };
    let Some(name) = content["verification"].as_str().and_then(ReportName::parse) else { return Ok(None) };
    let record = context.sources.store.report(code.regency(), name).await?;
    let who = record.map(|record| record.account).unwrap_or_default();
    let key = if takes_back { "alert.take_back_of_line" } else { "alert.awas_of_line" };
    let asked = context.lang.fill(key, &[("who", &who)]);
    let joined = joined(context, code, name).await?.map(|record| {
        let time = format::short(record.received_at, Zone::of(code), context.lang);
        let who = account_words(context, &record.account);
        context.lang.fill("alert.second_joined", &[("who", &who), ("time", &time)])
    });
    Ok(Some([Some(asked), joined].into_iter().flatten().collect::<Vec<_>>().join(" · ")))
}

/// Who of the desk rejected what a withdrawn alert rested on; for those who may read reports.
async fn rejected_by(
    context: &Context,
    code: Code,
    (entry, content): (&HistoryEntry, &Value),
) -> Result<Option<String>, ViewError> {
    let (store, regency) = (&context.sources.store, code.regency());
    if entry.act != "withdrawn" || !context.viewer.may(Right::SeeReports) {
        return Ok(None);
    }
    let ids = content["evidence"].as_array().into_iter().flatten();
    let names: Vec<ReportName> = ids.filter_map(|id| ReportName::parse(id.as_str()?)).collect();
    let mut who: BTreeSet<String> = BTreeSet::new();
    for incident in store.incidents_once_called(regency, &names).await?.into_values() {
        if incident.verdict.counts() {
            continue;
        }
        let naming = store.reports_naming(ReportKey { regency, id: incident.id }).await?;
        let rejects = |own: &&StoredReport| {
            matches!(RequestedAct::of(own), Some(RequestedAct::Verify(VerificationAct::Reject, _)))
        };
        let in_time = naming.iter().filter(rejects).filter(|own| own.received_at <= entry.at);
        who.extend(in_time.map(|own| account_words(context, &own.account)));
    }
    let who: Vec<String> = who.into_iter().filter(|who| !who.is_empty()).collect();
    Ok((!who.is_empty()).then(|| context.lang.fill("alert.rejected_of_line", &[("who", &who.join(", "))])))
}

/// How an alert is to end or ended, and, where two persons ended it, who asked, when, and by which way the second agreed.
fn end_words(context: &Context, code: Code, (entry, content): (&HistoryEntry, &Value)) -> Option<String> {
    let lang = context.lang;
    let outcome = content["outcome"].as_str().and_then(AlertOutcome::parse);
    let outcome = outcome.map(|outcome| end_word(lang, outcome));
    match entry.act.as_str() {
        END_REQUESTED | "cancel_request" => {
            outcome.map(|outcome| lang.fill("alert.end_of_line", &[("act", &outcome)]))
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
