//! Any order, any duplication, any lateness of the same reports gives the same state, and it is the plain one.

use super::attested::Summary;
use super::model::{self, State};
use super::world::{self, Record, START};
use domain::effect::Incident;
use domain::evidence::remarks::RemarkSummary;
use domain::kind::Outcome;
use domain::pipeline::{Input, Pipeline};
use domain::report::Report;
use domain::time::{DAY, Time};
use kentongan_tests::bench::workload::Dice;

const HISTORIES: u64 = 1_000;
const AT: Time = Time(START.0 + 20 * DAY);

/// The pipeline after all of `records`, with every tick that was due between them.
fn run(records: &[Record]) -> Pipeline {
    let mut pipeline = world::pipeline();
    let mut effects = Vec::new();
    for record in records {
        while let Some(hour) = pipeline.due_tick(record.received) {
            pipeline.apply(Input::Tick(hour), &mut effects);
        }
        let input = Input::Report { received: record.received, report: &record.report };
        pipeline.apply(input, &mut effects);
    }
    pipeline
}

/// The pipeline's state in the model's words.
pub fn seen(pipeline: &Pipeline) -> State {
    let view = pipeline.view();
    let mut state = State { duplicates: view.outcomes()[Outcome::Duplicate.index()], ..State::default() };
    for report in view.reports() {
        state.reports.insert((report.regency, report.id), (report.outcome, report.incident));
    }
    for cell in view.cells() {
        for incident in view.emitted_incidents(cell) {
            let key = (incident.place.code.regency(), incident.id);
            state.claims.insert(key, summary(&incident));
            let remarks = RemarkSummary { denials: incident.denials, ended_at: incident.ended_at };
            if remarks != RemarkSummary::default() {
                state.remarks.insert(key, remarks);
            }
        }
        if !view.history(cell).is_empty() {
            let code = view.places().code(cell.unit());
            state.history.insert((code, cell.kind()), view.history(cell).to_vec());
        }
    }
    state
}

/// What an emitted incident comes to.
pub fn summary(incident: &Incident) -> Summary {
    let Incident { claimed, attested, counted_severity, speakers, check, awas_request, .. } = *incident;
    let take_back_request = incident.take_back_request;
    Summary { claimed, attested, counted_severity, speakers, check, awas_request, take_back_request }
}

/// Every record ended as exactly one thing, and the counts say so.
fn balance(pipeline: &Pipeline, records: usize) {
    let outcomes = pipeline.view().outcomes();
    assert_eq!(outcomes.iter().sum::<u64>(), records as u64, "outcomes: {outcomes:?}");
}

#[test]
fn any_order_duplication_and_lateness_give_the_plain_state() {
    for seed in world::seeds(HISTORIES) {
        let mut dice = Dice::new(seed);
        let size = 5 + dice.below(60);
        let records = world::records(&mut dice, size, 6);
        let records = if seed % 2 == 0 { world::judged(&mut dice, records) } else { records };
        let reports: Vec<Report> = records.iter().map(|record| record.report.clone()).collect();
        let first = run(&records);
        let plain = model::state(first.view().places(), &reports);
        assert_eq!(seen(&first), plain, "history {seed}, in order");
        balance(&first, records.len());
        let wanted = first.view().state_digest(AT);
        for turn in 0..4 {
            let again = run(&world::shuffled(&mut dice, &records));
            assert_eq!(seen(&again), plain, "history {seed}, shuffled {turn}");
            assert!(again.view().state_digest(AT) == wanted, "history {seed}, digest, shuffled {turn}");
        }
        let doubled = run(&world::shuffled(&mut dice, &[records.clone(), records].concat()));
        let doubled_state = State { duplicates: plain.duplicates + reports.len() as u64, ..plain };
        assert_eq!(seen(&doubled), doubled_state, "history {seed}, doubled");
        assert!(doubled.view().state_digest(AT) == wanted, "history {seed}, digest, doubled");
    }
}

#[test]
fn of_two_reports_with_one_id_the_smallest_whole_hash_counts() {
    let mut dice = Dice::new(3);
    let one = world::records(&mut dice, 1, 1).remove(0);
    // Each half alone would choose the other of the first and the second.
    let hashes = [5, 1 << 64, (1 << 64) | 4, 1 << 127].map(|hash| {
        let mut record = one.clone();
        record.report.hash = hash;
        record
    });
    for _ in 0..24 {
        let pipeline = run(&world::shuffled(&mut dice, &hashes));
        let smallest = run(&hashes[..1]);
        let digests = [&pipeline, &smallest].map(|pipeline| pipeline.view().state_digest(AT));
        assert!(digests[0] == digests[1], "another twin than the one with the smallest hash counts");
        assert_eq!(pipeline.view().outcomes()[Outcome::Duplicate.index()], 3);
    }
}

#[test]
fn the_digest_sees_a_report_that_is_not_there() {
    let records = world::records(&mut Dice::new(7), 30, 6);
    let whole = run(&records).view().state_digest(AT);
    assert!(run(&records[1..]).view().state_digest(AT) != whole);
}
