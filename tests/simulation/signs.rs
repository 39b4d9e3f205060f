//! What slight signs and sensors open, against the plain rule over the whole set of reports.

use super::model;
use super::world::{self, Record, START};
use domain::effect::{ConditionReason, Effect, PileUp, Verdict};
use domain::evidence::CellId;
use domain::kind::{Category, Confidence, FeedClass, Kind, Level};
use domain::pipeline::{Input, Pipeline, PipelineOptions};
use domain::place::Code;
use domain::policy::{PileUpPolicy, Policy, Silence};
use domain::report::{Body, Report, ReportId, VerificationAct};
use domain::time::{DAY, HOUR, Hour, MINUTE, Time};
use kentongan_tests::bench::workload::Dice;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Signs and sensors alone: nothing is kept after its reason is gone.
fn policy() -> Policy {
    let policy = world::policy();
    let silence = Silence { low_ppm: 0, ..policy.silence };
    let (pile_up, sensors) = (policy.pile_up, policy.sensors);
    Policy { pile_up, sensors, silence, dwell: 0, raise_ppm: [1_000_001; 3], ..world::policy_without_rules() }
}

fn pipeline(policy: Policy) -> Pipeline {
    Pipeline::new(Arc::new(world::places()), Arc::new(policy), &world::Line, PipelineOptions::default())
}

fn apply(pipeline: &mut Pipeline, record: &Record) {
    tick_to(pipeline, record.received, |_| {});
    pipeline.apply(Input::Report { received: record.received, report: &record.report }, &mut Vec::new());
}

fn tick_to(pipeline: &mut Pipeline, to: Time, mut each: impl FnMut(&Pipeline)) {
    while let Some(hour) = pipeline.due_tick(to) {
        pipeline.apply(Input::Tick(hour), &mut Vec::new());
        each(pipeline);
    }
}

fn reasons(pipeline: &Pipeline, cell: CellId) -> Vec<ConditionReason> {
    let model = |reason: &ConditionReason| matches!(reason, ConditionReason::Model { .. });
    let reasons = pipeline.view().condition(cell).map(|active| active.reasons.clone()).unwrap_or_default();
    reasons.into_iter().filter(|reason| !model(reason)).collect()
}

/// When each sign of a cell begins.
fn begins(pipeline: &Pipeline, cell: CellId) -> Vec<Time> {
    let signs = pipeline.view().emitted_incidents(cell).filter(|incident| {
        incident.verdict != Verdict::Rejected && !incident.patrol && incident.speakers > 0
    });
    signs.map(|incident| incident.occurred_at).collect()
}

/// The rule as the policy file words it.
fn piled_up(rule: PileUpPolicy, begins: &[Time], at: Time) -> Option<PileUp> {
    let within = |from: i64, to: i64| {
        let lies = move |begun: &&Time| **begun > at.plus(-from) && **begun <= at.plus(-to);
        begins.iter().filter(lies).copied().collect::<Vec<Time>>()
    };
    let signs = within(rule.window, -5 * MINUTE);
    // Western time.
    let days: BTreeSet<i64> = signs.iter().map(|at| at.plus(7 * HOUR).0.div_euclid(DAY)).collect();
    let (now, before) = (signs.len() as f64, within(100 * DAY, rule.window).len() as f64);
    let usual = before * rule.window as f64 / (100 * DAY - rule.window) as f64;
    let enough = signs.len() >= rule.signs as usize && days.len() >= rule.on_days as usize;
    (enough && now >= f64::from(rule.times_own_rate) * usual - 1e-9).then_some(PileUp {
        signs: signs.len() as u32,
        days: (rule.window / DAY) as u32,
        // No tenth at all only where none is on record.
        usual_tenths: ((usual * 10.0 + 0.5 + 1e-9) as u32).max(u32::from(before > 0.0)),
    })
}

/// What the sensors' reports of a district open.
fn seen(policy: &Policy, reports: &[Report], code: Code, at: Time) -> Vec<ConditionReason> {
    let kept = model::counting(reports);
    let all: Vec<&Report> =
        kept.values().copied().filter(|report| report.place.code.regency() == code.regency()).collect();
    let stands = |report: &&&Report| {
        let rejected =
            model::verdict(&all, report).is_some_and(|(_, _, verdict)| verdict == Verdict::Rejected);
        report.class == FeedClass::Sensor
            && report.place.code == code
            && model::taken_back(&all, report) == (false, false)
            && !rejected
    };
    let statements = all.iter().filter(stands).filter_map(|report| match &report.body {
        Body::Statement(statement) if statement.kind == Kind::Disaster => Some(*statement),
        _ => None,
    });
    let statements: Vec<_> =
        statements.filter(|statement| statement.occurred_at <= at.plus(5 * MINUTE)).collect();
    let hotspot = Category::parse("WA-04").expect("a code of the taxonomy");
    let (hotspots, warnings) =
        (policy.sensors.hotspots.expect("asked"), policy.sensors.warnings.expect("asked"));
    let sure = statements.iter().filter(|statement| {
        statement.category == hotspot
            && statement.confidence == Some(Confidence::High)
            && statement.occurred_at > at.plus(-hotspots.window)
    });
    let warned = statements.iter().any(|statement| {
        statement.category != hotspot
            && u32::from(statement.severity) >= warnings.at_least
            && statement.occurred_at > at.plus(-warnings.window)
    });
    let hours = |window: i64| (window / HOUR) as u32;
    let mut reasons = Vec::new();
    if sure.count() >= hotspots.at_least as usize {
        reasons.push(ConditionReason::Hotspots { count: hotspots.at_least, hours: hours(hotspots.window) });
    }
    if warned {
        reasons.push(ConditionReason::Warning { severity: warnings.at_least, hours: hours(warnings.window) });
    }
    reasons
}

/// How often something was open where the pipeline was compared with the plain rule.
#[derive(Default)]
struct Compared {
    piles: usize,
    sensors: usize,
}

impl Compared {
    /// Every cell after a tick, where `reports` are all that came before it.
    fn compare(&mut self, policy: &Policy, pipeline: &Pipeline, reports: &[Report]) {
        let at = pipeline.view().last_tick().map_or(START, Hour::start);
        let rule = policy.pile_up.expect("asked");
        for cell in pipeline.view().cells() {
            let code = pipeline.view().places().code(cell.unit());
            let expected: Vec<ConditionReason> = if cell.kind() == Kind::Disaster {
                seen(policy, reports, code, at)
            } else {
                let piled_up = piled_up(rule, &begins(pipeline, cell), at);
                piled_up.map(ConditionReason::PileUp).into_iter().collect()
            };
            let open = usize::from(!expected.is_empty());
            match cell.kind() {
                Kind::Disaster => self.sensors += open,
                _ => self.piles += open,
            }
            let shown = reasons(pipeline, cell);
            let agree = shown.len() == expected.len()
                && shown.iter().zip(&expected).all(|(shown, expected)| shown.says_the_same(expected));
            assert!(agree, "{code}, {} at {at:?}: {shown:?} in place of {expected:?}", cell.kind());
        }
    }
}

#[test]
fn in_any_order_signs_and_sensors_open_what_the_plain_rule_says_and_lapse_by_themselves() {
    let policy = policy();
    let mut compared = Compared::default();
    for seed in 0..14 {
        let mut dice = Dice::new(seed);
        let size = 80 + dice.below(160);
        let mut records = world::records(&mut dice, size, 3);
        for Record { report, .. } in &mut records {
            report.doubtful = None;
            if let Body::Statement(statement) = &mut report.body
                && dice.one_in(3)
            {
                (report.feed, report.class) = (world::SENSOR, FeedClass::Sensor);
                world::seen_by_a_sensor(&mut dice, statement);
            }
        }
        let twice = [records.clone(), records.clone()].concat();
        for records in [records.clone(), world::shuffled(&mut dice, &twice)] {
            let mut pipeline = pipeline(policy.clone());
            let mut reports: Vec<Report> = Vec::new();
            for Record { received, report } in records {
                tick_to(&mut pipeline, received, |pipeline| compared.compare(&policy, pipeline, &reports));
                pipeline.apply(Input::Report { received, report: &report }, &mut Vec::new());
                reports.push(report);
            }
            let end = pipeline.view().clock().plus(4 * DAY);
            tick_to(&mut pipeline, end, |pipeline| compared.compare(&policy, pipeline, &reports));
        }
    }
    let Compared { piles, sensors } = compared;
    assert!(piles > 300 && sensors > 100, "{piles} and {sensors}: too few to tell");
}

/// A report of this feed at an hour of a day after the start, of the first district.
fn report(number: u128, class: FeedClass, code: &str, severity: u8, at: Time) -> Record {
    let category = Category::parse(code).expect("a code of the taxonomy");
    let mut record = world::records(&mut Dice::new(1), 1, 1).remove(0);
    record.received = at.plus(MINUTE);
    let report = &mut record.report;
    (report.id, report.hash, report.class, report.reported_at) = (ReportId(number), number, class, at);
    (report.feed, report.doubtful) = (domain::report::FeedId(class as u32), None);
    (report.place.code, report.place.village) = (Code(161_301), 0);
    let mut statement = world::plain_statement(category, at);
    statement.severity = severity;
    report.body = Body::Statement(statement);
    record
}

fn shipped() -> Policy {
    Policy { raise_ppm: [1_000_001; 3], clear_ppm: [1_000_001; 3], ..world::shipped_policy() }
}

fn stands(pipeline: &Pipeline, kind: Kind) -> (Level, Vec<ConditionReason>) {
    let unit = pipeline.view().places().find(Code(161_301)).expect("a district");
    let cell = CellId::new(unit, kind);
    let level = pipeline.view().condition(cell).map_or(Level::Low, |active| active.level);
    (level, reasons(pipeline, cell))
}

/// A petition, a broken promise, a rally and a plan: none is grave, and together they say that something ripens.
#[test]
fn four_slight_signs_in_eight_days_open_waspada_before_anything_is_shut() {
    use FeedClass::{Community, Military, Village};
    let mut pipeline = pipeline(shipped());
    let signs =
        [(0, Village, "WP-02"), (2, Community, "WP-13"), (5, Village, "WP-06"), (7, Military, "WP-02")];
    for (number, (day, class, code)) in signs.into_iter().enumerate() {
        assert_eq!(stands(&pipeline, Kind::ResidentCompany).0, Level::Low, "sign {number}");
        apply(&mut pipeline, &report(number as u128 + 1, class, code, 2, START.plus(day * DAY + HOUR)));
    }
    let reason = ConditionReason::PileUp(PileUp { signs: 4, days: 10, usual_tenths: 0 });
    assert_eq!(stands(&pipeline, Kind::ResidentCompany), (Level::Waspada, vec![reason]));
    // Where as much is usual, it is no news.
    let mut busy = self::pipeline(shipped());
    for day in 0..60 {
        if day % 3 == 0 {
            apply(&mut busy, &report(100 + day as u128, Village, "WP-06", 2, START.plus(day * DAY + HOUR)));
        }
    }
    assert_eq!(stands(&busy, Kind::ResidentCompany), (Level::Low, Vec::new()));
}

/// A busy week says more once it is twice as busy, not with every sign.
#[test]
fn signs_that_go_on_piling_up_are_emitted_again_when_they_have_doubled() {
    let mut pipeline = pipeline(shipped());
    let mut emitted = Vec::new();
    for number in 0..17 {
        let at = START.plus(DAY + number * 11 * HOUR);
        tick_to(&mut pipeline, at, |_| {});
        let code = ["WP-02", "WP-06", "WP-13"][number as usize % 3];
        let record = report(number as u128 + 1, FeedClass::Village, code, 2, at);
        let mut effects = Vec::new();
        pipeline.apply(Input::Report { received: at, report: &record.report }, &mut effects);
        let conditions = effects.iter().filter_map(|effect| match effect {
            Effect::Condition(condition) => Some(condition),
            _ => None,
        });
        emitted.extend(conditions.flat_map(|condition| {
            condition.reasons.iter().filter_map(|reason| match reason {
                ConditionReason::PileUp(pile_up) => Some(pile_up.signs),
                _ => None,
            })
        }));
    }
    assert_eq!(emitted, [4, 8, 16]);
}

#[test]
fn a_sensor_opens_waspada_is_no_incident_makes_nothing_speak_and_is_taken_back() {
    let hotspot = |number: u128, confidence| {
        let at = START.plus(HOUR + number as i64 * MINUTE);
        let mut record = report(number, FeedClass::Sensor, "WA-04", 1, at);
        if let Body::Statement(statement) = &mut record.report.body {
            statement.confidence = confidence;
        }
        record
    };
    let mut pipeline = pipeline(shipped());
    let needed = shipped().sensors.hotspots.expect("in the policy").at_least;
    for number in 0..40 {
        apply(&mut pipeline, &hotspot(100 + number, Some(Confidence::Nominal)));
    }
    (1..u128::from(needed)).for_each(|number| apply(&mut pipeline, &hotspot(number, Some(Confidence::High))));
    assert_eq!(stands(&pipeline, Kind::Disaster).0, Level::Low);
    apply(&mut pipeline, &hotspot(u128::from(needed), Some(Confidence::High)));
    let (level, reasons) = stands(&pipeline, Kind::Disaster);
    assert_eq!(level, Level::Waspada);
    assert!(matches!(reasons[..], [ConditionReason::Hotspots { hours: 24, .. }]), "{reasons:?}");
    let view = pipeline.view();
    assert!(view.cells().all(|cell| view.emitted_incidents(cell).next().is_none()), "no incident");
    let unit = view.places().find(Code(161_301)).expect("a district");
    let conflict = CellId::new(unit, Kind::ResidentCompany);
    assert_eq!(view.completeness(conflict, view.clock().hour()), 0, "nobody speaks of a conflict");
    assert!(view.condition(CellId::new(unit, Kind::Disaster)).is_some_and(|active| active.unverified));
    // The desk looked: one of them was a chimney.
    let mut rejection = report(900, FeedClass::Desk, "WA-04", 1, START.plus(3 * HOUR));
    rejection.report.body = Body::Verification {
        act: VerificationAct::Reject,
        reports: vec![ReportId(1).into()],
        areas: domain::place::Areas::everywhere(),
    };
    apply(&mut pipeline, &rejection);
    assert_eq!(stands(&pipeline, Kind::Disaster).0, Level::Low, "withdrawn");
}

/// A sensor says again what it saw, twice; another takes most of its warning back.
#[test]
fn a_signal_that_was_corrected_counts_as_its_correction_does() {
    let correcting = |mut record: Record, corrected: u128| {
        if let Body::Statement(statement) = &mut record.report.body {
            statement.supersedes = (corrected > 0).then_some(ReportId(corrected));
            statement.confidence = Some(Confidence::High);
        }
        record
    };
    let needed = u128::from(shipped().sensors.hotspots.expect("in the policy").at_least);
    let hotspot = |number: u128, corrected| {
        let at = START.plus(HOUR + number as i64 * MINUTE);
        correcting(report(number, FeedClass::Sensor, "WA-04", 1, at), corrected)
    };
    let hotspots: Vec<Record> = (1..=needed).map(|number| hotspot(number, number - 1)).collect();
    let warning = report(1, FeedClass::Sensor, "WA-08", 5, START.plus(HOUR));
    let less = correcting(report(2, FeedClass::Sensor, "WA-08", 1, START.plus(HOUR)), 1);
    for mut records in [hotspots, vec![warning, less]] {
        for _ in 0..2 {
            let mut pipeline = pipeline(shipped());
            records.iter().for_each(|record| apply(&mut pipeline, record));
            assert_eq!(stands(&pipeline, Kind::Disaster).0, Level::Low);
            records.reverse();
        }
    }
}

#[test]
fn a_warning_opens_waspada_for_a_day() {
    let mut pipeline = pipeline(shipped());
    apply(&mut pipeline, &report(1, FeedClass::Sensor, "WA-08", 2, START.plus(HOUR)));
    assert_eq!(stands(&pipeline, Kind::Disaster).0, Level::Low);
    apply(&mut pipeline, &report(2, FeedClass::Sensor, "WA-08", 5, START.plus(2 * HOUR)));
    let warning = ConditionReason::Warning { severity: 3, hours: 24 };
    assert_eq!(stands(&pipeline, Kind::Disaster), (Level::Waspada, vec![warning]));
}
