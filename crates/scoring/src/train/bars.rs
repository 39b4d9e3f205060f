//! Alert bars, rehearsed before the test: the line that is served walks over the folds on which it was chosen, and the bar is the
//! lowest that spends its share of the false alarms the policy allows.
//!
//! In order: [`Rehearsal::before`] fits each fold from what was known when it began and forecasts it (or a [`Rehearsal`] is put
//! together from forecasts of places that a line was not fitted on, place by place, with [`Rehearsal::add`]); then
//! [`Rehearsal::bars`] chooses with [`share_of`] the policy's budget, and what it gives stands in the model file
//! (`Artefact::alert_bars`). Nothing after the day of the rehearsal is looked at.

use super::choose::{Choice, Chosen, Material, edges, settle};
use super::serving::NEVER;
use crate::artefact::AlertBars;
use crate::evaluate::{Course, EarlyAlerts, ScoreBar, at_equal_volume, early_alerts, lowest_bar};
use crate::period::Day;
use domain::feature::NAMES;
use domain::kind::Kind;
use domain::scorer::{AlertBar, BarMeasure};
use serde::Serialize;
use std::ops::Range;

/// The share of one kind in the false alarms that a policy leaves the models ([`domain::policy::AlarmBudget::models_ppm`]), a place
/// and quarter.
pub fn share_of(false_alarms_ppm: u32) -> f64 {
    f64::from(false_alarms_ppm) / 1e6 / Kind::COUNT as f64
}

/// Days of a quarter of a year.
const QUARTER: f64 = 365.25 / 4.0;

/// How many times a horizon fits into a quarter.
pub fn times_a_quarter(horizon_days: u32) -> f64 {
    QUARTER / f64::from(horizon_days)
}

/// The shares of the raising bar at which an alert may clear, the steadiest first: a later one must detect more.
const CLEAR_SHARES: [f64; 4] = [2.0 / 3.0, 0.8, 0.9, 1.0];

/// Forecasts of places by a line that knew nothing of what it forecast, and what came of them.
#[derive(Clone, Debug)]
pub struct Rehearsal {
    /// How many times what a look asks about fits into a quarter of a year.
    a_quarter: f64,
    /// By place: risks, and the same over what was usual.
    risks: Vec<Course>,
    times_usual: Vec<Course>,
}

impl Rehearsal {
    /// Nothing yet, of looks that each ask about so much of a quarter ([`times_a_quarter`]).
    pub fn new(a_quarter: f64) -> Rehearsal {
        Rehearsal { a_quarter, risks: Vec::new(), times_usual: Vec::new() }
    }

    /// Adds a place, look by look: the risks, the risk of its usual state at each (above 0), and what came.
    pub fn add(&mut self, risks: Vec<f64>, usual: &[f64], labels: Vec<bool>) {
        let times = risks.iter().zip(usual).map(|(risk, usual)| risk / usual).collect();
        self.times_usual.push(Course { scores: times, labels: labels.clone() });
        self.risks.push(Course { scores: risks, labels });
    }

    /// The folds of a choice before a day, each forecast by the line that the choice would have fitted when it began. A fold of
    /// which too little was known to fit anything is left out.
    pub fn before(material: &Material<'_>, day: Day, choice: &Choice, a_quarter: f64) -> Rehearsal {
        let Material { made, question } = *material;
        let mut places = vec![(Vec::new(), Vec::new(), Vec::new()); made.units];
        for fold in edges(made.learnable(question, day)).windows(2) {
            let before = material.known_by(made.origins[fold[0]]);
            let Ok(line) = settle(before, choice.clone(), "a fold") else { continue };
            let base = base_rate(&line);
            let rows = made.rows(question, fold[0]..fold[1], day);
            for (at, label) in rows.labels.iter().enumerate() {
                let (risks, usual, labels) = &mut places[at % made.units];
                risks.push(line.risk(rows.row(at)));
                usual.push(line.risk(&made.usual[fold[0] * made.units + at]).max(base));
                labels.push(*label);
            }
        }
        let mut rehearsal = Rehearsal::new(a_quarter);
        places.into_iter().for_each(|(risks, usual, labels)| rehearsal.add(risks, &usual, labels));
        rehearsal
    }

    fn courses(&self, of: BarMeasure) -> &[Course] {
        match of {
            BarMeasure::Risk => &self.risks,
            BarMeasure::TimesUsual => &self.times_usual,
        }
    }

    /// What a bar would have come to.
    pub fn walk(&self, bar: AlertBar) -> EarlyAlerts {
        early_alerts(self.courses(bar.of), score_bar(bar), self.a_quarter)
    }

    /// The bar that detects most within so many false alarms a place and quarter. None where nothing happened, or where no bar
    /// detects anything within them.
    pub fn bars(&self, budget: f64) -> Option<AlertBars> {
        let of = if self.usual_tells_more(budget) { BarMeasure::TimesUsual } else { BarMeasure::Risk };
        let found = best_bar(self.courses(of), of, budget, self.a_quarter)?;
        Some(AlertBars::new(found.bar, budget, found.figures))
    }

    /// Whether a bar of how often a risk is the usual one, chosen on the first half of the looks, is worth it on the second: what is
    /// usual grows with the record, and such a bar that looks best where it was chosen may warn of nothing later.
    fn usual_tells_more(&self, budget: f64) -> bool {
        let later = |of: BarMeasure| {
            let [first, second] = halves(self.courses(of));
            let bar = best_bar(&first, of, budget, self.a_quarter)?.bar;
            Some(early_alerts(&second, score_bar(bar), self.a_quarter))
        };
        match (later(BarMeasure::Risk), later(BarMeasure::TimesUsual)) {
            (Some(risk), Some(usual)) => {
                usual.detected > WORTH * risk.detected && usual.precision >= risk.precision
            }
            (None, usual) => usual.is_some_and(|usual| usual.detected > 0.0),
            _ => false,
        }
    }
}

/// So many times as much must it detect.
const WORTH: f64 = 1.5;

struct RehearsedBar {
    bar: AlertBar,
    figures: EarlyAlerts,
}

/// The bar that detects most, if any does.
fn best_bar(courses: &[Course], of: BarMeasure, budget: f64, a_quarter: f64) -> Option<RehearsedBar> {
    let mut best: Option<RehearsedBar> = None;
    for share in CLEAR_SHARES {
        let Some(found) = lowest_bar(courses, share, budget, a_quarter) else { continue };
        let [raise_ppm, clear_ppm] = [found.raise, found.clear].map(|score| (score * 1e6).round() as u32);
        let bar = AlertBar { of, raise_ppm, clear_ppm };
        let figures = early_alerts(courses, score_bar(bar), a_quarter);
        if figures.detected > best.as_ref().map_or(0.0, |best| best.figures.detected) {
            best = Some(RehearsedBar { bar, figures });
        }
    }
    best
}

/// The earlier and the later half of each place's looks.
fn halves(courses: &[Course]) -> [Vec<Course>; 2] {
    let part = |course: &Course, range: Range<usize>| Course {
        scores: course.scores[range.clone()].to_vec(),
        labels: course.labels[range].to_vec(),
    };
    let middle = |course: &Course| course.scores.len() / 2;
    [
        courses.iter().map(|course| part(course, 0..middle(course))).collect(),
        courses.iter().map(|course| part(course, middle(course)..course.scores.len())).collect(),
    ]
}

/// What a bar came to on looks that the rehearsal did not see.
#[derive(Clone, Debug, Serialize)]
pub struct BarJudgement {
    /// False alarms a place and quarter that might be spent.
    pub budget: f64,
    /// What the rehearsal chose; none where it could choose nothing.
    pub bar: Option<AlertBars>,
    /// What it came to.
    pub chosen: Option<SideBySide>,
    /// What the lowest bar within the budget would have come to, found on the very looks it is judged on.
    pub in_hindsight: Option<SideBySide>,
}

/// The alerts of the line, and what simple forecasts would have detected with as many alarms.
#[derive(Clone, Debug, Serialize)]
pub struct SideBySide {
    pub model: EarlyAlerts,
    /// The plain count of the last 30 days.
    pub analyst: EarlyAlerts,
    pub climatology: EarlyAlerts,
}

impl SideBySide {
    pub fn rows(&self) -> [(&'static str, EarlyAlerts); 3] {
        [("model", self.model), ("analyst", self.analyst), ("climatology", self.climatology)]
    }
}

/// Rehearses a line's bar before a range of looks and judges it on them.
pub fn judge_bars(
    material: &Material<'_>,
    line: &Chosen,
    test: Range<usize>,
    budget: f64,
    a_quarter: f64,
) -> BarJudgement {
    let Material { made, question } = *material;
    let begin = made.origins[test.start];
    let bars = Rehearsal::before(material, begin, &line.choice, a_quarter).bars(budget);
    let rows = made.rows(question, test.clone(), NEVER);
    let looks = |unit: usize| (unit..rows.labels.len()).step_by(made.units);
    let labels = |unit: usize| looks(unit).map(|at| rows.labels[at]).collect::<Vec<bool>>();
    let base = base_rate(line);
    let mut own = Rehearsal::new(a_quarter);
    for unit in 0..made.units {
        let usual = |at: usize| line.risk(&made.usual[test.start * made.units + at]).max(base);
        let risks = looks(unit).map(|at| line.risk(rows.row(at))).collect();
        own.add(risks, &looks(unit).map(usual).collect::<Vec<f64>>(), labels(unit));
    }
    let rival = |feature: &str, alarms: f64| {
        let slot = NAMES.iter().position(|name| *name == feature).unwrap_or(0);
        let scores = |unit| looks(unit).map(|at| rows.row(at)[slot]).collect();
        let course = |unit| Course { scores: scores(unit), labels: labels(unit) };
        at_equal_volume(&(0..made.units).map(course).collect::<Vec<Course>>(), alarms, a_quarter)
    };
    let beside = |bar: AlertBar| {
        let model = own.walk(bar);
        let [analyst, climatology] = ["count_30d", "climatology"].map(|feature| rival(feature, model.alarms));
        SideBySide { model, analyst, climatology }
    };
    BarJudgement {
        budget,
        chosen: bars.as_ref().map(|bars| beside(bars.fitted())),
        in_hindsight: own.bars(budget).map(|bars| beside(bars.fitted())),
        bar: bars,
    }
}

fn base_rate(line: &Chosen) -> f64 {
    line.rows.positives() as f64 / line.rows.labels.len().max(1) as f64
}

/// The same bar for scores that are no parts per million.
fn score_bar(bar: AlertBar) -> ScoreBar {
    let [raise, clear] = [bar.raise_ppm, bar.clear_ppm].map(|ppm| f64::from(ppm) / 1e6);
    ScoreBar { raise, clear }
}

#[cfg(test)]
mod tests;
