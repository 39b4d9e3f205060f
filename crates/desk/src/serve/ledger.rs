//! The ledger's page and the weekly calls.

use crate::context::Context;
use crate::fault::Fault;
use crate::page::{calls, ledger};
use crate::submit;
use axum::extract::{Query, RawForm};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::kind::Kind;
use domain::place::Code;
use domain::time::DAY;
use maud::Markup;
use serde::Deserialize;
use store::{Check, CheckResult};

pub async fn show(context: Context) -> Result<Markup, Fault> {
    let regency = context.regency()?;
    let frame = context.frame(regency).await?;
    let view = (context.state.ledger)(context.scope(regency)?).await?;
    Ok(ledger::page(&frame, &view))
}

#[derive(Deserialize)]
pub struct Told {
    tercatat: Option<String>,
}

pub async fn calls(context: Context, Query(told): Query<Told>) -> Result<Markup, Fault> {
    let notice = told.tercatat.map(|_| {
        let words = (
            "Jawaban dicatat; buku ramalan memakainya sejak besok.",
            "Recorded; the ledger uses it from tomorrow on.",
        );
        context.lang.pick(words.0, words.1).to_string()
    });
    list(&context, (notice, None)).await
}

/// Draws of the last four weeks.
const WEEKS: i64 = 4;

async fn list(
    context: &Context,
    (notice, problem): (Option<String>, Option<String>),
) -> Result<Markup, Fault> {
    let regency = context.regency()?;
    let frame = context.frame(regency).await?;
    let from = context.now().0.div_euclid(DAY) - 7 * WEEKS;
    let rows = context.state.store.samples(&context.scope(regency)?, from).await?;
    let places = &context.state.places;
    let call = |row: store::SampleRow| calls::Call {
        week: row.week,
        code: row.code,
        name: places.find(row.code).map_or_else(|| row.code.to_string(), |unit| places.name(unit)),
        answer: row.check.map(|check| calls::Answer {
            at: check.at,
            who: check.who,
            result: check.result,
            kinds: check.kinds,
        }),
    };
    let min_severity = context.state.min_severity;
    let view = calls::View { calls: rows.into_iter().map(call).collect(), min_severity, notice, problem };
    Ok(calls::page(&frame, &view))
}

pub async fn answer(context: Context, RawForm(body): RawForm) -> Result<Response, Fault> {
    let typed = submit::typed(&body);
    let first = |name: &str| typed.get(name).and_then(|values| values.first()).map_or("", String::as_str);
    let viewer = context.viewer()?.clone();
    let code = Code::parse(first("code")).ok_or(Fault::NotFound)?;
    let week: i64 = first("week").parse().map_err(|_| Fault::NotFound)?;
    if !viewer.covers(code) {
        return Err(Fault::Forbidden);
    }
    let kinds: Vec<Kind> =
        typed.get("kind").into_iter().flatten().filter_map(|word| Kind::parse(word)).collect();
    let result = CheckResult::parse(first("result"))
        .filter(|result| (*result == CheckResult::Happened) != kinds.is_empty());
    let Some(result) = result else {
        let words = context.lang.pick(
            "Pilih satu jawaban; bila ada kejadian, centang jenisnya, selain itu jangan centang jenis apa pun.",
            "Choose one answer; tick the kind where something happened and none otherwise.",
        );
        let page = list(&context, (None, Some(words.to_string()))).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let check = Check {
        week,
        code,
        at: context.now(),
        who: viewer.name.clone(),
        result,
        kinds,
        saw: first("saw") == "1",
    };
    if !context.state.store.check_sample(&check).await? {
        return Err(Fault::NotFound);
    }
    Ok(Redirect::to("/panggilan?tercatat=1").into_response())
}
