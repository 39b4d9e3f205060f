//! The entry form: shown, read, and sent through the same intake as every report.

use super::form;
use crate::fault::Fault;
use crate::pages::entry::{EntryForm, NOTHING, TypedFields, page};
use crate::request::PageRequest;
use crate::submit::{self, SubmitOutcome};
use axum::extract::RawForm;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::place::UnitId;
use domain::time::DAY;
use formats::screen::screen;
use maud::Markup;
use views::text_findings::words;
use views::{Context, format};

pub async fn show(request: PageRequest) -> Result<Markup, Fault> {
    let context = request.context()?;
    let regency = context.regency(request.asked)?;
    let frame = request.frame(&context, regency).await?;
    let mut view = EntryForm::new(views::entry::load(&context, regency).await?);
    let local = |at| vec![format::local_value(at, frame.zone())];
    let week_ago = context.now.plus(-7 * DAY);
    view.typed.extend([
        ("occurred".to_owned(), local(context.now)),
        ("since".to_owned(), local(week_ago)),
        ("until".to_owned(), local(context.now)),
    ]);
    Ok(page(&frame, &view))
}

/// The form as it was typed before a login.
pub async fn show_unsent(request: &PageRequest, typed: TypedFields) -> Result<Response, Fault> {
    let context = request.context()?;
    let regency = context.regency(request.asked)?;
    let choices = views::entry::load(&context, regency).await?;
    let view = EntryForm { typed, unsent: true, ..EntryForm::new(choices) };
    Ok(page(&request.frame(&context, regency).await?, &view).into_response())
}

pub async fn submit(request: PageRequest, RawForm(body): RawForm) -> Result<Response, Fault> {
    let context = request.context()?;
    let regency = context.regency(request.asked)?;
    let typed = submit::typed(&body);
    let mut view = EntryForm::new(views::entry::load(&context, regency).await?);
    view.typed = typed;
    if form::first(&view.typed, "act") == NOTHING {
        return nothing(&request, &context, regency, view).await;
    }
    let kept = view.typed.contains_key("keep");
    match form::read(&context, regency, (&view.choices, &view.typed), None) {
        Err(errors) => view.errors = errors,
        Ok(filled) => {
            let findings = screen(form::first(&view.typed, "summary"));
            view.long_ago = form::is_long_ago(&context, regency, &view.typed);
            let time_is_right = !view.long_ago || view.typed.contains_key("long_ago");
            if time_is_right && (findings.is_empty() || kept) {
                match submit::send(&request, filled.record(&request)?).await {
                    Ok(SubmitOutcome::Accepted(id)) => {
                        return Ok(Redirect::to(&format!("/laporan?diterima={id}")).into_response());
                    }
                    Ok(SubmitOutcome::Rejected { field, detail, .. }) => {
                        view.errors.push((form_field(&field).into(), detail))
                    }
                    // What was typed must outlive a full disk.
                    Err(fault) => return failed(&request, &context, regency, view, fault).await,
                }
            }
            view.warnings =
                findings.iter().map(|finding| words(*finding, context.lang).to_string()).collect();
        }
    }
    let frame = request.frame(&context, regency).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&frame, &view)).into_response())
}

/// That nothing happened, as somebody said it.
async fn nothing(
    request: &PageRequest,
    context: &Context,
    regency: UnitId,
    mut view: EntryForm,
) -> Result<Response, Fault> {
    match form::read_nothing(context, regency, (&view.choices, &view.typed), ["since", "until"]) {
        Err(errors) => view.errors = errors,
        Ok(mut filled) => {
            // What was written beside it goes with it.
            let summary = form::first(&view.typed, "summary");
            let findings = screen(summary);
            if findings.is_empty() || view.typed.contains_key("keep") {
                if !summary.is_empty() {
                    filled.fields.push(("summary", summary.into()));
                }
                match submit::send(request, filled.record(request)?).await {
                    Ok(SubmitOutcome::Accepted(id)) => {
                        return Ok(Redirect::to(&format!("/laporan?diterima={id}")).into_response());
                    }
                    Ok(SubmitOutcome::Rejected { field, detail, .. }) => {
                        let field = if field == "nothing_happened" { "since" } else { form_field(&field) };
                        view.errors.push((field.into(), detail));
                    }
                    Err(fault) => return failed(request, context, regency, view, fault).await,
                }
            }
            view.warnings =
                findings.iter().map(|finding| words(*finding, context.lang).to_string()).collect();
        }
    }
    let frame = request.frame(context, regency).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&frame, &view)).into_response())
}

async fn failed(
    request: &PageRequest,
    context: &Context,
    regency: UnitId,
    mut view: EntryForm,
    fault: Fault,
) -> Result<Response, Fault> {
    let words = context.lang.text("entry.not_saved");
    view.errors.push(("kirim".into(), words.into()));
    let status = fault.problem().status; // also logs what it was
    let frame = request.frame(context, regency).await?;
    Ok((status, page(&frame, &view)).into_response())
}

/// The form's field that carries a record's field.
fn form_field(field: &str) -> &str {
    match field {
        "district" | "village" => "place",
        "kind" | "category" => "category",
        "occurred_at" | "reported_at" => "occurred",
        "severity" | "summary" | "lat" | "lon" | "dead" | "injured" | "displaced" => field,
        _ => "summary",
    }
}
