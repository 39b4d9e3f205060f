//! What is judged is what is served: one list through `backtest`, `train` and a replayed pipeline gives one risk.

use super::world;
use domain::evidence::CellId;
use domain::kind::{Category, FeedClass, Horizon, Kind};
use domain::pipeline::{Input, Pipeline, PipelineOptions};
use domain::place::{Code, Place, Places, Unit};
use domain::policy::Policy;
use domain::report::{Body, FeedId, Report, Statement};
use domain::scorer::{Calibration, ModelLine, Scorer};
use domain::time::{DAY, HOUR, Hour, Time};
use kentongan_tests::bench::workload::Dice;
use scoring::backtest::choice::LineBeforeTest;
use scoring::backtest::{BacktestOptions, judge};
use scoring::events::{Event, EventSource, Events};
use scoring::panel::{Panel, Window};
use scoring::period::{Day, Period};
use scoring::train::card::About;
use scoring::train::serving::{Listed, Looks, TrainingUnit, vectors_of};
use scoring::{ModelScorer, Models, TrainOptions, train};
use std::sync::Arc;

const KIND: Kind = Kind::ResidentCompany;
const DISTRICTS: [u32; 9] = [161_301, 161_302, 161_303, 161_304, 350_801, 350_802, 350_803, 350_804, 350_805];
/// A Monday, the weeks of the list, and how many of them come before the test.
const FIRST: Day = 2900 * 7 - 3;
const WEEKS: Day = 80;
const CUT: Day = 64;

/// An incident now and then, more where there were some lately; never two within three days, which might be one.
fn list() -> Vec<Event> {
    let mut dice = Dice::new(12);
    let mut events = Vec::new();
    for (number, district) in DISTRICTS.iter().enumerate() {
        let (mut heat, mut last) = (0.0, -9);
        for day in 0..WEEKS * 7 {
            heat *= 0.95;
            let rate = if number % 3 == 0 { 0.03 } else { 0.008 } + 0.05 * heat;
            if dice.below(10_000) < (rate * 10_000.0) as usize && day - last > 3 {
                (heat, last) = (heat + 1.0, day);
                events.push(Event {
                    unit: district.to_string(),
                    parent: Some((district / 100).to_string()),
                    day: FIRST + day,
                    received: FIRST + day,
                    gone: None,
                    severity: None,
                });
            }
        }
    }
    events
}

fn panel(events: &[Event]) -> Panel {
    let test_from = FIRST + CUT * 7;
    let window = Window { period: Period::Week, from: FIRST, to: FIRST + WEEKS * 7 - 1, test_from };
    let units = DISTRICTS.iter().map(u32::to_string).collect();
    let events = Events { rows: events.to_vec(), notes: Vec::new() };
    Panel::new(events, window, Some(units)).expect("a panel")
}

fn backtested(panel: &Panel) -> (LineBeforeTest, serde_json::Value) {
    let options = BacktestOptions {
        events: EventSource::default(),
        units: None,
        level: TrainingUnit::District,
        window: Window { period: Period::Week, from: 0, to: 0, test_from: 0 },
        kind: None,
        seed: BacktestOptions::SEED,
        false_alarms_ppm: Policy::FALSE_ALARMS_PPM,
    };
    let result = judge(panel, &options).expect("judged");
    let line = serde_json::from_str(&result.json()).expect("a line of JSON");
    (LineBeforeTest::new(panel, TrainingUnit::District, usize::MAX).expect("fitted"), line)
}

/// The line that was judged, for the kind and both horizons.
struct JudgedLine(ModelLine);

impl Scorer for JudgedLine {
    fn line_for(&self, _: Code, _: Kind, _: Horizon) -> ModelLine {
        self.0
    }
}

fn line(judged: &LineBeforeTest) -> ModelLine {
    let fit = &judged.chosen.fit;
    let calibration = Calibration { model: 0, calibrated: true, base_ppm: 0, bar: None };
    let coefficients = fit.coefficients.clone().try_into().expect("one for each feature");
    ModelLine { intercept: fit.intercept, coefficients, calibration }
}

/// All districts of a regency touch each other.
fn siblings(code: u32) -> Vec<u32> {
    DISTRICTS.into_iter().filter(|other| other / 100 == code / 100 && *other != code).collect()
}

/// A ring over both regencies, in which nobody touches all of its own.
fn ring(code: u32) -> Vec<u32> {
    let (at, many) = (DISTRICTS.iter().position(|own| *own == code).unwrap_or(0), DISTRICTS.len());
    let mut two = vec![DISTRICTS[(at + 1) % many], DISTRICTS[(at + many - 1) % many]];
    two.sort_unstable();
    two
}

fn places(around: fn(u32) -> Vec<u32>) -> Places {
    let unit = |code: u32| {
        let neighbours = around(code).into_iter().map(Code).collect();
        (Code(code), Unit { neighbours, ..Unit::default() })
    };
    Places::new(DISTRICTS.into_iter().map(unit).collect(), false)
}

/// The list as reports, each an hour after its noon; and floods of three days, with which the regencies' records begin
/// where the list does.
fn reports(events: &[Event]) -> Vec<Report> {
    let report = |number: usize, district: u32, at: Time, body: Body| Report {
        id: world::id(number),
        hash: number as u128,
        feed: FeedId(1),
        class: FeedClass::Police,
        author: None,
        place: Place { code: Code(district), village: 0 },
        reported_at: at,
        reconstructed: false,
        doubtful: None,
        body,
    };
    let begin = Time(i64::from(FIRST) * DAY);
    let days = [-2, -1, 0].into_iter().flat_map(|day| [161_301, 350_801].map(|district| (day, district)));
    let mut all: Vec<Report> = Vec::new();
    for (day, district) in days {
        let at = begin.plus(day * DAY + HOUR);
        let flood = Category::parse("WA-01").expect("a code");
        all.push(report(all.len(), district, at, Body::Statement(world::plain_statement(flood, at))));
    }
    let mut listed = events.to_vec();
    listed.sort_by_key(|event| event.day);
    for event in listed {
        let noon = Time(i64::from(event.day) * DAY + 12 * HOUR);
        let category = Category::parse("WP-05").expect("a code");
        let statement = Statement { severity: 3, ..world::plain_statement(category, noon) };
        let district = event.unit.parse().expect("a code");
        all.push(report(all.len(), district, noon.plus(HOUR), Body::Statement(statement)));
    }
    all
}

/// What a pipeline over these reports says of every district at the first hour of the test's weeks, unit by unit: the
/// features' bits and the week's risk.
fn served(events: &[Event], scorer: &dyn Scorer) -> Vec<(Vec<u64>, u32)> {
    served_in(places(siblings), &DISTRICTS, events, scorer)
}

/// The same of some places of a register.
fn served_in(places: Places, of: &[u32], events: &[Event], scorer: &dyn Scorer) -> Vec<(Vec<u64>, u32)> {
    let policy = Arc::new(world::policy());
    let mut pipeline = Pipeline::new(Arc::new(places), policy, scorer, PipelineOptions::default());
    let (reports, mut next, mut answers) = (reports(events), 0, vec![Vec::new(); of.len()]);
    let mut out = Vec::new();
    let mut until = |pipeline: &mut Pipeline, time: Time| {
        while let Some(hour) = pipeline.due_tick(time) {
            pipeline.apply(Input::Tick(hour), &mut out);
        }
        out.clear();
    };
    for week in CUT..WEEKS {
        let monday = Hour((FIRST + week * 7) * 24);
        while let Some(report) = reports.get(next).filter(|report| report.reported_at < monday.start()) {
            until(&mut pipeline, report.reported_at);
            pipeline.apply(Input::Report { received: report.reported_at, report }, &mut Vec::new());
            next += 1;
        }
        until(&mut pipeline, monday.start());
        for (own, code) in answers.iter_mut().zip(of) {
            let cell = CellId::new(pipeline.view().places().find(Code(*code)).expect("a place"), KIND);
            let explained = pipeline.view().plain_score(cell, monday);
            let risk = pipeline.score(cell, monday).risks[Horizon::Week.index()];
            assert_eq!(explained.risks[Horizon::Week.index()], risk);
            // A list knows nothing of who is silent: the lines fitted on it do not look at that.
            let mut features = explained.features;
            features
                [domain::feature::NAMES.iter().position(|name| *name == "completeness").expect("named")] =
                1.0;
            own.push((features.map(f64::to_bits).to_vec(), risk));
        }
    }
    answers.concat()
}

fn ppm(risks: Vec<f64>) -> Vec<u32> {
    risks.into_iter().map(|risk| (risk * 1e6).round() as u32).collect()
}

#[test]
fn what_backtest_judges_is_what_the_pipeline_serves_bit_for_bit() {
    let events = list();
    let panel = panel(&events);
    let (judged, _) = backtested(&panel);
    let weights = &judged.chosen.choice.weights;
    assert!(weights[0].1 > 0.0, "the regression takes part: {weights:?}");
    let served = served(&events, &JudgedLine(line(&judged)));
    let risks: Vec<u32> = served.iter().map(|(_, risk)| *risk).collect();
    assert_eq!(risks, ppm(judged.risks()));
    let weeks = (WEEKS - CUT) as usize;
    for (cell, (features, _)) in served.iter().enumerate() {
        let row = (CUT as usize + cell % weeks) * DISTRICTS.len() + cell / weeks;
        let own = judged.vectors.vectors[row].map(f64::to_bits);
        assert_eq!(features[..], own, "district {}, week {}", cell / weeks, cell % weeks);
    }
    let different: std::collections::BTreeSet<u32> = risks.into_iter().collect();
    assert!(different.len() > 50, "the risks differ: {}", different.len());
}

#[test]
fn what_train_judges_and_ships_is_the_same_line() {
    let (events, folder) = (list(), tempfile::tempdir().expect("a folder"));
    let (judged, line) = backtested(&panel(&events));
    let options = TrainOptions {
        kind: KIND,
        events: events.clone(),
        units: DISTRICTS.iter().map(u32::to_string).collect(),
        parents: Default::default(),
        neighbours: None,
        unit: TrainingUnit::District,
        from: FIRST,
        to: FIRST + WEEKS * 7 - 1,
        folder: folder.path().to_path_buf(),
        date: "2026-01-01".to_owned(),
        about: About::default(),
        regency_rate: None,
        districts: None,
        district_rate: None,
        prior: false,
        false_alarms_ppm: Policy::FALSE_ALARMS_PPM,
    };
    let artefacts = train(&options).expect("trained");
    let path = folder.path().join("resident_company-7d-2026-01-01/evaluation.json");
    let text = std::fs::read_to_string(path).expect("written");
    let evaluation: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    for figure in ["brier", "log_score", "auroc", "auroc_within", "ece"] {
        assert_eq!(evaluation["result"]["model"][figure], line["model"][figure], "{figure}");
    }
    assert_eq!(evaluation["weights"], line["weights"]);
    let shipped = served(&events, &ModelScorer::new(Models { artefacts: artefacts.clone() }));
    let weeks = (WEEKS - CUT) as usize;
    for (cell, (_, risk)) in shipped.iter().enumerate() {
        let row = (CUT as usize + cell % weeks) * DISTRICTS.len() + cell / weeks;
        let (intercept, coefficients) = artefacts[0].line();
        let x = judged.vectors.vectors[row];
        let logit = coefficients.iter().zip(x).fold(intercept, |sum, (own, value)| sum + own.value * value);
        assert_eq!(*risk, domain::scorer::ppm([logit, logit])[0]);
    }
}

/// A register tells of neighbours that are not all others of a regency, and of none of a regency.
#[test]
fn where_a_register_tells_of_neighbours_the_features_are_the_pipelines_bit_for_bit() {
    let events = list();
    let (judged, _) = backtested(&panel(&events));
    let regencies = [161_300, 350_800];
    for (unit, of) in [(TrainingUnit::District, &DISTRICTS[..]), (TrainingUnit::Regency, &regencies)] {
        let own = |event: &Event| match unit {
            TrainingUnit::District => event.clone(),
            TrainingUnit::Regency => Event { unit: format!("{}00", &event.unit[..4]), ..event.clone() },
        };
        let listed: Vec<Event> = events.iter().map(own).collect();
        let units: Vec<String> = of.iter().map(u32::to_string).collect();
        let parents = of.iter().map(|code| (code.to_string(), (code / 100).to_string())).collect();
        let around = |code: &u32| match unit {
            TrainingUnit::District => ring(*code).iter().map(u32::to_string).collect(),
            TrainingUnit::Regency => Vec::new(),
        };
        let neighbours = of.iter().map(|code| (code.to_string(), around(code))).collect();
        let neighbours = Some(&neighbours);
        let listed = Listed { events: &listed, units: &units, parents: &parents, neighbours, unit };
        let made = vectors_of(&listed, &Looks::weekly(FIRST, FIRST + WEEKS * 7 - 1));
        let weeks = (WEEKS - CUT) as usize;
        for (cell, (features, _)) in
            served_in(places(ring), of, &events, &JudgedLine(line(&judged))).iter().enumerate()
        {
            let row = (CUT as usize + cell % weeks) * of.len() + cell / weeks;
            let own = made.vectors[row].map(f64::to_bits);
            assert_eq!(features[..], own, "{} in week {}", of[cell / weeks], cell % weeks);
        }
    }
}
