//! The reporter's page: what a person reports for the feed that the account is bound to, through the same intake as every report.

mod incident;
pub mod link;
mod news;

pub use incident::incident;
pub use news::news;

use super::form::first;
use crate::account::{self, AccountError};
use crate::fault::Fault;
use crate::guard::REPORTER_PATH;
use crate::pages::entry::TypedFields;
use crate::pages::notice::FormNote;
use crate::pages::reporter::{OpenForm, ReporterPage, page};
use crate::request::PageRequest;
use crate::submit::{self, Record, RecordSource, SubmitOutcome};
use axum::extract::{Query, RawForm};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::place::Zone;
use domain::report::ReportId;
use intake::new_report_id;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use store::{FeedRow, StoredReport};
use views::reporter::ReporterView;
use views::{Context, format, reporter};

/// One request of a reporter: the feed, and the context of its places.
struct Reporting {
    request: PageRequest,
    context: Context,
    feed: FeedRow,
}

impl Reporting {
    async fn of(request: PageRequest) -> Result<Reporting, Fault> {
        let context = request.context()?;
        let feed = reporter::feed(&context).await?;
        let context = reporter::of_feed(&context, &feed);
        Ok(Reporting { request, context, feed })
    }

    /// Whose word what is reported gives: the feed's own.
    fn source(&self) -> RecordSource {
        let FeedRow { class, organisation, party, .. } = &self.feed;
        RecordSource { class: *class, organisation: organisation.clone(), party: *party }
    }

    /// The page, with what was typed.
    async fn page(&self, typed: TypedFields) -> Result<ReporterPage, Fault> {
        let view: ReporterView = reporter::load(&self.context, &self.feed).await?;
        Ok(ReporterPage { typed, ..ReporterPage::new(view, new_number()?.to_string()) })
    }

    fn show(&self, view: &ReporterPage) -> Response {
        let status = match view.errors.is_empty() && view.warnings.is_empty() && !view.long_ago {
            true => StatusCode::OK,
            false => StatusCode::UNPROCESSABLE_ENTITY,
        };
        (status, page(&self.request.outside(), view)).into_response()
    }

    /// The page again with what was done.
    async fn done(&self, words: String) -> Result<Response, Fault> {
        let mut view = self.page(TypedFields::new()).await?;
        view.note = Some(FormNote::done(&words));
        Ok(self.show(&view))
    }

    /// The form again: what was typed stays under its own number.
    async fn again(&self, typed: TypedFields, form: OpenForm) -> Result<ReporterPage, Fault> {
        let number = number(&typed)?.to_string();
        Ok(ReporterPage { form, number, ..self.page(typed).await? })
    }

    /// The form again after the service failed: what was typed outlives a full disk.
    async fn failed(&self, typed: TypedFields, form: OpenForm, fault: Fault) -> Result<Response, Fault> {
        let mut view = self.again(typed, form).await?;
        view.errors.push(("kirim".into(), self.context.lang.text("entry.not_saved").into()));
        let status = fault.logged();
        Ok((status, page(&self.request.outside(), &view)).into_response())
    }

    /// A report of this feed; `None` for another feed's.
    async fn own(&self, id: &str) -> Result<Option<StoredReport>, Fault> {
        let Some(id) = ReportId::parse(id) else { return Ok(None) };
        let reports = self.context.sources.store.reports_with_id(id).await?;
        Ok(reports.into_iter().find(|report| report.feed_name == self.feed.name))
    }
}

fn new_number() -> Result<ReportId, Fault> {
    let number = new_report_id(account::wall()).map_err(AccountError::Random);
    number.map_err(|error| Fault::Internal(error.to_string()))
}

/// The number a form was shown with; a new one where it has none.
fn number(typed: &TypedFields) -> Result<ReportId, Fault> {
    ReportId::parse(first(typed, "number")).map_or_else(new_number, Ok)
}

/// The id of a record made from a form: the same form sent twice is one report, and another text under the same number, from a
/// page that was gone back to, is another report. `part` tells apart the records of one form.
fn record_id(typed: &TypedFields, part: usize) -> Result<ReportId, Fault> {
    const OUTSIDE: [&str; 3] = ["number", "keep", "long_ago"];
    let number = number(typed)?;
    let mut hasher = Sha256::new();
    hasher.update(number.0.to_be_bytes());
    hasher.update(part.to_be_bytes());
    for (name, values) in typed.iter().filter(|(name, _)| !OUTSIDE.contains(&name.as_str())) {
        for text in std::iter::once(name).chain(values) {
            hasher.update(text.len().to_be_bytes());
            hasher.update(text.as_bytes());
        }
    }
    let digest = hasher.finalize();
    let random = digest[..10].iter().fold(0u128, |sum, byte| sum << 8 | u128::from(*byte));
    Ok(ReportId((number.0 >> 80) << 80 | random))
}

#[derive(Deserialize)]
pub struct ReporterQuery {
    /// The own report that the form is to replace.
    koreksi: Option<String>,
}

pub async fn show(request: PageRequest, Query(query): Query<ReporterQuery>) -> Result<Response, Fault> {
    let reporting = Reporting::of(request).await?;
    let replaced = match &query.koreksi {
        Some(id) => reporting.own(id).await?,
        None => None,
    };
    let view = match replaced.and_then(|report| incident::typed(&report)) {
        Some(typed) => ReporterPage { form: OpenForm::Incident, ..reporting.page(typed).await? },
        None => reporting.page(TypedFields::new()).await?,
    };
    Ok(reporting.show(&view))
}

/// A form's own address, asked for as a page.
pub async fn back() -> Redirect {
    Redirect::to(REPORTER_PATH)
}

/// The form as it was typed before a login.
pub async fn show_unsent(request: &PageRequest, form: &str, typed: TypedFields) -> Result<Response, Fault> {
    let reporting = Reporting::of(request.clone()).await?;
    let form = match form {
        "kejadian" => OpenForm::Incident,
        "lanjutan" => OpenForm::News,
        _ => OpenForm::None,
    };
    let view = ReporterPage { unsent: true, ..reporting.again(typed, form).await? };
    Ok(reporting.show(&view))
}

/// Nothing happened this week, in each place of the feed.
pub async fn nothing(request: PageRequest, RawForm(body): RawForm) -> Result<Response, Fault> {
    let reporting = Reporting::of(request).await?;
    let typed = submit::typed(&body);
    let context = &reporting.context;
    let view = reporter::load(context, &reporting.feed).await?;
    let Some(quiet) = view.quiet else {
        return Err(Fault::BadInput("reporter.no_place"));
    };
    for (part, place) in reporter::places(&reporting.feed.areas).into_iter().enumerate() {
        let zone = Zone::of(place.code);
        let record = Record::new(&reporting.request, reporting.source(), place.code)?;
        let mut record = record.numbered(record_id(&typed, part)?);
        if place.village > 0 {
            record.put("village", place.to_string());
        }
        let (from, to) = (format::machine(quiet.from, zone), format::machine(quiet.to, zone));
        record.put("nothing_happened", json!({ "from": from, "to": to }));
        match submit::report(&reporting.request, &reporting.feed, record).await {
            Ok(SubmitOutcome::Accepted(_)) => {}
            Ok(SubmitOutcome::Rejected { detail, .. }) => return Err(Fault::Bad(detail)),
            Err(fault) => return reporting.failed(typed, OpenForm::None, fault).await,
        }
    }
    let lang = context.lang;
    let [from, to] = [quiet.from, quiet.to].map(|at| format::short(at, view.zone, lang));
    let places = view.places.join(", ");
    let words = lang.fill("reporter.nothing_taken", &[("places", &places), ("from", &from), ("to", &to)]);
    reporting.done(words).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_sent_twice_is_one_report_and_another_text_another() {
        let number = "01KDTNM8M0Y02FSFQYZ0000002";
        let of = |text: &str| submit::typed(format!("number={number}&{text}").as_bytes());
        let id = |text| record_id(&of(text), 0).unwrap();
        assert_eq!(id("summary=banjir&severity=3"), id("summary=banjir&severity=3"));
        assert_eq!(id("summary=banjir"), id("summary=banjir&keep=yes"), "a tick changes no report");
        assert_ne!(id("summary=banjir"), id("summary=longsor"));
        assert_ne!(id("summary=banjir"), record_id(&of("summary=banjir"), 1).unwrap());
        assert_eq!(id("summary=x").0 >> 80, ReportId::parse(number).unwrap().0 >> 80, "its time stays");
    }
}
