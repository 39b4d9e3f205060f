//! The one way a report goes into the pipeline: what it needs is loaded, then it is applied.

use domain::effect::Effect;
use domain::pipeline::{Applied, Input, Loaded, Needs, Pipeline};
use domain::report::Report;
use domain::time::Time;
use formats::registry_record::RegisteredFeed;

/// Loads what the report needs and applies it; effects are added to `effects`. Its ticks were applied before.
pub(crate) fn apply_report(
    pipeline: &mut Pipeline,
    received: Time,
    report: &Report,
    effects: &mut Vec<Effect>,
) -> Applied {
    let needs = pipeline.needs(report);
    pipeline.load(load(&needs));
    pipeline.apply(Input::Report { received, report }, effects)
}

/// Tells the pipeline as what a feed is registered, where a record of the register says so.
pub(crate) fn apply_registered(pipeline: &mut Pipeline, record: &[u8], effects: &mut Vec<Effect>) {
    if let Some(feed) = RegisteredFeed::parse(record) {
        pipeline.apply(Input::Registered(&feed.expected()), effects);
    }
}

/// What the store has of a report's needs. The whole state is in memory, so no report names any; the day one does, the
/// driver reads it from the store here.
fn load(needs: &Needs) -> Loaded {
    assert!(needs.is_empty(), "a report needs what nobody loads: {needs:?}");
    Loaded::default()
}
