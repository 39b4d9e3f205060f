//! The list of reports, one report, and its verification by the desk.

use crate::fault::Fault;
use crate::pages;
use crate::pages::entry::TypedFields;
use crate::pages::notice::FormNote;
use crate::request::PageRequest;
use crate::submit::{self, Record, SeenReport, SubmitOutcome};
use axum::extract::{Path, Query, RawForm};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::kind::Kind;
use domain::place::Code;
use domain::report::{ReportId, ReportName, ReportReference, VerificationAct};
use maud::Markup;
use serde::Deserialize;
use store::StoredReport;
use views::Context;
use views::reports::ReportsAsked;
use views::second_person::{self, RequestedAct};
use views::text_findings;

#[derive(Deserialize)]
pub struct ReportsQuery {
    kecamatan: Option<String>,
    jenis: Option<String>,
    menunggu: Option<String>,
    kursor: Option<String>,
    diterima: Option<String>,
}

pub async fn list(request: PageRequest, Query(query): Query<ReportsQuery>) -> Result<Markup, Fault> {
    let context = request.context()?;
    let regency = context.regency(request.asked)?;
    let asked = ReportsAsked {
        district: query.kecamatan.as_deref().and_then(Code::parse),
        kind: query.jenis.as_deref().and_then(Kind::parse),
        awaiting_second: query.menunggu.as_deref() == Some(pages::reports::SECOND),
        cursor: query.kursor,
    };
    let view = views::reports::load(&context, regency, asked).await?;
    let accepted = match query.diterima.filter(|id| ReportId::parse(id).is_some()) {
        Some(id) => {
            let called = views::report::called(&context, &id).await?;
            Some(pages::reports::AcceptedReport { id, called })
        }
        None => None,
    };
    let frame = request.frame(&context, regency).await?;
    Ok(pages::reports::page(&frame, &view, accepted.as_ref()))
}

#[derive(Deserialize)]
pub struct ReportQuery {
    tercatat: Option<String>,
    pub feed: Option<String>,
}

pub async fn one(
    request: PageRequest,
    Path(id): Path<String>,
    Query(query): Query<ReportQuery>,
) -> Result<Markup, Fault> {
    let context = request.context()?;
    let words = |what: String| match what.as_str() {
        "koreksi" => "correction.recorded",
        "tarik" => "correction.withdrawal_recorded",
        _ => "report.verification_recorded",
    };
    let note = query.tercatat.map(|what| FormNote::done(context.lang.text(words(what))));
    let report = views::report::find(&context, &id, query.feed.as_deref()).await?;
    show(&request, &context, &report, note).await
}

async fn show(
    request: &PageRequest,
    context: &Context,
    report: &StoredReport,
    note: Option<FormNote>,
) -> Result<Markup, Fault> {
    let view = views::report::detail(context, report).await?;
    let frame = request.frame(context, context.regency_of(view.code)?).await?;
    Ok(pages::report::page(&frame, &view, note.as_ref()))
}

/// The report with its verification as it was typed before a login; `query` names the feed, as the form's address does.
pub async fn show_unsent(
    request: &PageRequest,
    id: &str,
    query: &str,
    typed: &TypedFields,
) -> Result<Response, Fault> {
    let context = request.context()?;
    let feed = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "feed");
    let report = views::report::find(&context, id, feed.as_ref().map(|(_, feed)| &**feed)).await?;
    // The form that stands there again names what there is now; a withdrawal names nothing.
    let fault = match typed.contains_key("seen") {
        true => as_shown(&context, &report, typed).await?.err(),
        false => None,
    };
    let note = FormNote::problem(context.lang.text(fault.unwrap_or("login.not_sent_yet"))).keeping(typed);
    Ok(show(request, &context, &report, Some(note)).await?.into_response())
}

/// Confirm and reject speak of the whole incident; merge and split of the reports ticked.
pub async fn verify(
    request: PageRequest,
    Path(id): Path<String>,
    Query(query): Query<ReportQuery>,
    RawForm(body): RawForm,
) -> Result<Response, Fault> {
    let context = request.context()?;
    let view = views::report::find(&context, &id, query.feed.as_deref()).await?;
    let typed = submit::typed(&body);
    let first = |name: &str| typed.get(name).and_then(|values| values.first()).map_or("", String::as_str);
    let act = VerificationAct::parse(first("act")).ok_or(Fault::BadInput("refusal.unknown_verification"))?;
    let remark = views::reports::statement(&view).is_none();
    let confirms_retraction =
        act == VerificationAct::Confirm && views::reports::is_doubtful_retraction(&view);
    if remark && act != VerificationAct::Reject && !confirms_retraction {
        return Err(Fault::BadInput("refusal.remark_is_set_aside_only"));
    }
    let (together, ticked) = match as_shown(&context, &view, &typed).await? {
        Ok(reports) => reports,
        Err(fault) => return again(&request, &context, &view, (context.lang.text(fault), &typed)).await,
    };
    // After what the page showed: the page that comes back names what there is now, and must say so where that is something else.
    if let Some(words) = screened(&context, &typed) {
        return again_screened(&request, &context, &view, (&words, &typed)).await;
    }
    if act == VerificationAct::Confirm
        && let Some(fault) = confirmation_fault(&context, &view, first("seconds")).await?
    {
        return again(&request, &context, &view, (context.lang.text(fault), &typed)).await;
    }
    let joins = act != VerificationAct::Confirm && !first("seconds").is_empty();
    if joins || act != VerificationAct::Confirm && !remark {
        match taken_back(&context, &view, (first("seconds"), act)).await? {
            Err(fault) => return again(&request, &context, &view, (context.lang.text(fault), &typed)).await,
            Ok(Some(asks)) => {
                let page = (id.as_str(), query.feed.as_deref());
                return join_taking_back(&request, &context, (&view, page), (asks, &typed)).await;
            }
            Ok(None) => {}
        }
    }
    let own = || vec![view.clone()];
    let reports = match act {
        VerificationAct::Reject if first("reason").trim().is_empty() => {
            let words = context.lang.text("report.reject_reason_missing");
            return again(&request, &context, &view, (words, &typed)).await;
        }
        VerificationAct::Reject if remark => own(),
        VerificationAct::Confirm | VerificationAct::Reject => together,
        VerificationAct::Merge if ticked.is_empty() => {
            let words = context.lang.text("report.tick_one");
            return again(&request, &context, &view, (words, &typed)).await;
        }
        VerificationAct::Merge => [together, ticked].concat(),
        VerificationAct::Split => [own(), ticked].concat(),
    };
    if act == VerificationAct::Merge
        && let Some(fault) = views::reports::merge_fault(&context, &reports)
    {
        return again(&request, &context, &view, (context.lang.text(fault), &typed)).await;
    }
    let (code, seen) = (view.report.place.code, SeenReport::all(&reports));
    let record = Record::verification(&request, code, act, &seen, first("reason"))?;
    match submit::send(&request, record).await? {
        SubmitOutcome::Accepted(_) => {
            if !remark {
                note_seen(&context, (act, first("blind") != "1"), &reports).await?;
            }
            Ok(recorded((&id, query.feed.as_deref()), "1"))
        }
        SubmitOutcome::Rejected { detail, .. } => again(&request, &context, &view, (&detail, &typed)).await,
    }
}

/// Back to the report, which says what was recorded.
pub fn recorded((id, feed): (&str, Option<&str>), what: &str) -> Response {
    let page = pages::reports::address(id, feed);
    let mark = if feed.is_some() { '&' } else { '?' };
    Redirect::to(&format!("{page}{mark}tercatat={what}")).into_response()
}

/// What the request asks for that a second person's record is to join, `seconds`; `None` where it joins none. An error is why
/// the record is not taken, as a key of the locale.
async fn taken_back(
    context: &Context,
    view: &StoredReport,
    (seconds, act): (&str, VerificationAct),
) -> Result<Result<Option<RequestedAct>, &'static str>, Fault> {
    let incident = match view.incident {
        Some(id) => context.sources.store.incident(view.key().regency, id).await?,
        None => None,
    };
    let request = match &incident {
        Some(incident) => second_person::take_back_request(context, incident).await?,
        None => None,
    };
    let joins = !seconds.is_empty();
    let seconds = (joins, ReportName::parse(seconds));
    if let Some(fault) = second_person::take_back_fault(request.as_ref(), seconds, act) {
        return Ok(Err(fault));
    }
    Ok(Ok(request.filter(|_| joins).and_then(|request| request.asks)))
}

/// Records as the second person's what a request asks for, of the same reports.
async fn join_taking_back(
    request: &PageRequest,
    context: &Context,
    (view, (id, feed)): (&StoredReport, (&str, Option<&str>)),
    (asks, typed): (RequestedAct, &TypedFields),
) -> Result<Response, Fault> {
    let reason = typed.get("reason").and_then(|values| values.first()).map_or("", String::as_str);
    if reason.trim().is_empty() {
        let words = context.lang.text("report.take_back_reason_missing");
        return again(request, context, view, (words, typed)).await;
    }
    let named = |own: &ReportReference| Some(ReportName { id: own.id, feed: own.feed? });
    let names: Option<Vec<ReportName>> = match &asks {
        RequestedAct::Verify(_, reports) => reports.iter().map(named).collect(),
        RequestedAct::Withdraw(name) => Some(vec![*name]),
    };
    let reports = match names {
        Some(names) => ticked(context, view, &names).await?,
        None => None,
    };
    let Some(reports) = reports else {
        let words = context.lang.text("report.take_back_out_of_reach");
        return again(request, context, view, (words, typed)).await;
    };
    let record = match (&asks, reports.first()) {
        (RequestedAct::Withdraw(_), Some(target)) => Record::withdrawal(request, target, reason)?,
        (RequestedAct::Verify(act, _), _) => {
            let seen = SeenReport::asked(&reports, &asks);
            Record::verification(request, view.report.place.code, *act, &seen, reason)?
        }
        (RequestedAct::Withdraw(_), None) => return Err(Fault::BadInput("refusal.unknown_verification")),
    };
    match submit::send(request, record).await? {
        SubmitOutcome::Accepted(_) => {
            if let RequestedAct::Verify(act, _) = &asks {
                note_seen(context, (*act, true), &reports).await?;
            }
            Ok(recorded((id, feed), "1"))
        }
        SubmitOutcome::Rejected { detail, .. } => again(request, context, view, (&detail, typed)).await,
    }
}

/// Why the incident's confirmation is not taken: `seconds` names the request that it is to join, where it is a second person's.
async fn confirmation_fault(
    context: &Context,
    view: &StoredReport,
    seconds: &str,
) -> Result<Option<&'static str>, Fault> {
    let seconds = match ReportName::parse(seconds) {
        None if !seconds.is_empty() => return Ok(Some("report.second_gone")),
        named => named,
    };
    let incident = match view.incident {
        Some(id) => context.sources.store.incident(view.key().regency, id).await?,
        None => None,
    };
    let request = match &incident {
        Some(incident) => second_person::awas_request(context, incident).await?,
        None => None,
    };
    Ok(second_person::confirmation_fault(request.as_ref(), seconds))
}

/// The ledger keeps whether the person who verified had seen the risk: it is on the desk's pages, so they had unless they say not.
async fn note_seen(
    context: &Context,
    (act, saw): (VerificationAct, bool),
    reports: &[StoredReport],
) -> Result<(), Fault> {
    if !matches!(act, VerificationAct::Confirm | VerificationAct::Reject) {
        return Ok(());
    }
    let by = (context.viewer.name.as_str(), saw);
    let names: Vec<ReportName> = reports.iter().map(|report| report.report.name()).collect();
    Ok(context.sources.store.verifier_saw(&names, by, context.now).await?)
}

/// What a verdict on this report is about, and what else the form names. An error is why they are not taken, as a key of the
/// locale: the form does not say what its page showed, or that has changed; or it names what is not this person's to read.
async fn as_shown(
    context: &Context,
    view: &StoredReport,
    typed: &TypedFields,
) -> Result<Result<(Vec<StoredReport>, Vec<StoredReport>), &'static str>, Fault> {
    let together = whole(context, view).await?;
    let shown = pages::report::content_mark(&views::reports::contents(&together));
    let ticks = typed.get("reports").into_iter().flatten().map(|value| pages::report::ticked(value));
    // A form of an earlier build says less.
    let (Some(mark), Some(ticks)) =
        (typed.get("seen").and_then(|marks| marks.first()), ticks.collect::<Option<Vec<_>>>())
    else {
        return Ok(Err("report.form_is_old"));
    };
    if *mark != shown {
        return Ok(Err("report.changed_meanwhile"));
    }
    let names: Vec<ReportName> = ticks.iter().map(|(name, _)| *name).collect();
    let Some(ticked) = ticked(context, view, &names).await? else {
        return Ok(Err("report.ticked_out_of_reach"));
    };
    let as_shown = ticked.iter().zip(&ticks).all(|(report, (_, content))| report.report.hash == *content);
    Ok(if as_shown { Ok((together, ticked)) } else { Err("report.changed_meanwhile") })
}

/// What a verdict on this report is about.
async fn whole(context: &Context, view: &StoredReport) -> Result<Vec<StoredReport>, Fault> {
    let Some(incident) = view.incident else { return Ok(vec![view.clone()]) };
    let reports = context.sources.store.incident_reports(view.key().regency, incident).await?;
    Ok(views::reports::judged_together(context, view, &reports))
}

/// The reports of the same regency that a form names; `None` where one of them is not there or not this person's to read.
async fn ticked(
    context: &Context,
    view: &StoredReport,
    names: &[ReportName],
) -> Result<Option<Vec<StoredReport>>, Fault> {
    let mut reports = Vec::new();
    for name in names {
        let found = context.sources.store.report(view.key().regency, *name).await?;
        match found.filter(|report| views::reports::may_read(context, report)) {
            Some(report) => reports.push(report),
            None => return Ok(None),
        }
    }
    Ok(Some(reports))
}

pub async fn again(
    request: &PageRequest,
    context: &Context,
    view: &StoredReport,
    (words, typed): (&str, &TypedFields),
) -> Result<Response, Fault> {
    let note = FormNote::problem(words).keeping(typed);
    let page = show(request, context, view, Some(note)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// What in the reason of an act on a report should not be passed on, in words; `None` also where its author keeps it.
pub fn screened(context: &Context, typed: &TypedFields) -> Option<String> {
    let reason = typed.get("reason").and_then(|values| values.first()).map_or("", String::as_str);
    let found = text_findings::in_reason(reason, "report.reason_screened", context.lang);
    found.filter(|_| !typed.contains_key("keep"))
}

/// The report again, with the form filled and a tick by which its reason stays as it is.
pub async fn again_screened(
    request: &PageRequest,
    context: &Context,
    view: &StoredReport,
    (words, typed): (&str, &TypedFields),
) -> Result<Response, Fault> {
    let note = FormNote { screened: true, ..FormNote::problem(words).keeping(typed) };
    let page = show(request, context, view, Some(note)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
