//! What stands beside the forecasts: the count of thirty days, and how many places a draw stands for.

use super::*;
use domain::kind::Level;
use domain::time::Time;
use store::Check;

const MONDAY: i64 = 20_458;
const REGENCY: Code = Code(161_300);

fn row(code: u32, day: i64, outcome: ForecastOutcome) -> LedgerRow {
    LedgerRow {
        kind: Kind::Disaster,
        horizon: Horizon::Week,
        code: Code(code),
        day,
        risk_ppm: 50_000,
        baseline_ppm: 40_000,
        level: Level::Low,
        calibrated: false,
        model: "a".into(),
        outcome: Some(outcome),
        corrections: 0,
        saw: None,
        checked: false,
    }
}

fn drawn(code: u32, result: Option<CheckResult>) -> SampleRow {
    let (week, code) = (MONDAY + 7, Code(code));
    let check =
        |result| Check { week, code, at: Time(0), who: "sari".into(), result, kinds: vec![], saw: false };
    SampleRow { week, code, check: result.map(check) }
}

#[test]
fn all_that_were_drawn_count_by_what_they_stand_for_and_no_answer_decides_nothing() {
    let samples = vec![
        drawn(161_301, Some(CheckResult::None)),
        drawn(161_302, Some(CheckResult::Unreachable)),
        drawn(161_303, None),
    ];
    let quiet = [QuietDistricts { week: MONDAY + 7, regency: REGENCY, districts: 12 }];
    let beside = Beside::new(&[], samples, &quiet);
    let sampled =
        |code, outcome| beside.sampled(&row(code, MONDAY, outcome)).map(|one| (one.outcome, one.weight));
    use ForecastOutcome::{DidNot, Happened, Void};
    assert_eq!(sampled(161_301, DidNot), Some((DidNot, 4.0)), "three of twelve quiet ones were drawn");
    assert_eq!(sampled(161_302, DidNot), Some((Void, 4.0)), "nobody answered");
    assert_eq!(sampled(161_303, Happened), Some((Happened, 4.0)), "verified without the call");
    assert_eq!(sampled(161_304, DidNot), None, "not drawn");
    assert_eq!(beside.sampled(&row(161_301, MONDAY + 7, DidNot)).map(|one| one.weight), None, "another week");
}

#[test]
fn the_count_is_of_the_thirty_days_before_the_forecast() {
    let day = |day, count| IncidentDay { kind: Kind::Disaster, code: Code(161_301), day, count };
    let days = [day(MONDAY - 31, 8), day(MONDAY - 30, 1), day(MONDAY - 1, 2), day(MONDAY, 16)];
    let beside = Beside::new(&days, vec![], &[]);
    let count = |code| beside.resolved(&row(code, MONDAY, ForecastOutcome::Void), ForecastOutcome::Void, 1.0);
    assert_eq!((count(161_301).incidents_30d, count(161_302).incidents_30d), (3, 0));
}
