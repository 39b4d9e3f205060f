//! The entry form: shown, read, and sent through the same door as every report.

use super::form;
use crate::context::Context;
use crate::fault::Fault;
use crate::format;
use crate::page::entry::{CategoryChoice, DistrictChoice, View, page};
use crate::screen::words;
use crate::submit::{self, Answer};
use axum::extract::RawForm;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::kind::Kind;
use domain::place::{Place, UnitId};
use formats::screen::screen;
use maud::Markup;

pub async fn show(context: Context) -> Result<Markup, Fault> {
    let regency = context.regency()?;
    let frame = context.frame(regency).await?;
    let mut view = choices(&context, regency)?;
    let now = format::local_value(context.now(), frame.zone());
    view.typed.insert("occurred".into(), vec![now]);
    Ok(page(&frame, &view))
}

pub async fn submit(context: Context, RawForm(body): RawForm) -> Result<Response, Fault> {
    let regency = context.regency()?;
    let typed = submit::typed(&body);
    let mut view = choices(&context, regency)?;
    view.typed = typed;
    let kept = view.typed.contains_key("keep");
    match form::read(&context, regency, &view.typed) {
        Err(errors) => view.errors = errors,
        Ok(filled) => {
            let findings = screen(form::first(&view.typed, "summary"));
            if findings.is_empty() || kept {
                match submit::send(&context, filled.class, filled.record(&context)?).await {
                    Ok(Answer::Accepted(id)) => {
                        return Ok(Redirect::to(&format!("/laporan?diterima={id}")).into_response());
                    }
                    Ok(Answer::Rejected { field, detail, .. }) => {
                        view.errors.push((form_field(&field).into(), detail))
                    }
                    // What was typed must outlive a full disk.
                    Err(fault) => return failed(&context, regency, view, fault).await,
                }
            }
            view.warnings =
                findings.iter().map(|finding| words(*finding, context.lang).to_string()).collect();
        }
    }
    let frame = context.frame(regency).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&frame, &view)).into_response())
}

async fn failed(context: &Context, regency: UnitId, mut view: View, fault: Fault) -> Result<Response, Fault> {
    let words = context.lang.pick(
        "Laporan belum tersimpan karena layanan sedang penuh. Tunggu sebentar, lalu kirim lagi.",
        "The report is not saved yet: the service is busy or full. Wait a moment, then send again.",
    );
    view.errors.push(("kirim".into(), words.into()));
    let status = fault.problem().status(); // also logs what it was
    let frame = context.frame(regency).await?;
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

fn choices(context: &Context, regency: UnitId) -> Result<View, Fault> {
    let places = &context.state.places;
    let district = |unit: UnitId| {
        let (code, own) = (places.code(unit), places.unit(unit));
        let village =
            |number: u16, name: &str| (Place { code, village: number }.to_string(), name.to_string());
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
