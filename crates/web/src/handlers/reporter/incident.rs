//! "Something happened": the reporter's form read as the desk's is, in the words and places of the reporter's page.

use super::{Reporting, record_id};
use crate::fault::Fault;
use crate::handlers::correction;
use crate::handlers::form::{self, Errors, first};
use crate::pages::entry::TypedFields;
use crate::pages::reporter::OpenForm;
use crate::request::PageRequest;
use crate::submit::{self, SubmitOutcome};
use axum::extract::RawForm;
use axum::response::Response;
use domain::place::{Code, Place, Village, Zone};
use domain::time::{DAY, Time};
use formats::chat::DayAlone;
use formats::named_area::nearest;
use formats::screen::screen;
use std::fmt::Display;
use store::StoredReport;
use views::entry::EntryChoices;
use views::reporter::{self, short_number};
use views::reports::statement;
use views::text_findings::words;
use views::{Context, format};

pub async fn incident(request: PageRequest, RawForm(body): RawForm) -> Result<Response, Fault> {
    let reporting = Reporting::of(request).await?;
    let typed = submit::typed(&body);
    if let Some(refused) = reporting.refused(&typed, OpenForm::Incident).await? {
        return Ok(refused);
    }
    let context = &reporting.context;
    let replaced = match first(&typed, "replaces") {
        "" => None,
        id => Some(reporting.own(id).await?.ok_or(Fault::NotFound)?),
    };
    if replaced.as_ref().is_some_and(|report| self::typed(report).is_none()) {
        let words = context.lang.text("reporter.not_replaceable").into();
        return wrong(&reporting, typed, vec![("kirim".into(), words)]).await;
    }
    let (mut plain, mut errors) = plain(context, &typed, reporting.typed_at(&typed));
    if let Some(report) = &replaced {
        keep_unasked(&mut plain, report);
    }
    let known =
        Code::parse(first(&typed, "district")).filter(|code| context.sources.places.find(*code).is_some());
    let regency = known.map_or_else(|| context.regency(None), |code| context.regency_of(code))?;
    let read = form::read(context, regency, (&EntryChoices::default(), &plain), Some(reporting.source()));
    let filled = match read {
        Ok(filled) if errors.is_empty() => filled,
        read => {
            let found = read.err().unwrap_or_default();
            let new = |field: &str| !errors.iter().any(|(own, _)| own == field);
            let found: Errors = found.into_iter().filter(|(field, _)| new(field)).collect();
            errors.extend(found);
            return wrong(&reporting, typed, errors).await;
        }
    };
    let findings = screen(first(&typed, "summary"));
    let long_ago = form::is_long_ago(context, regency, &plain) && !typed.contains_key("long_ago");
    if long_ago || !findings.is_empty() && !typed.contains_key("keep") {
        let mut view = reporting.again(typed, OpenForm::Incident).await?;
        view.warnings = findings.iter().map(|finding| words(*finding, context.lang).to_string()).collect();
        view.long_ago = long_ago;
        return Ok(reporting.show(&view));
    }
    let quiet = nothing_of_then(&reporting, &plain, filled.place).await?;
    let mut record = filled.record(&reporting.request)?.numbered(record_id(&typed, 0)?);
    if let Some(report) = &replaced {
        record.put("supersedes", report.report.id.to_string());
        for (name, value) in views::correction::kept(context, report).await? {
            record.put(name, value);
        }
    }
    match submit::report(&reporting.request, &reporting.feed, record).await {
        Ok(SubmitOutcome::Accepted(id)) => {
            let words = context.lang.fill("reporter.taken", &[("id", &short_number(&id.to_string()))]);
            reporting.done([Some(words), quiet].into_iter().flatten().collect::<Vec<_>>().join(" ")).await
        }
        Ok(SubmitOutcome::Rejected { field, detail, .. }) => {
            wrong(&reporting, typed, vec![(own_field(&field).into(), detail)]).await
        }
        Err(fault) => reporting.failed(typed, OpenForm::Incident, fault).await,
    }
}

async fn wrong(reporting: &Reporting, typed: TypedFields, errors: Errors) -> Result<Response, Fault> {
    let mut view = reporting.again(typed, OpenForm::Incident).await?;
    view.errors = errors;
    Ok(reporting.show(&view))
}

/// That the feed reported nothing of the place and time of what is reported now: who did so is asked to withdraw it where it was wrong.
async fn nothing_of_then(
    reporting: &Reporting,
    plain: &TypedFields,
    place: Place,
) -> Result<Option<String>, Fault> {
    let (context, zone) = (&reporting.context, Zone::of(place.code));
    let at = format::parse_typed(first(plain, "occurred"), zone, context.now, DayAlone::Refused);
    let Ok(at) = at else { return Ok(None) };
    let view = reporter::load(context, &reporting.feed).await?;
    Ok(view.nothing.iter().find(|own| own.is_of(place, at)).map(|own| {
        let [from, to] = [own.from, own.to].map(|at| format::short(at, zone, context.lang));
        let id = short_number(&own.id);
        context.lang.fill("reporter.nothing_contradicted", &[("id", &id), ("from", &from), ("to", &to)])
    }))
}

/// The form's field that carries a record's field.
fn own_field(field: &str) -> &str {
    match field {
        "district" | "village" => "place",
        "kind" | "category" => "category",
        "occurred_at" | "reported_at" => "occurred",
        "severity" | "dead" | "injured" | "displaced" => field,
        _ => "summary",
    }
}

/// What the replaced report says and the form does not ask for stands in the new one too: above all how it is to be handled.
fn keep_unasked(plain: &mut TypedFields, replaced: &StoredReport) {
    let earlier = correction::fields_of(replaced);
    let same_place = earlier.get("place") == plain.get("place");
    let kept = ["handling", "parties", "stage", "reliability", "credibility", "found_by"];
    let exact: &[&str] = if same_place { &["lat", "lon"] } else { &[] };
    for name in kept.iter().chain(exact) {
        if let Some(values) = earlier.get(*name) {
            plain.insert((*name).into(), values.clone());
        }
    }
}

/// What was typed, in the fields of the desk's form: only these reach a report; and what is wrong with place and time.
/// `typed_at`: when it was typed, where that is known.
fn plain(context: &Context, typed: &TypedFields, typed_at: Option<Time>) -> (TypedFields, Errors) {
    let mut plain = TypedFields::new();
    let mut put = |name: &str, value: &str| drop(plain.insert(name.into(), vec![value.to_owned()]));
    for name in ["summary", "severity", "dead", "injured", "displaced"] {
        put(name, first(typed, name));
    }
    put(
        "category",
        match first(typed, "category") {
            "other" | "" => first(typed, "category_other"),
            category => category,
        },
    );
    let mut errors = Errors::new();
    match place(context, first(typed, "district"), first(typed, "village")) {
        Ok(place) => put("place", &place),
        Err(words) => errors.push(("place".into(), words)),
    }
    let zone = Code::parse(first(typed, "district")).map_or(Zone::Wib, Zone::of);
    match (first(typed, "when"), typed_at) {
        (when @ ("now" | "morning" | "yesterday"), Some(now)) => match occurred(now, zone, when) {
            Some(time) => put("occurred", &time),
            None => errors.push(("occurred".into(), context.lang.text("reporter.which_morning").into())),
        },
        ("now" | "morning" | "yesterday", None) => {
            errors.push(("occurred".into(), context.lang.text("reporter.choose_the_time").into()));
        }
        _ => put("occurred", first(typed, "occurred")),
    }
    (plain, errors)
}

/// The code of a district, or of the village that was typed by its name, an older name of it, or its code.
fn place(context: &Context, district: &str, village: &str) -> Result<String, String> {
    let places = &context.sources.places;
    let code = Code::parse(district).filter(|code| places.find(*code).is_some());
    let Some(code) = code else { return Err(context.lang.text("reporter.district_missing").into()) };
    if village.is_empty() {
        return Ok(code.to_string());
    }
    let known = &places.find(code).map_or(&[][..], |unit| &places.unit(unit).villages);
    let named = |own: &&Village| {
        let names = std::iter::once(&own.name).chain(&own.aliases);
        let by_code = Place { code, village: own.number }.to_string() == village;
        by_code || names.into_iter().any(|name| bare(name) == bare(village))
    };
    match known.iter().find(named) {
        Some(own) => Ok(Place { code, village: own.number }.to_string()),
        None => {
            let shown: String = village.chars().take(40).collect();
            let place = context.name(code);
            let near = nearest(&bare(village), known.iter().map(|own| own.name.as_str())).join(", ");
            let key = if near.is_empty() { "reporter.no_such_village" } else { "reporter.near_village" };
            let values: [(&str, &dyn Display); 3] =
                [("village", &shown), ("district", &place), ("near", &near)];
            Err(context.lang.fill(key, &values))
        }
    }
}

/// A village's name without what people write before it.
fn bare(name: &str) -> String {
    let name = name.trim().to_lowercase();
    let words: Vec<&str> = name.split_whitespace().collect();
    let kept = match words.as_slice() {
        ["desa" | "ds" | "ds." | "kelurahan" | "kel" | "kel.", rest @ ..] if !rest.is_empty() => rest,
        whole => whole,
    };
    kept.join(" ")
}

/// The value of the desk's time field for what people say at an instant; `None` for "this morning" at night, which may be the
/// night's or the day's before it.
fn occurred(now: Time, zone: Zone, when: &str) -> Option<String> {
    let day = |at| format::local_value(at, zone).split('T').next().unwrap_or_default().to_owned();
    match when {
        "morning" => ["07:00", "05:00"]
            .iter()
            .map(|hour| format!("{}T{hour}", day(now)))
            .find(|morning| format::parse_local(morning, zone).is_some_and(|at| at <= now)),
        "yesterday" => Some(format!("{}T12:00", day(now.plus(-DAY)))),
        _ => Some(format::local_value(now, zone)),
    }
}

/// What a report of the feed says, as the form has it, to be put right; `None` where it affirms nothing or stands no longer.
pub(super) fn typed(report: &StoredReport) -> Option<TypedFields> {
    let own = statement(report).filter(|_| views::correction::stands(report))?;
    let mut typed = TypedFields::new();
    let mut put = |name: &str, value: String| drop(typed.insert(name.into(), vec![value]));
    let place = report.report.place;
    put("replaces", report.report.id.to_string());
    put("district", place.code.to_string());
    if place.village > 0 {
        put("village", place.to_string());
    }
    put("category", "other".into());
    put("category_other", format!("{} {}", own.kind, own.category));
    put("severity", own.severity.to_string());
    put("when", "other".into());
    put("occurred", format::local_value(own.occurred_at, Zone::of(place.code)));
    put("summary", report.summary.clone().unwrap_or_default());
    for (name, count) in
        [("dead", own.dead.into()), ("injured", own.injured.into()), ("displaced", own.displaced)]
    {
        let count: u32 = count;
        if count > 0 {
            put(name, count.to_string());
        }
    }
    Some(typed)
}

#[cfg(test)]
mod tests {
    use super::{bare, occurred};
    use domain::place::Zone;
    use views::format;

    #[test]
    fn this_morning_is_asked_about_before_there_was_one() {
        for (now, hour) in [
            ("2026-11-30T01:39", None),
            ("2026-11-30T05:30", Some("2026-11-30T05:00")),
            ("2026-11-30T09:00", Some("2026-11-30T07:00")),
        ] {
            let at = format::parse_local(now, Zone::Wib).unwrap();
            assert_eq!(occurred(at, Zone::Wib, "morning").as_deref(), hour, "{now}");
        }
    }

    #[test]
    fn a_village_is_known_by_what_people_write() {
        for written in ["Beringin Makmur II", "desa beringin  makmur ii", "Ds. Beringin Makmur II "] {
            assert_eq!(bare(written), "beringin makmur ii", "{written}");
        }
        assert_eq!(bare("Desa"), "desa");
    }
}
