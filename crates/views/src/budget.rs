//! The budget of false alarms, tried on a regency's last 90 days: at which looks the models' alerts would have stood under it,
//! how many of them for nothing, and how much of what happened they stood before, beside those of the bars in use. Nothing is
//! changed by it. Where the ledger lacks a week the hindcast of the regency's archive stands in, and is named; what the bars in use
//! came to over the whole of it stands beside.

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
use scoring::evaluate::{Course, LookShare, ScoreBar, at_equal_volume, early_alerts, lowest_bar, standing};
use scoring::train::bars::{share_of, times_a_quarter};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use store::{HindcastRow, IncidentFilter, LedgerRow, MOST, Range};

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
    /// Looks that are of the hindcast.
    pub hindcast: usize,
    /// The whole hindcast under the bar in use; `None` where there is none of this kind, or no bar.
    pub archive: Option<ArchiveAlerts>,
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

/// What alerts of the model alone came to over a hindcast. None of its forecasts was made at the time.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct ArchiveAlerts {
    #[serde(serialize_with = "json::time")]
    pub from: Time,
    #[serde(serialize_with = "json::time")]
    pub to: Time,
    pub looks: usize,
    pub hit: usize,
    pub alarms: usize,
    pub caught: usize,
    /// Hit looks at which an alert stood; alarms that something followed.
    pub detection: Option<LookShare>,
    pub precision: Option<LookShare>,
    /// What the count of the weeks with something in the four before would have stood before with as many alarms.
    pub caught_by_count: f64,
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
    let rows = context.sources.store.ledger(&scope, first).await?;
    let happened = grave_days(context, &scope, first).await?;
    let within = |horizon: Horizon, code: Code, day: i64| {
        horizon == Horizon::Week && !code.is_regency() && day + 7 <= today
    };
    let own = rows.iter().filter(|row| within(row.horizon, row.code, row.day)).map(|row| {
        let happened = (row.day..row.day + 7).any(|day| happened.contains(&(row.kind, row.code, day)));
        let LedgerRow { kind, code, day, risk_ppm, .. } = *row;
        PastForecast { kind, code, day, risk_ppm, happened, of_hindcast: false }
    });
    let mut rows: Vec<PastForecast> = own.collect();
    let hindcast = context.sources.store.hindcasts(&scope).await?;
    let hindcast = hindcast.iter().filter(|row| within(row.horizon, row.code, row.day)).map(|row| {
        let HindcastRow { kind, code, day, risk_ppm, happened, .. } = *row;
        PastForecast { kind, code, day, risk_ppm, happened, of_hindcast: true }
    });
    let hindcast: Vec<PastForecast> = hindcast.collect();
    let known: BTreeSet<(Kind, Code, i64)> = rows.iter().map(PastForecast::cell).collect();
    rows.extend(hindcast.iter().filter(|row| row.day >= first && !known.contains(&row.cell())));
    rows.sort_by_key(|row| row.day);
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
        let of = |rows: &[PastForecast]| -> Vec<PastForecast> {
            rows.iter().filter(|row| row.kind == *kind).copied().collect()
        };
        let looks = Looks { name: &|code| context.name(code), kind: *kind, split: today - SHOWN };
        let in_use = bars.get(kind).map(|bar| ScoreBar {
            raise: f64::from(bar.raise_ppm) / 1e6,
            clear: f64::from(bar.clear_ppm) / 1e6,
        });
        let archive = in_use.and_then(|bar| ArchiveAlerts::of(&of(&hindcast), bar));
        BudgetKind { archive, ..looks.under(&of(&rows), share_of(models_ppm), in_use) }
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

/// A forecast of a week that has passed, and what came of it: of the service's ledger, or of the hindcast.
#[derive(Clone, Copy, Debug)]
struct PastForecast {
    kind: Kind,
    code: Code,
    day: i64,
    risk_ppm: u32,
    happened: bool,
    of_hindcast: bool,
}

impl PastForecast {
    fn cell(&self) -> (Kind, Code, i64) {
        (self.kind, self.code, self.day)
    }
}

/// The places' looks, by place and in the order of the forecasts.
fn courses<'a>(rows: impl Iterator<Item = &'a PastForecast>) -> BTreeMap<Code, (Vec<i64>, Course)> {
    let mut courses: BTreeMap<Code, (Vec<i64>, Course)> = BTreeMap::new();
    for row in rows {
        let (days, course) = courses.entry(row.code).or_default();
        days.push(row.day);
        course.scores.push(f64::from(row.risk_ppm) / 1e6);
        course.labels.push(row.happened);
    }
    courses
}

impl ArchiveAlerts {
    fn of(rows: &[PastForecast], bar: ScoreBar) -> Option<ArchiveAlerts> {
        let days = || rows.iter().map(|row| row.day);
        let (from, to) = (days().min()?, days().max()?);
        let courses: Vec<Course> = courses(rows.iter()).into_values().map(|(_, course)| course).collect();
        let a_quarter = times_a_quarter(Horizon::Week.days());
        let found = early_alerts(&courses, bar, a_quarter);
        let (alarms, caught) = (found.alarms as usize, found.detected as usize);
        let by_count = |course: &Course| {
            let before =
                |at: usize| course.labels[at.saturating_sub(4)..at].iter().filter(|hit| **hit).count();
            let scores = (0..course.labels.len()).map(|at| before(at) as f64).collect();
            Course { scores, labels: course.labels.clone() }
        };
        let count =
            at_equal_volume(&courses.iter().map(by_count).collect::<Vec<_>>(), found.alarms, a_quarter);
        Some(ArchiveAlerts {
            from: Time(from * DAY),
            to: Time((to + 7) * DAY),
            looks: rows.len(),
            hit: found.hit,
            alarms,
            caught,
            detection: LookShare::of(caught, found.hit),
            precision: LookShare::of(caught, alarms),
            caught_by_count: count.detected,
        })
    }
}

/// How the looks of one kind are judged.
struct Looks<'a> {
    name: &'a dyn Fn(Code) -> String,
    kind: Kind,
    /// The first day shown.
    split: i64,
}

impl Looks<'_> {
    /// `rows`: in the order of time.
    fn under(&self, rows: &[PastForecast], budget: f64, in_use: Option<ScoreBar>) -> BudgetKind {
        let a_quarter = times_a_quarter(Horizon::Week.days());
        let only = |courses: &BTreeMap<Code, (Vec<i64>, Course)>| -> Vec<Course> {
            courses.values().map(|(_, course)| course.clone()).collect()
        };
        let of = |shown: bool| rows.iter().filter(move |row| (row.day >= self.split) == shown);
        let (before, shown) = (only(&courses(of(false))), courses(of(true)));
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
            BudgetRow { name: (self.name)(*code), looks: mondays.iter().map(look).collect() }
        };
        let marked =
            |row: &BudgetRow| row.looks.iter().any(|look| look.asked || look.in_use || look.happened);
        BudgetKind {
            kind: self.kind,
            looks: all.iter().map(|course| course.labels.len()).sum(),
            hit: hit(&all),
            asked: asked.map(outcome),
            in_use: in_use.filter(|_| !all.is_empty()).map(outcome),
            hindcast: of(true).filter(|row| row.of_hindcast).count(),
            archive: None,
            rehearsed,
            rows: shown.iter().map(row).filter(marked).collect(),
            mondays: mondays.into_iter().map(|day| Time(day * DAY)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Code = Code(161_301);
    const SPLIT: i64 = 20_000;

    /// A forecast so many weeks after the first day shown (before it where negative), in per cent.
    fn forecast(code: Code, week: i64, percent: u32, happened: bool) -> PastForecast {
        let (kind, of_hindcast) = (Kind::Disaster, week == 0);
        PastForecast { kind, code, day: SPLIT + 7 * week, risk_ppm: percent * 10_000, happened, of_hindcast }
    }

    /// Of twenty weeks before, five were hit at 30 % and two quiet ones stood as high; of ten shown, three were hit.
    fn rows() -> Vec<PastForecast> {
        let before = (-20..0).map(|week| {
            let (percent, happened) = match week {
                -20 | -16 | -12 | -8 | -4 => (30, true),
                -19 => (35, false),
                -18 => (15, false),
                _ => (5, false),
            };
            forecast(HERE, week, percent, happened)
        });
        let shown = [
            (40, true),
            (32, false),
            (21, true),
            (19, false),
            (5, false),
            (34, false),
            (10, true),
            (5, false),
        ];
        let shown =
            (0..).zip(shown).map(|(week, (percent, happened))| forecast(HERE, week, percent, happened));
        let beside = (0..2).map(|week| forecast(Code(161_302), week, 1, false));
        before.chain(shown).chain(beside).collect()
    }

    fn under(rows: &[PastForecast], budget: f64) -> BudgetKind {
        let looks = Looks { name: &|code| code.to_string(), kind: Kind::Disaster, split: SPLIT };
        looks.under(rows, budget, Some(ScoreBar { raise: 0.33, clear: 0.2 }))
    }

    #[test]
    fn the_bar_is_looked_for_in_the_year_before_and_the_days_shown_are_counted_under_it() {
        // One false alarm in the twenty weeks before is 0.65 a quarter: the bar goes down to where the second would be.
        let kind = under(&rows(), 0.7);
        assert_eq!((kind.looks, kind.hit, kind.rehearsed, kind.hindcast), (10, 3, true, 2));
        let outcome = |raise_ppm, alarms, caught| BudgetOutcome {
            raise_ppm,
            alarms,
            false_alarms: alarms - caught,
            caught,
        };
        // Raised at 30 %, kept down to 20 %: weeks 0, 1, 2 and 5.
        assert_eq!(kind.asked, Some(outcome(300_000, 4, 2)));
        // In use: raised at 33 %, kept down to 20 %: the same weeks.
        assert_eq!(kind.in_use, Some(outcome(330_000, 4, 2)));
        assert_eq!(kind.rows.len(), 1, "the kecamatan beside is quiet");
        let look = |week: usize| kind.rows[0].looks[week];
        assert_eq!(look(2), BudgetLook { asked: true, in_use: true, happened: true });
        assert_eq!(look(6), BudgetLook { asked: false, in_use: false, happened: true });
        assert_eq!((kind.mondays.len(), kind.mondays[0]), (8, Time(SPLIT * DAY)));
    }

    #[test]
    fn with_fewer_than_five_hits_before_the_bar_is_looked_for_in_the_days_shown() {
        let few: Vec<PastForecast> = rows().into_iter().filter(|row| row.day != SPLIT - 28).collect();
        let kind = under(&few, 1.4);
        assert!(!kind.rehearsed);
        // Ten looks shown, one of them false is 1.3 a quarter; at 34 % two would be.
        assert_eq!(kind.asked.map(|own| (own.raise_ppm, own.alarms, own.caught)), Some((400_000, 2, 1)));
        assert_eq!(under(&[], 0.7).asked, None);
    }

    #[test]
    fn an_archive_counts_what_the_bar_in_use_came_to_beside_a_plain_count() {
        let found = ArchiveAlerts::of(&rows(), ScoreBar { raise: 0.33, clear: 0.2 }).expect("an archive");
        assert_eq!((found.looks, found.hit, found.alarms, found.caught), (30, 8, 5, 2));
        assert_eq!((found.from, found.to), (Time((SPLIT - 140) * DAY), Time((SPLIT + 56) * DAY)));
        let share = |own: Option<LookShare>| own.map(|own| own.value);
        assert_eq!((share(found.detection), share(found.precision)), (Some(0.25), Some(0.4)));
        // Two looks have two hit weeks before them, 25 have one, of which seven are hit: three of these 25 are left to spend.
        assert!((found.caught_by_count - 0.84).abs() < 1e-9, "{found:?}");
        assert_eq!(ArchiveAlerts::of(&[], ScoreBar { raise: 0.33, clear: 0.2 }), None);
    }

    #[test]
    fn a_budget_is_a_number_that_could_be_tried() {
        assert_eq!((parse("0,25"), parse(" 1.5 ")), (Some(250_000), Some(1_500_000)));
        for wrong in ["", "-1", "0", "NaN", "inf", "11", "satu", "0.001"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
