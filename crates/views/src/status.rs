//! The head of every page: which regency, as of when, how complete the reports are.

use crate::context::{Context, PlaceChoice};
use crate::error::ViewError;
use crate::feeds;
use crate::format;
use crate::json;
use crate::picture::Picture;
use crate::words::Lang;
use async_recursion::async_recursion as boxed;
use domain::kind::Level;
use domain::place::{Code, UnitId, Zone};
use domain::service_clock::ClockStep;
use domain::time::Time;
use serde::Serialize;

/// The service's clock was set back; what came in between carries a time that was not.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ClockStepView {
    /// What the clock had come to.
    #[serde(serialize_with = "json::time")]
    pub from: Time,
    /// What it showed then.
    #[serde(serialize_with = "json::time")]
    pub to: Time,
}

impl ClockStepView {
    /// What people must know, by the local clock.
    pub fn in_words(&self, zone: Zone, lang: Lang) -> String {
        let time = |time| format::long(time, zone, lang);
        let span = format::span(self.from.since(self.to), lang);
        lang.fill(
            "shell.clock_was_set_back",
            &[("span", &span), ("from", &time(self.from)), ("to", &time(self.to))],
        )
    }
}

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
    /// The mean over the districts of the kind least heard there.
    pub completeness_ppm: Option<u32>,
    /// Districts shown as without data where no kind is chosen.
    pub no_data: usize,
    pub districts: usize,
    /// Registered feeds of this regency that reported once and do not any more, and those that never did.
    pub silent_feeds: usize,
    pub never_reported: usize,
    /// Records on disk that the pipeline has not read yet.
    pub waiting: u64,
    /// How the service's clock was set back, as long as people must know of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_step: Option<ClockStepView>,
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
    let picture = Picture::load(context, &own).await?;
    let share = |unit: &UnitId| u64::from(picture.least_heard(places.code(*unit)).unwrap_or(0));
    let shares: Vec<u64> = districts.iter().map(share).collect();
    let without = |unit: &&UnitId| picture.highest(places.code(**unit)) == Level::NoData;
    let no_data = districts.iter().filter(without).count();
    let quiet = feeds::quiet_counts(context, own[0]).await?;
    let completeness_ppm = shares.iter().sum::<u64>().checked_div(shares.len() as u64).map(|ppm| ppm as u32);
    let clock_step = sources.store.clock_step().await?.filter(|step| step.is_recent(context.now));
    let clock_step = clock_step.map(|ClockStep { from, to }| ClockStepView { from, to });
    let others =
        places.regency_ids().filter(|unit| *unit != regency && context.viewer.covers(places.code(*unit)));
    Ok(StatusView {
        code: places.code(regency),
        regency: places.name(regency),
        zone: Zone::of(places.code(regency)),
        as_of: context.as_of().await?,
        now: context.now,
        completeness_ppm,
        no_data,
        districts: districts.len(),
        silent_feeds: quiet.silent,
        never_reported: quiet.never,
        waiting: (sources.waiting)(),
        clock_step,
        others: context.choices(others),
    })
}
