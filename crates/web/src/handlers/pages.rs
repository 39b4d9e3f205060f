//! Pages that only show: overview, districts, feeds, models, help.

use crate::fault::Fault;
use crate::pages;
use crate::request::PageRequest;
use axum::extract::{Path, Query};
use domain::kind::Kind;
use maud::Markup;
use serde::Deserialize;
use views::{district, feeds, model, overview};

#[derive(Deserialize)]
pub struct OverviewQuery {
    jenis: Option<String>,
}

pub async fn overview(request: PageRequest, Query(query): Query<OverviewQuery>) -> Result<Markup, Fault> {
    let context = request.context()?;
    let regency = context.regency(request.asked)?;
    let kind = query.jenis.as_deref().and_then(Kind::parse);
    let view = overview::load(&context, regency, kind).await?;
    let frame = request.frame(&context, regency).await?;
    Ok(pages::overview::page(&frame, &view, &request.state.shapes))
}

pub async fn districts(request: PageRequest) -> Result<Markup, Fault> {
    let context = request.context()?;
    let regency = context.regency(request.asked)?;
    let view = district::load_list(&context, regency).await?;
    Ok(pages::district::list(&request.frame(&context, regency).await?, &view))
}

pub async fn district(request: PageRequest, Path(code): Path<String>) -> Result<Markup, Fault> {
    let context = request.context()?;
    let unit = context.unit(&code)?;
    let view = district::load(&context, unit).await?;
    let frame = request.frame(&context, context.sources.places.regency(unit)).await?;
    Ok(pages::district::page(&frame, &view))
}

pub async fn feeds(request: PageRequest) -> Result<Markup, Fault> {
    let context = request.context()?;
    let view = feeds::load(&context).await?;
    let frame = request.frame(&context, context.regency(request.asked)?).await?;
    Ok(pages::feeds::page(&frame, &view))
}

pub async fn model(request: PageRequest) -> Result<Markup, Fault> {
    let context = request.context()?;
    let regency = context.regency(request.asked)?;
    let view = model::load(&context, regency).await?;
    Ok(pages::model::page(&request.frame(&context, regency).await?, &view))
}

pub async fn help(request: PageRequest) -> Result<Markup, Fault> {
    let context = request.context()?;
    let regency = context.regency(request.asked)?;
    let examples = views::entry::severity_examples(&context);
    Ok(pages::help::page(&request.frame(&context, regency).await?, &examples))
}
