//! A pasted chat: read, shown beside its proposals, and what is ticked sent through the same intake as every report.

use super::form;
use crate::fault::Fault;
use crate::pages::entry::TypedFields;
use crate::pages::paste::{PastePage, page, sender_name};
use crate::request::PageRequest;
use crate::submit::{self, SubmitOutcome};
use axum::extract::RawForm;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::kind::{Category, Outcome, Stance};
use domain::place::{UnitId, Zone};
use domain::report::ReportId;
use domain::sender_clock;
use domain::time::Time;
use formats::archive::DateOrder;
use formats::chat::DayAlone;
use formats::screen::screen;
use maud::Markup;
use views::paste::{PasteAsked, PasteItem, PasteView};
use views::text_findings::words;
use views::{Context, format, reports};

/// Longest text that is read at once, bytes; and the form that carries it, where each letter may take three.
const LONGEST: usize = 1 << 20;
pub const LARGEST_PASTE: usize = 4 << 20;

pub async fn show(request: PageRequest) -> Result<Markup, Fault> {
    let context = request.context()?;
    let regency = context.regency(request.asked)?;
    Ok(page(&request.frame(&context, regency).await?, &PastePage::default()))
}

/// What was pasted and corrected before a login. Ticks do not come back: who takes something in marks it.
pub async fn show_unsent(request: &PageRequest, mut typed: TypedFields) -> Result<Response, Fault> {
    let context = request.context()?;
    let regency = context.regency(request.asked)?;
    let mut shown = PastePage { unsent: true, ..pasted(&context, &typed) };
    let is_review = typed.contains_key("at") && form::first(&typed, "act") != "read";
    if is_review && !is_unreadable(&shown) {
        let is_tick = |name: &str| [".take", ".keep", ".long_ago"].iter().any(|end| name.ends_with(end));
        typed.retain(|name, _| !is_tick(name));
        shown.typed = typed;
        shown.view = Some(views::paste::load(&context, regency, &asked(&shown)).await?);
    }
    Ok(page(&request.frame(&context, regency).await?, &shown).into_response())
}

/// The page as the form carries it, without what was corrected.
fn pasted(context: &Context, typed: &TypedFields) -> PastePage {
    PastePage {
        text: text(typed),
        order: form::first(typed, "order").to_owned(),
        at: Some(pasted_at(context, typed)),
        taken: typed.get("taken").cloned().unwrap_or_default(),
        aside: typed.get("aside").cloned().unwrap_or_default(),
        ..PastePage::default()
    }
}

fn is_unreadable(shown: &PastePage) -> bool {
    shown.text.len() > LONGEST || shown.text.trim().is_empty()
}

pub async fn submit(request: PageRequest, RawForm(body): RawForm) -> Result<Response, Fault> {
    let context = request.context()?;
    let regency = context.regency(request.asked)?;
    let typed = submit::typed(&body);
    let mut shown = pasted(&context, &typed);
    if is_unreadable(&shown) {
        let key = if shown.text.len() > LONGEST { "paste.too_long" } else { "paste.empty" };
        shown.fault = Some(context.lang.text(key).to_owned());
        let frame = request.frame(&context, regency).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&frame, &shown)).into_response());
    }
    let act = form::first(&typed, "act").to_owned();
    let mut status = StatusCode::OK;
    if act != "read" {
        shown.typed = typed;
    }
    match act.as_str() {
        "next" => put_aside(&context, regency, &mut shown).await?,
        "back" => shown.aside.clear(),
        _ => {}
    }
    if act == "take" {
        let view = views::paste::load(&context, regency, &asked(&shown)).await?;
        take(&request, &context, regency, &mut shown, &view).await?;
        if !shown.errors.is_empty() || shown.fault.is_some() {
            status = StatusCode::UNPROCESSABLE_ENTITY;
        }
    }
    shown.view = Some(views::paste::load(&context, regency, &asked(&shown)).await?);
    let frame = request.frame(&context, regency).await?;
    Ok((status, page(&frame, &shown)).into_response())
}

/// What stands on the page and is not ticked makes room for what comes next.
async fn put_aside(context: &Context, regency: UnitId, shown: &mut PastePage) -> Result<(), Fault> {
    let view = views::paste::load(context, regency, &asked(shown)).await?;
    let ids = view.items.iter().map(|item| item.id.to_string());
    let passed: Vec<String> = ids
        .filter(|id| {
            let holds = |field: &str| shown.typed.contains_key(&format!("{id}.{field}"));
            holds("place") && !holds("take")
        })
        .collect();
    shown.aside.extend(passed);
    Ok(())
}

fn text(typed: &TypedFields) -> String {
    typed.get("text").and_then(|values| values.first()).cloned().unwrap_or_default()
}

/// When it was pasted first, as the form carries it; never later than now.
fn pasted_at(context: &Context, typed: &TypedFields) -> Time {
    let at = form::first(typed, "at").parse::<i64>().ok().map(Time);
    at.filter(|at| *at <= context.now && !sender_clock::is_doubtful(*at, context.now)).unwrap_or(context.now)
}

fn asked(shown: &PastePage) -> PasteAsked {
    PasteAsked {
        text: shown.text.clone(),
        order: DateOrder::parse(&shown.order),
        at: shown.at.unwrap_or(Time(0)),
        taken: shown.taken.iter().filter_map(|id| ReportId::parse(id)).collect(),
        aside: shown.aside.iter().filter_map(|id| ReportId::parse(id)).collect(),
    }
}

/// Sends every proposal that is ticked. What is wrong with one stops no other; a full service stops all that follow.
async fn take(
    request: &PageRequest,
    context: &Context,
    regency: UnitId,
    shown: &mut PastePage,
    view: &PasteView,
) -> Result<(), Fault> {
    let is_ticked = |item: &&PasteItem| shown.typed.contains_key(&format!("{}.take", item.id));
    let ticked: Vec<&PasteItem> = view.items.iter().filter(is_ticked).collect();
    for item in ticked {
        let typed = fields(&shown.typed, item);
        let filled = match item.is_quiet {
            true => form::read_nothing(context, regency, (&view.choices, &typed), ["quiet_from", "quiet_to"]),
            false => form::read(context, regency, (&view.choices, &typed), None),
        };
        let filled = match filled {
            Ok(filled) => filled,
            Err(errors) => {
                shown.errors.insert(item.number, errors);
                continue;
            }
        };
        let asked = || asked_about(context, regency, &typed, (shown, item.number));
        if let Some(errors) = (!item.is_quiet).then(asked).flatten() {
            shown.errors.insert(item.number, errors);
            continue;
        }
        let called = called(context, (&filled, item.is_quiet), &typed);
        let mut record = filled.record(request)?.numbered(item.id);
        let reported = item.sent.or(shown.at).filter(|at| !sender_clock::is_doubtful(*at, context.now));
        if let Some(at) = reported {
            record.put(
                "reported_at",
                format::machine(at.min(context.now), Zone::of(context.sources.places.code(regency))),
            );
        }
        match submit::send(request, record).await {
            Ok(SubmitOutcome::Accepted(id)) => {
                shown.fresh.push((id.clone(), called));
                shown.taken.push(id);
            }
            Ok(SubmitOutcome::Rejected { detail, .. }) => {
                shown.errors.insert(item.number, vec![("kirim".into(), detail)]);
            }
            Err(fault) => {
                fault.problem(); // also logs what it was
                shown.fault = Some(context.lang.text("entry.not_saved").to_owned());
                break;
            }
        }
    }
    Ok(())
}

/// What a report is called that was not processed yet.
fn called(context: &Context, (filled, is_quiet): (&form::Filled, bool), typed: &TypedFields) -> String {
    let lang = context.lang;
    let category = Category::parse(form::first(typed, "category").rsplit(' ').next().unwrap_or_default());
    let subject = category.map_or_else(String::new, |category| reports::label(context, category));
    let (what, at) = match Stance::parse(form::first(typed, "stance")) {
        _ if is_quiet => (lang.word("record", Outcome::ZeroReport.as_str()), "quiet_to"),
        Some(Stance::Denies) => (lang.fill("report.denial_of", &[("what", &subject)]), "occurred"),
        Some(Stance::Ends) => (lang.fill("report.end_of", &[("what", &subject)]), "occurred"),
        _ => (subject, "occurred"),
    };
    let at =
        format::parse_typed(form::first(typed, at), Zone::of(filled.place.code), context.now, DayAlone::Ends);
    reports::called(context, (&what, filled.place), at.map_or(context.now, |at| at.min(context.now)))
}

/// The fields of one proposal as the entry form names them, with the source that its sender stands for. Where the text was
/// changed so that another sent it than who stood beside it on the page, a person says again whose word it is.
fn fields(typed: &TypedFields, item: &PasteItem) -> TypedFields {
    let prefix = format!("{}.", item.id);
    let own = |(name, values): (&String, &Vec<String>)| {
        Some((name.strip_prefix(&prefix)?.to_owned(), values.clone()))
    };
    let mut fields: TypedFields = typed.iter().filter_map(own).collect();
    let is_same = fields.remove("sender").is_some_and(|sender| sender.first() == Some(&item.sender));
    let source = typed.get(&sender_name(&item.sender)).filter(|_| is_same);
    fields.insert("source".into(), source.cloned().unwrap_or_default());
    fields
}

/// What must be ticked before a proposal is sent: personal data in its text, a time of long ago.
fn asked_about(
    context: &Context,
    regency: UnitId,
    typed: &TypedFields,
    (shown, number): (&mut PastePage, usize),
) -> Option<form::Errors> {
    let mut errors = form::Errors::new();
    let findings = screen(form::first(typed, "summary"));
    if !findings.is_empty() && !typed.contains_key("keep") {
        let found = findings.iter().map(|finding| words(*finding, context.lang).to_owned());
        shown.warnings.insert(number, found.collect());
        errors.push(("summary".into(), context.lang.text("entry.personal_data_found").into()));
    }
    if form::is_long_ago(context, regency, typed) && !typed.contains_key("long_ago") {
        shown.long_ago.push(number);
        errors.push(("occurred".into(), context.lang.text("entry.time_long_ago").into()));
    }
    (!errors.is_empty()).then_some(errors)
}
