//! The budget of false alarms, tried on a regency's last 90 days: at which looks the models' alerts would have stood under it,
//! how many of them for nothing, and how much of what happened they stood before, beside those of the bars in use. Nothing is
//! changed by it.

use crate::context::Context;
use crate::error::ViewError;
use crate::json;
use crate::model::DistrictBar;
use async_recursion::async_recursion as boxed;
use domain::kind::{Horizon, Kind};
use domain::place::{Code, UnitId};
use domain::policy::AlarmBudget;
use domain::time::{DAY, Time};
use scoring::SpentBudget;
use scoring::evaluate::{Course, ScoreBar, early_alerts, lowest_bar, standing};
use scoring::train::bars::{share_of, times_a_quarter};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use store::{IncidentFilter, LedgerRow, MOST, Range};

/// Budgets to choose from, in parts per million of a false alarm a kecamatan and quarter, over all kinds.
pub const CHOICES: [u32; 7] = [50_000, 100_000, 250_000, 500_000, 1_000_000, 2_000_000, 4_000_000];
/// Days looked at, and days before them in which the bar is looked for.
const SHOWN: i64 = 90;
const BEFORE: i64 = 365;
/// Hit looks that a bar can be looked for with.
const FEWEST_HIT: usize = 5;
/// Where an alert clears, as a share of where it is raised.
const CLEAR: f64 = 2.0 / 3.0;

#[derive(Clone, Debug, Serialize)]
pub struct BudgetView {
    pub asked_ppm: u32,
    /// The budget of which the bars in use were rehearsed with what rules leave of it; `None` where no model has one.
    pub in_use_ppm: Option<u32>,
    /// What models and rules spend of what the policy allows.
    pub spent: SpentBudget,
    #[serde(serialize_with = "json::time")]
    pub from: Time,
    pub kinds: Vec<BudgetKind>,
}

/// One kind over the looks: a Monday each, of which the seven days after have passed.
#[derive(Clone, Debug, Serialize)]
pub struct BudgetKind {
    #[serde(serialize_with = "json::word")]
    pub kind: Kind,
    pub looks: usize,
    /// Looks after which something grave happened.
    pub hit: usize,
    /// `None` where no bar keeps within the budget, or nothing was forecast.
    pub asked: Option<BudgetOutcome>,
    pub in_use: Option<BudgetOutcome>,
    /// True where the bar was looked for in the year before; else in these days themselves, with what is known now.
    pub rehearsed: bool,
    /// The Mondays, and the kecamatan where an alert stood or something happened.
    #[serde(skip)]
    pub mondays: Vec<Time>,
    #[serde(skip)]
    pub rows: Vec<BudgetRow>,
}

/// What alerts under a bar came to.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct BudgetOutcome {
    pub raise_ppm: u32,
    /// Looks at which an alert stood, those that nothing followed, and those that something did.
    pub alarms: usize,
    pub false_alarms: usize,
    pub caught: usize,
}

/// A kecamatan, look by look.
#[derive(Clone, PartialEq, Debug)]
pub struct BudgetRow {
    pub name: String,
    pub looks: Vec<BudgetLook>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BudgetLook {
    pub asked: bool,
    pub in_use: bool,
    pub happened: bool,
}

/// A budget as typed, in parts per million; `None` where it is none that could be tried.
pub fn parse(typed: &str) -> Option<u32> {
    let value: f64 = typed.trim().replace(',', ".").parse().ok()?;
    (0.01..=10.0).contains(&value).then(|| (value * 1e6).round() as u32)
}

/// The last 90 days of a regency under a budget; under the one in use where none is asked for.
#[boxed]
pub async fn load(context: &Context, regency: UnitId, asked: Option<u32>) -> Result<BudgetView, ViewError> {
    let today = context.now.0.div_euclid(DAY);
    let scope = context.scope(regency)?;
    let first = today - SHOWN - BEFORE;
    let mut rows = context.sources.store.ledger(&scope, first).await?;
    rows.retain(|row| row.horizon == Horizon::Week && !row.code.is_regency() && row.day + 7 <= today);
    let happened = grave_days(context, &scope, first).await?;
    let models = context.sources.models.iter();
    let bars: BTreeMap<Kind, _> = models
        .filter(|model| model.horizon == Some(Horizon::Week))
        .filter_map(|model| Some((model.kind?, model.bar?)))
        .collect();
    let policy = context.sources.alarm_budget;
    let spent = SpentBudget::of_bars(policy, &bars.values().map(|bar| bar.budget).collect::<Vec<f64>>());
    let rehearsed =
        |bar: &DistrictBar| (bar.budget * Kind::COUNT as f64 * 1e6).round() as u32 + policy.rules_ppm;
    let in_use_ppm =
        bars.values().next().map(|bar| if spent.is_kept { policy.all_ppm } else { rehearsed(bar) });
    let asked_ppm = asked.or(in_use_ppm).unwrap_or(policy.all_ppm);
    let models_ppm = AlarmBudget { all_ppm: asked_ppm, ..policy }.models_ppm();
    let kinds = Kind::ALL.iter().map(|kind| {
        let own: Vec<&LedgerRow> = rows.iter().filter(|row| row.kind == *kind).collect();
        let looks = Looks { context, kind: *kind, happened: &happened, split: today - SHOWN };
        let in_use = bars.get(kind).map(|bar| ScoreBar {
            raise: f64::from(bar.raise_ppm) / 1e6,
            clear: f64::from(bar.clear_ppm) / 1e6,
        });
        looks.under(&own, share_of(models_ppm), in_use)
    });
    Ok(BudgetView { asked_ppm, in_use_ppm, spent, from: Time((today - SHOWN) * DAY), kinds: kinds.collect() })
}

/// Days (UTC) on which something happened that the ledger counts, by kind and place.
async fn grave_days(
    context: &Context,
    scope: &[Code],
    first: i64,
) -> Result<BTreeSet<(Kind, Code, i64)>, ViewError> {
    let mut days = BTreeSet::new();
    let mut cursor = None;
    loop {
        let filter = IncidentFilter {
            codes: scope.to_vec(),
            range: Some(Range { from: Time(first * DAY), to: context.now.plus(1) }),
            cursor,
            limit: MOST,
            ..IncidentFilter::default()
        };
        let page = context.sources.store.incidents(&filter).await?;
        let counts = page.items.iter().filter(|incident| incident.verdict.counts() && !incident.patrol);
        let grave = counts.filter(|incident| incident.counted_severity >= context.sources.min_severity);
        days.extend(grave.map(|own| (own.kind, own.place.code, own.occurred_at.0.div_euclid(DAY))));
        match page.next {
            Some(next) => cursor = Some(next),
            None => return Ok(days),
        }
    }
}

/// How the looks of one kind are judged.
struct Looks<'a> {
    context: &'a Context,
    kind: Kind,
    happened: &'a BTreeSet<(Kind, Code, i64)>,
    /// The first day shown.
    split: i64,
}

impl Looks<'_> {
    fn happened(&self, code: Code, day: i64) -> bool {
        (day..day + 7).any(|day| self.happened.contains(&(self.kind, code, day)))
    }

    /// The places' looks, by place and in the order of time.
    fn courses(&self, rows: &[&LedgerRow], shown: bool) -> BTreeMap<Code, (Vec<i64>, Course)> {
        let mut courses: BTreeMap<Code, (Vec<i64>, Course)> = BTreeMap::new();
        for row in rows.iter().filter(|row| (row.day >= self.split) == shown) {
            let (days, course) = courses.entry(row.code).or_default();
            days.push(row.day);
            course.scores.push(f64::from(row.risk_ppm) / 1e6);
            course.labels.push(self.happened(row.code, row.day));
        }
        courses
    }

    fn under(&self, rows: &[&LedgerRow], budget: f64, in_use: Option<ScoreBar>) -> BudgetKind {
        let a_quarter = times_a_quarter(Horizon::Week.days());
        let only = |courses: &BTreeMap<Code, (Vec<i64>, Course)>| -> Vec<Course> {
            courses.values().map(|(_, course)| course.clone()).collect()
        };
        let (before, shown) = (only(&self.courses(rows, false)), self.courses(rows, true));
        let all = only(&shown);
        let hit = |courses: &[Course]| courses.iter().flat_map(|one| &one.labels).filter(|hit| **hit).count();
        let rehearsed = hit(&before) >= FEWEST_HIT;
        let asked = lowest_bar(if rehearsed { &before } else { &all }, CLEAR, budget, a_quarter);
        let outcome = |bar: ScoreBar| {
            let found = early_alerts(&all, bar, a_quarter);
            let (alarms, caught) = (found.alarms as usize, found.detected as usize);
            let raise_ppm = (bar.raise * 1e6).round() as u32;
            BudgetOutcome { raise_ppm, alarms, false_alarms: alarms - caught, caught }
        };
        let mondays: BTreeSet<i64> = shown.values().flat_map(|(days, _)| days.iter().copied()).collect();
        let row = |(code, (days, course)): (&Code, &(Vec<i64>, Course))| {
            let stood = |bar: Option<ScoreBar>| {
                bar.map_or_else(|| vec![false; days.len()], |bar| standing(&course.scores, bar))
            };
            let (asked, in_use) = (stood(asked), stood(in_use));
            let look = |monday: &i64| match days.iter().position(|day| day == monday) {
                Some(at) => BudgetLook { asked: asked[at], in_use: in_use[at], happened: course.labels[at] },
                None => BudgetLook { asked: false, in_use: false, happened: false },
            };
            BudgetRow { name: self.context.name(*code), looks: mondays.iter().map(look).collect() }
        };
        let marked =
            |row: &BudgetRow| row.looks.iter().any(|look| look.asked || look.in_use || look.happened);
        BudgetKind {
            kind: self.kind,
            looks: all.iter().map(|course| course.labels.len()).sum(),
            hit: hit(&all),
            asked: asked.map(outcome),
            in_use: in_use.filter(|_| !all.is_empty()).map(outcome),
            rehearsed,
            rows: shown.iter().map(row).filter(marked).collect(),
            mondays: mondays.into_iter().map(|day| Time(day * DAY)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_a_number_that_could_be_tried() {
        assert_eq!((parse("0,25"), parse(" 1.5 ")), (Some(250_000), Some(1_500_000)));
        for wrong in ["", "-1", "0", "NaN", "inf", "11", "satu", "0.001"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
