//! The reporter's page: what a person reports for the feed that the account is bound to, through the same intake as every report.

mod incident;
pub mod link;
mod news;
pub mod taps;

pub use incident::incident;
pub use news::news;

use super::form::{self, first};
use crate::account::{self, AccountError};
use crate::fault::Fault;
use crate::guard::REPORTER_PATH;
use crate::pages::entry::TypedFields;
use crate::pages::notice::FormNote;
use crate::pages::reporter::{OpenForm, ReporterPage, page};
use crate::request::PageRequest;
use crate::submit::{self, Record, RecordSource, SubmitOutcome};
use axum::extract::{Query, RawForm};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::report::ReportId;
use domain::time::{MINUTE, Time};
use intake::new_report_id;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::sync::PoisonError;
use store::{FeedRow, StoredReport};
use taps::nothing_id;
use tokio::time::Instant;
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

    /// Why a form is not read: another account typed it. A shared phone has two, and one must not speak as the other.
    async fn not_own(&self, typed: &TypedFields) -> Result<Option<Response>, Fault> {
        let account = &self.request.viewer()?.name;
        if first(typed, "account") == account {
            return Ok(None);
        }
        let words = self.context.lang.fill("reporter.other_account", &[("account", account)]);
        self.note(StatusCode::CONFLICT, &words).await.map(Some)
    }

    /// Why a form that was sent is not read.
    async fn refused(&self, typed: &TypedFields, form: OpenForm) -> Result<Option<Response>, Fault> {
        match self.not_own(typed).await? {
            Some(refused) => Ok(Some(refused)),
            None => self.too_fast(typed, form).await,
        }
    }

    /// The form again where the account sends too fast.
    async fn too_fast(&self, typed: &TypedFields, form: OpenForm) -> Result<Option<Response>, Fault> {
        let (state, account) = (&self.request.state, &self.request.viewer()?.name);
        let taken = {
            let mut forms = state.reporter_pace.forms.lock().unwrap_or_else(PoisonError::into_inner);
            forms.take(account, 1, Instant::now())
        };
        let Err(seconds) = taken else { return Ok(None) };
        let mut view = self.again(typed.clone(), form).await?;
        view.errors.push(("kirim".into(), self.context.lang.fill("reporter.too_fast", &[("n", &seconds)])));
        let retry = [(header::RETRY_AFTER, seconds.to_string())];
        let shown = page(&self.request.outside(), &view);
        Ok(Some((StatusCode::TOO_MANY_REQUESTS, retry, shown).into_response()))
    }

    /// The page without what was typed, and why it was not taken.
    async fn note(&self, status: StatusCode, words: &str) -> Result<Response, Fault> {
        let mut view = self.page(TypedFields::new()).await?;
        view.note = Some(FormNote::problem(words));
        Ok((status, page(&self.request.outside(), &view)).into_response())
    }

    /// When a form was typed; `None` where nobody can tell, as it was shown long ago.
    fn typed_at(&self, typed: &TypedFields) -> Option<Time> {
        typed_ago(typed, account::wall()).map(|ago| self.context.now.plus(-ago))
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

/// How long a form that says nothing of its time is taken for one that was typed just now.
const FRESH: i64 = 15 * MINUTE;

/// How long ago a form was typed, in microseconds: as the browser says that kept it, but not before the form was shown and not
/// in the future. `None` where it does not say so of a form that was shown long ago.
fn typed_ago(typed: &TypedFields, wall: Time) -> Option<i64> {
    let shown = ReportId::parse(first(typed, "number")).and_then(|number| i64::try_from(number.0 >> 80).ok());
    let passed = |at: i64| wall.0.saturating_sub(at.saturating_mul(1000)).max(0);
    let most = shown.map_or(0, passed);
    match first(typed, "typed_at").parse::<i64>() {
        Ok(at) => Some(passed(at).min(most)),
        Err(_) => (most <= FRESH).then_some(0),
    }
}

/// The id of a record made from a form: the same form sent twice is one report, and another text under the same number, from a
/// page that was gone back to, is another report. `part` tells apart the records of one form.
fn record_id(typed: &TypedFields, part: usize) -> Result<ReportId, Fault> {
    const OUTSIDE: [&str; 5] = ["number", "keep", "long_ago", "account", "typed_at"];
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
    if let Some(refused) = reporting.not_own(&typed).await? {
        return Ok(refused);
    }
    let view = ReporterPage { unsent: true, ..reporting.again(typed, form).await? };
    Ok(reporting.show(&view))
}

/// Nothing happened this week, in each place of the feed.
pub async fn nothing(request: PageRequest, RawForm(body): RawForm) -> Result<Response, Fault> {
    let reporting = Reporting::of(request).await?;
    let typed = submit::typed(&body);
    if let Some(refused) = reporting.refused(&typed, OpenForm::None).await? {
        return Ok(refused);
    }
    let lang = reporting.context.lang;
    let Some(now) = reporting.typed_at(&typed) else {
        return reporting.note(StatusCode::UNPROCESSABLE_ENTITY, lang.text("reporter.press_again")).await;
    };
    // It speaks of the time until it was tapped, not until the signal was back.
    let context = &Context { now, ..reporting.context.clone() };
    let view = reporter::load(context, &reporting.feed).await?;
    let Some(quiet) = view.quiet else {
        return Err(Fault::BadInput("reporter.no_place"));
    };
    if quiet.is_too_short() {
        let time = format::short(quiet.from, view.zone, lang);
        let words = lang.fill("reporter.too_soon", &[("time", &time)]);
        return reporting.note(StatusCode::UNPROCESSABLE_ENTITY, &words).await;
    }
    let first = {
        let taps = &reporting.request.state.reporter_pace.taps;
        taps.lock().unwrap_or_else(PoisonError::into_inner).first(&view.feed, &quiet)
    };
    for place in reporter::places(&reporting.feed.areas) {
        let record = Record::new(&reporting.request, reporting.source(), place.code)?;
        let mut record = record.numbered(nothing_id(&view, place, &quiet, first));
        for (name, value) in form::nothing_fields(place, [quiet.from, quiet.to]) {
            record.put(name, value);
        }
        match submit::report(&reporting.request, &reporting.feed, record).await {
            Ok(SubmitOutcome::Accepted(_)) => {}
            Ok(SubmitOutcome::Rejected { detail, .. }) => return Err(Fault::Bad(detail)),
            Err(fault) => return reporting.failed(typed, OpenForm::None, fault).await,
        }
    }
    let [from, to] = [quiet.from, quiet.to].map(|at| format::short(at, view.zone, lang));
    let places = view.places.join(", ");
    let words = lang.fill("reporter.nothing_taken", &[("places", &places), ("from", &from), ("to", &to)]);
    reporting.done(words).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_was_typed_between_its_being_shown_and_now() {
        let number = ReportId::parse("01KDTNM8M0Y02FSFQYZ0000002").unwrap();
        let shown = Time(i64::try_from(number.0 >> 80).unwrap() * 1000);
        let ago = |form: &str, passed: i64| {
            let typed = submit::typed(format!("number={number}{form}").as_bytes());
            typed_ago(&typed, shown.plus(passed))
        };
        let at = |passed: i64| format!("&typed_at={}", shown.plus(passed).0 / 1000);
        assert_eq!(ago(&at(10 * MINUTE), 180 * MINUTE), Some(170 * MINUTE));
        assert_eq!(ago(&at(-MINUTE), 180 * MINUTE), Some(180 * MINUTE), "not before it was shown");
        assert_eq!(ago(&at(999 * MINUTE), 180 * MINUTE), Some(0), "not in the future");
        assert_eq!((ago("", FRESH), ago("", FRESH + 1)), (Some(0), None));
        assert_eq!(typed_ago(&TypedFields::new(), shown), Some(0));
    }

    #[test]
    fn a_form_sent_twice_is_one_report_and_another_text_another() {
        let number = "01KDTNM8M0Y02FSFQYZ0000002";
        let of = |text: &str| submit::typed(format!("number={number}&{text}").as_bytes());
        let id = |text| record_id(&of(text), 0).unwrap();
        assert_eq!(id("summary=banjir&severity=3"), id("summary=banjir&severity=3"));
        assert_eq!(id("summary=banjir"), id("summary=banjir&keep=yes"), "a tick changes no report");
        assert_eq!(id("summary=banjir"), id("summary=banjir&typed_at=1"), "nor does when it was typed");
        assert_ne!(id("summary=banjir"), id("summary=longsor"));
        assert_ne!(id("summary=banjir"), record_id(&of("summary=banjir"), 1).unwrap());
        assert_eq!(id("summary=x").0 >> 80, ReportId::parse(number).unwrap().0 >> 80, "its time stays");
    }
}
