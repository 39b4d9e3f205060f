//! Decayed sums over more than a year: what was kept is what all buckets add up to, to the bit, whatever came late, was
//! verified long after or was taken back, and wherever a landmark moved.

use super::world::{self, Record, START};
use domain::desk_feed;
use domain::feature::{Counts, HALF_LIVES};
use domain::kind::{Category, FeedClass, Outcome};
use domain::pipeline::{Input, Pipeline, Recovery};
use domain::place::{Areas, Code, Place};
use domain::report::{Body, Report, ReportName, Statement, VerificationAct};
use domain::time::{DAY, HOUR, Hour, Time};
use kentongan_tests::bench::workload::Dice;

/// The five sums and what lies around, as bits.
fn bits(counts: &Counts) -> [u64; 7] {
    let [short, middle, long] = counts.decayed;
    let around = counts.neighbours.unwrap_or(-1.0);
    [short, middle, long, counts.severity, counts.serious, around, counts.regency].map(f64::to_bits)
}

/// Every cell's sums at `hour` are those of its buckets, to the bit, and what they are defined to be, to a millionth.
fn kept_as_summed(pipeline: &Pipeline, hour: Hour, context: &str) {
    let cells: Vec<_> = pipeline.view().cells().collect();
    for cell in cells {
        let view = pipeline.view();
        let (kept, plain) = (view.score_from_evidence(cell, hour), view.plain_score(cell, hour));
        assert_eq!(bits(&kept.counts), bits(&plain.counts), "{context}, {hour:?}, {cell:?}");
        assert_eq!((kept.risks, kept.levels), (plain.risks, plain.levels), "{context}, {hour:?}, {cell:?}");
        for (at, half_life) in HALF_LIVES.iter().enumerate() {
            let left = |then: Hour| f64::exp2(-f64::from(hour.0 - then.0) / half_life);
            let known = view.history(cell).iter().filter(|bucket| bucket.hour <= hour);
            let defined: f64 = known.map(|bucket| f64::from(bucket.tenths) / 10.0 * left(bucket.hour)).sum();
            let off = (plain.counts.decayed[at] - defined).abs();
            assert!(off <= 1e-6 * defined + 1e-13, "{context}: {} for {defined}", plain.counts.decayed[at]);
        }
    }
}

fn take(pipeline: &mut Pipeline, record: &Record) -> Outcome {
    let mut effects = Vec::new();
    while let Some(hour) = pipeline.due_tick(record.received) {
        pipeline.apply(Input::Tick(hour), &mut effects);
        effects.clear();
    }
    let input = Input::Report { received: record.received, report: &record.report };
    pipeline.apply(input, &mut effects).outcome.expect("a place of the register")
}

/// What a village reports at `received` to have happened at `occurred`.
fn statement(number: usize, occurred: Time, received: Time) -> Record {
    let mut record = world::records(&mut Dice::new(3), 60, 1)
        .into_iter()
        .find(|record| matches!(record.report.body, Body::Statement(_)))
        .expect("a statement");
    let category = Category::parse("WP-05").expect("a code of the taxonomy");
    let report = &mut record.report;
    (report.id, report.hash) = (world::id(number), world::whole_hash(number as u128));
    (report.class, report.author, report.doubtful) = (FeedClass::Village, None, None);
    (report.feed, report.reported_at) = (world::feed(0), received);
    report.place = Place { code: Code(161_301), village: 2001 };
    report.body = Body::Statement(Statement { severity: 3, ..world::plain_statement(category, occurred) });
    Record { received, report: record.report }
}

/// What the desk says of a report at `received`.
fn verdict(number: usize, act: VerificationAct, of: ReportName, received: Time) -> Record {
    let mut record = statement(number, received, received);
    let report = &mut record.report;
    (report.class, report.feed) = (FeedClass::Desk, desk_feed::DESK);
    report.body = Body::Verification { act, reports: vec![of.into()], areas: Areas::everywhere() };
    record
}

/// The first hour of an octave of three days, 14 days or 90, so many octaves after the beginning.
fn octave(half_life: usize, number: i32) -> Time {
    let hours = HALF_LIVES[half_life] as i32;
    Hour((START.hour().0 / hours + number) * hours).start()
}

#[test]
fn a_landmark_crosses_while_a_verification_of_last_year_arrives() {
    // 380 days after what is verified each half-life's landmark rises.
    for (half_life, number) in [(0, 128), (1, 28), (2, 5)] {
        let crossing = octave(half_life, number);
        let long_ago = crossing.plus(-380 * DAY);
        for act in [VerificationAct::Reject, VerificationAct::Confirm] {
            // Both at once only where it costs least.
            if act == VerificationAct::Confirm && half_life != 0 {
                continue;
            }
            let mut records = vec![statement(1, long_ago, long_ago.plus(HOUR))];
            for day in 1..380 {
                let at = long_ago.plus(day * DAY);
                records.push(statement(10 + day as usize, at, at));
            }
            let first = records[0].report.name();
            let newest = statement(5, crossing.plus(HOUR / 4), crossing.plus(HOUR / 4));
            let verdict = verdict(6, act, first, crossing.plus(HOUR / 2));
            let mut digests = Vec::new();
            for order in [[&verdict, &newest], [&newest, &verdict]] {
                let mut pipeline = world::pipeline();
                records.iter().for_each(|record| {
                    take(&mut pipeline, record);
                });
                for (turn, record) in order.into_iter().enumerate() {
                    // In either order the second comes no earlier than the first.
                    let received = crossing.plus(HOUR / 2);
                    take(&mut pipeline, &Record { received, ..record.clone() });
                    for hour in [-1, 0, 1, 72].map(|later| Hour(crossing.hour().0 + later)) {
                        kept_as_summed(&pipeline, hour, &format!("{half_life}, {act:?}, {turn}"));
                    }
                }
                let view = pipeline.view();
                let gone = view
                    .cells()
                    .all(|cell| view.history(cell).iter().all(|bucket| bucket.hour != long_ago.hour()));
                assert_eq!(gone, act == VerificationAct::Reject, "{half_life}, {act:?}");
                digests.push(pipeline.view().state_digest(crossing.plus(DAY)));
            }
            assert!(digests[0] == digests[1], "{half_life}, {act:?}: another state in another order");
        }
    }
}

#[test]
fn a_report_of_399_days_ago_counts_and_one_of_401_does_not() {
    let now = START.plus(500 * DAY);
    let reported = |days: &[i64]| {
        let mut pipeline = world::pipeline();
        for day in 0..20 {
            take(
                &mut pipeline,
                &statement(day as usize, now.plus(day * HOUR - DAY), now.plus(day * HOUR - DAY)),
            );
        }
        for (number, days) in days.iter().enumerate() {
            take(&mut pipeline, &statement(100 + number, now.plus(-days * DAY), now));
        }
        kept_as_summed(&pipeline, now.hour(), &format!("{days:?}"));
        let cell = pipeline.view().cells().find(|cell| {
            let code = pipeline.view().places().code(cell.unit());
            code == Code(161_301) && !pipeline.view().history(*cell).is_empty()
        });
        pipeline.view().score_from_evidence(cell.expect("the village's cell"), now.hour()).counts
    };
    let (without, young, old) = (reported(&[]), reported(&[399]), reported(&[401]));
    assert_eq!(bits(&old), bits(&without), "it is history and repairs nothing");
    assert_eq!(young.decayed[0].to_bits(), without.decayed[0].to_bits(), "133 octaves of three days ago");
    for half_life in [1, 2] {
        let gained = young.decayed[half_life] - without.decayed[half_life];
        // One village alone, where a company is involved, counts as slight: three tenths.
        let wanted = 0.3 * f64::exp2(-399.0 * 24.0 / HALF_LIVES[half_life]);
        assert!((gained - wanted).abs() < 1e-14, "{half_life}: {gained} for {wanted}");
    }
}

/// Records of some 420 days: some of each, most of them together in a few weeks.
fn of_a_year(dice: &mut Dice, size: usize) -> Vec<Record> {
    let mut records = world::records(dice, size, 6);
    for record in &mut records {
        let (report, days) = (&mut record.report, (dice.below(7) * 70) as i64 * DAY);
        let reported = report.reported_at.plus(days);
        (report.reported_at, record.received) = (reported, record.received.plus(days));
        report.doubtful = report.doubtful.map(|at| at.plus(days));
        if let Body::Statement(statement) = &mut report.body {
            // Some are known late: days, months, or more than a year.
            let late = if dice.one_in(5) { dice.below(420) as i64 * DAY } else { 0 };
            statement.occurred_at = statement.occurred_at.plus(days - late);
        }
    }
    records.sort_by_key(|record| record.received);
    records
}

#[test]
fn any_order_and_any_restart_over_a_year_give_the_bits_of_the_summed_buckets() {
    for seed in world::seeds(8) {
        let mut dice = Dice::new(seed);
        let size = 40 + dice.below(80);
        let records = of_a_year(&mut dice, size);
        let mut pipeline = world::pipeline();
        for record in &records {
            take(&mut pipeline, record);
            if dice.one_in(8) {
                let back = Hour(record.received.hour().0 - dice.below(9_600) as i32);
                kept_as_summed(&pipeline, back, &format!("history {seed}"));
            }
            if let Some(hour) = pipeline.view().last_tick().filter(|_| dice.one_in(4)) {
                kept_as_summed(&pipeline, hour, &format!("history {seed}"));
            }
        }
        let at = pipeline.view().clock().plus(DAY);
        let wanted = pipeline.view().state_digest(at);
        for turn in 0..3 {
            // As it is put back at a start: without a clock, in any order; nothing came too late.
            let mut recovery = Recovery::new(world::pipeline());
            let reports: Vec<&Report> = records.iter().map(|record| &record.report).collect();
            let mut left = reports.clone();
            while !left.is_empty() {
                let report = left.swap_remove(dice.below(left.len()));
                let came = records.iter().find(|record| std::ptr::eq(&record.report, report));
                let received = came.map_or(Time::MIN, |record| record.received);
                let beyond = report.counts_by_own_time() && received.since(report.happened_at()) > 400 * DAY;
                recovery.report(report, beyond);
            }
            let again = recovery.finish_without_clock();
            assert!(again.view().state_digest(at) == wanted, "history {seed}, put back {turn}");
        }
    }
}
