//! `kentongan backtest`: judges the line that `train` would fit on any event list, beside five baselines, and refuses to pass empty.

mod alerts;
pub mod choice;
pub mod html;
mod timing;

pub use timing::Timing;

use crate::baseline;
use crate::decayed::Sums;
use crate::error::{Error, Result};
use crate::evaluate::{
    self, Alerts, Bin, Forecast, Interval, Measures, NoiseFloor, Oracle, Top, Truth, brier_skill,
    calibration_slope, measure,
};
use crate::events::{EventSource, match_units, read, read_units};
use crate::panel::{Panel, Window};
use crate::period::date;
use crate::train::bars::BarJudgement;
use crate::train::choose::Chosen;
use crate::train::serving::TrainingUnit;
use choice::{FEWEST_POSITIVES, LineBeforeTest};
use domain::feature::NAMES;
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::path::PathBuf;

#[derive(Clone, Debug)]
pub struct BacktestOptions {
    pub events: EventSource,
    pub units: Option<PathBuf>,
    /// What a place is: a regency's own count is also its regency's count.
    pub level: TrainingUnit,
    pub window: Window,
    /// Only named in the report.
    pub kind: Option<String>,
    pub seed: u64,
    /// False alarms a place and quarter that alerts may cost, parts per million: the list is all there is, so it may spend them all.
    pub false_alarms_ppm: u32,
}

impl BacktestOptions {
    pub const SEED: u64 = 20_211_226;
}

/// The judgement; [`BacktestResult::json`] is the contract's line.
#[derive(Clone, Debug, serde::Serialize)]
pub struct BacktestResult {
    pub units: usize,
    pub periods: usize,
    pub test_cells: usize,
    /// Share of test cells that were hit.
    pub base_rate: f64,
    /// `model`, the mix, or the baseline that has nearly all of its weight; decided by what lies before the test.
    pub served: &'static str,
    /// What the regression on all features and each baseline weigh in the mix that is judged as the model.
    pub weights: Named<f64>,
    pub model: ModelMeasures,
    pub baselines: Named<Measures>,
    /// The model's alerts under a bar chosen before the test, and which events they came before.
    pub alerts: BarJudgement,
    /// What of the list was left out, put together or is doubtful: the reader of the line hears what a person does.
    pub notes: Vec<String>,
    #[serde(skip)]
    pub detail: Detail,
}

#[derive(Clone, Debug, serde::Serialize)]
pub struct ModelMeasures {
    #[serde(flatten)]
    pub measures: Measures,
    pub brier_skill_vs_best: f64,
    pub brier_skill_lo: f64,
    pub brier_skill_hi: f64,
    pub calibration_slope: Option<f64>,
    /// Whether it knows when, beside histories dealt again.
    #[serde(flatten)]
    pub timing: Timing,
}

/// Something for each forecast, by name, in the order they are shown.
#[derive(Clone, Debug)]
pub struct Named<T>(pub Vec<(&'static str, T)>);

impl<T: Serialize> Serialize for Named<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// What the report shows beyond the line.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Detail {
    pub kind: Option<String>,
    pub window: (String, String, String),
    pub period: &'static str,
    pub base_rate_train: f64,
    pub positives: (usize, usize),
    pub best: &'static str,
    pub skill: Interval,
    pub bins: Vec<Bin>,
    /// What a right forecast would show by chance, and what one bent to the test itself would.
    pub noise_floor: NoiseFloor,
    pub oracle: Option<Oracle>,
    /// Penalty of the regression and its recalibration slope, chosen on folds before the test.
    pub ridge: f64,
    pub slope: f64,
    pub intercept: f64,
    pub coefficients: Vec<(&'static str, f64)>,
    /// The model and the best baseline with room for some shares of the places.
    pub top: Vec<(&'static str, Vec<Top>)>,
    /// The model and the best baseline as alerts.
    pub alerts: Vec<(&'static str, Alerts)>,
    /// Mean forecast and share hit, by test period.
    pub course: Vec<(String, f64, f64)>,
    pub notes: Vec<String>,
}

impl BacktestResult {
    /// One line of JSON, as the contract names it.
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The measures of the model and its baselines as a table, after what is to be noted.
    pub fn table(&self) -> String {
        let mut text: String = self.detail.notes.iter().map(|note| format!("note: {note}\n")).collect();
        let row = |name: &str, cells: [String; 5]| {
            let cells: String = cells.iter().map(|cell| format!(" {cell:>8}")).collect();
            format!("{name:<14}{cells}\n")
        };
        text += &row("", ["brier", "auroc", "onset", "within", "ece"].map(String::from));
        let fixed = |value: f64| format!("{value:.4}");
        let share = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"));
        let model = std::iter::once(("model", &self.model.measures));
        for (name, m) in model.chain(self.baselines.0.iter().map(|(name, measures)| (*name, measures))) {
            let shares = [m.auroc, m.auroc_onset, m.auroc_within].map(share);
            let [auroc, onset, within] = shares;
            text += &row(name, [fixed(m.brier), auroc, onset, within, fixed(m.ece)]);
        }
        text += &format!("served: {}; the model is {}\n", self.served, self.mix());
        text += &timing::text(&self.model);
        text + &alerts::text(&self.alerts)
    }

    /// What the mix is made of, the weightiest first.
    pub fn mix(&self) -> String {
        let mut parts: Vec<&(&str, f64)> = self.weights.0.iter().filter(|part| part.1 > 0.0).collect();
        parts.sort_by(|one, other| other.1.total_cmp(&one.1));
        let words = parts.iter().map(|(name, weight)| format!("{:.0} % {name}", weight * 100.0));
        words.collect::<Vec<_>>().join(", ")
    }

    /// All that the page shows, for machines.
    pub fn report(&self) -> String {
        let whole = serde_json::json!({ "result": self, "detail": self.detail });
        serde_json::to_string_pretty(&whole).unwrap_or_default() + "\n"
    }

    /// One figure of the model by its name in the line; a name that is not there, or a figure that could not be had, is
    /// an error: a caller that asks for a figure must get one or an error.
    pub fn metric(&self, name: &str) -> Result<f64> {
        let model = serde_json::to_value(&self.model).unwrap_or_default();
        match model.get(name) {
            Some(value) => value.as_f64().ok_or_else(|| {
                Error::Empty(format!("{name:?} cannot be had from this test: it needs cells of both kinds"))
            }),
            None => {
                let names: Vec<String> =
                    model.as_object().into_iter().flat_map(|all| all.keys().cloned()).collect();
                Err(Error::Options(format!("unknown metric {name:?}: use one of {}", names.join(", "))))
            }
        }
    }
}

pub fn backtest(options: &BacktestOptions) -> Result<BacktestResult> {
    let mut events = read(&options.events)?;
    let units = options.units.as_deref().map(read_units).transpose()?;
    let units = units.map(|units| match_units(units, &mut events)).transpose()?;
    let panel = Panel::new(events, options.window, units)?;
    judge(&panel, options)
}

/// The same for a panel that is already there.
pub fn judge(panel: &Panel, options: &BacktestOptions) -> Result<BacktestResult> {
    judge_with_risk(panel, options).map(|(result, _)| result)
}

/// The same, with the model's forecasts of the test cells, unit by unit.
pub fn judge_with_risk(panel: &Panel, options: &BacktestOptions) -> Result<(BacktestResult, Vec<f64>)> {
    let truth = truth(panel)?;
    let train = positives_before(panel);
    refuse_empty(panel, &truth, train)?;
    let judged = LineBeforeTest::new(panel, options.level, train)?;
    let baselines = baseline::all(&Sums::new(panel))?;
    let model = Forecast::of(judged.risks());
    let measured: Vec<(&'static str, Measures)> =
        baselines.iter().map(|(name, forecast)| (*name, measure(&truth, forecast))).collect();
    let best = measured
        .iter()
        .enumerate()
        .min_by(|a, b| a.1.1.brier.total_cmp(&b.1.1.brier))
        .map_or(0, |(at, _)| at);
    let skill = brier_skill(&truth, &model.risk, &baselines[best].1.risk);
    let hits = truth.labels.iter().filter(|label| **label).count();
    let base_rate = hits as f64 / truth.labels.len() as f64;
    let weights = Named(judged.chosen.choice.weights.clone());
    let served = choice::served(&weights);
    let mut detail = describe(panel, options, &judged.chosen, train);
    for (name, forecast) in [("model", &model), (measured[best].0, &baselines[best].1)] {
        let score = &forecast.score;
        detail.alerts.push((name, evaluate::alerts(&truth, score, panel.period.quarter())));
        detail.top.push((name, evaluate::SHARES.map(|share| evaluate::top(&truth, score, share)).to_vec()));
    }
    detail.positives = (train, hits);
    (detail.best, detail.skill) = (measured[best].0, skill);
    detail.bins = evaluate::bins(&truth, &model.risk);
    detail.noise_floor = evaluate::noise_floor(&truth, &model.risk, options.seed);
    detail.oracle = evaluate::oracle(&truth, &model.risk);
    detail.course = course(panel, &truth, &model.risk);
    detail.note_rates(detail.base_rate_train, base_rate);
    let result = BacktestResult {
        units: truth.units,
        periods: panel.len,
        test_cells: truth.labels.len(),
        base_rate,
        served,
        weights,
        model: ModelMeasures {
            measures: measure(&truth, &model),
            brier_skill_vs_best: skill.value,
            brier_skill_lo: skill.low,
            brier_skill_hi: skill.high,
            calibration_slope: calibration_slope(&truth, &model.risk),
            timing: Timing::of(panel, (&judged.chosen, options.level), (&truth, &model.risk), options.seed)?,
        },
        baselines: Named(measured),
        alerts: judged.alerts(f64::from(options.false_alarms_ppm) / 1e6, panel.period),
        notes: detail.notes.clone(),
        detail,
    };
    Ok((result, model.risk))
}

/// What happened in the test cells, whenever it became known.
pub fn truth(panel: &Panel) -> Result<Truth> {
    let hits = panel.hits(usize::MAX);
    let (units, periods) = (panel.units.len(), panel.len - panel.cut);
    if units == 0 || panel.cut < 4 {
        return Err(Error::Empty(format!("{units} places and {} training periods", panel.cut)));
    }
    let mut truth = Truth { units, periods, labels: Vec::new(), quiet: Vec::new(), quarter: Vec::new() };
    for unit in 0..units {
        let row = hits.row(unit);
        for target in panel.cut..panel.len {
            truth.labels.push(row[target] > 0.0);
            let before = target.saturating_sub(panel.period.quarter())..target;
            truth.quiet.push(row[before].iter().all(|hit| *hit == 0.0));
        }
    }
    let quarter = |at: usize| {
        let day = date(panel.first_day(at));
        i32::from(day.year()) * 4 + (i32::from(day.month()) - 1) / 3
    };
    let first = quarter(panel.cut);
    truth.quarter = (panel.cut..panel.len).map(|at| (quarter(at) - first).max(0) as usize).collect();
    Ok(truth)
}

fn positives_before(panel: &Panel) -> usize {
    let hits = panel.hits(panel.cut - 1);
    (0..panel.units.len()).map(|unit| hits.row(unit)[1..panel.cut].iter().sum::<f64>() as usize).sum()
}

/// A judgement needs something to learn from and something to be wrong about.
fn refuse_empty(panel: &Panel, truth: &Truth, train: usize) -> Result<()> {
    let test = truth.labels.iter().filter(|label| **label).count();
    let cut = date(panel.first_day(panel.cut));
    if train < 2 {
        return Err(Error::Empty(format!(
            "{train} hit cells before the test begins on {cut}: nothing can be learnt; give a longer list or a later --test-from"
        )));
    }
    if test < 2 {
        return Err(Error::Empty(format!(
            "{test} hit cells from {cut} on: no measure means anything; give a longer list or an earlier --test-from"
        )));
    }
    if test == truth.labels.len() {
        return Err(Error::Empty(format!("every cell from {cut} on is hit: there is nothing to tell apart")));
    }
    Ok(())
}

fn describe(panel: &Panel, options: &BacktestOptions, chosen: &Chosen, known: usize) -> Detail {
    let mut notes = panel.notes.clone();
    if known.min(chosen.rows.positives()) < FEWEST_POSITIVES {
        notes
            .push(format!("fewer than {FEWEST_POSITIVES} hit cells in training: the model is the base rate"));
    }
    let window = options.window;
    Detail {
        kind: options.kind.clone(),
        window: (
            date(window.from).to_string(),
            date(window.test_from).to_string(),
            date(window.to).to_string(),
        ),
        period: window.period.word(),
        base_rate_train: known as f64 / (panel.units.len() * (panel.cut - 1)) as f64,
        positives: (0, 0),
        best: "",
        skill: Interval::default(),
        bins: Vec::new(),
        noise_floor: NoiseFloor::default(),
        oracle: None,
        ridge: chosen.choice.ridge,
        slope: chosen.choice.slope,
        intercept: chosen.fit.intercept,
        coefficients: NAMES.into_iter().zip(chosen.fit.coefficients.iter().copied()).collect(),
        top: Vec::new(),
        alerts: Vec::new(),
        course: Vec::new(),
        notes,
    }
}

impl Detail {
    /// A rate that moved far says that yesterday's probabilities are not today's.
    fn note_rates(&mut self, train: f64, test: f64) {
        let ratio = test / train;
        if !(0.5..=2.0).contains(&ratio) {
            self.notes.push(format!(
                "the base rate moved from {train:.4} in training to {test:.4} in the test ({ratio:.2} times): read the calibration before the ranking"
            ));
        }
    }
}

fn course(panel: &Panel, truth: &Truth, risk: &[f64]) -> Vec<(String, f64, f64)> {
    let mean = |values: &dyn Fn(usize) -> f64, period: usize| {
        (0..truth.units).map(|unit| values(unit * truth.periods + period)).sum::<f64>() / truth.units as f64
    };
    (0..truth.periods)
        .map(|period| {
            let day = date(panel.first_day(panel.cut + period)).to_string();
            let hit = |cell: usize| f64::from(u8::from(truth.labels[cell]));
            (day, mean(&|cell| risk[cell], period), mean(&hit, period))
        })
        .collect()
}

#[cfg(test)]
mod tests;
