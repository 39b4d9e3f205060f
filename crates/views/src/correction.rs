//! A correction: a report of the desk that says what is right instead of another, and why. It is shown beside what it corrects.

use crate::context::Context;
use crate::error::ViewError;
use crate::format;
use crate::json;
use crate::report::{ReportFact, by, fact, said_besides};
use crate::reports::{SharedIds, label, may_read, place_name, statement};
use async_recursion::async_recursion as boxed;
use domain::desk_feed;
use domain::kind::{FeedClass, Outcome, Stance};
use domain::place::Zone;
use domain::report::ReportName;
use domain::time::Time;
use serde::Serialize;
use store::{ReportKey, StoredReport};

/// One correction, as it stands beside the report it corrects, or the other way about.
#[derive(Clone, Debug, Serialize)]
pub struct CorrectionView {
    /// The other report's number, and its feed where another has that number.
    pub id: String,
    pub feed: Option<String>,
    /// An account, a pseudonym, or the feed.
    pub by: String,
    #[serde(serialize_with = "json::time")]
    pub at: Time,
    pub why: Option<String>,
    /// What differs.
    pub changes: Vec<FieldChange>,
}

/// One thing that two reports say differently; `None` where one says nothing of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct FieldChange {
    pub word: String,
    pub was: Option<String>,
    pub is: Option<String>,
}

/// True for a report that is neither taken back nor replaced.
pub fn stands(view: &StoredReport) -> bool {
    !matches!(view.outcome, Some(Outcome::Retracted | Outcome::Superseded))
}

/// Why the desk does not correct a report, as a key of the locale: nothing is affirmed in it, it stands no longer, a sensor sent
/// it, or it is a correction itself, whose original is corrected again instead.
pub fn fault(view: &StoredReport) -> Option<&'static str> {
    if view.corrects().is_some() {
        return Some("correction.of_a_correction");
    }
    let may = statement(view).is_some() && stands(view) && view.report.class != FeedClass::Sensor;
    (!may).then_some("correction.nothing_to_correct")
}

/// What a report says in short: what happened, how grave it is, who was hurt, and its text.
pub fn says(context: &Context, view: &StoredReport) -> String {
    let Some(own) = statement(view) else { return view.summary.clone().unwrap_or_default() };
    let lang = context.lang;
    let severity = format!("{} {}", lang.text("entry.severity"), lang.word("severity", own.severity));
    let harmed = format::harmed(own.dead, own.injured, own.displaced, lang);
    let text = view.summary.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let parts =
        [Some(label(context, own.category)), Some(severity), harmed, text.map(|text| format!("“{text}”"))];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The report that a new correction of this one replaces: itself where the desk wrote it, else the desk's correction that stands
/// already.
#[boxed]
pub async fn replaces(context: &Context, view: &StoredReport) -> Result<Option<ReportName>, ViewError> {
    if desk_feed::is_desk_feed(view.report.feed) {
        return Ok(Some(view.report.name()));
    }
    let namers = context.sources.store.reports_naming(view.key()).await?;
    let own = desk_feed::name(view.report.class);
    let standing =
        |namer: &&StoredReport| namer.corrects().is_some() && stands(namer) && namer.feed_name == own;
    Ok(namers.iter().rev().find(standing).map(|namer| namer.report.name()))
}

/// What corrects this report, of the reports that name it; in the order they came.
#[boxed]
pub(crate) async fn of(
    context: &Context,
    view: &StoredReport,
    namers: &[StoredReport],
) -> Result<Vec<CorrectionView>, ViewError> {
    let shared = SharedIds::among(context, namers).await?;
    let mut corrections = Vec::new();
    for namer in namers.iter().filter(|namer| statement(namer).is_some() && may_read(context, namer)) {
        corrections.push(CorrectionView {
            id: namer.report.id.to_string(),
            feed: shared.feed_of(namer),
            by: by(namer),
            at: namer.report.reported_at,
            why: why(context, namer).await?,
            changes: changes(context, view, namer),
        });
    }
    Ok(corrections)
}

/// The report that this one corrects or replaces, where the viewer may read it.
#[boxed]
pub(crate) async fn target(
    context: &Context,
    view: &StoredReport,
) -> Result<Option<CorrectionView>, ViewError> {
    let replaced = statement(view).and_then(|own| own.supersedes);
    let replaced = replaced.map(|id| ReportName { id, feed: view.report.feed });
    let Some(name) = view.corrects().or(replaced) else { return Ok(None) };
    let found = context.sources.store.report(view.key().regency, name).await?;
    let Some(target) = found.filter(|target| may_read(context, target)) else { return Ok(None) };
    let shared = SharedIds::among(context, std::slice::from_ref(&target)).await?;
    Ok(Some(CorrectionView {
        id: target.report.id.to_string(),
        feed: shared.feed_of(&target),
        by: by(&target),
        at: target.report.reported_at,
        why: why(context, view).await?,
        changes: changes(context, &target, view),
    }))
}

/// What a correction of this report says again, since no form asks for it: that it goes on or is over, and of which report it speaks.
#[boxed]
pub async fn kept(
    context: &Context,
    view: &StoredReport,
) -> Result<Vec<(&'static str, serde_json::Value)>, ViewError> {
    let stance = view.report.stance().filter(|stance| *stance != Stance::Affirms);
    let bytes = context.sources.store.payload(view.key()).await?;
    let about = bytes.and_then(|bytes| formats::correction::about(&bytes));
    let stance = stance.map(|stance| ("stance", stance.as_str().into()));
    Ok(stance.into_iter().chain(about.map(|about| ("about", about))).collect())
}

async fn why(context: &Context, correction: &StoredReport) -> Result<Option<String>, ViewError> {
    let key: ReportKey = correction.key();
    let bytes = context.sources.store.payload(key).await?;
    Ok(bytes.and_then(|bytes| formats::correction::why(&bytes)))
}

/// What `right` says otherwise than `wrong`, in the order a report's page has.
pub fn changes(context: &Context, wrong: &StoredReport, right: &StoredReport) -> Vec<FieldChange> {
    let (before, after) = (facts(context, wrong), facts(context, right));
    let value = |facts: &[ReportFact], word: &str| {
        facts.iter().find(|fact| fact.word == word).map(|fact| fact.value.clone())
    };
    let mut changes: Vec<FieldChange> = Vec::new();
    for fact in before.iter().chain(&after) {
        let (was, is) = (value(&before, &fact.word), value(&after, &fact.word));
        if was != is && !changes.iter().any(|change| change.word == fact.word) {
            changes.push(FieldChange { word: fact.word.clone(), was, is });
        }
    }
    changes
}

/// What a statement says, but for whose word it is.
fn facts(context: &Context, view: &StoredReport) -> Vec<ReportFact> {
    let (lang, place) = (context.lang, view.report.place);
    let mut facts = vec![fact(lang.text("correction.place"), place_name(context, place))];
    if let Some(statement) = statement(view) {
        let severity = format!("{} {}", statement.severity, lang.word("severity", statement.severity));
        let occurred = format::occurrence(statement.occurred_at, Zone::of(place.code), lang);
        facts.extend([
            fact(lang.text("report.category"), label(context, statement.category)),
            fact(lang.text("label.severity"), severity),
            fact(lang.text("report.occurred"), occurred),
        ]);
    }
    facts.extend(said_besides(lang, view));
    if let Some(summary) = view.summary.as_ref().filter(|text| !text.trim().is_empty()) {
        facts.push(fact(lang.text("entry.summary"), summary.trim().to_owned()));
    }
    facts
}
