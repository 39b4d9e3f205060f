//! Pages that only show: overview, districts, feeds, models, help.

use crate::context::Context;
use crate::fault::Fault;
use crate::load::{alerts, district, feeds, picture::Picture};
use crate::page::overview::Silent;
use crate::page::{self, overview};
use axum::extract::{Path, Query};
use domain::kind::{Kind, Level};
use domain::time::Time;
use maud::Markup;
use serde::Deserialize;
use store::ReportFilter;

/// Alerts on the first screen.
const FIRST: usize = 5;

#[derive(Deserialize)]
pub struct Shown {
    jenis: Option<String>,
}

pub async fn overview(context: Context, Query(shown): Query<Shown>) -> Result<Markup, Fault> {
    let regency = context.regency()?;
    let frame = context.frame(regency).await?;
    let picture = Picture::load(&context, &[context.state.places.code(regency)]).await?;
    let mut live = alerts::live(&context, &context.scope(regency)?).await?;
    let more = live.len().saturating_sub(FIRST);
    live.truncate(FIRST);
    let rows: Vec<_> =
        context.districts(regency)?.into_iter().map(|unit| picture.row(&context, unit)).collect();
    let mut silent = Vec::new();
    for row in rows.iter().filter(|row| row.cells.iter().all(|cell| cell.level == Level::NoData)) {
        silent.push(Silent {
            code: row.code,
            name: row.name.clone(),
            since: last_heard(&context, row.code).await?,
        });
    }
    let view = overview::View {
        alerts: live,
        more,
        last_check: context.as_of().await?,
        rows,
        kind: shown.jenis.as_deref().and_then(Kind::parse),
        approximate: context.state.shapes.is_approximate(context.state.places.code(regency)),
        silent,
        drift: (context.state.ledger)(context.scope(regency)?).await?.drift,
    };
    Ok(overview::page(&frame, &view, &context.state.shapes))
}

async fn last_heard(context: &Context, code: domain::place::Code) -> Result<Option<Time>, Fault> {
    let filter = ReportFilter { codes: vec![code], limit: 1, ..ReportFilter::default() };
    let page = context.state.store.reports(&filter).await?;
    Ok(page.items.first().map(|view| view.report.reported_at))
}

pub async fn districts(context: Context) -> Result<Markup, Fault> {
    let regency = context.regency()?;
    let frame = context.frame(regency).await?;
    let picture = Picture::load(&context, &[context.state.places.code(regency)]).await?;
    let units = std::iter::once(regency).chain(context.districts(regency)?);
    let rows: Vec<_> = units.map(|unit| picture.row(&context, unit)).collect();
    Ok(page::district::list(&frame, &rows))
}

pub async fn district(context: Context, Path(code): Path<String>) -> Result<Markup, Fault> {
    let unit = context.unit(&code)?;
    let frame = context.frame(context.state.places.regency(unit)).await?;
    let view = district::view(&context, unit).await?;
    Ok(page::district::page(&frame, &view))
}

pub async fn feeds(context: Context) -> Result<Markup, Fault> {
    let frame = context.frame(context.regency()?).await?;
    Ok(page::feeds::page(&frame, &feeds::view(&context).await?))
}

pub async fn model(context: Context) -> Result<Markup, Fault> {
    let regency = context.regency()?;
    let frame = context.frame(regency).await?;
    let judged = (context.state.ledger)(context.scope(regency)?).await?;
    Ok(page::model::page(&frame, &context.state.models, &judged.drift))
}

pub async fn help(context: Context) -> Result<Markup, Fault> {
    let frame = context.frame(context.regency()?).await?;
    Ok(page::help::page(&frame))
}
