//! The ledger's page and the weekly calls.

use crate::fault::Fault;
use crate::pages;
use crate::pages::notice::FormNote;
use crate::request::PageRequest;
use crate::submit;
use axum::extract::{Query, RawForm};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::kind::Kind;
use domain::place::Code;
use maud::Markup;
use serde::Deserialize;
use store::{Check, CheckResult};
use views::Context;

pub async fn show(request: PageRequest) -> Result<Markup, Fault> {
    let context = request.context()?;
    let regency = context.regency(request.asked)?;
    let view = views::ledger::load(&context, regency).await?;
    Ok(pages::ledger::page(&request.frame(&context, regency).await?, &view))
}

#[derive(Deserialize)]
pub struct BudgetQuery {
    anggaran: Option<String>,
}

/// The last 90 days under a budget of false alarms; what cannot be tried is said, and the one in use shown.
pub async fn budget(request: PageRequest, Query(query): Query<BudgetQuery>) -> Result<Response, Fault> {
    let context = request.context()?;
    let regency = context.regency(request.asked)?;
    let typed = query.anggaran.as_deref().map(views::budget::parse);
    let wrong = (typed == Some(None)).then(|| FormNote::problem(request.lang.text("budget.wrong")));
    let view = views::budget::load(&context, regency, typed.flatten()).await?;
    let page = pages::budget::page(&request.frame(&context, regency).await?, &view, wrong.as_ref());
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, page).into_response())
}

#[derive(Deserialize)]
pub struct CallsQuery {
    tercatat: Option<String>,
}

pub async fn calls(request: PageRequest, Query(query): Query<CallsQuery>) -> Result<Markup, Fault> {
    let note = query.tercatat.map(|_| FormNote::done(request.lang.text("calls.recorded")));
    list(&request, &request.context()?, note).await
}

async fn list(request: &PageRequest, context: &Context, note: Option<FormNote>) -> Result<Markup, Fault> {
    let regency = context.regency(request.asked)?;
    let view = views::calls::load(context, regency).await?;
    Ok(pages::calls::page(&request.frame(context, regency).await?, &view, note.as_ref()))
}

pub async fn answer(request: PageRequest, RawForm(body): RawForm) -> Result<Response, Fault> {
    let context = request.context()?;
    let typed = submit::typed(&body);
    let first = |name: &str| typed.get(name).and_then(|values| values.first()).map_or("", String::as_str);
    let viewer = &context.viewer;
    let code = Code::parse(first("code")).ok_or(Fault::NotFound)?;
    let week: i64 = first("week").parse().map_err(|_| Fault::NotFound)?;
    if !viewer.covers(code) {
        return Err(Fault::Forbidden);
    }
    let kinds: Vec<Kind> =
        typed.get("kind").into_iter().flatten().filter_map(|word| Kind::parse(word)).collect();
    let result = CheckResult::parse(first("result"))
        .filter(|result| (*result == CheckResult::Happened) != kinds.is_empty());
    let Some(result) = result else {
        let words = context.lang.text("calls.one_answer");
        let page = list(&request, &context, Some(FormNote::problem(words))).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let check = Check {
        week,
        code,
        at: context.now,
        who: viewer.name.clone(),
        result,
        kinds,
        saw: first("saw") == "1",
    };
    if !context.sources.store.check_sample(&check).await? {
        return Err(Fault::NotFound);
    }
    Ok(Redirect::to("/panggilan?tercatat=1").into_response())
}
