//! One alert: what it says, why, the reports it rests on, its history and its messages.

use crate::alerts::{self, AlertItem, DistrictAlertItem};
use crate::answered::counted_words;
use crate::chains::{self, ChainMember};
use crate::claims::IncidentClaims;
use crate::context::Context;
use crate::error::ViewError;
use crate::format;
use crate::happening::{self, HappeningView, how_it_ended};
use crate::json;
use crate::level;
use crate::messages::{self, PersonMessages};
use crate::permit::{Right, right_for};
use crate::picture::{AssessmentView, assessment, explained};
use crate::range;
use crate::reasons::ReportsByReason;
use crate::reports::{ReportItem, visible};
use crate::reports_behind;
use crate::rules;
use crate::second_person::own_author;
use crate::words::Lang;
use async_recursion::async_recursion as boxed;
use domain::alert::{Alert, HistoryEntry, NOTED_ONLY, PersonAct};
use domain::author::StampedAuthor;
use domain::kind::{Horizon, Level};
use domain::place::Code;
use domain::report::{ReportName, ReportReference};
use domain::time::Time;
use scoring::pooling::range::RiskRanges;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Display;
use store::{AlertDetail, AssessmentRow, Range, ReportFilter, StoredReport};

mod after;
mod basis;
mod changed;
mod ending;
mod fewer;
mod history;
mod model;
mod request_end;
mod retracted;
mod since_request;

pub use after::AlertBefore;
use basis::Basis;
pub(crate) use ending::lapsed_words;
pub use ending::{WithdrawalView, ended};
pub use ending::{act_word, end_word};
pub use model::model_words;
pub use retracted::{RetractedView, retracted, retracted_report};
pub(crate) use since_request::reported_since;
pub use since_request::{SinceRequest, reported_by_now};

/// Most incidents an alert's page follows.
const INCIDENTS: usize = 40;

#[derive(Clone, Debug, Serialize)]
pub struct AlertView {
    pub alert: AlertItem,
    pub version: u32,
    #[serde(serialize_with = "json::time")]
    pub changed_at: Time,
    #[serde(serialize_with = "json::time_option")]
    pub cleared_at: Option<Time>,
    /// The condition's reasons as sentences; `**` marks what is strong.
    pub reasons: Vec<String>,
    pub policy: Option<String>,
    /// What may be one matter with it.
    pub chain: Vec<ChainMember>,
    /// Where it once stood higher than now.
    pub peak: Option<PeakLevel>,
    pub week: Option<AssessmentView>,
    /// The same as it was when the alert opened.
    pub opened: Option<AssessmentView>,
    /// What each speaker says of the incidents it rests on, and what is attested.
    pub claims: Vec<IncidentClaims>,
    pub reports: Vec<ReportItem>,
    pub hidden: usize,
    pub history: Vec<HistoryLine>,
    /// Names a person may assign to; empty for those who may not direct.
    pub team: Vec<String>,
    /// Whom it is assigned to, where no message went there: the team's roster has nobody of that name for this place.
    pub unnotified_assignee: Option<String>,
    /// Where nobody was to be notified of it: said in one sentence, with what to do.
    pub nobody_notified: Option<String>,
    /// Where the model alone opened it: what happened there within the week before.
    pub latest: Option<HappeningView>,
    /// Where nothing is left of what it rested on: what its source took back, the gravest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub retracted: Vec<RetractedView>,
    /// The model gives the only reason for it, and it rests on no incident.
    #[serde(skip)]
    pub by_model: bool,
    /// Where the desk alone was notified: why.
    #[serde(skip)]
    pub desk_only: Option<String>,
    /// One person's request to take it back, as long as it waits for a second person.
    pub withdrawal: Option<WithdrawalView>,
    /// What one person asked for within the last day and nobody joined, a sentence each.
    #[serde(skip)]
    pub lapsed: Vec<String>,
    /// It is taken back by two persons only.
    pub needs_two_to_end: bool,
    /// Why the viewer's account neither asks nor agrees to end it, though the role may: it names no person.
    #[serde(skip)]
    pub viewer_unnamed: bool,
    /// Roles that may agree to its end by a one-time link, but for who asked.
    #[serde(skip)]
    pub second_by_link: Vec<String>,
    /// Whom the last message reached.
    pub delivered: Option<DeliveryCount>,
    /// The place stands as high as this still, by what the person answered who ended the alert before, or this one; `None` where it
    /// stands no higher than the alert, or by something else.
    #[serde(skip)]
    pub answered: Option<Level>,
    /// The alert of the same place and kind that was ended before this one opened.
    #[serde(skip)]
    pub after: Option<AlertBefore>,
    /// The one that was withdrawn there shortly before.
    #[serde(skip)]
    pub earlier: Option<AlertBefore>,
    /// What was sent to whom; empty for those who may not direct.
    pub messages: Vec<PersonMessages>,
}

impl AlertView {
    /// That the place stands higher than the alert by what was answered, where it does; `**` as in the locale.
    pub fn answered_words(&self, lang: Lang) -> Option<String> {
        let level = lang.word("level", self.answered?);
        let key = match self.alert.state.is_live() {
            true if self.alert.code.is_regency() => "alert.districts_answered",
            true => "alert.answered",
            false => "answered.by_this_end",
        };
        Some(lang.fill(key, &[("level", &level)]))
    }
}

/// The highest level an alert stood at: since when, and the reasons of then as sentences.
#[derive(Clone, Debug, Serialize)]
pub struct PeakLevel {
    #[serde(serialize_with = "json::word")]
    pub level: Level,
    #[serde(serialize_with = "json::time")]
    pub since: Time,
    pub reasons: Vec<String>,
}

/// People a message reached, of all it was meant for.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct DeliveryCount {
    pub reached: usize,
    pub of: usize,
}

/// A line of the history.
#[derive(Clone, Debug, Serialize)]
pub struct HistoryLine {
    pub version: u32,
    #[serde(serialize_with = "json::time")]
    pub at: Time,
    pub actor: String,
    pub act: String,
    /// The level after it, where a condition spoke.
    #[serde(serialize_with = "json::word_option")]
    pub level: Option<Level>,
    pub reason: String,
    /// The role of who acted by a one-time link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

/// An alert of the viewer's places with its history. Another's is answered as one that does not exist: its number says how many
/// alerts another regency has.
///
/// # Errors
///
/// `NotFound` where the viewer's places have no such alert.
#[boxed]
pub async fn find(context: &Context, id: &str) -> Result<AlertDetail, ViewError> {
    let found = context.sources.store.alert(id).await?;
    found.filter(|detail| context.viewer.covers(detail.alert.code)).ok_or(ViewError::NotFound)
}

/// One alert with everything its page shows, as far as the viewer may see it.
///
/// # Errors
///
/// `NotFound` where the viewer's places have no such alert.
#[boxed]
pub async fn load(context: &Context, id: &str) -> Result<AlertView, ViewError> {
    let detail = find(context, id).await?;
    let alert = detail.alert;
    let viewer = &context.viewer;
    let deliveries = context.sources.store.alert_deliveries(&alert.id).await?;
    let regency = [alert.code.regency()];
    // What ended keeps its picture: what came later is no reason of it.
    let until = (!alert.state.is_live()).then_some(alert.changed_at);
    let store = &context.sources.store;
    let weeks = store.assessments(alert.kind, Horizon::Week, &regency, until).await?;
    let of_place = |row: &&AssessmentRow| row.code == alert.code;
    let week_row = weeks.iter().find(of_place);
    let basis = Basis::of(&detail.history);
    let reached = reached(context, alert.code);
    let may_assign = viewer.may(right_for(PersonAct::Assign));
    let calibrated = week_row.is_some_and(|row| row.calibrated);
    let sentences =
        |reasons: &Value| rules::sentences(reasons, &context.sources.rules, calibrated, context.lang);
    let then = store.assessments(alert.kind, Horizon::Week, &regency, Some(alert.opened_at)).await?;
    let ranges = (context.sources.ranges)(alert.code.regency()).await?;
    let first = then.iter().find(of_place);
    let opened = first.map(|row| assessment(context, row, (&then, &ranges), ReportsByReason::new()));
    let week = week(context, &alert, week_row, (&weeks, &ranges)).await?;
    let behind = match viewer.may(Right::SeeReports) {
        true => behind(context, &alert, &basis).await?,
        false => Vec::new(),
    };
    let reports = visible(context, &behind).await?;
    let claims = after::claims(context, &basis, &behind, &detail.history).await?;
    let happening = happening::load(context, std::slice::from_ref(&alert)).await?.remove(&alert.id);
    let (latest, retracted) = match &happening {
        Some(_) => (None, Vec::new()),
        None => without_incident(context, &alert, &detail.history).await?,
    };
    let (chain, districts) = beside(context, &alert).await?;
    Ok(AlertView {
        version: alert.version,
        changed_at: alert.changed_at,
        cleared_at: alert.cleared_at,
        reasons: why(context, (&alert, &detail.history), &basis.reasons, calibrated).await?,
        by_model: happening.is_none() && basis.is_by_model(),
        policy: basis.policy,
        chain,
        peak: peak(&detail.history, alert.level).map(|(level, since, reasons)| PeakLevel {
            level,
            since,
            reasons: sentences(&reasons),
        }),
        week,
        opened,
        claims,
        reports: reports.rows,
        hidden: reports.hidden,
        history: history::lines(context, &alert, &detail.history).await?,
        unnotified_assignee: unnotified(&alert, &reached),
        team: reached.into_iter().filter(|_| may_assign).map(str::to_owned).collect(),
        nobody_notified: nobody_notified(context, &alert).await?,
        desk_only: ending::desk_only(context, &alert).await?,
        latest,
        retracted,
        needs_two_to_end: alert.needs_two_to_end(),
        viewer_unnamed: !own_author(context).names_person(),
        second_by_link: ending::second_by_link(context, &alert),
        lapsed: ending::lapsed(context, &alert, &detail.history).await?,
        withdrawal: ending::request(context, &alert, &detail.history).await?,
        delivered: ending::delivered(context, &alert, &deliveries).await?,
        answered: answered(context, &alert).await?,
        after: after::of(context, alert.code, &detail.history),
        earlier: after::withdrawn(context, alert.code, &detail.history).await?,
        messages: messages::by_person(context, &alert.id).await?,
        alert: AlertItem { districts, ..alerts::item(context, &alert, happening) },
    })
}

/// What an alert's page leads with that rests on no incident: what happened there last, and what its source took back.
async fn without_incident(
    context: &Context,
    alert: &Alert,
    history: &[HistoryEntry],
) -> Result<(Option<HappeningView>, Vec<RetractedView>), ViewError> {
    let retracted = retracted(context, alert, history).await?;
    Ok((happening::latest(context, alert).await?, retracted))
}

/// Why an alert stands, in sentences, and what of that holds no longer; of a regency's with the districts that it counts.
async fn why(
    context: &Context,
    (alert, history): (&Alert, &[HistoryEntry]),
    reasons: &Value,
    calibrated: bool,
) -> Result<Vec<String>, ViewError> {
    let counted = counted(context, alert).await?;
    let rules = &context.sources.rules;
    let mut why = rules::sentences_of_regency(reasons, rules, calibrated, context.lang, counted.as_deref());
    why.extend(fewer::no_longer(context, alert.code, history).await?);
    Ok(why)
}

/// Which districts a live alert's regency counts by now, in words; `None` where it has cleared.
async fn counted(context: &Context, alert: &Alert) -> Result<Option<String>, ViewError> {
    if !alert.code.is_regency() || !alert.state.is_live() || alert.cleared_at.is_some() {
        return Ok(None);
    }
    let counted = context.sources.store.counted_districts(alert.code, alert.kind).await?;
    let (sees, name) = (|code| context.viewer.covers(code), |code| context.name(code));
    Ok(counted_words(&counted, sees, name, context.lang))
}

/// The level at which an alert's place stands only by what was answered: before it, or by its own end.
async fn answered(context: &Context, alert: &Alert) -> Result<Option<Level>, ViewError> {
    let is_live = alert.state.is_live();
    if is_live && (alert.answered.is_some() || !alert.code.is_regency()) {
        return Ok(alert.answered.filter(|level| *level > alert.level));
    }
    let store = &context.sources.store;
    let mut conditions = store.conditions(&[alert.code]).await?;
    conditions.retain(|row| (row.code, row.kind) == (alert.code, alert.kind));
    let answered = store.answered_conditions(&conditions).await?;
    // A live one of a regency stands lower by what was ended in its districts.
    Ok(answered.iter().find(|own| is_live || own.ended.id == alert.id).map(|own| own.level))
}

/// What the week's model estimates for it, or estimated last.
async fn week(
    context: &Context,
    alert: &Alert,
    row: Option<&AssessmentRow>,
    of: (&[AssessmentRow], &RiskRanges),
) -> Result<Option<AssessmentView>, ViewError> {
    let Some(row) = row else { return Ok(None) };
    if alert.state.is_live() {
        return Ok(Some(explained(context, row, of).await?));
    }
    // What ended is not explained by what holds today, nor by how often the model has been right since.
    let reports = reports_behind::load(context, (row.code, row.kind), row.emitted_at).await?;
    Ok(Some(AssessmentView { range: None, ..assessment(context, row, of, reports) }))
}

/// Whom a live alert is assigned to, where nothing reaches them.
fn unnotified(alert: &Alert, reached: &[&str]) -> Option<String> {
    let assignee = alert.assignee.as_deref().filter(|_| alert.state.is_live());
    assignee.filter(|name| !reached.contains(name)).map(str::to_owned)
}

/// That nobody was to be notified of an alert, where that is so.
async fn nobody_notified(context: &Context, alert: &Alert) -> Result<Option<String>, ViewError> {
    let unnotified = messages::unnotified(context, &[alert.code]).await?;
    let own = unnotified.iter().find(|unnotified| unnotified.alert == alert.id);
    Ok(own.map(|own| own.sentence(context.lang)))
}

/// As whom the viewer acts.
fn viewer_author(context: &Context) -> StampedAuthor {
    StampedAuthor::of_desk(&context.viewer.name, &context.viewer.person)
}

/// The roles that a message about an alert of this place reaches, where it is assigned to them.
fn reached(context: &Context, code: Code) -> Vec<&str> {
    let contacts = context.sources.team.iter().filter(|contact| contact.is_reached(code));
    contacts.map(|contact| contact.role.as_str()).collect()
}

/// What may be one matter with an alert that stands, and, of a regency's, what stands in its districts.
async fn beside(
    context: &Context,
    alert: &Alert,
) -> Result<(Vec<ChainMember>, Vec<DistrictAlertItem>), ViewError> {
    if !alert.state.is_live() {
        return Ok((Vec::new(), Vec::new()));
    }
    let live = alerts::live(context, &[alert.code.regency()]).await?;
    let chains = chains::of(context, &live);
    let own = live.into_iter().find(|item| item.id == alert.id);
    let districts = own.map(|item| item.districts).unwrap_or_default();
    Ok((chains::others(&chains, alert.code, alert.kind), districts))
}

/// The highest level an alert stood at, where that is above `now`: when it got there and why.
fn peak(history: &[HistoryEntry], now: Level) -> Option<(Level, Time, Value)> {
    let levels = history.iter().filter_map(|entry| {
        let mut content: Value = serde_json::from_str(&entry.content).ok()?;
        let level = Level::parse(content.get("level")?.as_str()?)?;
        Some((level, entry.at, content.get_mut("reasons")?.take()))
    });
    let highest = levels.fold(None::<(Level, Time, Value)>, |best, next| match best {
        Some(best) if best.0 >= next.0 => Some(best),
        _ => Some(next),
    });
    highest.filter(|(level, ..)| *level > now)
}

/// The reports of the incidents named; where the model alone spoke, the latest of this place and kind.
async fn behind(context: &Context, alert: &Alert, basis: &Basis) -> Result<Vec<StoredReport>, ViewError> {
    let store = &context.sources.store;
    let mut seen = BTreeSet::new();
    let mut reports: Vec<StoredReport> = Vec::new();
    let regency = alert.code.regency();
    let mut names = Vec::new();
    for reference in basis.evidence.iter().take(INCIDENTS) {
        names.extend(name_of(context, regency, *reference).await?);
    }
    let incidents = store.incidents_once_called(regency, &names).await?;
    for name in names {
        // A signal has no incident, nor has what was taken back.
        let found = match incidents.get(&name) {
            Some(incident) => store.incident_reports(regency, incident.id).await?,
            None => store.report(regency, name).await?.into_iter().collect(),
        };
        reports.extend(found.into_iter().filter(|report| seen.insert(report.report.name())));
    }
    // What came after an end is no reason of what it ended.
    reports.retain(|report| alert.state.is_live() || report.received_at <= alert.changed_at);
    if reports.is_empty() {
        let filter = ReportFilter {
            codes: vec![alert.code],
            kind: Some(alert.kind),
            range: (!alert.state.is_live())
                .then_some(Range { from: Time::MIN, to: alert.changed_at.plus(1) }),
            limit: 10,
            ..ReportFilter::default()
        };
        reports = store.reports(&filter).await?.items;
    }
    reports.sort_by(|a, b| b.at.cmp(&a.at).then(a.report.name().cmp(&b.report.name())));
    Ok(reports)
}

/// The report that a reference means; by its id alone the first of those that have it.
async fn name_of(
    context: &Context,
    regency: Code,
    ReportReference { id, feed, .. }: ReportReference,
) -> Result<Option<ReportName>, ViewError> {
    if let Some(feed) = feed {
        return Ok(Some(ReportName { id, feed }));
    }
    let with_id = context.sources.store.reports_of_ids(&[id]).await?;
    Ok(with_id.into_keys().find(|key| key.regency == regency).map(|key| key.id))
}

/// What happened, where and when; where the model alone spoke, "Risiko … di … **siaga**: 34 % dalam 7 hari (biasanya 6 %)."
pub fn headline(view: &AlertView, lang: Lang) -> String {
    if let Some(happening) = &view.alert.happening {
        return happening.headline(&view.alert, lang);
    }
    if let Some(retracted) = view.retracted.first() {
        return retracted::headline(view, retracted, lang);
    }
    let (kind, level) = (lang.word("kind", view.alert.kind), level::word(view.alert.level, lang));
    let place = &view.alert.place;
    let highest = view.peak.as_ref().map_or(level.clone(), |peak| level::word(peak.level, lang));
    if view.alert.cleared && view.alert.state.is_live() {
        let values: [(&str, &dyn Display); 3] = [("kind", &kind), ("place", place), ("level", &highest)];
        return lang.fill("alert.headline_cleared", &values);
    }
    if !view.alert.state.is_live() {
        let (highest, how) = (level::word(view.alert.peak, lang), how_it_ended(&view.alert, lang));
        let values: [(&str, &dyn Display); 4] =
            [("kind", &kind), ("place", place), ("level", &highest), ("how", &how)];
        return lang.fill("alert.headline_ended", &values);
    }
    let subject: [(&str, &dyn Display); 3] = [("kind", &kind), ("place", place), ("level", &level)];
    let [kind, place, level] = subject;
    match &view.week {
        Some(week) if week.risk.calibrated => {
            let risk = format::percent(week.risk.risk_ppm, lang);
            let usual = format::percent(week.risk.base_ppm, lang);
            lang.fill("alert.headline_calibrated", &[kind, place, level, ("risk", &risk), ("usual", &usual)])
        }
        Some(week) => match &week.range {
            Some(own) => {
                let range = range::words(own, week.horizon, lang);
                lang.fill("alert.headline_range", &[kind, place, level, ("range", &range)])
            }
            None => lang.fill("alert.headline_uncalibrated", &subject),
        },
        None => lang.fill("alert.headline", &subject),
    }
}

/// Why an alert was withdrawn, and how many of those who had heard of it were informed.
pub fn withdrawal(view: &AlertView, lang: Lang) -> String {
    // Messages may have gone out again since.
    let withdrew = view.history.iter().rev().find(|entry| !NOTED_ONLY.contains(&entry.act.as_str()));
    let why = match withdrew {
        Some(entry) if !entry.reason.is_empty() => {
            lang.fill("alert.withdrawn_because", &[("reason", &entry.reason)])
        }
        Some(entry) if entry.actor == "kentongan" => {
            let key =
                if view.by_model { "alert.withdrawn_model_fell" } else { "alert.withdrawn_evidence_gone" };
            lang.text(key).to_string()
        }
        _ => lang.text("alert.was_withdrawn").to_string(),
    };
    match view.delivered {
        Some(count) => {
            let informed = lang.fill("alert.people_informed", &[("n", &count.reached), ("of", &count.of)]);
            format!("{why} {informed}")
        }
        None => why,
    }
}
