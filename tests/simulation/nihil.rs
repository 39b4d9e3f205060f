//! A nihil says that nothing happened: no level rises by it, of a cell or of its regency, at once or at any later hour in which
//! nothing more is reported, unless the model's risk itself rises by then.

use super::world::{self, Record};
use domain::evidence::CellId;
use domain::kind::{FeedClass, Horizon, Level};
use domain::pipeline::{Input, Pipeline};
use domain::report::{Body, Report, ReportId};
use domain::time::{DAY, HOUR, Hour, MINUTE, Time};
use kentongan_tests::bench::workload::Dice;

/// How long the levels are followed after the nihil, in hours: beyond every dwell of the world, and as long as no feed that the
/// nihil brought back falls silent again.
const FOLLOWED: i32 = 30;

fn pass_to(pipeline: &mut Pipeline, at: Time) {
    let mut effects = Vec::new();
    while let Some(hour) = pipeline.due_tick(at) {
        pipeline.apply(Input::Tick(hour), &mut effects);
    }
}

fn after(policy: domain::policy::Policy, records: &[Record]) -> Pipeline {
    let (mut pipeline, mut effects) = (world::pipeline_of(policy), Vec::new());
    for record in records {
        pass_to(&mut pipeline, record.received);
        pipeline.apply(Input::Report { received: record.received, report: &record.report }, &mut effects);
        effects.clear();
    }
    pipeline
}

/// The level that stands in each cell.
fn standing(pipeline: &Pipeline) -> Vec<(CellId, Level)> {
    let view = pipeline.view();
    view.cells().map(|cell| (cell, view.condition(cell).map_or(Level::Low, |active| active.level))).collect()
}

/// Nihils of anybody, of the places that were reported of, some hours or days after the last record.
fn nihils(dice: &mut Dice, records: &[Record], anybody: &[Record]) -> Vec<Record> {
    let pause = if dice.one_in(2) { dice.below(12) as i64 * HOUR } else { dice.below(8 * 24) as i64 * HOUR };
    let mut at = records[records.len() - 1].received.plus(pause);
    let count = 1 + dice.below(12);
    let mut nihil = |number: usize| {
        let (by, of) = (&anybody[dice.below(anybody.len())], &records[dice.below(records.len())]);
        at = at.plus((1 + dice.below(5) as i64) * MINUTE);
        let (id, place) = (ReportId(u128::MAX - 1 - number as u128), of.report.place);
        let body = Body::Nothing { from: at.plus(-DAY), to: at };
        let report = Report { id, place, reported_at: at, doubtful: None, body, ..by.report.clone() };
        Record { received: at, report }
    };
    (0..count).map(&mut nihil).collect()
}

#[test]
fn a_nihil_raises_no_level_of_a_cell_or_regency() {
    let (mut ended, mut stood, mut waited) = (0, 0, 0);
    for seed in world::seeds(300) {
        let mut dice = Dice::new(seed);
        let size = 3 + dice.below(40);
        let anybody = world::records(&mut dice, size, 6);
        // Of some only those are heard whose word makes no place speak of a conflict.
        let mute = [FeedClass::Company, FeedClass::Sensor, FeedClass::Desk];
        let heard = |record: &&Record| seed % 3 > 0 || mute.contains(&record.report.class);
        let records: Vec<Record> = anybody.iter().filter(heard).cloned().collect();
        if records.is_empty() {
            continue;
        }
        let policy = || if seed % 2 == 0 { world::policy_without_rules() } else { world::policy() };
        let nihils = nihils(&mut dice, &records, &anybody);
        let (mut quiet, mut heard) = (after(policy(), &records), after(policy(), &records));
        let from = nihils[nihils.len() - 1].received.hour();
        pass_to(&mut quiet, nihils[0].received);
        let before = standing(&quiet);
        let mut compare = |quiet: &Pipeline, heard: &Pipeline, hour: Option<Hour>| {
            let stands = standing(quiet).into_iter().zip(standing(heard));
            for (((cell, without), (_, with)), (_, before)) in stands.zip(&before) {
                let code = heard.view().places().code(cell.unit());
                // What lies in the past looks graver or less grave by the hour: where somebody is heard, the model says so.
                let risk = |hour: Hour| heard.view().plain_score(cell, hour).risks[Horizon::Week.index()];
                assert!(
                    with <= without.max(*before)
                        || hour.is_some_and(|now| (from.0..now.0).any(|past| risk(Hour(past)) < risk(now))),
                    "history {seed}, {hour:?} from {from:?}: {with} for {without} in {code:?} {:?}",
                    cell.kind()
                );
                stood += u32::from(without.is_warning());
                ended += u32::from(with < without);
                waited += u32::from(heard.view().memory(cell).model_waits);
            }
        };
        for Record { received, report } in &nihils {
            pass_to(&mut quiet, *received);
            pass_to(&mut heard, *received);
            heard.apply(Input::Report { received: *received, report }, &mut Vec::new());
            compare(&quiet, &heard, None);
        }
        for hour in (1..=FOLLOWED).map(|more| Hour(from.0 + more)) {
            let last = hour.next().start().plus(-1);
            pass_to(&mut quiet, last);
            pass_to(&mut heard, last);
            compare(&quiet, &heard, Some(hour));
        }
    }
    assert!(
        ended > 100 && stood > 1_000 && waited > 100,
        "{stood} stood, {ended} of them ended by it, of {waited} the model waited: too few to tell"
    );
}
