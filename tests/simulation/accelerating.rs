//! An escalation through the pipeline with the models that ship: signs that come ever faster raise the risk of a conflict, fortnight
//! by fortnight, and above that of as many signs at an even pace.

use super::world::{self, START};
use domain::evidence::CellId;
use domain::kind::{Category, FeedClass, Horizon, Kind};
use domain::pipeline::{Input, Pipeline, PipelineOptions};
use domain::place::{Code, Place};
use domain::policy::{FusionPolicy, Policy};
use domain::report::{Body, FeedId, Report, Statement};
use domain::time::{DAY, HOUR, MINUTE, Time};
use kentongan_tests::house;
use scoring::{ModelScorer, Models};
use std::sync::Arc;

const HERE: Code = Code(161_301);
const SIGNS: usize = 60;
const DAYS: i64 = 90;
/// Every so many days the risk is read.
const FORTNIGHT: i64 = 14;

fn sign(number: usize, kind: Kind, severity: u8, occurred_at: Time) -> Report {
    let code = if kind == Kind::ResidentCompany { "WP-05" } else { "WW-01" };
    let statement = Statement {
        severity,
        ..world::plain_statement(Category::parse(code).expect("a code of the taxonomy"), occurred_at)
    };
    Report {
        id: world::id(number),
        hash: world::whole_hash(number as u128 + 1),
        feed: FeedId(1),
        class: FeedClass::Police,
        author: None,
        place: Place { code: HERE, village: 0 },
        reported_at: occurred_at.plus(HOUR),
        reconstructed: false,
        doubtful: None,
        body: Body::Statement(statement),
    }
}

/// The week's risk each fortnight and in the end, of signs at these shares of the days.
fn risks(kind: Kind, severity: u8, shares: impl Fn(f64) -> f64) -> Vec<u32> {
    let models = Models::load(&house::root().join("models")).expect("the models load");
    let scorer = ModelScorer::new(models);
    let base = world::policy_without_rules();
    let fusion = FusionPolicy { window: MINUTE, ..base.fusion };
    let (places, policy) = (Arc::new(world::places()), Arc::new(Policy { fusion, ..base }));
    let mut pipeline = Pipeline::new(places, policy, &scorer, PipelineOptions::default());
    let cell = CellId::new(pipeline.view().places().find(HERE).expect("a district"), kind);
    let mut signs: Vec<Report> = (0..SIGNS)
        .map(|at| {
            let share = shares(at as f64 / (SIGNS - 1) as f64);
            sign(at, kind, severity, START.plus((share * (DAYS * DAY) as f64) as i64 + at as i64 * 1_000_000))
        })
        .collect();
    signs.sort_by_key(|report| report.reported_at);
    let mut found = Vec::new();
    let mut next = signs.iter().peekable();
    for day in (FORTNIGHT..=DAYS + 1).filter(|day| day % FORTNIGHT == 0 || *day == DAYS + 1) {
        let until = START.plus(day * DAY);
        while let Some(report) = next.next_if(|report| report.reported_at <= until) {
            while let Some(hour) = pipeline.due_tick(report.reported_at) {
                pipeline.apply(Input::Tick(hour), &mut Vec::new());
            }
            pipeline.apply(Input::Report { received: report.reported_at, report }, &mut Vec::new());
        }
        while let Some(hour) = pipeline.due_tick(until) {
            pipeline.apply(Input::Tick(hour), &mut Vec::new());
        }
        found.push(pipeline.score(cell, until.hour()).risks[Horizon::Week.index()]);
    }
    found
}

#[test]
fn sixty_signs_that_come_ever_faster_raise_the_risk_and_more_than_at_an_even_pace() {
    for kind in [Kind::ResidentCompany, Kind::ResidentResident] {
        for severity in [1, 2, 3] {
            let faster = risks(kind, severity, f64::cbrt);
            let even = risks(kind, severity, |share| share);
            let slower = risks(kind, severity, |share| share * share);
            println!("{kind:?} of severity {severity}: {faster:?}, even {even:?}, slower {slower:?}");
            assert!(faster.windows(2).all(|pair| pair[0] < pair[1]), "{kind:?} {severity}: {faster:?}");
            let last = |risks: &[u32]| risks[risks.len() - 1];
            assert!(last(&faster) > last(&even), "{kind:?} {severity}: {faster:?} even {even:?}");
            assert!(last(&even) > last(&slower), "{kind:?} {severity}: {even:?} slower {slower:?}");
        }
    }
}
