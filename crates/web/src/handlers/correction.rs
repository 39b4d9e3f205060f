//! The desk puts a report right: it writes what is right and why, and what was wrong counts no longer. What it wrote itself it
//! replaces or withdraws; beside what another source said its own report stands, and the other is rejected.

use super::form::{self, first};
use super::reports::{self, ReportQuery};
use crate::account::{self, AccountError};
use crate::fault::Fault;
use crate::pages::entry::{CorrectedReport, EntryForm, TypedFields, page};
use crate::pages::reports::{address, correction_address};
use crate::request::PageRequest;
use crate::submit::{self, Record, RecordSource, SeenReport, SubmitOutcome};
use axum::extract::{Path, Query, RawForm};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::author::StampedAuthor;
use domain::desk_feed;
use domain::kind::{FoundBy, Handling, Party};
use domain::place::{UnitId, Zone};
use domain::report::{ReportId, VerificationAct};
use formats::content_hash;
use formats::screen::screen;
use intake::new_report_id;
use serde_json::json;
use store::StoredReport;
use views::entry::SourceChoice;
use views::organisations::OrganisationNames;
use views::reports::statement;
use views::text_findings::words;
use views::{Context, correction, format};

/// The report that is corrected, and how its page is called.
struct Corrected {
    report: StoredReport,
    id: String,
    feed: Option<String>,
}

impl Corrected {
    async fn find(context: &Context, id: &str, feed: Option<&str>) -> Result<Corrected, Fault> {
        let report = views::report::find(context, id, feed).await?;
        Ok(Corrected { report, id: id.to_owned(), feed: feed.map(str::to_owned) })
    }

    fn page(&self) -> (&str, Option<&str>) {
        (&self.id, self.feed.as_deref())
    }

    fn is_of_desk(&self) -> bool {
        desk_feed::is_desk_feed(self.report.report.feed)
    }

    /// Whose word it gives: the correction gives the same, so that both are one speaker.
    fn source(&self) -> RecordSource {
        let report = &self.report;
        let organisation = match report.organisation.as_str() {
            "" if !self.is_of_desk() => StampedAuthor::own_organisation(&report.feed_name),
            organisation => organisation.to_owned(),
        };
        let party = report.report.author.is_some_and(|author| author.party);
        RecordSource { class: report.report.class, organisation, party }
    }

    /// The form, with what is typed.
    async fn form(&self, context: &Context, regency: UnitId, typed: TypedFields) -> Result<EntryForm, Fault> {
        let number = match ReportId::parse(first(&typed, "number")) {
            Some(number) => number,
            None => {
                let number = new_report_id(account::wall()).map_err(AccountError::Random);
                number.map_err(|error| Fault::Internal(error.to_string()))?
            }
        };
        let (id, feed) = self.page();
        let names = OrganisationNames::load(context).await?;
        let corrected = CorrectedReport {
            action: correction_address(id, feed),
            page: address(id, feed),
            number: number.to_string(),
            content: content_hash::read(first(&typed, "seen")).unwrap_or(self.report.report.hash),
            by: names.in_whose_word(context.lang, &self.report.feed_name, &self.report.organisation),
            reported_at: self.report.report.reported_at,
            effect: if self.is_of_desk() { "correction.replaces" } else { "correction.stands_in_place" },
        };
        let choices = views::entry::load(context, regency).await?;
        Ok(EntryForm { typed, corrected: Some(corrected), ..EntryForm::new(choices) })
    }
}

/// What the report says, as the form has it.
pub fn fields_of(report: &StoredReport) -> TypedFields {
    let mut typed = TypedFields::new();
    let mut put = |name: &str, value: String| {
        if !value.is_empty() {
            typed.entry(name.into()).or_default().push(value);
        }
    };
    let place = report.report.place;
    put("place", if place.village > 0 { place.to_string() } else { place.code.to_string() });
    put("summary", report.summary.clone().unwrap_or_default());
    if let Some(own) = statement(report) {
        put("category", format!("{} {}", own.kind, own.category));
        put("severity", own.severity.to_string());
        put("occurred", format::local_value(own.occurred_at, Zone::of(place.code)));
        put("stage", own.stage.map(|stage| stage.to_string()).unwrap_or_default());
        if own.reliability > 0 {
            put("reliability", char::from(b'A' + own.reliability - 1).to_string());
        }
        let counts = [
            ("credibility", u32::from(own.credibility)),
            ("dead", own.dead.into()),
            ("injured", own.injured.into()),
            ("displaced", own.displaced),
        ];
        for (name, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
            put(name, count.to_string());
        }
        // What the form leaves empty is usual.
        if own.handling != Handling::Limited {
            put("handling", own.handling.to_string());
        }
        if own.found_by != FoundBy::Report {
            put("found_by", own.found_by.to_string());
        }
        for party in Party::ALL.iter().filter(|party| own.parties.has(**party)) {
            put("parties", party.to_string());
        }
    }
    put("lat", report.lat.map(|degrees| degrees.to_string()).unwrap_or_default());
    put("lon", report.lon.map(|degrees| degrees.to_string()).unwrap_or_default());
    typed
}

pub async fn show(
    request: PageRequest,
    Path(id): Path<String>,
    Query(query): Query<ReportQuery>,
) -> Result<Response, Fault> {
    let context = request.context()?;
    let corrected = Corrected::find(&context, &id, query.feed.as_deref()).await?;
    if let Some(fault) = correction::fault(&corrected.report) {
        return refused(&request, &context, (&corrected, fault), &TypedFields::new()).await;
    }
    let regency = context.regency_of(corrected.report.report.place.code)?;
    let view = corrected.form(&context, regency, fields_of(&corrected.report)).await?;
    Ok(page(&request.frame(&context, regency).await?, &view).into_response())
}

/// The correction as it was typed before a login; `query` names the feed, as the form's address does.
pub async fn show_unsent(
    request: &PageRequest,
    id: &str,
    query: &str,
    typed: TypedFields,
) -> Result<Response, Fault> {
    let context = request.context()?;
    let feed = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "feed");
    let corrected = Corrected::find(&context, id, feed.as_ref().map(|(_, feed)| &**feed)).await?;
    let regency = context.regency_of(corrected.report.report.place.code)?;
    let view = EntryForm { unsent: true, ..corrected.form(&context, regency, typed).await? };
    Ok(page(&request.frame(&context, regency).await?, &view).into_response())
}

pub async fn submit(
    request: PageRequest,
    Path(id): Path<String>,
    Query(query): Query<ReportQuery>,
    RawForm(body): RawForm,
) -> Result<Response, Fault> {
    let context = request.context()?;
    let corrected = Corrected::find(&context, &id, query.feed.as_deref()).await?;
    let typed = submit::typed(&body);
    if let Some(fault) = correction::fault(&corrected.report) {
        return refused(&request, &context, (&corrected, fault), &typed).await;
    }
    let regency = context.regency_of(corrected.report.report.place.code)?;
    let seen = content_hash::read(first(&typed, "seen"));
    let mut view = corrected.form(&context, regency, typed).await?;
    if seen != Some(corrected.report.report.hash) {
        return changed_meanwhile(&request, &context, (&corrected, view), regency).await;
    }
    match filled(&context, regency, (&corrected, &view)) {
        Err(errors) => view.errors = errors,
        Ok(filled) => {
            let texts = [first(&view.typed, "summary"), first(&view.typed, "why")];
            let findings: Vec<_> = texts.into_iter().flat_map(screen).collect();
            view.long_ago = form::is_long_ago(&context, regency, &view.typed);
            let time_is_right = !view.long_ago || view.typed.contains_key("long_ago");
            if time_is_right && (findings.is_empty() || view.typed.contains_key("keep")) {
                match send(&request, &context, (&corrected, &view), filled).await {
                    Ok(None) => return Ok(reports::recorded(corrected.page(), "koreksi")),
                    Ok(Some(detail)) => view.errors.push(("summary".into(), detail)),
                    // What was typed must outlive a full disk.
                    Err(fault) => {
                        view.errors.push(("kirim".into(), context.lang.text("entry.not_saved").into()));
                        let status = fault.problem().status; // also logs what it was
                        return Ok(
                            (status, page(&request.frame(&context, regency).await?, &view)).into_response()
                        );
                    }
                }
            }
            view.warnings =
                findings.iter().map(|finding| words(*finding, context.lang).to_string()).collect();
        }
    }
    let frame = request.frame(&context, regency).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&frame, &view)).into_response())
}

/// The form as it was typed, with what the report says by now: what the form showed is not that, or it does not say what it showed.
async fn changed_meanwhile(
    request: &PageRequest,
    context: &Context,
    (corrected, mut view): (&Corrected, EntryForm),
    regency: UnitId,
) -> Result<Response, Fault> {
    let says = correction::says(context, &corrected.report);
    view.errors.push(("why".into(), context.lang.fill("correction.changed_meanwhile", &[("says", &says)])));
    if let Some(shown) = &mut view.corrected {
        shown.content = corrected.report.report.hash;
    }
    let frame = request.frame(context, regency).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&frame, &view)).into_response())
}

/// The form without fault: it says why, and something otherwise.
fn filled(
    context: &Context,
    regency: UnitId,
    (corrected, view): (&Corrected, &EntryForm),
) -> Result<form::Filled, form::Errors> {
    let read =
        |typed: &TypedFields| form::read(context, regency, (&view.choices, typed), Some(corrected.source()));
    let mut errors = form::Errors::new();
    if first(&view.typed, "why").is_empty() {
        errors.push(("why".into(), context.lang.text("correction.why_missing").into()));
    }
    let filled = read(&view.typed).map_err(|found| [std::mem::take(&mut errors), found].concat())?;
    let before = read(&fields_of(&corrected.report)).map(|before| before.fields).unwrap_or_default();
    if errors.is_empty() && before == filled.fields && same_place(corrected, view) {
        errors.push(("why".into(), context.lang.text("correction.nothing_changed").into()));
    }
    if !same_place(corrected, view) {
        let RecordSource { class, organisation, .. } = corrected.source();
        let value = SourceChoice::value_of(class, &organisation);
        if let Some(sentence) = view.choices.outside(context, &value, filled.place) {
            errors.push(("place".into(), context.lang.refusal(&sentence)));
        }
    }
    if errors.is_empty() { Ok(filled) } else { Err(errors) }
}

fn same_place(corrected: &Corrected, view: &EntryForm) -> bool {
    first(&fields_of(&corrected.report), "place") == first(&view.typed, "place")
}

/// Sends what is right, and that what was wrong counts no longer; what the intake says against it, in words. Sent again after
/// half of it was taken, it is one correction.
async fn send(
    request: &PageRequest,
    context: &Context,
    (corrected, view): (&Corrected, &EntryForm),
    filled: form::Filled,
) -> Result<Option<String>, Fault> {
    let why = first(&view.typed, "why");
    let original = &corrected.report;
    let mut record = filled.record(request)?;
    if let Some(number) = view.corrected.as_ref().and_then(|corrected| ReportId::parse(&corrected.number)) {
        record = record.numbered(number);
    }
    for (name, value) in correction::kept(context, original).await? {
        record.put(name, value);
    }
    record.put(formats::correction::FIELD, formats::correction::value(why));
    if let Some(replaced) = correction::replaces(context, original).await? {
        record.put("supersedes", replaced.id.to_string());
    }
    if !corrected.is_of_desk() {
        record.put(
            "about",
            json!({
                "feed": original.feed_name,
                "report_id": original.report.id.to_string(),
                "district": original.report.place.code.to_string(),
            }),
        );
    }
    if let SubmitOutcome::Rejected { detail, .. } = submit::send(request, record).await? {
        return Ok(Some(detail));
    }
    if corrected.is_of_desk() {
        return Ok(None);
    }
    let reason = context.lang.fill("correction.reason_of_rejection", &[("why", &why)]);
    // As it is now: a form that showed something else is not taken.
    let wrong = SeenReport::all(std::slice::from_ref(original));
    let code = original.report.place.code;
    let rejection = Record::verification(request, code, VerificationAct::Reject, &wrong, &reason)?;
    Ok(match submit::send(request, rejection).await? {
        SubmitOutcome::Accepted(_) => None,
        SubmitOutcome::Rejected { detail, .. } => Some(detail),
    })
}

pub async fn withdraw(
    request: PageRequest,
    Path(id): Path<String>,
    Query(query): Query<ReportQuery>,
    RawForm(body): RawForm,
) -> Result<Response, Fault> {
    let context = request.context()?;
    let corrected = Corrected::find(&context, &id, query.feed.as_deref()).await?;
    let typed = submit::typed(&body);
    let reason = first(&typed, "reason");
    let fault = match (corrected.is_of_desk() && correction::stands(&corrected.report), reason) {
        (false, _) => Some("correction.not_of_the_desk"),
        (true, "") => Some("correction.withdrawal_reason_missing"),
        (true, _) => None,
    };
    if let Some(fault) = fault {
        return refused(&request, &context, (&corrected, fault), &typed).await;
    }
    if let Some(words) = reports::screened(&context, &typed) {
        return reports::again_screened(&request, &context, &corrected.report, (&words, &typed)).await;
    }
    let record = Record::withdrawal(&request, &corrected.report, reason)?;
    match submit::send(&request, record).await? {
        SubmitOutcome::Accepted(_) => Ok(reports::recorded(corrected.page(), "tarik")),
        SubmitOutcome::Rejected { detail, .. } => {
            reports::again(&request, &context, &corrected.report, (&detail, &typed)).await
        }
    }
}

async fn refused(
    request: &PageRequest,
    context: &Context,
    (corrected, fault): (&Corrected, &'static str),
    typed: &TypedFields,
) -> Result<Response, Fault> {
    reports::again(request, context, &corrected.report, (context.lang.text(fault), typed)).await
}
