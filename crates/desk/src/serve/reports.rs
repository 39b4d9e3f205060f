//! The list of reports, one report, and its verification by the desk.

use crate::context::Context;
use crate::fault::Fault;
use crate::load::reports::{Shown, may_read, row, shown, statement};
use crate::load::trail::trail;
use crate::page::{report, reports};
use crate::permit::Right;
use crate::submit::{self, Answer, Record};
use crate::words::Lang;
use axum::extract::{Path, Query, RawForm};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::effect::Verdict;
use domain::kind::{FeedClass, Handling, Kind, Outcome};
use domain::place::Code;
use domain::report::{Body, VerificationAct};
use domain::time::DAY;
use maud::Markup;
use serde::Deserialize;
use store::{Range, ReportFilter, ReportView};

#[derive(Deserialize)]
pub struct Asked {
    kecamatan: Option<String>,
    jenis: Option<String>,
    kursor: Option<String>,
    diterima: Option<String>,
}

pub async fn list(context: Context, Query(asked): Query<Asked>) -> Result<Markup, Fault> {
    let regency = context.regency()?;
    let frame = context.frame(regency).await?;
    let district = asked.kecamatan.as_deref().and_then(Code::parse);
    let kind = asked.jenis.as_deref().and_then(Kind::parse);
    let codes = match district {
        Some(code) => vec![context.unit(&code.to_string()).map(|_| code)?],
        None => context.scope(regency)?,
    };
    let filter =
        ReportFilter { codes, kind, cursor: asked.kursor.clone(), limit: 50, ..ReportFilter::default() };
    let page = context.state.store.reports(&filter).await?;
    let Shown { rows, hidden } = shown(&context, &page.items).await?;
    let places = &context.state.places;
    let districts = context.districts(regency)?;
    let view = reports::View {
        rows,
        hidden,
        districts: districts.into_iter().map(|unit| (places.code(unit), places.name(unit))).collect(),
        district,
        kind,
        next: page.next.map(|cursor| next_query(district, kind, &cursor)),
        accepted: asked.diterima.filter(|id| store::id::parse(id).is_some()),
    };
    Ok(reports::page(&frame, &view))
}

fn next_query(district: Option<Code>, kind: Option<Kind>, cursor: &str) -> String {
    let mut query = format!("kursor={}", crate::fault::encode(cursor));
    if let Some(code) = district {
        query += &format!("&kecamatan={code}");
    }
    if let Some(kind) = kind {
        query += &format!("&jenis={kind}");
    }
    query
}

#[derive(Deserialize)]
pub struct Told {
    tercatat: Option<String>,
}

pub async fn one(
    context: Context,
    Path(id): Path<String>,
    Query(told): Query<Told>,
) -> Result<Markup, Fault> {
    let view = find(&context, &id).await?;
    let notice = told.tercatat.map(|_| {
        context
            .lang
            .pick(
                "Verifikasi dicatat dan sedang diolah.",
                "The verification is recorded and being processed.",
            )
            .to_string()
    });
    show(&context, &view, (notice, None)).await
}

async fn find(context: &Context, id: &str) -> Result<ReportView, Fault> {
    let id = store::id::parse(id).ok_or(Fault::NotFound)?;
    let view = context.state.store.report(id).await?.ok_or(Fault::NotFound)?;
    if may_read(context, context.viewer()?, &view) { Ok(view) } else { Err(Fault::Forbidden) }
}

async fn show(
    context: &Context,
    view: &ReportView,
    (notice, problem): (Option<String>, Option<String>),
) -> Result<Markup, Fault> {
    let store = &context.state.store;
    let regency = context.state.places.find(view.report.place.code.regency()).ok_or(Fault::NotFound)?;
    let frame = context.frame(regency).await?;
    let (mut siblings, mut verdict) = (Vec::new(), Verdict::Unverified);
    if let Some(incident) = view.incident {
        siblings = store.incident_reports(incident).await?;
        verdict = store.incident(incident).await?.map_or(Verdict::Unverified, |incident| incident.verdict);
    }
    siblings.retain(|other| other.report.id != view.report.id);
    let siblings = shown(context, &siblings).await?;
    let candidates =
        if context.viewer()?.may(Right::Verify) { candidates(context, view).await? } else { Vec::new() };
    let page = report::View {
        row: row(context, view, verdict),
        received_at: view.received_at,
        reconstructed: view.report.reconstructed,
        feed: view.feed_name.clone(),
        details: details(context.lang, view),
        said: trail(context, view.report.id).await?,
        siblings: siblings.rows,
        hidden: siblings.hidden,
        candidates: shown(context, &candidates).await?.rows,
        notice,
        problem,
    };
    Ok(report::page(&frame, &page))
}

/// Reports of the same place and kind within three days that belong to other incidents.
async fn candidates(context: &Context, view: &ReportView) -> Result<Vec<ReportView>, Fault> {
    let Some(statement) = statement(view) else { return Ok(Vec::new()) };
    let around = Range { from: view.at.plus(-3 * DAY), to: view.at.plus(3 * DAY) };
    let filter = ReportFilter {
        codes: vec![view.report.place.code],
        kind: Some(statement.kind),
        range: Some(around),
        limit: 20,
        ..ReportFilter::default()
    };
    let mut found = context.state.store.reports(&filter).await?.items;
    let other = |found: &ReportView| found.incident.is_none() || found.incident != view.incident;
    let counts = |found: &ReportView| matches!(found.outcome, Some(Outcome::Incident | Outcome::Merged));
    found.retain(|found| found.report.id != view.report.id && other(found) && counts(found));
    Ok(found)
}

fn details(lang: Lang, view: &ReportView) -> Vec<(String, String)> {
    let Body::Statement(statement) = &view.report.body else { return body_details(lang, view) };
    let mut details = Vec::new();
    let mut add = |id: &str, en: &str, value: String| details.push((lang.pick(id, en).to_string(), value));
    if let Some(stage) = statement.stage {
        add("Tahap", "Stage", lang.word("stage", stage));
    }
    let parties = domain::kind::Party::ALL.iter().filter(|party| statement.parties.has(**party));
    let parties: Vec<String> = parties.map(|party| lang.word("party", party)).collect();
    if !parties.is_empty() {
        add("Pihak", "Parties", parties.join(", "));
    }
    if statement.reliability > 0 {
        let letter = char::from(b'A' + statement.reliability - 1);
        add("Nilai sumber", "Reliability", format!("{letter}: {}", lang.word("reliability", letter)));
    }
    if statement.credibility > 0 {
        add(
            "Nilai isi",
            "Credibility",
            format!("{}: {}", statement.credibility, lang.word("credibility", statement.credibility)),
        );
    }
    if statement.dead + statement.injured > 0 || statement.displaced > 0 {
        let words = match lang {
            Lang::Id => format!(
                "{} meninggal, {} luka, {} mengungsi",
                statement.dead, statement.injured, statement.displaced
            ),
            Lang::En => format!(
                "{} dead, {} injured, {} displaced",
                statement.dead, statement.injured, statement.displaced
            ),
        };
        add("Korban", "Harmed", words);
    }
    if let (Some(lat), Some(lon)) = (view.lat, view.lon) {
        add("Koordinat", "Coordinates", format!("{lat:.5}, {lon:.5}"));
    }
    add("Cara diketahui", "How learnt", lang.word("found_by", statement.found_by));
    if statement.handling != Handling::Open {
        add("Klasifikasi", "Handling", lang.word("handling", statement.handling));
    }
    details
}

fn body_details(lang: Lang, view: &ReportView) -> Vec<(String, String)> {
    let of = |ids: &[domain::report::ReportId]| {
        ids.iter().map(|id| store::id::to_text(*id)).collect::<Vec<_>>().join(" ")
    };
    match &view.report.body {
        Body::Verification { act, reports } => vec![
            (lang.pick("Verifikasi", "Verification").into(), lang.word("verification", act.as_str())),
            (lang.pick("Laporan", "Reports").into(), of(reports)),
        ],
        Body::Retraction { target } => {
            vec![(lang.pick("Menarik laporan", "Takes back").into(), of(&[*target]))]
        }
        Body::Statement(_) | Body::Nothing { .. } => Vec::new(),
    }
}

/// Confirm and reject speak of the whole incident; merge and split of the reports ticked.
pub async fn verify(
    context: Context,
    Path(id): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Fault> {
    let view = find(&context, &id).await?;
    let typed = submit::typed(&body);
    let first = |name: &str| typed.get(name).and_then(|values| values.first()).map_or("", String::as_str);
    let act =
        VerificationAct::parse(first("act")).ok_or_else(|| Fault::Bad("Verifikasi tidak dikenal.".into()))?;
    let ticked: Vec<String> = typed
        .get("reports")
        .into_iter()
        .flatten()
        .filter(|id| store::id::parse(id).is_some())
        .cloned()
        .collect();
    let reports = match act {
        VerificationAct::Reject if first("reason").trim().is_empty() => {
            return again(&context, &view, "Tulis alasannya: mengapa laporan ini tidak terbukti?").await;
        }
        VerificationAct::Confirm | VerificationAct::Reject => whole(&context, &view).await?,
        VerificationAct::Merge if ticked.is_empty() => {
            return again(&context, &view, "Centang sedikitnya satu laporan lain.").await;
        }
        VerificationAct::Merge => [whole(&context, &view).await?, ticked].concat(),
        VerificationAct::Split => [vec![id.clone()], ticked].concat(),
    };
    let record = Record::verification(&context, view.report.place.code, act, &reports, first("reason"))?;
    match submit::send(&context, FeedClass::Desk, record).await? {
        Answer::Accepted(_) => {
            note_seen(&context, (act, first("blind") != "1"), &reports).await?;
            Ok(Redirect::to(&format!("/laporan/{id}?tercatat=1")).into_response())
        }
        Answer::Rejected { detail, .. } => again(&context, &view, &detail).await,
    }
}

/// The ledger keeps whether whoever verified had seen the risk: it is on the desk's pages, so they had unless they say not.
async fn note_seen(
    context: &Context,
    (act, saw): (VerificationAct, bool),
    reports: &[String],
) -> Result<(), Fault> {
    if !matches!(act, VerificationAct::Confirm | VerificationAct::Reject) {
        return Ok(());
    }
    let by = (context.viewer()?.name.as_str(), saw);
    Ok(context.state.store.verifier_saw(reports, by, context.now()).await?)
}

async fn whole(context: &Context, view: &ReportView) -> Result<Vec<String>, Fault> {
    let own = store::id::to_text(view.report.id);
    let Some(incident) = view.incident else { return Ok(vec![own]) };
    let mut ids: Vec<String> = context
        .state
        .store
        .incident_reports(incident)
        .await?
        .iter()
        .map(|view| store::id::to_text(view.report.id))
        .collect();
    if !ids.contains(&own) {
        ids.push(own);
    }
    Ok(ids)
}

async fn again(context: &Context, view: &ReportView, words: &str) -> Result<Response, Fault> {
    let page = show(context, view, (None, Some(words.to_string()))).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
