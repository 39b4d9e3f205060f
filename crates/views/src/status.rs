//! The head of every page: which regency, as of when, how complete the reports are.

use crate::context::{Context, PlaceChoice};
use crate::error::ViewError;
use crate::feeds;
use crate::json;
use async_recursion::async_recursion as boxed;
use domain::kind::{Horizon, Kind, Level};
use domain::place::{Code, UnitId, Zone};
use domain::time::Time;
use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
pub struct StatusView {
    #[serde(serialize_with = "json::text")]
    pub code: Code,
    pub regency: String,
    #[serde(serialize_with = "json::zone")]
    pub zone: Zone,
    /// The pipeline's clock; `None` before the first record.
    #[serde(serialize_with = "json::time_option")]
    pub as_of: Option<Time>,
    #[serde(serialize_with = "json::time")]
    pub now: Time,
    pub completeness_ppm: Option<u32>,
    /// Districts without data.
    pub no_data: usize,
    pub districts: usize,
    /// Registered feeds of this regency that do not report.
    pub silent_feeds: usize,
    /// Records on disk that the pipeline has not read yet.
    pub waiting: u64,
    /// Other regencies this viewer may switch to.
    pub others: Vec<PlaceChoice>,
}

/// The head of a page about `regency`.
#[boxed]
pub async fn load(context: &Context, regency: UnitId) -> Result<StatusView, ViewError> {
    let sources = &context.sources;
    let places = &sources.places;
    let districts = context.districts(regency);
    let own = [places.code(regency)];
    let rows = sources.store.assessments(Kind::Disaster, Horizon::Week, &own, None).await?;
    let of = |unit: &UnitId| rows.iter().find(|row| row.code == places.code(*unit));
    let shares: Vec<u64> =
        districts.iter().map(|unit| of(unit).map_or(0, |row| u64::from(row.completeness_ppm))).collect();
    let no_data =
        districts.iter().filter(|unit| of(unit).is_none_or(|row| row.level == Level::NoData)).count();
    let completeness_ppm = shares.iter().sum::<u64>().checked_div(shares.len() as u64).map(|ppm| ppm as u32);
    let others =
        places.regency_ids().filter(|unit| *unit != regency && context.viewer.covers(places.code(*unit)));
    Ok(StatusView {
        code: places.code(regency),
        regency: places.name(regency),
        zone: places.unit(regency).zone,
        as_of: context.as_of().await?,
        now: context.now,
        completeness_ppm,
        no_data,
        districts: districts.len(),
        silent_feeds: feeds::silent_count(context, own[0]).await?,
        waiting: (sources.waiting)(),
        others: context.choices(others),
    })
}
