//! Any order, any duplication, any lateness of the same reports gives the same state, and it is the plain one.

use super::attested::Summary;
use super::model::{self, State};
use super::world::{self, Record, START};
use domain::effect::Incident;
use domain::evidence::remarks::RemarkSummary;
use domain::kind::{Category, FeedClass, Outcome};
use domain::pipeline::{Input, Pipeline};
use domain::place::{Areas, Code, Place};
use domain::report::{Body, FeedId, Report, VerificationAct};
use domain::time::{DAY, HOUR, Time};
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

/// Statements of one feed and place, an hour apart; each corrects the one that stands at its place of `corrected`.
fn correcting_each_other(corrected: &[usize]) -> Vec<Record> {
    let like = world::records(&mut Dice::new(3), 60, 1);
    let like = like.iter().find(|record| {
        matches!(record.report.body, Body::Statement(_)) && record.report.class == FeedClass::Village
    });
    let like = like.expect("a village's statement");
    let one = |(number, corrected): (usize, &usize)| {
        let mut record = like.clone();
        record.received = START.plus(number as i64 * HOUR);
        let report = &mut record.report;
        (report.id, report.hash) = (world::id(number), world::whole_hash(number as u128));
        (report.reported_at, report.author, report.doubtful) = (record.received, None, None);
        if let Body::Statement(statement) = &mut report.body {
            (statement.occurred_at, statement.severity) = (START, 5);
            statement.supersedes = Some(world::id(*corrected));
        }
        record
    };
    corrected.iter().enumerate().map(one).collect()
}

#[test]
fn of_reports_that_correct_each_other_the_earliest_stands() {
    use Outcome::{Incident, Superseded};
    let cases: [(&[usize], &[Outcome]); 5] = [
        (&[0], &[Incident]),
        (&[1, 0], &[Incident, Superseded]),
        (&[1, 2, 0], &[Incident, Superseded, Superseded]),
        (&[2, 0, 1], &[Incident, Superseded, Superseded]),
        // One from outside corrects the earliest: it stands in its place.
        (&[1, 0, 0], &[Superseded, Superseded, Incident]),
    ];
    for (corrected, outcomes) in cases {
        let records = correcting_each_other(corrected);
        let reports: Vec<Report> = records.iter().map(|record| record.report.clone()).collect();
        let mut dice = Dice::new(5);
        for _ in 0..8 {
            let pipeline = run(&world::shuffled(&mut dice, &records));
            let state = seen(&pipeline);
            assert_eq!(state, model::state(pipeline.view().places(), &reports), "{corrected:?}");
            let outcome = |report: &Report| state.reports[&(report.place.code.regency(), report.name())].0;
            assert_eq!(reports.iter().map(outcome).collect::<Vec<_>>(), outcomes, "{corrected:?}");
        }
    }
}

/// What the desk puts together is an incident where it may be one, whichever of its reports comes first or last.
#[test]
fn a_merge_over_kinds_or_over_far_places_puts_nothing_together() {
    let statement = |number: usize, (code, category): (u32, &str)| {
        let mut record = correcting_each_other(&[0]).remove(0);
        let report = &mut record.report;
        (report.id, report.hash, report.feed) = (world::id(number), number as u128, world::feed(number));
        report.place = Place { code: Code(code), village: 0 };
        let category = Category::parse(category).expect("a category");
        report.body = Body::Statement(world::plain_statement(category, START.plus(number as i64 * DAY)));
        record
    };
    let (company, flood) = ("WP-05", "WA-01");
    for (stated, merged) in [
        (vec![(350_801, company), (350_801, company)], true),
        (vec![(350_801, company), (350_801, flood)], false),
        (vec![(161_301, company), (161_302, company)], true),
        (vec![(350_801, company), (350_800, company), (350_803, company)], true),
        (vec![(350_801, company), (350_803, company)], false),
        (vec![(350_801, company), (350_803, company), (350_802, company)], true),
    ] {
        let mut records: Vec<Record> =
            stated.iter().enumerate().map(|(number, stated)| statement(number, *stated)).collect();
        let reports = records.iter().map(|record| record.report.name().into()).collect();
        let mut merge = statement(5, stated[0]);
        (merge.report.class, merge.report.feed) = (FeedClass::Desk, FeedId(3_000));
        let (act, areas) = (VerificationAct::Merge, Areas::everywhere());
        merge.report.body = Body::Verification { act, reports, areas };
        records.push(merge);
        let whole: Vec<Report> = records.iter().map(|record| record.report.clone()).collect();
        let mut dice = Dice::new(5);
        for _ in 0..8 {
            let pipeline = run(&world::shuffled(&mut dice, &records));
            let state = seen(&pipeline);
            assert_eq!(state, model::state(pipeline.view().places(), &whole), "{stated:?}");
            let incidents =
                state.reports.values().filter(|(outcome, _)| *outcome == Outcome::Incident).count();
            assert_eq!(incidents == 1, merged, "{stated:?}: {incidents} incidents");
        }
    }
}

#[test]
fn the_digest_sees_a_report_that_is_not_there() {
    let records = world::records(&mut Dice::new(7), 30, 6);
    let whole = run(&records).view().state_digest(AT);
    assert!(run(&records[1..]).view().state_digest(AT) != whole);
}
