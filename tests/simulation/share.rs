//! Two processes that own a regency each and show each other their border say what one process over both says.

use super::world::{self, Record};
use domain::effect::Effect;
use domain::pipeline::{Input, Pipeline};
use domain::place::{Areas, Code, Place};
use domain::report::{Body, Report, ReportId, ReportName, ReportReference, VerificationAct};
use domain::time::Hour;
use kentongan_tests::bench::workload::Dice;

pub const REGENCIES: [Code; 2] = [Code(161_300), Code(350_800)];

/// The first word of a regency, so that every process begins to tick in the same hour.
fn first(regency: Code, like: &Report) -> Record {
    let body = Body::Nothing { from: world::START, to: world::START };
    let place = Place { code: regency, village: 0 };
    let report = Report { id: ReportId(1), place, body, reported_at: world::START, ..like.clone() };
    Record { received: world::START, report }
}

/// What was emitted of one regency.
fn of(pipeline: &Pipeline, regency: Code, effects: &[Effect]) -> Vec<Effect> {
    let places = pipeline.view().places();
    let own = |effect: &&Effect| match effect {
        Effect::Assessment(assessment) => places.code(assessment.unit).regency() == regency,
        Effect::Condition(condition) => places.code(condition.unit).regency() == regency,
        Effect::Incident(incident) => incident.place.code.regency() == regency,
        Effect::Outcome { regency: own, .. }
        | Effect::IncidentGone { regency: own, .. }
        | Effect::SetAside { regency: own, .. } => *own == regency,
    };
    effects.iter().filter(own).cloned().collect()
}

/// Shows `to` the units of a regency as `from` has them before the tick.
fn show(from: &Pipeline, regency: Code, hour: Hour, to: &mut Pipeline) {
    let view = from.view();
    for cell in view.cells().filter(|cell| view.places().code(cell.unit()).regency() == regency) {
        let (bucket, fortnight) = view.border_sum(cell, Hour(hour.0 - 1));
        to.set_border_view(cell, bucket, fortnight);
    }
}

fn regency_of(record: &Record) -> usize {
    let own = record.report.place.code.regency();
    REGENCIES.iter().position(|code| *code == own).expect("one of the two regencies")
}

#[test]
fn what_two_owners_emit_is_what_one_would() {
    let (mut compared, mut shared) = (0, 0);
    for seed in world::seeds(120) {
        let mut dice = Dice::new(seed);
        let size = 20 + dice.below(80);
        // The same few ids come in both regencies, and links name them.
        let mut records: Vec<Record> = world::records(&mut dice, size, 8);
        let begin = REGENCIES.map(|regency| first(regency, &records[0].report));
        records.splice(..0, begin);
        shared += ids_in_both(&records);
        let mut one = world::pipeline();
        let mut two = [world::pipeline(), world::pipeline()];
        for (number, record) in records.iter().enumerate() {
            while let Some(hour) = one.due_tick(record.received) {
                let mut emitted = Vec::new();
                one.apply(Input::Tick(hour), &mut emitted);
                let [left, right] = &mut two;
                show(left, REGENCIES[0], hour, right);
                show(right, REGENCIES[1], hour, left);
                for (owner, regency) in two.iter_mut().zip(REGENCIES) {
                    let mut own = Vec::new();
                    owner.apply(Input::Tick(hour), &mut own);
                    let own = of(owner, regency, &own);
                    compared += own.len();
                    assert_eq!(
                        of(&one, regency, &emitted),
                        own,
                        "history {seed}, tick {}, {regency}",
                        hour.0
                    );
                }
            }
            let received = record.received.max(world::START);
            let input = || Input::Report { received, report: &record.report };
            let (mut emitted, mut own) = (Vec::new(), Vec::new());
            let place = regency_of(record);
            let applied = one.apply(input(), &mut emitted);
            assert_eq!(two[place].apply(input(), &mut own), applied, "history {seed}, record {number}");
            for (owner, regency) in two.iter().zip(REGENCIES) {
                let wanted = if regency == REGENCIES[place] { of(owner, regency, &own) } else { Vec::new() };
                assert_eq!(of(&one, regency, &emitted), wanted, "history {seed}, record {number}, {regency}");
            }
        }
    }
    assert!(compared > 10_000 && shared > 100, "only {compared} effects were compared, {shared} ids shared");
}

fn ids_in_both(records: &[Record]) -> usize {
    let ids = |regency: usize| {
        let own = records.iter().filter(move |record| regency_of(record) == regency);
        own.map(|record| record.report.id).collect::<std::collections::BTreeSet<_>>()
    };
    ids(0).intersection(&ids(1)).count()
}

#[test]
fn a_record_that_names_another_regencys_report_changes_nothing_there() {
    for seed in world::seeds(100) {
        let mut dice = Dice::new(seed);
        let records = world::records(&mut dice, 60, 6);
        let there: Vec<ReportName> = records
            .iter()
            .filter(|record| regency_of(record) == 1 && matches!(record.report.body, Body::Statement(_)))
            .map(|record| record.report.name())
            .collect();
        let mut pipeline = world::pipeline();
        for record in &records {
            let input = Input::Report { received: record.received, report: &record.report };
            pipeline.apply(input, &mut Vec::new());
        }
        let status = |pipeline: &Pipeline| -> Vec<_> {
            pipeline.view().reports().filter(|report| report.regency == REGENCIES[1]).collect()
        };
        let before = status(&pipeline);
        let acts = [
            VerificationAct::Confirm,
            VerificationAct::Reject,
            VerificationAct::Merge,
            VerificationAct::Split,
        ];
        let named = || there.iter().map(|name| (*name).into()).collect::<Vec<ReportReference>>();
        let mut bodies: Vec<Body> = vec![Body::Retraction { target: there[0].id }];
        bodies.extend(acts.map(|act| Body::Verification {
            act,
            reports: named(),
            areas: Areas::everywhere(),
        }));
        for (number, body) in bodies.into_iter().enumerate() {
            let mut record = records[0].clone();
            record.report.id = ReportId(u128::MAX - number as u128);
            record.report.class = domain::kind::FeedClass::Desk;
            record.report.place = Place { code: Code(161_301), village: 0 };
            record.report.body = body;
            let mut effects = Vec::new();
            let received = pipeline.view().clock();
            pipeline.apply(Input::Report { received, report: &record.report }, &mut effects);
            assert_eq!(of(&pipeline, REGENCIES[1], &effects), [], "history {seed}: {:?}", record.report.body);
            assert_eq!(status(&pipeline), before, "history {seed}: {:?}", record.report.body);
        }
    }
}
