//! The overview: the first alerts, every district by kind, and the districts nobody reports from.

use crate::alert::lapsed_words;
use crate::alerts::{self, AlertItem};
use crate::chains::{self, ChainView};
use crate::context::Context;
use crate::error::ViewError;
use crate::json;
use crate::level;
use crate::messages::{self, LateMessage, UnnotifiedAlert};
use crate::permit::Right;
use crate::picture::{MatrixRow, Picture};
use crate::reports::{ReportItem, visible};
use crate::second_link::answer_words;
use async_recursion::async_recursion as boxed;
use domain::alert::notice::CHECK_SHOWN_FOR;
use domain::evidence::second_person::SECOND_WITHIN;
use domain::kind::{Kind, Level};
use domain::place::{Code, UnitId};
use domain::time::Time;
use scoring::ledger::DriftFindings;
use serde::Serialize;
use std::collections::BTreeSet;
use store::{ReportFilter, StoredReport};

/// From this counted severity on the desk is asked which side of a dispute is right.
const DISPUTE_ASKED_FROM: u8 = 3;

/// Alerts on the first screen.
const FIRST: usize = 5;
/// Reports to be checked that are shown, of each sort.
const TO_CHECK: u32 = 10;

#[derive(Clone, Debug, Serialize)]
pub struct OverviewView {
    #[serde(serialize_with = "json::text")]
    pub regency: Code,
    /// Messages that have not reached everybody in time; empty for those who may not direct.
    pub late_messages: Vec<LateMessage>,
    /// Alerts of which nobody was to be notified.
    pub unnotified: Vec<UnnotifiedAlert>,
    pub alerts: Vec<AlertItem>,
    /// Live alerts beyond those shown.
    pub more: usize,
    /// What may be one matter.
    pub chains: Vec<ChainView>,
    /// Alerts that one person asks to end, for those who may be the second.
    pub ends_asked: Vec<AlertItem>,
    /// Who did not agree by link to what still waits for a second person, or could not judge it.
    #[serde(skip)]
    pub not_agreed: Vec<NotAgreed>,
    /// What one person asked for within the last day and nobody joined.
    #[serde(skip)]
    pub lapsed: Vec<LapsedRequestView>,
    /// What somebody must look into: requests for awas that wait for a second person, reports that cannot be judged or that only the community makes, then denials and endings of
    /// which nobody knows which incident they speak of.
    pub to_check: Vec<ReportItem>,
    /// More of them wait than are shown.
    pub more_to_check: bool,
    #[serde(serialize_with = "json::time_option")]
    pub last_check: Option<Time>,
    pub rows: Vec<MatrixRow>,
    /// Kind the map shows; `None` shows the highest of all.
    #[serde(serialize_with = "json::word_option")]
    pub kind: Option<Kind>,
    pub silent: Vec<SilentDistrict>,
    #[serde(serialize_with = "json::drift")]
    pub drift: DriftFindings,
}

/// An answer by link that agrees to nothing.
#[derive(Clone, PartialEq, Debug)]
pub struct NotAgreed {
    pub alert: String,
    /// The alert's level and place, in words.
    pub about: String,
    /// To the request to end the alert; else to one for awas, or to take something back.
    pub to_end: bool,
    /// Who answered what, when and why.
    pub words: String,
}

/// A request that no second person joined.
#[derive(Clone, PartialEq, Debug)]
pub struct LapsedRequestView {
    pub alert: String,
    /// The alert's level and place, in words.
    pub about: String,
    /// Who asked for what, and that nobody joined.
    pub words: String,
}

/// A district nobody has reported from.
#[derive(Clone, Debug, Serialize)]
pub struct SilentDistrict {
    #[serde(serialize_with = "json::text")]
    pub code: Code,
    pub name: String,
    #[serde(serialize_with = "json::time_option")]
    pub since: Option<Time>,
}

/// The overview of a regency; `kind` is what its map shows.
#[boxed]
pub async fn load(context: &Context, regency: UnitId, kind: Option<Kind>) -> Result<OverviewView, ViewError> {
    let code = context.sources.places.code(regency);
    let scope = context.scope(regency)?;
    let picture = Picture::load(context, &[code]).await?;
    let mut live = alerts::live(context, &scope).await?;
    let chains = chains::of(context, &live);
    let asked = |alert: &&AlertItem| alert.withdrawal_waits && context.viewer.may(Right::Direct);
    let ends_asked: Vec<AlertItem> = live.iter().filter(asked).cloned().collect();
    let (not_agreed, lapsed) = (not_agreed(context, &live).await?, lapsed(context, &live).await?);
    let more = live.len().saturating_sub(FIRST);
    live.truncate(FIRST);
    let rows: Vec<MatrixRow> =
        context.districts(regency).into_iter().map(|unit| picture.row(context, unit)).collect();
    let mut silent = Vec::new();
    for row in rows.iter().filter(|row| row.cells.iter().all(|cell| cell.level == Level::NoData)) {
        let since = last_report(context, row.code).await?;
        silent.push(SilentDistrict { code: row.code, name: row.name.clone(), since });
    }
    let (to_check, more_to_check) = to_check(context, &scope).await?;
    Ok(OverviewView {
        regency: code,
        late_messages: messages::late(context, &scope).await?,
        unnotified: messages::unnotified(context, &scope).await?,
        alerts: live,
        more,
        chains,
        ends_asked,
        not_agreed,
        lapsed,
        to_check,
        more_to_check,
        last_check: context.as_of().await?,
        rows,
        kind,
        silent,
        drift: (context.sources.ledger)(scope).await?.drift,
    })
}

/// What was answered by link about these alerts without agreeing, to what still waits; for those who may be the second person.
async fn not_agreed(context: &Context, live: &[AlertItem]) -> Result<Vec<NotAgreed>, ViewError> {
    if !context.viewer.may(Right::Direct) || live.is_empty() {
        return Ok(Vec::new());
    }
    let regencies: BTreeSet<Code> = live.iter().map(|alert| alert.code.regency()).collect();
    let store = &context.sources.store;
    let mut found = Vec::new();
    for answer in store.request_answers(&regencies.into_iter().collect::<Vec<_>>()).await? {
        let Some(alert) = live.iter().find(|alert| alert.id == answer.alert) else { continue };
        let waits = match answer.record {
            None => alert.withdrawal_waits,
            Some(record) => {
                let asked = store.asked_second(alert.code.regency(), record).await?;
                asked.is_some_and(|asked| asked.request.waits(context.now))
            }
        };
        if waits {
            found.push(NotAgreed {
                alert: alert.id.clone(),
                about: format!("{} {}", level::word(alert.level, context.lang), alert.place),
                to_end: answer.record.is_none(),
                words: answer_words(context, (&answer, alert.code), true),
            });
        }
    }
    Ok(found)
}

/// The requests about these alerts that lapsed within the last day; for those who may ask again or be the second person.
async fn lapsed(context: &Context, live: &[AlertItem]) -> Result<Vec<LapsedRequestView>, ViewError> {
    if !context.viewer.may(Right::Direct) || live.is_empty() {
        return Ok(Vec::new());
    }
    let regencies: BTreeSet<Code> = live.iter().map(|alert| alert.code.regency()).collect();
    let regencies: Vec<Code> = regencies.into_iter().collect();
    let since = context.now.plus(-SECOND_WITHIN);
    let mut found = Vec::new();
    for request in context.sources.store.lapsed_requests(&regencies, since).await? {
        let Some(alert) = live.iter().find(|alert| alert.id == request.alert) else { continue };
        if let Some(words) = lapsed_words(context, &request, alert.code).await? {
            let about = format!("{} {}", level::word(alert.level, context.lang), alert.place);
            found.push(LapsedRequestView { alert: alert.id.clone(), about, words });
        }
    }
    Ok(found)
}

/// What is to be looked into, and whether there is more than that.
async fn to_check(context: &Context, scope: &[Code]) -> Result<(Vec<ReportItem>, bool), ViewError> {
    if !context.viewer.may(Right::SeeReports) {
        return Ok((Vec::new(), false));
    }
    let mut more = false;
    let mut first = |reports: Vec<StoredReport>| {
        let (shown, beyond) = shown(reports);
        more |= beyond;
        shown
    };
    let since = context.now.plus(-CHECK_SHOWN_FOR);
    let store = &context.sources.store;
    let asked_since = context.now.plus(-SECOND_WITHIN);
    // What lapses comes first.
    let mut found = first(store.reports_awaiting_second(scope, asked_since, TO_CHECK + 1).await?);
    found.retain(|report| report.report.doubtful.is_none());
    found.extend(first(store.doubtful_reports(scope, since, TO_CHECK + 1).await?));
    let others = [
        first(store.reports_to_check(scope, since, TO_CHECK + 1).await?),
        first(store.disputed_reports(DISPUTE_ASKED_FROM, (scope, since, TO_CHECK + 1)).await?),
        first(store.unplaced_remarks(scope, since, TO_CHECK + 1).await?),
    ];
    for report in others.into_iter().flatten() {
        // A doubtful clock's own list, or that of what is asked for another reason, has them already.
        if report.report.doubtful.is_none() && !found.iter().any(|other| other.key() == report.key()) {
            found.push(report);
        }
    }
    Ok((visible(context, &found).await?.rows, more))
}

/// Of what was asked for with one more than is shown, what is shown, and whether there is more.
fn shown<T>(mut found: Vec<T>) -> (Vec<T>, bool) {
    let more = found.len() > TO_CHECK as usize;
    found.truncate(TO_CHECK as usize);
    (found, more)
}

async fn last_report(context: &Context, code: Code) -> Result<Option<Time>, ViewError> {
    let filter = ReportFilter { codes: vec![code], limit: 1, ..ReportFilter::default() };
    let page = context.sources.store.reports(&filter).await?;
    Ok(page.items.first().map(|view| view.report.reported_at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_is_cut_says_so() {
        assert_eq!(shown(vec![0; 10]), (vec![0; 10], false));
        assert_eq!(shown(vec![0; 11]), (vec![0; 10], true));
    }
}
