//! A pipeline put back from its reports, its memory and its clock goes on as if it had never stopped.

use super::world::{self, Record};
use domain::condition::NOT_LOST;
use domain::effect::{ConditionChange, ConditionReason, Effect};
use domain::evidence::CellId;
use domain::kind::{Category, FeedClass, Horizon, Kind, Level, Parties};
use domain::pipeline::{Input, Pipeline, Recovery};
use domain::place::{Code, Place};
use domain::policy::Policy;
use domain::report::{Body, FeedId};
use domain::time::{DAY, MINUTE, Time};
use kentongan_tests::bench::workload::Dice;
use std::collections::BTreeMap;

fn feed(pipeline: &mut Pipeline, record: &Record) -> Vec<Effect> {
    let mut effects = Vec::new();
    while let Some(hour) = pipeline.due_tick(record.received) {
        pipeline.apply(Input::Tick(hour), &mut effects);
    }
    let input = Input::Report { received: record.received, report: &record.report };
    pipeline.apply(input, &mut effects);
    effects
}

/// Without the model's part among the reasons of a condition: it is kept as of the last review, and a restart reviews what is
/// kept by the dwell.
pub fn without_model(mut effects: Vec<Effect>) -> Vec<Effect> {
    for effect in &mut effects {
        if let Effect::Condition(condition) = effect {
            condition.reasons.retain(|reason| !matches!(reason, ConditionReason::Model { .. }));
        }
    }
    effects
}

/// As the binary does at start: reports before the last tick, the clock, the reports since, what was emitted.
fn put_back(old: &Pipeline, records: &[Record], memory: &BTreeMap<u32, Vec<u8>>) -> Pipeline {
    put_back_into(world::pipeline(), old, records, memory)
}

fn put_back_into(
    empty: Pipeline,
    old: &Pipeline,
    records: &[Record],
    memory: &BTreeMap<u32, Vec<u8>>,
) -> Pipeline {
    let mut recovery = Recovery::new(empty);
    let tick = old.view().last_tick();
    let split = tick.map_or(Time::MIN, |hour| hour.start());
    let (before, since): (Vec<&Record>, Vec<&Record>) =
        records.iter().partition(|record| record.received < split);
    before.iter().for_each(|record| recovery.report(&record.report, false));
    let mut recovery = recovery.clock(old.view().clock(), tick);
    since.iter().for_each(|record| recovery.report(&record.report, false));
    for (cell, bytes) in memory {
        recovery.memory(CellId(*cell), bytes);
    }
    recovery.finish()
}

#[test]
fn a_restart_says_nothing_twice_and_forgets_nothing() {
    for seed in world::seeds(400) {
        let mut dice = Dice::new(seed);
        let size = 10 + dice.below(60);
        let records = world::records(&mut dice, size, 8);
        let records = if seed % 2 == 0 { world::judged(&mut dice, records) } else { records };
        let mut straight = world::pipeline();
        let mut stopped = world::pipeline();
        let mut memory = BTreeMap::new();
        for (number, record) in records.iter().enumerate() {
            let (one, other) = (feed(&mut straight, record), feed(&mut stopped, record));
            let (one, other) = (without_model(one), without_model(other));
            let differs = one.iter().zip(&other).find(|(one, other)| one != other);
            assert!(
                one == other,
                "history {seed}, record {number}: {} and {} effects, {differs:?}",
                one.len(),
                other.len()
            );
            memory.extend(stopped.take_changed().into_iter().map(|(cell, bytes)| (cell.0, bytes)));
            if dice.one_in(8) {
                stopped = put_back(&stopped, &records[..=number], &memory);
            }
        }
        let at = straight.view().clock().plus(DAY);
        assert!(straight.view().state_digest(at) == stopped.view().state_digest(at), "history {seed}");
    }
}

#[test]
fn another_models_word_is_said_at_once_and_changes_no_state() {
    for seed in world::seeds(60) {
        let mut dice = Dice::new(seed);
        let size = 10 + dice.below(60);
        let records = world::records(&mut dice, size, 8);
        let (mut straight, mut changed) = (world::pipeline(), world::pipeline());
        let half = records.len() / 2;
        for record in &records[..half] {
            assert_eq!(feed(&mut straight, record), feed(&mut changed, record), "history {seed}");
        }
        let cells = changed.view().cells();
        let risks = cells.flat_map(|cell| Horizon::ALL.iter().map(move |horizon| (cell, *horizon)));
        let stale: Vec<(CellId, Horizon)> = risks.filter(|_| dice.one_in(3)).collect();
        let (before, mut effects) = (changed.view().clock(), Vec::new());
        changed.restate(&stale, &mut effects);
        let restated = effects.iter().filter_map(|effect| match effect {
            Effect::Assessment(assessment) => {
                Some((CellId::new(assessment.unit, assessment.kind), assessment.horizon, assessment.at))
            }
            _ => None,
        });
        let restated: Vec<_> = restated.collect();
        assert!(restated.iter().all(|(.., at)| *at > before && at.hour() == before.hour()), "history {seed}");
        // The other horizon of such a cell may have its own news; no other cell speaks.
        let count =
            |pair: &(CellId, Horizon)| restated.iter().filter(|(cell, h, _)| (*cell, *h) == *pair).count();
        assert!(stale.iter().all(|pair| count(pair) == 1), "history {seed}: what is stale is emitted once");
        assert!(restated.iter().all(|(cell, ..)| stale.iter().any(|(own, _)| own == cell)), "history {seed}");
        for record in &records[half..] {
            feed(&mut straight, record);
            feed(&mut changed, record);
        }
        let at = straight.view().clock().plus(DAY);
        assert!(straight.view().state_digest(at) == changed.view().state_digest(at), "history {seed}");
    }
}

/// Two blockades that are siaga together, the second of them stamped 25 minutes ahead, and a word from elsewhere after
/// its time has come.
fn ahead() -> Vec<Record> {
    let mut dice = Dice::new(3);
    let like = world::records(&mut dice, 80, 1);
    let mut statements = like.into_iter().filter(|record| matches!(record.report.body, Body::Statement(_)));
    let mut blockade = |number: usize, code: u32, (occurred, received): (i64, i64)| {
        let Record { mut report, .. } = statements.next().expect("statements enough");
        let at = |minutes: i64| world::START.plus(DAY + minutes * MINUTE);
        report.id = world::id(number);
        report.place = Place { code: Code(code), village: 0 };
        (report.class, report.feed) = (FeedClass::Police, FeedId(9));
        (report.author, report.doubtful) = (None, None);
        report.reported_at = at(received);
        if let Body::Statement(statement) = &mut report.body {
            let category = Category::parse("WP-05").expect("a code of the taxonomy");
            (statement.kind, statement.category) = (Kind::ResidentCompany, category);
            (statement.severity, statement.occurred_at, statement.supersedes) = (3, at(occurred), None);
            (statement.dead, statement.injured) = (0, 0);
            (statement.reliability, statement.credibility) = (2, 2);
            statement.parties = Parties::default();
        }
        Record { received: at(received), report }
    };
    vec![blockade(1, 161_301, (-14 * 60, 1)), blockade(2, 161_301, (30, 5)), blockade(3, 350_802, (40, 40))]
}

/// A pipeline in which rules alone raise.
fn ruled() -> Pipeline {
    let (raise_ppm, clear_ppm) = ([u32::MAX; 3], [u32::MAX; 3]);
    let (transferred_raise, transferred_clear) = (u32::MAX, u32::MAX);
    world::pipeline_of(Policy {
        raise_ppm,
        clear_ppm,
        transferred_raise,
        transferred_clear,
        ..world::policy()
    })
}

fn siaga_is_raised(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| match effect {
        Effect::Condition(own) => own.level == Level::Siaga && own.change == ConditionChange::Raised,
        _ => false,
    })
}

#[test]
fn what_came_true_before_a_restart_is_raised_after_it() {
    let records = ahead();
    let (mut straight, mut before, mut memory) = (ruled(), Vec::new(), BTreeMap::new());
    for record in &records {
        before.extend(feed(&mut straight, record));
    }
    memory.extend(straight.take_changed().into_iter().map(|(cell, bytes)| (cell.0, bytes)));
    assert!(!siaga_is_raised(&before), "its hour has not come: {before:?}");
    let next = straight.view().last_tick().expect("a tick was").next();
    // With the next hour at the latest, as without the stop …
    let mut stopped = put_back_into(ruled(), &straight, &records, &memory);
    let (mut one, mut other) = (Vec::new(), Vec::new());
    straight.apply(Input::Tick(next), &mut one);
    stopped.apply(Input::Tick(next), &mut other);
    let differs = one.iter().zip(&other).find(|(one, other)| one != other);
    assert!(siaga_is_raised(&one) && one == other, "{differs:?}");
    // … and at once where the service starts, once.
    let mut stopped = put_back_into(ruled(), &stopped_before(&records), &records, &memory);
    let mut found = Vec::new();
    stopped.raise_what_is_found(&mut found);
    assert!(siaga_is_raised(&found), "{found:?}");
    let mut again = Vec::new();
    stopped.raise_what_is_found(&mut again);
    stopped.apply(Input::Tick(next), &mut again);
    let raised: Vec<&Effect> = again.iter().filter(|effect| matches!(effect, Effect::Condition(_))).collect();
    assert!(!siaga_is_raised(&again), "{raised:?}");
}

fn stopped_before(records: &[Record]) -> Pipeline {
    let mut pipeline = ruled();
    records.iter().for_each(|record| drop(feed(&mut pipeline, record)));
    pipeline
}

#[test]
fn a_stricter_policy_is_applied_to_what_stands_at_the_start() {
    let mut raised = 0;
    for seed in world::seeds(60) {
        let mut dice = Dice::new(seed);
        let records = world::records(&mut dice, 40, 6);
        let mut strict = (**ruled().view().policy()).clone();
        strict.rules.truncate(1);
        (strict.rules[0].min_severity, strict.rules[0].count) = (1, 1);
        let lenient = Policy { rules: Vec::new(), ..strict.clone() };
        let (mut old, mut always) = (world::pipeline_of(lenient), world::pipeline_of(strict.clone()));
        let mut memory = BTreeMap::new();
        for record in &records {
            feed(&mut old, record);
            feed(&mut always, record);
            memory.extend(old.take_changed().into_iter().map(|(cell, bytes)| (cell.0, bytes)));
        }
        let mut started = put_back_into(world::pipeline_of(strict), &old, &records, &memory);
        let mut found = Vec::new();
        started.raise_what_is_found(&mut found);
        raised += found.len();
        // What lapsed since the last tick is reviewed with the next one.
        let next = always.view().last_tick().expect("a tick was").next();
        always.apply(Input::Tick(next), &mut found);
        started.apply(Input::Tick(next), &mut found);
        // Where the rules had always been these, the levels of districts that have a reason now stand here too.
        let places = always.view().places();
        for cell in always.view().cells().filter(|cell| !places.code(cell.unit()).is_regency()) {
            let held = always
                .view()
                .condition(cell)
                .map_or(0, |own| own.reason_lost_at.iter().take_while(|lost| **lost == NOT_LOST).count());
            let level = started.view().condition(cell).map_or(Level::Low, |own| own.level);
            assert!(level.index() >= Level::Low.index() + held, "history {seed}, {cell:?}: {level}");
        }
    }
    assert!(raised > 20, "a stricter policy finds something: {raised}");
}
