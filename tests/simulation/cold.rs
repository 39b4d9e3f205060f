//! A pipeline of which what is cold leaves memory says and is what one says and is of which nothing ever leaves.

use super::model;
use super::order;
use super::world::{self, Record};
use domain::effect::Effect;
use domain::kind::Outcome;
use domain::pipeline::{Input, Loaded, LoadedReport, Pipeline};
use domain::place::Code;
use domain::policy::Policy;
use domain::report::{Report, ReportName};
use domain::time::{DAY, HOUR, Time};
use kentongan_tests::bench::workload::Dice;
use std::collections::BTreeMap;

/// The reports that count, as a store keeps them, with whether they came beyond their repair horizon.
type Kept = BTreeMap<(Code, ReportName), LoadedReport>;

/// A pipeline that forgets, with the store it reads again from.
struct Lean {
    pipeline: Pipeline,
    kept: Kept,
    left: u64,
    loaded: u32,
}

impl Lean {
    fn load(&mut self, regency: Code) {
        let kept = self.kept.iter().filter(|((own, _), _)| *own == regency);
        let reports = kept.map(|(_, report)| report.clone()).collect();
        self.pipeline.load(&Loaded { regency, reports });
        self.loaded += 1;
    }

    fn take(&mut self, record: &Record) -> Vec<Effect> {
        let mut effects = Vec::new();
        while let Some(hour) = self.pipeline.due_tick(record.received) {
            self.pipeline.apply(Input::Tick(hour), &mut effects);
        }
        if let Some(regency) = self.pipeline.needs(&record.report).regency {
            self.load(regency);
            assert!(self.pipeline.needs(&record.report).is_empty(), "what was loaded is there");
        }
        let input = Input::Report { received: record.received, report: &record.report };
        let applied = self.pipeline.apply(input, &mut effects);
        if applied.outcome != Some(Outcome::Duplicate) {
            let (report, beyond_repair_horizon) = (record.report.clone(), applied.beyond_repair_horizon);
            let key = (report.place.code.regency(), report.name());
            self.kept.insert(key, LoadedReport { report, beyond_repair_horizon });
        }
        effects
    }

    fn load_all(&mut self) {
        for regency in self.pipeline.cold_regencies() {
            self.load(regency);
        }
    }
}

/// Records of some weeks, some of which come weeks late.
fn records(dice: &mut Dice, seed: u64) -> Vec<Record> {
    let size = 40 + dice.below(120);
    let records = world::records(dice, size, 30);
    let mut records = if seed.is_multiple_of(3) { world::judged(dice, records) } else { records };
    for record in &mut records {
        if dice.one_in(6) {
            record.received = record.received.plus(dice.below(20 * 24) as i64 * HOUR);
        }
    }
    records.sort_by_key(|record| record.received);
    records
}

/// With signs that pile up, or without: signs stay for a hundred days.
fn policy(seed: u64) -> Policy {
    let policy = world::policy();
    let pile_up = policy.pile_up.filter(|_| seed.is_multiple_of(2));
    Policy { pile_up, ..policy }
}

#[test]
fn what_leaves_memory_changes_no_effect_and_no_state() {
    let (mut left, mut loaded, mut most) = (0, 0, 0);
    for seed in world::seeds(120) {
        let mut dice = Dice::new(seed);
        let records = records(&mut dice, seed);
        let mut whole = world::pipeline_of(policy(seed));
        let pipeline = world::pipeline_of(policy(seed));
        let mut lean = Lean { pipeline, kept: Kept::new(), left: 0, loaded: 0 };
        for (number, record) in records.iter().enumerate() {
            let mut one = Vec::new();
            while let Some(hour) = whole.due_tick(record.received) {
                whole.apply(Input::Tick(hour), &mut one);
            }
            let input = Input::Report { received: record.received, report: &record.report };
            whole.apply(input, &mut one);
            let other = lean.take(record);
            let differs = one.iter().zip(&other).find(|(one, other)| one != other);
            assert!(
                one == other,
                "history {seed}, record {number}: {} and {} effects, {differs:?}",
                one.len(),
                other.len()
            );
            if dice.one_in(4) {
                let span = [0, 6 * HOUR, DAY, 3 * DAY][dice.below(4)];
                let gone = lean.pipeline.forget_cold(span);
                lean.left += gone;
                most = most.max(gone);
            }
        }
        let outcomes = [&whole, &lean.pipeline].map(|pipeline| pipeline.view().outcomes());
        assert_eq!(outcomes[0], outcomes[1], "history {seed}: how records ended");
        lean.load_all();
        let at = whole.view().clock().plus(DAY);
        let digests = [&whole, &lean.pipeline].map(|pipeline| pipeline.view().state_digest(at));
        assert!(digests[0] == digests[1], "history {seed}: the state");
        let reports: Vec<Report> = records.iter().map(|record| record.report.clone()).collect();
        let seen = order::seen(&lean.pipeline);
        if seed.is_multiple_of(2) {
            assert_eq!(
                seen,
                model::state(lean.pipeline.view().places(), &reports),
                "history {seed}: the plain model"
            );
        }
        (left, loaded) = (left + lean.left, loaded + lean.loaded);
    }
    println!("{left} reports left, {most} at once; {loaded} times a regency came back");
    assert!(left > 2_000 && loaded > 200 && most > 10, "{left} left, {most} at once, {loaded} came back");
}

/// Statements of slight disasters, one a day and place: what a quiet country is made of.
fn quiet(days: i64) -> Vec<Record> {
    let mut dice = Dice::new(5);
    let like = world::records(&mut dice, 80, 1);
    let like = like.into_iter().find(|record| record.report.class == domain::kind::FeedClass::Village);
    let like = like.expect("a village's report");
    let category = domain::kind::Category::parse("X-00").expect("a code of the taxonomy");
    let record = |day: i64| {
        let mut record = like.clone();
        let at = world::START.plus(day * DAY);
        record.received = at;
        let report = &mut record.report;
        (report.id, report.hash) = (world::id(day as usize), world::whole_hash(day as u128));
        (report.reported_at, report.doubtful, report.author) = (at, None, None);
        report.body = domain::report::Body::Statement(world::plain_statement(category, at));
        record
    };
    (0..days).map(record).collect()
}

#[test]
fn memory_does_not_grow_with_the_history() {
    let pipeline = world::pipeline();
    let mut lean = Lean { pipeline, kept: Kept::new(), left: 0, loaded: 0 };
    let mut most = 0;
    for record in quiet(300) {
        lean.take(&record);
        lean.pipeline.forget_cold(3 * DAY);
        most = most.max(lean.pipeline.view().reports().count());
    }
    assert!(most <= 5, "{most} reports in memory at once");
    assert_eq!(lean.loaded, 0, "nothing that comes in time needs what left");
    let total: u32 = {
        let view = lean.pipeline.view();
        view.cells().map(|cell| view.history(cell).iter().map(|bucket| bucket.count).sum::<u32>()).sum()
    };
    assert_eq!(total, 300 * 2, "of a district and of its regency all is counted");
}

#[test]
fn an_id_that_left_is_recognised() {
    let pipeline = world::pipeline();
    let mut lean = Lean { pipeline, kept: Kept::new(), left: 0, loaded: 0 };
    let records = quiet(30);
    for record in &records {
        lean.take(record);
    }
    lean.pipeline.forget_cold(3 * DAY);
    let again = Record { received: Time(records[29].received.0 + HOUR), ..records[3].clone() };
    lean.take(&again);
    let outcomes = lean.pipeline.view().outcomes();
    assert_eq!(outcomes[Outcome::Duplicate.index()], 1, "it was there, though not in memory");
    assert_eq!(lean.loaded, 1);
}
