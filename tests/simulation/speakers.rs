//! Who it takes to raise a level: no speaker alone reaches awas, nobody lowers what others reached, and only those of a pair
//! decide who is involved in it.

use super::taking_back;
use super::world::{self, Record, START};
use domain::author::Author;
use domain::desk_feed::{self, is_desk_feed};
use domain::effect::{ConditionChange, Effect};
use domain::kind::{Category, FeedClass, Kind, Level, Parties, Party};
use domain::pipeline::{Input, Pipeline, PipelineOptions};
use domain::policy::{Policy, Silence};
use domain::report::{Body, FeedId, Report, ReportId, Statement, VerificationAct};
use domain::time::{DAY, HOUR, Hour, MINUTE};
use kentongan_tests::bench::workload::Dice;
use std::sync::Arc;

/// Rules alone speak: the model never passes a threshold, and silence keeps no level.
fn rules_only() -> Pipeline {
    let never = [1_000_001, 1_000_002, 1_000_003];
    let base = world::policy();
    let policy = Policy {
        raise_ppm: never,
        clear_ppm: never,
        transferred_raise: u32::MAX,
        transferred_clear: u32::MAX,
        silence: Silence { low_ppm: 0, ..base.silence },
        ..base
    };
    Pipeline::new(Arc::new(world::places()), Arc::new(policy), &world::Line, PipelineOptions::default())
}

/// Applies the records, and the hours until a level's dwell has passed; the highest level that was emitted.
fn run(mut pipeline: Pipeline, records: &[Record]) -> (Pipeline, Level) {
    let (mut effects, mut highest) = (Vec::new(), Level::Low);
    for record in records {
        while let Some(hour) = pipeline.due_tick(record.received) {
            pipeline.apply(Input::Tick(hour), &mut effects);
        }
        pipeline.apply(Input::Report { received: record.received, report: &record.report }, &mut effects);
        for effect in effects.drain(..) {
            if let Effect::Condition(condition) = effect {
                highest = highest.max(condition.level);
            }
        }
    }
    (pipeline, highest)
}

fn statement(report: &Report) -> Option<&Statement> {
    match &report.body {
        Body::Statement(statement) => Some(statement),
        _ => None,
    }
}

#[test]
fn the_records_of_one_person_or_one_feed_or_the_involved_never_reach_awas() {
    let mut others = 0;
    for seed in world::seeds(1_000) {
        let mut dice = Dice::new(seed);
        let all = world::records(&mut dice, 250, 5);
        let all = if seed % 2 == 0 { world::judged(&mut dice, all) } else { all };
        let some = all[dice.below(all.len())].report.feed;
        let speaker = all[dice.below(all.len())].report.speaker();
        let only = |keeps: &dyn Fn(&Report) -> bool| -> Vec<Record> {
            all.iter().filter(|record| keeps(&record.report)).cloned().collect()
        };
        let one_feed = only(&|report| report.feed == some && report.speaker().account.0 == some.0);
        let unknown = Author::of_feed(desk_feed::DESK, FeedClass::Desk).account;
        let desk = only(&|report| report.speaker().account == unknown);
        let typist = only(&|report| report.speaker().account == world::PERSONS[0]);
        // Two persons of the desk confirm what neither of them says alone: the desk's word is one organisation's, and may be red.
        let whose = only(&|report| {
            let judges = matches!(report.body, Body::Verification { .. });
            report.speaker().word == speaker.word && !judges
        });
        let residents = |class| matches!(class, FeedClass::Village | FeedClass::Community);
        let parties = only(&|report| {
            let conflict = statement(report).is_none_or(|own| own.kind == Kind::ResidentCompany);
            let own = residents(report.class) || report.class == FeedClass::Company;
            report.speaker().party || own && conflict && !is_desk_feed(report.feed)
        });
        let alone = [
            ("one feed", one_feed),
            ("nobody knows which officer", desk),
            ("one person", typist),
            ("one organisation", whose),
            ("the involved", parties),
        ];
        for (who, records) in alone {
            let (_, level) = run(world::pipeline(), &records);
            assert!(level < Level::Awas, "history {seed}: {who} reached {level}");
        }
        others += u32::from(run(world::pipeline(), &all).1 == Level::Awas);
    }
    assert!(others > 30, "all together reached awas in {others} histories; too few to tell");
}

/// A further affirming report that comes last and tells of the latest hour, so that it is nobody's anchor.
fn further(dice: &mut Dice, records: &[Record], number: u128) -> Option<Record> {
    let candidates: Vec<&Record> =
        records.iter().filter(|record| statement(&record.report).is_some()).collect();
    let mut record = (*candidates.get(dice.below(candidates.len().max(1)))?).clone();
    let last = records.iter().map(|record| record.received.max(record.report.happened_at())).max()?;
    record.received = last.plus(MINUTE);
    record.report.id = ReportId(u128::MAX - number);
    record.report.hash = number;
    record.report.reported_at = last;
    record.report.doubtful = record.report.doubtful.map(|_| record.received);
    if let Body::Statement(statement) = &mut record.report.body {
        statement.supersedes = None;
        statement.severity = 1 + dice.below(5) as u8;
        statement.occurred_at = last;
        statement.parties = Parties(dice.below(64) as u8);
    }
    Some(record)
}

#[test]
fn one_more_affirming_report_lowers_no_level_that_rules_hold() {
    let (mut stood, mut rose) = (0, 0);
    for seed in world::seeds(1_000) {
        let mut dice = Dice::new(seed);
        let mut records = world::records(&mut dice, 180, 2);
        records.retain(|record| record.received < START.plus(48 * HOUR));
        // An ending goes with the latest before it: with what comes last where it is of the same minute.
        for record in &mut records {
            if let Body::Statement(statement) = &mut record.report.body {
                statement.ends = false;
            }
        }
        let Some(more) = further(&mut dice, &records, u128::from(seed) + 1) else { continue };
        let (mut without, _) = run(rules_only(), &records);
        let (mut with, _) = run(rules_only(), &[&records[..], std::slice::from_ref(&more)].concat());
        let mut effects = Vec::new();
        while let Some(hour) = without.due_tick(more.received) {
            without.apply(Input::Tick(hour), &mut effects);
        }
        let first = with.view().last_tick().map_or(0, |hour| hour.0);
        for hour in first..first + 60 {
            for cell in with.view().cells() {
                let level = |pipeline: &Pipeline| {
                    pipeline.view().condition(cell).map_or(Level::Low, |active| active.level)
                };
                let (before, after) = (level(&without), level(&with));
                assert!(
                    after >= before,
                    "history {seed}, {hour}: {before} fell to {after} by {:?}",
                    more.report
                );
                stood += u32::from(before > Level::Low);
                rose += u32::from(after > before);
            }
            for pipeline in [&mut without, &mut with] {
                pipeline.apply(Input::Tick(Hour(hour + 1)), &mut effects);
            }
        }
    }
    assert!(stood > 1000 && rose > 50, "{stood} levels stood and {rose} rose; too few to tell");
}

/// Two feeds affirm what happened ten hours apart: a third that tells of the hours before makes the incident begin earlier,
/// and what stands on it ends no sooner.
#[test]
fn an_earlier_report_of_an_incident_shortens_nothing() {
    let at = |mut record: Record, hours: i64| {
        let Body::Statement(statement) = &mut record.report.body else { unreachable!() };
        statement.occurred_at = START.plus(hours * HOUR);
        record.report.reported_at = START.plus(20 * HOUR);
        record.received = record.received.plus(20 * HOUR);
        record
    };
    let pair = [at(grave(1, 1, FeedClass::Village, &[]), 8), at(grave(2, 2, FeedClass::Police, &[]), 18)];
    let earlier = at(grave(3, 3, FeedClass::Military, &[]), 0);
    let hours = |records: &[Record]| {
        let (mut pipeline, _) = run(rules_only(), records);
        let first = pipeline.view().last_tick().expect("a tick was").0;
        let stands = |pipeline: &Pipeline| {
            pipeline.view().cells().any(|cell| pipeline.view().condition(cell).is_some())
        };
        let mut effects = Vec::new();
        (first..first + 800)
            .take_while(|hour| {
                pipeline.apply(Input::Tick(Hour(hour + 1)), &mut effects);
                stands(&pipeline)
            })
            .count()
    };
    let before = hours(&pair);
    let after = hours(&[&pair[..], std::slice::from_ref(&earlier)].concat());
    assert!(
        before > 24 && after >= before,
        "it stood for {before} hours, and for {after} with the earlier report"
    );
}

/// A grave report of one place and hour.
fn grave(id: u128, feed: u32, class: FeedClass, named: &[Party]) -> Record {
    let mut record = world::records(&mut Dice::new(1), 1, 1).remove(0);
    let mut statement = Statement { ..*world_statement() };
    named.iter().for_each(|party| statement.parties.add(*party));
    record.report = Report {
        id: ReportId(id),
        hash: world::whole_hash(id),
        feed: FeedId(feed),
        class,
        author: None,
        place: domain::place::Place { code: domain::place::Code(161_301), village: 0 },
        reported_at: START.plus(HOUR),
        reconstructed: false,
        doubtful: None,
        body: Body::Statement(statement),
    };
    record.received = START.plus(HOUR + id as i64 * MINUTE);
    record
}

/// What [`grave`] reports are made of.
fn world_statement() -> Box<Statement> {
    let mut dice = Dice::new(2);
    let made = std::iter::from_fn(|| Some(world::records(&mut dice, 9, 2))).flatten();
    let own = made.filter_map(|record| match record.report.body {
        Body::Statement(own) if own.kind == Kind::ResidentCompany => Some(own),
        _ => None,
    });
    let own = own.take(1).next().expect("the world has statements");
    Box::new(Statement {
        severity: 4,
        occurred_at: START,
        reliability: 0,
        credibility: 0,
        parties: Parties::default(),
        supersedes: None,
        dead: 0,
        injured: 0,
        about: None,
        ..own
    })
}

#[test]
fn naming_by_a_report_outside_the_pair_changes_no_level() {
    let pair = [grave(1, 1, FeedClass::Village, &[]), grave(2, 2, FeedClass::Police, &[])];
    assert_eq!(run(rules_only(), &pair).1, Level::Awas);
    let outsiders = [
        grave(3, 3, FeedClass::Company, &[Party::Police]),
        grave(3, 4, FeedClass::Community, &[Party::Police, Party::Resident]),
        grave(3, 5, FeedClass::Military, &[Party::Police]),
    ];
    for outsider in outsiders {
        let own = std::slice::from_ref(&outsider);
        for records in [[&pair[..], own].concat(), [own, &pair[..]].concat()] {
            let (pipeline, level) = run(rules_only(), &records);
            assert_eq!(level, Level::Awas, "with {:?}", outsider.report.class);
            let stands = pipeline.view().cells().filter_map(|cell| pipeline.view().condition(cell));
            assert_eq!(stands.map(|active| active.level).max(), Some(Level::Awas));
        }
    }
    // Named by one of the two, the police are a party: two parties carry no awas.
    let named = [grave(1, 1, FeedClass::Village, &[Party::Police]), grave(2, 2, FeedClass::Police, &[])];
    assert!(run(rules_only(), &named).1 < Level::Awas);
}

/// A clash that the police tell of, so many hours after the start; all are reported within minutes, half a day later.
fn clash(number: u128, hours: i64, severity: u8) -> Record {
    let mut report = taking_back::says(FeedClass::Police, hours, severity);
    (report.id, report.hash) = (ReportId(number << 64 | number), world::whole_hash(number));
    report.reported_at = START.plus(14 * HOUR + number as i64 * MINUTE);
    if let Body::Statement(own) = &mut report.body {
        own.category = Category::parse("WP-09").expect("a code of the taxonomy");
    }
    Record { received: report.reported_at, report }
}

/// Applies a record that comes last; what it changed of the conditions.
fn takes(pipeline: &mut Pipeline, record: &Record) -> Vec<ConditionChange> {
    let mut effects = Vec::new();
    pipeline.apply(Input::Report { received: record.received, report: &record.report }, &mut effects);
    conditions(effects)
}

fn conditions(effects: Vec<Effect>) -> Vec<ConditionChange> {
    let change = |effect| match effect {
        Effect::Condition(condition) => Some(condition.change),
        _ => None,
    };
    effects.into_iter().filter_map(change).collect()
}

/// Of two incidents that a rule counts it makes one. The level runs out as levels do: nobody took anything back.
#[test]
fn a_report_that_only_adds_withdraws_nothing_by_moving_where_incidents_begin() {
    let records = [clash(1, 0, 1), clash(2, 11, 3), clash(3, 13, 3)];
    let (mut pipeline, level) = run(rules_only(), &records);
    assert_eq!(level, Level::Siaga, "two incidents of severity 3");
    let earlier = clash(4, -2, 1);
    assert_eq!(takes(&mut pipeline, &earlier), [], "it withdraws nothing");
    let mut effects = Vec::new();
    while let Some(hour) = pipeline.due_tick(earlier.received.plus(2 * DAY)) {
        pipeline.apply(Input::Tick(hour), &mut effects);
    }
    assert_eq!(conditions(effects), [ConditionChange::Cleared], "what no rule finds runs out");
}

/// The desk confirmed a report by its id alone, so that its source waits for a second person to take it back. Once another feed has a report
/// with that id nothing is confirmed: the record only adds, and what was taken back is gone at once, beside another as grave.
#[test]
fn what_becomes_taken_back_by_a_report_that_only_adds_is_withdrawn_at_once() {
    let records = [clash(1, 0, 3), clash(2, 11, 1), clash(3, 13, 3)];
    let (mut pipeline, level) = run(rules_only(), &records);
    assert_eq!(level, Level::Siaga, "two incidents of severity 3");
    let taken_back = &records[0].report;
    let mut confirms = taking_back::act(1, (VerificationAct::Confirm, 15), &[taken_back], taking_back::SARI);
    let Body::Verification { reports, .. } = &mut confirms.body else { unreachable!() };
    reports[0].feed = None;
    let retracts = Body::Retraction { target: taken_back.id };
    let retracts =
        taking_back::record(9, (taken_back.feed, taken_back.class), START.plus(16 * HOUR), retracts);
    let mut with_its_id = taking_back::says(FeedClass::Village, 16, 1);
    with_its_id.id = taken_back.id;
    for (report, changes) in
        [(confirms, &[][..]), (retracts, &[]), (with_its_id, &[ConditionChange::Withdrawn])]
    {
        let record = Record { received: START.plus(17 * HOUR), report };
        assert_eq!(takes(&mut pipeline, &record), changes, "by {:?}", record.report);
    }
}
