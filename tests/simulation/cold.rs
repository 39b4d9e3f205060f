//! A pipeline of which what is cold leaves memory says and is what one says and is of which nothing ever leaves.

use super::model;
use super::order;
use super::share::REGENCIES;
use super::taking_back;
use super::world::{self, Record};
use domain::effect::Effect;
use domain::evidence::CellId;
use domain::kind::{Category, Confidence, FeedClass, Handling, Kind, Outcome};
use domain::pipeline::{Input, Loaded, LoadedReport, Pipeline};
use domain::place::{Areas, Code, Place};
use domain::policy::Policy;
use domain::report::{Body, NamedReport, Remark, RemarkKind, Report, ReportName, VerificationAct};
use domain::time::{DAY, HOUR};
use kentongan_tests::bench::workload::Dice;
use std::collections::BTreeMap;

/// What is over in a day and ended before now leaves: by as much more than now what comes may lie near it ([`world::fusion`]).
const AT_ONCE: i64 = -DAY;

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
pub fn records(dice: &mut Dice, seed: u64) -> Vec<Record> {
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
pub fn policy(seed: u64) -> Policy {
    let policy = world::policy();
    let pile_up = policy.pile_up.filter(|_| seed.is_multiple_of(2));
    Policy { pile_up, ..policy }
}

/// Both pipelines take the records; after each the one forgets as `forgets` says, which returns how many reports left. Every record and
/// tick must have the same effects, and both end in one state. Returns the one that forgot.
fn compare(
    name: &str,
    records: &[Record],
    policy: &Policy,
    mut forgets: impl FnMut(&mut Pipeline) -> u64,
) -> Lean {
    let mut whole = world::pipeline_of(policy.clone());
    let pipeline = world::pipeline_of(policy.clone());
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
        let (count, others) = (one.len(), other.len());
        assert!(one == other, "{name}, record {number}: {count} and {others} effects, {differs:?}");
        lean.left += forgets(&mut lean.pipeline);
    }
    let outcomes = [&whole, &lean.pipeline].map(|pipeline| pipeline.view().outcomes());
    assert_eq!(outcomes[0], outcomes[1], "{name}: how records ended");
    let loaded = lean.loaded;
    lean.load_all();
    lean.loaded = loaded;
    let at = whole.view().clock().plus(DAY);
    let digests = [&whole, &lean.pipeline].map(|pipeline| pipeline.view().state_digest(at));
    assert!(digests[0] == digests[1], "{name}: the state");
    lean
}

#[test]
fn what_leaves_memory_changes_no_effect_and_no_state() {
    let (mut left, mut loaded) = (0, 0);
    for seed in world::seeds(120) {
        let mut dice = Dice::new(seed);
        let records = records(&mut dice, seed);
        // All at once, or one regency before the others: what comes finds a pass half done.
        let forgets = |pipeline: &mut Pipeline| {
            let span = [-60 * HOUR, -DAY, 0, 2 * DAY][dice.below(4)];
            match dice.below(6) {
                0 => pipeline.forget_cold(span),
                1 => pipeline.forget_cold_of(REGENCIES[dice.below(2)], span),
                _ => 0,
            }
        };
        let lean = compare(&format!("history {seed}"), &records, &policy(seed), forgets);
        if seed.is_multiple_of(2) {
            let reports: Vec<Report> = records.iter().map(|record| record.report.clone()).collect();
            let plain = model::state(lean.pipeline.view().places(), &reports);
            assert_eq!(order::seen(&lean.pipeline), plain, "history {seed}: the plain model");
        }
        (left, loaded) = (left + lean.left, loaded + lean.loaded);
    }
    assert!(left > 2_000 && loaded > 200, "{left} reports left, {loaded} times a regency came back");
}

/// Reports of one village's feed and district like one another, so many hours after the start.
fn reports<const N: usize>(hours: [i64; N], what: &str) -> [Record; N] {
    let like = world::records(&mut Dice::new(5), 80, 1);
    let like = like.into_iter().find(|record| record.report.class == FeedClass::Village);
    let like = like.expect("a village's report");
    let category = Category::parse(what).expect("a code of the taxonomy");
    let mut number = 0;
    hours.map(|hours| {
        let mut record = like.clone();
        number += 1;
        let at = world::START.plus(hours * HOUR);
        record.received = at;
        let report = &mut record.report;
        report.place = Place { code: Code(161_301), village: 0 };
        (report.id, report.hash) = (world::id(number), world::whole_hash(number as u128));
        (report.reported_at, report.doubtful, report.author) = (at, None, None);
        report.body = Body::Statement(world::plain_statement(category, at));
        record
    })
}

/// The same report with something else to say.
fn saying(mut record: Record, body: Body) -> Record {
    record.report.body = body;
    record
}

fn always(name: &str, records: &[Record]) -> Lean {
    compare(name, records, &world::policy(), |pipeline| pipeline.forget_cold(AT_ONCE))
}

#[test]
fn a_correction_of_what_stayed_brings_back_what_lies_around_it() {
    // The first is confirmed and stays with the second, which joined it; the third is an incident of its own and leaves.
    // Without the first the third joins the second.
    let [first, second, third, confirms, retracts] = reports([0, 11, 13, 14, 20 * 24], "X-00");
    let target = first.report.id;
    let named = vec![first.report.name().into()];
    let areas = Areas::everywhere();
    let mut confirms =
        saying(confirms, Body::Verification { act: VerificationAct::Confirm, reports: named, areas });
    (confirms.report.class, confirms.report.feed) = (FeedClass::Desk, world::feed(3));
    let retracts = saying(retracts, Body::Retraction { target });
    let lean = always("a correction", &[first, second, third, confirms, retracts]);
    assert_eq!(
        lean.loaded, 2,
        "for the confirmation of what had left, and for the retraction of what had stayed"
    );
}

#[test]
fn a_grave_report_brings_back_what_lies_around_one_whose_withdrawal_takes_two_because_of_it() {
    // The first two are one incident that lasts. The second is confirmed and then taken back by its feed, and the first leaves. By what
    // then comes late, of a later day and known before that, it takes two to take it back: it stands again, with the first.
    let [first, second, confirms, retracts, mut grave] = reports([0, 5, 6, 70, 61], "WP-07");
    let target = second.report.id;
    let named = vec![second.report.name().into()];
    let areas = Areas::everywhere();
    let mut confirms =
        saying(confirms, Body::Verification { act: VerificationAct::Confirm, reports: named, areas });
    confirms.report.class = FeedClass::Desk;
    confirms.report = taking_back::typed(confirms.report, taking_back::SARI);
    let retracts = saying(retracts, Body::Retraction { target });
    grave.received = retracts.received.plus(HOUR);
    if let Body::Statement(statement) = &mut grave.report.body {
        statement.severity = 4;
    }
    let lean = always("a grave report", &[first.clone(), second, confirms, retracts, grave]);
    assert_eq!((lean.loaded, lean.left > 0), (1, true));
    let view = lean.pipeline.view();
    let all = view.cells().flat_map(|cell| view.emitted_incidents(cell).collect::<Vec<_>>());
    let incidents: Vec<_> = all.map(|incident| (incident.id, incident.reports)).collect();
    assert_eq!(
        incidents.iter().find(|(id, _)| *id == first.report.name()),
        Some(&(first.report.name(), 2)),
        "{incidents:?}"
    );
}

#[test]
fn a_remark_that_names_what_left_brings_it_back() {
    let [stated, other, denies] = reports([0, 10 * 24, 20 * 24], "X-00");
    let Report { id, feed, place, .. } = stated.report;
    let remark = Remark {
        what: RemarkKind::Denies,
        kind: Kind::Disaster,
        category: None,
        occurred_at: denies.received,
        reliability: 0,
        credibility: 0,
        handling: Handling::Open,
        about: Some(NamedReport { feed, report: id, district: place.code }),
        supersedes: None,
    };
    let lean = always("a remark", &[stated, other, saying(denies, Body::Remark(remark))]);
    assert_eq!(lean.loaded, 1);
}

#[test]
fn what_is_usual_stays_as_long_as_signs_are_compared_with_it() {
    let one_a_day: [i64; 30] = std::array::from_fn(|day| day as i64 * 24);
    let burst = [700, 710, 722, 735, 748];
    let mut hours = [0; 35];
    hours[..30].copy_from_slice(&one_a_day);
    hours[30..].copy_from_slice(&burst);
    always("signs", &reports(hours, "WP-05"));
}

#[test]
fn a_signal_stays_as_long_as_it_may_open_something() {
    let mut hotspots = reports([0, 5, 10], "WA-04");
    let confidences = [Confidence::High, Confidence::Nominal, Confidence::High];
    for (record, confidence) in hotspots.iter_mut().zip(confidences) {
        (record.report.class, record.report.feed) = (FeedClass::Sensor, world::SENSOR);
        if let Body::Statement(statement) = &mut record.report.body {
            statement.confidence = Some(confidence);
        }
    }
    let lean = always("hotspots", &hotspots);
    let stands = lean.pipeline.view().cells().any(|cell| lean.pipeline.view().condition(cell).is_some());
    assert!(stands, "two of them within a day open something");
}

#[test]
fn what_raised_a_condition_stays_as_long_as_it_stands() {
    // Signs pile up, then nobody is heard for months, so that it stands. Then one of the last signs is taken back: it is asked
    // whether the first ones, which the condition does not name any more, raised it rightly.
    let mut signs: Vec<Record> = reports::<30>(std::array::from_fn(|sign| sign as i64 * 2), "WP-05").into();
    let (target, place) = (signs[28].report.id, signs[0].report.place);
    let [mut elsewhere, mut retracts] = reports([125 * 24, 126 * 24], "X-00");
    (elsewhere.report.id, elsewhere.report.place) =
        (world::id(50), Place { code: Code(350_802), village: 0 });
    (retracts.report.id, retracts.report.body) = (world::id(51), Body::Retraction { target });
    signs.extend([elsewhere]);
    let name = "a condition that stands";
    let policy = Policy { dwell: 10 * DAY, ..world::policy() };
    let before = compare(name, &signs, &policy, |pipeline| pipeline.forget_cold(AT_ONCE));
    let view = before.pipeline.view();
    let unit = view.places().find(place.code).expect("a place of this world");
    let stands = view.condition(CellId::new(unit, Kind::ResidentCompany)).expect("it stands");
    assert!(stands.stale && before.left < 30, "{stands:?}, {} left", before.left);
    signs.extend([retracts]);
    compare(name, &signs, &policy, |pipeline| pipeline.forget_cold(AT_ONCE));
}

/// Statements of slight disasters, one a day: what a quiet place is made of.
fn quiet<const N: usize>() -> [Record; N] {
    reports(std::array::from_fn(|day| day as i64 * 24), "X-00")
}

#[test]
fn memory_does_not_grow_with_the_history() {
    let pipeline = world::pipeline();
    let mut lean = Lean { pipeline, kept: Kept::new(), left: 0, loaded: 0 };
    let mut most = 0;
    for record in quiet::<300>() {
        lean.take(&record);
        lean.pipeline.forget_cold(3 * DAY);
        most = most.max(lean.pipeline.view().reports().count());
    }
    assert!(most <= 5, "{most} reports in memory at once");
    assert_eq!(lean.loaded, 0, "nothing that comes in time needs what left");
    let view = lean.pipeline.view();
    let count = |cell| view.history(cell).iter().map(|bucket| bucket.count).sum::<u32>();
    assert_eq!(
        view.cells().map(count).sum::<u32>(),
        300 * 2,
        "of a district and of its regency all is counted"
    );
}

#[test]
fn an_id_that_left_is_recognised() {
    let pipeline = world::pipeline();
    let mut lean = Lean { pipeline, kept: Kept::new(), left: 0, loaded: 0 };
    let records = quiet::<30>();
    for record in &records {
        lean.take(record);
    }
    lean.pipeline.forget_cold(3 * DAY);
    let again = Record { received: records[29].received.plus(HOUR), ..records[3].clone() };
    lean.take(&again);
    let outcomes = lean.pipeline.view().outcomes();
    assert_eq!(outcomes[Outcome::Duplicate.index()], 1, "it was there, though not in memory");
    assert_eq!(lean.loaded, 1);
}
