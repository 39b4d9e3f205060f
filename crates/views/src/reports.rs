//! Reports as this person may see them.

use crate::context::{Context, PlaceChoice};
use crate::error::ViewError;
use crate::format;
use crate::json;
use crate::permit::reads;
use crate::words::Lang;
use async_recursion::async_recursion as boxed;
use domain::effect::{Incident, Verdict};
use domain::evidence::merge::{self, MergeFault};
use domain::evidence::second_person::SECOND_WITHIN;
use domain::kind::{Category, CheckReason, FeedClass, Handling, Kind, Outcome, Stance};
use domain::place::{Code, Place, UnitId, Zone};
use domain::report::{Body, Remark, RemarkKind, Report, ReportId, ReportReference, Statement};
use domain::time::{DAY, Time};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use store::{ReportFilter, ReportKey, StoredReport};

/// A report as this person may see it.
#[derive(Clone, Debug, Serialize)]
pub struct ReportItem {
    pub id: String,
    /// Its name, by which the desk's verification finds it.
    pub name: String,
    /// The hash of what it says.
    #[serde(skip)]
    pub content: u128,
    /// Its feed, which the address of its page names too; `None` where no other report has its id.
    pub feed: Option<String>,
    pub place: String,
    #[serde(serialize_with = "json::word")]
    pub class: FeedClass,
    /// When it happened, or was reported where nothing did: what lists are sorted by, and so what they show.
    #[serde(skip)]
    pub at: Time,
    #[serde(serialize_with = "json::time")]
    pub reported_at: Time,
    #[serde(serialize_with = "json::time_option")]
    pub occurred_at: Option<Time>,
    #[serde(serialize_with = "json::word")]
    pub handling: Handling,
    #[serde(serialize_with = "json::word_option")]
    pub outcome: Option<Outcome>,
    #[serde(serialize_with = "json::word")]
    pub verdict: Verdict,
    pub late: bool,
    /// What it says of an incident; `None` where it speaks of none.
    #[serde(serialize_with = "json::word_option")]
    pub stance: Option<Stance>,
    /// Its incident is denied by a report.
    pub disputed: bool,
    /// A denial or an ending of which nobody knows which incident it speaks of.
    pub unplaced: bool,
    /// Its sender's clock cannot be believed.
    pub doubtful: bool,
    /// Why somebody must look into its incident.
    #[serde(serialize_with = "json::word_option")]
    pub check: Option<CheckReason>,
    /// Kind, category's words and severity; `None` for zero-reports, verifications and retractions.
    pub what: Option<ReportSubject>,
    pub summary: Option<String>,
}

impl ReportItem {
    /// What became of the report, in words: `nihil` of a zero-report.
    pub fn outcome_words(&self, lang: Lang) -> String {
        lang.word("record", self.outcome.map_or("report", Outcome::as_str))
    }
}

#[derive(Clone, Debug, Serialize)]
pub struct ReportSubject {
    #[serde(serialize_with = "json::word")]
    pub kind: Kind,
    /// A denial may name none.
    pub code: Option<String>,
    /// The category in words; for a denial or an ending, that it is one.
    pub label: String,
    /// `None` where it denies or ends.
    pub severity: Option<u8>,
}

impl ReportItem {
    /// True where it says that something happened, goes on, or harmed people before it ended: what the desk verifies.
    pub fn affirms(&self) -> bool {
        self.what.as_ref().is_some_and(|what| what.severity.is_some())
    }
}

/// What a report's incident says of all its reports.
#[derive(Clone, Copy, Default)]
pub struct IncidentMarks {
    pub verdict: Verdict,
    pub disputed: bool,
    pub check: Option<CheckReason>,
}

impl IncidentMarks {
    /// As they are at `now`: a request lapses.
    pub fn of(incident: &Incident, now: Time) -> IncidentMarks {
        let check = incident.to_check(now);
        IncidentMarks { verdict: incident.verdict, disputed: incident.is_disputed(), check }
    }
}

#[derive(Clone, Debug, Serialize)]
pub struct ReportsView {
    pub rows: Vec<ReportItem>,
    pub hidden: usize,
    /// The districts the list can be narrowed to.
    pub districts: Vec<PlaceChoice>,
    #[serde(serialize_with = "json::text_option")]
    pub district: Option<Code>,
    #[serde(serialize_with = "json::word_option")]
    pub kind: Option<Kind>,
    /// Only those that wait for a second person.
    pub awaiting_second: bool,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// Narrows the list of reports.
#[derive(Clone, Debug, Default)]
pub struct ReportsAsked {
    pub district: Option<Code>,
    pub kind: Option<Kind>,
    /// Only the earliest reports of incidents of which one person asked what a second has not joined yet.
    pub awaiting_second: bool,
    pub cursor: Option<String>,
}

/// So many reports are a page.
const PAGE: usize = 50;
/// So many requests are looked through; each is an act of a person of the desk of the last day.
const REQUESTS: u32 = 1_000;

/// A page of a regency's reports, newest first.
#[boxed]
pub async fn load(context: &Context, regency: UnitId, asked: ReportsAsked) -> Result<ReportsView, ViewError> {
    let ReportsAsked { district, kind, awaiting_second, cursor } = asked;
    let codes = match district {
        Some(code) => vec![context.unit(&code.to_string()).map(|_| code)?],
        None => context.scope(regency)?,
    };
    let (items, next) = if awaiting_second {
        requests(context, &codes, (kind, cursor.as_deref())).await?
    } else {
        let filter = ReportFilter { codes, kind, cursor, limit: PAGE as u32, ..ReportFilter::default() };
        let page = context.sources.store.reports(&filter).await?;
        (page.items, page.next)
    };
    let VisibleReports { rows, hidden } = visible(context, &items).await?;
    Ok(ReportsView {
        rows,
        hidden,
        districts: context.choices(context.districts(regency)),
        district,
        kind,
        awaiting_second,
        next,
    })
}

/// A page of the reports that wait for a second person, in the order of the front page, and where the next one begins.
async fn requests(
    context: &Context,
    codes: &[Code],
    (kind, cursor): (Option<Kind>, Option<&str>),
) -> Result<(Vec<StoredReport>, Option<String>), ViewError> {
    let since = context.now.plus(-SECOND_WITHIN);
    let mut found = context.sources.store.reports_awaiting_second(codes, since, REQUESTS).await?;
    found.retain(|report| kind.is_none() || report.report.kind() == kind);
    let from = cursor.and_then(|cursor| cursor.parse().ok()).unwrap_or(0);
    let next = (found.len() > PAGE.saturating_add(from)).then(|| (from + PAGE).to_string());
    Ok((found.into_iter().skip(from).take(PAGE).collect(), next))
}

/// What may be shown, and how many may not.
pub struct VisibleReports {
    pub rows: Vec<ReportItem>,
    pub hidden: usize,
}

/// Turns store rows into page rows; reads each incident once.
#[boxed]
pub async fn visible(context: &Context, views: &[StoredReport]) -> Result<VisibleReports, ViewError> {
    let incident_of = |view: &StoredReport| Some(ReportKey { id: view.incident?, ..view.key() });
    let mut marks: BTreeMap<ReportKey, IncidentMarks> = BTreeMap::new();
    for incident in views.iter().filter_map(incident_of) {
        if let std::collections::btree_map::Entry::Vacant(entry) = marks.entry(incident) {
            let found = context.sources.store.incident(incident.regency, incident.id).await?;
            entry.insert(
                found.as_ref().map(|found| IncidentMarks::of(found, context.now)).unwrap_or_default(),
            );
        }
    }
    let shared = SharedIds::among(context, views).await?;
    let mut visible = VisibleReports { rows: Vec::with_capacity(views.len()), hidden: 0 };
    for view in views {
        if may_read(context, view) {
            let marks = incident_of(view).and_then(|key| marks.get(&key).copied()).unwrap_or_default();
            visible.rows.push(item(context, (view, &shared), marks));
        } else {
            visible.hidden += 1;
        }
    }
    Ok(visible)
}

/// Ids that several reports have: the address of such a report's page names its feed too.
pub struct SharedIds(BTreeSet<ReportId>);

impl SharedIds {
    /// Those among the ids of these reports.
    #[boxed]
    pub async fn among(context: &Context, reports: &[StoredReport]) -> Result<SharedIds, ViewError> {
        let ids: BTreeSet<ReportId> = reports.iter().map(|report| report.report.id).collect();
        let ids: Vec<ReportId> = ids.into_iter().collect();
        let (mut once, mut shared) = (BTreeSet::new(), BTreeSet::new());
        for key in context.sources.store.reports_of_ids(&ids).await?.into_keys() {
            if !once.insert(key.id.id) {
                shared.insert(key.id.id);
            }
        }
        Ok(SharedIds(shared))
    }

    /// The feed that the address of a report's page names.
    pub fn feed_of(&self, report: &StoredReport) -> Option<String> {
        self.0.contains(&report.report.id).then(|| report.feed_name.clone())
    }
}

/// Who may see it, as its source asks.
pub(crate) fn handling(report: &Report) -> Handling {
    match &report.body {
        Body::Statement(statement) => statement.handling,
        Body::Remark(remark) => remark.handling,
        _ => Handling::Open,
    }
}

pub fn may_read(context: &Context, view: &StoredReport) -> bool {
    let category = match &view.report.body {
        Body::Statement(statement) => Some(statement.category),
        Body::Remark(remark) => remark.category,
        _ => None,
    };
    let entry = category.and_then(|category| context.sources.taxonomy.get(category));
    let restricted = entry.is_some_and(|entry| entry.restricted);
    let viewer = &context.viewer;
    viewer.covers(view.report.place.code) && reads(viewer.role, handling(&view.report), restricted)
}

/// Why these reports are no one incident, as a key of the locale ([`merge_fault`](domain::evidence::merge::merge_fault)).
pub fn merge_fault(context: &Context, reports: &[StoredReport]) -> Option<&'static str> {
    let stated =
        reports.iter().filter_map(|report| Some((statement(report)?.kind, report.report.place.code)));
    Some(match merge::merge_fault(&context.sources.places, stated)? {
        MergeFault::Kinds => "report.merge_of_kinds",
        MergeFault::Places => "report.merge_too_far",
    })
}

/// True for a retraction whose sender's clock cannot be believed: no level falls by it until the desk confirms it.
pub fn is_doubtful_retraction(view: &StoredReport) -> bool {
    view.report.doubtful.is_some() && matches!(view.report.body, Body::Retraction { .. })
}

/// What a verdict on a report is about: of those of its incident the ones that affirm it, as far as this person may read them, and
/// the report itself. A verdict on an incident says nothing of a denial, and one on a denial or a retraction of nothing else.
pub fn judged_together(
    context: &Context,
    view: &StoredReport,
    of_incident: &[StoredReport],
) -> Vec<StoredReport> {
    if statement(view).is_none() {
        return vec![view.clone()];
    }
    let affirms = |report: &&StoredReport| statement(report).is_some() && may_read(context, report);
    let mut reports: Vec<StoredReport> = of_incident.iter().filter(affirms).cloned().collect();
    if !reports.iter().any(|report| report.key() == view.key()) {
        reports.push(view.clone());
    }
    reports
}

/// These reports with what they say, in the order of their names.
pub fn contents(reports: &[StoredReport]) -> Vec<ReportReference> {
    let content = |report: &StoredReport| ReportReference {
        content: Some(report.report.hash),
        ..report.report.name().into()
    };
    let mut contents: Vec<ReportReference> = reports.iter().map(content).collect();
    contents.sort_unstable();
    contents
}

pub fn statement(view: &StoredReport) -> Option<&Statement> {
    match &view.report.body {
        Body::Statement(statement) => Some(statement),
        _ => None,
    }
}

pub fn item(
    context: &Context,
    (view, shared): (&StoredReport, &SharedIds),
    marks: IncidentMarks,
) -> ReportItem {
    let (occurred_at, handling, what) = match &view.report.body {
        Body::Statement(statement) => (
            Some(statement.occurred_at),
            statement.handling,
            Some(statement_subject(context, view.report.class, statement)),
        ),
        Body::Remark(remark) => {
            (Some(remark.occurred_at), remark.handling, Some(remark_subject(context, remark)))
        }
        _ => (None, Handling::Open, None),
    };
    let stance = view.report.stance();
    let affirms = matches!(view.report.body, Body::Statement(_));
    ReportItem {
        id: view.report.id.to_string(),
        name: view.report.name().to_string(),
        content: view.report.hash,
        feed: shared.feed_of(view),
        place: place_name(context, view.report.place),
        class: view.report.class,
        at: view.at,
        reported_at: view.report.reported_at,
        occurred_at,
        handling,
        outcome: view.outcome,
        // The verdict is on what is affirmed.
        verdict: if affirms { marks.verdict } else { Verdict::Unverified },
        // Every report comes some time after; what a person must know of is one that missed a day.
        late: view.late && occurred_at.is_some_and(|at| view.received_at.since(at) >= DAY),
        stance,
        disputed: affirms && marks.disputed,
        unplaced: view.outcome == Some(Outcome::Statement) && view.incident.is_none(),
        doubtful: view.report.doubtful.is_some(),
        check: marks.check.filter(|_| affirms),
        what,
        summary: view.summary.clone().filter(|text| !text.trim().is_empty()),
    }
}

fn statement_subject(context: &Context, class: FeedClass, statement: &Statement) -> ReportSubject {
    // What an instrument says that fits no category is no event.
    let is_bare_signal = class == FeedClass::Sensor && statement.category == Category::OTHER;
    ReportSubject {
        kind: statement.kind,
        code: Some(statement.category.to_string()),
        label: match is_bare_signal {
            true => context.lang.text("report.signal_without_category").to_owned(),
            false => label(context, statement.category),
        },
        severity: Some(statement.severity),
    }
}

fn remark_subject(context: &Context, remark: &Remark) -> ReportSubject {
    let lang = context.lang;
    let what = match remark.category {
        Some(category) => label(context, category),
        None => lang.word("kind", remark.kind),
    };
    let key = match remark.what {
        RemarkKind::Denies => "report.denial_of",
        RemarkKind::Ends => "report.end_of",
    };
    ReportSubject {
        kind: remark.kind,
        code: remark.category.map(|category| category.to_string()),
        label: lang.fill(key, &[("what", &what)]),
        severity: None,
    }
}

/// What a report is called where a person picks it out: what, where, when. Its id is for addresses.
pub fn called(context: &Context, (what, place): (&str, Place), at: Time) -> String {
    let when = format::short_occurrence(at, Zone::of(place.code), context.lang);
    format!("{what} · {} · {when}", place_name(context, place))
}

/// The same of a report that is here.
pub fn called_of(context: &Context, report: &StoredReport) -> String {
    let (what, at) = match &report.report.body {
        Body::Statement(own) => (statement_subject(context, report.report.class, own).label, own.occurred_at),
        Body::Remark(own) => (remark_subject(context, own).label, own.occurred_at),
        Body::Nothing { to, .. } => (context.lang.word("record", Outcome::ZeroReport.as_str()), *to),
        _ => (context.lang.word("record", report.outcome.map_or("report", Outcome::as_str)), report.at),
    };
    called(context, (&what, report.report.place), at)
}

/// A category in words.
pub fn label(context: &Context, category: Category) -> String {
    let entry = context.sources.taxonomy.get(category);
    entry.map_or_else(|| category.to_string(), |entry| entry.label(context.lang.as_str()).to_string())
}

/// "Beringin Makmur II, Rawas Ilir"; codes where there is no name.
pub fn place_name(context: &Context, place: Place) -> String {
    let places = &context.sources.places;
    let Some(unit) = places.find(place.code) else { return place.to_string() };
    match (place.village, places.village(place)) {
        (0, _) => places.name(unit),
        (_, Some(village)) => format!("{}, {}", village.name, places.name(unit)),
        (_, None) => format!("{place}, {}", places.name(unit)),
    }
}
