//! A sender's wrong clock hides nothing grave: it counts as of its receipt, and everything else as of its own stamp.

use super::world::{self, Record, START};
use domain::effect::{ConditionChange, Effect};
use domain::evidence::CellId;
use domain::kind::{Category, FeedClass, Kind, Level, Parties};
use domain::pipeline::{Input, Pipeline, PipelineOptions, Recovery};
use domain::place::{Code, Place};
use domain::policy::{Policy, Rule, Silence};
use domain::report::{Body, FeedId, Report, Statement};
use domain::time::{DAY, HOUR, MINUTE, Time};
use kentongan_tests::bench::workload::Dice;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How far senders' clocks are off: seven minutes fast, local time labelled Z, a day fast, a month and years behind.
const OFF: [i64; 6] = [7 * MINUTE, 7 * HOUR, 23 * HOUR, -31 * DAY, -366 * DAY, -16_000 * DAY];

fn empty() -> Pipeline {
    let rule = Rule {
        id: "flood".to_owned(),
        kind: Kind::Disaster,
        level: Level::Siaga,
        categories: vec![Category::parse("WA-01").expect("a code of the taxonomy")],
        min_severity: 4,
        min_stage: None,
        count: 1,
        window: 2 * DAY,
        by_pair: false,
        min_harmed: 0,
    };
    pipeline(Policy { rules: vec![rule], ..world::policy() })
}

fn pipeline(policy: Policy) -> Pipeline {
    Pipeline::new(Arc::new(world::places()), Arc::new(policy), &world::Line, PipelineOptions::default())
}

/// Openings as shipped, and nothing is kept after its reason is gone.
fn forgetful() -> Pipeline {
    let policy = world::shipped_policy();
    let silence = Silence { low_ppm: 0, ..policy.silence };
    pipeline(Policy { silence, dwell: 0, raise_ppm: [1_000_001; 3], ..policy })
}

/// A flood reported at once by a clock that is off.
fn flood(number: usize, off: i64, (severity, dead): (u8, u16)) -> Record {
    let mut dice = Dice::new(number as u64);
    let like = world::records(&mut dice, 60, 1);
    let mut statements = like.into_iter().filter(|record| matches!(record.report.body, Body::Statement(_)));
    let Record { report, .. } = statements.next().expect("a statement");
    let received = START.plus(3 * DAY + number as i64 * MINUTE);
    let Body::Statement(statement) = report.body else { unreachable!("filtered") };
    let category = Category::parse("WA-01").expect("a code of the taxonomy");
    let (kind, occurred_at, supersedes) = (Kind::Disaster, received.plus(off), None);
    let body = Body::Statement(Statement {
        kind,
        category,
        severity,
        dead,
        occurred_at,
        supersedes,
        reliability: 2,
        credibility: 2,
        parties: Parties::default(),
        ..statement
    });
    let code = Code([161_301, 161_302, 350_801, 350_802, 350_803][number % 5]);
    let report = Report {
        id: world::id(number),
        feed: FeedId(40 + number as u32),
        class: FeedClass::Police,
        author: None,
        place: Place { code, village: 0 },
        reported_at: received.plus(off),
        doubtful: None,
        body,
        ..report
    };
    Record { received, report: report.received_live(received) }
}

fn raised(effects: &[Effect]) -> Vec<(Code, Level)> {
    let places = world::places();
    let own = effects.iter().filter_map(|effect| match effect {
        Effect::Condition(condition) if condition.change == ConditionChange::Raised => {
            Some((places.code(condition.unit), condition.level))
        }
        _ => None,
    });
    own.filter(|(code, _)| !code.is_regency()).collect()
}

struct Run {
    pipeline: Pipeline,
    taken: Vec<(Record, bool)>,
    memory: BTreeMap<u32, Vec<u8>>,
}

impl Run {
    fn new() -> Run {
        Run { pipeline: empty(), taken: Vec::new(), memory: BTreeMap::new() }
    }

    fn take(&mut self, record: &Record) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.tick(record.received, &mut effects);
        let input = Input::Report { received: record.received, report: &record.report };
        let applied = self.pipeline.apply(input, &mut effects);
        self.taken.push((record.clone(), applied.beyond_repair_horizon));
        self.keep();
        effects
    }

    fn tick(&mut self, to: Time, effects: &mut Vec<Effect>) {
        while let Some(hour) = self.pipeline.due_tick(to) {
            self.pipeline.apply(Input::Tick(hour), effects);
        }
        self.keep();
    }

    fn keep(&mut self) {
        self.memory.extend(self.pipeline.take_changed().into_iter().map(|(cell, bytes)| (cell.0, bytes)));
    }

    fn restart(&mut self) {
        let (mut recovery, view) = (Recovery::new(empty()), self.pipeline.view());
        let ticked = view.last_tick().map_or(Time::MIN, |hour| hour.start());
        let (before, since): (Vec<_>, Vec<_>) =
            self.taken.iter().partition(|(record, _)| record.received < ticked);
        before.iter().for_each(|(record, beyond)| recovery.report(&record.report, *beyond));
        let mut recovery = recovery.clock(view.clock(), view.last_tick());
        since.iter().for_each(|(record, beyond)| recovery.report(&record.report, *beyond));
        self.memory.iter().for_each(|(cell, bytes)| recovery.memory(CellId(*cell), bytes));
        self.pipeline = recovery.finish();
    }
}

#[test]
fn what_is_grave_raises_at_once_whatever_its_senders_clock_says() {
    for (number, off) in OFF.into_iter().enumerate() {
        for harm in [(5, 3), (4, 0)] {
            let record = flood(number, off, harm);
            assert!(record.report.doubtful.is_some(), "off by {off}");
            let found = raised(&Run::new().take(&record));
            assert_eq!(found, [(record.report.place.code, Level::Siaga)], "off by {off}");
        }
        let slight = Run::new().take(&flood(number, off, (3, 0)));
        assert!(raised(&slight).iter().all(|(_, level)| *level < Level::Siaga), "off by {off}: {slight:?}");
    }
}

/// The level that one report opens, as shipped, and after a day without another; `change` makes it of a flood's.
fn opened(number: usize, off: i64, change: &dyn Fn(&mut Report, &mut Statement)) -> (Level, Level) {
    let Record { received, mut report } = flood(number, off, (1, 0));
    let Body::Statement(mut statement) = report.body.clone() else { unreachable!("a flood") };
    change(&mut report, &mut statement);
    report.body = Body::Statement(statement);
    let mut pipeline = forgetful();
    let mut level = |at: Time, report: Option<&Report>| {
        while let Some(hour) = pipeline.due_tick(at) {
            pipeline.apply(Input::Tick(hour), &mut Vec::new());
        }
        if let Some(report) = report {
            pipeline.apply(Input::Report { received: at, report }, &mut Vec::new());
        }
        let view = pipeline.view();
        let unit = view.places().find(report_place(number)).expect("a district");
        view.condition(CellId::new(unit, statement.kind)).map_or(Level::Low, |active| active.level)
    };
    (level(received, Some(&report)), level(received.plus(DAY), None))
}

fn report_place(number: usize) -> Code {
    flood(number, 0, (1, 0)).report.place.code
}

/// What a right clock opens, any clock does, of every class and kind: by severity, by people hurt, by a death, by a warning.
#[test]
fn what_a_right_clock_opens_by_what_is_grave_any_clock_opens() {
    let classes = [
        FeedClass::Village,
        FeedClass::Community,
        FeedClass::Police,
        FeedClass::Company,
        FeedClass::Agency,
        FeedClass::Sensor,
    ];
    let mut opens = 0;
    for class in classes {
        for kind in Kind::ALL {
            for (severity, injured, dead) in
                [(3, 10, 0), (5, 4, 0), (4, 0, 0), (5, 0, 0), (1, 0, 1), (2, 3, 0)]
            {
                let change = |report: &mut Report, statement: &mut Statement| {
                    report.class = class;
                    let category = if *kind == Kind::Disaster { "WA-02" } else { "X-00" };
                    statement.category = Category::parse(category).expect("a code of the taxonomy");
                    (statement.kind, statement.severity) = (*kind, severity);
                    (statement.injured, statement.dead, statement.displaced) = (injured, dead, 0);
                };
                let right = opened(0, 0, &change);
                opens += usize::from(right.0 > Level::Low);
                // A sensor's hotspots and warnings are grave by their severity, whatever they say of people.
                for off in OFF {
                    let found = opened(0, off, &change);
                    assert_eq!(found, right, "{class} {kind} {severity} {injured} {dead}, off by {off}");
                }
            }
        }
    }
    assert!(opens > 70, "{opens} open anything");
}

/// A correction or retraction of a wrong clock's withdraws nothing until the desk confirms it; one of a right clock at once.
#[test]
fn what_a_wrong_clock_takes_back_stands_until_the_desk_confirms_it() {
    for (off, retracts) in [0].into_iter().chain(OFF).flat_map(|off| [(off, false), (off, true)]) {
        let first = flood(0, 0, (5, 3));
        let Record { received, mut report } = later(1, 10 * MINUTE, off, (1, 0));
        report.feed = first.report.feed;
        if let Body::Statement(statement) = &mut report.body {
            (statement.supersedes, statement.injured, statement.displaced) = (Some(first.report.id), 0, 0);
        }
        if retracts {
            report.body = Body::Retraction { target: first.report.id };
        }
        let mut confirms = report.clone();
        (confirms.id, confirms.class, confirms.doubtful) = (world::id(9), FeedClass::Desk, None);
        (confirms.feed, confirms.reported_at) = (FeedId::of("desk"), received.plus(HOUR));
        confirms.body = Body::Verification {
            act: domain::report::VerificationAct::Confirm,
            reports: vec![report.name().into()],
            areas: domain::place::Areas::everywhere(),
        };
        let (mut pipeline, mut levels) = (pipeline(world::shipped_policy()), Vec::new());
        let second = Record { received, report };
        for record in [&first, &second, &Record { received: received.plus(HOUR), report: confirms }] {
            while let Some(hour) = pipeline.due_tick(record.received) {
                pipeline.apply(Input::Tick(hour), &mut Vec::new());
            }
            pipeline
                .apply(Input::Report { received: record.received, report: &record.report }, &mut Vec::new());
            let view = pipeline.view();
            let unit = view.places().find(first.report.place.code).expect("a district");
            levels
                .push(view.condition(CellId::new(unit, Kind::Disaster)).map_or(Level::Low, |own| own.level));
        }
        let withdrawn = if off == 0 { Level::Low } else { Level::Siaga };
        assert_eq!(levels, [Level::Siaga, withdrawn, Level::Low], "off by {off}, retracts: {retracts}");
    }
}

/// What a wrong clock took back stands, and what a right clock takes back after it is gone: the same report again, or what the wrong
/// clock said instead. What another wrong clock took back beside it stands.
#[test]
fn what_a_right_clock_takes_back_after_a_wrong_one_is_gone() {
    let takes = |feed, target, (retracts, after, off): (bool, i64, i64)| {
        let Record { received, mut report } = later(1, after, off, (1, 0));
        (report.id, report.feed) = (world::id(10_000 + (after / MINUTE) as usize), feed);
        match &mut report.body {
            Body::Statement(own) if !retracts => {
                (own.supersedes, own.injured, own.displaced) = (Some(target), 0, 0);
            }
            body => *body = Body::Retraction { target },
        }
        Record { received, report }
    };
    let cases = OFF.into_iter().flat_map(|off| (0..12).map(move |case| (off, case)));
    for (off, case) in cases {
        let (wrong_retracts, right_retracts, beside) = (case & 1 == 1, case & 2 == 2, case >= 8);
        let of_the_wrong = case & 4 == 4;
        let first = flood(0, 0, (5, 3));
        let feed = first.report.feed;
        let wrong = takes(feed, first.report.id, (wrong_retracts, 10 * MINUTE, off));
        let target = if of_the_wrong { wrong.report.id } else { first.report.id };
        let right = takes(feed, target, (right_retracts, 20 * MINUTE, 0));
        let mut other = flood(2, 0, (5, 3));
        (other.report.place, other.report.feed) = (first.report.place, FeedId(77));
        let others = takes(FeedId(77), other.report.id, (false, 11 * MINUTE, off));
        let mut records = vec![&first, &wrong, &right];
        if beside {
            records = vec![&first, &other, &wrong, &others, &right];
        }
        let (mut pipeline, mut levels) = (pipeline(world::shipped_policy()), Vec::new());
        for Record { received, report } in records {
            pipeline.apply(Input::Report { received: *received, report }, &mut Vec::new());
            let view = pipeline.view();
            let unit = view.places().find(first.report.place.code).expect("a district");
            levels
                .push(view.condition(CellId::new(unit, Kind::Disaster)).map_or(Level::Low, |own| own.level));
        }
        let last = levels.pop();
        assert!(levels.iter().all(|level| *level >= Level::Siaga), "off by {off}, {case}: {levels:?}");
        let held = if beside { last >= Some(Level::Siaga) } else { last == Some(Level::Low) };
        assert!(held, "off by {off}, case {case}: {last:?}");
    }
}

/// Two reports of one incident, the second by somebody else; the level after each of them, and whether it stands a day later.
fn one_after_another(first: &Record, second: &Record) -> (Level, Level, Level) {
    let mut pipeline = forgetful();
    let mut level = |at: Time, record: Option<&Record>| {
        while let Some(hour) = pipeline.due_tick(at) {
            pipeline.apply(Input::Tick(hour), &mut Vec::new());
        }
        if let Some(Record { received, report }) = record {
            pipeline.apply(Input::Report { received: *received, report }, &mut Vec::new());
        }
        let view = pipeline.view();
        let unit = view.places().find(first.report.place.code).expect("a district");
        view.condition(CellId::new(unit, Kind::Disaster)).map_or(Level::Low, |active| active.level)
    };
    let levels = (level(first.received, Some(first)), level(second.received, Some(second)));
    (levels.0, levels.1, level(second.received.plus(36 * HOUR), None))
}

/// A flood of the place of the first, received so much later by a clock that is off.
fn later(number: usize, after: i64, off: i64, harm: (u8, u16)) -> Record {
    let Record { received, mut report } = flood(number, off, harm);
    let received = received.plus(after);
    report.reported_at = received.plus(off);
    if let Body::Statement(statement) = &mut report.body {
        statement.occurred_at = received.plus(off);
    }
    report.place.code = Code(161_301);
    Record { received, report: report.received_live(received) }
}

#[test]
fn a_clock_that_stands_still_hides_no_later_death() {
    let first = flood(0, -16_000 * DAY, (4, 0));
    // The phone begins at the same wrong date each time it is switched on.
    let second = later(1, 5 * DAY, -16_005 * DAY + 2 * HOUR, (4, 1));
    assert_eq!(one_after_another(&first, &second), (Level::Siaga, Level::Siaga, Level::Siaga));
}

#[test]
fn a_clock_that_can_be_believed_takes_no_level_from_one_that_cannot() {
    let first = flood(0, -30 * DAY - HOUR, (4, 1));
    let second = later(1, 26 * HOUR, -29 * DAY - 23 * HOUR, (4, 0));
    let (before, after, _) = one_after_another(&first, &second);
    assert_eq!((before, after), (Level::Siaga, Level::Siaga));
}

#[test]
fn no_live_report_calls_itself_an_archive() {
    let Record { received, report } = flood(0, -366 * DAY, (5, 3));
    let report = Report { reconstructed: true, doubtful: None, ..report }.received_live(received);
    assert_eq!(report.doubtful, Some(received));
}

#[test]
fn in_any_order_and_through_restarts_each_is_raised_once_and_falls_after_its_window() {
    for seed in 0..60 {
        let mut dice = Dice::new(seed);
        let floods: Vec<Record> = (0..5).map(|number| flood(number, OFF[number], (5, 3))).collect();
        let order = world::shuffled(&mut dice, &floods);
        let mut run = Run::new();
        let mut found = Vec::new();
        for record in &order {
            let received = START.plus(4 * DAY);
            let report = Report { doubtful: Some(received), ..record.report.clone() };
            found.extend(raised(&run.take(&Record { received, report })));
            if dice.one_in(2) {
                run.restart();
            }
        }
        let mut later = Vec::new();
        for hour in 0..24 {
            run.tick(START.plus(4 * DAY + hour * HOUR), &mut later);
            if dice.one_in(6) {
                run.restart();
            }
        }
        assert!(raised(&later).is_empty(), "history {seed}: raised again {:?}", raised(&later));
        found.sort_unstable();
        let mut all: Vec<_> = floods.iter().map(|record| (record.report.place.code, Level::Siaga)).collect();
        all.sort_unstable();
        assert_eq!(found, all, "history {seed}");
        run.tick(START.plus(20 * DAY), &mut later);
        let ended = |change| matches!(change, ConditionChange::Stale | ConditionChange::Cleared);
        let own = later.iter().filter(|effect| matches!(effect, Effect::Condition(own) if ended(own.change)));
        assert!(own.count() >= all.len(), "history {seed}: none stands for ever on a wrong clock");
    }
}

#[test]
fn the_state_is_that_of_the_stamps_whatever_was_doubted() {
    for seed in 0..40 {
        let mut dice = Dice::new(seed);
        let records = world::records(&mut dice, 60, 6);
        let (mut believed, mut doubted) = (world::pipeline(), world::pipeline());
        for record in &records {
            let (mut one, mut other) = (Vec::new(), Vec::new());
            let report = Report { doubtful: None, ..record.report.clone() };
            believed.apply(Input::Report { received: record.received, report: &report }, &mut one);
            let report = Report { doubtful: Some(record.received), ..record.report.clone() };
            doubted.apply(Input::Report { received: record.received, report: &report }, &mut other);
        }
        let at = START.plus(8 * DAY);
        assert!(
            believed.view().state_digest(at) == doubted.view().state_digest(at),
            "history {seed}: a doubt changes the state"
        );
    }
}
