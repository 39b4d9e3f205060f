//! One report: what it says, what stands beside it in its incident, and the records that name it since.

use crate::claims::IncidentClaims;
use crate::context::Context;
use crate::correction::{self, CorrectionView};
use crate::error::ViewError;
use crate::format;
use crate::json;
use crate::messages::account_words;
use crate::organisations::OrganisationNames;
use crate::permit::Right;
use crate::reports::{
    IncidentMarks, ReportItem, SharedIds, called_of, contents, item, judged_together, may_read, statement,
    visible,
};
use crate::second_person::own_author;
use crate::words::Lang;
use async_recursion::async_recursion as boxed;
use domain::desk_feed;
use domain::kind::{FeedClass, Handling, Outcome, Stance};
use domain::place::{Code, Zone};
use domain::report::{Body, NamedReport, ReportId, ReportReference};
use domain::time::{DAY, Time};
use serde::Serialize;
use serde_json::Value;
use store::{Range, ReportFilter, Role, StoredReport};

#[derive(Clone, Debug, Serialize)]
pub struct ReportDetailView {
    #[serde(serialize_with = "json::text")]
    pub code: Code,
    pub row: ReportItem,
    #[serde(serialize_with = "json::time")]
    pub received_at: Time,
    pub reconstructed: bool,
    /// Its feed and, where that is another, whose word it gives.
    pub feed: String,
    /// What else the report says.
    pub details: Vec<ReportFact>,
    /// What was recorded of it since, in the order it came.
    pub events: Vec<ReportEvent>,
    /// Other reports of the same incident.
    pub siblings: Vec<ReportItem>,
    pub hidden: usize,
    /// What each speaker says of its incident, and what is attested; `None` where it belongs to none.
    pub claims: Option<IncidentClaims>,
    /// How many reports deny its incident, and when the incident was over, by the latest report that says so.
    pub denials: u16,
    #[serde(serialize_with = "json::time_option")]
    pub ended_at: Option<Time>,
    /// Who says so, by class.
    #[serde(skip)]
    pub over_by: Vec<FeedClass>,
    /// Reports of other incidents near enough in place and time to be the same.
    pub candidates: Vec<ReportItem>,
    /// Reports that say what is right instead, in the order they came, and the report that this one corrects.
    pub corrections: Vec<CorrectionView>,
    pub corrects: Option<CorrectionView>,
    /// Why the viewer may not correct it, as a key of the locale; `None` where they may.
    #[serde(skip)]
    pub correction_fault: Option<&'static str>,
    /// True where the desk wrote it and can withdraw it.
    pub own_of_desk: bool,
    /// True where the register names no person behind the viewer's account: it is nobody's first or second person.
    #[serde(skip)]
    pub viewer_unnamed: bool,
    /// What a verdict on it is about, and what that says.
    #[serde(skip)]
    pub judged: Vec<ReportReference>,
}

/// One thing a report says: what it is called and what it is.
#[derive(Clone, Debug, Serialize)]
pub struct ReportFact {
    pub word: String,
    pub value: String,
}

/// A later report about this one: a verification, a retraction, a correction.
#[derive(Clone, Debug, Serialize)]
pub struct ReportEvent {
    #[serde(serialize_with = "json::time")]
    pub at: Time,
    pub act: String,
    /// An account, a pseudonym, or the feed.
    pub by: String,
    pub why: Option<String>,
    pub id: String,
    /// Its feed, where another report has its id.
    pub feed: Option<String>,
}

/// One report by its number, where the viewer may read it; by its feed too, where that is named.
#[boxed]
pub async fn find(context: &Context, id: &str, feed: Option<&str>) -> Result<StoredReport, ViewError> {
    let id = ReportId::parse(id).ok_or(ViewError::NotFound)?;
    // The same id of two feeds or in two regencies is two reports: of those, the one that this viewer may read.
    let mut found = context.sources.store.reports_with_id(id).await?;
    // Another regency's is answered as one that does not exist.
    found.retain(|report| context.viewer.covers(report.report.place.code));
    found.retain(|report| feed.is_none_or(|feed| feed == report.feed_name));
    if found.is_empty() {
        return Err(ViewError::NotFound);
    }
    found.retain(|report| may_read(context, report));
    found.into_iter().next().ok_or(ViewError::Forbidden)
}

/// What a report is called, by its number; `None` where it is not processed yet, or not this viewer's to read.
#[boxed]
pub async fn called(context: &Context, id: &str) -> Result<Option<String>, ViewError> {
    match find(context, id, None).await {
        Ok(found) => Ok(Some(called_of(context, &found))),
        Err(ViewError::NotFound | ViewError::Forbidden) => Ok(None),
        Err(error) => Err(error),
    }
}

/// One report with everything its page shows.
#[boxed]
pub async fn load(context: &Context, id: &str) -> Result<ReportDetailView, ViewError> {
    let view = find(context, id, None).await?;
    detail(context, &view).await
}

/// The same of a report already found.
#[boxed]
pub async fn detail(context: &Context, view: &StoredReport) -> Result<ReportDetailView, ViewError> {
    let store = &context.sources.store;
    let (mut siblings, mut incident) = (Vec::new(), None);
    if let Some(id) = view.incident {
        let regency = view.key().regency;
        siblings = store.incident_reports(regency, id).await?;
        incident = store.incident(regency, id).await?;
    }
    let marks =
        incident.as_ref().map(|incident| IncidentMarks::of(incident, context.now)).unwrap_or_default();
    let names = OrganisationNames::load(context).await?;
    let claims = match &incident {
        Some(incident) => Some(IncidentClaims::of(context, &names, incident, &siblings).await?),
        None => None,
    };
    let over_by = match &incident {
        Some(incident) => store.over_by(incident, Time::MAX).await?,
        None => Vec::new(),
    };
    let judged = contents(&judged_together(context, view, &siblings));
    siblings.retain(|other| other.key() != view.key());
    let siblings = visible(context, &siblings).await?;
    let shared = SharedIds::among(context, std::slice::from_ref(view)).await?;
    let candidates =
        if context.viewer.may(Right::Verify) { candidates(context, view).await? } else { Vec::new() };
    let namers = store.reports_naming(view.key()).await?;
    Ok(ReportDetailView {
        code: view.report.place.code,
        row: item(context, (view, &shared), marks),
        received_at: view.received_at,
        reconstructed: view.report.reconstructed,
        feed: names.in_whose_word(context.lang, &view.feed_name, &view.organisation),
        details: [details(context.lang, view), continues_elsewhere(context, view).await?].concat(),
        events: trail(context, view, &namers).await?,
        siblings: siblings.rows,
        hidden: siblings.hidden,
        claims,
        denials: incident.as_ref().map_or(0, |incident| incident.denials),
        ended_at: incident.and_then(|incident| incident.ended_at),
        over_by,
        candidates: visible(context, &candidates).await?.rows,
        corrections: correction::of(context, view, &namers).await?,
        corrects: correction::target(context, view).await?,
        correction_fault: correction::fault(view),
        own_of_desk: desk_feed::is_desk_feed(view.report.feed) && correction::stands(view),
        viewer_unnamed: !own_author(context).names_person(),
        judged,
    })
}

/// Reports of the same place and kind within three days that belong to other incidents.
async fn candidates(context: &Context, view: &StoredReport) -> Result<Vec<StoredReport>, ViewError> {
    let Some(statement) = statement(view) else { return Ok(Vec::new()) };
    let around = Range { from: view.at.plus(-3 * DAY), to: view.at.plus(3 * DAY) };
    let filter = ReportFilter {
        codes: vec![view.report.place.code],
        kind: Some(statement.kind),
        range: Some(around),
        limit: 20,
        ..ReportFilter::default()
    };
    let mut found = context.sources.store.reports(&filter).await?.items;
    let other = |found: &StoredReport| found.incident.is_none() || found.incident != view.incident;
    let counts = |found: &StoredReport| matches!(found.outcome, Some(Outcome::Incident | Outcome::Merged));
    found.retain(|found| found.key() != view.key() && other(found) && counts(found));
    Ok(found)
}

fn details(lang: Lang, view: &StoredReport) -> Vec<ReportFact> {
    if statement(view).is_none() {
        return body_details(lang, view);
    }
    [spoken_of(lang, view), said_besides(lang, view)].concat()
}

/// What a statement says beyond its place, category, severity and time.
pub(crate) fn said_besides(lang: Lang, view: &StoredReport) -> Vec<ReportFact> {
    let Some(statement) = statement(view) else { return Vec::new() };
    let mut details = Vec::new();
    let mut add = |key, value: String| details.push(fact(lang.text(key), value));
    if let Some(stage) = statement.stage {
        add("report.stage", lang.word("stage", stage));
    }
    let parties = domain::kind::Party::ALL.iter().filter(|party| statement.parties.has(**party));
    let parties: Vec<String> = parties.map(|party| lang.word("party", party)).collect();
    if !parties.is_empty() {
        add("report.parties", parties.join(", "));
    }
    details.extend(rating(lang, (statement.reliability, statement.credibility)));
    let mut add = |key, value: String| details.push(fact(lang.text(key), value));
    if let Some(words) = format::harmed(statement.dead, statement.injured, statement.displaced, lang) {
        add("report.harmed", words);
    }
    if let (Some(lat), Some(lon)) = (view.lat, view.lon) {
        add("report.coordinates", format!("{lat:.5}, {lon:.5}"));
    }
    if let Some(confidence) = statement.confidence {
        add("report.confidence", lang.word("confidence", confidence));
    }
    add("report.how_learnt", lang.word("found_by", statement.found_by));
    if statement.handling != Handling::Open {
        add("report.handling", lang.word("handling", statement.handling));
    }
    details
}

/// What a report says of an incident, where that is more than that it happened, and the report it names.
fn spoken_of(lang: Lang, view: &StoredReport) -> Vec<ReportFact> {
    let stance = view.report.stance().filter(|stance| *stance != Stance::Affirms);
    let stance = stance.map(|stance| fact(lang.text("report.stance"), lang.word("stance", stance)));
    let about = view.report.about().map(|NamedReport { report, district, .. }| {
        fact(lang.text("report.about"), format!("{report} · {district}"))
    });
    stance.into_iter().chain(about).collect()
}

/// Said of a report that continues an incident of another place, kind, category or time: the report that it names decides
/// nothing, and it counts where it tells of. Nothing where both are of one incident.
#[boxed]
async fn continues_elsewhere(context: &Context, view: &StoredReport) -> Result<Vec<ReportFact>, ViewError> {
    let about = view.report.about().filter(|_| view.report.stance() == Some(Stance::Continues));
    let Some(about) = about else { return Ok(Vec::new()) };
    let named = context.sources.store.report(view.key().regency, about.name()).await?;
    let key = match named {
        None => "report.about_unknown",
        Some(named) if view.incident.is_some() && named.incident == view.incident => return Ok(Vec::new()),
        Some(_) => "report.about_another_incident",
    };
    Ok(vec![fact(context.lang.text("report.about_note"), context.lang.text(key).to_owned())])
}

/// The source's and the content's letter and digit (*nilai informasi*), where given.
fn rating(lang: Lang, (reliability, credibility): (u8, u8)) -> Vec<ReportFact> {
    let mut facts = Vec::new();
    if reliability > 0 {
        let letter = char::from(b'A' + reliability - 1);
        let words = format!("{letter}: {}", lang.word("reliability", letter));
        facts.push(fact(lang.text("report.reliability"), words));
    }
    if credibility > 0 {
        let words = format!("{credibility}: {}", lang.word("credibility", credibility));
        facts.push(fact(lang.text("report.credibility"), words));
    }
    facts
}

pub(crate) fn fact(word: &str, value: String) -> ReportFact {
    ReportFact { word: word.to_string(), value }
}

fn body_details(lang: Lang, view: &StoredReport) -> Vec<ReportFact> {
    let of = |reports: &[ReportReference]| {
        reports.iter().map(|report| report.id.to_string()).collect::<Vec<_>>().join(" ")
    };
    match &view.report.body {
        Body::Verification { act, reports, .. } => vec![
            fact(lang.text("label.verification"), lang.word("verification", act.as_str())),
            fact(lang.text("label.reports"), of(reports)),
        ],
        Body::Retraction { target } => {
            vec![fact(lang.text("report.takes_back"), target.to_string())]
        }
        Body::Remark(remark) => {
            let mut facts = spoken_of(lang, view);
            facts.extend(rating(lang, (remark.reliability, remark.credibility)));
            if remark.handling != Handling::Open {
                facts.push(fact(lang.text("report.handling"), lang.word("handling", remark.handling)));
            }
            facts
        }
        Body::Nothing { from, to } => {
            let [from, to] = [from, to].map(|at| format::long(*at, Zone::of(view.report.place.code), lang));
            let period = lang.fill("report.quiet_from_to", &[("from", &from), ("to", &to)]);
            vec![fact(lang.text("report.quiet"), period)]
        }
        Body::Statement(_) => Vec::new(),
    }
}

/// Who wrote a record down: the account that typed it, a pseudonym of who sent it, or its feed.
pub(crate) fn by(record: &StoredReport) -> String {
    if record.account.is_empty() {
        record.reporter.clone().unwrap_or_else(|| record.feed_name.clone())
    } else {
        record.account.clone()
    }
}

/// In the order it came.
#[boxed]
async fn trail(
    context: &Context,
    view: &StoredReport,
    namers: &[StoredReport],
) -> Result<Vec<ReportEvent>, ViewError> {
    let lang = context.lang;
    let shared = SharedIds::among(context, namers).await?;
    let with_id = context.sources.store.reports_of_ids(&[view.report.id]).await?;
    let is_alone = with_id.keys().filter(|key| key.regency == view.key().regency).count() <= 1;
    let mut events = Vec::new();
    for namer in namers.iter().filter(|namer| may_read(context, namer)) {
        events.push(ReportEvent {
            feed: shared.feed_of(namer),
            at: namer.report.reported_at,
            act: match &namer.report.body {
                Body::Verification { act, reports, .. } => {
                    let act = lang.word("verification", act.as_str());
                    match is_of_other_content(view, reports, is_alone) {
                        true => lang.fill("report.act_on_other_content", &[("act", &act)]),
                        false => act,
                    }
                }
                Body::Retraction { .. } => lang.word("record", "retracted"),
                Body::Statement(_) if namer.corrects().is_some() => lang.word("record", "corrected"),
                Body::Statement(_) | Body::Remark(_) | Body::Nothing { .. } => {
                    lang.word("record", "superseded")
                }
            },
            by: by_in_role(context, namer).await?,
            why: namer.summary.clone().filter(|text| !text.trim().is_empty()),
            id: namer.report.id.to_string(),
        });
    }
    Ok(events)
}

/// True where a verification is of what the report said before its source sent something else under its id.
fn is_of_other_content(view: &StoredReport, named: &[ReportReference], is_alone: bool) -> bool {
    let own: Vec<_> = named.iter().filter(|named| named.names(view.report.name(), is_alone)).collect();
    !own.is_empty() && !own.iter().any(|named| named.means_content(view.report.hash))
}

/// Who wrote a record down, with the role in which an account of the desk did, as the record itself says.
async fn by_in_role(context: &Context, record: &StoredReport) -> Result<String, ViewError> {
    let name = account_words(context, &by(record));
    if record.account.contains('/')
        || record.account.is_empty()
        || !desk_feed::is_desk_feed(record.report.feed)
    {
        return Ok(name);
    }
    let payload = context.sources.store.payload(record.key()).await?.unwrap_or_default();
    let written: Option<Value> = serde_json::from_slice(&payload).ok();
    let role = written.as_ref().and_then(|record| Role::parse(record["role"].as_str()?));
    Ok(match role {
        Some(role) => format!("{name} ({})", context.lang.word("role_short", role.as_str())),
        None => name,
    })
}
