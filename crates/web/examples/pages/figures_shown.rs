//! The ledger and the budget of false alarms with figures, to be looked at.

use domain::kind::{Horizon, Kind};
use domain::time::{DAY, Time};
use maud::Markup;
use scoring::SpentBudget;
use scoring::drift::rate::{RateFinding, RateShift};
use scoring::evaluate::Bin;
use scoring::ledger::{
    AlertFigures, AvertedBounds, DriftFindings, ForecastCounts, ForecastSkill, LedgerBaseline, LedgerFigures,
    LedgerPart, Share, SkillOver,
};
use views::budget::{BudgetKind, BudgetLook, BudgetOutcome, BudgetRow, BudgetView};
use web::pages::shell::Frame;
use web::pages::{budget, ledger};

pub fn pages(frame: &Frame) -> Vec<(&'static str, Markup)> {
    vec![("ledger", ledger::page(frame, &figures())), ("budget", budget::page(frame, &view(), None))]
}

fn skill(value: f64) -> ForecastSkill {
    let over = |baseline, skill: f64| SkillOver {
        baseline,
        skill: Some(skill),
        interval: Some((skill - 0.06, skill + 0.06)),
    };
    let [constant, climatology, count] = LedgerBaseline::ALL;
    ForecastSkill {
        n: 340,
        brier: 0.031,
        skills: vec![over(constant, 0.14), over(climatology, 0.08), over(count, 0.02)],
        forecast: 0.05,
        observed: Share { hits: 14, n: 340, value, low: value - 0.02, high: value + 0.03 },
        seen: 3,
        bins: vec![
            Bin { n: 300, forecast: 0.02, observed: 0.02, low: 0.01, high: 0.04 },
            Bin { n: 40, forecast: 0.3, observed: 0.25, low: 0.14, high: 0.4 },
        ],
    }
}

fn figures() -> LedgerFigures {
    let all = ForecastCounts {
        happened: 14,
        did_not: 322,
        averted: 2,
        single_source: 4,
        void: 21,
        waiting: 14,
        corrections: 3,
        skill: Some(skill(0.041)),
        with_single_source: Some(skill(0.053)),
        averted_bounds: Some(AvertedBounds { as_did_not: skill(0.04), as_happened: skill(0.047) }),
    };
    let sample = ForecastCounts { did_not: 12, void: 5, ..ForecastCounts::default() };
    let part = LedgerPart { kind: Kind::Disaster, horizon: Horizon::Week, all, sample, served: None };
    let rate =
        RateFinding { shift: Some(RateShift::More), observed: 41, expected: 20.4, weeks: 26, power: 0.93 };
    LedgerFigures {
        parts: vec![part],
        alerts: AlertFigures::of(21, 12, 3, 2),
        drift: DriftFindings { since: Some(20_780), rate: Some(rate), ..DriftFindings::default() },
        fewest: 30,
        grace_days: 7,
        unverified_counts: false,
    }
}

fn view() -> BudgetView {
    const WEEKS: usize = 12;
    let row = |name: &str, at: usize| {
        let look = |week: usize| BudgetLook {
            asked: (at..at + 3).contains(&week),
            in_use: week == at + 1,
            happened: week == at + 2 || week == 2 * at,
        };
        BudgetRow { name: name.into(), looks: (0..WEEKS).map(look).collect() }
    };
    let outcome =
        |alarms, caught| BudgetOutcome { raise_ppm: 90_000, alarms, false_alarms: alarms - caught, caught };
    let kind = |kind, rows: Vec<BudgetRow>| BudgetKind {
        kind,
        looks: if rows.is_empty() { 0 } else { 84 },
        hit: 5,
        asked: Some(outcome(9, 3)),
        in_use: Some(outcome(3, 1)),
        hindcast: 0,
        archive: None,
        rehearsed: !rows.is_empty(),
        mondays: (0..WEEKS as i64).map(|week| Time((20_710 + 7 * week) * DAY)).collect(),
        rows,
    };
    let rows = vec![row("Rupit", 1), row("Karang Dapo", 4), row("Nibung", 6)];
    BudgetView {
        asked_ppm: 500_000,
        in_use_ppm: Some(250_000),
        spent: SpentBudget { allowed: 0.25, models: Some(0.249), rules: 0.001, is_kept: true },
        from: Time(20_700 * DAY),
        kinds: vec![kind(Kind::Disaster, rows), kind(Kind::ResidentCompany, Vec::new())],
    }
}
