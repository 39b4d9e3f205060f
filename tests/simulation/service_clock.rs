//! The service's own clock is set back: time goes on from there, for the worker and for a replay of its log alike.

use super::world::{self, Record, START};
use domain::condition::NOT_LOST;
use domain::effect::{ConditionChange, Effect};
use domain::evidence::CellId;
use domain::kind::{Category, FeedClass, Kind, Level};
use domain::pipeline::{Input, Pipeline};
use domain::place::{Code, Place};
use domain::policy::{Policy, Rule};
use domain::report::{Body, FeedId, Report, Statement};
use domain::service_clock::{ClockStep, SET_BACK};
use domain::time::{DAY, HOUR, MINUTE, Time};
use kentongan_tests::bench::workload::Dice;

/// What stands in the log.
#[derive(Clone)]
enum Logged {
    Record(Box<Record>),
    Step(ClockStep),
}

fn tick_until(pipeline: &mut Pipeline, at: Time, effects: &mut Vec<Effect>) {
    while let Some(hour) = pipeline.due_tick(at) {
        pipeline.apply(Input::Tick(hour), effects);
    }
}

/// As the driver and a replay do.
fn take(pipeline: &mut Pipeline, logged: &Logged) -> Vec<Effect> {
    let mut effects = Vec::new();
    match logged {
        Logged::Record(record) => {
            let Record { received, report } = &**record;
            tick_until(pipeline, pipeline.effective(*received), &mut effects);
            pipeline.apply(Input::Report { received: *received, report }, &mut effects);
        }
        Logged::Step(step) => {
            tick_until(pipeline, step.from, &mut effects);
            pipeline.apply(Input::ClockStep(step.to), &mut effects);
        }
    }
    effects
}

/// The intake over a clock that jumps, and the log it writes.
struct Intake {
    right: Time,
    off: i64,
    last: Time,
    log: Vec<Logged>,
}

impl Intake {
    fn clock(&self) -> Time {
        self.right.plus(self.off)
    }

    /// Looks at the clock, as before each record and every second.
    fn look(&mut self) {
        let now = self.clock();
        match ClockStep::between(self.last, now) {
            Some(step) => {
                self.log.push(Logged::Step(step));
                self.last = now;
            }
            None => self.last = self.last.max(now),
        }
    }

    /// Time passes, and the clock may jump: ahead, back to right, or behind it; twice in a minute too.
    fn pass(&mut self, dice: &mut Dice) {
        let minutes = if dice.one_in(4) { 1 } else { 1 + dice.below(400) as i64 };
        self.right = self.right.plus(minutes * MINUTE);
        if dice.one_in(4) {
            let ahead = [0, 0, 0, 4 * MINUTE, 7 * MINUTE, 3 * HOUR, 3 * DAY, -2 * HOUR];
            self.off = ahead[dice.below(ahead.len())];
        }
    }
}

#[test]
fn a_replay_of_the_log_ends_where_the_worker_stood_whatever_the_clock_did() {
    let mut steps = 0;
    for seed in world::seeds(120) {
        let mut dice = Dice::new(seed);
        let size = 10 + dice.below(50);
        let mut intake = Intake { right: START, off: 0, last: Time::MIN, log: Vec::new() };
        let mut worker = world::pipeline();
        let (mut read, mut effects) = (0, Vec::new());
        for record in world::records(&mut dice, size, 6) {
            intake.pass(&mut dice);
            intake.look();
            let received = intake.clock();
            let report = record.report.received_live(received);
            intake.log.push(Logged::Record(Box::new(Record { received, report })));
            if dice.one_in(3) {
                continue; // the worker is behind
            }
            for logged in &intake.log[read..] {
                effects.extend(take(&mut worker, logged));
            }
            read = intake.log.len();
            if dice.one_in(2) {
                intake.right = intake.right.plus(dice.below(300) as i64 * MINUTE);
                intake.look();
                for logged in &intake.log[read..] {
                    effects.extend(take(&mut worker, logged));
                }
                read = intake.log.len();
                tick_until(&mut worker, intake.clock(), &mut effects);
            }
        }
        intake.off = 0;
        intake.right = intake.right.plus(HOUR);
        intake.look();
        for logged in &intake.log[read..] {
            effects.extend(take(&mut worker, logged));
        }
        let mut replayed = Vec::new();
        let mut replay = world::pipeline();
        for logged in &intake.log {
            replayed.extend(take(&mut replay, logged));
            steps += usize::from(matches!(logged, Logged::Step(_)));
        }
        let now = intake.clock();
        tick_until(&mut worker, now, &mut effects);
        tick_until(&mut replay, now, &mut replayed);
        assert!(effects == replayed, "history {seed}: the same effects, in the same order");
        let (worker, replay) = (worker.view(), replay.view());
        assert_eq!(worker.clock(), replay.clock(), "history {seed}");
        assert!(worker.clock().since(now) <= SET_BACK, "history {seed}: no clock stays ahead");
        assert_eq!(worker.last_tick(), replay.last_tick(), "history {seed}");
        assert_eq!(worker.state_digest(now), replay.state_digest(now), "history {seed}");
        for cell in worker.cells() {
            assert_eq!(worker.memory(cell), replay.memory(cell), "history {seed}");
            let Some(active) = worker.condition(cell) else { continue };
            let lost = active.reason_lost_at.into_iter().filter(|lost| *lost != NOT_LOST);
            let latest = lost.chain([active.since, active.reached]).max().expect("times");
            assert!(latest <= worker.clock(), "history {seed}: nothing that stands is of the time to come");
        }
    }
    assert!(steps > 100, "{steps} steps only");
}

fn floods() -> Pipeline {
    let rule = Rule {
        id: "flood".to_owned(),
        kind: Kind::Disaster,
        level: Level::Siaga,
        categories: vec![Category::parse("WA-01").expect("a code of the taxonomy")],
        min_severity: 3,
        min_stage: None,
        count: 1,
        window: 2 * DAY,
        by_pair: false,
        min_harmed: 0,
    };
    // The model, to which a first flood is unusual, opens nothing beside the rule.
    world::pipeline_of(Policy { rules: vec![rule], transferred_raise: u32::MAX, ..world::policy() })
}

/// A flood that its sender reports at once, by a clock that is right.
fn flood(number: usize, at: Time, received: Time) -> Logged {
    let category = Category::parse("WA-01").expect("a code of the taxonomy");
    let statement = Statement { severity: 4, ..world::plain_statement(category, at) };
    let report = Report {
        id: world::id(number),
        hash: world::whole_hash(number as u128),
        feed: FeedId(40),
        class: FeedClass::Police,
        author: None,
        place: Place { code: Code(161_301), village: 0 },
        reported_at: at,
        reconstructed: false,
        doubtful: None,
        body: Body::Statement(statement),
    };
    Logged::Record(Box::new(Record { received, report: report.received_live(received) }))
}

fn raised(effects: &[Effect]) -> Vec<(Time, Level)> {
    let raised = effects.iter().filter_map(|effect| match effect {
        Effect::Condition(condition) if condition.change == ConditionChange::Raised => {
            Some((condition.at, condition.level))
        }
        _ => None,
    });
    raised.collect()
}

#[test]
fn a_rule_that_would_have_spoken_with_the_right_clock_speaks_after_the_step() {
    for back in [1, 17, 72].map(|hours| 2 * DAY + hours * HOUR) {
        let mut pipeline = floods();
        let ahead = START.plus(back);
        assert!(raised(&take(&mut pipeline, &flood(0, START, ahead))).is_empty(), "older than the window");
        let to = START.plus(10 * MINUTE);
        let found = raised(&take(&mut pipeline, &Logged::Step(ClockStep { from: ahead, to })));
        assert_eq!(found, [(to, Level::Siaga)], "set back by {back}");
        // The next one raises at once, and the hours go on one by one.
        let received = to.plus(HOUR);
        let mut effects = take(&mut pipeline, &flood(1, received, received));
        assert_eq!(pipeline.view().clock(), received);
        assert_eq!(pipeline.view().last_tick(), Some(received.hour()));
        tick_until(&mut pipeline, to.plus(3 * DAY), &mut effects);
        let level = |effect: &Effect| match effect {
            Effect::Condition(condition) => Some(condition.change),
            _ => None,
        };
        let changes: Vec<ConditionChange> = effects.iter().filter_map(level).collect();
        assert!(!changes.contains(&ConditionChange::Raised), "raised once: {changes:?}");
    }
}

#[test]
fn two_steps_in_a_minute_end_at_the_second_and_one_that_is_none_changes_nothing() {
    let mut pipeline = floods();
    let ahead = START.plus(3 * DAY);
    take(&mut pipeline, &flood(0, START, ahead));
    let to = START.plus(10 * MINUTE);
    take(&mut pipeline, &Logged::Step(ClockStep { from: ahead, to }));
    // A record that was stamped before the step comes after it, and the clock is set back once more.
    take(&mut pipeline, &flood(1, START, ahead.plus(MINUTE)));
    let again = to.plus(MINUTE / 2);
    let second = Logged::Step(ClockStep { from: ahead.plus(MINUTE), to: again });
    take(&mut pipeline, &second);
    assert_eq!((pipeline.view().clock(), pipeline.view().last_tick()), (again, Some(again.hour())));
    let unit = pipeline.view().places().find(Code(161_301)).expect("a district");
    let level = pipeline.view().condition(CellId::new(unit, Kind::Disaster)).map(|active| active.level);
    assert_eq!(level, Some(Level::Siaga));
    let none = Logged::Step(ClockStep { from: again, to: again });
    assert!(take(&mut pipeline, &none).is_empty());
    assert_eq!(pipeline.view().clock(), again);
}
