//! What a transferred line must declare: how far it was off by the size of a place, what alerts under its bar came to, and how
//! all left-out countries look together.

use super::countries::{Countries, DECADES, Decade};
use super::deadly_events::EventsByCountry;
use super::grid_list::{GridList, GridSize};
use super::left_out::{LeftOutCountry, LeftOutTest, rehearse, risks};
use super::pooled::PooledLine;
use crate::evaluate::{Course, Forecast, Truth, at_equal_volume, brier_skill, calibration_slope, measure};
use crate::period::Period;
use crate::train::bars::{BarJudgement, Rehearsal, SideBySide};
use crate::train::serving::NEVER;
use domain::feature::NAMES;
use domain::scorer::AlertBar;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Lines by the country that each was fitted without.
type LinesWithout = BTreeMap<String, PooledLine>;

/// The line on places of another size than it was fitted on, in countries it was not fitted on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UnitSize {
    /// `kecamatan` or `kabupaten/kota`: what these places stand for.
    pub stands_for: &'static str,
    /// The edge of a place, in degrees.
    pub degrees: f64,
    pub countries: usize,
    pub positives: usize,
    /// As fitted, before the correction.
    pub observed_to_expected: f64,
    /// The second lowest and second highest of the countries with thirty positives or more.
    pub range: (f64, f64),
    /// What is added to the logit on such places.
    pub correction: f64,
}

/// Fewer positives say little of a country by itself.
const OF_A_COUNTRY: usize = 30;

/// Smaller places, for kecamatan, and whole ones without neighbours, for kabupaten, in the last decade.
pub fn unit_sizes(events: &EventsByCountry, lines: &LinesWithout, period: Period) -> [UnitSize; 2] {
    [("kecamatan", GridSize::SMALL), ("kabupaten/kota", GridSize::WHOLE)].map(|(stands_for, size)| {
        let (mut ratios, mut positives, mut expected, mut countries) = (Vec::new(), 0, 0.0, 0);
        for (country, line) in lines {
            let Some(own) = events.get(country) else { continue };
            let window = DECADES[DECADES.len() - 1].to_judge(period);
            let Ok(list) = GridList::new(country, own, size, window) else { continue };
            let (hits, sum) = (list.hits().1, risks(&list, line).iter().sum::<f64>());
            if hits >= OF_A_COUNTRY {
                ratios.push(hits as f64 / sum);
            }
            (positives, expected, countries) = (positives + hits, expected + sum, countries + 1);
        }
        ratios.sort_by(f64::total_cmp);
        let middle = ratios.get(ratios.len() / 2).copied().unwrap_or(1.0);
        let second = ratios.get(1).zip(ratios.iter().rev().nth(1));
        UnitSize {
            stands_for,
            degrees: f64::from(size.cell) / 100.0,
            countries,
            positives,
            observed_to_expected: positives as f64 / expected,
            range: second.map_or((middle, middle), |(low, high)| (*low, *high)),
            correction: libm::log(middle),
        }
    })
}

/// The second lowest and second highest of some twenty to thirty lie about so many standard deviations off the middle.
const SECOND: f64 = 1.5;

impl UnitSize {
    /// How far the line's log odds stray on such places where a record only begins: as far as they did in left-out countries of
    /// about the believed base rate (root mean square, so that what they share counts too), and by how much more countries
    /// differ at this size.
    pub fn transfer_sd(&self, left_out: &[LeftOutCountry], believed: f64) -> Option<f64> {
        let alike = (believed / LIKE)..=(believed * LIKE);
        let like: Vec<&LeftOutCountry> =
            left_out.iter().filter(|own| alike.contains(&own.base_rate_before)).collect();
        let square = |of: &dyn Fn(&LeftOutCountry) -> f64| {
            like.iter().map(|own| libm::log(of(own)).powi(2)).sum::<f64>() / like.len() as f64
        };
        let begun = square(&|own| own.observed_to_expected_new_record);
        let fitted = square(&|own| own.observed_to_expected);
        let here = libm::log(self.range.1 / self.range.0) / (2.0 * SECOND);
        let sd = libm::sqrt(begun + (here * here - fitted).max(0.0));
        (sd.is_finite() && sd > 0.0).then_some(sd)
    }
}

/// Places whose base rate lies within this factor of the believed one are like those where the line is used.
const LIKE: f64 = 4.0;

/// The lists of some decades of which the base rate before the test is like the believed one.
fn alike<'a>(
    countries: &'a Countries,
    believed: f64,
    decades: &'a [Decade],
) -> impl Iterator<Item = &'a GridList> {
    let near = move |list: &GridList| (believed / LIKE..=believed * LIKE).contains(&list.base_rate());
    let of = countries.judged.iter().filter(|(decade, _)| decades.contains(decade));
    of.map(|(_, list)| list).filter(move |list| near(list))
}

/// The alerts of the lines fitted without each country, where incidents are about as rare as where the line is used.
pub fn rehearsal(
    countries: &Countries,
    lines: &LinesWithout,
    believed: f64,
    decades: &[Decade],
    a_quarter: f64,
) -> Rehearsal {
    let mut rehearsal = Rehearsal::new(a_quarter);
    for list in alike(countries, believed, decades) {
        if let Some(line) = lines.get(&list.country) {
            rehearse(&mut rehearsal, list, line);
        }
    }
    rehearsal
}

/// The bar that the decades before the last would have given, in the last one.
pub fn judge_alerts(
    countries: &Countries,
    lines: &LinesWithout,
    believed: f64,
    budget: f64,
    a_quarter: f64,
) -> BarJudgement {
    let (last, before) = DECADES.split_last().unwrap_or((&DECADES[0], &[]));
    let bar = rehearsal(countries, lines, believed, before, a_quarter).bars(budget);
    let last = std::slice::from_ref(last);
    let own = rehearsal(countries, lines, believed, last, a_quarter);
    let rival = |feature: &str, alarms: f64| {
        let courses: Vec<Course> =
            alike(countries, believed, last).flat_map(|list| courses(list, feature)).collect();
        at_equal_volume(&courses, alarms, a_quarter)
    };
    let beside = |bar: AlertBar| {
        let model = own.walk(bar);
        let [analyst, climatology] = ["count_30d", "climatology"].map(|feature| rival(feature, model.alarms));
        SideBySide { model, analyst, climatology }
    };
    BarJudgement {
        budget,
        chosen: bar.as_ref().map(|bar| beside(bar.fitted())),
        in_hindsight: own.bars(budget).map(|bar| beside(bar.fitted())),
        bar,
    }
}

/// A feature of each place of a list, look by look.
fn courses(list: &GridList, feature: &str) -> Vec<Course> {
    let slot = NAMES.iter().position(|name| *name == feature).unwrap_or(0);
    let vectors = &list.vectors;
    let labels = vectors.rows(0, 0..vectors.origins.len(), NEVER).labels;
    let of = |unit: usize| {
        let looks = || (unit..labels.len()).step_by(vectors.units);
        Course {
            scores: looks().map(|at| vectors.vectors[at][slot]).collect(),
            labels: looks().map(|at| labels[at]).collect(),
        }
    };
    (0..vectors.units).map(of).collect()
}

/// The first and last day of the last decade's test.
pub fn last_test() -> (String, String) {
    let (first, last) = DECADES[DECADES.len() - 1].years();
    (format!("{}-01-01", first + 7), format!("{last}-12-31"))
}

/// The tests of the last decade as one: the line beside the simple forecasts, each tuned in its own country.
pub fn together(tests: &[LeftOutTest]) -> Value {
    let years = DECADES[DECADES.len() - 1].years();
    let last: Vec<&LeftOutTest> = tests.iter().filter(|test| test.figures.years == years).collect();
    let Some(first) = last.first() else { return json!({ "withheld": "no country has enough events" }) };
    let truth = Truth {
        units: last.iter().map(|test| test.truth.units).sum(),
        labels: last.iter().flat_map(|test| test.truth.labels.iter().copied()).collect(),
        quiet: last.iter().flat_map(|test| test.truth.quiet.iter().copied()).collect(),
        ..first.truth.clone()
    };
    let model: Vec<f64> = last.iter().flat_map(|test| test.risk.iter().copied()).collect();
    let mut result = serde_json::Map::new();
    let mut best: Option<(f64, &str, Vec<f64>)> = None;
    for (at, (name, _)) in first.baselines.iter().enumerate() {
        let risk: Vec<f64> = last.iter().flat_map(|test| test.baselines[at].1.iter().copied()).collect();
        let measures = measure(&truth, &Forecast::of(risk.clone()));
        if best.as_ref().is_none_or(|(least, ..)| measures.brier < *least) {
            best = Some((measures.brier, name, risk));
        }
        result.insert((*name).to_string(), json!(measures));
    }
    let hits = truth.labels.iter().filter(|label| **label).count();
    result.insert("base_rate_test".into(), json!(hits as f64 / truth.labels.len() as f64));
    result.insert("model".into(), json!(measure(&truth, &Forecast::of(model.clone()))));
    result.insert("calibration_slope".into(), json!(calibration_slope(&truth, &model)));
    result.insert("fallback".into(), json!(super::STANDS_BY));
    if let Some((_, name, risk)) = best {
        result.insert("best_baseline".into(), json!(name));
        result.insert("brier_skill_vs_best".into(), json!(brier_skill(&truth, &model, &risk)));
    }
    result.into()
}
