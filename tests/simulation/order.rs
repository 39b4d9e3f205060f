//! Any order, any duplication, any lateness of the same reports gives the same state, and it is the plain one.

use super::model::{self, State};
use super::world::{self, Record, START};
use domain::digest;
use domain::evidence::{CellId, NONE};
use domain::kind::{Kind, Outcome};
use domain::pipeline::{Input, Pipeline};
use domain::report::Report;
use domain::time::{DAY, Time};
use kentongan_tests::bench::workload::Dice;

const HISTORIES: u64 = 400;
const AT: Time = Time(START.0 + 20 * DAY);

/// The pipeline after all of `records`, with every tick that was due between them.
fn run(records: &[Record]) -> Pipeline {
    let mut pipeline = world::pipeline();
    let mut effects = Vec::new();
    for record in records {
        while let Some(hour) = pipeline.due(record.received) {
            pipeline.apply(Input::Tick(hour), &mut effects);
        }
        let input = Input::Report { received: record.received, report: &record.report };
        pipeline.apply(input, &mut effects);
    }
    pipeline
}

/// The pipeline's state in the model's words.
fn seen(pipeline: &Pipeline) -> State {
    let evidence = &pipeline.evidence;
    let mut state = State { duplicates: evidence.outcomes[Outcome::Duplicate.index()], ..State::default() };
    for entry in &evidence.reports.all {
        let anchor = (entry.anchor != NONE).then(|| evidence.reports.all[entry.anchor as usize].id());
        state.reports.insert(entry.id(), (entry.outcome, anchor));
    }
    for unit in evidence.places.ids() {
        for kind in Kind::ALL {
            let buckets = evidence.series(CellId::new(unit, *kind)).buckets();
            if !buckets.is_empty() {
                state.history.insert((evidence.places.code(unit), *kind), buckets.to_vec());
            }
        }
    }
    state
}

/// Every record ended as exactly one thing, and the counts say so.
fn balance(pipeline: &Pipeline, records: usize) {
    let sum: u64 = pipeline.evidence.outcomes.iter().sum();
    assert_eq!(sum, records as u64, "outcomes: {:?}", pipeline.evidence.outcomes);
}

#[test]
fn any_order_duplication_and_lateness_give_the_plain_state() {
    for seed in 0..HISTORIES {
        let mut dice = Dice::new(seed);
        let size = 5 + dice.below(60);
        let records = world::records(&mut dice, size, 6);
        let reports: Vec<Report> = records.iter().map(|record| record.report.clone()).collect();
        let first = run(&records);
        let plain = model::state(&first.evidence.places, &reports);
        assert_eq!(seen(&first), plain, "history {seed}, in order");
        balance(&first, records.len());
        let wanted = digest::state_digest(&first, AT);
        for turn in 0..4 {
            let again = run(&world::shuffled(&mut dice, &records));
            assert_eq!(seen(&again), plain, "history {seed}, shuffled {turn}");
            assert!(digest::state_digest(&again, AT) == wanted, "history {seed}, digest, shuffled {turn}");
        }
        let doubled = run(&world::shuffled(&mut dice, &[records.clone(), records].concat()));
        let doubled_state = State { duplicates: plain.duplicates + reports.len() as u64, ..plain };
        assert_eq!(seen(&doubled), doubled_state, "history {seed}, doubled");
        assert!(digest::state_digest(&doubled, AT) == wanted, "history {seed}, digest, doubled");
    }
}

#[test]
fn the_digest_sees_a_report_that_is_not_there() {
    let records = world::records(&mut Dice::new(7), 30, 6);
    let whole = digest::state_digest(&run(&records), AT);
    assert!(digest::state_digest(&run(&records[1..]), AT) != whole);
}
