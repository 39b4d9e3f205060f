//! The entry form: shown, read, and sent through the same door as every report.

use crate::context::Context;
use crate::fault::Fault;
use crate::format;
use crate::page::entry::{CategoryChoice, DistrictChoice, Typed, View, page};
use crate::screen::screen;
use crate::submit::{self, Answer, Record};
use crate::words::Lang;
use axum::extract::RawForm;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::kind::{Category, FeedClass, Kind};
use domain::place::{Code, Place, UnitId};
use domain::time::MINUTE;
use maud::Markup;

/// A field's name and what is wrong with it.
type Errors = Vec<(String, String)>;

pub async fn show(context: Context) -> Result<Markup, Fault> {
    let regency = context.regency()?;
    let frame = context.frame(regency).await?;
    let mut view = form(&context, regency)?;
    let now = format::local_value(context.now(), frame.zone());
    view.typed.insert("occurred".into(), vec![now]);
    Ok(page(&frame, &view))
}

pub async fn submit(context: Context, RawForm(body): RawForm) -> Result<Response, Fault> {
    let regency = context.regency()?;
    let typed = submit::typed(&body);
    let mut view = form(&context, regency)?;
    view.typed = typed;
    let kept = view.typed.contains_key("keep");
    match read(&context, regency, &view.typed) {
        Err(errors) => view.errors = errors,
        Ok((class, record)) => {
            let findings = screen(first(&view.typed, "summary"));
            if findings.is_empty() || kept {
                match submit::send(&context, class, record?).await? {
                    Answer::Accepted(id) => return Ok(Redirect::to(&format!("/laporan?diterima={id}")).into_response()),
                    Answer::Rejected { field, detail, .. } => view.errors.push((form_field(&field).into(), detail)),
                }
            }
            view.warnings = findings.iter().map(|finding| finding.words(context.lang).to_string()).collect();
        }
    }
    let frame = context.frame(regency).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&frame, &view)).into_response())
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

fn form(context: &Context, regency: UnitId) -> Result<View, Fault> {
    let places = &context.state.places;
    let district = |unit: UnitId| {
        let (code, own) = (places.code(unit), places.unit(unit));
        let village = |number: u16, name: &str| (Place { code, village: number }.to_string(), name.to_string());
        let villages = own.villages.iter().map(|own| village(own.number, &own.name)).collect();
        DistrictChoice { code, name: places.name(unit), villages }
    };
    let language = context.lang.as_str();
    let categories = Kind::ALL.iter().flat_map(|kind| {
        context.state.taxonomy.of_kind(*kind).map(|entry| CategoryChoice {
            code: entry.code,
            kind: *kind,
            label: entry.label(language).to_string(),
        })
    });
    Ok(View {
        districts: context.districts(regency)?.into_iter().map(district).collect(),
        categories: categories.collect(),
        ..View::default()
    })
}

fn first<'a>(typed: &'a Typed, name: &str) -> &'a str {
    typed.get(name).and_then(|values| values.first()).map_or("", |value| value.trim())
}

/// The record, or what is wrong with the form; every wrong field is named at once.
#[allow(clippy::type_complexity)]
fn read(context: &Context, regency: UnitId, typed: &Typed) -> Result<(FeedClass, Result<Record, Fault>), Errors> {
    let lang = context.lang;
    let mut errors = Errors::new();
    let place = place(context, regency, first(typed, "place"), &mut errors);
    let what = category(context, first(typed, "category"), &mut errors);
    let severity: Option<u8> = first(typed, "severity").parse().ok().filter(|value| (1..=5).contains(value));
    if severity.is_none() {
        errors.push(("severity".into(), lang.pick("Pilih keparahan 1 sampai 5.", "Choose a severity from 1 to 5.").into()));
    }
    let zone = context.state.places.unit(regency).zone;
    let occurred = format::parse_local(first(typed, "occurred"), zone);
    match occurred {
        None => errors.push(("occurred".into(), lang.pick("Isi hari dan jam kejadian.", "Give the day and time.").into())),
        Some(at) if at > context.now().plus(5 * MINUTE) => {
            let words = lang.pick("Waktu kejadian ada di masa depan; periksa tanggal dan jamnya.", "That time lies in the future.");
            errors.push(("occurred".into(), words.into()));
        }
        Some(_) => {}
    }
    let other = what.is_some_and(|(_, category)| category == Category::OTHER);
    if other && first(typed, "summary").is_empty() {
        errors.push(("summary".into(), lang.pick("Kategori lainnya wajib diuraikan.", "The category \"other\" must be described.").into()));
    }
    let class = FeedClass::parse(first(typed, "class")).filter(|class| *class != FeedClass::Sensor).unwrap_or(FeedClass::Desk);
    let extra = extra(lang, typed, &mut errors);
    let (Some(place), Some((kind, category)), Some(severity), Some(occurred), true) =
        (place, what, severity, occurred, errors.is_empty())
    else {
        return Err(errors);
    };
    let record = Record::new(context, class, place.code).map(|mut record| {
        if place.village > 0 {
            record.put("village", place.to_string());
        }
        record.put("kind", kind.as_str());
        record.put("category", category.to_string());
        record.put("severity", severity);
        record.put("occurred_at", format::machine(occurred, zone));
        for (name, value) in extra {
            record.put(name, value);
        }
        record
    });
    Ok((class, record))
}

fn place(context: &Context, regency: UnitId, text: &str, errors: &mut Errors) -> Option<Place> {
    let places = &context.state.places;
    let place = Place::parse_village(text).or_else(|| Code::parse(text).map(|code| Place { code, village: 0 }));
    let own = context.districts(regency).unwrap_or_default();
    let known = place.filter(|place| {
        let district = places.find(place.code).is_some_and(|unit| own.contains(&unit));
        district && (place.village == 0 || places.village(*place).is_some())
    });
    if known.is_none() {
        let (name, count) = (places.name(regency), own.len());
        let shown: String = text.chars().take(20).collect();
        errors.push(("place".into(), match (context.lang, text.is_empty()) {
            (Lang::Id, true) => format!("Pilih salah satu dari {count} kecamatan, atau desanya."),
            (Lang::Id, false) => format!("Tempat {shown} tidak ada di {name}. Pilih salah satu dari {count} kecamatan, lalu kirim lagi."),
            (Lang::En, true) => format!("Choose one of {count} districts, or a village."),
            (Lang::En, false) => format!("There is no place {shown} in {name}. Choose one of {count} districts and send again."),
        }));
    }
    known
}

fn category(context: &Context, text: &str, errors: &mut Errors) -> Option<(Kind, Category)> {
    let read = text.split_once(' ').and_then(|(kind, code)| Some((Kind::parse(kind)?, Category::parse(code)?)));
    let known = read.filter(|(kind, code)| code.fits(*kind) && context.state.taxonomy.contains(*code));
    if known.is_none() {
        errors.push(("category".into(), context.lang.pick("Pilih kategori kejadian.", "Choose a category.").into()));
    }
    known
}

/// Fields that may be empty.
fn extra(lang: Lang, typed: &Typed, errors: &mut Errors) -> Vec<(&'static str, serde_json::Value)> {
    let mut extra: Vec<(&'static str, serde_json::Value)> = Vec::new();
    for name in ["stage", "reliability", "summary", "found_by"] {
        let value = first(typed, name);
        if !value.is_empty() {
            extra.push((name, value.into()));
        }
    }
    let handling = first(typed, "handling");
    extra.push(("handling", if handling.is_empty() { "limited" } else { handling }.into()));
    let parties: Vec<&String> = typed.get("parties").into_iter().flatten().collect();
    if !parties.is_empty() {
        extra.push(("parties", serde_json::json!(parties)));
    }
    for (name, most) in [("credibility", 6), ("dead", 60_000), ("injured", 60_000), ("displaced", 10_000_000)] {
        let text = first(typed, name);
        match text.parse::<u32>().ok().filter(|value| *value <= most) {
            Some(value) => extra.push((name, value.into())),
            None if text.is_empty() => {}
            None => errors.push((name.into(), lang.pick("Isi dengan angka saja.", "Digits only.").into())),
        }
    }
    for (name, most) in [("lat", 90.0), ("lon", 180.0)] {
        let text = first(typed, name).replace(',', ".");
        match text.parse::<f64>().ok().filter(|value| value.abs() <= most) {
            Some(value) => extra.push((name, value.into())),
            None if text.is_empty() => {}
            None => {
                let words = lang.pick("Isi dengan derajat, misalnya −2,61.", "Give degrees, for example -2.61.");
                errors.push((name.into(), words.into()));
            }
        }
    }
    extra
}
