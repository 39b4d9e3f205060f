//! What is usual somewhere rests on all that was reported: no single record moves it by more than its own weight and what
//! one day of reports more or less at the beginning makes.

use super::world::{self, Record, START};
use domain::evidence::CellId;
use domain::feature::weekly_rate;
use domain::kind::{Category, FeedClass, Kind};
use domain::pipeline::{Input, Pipeline};
use domain::place::{Areas, Code, Place};
use domain::report::{Body, FeedId, Report, ReportId, Statement, VerificationAct};
use domain::time::{DAY, HOUR, Hour, Time};
use kentongan_tests::bench::workload::Dice;

/// Days of every history.
const DAYS: i64 = 60;
/// 1971, by a clock that lost its date.
const LONG_AGO: Time = Time(365 * DAY);

/// Two reports a day of each regency, from two feeds.
fn history(dice: &mut Dice) -> Vec<Record> {
    let like = world::records(dice, 800, 2);
    let statements = like.iter().filter(|record| matches!(record.report.body, Body::Statement(_)));
    let days = (0..DAYS).flat_map(|day| [(day, 8), (day, 9), (day, 15), (day, 16)]);
    let place = |(number, (record, (day, hour))): (usize, (&Record, (i64, i64)))| {
        let at = START.plus(day * DAY + hour * HOUR);
        let code = [[161_301, 161_302], [350_801, 350_802]][number % 2][number / 4 % 2];
        let class = [FeedClass::Village, FeedClass::Police][number / 2 % 2];
        let mut report = Report { id: world::id(number), class, ..record.report.clone() };
        (report.feed, report.reported_at) = (FeedId(1 + number as u32 / 2 % 2), at);
        report.place = Place { code: Code(code), village: 0 };
        if let Body::Statement(statement) = &mut report.body {
            let category = Category::OTHER;
            *statement = Statement { occurred_at: at, supersedes: None, category, ..*statement };
        }
        Record { received: at, report }
    };
    statements.zip(days).enumerate().map(place).collect()
}

/// What a clock of 1971 may send: nothing happened, something happened, something is denied or taken back.
fn of_1971(dice: &mut Dice, like: &Record, received: Time) -> Record {
    let mut report = Report { id: ReportId(u128::MAX - 1), reported_at: LONG_AGO, ..like.report.clone() };
    report.feed = [report.feed, FeedId(77)][dice.below(2)];
    match (dice.below(4), &mut report.body) {
        (0, body) => *body = Body::Nothing { from: LONG_AGO.plus(-DAY), to: LONG_AGO },
        (1, body) => *body = Body::Retraction { target: ReportId(5) },
        (2, body) => {
            let reports = vec![like.report.name().into()];
            *body = Body::Verification { act: VerificationAct::Confirm, reports, areas: Areas::everywhere() };
            report.class = FeedClass::Desk;
        }
        (_, Body::Statement(statement)) => statement.occurred_at = LONG_AGO,
        _ => {}
    }
    Record { received, report }
}

fn taken<'a>(records: impl Iterator<Item = &'a Record>) -> Pipeline {
    let mut pipeline = world::pipeline();
    let mut effects = Vec::new();
    for record in records {
        pipeline.apply(Input::Report { received: record.received, report: &record.report }, &mut effects);
        effects.clear();
    }
    pipeline
}

/// The usual rate of every cell, incidents a week, and the weeks on record.
fn rates(pipeline: &Pipeline, hour: Hour) -> Vec<(CellId, f64, f64)> {
    let view = pipeline.view();
    let rate = |cell: CellId| {
        let counts = view.plain_score(cell, hour).counts;
        (cell, weekly_rate(&counts), counts.weeks)
    };
    view.cells().map(rate).collect()
}

/// What a record weighs at most in a cell: the gravest incident as much as two serious ones, elsewhere nothing.
fn weight(record: &Record, cell: CellId, pipeline: &Pipeline) -> f64 {
    let places = pipeline.view().places();
    let statement = match &record.report.body {
        Body::Statement(statement) => statement,
        // What the desk confirms counts in full.
        Body::Verification { .. } => return 2.0,
        _ => return 0.0,
    };
    let own: Code = places.code(cell.unit());
    let here = record.report.place.code == own || record.report.place.code.regency() == own;
    if here && statement.kind == cell.kind() { 2.0 } else { 0.0 }
}

#[test]
fn no_single_record_moves_what_is_usual_by_more_than_its_weight() {
    let end = START.plus((DAYS + 1) * DAY).hour();
    let mut moved = 0;
    for seed in 0..3 {
        let mut dice = Dice::new(seed);
        let records = history(&mut dice);
        let all = taken(records.iter());
        let with = rates(&all, end);
        let less = |left: usize| {
            let rest = records.iter().enumerate().filter(|(number, _)| *number != left);
            (records[left].clone(), taken(rest.map(|(_, record)| record)))
        };
        let mut more = |like: &Record| {
            let wild = of_1971(&mut dice, like, START.plus(DAYS * DAY));
            let pipeline = taken(records.iter().chain([&wild]));
            (wild, pipeline)
        };
        let wild: Vec<(Record, Pipeline)> = records.iter().step_by(7).map(&mut more).collect();
        for (record, pipeline) in (0..records.len()).map(less).chain(wild) {
            for ((cell, before, weeks), (_, after, _)) in with.iter().zip(rates(&pipeline, end)) {
                // One report more or less among the first may move the beginning to the next day of reports, a day away here.
                let a_day = before / 7.0 / weeks;
                let most = weight(&record, *cell, &all) / weeks + a_day;
                let by = (after - before).abs();
                assert!(
                    by <= most + 1e-9,
                    "history {seed}: {:?} moves {cell:?} by {by}, at most {most}",
                    record.report
                );
                moved += u32::from(by > 0.0);
            }
        }
    }
    assert!(moved > 100, "records weigh something: {moved}");
}

/// What three phones with a wrong date send, as live reports and as an archive's, which have no receipt.
fn strays(dice: &mut Dice, records: &[Record], back: i64) -> [Vec<Record>; 2] {
    let received = START.plus(DAYS * DAY);
    let stray = |number: usize| {
        let mut report = records[dice.below(records.len())].report.clone();
        let at = received.plus((number as i64 - back) * DAY);
        (report.id, report.reported_at) = (ReportId(u128::MAX - 10 - number as u128), at);
        if let Body::Statement(statement) = &mut report.body {
            statement.occurred_at = at;
        }
        report
    };
    let reports: Vec<Report> = (0..3).map(stray).collect();
    let live = reports.iter().map(|report| report.clone().received_live(received));
    [live.collect(), reports]
        .map(|reports: Vec<Report>| reports.into_iter().map(|report| Record { received, report }).collect())
}

#[test]
fn three_wrong_clocks_move_what_is_usual_by_no_more_than_their_weight() {
    let end = START.plus((DAYS + 1) * DAY).hour();
    for seed in 0..12 {
        let mut dice = Dice::new(seed);
        let records = history(&mut dice);
        let before = rates(&taken(records.iter()), end);
        for back in [366, 399, 20_000] {
            let both = strays(&mut dice, &records, back);
            let [live, archived] = both.each_ref().map(|strays| taken(records.iter().chain(strays)));
            // What came too late to repair anything counts in a replay of an archive alone.
            let at = end.start();
            if back < 400 {
                let same = live.view().state_digest(at) == archived.view().state_digest(at);
                assert!(same, "history {seed}, {back} days back: a receipt changes the state");
            }
            for pipeline in [&live, &archived] {
                for ((cell, before, weeks), (_, after, _)) in before.iter().zip(rates(pipeline, end)) {
                    let weights = both[0].iter().map(|record| weight(record, *cell, pipeline));
                    let most = weights.sum::<f64>() / weeks;
                    let by = (after - before).abs();
                    assert!(
                        by <= most + 1e-9,
                        "history {seed}, {back} days: {cell:?} by {by}, at most {most}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_nihil_of_1971_moves_nothing() {
    let mut dice = Dice::new(9);
    let records = history(&mut dice);
    let mut nothing = records[3].clone();
    (nothing.report.id, nothing.report.reported_at) = (ReportId(u128::MAX - 2), LONG_AGO);
    nothing.report.body = Body::Nothing { from: LONG_AGO.plus(-7 * DAY), to: LONG_AGO };
    let end = START.plus((DAYS + 1) * DAY).hour();
    let without = taken(records.iter());
    for place in [0, 1, records.len()] {
        let mut with = records.clone();
        with.insert(place, nothing.clone());
        let with = taken(with.iter());
        for cell in without.view().cells() {
            let (one, other) = (without.view().plain_score(cell, end), with.view().plain_score(cell, end));
            assert_eq!((one.risks, one.bases, one.levels), (other.risks, other.bases, other.levels));
            assert_eq!(one.completeness, other.completeness, "{cell:?} {:?}", Kind::ALL);
        }
    }
}
