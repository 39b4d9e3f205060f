//! "There is news": a report of the feed goes on, is over, is denied or is withdrawn; or what others say is denied.

use super::{Reporting, record_id};
use crate::fault::Fault;
use crate::handlers::form::{Errors, first};
use crate::pages::entry::TypedFields;
use crate::pages::reporter::OpenForm;
use crate::request::PageRequest;
use crate::submit::{self, Record, SubmitOutcome};
use axum::extract::RawForm;
use axum::response::Response;
use domain::kind::{Category, Kind, Stance};
use domain::place::{Place, Zone};
use domain::time::Time;
use formats::screen::screen;
use serde_json::json;
use store::StoredReport;
use views::reports::statement;
use views::text_findings::words;
use views::{correction, format, reporter};

/// What is said of a report.
#[derive(Clone, Copy, PartialEq, Eq)]
enum News {
    Stance(Stance),
    Withdrawn,
}

/// Of what it is said.
enum Subject {
    Own(Box<StoredReport>),
    /// What others say of a place, by its kind.
    OfOthers {
        kind: Kind,
        place: Place,
    },
}

pub async fn news(request: PageRequest, RawForm(body): RawForm) -> Result<Response, Fault> {
    let reporting = Reporting::of(request).await?;
    let typed = submit::typed(&body);
    if let Some(refused) = reporting.refused(&typed, OpenForm::News).await? {
        return Ok(refused);
    }
    let own = reporting.own(first(&typed, "report")).await?;
    let record = match record(&reporting, &typed, own)? {
        Ok(record) => record,
        Err(errors) => return wrong(&reporting, typed, errors).await,
    };
    let lang = reporting.context.lang;
    let findings = screen(first(&typed, "summary"));
    if !findings.is_empty() && !typed.contains_key("keep") {
        let mut view = reporting.again(typed, OpenForm::News).await?;
        view.warnings = findings.iter().map(|finding| words(*finding, lang).to_string()).collect();
        return Ok(reporting.show(&view));
    }
    match submit::report(&reporting.request, &reporting.feed, record).await {
        Ok(SubmitOutcome::Accepted(id)) => {
            let words = lang.fill("reporter.news_taken", &[("id", &reporter::short_number(&id.to_string()))]);
            reporting.done(words).await
        }
        Ok(SubmitOutcome::Rejected { detail, .. }) => {
            wrong(&reporting, typed, vec![("news".into(), detail)]).await
        }
        Err(fault) => reporting.failed(typed, OpenForm::News, fault).await,
    }
}

async fn wrong(reporting: &Reporting, typed: TypedFields, errors: Errors) -> Result<Response, Fault> {
    let mut view = reporting.again(typed, OpenForm::News).await?;
    view.errors = errors;
    Ok(reporting.show(&view))
}

/// The record of what was typed, or what is wrong with it; `own`: the report of the feed that it names.
fn record(
    reporting: &Reporting,
    typed: &TypedFields,
    own: Option<StoredReport>,
) -> Result<Result<Record, Errors>, Fault> {
    let lang = reporting.context.lang;
    let mut errors = Errors::new();
    let news = match first(typed, "news") {
        "withdraw" => Some(News::Withdrawn),
        word => Stance::parse(word).filter(|stance| *stance != Stance::Affirms).map(News::Stance),
    };
    if news.is_none() {
        errors.push(("news".into(), lang.text("reporter.news_missing").into()));
    }
    let subject = match first(typed, "report") {
        "other" => of_others(reporting, typed),
        _ => match own {
            // What says that nothing happened, or denies, can be withdrawn and no more.
            Some(report)
                if correction::stands(&report)
                    && (statement(&report).is_some() || news == Some(News::Withdrawn)) =>
            {
                Ok(Subject::Own(Box::new(report)))
            }
            _ => Err("reporter.report_missing"),
        },
    };
    let subject = match (&subject, news) {
        (Ok(Subject::OfOthers { .. }), Some(news)) if news != News::Stance(Stance::Denies) => {
            Err("reporter.not_of_others")
        }
        _ => subject,
    };
    Ok(match (news, subject) {
        (Some(news), Ok(subject)) => Ok(written(reporting, typed, (news, subject))?),
        (_, Err(key)) => {
            errors.push(("report".into(), lang.text(key).into()));
            Err(errors)
        }
        (None, _) => Err(errors),
    })
}

/// What others say of one kind in a place of the feed.
fn of_others(reporting: &Reporting, typed: &TypedFields) -> Result<Subject, &'static str> {
    let kind = Kind::parse(first(typed, "kind")).ok_or("reporter.kind_missing")?;
    let own = reporter::news_places(&reporting.context, &reporting.feed);
    let asked = own.iter().find(|choice| choice.code == first(typed, "at"));
    let place = asked.or(own.first().filter(|_| own.len() == 1)).ok_or("reporter.place_missing")?;
    Ok(Subject::OfOthers { kind, place: place.place })
}

fn written(
    reporting: &Reporting,
    typed: &TypedFields,
    (news, subject): (News, Subject),
) -> Result<Record, Fault> {
    let now = reporting.typed_at(typed).unwrap_or(reporting.context.now);
    let place = match &subject {
        Subject::Own(report) => report.report.place,
        Subject::OfOthers { place, .. } => *place,
    };
    let record = Record::new(&reporting.request, reporting.source(), place.code)?;
    let mut record = record.numbered(record_id(typed, 0)?);
    let summary = first(typed, "summary");
    if !summary.is_empty() {
        record.put("summary", summary);
    }
    if place.village > 0 {
        record.put("village", place.to_string());
    }
    let at = |time: Time| format::machine(time, Zone::of(place.code));
    match (news, subject) {
        (News::Withdrawn, Subject::Own(report)) => record.put("retracts", report.report.id.to_string()),
        (News::Withdrawn, Subject::OfOthers { .. }) => {}
        (News::Stance(stance), Subject::OfOthers { kind, .. }) => {
            record.put("stance", stance.as_str());
            record.put("kind", kind.as_str());
            record.put("occurred_at", at(now));
            record.put("handling", "limited");
        }
        (News::Stance(stance), Subject::Own(report)) => {
            record.put("stance", stance.as_str());
            of_report(&mut record, &report, summary);
            // A denial speaks of when it is said to have happened, the rest of now.
            let denied = statement(&report).filter(|_| stance == Stance::Denies);
            record.put("occurred_at", at(denied.map_or(now, |own| own.occurred_at)));
        }
    }
    Ok(record)
}

/// Kind, category and severity as the report has them, and that it is spoken of.
fn of_report(record: &mut Record, report: &StoredReport, summary: &str) {
    if let Some(own) = statement(report) {
        record.put("kind", own.kind.as_str());
        record.put("category", own.category.to_string());
        record.put("severity", own.severity);
        record.put("handling", own.handling.as_str());
        if own.category == Category::OTHER && summary.is_empty() {
            record.put("summary", report.summary.clone().unwrap_or_default());
        }
    }
    record.put(
        "about",
        json!({
            "feed": report.feed_name,
            "report_id": report.report.id.to_string(),
            "district": report.report.place.code.to_string(),
        }),
    );
}
