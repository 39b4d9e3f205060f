//! Two processes that own a regency each and show each other their border say what one process over both says.

use super::world::{self, Record};
use domain::assess;
use domain::effect::Effect;
use domain::evidence::CellId;
use domain::kind::Kind;
use domain::pipeline::{Input, Pipeline};
use domain::place::{Code, Place};
use domain::report::{Body, Report, ReportId};
use domain::time::Hour;
use kentongan_tests::bench::workload::Dice;

const REGENCIES: [Code; 2] = [Code(161_300), Code(350_800)];

/// Ids that belong to one regency: what links reports across a border is another matter.
fn apart(mut record: Record) -> Record {
    let own = u128::from(record.report.place.code.regency().0) << 64;
    let shift = |id: &mut ReportId| id.0 |= own;
    shift(&mut record.report.id);
    match &mut record.report.body {
        Body::Statement(told) => told.supersedes.iter_mut().for_each(shift),
        Body::Verification { reports, .. } => reports.iter_mut().for_each(shift),
        Body::Retraction { target } => shift(target),
        Body::Nothing { .. } => {}
    }
    record
}

/// The first word of a regency, so that every process begins to tick in the same hour.
fn first(regency: Code, like: &Report) -> Record {
    let body = Body::Nothing { from: world::START, to: world::START };
    let place = Place { code: regency, village: 0 };
    Record {
        received: world::START,
        report: Report { id: ReportId(1), place, body, reported_at: world::START, ..like.clone() },
    }
}

/// What was said of one regency's units.
fn of(pipeline: &Pipeline, regency: Code, effects: &[Effect]) -> Vec<Effect> {
    let own = |effect: &&Effect| match effect {
        Effect::Assessment(assessment) => pipeline.evidence.places.code(assessment.unit).regency() == regency,
        Effect::Condition(condition) => pipeline.evidence.places.code(condition.unit).regency() == regency,
        _ => false,
    };
    effects.iter().filter(own).cloned().collect()
}

/// Shows `to` the units of a regency as `from` has them before the tick.
fn show(from: &Pipeline, regency: Code, hour: Hour, to: &mut Pipeline) {
    let places = from.evidence.places.clone();
    for unit in places.ids().filter(|unit| places.code(*unit).regency() == regency) {
        for kind in Kind::ALL {
            let cell = CellId::new(unit, *kind);
            let (bucket, fortnight) = assess::fortnight_at(&from.evidence, cell, Hour(hour.0 - 1));
            to.set_border_view(cell, bucket, fortnight);
        }
    }
}

#[test]
fn what_two_owners_say_is_what_one_would() {
    let mut spoken = 0;
    for seed in 0..120 {
        let mut dice = Dice::new(seed);
        let size = 20 + dice.below(80);
        let mut records: Vec<Record> = world::records(&mut dice, size, 8).into_iter().map(apart).collect();
        let begin = REGENCIES.map(|regency| apart(first(regency, &records[0].report)));
        records.splice(..0, begin);
        let mut one = world::pipeline();
        let mut two = [world::pipeline(), world::pipeline()];
        for (number, record) in records.iter().enumerate() {
            while let Some(hour) = one.due(record.received) {
                let mut said = Vec::new();
                one.apply(Input::Tick(hour), &mut said);
                let [left, right] = &mut two;
                show(left, REGENCIES[0], hour, right);
                show(right, REGENCIES[1], hour, left);
                for (owner, regency) in two.iter_mut().zip(REGENCIES) {
                    let mut own = Vec::new();
                    owner.apply(Input::Tick(hour), &mut own);
                    let own = of(owner, regency, &own);
                    spoken += own.len();
                    assert_eq!(of(&one, regency, &said), own, "history {seed}, tick {}, {regency}", hour.0);
                }
            }
            let mut said = Vec::new();
            let received = record.received.max(world::START);
            let input = || Input::Report { received, report: &record.report };
            one.apply(input(), &mut said);
            let place = REGENCIES.iter().position(|code| *code == record.report.place.code.regency());
            let place = place.expect("one of the two regencies");
            let mut own = Vec::new();
            two[place].apply(input(), &mut own);
            let regency = REGENCIES[place];
            assert_eq!(
                of(&one, regency, &said),
                of(&two[place], regency, &own),
                "history {seed}, record {number}"
            );
        }
    }
    assert!(spoken > 10_000, "only {spoken} words were compared");
}
