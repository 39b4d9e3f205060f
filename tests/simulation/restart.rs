//! A pipeline put back from its reports, its memory and its clock goes on as if it had never stopped.

use super::world::{self, Record};
use domain::effect::Effect;
use domain::evidence::CellId;
use domain::kind::Horizon;
use domain::pipeline::{Input, Pipeline, Recovery};
use domain::time::{DAY, Time};
use kentongan_tests::bench::workload::Dice;
use std::collections::BTreeMap;

fn feed(pipeline: &mut Pipeline, record: &Record) -> Vec<Effect> {
    let mut effects = Vec::new();
    while let Some(hour) = pipeline.due_tick(record.received) {
        pipeline.apply(Input::Tick(hour), &mut effects);
    }
    let input = Input::Report { received: record.received, report: &record.report };
    pipeline.apply(input, &mut effects);
    effects
}

/// As the binary does at start: reports before the last tick, the clock, the reports since, what was emitted.
fn put_back(old: &Pipeline, records: &[Record], memory: &BTreeMap<u32, Vec<u8>>) -> Pipeline {
    let mut recovery = Recovery::new(world::pipeline());
    let tick = old.view().last_tick();
    let split = tick.map_or(Time::MIN, |hour| hour.start());
    let (before, since): (Vec<&Record>, Vec<&Record>) =
        records.iter().partition(|record| record.received < split);
    before.iter().for_each(|record| recovery.report(&record.report, false));
    let mut recovery = recovery.clock(old.view().clock(), tick);
    since.iter().for_each(|record| recovery.report(&record.report, false));
    for (cell, bytes) in memory {
        recovery.memory(CellId(*cell), bytes);
    }
    recovery.finish()
}

#[test]
fn a_restart_says_nothing_twice_and_forgets_nothing() {
    for seed in 0..400 {
        let mut dice = Dice::new(seed);
        let size = 10 + dice.below(60);
        let records = world::records(&mut dice, size, 8);
        let mut straight = world::pipeline();
        let mut stopped = world::pipeline();
        let mut memory = BTreeMap::new();
        for (number, record) in records.iter().enumerate() {
            let (one, other) = (feed(&mut straight, record), feed(&mut stopped, record));
            let differs = one.iter().zip(&other).find(|(one, other)| one != other);
            assert!(
                one == other,
                "history {seed}, record {number}: {} and {} effects, {differs:?}",
                one.len(),
                other.len()
            );
            memory.extend(stopped.take_changed().into_iter().map(|(cell, bytes)| (cell.0, bytes)));
            if dice.one_in(8) {
                stopped = put_back(&stopped, &records[..=number], &memory);
            }
        }
        let at = straight.view().clock().plus(DAY);
        assert!(straight.view().state_digest(at) == stopped.view().state_digest(at), "history {seed}");
    }
}

#[test]
fn another_models_word_is_said_at_once_and_changes_no_state() {
    for seed in 0..60 {
        let mut dice = Dice::new(seed);
        let size = 10 + dice.below(60);
        let records = world::records(&mut dice, size, 8);
        let (mut straight, mut changed) = (world::pipeline(), world::pipeline());
        let half = records.len() / 2;
        for record in &records[..half] {
            assert_eq!(feed(&mut straight, record), feed(&mut changed, record), "history {seed}");
        }
        let cells = changed.view().cells();
        let risks = cells.flat_map(|cell| Horizon::ALL.iter().map(move |horizon| (cell, *horizon)));
        let stale: Vec<(CellId, Horizon)> = risks.filter(|_| dice.one_in(3)).collect();
        let (before, mut effects) = (changed.view().clock(), Vec::new());
        changed.restate(&stale, &mut effects);
        let restated = effects.iter().filter_map(|effect| match effect {
            Effect::Assessment(assessment) => {
                Some((CellId::new(assessment.unit, assessment.kind), assessment.horizon, assessment.at))
            }
            _ => None,
        });
        let restated: Vec<_> = restated.collect();
        assert!(restated.iter().all(|(.., at)| *at > before && at.hour() == before.hour()), "history {seed}");
        // The other horizon of such a cell may have its own news; no other cell speaks.
        let count =
            |pair: &(CellId, Horizon)| restated.iter().filter(|(cell, h, _)| (*cell, *h) == *pair).count();
        assert!(stale.iter().all(|pair| count(pair) == 1), "history {seed}: what is stale is emitted once");
        assert!(restated.iter().all(|(cell, ..)| stale.iter().any(|(own, _)| own == cell)), "history {seed}");
        for record in &records[half..] {
            feed(&mut straight, record);
            feed(&mut changed, record);
        }
        let at = straight.view().clock().plus(DAY);
        assert!(straight.view().state_digest(at) == changed.view().state_digest(at), "history {seed}");
    }
}
