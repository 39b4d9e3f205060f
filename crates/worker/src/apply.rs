//! The one way a report goes into the pipeline: what it needs is asked first, then it is applied.

use domain::effect::Effect;
use domain::pipeline::{Applied, Input, Pipeline};
use domain::place::Code;
use domain::report::Report;
use domain::time::Time;
use formats::registry_record::RegisteredFeed;

/// A regency that must be loaded before a report is applied. Nothing of the report was applied.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotLoaded(pub Code);

/// Applies a report; effects are added to `effects`. Its ticks were applied before.
///
/// # Errors
/// Where it may touch what left memory.
pub(crate) fn apply_report(
    pipeline: &mut Pipeline,
    received: Time,
    report: &Report,
    effects: &mut Vec<Effect>,
) -> Result<Applied, NotLoaded> {
    match pipeline.needs(report).regency {
        Some(regency) => Err(NotLoaded(regency)),
        None => Ok(pipeline.apply(Input::Report { received, report }, effects)),
    }
}

/// The same in a pipeline that is never asked to forget.
pub(crate) fn apply_in_memory(
    pipeline: &mut Pipeline,
    received: Time,
    report: &Report,
    effects: &mut Vec<Effect>,
) -> Applied {
    apply_report(pipeline, received, report, effects).expect("nothing left memory")
}

/// Tells the pipeline as what a feed is registered, where a record of the register says so.
pub(crate) fn apply_registered(pipeline: &mut Pipeline, record: &[u8], effects: &mut Vec<Effect>) {
    if let Some(feed) = RegisteredFeed::parse(record) {
        pipeline.apply(Input::Registered(&feed.expected()), effects);
    }
}
