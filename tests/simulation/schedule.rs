//! The pipeline keeps what changes only by the hour or the day. Here everything is worked out anew beside it.

use super::world::{self, START};
use domain::assess;
use domain::kind::{Horizon, Kind};
use domain::pipeline::{Input, Pipeline};
use domain::time::Hour;
use domain::window::Slot;
use kentongan_tests::bench::workload::Dice;

/// Every slot's risk and level at `hour` must be what was last said, within what need not be said.
fn nothing_left_unsaid(pipeline: &mut Pipeline, hour: Hour, seed: u64) {
    let window = &pipeline.window;
    for index in 0..window.places.len() * Kind::COUNT {
        let slot = Slot(index as u32);
        let now = assess::plain(window, pipeline.board.lines(slot), slot, hour);
        let quick = pipeline.board.look(window, slot, hour);
        assert!(
            (quick.risks, quick.levels, quick.bases) == (now.risks, now.levels, now.bases),
            "history {seed}, {hour:?}, {slot:?}: the board says {quick:?} for {now:?}"
        );
        for horizon in Horizon::ALL {
            let (risk, level) = (now.risks[horizon.index()], now.levels[horizon.index()]);
            let said = pipeline.memory(slot).said[horizon.index()];
            let kept =
                said.is_some_and(|(old, word)| word == level && old.abs_diff(risk) < window.policy.emit_ppm);
            assert!(
                kept,
                "history {seed}, {hour:?}, {slot:?}, {horizon}: {risk} {level} is not near {said:?}"
            );
        }
    }
}

#[test]
fn no_assessment_that_moved_is_left_unsaid() {
    for seed in 0..60 {
        let mut dice = Dice::new(seed);
        let size = 1 + dice.below(80);
        let records = world::records(&mut dice, size, 12);
        let mut pipeline = world::pipeline();
        let mut effects = Vec::new();
        let mut records = records.into_iter().peekable();
        let begin = START.hour();
        for hour in begin.0..begin.0 + 40 * 24 {
            let hour = Hour(hour);
            pipeline.apply(Input::Tick(hour), &mut effects);
            nothing_left_unsaid(&mut pipeline, hour, seed);
            while let Some(record) = records.next_if(|record| record.received.hour() <= hour) {
                let input = Input::Report { received: record.received, report: &record.report };
                pipeline.apply(input, &mut effects);
            }
            effects.clear();
        }
    }
}
