//! More evidence never lowers a risk over its bar, nor shortens an alert: of two histories of which one has more incidents, that
//! one's risk is at least as many times the bar at every hour, and an alert stands wherever the other's stands.
//!
//! The old part of a history is the same in both: what happened before the 90 days up to now is what a risk of the measure
//! *times usual* is compared with, and more of that is a place where more is usual. Regencies are left out: a regency's own alert
//! is not raised where one of its districts has one.

use super::world::{self, Record, START};
use domain::assess::REFERENCE_DAYS;
use domain::evidence::CellId;
use domain::feature::{COUNT, MOST_ACCELERATION, NAMES};
use domain::kind::{Category, FeedClass, Horizon, Kind};
use domain::pipeline::{Input, Pipeline, PipelineOptions};
use domain::place::{Code, Place, Places, Unit};
use domain::policy::{FusionPolicy, Policy, Silence};
use domain::report::{Body, FeedId, Report, Statement};
use domain::scorer::{AlertBar, BarMeasure, Calibration, ModelLine, Scorer};
use domain::thresholds::Thresholds;
use domain::time::{DAY, HOUR, Hour, MINUTE, Time};
use kentongan_tests::bench::workload::Dice;
use std::sync::Arc;

const DISTRICTS: [u32; 3] = [161_301, 161_302, 161_303];
/// Days that are lived through hour by hour.
const DAYS: i64 = 4;
const KIND: Kind = Kind::ResidentCompany;

/// Every incident is one of its own, every word counts, and nobody is silent.
fn policy(emit_ppm: u32) -> Policy {
    let base = world::policy_without_rules();
    let fusion = FusionPolicy { window: MINUTE, ..base.fusion };
    let silence = Silence { at_least: 500 * DAY, at_most: 500 * DAY, low_ppm: 0, ..base.silence };
    Policy { fusion, silence, emit_ppm, ..base }
}

fn places() -> Places {
    let unit = |code: u32| {
        let neighbours = DISTRICTS.iter().filter(|other| other.abs_diff(code) == 1);
        (Code(code), Unit { neighbours: neighbours.map(|other| Code(*other)).collect(), ..Unit::default() })
    };
    Places::new(DISTRICTS.into_iter().map(unit).collect(), false)
}

/// A line as a fit may give it: under its signs and its bounds.
struct FittedLine(ModelLine);

impl Scorer for FittedLine {
    fn line_for(&self, _: Code, _: Kind, _: Horizon) -> ModelLine {
        self.0
    }
}

fn line(dice: &mut Dice) -> FittedLine {
    let mut roll = |most: f64| if dice.one_in(3) { 0.0 } else { dice.below(1000) as f64 / 1000.0 * most };
    let mut coefficients: [f64; COUNT] = NAMES.map(|name| match name {
        "days_since" => -roll(0.8),
        "completeness" | "calendar" | "agreement" => 0.0,
        "season_sin" | "season_cos" => roll(0.6) - 0.3,
        _ => roll(0.8),
    });
    let at = |name: &str| NAMES.iter().position(|own| *own == name).expect("a feature");
    coefficients[at("acceleration")] = MOST_ACCELERATION * coefficients[at("count_14d")];
    let raise = 1 + dice.below(400_000) as u32;
    let of = [BarMeasure::Risk, BarMeasure::TimesUsual][dice.below(2)];
    let times = if of == BarMeasure::TimesUsual { 10 } else { 1 };
    let clear_ppm = (raise * times / 100 * (50 + dice.below(51) as u32)).max(1);
    let bar = AlertBar { of, raise_ppm: raise * times, clear_ppm: clear_ppm.min(raise * times) };
    let calibrated = dice.one_in(3);
    let calibration = Calibration { model: 0, calibrated, base_ppm: 4_000, bar: Some(bar) };
    FittedLine(ModelLine { intercept: -5.0 + dice.below(300) as f64 / 100.0, coefficients, calibration })
}

/// The report of an incident, `minutes` of its own after the hour so that no two are the same; known at once, or from the start
/// where it happened before.
fn incident(dice: &mut Dice, number: usize, occurred_at: Time) -> Record {
    let occurred_at = occurred_at.plus(number as i64 * 2 * MINUTE);
    let category = Category::parse("WP-05").expect("a code of the taxonomy");
    let statement =
        Statement { severity: 1 + dice.below(5) as u8, ..world::plain_statement(category, occurred_at) };
    let reported_at = occurred_at.max(START).plus(MINUTE);
    let report = Report {
        id: world::id(number),
        hash: world::whole_hash(number as u128 + 1),
        feed: FeedId(1),
        class: FeedClass::Police,
        author: None,
        place: Place { code: Code(DISTRICTS[dice.below(DISTRICTS.len())]), village: 0 },
        reported_at,
        reconstructed: false,
        doubtful: None,
        body: Body::Statement(statement),
    };
    Record { received: reported_at, report }
}

/// An old part, a part of the last weeks, and days that are lived through; with more of the last two where `more` is true.
fn histories(dice: &mut Dice) -> [Vec<Record>; 2] {
    let reference = i64::from(REFERENCE_DAYS);
    let mut all: Vec<(bool, Record)> = Vec::new();
    for _ in 0..4 + dice.below(12) {
        let (more, days) = match dice.below(4) {
            0 => (false, -reference - 1 - dice.below(200) as i64),
            1 => (dice.one_in(2), -1 - dice.below(reference as usize - DAYS as usize - 1) as i64),
            _ => (dice.one_in(2), dice.below(DAYS as usize) as i64),
        };
        let at = START.plus(days * DAY + dice.below(24) as i64 * HOUR);
        all.push((more, incident(dice, all.len(), at)));
    }
    all.sort_by_key(|(_, record)| record.received);
    let of = |all: &[(bool, Record)], with: bool| {
        all.iter().filter(|(more, _)| with || !more).map(|(_, record)| record.clone()).collect()
    };
    [of(&all, false), of(&all, true)]
}

/// Floods of ten days, with which the record of the regency begins, alike in both histories: fewer so long before all others may be
/// wrong dates, and whether they are taken for such hangs on how much there is besides.
fn beginning() -> Vec<Report> {
    let flood = |day: i64| {
        let Record { report, .. } = incident(&mut Dice::new(1), 500 + day as usize, START);
        let at = START.plus((day - 300) * DAY);
        let category = Category::parse("WA-01").expect("a code of the taxonomy");
        Report { reported_at: at, body: Body::Statement(world::plain_statement(category, at)), ..report }
    };
    (0..10).map(flood).collect()
}

/// At an hour, by district: the risk, its bar, and whether an alert stands.
type Hourly = Vec<(u32, u32, bool)>;

fn lived(records: &[Record], policy: &Policy, line: &FittedLine) -> Vec<Hourly> {
    let options = PipelineOptions::default();
    let mut pipeline = Pipeline::new(Arc::new(places()), Arc::new(policy.clone()), line, options);
    let mut hours = Vec::new();
    let mut out = Vec::new();
    for report in beginning() {
        pipeline.apply(Input::Report { received: START, report: &report }, &mut out);
    }
    let mut pass = |pipeline: &mut Pipeline, until: Time| {
        while let Some(hour) = pipeline.due_tick(until) {
            pipeline.apply(Input::Tick(hour), &mut out);
            hours.push(hourly(pipeline, policy, hour));
        }
    };
    for record in records {
        pass(&mut pipeline, record.received);
        let input = Input::Report { received: record.received, report: &record.report };
        pipeline.apply(input, &mut Vec::new());
    }
    pass(&mut pipeline, START.plus((DAYS + 1) * DAY));
    hours
}

fn hourly(pipeline: &mut Pipeline, policy: &Policy, hour: Hour) -> Hourly {
    let of = |code: &u32| {
        let cell = CellId::new(pipeline.view().places().find(Code(*code)).expect("a district"), KIND);
        let stands = pipeline.view().condition(cell).is_some();
        let calibration = pipeline.view().calibration(cell, Horizon::Week);
        let score = pipeline.score(cell, hour);
        let base_ppm = score.bases[Horizon::Week.index()];
        let bar = Thresholds::of(policy, Calibration { base_ppm, ..calibration }).raise[0];
        (score.risks[Horizon::Week.index()], bar, stands)
    };
    DISTRICTS.iter().map(of).collect()
}

#[test]
fn more_evidence_never_lowers_risk_over_bar_nor_shortens_an_alert() {
    let (mut stood, mut rose, mut longer) = (0_u64, 0_u64, 0_u64);
    for seed in world::seeds(1_000) {
        let mut dice = Dice::new(seed);
        let line = line(&mut dice);
        let policy = policy([1, 1_000, 20_000][dice.below(3)]);
        let [less, more] = histories(&mut dice);
        let (one, other) = (lived(&less, &policy, &line), lived(&more, &policy, &line));
        assert_eq!(one.len(), other.len());
        for (hour, (less, more)) in one.iter().zip(&other).enumerate() {
            for (district, ((risk, bar, stands), (more_risk, more_bar, more_stands))) in
                less.iter().zip(more).enumerate()
            {
                let (left, right) =
                    (u64::from(*risk) * u64::from(*more_bar), u64::from(*more_risk) * u64::from(*bar));
                let place =
                    format!("history {seed}, hour {hour}, district {district}: {:?}", line.0.calibration);
                assert!(left <= right, "{place}: {risk} of {bar} fell to {more_risk} of {more_bar}");
                assert!(!stands || *more_stands, "{place}: the alert is gone at {more_risk} of {more_bar}");
                stood += u64::from(*stands);
                rose += u64::from(left < right);
                longer += u64::from(!stands && *more_stands);
            }
        }
    }
    assert!(stood > 10_000 && rose > 10_000 && longer > 1_000, "{stood} stood, {rose} rose, {longer} longer");
}
