//! An alert's end: the request that waits for a second person, who may be that, requests that nobody joined, and who ended it and
//! why; and why only the desk was notified of an alert.

use super::{AlertView, DeliveryCount, SinceRequest, reported_since, viewer_author};
use crate::context::Context;
use crate::error::ViewError;
use crate::format;
use crate::json;
use crate::messages::arrived;
use crate::permit::Right;
use crate::second_link::{answer_words, asked_by, contact_author};
use crate::second_person::{awas_request, own_author, take_back_request};
use crate::words::Lang;
use domain::alert::withdrawal::END_REQUESTED;
use domain::alert::{Alert, AlertOutcome, HistoryEntry, NOTED_ONLY, State};
use domain::evidence::second_person::SECOND_WITHIN;
use domain::place::{Code, Zone};
use domain::time::Time;
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt::Display;
use store::{Delivery, LapsedRequest, RequestAnswer, SoleFeed};

/// One person's request to take an alert back.
#[derive(Clone, Debug, Serialize)]
pub struct WithdrawalView {
    /// The account that asked.
    pub asked_by: String,
    #[serde(serialize_with = "json::time")]
    pub asked_at: Time,
    #[serde(serialize_with = "json::time")]
    pub lapses_at: Time,
    /// How the alert is to end.
    #[serde(serialize_with = "json::word")]
    pub outcome: AlertOutcome,
    /// True where the viewer asked: somebody else must do the same.
    pub own: bool,
    /// Who asked, when, and until when a second person may agree; `**` marks what is strong.
    pub words: String,
    /// Why, for those who may read it.
    #[serde(skip)]
    pub reason: Option<String>,
    /// Who did not agree by link, or could not judge, one sentence each.
    #[serde(skip)]
    pub answers: Vec<String>,
    /// What was reported since.
    #[serde(skip)]
    pub since: SinceRequest,
}

/// The request to take an alert back that waits for a second person.
pub(super) async fn request(
    context: &Context,
    alert: &Alert,
    history: &[HistoryEntry],
) -> Result<Option<WithdrawalView>, ViewError> {
    let Some(request) = alert.withdrawal_waits(context.now) else { return Ok(None) };
    let since = reported_since(context, alert, request.at).await?;
    let lang = context.lang;
    let long = |at: Time| format::long(at, Zone::of(alert.code), lang);
    let (time, until) = (long(request.at), long(request.lapses_at()));
    let act = end_word(lang, request.outcome);
    let who = asked_by(&context.sources.team, request.by.desk_author(), &request.by.account);
    let values: [(&str, &dyn Display); 4] =
        [("who", &who), ("time", &time), ("until", &until), ("act", &act)];
    let reads = context.viewer.may(Right::SeeReports);
    let asked = history.iter().rev().find(|entry| entry.act == END_REQUESTED);
    let answers = RequestAnswer::of_history(history).into_iter().filter(|answer| answer.record.is_none());
    Ok(Some(WithdrawalView {
        since,
        asked_by: request.by.account.clone(),
        asked_at: request.at,
        lapses_at: request.lapses_at(),
        outcome: request.outcome,
        own: request.is_of(&viewer_author(context)),
        words: lang.fill("alert.end_asked", &values),
        reason: asked.map(|entry| entry.reason.clone()).filter(|reason| reads && !reason.is_empty()),
        answers: answers.map(|answer| answer_words(context, (&answer, alert.code), reads)).collect(),
    }))
}

/// Roles that are sent a one-time link where the viewer, or who asked before, asks to end an alert.
pub(super) fn second_by_link(context: &Context, alert: &Alert) -> Vec<String> {
    let asked = alert.withdrawal_waits(context.now).map(|request| request.by.desk_author());
    let asker = asked.unwrap_or_else(|| own_author(context));
    let team = context.sources.team.iter();
    let others = team.filter(|contact| {
        let second = contact.seconds && contact.has_channel && contact.areas.covers(alert.code);
        second && asker.is_another_person(&contact_author(contact).desk_author())
    });
    others.map(|contact| contact.role.clone()).collect()
}

/// Requests about a live alert that lapsed within the last day, a sentence each.
pub(super) async fn lapsed(
    context: &Context,
    alert: &Alert,
    history: &[HistoryEntry],
) -> Result<Vec<String>, ViewError> {
    let mut found = Vec::new();
    if alert.state.is_live() {
        for request in LapsedRequest::of_history(history, context.now.plus(-SECOND_WITHIN)) {
            found.extend(lapsed_words(context, &request, alert.code).await?);
        }
    }
    Ok(found)
}

/// Who asked for what that nobody joined; `None` where the record asks no more, for another one took its place or it was settled, and
/// of records for those who see aggregates only.
pub(crate) async fn lapsed_words(
    context: &Context,
    lapsed: &LapsedRequest,
    code: Code,
) -> Result<Option<String>, ViewError> {
    let Some(record) = lapsed.record else {
        let by = &lapsed.asked_by;
        let who = asked_by(&context.sources.team, by.desk_author(), &by.account);
        let act = lapsed.outcome.map(|outcome| end_word(context.lang, outcome)).unwrap_or_default();
        let time = format::long(lapsed.at, Zone::of(code), context.lang);
        let values: [(&str, &dyn Display); 3] = [("who", &who), ("act", &act), ("time", &time)];
        return Ok(Some(context.lang.fill("alert.end_lapsed", &values)));
    };
    if !context.viewer.may(Right::SeeReports) {
        return Ok(None);
    }
    let asked = context.sources.store.asked_second(code.regency(), record).await?;
    let Some(asked) = asked.filter(|asked| !asked.request.waits(context.now)) else { return Ok(None) };
    let view = match asked.takes_back {
        true => take_back_request(context, &asked.incident).await?,
        false => awas_request(context, &asked.incident).await?,
    };
    Ok(view.map(|view| view.words))
}

/// Who ended an alert, when, how and why; `None` where nobody did.
pub fn ended(view: &AlertView, zone: Zone, lang: Lang) -> Option<String> {
    let ended = view.history.iter().rev().find(|entry| !NOTED_ONLY.contains(&entry.act.as_str()));
    let ended = ended.filter(|entry| view.alert.state == State::Resolved && entry.act == "resolve")?;
    let who = ended.role.as_ref().unwrap_or(&ended.actor);
    let (time, reason) = (format::long(ended.at, zone, lang), ended.reason.trim_end_matches('.'));
    let values: [(&str, &dyn Display); 3] = [("who", who), ("time", &time), ("reason", &reason)];
    Some(lang.fill("alert.ended_by", &values))
}

/// That the desk alone was notified, and because of whom, for those who may read reports.
pub(super) async fn desk_only(context: &Context, alert: &Alert) -> Result<Option<String>, ViewError> {
    if !context.viewer.may(Right::SeeReports) {
        return Ok(None);
    }
    let feed = context.sources.store.withheld_because_of(alert, context.now).await?;
    let words = |feed: SoleFeed| {
        context.lang.fill("alert.desk_only", &[("feed", &feed.name), ("n", &feed.retractions)])
    };
    Ok(feed.map(words))
}

/// People the latest message about this alert reached, of all it is meant for: where it has just ended, all who heard of it before.
pub(super) async fn delivered(
    context: &Context,
    alert: &Alert,
    deliveries: &[Delivery],
) -> Result<Option<DeliveryCount>, ViewError> {
    if !alert.state.is_live() {
        let store = &context.sources.store;
        let items = store.alert_items(&alert.id).await?;
        let end = items.iter().rev().find(|item| item.change.is_end());
        if let Some(end) = end.filter(|end| deliveries.iter().all(|delivery| delivery.outbox != end.id)) {
            let notified = store.already_notified(end).await?;
            let people: BTreeSet<String> = notified.into_iter().map(|to| to.person).collect();
            return Ok((!people.is_empty()).then_some(DeliveryCount { reached: 0, of: people.len() }));
        }
    }
    Ok(of_last_message(deliveries))
}

/// People the latest message about an alert reached, of all it was meant for.
fn of_last_message(deliveries: &[Delivery]) -> Option<DeliveryCount> {
    let last = deliveries.iter().map(|delivery| delivery.outbox).max()?;
    let of_last: Vec<&Delivery> = deliveries.iter().filter(|delivery| delivery.outbox == last).collect();
    let people = |reached: bool| {
        let counted = of_last.iter().filter(|delivery| !reached || arrived(delivery.state));
        counted.map(|delivery| delivery.person.as_str()).collect::<BTreeSet<_>>().len()
    };
    Some(DeliveryCount { reached: people(true), of: people(false) })
}

/// How an alert is to end, in words: withdrawn, or what was found.
pub fn end_word(lang: Lang, outcome: AlertOutcome) -> String {
    match outcome {
        AlertOutcome::Void => act_word(lang, "withdraw"),
        outcome => lang.word("outcome", outcome.as_str()),
    }
}

/// The history's act in words.
pub fn act_word(lang: Lang, act: &str) -> String {
    let act = match act {
        "raised" | "open" => "opened",
        "withdraw" => "withdrawn",
        other => other,
    };
    lang.word("alert_act", act)
}
